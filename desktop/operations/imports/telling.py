"""What a person is told of a table before it goes in: what nobody sees in it, and what stands in it twice."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.operations.imports.model import OF_ANOTHER, Outcome
from desktop.operations.imports.previews import ImportPreview
from desktop.records.masking import mask_numbers
from desktop.records.typed.texts import one_line

_MOST_NAMED = 4
_MOST_WORDS = 12


def sentences(preview: ImportPreview) -> list[str]:
    """One sentence for each thing that is read, or left out, otherwise than one sees it in the spreadsheet."""
    lines = []
    if preview.edited:
        lines.append(
            "这个表格正在WPS或Excel里打开着，还没有保存的修改不会导入。请先在那里保存，再重新选这个文件。"
        )
    if twice := [c.header for c in preview.repeated_columns]:
        lines.append(
            f"有{len(twice)}列的列名出现了两次：{listed(twice)}。只导入左边的；"
            "如果是两张表并排放着，请把右边那张另存成一份再导入。"
        )
    if not preview.rows:
        lines.append(
            "列名下面没有一行内容。如果这是一家一张的登记表，请把各家抄到一张表里，一家一行，列名在最上面。"
        )
    if preview.next_table is not None:
        lines.append(
            f"第{preview.next_table}行起是另一张表，没有读。请把它另存成一张工作表，列名在最上面，再导入。"
        )
    if preview.from_whole:
        lines.append(f"{preview.from_whole}行没有写的，按您在第一步给整张表填的导入。")
    if preview.left_out:
        rows = [f"第{number}行“{_short(words)}”" for number, words in preview.left_out]
        lines.append(f"合计、小标题和落款不导入：{listed(rows)}。")
    if renamed := [r.number for r in preview.rows if any(n.text.startswith(OF_ANOTHER) for n in r.found)]:
        lines.append(
            f"{len(renamed)}行的证件号码在本机是另一个姓名：{listed([f'第{number}行' for number in renamed])}。"
            "导入后改成表格里的姓名；不是同一人的，请先在表里改正号码。"
        )
    if preview.own_place:
        lines.append(
            f"{len(preview.own_place)}行没有写在哪里，按本单位填了镇街、村社，在各行的说明里写着；不在这里的，请在表里写明。"
        )
    if preview.hidden_rows:
        lines.append(
            f"有{preview.hidden_rows}行在表格里是隐藏的（手工隐藏或正在筛选），也会导入。"
            "只要看得见的，请在表格里复制看得见的行，再粘贴到列表里。"
        )
    if preview.hidden_columns:
        lines.append(f"隐藏的列也会导入：{listed(preview.hidden_columns)}。")
    if preview.alike_sheets:
        lines.append(
            f"这个文件里还有{len(preview.alike_sheets)}张同样的工作表：{listed(preview.alike_sheets)}。"
            f"这次只导入“{preview.sheet}”，其余的请换一张工作表再导入。"
        )
    if sheets := [s.name for s in preview.sheets if s.hidden and s.name != preview.sheet]:
        lines.append(f"隐藏的工作表没有读：{listed(sheets)}。")
    return lines


def to_mend(preview: ImportPreview) -> str:
    """How many rows the report has, and of which sort; nothing where it would be empty."""
    out = {row.outcome is Outcome.REJECTED for row in preview.returned}
    left = "，或".join(
        words for kind, words in ((True, "没有导入"), (False, "有的格没有导入")) if kind in out
    )
    counted = ((preview.returned, left), (preview.asked, "有的格请核对"))
    return "；".join(f"{len(rows)}行{words}" for rows, words in counted if rows)


def _short(words: str) -> str:
    """The first words of a row as they may be shown: who signs a list leaves a telephone number there."""
    return one_line(mask_numbers(words), _MOST_WORDS)


def listed(words: Sequence[str]) -> str:
    """The first of many words, and how many there are."""
    more = len(words) - _MOST_NAMED
    return "、".join(words[:_MOST_NAMED]) + (f"等{len(words)}项" if more > 0 else "")

"""What a person is told of a table before it goes in: what nobody sees in it, and what stands in it twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.operations.importing import ImportPreview

_MOST_NAMED = 4


def sentences(preview: ImportPreview) -> list[str]:
    """One sentence for each thing that is read, or left out, otherwise than one sees it in the spreadsheet."""
    lines = []
    if twice := [c.header for c in preview.repeated_columns]:
        lines.append(
            f"有{len(twice)}列的列名出现了两次：{listed(twice)}。只导入左边的；"
            "如果是两张表并排放着，请把右边那张另存成一份再导入。"
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


def listed(words: Sequence[str]) -> str:
    """The first of many words, and how many there are."""
    more = len(words) - _MOST_NAMED
    return "、".join(words[:_MOST_NAMED]) + (f"等{len(words)}项" if more > 0 else "")

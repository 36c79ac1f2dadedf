"""The command that takes a workbook in: what it would change, the change, and the rows to be corrected."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from desktop.cli.frame import Command
from desktop.cli.lines import typed_pairs
from desktop.cli.names import field_named
from desktop.cli.opening import writes
from desktop.cli.output import Ticker, complain, json_line, remark, say
from desktop.cli.parameters import Day, Number, Pair, PathOf, TypeName, json_option
from desktop.operations.imports import importing as operations
from desktop.operations.imports import telling, whole
from desktop.operations.imports.importing import (
    ImportPreview,
    NationalExport,
    Options,
    Outcome,
    RowResult,
    Weight,
)
from desktop.operations.session import Session
from desktop.records.declaration import RecordType
from desktop.records.masking import mask_numbers
from desktop.records.versions.spans import in_words, spans_of

_SHOWN = 20
"""So many rows with something to mend are told; all of them stand in the report and in ``--json``."""


@click.command("import", cls=Command)
@writes
@click.argument("file", metavar="文件", type=PathOf("file"))
@click.option(
    "--type", "record_type", metavar="类型", required=True, type=TypeName(), help="导入成哪一类记录。"
)
@click.option("--dry-run", is_flag=True, help="只看会怎样，什么都不写。")
@click.option(
    "--report",
    metavar="表格.xlsx",
    type=PathOf("out", ".xlsx"),
    help="没有导入的和请核对的行另存一份，改正后可以再导入。",
)
@click.option("--sheet", metavar="名称", help="工作表，默认自动判断。")
@click.option("--header-row", metavar="数", type=Number(1), help="表头所在的行，默认自动判断。")
@click.option("--map", "mapping", metavar="列名=字段", type=Pair(), multiple=True,
              help="某一列（列名）导入到某个字段；字段空着表示不要这一列。可以写几个。")  # fmt: skip
@click.option(
    "--set", "fixed", metavar="字段=值", type=Pair(), multiple=True, help="每一行都填这个值。可以写几个。"
)
@click.option("--fill-only", is_flag=True, help="只填空着的，已有的内容不改。")
@click.option("--revive", is_flag=True, help="以前删除过的也恢复。")
@click.option("--batch", metavar="名称", help="来源批次，默认用文件名。")
@click.option("--national", metavar="日期", type=Day(), help="这是全国系统导出的名单，导出日期是哪一天。")
@json_option
def import_workbook(
    session: Session,
    file: Path,
    record_type: RecordType,
    dry_run: bool,
    report: Path | None,
    sheet: str | None,
    header_row: int | None,
    mapping: tuple[tuple[str, str], ...],
    fixed: tuple[tuple[str, str], ...],
    fill_only: bool,
    revive: bool,
    batch: str | None,
    national: datetime.date | None,
    as_json: bool,
) -> None:
    """导入Excel表格（.xlsx、.xls）：逐行比对，已有的修改，没有的新增，有问题的列出来。

    整个表格是一步操作，可以一次撤消。有的行没有导入时退出码仍是0，请看结果和 --report。
    """
    options = Options(
        fixed=typed_pairs(session, record_type, fixed),
        fill_only=fill_only,
        revive=revive,
        batch=batch,
        national=None if national is None else NationalExport(national, batch or file.stem),
    )
    with Ticker() as ticker:
        shown = operations.preview(
            session,
            file,
            record_type.name,
            mapping={column: _target(record_type, said) for column, said in mapping},
            sheet=sheet,
            header_row=header_row,
            options=options,
            progress=ticker.tick,
        )
        stamp = 0
        if not dry_run:
            done = operations.run(session, shown, progress=ticker.tick)
            shown, stamp = done.preview, done.changes.stamp
    if as_json:
        json_line({"dry_run": dry_run, "operation": str(stamp) if stamp else None, **_object(shown)})
    else:
        _say(session, shown, dry_run)
        if stamp:
            say(f"操作{stamp}")
    # Last: where it cannot be written, what went in has been said.
    if report is not None and (returned := operations.write_report(session, shown, report)):
        remark(f"“{report.name}”里有{returned}行：{telling.to_mend(shown)}。改正后可以直接再导入。")


def _target(record_type: RecordType, said: str) -> str | None:
    """The field that a column goes into, whichever way it is called; nothing for a column that is left out."""
    found = field_named(record_type, said)
    return found.name if found is not None else said or None


def _say(session: Session, shown: ImportPreview, dry_run: bool) -> None:
    say(f"{shown.file}（{shown.sheet}）：{'如果导入，' if dry_run else ''}{shown.counts}。")
    for column in shown.unknown_columns[:_SHOWN]:
        guess = f"，可能是“{column.proposed_label}”（{column.proposed}）" if column.proposed else ""
        complain(f"没有导入的列：{column.name}{column.reason}{guess}。")
    if len(shown.unknown_columns) > _SHOWN:
        complain(f"另有{len(shown.unknown_columns) - _SHOWN}列没有导入。")
    for sentence in telling.sentences(shown):
        complain(sentence)
    if unsaid := whole.unsaid(session.types[shown.type], shown.columns, shown.options):
        complain(f"表格里没有“{'”“'.join(unsaid)}”；整张表都一样的，请用 --set {unsaid[0]}=… 说一次。")
    for label, count in shown.missing.items():
        say(f"还有{count}条没有填“{label}”。")
    for words, numbers in _doubts(session, shown).items():
        say(f"请核对{len(numbers)}行的{words}：{_rows(numbers)}。")
    if shown.without_town:
        say(f"没有确定镇街：{_rows(shown.without_town)}。")
    if twins := _twins(shown):
        more = f"，还有{len(twins) - _SHOWN}行" if len(twins) > _SHOWN else ""
        say(f"与前面的行相同：{'、'.join(twins[:_SHOWN])}{more}。")
    if deleted := [row.number for row in shown.rows if row.outcome is Outcome.DELETED]:
        say(f"以前删除过，没有导入，要恢复的请加上 --revive：{_rows(deleted)}。")
    reasons = list(_reasons(shown).items())
    for words, numbers in reasons[:_SHOWN]:
        complain(f"{_rows(numbers)}{words}。")
    if len(reasons) > _SHOWN:
        complain(f"另有{sum(len(numbers) for _, numbers in reasons[_SHOWN:])}行，请用 --report 另存。")


def _reasons(shown: ImportPreview) -> dict[str, list[int]]:
    """The numbers of the rows that come back, by why: the most frequent reason first, as it may be the whole file's."""
    found: dict[str, list[int]] = {}
    for row in shown.returned:
        words = "；".join(dict.fromkeys(n.text for n in row.notes if n.weight is Weight.PROBLEM))
        whole = "没有导入" if row.outcome is Outcome.REJECTED else "有个别格没有导入"
        found.setdefault(f"{whole}：{words}", []).append(row.number)
    return dict(sorted(found.items(), key=lambda reason: -len(reason[1])))


def _rows(numbers: Sequence[int]) -> str:
    """Which rows, those below each other as from and to, and how many more where not all are named."""
    spans = spans_of(numbers)
    more = sum(last - first + 1 for first, last in spans[_SHOWN:])
    return f"第{in_words(spans[:_SHOWN])}行" + (f"（还有{more}行）" if more else "")


def _twins(shown: ImportPreview) -> list[str]:
    """The rows about a record that an earlier row is about, each with that one."""
    first: dict[str, int] = {}
    for row in shown.rows:
        first.setdefault(row.record, row.number)
    twins = (row for row in shown.rows if row.outcome is Outcome.DUPLICATE)
    return [f"第{row.number}行（同第{first[row.record]}行）" for row in twins]


def _doubts(session: Session, shown: ImportPreview) -> dict[str, list[int]]:
    """The numbers of the rows that ask for a look, by what is to be looked at."""
    known = {f.name: f.label for name in ("enterprise", shown.type) for f in session.types[name].fields}
    found: dict[str, list[int]] = {}
    for row in shown.rows:
        for name in dict.fromkeys(note.field for note in row.doubts):
            found.setdefault(f"“{known[name]}”" if name in known else "单位或人员是否重复", []).append(
                row.number
            )
    return found


def _object(shown: ImportPreview) -> dict[str, Any]:
    counts = shown.counts
    names = ("rows", "new", "changed", "same", "duplicate", "deleted", "rejected", "partial", "without_town")
    return {
        "file": shown.file,
        "sheet": shown.sheet,
        "header_rows": list(shown.header_rows),
        "counts": {name: getattr(counts, name) for name in names},
        "columns": [{"index": c.index, "header": c.header, "field": c.target} for c in shown.columns],
        "missing": dict(shown.missing),
        "without_town": list(shown.without_town),
        "own_place": list(shown.own_place),
        "left_out": [{"row": number, "words": mask_numbers(words)} for number, words in shown.left_out],
        "next_table": shown.next_table,
        "rows": [_row_object(row) for row in shown.rows],
    }


def _row_object(row: RowResult) -> dict[str, Any]:
    return {
        "row": row.number,
        "outcome": row.outcome.value,
        "id": row.record or None,
        "notes": [
            {"weight": n.weight.value, "text": n.text, "column": n.column, "field": n.field}
            for n in row.notes
        ],
        "changes": [c.field if c.type == "" else f"{c.type}.{c.field}" for c in row.changes],
    }

"""Excel out: any list exactly as it is shown, and the federation's two real-name forms.

Personal values leave masked unless asked for; what leaves in full is noted in the audit log before it is written.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.documents.workbooks.lists import MOST_ROWS, ListColumn, write_list
from desktop.documents.workbooks.problems import TooLarge
from desktop.documents.workbooks.xlsx import Value
from desktop.operations import audit, queries
from desktop.operations.imports.model import Cancelled, Progress, Stopped
from desktop.operations.session import Session
from desktop.records.codes import CodeList
from desktop.records.declaration import Field, Kind, Mask, Role
from desktop.records.display import display
from desktop.records.typed.dates import china_time, time_words
from desktop.records.typed.typed_numbers import stored_decimal
from desktop.records.versions.canonical import Cell
from desktop.store.queries import lookup, reading
from desktop.store.queries.reading import Query

_STEP = 2_000
_LONG_NUMBERS = frozenset({Kind.USCC, Kind.ID_NUMBER, Kind.PHONE})
Words = Callable[[Cell], Value]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the file and how many rows it has."""

    path: Path
    rows: int


def export_list(
    session: Session,
    path: Path,
    query: Query,
    fields: Sequence[str] | None = None,
    *,
    unmasked: bool = False,
    caption: str = "",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Exported:
    """Writes the records of a list in its order and with its columns (those that a list shows at first by default).

    ``caption`` says in words what is filtered. Raises
    ``NotAllowed`` for ``unmasked`` without the right, ``TooLarge``, ``NotWritten``, ``Stopped``.
    """
    record_type = session.types[query.type]
    names = record_type.listed(of_one_parent=query.children_of is not None) if fields is None else fields
    shown = [record_type.by_name[n] for n in names]
    secret = any(f.mask is not Mask.NONE for f in shown)
    if unmasked and secret:
        session.require(Role.EDITOR, Role.DESK)
    summed = reading.aggregate(session.database, session.types, query, [f.name for f in shown if f.summed])
    total = summed.count
    if total > MOST_ROWS:
        raise TooLarge(f"一共{total}条，超过了一张工作表能放的{MOST_ROWS}行。", "请先筛选，再分几次导出。")
    masking = (
        "个人信息为完整内容" if unmasked and secret else "个人信息已部分隐藏" if secret else "不含隐藏内容"
    )
    audit.note(session, audit.Act.EXPORTED, f"{query.type} {total}条 {masking}")
    columns = [ListColumn(f.label, f.width, f.kind in _LONG_NUMBERS or f.kind is Kind.TEXT) for f in shown]
    notes = [
        ("名称", record_type.label),
        ("单位", session.unit.name),
        ("导出人", session.operator.name),
        ("导出时间", time_words(session.environment.now())),
        ("条数", str(total)),
        *([("合计", "，".join(sums))] if (sums := queries.sum_words(record_type, summed.sums)) else []),
        ("范围", caption or ("全部" if query == Query(query.type) else "按当前筛选")),
        ("说明", masking),
    ]
    rows = _rows(session, query, shown, masked=not unmasked)
    watched = _watched(rows, total, progress, cancelled)
    return Exported(path, write_list(path, record_type.label, columns, watched, notes, local_time(session)))


def _rows(
    session: Session, query: Query, fields: Sequence[Field], *, masked: bool
) -> Iterator[Sequence[Value]]:
    """The rows of a list as words and numbers, column by column within a page, which is much quicker than by cells."""
    database, codes = session.database, session.codes
    words = [_words_of(f, codes, masked=masked) for f in fields]
    found = lookup.cells(database, session.types, query, [f.name for f in fields])
    while page := _page(found):
        columns = list(zip(*page, strict=True))[1:]
        shown: list[Sequence[Value]] = []
        for f, words_of, cells in zip(fields, words, columns, strict=True):
            if f.link is not None:
                ids = {str(c) for c in cells if c}
                titles = queries.titles(database, session.types, codes, f.link, ids)
                shown.append([titles.get(str(c)) if c else None for c in cells])
            else:
                shown.append([None if c is None else words_of(c) for c in cells])
        yield from zip(*shown, strict=True)


def _page(rows: Iterator[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    page = []
    for row in rows:
        page.append(row)
        if len(page) == _STEP:
            break
    return page


def _words_of(field: Field, codes: Mapping[str, CodeList], *, masked: bool) -> Words:
    """What turns a stored cell of a field into what stands in the workbook: numbers and days stay what they are."""
    if masked and field.mask is not Mask.NONE:
        return lambda cell: display(field, cell, codes=codes, masked=True)
    match field.kind:
        case Kind.INTEGER:
            return lambda cell: cell
        case Kind.DECIMAL:
            # A bundle may bring any text; one that is no number goes out as it is.
            return lambda cell: str(cell) if (number := stored_decimal(cell)) is None else number
        case Kind.DATE:
            return _day
        case Kind.TEXT | Kind.NOTE | Kind.TIME | Kind.USCC | Kind.ID_NUMBER | Kind.PHONE:
            return str
        case _:
            return _remembered(lambda cell: display(field, cell, codes=codes))


def _remembered(words: Words) -> Words:
    known: dict[Cell, Value] = {}

    def find(cell: Cell) -> Value:
        if cell not in known:
            known[cell] = words(cell)
        return known[cell]

    return find


def _day(cell: Cell) -> Value:
    try:
        return datetime.date.fromisoformat(str(cell))
    except ValueError:
        return str(cell)


def _watched(
    rows: Iterator[Sequence[Value]], total: int, progress: Progress | None, cancelled: Cancelled | None
) -> Iterator[Sequence[Value]]:
    for number, row in enumerate(rows):
        if not number % _STEP:
            if cancelled is not None and cancelled():
                raise Stopped("已取消导出。", "没有留下文件，可以重新导出。")
            if progress is not None:
                progress(number, total, "导出")
        yield row


def local_time(session: Session) -> datetime.datetime:
    """The present time in China."""
    return china_time(session.environment.now())

"""What a list shows of records: words for cells and a mark for what needs a look; made in the reader's thread."""

from __future__ import annotations

import datetime
import enum
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop.operations import form_data, queries
from desktop.records.checks import Context, Finding, run_checks
from desktop.records.codes import CodeList
from desktop.records.declaration import Kind, RecordType, Severity
from desktop.records.display import display
from desktop.records.typed.dates import stamp_words
from desktop.records.types import Catalogue
from desktop.store.queries import reading
from desktop.store.queries.reading import Query, Record
from desktop.store.tables.database import Database
from desktop.ui.lists.columns import ADDED, OPERATOR, UNIT, Column

PAGE = 128
"""Rows that are read together."""
PREVIEW = 40
"""Rows that are shown before it is known how many there are; more than a screen holds."""
_MOST_FINDINGS = 4


class Mark(enum.IntEnum):
    """What needs a look; the greater one is shown."""

    NONE = 0
    WARNING = 1
    INCOMPLETE = 2
    CONFLICT = 3


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row: the record's id, its cells as words in the order of the columns, and its mark with the reasons."""

    id: str
    texts: tuple[str, ...]
    mark: Mark = Mark.NONE
    reasons: str = ""


@dataclass(frozen=True)
class Source:
    """Where rows come from and how they are put into words; may be used in any thread."""

    types: Catalogue
    codes: Mapping[str, CodeList]
    record_type: RecordType
    columns: tuple[Column, ...]
    units: Mapping[str, str]
    today: datetime.date


@dataclass(frozen=True)
class Loaded:
    """The answer to a query: all row numbers in order, and the rows of one page, so that the first paint has words."""

    rows: array[int]
    page: int
    shown: list[ShownRow | None]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a query, and how many it has where that is known so soon."""

    shown: list[ShownRow]
    count: int | None


def preview(database: Database, source: Source, query: Query) -> Preview:
    """The first rows of a query, which are there long before all row numbers of a large list are."""
    held, count = reading.first(database, source.types, query, PREVIEW)
    links = _link_words(database, source, held)
    gone = _erased(database, source, held)
    return Preview(
        [_shown(source, record, links, gone.get(record.id, frozenset())) for record in held], count
    )


def load(database: Database, source: Source, query: Query, around: int) -> Loaded:
    """Runs a query and reads the page that will be seen first; ``around`` is a position in the list."""
    rows = reading.row_numbers(database, source.types, query)
    page = min(around, max(len(rows) - 1, 0)) // PAGE
    return Loaded(rows, page, shown_rows(database, source, rows[page * PAGE : (page + 1) * PAGE]))


def shown_rows(database: Database, source: Source, rows: Sequence[int]) -> list[ShownRow | None]:
    """The rows with these numbers; nothing for one that is gone in the meantime."""
    held = reading.page(database, source.record_type, rows)
    links = _link_words(database, source, held.values())
    gone = _erased(database, source, held.values())
    return [
        None if n not in held else _shown(source, held[n], links, gone.get(held[n].id, frozenset()))
        for n in rows
    ]


def _erased(database: Database, source: Source, held: Iterable[Record]) -> dict[str, frozenset[str]]:
    """What was erased of records that lack what a check asks for or their name; of others nothing is looked up."""
    by_name, title = source.record_type.by_name, source.record_type.title
    asked = {c.fields[0] for c in source.record_type.checks if by_name[c.fields[0]].personal} | {title[0]}
    lacking = [r.id for r in held if any(r.values.get(name) in (None, "") for name in asked)]
    fields = form_data.erased_fields(database, source.record_type) if lacking else {}
    return {record: fields[record] for record in lacking if record in fields}


def _link_words(database: Database, source: Source, held: Iterable[Record]) -> dict[str, str]:
    """The words for the links that are shown; others are not worth looking up."""
    wanted = [c.name for c in source.columns if c.field is not None and c.field.kind is Kind.LINK]
    linking = [{name: record.values[name] for name in wanted} for record in held]
    return queries.link_titles(database, source.types, source.codes, source.record_type, linking)


def _shown(source: Source, record: Record, links: Mapping[str, str], erased: frozenset[str]) -> ShownRow:
    values, named = record.values, erased.intersection(source.record_type.title)
    texts = tuple(
        queries.ERASED
        if column.name in named and values.get(column.name) in (None, "")
        else _cell(source, column, record, links)
        for column in source.columns
    )
    if record.disputed:
        names = "、".join(map(source.record_type.slot_label, record.disputed))
        return ShownRow(record.id, texts, Mark.CONFLICT, f"几处填写不一致：{names}")
    findings = run_checks(source.record_type, record.values, Context(source.today, erased=erased))
    return ShownRow(record.id, texts, _mark(findings), _reasons(findings))


def _cell(source: Source, column: Column, record: Record, links: Mapping[str, str]) -> str:
    if column.field is None:
        match column.name:
            case name if name == UNIT:
                return source.units.get(record.unit, "")
            case name if name == ADDED:
                return stamp_words(record.stamp)
            case name if name == OPERATOR:
                return record.operator
        return ""
    cell = record.values.get(column.name)
    if column.field.kind is Kind.LINK:
        return queries.link_words(column.field, cell, links)
    text = display(column.field, cell, codes=source.codes, masked=True)
    return " ".join(text.split()) if column.field.kind is Kind.NOTE else text


def _mark(findings: Sequence[Finding]) -> Mark:
    if any(f.severity is Severity.ERROR for f in findings):
        return Mark.INCOMPLETE
    return Mark.WARNING if findings else Mark.NONE


def _reasons(findings: Sequence[Finding]) -> str:
    shown = [f.message for f in findings[:_MOST_FINDINGS]]
    more = len(findings) - len(shown)
    return "\n".join([*shown, *([f"还有{more}处"] if more > 0 else [])])

"""A block without a header: its columns follow those of the list where what stands in them fits, else a person says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import islice

from desktop.documents.workbooks import headers
from desktop.documents.workbooks.cells import Cell, Row, is_blank, shown
from desktop.documents.workbooks.headers import Column, Header
from desktop.documents.workbooks.sheets import MergedRanges, Sheet, Workbook
from desktop.operations.imports.deriving import Deriver
from desktop.operations.imports.mapping import JOINT, Candidate, Layout, Wishes, labels_of, mapped
from desktop.operations.imports.model import RowResult, Weight
from desktop.operations.imports.reading import Setting
from desktop.operations.imports.table import TableReader
from desktop.operations.imports.units import COLUMN, HEADINGS, UNIT
from desktop.operations.session import Session
from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.typed.texts import compact

_LISTED_UNIT = "_unit"
"""How lists call the column of units."""
_PROBED = 200
"""Rows that are tried before the order of a list is believed."""
_SURE_WORD = 0.9
_ASSUMED = 0.5
"""The confidence of a column that nothing but its place speaks for."""
_NO_WORDS = re.compile(r"[\W\d_]+|[0-9A-Z]{15,}")
_SHAPES = {
    Kind.USCC: re.compile(r"[0-9A-Za-z]{15,18}"),
    Kind.ID_NUMBER: re.compile(r"[A-Za-z]{0,3}[0-9*]{6,}[0-9A-Za-z]?"),
}
"""What these kinds at least look like: a wrong one is kept with a warning, so reading alone proves nothing."""


@dataclass
class _Probe:
    """The first rows as a sheet of their own."""

    name: str
    found: Sequence[tuple[int, Row]]
    merged: MergedRanges | None = ()
    hidden_rows: Set[int] = field(default_factory=frozenset)
    hidden_columns: Set[int] = field(default_factory=frozenset)

    def rows(self) -> Iterator[tuple[int, Row]]:
        """See :class:`Sheet`."""
        return iter([(number, list(cells)) for number, cells in self.found])


def lay_out_headless(
    session: Session,
    book: Workbook,
    record_type: RecordType,
    wishes: Wishes,
    order: Sequence[str],
    types: tuple[str, ...],
) -> tuple[Sheet, Layout]:
    """How a block is read whose columns nothing names. ``order`` are the columns of the list that it is pasted into."""
    sheet = book.sheet(book.sheets[0].name)
    rows = list(islice(sheet.rows(), _PROBED))
    candidate = _single(session, record_type, sheet, rows)
    if candidate is not None:
        return sheet, mapped(session, record_type, candidate, wishes)
    first = record_type.by_name.get(order[0]) if order else None
    numbered = _is_numbered(rows) and not (first is not None and first.kind is Kind.INTEGER)
    width = max((len(cells) for _, cells in rows), default=0)
    names = [None] * numbered + [_target(record_type, name) for name in order]
    bare = [Column(n, "", counts_rows=numbered and n == 0) for n in range(width)]
    layout = None
    if width <= len(names):
        taken = [
            replace(c, target=names[c.index], confidence=_ASSUMED if names[c.index] else 0.0) for c in bare
        ]
        layout = _read_with(session, record_type, sheet, rows, taken, {})
        if _fits(session, record_type, layout, rows, types):
            layout = replace(_read_with(session, record_type, sheet, rows, taken, wishes), by_order=True)
            return sheet, layout
    return sheet, _read_with(session, record_type, sheet, rows, bare, wishes)


def _read_with(
    session: Session,
    record_type: RecordType,
    sheet: Sheet,
    rows: Sequence[tuple[int, Row]],
    columns: Sequence[Column],
    wishes: Wishes,
) -> Layout:
    """The layout by these columns, with a header of the fields' own words for the rows that are returned."""
    candidate = Candidate(sheet, rows, Header(0, 0, tuple(columns)), prefixed=record_type.name == JOINT)
    layout = mapped(session, record_type, candidate, wishes)
    words: Row = [c.label or ("序号" if c.counts_rows else f"第{c.index + 1}列") for c in layout.columns]
    return replace(layout, header_cells=(words,))


def _single(
    session: Session, record_type: RecordType, sheet: Sheet, rows: Sequence[tuple[int, Row]]
) -> Candidate | None:
    """The first row as a header where most of its cells are surely such words: one alone is enough here."""
    if not rows:
        return None
    number, cells = rows[0]
    texts = [() if is_blank(cell) else (shown(cell),) for cell in cells]
    columns = headers.assign(texts, labels_of(session, record_type))
    sure = sum(c.confidence >= _SURE_WORD for c in columns)
    if not sure or sure * 2 < sum(bool(t) for t in texts):
        return None
    return Candidate(sheet, rows, Header(number, number, columns), prefixed=record_type.name == JOINT)


def _target(record_type: RecordType, name: str) -> str | None:
    """The target of a list's column; nothing for what no table says, such as who registered a record."""
    if name == _LISTED_UNIT and record_type.name in HEADINGS:
        return UNIT
    if name not in record_type.by_name:
        return None
    return f"{JOINT}.{name}" if record_type.name == JOINT else name


def _is_numbered(rows: Sequence[tuple[int, Row]]) -> bool:
    """Whether the first column only counts the rows."""
    firsts = [shown(cells[0]).strip() for _, cells in rows]
    if len(firsts) < 2 or not firsts[0].isdecimal() or len(firsts[0]) > 6:
        return False
    start = int(firsts[0])
    return firsts == [str(n) for n in range(start, start + len(firsts))]


def _fits(
    session: Session,
    record_type: RecordType,
    layout: Layout,
    rows: Sequence[tuple[int, Row]],
    types: tuple[str, ...],
) -> bool:
    """Whether a record's title is among the columns, and each holds mostly what can stand in its field."""
    if not {name for _, name in layout.targets.values()} & set(record_type.title):
        return False
    setting = Setting(session.codes, session.environment.today(), set())
    reader = TableReader(session, _Probe(layout.sheet_name, rows), layout, types, setting)
    deriver = Deriver(session, types)
    found = list(reader.rows())
    for row in found:
        deriver.complete(row)
    for index, (type_name, field_name) in layout.targets.items():
        wanted = COLUMN if field_name == UNIT else session.types[type_name].by_name[field_name]
        words = field_name in record_type.title or wanted.search
        filled = [row for row in found if index < len(row.cells) and not is_blank(row.cells[index])]
        wrong = sum(_is_wrong(row, index) or not _likely(wanted, row.cells[index], words) for row in filled)
        if wrong * 2 > len(filled):
            return False
    return bool(found)


def _is_wrong(row: RowResult, index: int) -> bool:
    return any(n.column == index and n.weight is Weight.PROBLEM for n in row.said)


def _likely(wanted: Field, cell: Cell, words: bool) -> bool:
    """Whether a cell looks like what its field holds; ``words`` says that people know a record by this text."""
    text = compact(shown(cell))
    shape = _SHAPES.get(wanted.kind)
    if shape is not None:
        return shape.fullmatch(text) is not None
    if wanted.kind is Kind.LINK or (wanted.kind in (Kind.TEXT, Kind.NOTE) and words):
        return _NO_WORDS.fullmatch(text) is None
    return True

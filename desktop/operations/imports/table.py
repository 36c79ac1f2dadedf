"""Reads the rows below a header: cells into values, words of links and places kept for later; leaves out the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from desktop.documents.workbooks import cells as workbook
from desktop.documents.workbooks.cells import Fault, Row, is_blank, shown
from desktop.documents.workbooks.sheets import Sheet
from desktop.operations.imports.beside import Beside
from desktop.operations.imports.mapping import Layout
from desktop.operations.imports.model import Note, Part, RowResult, Weight
from desktop.operations.imports.reading import ColumnReader, Setting, is_ditto, is_nothing
from desktop.operations.imports.together import REMARK, behind
from desktop.operations.imports.units import COLUMN, UNIT
from desktop.operations.session import Session
from desktop.records.declaration import Field, Kind
from desktop.records.versions.canonical import Cell

_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
_BATCH = 500


class TableReader:
    """Reads the rows of a layout, some hundreds at a time and column by column, which is much quicker than by rows."""

    def __init__(
        self, session: Session, sheet: Sheet, layout: Layout, types: tuple[str, ...], setting: Setting
    ) -> None:
        self._sheet = sheet
        self._layout = layout
        self._readers: list[list[ColumnReader]] = [[] for _ in types]
        self._words: list[list[tuple[int, Field]]] = [[] for _ in types]
        for index, (type_name, field_name) in sorted(layout.targets.items()):
            owner, position = session.types[type_name], types.index(type_name)
            if field_name == UNIT:
                self._words[position].append((index, COLUMN))
                continue
            wanted = owner.by_name[field_name]
            if wanted.kind in (Kind.LINK, Kind.PLACE):
                self._words[position].append((index, wanted))
            else:
                self._readers[position].append(ColumnReader(owner, wanted, index, setting))
        # The words of the last row of a batch, by column, for marks in the first row of the next.
        self._above: dict[int, str] = {}
        self._last: Row = []
        self._repeated: list[tuple[int, int]] = []
        self._merged = _merged_below(sheet, layout)
        # Words for rows whose cells are merged with those above, until the rows are read.
        self._told: dict[int, list[Note]] = {}
        self._numbers = {
            index: owner.by_name[name]
            for index, (type_name, name) in layout.targets.items()
            if name in (owner := session.types[type_name]).by_name and owner.by_name[name].kind in _NUMBERS
        }
        self._beside = Beside(layout, sheet.merged, session.types.values())
        self.left_out: list[tuple[int, str]] = []
        """Sums, headings and footers that were met, by row and first words; only what was read is told."""
        self.next_table: int | None = None
        """The row in which another table begins, whose rows are not read."""

    def rows(self) -> Iterator[RowResult]:
        """The rows that hold records; titles, repeated headers, numberings, examples and footers are left out."""
        batch: list[tuple[int, Row]] = []
        for row in self._records():
            batch.append(row)
            if len(batch) == _BATCH:
                yield from self._read(batch)
                batch.clear()
        yield from self._read(batch)

    def _records(self) -> Iterator[tuple[int, Row]]:
        header = self._layout.header
        filled: dict[int, tuple[int, int, workbook.Cell]] = {}
        first = True
        for number, cells in self._sheet.rows():
            if number <= header.last_row:
                continue
            if self._merged:
                self._fill_down(number, cells, filled)
            if first and _counts_columns(cells):
                continue
            if self._beside.holds(number, cells):
                self.left_out.append((number, shown(next(c for c in cells if isinstance(c, str)))))
                continue
            if self._beside.suspects(cells):
                if self._beside.repeats_header(cells):
                    continue
                if self._beside.begins_another(cells):
                    self.next_table = number
                    return
            first = False
            yield number, cells

    def _read(self, batch: Sequence[tuple[int, Row]]) -> Iterator[RowResult]:
        columns = list(zip_longest(*(cells for _, cells in batch)))
        notes: dict[int, list[Note]] = {}
        parts = [self._parts(position, columns, len(batch), notes) for position in range(len(self._readers))]
        self._write_out(batch)
        for place, ((number, cells), own) in enumerate(zip(batch, zip(*parts, strict=True), strict=True)):
            said = notes.get(place)
            if number in self._told:
                said = [*(said or ()), *self._told.pop(number)]
            if said or own[0].values or any(part.values or part.words for part in own):
                yield RowResult(number, cells, own, said or ())

    def _write_out(self, batch: Sequence[tuple[int, Row]]) -> None:
        """Puts what a mark means in its place: a row that is returned alone has another one above it."""
        found = [(place, r.column) for own in self._readers for r in own for place in r.repeated]
        for place, column in sorted({*found, *self._repeated}):
            above = batch[place - 1][1] if place else self._last
            batch[place][1][column] = above[column]
        self._repeated.clear()
        for own in self._readers:
            for reader in own:
                reader.repeated.clear()
        self._last = batch[-1][1] if batch else self._last

    def _parts(
        self,
        position: int,
        columns: Sequence[Sequence[workbook.Cell]],
        count: int,
        notes: dict[int, list[Note]],
    ) -> list[Part]:
        """One part for each row of a batch, for one of the types that the table fills."""
        read = [r for r in self._readers[position] if r.column < len(columns)]
        names = [r.field.name for r in read]
        values = [r.read(columns[r.column], notes) for r in read]
        # A column that nobody has filled would make every row one with gaps.
        filled = [(name, cells) for name, cells in zip(names, values, strict=True) if cells != [None] * count]
        if filled:
            names = [name for name, _ in filled]
            parts = [
                Part(
                    dict(zip(names, row, strict=True))
                    if all(row)
                    else {name: cell for name, cell in zip(names, row, strict=True) if cell is not None}
                )
                for row in zip(*(cells for _, cells in filled), strict=True)
            ]
        else:
            parts = [Part({}) for _ in range(count)]
        for reader in read:
            for place, others in reader.others.items():
                _take_in(parts[place], others)
            reader.others.clear()
        for index, wanted in self._words[position]:
            if index < len(columns):
                self._keep_words(columns[index], index, wanted, parts, notes)
        return parts

    def _keep_words(
        self,
        cells: Sequence[workbook.Cell],
        index: int,
        wanted: Field,
        parts: Sequence[Part],
        notes: dict[int, list[Note]],
    ) -> None:
        """The words of one column of links or places; a mark for what stands above means the same words."""
        above = self._above.get(index, "")
        for place, raw in enumerate(cells):
            cell = workbook.examined(raw) if isinstance(raw, str) and "#" in raw else raw
            if isinstance(cell, Fault):
                said = f"“{wanted.label}”：{cell.sentence}"
                note = Note(said, Weight.PROBLEM, index, wanted.name)
                notes.setdefault(place, []).append(note)
                above = ""
                continue
            text = "" if is_blank(cell) else shown(cell).strip()
            if above and is_ditto(text):
                note = Note(f"“{text}”按上一行的“{above[:20]}”保存", Weight.NOTE, index, wanted.name)
                notes.setdefault(place, []).append(note)
                self._repeated.append((place, index))
                text = above
            above = "" if not text or is_nothing(text) else text
            if above:
                part = parts[place]
                part.words = {**(part.words or {}), wanted.name: (above, index)}
        self._above[index] = above

    def _fill_down(self, number: int, cells: Row, filled: dict[int, tuple[int, int, workbook.Cell]]) -> None:
        """A cell that is merged over several rows counts for each of them, but a number would be counted twice."""
        for column, (top, bottom, value) in filled.items():
            if (
                value is None
                or not top < number <= bottom
                or column >= len(cells)
                or cells[column] is not None
            ):
                continue
            wanted = self._numbers.get(column)
            if wanted is None:
                cells[column] = value
                continue
            words = f"“{wanted.label}”是与第{top}行合并的一格，数字只算在第{top}行，这一行空着"
            note = Note(words, Weight.WARNING, column, wanted.name)
            self._told.setdefault(number, []).append(note)
        for column, bottom in self._merged.get(number, ()):
            if column < len(cells):
                filled[column] = (number, bottom, cells[column])


def _take_in(part: Part, others: Mapping[str, Cell]) -> None:
    """What a cell says of other fields fills them where their own columns do not; words go behind those of remarks."""
    for name, cell in others.items():
        if name == REMARK and (before := part.values.get(name) or part.weak.get(name)):
            target = part.values if name in part.values else part.weak
            target[name] = behind(str(before), str(cell))
        else:
            part.weak.setdefault(name, cell)


def _merged_below(sheet: Sheet, layout: Layout) -> dict[int, list[tuple[int, int]]]:
    """Row number to (column, last row number) of each merged cell below the header that spans several rows."""
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in sheet.merged or ():
        if bottom > top >= layout.header.last_row:
            found.setdefault(top + 1, []).append((left, bottom + 1))
    return found


def _counts_columns(cells: Row) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3 …"""
    texts = [shown(c).strip("()（） ") for c in cells if c is not None]
    return len(texts) > 2 and texts == [str(n) for n in range(1, len(texts) + 1)]

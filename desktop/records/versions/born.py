"""Births of one type, column by column: as a segment brings them, and as they are written into their typed table."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(slots=True)
class Births:
    """Births of one type from one origin; each sequence has one entry for each of them.

    ``units`` are those under which they were written, ``columns`` names the cells as they stand on the wire (``slot``
    or ``slot.member``), and ``cells`` has a sequence for each column. A column in which none has a value may be left
    out. ``keys`` are those by which the rows are listed, where somebody has computed them. There may be a million, and
    most of what is asked is asked of one column.
    """

    type: str
    columns: tuple[str, ...]
    records: Sequence[str]
    units: Sequence[str]
    stamps: Sequence[int]
    numbers: Sequence[int]
    operators: Sequence[str]
    cells: Sequence[Sequence[Any]]
    keys: Sequence[str] | None = None

    @classmethod
    def of_rows(cls, type_name: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Births:
        """Of rows of record, unit, stamp, number, operator and the cells of the columns."""
        across = list(zip(*rows, strict=True)) or [()] * (5 + len(columns))
        records, units, stamps, numbers, operators, *cells = across
        return cls(type_name, columns, records, units, stamps, numbers, operators, cells)

    def __len__(self) -> int:
        return len(self.records)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """What :meth:`of_rows` takes."""
        return zip(
            self.records, self.units, self.stamps, self.numbers, self.operators, *self.cells, strict=True
        )

    def values(self, column: str) -> Sequence[Any]:
        """The cells of one column; empty ones where there is no such column."""
        return self.cells[self.columns.index(column)] if column in self.columns else (None,) * len(self)

    def filled(self, columns: Collection[str]) -> set[int]:
        """The numbers of the births that have a value in any of these columns."""
        return {
            number
            for column in columns
            for number, cell in zip(self.numbers, self.values(column), strict=True)
            if cell is not None
        }

    def only(self, numbers: Collection[int]) -> Births:
        """Those with these numbers."""
        return self._where([number in numbers for number in self.numbers])

    def without(self, numbers: Collection[int]) -> Births:
        """Those with other numbers."""
        return self._where([number not in numbers for number in self.numbers]) if numbers else self

    def _where(self, kept: Sequence[bool]) -> Births:
        if all(kept):
            return self

        def those(column: Sequence[Any]) -> list[Any]:
            return [*itertools.compress(column, kept)]

        return replace(
            self,
            records=those(self.records),
            units=those(self.units),
            stamps=those(self.stamps),
            numbers=those(self.numbers),
            operators=those(self.operators),
            cells=[those(column) for column in self.cells],
            keys=None if self.keys is None else those(self.keys),
        )

"""What an import would do, as a person is shown it, and what it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desktop.documents.workbooks.headers import folded_header
from desktop.documents.workbooks.sheets import SheetInfo
from desktop.operations.imports.mapping import Layout
from desktop.operations.imports.model import ColumnMatch, Counts, Options, RowResult
from desktop.operations.imports.planning import Plan
from desktop.store.ledger import ChangeSet


@dataclass(frozen=True)
class Source:
    """What was read: enough to match the rows anew without the file."""

    type: str
    file: str
    digest: str
    sheets: tuple[SheetInfo, ...]
    layout: Layout
    rows: Sequence[RowResult]
    valid_codes: set[str]
    options: Options
    hidden_rows: int
    hidden_columns: tuple[str, ...]
    left_out: tuple[tuple[int, str], ...]
    next_table: int | None
    from_whole: int
    edited: bool


@dataclass(frozen=True)
class ImportPreview:
    """What an import would do.

    ``rows`` has one result for each row of the table, ``columns`` one for each column; those without a target can be
    given one by a second preview with ``mapping``. ``missing`` counts the records that will still lack a needed
    field, by its label; ``without_town`` lists the rows whose town is not certain, ``own_place`` those
    that tell none and get that of the own unit. A pasted block without a header
    has 0 for its rows; ``by_order`` says that its columns were taken in the order of the list. ``hidden_rows`` and
    ``hidden_columns`` are how many of the rows that were read, and which of the columns, are hidden in the sheet;
    ``alike_sheets`` are other sheets with rows under the same columns, which are not read. ``left_out`` are the rows
    that sum up, stand over a part or are signed, with their first words; ``next_table`` is the row in which another
    table begins on the sheet, which is not read. ``from_whole`` counts the rows that got what ``options.whole`` says.
    ``edited``: the table was open in an office program, which may hold changes that are not in the file yet.
    """

    type: str
    file: str
    sheet: str
    sheets: tuple[SheetInfo, ...]
    columns: tuple[ColumnMatch, ...]
    header_rows: tuple[int, int]
    rows: Sequence[RowResult]
    counts: Counts
    missing: Mapping[str, int]
    without_town: tuple[int, ...]
    own_place: tuple[int, ...]
    options: Options
    by_order: bool
    hidden_rows: int
    hidden_columns: tuple[str, ...]
    alike_sheets: tuple[str, ...]
    left_out: tuple[tuple[int, str], ...]
    next_table: int | None
    from_whole: int
    edited: bool
    plan: Plan = field(repr=False)
    source: Source = field(repr=False)
    mark: tuple[int, int] = field(repr=False)

    @property
    def unknown_columns(self) -> tuple[ColumnMatch, ...]:
        """The columns that go nowhere and do not only count rows."""
        return tuple(
            c
            for c in self.columns
            if c.target is None and not (c.counts_rows or c.checks) and (c.header or c.samples)
        )

    @property
    def has_header(self) -> bool:
        """Whether a row names the columns; only a pasted block may go without."""
        return self.header_rows[1] > 0

    @property
    def repeated_columns(self) -> tuple[ColumnMatch, ...]:
        """The columns that are left out because one before them has the same heading and was recognised."""
        taken = {folded_header(c.header) for c in self.columns if c.target is not None and c.header}
        return tuple(c for c in self.unknown_columns if c.header and folded_header(c.header) in taken)

    @property
    def returned(self) -> list[RowResult]:
        """The rows that do not go in, or not with all their cells."""
        return [row for row in self.rows if row.returned]

    @property
    def asked(self) -> list[RowResult]:
        """The rows that go in, with a cell that asks for a look."""
        return [row for row in self.rows if row.asked]

    @property
    def to_mend(self) -> list[RowResult]:
        """The rows of the report: those that did not go in, not wholly, or with a cell that asks for a look."""
        return [*self.returned, *self.asked]


@dataclass(frozen=True)
class ImportResult:
    """What an import did: what changed, the counts, and what it was shown to do."""

    changes: ChangeSet
    counts: Counts
    preview: ImportPreview = field(repr=False)

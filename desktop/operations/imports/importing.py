"""Excel in: what a workbook would change, row by row, and then the change itself as one operation.

:func:`preview` reads and matches and writes nothing; :func:`run` writes what a preview says, anew if the ledger has
moved since; :func:`write_report` returns the rows that did not go in, to be corrected and imported alone.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from desktop.collecting import without_collection
from desktop.documents.workbooks.opening import is_being_edited, open_workbook
from desktop.documents.workbooks.pasted import Pasted
from desktop.documents.workbooks.problems import OtherFormat, WorkbookProblem
from desktop.documents.workbooks.returned import Fault, ReturnedRow, write_returned
from desktop.documents.workbooks.sheets import Sheet
from desktop.operations import audit
from desktop.operations.imports import completing, whole
from desktop.operations.imports.deriving import Deriver
from desktop.operations.imports.headless import lay_out_headless
from desktop.operations.imports.joint import JointPlanner
from desktop.operations.imports.layout import NoHeader, lay_out
from desktop.operations.imports.mapping import EMPLOYER, JOINT, Layout, Wishes
from desktop.operations.imports.model import (
    Cancelled,
    Candidate,
    ColumnMatch,
    Counts,
    NationalExport,
    Options,
    Outcome,
    Progress,
    RowResult,
    Stopped,
    Watch,
    Weight,
)
from desktop.operations.imports.planning import Planner
from desktop.operations.imports.previews import ImportPreview, ImportResult, Source
from desktop.operations.imports.reading import Setting
from desktop.operations.imports.table import TableReader
from desktop.operations.imports.units import UNIT
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import RecordType
from desktop.records.masking import mask_numbers_of_people
from desktop.records.typed.texts import printable
from desktop.store.queries import lookup
from desktop.sync.formats import sorts

__all__ = [
    "ColumnMatch",
    "ImportPreview",
    "ImportResult",
    "NationalExport",
    "NoHeader",
    "Options",
    "Outcome",
    "Pasted",
    "RowResult",
    "Stopped",
    "Weight",
    "preview",
    "run",
    "write_report",
]

_STEP = 1_000
_LONGEST_BATCH = 80


class NotATable(WorkbookProblem):
    """A file that other stations exchange, chosen as a table; ``sort`` is the key of what it is."""

    def __init__(self, found: sorts.Sort) -> None:
        super().__init__(f"这是{found.words}，不是表格。", found.belongs)
        self.sort = found.key


def preview(
    session: Session,
    path: Path | Pasted,
    type_name: str,
    *,
    mapping: Wishes | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
    order: Sequence[str] = (),
    options: Options | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ImportPreview:
    """What importing a workbook as records of a type would do; nothing is written.

    ``mapping`` gives columns (by place from 0, or by header) a field, or ``None`` to leave them out; in a table of
    unions a field is said as ``union.name`` or ``enterprise.name``. ``header_row`` says where the header stands if
    it is not recognised. A block that was pasted may have none: ``order`` are the columns of the list that it is
    pasted into. Raises :class:`NotAllowed`, :class:`NoHeader`, :class:`Stopped` and the problems of
    ``documents.workbooks``.
    """
    record_type = session.types[type_name]
    for written in _written_types(record_type):
        if not session.may_write(session.types[written]):
            raise NotAllowed(f"本单位或您的角色不能填写“{session.types[written].label}”。")
    options = options or Options()
    watch = Watch(progress, cancelled)
    setting = Setting(session.codes, session.environment.today(), set())
    with _told_apart(path), without_collection(), open_workbook(path) as book:
        digest = _digest(path)
        watch.step(0, 0, "读取表格")
        try:
            opened, layout = lay_out(session, book, record_type, sheet, mapping or {}, header_row)
        except NoHeader:
            if not isinstance(path, Pasted) or header_row is not None:
                raise
            types = _parts(record_type)
            opened, layout = lay_out_headless(session, book, record_type, mapping or {}, order, types)
        reader = TableReader(session, opened, layout, _parts(record_type), setting)
        deriver = Deriver(session, _parts(record_type), layout.codes_beside)
        rows, from_whole = _read(reader, deriver, record_type, options, watch)
        completing.tell_what_is_in(rows, layout.columns)
        source = Source(
            record_type.name, printable(path.name), digest, book.sheets, layout, rows, setting.valid_codes, options,
            *_hidden(opened, layout, rows), tuple(reader.left_out), reader.next_table, from_whole,
            is_being_edited(path),
        )  # fmt: skip
        # Its cells are a block of their own in memory, and matching needs as much again.
        del opened, reader
        return _planned(session, source, watch)


def run(
    session: Session,
    shown: ImportPreview,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ImportResult:
    """Writes what a preview showed, in one operation that one undo takes back.

    If anything was written or merged since, the rows are matched anew first. Raises :class:`Stopped` before anything
    is written, ``WrongClock``, ``DiskFull``.
    """
    watch = Watch(progress, cancelled)
    if lookup.mark(session.database) != shown.mark:
        with without_collection():
            for row in shown.rows:
                row.forget()
            shown = _planned(session, shown.source, watch)
    watch.step(len(shown.rows), len(shown.rows), "写入")
    plan = shown.plan
    with without_collection(), session.database.transaction():
        changes = session.ledger.write(
            f"导入{session.types[shown.type].label}（{mask_numbers_of_people(shown.file)}）"[:120],
            session.operator.name,
            births=plan.births,
            edits=plan.edits,
            deletions=plan.deletions,
        )
        audit.note(session, audit.Act.IMPORTED, f"{shown.type} {shown.counts} {shown.source.digest}")
    return ImportResult(changes, shown.counts, shown)


def write_report(session: Session, shown: ImportPreview, path: Path) -> int:
    """Writes the rows that did not go in, and behind them those that went in with a cell to be looked at, to an .xlsx.

    Returns how many. With their header, reasons and marked cells they can be corrected and imported as they are; the
    cells are those of the file that came, unmasked, which is noted first. Raises ``NotWritten``.
    """
    mended = shown.to_mend
    audit.note(session, audit.Act.RETURNED, f"{shown.type} {len(mended)}行 {shown.source.digest}")
    rows = [
        ReturnedRow(
            row.cells,
            tuple(
                Fault(n.column, n.text, doubtful=n.asks_at_cell)
                for n in row.notes
                if n.weight is Weight.PROBLEM or n.asks_at_cell
            ),
            rejected=row.outcome is Outcome.REJECTED,
        )
        for row in mended
    ]
    return write_returned(path, shown.sheet, shown.source.layout.header_cells, rows)


def _written_types(record_type: RecordType) -> tuple[str, ...]:
    return (JOINT, EMPLOYER, "coverage") if record_type.name == JOINT else (record_type.name,)


@contextlib.contextmanager
def _told_apart(path: Path | Pasted) -> Iterator[None]:
    """A file of this program's own that is taken for a table is told as what it is."""
    try:
        yield
    except (OtherFormat, NoHeader) as problem:
        if isinstance(path, Pasted) or (found := sorts.of(path)) not in sorts.OURS:
            raise
        raise NotATable(found) from problem


def _digest(source: Path | Pasted) -> str:
    """What names a table in the log without its name or content."""
    if isinstance(source, Path):
        return audit.digest_of_file(source)
    return f"粘贴{hashlib.sha256(source.text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _hidden(sheet: Sheet, layout: Layout, rows: Sequence[RowResult]) -> tuple[int, tuple[str, ...]]:
    """How many of the rows that were read, and which of the columns that go somewhere, nobody sees in the sheet."""
    columns = tuple(
        c.header for c in layout.columns if c.target is not None and c.index in sheet.hidden_columns
    )
    return sum(row.number in sheet.hidden_rows for row in rows) if sheet.hidden_rows else 0, columns


def _read(
    reader: TableReader, deriver: Deriver, record_type: RecordType, options: Options, watch: Watch
) -> tuple[list[RowResult], int]:
    """The rows, and how many of them got what is said of the whole table."""
    fixed, whole_table = (
        {n: v for n, v in said.items() if n in record_type.by_name and v is not None}
        for said in (options.fixed, options.whole)
    )
    from_whole = 0
    rows: list[RowResult] = []
    for row in reader.rows():
        if fixed:
            part = row.parts[0]
            part.values |= fixed
            part.words = {n: w for n, w in (part.words or {}).items() if n not in fixed}
        if whole_table:
            from_whole += whole.fill(row, whole_table)
        deriver.complete(row)
        rows.append(row)
        if not len(rows) % _STEP:
            watch.step(len(rows), 0, "读取表格")
    deriver.link(rows)
    return rows, from_whole


def _planned(session: Session, source: Source, watch: Watch) -> ImportPreview:
    rows, options, layout = source.rows, source.options, source.layout
    watch.step(len(rows), len(rows), "与本机记录比对")
    mark = lookup.mark(session.database)
    # What somebody called a file is seen by everybody, and it may have been a person's number.
    named = mask_numbers_of_people(Path(source.file).stem)
    batch = (options.batch if options.batch is not None else named)[:_LONGEST_BATCH]
    record_type = session.types[source.type]
    sound = _sound(rows, record_type)
    if source.type == JOINT:
        plan = JointPlanner(session, options, batch, source.valid_codes, layout).plan(sound)
    else:
        columns = layout.columns_of(source.type)
        planner = Planner(session, record_type, options, batch, source.valid_codes, columns)
        planner.match([Candidate(row, row.parts[0]) for row in sound])
        plan = planner.finish()
    # A row of unions may lack the town of two records.
    without_town, own_place = (tuple(sorted({*found})) for found in (plan.without_town, plan.own_place))
    counts = Counts.of(rows, len(without_town))
    return ImportPreview(
        type=source.type,
        file=source.file,
        sheet=layout.sheet_name,
        sheets=source.sheets,
        columns=layout.columns,
        header_rows=(layout.header.first_row, layout.header.last_row),
        rows=rows,
        counts=counts,
        missing=plan.missing,
        without_town=without_town,
        own_place=own_place,
        options=options,
        by_order=layout.by_order,
        hidden_rows=source.hidden_rows,
        hidden_columns=source.hidden_columns,
        alike_sheets=layout.alike,
        left_out=source.left_out,
        next_table=source.next_table,
        from_whole=source.from_whole,
        edited=source.edited,
        plan=plan,
        source=source,
        mark=mark,
    )


def _sound(rows: Sequence[RowResult], record_type: RecordType) -> list[RowResult]:
    """The rows whose naming cells could be read: without them nobody knows what a row is about, and it is left out."""
    naming = {
        n
        for n in (record_type.key, record_type.parent, "id_number", UNIT, *record_type.title)
        if n is not None
    }
    sound = []
    for row in rows:
        if row.said and any(n.weight is Weight.PROBLEM and n.field in naming for n in row.said):
            row.outcome = Outcome.REJECTED
        else:
            sound.append(row)
    return sound


def _parts(record_type: RecordType) -> tuple[str, ...]:
    """The types whose fields a row can hold, its own first."""
    return (JOINT, EMPLOYER) if record_type.name == JOINT else (record_type.name,)

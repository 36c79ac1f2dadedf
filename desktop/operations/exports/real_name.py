"""The federation's real-name forms: complete records go into the form, the others into a list of what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.documents.workbooks.forms import write_form
from desktop.documents.workbooks.lists import ListColumn, write_list
from desktop.documents.workbooks.xlsx import Value
from desktop.errors import UsageProblem
from desktop.operations import audit
from desktop.operations.exports.exporting import local_time
from desktop.operations.session import Session
from desktop.records.checks import Checker, Context
from desktop.records.declaration import Field, Kind, RecordType, Role, Severity
from desktop.records.display import display
from desktop.records.real_name_forms import FORMS, FormColumn, RealNameForm
from desktop.records.versions.canonical import Cell
from desktop.store.queries import lookup
from desktop.store.queries.reading import Query

MISSING_LIST = "未填完整"
_DECIDING_WARNINGS = frozenset({"id_valid"})
"""A document number that does not check is a warning for us and no member for the federation."""
_PAGE = 2_000


class NoSuchForm(UsageProblem):
    """A form that the federation does not have."""

    next_step = "可以选择 union（工会组织信息采集表）或 member（工会会员信息采集表）。"


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A record that is not in the form, and why."""

    record: str
    title: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class FormExported:
    """What was written: the form with its rows, and the list of the others, if there are any."""

    path: Path
    rows: int
    incomplete: tuple[Incomplete, ...]
    missing_path: Path | None


def export_form(
    session: Session,
    path: Path,
    form_name: str,
    query: Query | None = None,
    *,
    missing_path: Path | None = None,
) -> FormExported:
    """Writes the complete records of a query in exactly the federation's form; its numbers stand there in full.

    The others are listed with what is missing in a workbook of their own, because the federation's system reads the
    whole file. Raises :class:`NoSuchForm`, ``NotAllowed``, ``NotWritten``.
    """
    form = next((f for f in FORMS if f.name == form_name), None)
    if form is None:
        raise NoSuchForm(f"没有名为“{form_name}”的采集表。")
    session.require(Role.EDITOR, Role.DESK)
    chosen = _Chosen(session, form)
    rows: list[Sequence[Value]] = []
    incomplete: list[Incomplete] = []
    for found in chosen.records(query or Query(form.record_type)):
        reasons = chosen.reasons(found)
        if reasons:
            title = chosen.type.title_of(found.values)
            incomplete.append(Incomplete(found.id, title or chosen.type.label, tuple(reasons)))
        else:
            rows.append(chosen.words(found))
    audit.note(session, audit.Act.EXPORTED, f"{form.title} {len(rows)}条 个人信息为完整内容")
    now = local_time(session)
    signing = (
        (
            f"填表单位（盖章）：{session.unit.name}",
            "单位负责人（签字）：",
            "信息采集人（签字）：",
            f"填报日期：{now:%Y/%m/%d}",
        )
        if form.bands
        else ()
    )
    write_form(path, form, rows, chosen.options(), signing, now)
    if not incomplete:
        return FormExported(path, len(rows), (), None)
    beside = missing_path or path.with_name(f"{path.stem}-{MISSING_LIST}.xlsx")
    columns = [ListColumn(chosen.type.label, 28, text=True), ListColumn("缺少或有误的内容", 60, text=True)]
    write_list(beside, MISSING_LIST, columns, [(i.title, "；".join(i.reasons)) for i in incomplete], at=now)
    return FormExported(path, len(rows), tuple(incomplete), beside)


@dataclass(frozen=True, slots=True)
class _Found:
    """A record with what it links to, as far as the form needs it."""

    id: str
    values: Mapping[str, Cell]
    linked: Mapping[str, Mapping[str, Cell]]


class _Chosen:
    """The columns of a form over this program's records."""

    def __init__(self, session: Session, form: RealNameForm) -> None:
        self._session = session
        self._database = session.database
        self._columns = [c for c in form.columns if c.path]
        self.type: RecordType = session.types[form.record_type]
        self._links = {c.path[0] for c in self._columns if len(c.path) > 1}
        own = {p[0] for c in self._columns for p in (c.path, c.otherwise) if len(p) == 1}
        self._own = own
        self._checker = Checker(self.type)
        self._context = Context(session.environment.today())
        self._divisions, self._codes = session.reference.divisions, session.codes

    def records(self, query: Query) -> Iterator[_Found]:
        """The records of a list with their linked ones, some thousand at a time."""
        names = [f.name for f in self.type.fields]
        page: list[tuple[str, dict[str, Cell]]] = []
        for row in lookup.cells(self._database, self._session.types, query, names):
            page.append((str(row[0]), dict(zip(names, row[1:], strict=True))))
            if len(page) == _PAGE:
                yield from self._linked(page)
                page = []
        yield from self._linked(page)

    def _linked(self, page: Sequence[tuple[str, dict[str, Cell]]]) -> Iterator[_Found]:
        targets: dict[str, dict[str, Mapping[str, Cell]]] = {}
        for link in self._links:
            target = self._session.types[str(self.type.by_name[link].link)]
            wanted = sorted({c.path[1] for c in self._columns if c.path[0] == link and len(c.path) > 1})
            ids = {str(values[link]) for _, values in page if values.get(link)}
            held = lookup.held(self._database, target, ids, wanted)
            targets[link] = {record: found.values for record, found in held.items()}
        for record, values in page:
            linked = {link: targets[link].get(str(values.get(link)), {}) for link in self._links}
            yield _Found(record, values, linked)

    def words(self, found: _Found) -> list[Value]:
        """The cells of a record's row."""
        return [self._words(*self._field_and_cell(c, found)) for c in self._columns]

    def reasons(self, found: _Found) -> list[str]:
        """What keeps a record out of the form."""
        reasons = []
        for column in self._columns:
            field, cell = self._field_and_cell(column, found)
            if field.needed and cell in (None, ""):
                reasons.append(f"没有填写“{column.header}”")
        for finding in self._checker(found.values, self._context):
            counts = finding.severity is Severity.ERROR or finding.rule in _DECIDING_WARNINGS
            if counts and finding.rule != "needed" and self._own.intersection(finding.fields):
                reasons.append(finding.message)
        return reasons

    def options(self) -> dict[str, list[str]]:
        """What can be chosen in the columns that hold codes."""
        found = {}
        for column in self._columns:
            field = self._field(column.path)
            if field.kind is Kind.CODE and field.codes is not None:
                found[column.header] = [item.label for item in self._codes[field.codes].offered]
            elif field.kind is Kind.BOOLEAN:
                found[column.header] = ["是", "否"]
        return found

    def _field_and_cell(self, column: FormColumn, found: _Found) -> tuple[Field, Cell]:
        cell = self._cell(column.path, found)
        if cell in (None, "") and column.otherwise:
            return self._field(column.otherwise), self._cell(column.otherwise, found)
        return self._field(column.path), cell

    def _cell(self, path: tuple[str, ...], found: _Found) -> Cell:
        values = found.linked[path[0]] if len(path) > 1 else found.values
        return values.get(path[-1])

    def _field(self, path: tuple[str, ...]) -> Field:
        if len(path) == 1:
            return self.type.by_name[path[0]]
        target = self._session.types[str(self.type.by_name[path[0]].link)]
        return target.by_name[path[1]]

    def _words(self, field: Field, cell: Cell) -> Value:
        if cell is None:
            return None
        match field.kind:
            case Kind.DATE:
                return str(cell).replace("-", "/")
            case Kind.INTEGER:
                return cell
            case Kind.PLACE:
                code = str(cell)
                return self._divisions.full_name(code) if code in self._divisions else code
            case _:
                return display(field, cell, codes=self._codes)

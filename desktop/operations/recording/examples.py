"""Taking over the records that come with the program as a beginning: those that are not here yet, in one step."""

from __future__ import annotations

from collections.abc import Mapping

from desktop import reference
from desktop.errors import StateProblem
from desktop.operations.recording import admitting
from desktop.operations.session import Session
from desktop.records.declaration import Kind, RecordType
from desktop.records.examples import ExampleRecord
from desktop.records.typed.values import TODAY, default_value
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import ChangeSet, NewRecord
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database


class NoExamples(StateProblem):
    """No examples come with the program for this type, or all are here."""

    exit_code = 22
    next_step = "请直接新增，或者在列表里修改已有的。"


def waiting(database: Database, types: Catalogue, type_name: str) -> list[ExampleRecord]:
    """The examples of a type that are not here, by the words that name them."""
    shipped = reference.examples(type_name)
    if shipped is None:
        return []
    record_type = types[type_name]
    here = {record_type.title_of(held.values) for held in reading.records(database, types, Query(type_name))}
    return [each for each in shipped.records if record_type.title_of(each.values) not in here]


def take_over(session: Session, type_name: str) -> ChangeSet:
    """Writes the examples that are not here, with what belongs to them. Raises :class:`NoExamples`, ``NotAllowed``."""
    record_type = session.types[type_name]
    found = waiting(session.database, session.types, type_name)
    if not found:
        raise NoExamples(f"没有可以放入的“{record_type.label}”示例，或者都已经放入了。")
    births: list[NewRecord] = []
    for each in found:
        values = _filled(session, record_type, each.values)
        record = session.ledger.new_id()
        births.append(NewRecord(type_name, record, session.unit.id, values))
        for name, rows in each.children.items():
            births += _children(session, session.types[name], record, rows)
    return session.ledger.write(f"放入{record_type.label}示例", session.operator.name, births=births)


def _children(
    session: Session, child: RecordType, parent: str, rows: tuple[Mapping[str, Cell], ...]
) -> list[NewRecord]:
    counted = "sequence" in child.by_name
    return [
        NewRecord(
            child.name,
            session.ledger.new_id(),
            session.unit.id,
            _filled(
                session, child, {str(child.parent): parent} | ({"sequence": n} if counted else {}) | dict(row)
            ),
        )
        for n, row in enumerate(rows, start=1)
    ]


def _filled(session: Session, record_type: RecordType, values: Mapping[str, Cell]) -> dict[str, Cell]:
    today = session.environment.today().isoformat()
    begun = {f.name: default_value(f, session.environment.today()) for f in record_type.fields if f.default}
    cells = begun | {
        name: today if cell == TODAY and record_type.by_name[name].kind is Kind.DATE else cell
        for name, cell in values.items()
    }
    admitting.check_rights(session, record_type, cells)
    return cells

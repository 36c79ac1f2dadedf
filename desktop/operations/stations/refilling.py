"""What levels above have not taken is filled in once more, or laid aside: nobody reports it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.operations import audit
from desktop.operations.session import Session
from desktop.operations.stations import renewal
from desktop.operations.stations.unsettled import DROPPED, REFILLED, Unsettled, line_of, unsettled
from desktop.records.declaration import Mask, Role
from desktop.records.versions.canonical import Cell, parse
from desktop.records.versions.items import BIRTH
from desktop.store.peers import holdings
from desktop.store.peers import traffic as stored
from desktop.store.queries import reading
from desktop.store.tables.columns import wire_columns


@dataclass(frozen=True, slots=True)
class Refill:
    """What a form is to be filled with: of a new record without ``record``, else of that one."""

    record: str
    cells: Mapping[str, Cell]


def refill_for(session: Session, item: Unsettled) -> Refill:
    """What an own item that is put aside says, field by field; of a new record with all that was changed in it later.

    Personal values are among them, which is noted. Raises ``NotAllowed``.
    """
    session.require(Role.DESK, Role.EDITOR)
    record_type = session.types[item.type]
    columns = wire_columns(record_type)
    held = reading.record(session.database, session.types, item.type, item.record) is not None
    before = stored.setting(session.database, renewal.STATION_BEFORE)
    cells: dict[str, Cell] = {}
    ours = (session.ledger.station, before)
    for number, kind, slot, value in holdings.refused_values(session.database, ours, item.type, item.record):
        if kind == BIRTH:
            cells |= {columns[c].name: cell for c, cell in parse(value).items() if c in columns}
        elif slot in record_type.slots and (number == item.number or not held):
            known = record_type.slots[slot]
            cells |= parse(value) or {} if known.grouped else {known.fields[0].name: parse(value)}
    for field in record_type.fields:
        if field.mask is not Mask.NONE and cells.get(field.name):
            audit.note(session, audit.Act.SHOWN, f"{item.type} {item.record} {field.name}")
    shown = {f.name for f in record_type.shown_fields}
    return Refill(item.record if held else "", {n: cell for n, cell in cells.items() if n in shown})


def note_refilled(session: Session, item: Unsettled) -> None:
    """Notes that what an own item says was saved once more; of a new record, all that was put aside of it."""
    _note(session, item, REFILLED)


def note_dropped(session: Session, item: Unsettled) -> None:
    """Notes that what an own item says will not be reported again, likewise. Raises ``NotAllowed``."""
    session.require(Role.DESK, Role.EDITOR)
    _note(session, item, DROPPED)


def _note(session: Session, item: Unsettled, where: str) -> None:
    held = reading.record(session.database, session.types, item.type, item.record) is not None
    told = unsettled(session.database, session.here)
    same = [t for t in told if t.again and (t.type, t.record) == (item.type, item.record)]
    keys = {line_of(item)} if held else {line_of(t) for t in same}
    before = stored.setting(session.database, where).split("\n")
    session.ledger.set_meta(where, "\n".join(sorted(keys.union(filter(None, before)))))

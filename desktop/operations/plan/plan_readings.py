"""Choosing the reading of an ambiguous target, for the own unit and all below it."""

from __future__ import annotations

from desktop.operations.plan import plan
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session
from desktop.plan.chosen import TYPE
from desktop.plan.readings import UnknownReading
from desktop.records.declaration import Role
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import ChangeSet, NewRecord
from desktop.store.queries import reading
from desktop.store.queries.reading import Filter, Query


def choose(session: Session, target: str, choice: str, option: str) -> ChangeSet:
    """Chooses an option of a choice of a target (T03) from today on; raises ``NotAllowed``, ``UnknownReading``."""
    session.require(Role.DESK)
    if not session.types[TYPE].written_by.admits_level(session.unit.level):
        raise NotAllowed("指标口径由区总工会（市总工会）选定，随数据包下发到各级。")
    asked = next((c for c in plan.choices().get(target, ()) if c.id == choice), None)
    if asked is None:
        raise UnknownReading(f"{target}没有“{choice}”这个口径选项。")
    words = next((o.label for o in asked.options if o.code == option), None)
    if words is None:
        raise UnknownReading(f"{target}的“{asked.label}”没有选项 {option}。")
    values: dict[str, Cell] = {
        "target": target, "choice": choice, "option": option, "label": f"{asked.label}：{words}"[:200],
        "chosen_date": session.environment.today().isoformat(),
    }  # fmt: skip
    name = f"选定{target}的口径"
    query = Query(
        TYPE, filters=(Filter("target", value=target), Filter("choice", value=choice)), unit=session.unit.id
    )
    held = reading.records(session.database, session.types, query)
    if held:
        edits = records.slot_edits(session, session.types[TYPE], held[0].id, values)
        return session.ledger.write(name, session.operator.name, edits=edits)
    birth = NewRecord(TYPE, session.ledger.new_id(), session.unit.id, values)
    return session.ledger.write(name, session.operator.name, births=[birth])

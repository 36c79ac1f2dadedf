"""What stations do in many tests: units are moved, values erased, records joined, keys and roots renewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

from desktop import reference
from desktop.operations.session import Here
from desktop.records.declaration import Level
from desktop.records.identity import same_id
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import SAME, SUPERIOR
from desktop.records.versions.stamps import to_wire
from desktop.store.ledger import NewRecord, SlotEdit
from desktop.store.queries.units import subtree
from desktop.store.workspaces.workspace import OwnUnit
from desktop.sync.authority import station
from desktop.sync.bundles import kept, sending
from desktop.sync.enrolling import succession
from desktop.sync.merging import orphaned, receiving, repeating, upholding
from desktop.sync.signed import certificates, identity
from desktop.sync.signed.certificates import grant_serial
from tests.sync.desks import Desk, code_for, connect, enrol, grant_record, proof_of

FIRM, OTHER = "f1" * 16, "f2" * 16


class AtWork(SimpleNamespace):
    """What operations that erase, grant or accept ask of a session, for a station without a workspace."""

    def __init__(self, desk: Desk) -> None:
        drafts = SimpleNamespace(drop_of=lambda records: None, close=lambda: None)
        codes, unit = (
            reference.code_lists(),
            OwnUnit(
                desk.unit, code_for(desk.unit, desk.level, desk.code or desk.name), desk.name, desk.level
            ),
        )
        super().__init__(
            ledger=desk.ledger,
            database=desk.database,
            types=desk.ledger.types,
            environment=desk.ledger.environment,
            operator=SimpleNamespace(name=desk.name),
            unit=unit,
            codes=codes,
            here=Here(desk.ledger.types, codes, unit, desk.station),
            workspace=SimpleNamespace(
                drafts=lambda: drafts,
                shred=lambda **how: True,
                set_unit=lambda unit: None,
                refusal="nothing is finished here after a grant",
            ),
            require=lambda *roles: None,
        )


def erase(desk: Desk, record: str = FIRM, slots: str = "contact", wrote: Sequence[str] = ()) -> None:
    """What the operation does: the values that stand are emptied, and everything up to then is to be forgotten.

    It is said under the own unit and those below that ``wrote`` some of it.
    """
    ledger = desk.ledger
    emptied = ledger.write(
        "清除", desk.name, edits=[SlotEdit("firm", record, s, None) for s in slots.split()]
    )
    cells = {
        "kind": "firm",
        "target": record,
        "slots": slots,
        "upto": to_wire((emptied.stamp or ledger.clock.next_stamp()) - 1),
    }
    births = [NewRecord("erasure", "", unit, cells) for unit in (desk.unit, *wrote)]
    ledger.write("清除", desk.name, births=births)
    desk.settle()


def everything(desk: Desk) -> str:
    """Every value in every table, stored segments unpacked: what a thief who has the key could read."""
    found = []
    for (table,) in desk.database.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
    ):
        for row in desk.database.rows(f'SELECT * FROM "{table}"'):
            found += [str(cell) for cell in row if not isinstance(cell, bytes)]
            found += [cell.decode("utf-8", "replace") for cell in row if isinstance(cell, bytes)]
    for (compressed,) in desk.database.rows("SELECT frame FROM segment"):
        found.append(kept.frame_of(compressed).plain().decode())
    return "\n".join(found)


def contact(phone: str) -> dict[str, Cell]:
    return {"person": "王", "phone": phone}


def change_root(desk: Desk) -> None:
    succession.change_root(desk.ledger)
    desk.keys = station.load_keys(desk.ledger)


def renew(below: Desk, desk: Desk, units: frozenset[str] | None = None) -> None:
    """New keys for a station, granted and accepted at once; for the same units as before or for others."""
    held = station.load_keys(below.ledger)
    fresh = identity.renew(held, below.ledger.environment.random)
    statements = station.history(desk.database).statements
    history = station.history(below.database).followed(statements)
    before = certificates.parse(station.own_chain(below.ledger)[0])
    claims = replace(before.claims, public_key=fresh.public_key, recipient=fresh.recipient)
    claims = replace(claims, units=before.claims.units if units is None else units)
    chain = station.own_chain(desk.ledger)
    number = grant_serial(desk.station, desk.keys.incarnation, desk.ledger.next_number())
    made = certificates.issue(claims, number, desk.keys, certificates.parse(chain[0]))
    desk.ledger.write(
        "批准", desk.name, births=[grant_record(desk, made, below.unit, fresh.incarnation, proof_of(fresh))]
    )
    below.cut()
    station.ask_with(below.ledger, fresh)
    assert station.asked_keys(below.ledger).public_key == fresh.public_key
    station.begin_incarnation(below.ledger, fresh.incarnation)
    below.keys = station.change_keys(below.ledger, fresh)
    station.keep_chain(below.ledger, [made.der, *chain])
    station.keep_history(below.ledger, history)
    frames = sending.tree_frames(desk.ledger, desk.keys, below.unit)
    receiving.take_tree(below.ledger, below.keys, frames, certificates.parse(chain[0]))
    upward = below.link(desk).recipient
    connect(below, desk)
    below.database.execute("UPDATE link SET recipient = ? WHERE upward", (upward,))


def move(desk: Desk, unit: str, to: str) -> None:
    """What the operation writes: whose record the unit is, and its superior."""
    edits = [SlotEdit("unit", unit, SUPERIOR, to), SlotEdit("unit", unit, "unit", to)]
    desk.ledger.write("调整隶属关系", desk.name, edits=edits)
    desk.settle()


def move_upholding(desk: Desk, unit: str, to: str) -> int:
    """The same with all that the operation does beside; the stamp of the step."""
    before = station.knowledge(desk.ledger, desk.keys).policy
    edits = [SlotEdit("unit", unit, slot, to) for slot in (SUPERIOR, "unit")]
    births = repeating.lapsing(desk.ledger, subtree(desk.database, unit), to)
    changes = desk.ledger.write("调整隶属关系", desk.name, births=births, edits=edits)
    upheld = upholding.uphold(desk.ledger, desk.keys, before, "调整隶属关系", desk.name)
    desk.ledger.as_one(changes, upheld)
    desk.settle()
    return upheld.stamp


def superior(desk: Desk, unit: str) -> object:
    values = desk.values(unit, "unit")
    return None if values is None else values[SUPERIOR]


def say_same(desk: Desk, one: str = FIRM, other: str = OTHER) -> None:
    desk.ledger.write("合并", desk.name, births=[edge(desk, one, other)])


def edge(desk: Desk, one: str, other: str) -> NewRecord:
    cells = {"kind": "firm", "one": min(one, other), "other": max(one, other)}
    return NewRecord(SAME, same_id("firm", one, other), desk.unit, cells)


def under_new_root(*pairs: tuple[Desk, Desk]) -> None:
    """Those below are enrolled by who stands above them, and take over the roots that somebody has compared."""
    for below, desk in pairs:
        before = station.knowledge(below.ledger, below.keys).policy
        enrol(below, desk, 3 if below.level is Level.TOWN else None)
        station.keep_history(below.ledger, station.history(desk.database))
        orphaned.say_again(below.ledger, below.keys, before, below.name)

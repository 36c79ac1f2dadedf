"""Whether what a station shows is what the specification in code makes of the lines that it keeps.

The lines of all segments are read and resolved in Python, by none of the SQL that a merge runs and not from its tables:
only which items do not count is taken from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Kind, RecordType
from desktop.records.versions.canonical import ABSENT, MAX_NUMBER, canonical, parse
from desktop.records.versions.deciding import DECIDING_TYPES, SAME
from desktop.records.versions.items import BIRTH
from desktop.records.versions.resolution import ItemId, Version, heads_of, resolve_slot
from desktop.store.merging.aside import Put
from desktop.store.tables.columns import wire_columns
from desktop.sync.authority.sorting import Sorted
from desktop.sync.bundles import kept
from desktop.sync.formats import decoding
from tests.histories.comparing import heads_of as shown_under
from tests.sync.desks import Desk


def misjudged(desk: Desk) -> Mapping[tuple[str, str, str], tuple[object, object]]:
    """Type, record and slot of what a station shows otherwise than its lines say: its heads, and theirs."""
    said: dict[tuple[str, str, str], set[Version]] = defaultdict(set)
    for item, put in _counting(desk):
        for slot, value in _cells(desk.ledger.types[put.type], put):
            said[put.type, put.record, slot].add(
                Version(item, put.record, slot, put.stamp, value, put.unit, put.kind == BIRTH,
                        frozenset(r for r in put.replaces if isinstance(r, int)))
            )  # fmt: skip
    one_with = shown_under(desk)
    joined = set(desk.database.rows("SELECT type, lower(hex(id)) FROM component"))
    found: dict[tuple[str, str, str], tuple[object, object]] = {}
    for name, record_type in desk.ledger.types.items():
        if name in DECIDING_TYPES or name == SAME:
            continue
        for record in desk.records(name):
            for slot in () if (name, record) in joined else record_type.slots:
                versions = said[name, record, slot]
                wanted = {(v.stamp, v.value) for v in heads_of(versions)} - {(0, ABSENT)}
                heads = desk.ledger.heads(name, record, slot)
                if wanted != set(heads):
                    found[name, record, slot] = sorted(heads), sorted(wanted)
                value = resolve_slot(versions).value
                shown = None if value == ABSENT else parse(value)
                if record_type.slots[slot].fields[0].kind is Kind.LINK:
                    shown = one_with.get(str(shown), shown)
                if _shown(desk, record_type, record, slot) != shown:
                    found[name, record, f"{slot} shown"] = _shown(desk, record_type, record, slot), shown
    return found


def _shown(desk: Desk, record_type: RecordType, record: str, slot: str) -> object:
    values = desk.values(record, record_type.name) or {}
    fields = record_type.slots[slot].fields
    if not record_type.slots[slot].grouped:
        return values[fields[0].name]
    return {f.name: values[f.name] for f in fields if values[f.name] is not None} or None


def _counting(desk: Desk) -> Iterator[tuple[ItemId, Put]]:
    """All items that are kept and not set aside, of the types that are known here."""
    desk.cut()
    for origin, station, incarnation in desk.database.rows("SELECT ref, station, incarnation FROM origin"):
        away = {
            *desk.database.rows("SELECT number, stamp FROM held WHERE origin = ?", (origin,)),
            *desk.database.rows("SELECT number, stamp FROM refused WHERE origin = ?", (origin,)),
        }
        for header, lines in kept.between(desk.database, origin, 1, MAX_NUMBER):
            found = Sorted(decoding.decode(header, lines, desk.ledger.types), origin)
            found.drop(found.erased)
            found.hold(found.looked_at, "")
            for put in found.waiting():
                if (put.number, put.stamp) not in away and put.type in desk.ledger.types:
                    yield ItemId(station, incarnation, put.number), put


def _cells(record_type: RecordType, put: Put) -> Iterator[tuple[str, str]]:
    """Slot and canonical value of each that an item says something of."""
    if put.kind != BIRTH:
        if put.slot and put.slot not in (UNIT_SLOT, DELETED_SLOT):
            yield put.slot, put.value
        return
    columns = wire_columns(record_type)
    cells = {columns[c].name: v for c, v in parse(put.value).items() if c in columns}
    for slot in record_type.slots.values():
        filled = {f.name: cells[f.name] for f in slot.fields if f.name in cells}
        if filled:
            yield slot.name, canonical(filled if slot.grouped else next(iter(filled.values())))

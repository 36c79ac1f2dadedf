"""What stands in a slot of a record: the versions that nothing replaces, and what stood there before some of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Set

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import ABSENT
from desktop.records.versions.resolution import heads_of
from desktop.store.log import components, versions
from desktop.store.log.versions import NOT_REPLACED, REPLACED, load_versions
from desktop.store.tables.columns import canonical_of, filled, quoted, table_of
from desktop.store.tables.database import Database
from desktop.store.tables.writes import NotFound, Restoration


def unit_of(database: Database, type_name: str, record: str) -> str:
    """The unit that a record belongs to; raises :class:`NotFound`."""
    found = database.value(
        f"SELECT u.id FROM {quoted(table_of(type_name))} r JOIN unit_ref u ON u.ref = r.unit"
        f" WHERE r.id = unhex(?)",
        (record,),
    )
    if found is None:
        raise NotFound("没有找到这条记录。")
    return str(found)


def changed_below(
    database: Database, type_name: str, record: str, sealed: str, stations: Collection[str]
) -> bool:
    """Whether what stands in a record is newer than its slot ``sealed`` and was written by one of these stations.

    Deletion and the unit that it belongs to are not asked about.
    """
    return (
        database.row(
            "SELECT 1 FROM version v JOIN origin o ON o.ref = v.origin"
            " WHERE v.record = unhex(:record) AND v.type = +:type AND NOT v.birth AND v.slot NOT IN (:unit, :deleted)"
            f" AND {NOT_REPLACED} AND v.stamp > coalesce((SELECT max(s.stamp) FROM version s"
            "  WHERE s.record = v.record AND s.type = v.type AND s.slot = +:sealed), 0)"
            " AND o.station IN (SELECT value FROM json_each(:stations)) LIMIT 1",
            {
                "record": record,
                "type": type_name,
                "sealed": sealed,
                "stations": json.dumps(sorted(stations)),
                "unit": UNIT_SLOT,
                "deleted": DELETED_SLOT,
            },
        )
        is not None
    )


def heads(
    database: Database, types: Catalogue, type_name: str, record: str, slot: str
) -> list[tuple[int, str]]:
    """Stamp and canonical value of the heads of a slot, oldest first (rule 5)."""
    return [(stamp, value) for _, stamp, value in standing(database, types, type_name, record, slot)]


def standing(
    database: Database,
    types: Catalogue,
    type_name: str,
    record: str,
    slot: str,
    *,
    within: tuple[str, ...] = (),
) -> list[tuple[str, int, str]]:
    """Record, stamp and canonical value of the heads of a slot, under all ids that are one or those ``within``."""
    present = components.members(database, type_name, record)
    ids = within or present
    if not present:
        return [
            (record, stamp, value) for stamp, value in _logged_heads(database, types, type_name, record, slot)
        ]
    joined = components.load(database, types, type_name, ids)
    of = joined.own[record] if slot == DELETED_SLOT else joined.slots
    found = of[slot].heads if slot in of else ()
    return [(h.record, h.stamp, versions.whole(database, type_name, h)) for h in found]


def _logged_heads(
    database: Database, types: Catalogue, type_name: str, record: str, slot: str
) -> list[tuple[int, str]]:
    logged = database.rows(
        f"SELECT v.stamp, v.value, v.birth, {REPLACED} FROM version v WHERE v.record = unhex(:record)"
        f" AND v.slot = +:slot AND v.type = +:type ORDER BY v.stamp, v.value",
        {"record": record, "slot": slot, "type": type_name},
    )
    if logged:
        gone = {value for _, value, birth, replaced in logged if birth and replaced}
        return [
            (s, value)
            for s, value, birth, replaced in logged
            if not replaced and not (birth and value in gone)
        ]
    return _birth_head(database, types, type_name, record, slot)


def _birth_head(
    database: Database, types: Catalogue, type_name: str, record: str, slot_name: str
) -> list[tuple[int, str]]:
    table = quoted(table_of(type_name))
    if slot_name == UNIT_SLOT:
        return database.rows(
            f"SELECT r._stamp, json_quote(u.id) FROM {table} r JOIN unit_ref u ON u.ref = r.unit"
            f" WHERE r.id = unhex(?)",
            (record,),
        )
    record_type = types.get(type_name)
    if record_type is None or slot_name not in record_type.slots:
        return []
    slot = record_type.slots[slot_name]
    return database.rows(
        f"SELECT r._stamp, {canonical_of(slot, 'r.')} FROM {table} r"
        f" WHERE r.id = unhex(?) AND {filled(slot, 'r.')}",
        (record,),
    )


def stood_upon(
    database: Database, type_name: str, heads_now: Iterable[tuple[str, str, int]], origin: int
) -> list[tuple[str, str, int]]:
    """Record, slot and stamp of what these versions replace, as far as this station wrote them in a former incarnation.

    And so on. Of such an incarnation the end may not count: this station was enrolled again, and the cut is by what had
    arrived. What it had replaced there it has seen all the same (rule 5), or it would be in conflict with itself.
    """
    said = [list(head) for head in heads_now]
    found: list[tuple[str, str, int]] = database.rows(
        "WITH RECURSIVE former (ref) AS MATERIALIZED (SELECT f.ref FROM origin o JOIN origin f ON f.station = o.station"
        "  AND f.ref <> o.ref WHERE o.ref = :origin),"
        " said (record, slot, stamp) AS (SELECT unhex(value ->> 0), value ->> 1, value ->> 2 FROM json_each(:said)),"
        " seen (record, slot, stamp) AS (SELECT record, slot, stamp FROM said UNION"
        "  SELECT p.record, v.slot, p.replaced FROM seen s CROSS JOIN version v ON v.record = s.record"
        "   AND v.slot = s.slot AND v.stamp = s.stamp AND v.type = +:type AND v.origin IN former"
        "  CROSS JOIN (SELECT record, record AS writer, slot, type, replaced, origin, number FROM replacement UNION ALL"
        "   SELECT other, record, slot, type, replaced, origin, number FROM elsewhere) p"
        "   ON p.writer = v.record AND p.slot = v.slot AND p.type = v.type AND p.origin = v.origin"
        "   AND p.number = v.number)"
        " SELECT lower(hex(record)), slot, stamp FROM seen EXCEPT SELECT lower(hex(record)), slot, stamp FROM said"
        " ORDER BY 3",
        {"origin": origin, "said": json.dumps(said), "type": type_name},
    )
    return found


def before(
    database: Database,
    type_name: str,
    record: str,
    slot: str,
    own: Set[tuple[str, int]],
    *,
    within: tuple[str, ...] = (),
) -> Restoration:
    """What stood before these versions (record and stamp), of which none is missing that stands now."""
    ids = within or components.members(database, type_name, record)
    if slot == DELETED_SLOT:
        # Whether it is deleted is said of each of them.
        ids = (record,)
    left = heads_of(
        v
        for r in ids or (record,)
        for v in load_versions(
            database, type_name, bytes.fromhex(r), only=slot, without={s for of, s in own if of == r}
        )
    )
    shown_last = sorted(left, key=lambda v: (not v.birth, v.stamp, v.value.encode()))
    # Of equal values the newest keeps its place.
    under: dict[str, str] = {}
    for v in reversed(shown_last):
        under.setdefault(v.value, v.record)
    values = tuple(under.items())[::-1] or ((ABSENT, record),)
    return Restoration(type_name, record, slot, values, min(stamp for _, stamp in own), within)


def under_former_units(database: Database, type_name: str) -> dict[str, set[str]]:
    """The slots by record that show what a unit wrote which had the record before and has it no more (rule 16)."""
    found: dict[str, set[str]] = {}
    for record, slot in database.rows(
        "SELECT DISTINCT lower(hex(v.record)), v.slot"
        " FROM (SELECT DISTINCT record FROM record_unit WHERE type = :type) u"
        " CROSS JOIN version m ON m.record = u.record AND m.type = +:type AND m.slot = +:unit AND NOT m.birth"
        " CROSS JOIN version v ON v.record = m.record AND v.type = m.type AND NOT v.birth AND v.stamp > m.stamp"
        " AND v.slot NOT IN (:unit, :deleted)"
        f" WHERE v.unit <> (SELECT ref FROM unit_ref WHERE id = json_extract(m.value, '$')) AND {NOT_REPLACED}"
        " AND NOT EXISTS (SELECT 1 FROM version n WHERE n.record = m.record AND n.type = m.type AND n.slot = +:unit"
        "  AND n.stamp > m.stamp)",
        {"type": type_name, "unit": UNIT_SLOT, "deleted": DELETED_SLOT},
    ):
        found.setdefault(record, set()).add(slot)
    return found

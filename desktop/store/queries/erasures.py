"""Questions about erasures (rule 12): what was asked for, by whom, and what of a record there is to erase."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop.records.declaration import UNIT_SLOT, RecordType
from desktop.records.versions.canonical import ABSENT
from desktop.records.versions.deciding import ERASURE
from desktop.records.versions.item_outcomes import REFUSED_SCOPE
from desktop.records.versions.items import BIRTH
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

ASKED = ("kind", "target", "slots")
"""The fields of an erasure that say what it is about."""

Asked = tuple[str, ...]
"""Their values, and the unit under which that was said."""


# -- what was asked ------------------------------------------------------------------------------------------------


def asked(database: Database) -> Iterator[tuple[str, str, str, str, str, int]]:
    """Type, record, slots, moment, unit and stamp of every erasure that counts; empty is what it does not say.

    Anybody may have written any number of megabytes, so one is read after the other, and the caller writes nothing
    while it reads.
    """
    # Whoever deletes the record of an erasure brings nothing back.
    yield from database.execute(
        f"SELECT coalesce(e.kind, ''), coalesce(lower(e.target), ''), coalesce(e.slots, ''),"
        f" coalesce(e.upto, ''), u.id, e._stamp FROM {quoted(table_of(ERASURE))} e"
        f" JOIN unit_ref u ON u.ref = e.unit"
    )


def stamps(database: Database) -> list[int]:
    """The stamps of all erasures that count."""
    return [stamp for (stamp,) in database.rows(f"SELECT _stamp FROM {quoted(table_of(ERASURE))}")]


def asked_in_vain(database: Database, origin: int) -> list[tuple[str, str, str, str, str, int]]:
    """As :func:`asked`, of those erasures of an origin that do not count."""
    found: list[tuple[str, str, str, str, str, int]] = database.rows(
        "SELECT coalesce(value ->> 'kind', ''), coalesce(lower(value ->> 'target'), ''),"
        " coalesce(value ->> 'slots', ''), coalesce(value ->> 'upto', ''), unit, stamp FROM refused"
        " WHERE origin = ? AND type = ? AND kind = ?",
        (origin, ERASURE, BIRTH),
    )
    return found


def said_last(database: Database, station: str, before: int) -> dict[Asked, tuple[int, int]]:
    """What a station has asked for under stamps up to a moment, each with the origin and number of the last time."""
    return {
        (kind, target, slots, unit): (origin, number)
        for kind, target, slots, unit, origin, number in database.rows(
            f"SELECT {', '.join(f'coalesce(e.{name}, ?)' for name in ASKED)}, u.id, e._origin, e._number"
            f" FROM origin g CROSS JOIN {quoted(table_of(ERASURE))} e ON e._origin = g.ref"
            f" JOIN unit_ref u ON u.ref = e.unit WHERE g.station = ? AND e._stamp <= ?"
            f" ORDER BY e._origin, e._number",
            (*[""] * len(ASKED), station, before),
        )
    }


# The units that have or had a record of which something was erased, or of which something of it is set aside; strange
# are those of which their writer proved not to speak: he may know them no more. What is set aside has no index by
# record, so it is looked through once for all.
_CLAIMS = (
    f"WITH erased_of (record) AS MATERIALIZED (SELECT unhex(target) FROM {quoted(table_of(ERASURE))} WHERE %s),"
    " claim (type, record, unit, strange) AS MATERIALIZED ("
    "SELECT c.type, c.record, o.id, 0 FROM record_unit c JOIN unit_ref o ON o.ref = c.unit"
    " WHERE c.record IN (SELECT record FROM erased_of)"
    f" UNION SELECT type, record, unit, reason = '{REFUSED_SCOPE}' FROM refused"
    " WHERE unit <> '' AND record IN (SELECT record FROM erased_of)"
    " UNION SELECT type, record, unit, 0 FROM held WHERE record IN (SELECT record FROM erased_of))"
)


def claimed_beside(
    database: Database, station: str, before: int
) -> list[tuple[str, str, str, str, str, str, str, str, bool]]:
    """Kind, target, slots, moment, basis, note and unit of each erasure by a station under stamps up to a moment, and
    every unit that has or had the record too, or of which something of it is set aside; last whether that was refused
    since its writer had no part in the unit.
    """
    own = "_origin IN (SELECT ref FROM origin WHERE station = :station)"
    found: list[tuple[str, str, str, str, str, str, str, str, bool]] = database.rows(
        f"{_CLAIMS % own} SELECT e.kind, lower(e.target), e.slots, e.upto, coalesce(e.basis, ''),"
        f" coalesce(e.note, ''), u.id, c.unit, c.strange"
        f" FROM origin g CROSS JOIN {quoted(table_of(ERASURE))} e ON e._origin = g.ref"
        f" JOIN unit_ref u ON u.ref = e.unit"
        f" JOIN claim c ON c.record = unhex(e.target) AND c.type = e.kind AND c.unit <> u.id"
        f" WHERE g.station = :station AND e._stamp <= :before AND e.slots IS NOT NULL AND e.upto IS NOT NULL"
        f" ORDER BY e._stamp, c.unit",
        {"station": station, "before": before},
    )
    return found


@dataclass(frozen=True, slots=True)
class Late:
    """An erasure that was refused for the unit under which it was said."""

    station: str
    unit: str
    stamp: int
    cells: Mapping[str, Any]


def claimed_under(database: Database, units: Collection[str], before: int) -> list[tuple[Late, str]]:
    """The erasures that count and were said under none of these units, under stamps up to a moment, each with every
    one of these that has or had the record, or of which something of it is set aside.
    """
    return [
        (Late(station, unit, stamp, json.loads(cells)), claiming)
        for station, unit, stamp, cells, claiming in database.rows(
            f"{_CLAIMS % 'TRUE'} SELECT g.station, u.id, e._stamp, json_object('kind', e.kind, 'target',"
            f" e.target, 'slots', e.slots, 'upto', e.upto, 'basis', e.basis, 'note', e.note), c.unit"
            f" FROM {quoted(table_of(ERASURE))} e JOIN claim c ON c.record = unhex(e.target) AND c.type = e.kind"
            f" AND c.unit IN (SELECT value FROM json_each(:units))"
            f" JOIN unit_ref u ON u.ref = e.unit AND u.id NOT IN (SELECT value FROM json_each(:units))"
            f" JOIN origin g ON g.ref = e._origin WHERE e._stamp <= :before"
            f" ORDER BY e._stamp, e._origin, e._number, c.unit",
            {"units": json.dumps(sorted(units)), "before": before},
        )
    ]


def refused_for_scope(database: Database) -> list[Late]:
    """The erasures that were refused since the unit was not the writer's, in the order in which they were said."""
    return [
        Late(station, unit, stamp, json.loads(value))
        for station, unit, stamp, value in database.rows(
            "SELECT o.station, r.unit, r.stamp, r.value FROM refused r JOIN origin o ON o.ref = r.origin"
            " WHERE r.type = ? AND r.kind = ? AND r.reason = ? AND r.unit <> '' ORDER BY r.stamp, o.ref, r.number",
            (ERASURE, BIRTH, REFUSED_SCOPE),
        )
    ]


def waiting(database: Database) -> dict[str, int]:
    """How many erasures have come that are held, by the reason for which they are."""
    return dict(
        database.rows(
            "SELECT reason, count(*) FROM held WHERE type = ? GROUP BY reason ORDER BY reason", (ERASURE,)
        )
    )


# -- what it reaches -----------------------------------------------------------------------------------------------


def slots_of(database: Database, type_name: str, record: str | None = None) -> list[tuple[str, str]]:
    """The records of a type, or one record, with the slots that were erased of them."""
    one = "" if record is None else " AND record = unhex(:record)"
    return database.rows(
        f"SELECT DISTINCT lower(hex(record)), slot FROM erased WHERE type = :type{one}",
        {"type": type_name, "record": record},
    )


def records_erased(database: Database) -> list[str]:
    """The records of which something was ever erased here."""
    return [record for (record,) in database.rows("SELECT DISTINCT lower(hex(record)) FROM erased")]


def slots_written(database: Database, type_name: str, records: Sequence[str]) -> list[tuple[str, str]]:
    """Slot and unit of everything but nothing that was written into these records after their births."""
    found: list[tuple[str, str]] = database.rows(
        "SELECT DISTINCT v.slot, u.id FROM version v JOIN unit_ref u ON u.ref = v.unit"
        " WHERE v.record IN (SELECT unhex(value) FROM json_each(?)) AND v.type = +? AND v.value <> 'null'",
        (json.dumps(list(records)), type_name),
    )
    return found


def units_aside(
    database: Database, asked: Iterable[tuple[str, str, Collection[str]]]
) -> dict[tuple[str, str], set[str]]:
    """The units under which a value of these slots of a record of a type waits or was refused, by type and record.

    What is set aside has no index by record, so it is looked through once for all that are erased together.
    """
    said = {
        "asked": json.dumps([(name, record, sorted(slots)) for name, record, slots in asked]),
        "absent": ABSENT,
        "birth": BIRTH,
    }
    slots = "SELECT value AS name FROM json_each(q.slots)"
    filled = (
        f"CASE WHEN a.kind = :birth THEN EXISTS (SELECT 1 FROM json_each(a.value) c JOIN ({slots}) s"
        f" ON c.key = s.name OR substr(c.key, 1, length(s.name) + 1) = s.name || '.')"
        f" ELSE a.slot IN ({slots}) AND a.value NOT IN (:absent, 'null') END"
    )
    looks = (
        f"SELECT q.type, lower(hex(q.record)), a.unit FROM {table} a CROSS JOIN asked q"
        f" ON q.record = a.record AND q.type = a.type WHERE a.unit <> '' AND {filled}"
        for table in ("held", "refused")
    )
    found: dict[tuple[str, str], set[str]] = {}
    for name, record, unit in database.rows(
        "WITH asked (type, record, slots) AS MATERIALIZED (SELECT value ->> 0, unhex(value ->> 1), value -> 2"
        f" FROM json_each(:asked)) {' UNION '.join(looks)}",
        said,
    ):
        found.setdefault((name, record), set()).add(unit)
    return found


def is_aside(database: Database, type_name: str, record: str) -> bool:
    """Whether anything of a record waits or was refused."""
    where = "WHERE record = unhex(:record) AND type = :type"
    found = database.row(
        f"SELECT 1 FROM held {where} UNION ALL SELECT 1 FROM refused {where} LIMIT 1",
        {"record": record, "type": type_name},
    )
    return found is not None


def files_aside(database: Database, type_name: str, records: Sequence[str]) -> list[tuple[str, str]]:
    """Type and id of the files that were attached to these records, and of their parts, and wait or were refused.

    They are looked for in all that is set aside, which has no index by what it is about.
    """
    said = {"kind": type_name, "ids": json.dumps(list(records)), "birth": BIRTH}
    births = [f"SELECT record, type, value FROM {table} WHERE kind = :birth" for table in ("held", "refused")]
    files = database.rows(
        f"WITH aside AS ({' UNION ALL '.join(births)}) SELECT DISTINCT lower(hex(record)) FROM aside"
        " WHERE type = 'attachment' AND value ->> '$.\"target.kind\"' = :kind"
        " AND lower(value ->> '$.\"target.record\"') IN (SELECT value FROM json_each(:ids)) ORDER BY 1",
        said,
    )
    parts = database.rows(
        f"WITH aside AS ({' UNION ALL '.join(births)}) SELECT DISTINCT lower(hex(record)) FROM aside"
        " WHERE type = 'attachment_part'"
        " AND lower(value ->> '$.attachment') IN (SELECT value FROM json_each(:ids)) ORDER BY 1",
        {**said, "ids": json.dumps([*records, *(file for (file,) in files)])},
    )
    return [*(("attachment", file) for (file,) in files), *(("attachment_part", part) for (part,) in parts)]


def unit_of_birth(database: Database, type_name: str, record: str) -> str | None:
    """The unit that a record was born under, if something else was said of its unit since."""
    found: str | None = database.value(
        f"SELECT u.id FROM {quoted(table_of(type_name))} r JOIN version b ON b.record = r.id AND b.type = +:type"
        f" AND b.slot = +:slot AND b.birth AND b.origin = r._origin AND b.number = r._number"
        f" JOIN unit_ref u ON u.ref = b.unit WHERE r.id = unhex(:record)",
        {"type": type_name, "slot": UNIT_SLOT, "record": record},
    )
    return found


def as_born(database: Database, record_type: RecordType, record: str) -> set[str]:
    """The slots of a record that stand as they were born: what was never changed stands in no log."""
    logged = {
        slot
        for (slot,) in database.rows(
            "SELECT DISTINCT slot FROM version WHERE record = unhex(?) AND type = +?",
            (record, record_type.name),
        )
    }
    slots = [slot for slot in record_type.slots.values() if slot.name not in logged]
    # One more, since the engine wants two of them at least.
    cells = (
        f"coalesce({', '.join(quoted(f.name) for f in slot.fields)}, NULL, NULL) IS NOT NULL"
        for slot in slots
    )
    row = database.row(
        f"SELECT {', '.join([*cells, '1'])} FROM {quoted(table_of(record_type.name))} WHERE id = unhex(?)",
        (record,),
    )
    return {slot.name for slot, filled in zip(slots, row or (), strict=False) if filled}


def anything_left(database: Database, type_name: str, record: str, slots: Collection[str]) -> bool:
    """Whether a value of these slots still stands in the history, or in anything of the record that was set aside."""
    said = {
        "type": type_name,
        "record": record,
        "slots": json.dumps(sorted(slots)),
        "absent": ABSENT,
        "birth": BIRTH,
    }
    where = "record = unhex(:record) AND type = :type"
    named = "slot IN (SELECT value FROM json_each(:slots))"
    logged = f"SELECT 1 FROM version WHERE {where} AND {named} AND value NOT IN (:absent, 'null')"
    aside = [
        f"SELECT 1 FROM {table} WHERE {where} AND ((kind = :birth AND value <> '{{}}')"
        f" OR (kind <> :birth AND {named} AND value NOT IN (:absent, 'null')))"
        for table in ("held", "refused")
    ]
    return database.row(" UNION ALL ".join([logged, *aside]) + " LIMIT 1", said) is not None

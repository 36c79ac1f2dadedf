"""Which records hold personal values whose time is over: one question to the tables for each rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from desktop.records.declaration import RecordType, Slot
from desktop.records.versions.resolution import Life
from desktop.store.tables.columns import filled, quoted, table_of
from desktop.store.tables.database import Database


def due(
    database: Database,
    record_type: RecordType,
    *,
    after: Sequence[str],
    before: str,
    through: str = "",
    where: Mapping[str, Collection[str]],
    slots: Sequence[Slot],
    units: Collection[str],
) -> list[tuple[str, str]]:
    """Id and date of live records of these units whose date lies on or before a day, those of longest ago first.

    The date is the first of the fields ``after`` that is filled, of the record or of that which its link ``through``
    names. Only records count that still hold something in one of the slots.
    """
    dated = "p." if through else "r."
    dates = [f"nullif({dated}{quoted(name)}, '')" for name in after]
    day = dates[0] if len(dates) == 1 else f"coalesce({', '.join(dates)})"
    parent = (
        f" JOIN {quoted(table_of(str(record_type.by_name[through].link)))} p ON p.id = r.{quoted(through)}"
        if through
        else ""
    )
    conditions = [f"r.{quoted(name)} IN ({', '.join('?' * len(codes))})" for name, codes in where.items()]
    conditions.append("(" + " OR ".join(filled(slot, "r.") for slot in slots) + ")")
    found: list[tuple[str, str]] = database.rows(
        f"SELECT lower(hex(r.id)), {day} AS day FROM {quoted(table_of(record_type.name))} r"
        f" JOIN unit_ref u ON u.ref = r.unit{parent}"
        f" WHERE r._life = ? AND u.id IN ({', '.join('?' * len(units))}) AND day <= ?"
        f" AND {' AND '.join(conditions)} ORDER BY day, r.id",
        [
            int(Life.LIVE),
            *units,
            before,
            *(code for codes in where.values() for code in codes),
        ],
    )
    return found

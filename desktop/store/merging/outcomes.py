"""What became of items that did not count when they came."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from desktop.records.versions.item_outcomes import CONFLICT, HELD, REFUSED
from desktop.store.log.versions import IN_DISPUTE, ITS_CONFLICT
from desktop.store.merging.merging import Item
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database


def of_unapplied(
    database: Database, names: Collection[tuple[int, int]]
) -> dict[tuple[int, int, int], tuple[str, str]]:
    """Outcome and reason of what is held, refused or in conflict now of items with these origins and numbers.

    By origin, number and stamp. What else has one of these names is applied: of a fork two contents may become of one.
    """
    wanted = (json.dumps(sorted(names)),)
    among = "FROM json_each(?) s CROSS JOIN {0} i ON i.origin = s.value ->> 0 AND i.number = s.value ->> 1"
    found = {
        (origin, number, stamp): (CONFLICT, slot)
        for origin, number, stamp, slot in database.rows(
            "SELECT v.origin, v.number, v.stamp, max(c.slot)"
            f" FROM (SELECT i.* {among.format('version')}) v {ITS_CONFLICT} WHERE {IN_DISPUTE} GROUP BY 1, 2, 3",
            wanted,
        )
    }
    for table, outcome in (("refused", REFUSED), ("held", HELD)):
        found |= {
            (origin, number, stamp): (outcome, reason)
            for origin, number, stamp, reason in database.rows(
                f"SELECT i.origin, i.number, i.stamp, i.reason {among.format(table)}", wanted
            )
        }
    return found


def born(database: Database, type_name: str, record: str) -> Item | None:
    """The birth on which a record stands, if there is one."""
    found = database.row(
        f"SELECT _origin, _number, _stamp FROM {quoted(table_of(type_name))} WHERE id = unhex(?)", (record,)
    )
    return None if found is None else Item(found[0], found[1], found[2], type_name, record, "")


def stands(database: Database, type_name: str, record: str, origin: int, number: int, stamp: int) -> bool:
    """Whether a record stands on this birth; of several of one record the others are no new records."""
    found = database.row(
        f"SELECT 1 FROM {quoted(table_of(type_name))} WHERE id = unhex(?) AND _origin = ? AND _number = ?"
        " AND _stamp = ?",
        (record, origin, number, stamp),
    )
    return found is not None


def counting(database: Database, items: Iterable[Item]) -> set[tuple[int, int]]:
    """Number and stamp of those items of one origin that count: of a fork another content of that name may not."""
    return {(item.number, item.stamp) for item in items if _counts(database, item)}


def _counts(database: Database, item: Item) -> bool:
    logged = database.row(
        "SELECT 1 FROM version WHERE record = unhex(?) AND type = +? AND origin = ? AND number = ? AND stamp = ?",
        (item.record, item.type, item.origin, item.number, item.stamp),
    )
    # Of a type that is not known here there is a table as soon as one of it counts.
    table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return logged is not None or (
        database.row(table, (table_of(item.type),)) is not None
        and stands(database, item.type, item.record, item.origin, item.number, item.stamp)
    )

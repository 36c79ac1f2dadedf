"""What became of items that did not count when they came."""

from __future__ import annotations

import json
from collections.abc import Collection

from desktop.records.item_outcomes import CONFLICT, HELD, REFUSED
from desktop.store.columns import quoted, table_of
from desktop.store.database import Database
from desktop.store.merging import Item
from desktop.store.versions import IN_DISPUTE, ITS_CONFLICT


def of_unapplied(database: Database, origin: int, numbers: Collection[int]) -> dict[int, tuple[str, str]]:
    """Outcome and reason of those of these items that are held, refused or in conflict now; the others are applied."""
    wanted = {"origin": origin, "numbers": json.dumps(sorted(numbers))}
    among = "IN (SELECT value FROM json_each(:numbers))"
    found = {
        number: (CONFLICT, slot)
        for number, slot in database.rows(
            f"SELECT v.number, max(c.slot) FROM (SELECT * FROM version WHERE origin = :origin AND number {among}) v"
            f" {ITS_CONFLICT} WHERE {IN_DISPUTE} GROUP BY v.number",
            wanted,
        )
    }
    for table, outcome in (("refused", REFUSED), ("held", HELD)):
        found |= {
            number: (outcome, reason)
            for number, reason in database.rows(
                f"SELECT number, reason FROM {table} WHERE origin = :origin AND number {among}", wanted
            )
        }
    return found


def born(database: Database, type_name: str, record: str) -> Item | None:
    """The birth on which a record stands, if there is one."""
    found = database.row(
        f"SELECT _origin, _number FROM {quoted(table_of(type_name))} WHERE id = unhex(?)", (record,)
    )
    return None if found is None else Item(found[0], found[1], 0, type_name, record, "")


def stands(database: Database, type_name: str, record: str, origin: int, number: int) -> bool:
    """Whether a record stands on this birth; of several of one record the others are no new records."""
    found = database.row(
        f"SELECT 1 FROM {quoted(table_of(type_name))} WHERE id = unhex(?) AND _origin = ? AND _number = ?",
        (record, origin, number),
    )
    return found is not None

"""Which units stand below one and above it, in the tree that is held here, and who of them may say something for it."""

from __future__ import annotations

from desktop.records.declaration import RecordType
from desktop.records.types import Catalogue
from desktop.store.queries import reading
from desktop.store.tables.database import Database

CLAIMED_TWICE = """
    SELECT record FROM version WHERE type = 'unit' AND slot = 'unit' AND birth = 1
     AND unit IS NOT (SELECT u.ref FROM unit_ref u WHERE u.id = lower(hex(record)))
    GROUP BY record HAVING count(DISTINCT unit) > 1
     AND (EXISTS (SELECT 1 FROM conflict c WHERE c.record = version.record AND c.slot = 'superior' AND c.type = 'unit')
      OR NOT EXISTS (SELECT 1 FROM version m WHERE m.record = version.record AND m.slot = 'superior'
       AND m.type = 'unit' AND m.birth = 0))
"""
"""Units that two superiors have registered: until somebody above has said whose they are, nobody judges by them.

So it is where one registration does not count, or where the unit was moved and nobody says otherwise: only who stands
above all superiors that a move replaces can let it count.

Who has begun a tree of its own has registered itself, and is no superior of its own when another registers it.
"""


def subtree(database: Database, unit: str) -> list[str]:
    """The ids of a unit and of all units below it, in the tree that is held here.

    One of which it is asked whether it is deleted stays until that is decided (rule 9), as it does where it is judged.
    """
    below = [u for (u,) in database.rows(
        "WITH RECURSIVE below (id) AS (SELECT unhex(:unit) UNION"
        " SELECT c.id FROM r_unit c JOIN below b ON c.superior = b.id WHERE c._life <> 1"
        f" AND c.id NOT IN ({CLAIMED_TWICE}))"
        " SELECT lower(hex(id)) FROM below", {"unit": unit})]  # fmt: skip
    return below or [unit]


def stands_within(database: Database, unit: str, above: str) -> bool:
    """Whether a unit is another one or stands below it: the same as to look for it in :func:`subtree`.

    It goes up from the unit, so it costs what the tree is high and not how many stand in it.
    """
    return unit == above or bool(database.value(
        "WITH RECURSIVE up (id) AS (SELECT unhex(:unit) UNION"
        " SELECT c.superior FROM r_unit c JOIN up u ON c.id = u.id WHERE c._life <> 1"
        f" AND c.id NOT IN ({CLAIMED_TWICE}))"
        " SELECT EXISTS (SELECT 1 FROM up WHERE id = unhex(:above))", {"unit": unit, "above": above}))  # fmt: skip


def outside(database: Database, unit: str) -> frozenset[str]:
    """The ids of the units that are held here and are neither this one nor below it; none that two claim."""
    held = database.rows(
        f"SELECT lower(hex(id)) FROM r_unit WHERE _life <> 1 AND id NOT IN ({CLAIMED_TWICE})"
    )
    return frozenset(u for (u,) in held).difference(subtree(database, unit))


def writers_above(database: Database, types: Catalogue, record_type: RecordType, unit: str) -> dict[str, str]:
    """Of a unit and those above it, the nearest first, those whose level may write a type, with their names.

    What a parent vouched for is not judged again by level when it is merged, so that is done here.
    """
    found: dict[str, str] = {}
    seen: set[str] = set()
    at: str | None = unit
    while at and at not in seen:
        seen.add(at)
        record = reading.record(database, types, "unit", at)
        if record is not None and record.values.get("level") in record_type.written_by.levels:
            found[at] = str(record.values.get("name") or "")
        superior = record.values.get("superior") if record is not None else None
        at = superior if isinstance(superior, str) else None
    return found

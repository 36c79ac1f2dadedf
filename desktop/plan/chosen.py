"""The readings that a district or city has chosen for its units, where the plan's words leave them open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from desktop.plan.readings import Options
from desktop.records.plan_targets import Choice
from desktop.records.types import Catalogue
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.queries.units import writers_above
from desktop.store.tables.database import Database

TYPE: Final = "plan_reading"


def chosen(
    database: Database, types: Catalogue, unit: str, known: Mapping[str, tuple[Choice, ...]]
) -> Options:
    """What was chosen for a unit, option codes by ``T03.choice``: by the nearest level above, the latest there.

    What is not among the ``known`` choices of a target is passed over.
    """
    held = reading.records(database, types, Query(TYPE, order=reading.NEWEST_ORDER)) if TYPE in types else []
    if not held:
        return {}
    places = {u: place for place, u in enumerate(writers_above(database, types, types[TYPE], unit))}
    mine = sorted((r for r in held if r.unit in places), key=lambda r: (-places[r.unit], r.stamp))
    found: dict[str, str] = {}
    for record in mine:
        target, name = str(record.values.get("target") or ""), str(record.values.get("choice") or "")
        option = str(record.values.get("option") or "")
        if any(c.id == name and any(o.code == option for o in c.options) for c in known.get(target, ())):
            found[f"{target}.{name}"] = option
    return found


def with_chosen(options: Options, chosen: Options) -> Options:
    """Options with what was chosen where they say nothing, for the one indicator or for all."""
    return {k: v for k, v in chosen.items() if k.partition(".")[2] not in options} | dict(options)

"""Tables of figures and targets say in a column of which unit below each row is; other records follow their town."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from desktop.operations.imports.placing import PlaceFinder
from desktop.operations.session import Session
from desktop.records.declaration import Field, Level
from desktop.records.versions.resolution import Life
from desktop.store.queries import lookup
from desktop.store.queries.units import subtree

UNIT: Final = "unit"
"""The target of such a column; it is no field of the record."""
COLUMN: Final = Field(UNIT, "所属单位")
_HEADINGS: Final = ("单位", "所属单位", "上报单位", "下级单位", "责任单位", "单位名称")
_TOWNS: Final = ("镇街", "所属镇街", "乡镇街道", "街道")
"""Over a column of units, where the record has no town of its own."""
HEADINGS: Final = {"reported_figure": _HEADINGS, "plan_target": (*_HEADINGS, *_TOWNS)}


class UnitFinder:
    """The units from this one downward by what tables call them: name, code, or the town that they are for."""

    def __init__(self, session: Session, places: PlaceFinder) -> None:
        self._places = places
        self._towns = town_units(session)
        self._names: dict[str, set[str]] = {}
        # The units' own names by id, this unit first.
        self.names: dict[str, str] = {}
        self._learn(session.unit.id, (session.unit.name, session.unit.code))
        below = subtree(session.database, session.unit.id)
        if UNIT not in session.types:
            return
        held = lookup.held(session.database, session.types[UNIT], set(below), ("name", "code"))
        for unit in held.values():
            if unit.life is not Life.DELETED and unit.id != session.unit.id:
                self._learn(unit.id, (unit.values.get("name"), unit.values.get("code")))

    def _learn(self, unit: str, words: Iterable[object]) -> None:
        for word in words:
            if word:
                self.names.setdefault(unit, str(word))
                self._names.setdefault("".join(str(word).split()), set()).add(unit)

    def find(self, words: str) -> str | None:
        """The one unit that the words mean."""
        found = self._names.get("".join(words.split()), set())
        if len(found) == 1:
            return next(iter(found))
        town = None if found else self._places.town(words).town
        return self._towns.get(town) if town is not None else None


def town_units(session: Session) -> dict[str, str]:
    """Town code to the unit of that town below this one, where the tree has exactly one."""
    below = set(subtree(session.database, session.unit.id)) - {session.unit.id}
    if not below or UNIT not in session.types:
        return {}
    units = lookup.held(session.database, session.types[UNIT], below, ("level", "place", "code"))
    found: dict[str, list[str]] = {}
    for unit in units.values():
        place = unit.values.get("place") or unit.values.get("code")
        if unit.values.get("level") == Level.TOWN.value and unit.life is not Life.DELETED and place:
            found.setdefault(str(place), []).append(unit.id)
    return {place: ids[0] for place, ids in found.items() if len(ids) == 1}

"""The units that are held here, as the tree along which numbers are rolled up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desktop.records.declaration import Level
from desktop.records.types import Catalogue
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.store.tables.pinyin import sort_key


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the tree; ``place`` is a division code or empty, ``level`` nothing where none was recorded."""

    id: str
    name: str
    level: Level | None = None
    superior: str = ""
    place: str = ""


class UnitTree:
    """Units with those below them; a circle of superiors is walked once."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = {u.id: u for u in units}
        self._below: dict[str, list[str]] = {}
        for unit in self._units.values():
            if unit.superior and unit.superior != unit.id:
                self._below.setdefault(unit.superior, []).append(unit.id)

    @classmethod
    def load(cls, database: Database, types: Catalogue, own: Unit) -> UnitTree:
        """The living units of a ledger; the workspace's own one is known even before it has a place in the tree."""
        found = [own] if own.id else []
        for held in reading.records(database, types, Query("unit")) if "unit" in types else ():
            found.append(_unit(held.id, held.values))
        return cls(found)

    def unit(self, key: str) -> Unit:
        """A unit by its id; one that is not held has no name."""
        return self._units.get(key) or Unit(key, "")

    def directly_below(self, key: str) -> tuple[Unit, ...]:
        """The units that report to this one, by their name."""
        below = [self._units[k] for k in self._below.get(key, ())]
        return tuple(sorted(below, key=lambda u: (u.place, sort_key(u.name), u.id)))

    def subtree(self, key: str) -> tuple[str, ...]:
        """A unit and all below it, those above before those below."""
        found = {key: None}
        waiting = [key]
        while waiting:
            for below in self._below.get(waiting.pop(), ()):
                if below not in found:
                    found[below] = None
                    waiting.append(below)
        return tuple(found)

    def at_place(self, key: str, place: str) -> str | None:
        """The unit at or below this one that lies in a division; nothing where there is none."""
        return next(
            (k for k in self.subtree(key) if k in self._units and self._units[k].place == place), None
        )


def _unit(key: str, values: Mapping[str, object]) -> Unit:
    level = str(values.get("level") or "")
    return Unit(
        key,
        str(values.get("name") or ""),
        Level(level) if level in set(Level) else None,
        str(values.get("superior") or ""),
        str(values.get("place") or ""),
    )

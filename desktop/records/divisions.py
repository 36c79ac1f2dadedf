"""Administrative divisions as values: city, districts, towns and villages with their parents."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


class DivisionLevel(enum.StrEnum):
    """The four levels of the list, from the top."""

    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"
    VILLAGE = "village"


@dataclass(frozen=True, slots=True)
class Division:
    """One division: ``code`` has 4, 6, 9 or 12 digits by level; ``parent`` is empty for the city."""

    code: str
    name: str
    level: DivisionLevel
    parent: str = ""


class Divisions:
    """A list of divisions that holds together: every parent is in it, no code stands twice."""

    def __init__(self, rows: Iterable[Division], version: str = "") -> None:
        """Raises ``ValueError`` for a code that stands twice or a parent that is missing."""
        self.version = version
        self._rows: dict[str, Division] = {}
        self._children: dict[str, list[Division]] = {}
        for row in rows:
            if row.code in self._rows:
                raise ValueError(f"division {row.code} stands twice")
            self._rows[row.code] = row
            self._children.setdefault(row.parent, []).append(row)
        for row in self._rows.values():
            if row.parent and row.parent not in self._rows:
                raise ValueError(f"division {row.code} has no parent {row.parent}")

    def __getitem__(self, code: str) -> Division:
        return self._rows[code]

    def __contains__(self, code: object) -> bool:
        return code in self._rows

    def __iter__(self) -> Iterator[Division]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, code: str) -> Division | None:
        """The division with this code, or ``None``."""
        return self._rows.get(code)

    def children(self, code: str) -> tuple[Division, ...]:
        """The divisions directly below, in the order of the list."""
        return tuple(self._children.get(code, ()))

    def of_level(self, level: DivisionLevel) -> tuple[Division, ...]:
        """All divisions of one level, in the order of the list."""
        return tuple(row for row in self._rows.values() if row.level == level)

    def path(self, code: str) -> tuple[Division, ...]:
        """The division and all above it, from the top. Raises ``KeyError`` for an unknown code."""
        chain = [self._rows[code]]
        while chain[-1].parent:
            chain.append(self._rows[chain[-1].parent])
        return tuple(reversed(chain))

    def full_name(self, code: str, top: DivisionLevel = DivisionLevel.CITY) -> str:
        """The names from ``top`` down, as 杭州市余杭区良渚街道. Raises ``KeyError`` for an unknown code."""
        order = list(DivisionLevel)
        return "".join(row.name for row in self.path(code) if order.index(row.level) >= order.index(top))

    def at_level(self, code: str, level: DivisionLevel) -> Division | None:
        """The division of ``level`` that this one is or lies in; ``None`` if it lies above that level."""
        return next((row for row in self.path(code) if row.level == level), None)

    def is_within(self, code: str, upper: str) -> bool:
        """Whether a division is ``upper`` or lies in it; an unknown code lies nowhere."""
        return code in self._rows and any(row.code == upper for row in self.path(code))

    def with_added(self, rows: Iterable[Division]) -> Divisions:
        """The list with more divisions, such as new villages with temporary codes."""
        return Divisions([*self._rows.values(), *rows], self.version)

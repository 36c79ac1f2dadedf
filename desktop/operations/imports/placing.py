"""Gives rows their town and village: from a column's words, else from an address where that is certain."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

from desktop.operations.reference_here import ReferenceHere
from desktop.records.divisions import Division, DivisionLevel
from desktop.records.typed.locations import Location, LocationReason
from desktop.records.typed.texts import compact

_MOST_REMEMBERED = 20_000
_IN_HOUSES = f"{string.digits}{string.ascii_letters}号幢栋室层楼座单元弄支-－—~～,，、()（）#及至之. "
_HOUSE = re.compile(rf"[0-9][{re.escape(_IN_HOUSES)}]*\Z")
"""From a digit on, such characters are house and room at the end of an address: no place is named there, so
neighbours need be looked up once only."""
_SOME_HOUSE = "1"
"""Stands for any of them: an address is not told apart by the digit with which its house begins."""
_ENDINGS = ("街道", "镇", "乡", "街道办事处", "办事处", "镇人民政府", "乡人民政府", "街道办")
_TOWN_DIGITS = 9
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """The town and village that words mean, or the reason why they mean none."""

    town: str | None = None
    village: str | None = None
    reason: str = ""


class PlaceFinder:
    """Finds places for one import; ``area`` is the code of the own unit.

    Within its district the same name may stand twice, and within its town people name the village alone.
    """

    def __init__(self, here: ReferenceHere, area: str = "") -> None:
        self._divisions = here.divisions
        self._here = here
        self._area = area[:6] if area[:6] in self._divisions else ""
        self._towns: dict[str, Placed] = {}
        self._villages: dict[tuple[str, str], Placed] = {}
        self._addresses: dict[str, Placed] = {}
        self._by_stem = self._stems()
        self._near = self._neighbours(area)

    def town(self, words: str) -> Placed:
        """What the words of a column for towns mean: a name, a code, a name without its ending, or more than a town."""
        if words not in self._towns:
            self._towns[words] = self._town(words)
        return self._towns[words]

    def village(self, words: str, town: str | None) -> Placed:
        """What the words of a column for villages mean, within the town where that is known."""
        key = (words, town or "")
        if key not in self._villages:
            self._villages[key] = self._village(words, town)
        return self._villages[key]

    def address(self, words: str) -> Placed:
        """Where an address lies for certain."""
        house = _HOUSE.search(words)
        key = words if house is None else words[: house.start()] + _SOME_HOUSE
        found = self._addresses.get(key)
        if found is None:
            found = self._located(key)
            if found.town is None and found.reason == LocationReason.NOTHING.message:
                found = self._nearby(key) or found
            if len(self._addresses) < _MOST_REMEMBERED:
                self._addresses[key] = found
        return found

    def _town(self, words: str) -> Placed:
        plain = compact(words)
        meant = self._meant(plain)
        if plain.isascii() and plain.isdigit():
            return self._of(meant, f"没有代码为{plain[:20]}的镇街")
        if meant is not None and meant.level is DivisionLevel.TOWN:
            return self._of(meant, "")
        own = self._by_stem.get(_stem(plain))
        if own is not None:
            return self._of(own, "")
        located = self._located(plain)
        if located.town is None and self._area:
            located = self._located(self._divisions.full_name(self._area) + plain)
        if located.town is None and meant is not None and self._is_own(meant):
            # A village is told last: 戴村 in a column for towns is 戴村镇 and not the village of that name.
            located = self._of(meant, "")
        return (
            located
            if located.town
            else Placed(reason=f"没有叫“{plain[:20]}”的镇街，或者有几个，请从列表中选择")
        )

    def _village(self, words: str, town: str | None) -> Placed:
        plain = compact(words)
        unknown = Placed(reason=f"这个镇街里没有叫“{plain[:20]}”的村社，请核对")
        if town is None:
            meant = self._meant(plain)
            if meant is not None and meant.level is DivisionLevel.VILLAGE and self._is_own(meant):
                return self._of(meant, "")
            return self._located(plain) if plain else unknown
        within = self._divisions.full_name(town)
        for endings in (("",), ("村", "社区")):
            texts = [start + plain + ending for start in ("", within) for ending in endings]
            meant_here = {d for text in texts for d in self._divisions.meant(text) if d.parent == town}
            if meant_here:
                return self._of(meant_here.pop(), "") if len(meant_here) == 1 else unknown
        located = self._located(within + plain)
        return located if located.village is not None and located.town == town else unknown

    def _meant(self, plain: str) -> Division | None:
        """The one division that words name, or of several the one that lies in the own district."""
        found = self._divisions.meant(plain)
        if len(found) > 1:
            found = tuple(d for d in found if self._divisions.is_within(d.code, self._area))
        return found[0] if len(found) == 1 else None

    def _is_own(self, division: Division) -> bool:
        return not self._area or self._divisions.is_within(division.code, self._area)

    def _located(self, words: str) -> Placed:
        found = self._here.locator.search(words)
        if found.division is None:
            return Placed(reason=_sentence(found))
        return self._of(found.division, LocationReason.NOTHING.message)

    def _nearby(self, address: str) -> Placed | None:
        """The village of the own town whose name begins an address that names no other place: 径山村漕桥3号."""
        plain = compact(address)
        named = max((name for name in self._near if plain.startswith(name)), key=len, default="")
        return self._of(self._near[named], "") if named else None

    def _neighbours(self, code: str) -> dict[str, Division]:
        """The villages of the own town by their names; those that two bear are left out."""
        found: dict[str, Division | None] = {}
        town = code[:_TOWN_DIGITS]
        for village in self._divisions.children(town) if len(town) == _TOWN_DIGITS else ():
            for name in self._divisions.names(village.code):
                found[name] = None if name in found else village
        return {name: village for name, village in found.items() if village is not None}

    def _of(self, division: Division | None, reason: str) -> Placed:
        if division is None or len(division.code) < _TOWN_DIGITS:
            return Placed(reason=reason or LocationReason.NOTHING.message)
        village = division.code if division.level is DivisionLevel.VILLAGE else None
        return Placed(division.code[:_TOWN_DIGITS], village)

    def _stems(self) -> dict[str, Division]:
        """The towns by name without its ending, where that is one town and no district.

        In a column for towns that is enough; towns of other districts count only where there is no own district.
        """
        found: dict[str, Division | None] = {}
        everywhere = () if self._area else self._divisions.of_level(DivisionLevel.TOWN)
        for town in self._divisions.children(self._area) if self._area else everywhere:
            stem = _stem(town.name)
            found[stem] = None if stem in found else town
        districts = {d.name[:-1] for d in self._divisions.of_level(DivisionLevel.DISTRICT)}
        return {stem: town for stem, town in found.items() if town is not None and stem not in districts}


def _sentence(found: Location) -> str:
    """Why an address has no town, with the towns that it may lie in where these are few."""
    names = [town.name for town in found.candidates[:_MOST_NAMED]]
    if found.reason is not LocationReason.AMBIGUOUS or len(names) < len(found.candidates):
        return found.reason.message
    return f"地址可能属于{'、'.join(names)}，请选择"


def _stem(name: str) -> str:
    for ending in sorted(_ENDINGS, key=len, reverse=True):
        if name.endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name

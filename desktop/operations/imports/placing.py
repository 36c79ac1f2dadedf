"""Gives rows their town and village: from a column's words, else from an address where that is certain."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from desktop import reference
from desktop.records.addresses import Location, LocationReason
from desktop.records.codes import places
from desktop.records.divisions import Division, DivisionLevel

_MOST_REMEMBERED = 20_000
_HOUSE = re.compile(r"[0-9][0-9A-Za-z号幢栋室层楼座单元弄支\-－—~～,，、()（）#及至之. ]*$")
"""The house and room at the end of an address: no place is named there, so neighbours need be looked up once only."""
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
    """Finds places for one import; ``area`` is the code of the own district, where the same name may stand twice."""

    def __init__(self, area: str = "") -> None:
        self._divisions = reference.divisions()
        self._locator = reference.address_locator()
        self._names = places(self._divisions)
        self._area = area[:6] if area[:6] in self._divisions else ""
        self._towns: dict[str, Placed] = {}
        self._villages: dict[tuple[str, str], Placed] = {}
        self._addresses: dict[str, Placed] = {}
        self._by_stem = self._stems()

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
        key = words if house is None else words[: house.start() + 1]
        found = self._addresses.get(key)
        if found is None:
            found = self._located(key)
            if len(self._addresses) < _MOST_REMEMBERED:
                self._addresses[key] = found
        return found

    def _town(self, words: str) -> Placed:
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", words))
        if plain.isascii() and plain.isdigit():
            code = plain.removesuffix("000") if len(plain) > _TOWN_DIGITS else plain
            return self._of(self._divisions.get(code), f"没有代码为{plain[:20]}的镇街")
        found = self._names.find(plain)
        if found is not None and len(found) >= _TOWN_DIGITS:
            return self._of(self._divisions[found], "")
        own = self._by_stem.get(_stem(plain))
        if own is not None:
            return self._of(own, "")
        located = self._located(plain)
        if located.town is None and self._area:
            located = self._located(self._divisions.full_name(self._area) + plain)
        return (
            located
            if located.town
            else Placed(reason=f"没有叫“{plain[:20]}”的镇街，或者有几个，请从列表中选择")
        )

    def _village(self, words: str, town: str | None) -> Placed:
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", words))
        unknown = Placed(reason=f"这个镇街里没有叫“{plain[:20]}”的村社，请核对")
        if town is None:
            return self._located(plain) if plain else unknown
        children = {d.name: d.code for d in self._divisions.children(town)}
        for name in (
            plain,
            f"{plain}村民委员会",
            f"{plain}居民委员会",
            f"{plain}委员会",
            f"{plain}村村民委员会",
        ):
            if name in children:
                return Placed(town, children[name])
        if plain in self._divisions and plain.startswith(town):
            return Placed(town, plain)
        for text in (plain, f"{plain}社区", f"{plain}村"):
            located = self._located(self._divisions.full_name(town) + text)
            if located.village is not None and located.town == town:
                return located
        return unknown

    def _located(self, words: str) -> Placed:
        found = self._locator.search(words)
        if found.division is None:
            return Placed(reason=_sentence(found))
        return self._of(found.division, LocationReason.NOTHING.message)

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

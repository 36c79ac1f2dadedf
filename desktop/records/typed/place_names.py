"""The names by which addresses call districts, towns and villages, gathered once from a list of divisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from desktop.records.divisions import Division, DivisionLevel, Divisions

TOWN_SUFFIXES = ("街道", "镇", "乡")


@dataclass(frozen=True)
class AddressWords:
    """What a list of divisions does not say itself.

    ``extents`` maps a district's former or present name to the codes that its land belongs to now, ``short`` what
    people say instead, which counts in front of a known place like the short name of a district;
    ``stems_not_alone`` are towns' short names that also name something else; ``outside`` begins addresses of
    other places.
    """

    extents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    short: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stems_not_alone: frozenset[str] = frozenset()
    outside: tuple[str, ...] = ()


class PlaceNames:
    """What each name may mean. Of divisions that are no more the names count too, where they are clear."""

    def __init__(self, divisions: Divisions, words: AddressWords) -> None:
        self._divisions = divisions
        towns = self._by_names(DivisionLevel.TOWN)
        self.towns = {name: town for name, town in towns.items() if name.endswith(TOWN_SUFFIXES)}
        self.special_towns = {name: town for name, town in towns.items() if name not in self.towns}
        """Zones and the like, whose names have none of the suffixes."""
        self.stems = {stem_of(name): town for name, town in self.towns.items()}
        self.extents = self._district_extents(words)
        """Names of districts, with the codes that their land belongs to now."""
        self.districts = _any_of(self.extents)
        self.short = self._known(words.short) | {
            name[:-1]: self.extents[name]
            for name in (d.name for d in divisions.of_level(DivisionLevel.DISTRICT))
            if len(name) > 2
        }
        """The same by what people say instead, without 区."""
        self.outside = _any_of(words.outside, "(?!路|街|大道|大街|巷|弄|村|社区)")
        self.villages: dict[str, list[Division]] = {}
        for village in divisions.of_level(DivisionLevel.VILLAGE):
            for form in self._forms(village):
                self.villages.setdefault(form, []).append(village)
        self.longest = max((len(form) for form in self.villages), default=0)
        """Characters of the longest name of a village."""
        self.weak = self._weak_stems(words.stems_not_alone)
        """Stems that name nothing else, and mean the town wherever an address ends or goes on with a road."""

    def shortest(self, village: Division) -> int:
        """Characters of the shortest name of a village; 0 where it has none that counts."""
        return min(map(len, self._forms(village)), default=0)

    def begins_with_town(self, text: str, position: int) -> bool:
        """Whether the whole name of a town stands there."""
        return any(text[position : position + n] in self.towns for n in range(2, 8))

    def meant(self, name: str) -> list[Division]:
        """The villages of a name, and those that are called so with their town: 大同镇's 三村 is 大同三村 too."""
        villages = self.villages[name]
        for length in (4, 3, 2):
            town = self.stems.get(name[:length])
            if town is not None and all(v.parent != town.code for v in villages):
                own = self._divisions.children(town.code)
                villages = villages + [v for v in own if name[length:] in self._divisions.names(v.code)]
        return villages

    def _forms(self, village: Division) -> list[str]:
        """The ways in which a village is written in an address.

        Names as short as 东村 are left out: they stand inside too many others.
        """
        return [name for name in self._divisions.names(village.code) if len(name) > 2]

    def _district_extents(self, words: AddressWords) -> dict[str, frozenset[str]]:
        own = {name: frozenset({d.code}) for name, d in self._by_names(DivisionLevel.DISTRICT).items()}
        return own | self._known(words.extents)

    def _by_names(self, level: DivisionLevel) -> dict[str, Division]:
        """The divisions of a level that exist, by name; by a former name or that of what went in, where it is clear."""
        there = self._divisions.of_level(level)
        present = {division.name: division for division in there}
        before: dict[str, Division | None] = {}
        for division in there:
            for row in (division, *self._divisions.went_into(division.code)):
                for name in {row.name, *row.former} - {division.name}:
                    before[name] = None if before.get(name, division) != division else division
        return {name: division for name, division in before.items() if division is not None} | present

    def _known(self, extents: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        """The names of which any district is in the list."""
        known = frozenset(d.code for d in self._divisions.of_level(DivisionLevel.DISTRICT))
        return {name: codes & known for name, codes in extents.items() if codes & known}

    def _weak_stems(self, not_alone: frozenset[str]) -> dict[str, Division]:
        weak, shared = {}, self._shared_stems()
        for stem, town in self.stems.items():
            if stem not in shared and stem not in not_alone and stem not in self.short and len(stem) > 1:
                weak[stem] = town
        return weak

    def _shared_stems(self) -> set[str]:
        """The short names of towns that stand in the name of another town's village."""
        shared = set()
        lengths = {len(stem) for stem in self.stems}
        for village in self._divisions.of_level(DivisionLevel.VILLAGE):
            name = village.name
            for start in range(len(name)):
                for length in lengths:
                    town = self.stems.get(name[start : start + length])
                    if town is not None and town.code != village.parent:
                        shared.add(name[start : start + length])
        return shared


def stem_of(town_name: str) -> str:
    """A town's name without its suffix."""
    return re.sub("(?:街道|镇|乡)$", "", town_name)


def _any_of(words: Iterable[str], unless: str = "") -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, longest_first))}){unless}" if longest_first else "(?!)")

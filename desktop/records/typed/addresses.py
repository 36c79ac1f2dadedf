"""Finds the town, and the village where certain, that a freely written address lies in; never guesses.

Certain means that exactly one town fits everything that the text says. What counts as saying something:

- a district by its full or former name anywhere, by its short name (余杭) only in front of a known place;
- a town by its full name anywhere; without 街道, 镇, 乡 only right behind city or district, and only if the
  text goes on with a village of that town, or ends there or goes on with a road of another name where nothing
  else is called so: 文晖路 and 古荡湾 are a road and an estate, not towns;
- a village or community by its name with 社区 or 村, where the name begins at a boundary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from desktop.records.divisions import Division, Divisions
from desktop.records.typed.locations import Location, LocationReason
from desktop.records.typed.place_names import TOWN_SUFFIXES, AddressWords, PlaceNames, stem_of

_LONGEST_TEXT = 200
_SHORTEST_VILLAGE_ALONE = 4
"""Characters of a village's name, suffix included, that decide without any word of city or district."""

_VILLAGE_ENDS = re.compile(r"社区|村(?<!村村(?=民委|委会))|居委会|居民委员会|生活区")
_NOT_A_VILLAGE = re.compile(
    "路|街|巷|弄|道|桥|镇|庄|大道|大街|大桥|卫生|幼儿|小学|中学|银行|小区|新村|公寓|家园|花园|广场|大厦|市场|公交|地铁|车站"
)
_BOUNDARIES = frozenset(" 市区县镇乡道路街号弄巷幢栋室层楼座院于在")
_LONGER_ROAD = "东西南北中新老大小前后上下直横支一二三四五六七八九十"
_LANDSCAPE = "桥江河湖山塘门寺园湾口里坞埠村苑庙坝溪岭洲"
_ROAD = re.compile(
    rf"(?![{_LONGER_ROAD}{_LANDSCAPE}])[一-龥]{{2,4}}?(?:路|大道|大街|街(?!道)|巷|弄)|[0-9]{{1,2}}号大街"
)
_ROAD_OF_TOWN = re.compile("[东西南北中]?(?:路|巷|弄)(?= |[0-9]|$)")
"""塘栖镇路 and 新街镇南路 are roads, wherever they lie."""
_UNKNOWN_TOWN = re.compile("[一-龥]{1,4}?(?:街道|(?<![小集城])镇|乡)")
_PROVINCE = re.compile("[一-龥]{2,7}?(?:省|自治区|自治州|地区)")
_OTHER_CITY = re.compile("[一-龥]{2,4}?(?<![超城夜集股门都菜])市(?![场心区])")
_OTHER_COUNTY = re.compile("[一-龥]{1,4}?县(?!城)")
_OTHER_DISTRICT = re.compile(
    "(?!老城|新城|主城|工业|开发|商务|度假|高新|创业|服务|生产|住宅|生活|集聚|功能)"
    f"[一-龥](?![小园新景校厂库山片街市社住{_LONGER_ROAD}])[一-龥]区(?!块|域|间)"
)
_FURTHER_ADDRESS = re.compile(r"(?<=.{8})[\W_]*(?:一照多址|(?:其他|分支)?经营(?:场所|地址)\s*(?:[:：]|设在))")
"""What a register puts behind the seat of a firm that has more than one place."""
_AND = re.compile("[与和及]")
_BESIDE = frozenset("近邻靠旁与和及")
"""Such a character right before a town's name makes it a neighbour's: （近靖江街道）."""
_NOT_A_DISTRICT = re.compile("(?<=区)[块域]|(?<=市)场")
_PREFIX = re.compile(
    r"\s*(?:中国)?\s*(?:浙江省?)?\s*(杭州市|杭州(?!湾|路|街|大道|大街))?\s*(?:市区|主城区|区)?\s*"
)


@dataclass(slots=True)
class _Reading:
    """What has been read from one address so far."""

    text: str
    area: bool = False
    outside: bool = False
    districts: frozenset[str] | None = None
    anchors: list[int] = field(default_factory=list)
    towns: dict[str, int] = field(default_factory=dict)
    spans: list[tuple[int, int]] = field(default_factory=list)
    near: set[str] = field(default_factory=set)
    unknown_town: bool = False

    def narrow(self, codes: frozenset[str]) -> None:
        self.area = True
        self.districts = codes if self.districts is None else self.districts & codes

    def admits(self, town: Division) -> bool:
        return self.districts is None or town.parent in self.districts


class AddressLocator:
    """Reads addresses against one list of divisions; built once, it reads about 20 000 addresses a second."""

    def __init__(self, divisions: Divisions, words: AddressWords) -> None:
        self._divisions = divisions
        self._names = PlaceNames(divisions, words)

    def locate(self, address: str) -> Division | None:
        """The village or town that the address lies in for certain, or ``None``."""
        return self.search(address).division

    def search(self, address: str) -> Location:
        """Like :meth:`locate`, with the reason and the candidates where nothing is certain."""
        reading = _Reading(_plain(address))
        self._read_front(reading)
        if reading.outside:
            return Location(None, LocationReason.OUTSIDE)
        self._read_districts(reading)
        self._read_towns(reading)
        if reading.districts is not None and not reading.districts:
            return self._open(LocationReason.CONTRADICTION, reading.towns)
        if not reading.towns:
            self._read_bare_towns(reading)
        villages = self._read_villages(reading)
        if reading.towns:
            return self._by_town(reading, villages)
        if reading.near or reading.unknown_town:
            if (risen := self._risen_town(reading, villages)) is not None:
                reading.towns[risen.code] = 0
                return self._by_town(reading, villages)
            reason = LocationReason.AMBIGUOUS if reading.near else LocationReason.NOTHING
            return self._open(reason, reading.near)
        return self._by_villages(reading, villages)

    def _read_front(self, reading: _Reading) -> None:
        """Goes through country, province and city; what stands there instead may put the address outside."""
        text = reading.text
        prefix = _PREFIX.match(text)
        position = prefix.end() if prefix else 0
        reading.area = bool(prefix and prefix[1])
        district = self._names.districts.match(text, position)
        if district:
            return
        if self._names.begins_with_town(text, position):
            reading.anchors.append(position)
            return
        if self._read_short(reading, position):
            return
        reading.anchors.append(position)
        others = (self._names.outside, _PROVINCE, _OTHER_CITY, _OTHER_COUNTY, _OTHER_DISTRICT)
        reading.outside = any(pattern.match(text, position) for pattern in others)

    def _read_short(self, reading: _Reading, position: int) -> bool:
        """Goes past the short name of a district that stands in front of a place."""
        for name, codes in self._names.short.items():
            if reading.text.startswith(name, position) and self._is_place(reading.text, position + len(name)):
                reading.narrow(codes)
                reading.anchors.append(position + len(name))
                return True
        return False

    def _is_place(self, text: str, position: int) -> bool:
        """Whether a place goes on here, so that the short name before it was a district and not a road."""
        if position == len(text) or text[position] == " ":
            return True
        if self._names.begins_with_town(text, position) or self._bare_town(text, position) is not None:
            return True
        ends = (
            found.end() for found in _VILLAGE_ENDS.finditer(text, position, position + self._names.longest)
        )
        return any(
            text[position:end] in self._names.villages and not _NOT_A_VILLAGE.match(text, end) for end in ends
        )

    def _read_districts(self, reading: _Reading) -> None:
        for found in self._names.districts.finditer(reading.text):
            end = found.end()
            if _NOT_A_DISTRICT.match(reading.text, end) and not self._names.begins_with_town(
                reading.text, end
            ):
                continue
            reading.narrow(self._names.extents[found[0]])
            reading.anchors.append(end)
            reading.spans.append(found.span())
            if not self._names.begins_with_town(reading.text, end):
                self._read_short(reading, end)

    def _read_towns(self, reading: _Reading) -> None:
        text = reading.text
        for suffix in TOWN_SUFFIXES:
            end = text.find(suffix)
            while end >= 0:
                self._read_town_before(reading, end, suffix)
                end = text.find(suffix, end + 1)
        for name, town in self._names.special_towns.items():
            start = text.find(name)
            # A street that stands beside a zone lies in it, unless the two are named as neighbours.
            neighbours = _AND.match(text, start + len(name)) or any(
                text[max(0, other - 1) : other] in _BESIDE for other in reading.towns.values()
            )
            if start >= 0 and (not reading.towns or neighbours):
                reading.towns[town.code] = start
                reading.spans.append((start, start + len(name)))
        for anchor in reading.anchors:
            start = anchor + (text[anchor : anchor + 1] == " ")
            found = _UNKNOWN_TOWN.match(text, start)
            if found and not any(begin <= start and found.end() <= end for begin, end in reading.spans):
                reading.unknown_town = True
                self._doubt_towns_ending_at(found.end(), reading)

    def _read_town_before(self, reading: _Reading, end: int, suffix: str) -> None:
        text = reading.text
        for length in range(min(5, end), 0, -1):
            stem = text[end - length : end]
            town = self._names.stems.get(stem)
            if town is None:
                continue
            start = end - length
            named = self._names.towns.get(stem + suffix) is town and not _ROAD_OF_TOWN.match(
                text, end + len(suffix)
            )
            own_district = reading.districts is not None and reading.admits(town)
            if named and (own_district or self._at_boundary(reading, start)):
                reading.towns[town.code] = start
                reading.spans.append((start, end + len(suffix)))
            elif named or length > 1:
                reading.near.add(town.code)
            return

    def _doubt_towns_ending_at(self, end: int, reading: _Reading) -> None:
        """大石桥街道 is not 石桥街道: a name that reaches to the left as far as the district is another."""
        for code, start in list(reading.towns.items()):
            if (start, end) in reading.spans and start not in reading.anchors:
                del reading.towns[code]
                reading.near.add(code)

    def _read_bare_towns(self, reading: _Reading) -> None:
        if not reading.area:
            return
        for anchor in reading.anchors:
            start = anchor + (reading.text[anchor : anchor + 1] == " ")
            town = self._bare_town(reading.text, start)
            if town is not None and reading.admits(town) and not reading.unknown_town:
                reading.towns[town.code] = start
                reading.spans.append((start, start + len(stem_of(town.name))))
                reading.anchors.append(start + len(stem_of(town.name)))
                return

    def _bare_town(self, text: str, start: int) -> Division | None:
        for length in (4, 3, 2):
            town = self._names.stems.get(text[start : start + length])
            if town is None:
                continue
            end = start + length
            if self._own_village(text, start, end, town):
                return town
            ends = end >= len(text) or text[end] == " "
            if text[start:end] in self._names.weak and (ends or _ROAD.match(text, end)):
                return town
        return None

    def _own_village(self, text: str, start: int, behind: int, town: Division) -> bool:
        """Whether a village of the town follows its short name, and both are not the name of another town's village."""
        for found in _VILLAGE_ENDS.finditer(text, behind, behind + self._names.longest):
            if any(v.parent == town.code for v in self._names.villages.get(text[behind : found.end()], ())):
                others = self._names.villages.get(text[start : found.end()], ())
                return not _NOT_A_VILLAGE.match(text, found.end()) and not others
        return False

    def _read_villages(self, reading: _Reading) -> list[list[Division]]:
        """The villages that each name in the text may mean, for names that begin at a boundary."""
        text = reading.text
        spans: list[tuple[int, int]] = []
        for found in _VILLAGE_ENDS.finditer(text):
            end = found.end()
            if _NOT_A_VILLAGE.match(text, end) or _inside(end - 1, reading.spans):
                continue
            for start in range(max(0, end - self._names.longest), end - 1):
                if text[start:end] in self._names.villages:
                    spans.append((start, end))
                    break
        whole = [s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)]
        return [
            self._names.meant(text[start:end])
            for start, end in whole
            if self._at_boundary(reading, start) and not _inside(start, reading.spans)
        ]

    def _at_boundary(self, reading: _Reading, start: int) -> bool:
        if start == 0 or start in reading.anchors:
            return True
        before = reading.text[start - 1]
        return before in _BOUNDARIES or (before.isascii() and before.isalnum())

    def _by_town(self, reading: _Reading, villages: list[list[Division]]) -> Location:
        if len(reading.towns) > 1:
            return self._open(LocationReason.AMBIGUOUS, reading.towns)
        town = self._divisions[next(iter(reading.towns))]
        if not reading.admits(town) or reading.near - {town.code}:
            return self._open(LocationReason.CONTRADICTION, {town.code, *reading.near})
        own: dict[str, Division] = {}
        for mention in villages:
            here = [v for v in mention if v.parent == town.code]
            # Behind the town's own village another one's name is that of a hamlet in it.
            if not here and len(mention) == 1 and not own:
                return self._open(LocationReason.CONTRADICTION, {town.code, mention[0].parent})
            own.update((v.code, v) for v in here)
        division = next(iter(own.values())) if len(own) == 1 else town
        return Location(division, LocationReason.FOUND)

    def _risen_town(self, reading: _Reading, villages: list[list[Division]]) -> Division | None:
        """The town that is meant by its former rank, 闻堰镇 for 闻堰街道, where a village that is named lies in it.

        Without the village nothing is certain: some towns were divided when they rose.
        """
        if len(reading.near) != 1 or reading.districts is None or not villages:
            return None
        town = self._divisions[next(iter(reading.near))]
        stem = stem_of(town.name)
        written = any(
            reading.text.startswith(stem + suffix, anchor + (reading.text[anchor : anchor + 1] == " "))
            for anchor in reading.anchors
            for suffix in TOWN_SUFFIXES
        )
        here = all(any(v.parent == town.code for v in mention) for mention in villages)
        return town if written and here else None

    def _by_villages(self, reading: _Reading, villages: list[list[Division]]) -> Location:
        fitting = [
            [v for v in mention if reading.admits(self._divisions[v.parent])]
            for mention in villages
            if reading.area or self._names.shortest(mention[0]) >= _SHORTEST_VILLAGE_ALONE
        ]
        if not fitting:
            return Location(None, LocationReason.NOTHING)
        towns = set.intersection(*({v.parent for v in mention} for mention in fitting))
        named = {v.code: v for mention in fitting for v in mention if v.parent in towns}
        if len(towns) == 1:
            only = next(iter(named.values())) if len(named) == 1 else self._divisions[towns.pop()]
            return Location(only, LocationReason.FOUND)
        if towns:
            return self._open(LocationReason.AMBIGUOUS, towns)
        return self._open(LocationReason.CONTRADICTION, {v.parent for mention in fitting for v in mention})

    def _open(self, reason: LocationReason, codes: Iterable[str]) -> Location:
        return Location(None, reason, tuple(self._divisions[code] for code in sorted(codes)))


def _plain(address: str) -> str:
    """Half-width text in which every mark and blank is one space; further addresses behind the first are left out."""
    folded = unicodedata.normalize("NFKC", address[:_LONGEST_TEXT])
    further = _FURTHER_ADDRESS.search(folded)
    return re.sub(r"[\W_]+", " ", folded[: further.start()] if further else folded).strip()


def _inside(position: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)

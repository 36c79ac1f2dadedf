"""Administrative divisions as values: city, districts, towns and villages with their parents."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_TOWN: Final = re.compile(r"(.+)(街道|镇|乡)")
_TOWN_OFFICES: Final = {
    "街道": ("", "办事处", "办"),
    "镇": ("", "人民政府", "政府"),
    "乡": ("", "人民政府", "政府"),
}
_VILLAGE: Final = re.compile(r"(.+?)(村村民委员会|村委会|社区居民委员会|社区居委会|居民委员会|居委会|社区)")
_RURAL: Final = ("村", "村委会", "村民委员会", "村村委会", "村村民委员会")
_URBAN: Final = ("社区", "居委会", "居民委员会", "社区居委会", "社区居民委员会")
_CODE: Final = re.compile(r"[0-9]+")
_CODE_AND_NAME: Final = re.compile(r"([0-9]{4,12})(?![0-9])(.+)")
_PROVINCE: Final = re.compile("浙江省?(?=.)")
_EXACT, _OFFICE, _BARE = range(3)
"""How close a name comes to that of the list: the same, with another word for its office, without any ending.

One without ending says what a place lies in (余杭径山镇), but never which place is meant: 径山 is a town and a village.
"""


class DivisionLevel(enum.StrEnum):
    """The four levels of the list, from the top."""

    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"
    VILLAGE = "village"


@dataclass(frozen=True, slots=True)
class Division:
    """One division: ``code`` has 4, 6, 9 or 12 digits by level; ``parent`` is empty for the city.

    ``former`` are names that it had before. One that has ``ended`` keeps its code readable and is offered no more;
    ``successor`` is the code of what it went into, if that is one place.
    """

    code: str
    name: str
    level: DivisionLevel
    parent: str = ""
    former: tuple[str, ...] = ()
    ended: bool = False
    successor: str = ""


class Divisions:
    """A list of divisions that holds together: every parent is in it, no code stands twice."""

    def __init__(self, rows: Iterable[Division], version: str = "") -> None:
        """Raises ``ValueError`` for a code that stands twice or a parent that is missing."""
        self.version = version
        self._rows: dict[str, Division] = {}
        self._children: dict[str, list[Division]] = {}
        self._ended_into: dict[str, list[str]] = {}
        for row in rows:
            if row.code in self._rows:
                raise ValueError(f"division {row.code} stands twice")
            self._rows[row.code] = row
            if not row.ended:
                self._children.setdefault(row.parent, []).append(row)
            elif row.successor:
                self._ended_into.setdefault(row.successor, []).append(row.code)
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
        """The divisions directly below that exist, in the order of the list."""
        return tuple(self._children.get(code, ()))

    def of_level(self, level: DivisionLevel) -> tuple[Division, ...]:
        """All divisions of one level that exist, in the order of the list."""
        return tuple(row for row in self._rows.values() if row.level == level and not row.ended)

    def now(self, division: Division) -> Division:
        """What a division has become: itself, or what it went into in the end."""
        seen = {division.code}
        while division.ended and division.successor in self._rows and division.successor not in seen:
            division = self._rows[division.successor]
            seen.add(division.code)
        return division

    def went_into(self, code: str) -> tuple[Division, ...]:
        """The divisions that ended and have become this one."""
        found: dict[str, Division] = {}
        waiting = list(self._ended_into.get(code, ()))
        while waiting:
            row = self._rows[waiting.pop()]
            if row.code != code and row.code not in found:
                found[row.code] = row
                waiting += self._ended_into.get(row.code, ())
        return tuple(found.values())

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
        """Whether a division is ``upper`` or lies in it, or has become so; an unknown code lies nowhere."""
        if code not in self._rows:
            return False
        now = self.now(self._rows[code]).code
        return any(row.code == upper for row in (*self.path(code), *self.path(now)))

    def meant(self, words: str) -> tuple[Division, ...]:
        """Every division that these words name: one for certain, none, or several of the same name.

        Words are a code (zeros behind it are padding), a name as the list writes it or as people do (径山村 for
        径山村委会, 良渚街道办事处), names from above joined in front of it (余杭区径山镇径山村), or code and name
        together where both say the same. By name, what ended stands for what it went into; its code stays its own.
        """
        plain = _plain(words)
        if _CODE.fullmatch(plain) or plain in self._rows:
            found = self._of_code(plain)
            return (found,) if found is not None else ()
        if both := _CODE_AND_NAME.fullmatch(plain):
            found = self._of_code(both[1])
            return (found,) if found is not None and found in self.meant(both[2]) else ()
        named = self._named(plain)
        closest = min(named.values(), default=_EXACT)
        best = [row for row, rank in named.items() if rank == closest]
        living = [row for row in best if not row.ended] or [self.now(row) for row in best]
        return tuple(sorted(set(living), key=lambda row: row.code))

    def names(self, code: str) -> frozenset[str]:
        """Every way to write the name of a division that says which kind of place it is, as :meth:`meant` reads it.

        Former names are among them, and those of what went into it.
        """
        rows = (self._rows[code], *self.went_into(code))
        return frozenset(n for row in rows for n, rank in self._names[row.code].items() if rank < _BARE)

    def search(self, words: str) -> tuple[Division, ...]:
        """The divisions whose code begins with these words, or whose name, with all above it, has them in it."""
        plain = _plain(words)
        if not plain:
            return ()
        if _CODE.fullmatch(plain):
            return tuple(row for row in self if row.code.startswith(plain))
        return tuple(
            row for row in self if any(plain in _plain(n) for n in (row.name, *row.former))
        ) or tuple(row for row in self if plain in _plain(self.full_name(row.code)))

    def _of_code(self, code: str) -> Division | None:
        while code not in self._rows and len(code) > 4 and code.endswith("00"):
            code = code.removesuffix("000") if len(code) > 6 and code.endswith("000") else code[:-2]
        return self._rows.get(code)

    def _named(self, plain: str) -> dict[Division, int]:
        found: dict[Division, int] = {}
        for text in {plain, _PROVINCE.sub("", plain, count=1)}:
            for start in range(len(text)):
                for division, rank in self._by_name.get(text[start:], {}).items():
                    if rank < _BARE and self._leads_to(text[:start], division):
                        found[division] = min(rank, found.get(division, rank))
        return found

    def _leads_to(self, before: str, division: Division) -> bool:
        """Whether the words in front of a name are nothing but names of what it lies in, from the top down."""
        upper = self._rows.get(division.parent)
        while before and upper is not None:
            for name in self._names[upper.code]:
                if before.endswith(name) and self._leads_to(before[: -len(name)], upper):
                    return True
            upper = self._rows.get(upper.parent)
        return not before

    @cached_property
    def _names(self) -> dict[str, dict[str, int]]:
        return {row.code: _names_of(row) for row in self}

    @cached_property
    def _by_name(self) -> dict[str, dict[Division, int]]:
        found: dict[str, dict[Division, int]] = {}
        for code, names in self._names.items():
            for name, rank in names.items():
                found.setdefault(name, {})[self._rows[code]] = rank
        return found


def _plain(words: str) -> str:
    """Words without what people vary between the names: width, blanks, strokes, brackets."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", words))


def _names_of(division: Division) -> dict[str, int]:
    """What people call a division, each with how close it is to the name in the list."""
    names = _called(division.name, division.level)
    for former in division.former:
        for name, rank in _called(former, division.level).items():
            names.setdefault(name, max(rank, _OFFICE))
    return names


def _called(written: str, level: DivisionLevel) -> dict[str, int]:
    names = {_plain(written): _EXACT}
    bare = _plain(re.sub(r"[（(].*?[)）]", "", written))
    names.setdefault(bare, _OFFICE)
    if level is DivisionLevel.TOWN:
        if found := _TOWN.fullmatch(bare):
            _add(names, found[1], (found[2] + office for office in _TOWN_OFFICES[found[2]]))
    elif level is DivisionLevel.VILLAGE:
        if found := _VILLAGE.fullmatch(bare):
            rural = found[2].startswith("村")
            _add(names, found[1], _RURAL if rural else _URBAN)
            if rural and found[1].endswith("村"):
                names[found[1]] = min(_OFFICE, names[found[1]])
    elif len(bare) > 2:
        names.setdefault(bare[:-1], _BARE)
    return names


def _add(names: dict[str, int], stem: str, endings: Iterable[str]) -> None:
    for ending in endings:
        names.setdefault(stem + ending, _OFFICE)
    names.setdefault(stem, _BARE)

"""Reads the reference data under ``resources/`` once into frozen values: places, codes, days, laws, targets.

What the files say and where it comes from stands in the files themselves. A damaged file is a bug of the
package and raises as such; :func:`parse_working_days` reads what a user edited and raises a problem instead.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from desktop.errors import UsageProblem
from desktop.records.codes import CodeItem, CodeList
from desktop.records.codes import places as list_of_places
from desktop.records.divisions import Division, DivisionLevel, Divisions
from desktop.records.examples import Examples
from desktop.records.next_visits import VisitReasons
from desktop.records.plan_targets import PlanTarget
from desktop.records.reckoning.working_days import DayKind, SpecialDay, WorkingDayTable
from desktop.records.statutes import Statute, StatuteUnknown, ViolationCategory, as_published, parse_articles
from desktop.records.typed.addresses import AddressLocator
from desktop.records.typed.place_names import AddressWords
from desktop.resources import resource

DIVISIONS = "hangzhou-2023"
_FESTIVALS = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")


class HolidayTableFaulty(UsageProblem):
    """A table of holidays that cannot be used as it stands."""

    help_anchor = "holidays"


# Places


@dataclass(frozen=True, slots=True)
class _Extent:
    name: str
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _DivisionNotes:
    version: str
    former: tuple[_Extent, ...]
    earlier_extent: tuple[_Extent, ...]
    stems_not_alone: frozenset[str]
    outside: tuple[str, ...]
    short: tuple[_Extent, ...] = ()


@cache
def divisions() -> Divisions:
    """The city, its districts, towns and villages as of the list's cut-off day."""
    with resource("divisions", f"{DIVISIONS}.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = [
            Division(row["code"], row["name"], DivisionLevel(row["level"]), row["parent"])
            for row in csv.DictReader(lines)
        ]
    return Divisions(rows, _division_notes().version)


@cache
def places() -> CodeList:
    """The divisions as a list of codes, for fields that name a place."""
    return list_of_places(divisions())


@cache
def address_locator() -> AddressLocator:
    """What finds towns in addresses, over the list of divisions that is shipped."""
    return _locator(divisions())


def address_locator_of(changed: Divisions) -> AddressLocator:
    """The same over a list of divisions that was changed since."""
    return address_locator() if changed is divisions() else _locator(changed)


def _locator(places: Divisions) -> AddressLocator:
    notes = _division_notes()
    extents = {e.name: frozenset(e.successors) for e in (*notes.former, *notes.earlier_extent)}
    short = {e.name: frozenset(e.successors) for e in notes.short}
    return AddressLocator(places, AddressWords(extents, short, notes.stems_not_alone, notes.outside))


def locate(address: str) -> Division | None:
    """The village or town that an address lies in for certain, or ``None``."""
    return address_locator().locate(address)


def _division_notes() -> _DivisionNotes:
    return msgspec.json.decode(resource("divisions", f"{DIVISIONS}.json").read_bytes(), type=_DivisionNotes)


# Codes


@dataclass(frozen=True, slots=True)
class _CodeRow:
    code: str
    label: str
    aliases: tuple[str, ...] = ()
    note: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class _CodeFile:
    id: str
    label: str
    version: str
    source: str
    official: bool
    items: tuple[_CodeRow, ...]


@cache
def code_lists() -> Mapping[str, CodeList]:
    """Every code list by id."""
    return MappingProxyType({name: _code_list(file) for name, file in _code_files().items()})


def code_list(list_id: str) -> CodeList:
    """One code list. Raises ``KeyError`` for an id that is not shipped."""
    return code_lists()[list_id]


def is_official(list_id: str) -> bool:
    """Whether labels or codes were read in the named source, rather than proposed by this project."""
    return _code_files()[list_id].official


@cache
def _code_files() -> Mapping[str, _CodeFile]:
    found = {}
    for path in sorted(resource("codes").glob("*.json")):
        file = msgspec.json.decode(path.read_bytes(), type=_CodeFile)
        if file.id != path.stem:
            raise ValueError(f"{path.name} holds the list {file.id}")
        found[file.id] = file
    return found


def _code_list(file: _CodeFile) -> CodeList:
    items = tuple(
        CodeItem(row.code, row.label, row.aliases, row.retired, note=row.note) for row in file.items
    )
    return CodeList(file.id, items, file.label, file.version, file.source)


# Working days


@cache
def working_day_table() -> WorkingDayTable:
    """The State Council's arrangements for the years that are shipped."""
    return parse_working_days(resource("holidays", "working-days.csv").read_text("utf-8-sig"))


def parse_working_days(text: str) -> WorkingDayTable:
    """A table of working days from CSV text with the columns date, kind, name and source.

    A year counts as known only if all seven festivals stand in it, so that half a table is never taken for a
    whole one. Raises :class:`HolidayTableFaulty` with the line that is wrong.
    """
    days: dict[datetime.date, SpecialDay] = {}
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if not {"date", "kind", "name"} <= set(reader.fieldnames or ()):
        raise HolidayTableFaulty(
            "节假日表的第一行应为 date,kind,name,source。", "请用本程序导出的表填写后再导入。"
        )
    for row in reader:
        special = _special_day(row, reader.line_num)
        if special.day in days:
            raise HolidayTableFaulty(
                f"节假日表第{reader.line_num}行的日期{special.day}重复。", "请删去一行后再导入。"
            )
        days[special.day] = special
    years = {day.year for day in days}
    for year in sorted(years):
        names = "".join(s.name for s in days.values() if s.day.year == year and s.kind is DayKind.HOLIDAY)
        absent = [festival for festival in _FESTIVALS if festival not in names]
        if absent:
            raise HolidayTableFaulty(
                f"{year}年的节假日表不完整，缺少{'、'.join(absent)}。", "请按国务院办公厅的通知补全后再导入。"
            )
    return WorkingDayTable(frozenset(years), MappingProxyType(days))


def _special_day(row: Mapping[str, str | None], line: int) -> SpecialDay:
    try:
        day = datetime.date.fromisoformat((row["date"] or "").strip())
        return SpecialDay(
            day, DayKind((row["kind"] or "").strip()), row["name"] or "", row.get("source") or ""
        )
    except ValueError:
        raise HolidayTableFaulty(
            f"节假日表第{line}行不能识别：日期应如2027-01-01，类别应为holiday或workday。", "请改正后再导入。"
        ) from None


# Laws


@dataclass(frozen=True, slots=True)
class _StatuteEntry:
    key: str
    name: str
    short_name: str
    version: datetime.date | None
    adopted: datetime.date | None
    effective: datetime.date | None
    source: str
    text: str | None
    number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class _CategoryFile:
    categories: tuple[ViolationCategory, ...]


@dataclass(frozen=True)
class Laws:
    """The statutes that can be quoted: those that come with the program, and those that were ``added``.

    An added one with the name of another is a further version of it and has its key.
    """

    added: tuple[Statute, ...] = ()

    def law(self, name: str, day: datetime.date | None = None) -> Statute:
        """A statute by key, name or short name, with or without 《》: the latest version, or that in force on a day.

        On a day before all of them it is the first. Raises :class:`~desktop.records.statutes.StatuteUnknown`.
        """
        wanted = name.strip().removeprefix("《").removesuffix("》")
        entry = _statute_names().get(wanted)
        named = (s.key for s in self.added if wanted in (s.key, s.name, s.short_name))
        key = entry.key if entry is not None else next(named, None)
        if key is None:
            raise StatuteUnknown(wanted)
        versions = [_statute(key)] if key in _statute_entries() else []
        versions = [
            s for s in (*versions, *(s for s in self.added if s.key == key)) if s.has_text
        ] or versions
        versions.sort(key=lambda s: s.in_force_from or datetime.date.min)
        begun = [s for s in versions if day is None or s.in_force_from is None or s.in_force_from <= day]
        return (begun or versions[:1])[-1]


SHIPPED_LAWS = Laws()


def law(name: str) -> Statute:
    """The version of a statute that comes with the program. Raises as :meth:`Laws.law`."""
    return SHIPPED_LAWS.law(name)


def added_statute(
    name: str,
    words: str,
    version: datetime.date,
    effective: datetime.date,
    short_name: str = "",
    source: str = "",
) -> Statute:
    """A statute whose text somebody entered; without articles it cannot be quoted."""
    plain = name.strip().removeprefix("《").removesuffix("》")
    known = _statute_names().get(plain)
    statute = Statute(
        known.key if known is not None else plain, known.name if known is not None else plain, short_name or plain,
        version, version, effective, source=source,
    )  # fmt: skip
    preamble, articles, annex = parse_articles(as_published(words))
    return replace(statute, has_text=bool(articles), preamble=preamble, articles=articles, annex=annex)


def article(name: str, n: int, paragraph: int | None = None, item: int | None = None) -> str:
    """The exact text of an article (条), a paragraph (款) or an item (项) of a statute.

    Raises a :class:`~desktop.records.statutes.StatuteProblem` where it does not exist or is not entered yet.
    """
    return law(name).quote(n, paragraph, item)


def laws() -> tuple[Statute, ...]:
    """Every statute in the order of the index, those without text included."""
    return tuple(_statute(key) for key in _statute_entries())


@cache
def violation_categories() -> tuple[ViolationCategory, ...]:
    """The kinds of violations with the articles that they break."""
    path = resource("laws", "categories.json")
    return msgspec.json.decode(path.read_bytes(), type=_CategoryFile).categories


@cache
def _statute_entries() -> Mapping[str, _StatuteEntry]:
    entries = msgspec.json.decode(resource("laws", "index.json").read_bytes(), type=tuple[_StatuteEntry, ...])
    return {entry.key: entry for entry in entries}


@cache
def _statute_names() -> Mapping[str, _StatuteEntry]:
    entries = _statute_entries().values()
    return {name: entry for entry in entries for name in (entry.short_name, entry.name, entry.key)}


@cache
def _statute(key: str) -> Statute:
    entry = _statute_entries()[key]
    statute = Statute(
        key=entry.key,
        name=entry.name,
        short_name=entry.short_name,
        version=entry.version,
        adopted=entry.adopted,
        effective=entry.effective,
        number=entry.number,
        source=entry.source,
        note=entry.note,
        has_text=entry.text is not None,
    )
    if entry.text is None:
        return statute
    preamble, articles, annex = parse_articles(_read(resource("laws", "text", entry.text)))
    return replace(statute, preamble=preamble, articles=articles, annex=annex)


# The action plan


@dataclass(frozen=True, slots=True)
class _TargetFile:
    version: str
    chapters: tuple[str, ...]
    targets: tuple[PlanTarget, ...]


def plan_targets() -> tuple[PlanTarget, ...]:
    """The action plan's targets T01 to T32 in order."""
    return _target_file().targets


def plan_chapters() -> tuple[str, ...]:
    """The parts of the action plan that targets stand in, in its own words and order."""
    return _target_file().chapters


@cache
def _target_file() -> _TargetFile:
    return msgspec.json.decode(resource("plan", "targets.json").read_bytes(), type=_TargetFile)


@cache
def examples(type_name: str) -> Examples | None:
    """The records of a type that come with the program to begin with; nothing for most types."""
    file = resource("examples", f"{type_name}.json")
    return msgspec.json.decode(file.read_bytes(), type=Examples) if file.is_file() else None


@cache
def visit_reasons() -> VisitReasons:
    """Why an enterprise should be visited next, with the points by which they are put in order."""
    return msgspec.json.decode(resource("plan", "next_visits.json").read_bytes(), type=VisitReasons)


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")

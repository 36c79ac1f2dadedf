"""What windows and commands show and only read: titles of records, words for links, choices, the tree of units.

Every function takes a connection to read from, so that a window can ask from its reader's thread.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from desktop.records.cells import Values
from desktop.records.codes import CodeList
from desktop.records.declaration import Field, Kind, Mask, RecordType
from desktop.records.display import display
from desktop.records.typed.texts import one_line
from desktop.records.typed.typed_numbers import decimal_text
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import SUPERIOR, UNIT
from desktop.store.merging import erasing
from desktop.store.queries import lookup, reading
from desktop.store.queries.reading import Compare, Filter, Query, Record
from desktop.store.tables import pinyin
from desktop.store.tables.database import Database
from desktop.store.workspaces import backups

Codes = Mapping[str, CodeList]
LONGEST_TITLE = 60
ERASED = "（已清除）"
"""What a record is called whose name was erased for good."""
NOT_FOUND = "（未找到）"
ELSEWHERE = "（已调到别的上级，本机没有登记）"
_PLAIN_KINDS = frozenset({Kind.TEXT, Kind.NOTE, Kind.DATE, Kind.INTEGER, Kind.TIME, Kind.USCC})
_DEEPEST = 2


def sum_words(record_type: RecordType, sums: Mapping[str, Decimal]) -> list[str]:
    """What fields add up to, each in a few words: 金额合计1200.5元."""
    fields = ((record_type.by_name[name], total) for name, total in sums.items())
    return [f"{f.label}合计{decimal_text(total)}{f.unit}" for f, total in fields]


def titles(
    database: Database, types: Catalogue, codes: Codes, type_name: str, ids: Iterable[str], depth: int = 0
) -> dict[str, str]:
    """The words by which people know records, by id; links in a title are words too. Unknown ids are left out."""
    record_type = types[type_name]
    wanted = sorted(set(ids))
    named = [record_type.by_name[name] for name in record_type.title]
    if all(f.kind in _PLAIN_KINDS and f.mask is Mask.NONE and not f.names_type for f in named):
        found = reading.titles(database, record_type, wanted)
        gone = erased(database, record_type, (key for key, words in found.items() if not words))
        return {
            key: one_line(words, LONGEST_TITLE) or (ERASED if key in gone else record_type.label)
            for key, words in found.items()
        }
    cells = lookup.values(database, record_type, wanted, record_type.title)
    return titles_of(database, types, codes, record_type, cells, depth)


def titles_of(
    database: Database,
    types: Catalogue,
    codes: Codes,
    record_type: RecordType,
    rows: Mapping[str, Values],
    depth: int = 0,
) -> dict[str, str]:
    """The words for records of one type whose values are at hand, by id; what they are linked with is read at once."""
    links = _title_links(database, types, codes, record_type, rows.values(), depth)
    words = {key: _title_words(codes, record_type, values, links) for key, values in rows.items()}
    unnamed = [key for key, said in words.items() if not said]
    # A name that leads to nothing here is one all the same.
    nameless = [k for k in unnamed if all(rows[k].get(n) in (None, "") for n in record_type.title)]
    gone = erased(database, record_type, nameless)
    return {key: said or (ERASED if key in gone else record_type.label) for key, said in words.items()}


def _title_links(
    database: Database,
    types: Catalogue,
    codes: Codes,
    record_type: RecordType,
    rows: Iterable[Values],
    depth: int,
) -> dict[str, str]:
    linked = [f for f in map(record_type.by_name.__getitem__, record_type.title) if f.link is not None]
    if not linked or depth >= _DEEPEST:
        return {}
    wanted: dict[str, set[str]] = {}
    for values in rows:
        for f in linked:
            if isinstance(cell := values.get(f.name), str) and cell and f.link is not None:
                wanted.setdefault(f.link, set()).add(cell)
    found: dict[str, str] = {}
    for link, ids in wanted.items():
        found |= titles(database, types, codes, link, ids, depth + 1)
    return found


def _title_words(codes: Codes, record_type: RecordType, values: Values, links: Mapping[str, str]) -> str:
    words = []
    for f in map(record_type.by_name.__getitem__, record_type.title):
        cell = values.get(f.name)
        words.append(
            links.get(str(cell), "") if f.kind is Kind.LINK else display(f, cell, codes=codes, masked=True)
        )
    return one_line(" ".join(filter(None, words)), LONGEST_TITLE)


def ranked(query: Query, types: Catalogue, codes: Codes) -> Query:
    """The query with the codes of the field that is its order as their list has them."""
    f = types[query.type].by_name.get(query.order)
    listed = codes.get(f.codes or "") if f is not None and f.kind in (Kind.CODE, Kind.CODES) else None
    return replace(query, ranked=() if listed is None else tuple(item.code for item in listed.items))


def erased(database: Database, record_type: RecordType, ids: Iterable[str]) -> frozenset[str]:
    """Those of these nameless records of which a part of the name was erased for good."""
    wanted = set(ids)
    if not wanted:
        return frozenset()
    slots = {record_type.slot_of[name] for name in record_type.title}
    return frozenset(
        record
        for (name, record), gone in erasing.targets(database).items()
        if name == record_type.name
        and record in wanted
        and not slots.isdisjoint(erasure.slot for erasure in gone)
    )


def title_of(database: Database, types: Catalogue, codes: Codes, held: Record) -> str:
    """The words for one record; of one whose name was erased, that it was."""
    return titles_of(database, types, codes, types[held.type], {held.id: held.values})[held.id]


def title(
    database: Database,
    types: Catalogue,
    codes: Codes,
    record_type: RecordType,
    values: Mapping[str, Cell],
) -> str:
    """The words for one record whose values are at hand."""
    links = _title_links(database, types, codes, record_type, [values], 0)
    return _title_words(codes, record_type, values, links) or record_type.label


def link_titles(
    database: Database,
    types: Catalogue,
    codes: Codes,
    record_type: RecordType,
    rows: Sequence[Mapping[str, Cell]],
) -> dict[str, str]:
    """The words for everything that these rows link to, by id."""
    wanted: dict[str, set[str]] = {}
    for f in record_type.fields:
        if f.link is not None:
            wanted.setdefault(f.link, set()).update(
                cell for row in rows if isinstance(cell := row.get(f.name), str) and cell
            )
    found: dict[str, str] = {}
    for link, ids in wanted.items():
        if ids:
            found |= titles(database, types, codes, link, ids)
    return found


def link_words(f: Field, cell: Cell, titles_of: Mapping[str, str]) -> str:
    """A link by the title of its record; of one that is not held here, that it is not."""
    return titles_of.get(str(cell)) or absent(f) if cell not in (None, "") else ""


def absent(f: Field) -> str:
    """What stands for a record that a link leads to and that is not held here.

    Superiors are held all the way up: one that is not has got the unit by a move to another branch.
    """
    return ELSEWHERE if f.link == UNIT and f.name == SUPERIOR else NOT_FOUND


@dataclass(frozen=True, slots=True)
class Choice:
    """A record that a link can lead to: its id, its words, and a second line that tells namesakes apart."""

    id: str
    title: str
    detail: str = ""


def choices(
    database: Database, types: Catalogue, codes: Codes, type_name: str, text: str, limit: int = 30
) -> list[Choice]:
    """The records of a type that a text finds (substring or pinyin initials), first ones first.

    Those that are called so come before those that only have it in an address or elsewhere, which may be thousands.
    """
    record_type = types[type_name]
    said = text.strip()
    order = reading.TITLE_ORDER if said else reading.NEWEST_ORDER
    query = Query(type_name, text=text, order=order, descending=not said)
    name = record_type.by_name[record_type.title[0]]
    how = (Compare.STARTS, Compare.CONTAINS) if said and name.kind is Kind.TEXT else ()
    asked = [replace(query, filters=(Filter(name.name, compare, said),)) for compare in how]
    held: dict[str, Record] = {}
    for one in (*asked, query):
        held |= {r.id: r for r in reading.records(database, types, one, limit)} if len(held) < limit else {}
    found = list(held.values())[:limit]
    words = titles_of(database, types, codes, record_type, {held.id: held.values for held in found})
    return [Choice(held.id, words[held.id], _detail(codes, record_type, held.values)) for held in found]


def _detail(codes: Codes, record_type: RecordType, values: Mapping[str, Cell]) -> str:
    """Up to two further columns of a list, masked, as they are told apart there."""
    shown = (
        display(f, values.get(f.name), codes=codes, masked=True)
        for f in record_type.columns
        if f.name not in record_type.title and f.kind is not Kind.LINK
    )
    return " · ".join([words for words in shown if words][:2])


def all_initials(text: str) -> list[str]:
    """The first letters of each character's pinyin, as people may type them to find a name, the usual ones first."""
    return pinyin.all_initials(text)


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit in the tree that is held here; ``superior`` is empty where the level above is not held."""

    id: str
    name: str
    superior: str


def unit_tree(database: Database, types: Catalogue) -> list[UnitNode]:
    """All living units that are held here, those above before those below."""
    if "unit" not in types:
        return []
    held = {r.id: r for r in reading.records(database, types, Query("unit"))}
    below: dict[str, list[str]] = {}
    for key, unit in held.items():
        superior = str(unit.values.get("superior") or "")
        below.setdefault(superior if superior in held and superior != key else "", []).append(key)
    nodes: list[UnitNode] = []
    seen: set[str] = set()

    # Step by step: whoever has registered his own units one below the other may have made thousands of levels.
    coming = [("", key) for key in reversed(below.get("", ()))]
    while coming:
        superior, key = coming.pop()
        if key not in seen:
            seen.add(key)
            nodes.append(UnitNode(key, str(held[key].values.get("name") or ""), superior))
            coming += [(key, lower) for lower in reversed(below.get(key, ()))]
    return nodes


def last_backup(folder: Path, today: datetime.date) -> datetime.date | None:
    """The day of the newest automatic backup of a workspace."""
    return backups.last_day(folder, today)

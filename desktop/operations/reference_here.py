"""Divisions, code lists and statutes as they count in a unit today: the program's with what was sent down from above.

Who may have said something is judged when it is loaded (:func:`desktop.store.queries.units.writers_above`), as for
templates.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Final
from weakref import WeakKeyDictionary

from desktop import reference
from desktop.records.cells import as_day
from desktop.records.changes import CodeChange, DivisionChange, changed_codes, changed_divisions
from desktop.records.codes import PLACES, TYPES, CodeItem, CodeList
from desktop.records.codes import places as list_of_places
from desktop.records.divisions import Divisions
from desktop.records.statutes import Statute
from desktop.records.typed.addresses import AddressLocator
from desktop.records.types import Catalogue
from desktop.reference import SHIPPED_LAWS, Laws
from desktop.store.queries import aggregates, reading
from desktop.store.queries.reading import Query, Record
from desktop.store.queries.units import writers_above
from desktop.store.tables.database import Database

DIVISION: Final = "division_change"
CODE: Final = "code_change"
LAW: Final = "statute_text"
_CHANGEABLE: Final = "changeable_list"
_BETWEEN: Final = re.compile(r"[、,，;；\s]+")


@dataclass(frozen=True)
class ReferenceHere:
    """``codes`` holds every list by id, the places of ``divisions`` among them, and the record types.

    ``laws`` are the statutes that a letter may quote.
    """

    divisions: Divisions
    codes: Mapping[str, CodeList]
    laws: Laws = SHIPPED_LAWS

    @cached_property
    def locator(self) -> AddressLocator:
        """What finds towns in addresses."""
        return reference.address_locator_of(self.divisions)


def shipped() -> ReferenceHere:
    """What comes with the program, for where no ledger is open."""
    return ReferenceHere(reference.divisions(), {**reference.code_lists(), PLACES: reference.places()})


_KNOWN: WeakKeyDictionary[Database, tuple[object, ReferenceHere]] = WeakKeyDictionary()
"""What was read on a connection, as long as nobody has written since and the day is the same."""


def reference_here(database: Database, types: Catalogue, unit: str, today: datetime.date) -> ReferenceHere:
    """What counts in a unit on a day; the same value as long as nothing of it has changed.

    Within a transaction what counted before it still does.
    """
    version = aggregates.version(database)
    mark, known = _KNOWN.get(database, (None, None))
    if known is not None and (version is None or mark == (version, unit, today)):
        return known
    found = _laid_over(
        tuple(_division(record) for record in said(database, types, DIVISION, unit)),
        tuple(_code(record) for record in said(database, types, CODE, unit)),
        tuple(filter(None, map(_law, said(database, types, LAW, unit)))),
        tuple((t.name, t.label) for t in types.values()),
        today,
    )
    if version is not None:
        _KNOWN[database] = ((version, unit, today), found)
    return found


def said(database: Database, types: Catalogue, name: str, unit: str) -> Iterator[Record]:
    """What of a type may count in a unit, the strongest last: by its day, the nearest level, its stamp."""
    held = reading.records(database, types, Query(name, order=reading.NEWEST_ORDER)) if name in types else []
    if held:
        chain = writers_above(database, types, types[name], unit)
        places = {u: place for place, u in enumerate(chain)}
        mine = [record for record in held if record.unit in places]
        yield from sorted(mine, key=lambda r: (_text(r, "started"), -places[r.unit], r.stamp))


def _text(record: Record, name: str) -> str:
    return str(record.values.get(name) or "").strip()


def _division(record: Record) -> DivisionChange:
    values = record.values
    return DivisionChange(
        _text(record, "code"), _text(record, "name"), as_day(values.get("started")),
        as_day(values.get("ended")), _text(record, "successor"),
    )  # fmt: skip


def _code(record: Record) -> CodeChange:
    values = record.values
    aliases = tuple(filter(None, _BETWEEN.split(_text(record, "aliases"))))
    return CodeChange(
        _text(record, "list"), record.id, _text(record, "item"), _text(record, "label"), aliases,
        as_day(values.get("started")), as_day(values.get("ended")), _text(record, "note"),
    )  # fmt: skip


_Entered = tuple[str, str, datetime.date, datetime.date, str, str]


def _law(record: Record) -> _Entered | None:
    """Nothing of one that says not from when it is the law."""
    version, effective = as_day(record.values.get("version")), as_day(record.values.get("effective"))
    if version is None or effective is None:
        return None
    name, words = _text(record, "name"), _text(record, "words")
    return name, words, version, effective, _text(record, "short_name"), _text(record, "source")


@lru_cache(maxsize=64)
def _statute(entered: _Entered) -> Statute:
    return reference.added_statute(*entered)


@lru_cache(maxsize=4)
def _laid_over(
    divisions: tuple[DivisionChange, ...],
    codes: tuple[CodeChange, ...],
    laws: tuple[_Entered, ...],
    types: tuple[tuple[str, str], ...],
    today: datetime.date,
) -> ReferenceHere:
    places, listed = _places(divisions, today if divisions else None)
    lists: Mapping[str, CodeList] = reference.code_lists()
    if codes:
        changeable = frozenset(lists[_CHANGEABLE].by_code)
        lists = changed_codes(lists, codes, changeable, today)
    named = CodeList(TYPES, tuple(CodeItem(name, label) for name, label in types), "记录类型")
    library = Laws(tuple(map(_statute, laws))) if laws else SHIPPED_LAWS
    return ReferenceHere(places, MappingProxyType({**lists, PLACES: listed, TYPES: named}), library)


@lru_cache(maxsize=4)
def _places(changes: tuple[DivisionChange, ...], today: datetime.date | None) -> tuple[Divisions, CodeList]:
    """The divisions and their list of codes, which take a while where they are not those of the program."""
    if today is None:
        return reference.divisions(), reference.places()
    found = changed_divisions(reference.divisions(), changes, today)
    return found, list_of_places(found)

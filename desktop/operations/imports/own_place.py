"""The place that a new record has when none is written: where its address lies, else that of the own unit."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.operations.imports.placing import Placed, PlaceFinder
from desktop.operations.reference_here import ReferenceHere
from desktop.operations.session import Session
from desktop.records.cells import Values
from desktop.records.declaration import RecordType
from desktop.records.divisions import DivisionLevel, Divisions

PLACE_FIELDS = ("town", "village")
"""The names of the fields that say in which town and village something lies."""
ADDRESSES = ("address", "registered_address")
_EMPLOYER = "enterprise"


def own_place(divisions: Divisions, code: str, record_type: RecordType) -> dict[str, str]:
    """The town and village of a unit of this code, where almost everything lies that it records; of a district none.

    A unit below a town without a division of its own has a code that begins with that of the town.
    """
    found: dict[str, str] = {}
    division = divisions.get(code) or divisions.get(code[:9])
    if division is not None and division.level is DivisionLevel.VILLAGE:
        found = {"town": division.parent, "village": division.code}
    elif division is not None and division.level is DivisionLevel.TOWN:
        found = {"town": division.code}
    return {name: code for name, code in found.items() if name in record_type.by_name}


def assumed_words(divisions: Divisions, place: Mapping[str, str]) -> str:
    """What is said of a place that was assumed."""
    names = "".join(found.name for code in place.values() if (found := divisions.get(code)) is not None)
    return f"没有写在哪里，按本单位填了“{names}”，不对的请改"


class OwnPlace:
    """Says for records of one type that come without a form whether the own place is assumed.

    Any place, an address of whatever kind, and an employer, who has a place of its own, tell otherwise. ``place`` is
    empty where nothing is ever assumed.
    """

    def __init__(self, session: Session, record_type: RecordType) -> None:
        divisions = session.reference.divisions
        self.place = own_place(divisions, session.unit.code, record_type)
        self.words = assumed_words(divisions, self.place)

    def of(self, values: Values) -> Mapping[str, str]:
        """The place for a new record of these values; empty where something else may tell one."""
        told = any(n in values for n in PLACE_FIELDS) or any(values.get(n) for n in (*ADDRESSES, _EMPLOYER))
        return {} if told else self.place


class AddressPlace:
    """Says for records of one type where their address lies, as a table does; ``area`` is the own unit's code."""

    def __init__(self, here: ReferenceHere, area: str, record_type: RecordType) -> None:
        self._finder = PlaceFinder(here, area)
        self._divisions = here.divisions
        self._fields = [name for name in PLACE_FIELDS if name in record_type.by_name]

    def of(self, values: Values) -> tuple[Mapping[str, str], str]:
        """Town and village of a new record that says none but has an address, and what is said of it."""
        found = Placed()
        if self._fields and not any(name in values for name in PLACE_FIELDS):
            addresses = filter(None, (values.get(name) for name in ADDRESSES))
            placed = (self._finder.address(str(address)) for address in addresses)
            found = next((place for place in placed if place.town is not None), found)
        told = {"town": found.town, "village": found.village}
        place = {name: code for name in self._fields if (code := told[name]) is not None}
        names = "".join(self._divisions[code].name for code in place.values()) if place else ""
        return place, f"没有写镇街，按地址填了“{names}”，不对的请改"

"""The place that a new record has where nothing tells another: that of the own unit."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.operations.imports.placing import PlaceFinder
from desktop.operations.session import Session
from desktop.records.checks import Values
from desktop.records.declaration import RecordType
from desktop.records.divisions import DivisionLevel, Divisions
from desktop.records.locations import LocationReason

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

    Any place, an employer that has one of its own, and an address outside or of several towns are told otherwise.
    """

    def __init__(self, session: Session, record_type: RecordType) -> None:
        here = session.reference
        self._place = own_place(here.divisions, session.unit.code, record_type)
        self.words = assumed_words(here.divisions, self._place)
        self._finder = PlaceFinder(here, session.unit.code) if self._place else None

    def of(self, values: Values) -> Mapping[str, str]:
        """The place for a new record of these values; empty where they tell one, or where it is not certain."""
        if (
            self._finder is None
            or any(n in values for n in PLACE_FIELDS)
            or values.get(_EMPLOYER) is not None
        ):
            return {}
        for name in ADDRESSES:
            address = values.get(name)
            if isinstance(address, str) and address:
                found = self._finder.address(address)
                if found.town is None and found.reason == LocationReason.NOTHING.message:
                    continue
                elsewhere = found.town != self._place["town"] or (
                    found.village is not None and self._place.get("village", found.village) != found.village
                )
                return {} if elsewhere else self._place
        return self._place

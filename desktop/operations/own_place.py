"""The place that a new record has where nothing tells another: that of the own unit."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.operations.session import Session
from desktop.records.checks import Values
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

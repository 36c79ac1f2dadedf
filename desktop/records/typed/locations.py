"""What an address says: the town or village that it lies in for certain, or why nothing is."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from desktop.records.divisions import Division


class LocationReason(enum.StrEnum):
    """Why an address has a town, or has none."""

    FOUND = "found"
    NOTHING = "nothing"
    AMBIGUOUS = "ambiguous"
    CONTRADICTION = "contradiction"
    OUTSIDE = "outside"

    @property
    def message(self) -> str:
        """The reason in a Chinese sentence."""
        return _MESSAGES[self]


_MESSAGES = {
    LocationReason.FOUND: "已确定",
    LocationReason.NOTHING: "地址里没有能确定镇街的文字",
    LocationReason.AMBIGUOUS: "地址可能属于几个镇街，请选择",
    LocationReason.CONTRADICTION: "地址里的区划名称互相矛盾，请核对",
    LocationReason.OUTSIDE: "地址不在本市",
}


@dataclass(frozen=True, slots=True)
class Location:
    """What an address says: the town or village if certain, else the reason and the towns to choose from."""

    division: Division | None
    reason: LocationReason
    candidates: tuple[Division, ...] = ()

"""What follows from how somebody became a member: by an admission first, by a transfer from where he was one before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

CHANGE, DAY, FIRST, WAY = (
    "membership_change", "membership_change_date", "first_admission_date", "admission_kind",
)  # fmt: skip
"""The last change and its day, as the 实名制 form has them; the first admission, and the way to this union."""
ADMITTED: Final = "1"
WAY_OF_CHANGE: Final[Mapping[str, str]] = {ADMITTED: "admitted", "2": "transferred_in"}
"""The changes by which somebody comes to a union, and the way that they are."""


def implied(values: Mapping[str, Any]) -> dict[str, str]:
    """The way that the last change says, and one day for an admission and for the change that it is.

    A person is admitted once and moves afterwards, so a change that is an admission is the first one.
    """
    change = str(values.get(CHANGE) or "")
    told = {WAY: WAY_OF_CHANGE[change]} if change in WAY_OF_CHANGE else {}
    day = values.get(DAY) or values.get(FIRST)
    if change == ADMITTED and day:
        told |= {DAY: str(day), FIRST: str(day)}
    return told

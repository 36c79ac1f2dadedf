"""The action plan's targets as values: the plan's own words, what is measured, and the readings left open."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from fractions import Fraction

PER_DISTRICT, PER_YEAR = "每区县", "每年"
"""Of what a count is wanted, where that changes how it is measured."""


class MeasureKind(enum.StrEnum):
    """A share of a whole, or a number of things."""

    SHARE = "share"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a target.

    ``at_least`` is an exact fraction or count as text, empty where the plan names none. ``per`` says of what
    the count is wanted (each year, each district), empty for the whole.
    """

    id: str
    label: str
    kind: MeasureKind
    numerator: str
    denominator: str = ""
    at_least: str = ""
    unit: str = ""
    per: str = ""

    @property
    def threshold(self) -> Fraction | None:
        """The exact value to reach, or ``None``."""
        return Fraction(self.at_least) if self.at_least else None


@dataclass(frozen=True, slots=True)
class Option:
    """One reading of an ambiguous word."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An ambiguity of the plan (口径) and its readings; ``default`` is an example, not official."""

    id: str
    label: str
    options: tuple[Option, ...]
    default: str


@dataclass(frozen=True, slots=True)
class PlanTarget:
    """One target. ``wording`` quotes the plan letter by letter, apart from line breaks; it stands in ``chapter``."""

    id: str
    label: str
    wording: tuple[str, ...]
    measures: tuple[Measure, ...]
    start: datetime.date | None = None
    due: datetime.date | None = None
    chapter: str = ""
    choices: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()

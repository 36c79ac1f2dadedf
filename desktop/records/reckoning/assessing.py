"""What the scores of an assessment add up to, step by step, and which grade that is by its template.

Pure: values in, values out. Points are decimals and are never rounded.
"""

from __future__ import annotations

import decimal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.records.cells import Values
from desktop.records.typed.typed_numbers import decimal_text, stored_decimal

STEPS: Final[Mapping[str, str]] = {"self": "自评", "town": "镇街审核", "district": "区县评定"}
"""The steps of an assessment by the beginnings of their fields, in the order in which they are taken."""
_GRADES: Final = (("lively_from", "lively"), ("ordinary_from", "ordinary"))


@dataclass(frozen=True, slots=True)
class Total:
    """One step: what its scores add up to, and of how many criteria how many have one."""

    step: str
    points: decimal.Decimal
    scored: int
    criteria: int

    @property
    def complete(self) -> bool:
        """Whether every criterion has its score."""
        return 0 < self.scored == self.criteria

    @property
    def cell(self) -> str:
        """The sum as a decimal is stored."""
        return decimal_text(self.points)

    @property
    def words(self) -> str:
        """The sum, and how far the scoring is."""
        rest = "" if self.complete else f"（已评{self.scored}项，共{self.criteria}项）"
        return f"{STEPS[self.step]}合计{self.cell}分{rest}"


def total(step: str, rows: Sequence[Values]) -> Total:
    """What the scores of one step add up to."""
    known = [n for row in rows if (n := stored_decimal(row.get(f"{step}_score"))) is not None]
    return Total(step, sum(known, decimal.Decimal()), len(known), len(rows))


def totals(rows: Sequence[Values]) -> list[Total]:
    """Those of the steps that have been begun."""
    return [found for step in STEPS if (found := total(step, rows)).scored]


def unlike(cell: object, computed: object) -> bool:
    """Whether a score is another one than the records give."""
    points, expected = stored_decimal(cell), stored_decimal(computed)
    return points is not None and expected is not None and points != expected


def above(cell: object, highest: object) -> bool:
    """Whether a score is higher than its criterion gives."""
    points, limit = stored_decimal(cell), stored_decimal(highest)
    return points is not None and limit is not None and points > limit


def grade(template: Values, points: decimal.Decimal) -> str:
    """The code of the grade by the template's lines; nothing where they are not drawn."""
    lines = [(stored_decimal(template.get(field)), code) for field, code in _GRADES]
    if lines[0][0] is None:
        return ""
    return next((code for line, code in lines if line is not None and points >= line), "inactive")

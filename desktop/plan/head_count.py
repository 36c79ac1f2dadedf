"""The head-count that the work list and the next visits go by: that of T03 as it is read here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from desktop.plan.chosen import chosen
from desktop.plan.indicators import choices
from desktop.records.types import Catalogue
from desktop.store.queries.aggregates import Condition
from desktop.store.tables.database import Database

STAFF: Final = "staff"
"""Stands in conditions for the fact that :class:`HeadCount` names."""
_TARGET, _CHOICE = "T03", "staff_count_basis"


@dataclass(frozen=True, slots=True)
class HeadCount:
    """Which count of an employer's staff is meant: the fact of the ledger and what people call it."""

    fact: str
    label: str

    def of(self, conditions: Iterable[Condition]) -> tuple[Condition, ...]:
        """Conditions with this fact where they ask for the staff."""
        return tuple(replace(c, fact=self.fact) if c.fact == STAFF else c for c in conditions)


def head_count(database: Database, types: Catalogue, unit: str) -> HeadCount:
    """What a district or city has chosen for this unit, else the default of T03."""
    known = choices()
    (asked,) = (c for c in known[_TARGET] if c.id == _CHOICE)
    code = chosen(database, types, unit, known).get(f"{_TARGET}.{_CHOICE}", asked.default)
    return HeadCount(code, next(o.label for o in asked.options if o.code == code))

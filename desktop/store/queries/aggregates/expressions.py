"""How facts are declared, and the expressions that facts of several record types share.

In an expression ``r`` is the record; other aliases are joins, which are made only when used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Facts:
    """The facts of one record type: expressions by name, and the joins and tables by the names that they use.

    ``owner`` is the reference of the unit that a record is counted at: the one that it belongs to.
    """

    type: str
    columns: Mapping[str, str]
    joins: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    owner: str = "r.unit"

    def joins_for(self, expressions: Iterable[str]) -> str:
        """The joins whose aliases these expressions name."""
        used = set(re.findall(r"\b([a-z_]+)\.", " ".join(expressions)))
        return " ".join(f"LEFT JOIN {join}" for alias, join in self.joins.items() if alias in used)

    def tables_for(self, expressions: Sequence[str]) -> str:
        """The tables that these expressions and their joins look into, as the beginning of a statement.

        Each is computed once, and may look into those before it.
        """
        text = " ".join([*expressions, self.joins_for(expressions)])
        used: list[str] = []
        for name, sql in reversed(list(self.tables.items())):
            if name in text:
                used.insert(0, f"{name} AS MATERIALIZED ({sql})")
                text += sql
        return f"WITH {', '.join(used)} " if used else ""


def ended(union: str) -> str:
    """Whether a union was revoked or deregistered by the day; without a date it is over."""
    return (
        f"(coalesce({union}.status, 'normal') IN ('revoked', 'deregistered')"
        f" AND coalesce({union}.status_date, '') <= :as_of)"
    )


def standing(union: str) -> str:
    """Whether a union existed on the day: founded by then, and not over."""
    return (
        f"(coalesce({union}.status, 'normal') <> 'preparing'"
        f" AND coalesce({union}.approval_date, {union}.established_date, '') <= :as_of AND NOT {ended(union)})"
    )


def member(person: str) -> str:
    """Whether somebody was a member on the day: not struck off, left or transferred out by then."""
    return (
        f"(coalesce({person}.first_admission_date, '') <= :as_of"
        f" AND NOT (coalesce({person}.membership_change BETWEEN '4' AND '6', 0)"
        f" AND coalesce({person}.membership_change_date, '') <= :as_of))"
    )


def entered(record: str) -> str:
    """Whether a record stood in the national system on the day."""
    return f"coalesce({record}.national_entry_date <= :as_of, 0)"


_DOUBLES = "records_of_one_person"


def doubles(table: str, **orders: str) -> dict[str, str]:
    """Living records whose id number others have too, which are few, with their places in these orders."""
    places = "".join(
        f", row_number() OVER (PARTITION BY s.id_number ORDER BY {order}, s.id) AS {name}"
        for name, order in orders.items()
    )
    held_twice = f"SELECT id_number FROM {table} WHERE id_number <> '' GROUP BY id_number HAVING count(*) > 1"
    return {
        _DOUBLES: f"SELECT s._row AS row{places} FROM {table} s WHERE s._life <> 1 AND s.id_number IN ({held_twice})"
    }


def first_by(order: str) -> str:
    """Whether a record is the only one of its person, or the first in an order of :func:`doubles`."""
    return f"(r._row IN (SELECT row FROM {_DOUBLES} WHERE {order} > 1)) IS NOT TRUE"

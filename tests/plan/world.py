"""A district's workspace for plan tests: units made at will, records saved in one line, numbers read in one line."""

from __future__ import annotations

import datetime
import hashlib
import itertools
from collections.abc import Mapping
from fractions import Fraction

from desktop.operations.plan import plan
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.plan.results import Figure, Indicator
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NewRecord
from desktop.store.queries import aggregates

TODAY = datetime.date(2026, 11, 23)
"""The day that the workspaces of tests stand at."""

_NUMBERS = itertools.count()


class World:
    """One workspace; each test works under units of its own, so that they do not see each other."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def unit(self, name: str = "镇", superior: str | None = None, **values: Cell) -> str:
        """A new unit of the tree, right below the workspace's own if nothing else is said."""
        key = hashlib.md5(f"unit{next(_NUMBERS)}".encode()).hexdigest()
        above = superior or self.session.unit.id
        cells: dict[str, Cell] = {"name": name, "level": "town", "superior": above, **values}
        birth = NewRecord("unit", key, self.session.unit.id, cells)
        self.session.ledger.write("建立体系", "王芳", births=[birth])
        return key

    def save(self, type_name: str, unit: str, **values: Cell) -> str:
        """A new record of a unit; what the program works out itself is written as the program does."""
        record_type = self.session.types[type_name]
        typed = {n: v for n, v in values.items() if not record_type.by_name[n].reckoned}
        record = records.save(self.session, type_name, typed, unit=unit).record
        if len(typed) < len(values):
            edits = records.slot_edits(self.session, record_type, record, values)
            self.session.ledger.write("写入", "王芳", edits=edits)
        return record

    def edit(self, type_name: str, record: str, **values: Cell) -> None:
        """Changes fields of a record."""
        records.save(self.session, type_name, values, record=record)

    def firm(self, unit: str, staff: int | None = 30, **values: Cell) -> str:
        """A living non-public enterprise without a union."""
        given: dict[str, Cell] = {"name": "某公司", "sector": "non_public", "surveyed_staff": staff, **values}
        return self.save("enterprise", unit, **given)

    def union(self, unit: str, approved: str | None = "2025-03-01", **values: Cell) -> str:
        """A union that was founded."""
        given: dict[str, Cell] = {
            "name": "某工会",
            "kind": "independent",
            "status": "normal",
            "founding_kind": "new",
        }
        return self.save("union", unit, **{**given, "approval_date": approved, **values})

    def member(self, unit: str, **values: Cell) -> str:
        """A member."""
        given: dict[str, Cell] = {"name": "张三", "membership_change": "1", "admission_kind": "admitted"}
        return self.save("member", unit, **{**given, **values})

    def course(self, unit: str, day: str, **values: Cell) -> str:
        """A course of one day that counts for rotation."""
        return self.save(
            "course", unit, **{"name": "班", "category": "rotation", "started_date": day, **values}
        )

    def attend(self, unit: str, course: str, officer: str | None, **values: Cell) -> str:
        """Attendance of half a day."""
        given: dict[str, Cell] = {"course": course, "officer": officer, "name": "李四", "half_days": "d01am"}
        return self.save("attendance", unit, **{**given, **values})

    def take(
        self,
        indicator: str,
        unit: str,
        as_of: datetime.date | str = TODAY,
        options: Mapping[str, str] | None = None,
    ) -> Indicator:
        """One indicator of a unit."""
        day = datetime.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        (found,) = plan.indicators(self.session, day, unit, options, only=[indicator])
        return found

    def share(
        self, indicator: str, unit: str, as_of: datetime.date | str = TODAY, **options: str
    ) -> tuple[int, int]:
        """Numerator and denominator of a unit; the lists behind them are compared with both."""
        figure = self.take(indicator, unit, as_of, options).figure
        assert figure.denominator is not None
        hits, whole, missing = self.ids(figure)
        assert (len(hits), len(whole)) == (figure.numerator.computed, figure.denominator.computed)
        assert missing == whole - hits
        assert hits <= whole
        return whole_number(figure.numerator.total), whole_number(figure.denominator.total)

    def count(self, indicator: str, unit: str, as_of: datetime.date | str = TODAY, **options: str) -> int:
        """The number of a count."""
        return whole_number(self.take(indicator, unit, as_of, options).figure.numerator.total)

    def ids(self, figure: Figure) -> tuple[set[str], set[str], set[str]]:
        """The records of numerator, denominator and what is missing."""
        lists = (figure.hits, figure.whole, figure.missing)
        hits, whole, missing = (
            set(aggregates.record_ids(self.session.database, s)) if s is not None else set() for s in lists
        )
        return hits, whole, missing

    def work(self, as_of: datetime.date = TODAY) -> dict[str, int]:
        """The numbers of the work list by kind."""
        items = plan.worklist(self.session, as_of)
        for item in items:
            if item.records is not None:
                assert len(aggregates.record_ids(self.session.database, item.records)) == item.count
        return {item.kind: item.count for item in items}


def whole_number(value: Fraction) -> int:
    """A number that must be whole."""
    assert value.denominator == 1
    return int(value)

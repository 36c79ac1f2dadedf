"""Every indicator over generated ledgers agrees with the same rules said plainly, record by record, at every unit."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.operations import plan
from desktop.plan.results import DASH, Figure
from tests.plan.oracle import Book, Counted, Oracle
from tests.plan.world import World

DAYS = st.sampled_from(
    [
        "2023-12-31", "2024-01-01", "2024-02-29", "2025-02-28", "2025-03-01", "2025-11-22", "2025-11-23",
        "2025-11-24", "2026-06-30", "2026-11-22", "2026-11-23", "2026-11-24", "2026-12-31", "2027-01-01",
    ]
)  # fmt: skip
AS_OF = st.sampled_from([datetime.date(2025, 2, 28), datetime.date(2026, 11, 23), datetime.date(2027, 6, 1)])
MAYBE_DAY = st.none() | DAYS
PERSON = st.sampled_from([None, "A", "A", "B"])
_PERSONS = ("T02", "T10.members", "T24")
"""What counts a person once, on whichever of several records."""


class Maker:
    """Draws records, saves them and keeps them for the oracle."""

    def __init__(self, data: st.DataObject, world: World) -> None:
        self.draw = data.draw
        self.world = world
        self.book = Book()
        self.district = world.unit("区")
        self.units = [self.district, world.unit("甲镇", self.district), world.unit("乙镇", self.district)]
        self.unit_of: dict[str, str] = {}

    def some(self, most: int) -> range:
        return range(self.draw(st.integers(0, most)))

    def save(self, type_name: str, **values: Any) -> str:
        unit = self.draw(st.sampled_from(self.units))
        key = self.book.add(type_name, self.world.save(type_name, unit, **values), **values)
        self.unit_of[key] = unit
        return key

    def pick(self, *values: Any) -> Any:
        return self.draw(st.sampled_from(values))

    def day(self) -> Any:
        return self.draw(MAYBE_DAY)

    def known(self, type_name: str) -> Any:
        return self.pick(None, *(r["id"] for r in self.book.of(type_name)))

    def person(self) -> str | None:
        letter = self.draw(PERSON)
        return letter and f"{letter}{self.district}"

    def firms_and_unions(self) -> None:
        for _ in self.some(4):
            self.save(
                "enterprise", name="甲", surveyed_staff=self.pick(None, 24, 25, 49, 50, 99, 100, 120),
                sector=self.pick("non_public", "non_public", "state_owned", "institution", "organ"),
                status=self.pick(None, "active", "active", "deregistered"), status_date=self.day(),
                in_park=self.pick(None, 0, 1), union_state=self.pick(None, "N", "Y"),
            )  # fmt: skip
        for _ in self.some(4):
            self.save(
                "union", name="乙", approval_date=self.day(), established_date=self.day(),
                status=self.pick("normal", "normal", "preparing", "revoked"), status_date=self.day(),
                founding_kind=self.pick(None, "new", "renamed", "split"), enterprise=self.known("enterprise"),
                kind=self.pick(None, "independent", "joint", "general"), national_entry_date=self.day(),
            )  # fmt: skip
        if self.book.of("enterprise") and self.book.of("union"):
            for _ in self.some(3):
                self.save(
                    "coverage", union=self.pick(*(r["id"] for r in self.book.of("union"))),
                    enterprise=self.pick(*(r["id"] for r in self.book.of("enterprise"))),
                    started=self.draw(DAYS), ended=self.day(),
                )  # fmt: skip

    def members(self) -> None:
        for _ in self.some(5):
            self.save(
                "member", name="丙", union=self.known("union"), id_number=self.person(),
                first_admission_date=self.day(), admission_kind=self.pick("admitted", "transferred_in"),
                membership_change=self.pick("1", "2", "4", "6"), membership_change_date=self.day(),
                national_entry_date=self.day(),
            )  # fmt: skip

    def sessions(self) -> None:
        for _ in self.some(4):
            self.save(
                "congress", name="丁", enterprise=self.known("enterprise"), started_date=self.draw(DAYS),
                kind=self.pick(None, "congress", "regional"), expected_count=self.pick(None, 30, 30),
                present_count=self.pick(None, 19, 20, 31),
            )  # fmt: skip
        for _ in self.some(2):
            self.save(
                "meeting", name="戊", enterprise=self.known("enterprise"), started_date=self.draw(DAYS),
                kind=self.pick("candid_talk", "union_committee"),
            )  # fmt: skip

    def training(self) -> None:
        for _ in self.some(3):
            self.save(
                "officer", name="己", id_number=self.person(), service_started=self.day(),
                service_ended=self.pick(None, None, self.day()),
            )  # fmt: skip
        for _ in self.some(3):
            self.save(
                "course", name="庚", category=self.pick("initial", "rotation"), started_date=self.draw(DAYS),
                counts_for_rotation=self.pick(None, 0, 1), counts_for_initial=self.pick(None, 0, 1),
            )  # fmt: skip
        if self.book.of("officer"):
            for _ in self.some(3):
                self.save(
                    "appointment", officer=self.pick(*(r["id"] for r in self.book.of("officer"))),
                    started=self.draw(DAYS), ended=self.day(), newly_appointed=self.pick(None, 0, 1, 1),
                    category=self.pick("grassroots_chair", "social_worker", "other"),
                )  # fmt: skip
        if self.book.of("course"):
            for _ in self.some(5):
                self.save(
                    "attendance", name="辛", course=self.pick(*(r["id"] for r in self.book.of("course"))),
                    officer=self.known("officer"), half_days=self.pick(None, "d01am"),
                    result=self.pick(None, "passed", "failed"), counts_for_rotation=self.pick(None, None, 0, 1),
                    counts_for_initial=self.pick(None, None, 0, 1),
                )  # fmt: skip

    def keys(self, ids: set[str], *, persons: bool) -> set[str]:
        """What is counted once: persons by their number where they have one."""
        if not persons:
            return ids
        rows = {r["id"]: r for t in ("member", "officer") for r in self.book.of(t)}
        return {rows[i].get("id_number") or i for i in ids}

    def compare(self, day: datetime.date) -> None:
        expected = Oracle(self.book, day).all()
        for taken in plan.indicators(self.world.session, day, self.district, {"denominator": "roster"}):
            counted, persons = expected[taken.id], taken.id in _PERSONS
            self._figure(taken.id, taken.figure, counted, persons=persons)
            self._sums(taken.figure, taken.below)
            if persons:
                continue
            for below in taken.below:
                hits, whole, _ = self.world.ids(below)
                assert hits == self._at(counted.hits, below), taken.id
                assert counted.whole is None or whole == self._at(counted.whole, below), taken.id

    def _at(self, ids: set[str], figure: Figure) -> set[str]:
        return {i for i in ids if self.unit_of[i] == figure.unit}

    def _figure(self, name: str, figure: Figure, counted: Counted, *, persons: bool) -> None:
        hits, whole, missing = self.world.ids(figure)
        assert self.keys(hits, persons=persons) == counted.hits, name
        assert len(hits) == len(counted.hits) == figure.numerator.computed, name
        if counted.whole is None:
            return
        assert figure.denominator is not None
        assert self.keys(whole, persons=persons) == counted.whole, name
        assert len(whole) == len(counted.whole) == figure.denominator.computed, name
        assert missing == whole - hits, name
        assert (figure.percent == DASH) is (not counted.whole), name

    @staticmethod
    def _sums(figure: Figure, below: tuple[Figure, ...]) -> None:
        if not below:
            return
        assert sum(f.numerator.computed for f in below) == figure.numerator.computed
        if figure.denominator is not None:
            assert sum(f.denominator.computed for f in below if f.denominator) == figure.denominator.computed


def _settings(examples: int) -> Any:
    return settings(max_examples=examples, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_settings(40)
@given(st.data(), AS_OF)
def test_enterprises_unions_and_sessions(world: World, data: st.DataObject, day: datetime.date) -> None:
    made = Maker(data, world)
    made.firms_and_unions()
    made.sessions()
    made.compare(day)


@_settings(40)
@given(st.data(), AS_OF)
def test_members_and_their_unions(world: World, data: st.DataObject, day: datetime.date) -> None:
    made = Maker(data, world)
    made.firms_and_unions()
    made.members()
    made.compare(day)


@_settings(60)
@given(st.data(), AS_OF)
def test_officers_and_their_training(world: World, data: st.DataObject, day: datetime.date) -> None:
    made = Maker(data, world)
    made.training()
    made.compare(day)

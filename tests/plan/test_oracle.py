"""Every indicator over generated ledgers agrees with the same rules said plainly, record by record, at every unit."""

from __future__ import annotations

import contextlib
import datetime
import itertools
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.operations.plan import plan
from desktop.plan.results import DASH, Figure
from tests.conftest import examples
from tests.plan.oracle import Book, Counted, Oracle
from tests.plan.oracle_registers import Registers
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
_PERSONS = ("T02", "T10.members", "T17", "T24")
"""What counts a person once, on whichever of several records."""
READINGS = {"denominator": "roster", "roster": "1", "activities": "1"}
"""Readings under which few records are enough."""
_PLACES = itertools.count(999_000_000)


class Maker:
    """Draws records, saves them and keeps them for the oracle."""

    def __init__(self, data: st.DataObject, world: World) -> None:
        self.draw = data.draw
        self.world = world
        self.book = Book()
        self.district = world.unit("区", level="district")
        self.places = [str(next(_PLACES)) for _ in range(2)]
        self.units = [self.district]
        for name, place in zip(("甲镇", "乙镇"), self.places, strict=True):
            self.units.append(world.unit(name, self.district, place=place))
        self.tree: dict[str, dict[str, str | None]] = {
            key: {"superior": self.district, "level": "town", "place": place}
            for key, place in zip(self.units[1:], self.places, strict=True)
        }
        self.tree[self.district] = {"superior": None, "level": "district", "place": None}
        self.unit_of: dict[str, str] = {k: k for k in self.units}
        for key in self.units:
            world.save("pairing", key, union_name="没有指标看的记录")

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
                above_scale=self.pick(None, "industry", "none"),
                platform_role=self.pick(None, "headquarters", "branch", "partner"),
            )  # fmt: skip
        for _ in self.some(4):
            self.save(
                "union", name="乙", approval_date=self.day(), established_date=self.day(),
                status=self.pick("normal", "normal", "preparing", "revoked"), status_date=self.day(),
                founding_kind=self.pick(None, "new", "renamed", "split"), enterprise=self.known("enterprise"),
                kind=self.pick(None, "independent", "joint", "general"), national_entry_date=self.day(),
                has_account=self.pick(None, 0, 1), member_count=self.pick(None, 3),
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
                national_entry_date=self.day(), key_group=self.pick(None, "courier"),
                enterprise=self.known("enterprise"),
            )  # fmt: skip

    def platforms(self) -> None:
        for firm in self.book.of("enterprise"):
            for _ in self.some(2):
                self.save(
                    "platform_affiliation", enterprise=firm["id"], platform="某外卖", field="food_delivery",
                    role=self.pick("headquarters", "branch", "franchisee"), started=self.day(),
                    ended=self.pick(None, None, self.day()), belongs_locally=self.pick(None, 0, 1),
                )  # fmt: skip

    def surveys(self) -> None:
        for _ in self.some(6):
            self.save(
                "new_form_survey", key_group=self.pick("courier", "food_delivery_rider"),
                as_of_date=self.draw(DAYS), town=self.pick(None, *self.places),
                site_name=self.pick(None, None, "一站"), workforce_count=self.pick(None, 0, 7, 100),
                daily_active_count=self.pick(None, 40), member_count=self.pick(None, 5, 60),
            )  # fmt: skip

    def town(self) -> str:
        return str(self.pick(*self.places))

    def registers(self) -> None:
        for _ in self.some(3):
            self.save(
                "union", name="壬", kind="joint", approval_date=self.day(), town=self.town(),
                status=self.pick("normal", "revoked"), status_date=self.day(), new_trade=self.pick(None, "express"),
                category=self.pick("town_new_form_joint", "new_form_industry_union", "town_general"),
            )  # fmt: skip
        for _ in self.some(3):
            self.save(
                "area", name="癸", kind=self.pick("park", "economic_zone", "building"), town=self.town(),
                union_state=self.pick("federation", "joint", "none"), federation=self.known("union"),
                covered_since=self.day(),
            )  # fmt: skip
        for _ in self.some(3):
            self.save(
                "nomination", union_name=self.town() + "工会", kind=self.pick("new_form_city", "new_form_local"),
                year=self.pick(2025, 2026), result=self.pick("named", "named", "nominated"), naming_date=self.day(),
            )  # fmt: skip
        for _ in self.some(3):
            self.save(
                "service_site", name="寅", kind=self.pick("standard", "round_the_clock", "culture_palace"),
                town=self.town(), round_the_clock=self.pick(None, 0, 1), built_date=self.day(),
                state=self.pick(None, "running", "closed"), state_date=self.day(),
            )  # fmt: skip
        for _ in self.some(3):
            self.save(
                "meeting", name="卯", kind="government_union", started_date=self.draw(DAYS),
                union=self.known("union"),
            )  # fmt: skip

    def teams(self) -> None:
        for _ in self.some(2):
            team = self.save(
                "volunteer_team", name="辰", registered_date=self.draw(DAYS),
                registered_with=self.pick(None, "区总工会"), state=self.pick(None, "running", "closed"),
            )  # fmt: skip
            for _ in self.some(2):
                self.save(
                    "volunteer", volunteer_team=team, name="巳", started=self.draw(DAYS), ended=self.day()
                )
            for _ in self.some(2):
                self.save(
                    "volunteer_activity", volunteer_team=team, topic="午", activity_date=self.draw(DAYS)
                )

    def letters(self) -> None:
        for _ in self.some(3):
            letter = self.save(
                "case_document", kind=self.pick("reminder_letter", "suggestion_letter"), issue_date=self.day(),
                voided_date=self.pick(None, None, self.day()), reply_days=self.pick(1, 5, 30),
                reply_day_kind=self.pick(None, "working"),
            )  # fmt: skip
            for _ in self.some(2):
                self.save(
                    "case_event",
                    document=letter,
                    kind=self.pick("served", "served", "replied", "urged"),
                    event_date=self.draw(DAYS),
                    service_result=self.pick("received", "received", "refused"),
                )

    def sessions(self) -> None:
        for _ in self.some(4):
            self.save(
                "congress", name="丁", enterprise=self.known("enterprise"), started_date=self.draw(DAYS),
                kind=self.pick(None, "congress", "regional", "assembly"), expected_count=self.pick(None, 30, 30),
                present_count=self.pick(None, 19, 20, 31), level=self.pick(None, "own", "branch"),
            )  # fmt: skip
        for _ in self.some(2):
            self.save(
                "meeting", name="戊", enterprise=self.known("enterprise"), started_date=self.draw(DAYS),
                kind=self.pick("candid_talk", "union_committee"),
            )  # fmt: skip

        for firm in self.book.of("enterprise"):
            for _ in self.some(1):
                self.save(
                    "democratic_system", enterprise=firm["id"], form=self.pick("new_form", "micro_assembly"),
                    established_date=self.day(), ended=self.day(),
                )  # fmt: skip
            for _ in self.some(1):
                self.save(
                    "mailbox_letter",
                    enterprise=firm["id"],
                    subject="未",
                    received_date="2023-12-31",
                    answered_date=self.day(),
                )

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

    def compare(self, day: datetime.date, *targets: str) -> None:
        oracle = Oracle(self.book, day)
        expected = oracle.all() | Registers(oracle, self.tree, self.unit_of).all()
        for taken in plan.indicators(self.world.session, day, self.district, READINGS, only=targets):
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
        assert len(hits) == len(counted.hits), name
        numerator, denominator = counted.amounts or (len(counted.hits), len(counted.whole or ()))
        assert figure.numerator.computed == numerator, name
        if counted.whole is None:
            return
        assert figure.denominator is not None
        assert self.keys(whole, persons=persons) == counted.whole, name
        assert len(whole) == len(counted.whole), name
        assert figure.denominator.computed == denominator, name
        if counted.amounts is not None:
            return
        assert missing == whole - hits, name
        assert (figure.percent == DASH) is (not counted.whole), name

    @staticmethod
    def _sums(figure: Figure, below: tuple[Figure, ...]) -> None:
        if not below:
            return
        assert sum(f.numerator.computed for f in below) == figure.numerator.computed
        if figure.denominator is not None:
            assert sum(f.denominator.computed for f in below if f.denominator) == figure.denominator.computed


class _Undone(Exception):
    """Takes back what an example has written: the next one begins as small, and nothing waits for the disk."""


_EXAMPLES = itertools.count(1)


@contextlib.contextmanager
def _made(data: st.DataObject, world: World) -> Iterator[Maker]:
    """An example in the ledger. Every tenth stays there: what lies beside counts for nobody else."""
    with contextlib.suppress(_Undone), world.session.database.transaction():
        yield Maker(data, world)
        if next(_EXAMPLES) % 10:
            raise _Undone


def _settings(number: int) -> settings:
    return settings(
        max_examples=examples(number), suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


@_settings(20)
@given(st.data(), AS_OF)
def test_enterprises_unions_and_sessions(world: World, data: st.DataObject, day: datetime.date) -> None:
    with _made(data, world) as made:
        made.firms_and_unions()
        made.sessions()
        made.compare(day, "T01", "T03", "T04", "T05", "T06", "T10", "T12", "T13", "T21", "T22", "T27")


@_settings(12)
@given(st.data(), AS_OF)
def test_platforms_and_people_of_new_trades(world: World, data: st.DataObject, day: datetime.date) -> None:
    with _made(data, world) as made:
        made.firms_and_unions()
        made.platforms()
        made.surveys()
        made.compare(day, "T07", "T08", "T09", "T14", "T15", "T16")


@_settings(12)
@given(st.data(), AS_OF)
def test_registers_of_the_plan(world: World, data: st.DataObject, day: datetime.date) -> None:
    with _made(data, world) as made:
        made.registers()
        made.teams()
        made.letters()
        made.compare(day, "T18", "T19", "T20", "T23", "T26", "T28", "T29")


@_settings(20)
@given(st.data(), AS_OF)
def test_members_and_their_unions(world: World, data: st.DataObject, day: datetime.date) -> None:
    with _made(data, world) as made:
        made.firms_and_unions()
        made.members()
        made.compare(day, "T02", "T05", "T06", "T10", "T11", "T17")


@_settings(30)
@given(st.data(), AS_OF)
def test_officers_and_their_training(world: World, data: st.DataObject, day: datetime.date) -> None:
    with _made(data, world) as made:
        made.training()
        made.compare(day, "T24", "T25")

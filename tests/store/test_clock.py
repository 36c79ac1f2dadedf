"""A date in doubt: a person is asked before the first save, by the day in China, and once a day."""

from __future__ import annotations

import datetime
import secrets

import pytest

from desktop.records.versions import stamps
from desktop.store.tables.clock import Clock, WrongClock
from desktop.store.tables.database import Database
from desktop.store.tables.environment import EPOCH_MS, Environment

MORNING = 1_795_392_000_000 - 60_000
"""A minute before midnight in Greenwich, when it is 07:59 of 2026-11-23 in China."""
DAY = 86_400_000


def new_database(made: int) -> Database:
    """What of a ledger a clock asks, as it is before the first save."""
    database = Database.open(None, bytes(32))
    database.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    database.execute("CREATE TABLE operator (name TEXT PRIMARY KEY, created INTEGER NOT NULL)")
    database.execute("INSERT INTO operator VALUES ('王芳', ?)", (made,))
    return database


class World:
    """A clock over a database that has been written to, unless nothing was saved yet, at a time that a test sets."""

    def __init__(self, *, saved: bool = True) -> None:
        self.at = MORNING
        self.clock = Clock(new_database(MORNING), Environment(lambda: self.at), "ab" * 32)
        if saved:
            self.clock.next_stamp()
        self.asked: list[datetime.date] = []

    def answering(self, answer: bool) -> None:
        def ask(problem: WrongClock) -> bool:
            self.asked.append(problem.day)
            return answer

        self.clock.ask = ask


@pytest.mark.parametrize("days", [40, -3, -4_000])
def test_a_date_that_a_person_finds_right_holds_for_the_day(days: int) -> None:
    world = World()
    world.at += days * DAY
    world.answering(True)
    world.clock.check()
    world.clock.check()
    assert world.asked == [datetime.date(2026, 11, 23) + datetime.timedelta(days)]
    assert world.clock.next_stamp() > 0


def test_a_date_that_a_person_finds_wrong_refuses_the_save_and_asks_again_at_the_next() -> None:
    world = World()
    world.at += 40 * DAY
    world.answering(False)
    for _ in range(2):
        with pytest.raises(WrongClock, match="2027年1月2日"):
            world.clock.check()
    assert len(world.asked) == 2


@pytest.mark.parametrize("heard", [False, True])
def test_the_first_save_of_all_is_asked_about_like_any_other(heard: bool) -> None:
    """A month after the ledger was made, or after its grant alone was heard: later the right date is in doubt."""
    world = World(saved=False)
    if heard:
        world.clock.observe(stamps.make(stamps.tick_at(MORNING - EPOCH_MS), 0))
    world.at += 29 * DAY
    world.clock.check()
    world.at += 2 * DAY
    with pytest.raises(WrongClock, match="三十天"):
        world.clock.check()


def test_nobody_is_asked_about_a_date_that_no_stamp_can_say() -> None:
    world = World()
    world.at += 100 * 365 * DAY
    world.answering(True)
    with pytest.raises(WrongClock, match="不可能"):
        world.clock.check()
    assert not world.asked


def test_a_day_or_a_month_of_pause_is_nothing_to_ask_about() -> None:
    world = World()
    world.answering(False)
    for days in (0, 1, 29):
        world.at = MORNING + days * DAY
        world.clock.check()
    world.at = MORNING - DAY + 1_000
    world.clock.check()


def test_each_doubt_is_one_of_its_own() -> None:
    """A date before the program, though nothing was saved yet; and one behind the ledger, though after the program."""
    world = World()
    clock = Clock(
        new_database(MORNING), Environment(lambda: MORNING - 4_000 * DAY, secrets.token_bytes), "ab" * 32
    )
    with pytest.raises(WrongClock, match="发布日期"):
        clock.check()
    world.at = MORNING + 10 * DAY
    world.clock.next_stamp()
    world.at = MORNING + 8 * DAY
    with pytest.raises(WrongClock, match="早了一天以上"):
        world.clock.check()

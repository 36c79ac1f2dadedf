"""The ledger's hybrid logical clock: stamps that only grow, over a wall clock that nobody trusts (rules 3 and 19)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable

from desktop.errors import EnvironmentProblem
from desktop.records.typed.dates import day_words
from desktop.records.versions import stamps
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database
from desktop.store.tables.environment import EPOCH_MS, Environment

BUILD_DATE = datetime.date(2026, 11, 23)
"""Physical time is never below it: a laptop that says 2015 is wrong."""
EARLIEST = BUILD_DATE - datetime.timedelta(days=1)
"""The program may have been built where the day had begun already."""
BEHIND_MS = stamps.DAY_MS
AHEAD_MS = 30 * stamps.DAY_MS
FAR_MS = 366 * stamps.DAY_MS
"""How far the date here may lie behind the newest of all that others have written, before a person is asked who is
about to do what nothing takes back."""
LAST_MS = (1 << stamps.TICK_BITS - stamps.COUNTER_BITS) - stamps.DAY_MS
"""In 2089, a day before the last moment that a stamp can say."""
_CONFIRMED = "clock_confirmed"
"""The setting that holds the day of which a person has said that it is right."""


class WrongClock(EnvironmentProblem):
    """The computer's date cannot be right; a person must confirm it before the first save."""

    exit_code = 32
    next_step = "请先把电脑的日期和时间调对，再做这一步；如果日期没有错，请确认日期后继续。"

    def __init__(self, sentence: str, day: datetime.date) -> None:
        super().__init__(sentence)
        self.day = day
        self.if_right = ""
        """What follows when a person finds the date right, where that is not only that it goes on."""


class DateBeyondOthers(WrongClock):
    """Nothing that others have written comes near the date here, and what is about to be done cannot be taken back."""

    next_step = "请先把电脑的日期调对，再做这一步；日期没有错的，确认日期后继续。"


class Clock:
    """Gives stamps for one station; its memory is the ledger's ``meta`` table."""

    def __init__(self, database: Database, environment: Environment, station: str) -> None:
        self._db = database
        self._environment = environment
        self._station = station
        self._tag = stamps.tag_of(station)
        self.ask: Callable[[WrongClock], bool] | None = None
        """Asks a person whether today's date is right, while the save waits; without it a save in doubt is refused."""

    def last_tick(self) -> int:
        """The newest tick that was given or observed."""
        return int(self._db.value("SELECT value FROM meta WHERE key = 'clock'") or 0)

    def check(self) -> None:
        """Raises :class:`WrongClock` when the date is before the program, a day behind the ledger or a month ahead.

        Where a person can be asked and says that the date is right, it counts as confirmed for the day.
        """
        now = self._environment.now()
        if now - EPOCH_MS > LAST_MS:
            # No stamp can say it, so nobody can confirm it either.
            raise WrongClock("这台电脑的日期太晚了，不可能是对的。", datetime.date.max)
        doubt = self._doubt(now)
        if doubt is not None and not self.is_right(doubt):
            raise doubt

    def is_right(self, doubt: WrongClock) -> bool:
        """Whether a person has said of this day that it is right, or says so now that it is in doubt."""
        if self.is_confirmed(doubt.day):
            return True
        if self.ask is None or not self.ask(doubt):
            return False
        self._set(_CONFIRMED, doubt.day.isoformat())
        return True

    def is_confirmed(self, day: datetime.date) -> bool:
        """Whether a person has said of this day that it is right."""
        return bool(self._db.value("SELECT value = ? FROM meta WHERE key = ?", (day.isoformat(), _CONFIRMED)))

    def _doubt(self, now: int) -> WrongClock | None:
        """Why a person has to look at the date, if anybody has to."""
        day = self._environment.day_of(now)
        said = f"这台电脑的日期是{day_words(day)}"
        since, last = now - EPOCH_MS, self.last_tick() >> stamps.COUNTER_BITS
        if day < EARLIEST:
            return WrongClock(f"{said}，比本程序的发布日期还早。", day)
        if last and since < last - BEHIND_MS:
            return WrongClock(f"{said}，比上一次保存的时间早了一天以上。", day)
        if since > (last or self._made(since)) + AHEAD_MS:
            return WrongClock(f"{said}，离上一次使用已经超过三十天。", day)
        return None

    def _made(self, now: int) -> int:
        """When the ledger was made and had its first operator: its last use before anything was saved or heard."""
        return int(self._db.value("SELECT min(created) FROM operator") or now + EPOCH_MS) - EPOCH_MS

    def check_lasting(self, types: Iterable[str]) -> None:
        """Raises :class:`DateBeyondOthers` where nobody's word comes within a year of the date here.

        That a person has found the date right once today is not enough for what nothing takes back: it is asked again.
        """
        doubt = self.beyond_others(types)
        if doubt is not None and (self.ask is None or not self.ask(doubt)):
            raise doubt

    def beyond_others(self, types: Iterable[str]) -> DateBeyondOthers | None:
        """Why the date here is not believed, where it is a year beyond all that others have written and that counts."""
        newest = stamps.milliseconds_of(newest_of_others(self._db, types, self._station))
        now = self._environment.now()
        if not newest or now - EPOCH_MS <= newest + FAR_MS:
            return None
        day, then = (self._environment.day_of(at) for at in (now, newest + EPOCH_MS))
        return DateBeyondOthers(
            f"这台电脑的日期是{day_words(day)}，别的电脑写的最晚是{day_words(then)}，差了一年多。"
            "这一步做了收不回来：日期不对的话，上级要等到那一天才做，到时候会把以后填写的也一起做掉。",
            day,
        )

    def confirm(self) -> None:
        """A person has said that today's date is right."""
        self._set(_CONFIRMED, self._environment.today().isoformat())

    def next_stamp(self) -> int:
        """A stamp greater than all before; call it inside the transaction that uses it."""
        floor = (
            int(datetime.datetime.combine(BUILD_DATE, datetime.time(), datetime.UTC).timestamp() * 1000)
            - EPOCH_MS
        )
        physical = max(self._environment.since_epoch(), floor - stamps.DAY_MS)
        tick = max(stamps.tick_at(physical), self.last_tick() + 1)
        self._set("clock", str(tick))
        return stamps.make(tick, self._tag)

    def wind_back(self, stamp: int) -> None:
        """Forgets what was given under a date in the future and is about to be void; later stamps follow this one."""
        self._set("clock", str(stamps.tick_of(stamp)))
        self._db.execute("DELETE FROM meta WHERE key = ?", (_CONFIRMED,))

    def observe(self, stamp: int) -> None:
        """Takes note of a stamp that counts, so that later ones are greater."""
        if stamps.tick_of(stamp) > self.last_tick():
            self._set("clock", str(stamps.tick_of(stamp)))

    def _set(self, key: str, value: str) -> None:
        self._db.execute(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )


def newest_stamp(database: Database, types: Iterable[str], before: int) -> int:
    """The newest stamp in a ledger that is below another, 0 without any."""
    columns = [("operation", "stamp"), ("version", "stamp"), *((table_of(name), "_stamp") for name in types)]
    return max(
        database.value(f"SELECT max({stamp}) FROM {quoted(table)} WHERE {stamp} < ?", (before,)) or 0
        for table, stamp in columns
    )


def newest_of_others(database: Database, types: Iterable[str], station: str) -> int:
    """The newest stamp in a ledger that another station than this one has given, 0 without any."""
    columns = [("version", "stamp", "origin"), *((table_of(name), "_stamp", "_origin") for name in types)]
    return max(
        database.value(
            f"SELECT max({stamp}) FROM {quoted(table)}"
            f" WHERE {origin} NOT IN (SELECT ref FROM origin WHERE station = ?)",
            (station,),
        )
        or 0
        for table, stamp, origin in columns
    )

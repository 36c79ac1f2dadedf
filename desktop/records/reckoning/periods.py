"""Periods in years and the one-year clock of initial training (T25)."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable
from dataclasses import dataclass

ALERT_DAYS = 60
"""So many days before its end an unfulfilled clock is shown as due soon (domain §5.1, T25)."""


def years_later(day: datetime.date, years: int) -> datetime.date:
    """The same day some years later; 28 February where there is no 29th (民法典第二百零二条).

    Nobody means a day after the calendar's last, which stands for all of them.
    """
    if day.year + years > datetime.MAXYEAR:
        return datetime.date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class Clock(enum.StrEnum):
    """Where an appointment stands with its initial training."""

    COMPLETED = "completed"
    COMPLETED_LATE = "completed_late"
    IN_PERIOD = "in_period"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class InitialTraining:
    """The clock of one appointment: its state, its last day, the day of completion, and the state in words."""

    clock: Clock
    due: datetime.date
    completed: datetime.date | None
    words: str


def initial_training(
    started: datetime.date, trained: Iterable[datetime.date], today: datetime.date
) -> InitialTraining:
    """Initial training is due within a year of appointment, the anniversary included.

    ``trained`` are the days on which courses that count were completed; those before the appointment do not.
    """
    due = years_later(started, 1)
    completed = min((day for day in trained if started <= day <= today), default=None)
    if completed is not None:
        in_time = completed <= due
        words = f"{completed}完成" if in_time else f"{completed}完成，超过期限{(completed - due).days}天"
        return InitialTraining(Clock.COMPLETED if in_time else Clock.COMPLETED_LATE, due, completed, words)
    left = (due - today).days
    if left < 0:
        return InitialTraining(Clock.OVERDUE, due, None, f"应于{due}前完成，已超期{-left}天")
    clock = Clock.DUE_SOON if left <= ALERT_DAYS else Clock.IN_PERIOD
    return InitialTraining(clock, due, None, f"应于{due}前完成，还有{left}天")

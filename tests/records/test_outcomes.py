"""Sessions and motions in words, and the clock of initial training, on the boundary cases of the domain."""

from __future__ import annotations

import datetime

import pytest

from desktop.records.reckoning.outcomes import Result, motion_outcome, percentage, session_outcome
from desktop.records.reckoning.periods import Clock, initial_training, years_later

TODAY = datetime.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (2, 3, "66.67%"), (1, 3, "33.33%"), (1, 8, "12.50%"), (1, 200_000, "0.00%"), (1, 20_000, "0.01%"),
        (0, 0, "—"), (5, 5, "100.00%"),
    ],
)  # fmt: skip
def test_a_share_is_rounded_half_up(part: int, whole: int, words: str) -> None:
    assert percentage(part, whole) == words


@pytest.mark.parametrize(
    ("present", "result", "words"),
    [
        (20, Result.VALID, "应到30人，实到20人，到会率66.67%，达到三分之二，会议有效"),
        (
            19,
            Result.INVALID,
            "应到30人，实到19人，到会率63.33%，不足三分之二（至少20人），会议无效，不计入建制率",
        ),
        (31, Result.WRONG_COUNT, "实到31人多于应到30人，请核对"),
    ],
)
def test_a_session_of_thirty(present: int, result: Result, words: str) -> None:
    outcome = session_outcome({"expected_count": 30, "present_count": present})
    assert (outcome.result, outcome.words) == (result, words)


def test_a_session_without_figures_is_not_judged() -> None:
    assert session_outcome({}).result is Result.UNKNOWN
    assert session_outcome({"expected_count": 30}).result is Result.UNKNOWN


SESSION = {"expected_count": 30, "present_count": 27}


@pytest.mark.parametrize(
    ("votes", "result", "words"),
    [
        ((16, 9, 2), Result.CARRIED, "同意16票，全体代表30人，超过半数，通过"),
        ((15, 10, 2), Result.LOST, "同意15票，全体代表30人，没有超过半数（至少16票），没有通过"),
        ((20, 5, 3), Result.WRONG_COUNT, "发出的票数不能多于实到人数，请先核对票数"),
        ((20, None, None), Result.CARRIED, "同意20票，全体代表30人，超过半数，通过"),
        ((None, None, None), Result.UNKNOWN, "填写应到、实到人数和票数后，自动判断是否通过"),
    ],
)
def test_a_motion_needs_more_than_half_of_all_delegates(
    votes: tuple[int | None, ...], result: Result, words: str
) -> None:
    motion = dict(zip(("approve_count", "against_count", "abstain_count"), votes, strict=True))
    outcome = motion_outcome(motion, SESSION)
    assert (outcome.result, outcome.words) == (result, words)


def test_nothing_is_carried_in_an_invalid_session() -> None:
    outcome = motion_outcome({"approve_count": 18}, {"expected_count": 30, "present_count": 19})
    assert outcome.result is Result.LOST
    assert "会议无效" in outcome.words


def test_a_motions_own_counts_come_first() -> None:
    motion = {"approve_count": 16, "expected_count": 32, "present_count": 27}
    assert motion_outcome(motion, SESSION).result is Result.LOST


def test_a_show_of_hands_is_mentioned() -> None:
    outcome = motion_outcome({"approve_count": 20, "vote_method": "show_of_hands"}, SESSION)
    assert outcome.words.endswith("；选举和表决应当采用无记名投票")


def test_a_report_is_not_voted_on() -> None:
    assert motion_outcome({"needs_vote": 0}, SESSION).result is Result.NOT_VOTED


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "due"),
    [("2025-11-22", "2026-11-22"), ("2024-02-29", "2025-02-28"), ("2023-02-28", "2024-02-28")],
)
def test_a_year_ends_on_the_same_day(start: str, due: str) -> None:
    assert years_later(day(start), 1) == day(due)


@pytest.mark.parametrize(
    ("started", "trained", "clock"),
    [
        ("2025-11-22", ["2026-11-22"], Clock.COMPLETED), ("2025-11-21", ["2026-11-22"], Clock.COMPLETED_LATE),
        ("2025-11-22", [], Clock.OVERDUE), ("2025-11-23", [], Clock.DUE_SOON), ("2026-06-01", [], Clock.IN_PERIOD),
        ("2026-06-01", ["2026-05-31"], Clock.IN_PERIOD), ("2026-06-01", ["2026-12-01"], Clock.IN_PERIOD),
        ("2026-01-22", [], Clock.DUE_SOON), ("2026-01-23", [], Clock.IN_PERIOD),
    ],
)  # fmt: skip
def test_each_appointment_has_a_clock_of_its_own(started: str, trained: list[str], clock: Clock) -> None:
    assert initial_training(day(started), map(day, trained), TODAY).clock is clock


def test_the_clock_speaks() -> None:
    assert initial_training(day("2025-11-20"), [], TODAY).words == "应于2026-11-20前完成，已超期3天"
    assert initial_training(day("2025-12-01"), [], TODAY).words == "应于2026-12-01前完成，还有8天"

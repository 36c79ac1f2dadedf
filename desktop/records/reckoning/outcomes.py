"""What follows from a session's and a motion's figures, in words: valid or not, carried or not, and why.

Outcomes are computed and never stored, so they cannot disagree with the figures (domain §3.1, 浙江省企业民主管理条例
第十五条). Functions take a record's values and return ``None``-free results; missing figures give ``UNKNOWN``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from desktop.records.cells import Values
from desktop.records.reckoning.congress import Tally, has_quorum, passes, quorum, votes_needed


class Result(enum.StrEnum):
    """How a session or a motion came out."""

    VALID = "valid"
    INVALID = "invalid"
    CARRIED = "carried"
    LOST = "lost"
    WRONG_COUNT = "wrong_count"
    NOT_VOTED = "not_voted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result with its reason as one Chinese sentence without a full stop."""

    result: Result
    words: str


def percentage(part: int, whole: int) -> str:
    """A share with two decimals, rounded half up on exact numbers; “—” for a share of nothing (domain §5.0)."""
    if whole <= 0:
        return "—"
    hundredths = (part * 20_000 + whole) // (whole * 2)
    return f"{hundredths // 100}.{hundredths % 100:02}%"


def session_outcome(session: Values) -> Outcome:
    """Whether a congress session is valid: two thirds of all delegates attend. Only a valid one counts for T21, T22."""
    expected, present = session.get("expected_count"), session.get("present_count")
    if not expected or present is None:
        return Outcome(Result.UNKNOWN, "填写应到和实到人数后，自动判断会议是否有效")
    if present > expected:
        return Outcome(Result.WRONG_COUNT, f"实到{present}人多于应到{expected}人，请核对")
    share = f"应到{expected}人，实到{present}人，到会率{percentage(present, expected)}"
    if has_quorum(present, expected):
        return Outcome(Result.VALID, f"{share}，达到三分之二，会议有效")
    return Outcome(
        Result.INVALID, f"{share}，不足三分之二（至少{quorum(expected)}人），会议无效，不计入建制率"
    )


def motion_outcome(motion: Values, session: Values) -> Outcome:
    """Whether a motion was carried by more than half of **all** delegates in a valid session.

    The motion's own counts of delegates come before the session's; unfilled counts of ballots are taken from the
    votes, so that a motion with nothing but 同意, 反对 and 弃权 can be judged.
    """
    if motion.get("needs_vote") == 0:
        return Outcome(Result.NOT_VOTED, "不须表决")
    expected = _first(motion.get("expected_count"), session.get("expected_count"))
    present = _first(motion.get("present_count"), session.get("present_count"))
    approve = motion.get("approve_count")
    if not expected or present is None or approve is None:
        return Outcome(Result.UNKNOWN, "填写应到、实到人数和票数后，自动判断是否通过")
    faults = _tally(motion, expected, present, approve).faults()
    if faults:
        return Outcome(Result.WRONG_COUNT, f"{faults[0].message}，请先核对票数")
    if not has_quorum(present, expected):
        return Outcome(Result.LOST, f"实到{present}人不足应到{expected}人的三分之二，会议无效，表决不算数")
    votes = f"同意{approve}票，全体代表{expected}人"
    ballot = "" if motion.get("vote_method") != "show_of_hands" else "；选举和表决应当采用无记名投票"
    if passes(approve, expected):
        return Outcome(Result.CARRIED, f"{votes}，超过半数，通过{ballot}")
    return Outcome(Result.LOST, f"{votes}，没有超过半数（至少{votes_needed(expected)}票），没有通过{ballot}")


def _tally(motion: Values, expected: int, present: int, approve: int) -> Tally:
    against, abstain = motion.get("against_count") or 0, motion.get("abstain_count") or 0
    invalid = motion.get("invalid_count") or 0
    returned = _first(motion.get("returned_count"), approve + against + abstain + invalid)
    issued = _first(motion.get("issued_count"), returned)
    return Tally(expected, present, issued, returned, approve, against, abstain, invalid)


def _first(*values: int | None) -> Any:
    return next((v for v in values if v is not None), None)

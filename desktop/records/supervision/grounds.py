"""How an opinion letter stands, and which of the three situations of 条例第二十三条 it has come to."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from desktop.records.cells import as_day, text
from desktop.records.supervision.clocks import Clock, received_on, refused_on, replies, reply_clock
from desktop.records.supervision.facts import CaseFile, Event, Letter
from desktop.records.supervision.kinds import EventKind, Ground, Title, article
from desktop.records.supervision.reasons import Reason, forbidden
from desktop.records.typed.dates import day_words

FULL: Final = "full"
UPHELD: Final = "upheld"
NOT_UPHELD: Final = "not_upheld"


@dataclass(frozen=True)
class Standing:
    """An opinion letter at the end of a day: service, answer, objection and correction.

    ``refused`` is set only while nobody has received it. ``objection`` is the code of its review, empty without
    objection, ``"open"`` while it waits. ``recheck`` is the newest one made after receipt or refusal.
    """

    letter: Letter
    today: datetime.date
    received: datetime.date | None
    refused: datetime.date | None
    clock: Clock | None
    answers: tuple[Event, ...]
    objection: str
    recheck: Event | None

    @property
    def served(self) -> bool:
        """Whether it was received or refused."""
        return self.received is not None or self.refused is not None

    @property
    def answered_in_time(self) -> bool:
        """Whether an answer came up to the last day; without a known last day every answer counts as in time."""
        due = self.clock.due if self.clock else None
        return any(due is None or answer.day <= due for answer in self.answers)

    @property
    def expired(self) -> bool:
        """Whether the time to answer has certainly passed."""
        return self.clock is not None and self.clock.overdue(self.today)

    @property
    def corrected(self) -> bool:
        """Whether the newest recheck found everything corrected."""
        return self.recheck is not None and text(self.recheck.values, "rectification") == FULL


def standing_of(file: CaseFile, letter: Letter) -> Standing:
    """How an opinion letter stands at the end of ``file.today``."""
    received, refused = received_on(file, letter), refused_on(file, letter)
    answers = replies(file, letter)
    served = received or refused
    rechecks = [
        e for e in file.of(EventKind.RECHECKED)
        if served is not None and e.day >= served and e.letter in (None, letter.id)
    ]  # fmt: skip
    return Standing(
        letter,
        file.today,
        received,
        refused,
        reply_clock(file, letter, received) if received else None,
        answers,
        _objection(file, letter, answers),
        rechecks[-1] if rechecks else None,
    )


def _objection(file: CaseFile, letter: Letter, answers: tuple[Event, ...]) -> str:
    objecting = [answer for answer in answers if answer.values.get("objects")]
    if not objecting:
        return ""
    reviews = [
        e for e in file.of(EventKind.OBJECTION_REVIEWED)
        if e.day >= objecting[-1].day and e.letter in (None, letter.id) and e.result in (UPHELD, NOT_UPHELD)
    ]  # fmt: skip
    return reviews[-1].result if reviews else "open"


def grounds(standing: Standing) -> tuple[Ground, ...]:
    """The situations of 条例第二十三条 that have come about; none while the law gives the employer time.

    For a 整改意见书 only the third: 民主管理条例第三十三条 and 集体合同条例第四十一条 know nothing but 拒不改正.
    """
    if standing.corrected or standing.objection == UPHELD:
        return ()
    found = []
    general = standing.letter.title is Title.OPINION
    if general and standing.refused is not None:
        found.append(Ground.REFUSED)
    if general and standing.expired and not standing.answered_in_time:
        found.append(Ground.UNANSWERED)
    if _unheeded(standing, general):
        found.append(Ground.UNHEEDED)
    return tuple(found)


def _unheeded(standing: Standing, general: bool) -> bool:
    """Not corrected without good reason: seen in a recheck, after the time given, no objection left unjudged."""
    if standing.recheck is None or standing.objection == "open":
        return False
    seen = standing.recheck.day
    promised = as_day(standing.letter.values.get("correct_by"))
    if promised is not None and seen <= promised:
        return False
    if standing.received is None:
        return not general and standing.refused is not None
    spoke = bool(standing.answers) and seen >= standing.answers[0].day
    due = standing.clock.due if standing.clock else None
    return spoke or (due is not None and seen > due)


def why_no_ground(standing: Standing) -> Iterator[Reason]:
    """Why none of the situations has come about, in the order in which a person would look."""
    letter, clock = standing.letter, standing.clock
    name, law = letter.name(), article(23)
    if not standing.served:
        yield forbidden(f"{name}还没有送达（签收或者拒收）", law, "请先送达并登记。", letter.id)
    elif standing.corrected:
        yield forbidden(f"复核认为{name}要求的事项已经全部改正", law, "可以结案。", letter.id)
    elif standing.objection == UPHELD:
        yield forbidden(f"单位对{name}的异议已经采纳", article(22), "", letter.id)
    elif standing.objection == "open":
        yield forbidden(
            f"单位对{name}书面说明了理由，还没有审查", article(22), "请先审查异议并登记。", letter.id
        )
    elif clock is not None and clock.due is None and not standing.answers:
        yield Reason(
            f"{name}的答复期限要用{clock.missing_year}年的放假调休安排计算，本机还没有", article(22),
            next_step=f"请先导入{clock.missing_year}年的节假日表。", subject=letter.id, missing_year=clock.missing_year,
        )  # fmt: skip
    elif clock is not None and not standing.expired and not standing.answers:
        due = clock.due or standing.today
        yield forbidden(
            f"{name}的答复期限到{day_words(due)}，还没有过",
            article(22),
            "请等期满。",
            letter.id,
        )
    else:
        yield forbidden(
            f"{name}没有被拒收、没有逾期未答复，也没有登记期限过后仍未改正的复核", law,
            "认为没有改正的，请在期限过后复核并登记。", letter.id,
        )  # fmt: skip

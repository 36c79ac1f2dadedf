"""The periods that run in a case, from the day after service; a year without a table is never guessed."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from desktop.records.cells import Values, as_day, text
from desktop.records.reckoning.working_days import (
    HolidayYearMissing,
    WorkingDayTable,
    add_natural_days,
    add_working_days,
    is_overdue,
)
from desktop.records.supervision.facts import CaseFile, Event, Letter
from desktop.records.supervision.kinds import (
    ACCEPTANCE_DAYS,
    INQUIRY_DAYS,
    NATURAL,
    NOTICE_DAYS,
    REGULATION,
    REPLY_DAYS,
    WORKING,
    EventKind,
    LetterKind,
    Title,
    article,
)
from desktop.records.typed.dates import day_words

CIVIL_CODE: Final = "《中华人民共和国民法典》第二百零一条、第二百零三条"
ZHEJIANG_INSPECTION_23: Final = "《浙江省劳动保障监察条例》第二十三条"
INSPECTION_17: Final = "《劳动保障监察条例》第十七条"


class Bound(enum.StrEnum):
    """Who has to act before a period ends."""

    UNION = "union"
    EMPLOYER = "employer"
    DEPARTMENT = "department"


@dataclass(frozen=True)
class Clock:
    """One period. ``due`` is its last day, which is still in time; where it is nothing, ``missing_year`` says why."""

    awaits: str
    bound: Bound
    start: datetime.date
    days: int
    day_kind: str
    due: datetime.date | None
    missing_year: int | None = None
    article: str = ""
    letter: str | None = None

    def overdue(self, today: datetime.date) -> bool:
        """Whether the last day has certainly passed."""
        return self.due is not None and is_overdue(self.due, today)

    def words(self, letters: int = 1) -> str:
        """The period in a sentence for people; of several letters' periods it is the earliest."""
        awaits = f"{self.awaits}（{letters}份）" if letters > 1 else self.awaits
        if self.due is not None:
            until = "最早的期限到" if letters > 1 else "期限到"
            return f"{awaits}，{until}{day_words(self.due)}"
        return f"{awaits}，期限要用{self.missing_year}年的放假调休安排计算，请先导入"


def last_day(
    start: datetime.date, days: int, day_kind: str, table: WorkingDayTable
) -> tuple[datetime.date | None, int | None]:
    """The last day of a period after ``start`` (民法典 201, 203), or the year whose table is missing."""
    try:
        add = add_working_days if day_kind == WORKING else add_natural_days
        return add(start, days, table), None
    except HolidayYearMissing as missing:
        return None, missing.year


def reply_clock(file: CaseFile, letter: Letter, received: datetime.date) -> Clock:
    """The employer's time to answer a letter."""
    days, kind = reply_period(letter)
    statutory = letter.title is Title.OPINION
    due, missing = last_day(received, days, kind, file.table)
    source = article(22) if statutory else CIVIL_CODE
    awaits = "等待用人单位反馈提示函" if letter.kind is LetterKind.REMINDER else "等待用人单位答复意见书"
    return Clock(awaits, Bound.EMPLOYER, received, days, kind, due, missing, source, letter.id)


def reply_period(letter: Letter) -> tuple[int, str]:
    """How many days the employer has to answer a letter, and of which kind.

    For an opinion letter of the supervision regulation they are the law's (条例第二十二条), whatever was typed; for a
    reminder or a 整改意见书, whose regulations set none, what the letter asked for.
    """
    if letter.title is Title.OPINION:
        return REPLY_DAYS, WORKING
    return asked_period(letter.kind, letter.values)


def asked_period(kind: LetterKind, values: Values) -> tuple[int, str]:
    """What a letter says of the days to answer: those typed, else fifteen; of an opinion letter working days."""
    asked = values.get("reply_days")
    usual = WORKING if kind is LetterKind.OPINION else NATURAL
    days = asked if isinstance(asked, int) and asked > 0 else REPLY_DAYS
    return days, text(values, "reply_day_kind") or usual


def services(file: CaseFile, letter: Letter) -> tuple[Event, ...]:
    """The services of a letter that say whether it was received or refused, in their order."""
    known = file.about_letter.get(letter.id, ())
    return tuple(e for e in known if e.kind is EventKind.SERVED and (e.received or e.refused))


def received_on(file: CaseFile, letter: Letter) -> datetime.date | None:
    """The day of the first receipt; a refusal before it counts no more, one after it changes nothing."""
    return next((e.day for e in services(file, letter) if e.received), None)


def refused_on(file: CaseFile, letter: Letter) -> datetime.date | None:
    """The day of the first refusal of a letter that was not received until now."""
    if received_on(file, letter) is not None:
        return None
    return next((e.day for e in services(file, letter) if e.refused), None)


def replies(file: CaseFile, letter: Letter) -> tuple[Event, ...]:
    """The employer's answers to a letter."""
    return tuple(e for e in file.about_letter.get(letter.id, ()) if e.kind is EventKind.REPLIED)


def running(file: CaseFile) -> tuple[Clock, ...]:
    """The periods that run or have run out unanswered in an open case."""
    closed, reopened = file.of(EventKind.CLOSED), file.of(EventKind.REOPENED)
    if len(closed) > len(reopened):
        return ()
    return (*_notice(file), *_employer(file), *_department(file))


def _notice(file: CaseFile) -> Iterator[Clock]:
    """A complaint that is not accepted is answered in writing within five working days (条例第十七条)."""
    if not file.complaint or file.received is None or file.of(EventKind.ACCEPTED):
        return
    refused = file.of(EventKind.NOT_ACCEPTED)
    if refused and file.of(EventKind.INFORMED):
        return
    awaits = "书面告知投诉人不予受理" if refused else "决定是否受理（不予受理的要书面告知投诉人）"
    due, missing = last_day(file.received, NOTICE_DAYS, WORKING, file.table)
    yield Clock(awaits, Bound.UNION, file.received, NOTICE_DAYS, WORKING, due, missing, article(17))


def _employer(file: CaseFile) -> Iterator[Clock]:
    """What the newest letter to each employer waits for: an answer, then the correction; the most urgent first."""
    found = [clock for letter in _newest_letters(file) for clock in _waits_for(file, letter)]
    yield from sorted(found, key=lambda clock: clock.due or datetime.date.max)


def _newest_letters(file: CaseFile) -> Iterator[Letter]:
    """The newest letter to each employer whom no suggestion letter was written about.

    A case that began with a complaint is about one employer, however its name was written.
    """

    def employer(letter: Letter | None) -> str:
        return "" if letter is None or file.complaint else text(letter.values, "addressee")

    letters = [*file.standing(LetterKind.REMINDER), *file.standing(LetterKind.OPINION)]
    letters.sort(key=lambda p: (p.issued or datetime.date.min, p.kind is LetterKind.OPINION, p.stamp))
    newest = {employer(letter): letter for letter in letters}
    for suggestion in file.standing(LetterKind.SUGGESTION):
        newest.pop(employer(file.by_id.get(suggestion.opinion or "")), None)
    yield from newest.values()


def _waits_for(file: CaseFile, letter: Letter) -> Iterator[Clock]:
    received = received_on(file, letter)
    if received is None:
        return
    if not replies(file, letter):
        yield reply_clock(file, letter, received)
    due = as_day(letter.values.get("correct_by"))
    if letter.kind is not LetterKind.OPINION or due is None:
        return
    if not any(e.day >= received and e.letter in (None, letter.id) for e in file.of(EventKind.RECHECKED)):
        yield Clock(
            "复核是否改正", Bound.UNION, received, (due - received).days, NATURAL, due, None,
            f"{REGULATION}第二十三条第（三）项", letter.id,
        )  # fmt: skip


def waiting_for(file: CaseFile, kind: EventKind) -> tuple[str, ...]:
    """The reminders that wait for a step: to be served, to be answered, or, once their time is over, to be urged."""
    standing = file.standing(LetterKind.REMINDER)
    if kind is EventKind.SERVED:
        return tuple(
            letter.id for letter in standing
            if not any(e.kind is EventKind.SERVED for e in file.about_letter.get(letter.id, ()))
        )  # fmt: skip
    if kind is EventKind.REPLIED:
        return tuple(p.id for p in standing if received_on(file, p) is not None and not replies(file, p))
    if kind is EventKind.URGED:
        late = {c.letter for c in running(file) if c.bound is Bound.EMPLOYER and c.overdue(file.today)}
        return tuple(letter.id for letter in standing if letter.id in late)
    return ()


def _department(file: CaseFile) -> Iterator[Clock]:
    """The department's time: 条例第二十四条 names no days, so those of the inspection regulations are watched."""
    for letter in file.standing(LetterKind.SUGGESTION):
        served = received_on(file, letter)
        if served is None or file.of(EventKind.AUTHORITY_RESULT):
            continue
        accepted = file.of(EventKind.AUTHORITY_ACCEPTED)
        if accepted and accepted[-1].result == "authority_refused":
            continue
        start = accepted[-1].day if accepted else served
        days, source = (
            (INQUIRY_DAYS, INSPECTION_17) if accepted else (ACCEPTANCE_DAYS, ZHEJIANG_INSPECTION_23)
        )
        awaits = "等待部门反馈处理结果" if accepted else "等待部门决定是否受理"
        due, missing = last_day(start, days, WORKING, file.table)
        yield Clock(awaits, Bound.DEPARTMENT, start, days, WORKING, due, missing, source, letter.id)

"""Where a case stands, what may lawfully come next and until when: computed from its events whenever it is read."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from desktop.records.cells import text
from desktop.records.supervision.clocks import Bound, Clock, running
from desktop.records.supervision.facts import CaseFile, Event, Issuer, Letter
from desktop.records.supervision.inquiry import established
from desktop.records.supervision.issuing import Decision, may_issue
from desktop.records.supervision.kinds import UNION_DUES, UNION_LAW, EventKind, LetterKind, Stage, article
from desktop.records.supervision.order import contradictions
from desktop.records.supervision.powers import REGISTER_LEVELS
from desktop.records.supervision.reasons import Reason


@dataclass(frozen=True)
class NextStep:
    """One lawful next step: an event to record, or a letter to issue with the decision about it."""

    step: EventKind | LetterKind
    article: str = ""
    clock: Clock | None = None
    decision: Decision | None = None


@dataclass(frozen=True)
class CaseState:
    """A case as its events tell. With ``contradictions`` nothing of it may be printed."""

    stage: Stage
    since: datetime.date | None
    next_steps: tuple[NextStep, ...]
    clocks: tuple[Clock, ...]
    contradictions: tuple[Reason, ...]
    today: datetime.date

    @property
    def overdue(self) -> tuple[Clock, ...]:
        """The periods that have certainly run out."""
        return tuple(clock for clock in self.clocks if clock.overdue(self.today))

    @property
    def missing_years(self) -> tuple[int, ...]:
        """The years whose tables of holidays are needed to say more."""
        return tuple(sorted({c.missing_year for c in self.clocks if c.missing_year is not None}))

    @property
    def in_order(self) -> bool:
        """Whether nothing contradicts the order of the law."""
        return not self.contradictions


def state_of(file: CaseFile, issuer: Issuer | None = None) -> CaseState:
    """The state at the end of ``file.today``; ``issuer`` is the body whose competence the next steps consider."""
    now = file.until(file.today)
    stage, since = stage_of(now)
    clocks = running(now)
    steps = _most_urgent_first(_next_steps(now, stage, clocks, issuer), clocks, now.today)
    return CaseState(stage, since, steps, clocks, contradictions(file), file.today)


def stage_of(file: CaseFile) -> tuple[Stage, datetime.date | None]:
    """How far the case is and since when: what the last step that moves a case has led to."""
    stage, since = Stage.CLUE, file.received
    open_stage = stage
    for day, what in chronicle(file):
        if isinstance(what, Event) and what.kind is EventKind.REOPENED:
            stage, since = Stage.CLUE if open_stage is Stage.NOT_ACCEPTED else open_stage, day
            continue
        reached = None if stage is Stage.CLOSED else _reached(file, what)
        if reached is None or (reached not in _ALWAYS and _RANK[reached] < _RANK[stage]):
            continue
        stage, since = reached, day
        if stage is not Stage.CLOSED:
            open_stage = stage
    return stage, since


_ALWAYS: Final = frozenset({
    Stage.SETTLED, Stage.UNFOUNDED, Stage.CORRECTED, Stage.WITHDRAWN, Stage.PAYMENT_ORDER, Stage.PROCURATORATE,
    Stage.AUTHORITY_DONE, Stage.CLOSED,
})  # fmt: skip
_RANK: Final = dict.fromkeys(Stage, 6) | {
    Stage.CLUE: 0, Stage.CLOSED: 0, Stage.NOT_ACCEPTED: 1, Stage.ACCEPTED: 1, Stage.WITHDRAWN: 1,
    Stage.PAYMENT_ORDER: 1, Stage.HEARD: 2, Stage.NEGOTIATION_FAILED: 3, Stage.SETTLED: 3, Stage.INVESTIGATED: 3,
    Stage.UNFOUNDED: 4,
    Stage.ESTABLISHED: 5, Stage.REMINDER_ISSUED: 5, Stage.REMINDER_SERVED: 5, Stage.REMINDER_ANSWERED: 5,
    Stage.SUGGESTION_ISSUED: 7, Stage.SUGGESTION_SERVED: 7, Stage.AUTHORITY_ACCEPTED: 8,
    Stage.AUTHORITY_REFUSED: 8, Stage.AUTHORITY_DONE: 8, Stage.PROCURATORATE: 8,
}  # fmt: skip
"""A step that belongs to an earlier part of the procedure does not throw a case back, however late it is recorded."""


def chronicle(file: CaseFile, *, voided: bool = False) -> Iterator[tuple[datetime.date, Event | Letter]]:
    """Events and issues in their order; on one day a letter is issued after the inquiry and before it is served.

    ``voided`` letters and those whose issue was taken back come too, for a person to read.
    """
    pending = [letter for letter in file.letters if letter.stands or (voided and letter.issued is not None)]
    for event in file.events:
        while pending and _comes_before(pending[0], event):
            letter = pending.pop(0)
            yield letter.issued or event.day, letter
        yield event.day, event
    for letter in pending:
        yield letter.issued or file.today, letter


_BEFORE_LETTERS: Final = frozenset({
    EventKind.ACCEPTED, EventKind.NOT_ACCEPTED, EventKind.HEARD, EventKind.NEGOTIATED, EventKind.INVESTIGATED,
    EventKind.EXPLAINED,
})  # fmt: skip


def _comes_before(letter: Letter, event: Event) -> bool:
    issued = letter.issued or datetime.date.max
    if issued != event.day:
        return issued < event.day
    return event.letter == letter.id or event.kind not in _BEFORE_LETTERS


_SIMPLE: Final = {
    EventKind.ACCEPTED: Stage.ACCEPTED,
    EventKind.NOT_ACCEPTED: Stage.NOT_ACCEPTED,
    EventKind.HEARD: Stage.HEARD,
    EventKind.INVESTIGATED: Stage.INVESTIGATED,
    EventKind.AUTHORITY_RESULT: Stage.AUTHORITY_DONE,
    EventKind.PROCURATORATE: Stage.PROCURATORATE,
    EventKind.PAYMENT_ORDER: Stage.PAYMENT_ORDER,
    EventKind.WITHDRAWN: Stage.WITHDRAWN,
    EventKind.CLOSED: Stage.CLOSED,
}
_BY_RESULT: Final = {
    (EventKind.NEGOTIATED, "agreed"): Stage.SETTLED,
    (EventKind.NEGOTIATED, "not_agreed"): Stage.NEGOTIATION_FAILED,
    (EventKind.INVESTIGATED, "established"): Stage.ESTABLISHED,
    (EventKind.INVESTIGATED, "not_established"): Stage.UNFOUNDED,
    (EventKind.OBJECTION_REVIEWED, "upheld"): Stage.OBJECTION_UPHELD,
    (EventKind.OBJECTION_REVIEWED, "not_upheld"): Stage.OBJECTION_DISMISSED,
    (EventKind.AUTHORITY_ACCEPTED, "authority_refused"): Stage.AUTHORITY_REFUSED,
}
_ISSUED: Final = {
    LetterKind.REMINDER: Stage.REMINDER_ISSUED,
    LetterKind.OPINION: Stage.OPINION_ISSUED,
    LetterKind.SUGGESTION: Stage.SUGGESTION_ISSUED,
}


def _reached(file: CaseFile, what: Event | Letter) -> Stage | None:
    """The stage that a step leads to, or nothing where it moves no case."""
    if isinstance(what, Letter):
        return _ISSUED[what.kind]
    if (what.kind, what.result) in _BY_RESULT:
        return _BY_RESULT[what.kind, what.result]
    if what.kind in _SIMPLE:
        return _SIMPLE[what.kind]
    if what.kind is EventKind.AUTHORITY_ACCEPTED:
        return Stage.AUTHORITY_ACCEPTED
    if what.kind is EventKind.RECHECKED:
        return Stage.CORRECTED if text(what.values, "rectification") == "full" else Stage.NOT_CORRECTED
    letter = file.by_id.get(what.letter or "")
    if letter is None or not letter.stands:
        return None
    if what.kind is EventKind.SERVED:
        return _served(letter.kind, what)
    if what.kind is EventKind.REPLIED:
        return _answered(letter.kind, what)
    return None


def _served(kind: LetterKind, event: Event) -> Stage | None:
    if kind is LetterKind.OPINION and event.refused:
        return Stage.OPINION_REFUSED
    if not event.received and not event.refused:
        return None
    return {
        LetterKind.REMINDER: Stage.REMINDER_SERVED,
        LetterKind.OPINION: Stage.OPINION_SERVED,
        LetterKind.SUGGESTION: Stage.SUGGESTION_SERVED,
    }[kind]


def _answered(kind: LetterKind, event: Event) -> Stage | None:
    if kind is LetterKind.REMINDER:
        return Stage.REMINDER_ANSWERED
    if kind is LetterKind.OPINION:
        return Stage.OBJECTION_OPEN if event.values.get("objects") else Stage.OPINION_ANSWERED
    return None


_LAW_17, _LAW_18, _LAW_19, _LAW_20, _LAW_21, _LAW_22, _LAW_23, _LAW_24 = (article(n) for n in range(17, 25))
_STEPS: Final[dict[Stage, tuple[tuple[EventKind | LetterKind, str], ...]]] = {
    Stage.CLUE: (
        (EventKind.ACCEPTED, _LAW_17), (EventKind.NOT_ACCEPTED, _LAW_17), (LetterKind.REMINDER, ""),
    ),
    Stage.NOT_ACCEPTED: ((EventKind.INFORMED, _LAW_17), (EventKind.CLOSED, ""), (EventKind.REOPENED, "")),
    Stage.ACCEPTED: ((EventKind.HEARD, _LAW_18), (LetterKind.REMINDER, ""), (EventKind.INVESTIGATED, _LAW_20)),
    Stage.HEARD: (
        (EventKind.NEGOTIATED, _LAW_19), (EventKind.EXPLAINED, _LAW_19), (EventKind.INVESTIGATED, _LAW_20),
        (LetterKind.REMINDER, ""),
    ),
    Stage.NEGOTIATION_FAILED: ((EventKind.INVESTIGATED, _LAW_20), (LetterKind.REMINDER, "")),
    Stage.SETTLED: ((EventKind.CLOSED, ""), (EventKind.INVESTIGATED, _LAW_20)),
    Stage.INVESTIGATED: (
        (EventKind.INVESTIGATED, _LAW_20), (EventKind.NEGOTIATED, _LAW_19), (LetterKind.REMINDER, ""),
    ),
    Stage.UNFOUNDED: ((EventKind.EXPLAINED, _LAW_19), (EventKind.CLOSED, "")),
    Stage.ESTABLISHED: ((LetterKind.REMINDER, ""), (LetterKind.OPINION, _LAW_21)),
    Stage.REMINDER_ISSUED: ((EventKind.SERVED, ""),),
    Stage.REMINDER_SERVED: (
        (EventKind.REPLIED, ""), (EventKind.URGED, ""), (EventKind.RECHECKED, ""), (LetterKind.OPINION, _LAW_21),
    ),
    Stage.REMINDER_ANSWERED: ((EventKind.RECHECKED, ""), (LetterKind.OPINION, _LAW_21)),
    Stage.OPINION_ISSUED: ((EventKind.SERVED, _LAW_21),),
    Stage.OPINION_SERVED: (
        (EventKind.REPLIED, _LAW_22), (EventKind.RECHECKED, _LAW_23), (LetterKind.SUGGESTION, _LAW_23),
    ),
    Stage.OPINION_REFUSED: (
        (LetterKind.SUGGESTION, _LAW_23), (EventKind.SERVED, _LAW_21), (EventKind.RECHECKED, _LAW_23),
    ),
    Stage.OPINION_ANSWERED: ((EventKind.RECHECKED, _LAW_23), (LetterKind.SUGGESTION, _LAW_23)),
    Stage.OBJECTION_OPEN: ((EventKind.OBJECTION_REVIEWED, _LAW_22),),
    Stage.OBJECTION_UPHELD: ((EventKind.CLOSED, ""),),
    Stage.OBJECTION_DISMISSED: ((EventKind.RECHECKED, _LAW_23), (LetterKind.SUGGESTION, _LAW_23)),
    Stage.NOT_CORRECTED: (
        (LetterKind.OPINION, _LAW_21), (LetterKind.SUGGESTION, _LAW_23), (EventKind.RECHECKED, ""),
    ),
    Stage.CORRECTED: ((EventKind.CLOSED, ""),),
    Stage.SUGGESTION_ISSUED: ((EventKind.SERVED, _LAW_23),),
    Stage.SUGGESTION_SERVED: (
        (EventKind.AUTHORITY_ACCEPTED, _LAW_24), (EventKind.URGED, _LAW_24), (EventKind.AUTHORITY_RESULT, _LAW_24),
    ),
    Stage.AUTHORITY_ACCEPTED: ((EventKind.AUTHORITY_RESULT, _LAW_24), (EventKind.URGED, _LAW_24)),
    Stage.AUTHORITY_REFUSED: ((EventKind.PROCURATORATE, ""), (EventKind.CLOSED, "")),
    Stage.AUTHORITY_DONE: ((EventKind.CLOSED, ""), (EventKind.PROCURATORATE, "")),
    Stage.PROCURATORATE: ((EventKind.CLOSED, ""),),
    Stage.PAYMENT_ORDER: ((EventKind.CLOSED, ""),),
    Stage.WITHDRAWN: ((EventKind.CLOSED, ""),),
    Stage.CLOSED: ((EventKind.REOPENED, ""),),
}  # fmt: skip
_ENDED: Final = frozenset({Stage.CLOSED, Stage.NOT_ACCEPTED, Stage.PAYMENT_ORDER, Stage.WITHDRAWN})


def _next_steps(
    file: CaseFile, stage: Stage, clocks: tuple[Clock, ...], issuer: Issuer | None
) -> Iterator[NextStep]:
    """What the law lets come next; letters with whether they may be issued already and why not yet."""
    if UNION_DUES in file.violations and stage not in _ENDED:
        yield NextStep(EventKind.PAYMENT_ORDER, article(44, UNION_LAW))
    if stage is Stage.REMINDER_ANSWERED and any(clock.bound is Bound.EMPLOYER for clock in clocks):
        # One employer of many has answered: the others are still waited for.
        yield NextStep(EventKind.REPLIED, "", _clock_for(EventKind.REPLIED, clocks))
        yield NextStep(EventKind.URGED)
    # Another employer may still be reminded, but that is not what a case goes on with once a reminder stands.
    reminded = bool(file.standing(LetterKind.REMINDER))
    for step, law in sorted(_STEPS[stage], key=lambda each: reminded and each[0] is LetterKind.REMINDER):
        if step is EventKind.PROCURATORATE and issuer is not None and issuer.level not in REGISTER_LEVELS:
            continue  # 县级以上工会 hand over clues (协同通知, 2024)
        if step is LetterKind.OPINION and established(file)[0] is None and not file.dues_only:
            yield NextStep(EventKind.INVESTIGATED, _LAW_20)
        if isinstance(step, LetterKind):
            if file.dues_only and step is not LetterKind.REMINDER:
                continue
            if step is LetterKind.REMINDER and file.complaint and file.standing(step):
                continue  # The one employer of a complaint has been reminded already.
            decision = may_issue(file, step, issuer)
            for reason in decision.forbidden:
                if reason.missing is not None:
                    yield NextStep(reason.missing, reason.article)
            yield NextStep(step, law, decision=decision)
        else:
            yield NextStep(step, law, _clock_for(step, clocks))


def _most_urgent_first(
    steps: Iterator[NextStep], clocks: tuple[Clock, ...], today: datetime.date
) -> tuple[NextStep, ...]:
    """Once the employer's time has run out, what the law gives the union next comes before waiting on."""

    def waits(step: NextStep) -> bool:
        if isinstance(step.step, LetterKind):
            return step.decision is None or bool(step.decision.forbidden)
        return step.step is not EventKind.INVESTIGATED

    late = any(clock.bound is Bound.EMPLOYER and clock.overdue(today) for clock in clocks)
    return tuple(sorted(steps, key=waits) if late else steps)


_AWAITED: Final = {
    EventKind.INFORMED: "不予受理",
    EventKind.NOT_ACCEPTED: "是否受理",
    EventKind.REPLIED: "等待用人单位",
    EventKind.RECHECKED: "复核",
    EventKind.AUTHORITY_ACCEPTED: "等待部门决定",
    EventKind.AUTHORITY_RESULT: "等待部门反馈",
}


def _clock_for(step: EventKind, clocks: tuple[Clock, ...]) -> Clock | None:
    word = _AWAITED.get(step)
    return next((clock for clock in clocks if word is not None and word in clock.awaits), None)

"""What a case page shows, read at once: where the case stands, what may come next and until when, and why not else.

All judgement is that of :mod:`desktop.records.supervision`; here it is only asked, for every step, and put in order.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from desktop.operations import supervision
from desktop.operations.session import Session
from desktop.records.declaration import Role
from desktop.records.reckoning.working_days import HolidayYearMissing, WorkingDayTable, working_days_between
from desktop.records.supervision import (
    CaseFile,
    CaseState,
    Clock,
    Decision,
    Event,
    EventKind,
    Letter,
    LetterKind,
    NextStep,
    Reason,
    Stage,
    chronicle,
    contradictions,
)
from desktop.records.supervision.kinds import AFTER_REFUSAL, WORKING, article
from desktop.records.supervision.numbering import Series
from desktop.records.supervision.powers import PAST
from desktop.records.supervision.reasons import forbidden
from desktop.records.typed.dates import WEEKDAYS, month_day_words

CASE, EVENT, LETTER = "case", "case_event", "case_document"
MOST_LETTERS = 12
"""Drafts, and issued letters, that are shown one by one; the others of a class notice are counted."""
_NEWEST = 1 << 63
"""The stamp of a step that is not recorded yet: the last of its day."""


@dataclass(frozen=True)
class Offer:
    """A step that can be offered: the next one, one that is possible as well, or one that is not, with the reasons."""

    step: EventKind | LetterKind
    label: str
    coming: bool
    article: str = ""
    reasons: tuple[Reason, ...] = ()
    draft: Letter | None = None
    ready: bool = False
    """Whether the draft may be issued here and now: then the step is to issue it."""
    lacking: tuple[Reason, ...] = ()
    """What the draft lacks where nothing else stands in its way."""
    several: bool = False
    """Whether it is one of several reminders, which are issued in one run."""

    @property
    def lawful(self) -> bool:
        """Whether nothing forbids it."""
        return not self.reasons


@dataclass(frozen=True)
class Numbers:
    """How letters are numbered here: which kinds, the body's code and full name, and the next of each series in a year.

    ``elsewhere`` are the kinds that another computer of this unit numbers.
    """

    kinds: frozenset[LetterKind] = frozenset()
    body: str = ""
    organ: str = ""
    following: Mapping[Series, int] = field(default_factory=dict)
    elsewhere: frozenset[LetterKind] = frozenset()
    patterns: Mapping[Series, str] = field(default_factory=dict)
    year: int = 0


@dataclass(frozen=True)
class CaseView:
    """A case as its page shows it; ``decisions`` say of each draft whether it may be issued.

    ``mine`` are the letters that this unit issued and prints, ``voidable`` those that it may void. ``past`` says
    whether letters of a paper register are entered here, ``desk`` whether this operator issues, numbers and voids.
    """

    case: str
    file: CaseFile
    state: CaseState
    offers: tuple[Offer, ...]
    decisions: Mapping[str, Decision]
    numbers: Numbers
    signer: supervision.Signatory | None
    inspectors: Mapping[str, str]
    any_inspector: bool
    mine: frozenset[str] = frozenset()
    voidable: frozenset[str] = frozenset()
    past: bool = False
    desk: bool = True


def read_case(session: Session, case: str) -> CaseView:
    """Reads a case; raises ``NotFound``."""
    file = supervision.load_case(session, case)
    state = supervision.state_in(session, file)
    drafts = [letter for letter in file.letters if not letter.number and not letter.deleted]
    # A class notice has two hundred drafts: only those are judged that are shown, and the one gone on with.
    judged = {d.id: d for d in (*drafts[:MOST_LETTERS], *{d.kind: d for d in drafts}.values())}
    decisions = {
        d.id: supervision.may_issue(session, case, d.kind.value, d.id, whole=file) for d in judged.values()
    }
    numbers = _numbers(session)
    issued = [p for p in file.letters if p.number] if supervision.may_number(session) else []
    mine = frozenset(p.id for p in issued if supervision.prints(session, p.values))
    desk = session.operator.role in (Role.ADMIN, Role.DESK)
    kinds = numbers.kinds if desk else frozenset()
    offers = [_with_draft(offer, drafts, decisions, kinds) for offer in _offers(session, case, file, state)]
    return CaseView(
        case=case,
        file=file,
        state=state,
        offers=tuple(sorted(offers, key=lambda o: (not o.ready, not (o.coming and o.lawful), not o.lawful))),
        decisions=decisions,
        numbers=numbers,
        signer=_last_signer(file, mine),
        inspectors={key: str(values.get("name") or "") for key, values in file.inspectors.items()},
        any_inspector=supervision.has_inspectors(session),
        mine=mine,
        voidable=frozenset(p.id for p in issued if supervision.voids(session, p.values)),
        past=session.may_write(
            session.types[LETTER], session.types[LETTER].by_name[f"{PAST}document_number"]
        ),
        desk=desk,
    )


def _numbers(session: Session) -> Numbers:
    kinds = supervision.kinds_here(session)
    if not kinds:
        whole = supervision.kinds_of(session.database, session.types, session.unit.id, session.unit.level)
        return Numbers(elsewhere=whole if supervision.may_number(session) else frozenset())
    settings = supervision.number_settings(session)
    year = session.environment.today().year
    following = supervision.next_numbers(session, year)
    return Numbers(kinds, settings.body, settings.organ, following, patterns=settings.patterns, year=year)


def _offers(session: Session, case: str, file: CaseFile, state: CaseState) -> list[Offer]:
    """The next steps in the order of the law, then the others, those that are forbidden last."""
    labels = session.codes["case_event_kind"]
    found = {step.step: _coming(step, labels.label_of(str(step.step))) for step in reversed(state.next_steps)}
    found = dict(reversed(found.items()))
    for kind in EventKind:
        if kind not in found and kind is not EventKind.PRINTED:
            reasons = tuple(why_not(file, state, kind))
            found[kind] = Offer(kind, labels.label_of(kind.value), coming=False, reasons=reasons)
    for letter in LetterKind:
        if letter not in found:
            reasons = supervision.may_issue(session, case, letter.value, whole=file).forbidden
            found[letter] = Offer(letter, f"起草{letter.label}", coming=False, reasons=reasons)
    return list(found.values())


def _with_draft(
    offer: Offer, drafts: Sequence[Letter], decisions: Mapping[str, Decision], kinds: Set[LetterKind]
) -> Offer:
    """A letter that is drafted already is not drafted again: it is gone on with, or issued once it may be.

    ``kinds`` are those that this operator issues.
    """
    mine = [draft for draft in drafts if draft.kind is offer.step]
    if not mine:
        return offer
    draft = mine[-1]
    ready = offer.coming and draft.kind in kinds and decisions[draft.id].allowed
    several = draft.kind is LetterKind.REMINDER and len(mine) > 1
    issue = f"批量签发{len(mine)}份…" if several else f"签发{draft.kind.label}…"
    words = issue if ready else f"修改{draft.kind.label}草稿"
    decision = decisions[draft.id]
    lacking = () if offer.reasons else (*decision.forbidden, *decision.asked)
    return replace(offer, label=words, draft=draft, ready=ready, several=several, lacking=lacking)


def _coming(step: NextStep, label: str) -> Offer:
    if isinstance(step.step, LetterKind):
        reasons = step.decision.forbidden if step.decision is not None else ()
        return Offer(step.step, f"起草{step.step.label}", True, step.article, tuple(reasons))
    return Offer(step.step, label, True, step.article)


def why_not(file: CaseFile, state: CaseState, kind: EventKind) -> list[Reason]:
    """Why a step cannot be recorded today; nothing where it can."""
    if state.stage is Stage.NOT_ACCEPTED and kind not in AFTER_REFUSAL | {EventKind.REOPENED}:
        return [forbidden("已经决定不予受理", article(17), "要继续办理，请先登记重新办理。")]
    if state.stage is Stage.CLOSED and kind not in (EventKind.REOPENED, EventKind.NOTE):
        return [forbidden("本案已经结案", "", "要继续办理，请先登记重新办理。")]
    if kind is EventKind.REOPENED and state.stage not in (Stage.CLOSED, Stage.NOT_ACCEPTED):
        return [forbidden("本案还在办理，不用重新办理")]
    if kind in (EventKind.ACCEPTED, EventKind.NOT_ACCEPTED) and file.of(EventKind.ACCEPTED):
        return [forbidden("已经登记受理立案", article(17))]
    if kind is EventKind.INFORMED and not file.of(EventKind.NOT_ACCEPTED):
        return [forbidden("没有决定不予受理，不用书面告知", article(17))]
    missing = _missing_letter(file, kind)
    return [missing] if missing is not None else _new_contradictions(file, state, kind)


def _missing_letter(file: CaseFile, kind: EventKind) -> Reason | None:
    issued = [letter for letter in file.letters if letter.stands]
    served = {e.letter for e in file.of(EventKind.SERVED) if e.received}
    if kind in (EventKind.SERVED, EventKind.URGED) and not issued:
        return forbidden("还没有签发文书", article(21))
    if kind is EventKind.REPLIED and not any(letter.id in served for letter in issued):
        return forbidden("文书还没有送达", article(22))
    if kind is EventKind.OBJECTION_REVIEWED and not any(
        e.values.get("objects") for e in file.of(EventKind.REPLIED)
    ):
        said = "单位的答复认为意见不适当的，请在那一步勾选。"
        return forbidden("单位还没有书面说明理由", article(22), said)
    departments = (EventKind.AUTHORITY_ACCEPTED, EventKind.AUTHORITY_RESULT)
    if kind in departments and not file.standing(LetterKind.SUGGESTION):
        return forbidden("还没有发出建议书", article(24))
    return None


def _new_contradictions(file: CaseFile, state: CaseState, kind: EventKind) -> list[Reason]:
    """The contradictions that a step of today would bring."""
    event = Event("", kind, file.today, _NEWEST, {})
    with_it = file.with_events([event])
    before = {reason.text for reason in state.contradictions}
    return [reason for reason in contradictions(with_it) if reason.text not in before]


def _last_signer(file: CaseFile, mine: Set[str]) -> supervision.Signatory | None:
    """Who signed last of this unit."""
    for letter in reversed(file.letters):
        name, post = letter.values.get("signer"), letter.values.get("signer_post")
        if name and letter.id in mine:
            return supervision.Signatory(str(name), str(post or ""))
    return None


def in_register(letter: Letter) -> tuple[datetime.date, int]:
    """The place of a letter as the register has it: by day, then by number."""
    number = letter.values.get("sequence")
    return letter.issued or datetime.date.min, number if isinstance(number, int) else 0


# -- periods in words --------------------------------------------------------------------------------------------------


def _with_weekday(day: datetime.date) -> str:
    """12月14日（周一）."""
    return f"{month_day_words(day)}（周{WEEKDAYS[day.weekday()]}）"


def clock_words(clock: Clock, today: datetime.date, table: WorkingDayTable) -> str:
    """What is awaited, until when, and how many days are left of it."""
    if clock.due is None:
        return f"{clock.awaits}：{clock.missing_year}年的放假安排还没有导入，算不出期限"
    until = (
        _with_weekday(clock.due)
        if clock.due.year == today.year
        else f"{clock.due.year}年{_with_weekday(clock.due)}"
    )
    if clock.overdue(today):
        late = _span(clock, clock.due, today, table)
        # On the days off right behind it no working day is over yet.
        return f"{clock.awaits}：{until}到期，已逾期{'' if late.startswith('0') else late}"
    if clock.due == today:
        return f"{clock.awaits}：今天是最后一天"
    return f"{clock.awaits}：到{until}，还剩{_span(clock, today, clock.due, table)}"


def _span(clock: Clock, start: datetime.date, end: datetime.date, table: WorkingDayTable) -> str:
    if clock.day_kind == WORKING:
        try:
            return f"{working_days_between(start, end, table)}个工作日"
        except HolidayYearMissing:
            pass
    return f"{(end - start).days}天"


def periods(view: CaseView) -> list[tuple[Clock, ...]]:
    """The periods of a case in their order; the same of many letters, run out or not, is shown as one."""
    alike: dict[tuple[object, ...], list[Clock]] = {}
    for clock in view.state.clocks:
        alike.setdefault((clock.awaits, clock.overdue(view.state.today), clock.missing_year), []).append(
            clock
        )
    found: list[tuple[Clock, ...]] = []
    for clocks in alike.values():
        found += [tuple(clocks)] if len(clocks) >= _FOLDED else [(clock,) for clock in clocks]
    return found


def periods_words(clocks: Sequence[Clock], today: datetime.date, table: WorkingDayTable) -> str:
    """What many letters await, of which the first is the most urgent."""
    first = clocks[0]
    if first.due is None:
        return f"{len(clocks)}份{clock_words(first, today, table)}"
    if first.overdue(today):
        return f"{len(clocks)}份已过期限，{first.awaits}，最早的{_with_weekday(first.due)}到期"
    return f"{len(clocks)}份{first.awaits}，最早的{clock_words(first, today, table).partition('：')[2]}"


@dataclass(frozen=True)
class Moment:
    """One line of the timeline: a step or the issue of a letter, with what contradicts it."""

    day: datetime.date
    what: Event | Letter
    faults: tuple[Reason, ...] = ()
    others: tuple[Event | Letter, ...] = ()
    """What was done in the same way on the same day about further letters, and is told with it."""


_FOLDED = 4
"""So many lines that say the same of different letters become one."""
_SAME = ("service_result", "service_way", "result", "handler", "content", "signer")


def timeline(view: CaseView) -> list[Moment]:
    """Steps and issued letters, the newest first; what befell many letters of a class notice at once is one of them.

    What one person printed on a day is one line too: no step of the law, it stands in the way of those that are.
    """
    found: list[Moment] = []
    for _, run in itertools.groupby(_prints_together(_moments(view)), key=_likeness):
        alike = list(run)
        if len(alike) < _FOLDED or alike[0].faults or not _about_letter(alike[0].what):
            found += alike
        else:
            found.append(replace(alike[0], others=tuple(moment.what for moment in alike[1:])))
    return found


def _prints_together(moments: Sequence[Moment]) -> list[Moment]:
    """The newest printing of a day has those before it by the same person with it."""
    prints: dict[tuple[object, ...], list[Moment]] = {}
    for moment in moments:
        if is_print(moment.what):
            prints.setdefault((moment.day, moment.what.values.get("handler")), []).append(moment)
    whole = {
        run[0].what.id: replace(run[0], others=tuple(m.what for m in run[1:])) for run in prints.values()
    }
    told = [whole.get(m.what.id) if is_print(m.what) else m for m in moments]
    return [moment for moment in told if moment is not None]


def is_print(what: Event | Letter) -> bool:
    """Whether it is the printing of a paper."""
    return isinstance(what, Event) and what.kind is EventKind.PRINTED


def _about_letter(what: Event | Letter) -> bool:
    return isinstance(what, Letter) or what.letter is not None


def _likeness(moment: Moment) -> tuple[object, ...]:
    """What lines have in common that differ in their letter only."""
    what = moment.what
    said = [what.values.get(name) for name in _SAME]
    voided = what.voided if isinstance(what, Letter) else None
    return moment.day, type(what), what.kind, voided, bool(moment.faults), _about_letter(what), *said


def _moments(view: CaseView) -> list[Moment]:
    faults: dict[str, list[Reason]] = {}
    for reason in view.state.contradictions:
        faults.setdefault(reason.subject or "", []).append(reason)
    found = [
        Moment(day, what, tuple(faults.get(what.id, ()))) for day, what in chronicle(view.file, voided=True)
    ]
    return found[::-1]

"""What the order of a case is judged by: its values, events and letters in their order, the day and the table."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from desktop.records.cells import Values, as_day, text
from desktop.records.declaration import Level
from desktop.records.reckoning.working_days import WorkingDayTable
from desktop.records.supervision.kinds import (
    ABOUT_LETTERS,
    COMPLAINTS,
    TITLES,
    UNION_DUES,
    EventKind,
    LetterKind,
    Matter,
    Title,
)
from desktop.records.supervision.powers import Power, as_issued, is_doubled, is_own, is_past


@dataclass(frozen=True)
class Event:
    """One recorded step. ``stamp`` orders what happened on one day in the order in which it was recorded."""

    id: str
    kind: EventKind
    day: datetime.date
    stamp: int = 0
    values: Values = field(default_factory=dict)

    @cached_property
    def letter(self) -> str | None:
        """The letter that was served, answered or urged; asked for every letter of a case when each is judged."""
        return text(self.values, "document") or None

    @property
    def result(self) -> str:
        """The code of ``event_result``, or empty."""
        return text(self.values, "result")

    @property
    def refused(self) -> bool:
        """Whether a service was refused; a service that says nothing of it was neither received nor refused."""
        return text(self.values, "service_result") == "refused"

    @property
    def received(self) -> bool:
        """Whether a service was received."""
        return text(self.values, "service_result") == "received"


@dataclass(frozen=True)
class Letter:
    """A letter of the case, drafted or issued.

    ``altered`` says that its issue was changed after it was made, ``disputed`` that two issues stand beside each
    other, ``deleted`` that the record was deleted; an issued letter may only be voided. ``own`` is an issue by a town
    or park, ``unpowered`` one for which no power is known, which counts as none; ``doubled`` says that the district and
    a town have both issued it. ``past`` was typed from a paper register (补录), and is ``overtaken`` where the program
    had begun to number by then or has given that number; it counts as none then. ``values`` have the issue under the
    district's names, whoever made it.
    """

    id: str
    kind: LetterKind
    title: Title
    number: str = ""
    issued: datetime.date | None = None
    voided: datetime.date | None = None
    stamp: int = 0
    altered: bool = False
    disputed: bool = False
    deleted: bool = False
    values: Values = field(default_factory=dict)
    own: bool = False
    unpowered: bool = False
    doubled: bool = False
    past: bool = False
    overtaken: bool = False

    @property
    def stands(self) -> bool:
        """Whether it is issued and not voided."""
        whole = bool(self.number) and self.issued is not None and not self.unpowered and not self.overtaken
        return whole and self.voided is None and not self.deleted

    @property
    def unit(self) -> str:
        """The unit in whose register its number stands; empty in older letters."""
        return text(self.values, "issuing_unit")

    @property
    def opinion(self) -> str | None:
        """The opinion letter that a suggestion letter rests on."""
        return text(self.values, "opinion_letter") or None

    def name(self) -> str:
        """How reasons name it: 意见书（杭西工监意〔2026〕1号）."""
        return f"{self.kind.label}（{self.number}）" if self.number else self.kind.label


@dataclass(frozen=True)
class Issuer:
    """The union body that would issue: its level, its full name and its unit."""

    level: Level
    name: str = ""
    unit: str = ""


@dataclass(frozen=True)
class CaseFile:
    """Everything that the order of one case is judged by; ``events`` and ``letters`` are in their order.

    ``powers`` are those in force today that let a unit issue in this case: the case lies at it or below.
    """

    case: Values
    events: tuple[Event, ...]
    letters: tuple[Letter, ...]
    inspectors: Mapping[str, Values]
    today: datetime.date
    table: WorkingDayTable
    powers: tuple[Power, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Letter]:
        """The letters by record id."""
        return {letter.id: letter for letter in self.letters}

    @cached_property
    def about_letter(self) -> Mapping[str, tuple[Event, ...]]:
        """What happened to each letter, in order: a case of 200 letters is not searched through for each of them."""
        found: dict[str, list[Event]] = {}
        for event in self.events:
            if event.letter is not None:
                found.setdefault(event.letter, []).append(event)
        return {letter: tuple(events) for letter, events in found.items()}

    @cached_property
    def procedure(self) -> CaseFile:
        """The case without reminders and without what befalls letters: all that a reminder is judged by."""
        return replace(
            self,
            events=tuple(e for e in self.events if e.kind not in ABOUT_LETTERS),
            letters=tuple(letter for letter in self.letters if letter.kind is not LetterKind.REMINDER),
        )

    @property
    def complaint(self) -> bool:
        """Whether a worker complained, so that 条例第十七条第一款 to 第二十条 order the steps."""
        return text(self.case, "source") in COMPLAINTS

    @property
    def received(self) -> datetime.date | None:
        """The day on which the complaint came in or the clue was found."""
        return as_day(self.case.get("received_date"))

    @property
    def violations(self) -> frozenset[str]:
        """The codes of ``violation`` that are suspected."""
        return frozenset(text(self.case, "violations").split())

    @property
    def matters(self) -> frozenset[str]:
        """The items of 条例第九条 that the case is about."""
        return frozenset(f"{text(self.case, 'matter')} {text(self.case, 'other_matters')}".split())

    @property
    def dues_only(self) -> bool:
        """Whether the case is about unpaid union dues and nothing else."""
        return self.violations == {UNION_DUES}

    def about(self, matter: Matter) -> bool:
        """Whether the case is about one matter, perhaps among others."""
        return matter in self.matters

    def of(self, *kinds: EventKind) -> tuple[Event, ...]:
        """The events of these kinds in their order."""
        return tuple(event for event in self.events if event.kind in kinds)

    def standing(self, kind: LetterKind) -> tuple[Letter, ...]:
        """The letters of a kind that are issued and not voided, in their order."""
        return tuple(letter for letter in self.letters if letter.kind is kind and letter.stands)

    def with_events(self, events: Iterable[Event]) -> CaseFile:
        """The case with further steps."""
        more = [*self.events, *events]
        return case_file(
            self.case, more, self.letters, self.inspectors, self.today, self.table, self.powers
        )  # fmt: skip

    def until(self, day: datetime.date, without: str | None = None) -> CaseFile:
        """The case as it stood at the end of a day, without one letter and what happened to it.

        Voided letters stay away whatever the day: what rests on one falls with it.
        """
        return replace(
            self,
            events=tuple(e for e in self.events if e.day <= day and (without is None or e.letter != without)),
            letters=tuple(
                letter
                for letter in self.letters
                if letter.id != without and (letter.issued is None or letter.issued <= day)
            ),
            today=day,
        )


def event_of(record: str, values: Values, stamp: int = 0) -> Event | None:
    """A step from its record; nothing while kind or day is missing, or when a newer program wrote the kind."""
    day, kind = as_day(values.get("event_date")), _EVENT_KINDS.get(text(values, "kind"))
    return None if day is None or kind is None else Event(record, kind, day, stamp, values)


def letter_of(
    record: str,
    values: Values,
    stamp: int = 0,
    *,
    altered: bool = False,
    disputed: bool = False,
    deleted: bool = False,
) -> Letter | None:
    """A letter from its record; nothing while its kind is missing or unknown.

    The one place that says whose issue counts, the district's or that of a town or park. The latter is ``unpowered``
    until somebody who knows the powers says otherwise.
    """
    kind = _LETTER_KINDS.get(text(values, "kind"))
    if kind is None:
        return None
    own = is_own(values)
    doubled, past = is_doubled(values), is_past(values)
    values = as_issued(values)
    title = _TITLES.get(text(values, "title_variant"), TITLES[kind][0])
    issued, voided = as_day(values.get("issue_date")), as_day(values.get("voided_date"))
    number = text(values, "document_number")
    return Letter(
        id=record,
        kind=kind,
        title=title,
        number=number,
        issued=issued,
        voided=voided,
        stamp=stamp,
        altered=altered,
        disputed=disputed,
        deleted=deleted,
        values=values,
        own=own,
        unpowered=own,
        doubled=doubled,
        past=past,
    )


_EVENT_KINDS: Final = {kind.value: kind for kind in EventKind}
_LETTER_KINDS: Final = {kind.value: kind for kind in LetterKind}
_TITLES: Final = {title.value: title for title in Title}


def case_file(
    case: Values,
    events: Iterable[Event],
    letters: Iterable[Letter],
    inspectors: Mapping[str, Values],
    today: datetime.date,
    table: WorkingDayTable,
    powers: tuple[Power, ...] = (),
) -> CaseFile:
    """A case with its events and letters brought into their order."""
    kept = tuple(sorted(letters, key=lambda p: (p.issued or datetime.date.max, p.stamp, p.id)))
    kinds = {letter.id: letter.kind for letter in kept}
    order = sorted(events, key=lambda e: (e.day, _rank(e.kind, kinds.get(e.letter or "")), e.stamp, e.id))
    return CaseFile(case, tuple(order), kept, inspectors, today, table, powers)


_RANKS: Final = {
    kind: rank
    for rank, kind in enumerate((
        EventKind.ACCEPTED, EventKind.NOT_ACCEPTED, EventKind.INFORMED, EventKind.HEARD, EventKind.NEGOTIATED,
        EventKind.INVESTIGATED, EventKind.EXPLAINED, EventKind.PAYMENT_ORDER, EventKind.SERVED, EventKind.REPLIED,
        EventKind.OBJECTION_REVIEWED, EventKind.RECHECKED, EventKind.AUTHORITY_ACCEPTED,
        EventKind.AUTHORITY_RESULT, EventKind.PROCURATORATE, EventKind.WITHDRAWN, EventKind.CLOSED,
        EventKind.REOPENED,
    ))
}  # fmt: skip
_LETTER_RANKS: Final = {LetterKind.REMINDER: 0, LetterKind.OPINION: 20, LetterKind.SUGGESTION: 40}
_ABOUT_OPINIONS: Final = frozenset({EventKind.REPLIED, EventKind.OBJECTION_REVIEWED, EventKind.RECHECKED})
_AFTER_LETTERS: Final = frozenset({
    EventKind.AUTHORITY_ACCEPTED, EventKind.AUTHORITY_RESULT, EventKind.PROCURATORATE, EventKind.WITHDRAWN,
    EventKind.CLOSED, EventKind.REOPENED,
})  # fmt: skip


def _rank(kind: EventKind, letter: LetterKind | None) -> int:
    """The place of a step among those of one day: days are all that is recorded, so the order of the law decides."""
    rank = _RANKS.get(kind, 99)
    if letter is None and kind in _ABOUT_OPINIONS:
        letter = LetterKind.OPINION
    if letter is not None:
        return rank + _LETTER_RANKS[letter]
    return rank + 60 if kind in _AFTER_LETTERS else rank

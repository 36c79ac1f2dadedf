"""The steps that were done at this computer: which, by whom, what each changed, and taking one of them back."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from desktop.operations.quantities import amount_words
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import Role
from desktop.records.types import Catalogue
from desktop.records.versions import items
from desktop.records.versions.deciding import ERASURE, GRANT, SAME, UNIT
from desktop.records.versions.stamps import from_wire
from desktop.store.ledger import CannotUndo, ChangeSet
from desktop.store.log import belonging
from desktop.store.queries import attached, candidates, lookup
from desktop.store.queries import steps as stored
from desktop.store.queries.attached import ATTACHMENT, PART
from desktop.store.queries.steps import Edit, Operation
from desktop.store.tables.database import Database
from desktop.sync.bundles import kept
from desktop.sync.merging.lapsed import PARTED

SHOWN = 200
"""So many steps are listed at once."""
LETTER = "case_document"
MOST_CHANGES = 300
"""So many changes of one step are shown; the rest is counted."""

_ERASED = "清除个人信息不能撤消，需要的内容请重新填写。"
_RELIED = {
    UNIT: "体系是从本单位建起的，不能撤消。",
    GRANT: (
        "它的电脑已经报来过内容，撤消批准，那些内容就都不计入了。"
        "电脑不用了的，请到“下级电脑”里停用；换了上级的，请用“调整隶属关系”。"
    ),
}
_PARTED = "这几条的合并已经不成立，撤消了下次合并文件时又会取消。是不是同一条，由管着这几个单位的上级来定。"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how many records and attached files it touched, the first by type and id, and what became of it.

    ``undone``: it was taken back, and that was not taken back. ``here``: it was done since the ledger was last
    restored; what was done before is history here as it is everywhere else. ``lasting`` says why nobody takes it back.
    """

    operation: Operation
    records: int
    first: tuple[str, str] | None
    undone: bool
    here: bool
    files: int = 0
    lasting: str = ""

    @property
    def several(self) -> bool:
        """Whether it touched more than one thing."""
        return self.records + self.files > 1


@dataclass(frozen=True, slots=True)
class Change:
    """What one item of a step said: the birth of a record, or a value of one of its slots.

    ``edit`` is nothing for a birth, and for what is kept no longer because it was erased or does not count.
    """

    type: str
    record: str
    slot: str
    birth: bool
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What a step changed, as far as it is shown, and how many changes it made in all."""

    changes: tuple[Change, ...]
    total: int


def recent(database: Database, station: str, limit: int = SHOWN, before: int | None = None) -> list[Step]:
    """The newest steps of this station, or those older than the stamp ``before``."""
    found = stored.newest(database, limit + 1, before)
    if not found:
        return []
    origin, began = stored.present(database, station)
    undoing = stored.undoing(database, found[-1].stamp)
    shown = [one for one in found[:limit] if origin is not None and one.stamp >= began]
    firsts = _about(database, origin, [one.first for one in shown]) if origin is not None else {}
    firsts = {number: _joined(database, *first) for number, first in firsts.items()}
    born = _Born.of(database, origin, shown) if origin is not None and shown else None
    steps = []
    for n, one in enumerate(found[:limit]):
        here, total, files, lasting = one in shown, one.last - one.first + 1, 0, ""
        if origin is not None and born is not None and here:
            since = found[n + 1].stamp if n + 1 < len(found) else 0
            changed = stored.counted(database, origin, one, since)
            files = born.files_of(one) + changed.records.get(ATTACHMENT, 0)
            total += sum(changed.records.values()) - changed.changes
            total -= files + changed.records.get(PART, 0) + born.beside(one)
            lasting = _ERASED if born.erases(one) else _PARTED if one.name == PARTED else born.relies(one)
            if one.undoes is not None:
                lasting = _relied(database, origin, began, one)
        first = firsts.get(one.first) if here else None
        steps.append(Step(one, total, first, _is_undone(one.stamp, undoing), here, files, lasting))
    return steps


@dataclass(frozen=True, slots=True)
class _Born:
    """The numbers of the births that are no records to people: files, their parts, and what says of an erasure."""

    files: Sequence[int]
    parts: Sequence[int]
    erasures: Sequence[int]
    relied: Mapping[int, str]

    @classmethod
    def of(cls, database: Database, origin: int, shown: Sequence[Operation]) -> Self:
        """Those of all these operations, the newest of which comes first."""
        span = shown[-1].first, shown[0].last
        files, parts = attached.born(database, origin, *span)
        erasures = stored.numbers_of(database, ERASURE, origin, *span)
        return cls(files, parts, erasures, stored.relied_upon(database, origin, *span))

    def files_of(self, one: Operation) -> int:
        """How many files an operation bore."""
        return _within(self.files, one)

    def erases(self, one: Operation) -> bool:
        """Whether an operation erased something."""
        return _within(self.erasures, one) > 0

    def relies(self, one: Operation) -> str:
        """Why an operation stays that all else stands on."""
        return next((_RELIED[self.relied[n]] for n in self.relied if one.first <= n <= one.last), "")

    def beside(self, one: Operation) -> int:
        """How many births of an operation nobody counts."""
        return _within(self.parts, one) + _within(self.erasures, one)


def _within(numbers: Sequence[int], one: Operation) -> int:
    return bisect_right(numbers, one.last) - bisect_left(numbers, one.first)


def _about(database: Database, origin: int, numbers: list[int]) -> dict[int, tuple[str, str]]:
    """Type and id of the record that each of these items is about: from the log, else from its line."""
    found = stored.about(database, origin, numbers)
    for number in numbers:
        if number not in found:
            # A segment that is opened for one of them is read for all of them.
            missing = [n for n in numbers if n not in found]
            heads = _heads(database, origin, number, number, wanted=frozenset(missing), waiting=True)
            found |= {head.number: (head.type, head.record) for head in heads}
    return found


def _joined(database: Database, type_name: str, record: str) -> tuple[str, str]:
    """What people know a record by: one that says of two others that they are one, by the first of those."""
    ends = candidates.ends_of(database, record) if type_name == SAME else None
    return (type_name, record) if ends is None else (ends[0], ends[1])


def _is_undone(stamp: int, undoing: Mapping[int, int]) -> bool:
    by = undoing.get(stamp)
    return by is not None and not _is_undone(by, undoing)


def done(database: Database, stamp: int) -> Operation | None:
    """The step with this stamp, if this station has done it."""
    return stored.operation(database, stamp)


def look(database: Database, station: str, step: Operation, limit: int = MOST_CHANGES) -> Looked:
    """What a step changed, in the order in which it was written; the first ``limit`` of it."""
    total = step.last - step.first + 1
    last = min(step.last, step.first + limit - 1)
    for place, origin in enumerate(stored.incarnations(database, station)):
        lines = _heads(database, origin, step.first, last, waiting=not place)
        heads = [head for head in lines if head.stamp <= step.stamp]
        if heads and heads[-1].stamp > stored.earlier(database, step.stamp):
            edits = stored.edits(database, origin, step.first, last)
            return Looked(tuple(_change(head, edits.get(head.number)) for head in heads), total)
    return Looked((), total)


def going_with(database: Database, types: Catalogue, station: str, step: Operation) -> tuple[int, int]:
    """How many records and files that came later belong to what a step gave birth to: they go when it is undone."""
    origin, began = stored.present(database, station)
    if origin is None or step.stamp < began:
        return 0, 0
    found = {(name, record) for name, record in stored.born(database, types, origin, step)}
    later: set[tuple[str, str]] = set()
    level = found
    while level:
        below = {
            (name, record.hex())
            for type_name in {name for name, _ in level}
            for name, record in belonging.living(
                database, types, type_name, [r for name, r in level if name == type_name]
            )
        }
        level = below - found - later
        later |= level
    files = sum(name == ATTACHMENT for name, _ in later)
    return len(later) - files - sum(name == PART for name, _ in later), files


def going_words(records: int, files: int) -> str:
    """What goes with a step that is taken back; nothing where nothing does."""
    return f"后来登记在名下的{amount_words(records, files)}也会一起删除。" if records or files else ""


def from_paper(database: Database, types: Catalogue, station: str, step: Operation) -> list[str]:
    """The letters of a paper register that a step entered and that stand: nobody undoes them, but they are voided."""
    record_type = types[LETTER]
    origin, began = stored.present(database, station)
    if origin is None or step.stamp < began:
        return []
    born = [record for name, record in stored.born(database, types, origin, step) if name == LETTER]
    numbers = lookup.existing(database, record_type, born, str(record_type.excused_by))
    voided = lookup.existing(database, record_type, born, "voided_date")
    return [record for record in born if numbers.get(record) and not voided.get(record)]


def _relied(database: Database, origin: int, began: int, step: Operation) -> str:
    """Why a step stays that bore what all else stands on, or has brought that back; mostly nothing."""
    root, links = step, 0
    while root.undoes is not None and (before := stored.operation(database, root.undoes)) is not None:
        root, links = before, links + 1
    if links % 2 or root.stamp < began:
        return ""
    found = stored.relied_upon(database, origin, root.first, root.last)
    return next((_RELIED[name] for name in found.values()), "")


def undo(session: Session, stamp: int) -> ChangeSet:
    """Takes a step back whose records this operator may write; raises ``CannotUndo`` and :class:`NotAllowed`."""
    session.require(Role.EDITOR, Role.DESK)
    step = stored.operation(session.database, stamp)
    if step is not None and step.name == PARTED:
        raise CannotUndo("这一步是合并文件时程序自动做的，不能撤消。", _PARTED)
    origin, began = stored.present(session.database, session.ledger.station)
    if step is not None and origin is not None and (relied := _relied(session.database, origin, began, step)):
        raise CannotUndo("这一步不能撤消。", relied)
    if step is not None:
        for name in sorted(_types(session, step)):
            record_type = session.types.get(name)
            if name in (SAME, ATTACHMENT, PART):
                # Whoever records may say which records are one and attach files, and take that back.
                continue
            if record_type is None or record_type.by_program:
                session.require(Role.DESK)
            elif not session.may_write(record_type):
                raise NotAllowed(f"本单位或您的角色不能填写“{record_type.label}”，不能撤消这一步。")
    changes = records.undo(session, stamp)
    if changes.empty:
        raise CannotUndo(
            "这一步已经没有可以撤消的内容。", "台账恢复或者搬来以前做的不能在这里撤消，请直接改成需要的内容。"
        )
    return changes


@dataclass(frozen=True, slots=True)
class _Head:
    """What a line says first: what kind of item it is, and which slot of which record it is about."""

    number: int
    kind: str
    type: str
    record: str
    slot: str
    stamp: int


def _change(head: _Head, edit: Edit | None) -> Change:
    return Change(head.type, head.record, head.slot, head.kind == items.BIRTH, edit)


def _types(session: Session, step: Operation) -> set[str]:
    heads = _heads(session.database, session.ledger.origin, step.first, step.last, waiting=True)
    return {head.type for head in heads if head.stamp <= step.stamp}


def _heads(
    database: Database,
    origin: int,
    first: int,
    last: int,
    *,
    waiting: bool,
    wanted: frozenset[int] = frozenset(),
) -> Iterator[_Head]:
    """Those of the items with these numbers: from the segments that were cut, then from what waits.

    Others that are ``wanted`` and stand in the same segments come with them. The lines say it in a moment, where the
    rows of births would have to be looked for in every table.
    """
    found: dict[int, bytes] = {}
    for header, lines in kept.signed_between(database, origin, first, last):
        numbered = enumerate(lines, header.first)
        found |= {n: line for n, line in numbered if first <= n <= last or n in wanted}
    if waiting:
        found |= dict(stored.waiting(database, first, last))
    for number in sorted(found):
        kind, type_name, record, _, slot, stamp, *_ = json.loads(items.split_line(found[number])[0])
        yield _Head(number, kind, type_name, record, slot or "", from_wire(stamp))

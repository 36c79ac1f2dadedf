"""One field, or one group, of many records set to one value in one operation (批量修改).

What nobody has decided is not decided by the way: records that are locked, that belong to others, or whose slot is in
conflict are passed over and counted.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from desktop.operations.recording import admitting
from desktop.operations.session import NotAllowed, Session
from desktop.records import employers
from desktop.records.declaration import Field, Kind, Mask, RecordType, Slot
from desktop.records.typed.lengths import check_lengths
from desktop.records.typed.texts import printable
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import SUPERIOR, UNIT
from desktop.records.versions.resolution import Life
from desktop.store.ledger import ChangeSet, SlotEdit
from desktop.store.queries import reading
from desktop.store.queries.reading import Record
from desktop.store.queries.units import subtree
from desktop.store.tables.database import Database

EMPLOYER = "enterprise"
_PAGE = 1_000
_TELL_EVERY = 500

Progress = Callable[[int, int], None]
"""Called with done and total; may raise to cancel, and then nothing is changed."""


class Skip(enum.StrEnum):
    """Why a record is passed over."""

    GONE = "已经不在列表里"
    FOREIGN = "是别的单位的记录，本机不能改"
    LOCKED = "已经签发，不能再改"
    RESTED = "已经按它签发了文书，不能改给别的单位"
    DISPUTED = "这一项有分歧，请到“分歧”里处理"


@dataclass(frozen=True)
class Target:
    """What is changed: one field, or those of a group together. The other fields of a group stay with each record."""

    label: str
    slot: Slot
    fields: tuple[Field, ...]

    @property
    def key(self) -> str:
        """A name of its own among those of a type."""
        return self.fields[0].name if len(self.fields) == 1 else self.slot.name


@dataclass(frozen=True)
class Survey:
    """What stands in records that were named by their row numbers, before anything is changed.

    ``ids`` are those that can be changed, by row number. ``standing`` counts their values, as tuples in the order of
    the target's fields.
    """

    type: str
    target: Target
    ids: Mapping[int, str]
    standing: Mapping[tuple[Cell, ...], int]
    skipped: Mapping[Skip, int]

    def changing(self, values: Mapping[str, Cell]) -> int:
        """How many records these values of fields would change."""
        wanted = [(at, values[f.name]) for at, f in enumerate(self.target.fields) if f.name in values]
        if len(wanted) == len(self.target.fields):
            # Asked at every key, where a hundred thousand records may have as many values.
            return len(self.ids) - self.standing.get(tuple(cell for _, cell in wanted), 0)
        return sum(n for held, n in self.standing.items() if any(held[at] != cell for at, cell in wanted))


@dataclass(frozen=True)
class Changed:
    """What a batch edit did: how many records it changed, and how many were passed over since it was surveyed.

    ``along`` counts, by label, the fields that follow from the changed one and were changed with it.
    """

    changes: ChangeSet
    count: int
    skipped: Mapping[Skip, int] = field(default_factory=dict)
    along: Mapping[str, int] = field(default_factory=dict)


def targets_of(record_type: RecordType, may_write: Callable[[RecordType, Field], bool]) -> list[Target]:
    """What can be changed in many records of a type at once: each field, and after those of a group the whole of it."""
    found = []
    for slot in record_type.slots.values():
        fields = tuple(
            f for f in slot.shown_fields if _is_shared(record_type, f) and may_write(record_type, f)
        )
        found += [Target(f.label, slot, (f,)) for f in fields]
        if len(fields) > 1:
            found.append(Target(f"{slot.label}（{len(fields)}项一起）", slot, fields))
    return found


def _is_shared(record_type: RecordType, field: Field) -> bool:
    """Whether many records may have one value in common: nothing by which one is known or that is worked out of it."""
    name = field.name == record_type.title[0] and field.kind is Kind.TEXT
    known_by = name or field.mask is not Mask.NONE or field.name in (record_type.key, *record_type.locked_by)
    # And a unit is moved one by one: what its former superior had said of it is said once more (rule 28).
    place = record_type.name == UNIT and field.name in (*admitting.NAMING, SUPERIOR)
    return not known_by and not place and not field.reckoned


def survey(
    database: Database,
    record_type: RecordType,
    target: Target,
    rows: Sequence[int],
    own: str,
    progress: Progress | None = None,
) -> Survey:
    """Looks at what stands in the records with these row numbers; ``own`` is the unit of the workspace."""
    names = [f.name for f in target.fields]
    standing: Counter[tuple[Cell, ...]] = Counter()
    skipped: Counter[Skip] = Counter()
    ids: dict[int, str] = {}
    for row, held, why in _look(database, record_type, target, rows, own, progress):
        if held is None or why is not None:
            skipped[why or Skip.GONE] += 1
        else:
            ids[row] = held.id
            standing[tuple(held.values.get(name) for name in names)] += 1
    return Survey(record_type.name, target, ids, standing, skipped)


def change(
    session: Session, found: Survey, values: Mapping[str, Cell], progress: Progress | None = None
) -> Changed:
    """Sets these fields of the target in the surveyed records, as one operation.

    They are looked at once more in the same transaction: what others have locked or disputed since is passed over.
    Raises ``UnknownField`` and :class:`NotAllowed`.
    """
    record_type, slot = session.types[found.type], found.target.slot
    values = {name: (printable(v) or None) if isinstance(v, str) else v for name, v in values.items()}
    admitting.check_rights(session, record_type, values)
    check_lengths(record_type, values)
    named = {
        f.name
        for f in found.target.fields
        if session.may_write(record_type, f) and _is_shared(record_type, f)
    }
    if not values.keys() <= named:
        raise NotAllowed("这一项不能批量修改。", "请打开记录一条一条改。")
    skipped: Counter[Skip] = Counter()
    along: Counter[str] = Counter()
    edits: list[SlotEdit] = []
    count = 0
    with session.database.transaction():
        for row, held, why in _look(
            session.database, record_type, found.target, list(found.ids), session.unit.id, None
        ):
            if held is None or why is not None or held.id != found.ids[row]:
                skipped[why or Skip.GONE] += 1
            elif _differs(held.values, values):
                whole = {f.name: values.get(f.name, held.values.get(f.name)) for f in slot.fields}
                edits.append(
                    SlotEdit(found.type, held.id, slot.name, whole if slot.grouped else whole[slot.name])
                )
                count += 1
                for follower, code in _following(session, record_type, held, values):
                    edits.append(SlotEdit(found.type, held.id, follower.name, code))
                    along[follower.label] += 1
        name = f"批量修改{record_type.label}：{found.target.label}"
        changes = session.ledger.write(name, session.operator.name, edits=_Told(edits, progress))
    return Changed(changes, count, skipped, along)


def followers(record_type: RecordType, target: Target) -> list[str]:
    """The labels of the fields that follow from what is changed, where nobody has chosen another value."""
    brings = record_type.name == EMPLOYER and any(f.name == employers.NATURE for f in target.fields)
    return [record_type.by_name[employers.CLASS].label] if brings else []


def _following(
    session: Session, record_type: RecordType, held: Record, values: Mapping[str, Cell]
) -> Iterator[tuple[Field, str]]:
    """The fields that follow from what is changed, as in a form; none that is in conflict, which this would decide."""
    if record_type.name != EMPLOYER:
        return
    for name, code in employers.following(held.values, values).items():
        follower = record_type.by_name[name]
        if name not in held.disputed and session.may_write(record_type, follower):
            yield follower, code


class _Told(list[SlotEdit]):
    """Edits that say how far they are while the ledger goes through them, which is most of its work."""

    def __init__(self, edits: Sequence[SlotEdit], progress: Progress | None) -> None:
        super().__init__(edits)
        self._progress = progress

    def __iter__(self) -> Iterator[SlotEdit]:
        for done, edit in enumerate(super().__iter__()):
            if self._progress is not None and not done % _TELL_EVERY:
                self._progress(done, len(self))
            yield edit
        if self._progress is not None:
            self._progress(len(self), len(self))


def _look(
    database: Database,
    record_type: RecordType,
    target: Target,
    rows: Sequence[int],
    own: str,
    progress: Progress | None,
) -> Iterator[tuple[int, Record | None, Skip | None]]:
    """The records one after the other, and why one is passed over."""
    mine = {own, *subtree(database, own)}
    moves = any(field.name in admitting.FIXED for field in target.fields)
    for start in range(0, len(rows), _PAGE):
        part = rows[start : start + _PAGE]
        page = reading.page(database, record_type, part)
        for row in part:
            held = page.get(row)
            why = None if held is None else _skipped(record_type, target.slot.name, held, mine)
            if moves and held is not None and why is None:
                why = Skip.RESTED if admitting.resting(database, record_type.name, held.id) else None
            yield row, held, why
        if progress is not None:
            progress(start + len(part), len(rows))


def _skipped(record_type: RecordType, slot: str, held: Record, mine: set[str]) -> Skip | None:
    if held.life is Life.DELETED:
        return Skip.GONE
    if held.unit not in mine:
        return Skip.FOREIGN
    if record_type.is_locked(held.values):
        return Skip.LOCKED
    # A value that is written where several stand would be a decision.
    return Skip.DISPUTED if slot in held.disputed else None


def _differs(held: Mapping[str, Cell], values: Mapping[str, Cell]) -> bool:
    return any(held.get(name) != cell for name, cell in values.items())

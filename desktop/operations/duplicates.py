"""Records that are one and the same (rule 10): finding them, looking at two side by side, merging, and taking it back.

A merge is an edge and, for the contents in which the two differ, the value that was chosen; nothing is moved and
nothing is lost, so it is undone by deleting the edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.errors import StateProblem, UsageProblem
from desktop.operations import audit, queries
from desktop.operations.audit import Act
from desktop.operations.queries import Codes
from desktop.operations.session import NotAllowed, Session
from desktop.records import uscc
from desktop.records.canonical import ABSENT, Cell, canonical
from desktop.records.deciding import SAME, UNIT
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Kind, Mask, RecordType, Role, Slot
from desktop.records.identity import same_id
from desktop.records.resolution import Life, rank
from desktop.records.types import Catalogue
from desktop.store import candidates, components, reading
from desktop.store.candidates import BY_CODE, BY_NAME, BY_NUMBER, BY_PHONE, Candidate
from desktop.store.database import Database
from desktop.store.ledger import Again, ChangeSet, Deletion, NewRecord, NotFound, Restoration
from desktop.store.reading import Record

WHY: Mapping[str, str] = {
    BY_CODE: "统一社会信用代码相同",
    BY_NAME: "名称和地址相近",
    BY_NUMBER: "证件号码相同",
    BY_PHONE: "姓名和电话相同",
}
"""By what two records were found, as people say it."""


class NotTwo(UsageProblem):
    """These are not two records of one type that could be one."""

    next_step = "请选两条同一类的记录；可以用 duplicates 列出可能重复的。"


class CodesDiffer(StateProblem):
    """Two valid codes are two organisations."""

    exit_code = 22
    next_step = "请先核对代码，把写错的一条删除或者改正。"


class NotMerged(StateProblem):
    """Nothing joins these records here, or not any more."""

    exit_code = 22
    next_step = "它可能已经撤销，请重新列出再看。"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one, in words, and why they were found."""

    type: str
    one: str
    other: str
    why: str
    titles: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One slot in which two records say something; ``slot.shown_fields`` and the values of each side by field.

    ``differ``: they do not say the same, so that one has to be chosen; what only one has filled stays.
    """

    slot: Slot
    values: tuple[Mapping[str, Cell], Mapping[str, Cell]]
    differ: bool


@dataclass(frozen=True)
class Comparison:
    """Two records side by side: unit, the slots that are filled, and how many records hang on each, by type."""

    records: tuple[Record, Record]
    titles: tuple[str, str]
    units: tuple[str, str]
    rows: tuple[Row, ...]
    hanging: tuple[Mapping[str, int], Mapping[str, int]]
    codes_differ: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """An edge that stands: its id, the type and words of what it joins."""

    edge: str
    type: str
    one: str
    other: str
    title: str
    stamp: int


# -- looking -------------------------------------------------------------------------------------------------------


def kinds(types: Catalogue) -> list[RecordType]:
    """The types of which duplicates are looked for."""
    return candidates.kinds(types)


def proposals(
    database: Database, types: Catalogue, codes: Codes, unit: str, type_name: str | None = None
) -> list[Pair]:
    """The pairs of records that may be one and the same, the surest first."""
    found: list[Pair] = []
    for record_type in kinds(types):
        if type_name in (None, record_type.name):
            pairs = candidates.candidates(database, record_type, unit)
            ids = [r for p in pairs for r in (p.one, p.other)]
            words = queries.titles(database, types, codes, record_type.name, ids)
            found += [_pair(record_type, p, words) for p in pairs]
    order = list(WHY)
    return sorted(found, key=lambda p: order.index(p.why))


def _pair(record_type: RecordType, found: Candidate, words: Mapping[str, str]) -> Pair:
    titles = (words.get(found.one, record_type.label), words.get(found.other, record_type.label))
    return Pair(found.type, found.one, found.other, found.why, titles)


def compare(
    database: Database, types: Catalogue, codes: Codes, type_name: str, one: str, other: str
) -> Comparison:
    """Two records side by side; raises ``NotFound`` and :class:`NotTwo`."""
    record_type = types[type_name]
    held = [_found(database, types, type_name, r) for r in (one, other)]
    if held[0].id == held[1].id:
        raise NotTwo("这两个编号已经是同一条记录。")
    names = reading.titles(database, types[UNIT], [h.unit for h in held])
    sides = [h.values for h in held]
    rows = []
    for slot in record_type.slots.values():
        values = tuple({f.name: s[f.name] for f in slot.fields if s.get(f.name) is not None} for s in sides)
        if slot.shown_fields and any(values):
            rows.append(
                Row(
                    slot,
                    (values[0], values[1]),
                    bool(values[0]) and bool(values[1]) and values[0] != values[1],
                )
            )
    key = [s.get(record_type.key) for s in sides] if record_type.key else []
    valid = {str(c) for c in key if isinstance(c, str) and uscc.names_a_record(c)}
    title = [queries.title_of(database, types, codes, h) for h in held]
    hanging = [candidates.connections(database, types, type_name, h.id) for h in held]
    return Comparison(
        (held[0], held[1]),
        (title[0], title[1]),
        (str(names.get(held[0].unit, "")), str(names.get(held[1].unit, ""))),
        tuple(rows),
        (hanging[0], hanging[1]),
        len(valid) > 1,
    )


def _found(database: Database, types: Catalogue, type_name: str, record: str) -> Record:
    held = reading.record(database, types, type_name, record)
    if held is None or held.life is Life.DELETED:
        raise NotFound("没有找到这条记录。")
    return held


def merged(database: Database, types: Catalogue, codes: Codes) -> list[Merged]:
    """What is merged now, the newest first."""
    found = candidates.edges(database)
    words: dict[tuple[str, str], str] = {}
    for kind in {row[1] for row in found}:
        heads = [head for _, k, _, _, head, _ in found if k == kind]
        titles = queries.titles(database, types, codes, kind, heads)
        words |= {(kind, head): titles.get(head, types[kind].label) for head in heads}
    return [
        Merged(edge, kind, one, other, words[kind, head], at) for edge, kind, one, other, head, at in found
    ]


# -- merging -------------------------------------------------------------------------------------------------------


def merge(
    session: Session,
    type_name: str,
    one: str,
    other: str,
    chosen: Mapping[str, Cell | Mapping[str, Cell]] | None = None,
) -> ChangeSet:
    """Says that two records are one. ``chosen`` has the value of each slot in which they differ and that was decided;
    what is left out shows as a conflict. ``unit`` is chosen like any other slot.

    Raises :class:`NotTwo`, :class:`CodesDiffer`, ``NotFound``, ``NotAllowed`` and ``WrongClock``.
    """
    session.require(Role.EDITOR, Role.DESK)
    record_type = session.types[type_name]
    looked = compare(session.database, session.types, session.codes, type_name, one, other)
    if record_type not in kinds(session.types):
        raise NotTwo(f"“{record_type.label}”不能合并。")
    if not session.may_write(record_type):
        raise NotAllowed(f"本单位或您的角色不能填写“{record_type.label}”。")
    if looked.codes_differ:
        raise CodesDiffer("两条记录的统一社会信用代码不同，是两家单位，不能合并。")
    below = set(reading.subtree(session.database, session.unit.id))
    if any(held.unit not in below for held in looked.records):
        raise NotAllowed("有一条记录不归本单位管，请由管两边的上级来合并。")
    one, other = sorted(held.id for held in looked.records)
    edge = same_id(type_name, one, other)
    known = reading.record(session.database, session.types, SAME, edge) is not None
    cells: dict[str, Cell] = {"kind": type_name, "one": one, "other": other}
    with session.database.transaction():
        audit.note(session, Act.JOINED, f"{type_name} {one} {other}")
        candidates.forget_apart(session.database, type_name, one, other)
        return session.ledger.write(
            f"合并重复的{record_type.label}",
            session.operator.name,
            births=() if known else [NewRecord(SAME, edge, session.unit.id, cells)],
            deletions=[Deletion(SAME, edge, revive=True)] if known else (),
            again=_decisions(session, type_name, (one, other), chosen or {}),
        )


def _decisions(
    session: Session, type_name: str, ends: tuple[str, str], chosen: Mapping[str, Cell | Mapping[str, Cell]]
) -> list[Again]:
    """The chosen values as changes under the id that such a component is written under, replacing the heads of both."""
    ledger = session.ledger
    under = min((ledger.written_under(type_name, end) for end in ends), key=rank)
    found = []
    for slot, value in chosen.items():
        standing = [h for end in ends for h in ledger.standing(type_name, end, slot)]
        replaces = tuple(s if r == under else (r, s) for r, s, _ in standing)
        found.append(Again(type_name, under, slot, canonical(value), replaces))
    return found


def unmerge(session: Session, edge: str) -> ChangeSet:
    """Takes two records apart again; values that were chosen with the merge go back where nothing newer stands.

    Raises :class:`NotMerged` and ``NotAllowed``.
    """
    session.require(Role.EDITOR, Role.DESK)
    held = reading.record(session.database, session.types, SAME, edge)
    if held is None or held.life is Life.DELETED:
        raise NotMerged("这两条记录没有合并在一起。")
    if held.unit not in reading.subtree(session.database, session.unit.id):
        raise NotAllowed("这是上级合并的，请由上级撤销。")
    kind, ends = str(held.values["kind"]), (str(held.values["one"]), str(held.values["other"]))
    stamps = {s for _, s, _ in session.ledger.standing(SAME, edge, UNIT_SLOT)}
    stamps |= {s for _, s, v in session.ledger.standing(SAME, edge, DELETED_SLOT) if v == ABSENT}
    sides = {components.side(session.database, kind, end, {edge}) for end in ends}
    back = [
        restoration
        for side in sorted(sides)
        for slot in (UNIT_SLOT, *session.types[kind].slots)
        if (restoration := _before(session, kind, side, slot, stamps)) is not None
    ]
    with session.database.transaction():
        audit.note(session, Act.SEPARATED, f"{kind} {ends[0]} {ends[1]}")
        return session.ledger.write(
            f"撤销合并{session.types[kind].label}",
            session.operator.name,
            deletions=[Deletion(SAME, edge)],
            restorations=back,
        )


def _before(
    session: Session, kind: str, side: tuple[str, ...], slot: str, stamps: set[int]
) -> Restoration | None:
    """What stood on one side of an edge before it, if what stands there was chosen with it."""
    standing = session.ledger.standing(kind, side[0], slot, within=side)
    under = {r for r, _, _ in standing}
    chosen = {s for _, s, _ in standing}
    if len(under) != 1 or not chosen <= stamps:
        return None
    (record,) = under
    if not all(candidates.was_changed_at(session.database, kind, record, slot, stamp) for stamp in chosen):
        return None
    return session.ledger.before(kind, record, slot, chosen, within=side)


def keep_apart(session: Session, type_name: str, one: str, other: str) -> None:
    """Remembers in this ledger that two records are not the same, so that nobody is asked again."""
    session.require(Role.EDITOR, Role.DESK)
    candidates.keep_apart(
        session.database, type_name, one, other, at=session.environment.now(), operator=session.operator.name
    )


def joinable_text(slot: Slot) -> bool:
    """Whether both values may stand side by side as one text."""
    field = slot.fields[0]
    return not slot.grouped and field.kind in (Kind.TEXT, Kind.NOTE) and field.mask is Mask.NONE


def value_of(slot: Slot, values: Mapping[str, Cell]) -> Cell | Mapping[str, Cell]:
    """The value of a slot from the values of its fields."""
    return dict(values) if slot.grouped else values.get(slot.fields[0].name)

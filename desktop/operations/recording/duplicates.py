"""Records that are one and the same (rule 10): finding them, looking at them side by side, merging, taking it back.

A merge is an edge to each further record and, for the contents in which they differ, the value that was chosen; nothing
is moved and nothing is lost, so it is undone by deleting the edges.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.errors import StateProblem, UsageProblem
from desktop.operations import audit, queries
from desktop.operations.audit import Act
from desktop.operations.queries import Codes
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Kind, Mask, RecordType, Role, Slot
from desktop.records.identity import same_id
from desktop.records.typed import uscc
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import ABSENT, Cell, canonical
from desktop.records.versions.deciding import SAME, UNIT
from desktop.records.versions.resolution import MOST_JOINED, Life, rank
from desktop.store.ledger import Again, ChangeSet, Deletion, NewRecord, NotFound, Restoration
from desktop.store.log import components
from desktop.store.queries import candidates, reading
from desktop.store.queries.candidates import (
    BY_CODE,
    BY_FULL_NAME,
    BY_NAME,
    BY_NUMBER,
    BY_PHONE,
    LAPSED,
    LAPSED_ABOVE,
)
from desktop.store.queries.reading import Record
from desktop.store.queries.units import stands_within, subtree
from desktop.store.tables.database import Database

CHOSEN = "chosen"
MOST_TOGETHER = candidates.MOST_TOGETHER
WHY: Mapping[str, str] = {
    BY_CODE: "统一社会信用代码相同",
    BY_NAME: "名称和地址相近",
    BY_FULL_NAME: "单位全称相同，地址不同",
    BY_NUMBER: "证件号码相同",
    BY_PHONE: "姓名和电话相同",
    LAPSED: "下级合并过，后来别的单位也登记了，合并已取消",
    LAPSED_ABOVE: "合并过，后来别的单位也登记了，合并已取消",
    CHOSEN: "您在列表里选的",
}
"""By what two records were found, as people say it."""


class NotTwo(UsageProblem):
    """These are not several records of one type that could be one."""

    next_step = "请选两条以上同一类的记录。"


class TooManyForOne(UsageProblem):
    """More records would be one than ever are (rule 10)."""

    next_step = "请核对是不是选多了；已经合并的，可以先重新分开。"


class CodesDiffer(StateProblem):
    """Two valid codes are two organisations."""

    exit_code = 22
    next_step = "请先核对代码，把写错的一条删除或者改正。"


class NotMerged(StateProblem):
    """Nothing joins these records here, or not any more."""

    exit_code = 22
    next_step = "它可能已经重新分开，请重新列出再看。"


@dataclass(frozen=True, slots=True)
class Group:
    """Records that may be one, mostly two, in words, and why they were found."""

    type: str
    records: tuple[str, ...]
    why: str
    titles: tuple[str, ...]

    @property
    def beyond(self) -> bool:
        """Whether it is only told here: a level above, which stands above all that have the records, decides it."""
        return self.why == LAPSED_ABOVE


@dataclass(frozen=True, slots=True)
class Row:
    """One slot in which records say something; ``slot.shown_fields`` and the values of each side by field."""

    slot: Slot
    values: tuple[Mapping[str, Cell], ...]

    def differ(self, sides: Collection[int] | None = None) -> bool:
        """Whether these sides, or all, do not say the same, so that one has to be chosen; what only one says stays."""
        filled = [v for n, v in enumerate(self.values) if v and (sides is None or n in sides)]
        return any(v != filled[0] for v in filled)


@dataclass(frozen=True)
class Comparison:
    """Records side by side: units, the slots that are filled, and how many records hang on each, by type.

    ``links`` has the words for every record that they link to, by id.
    """

    records: tuple[Record, ...]
    titles: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[Row, ...]
    hanging: tuple[Mapping[str, int], ...]
    codes: tuple[str | None, ...]
    links: Mapping[str, str]

    def codes_differ(self, sides: Collection[int] | None = None) -> bool:
        """Whether valid codes of these sides, or of all, say that they are several organisations."""
        return len({c for n, c in enumerate(self.codes) if c and (sides is None or n in sides)}) > 1


@dataclass(frozen=True, slots=True)
class Merged:
    """What one operation has made one and is so still: its edges, the type and words of what they join."""

    edges: tuple[str, ...]
    type: str
    records: tuple[str, ...]
    title: str
    stamp: int


# -- looking -------------------------------------------------------------------------------------------------------


def kinds(types: Catalogue) -> list[RecordType]:
    """The types of which duplicates are looked for."""
    return candidates.kinds(types)


def proposals(
    database: Database, types: Catalogue, codes: Codes, unit: str, type_name: str | None = None
) -> list[Group]:
    """The groups of records that may be one and the same, the surest first."""
    found: list[Group] = []
    for record_type in kinds(types):
        if type_name in (None, record_type.name):
            groups = candidates.together(candidates.candidates(database, record_type, unit))
            ids = [r for records, _ in groups for r in records]
            words = queries.titles(database, types, codes, record_type.name, ids)
            found += [
                Group(record_type.name, tuple(r), why, tuple(words.get(i, record_type.label) for i in r))
                for r, why in groups
            ]
    known = [set(g.records) for g in found]
    for c in candidates.lapsed(database, types, unit):
        two = chosen(database, types, codes, c.type, (c.one, c.other))
        if type_name in (None, c.type) and two is not None and not any(set(two.records) <= k for k in known):
            found.append(replace(two, why=c.why))
    order = list(WHY)
    return sorted(found, key=lambda g: order.index(g.why))


def certain(database: Database, types: Catalogue, unit: str) -> int:
    """How many groups there are of one code or one document number; the other proposals take longer to find."""
    return candidates.certain(database, types, unit)


def chosen(
    database: Database, types: Catalogue, codes: Codes, type_name: str, records: Sequence[str]
) -> Group | None:
    """Records that somebody holds for one, whatever their names; nothing where they are gone or one already."""
    found = [reading.record(database, types, type_name, record) for record in records]
    held = {h.id: h for h in found if h is not None and h.life is not Life.DELETED}
    if len(held) < max(len(records), 2):
        return None
    words = tuple(queries.title_of(database, types, codes, h) for h in held.values())
    return Group(type_name, tuple(held), CHOSEN, words)


def compare(
    database: Database, types: Catalogue, codes: Codes, type_name: str, records: Sequence[str]
) -> Comparison:
    """Records side by side; raises ``NotFound`` and :class:`NotTwo`."""
    record_type = types[type_name]
    held = [_found(database, types, type_name, r) for r in records]
    if len(held) < 2 or len({h.id for h in held}) < len(held):
        raise NotTwo("这几个编号里有的已经是同一条记录。" if len(held) > 1 else "要合并的至少两条。")
    names = reading.titles(database, types[UNIT], [h.unit for h in held])
    rows = []
    for slot in record_type.slots.values():
        values = tuple(
            {f.name: h.values[f.name] for f in slot.fields if h.values.get(f.name) is not None} for h in held
        )
        if slot.shown_fields and any(values):
            rows.append(Row(slot, values))
    keys = [h.values.get(record_type.key) if record_type.key else None for h in held]
    return Comparison(
        tuple(held),
        tuple(queries.title_of(database, types, codes, h) for h in held),
        tuple(str(names.get(h.unit, "")) for h in held),
        tuple(rows),
        tuple(candidates.connections(database, types, type_name, h.id) for h in held),
        tuple(c if isinstance(c, str) and uscc.names_a_record(c) else None for c in keys),
        queries.link_titles(database, types, codes, record_type, [h.values for h in held]),
    )


def _found(database: Database, types: Catalogue, type_name: str, record: str) -> Record:
    held = reading.record(database, types, type_name, record)
    if held is None or held.life is Life.DELETED:
        raise NotFound("没有找到这条记录。")
    return held


def merged(database: Database, types: Catalogue, codes: Codes) -> list[Merged]:
    """What is merged now, operation by operation, the newest first."""
    made: dict[tuple[str, str, int], list[tuple[str, str, str]]] = {}
    for edge, kind, one, other, head, at in candidates.edges(database):
        made.setdefault((kind, head, at), []).append((edge, one, other))
    words: dict[tuple[str, str], str] = {}
    for kind in {kind for kind, _, _ in made}:
        heads = [head for k, head, _ in made if k == kind]
        titles = queries.titles(database, types, codes, kind, heads)
        words |= {(kind, head): titles.get(head, types[kind].label) for head in heads}
    return [
        Merged(
            tuple(edge for edge, _, _ in found),
            kind,
            tuple(dict.fromkeys(end for _, *ends in found for end in ends)),
            words[kind, head],
            at,
        )
        for (kind, head, at), found in made.items()
    ]


# -- merging -------------------------------------------------------------------------------------------------------


def merge(
    session: Session,
    type_name: str,
    records: Sequence[str],
    chosen: Mapping[str, Cell | Mapping[str, Cell]] | None = None,
) -> ChangeSet:
    """Says that records are one. ``chosen`` has the value of each slot in which they differ and that was decided;
    what is left out shows as a conflict. ``unit`` is chosen like any other slot.

    Raises :class:`NotTwo`, :class:`TooManyForOne`, :class:`CodesDiffer`, ``NotFound``, ``NotAllowed`` and
    ``WrongClock``.
    """
    session.require(Role.EDITOR, Role.DESK)
    record_type = session.types[type_name]
    looked = compare(session.database, session.types, session.codes, type_name, records)
    if record_type not in kinds(session.types):
        raise NotTwo(f"“{record_type.label}”不能合并。")
    if not session.may_write(record_type):
        raise NotAllowed(f"本单位或您的角色不能填写“{record_type.label}”。")
    if looked.codes_differ():
        raise CodesDiffer("这些记录的统一社会信用代码不同，不是一家单位，不能合并。")
    ids = {r for h in looked.records for r in (*components.members(session.database, type_name, h.id), h.id)}
    if len(ids) > MOST_JOINED:
        raise TooManyForOne(f"合成一条的最多{MOST_JOINED}条，这些一共{len(ids)}条。")
    below = set(subtree(session.database, session.unit.id))
    if any(held.unit not in below for held in looked.records):
        raise NotAllowed("有记录不归本单位管，请由管着它们的上级来合并。")
    first, *others = sorted(held.id for held in looked.records)
    edges = {same_id(type_name, first, other): other for other in others}
    held = {e: reading.record(session.database, session.types, SAME, e) for e in edges}
    known = {e: edge.unit for e, edge in held.items() if edge is not None}
    with session.database.transaction():
        audit.note(session, Act.JOINED, " ".join((type_name, first, *others)))
        for one, other in itertools.combinations((first, *others), 2):
            candidates.forget_apart(session.database, type_name, one, other)
        return session.ledger.write(
            f"合并重复的{record_type.label}",
            session.operator.name,
            births=[
                NewRecord(SAME, e, session.unit.id, {"kind": type_name, "one": first, "other": other})
                for e, other in edges.items()
                # It joins what its writers stand above: one that lapsed below is said once more as this unit's.
                if known.get(e) != session.unit.id
            ],
            deletions=[Deletion(SAME, e, revive=True) for e in sorted(known)],
            again=_decisions(session, type_name, (first, *others), chosen or {}),
        )


def _decisions(
    session: Session, type_name: str, ends: Sequence[str], chosen: Mapping[str, Cell | Mapping[str, Cell]]
) -> list[Again]:
    """The chosen values as changes under the id that such a component is written under, replacing the heads of all."""
    ledger = session.ledger
    under = min((ledger.written_under(type_name, end) for end in ends), key=rank)
    found = []
    for slot, value in chosen.items():
        standing = [h for end in ends for h in ledger.standing(type_name, end, slot)]
        replaces = tuple(s if r == under else (r, s) for r, s, _ in standing)
        found.append(Again(type_name, under, slot, canonical(value), replaces))
    return found


def unmerge(session: Session, *edges: str) -> ChangeSet:
    """Takes records apart again; values that were chosen with the merge go back where nothing newer stands.

    Raises :class:`NotMerged` and ``NotAllowed``.
    """
    session.require(Role.EDITOR, Role.DESK)
    held = [reading.record(session.database, session.types, SAME, edge) for edge in edges]
    standing = [h for h in held if h is not None and h.life is not Life.DELETED]
    if not standing or len(standing) < len(edges):
        raise NotMerged("这些记录没有合并在一起。")
    if not all(stands_within(session.database, h.unit, session.unit.id) for h in standing):
        raise NotAllowed("这是上级合并的，请由上级重新分开。")
    kind = str(standing[0].values["kind"])
    ends = sorted({str(h.values[end]) for h in standing for end in ("one", "other")})
    stamps = {s for edge in edges for _, s, _ in session.ledger.standing(SAME, edge, UNIT_SLOT)}
    stamps |= {
        s for edge in edges for _, s, v in session.ledger.standing(SAME, edge, DELETED_SLOT) if v == ABSENT
    }
    sides = {components.side(session.database, session.types, kind, end, set(edges)) for end in ends}
    back = [
        restoration
        for side in sorted(sides)
        for slot in (UNIT_SLOT, *session.types[kind].slots)
        if (restoration := _before(session, kind, side, slot, stamps)) is not None
    ]
    with session.database.transaction():
        audit.note(session, Act.SEPARATED, " ".join((kind, *ends)))
        return session.ledger.write(
            f"重新分开{session.types[kind].label}",
            session.operator.name,
            deletions=[Deletion(SAME, edge) for edge in edges],
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
    return session.ledger.before(kind, record, slot, {(record, s) for s in chosen}, within=side)


def keep_apart(session: Session, type_name: str, *pairs: tuple[str, str]) -> None:
    """Remembers in this ledger that two records are not the same, so that nobody is asked again."""
    session.require(Role.EDITOR, Role.DESK)
    at, operator = session.environment.now(), session.operator.name
    with session.database.transaction():
        for one, other in pairs:
            candidates.keep_apart(session.database, type_name, one, other, at=at, operator=operator)


def forget_apart(session: Session, edges: Collection[str]) -> None:
    """Of records that these edges join again nobody says any longer that they are not the same."""
    for edge in edges:
        held = reading.record(session.database, session.types, SAME, edge)
        if held is None or held.life is Life.DELETED:
            continue
        kind = str(held.values["kind"])
        joined = components.members(session.database, kind, str(held.values["one"]))
        for one, other in itertools.combinations(joined, 2):
            candidates.forget_apart(session.database, kind, one, other)


def joinable_text(slot: Slot) -> bool:
    """Whether both values may stand side by side as one text."""
    field = slot.fields[0]
    return not slot.grouped and field.kind in (Kind.TEXT, Kind.NOTE) and field.mask is Mask.NONE


def value_of(slot: Slot, values: Mapping[str, Cell]) -> Cell | Mapping[str, Cell]:
    """The value of a slot from the values of its fields."""
    return dict(values) if slot.grouped else values.get(slot.fields[0].name)

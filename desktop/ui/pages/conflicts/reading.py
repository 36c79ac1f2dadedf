"""Open conflicts in words, read in the reader's thread: what stood before, who says what, and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from desktop.operations import queries
from desktop.operations.session import Here
from desktop.operations.stations import traffic
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Field, Kind, Mask, RecordType, Slot
from desktop.records.display import display
from desktop.records.typed.dates import stamp_words
from desktop.records.versions.canonical import Cell, canonical
from desktop.store.peers.arrivals import came_with
from desktop.store.queries import aggregates
from desktop.store.queries.disputed import DisputedVersion, deleted_in_dispute, disputed_versions
from desktop.store.queries.history import HistoryEntry
from desktop.store.tables.database import Database
from desktop.store.tables.pinyin import sort_key
from desktop.ui.pages.conflicts.deleted import Against, DeletionTold, deletion_told

EMPTY = "（空）"
KEEP, DELETE = 0, 1


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a value, at which unit, when, whether it came with the record's registration, and with which bundle."""

    operator: str
    station: str
    unit: str
    when: str
    birth: bool
    came: str = ""

    @property
    def words(self) -> str:
        """Who and where, then in a second line when, and in a third with which bundle, if it came with one."""
        lines = (self.who, f"{self.when} {'登记' if self.birth else '修改'}", self.came)
        return "\n".join(filter(None, lines))

    @property
    def who(self) -> str:
        """“王芳（径山村工会）”."""
        return f"{self.operator}（{self.unit}）"


@dataclass(frozen=True)
class Side:
    """One value in question with everybody who wrote it; ``texts`` are its words field by field."""

    value: Any
    texts: tuple[str, ...]
    shown_whole: tuple[str, ...]
    authors: tuple[Author, ...]
    standing: bool = False

    @property
    def who(self) -> str:
        """The names of its authors."""
        return "、".join(dict.fromkeys(a.operator for a in self.authors))


@dataclass(frozen=True)
class Dispute:
    """One slot in conflict. ``labels`` name the fields of its group, ``differing`` those in which the sides differ.

    ``told`` explains in sentences what an own form has no place for: a deletion against edits, ``told_whole`` with
    nothing hidden; ``against`` is what that stands against. ``hidden`` names the fields whose values are not shown in
    full unless that is noted. ``covered`` is whether all authors belong to this unit or to one below, so that the
    decision is due here. ``by_hand`` is whether another value can be typed: the program knows all of the slot, and
    keeps none of it by itself.
    """

    type: str
    type_label: str
    record: str
    title: str
    slot: str
    label: str
    fields: tuple[Field, ...]
    labels: tuple[str, ...]
    base: Side | None
    sides: tuple[Side, ...]
    differing: frozenset[int]
    told: tuple[str, ...] = ()
    covered: bool = True
    review: bool = False
    links: Mapping[str, str] | None = None
    by_hand: bool = False
    told_whole: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    against: Against = Against.EDITS

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by."""
        return self.record, self.slot

    @property
    def deletion(self) -> bool:
        """Whether a deletion stands against something else."""
        return self.slot == DELETED_SLOT

    @property
    def looks_alike(self) -> bool:
        """Whether two values differ only in what is hidden."""
        return (
            bool(self.hidden) and len({s.texts for s in self.sides}) < len(self.sides) and not self.deletion
        )

    def called(self, side: Side) -> str:
        """Who wrote one side: the names, or the units where everybody is called alike, as 管理员."""
        if all(other is side or other.who != side.who for other in self.sides):
            return side.who
        return "、".join(dict.fromkeys(a.unit for a in side.authors))

    @property
    def who(self) -> tuple[str, ...]:
        """Everybody who wrote one of the values, with the units."""
        return tuple(dict.fromkeys(a.who for s in self.sides for a in s.authors))

    @property
    def authors(self) -> frozenset[tuple[tuple[str, str], ...]]:
        """Who stands against whom: the pairs of operator and station, side by side."""
        return frozenset(tuple(sorted({(a.operator, a.station) for a in s.authors})) for s in self.sides)

    @property
    def values(self) -> frozenset[str]:
        """What stands against what."""
        return frozenset(canonical(s.value) for s in self.sides) if not self.deletion else frozenset()

    def same_field(self, other: Dispute) -> bool:
        """Whether another conflict is about the same field of another record."""
        return (self.type, self.slot) == (other.type, other.slot) and self.key != other.key

    def saying(self, side: Side) -> Side | None:
        """The own side with the same value."""
        return next((own for own in self.sides if canonical(own.value) == canonical(side.value)), None)

    def said_by(self, side: Side) -> Side | None:
        """What the authors of ``side`` say here."""
        wanted = {(a.operator, a.station) for a in side.authors}
        return next((s for s in self.sides if {(a.operator, a.station) for a in s.authors} == wanted), None)


def load(database: Database, here: Here, record: str = "") -> list[Dispute]:
    """Every open conflict, or those of one record: first what is due here and needs a person's eye.

    Fields of a deleted record are not asked about, nor those of one whose deletion is itself in question.
    """
    found = disputed_versions(database, record)
    gone = deleted_in_dispute(database, here.types)
    gone |= {v.record for v in found if v.slot == DELETED_SLOT}
    found = [v for v in found if v.slot == DELETED_SLOT or v.record not in gone]
    teller = _Teller(database, here, found)
    disputes = [
        teller.dispute(list(versions)) for _, versions in groupby(found, key=lambda v: (v.record, v.slot))
    ]
    known = [d for d in disputes if d is not None]
    return sorted(
        known, key=lambda d: (not d.covered, not d.review, d.type_label, sort_key(d.title), d.record, d.slot)
    )


class _Teller:
    """Puts versions into words; everything that words need is looked up once."""

    def __init__(self, database: Database, here: Here, versions: Sequence[DisputedVersion]) -> None:
        self._database = database
        self._here = here
        self._names = traffic.station_names(database, here)
        self._units = {u.id: u.name for u in queries.unit_tree(database, here.types)} | {
            here.unit.id: here.unit.name
        }
        self._below = aggregates.stations_covered(database, here.unit.id, here.station)
        found = came_with(database, [v.item for v in versions])
        self._came = {v.item: found.get(v.item) for v in versions}
        self._titles = self._titles_of(versions)
        self._links = self._link_titles(versions)

    def _titles_of(self, versions: Iterable[DisputedVersion]) -> dict[str, str]:
        wanted: dict[str, set[str]] = {}
        for v in versions:
            if v.type in self._here.types:
                wanted.setdefault(v.type, set()).add(v.record)
        here = self._here
        found: dict[str, str] = {}
        for name, ids in wanted.items():
            found |= queries.titles(self._database, here.types, here.codes, name, ids)
        return found

    def _link_titles(self, versions: Iterable[DisputedVersion]) -> dict[str, str]:
        rows: dict[str, list[Mapping[str, Cell]]] = {}
        for v in versions:
            record_type = self._here.types.get(v.type)
            slot = record_type.slots.get(v.slot) if record_type is not None else None
            if slot is not None:
                rows.setdefault(v.type, []).append(_cells(slot, v.value))
        here = self._here
        found: dict[str, str] = {}
        for name, given in rows.items():
            found |= queries.link_titles(self._database, here.types, here.codes, here.types[name], given)
        return found

    def dispute(self, versions: list[DisputedVersion]) -> Dispute | None:
        """The versions of one slot as a conflict; nothing for a type that this program does not know."""
        first = versions[0]
        record_type = self._here.types.get(first.type)
        if record_type is None:
            return None
        slot = record_type.slots.get(first.slot)
        heads, rest = [v for v in versions if v.head], [v for v in versions if not v.head]
        sides = self._sides(slot, first.slot, heads)
        stations = {v.station for v in heads}
        shown = slot.shown_fields if slot is not None else ()
        told = DeletionTold((), (), tuple(f.name for f in shown if f.mask is not Mask.NONE), frozenset())
        if first.slot == DELETED_SLOT:
            told = deletion_told(self._database, self._here, record_type, heads, self._author, self._words_of)
            stations |= told.stations
            sides = (Side(KEEP, (), (), ()), Side(DELETE, (), (), ()))
        return Dispute(
            type=first.type,
            type_label=record_type.label,
            record=first.record,
            title=self._titles.get(first.record, record_type.label),
            slot=first.slot,
            label=record_type.slot_label(first.slot),
            fields=shown,
            labels=tuple(f.label for f in shown),
            base=self._side(slot, first.slot, rest[:1]) if rest and first.slot != DELETED_SLOT else None,
            sides=sides,
            differing=_differing(sides),
            told=told.lines,
            covered=stations <= self._below,
            review=slot is None or any(f.review for f in slot.fields),
            links=self._links,
            by_hand=slot is not None and shown == slot.fields,
            told_whole=told.whole,
            hidden=told.hidden,
            against=told.against,
        )

    def _sides(self, slot: Slot | None, name: str, heads: Sequence[DisputedVersion]) -> tuple[Side, ...]:
        """One side for each value, the oldest first; what is shown now is the newest change."""
        by_value: dict[str, list[DisputedVersion]] = {}
        for v in sorted(heads, key=lambda v: v.stamp):
            by_value.setdefault(canonical(v.value), []).append(v)
        winner = max(heads, key=lambda v: (not v.birth, v.stamp, canonical(v.value).encode()), default=None)
        shown = canonical(winner.value) if winner is not None else ""
        return tuple(self._side(slot, name, found, value == shown) for value, found in by_value.items())

    def _side(
        self, slot: Slot | None, name: str, found: Sequence[DisputedVersion], standing: bool = False
    ) -> Side:
        value = found[0].value
        masked, whole = (self._texts(slot, name, value, masked=m) for m in (True, False))
        return Side(value, masked, whole, tuple(self._author(v) for v in found), standing)

    def _author(self, version: DisputedVersion | HistoryEntry) -> Author:
        unit = self._names.get(version.station, traffic.unknown_station(version.station))
        if version.item not in self._came:
            self._came |= {version.item: None, **came_with(self._database, [version.item])}
        came, words = self._came[version.item], ""
        if came is not None:
            sender = self._names.get(came.sender, traffic.unknown_station(came.sender))
            words = traffic.came_words(came, version.station, sender)
        return Author(
            version.operator, version.station, unit, stamp_words(version.stamp), version.birth, words
        )

    def _texts(self, slot: Slot | None, name: str, value: Any, *, masked: bool) -> tuple[str, ...]:
        if name == UNIT_SLOT:
            return (self._units.get(str(value)) or f"本机没有登记的单位（{_tail(value)}）",)
        if slot is None:
            return ("（本程序不认识的内容）",)
        if not slot.shown_fields:
            return ("（由程序保存的内容）",)
        cells = _cells(slot, value)
        return tuple(self._cell(f, cells.get(f.name), masked) for f in slot.shown_fields)

    def _cell(self, field: Field, cell: Cell, masked: bool) -> str:
        if cell in (None, ""):
            return EMPTY
        if field.kind is Kind.LINK:
            words = queries.link_words(field, cell, self._links)
            # Two that are not here would look alike, and nobody could choose.
            return words if str(cell) in self._links else f"{words.removesuffix('）')}，{_tail(cell)}）"
        words = display(field, cell, codes=self._here.codes, masked=masked)
        return f"{words}{field.unit}" if field.kind in (Kind.INTEGER, Kind.DECIMAL) else words

    def _words_of(self, record_type: RecordType, slot_name: str, value: Any) -> tuple[str, str]:
        """A slot's value in one line for a sentence, masked and as a whole."""
        slot = record_type.slots.get(slot_name)
        masked, whole = (self._texts(slot, slot_name, value, masked=m) for m in (True, False))
        labels = [f"{f.label}：" for f in slot.shown_fields[1:]] if slot is not None else []
        return _line(masked, labels), _line(whole, labels)


def _tail(record: object) -> str:
    """What tells two records apart of which nothing else is known here."""
    return f"编号末四位{str(record)[-4:]}"


def _line(texts: Sequence[str], labels: Sequence[str]) -> str:
    """What is filled in; all but the first, which the slot is called after, are named."""
    named = [texts[0], *(f"{label}{text}" for label, text in zip(labels, texts[1:], strict=False))]
    return "，".join(words for words, text in zip(named, texts, strict=True) if text != EMPTY) or EMPTY


def _cells(slot: Slot, value: Any) -> Mapping[str, Cell]:
    if slot.grouped:
        return value if isinstance(value, Mapping) else {}
    return {slot.name: value}


def _differing(sides: Sequence[Side]) -> frozenset[int]:
    """The fields whose words, as a whole, are not the same on all sides."""
    if not sides or not sides[0].shown_whole:
        return frozenset()
    return frozenset(
        n for n in range(len(sides[0].shown_whole)) if len({s.shown_whole[n] for s in sides}) > 1
    )

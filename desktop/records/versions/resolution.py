"""The resolution of versions: the specification in code, and the oracle of the tests (rules 5 to 10, 15 and 16).

Pure functions over values. The state of a ledger is a function of the set of items that count, never of the order
in which they came; nothing here knows an order. ``store.merging.merging`` computes the same incrementally in SQL.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.versions.canonical import ABSENT, canonical, parse


@dataclass(frozen=True, slots=True, order=True)
class ItemId:
    """The identity of an item for ever (rule 1)."""

    station: str
    incarnation: str
    number: int


@dataclass(frozen=True, slots=True)
class Version:
    """What one item says about one slot of one record. ``value`` is canonical text; ``unit`` the item's ``as``.

    ``elsewhere`` are the versions of other records, by record and stamp, that it replaces where these are one with it.
    """

    item: ItemId
    record: str
    slot: str
    stamp: int
    value: str
    unit: str
    birth: bool = False
    replaces: frozenset[int] = frozenset()
    elsewhere: frozenset[tuple[str, int]] = frozenset()


_WORD = re.compile("[^ ]+")


class Life(IntEnum):
    """Whether a record is shown (rule 9)."""

    LIVE = 0
    DELETED = 1
    DISPUTED = 2


@dataclass(frozen=True, slots=True)
class Slot:
    """The present state of one slot: what is shown, the heads, and whether people disagree."""

    value: str
    heads: tuple[Version, ...]

    @property
    def conflict(self) -> bool:
        """Rule 5: the heads hold more than one value."""
        return len({h.value for h in self.heads}) > 1


def heads_of(versions: Iterable[Version]) -> tuple[Version, ...]:
    """The versions of one slot that none of them replaces directly, oldest stamp first (rules 5 and 6).

    They are those of one record, or of records that are one.
    """
    versions = tuple(versions)
    replaced = {(v.record, stamp) for v in versions for stamp in v.replaces}
    replaced |= {named for v in versions for named in v.elsewhere}
    standing = [v for v in versions if (v.record, v.stamp) not in replaced]
    gone = {v.value for v in versions if v.birth and (v.record, v.stamp) in replaced}
    heads = (v for v in standing if not (v.birth and v.value in gone))
    return tuple(sorted(heads, key=lambda v: (v.stamp, v.value, v.item)))


def resolve_slot(versions: Iterable[Version]) -> Slot:
    """A change beats every birth, the higher stamp the lower, the greater bytes the smaller (rule 6)."""
    versions = tuple(versions)
    shown = max(versions, key=lambda v: (not v.birth, v.stamp, v.value.encode()), default=None)
    return Slot(ABSENT if shown is None else shown.value, heads_of(versions))


def resolve_record(versions: Iterable[Version]) -> dict[str, Slot]:
    """The present state of all slots of one record, from the versions that count."""
    by_slot: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        by_slot[version.slot].append(version)
    return {slot: resolve_slot(found) for slot, found in by_slot.items()}


def split_counted(versions: Iterable[Version]) -> tuple[list[Version], list[Version]]:
    """What counts for one record, and what is held (rules 15 and 16).

    A birth counts. A change counts when the record has a birth and has or had the unit under which it was written;
    it has or had the units of its births and of the moves that count, which is the least such set.
    """
    versions = tuple(versions)
    units = {v.unit for v in versions if v.birth}
    growing = True
    while growing:
        moved = {parse(v.value) for v in versions if not v.birth and v.slot == UNIT_SLOT and v.unit in units}
        growing = not moved <= units
        units |= moved
    counted = [v for v in versions if v.birth or v.unit in units]
    return counted, [v for v in versions if not v.birth and v.unit not in units]


def canonical_tombstone(heads: Iterable[tuple[str, int]], births: Iterable[int]) -> str:
    """The value of a tombstone: the heads and births that its writer saw (rule 9), as sorted words in wire form."""
    return canonical(
        {
            "births": " ".join(sorted(f"{b:016x}" for b in births)),
            "heads": " ".join(sorted(f"{slot}@{stamp:016x}" for slot, stamp in heads)),
        }
    )


def having_seen(tombstone: str, heads: Iterable[tuple[str, int]], births: Iterable[int]) -> str:
    """A tombstone that has seen more. Whatever else somebody wrote into it stays as it came."""
    said, more = parse(tombstone), parse(canonical_tombstone(heads, births))
    return canonical(
        said | {name: " ".join(sorted({*_words(said, name), *_words(more, name)})) for name in more}
    )


def joined_tombstones(tombstones: Collection[str]) -> str:
    """One tombstone that has seen all that several have seen; whatever else somebody wrote into the first stays."""
    said = [parse(tombstone) for tombstone in sorted(tombstones)]
    seen = {name: {word for t in said for word in _words(t, name)} for name in ("births", "heads")}
    return canonical(said[0] | {name: " ".join(sorted(words)) for name, words in seen.items()})


def with_stamps(tombstone: str, anew: Mapping[int, int]) -> str:
    """A tombstone that names what was written anew by the stamps which that has now; the rest stays as it came."""
    said = parse(tombstone)
    stamps = {f"{seen:016x}": f"{now:016x}" for seen, now in anew.items()}
    births = {stamps.get(word, word) for word in _words(said, "births")}
    heads = (word.rpartition("@") for word in _words(said, "heads"))
    renamed = {f"{slot}{at}{stamps.get(stamp, stamp)}" for slot, at, stamp in heads}
    return canonical(said | {"births": " ".join(sorted(births)), "heads": " ".join(sorted(renamed))})


def _words(tombstone: Mapping[str, str], name: str) -> list[str]:
    """What a tombstone names; anybody may have written it, so a word may name nothing."""
    return [word for word in tombstone.get(name, "").split(" ") if word]


def life_of(
    tombstones: Collection[Version],
    births: Iterable[int],
    heads: Iterable[tuple[str, int]],
    *,
    live_child: bool = False,
    said: Callable[[Version], str] = attrgetter("value"),
) -> Life:
    """Whether the record lives, is deleted, or was deleted here and edited there (rule 9).

    ``tombstones`` are the heads of ``_deleted``, of which null un-deletes; ``births`` the stamps of all births that
    count, ``heads`` slot and stamp of all changes that are heads elsewhere. What each tombstone has ``said`` is asked
    one by one: it may be of megabytes.
    """
    standing = [t for t in tombstones if t.value != ABSENT]
    if not standing:
        return Life.LIVE
    unseen = {
        "births": {f"{b:016x}" for b in births},
        "heads": {f"{name}@{stamp:016x}" for name, stamp in heads},
    }
    for tombstone in map(parse, map(said, standing)):
        for name, words in unseen.items():
            words.difference_update(word[0] for word in _WORD.finditer(tombstone.get(name, "")))
    revived = len(standing) < len(tombstones)
    return Life.DISPUTED if any(unseen.values()) or live_child or revived else Life.DELETED


def life_of_slots(
    slots: Mapping[str, Slot],
    births: Iterable[int],
    *,
    live_child: bool = False,
    said: Callable[[Version], str] = attrgetter("value"),
) -> Life:
    """The same of a record of which all slots are at hand."""
    others = ((n, h) for n, slot in slots.items() if n != DELETED_SLOT for h in slot.heads if not h.birth)
    tombstones = slots[DELETED_SLOT].heads if DELETED_SLOT in slots else ()
    heads = ((name, h.stamp) for name, h in others)
    return life_of(tombstones, births, heads, live_child=live_child, said=said)


# -- records that are one (rule 10) --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Joined:
    """What records that are one say together.

    ``own`` are the slots that each has alone, ``lives`` whether each lives by what is said under its own id.
    ``taking`` are those that take part: all that are not deleted, or all where all are. ``hidden`` are heads of one
    record that are none of all together, ``apart`` those among them of records that take part, by record, slot and
    item; ``codes`` are the values that they show by themselves in the slot of the key.
    """

    slots: Mapping[str, Slot]
    own: Mapping[str, Mapping[str, Slot]]
    lives: Mapping[str, Life]
    taking: tuple[str, ...]
    conflicts: frozenset[str]
    hidden: tuple[Version, ...]
    apart: frozenset[tuple[str, str, ItemId]]
    codes: frozenset[str]

    def heads_under(self, record: str) -> dict[str, list[Version]]:
        """The heads that stand under one of the ids; a deleted one that takes no part keeps its own."""
        return {
            name: [h for h in slot.heads if (record, name, h.item) not in self.apart]
            for name, slot in self.own[record].items()
        }

    @property
    def units(self) -> frozenset[str]:
        """The units that have them or claim them, a deleted one that takes no part among them."""
        return frozenset(
            parse(h.value)
            for record, slots in self.own.items()
            for h in slots[UNIT_SLOT].heads
            if (record, UNIT_SLOT, h.item) not in self.apart
        )

    def life(self, *, live_child: bool) -> Life:
        """Deleted when all are and no child lives; asked about while one of them is."""
        if all(life is Life.DELETED for life in self.lives.values()):
            return Life.DISPUTED if live_child else Life.DELETED
        return Life.DISPUTED if Life.DISPUTED in self.lives.values() else Life.LIVE


def join(
    versions: Mapping[str, Iterable[Version]],
    key: str | None = None,
    *,
    said: Callable[[Version], str] = attrgetter("value"),
) -> Joined:
    """Rules 5 to 7 over the versions of records that are one; two codes in the slot ``key`` are always a conflict.

    What a tombstone has ``said`` is asked as by :func:`life_of`.
    """
    of = {record: tuple(found) for record, found in versions.items()}
    own = {record: resolve_record(found) for record, found in of.items()}
    lives = {
        record: life_of_slots(own[record], {v.stamp for v in found if v.birth}, said=said)
        for record, found in of.items()
    }
    taking = tuple(r for r, life in lives.items() if life is not Life.DELETED) or tuple(of)
    slots = resolve_record(v for r in taking for v in of[r] if v.slot != DELETED_SLOT)
    conflicts = {name for name, slot in slots.items() if slot.conflict}
    codes = frozenset(own[r][key].value for r in taking if key in own[r]) - {ABSENT} if key else frozenset()
    if len(codes) > 1:
        conflicts.add(str(key))
    standing = {(h.record, h.slot, h.item) for slot in slots.values() for h in slot.heads}
    hidden = tuple(
        h
        for found in own.values()
        for slot in found.values()
        for h in slot.heads
        if h.slot != DELETED_SLOT and (h.record, h.slot, h.item) not in standing
    )
    part = frozenset(taking)
    apart = frozenset((h.record, h.slot, h.item) for h in hidden if h.record in part)
    return Joined(slots, own, lives, taking, frozenset(conflicts), hidden, apart, codes)


MOST_JOINED = 100
"""Records that are one: whoever looks at one of them, or says something of it, has to do with all."""


def heads_of_components(edges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The id of its component for each record that is one with another: the smallest, derived ones first.

    Where edges would make more than :data:`MOST_JOINED` records one, each of them stands alone.
    """
    heads = heads_of_groups(edges)
    size = Counter(heads.values())
    return {record: head for record, head in heads.items() if size[head] <= MOST_JOINED}


def heads_of_groups(edges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The first by :func:`rank` of all that edges connect, however many, for each record that an edge names.

    In time with the number of edges: whoever says that very many records are one, in a row, must not hold up a merge.
    """
    nearer: dict[str, str] = {}
    for edge in edges:
        first, other = sorted((_head(nearer, record) for record in edge), key=rank)
        nearer[other] = first
    return {record: _head(nearer, record) for record in nearer}


def _head(nearer: dict[str, str], record: str) -> str:
    """The last on the way from a record to its head, a way that is short the next time."""
    way = [record]
    while (at := nearer.setdefault(way[-1], way[-1])) != way[-1]:
        way.append(at)
    nearer.update(dict.fromkeys(way, at))
    return at


def rank(record: str) -> tuple[bool, str]:
    """Ids in the order in which they name a component: derived ones first."""
    return record[12:13] != "5", record

"""The resolution of versions: the specification in code, and the oracle of the tests (rules 5 to 9, 15 and 16).

Pure functions over values. The state of a ledger is a function of the set of items that count, never of the order
in which they came; nothing here knows an order. ``store.merging`` computes the same incrementally in SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from desktop.records.canonical import ABSENT, canonical, parse
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT


@dataclass(frozen=True, slots=True, order=True)
class ItemId:
    """The identity of an item for ever (rule 1)."""

    station: str
    incarnation: str
    number: int


@dataclass(frozen=True, slots=True)
class Version:
    """What one item says about one slot of one record. ``value`` is canonical text; ``unit`` the item's ``as``."""

    item: ItemId
    record: str
    slot: str
    stamp: int
    value: str
    unit: str
    birth: bool = False
    replaces: frozenset[int] = frozenset()


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
    """The versions of one slot that none of them replaces directly, oldest stamp first (rules 5 and 6)."""
    versions = tuple(versions)
    replaced = {stamp for v in versions for stamp in v.replaces}
    replaced_births = {v.value for v in versions if v.birth and v.stamp in replaced}
    heads = (v for v in versions if v.stamp not in replaced and not (v.birth and v.value in replaced_births))
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


def life_of(slots: Mapping[str, Slot], births: Iterable[int], *, live_child: bool = False) -> Life:
    """Whether the record lives, is deleted, or was deleted here and edited there (rule 9).

    ``births`` are the stamps of all births that count. The standing tombstones are the heads of ``_deleted`` that
    are not null; null un-deletes.
    """
    deleted = slots.get(DELETED_SLOT)
    standing = [parse(h.value) for h in deleted.heads if h.value != ABSENT] if deleted else []
    if not standing:
        return Life.LIVE
    seen_heads = {word for t in standing for word in t.get("heads", "").split()}
    seen_births = {word for t in standing for word in t.get("births", "").split()}
    unseen_birth = any(f"{b:016x}" not in seen_births for b in births)
    unseen_head = any(
        f"{name}@{h.stamp:016x}" not in seen_heads
        for name, slot in slots.items()
        if name != DELETED_SLOT
        for h in slot.heads
        if not h.birth
    )
    revived = deleted is not None and any(h.value == ABSENT for h in deleted.heads)
    return Life.DISPUTED if unseen_birth or unseen_head or live_child or revived else Life.DELETED

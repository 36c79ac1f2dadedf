"""The items of one segment sorted into what is known, refused, held, or new and counts; pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Set
from functools import cached_property

from desktop.records.versions import items
from desktop.records.versions.born import Births
from desktop.records.versions.canonical import ABSENT
from desktop.records.versions.deciding import DECIDING_TYPES
from desktop.store.merging.aside import Put
from desktop.store.merging.merging import Change
from desktop.store.merging.merging import Item as Row
from desktop.sync.authority.exclusions import Item, Items
from desktop.sync.formats.decoding import Contents, WireChange


class Sorted:
    """The items of one segment, each in at most one of: dropped, refused, held. The rest is new and counts."""

    def __init__(self, contents: Contents, origin: int) -> None:
        self.contents = contents
        self.origin = origin
        self._dropped: set[int] = set()
        self._refused: dict[int, str] = {}
        self._held: dict[int, str] = {}
        self._excluded: set[int] = set()

    def drop(self, numbers: Iterable[int]) -> None:
        """These were known before, or say nothing any more, or are not looked at now."""
        self._dropped.update(n for n in numbers if n not in self._refused and n not in self._held)

    def refuse(self, numbers: Iterable[int], reason: str) -> None:
        """The first match wins: refused before held (rule 17)."""
        for n in numbers:
            if n not in self._dropped:
                self._held.pop(n, None)
                self._refused.setdefault(n, reason)

    def exclude(self, reasons: Mapping[int, str]) -> None:
        """These are refused because somebody above lets them not count."""
        for number, reason in reasons.items():
            self.refuse([number], reason)
        self._excluded.update(n for n in reasons if n in self._refused)

    def hold(self, numbers: Iterable[int], reason: str) -> None:
        """These wait."""
        for n in numbers:
            if n not in self._dropped and n not in self._refused:
                self._held.setdefault(n, reason)

    def keep_numbers(self, numbers: Collection[int], but: Collection[tuple[int, int]] = ()) -> None:
        """Looks at items with these numbers alone, and not at those with one of these numbers and stamps."""
        self.drop(n for n, stamp in self._stamps.items() if n not in numbers or (n, stamp) in but)

    def keep_only(self, items: Collection[tuple[int, int]]) -> None:
        """Looks at items with these numbers and stamps alone; another content of a number is a fork."""
        self.drop(n for n, stamp in self._stamps.items() if (n, stamp) not in items)

    def named(self, names: Set[tuple[int, int]]) -> list[Row]:
        """The items with these numbers and stamps, whatever becomes of them."""
        rows = (
            Row(self.origin, number, stamp, block.type, record, "")
            for block in self.contents.births.values()
            for record, stamp, number in zip(block.records, block.stamps, block.numbers, strict=True)
            if (number, stamp) in names
        )
        return [*rows, *(
            Row(self.origin, c.number, c.stamp, c.type, c.record, c.slot)
            for c in self.contents.changes if (c.number, c.stamp) in names
        )]  # fmt: skip

    @cached_property
    def _stamps(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for block in self.contents.births.values():
            found.update(zip(block.numbers, block.stamps, strict=True))
        return found | {c.number: c.stamp for c in self.contents.changes}

    @property
    def looked_at(self) -> dict[int, int]:
        """The items that were not dropped: number to stamp."""
        return {n: stamp for n, stamp in self._stamps.items() if n not in self._dropped}

    @property
    def facts(self) -> Items:
        """The items that were not dropped, with what tells whether they count."""
        found = {
            number: Item(stamp, block.type, unit)
            for block in self.contents.births.values()
            for unit, stamp, number in zip(block.units, block.stamps, block.numbers, strict=True)
            if number not in self._dropped
        }
        return found | {c.number: Item(c.stamp, c.type, c.unit) for c in self.wire_changes()}

    def part(self, *, deciding: bool) -> Sorted:
        """Of items that none was judged of yet, those that say what counts of the others, or those others."""
        found = self.deciding
        part = Sorted(self.contents, self.origin)
        part.drop(self._dropped)
        part.drop(set(self.contents.numbers) - found if deciding else found)
        return part

    @cached_property
    def deciding(self) -> frozenset[int]:
        """The numbers of the items that say who is who and what counts."""
        blocks = (self.contents.births[t] for t in DECIDING_TYPES if t in self.contents.births)
        born = (number for block in blocks for number in block.numbers)
        return frozenset([*born, *(c.number for c in self.contents.changes if c.type in DECIDING_TYPES)])

    @property
    def is_empty(self) -> bool:
        """Whether all was dropped."""
        return len(self._dropped) == len(self.contents.numbers)

    @property
    def erased(self) -> set[int]:
        """The numbers of the changes whose value was erased; of kinds of later formats nobody knows what they say."""
        return {c.number for c in self.wire_changes() if c.value is None and c.slot}

    @property
    def settled(self) -> bool:
        """Whether nothing is left to be judged."""
        return len(self._out) == len(self.contents.numbers)

    @property
    def _out(self) -> set[int]:
        return self._dropped | set(self._refused) | set(self._held)

    def born(self) -> list[Row]:
        """The births that count, one by one."""
        return [
            Row(self.origin, number, stamp, block.type, record, "")
            for block in self.births
            for record, stamp, number in zip(block.records, block.stamps, block.numbers, strict=True)
        ]

    @property
    def births(self) -> list[Births]:
        """The births that count."""
        out = self._out
        return [births for b in self.contents.births.values() if (births := b.without(out))]

    def counting(self) -> Set[int]:
        """The numbers of the items that may count."""
        return set(self.contents.numbers) - self._out

    @property
    def changes(self) -> list[Change]:
        """The changes that may count."""
        out = self._out
        return [
            Change(c.kind, c.type, c.record, c.unit, c.slot, c.stamp, c.replaces, self.origin, c.number, c.operator,
                   str(c.value))
            for c in self.contents.changes if c.number not in out
        ]  # fmt: skip

    def wire_changes(self) -> list[WireChange]:
        """The changes and other items as they came, without those that are known."""
        return [c for c in self.contents.changes if c.number not in self._dropped]

    def units(self) -> set[str]:
        """The units under which the items were written; most segments have one."""
        found = {c.unit for c in self.contents.changes}
        return found.union(*(block.units for block in self.contents.births.values()))

    def numbers_under(self, unit: str) -> Set[int]:
        """The numbers of the items that were written under a unit."""
        return self._by_unit[unit]

    @cached_property
    def _by_unit(self) -> Mapping[str, Set[int]]:
        found: dict[str, set[int]] = {}
        for block in self.contents.births.values():
            for unit, number in zip(block.units, block.numbers, strict=True):
                found.setdefault(unit, set()).add(number)
        for change in self.contents.changes:
            found.setdefault(change.unit, set()).add(change.number)
        return found

    def highest_stamp(self) -> int:
        """The newest stamp of what is looked at."""
        blocks = [block.without(self._dropped) for block in self.contents.births.values()]
        births = (max(block.stamps) for block in blocks if block)
        return max([*births, *(c.stamp for c in self.wire_changes())])

    @property
    def refuses(self) -> bool:
        """Whether something is refused."""
        return bool(self._refused)

    def waits_for(self, reason: str) -> bool:
        """Whether something is held for this reason."""
        return reason in self._held.values()

    def quarantined(self) -> list[Put]:
        """What is refused."""
        return self._puts(self._refused)

    def waiting(self) -> list[Put]:
        """What is held."""
        return self._puts(self._held)

    def _puts(self, reasons: dict[int, str]) -> list[Put]:
        if not reasons:
            return []
        puts = [
            Put(c.number, c.kind, c.type, c.record, c.unit, c.slot, c.stamp, c.replaces, c.operator,
                 ABSENT if c.value is None else c.value, reasons[c.number], c.number in self._excluded)
            for c in self.contents.changes if c.number in reasons
        ]  # fmt: skip
        for block in self.contents.births.values():
            for record, unit, stamp, number, operator, *cells in block.rows():
                if number in reasons:
                    value = json.dumps(
                        {c: v for c, v in zip(block.columns, cells, strict=True) if v is not None},
                        ensure_ascii=False,
                    )
                    puts.append(
                        Put(number, items.BIRTH, block.type, record, unit, "", stamp, (), operator, value,
                             reasons[number], number in self._excluded)
                    )  # fmt: skip
        return puts

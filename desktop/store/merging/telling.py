"""What a merge tells of the items that it does not apply, in a table that is empty before and after.

A bundle may hold a million of them, so none of it stands in memory but what is asked for.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from desktop.records.declaration import DELETED_SLOT
from desktop.records.versions.canonical import ABSENT
from desktop.records.versions.item_outcomes import CONFLICT, HELD, REFUSED
from desktop.records.versions.items import MAX_LINES
from desktop.records.versions.spans import Span, joined, spans_of
from desktop.store.log.versions import IN_DISPUTE, ITS_CONFLICT
from desktop.store.merging.merging import Item
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of an item about a record that came with a bundle of the merge.

    ``place`` says in which order. ``slot`` is empty for a birth.
    """

    bundle: int
    place: int
    origin: int
    number: int
    stamp: int
    outcome: str
    reason: str
    type: str
    slot: str
    record: str


Kind = tuple[str, str, str]
"""Outcome, reason and type of items."""
Line = tuple[str, str, str, str, int, str, str, str, int]
"""Outcome, reason, station, incarnation, number, type, record, slot, and for how many items it stands."""


Reached = tuple[int, Mapping[int, Sequence[Span]]]
"""A bundle, and by origin the items that came with it."""
Place = tuple[int, int, int, int]
"""Bundle, origin, first and last number of items that came with it one after the other."""


_TOLD = "t.bundle, t.place, t.origin, t.number, t.stamp, t.outcome, t.reason, t.type, t.slot, lower(hex(t.record))"


class Telling:
    """What is told of the bundles of one merge, inside the caller's transaction; bundles are counted from 1."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._places = itertools.count(1)
        self._counts: dict[int, Counter[Kind]] = {}
        # 0 is no bundle: what has its day is let count by whatever is merged then, be it nothing.
        self._released: dict[int, dict[int, list[Span]]] = {0: {}}
        self.bundle = 0
        self.clear()

    def begin(self) -> int:
        """The number of the bundle that begins."""
        self.bundle += 1
        self._counts[self.bundle] = Counter()
        self._released[self.bundle] = {}
        return self.bundle

    def clear(self) -> None:
        """Forgets all: whoever wants to know has asked."""
        self._db.execute("DELETE FROM told")

    # -- telling ---------------------------------------------------------------------------------------------------

    def tell(self, bundle: int, outcome: str, items: Iterable[tuple[Item, str]]) -> None:
        """Items of a bundle with their reasons."""
        self._db.connection.executemany(
            "INSERT INTO told (bundle, place, outcome, reason, origin, number, stamp, type, record, slot)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, unhex(?), ?)",
            self._rows(bundle, outcome, items),
        )

    def _rows(
        self, bundle: int, outcome: str, items: Iterable[tuple[Item, str]]
    ) -> Iterator[tuple[int | str, ...]]:
        counts = self._counts[bundle]
        for place, (item, reason) in zip(self._places, items, strict=False):
            counts[outcome, reason, item.type] += 1
            yield (bundle, place, outcome, reason, item.origin, item.number, item.stamp, item.type, item.record,
                   item.slot)  # fmt: skip

    def tell_segment(
        self, bundle: int, outcome: str, reason: str, origin: tuple[str, str], first: int, count: int
    ) -> int:
        """A segment of which nothing is taken in, so that nothing more can be said of its items; at which place."""
        place = next(self._places)
        self._db.execute(
            "INSERT INTO told (bundle, place, outcome, reason, number, stamp, type, record, slot, station, incarnation,"
            " count) VALUES (?, ?, ?, ?, ?, 0, '', x'', '', ?, ?, ?)",
            (bundle, place, outcome, reason, first, *origin, count),
        )
        self._counts[bundle][outcome, reason, ""] += count
        return place

    def take_back_segment(self, bundle: int, place: int) -> None:
        """What was told of a segment at this place holds no more."""
        [(outcome, reason, count)] = self._db.rows(
            "DELETE FROM told WHERE bundle = ? AND place = ? RETURNING outcome, reason, count",
            (bundle, place),
        )
        self._counts[bundle][outcome, reason, ""] -= count

    def give_reason(self, bundle: int, place: int, reason: str) -> None:
        """Why nothing of the segment is taken in that was told at this place."""
        [(outcome, before, count)] = self._db.rows(
            "SELECT outcome, reason, count FROM told WHERE bundle = ? AND place = ?", (bundle, place)
        )
        self._db.execute("UPDATE told SET reason = ? WHERE bundle = ? AND place = ?", (reason, bundle, place))
        self._counts[bundle][outcome, before, ""] -= count
        self._counts[bundle][outcome, reason, ""] += count

    def tell_again(self, found: Sequence[tuple[Told, str, str]]) -> None:
        """What was told has another outcome and reason by now."""
        self._db.connection.executemany(
            "UPDATE told SET outcome = ?, reason = ? WHERE bundle = ? AND place = ?",
            [(outcome, reason, told.bundle, told.place) for told, outcome, reason in found],
        )
        for told, outcome, reason in found:
            counts = self._counts[told.bundle]
            counts[told.outcome, told.reason, told.type] -= 1
            counts[outcome, reason, told.type] += 1

    def take_back(self, found: Sequence[Told]) -> None:
        """What was told is applied by now."""
        self._db.connection.executemany(
            "DELETE FROM told WHERE bundle = ? AND place = ?", [(told.bundle, told.place) for told in found]
        )
        for told in found:
            self._counts[told.bundle][told.outcome, told.reason, told.type] -= 1

    def note_released(self, bundle: int, items: Iterable[Item | Told]) -> None:
        """These have waited and count, since a bundle or all of the merge is in; of what came with it that is known."""
        spans = self._released[bundle]
        for origin, numbers in _by_origin(items).items():
            spans.setdefault(origin, []).extend(spans_of(numbers))

    # -- what counts by now ----------------------------------------------------------------------------------------

    def held_among(self, items: Collection[Item]) -> set[tuple[int, int, int]]:
        """Origin, number and stamp of those of these items that this merge has told to be held."""
        # Of a fork another content with the same number may have been told.
        return {(item.origin, item.number, item.stamp) for item in items} & {
            row[:3] for row in self._told_with(items) if row[5] == HELD
        }

    def untold(self, bundle: int, items: Collection[Item]) -> list[Item]:
        """Those of these items that were not told to be held or in conflict with a bundle.

        Of one number and stamp another content may have been, with this or another bundle.
        """
        told = {row[:5] for row in self._told_with(items) if row[6] == bundle}
        return [i for i in items if (i.origin, i.number, i.stamp, i.type, i.record) not in told]

    def _told_with(self, items: Collection[Item]) -> Iterator[tuple[int, int, int, str, str, str, int]]:
        """What was told, and not as refused, with the numbers of these items.

        Origin, number, stamp, type and record, then the outcome and the bundle.
        """
        for origin, wanted in _by_origin(items).items():
            yield from self._db.rows(
                "SELECT origin, number, stamp, type, lower(hex(record)), outcome, bundle FROM told"
                " WHERE origin = ? AND outcome <> 'refused' AND number IN (SELECT value FROM json_each(?))",
                (origin, json.dumps(wanted)),
            )

    def not_as_told(self, *, moved: bool, closing: bool) -> Iterator[list[Told]]:
        """What may not be as it was told: first of all what was told to be held, and is not so or for another reason.

        Where anything has ``moved`` since, what was told to be refused likewise. All that was told to be in conflict:
        of the last bundle only where something came after it that may be ``closing`` conflicts. In pieces, each in the
        order of the bundles, which the caller may tell anew.
        """
        # Once for all bundles of the merge: of hundreds of small ones each would cost more than what it has told.
        after, more = (0, 0), True
        while more and (found := self._db.rows(
            f"SELECT {_TOLD} FROM told t WHERE (bundle, place) > (:bundle, :place) AND origin IS NOT NULL"
            " AND (outcome = :conflict AND (:closing OR bundle <> :last) OR outcome = :refused AND :moved AND"
            "  NOT EXISTS (SELECT 1 FROM refused r WHERE r.origin = t.origin"
            "  AND r.number = t.number AND r.stamp = t.stamp AND r.reason = t.reason) OR outcome = :held"
            " AND NOT EXISTS (SELECT 1 FROM held h WHERE h.origin = t.origin AND h.number = t.number"
            f"  AND h.stamp = t.stamp AND h.reason = t.reason)) ORDER BY bundle, place LIMIT {MAX_LINES}",
            {"bundle": after[0], "place": after[1], "last": self.bundle, "conflict": CONFLICT, "moved": moved,
             "closing": closing, "held": HELD, "refused": REFUSED},
        )):  # fmt: skip
            after, more = found[-1][:2], len(found) == MAX_LINES
            yield [Told(*row) for row in found]

    def tell_conflicts_again(self, brought: Iterable[Reached]) -> None:
        """Which items that bundles ``brought`` are in conflict: what came or went since may have changed that.

        Whoever leaves out every other number brings very many spans, and what is in dispute is gathered for each time
        that it is asked: so it is asked of many spans at once.
        """
        piece: list[Place] = []
        size = 0
        for bundle, origin, first, last in _spans(brought):
            for start in range(first, last + 1, MAX_LINES):
                end = min(start + MAX_LINES - 1, last)
                piece.append((bundle, origin, start, end))
                size += end + 1 - start
                if size >= MAX_LINES:
                    self._tell_conflicts(piece)
                    piece, size = [], 0
        if piece:
            self._tell_conflicts(piece)

    def _tell_conflicts(self, spans: Sequence[Place]) -> None:
        wanted = {"spans": json.dumps(spans)}
        before = {
            (told.bundle, told.origin, told.number, told.stamp): told
            for told in itertools.starmap(Told, self._db.rows(
                f"SELECT {_TOLD} FROM {_within('told', 't')} WHERE t.bundle = s.value ->> 0 AND t.outcome <> 'refused'",
                wanted,
            ))
        }  # fmt: skip
        now = {
            row[:4]: Item(*row[1:-1])
            for row in self._db.rows(
                "SELECT v.bundle, v.origin, v.number, v.stamp, v.type, lower(hex(v.record)), max(c.slot), v.birth"
                f" FROM (SELECT s.value ->> 0 AS bundle, i.* FROM {_within('version', 'i')}) v"
                f" {ITS_CONFLICT} WHERE {IN_DISPUTE} GROUP BY v.bundle, v.origin, v.number, v.stamp",
                wanted,
            )
            # A birth is in conflict only where it came second.
            if not row[-1] or row[:4] in before
        }
        # What has waited since is told in the end as what it is then.
        said = [(name, told) for name, told in before.items() if told.outcome == CONFLICT]
        # What does not count any more is in conflict with nothing, and no more applied than before.
        away = set(self._db.rows(
            f"SELECT s.value ->> 0, r.origin, r.number, r.stamp FROM {_within('refused', 'r')}"
            f" UNION ALL SELECT s.value ->> 0, h.origin, h.number, h.stamp FROM {_within('held', 'h')}",
            wanted,
        )) if said else set()  # fmt: skip
        self.take_back([told for name, told in said if name not in now and name not in away])
        self.tell_again([(told, CONFLICT, now[name].slot) for name, told in said if name in now])
        new = [(name[0], item) for name, item in now.items() if name not in before]
        for bundle, several in itertools.groupby(new, itemgetter(0)):
            self.tell(bundle, CONFLICT, ((item, item.slot) for _, item in several))

    # -- asking ----------------------------------------------------------------------------------------------------

    def counts(self, bundle: int) -> Counter[Kind]:
        """How many items of a bundle were told, by outcome, reason and type."""
        return +self._counts[bundle]

    def changes(self, brought: Iterable[Reached]) -> dict[int, Counter[tuple[str, bool]]]:
        """How many changes that bundles ``brought`` or let count are applied now, by type and whether they delete.

        By the numbers of the bundles. Asked of the log, when all of the merge is in: it knows what was erased or ceased
        to count meanwhile.
        """
        found: dict[int, Counter[tuple[str, bool]]] = {}
        asked = _spans((bundle, _together(spans, self._released[bundle])) for bundle, spans in brought)
        # That it is not refused is written out, as it is in the index.
        while spans := list(itertools.islice(asked, MAX_LINES)):
            for bundle, type_name, deletes, count in self._db.rows(
                # What is grouped is sorted in memory, with the values if it is made of them only then.
                f"WITH changed AS MATERIALIZED (SELECT s.value ->> 0 AS bundle, v.type AS type, {_CHANGED})"
                " SELECT bundle, type, deletes, count(*) FROM changed GROUP BY 1, 2, 3",
                _changed_in(spans),
            ):
                found.setdefault(bundle, Counter())[type_name, bool(deletes)] += count
        return found

    def first_changes(self, brought: Reached, limit: int) -> list[tuple[str, str, str, bool, int]]:
        """The first of what :meth:`changes` counts of one bundle: type, record, slot, whether it deletes, origin."""
        bundle, spans = brought
        asked = _spans([(bundle, _together(spans, self._released[bundle]))])
        found: list[tuple[str, str, str, int, int]] = []
        while len(found) < limit and (part := list(itertools.islice(asked, MAX_LINES))):
            found += self._db.rows(
                "SELECT type, lower(hex(record)), slot, deletes, origin FROM"
                f" (SELECT v.type, v.record, v.slot, v.origin, {_CHANGED}) LIMIT {limit - len(found):d}",
                _changed_in(part),
            )
        return [
            (type_name, record, slot, bool(deletes), origin)
            for type_name, record, slot, deletes, origin in found
        ]

    def first(self, bundle: int, limit: int) -> Sequence[Line]:
        """The items of a bundle that were told first."""
        found: list[Line] = self._db.rows(
            "SELECT t.outcome, t.reason, coalesce(t.station, o.station), coalesce(t.incarnation, o.incarnation),"
            " t.number, t.type, lower(hex(t.record)), t.slot, t.count FROM told t"
            f" LEFT JOIN origin o ON o.ref = t.origin WHERE t.bundle = ? ORDER BY t.place LIMIT {limit:d}",
            (bundle,),
        )
        return found


def _changed_in(spans: Sequence[Place]) -> dict[str, str]:
    """With what :data:`_CHANGED` is asked."""
    return {"slot": DELETED_SLOT, "absent": ABSENT, "spans": json.dumps(spans), "conflict": CONFLICT}


def _within(table: str, alias: str) -> str:
    """The rows of a table that have numbers of some spans (:data:`Place`), with each span as ``s``."""
    return (
        f"json_each(:spans) s CROSS JOIN {table} {alias} ON {alias}.origin = s.value ->> 1"
        f" AND {alias}.number BETWEEN s.value ->> 2 AND s.value ->> 3"
    )


def _spans(brought: Iterable[Reached]) -> Iterator[Place]:
    for bundle, of in brought:
        for origin, several in of.items():
            for span in several:
                yield bundle, origin, *span


def _together(
    one: Mapping[int, Sequence[Span]], other: Mapping[int, Sequence[Span]]
) -> dict[int, list[Span]]:
    """Every number that is in one or the other, once."""
    return {
        origin: joined([*one.get(origin, ()), *other.get(origin, ())]) for origin in one.keys() | other.keys()
    }


def _by_origin(items: Iterable[Item | Told]) -> dict[int, list[int]]:
    numbers: dict[int, list[int]] = {}
    for item in items:
        numbers.setdefault(item.origin, []).append(item.number)
    return numbers


_CHANGED = (
    f"v.slot = :slot AND v.value <> :absent AS deletes FROM {_within('version', 'v')}"
    " WHERE NOT v.birth AND NOT EXISTS (SELECT 1 FROM told t WHERE t.origin = v.origin AND t.number = v.number"
    " AND t.outcome = :conflict AND t.outcome <> 'refused' AND t.bundle = s.value ->> 0)"
)
"""The changes of some spans that are in no conflict, with whether they delete."""

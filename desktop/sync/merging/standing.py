"""Brings a ledger in line with what counts now (rules 14 to 19, 26, 27).

What waited and may count, or was excluded and is lifted, comes in; what has counted and was withdrawn, refused,
revoked or lost its grant goes out.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence

from desktop.collecting import without_collection
from desktop.records.declaration import UNIT_SLOT
from desktop.records.versions.deciding import DECIDING_TYPES
from desktop.records.versions.item_outcomes import HELD_CERTIFICATE, HELD_NO_BIRTH, REFUSED_VALUE
from desktop.records.versions.spans import Span, common, joined, spans_of
from desktop.records.versions.stamped import Spans, Stamped
from desktop.store.ledger import LEARNED, ChangeSet, Ledger
from desktop.store.merging import aside, outcomes, uncounting
from desktop.store.merging.aside import Put
from desktop.store.merging.merging import Item, Merger, Result
from desktop.store.merging.staging import ToSort
from desktop.store.merging.uncounting import Taken
from desktop.store.peers import received, segment_log
from desktop.store.queries import indexing, scoping
from desktop.store.tables.database import Database
from desktop.sync.authority import station
from desktop.sync.authority.judging import Judge
from desktop.sync.authority.sorting import Sorted
from desktop.sync.bundles import kept, sending
from desktop.sync.formats import decoding
from desktop.sync.merging import erasing, lapsed, refusing, restating, waiting
from desktop.sync.merging.lost import Lost
from desktop.sync.signed.identity import StationKeys


def settle(ledger: Ledger, keys: StationKeys, operator: str) -> ChangeSet:
    """Lets count what may count and takes out what does not, after this station itself has said something about it."""
    changed = indexing.Changed()

    def call_judge() -> Judge:
        return Judge(station.knowledge(ledger, keys), ledger.types, ledger.environment.since_epoch())

    with without_collection(), ledger.database.transaction():
        sending.cut_own(ledger, keys)
        settling = Settling(ledger, call_judge, changed)
        judge = settling.run(call_judge())
        if settling.looked and restating.take_back(ledger, judge, operator):
            judge = settling.run(call_judge())
        if settling.refused:
            # What is lifted may be refused now for what has come since: everybody goes by what is said of it.
            refusing.state_refusals(ledger, judge, operator)
        if settling.looked:
            restating.restate(ledger, judge, operator)
        if settling.edges:
            lapsed.part(ledger, operator)
        settling.note_looked(judge)
        changed.bring_up_to_date(ledger.database, ledger.types)
    return ChangeSet(everything=settling.moved)


_Away = Callable[[Database, int, int, int], aside.Names]
"""Tells what of an origin is aside between two numbers."""

_PIECE = 5_000
"""How many items are taken out, or come in again, at once."""

_LOOKED = "looked_through"
"""By what that is in force everything was gone through, in which incarnation, and up to which own number."""

ROUNDS = 64
"""More than a chain of words from above can be long."""


class Settling:
    """One reckoning inside the caller's transaction; ``moved`` tells whether anything came to count or ceased to.

    ``looked``: another word was in force than when everything was gone through last, so that was done once more.
    ``edges``: it was asked which records are one, as that may have changed.
    ``refused``: something proved to be refused that had waited. ``lost`` hears what does not count any more, and
    ``released`` what has waited and counts now, where that is told of the bundles of a merge.
    """

    def __init__(
        self,
        ledger: Ledger,
        call_judge: Callable[[], Judge],
        changed: indexing.Changed,
        lost: Lost | None = None,
        released: Callable[[Sequence[Item]], None] | None = None,
        to_sort: ToSort | None = None,
    ) -> None:
        self._ledger = ledger
        self._db = ledger.database
        self._call_judge = call_judge
        self._changed = changed
        self._now = ledger.environment.since_epoch()
        self._lost = lost
        self._tell_released = released
        self._to_sort = to_sort
        self._unmoved: set[tuple[str, str]] = set()
        self._begun: dict[int, Spans] = {}
        self._written = received.last_number(self._db, ledger.origin)
        self._since: int | None = None
        self._at_rest = True
        self.moved = self.looked = self.refused = self.edges = False

    def run(self, judge: Judge, *, anew: bool = False) -> Judge:
        """Goes on until nothing moves; whoever judges then.

        What has counted, or was excluded, is gone through where another word is in force than when that was done last,
        or with ``anew``, as others may have been meanwhile. Else what came was judged when it came, and of all that was
        there only what this station has written since may be excluded already.

        It ends: what says who counts is only ever taken out by a word from further above (checks 22 and 23). Should
        somebody find a way round that, it ends all the same.
        """
        self._since = None if anew else self._looked_up_to(judge)
        # What this station has moved itself may be one with others no longer, and no merge has asked for that.
        self.edges |= self._since is None or scoping.has_moved(self._db, self._ledger.origin, self._since)
        for _ in range(ROUNDS):
            self.looked |= self._since is None
            if not self._once(judge):
                break
            judge, self._since = self._call_judge(), None
        else:
            self._at_rest = False
        judge.remember(self._ledger)
        erasing.note_tree(self._ledger)
        return judge

    def _looked_up_to(self, judge: Judge) -> int | None:
        """Up to which own number everything is as it has to be by what is in force; nothing if it may not be."""
        said, _, number = (self._ledger.meta(_LOOKED) or "").rpartition(" ")
        return int(number) if said == self._under(judge) else None

    def note_looked(self, judge: Judge) -> None:
        """All is as it has to be by what this judge, who judged last, knows to be in force."""
        said = f"{self._under(judge)} {self._written}"
        if self._at_rest and self._ledger.meta(_LOOKED) != said:
            self._ledger.set_meta(_LOOKED, said)

    def _under(self, judge: Judge) -> str:
        return f"{judge.in_force} {self._ledger.incarnation}"

    def _once(self, judge: Judge) -> bool:
        """Whether something moved that says what counts of the rest, so that all is to be judged anew."""
        merger = Merger(self._db, self._ledger.types, to_sort=self._to_sort)
        self._unmoved.clear()
        deciding = taken = False
        for piece in self._take_out(judge):
            if taken:
                # What follows is taken out by itself: all of it may be the whole ledger.
                self._count(merger)
            taken = True
            merger.take_out(piece)
            for item in piece:
                self._changed.add(item.type, [item.record])
                deciding |= item.type in DECIDING_TYPES
        erasures = erasing.due(self._ledger)
        if taken and erasures:
            # What was taken apart is staged anew, where its values would outlast their erasure. And a unit may lie
            # elsewhere without what was taken out: what is written under it is no longer for the same to erase.
            self._count(merger)
            erasures = erasing.due(self._ledger)
        erasing.blank_stored(self._ledger, erasures, merger.forget(erasures))
        for erasure in erasures:
            self._changed.add(erasure.type, [erasure.record])
        anew = self._since is None
        lifted = waiting.lifted(self._ledger, judge) if anew else ()
        staged = 0
        waited, excluded = list[Item](), dict[int, Stamped]()
        for (found, author), was_excluded in itertools.chain(
            zip(waiting.due(self._ledger, judge, anew=anew), itertools.repeat(False)),
            zip(lifted, itertools.repeat(True)),
        ):
            asked = found.looked_at
            judge.judge(found, author)
            self.refused |= found.refuses
            births = found.births
            deciding |= bool(found.deciding) and bool(births or found.changes or found.refuses)
            self.moved |= waiting.release(self._ledger, found, asked, self._now)
            for block in births:
                merger.add_births(block, found.origin)
                self._changed.add(block.type, block.records)
            self._begins([(found.origin, number) for block in births for number in block.numbers])
            if was_excluded:
                excluded.setdefault(found.origin, Stamped()).add(asked.items())
            else:
                waited += found.born()
            staged += sum(len(block.numbers) for block in births)
            if staged >= _PIECE:
                # What is staged lies in memory, and all of a merge may be lifted at once.
                self._count_waited(merger, waited, excluded)
                staged = 0
        self._count_waited(merger, waited, excluded)
        self._begins(self._items_of(self._unmoved))
        self.journal()
        self.moved |= taken or bool(erasures)
        # What has come to count by now may hold values that were erased.
        return deciding or bool(erasing.due(self._ledger))

    def _count_waited(self, merger: Merger, births: list[Item], excluded: dict[int, Stamped]) -> None:
        """Tells these births, and the changes that count with what is staged, but for those that were ``excluded``."""
        for merged in self._rounds(merger):
            if self._tell_released is not None:
                self._tell_released([
                    *births,
                    *(i for i in merged.released if (i.number, i.stamp) not in excluded.get(i.origin, ())),
                ])  # fmt: skip
            births.clear()
        excluded.clear()

    def _count(self, merger: Merger) -> None:
        for _ in self._rounds(merger):
            pass

    def _rounds(self, merger: Merger) -> Iterator[Result]:
        for merged in merger.rounds(self._now):
            self.note_counted(merged)
            # A move waits too when the unit under which it was written has lost the record.
            self._unmoved |= {(item.type, item.record) for item in merged.lost if item.slot == UNIT_SLOT}
            if self._lost is not None and merged.lost:
                self._lost.tell([(item, HELD_NO_BIRTH) for item in merged.lost])
            yield merged

    def note_counted(self, merged: Result) -> None:
        """The clock, the search index and the journal take note of what a merge has let count."""
        self._ledger.clock.observe(merged.newest)
        self.edges |= merged.edges
        for type_name, records in merged.shown.items():
            self._changed.add(type_name, records)
        for item in merged.released:
            self._changed.add(item.type, [item.record])
        self._begins((item.origin, item.number) for item in merged.released)
        self.moved |= bool(merged.released)

    def _begins(self, items: Iterable[tuple[int, int]]) -> None:
        """These items (origin, number) begin to count."""
        numbers: dict[int, list[int]] = {}
        for origin, number in items:
            numbers.setdefault(origin, []).append(number)
        for origin, several in numbers.items():
            self._begun.setdefault(origin, Spans()).add(spans_of(several))

    def journal(self) -> None:
        """What has begun to count comes last in the journal. No segment is moved while segments are being read."""
        if self._begun:
            self._ledger.journal_again(self._begun)
            self._begun.clear()

    # -- what counts no longer -------------------------------------------------------------------------------------

    def _take_out(self, judge: Judge) -> Iterator[list[Taken]]:
        """Puts aside what counts no longer, each with its reason, and tells what it was, in pieces."""
        piece: list[Taken] = []
        for taken in self._segments_out(judge):
            piece += taken
            if len(piece) >= _PIECE:
                yield from uncounting.light(self._db, piece)
                piece = []
        if piece:
            yield from uncounting.light(self._db, piece)

    def _segments_out(self, judge: Judge) -> Iterator[Iterable[Taken]]:
        """The same segment by segment."""
        yield from self._misfits_out()
        for origin, ref in received.origins(self._db).items():
            if self._since is not None and ref != self._ledger.origin:
                continue
            name, _ = origin
            since = (self._since or 0) + 1
            if judge.policy.concerns(origin):
                out = judge.policy.spans(origin, since, received.last_number(self._db, ref))
                for found in self._held_here(ref, out, aside.refused_between, since):
                    found.exclude(judge.policy.out(origin, found.facts))
                    yield self._put_aside(found)
            if name != self._ledger.station and judge.knows_grants and not judge.is_granted(name):
                signed = joined(segment_log.signed_spans(self._db, ref))
                for found in self._held_here(ref, signed, aside.between):
                    found.hold(found.looked_at, HELD_CERTIFICATE)
                    yield self._put_aside(found)

    def _misfits_out(self) -> Iterator[Iterable[Taken]]:
        """Rule 14, of what came before the program knew its type or field: what is of another kind is refused by now.

        All who know the field refuse it, so whoever has counted it until then is in line with them again.
        """
        learned = self._ledger.meta(LEARNED)
        if learned is None:
            return
        self._ledger.drop_meta(LEARNED)
        numbers: dict[int, set[int]] = {}
        for type_name, slot in json.loads(learned):
            for origin, number in scoping.logged(self._db, type_name, slot):
                numbers.setdefault(origin, set()).add(number)
        for origin, several in sorted(numbers.items()):
            for found in self._held_here(origin, spans_of(several), aside.between):
                found.refuse(found.contents.misfits, REFUSED_VALUE)
                self.refused |= found.refuses
                yield self._put_aside(found)

    def _held_here(self, origin: int, spans: Sequence[Span], away: _Away, since: int = 1) -> Iterator[Sorted]:
        """The items in these spans, from a number on, that were received and are not ``away``, by segment."""
        if not spans or spans[-1][1] < since:
            return
        here = joined(received.spans(self._db, origin))
        was_forked = aside.forked_from(self._db, origin) is not None
        for position, first, last in segment_log.places(
            self._db, origin, max(spans[0][0], since), spans[-1][1]
        ):
            # There may be a million spans, so they are looked for where a segment lies, and not all at once.
            near = common(common(spans, [(max(first, since), last)]), here)
            wanted = {n for low, high in near for n in range(low, high + 1)}
            seen = away(self._db, origin, first, last) if wanted else set()
            if wanted and (was_forked or not wanted <= {n for n, _ in seen}):
                header, lines = kept.read_at(self._db, position)
                found = Sorted(decoding.decode(header, lines, self._ledger.types), origin)
                if was_forked:
                    seen = seen - outcomes.counting(self._db, found.named(seen))
                found.keep_numbers(wanted, seen)
                yield found

    def _put_aside(self, found: Sorted) -> Iterable[Taken]:
        refused, held = waiting.set_aside(self._ledger, found, self._now)
        aside.drop_refused(self._db, found.origin, refused)
        self._unmoved |= {(row.type, row.record) for row in (*refused, *held) if row.slot == UNIT_SLOT}
        if self._lost is not None:
            self._lost.tell([(_item(found.origin, row), row.reason) for row in (*refused, *held)])
        return [_taken(found.origin, row) for row in (*refused, *held)]

    def _items_of(self, records: Iterable[tuple[str, str]]) -> list[tuple[int, int]]:
        """Origin and number of what is left of records: a unit that has one back has not seen what came meanwhile."""
        return [
            item for type_name, record in records for item in scoping.items_of(self._db, type_name, record)
        ]


def _item(origin: int, row: Put) -> Item:
    return Item(origin, row.number, row.stamp, row.type, row.record, row.slot)


def _taken(origin: int, row: Put) -> Taken:
    return Taken(origin, row.number, row.stamp, row.type, row.record)

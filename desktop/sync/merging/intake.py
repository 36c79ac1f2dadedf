"""What one merge takes in, segment by segment: verified, told from what is known, judged, put aside or staged.

Before all of it is in, what came first may wait for what comes last, so the report is put right at the end: it says
what became of each item, not what stood in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from desktop.records.versions.item_outcomes import (
    CONFLICT,
    HELD,
    HELD_FORK,
    HELD_FUTURE,
    HELD_NO_BIRTH,
    REFUSED,
)
from desktop.records.versions.spans import spans_of
from desktop.store.ledger import Ledger
from desktop.store.merging import aside, outcomes
from desktop.store.merging import erasing as erased
from desktop.store.merging.merging import Item
from desktop.store.merging.merging import Result as Merged
from desktop.store.merging.staging import ToSort, put_off_indexes
from desktop.store.merging.telling import Telling
from desktop.store.queries import indexing
from desktop.sync import trust
from desktop.sync.authority import station
from desktop.sync.authority.judging import Judge
from desktop.sync.authority.sorting import Sorted
from desktop.sync.bundles import kept
from desktop.sync.errors import BadSegment
from desktop.sync.formats.arriving import Arrived
from desktop.sync.formats.frames import Frame
from desktop.sync.formats.segments import Header
from desktop.sync.merging import erasing, forks, righting, waiting
from desktop.sync.merging.listing import Listing
from desktop.sync.merging.lost import Lost
from desktop.sync.merging.results import BundleResult, Taken
from desktop.sync.merging.staged import Staged, StagedBundle, by_bundle
from desktop.sync.merging.standing import Settling
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import StationKeys

_MOST_PARKED = 1 << 20
"""Bytes of segments that wait, decoded, until what was said of who is who is heard."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What was noted of a merge before a bundle, which may prove to be bad when some of it was written."""

    future: frozenset[str]
    present: StagedBundle


@dataclass(frozen=True, slots=True)
class _Late:
    """A bundle that lacked something when it came, and what looks whether that is here by now."""

    bundle: StagedBundle
    merge: int | None
    take: Callable[[], bool]


class _Parked(NamedTuple):
    """What a segment says besides words about who is who: it is judged when those of its station have been heard."""

    found: Sorted
    signer: Certificate | None
    weight: int


class Intake:
    """The segments of one merge inside the caller's transaction; what is not kept is a preview.

    ``judge`` judges by the stations and units that count now, ``future`` are stations whose items seem to be of
    tomorrow, ``known`` is what was here before, ``trees`` are those of which a root has looked up that it has not lost
    them, and ``merge`` is the line of the ledger of merges that segments will name.

    Bundles may have to be counted ``apart`` (:class:`~desktop.sync.merging.staged.Staged`).
    """

    def __init__(
        self,
        ledger: Ledger,
        keys: StationKeys,
        *,
        keep: bool = True,
        apart: bool = False,
        listing: Listing | None = None,
    ) -> None:
        self._ledger = ledger
        self._db = ledger.database
        self._keys = keys
        self._now = ledger.environment.since_epoch()
        self._telling = Telling(ledger.database)
        self._lost = Lost(ledger.database, self._telling)
        self._late: list[_Late] = []
        self._took_late = False
        self._changed = indexing.Changed()
        self._listing = listing
        self._to_sort: ToSort = {}
        self._staged = Staged(
            ledger, self._changed, self._tell, keep=keep, apart=apart, to_sort=self._to_sort, listing=listing
        )
        self._erased = erased.targets(ledger.database)
        self._present = self._staged.bundle
        self._settling = Settling(
            ledger, self._call_judge, self._changed, self._lost, self._tell_released, self._to_sort
        )
        self._judge = self._call_judge()
        self._spoken = ""
        self._parked: list[_Parked] = []
        self._parked_weight = 0
        self._refused = self._signed_again = self._judged_anew = False
        self.future: set[str] = set()
        self.known = forks.Known(ledger)
        self.trees: set[int] = set()
        self.merge: int | None = None

    def _call_judge(self) -> Judge:
        """Whoever judges by the stations and units that count now."""
        return Judge(station.knowledge(self._ledger, self._keys), self._ledger.types, self._now)

    def begin(self, result: BundleResult) -> int:
        """A bundle begins, of which ``result`` tells; the number under which its items are told."""
        bundle = StagedBundle(result, self._telling.begin())
        self._lost.expect(bundle.number, result, bundle.spans)
        self._staged.begin(bundle)
        self._present = bundle
        return bundle.number

    def put_off_indexes(self) -> None:
        """What speeds up lists is built when all is in, but for what is too much to be sorted at once."""
        self._to_sort |= put_off_indexes(self._db, self._ledger.types)

    def set_alone(self) -> None:
        """The bundle that has begun, and of which nothing is staged yet, is counted by itself."""
        self._staged.set_alone()

    def end(self) -> None:
        """The bundle is in. What it lets count that waits already is told with it.

        What it says of others is heard with it: what that changes must not go when the next one proves to be bad.
        """
        if self._spoken:
            self._hear()
        bundle = self._staged.bundle
        in_pieces = bundle.in_pieces
        self._staged.end()
        if in_pieces:
            self._telling.tell_conflicts_again([(bundle.number, bundle.spans)])

    def count(self) -> None:
        """What was staged counts or waits from now on."""
        self._staged.count()

    def close(self) -> None:
        """All has been told that anybody wants to know."""
        self._telling.clear()

    def mark(self) -> Mark:
        """Where a bundle begins."""
        return Mark(frozenset(self.future), self._present)

    def back_to(self, mark: Mark) -> None:
        """What a bundle brought was taken back: what was known by it is known no longer."""
        self.future = set(mark.future)
        self._present = mark.present
        self._staged.drop()
        self._parked, self._parked_weight = [], 0
        self.known = forks.Known(self._ledger)
        self.judge_anew()

    @property
    def judge(self) -> Judge:
        """Whoever judges by all that has come."""
        if self._spoken:
            self._hear()
        return self._judge

    def judge_of(self, station_id: str) -> Judge:
        """Whoever judges what this station says of who is who: its words in a row are judged as those of one segment.

        Else each of a thousand segments with one such word would have all that was ever said gone through.
        """
        return self.judge if self.hears_before(station_id) else self._judge

    def hears_before(self, station_id: str) -> bool:
        """Whether all that was ever said is gone through before a segment of this station can be judged."""
        return self._spoken not in ("", station_id)

    def judge_anew(self) -> None:
        """Something came that says who is who."""
        self._judge, self._judged_anew, self._spoken = self._call_judge(), True, ""

    def _hear(self) -> None:
        """Whatever says who is who counts for what comes next, and for what waited for it."""
        self.count()
        in_vain = self._judge.policy.moves
        self.judge_anew()
        if self._judge.policy.moves != in_vain:
            # By a move that does not count a former superior would write under the unit, in the same bundle.
            self._settle()
            # What is parked, or comes next, was not blanked by what that has erased.
            erasing.look_again(self._ledger)
        parked, self._parked, self._parked_weight = self._parked, [], 0
        for found, signer, weight in parked:
            self._apply(found, self._judge, signer, weight)

    def _park(self, parked: _Parked) -> None:
        """This is judged when the words of its station are heard, which must not be for each of a thousand segments."""
        self._parked.append(parked)
        self._parked_weight += parked.weight
        if self._parked_weight >= _MOST_PARKED:
            self._hear()

    def _count_before_fork(self) -> None:
        """What came before the second content of a number was judged without it."""
        if self._parked:
            self._hear()
        self.count()

    def settle(self) -> None:
        """What waited for the tree or the time comes in, and what counts no longer goes out.

        Then what was passed over and has its grant by now: it is as if it had come last.
        """
        self._settle()
        while self._take_late():
            self._took_late = True
            self._settle()

    def _settle(self) -> None:
        self._lost.look_again()
        judge = self._settling.run(self.judge, anew=self._signed_again or self._judged_anew)
        self._judged_anew |= judge is not self._judge
        self._judge = judge

    @property
    def looked(self) -> bool:
        """Whether all was gone through, as others may be in force by now than when that was done last."""
        return self._settling.looked

    @property
    def moved(self) -> bool:
        """Whether anything came to count that had waited, or ceased to count."""
        return self._settling.moved

    @property
    def edges(self) -> bool:
        """Whether it was asked which records are one, as that may have changed."""
        return self._settling.edges

    @property
    def refused(self) -> bool:
        """Whether something was refused that came with the merge, or had waited."""
        return self._refused or self._settling.refused

    def expect_more(self, take: Callable[[], bool]) -> None:
        """Another bundle may bring what the one that has ended lacks: the grant of a segment, or what came before it.

        ``take`` is asked when all of the merge is in, and says whether anything came of it.
        """
        self._late.append(_Late(self._staged.bundle, self.merge, take))

    def _take_late(self) -> bool:
        taken = False
        for late in self._late:
            # Lines were moved and blanked since, and more is to be blanked.
            self.known = forks.Known(self._ledger)
            self._erased = erased.targets(self._db)
            self.merge = late.merge
            self._staged.go_on(late.bundle)
            self._present = late.bundle
            taken |= late.take()
        return taken

    def note_looked(self) -> None:
        """The next merge need not go through all once more for what is in force now."""
        self._settling.note_looked(self.judge)

    def bring_up_to_date(self) -> None:
        """Search finds what is there now."""
        self._changed.bring_up_to_date(self._db, self._ledger.types)

    def put_right(self, taken: Sequence[Taken]) -> None:
        """What is told of each bundle, when all of the merge is in (rule 17)."""
        righting.put_right(
            self._db, self._telling, self._lost, taken, moved=self._settling.moved, later=self._took_late,
            listing=self._listing,
        )  # fmt: skip

    def take_vouched(self, frame: Frame, desk: Certificate) -> None:
        """A segment that the granting desk vouches for, of what :meth:`begin` was called for."""
        arrived = Arrived.read(frame)
        if arrived.header.vouched != desk.station:
            raise BadSegment("the tree of a grant is vouched for by its desk")
        self.merge_segment(desk, arrived, self._staged.bundle.result)

    def holds(self, arrived: Arrived) -> bool:
        """Whether all items of a segment are here, with this content."""
        origin = self._ledger.origin_ref(arrived.header.station, arrived.header.incarnation)
        return self.known.holds(Sorted(arrived.decoded(self._ledger.types), origin), arrived)

    def merge_segment(
        self, signer: Certificate, arrived: Arrived, result: BundleResult, *, judged: bool = False
    ) -> bool:
        """A segment of the bundle that has begun is verified, decoded and kept, and its items are staged.

        What was ``judged`` by this station when it was written is not asked again what its writer may. Of one in this
        station's own name that it has not written nothing is taken: then it is ``False``.

        Raises ``BadSegmentSignature`` and :class:`BadSegment`.
        """
        header = arrived.header
        trust.judge_segment(signer, header)
        judged_by = None if judged else signer
        other = erasing.as_kept(self._ledger, arrived, self._erased)
        if other is not None:
            arrived = Arrived.read(other)
            header = arrived.header
        contents = arrived.decoded(self._ledger.types)
        origin = self._ledger.origin_ref(header.station, header.incarnation)
        found = Sorted(contents, origin)
        if origin == self._ledger.origin and not self.known.holds(found, arrived):
            # This station's numbers are given here and nowhere else, whoever vouches for them. Either this ledger was
            # set back or copied, and has to hear the rest to be told so, or somebody forges.
            self.pass_over(HELD, HELD_FORK, header, arrived.count)
            return False
        known = self.known.drop(found, arrived, self._count_before_fork)
        result.known += known
        result.written[header.station] += header.total - known
        # By a copy that somebody else signs for, items may count that were let in again and had nobody.
        self._signed_again |= bool(known and aside.between(self._db, origin, header.first, header.last))
        frame = erasing.as_heard(self._ledger, origin, arrived, contents.numbers, self.known.blank)
        arrived.let_go()
        kept.keep(self._ledger, header, frame, None if origin == self._ledger.origin else self.merge)
        for first, last in spans_of(contents.numbers):
            self._ledger.note_received(origin, first, last)
        judge, weight = self.judge_of(header.station), arrived.frame.plain_size
        if found.deciding and not found.settled:
            self.set_alone()
            # Units and grants first: what the same segment writes under a new unit is not held for its sake.
            self._apply(found.part(deciding=True), judge, judged_by, weight)
            self._spoken = header.station
            found = found.part(deciding=False)
        if not found.is_empty and self._spoken:
            self._park(_Parked(found, judged_by, weight))
        elif not found.is_empty:
            self._apply(found, judge, judged_by, weight)
        return True

    def _apply(self, found: Sorted, judge: Judge, signer: Certificate | None, weight: int) -> None:
        """Judges what is new, sets aside what is refused or held, and stages the rest."""
        judge.judge(found, signer)
        self._refused |= found.refuses
        if found.waits_for(HELD_FUTURE):
            self.future.add(found.contents.header.station)
        self._set_aside(found)
        changes, births = found.changes, found.births
        if changes or births:
            self._staged.add(found, changes, births, weight)

    def pass_over(self, outcome: str, reason: str, header: Header, lines: int) -> int:
        """Nothing of a segment is taken in, so nothing of it is judged; it is told as one, at the place returned.

        Rule 15: who wrote it is not known yet, and a header that nobody has signed for may count whatever it likes. Or
        its key signs no more, or it bears the name of this station, which has not written it.
        """
        if lines != header.total:
            raise BadSegment("the lines are not as many as the header counts")
        origin = header.station, header.incarnation
        return self._telling.tell_segment(
            self._staged.bundle.number, outcome, reason, origin, header.first, header.total
        )

    def give_reason(self, place: int, reason: str) -> None:
        """A segment that was passed over, and is told at this place, waits for this by what has come since."""
        self._telling.give_reason(self._staged.bundle.number, place, reason)

    def take_back(self, place: int) -> None:
        """A segment that was passed over, and is told at this place, was taken in after all."""
        self._telling.take_back_segment(self._staged.bundle.number, place)

    def _set_aside(self, found: Sorted) -> None:
        for outcome, rows in zip(
            (REFUSED, HELD), waiting.set_aside(self._ledger, found, self._now), strict=True
        ):
            told = ((Item(found.origin, p.number, p.stamp, p.type, p.record, p.slot), p.reason) for p in rows)
            self._telling.tell(self._staged.bundle.number, outcome, told)

    def _tell(self, merged: Merged, bundles: Sequence[StagedBundle]) -> None:
        """Adds what a merge within this one did to what is told of the bundles that brought it."""
        self._settling.note_counted(merged)
        self._settling.journal()
        held, conflict = by_bundle(bundles, merged.held), by_bundle(bundles, merged.conflict)
        self._tell_released(merged.released)
        for bundle in bundles:
            self._telling.tell(bundle.number, HELD, ((i, HELD_NO_BIRTH) for i in held[bundle.number]))
            self._telling.tell(bundle.number, CONFLICT, ((i, i.slot) for i in conflict[bundle.number]))

    def _tell_released(self, items: Sequence[Item]) -> None:
        """These have waited and count now: that is told of the bundle that came last."""
        # What has come and waited in this same merge is told once, where it came, as what it is in the end.
        waited = self._telling.held_among(items)
        released = [i for i in items if (i.origin, i.number, i.stamp) not in waited]
        self._telling.note_released(self._present.number, released)
        result = self._present.result
        result.released += len(released)
        for item in released:
            if not item.slot and outcomes.stands(
                self._db, item.type, item.record, item.origin, item.number, item.stamp
            ):
                result.births[item.type] = result.births.get(item.type, 0) + 1

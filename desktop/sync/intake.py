"""What one merge takes in, segment by segment: verified, told from what is known, judged, put aside or staged.

Before all of it is in, what came first may wait for what comes last, so the report is put right at the end: it says
what became of each item, not what stood in between.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.records.item_outcomes import (
    APPLIED,
    CONFLICT,
    HELD,
    HELD_CERTIFICATE,
    HELD_FUTURE,
    HELD_MOVED,
    HELD_NO_BIRTH,
    REFUSED,
)
from desktop.records.spans import spans_of
from desktop.store import erasing as erased
from desktop.store import holdings, indexing, links, outcomes, received
from desktop.store.ledger import Ledger
from desktop.store.merging import Item, Merger
from desktop.store.merging import Result as Merged
from desktop.sync import decoding, erasing, forks, kept, segments, station, trust, waiting
from desktop.sync.certificates import Certificate
from desktop.sync.errors import BadSegment, BadSegmentSignature, UnknownSigner
from desktop.sync.frames import Frame
from desktop.sync.identity import StationKeys
from desktop.sync.judging import Judge
from desktop.sync.manifest import DOWN
from desktop.sync.results import BundleResult, Unapplied
from desktop.sync.segments import Header
from desktop.sync.sorting import Sorted
from desktop.sync.standing import Settling
from desktop.sync.trust import Verdict

_Items = frozenset[tuple[int, int]]
"""Origin and number."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What was noted of a merge before a bundle, which may prove to be bad when some of it was written."""

    future: frozenset[str]
    held: _Items
    released: _Items


class Intake:
    """The segments of one merge inside the caller's transaction; what is not kept is a preview.

    ``judge`` judges by the stations and units that count now, ``future`` are stations whose items seem to be of
    tomorrow, ``known`` is what was here before, and ``merge`` the line of the ledger of merges that segments will name.
    """

    def __init__(self, ledger: Ledger, keys: StationKeys, *, keep: bool = True) -> None:
        self._ledger = ledger
        self._db = ledger.database
        self._keys = keys
        self._keep = keep
        self._now = ledger.environment.since_epoch()
        self._changed = indexing.Changed()
        self._erased = erased.targets(ledger.database)
        self._settling = Settling(ledger, self._call_judge, self._changed)
        self._held: set[tuple[int, int]] = set()
        self._released: set[tuple[int, int]] = set()
        self.judge = self._call_judge()
        self.future: set[str] = set()
        self.known = forks.Known(ledger)
        self.merge: int | None = None

    def _call_judge(self) -> Judge:
        """Whoever judges by the stations and units that count now."""
        return Judge(station.knowledge(self._ledger, self._keys), self._ledger.types, self._now)

    def merger(self) -> Merger:
        """A merge of its own within this one."""
        return Merger(self._db, self._ledger.types, listed=self._keep)

    def mark(self) -> Mark:
        """Where a bundle begins."""
        return Mark(frozenset(self.future), frozenset(self._held), frozenset(self._released))

    def back_to(self, mark: Mark) -> None:
        """What a bundle brought was taken back: what was known by it is known no longer."""
        self.future, self._held, self._released = set(mark.future), set(mark.held), set(mark.released)
        self.known = forks.Known(self._ledger)
        self.judge = self._call_judge()

    def judge_anew(self) -> None:
        """Something came that says who is who."""
        self.judge = self._call_judge()

    def settle(self) -> None:
        """What waited for the tree or the time comes in, and what counts no longer goes out."""
        self.judge = self._settling.run(self.judge)

    def bring_up_to_date(self) -> None:
        """Search finds what is there now."""
        self._changed.bring_up_to_date(self._db, self._ledger.types)

    def put_right(self, taken: Sequence[BundleResult]) -> None:
        """Rule 17, when all of the merge is in: what was held and has been released is counted as what it is now.

        So is a conflict, where something has ceased to count since it was told: it may have been one side of it.
        """
        refs = received.origins(self._db)
        again = (HELD, CONFLICT) if self._settling.moved else (HELD,)
        for result in taken:
            waited = [u for u in result.unapplied if _is_item(u) and u.outcome in again]
            result.unapplied = [u for u in result.unapplied if not (_is_item(u) and u.outcome in again)]
            numbers: dict[int, set[int]] = {}
            for u in waited:
                numbers.setdefault(refs[u.station, u.incarnation], set()).add(u.number)
            now = {ref: outcomes.of_unapplied(self._db, ref, found) for ref, found in numbers.items()}
            for u in waited:
                ref = refs[u.station, u.incarnation]
                outcome, reason = now[ref].get(u.number, (APPLIED, ""))
                result.held += (outcome == HELD) - (u.outcome == HELD)
                result.refused += outcome == REFUSED
                result.conflict += (outcome == CONFLICT) - (u.outcome == CONFLICT)
                counted = u.outcome == CONFLICT or (ref, u.number) in self._released
                if outcome in (APPLIED, CONFLICT) and not counted:
                    own = result.changes if u.slot else result.births
                    own[u.type] = own.get(u.type, 0) + 1
                if outcome != APPLIED:
                    result.unapplied.append(dataclasses.replace(u, outcome=outcome, reason=reason))
            result.applied = result.total - result.known - result.held - result.conflict - result.refused

    def take_vouched(self, frame: Frame, desk: Certificate) -> None:
        """A segment that the granting desk vouches for."""
        header, lines = segments.read(frame)
        if header.vouched != desk.station:
            raise BadSegment("the tree of a grant is vouched for by its desk")
        result = BundleResult(Path())
        merger = self.merger()
        merger = self.merge_segment(merger, desk, frame, header, lines, result)
        self.add_result(result, merger.finish(self._now))

    def merge_segment(
        self,
        merger: Merger,
        signer: Certificate,
        frame: Frame,
        header: Header,
        lines: list[bytes],
        result: BundleResult,
    ) -> Merger:
        """A segment is verified, decoded and kept, and its items go into the merge, or into the one that comes after.

        The lines are emptied once they are decoded: with files they are tens of megabytes, and what is decoded as many.
        Raises ``BadSegmentSignature`` and :class:`BadSegment`.
        """
        trust.judge_segment(signer, header.signer, header.raw, header.signature)
        author = signer if header.vouched is None else None
        other = erasing.as_kept(self._ledger, header, lines, self._erased)
        if other is not None:
            frame, (header, lines[:]) = other, segments.read(other)
        contents = decoding.decode(header, lines, self._ledger.types)
        origin = self._ledger.origin_ref(header.station, header.incarnation)
        found = Sorted(contents, origin)
        result.known += self.known.drop(found, lines)
        lines.clear()
        _check_own(self._ledger, found)
        kept.keep(self._ledger, header, frame, None if origin == self._ledger.origin else self.merge)
        for first, last in spans_of(contents.numbers):
            self._ledger.note_received(origin, first, last)
        if found.deciding and not found.settled:
            # Units and grants first: what the same segment writes under a new unit is not held for its sake.
            self._apply(merger, found.part(deciding=True), author, result)
            self.add_result(result, merger.finish(self._now))
            self.judge_anew()
            merger = self.merger()
            found = found.part(deciding=False)
        self._apply(merger, found, author, result)
        return merger

    def _apply(self, merger: Merger, found: Sorted, author: Certificate | None, result: BundleResult) -> None:
        """Judges what is new, sets aside what is refused or held, and stages the rest."""
        self.judge.judge(found, author)
        if found.waits_for(HELD_FUTURE):
            self.future.add(found.contents.header.station)
        self._set_aside(found, result)
        changes = found.changes
        merger.add_changes(changes)
        self._changed.add_changes(self._ledger.types, changes)
        for births in found.births:
            self._changed.add(births.type, (str(row[0]) for row in births.rows))
            merger.add_births(births)

    def signer(self, verdict: Verdict, header: Header) -> Certificate | None:
        """The certificate that the header's signature must be by, or nothing while its grant is outstanding."""
        if header.vouched is not None:
            if header.vouched != verdict.manifest.sender or verdict.manifest.kind != DOWN:
                raise UnknownSigner("only the sender of a downward bundle vouches")
            link = links.link_to(self._db, verdict.manifest.sender)
            if link is None or not link.upward:
                # Stations of one unit may send each other bundles, but only the level above speaks for others.
                raise UnknownSigner("only the level above vouches")
            return verdict.sender
        return self.judge.signer(header)

    def without_signer(self, header: Header) -> str:
        """Why nobody may sign for a segment: its station's unit was moved, or its grant has not come yet."""
        moved = holdings.was_moved(self._db, self.judge.granted_units(header.station))
        return HELD_MOVED if moved else HELD_CERTIFICATE

    def is_late(self, verdict: Verdict, signer: Certificate, header: Header) -> bool:
        """Whether somebody passes on what was signed by a key that its station had before that incarnation began.

        Who passes it on had not heard of the new key when it came, and cannot take it out of what it sends. The numbers
        are those of the new key: nothing of it is kept, or it would stand in the way of what that writes under them.
        Raises :class:`BadSegmentSignature` for a station's own bundle.
        """
        late = header.vouched is None and self.judge.is_former(signer, header)
        if late and header.station == verdict.manifest.sender:
            raise BadSegmentSignature(header.station)
        return late

    def _set_aside(self, found: Sorted, result: BundleResult) -> None:
        header = found.contents.header
        refused, held = waiting.set_aside(self._db, found, self._now)
        for outcome, rows in ((REFUSED, refused), (HELD, held)):
            result.unapplied += [
                Unapplied(outcome, row.reason, header.station, row.number, row.type, row.record, row.slot,
                          header.incarnation)
                for row in rows
            ]  # fmt: skip
        result.refused += len(refused)
        result.held += len(held)
        self._held.update((found.origin, row.number) for row in held)

    def add_result(self, result: BundleResult, merged: Merged) -> None:
        """Adds what a merge within this one did to what is told of a bundle."""
        origins = {ref: name for name, ref in received.origins(self._db).items()}

        def unapplied(item: Item, outcome: str, reason: str) -> Unapplied:
            station_id, incarnation = origins[item.origin]
            return Unapplied(
                outcome, reason, station_id, item.number, item.type, item.record, item.slot, incarnation
            )

        self._settling.note_counted(merged)
        result.held += len(merged.held)
        result.conflict += len(merged.conflict)
        self._held.update((i.origin, i.number) for i in merged.held)
        released = {(i.origin, i.number) for i in merged.released}
        self._released |= released
        # What has come and waited in this same merge is told once, as what it is in the end.
        result.released += len(released - self._held)
        result.unapplied += [unapplied(i, HELD, HELD_NO_BIRTH) for i in merged.held]
        result.unapplied += [unapplied(i, CONFLICT, i.slot) for i in merged.conflict]
        for own, others in ((result.births, merged.births), (result.changes, merged.changes)):
            for name, count in others.items():
                own[name] = own.get(name, 0) + count


def _is_item(told: Unapplied) -> bool:
    """Whether this is an item that is known, and not a segment of which nothing more can be said."""
    return bool(told.type)


def pass_over(outcome: str, reason: str, header: Header, lines: int, result: BundleResult) -> None:
    """Nothing of a segment is taken in, so nothing of it is judged; it is told as one.

    Rule 15: who wrote it is not known yet, and a header that nobody has signed for may count whatever it likes. Or its
    key signs no more.
    """
    if lines != header.total:
        raise BadSegment("the lines are not as many as the header counts")
    if outcome == HELD:
        result.held += header.total
    else:
        result.refused += header.total
    result.unapplied.append(
        Unapplied(outcome, reason, header.station, header.first, "", "", "", header.incarnation, header.total)
    )


def _check_own(ledger: Ledger, found: Sorted) -> None:
    """This station's numbers are given here and nowhere else, whoever vouches for them."""
    header = found.contents.header
    own = (header.station, header.incarnation) == (ledger.station, ledger.incarnation)
    if own and not found.all_known:
        raise BadSegment("items of this station that it has not written")

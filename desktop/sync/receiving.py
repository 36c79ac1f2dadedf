"""Receiving: bundles are judged, their items sorted into the five outcomes and merged in one transaction (rules 14-17).

A bundle that cannot be trusted or read is refused as a whole and leaves nothing behind; the others go on. Order is
that of ``trust`` (checks 1 to 16 for a bundle, 17 to 20 for its segments), then that of the rooms for its items:
``forks`` tells what is known, ``judging`` what is refused or held, ``waiting`` puts it aside and tries it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from desktop.errors import EnvironmentProblem, Problem, StateProblem, TrustProblem
from desktop.records.item_outcomes import (
    CONFLICT,
    HELD,
    HELD_CERTIFICATE,
    HELD_FUTURE,
    HELD_NO_BIRTH,
    REFUSED,
)
from desktop.records.spans import spans_of
from desktop.store import erasing as erased
from desktop.store import indexing, schema
from desktop.store.ledger import ChangeSet, Ledger
from desktop.store.merging import Item, Merger
from desktop.store.merging import Result as Merged
from desktop.sync import (
    envelope,
    erasing,
    forks,
    frames,
    links,
    receipts,
    refusing,
    results,
    segments,
    sending,
    station,
    trust,
    waiting,
)
from desktop.sync.certificates import Certificate
from desktop.sync.errors import BadSegment, NewerFormat, UnitNotKnown, UnknownSigner
from desktop.sync.frames import Frame
from desktop.sync.identity import StationKeys
from desktop.sync.judging import Judge
from desktop.sync.manifest import DOWN, MAX_FRAMES, MAX_PART_PLAIN
from desktop.sync.results import BundleResult, MergeReport, Unapplied
from desktop.sync.segments import Header
from desktop.sync.sorting import Sorted
from desktop.sync.standing import Settling
from desktop.sync.trust import Verdict

__all__ = [
    "BundleResult",
    "ClockInDoubt",
    "MergeReport",
    "Progress",
    "Unapplied",
    "merge_bundles",
    "take_tree",
]

BULK_ITEMS = 20_000
"""From this many items on, and when they are more than the ledger holds, indexes are built after the merge."""


LEAST_BYTES = 8
"""No item takes less in a bundle, compressed."""


class ClockInDoubt(StateProblem):
    """Several stations seem to be a day ahead: the clock here is more likely wrong than theirs."""

    exit_code = 32
    next_step = "请检查这台电脑的日期和时间，调对以后再合并。"


class _PreviewDone(Exception):
    """Ends a preview, whose transaction must not stand."""


Progress = Callable[[int, int, str], None]
"""Called with done, total and the name of the file; may raise to cancel."""


def merge_bundles(
    ledger: Ledger,
    keys: StationKeys,
    paths: Sequence[Path],
    operator: str,
    *,
    preview: bool = False,
    progress: Progress | None = None,
) -> MergeReport:
    """Merges files in one transaction, or shows what merging would do and writes nothing.

    A file that cannot be read or trusted carries its problem in the report. Raises :class:`ClockInDoubt`, what the
    disk of the ledger raises, and whatever ``progress`` raises to cancel: then the state is as before.
    """
    if not preview:
        sending.cut_own(ledger, keys)
    taken: list[BundleResult] = []
    try:
        with ledger.database.transaction():
            receiver = _Receiver(ledger, keys, operator)
            receiver.prepare(paths)
            for number, path in enumerate(paths):
                if progress is not None:
                    progress(number, len(paths), path.name)
                taken.append(receiver.take(path))
            receiver.finish(keep=not preview)
            if preview:
                raise _PreviewDone
    except _PreviewDone:
        pass
    changed = any(r.applied or r.conflict or r.held or r.refused or r.answered or r.released for r in taken)
    return MergeReport(tuple(taken), ChangeSet(everything=changed and not preview))


def take_tree(ledger: Ledger, keys: StationKeys, data: bytes, desk: Certificate, operator: str) -> None:
    """Merges the vouched segments of the tree that came with a grant, inside the caller's transaction.

    Raises :class:`BadSegment` when they are not the desk's.
    """
    with ledger.database.transaction():
        receiver = _Receiver(ledger, keys, operator)
        for frame in frames.split(data, MAX_FRAMES, MAX_PART_PLAIN):
            receiver.take_vouched(frame, desk)


class _Receiver:
    """One merge of several bundles inside one transaction."""

    def __init__(self, ledger: Ledger, keys: StationKeys, operator: str) -> None:
        self._ledger = ledger
        self._db = ledger.database
        self._keys = keys
        self._operator = operator
        self._now = ledger.environment.since_epoch()
        self._judge = self._call_judge()
        self._future: set[str] = set()
        self._changed = indexing.Changed()
        self._bulk = False
        self._known = forks.Known(ledger)
        self._erased = erased.targets(ledger.database)
        self._settling = Settling(ledger, self._call_judge, self._changed)

    def _call_judge(self) -> Judge:
        """Whoever judges by the stations and units that count now."""
        return Judge(station.knowledge(self._ledger, self._keys), self._ledger.types, self._now)

    def prepare(self, paths: Sequence[Path]) -> None:
        """Rule 32: a merge that is larger than the ledger builds indexes afterwards."""
        expected = 0
        for path in paths:
            try:
                bundle = envelope.read_bundle(path)
                said = envelope.judge(bundle, self._judge.state).manifest.items
                # What nobody has counted yet is believed as far as the file could hold it.
                expected += min(said, path.stat().st_size // LEAST_BYTES)
            except (Problem, OSError):
                # The file gets its own refusal when its turn comes; here it only does not count.
                continue
        held = int(self._db.value("SELECT coalesce(sum(total), 0) FROM segment"))
        self._bulk = expected >= BULK_ITEMS and expected > held
        if self._bulk:
            schema.drop_indexes(self._db, self._ledger.types)

    def take(self, path: Path) -> BundleResult:
        """One bundle inside a savepoint: all of it, or nothing and a problem."""
        result = BundleResult(path)
        future = set(self._future)
        self._db.execute("SAVEPOINT bundle")
        try:
            self._take(path, result)
        except (TrustProblem, UnitNotKnown, NewerFormat, EnvironmentProblem) as problem:
            # U3: one file that cannot be believed or read must not stop the others; it carries its problem.
            self._db.execute("ROLLBACK TO bundle")
            self._future = future
            self._judge = self._call_judge()
            result = BundleResult(
                path, sender=result.sender, name=result.name, sequence=result.sequence, problem=problem
            )
        self._db.execute("RELEASE bundle")
        return result

    def finish(self, *, keep: bool) -> None:
        """After all bundles: what waited for the tree or the time, what counts no longer, then indexes and search.

        What is not kept, a preview, states no refusals and needs neither indexes nor search.
        """
        self._judge = self._settling.run(self._judge)
        if len(self._future) > 2:
            raise ClockInDoubt("有好几台电脑的时间都比本机晚一天以上，很可能是本机的日期不对。")
        if not keep:
            return
        refusing.state_refusals(self._ledger, self._judge, self._operator)
        if self._bulk:
            schema.make_indexes(self._db, self._ledger.types)
        self._changed.bring_up_to_date(self._db, self._ledger.types)

    # -- one bundle ------------------------------------------------------------------------------------------------

    def _take(self, path: Path, result: BundleResult) -> None:
        bundle = envelope.read_bundle(path)
        verdict = envelope.judge(bundle, self._judge.state)
        said = verdict.manifest
        result.sender, result.sequence, result.total = said.sender, said.sequence, said.items
        link = links.link_to(self._db, said.sender)
        result.name = link.name if link is not None else ""
        if verdict.newer_tree:
            raise UnitNotKnown(f"tree {said.tree}")
        merger = Merger(self._db, self._ledger.types)
        spans: list[tuple[int, int]] = []
        before_first: int | None = None
        end = int(self._db.value("SELECT coalesce(max(position), 0) FROM segment"))
        seen = 0
        for part in envelope.open_parts(bundle, verdict, self._keys):
            for label, frame in zip(part.labels, part.frames, strict=True):
                if label == receipts.LABEL:
                    result.answered += self._take_receipt(verdict, receipts.read(frame))
                    continue
                total, before, position = _places(label)
                before_first = before if before_first is None else before_first
                seen += total
                if self._already_held(label):
                    result.known += total
                    spans.append((before, position))
                    continue
                header, lines = segments.read(frame)
                if header.label() != label[:6]:
                    raise BadSegment("the label of a segment is not that of its header")
                signer = self._signer(verdict, header)
                if signer is None:
                    # It is not taken into the journal, so the receipt asks for it again until the grant is here.
                    _wait_for_certificate(header, len(lines), result)
                    continue
                merger = self._merge_segment(merger, signer, frame, header, lines, result)
                spans.append((before, position))
        if seen != result.total:
            raise BadSegment("the counts of the manifest are not those of its segments")
        self._add_result(result, merger.finish(self._now))
        if link is not None and before_first is not None:
            held_so_far = link.received if link.received_incarnation == said.incarnation else 0
            result.gap = before_first > held_so_far
        links.note_received(self._db, said.sender, said.incarnation, said.sequence, spans)
        result.applied = result.total - result.known - result.held - result.conflict - result.refused
        results.note_merge(self._ledger, result, self._operator, said.incarnation, bundle.digest, end)

    def _take_receipt(self, verdict: Verdict, receipt: receipts.Receipt) -> int:
        said = verdict.manifest
        if receipt.station != self._ledger.station:
            raise BadSegment("the receipt is for another station")
        own = receipt.incarnation == self._ledger.incarnation
        fresh = links.note_receipt(
            self._db, said.sender, said.incarnation, own, receipt.position, receipt.number
        )
        if fresh and said.kind == DOWN:
            receipts.keep_answers(self._db, said.sender, receipt.answers)
            return 1 + len(receipt.answers)
        return int(fresh)

    def _already_held(self, label: list[object]) -> bool:
        """A known segment is skipped undecoded (rule 20)."""
        total = self._db.value(
            "SELECT s.total FROM segment s JOIN origin o ON o.ref = s.origin"
            " WHERE o.station = ? AND o.incarnation = ? AND s.first = ? AND s.last = ? AND s.digest = ?",
            label[:5],
        )
        return total is not None and total == label[5]

    # -- one segment -----------------------------------------------------------------------------------------------

    def take_vouched(self, frame: Frame, desk: Certificate) -> None:
        """A segment that the granting desk vouches for."""
        header, lines = segments.read(frame)
        if header.vouched != desk.station:
            raise BadSegment("the tree of a grant is vouched for by its desk")
        result = BundleResult(Path())
        merger = Merger(self._db, self._ledger.types)
        merger = self._merge_segment(merger, desk, frame, header, lines, result)
        self._add_result(result, merger.finish(self._now))

    def _merge_segment(
        self,
        merger: Merger,
        signer: Certificate,
        frame: Frame,
        header: Header,
        lines: list[bytes],
        result: BundleResult,
    ) -> Merger:
        trust.judge_segment(signer, header.signer, header.raw, header.signature)
        blank = erasing.blanked(header, lines, self._erased)
        if blank is not None:
            frame, (header, lines) = blank, segments.read(blank)
        contents = segments.decode(header, lines, self._ledger.types)
        origin = self._ledger.origin_ref(header.station, header.incarnation)
        found = Sorted(contents, origin)
        result.known += self._known.drop(found)
        _check_own(self._ledger, found)
        sending.keep(self._ledger, header, frame)
        for first, last in spans_of(contents.numbers):
            self._ledger.note_received(origin, first, last)
        author = signer if header.vouched is None else None
        if found.deciding and not found.settled:
            # Units and grants first: what the same segment writes under a new unit is not held for its sake.
            self._apply(merger, found.part(deciding=True), author, result)
            self._add_result(result, merger.finish(self._now))
            self._judge = self._call_judge()
            merger = Merger(self._db, self._ledger.types)
            found = found.part(deciding=False)
        self._apply(merger, found, author, result)
        return merger

    def _apply(self, merger: Merger, found: Sorted, author: Certificate | None, result: BundleResult) -> None:
        """Judges what is new, sets aside what is refused or held, and stages the rest."""
        self._judge.judge(found, author)
        if found.waits_for(HELD_FUTURE):
            self._future.add(found.contents.header.station)
        self._set_aside(found, result)
        merger.add_changes(found.changes)
        for change in found.changes:
            self._changed.add_change(self._ledger.types.get(change.type), change.record, change.slot)
        for births in found.births:
            self._changed.add(births.type, (str(row[0]) for row in births.rows))
            merger.add_births(births)

    def _signer(self, verdict: Verdict, header: Header) -> Certificate | None:
        """The certificate that the header's signature must be by, or nothing while its grant is outstanding."""
        if header.vouched is not None:
            if header.vouched != verdict.manifest.sender or verdict.manifest.kind != DOWN:
                raise UnknownSigner("only the sender of a downward bundle vouches")
            link = links.link_to(self._db, verdict.manifest.sender)
            if link is None or not link.upward:
                # Stations of one unit may send each other bundles, but only the level above speaks for others.
                raise UnknownSigner("only the level above vouches")
            return verdict.sender
        return self._judge.origin(header.station)

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

    def _add_result(self, result: BundleResult, merged: Merged) -> None:
        origins = {r: (s, i) for r, s, i in self._db.rows("SELECT ref, station, incarnation FROM origin")}

        def unapplied(item: Item, outcome: str, reason: str) -> Unapplied:
            station_id, incarnation = origins[item.origin]
            return Unapplied(
                outcome, reason, station_id, item.number, item.type, item.record, item.slot, incarnation
            )

        self._settling.note_counted(merged)
        result.held += len(merged.held)
        result.conflict += len(merged.conflict)
        result.released += len(merged.released)
        result.unapplied += [unapplied(i, HELD, HELD_NO_BIRTH) for i in merged.held]
        result.unapplied += [unapplied(i, CONFLICT, i.slot) for i in merged.conflict]
        for own, others in ((result.births, merged.births), (result.changes, merged.changes)):
            for name, count in others.items():
                own[name] = own.get(name, 0) + count


def _places(label: object) -> tuple[int, int, int]:
    """From the label of a segment: how many items it has, and the journal positions before and at it."""
    match label:
        case [str(), str(), int(), int(), str(), int(total), int(before), int(position)]:
            return total, before, position
    raise BadSegment("a segment has a label")


def _wait_for_certificate(header: Header, lines: int, result: BundleResult) -> None:
    """Rule 15: who wrote the segment is not known yet, so nothing of it can be judged; it is told as one.

    A header that nobody has signed for may count whatever it likes.
    """
    if lines != header.total:
        raise BadSegment("the lines are not as many as the header counts")
    result.held += header.total
    result.unapplied.append(
        Unapplied(
            HELD, HELD_CERTIFICATE, header.station, header.first, "", "", "", header.incarnation, header.total
        )
    )


def _check_own(ledger: Ledger, found: Sorted) -> None:
    """This station's numbers are given here and nowhere else, whoever vouches for them."""
    header = found.contents.header
    own = (header.station, header.incarnation) == (ledger.station, ledger.incarnation)
    if own and not found.all_known:
        raise BadSegment("items of this station that it has not written")

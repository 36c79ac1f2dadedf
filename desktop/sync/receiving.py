"""Receiving: bundles are judged, their items sorted into the five outcomes and merged in one transaction (rules 14-17).

A bundle that cannot be trusted or read is refused as a whole and leaves nothing behind; the others go on. Order is
that of ``trust`` (checks 1 to 16 for a bundle, 17 to 20 for its segments), then that of the rooms for its items:
``forks`` tells what is known, ``judging`` what is refused or held, ``waiting`` puts it aside and tries it again.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from desktop.errors import EnvironmentProblem, Problem, StateProblem, TrustProblem
from desktop.records.item_outcomes import (
    CONFLICT,
    HELD,
    HELD_CERTIFICATE,
    HELD_FUTURE,
    HELD_NO_BIRTH,
    REFUSED,
    REFUSED_KEY,
)
from desktop.records.spans import spans_of
from desktop.store import erasing as erased
from desktop.store import indexing, schema
from desktop.store.ledger import ChangeSet, Ledger
from desktop.store.merging import Item, Merger
from desktop.store.merging import Result as Merged
from desktop.sync import (
    certificates,
    envelope,
    erasing,
    forks,
    frames,
    links,
    persons,
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
from desktop.sync.envelope import OpenedBundle
from desktop.sync.errors import BadSegment, BadSegmentSignature, NewerFormat, UnitNotKnown, UnknownSigner
from desktop.sync.frames import Frame
from desktop.sync.identity import StationKeys
from desktop.sync.judging import Judge
from desktop.sync.manifest import DOWN, MAX_FRAMES, MAX_PART_PLAIN, UP
from desktop.sync.results import BundleResult, MergeReport, Unapplied
from desktop.sync.roots import History
from desktop.sync.segments import Header
from desktop.sync.sorting import Sorted
from desktop.sync.standing import Settling
from desktop.sync.trust import Verdict
from desktop.sync.words import fingerprint

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


class _OneByOne(Exception):
    """A file proved to be bad when some of it was written: all begins anew, with a savepoint for each file.

    Hardly any does: what is damaged shows before. A savepoint encrypts once more every page that it may put back.
    """


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
    merge = partial(_merge, ledger, keys, paths, operator, preview=preview, progress=progress)
    try:
        taken = merge(savepoints=ledger.database.connection.in_transaction)
    except _OneByOne:
        taken = merge(savepoints=True)
    changed = any(r.applied or r.conflict or r.held or r.refused or r.answered or r.released for r in taken)
    return MergeReport(tuple(taken), ChangeSet(everything=changed and not preview))


def _merge(
    ledger: Ledger,
    keys: StationKeys,
    paths: Sequence[Path],
    operator: str,
    *,
    preview: bool,
    progress: Progress | None,
    savepoints: bool,
) -> list[BundleResult]:
    """One try at merging all files."""
    taken: list[BundleResult] = []
    with contextlib.suppress(_PreviewDone), ledger.database.transaction():
        receiver = _Receiver(ledger, keys, operator, keep=not preview, savepoints=savepoints)
        receiver.prepare(paths)
        for number, path in enumerate(paths):
            if progress is not None:
                progress(number, len(paths), path.name)
            taken.append(receiver.take(path))
        receiver.finish()
        if preview:
            raise _PreviewDone
    return taken


def take_tree(ledger: Ledger, keys: StationKeys, data: bytes, desk: Certificate, operator: str) -> None:
    """Merges the vouched segments of the tree that came with a grant, inside the caller's transaction.

    Raises :class:`BadSegment` when they are not the desk's.
    """
    with ledger.database.transaction():
        receiver = _Receiver(ledger, keys, operator)
        for frame in frames.split(data, MAX_FRAMES, MAX_PART_PLAIN):
            receiver.take_vouched(frame, desk)


class _Receiver:
    """One merge of several bundles inside one transaction; what is not kept is a preview."""

    def __init__(
        self, ledger: Ledger, keys: StationKeys, operator: str, *, keep: bool = True, savepoints: bool = False
    ) -> None:
        self._ledger = ledger
        self._keep = keep
        self._savepoints = savepoints
        self._db = ledger.database
        self._keys = keys
        self._operator = operator
        self._now = ledger.environment.since_epoch()
        self._judge = self._call_judge()
        self._future: set[str] = set()
        self._changed = indexing.Changed()
        self._bulk = False
        self._merge: int | None = None
        self._known = forks.Known(ledger)
        self._erased = erased.targets(ledger.database)
        self._settling = Settling(ledger, self._call_judge, self._changed)

    def _call_judge(self) -> Judge:
        """Whoever judges by the stations and units that count now."""
        return Judge(station.knowledge(self._ledger, self._keys), self._ledger.types, self._now)

    def _merger(self) -> Merger:
        return Merger(self._db, self._ledger.types, listed=self._keep)

    def prepare(self, paths: Sequence[Path]) -> None:
        """Rule 32: a merge that is larger than the ledger builds indexes afterwards."""
        most = {path: _most_items(path) for path in paths}
        if not self._is_bulk(sum(most.values())):
            # Mostly so, and then no file has to be opened for it.
            return
        expected = 0
        for path in paths:
            try:
                said = envelope.judge(envelope.read_bundle(path), self._judge.state).manifest.items
            except (Problem, OSError):
                # The file gets its own refusal when its turn comes; here it only does not count.
                continue
            # What nobody has counted yet is believed as far as the file could hold it.
            expected += min(said, most[path])
        self._bulk = self._is_bulk(expected)
        if self._bulk:
            schema.drop_indexes(self._db, self._ledger.types)

    def _is_bulk(self, expected: int) -> bool:
        """Rule 32: whether so many items are coming that indexes are rather built after them."""
        if expected < BULK_ITEMS:
            return False
        return expected > int(self._db.value("SELECT coalesce(sum(total), 0) FROM segment"))

    def take(self, path: Path) -> BundleResult:
        """All of one bundle, or nothing and a problem. Raises :class:`_OneByOne`."""
        result = BundleResult(path)
        future = set(self._future)
        before = self._db.connection.total_changes
        if self._savepoints:
            self._db.execute("SAVEPOINT bundle")
        try:
            self._take(path, result)
        except (TrustProblem, UnitNotKnown, NewerFormat, EnvironmentProblem) as problem:
            # U3: one file that cannot be believed or read must not stop the others; it carries its problem.
            if self._savepoints:
                self._db.execute("ROLLBACK TO bundle")
                self._known = forks.Known(self._ledger)
            elif self._db.connection.total_changes != before:
                raise _OneByOne from problem
            self._future = future
            self._judge = self._call_judge()
            result = BundleResult(
                path, sender=result.sender, name=result.name, sequence=result.sequence, problem=problem
            )
        if self._savepoints:
            self._db.execute("RELEASE bundle")
        return result

    def finish(self) -> None:
        """After all bundles: what waited for the tree or the time, what counts no longer, then indexes and search.

        A preview states no refusals and needs neither indexes nor search.
        """
        self._judge = self._settling.run(self._judge)
        if len(self._future) > 2:
            raise ClockInDoubt("有好几台电脑的时间都比本机晚一天以上，很可能是本机的日期不对。")
        if not self._keep:
            return
        refusing.state_refusals(self._ledger, self._judge, self._operator)
        if self._bulk:
            schema.make_indexes(self._db, self._ledger.types)
        self._changed.bring_up_to_date(self._db, self._ledger.types)

    # -- one bundle ------------------------------------------------------------------------------------------------

    def _take(self, path: Path, result: BundleResult) -> None:
        bundle = envelope.read_bundle(path)
        verdict = self._verdict(bundle, result)
        said = verdict.manifest
        result.sender, result.sequence, result.total = said.sender, said.sequence, said.items
        result.signed = frozenset(person.duty for person in verdict.signers)
        link = links.link_to(self._db, said.sender)
        result.name = link.name if link is not None else ""
        if verdict.newer_tree:
            raise UnitNotKnown(f"tree {said.tree}")
        merger = self._merger()
        spans: list[tuple[int, int]] = []
        before_first: int | None = None
        merge = self._merge = results.next_merge(self._db)
        seen = 0
        # A bundle from above leaves out what the station has written itself, in the incarnation that its receipt names:
        # one that was made before a restore has not all that is missing here, so the journal goes on from where it was.
        complete = True
        for part in envelope.open_parts(bundle, verdict, self._keys):
            result.signers = result.signers or persons.named(said, verdict.signers, part.names)
            for label, frame in zip(part.labels, part.frames, strict=True):
                if label == receipts.LABEL:
                    receipt = receipts.read(frame)
                    result.answered += self._take_receipt(verdict, receipt)
                    complete = said.kind == UP or receipt.incarnation == self._ledger.incarnation
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
                    _pass_over(HELD, HELD_CERTIFICATE, header, len(lines), result)
                    continue
                if self._is_late(verdict, signer, header):
                    _pass_over(REFUSED, REFUSED_KEY, header, len(lines), result)
                    spans.append((before, position))
                    continue
                merger = self._merge_segment(merger, signer, frame, header, lines, result)
                spans.append((before, position))
        if seen != result.total:
            raise BadSegment("the counts of the manifest are not those of its segments")
        self._add_result(result, merger.finish(self._now))
        if link is not None and before_first is not None:
            held_so_far = link.received if link.received_incarnation == said.incarnation else 0
            result.gap = before_first > held_so_far
        links.note_received(self._db, said.sender, said.incarnation, said.sequence, spans if complete else [])
        if said.kind == DOWN:
            links.note_recipient(
                self._db, said.sender, said.incarnation, said.sequence, verdict.sender.claims.recipient
            )
        result.applied = result.total - result.known - result.held - result.conflict - result.refused
        results.note_merge(self._ledger, result, self._operator, said.incarnation, bundle.digest, merge)

    def _verdict(self, bundle: OpenedBundle, result: BundleResult) -> Verdict:
        """Rule 29: what a bundle from above says of new roots is followed first, for it may be signed under one."""
        heard = self._heard(bundle)
        if heard is not None:
            state = dataclasses.replace(self._judge.state, roots=frozenset(heard.known), former=heard.former)
            verdict = envelope.judge(bundle, state)
            if verdict.manifest.kind == DOWN:
                station.keep_history(self._ledger, heard)
                self._judge = self._call_judge()
                found = (certificates.parse(der) for der in sorted(heard.now.certificates))
                result.new_roots = tuple(str(fingerprint(root.claims.public_key)) for root in found)
                return verdict
        verdict = envelope.judge(bundle, self._judge.state)
        if verdict.manifest.kind == UP:
            self._judge.check_key(verdict.manifest, verdict.sender)
        return verdict

    def _heard(self, bundle: OpenedBundle) -> History | None:
        """The roots after the statements of a bundle that says it is from the level above, if that changes them."""
        link = links.link_to(self._db, certificates.parse(bundle.chain[0]).station)
        if not bundle.roots or link is None or not link.upward:
            return None
        held = station.history(self._db)
        heard = held.followed(bundle.roots)
        return heard if heard != held else None

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
        merger = self._merger()
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
        author = signer if header.vouched is None else None
        kept = erasing.as_kept(self._ledger, header, lines, self._erased)
        if kept is not None:
            frame, (header, lines) = kept, segments.read(kept)
        contents = segments.decode(header, lines, self._ledger.types)
        origin = self._ledger.origin_ref(header.station, header.incarnation)
        found = Sorted(contents, origin)
        result.known += self._known.drop(found, lines)
        _check_own(self._ledger, found)
        sending.keep(self._ledger, header, frame, None if origin == self._ledger.origin else self._merge)
        for first, last in spans_of(contents.numbers):
            self._ledger.note_received(origin, first, last)
        if found.deciding and not found.settled:
            # Units and grants first: what the same segment writes under a new unit is not held for its sake.
            self._apply(merger, found.part(deciding=True), author, result)
            self._add_result(result, merger.finish(self._now))
            self._judge = self._call_judge()
            merger = self._merger()
            found = found.part(deciding=False)
        self._apply(merger, found, author, result)
        return merger

    def _apply(self, merger: Merger, found: Sorted, author: Certificate | None, result: BundleResult) -> None:
        """Judges what is new, sets aside what is refused or held, and stages the rest."""
        self._judge.judge(found, author)
        if found.waits_for(HELD_FUTURE):
            self._future.add(found.contents.header.station)
        self._set_aside(found, result)
        changes = found.changes
        merger.add_changes(changes)
        self._changed.add_changes(self._ledger.types, changes)
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
        return self._judge.signer(header)

    def _is_late(self, verdict: Verdict, signer: Certificate, header: Header) -> bool:
        """Whether somebody passes on what was signed by a key that its station had before that incarnation began.

        Who passes it on had not heard of the new key when it came, and cannot take it out of what it sends. The numbers
        are those of the new key: nothing of it is kept, or it would stand in the way of what that writes under them.
        Raises :class:`BadSegmentSignature` for a station's own bundle.
        """
        late = header.vouched is None and self._judge.is_former(signer, header)
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


def _most_items(path: Path) -> int:
    """More items than a file can hold; of one that is gone, none."""
    try:
        return path.stat().st_size // LEAST_BYTES
    except OSError:
        return 0


def _places(label: object) -> tuple[int, int, int]:
    """From the label of a segment: how many items it has, and the journal positions before and at it."""
    match label:
        case [str(), str(), int(), int(), str(), int(total), int(before), int(position)]:
            return total, before, position
    raise BadSegment("a segment has a label")


def _pass_over(outcome: str, reason: str, header: Header, lines: int, result: BundleResult) -> None:
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

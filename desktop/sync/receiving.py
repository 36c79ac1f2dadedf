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

from desktop.collecting import without_collection
from desktop.errors import EnvironmentProblem, Problem, StateProblem, TrustProblem
from desktop.records.item_outcomes import HELD, HELD_CERTIFICATE, REFUSED, REFUSED_KEY
from desktop.store import arrivals, exchanged, holdings, links, schema, segment_log
from desktop.store.ledger import ChangeSet, Ledger
from desktop.sync import (
    certificates,
    envelope,
    frames,
    persons,
    receipts,
    refusing,
    results,
    segments,
    sending,
    station,
    waiting,
)
from desktop.sync.certificates import Certificate
from desktop.sync.envelope import OpenedBundle
from desktop.sync.errors import (
    BadSegment,
    BadSegmentSignature,
    DelegationOutOfScope,
    FormerSuperior,
    NewerFormat,
    UnitMoved,
    UnitNotKnown,
    WrongDirection,
)
from desktop.sync.frames import Frame
from desktop.sync.identity import StationKeys
from desktop.sync.intake import Intake
from desktop.sync.manifest import DOWN, MAX_FRAMES, MAX_PART_PLAIN, UP
from desktop.sync.results import BundleResult, MergeReport, Unapplied
from desktop.sync.roots import History
from desktop.sync.trust import TrustState, Verdict
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
    with contextlib.suppress(_PreviewDone), without_collection(), ledger.database.transaction():
        # What is said about own items reaches those that stand in a segment.
        sending.cut_own(ledger, keys)
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


def take_tree(ledger: Ledger, keys: StationKeys, data: bytes, desk: Certificate) -> None:
    """Merges the vouched segments of the tree that came with a grant, inside the caller's transaction.

    Raises :class:`BadSegment` when they are not the desk's.
    """
    with ledger.database.transaction():
        intake = Intake(ledger, keys)
        for frame in frames.split(data, MAX_FRAMES, MAX_PART_PLAIN):
            intake.take_vouched(frame, desk)
        intake.close()


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
        self._bulk = False
        self._intake = Intake(ledger, keys, keep=keep, apart=savepoints)
        self._taken: list[results.Taken] = []

    def prepare(self, paths: Sequence[Path]) -> None:
        """Rule 32: a merge that is larger than the ledger builds indexes afterwards."""
        most = {path: _most_items(path) for path in paths}
        least = BULK_ITEMS
        if sum(most.values()) >= least:
            least = max(least, 1 + segment_log.items_held(self._db))
        if sum(most.values()) < least:
            # Mostly so, and then no file has to be opened for it.
            return
        expected = 0
        for path in paths:
            try:
                said = envelope.judge(envelope.read_bundle(path), self._intake.judge.state).manifest.items
            except (Problem, OSError):
                # The file gets its own refusal when its turn comes; here it only does not count.
                continue
            # What nobody has counted yet is believed as far as the file could hold it.
            expected += min(said, most[path])
            if expected >= least:
                # Nothing that the other files say would change it, and opening each takes as long as forty of its rows.
                self._bulk = True
                schema.drop_indexes(self._db, self._ledger.types)
                return

    def take(self, path: Path) -> BundleResult:
        """All of one bundle, or nothing and a problem. Raises :class:`_OneByOne`."""
        result = BundleResult(path)
        mark = self._intake.mark()
        bundle = self._intake.begin(result)
        before = self._db.connection.total_changes
        if self._savepoints:
            self._db.execute("SAVEPOINT bundle")
        try:
            self._take(path, result, bundle)
        except (TrustProblem, UnitNotKnown, NewerFormat, EnvironmentProblem) as problem:
            # U3: one file that cannot be believed or read must not stop the others; it carries its problem.
            if self._savepoints:
                self._db.execute("ROLLBACK TO bundle")
            elif self._db.connection.total_changes != before:
                raise _OneByOne from problem
            self._intake.back_to(mark)
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
        self._intake.count()
        self._intake.settle()
        if len(self._intake.future) > 2:
            raise ClockInDoubt("有好几台电脑的时间都比本机晚一天以上，很可能是本机的日期不对。")
        self._intake.put_right(self._taken)
        if not self._keep:
            return
        for taken in self._taken:
            results.note_merge(self._ledger, taken, self._operator)
        self._intake.close()
        refusing.state_refusals(self._ledger, self._intake.judge, self._operator)
        if self._bulk:
            schema.make_indexes(self._db, self._ledger.types)
        self._intake.bring_up_to_date()

    # -- one bundle ------------------------------------------------------------------------------------------------

    def _take(self, path: Path, result: BundleResult, number: int) -> None:
        bundle = envelope.read_bundle(path)
        verdict = self._verdict(bundle, result)
        said = verdict.manifest
        result.sender, result.sequence, result.total = said.sender, said.sequence, said.items
        result.signed = frozenset(person.duty for person in verdict.signers)
        link = links.link_to(self._db, said.sender)
        result.name = link.name if link is not None else ""
        if verdict.newer_tree:
            raise UnitNotKnown(f"tree {said.tree}")
        spans: list[tuple[int, int]] = []
        before_first: int | None = None
        merge = self._intake.merge = exchanged.next_merge(self._db) + len(self._taken)
        seen = 0
        # A bundle from above leaves out what the station has written itself, in the incarnation that its receipt names:
        # one that was made before a restore has not all that is missing here, so the journal goes on from where it was.
        complete = True
        speaks = False
        made = min(said.created, self._ledger.environment.now())
        newest = links.is_newest(self._db, said.sender, said.incarnation, said.created)
        again = not newest and bundle.digest in arrivals.merged_bundles(self._db, [bundle.digest])
        for part in envelope.open_parts(bundle, verdict, self._keys):
            if len(part.labels) > 2 or len(said.parts) > 1:
                self._intake.set_alone()
            result.signers = result.signers or persons.named(said, verdict.signers, part.names)
            former = _former(verdict, part.labels)
            speaks = links.hear(self._db, said.sender, said.incarnation, made, former)
            for label, frame in zip(part.labels, part.frames, strict=True):
                if label == receipts.LABEL:
                    receipt = receipts.read(frame)
                    result.answered += self._take_receipt(
                        verdict, receipt, speaks=speaks, newest=newest, again=again
                    )
                    complete &= said.kind == UP or receipt.incarnation == self._ledger.incarnation
                else:
                    total, before, position = _places(label)
                    before_first = before if before_first is None else before_first
                    seen += total
                    taken = self._already_held(label) and not self._intake.lacks_signer(label, said.kind)
                    if taken:
                        result.known += total
                    else:
                        taken = self._take_segment(verdict, label, frame, result)
                    spans.append((before, position))
                    # The sender knows where its bundles ended, and goes on from there and from nowhere between.
                    complete &= taken
                del frame
            # Nothing of this part is in memory when the next one is opened.
            del part
        if seen != result.total:
            raise BadSegment("the counts of the manifest are not those of its segments")
        self._intake.end()
        if link is not None and before_first is not None:
            held_so_far = link.received if link.received_incarnation == said.incarnation else 0
            result.gap = before_first > held_so_far
        if speaks:
            links.note_received(
                self._db, said.sender, said.incarnation, said.sequence, spans if complete else [], anew=newest
            )
        else:
            left = link is None or links.has_left(self._db, said.sender, said.incarnation)
            result.earlier = not left
        if said.kind == DOWN:
            links.note_recipient(
                self._db, said.sender, said.incarnation, said.sequence, verdict.sender.claims.recipient
            )
        self._taken.append(results.Taken(result, said.incarnation, bundle.digest, merge, number))

    def _take_segment(
        self, verdict: Verdict, label: list[object], frame: Frame, result: BundleResult
    ) -> bool:
        """One segment that is not here; whether the journal of the sender goes on."""
        header, lines = segments.read(frame)
        if header.label() != label[:6]:
            raise BadSegment("the label of a segment is not that of its header")
        signer = self._intake.signer(verdict, header)
        if signer is None:
            # It is not taken into the journal, so the receipt asks for it again until the grant is here.
            self._intake.pass_over(HELD, self._intake.without_signer(header), header, len(lines))
            return False
        if self._intake.is_late(verdict, signer, header):
            self._intake.pass_over(REFUSED, REFUSED_KEY, header, len(lines))
            return True
        try:
            return self._intake.merge_segment(signer, frame, header, lines, result)
        except BadSegmentSignature:
            if header.station == verdict.manifest.sender or not waiting.waits_for_grant(self._db, header):
                raise
            self._intake.pass_over(HELD, HELD_CERTIFICATE, header, len(lines))
            return False

    def _verdict(self, bundle: OpenedBundle, result: BundleResult) -> Verdict:
        """Rule 29: what a bundle from above says of new roots is followed first, for it may be signed under one."""
        heard = self._heard(bundle)
        if heard is not None:
            state = dataclasses.replace(
                self._intake.judge.state, roots=frozenset(heard.known), former=heard.former
            )
            verdict = self._judged(bundle, state)
            if verdict.manifest.kind == DOWN:
                before = station.history(self._db).now.certificates
                station.keep_history(self._ledger, heard)
                self._intake.judge_anew()
                # Of a statement that only takes a root away, those that are left are told.
                now = sorted(heard.now.certificates - before or heard.now.certificates)
                found = (certificates.parse(der) for der in now)
                result.new_roots = tuple(str(fingerprint(root.claims.public_key)) for root in found)
                return verdict
        verdict = self._judged(bundle, self._intake.judge.state)
        if verdict.manifest.kind == UP:
            self._intake.judge.check_key(verdict.manifest, verdict.sender)
        return verdict

    def _judged(self, bundle: OpenedBundle, state: TrustState) -> Verdict:
        """The kernel's verdict; where a unit was moved, that is why, and says what to do."""
        try:
            return envelope.judge(bundle, state)
        except (DelegationOutOfScope, UnitNotKnown) as problem:
            sender = certificates.parse(bundle.chain[0])
            if holdings.was_moved(self._db, self._intake.judge.granted_units(sender.station)):
                raise UnitMoved(problem.detail) from problem
            raise
        except WrongDirection as problem:
            if links.was_above(self._db, certificates.parse(bundle.chain[0]).station):
                raise FormerSuperior(problem.detail) from problem
            raise

    def _heard(self, bundle: OpenedBundle) -> History | None:
        """The roots after the statements of a bundle that says it is from the level above, if that changes them."""
        link = links.link_to(self._db, certificates.parse(bundle.chain[0]).station)
        if not bundle.roots or link is None or not link.upward:
            return None
        held = station.history(self._db)
        heard = held.followed(bundle.roots)
        return heard if heard != held else None

    def _take_receipt(
        self, verdict: Verdict, receipt: receipts.Receipt, *, speaks: bool, newest: bool, again: bool
    ) -> int:
        said = verdict.manifest
        if receipt.station != self._ledger.station:
            raise BadSegment("the receipt is for another station")
        if not speaks:
            return 0
        # A copy of this computer hears of what the original has sent. Its own has yet to show the two contents.
        if receipt.continues:
            goes_on = links.has_answered(self._db, said.sender, said.incarnation, receipt.number)
            if goes_on and said.kind == DOWN:
                exchanged.keep_answers(self._db, said.sender, receipt.answers, more=True)
                return receipt.count
            return 0
        own = receipt.incarnation == self._ledger.incarnation and exchanged.ended_at(
            self._db, said.sender, receipt.position
        )
        fresh = links.note_receipt(
            self._db,
            said.sender,
            said.incarnation,
            own,
            receipt.position,
            receipt.number,
            newest=newest,
            again=again,
        )
        if fresh and said.kind == DOWN:
            exchanged.keep_answers(self._db, said.sender, receipt.answers)
            return 1 + receipt.count
        return int(fresh)

    def _already_held(self, label: list[object]) -> bool:
        """A known segment is skipped undecoded (rule 20)."""
        total = segment_log.total_of(self._db, label[:5])
        return total is not None and total == label[5]


def _most_items(path: Path) -> int:
    """More items than a file can hold; of one that is gone, none."""
    try:
        return path.stat().st_size // LEAST_BYTES
    except OSError:
        return 0


def _former(verdict: Verdict, labels: Sequence[object]) -> set[str]:
    """The sender's other incarnations of which it sends segments: they ended before the one in which it speaks."""
    said = verdict.manifest
    found: set[str] = set()
    for label in labels:
        match label:
            case [said.sender, str(incarnation), *_] if incarnation != said.incarnation:
                found.add(incarnation)
    return found


def _places(label: object) -> tuple[int, int, int]:
    """From the label of a segment: how many items it has, and the journal positions before and at it."""
    match label:
        case [str(), str(), int(), int(), str(), int(total), int(before), int(position)]:
            return total, before, position
    raise BadSegment("a segment has a label")

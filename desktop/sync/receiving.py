"""Receiving: bundles are judged, their items sorted into the five outcomes and merged in one transaction (rules 14-17).

A bundle that cannot be trusted or read is refused as a whole and leaves nothing behind; the others go on. Order is
that of ``trust`` (checks 1 to 16 for a bundle, 17 to 20 for its segments), then this page's for items.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.errors import EnvironmentProblem, Problem, StateProblem, TrustProblem
from desktop.records import items
from desktop.records.canonical import ABSENT
from desktop.records.declaration import Level
from desktop.records.stamps import DAY_MS, milliseconds_of
from desktop.store import indexing, schema
from desktop.store.ledger import ChangeSet, Ledger
from desktop.store.merging import HELD_NO_BIRTH, HELD_UNIT, Births, Change, Item, Merger, Result
from desktop.sync import envelope, frames, links, receipts, segments, sending, station, trust
from desktop.sync.certificates import Certificate
from desktop.sync.errors import BadSegment, NewerFormat, UnitNotKnown, UnknownSigner
from desktop.sync.frames import Frame
from desktop.sync.identity import StationKeys
from desktop.sync.manifest import DOWN, MAX_FRAMES, MAX_PART_PLAIN
from desktop.sync.scope import TREE_TYPES
from desktop.sync.segments import Contents, Header, WireChange
from desktop.sync.station import Knowledge
from desktop.sync.trust import Place, Verdict

HELD_FUTURE = "future"
HELD_KIND = "kind"
HELD_FORK = "fork"
HELD_CERTIFICATE = "certificate"
REFUSED_SCOPE = "scope"
REFUSED_WRITER = "writer"
REFUSED_ORDER = "order"
REFUSED_VALUE = "value"
REFUSED_REVOKED = "revoked"

REASONS = {
    HELD_NO_BIRTH: "它修改的记录还没有到",
    HELD_UNIT: "它所属的单位还没有登记",
    HELD_FUTURE: "它的时间比现在晚一天以上，请检查对方电脑的日期",
    HELD_KIND: "它需要更新版本的程序才能处理",
    HELD_FORK: "同一编号有两种内容，可能有一台电脑被恢复或复制过",
    HELD_CERTIFICATE: "写它的工作电脑的入网批准还没有到",
    REFUSED_SCOPE: "不在发送方负责的范围内",
    REFUSED_WRITER: "发送方的层级不能填写这一项",
    REFUSED_ORDER: "它的时间早于它要替换的内容",
    REFUSED_VALUE: "它的内容和这一项的类型不符",
    REFUSED_REVOKED: "写它的工作电脑已被停用",
}
"""The reasons of what is held or refused, in the words that a user reads."""

BULK_ITEMS = 20_000
"""From this many items on, and when they are more than the ledger holds, indexes are built after the merge."""


class ClockInDoubt(StateProblem):
    """Several stations seem to be a day ahead: the clock here is more likely wrong than theirs."""

    exit_code = 32
    next_step = "请检查这台电脑的日期和时间，调对以后再合并。"


@dataclass(frozen=True, slots=True)
class Unapplied:
    """One item that is neither applied nor known: its outcome and reason, and the record it is about."""

    outcome: str
    reason: str
    station: str
    number: int
    type: str
    record: str
    slot: str
    incarnation: str = ""


@dataclass
class BundleResult:
    """What became of one file: the five outcomes, which add up to ``total``, or the problem that refused it whole."""

    path: Path
    sender: str = ""
    name: str = ""
    sequence: int = 0
    applied: int = 0
    known: int = 0
    held: int = 0
    conflict: int = 0
    refused: int = 0
    total: int = 0
    births: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    unapplied: list[Unapplied] = field(default_factory=list)
    released: int = 0
    gap: bool = False
    answered: int = 0
    problem: Problem | None = None


@dataclass(frozen=True)
class MergeReport:
    """What a merge did, file by file; ``changes`` tells windows what to refresh."""

    bundles: tuple[BundleResult, ...]
    changes: ChangeSet


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
    results: list[BundleResult] = []
    try:
        with ledger.database.transaction():
            receiver = _Receiver(ledger, keys, operator)
            receiver.prepare(paths)
            for number, path in enumerate(paths):
                if progress is not None:
                    progress(number, len(paths), path.name)
                results.append(receiver.take(path))
            receiver.finish(index=not preview)
            if preview:
                raise _PreviewDone
    except _PreviewDone:
        pass
    changed = any(r.applied or r.conflict or r.held or r.refused or r.answered or r.released for r in results)
    return MergeReport(tuple(results), ChangeSet(everything=changed and not preview))


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
        self._known: Knowledge = station.knowledge(ledger, keys)
        self._judged: dict[str, Certificate | None] = {}
        self._future: set[str] = set()
        self._changed = indexing.Changed()
        self._bulk = False

    def prepare(self, paths: Sequence[Path]) -> None:
        """Rule 32: a merge that is larger than the ledger builds indexes afterwards."""
        expected = 0
        for path in paths:
            try:
                expected += envelope.look(envelope.read_bundle(path)).items
            except Problem:
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
            self._refresh()
            result = BundleResult(
                path, sender=result.sender, name=result.name, sequence=result.sequence, problem=problem
            )
        self._db.execute("RELEASE bundle")
        return result

    def finish(self, *, index: bool) -> None:
        """What waited for the tree or the time, then indexes and search after all bundles."""
        self._retry_held()
        if len(self._future) > 2:
            raise ClockInDoubt("有好几台电脑的时间都比本机晚一天以上，很可能是本机的日期不对。")
        if self._bulk:
            schema.make_indexes(self._db, self._ledger.types)
        if index:
            self._changed.bring_up_to_date(self._db, self._ledger.types)

    # -- one bundle ------------------------------------------------------------------------------------------------

    def _take(self, path: Path, result: BundleResult) -> None:
        bundle = envelope.read_bundle(path)
        verdict = envelope.judge(bundle, self._known.state)
        said = verdict.manifest
        result.sender, result.sequence, result.total = said.sender, said.sequence, said.items
        link = links.link_to(self._db, said.sender)
        result.name = link.name if link is not None else ""
        if verdict.newer_tree:
            raise UnitNotKnown(f"tree {said.tree}")
        merger = Merger(self._db, self._ledger.types)
        spans: list[tuple[int, int]] = []
        before_first: int | None = None
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
                    _wait_for_certificate(header, result)
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
        self._close(result, bundle.digest, said.incarnation)

    def _close(self, result: BundleResult, digest: str, incarnation: str) -> None:
        """Rule 17: the five outcomes add up to the signed counts, and the ledger of merges keeps them for ever."""
        result.applied = result.total - result.known - result.held - result.conflict - result.refused
        merge = int(
            self._db.value(
                "INSERT INTO merge (at, operator, sender, incarnation, sequence, bundle, file, applied, known, held,"
                " conflict, refused, total) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (self._ledger.environment.now(), self._operator, result.sender, incarnation, result.sequence, digest,
                 result.path.name, result.applied, result.known, result.held, result.conflict, result.refused,
                 result.total),
            )
        )  # fmt: skip
        self._db.connection.executemany(
            "INSERT INTO merge_item (merge, origin, number, outcome, reason)"
            " SELECT ?, ref, ?, ?, ? FROM origin WHERE station = ? AND incarnation = ? ON CONFLICT DO NOTHING",
            [(merge, u.number, u.outcome, u.reason, u.station, u.incarnation) for u in result.unapplied],
        )

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
        contents = segments.decode(header, lines, self._ledger.types)
        origin = self._ledger.origin_ref(header.station, header.incarnation)
        found = _Sorted(contents, origin)
        self._drop_known(found, result)
        self._check_own(found)
        sending.keep(self._ledger, header, frame)
        for first, last in _runs(contents.numbers):
            self._ledger.note_received(origin, first, last)
        author = signer if header.vouched is None else None
        if found.has_tree and not found.settled:
            # Units and grants first: what the same segment writes under a new unit is not held for its sake.
            self._apply(merger, found.part(in_tree=True), author, result)
            self._add_result(result, merger.finish(self._now))
            self._refresh()
            merger = Merger(self._db, self._ledger.types)
            found = found.part(in_tree=False)
        self._apply(merger, found, author, result)
        return merger

    def _apply(
        self, merger: Merger, found: _Sorted, author: Certificate | None, result: BundleResult
    ) -> None:
        """Judges what is new, sets aside what is refused or held, and stages the rest."""
        self._judge_items(found, author)
        if found.waits_for(HELD_FUTURE):
            self._future.add(found.contents.header.station)
        self._set_aside(found, result)
        merger.add_changes(found.changes)
        for change in found.changes:
            self._changed.add(change.type, [change.record])
        for births in found.births:
            self._changed.add(births.type, (str(row[0]) for row in births.rows))
            merger.add_births(births)

    def _signer(self, verdict: Verdict, header: Header) -> Certificate | None:
        """The certificate that the header's signature must be by, or nothing while its grant is outstanding."""
        if header.vouched is not None:
            if header.vouched != verdict.manifest.sender or verdict.manifest.kind != DOWN:
                raise UnknownSigner("only the sender of a downward bundle vouches")
            return verdict.sender
        return self._origin(header.station)

    def _origin(self, origin: str) -> Certificate | None:
        """The certificate of an origin that counts here, judged once a merge."""
        if origin not in self._judged:
            self._judged[origin] = self._judge_origin(origin)
        return self._judged[origin]

    def _judge_origin(self, origin: str) -> Certificate | None:
        for chain in self._known.chains.get(origin, []):
            try:
                return trust.judge_chain(chain, self._known.state)[0]
            except (TrustProblem, UnitNotKnown):
                # A station may have several chains, of which some do not count (any more); one that does is enough.
                continue
        return None

    def _refresh(self) -> None:
        self._known = station.knowledge(self._ledger, self._keys)
        self._judged.clear()

    def _retry_held(self) -> None:
        """Rule 15: what waited for its unit or for the day is judged again, from the segment that brought it."""
        grown = True
        while grown:
            grown = False
            merger = Merger(self._db, self._ledger.types)
            for found, author in self._due():
                self._judge_items(found, author)
                self._release(merger, found)
                grown |= found.has_tree and bool(found.births or found.changes)
            self._note_counted(merger.finish(self._now))
            if grown:
                self._refresh()

    def _due(self) -> list[tuple[_Sorted, Certificate | None]]:
        """What may not have to wait any longer, segment by segment, and whose it is if it must be judged by that."""
        waiting: dict[int, dict[int, int]] = {}
        for origin, number, unit, stamp, reason in self._db.rows(
            "SELECT origin, number, unit, stamp, reason FROM held WHERE reason IN (?, ?)",
            (HELD_UNIT, HELD_FUTURE),
        ):
            due = unit in self._known.state.tree if reason == HELD_UNIT else not self._is_future(stamp)
            if due:
                waiting.setdefault(origin, {})[number] = stamp
        found = []
        for origin, numbers in waiting.items():
            for (compressed,) in self._db.rows(
                "SELECT frame FROM segment WHERE origin = ? AND first <= ? AND last >= ? ORDER BY position",
                (origin, max(numbers), min(numbers)),
            ):
                header, lines = segments.read(sending.frame_of(compressed))
                author = self._origin(header.station) if header.vouched is None else None
                if author is not None or header.vouched is not None:
                    items_ = _Sorted(segments.decode(header, lines, self._ledger.types), origin)
                    items_.keep_only(numbers)
                    found.append((items_, author))
        return found

    def _release(self, merger: Merger, found: _Sorted) -> None:
        """Items that waited: refused after all, still waiting and why, or staged."""
        refused = found.quarantined()
        self._quarantine(found.origin, refused)
        born = [(found.origin, number) for number in found.born()]
        self._db.connection.executemany(
            "DELETE FROM held WHERE origin = ? AND number = ?",
            [*born, *((found.origin, row.number) for row in refused)],
        )
        self._db.connection.executemany(
            "UPDATE held SET reason = ? WHERE origin = ? AND number = ?",
            [
                *((row.reason, found.origin, row.number) for row in found.waiting()),
                # The merge tries every change again whose record may have come in the meantime.
                *((HELD_NO_BIRTH, found.origin, change.number) for change in found.changes),
            ],
        )
        for block in found.births:
            merger.add_births(block)
            self._changed.add(block.type, (str(row[0]) for row in block.rows))
        self._ledger.journal_again(born)

    def _note_counted(self, merged: Result) -> None:
        """The clock, the search index and the journal take note of what a merge has let count."""
        self._ledger.clock.observe(merged.newest)
        for item in merged.released:
            self._changed.add(item.type, [item.record])
        self._ledger.journal_again([(item.origin, item.number) for item in merged.released])

    def _check_own(self, found: _Sorted) -> None:
        """This station's numbers are given here and nowhere else, whoever vouches for them."""
        header = found.contents.header
        own = (header.station, header.incarnation) == (self._ledger.station, self._ledger.incarnation)
        if own and not found.all_known:
            raise BadSegment("items of this station that it has not written")

    def _drop_known(self, found: _Sorted, result: BundleResult) -> None:
        """Items whose numbers were received before are known if their content is the same, else a station fork.

        Rule 23: while a fork is open, what is not yet applied of that incarnation is held, because it may be of
        either content.
        """
        header = found.contents.header
        numbers = found.contents.numbers
        overlap: set[int] = set()
        for first, last in self._db.rows(
            "SELECT first, last FROM received WHERE origin = ? AND first <= ? AND last >= ?",
            (found.origin, header.last, header.first),
        ):
            overlap.update(n for n in numbers if first <= n <= last)
        if overlap:
            hashes = dict(zip(numbers, found.contents.hashes, strict=True))
            held_here = self._hashes(found.origin, min(overlap), max(overlap))
            known = {n for n in overlap if n not in held_here or hashes[n] in held_here[n]}
            result.known += len(known)
            found.drop(known)
        else:
            known = set()
        if overlap != known or self._is_forked(found.origin):
            found.hold(numbers, HELD_FORK)

    def _is_forked(self, origin: int) -> bool:
        return (
            self._db.row("SELECT 1 FROM held WHERE origin = ? AND reason = ? LIMIT 1", (origin, HELD_FORK))
            is not None
        )

    def _hashes(self, origin: int, first: int, last: int) -> dict[int, set[bytes]]:
        """The hashes of lines that are held here already, both contents of a fork, own lines not yet cut included."""
        found: dict[int, set[bytes]] = {}
        for (compressed,) in self._db.rows(
            "SELECT frame FROM segment WHERE origin = ? AND first <= ? AND last >= ?", (origin, last, first)
        ):
            header, lines = segments.read(sending.frame_of(compressed))
            hashes = segments.hashes_of(lines)
            numbers = (
                range(header.first, header.last + 1)
                if header.vouched is None
                else segments.decode(header, lines, self._ledger.types).numbers
            )
            for number, line_hash in zip(numbers, hashes, strict=True):
                found.setdefault(number, set()).add(line_hash)
        if origin == self._ledger.origin:
            for number, line in self._db.rows("SELECT number, line FROM pending_line"):
                found.setdefault(number, set()).update(segments.hashes_of([line]))
        return found

    def _judge_items(self, found: _Sorted, author: Certificate | None) -> None:
        """Rules 14 and 15 for what is new: the outcome of each item before any of it is written.

        Without an author the parent vouches: it has judged scope and rights.
        """
        if found.settled:
            return
        header = found.contents.header
        if header.station in self._known.state.revocations:
            cut = (n for n in found.contents.numbers if not self._counts(header, n))
            found.refuse(list(cut), REFUSED_REVOKED)
        if self._is_future(found.highest_stamp()):
            found.hold(found.contents.numbers, HELD_FUTURE)
            return
        changes = found.wire_changes()
        if author is not None:
            for unit in found.units():
                place = self._place(unit, author)
                if place is Place.OUTSIDE:
                    found.refuse(found.numbers_under(unit), REFUSED_SCOPE)
                elif place is Place.UNKNOWN:
                    found.hold(found.numbers_under(unit), HELD_UNIT)
            found.refuse(self._unwritable(found, author.claims.level), REFUSED_WRITER)
        found.refuse(found.contents.misfits, REFUSED_VALUE)
        found.refuse({c.number for c in changes if c.outranked}, REFUSED_ORDER)
        found.hold({c.number for c in changes if not c.slot}, HELD_KIND)
        # A change whose value was erased says nothing any more; it has counted as what it was.
        found.drop({c.number for c in changes if c.value is None and c.slot})

    def _is_future(self, stamp: int) -> bool:
        return milliseconds_of(stamp) > self._now + DAY_MS

    def _counts(self, header: Header, number: int) -> bool:
        return trust.item_counts(self._known.state, header.station, header.incarnation, number)

    def _place(self, unit: str, signer: Certificate) -> Place:
        if unit in signer.claims.units:
            return Place.INSIDE
        return trust.place_of(unit, signer.claims.units, self._known.state.tree)

    def _unwritable(self, found: _Sorted, level: Level) -> set[int]:
        """Rule 14: types and fields that the origin's level may not write."""
        numbers: set[int] = set()
        for block in found.contents.births.values():
            record_type = self._ledger.types.get(block.type)
            if record_type is None:
                continue
            if not record_type.written_by.admits_level(level):
                numbers |= {row[3] for row in block.rows}
                continue
            denied = {f.name for f in record_type.fields if not f.written_by.admits_level(level)}
            places = [5 + i for i, c in enumerate(block.columns) if c.rpartition(".")[2] in denied]
            numbers |= {row[3] for row in block.rows if any(row[i] is not None for i in places)}
        for change in found.wire_changes():
            record_type = self._ledger.types.get(change.type)
            if record_type is None:
                continue
            slot = record_type.slots.get(change.slot)
            writers = [record_type.written_by, *(f.written_by for f in (slot.fields if slot else ()))]
            if not all(w.admits_level(level) for w in writers):
                numbers.add(change.number)
        return numbers

    def _set_aside(self, found: _Sorted, result: BundleResult) -> None:
        """What is refused goes to quarantine, what is held waits; both with their reason."""
        refused, waiting = found.quarantined(), found.waiting()
        self._quarantine(found.origin, refused)
        self._db.connection.executemany(
            "INSERT INTO held (origin, number, kind, type, record, unit, slot, stamp, replaces, operator, value,"
            " reason, since) VALUES (?, ?, ?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?)"
            # Of a fork nothing counts that has not counted yet, the first content included.
            " ON CONFLICT DO UPDATE SET reason = excluded.reason",
            [
                (found.origin, row.number, row.kind, row.type, row.record, row.unit, row.slot, row.stamp,
                 json.dumps(row.replaces), row.operator, row.value, row.reason, self._now)
                for row in waiting
            ],
        )  # fmt: skip
        header = found.contents.header
        for outcome, rows in (("refused", refused), ("held", waiting)):
            result.unapplied += [
                Unapplied(outcome, row.reason, header.station, row.number, row.type, row.record, row.slot,
                          header.incarnation)
                for row in rows
            ]  # fmt: skip
        result.refused += len(refused)
        result.held += len(waiting)

    def _quarantine(self, origin: int, rows: Sequence[_Put]) -> None:
        self._db.connection.executemany(
            "INSERT INTO refused (origin, number, kind, type, record, slot, value, reason)"
            " VALUES (?, ?, ?, ?, unhex(?), ?, ?, ?)",
            [(origin, r.number, r.kind, r.type, r.record, r.slot, r.value, r.reason) for r in rows],
        )

    def _add_result(self, result: BundleResult, merged: Result) -> None:
        origins = {r: (s, i) for r, s, i in self._db.rows("SELECT ref, station, incarnation FROM origin")}

        def unapplied(item: Item, outcome: str, reason: str) -> Unapplied:
            station_id, incarnation = origins[item.origin]
            return Unapplied(
                outcome, reason, station_id, item.number, item.type, item.record, item.slot, incarnation
            )

        self._note_counted(merged)

        result.held += len(merged.held)
        result.conflict += len(merged.conflict)
        result.released += len(merged.released)
        result.unapplied += [unapplied(i, "held", HELD_NO_BIRTH) for i in merged.held]
        result.unapplied += [unapplied(i, "conflict", i.slot) for i in merged.conflict]
        for own, others in ((result.births, merged.births), (result.changes, merged.changes)):
            for name, count in others.items():
                own[name] = own.get(name, 0) + count


@dataclass(frozen=True, slots=True)
class _Put:
    """An item that is refused or held, with all that is needed to show it and to try it again."""

    number: int
    kind: str
    type: str
    record: str
    unit: str
    slot: str
    stamp: int
    replaces: tuple[int, ...]
    operator: str
    value: str
    reason: str


class _Sorted:
    """The items of one segment, each in at most one of: dropped, refused, held. The rest is new and counts."""

    def __init__(self, contents: Contents, origin: int) -> None:
        self.contents = contents
        self.origin = origin
        self._dropped: set[int] = set()
        self._refused: dict[int, str] = {}
        self._held: dict[int, str] = {}

    def drop(self, numbers: Iterable[int]) -> None:
        """These were known before, or say nothing any more, or are not looked at now."""
        self._dropped.update(n for n in numbers if n not in self._refused and n not in self._held)

    def refuse(self, numbers: Iterable[int], reason: str) -> None:
        """The first match wins: refused before held (rule 17)."""
        for n in numbers:
            if n not in self._dropped:
                self._held.pop(n, None)
                self._refused.setdefault(n, reason)

    def hold(self, numbers: Iterable[int], reason: str) -> None:
        """These wait."""
        for n in numbers:
            if n not in self._dropped and n not in self._refused:
                self._held.setdefault(n, reason)

    def keep_only(self, stamps: Mapping[int, int]) -> None:
        """Looks at items with these numbers and stamps alone; another content of a number is a fork."""
        found = {row[3]: row[2] for block in self.contents.births.values() for row in block.rows}
        found |= {c.number: c.stamp for c in self.contents.changes}
        self.drop(n for n, stamp in found.items() if stamps.get(n) != stamp)

    def part(self, *, in_tree: bool) -> _Sorted:
        """Of items that none was judged of yet, those that say who is who, or those that do not."""
        found = {row[3] for t in TREE_TYPES if t in self.contents.births
                 for row in self.contents.births[t].rows}  # fmt: skip
        found |= {c.number for c in self.contents.changes if c.type in TREE_TYPES}
        part = _Sorted(self.contents, self.origin)
        part.drop(self._dropped)
        part.drop(set(self.contents.numbers) - found if in_tree else found)
        return part

    @property
    def all_known(self) -> bool:
        """Whether nothing here is new."""
        return len(self._dropped) == len(self.contents.numbers)

    @property
    def settled(self) -> bool:
        """Whether nothing is left to be judged."""
        return len(self._out) == len(self.contents.numbers)

    @property
    def _out(self) -> set[int]:
        return self._dropped | set(self._refused) | set(self._held)

    @property
    def has_tree(self) -> bool:
        """Whether something here says who is who."""
        return any(t in self.contents.births for t in TREE_TYPES) or any(
            c.type in TREE_TYPES for c in self.contents.changes
        )

    @property
    def births(self) -> list[Births]:
        """The births that count."""
        out = self._out
        return [
            Births(b.type, self.origin, b.columns, rows)
            for b in self.contents.births.values()
            if (rows := [r for r in b.rows if r[3] not in out] if out else b.rows)
        ]

    def born(self) -> list[int]:
        """The numbers of the births that count."""
        out = self._out
        return [row[3] for b in self.contents.births.values() for row in b.rows if row[3] not in out]

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
        found = {row[1] for block in self.contents.births.values() for row in block.rows}
        return found | {c.unit for c in self.contents.changes}

    def numbers_under(self, unit: str) -> set[int]:
        """The numbers of the items that were written under a unit."""
        births = {row[3] for block in self.contents.births.values() for row in block.rows if row[1] == unit}
        return births | {c.number for c in self.contents.changes if c.unit == unit}

    def highest_stamp(self) -> int:
        """The newest stamp of what is looked at."""
        births = (r[2] for b in self.contents.births.values() for r in b.rows if r[3] not in self._dropped)
        newest: int = max([*births, *(c.stamp for c in self.wire_changes())])
        return newest

    def waits_for(self, reason: str) -> bool:
        """Whether something is held for this reason."""
        return reason in self._held.values()

    def quarantined(self) -> list[_Put]:
        """What is refused."""
        return self._puts(self._refused)

    def waiting(self) -> list[_Put]:
        """What is held."""
        return self._puts(self._held)

    def _puts(self, reasons: dict[int, str]) -> list[_Put]:
        if not reasons:
            return []
        puts = [
            _Put(c.number, c.kind, c.type, c.record, c.unit, c.slot, c.stamp, c.replaces, c.operator,
                 ABSENT if c.value is None else c.value, reasons[c.number])
            for c in self.contents.changes if c.number in reasons
        ]  # fmt: skip
        for block in self.contents.births.values():
            for record, unit, stamp, number, operator, *cells in block.rows:
                if number in reasons:
                    value = json.dumps(
                        {c: v for c, v in zip(block.columns, cells, strict=True) if v is not None},
                        ensure_ascii=False,
                    )
                    puts.append(
                        _Put(number, items.BIRTH, block.type, record, unit, "", stamp, (), operator, value,
                             reasons[number])
                    )  # fmt: skip
        return puts


def _places(label: object) -> tuple[int, int, int]:
    """From the label of a segment: how many items it has, and the journal positions before and at it."""
    match label:
        case [str(), str(), int(), int(), str(), int(total), int(before), int(position)]:
            return total, before, position
    raise BadSegment("a segment has a label")


def _wait_for_certificate(header: Header, result: BundleResult) -> None:
    """Rule 15: who wrote the segment is not known yet, so nothing of it can be judged."""
    result.held += header.total
    result.unapplied += [
        Unapplied("held", HELD_CERTIFICATE, header.station, number, "", "", "", header.incarnation)
        for number in range(header.first, header.last + 1)
    ]


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive numbers as ranges."""
    runs: list[tuple[int, int]] = []
    for n in numbers:
        if runs and runs[-1][1] == n - 1:
            runs[-1] = (runs[-1][0], n)
        else:
            runs.append((n, n))
    return runs

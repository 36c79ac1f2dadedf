"""Receiving: bundles are judged, their items sorted into the five outcomes and merged in one transaction (rules 14-17).

A bundle that cannot be trusted or read is refused as a whole and leaves nothing behind; the others go on. Order is
that of ``trust`` (checks 1 to 16 for a bundle, 17 to 20 for its segments), then this page's for items.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.errors import Problem, StateProblem, TrustProblem
from desktop.records import items
from desktop.records.declaration import Level
from desktop.records.stamps import DAY_MS, milliseconds_of
from desktop.store import indexing, schema
from desktop.store.database import DatabaseError
from desktop.store.ledger import ChangeSet, Ledger
from desktop.store.merging import HELD_NO_BIRTH, HELD_UNIT, Births, Change, Item, Merger, Result
from desktop.sync import envelope, frames, links, receipts, segments, sending, station, trust
from desktop.sync.certificates import Certificate
from desktop.sync.errors import BadSegment, NewerFormat, UnitNotKnown, UnknownSigner, surroundings
from desktop.sync.frames import Frame
from desktop.sync.identity import StationKeys
from desktop.sync.manifest import DOWN, MAX_FRAMES, MAX_PART_PLAIN
from desktop.sync.segments import Contents, Header, WireChange
from desktop.sync.station import Knowledge
from desktop.sync.trust import Place, Verdict

HELD_FUTURE = "future"
HELD_KIND = "kind"
HELD_FORK = "fork"
REFUSED_SCOPE = "scope"
REFUSED_WRITER = "writer"
REFUSED_ORDER = "order"
REFUSED_REVOKED = "revoked"

REASONS = {
    HELD_NO_BIRTH: "它修改的记录还没有到",
    HELD_UNIT: "它所属的单位还没有登记",
    HELD_FUTURE: "它的时间比现在晚一天以上，请检查对方电脑的日期",
    HELD_KIND: "它需要更新版本的程序才能处理",
    HELD_FORK: "同一编号有两种内容，可能有一台电脑被恢复或复制过",
    REFUSED_SCOPE: "不在发送方负责的范围内",
    REFUSED_WRITER: "发送方的层级不能填写这一项",
    REFUSED_ORDER: "它的时间早于它要替换的内容",
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

    A file that cannot be trusted carries its problem in the report. Raises :class:`ClockInDoubt`, what the disk
    raises, and whatever ``progress`` raises to cancel: then the state is as before.
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
        self._judged: dict[str, Certificate] = {}
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
        self._db.execute("SAVEPOINT bundle")
        try:
            self._take(path, result)
        except (TrustProblem, UnitNotKnown, NewerFormat, OSError) as problem:
            self._db.execute("ROLLBACK TO bundle")
            self._refresh()
            failed = BundleResult(path, sender=result.sender, name=result.name, sequence=result.sequence)
            failed.problem = problem if isinstance(problem, Problem) else _unreadable(problem)
            result = failed
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
                span = _span(label)
                before_first = span[0] if before_first is None else before_first
                spans.append(span)
                seen += int(label[5])
                if self._already_held(label):
                    result.known += int(label[5])
                    continue
                merger = self._take_segment(merger, verdict, frame, label, result)
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
            " SELECT ?, ref, ?, ?, ? FROM origin WHERE station = ? ORDER BY ref DESC LIMIT 1 ON CONFLICT DO NOTHING",
            [(merge, u.number, u.outcome, u.reason, u.station) for u in result.unapplied],
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

    def _take_segment(
        self, merger: Merger, verdict: Verdict, frame: Frame, label: list[object], result: BundleResult
    ) -> Merger:
        header, lines = segments.read(frame)
        if header.label() != label[:6]:
            raise BadSegment("the label of a segment is not that of its header")
        return self._merge_segment(merger, self._signer(verdict, header), frame, header, lines, result)

    def take_vouched(self, frame: Frame, desk: Certificate) -> None:
        """A segment that the granting desk vouches for."""
        header, lines = segments.read(frame)
        if header.vouched != desk.station:
            raise BadSegment("the tree of a grant is vouched for by its desk")
        result = BundleResult(Path())
        merger = Merger(self._db, self._ledger.types)
        self._merge_segment(merger, desk, frame, header, lines, result).finish(self._now)

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
        sorted_items = _Sorted(contents, self._ledger.origin_ref(header.station, header.incarnation))
        self._drop_known(sorted_items, result)
        self._judge_items(sorted_items, signer)
        self._store(sorted_items, result)
        sending.keep(self._ledger, header, frame)
        for first, last in _runs(contents.numbers):
            self._ledger.note_received(sorted_items.origin, first, last)
        merger.add_changes(sorted_items.changes)
        for births in sorted_items.births:
            try:
                merger.add_births(births)
            except (OverflowError, DatabaseError) as error:
                raise BadSegment("a cell does not fit its column") from error
        for births in sorted_items.births:
            self._changed.add(births.type, (str(row[0]) for row in births.rows))
        for change in sorted_items.changes:
            self._changed.add(change.type, [change.record])
        if sorted_items.has_tree:
            self._add_result(result, merger.finish(self._now))
            self._refresh()
            merger = Merger(self._db, self._ledger.types)
        return merger

    def _signer(self, verdict: Verdict, header: Header) -> Certificate:
        """The certificate that the header's signature must be by, judged once a merge."""
        if header.vouched is not None:
            if header.vouched != verdict.manifest.sender or verdict.manifest.kind != DOWN:
                raise UnknownSigner("only the sender of a downward bundle vouches")
            return verdict.sender
        held = self._judged.get(header.station)
        if held is not None:
            return held
        problem: Problem = UnknownSigner(header.station)
        for chain in self._known.chains.get(header.station, []):
            try:
                (certificate, *_) = trust.judge_chain(chain, self._known.state)
            except (TrustProblem, UnitNotKnown) as error:
                problem = error
                continue
            self._judged[header.station] = certificate
            return certificate
        raise problem

    def _refresh(self) -> None:
        self._known = station.knowledge(self._ledger, self._keys)
        self._judged.clear()

    def _retry_held(self) -> None:
        """Rule 15: items that waited for their unit or for the day are judged again by themselves."""
        merger = Merger(self._db, self._ledger.types)
        released = False
        for (
            ref,
            origin_station,
            number,
            kind,
            type_name,
            record,
            unit,
            stamp,
            operator,
            value,
        ) in self._db.rows(
            "SELECT h.origin, o.station, h.number, h.kind, h.type, lower(hex(h.record)), h.unit, h.stamp, h.operator,"
            " h.value FROM held h JOIN origin o ON o.ref = h.origin WHERE h.reason IN (?, ?)"
            " ORDER BY h.stamp, h.number",
            (HELD_UNIT, HELD_FUTURE),
        ):
            if milliseconds_of(stamp) > self._now + DAY_MS or not self._inside(origin_station, unit):
                continue
            released = True
            if kind == items.BIRTH:
                cells = json.loads(value)
                row = (record, unit, stamp, number, operator, *cells.values())
                merger.add_births(Births(type_name, ref, tuple(cells), [row]))
                self._db.execute("DELETE FROM held WHERE origin = ? AND number = ?", (ref, number))
            else:
                self._db.execute(
                    "UPDATE held SET reason = ? WHERE origin = ? AND number = ?", (HELD_NO_BIRTH, ref, number)
                )
            self._changed.add(type_name, [record])
        if released:
            merger.finish(self._now)

    def _inside(self, origin_station: str, unit: str) -> bool:
        for chain in self._known.chains.get(origin_station, []):
            try:
                (signer, *_) = trust.judge_chain(chain, self._known.state)
            except (TrustProblem, UnitNotKnown):
                continue
            if self._place(unit, signer) is Place.INSIDE:
                return True
        return False

    def _drop_known(self, found: _Sorted, result: BundleResult) -> None:
        """Items whose numbers were received before are known if their content is the same, else a station fork."""
        header = found.contents.header
        numbers = found.contents.numbers
        overlap: set[int] = set()
        for first, last in self._db.rows(
            "SELECT first, last FROM received WHERE origin = ? AND first <= ? AND last >= ?",
            (found.origin, header.last, header.first),
        ):
            overlap.update(n for n in numbers if first <= n <= last)
        if not overlap:
            return
        hashes = dict(zip(numbers, found.contents.hashes, strict=True))
        forked = {
            n
            for n, h in self._hashes(found.origin, min(overlap), max(overlap)).items()
            if hashes.get(n, h) != h
        }
        result.known += len(overlap - forked)
        found.drop(overlap - forked)
        found.hold(forked & overlap, HELD_FORK)

    def _hashes(self, origin: int, first: int, last: int) -> dict[int, bytes]:
        """The hashes of lines that are held here already, own lines not yet cut included."""
        found: dict[int, bytes] = {}
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
            found.update(zip(numbers, hashes, strict=True))
        return found

    def _judge_items(self, found: _Sorted, signer: Certificate) -> None:
        """Rules 14 and 15 for what is new: the outcome of each item before any of it is written."""
        header = found.contents.header
        vouched = header.vouched is not None
        if header.station in self._known.state.revocations:
            cut = (n for n in found.contents.numbers if not self._counts(header, n))
            found.refuse(list(cut), REFUSED_REVOKED)
        if milliseconds_of(found.highest_stamp()) > self._now + DAY_MS:
            self._future.add(header.station)
            found.hold(set(found.contents.numbers), HELD_FUTURE)
            return
        if not vouched:
            for unit in found.units():
                place = self._place(unit, signer)
                if place is Place.OUTSIDE:
                    found.refuse(found.numbers_under(unit), REFUSED_SCOPE)
                elif place is Place.UNKNOWN:
                    found.hold(found.numbers_under(unit), HELD_UNIT)
            found.refuse(self._unwritable(found, signer.claims.level), REFUSED_WRITER)
        found.refuse(
            {c.number for c in found.wire_changes() if any(r >= c.stamp for r in c.replaces)}, REFUSED_ORDER
        )
        found.hold({c.number for c in found.wire_changes() if c.kind not in _KINDS}, HELD_KIND)
        found.drop({c.number for c in found.wire_changes() if c.value is None and c.kind in _KINDS})

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

    def _store(self, found: _Sorted, result: BundleResult) -> None:
        """What is refused goes to quarantine, what is held waits; both with their reason."""
        for row in found.quarantined():
            self._db.execute(
                "INSERT INTO refused (origin, number, kind, type, record, slot, value, reason)"
                " VALUES (?, ?, ?, ?, unhex(?), ?, ?, ?) ON CONFLICT DO NOTHING",
                (found.origin, row.number, row.kind, row.type, row.record, row.slot, row.value, row.reason),
            )
        for row in found.waiting():
            if row.reason == HELD_FORK:
                continue
            self._db.execute(
                "INSERT INTO held (origin, number, kind, type, record, unit, slot, stamp, replaces, operator, value,"
                " reason, since) VALUES (?, ?, ?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (found.origin, row.number, row.kind, row.type, row.record, row.unit, row.slot, row.stamp,
                 json.dumps(row.replaces), row.operator, row.value, row.reason, self._now),
            )  # fmt: skip
        origin = found.contents.header.station
        for outcome, rows in (("refused", found.quarantined()), ("held", found.waiting())):
            for row in rows:
                result.unapplied.append(
                    Unapplied(outcome, row.reason, origin, row.number, row.type, row.record, row.slot)
                )
        result.refused += len(found.quarantined())
        result.held += len(found.waiting())
        if (stamp := found.highest_stamp()) and not found.waiting():
            self._ledger.clock.observe(stamp)

    def _add_result(self, result: BundleResult, merged: Result) -> None:
        stations: dict[int, str] = dict(self._db.rows("SELECT ref, station FROM origin"))

        def unapplied(item: Item, outcome: str, reason: str) -> Unapplied:
            return Unapplied(
                outcome, reason, stations[item.origin], item.number, item.type, item.record, item.slot
            )

        result.held += len(merged.held)
        result.conflict += len(merged.conflict)
        result.released += len(merged.released)
        result.unapplied += [unapplied(i, "held", HELD_NO_BIRTH) for i in merged.held]
        result.unapplied += [unapplied(i, "conflict", i.slot) for i in merged.conflict]
        for own, others in ((result.births, merged.births), (result.changes, merged.changes)):
            for name, count in others.items():
                own[name] = own.get(name, 0) + count


_KINDS = (items.CHANGE, items.TOMBSTONE)


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
    """The items of one segment, each in at most one of: dropped (known), refused, held. The rest is new and counts."""

    def __init__(self, contents: Contents, origin: int) -> None:
        self.contents = contents
        self.origin = origin
        self._dropped: set[int] = set()
        self._refused: dict[int, str] = {}
        self._held: dict[int, str] = {}

    def drop(self, numbers: Iterable[int]) -> None:
        """These were known before, or say nothing any more."""
        self._dropped |= set(numbers)

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

    @property
    def _out(self) -> set[int]:
        return self._dropped | set(self._refused) | set(self._held)

    @property
    def has_tree(self) -> bool:
        """Whether something here says who is who."""
        return any(t in self.contents.births for t in sending.TREE_TYPES) or any(
            c.type in sending.TREE_TYPES for c in self.contents.changes
        )

    @property
    def births(self) -> list[Births]:
        """The births that count."""
        out = self._out
        return [
            Births(b.type, self.origin, b.columns, [r for r in b.rows if r[3] not in out] if out else b.rows)
            for b in self.contents.births.values()
        ]

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
        """The newest stamp of the segment."""
        births = (row[2] for block in self.contents.births.values() for row in block.rows)
        return max([*births, *(c.stamp for c in self.contents.changes)], default=0)

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
                 str(c.value), reasons[c.number])
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


def _span(label: object) -> tuple[int, int]:
    """The journal positions before and at a segment, from its label."""
    if not isinstance(label, list) or len(label) != 8 or not all(isinstance(n, int) for n in label[5:]):
        raise BadSegment("a segment has a label")
    return label[6], label[7]


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive numbers as ranges."""
    runs: list[tuple[int, int]] = []
    for n in numbers:
        if runs and runs[-1][1] == n - 1:
            runs[-1] = (runs[-1][0], n)
        else:
            runs.append((n, n))
    return runs


def _unreadable(error: OSError) -> Problem:
    return surroundings(error)

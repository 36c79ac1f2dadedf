"""Receiving: bundles are judged, their items sorted into the five outcomes and merged in one transaction (rules 14-17).

A bundle that cannot be trusted or read is refused as a whole and leaves nothing behind; the others go on. How one is
taken in is in ``taking``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from desktop.collecting import without_collection
from desktop.errors import EnvironmentProblem, Problem, TrustProblem
from desktop.store.ledger import ChangeSet, Ledger
from desktop.store.peers import arrivals, exchanged, segment_log
from desktop.store.tables import schema
from desktop.sync.bundles import envelope, sending
from desktop.sync.errors import NewerFormat, UnitNotKnown
from desktop.sync.formats import frames
from desktop.sync.merging import beside, lapsed, refusing, repeating, restating, results, taking
from desktop.sync.merging.beside import Reader
from desktop.sync.merging.doubting import ClockInDoubt, doubt
from desktop.sync.merging.intake import Intake
from desktop.sync.merging.listing import Listing
from desktop.sync.merging.results import BundleResult, MergeReport
from desktop.sync.merging.taking import Ahead
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import StationKeys
from desktop.sync.signed.manifest import MAX_FRAMES, MAX_PART_PLAIN

BULK_ITEMS = 20_000
"""From this many items on, and when they are more than the ledger holds, indexes are built after the merge."""


_AHEAD = 4
"""How many bundles are looked into before their turn, the present one included."""
_SMALL = 2 * 1024 * 1024
"""Bytes of such a bundle."""
LEAST_BYTES = 8
"""No item takes less in a bundle, compressed."""


class _PreviewDone(Exception):
    """Ends a preview, whose transaction must not stand."""


class _OneByOne(Exception):
    """A file proved to be bad when some of it was written: all begins anew, with a savepoint for each file.

    Hardly any does: what is damaged shows before. A savepoint encrypts once more every page that it may put back.
    """


_Merged = tuple[list[BundleResult], bool]
"""The files, and whether what was there before has come to count or ceased to."""
Progress = Callable[[int, int, str], None]
"""Called with done, total and the name of the file; may raise to cancel."""
Look = Callable[[Sequence[BundleResult]], None]
"""Called with what became of the files, inside the transaction."""


def merge_bundles(
    ledger: Ledger,
    keys: StationKeys,
    paths: Sequence[Path],
    operator: str,
    *,
    preview: bool = False,
    progress: Progress | None = None,
    look: Look | None = None,
) -> MergeReport:
    """Merges files in one transaction, or shows what merging would do and writes nothing.

    ``look`` is called with what each brings, while it stands there: of a preview nothing does afterwards.
    A file that cannot be read or trusted carries its problem in the report. Raises :class:`ClockInDoubt` unless a
    person finds the date right, what the disk of the ledger raises, and whatever ``progress`` raises to cancel: then
    the state is as before.
    """
    merge = partial(
        _tried, partial(_merge, ledger, keys, paths, operator, preview=preview, progress=progress, look=look)
    )
    in_transaction = ledger.database.connection.in_transaction
    try:
        taken, moved = merge(savepoints=in_transaction)
    except ClockInDoubt as asked:
        # Nobody is asked while the ledger waits for the end of a transaction.
        if not ledger.clock.is_right(asked):
            raise
        taken, moved = merge(savepoints=in_transaction)
    came = any(r.applied or r.conflict or r.held or r.refused or r.answered or r.released for r in taken)
    return MergeReport(tuple(taken), ChangeSet(everything=(came or moved) and not preview))


def _tried(merge: Callable[..., _Merged], *, savepoints: bool) -> _Merged:
    """A merge, with a savepoint for each file at the second try if it has to be."""
    # Suppressed and not caught: what was read of the bad file is let go before the second try.
    with contextlib.suppress(_OneByOne):
        return merge(savepoints=savepoints)
    return merge(savepoints=True)


def _merge(
    ledger: Ledger,
    keys: StationKeys,
    paths: Sequence[Path],
    operator: str,
    *,
    preview: bool,
    progress: Progress | None,
    look: Look | None,
    savepoints: bool,
) -> _Merged:
    """One try at merging all files."""
    taken: list[BundleResult] = []
    moved = False
    with contextlib.suppress(_PreviewDone), without_collection(), ledger.database.transaction():
        # What is said about own items reaches those that stand in a segment.
        sending.cut_own(ledger, keys)
        size = sum(map(_size, paths))
        with beside.reader(size, ledger.types, listed=not preview) as reader:
            listing = None if look is None else Listing(ledger.database)
            receiver = _Receiver(
                ledger, keys, operator, reader, keep=not preview, savepoints=savepoints, listing=listing
            )
            receiver.prepare(paths)
            for number, path in enumerate(paths):
                if progress is not None:
                    progress(number, len(paths), path.name)
                receiver.look_ahead(paths[number : number + _AHEAD])
                taken.append(receiver.take(path))
        moved = receiver.finish()
        if look is not None:
            look(taken)
        if preview:
            raise _PreviewDone
    return taken, moved


def take_tree(ledger: Ledger, keys: StationKeys, data: bytes, desk: Certificate) -> None:
    """Merges the vouched segments of the tree that came with a grant, inside the caller's transaction.

    Raises :class:`BadSegment` when they are not the desk's.
    """
    with ledger.database.transaction():
        intake = Intake(ledger, keys)
        intake.begin(BundleResult(Path()))
        for frame in frames.split(data, MAX_FRAMES, MAX_PART_PLAIN):
            intake.take_vouched(frame, desk)
        intake.end()
        intake.close()


class _Receiver:
    """One merge of several bundles inside one transaction; what is not kept is a preview."""

    def __init__(
        self,
        ledger: Ledger,
        keys: StationKeys,
        operator: str,
        reader: Reader,
        *,
        keep: bool = True,
        savepoints: bool = False,
        listing: Listing | None = None,
    ) -> None:
        self._reader = reader
        self._ahead: dict[Path, Ahead | None] = {}
        self._ledger = ledger
        self._keep = keep
        self._savepoints = savepoints
        self._db = ledger.database
        self._keys = keys
        self._operator = operator
        self._now = ledger.environment.since_epoch()
        self._first_merge = exchanged.next_merge(ledger.database)
        self._bulk = False
        self._intake = Intake(ledger, keys, keep=keep, apart=savepoints, listing=listing)
        self._taken: list[results.Taken] = []

    def prepare(self, paths: Sequence[Path]) -> None:
        """Rule 32: a merge that is larger than the ledger builds indexes afterwards."""
        most = {path: _most_items(path) for path in paths}
        least = BULK_ITEMS
        if sum(most.values()) >= least:
            least = max(least, 1 + segment_log.items_held(self._db))
        if sum(most.values()) >= BULK_ITEMS:
            self._db.expect_much()
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
                self._db.expect_much(new=True)
                self._intake.put_off_indexes()
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
            taken = taking.take(
                self._ledger, self._keys, self._intake, self._reader, result,
                merge=self._first_merge + len(self._taken), number=bundle, ahead=self._ahead.get(path),
            )  # fmt: skip
            self._taken.append(taken)
        except (TrustProblem, UnitNotKnown, NewerFormat, EnvironmentProblem) as problem:
            # U3: one file that cannot be believed or read must not stop the others; it carries its problem.
            if self._savepoints:
                self._db.execute("ROLLBACK TO bundle")
            elif self._db.connection.total_changes != before:
                raise _OneByOne from problem
            self._intake.back_to(mark)
            _let_go(problem)
            result = BundleResult(
                path, result.sender, result.name, result.incarnation, result.sequence, problem=problem
            )
        if self._savepoints:
            self._db.execute("RELEASE bundle")
        ahead = self._ahead.pop(path, None)
        if ahead is not None:
            self._reader.forget(ahead[1].frames)
        return result

    def look_ahead(self, paths: Sequence[Path]) -> None:
        """What will be wanted of small bundles is read while those before them are merged."""
        for path in paths:
            if path not in self._ahead:
                self._ahead[path] = found = self._small(path)
                if found is not None:
                    self._reader.expect(taking.unknown(self._db, found[1]))

    def _small(self, path: Path) -> Ahead | None:
        """A small bundle and its first part; nothing of one that is refused, now or when its turn comes."""
        if not (self._reader.in_advance and 0 < _size(path) <= _SMALL):
            return None
        try:
            bundle = envelope.read_bundle(path)
            if arrivals.merged_bundles(self._db, [bundle.digest]):
                return None
            verdict = envelope.judge(bundle, self._intake.judge.state)
            part = next(envelope.open_parts(bundle, verdict, self._keys), None)
        except (Problem, OSError):
            return None
        return None if part is None else (bundle.digest, part)

    def finish(self) -> bool:
        """After all bundles: what waited for the tree or the time, what counts no longer, then indexes and search.

        A preview states no refusals and needs neither indexes nor search. Says whether anything that was there before
        has come to count or ceased to: what waits for its day comes with whatever is merged then.
        """
        self._intake.count()
        self._intake.settle()
        if len(self._intake.future) > 2:
            self._doubt_date()
        if self._intake.looked and restating.take_back(self._ledger, self._intake.judge, self._operator):
            self._intake.judge_anew()
            self._intake.settle()
        if (self._intake.looked or self._intake.refused) and repeating.say_again(
            self._ledger, self._intake.judge, self._operator
        ):
            self._intake.settle()
        if repeating.say_of_others(self._ledger, self._operator):
            self._intake.settle()
        self._intake.put_right(self._taken)
        if not self._keep:
            return False
        for taken in self._taken:
            results.note_merge(self._ledger, taken, self._operator)
        self._intake.close()
        if self._intake.looked or self._intake.refused:
            refusing.state_refusals(self._ledger, self._intake.judge, self._operator)
        if self._intake.looked:
            restating.restate(self._ledger, self._intake.judge, self._operator)
        if self._intake.edges:
            lapsed.part(self._ledger, self._operator)
        if self._bulk:
            schema.make_indexes(self._db, self._ledger.types)
        if self._taken:
            # Of a merge that takes nothing nothing is left.
            self._intake.note_looked()
        self._intake.bring_up_to_date()
        return self._intake.moved

    def _doubt_date(self) -> None:
        """Rule 19: raises :class:`ClockInDoubt`, unless a person has confirmed the date; then what is early waits.

        Else whoever has three computers below him whose dates are wrong could never be heard again.
        """
        day = self._ledger.environment.today()
        if not self._ledger.clock.is_confirmed(day):
            raise doubt(self._ledger, self._intake.future)


def _let_go(problem: BaseException) -> None:
    """What was read of a bundle stands in the frames through which its problem came, and there may be hundreds."""
    error: BaseException | None = problem
    # One may be its own cause.
    while error is not None and error.__traceback__ is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _most_items(path: Path) -> int:
    """More items than a file can hold."""
    return _size(path) // LEAST_BYTES


def _size(path: Path) -> int:
    """The bytes of a file; of one that is gone, none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0

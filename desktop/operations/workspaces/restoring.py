"""Restoring: a backup with all that its journal has of the time after it, under a new incarnation (rules 23 and 32).

What a step changed is put back row by row; the items among it that count are then taken in as a merge takes them in.
Taking in a step that the backup has already changes nothing, because items that were received before are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop.errors import StateProblem
from desktop.operations.audit import Act, digest_of_file
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.records.declaration import Role
from desktop.records.types import Catalogue, catalogue
from desktop.records.versions.items import KEY_BYTES, MAX_LINES, Shape
from desktop.records.versions.spans import inside, joined
from desktop.store.ledger import Ledger
from desktop.store.log import pending
from desktop.store.merging import aside
from desktop.store.merging.merging import Merger
from desktop.store.peers import received, segment_log, traffic
from desktop.store.queries import indexing
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import audit, captured, journal, openings
from desktop.store.workspaces.attempts import open_slot
from desktop.store.workspaces.backups import Backup, backups_of, mark_of, most
from desktop.store.workspaces.operators import role_of
from desktop.store.workspaces.places import take_lock
from desktop.store.workspaces.replacing import replacement
from desktop.store.workspaces.unlocking import LOCK, NoWorkspace, slots_of
from desktop.sync.authority import station
from desktop.sync.authority.sorting import Sorted
from desktop.sync.bundles import kept, sending
from desktop.sync.formats import decoding, segments
from desktop.sync.formats.decoding import Contents
from desktop.sync.merging import erasing
from desktop.sync.signed import identity

Progress = Callable[[int, int], None]
"""Called with the steps taken in and all steps of the journal."""

_ANY_KEY = bytes(KEY_BYTES)
"""For segments that are cut to be read at once and kept nowhere."""


class NoBackup(StateProblem):
    """There is nothing to restore from."""

    exit_code = 15
    next_step = "请找一找另存的备份文件，没有的话请联系上级：报送过的内容可以随数据包再下来。"
    help_anchor = "backup"


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored workspace, open: from which backup, how many steps after it, and whether the journal broke off."""

    session: Session
    source: Path
    steps: int
    torn: bool
    journal: bool

    @property
    def lost(self) -> str:
        """What may be missing, and how it comes back; nothing where the journal was whole."""
        if not self.journal:
            return (
                "备份以后录入的内容没有补上，请核对。其中已经发给上级和下级的先别重新录入："
                "向上级导出一次数据包，收下级的数据包后把回执交给下级，他们再发来时会带回来。"
            )
        return "最后几步可能没有补上，请核对最近录入的内容。" if self.torn else ""


def backups(folder: Path) -> list[Backup]:
    """The backups of a workspace that made themselves, newest first."""
    return backups_of(folder)


def newest(folder: Path) -> Path:
    """The newest backup of a workspace, or the one that goes on longer. Raises :class:`NoBackup`."""
    found = backups_of(folder)
    if not found:
        raise NoBackup("这份台账还没有备份。")
    return most(found).path


def restore(
    folder: Path,
    source: Path | None,
    operator: str,
    password: str,
    environment: Environment | None = None,
    types: Catalogue | None = None,
    *,
    with_journal: bool = True,
    progress: Progress | None = None,
) -> Restored:
    """Puts a backup of this workspace, the newest without ``source``, in the place of its ledger and opens it.

    The replaced ledger is kept beside. What was saved after the backup comes back with the journal, if the backup
    has one. A new incarnation begins in any case, because nobody can know that the journal saw the last step: what
    it misses and what was sent comes down again with the next bundle. Raises ``WrongKey`` for another workspace's
    backup, ``LedgerDamaged``, ``NotAllowed``, ``NewerDatabase``; then nothing has changed.
    """
    environment, types = environment or Environment(), types or catalogue()
    slots = slots_of(folder)
    with take_lock(folder / LOCK):
        key = open_slot(folder, slots, operator, password, environment)
    source = source or newest(folder)
    if not source.exists():
        raise NoWorkspace(f"没有找到备份“{source.name}”。")
    found = _journal_of(source, key) if with_journal else None
    with replacement(folder, source, key, environment.now()) as database:
        station_id, incarnation = (traffic.setting(database, name) for name in ("station", "incarnation"))
        ledger = Ledger(database, types, environment, station_id, incarnation)
        if found is not None:
            _replay(ledger, source.with_suffix(".journal"), key, found.steps, progress)
        if role_of(database, operator) is Role.READER:
            raise NotAllowed("您的操作员角色不能恢复备份。")
        keys = station.load_keys(ledger)
        sending.cut_own(ledger, keys)
        station.begin_incarnation(ledger, identity.new_incarnation(environment.random))
        station.note_restored(ledger)
        steps = f"补上{found.steps}步" if found is not None else "不补流水"
        audit.note(database, environment, operator, Act.RESTORED, f"{digest_of_file(source)} {steps}")
        # Nobody is asked where this ledger comes from: it has its new incarnation already.
        openings.expect(folder, database)
    session = open_session(folder, operator, password, environment, types)
    return Restored(
        session, source, found.steps if found else 0, found.torn if found else False, found is not None
    )


def _journal_of(source: Path, key: bytes) -> journal.Reading | None:
    """The journal of a backup, if it has one and that is its own."""
    path = source.with_suffix(".journal")
    if not path.exists():
        return None
    found = journal.look(path, key)
    return found if found.mark == mark_of(source) else None


def _replay(ledger: Ledger, path: Path, key: bytes, total: int, progress: Progress | None) -> None:
    changed = indexing.Changed()
    for done, texts in enumerate(journal.steps(path, key, total)):
        if progress is not None:
            progress(done, total)
        with ledger.database.transaction():
            _Step(ledger, changed).take_in(texts)
    with ledger.database.transaction():
        _put_right(ledger, changed)
        changed.bring_up_to_date(ledger.database, ledger.types)


def _put_right(ledger: Ledger, changed: indexing.Changed) -> None:
    """What was put aside or erased in a step had counted, or stood, in the backup."""
    merger = Merger(ledger.database, ledger.types)
    for piece in aside.everything(ledger.database):
        merger.take_out(piece)
        for taken in piece:
            changed.add(taken.type, [taken.record])
        _finish(ledger, merger, changed)
    erasures = erasing.due(ledger)
    erasing.blank_stored(ledger, erasures, merger.forget(erasures))
    for erasure in erasures:
        changed.add(erasure.type, [erasure.record])
    _finish(ledger, merger, changed)


def _finish(ledger: Ledger, merger: Merger, changed: indexing.Changed) -> None:
    for type_name, shown in merger.finish(ledger.environment.since_epoch()).shown.items():
        changed.add(type_name, shown)


class _Step:
    """One step of the journal, inside one transaction."""

    def __init__(self, ledger: Ledger, changed: indexing.Changed) -> None:
        self._ledger = ledger
        self._db = ledger.database
        self._changed = changed
        self._received = received.all_spans(self._db)

    def take_in(self, texts: Iterable[bytes]) -> None:
        """Puts the rows back and merges the items among them that are new here or wait no longer."""
        positions: list[int] = []
        lines: list[int] = []
        released: dict[int, aside.Names] = {}
        for table, key, values in captured.put_back(self._db, texts):
            if table == "segment" and values is not None:
                positions.append(key[0])
            elif table == "pending" and values is not None:
                lines += range(key[0], values[0] + 1)
            elif values is None and table in ("held", "refused"):
                released.setdefault(key[0], set()).add((key[1], key[2]))
        self._follow_incarnation()
        merger = Merger(self._db, self._ledger.types)
        for found in self._items(positions):
            found.keep_numbers(self._new(found.origin, found.contents.numbers))
            self._stage(merger, found)
        for contents in self._own(self._new(self._ledger.origin, lines)):
            self._stage(merger, Sorted(contents, self._ledger.origin))
        for origin, names in released.items():
            # Of a fork one content of a number may wait no longer, and another still be refused.
            for found in self._items(segment_log.positions(self._db, origin, min(names)[0], max(names)[0])):
                found.keep_only(names)
                self._stage(merger, found)
        _finish(self._ledger, merger, self._changed)

    def _follow_incarnation(self) -> None:
        """Own lines belong to the incarnation that the ledger was in at that step."""
        ledger = self._ledger
        incarnation = ledger.meta("incarnation") or ledger.incarnation
        if incarnation != ledger.incarnation:
            ledger.incarnation = incarnation
            ledger.origin = ledger.origin_ref(ledger.station, incarnation)

    def _new(self, origin: int, numbers: Collection[int]) -> set[int]:
        """The items that were not received before this step."""
        return set(numbers) - inside(numbers, joined(self._received.get(origin, [])))

    def _items(self, positions: Iterable[int]) -> Iterator[Sorted]:
        """The items of segments."""
        for position in positions:
            origin = segment_log.origin_at(self._db, position)
            if origin is not None:
                contents = decoding.decode(*kept.read_at(self._db, position), self._ledger.types)
                yield Sorted(contents, origin)

    def _own(self, numbers: Collection[int]) -> Iterator[Contents]:
        """Own items that stand in no segment yet, read as the segments that they would be."""
        keys = station.load_keys(self._ledger)
        if not numbers:
            return
        rows = [w for w in pending.lines(self._db, min(numbers), max(numbers)) if w.number in numbers]
        for start in range(0, len(rows), MAX_LINES):
            part = rows[start : start + MAX_LINES]
            # What one step writes of a type has one shape: a register, which has its own, is a step by itself.
            shapes = {
                name: Shape.from_json(json.loads(text)[name]) for _, _, name, text in part if name and text
            }
            header, frame = segments.cut(
                self._ledger.station,
                self._ledger.incarnation,
                [(number, line) for number, line, _, _ in part],
                shapes,
                keys.sign,
                key=_ANY_KEY,
            )
            yield decoding.decode(header, segments.read(frame)[1], self._ledger.types)

    def _stage(self, merger: Merger, found: Sorted) -> None:
        """Stages the items that are looked at, without those that are refused or wait."""
        asked = found.looked_at
        if not asked:
            return
        away = aside.between(self._db, found.origin, min(asked), max(asked))
        found.drop(number for number, stamp in asked.items() if (number, stamp) in away)
        # A value that was erased says nothing any more, and a kind of a later format waits for its program.
        found.drop([c.number for c in found.wire_changes() if not c.slot or c.value is None])
        for births in found.births:
            self._changed.add(births.type, births.records)
            merger.add_births(births, found.origin)
        changes = found.changes
        for change in changes:
            self._changed.add(change.type, [change.record])
        merger.add_changes(changes)

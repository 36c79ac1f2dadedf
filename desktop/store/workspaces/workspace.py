"""A workspace: a folder with the encrypted ledger, key slots, backups and a lock; opened by one program at a time."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from desktop.errors import Problem, StateProblem
from desktop.records.declaration import Level, Role
from desktop.records.types import Catalogue
from desktop.renaming import replace
from desktop.store.ledger import Ledger
from desktop.store.queries import indexing
from desktop.store.tables.database import KEY_BYTES, Database, DatabaseError, ReadOnlyPlace, problem_of
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import making, openings
from desktop.store.workspaces.attempts import Attempts, open_slot
from desktop.store.workspaces.backups import BACKUPS as BACKUPS
from desktop.store.workspaces.copying import write_copy
from desktop.store.workspaces.drafts import Drafts
from desktop.store.workspaces.keeping import JournaledDatabase, Keeper
from desktop.store.workspaces.keys import Cost, KeySlots
from desktop.store.workspaces.openings import Doubt
from desktop.store.workspaces.operators import Operator, disable, enter, operators_in
from desktop.store.workspaces.places import refuse_network, take_lock, take_lock_to_read
from desktop.store.workspaces.unlocking import LOCK, Unlocked, slots_of
from desktop.store.workspaces.unwritable import why_unwritable

DRAFTS = "drafts.db"
_COPIED = "copied"


class Unfinished(StateProblem):
    """The workspace was being made when the program ended; nothing was recorded in it and nobody has its code."""

    exit_code = 22
    next_step = "请再新建一次，用同一个文件夹就可以。"


class InDoubt(StateProblem):
    """The ledger is not the one that was opened here last; nothing is written until a person says why."""

    exit_code = 25
    next_step = "请关闭程序再打开一次，回答它是怎么来的。"
    help_anchor = "copied"


class CopyMustEnrol(StateProblem):
    """A copy of another laptop's workspace writes nothing until it is enrolled as a laptop of its own."""

    exit_code = 26
    next_step = "请在这台电脑上导出入网申请，上级批准以后就可以录入；原来那台电脑照常使用。"
    help_anchor = "copied"


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """The unit whose workspace this is."""

    id: str
    code: str
    name: str
    level: Level


class Workspace:
    """An open workspace. Close it, or use it in a ``with`` statement."""

    def __init__(
        self,
        place: Unlocked,
        ledger: Ledger,
        operator: Operator,
        keeper: Keeper | None = None,
        unwritable: Problem | None = None,
    ) -> None:
        self.place = place
        self.folder = place.folder
        self.slots = place.slots
        self.ledger = ledger
        self.operator = operator
        self.keeper = keeper
        self.doubt: Doubt | None = None
        """Why a person has to say where this ledger comes from; see :meth:`settled`."""
        self.unwritable = unwritable
        """Why this ledger can only be read, for as long as it is open."""
        self.recovery_code: str | None = None
        """Of a workspace that was just made: to be shown once."""
        if keeper is not None:
            keeper.guard(lambda: self.refusal)

    @classmethod
    def create(
        cls,
        folder: Path,
        types: Catalogue,
        environment: Environment,
        *,
        station: str,
        incarnation: str,
        operator: str,
        password: str,
        cost: Cost | None = None,
    ) -> Workspace:
        """A new workspace with one administrator; on any error the folder is left as it was.

        Raises ``NetworkPlace``, ``WeakPassword``, and what :func:`making.clear_place` raises.
        """
        refuse_network(folder)
        there = making.clear_place(folder)
        slots = KeySlots.empty(folder)
        key = environment.random(KEY_BYTES)
        lock = take_lock(folder / LOCK)
        try:
            # Another program may have made one there in the meantime.
            making.refuse_another(folder)
        except making.AlreadyThere:
            lock.close()
            raise
        place = Unlocked(folder, lock, slots, key, types, environment)
        try:
            making.begin(folder)
            slots.put(operator, password, key, environment, cost)
            code = slots.put_code(key, environment)
            database = JournaledDatabase.open(place.ledger, key, create=True)
            ledger = Ledger(database, types, environment, station, incarnation)
            with database.transaction():
                ledger.set_meta("station", station)
                ledger.set_meta("incarnation", incarnation)
                enter(database, operator, Role.ADMIN, environment.now())
        except BaseException:
            place.lock.close()
            making.take_away(folder)
            if not there:
                with contextlib.suppress(OSError):
                    folder.rmdir()
            raise
        keeper = Keeper(place.ledger, database, key, environment)
        made = cls(place, ledger, Operator(operator, Role.ADMIN), keeper)
        made.recovery_code = code
        return made

    @classmethod
    def open(
        cls, folder: Path, types: Catalogue, environment: Environment, operator: str, password: str
    ) -> Workspace:
        """Opens a workspace for an operator, with today's backup and its journal up to now.

        Raises :class:`NoWorkspace`, :class:`Unfinished`, :class:`LedgerDamaged`, :class:`KeysDamaged`,
        :class:`OperatorDisabled`, ``InUse``, ``NetworkPlace``, ``WrongPassword``, ``NewerDatabase``. Where the disk
        is full or write-protected it opens to be read (:attr:`unwritable`).
        """
        refuse_network(folder)
        if not making.is_unfinished(folder):
            # What is no workspace gets no lock either.
            slots_of(folder)
        # First the lock: two programs that try passwords at once would have to wait no longer than one, and what is
        # being made by another is not taken for what was left half made.
        lock, why = take_lock_to_read(folder / LOCK), None
        if not lock.writable():
            why = why_unwritable(folder, ReadOnlyPlace(""))
        try:
            if making.is_unfinished(folder):
                raise Unfinished("这份台账没有建完，程序就中断了，里面什么都没有。")
            slots = slots_of(folder)
            key = open_slot(folder, slots, operator, password, environment)
            place = Unlocked(folder, lock, slots, key, types, environment)
            if why is None:
                try:
                    return cls._to_write(place, operator)
                except (OSError, DatabaseError, Problem) as error:
                    why = why_unwritable(folder, error)
                    if why is None:
                        raise
            return cls(place, *place.open_to_read(operator, why), unwritable=why)
        except BaseException as error:
            lock.close()
            problem = problem_of(error) if isinstance(error, DatabaseError) else None
            if problem is not None:
                raise problem from error
            raise

    @classmethod
    def _to_write(cls, place: Unlocked, operator: str) -> Workspace:
        """With backup and journal; on any error nothing of it stays open but the lock."""
        ledger, role, keeper = place.open_to_write(operator)
        try:
            workspace = cls(place, ledger, role, keeper)
            workspace.doubt = openings.doubt(place.folder, ledger.database)
            workspace._note_opening()
        except BaseException:
            keeper.let_go()
            ledger.database.close()
            raise
        return workspace

    @property
    def unit(self) -> OwnUnit:
        """The unit whose workspace this is."""
        values = [self.ledger.meta(f"unit_{part}") or "" for part in ("id", "code", "name", "level")]
        return OwnUnit(values[0], values[1], values[2], Level(values[3]))

    @property
    def attempts(self) -> Attempts:
        """The wrong passwords that were tried."""
        return Attempts(self.folder)

    def set_unit(self, unit: OwnUnit) -> None:
        """Says whose workspace this is."""
        with self.ledger.database.transaction():
            for part, value in (
                ("id", unit.id),
                ("code", unit.code),
                ("name", unit.name),
                ("level", unit.level.value),
            ):
                self.ledger.set_meta(f"unit_{part}", value)

    def keep(self) -> None:
        """Begins backup and journal of a new workspace, when all that belongs to it stands."""
        making.end(self.folder)
        if self.keeper is not None:
            self.keeper.start_new()
            self._note_opening()

    @property
    def key(self) -> bytes:
        """The key of the workspace, for who seals it to the level above."""
        return self.place.key

    # -- where the ledger comes from -------------------------------------------------------------------------------

    def settled(self, *, copied: bool) -> None:
        """A person has said where the ledger comes from; of a copy, that it has to be enrolled before it writes."""
        self.ledger.set_meta(_COPIED, "1" if copied else "")
        self.doubt = None
        if copied and self.keeper is not None:
            self.keeper.begin_anew()
        self._note_opening()

    @property
    def must_enrol(self) -> bool:
        """Whether this is a copy that is not enrolled as a laptop of its own yet."""
        return bool(self.ledger.meta(_COPIED)) and self.ledger.meta("chain") in (None, "[]")

    @property
    def only_shown(self) -> Problem | None:
        """Why nothing is written for as long as it is open: its disk, or nobody has said where it comes from."""
        if self.unwritable is None and self.doubt is not None:
            return InDoubt(self.doubt.sentence + "没有说明是怎么来的，现在只能看，不能保存。")
        return self.unwritable

    @property
    def refusal(self) -> Problem | None:
        """Why nothing may be written now, if anything is in the way."""
        if self.only_shown is not None:
            return self.only_shown
        if self.must_enrol:
            return CopyMustEnrol("这是从另一台电脑复制来的台账，办好入网以前只能看，不能录入。")
        return None

    def _note_opening(self) -> None:
        """Leaves a new mark beside the ledger and in it; not while it is in doubt, or the doubt would be forgotten."""
        if self.keeper is not None and self.doubt is None:
            self.keeper.unseen(lambda: openings.mark(self.folder, self.ledger.database))

    def shred(self, *, destroy_backups: bool = False) -> bool:
        """After an erasure: nothing of it stays in the search index, in free pages or in today's backup; whether so.

        Raises what the engine and the system raise where the disk does not let it be done.
        """
        indexing.purge(self.ledger.database, self.ledger.types)
        alone = Database.open(self.place.ledger, self.place.key)
        try:
            emptied = alone.shred()
        finally:
            alone.close()
        return emptied and (self.keeper is None or self.keeper.renew(destroy=destroy_backups))

    def reader(self) -> Database:
        """A read-only connection of its own, for another thread; the caller closes it."""
        unwritable = self.unwritable is not None
        return Database.open(self.place.ledger, self.place.key, read_only=True, unwritable=unwritable)

    def drafts(self) -> Drafts:
        """What is being typed, in a small file of its own, so that nothing that runs can stop typing.

        In memory where nothing can be written: what is typed there, such as words to search for, cannot be saved.
        """
        if self.unwritable is not None:
            return Drafts(Database.open(None, self.place.key))
        return Drafts(Database.open(self.folder / DRAFTS, self.place.key, create=True))

    def add_operator(self, name: str, password: str | None, role: Role, cost: Cost | None = None) -> None:
        """A further operator; of one who is there the role, and the password where one is given.

        Row and slot are one step where it is done within ``KeySlots.with_step``.
        """
        if password is not None:
            self.slots.put(name, password, self.place.key, self.ledger.environment, cost)
        with self.ledger.database.transaction():
            enter(self.ledger.database, name, role, self.ledger.environment.now())

    def disable_operator(self, name: str) -> None:
        """Takes an operator's key slot away; the name stays on what was written."""
        with self.ledger.database.transaction():
            disable(self.ledger.database, name)
        self.slots.remove(name)

    def operators(self) -> list[tuple[str, Role, bool]]:
        """Name, role and whether disabled, of everybody who works or worked here."""
        return operators_in(self.ledger.database)

    def backup(self, target: Path) -> None:
        """A whole copy of the ledger under the same key, written beside and renamed."""
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + ".new")
        write_copy(self.place.ledger, self.place.key, beside)
        replace(beside, target)

    def check(self) -> list[str]:
        """What is wrong with the file, in the engine's words; empty when it is sound."""
        database = self.ledger.database
        words = [str(w) for (w,) in database.rows("PRAGMA cipher_integrity_check")]
        words += [str(w) for (w,) in database.rows("PRAGMA integrity_check") if w != "ok"]
        return words

    def discard(self) -> None:
        """Closes a workspace that could not be finished and takes its files away."""
        self.close()
        making.take_away(self.folder)

    def close(self) -> None:
        """Closes the ledger and its journal, and gives the workspace free.

        What fails here is not told, and takes nothing away: each step is in the journal, and one that was not closed in
        order has a fresh backup made when it is opened next, which tells what is damaged. What it is restored from must
        not be held.
        """
        if self.keeper is not None:
            with contextlib.suppress(OSError, DatabaseError, Problem):
                # Once more, so that a copy that was made in the meantime is not taken for the ledger as it was closed.
                self._note_opening()
                self.keeper.close()
        self.let_go()

    def let_go(self) -> None:
        """Gives free a workspace that cannot be worked in after all; nothing is said of how it was closed.

        One that stayed open in a program that goes on could not be restored there.
        """
        if self.keeper is not None:
            self.keeper.let_go()
        self.ledger.database.close()
        self.place.lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

"""A workspace whose lock is held and whose key is known, and the ways in which its ledger is opened there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from desktop.errors import Problem, StateProblem, UsageProblem
from desktop.records.types import Catalogue
from desktop.store.ledger import Ledger
from desktop.store.tables import schema
from desktop.store.tables.database import Database, LedgerDamaged, WrongKey
from desktop.store.tables.environment import Environment
from desktop.store.workspaces.keeping import JournaledDatabase, Keeper
from desktop.store.workspaces.keys import FILE as KEY_SLOTS
from desktop.store.workspaces.keys import KeySlots
from desktop.store.workspaces.operators import Operator, role_of
from desktop.store.workspaces.places import refuse_network, take_lock
from desktop.store.workspaces.unwritable import UnwritableDatabase, before_this_edition

LEDGER = "ledger.db"
LOCK = "workspace.lock"


class NoWorkspace(UsageProblem):
    """The folder is no workspace."""

    next_step = "请检查文件夹，或者先新建台账。"


class KeysDamaged(StateProblem):
    """The file of key slots is gone or cannot be read."""

    exit_code = 15
    next_step = "请把以前另存的 keys.json 拷回台账文件夹，数据本身没有改动。"
    help_anchor = "backup"


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What a workspace is opened with: its folder, the lock on it, its key slots, and the key that one of them gave.

    ``types`` and ``environment`` are those of the program. Whoever made it closes the lock.
    """

    folder: Path
    lock: IO[bytes]
    slots: KeySlots
    key: bytes
    types: Catalogue
    environment: Environment

    @property
    def ledger(self) -> Path:
        """Where the ledger lies."""
        return self.folder / LEDGER

    def open_to_write(self, operator: str) -> tuple[Ledger, Operator, Keeper]:
        """The ledger for an operator with today's backup and its journal up to now; the tables are those of today."""
        database = open_ledger(self.ledger, self.key)
        keeper = Keeper(self.ledger, database, self.key, self.environment)
        try:
            role = role_of(database, operator)
            version = int(database.value("PRAGMA user_version"))
            if version <= schema.VERSION:
                keeper.start(fresh=version < schema.VERSION)
            ledger = self._ledger_in(database)
            if version < schema.VERSION:
                keeper.follow_tables()
        except BaseException:
            keeper.let_go()
            database.close()
            raise
        return ledger, Operator(operator, role), keeper

    def open_to_read(self, operator: str, why: Problem) -> tuple[Ledger, Operator]:
        """As it stands, without backup and journal. Raises the like of ``why`` for a ledger of an earlier edition."""
        database = UnwritableDatabase.open(self.ledger, self.key, unwritable=True)
        database.why = why
        try:
            return self._ledger_in(database), Operator(operator, role_of(database, operator))
        except BaseException as error:
            database.close()
            if error is why:
                raise before_this_edition(why) from error
            raise

    def _ledger_in(self, database: Database) -> Ledger:
        station, incarnation = (
            str(database.value("SELECT value FROM meta WHERE key = ?", (name,)))
            for name in ("station", "incarnation")
        )
        return Ledger(database, self.types, self.environment, station, incarnation)


def slots_of(folder: Path) -> KeySlots:
    """The key slots of a workspace. Raises :class:`NoWorkspace` and :class:`KeysDamaged`."""
    if not (folder / KEY_SLOTS).exists():
        if (folder / LEDGER).exists():
            raise KeysDamaged("台账的口令文件不见了。")
        raise NoWorkspace(f"“{folder.name}”不是一份台账。")
    try:
        return KeySlots.load(folder)
    except (ValueError, KeyError) as error:
        raise KeysDamaged("台账的口令文件已经损坏。") from error


@contextlib.contextmanager
def slots_to_change(folder: Path) -> Iterator[KeySlots]:
    """The key slots of a workspace that nobody has open. Raises as :func:`slots_of`, ``InUse``, ``NetworkPlace``."""
    refuse_network(folder)
    slots_of(folder)
    with take_lock(folder / LOCK):
        yield slots_of(folder)


def open_ledger(path: Path, key: bytes) -> JournaledDatabase:
    """The ledger of a workspace whose key is known to be right, so that a file that does not open is damaged."""
    if not path.exists():
        raise LedgerDamaged("台账的数据库文件不见了。", "请从备份恢复；备份在台账的 backups 文件夹里。")
    if path.stat().st_size == 0 and not path.with_name(path.name + "-wal").exists():
        raise LedgerDamaged("台账的数据库文件是空的，可能已经损坏。")
    try:
        database = JournaledDatabase.open(path, key)
    except WrongKey as error:
        raise LedgerDamaged("台账的数据库文件打不开，可能已经损坏。") from error
    try:
        if database.row("SELECT 1 FROM sqlite_master WHERE name = 'meta'") is None:
            raise LedgerDamaged("台账的数据库文件里没有内容，可能已经损坏。")
    except BaseException:
        database.close()
        raise
    return database

"""The encrypted database file: opening with a raw key, transactions, and sqlite-utils on the same connection.

The only module that imports ``sqlite_utils``, after making SQLCipher's driver the one it finds, so that exception
types match; and only when a table is changed, because loading it takes longer than opening a ledger.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import sqlite3
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import sqlcipher3
import sqlcipher3.dbapi2 as sqlcipher

from desktop.errors import EnvironmentProblem, Problem, StateProblem
from desktop.store.tables import totals
from desktop.store.tables.pinyin import sort_key, sound_key

if TYPE_CHECKING:
    import sqlite_utils

KEY_BYTES = 32
CACHE_KIB = 65_536
"""Page cache in KiB. It matters more than anything else: with 2 MB, inserts cost four times as much."""
CACHE_OF_MUCH_KIB = 131_072
"""The same in a transaction that changes rows everywhere, or builds indexes: each reads its whole table."""
CACHE_TO_WRITE_KIB = 4_096
"""The same where what is read shall take the place of what is not written yet."""
LOG_PAGES = 16_384
"""Pages (64 MB) that the log beside the file may hold before whoever saves waits until they are copied into the file
as well. What is durable is so by the log; closing the ledger copies the rest, and nobody waits for that."""

WITHOUT_LOCKS = "win32-none" if sys.platform == "win32" else "unix-none"
"""The engine's way to files of which nobody holds a lock."""

STATEMENTS = 512
"""Prepared statements that are kept; one save runs more than the driver's usual 128, and would prepare all anew."""

Connection: TypeAlias = sqlcipher.Connection
DatabaseError = sqlcipher.DatabaseError
Row = tuple[Any, ...]


class WrongKey(StateProblem):
    """The file does not open with this key."""

    exit_code = 15
    next_step = "如果确认口令正确，请从备份恢复。"


class DiskFull(EnvironmentProblem):
    """There is no room left."""

    exit_code = 30
    next_step = "请清理磁盘后再试，已经保存的内容都在。"


class ReadOnlyPlace(EnvironmentProblem):
    """The folder or stick cannot be written."""

    exit_code = 31
    next_step = "请检查U盘写保护开关或文件夹权限。"


class Busy(StateProblem):
    """Another program holds the file."""

    exit_code = 23
    next_step = "请先关闭正在使用它的程序，再试一次。"


class LedgerDamaged(StateProblem):
    """The file is gone or not what it was; the key slots say that the password was right."""

    exit_code = 15
    next_step = "请不要再往里录入：关闭程序，先把整个文件夹拷一份，再在登录页从备份恢复。"
    help_anchor = "backup"


class DiskTrouble(EnvironmentProblem):
    """Reading or writing failed and the engine does not know why; a full disk is the usual cause when it opens."""

    exit_code = 30
    next_step = "请先看看磁盘是不是满了，腾出空间再试。有空间还是这样，请把整个文件夹拷到别的磁盘上。"


class CommitInDoubt(DiskTrouble):
    """The end of a transaction failed: what it wrote may be found whole when the file is opened again, or not at all.

    The mark by which it counts stands in the log before the disk has confirmed it.
    """

    next_step = "请先腾出磁盘空间，关闭程序再打开，看看这一步在不在；不在的再做一次，免得做两遍。"


class Interrupted(Exception):
    """A statement was given up because nobody waits for what it finds."""


class Database:
    """One connection to an encrypted file, in WAL mode; statements outside :meth:`transaction` commit by themselves.

    A plus stands before a parameter that the engine is not to look at: where it is compared with a column by which an
    index is partial (``version.type`` and ``slot``, ``held.reason``), the statement would be compiled anew each time
    that it is used, which takes longer than most of them run. For a limit as well, which is written out.
    """

    def __init__(self, connection: Connection, path: Path | None) -> None:
        self.connection = connection
        self.path = path
        self._much = False
        self._undoing: list[Callable[[], None]] = []

    @cached_property
    def utils(self) -> sqlite_utils.Database:
        """What changes tables; it reads its parts from no plug-in of the machine."""
        sys.modules.setdefault("pysqlite3", sqlcipher3)
        sys.modules.setdefault("pysqlite3.dbapi2", sqlcipher)
        import sqlite_utils  # only after the alias

        return sqlite_utils.Database(self.connection, recursive_triggers=False, execute_plugins=False)

    @classmethod
    def open(
        cls,
        path: Path | None,
        key: bytes,
        *,
        read_only: bool = False,
        create: bool = False,
        unwritable: bool = False,
    ) -> Self:
        """Opens a file with its raw 32-byte key; no path means memory, which tests use.

        ``unwritable`` is for a place where nothing can be written, not even the engine's index of its log; the caller
        knows that nobody else writes there.

        Raises :class:`WrongKey` for a wrong key or a file that is no database, :class:`ReadOnlyPlace`, and
        ``FileNotFoundError`` when there is no such file and ``create`` is not set.
        """
        if path is not None and not create and not path.exists():
            raise FileNotFoundError(errno.ENOENT, "no such database", str(path))
        target = ":memory:"
        if path is not None:
            how = _as_it_stands(path) if unwritable else "?mode=ro" if read_only else ""
            target = path.absolute().as_uri() + how
        connection = sqlcipher.connect(
            target, uri=path is not None, isolation_level=None, check_same_thread=False,
            cached_statements=STATEMENTS,
        )  # fmt: skip
        # Its own words on standard error are English and say nothing to a user; the exception says it all.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        if unwritable:
            # Alone with the file the engine keeps the index of its log in memory.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        database = cls(connection, path)
        try:
            database._begin(path is not None and not read_only and not unwritable)
        except BaseException:
            # What was raised may be kept for long, and Windows moves no file that somebody has open: none was restored.
            connection.close()
            raise
        return database

    def _begin(self, writes: bool) -> None:
        """Looks whether it is a database, and says how it is worked with."""
        connection = self.connection
        connection.create_function("sort_key", 1, sort_key, deterministic=True)
        connection.create_function("sound_key", 1, sound_key, deterministic=True)
        connection.create_function("sha256", 1, _sha256, deterministic=True)
        connection.create_aggregate(totals.FUNCTION, 1, totals.DecimalTotal)
        with translated():
            try:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except DatabaseError as error:
                if "not a database" not in str(error):
                    raise
                raise WrongKey("数据库打不开：密钥不对，或者文件已经损坏。") from error
            self._expect(CACHE_KIB, LOG_PAGES)
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA busy_timeout = 5000")
            connection.execute("PRAGMA secure_delete = ON")
            if writes:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")

    def close(self) -> None:
        """Closes the connection; the log file is folded in by SQLite when it was the last one."""
        self.connection.close()

    def execute(self, sql: str, parameters: Any = ()) -> sqlcipher.Cursor:
        """Runs one statement."""
        return self.connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Any = ()) -> list[Row]:
        """All rows of a query."""
        found: list[Row] = self.connection.execute(sql, parameters).fetchall()
        return found

    def row(self, sql: str, parameters: Any = ()) -> Row | None:
        """The first row of a query, if any."""
        found: Row | None = self.connection.execute(sql, parameters).fetchone()
        return found

    def shred(self) -> bool:
        """Leaves nothing of what was deleted in free pages or in the log beside the file; outside a transaction.

        Whether the log could be emptied: not while somebody reads. Where there is no room for a new file, which is
        raised, the log goes all the same. On a connection that is closed after it: its temporary tables are lost.
        """
        # The new file would lie in memory, as large as it is. On the disk it has the key of this one, and of nothing
        # else that the engine may put aside there is any.
        self.execute("PRAGMA temp_store = FILE")
        self.read_once()
        try:
            self.execute("VACUUM")
        finally:
            emptied = bool(self.value("PRAGMA wal_checkpoint(TRUNCATE)") == 0)
        return emptied

    def value(self, sql: str, parameters: Any = ()) -> Any:
        """The first value of the first row, or nothing."""
        found = self.row(sql, parameters)
        return None if found is None else found[0]

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a transaction inside another one is part of it."""
        if self.connection.in_transaction:
            yield
            return
        with translated():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._commit()
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                for undo in reversed(self._undoing):
                    undo()
                raise
            finally:
                self._undoing.clear()
                if self._much:
                    self._expect(CACHE_KIB, LOG_PAGES)
                    self._much = False

    def _commit(self) -> None:
        try:
            self.connection.execute("COMMIT")
        except DatabaseError as error:
            if isinstance(problem_of(error), DiskTrouble):
                raise CommitInDoubt("磁盘读写出错，这一步存上没有还不一定。") from error
            raise

    def if_undone(self, undo: Callable[[], None]) -> None:
        """Has something put back that is remembered outside the database, should this transaction not stand."""
        self._undoing.append(undo)

    def expect_much(self, *, new: bool = False) -> None:
        """The transaction will write very much: until it ends it may take more memory.

        Whoever waits for it does not wait until all is in the file as well; the next one that is committed copies it.
        ``new``: for now it writes new rows alone and reads nothing again, which takes no more memory than usual.
        """
        self._much = True
        self._expect(CACHE_KIB if new else CACHE_OF_MUCH_KIB, 0)

    @contextlib.contextmanager
    def writing_out(self) -> Iterator[None]:
        """What is read inside makes the engine write pages that it would keep until the end of the transaction.

        Such pages may fill nine tenths of the memory, and a table that does not fit into the last tenth is read and
        decrypted anew as often as somebody goes through it.
        """
        usual = self.value("PRAGMA cache_size")
        self.execute(f"PRAGMA cache_size = -{CACHE_TO_WRITE_KIB}")
        try:
            yield
        finally:
            self.execute(f"PRAGMA cache_size = {usual}")

    def read_once(self) -> None:
        """Every page will be gone through once, in its order: none is kept in memory for long.

        To write the whole file anew the engine takes as much for the new one, beside what the usual connection has.
        """
        self.execute(f"PRAGMA cache_size = -{CACHE_TO_WRITE_KIB}")

    def _expect(self, cache: int, log: int) -> None:
        self.connection.execute(f"PRAGMA cache_size = -{cache}")
        self.connection.execute(f"PRAGMA wal_autocheckpoint = {log}")

    def on_progress(self, handler: Callable[[], int] | None, every: int = 20_000) -> None:
        """Calls the handler every so many steps of the engine; an answer of 1 interrupts the statement."""
        self.connection.set_progress_handler(handler, every)

    @contextlib.contextmanager
    def while_wanted(self, wanted: Callable[[], bool]) -> Iterator[None]:
        """Reading that is given up within moments of being wanted no longer; raises :class:`Interrupted` then."""
        self.on_progress(lambda: 0 if wanted() else 1)
        try:
            yield
        except DatabaseError as error:
            if str(error) != "interrupted":
                raise
            raise Interrupted from error
        finally:
            self.on_progress(None)


def _sha256(text: str) -> bytes:
    """What stands for a value where very many are compared, of which each may be megabytes."""
    return hashlib.sha256(text.encode()).digest()


def _as_it_stands(path: Path) -> str:
    """How a file is read where nothing can be written: with what its log holds beside it, if that is there."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        return f"?mode=ro&vfs={WITHOUT_LOCKS}"
    return "?mode=ro&immutable=1"


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turns what the environment does to a database into errors that a user can act on."""
    try:
        yield
    except (sqlcipher.DatabaseError, sqlite3.DatabaseError) as error:
        problem = problem_of(error)
        if problem is None:
            raise
        raise problem from error


def problem_of(error: Exception) -> Problem | None:
    """What a user is told of an error of the engine; nothing for one that only a mistake of ours explains."""
    if not isinstance(error, (sqlcipher.DatabaseError, sqlite3.DatabaseError)):
        return None
    message = str(error)
    if "full" in message:
        return DiskFull("台账所在的磁盘满了，这一步没有做完。")
    if "readonly" in message or "read-only" in message:
        return ReadOnlyPlace("这个位置不能写入，这一步没有保存。")
    if "locked" in message or "busy" in message:
        return Busy("数据正被另一个程序使用。")
    if "disk I/O" in message or "unable to open" in message:
        return DiskTrouble("磁盘读写出错，这一步没有做完。")
    if "malformed" in message or "not a database" in message:
        return LedgerDamaged("数据库文件有一部分读不出来，可能已经损坏。")
    return None

"""A disk without room, or one that is write-protected: a ledger opens there to be read, and says what to do."""

from __future__ import annotations

import dataclasses
import errno
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from types import NoneType, SimpleNamespace
from typing import Any, NoReturn

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from desktop.operations.recording import records
from desktop.operations.session import Session, open_session
from desktop.operations.workspaces import operators
from desktop.operations.workspaces.operators import LastAdministrator, NoOperator
from desktop.records.declaration import Level, Role
from desktop.records.duties import HEAD
from desktop.records.types import Catalogue, catalogue
from desktop.store.queries import reading
from desktop.store.tables.database import CommitInDoubt, Database, DiskFull, DiskTrouble, ReadOnlyPlace
from desktop.store.workspaces.keeping import Keeper, NotKept
from desktop.store.workspaces.keys import FILE as KEY_SLOTS
from desktop.store.workspaces.keys import KeySlots
from desktop.store.workspaces.unwritable import NoRoomToWrite, NothingWritten, why_unwritable
from tests.cli.calling import CHEAP, OPERATOR, PASSWORD, make, run
from tests.operations import stations
from tests.operations.disks import let_fail

FULL = sqlcipher.OperationalError("disk I/O error")


def names_in(session: Session) -> list[str]:
    """The names of the employers, as a list reads them."""
    reader = session.reader()
    try:
        found = reading.records(reader, session.types, reading.Query("enterprise"))
        return [str(record.values["name"]) for record in found]
    finally:
        reader.close()


@pytest.mark.parametrize(
    ("error", "free", "why"),
    [
        (FULL, 0, NoRoomToWrite),
        (sqlcipher.OperationalError("database or disk is full"), 0, NoRoomToWrite),
        (OSError(errno.ENOSPC, "no space"), 0, NoRoomToWrite),
        (sqlcipher.OperationalError("attempt to write a readonly database"), 1 << 30, NothingWritten),
        (ReadOnlyPlace(""), 1 << 30, NothingWritten),
        (FULL, 1 << 30, NoneType),
        (FULL, None, NoneType),
        (ValueError("not of the disk"), 0, NoneType),
    ],
)
def test_why_nothing_can_be_written_is_told_from_other_failures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, free: int | None, why: type
) -> None:
    """The engine says "disk I/O error" of a full disk; a person has to know what to do, and what to leave alone."""
    let_fail(monkeypatch, error, free)
    assert type(why_unwritable(tmp_path, error)) is why


@pytest.mark.parametrize("there", [False, True])
def test_what_could_not_be_founded_leaves_the_place_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    if there:
        (tmp_path / "村").mkdir()

    def full(*_: object) -> NoReturn:
        raise DiskFull("磁盘满了。")

    monkeypatch.setattr(KeySlots, "put_code", full)
    with pytest.raises(DiskFull):
        stations.station(tmp_path, "330110109222", "村", Level.VILLAGE)
    assert [path.name for path in tmp_path.rglob("*")] == ["村"] * there


def test_a_ledger_on_a_disk_where_nothing_can_be_written_opens_to_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(tmp_path / "town")
    with open_session(folder, OPERATOR, PASSWORD).workspace as opened:
        records.save(Session(opened), "enterprise", {"name": "杭州示例厂"})
        # As it lies there when the program was killed, with what only the engine's log holds so far.
        killed = tmp_path / "killed"
        shutil.copytree(folder, killed)
    (killed / "ledger.db-shm").unlink()
    assert (killed / "ledger.db-wal").stat().st_size
    let_fail(monkeypatch, FULL)
    for place in (killed, folder):
        before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
        session = open_session(place, OPERATOR, PASSWORD)
        with session.workspace:
            assert isinstance(session.workspace.unwritable, NoRoomToWrite)
            assert names_in(session) == ["杭州示例厂"]
            assert not session.may_write(session.types["enterprise"])
            with pytest.raises(NoRoomToWrite, match="只能看"):
                records.save(session, "enterprise", {"name": "杭州另一厂"})
            with pytest.raises(NoRoomToWrite, match="只能看"), session.database.transaction():
                session.ledger.set_meta("a", "b")
            session.workspace.drafts().close()
        assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == before, "it is left as it was"


def test_a_ledger_of_an_earlier_edition_says_that_it_must_be_written_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(tmp_path / "town")
    earlier = catalogue()
    later = Catalogue({**earlier, "later": dataclasses.replace(earlier["visit"], name="later")})
    let_fail(monkeypatch, FULL)
    with pytest.raises(NoRoomToWrite, match="较早版本") as told:
        open_session(folder, OPERATOR, PASSWORD, types=later)
    assert "只能看" not in str(told.value)


def test_a_failure_that_no_lack_of_room_explains_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(tmp_path / "town")
    let_fail(monkeypatch, FULL, 1 << 30)
    with pytest.raises(DiskTrouble):
        open_session(folder, OPERATOR, PASSWORD)


def test_commands_that_read_say_so_beside_their_answer_and_those_that_write_do_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(tmp_path / "town")
    let_fail(monkeypatch, FULL)
    told = run("list", folder, "enterprise")
    assert told.exit_code == 0
    assert "一个也不要删" in told.stderr
    told = run("record", folder, "enterprise", lines='{"name": "厂"}')
    assert told.exit_code == NoRoomToWrite.exit_code
    assert "只能看" in told.stderr


def test_a_ledger_that_does_not_open_to_be_written_leaves_no_journal_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk may become full while a ledger is opened, when its journal has begun already."""
    folder = make(tmp_path / "town")
    before = set(threading.enumerate())

    def fail(_folder: Path, _database: Database) -> NoReturn:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr("desktop.store.workspaces.openings.mark", fail)
    monkeypatch.setattr(
        "desktop.store.workspaces.places.shutil.disk_usage", lambda _: SimpleNamespace(free=0)
    )
    with open_session(folder, OPERATOR, PASSWORD).workspace as opened:
        assert isinstance(opened.unwritable, NoRoomToWrite)
        assert set(threading.enumerate()) <= before
    monkeypatch.undo()
    with open_session(folder, OPERATOR, PASSWORD).workspace as opened:
        assert opened.unwritable is None
        assert opened.doubt is None


OPERATOR_STEPS: dict[str, Callable[[Session], None]] = {
    "a new one": lambda s: operators.put(s, "小李", Role.EDITOR, "password2", CHEAP, duty=HEAD),
    "another password": lambda s: operators.put(s, OPERATOR, Role.ADMIN, "password2", CHEAP),
    "the own password": lambda s: operators.change_own_password(s, PASSWORD, "password2", CHEAP),
    "disabled": lambda s: operators.disable(s, "小张"),
}


@pytest.mark.parametrize("step", OPERATOR_STEPS)
@pytest.mark.parametrize("where", ["log", "file"])
def test_of_a_change_of_operators_that_found_no_room_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, where: str
) -> None:
    """A key slot without an operator stood in the list of who may log in, and a new password counted untold."""
    folder = make(tmp_path / "town")
    with open_session(folder, OPERATOR, PASSWORD).workspace as opened:
        session = Session(opened)
        operators.put(session, "小张", Role.EDITOR, "password3", CHEAP)
        before = (folder / KEY_SLOTS).read_bytes(), operators.listed(session.database), opened.slots.names

        def full(*_: object, **__: object) -> NoReturn:
            raise OSError(errno.ENOSPC, "no space")

        places = {"log": "desktop.store.workspaces.audit.note", "file": "desktop.renaming.os.fsync"}
        with monkeypatch.context() as disk:
            disk.setattr(places[where], full)
            with pytest.raises(OSError, match="no space"):
                OPERATOR_STEPS[step](session)
        after = (folder / KEY_SLOTS).read_bytes(), operators.listed(session.database), opened.slots.names
        assert after == before
        assert not operators.duties(session.database)
        # Nor does it come in with what is written there next.
        opened.slots.note("owed", [])
    assert set(json.loads((folder / KEY_SLOTS).read_bytes())["slots"]) == {OPERATOR, "小张"}
    open_session(folder, OPERATOR, PASSWORD).workspace.close()


def test_who_has_no_password_yet_does_not_stay_as_the_last_administrator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program was killed between the ledger's word and the file of key slots, or that could not be renamed."""

    def fail(_beside: Path, _path: Path) -> NoReturn:
        raise OSError(errno.EIO, "gone")

    with open_session(make(tmp_path / "town"), OPERATOR, PASSWORD).workspace as opened:
        session = Session(opened)
        with monkeypatch.context() as disk:
            disk.setattr("desktop.store.workspaces.keys.take_place", fail)
            with pytest.raises(OSError, match="gone"):
                operators.put(session, "小李", Role.ADMIN, "password2", CHEAP)
        with pytest.raises(LastAdministrator):
            operators.disable(session, OPERATOR)
        operators.put(session, "小李", Role.ADMIN, "password2", CHEAP)
        operators.disable(session, OPERATOR)


def test_disabling_that_was_cut_off_is_finished_by_doing_it_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The former password still unlocked the file, and “no such operator” was all that was said."""

    def fail(_beside: Path, _path: Path) -> NoReturn:
        raise OSError(errno.EIO, "gone")

    folder = make(tmp_path / "town")
    with open_session(folder, OPERATOR, PASSWORD).workspace as opened:
        session = Session(opened)
        operators.put(session, "小张", Role.EDITOR, "password3", CHEAP)
        with monkeypatch.context() as disk:
            disk.setattr("desktop.store.workspaces.keys.take_place", fail)
            with pytest.raises(OSError, match="gone"):
                operators.disable(session, "小张")
        assert operators.half_disabled(operators.listed(session.database), opened.slots.names) == {"小张"}
        operators.disable(session, "小张")
        assert (operators.with_passwords(folder), opened.slots.names) == ((OPERATOR,), (OPERATOR,))
        with pytest.raises(NoOperator):
            operators.disable(session, "小张")


class Unconfirmed:
    """A connection to a disk that fails at the end of a transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, statement: str, *given: Any) -> Any:
        if statement == "COMMIT":
            raise FULL
        return self._connection.execute(statement, *given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def test_a_step_whose_end_the_disk_did_not_confirm_is_told_neither_as_done_nor_as_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened again it was there, though “not done” had been said, and was done twice."""
    with open_session(make(tmp_path / "town"), OPERATOR, PASSWORD).workspace as opened:
        session = Session(opened)
        with monkeypatch.context() as disk:
            disk.setattr(session.database, "connection", Unconfirmed(session.database.connection))
            with pytest.raises(CommitInDoubt, match="存上没有还不一定"):
                records.save(session, "enterprise", {"name": "杭州一厂"})
        assert names_in(session) == []
        records.save(session, "enterprise", {"name": "杭州一厂"})


def test_beside_a_step_that_was_not_done_nobody_hears_that_nothing_need_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every write failed, “saved, only the backup lags” stood above “not done”."""
    folder = make(tmp_path / "town")
    lags = NotKept("备份没有跟上：磁盘快满了。")
    monkeypatch.setattr(Keeper, "trouble", property(lambda _keeper: lags))
    assert "不用重新录入" in run("record", folder, "enterprise", lines='{"name": "厂"}').stderr

    def fail(*_: object, **__: object) -> NoReturn:
        raise DiskTrouble("磁盘读写出错，这一步没有做完。")

    monkeypatch.setattr(Database, "_commit", fail)
    told = run("record", folder, "enterprise", lines='{"name": "又一厂"}').stderr
    assert ("这一步没有做完" in told, "不用重新录入" in told) == (True, False)

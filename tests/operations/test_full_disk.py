"""A disk without room, or one that is write-protected: a ledger opens there to be read, and says what to do."""

from __future__ import annotations

import dataclasses
import errno
import shutil
import threading
from pathlib import Path
from types import NoneType, SimpleNamespace
from typing import NoReturn

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from desktop.operations.recording import records
from desktop.operations.session import Session, open_session
from desktop.records.declaration import Level
from desktop.records.types import Catalogue, catalogue
from desktop.store.queries import reading
from desktop.store.tables.database import Database, DiskFull, DiskTrouble, ReadOnlyPlace
from desktop.store.workspaces.keys import KeySlots
from desktop.store.workspaces.unwritable import NoRoomToWrite, NothingWritten, why_unwritable
from tests.cli.calling import OPERATOR, PASSWORD, make, run
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

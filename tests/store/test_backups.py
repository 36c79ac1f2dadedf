"""The keeper of backups: a new day, a kill at the worst moment, a full disk; the ledger is always ahead or equal."""

from __future__ import annotations

import datetime
import errno
import io
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from desktop.errors import Problem
from desktop.operations.recording import records
from desktop.operations.session import Session, open_session
from desktop.operations.stations import exchange
from desktop.operations.workspaces import restoring
from desktop.records.declaration import Level
from desktop.store.queries import reading
from desktop.store.queries.reading import Query, Record
from desktop.store.tables import schema
from desktop.store.tables.clock import WrongClock
from desktop.store.tables.environment import Environment
from desktop.store.tables.schema import NewerDatabase
from desktop.store.workspaces import backups, copying, keeping
from desktop.store.workspaces.backups import BACKUPS, backups_of, followed, last_day, most
from desktop.store.workspaces.keeping import RETRY_MS, NotKept
from desktop.store.workspaces.unlocking import LEDGER
from tests.killing import ENDED
from tests.operations.stations import START, repeatable, station

ROOT = Path(__file__).parents[2]
DAY = 86_400_000


class Calendar:
    """A clock that a test sets; it goes on by a millisecond a look."""

    def __init__(self) -> None:
        self.at = START

    def environment(self) -> Environment:
        def now() -> int:
            self.at += 1
            return self.at

        return Environment(now, os.urandom)


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def village(tmp_path: Path, calendar: Calendar) -> Session:
    made = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    made.workspace.close()
    return open_session(made.workspace.folder, "王芳", "password1", calendar.environment())


def names(session: Session) -> list[str]:
    return sorted(b.path.name for b in backups_of(session.workspace.folder))


def lost_and_restored(session: Session, copy: Path) -> str:
    """The digest of a copy of the workspace as it lies on the disk now, without its ledger, restored."""
    keeper = session.workspace.keeper
    assert keeper is not None
    keeper.wait()
    shutil.copytree(session.workspace.folder, copy)
    for rest in copy.glob(LEDGER + "*"):
        rest.unlink()
    restored = restoring.restore(copy, None, "王芳", "password1", repeatable("copy", START + 40 * DAY))
    found = exchange.digest(restored.session).sha256
    restored.session.workspace.close()
    return found


def test_opening_makes_one_backup_a_day_and_goes_on_with_its_journal(tmp_path: Path) -> None:
    made = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    made.workspace.close()
    for seed in ("a", "b"):
        again = open_session(made.workspace.folder, "王芳", "password1", repeatable(seed))
        records.save(again, "enterprise", {"name": seed})
        again.workspace.close()
    assert names(again) == ["2026-11-23.db"]
    assert {p.name for p in (made.workspace.folder / "backups").iterdir()} == {
        "2026-11-23.db",
        "2026-11-23.journal",
    }


def test_the_first_save_of_a_new_day_begins_its_backup_and_waits_for_nothing(
    village: Session, calendar: Calendar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    whole = copying.write_copy

    def slow(ledger: Path, *arguments: object) -> None:
        # What is restored meanwhile makes copies of its own, which need not wait.
        if ledger.parent == village.workspace.folder:
            gate.wait(30)
        whole(ledger, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(keeping, "write_copy", slow)
    records.save(village, "enterprise", {"name": "昨天"})
    calendar.at += DAY
    for i in range(5):
        records.save(village, "enterprise", {"name": f"复制的时候{i}"})
    assert names(village) == ["2026-11-23.db"], "the copy stands still, the saves do not"
    assert lost_and_restored(village, tmp_path / "meanwhile") == exchange.digest(village).sha256
    gate.set()
    deadline = time.monotonic() + 30
    while names(village) != ["2026-11-23.db", "2026-11-24.db"]:
        assert time.monotonic() < deadline
        records.save(village, "enterprise", {"name": "复制完了"})
        time.sleep(0.02)
    records.save(village, "enterprise", {"name": "新的流水里"})
    assert lost_and_restored(village, tmp_path / "after") == exchange.digest(village).sha256
    village.workspace.close()


def test_closing_gives_up_a_copy_that_is_not_finished_and_leaves_nothing_half_done(
    village: Session, calendar: Calendar
) -> None:
    records.save_many(village, "enterprise", [{"name": f"第{i}家"} for i in range(2_000)])
    calendar.at += DAY
    records.save(village, "enterprise", {"name": "今天"})
    village.workspace.close()
    left = {p.name for p in (village.workspace.folder / "backups").iterdir()}
    assert not [name for name in left if name.endswith(".new")]
    calendar.at += 1
    again = open_session(village.workspace.folder, "王芳", "password1", calendar.environment())
    assert "2026-11-24.db" in names(again)


class FullDisk(io.FileIO):
    """A file on a disk on which there is no room, which shows once ``tried`` is set."""

    def __init__(self, path: Path, mode: str) -> None:
        super().__init__(path, mode)
        self.tried = threading.Event()

    def write(self, data: object) -> int:
        self.tried.wait(30)
        raise OSError(errno.ENOSPC, "no space left")


def test_a_full_disk_does_not_stop_the_save_is_told_once_and_made_good_later(
    village: Session, calendar: Calendar, tmp_path: Path
) -> None:
    keeper = village.workspace.keeper
    assert keeper is not None
    assert keeper._journal is not None
    told: list[Problem] = []
    keeper.tell = told.append
    disk = FullDisk(keeper._journal.path, "r+b")
    disk.seek(0, io.SEEK_END)
    keeper._journal._journal._file = disk
    for name in ("一", "二"):
        saved = records.save(village, "enterprise", {"name": name})
        assert records.load(village, "enterprise", saved.record) is not None
    disk.tried.set()  # another save was on its way already
    assert not keeper.wait()
    records.save(village, "enterprise", {"name": "三"})
    assert not keeper.wait()
    assert [type(t) for t in told] == [NotKept]
    assert "已经保存" in str(told[0])
    assert "清理磁盘" in str(told[0])
    assert keeper.behind is not None
    assert keeper.behind.saves == 3
    assert keeper.behind.since <= calendar.at
    calendar.at += RETRY_MS
    deadline = time.monotonic() + 30
    while keeper.trouble is not None:
        assert time.monotonic() < deadline
        keeper.catch_up()  # though nobody saves anything
        time.sleep(0.02)
    assert keeper.behind is None
    assert names(village) == ["2026-11-23-2.db", "2026-11-23.db"]
    assert lost_and_restored(village, tmp_path / "copy") == exchange.digest(village).sha256
    village.workspace.close()


def test_no_room_for_a_copy_stops_nobody_and_yesterdays_journal_goes_on(
    village: Session, calendar: Calendar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    village.workspace.close()
    calendar.at += DAY
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**9, 10**9, 1000))
    again = open_session(village.workspace.folder, "王芳", "password1", calendar.environment())
    keeper = again.workspace.keeper
    assert keeper is not None
    assert "磁盘快满了" in str(keeper.trouble)
    records.save(again, "enterprise", {"name": "照样保存"})
    assert keeper.behind is not None
    assert keeper.behind.saves == 0, "yesterday's journal has it"
    assert names(again) == ["2026-11-23.db"]
    assert lost_and_restored(again, tmp_path / "copy") == exchange.digest(again).sha256


KILLED = """
import sys
from pathlib import Path
from desktop.operations.recording import records
from desktop.operations.session import open_session
from desktop.store.workspaces import keeping, replacing
from tests.killing import die
from tests.operations.stations import START, repeatable
moment, folder = sys.argv[1], Path(sys.argv[2])
session = open_session(folder, "王芳", "password1", repeatable("killed"))
records.save(session, "enterprise", {"name": "写进流水的"})
if moment == "append":
    keeping.Keeper._write_down = die
records.save(session, "enterprise", {"name": "提交了的"})
session.workspace.close()
if moment == "copy":
    keeping.write_copy = die
elif moment == "bind":
    keeping.mark_of = die
elif moment == "rename":
    keeping.replace = die
open_session(folder, "王芳", "password1", repeatable("day", START + 86_400_000))
"""


@pytest.mark.no_cover
@pytest.mark.parametrize("moment", ["append", "copy", "bind", "rename"])
def test_a_kill_between_commit_and_journal_or_while_a_backup_is_made_costs_nothing(
    village: Session, tmp_path: Path, moment: str
) -> None:
    folder = village.workspace.folder
    village.workspace.close()
    ended = subprocess.run([sys.executable, "-c", KILLED, moment, str(folder)], cwd=ROOT, check=False)
    assert ended.returncode == ENDED
    before = names(village)
    again = open_session(folder, "王芳", "password1", repeatable("again", START + 2 * DAY))
    assert {r.values["name"] for r in _enterprises(again)} == {"写进流水的", "提交了的"}
    assert len(names(again)) == len(before) + 1, "a fresh backup, because the journal may be behind"
    assert lost_and_restored(again, tmp_path / "copy") == exchange.digest(again).sha256
    assert not list((folder / "backups").glob("*.new*"))


def _enterprises(session: Session) -> list[Record]:
    return reading.records(session.database, session.types, Query("enterprise"))


@pytest.mark.no_cover
def test_old_backups_go_with_their_journals_and_the_last_of_each_day_stays(
    village: Session, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_days = 3
    monkeypatch.setattr(backups, "KEPT_DAYS", kept_days)
    folder = village.workspace.folder
    for _ in range(kept_days + 2):
        village.workspace.close()
        calendar.at += DAY
        village = open_session(folder, "王芳", "password1", calendar.environment())
    for _ in range(5):  # killed, again and again
        village.database.close()
        village.workspace.place.lock.close()
        village = open_session(folder, "王芳", "password1", calendar.environment())
    found = backups_of(folder)
    today = [b for b in found if b.day == village.environment.today()]
    assert [b.part for b in today] == [6, 5, 4]
    assert len({b.day for b in found}) == kept_days
    assert {p.suffix for p in (folder / "backups").iterdir()} == {".db", ".journal"}
    # On Windows the journals of who was killed stay open here, and none of them can go.
    if sys.platform != "win32":
        assert len(list((folder / "backups").glob("*.journal"))) == len(found)


def test_the_day_of_the_last_backup_is_known_where_a_day_has_several(tmp_path: Path) -> None:
    today = datetime.date(2026, 11, 30)
    assert last_day(tmp_path, today) is None
    (tmp_path / BACKUPS).mkdir()
    (tmp_path / BACKUPS / "2035-03-01.db").touch()
    assert last_day(tmp_path, today) == datetime.date(2035, 3, 1)
    for name in ("2026-11-23.db", "2026-11-29-2.db", "2026-13-01.db", "恢复前-1.db", "2026-11-30.journal"):
        (tmp_path / BACKUPS / name).touch()
    assert last_day(tmp_path, today) == datetime.date(2026, 11, 29), "not the day of a clock that was wrong"


def test_the_newest_backup_is_found_though_the_clock_was_wrong(village: Session, calendar: Calendar) -> None:
    folder = village.workspace.folder
    village.workspace.close()
    open_session(folder, "王芳", "password1", repeatable("2030", START + 1_300 * DAY)).workspace.close()
    calendar.at += DAY
    open_session(folder, "王芳", "password1", calendar.environment()).workspace.close()
    assert backups_of(folder)[0].path.name == "2026-11-24.db"


def test_a_ledger_that_fails_while_it_is_closed_is_given_free(village: Session, calendar: Calendar) -> None:
    village.database.close()
    village.workspace.close()
    again = open_session(village.workspace.folder, "王芳", "password1", calendar.environment())
    assert len(backups_of(village.workspace.folder)) == 2, "its journal was not closed in order: a fresh one"
    again.workspace.close()


def test_a_backup_that_lost_its_journal_stands_where_its_name_puts_it(
    village: Session, calendar: Calendar
) -> None:
    """It stood behind all others, and the newest of all was passed over without a word about what it had."""
    folder = village.workspace.folder
    village.workspace.close()
    for _ in range(2):
        calendar.at += DAY
        open_session(folder, "王芳", "password1", calendar.environment()).workspace.close()
    days = [b.path.name for b in backups_of(folder)]
    for each in (0, 2):
        backups_of(folder)[each].journal.unlink()
        assert [b.path.name for b in backups_of(folder)] == days
    newest, going, _ = backups_of(folder)
    for hour, brings in ((9, newest), (11, going)):
        os.utime(newest.path, (START / 1000 + 10 * 3_600,) * 2)
        os.utime(going.journal, (START / 1000 + hour * 3_600,) * 2)
        os.utime(going.path, (START / 1000,) * 2)
        assert most(backups_of(folder)) == brings
    assert followed(folder) == backups_of(folder)[1]
    # None is gone on with but that whose number is known: another is made.
    again = open_session(folder, "王芳", "password1", calendar.environment())
    assert backups_of(folder)[0].path.name == "2026-11-25-2.db"
    again.workspace.close()


def test_a_backup_of_a_day_to_come_that_lost_its_journal_ages_out_like_others(tmp_path: Path) -> None:
    """It stands first by its name alone, and would keep for years what was erased since."""
    (tmp_path / BACKUPS).mkdir()
    kept = {f"2026-11-{day:02}.db" for day in range(10, 10 + backups.KEPT_DAYS)}
    for name in ("2026-11-01.db", "2030-01-01.db", *kept):
        (tmp_path / BACKUPS / name).touch()
    backups.prune(tmp_path, START)
    assert {b.path.name for b in backups_of(tmp_path)} == kept


def test_a_clock_that_is_years_behind_begins_no_backup_of_that_day(
    village: Session, calendar: Calendar, tmp_path: Path
) -> None:
    before = names(village)
    village.workspace.close()
    calendar.at = START - 11 * 365 * DAY
    late = open_session(village.workspace.folder, "王芳", "password1", calendar.environment())
    with pytest.raises(WrongClock):
        records.save(late, "enterprise", {"name": "茶厂"})
    late.workspace.close()
    assert names(late) == before


def test_a_newer_database_is_refused_and_left_as_it_is(village: Session) -> None:
    folder = village.workspace.folder
    village.database.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    village.workspace.close()
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix in (".db", ".journal")}
    with pytest.raises(NewerDatabase) as told:
        open_session(folder, "王芳", "password1", repeatable("x"))
    assert told.value.exit_code == 24
    assert {p: p.read_bytes() for p in before} == before


def test_an_older_database_is_copied_before_its_tables_change(
    village: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = village.workspace.folder
    village.workspace.close()
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    again = open_session(folder, "王芳", "password1", repeatable("newer"))
    assert names(again) == ["2026-11-23-2.db", "2026-11-23.db"]
    again.workspace.close()

"""Restoring: a backup with all that was saved after it comes back whole, and what was sent since comes down again."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.operations import audit, queries
from desktop.operations.recording import deciding, records
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.stations import exchange
from desktop.operations.workspaces import operators, restoring, workspaces
from desktop.records.declaration import Level, Role
from desktop.store.queries import reading
from desktop.store.queries.digest import Digest
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database, LedgerDamaged, ReadOnlyPlace, WrongKey
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import journal
from desktop.store.workspaces.audit import Act
from desktop.store.workspaces.keys import WrongPassword
from desktop.store.workspaces.places import InUse
from desktop.store.workspaces.unlocking import LEDGER, NoWorkspace
from desktop.sync.bundles.kept import frame_of
from desktop.sync.formats import segments
from tests.operations.stations import CHEAP, START, enrol, repeatable, report_up, station

DAY = 86_400_000
PRIVATE = ("13812345678", "赵小燕", "杭州机密有限公司")


def truncated(ledger: Path) -> None:
    ledger.write_bytes(ledger.read_bytes()[: 5 * 4096 + 100])


def emptied(ledger: Path) -> None:
    ledger.write_bytes(b"")


def garbage(ledger: Path) -> None:
    ledger.write_bytes(b"\x5a" * ledger.stat().st_size)


def deleted(ledger: Path) -> None:
    ledger.unlink()


def tables(database: Database) -> dict[str, list[str]]:
    """Everything that a ledger holds but the search index, which has its own shape."""
    names = database.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'search_*' AND name NOT GLOB 'sqlite_*'"
    )
    return {n: sorted(map(repr, database.rows(f'SELECT * FROM "{n}"'))) for (n,) in names}


def morning(folder: Path) -> tuple[Session, Session]:
    """A district and a village of it, with the work of a morning: all kinds of steps that a ledger sees."""
    district = station(folder, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(folder, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, folder)
    one = records.save(village, "enterprise", {"name": PRIVATE[2], "contact_phone": PRIVATE[0]}).record
    records.save(village, "member", {"name": PRIVATE[1], "enterprise": one})
    report_up(village, district, folder)
    records.save(district, "enterprise", {"surveyed_staff": 40}, record=one)
    records.save(village, "enterprise", {"surveyed_staff": 50}, record=one)
    report_up(village, district, folder)
    assert exchange.digest(district).conflicts == 1
    gone = records.save(district, "enterprise", {"name": "要删除的"}).record
    records.delete(district, "enterprise", gone)
    taken_back = records.save(district, "enterprise", {"name": "要撤消的"})
    records.undo(district, taken_back.changes.stamp)
    records.save_many(village, "enterprise", [{"name": f"第{i}家"} for i in range(300)])
    report_up(village, district, folder)
    operators.put(district, "小李", Role.EDITOR, "password2", CHEAP)
    audit.note(district, Act.SHOWN, "enterprise")
    return district, village


@pytest.mark.parametrize("destroy", [truncated, emptied, garbage, deleted])
def test_a_ledger_destroyed_at_noon_has_everything_that_was_saved_until_noon(
    tmp_path: Path, destroy: Callable[[Path], None]
) -> None:
    district, _ = morning(tmp_path)
    deciding.decide(district, *_open_conflict(district), 45)
    records.save(district, "enterprise", {"name": "中午的", "contact_phone": PRIVATE[0]})
    folder, saved = district.workspace.folder, exchange.digest(district)
    before = tables(district.database)
    waiting = district.database.row("SELECT key, value FROM secret WHERE key GLOB 'salts_*'")
    assert district.workspace.keeper is not None
    assert district.workspace.keeper.wait()
    district.database.close()  # as when the power goes: nothing is closed in order
    district.workspace.place.lock.close()
    for rest in ("-wal", "-shm"):
        (folder / (LEDGER + rest)).unlink(missing_ok=True)
    destroy(folder / LEDGER)
    with pytest.raises(LedgerDamaged, match="备份"):
        open_session(folder, "王芳", "password1", repeatable("noon"))

    restored = restoring.restore(folder, None, "王芳", "password1", repeatable("noon"))
    assert not restored.torn
    assert exchange.digest(restored.session) == saved
    after = tables(restored.session.database)
    # A restored ledger has a new incarnation: own items are cut under the old one, links are sent everything anew,
    # and the log says that it was restored. All else is what it was, row by row.
    assert {name for name in before if before[name] != after[name]} == {
        "audit", "link", "meta", "origin", "pending", "secret", "segment",
    }  # fmt: skip
    assert set(after["segment"]) > set(before["segment"])
    # With the very salts that they would have had: others may hold them already, and know them by their hashes.
    assert set(before["secret"]) - set(after["secret"]) == {repr(waiting)}
    newest = restored.session.database.value("SELECT frame FROM segment ORDER BY position DESC LIMIT 1")
    assert waiting is not None
    assert segments.read(frame_of(newest))[0].key == waiting[1]
    assert len(set(after["audit"]) - set(before["audit"])) == 1
    assert set(before["audit"]) < set(after["audit"])
    assert restored.session.workspace.check() == []
    assert audit.verify(restored.session) is None
    found = exchange.digest(open_again(restored.session))
    assert found == saved


def _open_conflict(session: Session) -> tuple[str, str, str]:
    (row,) = session.database.rows("SELECT type, lower(hex(record)), slot FROM conflict")
    return row


def open_again(session: Session) -> Session:
    session.workspace.close()
    return open_session(session.workspace.folder, "王芳", "password1", repeatable("again"))


def test_what_was_restored_is_searched_undone_and_reported_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district, village = morning(tmp_path)
    later = records.save(village, "enterprise", {"name": "午前最后一家"})
    sent = exchange.send(village, tmp_path / "last.xsj")
    folder = village.workspace.folder
    village.workspace.close()
    garbage(folder / LEDGER)

    def held(*_names: object) -> None:
        error = PermissionError(errno.EACCES, "in use")
        error.winerror = 32  # type: ignore[attr-defined]
        raise error

    with monkeypatch.context() as windows:  # where a program that copies folders has the ledger open
        windows.setattr("desktop.store.workspaces.replacing.replace", held)
        with pytest.raises(ReadOnlyPlace, match=r"别的程序占用.*没有动。请先停一下杀毒"):
            restoring.restore(folder, None, "王芳", "password1", repeatable("restored"))
    again = restoring.restore(folder, None, "王芳", "password1", repeatable("restored")).session
    assert records.load(again, "enterprise", later.record) is not None
    assert again.ledger.incarnation != village.ledger.incarnation
    assert exchange.merge(district, [sent.path]).bundles[0].problem is None
    records.save(again, "enterprise", {"name": "恢复以后"})
    report = report_up(again, district, tmp_path).bundles[0]
    assert (report.problem, report.refused, report.held) == (None, 0, 0)
    report_up(again, district, tmp_path)
    assert exchange.digest(again).sha256 == exchange.digest(district, again.unit.id).sha256
    assert reading.count(again.database, again.types, Query("enterprise", text="前最后")) == 1
    assert operators.listed(again.database) == [("王芳", Role.ADMIN, False)]


def test_nothing_personal_stands_in_clear_in_any_file_of_the_workspace(tmp_path: Path) -> None:
    district, village = morning(tmp_path)
    for session in (district, village):
        session.workspace.close()
        for path in session.workspace.folder.rglob("*"):
            data = path.read_bytes() if path.is_file() else b""
            for word in PRIVATE:
                for encoding in ("utf-8", "utf-16-le", "gb18030"):
                    assert word.encode(encoding) not in data, path


def test_a_torn_journal_gives_back_all_before_the_tear_and_says_so(tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    saved = [records.save(village, "enterprise", {"name": f"第{i}家"}).record for i in range(20)]
    folder = village.workspace.folder
    village.workspace.close()
    path = folder / "backups" / "2026-11-23.journal"
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 2])
    deleted(folder / LEDGER)
    restored = restoring.restore(folder, None, "王芳", "password1", repeatable("x"))
    there = [records.load(restored.session, "enterprise", r) is not None for r in saved]
    assert restored.torn
    assert 0 < sum(there) < 20
    assert there == sorted(there, reverse=True)


def test_a_backup_alone_is_the_moment_at_which_it_was_made(tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    before = exchange.digest(village)
    records.save(village, "enterprise", {"name": "以后"})
    folder = village.workspace.folder
    village.workspace.close()
    restored = restoring.restore(folder, None, "王芳", "password1", repeatable("x"), with_journal=False)
    assert exchange.digest(restored.session) == before


def test_a_journal_that_is_not_this_backups_own_is_not_used(tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    workspaces.backup(village, tmp_path / "other" / "2026-11-23.db")
    saved = records.save(village, "enterprise", {"name": "以后"})
    folder = village.workspace.folder
    village.workspace.close()
    shutil.copy(folder / "backups" / "2026-11-23.journal", tmp_path / "other")
    restored = restoring.restore(
        folder, tmp_path / "other" / "2026-11-23.db", "王芳", "password1", repeatable("x")
    )
    assert (restored.steps, restored.journal) == (0, False)
    assert "他们再发来时会带回来" in restored.lost
    assert records.load(restored.session, "enterprise", saved.record) is None


def test_what_waited_and_what_was_released_is_the_same_after_a_restore(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, tmp_path)
    village.workspace.close()
    ahead = open_session(village.workspace.folder, "王芳", "password1", repeatable("ahead", START + 3 * DAY))
    records.save(ahead, "enterprise", {"name": "走得太快的钟"})
    sent = exchange.send(ahead, tmp_path / "ahead.xsj")
    assert exchange.merge(district, [sent.path]).bundles[0].held > 0
    folder = district.workspace.folder
    district.workspace.close()
    held = _restored_digest(folder, tmp_path / "held")
    assert held.held > 0

    later = open_session(folder, "王芳", "password1", repeatable("later", START + 4 * DAY))
    records.save(ahead, "enterprise", {"name": "又一家"})
    exchange.merge(later, [exchange.send(ahead, tmp_path / "more.xsj").path])
    free = exchange.digest(later)
    assert free.held == 0
    later.workspace.close()
    assert _restored_digest(folder, tmp_path / "free") == free


def _restored_digest(folder: Path, copy: Path) -> Digest:
    """The digest of a copy of a workspace whose ledger was lost and restored."""
    shutil.copytree(folder, copy)
    deleted(copy / LEDGER)
    restored = restoring.restore(copy, None, "王芳", "password1", repeatable("copy", START + 4 * DAY))
    found = exchange.digest(restored.session)
    restored.session.workspace.close()
    return found


def test_a_reader_restores_nothing_and_a_wrong_password_opens_nothing(tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    operators.put(village, "看一看", Role.READER, "password2", CHEAP)
    folder = village.workspace.folder
    with pytest.raises(InUse):
        restoring.restore(folder, None, "王芳", "password1", repeatable("x"))
    village.workspace.close()
    before = (folder / LEDGER).read_bytes()
    with pytest.raises(NotAllowed):
        restoring.restore(folder, None, "看一看", "password2", repeatable("x"))
    with pytest.raises(WrongPassword):
        restoring.restore(folder, None, "王芳", "password9", repeatable("x"))
    with pytest.raises(NoWorkspace):
        restoring.restore(tmp_path, None, "王芳", "password1", repeatable("x"))
    assert (folder / LEDGER).read_bytes() == before
    assert not list(folder.glob("*.new*"))


def test_a_damaged_backup_takes_nobodys_place(tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    saved = records.save(village, "enterprise", {"name": "一家"})
    folder = village.workspace.folder
    village.workspace.close()
    backup = folder / "backups" / "2026-11-23.db"
    data = bytearray(backup.read_bytes())
    data[len(data) // 2] ^= 1
    backup.write_bytes(data)
    with pytest.raises(LedgerDamaged, match="换一份"):
        restoring.restore(folder, None, "王芳", "password1", repeatable("x"))
    again = open_session(folder, "王芳", "password1", repeatable("y"))
    assert records.load(again, "enterprise", saved.record) is not None


def test_a_restored_station_gets_back_what_it_had_sent(tmp_path: Path) -> None:
    town = station(tmp_path, "330110109", "径山镇总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "备份前"})
    workspaces.backup(village, tmp_path / "copy.db")
    later = records.save(village, "enterprise", {"name": "备份后"})
    report_up(village, town, tmp_path)
    folder = village.workspace.folder
    village.workspace.close()

    again = restoring.restore(folder, tmp_path / "copy.db", "王芳", "password1", repeatable("r")).session
    assert records.load(again, "enterprise", later.record) is None
    records.save(again, "enterprise", {"name": "恢复后"})
    result = report_up(again, town, tmp_path).bundles[0]
    assert result.problem is None
    report_up(again, town, tmp_path)
    assert records.load(again, "enterprise", later.record) is not None
    assert exchange.digest(again).sha256 == exchange.digest(town, again.unit.id).sha256


def test_another_workspaces_backup_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    one = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    two = station(tmp_path, "330110109201", "长乐村工会", Level.VILLAGE)
    saved = records.save(one, "enterprise", {"name": "一家"})
    workspaces.backup(two, tmp_path / "other.db")
    folder = one.workspace.folder
    one.workspace.close()
    with pytest.raises(WrongKey):
        restoring.restore(folder, tmp_path / "other.db", "王芳", "password1", repeatable("x"))
    again = open_session(folder, "王芳", "password1", repeatable("y"))
    assert records.load(again, "enterprise", saved.record) is not None


def test_the_wrong_backup_can_be_taken_back(tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    workspaces.backup(village, tmp_path / "old.db")
    saved = records.save(village, "enterprise", {"name": "差点没了"})
    folder = village.workspace.folder
    village.workspace.close()
    wrong = restoring.restore(folder, tmp_path / "old.db", "王芳", "password1", repeatable("wrong"))
    assert records.load(wrong.session, "enterprise", saved.record) is None
    wrong.session.workspace.close()
    first = restoring.backups(folder)[-1]
    assert first.path.name == "2026-11-23.db"
    right = restoring.restore(folder, first.path, "王芳", "password1", repeatable("right"))
    assert records.load(right.session, "enterprise", saved.record) is not None


def test_a_new_station_has_a_backup_before_its_first_record(tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    (only,) = restoring.backups(village.workspace.folder)
    found = journal.look(only.journal, village.workspace.key)
    assert found.mark is not None


def test_the_day_of_the_newest_backup_is_known_when_the_first_of_that_day_is_gone(tmp_path: Path) -> None:
    session = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    folder = session.workspace.folder
    (first,) = restoring.backups(folder)
    assert queries.last_backup(folder, session.environment.today()) == first.day
    first.path.rename(
        first.path.with_name(f"{first.day}-2.db")
    )  # a day's later ones are numbered, and the last stays
    assert queries.last_backup(folder, session.environment.today()) == first.day


def test_the_environment_knows_the_day_in_china_in_any_year() -> None:
    assert str(Environment(lambda: START).today()) == "2026-11-23"
    assert str(Environment(lambda: -DAY).today()) == "1969-12-31"

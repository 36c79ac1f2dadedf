"""Erasing personal values as a desk does it: nowhere on the disk of any level is one left that can be read."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from desktop.operations import form_data, queries
from desktop.operations.recording import attachments, checking, records, steps
from desktop.operations.recording.attachable import prepare
from desktop.operations.session import Session, open_session
from desktop.operations.stations import exchange, forks, policy, uncounted, unsettled, withdrawals
from desktop.operations.workspaces import erasing, recovery
from desktop.operations.workspaces.erasing import AlreadyErased, NothingPersonal, NotShredded
from desktop.records.declaration import Level
from desktop.records.types.attachment_part import PART_BYTES
from desktop.records.versions.stamps import DAY_MS
from desktop.store.ledger import CannotUndo, NotFound
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.clock import DateBeyondOthers, WrongClock
from desktop.store.tables.database import Database, DiskFull
from desktop.store.workspaces.backups import backups_of
from desktop.store.workspaces.drafts import Draft
from tests.operations.files import PDF, written
from tests.operations.stations import START, enrol, repeatable, report_up, station, texts, twin

PHONE, NAME, ID = "13812340000", "犇㛃䶮", "330106199003078515"


@pytest.fixture
def village(tmp_path: Path) -> Session:
    return station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)


@pytest.fixture
def town(tmp_path: Path, village: Session) -> Session:
    town = station(tmp_path, "330110109", "径山镇总工会", Level.DISTRICT)
    enrol(village, town, tmp_path)
    return town


@pytest.fixture
def member(village: Session, town: Session, tmp_path: Path) -> str:
    """A member with a history, known at both levels."""
    saved = records.save(village, "member", {"name": "旧名", "phone": "13911112222"})
    records.save(
        village,
        "member",
        {"name": NAME, "phone": PHONE, "id_number": ID, "education": "junior"},
        record=saved.record,
    )
    report_up(village, town, tmp_path)
    return saved.record


def holds(session: Session) -> list[str]:
    return [value for value in (PHONE, NAME, ID, "旧名", "13911112222") if value in texts(session)]


def spelled(session: Session) -> str:
    """The characters of the name of which the search index says in which row and at what place they stand."""
    pages = b"".join(block for (block,) in session.database.rows("SELECT block FROM search_member_data"))
    return "".join(c for c in NAME if c.encode() in pages)


def test_nothing_is_left_at_any_level(town: Session, village: Session, member: str, tmp_path: Path) -> None:
    drafts = village.workspace.drafts()
    drafts.keep(Draft("k", "member", member, 1, {"phone": PHONE}))
    drafts.close()
    assert len(holds(town)) == len(holds(village)) == 5
    assert found(village, NAME) == found(town, NAME) == 1
    assert spelled(village) == spelled(town) == NAME
    erasing.erase(village, "member", [member], basis="consent", note="本人要求")
    report_up(village, town, tmp_path)
    for session in (village, town):
        assert holds(session) == []
        assert found(session, NAME) == 0
        assert spelled(session) == ""
        held = records.load(session, "member", member)
        assert held is not None
        assert (held.values["name"], held.values["phone"]) == (None, None)
        shown = [line.value for line in records.history(session, "member", member)]
        assert NAME not in repr(shown)
        assert PHONE not in repr(shown)
    drafts = village.workspace.drafts()
    assert drafts.all() == []
    drafts.close()
    assert exchange.digest(town, village.unit.id).sha256 == exchange.digest(village).sha256


def found(session: Session, text: str) -> int:
    return reading.count(session.database, session.types, Query("member", text=text))


def test_it_is_said_for_every_unit_that_has_written(town: Session, village: Session, member: str) -> None:
    """Whoever claims the record in another branch does not know that the village is below the town."""
    erasing.erase(town, "member", [member], basis="consent")
    said = town.database.rows(
        "SELECT u.id FROM r_erasure r JOIN unit_ref u ON u.ref = r.unit ORDER BY r._row"
    )
    assert said == [(town.unit.id,), (village.unit.id,)]


@pytest.mark.parametrize("by_town", [False, True])
def test_what_was_taken_back_is_erased_with_its_files(
    town: Session, village: Session, member: str, tmp_path: Path, by_town: bool
) -> None:
    """It counts nowhere and is kept everywhere, and nobody could have it erased: the record was not found."""
    path = written(tmp_path, f"{NAME}.pdf", PDF)
    attachments.add(village, "member", member, [prepare(path, village.environment.today())])
    report_up(village, town, tmp_path)
    for merge in (2, 1):
        withdrawals.withdraw(town, merge)
    report_up(village, town, tmp_path)
    at, other = (town, village) if by_town else (village, town)
    assert records.load(at, "member", member) is None
    assert len(holds(at)) == len(holds(other)) == 5
    erasing.erase(at, "member", [member], ["phone"], basis="consent")
    assert PHONE not in holds(at)
    assert NAME in holds(at)
    erasing.erase(at, "member", [member], basis="consent")
    report_up(village, town, tmp_path)
    assert holds(at) == holds(other) == []
    with pytest.raises(AlreadyErased):
        erasing.erase(at, "member", [member], basis="consent")
    policy.lift(town, *(e.record for e in uncounted.all_excluded(town.database, town.here)))
    report_up(village, town, tmp_path)
    assert records.load(village, "member", member) is not None
    assert holds(at) == holds(other) == []


def test_one_content_is_erased_and_the_others_stay(village: Session, member: str) -> None:
    erasing.erase(village, "member", [member], ["phone"], basis="purpose")
    held = records.load(village, "member", member)
    assert held is not None
    assert (held.values["name"], held.values["phone"]) == (NAME, None)
    assert PHONE not in texts(village)
    # What is recorded afterwards is a new matter.
    records.save(village, "member", {"phone": PHONE}, record=member)
    assert PHONE in texts(village)


def test_what_was_erased_once_is_not_erased_again_as_if_it_were_there(village: Session, member: str) -> None:
    erasing.erase(village, "member", [member], ["phone"], basis="purpose")
    before = village.ledger.next_number()
    with pytest.raises(AlreadyErased):
        erasing.erase(village, "member", [member], ["phone"], basis="purpose")
    assert village.ledger.next_number() == before
    erasing.erase(village, "member", [member], basis="purpose")
    # What was written since and taken away again still stands in the history.
    records.save(village, "member", {"phone": PHONE}, record=member)
    records.save(village, "member", {"phone": None}, record=member)
    assert PHONE in texts(village)
    erasing.erase(village, "member", [member], basis="purpose")
    assert PHONE not in texts(village)


def test_what_is_erased_already_may_be_destroyed_in_backups_later(village: Session, member: str) -> None:
    erasing.erase(village, "member", [member], basis="purpose")
    with pytest.raises(AlreadyErased):
        erasing.erase(village, "member", [member], basis="purpose")
    erasing.erase(village, "member", [member], basis="purpose", destroy_backups=True)


def test_an_erasure_is_not_undone(village: Session, member: str) -> None:
    changes = erasing.erase(village, "member", [member], basis="consent")
    with pytest.raises(CannotUndo):
        records.undo(village, changes.stamp)
    assert holds(village) == []


def test_an_erasure_is_one_step_of_one_record_with_its_files(
    village: Session, member: str, tmp_path: Path
) -> None:
    path = written(tmp_path, "证件.pdf", PDF + bytes(PART_BYTES))
    attachments.add(village, "member", member, [prepare(path, village.environment.today())])
    gone = records.save(village, "member", {"name": "走的人"}).record
    records.delete(village, "member", gone)
    before = len(steps.recent(village.database, village.ledger.station))
    erasing.erase(village, "member", [member, gone], basis="consent")
    step, *others = steps.recent(village.database, village.ledger.station)
    assert (step.operation.name, step.records, step.files) == (erasing.OPERATION, 2, 1)
    assert step.first == ("member", member)
    assert "不能撤消" in step.lasting
    assert not any(other.lasting for other in others)
    assert len(others) == before
    looked = steps.look(village.database, village.ledger.station, step.operation)
    assert {c.type for c in looked.changes if c.edit is not None} == {
        "member",
        "attachment",
        "attachment_part",
    }
    said = reading.records(village.database, village.types, Query("erasure"))
    titles = queries.titles(village.database, village.types, village.codes, "erasure", [s.id for s in said])
    assert set(titles.values()) == {"会员", "附件", "附件内容"}


def test_only_what_is_personal_and_in_charge(town: Session, village: Session, member: str) -> None:
    with pytest.raises(NothingPersonal):
        erasing.erase(village, "member", [member], ["union"], basis="consent")
    with pytest.raises(NothingPersonal):
        erasing.erase(village, "member", [member], basis="because")
    with pytest.raises(NotFound):
        erasing.erase(village, "member", ["0" * 32], basis="consent")
    own = records.save(town, "member", {"name": "镇里的人"}).record
    with pytest.raises(NotFound):
        erasing.erase(village, "member", [own], basis="consent")
    assert len(holds(village)) == 5


def test_whoever_is_above_may_erase_for_those_below(
    town: Session, village: Session, member: str, tmp_path: Path
) -> None:
    erasing.erase(town, "member", [member], basis="period")
    report_up(village, town, tmp_path)
    assert holds(village) == holds(town) == []
    assert exchange.digest(town, village.unit.id).sha256 == exchange.digest(village).sha256


def test_backups_hold_it_until_they_age_out_or_are_destroyed(village: Session, member: str) -> None:
    folder = village.workspace.folder
    before = {b.path for b in backups_of(folder)}
    erasing.erase(village, "member", [member], ["phone"], basis="consent")
    newest, *older = backups_of(folder)
    assert newest.path not in before
    assert {b.path for b in older} == before
    # One under the day of a wrong clock, without its journal, is none that could be left in the place of the fresh one.
    shutil.copy(newest.path, newest.path.with_name("2035-01-01.db"))
    erasing.erase(village, "member", [member], basis="consent", destroy_backups=True)
    (only,) = backups_of(folder)
    copy = Database.open(only.path, village.workspace.key, read_only=True)
    kept = "\n".join(repr(row) for (table,) in copy.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
                     for row in copy.rows(f'SELECT * FROM "{table}"'))  # fmt: skip
    copy.close()
    assert NAME not in kept
    assert PHONE not in kept


def full_for(place: str) -> Callable[..., NoReturn]:
    """What fails there, as it fails on a full disk."""

    def no_room(*_: object) -> NoReturn:
        if place.endswith("write_copy"):
            raise DiskFull("磁盘满了。")
        raise sqlcipher.OperationalError("database or disk is full")

    return no_room


@pytest.mark.parametrize(
    ("place", "destroy"), [("tables.database.Database.shred", True), ("workspaces.keeping.write_copy", False)]
)
def test_on_a_full_disk_it_is_erased_and_what_is_left_to_do_is_told_and_done_at_the_next_opening(
    village: Session, member: str, monkeypatch: pytest.MonkeyPatch, place: str, destroy: bool
) -> None:
    """It said that nothing was done, and when it was tried again, that there was nothing left to do."""
    folder, before = village.workspace.folder, backups_of(village.workspace.folder)
    with monkeypatch.context() as disk:
        disk.setattr(f"desktop.store.{place}", full_for(place))
        erasing.erase(village, "member", [member], basis="consent", destroy_backups=destroy)
        assert holds(village) == []
        for _ in range(2):
            [words] = erasing.waiting_words(village.database, village.ledger.station)
            assert "已经清除" in words
            assert "关闭台账再打开" in words
            with pytest.raises(NotShredded, match="已经清除"):
                erasing.erase(village, "member", [member], basis="consent")
            # A full disk keeps nobody out.
            village.workspace.close()
            village = open_session(folder, "王芳", "password1", repeatable("later"))
            recovery.after_opening(village)
        assert backups_of(folder) == before
    recovery.after_opening(village)
    assert erasing.waiting_words(village.database, village.ledger.station) == []
    assert not set(before) & set(backups_of(folder)) if destroy else len(backups_of(folder)) > len(before)
    with pytest.raises(AlreadyErased):
        erasing.erase(village, "member", [member], basis="consent")


def test_whose_name_was_erased_is_called_so_and_who_has_none_yet_is_not(
    village: Session, member: str
) -> None:
    nameless = records.save(village, "member", {"education": "junior"}).record
    erasing.erase(village, "member", [member], basis="consent")
    types, codes = village.types, village.codes
    assert queries.titles(village.database, types, codes, "member", [member, nameless]) == {
        member: queries.ERASED,
        nameless: "会员",
    }
    assert form_data.form_data(village.database, types, codes, "member", member).title == queries.ERASED
    assert queries.ERASED in {c.title for c in queries.choices(village.database, types, codes, "member", "")}
    # A new name is a name again.
    records.save(village, "member", {"name": "重新登记的人"}, record=member)
    assert queries.titles(village.database, types, codes, "member", [member]) == {member: "重新登记的人"}


def test_what_else_was_erased_takes_no_name_away(village: Session) -> None:
    other = records.save(village, "member", {"phone": PHONE}).record
    erasing.erase(village, "member", [other], ["phone"], basis="consent")
    assert queries.titles(village.database, village.types, village.codes, "member", [other]) == {
        other: "会员"
    }


def test_nobody_is_asked_to_fill_in_what_was_erased(village: Session, member: str) -> None:
    needed = [f.name for f in village.types["member"].fields if f.needed and f.personal]
    assert needed

    def missing() -> set[str]:
        found = {c.record: c.findings for c in checking.logic_check(village).found}
        shown = {name for f in found.get(member, ()) if f.rule == "needed" for name in f.fields}
        assert shown == {
            name for f in records.check(village, "member", member) if f.rule == "needed" for name in f.fields
        }
        return shown

    before = missing()
    erasing.erase(village, "member", [member], basis="consent")
    assert missing() == before - set(needed)
    data = form_data.form_data(village.database, village.types, village.codes, "member", member)
    assert set(needed) <= data.erased


def test_an_erasure_that_waits_behind_a_fork_says_so_wherever_a_person_looks(
    village: Session, town: Session, member: str, tmp_path: Path
) -> None:
    """Rules 12 and 23: the copy erases, the town holds that until somebody decides; the values are still there."""
    copy = twin(village, tmp_path / "twin")
    records.save(village, "enterprise", {"name": "原机的厂"})
    report_up(village, town, tmp_path)
    erasing.erase(copy, "member", [member], basis="consent")
    assert erasing.waiting_words(town.database, town.ledger.station) == []
    exchange.merge(town, [exchange.send(copy, tmp_path / "copy.xsj").path])
    assert PHONE in texts(town)
    (words,) = erasing.waiting_words(town.database, town.ledger.station)
    assert "有1处清除还没有做" in words
    assert "重号" in words
    (held,) = (u for u in unsettled.unsettled(town.database, town.here) if u.type == "erasure")
    assert held.advice.endswith("在那以前，要清除的个人信息本机还没有清除。")
    exchange.merge(copy, [exchange.send(town, tmp_path / "down.xsj", to=village.unit.name).path])
    (told,) = erasing.waiting_words(copy.database, copy.ledger.station)
    assert told.startswith("上级发现本机有重号")
    (above,) = (u for u in unsettled.unsettled(copy.database, copy.here) if u.type == "erasure")
    assert above.advice.endswith("要清除的个人信息上级还没有清除。")
    (fork,) = forks.open_forks(town.database, town.here)
    forks.decide(town, fork.station, fork.incarnation, forks.Kind.RESTORED, keep_waiting=True)
    assert erasing.waiting_words(town.database, town.ledger.station) == []
    assert PHONE not in texts(town)


def test_an_erasure_that_waits_for_something_else_says_so_too(town: Session) -> None:
    origin = town.ledger.origin_ref("ab" * 32, "cd" * 8)
    town.database.execute(
        "INSERT INTO held (origin, number, kind, type, record, unit, slot, stamp, replaces, operator, value, reason,"
        " since) VALUES (?, 1, 'birth', 'erasure', unhex(?), 'x', '', 1, '[]', '', '{}', 'unit', 0)",
        (origin, "ee" * 16),
    )
    (words,) = erasing.waiting_words(town.database, town.ledger.station)
    assert "有1处清除还先留着" in words


def test_whose_date_is_years_beyond_all_others_is_asked_before_what_nothing_takes_back(
    village: Session, town: Session, member: str, tmp_path: Path
) -> None:
    """An erasure of 2030 empties above, on its day, what is filled in there until then."""
    report_up(village, town, tmp_path)
    folder, asked = village.workspace.folder, list[WrongClock]()
    village.workspace.close()
    ahead = open_session(folder, "王芳", "password1", repeatable("ahead", START + 4 * 366 * DAY_MS))
    # The date was found right in the morning, by whoever saved first.
    ahead.ledger.clock.confirm()
    before = ahead.ledger.next_number()
    with pytest.raises(DateBeyondOthers, match=r"2030年.*2026年.*收不回来"):
        erasing.erase(ahead, "member", [member], basis="consent")
    for right in (False, True):

        def ask(doubt: WrongClock, right: bool = right) -> bool:
            asked.append(doubt)
            return right

        assert ahead.ledger.next_number() == before
        ahead.ledger.clock.ask = ask
        with contextlib.nullcontext() if right else pytest.raises(DateBeyondOthers):
            erasing.erase(ahead, "member", [member], basis="consent")
    assert len(asked) == 2
    assert holds(ahead) == []

"""The inbox: what arrives is waited for, read, recognised and put away, and nothing is ever replaced or lost."""

from __future__ import annotations

import datetime
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.operations.recording import records
from desktop.operations.session import Here, Session
from desktop.operations.stations import applying, enrolling, exchange, inbox, inbox_files, policy, traffic
from desktop.operations.stations.inbox import Arrival, State
from desktop.operations.stations.inbox_files import PATIENCE_S, SETTLE_S, Listing, Look, Watch
from desktop.operations.workspaces import answering, recovery, wiping
from desktop.records.declaration import Level
from desktop.store.queries import reading
from tests.operations.stations import CHEAP, enrol, forged, repeatable, station


@dataclass
class Hour:
    """A clock that a test moves; ``wall`` is what file times are held against."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def wall(self) -> float:
        return time.time()


@dataclass
class Desk:
    """A district with two towns below, and a folder that it watches."""

    district: Session
    one: Session
    two: Session
    folder: Path
    hour: Hour
    watch: Watch

    @property
    def here(self) -> Here:
        return self.district.here

    def send(self, town: Session, name: str) -> Path:
        records.save(town, "enterprise", {"name": f"企业{name}"})
        return exchange.send(town, self.folder / name).path

    def settled(self) -> Listing:
        """Two looks with a pause between them."""
        self.watch.look(self.folder)
        self.hour.now += SETTLE_S
        return self.watch.look(self.folder)

    def sorted(self, listing: Listing | None = None) -> list[Arrival]:
        return inbox.sort_out(self.district.database, self.here, (listing or self.settled()).looks, {})

    def states(self) -> dict[str, State]:
        return {a.path.name: a.state for a in self.sorted()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    one, two = (
        station(tmp_path, code, name, Level.TOWN)
        for code, name in (("330110109", "径山镇总工会"), ("330110108", "黄湖镇总工会"))
    )
    for town in (one, two):
        enrol(town, district, tmp_path)
    folder = tmp_path / "收件 2026"
    folder.mkdir()
    hour = Hour()
    return Desk(district, one, two, folder, hour, Watch(hour, hour.wall))


def test_a_file_that_was_just_written_is_read_only_after_it_has_come_to_rest(desk: Desk) -> None:
    desk.send(desk.one, "a.xsj")
    first = desk.watch.look(desk.folder)
    assert [(k.whole, k.problem) for k in first.looks] == [(False, None)]
    assert first.unsettled
    desk.hour.now += SETTLE_S
    second = desk.watch.look(desk.folder)
    assert [k.whole for k in second.looks] == [True]
    assert not second.unsettled


def test_a_file_of_yesterday_is_read_at_once(desk: Desk) -> None:
    path = desk.send(desk.one, "a.xsj")
    os.utime(path, (time.time() - 86_400,) * 2)
    assert [k.whole for k in desk.watch.look(desk.folder).looks] == [True]


def test_a_half_copied_file_is_waited_for_until_its_end_is_there(desk: Desk, tmp_path: Path) -> None:
    whole = desk.send(desk.one, "a.xsj").read_bytes()
    path = desk.folder / "a.xsj"
    path.write_bytes(whole[: len(whole) // 2])
    assert [a.state for a in desk.sorted()] == [State.COPYING]
    # A copier that takes all the room first leaves noughts at the end.
    path.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    assert [a.state for a in desk.sorted()] == [State.COPYING]
    path.write_bytes(whole)
    assert [a.state for a in desk.sorted()] == [State.NEW]


def test_a_copy_that_never_ends_is_told_as_cut_short_and_read_when_it_is_whole_after_all(desk: Desk) -> None:
    path = desk.send(desk.one, "a.xsj")
    whole, about = path.read_bytes(), path.stat()
    path.write_bytes(whole[:-100] + bytes(100))
    os.utime(path, ns=(about.st_mtime_ns, about.st_mtime_ns))
    desk.settled()
    # A window looks every second or so meanwhile, and its last look in vain is none to wait after.
    desk.hour.now += PATIENCE_S - 2 * SETTLE_S
    assert [a.state for a in desk.sorted(desk.watch.look(desk.folder))] == [State.COPYING]
    desk.hour.now += SETTLE_S
    (told,) = desk.sorted(desk.watch.look(desk.folder))
    assert told.state is State.CUT_SHORT
    assert "请重新拷一份" in told.why
    # Size and time are as before: only trying again can tell.
    path.write_bytes(whole)
    os.utime(path, ns=(about.st_mtime_ns, about.st_mtime_ns))
    desk.hour.now += PATIENCE_S
    assert [a.state for a in desk.sorted(desk.watch.look(desk.folder))] == [State.NEW]


def test_a_copy_that_goes_on_after_it_was_told_as_cut_short_is_waited_for_again(desk: Desk) -> None:
    whole = desk.send(desk.one, "a.xsj").read_bytes()
    path = desk.folder / "a.xsj"
    path.write_bytes(whole[:100])
    desk.settled()
    desk.hour.now += PATIENCE_S
    assert [a.state for a in desk.sorted(desk.watch.look(desk.folder))] == [State.CUT_SHORT]
    path.write_bytes(whole[:200])
    assert [a.state for a in desk.sorted()] == [State.COPYING]
    path.write_bytes(whole)
    assert [a.state for a in desk.sorted()] == [State.NEW]


@pytest.mark.parametrize("ending", inbox_files.SMALL_FILES)
def test_a_small_file_without_its_end_is_cut_short_and_not_forged(desk: Desk, ending: str) -> None:
    path = desk.folder / f"a{ending}"
    path.write_text('{"payload": "eyJ')
    os.utime(path, (time.time() - 86_400,) * 2)
    assert [a.state for a in desk.sorted()] == [State.CUT_SHORT]


@given(cut=st.integers(0, 100_000))
def test_no_beginning_of_a_bundle_passes_for_the_whole(
    cut: int, bundle: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cut") / "a.xsj"
    path.write_bytes(bundle[: cut % len(bundle)])
    look = inbox_files.tried(Look(path, 0, 0))
    assert not look.whole
    assert look.problem is not None


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("bundle")
    district = station(folder, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(folder, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, folder)
    records.save(town, "enterprise", {"name": "一家"})
    return exchange.send(town, folder / "a.xsj").path.read_bytes()


def test_what_has_not_changed_is_not_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.send(desk.one, "a.xsj")
    read: list[str] = []
    reading = inbox_files.read

    def noting(look: Look) -> Look:
        read.append(look.path.name)
        return reading(look)

    monkeypatch.setattr(inbox_files, "read", noting)
    desk.settled()
    desk.settled()
    assert read == ["a.xsj"]
    desk.send(desk.two, "b.xsj")
    desk.settled()
    assert read == ["a.xsj", "b.xsj"]


def test_a_file_says_whose_it_is_and_what_is_in_it(desk: Desk) -> None:
    desk.send(desk.one, "径山镇 报送（11月）犇䶮.xsj")
    (found,) = desk.sorted()
    assert (found.state, found.sender) == (State.NEW, "径山镇总工会")
    assert found.look.said is not None
    assert (found.look.said.sequence, found.look.said.items) == (1, 1)


def test_the_word_of_a_wiped_computer_waits_until_it_is_out_of_use(desk: Desk) -> None:
    name = desk.one.unit.name
    done = wiping.confirm(desk.one, name, desk.folder, unsent_too=True)
    assert done.statement is not None
    word = desk.folder / "清除.xsw"
    (desk.folder / f"{done.statement.name}{wiping.PENDING}").rename(word)
    (found,) = desk.sorted()
    assert (found.state, found.sender, found.why) == (State.ENROLMENT, name, "下级电脑的清除确认，双击核对")
    policy.revoke(desk.district, desk.one.ledger.station)
    (found,) = desk.sorted()
    assert (found.state, found.why) == (State.SEEN, "清除确认，那台电脑已经停用")


def test_what_was_merged_is_recognised_under_any_name_and_not_offered_again(desk: Desk) -> None:
    path = desk.send(desk.one, "a.xsj")
    shutil.copy(path, desk.folder / "副本 a(1).XSJ")
    assert sorted(desk.states().values(), key=str) == [State.NEW, State.SAME]
    exchange.merge(desk.district, [path])
    found = {a.path.name: a for a in desk.sorted()}
    assert {a.state for a in found.values()} == {State.SEEN}
    assert "2026-11-23" in found["a.xsj"].why
    assert "当时叫“a.xsj”" in found["副本 a(1).XSJ"].why


def test_of_two_equal_files_the_other_is_offered_where_the_first_was_refused(desk: Desk) -> None:
    path = desk.send(desk.one, "a.xsj")
    shutil.copy(path, desk.folder / "b.xsj")
    looks = desk.settled().looks
    bad = next(k for k in looks if k.path.name == "a.xsj")
    found = {a.path.name: a.state for a in inbox.sort_out(
        desk.district.database, desk.here, looks, {bad.identity: "数据包的一部分内容已损坏。"}
    )}  # fmt: skip
    assert found == {"b.xsj": State.NEW, "a.xsj": State.SAME}


def test_of_equal_files_a_whole_one_is_merged(desk: Desk) -> None:
    """A part of the first copy was damaged on the way: it still says the same of itself."""
    path = desk.send(desk.one, "b.xsj")
    data = bytearray(path.read_bytes())
    data[data.index(b"age-encryption") + 100] ^= 1
    (desk.folder / "a.xsj").write_bytes(data)
    found = inbox.sort_out(desk.district.database, desk.here, desk.settled().looks, {})
    offered = inbox.to_merge(found, State.NEW)
    assert [p.name for p in offered] == ["a.xsj", "b.xsj"]
    assert inbox.in_order(offered) == inbox.in_order(offered[::-1]) == [path]
    assert inbox.gather(desk.district, desk.folder).paths == (path,)
    path.unlink()
    assert [p.name for p in inbox.gather(desk.district, desk.folder).paths] == ["a.xsj"]


def test_what_is_for_others_and_what_is_our_own_is_told_as_such(desk: Desk) -> None:
    exchange.send(desk.district, desk.folder / "回执.xsj", to=desk.one.ledger.station)
    village = station(desk.folder.parent, "330110109200", "径山村工会", Level.VILLAGE)
    other = station(desk.folder.parent, "330106", "西湖区总工会", Level.DISTRICT)
    enrol(village, other, desk.folder.parent)
    exchange.send(village, desk.folder / "走错.xsj")
    found = {a.path.name: a for a in desk.sorted()}
    assert found["回执.xsj"].state is State.SEEN
    assert "本机自己导出的" in found["回执.xsj"].why
    assert found["走错.xsj"].state is State.REFUSED
    assert "不是发给本机的" in found["走错.xsj"].why


def test_files_of_enrolment_wait_until_they_are_dealt_with(desk: Desk) -> None:
    village = station(desk.folder.parent, "330110109201", "平山村工会", Level.VILLAGE)
    applying.request(village, desk.folder / "平山.xsq")
    (asked,) = desk.sorted()
    assert (asked.state, asked.sender) == (State.ENROLMENT, "平山村工会")
    enrolling.grant(desk.district, desk.folder / "平山.xsq", desk.folder / "平山.xsg", compared=None)
    # The grant lies beside its request, where it was written; that it is the level above's was said at the desk too.
    given = {a.path.name: a for a in desk.sorted()}["平山.xsg"]
    assert (given.state, given.why) == (State.SEEN, "本机批准的，请交回给申请的单位")
    for before, after in ((State.ENROLMENT, "批准文件，双击办理"), (State.SEEN, "已经办理过")):
        (theirs,) = inbox.sort_out(village.database, village.here, [given.look], {})
        assert theirs.state is before
        assert after in theirs.why
        if before is State.ENROLMENT:
            applying.accept(village, desk.folder / "平山.xsg", desk.folder / "平山.xsa", compared=None)
    (desk.folder / "平山.xsg").unlink()
    assert desk.states() == {"平山.xsq": State.SEEN, "平山.xsa": State.ENROLMENT}
    # Nobody confirms it by naming a computer that has confirmed its own; and rubbish there is passed over.
    held = reading.records(desk.district.database, desk.district.types, reading.Query("grant"))
    copied = next(g.values["certificate"] for g in held if g.values["station"] == village.ledger.station)
    for certificate in (copied, "A"):
        cells = {"station": desk.one.ledger.station, "certificate": certificate}
        forged(desk.district, cells, desk.one.unit.id, "grant")
    assert desk.states() == {"平山.xsq": State.SEEN, "平山.xsa": State.ENROLMENT}
    enrolling.confirm(desk.district, desk.folder / "平山.xsa")
    assert desk.states() == {"平山.xsq": State.SEEN, "平山.xsa": State.SEEN}


def test_who_below_has_forgotten_the_password_is_told_until_it_is_answered(desk: Desk) -> None:
    recovery.after_opening(desk.one)
    folder = desk.one.workspace.folder
    desk.one.workspace.close()
    recovery.ask(folder, "王芳", "brand-new-password", desk.folder / "申请.xsr", repeatable("asking"), CHEAP)
    (asked,) = desk.sorted()
    assert (asked.state, asked.sender) == (State.ENROLMENT, "径山镇总工会")
    assert "忘了口令" in asked.why
    answering.answer(desk.district, asked.path, desk.folder / "答复.xsk", compared=None)
    (over,) = desk.sorted()
    assert (over.state, over.path) == (State.SEEN, asked.path)
    assert "答复过" in over.why
    asked.path.write_bytes(asked.path.read_bytes()[:-100])
    desk.hour.now += PATIENCE_S
    desk.settled()
    desk.hour.now += PATIENCE_S
    assert desk.states() == {"申请.xsr": State.CUT_SHORT}


def test_what_other_systems_leave_on_sticks_is_not_listed(desk: Desk) -> None:
    for name in ("._a.xsj", "~$a.xsj", "a.xsj.tmp", "表.xlsx", "Thumbs.db"):
        (desk.folder / name).write_bytes(b"x")
    (desk.folder / "文件夹.xsj").mkdir()
    assert desk.settled() == Listing(desk.folder)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_that_is_no_text_is_told_and_hurts_nothing(desk: Desk) -> None:
    whole = desk.send(desk.one, "a.xsj")
    os.rename(whole, os.fsencode(desk.folder) + "/径山".encode("gbk") + b".xsj")
    desk.settled()
    desk.hour.now += PATIENCE_S
    (found,) = desk.sorted(desk.watch.look(desk.folder))
    assert found.state is State.UNREADABLE
    assert "文件名" in found.why
    found.look.shown_name.encode()


def test_a_stick_that_is_gone_is_one_sentence_and_comes_back_by_itself(desk: Desk) -> None:
    desk.send(desk.one, "a.xsj")
    desk.settled()
    away = desk.folder.with_name("拔掉")
    desk.folder.rename(away)
    gone = desk.watch.look(desk.folder)
    assert gone.looks == ()
    assert gone.problem is not None
    assert "收件 2026" in gone.problem.sentence
    assert "自动接着看" in gone.problem.next_step
    away.rename(desk.folder)
    assert [a.state for a in desk.sorted()] == [State.NEW]


def test_a_stick_that_vanishes_while_it_is_read_is_the_same_sentence(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.xsj", "b.xsj"):
        desk.send(desk.one, name)
    reading = inbox_files.read

    def vanishing(look: Look) -> Look:
        if look.path.name == "a.xsj":
            shutil.rmtree(desk.folder)
        return reading(look)

    monkeypatch.setattr(inbox_files, "read", vanishing)
    listing = desk.settled()
    assert listing.looks == ()
    assert isinstance(listing.problem, inbox_files.FolderGone)


def test_bundles_are_merged_in_the_order_in_which_they_were_written(desk: Desk) -> None:
    late = desk.send(desk.one, "b.xsj")
    later = desk.send(desk.one, "a.xsj")
    broken = desk.folder / "c.xsj"
    broken.write_bytes(b"PK")
    twin = Path(shutil.copy(late, desk.folder / "d.xsj"))
    ordered = inbox.in_order([broken, later, late, twin])
    assert ordered == [late, later, broken]
    assert not any(b.gap for b in exchange.merge(desk.district, ordered).bundles)


def choose(desk: Desk, put_away: bool) -> None:
    inbox.choose(desk.district, desk.folder, put_away)


def merge(desk: Desk, *paths: Path) -> inbox.Aftermath:
    report = traffic.merge(desk.district, paths, None).report
    return inbox.after_merge(desk.district, report.bundles)


def test_nothing_is_moved_unless_it_was_chosen(desk: Desk) -> None:
    path = desk.send(desk.one, "a.xsj")
    assert inbox.settings(desk.district.database) == inbox.Settings(None, False)
    choose(desk, False)
    assert merge(desk, path).moved == 0
    assert path.exists()
    assert [p.name for p in desk.folder.iterdir()] == ["a.xsj"]


def test_merged_files_are_put_away_and_a_name_that_is_taken_gets_a_number(desk: Desk) -> None:
    choose(desk, True)
    contents = []
    for _ in range(3):
        path = desk.send(desk.one, "报送.xsj")
        contents.append(path.read_bytes())
        assert merge(desk, path).moved == 1
    broken = desk.folder / "坏.xsj"
    broken.write_bytes(b"PK")
    elsewhere = exchange.send(desk.two, desk.folder.parent / "别处.xsj").path
    assert merge(desk, broken, elsewhere).moved == 0
    assert [p.name for p in desk.folder.iterdir() if p.is_file()] == ["坏.xsj"]
    assert elsewhere.exists()
    away = desk.folder / "已合并"
    assert [(away / n).read_bytes() for n in ("报送.xsj", "报送（2）.xsj", "报送（3）.xsj")] == contents
    assert desk.settled().looks[0].path == broken


def test_a_file_that_cannot_be_moved_stays_and_leaves_nothing_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(desk, True)
    path = desk.send(desk.one, "a.xsj")

    def refuses(_source: Path, _target: Path) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(os, "replace", refuses)
    moved, problem = inbox.put_away([path])
    assert (moved, list((desk.folder / "已合并").iterdir())) == (0, [])
    assert problem is not None
    assert path.exists()


@pytest.mark.parametrize(("number", "said"), [(5, "没有权限"), (21, "U盘可能已拔出")])
def test_a_drive_of_windows_that_is_not_ready_is_no_lack_of_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    error = PermissionError(13, "", str(tmp_path))
    error.winerror = number  # type: ignore[attr-defined]

    def refuses(_folder: Path) -> list[Path]:
        raise error

    monkeypatch.setattr("desktop.operations.stations.inbox_files._candidates", refuses)
    assert said in str(Watch().look(tmp_path).problem)


def test_who_below_has_sent_nothing_this_month_is_named(desk: Desk) -> None:
    today = desk.district.environment.today()
    assert inbox.silent(desk.district.database, today) == ["黄湖镇总工会", "径山镇总工会"]
    after = merge(desk, desk.send(desk.one, "a.xsj"))
    assert after.silent == ("黄湖镇总工会",)
    next_month = (today.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    assert len(inbox.silent(desk.district.database, next_month)) == 2


def test_a_folder_is_gathered_at_once_in_turn_and_without_what_is_known(desk: Desk) -> None:
    known = desk.send(desk.two, "z.xsj")
    exchange.merge(desk.district, [known])
    late, later = desk.send(desk.one, "b.xsj"), desk.send(desk.one, "a.xsj")
    shutil.copy(late, desk.folder / "c.xsj")
    (desk.folder / "坏.xsj").write_bytes(b"PK")
    found = inbox.gather(desk.district, desk.folder)
    assert found.paths == (late, later, desk.folder / "坏.xsj")
    assert {a.path.name for a in found.left_out} == {"z.xsj", "c.xsj"}
    with pytest.raises(inbox_files.FolderGone):
        inbox.gather(desk.district, desk.folder / "没有")


def test_looking_can_be_given_up(desk: Desk) -> None:
    for name in ("a.xsj", "b.xsj"):
        desk.send(desk.one, name)

    class GivenUp(Exception):
        pass

    def stop(done: int, _total: int, _words: str) -> None:
        if done:
            raise GivenUp

    looking: Callable[[], Listing] = lambda: desk.watch.look(desk.folder, stop)  # noqa: E731
    with pytest.raises(GivenUp):
        looking()
    assert len(desk.sorted()) == 2

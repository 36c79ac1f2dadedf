"""Letting things not count, with mouse and keys: a merge rolled back, a computer out of use, a fork decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import (
    applying,
    exchange,
    forks,
    policy,
    redating,
    returning,
    unsettled,
    withdrawals,
)
from desktop.operations.workspaces import restoring, wiping, workspaces
from desktop.records.declaration import Level, Role
from desktop.records.versions.stamps import DAY_MS
from desktop.store.peers import traffic as stored
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.ui.dialogs import Answer
from desktop.ui.erase import EraseDialog
from desktop.ui.forms.record_page import RecordPage
from desktop.ui.pages.home.page import HomePage
from desktop.ui.pages.recent import RecentPage
from desktop.ui.pages.sync.page import (
    ENROLMENT,
    FORKS,
    LOG,
    STATIONS,
    UNCOUNTED,
    UNSETTLED,
    WORK,
    SyncPage,
)
from tests.operations.stations import CHEAP, enrol, repeatable, report_up, station, texts, twin
from tests.ui.hands import Desk, Hands, Windows
from tests.ui.house import picture

Open = Callable[[Session], tuple[Desk, SyncPage]]
LONG = "杭州余杭径山镇双溪竹海漂流景区旅游服务有限公司第二分公司犇㛃䶮示例单位名称一二三四五"


@pytest.fixture
def open_page(windows: Windows) -> Open:
    return lambda session: windows.page(session, "sync", SyncPage)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    """A district, and a town of it that has reported twice."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, tmp_path, delegate=True)
    records.save(town, "enterprise", {"name": "第一批的厂"})
    report_up(town, district, tmp_path)
    records.save(town, "enterprise", {"name": "第二批的厂"})
    report_up(town, district, tmp_path)
    return district, town


def names(session: Session) -> set[object]:
    return {name for (name,) in session.database.rows("SELECT name FROM r_enterprise WHERE _life <> 1")}


def choose(hands: Hands, page: SyncPage, merge: int) -> None:
    """The arrow keys bring the cursor onto a merge."""
    grid = page.log.merges
    grid.setFocus()
    for _ in range(grid.rows.rowCount() + 1):
        if grid.current() == merge:
            return
        hands.qtbot.keyClick(grid, Qt.Key.Key_Down)
        hands.settle()
    raise LookupError(merge)


def situations(page: SyncPage) -> list[str]:
    """What the ledger of merges says of each, newest first."""
    columns = [c.label for c in page.log.merges.rows.columns]
    return [line.texts[columns.index("情况")] for line in page.log.merges.rows.lines]


def last_steps(hands: Desk) -> list[tuple[str, ...]]:
    """What the page of recent steps says that the newest two have changed."""
    hands.window.open_page("recent")
    hands.settle()
    page = hands.window.page
    assert isinstance(page, RecentPage)
    hands.look("lifted")
    found = []
    for _ in range(2):
        (line,) = page.changes.rows.lines
        found.append(line.texts[1:])
        hands.press(Qt.Key.Key_Down)
        hands.settle()
    return found


# -- merges --------------------------------------------------------------------------------------------------------


def test_a_merge_is_rolled_back_and_restored(open_page: Open, pair: tuple[Session, Session]) -> None:
    district, _ = pair
    hands, page = open_page(district)
    log = page.log.withdrawing
    assert not page.tabs.isTabVisible(UNCOUNTED)
    page.tabs.setCurrentIndex(LOG)
    assert not log.withdraw.isEnabled()
    choose(hands, page, stored.merges(district.database)[0].id)
    hands.click(log.withdraw)
    assert "会不再计入：企业新增1条" in log.decision.words.text()
    assert log.decision.reason.hasFocus()
    hands.qtbot.keyClick(log.decision.reason, Qt.Key.Key_Return)
    assert names(district) == {"第一批的厂", "第二批的厂"}, "a reason is asked for"
    hands.qtbot.keyClicks(log.decision.reason, "wrong file")
    hands.dialogs.answers = [Answer.CANCEL]
    hands.qtbot.keyClick(log.decision.reason, Qt.Key.Key_Return)
    hands.settle()
    assert names(district) == {"第一批的厂", "第二批的厂"}
    hands.dialogs.answers = [Answer.YES]
    hands.click(log.decision.way_on)
    assert names(district) == {"第一批的厂"}
    assert log.decision.isHidden()
    assert "已撤回“径山镇总工会”第2个数据包" in log.note.words.text()
    assert situations(page) == ["已撤回", ""]
    assert page.tabs.tabText(UNCOUNTED) == "不计入的（1）"
    # At 125 % nothing but … was left of who had sent it; what never happened has no column.
    hands.window.resize(1093, 582)
    hands.settle()
    grid = page.log.merges
    assert grid.columnWidth(1) > grid.fontMetrics().horizontalAdvance("径山镇总工会")
    hidden = {c.label for n, c in enumerate(grid.rows.columns) if grid.isColumnHidden(n)}
    assert hidden == {"已有", "有分歧", "先留着", "不收"}
    hands.window.resize(1366, 728)
    # One row was left beside what is said of it; once another merge is looked at, that has been read.
    assert not page.log.links.isVisible()
    hands.qtbot.keyClick(grid, Qt.Key.Key_Down)
    hands.settle()
    assert log.note.isHidden()
    assert page.log.links.isVisible()
    hands.qtbot.keyClick(grid, Qt.Key.Key_Up)
    hands.settle()
    hands.dialogs.answers = [Answer.YES]
    hands.click(log.restore)
    assert "已恢复" in log.note.words.text()
    assert not page.log.links.isVisible()
    hands.click(log.withdraw)
    hands.qtbot.keyClicks(log.decision.reason, "wrong file")
    hands.dialogs.answers = [Answer.YES]
    hands.click(log.decision.way_on)

    take_back = log.note.findChild(QPushButton)
    assert take_back is not None
    take_back.click()
    assert page.tabs.currentIndex() == UNCOUNTED
    (line,) = page.uncounted.grid.rows.lines
    assert line.texts[0] == "撤回合并"
    assert line.texts[2] == "径山镇总工会"
    assert line.texts[4:] == ("wrong file", "余杭区总工会 王芳")
    page.tabs.setCurrentIndex(LOG)
    hands.dialogs.answers = [Answer.YES]
    hands.click(log.restore)
    assert names(district) == {"第一批的厂", "第二批的厂"}
    assert situations(page) == ["", ""]
    (answer,) = [b for b in log.note.findChildren(QPushButton) if b.text() == "去写回执" and b.isVisible()]
    hands.click(answer)
    assert page.tabs.currentIndex() == WORK
    assert page.below.grid.hasFocus(), "who waits for it is chosen"
    assert last_steps(hands) == [("是否计入", "不计入", "计入"), ("是否计入", "计入", "不计入")]


def test_why_a_merge_cannot_be_rolled_back_is_said(open_page: Open, pair: tuple[Session, Session]) -> None:
    district, _ = pair
    (key,) = (
        k
        for (k,) in district.database.rows(
            "SELECT lower(hex(id)) FROM r_enterprise WHERE name = '第二批的厂'"
        )
    )
    records.save(district, "enterprise", {"surveyed_staff": 9}, record=key)
    records.save(district, "enterprise", {"name": "区里改的"}, record=key)
    hands, page = open_page(district)
    page.tabs.setCurrentIndex(LOG)
    choose(hands, page, stored.merges(district.database)[0].id)
    decision = page.log.withdrawing.decision
    above = page.log.merges.y()
    hands.click(page.log.withdrawing.withdraw)
    assert "后来有2处修改" in decision.note.words.text()
    assert not decision.way_on.isVisible()
    assert decision.cancel.text() == "知道了"
    hands.qtbot.keyClick(decision.cancel, Qt.Key.Key_Escape)
    assert decision.isHidden()
    assert page.log.links.isVisible()
    hands.settle()
    head = page.log.withdrawing.withdraw
    assert page.log.merges.y() == above
    assert above - (head.y() + head.height()) <= 10, "no strip is left where nothing is said"


def test_who_may_not_decide_sees_why(open_page: Open, pair: tuple[Session, Session]) -> None:
    district, _ = pair
    hands, page = open_page(district)
    operator = replace(hands.bench.facts.operator, role=Role.EDITOR)
    hands.bench.facts = replace(hands.bench.facts, operator=operator)
    page.tabs.setCurrentIndex(LOG)
    choose(hands, page, stored.merges(district.database)[0].id)
    assert not page.log.withdrawing.withdraw.isEnabled()
    assert "汇总员或管理员" in page.log.withdrawing.withdraw.toolTip()
    page.tabs.setCurrentIndex(STATIONS)
    hands.settle()
    assert not page.stations.revoke.isEnabled()


def test_what_the_level_above_withdrew_is_marked_and_not_restored_here(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, town = pair
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "村里的厂"})
    report_up(village, town, tmp_path)
    report_up(town, district, tmp_path)
    withdrawals.withdraw(district, stored.merges(district.database)[0].id, "重复")
    report_up(town, district, tmp_path)
    assert "村里的厂" not in names(town)
    hands, page = open_page(town)
    page.tabs.setCurrentIndex(LOG)
    assert "上级已撤回" in situations(page)
    merge = page.log.merges.rows.lines[situations(page).index("上级已撤回")].key
    choose(hands, page, merge)
    assert not page.log.withdrawing.restore.isEnabled()
    page.tabs.setCurrentIndex(UNCOUNTED)
    assert not page.uncounted.lift.isEnabled()
    assert "上级" in page.uncounted.advice.text()


def test_what_a_stolen_laptop_wrote_and_the_town_had_taken_is_told_when_the_word_comes_down(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """The town had merged more of it than the district knew of; it went without a word, and was to be reported."""
    district, town = pair
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "村里的厂"})
    report_up(village, town, tmp_path)
    report_up(town, district, tmp_path)
    records.save(village, "enterprise", {"name": "小偷写的厂"})
    report_up(village, town, tmp_path)
    policy.revoke(district, village.ledger.station, note="被盗")
    down = exchange.send(district, tmp_path / "回执.xsj", to=town.ledger.station).path
    hands, page = open_page(town)
    hands.drop(page.merge.drop, [down])
    hands.click(page.merge.merge)
    assert "别处填的有1条现在不计入：写它的工作电脑已被停用。" in page.merge.note.detail.text()
    hands.look("revoked-told")
    hands.click(page.merge.again)
    assert page.send.inside.text() == "有1项本机没有计入，原话也要带上。"
    page.tabs.setCurrentIndex(UNSETTLED)
    hands.settle()
    assert "确实是单位自己填的，在新电脑上重新填写" in page.unsettled.advice.text()
    hands.look("revoked-unsettled")


def test_a_new_laptop_in_the_place_of_a_stolen_one_is_told_from_it_and_gets_what_its_unit_has(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, town = pair
    new = workspaces.create(
        tmp_path / "新电脑", code=town.unit.code, name=town.unit.name, level=Level.TOWN, operator="王芳",
        password="password1", environment=repeatable("new"), cost=CHEAP,
    )  # fmt: skip
    request, grant, ack = (tmp_path / f"新{kind}" for kind in (".xsq", ".xsg", ".xsa"))
    applying.request(new, request)
    policy.revoke(district, town.ledger.station, note="被盗")
    applying.request(town, tmp_path / "被盗的.xsq")
    hands, page = open_page(district)
    hands.drop(page.merge.drop, [tmp_path / "被盗的.xsq"])
    assert "后来停用了；批准以后又能用" in page.grant.asked.text(), (
        "whoever has it may ask to be let in again"
    )
    hands.look("stolen-asks")
    hands.click(page.grant.cancel)
    page.tabs.setCurrentIndex(WORK)
    hands.drop(page.merge.drop, [request])
    assert "这个单位以前办过1台电脑的入网，都停用了。" in page.grant.asked.text()
    hands.tick(page.grant.compared)
    hands.dialogs.paths = [grant]
    hands.click(page.grant.grant_button)
    applying.accept(new, grant, ack, compared=None)
    page.grant.confirm_all([ack])
    hands.settle()
    assert {line.texts[1] for line in page.grant.stations.rows.lines} == {"已停用", "已入网"}
    assert "下级1个" in page.standing.text(), "one unit, though it has had two computers"
    hands.look("replaced")
    (write,) = (b for b in page.grant.note.findChildren(QPushButton) if b.text() == "去写回执")
    hands.click(write)
    assert page.below.grid.current() == new.ledger.station
    assert [line.texts[3] for line in page.below.grid.rows.lines] == ["新电脑，先给一份", "已停用"]
    hands.look("replaced-below")
    hands.dialogs.paths = [tmp_path]
    hands.click(page.below.answer)
    assert "新电脑" not in page.below.grid.rows.lines[0].texts[3]
    exchange.receive(new, sorted(tmp_path.glob("*.xsj"), key=lambda p: p.stat().st_mtime)[-1:])
    assert names(new) == {"第一批的厂", "第二批的厂"}
    records.save(new, "enterprise", {"name": "第三批的厂"})
    assert report_up(new, district, tmp_path).bundles[0].applied == 1
    new.workspace.close()


def test_whose_items_come_back_is_told_at_once_and_why(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, town = pair
    withdrawals.withdraw(district, stored.merges(district.database)[0].id, "报错了文件")
    down = exchange.send(district, tmp_path / "回执.xsj", to=town.ledger.station).path
    hands, page = open_page(town)
    hands.drop(page.merge.drop, [down])
    hands.click(page.merge.merge)
    told = page.merge.note.detail.text()
    assert "本单位报的有1条上级没有收下：上级撤回了收下它的那次合并：报错了文件。" in told
    assert "定为不计入的1处" in page.merge.note.words.text()
    (there,) = [b for b in page.merge.note.findChildren(QPushButton) if b.text() == "看没有收下的"]
    hands.click(there)
    assert page.tabs.currentIndex() == UNSETTLED
    (line,) = page.unsettled.grid.rows.lines
    assert line.texts[-1] == "上级撤回了收下它的那次合并：报错了文件"
    # The file that said so is read and gone; the work of the day still says it, and leads there.
    home = hands.show("home")
    assert isinstance(home, HomePage)
    (task,) = [t for t in home.tasks.matters.tasks if t.key == "back"]
    assert task.urgent
    assert task.sentence == "本单位报的有1条上级没有收下，请看原因，改好再报"
    task.do()
    hands.settle()
    assert page.tabs.currentIndex() == UNSETTLED
    # What was merged is read: after the mended record is saved there is something to send.
    hands.click(page.unsettled.again)
    form = hands.window.page
    assert isinstance(form, RecordPage)
    hands.qtbot.keyClick(form, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    hands.show("sync")
    bar = page.tabs.tabBar()
    hands.qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(WORK).center())
    hands.settle()
    assert page.merge.files == []
    assert QApplication.focusWidget() is page.send.export, "and not the link that led away, gone by now"
    assert "有1项新内容要上报" in page.send.amount.text()


def test_a_person_is_erased_from_what_was_sent_back(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """No form leads there: the record counts nowhere, and its words are kept with all names."""
    district, town = pair
    member = records.save(town, "member", {"name": "犇㛃䶮", "phone": "13812340000"}).record
    report_up(town, district, tmp_path)
    returning.send_back(district, "member", member, "重复")
    exchange.receive(town, [exchange.send(district, tmp_path / "回执.xsj", to=town.ledger.station).path])
    hands, page = open_page(town)
    page.tabs.setCurrentIndex(UNSETTLED)
    hands.settle()
    (line,) = page.unsettled.grid.rows.lines
    assert line.key.title == "犇㛃䶮"
    hands.look("erase-aside")
    hands.click(page.unsettled.erase)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, EraseDialog)
    hands.strangers.seen.remove(repr(dialog))
    dialog.basis.setCurrentIndex(dialog.basis.findData("consent"))
    dialog.sure.setText("清除")
    hands.click(dialog.do)
    (line,) = page.unsettled.grid.rows.lines
    assert "犇㛃䶮" not in "".join(line.texts)
    assert "犇㛃䶮" not in texts(town)
    assert "13812340000" not in texts(town)


def test_that_own_items_count_again_is_told_and_nobody_reads_of_a_deletion(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, town = pair
    withdrawals.withdraw(district, stored.merges(district.database)[0].id, "报错了文件")
    exchange.receive(town, [exchange.send(district, tmp_path / "撤回.xsj", to=town.ledger.station).path])
    policy.lift(district, *(found.record for found in policy.excluded(district)))
    hands, page = open_page(town)
    hands.drop(page.merge.drop, [exchange.send(district, tmp_path / "恢复.xsj", to=town.ledger.station).path])
    hands.click(page.merge.merge)
    assert "恢复计入的1处" in page.merge.note.words.text()
    assert "删除" not in page.merge.note.words.text()
    assert page.merge.note.detail.text().startswith("上级以前没有收下的，又收下了1条。")
    hands.look("counted-again")


def test_one_record_is_sent_back_from_its_page(
    windows: Windows, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """By keys: the button, the reason, Enter, and the question; the town reads the reason and mends the record."""
    district, town = pair
    first = next(r for r in reading.records(district.database, district.types, Query("enterprise")))
    records.save(district, "member", {"name": "钱某某", "enterprise": first.id})
    hands = windows.desk(district)
    hands.show("home")
    hands.window.open_record("enterprise", first.id)
    hands.settle()
    page = hands.window.page
    assert isinstance(page, RecordPage)
    hands.click(page.returning.begin)
    card = page.returning.decision
    assert card.isVisible()
    assert "它还填在会员1条的“单位（已登记）”里" in card.words.text()
    assert card.reason.hasFocus()
    hands.type("这家不在本镇")
    hands.look("record-sent-back")
    hands.dialogs.answers = [Answer.YES]
    hands.press(Qt.Key.Key_Return)
    assert hands.window.page is not page
    assert f"已退回“{first.values['name']}”" in hands.window.notices.words
    assert names(district) == {"第一批的厂", "第二批的厂"} - {first.values["name"]}
    # What the district has itself, and what is another's, is not sent back.
    own = records.save(district, "enterprise", {"name": "区里的厂"}).record
    hands.window.open_record("enterprise", own)
    hands.settle()
    assert isinstance(hands.window.page, RecordPage)
    assert not hands.window.page.returning.begin.isVisible()

    (other,) = (r.id for r in reading.records(district.database, district.types, Query("enterprise"))
                if r.id != own)  # fmt: skip
    returning.send_back(district, "enterprise", other, "重复登记")
    down = exchange.send(district, tmp_path / "回执.xsj", to=town.ledger.station).path
    hands, below = windows.page(town, "sync", SyncPage)
    hands.drop(below.merge.drop, [down])
    hands.click(below.merge.merge)
    assert "本单位报的有2条上级没有收下：上级退回了这一条：" in below.merge.note.detail.text()
    assert "这家不在本镇（1条）" in below.merge.note.detail.text()
    assert below.merge.details._items_head.text() == "文件里没有收下的", (
        "what is not taken above is not in this file"
    )
    below.tabs.setCurrentIndex(UNSETTLED)
    # Who need not report it again says so, and may change his mind; the cursor stays there.
    (row,) = (n for n in range(2) if below.unsettled.grid.rows.index(n, 3).data() == first.values["name"])
    below.unsettled.grid.selectRow(row)
    hands.click(below.unsettled.drop)
    assert below.unsettled.advice.text().startswith("已定为不再报")
    assert below.unsettled.drop.isHidden()
    assert below.unsettled.grid.current().dropped
    hands.look("not-reported-again")
    hands.click(below.unsettled.again)
    form = hands.window.page
    assert isinstance(form, RecordPage)
    assert form.form.values()["name"] == first.values["name"]
    assert not form.returning.begin.isVisible()


def test_why_a_record_is_not_sent_back_is_said_in_its_page(
    windows: Windows, pair: tuple[Session, Session]
) -> None:
    district, _ = pair
    first = next(r for r in reading.records(district.database, district.types, Query("enterprise")))
    records.save(district, "enterprise", {"name": "区里改过的厂"}, record=first.id)
    hands = windows.desk(district)
    hands.show("home")
    hands.window.open_record("enterprise", first.id)
    hands.settle()
    page = hands.window.page
    assert isinstance(page, RecordPage)
    hands.click(page.returning.begin)
    assert "后来有1处修改接在它上面，不能退回" in page.returning.decision.note.words.text()
    assert not page.returning.decision.reason.isVisible()
    hands.press(Qt.Key.Key_Return)
    assert page.returning.decision.isHidden()


def test_own_items_that_wait_for_what_was_taken_back_are_not_told_as_come_from_below(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, town = pair
    withdrawals.withdraw(district, stored.merges(district.database)[0].id, "报错了文件")
    (firm,) = [r for r in reading.records(town.database, town.types, Query("enterprise"))
               if r.values["name"] == "第二批的厂"]  # fmt: skip
    records.save(town, "enterprise", {"name": "后来改的厂"}, record=firm.id)
    exchange.receive(town, [exchange.send(district, tmp_path / "回执.xsj", to=town.ledger.station).path])
    _, page = open_page(town)
    assert page.unsettled.above.words.text().startswith("上级没有收下这1条")
    assert page.unsettled.here.words.text().startswith("本单位填的、现在没有计入这1条")


def test_a_file_whose_merge_was_rolled_back_is_said_to_bring_nothing_back(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """Given once more it would else look like a merge that went well."""
    district, town = pair
    records.save(town, "enterprise", {"name": "第三批的厂"})
    sent = exchange.send(town, tmp_path / "第三批 报.xsj").path
    exchange.merge(district, [sent])
    hands, page = open_page(district)
    hands.drop(page.merge.drop, [sent])
    assert page.merge.grid.rows.lines[0].texts[-1].endswith("全部已有，没有新内容")
    hands.click(page.merge.clear)
    withdrawals.withdraw(district, stored.merges(district.database)[0].id, "报错了文件")
    hands.drop(page.merge.drop, [sent])
    said = "第三批 报.xsj：以前合并过，那次合并已经撤回，再合并也不计入。"
    assert page.merge.note.words.text().startswith(said)
    assert page.merge.grid.rows.lines[0].texts[-1].endswith("以前的合并已撤回，现在不计入")
    hands.click(page.merge.merge)
    assert said in page.merge.note.detail.text()
    assert page.merge.note.property("tone") == "warning"
    assert names(district) == {"第一批的厂", "第二批的厂"}


# -- computers -----------------------------------------------------------------------------------------------------


def test_a_lost_computer_is_put_out_of_use_and_let_in_again(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, town = pair
    hands, page = open_page(district)
    tab = page.stations
    page.tabs.setCurrentIndex(STATIONS)
    hands.settle()
    (line,) = tab.grid.rows.lines
    assert (line.texts[0], line.texts[3]) == ("径山镇总工会", "在用")
    hands.click(tab.revoke)
    assert tab.decision.words.text().startswith("已经收到的内容都还算。")
    assert not tab.after.isVisible()
    picture(hands.window, "revoking-all")
    hands.tick(tab.earlier)
    assert tab.after.isVisible()
    picture(hands.window, "revoking")
    assert tab.day.text() == "2026-11-23"
    assert "会不再计入：企业新增2条" in tab.decision.words.text(), "all that was written today"
    tab.day.set_text("")
    tab.day.take_focus()
    hands.qtbot.keyClicks(tab.day.line, "20261124")
    hands.qtbot.keyClick(tab.day.line, Qt.Key.Key_Return)
    hands.settle()
    assert "已经收到的内容都还算" in tab.decision.words.text(), "nothing was written as late as that"
    tab.after.setValue(tab.after.value() - 1)
    hands.settle()
    assert "会不再计入：企业新增1条" in tab.decision.words.text(), "whoever knows the number says it"
    hands.tick(tab.earlier)
    assert tab.decision.words.text().startswith("已经收到的内容都还算。")
    hands.click(tab.decision.examples[0])
    assert tab.decision.reason.text() == "丢失"
    hands.dialogs.answers = [Answer.YES]
    hands.press(Qt.Key.Key_Return)
    assert tab.grid.rows.lines[0].texts[3] == "已停用"
    assert [b.text() for b in tab.note.findChildren(QPushButton)] == ["去写回执"], "so others hear of it"
    assert names(district) == {"第一批的厂", "第二批的厂"}
    records.save(town, "enterprise", {"name": "捡到的人写的"})
    late = exchange.send(town, tmp_path / "late.xsj")
    (refused,) = exchange.merge(district, [late.path]).bundles
    assert refused.problem is not None
    assert page.below.grid.rows.lines[0].texts[3] == "已停用"
    page.tabs.setCurrentIndex(0)
    page.below.grid.setCurrentIndex(page.below.grid.rows.index(0, 0))
    assert not page.below.answer.isEnabled()
    hands.dialogs.paths = [tmp_path]
    page.below.write()
    hands.settle()
    assert "已经停用，不再给它导出" in page.below.note.detail.text()

    page.tabs.setCurrentIndex(STATIONS)
    hands.settle()
    hands.dialogs.answers = [Answer.YES]
    hands.click(tab.restore)
    assert tab.grid.rows.lines[0].texts[3] == "在用"
    assert last_steps(hands) == [("工作电脑", "已停用", "在用"), ("工作电脑", "在用", "已停用")]
    exchange.merge(district, [late.path])
    assert "捡到的人写的" in names(district)


def test_a_computer_that_was_enrolled_once_more_is_in_use_and_can_be_answered(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """The word that put it out of use stands, as it holds for what was written meanwhile."""
    district, town = pair
    policy.revoke(district, town.ledger.station)
    enrol(town, district, tmp_path, delegate=True)
    hands, page = open_page(district)
    assert page.below.grid.rows.lines[0].texts[3] != "已停用"
    page.below.grid.setCurrentIndex(page.below.grid.rows.index(0, 0))
    assert page.below.answer.isEnabled()
    page.tabs.setCurrentIndex(STATIONS)
    hands.settle()
    assert page.stations.grid.rows.lines[0].texts[3] == "在用"


def test_a_computer_that_was_restored_has_not_sent_less(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """It numbers anew from 1; what it had sent before is here all the same."""
    district, town = pair
    town.workspace.close()
    town = restoring.restore(town.workspace.folder, None, "王芳", "password1", repeatable("anew")).session
    records.save(town, "enterprise", {"name": "恢复以后的厂"})
    report_up(town, district, tmp_path)
    hands, page = open_page(district)
    tab = page.stations
    page.tabs.setCurrentIndex(STATIONS)
    hands.settle()
    assert tab.grid.rows.lines[0].texts[2] == "3"
    hands.click(tab.revoke)
    assert not tab.anew.isVisible()
    hands.tick(tab.earlier)
    hands.settle()
    assert tab.after.maximum() == 1
    assert tab.anew.isVisible()
    hands.look("revoking-restored")
    town.workspace.close()


def test_items_from_a_number_on_are_cut(open_page: Open, pair: tuple[Session, Session]) -> None:
    district, _ = pair
    hands, page = open_page(district)
    tab = page.stations
    page.tabs.setCurrentIndex(STATIONS)
    hands.settle()
    hands.click(tab.revoke)
    hands.tick(tab.earlier)
    hands.settle()
    assert tab.after.value() == 0, "all of it was written today"
    tab.after.setValue(tab.after.maximum() - 1)
    hands.settle()
    hands.qtbot.keyClicks(tab.decision.reason, "stolen")
    hands.dialogs.answers = [Answer.YES]
    hands.click(tab.decision.way_on)
    assert names(district) == {"第一批的厂"}
    # The list of what does not count takes it back too.
    page.tabs.setCurrentIndex(UNCOUNTED)
    hands.dialogs.answers = [Answer.YES]
    hands.qtbot.keyClick(page.uncounted.grid, Qt.Key.Key_Return)
    hands.settle()
    assert names(district) == {"第一批的厂", "第二批的厂"}
    assert "已恢复" in page.uncounted.note.words.text()


def test_the_word_of_a_wiped_computer_is_dropped_and_leads_to_putting_it_out_of_use(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, town = pair
    records.save(town, "enterprise", {"name": "没有报来的厂"})
    done = wiping.confirm(town, town.unit.name, tmp_path, unsent_too=True)
    town.workspace.close()
    wiping.destroy(done)
    word = done.statement
    assert word is not None
    hands, page = open_page(district)
    hands.drop(page.merge.drop, [word])
    assert page.tabs.currentIndex() == STATIONS
    tab = page.stations
    assert "“径山镇总工会”的工作电脑" in tab.note.words.text()
    assert "有1项本机没有收到" in tab.note.detail.text()
    (way_on,) = tab.note.findChildren(QPushButton)
    hands.click(way_on)
    assert tab.decision.isVisible()
    assert "有1项本机没有收到" in tab.note.detail.text()
    assert tab.note.isVisible(), "it is read before it is decided"
    assert tab.decision.reason.text() == "已清除"
    hands.look("wiped-out-of-use")
    hands.dialogs.answers = [Answer.YES]
    hands.press(Qt.Key.Key_Return)
    assert "已停用" in tab.grid.rows.lines[0].texts
    # The same once more, and with one that is damaged.
    broken = tmp_path / "坏的.xsw"
    broken.write_bytes(word.read_bytes()[:-20])
    hands.drop(page.merge.drop, [word, broken])
    assert "已经停用，不用再办" in tab.note.detail.text()
    hands.drop(page.merge.drop, [broken])
    assert "“坏的.xsw”不能用" in tab.note.words.text()


def test_undo_lets_a_computer_in_again_and_the_page_shows_it(
    open_page: Open, pair: tuple[Session, Session]
) -> None:
    district, _ = pair
    hands, page = open_page(district)
    tab = page.stations
    page.tabs.setCurrentIndex(STATIONS)
    hands.settle()
    hands.click(tab.revoke)
    hands.click(tab.decision.examples[2])
    hands.dialogs.answers = [Answer.YES]
    hands.qtbot.keyClick(tab.decision.reason, Qt.Key.Key_Return)
    hands.settle()
    assert tab.grid.rows.lines[0].texts[3] == "已停用"
    assert tab.grid.hasFocus()
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert tab.grid.rows.lines[0].texts[3] == "在用"
    assert policy.excluded(district) == []


# -- forks ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def forked(pair: tuple[Session, Session], tmp_path: Path) -> tuple[Session, Session, Session]:
    """The district, the town's laptop and its twin, which have written under the same numbers."""
    district, town = pair
    copy = twin(town, tmp_path / "twin")
    records.save(town, "enterprise", {"name": "原机的厂"})
    records.save(copy, "enterprise", {"name": "副本的厂"})
    report_up(town, district, tmp_path)
    exchange.merge(district, [exchange.send(copy, tmp_path / "copy.xsj").path])
    return district, town, copy


def decide(hands: Hands, page: SyncPage, answer: int) -> None:
    page.tabs.setCurrentIndex(FORKS)
    deciding = page.forks.deciding
    hands.click(deciding.begin)
    assert not page.forks.note.isVisible()
    assert not page.forks.two.isVisible()
    assert not deciding.decision.way_on.isEnabled()
    hands.tick(deciding.answers.buttons()[answer])
    hands.qtbot.keyClicks(deciding.decision.reason, "phone")
    hands.dialogs.answers = [Answer.YES]
    hands.click(deciding.decision.way_on)


def receive(hands: Hands, page: SyncPage, path: Path) -> None:
    hands.drop(page.merge.drop, [path])
    hands.click(page.merge.merge)


def test_a_restored_computer_is_told_to_report_once_more(
    open_page: Open, forked: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, town, copy = forked
    hands, page = open_page(district)
    decide(hands, page, 0)
    assert forks.open_forks(district.database, district.here) == []
    assert page.tabs.currentIndex() == WORK, "what is to be done next is a receipt"
    assert page.below.grid.current() == town.ledger.station
    down = exchange.send(district, tmp_path / "down.xsj", to=town.ledger.station)
    hands, page = open_page(copy)
    receive(hands, page, down.path)
    assert "有1项已换新编号" in page.merge.note.detail.text()
    assert "请再上报一次" in page.merge.note.detail.text()
    assert "没有收下" not in page.merge.note.detail.text(), "what has a new number asks for nothing more"
    assert page.tabs.tabText(UNSETTLED) == "没有收下的"
    ways = [b for b in page.merge.note.findChildren(QPushButton) if "没有收下" in b.text()]
    assert not any(b.isVisible() for b in ways), "nothing is listed there"
    assert len(unsettled.unsettled(district.database, district.here)) == 1
    report_up(copy, district, tmp_path)
    assert {"原机的厂", "副本的厂"} <= names(district)
    assert unsettled.unsettled(district.database, district.here) == [], "it has come under its new number"


def test_why_something_waits_is_read_whole_in_the_preview(
    open_page: Open, forked: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, _, copy = forked
    records.save(copy, "enterprise", {"name": "杭州余杭径山镇双溪漂流景区开发管理服务有限责任公司𠮷㐂䶮"})
    hands, page = open_page(district)
    hands.drop(page.merge.drop, [exchange.send(copy, tmp_path / "再.xsj").path])
    items = page.merge.details.items
    reason = len(items.rows.columns) - 1
    assert items.rows.lines
    for row, line in enumerate(items.rows.lines):
        room = items.columnWidth(reason) - 20
        lines = items.fontMetrics().horizontalAdvance(line.texts[reason]) / room
        assert lines > 1, "there is room for it in one line: nothing is proved"
        assert items.rowHeight(row) >= lines * items.fontMetrics().height()
    hands.look("waits-preview")


def test_a_merge_that_finds_a_fork_leads_to_it(
    open_page: Open, forked: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, _, copy = forked
    records.save(copy, "enterprise", {"name": "副本又登记的厂"})
    hands, page = open_page(district)
    receive(hands, page, exchange.send(copy, tmp_path / "又.xsj").path)
    assert page.merge.note.detail.text().startswith("有一台电脑重号：")
    assert page.merge.note.property("tone") == "warning"
    (way,) = [b for b in page.merge.note.findChildren(QPushButton) if b.text() == "看重号" and b.isVisible()]
    hands.look("merge-found-fork")
    hands.click(way)
    assert page.tabs.currentIndex() == FORKS
    decide(hands, page, 0)
    assert not way.isVisible(), "nobody is sent where nothing stands"


def test_a_copy_is_led_to_enrolment(
    open_page: Open, forked: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, town, copy = forked
    hands, page = open_page(district)
    decide(hands, page, 1)
    down = exchange.send(district, tmp_path / "down.xsj", to=town.ledger.station)
    hands, page = open_page(copy)
    before = copy.ledger.station
    receive(hands, page, down.path)
    assert "从另一台复制来的" in page.merge.note.detail.text()
    way = next(b for b in page.merge.note.findChildren(QPushButton) if "重新办理入网" in b.text())
    hands.dialogs.answers = [Answer.YES]
    hands.click(way)
    assert copy.ledger.station not in (before, town.ledger.station)
    assert page.tabs.currentIndex() == ENROLMENT
    assert page.seen is not None
    assert not page.seen.standing.enrolled
    # What it has written is not lost with its name: it can be filled in once more.
    page.tabs.setCurrentIndex(UNSETTLED)
    hands.settle()
    (item,) = [line.key for line in page.unsettled.grid.rows.lines if line.key.title == "副本的厂"]
    assert (item.own, item.again) == (True, True)
    page.unsettled.grid.selectRow(0)
    assert not page.unsettled.again.isEnabled(), "not before it is enrolled"
    assert "办好入网以前只能看" in page.unsettled.again.toolTip()
    assert not any(map(hands.bench.may_write, hands.bench.types.values()))
    with pytest.raises(Exception, match="复制来的台账"):
        records.save(copy, "enterprise", {"name": "还不能录入"})


def test_who_is_below_is_told_who_decides_a_fork(
    open_page: Open, forked: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, _, _ = forked
    hands, page = open_page(district)
    operator = replace(hands.bench.facts.operator, role=Role.EDITOR)
    hands.bench.facts = replace(hands.bench.facts, operator=operator)
    page.forks.deciding.choose(page.forks.deciding._fork, decidable=False)
    page.tabs.setCurrentIndex(FORKS)
    assert not page.forks.deciding.begin.isVisible()
    assert "汇总员或管理员" in page.forks.deciding.theirs.text()
    with pytest.raises(NotAllowed):
        policy.require_above_station(pair_of(forked), district.ledger.station)


# -- a wrong date --------------------------------------------------------------------------------------------------


def test_what_was_saved_under_a_wrong_date_is_saved_anew_after_a_question(
    open_page: Open, tmp_path: Path
) -> None:
    ahead = [0]
    ticks = repeatable("快表")
    environment = replace(ticks, now=lambda: ticks.now() + ahead[0])
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = workspaces.create(
        tmp_path / "镇", code="330110109", name="径山镇总工会", level=Level.TOWN, operator="王芳",
        password="password1", environment=environment, cost=CHEAP,
    )  # fmt: skip
    enrol(town, district, tmp_path)
    ahead[0] = 20 * DAY_MS
    records.save(town, "enterprise", {"name": "日期快的厂"})
    ahead[0] = 0
    town.ledger.clock.ask = lambda _doubt: True
    report_up(town, district, tmp_path)
    assert names(district) == set()
    hands, page = open_page(town)
    page.tabs.setCurrentIndex(UNSETTLED)
    hands.settle()
    tab = page.unsettled
    assert tab.redate.isVisible()
    assert "最晚2026年12月13日" in tab.ahead.words.text()
    assert not tab.again.isVisible()
    hands.dialogs.answers = [Answer.CANCEL]
    hands.click(tab.redate)
    assert "2026年11月23日，对吗" in hands.dialogs.asked[-1]
    assert "企业新增1条" in hands.dialogs.asked[-1]
    assert [loss.births for loss in redating.look_at_redating(town)] == [1]
    hands.dialogs.answers = [Answer.YES]
    hands.click(tab.redate)
    assert redating.look_at_redating(town) == ()
    assert not tab.ahead.isVisible()
    report_up(town, district, tmp_path)
    assert names(district) == {"日期快的厂"}
    # Once more there is nothing to do, and that is said.
    page.load()
    hands.settle()
    tab._look_at_dates()
    hands.settle()
    assert "不用更正" in hands.window.notices.words


def pair_of(forked: tuple[Session, Session, Session]) -> Session:
    return forked[1]

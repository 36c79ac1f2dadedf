"""What a congress decided is offered in one line, filled in by a key, and every record lists what leads to it."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.versions.canonical import Cell
from desktop.ui.dialogs import Answer
from desktop.ui.forms.record_page import RecordPage
from desktop.ui.forms.related import Hanging
from desktop.ui.pages.congress.motions import MotionsTab
from desktop.ui.pages.congress.page import CongressPage
from desktop.ui.widgets.looks import LOOK, Look
from tests.ui.hands import CTRL, Desk, K

VOTES: dict[str, Cell] = {"expected_count": 40, "present_count": 38, "approve_count": 36, "against_count": 1,
                          "abstain_count": 1, "needs_vote": 1, "vote_method": "secret"}  # fmt: skip


def save(session: Session, type_name: str, **values: Cell) -> str:
    return records.save(session, type_name, values).record


@pytest.fixture
def firm(town: Session) -> str:
    return save(town, "enterprise", name="杭州示例茶业有限公司")


@pytest.fixture
def congress(town: Session, firm: str) -> str:
    return save(town, "congress", name="第三届第二次职代会", kind="congress", enterprise=firm,
                started_date="2026-10-15", expected_count=40, present_count=38, staff_count=128)  # fmt: skip


@pytest.fixture
def motion(town: Session, congress: str) -> str:
    return save(town, "motion", congress=congress, title="审议《2026年工资专项集体合同（草案）》",
                matter_class="approve", subject="wages_contract", **VOTES)  # fmt: skip


def opened(desk: Desk, type_name: str, record: str) -> RecordPage:
    desk.show(f"list:{type_name}")
    desk.window.open_record(type_name, record)
    desk.settle()
    return page_of(desk)


def page_of(desk: Desk) -> RecordPage:
    page = desk.window.page
    assert isinstance(page, RecordPage)
    return page


def lines(page: RecordPage) -> dict[str, list[str]]:
    tree = page.related.tree
    tops = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    return {
        top.text(0): [child.text(0) for n in range(top.childCount()) if (child := top.child(n))]
        for top in tops
        if top
    }


def test_a_key_opens_the_contract_filled_in_and_saving_it_ends_the_offer(
    desk: Desk, town: Session, motion: str
) -> None:
    page = opened(desk, "motion", motion)
    assert "集体协商与合同（已填好8项）" in page.follow.words.text()
    QTest.keyClick(page, K.Key_G, CTRL)
    desk.settle()
    form = page_of(desk)
    assert form.record is None
    assert form.form.values()["name"] == "2026年工资专项集体合同"
    assert form.form.rows["submitted_date"].message.words == "由职代会“召开日期”带出"
    assert records.load(town, "motion", motion) is not None
    QTest.keyClick(form, K.Key_S, CTRL)
    desk.settle()
    assert form.record is not None
    desk.press(K.Key_Escape)
    back = page_of(desk)
    assert back.record == motion
    assert not back.follow.isVisible()
    assert [words for words in lines(back) if "集体协商与合同（对应议题）　1条" in words]


def test_all_offers_of_a_congress_are_taken_up_after_one_question_and_undone_at_once(
    desk: Desk, town: Session, congress: str, motion: str
) -> None:
    save(town, "motion", congress=congress, title="选举职工董事、监事", matter_class="elect",
         subject="staff_directors", elected_directors="王芳、李强", elected_supervisors="赵翀", **VOTES)  # fmt: skip
    page = opened(desk, "congress", congress)
    assert len(page.follow.offers) == 5
    desk.click(page.follow.each_button)
    assert page.tabs.currentWidget() is page.related
    assert "职工董事监事（已填好6项）：赵翀 职工监事" in lines(page)["可以生成　5条"]
    desk.dialogs.answers = [Answer.NO, Answer.YES]
    desk.click(page.follow.all_button)
    assert len(page.follow.offers) == 5
    QTest.keyClick(page, K.Key_G, CTRL)
    desk.settle()
    assert "王芳" in desk.dialogs.asked[-1]
    assert page.follow.offers == ()
    assert lines(page)["职工董事监事（选举的职代会）　3条"]
    QTest.keyClick(page, K.Key_Z, CTRL)
    desk.settle()
    assert len(page.follow.offers) == 5


def motions_of(page: RecordPage) -> MotionsTab:
    assert isinstance(page, CongressPage)
    sheet = page.sheets["motion"]
    assert isinstance(sheet, MotionsTab)
    page.tabs.setCurrentWidget(sheet)
    return sheet


def result_at(sheet: MotionsTab, row: int) -> str:
    column = [c.name for c in sheet.model.columns].index("result")
    look = sheet.model.index(row, column).data(LOOK)
    assert isinstance(look, Look)
    return look.words


def test_what_a_motion_gives_stands_beside_its_result(
    desk: Desk, town: Session, congress: str, motion: str
) -> None:
    save(town, "motion", congress=congress, title="选举职工董事、监事", matter_class="elect", sequence=2,
         subject="staff_directors", elected_directors="王芳、李强", elected_supervisors="赵翀", **VOTES)  # fmt: skip
    save(town, "motion", congress=congress, title="选举职工监事", matter_class="elect", sequence=3,
         subject="staff_directors", **VOTES)  # fmt: skip
    save(town, "motion", congress=congress, title="审议奖惩办法", matter_class="approve", sequence=4,
         **{**VOTES, "approve_count": 10, "against_count": 27})  # fmt: skip
    page = opened(desk, "congress", congress)
    sheet = motions_of(page)
    titles = [str(row.values.get("title")) for row in sheet.model.rows]
    at = {title: titles.index(title) for title in titles}
    contract, elected = at["审议《2026年工资专项集体合同（草案）》"], at["选举职工董事、监事"]
    assert result_at(sheet, contract) == "通过，可生成1条"
    assert result_at(sheet, elected) == "通过，可生成3条"
    assert result_at(sheet, at["审议奖惩办法"]) == "未通过"
    sheet.view.go_to(at["选举职工监事"], 0)
    desk.settle()
    assert "填好当选人，就能生成职工董事监事" in sheet.say.text()
    assert not sheet.give.isVisible()
    sheet.view.go_to(elected, 0)
    desk.settle()
    assert sheet.give.text() == "生成职工董事监事（3条）…"
    sheet.view.go_to(contract, 0)
    desk.settle()
    assert sheet.give.text() == "生成集体协商与合同…"
    desk.click(sheet.give)
    desk.settle()
    form = page_of(desk)
    assert (form.record, form.form.values()["name"]) == (None, "2026年工资专项集体合同")
    QTest.keyClick(form, K.Key_S, CTRL)
    desk.settle()
    desk.press(K.Key_Escape)
    sheet = motions_of(page_of(desk))
    assert result_at(sheet, contract) == "通过"


def test_a_vote_that_is_not_saved_yet_says_what_it_will_give(
    desk: Desk, town: Session, congress: str
) -> None:
    save(town, "motion", congress=congress, title="审议《2026年集体合同（草案）》", matter_class="approve",
         subject="collective_contract", **{**VOTES, "approve_count": None})  # fmt: skip
    sheet = motions_of(opened(desk, "congress", congress))
    row = sheet.model.rows[0]
    row.values["approve_count"] = 36
    sheet.show_figures()
    assert "保存后可以生成集体协商与合同" in sheet.say.text()
    assert not sheet.give.isVisible()


def test_what_leads_to_a_record_is_listed_and_opened_by_enter(
    desk: Desk, town: Session, firm: str, congress: str
) -> None:
    # What belongs to a record has a tab of its own.
    save(town, "visit", enterprise=firm, visit_date="2026-05-01")
    page = opened(desk, "enterprise", firm)
    assert lines(page) == {"职代会（单位）　1条": ["第三届第二次职代会 2026-10-15"]}
    assert page.tabs.tabText(page.tabs.indexOf(page.related)) == "相关记录（1）"
    page.tabs.setCurrentWidget(page.related)
    top = page.related.tree.topLevelItem(0)
    assert top is not None
    child = top.child(0)
    assert child is not None
    page.related.tree.setCurrentItem(child)
    desk.press(K.Key_Return)
    assert page_of(desk).record == congress


def test_ctrl_tab_goes_through_all_tabs_and_never_out_of_the_page(desk: Desk, firm: str) -> None:
    page, seen = opened(desk, "enterprise", firm), []
    for _ in range(page.tabs.count()):
        desk.press(K.Key_Tab, modifier=CTRL)
        seen.append(page.tabs.currentIndex())
        assert page.isAncestorOf(desk.focus()), page.tabs.tabText(page.tabs.currentIndex())
    assert sorted(seen) == list(range(page.tabs.count()))
    page.tabs.setCurrentWidget(page.related)
    page.related.tree.show()  # the answer that there is nothing comes when the cursor is there already
    page.related.start()
    assert desk.focus() is page.related.tree
    page.related.show_hanging(Hanging((), ()))
    before = page.tabs.currentIndex()
    desk.press(K.Key_Tab, modifier=CTRL)
    assert page.tabs.currentIndex() == before + 1

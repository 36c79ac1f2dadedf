"""A supervision case in the window: lawful steps are buttons, others are grey with the reason, clocks are words."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktop import reference
from desktop.operations import supervision
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.declaration import Level, Role
from desktop.records.supervision import Bound, Clock, EventKind, LetterKind, Stage
from desktop.records.supervision.numbering import Series
from desktop.reference import SHIPPED_LAWS
from desktop.ui import theme
from desktop.ui.forms.page import FormPage
from desktop.ui.page import Act
from desktop.ui.pages.case.days_off import HolidaysList
from desktop.ui.pages.case.letter_form import LetterPage, article_choices
from desktop.ui.pages.case.page import CasePage
from desktop.ui.pages.case.reading import clock_words, timeline
from desktop.ui.printing.page import PreviewPage
from desktop.ui.widgets.choices import ChoiceOverlay
from tests.ui.cases import TODAY, WORDS, case, drafted, inquired, opened, texts, workspace
from tests.ui.hands import CTRL, Desk, K, Windows
from tests.ui.house import picture

pytestmark = pytest.mark.usefixtures("bundled_fonts")


NEXT_YEAR = "".join(
    f"2027-{day},holiday,{name},通知\r\n"
    for day, name in (
        ("01-01", "元旦"), ("02-05", "春节"), ("04-05", "清明节"), ("05-01", "劳动节"), ("06-09", "端午节"),
        ("09-15", "中秋节"), ("10-01", "国庆节"),
    )
)  # fmt: skip


@pytest.fixture
def district(tmp_path: Path) -> Session:
    return workspace(tmp_path)


@pytest.fixture
def desk(windows: Windows, district: Session) -> Desk:
    return windows.desk(district)


# -- periods -----------------------------------------------------------------------------------------------------------


def clock(due: datetime.date | None, kind: str = "working") -> Clock:
    return Clock("等待答复", Bound.EMPLOYER, TODAY, 15, kind, due, 2027 if due is None else None)


CLOCKS = {
    "working days left": (clock(datetime.date(2026, 12, 14)), "到12月14日（周一），还剩11个工作日"),
    "the last day": (clock(TODAY), "今天是最后一天"),
    "overdue": (clock(datetime.date(2026, 11, 25)), "11月25日（周三）到期，已逾期2个工作日"),
    "calendar days": (clock(datetime.date(2026, 12, 7), "natural"), "还剩10天"),
    "a year without its table": (clock(None), "2027年的放假安排还没有导入，算不出期限"),
}


@pytest.mark.parametrize(("shown", "words"), CLOCKS.values(), ids=CLOCKS.keys())
def test_a_period_in_words(shown: Clock, words: str) -> None:
    assert words in clock_words(shown, TODAY, reference.working_day_table())


def test_on_the_days_off_behind_the_last_one_no_working_days_are_counted() -> None:
    sunday = datetime.date(2026, 11, 29)
    assert clock_words(clock(TODAY), sunday, reference.working_day_table()).endswith("到期，已逾期")


# -- steps -------------------------------------------------------------------------------------------------------------


def test_the_lawful_steps_are_offered_and_the_clock_runs(desk: Desk, district: Session) -> None:
    tab = opened(desk, case(district))
    assert tab.steps.buttons[EventKind.ACCEPTED].isEnabled()
    assert tab.steps.buttons[EventKind.NOT_ACCEPTED].isEnabled()
    assert desk.focus() is tab.steps.buttons[EventKind.ACCEPTED]
    assert "到11月30日（周一），还剩1个工作日" in texts(tab.standing)
    assert "第十七条" in texts(tab.standing)


def test_tab_goes_through_the_letters_before_the_steps_that_were(desk: Desk, district: Session) -> None:
    record = inquired(district)
    drafted(district, record)
    tab = opened(desk, record)
    went: list[QWidget] = []
    while not went or desk.focus() is not went[0]:
        went.append(desk.focus())
        desk.press(K.Key_Tab)
    past, settings, *letters = [each for each in went if tab.letters.isAncestorOf(each)]
    steps = [each for each in went if tab.timeline.isAncestorOf(each)]
    assert [b.text() for b in (past, settings) if isinstance(b, QPushButton)] == [
        "补录以前发出的文书", "编号设置",
    ]  # fmt: skip
    assert letters
    assert len(steps) >= 4
    places = [went.index(each) for each in (past, settings, *letters, *steps)]
    assert places == list(range(places[0], places[0] + len(places)))


def starred(page: LetterPage) -> set[str]:
    """The fields with a red star, which is heard as well."""
    rows = page.form.rows
    heard = {n for n, r in rows.items() if any("必填" in w.accessibleName() for w in r.editor.inputs())}
    assert heard == {n for n, r in rows.items() if "*</span>" in r.label.text() and r.editor.inputs()}
    return heard


def test_a_letter_of_the_paper_register_is_entered_from_its_case(desk: Desk, district: Session) -> None:
    record = inquired(district)
    tab = opened(desk, record)
    (enter,) = (b for b in tab.letters.findChildren(QPushButton) if b.text() == "补录以前发出的文书")
    desk.click(enter)
    page = desk.window.page
    assert isinstance(page, LetterPage)
    desk.look("past-new")
    desk.press(K.Key_Tab)
    assert page.form.rows["past_issue_date"].editor.isAncestorOf(desk.focus())
    assert "facts" in starred(page)
    for name, words in (
        ("kind", "意见书"), ("past_document_number", "西工监意〔2026〕7号"), ("past_issue_date", "20261110"),
        ("past_signer", "周正"), ("past_signer_post", "主席"),
    ):  # fmt: skip
        page.form.rows[name].editor.take_focus()
        desk.type(words)
    page.form.flush()
    assert starred(page) == {"case", "kind", "addressee", "subject"}, "no words and no contact are asked for"
    desk.press(K.Key_S, modifier=CTRL)
    desk.look("past-form")
    assert not page.preview_button.isVisible()
    # Nothing that was entered is changed without saying why.
    page.form.rows["past_signer"].editor.take_focus()
    desk.type("周政")
    desk.press(K.Key_S, modifier=CTRL)
    desk.look("past-no-reason")
    assert "请在“更正原因”里写明" in texts(desk.window)
    page.form.rows["past_correction"].editor.take_focus()
    desk.type("抄错姓名")
    desk.press(K.Key_S, modifier=CTRL)
    desk.look("past-corrected")
    assert "请在“更正原因”里写明" not in texts(desk.window)
    tab = opened(desk, record)
    desk.look("past-after")
    assert "意见书（西工监意〔2026〕7号）　补录" in texts(tab.letters)
    assert "没有全文" in texts(tab.letters)


def test_what_is_not_lawful_is_grey_with_reason_and_article(desk: Desk, district: Session) -> None:
    tab = opened(desk, case(district))
    tab.steps._toggle(True)
    served = tab.steps.buttons[EventKind.SERVED]
    assert not served.isEnabled()
    assert "还没有签发文书" in served.toolTip()
    assert "第二十一条" in served.toolTip()
    suggestion = tab.steps.buttons[LetterKind.SUGGESTION]
    assert not suggestion.isEnabled()
    assert "投诉还没有登记受理" in suggestion.toolTip()


def test_a_step_is_recorded_by_keyboard_and_taken_back_by_one_undo(desk: Desk, district: Session) -> None:
    record = case(district)
    tab = opened(desk, record)
    desk.keys = 0
    desk.press(K.Key_Space)
    desk.press(K.Key_S, modifier=CTRL)
    assert desk.keys == 2
    assert tab.view is not None
    assert tab.view.state.stage is Stage.ACCEPTED
    assert "已受理立案" in tab.standing.stage.text()
    assert [r.values["kind"] for r in records.children(district, "case_event", record)] == ["accepted"]
    desk.press(K.Key_Z, modifier=CTRL)
    assert records.children(district, "case_event", record) == []
    assert tab.view.state.stage is Stage.CLUE


def test_only_the_results_of_a_step_are_offered_and_missing_ones_are_asked_for_once(
    desk: Desk, district: Session
) -> None:
    record = case(district)
    supervision.record_event(district, record, "accepted", TODAY)
    supervision.record_event(district, record, "heard", TODAY)
    tab = opened(desk, record)
    desk.click(tab.steps.buttons[EventKind.NEGOTIATED])
    choice = tab.entry.rows["result"].editor
    assert [choice.box.itemText(n) for n in range(choice.box.count())] == ["", "达成一致", "未达成一致"]  # type: ignore[attr-defined]
    desk.click(tab.entry.save)
    assert tab.busy
    assert "还有没填好的地方" in tab.entry.note.words.text()
    choice.set_text("not_agreed")
    desk.click(tab.entry.save)
    assert not tab.busy
    assert tab.view is not None
    assert tab.view.state.stage is Stage.NEGOTIATION_FAILED


def test_a_step_that_the_law_forbids_keeps_what_was_typed(desk: Desk, district: Session) -> None:
    tab = opened(desk, inquired(district))
    tab.begin(EventKind.CLOSED)
    desk.settle()
    tab.entry.rows["event_date"].editor.set_text("2026-11-01")
    for name, text in (("closing_way", "settled"), ("people_count", "12"), ("recovered_amount", "0")):
        tab.entry.rows[name].editor.set_text(text)
    desk.click(tab.entry.save)
    assert tab.busy
    assert "没有保存" in tab.entry.note.words.text()
    assert tab.entry.rows["people_count"].editor.text() == "12"


def test_a_note_is_as_high_as_its_words_after_a_longer_one(desk: Desk, district: Session) -> None:
    tab = opened(desk, case(district))
    desk.press(K.Key_Space)
    tab.entry.rows["event_date"].editor.set_text("2026-11-01")
    desk.press(K.Key_S, modifier=CTRL)
    assert "没有保存" in tab.entry.note.words.text()
    high = tab.entry.note.height()
    tab.entry.rows["event_date"].editor.set_text("2026-11-24")
    desk.press(K.Key_S, modifier=CTRL)
    tab.begin(EventKind.NEGOTIATED)
    desk.settle()
    desk.press(K.Key_S, modifier=CTRL)
    assert "还有没填好的地方" in tab.entry.note.words.text()
    assert tab.entry.note.height() < high


def test_what_cannot_be_read_is_said_whichever_field_the_step_was_saved_from(
    desk: Desk, district: Session
) -> None:
    tab = opened(desk, case(district))
    desk.press(K.Key_Space)
    day, handler = tab.entry.rows["event_date"], tab.entry.rows["handler"]
    day.editor.take_focus()
    desk.type("下周三吧")
    handler.editor.take_focus()
    desk.type("李敏")
    desk.press(K.Key_S, modifier=CTRL)
    assert tab.busy
    assert desk.focus() in day.editor.inputs()
    assert "下周三吧" in day.message.words
    handler.editor.take_focus()
    desk.press(K.Key_Tab)
    assert "下周三吧" in day.message.words


def test_escape_closes_the_entry_and_not_the_page(desk: Desk, district: Session) -> None:
    tab = opened(desk, case(district))
    desk.press(K.Key_Space)
    assert tab.busy
    desk.press(K.Key_Escape)
    assert not tab.busy
    assert isinstance(desk.window.page, CasePage)


def test_a_half_typed_step_comes_back_as_a_draft(qtbot: QtBot, desk: Desk, district: Session) -> None:
    tab = opened(desk, case(district))
    desk.press(K.Key_Space)
    editor = tab.entry.rows["content"].editor
    editor.take_focus()
    desk.type("电话受理")
    qtbot.wait(600)
    desk.settle()
    found: list[Any] = []
    desk.bench.drafts.all(found.extend, desk.window)
    desk.settle()
    assert len(found) == 1
    desk.window.back()
    desk.window.open_draft(found[0])
    desk.settle()
    page = desk.window.page
    assert isinstance(page, CasePage)
    assert page.handling.entry.kind is EventKind.ACCEPTED
    assert page.handling.entry.rows["content"].editor.text() == "电话受理"


def test_who_complained_is_never_shown(desk: Desk, district: Session) -> None:
    tab = opened(desk, case(district))
    shown = texts(tab)
    assert "李小明" not in shown
    assert "13800001111" not in shown
    assert "投诉人：依法保密，不显示" in shown


def test_the_timeline_says_what_contradicts_the_law(desk: Desk, district: Session) -> None:
    record = inquired(district)
    events = records.children(district, "case_event", record)
    heard = next(e for e in events if e.values["kind"] == "heard")
    records.save(district, "case_event", {"event_date": "2026-10-01"}, record=heard.id)
    tab = opened(desk, record)
    assert "早于收到线索的日期" in texts(tab.timeline)
    assert "不能打印文书" in texts(tab.standing)


# -- letters -----------------------------------------------------------------------------------------------------------


def test_a_letter_is_drafted_issued_previewed_and_served(desk: Desk, district: Session) -> None:
    record = inquired(district)
    document = drafted(district, record)
    tab = opened(desk, record)
    assert tab.view is not None
    letter = tab.view.file.by_id[document]
    assert tab.view.decisions[document].allowed
    tab._begin_issue(letter)  # numbers are not set yet: they are asked for first
    assert tab.front is tab.numbers
    tab.numbers.body.setText("杭西")
    tab.submit()
    desk.settle()
    tab._begin_issue(letter)
    desk.settle()
    assert tab.front is tab.issue
    desk.type("周正")
    desk.press(K.Key_Return)
    desk.type("主席")
    desk.press(K.Key_Return, K.Key_Return)
    desk.settle()
    assert tab.view.file.by_id[document].number == "杭西工监意〔2026〕1号"
    assert tab.view.state.stage is Stage.OPINION_ISSUED
    tab.preview(tab.view.file.by_id[document])
    desk.settle()
    preview = desk.window.page
    assert isinstance(preview, PreviewPage)
    assert preview.job.release is not None
    assert len(preview.pages.sheets) >= 1
    desk.window.back()
    desk.click(tab.steps.buttons[EventKind.SERVED])
    for name, text in (
        ("service_result", "received"),
        ("service_way", "direct"),
        ("recipient_name", "犇㛃䶮"),
    ):
        tab.entry.rows[name].editor.set_text(text)
    desk.press(K.Key_S, modifier=CTRL)
    assert tab.view.state.stage is Stage.OPINION_SERVED
    assert "等待用人单位答复意见书：到12月18日（周五），还剩15个工作日" in texts(tab.standing)
    assert "签收　直接送达" in texts(tab.timeline)


def test_an_opinion_letter_is_signed_by_the_chair(desk: Desk, district: Session) -> None:
    supervision.set_number_settings(district, "杭西")
    record = inquired(district)
    document = drafted(district, record)
    tab = opened(desk, record)
    assert tab.view is not None
    tab._begin_issue(tab.view.file.by_id[document])
    tab.issue.name.setText("周正")
    tab.issue.post.setText("干事")
    tab.issue.submit()
    desk.settle()
    assert tab.front is tab.issue
    assert "主席" in tab.issue.note.words.text()
    assert tab.issue.name.text() == "周正"


def test_a_draft_that_lacks_something_says_so_and_cannot_be_issued(desk: Desk, district: Session) -> None:
    record = inquired(district)
    supervision.draft(district, record, "opinion_letter", {"facts": "拖欠工资"})
    tab = opened(desk, record)
    assert "还不能签发" in texts(tab.letters)


def test_a_town_drafts_and_the_district_issues(qtbot: QtBot, tmp_path: Path) -> None:
    town = workspace(tmp_path, Level.TOWN, "转塘街道总工会", "330106010")
    hands = Desk(qtbot, town, tmp_path)
    try:
        record = inquired(town)
        drafted(town, record)
        tab = opened(hands, record)
        assert tab.view is not None
        assert not tab.view.numbers.kinds
        assert "由区总工会审核、编号、印发" in texts(tab.letters)
    finally:
        hands.dialogs.always_leave()
        hands.close()


def test_an_issued_letter_can_only_be_read(desk: Desk, district: Session) -> None:
    supervision.set_number_settings(district, "杭西")
    record = inquired(district)
    document = drafted(district, record)
    supervision.issue(district, document, supervision.Signatory("周正", "主席"), TODAY)
    desk.show("list:case")
    desk.window.open_record("case_document", document)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, LetterPage)
    assert all(each.editor.locked for each in page.form.rows.values())
    assert "不能再改" in page.banner.words
    desk.press(K.Key_P, modifier=CTRL)
    overlay = desk.window.findChild(ChoiceOverlay)
    assert overlay is not None
    shown = [overlay.list.item(n).text() for n in range(overlay.list.count())]
    assert shown == ["打印文书", "打印存根", "打印送达回证（空白）"]
    desk.press(K.Key_Return)
    assert isinstance(desk.window.page, PreviewPage)


def test_voiding_asks_for_a_reason_and_the_words_can_be_used_again(desk: Desk, district: Session) -> None:
    supervision.set_number_settings(district, "杭西")
    record = inquired(district)
    document = drafted(district, record)
    supervision.issue(district, document, supervision.Signatory("周正", "主席"), TODAY)
    tab = opened(desk, record)
    assert tab.view is not None
    tab._begin_void(tab.view.file.by_id[document])
    desk.press(K.Key_Return)
    assert "请写明作废原因" in tab.void.note.words.text()
    desk.type("单位名称有误")
    desk.press(K.Key_Return)
    assert tab.view.file.by_id[document].voided == TODAY
    tab.letters.redraft_wanted.emit(document)
    desk.settle()
    assert isinstance(desk.window.page, LetterPage)
    assert not desk.window.page.issued
    desk.window.back()
    desk.settle()
    # Who signed last stands there, and makes room for another.
    tab._begin_issue(next(letter for letter in tab.view.file.letters if not letter.number))
    desk.settle()
    assert (tab.issue.name.text(), tab.issue.post.text()) == ("周正", "主席")
    desk.type("吴昊")
    desk.press(K.Key_Return)
    desk.type("副主席")
    assert (tab.issue.name.text(), tab.issue.post.text()) == ("吴昊", "副主席")


def test_who_records_drafts_and_is_offered_nothing_that_the_desk_does(desk: Desk, district: Session) -> None:
    supervision.set_number_settings(district, "杭西")
    record = inquired(district)
    document = drafted(district, record)
    supervision.issue(district, document, supervision.Signatory("周正", "主席"), TODAY)
    draft = drafted(district, record)
    object.__setattr__(district.operator, "role", Role.EDITOR)
    tab = opened(desk, record)
    offered = {b.text() for b in tab.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()}
    assert not offered & {"作废…", "编号设置", "给案件编号", "签发编号…"}
    assert not [words for words in offered if words.startswith(("签发", "批量签发"))]
    assert {"修改草稿", "预览和打印"} <= offered
    assert "由本单位的汇总员或管理员签发、编号，您可以起草。" in texts(tab.letters)
    object.__setattr__(district.operator, "role", Role.READER)
    tab.show_record(record)
    desk.settle()
    assert "查看草稿" in {b.text() for b in tab.findChildren(QAbstractButton) if b.isVisible()}
    assert "起草" not in texts(tab.letters) + texts(tab.steps), "who only reads is told nothing of drafting"
    assert not [b for b in tab.steps.findChildren(QAbstractButton) if "其他步骤" in b.text()]
    assert "请" not in texts(tab.steps) + texts(tab.standing), "nor what others may do about it"
    object.__setattr__(district.operator, "role", Role.DESK)
    tab.show_record(record)
    desk.settle()
    offered = {b.text() for b in tab.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()}
    assert {"作废…", "编号设置"} <= offered
    assert tab.view is not None
    assert draft in tab.view.decisions


def test_articles_are_chosen_from_the_library(desk: Desk, district: Session) -> None:
    record = inquired(district)
    document = supervision.draft(district, record, "reminder_letter").record
    offered = article_choices(frozenset({"wage_arrears"}), SHIPPED_LAWS)
    assert any("劳动法》第五十条" in citation for citation in offered)
    assert len(article_choices(frozenset(), SHIPPED_LAWS)) > len(offered)
    desk.show("list:case")
    desk.window.open_record("case_document", document)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, LetterPage)
    first = next(iter(offered))
    page._articles_chosen([first], set(offered))
    assert page.form.rows["articles"].editor.text() == first
    # What has no text here is told at once, and until it is put right.
    assert not page.banner.words
    page.form.go_to("articles")
    desk.press(K.Key_End, modifier=CTRL)
    desk.press(K.Key_Return)
    desk.type("《中华人民共和国刑法》第二百七十六条之一")
    desk.press(K.Key_S, modifier=CTRL)
    assert page.banner.words.startswith("有条文还不能引用：法规库里没有《中华人民共和国刑法》。")
    page.form.go_to("articles")
    desk.press(K.Key_A, modifier=CTRL)
    desk.type(first)
    desk.press(K.Key_S, modifier=CTRL)
    assert not page.banner.words


def test_a_new_case_goes_on_to_its_handling(desk: Desk, district: Session) -> None:
    desk.show("list:case")
    desk.window.new_record("case", {"summary": "拖欠工资", "source": "visit", "received_date": "2026-11-23"})
    desk.settle()
    desk.press(K.Key_S, modifier=CTRL)
    page = desk.window.page
    assert isinstance(page, CasePage)
    assert page.in_handling
    assert isinstance(page, FormPage)


# -- what a tired person needs ----------------------------------------------------------------------------------------


def test_steps_of_one_day_stand_in_the_order_of_the_law(desk: Desk, district: Session) -> None:
    supervision.set_number_settings(district, "杭西")
    record = case(district)
    for kind in ("accepted", "heard"):
        supervision.record_event(district, record, kind, TODAY)
    document = drafted(district, record, "reminder_letter")
    supervision.issue(district, document, supervision.Signatory("周正", "主席"), TODAY)
    served = {"document": document, "service_way": "direct", "service_result": "received"}
    supervision.record_event(district, record, "served", TODAY, **served)
    tab = opened(desk, record)
    assert tab.view is not None
    kinds = [m.what.kind.value for m in timeline(tab.view)]
    assert kinds == ["served", "reminder_letter", "heard", "accepted"]


def test_the_first_complaint_is_brought_into_view(desk: Desk, district: Session) -> None:
    record = inquired(district)
    for day in range(7, 20):
        supervision.record_event(
            district, record, "note", datetime.date(2026, 11, day), content="电话联系" * 20
        )
    heard = next(e for e in records.children(district, "case_event", record) if e.values["kind"] == "heard")
    records.save(district, "case_event", {"event_date": "2026-10-01"}, record=heard.id)
    tab = opened(desk, record)
    desk.qtbot.wait(20)
    wrong = next(w for w in tab.timeline.findChildren(QLabel) if "早于收到线索的日期" in w.text())
    assert wrong.visibleRegion().boundingRect().height() > 0


def test_a_whole_draft_is_issued_from_the_next_step_and_an_unfinished_one_gone_on_with(
    desk: Desk, district: Session
) -> None:
    supervision.set_number_settings(district, "杭西")
    record = inquired(district)
    bare = supervision.draft(district, record, "opinion_letter").record
    tab = opened(desk, record)
    step = tab.steps.buttons[LetterKind.OPINION]
    assert step.text() == "修改意见书草稿"
    desk.click(step)
    page = desk.window.page
    assert isinstance(page, LetterPage)
    assert page.record == bare
    desk.window.back()
    records.save(district, "case_document", {**WORDS}, record=bare)
    tab.load()
    desk.settle()
    assert tab.steps.buttons[LetterKind.OPINION].text() == "签发意见书…"
    assert next(iter(tab.steps.buttons)) is LetterKind.OPINION
    desk.click(tab.steps.buttons[LetterKind.OPINION])
    assert tab.front is tab.issue
    assert tab.issue.layouts.currentData() == "plain"


def test_the_layout_is_chosen_when_a_letter_is_issued(desk: Desk, district: Session) -> None:
    supervision.set_number_settings(district, "杭西")
    record = case(district)
    document = drafted(district, record, "reminder_letter")
    tab = opened(desk, record)
    assert tab.view is not None
    tab._begin_issue(tab.view.file.by_id[document])
    tab.issue.name.setText("周正")
    tab.issue.post.setText("主席")
    tab.issue.layouts.setCurrentIndex(tab.issue.layouts.findData("plain"))
    desk.click(tab.issue.save)
    held = records.load(district, "case_document", document)
    assert held is not None
    assert '"layout":"plain"' in str(held.values["snapshot"])


def test_once_the_time_has_run_out_the_next_letter_comes_first(qtbot: QtBot, tmp_path: Path) -> None:
    session = workspace(tmp_path)
    supervision.set_number_settings(session, "杭西")
    record = inquired(session)
    document = drafted(session, record, "reminder_letter")
    supervision.issue(session, document, supervision.Signatory("周正", "主席"), datetime.date(2026, 11, 6))
    served = {"document": document, "service_way": "direct", "service_result": "received"}
    supervision.record_event(session, record, "served", datetime.date(2026, 11, 9), **served)
    hands = Desk(qtbot, session, tmp_path)
    try:
        tab = opened(hands, record)
        assert "已逾期" in texts(tab.standing)
        assert next(iter(tab.steps.buttons)) is LetterKind.OPINION
    finally:
        hands.dialogs.always_leave()
        hands.close()


def test_only_what_the_service_needs_is_asked_for(desk: Desk, district: Session) -> None:
    supervision.set_number_settings(district, "杭西")
    record = case(district)
    document = drafted(district, record, "reminder_letter")
    supervision.issue(district, document, supervision.Signatory("周正", "主席"), TODAY)
    tab = opened(desk, record)
    desk.click(tab.steps.buttons[EventKind.SERVED])
    rows = tab.entry.rows
    assert not rows["refused_reason"].shown
    assert not rows["tracking_number"].shown
    for name, code in (("service_result", "refused"), ("service_way", "left")):
        rows[name].editor.set_text(code)
        rows[name].editor.edited.emit()
    assert rows["refused_reason"].shown
    assert rows["witness_1"].shown
    assert not rows["recipient_name"].shown
    rows["refused_reason"].editor.set_text("门卫拒收")
    rows["service_result"].editor.set_text("received")
    rows["service_result"].editor.edited.emit()
    assert "refused_reason" not in tab.entry.cells()


def test_inspectors_declare_that_they_have_no_interest_where_the_inquiry_is_recorded(
    desk: Desk, district: Session
) -> None:
    record = case(district, recusal_declared=None)
    for kind, more in (("accepted", {}), ("heard", {}), ("negotiated", {"result": "not_agreed"})):
        supervision.record_event(district, record, kind, TODAY, **more)
    tab = opened(desk, record)
    desk.click(tab.steps.buttons[EventKind.INVESTIGATED])
    for name, code in (("certificates_shown", "1"), ("recusal_declared", "1"), ("result", "established")):
        tab.entry.rows[name].editor.set_text(code)
    desk.press(K.Key_S, modifier=CTRL)
    assert tab.view is not None
    assert supervision.may_issue(district, record, "opinion_letter").forbidden == ()


def test_materials_that_are_added_let_a_suggestion_be_issued_at_once(desk: Desk, district: Session) -> None:
    supervision.set_number_settings(district, "杭西")
    employer: dict[str, Any] = {"name": "杭州示例信息技术有限公司", "uscc": "91330106MA2ABCDEX7"}
    record = inquired(district)
    enterprise = records.save(
        district, "enterprise", {**employer, "registered_address": "振华路200号"}
    ).record
    records.save(district, "case", {"enterprise": enterprise}, record=record)
    opinion = drafted(district, record)
    chair = supervision.Signatory("周正", "主席")
    supervision.issue(district, opinion, chair, datetime.date(2026, 11, 9))
    refusal = {"document": opinion, "service_way": "left", "service_result": "refused"}
    supervision.record_event(district, record, "served", datetime.date(2026, 11, 10), **refusal)
    document = drafted(district, record, "suggestion_letter")
    tab = opened(desk, record)
    assert "还缺“移交材料”" in texts(tab.letters)
    desk.window.open_record("case_document", document)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, LetterPage)
    materials = page.tabs.indexOf(page.children_tabs["handover_item"])
    assert page.tabs.isTabVisible(materials)
    page.tabs.setCurrentIndex(materials)
    desk.settle()
    desk.type("考勤表")
    desk.press(K.Key_Return, K.Key_Return)
    desk.type("12")
    desk.press(K.Key_Return, K.Key_Return)
    desk.window.back()
    desk.settle()
    assert "还缺“移交材料”" not in texts(tab.letters)
    assert tab.steps.buttons[LetterKind.SUGGESTION].text() == "签发建议书…"
    supervision.issue(district, document, chair, datetime.date(2026, 11, 11))
    taken = {"document": document, "service_way": "direct", "service_result": "received"}
    supervision.record_event(district, record, "served", datetime.date(2026, 11, 12), **taken)
    tab = opened(desk, record)
    desk.click(tab.steps.buttons[EventKind.AUTHORITY_RESULT])
    # The department is the one that was written to; what it has done is asked for once.
    assert tab.entry.rows["department"].editor.text() == "human_resources"
    desk.press(K.Key_S, modifier=CTRL)
    assert "请写明部门怎样处理的" in texts(tab.entry)
    desk.press(K.Key_S, modifier=CTRL)
    assert tab.view is not None
    assert [e.values["department"] for e in tab.view.file.of(EventKind.AUTHORITY_RESULT)] == [
        "human_resources"
    ]
    # What went out with the letter is only looked at, until somebody else has changed it.
    desk.window.open_record("case_document", document)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, LetterPage)
    handed = page.children_tabs["handover_item"]
    page.tabs.setCurrentWidget(handed)
    desk.settle()
    assert not handed.quick.isVisible()
    assert not handed.list.writable
    [item] = records.children(district, "handover_item", document)
    desk.window.open_record("handover_item", item.id)
    desk.settle()
    whole = desk.window.page
    assert isinstance(whole, FormPage)
    assert all(each.editor.locked for each in whole.form.rows.values())
    assert "已经签发" in whole.banner.words
    assert Act.SAVE not in whole.acts()
    desk.window.back()
    desk.settle()
    changes = records.delete(district, "handover_item", item.id)
    page.refresh(changes)
    desk.settle()
    assert handed.quick.isVisible()
    assert handed.list.writable
    assert "对不上" in page.banner.words
    assert "重新添加" in page.banner.words, "each piece by itself is only looked at"


def test_a_reminder_hands_nothing_over(desk: Desk, district: Session) -> None:
    document = drafted(district, case(district), "reminder_letter")
    desk.show("list:case")
    desk.window.open_record("case_document", document)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, LetterPage)
    assert not page.tabs.isTabVisible(page.tabs.indexOf(page.children_tabs["handover_item"]))
    assert "snapshot" not in page.form.rows


def test_what_keeps_a_draft_from_being_shown_stands_in_its_preview(desk: Desk, district: Session) -> None:
    record = inquired(district)
    document = supervision.draft(district, record, "opinion_letter", {"facts": "拖欠工资"}).record
    tab = opened(desk, record)
    assert tab.view is not None
    tab.preview(tab.view.file.by_id[document])
    desk.settle()
    preview = desk.window.page
    assert isinstance(preview, PreviewPage)
    assert "文书还缺" in preview.note.words.text()


def test_printing_leaves_no_file_behind(desk: Desk, district: Session) -> None:
    supervision.set_number_settings(district, "杭西")
    record = case(district)
    document = drafted(district, record, "reminder_letter")
    supervision.issue(district, document, supervision.Signatory("周正", "主席"), TODAY)
    before = {path.name for path in district.workspace.folder.rglob("*")}
    assert supervision.print_pages(district, document).startswith(b"%PDF-")
    assert {path.name for path in district.workspace.folder.rglob("*")} == before
    printed = [e for e in records.children(district, "case_event", record) if e.values["kind"] == "printed"]
    assert len(printed) == 1


def test_the_days_of_a_year_are_brought_in_where_a_period_needs_them(qtbot: QtBot, tmp_path: Path) -> None:
    session = workspace(tmp_path, day=datetime.date(2026, 12, 14))
    supervision.set_number_settings(session, "杭西")
    record = inquired(session)
    document = drafted(session, record)
    chair = supervision.Signatory("周正", "主席")
    supervision.issue(session, document, chair, datetime.date(2026, 12, 10))
    received = {"document": document, "service_way": "direct", "service_result": "received"}
    supervision.record_event(session, record, "served", datetime.date(2026, 12, 11), **received)
    hands = Desk(qtbot, session, tmp_path)
    try:
        hands.show("list:holiday_table")
        hands.settle()
        assert isinstance(hands.window.page, HolidaysList)
        assert "程序自带2024年至2026年的安排" in texts(hands.window.page)
        hands.look("holidays-none")
        tab = opened(hands, record)
        assert "2027年的放假安排还没有导入" in texts(tab.standing)
        table = tmp_path / "放假安排.csv"
        hands.dialogs.paths = [table]
        hands.click(link_of(tab.standing, "导出样表…"))
        table.write_text(table.read_text("utf-8-sig") + NEXT_YEAR, "utf-8-sig")
        hands.dialogs.paths = [table]
        hands.click(link_of(tab.standing, "导入2027年放假安排…"))
        assert "等待用人单位答复意见书：到2027年1月4日（周一）" in texts(tab.standing)
        # The year stands in a list of its own, where the next one is brought in before a case asks for it.
        hands.show("list:holiday_table")
        hands.settle()
        hands.look("holidays-list")
        page = hands.window.page
        assert isinstance(page, HolidaysList)
        assert page.list.model.rowCount() == 1
        hands.dialogs.paths = [tmp_path / "样表.csv"]
        hands.click(link_of(page, "导出样表"))
        assert "2027-02-05,holiday,春节" in (tmp_path / "样表.csv").read_text("utf-8-sig")
    finally:
        hands.dialogs.always_leave()
        hands.close()


def link_of(card: QWidget, words: str) -> QPushButton:
    return next(each for each in card.findChildren(QPushButton) if each.text() == words and each.isVisible())


def test_where_nobody_may_investigate_it_is_said_who_is_missing(desk: Desk, district: Session) -> None:
    record = records.save(district, "case", {"summary": "拖欠工资", "source": "visit"}).record
    tab = opened(desk, record)
    tab.begin(EventKind.INVESTIGATED)
    desk.settle()
    assert "还没有登记劳动法律监督员" in tab.entry.note.words.text()
    desk.click(link_of(tab.entry, "登记监督员"))
    page = desk.window.page
    assert isinstance(page, FormPage)
    assert page.record_type.name == "inspector"
    desk.type("刘监督")
    desk.press(K.Key_S, modifier=CTRL)
    desk.press(K.Key_Escape)
    assert desk.window.page is not page
    assert tab.entry.isVisible()
    assert tab.entry.note.isHidden()
    # The cursor is where the step goes on, not in the navigation.
    desk.type("刘")
    assert tab.entry.rows["inspector_1"].editor.text() == "刘"


def test_what_a_step_still_needs_has_the_cursor_from_above(desk: Desk, district: Session) -> None:
    supervision.set_number_settings(district, "杭西")
    record = inquired(district)
    supervision.issue(district, drafted(district, record), supervision.Signatory("周正", "主席"), TODAY)
    tab = opened(desk, record)
    tab.begin(EventKind.SERVED)
    desk.settle()
    desk.press(K.Key_S, modifier=CTRL)
    assert desk.focus() in tab.entry.rows["service_result"].editor.inputs()


def test_what_a_draft_lacks_stands_beside_the_step(desk: Desk, district: Session) -> None:
    record = inquired(district)
    supervision.draft(district, record, "opinion_letter", {**WORDS, "facts": None})
    tab = opened(desk, record)
    assert "还不能签发：文书还缺“事实”" in texts(tab.steps)
    # A step that has nothing to be about says so without a day on which nobody did it.
    tab.steps._toggle(True)
    assert "单位还没有书面说明理由" in texts(tab.steps)


def test_after_a_refusal_nothing_goes_on_without_a_reopening(desk: Desk, district: Session) -> None:
    record = case(district)
    supervision.record_event(district, record, "not_accepted", TODAY, refusal_ground="court")
    tab = opened(desk, record)
    tab.steps._toggle(True)
    assert not tab.steps.buttons[EventKind.INVESTIGATED].isEnabled()
    assert "重新办理" in tab.steps.buttons[EventKind.INVESTIGATED].toolTip()
    assert tab.steps.buttons[EventKind.REOPENED].isEnabled()
    assert not tab.steps.buttons[EventKind.REOPENED].property("primary")


def test_the_timeline_names_who_investigated(desk: Desk, district: Session) -> None:
    tab = opened(desk, inquired(district))
    assert "监督员：王建国、李爱华" in texts(tab.timeline)


def test_the_number_of_copies_can_be_read(desk: Desk, district: Session) -> None:
    record = case(district)
    drafted(district, record, "reminder_letter")
    tab = opened(desk, record)
    assert tab.view is not None
    tab.preview(tab.view.file.letters[0])
    desk.settle()
    preview = desk.window.page
    assert isinstance(preview, PreviewPage)
    # Without its buttons a box under a style sheet gives its words one point of width.
    assert preview.copies.lineEdit().width() > 40


def test_the_next_lawful_step_alone_stands_out(desk: Desk, district: Session) -> None:
    handling = opened(desk, inquired(district))
    assert red_buttons(desk) == [handling.steps.findChildren(QPushButton)[0].text()]
    page = desk.window.page
    assert isinstance(page, CasePage)
    page.tabs.setCurrentIndex(0)
    desk.settle()
    assert red_buttons(desk) == ["保存"]


def test_of_a_case_that_is_not_saved_saving_alone_stands_out(desk: Desk) -> None:
    desk.show("list:case")
    desk.window.new_record("case")
    desk.settle()
    page = desk.window.page
    assert isinstance(page, CasePage)
    page.tabs.setCurrentWidget(page.handling)
    desk.settle()
    assert red_buttons(desk) == ["保存"]


def test_on_a_small_screen_the_words_of_a_step_stand_below_its_day(desk: Desk, district: Session) -> None:
    handling = opened(desk, inquired(district))
    desk.window.resize(911, 472)
    desk.settle()
    area = handling.timeline.findChildren(QScrollArea)[0].viewport()
    lines = [label for label in area.findChildren(QLabel) if label.property("heading")]
    assert len(lines) > 3
    for label in lines:
        right = label.mapTo(area, label.rect().topRight()).x()
        assert label.width() >= theme.measures().average(15), "words break after each character"
        assert right <= area.width(), "words are cut"


def red_buttons(desk: Desk) -> list[str]:
    """What stands out among all that can be pressed."""
    buttons = desk.window.findChildren(QAbstractButton)
    return [b.text() for b in buttons if b.property("primary") and b.isVisible() and b.isEnabled()]


def test_what_one_person_printed_on_a_day_is_one_line(desk: Desk, district: Session, tmp_path: Path) -> None:
    """The steps of the law are what is looked for in a case's history."""
    record = inquired(district)
    document = drafted(district, record)
    supervision.set_number_settings(district, "杭西")
    supervision.issue(district, document, supervision.Signatory("周正", "主席"), TODAY)
    for n in range(3):
        supervision.print_document(district, document, tmp_path)
        if n == 1:
            supervision.record_event(
                district, record, "served", TODAY, document=document, service_result="received"
            )
    tab = opened(desk, record)
    assert tab.view is not None
    told = [tab.timeline.words(m, tab.view.file)[0] for m in timeline(tab.view) if m.day == TODAY]
    assert [words for words in told if "打印" in words] == ["打印文书　意见书（杭西工监意〔2026〕1号）　3次"]
    assert len(told) == 3


def test_papers_of_two_kinds_that_were_printed_together_are_named_not_counted_from_one_to_the_other(
    desk: Desk, district: Session, tmp_path: Path
) -> None:
    record = inquired(district)
    supervision.set_number_settings(district, "杭西")
    for kind in ("reminder_letter", "opinion_letter"):
        document = drafted(district, record, kind)
        supervision.issue(district, document, supervision.Signatory("周正", "主席"), TODAY)
        supervision.print_document(district, document, tmp_path)
    tab = opened(desk, record)
    assert tab.view is not None
    told = [tab.timeline.words(moment, tab.view.file) for moment in timeline(tab.view)]
    printed = next(words for words in told if "打印" in words[0])
    assert printed == ("打印文书　文书2份", "杭西工监提〔2026〕1号、杭西工监意〔2026〕1号　王芳")


def test_the_patterns_of_numbers_are_examples_that_are_seen_changed_and_refused(
    desk: Desk, district: Session
) -> None:
    record = case(district)
    drafted(district, record, "reminder_letter")
    tab = opened(desk, record)
    desk.click(next(b for b in tab.letters.findChildren(QPushButton) if b.text() == "编号设置"))
    card, reminder = tab.numbers, tab.numbers.series[Series.REMINDER]
    assert "示例" in card.note.words.text()
    assert all(line.following.lineEdit().width() > 40 for line in card.series.values())
    desk.type("杭西")
    assert reminder.preview.text() == "杭西工监提〔2026〕1号"
    picture(desk.window, "numbers")
    for words, why in (
        ("{代字}工监意〔{年份}〕{序号}号", "提示函和意见书的文号写法一样"),
        ("{代字}工监提〔{年份}〕号", "没有{序号}"),
    ):
        reminder.pattern.setFocus()
        desk.press(K.Key_A, modifier=CTRL)
        desk.type(words)
        desk.press(K.Key_Return)
        desk.settle()
        assert tab.front is card
        assert why in card.note.words.text() + card.note.detail.text()
    assert "没有{序号}" in reminder.preview.text(), "nothing is typed anew"
    picture(desk.window, "numbers-refused")
    # From wherever it is saved, the cursor goes to the line that is named.
    desk.press(K.Key_Tab, K.Key_Tab)
    desk.press(K.Key_S, modifier=CTRL)
    desk.settle()
    assert card.note.words.text() == "提示函的写法要改"
    assert reminder.pattern.hasFocus()
    desk.press(K.Key_A, modifier=CTRL)
    desk.type("{代字}劳监提〔{年份}〕{序号}号")
    desk.press(K.Key_Tab, K.Key_Up, K.Key_Up)
    assert reminder.preview.text() == "杭西劳监提〔2026〕3号"
    desk.press(K.Key_S, modifier=CTRL)
    desk.settle()
    assert supervision.number_settings(district).patterns[Series.REMINDER] == "{body}劳监提〔{year}〕{n}号"
    assert supervision.next_numbers(district, 2026)[Series.REMINDER] == 3

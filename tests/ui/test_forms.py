"""The generated form: Enter, input methods, notes, unreadable text, masks, what follows from a choice, findings."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QImage, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from desktop.operations.audit import recent
from desktop.operations.recording import records
from desktop.operations.session import Session, open_session
from desktop.records.declaration import Role
from desktop.records.reckoning.periods import years_later
from desktop.records.versions.canonical import Cell
from desktop.ui.fields.personal import PersonalEditor
from desktop.ui.fields.pickers import LinkEditor, PickEditor
from desktop.ui.forms.form import Form
from desktop.ui.lists.record_list import RecordList
from desktop.ui.pages.case.days_off import HolidaysList
from desktop.ui.settings import Settings
from desktop.ui.widgets.pick import PickEdit, PickList
from desktop.ui.widgets.wrapping import WrappingLine
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket
from tests.operations.stations import forged
from tests.ui.cases import texts
from tests.ui.house import PASSWORD, QUICK, FakeDialogs, Hand, make_session, open_window

K = Qt.Key


def save(bench: Workbench, hand: Hand, type_name: str, *, record: str | None = None, **values: Cell) -> str:
    """A record made or changed behind the window's back, by the same operation."""
    made: list[str] = []
    bench.write(
        "登记",
        lambda session, _t: records.save(session, type_name, values, record=record),
        lambda s: made.append(s.record),
    )
    hand.settle()
    return made[0]


def new_form(hand: Hand, type_name: str, **values: Cell) -> Form:
    hand.window.new_record(type_name, values)
    hand.settle()
    return hand.form_page.form


def test_enter_goes_on_and_shift_enter_back(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    assert hand.focus is form.rows["name"].editor.inputs()[0]
    hand.press(K.Key_Return)
    assert hand.focus is form.rows["uscc"].editor.inputs()[0]
    hand.press(K.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert hand.focus is form.rows["name"].editor.inputs()[0]


def test_enter_that_commits_an_input_method_goes_nowhere(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    line = form.rows["name"].editor.inputs()[0]
    QApplication.sendEvent(line, QInputMethodEvent("hang zhou", []))
    hand.press(K.Key_Return)
    assert hand.focus is line
    commit = QInputMethodEvent()
    commit.setCommitString("杭州")
    QApplication.sendEvent(line, commit)
    assert form.rows["name"].editor.text() == "杭州"
    hand.press(K.Key_Return)
    assert hand.focus is not line


def test_of_a_text_that_nobody_may_type_stands_the_beginning_until_it_is_typed_anew(
    hand: Hand, bench: Workbench
) -> None:
    """Nothing bounds what others send: 9 MB in one line held the window up for as long as it stood there."""
    long: dict[str, Cell] = {"name": "杭" * 500, "remark": "州\n" * 3_000}
    made: list[str] = []
    bench.write("收到", lambda session, _t: forged(session, long, session.unit.id), made.append)
    hand.settle()
    hand.window.open_record("enterprise", made[0])
    hand.settle()
    form = hand.form_page.form
    name, remark, phone = (form.rows[n].editor for n in ("name", "remark", "contact_phone"))
    assert name.text() == f"{'杭' * name.field.longest}…（共500个字）"
    assert remark.text().endswith("…（共6000个字）")
    assert not form.dirty
    phone.set_text("13800000001")
    assert form.changes() == {"contact_phone": "13800000001"}
    name.set_text(name.text() + "州")
    assert (
        name.parsed().problem == f"“单位名称”最多{name.field.longest}个字，现在是{len(name.text())}个，请缩短"
    )


def test_what_others_sent_and_nobody_can_type_stands_until_it_is_typed_anew(
    hand: Hand, bench: Workbench
) -> None:
    """Whoever only looked was asked whether to save, could not print, and a day in another form was written anew."""
    sent: dict[str, Cell] = {
        "name": " 茶业 ",
        "uscc": "91",
        "town": "999999",
        "insured_staff": -1,
        "insured_date": "2026-02-30",
        "taxed_date": "2026-1-1",
        "in_park": 2,
        "ownership": "newer",
        "contact_phone": "不详",
    }
    made: list[str] = []
    bench.write("收到", lambda session, _t: forged(session, sent, session.unit.id), made.append)
    hand.settle()
    hand.window.open_record("enterprise", made[0])
    hand.settle()
    form = hand.form_page.form
    assert (form.unreadable(), form.changes(), form.dirty) == ([], {}, False)
    said = {name for finding in form.findings for name in finding.fields}
    assert {"uscc", "town", "insured_date", "contact_phone"} <= said
    day = form.rows["insured_date"].editor
    day.set_text("2026-02-31")
    assert [row.field.name for row in form.unreadable()] == ["insured_date"]


def test_a_note_keeps_enter_and_control_enter_leaves_it(hand: Hand) -> None:
    form = new_form(hand, "visit")
    note = form.rows["commitment"]
    note.editor.take_focus()
    hand.enter("第一行")
    hand.type("第二行")
    assert note.editor.text() == "第一行\n第二行"
    hand.control(K.Key_Return)
    assert hand.focus is not note.editor.inputs()[0]


@pytest.mark.parametrize(
    ("typed", "stored", "said"),
    [
        ("20261122", "2026-11-22", ""),
        ("2026.11.2", "2026-11-02", ""),
        ("２０２６年１１月２２日", "2026-11-22", ""),
        ("11/2", None, "保存"),
    ],
)
def test_a_day_in_any_usual_form_is_shown_in_one(
    hand: Hand, typed: str, stored: str | None, said: str
) -> None:
    form = new_form(hand, "meeting")
    row = form.rows["started_date"]
    row.editor.take_focus()
    hand.enter(typed)
    hand.settle()
    assert stored is None or row.editor.text() == stored
    assert len(row.editor.text()) == 10
    assert said in row.message.words


def test_full_width_digits_and_spaces_in_codes_are_put_right(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    form.go_to("uscc")
    hand.enter("９１３３０１０６ ma2abcdex7")
    assert form.rows["uscc"].editor.text() == "91330106MA2ABCDEX7"
    assert "半角" in form.rows["uscc"].message.words


def test_what_cannot_be_read_stays_and_the_rest_is_saved(hand: Hand, dialogs: FakeDialogs) -> None:
    form = new_form(hand, "enterprise")
    hand.enter("杭州示例有限公司")
    form.go_to("surveyed_staff")
    hand.enter("三十几")
    hand.pause()
    assert "不是数字" in form.rows["surveyed_staff"].message.words
    assert form.rows["surveyed_staff"].editor.inputs()[0].property("state") == "error"
    hand.control(K.Key_S)
    hand.settle()
    assert form.data is not None
    assert form.data.record.values["name"] == "杭州示例有限公司"
    assert form.rows["surveyed_staff"].editor.text() == "三十几"
    assert "没有保存" in hand.window.notices.words
    form.go_to("surveyed_staff")
    hand.enter("30")
    hand.control(K.Key_S)
    hand.settle()
    assert form.data.record.values["surveyed_staff"] == 30
    assert not form.dirty


def test_a_new_form_does_not_begin_with_reproaches_and_says_after_a_save_what_is_missing(hand: Hand) -> None:
    form = new_form(hand, "union")
    assert not [row.message.words for row in form.rows.values() if row.message.words]
    assert "还缺" in hand.form_page.side.summary.text()
    hand.enter("示例公司工会委员会")
    hand.control(K.Key_S)
    hand.settle()
    assert "还没有填写" in form.rows["member_count"].message.words
    assert "还缺" in hand.window.notices.words


def test_rules_between_fields_are_said_beside_the_one_edited_last(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    form.set_only_first(False)
    form.go_to("surveyed_staff")
    hand.enter("10")
    form.go_to("women_count")
    hand.enter("12")
    hand.pause()
    assert "多于职工数10" in form.rows["women_count"].message.words
    assert any("多于职工数" in f.message for f in form.findings)


def test_long_forms_show_first_what_is_needed_and_unfold(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    assert not form.rows["former_name"].shown
    box = next(b for b in form.sections if form.rows["former_name"] in b.rows)
    hand.click(box.more)
    assert form.rows["former_name"].shown
    hand.click(hand.form_page.side.only_first)
    assert form.rows["remark"].shown
    hand.click(hand.form_page.side.only_first)
    assert not form.rows["remark"].shown


def test_a_meeting_is_typed_from_paper_though_its_name_says_more_than_is_asked(hand: Hand) -> None:
    """What comes up on the way was said already: Enter goes past it, and nothing typed falls into it."""
    form = new_form(hand, "meeting")
    form.go_to("name")
    hand.enter("第一届工会委员会第三次会议")
    hand.settle()
    assert (form.rows["term_number"].shown, form.rows["session_number"].shown) == (True, True)
    for typed in ("", "2026-11-30", "g", "1130", "村委会二楼"):
        hand.enter(typed)
        hand.pause()
    assert not form.rows["ended_date"].shown, "a slip in one field asks for no other"
    assert form.rows["started_time"].editor.text() == "g"
    form.go_to("started_time")
    hand.enter("9")
    found = form.values()
    assert (found["term_number"], found["session_number"]) == (1, 3)
    assert (found["started_date"], found["started_time"]) == ("2026-11-30", "09:00")
    assert (found["ended_time"], found["venue"]) == ("11:30", "村委会二楼")
    form.go_to("term_number")
    hand.enter("2")
    assert hand.focus in form.rows["session_number"].editor.inputs(), "who corrects one comes to the other"


def test_a_member_works_where_the_union_is_and_the_number_comes_before_what_it_tells(
    hand: Hand, bench: Workbench
) -> None:
    made: dict[str, str] = {}

    def enter(session: Session, _ticket: Ticket) -> None:
        made["firm"] = records.save(session, "enterprise", {"name": "径山甲公司"}).record
        for name, kind in (("甲工会", "independent"), ("联合工会", "joint")):
            union: dict[str, Cell] = {"name": name, "kind": kind, "enterprise": made["firm"]}
            made[name] = records.save(session, "union", union).record

    bench.write("登记", enter, step=False)
    hand.settle()
    form = new_form(hand, "member", union=made["甲工会"])
    assert (form.values()["enterprise"], form.values()["workplace"]) == (made["firm"], "径山甲公司")
    assert not form.dirty, "nobody has typed anything yet"
    form = new_form(hand, "member", union=made["联合工会"])
    assert not form.values()["workplace"], "members of a joint union work anywhere"
    form = new_form(hand, "member")
    order = list(form.rows)
    assert order.index("id_number") < order.index("sex") < order.index("birth_date")
    form.go_to("union")
    hand.type("甲工会")
    hand.settle()
    hand.enter()
    hand.settle()
    assert (form.values()["enterprise"], form.values()["workplace"]) == (made["firm"], "径山甲公司")


def test_what_another_value_makes_necessary_is_not_folded_away(hand: Hand) -> None:
    form = new_form(hand, "case")
    assert not form.rows["complainant_name"].shown
    form.go_to("source")
    hand.enter("投诉")
    hand.pause()
    assert form.rows["complainant_name"].shown
    assert form.rows["complainant_phone"].shown, "what belongs to it too"
    assert not form.rows["visit"].shown
    hand.click(hand.form_page.side.only_first)
    hand.click(hand.form_page.side.only_first)
    assert form.rows["complainant_name"].shown, "folding once more leaves it"


def test_a_click_on_a_finding_goes_to_its_field(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    hand.form_page.side.field_wanted.emit("former_name")
    assert form.rows["former_name"].shown
    assert hand.focus is form.rows["former_name"].editor.inputs()[0]


def test_codes_are_found_by_words_by_initials_and_by_code(hand: Hand, bench: Workbench) -> None:
    form = new_form(hand, "enterprise")
    editor = form.rows["sector"].editor
    assert isinstance(editor, PickEditor)
    for typed in ("非公", "fgq", "non_public"):
        form.go_to("sector")
        hand.enter(typed)
        assert editor.text() == "non_public", typed
        assert editor.line.text() == "非公企业"
    form.go_to("sector")
    hand.type("没有这种")
    assert editor.line.is_open
    hand.press(K.Key_Return)
    hand.pause()
    assert "里没有" in form.rows["sector"].message.words


def test_nothing_is_said_of_what_is_typed_to_find_an_option_until_it_is_left(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    message = form.rows["sector"].message
    form.go_to("sector")
    hand.type("fg")
    hand.pause()
    assert message.words == ""
    hand.press(K.Key_Escape)
    hand.press(K.Key_Tab)
    hand.pause()
    assert "里没有“fg”" in message.words


def test_the_list_of_a_code_is_walked_by_arrows_and_closed_by_escape(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    editor = form.rows["sector"].editor
    assert isinstance(editor, PickEditor)
    form.go_to("sector")
    hand.press(K.Key_Down)
    assert editor.line.is_open
    hand.press(K.Key_Escape)
    assert not editor.line.is_open
    assert hand.window.page is hand.form_page, "Esc closed the list, not the page"
    hand.click(editor.line)
    hand.press(K.Key_Return)
    assert editor.text() == "", "who has only opened it has chosen nothing"
    for key in (K.Key_F4, K.Key_Down):
        form.go_to("sector")
        hand.press(key)
        hand.press(K.Key_Return)
        assert editor.text() == "organ", "a key opens it at the first, as it stands there"
        form.go_to("sector")
        editor.line.selectAll()
        hand.press(K.Key_Delete)
        assert editor.text() == ""
    hand.press(K.Key_Down)
    hand.press(K.Key_Return)
    form.go_to("sector")
    hand.press(K.Key_Down)
    hand.press(K.Key_Down)
    hand.press(K.Key_Return)
    assert editor.text() == "institution"


def test_a_village_brings_its_town_along(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    form.set_only_first(False)
    form.go_to("village")
    hand.enter("330106010")
    hand.settle()
    assert form.values()["town"] == "330106010"
    assert "村社" in form.rows["town"].message.words or form.rows["town"].message.words == ""


def test_a_chosen_record_fills_what_it_repeats(hand: Hand, bench: Workbench) -> None:
    save(bench, hand, "enterprise", name="杭州云栖茶业有限公司", town="330106010", address="云栖路1号")
    form = new_form(hand, "case")
    editor = form.rows["enterprise"].editor
    assert isinstance(editor, LinkEditor)
    form.go_to("enterprise")
    hand.type("hzyq")
    hand.pause()
    assert editor.line.is_open
    hand.press(K.Key_Return)
    hand.pause()
    assert form.values()["employer_name"] == "杭州云栖茶业有限公司"
    assert form.values()["address"] == "云栖路1号"
    assert form.values()["town"] == "330106010"
    assert "带出" in form.rows["employer_name"].message.words


def test_a_record_that_is_given_the_code_of_another_is_told_of_it(hand: Hand, bench: Workbench) -> None:
    code = "91330110MA2A1234X7"
    save(bench, hand, "enterprise", name="杭州禅茶业有限公司", uscc=code)
    other = save(bench, hand, "enterprise", name="禅茶公司")
    hand.window.open_record("enterprise", other)
    hand.settle()
    page = hand.form_page
    page.form.go_to("uscc")
    hand.enter(code.lower())
    hand.settle()
    assert "已经登记过“杭州禅茶业有限公司”" in hand.window.notices.words
    assert "统一社会信用代码和这里的一样" in hand.window.notices.words
    page.form.go_to("uscc")
    hand.press(K.Key_Delete)
    hand.enter("91330106MA2ABCDEX7")
    hand.settle()
    assert hand.window.notices.words == ""
    page.form.go_to("uscc")
    hand.enter(code)
    hand.control(K.Key_S)
    hand.settle()
    third = new_form(hand, "enterprise")
    third.go_to("uscc")
    hand.enter(code)
    hand.settle()
    assert "保存时并入那一条" in hand.window.notices.words


def test_a_unit_with_a_code_that_is_there_is_told_of_it(hand: Hand, bench: Workbench) -> None:
    other = {"name": "径山村", "code": "330106010201", "level": "village"}
    save(bench, hand, "unit", **other)
    form = new_form(hand, "unit")
    form.go_to("code")
    hand.enter("330106010201")
    hand.settle()
    assert "已经登记过“径山村”，编码和这里的一样" in hand.window.notices.words


def test_whose_part_a_record_is_stays_locked_and_who_comes_back_is_where_he_was(
    hand: Hand, bench: Workbench
) -> None:
    firm = save(bench, hand, "enterprise", name="杭州禅茶业有限公司")
    form = new_form(hand, "visit", enterprise=firm)
    assert form.rows["enterprise"].editor.locked
    form.go_to("visit_date")
    hand.enter("2026-11-20")
    hand.control(K.Key_S)
    hand.settle()
    assert form.rows["enterprise"].editor.locked
    form.go_to("contact_name")
    QTest.keyClicks(hand.focus, "wang")
    place = hand.focus
    hand.window.open_record("enterprise", firm)
    hand.settle()
    hand.press(K.Key_Escape)
    hand.settle()
    assert hand.form_page.form is form
    assert hand.focus is place
    QTest.keyClicks(place, "fang")
    assert form.rows["contact_name"].editor.text() == "wangfang", "what is half written is gone on with"


def test_words_alone_are_no_link(hand: Hand) -> None:
    form = new_form(hand, "case")
    form.go_to("enterprise")
    hand.type("没有登记过的公司")
    hand.pause()
    hand.press(K.Key_Tab)
    hand.pause()
    assert "请从列表中选择" in form.rows["enterprise"].message.words


@pytest.mark.parametrize("key", [K.Key_Return, K.Key_Tab])
def test_who_goes_on_before_the_list_is_there_gets_what_was_meant(
    hand: Hand, bench: Workbench, key: K
) -> None:
    for name in ("杭州云栖茶业有限公司", "杭州双溪茶业有限公司"):
        save(bench, hand, "enterprise", name=name)
    form = new_form(hand, "visit")
    line = form.rows["enterprise"].editor.inputs()[0]
    form.go_to("enterprise")
    hand.type("杭州")
    hand.pause()
    assert form.rows["enterprise"].message.words == "", "half a name is no mistake yet"
    hand.type("双溪")  # the list that is open still begins with another
    hand.press(key)
    hand.settle()
    assert isinstance(line, PickEdit)
    assert line.option is not None
    assert line.option.words == "杭州双溪茶业有限公司"
    assert hand.focus is not line


def test_nothing_is_taken_unseen_where_several_are_meant(hand: Hand, bench: Workbench) -> None:
    for name in ("杭州云栖茶业有限公司", "杭州双溪茶业有限公司"):
        save(bench, hand, "enterprise", name=name)
    form = new_form(hand, "visit")
    editor = form.rows["enterprise"].editor
    assert isinstance(editor, LinkEditor)
    form.go_to("enterprise")
    hand.enter("杭州")
    hand.settle()
    assert editor.line.is_open
    assert editor.text() == "杭州"
    hand.press(K.Key_Escape)
    hand.press(K.Key_Tab)
    hand.pause()
    assert "请从列表中选择" in form.rows["enterprise"].message.words


def test_a_course_for_the_newly_appointed_is_counted_as_such(hand: Hand) -> None:
    form = new_form(hand, "course")
    form.go_to("category")
    hand.enter("cr")
    hand.settle()
    assert form.values()["counts_for_initial"] == 1
    assert "由培训类别带出" in form.rows["counts_for_initial"].message.words
    assert not [f for f in form.findings if f.rule == "initial_counts"]


def test_an_id_number_tells_birth_and_sex(hand: Hand) -> None:
    form = new_form(hand, "member")
    form.go_to("id_number")
    hand.enter("110101199003077715")
    hand.pause()
    found = form.values()
    if "校验" in form.rows["id_number"].message.words:
        pytest.fail("the test's number must be valid")
    assert found["birth_date"] == "1990-03-07"
    assert found["sex"] == "1"


def test_an_id_number_tells_nothing_as_a_passport_and_what_it_had_told_goes(hand: Hand) -> None:
    form = new_form(hand, "member")

    def told() -> tuple[object, object]:
        hand.pause()
        return form.values().get("birth_date"), form.values().get("sex")

    form.go_to("id_kind")
    hand.enter("护照")
    form.go_to("id_number")
    hand.enter("110101199003077715")
    assert told() == (None, None)
    form.go_to("id_kind")
    hand.enter("居民身份证")
    assert told() == ("1990-03-07", "1")
    form.go_to("id_kind")
    hand.enter("护照")
    assert told() == (None, None)
    form.go_to("sex")
    hand.enter("女")
    form.go_to("id_kind")
    hand.enter("居民身份证")
    assert told() == ("1990-03-07", "2"), "what somebody has said stands"
    # Another person's number: what the former one had told goes with it.
    form.go_to("id_number")
    hand.enter("33010619850615002X")
    assert told() == ("1985-06-15", "2")


def test_a_save_out_of_the_id_number_keeps_what_it_tells_too(hand: Hand, bench: Workbench) -> None:
    """Nobody has left the field by then."""
    new_form(hand, "member")
    hand.type("张三")
    hand.form_page.form.go_to("id_number")
    hand.type("110101199003077715")
    hand.control(K.Key_S)
    hand.settle()
    record = hand.form_page.record
    assert record is not None
    found = records.load(bench._session, "member", record)
    assert found is not None
    assert (found.values["birth_date"], found.values["sex"]) == ("1990-03-07", "1")
    form = hand.form_page.form
    assert not form.dirty
    assert "由证件号码带出" in form.rows["sex"].message.words
    records.save(bench._session, "member", {"sex": None, "birth_date": None}, record=record)
    hand.form_page.refresh(None)
    hand.settle()
    assert form.rows["sex"]._note == "", "nothing is said to come from anywhere"


def test_a_masked_value_is_shown_only_after_it_was_noted(hand: Hand, bench: Workbench) -> None:
    record = save(bench, hand, "officer", name="张三丰", phone="13800001111")
    hand.window.open_record("officer", record)
    hand.settle()
    editor = hand.form_page.form.rows["phone"].editor
    assert isinstance(editor, PersonalEditor)
    assert editor.line.text() == "138****1111"
    assert editor.line.isReadOnly()
    hand.click(editor.show_button)
    hand.settle()
    assert editor.line.text() == "13800001111"
    lines: list[str] = []
    bench.write("看", lambda session, _t: [line.action for line in recent(session)], lines.extend)
    hand.settle()
    assert "查看完整信息" in lines
    assert not hand.form_page.form.dirty


def test_a_masked_value_can_be_typed_anew_without_being_shown(hand: Hand, bench: Workbench) -> None:
    record = save(bench, hand, "officer", name="张三丰", phone="13800001111")
    hand.window.open_record("officer", record)
    hand.settle()
    editor = hand.form_page.form.rows["phone"].editor
    assert isinstance(editor, PersonalEditor)
    editor.take_focus()
    hand.type("139")
    assert "按F2" in QToolTip.text(), "nothing that is typed is lost in silence"
    assert hand.form_page.form.values()["phone"] == "13800001111"
    QToolTip.hideText()
    hand.press(K.Key_F2)
    hand.enter("13900002222")
    hand.control(K.Key_S)
    hand.settle()
    assert editor.line.text() == "139****2222"
    assert hand.form_page.form.values()["phone"] == "13900002222"


def test_what_others_change_arrives_and_what_is_typed_stays(hand: Hand, bench: Workbench) -> None:
    record = save(bench, hand, "enterprise", name="杭州甲有限公司", women_count=3)
    hand.window.open_record("enterprise", record)
    hand.settle()
    form = hand.form_page.form
    form.set_only_first(False)
    form.go_to("building")
    hand.enter("一号楼")
    bench.write(
        "改", lambda session, _t: records.save(session, "enterprise", {"women_count": 5}, record=record)
    )
    hand.settle()
    assert form.values()["women_count"] == 5
    assert form.values()["building"] == "一号楼"
    assert form.dirty


def test_a_code_that_is_known_is_told_before_it_is_saved_twice(hand: Hand, bench: Workbench) -> None:
    save(bench, hand, "enterprise", name="杭州原有单位", uscc="91330100799655058B")
    form = new_form(hand, "enterprise")
    hand.enter("杭州新名称")
    before = form.mapTo(hand.window, QPoint())
    hand.enter("91330100799655058B")
    hand.settle()
    assert form.mapTo(hand.window, QPoint()) == before, "nothing moves under the hand"
    assert "杭州原有单位" in hand.window.notices.words
    hand.window.new_record("enterprise")
    hand.settle()
    hand.enter("杭州原有单位")
    hand.settle()
    assert "是不是同一个" in hand.window.notices.words


def test_the_code_that_a_record_began_under_and_has_no_more_is_no_twin(hand: Hand, bench: Workbench) -> None:
    began = save(bench, hand, "enterprise", name="杭州改过代码单位", uscc="91330106MA2ABCDEX7")
    save(bench, hand, "enterprise", record=began, uscc="91330109MA27WXYY63")
    new_form(hand, "enterprise")
    hand.enter("杭州后来单位")
    hand.enter("91330106MA2ABCDEX7")
    hand.settle()
    assert "改过代码" not in hand.window.notices.words


def test_children_are_added_line_by_line_with_enter(hand: Hand, bench: Workbench) -> None:
    record = save(
        bench, hand, "meeting", name="第一次会议", kind="union_committee", started_date="2026-10-20"
    )
    hand.window.open_record("meeting", record)
    hand.settle()
    page = hand.form_page
    tab = page.children_tabs["participant"]
    page.tabs.setCurrentWidget(tab)
    for name in ("王犇", "李㛃"):
        hand.enter(name)
        for _ in range(len(tab.quick.rows) - 1):
            hand.press(K.Key_Return)
        hand.settle()
    assert tab.list.model.rowCount() == 2
    first, second = tab.list.model.shown(0), tab.list.model.shown(1)
    assert first is not None
    assert second is not None
    assert first.texts[:2] == ("1", "王犇")
    assert second.texts[:2] == ("2", "李㛃")
    assert page.tabs.tabText(page.tabs.indexOf(tab)) == "参会人员（2）"
    hand.window.back()
    hand.window.open_record("meeting", record)
    hand.settle()
    page = hand.form_page
    tab = page.children_tabs["participant"]
    assert page.tabs.tabText(page.tabs.indexOf(tab)) == "参会人员（2）"
    save(bench, hand, "participant", meeting=record, name="赵六")
    assert page.tabs.tabText(page.tabs.indexOf(tab)) == "参会人员（3）"
    assert not tab.findChildren(RecordList), "a list that nobody sees"
    page.tabs.setCurrentWidget(tab)
    hand.settle()
    assert tab.list.model.rowCount() == 3


def test_a_zero_in_the_line_of_children_is_something_that_was_typed(hand: Hand, bench: Workbench) -> None:
    site = save(bench, hand, "service_site", name="径山驿站", kind="worker_station")
    hand.window.open_record("service_site", site)
    hand.settle()
    page = hand.form_page
    tab = page.children_tabs["site_use"]
    page.tabs.setCurrentWidget(tab)
    assert not tab.begun
    tab.quick.rows["visit_count"].editor.take_focus()
    hand.type("0")
    assert tab.quick.typed() == {"visit_count": "0"}
    assert tab.begun
    hand.press(K.Key_Backspace)
    assert not tab.begun


def test_before_the_parent_is_saved_its_children_offer_to_save_it(hand: Hand) -> None:
    new_form(hand, "meeting", name="还没有保存的会议", kind="union_committee")
    page = hand.form_page
    tab = page.children_tabs["participant"]
    page.tabs.setCurrentWidget(tab)
    hand.press(K.Key_Space)
    hand.settle()
    assert page.record is not None
    hand.type("陈")
    assert tab.quick.rows["name"].editor.text() == "陈" or hand.focus is not None


def test_a_reader_sees_everything_and_changes_nothing(hand: Hand, bench: Workbench) -> None:
    form = new_form(hand, "plan_target")
    assert all(row.editor.locked for row in form.rows.values())
    assert not hand.form_page.acts()


def test_long_complaints_are_shown_whole(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    form.go_to("ownership")
    hand.enter("13805711234")
    hand.pause()
    message = form.rows["ownership"].message
    words = message.findChildren(QLabel)[-1]
    assert "国有企业" in words.text()
    assert words.height() >= words.heightForWidth(words.width())


def test_a_long_complaint_is_whole_beside_fields_that_unfold_because_of_it(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    form.go_to("surveyed_staff")
    hand.enter("45")
    hand.enter("wj")
    hand.pause()
    row = form.rows["surveyed_date"]
    assert "看不出是哪一天" in row.message.words
    assert row.cell.height() == row.cell.heightForWidth(row.cell.width())


def test_the_own_town_is_assumed_and_gives_way_to_the_one_of_the_chosen_firm(
    hand: Hand, bench: Workbench
) -> None:
    elsewhere = save(bench, hand, "enterprise", name="翠苑茶厂", town="330106005", address="文三路1号")
    form = new_form(hand, "union")
    assert form.values()["town"] == "330106010", "almost everything lies where the one who records it sits"
    assert not form.dirty
    form.go_to("enterprise")
    hand.type("翠苑")
    hand.pause()
    hand.press(K.Key_Return)
    hand.pause()
    assert form.values()["enterprise"] == elsewhere
    assert form.values()["town"] == "330106005"
    assert form.values()["address"] == "文三路1号"


def test_a_town_that_was_chosen_stays_when_a_firm_is_chosen(hand: Hand, bench: Workbench) -> None:
    save(bench, hand, "enterprise", name="翠苑茶厂", town="330106005", address="文三路1号")
    form = new_form(hand, "union")
    form.go_to("town")
    hand.type("留下")
    hand.press(K.Key_Return)
    form.go_to("enterprise")
    hand.type("翠苑")
    hand.pause()
    hand.press(K.Key_Return)
    hand.pause()
    assert form.values()["town"] == "330106009"


def test_an_address_says_where_a_record_lies_until_somebody_says_it_himself(hand: Hand) -> None:
    form = new_form(hand, "enterprise")

    def address(words: str, name: str = "address") -> tuple[Cell, Cell]:
        form.go_to(name)
        hand.control(K.Key_A)
        hand.enter(words)
        hand.settle()
        return form.values()["town"], form.values()["village"]

    assert address("文三路1号") == ("330106010", None), "the own town is assumed"
    assert address("西湖区三墩镇华联村5号") == ("330106109", "330106109234")
    hand.pause()
    assert "由实际经营地址带出" in form.rows["town"].message.words
    assert address("三墩镇西园八路9号") == ("330106109", "330106109234"), "no more than what stands"
    assert address("西湖区翠苑街道文三路1号") == ("330106005", None), "another address, another place"
    assert address("西湖区留下街道", "registered_address") == ("330106005", None), (
        "where it works goes before"
    )
    form.go_to("town")
    hand.control(K.Key_A)
    hand.enter("留下")
    assert address("三墩镇西园八路9号") == ("330106009", None), "said by hand"


def test_a_reader_is_told_that_it_is_the_role_and_not_to_save(
    qtbot: QtBot, tmp_path: Path, settings: Settings, dialogs: FakeDialogs
) -> None:
    made = make_session(tmp_path / "w")
    record = records.save(made, "enterprise", {"name": "一家"}).record
    made.workspace.add_operator("看看", PASSWORD, Role.READER, QUICK)
    made.workspace.close()
    window = open_window(qtbot, open_session(tmp_path / "w", "看看", PASSWORD), dialogs, settings)
    hand = Hand(qtbot, window)
    window.open_record("enterprise", record)
    hand.settle()
    assert "您登录的身份只能查看" in hand.form_page.banner.words
    assert "先保存" not in hand.form_page.status().words
    # Others of the unit record here: that other units do it would send nobody anywhere.
    window.open_page("list:member")
    hand.settle()
    assert "您登录的身份只能查看" in texts(hand.list_page.list.empty)
    window.open_page("list:holiday_table")
    hand.settle()
    assert isinstance(window.page, HolidaysList)
    assert not window.page.bring.isVisible()
    assert "导入一年" not in texts(hand.list_page.list.empty)
    dialogs.always_leave()
    window.close()


# -- long words and long forms -----------------------------------------------------------------------------------------

LONG = "杭州余杭径山镇双溪竹海漂流景区旅游服务有限公司第二分公司犇㛃䶮示例单位名称一二三四五人力资源服务部"


def ink_rows(line: QWidget) -> int:
    """How many lines of words a widget shows, as its picture says: dark rows with light ones between them."""
    picture = line.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    dark = [
        any(picture.pixelColor(x, y).lightness() < 110 for x in range(12, picture.width() - 40))
        for y in range(4, picture.height() - 4)
    ]
    return sum(now and not before for before, now in itertools.pairwise([False, *dark]))


def test_words_that_are_too_long_for_their_line_stand_in_several(hand: Hand, bench: Workbench) -> None:
    record = save(bench, hand, "enterprise", name=LONG, contact_name="王犇")
    hand.window.open_record("enterprise", record)
    hand.settle()
    form = hand.form_page.form
    name, phone = form.rows["name"].editor.inputs()[0], form.rows["contact_phone"].editor.inputs()[0]
    form.go_to("uscc")
    QApplication.processEvents()
    assert isinstance(name, WrappingLine)
    assert name.lines == 3
    assert name.height() == phone.height() + 2 * name.fontMetrics().lineSpacing()
    assert ink_rows(name) == 3
    assert name.toolTip() == LONG
    form.go_to("name")
    hand.press(K.Key_End)
    hand.type("甲")
    assert form.rows["name"].editor.text() == f"{LONG}甲"
    name.setText("短的")
    QApplication.processEvents()
    assert (name.lines, name.toolTip()) == (1, "")


def test_a_linked_record_with_a_long_name_can_be_read_whole(hand: Hand, bench: Workbench) -> None:
    firm = save(bench, hand, "enterprise", name=LONG)
    form = new_form(hand, "union", enterprise=firm)
    form.go_to("enterprise")
    line = form.rows["enterprise"].editor.inputs()[0]
    form.go_to("name")
    QApplication.processEvents()
    assert isinstance(line, WrappingLine)
    assert line.lines == 3
    assert ink_rows(line) == 3


def test_what_is_longer_than_three_lines_ends_with_dots_and_is_told_whole(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    other, line = QLineEdit(whole), WrappingLine(whole)
    line.setText(LONG * 3)
    line.setGeometry(0, 40, 300, 100)
    whole.show()
    other.setFocus()
    QApplication.processEvents()
    assert line.lines == 3
    assert ink_rows(line) == 3
    assert line.toolTip() == LONG * 3
    # Qt counts a rare character as two: the last line began so many characters too late.
    pictures = []
    for sign in "吉𠮷":
        line.setText(sign * 15 + LONG * 3)
        pictures.append(line.grab().toImage().copy(0, 62, 300, 38))
    assert pictures[0] == pictures[1]


class Restyled(QObject):
    """Counts how often lines are styled again, which is what makes a long form slow to build."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.StyleChange and isinstance(watched, QLineEdit)
        return False


def test_a_long_form_is_built_once_and_makes_nothing_that_nobody_sees(hand: Hand, qapp: QApplication) -> None:
    counter = Restyled()
    qapp.installEventFilter(counter)
    try:
        form = new_form(hand, "enterprise")
    finally:
        qapp.removeEventFilter(counter)
    lines = form.findChildren(QLineEdit)
    assert set(form.rows) == {f.name for f in form.record_type.shown_fields}, "no field is lost"
    assert counter.count <= len(lines), "parts are made in their place, not carried there"
    assert not hand.window.findChildren(PickList), "a list is made when it is opened"
    form.go_to("ownership")
    hand.press(K.Key_F4)
    assert len(hand.window.findChildren(PickList)) == 1


def test_the_day_of_a_count_that_is_typed_is_today_unless_something_else_is_said(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    today = hand.window.workbench.today().isoformat()
    form.go_to("surveyed_staff")
    hand.enter("45")
    row = form.rows["surveyed_date"]
    assert row.editor.text() == today
    assert row.shown
    hand.pause()
    assert "按今天填的" in row.message.words
    row.editor.take_focus()
    hand.enter("20261101")
    assert row.editor.text() == "2026-11-01"
    form.go_to("surveyed_staff")
    hand.enter("46")
    assert row.editor.text() == "2026-11-01", "what stands there is not touched"


def test_what_an_authority_counted_gets_no_day_of_its_own(hand: Hand) -> None:
    form = new_form(hand, "enterprise")
    counted = next(n for n in form.rows if n.endswith("_staff") and n != "surveyed_staff")
    form.go_to(counted)
    hand.enter("45")
    assert form.rows[counted.replace("_staff", "_date")].editor.text() == ""


def test_going_through_a_stored_count_changes_nothing(hand: Hand, bench: Workbench) -> None:
    record = save(bench, hand, "enterprise", name="一家", surveyed_staff=30)
    hand.window.open_record("enterprise", record)
    hand.settle()
    form = hand.form_page.form
    form.go_to("surveyed_staff")
    hand.press(K.Key_Return)
    hand.settle()
    assert not form.dirty


def test_until_when_a_new_chair_is_to_be_trained_stands_over_the_records(
    hand: Hand, bench: Workbench
) -> None:
    today = bench.today()
    person = save(bench, hand, "officer", name="王芳")
    started = today - datetime.timedelta(days=100)
    post = save(
        bench, hand, "appointment", officer=person, category="grassroots_chair", started=started.isoformat()
    )
    due = years_later(started, 1)
    words = f"新任职的初任培训应于{due}前完成，还有{(due - today).days}天。"
    for type_name, record in (("appointment", post), ("officer", person)):
        hand.window.open_record(type_name, record)
        page = hand.form_page
        shown: list[str] = []
        page.state_changed.connect(
            lambda page=page, shown=shown: shown.append(page.banner.words) if page.loaded else None
        )
        hand.settle()
        assert set(shown) == {words}  # with the record: what comes later moves the form
        hand.window.back()
    course = save(bench, hand, "course", name="初任班", category="initial", started_date=today.isoformat())
    save(bench, hand, "attendance", course=course, officer=person, name="王芳", result="passed")
    hand.window.open_record("officer", person)
    hand.settle()
    assert hand.form_page.banner.words == ""
    hand.window.back()


def test_who_is_overdue_is_told_so_and_who_was_elected_again_is_not(hand: Hand, bench: Workbench) -> None:
    late = bench.today() - datetime.timedelta(days=400)
    for new, words in ((1, "已超期"), (0, "")):
        person = save(bench, hand, "officer", name=f"李强{new}")
        save(
            bench, hand, "appointment", officer=person, category="grassroots_chair",
            started=late.isoformat(), newly_appointed=new,
        )  # fmt: skip
        hand.window.open_record("officer", person)
        hand.settle()
        assert words in hand.form_page.banner.words
        assert bool(hand.form_page.banner.words) == bool(words)
        hand.window.back()


def test_what_comes_again_and_again_begins_as_in_the_last_record_of_this_unit(
    hand: Hand, bench: Workbench
) -> None:
    def job(session: Session, _ticket: Ticket) -> None:
        for host, unit in (("转塘街道总工会", None), ("区总工会", "0" * 32)):
            values = {"name": "轮训班", "category": "rotation", "host": host, "started_date": "2026-10-20"}
            if unit is None:
                records.save(session, "course", values)
            else:
                forged(session, values, unit, "course")

    bench.write("", job, lambda _nothing: None, owner=hand.window)
    hand.settle()
    hand.window.open_page("list:course")
    hand.settle()
    hand.control(K.Key_N)
    hand.settle()
    form = hand.form_page.form
    assert (form.values()["category"], form.values()["host"]) == ("rotation", "转塘街道总工会")
    assert (form.values()["name"], form.values()["started_date"]) == (None, None)
    assert form.rows["host"].message.words == "和上一条一样，可以改"
    assert not form.dirty
    hand.window.back()
    hand.window.new_record("course", {"host": "径山镇总工会"})
    hand.settle()
    assert hand.form_page.form.values()["host"] == "径山镇总工会"


@pytest.mark.parametrize(("type_name", "field"), [("enterprise", "name"), ("visit", "situation")])
def test_what_is_saved_is_a_step_and_ctrl_z_takes_that_back_wherever_the_cursor_is(
    hand: Hand, bench: Workbench, type_name: str, field: str
) -> None:
    line = new_form(hand, type_name).rows[field].editor.inputs()[0]
    assert isinstance(line, QLineEdit | QPlainTextEdit)
    line.setFocus()

    def text() -> str:
        return line.text() if isinstance(line, QLineEdit) else line.toPlainText()

    hand.type("甲厂")
    hand.control(K.Key_Z)
    assert text() == "", "before it is saved the keys are those of the line"
    hand.type("乙厂")
    hand.control(K.Key_S)
    hand.settle()
    assert (hand.focus, text(), bench.steps.last is not None) == (line, "乙厂", True)
    hand.control(K.Key_Z)
    hand.settle()
    assert (text(), bench.steps.last, bench.steps.next is not None) == ("乙厂", None, True)

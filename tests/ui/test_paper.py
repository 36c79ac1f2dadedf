"""打印 wherever something is shown: lists as they stand, what belongs to a record, a congress, a course."""

from __future__ import annotations

import datetime
import threading
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.versions.canonical import Cell
from desktop.ui.dialogs import Answer
from desktop.ui.forms.page import FormPage
from desktop.ui.lists import printing as paper
from desktop.ui.lists.page import ListPage
from desktop.ui.page import Act
from desktop.ui.pages.home.page import HomePage
from desktop.ui.printing.page import PreviewPage
from desktop.ui.printing.papers import brief_choice
from desktop.ui.widgets.choices import ChoiceOverlay
from desktop.ui.worker import Ticket
from tests.ui.hands import CTRL, Desk, K

pytestmark = pytest.mark.usefixtures("bundled_fonts")

NAMES = ("王犇", "李卫东", "䶮㛃")


def firms(session: Session, count: int) -> None:
    rows: list[dict[str, Cell]] = [
        {"name": f"径山第{n}厂", "union_state": "N" if n % 2 else "Y", "surveyed_staff": n,
         "contact_name": "王犇犇", "contact_phone": "13805711234"}
        for n in range(1, count + 1)
    ]  # fmt: skip
    records.save_many(session, "enterprise", rows)


def shown(desk: Desk) -> str:
    """The text of the pages in front, without spaces."""
    desk.settle()
    page = desk.window.page
    assert isinstance(page, PreviewPage)
    document = pdfium.PdfDocument(page._data)
    return "".join("".join(p.get_textpage().get_text_bounded().split()) for p in document)


def list_page(desk: Desk, name: str = "enterprise") -> ListPage:
    page = desk.show(f"list:{name}")
    assert isinstance(page, ListPage)
    return page


def test_a_list_is_printed_as_it_is_shown_with_its_filter_in_words(desk: Desk, town: Session) -> None:
    firms(town, 4)
    page = list_page(desk)
    page.list.set_columns(["name", "surveyed_staff", "contact_name", "contact_phone"])
    page.filters.set_values("union_state", ["N"])
    desk.settle()
    page.list.sort_by("surveyed_staff", descending=True)
    desk.settle()
    desk.press(K.Key_P, modifier=CTRL)
    text = shown(desk)
    assert "企业（单位）一览表" in text
    assert "单位：径山镇总工会" in text
    label = town.types["enterprise"].by_name["union_state"].label
    assert f"范围：{label}：待筹建" in text
    assert "1径山第3厂3" in text
    assert "2径山第1厂1" in text
    assert "径山第2厂" not in text
    assert "138****1234" in text
    assert "13805711234" not in text
    assert "王犇犇" not in text
    assert "个人信息已部分隐藏" in text


def test_what_was_looked_at_is_what_is_saved_and_it_is_noted(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    firms(town, 2)
    list_page(desk)
    desk.press(K.Key_P, modifier=CTRL)
    assert "径山第2厂" in shown(desk)
    records.save(town, "enterprise", {"name": "后来的"})
    page = desk.window.page
    assert isinstance(page, PreviewPage)
    desk.dialogs.paths = [tmp_path / "U盘"]
    desk.click(page.save_button)
    (written,) = (tmp_path / "U盘").glob("*.pdf")
    assert written.name == "企业（单位）一览表.pdf"
    assert written.read_bytes() == page._data


def test_a_long_list_asks_first_and_one_that_is_too_long_says_what_to_do(
    desk: Desk, town: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    firms(town, 40)
    monkeypatch.setattr(paper, "MOST_UNASKED", 30)
    page = list_page(desk)
    desk.dialogs.answers = [Answer.CANCEL, Answer.YES]
    desk.press(K.Key_P, modifier=CTRL)
    assert "40条，打印出来大约3页" in desk.dialogs.asked[-1]
    assert desk.window.page is page
    desk.press(K.Key_P, modifier=CTRL)
    assert "径山第40厂" in shown(desk)
    desk.window.back()
    monkeypatch.setattr(paper, "MOST", 30)
    desk.press(K.Key_P, modifier=CTRL)
    assert "请先筛选，或者导出成表格" in desk.window.notices.words
    assert desk.window.page is page


def test_an_empty_list_has_nothing_to_print(desk: Desk) -> None:
    assert Act.PRINT not in list_page(desk).acts()


def choose(desk: Desk, label: str) -> None:
    """Ctrl+P, then the arrow keys to what is to be printed; nothing leaves the choice alone."""
    desk.press(K.Key_P, modifier=CTRL)
    overlay = desk.window.findChild(ChoiceOverlay)
    assert overlay is not None
    labels = [overlay.list.item(n).text() for n in range(overlay.list.count())]
    desk.press(*[K.Key_Down] * (labels.index(f"打印{label}") if label else 0))
    desk.press(K.Key_Return if label else K.Key_Escape)
    desk.settle()


def test_typed_but_not_saved_is_saved_before_it_is_printed(desk: Desk, town: Session) -> None:
    firm = records.save(town, "enterprise", {"name": "径山茶业有限公司"}).record
    desk.show("list:enterprise")
    desk.window.open_record("enterprise", firm)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, FormPage)
    page.form.go_to("responsible")
    desk.type("陈喆")
    desk.press(K.Key_P, modifier=CTRL)
    desk.settle()
    text = shown(desk)
    assert "“一企一策”工作单" in text
    assert "责任人陈喆" in text


def test_what_belongs_to_a_record_is_printed_from_its_tab(desk: Desk, town: Session) -> None:
    meeting = records.save(town, "meeting", {"name": "第三次委员会会议", "started_date": "2026-11-20"}).record
    for name in NAMES:
        records.save(town, "participant", {"meeting": meeting, "name": name})
    desk.show("list:meeting")
    desk.window.open_record("meeting", meeting)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, FormPage)
    page.tabs.setCurrentWidget(page.children_tabs["participant"])
    desk.settle()
    choose(desk, "列表：参会人员")
    text = shown(desk)
    assert "参会人员一览表" in text
    assert "第三次委员会会议" in text
    assert all(name in text for name in NAMES)


def test_the_records_behind_a_number_are_printed_under_its_name(desk: Desk, town: Session) -> None:
    firms(town, 3)
    home = desk.show("home")
    assert isinstance(home, HomePage)
    desk.qtbot.waitUntil(lambda: bool(home.incomplete), timeout=20_000)
    tasks = home.tasks
    row = next(n for n, t in enumerate(tasks.matters.tasks) if t.key == "incomplete")
    tasks.setCurrentIndex(tasks.matters.index(row, 0))
    desk.qtbot.keyClick(tasks, Qt.Key.Key_Return)
    desk.settle()
    desk.press(K.Key_P, modifier=CTRL)
    text = shown(desk)
    assert "范围：不完整或有错的记录" in text
    assert "径山第3厂" in text


# -- gatherings --------------------------------------------------------------------------------------------------------


def test_a_congress_has_a_sheet_to_sign_and_says_who_came(desk: Desk, town: Session) -> None:
    firm = records.save(town, "enterprise", {"name": "径山茶业有限公司"}).record
    session = records.save(
        town, "congress",
        {"name": "第三届第二次职代会", "kind": "congress", "enterprise": firm, "started_date": "2026-11-12",
         "venue": "三楼", "expected_count": 3, "present_count": 2, "leave_count": 1, "absent_count": 0},
    ).record  # fmt: skip
    for n, name in enumerate(NAMES, start=1):
        more: dict[str, Cell] = (
            {"presence": "leave", "leave_reason": "出差"} if n == 3 else {"presence": "present"}
        )
        records.save(
            town, "delegate",
            {"congress": session, "sequence": n, "name": name, "sex": "1", "constituency": f"{n}车间",
             "job_category": "front_line", **more},
        )  # fmt: skip
    desk.show("list:congress")
    desk.window.open_record("congress", session)
    desk.settle()
    choose(desk, "签到表（会前用）")
    text = shown(desk)
    assert "第三届第二次职代会签到表" in text
    for words in ("单位：径山茶业有限公司", "人数：应到3人", "时间：2026年11月12日", "地点：三楼", "签名"):
        assert words in text
    assert "1王犇男1车间一线职工2李卫东" in text
    desk.window.back()
    desk.settle()
    choose(desk, "到会情况（会后用）")
    text = shown(desk)
    assert "应到3人实到2人请假1人缺席0人" in text
    assert "达到三分之二，会议有效。" in text
    assert "1䶮㛃3车间请假出差" in text
    assert "李卫东" not in text
    desk.window.back()
    desk.settle()
    before = desk.window.page
    choose(desk, "")
    assert desk.window.page is before
    choose(desk, "职工代表名册")
    text = shown(desk)
    assert "第三届第二次职代会职工代表名册" in text
    assert "1王犇男1车间一线职工" in text


def test_a_course_has_a_column_to_sign_for_each_half_day_and_says_who_came_when(
    desk: Desk, town: Session
) -> None:
    course = records.save(
        town, "course",
        {"name": "轮训班", "host": "余杭区总工会", "started_date": "2026-11-20", "ended_date": "2026-11-21",
         "expected_count": 3},
    ).record  # fmt: skip
    for n, (name, came) in enumerate(zip(NAMES, ("d01am d01pm", "d01am", ""), strict=True), start=1):
        codes = [item.code for item in town.codes["half_day"].offered]
        ticked = " ".join(codes[: len(came.split())]) or None
        records.save(
            town, "attendance",
            {"course": course, "sequence": n, "name": name, "unit_name": f"{n}村工会", "half_days": ticked,
             "result": "passed" if n == 1 else None, "absence_reason": "生病" if n == 3 else None},
        )  # fmt: skip
    desk.show("list:course")
    desk.window.open_record("course", course)
    desk.settle()
    choose(desk, "签到表（会前用）")
    text = shown(desk)
    assert "轮训班签到表" in text
    assert "时间：2026年11月20日至21日" in text
    for head in ("11月20日上午", "11月20日下午", "11月21日上午", "11月21日下午"):
        assert head in text
    assert "3䶮㛃3村工会" in text
    desk.window.back()
    desk.settle()
    choose(desk, "到课情况（会后用）")
    text = shown(desk)
    assert "应训3人实到2人缺勤1人合格1人" in text
    assert text.count("√") == 3
    assert "生病" in text


def test_a_union_offers_the_roster_of_its_members(desk: Desk, town: Session) -> None:
    union = records.save(town, "union", {"name": "示例茶厂工会"}).record
    person: dict[str, Cell] = {"name": "䶮㛃", "phone": "13805711234", "union": union}
    records.save(town, "member", person)
    desk.show("list:union")
    desk.window.open_record("union", union)
    desk.settle()
    desk.press(K.Key_P, modifier=CTRL)
    overlay = desk.window.findChild(ChoiceOverlay)
    if overlay is not None:
        desk.press(K.Key_Escape)
        choose(desk, "会员花名册")
    text = shown(desk)
    assert "会员花名册" in text
    assert "138****1234" in text
    assert "13805711234" not in text


def test_the_register_of_cases_is_of_this_year_until_somebody_says_other_days(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    for name, day in (("甲公司", "2026-03-02"), ("乙公司", "2025-03-02"), ("丙公司", None)):
        values: dict[str, Cell] = {"summary": "拖欠工资", "employer_name": name, "complainant_name": "赵晓峰",
                                   "registered_date": day}  # fmt: skip
        records.save(town, "case", values)
    list_page(desk, "case")
    choose(desk, "监督案件台账（一段时间的案件，附统计）")
    text = shown(desk)
    assert "工会劳动法律监督案件统计" in text
    assert ("甲公司" in text, "乙公司" in text, "丙公司" in text) == (True, False, False)
    assert "没有登记日期的1件案件不在内" in text
    page = desk.window.page
    assert isinstance(page, PreviewPage)
    assert page.bar is not None
    assert page.bar.usual.currentText() == "今年"
    page.bar.first.take_focus()
    desk.type("20250101")
    desk.press(K.Key_Return)
    desk.type("20251231")
    desk.press(K.Key_Return)
    text = shown(desk)
    assert ("甲公司" in text, "乙公司" in text) == (False, True)
    assert "2025-01-01至2025-12-31登记的案件" in text
    assert page.bar.usual.currentText() == "去年"
    assert "赵晓峰" not in text
    desk.dialogs.paths = [tmp_path / "U盘"]
    desk.click(page.table_button)
    (written,) = (tmp_path / "U盘").glob("*.xlsx")
    cells = str([[c.value for c in row] for row in load_workbook(written).worksheets[0].iter_rows()])
    assert ("甲公司" in cells, "乙公司" in cells) == (False, True)


def test_days_that_cannot_be_read_are_said_and_the_pages_stay(desk: Desk, town: Session) -> None:
    records.save(town, "case", {"employer_name": "甲公司", "registered_date": "2026-03-02"})
    list_page(desk, "case")
    choose(desk, "监督案件台账（一段时间的案件，附统计）")
    page = desk.window.page
    assert isinstance(page, PreviewPage)
    assert page.bar is not None
    for typed, words in (("abc", "日期看不懂"), ("20270101", "开始的日期晚于结束的日期")):
        page.bar.first.take_focus()
        desk.type(typed)
        desk.press(K.Key_Return)
        assert words in page.note.words.text()
        assert "甲公司" in shown(desk)


def test_the_brief_opens_from_the_home_page_and_turns_to_another_quarter_and_unit(
    desk: Desk, town: Session
) -> None:
    records.save(town, "unit", {"name": "径山村工会", "level": "village", "superior": town.unit.id})
    firm = records.save(town, "enterprise", {"name": "径山茶业有限公司"}).record
    records.save(town, "visit", {"enterprise": firm, "visit_date": "2026-08-05", "visitors": "王芳"})
    home = desk.show("home")
    assert isinstance(home, HomePage)
    desk.click(home.brief)
    text = shown(desk)
    assert "径山镇总工会工作简报（2026年第四季度，至11月23日）" in text
    assert "没有登记工作" in text
    page = desk.window.page
    assert isinstance(page, PreviewPage)
    assert page.bar is not None
    assert not page.word_button.isHidden()
    page.bar.usual.setFocus()
    desk.press(K.Key_Down)
    text = shown(desk)
    assert "（2026年第三季度）" in text
    assert "走访企业1次" in text
    page.bar.units.setFocus()
    desk.press(K.Key_Down)
    text = shown(desk)
    assert "径山村工会工作简报" in text
    assert "走访企业1次" not in text


def test_whoever_saves_does_not_wait_for_the_brief_nor_the_brief_for_him(desk: Desk) -> None:
    desk.show("home")
    go_on, waiting = threading.Event(), threading.Event()

    def busy(_session: Session, _ticket: Ticket) -> None:
        waiting.set()
        assert go_on.wait(120)

    try:
        desk.bench.write("忙", busy, step=False)
        assert waiting.wait(120)
        brief_choice(desk.bench)[1]()
        page = desk.window.page
        assert isinstance(page, PreviewPage)
        assert page.count.text() == "正在统计…"
        desk.qtbot.waitUntil(lambda: bool(page.pages.sheets), timeout=30_000)
        assert not desk.bench.writer.idle
    finally:
        go_on.set()
    assert page.bar is not None
    page.bar.chosen.emit(datetime.date(2027, 1, 1), datetime.date(2027, 3, 31), "")
    desk.settle()
    assert "还没有开始" in page.note.words.text()
    assert page.count.text() == "第1页，共1页"


def test_ctrl_p_on_the_home_page_offers_what_is_of_the_whole_workspace(desk: Desk) -> None:
    desk.show("home")
    choose(desk, "工作简报")
    assert "工作简报" in shown(desk)


def test_the_number_of_those_without_a_union_offers_their_list(desk: Desk, town: Session) -> None:
    firm: dict[str, Cell] = {
        "name": "径山茶业有限公司", "sector": "non_public", "status": "active", "union_state": "N",
        "surveyed_staff": 30,
    }  # fmt: skip
    records.save(town, "enterprise", firm)
    desk.show("home")
    home = desk.window.page
    assert isinstance(home, HomePage)
    desk.qtbot.waitUntil(lambda: bool(home.plan.rows), timeout=20_000)
    row = next(r for r in home.plan.rows if r.indicator.id == "T03")
    row.name.setFocus()
    desk.press(K.Key_Space)
    choose(desk, "应建未建单位名单（按镇街、村社）")
    text = shown(desk)
    assert "径山茶业有限公司" in text
    assert "职工30人" in text

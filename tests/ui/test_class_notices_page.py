"""Notices to many employers in the window: chosen, written once, issued and printed in one run, by keys."""

from __future__ import annotations

import datetime
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.operations import supervision
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.supervision.batches import MOST
from desktop.records.supervision import EventKind
from desktop.ui.dialogs import Answer
from desktop.ui.pages.case.issue_many import IssueManyDialog
from desktop.ui.pages.case.notices import NoticesPage
from desktop.ui.pages.case.reading import MOST_LETTERS, timeline
from desktop.ui.pages.case.tab import CaseTab
from desktop.ui.pages.home.found import FoundPage
from desktop.ui.pages.home.page import HomePage
from desktop.ui.printing.page import PreviewPage
from desktop.ui.printing.run import PrintRunDialog
from desktop.ui.running import RunningDialog
from desktop.ui.widgets.choices import ChoiceOverlay
from tests.ui.cases import TODAY, WORDS, case, inquired, opened, workspace
from tests.ui.hands import CTRL, Desk, K

pytestmark = pytest.mark.usefixtures("bundled_fonts")

CHAIR = supervision.Signatory("周正", "主席")
HEAT = {
    **{name: words for name, words in WORDS.items() if name != "skip_reason"},
    "subject": "高温天气劳动保护", "clue_words": "专项检查", "facts": "高温天气露天作业可能存在中暑风险",
}  # fmt: skip
LONG = "杭州西湖区转塘街道之江国家旅游度假区综合市政园林建设工程发展集团股份有限公司第十二分公司"


@pytest.fixture
def district(tmp_path: Path) -> Session:
    session = workspace(tmp_path)
    supervision.set_number_settings(session, "杭西")
    return session


@pytest.fixture
def desk(qtbot: QtBot, district: Session, tmp_path: Path) -> Iterator[Desk]:
    hands = Desk(qtbot, district, tmp_path)
    yield hands
    hands.dialogs.always_leave()
    # Dialogs over the window are meant.
    hands.strangers.seen = [seen for seen in hands.strangers.seen if "Dialog" not in seen]
    hands.close()


def look(desk: Desk, name: str) -> None:
    if folder := os.environ.get("XIAOSANJI_LOOK"):
        desk.qtbot.wait(300)
        desk.settle()
        dialog = next((d for d in desk.window.findChildren(RunningDialog) if d.isVisible()), None)
        (dialog or desk.window).grab().save(str(Path(folder) / name))


def heat(session: Session) -> str:
    """A check of a class of employers: nobody complained."""
    return case(
        session, source="inspection", complainant_name=None, complainant_phone=None, employer_name=None,
        summary="高温天气劳动保护专项检查", received_date="2026-10-08",
    )  # fmt: skip


def employers(session: Session, count: int) -> list[str]:
    rows = [{"name": f"杭州高温{n}号建筑有限公司"} for n in range(1, count + 1)]
    return records.save_many(session, "enterprise", rows)[0]


def pressed(tab: CaseTab, words: str) -> QPushButton:
    return next(b for b in tab.letters.findChildren(QPushButton) if words in b.text() and b.isVisible())


def texts_of(box: QWidget) -> str:
    assert isinstance(box, QComboBox)
    return box.currentText()


def choosing(desk: Desk, record: str) -> NoticesPage:
    tab = opened(desk, record)
    desk.click(pressed(tab, "一次发给多家单位"))
    page = desk.window.page
    assert isinstance(page, NoticesPage)
    return page


def drafted(session: Session, record: str, count: int) -> tuple[str, ...]:
    return supervision.class_notices(session, record, employers(session, count), HEAT).documents


def test_employers_are_chosen_the_text_is_written_once_and_one_undo_takes_all_back(
    desk: Desk, district: Session
) -> None:
    record = heat(district)
    firms = employers(district, 5)
    code = "91330106MA2ABCDEX7"
    others = [{"name": LONG, "uscc": code}, {"name": "同名公司"}, {"name": "同名公司"}]
    records.save_many(district, "enterprise", others)
    supervision.draft(district, record, "reminder_letter", {**HEAT, "addressee": "杭州高温5号建筑有限公司"})
    page = choosing(desk, record)
    look(desk, "notices-0-nobody.png")
    assert not page.next_button.isEnabled()
    assert desk.focus() is page.chooser.search
    desk.type("高温")
    desk.qtbot.wait(250)
    desk.settle()
    desk.press(K.Key_Down, K.Key_Return)
    assert list(page.chooser.found.employers) == firms[:1]
    desk.press(K.Key_A, modifier=CTRL)
    desk.press(K.Key_Return)
    assert set(page.chooser.found.employers) == set(firms[:4])
    assert "1家本案已有给它的文书" in page.chooser.note.words.text()
    QGuiApplication.clipboard().setText(f"1\t单位甲\t{code}\n2\t查无此家公司\t\n3\t同名公司\t\n")
    desk.press(K.Key_V, modifier=CTRL)
    assert LONG in page.chooser.found.employers.values()
    assert "没有找到：查无此家公司；不止一家同名：同名公司" in desk.window.notices.words
    assert "会起草5份，另有1家不发" in page.sum.text()
    look(desk, "notices-1-choosing.png")
    page.chooser.taken.setFocus()
    page.chooser.taken.selectRow(1)
    desk.press(K.Key_Delete)
    assert len(page.chooser.found.employers) == 4
    desk.click(page.next_button)
    assert page.rows["facts"].editor.text() == HEAT["facts"]
    assert "从给“杭州高温5号建筑有限公司”的提示函" in page.whence.text()
    assert page.pages.sheets
    look(desk, "notices-2-words.png")
    page.rows["requests"].editor.set_text("")
    page.try_page()
    desk.settle()
    assert "要求" in page.note.words.text()
    page.rows["requests"].editor.set_text("停止午间露天作业")
    desk.dialogs.answers = [Answer.CANCEL, Answer.YES]
    desk.press(K.Key_S, modifier=CTRL)
    assert len(supervision.drafts_of(district, record)) == 1
    desk.press(K.Key_S, modifier=CTRL)
    assert "4家单位各起草一份" in desk.dialogs.asked[-1]
    drafts = [r.values for r in records.children(district, "case_document", record)]
    assert len(drafts) == 5
    assert sum(d["requests"] == "停止午间露天作业" for d in drafts) == 4
    look(desk, "notices-3-drafted.png")
    desk.press(K.Key_Z, modifier=CTRL)
    assert len(supervision.drafts_of(district, record)) == 1


def test_more_than_one_run_may_have_are_sent_in_several(desk: Desk, district: Session) -> None:
    record, firms = heat(district), employers(district, MOST + 2)
    page = choosing(desk, record)
    assert page.chooser.keep_button.isHidden()
    desk.click(page.chooser.all_button)
    assert not page.next_button.isEnabled()
    desk.click(page.chooser.keep_button)
    assert len(page.chooser.found.employers) == MOST
    desk.click(page.next_button)
    look(desk, "notices-7-first-200.png")
    page.rows["facts"].editor.set_text("高温天气露天作业可能存在中暑风险")
    desk.dialogs.answers = [Answer.YES]
    desk.press(K.Key_S, modifier=CTRL)
    assert "还没有写条文、要求（建议）" in desk.dialogs.asked[-1]
    assert len(supervision.drafts_of(district, record)) == MOST
    page = choosing(desk, record)
    desk.click(page.chooser.all_button)
    assert len(page.chooser.found.employers) == len(firms) - MOST


def test_a_complaint_is_not_told_to_other_employers(desk: Desk, district: Session) -> None:
    tab = opened(desk, case(district))
    assert not [b for b in tab.letters.findChildren(QPushButton) if "多家" in b.text()]


def test_what_was_chosen_is_not_left_without_a_question(desk: Desk, district: Session) -> None:
    employers(district, 2)
    page = choosing(desk, heat(district))
    desk.click(page.chooser.all_button)
    assert len(page.chooser.found.employers) == 2
    desk.dialogs.answers = [Answer.CANCEL, Answer.YES]
    desk.press(K.Key_Escape)
    assert desk.window.page is page
    desk.press(K.Key_Escape)
    assert desk.window.page is not page


def test_drafts_are_issued_in_one_run_and_what_is_not_ready_is_named(desk: Desk, district: Session) -> None:
    record = heat(district)
    documents = drafted(district, record, 3)
    records.save(district, "case_document", {"facts": None}, record=documents[1])
    opened(desk, record)
    button = desk.focus()
    assert isinstance(button, QPushButton)
    assert "批量签发3份" in button.text()
    desk.press(K.Key_Return)
    dialog = desk.window.findChild(IssueManyDialog)
    assert dialog is not None
    assert "〔2026〕1号至杭西工监提〔2026〕2号" in dialog.card.note.words.text()
    assert "高温2号" in dialog.waiting.detail.text()
    look(desk, "notices-4-issue.png")
    told: list[object] = []
    desk.bench.changed.connect(told.append)
    desk.press(K.Key_Return, K.Key_Return, K.Key_Return)
    assert "请填写签发人和职务" in dialog.card.note.words.text()
    assert dialog.card.name.hasFocus()
    desk.type("周正")
    assert "文号" in dialog.card.note.words.text()
    desk.press(K.Key_Return)
    desk.type("主席")
    desk.press(K.Key_Return, K.Key_Return)
    held = {d: records.load(district, "case_document", d) for d in documents}
    numbers = {d: r.values["document_number"] for d, r in held.items() if r is not None}
    assert numbers[documents[1]] is None
    assert sorted(filter(None, map(str, (numbers[documents[0]], numbers[documents[2]])))) == [
        "杭西工监提〔2026〕1号", "杭西工监提〔2026〕2号",
    ]  # fmt: skip
    assert "已签发2份" in desk.window.notices.words
    # However many letters there are, the pages look again once.
    assert len(told) == 1


def test_a_run_that_is_stopped_issues_nothing_and_keeps_what_was_typed(desk: Desk, district: Session) -> None:
    record = heat(district)
    documents = drafted(district, record, 2)
    desk.click(pressed(opened(desk, record), "批量签发2份"))
    dialog = desk.window.findChild(IssueManyDialog)
    assert dialog is not None
    dialog.card.name.setText("周正")
    dialog.card.post.setText("主席")
    go = threading.Event()
    desk.bench.write("等待", lambda _session, _ticket: go.wait(120), step=False)
    desk.qtbot.mouseClick(dialog.do, Qt.MouseButton.LeftButton)
    assert dialog.cancel.text() == "停止，都不签发"
    desk.qtbot.keyClick(dialog, K.Key_Escape)
    go.set()
    desk.settle()
    assert dialog.isVisible()
    assert "什么都没有改变" in dialog.problem.words.text()
    held = [records.load(district, "case_document", document) for document in documents]
    assert not any(letter.values["document_number"] for letter in held if letter is not None)
    assert dialog.card.name.text() == "周正"


def test_that_all_notices_were_served_is_recorded_at_once(desk: Desk, district: Session) -> None:
    record, documents = issued(district, 3)
    tab = opened(desk, record)
    desk.press(K.Key_Return)
    assert tab.front is tab.entry
    assert "还没有送达的3份" in texts_of(tab.entry.rows["document"].editor.inputs()[0])
    look(desk, "notices-8-served.png")
    tab.entry.rows["service_result"].editor.set_text("received")
    desk.press(K.Key_S, modifier=CTRL)
    desk.press(K.Key_S, modifier=CTRL)
    events = [r.values for r in records.children(district, "case_event", record)]
    assert sorted(str(e["document"]) for e in events if e["kind"] == "served") == sorted(documents)
    assert "已登记送达文书3份" in desk.window.notices.words
    look(desk, "notices-9-after.png")
    desk.press(K.Key_Z, modifier=CTRL)
    events = [r.values for r in records.children(district, "case_event", record)]
    assert not [e for e in events if e["kind"] == "served"]


def test_answers_that_are_overdue_are_one_line_and_are_recorded_for_several_at_once(
    desk: Desk, district: Session
) -> None:
    record, documents = issued(district, 6, TODAY - timedelta(days=40))
    day = TODAY - timedelta(days=39)
    supervision.record_about(district, record, "served", day, documents, service_result="received")
    desk.window.open_page("home")
    desk.settle()
    home = desk.window.page
    assert isinstance(home, HomePage)
    (told,) = [t.sentence for t in home.tasks.matters.tasks if "反馈提示函" in t.sentence]
    assert told.startswith("高温天气劳动保护专项检查：等待用人单位反馈提示函（6份），最早的期限到")
    tab = opened(desk, record)
    look(desk, "notices-10-overdue.png")
    words = [label.text() for label in tab.standing.findChildren(QLabel)]
    assert [w for w in words if w.startswith("6份已过期限，等待用人单位反馈提示函")]
    tab.begin(EventKind.REPLIED)
    desk.settle()
    box = tab.entry.rows["document"].editor.inputs()[0]
    assert texts_of(box) == ""
    desk.click(next(b for b in tab.entry.findChildren(QPushButton) if b.text() == "选几份…"))
    overlay = desk.window.findChild(ChoiceOverlay)
    assert overlay is not None
    desk.press(K.Key_Space, K.Key_Down, K.Key_Space)
    look(desk, "notices-11-some.png")
    desk.press(K.Key_Escape)
    assert texts_of(box) == "选中的2份，每份登记一次"
    look(desk, "notices-12-chosen.png")
    desk.press(K.Key_S, modifier=CTRL)
    events = [r.values for r in records.children(district, "case_event", record)]
    assert len([e for e in events if e["kind"] == "replied"]) == 2
    tab.begin(EventKind.URGED)
    assert "过了期限没有答复的4份" in texts_of(tab.entry.rows["document"].editor.inputs()[0])
    desk.press(K.Key_Escape)
    desk.click(next(b for b in tab.standing.findChildren(QPushButton) if b.text() == "列出"))
    look(desk, "notices-13-list.png")
    page = desk.window.page
    assert isinstance(page, FoundPage)
    assert page.title == "已过期限，等待用人单位反馈提示函"
    assert "4" in page.status().words


def test_what_befell_many_letters_on_one_day_is_one_line_of_the_case(
    desk: Desk, district: Session, tmp_path: Path
) -> None:
    record, documents = issued(district, 5)
    supervision.print_many(district, documents, tmp_path)
    supervision.record_event(
        district, record, "served", TODAY, document=documents[0], service_result="refused"
    )
    supervision.record_about(district, record, "served", TODAY, documents[1:], service_result="received")
    tab = opened(desk, record)
    look(desk, "notices-9-folded.png")
    assert tab.view is not None
    told = {tab.timeline.words(moment, tab.view.file) for moment in timeline(tab.view)}
    first, last = "杭西工监提〔2026〕1号", "杭西工监提〔2026〕5号"
    assert ("签发　提示函5份", f"{first}至{last}　签发人：周正") in told
    assert ("打印文书　提示函5份", f"{first}至{last}　王芳") in told
    assert any(title == "送达文书　签收　提示函4份" for title, _ in told)
    assert any("拒收" in title and "1号" in title for title, _ in told)
    way = next(
        b
        for b in tab.timeline.findChildren(QPushButton)
        if "送达" in b.accessibleName() and b.text() == "列出"
    )
    desk.click(way)
    assert desk.window.page is not None
    assert desk.window.page.title == "办案经过"


def test_many_letters_do_not_fill_the_page_of_their_case(desk: Desk, district: Session) -> None:
    record = heat(district)
    drafted(district, record, MOST_LETTERS + 3)
    tab = opened(desk, record)
    assert tab.view is not None
    assert len(tab.view.decisions) <= MOST_LETTERS + 1
    desk.click(pressed(tab, "还有3份没有列在这里"))
    assert desk.window.page is not None
    assert desk.window.page.title == "监督文书"


# -- printing ----------------------------------------------------------------------------------------------------------


def issued(session: Session, count: int, day: datetime.date = TODAY) -> tuple[str, tuple[str, ...]]:
    record = heat(session)
    documents = drafted(session, record, count)
    supervision.issue_many(session, documents, CHAIR, day)
    return record, documents


def prints(session: Session, record: str) -> list[str]:
    events = records.children(session, "case_event", record)
    return [str(e.values["content"]) for e in events if e.values["kind"] == "printed"]


def run_of(desk: Desk, record: str) -> PrintRunDialog:
    desk.click(pressed(opened(desk, record), "批量打印"))
    dialog = desk.window.findChild(PrintRunDialog)
    assert dialog is not None
    return dialog


def test_letters_are_printed_into_one_file_behind_an_index_or_one_file_each(
    desk: Desk, district: Session, tmp_path: Path
) -> None:
    record, documents = issued(district, 3)
    supervision.print_document(district, documents[0], tmp_path / "first")
    dialog = run_of(desk, record)
    assert "1份以前打印过，印上“副本”" in dialog.marks.words.text()
    look(desk, "notices-5-print.png")
    assert dialog.do.text() == "保存3份…"
    dialog.cancel.setFocus()
    assert dialog.cancel.isDefault(), "Enter gives up where the cursor stands on that button"
    dialog.together.setFocus()
    assert dialog.do.isDefault()
    (tmp_path / "gone").write_bytes(b"")
    desk.dialogs.paths = [tmp_path / "gone" / "pulled out"]
    desk.click(dialog.do)
    assert "U盘" in dialog.problem.detail.text()
    desk.dialogs.paths = [tmp_path / "one"]
    desk.click(dialog.do)
    assert [p.name for p in (tmp_path / "one").iterdir()] == ["文书3份 2026-11-27.pdf"]
    assert len(prints(district, record)) == 4
    dialog = run_of(desk, record)
    desk.tick(dialog.apart)
    desk.tick(dialog.papers)
    look(desk, "notices-5-papers.png")
    desk.dialogs.paths = [tmp_path / "each"]
    dialog.papers.setFocus()
    desk.press(K.Key_Return)
    names = [p.name for p in (tmp_path / "each").iterdir()]
    assert len(names) == 3
    assert all("连同回证、存根" in name for name in names)


def test_letters_of_several_kinds_are_printed_as_the_law_has_them(desk: Desk, district: Session) -> None:
    record = inquired(district)
    opinion = supervision.draft(district, record, "opinion_letter", WORDS).record
    reminder = supervision.draft(district, record, "reminder_letter", WORDS).record
    for document in (opinion, reminder):
        supervision.issue(district, document, CHAIR, TODAY)
    assert supervision.choice(district, [opinion, reminder]).documents == (reminder, opinion)
    assert run_of(desk, record).words.text() == "提示函、意见书，按文种和文号先后。"


def test_selected_letters_of_several_cases_are_printed_from_their_list(
    desk: Desk, district: Session, tmp_path: Path
) -> None:
    record, _ = issued(district, 2)
    other = heat(district)
    supervision.draft(district, other, "reminder_letter", HEAT)
    second = supervision.draft(district, other, "reminder_letter", {**HEAT, "addressee": "甲公司"}).record
    supervision.issue(district, second, CHAIR, TODAY)
    desk.show("list:case_document")
    desk.press(K.Key_A, modifier=CTRL)
    desk.press(K.Key_P, modifier=CTRL)
    dialog = desk.window.findChild(PrintRunDialog)
    assert dialog is not None
    assert dialog.head.text() == "打印3份文书"
    assert "1份还没有签发，不打印" in dialog.marks.words.text()
    desk.dialogs.paths = [tmp_path / "out"]
    desk.click(dialog.do)
    assert [len(prints(district, each)) for each in (record, other)] == [2, 1]
    assert "3份文书已保存到" in desk.window.notices.words


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A printer that prints into a file; the names of what it was given."""
    taken: list[str] = []

    class Paper(QPrinter):
        def setDocName(self, name: str) -> None:
            taken.append(name)
            super().setDocName(name)

    def make(_name: str) -> QPrinter:
        made = Paper(QPrinter.PrinterMode.HighResolution)
        made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        made.setOutputFileName(str(tmp_path / "paper.pdf"))
        made.setResolution(72)
        return made

    monkeypatch.setattr(PrintRunDialog, "names", staticmethod(lambda: ["办公室打印机"]))
    monkeypatch.setattr(PrintRunDialog, "printer", staticmethod(make))
    return taken


def test_what_went_to_the_printer_is_recorded_and_what_did_not_stays_unprinted(
    desk: Desk, district: Session, printer: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    record, _ = issued(district, 3)
    dialog = run_of(desk, record)
    desk.tick(dialog.paper)
    real = PrintRunDialog.put
    # The printer is named once when it is got ready, and once for each letter.
    jammed = staticmethod(lambda *given: len(printer) < 3 and real(*given))
    monkeypatch.setattr(PrintRunDialog, "put", jammed)
    desk.click(dialog.do)
    assert len(prints(district, record)) == 2
    assert "已送到打印机并登记2份，其余1份没有打印" in dialog.problem.words.text()
    look(desk, "notices-6-rest.png")
    monkeypatch.setattr(PrintRunDialog, "put", staticmethod(real))
    assert dialog.do.text() == "打印1份"
    desk.click(dialog.do)
    assert len(prints(district, record)) == 3
    assert not [words for words in prints(district, record) if "副本" in words]
    assert printer[-1] == "杭西工监提〔2026〕3号"


def test_a_spoilt_original_is_printed_again_unmarked_after_one_question(
    desk: Desk, district: Session, tmp_path: Path
) -> None:
    record, documents = issued(district, 1)
    tab = opened(desk, record)
    assert not [b for b in tab.letters.findChildren(QPushButton) if "原件" in b.text()]
    supervision.print_document(district, documents[0], tmp_path)
    tab.load()
    desk.settle()
    desk.dialogs.answers = [Answer.CANCEL, Answer.YES]
    desk.click(pressed(tab, "重新打印原件"))
    assert not isinstance(desk.window.page, PreviewPage)
    desk.click(pressed(tab, "重新打印原件"))
    page = desk.window.page
    assert isinstance(page, PreviewPage)
    desk.dialogs.paths = [tmp_path / "again"]
    desk.click(page.save_button)
    assert sorted(words[-6:] for words in prints(district, record)) == ["第1次，正本", "第2次，正本"]

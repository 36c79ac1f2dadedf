"""Files on a record in the window: dropped, asked about once, looked at, saved, deleted, with real events."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from desktop.operations import audit
from desktop.operations.recording import attachable, attachments, records
from desktop.operations.session import Session
from desktop.records.declaration import Role
from desktop.store.workspaces.audit import AuditLine
from desktop.ui.dialogs import Answer
from desktop.ui.erase import EraseDialog
from desktop.ui.forms.attachments.naming import NamingDialog
from desktop.ui.forms.attachments.tab import AttachmentsTab
from desktop.ui.forms.record_page import RecordPage
from tests.operations.files import PDF, jpeg, office, written
from tests.ui.hands import Hands, Windows
from tests.ui.house import make_session

ONE_PAGE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 SIZE]>>endobj
trailer<</Root 1 0 R>>
"""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return make_session(tmp_path / "转塘街道")


@pytest.fixture
def hands(windows: Windows, session: Session) -> Hands:
    return windows.desk(session)


def in_writer(hands: Hands, job: Any) -> Any:
    """What a job in the writer's thread gives back."""
    found: list[Any] = []
    hands.bench.write("测试", lambda session, _ticket: job(session), found.append, step=False)
    hands.settle()
    return found[0]


def opened(hands: Hands, type_name: str = "member") -> tuple[RecordPage, str]:
    """The page of a new record, at its first tab."""
    hands.show(f"list:{type_name}")
    record = in_writer(hands, lambda s: records.save(s, type_name, {"name": "张三"})).record
    hands.window.open_record(type_name, record)
    hands.settle()
    page = hands.window.page
    assert isinstance(page, RecordPage)
    return page, record


def cell_text(tab: AttachmentsTab, row: int, column: int) -> str:
    item = tab.table.item(row, column)
    return item.text() if item is not None else ""


def names(tab: AttachmentsTab) -> list[str]:
    return [cell_text(tab, n, 0) for n in range(tab.table.rowCount())]


def shown(hands: Hands) -> list[AuditLine]:
    lines = in_writer(hands, audit.recent)
    return [line for line in lines if line.action in (audit.Act.SHOWN, audit.Act.EXPORTED)]


def test_files_dropped_on_the_page_are_attached_and_one_undo_takes_them_away(
    hands: Hands, tmp_path: Path
) -> None:
    page, _ = opened(hands)
    # Wherever on the form they are let go, no line takes their paths as words.
    assert not [w for w in page.form.findChildren(QWidget) if w.acceptDrops()]
    files = [
        written(tmp_path, "合影.jpg", jpeg(2400, 1600)),
        written(tmp_path, "材料.docx", office("word/document.xml")),
    ]
    hands.dialogs.answers = [Answer.YES]
    hands.drop(page, [*files, written(tmp_path, "坏的.exe", b"MZ")])
    tab = page.attachments
    assert page.tabs.currentWidget() is tab
    assert names(tab) == ["合影.jpg", "材料.docx"]
    assert "按回车查看" in tab.viewer.words.text()
    assert [each.shown_name for each in tab.selected()] == ["合影.jpg"]
    assert page.tabs.tabText(page.tabs.indexOf(tab)) == "附件（2）"
    (question,) = hands.dialogs.asked
    assert question.startswith("1张图片一共")
    assert "拍摄位置" in question
    assert hands.window.notices.words.startswith("已添加2个附件。“坏的.exe”：不是可以添加的文件。")
    assert max(a.width for a in tab.found) == 2000
    hands.bench.undo()
    hands.settle()
    assert names(tab) == []
    assert page.tabs.tabText(page.tabs.indexOf(tab)) == "附件"
    assert hands.strangers.seen == []


def test_photos_are_kept_as_they_are_or_not_at_all_when_that_is_the_answer(
    hands: Hands, tmp_path: Path
) -> None:
    page, _ = opened(hands)
    data = jpeg(300, 200, place=True)
    photo = written(tmp_path, "现场.jpg", data)
    hands.dialogs.answers = [Answer.CANCEL, Answer.NO]
    hands.drop(page, [photo])
    assert "这些照片里有拍摄位置" in hands.dialogs.asked[0]
    assert names(page.attachments) == []
    hands.drop(page, [photo])
    assert [a.size for a in page.attachments.found] == [len(data)]
    hands.drop(page, [written(tmp_path, "坏的.jpg", b"")])
    assert "空文件" in hands.window.notices.words


def test_the_button_chooses_files_and_the_keyboard_does_all_the_rest(hands: Hands, tmp_path: Path) -> None:
    page, record = opened(hands)
    tab = page.attachments
    page.tabs.setCurrentWidget(tab)
    hands.settle()
    assert QApplication.focusWidget() is tab.empty.primary
    hands.dialogs.paths = [written(tmp_path, "扫描件.pdf", ONE_PAGE.replace(b"SIZE", b"200 300"))]
    hands.qtbot.keyClick(tab.empty.primary, Qt.Key.Key_Space)
    hands.settle()
    assert names(tab) == ["扫描件.pdf"]
    tab.start()
    hands.qtbot.keyClick(tab.table, Qt.Key.Key_Down)
    tab.table.selectRow(0)
    assert shown(hands) == []
    hands.qtbot.keyClick(tab.table, Qt.Key.Key_Return)
    hands.settle()
    assert tab.viewer.shown == tab.found[0].id
    assert tab.viewer.pages.isVisible()
    assert [line.detail for line in shown(hands)] == [f"attachment {tab.found[0].id} content"]
    for made in (tab.viewer.larger, tab.viewer.whole, tab.viewer.smaller):
        hands.click(made)
    # F2 renames, Delete deletes.
    tab.start()
    hands.qtbot.keyClick(tab.table, Qt.Key.Key_F2)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, NamingDialog)
    assert dialog.name.text() == "扫描件"
    hands.qtbot.keyClicks(dialog.name, "ID 1")
    hands.qtbot.keyClicks(dialog.description, "front")
    hands.qtbot.keyClick(dialog.description, Qt.Key.Key_Return)
    hands.settle()
    hands.strangers.seen.clear()
    hands.window.activateWindow()
    hands.qtbot.waitUntil(hands.window.isActiveWindow)
    assert [(a.name, a.description) for a in tab.found] == [("ID 1.pdf", "front")]
    tab.start()
    hands.dialogs.answers = [Answer.CANCEL, Answer.YES]
    for left in (1, 0):
        hands.qtbot.keyClick(tab.table, Qt.Key.Key_Delete)
        hands.settle()
        assert len(tab.found) == left
    assert in_writer(hands, lambda s: attachments.of_record(s.database, s.types, "member", record)) == []


def test_renaming_a_file_with_a_number_of_a_person_in_its_words_is_noted_first(
    hands: Hands, tmp_path: Path
) -> None:
    page, _ = opened(hands)
    number = "110101199003072316"
    tab = page.attachments
    for at, name in enumerate((f"身份证{number}", "合影")):
        hands.drop(page, [written(tmp_path, f"{name}.jpg", jpeg(300 + at, 200))])
        place = next(n for n, each in enumerate(tab.found) if each.name == f"{name}.jpg")
        tab.start()
        tab.table.selectRow(place)
        hands.qtbot.keyClick(tab.table, Qt.Key.Key_F2)
        hands.settle()
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, NamingDialog)
        assert dialog.name.text() == name
        hands.qtbot.keyClicks(dialog.description, "13705718842" if not at else "")
        hands.qtbot.keyClick(dialog.description, Qt.Key.Key_Return)
        hands.settle()
        hands.strangers.seen.clear()
        hands.window.activateWindow()
        hands.qtbot.waitUntil(hands.window.isActiveWindow)
    (first,) = [each for each in tab.found if number in each.name]
    row = tab.found.index(first)
    assert [cell_text(tab, row, at) for at in (0, 3)] == [
        "身份证110101********2316.jpg",
        "137****8842",
    ]
    assert [line.detail for line in shown(hands)] == [f"attachment {first.id} name"]
    tab.table.selectRow(row)
    hands.qtbot.keyClick(tab.table, Qt.Key.Key_F2)
    hands.settle()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, NamingDialog)
    assert dialog.description.text() == "13705718842"
    dialog.reject()
    hands.settle()
    hands.strangers.seen.clear()
    assert sorted(line.detail for line in shown(hands))[0] == f"attachment {first.id} description"


def test_a_picture_fits_is_zoomed_and_does_not_stay_open(hands: Hands, tmp_path: Path) -> None:
    page, _ = opened(hands)
    hands.drop(page, [written(tmp_path, f"{n}.jpg", jpeg(900 + n, 700)) for n in range(2)])
    tab = page.attachments
    tab.table.selectRow(0)
    hands.click(tab.show_button)
    view = tab.viewer.picture
    assert view.isVisible()
    fitting = view.transform().m11()
    assert 0 < fitting < 1
    hands.qtbot.keyClick(view, Qt.Key.Key_Plus)
    hands.click(tab.viewer.larger)
    assert view.transform().m11() > fitting * 1.5
    hands.qtbot.keyClick(view, Qt.Key.Key_Minus)
    hands.qtbot.keyClick(view, Qt.Key.Key_0)
    hands.click(tab.viewer.whole)
    assert view.transform().m11() == pytest.approx(fitting)
    tab.table.selectRow(1)
    assert tab.viewer.shown == ""
    hands.click(tab.show_button)
    assert tab.viewer.shown == tab.found[1].id
    page.tabs.setCurrentIndex(0)
    hands.settle()
    assert tab.viewer.shown == ""


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("表.xlsx", office("xl/workbook.xml"), "不能在这里看"),
        ("坏.pdf", PDF[:9], "打不开"),
        ("大.pdf", ONE_PAGE.replace(b"SIZE", b"90000 90000"), "大得不正常"),
    ],
)
def test_what_cannot_be_looked_at_says_what_to_do(
    hands: Hands, tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    page, _ = opened(hands)
    hands.drop(page, [written(tmp_path, name, data)])
    tab = page.attachments
    tab.table.selectRow(0)
    hands.click(tab.show_button)
    assert words in tab.viewer.words.text()
    assert "另存为" in tab.viewer.words.text()
    out = tmp_path / "out"
    hands.dialogs.paths = [None, out]
    hands.click(tab.save_button)
    hands.click(tab.save_button)
    assert (tmp_path / f"out{Path(name).suffix}").read_bytes() == data
    assert "没有加密" in hands.window.notices.words


def test_reading_many_files_can_be_stopped(hands: Hands, tmp_path: Path) -> None:
    page, _ = opened(hands)
    tab = page.attachments
    page.tabs.setCurrentWidget(tab)
    tab.add([written(tmp_path, f"{n}.jpg", jpeg(1500, 1500)) for n in range(6)])
    assert tab.adding.isVisible()
    tab.add([written(tmp_path, "b.pdf", PDF)])
    hands.click(tab.adding.stop_button)
    assert not tab.adding.isVisible()
    assert names(tab) == []
    hands.drop(tab, [written(tmp_path, "b.pdf", PDF)])
    assert names(tab) == ["b.pdf"]


def test_files_can_be_added_after_a_fault_of_the_disk_has_ended_the_reading_of_others(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _ = opened(hands)
    tab = page.attachments
    page.tabs.setCurrentWidget(tab)

    def unreadable(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(attachable, "prepare", unreadable)
        tab.add([written(tmp_path, "a.pdf", PDF)])
        hands.settle()
    assert not tab.adding.isVisible()
    assert "读写文件时出错" in hands.window.notices.words
    hands.drop(tab, [written(tmp_path, "b.pdf", PDF)])
    assert names(tab) == ["b.pdf"]


def test_a_file_is_erased_after_the_word_was_typed(hands: Hands, tmp_path: Path) -> None:
    page, _ = opened(hands)
    hands.drop(page, [written(tmp_path, "身份证.pdf", PDF)])
    tab = page.attachments
    tab.table.selectRow(0)
    hands.click(tab.erase_button)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, EraseDialog)
    dialog.basis.setCurrentIndex(1)
    hands.qtbot.keyClicks(dialog.sure, "x")
    dialog.sure.setText("清除")
    hands.click(dialog.do)
    assert [(a.erased, a.name) for a in tab.found] == [(True, "（文件名已清除）")]
    assert cell_text(tab, 0, 3) == "内容已清除"
    tab.table.selectRow(0)
    assert not tab.erase_button.isEnabled()
    hands.strangers.seen.clear()


def test_a_new_record_is_saved_first_and_a_deleted_one_takes_no_files(hands: Hands, tmp_path: Path) -> None:
    hands.show("list:member")
    hands.window.new_record("member", {"name": "李四"})
    hands.settle()
    page = hands.window.page
    assert isinstance(page, RecordPage)
    path = written(tmp_path, "a.pdf", PDF)
    hands.drop(page, [path])
    assert page.attachments.found == []
    page.tabs.setCurrentWidget(page.attachments)
    hands.settle()
    page.form.fill({"name": "李四"}, "")
    hands.click(page.attachments._before.primary)
    assert page.record is not None
    page.tabs.setCurrentWidget(page.attachments)
    hands.drop(page.attachments, [path])
    assert names(page.attachments) == ["a.pdf"]
    record = page.record
    in_writer(hands, lambda s: records.delete(s, "member", record))
    page.refresh(None)
    hands.settle()
    assert not page.attachments.writable
    hands.drop(page.attachments, [path])
    assert names(page.attachments) == []


def test_a_reader_sees_the_list_and_is_told_that_he_may_not_look(hands: Hands, tmp_path: Path) -> None:
    page, _ = opened(hands)
    hands.drop(page, [written(tmp_path, "a.pdf", PDF)])
    object.__setattr__(hands.bench.facts.operator, "role", Role.READER)
    tab = page.attachments
    page.refresh(None)
    hands.settle()
    tab.viewer.say(tab._hint())
    tab.table.selectRow(0)
    assert "不能查看" in tab.viewer.words.text()
    assert [b.isVisible() for b in (tab.show_button, tab.save_button)] == [False, False]
    hands.qtbot.keyClick(tab.table, Qt.Key.Key_Return)
    hands.settle()
    assert tab.viewer.shown == ""

"""Ctrl+V in a list: a block from WPS becomes rows in a preview, is written once confirmed and undone by one key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.ui.forms.record_page import RecordPage
from desktop.ui.lists.page import ListPage
from desktop.ui.pages.imports.page import ImportPage
from tests.operations.registers import code
from tests.ui.hands import CTRL, Desk, K


@pytest.fixture(autouse=True)
def clipboard_is_left_empty(qapp: QApplication) -> Iterator[None]:
    yield
    QGuiApplication.clipboard().clear()


def copy(*rows: list[Any]) -> None:
    text = "".join("\t".join(str(c) for c in row) + "\r\n" for row in rows)
    QGuiApplication.clipboard().setText(text)


def paste(desk: Desk) -> None:
    desk.press(K.Key_V, modifier=CTRL)


def wizard(desk: Desk) -> ImportPage:
    page = desk.window.page
    assert isinstance(page, ImportPage)
    return page


def names(town: Session, type_name: str = "enterprise") -> set[str]:
    held = reading.records(town.database, town.types, Query(type_name))
    return {str(r.values["name"]) for r in held}


def filled_list(desk: Desk, town: Session) -> ListPage:
    records.save(town, "enterprise", {"name": "老店", "uscc": code(99)})
    page = desk.show("list:enterprise")
    assert isinstance(page, ListPage)
    page.list.table.setFocus()
    return page


def test_a_block_is_previewed_confirmed_by_one_key_and_taken_back_by_one(desk: Desk, town: Session) -> None:
    filled_list(desk, town)
    copy(["企业名称", "统一社会信用代码"], ["甲竹器厂", code(1)], ["乙竹器厂", code(2)])
    paste(desk)
    page = wizard(desk)
    assert names(town) == {"老店"}
    assert page.check.run.text() == "开始导入（2行）"
    assert desk.focus() is page.check.run
    desk.press(K.Key_Space)
    assert names(town) == {"老店", "甲竹器厂", "乙竹器厂"}
    desk.press(K.Key_Z, modifier=CTRL)
    assert names(town) == {"老店"}


def test_what_becomes_of_a_row_with_a_long_name_can_be_read_whole(desk: Desk, town: Session) -> None:
    filled_list(desk, town)
    name = "杭州犇㛃䶮𬬮新能源汽车零部件研发制造与进出口贸易服务有限责任公司径山分公司"
    copy(["企业名称", "统一社会信用代码", "镇街"], [name, code(1), "径山镇"])
    paste(desk)
    told = wizard(desk).check._detail
    window = told.window()
    edge = told.mapTo(window, told.rect().topRight()).x()
    assert edge < window.width()


def test_a_block_without_names_follows_the_columns_that_the_list_shows(desk: Desk, town: Session) -> None:
    page = filled_list(desk, town)
    shown = [c.name for c in page.list.columns]
    first = {"name": ["甲竹器厂", "乙竹器厂"], "uscc": [code(1), code(2)], "town": ["径山镇", "径山"]}
    known = shown[: next(n for n, name in enumerate(shown) if name not in first)]
    assert "name" in known
    copy(*([first[name][n] for name in known] for n in (0, 1)))
    paste(desk)
    step = wizard(desk).check
    assert "没有列名，已按列表里各列的先后对应：单位名称" in step.note.detail.text()
    assert step.file.text().endswith("没有列名")
    assert step.run.text() == "开始导入（2行）"


def test_a_block_that_fits_nothing_asks_for_its_columns_by_keyboard(desk: Desk, town: Session) -> None:
    filled_list(desk, town)
    copy([code(1), "甲竹器厂"], [code(2), "乙竹器厂"])
    paste(desk)
    step = wizard(desk).check
    assert "对不上" in step.note.detail.text()
    assert not step.run.isEnabled()
    for words in ("统一社会信用代码", "单位名称"):
        assert desk.focus() is step.columns
        desk.press(K.Key_Return)
        desk.type(words)
        desk.press(K.Key_Return)
        desk.press(K.Key_Down)
    assert step.run.text() == "开始导入（2行）"
    desk.click(step.run)
    assert names(town) == {"老店", "甲竹器厂", "乙竹器厂"}


@pytest.mark.parametrize(("text", "words"), [("甲竹器厂", "只有一格"), ("", "没有表格内容")])
def test_what_is_no_table_is_a_sentence(desk: Desk, town: Session, text: str, words: str) -> None:
    page = filled_list(desk, town)
    QGuiApplication.clipboard().setText(text)
    paste(desk)
    assert words in desk.window.notices.words
    assert desk.window.page is page


def test_in_an_empty_list_a_block_in_the_search_box_is_meant_for_the_list(desk: Desk, town: Session) -> None:
    page = desk.show("list:enterprise")
    assert isinstance(page, ListPage)
    page.search.setFocus()
    QGuiApplication.clipboard().setText("竹器")
    paste(desk)
    assert (page.search.text(), desk.window.page) == ("竹器", page)
    page.search.clear()
    desk.settle()
    page.list.empty.primary.setFocus()
    copy(["企业名称", "统一社会信用代码"], ["甲竹器厂", code(1)])
    paste(desk)
    assert wizard(desk).check.rows.rowCount() == 1
    desk.window.back()
    page.search.setFocus()
    paste(desk)
    assert wizard(desk).check.rows.rowCount() == 1
    assert page.search.text() == ""


def test_rows_copied_from_a_list_bring_no_formula_to_a_spreadsheet_and_come_back_whole(
    desk: Desk, town: Session
) -> None:
    page = filled_list(desk, town)
    records.save(town, "enterprise", {"name": "=HYPERLINK(1)", "uscc": code(98)})
    desk.bench.changed.emit(None)
    desk.settle()
    page.list.table.setFocus()
    desk.press(K.Key_A, modifier=CTRL)
    desk.press(K.Key_C, modifier=CTRL)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert {line.split("\t")[0] for line in lines} == {"老店", "'=HYPERLINK(1)"}
    paste(desk)
    assert [row.outcome.value for row in wizard(desk).check.preview.rows] == ["same", "same"]  # type: ignore[union-attr]


def test_what_is_hidden_or_stands_twice_is_said_before_anything_is_written(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["企业名称", "统一社会信用代码", "职工人数", "", "企业名称"],
        ["甲竹器厂", code(1), 3, "", "丙"],
        ["乙竹器厂", code(2), 4, "", "丁"],
    ):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = sheet.column_dimensions["C"].hidden = True
    book.create_sheet("去年的").sheet_state = "hidden"
    book.save(tmp_path / "甲.xlsx")
    desk.show("list:enterprise")
    desk.window.open_page("import", type_name="enterprise", source=tmp_path / "甲.xlsx")
    desk.settle()
    words = wizard(desk).check.note.detail.text()
    for part in (
        "列名出现了两次：企业名称",
        "有1行在表格里是隐藏的",
        "隐藏的列也会导入：职工人数",
        "没有读：去年的",
    ):
        assert part in words


def test_a_file_that_was_copied_in_a_folder_is_opened(desk: Desk, town: Session, tmp_path: Path) -> None:
    page = filled_list(desk, town)
    book = openpyxl.Workbook()
    for row in (["企业名称", "统一社会信用代码"], ["甲竹器厂", code(1)]):
        book.active.append(row)
    book.save(tmp_path / "甲.xlsx")
    for name in ("没有.pdf", "甲.xlsx"):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path / name))])
        QGuiApplication.clipboard().setMimeData(data)
        assert desk.window.page is page
        paste(desk)
        assert ("不是一个表格文件" in desk.window.notices.words) is name.endswith("pdf")
    assert wizard(desk).source == tmp_path / "甲.xlsx"


def test_the_first_step_takes_the_clipboard_by_button_and_key(desk: Desk, town: Session) -> None:
    desk.show("list:enterprise")
    desk.window.open_page("import", type_name="enterprise")
    desk.settle()
    page = wizard(desk)
    QGuiApplication.clipboard().setText("一格")
    desk.press(K.Key_Tab)
    assert desk.focus() is page.start.paste
    desk.press(K.Key_Space)
    assert "只有一格" in desk.window.notices.words
    copy(["甲竹器厂"], ["乙竹器厂"])
    paste(desk)
    assert page.check.run.text() == "开始导入（2行）"
    assert page.status().words.startswith("粘贴20")


def test_rows_pasted_among_the_parts_of_a_record_belong_to_it(desk: Desk, town: Session) -> None:
    team = records.save(town, "volunteer_team", {"name": "径山志愿服务队"}).record
    desk.show("list:volunteer_team")
    desk.window.open_record("volunteer_team", team)
    desk.settle()
    form = desk.window.page
    assert isinstance(form, RecordPage)
    tab = form.children_tabs["volunteer"]
    form.tabs.setCurrentWidget(tab)
    desk.settle()
    tab.start()
    copy(["王芳", "径山村"], ["李四", "径山村"])
    paste(desk)
    assert wizard(desk).check.run.text() == "开始导入（2行）"
    desk.press(K.Key_Space)
    held = reading.records(town.database, town.types, Query("volunteer", children_of=team))
    assert {r.values["name"] for r in held} == {"王芳", "李四"}


def test_nothing_is_pasted_where_nothing_may_be_written(desk: Desk, town: Session) -> None:
    page = filled_list(desk, town)
    copy(["甲竹器厂"], ["乙竹器厂"])
    menu = page.list.menu()
    assert [a.isEnabled() for a in menu.actions() if "粘贴" in a.text()] == [True]
    menu.close()
    page.list.writable = False
    paste(desk)
    assert "不能新增企业" in desk.window.notices.words
    assert desk.window.page is page
    menu = page.list.menu()
    assert [a.isEnabled() for a in menu.actions() if "粘贴" in a.text()] == [False]
    menu.close()

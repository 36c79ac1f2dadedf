"""A workbook comes in: recognised, looked at row by row, written once, taken back at once, returned where wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from desktop.operations.demo import people
from desktop.operations.imports.importing import Outcome
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.declaration import Role
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.ui.page import Act
from desktop.ui.pages.imports.export import ExportPage
from desktop.ui.pages.imports.page import ImportPage
from desktop.ui.pages.imports.rows import Shown
from tests.ui.hands import Desk, K

HEAD = ["序号", "企业名称", "注册地址", "所属镇街", "企业类型", "职工人数", "联系人", "老板微信"]


def workbook(
    path: Path, rows: Sequence[Sequence[Any]], *, head: Sequence[str] = HEAD, sheet: str = "摸排"
) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    page.append(["径山镇企业建会摸排表"])
    page.append(list(head))
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def firm(n: int, *, staff: object = 9) -> list[object]:
    return [n, f"示例竹器厂{n}号", f"余杭区径山镇径山村{n}号", "径山镇", "个体", staff, "犇㛃䶮", f"wx{n}"]


def enterprises(town: Session) -> list[dict[str, Any]]:
    held = reading.records(town.database, town.types, Query("enterprise"))
    return [dict(r.values) for r in held]


def opened(desk: Desk) -> ImportPage:
    desk.show("list:enterprise")
    desk.window.open_page("import", type_name="enterprise")
    desk.settle()
    page = desk.window.page
    assert isinstance(page, ImportPage)
    return page


def chosen(desk: Desk, path: Path) -> ImportPage:
    page = opened(desk)
    desk.dialogs.paths = [path]
    desk.press(K.Key_Space)
    return page


def test_a_workbook_is_looked_at_before_anything_is_written(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    page = chosen(desk, workbook(tmp_path / "甲.xlsx", [firm(n) for n in range(1, 6)]))
    assert enterprises(town) == []
    assert page.check.rows.rowCount() == 5
    assert "新增5行" in page.check.note.words.text()
    assert "老板微信" in page.check.note.detail.text()
    assert page.check.run.text() == "开始导入（5行）"


def test_who_goes_back_reads_the_same_table_again_as_it_is_by_now(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "甲.xlsx", [firm(1)])
    page = chosen(desk, path)
    assert page.start.again.isHidden()
    desk.press(K.Key_Escape)
    assert desk.focus() is page.start.again
    assert page.start.again.text() == "重新读取“甲.xlsx”"
    workbook(path, [firm(1), firm(2)])
    desk.press(K.Key_Space)
    assert page.check.run.text() == "开始导入（2行）"
    # Where the heading was not found it is read with the row that is said now, without being looked for.
    desk.click(page.check.back)
    desk.click(page.start.header)
    desk.type("9")
    desk.click(page.start.again)
    assert page.start.again.isVisible()
    desk.click(page.start.header)
    desk.press(K.Key_Backspace)
    desk.type("2")
    desk.click(page.start.again)
    desk.click(page.check.run)
    desk.click(next(b for b in page.done.findChildren(QPushButton) if b.text() == "再导入一份"))
    assert page.start.again.isHidden()


def test_an_import_is_one_step_and_one_undo(desk: Desk, town: Session, tmp_path: Path) -> None:
    page = chosen(desk, workbook(tmp_path / "甲.xlsx", [firm(n) for n in range(1, 6)]))
    desk.click(page.check.run)
    assert len(enterprises(town)) == 5
    assert page.done.words.text() == "导入完成：新增5行，修改0行"
    desk.press(K.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
    assert enterprises(town) == []
    assert page.check.isVisible()
    assert page.check.run.isEnabled()


def test_only_the_import_itself_is_taken_back_where_it_was_shown(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    page = chosen(desk, workbook(tmp_path / "甲.xlsx", [firm(1)]))
    desk.click(page.check.run)
    desk.bench.write("新增企业", lambda s, _ticket: records.save(s, "enterprise", {"name": "乙公司"}))
    desk.settle()
    desk.click(page.take_back)
    assert len(enterprises(town)) == 2


def test_the_same_workbook_again_changes_nothing(desk: Desk, town: Session, tmp_path: Path) -> None:
    path = workbook(tmp_path / "甲.xlsx", [firm(n) for n in range(1, 6)])
    page = chosen(desk, path)
    desk.click(page.check.run)
    page.open_table(path)
    desk.settle()
    assert page.check.run.text() == "没有需要导入的行"
    assert not page.check.run.isEnabled()


def test_a_column_gets_another_meaning_by_keyboard_and_is_remembered(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "甲.xlsx", [firm(1)])
    page = chosen(desk, path)
    assert desk.focus() is page.check.columns
    assert page.check.columns.columns.matches[page.check.columns.currentIndex().row()].header == "老板微信"
    desk.press(K.Key_Return)
    desk.type("备注")
    desk.press(K.Key_Return)
    assert not page.check.preview.unknown_columns  # type: ignore[union-attr]
    desk.click(page.check.run)
    assert enterprises(town)[0]["remark"] == "wx1"
    second = workbook(tmp_path / "乙.xlsx", [firm(2)])
    desk.window.back()
    page = chosen(desk, second)
    assert page.check.preview is not None
    assert not page.check.preview.unknown_columns


def test_what_a_column_may_be_is_read_whole(desk: Desk, town: Session, tmp_path: Path) -> None:
    desk.show("list:member")
    desk.window.open_page("import", type_name="member")
    desk.settle()
    page = desk.window.page
    assert isinstance(page, ImportPage)
    head = ["姓名", "身份证号", "手机号", "户籍"]
    row = ["王芳", "110105194912310046", "13800000001", "农业"]
    desk.dialogs.paths = [workbook(tmp_path / "甲.xlsx", [row], head=head)]
    desk.press(K.Key_Space)
    table = page.check.columns
    assert "可能是" in table.columns.look(3, 1).words
    assert table.columnWidth(1) >= table.sizeHintForColumn(1)
    assert table.columnWidth(0) >= table.sizeHintForColumn(0)


def test_rows_are_filtered_by_what_becomes_of_them(desk: Desk, town: Session, tmp_path: Path) -> None:
    rows = [firm(1), firm(2, staff="许多"), firm(1), [3, "", "", "径山镇", "", "", "", "没有名称"]]
    page = chosen(desk, workbook(tmp_path / "甲.xlsx", rows))
    chips = page.check.chips
    assert Outcome.NEW in chips.chips
    desk.click(chips.chips[Shown.PARTIAL])
    assert page.check.rows.rowCount() == 1
    assert "不是数字" in page.check._detail_words.text()
    desk.click(chips.chips[Shown.ALL])
    assert page.check.rows.rowCount() == len(page.check.preview.rows)  # type: ignore[union-attr]


def test_the_town_that_follows_from_an_address_is_shown_before_anything_is_written(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    row = firm(1)
    row[3] = "-"
    page = chosen(desk, workbook(tmp_path / "甲.xlsx", [row]))
    page.check.table.setCurrentIndex(page.check.rows.index(0, 1))
    labels = [w.text() for w in page.check._detail.findChildren(QLabel)]
    assert labels[labels.index("镇街（推定）") + 1] == "径山镇"


def test_doubtful_rows_are_not_buried_under_those_without_a_town(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    rows = [[n, f"示例竹器厂{n}号", "上海市浦东新区世纪大道", "", "个体", 3, "", ""] for n in range(1, 5)]
    rows[1][1] = rows[0][1]
    rows[1][2] = "上海市浦东新区张杨路"
    page = chosen(desk, workbook(tmp_path / "甲.xlsx", rows))
    chips = page.check.chips
    desk.click(chips.chips[Shown.WITHOUT_TOWN])
    assert page.check.rows.rowCount() == 4
    desk.click(chips.chips[Shown.WARNED])
    assert page.check.rows.rowCount() == 1


def test_what_a_row_changes_is_shown_before_and_after(desk: Desk, town: Session, tmp_path: Path) -> None:
    page = chosen(desk, workbook(tmp_path / "甲.xlsx", [firm(1, staff=9)]))
    desk.click(page.check.run)
    page.open_table(workbook(tmp_path / "乙.xlsx", [firm(1, staff=12)]))
    desk.settle()
    desk.click(page.check.chips.chips[Outcome.CHANGED])
    assert "改动" in str(page.check.rows.data(page.check.rows.index(0, 3)))


def test_rows_that_do_not_go_in_are_returned_in_a_workbook(desk: Desk, town: Session, tmp_path: Path) -> None:
    elsewhere = [*firm(3)[:2], "上海市浦东新区世纪大道", "", "个体", 3]
    page = chosen(desk, workbook(tmp_path / "甲.xlsx", [firm(1), firm(2, staff="许多"), elsewhere]))
    assert page.check.report.text() == "保存退回表（2行）…"
    desk.dialogs.paths = [tmp_path / "退回.xlsx"]
    desk.click(page.check.report)
    assert (tmp_path / "退回.xlsx").exists()
    assert "已保存2行" in desk.window.notices.words
    desk.click(page.check.run)
    words = "1行有的格没有导入；1行有的格请核对。保存退回表，改好后单独再导入，不会重复。"
    assert words in page.done.detail.text()


def test_an_empty_template_is_saved_filled_in_and_brought_back(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    desk.show("list:enterprise")
    desk.window.open_page("import", type_name="reported_figure")
    desk.settle()
    page = desk.window.page
    assert isinstance(page, ImportPage)
    desk.dialogs.paths = [tmp_path / "模板.xlsx"]
    desk.press(K.Key_Tab, K.Key_Tab)
    assert desk.focus() is page.start.template
    desk.press(K.Key_Space)
    book = openpyxl.load_workbook(tmp_path / "模板.xlsx")
    sheet = book.worksheets[0]
    values = {"所属单位": "径山镇总工会", "指标": "新增会员数", "哪个数": "分子", "截至日期": "2023-12-31",
              "数值": "120", "来源": "年报"}  # fmt: skip
    sheet.append([values.get(str(cell.value)) for cell in sheet[1]])
    book.save(tmp_path / "模板.xlsx")
    page.open_table(tmp_path / "模板.xlsx")
    desk.settle()
    desk.click(page.check.run)
    (held,) = reading.records(town.database, town.types, Query("reported_figure"))
    assert (held.values["value"], held.unit) == ("120", town.unit.id)


def test_columns_that_are_recorded_elsewhere_are_told_with_where(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    desk.window.open_page("import", type_name="officer")
    desk.settle()
    page = desk.window.page
    assert isinstance(page, ImportPage)
    head = ["姓名", "性别", "手机", "工会职务", "任职时间", "备用"]
    page.open_table(workbook(tmp_path / "干部.xlsx", [["王芳", "女", "13800000001", "主席", ""]], head=head))
    desk.settle()
    told = page.check.note.detail.text()
    assert "有2列不会导入：工会职务、任职时间，是任职的信息，请再按“任职”导入一次。" in told
    assert "有1列没有认出，不会导入：备用。" in told


def test_a_file_without_a_heading_is_refused_with_a_way_on(desk: Desk, town: Session, tmp_path: Path) -> None:
    page = chosen(desk, workbook(tmp_path / "甲.xlsx", [[1, 2, 3]], head=["甲", "乙", "丙"]))
    assert "没有认出表头" in desk.window.notices.words
    assert page._layers.currentWidget() is page.start


def test_the_row_of_the_heading_can_be_told(desk: Desk, town: Session, tmp_path: Path) -> None:
    page = opened(desk)
    page.start.header.setFocus()
    desk.type("2")
    desk.dialogs.paths = [workbook(tmp_path / "甲.xlsx", [firm(1)])]
    desk.click(page.start.choose)
    assert page.check.preview is not None
    assert page.check.preview.header_rows == (2, 2)


def test_a_file_that_is_no_workbook_is_refused(desk: Desk, town: Session, tmp_path: Path) -> None:
    path = tmp_path / "假.xlsx"
    path.write_bytes(b"not a workbook")
    page = chosen(desk, path)
    assert desk.window.notices.words
    assert page._layers.currentWidget() is page.start


def test_another_sheet_can_be_chosen(desk: Desk, town: Session, tmp_path: Path) -> None:
    path = workbook(tmp_path / "甲.xlsx", [firm(1), firm(2)])
    book = openpyxl.load_workbook(path)
    other = book.create_sheet("瓶窑")
    other.append(HEAD)
    other.append(firm(7))
    book.save(path)
    page = chosen(desk, path)
    page.check.sheet_wanted.emit("瓶窑")
    desk.settle()
    assert page.check.preview is not None
    assert page.check.preview.sheet == "瓶窑"
    assert page.check.rows.rowCount() == 1


def test_a_book_with_a_sheet_for_each_town_goes_in_one_after_the_other(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "甲.xlsx", [firm(1), firm(2)])
    book = openpyxl.load_workbook(path)
    for n, name in enumerate(("瓶窑", "黄湖"), start=7):
        other = book.create_sheet(name)
        other.append(HEAD)
        other.append(firm(n))
    book.save(path)
    page = chosen(desk, path)
    assert "还有2张同样的工作表：瓶窑、黄湖" in page.check.note.detail.text()
    for count, name in ((2, "瓶窑"), (3, "黄湖"), (4, "")):
        desk.click(page.check.run)
        assert len(enterprises(town)) == count
        following = [b for b in page.done.findChildren(QPushButton) if b.text().startswith("导入工作表")]
        assert [b.text() for b in following] == ([f"导入工作表“{name}”"] if name else [])
        if following:
            desk.click(following[0])


def test_a_long_import_can_be_stopped_and_writes_nothing(desk: Desk, town: Session, tmp_path: Path) -> None:
    path = workbook(tmp_path / "甲.xlsx", [firm(n) for n in range(1, 4001)])
    page = opened(desk)
    page.open_table(path)
    assert page._layers.currentWidget() is page.busy
    page.stop()
    desk.settle()
    assert page._layers.currentWidget() is page.start
    assert "没有写入任何内容" in desk.window.notices.words
    assert enterprises(town) == []


def test_a_workbook_is_dropped_onto_the_page(desk: Desk, town: Session, tmp_path: Path) -> None:
    path = workbook(tmp_path / "甲.xlsx", [firm(1)])
    page = opened(desk)
    desk.drop(page.start, [path])
    assert page.check.rows.rowCount() == 1


def test_escape_goes_back_one_step(desk: Desk, town: Session, tmp_path: Path) -> None:
    page = chosen(desk, workbook(tmp_path / "甲.xlsx", [firm(1)]))
    desk.press(K.Key_Return)  # the list of fields is open
    desk.press(K.Key_Escape)
    assert page._layers.currentWidget() is page.check
    desk.press(K.Key_Escape)
    assert page._layers.currentWidget() is page.start
    desk.press(K.Key_Escape)
    assert desk.window.page is not page


# -- out ---------------------------------------------------------------------------------------------------------------


def members(town: Session, count: int = 5) -> None:
    for n in range(count):
        number = people._id_number(f"33011019900101{n:03d}")
        values: dict[str, Any] = {
            "name": f"会员{n}", "sex": "1" if int(number[16]) % 2 else "2", "birth_date": "1990-01-01",
            "id_kind": "resident_id", "id_number": number, "phone": f"1380000{n:04d}",
        }  # fmt: skip
        records.save(town, "member", values)


def exporting_page(desk: Desk) -> ExportPage:
    list_page = desk.show("list:member")
    list_page.acts()[Act.EXPORT]()
    desk.settle()
    page = desk.window.page
    assert isinstance(page, ExportPage)
    return page


def cells(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(
        str(c.value) for sheet in book for line in sheet.iter_rows() for c in line if c.value is not None
    )


def test_a_list_is_exported_as_shown_and_masked(desk: Desk, town: Session, tmp_path: Path) -> None:
    members(town)
    page = exporting_page(desk)
    place = page.choose.mapTo(page, page.choose.rect().topRight())
    assert (page.width() - place.x(), place.y()) < (20, 40), "where other pages have what one comes for"
    desk.dialogs.paths = [tmp_path / "没有这个文件夹" / "会员.xlsx"]
    desk.click(page.choose)
    assert "不能写入" in desk.window.notices.words
    desk.dialogs.paths = [tmp_path / "会员.xlsx"]
    desk.press(K.Key_Space)
    written = cells(tmp_path / "会员.xlsx")
    assert "会员3" in written
    assert "330110********" in written
    assert "已导出5条" in page.note.words.text()
    assert not desk.window.notices.words, "it would be read as bad news about this one"


def test_whole_numbers_leave_only_when_asked_for(desk: Desk, town: Session, tmp_path: Path) -> None:
    members(town)
    page = exporting_page(desk)
    desk.tick(page.unmasked)
    desk.dialogs.paths = [tmp_path / "会员.xlsx"]
    desk.click(page.choose)
    assert "33011019900101" in cells(tmp_path / "会员.xlsx")


def test_the_form_of_the_federation_leaves_out_what_is_incomplete_and_lists_it(
    desk: Desk, town: Session, tmp_path: Path
) -> None:
    members(town, 2)
    page = exporting_page(desk)
    desk.tick(page.ways["member"])
    assert page.unmasked.isHidden()
    desk.dialogs.paths = [tmp_path / "采集表.xlsx"]
    desk.click(page.choose)
    assert (tmp_path / "采集表-未填完整.xlsx").exists()
    assert "没有填完整" in page.note.words.text()
    assert "会员0" in page.note.detail.text()


def test_who_sees_no_whole_numbers_is_not_offered_the_form_that_has_them(desk: Desk, town: Session) -> None:
    members(town, 1)
    facts = desk.bench.facts
    desk.bench.facts = replace(facts, operator=replace(facts.operator, role=Role.READER))
    page = exporting_page(desk)
    assert list(page.ways) == ["shown", "all"]
    assert page.unmasked.isHidden()


def test_an_export_that_is_given_up_writes_nothing(desk: Desk, town: Session, tmp_path: Path) -> None:
    members(town, 1)
    page = exporting_page(desk)
    desk.dialogs.paths = [None]
    desk.click(page.choose)
    assert page.note.isHidden()
    desk.press(K.Key_Escape)
    assert desk.window.page is not page


def test_what_is_not_read_of_a_sheet_is_said_before_the_import(desk: Desk, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        firm(1),
        ["小计", None, None, None, None, 9],
        ["二、已建会"],
        ["姓名", "企业名称", "所属镇街", "注册地址"],
    ]
    page = chosen(desk, workbook(tmp_path / "甲.xlsx", [*rows, firm(2)]))
    assert page.check.rows.rowCount() == 1
    told = page.check.note.detail.text()
    assert "合计、小标题和落款不导入：第4行“小计”、第5行“二、已建会”。" in told
    assert "第6行起是另一张表，没有读。" in told


def test_what_a_whole_table_is_about_is_filled_in_once(desk: Desk, town: Session, tmp_path: Path) -> None:
    path = workbook(tmp_path / "站点.xlsx", [["径山镇", 12], ["径山镇", 13]], head=["镇街", "从业人数"])
    desk.show("list:new_form_survey")
    desk.window.open_page("import", type_name="new_form_survey")
    desk.settle()
    page = desk.window.page
    assert isinstance(page, ImportPage)
    page.open_table(path)
    desk.settle()
    assert "没有“群体”“截至日期”" in page.check.note.detail.text()
    page._show(page.start)
    group, day = page.start.whole
    group.take_focus()
    desk.type("网约车司机")
    desk.press(K.Key_Return)
    day.take_focus()
    desk.type("九月")
    page.open_table(path)
    desk.settle()
    assert page._layers.currentWidget() is page.start
    day.take_focus(select=True)
    desk.type("2026-09-30")
    page.open_table(path)
    desk.settle()
    assert page.check.run.text() == "开始导入（2行）"

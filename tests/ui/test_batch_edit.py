"""Changing several selected records of a list at once, with real keys."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.operations.recording import records
from desktop.records.versions.canonical import Cell
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.ui.lists.batch import BatchDialog
from desktop.ui.workbench import Workbench
from tests.ui.house import Hand

K = Qt.Key


def fill(bench: Workbench, hand: Hand, type_name: str, *rows: Mapping[str, Cell]) -> None:
    bench.write("登记", lambda session, _t: records.save_many(session, type_name, rows), step=False)
    hand.settle()


def firms(bench: Workbench, hand: Hand, *states: str | None) -> None:
    fill(bench, hand, "enterprise", *({"name": f"单位{n}", "union_state": s} for n, s in enumerate(states)))


def values(bench: Workbench, hand: Hand, field: str, type_name: str = "enterprise") -> list[Cell]:
    found: list[Cell] = []
    bench.read(
        lambda database, _t: [
            r.values[field] for r in reading.records(database, bench.types, Query(type_name))
        ],
        found.extend,
        owner=hand.window,
    )
    hand.settle()
    return found


def open_batch(hand: Hand, field: str) -> BatchDialog:
    """Selects all records with the cursor in a column, and presses Ctrl+B."""
    table = hand.list_page.list.table
    hand.window.activateWindow()
    hand.settle()
    table.setFocus()
    column = 1 + [c.name for c in hand.list_page.list.columns].index(field)
    table.setCurrentIndex(hand.list_page.list.model.index(0, column))
    hand.control(K.Key_A)
    hand.control(K.Key_B)
    hand.settle()
    return front()


def front() -> BatchDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, BatchDialog)
    return found


def lines(shown: BatchDialog) -> list[tuple[str, ...]]:
    return [line.texts for line in shown.standing.rows.lines]


def test_the_field_under_the_cursor_is_changed_in_all_selected_records_and_one_undo_takes_it_back(
    hand: Hand, bench: Workbench
) -> None:
    firms(bench, hand, "N", "N", "Y", None)
    shown = open_batch(hand, "union_state")
    assert lines(shown) == [("待筹建", "2"), ("建立", "1"), ("（没有填）", "1")]
    assert not shown.do.isEnabled(), "an empty line empties nothing"
    hand.type("jl")
    hand.settle()
    hand.press(K.Key_Return)
    assert (shown.do.text(), shown.do.hasFocus()) == ("修改3条", True)
    assert shown.summary.text() == "将修改3条，另外1条已经是这样，不动。"
    hand.press(K.Key_Space)
    hand.settle()
    assert QApplication.activeModalWidget() is None
    assert values(bench, hand, "union_state") == ["Y"] * 4
    assert "已修改3条" in hand.window.notices.words
    bench.undo()
    hand.settle()
    assert values(bench, hand, "union_state") == ["N", "N", "Y", None]


def test_what_follows_from_the_changed_field_is_told_before_and_after(hand: Hand, bench: Workbench) -> None:
    firms(bench, hand, "N", "Y")
    shown = open_batch(hand, "ownership")
    hand.type("syqy")
    hand.settle()
    hand.press(K.Key_Return)
    assert "“单位类别”还没有填的、原来随它带出的，跟着一起改。" in shown.summary.text()
    hand.press(K.Key_Space)
    hand.settle()
    assert values(bench, hand, "sector") == ["non_public"] * 2
    assert "“单位类别”随着改了2条" in hand.window.notices.words


def test_another_field_is_found_by_its_pinyin_and_emptied_by_a_box(hand: Hand, bench: Workbench) -> None:
    firms(bench, hand, "N", "Y")
    shown = open_batch(hand, "name")
    assert shown.pick.hasFocus(), "a name is not what many records have in common"
    hand.type("jhzt")
    hand.settle()
    hand.press(K.Key_Return)
    hand.settle()
    assert shown.pick.text() == "建会状态"
    hand.press(K.Key_Tab)
    assert shown.rows[0].clear.hasFocus()
    hand.press(K.Key_Space)
    assert shown.do.text() == "清空2条"
    hand.click(shown.do)
    hand.settle()
    assert values(bench, hand, "union_state") == [None, None]


def test_letters_that_look_for_a_choice_are_not_called_wrong_before_something_is_chosen(
    hand: Hand, bench: Workbench
) -> None:
    firms(bench, hand, "N")
    shown = open_batch(hand, "union_state")
    hand.type("jl")
    assert (shown.rows[0].message.words, shown.do.isEnabled()) == ("", False)
    hand.press(K.Key_Tab)
    assert (shown.rows[0].message.words, shown.do.text()) == ("", "修改1条")
    hand.press(K.Key_Escape)


def test_what_cannot_be_read_is_said_and_nothing_is_written_until_it_is_right(
    hand: Hand, bench: Workbench
) -> None:
    firms(bench, hand, "N")
    shown = open_batch(hand, "surveyed_staff")
    hand.type("三十几")
    assert "不是数字" in shown.rows[0].message.words
    assert not shown.do.isEnabled()
    shown.rows[0].editor.take_focus()
    hand.type("35")
    assert (shown.rows[0].message.words, shown.do.text()) == ("", "修改1条")
    hand.press(K.Key_Escape)
    assert QApplication.activeModalWidget() is None
    assert values(bench, hand, "surveyed_staff") == [None]


def test_a_link_is_chosen_and_the_fields_of_a_group_go_together(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, "union", {"name": "云栖联合工会"}, {"name": "之江联合工会"})
    fill(bench, hand, "member", {"name": "甲"}, {"name": "乙"})
    hand.window.open_page("list:member")
    hand.settle()
    shown = open_batch(hand, "union")
    assert lines(shown) == [("（没有填）", "2")]
    hand.type("云栖")
    hand.pause()
    hand.press(K.Key_Return)
    hand.click(shown.do)
    hand.settle()
    (union,) = set(values(bench, hand, "union", "member"))
    again = open_batch(hand, "union")
    assert lines(again) == [("云栖联合工会", "2")]
    assert union is not None
    again.reject()
    fill(bench, hand, "course", {"name": "一期", "started_date": "2026-11-01"}, {"name": "二期"})
    hand.window.open_page("list:course")
    hand.settle()
    both = open_batch(hand, "name")
    both.choose(both.targets["period"])
    hand.settle()
    assert set(lines(both)) == {("开始日期：2026-11-01", "1"), ("（没有填）", "1")}
    both.rows[1].editor.take_focus()
    hand.type("20261120")
    hand.press(K.Key_Return)
    hand.press(K.Key_Space)
    hand.settle()
    assert sorted(map(str, values(bench, hand, "started_date", "course"))) == ["2026-11-01", "None"]
    assert values(bench, hand, "ended_date", "course") == ["2026-11-20"] * 2


def test_stopping_in_time_changes_nothing_and_the_dialog_stays(hand: Hand, bench: Workbench) -> None:
    firms(bench, hand, *["N"] * 3)
    shown = open_batch(hand, "union_state")
    hand.type("jl")
    hand.settle()
    hand.press(K.Key_Return)
    busy = threading.Event()
    bench.write("别的", lambda _s, _t: busy.wait(120) and None, step=False)
    hand.press(K.Key_Space)
    assert (shown.cancel.text(), shown.cancel.hasFocus()) == ("停止，都不改", True)
    hand.press(K.Key_Escape)
    busy.set()
    hand.settle()
    assert shown.isVisible()
    assert (shown.cancel.text(), shown.do.text()) == ("取消", "修改3条")
    assert shown.problem.words.text() == "已停止，什么都没有改变。"
    assert shown.do.hasFocus(), "Enter does it after all"
    assert values(bench, hand, "union_state") == ["N"] * 3
    assert bench.steps.last is None


def test_many_values_are_summed_up_and_what_is_passed_over_is_said(hand: Hand, bench: Workbench) -> None:
    rows: list[Mapping[str, Cell]] = [{"name": f"{n}", "surveyed_staff": n} for n in range(130)]
    fill(bench, hand, "enterprise", *rows)
    page = hand.list_page
    shown = open_batch(hand, "surveyed_staff")
    assert lines(shown)[-1] == ("其余30种内容", "30")
    shown.reject()
    page.list.table.selectAll()
    positions = page.list.model.row_numbers(page.list.table.positions())
    bench.write(
        "删",
        lambda s, _t: records.delete(
            s, "enterprise", reading.records(s.database, s.types, Query("enterprise"))[0].id
        ),
    )
    hand.settle()
    late = BatchDialog(bench, bench.types["enterprise"], positions, "surveyed_staff")
    hand.settle()
    assert late.skipped.words.text() == "跳过1条"
    assert late.skipped.detail.text() == "1条已经不在列表里。"


def test_who_may_not_write_is_not_offered_it(hand: Hand, bench: Workbench) -> None:
    firms(bench, hand, "N")
    table = hand.list_page.list.table
    table.go_to(0)
    assert any("批量修改" in a.text() and a.isEnabled() for a in hand.list_page.list.menu().actions())
    hand.list_page.list.writable = False
    hand.control(K.Key_B)
    assert QApplication.activeModalWidget() is None
    assert not any("批量修改" in a.text() and a.isEnabled() for a in hand.list_page.list.menu().actions())

"""The names of a list stay at the left edge when it is scrolled sideways, for the eye, the pointer and the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.operations.recording import records
from desktop.records.versions.canonical import Cell
from desktop.ui.lists.table import RowsTable
from desktop.ui.window import MainWindow
from desktop.ui.workbench import Workbench
from tests.ui.house import Hand

K = Qt.Key
NAMES = [f"第{n:02}号单位" for n in range(60)]


@pytest.fixture
def table(hand: Hand, bench: Workbench, window: MainWindow) -> RowsTable:
    """A list of 60 firms whose columns are wider than the window, with the cursor in its first row."""
    rows: list[dict[str, Cell]] = [{"name": name, "surveyed_staff": n} for n, name in enumerate(NAMES)]
    bench.write("登记", lambda session, _t: records.save_many(session, "enterprise", rows), step=False)
    hand.settle()
    shown = hand.list_page.list.table
    shown.set_given_widths({column.name: 150 for column in shown.rows.columns})
    shown.take_cursor()
    QApplication.processEvents()
    assert shown.horizontalScrollBar().maximum() > 200
    return shown


def to_the_end(table: RowsTable) -> None:
    table.horizontalScrollBar().setValue(table.horizontalScrollBar().maximum())
    QApplication.processEvents()


def picture(table: RowsTable, x: int, width: int) -> bytes:
    image = table.viewport().grab().toImage().copy(x, 0, width, 300)
    return bytes(image.constBits())


def pull(widget: QWidget, to: QPoint) -> None:
    """Moves the pointer with its button held, which :class:`QTest` does not say of a move."""
    at, held = QPointF(to), Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, widget.mapToGlobal(at), Qt.MouseButton.NoButton, held,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def click(table: RowsTable, at: QPoint) -> None:
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_names_are_seen_at_the_edge_as_they_were_in_their_place(table: RowsTable) -> None:
    x = table.columnViewportPosition(1)
    before = picture(table, x, 140)
    to_the_end(table)
    assert picture(table, 0, 140) == before
    table.verticalScrollBar().setValue(7)
    table.verticalScrollBar().setValue(0)
    assert picture(table, 0, 140) == before
    table.horizontalScrollBar().setValue(0)
    assert picture(table, x, 140) == before


def test_what_is_hit_at_the_edge_is_the_name(table: RowsTable) -> None:
    to_the_end(table)
    row = QPoint(40, table.rowViewportPosition(3) + 5)
    click(table, row)
    assert (table.currentIndex().row(), table.current_field()) == (3, "name")
    assert table.positions() == [3]
    assert table.horizontalScrollBar().value() == table.horizontalScrollBar().maximum()
    opened: list[int] = []
    table.opened.connect(lambda position, _field: opened.append(position))
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert opened == [3]


def test_rows_are_chosen_from_the_edge_by_dragging_and_by_shift(table: RowsTable) -> None:
    to_the_end(table)
    click(table, QPoint(40, table.rowViewportPosition(2) + 5))
    at = QPoint(40, table.rowViewportPosition(6) + 5)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, at)
    assert table.positions() == [2, 3, 4, 5, 6]
    start = QPoint(40, table.rowViewportPosition(1) + 5)
    QTest.mousePress(table.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for row in (2, 3, 4):
        pull(table.viewport(), QPoint(40, table.rowViewportPosition(row) + 5))
    QTest.mouseRelease(
        table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, table.rowViewportPosition(4) + 5)
    )
    assert table.positions() == [1, 2, 3, 4]
    assert table.horizontalScrollBar().value() == table.horizontalScrollBar().maximum()


def test_no_cell_that_the_cursor_comes_to_is_left_below_the_names(table: RowsTable, hand: Hand) -> None:
    count = len(table.rows.columns)
    for key, times in ((K.Key_Right, count), (K.Key_Left, count)):
        for _ in range(times):
            hand.press(key)
            current = table.currentIndex()
            left = table.visualRect(current).left()
            if current.column() > 1:
                edge = table._head.edge
                assert left >= edge, current.column()
    hand.press(K.Key_Down)
    hand.press(K.Key_Down)
    assert table.currentIndex().row() == 2


def test_going_down_keeps_the_place_where_the_list_was_scrolled_to(table: RowsTable, hand: Hand) -> None:
    to_the_end(table)
    for _ in range(40):
        hand.press(K.Key_Down)
    assert table.currentIndex().row() == 40
    assert table.horizontalScrollBar().value() == table.horizontalScrollBar().maximum()
    assert table.verticalScrollBar().value() > 0


def test_the_head_at_the_edge_sorts_and_is_pulled_wider(table: RowsTable, hand: Hand) -> None:
    to_the_end(table)
    head = table.horizontalHeader()
    clicked: list[int] = []
    head.sectionClicked.connect(clicked.append)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 10))
    hand.settle()
    assert clicked == [1]
    to_the_end(table)
    edge = QPoint(head.sectionSize(1) - 2, 10)
    QTest.mousePress(head.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    pull(head.viewport(), edge + QPoint(30, 0))
    QTest.mouseRelease(head.viewport(), Qt.MouseButton.LeftButton, pos=edge + QPoint(30, 0))
    assert head.sectionSize(1) == 180
    assert clicked == [1]


def test_a_name_wider_than_most_of_the_room_goes_with_the_others(table: RowsTable) -> None:
    table.horizontalHeader().resizeSection(1, table.viewport().width() - 60)
    to_the_end(table)
    assert table.visualRect(table.rows.index(0, 1)).left() < 0

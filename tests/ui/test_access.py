"""What those need who use no mouse, hear the screen, or see little: names, order, contrast, no stray windows."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCalendarWidget,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.records.declaration import Level
from desktop.resources import resource
from desktop.ui import spacing, theme
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.pages.sync.page import SyncPage
from desktop.ui.registry import headings
from desktop.ui.settings import Settings
from desktop.ui.theme import COLOURS, Measures, TextSize
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.widgets.pressing import deliberate
from desktop.ui.window import MainWindow
from desktop.ui.workbench import Workbench
from tests.ui.hands import Strangers
from tests.ui.house import OPERATOR, FakeDialogs, Hand, make_session, open_window, restless, settle

INPUTS = (QLineEdit, QPlainTextEdit, QComboBox, QAbstractButton, QAbstractItemView)
CONTRAST = 4.5
EDGE_CONTRAST = 3.0
SMALLEST = QSize(911, 472)
"""What 1366x768 leaves at 150 percent."""
TITLE = 31
"""The height of a title of Windows."""
SAME_LINE = 6


def nameless(root: QWidget) -> Iterator[str]:
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, INPUTS) or not widget.isVisibleTo(root):
            continue
        if widget.focusPolicy() is Qt.FocusPolicy.NoFocus:
            continue
        if widget.objectName().startswith("qt_") or isinstance(widget.parent(), QComboBox | QCalendarWidget):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or not interface.text(QAccessible.Text.Name):
            yield f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}"


def pages(hand: Hand, window: MainWindow) -> Iterator[str]:
    for heading in headings(window.workbench):
        for entry in heading.entries:
            window.open_page(entry.key)
            hand.settle()
            yield entry.key


def focus_chain(window: QWidget) -> list[QWidget]:
    """Everything in the window in the order of Tab; PySide makes neighbours each other's children, which is mended."""
    found: list[QWidget] = []
    widget = window.nextInFocusChain()
    while widget is not None and widget is not window:
        found.append(widget)
        widget = widget.nextInFocusChain()
    window.setParent(None)  # It has none for Qt, which does nothing.
    window.findChildren(QWidget)
    return found


def out_of_order(window: MainWindow, page: QWidget) -> Iterator[str]:
    """Where Tab goes up within a column, or back within a line; the way to more fields follows what it belongs to."""
    chain: list[tuple[QWidget, QRect]] = []
    for widget in focus_chain(window):
        if page.isAncestorOf(widget) and widget.isVisible() and widget.isEnabled():
            more = isinstance(widget, QPushButton) and widget.text().startswith("展开")
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not more:
                chain.append((widget, QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())))
    for (one, before), (other, after) in pairwise(chain):
        up = after.bottom() <= before.top() and after.left() < before.right()
        back = abs(after.top() - before.top()) < SAME_LINE and after.right() <= before.left()
        if up or back:
            yield f"{one.accessibleName() or one} -> {other.accessibleName() or other}"


def standing_out(window: MainWindow, page: QWidget) -> list[str]:
    """What is red of what can be pressed."""
    buttons = [*page.findChildren(QAbstractButton), *window.topbar.findChildren(QAbstractButton)]
    return [b.text() for b in buttons if b.property("primary") and b.isVisible() and b.isEnabled()]


def headings_at(window: MainWindow, page: QWidget) -> set[int]:
    """How far from the left the page's own heading, or the way back before it, stands."""
    labels = [x for x in page.findChildren(QLabel) if x.isVisible() and x.property("heading") == "1"]
    top = min(labels, key=lambda label: label.mapTo(window, QPoint(0, 0)).y())
    ways = [b for b in page.findChildren(QPushButton) if b.isVisible() and b.property("back")]
    return {(ways[0] if ways else top).mapTo(page, QPoint(0, 0)).x()}


@contextlib.contextmanager
def nothing_stray() -> Iterator[None]:
    """Nothing that is shown meanwhile is a window of its own."""
    watch = Strangers()
    yield
    watch.end()
    assert watch.seen == []


def test_every_page_can_be_heard_gone_through_and_read_in_one_way_and_none_is_a_window_of_its_own(
    hand: Hand, window: MainWindow
) -> None:
    manual = set(re.findall(r'name="([^"]+)"', resource("manual", "index.html").read_text("utf-8")))
    with nothing_stray():
        for key in pages(hand, window):
            page = window.page
            assert page is not None
            assert not list(nameless(page)), key
            assert not list(out_of_order(window, page)), key
            assert len(standing_out(window, page)) <= 1, key
            assert page.help_anchor in manual or page.help_anchor in window.workbench.types, key
            assert headings_at(window, page) == {spacing.PAGE[0]}, key
            assert restless() == [], key


def test_every_form_can_be_heard_and_gone_through_and_none_is_a_window_of_its_own(
    hand: Hand, window: MainWindow, bench: Workbench
) -> None:
    with nothing_stray():
        for name in bench.types:
            window.new_record(name)
            hand.settle()
            page = window.page
            assert page is not None
            assert not list(nameless(page)), name
            assert not list(out_of_order(window, page)), name
            assert len(standing_out(window, page)) <= 1, name
            assert restless() == [], name
            window.back()
            hand.settle()


def test_tab_goes_from_the_heading_of_a_form_over_its_tabs_into_its_fields(
    hand: Hand, window: MainWindow
) -> None:
    window.new_record("enterprise")
    hand.settle()
    page = hand.form_page
    back = next(b for b in page.findChildren(QPushButton) if b.property("back"))
    back.setFocus()
    hand.press(Qt.Key.Key_Tab)
    assert hand.focus is page.next_button
    hand.press(Qt.Key.Key_Tab)
    assert hand.focus is page.tabs.tabBar()
    hand.press(Qt.Key.Key_Tab)
    assert hand.focus in page.form.rows["name"].editor.inputs()
    hand.press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert hand.focus is page.tabs.tabBar()


def test_the_frame_of_the_window_has_names(window: MainWindow) -> None:
    assert not list(nameless(window.topbar)) + list(nameless(window.statusbar))


def test_tab_goes_through_a_form_in_reading_order(hand: Hand, window: MainWindow) -> None:
    window.new_record("enterprise")
    hand.settle()
    form = hand.form_page.form
    shown = [row for row in form.rows.values() if row.shown]
    for row in shown[:8]:
        if isinstance(hand.focus, QPushButton):
            hand.press(Qt.Key.Key_Tab)  # the way to the other fields of a section stands at its end
        assert hand.focus in row.editor.inputs(), row.field.label
        hand.press(Qt.Key.Key_Tab)


def test_another_page_is_reached_without_a_mouse(hand: Hand, window: MainWindow) -> None:
    hand.press(Qt.Key.Key_F6)
    assert hand.focus is window.navigation
    hand.press(Qt.Key.Key_Down)
    hand.press(Qt.Key.Key_Return)
    hand.settle()
    assert window.page is not None
    assert window.page.title == "工会"
    window.navigation.setFocus()
    hand.press(Qt.Key.Key_F6)
    assert window.page.isAncestorOf(hand.focus)


def test_enter_presses_the_button_that_has_the_cursor(hand: Hand, window: MainWindow) -> None:
    window.open_page("home")
    hand.settle()
    assert isinstance(hand.focus, QPushButton)
    assert hand.focus.text() == "去办理入网"
    hand.press(Qt.Key.Key_Return)
    hand.settle()
    assert isinstance(window.page, SyncPage)


def test_enter_in_a_line_does_not_press_the_button_it_moves_on_to(qapp: QApplication, qtbot: QtBot) -> None:
    host = QDialog()
    qtbot.addWidget(host)
    pressed: list[int] = []
    line, button = QLineEdit(host), QPushButton(host)
    button.setAutoDefault(False)
    button.move(0, 40)
    button.clicked.connect(lambda: pressed.append(1))
    line.returnPressed.connect(button.setFocus)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    line.setFocus()
    for _ in range(2):
        qtbot.keyClick(button if button.hasFocus() else line, Qt.Key.Key_Return)
    assert pressed == [1]
    line.setFocus()
    line.returnPressed.disconnect(button.setFocus)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert pressed == [1]
    button.setFocus()
    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=True
    )
    qapp.sendEvent(button, held)
    assert pressed == [1], "the key was held down since it was the line's"
    deliberate(button)
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert pressed == [1]
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert pressed == [1, 1]


def test_the_cursor_stays_near_a_button_that_cannot_be_pressed_any_more(
    hand: Hand, window: MainWindow
) -> None:
    window.open_page("operators")
    hand.settle()
    page = window.page
    assert page is not None
    shown = [b for b in page.findChildren(QPushButton) if b.isVisible() and b.isEnabled()]
    last = max(shown, key=lambda b: b.mapTo(page, QPoint(0, 0)).y())
    for other in shown:
        other.setEnabled(other is last)
    last.setFocus()
    last.setEnabled(False)
    assert page.isAncestorOf(hand.focus) or hand.focus is page
    last.setEnabled(True)
    assert hand.focus is last, "it works again, and nobody has gone elsewhere"
    last.setEnabled(False)
    window.navigation.setFocus()
    last.setEnabled(True)
    assert hand.focus is window.navigation


def test_alt_with_a_letter_that_leads_nowhere_types_nothing(hand: Hand, window: MainWindow) -> None:
    window.new_record("enterprise")
    hand.settle()
    form = hand.form_page.form
    for name in ("name", "remark"):
        editor = form.rows[name].editor
        form.go_to(name)
        alt, shift = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
        for modifier in (alt, alt | shift, Qt.KeyboardModifier.NoModifier):
            hand.press(Qt.Key.Key_Q, modifier)
        hand.press(Qt.Key.Key_At, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier)
        assert editor.text() in ("q", "q@")


def test_no_flags_of_qt_are_inverted() -> None:
    """With negative members, as on Windows, the inverse of one has hardly anything in it; here all goes well."""
    sources = Path(theme.__file__).parent.rglob("*.py")
    assert [path.name for path in sources if re.search(r"~ *Qt\.", path.read_text("utf-8"))] == []


def luminance(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


MEASURED = [
    ("ink", "window"), ("ink", "surface"), ("ink", "selection"), ("muted", "window"), ("muted", "head"),
    ("muted", "surface"), ("surface", "red"), ("surface", "red-dark"), ("red", "red-faint"),
    ("error", "error-faint"), ("error", "surface"), ("warning", "warning-faint"), ("warning", "surface"),
    ("good", "good-faint"), ("focus", "selection"), ("focus", "surface"), ("surface", "focus"), ("hint", "surface"),
    ("hint", "window"), ("hint", "error-faint"), ("hint", "warning-faint"), ("muted", "selection"),
    ("warning", "window"), ("good", "window"), ("error", "window"),
    ("muted", "line"),
]  # fmt: skip


@pytest.mark.parametrize(("ink", "ground"), MEASURED)
def test_words_stand_out_from_their_ground(ink: str, ground: str) -> None:
    dark, light = sorted((luminance(COLOURS[ink]), luminance(COLOURS[ground])))
    assert (light + 0.05) / (dark + 0.05) >= CONTRAST


@pytest.mark.parametrize("ground", ["window", "surface", "head"])
@pytest.mark.parametrize("edge", ["edge", "focus", "scroll"])
def test_edges_rings_and_bars_stand_out_from_their_ground(edge: str, ground: str) -> None:
    dark, light = sorted((luminance(COLOURS[edge]), luminance(COLOURS[ground])))
    assert (light + 0.05) / (dark + 0.05) >= EDGE_CONTRAST


@pytest.mark.parametrize("kind", [QPushButton, QToolButton])
def test_the_ring_of_a_red_button_is_parted_from_its_red_by_the_page(
    qtbot: QtBot, kind: type[QPushButton | QToolButton]
) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.setObjectName("page")
    button = kind(page)
    button.setText("保存")
    theme.restyle(button, primary=True)
    button.setGeometry(10, 10, 120, 32)
    page.setStyleSheet(theme.style_sheet(theme.chinese_family(), Measures(14)))
    page.resize(200, 60)
    page.show()
    page.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    image = page.grab().toImage()
    seen = [image.pixelColor(x, 26).name() for x in range(8, 24)]
    ink, red = seen.index(COLOURS["ink"].lower()), seen.index(COLOURS["red"].lower())
    assert COLOURS["window"].lower() in seen[ink:red]
    for dark in ("ink", "red", "red-dark"):
        assert (luminance(COLOURS["window"]) + 0.05) / (luminance(COLOURS[dark]) + 0.05) >= EDGE_CONTRAST


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_hints_are_drawn_in_the_colour_that_was_measured(qtbot: QtBot, kind: type[QWidget]) -> None:
    line = kind()
    qtbot.addWidget(line)
    line.ensurePolished()
    drawn = line.palette().placeholderText().color()
    assert (drawn.name(), drawn.alpha()) == (theme.HINT.lower(), 255), (
        "a style sheet makes them half transparent"
    )


def test_the_style_sheet_names_only_what_is_known() -> None:
    sheet = theme.style_sheet("Any", Measures(TextSize.NORMAL))
    assert "@" not in re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    source = resource("ui", "window.qss").read_text("utf-8")
    written = set(re.findall(r"(?<![-a-z])color: @([a-z-]+)", source))
    assert written <= {ink for ink, _ in MEASURED}, "words that cannot be pressed are read as well"
    for path in re.findall(r'url\("([^"]+)"\)', sheet):
        assert resource("ui", path.rsplit("/", 1)[-1]).is_file()


def test_the_whole_window_fits_a_small_screen_at_125_percent(hand: Hand, window: MainWindow) -> None:
    window.new_record("union")
    hand.settle()
    assert window.minimumSizeHint().width() <= 1093
    assert window.minimumSizeHint().height() <= 540
    assert window.minimumHeight() <= SMALLEST.height() - TITLE, (
        "a least height would push it below the screen"
    )


def test_a_long_name_of_the_unit_ends_in_dots_and_widens_nothing(
    qtbot: QtBot, settings: Settings, tmp_path: Path
) -> None:
    name = "杭州市余杭区径山镇犇㛃䶮𬬮示例茶业（集团）股份有限公司工会联合委员会第一分会"
    dialogs = FakeDialogs()
    session = make_session(tmp_path / "workspace", Level.ENTERPRISE, "91330110MA2CFYLA1X", name)
    window = open_window(qtbot, session, dialogs, settings)
    window.resize(SMALLEST)
    settle(qtbot, window.workbench)
    assert window.minimumSizeHint().width() <= SMALLEST.width()
    told = [label.toolTip() for label in window.findChildren(ElidedLabel) if label.toolTip()]
    assert sorted(told) == sorted([name, f"操作员：{OPERATOR} · {name}"])
    dialogs.always_leave()
    window.close()


def test_what_is_open_follows_the_text_size(hand: Hand, window: MainWindow) -> None:
    window.new_record("enterprise")
    hand.settle()
    label = hand.form_page.form.rows["name"].label
    grid = Grid([Col("单位", 8), Col("情况", 8, wide=True)], "名单", window)
    grid.resize(600, 200)
    grid.show()
    grid.show_lines([Line(("一家名称比列宽长得多的单位", "在"))])
    before = label.width(), grid.horizontalHeader().height(), grid.columnWidth(0)
    assert grid.columnWidth(0) > grid.fontMetrics().horizontalAdvance("一家名称比列宽长得多的单位"), (
        "nothing is cut"
    )
    hand.press(Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    hand.settle()
    after = label.width(), grid.horizontalHeader().height(), grid.columnWidth(0)
    hand.press(Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert all(large > usual for usual, large in zip(before, after, strict=True))


def test_home_and_end_go_to_the_first_and_last_row_of_a_small_table(hand: Hand, window: MainWindow) -> None:
    grid = Grid([Col("单位", 8), Col("情况", 8)], "名单", window)
    grid.resize(600, 200)
    grid.show()
    grid.show_lines([Line((str(n), ""), key=n) for n in range(9)])
    grid.setFocus()
    grid.selectRow(3)
    hand.press(Qt.Key.Key_End)
    last = grid.current()
    hand.press(Qt.Key.Key_Home)
    assert (last, grid.current()) == (8, 0)


def test_a_column_with_room_to_spare_gives_it_to_the_one_whose_words_are_cut(
    hand: Hand, window: MainWindow
) -> None:
    code, name = "91330110MA2A1234X7", "径山村联合工会_径山镇总工会_0001_20261129.xsj"
    for wrapping in (False, True):
        grid = Grid([Col("甲", 30, wide=True), Col("乙", 8, wide=True)], "表", window, wrapping=wrapping)
        grid.resize(500, 200)
        grid.show()
        grid.show_lines([Line(("短", name if not wrapping else code * 2 + "；" + "说明" * 30))])
        needed = grid.fontMetrics().horizontalAdvance(code * 2 if wrapping else name)
        assert grid.columnWidth(1) > needed
        assert grid.columnWidth(0) + grid.columnWidth(1) <= grid.viewport().width()
    lines = (grid.rowHeight(0) - 14) // grid.fontMetrics().lineSpacing()
    assert lines >= 2, "all words of a row that wraps are to be seen"
    grid.limit_height(3)
    assert grid.maximumHeight() > grid.rowHeight(0) + grid.horizontalHeader().height()


def test_the_name_of_the_unit_is_whole_in_larger_text(hand: Hand, window: MainWindow) -> None:
    brand = window.findChild(QWidget, "brand")
    assert brand is not None
    words = brand.findChildren(QLabel)
    assert len(words) == 2
    for _ in range(2):
        hand.press(Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
        hand.settle()
        assert all(label.height() >= label.fontMetrics().height() for label in words)
        assert brand.height() == window.topbar.height()


def test_larger_text_is_one_key_away_and_remembered(hand: Hand, window: MainWindow, bench: Workbench) -> None:
    before = theme.measures().text
    window._change_text_size()
    assert theme.measures().text > before
    assert window.minimumSizeHint().width() <= 1093
    assert bench.settings.text_size is TextSize.LARGE
    window._change_text_size()
    assert theme.measures().text == before

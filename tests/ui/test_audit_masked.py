"""Personal values in the window: no list, form, history, search or draft says one until it is asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.operations import audit
from desktop.operations.recording import records
from desktop.operations.session import Session, open_session
from desktop.operations.workspaces import operators
from desktop.records.declaration import Kind, Level, Mask, RecordType, Role
from desktop.records.types import catalogue
from desktop.store.queries.reading import Query
from desktop.ui.fields.personal import PersonalEditor
from desktop.ui.forms.record_page import RecordPage
from desktop.ui.settings import Settings
from desktop.ui.window import MainWindow
from tests.ui.house import OPERATOR, PASSWORD, QUICK, FakeDialogs, Hand, make_session, open_window

TYPES = catalogue()
# A file's name is masked in part only, and no form has it: tests of attachments look at it.
IN_PART = (Mask.NONE, Mask.NUMBERS)
MASKED = [t for t in TYPES.values() if any(f.mask not in IN_PART for f in t.fields)]
WHOLE = {Kind.ID_NUMBER: "330106199003074610", Kind.PHONE: "13705718842"}
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole,
         Qt.ItemDataRole.EditRole)  # fmt: skip


def values(record_type: RecordType) -> dict[str, str]:
    """An unmistakable value for every masked field."""
    return {f.name: WHOLE.get(f.kind, "慕容玥祎") for f in record_type.fields if f.mask is not Mask.NONE}


def said(window: QWidget) -> Iterator[str]:
    """Everything that stands on a window, that a mouse makes appear, or that a screen reader says."""
    for widget in window.findChildren(QWidget):
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
        if isinstance(widget, QLabel | QLineEdit | QAbstractButton):
            yield widget.text()
        elif isinstance(widget, QPlainTextEdit | QTextEdit):
            yield widget.toPlainText()
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(n) for n in range(widget.count()))
        elif isinstance(widget, QAbstractItemView) and (model := widget.model()) is not None:
            for row in range(min(model.rowCount(), 50)):
                for column in range(model.columnCount()):
                    index = model.index(row, column)
                    yield from (
                        str(found) for role in ROLES if (found := model.data(index, role)) is not None
                    )


def leaks(window: MainWindow, whole: set[str]) -> set[str]:
    return {words for words in said(window) if any(value in words for value in whole)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_session(tmp_path_factory.mktemp("masked") / "w", Level.DISTRICT, "330106", "西湖区总工会")
    operators.put(made, "小李", Role.READER, "password-2", QUICK)
    with made.workspace:
        return made.workspace.folder


def a_record(session: Session, record_type: RecordType) -> str:
    title = record_type.by_name[record_type.title[0]]
    named = {title.name: "甲"} if title.kind is Kind.TEXT else {}
    record = records.save(session, record_type.name, {**named, **values(record_type)}).record
    # A second version of each, so that history shows two.
    changed = {n: v[:-1] + ("0" if v.isdigit() else "喆") for n, v in values(record_type).items()}
    records.save(session, record_type.name, changed, record=record)
    records.save(session, record_type.name, values(record_type), record=record)
    return record


@contextlib.contextmanager
def shown(qtbot: QtBot, session: Session, dialogs: FakeDialogs, settings: Settings) -> Iterator[MainWindow]:
    """A window over a session, closed whatever happens."""
    window = open_window(qtbot, session, dialogs, settings)
    try:
        yield window
    finally:
        dialogs.always_leave()
        window.close()


@pytest.mark.parametrize("record_type", MASKED, ids=lambda t: t.name)
def test_no_page_says_a_value_until_it_is_asked_for(
    qtbot: QtBot, folder: Path, dialogs: FakeDialogs, settings: Settings, record_type: RecordType
) -> None:
    session = open_session(folder, OPERATOR, PASSWORD)
    record, whole = a_record(session, record_type), set(values(record_type).values())
    settings.keep_columns(record_type.name, [f.name for f in record_type.fields])
    with shown(qtbot, session, dialogs, settings) as window:
        hand = Hand(qtbot, window)
        window.open_list(record_type.name, Query(record_type.name), "全部")
        hand.settle()
        assert hand.list_page.list.model.rowCount()
        assert leaks(window, whole) == set()
        window.open_record(record_type.name, record)
        hand.settle()
        page = window.page
        assert isinstance(page, RecordPage)
        for tabs in page.findChildren(QTabWidget):
            for number in range(tabs.count()):
                tabs.setCurrentIndex(number)
                hand.settle()
                assert leaks(window, whole) == set(), tabs.tabText(number)


@pytest.mark.parametrize(
    ("operator", "password", "may"), [(OPERATOR, PASSWORD, True), ("小李", "password-2", False)]
)
def test_a_value_is_shown_to_who_may_see_it_and_that_is_noted(
    qtbot: QtBot,
    folder: Path,
    dialogs: FakeDialogs,
    settings: Settings,
    operator: str,
    password: str,
    may: bool,
) -> None:
    with open_session(folder, OPERATOR, PASSWORD).workspace as workspace:
        record = a_record(Session(workspace), TYPES["member"])
    session = open_session(folder, operator, password)
    with shown(qtbot, session, dialogs, settings) as window:
        hand = Hand(qtbot, window)
        window.open_record("member", record)
        hand.settle()
        page = window.page
        assert isinstance(page, RecordPage)
        editor = page.form.rows["phone"].editor
        assert isinstance(editor, PersonalEditor)
        assert editor.show_button.isVisibleTo(editor) is may
        before = len(audit.recent(session))
        if may:
            editor.show_button.click()
            hand.settle()
            assert leaks(window, {WHOLE[Kind.PHONE]})
            assert audit.recent(session)[0].detail == f"member {record} phone"
        assert len(audit.recent(session)) == before + may
        assert leaks(window, {WHOLE[Kind.ID_NUMBER]}) == set()

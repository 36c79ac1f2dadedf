"""The cells of a sheet are typed into with the editors of the forms."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.ui.fields.editors import Editor
from desktop.ui.fields.making import make_editor
from desktop.ui.fields.pickers import LinkEditor
from desktop.ui.fields.texts import NoteEditor
from desktop.ui.sheets.model import SheetModel
from desktop.ui.widgets.looks import AnyIndex, LookDelegate
from desktop.ui.widgets.pick import PickEdit
from desktop.ui.workbench import Workbench


class SheetDelegate(LookDelegate):
    """Draws looks, and edits with the editors of the forms."""

    moved_on = Signal(int, int)
    """Rows and columns that the cursor goes after an editor is left by a key."""

    def __init__(self, workbench: Workbench, model: SheetModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._model = model

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:
        """The editor that the field has in a form."""
        field = self._model.columns[index.column()].field
        if field is None:
            return super().createEditor(parent, option, index)
        editor = make_editor(field, self._workbench, None, parent)
        if isinstance(editor, NoteEditor):
            editor.like_a_cell = True
        editor.setAutoFillBackground(True)
        first = editor.inputs()[0]
        editor.setFocusProxy(first)
        first.setAccessibleName(field.label)
        first.installEventFilter(self)
        editor.advanced.connect(lambda: self._leave(editor, 1, 0))
        editor.retreated.connect(lambda: self._leave(editor, -1, 0))
        editor.finished.connect(lambda: self._commit(editor))
        row, column = index.row(), self._model.columns[index.column()]
        editor.edited.connect(lambda: self._model.type_on(row, column, editor.text()))
        return editor

    def destroyEditor(self, editor: QWidget, index: AnyIndex) -> None:
        """What was typed was taken over, or given up."""
        self._model.typed_out()
        super().destroyEditor(editor, index)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab goes to the next cell, Esc gives up; what an input method composes goes to the line itself."""
        if isinstance(watched, Editor) and event.type() == QEvent.Type.InputMethod:
            inner = watched.focusProxy()
            return inner is not None and QApplication.sendEvent(inner, event)
        parent = watched.parent()
        key = event.key() if isinstance(event, QKeyEvent) else 0
        if event.type() == QEvent.Type.ShortcutOverride and key == Qt.Key.Key_Escape:
            event.accept()
            return True
        if (
            isinstance(parent, Editor)
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
        ):
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self._leave(parent, 0, 1 if event.key() == Qt.Key.Key_Tab else -1)
                return True
            if event.key() == Qt.Key.Key_Escape and not (isinstance(watched, PickEdit) and watched.is_open):
                parent.setProperty("given_up", True)
                self.closeEditor.emit(parent, QAbstractItemDelegate.EndEditHint.NoHint)
                return True
            return False
        return super().eventFilter(watched, event) if isinstance(watched, Editor) else False

    def _commit(self, editor: Editor) -> None:
        view = self.parent()
        # A view that closes an editor by itself has taken its text already and knows it no more.
        editing = isinstance(view, QTableView) and view.state() is QAbstractItemView.State.EditingState
        if editing and not editor.property("given_up"):
            self.commitData.emit(editor)

    def _leave(self, editor: Editor, rows: int, columns: int) -> None:
        self._commit(editor)
        editor.setProperty("given_up", True)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.moved_on.emit(rows, columns)

    def setEditorData(self, editor: QWidget, index: AnyIndex) -> None:
        """Shows the value, or what was typed and could not be read."""
        if isinstance(editor, Editor) and not editor.property("filled"):
            row, column = self._model.rows[index.row()], self._model.columns[index.column()]
            value = str(row.values.get(column.name) or "")
            if isinstance(editor, LinkEditor) and column.title is not None and value:
                editor.know({value: column.title(value)})
            if column.name in row.problems:
                editor.set_text(row.problems[column.name][0])
            else:
                editor.set_cell(row.values.get(column.name))
            editor.setProperty("filled", True)
            editor.setProperty("was", editor.text())

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: AnyIndex) -> None:
        """Takes over what was typed."""
        if isinstance(editor, Editor) and editor.text() != editor.property("was"):
            editor.setProperty("was", editor.text())
            self._model.type_text(index.row(), self._model.columns[index.column()], editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """A little higher than the row, as an input is."""
        rect: QRect = option.rect
        height = max(rect.height(), editor.sizeHint().height())
        top = max(rect.center().y() - height // 2, 0)
        editor.setGeometry(rect.left(), top, max(rect.width(), 90), height)

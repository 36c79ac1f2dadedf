"""What was typed in a line can be taken back there by Ctrl+Z until it is saved; from then on the keys mean the step."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_TEXTS = (QPlainTextEdit, QTextEdit)


class TypedKeys(QObject):
    """Leaves Ctrl+Z and Ctrl+Y to the window where the line with the cursor has nothing to do for them.

    Of itself a line takes both keys, and nothing happens.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._line: QWidget | None = None

    def follow(self, now: QWidget | None) -> None:
        """The cursor is somewhere else."""
        # A line that goes loses the cursor when there is nothing of it left but its bare frame.
        if self._line is not None and shiboken6.isValid(self._line):
            self._line.removeEventFilter(self)
        self._line = now if isinstance(now, (QLineEdit, *_TEXTS)) else None
        if self._line is not None:
            self._line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Looks at what the line would take."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            back, again = _possible(watched)
            keys = QKeySequence.StandardKey
            if (event.matches(keys.Undo) and not back) or (event.matches(keys.Redo) and not again):
                event.ignore()
                return True
        return False


def _possible(line: QObject) -> tuple[bool, bool]:
    """Whether something can be taken back, and done again."""
    if isinstance(line, QLineEdit):
        return line.isUndoAvailable(), line.isRedoAvailable()
    if isinstance(line, _TEXTS) and not line.isReadOnly():
        return line.document().isUndoAvailable(), line.document().isRedoAvailable()
    return False, False


def settle(page: QWidget) -> None:
    """All that was typed on a page belongs to a step now, which is what is taken back; the cursor stays."""
    for line in page.findChildren(QLineEdit):
        if any(_possible(line)):
            place, start, length = line.cursorPosition(), line.selectionStart(), line.selectionLength()
            line.setText(line.text())
            line.setCursorPosition(place)
            if length:
                backward = place == start
                line.setSelection(start + length if backward else start, -length if backward else length)
    texts = [text.document() for text in page.findChildren(QPlainTextEdit)]
    for document in (*texts, *(text.document() for text in page.findChildren(QTextEdit))):
        document.clearUndoRedoStacks()

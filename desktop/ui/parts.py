"""Small parts of the pages made by hand: headings, cards, notes with a sign, a button that says what it does."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.errors import Problem
from desktop.records.typed.dates import time_words
from desktop.ui import icons, spacing, theme
from desktop.ui.notices import SIGNS, Tone

if TYPE_CHECKING:
    # The first page is made of these parts too, and waits for nothing of what lies behind it.
    from desktop.ui.workbench import Workbench


def heading(words: str = "", level: int = 2) -> QLabel:
    """A heading of a page (1) or of a part of it (2)."""
    label = QLabel(words)
    label.setProperty("heading", str(level))
    return label


def plain(words: str = "", *, muted: bool = False, small: bool = False) -> QLabel:
    """Words that go on in the next line where they must."""
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if muted:
        label.setProperty("muted", True)
    if small:
        label.setProperty("small", True)
    return label


def button(words: str, do: Callable[[], object], icon: str = "", *, primary: bool = False) -> QPushButton:
    """A button with words; the primary one of a page is red."""
    made = QPushButton(words)
    made.clicked.connect(lambda _checked=False: do())
    made.setProperty("iconname", icon)
    set_primary(made, primary)
    return made


def set_primary(made: QPushButton, primary: bool) -> None:
    """Makes a button stand out or not; its icon follows its colour."""
    if name := made.property("iconname"):
        made.setIcon(icons.icon(name, theme.SURFACE if primary else theme.INK))
    theme.restyle(made, primary=primary)


def link(words: str, do: Callable[[], object]) -> QPushButton:
    """A button that looks like a link."""
    made = QPushButton(words)
    made.setProperty("link", True)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    made.clicked.connect(lambda _checked=False: do())
    return made


def back_button(workbench: Workbench) -> QPushButton:
    """The way back at the left of a page's heading; its arrow stands at the margin like the words below it."""
    made = button("返回", lambda: workbench.shell.back(), "arrow-left")
    made.setProperty("flat", True)
    made.setProperty("back", True)
    made.setToolTip("返回上一页（Alt+←）")
    return made


def row(*widgets: QWidget | int | None, spacing: int = 8) -> QHBoxLayout:
    """Widgets side by side; a number is a stretch, nothing is left out."""
    line = QHBoxLayout()
    line.setSpacing(spacing)
    for widget in widgets:
        if isinstance(widget, int):
            line.addStretch(widget)
        elif widget is not None:
            line.addWidget(widget)
    return line


class Card(QFrame):
    """A white frame with rounded corners and a column of parts."""

    def __init__(self, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(*spacing.CARD)
        self.column.setSpacing(8)
        self.head = heading(words)
        self.head.setWordWrap(True)
        self.column.addWidget(self.head)
        # Only now: a label that belongs to nothing yet would appear as a window of its own.
        self.head.setVisible(bool(words))

    def say_heading(self, words: str) -> None:
        """Another heading."""
        self.head.setText(words)
        self.head.setVisible(bool(words))


def keep_whole(part: QWidget, event: QEvent) -> None:
    """After an ``event`` asks for the height that the words in a part need at its width.

    Of itself nothing does, so on a low screen their foot would be cut; then the page scrolls.
    """
    # A width that no layout has given yet would ask for a tower of words.
    asked = event.type() == QEvent.Type.LayoutRequest and part.testAttribute(Qt.WidgetAttribute.WA_Resized)
    if asked or event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
        part.setMinimumHeight(max(part.heightForWidth(part.width()), 0))


class Note(QFrame):
    """Words with the sign of what they are, in the colours of a notice; further lines and buttons below them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._sign = QLabel()
        self.words = plain()
        self.detail = plain(muted=False)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(12)
        text = QVBoxLayout()
        text.setSpacing(4)
        text.addWidget(self.words)
        text.addWidget(self.detail)
        text.addLayout(self.buttons)
        self.buttons.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 8, 10, 8)
        line.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(text, 1)
        self.hide()

    def event(self, event: QEvent) -> bool:
        """It is read whole."""
        handled = super().event(event)
        keep_whole(self, event)
        return handled

    def say(self, tone: Tone, words: str, detail: str = "") -> None:
        """Shows the words; no words hide it."""
        name, colour = SIGNS[tone]
        self._sign.setPixmap(icons.pixmap(name, colour, 18))
        self.words.setText(words)
        self.words.setAccessibleName(words)
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        theme.restyle(self, tone=tone.value)
        self.setVisible(bool(words))

    def refuse(self, error: Exception, words: str = "", *offered: QWidget) -> bool:
        """Says, after ``words``, what the user can do about an error; all others are bugs and go to the very top."""
        if not isinstance(error, Problem):
            return False
        self.say(Tone.ERROR, words or str(error), str(error) if words else "")
        self.offer(*offered)
        return True

    def offer(self, *offered: QWidget) -> None:
        """The buttons below the words; those of before are taken away."""
        while (item := self.buttons.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for widget in offered:
            self.buttons.addWidget(widget)
        self.buttons.addStretch(1)


def empty_layout(layout: QLayout) -> None:
    """Takes everything out of a layout, for it to be filled anew."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            empty_layout(inner)
            inner.deleteLater()


def scrolling(inside: QWidget, *, inside_card: bool = False) -> QScrollArea:
    """A part of a page that scrolls; in a card it has the card's ground and scrolls sideways too."""
    area = QScrollArea()
    area.setObjectName("plain")
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inside)
    if inside_card:
        area.setObjectName("")
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
    else:
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside.setObjectName("form-body")
    return area


def open_folder(folder: Path) -> None:
    """Shows a folder in the system's own window."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def folder_link(file: Path) -> QPushButton:
    """Opens the folder of a file that was written."""
    return link("打开所在文件夹", lambda: open_folder(file.parent))


def moment(milliseconds: int) -> str:
    """A time of 1970 as people in China read it; nothing for 0."""
    return time_words(milliseconds) if milliseconds else ""


def brief(milliseconds: int, today: datetime.date) -> str:
    """The same without the year, which those who look at it know; of another year the day, which they do not."""
    words = moment(milliseconds)
    return words[5:] if words.startswith(str(today.year)) else words[:10]

"""The middle of 文书模板: the words of one paper, what may be inserted, a remark, and what is to be known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.operations.templates import template_words
from desktop.operations.templates.templates import Standing, TemplateUnusable
from desktop.records.codes import CodeList
from desktop.records.types import Catalogue
from desktop.ui import theme
from desktop.ui.notices import Tone
from desktop.ui.parts import Note, button, heading, row
from desktop.ui.pdf_pages import Sheet, sheets_of
from desktop.ui.widgets.drop_down import DropDown


@dataclass(frozen=True)
class Tried:
    """What came of trying a text: pages, or why there are none."""

    data: bytes = b""
    sheets: tuple[Sheet, ...] = ()
    problem: Problem | None = None


def try_words(standing: Standing, text: str, types: Catalogue, codes: Mapping[str, CodeList]) -> Tried:
    """The page that comes of a text with invented data."""
    try:
        data = template_words.example_pages(
            template_words.worded(standing.template, text, types), types, codes
        )
    except Problem as problem:
        return Tried(problem=problem)
    return Tried(data, tuple(sheets_of(data)))


class WordsPane(QWidget):
    """What is typed; what is done with it says the page."""

    save_wanted, reset_wanted, compare_wanted = Signal(), Signal(), Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = heading()
        self.words = QPlainTextEdit()
        self.words.setAccessibleName("模板内容")
        self.words.setTabChangesFocus(True)
        self.choices = DropDown()
        typed = QLineEdit()
        typed.setPlaceholderText("打字找，如“单位名称”")
        self.choices.setLineEdit(typed)
        self.choices.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.choices.setAccessibleName("插入占位")
        self.remark = QLineEdit()
        self.remark.setPlaceholderText("修改说明，下级也能看到")
        self.remark.setMaxLength(100)
        self.note = Note()
        self.locked = False
        self.insert_button = button("插入", self.insert, "plus")
        self.save_button = button("保存并下发", self.save_wanted.emit, "save", primary=True)
        self.reset_button = button("换回…", self.reset_wanted.emit, "rotate-ccw")
        self.compare_button = button("比较", self.compare_wanted.emit, "git-compare")
        self._build()
        QShortcut(QKeySequence("Alt+I"), self).activated.connect(self.choices.setFocus)

    def _build(self) -> None:
        into, why = QLabel("插入占位(&I)"), QLabel("说明(&N)")
        into.setBuddy(self.choices)
        why.setBuddy(self.remark)
        inserting = row(into, self.choices, self.insert_button)
        inserting.setStretch(1, 1)
        self.choices.setMinimumWidth(theme.measures().average(22))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row(self.name, 1, self.compare_button, self.reset_button, self.save_button))
        column.addLayout(inserting)
        column.addWidget(self.words, 1)
        column.addLayout(row(why, self.remark))
        column.addWidget(self.note)

    def lock(self, why: str) -> None:
        """Shows the words to somebody who may not change them."""
        self.locked = True
        self.words.setReadOnly(True)
        self.words.setToolTip(why)
        for widget in (self.choices, self.insert_button, self.remark, self.save_button, self.reset_button):
            widget.setEnabled(False)
            widget.setToolTip(why)

    def insert(self) -> None:
        """Puts the chosen placeholder where the cursor is among the words."""
        word = self.choices.currentText().strip()
        if word:
            self.words.insertPlainText(f"{{{word}}}")
            self.words.setFocus()

    def show_standing(self, standing: Standing, types: Catalogue) -> str:
        """Shows the version that is used; its text as it now stands."""
        self.name.setText(standing.label)
        self.words.setPlainText(template_words.text_of(standing.template, types))
        self.remark.clear()
        self.choices.clear()
        self.choices.addItems(template_words.placeholders(standing.template, types))
        self.choices.setCurrentIndex(-1)
        self.note.say(Tone.WARNING if standing.passed else Tone.PLAIN, standing_words(standing))
        return self.words.toPlainText()


def standing_words(standing: Standing) -> str:
    """Whose version it is, which could not be used and which are to come."""
    coming = f"还有{'、'.join(standing.coming)}开始用。" if standing.coming else ""
    if not standing.usable:
        why = "".join(f"{p.whose}的{p.version}不能用：{p.reason}" for p in standing.passed)
        return f"现在没有能用的版本。{why}{coming}{TemplateUnusable.next_step if why else ''}"
    whose = (
        "随程序的样式，非官方"
        if not standing.changed
        else f"{standing.whose}的版本{standing.version}，非官方"
    )
    note = f"：{standing.note}" if standing.note else ""
    passed = "".join(f"{p.whose}的{p.version}不能用，没有采用：{p.reason}" for p in standing.passed)
    return f"{whose}{note}。{passed}{coming}"

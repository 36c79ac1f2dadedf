"""What a letter needs to be issued or voided."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from desktop.operations.supervision import Signatory
from desktop.records.supervision import Letter, LetterKind
from desktop.records.typed.dates import parse_date
from desktop.ui.notices import Tone
from desktop.ui.pages.case.reading import CaseView
from desktop.ui.parts import Card, Note, button, row
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.workbench import Workbench

_LAYOUTS = {"letter": "信函格式（红色发文机关名称）", "plain": "普通格式（标题和文号）"}


class IssueCard(Card):
    """Who signs, on which day and in which layout; ``wanted`` carries letter, signatory, day and layout."""

    wanted = Signal(object, object, object, str)
    given_up = Signal()

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._workbench = workbench
        self._letter: Letter | None = None
        self._words = ("", "")
        self.name, self.post, self.day = QLineEdit(), QLineEdit(), QLineEdit()
        self.layouts = DropDown()
        for layout, described in _LAYOUTS.items():
            self.layouts.addItem(described, layout)
        self.note = Note()
        self.save = button("签发并编号", self.submit, "check", primary=True)
        self.back = button("返回（Esc）", self.given_up.emit)
        grid = QGridLayout()
        asked: list[tuple[str, QWidget]] = [
            ("签发人(&Q)", self.name), ("职务(&Z)", self.post), ("签发日期(&R)", self.day), ("版式(&L)", self.layouts)
        ]  # fmt: skip
        for n, (label, widget) in enumerate(asked):
            words = QLabel(label)
            words.setBuddy(widget)
            widget.setAccessibleName(label.partition("(")[0])
            grid.addWidget(words, n, 0)
            grid.addWidget(widget, n, 1)
        for line in (self.name, self.post, self.day):
            line.textEdited.connect(lambda _text: self.explain(*self._words))
            line.returnPressed.connect(self.submit if line is self.day else self._next)
        self.column.addWidget(self.note)
        self.column.addLayout(grid)
        self.column.addLayout(row(self.save, self.back, 1))

    def open(self, letter: Letter, view: CaseView) -> None:
        """Asks for what an issue needs."""
        self._letter = letter
        self.say_heading(f"签发{letter.kind.label}")
        words = "签发后自动编号，全文和引用的条文固定下来，不能再改；要改只能作废重发。"
        if letter.kind is LetterKind.OPINION:
            words += "意见书由主席或者副主席签署。"
        self.explain(words)
        if view.signer is not None and not self.name.text():
            self.name.setText(view.signer.name)
            self.post.setText(view.signer.post)
        self.day.setText(self._workbench.today().isoformat())
        usual = "letter" if letter.kind is LetterKind.REMINDER else "plain"
        self.layouts.setCurrentIndex(self.layouts.findData(usual))
        self.name.setFocus()
        self.name.selectAll()  # What is typed takes the place of who signed last.

    def explain(self, words: str, detail: str = "") -> None:
        """What an issue means; it stands there again as soon as what was missing is typed."""
        self._words = (words, detail)
        self.note.say(Tone.PLAIN, words, detail)

    def _next(self) -> None:
        line = self.post if self.name.hasFocus() else self.day
        line.setFocus()
        line.selectAll()

    def submit(self) -> None:
        """Hands it over once nothing is missing."""
        day = parse_date(self.day.text(), self._workbench.today())
        asked = (("签发人", self.name), ("职务", self.post))
        missing = {words: line for words, line in asked if not line.text().strip()}
        if missing:
            self.note.say(Tone.ERROR, f"请填写{'和'.join(missing)}。")
            next(iter(missing.values())).setFocus()
        elif day is None:
            self.note.say(Tone.ERROR, "签发日期看不出是哪一天，请写成2026-11-22这样。")
            self.day.setFocus()
        elif self._letter is not None:
            signer = Signatory(self.name.text().strip(), self.post.text().strip())
            self.wanted.emit(self._letter, signer, day, str(self.layouts.currentData()))


class VoidCard(Card):
    """Why an issued letter is voided; ``wanted`` carries letter and reason."""

    wanted = Signal(object, str)
    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._letter: Letter | None = None
        self.reason = QLineEdit()
        self.reason.setAccessibleName("作废原因")
        self.reason.setPlaceholderText("作废原因，如：主送单位名称有误")
        self.reason.returnPressed.connect(self.submit)
        self.note = Note()
        self.save = button("作废", self.submit, "x")
        self.column.addWidget(self.note)
        self.column.addWidget(self.reason)
        self.column.addLayout(row(self.save, button("返回（Esc）", self.given_up.emit), 1))

    def open(self, letter: Letter) -> None:
        """Asks for the reason."""
        self._letter = letter
        self.say_heading(f"作废{letter.name()}")
        self.note.say(Tone.WARNING, "作废以后文号不再使用，记录保留。需要更正的，作废后可以按原文重新起草。")
        self.reason.clear()
        self.reason.setFocus()

    def submit(self) -> None:
        """Hands it over once nothing is missing."""
        if not self.reason.text().strip():
            self.note.say(Tone.ERROR, "请写明作废原因。")
        elif self._letter is not None:
            self.wanted.emit(self._letter, self.reason.text().strip())

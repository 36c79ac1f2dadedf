"""A pasted list before it is taken over: who was recognised, who has to be chosen, who is on the list already.

Left the text as it came, which can be corrected; right what was read from it. Nothing is kept until it is accepted.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.operations.recording.officers import Roster, Standing
from desktop.records.typed.people_lists import Block, read_block
from desktop.records.typed.people_words import Part
from desktop.records.versions.canonical import Values
from desktop.ui import theme
from desktop.ui.notices import Tone
from desktop.ui.parts import Note, button, heading, plain, row
from desktop.ui.sheets.people import FIRST, STATE, TICK, PasteModel, PasteWords
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.widgets.flow import FlowLayout
from desktop.ui.widgets.looks import LookTable
from desktop.ui.widgets.overlay import anchor_at

_DELAY_MS = 250
_SHOWN_LINES = 3


class PasteTable(LookTable):
    """Space ticks, the digits choose, Enter takes over."""

    digit = Signal(int)
    accepted = Signal()
    part_wanted = Signal(int)

    def __init__(self, model: PasteModel, parent: QWidget | None = None) -> None:
        super().__init__(model, "识别出的名单", parent)
        self.people = model
        self.horizontalHeader().sectionClicked.connect(self._head_clicked)
        model.modelReset.connect(self.fit)

    def fit(self) -> None:
        """What is left goes to the units and to the last column."""
        average = theme.measures().average
        widths = {
            Part.NAME: 10,
            Part.SEX: 6,
            Part.UNIT: 20,
            Part.POST: 12,
            Part.PHONE: 14,
            Part.CODE: 10,
            Part.REMARK: 14,
        }
        sizes = [average(5) + 16, average(11) + 24]
        sizes += [average(widths.get(part, 8)) + 16 for part in self.people.parts]
        sizes += [average(30)] if self.people.words.roster else []
        spare = self.viewport().width() - sum(sizes)
        at = sizes.index(max(sizes))
        sizes[at] += max(spare, 0)
        for n, size in enumerate(sizes):
            self.horizontalHeader().resizeSection(n, size)

    def go_to(self, position: int) -> None:
        """Puts the cursor into a row."""
        if 0 <= position < self.people.rowCount():
            self.setCurrentIndex(self.people.index(position, STATE))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space, digits and Enter; F4 changes what a column means."""
        current = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and current.isValid():
            self.people.include(current.row())
        elif Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9 and current.isValid():
            self.digit.emit(event.key() - Qt.Key.Key_0)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        elif event.key() == Qt.Key.Key_F4:
            self.part_wanted.emit(current.column() if current.isValid() else -1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click into the box ticks it."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and index.column() == TICK:
            self.people.include(index.row())

    def keyboardSearch(self, search: str) -> None:
        """Letters do nothing here."""

    def _head_clicked(self, section: int) -> None:
        if self.people.part(section) is not None:
            self.part_wanted.emit(section)


class PastePanel(QWidget):
    """``accepted`` carries the :class:`Taken` people; ``given_up`` says that nothing is wanted."""

    accepted = Signal(list)
    given_up = Signal()

    def __init__(self, words: PasteWords, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = words
        self._roster, self._listed = Roster(), list[Values]()
        self._block = Block()
        self._parts: dict[int, Part] = {}
        self.text = QPlainTextEdit()
        self.people = PasteModel(words, self)
        self.table = PasteTable(self.people)
        self.counts = plain()
        self.choice = QWidget()
        self._choices = FlowLayout(self.choice)
        self.left_out = Note()
        self.take = button("", self._accept, "check", primary=True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._read)
        self._build()
        self.text.textChanged.connect(self._timer.start)
        self.people.changed.connect(self._show)
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._show_choice())
        self.people.modelReset.connect(self._show_choice)
        self.table.digit.connect(self._digit)
        self.table.accepted.connect(self._accept)
        self.table.part_wanted.connect(self._choose_part)

    def _build(self) -> None:
        self.text.setAccessibleName("名单原文")
        self.text.setPlaceholderText("从WPS、微信复制名单后按Ctrl+V；也可以直接输入，一行一人")
        self.text.setTabChangesFocus(True)
        self.text.setTabStopDistance(theme.measures().average(3))
        self.text.setFixedWidth(theme.measures().average(28))
        left = QVBoxLayout()
        left.addWidget(plain("名单原文（可以修改）", muted=True, small=True))
        left.addWidget(self.text, 1)
        right = QVBoxLayout()
        right.addWidget(plain("识别出的人：空格决定加不加入，回车全部加入", muted=True, small=True))
        right.addWidget(self.table, 1)
        right.addWidget(self.choice)
        right.addWidget(self.left_out)
        both = QHBoxLayout()
        both.setSpacing(10)
        both.addLayout(left)
        both.addLayout(right, 1)
        self._back = button("返回（Esc）", self.given_up.emit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row(heading(self.words.heading), self.counts, 1, self._back, self.take, spacing=12))
        column.addLayout(both, 1)
        QWidget.setTabOrder(self.table, self.take)

    def open(self, text: str, roster: Roster, listed: Sequence[Values]) -> None:
        """Shows a text; without one the cursor stands where it can be typed."""
        self._roster, self._listed, self._parts = roster, list(listed), {}
        # Columns of a table stay under each other; names in a row are all to be seen.
        wrap = QPlainTextEdit.LineWrapMode
        self.text.setLineWrapMode(wrap.NoWrap if "\t" in text else wrap.WidgetWidth)
        self.text.setPlainText(text)
        self._read()
        self.table.go_to(max(self.people.next_open(), 0))
        (self.table if self.people.rows else self.text).setFocus(Qt.FocusReason.OtherFocusReason)

    def know(self, roster: Roster) -> None:
        """The roster has arrived, or is a newer one."""
        self._roster = roster
        self._read()

    def _read(self) -> None:
        self._timer.stop()
        block = read_block(self.text.toPlainText())
        if len(block.parts) != len(self._block.parts):
            self._parts = {}
        self._block = block
        parts = [self._parts.get(n, part) for n, part in enumerate(block.parts)]
        at = self.table.currentIndex().row()
        self.people.show(block, parts, self._roster, self._listed)
        self.table.go_to(min(max(at, 0), self.people.rowCount() - 1))

    def _show(self) -> None:
        counts = self.people.counts()
        total = sum(counts.values()) - counts["out"]
        parts = [f"对上名册{counts['matched']}人"] if self.words.roster else []
        parts += [f"请选择{counts['open']}人"] if counts["open"] else []
        parts += [f"{self.words.newcomer}{counts['new']}人"] if counts["new"] or not self.words.roster else []
        parts += [f"不加入{counts['out']}人"] if counts["out"] else []
        self.counts.setText("，".join(parts) if self.people.rows else "还没有识别出姓名")
        self.take.setText(f"加入{total}人（回车）")
        self.take.setEnabled(total > 0)
        left_out = self._block.left_out
        shown = "；".join(left_out[:_SHOWN_LINES]) + (" 等" if len(left_out) > _SHOWN_LINES else "")
        self.left_out.say(
            Tone.WARNING, f"有{len(left_out)}行没有认出姓名，没有采用：{shown}" if left_out else ""
        )
        self._show_choice()

    # -- choosing --------------------------------------------------------------------------------------------------

    def _show_choice(self) -> None:
        while (item := self._choices.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        position = self.table.currentIndex().row()
        shown = self.people.rows[position] if 0 <= position < len(self.people.rows) else None
        offered = (
            shown.match.candidates if shown is not None and shown.match.standing is Standing.CHOOSE else ()
        )
        self.choice.setVisible(bool(offered))
        if shown is None or not offered:
            return
        self._choices.addWidget(plain(f"{shown.match.words}。按数字选择："))
        for n, officer in enumerate(offered, 1):
            words = f"{n}　{officer.name}　{officer.detail}"
            self._choices.addWidget(self._choice_button(words, n, shown.decided and shown.officer is officer))
        words = f"0　都不是，按{self.words.newcomer}登记"
        self._choices.addWidget(self._choice_button(words, 0, shown.decided and shown.officer is None))
        self.choice.updateGeometry()

    def _choice_button(self, words: str, number: int, chosen: bool) -> QWidget:
        made = button(words, lambda: self._digit(number), "check" if chosen else "")
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return made

    def _digit(self, number: int) -> None:
        position = self.table.currentIndex().row()
        shown = self.people.rows[position]
        if shown.match.standing is not Standing.CHOOSE or number > len(shown.match.candidates):
            return
        self.people.choose(position, shown.match.candidates[number - 1] if number else None)
        following = self.people.next_open(position)
        if following >= 0:
            self.table.go_to(following)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_part(self, section: int) -> None:
        if self.people.part(section) is None:
            return
        head = self.table.horizontalHeader()
        left = head.x() + head.sectionViewportPosition(section)
        anchor = anchor_at(self.table, QRect(left, head.y(), head.sectionSize(section), head.height()))
        choices = [Choice(part.value, self.words.label(part)) for part in (*self.words.parts, Part.SKIP)]
        present = self.people.part(section) or Part.SKIP
        overlay = ChoiceOverlay(anchor, choices, [present.value], single=True)
        overlay.chosen.connect(lambda keys: self._part_chosen(section - FIRST, Part(keys[0])))
        overlay.closed.connect(anchor.deleteLater)
        overlay.open_below()

    def _part_chosen(self, place: int, part: Part) -> None:
        present = [self._parts.get(n, p) for n, p in enumerate(self._block.parts)]
        if part is not Part.SKIP and part in present:
            # The two change places: a person has one name and one unit.
            self._parts[present.index(part)] = present[place]
        self._parts[place] = part
        self._read()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- the end ---------------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        if self._timer.isActive():
            self._read()
        if taken := self.people.taken():
            self.accepted.emit(taken)

    def event(self, event: QEvent) -> bool:
        """Esc is for the panel, and does not leave the page."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up, Ctrl+Enter takes over from anywhere."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._accept()
        else:
            super().keyPressEvent(event)

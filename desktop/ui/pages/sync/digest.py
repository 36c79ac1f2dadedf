"""Comparing content digests: the own one in groups of four, the other's typed beside it, the answer in words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.operations import queries
from desktop.operations.queries import UnitNode
from desktop.operations.stations import traffic
from desktop.records.versions.item_outcomes import HELD, OUTCOMES
from desktop.store.queries.digest import Digest
from desktop.store.tables.database import Database
from desktop.ui import theme
from desktop.ui.notices import Tone
from desktop.ui.parts import Card, Note, button, plain, row
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_GROUP = 4
_GROUPS = 16
_A_LINE = 8
_HEX = frozenset("0123456789abcdef")
NOTHING_YET = "计算以后，本机的摘要显示在这里，一共16组。"


def groups_of(text: str) -> list[str]:
    """The digits of a digest in groups of four, whatever stands between them."""
    digits = "".join(c for c in text.lower() if c in _HEX)
    return [digits[n : n + _GROUP] for n in range(0, len(digits), _GROUP)]


class Groups(QWidget):
    """A digest in two lines of eight groups; groups that are compared get a tick or a cross below them."""

    def __init__(self) -> None:
        super().__init__()
        self._own: list[str] = []
        self._other: list[str] = []
        self.setAccessibleName(NOTHING_YET)
        self._large = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._large.setFamilies([self.font().family(), *self._large.families()])
        self._large.setPixelSize(theme.measures().text + 6)
        self._small = QFont(self.font())
        self._small.setPixelSize(theme.measures().text - 1)
        self.setFixedHeight(4 * theme.measures().row)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(560)

    def show_groups(self, own: list[str], other: list[str]) -> None:
        """Shows the own groups and marks those that the other has."""
        self._own, self._other = own, other
        self.setAccessibleName(" ".join(own) or NOTHING_YET)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The groups, with a sign and a colour for each that was compared."""
        height, width = self.height() // 2, min(self.width() // _A_LINE, 92)
        with QPainter(self) as painter:
            if not self._own:
                # The room is kept, so that nothing moves when they come; it says what it is for.
                painter.setPen(QColor(theme.MUTED))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, NOTHING_YET)
            for n, group in enumerate(self._own):
                x, y = n % _A_LINE * width, n // _A_LINE * height
                mark, colour = self._mark(n)
                painter.setFont(self._large)
                painter.setPen(QColor(colour or theme.INK))
                painter.drawText(
                    x,
                    y,
                    width,
                    height // 2 + 4,
                    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                    group,
                )
                painter.setFont(self._small)
                painter.drawText(
                    x,
                    y + height // 2 + 2,
                    width,
                    height // 2 - 4,
                    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop,
                    mark,
                )

    def _mark(self, number: int) -> tuple[str, str]:
        if number >= len(self._other) or len(self._other[number]) < _GROUP:
            return "", ""
        same = self._other[number] == self._own[number]
        return ("✓ 一样", theme.GOOD) if same else ("✗ 不同", theme.ERROR)


class DigestTab(QWidget):
    """The own digest of a scope, and a place for the other's."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self._own: list[str] = []
        self.scope = DropDown()
        self.scope.setMinimumWidth(320)
        self.scope.setAccessibleName("核对哪个范围")
        self.compute = button("计算本机摘要", self.load, "git-compare", primary=True)
        self.groups = Groups()
        self.state = plain(muted=True)
        self.other = QLineEdit()
        self.other.setPlaceholderText("在这里输入或粘贴对方念的内容，空格不用管")
        self.other.setAccessibleName("对方的摘要")
        self.other.setInputMethodHints(
            Qt.InputMethodHint.ImhLatinOnly | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.verdict = Note()
        card = Card("核对两边的内容是不是一样")
        card.column.addWidget(
            plain(
                "两边选同一个范围，各自计算摘要。摘要一样，内容就完全一样；在电话里念前四组，一般就能看出来。"
                "两边都有没处理的内容时，摘要可能不同。",
                muted=True,
            )
        )
        card.column.addLayout(row(QLabel("范围"), self.scope, self.compute, 1))
        card.column.addWidget(self.groups)
        card.column.addWidget(self.state)
        card.column.addLayout(row(QLabel("对方的摘要"), self.other))
        card.column.addWidget(self.verdict)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.addWidget(card)
        column.addStretch(1)
        self.other.textChanged.connect(lambda _text: self._compare())
        self.scope.currentIndexChanged.connect(lambda _index: self._forget())

    def enter(self) -> None:
        """Offers the units that are held here."""
        types = self.workbench.types
        self.workbench.read(
            lambda database, _ticket: queries.unit_tree(database, types), self._offer, owner=self, key="units"
        )

    def _offer(self, units: list[UnitNode]) -> None:
        before = self.scope.currentData()
        own = self.workbench.facts.unit
        self.scope.blockSignals(True)
        self.scope.clear()
        self.scope.addItem("本机的全部内容", None)
        self.scope.addItem(f"{own.name}和它下面的", own.id)
        for unit in units:
            if unit.id != own.id:
                self.scope.addItem(f"{unit.name}和它下面的", unit.id)
        self.scope.setCurrentIndex(max(self.scope.findData(before), 0) if before else 0)
        self.scope.blockSignals(False)

    def load(self) -> None:
        """Computes the digest of the chosen scope; over a whole district this takes some seconds."""
        here, unit = self.workbench.here, self.scope.currentData()

        def job(database: Database, _ticket: Ticket) -> Digest:
            return traffic.content_digest(database, here, unit)

        self.compute.setEnabled(False)
        self.state.setText("正在计算…")
        task = self.workbench.read(job, self._show, owner=self, key="digest")
        task.ended.connect(lambda: self.compute.setEnabled(True))

    def _show(self, found: Digest) -> None:
        self._own = groups_of(found.sha256)
        held = OUTCOMES[HELD]
        open_words = f"{held}的{found.held}项，没有处理的分歧{found.conflicts}处，重号{found.forks}处。"
        clean = not (found.held or found.conflicts or found.forks)
        self.state.setText(
            f"共{found.records}条记录。" + (f"没有{held}的内容，也没有分歧。" if clean else open_words)
        )
        self._compare()

    def _forget(self) -> None:
        self._own = []
        self.state.setText("范围变了，请重新计算。")
        self._compare()

    def _compare(self) -> None:
        other = groups_of(self.other.text())
        self.groups.show_groups(self._own, other)
        whole = [g for g in other if len(g) == _GROUP]
        if not whole:
            self.verdict.hide()
        elif not self._own:
            self.verdict.say(Tone.PLAIN, "请先计算本机摘要，再来比较。")
        elif any(a != b for a, b in zip(self._own, whole, strict=False)):
            self.verdict.say(
                Tone.WARNING,
                "不一样",
                "先核对范围是不是同一个、有没有输错；都对的话，说明两边还有没送到的内容：请上报一次、收一次回执，再来核对。",
            )
        elif len(whole) < _GROUPS:
            self.verdict.say(Tone.PLAIN, f"前{len(whole)}组一样，还有{_GROUPS - len(whole)}组没有输入。")
        elif len(other) > _GROUPS:
            self.verdict.say(Tone.WARNING, "对方的摘要输多了，应当正好16组。")
        else:
            self.verdict.say(Tone.GOOD, "完全一样，两边的内容相同。")

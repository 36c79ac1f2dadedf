"""Asks where a ledger comes from that is not the one opened here last, before anything is written."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop.operations.workspaces.whereabouts import Origin
from desktop.store.workspaces.openings import Doubt
from desktop.ui import icons, spacing, theme

_ANSWERS = (
    (
        Origin.RESTORED,
        "用以前的备份恢复的(&R)",
        "以后接着用它。备份以后报送过的内容，会随上级的数据包再下来。",
    ),
    (
        Origin.MOVED,
        "整个搬来的，原来的不再用(&M)",
        "以后接着用它。原来的那一份请不要再打开。",
    ),
    (
        Origin.COPIED,
        "复制了一份，原来的还在用(&C)",
        "这一份要另办入网，办好以前只能看，不能录入，两份才不会互相打乱。",
    ),
)


class OriginDialog(QDialog):
    """Nothing is chosen at first: an answer given by a mere Enter would be the wrong one too often."""

    def __init__(self, doubt: Doubt, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("请说明这份台账是怎么来的")
        self.setModal(True)
        self.setMinimumWidth(600)
        sign = QLabel()
        sign.setPixmap(icons.pixmap("triangle-alert", theme.WARNING, 32))
        why = QLabel(f"{doubt.sentence}\n为了不让编号重复、数据打乱，请选一项：")
        why.setWordWrap(True)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(why, 1)
        self.answers = QButtonGroup(self)
        self.take, self.look = QPushButton("确定"), QPushButton("先只看，下次再说")
        self.take.setProperty("primary", True)
        self.take.setEnabled(False)
        self.look.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.DIALOG)
        column.setSpacing(4)
        column.addLayout(top)
        column.addSpacing(10)
        for origin, words, explanation in _ANSWERS:
            made, said = QRadioButton(words), QLabel(explanation)
            made.setProperty("origin", origin.value)
            made.setAccessibleDescription(explanation)
            said.setProperty("muted", True)
            said.setWordWrap(True)
            said.setContentsMargins(26, 0, 0, 8)
            self.answers.addButton(made)
            column.addWidget(made)
            column.addWidget(said)
        line = QHBoxLayout()
        line.addWidget(self.look)
        line.addStretch(1)
        line.addWidget(self.take)
        column.addSpacing(6)
        column.addLayout(line)
        self.answers.buttonToggled.connect(lambda _button, _on: self._chosen())
        self.take.clicked.connect(self.accept)
        self.look.clicked.connect(self.reject)
        first = self.answers.buttons()[0]
        first.setFocus()

    @property
    def origin(self) -> Origin | None:
        """What was chosen."""
        chosen = self.answers.checkedButton()
        return None if chosen is None else Origin(chosen.property("origin"))

    def _chosen(self) -> None:
        self.take.setEnabled(self.origin is not None)
        self.take.setDefault(self.origin is not None)

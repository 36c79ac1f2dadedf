"""The line of 文书模板 in which a paper of one's own is begun: what it is called, and of which records it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.operations.templates import templates
from desktop.ui.parts import button
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.workbench import Workbench

_MOST = 30


class NewPaper(QWidget):
    """A button that opens two fields; ``wanted`` tells the type's name and what the paper is called."""

    wanted = Signal(str, str)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.open_button = button("新加一种…", self.show_fields, "plus")
        self.fields = QWidget(self)
        self.label, self.about = QLineEdit(self.fields), DropDown(self.fields)
        self.label.setMaxLength(_MOST)
        self.label.setPlaceholderText("如：走访小结")
        for record_type in workbench.types.values():
            if templates.may_be_about(record_type):
                self.about.addItem(record_type.label, record_type.name)
        self.begin_button = button("开始写", self._begin, primary=True)
        name, kind = QLabel("叫什么(&M)", self.fields), QLabel("哪类记录(&L)", self.fields)
        name.setBuddy(self.label)
        kind.setBuddy(self.about)
        inner = QVBoxLayout(self.fields)
        inner.setContentsMargins(0, 0, 0, 0)
        for widget in (name, self.label, kind, self.about):
            inner.addWidget(widget)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.begin_button)
        inner.addLayout(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.open_button)
        column.addWidget(self.fields)
        self.label.textChanged.connect(lambda text: self.begin_button.setEnabled(bool(text.strip())))
        self.label.returnPressed.connect(self._begin)
        self.begin_button.setEnabled(False)
        self.fields.hide()

    def show_fields(self) -> None:
        """Shows the two fields, or hides them again."""
        self.fields.setVisible(self.fields.isHidden())
        if not self.fields.isHidden():
            self.label.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin(self) -> None:
        if self.label.text().strip():
            self.wanted.emit(str(self.about.currentData()), self.label.text().strip())

    def done(self) -> None:
        """The paper was begun."""
        self.label.clear()
        self.fields.hide()

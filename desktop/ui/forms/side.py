"""What stands beside a form: how far it is filled, what to look at, its sections, and help on the field in hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.records.checks import Finding
from desktop.records.declaration import RecordType, Severity
from desktop.ui import icons
from desktop.ui.fields.rows import Clickable
from desktop.ui.forms.form import Form
from desktop.ui.notices import SIGNS, Tone

WIDTH = 224
_MOST_LINES = 12


class SidePanel(QFrame):
    """Follows a form. Every line in it leads to the field it is about."""

    field_wanted = Signal(str)
    section_wanted = Signal(str)

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setFixedWidth(WIDTH)
        self._form = form
        self._type: RecordType = form.record_type
        self.only_first = QCheckBox("只看主要项目")
        self.only_first.setChecked(form.only_first)
        if not form.long:
            self.only_first.hide()
        self.only_first.toggled.connect(form.set_only_first)
        self._sign, self.summary = QLabel(), QLabel()
        self.summary.setWordWrap(True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(5)
        self._lines.setContentsMargins(6, 0, 0, 0)
        self._sections: dict[str, QPushButton] = {}
        self._help = QLabel()
        self._help.setWordWrap(True)
        self._help.setProperty("muted", True)
        self._help.setProperty("small", True)
        self._help.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._build()
        form.checked.connect(self._show)
        form.help_changed.connect(self._help.setText)

    def _build(self) -> None:
        state = QHBoxLayout()
        state.setSpacing(6)
        state.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self.summary, 1)
        inner = QWidget()
        inner.setObjectName("side-body")
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 10, 10, 10)
        column.setSpacing(6)
        column.addLayout(state)
        column.addLayout(self._lines)
        column.addSpacing(6)
        if len(self._form.sections) > 1:
            column.addWidget(self._heading("目录"))
            for box in self._form.sections:
                column.addWidget(self._section(box.section.name, box.section.label))
        column.addWidget(self.only_first)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("side-scroll")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        area.setFocusPolicy(
            Qt.FocusPolicy.NoFocus
        )  # what can be done in it has the cursor, not the room around it
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 8)
        whole.addWidget(area, 1)
        hint = QHBoxLayout()
        hint.setContentsMargins(12, 0, 10, 0)
        hint.addWidget(self._help)
        whole.addLayout(hint)

    def _heading(self, words: str) -> QLabel:
        label = QLabel(words)
        label.setProperty("heading", "2")
        return label

    def _section(self, name: str, label: str) -> QPushButton:
        button = QPushButton(label)
        button.setProperty("link", True)
        button.clicked.connect(lambda: self.section_wanted.emit(name))
        self._sections[name] = button
        return button

    # -- what is found ---------------------------------------------------------------------------------------------

    def _show(self) -> None:
        missing = self._form.missing()
        others = [f for f in self._form.findings if f.rule != "needed"]
        errors = [f for f in others if f.severity is Severity.ERROR]
        warnings = [f for f in others if f.severity is Severity.WARNING]
        tone, words = self._state(missing, errors, warnings)
        self._sign.setPixmap(icons.pixmap(*SIGNS[tone], 18))
        self.summary.setText(words)
        self._fill_lines([*errors, *warnings, *missing])
        for box in self._form.sections:
            names = {row.field.name for row in box.rows}
            count = sum(1 for f in [*missing, *errors] if f.fields and f.fields[0] in names)
            if box.section.name in self._sections:
                label = f"{box.section.label}（{count}）" if count else box.section.label
                self._sections[box.section.name].setText(label)
                self._sections[box.section.name].setToolTip(f"{count}处要填写或更正" if count else "")

    @property
    def _locked(self) -> bool:
        return all(row.editor.locked for row in self._form.rows.values())

    def _state(
        self, missing: Sequence[Finding], errors: Sequence[Finding], warnings: Sequence[Finding]
    ) -> tuple[Tone, str]:
        parts = []
        if errors:
            parts.append(f"{len(errors)}处有错误")
        if missing:
            parts.append(f"还缺{len(missing)}项必填")
        if warnings:
            parts.append(f"{len(warnings)}处提醒")
        if not parts:
            return Tone.GOOD, "必填项已填全"
        words = "，".join(parts) + "。没有填完也可以先保存。" * (bool(missing) and not self._locked)
        return (Tone.ERROR if errors else Tone.PLAIN if missing and not warnings else Tone.WARNING), words

    def _fill_lines(self, findings: Sequence[Finding]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for finding in findings[:_MOST_LINES]:
            words = (
                self._type.by_name[finding.fields[0]].label if finding.rule == "needed" else finding.message
            )
            line = Clickable(words)
            tone = "note" if finding.rule == "needed" else finding.severity.value
            line.setProperty("tone", tone)
            line.setProperty("small", True)
            line.clicked.connect(lambda name=finding.fields[0]: self.field_wanted.emit(name))
            self._lines.addWidget(line)
        if len(findings) > _MOST_LINES:
            more = QLabel(f"还有{len(findings) - _MOST_LINES}项")
            more.setProperty("muted", True)
            self._lines.addWidget(more)

"""Makes a new workspace: what kind of unit, which one, who works in it and where it is kept; then its recovery code.

What only later steps need is imported by them: on a new computer this is the first page, and the program behind it
loads while somebody reads (``opening``).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_documents_path
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.errors import Problem
from desktop.records.declaration import Level
from desktop.ui.dialogs import Dialogs
from desktop.ui.notices import NoticeBar, Tone
from desktop.ui.settings import Settings
from desktop.ui.start.opening import Opened, Opener, Wish
from desktop.ui.widgets.order import read_on
from desktop.ui.widgets.password import PasswordLine
from desktop.ui.widgets.recovery_code import COPIED, WHY, RecoveryCode

if TYPE_CHECKING:
    from desktop.ui.start.places import UnitChooser

LEAST_PASSWORD = 8
_KINDS = (
    (Level.TOWN, "镇、街道工会", "登记本辖区的单位、工会、会员和活动，汇总村社数据后报区总工会"),
    (Level.VILLAGE, "村、社区工会", "登记本村（社区）的情况，报镇街工会"),
    (Level.ENTERPRISE, "企业工会", "登记本单位的会员、会议和职代会，报上级工会"),
    (Level.PARK, "园区、平台工会", "登记园区内的单位和工会"),
    (Level.DISTRICT, "区、县（市）总工会", "汇总各镇街数据，办理入网，制发一函两书"),
    (Level.INDUSTRY, "产业（行业）工会", "登记所属单位和工会"),
    (Level.CITY, "市总工会", "汇总各区县数据"),
)
_STEPS = ("第一步：哪一类单位", "第二步：哪个单位", "第三步：操作员和存放位置", "最后一步：抄下恢复码")
_CODE_STEP = 3


class Assistant(QWidget):
    """``opened`` carries an :class:`Opened` when the workspace is made; ``cancelled`` goes back to the login."""

    opened = Signal(object)
    cancelled = Signal()

    def __init__(self, opener: Opener, dialogs: Dialogs, settings: Settings) -> None:
        super().__init__()
        self._opener, self._dialogs, self._settings = opener, dialogs, settings
        self._suggested = ""
        self._made_one: Opened | None = None
        self.heading = QLabel()
        self.heading.setProperty("heading", "1")
        self.notice = NoticeBar()
        self.steps = QStackedWidget()
        self.kinds = QButtonGroup(self)
        self.operator, self.folder = QLineEdit(), QLineEdit()
        self.password, self.again = PasswordLine(), PasswordLine()
        self.back_button, self.next_button = QPushButton("返回"), QPushButton("下一步")
        self.next_button.setProperty("primary", True)
        self.next_button.setDefault(True)
        self.steps.addWidget(self._kind_step())
        self._unit_place = QVBoxLayout()
        self._unit_place.setContentsMargins(0, 0, 0, 0)
        unit_step = QWidget()
        unit_step.setLayout(self._unit_place)
        self.steps.addWidget(unit_step)
        self.steps.addWidget(self._operator_step())
        self.code, self.copied = RecoveryCode(), QCheckBox(COPIED)
        self.steps.addWidget(self._code_step())
        line = QHBoxLayout()
        line.addWidget(self.back_button)
        line.addStretch(1)
        line.addWidget(self.next_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(36, 28, 36, 24)
        column.setSpacing(14)
        column.addWidget(self.heading)
        column.addWidget(self.notice)
        column.addWidget(self.steps, 1)
        column.addLayout(line)
        self.back_button.clicked.connect(self.back)
        self.next_button.clicked.connect(self.next)
        read_on(self.steps, self.next_button, self.back_button)  # on from the last line, and not back
        self.operator.returnPressed.connect(lambda: self._down(self.operator, self.password))
        self.password.returnPressed.connect(lambda: self._down(self.password, self.again))
        for edit in (self.again, self.folder):
            edit.returnPressed.connect(self.next)
        self.folder.editingFinished.connect(self._judge_folder)
        self._show_step(0)

    @cached_property
    def unit(self) -> UnitChooser:
        """Made at the second step: the list of places is long."""
        from desktop import reference
        from desktop.ui.start.places import UnitChooser

        made = UnitChooser(reference.divisions())
        for edit in (made.place, made.code, made.name):
            edit.returnPressed.connect(self.next)
        self._unit_place.addWidget(made)
        read_on(made, self.next_button, self.back_button)
        return made

    def _kind_step(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for level, words, explanation in _KINDS:
            button = QRadioButton(words)
            button.setProperty("level", level.value)
            button.setAccessibleDescription(explanation)
            said = QLabel(explanation)
            said.setProperty("muted", True)
            said.setContentsMargins(26, 0, 0, 6)
            said.setBuddy(button)
            self.kinds.addButton(button)
            column.addWidget(button)
            column.addWidget(said)
        column.addStretch(1)
        self.kinds.buttons()[0].setChecked(True)
        return page

    def _operator_step(self) -> QWidget:
        page = QWidget()
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(10)
        self.operator.setPlaceholderText("您的姓名，会记在您登记的每一条记录上")
        self.password.setPlaceholderText("至少8位，字母、数字混用更安全")
        self.again.setPlaceholderText("再输入一次")
        choose = QPushButton("更改…")
        choose.clicked.connect(self._choose_folder)
        where = QHBoxLayout()
        where.setSpacing(6)
        where.addWidget(self.folder, 1)
        where.addWidget(choose)
        form.addRow("操作员(&U)", self.operator)
        form.addRow("口令(&P)", self.password)
        form.addRow("再输一次(&R)", self.again)
        place = QLabel("存放位置(&F)")
        place.setBuddy(self.folder)
        form.addRow(place, where)
        warning = QLabel(
            "口令用来加密全部数据，程序里没有保存它，请记牢；下一步会给一个恢复码，忘了口令时用。\n"
            "不得录入国家秘密、工作秘密。台账请放在本机硬盘上，不要放在网络共享或网盘同步的文件夹里。"
        )
        warning.setProperty("muted", True)
        warning.setWordWrap(True)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(warning)
        column.addStretch(1)
        return page

    def _code_step(self) -> QWidget:
        page = QWidget()
        why = QLabel(f"台账建好了。{WHY}")
        why.setWordWrap(True)
        self.copied.toggled.connect(self._may_begin)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for widget in (why, self.code, self.copied):
            column.addWidget(widget)
        column.addStretch(1)
        return page

    # -- steps -----------------------------------------------------------------------------------------------------

    @property
    def level(self) -> Level:
        """The kind of unit that is chosen."""
        return Level(self._kind_button().property("level"))

    def _kind_button(self) -> QAbstractButton:
        """One of them is always checked."""
        return self.kinds.checkedButton() or self.kinds.buttons()[0]

    def start(self) -> None:
        """Begins with the first step."""
        self._show_step(0)

    def back(self) -> None:
        """One step back, from the first to the login."""
        step = self.steps.currentIndex()
        if step == 0:
            self.cancelled.emit()
        else:
            self._show_step(step - 1)

    def next(self) -> None:
        """One step on, when nothing is missing; the last one makes the workspace."""
        step = self.steps.currentIndex()
        problem = {1: lambda: self.unit.problem(), 2: self._operator_problem}.get(step, lambda: "")()
        if problem:
            self.notice.show_notice(Tone.WARNING, problem)
            self._go_to_problem(step)
        elif step == _CODE_STEP:
            self._begin()
        elif step < 2:
            self._show_step(step + 1)
        else:
            self._create()

    def _down(self, line: QLineEdit, below: QLineEdit) -> None:
        """Enter in a line goes on to the next while that is empty: nobody has forgotten it yet."""
        wrong = next((at for at, _ in self._operator_problems()), None)
        if below.text() or wrong is line:
            self.next()
        else:
            self.notice.clear()
            below.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_step(self, step: int) -> None:
        self.notice.clear()
        self.heading.setText(f"新建台账　{_STEPS[step]}")
        self.next_button.setText({2: "建立台账", _CODE_STEP: "开始使用"}.get(step, "下一步"))
        self.back_button.setVisible(step != _CODE_STEP)
        self.steps.setCurrentIndex(step)
        if step == 0:
            self._kind_button().setFocus()
        elif step == 1:
            self.unit.show_level(self.level)
            self.unit.start()
        elif step == _CODE_STEP:
            self.copied.setChecked(False)
            self._may_begin(False)
            self.copied.setFocus()
        else:
            self._suggest_folder()
            self.operator.setFocus()

    def _suggest_folder(self) -> None:
        from desktop.operations.workspaces import synced

        # On many computers the documents themselves lie in a folder that is kept equal with the net.
        documents = user_documents_path()
        place = Path.home() if synced.warning(documents) else documents
        suggested = str(place / "小三级" / self._folder_name())
        if self.folder.text() in ("", self._suggested):
            self.folder.setText(suggested)
        self._suggested = suggested

    def _folder_name(self) -> str:
        from desktop.operations.file_names import safe_name

        name = self.unit.value()[1]
        return safe_name(name) if name else ""

    def _choose_folder(self) -> None:
        from desktop.operations.workspaces.workspaces import room_in

        folder = self._dialogs.folder("台账放在哪个文件夹里", Path.home())
        if folder is not None:
            self.notice.clear()
            self.folder.setText(str(room_in(folder, self._folder_name())))
            self._judge_folder()

    def _judge_folder(self) -> None:
        """It can be taken all the same: a service may have been turned off."""
        from desktop.operations.workspaces import synced

        place = self._place()
        if place.is_absolute() and (words := synced.warning(place)):
            self.notice.show_notice(Tone.WARNING, words)

    def _place(self) -> Path:
        """The folder as it was typed, or copied from Windows, which puts it in quotation marks."""
        return Path(self.folder.text().strip().strip('"'))

    def _operator_problem(self) -> str:
        return next((words for _, words in self._operator_problems()), "")

    def _operator_problems(self) -> Iterator[tuple[QLineEdit, str]]:
        """What is missing in the third step, and where."""
        if not self.operator.text().strip():
            yield self.operator, "请填写操作员姓名。"
        if len(self.password.text()) < LEAST_PASSWORD:
            yield self.password, f"口令至少要{LEAST_PASSWORD}位。"
        elif self.password.text() != self.again.text():
            first = not self.again.text()
            yield self.again, "请把口令再输入一次。" if first else "两次输入的口令不一样，请重新输入。"
        if not self._place().is_absolute():
            yield self.folder, "请选择存放位置。"

    def _go_to_problem(self, step: int) -> None:
        """The cursor goes to what is missing."""
        if step == 1:
            self.unit.go_to_problem()
        elif (line := next((line for line, _ in self._operator_problems()), None)) is not None:
            line.setFocus()
            line.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on one of the choices goes on, and on the box that says it is copied; the rest have their own."""
        at = self.focusWidget()
        chosen = isinstance(at, QRadioButton) or (at is self.copied and self.copied.isChecked())
        if chosen and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next()
            return
        super().keyPressEvent(event)

    # -- making ----------------------------------------------------------------------------------------------------

    def _create(self) -> None:
        code, name = self.unit.value()
        self._lock(True)
        self.notice.show_notice(Tone.PLAIN, "正在建立台账…")
        wish = Wish(
            self._place(),
            self.level,
            code,
            name,
            self.operator.text().strip(),
            self.password.text(),
        )
        self._opener.create(wish, self._made, self._failed)

    def _lock(self, locked: bool) -> None:
        for widget in (self.steps, self.back_button, self.next_button):
            widget.setEnabled(not locked)

    def _made(self, opened: Opened) -> None:
        self._lock(False)
        for edit in (self.password, self.again):
            edit.clear()
        self._settings.note_opened(opened.facts.folder, opened.facts.unit.name)
        self._settings.save()
        self._made_one = opened
        self.code.show_code(opened.session.workspace.recovery_code or "")
        self._show_step(_CODE_STEP)

    def _may_begin(self, copied: bool) -> None:
        """The code will not be seen again: who has not copied it does not go on by an Enter too many."""
        self.next_button.setEnabled(copied)

    def _begin(self) -> None:
        opened, self._made_one = self._made_one, None
        if opened is not None:
            self.code.show_code("")
            opened.session.workspace.recovery_code = None
            self.opened.emit(opened)

    def give_up(self) -> None:
        """The window is closed while the code stands there: the workspace is closed in order."""
        if self._made_one is not None:
            self._made_one.session.workspace.close()
            self._made_one = None

    def _failed(self, problem: Problem) -> None:
        self._lock(False)
        self.folder.setFocus(Qt.FocusReason.OtherFocusReason)  # all else was looked at before
        self.notice.show_notice(Tone.ERROR, str(problem))

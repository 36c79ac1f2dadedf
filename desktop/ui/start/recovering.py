"""For who has forgotten the password: the recovery code, or a request to the level above and its answer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QFrame,
    QLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.errors import Problem
from desktop.operations.file_names import safe_name
from desktop.operations.workspaces.recovery import ANSWER, REQUEST, Offered, Requested, Standing
from desktop.records.typed.dates import moment_words
from desktop.store.workspaces.recovery_codes import BadCode, normalised
from desktop.ui import spacing
from desktop.ui.dialogs import Dialogs
from desktop.ui.file_dialog import travelling
from desktop.ui.notices import NoticeBar, Tone
from desktop.ui.parts import button, link, plain, row
from desktop.ui.start.opening import Opened, Opener
from desktop.ui.widgets.fingerprint import Words
from desktop.ui.widgets.order import read_on
from desktop.ui.widgets.password import PasswordLine

LEAST_PASSWORD = 8
_CODE, _ABOVE = range(2)
_NOBODY, _ASK, _WAIT, _COMPARE = range(4)


class NewPassword(QWidget):
    """A new password, typed twice."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.password, self.again = PasswordLine(), PasswordLine()
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setHorizontalSpacing(12)
        self.form.setVerticalSpacing(8)
        for edit, words, name in (
            (self.password, "至少8位，字母、数字混用更安全", "新口令"),
            (self.again, "再输入一次", "再输一次"),
        ):
            edit.setPlaceholderText(words)
            edit.setMaximumWidth(340)
            self.form.addRow(name, edit)
        self.password.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self.entered)

    def clear(self) -> None:
        """Forgets what was typed."""
        self.password.clear()
        self.again.clear()

    @property
    def problem(self) -> str:
        """What is wrong with what was typed; empty when nothing is."""
        if len(self.password.text()) < LEAST_PASSWORD:
            return f"新口令至少要{LEAST_PASSWORD}位。"
        return "" if self.password.text() == self.again.text() else "两次输入的新口令不一样，请重新输入。"


class RecoverDialog(QDialog):
    """``opened`` carries an :class:`Opened` when somebody got in."""

    opened = Signal(object)

    def __init__(
        self,
        folder: Path,
        operator: str,
        opener: Opener,
        dialogs: Dialogs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._folder, self._operator, self._opener, self._dialogs = folder, operator, opener, dialogs
        self._offered: Offered | None = None
        self._answer: Path | None = None
        self._busy = False
        self.standing: Standing | None = None
        self.setWindowTitle("忘了口令")
        self.setModal(True)
        self.setMinimumWidth(820)
        self.notice = NoticeBar()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.code, self.by_code = QLineEdit(), NewPassword()
        self.code_hint = plain(muted=True)
        self.use_code = button("打开，并换成新口令", self._use_code, primary=True)
        self.by_request = NewPassword()
        self.write = button("写出恢复申请…", self.ask, "file-output", primary=True)
        self.open_answer = button("导入上级的答复…", lambda: self.look(None), "file-input", primary=True)
        self.own_words, self.their_words = Words(), Words()
        self.waiting, self.offer, self.nobody = plain(), plain(), plain()
        self.asked_password = PasswordLine()
        self.accept_button = button("词语一致，换成新口令并打开", self._take, "check", primary=True)
        self.steps = QStackedWidget()
        self._build()
        self._lock(True)
        self._opener.recovery_standing(self, folder, self._show_standing, self._failed)

    def _build(self) -> None:
        self.tabs.addTab(self._code_page(), "用恢复码")
        for made in (self._nobody_page(), self._ask_page(), self._wait_page(), self._compare_page()):
            self.steps.addWidget(made)
        self.tabs.addTab(self.steps, "请上级恢复")
        who = plain(f"操作员“{self._operator}”　{self._folder}", muted=True)
        cancel = QPushButton("关闭")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.DIALOG)
        column.setSpacing(10)
        for widget in (who, self.notice, self.tabs):
            column.addWidget(widget)
        column.addLayout(row(1, cancel))
        self.tabs.currentChanged.connect(lambda _tab: self.place_cursor())
        read_on(self.tabs.tabBar(), self.code, self.by_code.password, self.by_code.again, self.use_code)

    def _code_page(self) -> QWidget:
        self.code.setPlaceholderText("6组、每组5个字符，大小写和短横线不用管")
        self.code.setAccessibleName("恢复码")
        self.code.setMaximumWidth(420)
        self.code.setInputMethodHints(Qt.InputMethodHint.ImhLatinOnly | Qt.InputMethodHint.ImhSensitiveData)
        self.code.editingFinished.connect(self._check_code)
        self.code.returnPressed.connect(self.by_code.password.setFocus)
        self.by_code.entered.connect(self._use_code)
        self.by_code.form.insertRow(0, "恢复码", self.code)
        return _page(
            plain("建立台账时，程序显示过一次恢复码，请找当时抄下的那张纸。", muted=True),
            self.code_hint,
            self.by_code,
            row(self.use_code, 1),
        )

    def _nobody_page(self) -> QWidget:
        self.nobody.setText(
            "这份台账还没有办理入网，上级没有它的钥匙，帮不上忙。\n"
            "请用建立台账时抄下的恢复码打开。恢复码也没有的，里面的数据谁也解不开。"
        )
        return _page(self.nobody)

    def _ask_page(self) -> QWidget:
        self.ask_words = plain(muted=True)
        self.by_request.entered.connect(self.ask)
        return _page(self.ask_words, self.by_request, row(self.write, 1))

    def _wait_page(self) -> QWidget:
        again = link("新口令也忘了，或者申请丢了：再写一份申请", lambda: self._show_step(_ASK))
        return _page(self.waiting, row(self.own_words, 1), row(self.open_answer, 1), row(again, 1))

    def _compare_page(self) -> QWidget:
        self.asked_password.setMaximumWidth(340)
        self.asked_password.setPlaceholderText("写申请时设的新口令")
        self.asked_password.returnPressed.connect(self._take)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.addRow("新口令", self.asked_password)
        decline = button("不一致", self._declined)
        return _page(self.offer, row(self.their_words, 1), form, row(self.accept_button, decline, 1))

    # -- what stands -----------------------------------------------------------------------------------------------

    def _show_standing(self, found: Standing) -> None:
        self._lock(False)
        self.standing = found
        self.ask_words.setText(
            f"现在先设好新口令，写出申请（{REQUEST}）交给“{found.office}”；它打电话核对以后给一个答复（{ANSWER}），"
            "导入答复，新口令就生效。上级答复以后能看到这台电脑里的数据，双方都会记入日志。"
        )
        self.code_hint.setText("" if found.has_code else "这份台账没有恢复码，请看“请上级恢复”。")
        self.code_hint.setVisible(not found.has_code)
        if found.asked is not None and found.words is not None:
            self._show_waiting(found)
        else:
            self._show_step(_ASK if found.office else _NOBODY)
        self.tabs.setCurrentIndex(_ABOVE if found.asked is not None or not found.has_code else _CODE)
        self.place_cursor()

    def _show_waiting(self, found: Standing) -> None:
        if found.asked is None or found.words is None:
            return
        asked = found.asked
        self.waiting.setText(
            f"操作员“{found.operator}”的申请是{moment_words(asked)}写出的，"
            f"请交给“{found.office}”。"
            "上级在电话里会问这几个词语和数字，请照着念："
        )
        self.own_words.show_words(found.words)
        self._show_step(_WAIT)

    def _show_step(self, step: int) -> None:
        self.steps.setCurrentIndex(step)
        # A stack does not ask its pages how high their words are at its width: a notice above would cut their foot.
        if (page := self.steps.currentWidget()) is not None:
            self.steps.setMinimumHeight(page.heightForWidth(self.steps.width()))
        self.place_cursor()

    def place_cursor(self) -> None:
        """The cursor goes to what is to be typed or pressed first."""
        if self.tabs.currentIndex() == _CODE:
            self.code.setFocus()
            return
        first: dict[int, QWidget] = {
            _ASK: self.by_request.password, _WAIT: self.open_answer, _COMPARE: self.asked_password,
        }  # fmt: skip
        if (wanted := first.get(self.steps.currentIndex())) is not None:
            wanted.setFocus()
        if isinstance(wanted, QLineEdit):
            wanted.selectAll()

    def _failed(self, problem: Problem) -> None:
        self._lock(False)
        self.notice.show_notice(Tone.ERROR, str(problem))
        # While something runs the page is locked, and the cursor was taken from it.
        self.place_cursor()

    def _lock(self, locked: bool) -> None:
        self._busy = locked
        self.tabs.setEnabled(not locked)

    def reject(self) -> None:
        """Not while something runs: what it opens would belong to nobody."""
        if not self._busy:
            super().reject()

    # -- the code --------------------------------------------------------------------------------------------------

    def _check_code(self) -> bool:
        """Says at once in which group a slip is; the field keeps what was typed."""
        if not self.code.text().strip():
            return False
        try:
            self.code.setText(normalised(self.code.text()))
        except BadCode as problem:
            self.notice.show_notice(Tone.WARNING, str(problem))
            return False
        self.notice.clear()
        return True

    def _use_code(self) -> None:
        if not self.code.text().strip():
            self.notice.show_notice(Tone.WARNING, "请输入恢复码。")
        elif not self._check_code():
            self.code.setFocus()
        elif self.by_code.problem:
            self.notice.show_notice(Tone.WARNING, self.by_code.problem)
        else:
            self._lock(True)
            self._opener.open_by_code(
                self._folder, self._operator, self.code.text(), self.by_code.password.text(), self._arrived,
                self._failed,
            )  # fmt: skip

    # -- the level above -------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Writes the request where the user says."""
        if self.by_request.problem:
            self.notice.show_notice(Tone.WARNING, self.by_request.problem)
            return
        suggestion = travelling() / f"{safe_name(self._folder.name)}_恢复申请{REQUEST}"
        out = self._dialogs.save_file("恢复申请保存到哪里", suggestion, (f"恢复申请 (*{REQUEST})",))
        if out is None:
            return
        self._lock(True)
        self._opener.ask_recovery(
            self._folder, self._operator, self.by_request.password.text(), out, self._asked, self._failed
        )

    def _asked(self, made: Requested) -> None:
        self._lock(False)
        # Who asks once more has forgotten it: half of the old one would stand in the way of the new one.
        self.by_request.clear()
        self.notice.show_notice(Tone.GOOD, f"已写出：{made.path.name}。请记住刚才设的新口令。")
        self._opener.recovery_standing(self, self._folder, self._show_standing, self._failed)

    def look(self, path: Path | None) -> None:
        """Opens an answer and shows whose it is; nothing is taken in yet."""
        path = path or self._dialogs.open_file(
            "选择上级的答复", travelling(), (f"恢复答复 (*{ANSWER})", "所有文件 (*)")
        )
        if path is not None:
            self._answer = path
            self._lock(True)
            self._opener.look_answer(self, self._folder, path, self._show_offer, self._failed)

    def _show_offer(self, found: Offered) -> None:
        self._lock(False)
        self.notice.clear()
        self._offered = found
        self.offer.setText(
            f"这是“{found.office}”给操作员“{found.operator}”的答复。请给它打电话，请对方念出自己的核对词语和数字，"
            "和下面的完全一样才能用："
        )
        self.their_words.show_words(found.words)
        self._show_step(_COMPARE)

    def _declined(self) -> None:
        if self.standing is not None:
            self._show_waiting(self.standing)
        self.notice.show_notice(
            Tone.WARNING, "没有用这份答复。词语不一样，说明它不是上级做的，请不要再用，打电话让上级重新答复。"
        )

    def _take(self) -> None:
        if self._answer is None or self._offered is None:
            return
        if not self.asked_password.text():
            self.notice.show_notice(Tone.WARNING, "请输入写申请时设的新口令。")
            return
        self._lock(True)
        self._opener.take_answer(
            self._folder, self._answer, self.asked_password.text(), self._arrived, self._failed
        )

    def _arrived(self, found: Opened) -> None:
        """No password stays in the window."""
        for typed in (self.by_code, self.by_request, self.asked_password, self.code):
            typed.clear()
        self._lock(False)
        self.accept()
        self.opened.emit(found)


def _page(*parts: QWidget | QLayout) -> QWidget:
    """Parts one under the other; what is left of the height stays below them."""
    made = QFrame()
    column = QVBoxLayout(made)
    column.setContentsMargins(4, 14, 4, 4)
    column.setSpacing(12)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    column.addStretch(1)
    return made

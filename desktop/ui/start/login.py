"""The first page: the workspaces opened last, the operator, the password."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidgetItem,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.errors import Problem
from desktop.ui import icons, theme
from desktop.ui.dialogs import Dialogs
from desktop.ui.notices import NoticeBar, Tone
from desktop.ui.parts import row
from desktop.ui.settings import Recent, Settings
from desktop.ui.start.opening import Opened, Opener
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.widgets.menu_list import MenuList
from desktop.ui.widgets.password import PasswordLine

if TYPE_CHECKING:
    from desktop.store.workspaces.backups import Backup
    from desktop.ui.start.recovering import RecoverDialog
    from desktop.ui.start.restoring import RestoreDialog

_FOLDER = Qt.ItemDataRole.UserRole


class _Fitting(QStyledItemDelegate):
    """Lines as wide as their list: a long path loses its middle instead of running out of sight."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Only the height is asked for."""
        return QSize(0, super().sizeHint(option, index).height())


class LoginPage(QWidget):
    """``opened`` carries an :class:`Opened`; ``new_wanted`` asks for the assistant."""

    opened = Signal(object)
    new_wanted = Signal()

    def __init__(self, opener: Opener, dialogs: Dialogs, settings: Settings) -> None:
        super().__init__()
        self._opener, self._dialogs, self._settings = opener, dialogs, settings
        self._wait = 0
        self._gone: Recent | None = None
        self._to_password = False
        self.restoring: RestoreDialog | None = None
        self.recovering: RecoverDialog | None = None
        self.notice = NoticeBar()
        self.workspaces = MenuList("最近打开的台账")
        # A folder too long for the line loses its middle: it stands whole in the tool tip.
        self.workspaces.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.operator = DropDown()
        self.password = PasswordLine()
        self.open_button, self.forgotten = QPushButton("打开"), QPushButton("忘了口令？")
        self.forget_button, self.restore_button = QPushButton("从列表中移去"), QPushButton("用备份恢复…")
        self._build()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        self.workspaces.currentItemChanged.connect(lambda: self._show_operators())
        self.workspaces.itemClicked.connect(lambda _item: self.start())
        self.password.returnPressed.connect(self.open)
        self.open_button.clicked.connect(self.open)
        self.show_recents()

    def _build(self) -> None:
        heading = QLabel("打开台账")
        heading.setProperty("heading", "1")
        self.workspaces.setItemDelegate(_Fitting(self.workspaces))
        # On a low screen the list gives way, and scrolls: the buttons below it must be in view.
        self.workspaces.setMinimumHeight(theme.measures().row * 2 + 10)
        self.workspaces.setMaximumHeight(theme.measures().row * 5 + 10)
        other, new = QPushButton("打开其他文件夹…"), QPushButton("新建台账…")
        other.setIcon(icons.icon("folder-open"))
        new.setIcon(icons.icon("folder-plus"))
        other.clicked.connect(self._choose_folder)
        new.clicked.connect(self.new_wanted)
        self.operator.setAccessibleName("操作员")
        self.password.setPlaceholderText("至少8位")
        self.open_button.setProperty("primary", True)
        self.forgotten.setProperty("link", True)
        self.forgotten.setAutoDefault(False)
        self.forgotten.clicked.connect(self._recover)
        self.forget_button.setProperty("link", True)
        self.forget_button.setAutoDefault(False)
        self.forget_button.setToolTip("只是不再列出，文件夹里的台账不动")
        self.forget_button.clicked.connect(self._forget)
        # Damage may show in the middle of work only: then the ledger opens, and nothing else leads here.
        self.restore_button.setProperty("link", True)
        self.restore_button.setAutoDefault(False)
        self.restore_button.setToolTip("台账打不开，或者用的时候说数据库损坏")
        self.restore_button.clicked.connect(self._ask_restore)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(10)
        form.addRow("台账(&W)", self.workspaces)
        form.addRow("", row(self.forget_button, self.restore_button, 1))
        form.addRow("操作员(&U)", self.operator)
        secret = QHBoxLayout()
        secret.setSpacing(6)
        secret.addWidget(self.password, 1)
        secret.addWidget(self.forgotten)
        word = QLabel("口令(&P)")
        word.setBuddy(self.password)
        form.addRow(word, secret)
        line = QHBoxLayout()
        line.addWidget(other)
        line.addWidget(new)
        line.addStretch(1)
        line.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(36, 28, 36, 24)
        column.setSpacing(14)
        column.addWidget(heading)
        column.addWidget(self.notice)
        column.addLayout(form)
        column.addStretch(1)
        column.addLayout(line)

    # -- choosing --------------------------------------------------------------------------------------------------

    def show_recents(self, chosen: Path | None = None) -> None:
        """Lists the workspaces opened last; a folder chosen by hand stands first."""
        recents = self._settings.recents
        if chosen is not None and chosen not in [r.folder for r in recents]:
            recents.insert(0, Recent(chosen, chosen.name))
        self.workspaces.clear()
        for recent in recents:
            item = QListWidgetItem(f"{recent.unit}　{recent.folder}")
            item.setData(_FOLDER, recent.folder)
            item.setToolTip(str(recent.folder))
            self.workspaces.addItem(item)
        row = next((n for n, r in enumerate(recents) if r.folder == chosen), 0)
        self.workspaces.setCurrentRow(row if recents else -1)
        if not recents:
            item = QListWidgetItem("还没有台账。第一次使用请点“新建台账”。")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.workspaces.addItem(item)
        self._show_operators()

    @property
    def folder(self) -> Path | None:
        """The folder that is chosen."""
        item = self.workspaces.currentItem()
        folder: Path | None = None if item is None else item.data(_FOLDER)
        return folder

    def _show_operators(self) -> None:
        folder = self.folder
        self._show_names([])
        if folder is not None:
            self._opener.operators(self, folder, lambda names: self._names_arrived(folder, names))

    def _names_arrived(self, folder: Path, names: list[str]) -> None:
        if folder != self.folder:
            return
        self._show_names(names)
        if not names:
            self.notice.show_notice(
                Tone.WARNING,
                "这个文件夹里没有台账，可能已经移走，或者U盘没有插好。",
                "从列表中移去",
                self._forget,
            )
            return
        self._tell_gone()
        self._gone = None
        if self._to_password:
            self._to_password = False
            self.password.setFocus()

    def _show_names(self, names: list[str]) -> None:
        self.operator.clear()
        self.operator.addItems(names)
        last = next((r.operator for r in self._settings.recents if r.folder == self.folder), 0)
        self.operator.setCurrentIndex(last if last < len(names) else 0)
        for widget in (self.operator, self.password, self.forgotten, self.restore_button):
            widget.setEnabled(bool(names))
        self.restore_button.setVisible(self.folder is not None)
        self.open_button.setEnabled(bool(names) and not self._wait)
        self.forget_button.setVisible(self.folder is not None)
        self.notice.clear()

    def _forget(self) -> None:
        """The ledger is listed no longer; nothing of it is touched, and it is put back where it was mistaken."""
        known = self._settings.recents
        gone = next((recent for recent in known if recent.folder == self.folder), None)
        if self.folder is None:
            return
        self._settings.forget(self.folder)
        self.show_recents()
        self._gone = gone
        self._tell_gone()

    def _tell_gone(self) -> None:
        """Once only; the names of the next ledger take the notice away."""
        gone = self._gone
        if gone is not None:
            words = f"“{gone.unit}”不再列出，文件夹“{gone.folder}”里的台账没有动。"
            self.notice.show_notice(Tone.PLAIN, words, "放回列表", lambda: self._put_back(gone))

    def _put_back(self, gone: Recent) -> None:
        self._settings.note_opened(gone.folder, gone.unit, gone.operator)
        self.show_recents(gone.folder)

    def _choose_folder(self) -> None:
        folder = self._dialogs.folder("选择台账所在的文件夹", Path.home())
        if folder is not None:
            self.show_recents(folder)
            self.start()

    def start(self) -> None:
        """Puts the cursor where work begins: to the password, as soon as it is known who may open the workspace."""
        self._to_password = not self.password.isEnabled()
        (self.workspaces if self._to_password else self.password).setFocus()

    # -- opening ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Opens the workspace in a thread; the page is locked until it answers."""
        folder = self.folder
        if folder is None or not self.open_button.isEnabled():
            return
        if not self.password.text():
            self.notice.show_notice(Tone.WARNING, "请输入口令。")
            return
        if self._must_wait():
            self.notice.show_notice(
                Tone.WARNING, "前几次口令不对，要等一会儿才能再试；等的时候不要关闭程序。"
            )
            return
        self._lock(True)
        self.notice.show_notice(Tone.PLAIN, "正在打开…")
        self._opener.open(
            folder, self.operator.currentText(), self.password.text(), self._arrived, self._failed
        )

    def _lock(self, locked: bool) -> None:
        for widget in (
            self.workspaces,
            self.operator,
            self.password,
            self.forgotten,
            self.restore_button,
            self.open_button,
        ):
            widget.setEnabled(not locked)

    def _arrived(self, opened: Opened) -> None:
        self._lock(False)
        self.password.clear()
        self.notice.clear()
        who = max(self.operator.findText(opened.facts.operator.name), 0)
        self._settings.note_opened(opened.facts.folder, opened.facts.unit.name, who)
        self._settings.save()
        self.opened.emit(opened)

    def _failed(self, problem: Problem) -> None:
        self._lock(False)
        self.password.selectAll()
        self.password.setFocus()
        from desktop.store.tables.database import LedgerDamaged
        from desktop.store.workspaces.keys import WrongPassword

        if isinstance(problem, LedgerDamaged):
            look = partial(self._look_for_backups, damaged=True)
            self.notice.show_notice(Tone.ERROR, str(problem), "用备份恢复…", look)
        else:
            self.notice.show_notice(Tone.ERROR, str(problem))
        if isinstance(problem, WrongPassword):
            self._must_wait()

    # -- a forgotten password ----------------------------------------------------------------------------------------

    def _recover(self) -> None:
        if (folder := self.folder) is None:
            return
        from desktop.ui.start.recovering import RecoverDialog

        self.notice.clear()
        self.recovering = RecoverDialog(
            folder, self.operator.currentText(), self._opener, self._dialogs, self
        )
        self.recovering.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.recovering.opened.connect(self._arrived)
        self.recovering.open()

    # -- restoring -------------------------------------------------------------------------------------------------

    def _ask_restore(self) -> None:
        """Of a ledger that opens, and is damaged all the same."""
        if self.password.text():
            self._look_for_backups(damaged=False)
        else:
            self.notice.show_notice(Tone.WARNING, "请先输入口令，再点“用备份恢复”。")
            self.password.setFocus()

    def _look_for_backups(self, *, damaged: bool) -> None:
        if (folder := self.folder) is not None:
            self._opener.backups(self, folder, lambda found: self._offer_backups(folder, found, damaged))

    def _offer_backups(self, folder: Path, found: list[Backup], damaged: bool) -> None:
        """The password that was typed opens the backup too: it is still in its field."""
        if not found:
            self.notice.show_notice(
                Tone.ERROR,
                "这份台账里没有备份。拷到别处过的（文件名是日期，如 2026-11-23.db），"
                "请拷回台账的 backups 文件夹，再打开一次；没有的请联系上级。",
            )
            return
        from desktop.ui.start.restoring import RestoreDialog

        self.restoring = RestoreDialog(found, self, damaged=damaged)
        self.restoring.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.restoring.accepted.connect(lambda: self._restore(folder))
        self.restoring.open()

    def _restore(self, folder: Path) -> None:
        source = self.restoring.chosen if self.restoring is not None else None
        if source is None:
            return
        self._lock(True)
        self.notice.show_notice(Tone.PLAIN, "正在恢复，请不要关闭程序…")
        self._opener.restore(
            folder, source, self.operator.currentText(), self.password.text(), self._arrived, self._failed
        )

    def _must_wait(self) -> bool:
        """Whether wrong passwords ask for waiting now; then the button counts the seconds."""
        folder = self.folder
        self._wait = 0 if folder is None else self._opener.waiting(folder, self.operator.currentText())
        if self._wait:
            self._tick(first=True)
            self._clock.start()
        return bool(self._wait)

    def _tick(self, *, first: bool = False) -> None:
        """Counts the seconds down after a wrong password."""
        self._wait -= not first
        waiting = self._wait > 0
        self.open_button.setEnabled(not waiting)
        self.open_button.setText(f"请等{self._wait}秒" if waiting else "打开")
        if not waiting:
            self._clock.stop()

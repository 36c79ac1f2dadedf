"""The window before the main window: login, or the assistant for a new workspace."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.ui.dialogs import Dialogs
from desktop.ui.settings import Settings
from desktop.ui.start.login import LoginPage
from desktop.ui.start.opening import Opened, Opener

if TYPE_CHECKING:
    from desktop.ui.start.assistant import Assistant
    from desktop.ui.start.date_question import DateQuestion
    from desktop.ui.start.manual import ManualDialog
    from desktop.ui.start.origin import OriginDialog

_WORDS = (
    "基层工会台账和报送\n\n不用联网，数据加密保存在本机。\n登记一次，会议、名册、统计、公文都能用。\n\n"
    "按F1看使用手册。"
)
_FRAME = QSize(16, 40)
"""What the system puts around a window."""


class StartWindow(QWidget):
    """``opened`` carries an :class:`Opened`."""

    opened = Signal(object)
    _trouble = Signal(object)

    def __init__(self, opener: Opener, dialogs: Dialogs, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWindowTitle("小三级")
        # At 150 % a screen of 768 lines holds 512, less the frame and the bar of the desktop.
        self.setMinimumSize(QSize(780, 400))
        self.resize(QSize(900, 560).boundedTo(self.screen().availableSize() - _FRAME))
        self._parts = (opener, dialogs, settings)
        self._dialogs = dialogs
        self.date_question: DateQuestion | None = None
        self.origin: OriginDialog | None = None
        self.manual: ManualDialog | None = None
        # Queued, because a save tells of it in the thread that saves.
        self._trouble.connect(self._tell_trouble, Qt.ConnectionType.QueuedConnection)
        self.login = LoginPage(opener, dialogs, settings)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.login)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(_brand())
        line.addWidget(self._pages, 1)
        self.login.new_wanted.connect(self.show_assistant)
        self.login.opened.connect(self._opened)
        QShortcut(QKeySequence("F1"), self).activated.connect(self.show_manual)
        if not settings.recents:
            self.show_assistant()

    def show_manual(self) -> None:
        """Opens it where a first use begins, or at passwords for who has a ledger."""
        from desktop.ui.start.manual import ManualDialog

        self.manual = ManualDialog("recovery" if self._pages.currentWidget() is self.login else "first", self)
        self.manual.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.manual.open()

    @cached_property
    def assistant(self) -> Assistant:
        """Made when it is first wanted: most starts go to a workspace that is there."""
        from desktop.ui.start.assistant import Assistant

        made = Assistant(*self._parts)
        made.cancelled.connect(self.show_login)
        made.opened.connect(self._opened)
        self._pages.addWidget(made)
        return made

    def show_assistant(self) -> None:
        """Begins with a new workspace."""
        self._pages.setCurrentWidget(self.assistant)
        self.assistant.start()

    def show_login(self) -> None:
        """Goes to the workspaces that are there."""
        self._pages.setCurrentWidget(self.login)
        self.login.show_recents()
        self.login.start()

    def _opened(self, opened: Opened) -> None:
        """Who opened a ledger that may come from elsewhere is asked first, if the answer is his to give."""
        from desktop.records.declaration import Role

        doubt = opened.session.workspace.doubt
        if doubt is None or opened.facts.operator.role is Role.READER:
            self._begin(opened)
            return
        from desktop.ui.start.origin import OriginDialog

        self.origin = OriginDialog(doubt, self)
        self.origin.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.origin.accepted.connect(lambda: self._settle(opened))
        self.origin.rejected.connect(lambda: self._begin(opened))
        self.origin.open()

    def _settle(self, opened: Opened) -> None:
        origin = self.origin.origin if self.origin is not None else None
        if origin is None:
            self._begin(opened)
            return

        def failed(problem: Problem) -> None:
            self._dialogs.tell("没有记下", str(problem))
            self._begin(opened)

        self._parts[0].settle(opened, origin, self._begin, failed)

    def _begin(self, opened: Opened) -> None:
        """Whatever is done in the workspace from here on can ask about the date and tell of its backup."""
        from desktop.ui.start.date_question import DateQuestion

        if self.date_question is None:
            self.date_question = DateQuestion(self)
        opened.session.ledger.clock.ask = self.date_question.ask
        self.opened.emit(opened)
        keeper = opened.session.workspace.keeper
        if keeper is not None:
            keeper.tell = self._trouble.emit
            if keeper.trouble is not None:
                self._trouble.emit(keeper.trouble)
        if opened.words:
            self._dialogs.tell("请先看一下", opened.words)

    def closeEvent(self, event: QCloseEvent) -> None:
        """A workspace whose code stands on the screen is there all the same; it is closed in order."""
        if "assistant" in self.__dict__:
            self.assistant.give_up()
        super().closeEvent(event)

    def _tell_trouble(self, problem: Problem) -> None:
        where = "窗口右下角写着从什么时候起、有几次保存还没有备份，补上以后会说一声。"
        self._dialogs.tell("备份没有跟上", f"{problem}\n{where}")

    def showEvent(self, event: QShowEvent) -> None:
        """The cursor stands where work begins."""
        super().showEvent(event)
        if self._pages.currentWidget() is self.login:
            self.login.start()


def _brand() -> QFrame:
    side = QFrame()
    side.setObjectName("start-side")
    side.setFixedWidth(232)
    name, words = QLabel("小三级"), QLabel(_WORDS)
    name.setStyleSheet("font-size: 30px")
    words.setWordWrap(True)
    words.setAlignment(Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout(side)
    column.setContentsMargins(28, 44, 20, 28)
    column.setSpacing(18)
    column.addWidget(name)
    column.addWidget(words, 1)
    return side

"""The window's beginning and end: the application object, login, main window, and what to do with a bug."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from desktop.ui import faults, icons, theme
from desktop.ui.cycles import CycleCollector
from desktop.ui.dialogs import Dialogs, WindowDialogs
from desktop.ui.notices import Tone
from desktop.ui.settings import Settings
from desktop.ui.start.opening import Opened, Opener
from desktop.ui.start.window import StartWindow
from desktop.ui.theme import PROGRAM
from desktop.ui.widgets.pressing import press_by_enter
from desktop.ui.widgets.staying import stay

if TYPE_CHECKING:
    from desktop.store.tables.environment import Environment
    from desktop.store.workspaces.keys import Cost
    from desktop.ui.window import MainWindow


def choose_input_method(platform: str, environment: dict[str, str]) -> str | None:
    """The value for ``QT_IM_MODULE``, or ``None`` to leave it.

    Qt's wheels carry no plugin for fcitx, the usual one on Chinese desktops, and then no Chinese can be typed at
    all; with ``ibus`` both fcitx5 and ibus work.
    """
    if not platform.startswith("linux"):
        return None
    present = environment.get("QT_IM_MODULE", "")
    return "ibus" if not present or present.startswith("fcitx") else None


def make_application(arguments: Sequence[str], settings: Settings) -> QApplication:
    """The one application object, in Chinese and dressed."""
    wanted = choose_input_method(sys.platform, dict(os.environ))
    if wanted is not None:
        os.environ["QT_IM_MODULE"] = wanted
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    present = QApplication.instance()
    application = present if isinstance(present, QApplication) else QApplication(list(arguments))
    application.setApplicationName("xiaosanji")
    application.setApplicationDisplayName(PROGRAM)
    application.setWindowIcon(icons.program())
    translator = QTranslator(application)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
    theme.apply(application, settings.text_size)
    if application.findChild(CycleCollector) is None:
        CycleCollector(application)
    press_by_enter(application)
    stay(application)
    return application


_LOAD_AFTER_MS = 200


class Program(QObject):
    """Login, then the main window; when that is closed, the program ends."""

    def __init__(
        self,
        settings: Settings,
        dialogs: Dialogs,
        environment: Environment | None = None,
        cost: Cost | None = None,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.dialogs = dialogs
        self.opener = Opener(environment, cost)
        self.start = StartWindow(self.opener, dialogs, settings)
        self.window: MainWindow | None = None
        self.start.opened.connect(self._opened)

    def show(self, folder: Path | None = None) -> None:
        """Shows the login, at a workspace when one is named."""
        if folder is not None:
            self.start.show_login()
            self.start.login.show_recents(folder)
        self.start.show()
        # First the window, then what stands behind it.
        QTimer.singleShot(_LOAD_AFTER_MS, self, self.opener.load_program)

    def _opened(self, opened: Opened) -> None:
        """The main window stands before the login goes, so that the program does not end between them."""
        from desktop.ui.window import MainWindow
        from desktop.ui.workbench import Workbench

        workbench = Workbench(opened.session, opened.facts, self.dialogs, self.settings)
        self.window = MainWindow(workbench)
        if isinstance(self.dialogs, WindowDialogs):
            self.dialogs.parent = self.window
        if not self.window.restoreGeometry(self.settings.geometry):
            self.window.resize(self.window.screen().availableSize())
            self.window.showMaximized()
        else:
            self.window.show()
        self.window.start()
        self.start.hide()
        if opened.told:
            self.window.tell(Tone.GOOD, opened.told)

    def close(self) -> None:
        """Ends the threads."""
        self.opener.close()


def start(arguments: Sequence[str]) -> tuple[QApplication, Program]:
    """Everything up to the first window on the screen; ``arguments`` may hold the folder of a workspace."""
    faults.watch_crashes()
    settings = Settings()
    application = make_application(["xiaosanji"], settings)
    dialogs = WindowDialogs(settings=settings)
    faults.install(dialogs.tell)
    program = Program(settings, dialogs)
    dialogs.parent = program.start
    folders = [Path(argument) for argument in arguments if not argument.startswith("-")]
    program.show(folders[0] if folders else None)
    return application, program


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the window; the first argument may be the folder of a workspace."""
    application, program = start(list(sys.argv if argv is None else argv)[1:])
    code = application.exec()
    program.close()
    return code

"""Pictures of the real window on a workspace, taken without a screen: for the demo, the manual and for reviewing.

``python -m desktop.ui.pictures WORKSPACE OUT --as NAME`` takes them too; the password comes from
``XIAOSANJI_PASSWORD``.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QSize, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from desktop.errors import EnvironmentProblem
from desktop.operations.session import open_session
from desktop.store.tables.environment import Environment
from desktop.ui.app import make_application
from desktop.ui.dialogs import WindowDialogs
from desktop.ui.forms.page import FormPage
from desktop.ui.lists.page import ListPage
from desktop.ui.registry import headings
from desktop.ui.settings import Settings
from desktop.ui.start.opening import Opener
from desktop.ui.start.window import StartWindow
from desktop.ui.window import MainWindow
from desktop.ui.workbench import Facts, Workbench

SIZE = QSize(1366, 728)
"""What a screen of 1366x768 leaves beside the system's own bar."""
_PATIENCE_S = 30
_AFTERWARDS_MS = 60


class NeverIdle(EnvironmentProblem):
    """A page did not come to rest."""

    next_step = "请关闭其他程序后再试一次。"


@dataclass
class Camera:
    """Takes pictures of one window into a folder, numbered in the order in which they are taken."""

    out: Path
    window: QWidget
    workbench: Workbench | None = None
    taken: int = 0

    def take(self, name: str) -> Path:
        """Waits until everything is shown, then takes the picture."""
        if self.workbench is not None:
            wait_until_idle(self.workbench)
        pause(_AFTERWARDS_MS)
        self.taken += 1
        path = self.out / f"{self.taken:02}-{name}.png"
        if not self.window.grab().save(str(path)):
            raise EnvironmentProblem("图片写不进去。", "请检查磁盘剩余空间和文件夹权限。")
        return path


def pause(milliseconds: int) -> None:
    """Lets the window work for so long."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until_idle(workbench: Workbench) -> None:
    """Waits until nothing is read, written or kept. Raises :class:`NeverIdle`."""
    end = time.monotonic() + _PATIENCE_S
    while True:
        QCoreApplication.processEvents()
        if workbench.idle():
            # What has just arrived may have asked for more.
            QCoreApplication.processEvents()
            if workbench.idle():
                return
        if time.monotonic() > end:
            raise NeverIdle("窗口一直没有空闲下来。")
        pause(5)


def take_pictures(
    folder: Path, out: Path, operator: str, password: str, environment: Environment | None = None
) -> list[Path]:
    """One picture of the login, of each page of the navigation that shows something, and of a record of each list.

    Raises what opening a workspace raises. The workspace is left as it was, but for the daily backup.
    """
    if QApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    out.mkdir(parents=True, exist_ok=True)
    settings = Settings(out / "window.ini")
    make_application(["xiaosanji"], settings)
    session = open_session(folder, operator, password, environment)
    facts = Facts.of(session)
    pictures = _of_login(out, facts)
    workbench = Workbench(session, facts, WindowDialogs(), settings)
    window = MainWindow(workbench)
    window.resize(SIZE)
    window.show()
    try:
        camera = Camera(out, window, workbench, len(pictures))
        pictures += list(_of_window(camera, window))
    finally:
        window.close()
        (out / "window.ini").unlink(missing_ok=True)
    return pictures


def _of_login(out: Path, facts: Facts) -> list[Path]:
    settings = Settings(out / "login.ini")
    settings.note_opened(facts.folder, facts.unit.name)
    opener = Opener()
    start = StartWindow(opener, WindowDialogs(), settings)
    start.show()
    picture = Camera(out, start).take("login")
    start.close()
    opener.close()
    (out / "login.ini").unlink(missing_ok=True)
    return [picture]


def _of_window(camera: Camera, window: MainWindow) -> Iterator[Path]:
    for heading in headings(window.workbench):
        for entry in heading.entries:
            window.open_page(entry.key)
            wait_until_idle(window.workbench)
            page = window.page
            if isinstance(page, ListPage) and not page.list.model.rowCount():
                continue  # Empty lists all look alike.
            yield camera.take(entry.key.replace("list:", "list-").replace(":", "-"))
            if isinstance(page, ListPage):
                yield from _of_record(camera, window, page)


def _of_record(camera: Camera, window: MainWindow, page: ListPage) -> Iterator[Path]:
    """The record that was registered last, with the tab of its children that has the most to show."""
    name = page.record_type.name
    position = page.list.model.position_of(page.list.model.newest())
    page.list.table.go_to(position)
    wait_until_idle(window.workbench)
    row = page.list.model.shown(position)
    if row is None:
        return
    window.open_record(name, row.id)
    yield camera.take(f"record-{name}")
    form = window.page
    if isinstance(form, FormPage):
        filled = [tab for tab in form.children_tabs.values() if tab.count]
        if filled:
            form.tabs.setCurrentWidget(max(filled, key=lambda tab: tab.count))
            yield camera.take(f"record-{name}-{form.tabs.currentIndex()}")
    window.back()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--as", dest="operator", required=True)
    given = parser.parse_args()
    for path in take_pictures(
        given.workspace, given.out, given.operator, os.environ.get("XIAOSANJI_PASSWORD", "")
    ):
        print(path)


if __name__ == "__main__":
    main()

"""A whole program of its own that opens a workspace, types into a new form and is then killed by a test."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["XIAOSANJI_FONTS"] = "bundle"

from PySide6.QtTest import QTest

from desktop.operations.session import open_session
from desktop.ui.app import make_application
from desktop.ui.forms.page import FormPage
from desktop.ui.pictures import pause, wait_until_idle
from desktop.ui.settings import Settings
from desktop.ui.window import MainWindow
from tests.ui.house import OPERATOR, PASSWORD, FakeDialogs, compose, make_workbench

NAME = "杭州断电犇䶮有限公司"


def main(folder: Path) -> None:
    """Types a name and a code, says so, types on for ever."""
    settings = Settings(folder / "window.ini")
    make_application(["typist"], settings)
    bench = make_workbench(open_session(folder, OPERATOR, PASSWORD), FakeDialogs(), settings)
    window = MainWindow(bench)
    window.show()
    window.new_record("enterprise")
    wait_until_idle(bench)
    page = window.page
    assert isinstance(page, FormPage)
    compose(page.form.rows["name"].editor.inputs()[0], NAME)
    code = page.form.rows["uscc"].editor.inputs()[0]
    QTest.keyClicks(code, "91330")
    pause(600)
    wait_until_idle(bench)
    print("typed", flush=True)
    while True:
        QTest.keyClicks(code, "1")
        pause(5)
        time.sleep(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

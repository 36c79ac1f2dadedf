"""What happens to errors that nobody expected, and what is noted of them."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.errors import UsageProblem
from desktop.ui import faults

SECRET = "330102199001010012"


@pytest.fixture
def places() -> list[int]:
    """The threads in which something was shown."""
    return []


@pytest.fixture
def hooks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, places: list[int]
) -> Iterator[list[tuple[str, str]]]:
    shown: list[tuple[str, str]] = []
    before, threads = sys.excepthook, threading.excepthook
    monkeypatch.setattr(faults, "log_folder", lambda: tmp_path)

    def show(title: str, words: str) -> None:
        shown.append((title, words))
        places.append(threading.get_ident())

    faults.install(show)
    yield shown
    sys.excepthook, threading.excepthook = before, threads


def fail(number: str) -> None:
    raise ValueError(f"what about {number}?")


def caught(number: str = SECRET) -> ValueError:
    try:
        fail(number)
    except ValueError as error:
        return error
    raise AssertionError


def test_a_fault_is_told_in_plain_words_and_noted_without_any_value(
    hooks: list[tuple[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults.report(caught())
    (title, words) = hooks[0]
    assert title == "程序出错了"
    assert "留作了草稿" in words
    noted = (tmp_path / faults.FILE).read_text("utf-8")
    assert "ValueError" in noted
    assert "test_faults.py" in noted
    assert SECRET not in noted + words + capsys.readouterr().err


def test_what_a_user_can_mend_is_told_as_such_and_not_noted(
    hooks: list[tuple[str, str]], tmp_path: Path
) -> None:
    faults.report(UsageProblem("不行。", "请换一个。"))
    assert hooks == [("没有完成", "不行。请换一个。")]
    assert not (tmp_path / faults.FILE).exists()


def test_a_fault_in_a_thread_is_told_too_and_in_the_thread_that_can_show_it(
    qtbot: QtBot, hooks: list[tuple[str, str]], places: list[int]
) -> None:
    thread = threading.Thread(target=fail, args=("1",))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(hooks))
    assert len(hooks) == 1
    assert places == [threading.get_ident()]


def test_the_cause_is_noted_and_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    error = RuntimeError("outer")
    error.__cause__ = caught()
    assert "ValueError" in faults.describe(error)
    (tmp_path / faults.FILE).write_text("x" * 1_000_001)
    faults.note(error, tmp_path)
    assert (tmp_path / faults.FILE).stat().st_size < 10_000
    (tmp_path / "faults.old.txt").unlink()
    (tmp_path / "faults.old.txt").mkdir()
    (tmp_path / faults.FILE).write_text("x" * 1_000_001)
    assert faults.note(error, tmp_path) is not None, "a file that cannot be set aside is written on"
    assert "ValueError" in (tmp_path / faults.FILE).read_text("utf-8")


def test_a_folder_that_cannot_be_written_does_not_hide_the_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert faults.note(caught(), tmp_path / "file") is None


def test_the_binding_may_answer_with_nothing_ten_thousand_times() -> None:
    """PySide 6.12 under Python 3.11 gives away a reference each time; without the cure this aborts."""
    code = (
        "import desktop.ui\n"
        "from PySide6.QtCore import QCoreApplication, QObject, Signal\n"
        "app = QCoreApplication([])\n"
        "class Bell(QObject):\n"
        "    rung = Signal(object)\n"
        "bell = Bell()\n"
        "bell.rung.connect(bell.setObjectName if False else lambda _x: None)\n"
        "for _ in range(10_000):\n"
        "    bell.rung.emit(None)\n"
        "    bell.property('nothing')\n"
        "print('alive')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "alive", done.stderr[-400:]

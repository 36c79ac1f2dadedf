"""The frozen program, made from a clean environment: it opens its window, keeps a workspace and prints letters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "dist" / "xiaosanji" / ("xiaosanji.exe" if sys.platform == "win32" else "xiaosanji")
WINDOW = PROGRAM.with_name("小三级.exe") if sys.platform == "win32" else PROGRAM
TOO_LARGE_MB = 270
"""The fonts and the pictures of the manual are in it; more than this means that a part of Qt has come along."""

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def program() -> Path:
    """The program, frozen as the command of the README freezes it."""
    subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "dev.py"), "package"], check=True, stdin=subprocess.DEVNULL
    )
    return PROGRAM


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """What a machine without Python, without a screen and without anything of this checkout says of itself."""
    kept = {n: v for n, v in os.environ.items() if n in ("PATH", "SYSTEMROOT", "TMP", "TEMP")}
    return {**kept, "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}


def test_nothing_that_is_not_needed_comes_along(program: Path) -> None:
    files = [path for path in program.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < TOO_LARGE_MB * 1_000_000
    names = {path.name for path in files}
    assert not {n for n in names if any(w in n for w in ("Qt6Qml", "Qt6Quick", "Qt6WebEngine", "pytest"))}
    # No part of Qt that opens a connection is shipped.
    assert not {n for n in names if "Qt6Network" in n}


def test_the_whole_story_runs_with_letters_and_pictures_of_the_window(
    program: Path, bare: dict[str, str], tmp_path: Path
) -> None:
    story = tmp_path / "演示"
    done = subprocess.run(
        [program, "demo", story], env=bare, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    letters = list(story.rglob("*.pdf"))
    assert len(letters) >= 3
    assert all(path.read_bytes().startswith(b"%PDF") for path in letters)
    assert len(list(story.rglob("*.png"))) >= 20


def test_a_photo_is_put_on_a_record_smaller_than_it_came(
    program: Path, bare: dict[str, str], tmp_path: Path
) -> None:
    """Reading, turning and packing of pictures is done by a library with parts of its own."""
    photo = tmp_path / "门头照片.jpg"
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(photo, quality=95)
    desk = tmp_path / "desk"
    env = {**bare, "XIAOSANJI_PASSWORD": "password-1", "XIAOSANJI_NEW_PASSWORD": "password-1"}

    def run(*words: str | Path, lines: str = "") -> dict[str, Any]:
        done = subprocess.run(
            [program, *words, "--json"], env=env, input=lines, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
        return found

    unit = ("--unit", "330110109222", "--name", "径山村工会联合会", "--kind", "village")
    run("new", desk, *unit, "--as", "陈静")
    record = run("record", desk, "enterprise", lines='{"name": "杭州示例茶业有限公司"}')["id"]
    run("attach", desk, "enterprise", record, photo)
    (kept,) = run("attach", desk, "enterprise", record)["attachments"]
    assert kept["size"] < photo.stat().st_size / 2


def test_the_window_opens_and_stays(program: Path, bare: dict[str, str], tmp_path: Path) -> None:
    window = subprocess.Popen([WINDOW], env=bare, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        time.sleep(8)
        assert window.poll() is None, window.stderr.read() if window.stderr else ""
    finally:
        window.kill()
        _, said = window.communicate()
    # What the offscreen platform says of itself is all that may be said.
    assert [line for line in said.splitlines() if "This plugin does not support" not in line] == []

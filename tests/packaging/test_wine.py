"""``dev.py windows``: what is copied, and what the Windows of Wine is told; that it runs is seen by running it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import dev
import pytest
from bootstrap import machine, wine


def test_a_command_has_to_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["windows"]) == 1
    assert dev.main(["windows", "dance"]) == 1
    assert "start, test" in capsys.readouterr().err


def test_what_is_missing_is_installed_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def install(packages: list[str]) -> None:
        raise RuntimeError(*packages)

    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("shutil.which", lambda program: None if program == "wine" else program)
    monkeypatch.setattr(machine, "install_packages", install)
    with pytest.raises(RuntimeError, match=r"^wine$"):
        wine.prepare()


def test_elsewhere_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert dev.main(["windows", "test"]) == 1
    assert "Linux x86_64" in capsys.readouterr().err


def test_the_copy_has_what_git_knows_as_it_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, copy = tmp_path / "root", tmp_path / "copy"
    (root / "desktop").mkdir(parents=True)
    for name in ("a.py", "desktop/b.py", "secret.txt", "gone.py"):
        (root / name).write_text("before", "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run(["git", "add", "a.py", "desktop/b.py", "gone.py"], cwd=root, check=True)
    (copy / ".venv").mkdir(parents=True)
    monkeypatch.setattr(wine, "ROOT", root)
    monkeypatch.setattr(wine, "CHECKOUT", copy)
    wine.copy_checkout()
    assert (copy / "gone.py").exists()
    (root / "a.py").write_text("now", "utf-8")
    (root / "gone.py").unlink()
    wine.copy_checkout()
    assert (copy / "a.py").read_text("utf-8") == "now"
    held = {p.relative_to(copy).as_posix() for p in copy.rglob("*")}
    assert held == {".venv", ".copied", "a.py", "desktop", "desktop/b.py"}


def test_it_is_a_windows_of_its_own_in_chinese(tmp_path: Path) -> None:
    env = wine.environment({"WINEPREFIX": "/home/x/.wine", "LC_ALL": "C", "PATH": "/bin"}, tmp_path)
    assert Path(env["WINEPREFIX"]).parent == tmp_path
    assert (env["LC_ALL"], env["PATH"]) == ("zh_CN.UTF-8", "/bin")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_program_is_heard_in_its_encoding_and_all_else_in_the_code_page(encoding: str) -> None:
    assert wine._text("显示版本".encode(encoding)) == "显示版本"

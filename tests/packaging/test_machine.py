"""What a machine lacks, and how that is told or mended, without touching one."""

from __future__ import annotations

import ast
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from bootstrap import machine, running

ROOT = Path(__file__).resolve().parents[2]


def test_an_old_python_is_refused_with_both_versions() -> None:
    with pytest.raises(running.Stop, match=r"Python 3\.11 or newer is needed, this is 3\.9"):
        machine.check_python((3, 9, 2))


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 14, 0)])
def test_a_new_enough_python_is_taken(version: Any) -> None:
    machine.check_python(version)


def test_what_says_so_parses_on_a_python_that_is_too_old() -> None:
    folder = ROOT / "packaging"
    for file in (folder / "dev.py", *folder.glob("bootstrap/*.py")):
        ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize(
    ("processor", "version", "good"),
    [
        ("x86_64", "2.36", True),
        ("x86_64", "2.34", True),
        ("x86_64", "2.31", False),
        ("aarch64", "2.36", False),
        ("aarch64", "2.39", True),
        ("riscv64", "2.31", True),
    ],
)
def test_a_glibc_below_the_floor_of_qt_is_named(processor: str, version: Any, good: Any) -> None:
    if good:
        machine.check_glibc(processor, ("glibc", version))
    else:
        with pytest.raises(running.Stop, match=f"this system has {version}"):
            machine.check_glibc(processor, ("glibc", version))


def test_a_system_without_glibc_is_not_judged() -> None:
    machine.check_glibc("x86_64", ("", ""))


def test_only_packages_whose_library_does_not_load_are_missing() -> None:
    def load(library: str) -> Any:
        if library in ("libEGL.so.1", "libxcb-cursor.so.0"):
            raise OSError(library)

    assert machine.missing_libraries(load) == ["libegl1", "libxcb-cursor0"]
    assert machine.missing_libraries(lambda library: None) == []


def test_a_missing_virtual_screen_is_noticed() -> None:
    assert machine.missing_programs(lambda name: None if name == "Xvfb" else f"/usr/bin/{name}") == ["xvfb"]


def test_apt_refreshes_its_lists_and_asks_nothing() -> None:
    refresh, install = machine.apt_commands(["libegl1", "xvfb"], ["sudo", "-n"])
    assert refresh[:2] == install[:2] == ["sudo", "-n"]
    assert refresh[-1] == "update"
    assert "DEBIAN_FRONTEND=noninteractive" in install
    assert "-y" in install
    assert install[-2:] == ["libegl1", "xvfb"]


def test_without_rights_a_person_gets_the_whole_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "root_prefix", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(running.Stop) as stopped:
        machine.install_packages(["libegl1", "xvfb"])
    command = str(stopped.value).splitlines()[-1]
    assert command.startswith("sudo env DEBIAN_FRONTEND=noninteractive apt-get")
    assert command.endswith("install -y --no-install-recommends libegl1 xvfb")


def test_without_apt_the_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(running.Stop, match="libegl1 xvfb") as stopped:
        machine.install_packages(["libegl1", "xvfb"])
    assert "apt-get" not in str(stopped.value)


def test_everything_missing_is_asked_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    present: set[str] = set()
    monkeypatch.setattr(machine, "missing_libraries", lambda: [] if present else ["libegl1"])
    monkeypatch.setattr(machine, "missing_programs", lambda: [] if present else ["xvfb"])
    monkeypatch.setattr(machine, "missing_ensurepip", lambda: [] if present else ["python3.11-venv"])
    monkeypatch.setattr(
        machine, "install_packages", lambda packages: (asked.append(packages), present.add("all"))
    )
    monkeypatch.setattr(machine, "check_glibc", lambda machine, libc: None)
    monkeypatch.setattr(sys, "platform", "linux")
    machine.prepare_system("dev", needs_ensurepip=True)
    machine.prepare_system("dev", needs_ensurepip=True)
    assert asked == [["libegl1", "xvfb", "python3.11-venv"]]


def test_the_window_alone_needs_no_virtual_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "missing_libraries", list)
    monkeypatch.setattr(machine, "missing_programs", lambda: ["xvfb"])
    monkeypatch.setattr(machine, "check_glibc", lambda machine, libc: None)
    machine.prepare_system("runtime", needs_ensurepip=False)


def test_a_package_that_came_but_does_not_load_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "missing_libraries", lambda: ["libegl1"])
    monkeypatch.setattr(machine, "install_packages", lambda packages: None)
    monkeypatch.setattr(machine, "check_glibc", lambda machine, libc: None)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(running.Stop, match="libegl1"):
        machine.prepare_system("runtime", needs_ensurepip=False)

"""The floors that decide are the same program without asserts, and the run without asserts really has none."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import optimized

DESKTOP = Path(__file__).parents[2] / "desktop"
DECIDING = ("records", "store", "sync", "plan", "operations")
"""Whatever these floors decide is merged, signed or written: it must not hang on an assert."""
SOURCE = "DEBUG = __debug__\n\n\ndef check():\n    assert False\n    return 'no assert'\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A package with an assert in it, one below it, and one whose name only begins like it."""
    for folder in ("victim", "victim/inner", "victimless"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    meta_path = list(sys.meta_path)
    importlib.invalidate_caches()
    yield "victim"
    sys.meta_path[:] = meta_path
    for name in [name for name in sys.modules if name.startswith("victim")]:
        del sys.modules[name]


def forget() -> None:
    for name in [name for name in sys.modules if name.startswith("victim")]:
        del sys.modules[name]


def test_the_package_and_all_below_it_lose_their_asserts(package: str) -> None:
    optimized.install(package)
    for name in ("victim", "victim.inner"):
        module = importlib.import_module(name)
        assert module.check() == "no assert"
        assert module.DEBUG is False


def test_other_packages_keep_theirs(package: str) -> None:
    optimized.install(package)
    with pytest.raises(AssertionError):
        importlib.import_module("victimless").check()


def test_byte_code_of_an_ordinary_run_is_not_used(package: str) -> None:
    with pytest.raises(AssertionError):
        importlib.import_module(package).check()
    forget()
    optimized.install(package)
    assert importlib.import_module(package).check() == "no assert"
    sys.meta_path.pop(0)
    forget()
    with pytest.raises(AssertionError):
        importlib.import_module(package).check()


def test_it_comes_too_late_for_a_package_that_is_already_there(package: str) -> None:
    importlib.import_module(package)
    with pytest.raises(RuntimeError, match="victim"):
        optimized.install(package)


def same_without_asserts(path: Path) -> bool:
    """Whether ``python -O`` runs the very same code: nothing in the file hangs on an assert or ``__debug__``."""
    source = path.read_bytes()
    with_asserts, without = (
        compile(source, str(path), "exec", dont_inherit=True, optimize=level)
        for level in (0, optimized.OPTIMIZE)
    )
    return with_asserts == without


@pytest.mark.parametrize("floor", DECIDING)
def test_what_is_decided_hangs_on_no_assert(floor: str) -> None:
    """Stronger than running all tests a second time: there is no second program to test."""
    modules = sorted((DESKTOP / floor).rglob("*.py"))
    assert modules
    assert [str(path) for path in modules if not same_without_asserts(path)] == []


@pytest.mark.parametrize("line", ["assert x", "if __debug__:\n        x = 2", "y = __debug__"])
def test_a_module_that_hangs_on_one_is_found(tmp_path: Path, line: str) -> None:
    source = tmp_path / "victim.py"
    source.write_text(f"def check(x):\n    {line}\n    return x\n")
    assert not same_without_asserts(source)


def test_tests_themselves_still_assert() -> None:
    with pytest.raises(AssertionError):
        assert sys.flags.optimize, "an assert in a test must hold in either run"

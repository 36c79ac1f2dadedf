"""What all tests share: no window on the screen, how hard Hypothesis tries, and the run without asserts."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import moulds, optimized

LONG = bool(os.environ.get("XIAOSANJI_LONG"))
OPTIMIZED = bool(os.environ.get("XIAOSANJI_OPTIMIZE"))

if sys.flags.optimize:
    raise pytest.UsageError("under python -O tests lose their own asserts: set XIAOSANJI_OPTIMIZE=1 instead")

# Read when the application object is made, which is later than this.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A deadline on a busy machine reports the machine. Where nobody can look at a lucky find, runs must be repeatable.
settings.register_profile("checks", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.register_profile("long", deadline=None, max_examples=2000, print_blob=True)
FEW_EXAMPLES = 20
MORE_WHERE_LONG = 20
"""Whether any example is wrong is asked at length by ``--long``; the checks ask whether the known kinds are right."""
# The run without asserts looks for what depended on one; the examples were tried in the run with them.
settings.register_profile("optimized", settings.get_profile("checks"), max_examples=FEW_EXAMPLES)
settings.load_profile("long" if LONG else "optimized" if OPTIMIZED else "checks")

if OPTIMIZED:
    optimized.install()


def examples(number: int) -> int:
    """How many examples a test tries that has a number of its own, as that would else go before the profile's."""
    if OPTIMIZED:
        return min(number, FEW_EXAMPLES)
    return number * MORE_WHERE_LONG if LONG else number


class AtOnce:
    """Says what failed when it fails: pytest does so at its end, which with ``--long`` is a night away."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called for each phase of each test, where tests are spread over processes in the one that leads them."""
        if report.failed:
            self._say(f"\n{report.nodeid}\n{report.longreprtext}")


def pytest_configure(config: pytest.Config) -> None:
    """Long runs tell their failures at once; what a process says that was told to run tests, nobody reads."""
    if LONG and not hasattr(config, "workerinput"):
        # What writes to the terminal is not there yet.
        config.pluginmanager.register(AtOnce(lambda said: config.get_terminal_writer().line(said)))
    _measure_once(config)


def _measure_once(config: pytest.Config) -> None:
    """A test that is marked ``no_cover`` runs at its own speed, in a process of several too.

    There pytest-cov begins twice, at the arguments and as a worker. Whoever stops the second for such a test is back
    with the first, which nobody reads: nothing was measured, and all of it took as long as if it were.
    """
    measuring = config.pluginmanager.getplugin("_cov")
    if hasattr(config, "workerinput") and measuring is not None and measuring.cov_controller is not None:
        measuring.cov_controller.cov.stop()


def pytest_report_header() -> list[str]:
    """Say in the first lines of the run which of its ways this is."""
    asserts = "without asserts" if OPTIMIZED else "with asserts"
    return [f"desktop: compiled {asserts}; long tests {'on' if LONG else 'off'}"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is marked ``long`` unless it was asked for."""
    if LONG:
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: packaging/dev.py test --long"))


def pytest_unconfigure() -> None:
    """What is left ends with the process: pytest would look through it five times, which takes a worker seconds."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def ledgers_are_cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty ledger is made once instead of thousands of times."""
    with moulds.casting(tmp_path_factory.mktemp("moulds")):
        yield


@contextlib.contextmanager
def connections_closed() -> Iterator[None]:
    """What is opened inside and left open is closed: ledgers with their page caches fill gigabytes."""
    # Only now: without asserts nothing of the program may be imported before it is compiled anew.
    from desktop.store.tables.database import Database

    # Of what nobody holds any more the connection has ended: of fifty thousand histories all would be held here.
    opened: weakref.WeakSet[Database] = weakref.WeakSet()
    begin = Database.__init__

    def noted(self: Database, connection: object, path: Path | None) -> None:
        begin(self, connection, path)
        opened.add(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "__init__", noted)
        yield
    for database in list(opened):
        database.connection.close()


@pytest.fixture(scope="module", autouse=True)
def connections_end() -> Iterator[None]:
    """The tests of a module leave no connection open."""
    with connections_closed():
        yield


@pytest.fixture
def young_objects() -> Iterator[None]:
    """A look for cycles goes through what the test has made: what thousands before it have left takes seconds."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def bundled_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages come out alike on every machine."""
    monkeypatch.setenv("XIAOSANJI_FONTS", "bundle")

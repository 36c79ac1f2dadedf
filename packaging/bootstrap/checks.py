"""The steps of ``dev.py test``, what each came to, and whether every branch of a kernel was reached."""

from __future__ import annotations

import json
import os
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bootstrap import running
from bootstrap.running import say

# What covers the kernels; measuring the others too would only make them slower, and random histories nearly twice.
# Of these, tests that take long are marked `no_cover`, and whole files are run beside the measured ones, where others
# reach what they do: measured, a test takes up to twice its time. Which test reaches a line is told by
# `--cov-context=test`; where a branch is missing once, a mark is taken away.
MEASURED_TESTS = (
    "tests/records/test_items.py",
    "tests/records/test_resolution.py",
    "tests/store",
    "tests/sync",
)
UNMEASURED_TESTS = (
    "tests/store/test_backups.py",
    "tests/store/test_births.py",
    "tests/store/test_captured.py",
    "tests/store/test_cost.py",
    "tests/store/test_indexing.py",
    "tests/store/test_journal.py",
    "tests/store/test_merging.py",
    "tests/store/test_searching.py",
    "tests/store/test_staging.py",
    "tests/store/test_undoing.py",
    "tests/store/test_units.py",
    "tests/sync/test_any_order.py",
    "tests/sync/test_capture.py",
    "tests/sync/test_enrolled_again.py",
    "tests/sync/test_erasing.py",
    "tests/sync/test_known_troubles.py",
    "tests/sync/test_lifting.py",
    "tests/sync/test_mutations.py",
    "tests/sync/test_new_units.py",
    "tests/sync/test_piled_up.py",
    "tests/sync/test_policy.py",
    "tests/sync/test_policy_attacks.py",
    "tests/sync/test_policy_claims.py",
    "tests/sync/test_policy_forks.py",
    "tests/sync/test_policy_order.py",
    "tests/sync/test_policy_reach.py",
    "tests/sync/test_policy_rewriting.py",
    "tests/sync/test_public_tools.py",
    "tests/sync/test_registered.py",
    "tests/sync/test_restating.py",
    "tests/sync/test_rewriting.py",
    "tests/sync/test_speed.py",
    "tests/sync/test_tree.py",
    "tests/sync/test_tree_of_a_grant.py",
)
# That the floors which decide are the same program without asserts is proven by comparing the compiled code
# (tests/packaging/test_optimized.py). These run without asserts all the same: trust and merge, what is read from
# strangers, and one operation of each kind. `--long` runs everything below the window so.
OPTIMIZED_TESTS = (
    "tests/records/test_items.py",
    "tests/records/test_resolution.py",
    "tests/store/test_merging.py",
    "tests/sync/test_trust.py",
    "tests/sync/test_receiving.py",
    "tests/sync/test_refused.py",
    "tests/sync/test_held.py",
    "tests/sync/test_waiting_for_grants.py",
    "tests/sync/test_days_to_come.py",
    "tests/sync/test_twice.py",
    "tests/sync/test_hostile_stations.py",
    "tests/sync/test_hostile_bundles.py",
    "tests/operations/test_exchange.py",
    "tests/operations/test_steps.py",
)
OPTIMIZED_LONG = ("tests/records", "tests/store", "tests/sync", "tests/histories", "tests/operations")
PROCESSES = "3"
"""One more than the cores that are promised: where files lie on a disk, a test waits for it a third of its time."""
MEMORY_FOR_FILES = 2 << 30
"""Bytes; the tests of a whole run have a few hundred million at one time."""

# import-linter has no __main__, and a script's first line breaks when a checkout is moved.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-logo'])"


_MOST_TOLD, _LINES_TOLD = 10, 12
"""How many failed tests are told once more at the end, and how much of each."""


@dataclass
class Tally:
    """How many checks and tests passed, failed and were skipped, and which steps failed."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add_check(self, name: str, good: bool) -> None:
        """Count a step that is one check."""
        self.passed += good
        self.failed += not good
        if not good:
            self.broken.append(name)

    def add_report(self, name: str, report: Path, code: int) -> None:
        """Count the tests of a JUnit report of pytest that ended with ``code``.

        A run that died, collected nothing or failed outside of a test counts as one failure, never as none.
        """
        passed, failed, skipped = read_report(report)
        if code != 0 and failed == 0:
            failed = 1
        self.passed += passed
        self.failed += failed
        self.skipped += skipped
        if failed:
            self.broken.append(name)
            self.failures += read_failures(report)

    def line(self) -> str:
        """The closing line, in the words that readers of test output know."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def read_report(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped of a JUnit report; all zero when pytest did not live to write it."""
    try:
        suites = ET.parse(report).getroot().iter("testsuite")
    except (OSError, ET.ParseError):
        return 0, 0, 0
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return max(total - failed - skipped, 0), failed, skipped


def read_failures(report: Path) -> list[str]:
    """The failed tests of a JUnit report, each with the end of what it said: where a run is long, or only its end is
    kept, nobody sees it in between."""
    try:
        cases = list(ET.parse(report).getroot().iter("testcase"))
    except (OSError, ET.ParseError):
        return []
    told = [(case, end) for case in cases for end in case if end.tag in ("failure", "error")]
    return [
        "\n    ".join([f"{case.get('classname')}::{case.get('name')}", *_last_lines(end.text or "")])
        for case, end in told[:_MOST_TOLD]
    ]


def _last_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()][-_LINES_TOLD:]


def measured_files(root: Path) -> list[str]:
    """The test files that are run with the kernels measured; all others are run without."""
    places = [root / place for place in MEASURED_TESTS]
    found = [file for place in places for file in (place.rglob("test_*.py") if place.is_dir() else [place])]
    names = sorted(file.relative_to(root).as_posix() for file in found if file.is_file())
    return [name for name in names if name not in UNMEASURED_TESTS]


def read_kernels(root: Path) -> tuple[list[str], list[str]]:
    """The paths of ``kernels.txt``: those that exist, and those still to be written."""
    lines = (root / "packaging" / "kernels.txt").read_text(encoding="utf-8").splitlines()
    paths = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return [p for p in paths if (root / p).is_file()], [p for p in paths if not (root / p).is_file()]


def module_name(path: str) -> str:
    """The import name of a module's path, as ``desktop/sync/trust.py`` -> ``desktop.sync.trust``."""
    return path.removesuffix(".py").replace("/", ".")


def uncovered(kernels: Sequence[str], report: Path) -> dict[str, str]:
    """Kernels below full branch coverage, with what is missing, from a JSON report of coverage."""
    try:
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError):
        return dict.fromkeys(kernels, "no coverage was measured 没有测得覆盖率")
    files = {name.replace("\\", "/"): found for name, found in files.items()}
    gaps = {}
    for kernel in kernels:
        if kernel not in files:
            gaps[kernel] = "no test imports it 没有测试导入它"
            continue
        lines, branches = files[kernel]["missing_lines"], files[kernel]["missing_branches"]
        # Branches out of a line that never ran say nothing new.
        branches = [(a, b) for a, b in branches if abs(a) not in lines]
        if lines or branches:
            arrows = [f"{a}->{b if b > 0 else 'exit'}" for a, b in branches]
            gaps[kernel] = "not reached 未覆盖: " + ", ".join([*map(str, lines), *arrows])
    return gaps


def memory_folder(
    folder: Path = Path("/dev/shm"), needed: int = MEMORY_FOR_FILES, told: Path = Path("/proc/meminfo")
) -> Path | None:
    """Where files lie in memory, if there is room for ``needed`` bytes of them and as much for the tests, or None."""
    try:
        lines = told.read_text(encoding="ascii").splitlines()
        room = shutil.disk_usage(folder).free
    except OSError:
        return None
    available = sum(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    return folder if room >= needed and available >= 2 * needed and os.access(folder, os.W_OK) else None


def environment_of_tests(env: Mapping[str, str], scratch: Path, files_beside: bool) -> dict[str, str]:
    """``env`` for the steps; with ``files_beside`` the tests' own files lie under ``scratch`` too."""
    result = running.clean_environment(env)
    if "PYTHONDONTWRITEBYTECODE" in result:
        # Beside the sources nothing shall be written; without any byte code each process would compile all of them.
        del result["PYTHONDONTWRITEBYTECODE"]
        result.setdefault("PYTHONPYCACHEPREFIX", str(scratch / "bytecode"))
    if files_beside:
        files = scratch / "files"
        files.mkdir()
        result["TMPDIR"] = str(files)
    return result


class Steps:
    """The steps of ``test`` in their order, each with a heading; all run, whatever the ones before said."""

    def __init__(self, python: Path, env: Mapping[str, str], scratch: Path) -> None:
        self.python = str(python)
        self.env = dict(env)
        self.scratch = scratch
        self.tally = Tally()

    def check(self, name: str, *arguments: str) -> None:
        """A step that is one check."""
        say(f"\n== {name}")
        self.tally.add_check(name, running.run([self.python, *arguments], self.env) == 0)

    def beside(self, name: str, *arguments: str) -> Callable[[], None]:
        """A step that is one check and goes on beside the next ones; the result waits for it and shows what it said."""
        output = self.scratch / "beside.txt"
        wait = running.begin([self.python, *arguments], self.env, output)

        def finish() -> None:
            good = wait() == 0
            say(f"\n== {name}\n{output.read_text(encoding='utf-8', errors='replace').rstrip()}")
            self.tally.add_check(name, good)

        return finish

    def collect(self) -> None:
        """That all tests can be imported; what it says is shown where they cannot.

        Once here, as the processes of :meth:`pytest` begin together: none would find anything compiled, and each would
        compile all tests and the program for itself, which takes it longer than most of its tests.
        """
        name = "tests are found 收集测试"
        say(f"\n== {name}")
        output = self.scratch / "collected.txt"
        command = [self.python, "-m", "pytest", "--collect-only", "-qq", "tests"]
        good = running.begin(command, self.env, output)() == 0
        if not good:
            say(output.read_text(encoding="utf-8", errors="replace").rstrip())
        self.tally.add_check(name, good)

    def pytest(self, name: str, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        """A step that is many tests, spread over processes: an abort in one costs one test, not the run."""
        say(f"\n== {name}")
        report = self.scratch / f"{len(list(self.scratch.iterdir()))}.xml"
        command = [
            self.python,
            "-m",
            "pytest",
            "-q",
            "-n",
            PROCESSES,
            "--dist",
            "worksteal",
            f"--junitxml={report}",
        ]
        self.tally.add_report(name, report, running.run([*command, *arguments], {**self.env, **(env or {})}))

    def kernels(self, kernels: Sequence[str], absent: Sequence[str], report: Path) -> None:
        """Full branch coverage of the modules that must have it."""
        name = "coverage of the kernels 核心模块分支覆盖率"
        say(f"\n== {name}")
        for path in absent:
            say(f"{path}: not written yet, passed over 尚未编写，跳过")
        gaps = uncovered(kernels, report)
        for path in kernels:
            say(f"{path}: {gaps.get(path, '100 %')}")
        if kernels:
            self.tally.add_check(name, not gaps)


def whole_run(steps: Steps, long: Mapping[str, str]) -> None:
    """All tests with the kernels measured, and what must not hang on an assert again without them."""
    steps.collect()
    kernels, absent = read_kernels(running.ROOT)
    report = steps.scratch / "coverage.json"
    measured = [f"--cov={module_name(path)}" for path in kernels]
    if measured:
        measured += ["--cov-branch", f"--cov-report=json:{report}"]
    data = {"COVERAGE_FILE": str(steps.scratch / "coverage")}
    files = measured_files(running.ROOT)
    steps.pytest("pytest 测试", *files, *measured, env={**long, **data})
    steps.pytest(
        "pytest of operations, windows, papers and commands 操作、窗口、文书和命令的测试",
        "tests",
        *(f"--ignore={file}" for file in files),
        env=long,
    )
    chosen = OPTIMIZED_LONG if long else OPTIMIZED_TESTS
    steps.pytest(
        "pytest without the program's asserts 去除断言后的测试", *chosen, env={"XIAOSANJI_OPTIMIZE": "1"}
    )
    steps.kernels(kernels, absent, report)

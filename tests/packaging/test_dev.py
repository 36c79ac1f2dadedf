"""The commands of ``packaging/dev.py``: what they run, in which order, and what they say."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import dev
import pytest
from bootstrap import checks, environments, machine, running

from tests.conftest import AtOnce


@pytest.mark.parametrize(
    ("system", "env", "screen"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_a_screen_is_known_by_its_variables_on_linux_alone(system: str, env: Any, screen: Any) -> None:
    assert machine.has_screen(system, env) is screen


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Collects what ``start`` would run, on a machine without a screen."""
    calls = []
    monkeypatch.setattr(
        environments,
        "prepare",
        lambda profile: environments.Environment(Path("python"), "3.11.2", tmp_path, tmp_path),
    )
    monkeypatch.setattr(running, "run", lambda command, env=None: calls.append((command[3:], env)) or 0)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(tempfile, "mkdtemp", lambda prefix: str(tmp_path))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return calls


def test_without_a_screen_start_says_so_and_runs_the_demo(
    started: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert dev.main(["start"]) == 0
    [(arguments, env)] = started
    assert arguments == ["demo", str(tmp_path)]
    assert env["QT_QPA_PLATFORM"] == "offscreen"
    assert "没有可用的屏幕" in capsys.readouterr().out


def test_a_named_command_needs_no_screen(started: Any) -> None:
    assert dev.main(["start", "digest", "workspace", "--json"]) == 0
    assert [arguments for arguments, _ in started] == [["digest", "workspace", "--json"]]


def test_with_a_screen_start_opens_the_window(started: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert dev.main(["start"]) == 0
    assert [arguments for arguments, _ in started] == [[]]


def write_report(path: Path, **counts: Any) -> Path:
    attributes = " ".join(f'{name}="{count}"' for name, count in counts.items())
    path.write_text(f'<?xml version="1.0"?><testsuites><testsuite name="pytest" {attributes}/></testsuites>')
    return path


def test_the_closing_line_adds_up_checks_and_tests(tmp_path: Path) -> None:
    tally = checks.Tally()
    tally.add_check("format", True)
    tally.add_check("types", False)
    tally.add_report("tests", write_report(tmp_path / "a.xml", tests=10, failures=1, errors=1, skipped=2), 1)
    tally.add_report("again", write_report(tmp_path / "b.xml", tests=4, failures=0, errors=0, skipped=0), 0)
    assert tally.line() == "11 passed, 3 failed, 2 skipped"
    assert tally.broken == ["types", "tests"]


def test_the_end_says_again_what_failed_and_how(tmp_path: Path) -> None:
    report = tmp_path / "a.xml"
    traceback = "\n".join([f"line {n}" for n in range(40)] + ["E   assert 1 == 2"])
    report.write_text(
        '<testsuites><testsuite tests="3" failures="1" errors="1">'
        f'<testcase classname="tests.ui.test_home" name="test_a"><failure>{traceback}</failure></testcase>'
        '<testcase classname="tests.ui.test_home" name="test_b"/>'
        '<testcase classname="tests.ui.test_home" name="test_c"><error>gone</error></testcase>'
        "</testsuite></testsuites>"
    )
    tally = checks.Tally()
    tally.add_report("tests", report, 1)
    first, second = tally.failures
    assert first.startswith("tests.ui.test_home::test_a\n")
    assert first.endswith("E   assert 1 == 2")
    assert "line 39" in first
    assert "line 3\n" not in first
    assert second == "tests.ui.test_home::test_c\n    gone"


def test_the_closing_line_is_plain_when_nothing_was_skipped() -> None:
    assert checks.Tally(passed=3).line() == "3 passed, 0 failed"


@pytest.mark.parametrize("content", [None, "", "<testsuites>"])
def test_a_run_that_died_before_its_report_fails(tmp_path: Path, content: Any) -> None:
    report = tmp_path / "a.xml"
    if content is not None:
        report.write_text(content)
    tally = checks.Tally()
    tally.add_report("tests", report, 3)
    assert (tally.passed, tally.failed) == (0, 1)


def test_a_run_that_found_no_test_fails(tmp_path: Path) -> None:
    tally = checks.Tally()
    tally.add_report("tests", write_report(tmp_path / "a.xml", tests=0, failures=0, errors=0, skipped=0), 5)
    assert tally.failed == 1


def test_optimisation_from_outside_does_not_reach_the_tests() -> None:
    env = running.clean_environment({"PYTHONOPTIMIZE": "1", "XIAOSANJI_OPTIMIZE": "1", "LANG": "C"})
    assert env == {"LANG": "C", "QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.parametrize(("kib", "taken"), [(2048, True), (2047, False)])
def test_files_lie_in_memory_where_there_is_room_for_them_and_for_the_tests(
    tmp_path: Path, kib: Any, taken: Any
) -> None:
    told = tmp_path / "meminfo"
    told.write_text(f"MemTotal: 9999999 kB\nMemAvailable: {kib} kB\n", encoding="ascii")
    assert checks.memory_folder(tmp_path, needed=1 << 20, told=told) == (tmp_path if taken else None)


def test_a_system_without_such_a_folder_keeps_its_files_on_disk(tmp_path: Path) -> None:
    assert checks.memory_folder(tmp_path / "absent", needed=1) is None


def test_a_chosen_platform_of_qt_stays() -> None:
    assert running.clean_environment({"QT_QPA_PLATFORM": "xcb"})["QT_QPA_PLATFORM"] == "xcb"


class FakeRun:
    """Stands for all child processes: every check passes, and pytest reports two tests."""

    def __init__(self, codes: Any = None) -> None:
        self.codes = codes or {}
        self.calls: list[tuple[Any, Any]] = []

    def __call__(self, command: Any, env: Any = None) -> Any:
        self.calls.append((command, env))
        for argument in command:
            if argument.startswith("--junitxml="):
                write_report(Path(argument.partition("=")[2]), tests=2, failures=0, errors=0, skipped=0)
            if argument.startswith("--cov-report=json:"):
                found: dict[str, list[Any]] = {"missing_lines": [], "missing_branches": []}
                files = dict.fromkeys(checks.read_kernels(running.ROOT)[0], found)
                Path(argument.partition(":")[2]).write_text(json.dumps({"files": files}))
        return next((code for word, code in self.codes.items() if word in " ".join(command)), 0)

    def begin(self, command: Any, env: Any, output: Path) -> Any:
        output.write_text("what it said")
        return lambda: self(command, env)


@pytest.fixture
def fake_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Puts :class:`FakeRun` in the place of child processes, in a checkout with one kernel and one lower floor."""
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "kernels.txt").write_text("kernel.py\nlater.py\n")
    (tmp_path / "kernel.py").write_text("")
    (tmp_path / "tests" / "records").mkdir(parents=True)
    monkeypatch.setattr(running, "ROOT", tmp_path)
    fake = FakeRun()
    monkeypatch.setattr(running, "run", fake)
    monkeypatch.setattr(running, "begin", fake.begin)
    monkeypatch.setattr(
        environments,
        "prepare",
        lambda profile: environments.Environment(Path("python"), "3.11.2", tmp_path, tmp_path),
    )
    return fake


def test_all_steps_run_in_order_and_the_last_line_sums_up(
    fake_run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(["test"]) == 0
    said = capsys.readouterr().out
    headings = [line for line in said.splitlines() if line.startswith("== ")]
    words = [
        "ruff format",
        "ruff check",
        "lint-imports",
        "tests are found",
        "pytest",
        "operations, windows, papers and commands",
        "without the program's asserts",
        "kernels",
        "mypy",
    ]
    assert len(headings) == len(words)
    assert all(word in heading for word, heading in zip(words, headings, strict=True))
    assert (
        said.splitlines()[-1] == "12 passed, 0 failed"
    )  # five checks, three times two tests, one kernel check


@pytest.mark.parametrize("forbidden", [True, False])
def test_byte_code_is_shared_by_all_processes_and_lies_where_it_may(
    fake_run: Any, monkeypatch: pytest.MonkeyPatch, forbidden: bool
) -> None:
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    if forbidden:
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    dev.main(["test"])
    for _, env in fake_run.calls:
        assert "PYTHONDONTWRITEBYTECODE" not in env
        assert ("PYTHONPYCACHEPREFIX" in env) is forbidden


def test_what_is_run_without_asserts_is_there() -> None:
    assert [
        path
        for path in (*checks.OPTIMIZED_TESTS, *checks.OPTIMIZED_LONG)
        if not (running.ROOT / path).exists()
    ] == []


def test_a_failing_step_stops_nothing_but_fails_the_run(
    fake_run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_run.codes = {"mypy": 1}
    assert dev.main(["test"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("== ") for line in said) == 9
    assert "FAILED 未通过: mypy 类型" in said
    assert said[-1].endswith("passed, 1 failed")


def test_what_goes_on_beside_is_waited_for_and_shown(tmp_path: Path) -> None:
    output = tmp_path / "beside.txt"
    wait = running.begin(
        [sys.executable, "-c", "print('said'); raise SystemExit(3)"], dict(os.environ), output
    )
    assert wait() == 3
    assert output.read_text().strip() == "said"


@pytest.mark.parametrize("code", [0, 2])
def test_that_all_tests_are_found_is_said_in_detail_only_where_they_are_not(
    fake_run: Any, capsys: pytest.CaptureFixture[str], code: int
) -> None:
    fake_run.codes = {"--collect-only": code}
    assert dev.main(["test"]) == (1 if code else 0)
    # What the types have said stands there in any case.
    assert capsys.readouterr().out.count("what it said") == (2 if code else 1)


def test_what_the_types_said_stands_at_the_end(fake_run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    dev.main(["test", "--", "tests/records"])
    assert "== mypy 类型\nwhat it said\n" in capsys.readouterr().out


def test_long_reaches_the_tests_and_not_the_second_run(fake_run: Any) -> None:
    dev.main(["test", "--long"])
    runs = [env for command, env in fake_run.calls if "-n" in command]
    assert [(env.get("XIAOSANJI_LONG"), env.get("XIAOSANJI_OPTIMIZE")) for env in runs] == [
        ("1", None),
        ("1", None),
        (None, "1"),
    ]


@pytest.mark.parametrize(("outcome", "told"), [("passed", []), ("failed", ["\na.py::test\nseed 7"])])
def test_a_long_run_says_at_once_what_failed(outcome: Any, told: list[str]) -> None:
    said: list[str] = []
    AtOnce(said.append).pytest_runtest_logreport(
        pytest.TestReport("a.py::test", ("a.py", 1, "test"), {}, outcome, "seed 7", "call")
    )
    assert said == told


def test_arguments_after_two_dashes_go_to_pytest_and_narrow_the_run(
    fake_run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(["test", "--", "-k", "name", "tests/records"]) == 0
    [(command, _)] = [call for call in fake_run.calls if "pytest" in call[0]]
    assert command[-3:] == ["-k", "name", "tests/records"]
    assert "Only a part of the tests" in capsys.readouterr().out


def test_an_unknown_command_shows_how_to_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["tset"]) == 2
    assert "packaging/dev.py test" in capsys.readouterr().out


def test_what_stops_the_work_is_said_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(arguments: Any) -> None:
        raise running.Stop("no")

    monkeypatch.setitem(dev.COMMANDS, "test", stop)
    assert dev.main(["test"]) == 1
    assert capsys.readouterr().err == "no\n"

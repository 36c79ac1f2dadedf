"""Behaviour of ``packaging/dev.py`` that needs no machine: what is missing, what is stale, what a run amounts to."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


def load_dev() -> Any:
    """The file as a module; by its path, since ``packaging/`` must not be a package."""
    spec = importlib.util.spec_from_file_location("xiaosanji_dev", ROOT / "packaging" / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


dev = load_dev()


# --- the machine


def test_an_old_python_is_refused_with_both_versions() -> None:
    with pytest.raises(dev.Stop, match=r"Python 3\.11 or newer is needed, this is 3\.9"):
        dev.check_python((3, 9, 2))


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 14, 0)])
def test_a_new_enough_python_is_taken(version: Any) -> None:
    dev.check_python(version)


def test_the_file_parses_on_a_python_that_is_too_old() -> None:
    source = (ROOT / "packaging" / "dev.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))


@pytest.mark.parametrize(
    ("machine", "version", "good"),
    [
        ("x86_64", "2.36", True),
        ("x86_64", "2.34", True),
        ("x86_64", "2.31", False),
        ("aarch64", "2.36", False),
        ("aarch64", "2.39", True),
        ("riscv64", "2.31", True),
    ],
)
def test_a_glibc_below_the_floor_of_qt_is_named(machine: str, version: Any, good: Any) -> None:
    if good:
        dev.check_glibc(machine, ("glibc", version))
    else:
        with pytest.raises(dev.Stop, match=f"this system has {version}"):
            dev.check_glibc(machine, ("glibc", version))


def test_a_system_without_glibc_is_not_judged() -> None:
    dev.check_glibc("x86_64", ("", ""))


def test_only_packages_whose_library_does_not_load_are_missing() -> None:
    def load(library: str) -> Any:
        if library in ("libEGL.so.1", "libxcb-cursor.so.0"):
            raise OSError(library)

    assert dev.missing_libraries(load) == ["libegl1", "libxcb-cursor0"]
    assert dev.missing_libraries(lambda library: None) == []


def test_a_missing_virtual_screen_is_noticed() -> None:
    assert dev.missing_programs(lambda name: None if name == "Xvfb" else f"/usr/bin/{name}") == ["xvfb"]


def test_apt_refreshes_its_lists_and_asks_nothing() -> None:
    refresh, install = dev.apt_commands(["libegl1", "xvfb"], ["sudo", "-n"])
    assert refresh[:2] == install[:2] == ["sudo", "-n"]
    assert refresh[-1] == "update"
    assert "DEBIAN_FRONTEND=noninteractive" in install
    assert "-y" in install
    assert install[-2:] == ["libegl1", "xvfb"]


def test_without_rights_a_person_gets_the_whole_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "root_prefix", lambda: None)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(dev.Stop) as stopped:
        dev.install_packages(["libegl1", "xvfb"])
    command = str(stopped.value).splitlines()[-1]
    assert command.startswith("sudo env DEBIAN_FRONTEND=noninteractive apt-get")
    assert command.endswith("install -y --no-install-recommends libegl1 xvfb")


def test_without_apt_the_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    with pytest.raises(dev.Stop, match="libegl1 xvfb") as stopped:
        dev.install_packages(["libegl1", "xvfb"])
    assert "apt-get" not in str(stopped.value)


def test_everything_missing_is_asked_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    present: set[str] = set()
    monkeypatch.setattr(dev, "missing_libraries", lambda: [] if present else ["libegl1"])
    monkeypatch.setattr(dev, "missing_programs", lambda: [] if present else ["xvfb"])
    monkeypatch.setattr(dev, "missing_ensurepip", lambda: [] if present else ["python3.11-venv"])
    monkeypatch.setattr(
        dev, "install_packages", lambda packages: (asked.append(packages), present.add("all"))
    )
    monkeypatch.setattr(dev, "check_glibc", lambda machine, libc: None)
    monkeypatch.setattr(dev.sys, "platform", "linux")
    dev.prepare_system("dev", needs_ensurepip=True)
    dev.prepare_system("dev", needs_ensurepip=True)
    assert asked == [["libegl1", "xvfb", "python3.11-venv"]]


def test_the_window_alone_needs_no_virtual_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "missing_libraries", list)
    monkeypatch.setattr(dev, "missing_programs", lambda: ["xvfb"])
    monkeypatch.setattr(dev, "check_glibc", lambda machine, libc: None)
    dev.prepare_system("runtime", needs_ensurepip=False)


def test_a_package_that_came_but_does_not_load_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "missing_libraries", lambda: ["libegl1"])
    monkeypatch.setattr(dev, "install_packages", lambda packages: None)
    monkeypatch.setattr(dev, "check_glibc", lambda machine, libc: None)
    monkeypatch.setattr(dev.sys, "platform", "linux")
    with pytest.raises(dev.Stop, match="libegl1"):
        dev.prepare_system("runtime", needs_ensurepip=False)


# --- the environment


@pytest.fixture
def checkout(tmp_path: Path) -> Any:
    """A folder with two locks and the place for an environment."""
    (tmp_path / "packaging").mkdir()
    (tmp_path / ".venv").mkdir()
    (tmp_path / "packaging" / "requirements.txt").write_text("a==1\n")
    (tmp_path / "packaging" / "requirements-dev.txt").write_text("a==1\nb==2\n")
    return tmp_path


def test_nothing_is_installed_without_a_stamp(checkout: Path) -> None:
    assert not dev.is_installed(checkout, "runtime", "3.11.2")
    assert not dev.is_installed(checkout, "dev", "3.11.2")


def test_a_stamp_holds_until_something_changes(checkout: Path) -> None:
    dev.write_stamp(checkout, "dev", "3.11.2")
    assert dev.is_installed(checkout, "dev", "3.11.2")
    assert not dev.is_installed(checkout, "dev", "3.12.0")
    (checkout / "packaging" / "requirements-dev.txt").write_text("a==1\nb==3\n")
    assert not dev.is_installed(checkout, "dev", "3.11.2")


def test_the_larger_set_serves_for_the_smaller_but_not_the_other_way(checkout: Path) -> None:
    dev.write_stamp(checkout, "dev", "3.11.2")
    assert dev.is_installed(checkout, "runtime", "3.11.2")
    dev.write_stamp(checkout, "runtime", "3.11.2")
    assert dev.is_installed(checkout, "runtime", "3.11.2")
    assert not dev.is_installed(checkout, "dev", "3.11.2")


def test_a_moved_checkout_is_installed_again(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    dev.write_stamp(checkout, "dev", "3.11.2")
    moved = tmp_path_factory.mktemp("elsewhere") / "checkout"
    checkout.rename(moved)
    assert not dev.is_installed(moved, "dev", "3.11.2")


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"'])
def test_a_damaged_stamp_counts_as_none(checkout: Path, content: Any) -> None:
    dev.stamp_path(checkout).write_text(content)
    assert not dev.is_installed(checkout, "dev", "3.11.2")


def test_no_environment_is_found_where_none_runs(checkout: Path) -> None:
    assert dev.read_environment(checkout) is None


def test_the_project_is_linked_without_building_it(checkout: Path, tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("the script is a .cmd there")
    (checkout / "desktop").mkdir()
    (checkout / "desktop" / "__init__.py").write_text("")
    (checkout / "desktop" / "cli.py").write_text(
        "import sys\n\n\ndef main():\n    print(sys.argv)\n    return 7\n"
    )
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout / ".venv"], check=True)
    environment = dev.read_environment(checkout)
    dev.link_project(checkout, environment)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [environment.scripts / "xiaosanji", "demo", "a b"], cwd="/", env=env, capture_output=True, text=True
    )
    assert done.returncode == 7, done.stderr
    assert done.stdout.strip() == "['xiaosanji', 'demo', 'a b']"


def test_uv_is_used_when_it_would_ask_the_same_sources() -> None:
    assert dev.usable_uv({}, [], lambda name: "/bin/uv") == "/bin/uv"
    assert dev.usable_uv({}, [], lambda name: None) is None


@pytest.mark.parametrize(
    ("env", "configuration"),
    [({"PIP_FIND_LINKS": "/wheels"}, []), ({"PIP_CERT": "/ca.pem"}, []), ({}, [Path("/etc/pip.conf")])],
)
def test_uv_steps_aside_where_pip_has_a_configuration_of_its_own(env: Any, configuration: Any) -> None:
    assert dev.usable_uv(env, configuration, lambda name: "/bin/uv") is None


def test_uv_is_told_the_index_of_pip_but_keeps_its_own() -> None:
    assert dev.uv_environment({"PIP_INDEX_URL": "x"})["UV_DEFAULT_INDEX"] == "x"
    assert dev.uv_environment({"PIP_INDEX_URL": "x", "UV_DEFAULT_INDEX": "y"})["UV_DEFAULT_INDEX"] == "y"
    assert dev.uv_environment({}) == {}


def test_the_user_s_configuration_of_pip_is_found(tmp_path: Path) -> None:
    file = tmp_path / ".config" / "pip" / "pip.conf"
    assert file not in dev.pip_configuration(tmp_path)
    file.parent.mkdir(parents=True)
    file.write_text("[global]\n")
    assert file in dev.pip_configuration(tmp_path)


# --- start


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
    assert dev.has_screen(system, env) is screen


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Collects what ``start`` would run, on a machine without a screen."""
    calls = []
    monkeypatch.setattr(
        dev, "prepare", lambda profile: dev.Environment(Path("python"), "3.11.2", tmp_path, tmp_path)
    )
    monkeypatch.setattr(dev, "run", lambda command, env=None: calls.append((command[3:], env)) or 0)
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev.tempfile, "mkdtemp", lambda prefix: str(tmp_path))
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


# --- test


def write_report(path: Path, **counts: Any) -> Path:
    attributes = " ".join(f'{name}="{count}"' for name, count in counts.items())
    path.write_text(f'<?xml version="1.0"?><testsuites><testsuite name="pytest" {attributes}/></testsuites>')
    return path


def test_the_closing_line_adds_up_checks_and_tests(tmp_path: Path) -> None:
    tally = dev.Tally()
    tally.add_check("format", True)
    tally.add_check("types", False)
    tally.add_report("tests", write_report(tmp_path / "a.xml", tests=10, failures=1, errors=1, skipped=2), 1)
    tally.add_report("again", write_report(tmp_path / "b.xml", tests=4, failures=0, errors=0, skipped=0), 0)
    assert tally.line() == "11 passed, 3 failed, 2 skipped"
    assert tally.broken == ["types", "tests"]


def test_the_closing_line_is_plain_when_nothing_was_skipped() -> None:
    assert dev.Tally(passed=3).line() == "3 passed, 0 failed"


@pytest.mark.parametrize("content", [None, "", "<testsuites>"])
def test_a_run_that_died_before_its_report_fails(tmp_path: Path, content: Any) -> None:
    report = tmp_path / "a.xml"
    if content is not None:
        report.write_text(content)
    tally = dev.Tally()
    tally.add_report("tests", report, 3)
    assert (tally.passed, tally.failed) == (0, 1)


def test_a_run_that_found_no_test_fails(tmp_path: Path) -> None:
    tally = dev.Tally()
    tally.add_report("tests", write_report(tmp_path / "a.xml", tests=0, failures=0, errors=0, skipped=0), 5)
    assert tally.failed == 1


def test_optimisation_from_outside_does_not_reach_the_tests() -> None:
    env = dev.clean_environment({"PYTHONOPTIMIZE": "1", "XIAOSANJI_OPTIMIZE": "1", "LANG": "C"})
    assert env == {"LANG": "C", "QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.parametrize(("kib", "taken"), [(2048, True), (2047, False)])
def test_files_lie_in_memory_where_there_is_room_for_them_and_for_the_tests(
    tmp_path: Path, kib: Any, taken: Any
) -> None:
    told = tmp_path / "meminfo"
    told.write_text(f"MemTotal: 9999999 kB\nMemAvailable: {kib} kB\n", encoding="ascii")
    assert dev.memory_folder(tmp_path, needed=1 << 20, told=told) == (tmp_path if taken else None)


def test_a_system_without_such_a_folder_keeps_its_files_on_disk(tmp_path: Path) -> None:
    assert dev.memory_folder(tmp_path / "absent", needed=1) is None


def test_a_chosen_platform_of_qt_stays() -> None:
    assert dev.clean_environment({"QT_QPA_PLATFORM": "xcb"})["QT_QPA_PLATFORM"] == "xcb"


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
                files = dict.fromkeys(dev.read_kernels(dev.ROOT)[0], found)
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
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    fake = FakeRun()
    monkeypatch.setattr(dev, "run", fake)
    monkeypatch.setattr(dev, "begin", fake.begin)
    monkeypatch.setattr(
        dev, "prepare", lambda profile: dev.Environment(Path("python"), "3.11.2", tmp_path, tmp_path)
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
        "pytest",
        "operations, windows, papers and commands",
        "without the program's asserts",
        "kernels",
        "mypy",
    ]
    assert len(headings) == len(words)
    assert all(word in heading for word, heading in zip(words, headings, strict=True))
    assert (
        said.splitlines()[-1] == "11 passed, 0 failed"
    )  # four checks, three times two tests, one kernel check


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
        path for path in (*dev.OPTIMIZED_TESTS, *dev.OPTIMIZED_LONG) if not (dev.ROOT / path).exists()
    ] == []


def test_a_failing_step_stops_nothing_but_fails_the_run(
    fake_run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_run.codes = {"mypy": 1}
    assert dev.main(["test"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("== ") for line in said) == 8
    assert "FAILED 未通过: mypy 类型" in said
    assert said[-1].endswith("passed, 1 failed")


def test_what_goes_on_beside_is_waited_for_and_shown(tmp_path: Path) -> None:
    output = tmp_path / "beside.txt"
    wait = dev.begin([sys.executable, "-c", "print('said'); raise SystemExit(3)"], dict(os.environ), output)
    assert wait() == 3
    assert output.read_text().strip() == "said"


def test_what_the_types_said_stands_at_the_end(fake_run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    dev.main(["test", "--", "tests/records"])
    assert "== mypy 类型\nwhat it said\n" in capsys.readouterr().out


def test_long_reaches_the_tests_and_not_the_second_run(fake_run: Any) -> None:
    dev.main(["test", "--long"])
    runs = [env for command, env in fake_run.calls if "pytest" in command]
    assert [(env.get("XIAOSANJI_LONG"), env.get("XIAOSANJI_OPTIMIZE")) for env in runs] == [
        ("1", None),
        ("1", None),
        (None, "1"),
    ]


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
        raise dev.Stop("no")

    monkeypatch.setitem(dev.COMMANDS, "test", stop)
    assert dev.main(["test"]) == 1
    assert capsys.readouterr().err == "no\n"


# --- kernels


def write_coverage(path: Path, files: Any) -> Path:
    path.write_text(json.dumps({"files": files}))
    return path


def test_a_kernel_with_a_gap_is_named_with_its_lines_and_branches(tmp_path: Path) -> None:
    report = write_coverage(
        tmp_path / "c.json",
        {
            "desktop/a.py": {"missing_lines": [], "missing_branches": []},
            "desktop/b.py": {"missing_lines": [3], "missing_branches": [[3, 4], [7, 9], [8, -1]]},
            "desktop\\d.py": {"missing_lines": [], "missing_branches": []},
        },
    )
    gaps = dev.uncovered(["desktop/a.py", "desktop/b.py", "desktop/c.py", "desktop/d.py"], report)
    assert sorted(gaps) == ["desktop/b.py", "desktop/c.py"]
    assert gaps["desktop/b.py"].endswith("3, 7->9, 8->exit")
    assert "no test imports it" in gaps["desktop/c.py"]


def test_without_a_measurement_every_kernel_fails(tmp_path: Path) -> None:
    assert list(dev.uncovered(["desktop/a.py"], tmp_path / "none.json")) == ["desktop/a.py"]


def test_kernels_not_written_yet_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "kernels.txt").write_text("# comment\n\na.py\nb.py\n")
    (tmp_path / "a.py").write_text("")
    assert dev.read_kernels(tmp_path) == (["a.py"], ["b.py"])


def test_the_name_of_a_kernel_is_that_of_its_import() -> None:
    assert dev.module_name("desktop/sync/trust.py") == "desktop.sync.trust"


# --- the files beside it


def pins(name: str) -> Any:
    """Package -> version of a lock."""
    text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ]+)", text, re.MULTILINE))


def normal(requirement: str) -> Any:
    """The name of a requirement as package indexes write it."""
    return re.sub(r"[-_.]+", "-", re.findall(r"[\w.-]+", requirement)[0]).lower()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_a_hash_and_no_address_stands_in_the_lock(name: str) -> None:
    text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins(name)) > 20
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


@pytest.mark.parametrize(("name", "packages"), [("peers", {"apsw", "pygeodiff"}), ("fuzz", {"atheris"})])
def test_what_only_some_runs_need_is_pinned_apart_from_everything_else(name: str, packages: Any) -> None:
    lock = f"requirements-{name}.txt"
    text = (ROOT / "packaging" / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert pins(lock).keys() == packages
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert not pins(lock).keys() & pins("requirements-dev.txt").keys()


def test_the_peers_are_installed_once_and_again_when_their_lock_changes(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    environment = dev.Environment(checkout / "python", "3.11.2", checkout, checkout)
    monkeypatch.setattr(dev, "read_environment", lambda root: environment if made else None)
    monkeypatch.setattr(dev, "make_environment", lambda root, uv: made.append(root) or environment)
    monkeypatch.setattr(dev, "install_locks", lambda root, profile, environment, uv: made.append(profile))
    lock = checkout / "packaging" / "requirements-peers.txt"
    lock.write_text("c==1\n")
    assert dev.prepare_aside("peers", checkout) == dev.prepare_aside("peers", checkout) == environment
    assert made == [checkout / "build" / "peers", "peers"]
    lock.write_text("c==2\n")
    dev.prepare_aside("peers", checkout)
    assert len(made) == 4


def test_both_locks_agree_and_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime, everything = pins("requirements.txt"), pins("requirements-dev.txt")
    assert runtime.items() <= everything.items()
    assert {normal(r) for r in project["dependencies"]} <= runtime.keys()
    assert {normal(r) for r in project["optional-dependencies"]["dev"]} <= everything.keys()


def test_a_package_asked_for_with_an_extra_is_pinned_with_it() -> None:
    """Else the pip of Python 3.11 takes the newest release for a name with an extra, and that has no hash here."""
    text = (ROOT / "packaging" / "requirements-dev.txt").read_text(encoding="utf-8")
    pinned = {
        n: set(filter(None, x.split(",")))
        for n, x in re.findall(r"^([a-z0-9._-]+)\[?([a-z,]*)\]?==", text, re.M)
    }
    asked: dict[str, set[str]] = {}
    for name in pinned:
        try:
            found = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # pinned for another system
            continue
        for requirement in map(Requirement, found):
            if requirement.extras and (
                requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            ):
                asked.setdefault(normal(requirement.name), set()).update(requirement.extras)
    assert "coverage" in asked
    assert {name: extras - pinned[name] for name, extras in asked.items() if extras - pinned[name]} == {}


def test_every_runtime_package_has_its_licence_listed() -> None:
    text = (ROOT / "packaging" / "licences.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \|", text, re.MULTILINE))
    assert rows.keys() == pins("requirements.txt").keys()
    assert not [name for name, licence in rows.items() if licence.strip().startswith("GPL")]


def test_packaging_is_no_package() -> None:
    import packaging

    assert not (ROOT / "packaging" / "__init__.py").exists()
    assert packaging.__file__ is not None
    assert "site-packages" in packaging.__file__

"""Prepares this checkout on a bare machine, then starts the program, runs its checks, benchmarks or fuzzer.

    python3 packaging/dev.py start [ARGUMENTS OF xiaosanji]
    python3 packaging/dev.py test [--long] [-- ARGUMENTS OF pytest]
    python3 packaging/dev.py bench [--json FILE] [ARGUMENTS OF THE BENCHMARKS]
    python3 packaging/dev.py fuzz [TARGET ...] [--seconds N]
    python3 packaging/dev.py package

Standard library only, and no question is ever asked. An older Python must still be able to parse this file, or it
could not say which one is needed.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib
import importlib.util
import json
import locale
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)

LOCKS = {
    "runtime": ("packaging/requirements.txt",),
    # The second lock repeats the first, so that one run of the resolver sees all of it.
    "dev": ("packaging/requirements-dev.txt",),
    "package": ("packaging/requirements.txt", "packaging/requirements-package.txt"),
    "peers": ("packaging/requirements-peers.txt",),
    "fuzz": ("packaging/requirements.txt", "packaging/requirements-fuzz.txt"),
}

# Debian package -> the library that must load. Without the first seven QtGui cannot even be imported.
QT_LIBRARIES = {
    "libgl1": "libGL.so.1",
    "libegl1": "libEGL.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libfontconfig1": "libfontconfig.so.1",
    "libdbus-1-3": "libdbus-1.so.3",
    "libglib2.0-0": "libglib-2.0.so.0",
    "libx11-6": "libX11.so.6",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
}
# Debian package -> the program that must be found by tests: for a real window, and to read with public tools what the
# program writes.
TEST_PROGRAMS = {
    "xvfb": "Xvfb",
    "xauth": "xauth",
    "age": "age",
    "jq": "jq",
    "openssl": "openssl",
    "qpdf": "qpdf",
    "unzip": "unzip",
    "zstd": "zstd",
}

# Qt's wheels ask for this glibc; on an older one pip only says that nothing matches.
OLDEST_GLIBC = {"x86_64": (2, 34), "aarch64": (2, 39)}

# Settings that point pip at a package source and that uv does not read.
PIP_SOURCES = (
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_CONFIG_FILE",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_NO_INDEX",
    "PIP_PROXY",
    "PIP_TRUSTED_HOST",
)

# What covers the kernels; measuring the others too would only make them slower, and random histories nearly twice.
# Of these, examples that are made up at random are marked `no_cover` where they take long: others reach what they do.
MEASURED_TESTS = (
    "tests/records",
    "tests/store",
    "tests/sync",
    "tests/vectors",
    "tests/packaging",
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

LAUNCH = "import sys; from desktop.cli import main; sys.argv[0] = 'xiaosanji'; sys.exit(main())"


class Stop(Exception):
    """The work cannot go on; the text says why and what to do."""


# --- the machine ---------------------------------------------------------------------------------------------------


def check_python(version: Sequence[int]) -> None:
    """Raise :class:`Stop` when this interpreter is older than the program needs."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        needed, found = (".".join(map(str, v[:2])) for v in (OLDEST_PYTHON, version))
        raise Stop(
            f"Python {needed} or newer is needed, this is {found}: run this file with a newer one. "
            f"需要 Python {needed} 或更新版本，当前是 {found}。"
        )


def check_glibc(machine: str, libc: tuple[str, str]) -> None:
    """Raise :class:`Stop` when no wheel of the locked Qt can load here; ``libc`` as ``platform.libc_ver()``."""
    name, version = libc
    oldest = OLDEST_GLIBC.get(machine)
    if name == "glibc" and oldest and tuple(int(part) for part in version.split(".")[:2]) < oldest:
        needed = ".".join(map(str, oldest))
        raise Stop(
            f"The locked Qt needs glibc {needed} on {machine}, this system has {version}: use a newer system. "
            f"锁定的 Qt 需要 glibc {needed}，本机是 {version}，请换用较新的系统。"
        )


def missing_libraries(load: Callable[[str], object] = ctypes.CDLL) -> list[str]:
    """Debian packages whose library does not load, in the order of :data:`QT_LIBRARIES`."""
    missing = []
    for package, library in QT_LIBRARIES.items():
        try:
            load(library)
        except OSError:
            missing.append(package)
    return missing


def missing_programs(which: Callable[[str], str | None] = shutil.which) -> list[str]:
    """Debian packages of :data:`TEST_PROGRAMS` that are not installed."""
    return [package for package, program in TEST_PROGRAMS.items() if which(program) is None]


def apt_commands(packages: Sequence[str], prefix: Sequence[str] = ()) -> list[list[str]]:
    """The commands that install ``packages``; the first refreshes the lists, which a bare container lacks."""
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"]
    return [
        [*apt, "-qq", "update"],
        [*apt, "-qq", "install", "-y", "--no-install-recommends", *packages],
    ]


def root_prefix() -> list[str] | None:
    """What to put before a command to run it as root without a question; ``None`` when there is no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def by_hand(packages: Sequence[str], has_apt: bool) -> str:
    """What a person has to type when this file may not install ``packages`` itself."""
    if not has_apt:
        return (
            "These system packages (Debian names) are missing, install them with the system's own tool: "
            f"{' '.join(packages)}。缺少以上系统软件包，请用本系统的工具安装后再运行。"
        )
    commands = " && ".join(shlex.join(command) for command in apt_commands(packages, ["sudo"]))
    return f"System packages are missing; run this, then try again 缺少系统软件包，请先运行：\n{commands}"


def install_packages(packages: Sequence[str]) -> None:
    """Install Debian packages, or raise :class:`Stop` with the command that a person has to run."""
    has_apt = shutil.which("apt-get") is not None
    prefix = root_prefix() if has_apt else None
    if prefix is None:
        raise Stop(by_hand(packages, has_apt))
    say(f"Installing system packages 安装系统软件包: {' '.join(packages)}")
    refresh, install = apt_commands(packages, prefix)
    # One broken source among many must not stop the rest: whether the packages came is what counts.
    subprocess.run(refresh, stdout=subprocess.DEVNULL)
    if subprocess.run(install, stdout=subprocess.DEVNULL).returncode != 0:
        raise Stop(f"apt-get could not install them. 安装失败。\n{by_hand(packages, has_apt)}")


def missing_ensurepip() -> list[str]:
    """The package that holds ensurepip, which Debian cuts out of its Python; empty when it is there."""
    importlib.invalidate_caches()
    if importlib.util.find_spec("ensurepip") is not None:
        return []
    return [f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"]


def prepare_system(profile: str, needs_ensurepip: bool) -> None:
    """See to the libraries and programs that wheels do not bring, all in one go."""
    if not sys.platform.startswith("linux"):
        return
    check_glibc(platform.machine(), platform.libc_ver())

    def missing() -> list[str]:
        packages = missing_libraries()
        packages += missing_programs() if profile == "dev" else []
        packages += missing_ensurepip() if needs_ensurepip else []
        return packages

    packages = missing()
    if packages:
        install_packages(packages)
        still = missing()
        if still:
            raise Stop(f"Installed, yet not to be loaded 已安装但仍无法加载: {' '.join(still)}")


# --- the environment -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Environment:
    """A virtual environment as its own interpreter describes it."""

    python: Path
    version: str
    site: Path
    scripts: Path


def venv_python(root: Path) -> Path:
    """Where the interpreter of the project's environment stands."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def read_environment(root: Path) -> Environment | None:
    """The project's environment; ``None`` when it is absent, broken, or of too old a Python."""
    python = venv_python(root)
    question = (
        "import json, platform, sysconfig; path = sysconfig.get_path;"
        "print(json.dumps([platform.python_version(), path('purelib'), path('scripts')]))"
    )
    try:
        answer = subprocess.run(
            [str(python), "-c", question], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    version, site, scripts = json.loads(answer)
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_PYTHON:
        return None
    return Environment(python, version, Path(site), Path(scripts))


def pip_configuration(home: Path) -> list[Path]:
    """Files that pip reads on a system like this one, as far as they exist."""
    candidates = [
        Path("/etc/pip.conf"),
        *(
            Path(folder) / "pip" / "pip.conf"
            for folder in os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")
        ),
        home / ".config" / "pip" / "pip.conf",
        home / ".pip" / "pip.conf",
        home / "Library" / "Application Support" / "pip" / "pip.conf",
        home / "AppData" / "Roaming" / "pip" / "pip.ini",
        Path(os.environ.get("PROGRAMDATA", "/nonexistent")) / "pip" / "pip.ini",
        Path(sys.prefix) / ("pip.ini" if os.name == "nt" else "pip.conf"),
    ]
    return [path for path in candidates if path.is_file()]


def usable_uv(
    env: Mapping[str, str], configuration: Iterable[Path], which: Callable[[str], str | None] = shutil.which
) -> str | None:
    """The path of ``uv`` where it will ask the same sources as pip; else ``None``, and pip does the work."""
    if any(env.get(name) for name in PIP_SOURCES) or any(configuration):
        return None
    return which("uv")


def uv_environment(env: Mapping[str, str]) -> dict[str, str]:
    """``env`` with pip's own index said in uv's words."""
    result = dict(env)
    if env.get("PIP_INDEX_URL"):
        result.setdefault("UV_DEFAULT_INDEX", env["PIP_INDEX_URL"])
    return result


def make_environment(root: Path, uv: str | None) -> Environment:
    """Create ``.venv`` anew."""
    target = str(root / ".venv")
    say("Creating .venv 创建虚拟环境")
    if uv:
        run_or_stop([uv, "venv", "--quiet", "--clear", "--python", sys.executable, target])
    else:
        run_or_stop([sys.executable, "-m", "venv", "--clear", target])
    environment = read_environment(root)
    if environment is None:
        raise Stop(f"The new environment does not run 新建的虚拟环境无法运行: {target}")
    return environment


def lock_digest(root: Path, profile: str, version: str) -> str:
    """What an installed environment depends on: its Python, its place, and every byte of its lock."""
    digest = hashlib.sha256(f"{version}\n{root}\n".encode())
    for lock in LOCKS[profile]:
        digest.update((root / lock).read_bytes())
    return digest.hexdigest()


def stamp_path(root: Path) -> Path:
    """The note, inside the environment, of what was installed into it."""
    return root / ".venv" / "xiaosanji-stamp.json"


def read_stamp(root: Path) -> dict[str, str]:
    """Profile -> digest at the time it was installed; empty when there is no readable note."""
    try:
        stamp = json.loads(stamp_path(root).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_installed(root: Path, profile: str, version: str) -> bool:
    """Whether nothing that ``profile`` depends on changed since it, or the larger one, was installed."""
    stamp = read_stamp(root)
    return any(
        stamp.get(candidate) == lock_digest(root, candidate, version)
        for candidate in dict.fromkeys((profile, "dev"))
    )


def write_stamp(root: Path, profile: str, version: str) -> None:
    """Note that ``profile`` is installed, and forget about the other: the two may disagree on a version."""
    stamp = {profile: lock_digest(root, profile, version)}
    stamp_path(root).write_text(json.dumps(stamp), encoding="utf-8")


def link_project(root: Path, environment: Environment) -> None:
    """Make the checkout importable and put ``xiaosanji`` among the scripts.

    A path file needs neither a build tool nor a network, which an editable install does.
    """
    path_file = environment.site / "xiaosanji.pth"
    path_file.write_text(f"{root}\n", encoding=locale.getpreferredencoding(False))
    if os.name == "nt":
        command = environment.scripts / "xiaosanji.cmd"
        command.write_text(f'@"%~dp0python.exe" -c "{LAUNCH}" %*\n', encoding="ascii")
    else:
        command = environment.scripts / "xiaosanji"
        command.write_text(
            f'#!/bin/sh\nexec {shlex.quote(str(environment.python))} -c "{LAUNCH}" "$@"\n', encoding="utf-8"
        )
        command.chmod(0o755)


def pip_command(environment: Environment) -> list[str]:
    """A pip that installs into ``environment``: its own, one made for it, or that of this Python."""
    own = [str(environment.python), "-m", "pip"]
    if succeeds([*own, "--version"]) or succeeds([str(environment.python), "-m", "ensurepip"]):
        return own
    if succeeds([sys.executable, "-m", "pip", "--version"]):
        return [sys.executable, "-m", "pip", "--python", str(environment.python)]
    raise Stop("No pip was found; delete .venv and try again. 找不到 pip，请删除 .venv 后重试。")


def install_locks(root: Path, profile: str, environment: Environment, uv: str | None) -> None:
    """Install what the locks of ``profile`` say; a wheel with another hash than there is refused."""
    say(
        "Installing the locked Python packages, about a minute the first time 安装 Python 软件包，首次约需一分钟"
    )
    locks = [part for lock in LOCKS[profile] for part in ("-r", str(root / lock))]
    strict = ["--require-hashes", "--only-binary", ":all:"]
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", str(environment.python), *strict, *locks]
        run_or_stop(command, uv_environment(os.environ))
    else:
        quiet = ["--quiet", "--quiet", "--no-input", "--disable-pip-version-check"]
        if sys.platform.startswith("linux") and os.geteuid() == 0:
            quiet.append("--root-user-action=ignore")
        run_or_stop([*pip_command(environment), "install", *quiet, *strict, *locks])


def prepare(profile: str, root: Path = ROOT) -> Environment:
    """Bring machine and environment to what ``profile`` needs; about a tenth of a second when they are."""
    check_python(sys.version_info[:2])
    uv = usable_uv(os.environ, pip_configuration(Path.home()))
    environment = read_environment(root)
    prepare_system(profile, needs_ensurepip=environment is None and uv is None)
    if environment is None:
        environment = make_environment(root, uv)
    if not is_installed(root, profile, environment.version):
        install_locks(root, profile, environment, uv)
        link_project(root, environment)
        write_stamp(root, profile, environment.version)
    return environment


# --- running things ------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    """Print at once, so that the lines stand in order with those of child processes."""
    print(text, flush=True)


def succeeds(command: Sequence[str]) -> bool:
    """Whether ``command`` exists and ends well; its output is not shown."""
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def run(command: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """Run ``command`` in the checkout with its output on ours; return its exit code."""
    return subprocess.run(command, cwd=ROOT, env=env).returncode


def begin(command: Sequence[str], env: Mapping[str, str], output: Path) -> Callable[[], int]:
    """Start ``command`` in the checkout, its output in a file; whoever calls the result waits for its exit code."""
    with output.open("wb") as file:
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=file, stderr=subprocess.STDOUT).wait


def run_or_stop(command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Like :func:`run`, but a failure ends the work."""
    code = run(command, env)
    if code != 0:
        raise Stop(f"This failed with code {code} 以下命令失败: {shlex.join(command)}")


# --- start ---------------------------------------------------------------------------------------------------------


def has_screen(system: str, env: Mapping[str, str]) -> bool:
    """Whether a window can be shown; ``system`` as ``sys.platform``."""
    return not system.startswith("linux") or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def start(arguments: Sequence[str]) -> int:
    """Open the window, or run the command given; without a screen, tell the whole story in files."""
    environment = prepare("runtime")
    launch = [str(environment.python), "-c", LAUNCH]
    if arguments or has_screen(sys.platform, os.environ):
        return run([*launch, *arguments])
    folder = tempfile.mkdtemp(prefix="xiaosanji-demo-")
    say(f"没有可用的屏幕（DISPLAY 和 WAYLAND_DISPLAY 均未设置），改为运行演示，结果放在 {folder}")
    return run([*launch, "demo", folder], {**os.environ, "QT_QPA_PLATFORM": "offscreen"})


# --- test ----------------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """How many checks and tests passed, failed and were skipped, and which steps failed."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: list[str] = field(default_factory=list)

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


def clean_environment(env: Mapping[str, str]) -> dict[str, str]:
    """``env`` for tests: no window, and no ``python -O`` from outside, which would empty the tests themselves."""
    result = {
        name: value for name, value in env.items() if name not in ("PYTHONOPTIMIZE", "XIAOSANJI_OPTIMIZE")
    }
    result.setdefault("QT_QPA_PLATFORM", "offscreen")
    return result


class Checks:
    """The steps of ``test`` in their order, each with a heading; all run, whatever the ones before said."""

    def __init__(self, python: Path, env: Mapping[str, str], scratch: Path) -> None:
        self.python = str(python)
        self.env = dict(env)
        self.scratch = scratch
        self.tally = Tally()

    def check(self, name: str, *arguments: str) -> None:
        """A step that is one check."""
        say(f"\n== {name}")
        self.tally.add_check(name, run([self.python, *arguments], self.env) == 0)

    def beside(self, name: str, *arguments: str) -> Callable[[], None]:
        """A step that is one check and goes on beside the next ones; the result waits for it and shows what it said."""
        output = self.scratch / "beside.txt"
        wait = begin([self.python, *arguments], self.env, output)

        def finish() -> None:
            good = wait() == 0
            say(f"\n== {name}\n{output.read_text(encoding='utf-8', errors='replace').rstrip()}")
            self.tally.add_check(name, good)

        return finish

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
        self.tally.add_report(name, report, run([*command, *arguments], {**self.env, **(env or {})}))

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


def test(arguments: Sequence[str]) -> int:
    """Format, lint, types, layers, tests, the kernels without asserts, coverage; arguments narrow the tests only."""
    parser = argparse.ArgumentParser(prog="dev.py test", allow_abbrev=False)
    parser.add_argument("--long", action="store_true", help="also the tests that take minutes")
    parser.add_argument("pytest", nargs="*", metavar="-- ARGUMENT", help="arguments of pytest")
    options = parser.parse_args(arguments)
    environment = prepare("dev")
    begun = time.monotonic()
    # A part is run to look into it: its files stay where pytest keeps them. A whole run waits for no disk.
    memory = None if options.pytest else memory_folder()
    with tempfile.TemporaryDirectory(prefix="xiaosanji-test-", dir=memory) as folder:
        scratch = Path(folder)
        env = clean_environment(os.environ)
        if "PYTHONDONTWRITEBYTECODE" in env:
            # Beside the sources nothing shall be written; without any byte code each process would compile all of them.
            del env["PYTHONDONTWRITEBYTECODE"]
            env.setdefault("PYTHONPYCACHEPREFIX", str(scratch / "bytecode"))
        if memory:
            files = scratch / "files"
            files.mkdir()
            env["TMPDIR"] = str(files)
        checks = Checks(environment.python, env, scratch)
        checks.check("ruff format 格式", "-m", "ruff", "format", "--check", "--output-format", "concise")
        checks.check("ruff check 规范", "-m", "ruff", "check", "--output-format", "concise")
        # It keeps one core busy for a third of a minute, in which the others would have nothing to do.
        types = checks.beside("mypy 类型", "-m", "mypy")
        checks.check("lint-imports 分层", "-c", LINT_IMPORTS)
        long = {"XIAOSANJI_LONG": "1"} if options.long else {}
        if options.pytest:
            checks.pytest("pytest 测试", *options.pytest, env=long)
            say(
                "\nOnly a part of the tests was asked for: no coverage, no second run. 只运行了部分测试，其余步骤略过。"
            )
        else:
            whole_run(checks, long)
        types()
    tally = checks.tally
    say(f"\n{time.monotonic() - begun:.0f} s" + "".join(f"\nFAILED 未通过: {name}" for name in tally.broken))
    say(tally.line())
    return 1 if tally.failed else 0


def whole_run(checks: Checks, long: Mapping[str, str]) -> None:
    """All tests with the kernels measured, and what must not hang on an assert again without them."""
    kernels, absent = read_kernels(ROOT)
    report = checks.scratch / "coverage.json"
    measured = [f"--cov={module_name(path)}" for path in kernels]
    if measured:
        measured += ["--cov-branch", f"--cov-report=json:{report}"]
    data = {"COVERAGE_FILE": str(checks.scratch / "coverage")}
    measuring = [folder for folder in MEASURED_TESTS if (ROOT / folder).is_dir()]
    checks.pytest("pytest 测试", *measuring, *measured, env={**long, **data})
    others = [f"--ignore={folder}" for folder in measuring]
    checks.pytest(
        "pytest of operations, windows, papers and commands 操作、窗口、文书和命令的测试",
        "tests",
        *others,
        env=long,
    )
    chosen = OPTIMIZED_LONG if long else OPTIMIZED_TESTS
    checks.pytest(
        "pytest without the program's asserts 去除断言后的测试", *chosen, env={"XIAOSANJI_OPTIMIZE": "1"}
    )
    checks.kernels(kernels, absent, report)


# --- bench ---------------------------------------------------------------------------------------------------------


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmarks; they know their own arguments, ``--json FILE`` among them."""
    environment = prepare("dev")
    return run([str(environment.python), "-m", "tests.benchmarks", *arguments])


def prepare_aside(profile: str, root: Path = ROOT) -> Environment:
    """An environment under ``build`` with what neither the program nor a test needs: peers, or the fuzzer."""
    work = root / "build" / profile
    note = work / "installed.txt"
    wanted = lock_digest(root, profile, platform.python_version())
    environment = read_environment(work)
    if environment is None or not note.is_file() or note.read_text(encoding="ascii") != wanted:
        work.mkdir(parents=True, exist_ok=True)
        uv = usable_uv(os.environ, pip_configuration(Path.home()))
        environment = make_environment(work, uv)
        install_locks(root, profile, environment, uv)
        note.write_text(wanted, encoding="ascii")
    return environment


# --- fuzz ----------------------------------------------------------------------------------------------------------


def fuzz(arguments: Sequence[str]) -> int:
    """Fuzz what reads a stranger's bytes, guided by coverage: the named targets one after the other, or all."""
    parser = argparse.ArgumentParser(prog="dev.py fuzz", allow_abbrev=False)
    parser.add_argument("target", nargs="*")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    options = parser.parse_args(arguments)
    machine = (platform.system(), platform.machine())
    if machine != ("Linux", "x86_64"):
        raise Stop("The fuzzer runs on Linux x86_64 only. 模糊测试只能在 Linux x86_64 上运行。")
    prepare("runtime")
    environment = prepare_aside("fuzz")
    env = clean_environment(os.environ) | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    names = options.target
    if not names:
        listed = "from tests.fuzz.targets import TARGETS; print(*TARGETS)"
        names = subprocess.run(
            [str(environment.python), "-c", listed],
            env=env,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
    found = []
    for name in names:
        say(f"\n== {name}")
        command = [str(environment.python), "-m", "tests.fuzz", name, "--seconds", str(options.seconds)]
        if run(command, env):
            found.append(name)
    say(f"\n{len(names)} targets, faults in: {', '.join(found) or 'none'}")
    return 1 if found else 0


# --- package -------------------------------------------------------------------------------------------------------


def package(arguments: Sequence[str]) -> int:
    """Freeze the program into ``dist/xiaosanji`` from an environment that holds nothing but what it needs."""
    if arguments:
        raise Stop("package takes no arguments 此命令没有参数")
    prepare("runtime")
    work = ROOT / "build" / "package"
    work.mkdir(parents=True, exist_ok=True)
    uv = usable_uv(os.environ, pip_configuration(Path.home()))
    clean = make_environment(work, uv)
    install_locks(ROOT, "package", clean, uv)
    say("Freezing 打包")
    return run(
        [
            str(clean.python), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN",
            "--distpath", str(ROOT / "dist"), "--workpath", str(work / "work"),
            str(ROOT / "packaging" / "xiaosanji.spec"),
        ]
    )  # fmt: skip


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "start": start,
    "test": test,
    "bench": bench,
    "fuzz": fuzz,
    "package": package,
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; exit code 1 when the machine is not ready for it or it failed, 2 for a wrong call."""
    if not arguments or arguments[0] not in COMMANDS:
        say(__doc__ or "")
        return 0 if arguments and arguments[0] in ("-h", "--help") else 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except Stop as stop:
        print(stop, file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show Chinese must not end the run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)

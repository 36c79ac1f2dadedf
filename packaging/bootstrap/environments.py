"""Makes the virtual environments of this checkout and installs into them what the locks say, hash by hash."""

from __future__ import annotations

import hashlib
import json
import locale
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bootstrap import machine
from bootstrap.running import ROOT, Stop, run_or_stop, say, succeeds

LOCKS = {
    "runtime": ("packaging/requirements.txt",),
    # The second lock repeats the first, so that one run of the resolver sees all of it.
    "dev": ("packaging/requirements-dev.txt",),
    "package": ("packaging/requirements.txt", "packaging/requirements-package.txt"),
    "peers": ("packaging/requirements-peers.txt",),
    "fuzz": ("packaging/requirements.txt", "packaging/requirements-fuzz.txt"),
}

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

LAUNCH = "import sys; from desktop.cli import main; sys.argv[0] = 'xiaosanji'; sys.exit(main())"


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
    if tuple(int(part) for part in version.split(".")[:2]) < machine.OLDEST_PYTHON:
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
    machine.check_python(sys.version_info[:2])
    uv = usable_uv(os.environ, pip_configuration(Path.home()))
    environment = read_environment(root)
    machine.prepare_system(profile, needs_ensurepip=environment is None and uv is None)
    if environment is None:
        environment = make_environment(root, uv)
    if not is_installed(root, profile, environment.version):
        install_locks(root, profile, environment, uv)
        link_project(root, environment)
        write_stamp(root, profile, environment.version)
    return environment


def aside(profile: str, root: Path = ROOT) -> Path:
    """The folder of an environment with what neither the program nor a test needs: peers, the fuzzer, the freezer."""
    return root / "build" / profile


def make_aside(profile: str, root: Path = ROOT) -> Environment:
    """Such an environment, made anew."""
    work = aside(profile, root)
    work.mkdir(parents=True, exist_ok=True)
    uv = usable_uv(os.environ, pip_configuration(Path.home()))
    environment = make_environment(work, uv)
    install_locks(root, profile, environment, uv)
    return environment


def prepare_aside(profile: str, root: Path = ROOT) -> Environment:
    """Such an environment, made anew only if its lock or this Python changed since."""
    note = aside(profile, root) / "installed.txt"
    wanted = lock_digest(root, profile, platform.python_version())
    environment = read_environment(aside(profile, root))
    if environment is None or not note.is_file() or note.read_text(encoding="ascii") != wanted:
        environment = make_aside(profile, root)
        note.write_text(wanted, encoding="ascii")
    return environment

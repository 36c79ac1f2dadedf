"""Sees to what wheels do not bring: a Python and a C library new enough, system libraries, programs of tests."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from bootstrap.running import Stop, say

OLDEST_PYTHON = (3, 11)

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


def has_screen(system: str, env: Mapping[str, str]) -> bool:
    """Whether a window can be shown; ``system`` as ``sys.platform``."""
    return not system.startswith("linux") or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))

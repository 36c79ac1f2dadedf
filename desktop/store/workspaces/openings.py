"""Whether a ledger is the one that was opened here last (rule 23): a mark beside it and in it, new with each opening.

The mark is random; no time and no path goes into it, so moving the folder, a stick with coarse times and a wrong clock
change nothing. The ledger gets its new mark first and keeps the one that lies beside with it, then the file beside is
written: a power cut between leaves a file whose mark the ledger still knows.

A copy of the ledger that was made earlier does not know the mark beside. One that was carried to another computer as
a whole does, so the ledger also remembers the computers on which it was opened. And where a copy lies on the same
computer, the folder in which it was opened last is still there with a ledger of the same origin; one that was moved is
not.
"""

from __future__ import annotations

import contextlib
import enum
import hashlib
import json
import platform
import secrets
import sys
from functools import cache
from pathlib import Path
from typing import Final

from desktop.errors import Problem
from desktop.renaming import write_whole
from desktop.store.tables.database import Database, DatabaseError

FILE: Final = "opened.json"
_FORMAT: Final = 1
_META: Final = "opening"
_COMPUTERS: Final = "computers"
_FOLDER: Final = "folder"
_NONE: Final = "-"
"""In the place of the mark beside a ledger, where there was none yet."""
_SALT: Final = 16
_MOST_COMPUTERS: Final = 50
_MACHINE_FILES: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))

_OF_WINDOWS: Final = (
    (r"SOFTWARE\Microsoft\Cryptography", "MachineGuid"),
    (r"SYSTEM\HardwareConfig", "LastConfig"),
)
"""Of the installation, whose disk offices copy to all computers; of the board that it started on."""


class Doubt(enum.Enum):
    """What is strange about a ledger."""

    OLDER = "older"
    """It is not as it was closed here last."""
    ELSEWHERE = "elsewhere"
    """It was never opened on this computer before."""
    BESIDE = "beside"
    """It lay in another folder, in which there still is one like it."""

    @property
    def sentence(self) -> str:
        """In words, for a person."""
        if self is Doubt.OLDER:
            return "这份台账的数据库和上次关闭时不一样，可能换成了以前的备份。"
        if self is Doubt.BESIDE:
            return "这台电脑上另一个文件夹里还有同样的台账，这一份可能是复制出来的。"
        return "这份台账是第一次在这台电脑上打开，可能是从别的电脑复制来的。"


def doubt(folder: Path, database: Database) -> Doubt | None:
    """What is strange about the ledger in this folder; nothing where neither it nor the folder was ever marked."""
    inside, beside = _value(database, _META), _beside(folder)
    if inside is None:
        # One without a mark beside a file with a mark was copied before its first opening came to its end.
        return Doubt.OLDER if beside else None
    if computer() not in (_value(database, _COMPUTERS) or "").split():
        return Doubt.ELSEWHERE
    if (beside or _NONE) not in inside.split():
        return Doubt.OLDER
    return Doubt.BESIDE if _lies_elsewhere_too(folder, database) else None


def _lies_elsewhere_too(folder: Path, database: Database) -> bool:
    """Whether the folder in which the ledger was opened last is another one, and still holds one of the same origin.

    The engine begins each new ledger with bytes drawn for it, which its copies share.
    """
    name = Path(str(database.value("SELECT file FROM pragma_database_list WHERE name = 'main'"))).name
    former = _value(database, _FOLDER)
    try:
        return (
            former is not None
            and not folder.samefile(former)
            and _salt(Path(former) / name) == _salt(folder / name)
        )
    except OSError:
        # It is not there any more, or on a disk that is not.
        return False


def _salt(ledger: Path) -> bytes:
    with open(ledger, "rb") as file:
        return file.read(_SALT)


def mark(folder: Path, database: Database) -> None:
    """A new mark, beside and inside; the ledger counts as opened on this computer."""
    new = secrets.token_hex(8)
    # Where the disk is full or write-protected the ledger goes on knowing the mark beside, so the next opening finds
    # nothing strange: whether there is room for a mark must not decide whether a ledger opens.
    with contextlib.suppress(OSError, DatabaseError, Problem):
        _put_inside(folder, database, new)
        write_whole(folder / FILE, json.dumps({"format": _FORMAT, "mark": new}).encode())


def expect(folder: Path, database: Database) -> None:
    """The ledger in ``database`` is about to take the place of the one in the folder, as a restore does it.

    Until it has, the present one is as right as it was.
    """
    _put_inside(folder, database, secrets.token_hex(8))


@cache
def computer() -> str:
    """What tells this computer from others, without saying anything about it."""
    return hashlib.sha256(f"xiaosanji computer v1\n{_machine()}".encode()).hexdigest()[:16]


def _machine() -> str:
    if sys.platform == "win32":
        if said := [value for where in _OF_WINDOWS if (value := _registered(*where))]:
            return "\n".join(said)
    for file in _MACHINE_FILES:
        with contextlib.suppress(OSError):
            if found := file.read_text("utf-8", "replace").strip():
                return found
    return platform.node()


def _registered(place: str, name: str) -> str:
    if sys.platform == "win32":
        import winreg

        with contextlib.suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
            return str(winreg.QueryValueEx(key, name)[0])
    return ""


def _beside(folder: Path) -> str:
    """The mark that the ledger has to know; empty where the file is gone or was not written by this program."""
    try:
        return str(json.loads((folder / FILE).read_text("utf-8"))["mark"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _put_inside(folder: Path, database: Database, new: str) -> None:
    known = [c for c in (_value(database, _COMPUTERS) or "").split() if c != computer()]
    # One statement and no transaction: the journal is not told of it.
    database.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?), (?, ?), (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (
            _COMPUTERS,
            " ".join([*known, computer()][-_MOST_COMPUTERS:]),
            _META,
            f"{new} {_beside(folder) or _NONE}",
            _FOLDER,
            str(folder.resolve()),
        ),
    )


def _value(database: Database, name: str) -> str | None:
    found = database.value("SELECT value FROM meta WHERE key = ?", (name,))
    return None if found is None else str(found)

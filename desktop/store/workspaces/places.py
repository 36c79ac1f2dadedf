"""Where a workspace may lie, what is said of some places, and the lock that lets one program in at a time."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final

from desktop.errors import EnvironmentProblem, StateProblem
from desktop.store.tables.database import ReadOnlyPlace

_MOUNTS: Final = Path("/proc/self/mounts")
_NETWORK: Final = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "ceph",
        "glusterfs",
        "davfs",
        "fuse.sshfs",
        "fuse.davfs2",
    }
)
_SYNCED: Final = (
    ("OneDrive", re.compile(r"onedrive( - .+)?")),
    ("WPS云盘", re.compile(r"wpsdrive|wps cloud files|wps(企业)?云盘")),
    ("坚果云", re.compile(r"nutstore( files)?|.*的坚果云|坚果云")),
    ("百度网盘", re.compile(r"baidusyncdisk|baidunetdiskworkspace|百度网盘同步空间")),
    ("Dropbox", re.compile(r"dropbox( \(.+\))?")),
)
"""How services call the folders that they keep equal with the net, in small letters, wherever these lie."""
_ONEDRIVE: Final = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
"""The variables in which it says where its folders are, which people may call as they like."""
_LEAST_ROOM: Final = 1 << 20
"""With fewer bytes than this a workspace does not open."""

_REMOTE: Final = 4
"""What Windows answers for a network drive (``DRIVE_REMOTE``)."""


class InUse(StateProblem):
    """Another window or command has this workspace open."""

    exit_code = 23
    next_step = "请先关闭另一个窗口，再打开一次；数据没有受影响。"


class NetworkPlace(EnvironmentProblem):
    """The folder lies on a network drive, where SQLite's write-ahead log breaks."""

    exit_code = 31
    next_step = "请把台账放在本机硬盘上，用数据包和别的电脑交换。"


def room_gone(folder: Path) -> bool:
    """Whether a failure to open is explained by a disk without room."""
    try:
        return shutil.disk_usage(folder).free < _LEAST_ROOM
    except OSError:
        return False


def take_lock(path: Path) -> IO[bytes]:
    """An exclusive lock that the operating system gives back when the program ends, however it ends."""
    try:
        file = open(path, "a+b")  # noqa: SIM115  (it stays open as long as the workspace)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        raise ReadOnlyPlace("台账文件夹不能写入。") from error
    return _locked(file)


def take_lock_to_read(path: Path) -> IO[bytes]:
    """As :func:`take_lock`; where nothing can be written, a lock on the file as it is there.

    Without such a file in a place that cannot be written nobody has the workspace open, and nobody needs a lock.
    """
    try:
        return take_lock(path)
    except ReadOnlyPlace:
        try:
            file = open(path, "rb")  # noqa: SIM115  (as above)
        except FileNotFoundError:
            return open(os.devnull, "rb")
        return _locked(file)


def _locked(file: IO[bytes]) -> IO[bytes]:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            raise InUse("这份台账已经在另一个窗口里打开了。") from error
        raise
    return file


def refuse_network(folder: Path) -> None:
    """Raises :class:`NetworkPlace` for a folder on a network drive."""
    if _is_remote(folder):
        raise NetworkPlace("台账不能放在网络位置上。")


def _is_remote(folder: Path) -> bool:
    if str(folder).startswith(("\\\\", "//")):
        return True
    whole = folder.absolute()
    if sys.platform == "win32":
        import ctypes

        return int(ctypes.windll.kernel32.GetDriveTypeW(whole.anchor)) == _REMOTE
    if not _MOUNTS.exists():
        return False
    return file_system(os.path.realpath(whole), _MOUNTS.read_text("utf-8", "replace")) in _NETWORK


def synced_by(folder: Path) -> str:
    """The service that keeps this folder equal with the net, as far as that can be seen; else nothing.

    Documents that were led elsewhere have another path than the one that the system gives for them; so have both.
    """
    said = {name: os.path.realpath(place) for name in _ONEDRIVE if (place := os.environ.get(name))}
    return service_of(os.path.realpath(folder), said)


def service_of(path: str, environment: Mapping[str, str]) -> str:
    """The service to which a whole path belongs, by the names of its folders and by what is known of the system."""
    parts = _parts(path)
    for name in _ONEDRIVE:
        if (root := _parts(environment.get(name, ""))) and parts[: len(root)] == root:
            return "OneDrive"
    return next((name for name, called in _SYNCED if any(map(called.fullmatch, parts))), "")


def _parts(path: str) -> list[str]:
    """The names along a path of either system, as Windows compares them."""
    return [part.casefold() for part in re.split(r"[\\/]+", path) if part]


def file_system(path: str, mounts: str) -> str:
    """The kind of file system that a path lies on, by the system's table of mounts; the longest and last match."""
    best, kind = "", ""
    for line in mounts.splitlines():
        words = line.split(" ")
        if len(words) < 3:
            continue
        place = words[1].replace("\\040", " ")
        if (path == place or path.startswith(place.rstrip("/") + "/")) and len(place) >= len(best):
            best, kind = place, words[2]
    return kind

"""Choosing a file where the system has no dialog of its own: Qt's, all in Chinese and with the sticks at its side."""

from __future__ import annotations

import contextlib
import ctypes
import getpass
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QDir, QFileInfo, QStandardPaths, QStorageInfo, QUrl
from PySide6.QtWidgets import QFileDialog, QFileIconProvider, QHeaderView, QSplitter, QTreeView, QWidget

MOUNTS = (Path("/media"), Path("/run/media"))
"""Where Linux desktops mount what is plugged in: a folder for each user, in it one for each stick."""

TRAVELLING = frozenset({".xsj", ".xsq", ".xsg", ".xsa"})
"""The endings of bundles, requests, grants and acknowledgements."""

_REMOVABLE = 2
"""What GetDriveTypeW says of sticks and readers of cards."""

_WIDTH, _HEIGHT, _SIDE = 860, 520, 150


class _Kinds(QFileIconProvider):
    """The kind of a file, in Chinese."""

    def type(self, info: QFileInfo) -> str:
        """What the column says."""
        if info.isRoot():
            return "磁盘"
        if info.isDir():
            return "文件夹"
        return f"{info.suffix()}文件" if info.suffix() else "文件"


def file_dialog(parent: QWidget | None, title: str, folder: Path, filters: Sequence[str]) -> QFileDialog:
    """A dialog for one existing file unless it is told otherwise.

    Made, not derived: Qt shows the system's own dialog only for its very own class.
    """
    dialog = QFileDialog(parent, title, str(folder))
    if filters:
        dialog.setNameFilters(list(filters))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    # Qt's Chinese catalogue lacks these words.
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, "位置：")
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, "文件类型：")
    kinds = _Kinds()
    dialog.setIconProvider(kinds)
    # The dialog does not keep it, and nothing else does.
    dialog.setProperty("kinds", kinds)
    dialog.setSidebarUrls([QUrl.fromLocalFile(str(place)) for place in places()])
    dialog.resize(_WIDTH, _HEIGHT)
    # There is none where the system shows its own.
    if (split := dialog.findChild(QSplitter)) is not None:
        split.setSizes([_SIDE, _WIDTH - _SIDE])
    if (files := dialog.findChild(QTreeView, "treeView")) is not None:
        # Names of bundles are long, and they differ at their end.
        files.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        files.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return dialog


def places() -> list[Path]:
    """What stands at the side: desk, documents and home, then every stick."""
    return [place for place in dict.fromkeys([*usual_places(), *_sticks()]) if place.is_dir()]


def usual_places() -> list[Path]:
    """Desk, documents and home, where every user has them."""
    where = QStandardPaths.StandardLocation
    return [
        Path(QStandardPaths.writableLocation(each))
        for each in (where.DesktopLocation, where.DocumentsLocation, where.HomeLocation)
    ]


def travelling() -> Path:
    """Where dialogs for files that travel begin: on the one stick, in its folder of such files, else in documents."""
    sticks = [stick for stick in _sticks() if stick.is_dir()]
    if len(sticks) != 1:
        documents = usual_places()[1]
        return documents if documents.is_dir() else Path.home()
    try:
        ours = [folder for folder in sorted(sticks[0].iterdir()) if folder.is_dir() and _holds_ours(folder)]
    except OSError:
        return sticks[0]  # it was pulled out
    return ours[0] if len(ours) == 1 else sticks[0]


def _holds_ours(folder: Path) -> bool:
    """Whether files that travel lie in it. Windows keeps a folder on each stick that nobody may look into."""
    with contextlib.suppress(PermissionError):
        return any(file.suffix in TRAVELLING for file in folder.iterdir())
    return False


def _sticks() -> list[Path]:
    """Only names are read: a share that does not answer would hold up whoever asks how much room it has."""
    if sys.platform == "win32":
        return _removable(QDir.drives(), ctypes.windll.kernel32.GetDriveTypeW)
    mine = (mount / getpass.getuser() for mount in MOUNTS)
    return [stick for folder in mine if folder.is_dir() for stick in sorted(folder.iterdir())]


def _removable(drives: Iterable[QFileInfo], kind_of: Callable[[str], int]) -> list[Path]:
    """The drives of Windows that can be pulled out and have something in them; A and B are for floppy disks."""
    roots = (drive.absoluteFilePath() for drive in drives)
    removable = [
        root for root in roots if root[0] not in "AB" and kind_of(root.replace("/", "\\")) == _REMOVABLE
    ]
    # Whoever asks a reader without a card for its folders has the system say so in a window.
    return [Path(root) for root in removable if QStorageInfo(root).isReady()]

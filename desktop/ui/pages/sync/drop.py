"""The place where files are dropped, many at once, or chosen by a button."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.operations.stations.inbox_files import (
    KNOWN_FILES,
)
from desktop.ui import icons, theme
from desktop.ui.notices import Tone
from desktop.ui.parts import plain
from desktop.ui.workbench import Workbench


class DropArea(QFrame):
    """``dropped`` carries files and folders as they came, ``wanted`` asks for the dialog that chooses them."""

    dropped = Signal(list)
    wanted = Signal()

    def __init__(self, words: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.setMinimumHeight(190)
        self._over = False
        picture, title, detail = QLabel(), QLabel(words), plain(explanation, muted=True)
        picture.setPixmap(icons.pixmap("file-input", theme.FOCUS, 32))
        title.setProperty("heading", "1")
        title.setWordWrap(True)
        detail.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.choose = QPushButton("选择文件…")
        self.choose.setIcon(icons.icon("folder-open"))
        self.choose.clicked.connect(self.wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        column.addStretch(1)
        for label in (picture, title):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addWidget(detail)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.choose)
        line.addStretch(1)
        column.addLayout(line)
        column.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed frame, and a tint while files are held over it."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(QColor(theme.FOCUS if self._over else theme.EDGE), 2 if self._over else 1.4)
            pen.setDashPattern([5, 4])
            painter.setPen(pen)
            painter.setBrush(QColor(theme.SELECTION if self._over else theme.SURFACE))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 8, 8)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes files only."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._tint(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The files went elsewhere."""
        self._tint(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tells what was dropped."""
        self._tint(False)
        if paths := dropped_paths(event):
            self.dropped.emit(paths)

    def _tint(self, over: bool) -> None:
        self._over = over
        self.update()


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The files and folders of this computer that are let go; the event is taken when there are any."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    if paths:
        event.acceptProposedAction()
    return paths


def with_files(
    workbench: Workbench, paths: Sequence[Path], then: Callable[[list[Path]], None], owner: QObject
) -> None:
    """Goes on with what was dropped, of folders with what can be used; nothing is read in the window's thread."""

    def found(files: list[Path]) -> None:
        if files:
            then(files)
        else:
            words = f"拖来的文件夹里没有小三级的文件（{'、'.join(KNOWN_FILES)}），请看一下是不是拖错了。"
            workbench.shell.tell(Tone.PLAIN, words)

    if all(path.suffix.lower() in KNOWN_FILES for path in paths):
        then(list(paths))
    else:
        workbench.read(lambda _database, _ticket: list(_files_in(paths)), found, owner=owner)


def _files_in(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            # A folder that cannot be read has nothing to offer; the stick may just have been pulled out.
            with contextlib.suppress(OSError):
                yield from sorted(p for p in path.iterdir() if p.suffix.lower() in KNOWN_FILES)
        else:
            yield path

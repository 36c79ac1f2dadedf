"""The few questions that stop a user, as one object that is handed to pages, so that tests can answer them."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from desktop.ui import icons, theme
from desktop.ui.file_dialog import file_dialog, usual_places
from desktop.ui.settings import Settings

_TRAVELS = re.compile(r"\.xs[a-z]")


class Answer(enum.Enum):
    """What was chosen."""

    YES = "yes"
    NO = "no"
    CANCEL = "cancel"


class Dialogs(Protocol):
    """What may be asked; every method returns when it is answered."""

    def ask(self, title: str, words: str, *, yes: str, no: str = "", danger: bool = False) -> Answer:
        """A question with a named way on, perhaps a second one, and 取消."""
        ...

    def tell(self, title: str, words: str, detail: str = "") -> None:
        """Something that must be read before going on."""
        ...

    def open_file(self, title: str, folder: Path, filters: Sequence[str]) -> Path | None:
        """An existing file, or nothing."""
        ...

    def open_files(self, title: str, folder: Path, filters: Sequence[str]) -> list[Path]:
        """Existing files, or none."""
        ...

    def save_file(self, title: str, suggestion: Path, filters: Sequence[str]) -> Path | None:
        """Where to write a file, or nothing."""
        ...

    def folder(self, title: str, start: Path) -> Path | None:
        """A folder, or nothing."""
        ...


class WindowDialogs:
    """The real dialogs, over the window that stands in front."""

    def __init__(self, parent: QWidget | None = None, settings: Settings | None = None) -> None:
        """``settings`` remember where files of each kind were last."""
        self.parent = parent
        self._settings = settings

    def ask(self, title: str, words: str, *, yes: str, no: str = "", danger: bool = False) -> Answer:
        """Shows the question; Esc is 取消. A dangerous way on is never the default button."""
        box = QMessageBox(self.parent)
        box.setWindowTitle(title)
        box.setText(words)
        name, colour = ("triangle-alert", theme.WARNING) if danger else ("circle-help", theme.FOCUS)
        box.setIconPixmap(icons.pixmap(name, colour, 32))
        role = QMessageBox.ButtonRole
        yes_button = box.addButton(yes, role.DestructiveRole if danger else role.AcceptRole)
        no_button: QPushButton | None = box.addButton(no, role.DestructiveRole) if no else None
        cancel = box.addButton("取消", role.RejectRole)
        box.setEscapeButton(cancel)
        box.setDefaultButton(cancel if danger else yes_button)
        if not danger:
            yes_button.setProperty("primary", True)
        box.exec()
        if box.clickedButton() is yes_button:
            return Answer.YES
        return Answer.NO if no_button is not None and box.clickedButton() is no_button else Answer.CANCEL

    def tell(self, title: str, words: str, detail: str = "") -> None:
        """Shows the words until 知道了 is pressed."""
        box = QMessageBox(self.parent)
        box.setWindowTitle(title)
        box.setText(words)
        box.setInformativeText(detail)
        box.setIconPixmap(icons.pixmap("info", theme.FOCUS, 32))
        box.addButton("知道了", QMessageBox.ButtonRole.AcceptRole)
        box.exec()

    def open_file(self, title: str, folder: Path, filters: Sequence[str]) -> Path | None:
        """The system's own dialog where it has one."""
        kind = _kind(title, filters)
        dialog = file_dialog(self.parent, title, self._start(kind, folder), filters)
        return next(iter(self._paths(dialog, kind)), None)

    def open_files(self, title: str, folder: Path, filters: Sequence[str]) -> list[Path]:
        """The system's own dialog where it has one."""
        kind = _kind(title, filters)
        dialog = file_dialog(self.parent, title, self._start(kind, folder), filters)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        return self._paths(dialog, kind)

    def save_file(self, title: str, suggestion: Path, filters: Sequence[str]) -> Path | None:
        """Asks before an existing file is written over. A name without the ending gets it: nobody would find it."""
        kind = _kind(title, filters)
        dialog = file_dialog(self.parent, title, self._start(kind, suggestion.parent), filters)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suggestion.suffix[1:])
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(_endings([chosen])[0][1:]))
        dialog.selectFile(suggestion.name)
        found = next(iter(self._paths(dialog, kind)), None)
        if found is None or found.suffix.lower() in _endings(filters):
            return found
        # What stands behind the dot of a date (2026.11) is an ending to the dialog.
        named = found.with_name(f"{found.name}{suggestion.suffix}")
        question = f"“{named.name}”已经有了，要替换吗？"
        free = not named.exists() or self.ask(title, question, yes="替换", danger=True) is Answer.YES
        return named if free else None

    def folder(self, title: str, start: Path) -> Path | None:
        """The system's own dialog where it has one."""
        kind = _kind(title, ())
        dialog = file_dialog(self.parent, title, self._start(kind, start), ())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setLabelText(QFileDialog.DialogLabel.FileName, "文件夹：")
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        return next(iter(self._paths(dialog, kind)), None)

    def _start(self, kind: str, folder: Path) -> Path:
        """Where the dialog begins: a page that knows nothing better than a usual place means where one was last."""
        last = self._settings.last_folder(kind) if self._settings is not None else None
        return last if last is not None and folder in usual_places() else folder

    def _paths(self, dialog: QFileDialog, kind: str) -> list[Path]:
        accepted = dialog.exec() == QFileDialog.DialogCode.Accepted
        found = [Path(name) for name in dialog.selectedFiles()] if accepted else []
        if found and self._settings is not None:
            chosen = found[0] if dialog.fileMode() is QFileDialog.FileMode.Directory else found[0].parent
            self._settings.keep_last_folder(kind, chosen)
        dialog.deleteLater()
        return found


def _endings(filters: Sequence[str]) -> list[str]:
    """The endings that filters name, with their dots."""
    return re.findall(r"\*(\.\w+)", " ".join(filters).lower())


def _kind(title: str, filters: Sequence[str]) -> str:
    """The endings that are asked for; of a folder what it is for, whomever it is for.

    The files that travel between the levels are of one kind: they lie on the same stick.
    """
    if not filters:
        return re.sub("“[^”]*”", "", title)
    endings = _endings(filters[:1])
    if endings and all(_TRAVELS.fullmatch(ending) for ending in endings):
        return "*.xs?"
    return filters[0].partition("(")[2].rstrip(")")

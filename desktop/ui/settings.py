"""What the window remembers between starts: recent workspaces, column widths, text size. No personal data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_config_dir
from PySide6.QtCore import QByteArray, QSettings

from desktop.ui.theme import TextSize

MOST_RECENT = 8


@dataclass(frozen=True, slots=True)
class Recent:
    """A workspace that was opened here: its folder, the name of its unit, who opened it by the place in the list."""

    folder: Path
    unit: str
    operator: int = 0


class Settings:
    """Typed access to one small text file in the user's settings folder."""

    def __init__(self, path: Path | None = None) -> None:
        path = path or Path(user_config_dir("xiaosanji", appauthor=False)) / "window.ini"
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def recents(self) -> list[Recent]:
        """The workspaces opened last, newest first; folders that are gone are kept, the stick may come back."""
        return [
            Recent(Path(entry["folder"]), str(entry["unit"]), int(entry.get("operator", 0)))
            for entry in self._list("recent")
        ]

    def note_opened(self, folder: Path, unit: str, operator: int = 0) -> None:
        """Puts a workspace first; of who opened it only the place among its operators is kept, and no name."""
        others = [r for r in self.recents if r.folder != folder]
        self._keep_recents([Recent(folder, unit, operator), *others])

    def forget(self, folder: Path) -> None:
        """Takes a workspace off the list; its folder stays."""
        self._keep_recents([r for r in self.recents if r.folder != folder])

    def _keep_recents(self, recents: list[Recent]) -> None:
        plain = [
            {"folder": str(r.folder), "unit": r.unit, "operator": r.operator} for r in recents[:MOST_RECENT]
        ]
        self._store.setValue("recent", json.dumps(plain, ensure_ascii=False))

    @property
    def text_size(self) -> TextSize:
        """The size of text that the user chose."""
        try:
            return TextSize(int(str(self._store.value("text_size", TextSize.NORMAL.value))))
        except ValueError:
            return TextSize.NORMAL

    @text_size.setter
    def text_size(self, size: TextSize) -> None:
        self._store.setValue("text_size", int(size))

    def columns(self, type_name: str) -> list[str]:
        """The columns that the user chose for a list; empty for those of the declaration."""
        return [str(name) for name in self._list(f"columns/{type_name}")]

    def keep_columns(self, type_name: str, names: list[str]) -> None:
        """Remembers the columns of a list."""
        self._store.setValue(f"columns/{type_name}", json.dumps(names))

    def widths(self, type_name: str) -> dict[str, int]:
        """The widths that the user gave to columns."""
        text = self._store.value(f"widths/{type_name}", "{}")
        try:
            return {str(name): int(width) for name, width in json.loads(str(text)).items()}
        except (ValueError, AttributeError):
            return {}

    def keep_widths(self, type_name: str, widths: dict[str, int]) -> None:
        """Remembers widths of columns."""
        self._store.setValue(f"widths/{type_name}", json.dumps(widths))

    def last_folder(self, kind: str) -> Path | None:
        """Where a file of this kind was last taken from or put; a stick that is out is nowhere."""
        found = self._mapping("folders").get(kind)
        return Path(found) if isinstance(found, str) and Path(found).is_dir() else None

    def keep_last_folder(self, kind: str, folder: Path) -> None:
        """Remembers where a file of this kind was taken from or put."""
        kept = {**self._mapping("folders"), kind: str(folder)}
        self._store.setValue("folders", json.dumps(kept, ensure_ascii=False))

    def flag(self, name: str) -> bool:
        """A choice between yes and no, no at first."""
        return str(self._store.value(f"flags/{name}", "0")) == "1"

    def set_flag(self, name: str, on: bool) -> None:
        """Remembers a choice."""
        self._store.setValue(f"flags/{name}", "1" if on else "0")

    @property
    def geometry(self) -> QByteArray:
        """Where the main window stood."""
        found = self._store.value("geometry")
        return found if isinstance(found, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, place: QByteArray) -> None:
        self._store.setValue("geometry", place)

    def save(self) -> None:
        """Writes what changed."""
        self._store.sync()

    def _mapping(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads(str(self._store.value(name, "{}")))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _list(self, name: str) -> list[Any]:
        try:
            found = json.loads(str(self._store.value(name, "[]")))
        except ValueError:
            return []
        return found if isinstance(found, list) else []

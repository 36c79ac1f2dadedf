"""Keeps what is being typed: one thread with the drafts' own file, so that nothing that runs can stop typing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from desktop.store.workspaces.drafts import Draft, Drafts
from desktop.ui.worker import Task, Ticket, Worker


class DraftKeeper(QObject):
    """Drafts by key. ``count_changed`` says how many there are."""

    count_changed = Signal(int)
    unsaved_changed = Signal()
    """Whether what is typed can be kept: no longer, as on a full disk, or again."""

    def __init__(
        self, open_drafts: Callable[[], Drafts], now: Callable[[], int], on_fault: Callable[[Exception], None]
    ) -> None:
        super().__init__()
        self._now = now
        self._keeping = True
        self._worker: Worker[Drafts] = Worker("drafts", open_drafts, Drafts.close, on_fault)

    @staticmethod
    def key(type_name: str, record: str | None) -> str:
        """The key of the draft of a record; every new form has one of its own."""
        return f"{type_name}:{record}" if record else f"{type_name}:new:{uuid.uuid4().hex}"

    @property
    def unsaved(self) -> str:
        """What a page says of changes that are not saved yet."""
        return f"有改动还没有保存（{'已留草稿' if self._keeping else '草稿没有留下'}）"

    def keep(self, key: str, type_name: str, record: str | None, texts: Mapping[str, str]) -> None:
        """Writes a draft over its older self."""
        draft = Draft(key, type_name, record or "", self._now(), dict(texts))

        def job(drafts: Drafts, _ticket: Ticket) -> int:
            drafts.keep(draft)
            return len(drafts.all())

        def kept(count: int) -> None:
            self._say_whether_kept(True)
            self.count_changed.emit(count)

        def failed(_error: Exception) -> bool:
            self._say_whether_kept(False)
            return False

        self._worker.submit(job, kept, fail=failed)

    def _say_whether_kept(self, keeping: bool) -> None:
        if keeping is not self._keeping:
            self._keeping = keeping
            self.unsaved_changed.emit()

    def drop(self, key: str) -> None:
        """Forgets a draft: it was saved, or given up."""

        def job(drafts: Drafts, _ticket: Ticket) -> int:
            drafts.drop(key)
            return len(drafts.all())

        self._worker.submit(job, self.count_changed.emit)

    def all(self, then: Callable[[list[Draft]], None], owner: QObject) -> Task[list[Draft]]:
        """Every draft, newest first."""

        def told(found: list[Draft]) -> None:
            self.count_changed.emit(len(found))
            then(found)

        return self._worker.submit(lambda drafts, _ticket: drafts.all(), told, owner=owner)

    @property
    def idle(self) -> bool:
        """Whether everything typed so far is in the file."""
        return self._worker.idle

    def close(self) -> None:
        """Writes what was handed over and closes the file."""
        self._worker.close()

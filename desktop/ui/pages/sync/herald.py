"""Tells of new files in the inbox while the page that shows them was not opened yet: without any of its widgets."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.operations.stations import inbox
from desktop.operations.stations.inbox import State
from desktop.operations.stations.inbox_files import Identity, Listing
from desktop.store.tables.database import Database
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.inbox_watch import InboxWatch
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket


class InboxHerald(QObject):
    """Watches the chosen folder, if there is one, until :meth:`retire`: the page watches it itself."""

    def __init__(self, workbench: Workbench, window: QWidget) -> None:
        super().__init__(window)
        self.workbench = workbench
        self.watch = InboxWatch(workbench, window)
        self._known: set[Identity] = set()
        self._retired = False
        self.watch.looked.connect(self._looked)
        workbench.read(lambda database, _ticket: inbox.settings(database), self._begin, owner=self)

    def _begin(self, chosen: inbox.Settings) -> None:
        if not self._retired:
            self.watch.watch(chosen.folder)

    def retire(self) -> None:
        """Ends; what is on its way is told no more."""
        if not self._retired:
            self._retired = True
            self.watch.watch(None)
            self.watch.deleteLater()
            self.deleteLater()

    def _looked(self, found: Listing) -> None:
        here = self.workbench.here

        def job(database: Database, _ticket: Ticket) -> set[Identity]:
            sorted_out = inbox.sort_out(database, here, found.looks, {})
            return {arrival.look.identity for arrival in sorted_out if arrival.state is State.NEW}

        self.workbench.read(job, self._tell, owner=self, key="inbox")

    def _tell(self, new: set[Identity]) -> None:
        fresh, self._known = new - self._known, self._known | new
        if not self._retired:
            self.workbench.note_waiting(len(new))
        if fresh and not self._retired:
            shell = self.workbench.shell
            words = f"收件文件夹里来了{len(fresh)}个新文件，合并前可以先看。"
            shell.tell(Tone.PLAIN, words, "去看", lambda: shell.open_page("sync", part="inbox"))

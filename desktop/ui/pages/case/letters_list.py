"""The list of the letters of all cases: several that are selected are printed in one run."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.operations import supervision
from desktop.records.declaration import RecordType
from desktop.records.supervision.powers import issued_fields
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.ui.lists.page import ListPage
from desktop.ui.printing.run import offer_run
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket


class LettersList(ListPage):
    """Ctrl+P prints the list, or the letters themselves where several are selected and letters are issued here."""

    def __init__(self, workbench: Workbench, record_type: RecordType, icon: str) -> None:
        self._issues_here = False
        super().__init__(workbench, record_type, icon)
        self._look()

    def _look(self) -> None:
        """Asks whether letters are numbered here: a power may come or go with any bundle."""
        unit, types = self.workbench.facts.unit, self.workbench.types
        number = self.record_type.by_name[issued_fields(unit.level)["document_number"]]
        if not self.workbench.may_write(self.record_type, number):
            return

        def job(database: Database, _ticket: Ticket) -> bool:
            return bool(supervision.kinds_of(database, types, unit.id, unit.level))

        def then(found: bool) -> None:
            self._issues_here = found

        self.workbench.read(job, then, owner=self, key="powers")

    def refresh(self, changes: ChangeSet | None) -> None:
        """Looks again whether letters are numbered here."""
        super().refresh(changes)
        if changes is None or changes.everything or "issuing_power" in changes.records:
            self._look()

    def _print(self) -> None:
        numbers = self.list.model.row_numbers(self.list.table.positions())
        if len(numbers) > 1 and self._issues_here:
            self.list.model.read(numbers, lambda row: row.id, lambda ids: offer_run(self.workbench, ids))
        else:
            super()._print()

    def shortcuts(self) -> Mapping[str, str]:
        """Printing is said: the other lists print themselves."""
        more = {"Ctrl+P": "选中几份时打印文书，否则打印列表"} if self._issues_here else {}
        return {**super().shortcuts(), **more}

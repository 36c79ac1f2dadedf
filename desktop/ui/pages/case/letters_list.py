"""The list of the letters of all cases: several that are selected are printed in one run."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.records.supervision import REGISTER_LEVELS
from desktop.ui.lists.page import ListPage
from desktop.ui.pages.printing.run import offer_run


class LettersList(ListPage):
    """Ctrl+P prints the list, or the letters themselves where several are selected and letters are issued here."""

    @property
    def _issues_here(self) -> bool:
        number = self.record_type.by_name["document_number"]
        may = self.workbench.may_write(self.record_type, number)
        return may and self.workbench.facts.unit.level in REGISTER_LEVELS

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

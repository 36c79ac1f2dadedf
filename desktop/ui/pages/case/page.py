"""The page of a supervision case: how it is handled, its facts, its history; and the page of one of its letters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop.store.ledger import ChangeSet
from desktop.ui.forms.page import FormPage
from desktop.ui.page import Act
from desktop.ui.pages.case.reading import CASE
from desktop.ui.pages.case.tab import CaseTab
from desktop.ui.shell import Opening
from desktop.ui.workbench import Workbench


class CasePage(FormPage):
    """A case: how it is handled, then its facts, then its history."""

    def __init__(self, workbench: Workbench, opening: Opening) -> None:
        self.handling: CaseTab
        super().__init__(workbench, opening)
        self._was_new = opening.record is None
        if opening.record is not None and not opening.cursor and opening.draft is None:
            self.tabs.setCurrentWidget(self.handling)

    def _add_tabs(self) -> None:
        """Handling instead of the bare lists of steps and letters."""
        self.handling = CaseTab(self.workbench, lambda: self.save())
        self.tabs.addTab(self.handling, "办理")
        self.tabs.addTab(self.history, "修改记录")

    def _show_record(self, data: Any) -> None:
        super()._show_record(data)
        if self.handling.case != self.record:
            self.handling.show_record(self.record or "", locked=data.locked)

    def refresh(self, changes: ChangeSet | None) -> None:
        """The facts and the handling."""
        super().refresh(changes)
        self.handling.refresh(changes)

    def _tell_saved(self, saved: Any) -> None:
        """After a new case is saved, its handling is what comes next."""
        super()._tell_saved(saved)
        if self._was_new:
            self._was_new = False
            self.tabs.setCurrentWidget(self.handling)

    @property
    def in_handling(self) -> bool:
        """Whether the handling is in front."""
        return self.tabs.currentWidget() is self.handling

    def _finish_loading(self) -> None:
        super()._finish_loading()
        if self.in_handling and self.isVisible():
            self.enter()

    def primary(self) -> Act | None:
        """In the handling the next lawful step stands out, elsewhere saving."""
        return None if self.in_handling and self.record else super().primary()

    def enter(self) -> None:
        """The cursor goes into what is in front."""
        if self.in_handling:
            self.handling.enter()
        else:
            super().enter()

    def save(self, then: Callable[[], None] | None = None) -> None:
        """In the handling, Ctrl+S records the step that is being typed."""
        if then is None and self.in_handling and self.handling.busy:
            self.handling.submit()
            return
        super().save(then)


def resumed(workbench: Workbench, opening: Opening) -> FormPage:
    """The page for a step: that of its case where it was being typed there, else the form of the record."""
    texts = opening.draft.texts if opening.draft is not None else {}
    if opening.draft is None or opening.record is not None or not texts.get("case"):
        return FormPage(workbench, opening)
    page = CasePage(workbench, Opening(CASE, texts["case"]))
    page.handling.resume(opening.draft.key, texts)
    return page

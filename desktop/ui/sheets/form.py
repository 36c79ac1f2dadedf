"""A form page whose children are edited in sheets: one save writes the form and all sheets as one operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from desktop.operations.form_data import FormData
from desktop.operations.recording import sheets
from desktop.operations.recording.sheets import Line, SheetSaved
from desktop.operations.session import Session
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import ChangeSet, Deletion
from desktop.ui import theme
from desktop.ui.forms.page import FormPage
from desktop.ui.notices import Tone
from desktop.ui.page import Act
from desktop.ui.sheets.tab import SheetTab
from desktop.ui.shell import Opening
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

if TYPE_CHECKING:
    from desktop.documents.lists import Paper

_DRAFT = "_sheet:"
_DRAFT_DELAY_MS = 400


class SheetFormPage(FormPage):
    """Derive from it and answer :meth:`make_sheets`; the first sheet is what the page opens with."""

    def __init__(self, workbench: Workbench, opening: Opening) -> None:
        self.sheets: dict[str, SheetTab] = {}
        super().__init__(workbench, opening)
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(_DRAFT_DELAY_MS)
        self._draft_timer.timeout.connect(self._typed)
        self._was_new = opening.record is None
        if opening.draft is not None:
            for name, sheet in self.sheets.items():
                if text := opening.draft.texts.get(_DRAFT + name):
                    sheet.restore(text)
        if opening.record is not None and not opening.cursor and self._drafted_in_sheet(opening):
            self.tabs.setCurrentWidget(self.main_sheet)

    @staticmethod
    def _drafted_in_sheet(opening: Opening) -> bool:
        texts = opening.draft.texts if opening.draft is not None else {}
        return not texts or any(name.startswith(_DRAFT) for name in texts)

    def make_sheets(self) -> Mapping[str, SheetTab]:
        """The sheets by the names of their record types, in the order of their tabs."""
        raise NotImplementedError

    @property
    def main_sheet(self) -> SheetTab:
        """The sheet that the page opens with."""
        return next(iter(self.sheets.values()))

    def _add_tabs(self) -> None:
        """The sheets instead of the lists of children, then the history."""
        self.sheets = dict(self.make_sheets())
        for sheet in self.sheets.values():
            sheet.parent_values = self.form.values
            sheet.counted.connect(lambda count, sheet=sheet: self._count_sheet(sheet, count))
            sheet.edited.connect(self._sheet_edited)
            sheet.model.typing.connect(self._cell_typed)
            self.tabs.addTab(sheet, sheet.record_type.label)
        self.tabs.addTab(self.history, "修改记录")

    def _count_sheet(self, sheet: SheetTab, count: int) -> None:
        label = sheet.record_type.label
        self.tabs.setTabText(self.tabs.indexOf(sheet), f"{label}（{count}）" if count else label)
        self.state_changed.emit()

    def _sheet_edited(self) -> None:
        self._draft_timer.start()
        self._show_state()

    def _cell_typed(self) -> None:
        if not self._draft_timer.isActive():
            self._draft_timer.start()

    @property
    def sheets_dirty(self) -> bool:
        """Whether a sheet has something to save."""
        return any(sheet.model.dirty for sheet in self.sheets.values())

    # -- loading ---------------------------------------------------------------------------------------------------

    def _show_record(self, data: FormData) -> None:
        super()._show_record(data)
        for sheet in self.sheets.values():
            sheet.show_record(self.record or "", locked=data.locked)
            sheet.look_at_columns()
            sheet.show_figures()

    def _finish_loading(self) -> None:
        """The form may have taken the cursor; with a sheet in front it belongs there."""
        super()._finish_loading()
        if self.sheet_in_front is not None and self.isVisible():
            self.enter()

    def refresh(self, changes: ChangeSet | None) -> None:
        """The form and the sheets."""
        super().refresh(changes)
        for sheet in self.sheets.values():
            sheet.refresh(changes)

    # -- saving ----------------------------------------------------------------------------------------------------

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Saves the form and the sheets as one operation."""
        if self.record is None or not self.sheets_dirty:
            super().save(then)
            return
        self.form.flush()
        if self._saving or not self.loaded or self._stopped_by_unread():
            return
        self._saving = True
        changes = dict(self.form.changes())
        more = self.form_follows(changes)
        lines, removed, shares = self._everything({**more, **changes})
        name = self.save_name()

        def job(session: Session, _ticket: Ticket) -> SheetSaved:
            return sheets.save_sheet(session, name, lines, removed)

        def fail(_error: Exception) -> bool:
            self._saving = False
            return False

        self.workbench.write(
            name, job, lambda saved: self._sheets_saved(saved, shares, changes, then), owner=self, fail=fail
        )

    def save_name(self) -> str:
        """What is done, as undo names it."""
        changed = [s.record_type.label for s in self.sheets.values() if s.model.dirty]
        return f"保存{'、'.join(changed)}"

    def form_follows(self, changes: Mapping[str, Cell]) -> Mapping[str, Cell]:
        """Cells of the record itself that follow from its sheets and are saved with them."""
        return {}

    def _stopped_by_unread(self) -> bool:
        for sheet in self.sheets.values():
            if (found := sheet.model.first_problem()) is not None:
                row, column, sentence = found
                self.tabs.setCurrentWidget(sheet)
                sheet.view.go_to(row, column)
                sheet.view.setFocus()
                self.workbench.shell.tell(
                    Tone.ERROR, f"第{row + 1}行：{sentence}。改好以后再保存，别的内容都还在。"
                )
                return True
        return False

    def _everything(
        self, form: Mapping[str, Cell]
    ) -> tuple[list[Line], list[Deletion], list[tuple[SheetTab, int, list[Deletion]]]]:
        """All lines, all removals, and how many lines and which removals belong to which sheet."""
        lines = [Line(self.record_type.name, form, self.record)] if form else []
        removed: list[Deletion] = []
        shares = []
        for sheet in self.sheets.values():
            if sheet.model.dirty:
                sheet.before_saving()
                own, gone = sheet.model.lines(sheet.common()), sheet.model.removed()
                lines += own
                removed += gone
                shares.append((sheet, len(own), gone))
        return lines, removed, shares

    def _sheets_saved(
        self,
        saved: SheetSaved,
        shares: list[tuple[SheetTab, int, list[Deletion]]],
        changes: Mapping[str, Cell],
        then: Callable[[], None] | None,
    ) -> None:
        ids = list(saved.records)
        at = len(ids) - sum(count for _, count, _ in shares)
        for sheet, count, gone in shares:
            sheet.model.mark_saved(ids[at : at + count], gone)
            sheet.show_figures()
            at += count

        def reloaded(data: FormData) -> None:
            self._saving = False
            self._rebase(data, changes)
            if not self.sheets_dirty and not self.form.unreadable():
                self._drop_draft()
            if then is not None:
                then()
            else:
                self.workbench.shell.tell(Tone.GOOD, self.saved_words(), "撤消", self.workbench.undo)

        self._read(reloaded)

    def saved_words(self) -> str:
        """What is said after a save."""
        return "已保存。"

    def _tell_saved(self, saved: object) -> None:
        """After a new record is saved, its sheet is what comes next."""
        super()._tell_saved(saved)  # type: ignore[arg-type]
        if self._was_new:
            self._was_new = False
            self.tabs.setCurrentWidget(self.main_sheet)
            self.main_sheet.enter()

    # -- drafts ----------------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        self._show_state()
        if self.form.dirty or any(sheet.model.held for sheet in self.sheets.values()):
            self._keep_draft()
        elif self._has_draft:
            self._drop_draft()

    def _keep_draft(self) -> None:
        self._has_draft = True
        texts = dict(self.form.draft_texts())
        texts |= {_DRAFT + n: s.model.draft() for n, s in self.sheets.items() if s.model.held}
        texts |= {name: str(self.form.values().get(name) or "") for name in self.record_type.title[:1]}
        self.workbench.drafts.keep(self._draft_key, self.record_type.name, self.record, texts)

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def sheet_in_front(self) -> SheetTab | None:
        """The sheet whose tab is chosen."""
        current = self.tabs.currentWidget()
        return current if isinstance(current, SheetTab) else None

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """In a sheet, a new one is a new row."""
        possible = dict(super().acts())
        sheet = self.sheet_in_front
        if sheet is not None and sheet.record and sheet.writable:
            possible[Act.NEW] = sheet.add_one
            possible[Act.SAVE] = self.save
        return possible

    def words_for(self, act: Act) -> str:
        """In a sheet, what is new is a row of it."""
        sheet = self.sheet_in_front
        row = act is Act.NEW and sheet is not None and sheet.writable
        return f"添加{sheet.one}" if row and sheet is not None else super().words_for(act)

    def _show_state(self) -> None:
        super()._show_state()
        if self.sheets_dirty:
            self._state.setText(self.workbench.drafts.unsaved)
            theme.restyle(self._state, tone="warning")

    def enter(self) -> None:
        """The cursor goes into what is in front."""
        if (sheet := self.sheet_in_front) is not None:
            sheet.enter()
        else:
            super().enter()

    def _tab_changed(self, index: int) -> None:
        super()._tab_changed(index)
        if (sheet := self.sheet_in_front) is not None and self.isVisible():
            sheet.enter()
        self.state_changed.emit()

    def may_leave(self, again: Callable[[], None]) -> bool:
        """Asks when the form or a sheet is not saved."""
        if not self.sheets_dirty or self._saving:
            return super().may_leave(again)
        self.form.flush()
        rows = sum(sheet.model.unsaved() for sheet in self.sheets.values())
        return self._leave_unsaved(f"{rows}行改动", again)


class MeetingFormPage(SheetFormPage):
    """One whose main sheet names people who sign in: two papers more."""

    turnout_words = "到会情况"
    """What the paper that says who came is called."""

    def sign_in(self) -> Paper:
        """The sheet to sign in on, with everybody who stands in the sheet now."""
        raise NotImplementedError

    def turnout(self) -> Paper:
        """Who came, as the sheet says now."""
        raise NotImplementedError

    def _printable(self) -> bool:
        """There is a sheet for every meeting."""
        return self.loaded and self.record is not None

    def paper_choices(self) -> list[tuple[str, Callable[[], None]]]:
        """A sheet to sign in on before, who came afterwards, and the papers of the record."""
        return [
            ("签到表（会前用）", lambda: self._open_paper(self.sign_in())),
            (f"{self.turnout_words}（会后用）", lambda: self._open_paper(self.turnout())),
            *super().paper_choices(),
        ]

    def _open_paper(self, paper: Paper) -> None:
        from desktop.ui.printing.jobs import paper_job  # loads what only paper needs

        self.workbench.shell.open_page("preview", job=paper_job(paper.name, lambda _session: paper))

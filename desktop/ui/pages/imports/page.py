"""The import of a table in three steps: choose, check, done. Nothing is written before the second is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from desktop.operations.exports import import_templates
from desktop.operations.imports import importing
from desktop.operations.imports.importing import ImportPreview, ImportResult, Pasted
from desktop.operations.session import Session
from desktop.records.versions.canonical import Cell
from desktop.ui import spacing, theme
from desktop.ui.dialogs import Answer
from desktop.ui.lists.columns import shown_at_first
from desktop.ui.notices import Tone
from desktop.ui.page import Page, Status
from desktop.ui.pages.imports.check import CheckStep
from desktop.ui.pages.imports.ending import BusyStep, DoneStep
from desktop.ui.pages.imports.start import StartStep
from desktop.ui.parts import back_button, button, heading, row
from desktop.ui.undo import Step
from desktop.ui.widgets.overlay import Overlay
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Task, Ticket

_STEPS = ("1 选择表格", "2 核对", "3 完成")
_LONGEST_SHEET = 10


class ImportPage(Page):
    """Imports records of one type. ``fixed`` are cells that every row gets, such as the record it belongs to.

    ``order`` are the columns of the list that a block is pasted into; by default those that its list page shows.
    """

    def __init__(
        self,
        workbench: Workbench,
        type_name: str,
        fixed: Mapping[str, Cell] | None = None,
        source: Path | Pasted | None = None,
        order: Sequence[str] = (),
    ) -> None:
        super().__init__(workbench)
        self.record_type = workbench.types[type_name]
        self.start = StartStep(workbench, self.record_type, dict(fixed or {}))
        self.check = CheckStep(workbench)
        self.done = DoneStep()
        self.busy = BusyStep()
        self.source: Path | Pasted | None = None
        self._order = order or self._shown_columns()
        self.result: ImportResult | None = None
        self._step: Step | None = None
        """What this import is among the steps, while it is the last of them."""
        self.take_back = button("撤消这次导入", self.workbench.undo, "undo-2")
        self._task: Task[Any] | None = None
        self._mapping: dict[int | str, str | None] = {}
        self._sheet: str | None = None
        self._further: tuple[str, ...] = ()
        self._steps = QLabel()
        self._layers = QStackedLayout()
        self._build()
        self.start.chosen.connect(self.open_table)
        self.start.again_wanted.connect(self._read_again)
        self.start.template_wanted.connect(self.save_template)
        self.check.sheet_wanted.connect(self._other_sheet)
        self.check.column_wanted.connect(self._other_column)
        self.check.report_wanted.connect(self.save_report)
        self.check.run_wanted.connect(self.run)
        self.check.back_wanted.connect(lambda: self._show(self.start))
        self.busy.stop.clicked.connect(self.stop)
        workbench.steps_changed.connect(self._steps_moved)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(self._escape)
        self._show(self.start)
        if source is not None:
            self.open_table(source)

    def _shown_columns(self) -> Sequence[str]:
        kept = self.workbench.settings.columns(self.record_type.name)
        return kept or shown_at_first(self.record_type, several_units=False)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(4)
        column.addLayout(
            row(
                back_button(self.workbench),
                heading(f"导入{self.record_type.label}", 1),
                1,
                self._steps,
                spacing=10,
            )
        )
        # In this order: a layout that belongs to nobody would show its first step as a window of its own.
        column.addLayout(self._layers, 1)
        for step in (self.start, self.check, self.done, self.busy):
            self._layers.addWidget(step)

    def _show(self, step: QWidget) -> None:
        if step is self.start:
            at_work = self._layers.currentWidget() is not self.done
            self.start.offer_again(self.source.name if self.source is not None and at_work else None)
        self._layers.setCurrentWidget(step)
        present = {self.start: 0, self.check: 1, self.done: 2}.get(step, 1)
        parts = [
            f'<b style="color:{theme.RED}">{words}</b>' if n == present
            else f'<span style="color:{theme.MUTED}">{words}</span>'
            for n, words in enumerate(_STEPS)
        ]  # fmt: skip
        self._steps.setText("&nbsp;&nbsp;›&nbsp;&nbsp;".join(parts))
        self.state_changed.emit()
        if self.isVisible():
            self.enter()

    # -- reading ---------------------------------------------------------------------------------------------------

    def open_table(self, source: Path | Pasted) -> None:
        """Reads a file, or what was copied, and shows what it would change."""
        if self._can_be_read():
            self.source, self._sheet, self._further = source, None, ()
            self._mapping = self._remembered()
            self._look()

    def _read_again(self) -> None:
        """The same table with what the first step says by now; sheet and columns stay as they were chosen."""
        if self._can_be_read():
            self._look()

    def _can_be_read(self) -> bool:
        problem = self.start.problem()
        if problem:
            self.workbench.shell.tell(Tone.ERROR, problem)
        return not problem

    def _other_sheet(self, name: str) -> None:
        self._sheet, self._mapping = name, self._remembered()
        self._look()

    def _other_column(self, index: int, target: str) -> None:
        self._mapping[index] = target or None
        self._look()

    def _look(self) -> None:
        source, name, sheet, order = self.source, self.record_type.name, self._sheet, self._order
        mapping, options, header = dict(self._mapping), self.start.options(), self.start.header_row
        if source is None:
            return

        def job(session: Session, ticket: Ticket) -> ImportPreview:
            return importing.preview(
                session, source, name, mapping=mapping, sheet=sheet, header_row=header, order=order,
                options=options, progress=ticket.progress, cancelled=lambda: ticket.cancelled,
            )  # fmt: skip

        self._begin(f"读取{source.name}", job, self._looked_at, step=False)

    def _looked_at(self, preview: ImportPreview) -> None:
        if preview.alike_sheets:
            self._further = (preview.sheet, *preview.alike_sheets)
        self.check.show_preview(preview)
        self._show(self.check)

    # -- writing ---------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Writes what is shown."""
        shown = self.check.preview
        if shown is None:
            return

        def job(session: Session, ticket: Ticket) -> ImportResult:
            return importing.run(session, shown, progress=ticket.progress, cancelled=lambda: ticket.cancelled)

        self._begin(f"导入{self.record_type.label}", job, self._written, step=True)

    def _written(self, result: ImportResult) -> None:
        self.result = result
        self._remember(result.preview)
        mend = len(result.preview.to_mend)
        last = self.workbench.steps.last
        self._step = last if last is not None and result.changes.stamp in last.stamps else None
        self.take_back = button("撤消这次导入", self.workbench.undo, "undo-2")
        self.take_back.setEnabled(self._step is not None)
        offered = [button("查看列表", self._to_list, "file-text", primary=True), self.take_back]
        if mend:
            offered.append(button(f"保存退回表（{mend}行）…", self.save_report, "save"))
        self._further = tuple(name for name in self._further if name != result.preview.sheet)
        if self._further:
            following = self._further[0]
            words = f"导入工作表“{following[:_LONGEST_SHEET]}”"
            offered.append(button(words, lambda: self._other_sheet(following), "file-input"))
        offered.append(button("再导入一份", lambda: self._show(self.start), "file-input"))
        self.done.show_result(result, offered)
        self._show(self.done)

    def _steps_moved(self) -> None:
        """Once it is not the last step any more, the button would take back another one."""
        steps = self.workbench.steps
        if self._step is None or steps.last is self._step:
            return
        self._step = None
        self.take_back.setEnabled(False)
        if steps.next is not None and self._layers.currentWidget() is self.done:
            # It was taken back: the table can be looked at again and imported once more.
            self._show(self.check if self.check.preview is not None else self.start)
            self.check.run.setEnabled(True)

    def _to_list(self) -> None:
        self.workbench.shell.open_page(f"list:{self.record_type.name}")

    def save_report(self) -> None:
        """Saves the rows to be mended, with the reasons, to be corrected and imported alone."""
        shown = self.check.preview
        source = self.source
        if shown is None or source is None:
            return
        near = source if isinstance(source, Path) else Path.home() / f"{source.name}.xlsx"
        suggestion = near.with_name(f"{near.stem}-退回.xlsx")
        path = self.workbench.dialogs.save_file("保存退回表", suggestion, ("表格 (*.xlsx)",))
        if path is None:
            return

        def then(count: int) -> None:
            self.workbench.shell.tell(
                Tone.GOOD, f"已保存{count}行到{path.name}，改好标红的格、核对标黄的格以后单独导入即可。"
            )

        self.workbench.write(
            "保存退回表",
            lambda session, _ticket: importing.write_report(session, shown, path),
            then,
            owner=self,
            step=False,
        )

    def save_template(self) -> None:
        """Saves an empty table of the type, to be filled in and imported here."""
        name, label = self.record_type.name, self.record_type.label
        suggestion = Path.home() / f"{label}-空白模板.xlsx"
        path = self.workbench.dialogs.save_file("保存空白模板", suggestion, ("表格 (*.xlsx)",))
        if path is None:
            return
        self.workbench.write(
            "保存空白模板",
            lambda session, _ticket: import_templates.write_empty(session, path, name),
            lambda _none: self.workbench.shell.tell(Tone.GOOD, f"已保存{path.name}，填好以后在这里导入。"),
            owner=self,
            step=False,
        )

    # -- running work ----------------------------------------------------------------------------------------------

    def _begin(
        self, name: str, job: Callable[[Session, Ticket], Any], then: Callable[[Any], None], *, step: bool
    ) -> None:
        before = self._layers.currentWidget() or self.start

        def arrived(result: Any) -> None:
            self._task = None
            then(result)

        def failed(_error: Exception) -> bool:
            self._task = None
            self._show(before)
            return False

        self.busy.begin(name)
        self._layers.setCurrentWidget(self.busy)
        self._task = self.workbench.write(name, job, arrived, owner=self, fail=failed, step=step)
        self._task.progressed.connect(self.busy.show_progress)
        self._task.ended.connect(lambda: self._ended(before))

    def _ended(self, before: QWidget) -> None:
        """Work that was stopped answers nothing: the step before comes back."""
        if self._task is not None and self._task.ticket.cancelled:
            self._task = None
            self._show(before)
            self.workbench.shell.tell(Tone.PLAIN, "已停止，没有写入任何内容。")

    def stop(self) -> None:
        """Stops at the next place where that does no harm."""
        if self._task is not None:
            self._task.cancel()
            self.busy.words.setText("正在停止…")
            self.busy.stop.setEnabled(False)

    def _escape(self) -> None:
        opened = [overlay for overlay in self.window().findChildren(Overlay) if overlay.isVisible()]
        if opened:
            opened[0].close_overlay()
        elif self._task is not None:
            self.stop()
        elif self._layers.currentWidget() is self.check:
            self._show(self.start)
        else:
            self.workbench.shell.back()

    # -- what is remembered ----------------------------------------------------------------------------------------

    def _remembered(self) -> dict[int | str, str | None]:
        """Columns that a person has given a meaning before, by their heading."""
        kept = self.workbench.settings.columns(f"import-{self.record_type.name}")
        pairs = (entry.split("\t", 1) for entry in kept if "\t" in entry)
        return {header: target or None for header, target in pairs}

    def _remember(self, preview: ImportPreview) -> None:
        chosen = {c.header: c.target or "" for c in preview.columns if c.index in self._mapping and c.header}
        if chosen:
            before = {str(k): v or "" for k, v in self._remembered().items()}
            kept = [f"{header}\t{target}" for header, target in {**before, **chosen}.items()]
            self.workbench.settings.keep_columns(f"import-{self.record_type.name}", kept)

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What is imported."""
        return f"导入{self.record_type.label}"

    @property
    def help_anchor(self) -> str:
        """The section on workbooks."""
        return "excel"

    def status(self) -> Status:
        """Which file."""
        return Status(self.source.name if self.source is not None else "还没有选择表格")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the first and the second step."""
        return {"Ctrl+V": "粘贴从表格里复制的行", "回车": "改选中一列的含义", "Esc": "停止；回上一步"}

    def enter(self) -> None:
        """The cursor goes to the next thing to do."""
        step = self._layers.currentWidget()
        target = self.start.first_place
        if step is self.check:
            unknown = bool(self.check.preview and self.check.preview.unknown_columns)
            target = self.check.columns if unknown else self.check.run
        elif step is self.done:
            target = self.done
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def may_leave(self, again: Callable[[], None]) -> bool:
        """Asks while something is being written."""
        if self._task is None:
            return True
        answer = self.workbench.dialogs.ask("正在处理", "表格还在处理，要停止吗？", yes="停止", danger=True)
        if answer is Answer.YES:
            self.stop()
            return True
        return False

"""The generated form page of a record: saving, drafts, leaving. The declaration says all the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtGui import QKeySequence, QShortcut

from desktop.documents.papers.templates import PaperTemplate, subjects
from desktop.operations.form_data import FormData
from desktop.operations.recording import following, records
from desktop.operations.recording.records import Saved
from desktop.operations.session import Session
from desktop.operations.templates.own_papers import added_papers
from desktop.records.declaration import Severity
from desktop.records.versions.canonical import Cell
from desktop.ui.copying import values_to_carry
from desktop.ui.dialogs import Answer
from desktop.ui.drafts import DraftKeeper
from desktop.ui.forms.children import ChildTab
from desktop.ui.forms.record_page import RecordPage
from desktop.ui.notices import Tone
from desktop.ui.page import Act, Status
from desktop.ui.shell import Opening
from desktop.ui.workbench import Workbench
from desktop.ui.worker import LATER, Ticket

_ROSTERS = frozenset({"union"})
"""Records that have a roster on paper beside the papers of templates."""


class FormPage(RecordPage):
    """One record, new or old. Derive from it, or put other tabs into :attr:`tabs`, for a type that deserves better."""

    def __init__(self, workbench: Workbench, opening: Opening) -> None:
        super().__init__(workbench, opening)
        draft = opening.draft
        self._draft_key = draft.key if draft else DraftKeeper.key(opening.type, opening.record)
        self._has_draft = draft is not None
        self.form.changed.connect(self._typed)
        self.form.held.connect(self._held)
        self.form.left_end.connect(self._at_end)
        self.next_button.clicked.connect(self.save_and_next)
        QShortcut(QKeySequence("Ctrl+Shift+S"), self).activated.connect(self.save_and_next)
        self.added: list[PaperTemplate] = []
        self._load()
        self._read_added()

    # -- saving ----------------------------------------------------------------------------------------------------

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Saves what can be read; ``then`` is called when everything is saved."""
        self.form.flush()
        if self._saving or not self.loaded or not self.writable:
            return
        changes = self.form.changes()
        self.form.strict = True
        if not changes and self.record is not None:
            self.form.check()
            self._nothing_to_save(then)
            return
        if not any(value is not None for value in changes.values()):
            self.workbench.shell.tell(Tone.WARNING, "还没有填写任何内容。")
            return
        self._saving = True
        name, record = self.record_type.name, self.record
        words = f"{'修改' if record else '新增'}{self.record_type.label}"
        offer = self.opening.offer if record is None else None

        def job(session: Session, _ticket: Ticket) -> Saved:
            if offer is not None:
                return following.save_filled(session, offer, changes)
            return records.save(session, name, changes, record=record)

        def fail(error: Exception) -> bool:
            self._saving = False
            return False

        self.workbench.write(
            words, job, lambda saved: self._saved(saved, changes, then), owner=self, fail=fail
        )

    def _nothing_to_save(self, then: Callable[[], None] | None) -> None:
        if self.form.unreadable():
            self._tell_unreadable()
        elif then is not None:
            then()
        else:
            self.workbench.shell.tell(Tone.PLAIN, "没有需要保存的改动。")

    def _saved(self, saved: Saved, changes: Mapping[str, Cell], then: Callable[[], None] | None) -> None:
        self.record = saved.record
        if self.opening.saved is not None:
            told, self.opening = self.opening.saved, replace(self.opening, saved=None)
            told()

        def reloaded(data: FormData) -> None:
            self._saving = False
            self._rebase(data, changes)
            if self.form.unreadable():
                self._keep_draft()
                self._tell_unreadable()
                return
            self._drop_draft()
            if then is not None:
                then()
            else:
                self._tell_saved(saved)

        self._read(reloaded)

    def _tell_saved(self, saved: Saved) -> None:
        missing = sum(f.rule == "needed" for f in saved.findings)
        wrong = sum(f.severity is Severity.ERROR for f in saved.findings) - missing
        parts = [f"还缺{missing}项必填"] * bool(missing) + [f"有{wrong}处要核对"] * bool(wrong)
        words = f"已保存“{self._title}”" + (f"，{'，'.join(parts)}，可以以后补充。" if parts else "。")
        self.workbench.shell.tell(Tone.GOOD, words, "撤消", self.workbench.undo)

    def _tell_unreadable(self) -> None:
        rows = self.form.unreadable()
        named = "、".join(row.field.label for row in rows)
        self.workbench.shell.tell(
            Tone.WARNING,
            f"“{named}”里填的内容看不懂，这{len(rows)}项没有保存，其余已保存。请改正后再保存一次。",
        )
        self.form.go_to(rows[0].field.name)

    def save_and_next(self) -> None:
        """Saves, then shows an empty form that keeps what the next one has in common with this one."""
        name, shell = self.record_type.name, self.workbench.shell

        def following() -> None:
            carried = values_to_carry(self.record_type, self.form.values())
            title = self._title
            shell.back()
            shell.new_record(name, carried)
            shell.tell(Tone.GOOD, f"已保存“{title}”，接着登记下一条。", "撤消", self.workbench.undo)

        self.save(following)

    def _at_end(self) -> None:
        """Enter in the last field saves, as in every form that people know."""
        self.save()

    # -- drafts ----------------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        self._show_state()
        if self.form.dirty:
            self._keep_draft()
        elif self._has_draft:
            self._drop_draft()

    def _held(self) -> None:
        """Somebody types on and on without a pause."""
        if self.form.dirty:
            self._keep_draft()

    def _keep_draft(self) -> None:
        self._has_draft = True
        texts = self.form.draft_texts()
        self.workbench.drafts.keep(self._draft_key, self.record_type.name, self.record, texts)

    def _drop_draft(self) -> None:
        if self._has_draft:
            self._has_draft = False
            self.workbench.drafts.drop(self._draft_key)

    # -- the page --------------------------------------------------------------------------------------------------

    def primary(self) -> Act | None:
        """Saving is what one does here."""
        return Act.SAVE

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """Save, a new one, and printing its papers or the list of what belongs to it."""
        possible: dict[Act, Callable[[], None]] = {}
        if self._printable():
            possible[Act.PRINT] = self.print_record
        if not self.writable:
            return possible
        possible[Act.NEW] = self._new
        if self.loaded and not (self.form.data is not None and self.form.data.deleted):
            possible[Act.SAVE] = self.save
        return possible

    # -- paper -----------------------------------------------------------------------------------------------------

    def _read_added(self) -> None:
        """Which papers about such records a unit has added; the program's own ones are known."""
        bench, name = self.workbench, self.record_type.name
        types, unit, day = bench.types, bench.facts.unit.id, bench.today()

        def then(found: list[PaperTemplate]) -> None:
            self.added = [template for template in found if template.about == name]
            if self.added:
                self.state_changed.emit()

        bench.read(
            lambda database, _ticket: added_papers(database, types, unit, day),
            then, owner=self, key="papers", priority=LATER,
        )  # fmt: skip

    def _printable(self) -> bool:
        """Whether there is a paper of this record, or a list of what belongs to it in front."""
        tab = self.tabs.currentWidget()
        if isinstance(tab, ChildTab) and tab.count:
            return True
        data = self.form.data if self.loaded and self.record is not None else None
        known = bool(self.added) or self.record_type.name in subjects() | _ROSTERS
        return data is not None and not data.deleted and known

    def print_record(self) -> None:
        """Saves what was typed, then asks what is to be printed."""
        self.form.flush()
        if self.form.dirty and self.writable and self.record is not None:
            self.save(self._choose_paper)
        else:
            self._choose_paper()

    def _choose_paper(self) -> None:
        from desktop.ui.printing.papers import choose_paper  # loads what only paper needs

        choices = self.paper_choices()
        if choices:
            choose_paper(self, choices)
        else:
            self.workbench.shell.tell(Tone.PLAIN, "这条记录现在没有可以打印的表单。")

    def paper_choices(self) -> list[tuple[str, Callable[[], None]]]:
        """What can be printed now: the list in front, then the papers of the record."""
        from desktop.ui.printing.papers import paper_choices

        choices: list[tuple[str, Callable[[], None]]] = []
        tab = self.tabs.currentWidget()
        if isinstance(tab, ChildTab) and tab.count:
            choices.append((f"列表：{tab.list.model.record_type.label}", lambda: self._print_children(tab)))
        data = self.form.data
        if self.record is not None and data is not None and not data.deleted:
            choices += paper_choices(
                self.workbench, self.record_type, self.record, data.record.values, self.added
            )
        return choices

    def _print_children(self, tab: ChildTab) -> None:
        """The list in front, and whose it is."""
        from desktop.ui.lists.printing import print_list

        scope = f"{self.record_type.label}：{self._title}"
        print_list(self.workbench, tab.list.model, scope, tab.list.sums_words())

    def _new(self) -> None:
        """A new one; a child gets the same parent."""
        parent = self.record_type.parent
        values = {parent: self.form.values().get(parent)} if parent is not None else {}
        self.workbench.shell.new_record(self.record_type.name, values)

    def status(self) -> Status:
        """What the side panel says, for those who look at the bottom."""
        return Status(self.side.summary.text() if self.loaded else "正在读取…")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of a form."""
        return {
            "Enter": "到下一项，已经由别处带出的跳过；在最后一项保存",
            "Shift+Enter": "回到上一项",
            "↓ 或 F4": "打开选项列表",
            "F2": "重填只显示一部分的内容",
            "Ctrl+Enter": "离开多行文字",
            "Ctrl+S": "保存",
            "Ctrl+Shift+S": "保存并新增",
            "Ctrl+G": "由这条记录生成别的记录",
            "Esc": "返回",
        }

    def enter(self) -> None:
        """The cursor goes to the first field that is to be filled, and for who comes back where it was."""
        if self.loaded and self.tabs.currentIndex() == 0:
            self.form.start()

    def may_leave(self, again: Callable[[], None]) -> bool:
        """Asks when something is not saved."""
        self.form.flush()
        if not self._lines_left(again):
            return False
        if not self.loaded or not self.form.dirty or self._saving or not self.writable:
            return True
        return self._leave_unsaved("改动", again)

    def _leave_unsaved(self, what: str, again: Callable[[], None]) -> bool:
        """Asks whether it is to be saved; whether the page may be left at once."""
        answer = self.workbench.dialogs.ask(
            "还没有保存", f"“{self.title}”有{what}还没有保存，要保存吗？", yes="保存", no="不保存"
        )
        if answer is Answer.YES:
            self.save(again)
        elif answer is Answer.NO:
            self._drop_draft()
        return answer is Answer.NO

    def _lines_left(self, again: Callable[[], None]) -> bool:
        """Asks about every line below the record that was begun and not added; whether nothing stands in the way."""
        for tab in self.children_tabs.values():
            if not tab.begun:
                continue
            label = tab.record_type.label
            answer = self.workbench.dialogs.ask(
                "还没有添加", f"“{label}”里有一条填了还没有添加，要添加吗？", yes="添加", no="不添加"
            )
            if answer is Answer.NO:
                tab.quick.clear()
                continue
            if answer is Answer.YES:
                self.tabs.setCurrentWidget(tab)
                tab.quick.add(again)
            return False
        return True

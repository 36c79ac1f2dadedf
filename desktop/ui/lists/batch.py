"""The dialog of a batch edit: what stands in the selected records now, what it becomes, and who is passed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from desktop.operations import queries
from desktop.operations.recording import batches
from desktop.operations.recording.batches import Changed, Survey, Target
from desktop.operations.session import Session
from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.display import display
from desktop.records.versions.canonical import Cell
from desktop.store.tables.database import Database
from desktop.ui.fields.editors import Editor
from desktop.ui.fields.making import make_editor
from desktop.ui.fields.pickers import LinkEditor
from desktop.ui.fields.rows import Message
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.matching import rank
from desktop.ui.notices import Tone
from desktop.ui.parts import Note, empty_layout, plain
from desktop.ui.running import RunningDialog, telling
from desktop.ui.widgets.pick import Option, PickEdit
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Task, Ticket

_MOST_VALUES = 100
"""So many different values are listed, the most frequent first; the rest is counted."""
_SHOWN_LINES = 6
_LEAST = (720, 440)
_CHOSEN = frozenset({Kind.CODE, Kind.CODES, Kind.PLACE, Kind.LINK})
_NOTHING = "（没有填）"


@dataclass(frozen=True)
class Found:
    """What stands in the records, and words for the most frequent values."""

    survey: Survey
    lines: tuple[tuple[str, int], ...]


class ValueRow:
    """The editor of one field with a box that empties it; without either the field stays as it is."""

    def __init__(self, editor: Editor) -> None:
        self.field: Field = editor.field
        self.editor = editor
        self.choosing = False
        """Whether somebody is in the middle of typing what is chosen from a list: nothing is wrong yet."""
        self.clear = QCheckBox("清空")
        self.clear.setAccessibleName(f"清空{self.field.label}")
        self.message = Message(editor.parentWidget())
        self.clear.toggled.connect(editor.set_locked)
        for widget in editor.inputs():
            if not widget.accessibleName():
                widget.setAccessibleName(self.field.label)

    @property
    def problem(self) -> str:
        """What is wrong with what is typed."""
        parsed = self.editor.parsed()
        return "" if self.clear.isChecked() or parsed.ok else parsed.problem or "看不懂填写的内容"

    def value(self) -> dict[str, Cell]:
        """The field with its new value, or nothing."""
        if self.clear.isChecked():
            return {self.field.name: None}
        parsed = self.editor.parsed()
        return {self.field.name: parsed.value} if parsed.ok and parsed.value is not None else {}


class BatchDialog(RunningDialog):
    """One operation at the end, or none: stopping it in time leaves everything as it was."""

    def __init__(
        self, workbench: Workbench, record_type: RecordType, rows: Sequence[int], field: str = ""
    ) -> None:
        title = f"批量修改选中的{len(rows)}条{record_type.label}"
        super().__init__(workbench, title, "修改", "停止，都不改", "条")
        self._type, self._numbers = record_type, list(rows)
        self.targets = {t.key: t for t in batches.targets_of(record_type, workbench.may_write)}
        self.found: Found | None = None
        self.rows: list[ValueRow] = []
        self._target: Target | None = None
        self._looking: Task[Found] | None = None
        self.setMinimumSize(*_LEAST)
        self._label, self.pick = QLabel("改哪一项(&X)"), PickEdit(self, self)
        self.standing = Grid([Col("现在是", 30, wide=True), Col("条数", 8, numeric=True)], "现在的内容")
        self.summary = plain()
        self.skipped = Note()
        self._form = QWidget(self)
        self._editors = QGridLayout()
        self._build()
        wanted = self.targets.get(field)
        if wanted is not None:
            self.choose(wanted)
        else:
            self.show_state()
            self.pick.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        self.pick.setAccessibleName("改哪一项")
        self.pick.setPlaceholderText("输入文字或拼音首字母，或按↓从列表中选")
        self.pick.picked.connect(self._picked)
        self.pick.taken_by_enter.connect(self._to_value)
        self.pick.textEdited.connect(lambda _text: self._forget())
        self.standing.limit_height(_SHOWN_LINES)
        self._editors.setHorizontalSpacing(10)
        self._editors.setColumnStretch(1, 1)
        form = QGridLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(10)
        self._label.setBuddy(self.pick)
        form.addWidget(self._label, 0, 0)
        form.addWidget(self.pick, 0, 1)
        form.addLayout(self._editors, 1, 0, 1, 2)
        form.setColumnStretch(1, 1)
        for part in (self._form, self.standing, self.summary, self.skipped):
            self.column.addWidget(part)
        self.standing.hide()

    # -- what is changed -------------------------------------------------------------------------------------------

    def look_up(self, text: str, then: Callable[[Sequence[Option]], None]) -> None:
        """The fields and groups that a text names."""
        ranked = []
        for place, target in enumerate(self.targets.values()):
            best = rank(text, target.label)
            if best is not None:
                group = target.slot.label if target.slot.label not in target.label else ""
                ranked.append((best, place, Option(target.key, target.label, group)))
        then([option for _, _, option in sorted(ranked, key=lambda r: r[:2])])

    def browse(self, option: Option) -> None:
        """No field has others below it."""

    def _picked(self, option: Option | None) -> None:
        if option is not None:
            self.choose(self.targets[option.key])
        else:
            self._forget()

    def choose(self, target: Target) -> None:
        """Asks what stands there now, and offers to fill it."""
        self._forget()
        self._target = target
        self.pick.show_option(Option(target.key, target.label))
        self.rows = [self._make_row(f) for f in target.fields]
        labels = [QLabel("改成" if len(self.rows) == 1 else r.field.label, self._form) for r in self.rows]
        for place, (label, made) in enumerate(zip(labels, self.rows, strict=True)):
            label.setBuddy(made.editor.inputs()[0])
            label.setContentsMargins(0, 5, 0, 0)
            made.clear.setMinimumHeight(made.editor.inputs()[0].sizeHint().height())
            for column, part in enumerate((label, made.editor, made.clear)):
                top = Qt.AlignmentFlag.AlignTop if part is not made.editor else Qt.AlignmentFlag(0)
                self._editors.addWidget(part, 2 * place, column, top)
            self._editors.addWidget(made.message, 2 * place + 1, 1)
        widest = max(label.sizeHint().width() for label in (self._label, *labels))
        self._label.setFixedWidth(widest)
        self._editors.setColumnMinimumWidth(0, widest)
        self._look(target)
        self.show_state()
        self.rows[0].editor.take_focus()

    def _make_row(self, field: Field) -> ValueRow:
        editor = make_editor(field, self.workbench, None, self._form)
        if isinstance(editor, LinkEditor):
            # What would open lies behind this dialog.
            editor.button.setFixedSize(0, 0)
        made = ValueRow(editor)
        editor.edited.connect(lambda: self._typed(made, finished=False))
        editor.finished.connect(editor.tidy)
        editor.finished.connect(lambda: self._typed(made, finished=True))
        editor.advanced.connect(lambda: self._go_on(made, 1))
        editor.retreated.connect(lambda: self._go_on(made, -1))
        made.clear.toggled.connect(lambda _on: self.show_state())
        return made

    def _typed(self, made: ValueRow, *, finished: bool) -> None:
        made.choosing = not finished and made.field.kind in _CHOSEN
        self.show_state()

    def _to_value(self) -> None:
        if self.rows:
            self.rows[0].editor.take_focus()

    def _go_on(self, made: ValueRow, by: int) -> None:
        at = self.rows.index(made) + by
        if at < 0:
            self.pick.setFocus(Qt.FocusReason.OtherFocusReason)
        elif at < len(self.rows):
            self.rows[at].editor.take_focus()
        elif self.do.isEnabled():
            self.do.setFocus(Qt.FocusReason.TabFocusReason)

    def _forget(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self.found, self._target, self.rows = None, None, []
        empty_layout(self._editors)
        self.standing.hide()
        self.problem.hide()
        self.show_state()

    # -- what stands there -----------------------------------------------------------------------------------------

    def _look(self, target: Target) -> None:
        bench, record_type, numbers = self.workbench, self._type, self._numbers
        types, codes, own = bench.types, bench.codes, bench.facts.unit.id

        def job(database: Database, ticket: Ticket) -> Found:
            found = batches.survey(database, record_type, target, numbers, own, telling(ticket))
            often = sorted(found.standing.items(), key=lambda s: -s[1])[:_MOST_VALUES]
            names = [f.name for f in target.fields]
            linking = [dict(zip(names, values, strict=True)) for values, _ in often]
            links = queries.link_titles(database, types, codes, record_type, linking)
            return Found(
                found,
                tuple((_words(target, values, codes, links), count) for values, count in often),
            )

        self._looking = task = bench.read_long(job, self._arrived, owner=self)
        task.progressed.connect(self._show_progress)
        task.ended.connect(lambda: self._looked(task))
        self.progress.setRange(0, 0)

    def _looked(self, task: Task[Found]) -> None:
        if self._looking is task:
            self._looking = None
            self.show_state()

    def _arrived(self, found: Found) -> None:
        self.found = found
        lines = [Line((words, str(count)), None, n) for n, (words, count) in enumerate(found.lines)]
        more = len(found.survey.standing) - len(found.lines)
        if more > 0:
            rest = sum(found.survey.standing.values()) - sum(count for _, count in found.lines)
            lines.append(Line((f"其余{more}种内容", str(rest)), None, -1))
        self.standing.show_lines(lines)
        self.show_state()

    def _show_progress(self, done: int, total: int, _words: str = "") -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    # -- what becomes of it ----------------------------------------------------------------------------------------

    def values(self) -> dict[str, Cell]:
        """The fields that are to be changed, with their new values."""
        return {name: cell for made in self.rows for name, cell in made.value().items()}

    def show_state(self) -> None:
        """What stands there, what becomes of it, and whether that can be done now."""
        problems = [made for made in self.rows if made.problem]
        for made in self.rows:
            shown = "" if made.choosing else made.problem
            made.message.say("error", shown)
            made.editor.show_state("error" if shown else "")
        found = self.found.survey if self.found is not None else None
        values = {} if problems else self.values()
        count = found.changing(values) if found is not None and values else 0
        self.progress.setVisible(self._looking is not None or self.running)
        self.standing.setVisible(found is not None and bool(found.standing))
        self.summary.setText(self._summary(found, values, count))
        self._show_skipped(found)
        clears = bool(values) and all(v is None for v in values.values())
        self.do.setText(f"{'清空' if clears else '修改'}{count}条" if count else "修改")
        self.do.setEnabled(count > 0 and not self.running)

    def _summary(self, found: Survey | None, values: dict[str, Cell], count: int) -> str:
        if self._target is None:
            return "先选要改的一项。一次改一项，一步完成，一次撤消全部恢复。"
        if found is None:
            return f"正在看这{len(self._numbers)}条现在的内容……"
        able = len(found.ids)
        if not able:
            return "选中的记录都不能改这一项。"
        if not values:
            kept = "没有填、也没有勾选“清空”的不变。" if len(self.rows) > 1 else ""
            return f"可以修改的有{able}条。请填写改成什么，或者勾选“清空”。{kept}"
        same = able - count
        along = "".join(
            f"“{label}”还没有填的、原来随它带出的，跟着一起改。"
            for label in batches.followers(self._type, self._target)
        )
        return f"将修改{count}条" + (f"，另外{same}条已经是这样，不动。" if same else "。") + along

    def _show_skipped(self, found: Survey | None) -> None:
        reasons = [f"{n}条{why}" for why, n in sorted(found.skipped.items())] if found is not None else []
        total = sum(found.skipped.values()) if found is not None else 0
        self.skipped.say(Tone.WARNING, f"跳过{total}条" if total else "", "；".join(reasons) + "。")

    # -- doing it --------------------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Changes what is to be changed, once it is known what that is."""
        values, found = self.values(), self.found
        if found is None or not self.do.isEnabled():
            return

        def job(session: Session, ticket: Ticket) -> Changed:
            return batches.change(session, found.survey, values, telling(ticket))

        name = f"批量修改{self._type.label}：{found.survey.target.label}"
        self.run(name, job, self._done, step=True)

    def told(self, done: int, total: int) -> None:
        """From the last record on it is being kept: for an unknown time, and it can no longer be stopped."""
        super().told(done, total)
        if done == total:
            self.progress.setRange(0, 0)
            self.cancel.setEnabled(False)

    def _done(self, result: Changed) -> None:
        self.accept()
        late = sum(result.skipped.values())
        along = "".join(f"“{name}”随着改了{n}条。" for name, n in result.along.items())
        more = along + (f"另有{late}条刚刚被别处改动，没有动。" if late else "")
        label = self.found.survey.target.label if self.found is not None else ""
        self.workbench.shell.tell(
            Tone.GOOD,
            f"已修改{result.count}条{self._type.label}的“{label}”。{more}",
            "撤消",
            self.workbench.undo,
        )

    def reject(self) -> None:
        """Closing it gives up what is being looked at as well."""
        if self._looking is not None:
            self._looking.cancel()
        super().reject()


def _words(target: Target, values: Sequence[Cell], codes: queries.Codes, links: dict[str, str]) -> str:
    said = []
    for field, cell in zip(target.fields, values, strict=True):
        if field.kind is Kind.LINK:
            text = queries.link_words(field, cell, links)
        else:
            text = display(field, cell, codes=codes, masked=True)
        if text:
            said.append(text if len(target.fields) == 1 else f"{field.label}：{text}")
    return " ".join("；".join(said).split()) or _NOTHING


def offer(workbench: Workbench, record_type: RecordType, rows: Sequence[int], field: str = "") -> BatchDialog:
    """Shows the dialog for the records with these row numbers, with ``field`` chosen where it can be."""
    dialog = BatchDialog(workbench, record_type, rows, field)
    dialog.open()
    return dialog

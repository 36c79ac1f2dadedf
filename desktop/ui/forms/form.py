"""The generated form of a record type: what its fields hold, how one goes through them, and what the checks say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from desktop.operations.form_data import FormData
from desktop.operations.recording.surroundings import live_context
from desktop.records.cells import Values, is_empty
from desktop.records.checks import Finding
from desktop.records.checks.base import excused
from desktop.records.declaration import Field, RecordType, Severity
from desktop.records.typed.values import default_value
from desktop.records.versions.canonical import Cell
from desktop.ui.fields.making import make_editor
from desktop.ui.fields.personal import Ask
from desktop.ui.fields.pickers import LinkEditor
from desktop.ui.fields.rows import FieldRow
from desktop.ui.fields.ticks import CodesEditor
from desktop.ui.forms import findings
from desktop.ui.forms.body import TWO_COLUMNS_FROM, FormBody
from desktop.ui.forms.derived import SESSIONS, FromLinks, sessions
from desktop.ui.forms.filling import Filler
from desktop.ui.forms.twins import naming_field
from desktop.ui.workbench import Workbench

SHORT_FORM = 14
"""A form of more fields shows the needed ones first."""
CHECK_DELAY_MS = 300
KEEP_MS = 1000
"""So long at most is what is typed without a pause in no draft."""


class Form(QScrollArea):
    """``changed`` soon after each change, ``checked`` with new findings, ``left_end`` on Enter in the last field."""

    changed = Signal()
    held = Signal()
    checked = Signal()
    help_changed = Signal(str)
    left_end = Signal()
    named = Signal()
    """The code or name of a new record has been typed."""

    def __init__(
        self, workbench: Workbench, record_type: RecordType, ask: Ask | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields have the cursor
        self.workbench = workbench
        self.record_type = record_type
        self.data: FormData | None = None
        self.findings: list[Finding] = []
        self.strict = False
        """Whether missing fields are marked at their place too; from the first save on."""
        self.long = len(record_type.shown_fields) > SHORT_FORM
        self.only_first = self.long and not workbench.settings.flag(f"all_fields/{record_type.name}")
        self._stored: Mapping[str, Cell] = {}
        self._initial: dict[str, Cell] = {}
        self._linked: dict[str, Values] = {}
        self._given: tuple[str, ...] = ()
        self._touched: list[str] = []
        self._inside: FieldRow | None = None
        self._last: FieldRow | None = None
        """Where the cursor was last."""
        self._told: list[FieldRow] = []
        self._brought: set[str] = set()
        """Fields that came to be shown because another one says what stands in them; Enter goes past them."""
        self._asked: set[str] = set()
        self._body = FormBody()
        self.rows, self.sections = self._body.rows, self._body.sections
        self._body.unfolded.connect(self.fold)
        self.setWidget(self._body)
        self._body.fill(record_type, lambda field, parent: self._row(field, ask, parent))
        self._filler = Filler(workbench, record_type, self.rows, self.values, self._touched, self)
        self._filler.told.connect(self.fill)
        self._filler.linked.connect(self._hear_link)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CHECK_DELAY_MS)
        self._timer.timeout.connect(self._after_pause)
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(KEEP_MS)
        self._keeping.timeout.connect(self.held.emit)

    def _row(self, field: Field, ask: Ask | None, parent: QWidget) -> FieldRow:
        row = FieldRow(field, lambda cell: make_editor(field, self.workbench, ask, cell), parent)
        editor = row.editor
        editor.edited.connect(lambda: self._edited(row))
        editor.finished.connect(lambda: self._finished(row))
        editor.focused.connect(lambda: self._focused(row))
        editor.advanced.connect(lambda: self._step(row, 1))
        editor.retreated.connect(lambda: self._step(row, -1))
        return row

    # -- loading ---------------------------------------------------------------------------------------------------

    def load(
        self,
        data: FormData | None,
        values: Mapping[str, Cell],
        titles: Mapping[str, str],
        linked: Mapping[str, Values] | None = None,
    ) -> None:
        """Shows a record, or a new one with its defaults and the given values.

        ``titles`` are the words for links, ``linked`` the values of what the links of a new record lead to.
        """
        self.data = data
        self._linked = dict(data.linked if data is not None else linked or {})
        self._stored = data.record.values if data is not None else {}
        self._given = () if data is not None else tuple(values)
        self._know({**(data.links if data is not None else {}), **titles})
        today = self.workbench.today()
        placed = self._filler.begin(new=data is None)
        self._brought.clear()
        for name, row in self.rows.items():
            usual = placed.get(name) or default_value(row.field, today)
            fresh = values.get(name, usual) if data is None else None
            self._initial[name] = _cell(self._stored.get(name) if data is not None else fresh)
            row.editor.set_cell(self._initial[name])
        self.lock()
        self.fold()
        self.check()
        self._body.show()

    def rebase(self, data: FormData, submitted: Mapping[str, Cell]) -> None:
        """Takes over what the store holds now; what was typed and is not in ``submitted`` stays as it is."""
        typed = {
            name: cell
            for name, cell in self._typed().items()
            if name not in submitted or submitted[name] != cell
        }
        kept = {name: self.rows[name].editor.draft_text() for name in typed}
        kept |= {row.field.name: row.editor.draft_text() for row in self.unreadable()}
        self.data = data
        self._linked = {**self._linked, **data.linked}
        self._stored = data.record.values
        self._know(data.links)
        for name, row in self.rows.items():
            self._initial[name] = _cell(self._stored.get(name))
            if name not in kept:
                row.editor.set_cell(self._initial[name])
                if is_empty(self._initial[name]):
                    # Erased or taken back: where it came from is not said of nothing.
                    row.note("")
        self.lock()
        self.check()

    def _know(self, titles: Mapping[str, str]) -> None:
        for row in self.rows.values():
            if isinstance(row.editor, LinkEditor):
                row.editor.know(dict(titles))

    def lock(self) -> None:
        """Locks what this operator may not write, and a deleted record as a whole."""
        locked = self.data is not None and self.data.locked
        whole = not self.workbench.may_write(self.record_type) or locked
        for row in self.rows.values():
            reckoned = row.field.reckoned
            row.editor.set_locked(
                whole or reckoned or not self.workbench.may_write(self.record_type, row.field)
            )

    # -- what it holds ---------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Cell]:
        """All fields as they stand; where the text cannot be read, what was stored."""
        found: dict[str, Cell] = {}
        for name, row in self.rows.items():
            parsed = row.editor.parsed()
            found[name] = parsed.value if parsed.ok else self._stored.get(name)
        return {**self._stored, **found}

    def changes(self) -> dict[str, Cell]:
        """What a save has to write: all filled fields of a new record, the differing ones of an old one."""
        values = self.values()
        return {
            name: values[name]
            for name, row in self.rows.items()
            if _cell(values[name]) != _cell(self._stored.get(name)) and row.editor.parsed().ok
        }

    def unreadable(self) -> list[FieldRow]:
        """The fields whose text cannot be read; a save leaves them as they were."""
        return [row for row in self.rows.values() if not row.editor.parsed().ok]

    def _typed(self) -> dict[str, Cell]:
        values = self.values()
        return {n: values[n] for n in self.rows if _cell(values[n]) != self._initial.get(n)}

    @property
    def dirty(self) -> bool:
        """Whether anything differs from what was shown at first."""
        return bool(self._typed() or self.unreadable())

    def draft_texts(self) -> dict[str, str]:
        """What is typed and not saved, by field; before it what a new record was given, which nobody gives again."""
        names = {*self._typed(), *(row.field.name for row in self.unreadable())}
        given = [n for n in self._given if n in self.rows and n not in names and self.rows[n].editor.text()]
        return {n: self.rows[n].editor.draft_text() for n in (*given, *(n for n in self.rows if n in names))}

    def apply_draft(self, texts: Mapping[str, str]) -> str:
        """Puts back what was typed; fields that no longer exist are passed over. Gives the last one, to go on from."""
        last = ""
        for name, text in texts.items():
            if name in self.rows:
                self.rows[name].editor.set_text(text)
                last = name
        self.fold()
        self.check()
        return last

    def fill(self, values: Mapping[str, Cell], note: str, sure: bool = False) -> None:
        """Fills fields that follow from another one, and says so; what is ``sure`` nobody has to look at."""
        for name, cell in values.items():
            row = self.rows.get(name)
            if row is not None and not row.editor.locked:
                if sure and not row.shown:
                    self._brought.add(name)
                row.editor.set_cell(cell)
                row.note("" if is_empty(cell) else note)
                self._touch(name)
                row.set_shown(True)
        if values:
            self._arrange()
            self._timer.start()

    def mark(self, notes: Mapping[str, str]) -> None:
        """Says beside fields where their values come from, and shows those that were folded away."""
        if not notes:
            return
        for name, words in notes.items():
            self.rows[name].note(words)
            self.rows[name].set_shown(True)
        self._arrange()
        self.check()

    # -- typing ----------------------------------------------------------------------------------------------------

    def _edited(self, row: FieldRow) -> None:
        self._inside = row
        row.note("")
        self._touch(row.field.name)
        self._timer.start()
        if not self._keeping.isActive():
            self._keeping.start()

    def _touch(self, name: str) -> None:
        """Remembers in which order fields were edited, the last one at the end."""
        if name in self._touched:
            self._touched.remove(name)
        self._touched.append(name)

    def _finished(self, row: FieldRow) -> None:
        self._inside = None
        if row.editor.locked or not row.editor.text():
            return
        parsed = row.editor.parsed()
        if parsed.note:
            row.note(parsed.note)
        row.editor.tidy()
        names = self.record_type.title if self.data is None else ()
        if row.field.name in (naming_field(self.record_type), *names):
            self.named.emit()
        self._filler.after(row)
        if self._timer.isActive() or (not parsed.ok and row not in self._told):
            self._timer.stop()
            self._after_pause()

    def _after_pause(self) -> None:
        self.check()
        self.changed.emit()

    def flush(self) -> None:
        """Does at once what waits for a pause in typing, and fills in what follows from the field in which one is."""
        row, self._inside = self._inside, None
        if row is not None and not row.editor.locked and row.editor.text():
            self._filler.at_once(row)
        if self._timer.isActive():
            self._timer.stop()
            self._after_pause()

    def _hear_link(self, name: str, found: FromLinks) -> None:
        """Takes over what a chosen record holds, for the checks, and the words for what it fills."""
        self._linked.pop(name, None)
        self._linked |= found.linked
        self._know(found.titles)
        self._timer.start()

    # -- moving ----------------------------------------------------------------------------------------------------

    def _focused(self, row: FieldRow) -> None:
        self._last = row
        if row.field.name in self._brought:
            self._brought.clear()
        self.ensureWidgetVisible(row.cell, 0, 40)
        label, words = row.field.label, row.field.help
        example = f"例：{row.field.example}" if row.field.example and row.field.help else ""
        self.help_changed.emit("\n".join(filter(None, (f"{label}：{words}" if words else "", example))))

    def _step(self, row: FieldRow, by: int) -> None:
        """To the next field, or back. Who types from paper does not see what came up on the way, and goes past it."""
        passed = self._brought - {row.field.name} if by > 0 else set[str]()
        shown = [
            r for r in self.rows.values()
            if r.shown and not r.editor.locked and r.field.name not in passed
        ]  # fmt: skip
        at = shown.index(row) + by if row in shown else 0
        if at >= len(shown):
            self.left_end.emit()
        else:
            shown[max(at, 0)].editor.take_focus()

    def go_to(self, name: str) -> None:
        """Puts the cursor into a field, unfolding it if need be with the group that it is written with."""
        row = self.rows.get(name)
        if row is not None:
            if not row.shown:
                self._body.unfold_to(row)
                self._arrange()
            row.editor.take_focus()
            self.ensureWidgetVisible(row.cell, 0, 40)

    def go_to_section(self, name: str) -> None:
        """Brings a section to the top, unfolded."""
        for box in self.sections:
            if box.section.name == name:
                if not any(row.shown for row in box.rows):
                    box.more.click()
                self.ensureWidgetVisible(box, 0, self.viewport().height())
                shown = [row for row in box.rows if row.shown]
                if shown:
                    shown[0].editor.take_focus()

    def start(self) -> None:
        """Puts the cursor where it was last, at first into the first field that is empty, else into the first."""
        if self._last is not None and self._last.shown and not self._last.editor.locked:
            # What is half written is gone on with, at the place where it was left.
            self._last.editor.inputs()[0].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        open_rows = [r for r in self.rows.values() if r.shown and not r.editor.locked]
        empty = [r for r in open_rows if r.needed and not r.editor.text()]
        if open_rows:
            first = open_rows[0] if self.data is not None else (empty or open_rows)[0]
            first.editor.take_focus(select=self.data is None)

    # -- folding and columns ---------------------------------------------------------------------------------------

    def fold(self) -> None:
        """Shows what is asked first, what is filled and what a check asks for, or everything."""
        keep: set[str] | None = None
        if self.only_first:
            values = self.values()
            keep = self._asked | {
                n for n, r in self.rows.items()
                if r.field.needed or r.field.first or not is_empty(values[n]) or not r.editor.parsed().ok
            }  # fmt: skip
        self._body.fold(keep)
        self._arrange()

    def _unfold_asked(self, found: Iterable[Finding]) -> None:
        """Shows what was folded away and what the values beside it make necessary, with the rest of its group."""
        values, slot_of = self.values(), self.record_type.slot_of
        told = (f for f in found if f.rule not in (findings.NEEDED, findings.UNREADABLE))
        slots = {slot_of[n] for f in told for n in f.fields if is_empty(values.get(n))}
        self._asked = {n for n in self.rows if slot_of[n] in slots}
        if not self.only_first or self._asked <= self._body.shown:
            return
        self._body.unfold(self._asked)
        self._arrange()

    def set_only_first(self, on: bool) -> None:
        """Folds away or unfolds what is not asked first; the next form of this type begins the same way."""
        self.only_first = on
        self.workbench.settings.set_flag(f"all_fields/{self.record_type.name}", not on)
        self._body.forget_unfolding()
        self.fold()

    def _arrange(self) -> None:
        self._body.arrange(self.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column or two, by the width."""
        super().resizeEvent(event)
        if (event.oldSize().width() >= TWO_COLUMNS_FROM) != (event.size().width() >= TWO_COLUMNS_FROM):
            self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Labels follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.rows:
            self._arrange()

    # -- checks ----------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Runs the checks on what stands there and says beside each field what was found."""
        known = live_context(self.data, self.workbench.today())
        context = replace(known, linked=self._linked.get)
        complaints = {name: row.editor.complaint for name, row in self.rows.items()}
        self._told = [row for name, row in self.rows.items() if complaints[name] and not row.editor.undecided]
        problems = {row.field.name: complaints[row.field.name] for row in self._told}
        found = findings.find(self.record_type, self.values(), problems, context)
        self._offer_sessions()
        fresh = self.data is None and not self.strict
        self.findings = findings.due(found, [*self._touched, *problems]) if fresh else found
        gone = context.erased | excused(self.record_type, self.values())
        for name, row in self.rows.items():
            row.set_excused(name in gone)
        self._unfold_asked(found)
        self._show_findings()
        self.checked.emit()

    def _offer_sessions(self) -> None:
        """A course has no more half days than its days have."""
        offered = sessions(self.record_type, self._linked, self._stored, self.workbench.codes)
        editor = self.rows[SESSIONS].editor if offered else None
        if isinstance(editor, CodesEditor):
            editor.offer_only(offered)

    def missing(self) -> list[Finding]:
        """The needed fields that are empty."""
        return [f for f in self.findings if f.rule == findings.NEEDED]

    def _show_findings(self) -> None:
        shown = self._body.shown
        said: dict[str, Finding] = {}
        for finding in reversed(self.findings):
            if finding.rule != findings.NEEDED or self.strict:
                said[findings.place_of(self.record_type, finding, shown, self._touched)] = finding
        disputed = set(self.data.record.disputed) if self.data is not None else set()
        for name, row in self.rows.items():
            if name in said:
                row.show_finding(said[name].severity, said[name].message)
            elif self.record_type.slot_of[name] in disputed:
                row.show_finding(Severity.WARNING, "几处填写不一致，现在显示的是较新的一个")
            else:
                row.show_finding(None, "")


def _cell(value: Cell) -> Cell:
    return None if value == "" else value

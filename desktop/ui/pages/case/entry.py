"""A step of a case is recorded where it is read: only the fields that this step has, Enter from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from desktop.operations import supervision
from desktop.records.checks import Context, Finding, run_checks
from desktop.records.declaration import Field, Severity
from desktop.records.supervision import EventKind, Letter, LetterKind, waiting_for
from desktop.records.supervision.kinds import RESULTS
from desktop.records.typed.values import Parsed, default_value
from desktop.records.versions.canonical import Cell
from desktop.ui.fields.editors import Editor
from desktop.ui.fields.making import make_editor
from desktop.ui.fields.pickers import LinkEditor
from desktop.ui.fields.rows import FieldRow
from desktop.ui.matching import matches
from desktop.ui.notices import Tone
from desktop.ui.pages.case.reading import EVENT, CaseView
from desktop.ui.parts import Card, Note, button, link, row
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.workbench import Workbench

_COMMON = ("event_date", "handler")
_INVESTIGATION = (
    "inspector_1", "inspector_2", "other_inspectors", "certificates_shown", "recusal_declared", "investigation_ways",
    "result", "obstruction",
)  # fmt: skip
_SERVICE = (
    "document", "service_result", "service_way", "recipient_name", "recipient_post", "service_place", "service_time",
    "tracking_number", "refused_reason", "server_1", "server_2", "witness_1", "witness_2",
)  # fmt: skip
FIELDS: Mapping[EventKind, Sequence[str]] = {
    EventKind.NOT_ACCEPTED: ("refusal_ground", "handled_by", "handled_number", "advised_route"),
    EventKind.NEGOTIATED: ("result",),
    EventKind.INVESTIGATED: _INVESTIGATION,
    EventKind.SERVED: _SERVICE,
    EventKind.URGED: ("document",),
    EventKind.REPLIED: ("document", "objects"),
    EventKind.OBJECTION_REVIEWED: ("document", "result"),
    EventKind.RECHECKED: ("rectification", "rectified_date"),
    EventKind.AUTHORITY_ACCEPTED: ("department", "result", "department_number"),
    EventKind.AUTHORITY_RESULT: ("department", "department_number"),
    EventKind.CLOSED: ("closing_way", "people_count", "recovered_amount", "contracts_signed_count", "insured_count"),
}  # fmt: skip
"""The fields of each step beside day, handler and what happened."""
_ELSEWHERE = frozenset({"administrative", "arbitration", "court"})
DEPENDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "handled_by": ("refusal_ground", _ELSEWHERE),
    "handled_number": ("refusal_ground", _ELSEWHERE),
    "recipient_name": ("service_result", frozenset({"received"})),
    "recipient_post": ("service_result", frozenset({"received"})),
    "refused_reason": ("service_result", frozenset({"refused"})),
    "witness_1": ("service_result", frozenset({"refused"})),
    "witness_2": ("service_result", frozenset({"refused"})),
    "tracking_number": ("service_way", frozenset({"post"})),
    "rectified_date": ("rectification", frozenset({"full", "partial"})),
}
"""Fields that are asked for only where another field says so: a card of fifteen rows has its button off the screen."""
ALL = "*"
"""In place of a letter: every notice that waits for the step. Some of them are their ids with a space between."""
_WAITING = {
    EventKind.SERVED: "还没有送达的",
    EventKind.REPLIED: "还没有答复的",
    EventKind.URGED: "过了期限没有答复的",
}
_DRAFT_DELAY_MS = 400


class _Choice(Editor):
    """One of a few: the letters of this case, the results that this step can have."""

    def __init__(
        self, field: Field, workbench: Workbench, offered: Mapping[str, str], parent: QWidget
    ) -> None:
        super().__init__(field, workbench, parent)
        self.box = DropDown(self)
        if len(offered) != 1:
            self.box.addItem("", "")
        for key, words in offered.items():
            self.box.addItem(words, key)
        self.box.activated.connect(lambda _n: self.edited.emit())
        self.watch(self.box)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.box)

    def text(self) -> str:
        """The key that is chosen."""
        return str(self.box.currentData() or "")

    def set_text(self, text: str) -> None:
        """Chooses a key; of several letters, which nobody has offered, how many they are is said."""
        if " " in text and self.box.findData(text) < 0:
            self.box.addItem(f"选中的{len(text.split())}份，每份登记一次", text)
        self.box.setCurrentIndex(max(self.box.findData(text), 0))

    def set_cell(self, cell: Cell) -> None:
        """Chooses a key."""
        self.set_text("" if cell is None else str(cell))

    def parsed(self) -> Parsed:
        """Keys need no reading: they were chosen, not typed."""
        return Parsed(self.text() or None)

    def tidy(self) -> None:
        """What is chosen is in order."""

    def inputs(self) -> list[QWidget]:
        """The box."""
        return [self.box]


class EntryCard(Card):
    """``wanted`` carries kind and cells of a step to be recorded, ``changed`` its texts for a draft.

    With it go the letters that the step is recorded about, each by itself, where there are several.
    """

    wanted = Signal(object, dict, tuple)
    given_up = Signal()
    changed = Signal(dict)
    inspector_wanted = Signal()

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._workbench = workbench
        self._type = workbench.types[EVENT]
        self.kind = EventKind.NOTE
        self.rows: dict[str, FieldRow] = {}
        self._first: FieldRow | None = None
        self._seen = self._asks_inspectors = False
        self._waiting: tuple[str, ...] = ()
        self.note = Note()
        self.grid_host = QWidget()
        self.save = button("登记这一步（Ctrl+S）", self.submit, "check", primary=True)
        cancel = button("返回（Esc）", self.given_up.emit)
        self.column.addWidget(self.note)
        self.column.addWidget(self.grid_host)
        self.column.addLayout(row(self.save, cancel, 1))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DRAFT_DELAY_MS)
        self._timer.timeout.connect(lambda: self.changed.emit(self.texts()))

    def open(
        self, kind: EventKind, label: str, view: CaseView, texts: Mapping[str, str] | None = None
    ) -> None:
        """Shows the fields of a step; ``texts`` are those of a draft."""
        self.kind, self._seen = kind, False
        self._waiting = _waiting(view, kind)
        self.say_heading(label)
        self._say_first(view)
        names = [*_COMMON, *FIELDS.get(kind, ()), "content"]
        self._replace_grid([self._type.by_name[name] for name in names], view)
        self._start_values(view)
        for name, text in (texts or {}).items():
            if name in self.rows:
                self.rows[name].editor.set_text(text)
        self._show_wanted()
        self._first = self.rows[names[2]] if len(names) > 3 else self.rows["event_date"]
        self.take_cursor()

    def take_cursor(self) -> None:
        """The cursor goes to the field that a step begins with, unless it is in the card already."""
        focused = QApplication.focusWidget()
        if self._first is not None and (focused is None or not self.grid_host.isAncestorOf(focused)):
            self._first.editor.take_focus()

    def refresh(self, view: CaseView) -> None:
        """Inspectors who were registered meanwhile are not asked for any more."""
        if self._asks_inspectors and view.any_inspector:
            self._say_first(view)

    def _say_first(self, view: CaseView) -> None:
        """An investigation needs people who are registered; who searches among nobody is not told so by the search."""
        self._asks_inspectors = self.kind is EventKind.INVESTIGATED and not view.any_inspector
        if self._asks_inspectors:
            words = "还没有登记劳动法律监督员：调查由两名以上持证监督员进行，请先登记监督员和证号。"
            self.note.say(Tone.WARNING, words)
            self.note.offer(link("登记监督员", self.inspector_wanted.emit))
            return
        self.note.offer()
        self.note.say(Tone.PLAIN, "")

    def _replace_grid(self, fields: Sequence[Field], view: CaseView) -> None:
        old = self.grid_host
        self.grid_host = QWidget()
        self.column.replaceWidget(old, self.grid_host)
        old.hide()
        old.deleteLater()
        self.rows = {field.name: self._row(field, view) for field in fields}
        grid = QGridLayout(self.grid_host)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        for each in self.rows.values():
            n = grid.rowCount()
            grid.addWidget(each.label, n, 0)
            grid.addWidget(each.cell, n, 1)
            if each.field.name == "document" and self._waiting:
                # Below and not beside: a third column would leave the labels no room.
                grid.addWidget(self._some_button(view), n + 1, 1, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(1, 1)

    def _some_button(self, view: CaseView) -> QWidget:
        """Some of many letters are ticked in a list that is searched."""
        choices = [Choice(key, _named(view.file.by_id[key])) for key in self._waiting]
        made = link("选几份…", lambda: self._choose(made, choices))
        return made

    def _choose(self, below: QWidget, choices: Sequence[Choice]) -> None:
        editor = self.rows["document"].editor
        overlay = ChoiceOverlay(below, choices, editor.text().split(), matches=matches)

        def chosen(keys: list[str]) -> None:
            editor.set_text(" ".join(keys))
            self._edited()

        overlay.chosen.connect(chosen)
        overlay.closed.connect(overlay.deleteLater)
        overlay.open_below()

    def _row(self, field: Field, view: CaseView) -> FieldRow:
        made = FieldRow(field, lambda cell: self._editor(field, view, cell), self.grid_host)
        editor = made.editor
        editor.edited.connect(self._edited)
        editor.finished.connect(lambda: self._finished(made))
        editor.advanced.connect(lambda: self._step(made, 1))
        editor.retreated.connect(lambda: self._step(made, -1))
        return made

    def _editor(self, field: Field, view: CaseView, cell: QWidget) -> Editor:
        if field.name == "document":
            letters = [letter for letter in view.file.letters if letter.stands]
            names = {letter.id: _named(letter) for letter in _newest_first(letters)}
            if self._waiting:
                several = f"{_WAITING[self.kind]}{len(self._waiting)}份提示函，每份登记一次"
                names = {ALL: several, **names}
            return _Choice(field, self._workbench, names, cell)
        if field.name == "result" and self.kind in RESULTS:
            codes = self._workbench.codes["event_result"]
            labels = {code: codes.label_of(code) for code in RESULTS[self.kind]}
            return _Choice(field, self._workbench, labels, cell)
        return make_editor(field, self._workbench, None, cell)

    def _start_values(self, view: CaseView) -> None:
        today = self._workbench.today()
        for each in self.rows.values():
            if not isinstance(each.editor, _Choice):
                each.editor.set_cell(default_value(each.field, today))
        self.rows["event_date"].editor.set_cell(today.isoformat())
        self.rows["handler"].editor.set_cell(self._workbench.facts.operator.name)
        for name in ("inspector_1", "inspector_2"):
            if name in self.rows and (known := view.file.case.get(name)):
                editor = self.rows[name].editor
                if isinstance(editor, LinkEditor):
                    editor.know(dict(view.inspectors))
                editor.set_cell(known if isinstance(known, str) else None)
        if "department" in self.rows and (asked := _newest_first(view.file.standing(LetterKind.SUGGESTION))):
            self.rows["department"].editor.set_cell(asked[0].values.get("department"))
        if "document" in self.rows:
            letters = _newest_first([letter for letter in view.file.letters if letter.stands])
            first = ALL if self._waiting else letters[0].id if letters else ""
            if self._waiting and self.kind is EventKind.REPLIED:
                first = ""  # Answers come one by one: whose it is has to be said.
            self.rows["document"].editor.set_text(first)

    # -- typing ----------------------------------------------------------------------------------------------------

    def _wanted(self, name: str) -> bool:
        """Whether a field is asked for, by what is said in the one that it depends on."""
        on, values = DEPENDS.get(name, ("", frozenset()))
        return on not in self.rows or self.rows[on].editor.parsed().value in values

    def _show_wanted(self) -> None:
        for name, each in self.rows.items():
            each.set_shown(self._wanted(name))

    def texts(self) -> dict[str, str]:
        """What is typed, by field."""
        return {name: each.editor.draft_text() for name, each in self.rows.items() if each.editor.text()}

    def cells(self) -> dict[str, Cell]:
        """What can be read of it."""
        parsed = {name: each.editor.parsed() for name, each in self.rows.items() if self._wanted(name)}
        return {name: found.value for name, found in parsed.items() if found.ok and found.value is not None}

    def _edited(self) -> None:
        self._show_wanted()
        self._timer.start()

    def _finished(self, each: FieldRow) -> None:
        parsed = each.editor.parsed()
        if not parsed.ok:
            each.show_finding(Severity.ERROR, parsed.problem or "")
            return
        each.editor.tidy()
        each.note(parsed.note or "")
        self._show_findings(self._findings() if self._seen else [])

    def _step(self, each: FieldRow, by: int) -> None:
        order = [row for name, row in self.rows.items() if row is each or self._wanted(name)]
        at = order.index(each) + by
        if at >= len(order):
            self.submit()
        else:
            order[max(at, 0)].editor.take_focus()

    # -- the end ---------------------------------------------------------------------------------------------------

    def _findings(self) -> list[Finding]:
        values = {**self.cells(), "kind": self.kind.value, "case": "-"}
        return run_checks(self._type, values, Context(self._workbench.today()))

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        worst: dict[str, Finding] = {}
        for finding in findings:
            for name in finding.fields:
                if name in self.rows:
                    worst.setdefault(name, finding)
                    break
        for name, each in self.rows.items():
            found, parsed = worst.get(name), each.editor.parsed()
            if not parsed.ok:
                continue  # That it cannot be read is said of it already.
            each.show_finding(found.severity if found else None, found.message if found else "")

    def submit(self) -> None:
        """Hands the step over; what is missing is shown once before it is taken as it is."""
        asked = [each for name, each in self.rows.items() if self._wanted(name)]
        unread = [each for each in asked if not each.editor.parsed().ok]
        if unread:
            unread[0].editor.take_focus()
            unread[0].show_finding(Severity.ERROR, unread[0].editor.parsed().problem or "")
            return
        findings = self._findings()
        errors = [f for f in findings if f.severity is Severity.ERROR]
        self._show_findings(findings)
        if errors and not self._seen:
            self._seen = True
            self.note.say(Tone.WARNING, "还有没填好的地方，补上再登记；确实没有的，再按一次按钮照样登记。")
            missing = {next((n for n in f.fields if n in self.rows), "event_date") for f in errors}
            # The first as the eye reads, not as the checks were declared.
            name = next(n for n in self.rows if n in missing)
            self.rows[name].editor.take_focus()
            return
        cells = self.cells()
        document = str(cells.get("document") or "")
        letters = self._waiting if document == ALL else tuple(document.split()) if " " in document else ()
        self.wanted.emit(
            self.kind, {n: v for n, v in cells.items() if n != "document" or not letters}, letters
        )


def _waiting(view: CaseView, kind: EventKind) -> tuple[str, ...]:
    """The notices to several employers that wait for a step; nothing where there is one at most."""
    if kind not in _WAITING or supervision.admits_notices(view.file):
        return ()
    waiting = waiting_for(view.file, kind)
    return waiting if len(waiting) > 1 else ()


def _named(letter: Letter) -> str:
    """The number of a letter and to whom it goes: a hundred notices differ in nothing else."""
    return f"{letter.name()}　{letter.values.get('addressee') or ''}"


def _newest_first(letters: Sequence[Letter]) -> list[Letter]:
    return sorted(
        letters,
        key=lambda letter: (letter.issued is not None, str(letter.issued), letter.stamp),
        reverse=True,
    )

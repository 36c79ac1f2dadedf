"""The logic check (逻辑检查): one key looks through all records; what is found is grouped and leads to its field."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QSplitter, QVBoxLayout

from desktop.operations.recording import checking
from desktop.operations.recording.checking import Place, Problem, Report
from desktop.records.declaration import Severity
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.ui import spacing
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.page import Page, Status
from desktop.ui.parts import Note, button, heading, plain, row
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Task, Ticket

_TONES = {Severity.ERROR: Tone.ERROR, Severity.WARNING: Tone.WARNING}
_WORDS = {Severity.ERROR: "错误", Severity.WARNING: "提醒"}


class LogicPage(Page):
    """Looks through everything when it is opened and at F7; records are mended from here one after the other."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.report: Report | None = None
        self.problems: list[Problem] = []
        self._task: Task[Report] | None = None
        self._changed = False
        self.again = button("重新检查（F7）", self.check, "refresh-cw", primary=True)
        self.stop = button("停止", self.cancel, "x")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("检查进度")
        self.verdict = Note()
        self.groups = Grid(
            [Col("问题", 26, wide=True), Col("记录", 12), Col("条数", 7, numeric=True)], "问题", wrapping=True
        )
        # What is wrong is read whole: in the middle of it stands what is to be filled in.
        self.places = Grid(
            [Col("记录", 16, wide=True, most=30), Col("问题", 24, wide=True)],
            "有这个问题的记录",
            wrapping=True,
        )
        self.empty = EmptyState()
        self._build()
        self.groups.chosen.connect(self._show_places)
        self.groups.opened.connect(lambda _problem: self.places.setFocus())
        self.places.opened.connect(self._open)
        self.check()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(10)
        column.addLayout(row(heading("逻辑检查", 1), 1, self.stop, self.again))
        words = "错误要改正，提醒核对无误的写明原因。左边选问题，右边是有这个问题的记录，双击或按Enter到那一项去改。"
        column.addWidget(plain(words, muted=True))
        column.addWidget(self.bar)
        column.addWidget(self.verdict)
        self.both = QSplitter(Qt.Orientation.Horizontal)
        self.both.setChildrenCollapsible(False)
        self.both.addWidget(self.groups)
        self.both.addWidget(self.places)
        self.both.setSizes([420, 580])  # names of firms are longer than what is wrong
        column.addWidget(self.both, 1)
        column.addWidget(self.empty, 1)
        # While the first check runs there is nothing else to take the room.
        column.addStretch(0)
        self._layers(found=False)

    # -- checking ------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Looks through all records anew."""
        self.cancel()
        types, codes, today = self.workbench.types, self.workbench.codes, self.workbench.today()

        def job(database: Database, ticket: Ticket) -> Report:
            def told(done: int, total: int) -> None:
                ticket.check()
                ticket.progress(done, total)

            return checking.check_all(database, types, codes, today, progress=told)

        self._changed = False
        self.bar.setRange(0, 0)
        self.bar.show()
        self.stop.show()
        self.again.setEnabled(False)
        self._task = self.workbench.read_long(job, self._arrived, owner=self)
        self._task.progressed.connect(self._show_progress)
        self._task.ended.connect(self._ended)

    def cancel(self) -> None:
        """Gives the check up; what was found before stays."""
        if self._task is not None:
            self._task.cancel()
            self._ended()

    def _ended(self) -> None:
        self._task = None
        self.bar.hide()
        self.stop.hide()
        self.again.setEnabled(True)

    def _show_progress(self, done: int, total: int, _words: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _arrived(self, report: Report) -> None:
        self.report, self.problems = report, checking.problems(report.found, self.workbench.types)
        errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
        records = f"{report.total}条记录"
        if report.found:
            tone = Tone.ERROR if errors else Tone.WARNING
            self.verdict.say(
                tone, f"检查了{records}，{len(report.found)}条要看：错误{errors}处，提醒{warnings}处。"
            )
        elif report.total:
            self.empty.show_words("circle-check", "逻辑正确", f"检查了{records}，没有错误，也没有提醒。")
        else:
            self.empty.show_words("circle-check", "还没有记录", "登记以后按F7检查。")
        self._layers(found=bool(report.found))
        before = self.groups.current()
        self.groups.show_lines([self._group(problem) for problem in self.problems])
        if self.problems:
            keys = [_key(p) for p in self.problems]
            at = keys.index(_key(before)) if isinstance(before, Problem) and _key(before) in keys else 0
            self.groups.setCurrentIndex(self.groups.rows.index(at, 0))
            self._show_places(self.problems[at])
        self.state_changed.emit()

    def _layers(self, *, found: bool) -> None:
        self.both.setVisible(found)
        self.verdict.setVisible(found)
        self.empty.setVisible(not found and self.report is not None)

    # -- what was found ------------------------------------------------------------------------------------------

    def _group(self, problem: Problem) -> Line:
        label = self.workbench.types[problem.type].label
        texts = (problem.words, label, str(len(problem.places)))
        return Line(texts, _TONES[problem.severity], problem, f"{_WORDS[problem.severity]}：{problem.words}")

    def _show_places(self, problem: Problem | None) -> None:
        if problem is not None:
            # What is the same in every row stands in the table at the left already.
            self.places.setColumnHidden(1, all(p.message == problem.words for p in problem.places))
            self.places.show_lines([Line((p.title, p.message), None, p) for p in problem.places])

    def _open(self, place: Place) -> None:
        self.workbench.shell.open_record(place.type, place.record, place.field)

    # -- the page ------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the page is called."""
        return "逻辑检查"

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "logic"

    def status(self) -> Status:
        """How many records are to be looked at, as above the list: one may have several findings."""
        if self.report is None:
            return Status("正在检查…")
        found = len(self.report.found)
        return Status(f"{found}条要看" if found else "逻辑正确")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the page."""
        return {"F7": "重新检查", "Enter": "到右边的记录；再按一次打开", "Tab": "到另一边"}

    def enter(self) -> None:
        """What was mended meanwhile is looked at again."""
        if self._changed and self._task is None:
            self.check()
        self.groups.setFocus()

    def go_to_part(self, part: str) -> None:
        """F7 in front of the page looks again."""
        if self._task is None:
            self.check()

    def refresh(self, changes: ChangeSet | None) -> None:
        """Records changed: the next look is at the new state, and F5 looks at once."""
        self._changed = True
        if changes is None and self._task is None:
            self.check()


def _key(problem: Problem) -> tuple[str, str, str]:
    field = "" if problem.rule == "needed" else problem.places[0].field
    return problem.type, problem.rule, field

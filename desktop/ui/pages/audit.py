"""The audit log: whether its chain is whole, who did what when, filtered, and taking it out."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout

from desktop.operations import audit, queries
from desktop.operations.audit import Found, Verdict, Wanted
from desktop.operations.stations.traffic import station_names
from desktop.operations.workspaces import audit_log
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.store.workspaces.audit import AuditLine
from desktop.ui import spacing
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.page import Page, Status
from desktop.ui.pages.sync.send import documents
from desktop.ui.parts import Note, back_button, button, heading, moment, plain, row
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_ALL_OPERATORS, _ALL_ACTS = "全部操作员", "全部动作"
_TIMES = {"全部时间": None, "今天": 0, "近7天": 6, "近30天": 29, "近一年": 364}
"""Words for a period and how many days before today it begins."""
_CONTENT, _AROUND, _MOST = 4, 20, 400
ERASED = "（已按规定清除）"
_NEXT_STEP = "请先把台账的整个文件夹拷一份，不要继续使用，联系上级工会核查。"


class AuditPage(Page):
    """A line an act, newest first; the verdict on the chain stands above."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._total = 0
        self._names: Mapping[str, str] = {}
        self.verdict = Note()
        self.operator, self.act, self.time = DropDown(), DropDown(), DropDown()
        for box, words in ((self.operator, _ALL_OPERATORS), (self.act, _ALL_ACTS)):
            box.addItem(words)
        self.time.addItems(list(_TIMES))
        self.grid = Grid(
            [
                Col("行号", 6, numeric=True),
                Col("时间", 15),
                Col("操作员", 9),
                Col("动作", 12),
                Col("内容", 40, wide=True),
            ],
            "审计日志",
        )
        self.export_button = button("导出日志…", self.export, "file-output")
        self.check_button = button("再核对一次", lambda: self.refresh(None), "refresh-cw")
        self.check_file_button = button("核对导出的日志…", self.check_file, "file-input")
        self.compare_button = button("和以前的日志比…", self.compare, "search")
        self.check_button.setToolTip("看日志中间有没有缺行、改动")
        self.check_file_button.setToolTip("看导出的文件有没有被改动，别的台账导出的也可以")
        self.compare_button.setToolTip("选这份台账以前导出的日志：末尾少了行、整个重写过，只有这样才看得出")
        self.shown_words = plain(muted=True)
        self.whole = plain()
        self.empty = EmptyState()
        self._build()
        for box in (self.operator, self.act, self.time):
            box.currentIndexChanged.connect(lambda _index: self._load())
        self.grid.opened.connect(self._open)
        self.grid.chosen.connect(self._show_whole)
        self.refresh(None)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(10)
        acts = (self.check_button, self.compare_button, self.check_file_button, self.export_button)
        column.addLayout(row(back_button(self.workbench), heading("审计日志", 1), 1, *acts))
        column.addWidget(
            plain(
                "谁在什么时候查看、导入、导出、合并、签发、改口令，都记在这里，只增不改；只记编号和数目，不记个人信息的内容。",
                muted=True,
            )
        )
        column.addWidget(self.verdict)
        labels = [("操作员(&U)", self.operator), ("动作(&D)", self.act), ("时间(&T)", self.time)]
        filters = row(spacing=8)
        for words, box in labels:
            label = QLabel(words)
            label.setBuddy(box)
            box.setAccessibleName(words.split("(")[0])
            filters.addWidget(label)
            filters.addWidget(box)
            filters.addSpacing(12)
        filters.addStretch(1)
        filters.addWidget(self.shown_words)
        column.addLayout(filters)
        column.addWidget(self.grid, 1)
        column.addWidget(self.whole)
        column.addWidget(self.empty, 1)
        self.whole.hide()
        self.empty.hide()

    @property
    def title(self) -> str:
        """What the page is called."""
        return "审计日志"

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "operators"

    def status(self) -> Status:
        """How many lines there are."""
        return Status(f"日志{self._total}行")

    def enter(self) -> None:
        """The cursor stands in the table."""
        self.grid.setFocus()

    def refresh(self, changes: ChangeSet | None) -> None:
        """Verifies the whole chain, and reads what is wanted."""
        if not audit.may_look(self.workbench.facts.operator.role):
            self.verdict.say(Tone.WARNING, "审计日志只有管理员和汇总员能看。")
            self.export_button.setEnabled(False)
            self.compare_button.setEnabled(False)
            return
        # That the log was taken out is written into it.
        self.export_button.setEnabled(self.workbench.unwritable is None)
        self.export_button.setToolTip(self.workbench.denied(""))
        self.workbench.read(
            lambda database, _ticket: audit.verdict(database), self._show_verdict, owner=self, key="verdict"
        )
        self._load()

    def wanted(self) -> Wanted:
        """What is chosen."""
        back = _TIMES[self.time.currentText()]
        since = None if back is None else self.workbench.today() - datetime.timedelta(days=back)
        return Wanted(
            self.operator.currentText() if self.operator.currentIndex() > 0 else "",
            self.act.currentText() if self.act.currentIndex() > 0 else "",
            since,
        )

    def _load(self) -> None:
        wanted, types, here = self.wanted(), self.workbench.types, self.workbench.here

        def job(database: Database, _ticket: Ticket) -> tuple[Found, Mapping[str, str]]:
            units = {unit.id: unit.name for unit in queries.unit_tree(database, types)}
            names = {here.unit.id: here.unit.name, **units, **station_names(database, here)}
            return audit.find(database, wanted), names

        self.workbench.read(job, self._show, owner=self, key="lines")

    def _show_verdict(self, verdict: Verdict) -> None:
        tone = Tone.GOOD if verdict.broken_at is None else Tone.ERROR
        more = "" if verdict.broken_at is None else _NEXT_STEP
        self._total = verdict.lines
        self.verdict.say(tone, verdict.words, more)
        self.state_changed.emit()

    def _show(self, read: tuple[Found, Mapping[str, str]]) -> None:
        found, self._names = read
        _offer(self.operator, found.operators)
        _offer(self.act, found.actions)
        self.grid.show_lines([self._line(line) for line in found.lines])
        self.grid.setVisible(bool(found.lines))
        self.empty.setVisible(not found.lines)
        if found.actions:
            self.empty.show_words("file-text", "没有这样的记录", "换一个操作员、动作或时间再看。")
        else:
            self.empty.show_words(
                "file-text", "日志还是空的", "查看完整信息、导入、导出等以后，这里会有记录。"
            )
        shown = len(found.lines)
        self.shown_words.setText(
            f"{found.total}行"
            if shown == found.total
            else f"{found.total}行，显示最近{shown}行；要看更早的，请先选条件。"
        )

    def _line(self, line: AuditLine) -> Line:
        types = self.workbench.types
        who, what = line.operator, audit.readable(types, line.detail, self._names)
        if line.erased:
            who, what = ERASED, ""
        texts = (str(line.id), moment(line.at), who, line.action, what)
        return Line(texts, None, line, f"{what}\n行校验值 {line.hash}")

    def _show_whole(self, line: AuditLine | None) -> None:
        """What has no room in its column, of the line under the cursor: names of units, and merges of many files."""
        words = self._line(line).texts[_CONTENT] if line is not None else ""
        cut = self.grid.fontMetrics().horizontalAdvance(words) > self.grid.columnWidth(_CONTENT) - _AROUND
        more = f"…（共{len(words)}个字，全部在导出的日志里）" if len(words) > _MOST else ""
        self.whole.setText(f"第{line.id}行：{words[:_MOST]}{more}" if cut and line is not None else "")
        if cut != self.whole.isVisibleTo(self):
            self.whole.setVisible(cut)
            # The table is lower or higher now; the line that is read stays in sight.
            QTimer.singleShot(0, self.grid, lambda: self.grid.scrollTo(self.grid.currentIndex()))

    def _open(self, line: AuditLine) -> None:
        record = audit.record_of(self.workbench.types, line.detail)
        if record is not None:
            self.workbench.shell.open_record(*record)

    def check_file(self) -> None:
        """Tells of a log that was taken out, here or elsewhere, whether it is whole: nobody's password is needed."""
        path = self._ask_for("选择导出的审计日志")
        if path is None:
            return

        def then(verdict: Verdict) -> None:
            whole = verdict.broken_at is None
            more = "" if whole else "请在原来那台电脑上重新导出一份，导出后不要改动。"
            tone = Tone.GOOD if whole else Tone.ERROR
            self.workbench.shell.tell(tone, f"{path.name}：{verdict.words}{more}")

        self.workbench.read(
            lambda _database, _ticket: audit_log.verify_file(path), then, owner=self, key="file"
        )

    def compare(self) -> None:
        """Tells whether all that an earlier log of this ledger says is still there: only that shows a cut-off end."""
        path = self._ask_for("选择这份台账以前导出的审计日志")
        if path is None:
            return
        self.workbench.read(
            lambda database, _ticket: audit_log.verify(database, path),
            lambda verdict: self.workbench.shell.tell(*_compared(verdict, path.name)),
            owner=self,
            key="compare",
        )

    def _ask_for(self, title: str) -> Path | None:
        return self.workbench.dialogs.open_file(title, documents(), ("审计日志 (*.xlsx *.jsonl)",))

    def export(self) -> None:
        """Takes the whole log out, as a workbook or as JSON lines."""
        day = self.workbench.today()
        path = self.workbench.dialogs.save_file(
            "导出审计日志", documents() / f"审计日志-{day:%Y%m%d}.xlsx", ("表格 (*.xlsx)", "JSON行 (*.jsonl)")
        )
        if path is None:
            return

        def then(count: int) -> None:
            self.workbench.shell.tell(Tone.GOOD, f"日志{count}行已导出到{path.name}。")
            self.refresh(None)

        self.workbench.write(
            "导出审计日志",
            lambda session, _ticket: audit_log.export(session, path),
            then,
            owner=self,
            step=False,
        )


def _compared(verdict: Verdict, name: str) -> tuple[Tone, str]:
    words = audit_log.compared_words(verdict, name)
    if verdict.broken_at is None:
        return Tone.GOOD, words
    return Tone.WARNING if verdict.broken_at == 1 else Tone.ERROR, f"{words}{_NEXT_STEP}"


def _offer(box: QComboBox, words: Sequence[str]) -> None:
    """Offers what stands in the log, below the word for all; what is chosen stays."""
    offered = [box.itemText(n) for n in range(1, box.count())]
    if offered == list(words):
        return
    chosen = box.currentText()
    box.blockSignals(True)
    while box.count() > 1:
        box.removeItem(1)
    box.addItems(list(words))
    box.setCurrentIndex(max(box.findText(chosen), 0))
    box.blockSignals(False)

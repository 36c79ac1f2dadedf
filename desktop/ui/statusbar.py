"""The line at the bottom: how many records, what is running, drafts, who works where, the last backup."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton

from desktop.operations import queries
from desktop.records.typed.dates import china_time, moment_words
from desktop.store.workspaces.keeping import Behind, NotKept
from desktop.ui import theme
from desktop.ui.notices import Tone
from desktop.ui.page import Status
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Task

_PATIENCE_MS = 400
_LOOK_MS = 30_000


class StatusBar(QFrame):
    """``drafts_wanted`` says that the user clicked on the drafts."""

    drafts_wanted = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.setObjectName("statusbar")
        self._workbench = workbench
        self._status, self._selected = QLabel(), QLabel()
        self._busy = QLabel()
        self._progress = QProgressBar()
        self._progress.setFixedWidth(120)
        self._progress.setTextVisible(False)
        self._cancel = QPushButton("停止")
        self._cancel.setProperty("link", True)
        self._drafts = QPushButton()
        self._drafts.setProperty("link", True)
        self._drafts.clicked.connect(self.drafts_wanted)
        self._drafts.hide()
        # It is as high as a line with a button from the start: all above it would move when one comes.
        policy = self._drafts.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._drafts.setSizePolicy(policy)
        facts = workbench.facts
        who = ElidedLabel()
        who.setText(f"操作员：{facts.operator.name} · {facts.unit.name}")
        self._backup = QLabel()
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 3, 14, 3)
        line.setSpacing(18)
        line.addWidget(self._status)
        line.addWidget(self._selected)
        line.addStretch(1)
        for widget in (self._busy, self._progress, self._cancel, self._drafts, who, self._backup):
            line.addWidget(widget)
        self._task: Task[object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show_task)
        self._show_task()
        self._cancel.clicked.connect(self._stop)
        workbench.task_changed.connect(self._task_changed)
        workbench.drafts.count_changed.connect(self._show_drafts)
        workbench.changed.connect(lambda _changes: self.show_backup())
        self._behind: Behind | None = None
        self._looking = QTimer(self)
        self._looking.timeout.connect(self.look_after_backup)
        self._looking.start(_LOOK_MS)
        self.show_backup()

    def show_status(self, status: Status) -> None:
        """What the page in front has to say."""
        self._status.setText(status.words)
        self._selected.setText(status.selected)

    def look_after_backup(self) -> None:
        """Lets a backup that is behind try again, also while nobody saves, and shows how it stands."""
        if self._workbench.backup_behind() is not None:
            self._workbench.catch_up()
        self.show_backup()

    def show_backup(self) -> None:
        """The day of the newest backup, or since when one is wanting."""
        if (why := self._workbench.unwritten) is not None:
            self._backup.setText("只能看，不能保存")
            self._backup.setToolTip(str(why))
            theme.restyle(self._backup, tone="warning")
            return
        before, self._behind = self._behind, self._workbench.backup_behind()
        if self._behind is None:
            day = queries.last_backup(self._workbench.facts.folder, self._workbench.today())
            self._backup.setText(f"上次备份：{day.isoformat()}" if day else "还没有备份")
            self._backup.setToolTip("")
            if before is not None:
                self._workbench.shell.tell(Tone.GOOD, f"备份已经补上，{_moment(before)}以来保存的都在里面。")
        else:
            count = f"，{self._behind.saves}次保存还没有备份" if self._behind.saves else ""
            self._backup.setText(f"备份没有跟上：{_moment(self._behind)}起{count}")
            self._backup.setToolTip(NotKept.next_step)
        theme.restyle(self._backup, tone="warning" if self._behind is not None else "")

    def _show_drafts(self, count: int) -> None:
        self._drafts.setVisible(count > 0)
        self._drafts.setText(f"草稿{count}份")
        self._drafts.setToolTip("查看没有保存的内容")

    def _task_changed(self, task: Task[object] | None) -> None:
        self._task = task
        if task is None:
            self._timer.stop()
            self._show_task()
        else:
            task.progressed.connect(self._show_progress)
            # What is done at once needs no announcement.
            self._timer.start(_PATIENCE_MS)

    def _show_task(self) -> None:
        task = self._task
        for widget in (self._busy, self._progress):
            widget.setVisible(task is not None)
        self._show_cancel()
        if task is not None:
            self._busy.setText(f"正在{task.name}…" if task.name else "正在处理…")
            self._progress.setRange(0, 0)
            self._cancel.setEnabled(True)

    def _show_cancel(self) -> None:
        """What does not look whether it shall stop is not asked to."""
        self._cancel.setVisible(self._task is not None and self._task.ticket.stoppable)

    def _show_progress(self, done: int, total: int, words: str) -> None:
        self._show_cancel()
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        if words:
            self._busy.setText(words)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._busy.setText("正在停止…")
            self._cancel.setEnabled(False)


def _moment(behind: Behind) -> str:
    return moment_words(china_time(behind.since))

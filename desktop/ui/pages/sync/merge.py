"""Receiving: files are dropped, checked, shown as they would be merged, merged with progress, and answered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.operations.stations.inbox_files import KNOWN_FILES, SMALL_FILES
from desktop.records.declaration import Role
from desktop.records.versions.item_outcomes import HELD_FORK
from desktop.ui import theme
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.decided import DecidedList
from desktop.ui.pages.sync.details import Details
from desktop.ui.pages.sync.drop import DropArea, dropped_paths, with_files
from desktop.ui.pages.sync.merge_jobs import RECEIPT, Done, Looked, Standing, answer, look, lying, merge
from desktop.ui.pages.sync.merge_words import (
    FORKED,
    NOT_OURS,
    afterwards_words,
    again_words,
    aside_words,
    back_words,
    fork_words,
    reasons,
    root_words,
    same_words,
    settled_words,
    some_of,
    unwritten_words,
    waits,
    withdrawn_words,
)
from desktop.ui.pages.sync.preview import NOT_TAKEN, FilesGrid, Shown, summary
from desktop.ui.pages.sync.send import documents
from desktop.ui.parts import Note, button, heading, link, open_folder, plain, row
from desktop.ui.widgets.reach import Stack
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Task

_FILTERS = (f"小三级文件 ({' '.join(f'*{ending}' for ending in KNOWN_FILES)})", "所有文件 (*)")
_NOT_HIS = "合并由本单位的汇总员或管理员来做，您可以先看结果。"
_LEAST_ROWS = 3
_ROWS, _ROWS_ALONE, _MOST_TYPES = 7, 14, 20
"""So many files stand in view beside what merging does, and where there is nothing to merge."""
_DETAILS = 2
"""Their share of the height, where the list of files has three."""


class MergePanel(Stack):
    """Files that came. ``busy_changed`` tells that files are on the table; ``enrolment`` brings files of enrolment.

    ``checked`` carries the files after they were looked at, before anything is merged.
    """

    busy_changed = Signal(bool)
    enrolment = Signal(object)
    checked = Signal(object)
    unsettled_wanted = Signal()
    forks_wanted = Signal()
    enrolment_wanted = Signal()
    merged = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.files: list[Shown] = []
        self._folder = ""
        self._looked_at: list[Path] = []
        self._order: list[Path] = []
        """In which they are merged."""
        self._standing: Standing = ()
        self.stale = False
        """Whether something was saved since the files were looked at, which may change what they would do."""
        self._done = self._read = False
        self._ways: dict[str, QPushButton] = {}
        """Where what was merged leads on to, as long as something stands there."""
        self._task: Task[Looked | None] | Task[Done | None] | Task[Done] | None = None
        self.drop = DropArea(
            "把收到的文件拖到这里" if workbench.unwritable is None else "现在不能收文件",
            workbench.denied(
                "下级的数据包和入网申请、上级的回执和批准文件都可以。\n一次可以拖很多个；"
                + ("先核对，看过结果再合并。" if self._may_merge else _NOT_HIS)
            ),
        )
        self.drop.setEnabled(workbench.unwritable is None)
        self.drop.dropped.connect(self._dropped)
        self.drop.wanted.connect(self.choose)
        self.grid = FilesGrid()
        self.grid.chosen.connect(self._show_details)
        self.details = Details(workbench)
        self.decided = DecidedList(workbench)
        self.note = Note()
        self.caption = heading("收到的文件", 1)
        self.more = button("再加文件…", self.choose, "plus")
        self.clear = button("全部拿掉", self.reset, "x")
        self.merge = button("合并", self.start, "check", primary=True)
        self.again = button("继续收别的文件", self.reset, primary=True)
        self.receipts = QCheckBox("合并后写好回执，放在")
        self.receipts.setChecked(True)
        self.place = link("", self._choose_place)
        self.place.setAccessibleName("更换存放回执的文件夹")
        self.right = plain(muted=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.doing = QLabel()
        self.stop = button("停止", self._stop)
        self._build()
        self._show_state()

    def _build(self) -> None:
        self.setAcceptDrops(self.workbench.unwritable is None)
        work = QWidget()
        column = self._column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        # Above the lists: at the foot it lies out of sight where the window is low and there is much to tell.
        column.addLayout(row(self.caption, 1, self.more, self.clear, self.again))
        column.addWidget(self.note)
        column.addWidget(self.grid, 3)
        column.addWidget(self.details, _DETAILS)
        column.addWidget(self.decided, _DETAILS)
        self.receipt_line = QWidget()
        self.receipt_line.setLayout(row(self.receipts, self.place, 1))
        self.receipt_line.layout().setContentsMargins(0, 0, 0, 0)  # type: ignore[union-attr]
        self.progress_line = QWidget()
        self.progress_line.setLayout(row(self.doing, self.progress, self.stop))
        column.addWidget(self.progress_line)
        column.addStretch(0)
        foot = row(self.receipt_line, self.right, self.merge)
        foot.setStretchFactor(self.right, 1)
        column.addLayout(foot)
        self.addWidget(self.drop)
        self.addWidget(work)
        # The words above the lists take what they need; on a low screen the lists give way, and scroll.
        for grid in (self.details.types, self.details.units):
            grid.limit_height(_MOST_TYPES, _LEAST_ROWS)

    # -- files -----------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Asks for files."""
        start = self.files[0].path.parent if self.files else documents()
        if found := self.workbench.dialogs.open_files("选择收到的文件", start, _FILTERS):
            self.take(found)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Further files may be let go wherever the first ones stand."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """They are laid beside the first ones, and all are looked at."""
        if paths := dropped_paths(event):
            self._dropped(paths)

    def _dropped(self, paths: Sequence[Path]) -> None:
        with_files(self.workbench, paths, self.take, self)

    def asks_to_wait(self) -> bool:
        """Whether files are being looked at or merged; then it is said that others come later."""
        if self._task is not None:
            self.workbench.shell.tell(Tone.PLAIN, "前一批文件还在核对或合并，等它完成再来。")
        return self._task is not None

    def take(self, paths: Sequence[Path]) -> None:
        """Adds files and looks at all of them; a file of enrolment goes where enrolment is."""
        self.workbench.shell.move_on()
        if (why := self.workbench.unwritable) is not None:
            self.workbench.shell.tell(Tone.WARNING, str(why))
            return
        small = [p for p in paths if p.suffix.lower() in SMALL_FILES]
        if small:
            self.enrolment.emit(small)
        bundles = [p for p in paths if p not in small]
        if not bundles or self.asks_to_wait():
            return
        self.put_away()
        known = {f.path for f in self.files}
        self.files += [Shown(p) for p in dict.fromkeys(bundles) if p not in known]
        if not self._folder:
            self._folder = str(self.files[0].path.parent / "回执")
        self._look()

    @property
    def over(self) -> bool:
        """Whether what was merged was told, and read."""
        return self._done and self._read

    def showEvent(self, event: QShowEvent) -> None:
        """What is told here is read now, however long ago it was merged."""
        super().showEvent(event)
        self._read = self._done

    def put_away(self) -> None:
        """Takes the files off the table that are merged."""
        if self._done:
            self.reset()

    def reset(self) -> None:
        """Takes all files off the table."""
        if self._task is not None:
            return
        self.files, self._done, self._folder = [], False, ""
        self.note.hide()
        self._show_state()

    def _look(self) -> None:
        self._looked_at = [f.path for f in self.files]
        self.stale = False
        job = partial(look, self.workbench.here, self._looked_at)
        self.note.hide()
        self._begin(
            self.workbench.write("核对文件", job, self._looked, owner=self, fail=self._failed, step=False)
        )

    def _looked(self, looked: Looked | None) -> None:
        self._task = None
        if looked is None:
            self.reset()
            return
        found, self._standing = looked
        same = len(self.files) - len(found)
        self._order = [f.path for f in found]
        self.files = self._as_given(found)
        bad = [f for f in self.files if not f.good]
        further = [*withdrawn_words(self.files), *same_words(same)]
        if bad:
            self._tell_problems(bad, further)
        elif further:
            self.note.say(Tone.PLAIN, further[0], "\n".join(further[1:]))
            self.note.offer()
        self._show_state()
        self.checked.emit(self.files)
        (self.merge if self.merge.isEnabled() else self.more).setFocus(Qt.FocusReason.OtherFocusReason)

    def _as_given(self, found: Sequence[Shown]) -> list[Shown]:
        """In the order in which they lie on the table: who looks for a file finds it where it was."""
        places = {shown.path: place for place, shown in enumerate(self.files)}
        return sorted(found, key=lambda shown: places[shown.path])

    def _tell_problems(self, bad: Sequence[Shown], further: list[str]) -> None:
        rest = "其他文件可以照常合并。" if len(bad) < len(self.files) else "什么都没有写入。"
        why = "\n".join([*reasons(bad, len(self.files)), *further])
        self.note.say(Tone.ERROR, f"{len(bad)}个文件不能合并。{rest}", why)
        self.note.offer(link("再核对一次", self.look_again))

    def look_again(self) -> None:
        """What lies on the table is looked at once more, as when a stick is back or was copied to anew."""
        if self.files and not self._done and self._task is None:
            self._look()

    def look_if_changed(self) -> None:
        """The same, where a file lies there otherwise than it did, or something was saved since."""
        if self.stale:
            self.look_again()
        elif self.files and not self._done and self._task is None:
            paths, before = self._looked_at, self._standing
            self.workbench.read(
                lambda _database, _ticket: lying(paths) != before,
                lambda changed: self.look_again() if changed else None,
                owner=self,
                key="lying",
            )

    def _try_again(self) -> None:
        """What could not be merged is looked at once more, as when a stick is back."""
        if self._task is None:
            self.files, self._done = [Shown(f.path) for f in self.files if not f.good], False
            self._look()

    # -- merging ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Merges what can be merged."""
        good = [f for f in self.files if f.good]
        if not good or self._task is not None or not self._may_merge:
            return
        seen = {f.path: f.seen for f in good if f.seen is not None}
        wanted = self.receipts.isChecked() and any(not s.downward for s in seen.values())
        folder = Path(self._folder) if wanted else None
        paths = [path for path in self._order if path in {f.path for f in good}]
        job = partial(merge, self.workbench.here, paths, seen, folder)
        self.note.hide()
        self._begin(
            self.workbench.write("合并数据包", job, self._finished, owner=self, fail=self._failed, step=False)
        )

    def _answer(self, done: Done) -> None:
        """Writes the receipts that could not be; in another folder where that one is not there any more."""
        if self._task is not None or (not Path(self._folder).parent.is_dir() and not self._choose_place()):
            return
        job = partial(answer, done, Path(self._folder))
        self._begin(
            self.workbench.write("写回执", job, self._finished, owner=self, fail=self._failed, step=False)
        )

    def _begin(self, task: Task[Looked | None] | Task[Done | None] | Task[Done]) -> None:
        self._task, self._ways = task, {}
        self.decided.hide()
        task.progressed.connect(self._show_progress)
        self.progress.setRange(0, 0)
        self.doing.setText(f"正在{task.name}…")
        self.stop.setEnabled(True)
        self._show_state()
        self.stop.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_progress(self, done: int, total: int, words: str) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        name = self._task.name if self._task is not None else ""
        if words.startswith(RECEIPT):
            # What is merged stands by now, so there is nothing left that could be stopped.
            self.stop.setEnabled(False)
            name, words = f"写{RECEIPT}", words.removeprefix(RECEIPT)
        elif not self.stop.isEnabled():
            return
        self.doing.setText(f"正在{name}：第{min(done + 1, total)}个，共{total}个　{words}")

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self.doing.setText("正在停止…")
            self.stop.setEnabled(False)

    def _finished(self, found: Done | None) -> None:
        self._task = None
        if found is None:
            self.note.say(Tone.PLAIN, "已停止，什么都没有写入。可以再合并一次。")
            self.note.offer()
            self._show_state()
            self.merge.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        merged = {f.path for f in found.after}
        self.files = self._as_given([*found.after, *(f for f in self.files if f.path not in merged)])
        self._done, self._read = True, self.isVisible()
        self._tell_outcome(found)
        self._show_state()
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)
        self.merged.emit()

    def _tell_outcome(self, done: Done) -> None:
        outcome, after, afterwards, back, aside, decided, again, due = done
        lines, offered = [*back_words(back), *aside_words(aside), *again_words(*again)], []
        asks = any(f.result is not None and f.result.conflict for f in after)
        if outcome.receipts:
            where = outcome.receipts[0].path.parent
            names = some_of(list(dict.fromkeys(s.name for s in outcome.receipts)))
            lines.append(f"回执已写好{len(outcome.receipts)}个，请交还给：{names}。放在：{where}")
            offered.append(link("打开回执文件夹", lambda: open_folder(where)))
        if outcome.failed:
            count, (_, problem) = len(outcome.failed), outcome.failed[0]
            lines.append(f"{count}个回执没有写成：{problem}数据已经合并好，不用再合并。")
            offered.append(link(f"再写这{count}个回执", lambda: self._answer(done)))
        if bad := [f for f in self.files if not f.good]:
            lines += reasons(bad, len(self.files))
            offered.append(link(f"没有合并的{len(bad)}个再核对一次", self._try_again))
        self.decided.show_told(decided)
        lines += afterwards_words(afterwards, any(f.seen is not None and not f.seen.downward for f in after))
        if asks:
            shell = self.workbench.shell
            if not due:
                lines.append(NOT_OURS)
            words = "去处理分歧" if due else "看分歧"
            self._ways["conflicts"] = link(words, lambda: shell.open_page("disagreements"))
        forked = any(item.cause == HELD_FORK for f in after for item in f.items)
        if forked:
            self._ways["forks"] = link("看重号", self.forks_wanted.emit)
        lines += [*settled_words(after), *withdrawn_words(after)]
        if back or aside or any(waits(item) for f in after for item in f.items):
            self._ways["unsettled"] = link(f"看{NOT_TAKEN}", self.unsettled_wanted.emit)
        offered += self._ways.values()
        doubted = unwritten_words(outcome.report)
        heard = [*fork_words(outcome.report), *doubted, *root_words(outcome.report)]
        lines = [*heard, *([FORKED] if forked else []), *lines]
        if outcome.report.copied:
            offered.insert(0, link("重新办理入网…", self.enrolment_wanted.emit))
        told = forked or doubted or outcome.report.renumbered or outcome.report.copied
        told = told or any(f.withdrawn for f in after)
        good = not (outcome.failed or asks or told or back or aside) and all(f.good for f in self.files)
        self.note.say(Tone.GOOD if good else Tone.WARNING, summary(after), "\n".join(lines))
        self.note.offer(*offered)

    def show_left(self, **left: bool) -> None:
        """Nobody is sent where nothing stands: all was decided, or what waited here counts with the merge itself."""
        for name, way in self._ways.items():
            way.setVisible(left[name])

    def _failed(self, error: Exception) -> bool:
        self._task = None
        self._show_state()
        if all(f.seen is not None for f in self.files):
            self.merge.setFocus(Qt.FocusReason.OtherFocusReason)
            return self.note.refuse(error, "没有完成，什么都没有写入")
        again = link("再核对一次", self._look)
        told = self.note.refuse(error, "没有核对完，什么都没有写入", again)
        again.setFocus(Qt.FocusReason.OtherFocusReason)
        return told

    # -- what is shown ---------------------------------------------------------------------------------------------

    @property
    def _may_merge(self) -> bool:
        return self.workbench.role in (Role.ADMIN, Role.DESK)

    def _choose_place(self) -> bool:
        start = Path(self._folder).parent
        found = self.workbench.dialogs.folder("回执放在哪里", start if start.is_dir() else documents())
        if found is not None:
            self._folder = str(found)
            self._show_state()
        return found is not None

    def _show_details(self, path: Path | None) -> None:
        chosen = [f for f in self.files if f.path == path] if path is not None else []
        only = chosen if chosen and chosen[0].good else []
        self.details.merged = self._done
        self.details.show_files(only or self.files)
        when = "结果" if self._done else "合并后会怎样"
        whose = f"{only[0].path.name}" if only and len(self.files) > 1 else f"全部{len(self.files)}个文件"
        self.details.caption.setText(f"{when}：{whose}" if len(self.files) > 1 else when)
        self.details.caption.setToolTip(whose)

    def _show_state(self) -> None:
        busy, good = self._task is not None, [f for f in self.files if f.good]
        self.setCurrentIndex(1 if self.files else 0)
        alone = not good
        self.details.setVisible(not alone)
        self.grid.show_files(self.files, self.workbench.today(), looking=busy)
        self._show_details(self.grid.current())
        few = not self.details.items_left
        self._column.setStretchFactor(self.details, 0 if few or not self.decided.isHidden() else _DETAILS)
        self.grid.limit_height(_ROWS_ALONE if alone or few else _ROWS, _LEAST_ROWS)
        self.caption.setText(f"收到的文件（{len(self.files)}个）")
        self.progress_line.setVisible(busy)
        for widget in (self.more, self.clear):
            widget.setVisible(not self._done)
            widget.setEnabled(not busy)
        self.again.setVisible(self._done)
        self.merge.setVisible(not self._done)
        self.merge.setEnabled(bool(good) and not busy and self._may_merge)
        self.merge.setText(f"合并{len(good)}个文件" if good else "合并")
        up = any(f.seen is not None and not f.seen.downward for f in good)
        self.receipt_line.setVisible(up and not self._done)
        self.receipt_line.setEnabled(not busy)
        self.place.setText(self._folder)
        self.place.setToolTip("更换存放回执的文件夹")
        self.right.setText("" if self._may_merge else self.workbench.denied(_NOT_HIS))
        theme.restyle(self.right, tone="" if self._may_merge else "warning")
        self.busy_changed.emit(bool(self.files))

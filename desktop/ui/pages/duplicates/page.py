"""The page 重复的记录: what may be registered twice, two records side by side, merged or kept apart, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.operations import duplicates
from desktop.operations.duplicates import WHY, Comparison, Merged, Pair
from desktop.operations.session import Session
from desktop.records.canonical import Cell
from desktop.records.deciding import SAME
from desktop.records.declaration import Role
from desktop.store.database import Database
from desktop.store.ledger import ChangeSet
from desktop.ui.dialogs import Answer
from desktop.ui.notices import Tone
from desktop.ui.page import Page, Status
from desktop.ui.pages.duplicates.view import SideBySide
from desktop.ui.pages.grid import Col, Grid, Line
from desktop.ui.pages.parts import Card, Note, button, heading, here_of, link, plain, row, scrolling
from desktop.ui.pages.sync.preview import short_label
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

Value = Cell | Mapping[str, Cell]
Found = tuple[list[Pair], list[Merged]]


class DuplicatesPage(Page):
    """At the left what may be the same and what was merged, at the right the two records or what they became."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.pairs: list[Pair] = []
        self.merged: list[Merged] = []
        self._wanted: object = None
        self.heading, self.progress = heading("重复的记录", 1), plain(muted=True)
        self.list = Grid(
            [Col("记录", 14, wide=True), Col("为什么", 10, wide=True)], "可能重复和已经合并的记录"
        )
        self.caption, self.question = heading("", 1), plain()
        self.caption.setWordWrap(True)
        self.note = Note()
        self.view = SideBySide(workbench)
        self.hint = plain(muted=True, small=True)
        self.accept = button("合并成一条", self.merge, "check", primary=True)
        self.apart = button("不是同一条（N）", self.keep_apart)
        self.undo = button("撤销合并", self.unmerge, "undo-2")
        self.open_one = link("打开左边的", lambda: self._open(0))
        self.open_other = link("打开右边的", lambda: self._open(1))
        self.empty = EmptyState()
        self._build()
        self.list.chosen.connect(self._show)
        self.list.opened.connect(lambda _key: self.view.start())
        self.view.changed.connect(self._show_state)
        apart = QShortcut(QKeySequence("N"), self.list)
        apart.setContext(Qt.ShortcutContext.WidgetShortcut)
        apart.activated.connect(self.keep_apart)
        self.load()

    def _build(self) -> None:
        card = Card()
        card.column.insertWidget(1, self.caption)
        card.column.insertWidget(2, self.question)
        card.column.addWidget(self.note)
        card.column.addLayout(row(self.open_one, self.open_other, 1))
        card.column.addWidget(scrolling(self.view, inside_card=True), 1)
        card.column.addWidget(self.hint)
        card.column.addLayout(row(self.accept, self.undo, self.apart, 1))
        work = QWidget()
        line = QHBoxLayout(work)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        self.list.setMinimumWidth(240)
        self.list.setMaximumWidth(380)
        line.addWidget(self.list, 3)
        line.addWidget(card, 8)
        self._layers = QStackedWidget()
        self._layers.addWidget(work)
        self._layers.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        top = row(self.heading, spacing=14)
        top.addWidget(self.progress, 1)
        column.addLayout(top)
        column.addWidget(self._layers, 1)

    # -- loading ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Asks again for what may be the same."""
        here = here_of(self.workbench)

        def job(database: Database, _ticket: Ticket) -> Found:
            return (
                duplicates.proposals(database, here.types, here.codes, here.unit.id),
                duplicates.merged(database, here.types, here.codes),
            )

        self.workbench.read(job, self._arrived, owner=self, key="duplicates")

    def _arrived(self, found: Found) -> None:
        place = self.list.currentIndex().row()
        self.pairs, self.merged = found
        keys = [self._key(p) for p in self.pairs] + [m.edge for m in self.merged]
        self.list.show_lines([*map(self._pair_line, self.pairs), *map(self._merged_line, self.merged)])
        self._layers.setCurrentIndex(0 if keys else 1)
        if not keys:
            self.empty.show_words(
                "circle-check", "没有重复的记录",
                "代码相同、名称和地址相近的单位，证件号码相同、姓名和电话相同的人，会在这里一对一对列出来。",
            )  # fmt: skip
        else:
            wanted = self._wanted if self._wanted in keys else self.list.current()
            at = keys.index(wanted) if wanted in keys else min(max(place, 0), len(keys) - 1)
            self.list.setCurrentIndex(self.list.rows.index(at, 0))
            self._show(keys[at])
        self._wanted = None
        words = [
            f"{len(self.pairs)}对等您看" if self.pairs else "",
            f"已合并{len(self.merged)}对" if self.merged else "",
        ]
        self.progress.setText("，".join(filter(None, words)))
        self.state_changed.emit()

    @staticmethod
    def _key(pair: Pair) -> tuple[str, str, str]:
        return pair.type, pair.one, pair.other

    def _pair_line(self, pair: Pair) -> Line:
        label = short_label(self.workbench.types[pair.type].label)
        tip = f"{label}：{pair.titles[0]}\n{label}：{pair.titles[1]}\n{WHY[pair.why]}"
        return Line((pair.titles[0], WHY[pair.why]), Tone.WARNING, self._key(pair), tip)

    def _merged_line(self, merged: Merged) -> Line:
        label = short_label(self.workbench.types[merged.type].label)
        return Line(
            (merged.title, "已合并"), Tone.GOOD, merged.edge, f"{label}：{merged.title}\n已合并，可以撤销"
        )

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again; out of sight it waits until it comes to the front."""
        if changes is None or self.isVisible():
            self.load()

    # -- one of them -----------------------------------------------------------------------------------------------

    def _pair(self) -> Pair | None:
        key = self.list.current()
        return next((p for p in self.pairs if self._key(p) == key), None)

    def _joined(self) -> Merged | None:
        key = self.list.current()
        return next((m for m in self.merged if m.edge == key), None)

    def _show(self, _key: object) -> None:
        pair, joined = self._pair(), self._joined()
        if not self.list.hasFocus() and self.isAncestorOf(QApplication.focusWidget() or self):
            # What has the cursor is about to go.
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.clear()
        self.note.say(Tone.PLAIN, "")
        for widget in (self.accept, self.apart, self.open_other, self.hint):
            widget.setVisible(pair is not None)
        self.undo.setVisible(joined is not None and self._may())
        if joined is not None:
            self.caption.setText(f"{short_label(self.workbench.types[joined.type].label)}：{joined.title}")
            self.question.setText(
                "这两条已经合起来当一条看：名下的记录、指标和导出只算一条。撤销以后又是两条，"
                "合并时选定的内容也各自恢复原样；后来又改过的不动。"
            )
            self.open_one.setText("打开这条记录")
        if pair is None:
            return
        self.open_one.setText("打开左边的")
        label = short_label(self.workbench.types[pair.type].label)
        same = pair.titles[0] == pair.titles[1]
        self.caption.setText(f"{label}：{pair.titles[0]}" + ("" if same else f" 和 {pair.titles[1]}"))
        self.question.setText(f"{WHY[pair.why]}。是同一条吗？")
        here = here_of(self.workbench)

        def job(database: Database, _ticket: Ticket) -> Comparison:
            return duplicates.compare(database, here.types, here.codes, pair.type, pair.one, pair.other)

        def then(found: Comparison) -> None:
            if self._pair() == pair:
                self.view.show_comparison(self.workbench.types[pair.type], found)
                self._show_state()

        self.workbench.read(job, then, owner=self, key="side by side")

    def _may(self) -> bool:
        return self.workbench.facts.operator.role is not Role.READER

    def _show_state(self) -> None:
        found, pair = self.view.comparison, self._pair()
        if found is None or pair is None:
            return
        may = self._may() and self.workbench.may_write(self.workbench.types[pair.type])
        differ, open_ = self.view.counts()
        if found.codes_differ:
            self.note.say(
                Tone.WARNING, "两条的统一社会信用代码不同，是两家单位，不能合并；代码写错的请先改正。"
            )
        self.accept.setVisible(may)
        self.apart.setVisible(may)
        self.accept.setEnabled(not found.codes_differ)
        self.hint.setText(
            f"有{differ}项不一样" + (f"，还有{open_}项没选，合并后列入“分歧”" if open_ else "，都选好了")
            + "。只有一边填了的自动保留。" if differ else "两条没有矛盾的内容，合并后都保留。"
        )  # fmt: skip

    def _open(self, side: int) -> None:
        pair, joined = self._pair(), self._joined()
        if pair is not None:
            self.workbench.shell.open_record(pair.type, (pair.one, pair.other)[side])
        elif joined is not None:
            self.workbench.shell.open_record(joined.type, joined.one)

    # -- deciding --------------------------------------------------------------------------------------------------

    def merge(self) -> None:
        """One question, then both are one."""
        pair, found = self._pair(), self.view.comparison
        if pair is None or found is None or found.codes_differ or not self._may():
            return
        chosen = self.view.chosen()
        question = "合并以后两条当一条看，名下的记录归到一起，随数据包送到各处。可以撤销。"
        if self.workbench.dialogs.ask("合并成一条", question, yes="合并") is not Answer.YES:
            return
        title = found.titles[0]

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            return duplicates.merge(session, pair.type, pair.one, pair.other, chosen)

        def then(changes: ChangeSet) -> None:
            # The cursor stays on what was just done, where the way back is.
            self._wanted = next(iter(changes.records.get(SAME, ())), None)
            self.load()
            self.workbench.shell.tell(Tone.GOOD, f"“{title}”已合并成一条。", "撤消", self.workbench.undo)

        self._write(f"合并重复的{self.workbench.types[pair.type].label}", job, then)

    def unmerge(self) -> None:
        """Takes apart what was merged."""
        joined = self._joined()
        if joined is None or not self._may():
            return

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            return duplicates.unmerge(session, joined.edge)

        def then(_changes: ChangeSet) -> None:
            self._wanted = (joined.type, joined.one, joined.other)
            self.load()
            self.workbench.shell.tell(Tone.GOOD, f"“{joined.title}”的合并已撤销，又是两条了。")

        self._write("撤销合并", job, then)

    def keep_apart(self) -> None:
        """These are two; nobody is asked about them here again."""
        pair = self._pair()
        if pair is None or not self._may():
            return

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            duplicates.keep_apart(session, pair.type, pair.one, pair.other)
            return ChangeSet()

        def then(_changes: ChangeSet) -> None:
            self.load()
            self.workbench.shell.tell(Tone.GOOD, "已记下不是同一条，以后不再列出。")

        self._write("不是同一条", job, then, step=False)

    def _write(
        self,
        name: str,
        job: Callable[[Session, Ticket], ChangeSet],
        then: Callable[[ChangeSet], None],
        *,
        step: bool = True,
    ) -> None:
        self.workbench.write(name, job, then, owner=self, step=step)

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the window is called."""
        return "重复的记录"

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "conflicts"

    def status(self) -> Status:
        """How many there are."""
        return Status(self.progress.text())

    def shortcuts(self) -> Mapping[str, str]:
        """The keys."""
        return {"N": "不是同一条，不再列出", "Enter": "去选两边不一样的内容"}

    def enter(self) -> None:
        """The cursor goes to the list."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

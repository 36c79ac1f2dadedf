"""The page 重复的记录: what may be registered twice, side by side, merged or kept apart, and taken back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication

from desktop.operations import audit
from desktop.operations.recording import duplicates
from desktop.operations.recording.duplicates import WHY, Comparison, Group, Merged
from desktop.operations.session import Session
from desktop.records.declaration import Role, short_label
from desktop.records.versions.deciding import SAME
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.ui.dialogs import Answer
from desktop.ui.grid import Col, Line
from desktop.ui.notices import Tone
from desktop.ui.page import Status
from desktop.ui.pages.duplicates.view import SideBySide
from desktop.ui.pages.sifting import SiftingPage
from desktop.ui.parts import Note, button, link
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

Found = tuple[list[Group], list[Merged]]


class DuplicatesPage(SiftingPage):
    """At the left what may be the same and what was merged, at the right the records or what they became."""

    def __init__(self, workbench: Workbench) -> None:
        columns = [Col("记录", 14, wide=True, most=24), Col("为什么", 10, wide=True)]
        super().__init__(workbench, "重复的记录", columns, "可能重复和已经合并的记录", (260, 460))
        self.groups: list[Group] = []
        self.merged: list[Merged] = []
        self._wanted: frozenset[str] = frozenset()
        self._chosen: tuple[str, ...] = ()
        self.note = Note()
        self.view = SideBySide(workbench)
        self._accepting("合并成一条", self.merge)
        self._revealing(self._reveal)
        self.apart = button("不是同一条（N）", self.keep_apart)
        self.undo = button("重新分开", self.unmerge, "undo-2")
        self.open = link("打开这条记录", self._open_joined)
        buttons = (self.accept, self.undo, self.apart)
        self._lay_out((self.open, self.reveal), (self.note,), self.view, buttons)
        self.list.chosen.connect(self._show)
        self.list.opened.connect(lambda _key: self.view.start())
        self.view.changed.connect(self._show_state)
        self.view.opened.connect(self._open)
        apart = QShortcut(QKeySequence("N"), self.list)
        apart.setContext(Qt.ShortcutContext.WidgetShortcut)
        apart.activated.connect(self.keep_apart)
        self.load()

    # -- loading ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Asks again for what may be the same."""
        here, asked = self.workbench.here, self._chosen

        def job(database: Database, _ticket: Ticket) -> Found:
            groups = duplicates.proposals(database, here.types, here.codes, here.unit.id)
            known = {(g.type, *sorted(g.records)) for g in groups}
            if asked and (asked[0], *sorted(asked[1:])) not in known:
                own = duplicates.chosen(database, here.types, here.codes, asked[0], asked[1:])
                groups = [*filter(None, [own]), *groups]
            return groups, duplicates.merged(database, here.types, here.codes)

        self.workbench.read(job, self._arrived, owner=self, key="duplicates")

    def _arrived(self, found: Found) -> None:
        place = self.list.currentIndex().row()
        self.groups, self.merged = found
        keys = [*map(self._key, self.groups), *(m.edges for m in self.merged)]
        self.list.show_lines([*map(self._group_line, self.groups), *map(self._merged_line, self.merged)])
        self._show_work(bool(keys))
        if not keys:
            self.empty.show_words(
                "circle-check", "没有重复的记录",
                "代码相同、名称和地址相近、全称相同的单位，证件号码相同、姓名和电话相同的人，会在这里列在一起。",
            )  # fmt: skip
        else:
            current = self.list.current()
            at = keys.index(current) if current in keys else min(max(place, 0), len(keys) - 1)
            at = next((n for n, key in enumerate(keys) if self._wanted & set(key)), at)
            self.list.setCurrentIndex(self.list.rows.index(at, 0))
            self._show(keys[at])
        self._wanted = frozenset()
        waiting, above = (sum(g.beyond is told for g in self.groups) for told in (False, True))
        words = [
            f"{waiting}处等您看" if waiting else "",
            f"{above}处由上级来定" if above else "",
            f"已合并{len(self.merged)}处" if self.merged else "",
        ]
        self.progress.setText("，".join(filter(None, words)))
        self.state_changed.emit()

    @staticmethod
    def _key(group: Group) -> tuple[str, ...]:
        return group.type, *group.records

    def _group_line(self, group: Group) -> Line:
        label = short_label(self.workbench.types[group.type].label)
        tip = "\n".join([*(f"{label}：{title}" for title in group.titles), WHY[group.why]])
        many = f"（{len(group.records)}条）" if len(group.records) > 2 else ""
        tone = Tone.PLAIN if group.beyond else Tone.WARNING
        return Line((group.titles[0] + many, WHY[group.why]), tone, self._key(group), tip)

    def _merged_line(self, merged: Merged) -> Line:
        label = short_label(self.workbench.types[merged.type].label)
        return Line(
            (merged.title, "已合并"),
            Tone.GOOD,
            merged.edges,
            f"{label}：{merged.title}\n已合并，可以重新分开",
        )

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again; out of sight it waits until it comes to the front."""
        if changes is None or self.isVisible():
            self.load()

    # -- one of them -----------------------------------------------------------------------------------------------

    def _group(self) -> Group | None:
        key = self.list.current()
        return next((g for g in self.groups if self._key(g) == key), None)

    def _joined(self) -> Merged | None:
        key = self.list.current()
        return next((m for m in self.merged if m.edges == key), None)

    def _show(self, _key: object) -> None:
        group, joined = self._group(), self._joined()
        if not self.list.hasFocus() and self.isAncestorOf(QApplication.focusWidget() or self):
            # What has the cursor is about to go.
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.clear()
        self.note.say(Tone.PLAIN, "")
        self.reveal.hide()
        for widget in (self.accept, self.apart, self.hint):
            widget.setVisible(group is not None and not group.beyond)
        self.undo.setVisible(joined is not None and self._may())
        self.open.setVisible(joined is not None)
        if joined is not None:
            count = len(joined.records)
            self.caption.setText(f"{short_label(self.workbench.types[joined.type].label)}：{joined.title}")
            self.question.setText(
                f"这{count}条已经合起来当一条看：名下的记录、指标和导出只算一条。重新分开以后又是{count}条，"
                "合并时选定的内容也各自恢复原样；后来又改过的不动。"
            )
        if group is None:
            return
        label = short_label(self.workbench.types[group.type].label)
        self.caption.setText(f"{label}：{' 和 '.join(dict.fromkeys(group.titles))}")
        untick = "不是的那条，在它上面去掉勾。" if len(group.records) > 2 else ""
        asked = "是不是同一条，由管着这几个单位的上级来定。" if group.beyond else f"是同一条吗？{untick}"
        self.question.setText(f"{WHY[group.why]}。{asked}")
        here = self.workbench.here

        def job(database: Database, _ticket: Ticket) -> Comparison:
            return duplicates.compare(database, here.types, here.codes, group.type, group.records)

        def then(found: Comparison) -> None:
            if self._group() == group:
                self.view.locked = not self._may_join(group)
                self.view.show_comparison(found)
                self.reveal.setVisible(bool(self.view.hidden) and audit.may_see(self.workbench.role))
                self._show_state()

        self.workbench.read(job, then, owner=self, key="side by side")

    def _may(self) -> bool:
        return self.workbench.role is not Role.READER

    def _may_join(self, group: Group) -> bool:
        writes = self.workbench.may_write(self.workbench.types[group.type])
        return self._may() and writes and not group.beyond

    def _show_state(self) -> None:
        found, group = self.view.comparison, self._group()
        if found is None or group is None:
            return
        may = self._may_join(group)
        sides = self.view.included()
        differ, open_ = self.view.counts()
        codes = found.codes_differ(sides)
        self.note.say(
            Tone.WARNING if codes else Tone.PLAIN,
            "统一社会信用代码不同，不是一家单位，不能合并；代码写错的请先改正。" if codes else "",
        )
        self.accept.setVisible(may)
        self.apart.setVisible(may)
        self.accept.setEnabled(not codes and len(sides) > 1)
        self.accept.setText(
            "合并成一条" if len(sides) == len(found.records) else f"勾选的{len(sides)}条合并成一条"
        )
        self.hint.setVisible(not group.beyond)
        self.hint.setText(
            self.workbench.denied("您的操作员角色或本单位不能合并这两条，请由有权限的人来定。") if not may
            else f"有{differ}项不一样" + (f"，还有{open_}项没选，合并后列入“分歧”" if open_ else "，都选好了")
            + "。只有一边填了的自动保留。" if differ else "没有矛盾的内容，合并后都保留。"
        )  # fmt: skip

    def _open(self, side: int) -> None:
        group = self._group()
        if group is not None:
            self.workbench.shell.open_record(group.type, group.records[side])

    def _open_joined(self) -> None:
        joined = self._joined()
        if joined is not None:
            self.workbench.shell.open_record(joined.type, joined.records[0])

    def _reveal(self) -> None:
        """Hidden values are shown after it was noted who looked at them, and of which records."""
        group, names = self._group(), self.view.hidden
        if group is None:
            return

        def job(session: Session, _ticket: Ticket) -> None:
            for record in group.records:
                for name in names:
                    audit.reveal(session, group.type, record, name)

        def then(_nothing: None) -> None:
            if self._group() == group:
                self.view.unmask()
                self.reveal.hide()

        self.workbench.write("显示完整内容", job, then, owner=self, step=False)

    # -- deciding --------------------------------------------------------------------------------------------------

    def merge(self) -> None:
        """One question, then all that are ticked are one."""
        group, found = self._group(), self.view.comparison
        sides = self.view.included()
        if group is None or found is None or found.codes_differ(sides) or len(sides) < 2 or not self._may():
            return
        if group.beyond:
            return
        chosen, records = self.view.chosen(), [group.records[side] for side in sides]
        question = (
            f"合并以后{len(sides)}条当一条看，名下的记录归到一起，随数据包送到各处。合错了可以重新分开。"
        )
        if self.workbench.dialogs.ask("合并成一条", question, yes="合并") is not Answer.YES:
            return
        title = found.titles[sides[0]]

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            return duplicates.merge(session, group.type, records, chosen)

        def then(changes: ChangeSet) -> None:
            # The cursor stays on what was just done, where the way back is.
            self._wanted, self._chosen = frozenset(changes.records.get(SAME, ())), ()
            self.load()
            self.workbench.shell.tell(Tone.GOOD, f"“{title}”已合并成一条。", "撤消", self.workbench.undo)

        self._write(f"合并重复的{self.workbench.types[group.type].label}", job, then)

    def unmerge(self) -> None:
        """Takes apart what was merged."""
        joined = self._joined()
        if joined is None or not self._may():
            return

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            return duplicates.unmerge(session, *joined.edges)

        def then(_changes: ChangeSet) -> None:
            self._wanted = frozenset(joined.records)
            self.load()
            count = len(joined.records)
            self.workbench.shell.tell(Tone.GOOD, f"“{joined.title}”已重新分开，又是{count}条了。")

        self._write("重新分开", job, then)

    def keep_apart(self) -> None:
        """None of them is another, or what is not ticked is none of the others; nobody is asked here again."""
        group = self._group()
        if group is None or group.beyond or not self._may():
            return
        sides = self.view.included()
        inside = [r for n, r in enumerate(group.records) if n in sides]
        outside = [r for r in group.records if r not in inside]
        pairs = list(itertools.product(outside, inside) if outside else itertools.combinations(inside, 2))

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            duplicates.keep_apart(session, group.type, *pairs)
            return ChangeSet()

        def then(_changes: ChangeSet) -> None:
            self._chosen = ()
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

    def go_to_part(self, part: str) -> None:
        """Puts records side by side that were selected in a list: their type and their ids, parted by blanks."""
        self._chosen = tuple(part.split())
        self._wanted = frozenset(self._chosen[1:])
        self.load()

    def shortcuts(self) -> Mapping[str, str]:
        """The keys."""
        return {"N": "不是同一条，不再列出", "Enter": "去选不一样的内容"}

    def enter(self) -> None:
        """The cursor goes to the list; what came meanwhile is in it."""
        self.load()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

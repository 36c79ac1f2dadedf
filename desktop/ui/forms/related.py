"""What hangs on a record: what can be filled in from it, offered in one line, and which records lead to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from desktop.operations import queries
from desktop.operations.recording import following
from desktop.operations.recording.following import Offer
from desktop.operations.session import Session
from desktop.records.types import Catalogue
from desktop.store.ledger import ChangeSet
from desktop.store.queries import pointing
from desktop.store.tables.database import Database
from desktop.ui import icons, theme
from desktop.ui.dialogs import Answer
from desktop.ui.notices import Tone
from desktop.ui.parts import link, plain
from desktop.ui.shell import Opening
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

SHOWN = 30
"""So many records of one kind are listed; how many there are is said in any case."""
_TARGET = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Related:
    """The records of one type that lead here by one field: how many, and the words of the newest."""

    type: str
    heading: str
    total: int
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hanging:
    """All that hangs on a record."""

    offers: tuple[Offer, ...]
    related: tuple[Related, ...]


def read_offers(database: Database, bench: Workbench, type_name: str, record: str) -> tuple[Offer, ...]:
    """What can be filled in from a record."""
    return tuple(following.offers(database, bench.types, bench.codes, type_name, record, bench.may_write))


def read_related(database: Database, bench: Workbench, type_name: str, record: str) -> tuple[Related, ...]:
    """What leads to a record."""
    related = []
    for found in pointing.pointing(database, bench.types, type_name, record, SHOWN):
        if found.field == found.record_type.parent:
            # They have a tab of their own.
            continue
        label, by = found.record_type.label, found.record_type.by_name[found.field].label
        lines = tuple(
            (held.id, queries.title_of(database, bench.types, bench.codes, held)) for held in found.first
        )
        related.append(Related(found.record_type.name, f"{label}（{by}）", found.total, lines))
    return tuple(related)


class FollowBar(QFrame):
    """One line above a record that has something to give: what, and a way to have it done."""

    looked_at = Signal()
    """Somebody wants to see the offers one by one."""
    offered = Signal()
    """Other offers than before."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._workbench = workbench
        self.offers: tuple[Offer, ...] = ()
        sign, self.words = QLabel(), plain()
        sign.setPixmap(icons.pixmap("file-output", theme.FOCUS, 18))
        self.words.setAccessibleName("可以生成")
        self.form_button = link("打开填好的表单", self.open_form)
        self.each_button = link("逐条查看", self.looked_at.emit)
        self.all_button = link("", self.take_up)
        self.form_button.setToolTip("核对后再保存（Ctrl+G）")
        self.all_button.setToolTip("确认一次，全部写入，一次撤消（Ctrl+G）")
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 2, 10, 2)
        line.addWidget(sign)
        line.addWidget(self.words, 1)
        for made in (self.each_button, self.form_button, self.all_button):
            line.addWidget(made)
        theme.restyle(self, tone="plain")
        self.hide()

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Shows what is offered; nothing when all is done."""
        self.offers = tuple(offers)
        self.setVisible(bool(offers))
        self.offered.emit()
        if not offers:
            return
        one = self.offers[0]
        single = len(self.offers) == 1
        self.words.setText(self._sentence())
        self.form_button.setVisible(single and not one.existing)
        self.each_button.setVisible(not single)
        self.all_button.setText(
            f"一次生成{len(self.offers)}条" if not single else "补上" if one.existing else "直接生成"
        )

    def _sentence(self) -> str:
        types = self._workbench.types
        if len(self.offers) == 1:
            one = self.offers[0]
            return f"由“{one.source_title}”可以生成：{following.summary(types, one)}"
        counts: dict[str, int] = {}
        for offer in self.offers:
            label = types[offer.type].label
            counts[label] = counts.get(label, 0) + 1
        return "可以生成：" + "、".join(f"{label}{count}条" for label, count in counts.items())

    def start(self) -> None:
        """By key: the filled form where there is one, else all of it after a question."""
        self.begin(self.offers)

    def begin(self, offers: Sequence[Offer]) -> None:
        """The same for some of the offers."""
        if len(offers) == 1:
            self.open_offer(offers[0])
        elif offers:
            self._ask(list(offers))

    def open_form(self) -> None:
        """The form of the only offer, filled and not saved."""
        self.open_offer(self.offers[0])

    def open_offer(self, offer: Offer) -> None:
        """One offer: its form filled in, or the question whether the record that is there gets it."""
        if offer.existing:
            self._ask([offer])
        else:
            self._workbench.shell.open_form(Opening(offer.type, values=offer.cells, offer=offer))

    def take_up(self) -> None:
        """All of it in one step, after one question."""
        self._ask(list(self.offers))

    def _ask(self, offers: list[Offer]) -> None:
        types = self._workbench.types
        listed = "\n".join(f"· {name_of(types, offer)}" for offer in offers)
        answer = self._workbench.dialogs.ask(
            "生成记录", f"将写入下面{len(offers)}条，可以一次撤消：\n{listed}", yes="写入"
        )
        if answer is not Answer.YES:
            return

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            return following.carry_out(session, offers)

        def done(_changes: ChangeSet) -> None:
            shell = self._workbench.shell
            shell.tell(Tone.GOOD, f"已写入{len(offers)}条。", "撤消", self._workbench.undo)

        self._workbench.write("生成相关记录", job, done, owner=self)


def name_of(types: Catalogue, offer: Offer) -> str:
    """An offer among others: what it is, and what it will be called."""
    words = following.summary(types, offer)
    return words if offer.existing else f"{words}：{offer.title}"


class RelatedTab(QWidget):
    """The offers one by one and, by type, what leads here; Enter or a double click opens it."""

    counted = Signal(int)

    def __init__(self, workbench: Workbench, bar: FollowBar) -> None:
        super().__init__()
        self._workbench, self._bar = workbench, bar
        self._say = plain(
            "哪些记录关联到这一条。回车或双击打开；“可以生成”的打开后已经填好，核对再保存。", muted=True
        )
        self.tree, self.empty = _Tree(self._open), EmptyState()
        self.empty.show_words("info", "还没有记录与这一条关联", "别的记录里选了这一条以后，会列在这里。")
        self.empty.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self._say)
        column.addWidget(self.tree, 1)
        column.addWidget(self.empty, 1)

    def show_hanging(self, hanging: Hanging) -> None:
        """Shows what was read; the cursor stays on its line where that is still there."""
        here = self.tree.currentItem()
        before = here.text(0) if here is not None else ""
        self.tree.clear()
        types = self._workbench.types
        if hanging.offers:
            top = self._heading("可以生成", len(hanging.offers))
            for offer in hanging.offers:
                self._line(top, name_of(types, offer), offer)
        for related in hanging.related:
            top = self._heading(related.heading, related.total)
            for record, title in related.lines:
                self._line(top, title, (related.type, record))
            if related.total > len(related.lines):
                self._line(top, f"还有{related.total - len(related.lines)}条，请到列表里查找", None)
        total = sum(related.total for related in hanging.related)
        nothing = not total and not hanging.offers
        if nothing and self.tree.hasFocus():
            # Else the cursor would leave the page, and with it the key to the next tab.
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        for part in (self._say, self.tree):
            part.setVisible(not nothing)
        self.empty.setVisible(nothing)
        self.tree.go_to(before)
        self.counted.emit(total)

    def start(self) -> None:
        """The cursor goes into the list, if there is one."""
        where = self if self.tree.isHidden() else self.tree
        where.setFocus(Qt.FocusReason.OtherFocusReason)

    def _heading(self, words: str, count: int) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.tree, [f"{words}　{count}条"])
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        item.setExpanded(True)
        return item

    def _line(self, top: QTreeWidgetItem, words: str, target: object) -> None:
        item = QTreeWidgetItem(top, [words])
        item.setToolTip(0, words)
        item.setData(0, _TARGET, target)

    def _open(self, item: QTreeWidgetItem) -> None:
        target = item.data(0, _TARGET)
        if isinstance(target, Offer):
            self._bar.open_offer(target)
        elif target is not None:
            type_name, record = target
            self._workbench.shell.open_record(type_name, record)


class _Tree(QTreeWidget):
    """Opens a line by double click and Enter."""

    def __init__(self, wanted: Callable[[QTreeWidgetItem], None]) -> None:
        super().__init__()
        self._wanted = wanted
        self.setAccessibleName("相关的记录")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.itemDoubleClicked.connect(lambda item, _column: wanted(item))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; the rest is the tree's own."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._wanted(item)
            return
        super().keyPressEvent(event)

    def go_to(self, words: str) -> None:
        """Puts the cursor on the line with these words, else on the first one."""
        found = (
            self.findItems(words, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive) if words else []
        )
        first = self.topLevelItem(0)
        item = found[0] if found else first.child(0) if first is not None else None
        if item is not None:
            self.setCurrentItem(item)

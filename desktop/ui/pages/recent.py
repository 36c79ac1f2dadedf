"""The page 最近的操作: what was done at this computer, newest first, what each step changed, and taking one back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.operations import queries
from desktop.operations.quantities import amount_words
from desktop.operations.recording import steps
from desktop.operations.recording.steps import MOST_CHANGES, SHOWN, Change, Looked, Step
from desktop.operations.session import Here, Session
from desktop.operations.slot_words import slot_words, told_apart
from desktop.records.declaration import DELETED_SLOT, Field, Kind, RecordType, Role, short_label
from desktop.records.display import display
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import ERASURE, EXCLUSION, REVOCATION
from desktop.store.ledger import ChangeSet
from desktop.store.queries.attached import PART
from desktop.store.tables.database import Database
from desktop.ui import spacing
from desktop.ui.dialogs import Answer
from desktop.ui.forms.taking_back import take_back
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.page import Page, Status
from desktop.ui.parts import Card, Note, brief, button, heading, link, moment, plain, row
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_GONE = "（已清除，不再显示）"
_COUNTING = {
    EXCLUSION: ("是否计入", "计入", "不计入"),
    REVOCATION: ("工作电脑", "在用", "已停用"),
}
"""What a word about what counts is about, and what stands without it and with it: deleting the word lifts it."""
Titles = Mapping[tuple[str, str], str]
"""Words for records by type and id."""


@dataclass(frozen=True, slots=True)
class Told:
    """One change in words: of which record, which of its contents, what stood there and what stands there now."""

    type: str
    record: str
    texts: tuple[str, str, str, str]


class RecentPage(Page):
    """At the left the steps, at the right what the chosen one changed."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.steps: list[Step] = []
        self._limit = SHOWN
        self.count = plain(muted=True)
        self.list = Grid(
            [
                Col("时间", 10),
                Col("做了什么", 18, wide=True, most=36),
                Col("记录", 18, wide=True, most=28),
                Col("涉及", 5),
                Col("谁", 6),
            ],
            "最近的操作",
            wrapping=True,
        )
        self.more = link("更早的操作", self._more)
        self.caption, self.who = heading("", 1), plain(muted=True)
        self.caption.setWordWrap(True)
        self.note = Note()
        self.changes = Grid(
            [
                Col("记录", 14, wide=True),
                Col("项目", 10, wide=True),
                Col("原来", 10, wide=True),
                Col("改成", 10, wide=True),
            ],
            "这一步改了什么",
            wrapping=True,
        )
        self.rest = plain(muted=True, small=True)
        self.undo = button("撤消这一步", self._undo, "undo-2")
        self.reason = QLineEdit()
        self.reason.setAccessibleName("作废原因")
        self.reason.setPlaceholderText("作废原因，如：导错了登记簿")
        self.reason.returnPressed.connect(self._void)
        self.void = button("", self._void, "x")
        self._letters: list[str] = []
        self.empty = EmptyState()
        self._build()
        self.list.chosen.connect(self._show)
        self.list.opened.connect(lambda _stamp: self.changes.setFocus(Qt.FocusReason.OtherFocusReason))
        self.changes.opened.connect(self._open)
        self._load()

    def _build(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        column.addWidget(self.more)
        card = Card()
        for part in (self.caption, self.who, self.note):
            card.column.addWidget(part)
        card.column.addWidget(self.changes, 1)
        card.column.addWidget(self.rest)
        card.column.addLayout(row(self.reason, self.void))
        card.column.addLayout(row(self.undo, 1))
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setChildrenCollapsible(False)
        both.addWidget(left)
        both.addWidget(card)
        both.setSizes([620, 520])
        self._layers = QStackedWidget()
        self._layers.addWidget(both)
        self._layers.addWidget(self.empty)
        self.empty.show_words(
            "history", "还没有做过什么", "在这台电脑上登记、修改、导入和处理的每一步都会列在这里，可以撤消。"
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(*spacing.PAGE)
        page.setSpacing(8)
        top = row(heading("最近的操作", 1), spacing=14)
        top.addWidget(self.count, 1)
        page.addLayout(top)
        page.addWidget(self._layers, 1)
        self.more.hide()

    # -- the steps -------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        limit = self._limit
        here = self.workbench.here

        def job(database: Database, _ticket: Ticket) -> tuple[list[Step], Titles]:
            found = steps.recent(database, here.station, limit)
            return found, _titles(database, here, [step.first for step in found if step.first is not None])

        self.workbench.read(job, self._arrived, owner=self, key="steps")

    def _more(self) -> None:
        self._limit += SHOWN
        self._load()

    def _arrived(self, answer: tuple[list[Step], Titles]) -> None:
        found, titles = answer
        before, had_cursor = self.list.current(), self.list.hasFocus()
        self.steps = found
        self.list.show_lines([_line(step, titles, self.workbench.today()) for step in found])
        self.more.setVisible(len(found) == self._limit)
        self._layers.setCurrentIndex(0 if found else 1)
        self.count.setText(
            "这台电脑上做的，新的在前。别的电脑上做的看各条记录的“修改记录”。" if found else ""
        )
        if found:
            stamps = [step.operation.stamp for step in found]
            at = stamps.index(before) if before in stamps else 0
            self.list.setCurrentIndex(self.list.rows.index(at, 0))
            self._show(stamps[at])
        if had_cursor or (self.isVisible() and self.focusWidget() is None):
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.state_changed.emit()

    def _step(self) -> Step | None:
        stamp = self.list.current()
        return next((s for s in self.steps if s.operation.stamp == stamp), None)

    # -- one of them -----------------------------------------------------------------------------------------------

    def _show(self, _stamp: object) -> None:
        step = self._step()
        if step is None:
            return
        done = step.operation
        self.caption.setText(done.name)
        self.who.setText(f"{moment(done.at)}　{done.operator}　涉及{amount_words(step.records, step.files)}")
        self._show_state(step)
        here = self.workbench.here

        self._show_letters([])
        bench, letter = self.workbench, self.workbench.types[steps.LETTER]
        desk = bench.role in (Role.ADMIN, Role.DESK) and bench.may_write(
            letter, letter.by_name[str(letter.excused_by)]
        )

        def job(database: Database, _ticket: Ticket) -> tuple[Looked, list[Told], list[str]]:
            looked = steps.look(database, here.station, done)
            entered = desk and any(c.type == steps.LETTER and c.birth for c in looked.changes)
            letters = steps.from_paper(database, here.types, here.station, done) if entered else []
            return looked, told(database, here, looked.changes), letters

        def then(found: tuple[Looked, list[Told], list[str]]) -> None:
            looked, lines, letters = found
            self._show_letters(letters)
            # One record is named in the list at the left; its room is for what was and what is.
            self.changes.setColumnHidden(0, len({line.texts[0] for line in lines}) == 1)
            for column in (2, 3):
                self.changes.setColumnHidden(column, not any(line.texts[column] for line in lines))
            self.changes.show_lines([Line(t.texts, None, t, "\n".join(filter(None, t.texts))) for t in lines])
            more = looked.total - len(looked.changes)
            self.rest.setText(f"列出前{MOST_CHANGES}处，还有{more}处。" if more > 0 else "")
            self.rest.setVisible(more > 0)

        self.workbench.read(job, then, owner=self, key="look")

    def _show_state(self, step: Step) -> None:
        reasons = [
            ("这一步已经撤消了。要恢复的，请撤消上面那一步“撤消”。", step.undone),
            ("这是这份台账恢复或者搬来以前做的，不能在这里撤消；要改的请直接改成需要的内容。", not step.here),
            (step.lasting, bool(step.lasting)),
            (self.workbench.denied("您的操作员角色只能查看，不能撤消。"), not self._may()),
        ]
        words = next((words for words, so in reasons if so), "")
        self.note.say(Tone.PLAIN, words)
        self.undo.setVisible(self._may())
        self.undo.setEnabled(not words)
        self.undo.setToolTip(words or "后来又改过的不能撤消，会说明原因")

    def _show_letters(self, letters: list[str]) -> None:
        """What was entered from a paper register cannot be taken back: what does not belong there is voided."""
        self._letters = letters
        for part in (self.reason, self.void):
            part.setVisible(bool(letters))
        if letters:
            words = f"这一步补录了{len(letters)}份文书，不能撤消。导错了的，写明原因，可以一起作废；作废也不能撤消。"
            self.note.say(Tone.PLAIN, words)
            self.void.setText(f"作废这{len(letters)}份")
            self.undo.setEnabled(False)
            self.undo.setToolTip(words)

    def _void(self) -> None:
        letters, reason = list(self._letters), self.reason.text().strip()
        if not letters:
            return
        if not reason:
            self.note.say(Tone.ERROR, "请写明作废原因。")
            self.reason.setFocus()
            return
        question = (
            f"要作废这一步补录的{len(letters)}份文书吗？原因：{reason}。作废不能撤消，纸上有的可以重新补录。"
        )
        if self.workbench.dialogs.ask("作废", question, yes="作废", danger=True) is not Answer.YES:
            return

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            from desktop.operations import supervision  # loads what only letters need

            return supervision.void_many(session, letters, reason)

        def then(_changes: ChangeSet) -> None:
            self.reason.clear()
            self.workbench.shell.tell(Tone.GOOD, f"已作废{len(letters)}份补录的文书。")

        self.workbench.write("作废补录的文书", job, then, owner=self, step=False)

    def _may(self) -> bool:
        return self.workbench.role is not Role.READER

    def _open(self, shown: Told) -> None:
        record_type = self.workbench.types.get(shown.type)
        if record_type is not None and not record_type.by_program:
            self.workbench.shell.open_record(shown.type, shown.record)

    def _undo(self) -> None:
        step = self._step()
        if step is None or not self.undo.isEnabled():
            return
        take_back(self.workbench, self, step.operation.stamp)

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the page is called."""
        return "最近的操作"

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "undo"

    def status(self) -> Status:
        """How many are listed."""
        return Status(f"列出最近{len(self.steps)}步" if self.steps else "")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the page."""
        return {"Enter": "到右边的记录；再按一次打开", "Tab": "到另一边"}

    def enter(self) -> None:
        """The cursor stands in the list; what was done meanwhile is there."""
        self._load()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again; out of sight it waits until it comes to the front."""
        if changes is None or self.isVisible():
            self._load()


def _line(step: Step, titles: Titles, today: datetime.date) -> Line:
    done, name = step.operation, step.operation.name
    words = f"{name}（已撤消）" if step.undone else name
    title = titles.get(step.first, "") if step.first is not None else ""
    record = f"{title}等" if title and step.several else title
    touched = f"涉及{amount_words(step.records, step.files)}"
    tip = "\n".join(
        (f"{moment(done.at)}　{done.operator}", words, "，".join(filter(None, (record, touched))))
    )
    amount = amount_words(step.records, step.files, "条")
    return Line((brief(done.at, today), words, record, amount, done.operator), None, done.stamp, tip)


def _titles(database: Database, here: Here, records: Iterable[tuple[str, str]]) -> Titles:
    """The words for records of several types."""
    ids: dict[str, set[str]] = {}
    for name, record in records:
        ids.setdefault(name, set()).add(record)
    return {
        (name, record): title
        for name, wanted in ids.items()
        if name in here.types
        for record, title in queries.titles(database, here.types, here.codes, name, wanted).items()
    }


def told(database: Database, here: Here, changes: Sequence[Change]) -> list[Told]:
    """The changes that people see, in words; personal values stay masked."""
    titles = _titles(database, here, {(change.type, change.record) for change in changes})
    found = []
    for change in changes:
        record_type = here.types.get(change.type)
        if record_type is None or change.type in (PART, ERASURE):
            # The content of a file comes and goes with the file, and what was erased stands in the lines beside.
            continue
        title = titles.get((change.type, change.record), queries.NOT_FOUND)
        if change.type in _COUNTING and (change.birth or change.slot == DELETED_SLOT):
            lines = [_counting(change)]
        elif change.birth:
            lines = [(f"新登记{short_label(record_type.label)}", "", "")]
        else:
            lines = _said(database, here, record_type, change)
        found += [Told(change.type, change.record, (title, *words)) for words in lines]
    return found


def _counting(change: Change) -> tuple[str, str, str]:
    """That something counts no longer, or again."""
    label, without, under = _COUNTING[change.type]
    lifted = not change.birth and change.edit is not None and change.edit.value not in (None, "")
    return (label, under, without) if lifted else (label, without, under)


def _said(
    database: Database, here: Here, record_type: RecordType, change: Change
) -> list[tuple[str, str, str]]:
    """Label, what stood there, and what stands there now; of a group only the fields that differ."""
    slot = record_type.slots.get(change.slot)
    if slot is not None and not slot.shown_fields:
        return []
    label = record_type.slot_label(change.slot)
    if change.edit is None:
        return [(label, "", _GONE)]
    edit = change.edit
    if slot is None or not slot.grouped:
        before = [slot_words(database, here, record_type, change.slot, value) for value in edit.before]
        now = slot_words(database, here, record_type, change.slot, edit.value)
        changed = len(edit.before) == 1 and edit.before[0] != edit.value
        return [(label, "／".join(before), told_apart("／".join(before), now, changed=changed))]
    olds: list[Mapping[str, Cell]] = [value or {} for value in edit.before] or [{}]
    new: Mapping[str, Cell] = edit.value or {}
    links = queries.link_titles(database, here.types, here.codes, record_type, [*olds, new])

    def words(field: Field, cell: Cell) -> str:
        if field.kind is Kind.LINK:
            return queries.link_words(field, cell, links)
        return display(field, cell, codes=here.codes, masked=True)

    def stood(field: Field) -> str:
        """What was there; where it was in question each of it."""
        found = dict.fromkeys(words(field, old.get(field.name)) for old in olds)
        return "／".join(said or "（空）" for said in found) if len(found) > 1 else next(iter(found))

    return [
        (f.label, stood(f), told_apart(stood(f), words(f, new.get(f.name)), changed=True) or "（空）")
        for f in slot.shown_fields
        if any(old.get(f.name) != new.get(f.name) for old in olds)
    ]

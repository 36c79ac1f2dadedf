"""Station forks: a computer that gave one number two contents, both side by side, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.operations.session import Here, Session
from desktop.operations.slot_words import slot_words
from desktop.operations.stations import forks
from desktop.operations.stations.forks import KINDS, ONE_COMPUTER, Content, Doubled, OpenFork
from desktop.records.typed.dates import stamp_words
from desktop.records.versions import items, spans
from desktop.records.versions.item_outcomes import HELD, OUTCOMES
from desktop.store.tables.database import Database
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.deciding import Deciding
from desktop.ui.parts import Note, heading
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_UNKNOWN = "（本程序不认识的内容）"


@dataclass(frozen=True, slots=True)
class Told:
    """One content of a number in words: what it says, in the last line who wrote it when."""

    number: int
    words: str
    type: str
    record: str


@dataclass(frozen=True, slots=True)
class Fork:
    """A fork with its contents in words."""

    open: OpenFork
    told: tuple[Told, ...]

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by."""
        return self.open.station, self.open.incarnation


def load(database: Database, here: Here) -> list[Fork]:
    """Every fork that is not decided; personal values stay masked."""
    return [
        Fork(found, tuple(_told(database, here, content) for content in found.contents))
        for found in forks.open_forks(database, here)
    ]


def _told(database: Database, here: Here, content: Content) -> Told:
    when = stamp_words(content.stamp)
    who = f"{content.operator}，{when}" if content.operator else when
    words = f"{_words(database, here, content)}\n{who}"
    return Told(content.number, words, content.type, content.record)


def _words(database: Database, here: Here, content: Content) -> str:
    record_type = here.types.get(content.type)
    if record_type is None or content.kind not in KINDS:
        return _UNKNOWN
    said = f"{KINDS[content.kind]}{record_type.label}：{content.title or '本机没有的记录'}"
    if content.kind != items.CHANGE:
        return said
    words = slot_words(database, here, record_type, content.slot, content.value)
    slot = record_type.slots.get(content.slot)
    if slot is not None and slot.grouped:
        # The fields of a group are named with their values.
        return f"{said}\n{words}"
    return f"{said}\n{record_type.slot_label(content.slot)}：{words}"


class ForksTab(QWidget):
    """Whose computers above, the two contents of every number of the chosen one below."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.forks: dict[tuple[str, str], Fork] = {}
        self.note = Note()
        self.two = Note()
        self.grid = Grid(
            [
                Col("谁的电脑", 18, wide=True),
                Col("工作电脑", 10),
                Col("哪些编号有两种内容", 22, wide=True),
                Col(f"{OUTCOMES[HELD]}的项数", 12, numeric=True),
            ],
            "有重号的电脑",
        )
        self.grid.limit_height(4)
        self.contents = Grid(
            [
                Col("编号", 6, numeric=True),
                Col("先收到的内容", 40, wide=True),
                Col("后收到的内容", 40, wide=True),
            ],
            "同一编号的两种内容",
            wrapping=True,
        )
        self._caption = heading("同一编号的两种内容")
        self.deciding = Deciding(workbench)
        self._decidable: frozenset[tuple[str, str]] = frozenset()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(8)
        for widget in (self.two, self.note, self.grid, self.deciding, self._caption):
            column.addWidget(widget)
        column.addWidget(self.contents, 1)
        column.addStretch()
        self.grid.chosen.connect(lambda _key: self._show_contents())
        self.contents.opened.connect(self._open)
        self.deciding.busy_changed.connect(self._make_room)

    def show_forks(self, found: Sequence[Fork], two: Sequence[Doubled] = ()) -> None:
        """Shows them, and which units seem to use ``two`` computers; without any nothing is said."""
        self.two.say(Tone.WARNING, "\n".join(one.sentence for one in two), ONE_COMPUTER)
        for widget in (self.grid, self._caption, self.contents):
            widget.setVisible(bool(found))
        self.forks = {fork.key: fork for fork in found}
        waiting = sum(fork.open.waiting for fork in found)
        whose = "、".join(dict.fromkeys(f"“{fork.open.author}”" for fork in found))
        words = f"{whose}的电脑有重号：同一编号有两种内容，{waiting}项{OUTCOMES[HELD]}。" if found else ""
        self.note.say(
            Tone.WARNING, words,
            "多半是那台电脑恢复过备份，或者整份台账拷到了另一台电脑上，两边各写各的。两种内容都保留着，不会丢。\n"
            "下一步：打电话问清是哪台电脑恢复或复制过，再由管它的上级定用哪一份；决定以前，后来的内容先留着。",
        )  # fmt: skip
        self.grid.show_lines([_fork_line(fork) for fork in found])
        if found and self.grid.current() is None:
            self.grid.setCurrentIndex(self.grid.rows.index(0, 0))
        self._show_contents()
        if found:
            self._ask_who_decides()

    def _ask_who_decides(self) -> None:
        """Whether this computer is above those that have forked; forks are rare."""

        def job(session: Session, _ticket: Ticket) -> frozenset[tuple[str, str]]:
            return forks.decidable(session)

        def then(found: frozenset[tuple[str, str]]) -> None:
            self._decidable = found
            self._show_contents()

        self.workbench.write("查看重号", job, then, owner=self, step=False)

    def _make_room(self, busy: bool) -> None:
        """While it is decided, the explanation gives way to the answers."""
        self.note.setVisible(not busy and bool(self.forks))
        self.two.setVisible(not busy and bool(self.two.words.text()))
        self.grid.setEnabled(not busy)
        if not busy and self.isVisible():
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_contents(self) -> None:
        fork = self.forks.get(self.grid.current() or ("", ""))
        self.contents.show_lines(_content_lines(fork) if fork is not None else [])
        whose = f"：“{fork.open.author}”的电脑（双击打开记录）" if fork is not None else ""
        self._caption.setText(f"同一编号的两种内容{whose}")
        decidable = fork is not None and fork.key in self._decidable
        self.deciding.choose(fork.open if fork is not None else None, decidable=decidable)

    def _open(self, told: Told | None) -> None:
        if told is not None and told.type in self.workbench.types:
            self.workbench.shell.open_record(told.type, told.record)


def _fork_line(fork: Fork) -> Line:
    found = fork.open
    return Line(
        (found.author, found.station[:8], spans.in_words(spans.spans_of(found.numbers)), str(found.waiting)),
        Tone.WARNING,
        fork.key,
    )


def _content_lines(fork: Fork) -> list[Line]:
    """A line for each number; where it has more than two contents, the further ones stand below."""
    lines = []
    for number, group in groupby(fork.told, lambda told: told.number):
        first, *others = group
        for place, other in enumerate(others):
            left = (str(number), first.words) if not place else ("", "")
            lines.append(Line((*left, other.words), None, first if not place else other))
    return lines

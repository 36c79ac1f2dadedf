"""The history of a record: every version of every field, who wrote it, when and at which computer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.operations.recording import joinings
from desktop.operations.session import Here
from desktop.operations.slot_words import differing, links_of, value_words
from desktop.operations.stations import traffic
from desktop.records.declaration import RecordType
from desktop.records.typed.dates import stamp_words
from desktop.store.queries.history import versions_of
from desktop.store.tables.database import Database
from desktop.ui import theme
from desktop.ui.forms.taking_back import take_back
from desktop.ui.workbench import Workbench

_HEADS = ("时间", "谁", "哪台电脑", "项目", "改成", "原来")
_WIDTHS = (18, 10, 20, 20, 34, 30)


@dataclass(frozen=True, slots=True)
class Line:
    """One version in words; ``own`` whether it was written at this computer, ``current`` whether it stands."""

    stamp: int
    when: str
    operator: str
    station: str
    slot: str
    value: str
    before: str
    own: bool
    current: bool

    @property
    def words(self) -> tuple[str, ...]:
        """Its cells in the order of the columns."""
        return (self.when, self.operator, self.station, self.slot, self.value, self.before)


def read_history(database: Database, here: Here, record_type: RecordType, record: str) -> list[Line]:
    """The versions of a record, newest first; personal values stay masked."""
    entries = versions_of(database, here.types, record_type.name, record)
    names = traffic.station_names(database, here)
    links = links_of(database, here, record_type, [(entry.slot, entry.value) for entry in entries])
    lines: list[Line] = []
    older: dict[str, Any] = {}
    for entry in reversed(entries):
        if not _is_shown(record_type, entry.slot):
            continue
        before = older.get(entry.slot)
        words, instead = value_words(here, record_type, links, entry.slot, entry.value), "（新登记）"
        if not entry.birth:
            words, instead = differing(here, record_type, links, entry.slot, before, entry.value)
        label = record_type.slot_label(entry.slot)
        station = names.get(entry.station) or traffic.unknown_station(entry.station)
        lines.append(
            Line(
                entry.stamp, stamp_words(entry.stamp), entry.operator, station, label, words,
                instead, entry.station == here.station, entry.head,
            )
        )  # fmt: skip
        older[entry.slot] = entry.value
    lines += [
        Line(
            j.stamp, stamp_words(j.stamp), j.operator,
            names.get(j.station) or traffic.unknown_station(j.station), j.label, j.words, "",
            j.station == here.station, j.current,
        )
        for j in joinings.of_record(database, here.types, here.codes, record_type.name, record)
    ]  # fmt: skip
    # Of one step the joining stands above what was chosen with it.
    lines.reverse()
    return sorted(lines, key=lambda line: line.stamp, reverse=True)


def _is_shown(record_type: RecordType, slot_name: str) -> bool:
    """Whether people see any of a slot; what the program itself keeps changes together with what they do see."""
    slot = record_type.slots.get(slot_name)
    return slot is None or bool(slot.shown_fields)


class HistoryTab(QWidget):
    """A table of versions; those written at this computer can be taken back."""

    def __init__(self, workbench: Workbench, record_type: RecordType) -> None:
        super().__init__()
        self._workbench = workbench
        self._type = record_type
        self._record = ""
        self.lines: list[Line] = []
        self.table = QTableWidget(0, len(_HEADS))
        self.table.setHorizontalHeaderLabels(list(_HEADS))
        self.table.setAccessibleName("修改记录")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        head = self.table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        for n, width in enumerate(_WIDTHS):
            head.resizeSection(n, theme.measures().average(width))
        head.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().setDefaultSectionSize(theme.measures().row)
        self.undo_button = QPushButton("撤消选中的这一步")
        self.undo_button.setEnabled(False)
        self.undo_button.clicked.connect(self._undo)
        hint = QLabel("每一次修改都有记录，不会丢失。身份证号和电话在这里也只显示一部分。")
        hint.setProperty("muted", True)
        line = QHBoxLayout()
        line.addWidget(hint, 1)
        line.addWidget(self.undo_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addLayout(line)
        column.addWidget(self.table, 1)
        self.table.itemSelectionChanged.connect(self._selected)

    def show_record(self, record: str) -> None:
        """Reads the versions of a record."""
        self._record = record
        facts, record_type = self._workbench.facts, self._type
        here = Here(facts.types, facts.codes, facts.unit, facts.station)
        self._workbench.read(
            lambda database, _ticket: read_history(database, here, record_type, record),
            self._arrived, owner=self, key="history",
        )  # fmt: skip

    def _arrived(self, lines: list[Line]) -> None:
        self.lines = lines
        self.table.setRowCount(len(lines))
        for row, line in enumerate(lines):
            for column, words in enumerate(line.words):
                item = QTableWidgetItem(" ".join(words.split()))
                item.setToolTip(words)
                self.table.setItem(row, column, item)
        self._selected()

    def _current(self) -> Line | None:
        row = self.table.currentRow()
        return self.lines[row] if self.table.selectedItems() and 0 <= row < len(self.lines) else None

    def _selected(self) -> None:
        line = self._current()
        possible = line is not None and line.own and line.current and self._workbench.may_write(self._type)
        self.undo_button.setEnabled(possible)
        self.undo_button.setToolTip("" if possible or line is None else "只有本机上最近的修改可以撤消")

    def _undo(self) -> None:
        line = self._current()
        if line is None:
            return
        done = f"已撤消{line.when}对“{line.slot}”的修改。"
        take_back(self._workbench, self, line.stamp, done)

"""The history of a record: every version of every field, who wrote it, when and at which computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

from desktop.operations import queries
from desktop.operations.recording import joinings
from desktop.operations.session import Here
from desktop.operations.stations import traffic
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Field, Kind, RecordType
from desktop.records.display import display
from desktop.records.typed.dates import stamp_words
from desktop.records.versions.canonical import Cell
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
    links = _links(database, here, record_type, [(entry.slot, entry.value) for entry in entries])
    lines: list[Line] = []
    older: dict[str, Any] = {}
    for entry in reversed(entries):
        if not _is_shown(record_type, entry.slot):
            continue
        before = older.get(entry.slot)
        words, instead = _value_words(here, record_type, links, entry.slot, entry.value), "（新登记）"
        if not entry.birth:
            words, instead = _differing(here, record_type, links, entry.slot, before, entry.value)
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


def slot_words(database: Database, here: Here, record_type: RecordType, slot: str, value: Any) -> str:
    """The value of one slot in words; personal values stay masked."""
    return _value_words(here, record_type, _links(database, here, record_type, [(slot, value)]), slot, value)


def _links(
    database: Database, here: Here, record_type: RecordType, versions: Sequence[tuple[str, Any]]
) -> Mapping[str, str]:
    """The words for everything that these slots link to, by id; the units that a record belonged to among them."""
    rows, units = [], set[str]()
    for name, value in versions:
        slot = record_type.slots.get(name)
        if slot is not None:
            rows.append(value if slot.grouped else {slot.name: value})
        elif name == UNIT_SLOT and value:
            units.add(str(value))
    found = queries.link_titles(database, here.types, here.codes, record_type, [r for r in rows if r])
    if units and "unit" in here.types:
        found |= queries.titles(database, here.types, here.codes, "unit", units)
    return {**found, here.unit.id: here.unit.name}


def _value_words(
    here: Here, record_type: RecordType, links: Mapping[str, str], slot_name: str, value: Any
) -> str:
    if slot_name == DELETED_SLOT:
        return "已恢复" if value in (None, "") else "已删除"
    if slot_name == UNIT_SLOT:
        return links.get(str(value), "本机没有登记的单位")
    slot = record_type.slots.get(slot_name)
    if slot is None:
        return "（本程序不认识的内容）"
    if not slot.grouped:
        return _cell_words(here, links, slot.fields[0], value)
    members: Mapping[str, Cell] = value or {}
    filled = (f for f in slot.shown_fields if members.get(f.name) not in (None, ""))
    return "；".join(f"{f.label}：{_cell_words(here, links, f, members[f.name])}" for f in filled) or "（空）"


def _differing(
    here: Here, record_type: RecordType, links: Mapping[str, str], slot_name: str, before: Any, value: Any
) -> tuple[str, str]:
    """What stands there now and what stood there: of fields that are written together those that differ."""
    slot = record_type.slots.get(slot_name)
    old, new = (_value_words(here, record_type, links, slot_name, v) for v in (before, value))
    if before is None:
        return new, ""
    if slot is None or not slot.grouped or old == new:
        return new, old
    was, now = before, value or {}
    same = {f.name for f in slot.fields if was.get(f.name) == now.get(f.name)}
    old, new = (
        _value_words(here, record_type, links, slot_name, {n: c for n, c in v.items() if n not in same})
        for v in (was, now)
    )
    return new, old


def _cell_words(here: Here, links: Mapping[str, str], field: Field, cell: Cell) -> str:
    if field.kind is Kind.LINK:
        return queries.link_words(field, cell, links) or "（空）"
    return display(field, cell, codes=here.codes, masked=True) or "（空）"


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

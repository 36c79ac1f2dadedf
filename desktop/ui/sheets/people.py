"""The people of a pasted list as a model: who is recognised, who has to be chosen, who is taken over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from desktop.operations.recording.officers import Match, Officer, Roster, Standing, match_all
from desktop.records.typed.people_lists import Block, people
from desktop.records.typed.people_words import Part, Person, is_usual
from desktop.records.versions.canonical import Values
from desktop.ui import theme
from desktop.ui.widgets.looks import AnyIndex, Look, LookModel

TICK, STATE, FIRST = 0, 1, 2
"""The columns before those that were pasted."""


@dataclass(frozen=True)
class PasteWords:
    """What the panel says where lists differ: what a newcomer is, what is added, and which columns can be told."""

    newcomer: str
    heading: str
    parts: tuple[Part, ...]
    roster: bool = True
    labels: Mapping[Part, str] = field(default_factory=dict)

    def label(self, part: Part) -> str:
        """The word for a column."""
        return self.labels.get(part, part.label)


@dataclass(frozen=True, slots=True)
class Taken:
    """A person who is taken over: the officer if that is certain or was chosen, else those it could be."""

    person: Person
    officer: Officer | None = None
    candidates: tuple[Officer, ...] = ()


@dataclass(eq=False)
class Found:
    """One person that was read from the text, and what was decided about them."""

    cells: tuple[str, ...]
    match: Match
    included: bool
    decided: bool
    officer: Officer | None

    @property
    def open(self) -> bool:
        """Whether it still has to be chosen who it is."""
        return self.included and not self.decided


class PasteModel(LookModel):
    """The rows of a pasted list. ``changed`` when something was ticked or chosen."""

    changed = Signal()

    def __init__(self, words: PasteWords, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words = words
        self.rows: list[Found] = []
        self.parts: tuple[Part, ...] = ()

    def show(self, block: Block, parts: Sequence[Part], roster: Roster, listed: Sequence[Values]) -> None:
        """Shows what was read; choices made before are kept where the same person stands in the same row."""
        told = [(cells, found) for cells in block.rows if (found := people(Block((cells,), tuple(parts))))]
        matches = match_all([found[0] for _, found in told], roster, listed)
        before = {(row.match.person, row.match.words): row for row in self.rows}
        self.beginResetModel()
        self.parts = tuple(parts)
        self.rows = []
        for (cells, _), match in zip(told, matches, strict=True):
            open_ = match.standing is Standing.CHOOSE
            kept = before.get((match.person, match.words))
            self.rows.append(
                Found(cells, match, kept.included, kept.decided, kept.officer)
                if kept is not None
                else Found(cells, match, match.standing is not Standing.LISTED, not open_, match.officer)
            )
        self.endResetModel()
        self.changed.emit()

    def include(self, position: int) -> None:
        """Ticks or unticks a row."""
        self.rows[position].included = not self.rows[position].included
        self._tell(position)

    def choose(self, position: int, officer: Officer | None) -> None:
        """Says who it is; nobody of the roster for a newcomer."""
        found = self.rows[position]
        found.officer, found.decided, found.included = officer, True, True
        self._tell(position)

    def next_open(self, after: int = -1) -> int:
        """The next row in which somebody has to be chosen, -1 when there is none."""
        order = [*range(after + 1, len(self.rows)), *range(after + 1)]
        return next((n for n in order if self.rows[n].open), -1)

    def taken(self) -> list[Taken]:
        """Everybody who is ticked, in order."""
        return [
            Taken(row.match.person, row.officer, () if row.decided else row.match.candidates)
            for row in self.rows
            if row.included
        ]

    def counts(self) -> dict[str, int]:
        """How many are of the roster, have to be chosen, are new, and stay away."""
        included = [row for row in self.rows if row.included]
        return {
            "matched": sum(row.officer is not None for row in included),
            "open": sum(row.open for row in included),
            "new": sum(row.officer is None and not row.open for row in included),
            "out": len(self.rows) - len(included),
        }

    def _tell(self, position: int) -> None:
        self.dataChanged.emit(self.index(position, 0), self.index(position, self.columnCount() - 1))
        self.changed.emit()

    # -- how it looks ----------------------------------------------------------------------------------------------

    def height(self) -> int:
        """How many people."""
        return len(self.rows)

    def headings(self) -> Sequence[str]:
        """The tick, the state, what was pasted, and who it is."""
        pasted = (f"{self.words.label(part)} ▾" for part in self.parts)
        return "加入", "识别结果", *pasted, *(["名册里是"] if self.words.roster else [])

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Those of pasted columns can be changed."""
        pasted = orientation is Qt.Orientation.Horizontal and self.part(section) is not None
        if role == Qt.ItemDataRole.ToolTipRole and pasted:
            return "点击可以改这一列的含义"
        return super().headerData(section, orientation, role)

    def part(self, section: int) -> Part | None:
        """What a pasted column says; nothing for the other columns."""
        return self.parts[section - FIRST] if FIRST <= section < FIRST + len(self.parts) else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Boxes are read out."""
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == TICK:
            return "加入" if self.rows[index.row()].included else "不加入"
        return super().data(index, role)

    def look(self, row: int, column: int) -> Look:
        """The box, what was recognised, what was pasted, and who it is."""
        shown = self.rows[row]
        if column == TICK:
            return Look(ticked=shown.included)
        if column == STATE:
            return self._state(shown)
        if self.part(column) is not None:
            return Look(shown.cells[column - FIRST])
        return Look(shown.officer.detail if shown.officer is not None else "")

    def _state(self, shown: Found) -> Look:
        words = shown.match.words
        if not shown.included:
            away = "已在名单" if shown.match.standing is Standing.LISTED else "不加入"
            return Look(away, "x", theme.MUTED, tip=words)
        if shown.open:
            return Look("请选择", "circle-help", theme.WARNING, tip=words)
        if shown.officer is not None:
            return Look("对上名册", "user-check", theme.GOOD, tip=words)
        if not is_usual(shown.match.person.name):
            tip = "姓氏不常见，请核对是不是姓名；不是的按空格去掉"
            return Look("请核对姓名", "circle-help", theme.WARNING, tip=tip)
        return Look(self.words.newcomer, "plus", theme.FOCUS, tip=words if self.words.roster else "")

"""Editors that choose from a list by typing: codes, places, and records that a link leads to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QToolButton, QWidget

from desktop.operations import queries
from desktop.records.codes import CodeList
from desktop.records.declaration import Field
from desktop.records.divisions import Division, DivisionLevel, Divisions
from desktop.records.identity import is_id
from desktop.records.typed.values import Parsed
from desktop.records.versions.canonical import Cell
from desktop.ui import icons, theme
from desktop.ui.fields.editors import Editor, line_layout
from desktop.ui.matching import rank
from desktop.ui.widgets.pick import Option, PickEdit
from desktop.ui.workbench import Workbench

_MOST_OPTIONS = 60
_LINK_DELAY_MS = 160
Then = Callable[[Sequence[Option]], None]


class PickEditor(Editor):
    """A line with a list; what is stored is the key of an option."""

    chosen = Signal()

    def __init__(self, field: Field, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(field, workbench, parent)
        self.line = PickEdit(self)
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        self.line.picked.connect(self._picked)
        self.line.taken_by_enter.connect(self._go_on)
        self.watch(self.line)
        self.box = line_layout(self)
        self.box.addWidget(self.line, 1)

    def look_up(self, text: str, then: Then) -> None:
        """The options for what is typed."""
        raise NotImplementedError

    def browse(self, option: Option) -> None:
        """Browses below a branch; most lists have none."""

    def words_of(self, key: str) -> str | None:
        """The words for a key; nothing when it is none."""
        raise NotImplementedError

    def text(self) -> str:
        """The key of what was chosen, else what is typed."""
        return self.line.option.key if self.line.option else self.line.text().strip()

    def set_text(self, text: str) -> None:
        """A key shows as its words, anything else as it is."""
        words = self.words_of(text) if text else None
        if words is not None:
            self.line.show_option(Option(text, words))
        else:
            self.line.show_words(text)

    def set_cell(self, cell: Cell) -> None:
        """Shows the words for a stored key."""
        self.set_text("" if cell is None else str(cell))
        self._stands_for(cell)

    def inputs(self) -> list[QWidget]:
        """The line."""
        return [self.line]

    @property
    def undecided(self) -> bool:
        """Whether the list is being looked through."""
        return self.line.is_choosing

    def tidy(self) -> None:
        """Typed words that mean one option become that option; an open list keeps what is typed."""
        if not self.line.is_open:
            super().tidy()

    def _takes_enter(self, event: QKeyEvent) -> bool:
        """An open list takes Enter for itself, and so does one that is on its way."""
        if self.line.awaits or (self.line.is_open and self.line.pick_list.current() is not None):
            return False
        return super()._takes_enter(event)

    def _go_on(self) -> None:
        self.finished.emit()
        self.advanced.emit()

    def _picked(self, _option: Option | None) -> None:
        self.edited.emit()
        self.chosen.emit()


class CodeEditor(PickEditor):
    """One of a list of codes, found by words, by code, or by the first letters of its pinyin."""

    def __init__(self, field: Field, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(field, workbench, parent)
        self._codes: CodeList = workbench.codes[field.codes or ""]

    def look_up(self, text: str, then: Then) -> None:
        """The best matches first; all in their order when nothing is typed."""
        ranked = []
        for place, item in enumerate(self._codes.offered):
            ranks = [rank(text, words) for words in (item.label, *item.aliases)]
            if item.code.lower().startswith(text.strip().lower()):
                ranks.append(1)
            best = min((r for r in ranks if r is not None), default=None)
            if best is not None:
                ranked.append((best, place, Option(item.code, item.label, item.note)))
        then([option for _, _, option in sorted(ranked, key=lambda r: r[:2])])

    def words_of(self, key: str) -> str | None:
        """The label; also of a code that is no longer offered."""
        item = self._codes.by_code.get(key)
        return None if item is None else item.label

    def parsed(self) -> Parsed:
        """A code from a newer list stays as it is: it was not typed here."""
        if self.line.option is not None:
            return Parsed(self.line.option.key)
        return super().parsed()

    def set_cell(self, cell: Cell) -> None:
        """A stored code from a newer list shows as itself and is kept; the same words typed, as in a draft, do not."""
        super().set_cell(cell)
        if isinstance(cell, str) and cell and self.line.option is None and self._codes.find(cell) is None:
            self.line.show_option(Option(cell, cell))


class PlaceEditor(PickEditor):
    """A place: typed, or browsed from the district down. ``level`` limits what can be chosen."""

    def __init__(
        self, field: Field, workbench: Workbench, level: DivisionLevel | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(field, workbench, parent)
        self._divisions: Divisions = workbench.facts.divisions
        self._level = level
        self._own = workbench.facts.unit.code if workbench.facts.unit.code in self._divisions else ""
        self._root: str | None = None
        self.within: Callable[[], str] = lambda: ""
        """The place that another field of the form limits this one to."""

    def look_up(self, text: str, then: Then) -> None:
        """Near places first; for no text, what lies below the place that was entered last."""
        then(self._search(text.strip()) if text.strip() else self._browse())

    def browse(self, option: Option) -> None:
        """Browses below a division; the first line leads up again."""
        self._root = option.key

    def words_of(self, key: str) -> str | None:
        """The name, with the one above it where the name alone says little."""
        found = self._divisions.get(key)
        return None if found is None else found.name

    def parsed(self) -> Parsed:
        """What was chosen is certain, whatever else has the same name."""
        if self.line.option is not None:
            return Parsed(self.line.option.key)
        return super().parsed()

    def _search(self, text: str) -> list[Option]:
        near, wanted = self._near(), []
        for place, division in enumerate(self._divisions):
            if division.ended or (self._level is not None and division.level is not self._level):
                continue
            names = (
                division.name,
                *division.former,
                *(d.name for d in self._divisions.went_into(division.code)),
            )
            found = min((r for name in names if (r := rank(text, name)) is not None), default=None)
            if found is None and division.code.startswith(text):
                found = 1
            if found is not None:
                far = not near or not division.code.startswith(near)
                wanted.append((far, found, place, division))
        return [self._option(d) for _, _, _, d in sorted(wanted, key=lambda w: w[:3])[:_MOST_OPTIONS]]

    def _near(self) -> str:
        home = self._divisions.at_level(self._own, DivisionLevel.DISTRICT) if self._own else None
        return self.within() or (home.code if home else self._own)

    def _browse(self) -> list[Option]:
        root = self._root if self._root is not None else self._start()
        options = []
        above = self._divisions.get(root)
        if above is not None:
            options.append(Option(above.parent, f"↑ 上一级（现在：{above.name}）", branch=True))
        below = self._divisions.children(root) or self._divisions.of_level(DivisionLevel.DISTRICT)
        return options + [self._option(division, browsing=True) for division in below]

    def _start(self) -> str:
        """Where browsing begins: the chosen town for a village, else the own district."""
        if self._level is DivisionLevel.VILLAGE:
            town = self.within() or self._own
            return town if town in self._divisions else ""
        home = self._divisions.at_level(self._own, DivisionLevel.DISTRICT) if self._own else None
        if home is not None and self._level is not DivisionLevel.DISTRICT:
            return home.code
        return next((d.code for d in self._divisions.of_level(DivisionLevel.CITY)), "")

    def _option(self, division: Division, *, browsing: bool = False) -> Option:
        path = self._divisions.path(division.code)[1:-1]
        deeper = self._level is not None and division.level is not self._level
        detail = "" if browsing else "".join(d.name for d in path)
        return Option(division.code, division.name, detail, branch=deeper)


class LinkEditor(PickEditor):
    """A record of another type, found by any of its words; a button opens it."""

    def __init__(self, field: Field, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(field, workbench, parent)
        self._target = workbench.types[field.link or ""]
        self._titles: dict[str, str] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LINK_DELAY_MS)
        self._timer.timeout.connect(self._ask)
        self._question: tuple[str, Then] | None = None
        self.line.hurried.connect(self._hurry)
        self.line.setPlaceholderText(f"输入名称查找已登记的{self._target.label}")
        self.button = QToolButton(self)
        self.button.setIcon(icons.icon("external-link", theme.MUTED))
        self.button.setProperty("flat", True)
        self.button.setAccessibleName(f"{field.label}：打开")
        self.button.setToolTip(f"打开这条{self._target.label}")
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self._open)
        # An aligned one does not keep the line from growing.
        self.box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._show_button()
        self.edited.connect(self._show_button)

    def know(self, titles: dict[str, str]) -> None:
        """The words for records by id, so that stored links can be shown."""
        self._titles.update(titles)

    def look_up(self, text: str, then: Then) -> None:
        """Asks the reader; while somebody types, only for the last of it."""
        self._question = (text, then)
        if text.strip():
            self._timer.start()
        else:
            self._ask()

    def _hurry(self) -> None:
        """Nobody types any more: there is nothing to wait for."""
        if self._timer.isActive():
            self._timer.stop()
            self._ask()

    def _ask(self) -> None:
        if self._question is None:
            return
        text, then = self._question
        bench, name = self.workbench, self._target.name

        def arrived(found: list[queries.Choice]) -> None:
            self._titles.update({choice.id: choice.title for choice in found})
            then([Option(choice.id, choice.title, choice.detail) for choice in found])

        bench.read(
            lambda database, _ticket: queries.choices(database, bench.types, bench.codes, name, text),
            arrived,
            owner=self,
            key="choices",
        )

    def words_of(self, key: str) -> str | None:
        """The title; an id whose record is not here is said to be unknown."""
        if key in self._titles:
            return self._titles[key]
        return queries.absent(self.field) if is_id(key) else None

    def parsed(self) -> Parsed:
        """Only what was chosen counts: words alone may mean several records."""
        if self.line.option is None and self.line.text().strip():
            return Parsed(None, problem=f"请从列表中选择“{self.field.label}”；还没有登记的可以先空着")
        return super().parsed()

    def set_text(self, text: str) -> None:
        """Shows the title of an id."""
        super().set_text(text)
        self._show_button()

    def _show_button(self) -> None:
        self.button.setVisible(self.line.option is not None)

    def _open(self) -> None:
        if self.line.option is not None:
            self.workbench.shell.open_record(self._target.name, self.line.option.key)

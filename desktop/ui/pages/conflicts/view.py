"""One conflict, side by side: what stood before, every value with its authors, and a column to write another one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.records.typed.values import Parsed
from desktop.records.versions.canonical import Cell
from desktop.ui import icons, theme
from desktop.ui.fields.editors import Editor
from desktop.ui.fields.making import make_editor
from desktop.ui.fields.personal import PersonalEditor, PersonalNoteEditor
from desktop.ui.fields.pickers import LinkEditor
from desktop.ui.notices import Tone
from desktop.ui.pages.conflicts.reading import DELETE, Dispute, Side
from desktop.ui.parts import Note, plain
from desktop.ui.workbench import Workbench

_STYLE = """
QLabel[cell="true"], QWidget[cell="true"] {{ background: {surface}; border: 0; border-bottom: 1px solid {line};
    padding: 6px 10px; }}
QLabel[cell="true"][differs="true"] {{ font-weight: 600; border-left: 3px solid {warning-edge}; padding-left: 7px; }}
QLabel[cell="true"][chosen="true"], QWidget[cell="true"][chosen="true"] {{ background: {selection}; }}
QLabel[name="true"] {{ background: {window}; color: {muted}; border: 0; border-bottom: 1px solid {line};
    padding: 6px 8px; }}
QFrame[head="true"] {{ background: {head}; border: 1px solid {line}; border-bottom: 2px solid {edge}; }}
QFrame[head="true"][chosen="true"] {{ background: {selection}; border: 2px solid {focus}; }}
"""
_NARROWEST = 108
_NAMES = 13
"""The width of a name in characters."""
_MOST_BESIDE = 4
"""So many columns stand beside the names where the screen is small; with more the names stand above."""
_LONG, _OWN_SHARE = 12, 3
"""Over so many characters one's own value has so many times the room of the others while it is written."""
_BEGINNING = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
"""Of a text of many lines the beginning is seen, beside its name."""
OWN = "own"
Choice = int | str
"""The number of a side, or :data:`OWN` for a value of one's own."""


class Head(QFrame):
    """The head of a column: the button that chooses it, and whose it is."""

    entered = Signal()

    def __init__(self, words: str, detail: str, key: str) -> None:
        super().__init__()
        self.setProperty("head", True)
        self.choose: QPushButton | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(4)
        if key:
            self.choose = QPushButton(f"{key} {words}")
            self.choose.setCheckable(True)
            self.choose.setAccessibleName(f"{words}，{detail}")
            self.choose.installEventFilter(self)
            column.addWidget(self.choose)
        else:
            label = QLabel(words)
            label.setProperty("heading", "2")
            label.setMinimumHeight(theme.measures().input + 8)
            column.addWidget(label)
        column.addWidget(plain(detail, muted=True, small=True))
        column.addStretch(1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter on a column that is chosen already decides."""
        enter = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.type() == QEvent.Type.KeyPress and self.choose is not None:
            if self.choose.isChecked():
                self.entered.emit()
            else:
                self.choose.click()
            return True
        return super().eventFilter(watched, event)


class Comparison(QWidget):
    """Says by ``chosen`` which column is meant, by ``entered`` that it is to be."""

    chosen = Signal()
    entered = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.dispute: Dispute | None = None
        self.choice: Choice | None = None
        self.unmasked = False
        self.editors: list[Editor] = []
        self._typed: dict[tuple[str, str], list[str]] = {}
        self._heads: dict[Choice, Head] = {}
        self._cells: dict[Choice, list[QWidget]] = {}
        self._locked = False
        self._above = False
        """Whether the names of the fields stand above their values: beside them there is no room."""
        self._own_at = 0
        """The column of one's own value, where that is likely to be long."""
        self._anew: list[Editor] = []
        """The editors of hidden values that are being written anew."""
        self.note = Note()
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setSpacing(0)
        self._grid.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.note)
        column.addWidget(self._table)
        column.addStretch(1)
        self._table.setStyleSheet(_STYLE.format(**theme.COLOURS))

    # -- showing ---------------------------------------------------------------------------------------------------

    def show_dispute(self, dispute: Dispute | None, *, locked: bool = False) -> None:
        """Shows a conflict; a locked one can be read only. What was typed for another one is kept until it returns."""
        self._keep_typed()
        self.dispute, self.choice, self.editors, self._locked = dispute, None, [], locked
        self._anew = []
        self._heads, self._cells = {}, {}
        self._own_at = 0
        self._empty()
        if dispute is None:
            self.note.hide()
            return
        if dispute.deletion:
            self.note.say(
                Tone.WARNING,
                dispute.against.words,
                "\n".join(dispute.told_whole if self.unmasked else dispute.told),
            )
            self._show_deletion(dispute)
        else:
            self.note.hide()
            self._show_values(dispute)

    def unmask(self) -> None:
        """Shows hidden values as a whole; that it was asked for has been noted."""
        self.unmasked = True
        dispute, choice = self.dispute, self.choice
        self.show_dispute(dispute, locked=self._locked)
        if choice is not None:
            self.choose(choice)

    def _keep_typed(self) -> None:
        if self.dispute is not None and self.editors:
            self._typed[self.dispute.key] = [e.draft_text() for e in self.editors]

    def forget(self, dispute: Dispute) -> None:
        """What was typed for a conflict is not needed any more: it was decided."""
        self._typed.pop(dispute.key, None)
        self.editors = []

    @property
    def written(self) -> bool:
        """Whether something was typed that is not decided."""
        return bool(self._typed) or bool(self.editors)

    def _empty(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for n in range(self._grid.columnCount()):
            self._grid.setColumnStretch(n, 0)

    def _show_deletion(self, dispute: Dispute) -> None:
        words = (("保留这条记录", dispute.against.keep), ("删除这条记录", dispute.against.delete))
        for number, (name, detail) in enumerate(words):
            self._head(number, Head(name, detail, str(number + 1)), number)
            self._grid.setColumnStretch(number, 1)

    def _show_values(self, dispute: Dispute) -> None:
        own = dispute.by_hand and not self._locked
        last = len(dispute.sides) + (2 if own else 1)
        self._above = len(dispute.sides) + own + (dispute.base is not None) > _MOST_BESIDE
        if not self._above:
            self._grid.addWidget(QLabel(""), 0, 0)
        for n, label in enumerate(dispute.labels or (dispute.label,)):
            differs = n in dispute.differing and len(dispute.labels) > 1
            name = plain(f"{label}{'' if self._above else chr(10)}（不同）" if differs else label)
            name.setProperty("name", True)
            name.setAlignment(_BEGINNING)
            if self._above:
                self._grid.addWidget(name, 2 * n + 1, 1, 1, last)
            else:
                name.setFixedWidth(theme.measures().average(_NAMES))
                self._grid.addWidget(name, n + 1, 0)
        if (base := dispute.base) is not None:
            self._grid.addWidget(Head("原来", base.authors[0].words, ""), 0, 1)
            self._column(1, None, base.shown_whole if self.unmasked else base.texts, dispute)
        for number, side in enumerate(dispute.sides):
            detail = "\n".join(a.words for a in side.authors) + (
                "\n现在各处先显示这个" if side.standing else ""
            )
            key = "" if self._locked else str(number + 1)
            self._head(number, Head("采用这个" if key else f"填法{number + 1}", detail, key), number + 2)
            texts = side.shown_whole if self.unmasked else side.texts
            self._column(number + 2, number, texts, dispute)
        if own:
            self._head(OWN, Head("另写一个", "几个都不对时，自己填。", str(last - 1)), last)
            self._own_column(dispute, last)
        for n in range(1 if dispute.base is not None else 2, self._grid.columnCount()):
            self._grid.setColumnStretch(n, 1)
        lengths = [len(text) for side in dispute.sides for text in side.shown_whole]
        self._own_at = last if own and max(lengths, default=0) > _LONG else 0

    def _line_of(self, number: int) -> int:
        """Where the values of a field stand: beside its name, or below it."""
        return 2 * number + 2 if self._above else number + 1

    def _head(self, choice: Choice, head: Head, column: int) -> None:
        self._heads[choice] = head
        if head.choose is not None:
            head.choose.clicked.connect(lambda _checked=False: self.choose(choice))
            head.choose.setEnabled(not self._locked)
        head.entered.connect(self.entered)
        self._grid.addWidget(head, 0, column)

    def _column(self, column: int, choice: Choice | None, texts: tuple[str, ...], dispute: Dispute) -> None:
        for n, text in enumerate(texts):
            label = plain(text)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setProperty("cell", True)
            label.setProperty("differs", choice is not None and n in dispute.differing)
            label.setMinimumWidth(_NARROWEST)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            label.setAlignment(_BEGINNING)
            if choice is not None:
                self._cells.setdefault(choice, []).append(label)
            self._grid.addWidget(label, self._line_of(n), column)

    def _own_column(self, dispute: Dispute, column: int) -> None:
        for n in range(len(dispute.fields)):
            place = QWidget()
            place.setProperty("cell", True)
            place.setMinimumWidth(_NARROWEST)
            place.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            inside = QVBoxLayout(place)
            inside.setContentsMargins(8, 4, 8, 4)
            inside.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._cells.setdefault(OWN, []).append(place)
            self._grid.addWidget(place, self._line_of(n), column)

    # -- choosing --------------------------------------------------------------------------------------------------

    @property
    def choices(self) -> list[Choice]:
        """What can be chosen, in the order of its keys 1, 2, 3 …"""
        return list(self._heads)

    def choose(self, choice: Choice) -> None:
        """Marks a column; that of an own value gets its editors, filled with what was marked before."""
        if self._locked or choice not in self._heads:
            return
        before, self.choice = self.choice, choice
        if choice == OWN and not self.editors:
            self._make_editors(before)
        for key, head in self._heads.items():
            on = key == choice
            if head.choose is not None:
                head.choose.setChecked(on)
                head.choose.setIcon(icons.icon("check", theme.FOCUS) if on else icons.none())
            theme.restyle(head, chosen=on)
            for cell in self._cells.get(key, ()):
                theme.restyle(cell, chosen=on)
        if self._own_at:
            # The others go on in the next line; what is typed does not.
            self._grid.setColumnStretch(self._own_at, _OWN_SHARE if choice == OWN else 1)
        if (editor := self.editor) is not None:
            editor.take_focus()
        self.chosen.emit()

    @property
    def editor(self) -> Editor | None:
        """Where an own value is being written: where the cursor is, or first what the sides differ in."""
        if self.choice != OWN or not self.editors:
            return None
        differing = self.dispute.differing if self.dispute is not None else ()
        cursor = QApplication.focusWidget()
        within = (e for e in self.editors if cursor is not None and e.isAncestorOf(cursor))
        return next(within, self.editors[min(differing, default=0)])

    def _make_editors(self, before: Choice | None) -> None:
        dispute = self.dispute
        if dispute is None:
            return
        sides = dispute.sides
        start = sides[before] if isinstance(before, int) else next((s for s in sides if s.standing), sides[0])
        cells = _cells(dispute, start)
        typed = self._typed.pop(dispute.key, None)
        wanted = dispute.differing or (0,)
        for n, field in enumerate(dispute.fields):
            editor = make_editor(field, self.workbench, None)
            if isinstance(editor, LinkEditor):
                editor.know(dict(dispute.links or {}))
            editor.set_cell(cells.get(field.name))
            if n in wanted and isinstance(editor, PersonalEditor | PersonalNoteEditor):
                # Whoever writes another value has said so already; over a mask nothing could be typed.
                editor.retype()
                self._anew.append(editor)
            if typed is not None:
                editor.set_text(typed[n])
            for widget in editor.inputs():
                if not widget.accessibleName():
                    widget.setAccessibleName(field.label)
                # The names at the left may be scrolled out of sight.
                if isinstance(widget, QLineEdit) and not widget.placeholderText():
                    widget.setPlaceholderText(field.label)
            editor.edited.connect(self.chosen)
            editor.advanced.connect(lambda n=n: self._advance(n))
            layout = self._cells[OWN][n].layout()
            if layout is not None:
                layout.addWidget(editor)
            self.editors.append(editor)

    def _advance(self, number: int) -> None:
        if number + 1 < len(self.editors):
            self.editors[number + 1].take_focus()
        else:
            self.entered.emit()

    @property
    def problem(self) -> str:
        """Why the own value cannot be taken; empty when it can."""
        if self.choice != OWN:
            return ""
        if empty := next((e for e in self._anew if e.parsed() == Parsed(None)), None):
            return f"请填写“{empty.field.label}”；要清空的，请打开这条记录。"
        return next((p.problem for e in self.editors if (p := e.parsed()).problem is not None), "") or ""

    def decision(self) -> Cell | Mapping[str, Cell]:
        """The value that was chosen or written; for a deletion 1 deletes and 0 keeps."""
        dispute = self.dispute
        if dispute is None or self.choice is None:
            raise LookupError("nothing is chosen")
        if isinstance(self.choice, int):
            value: Cell | Mapping[str, Cell] = dispute.sides[self.choice].value
            return value
        written = {e.field.name: e.parsed().value for e in self.editors}
        return (
            written
            if len(dispute.fields) > 1 or dispute.slot != dispute.fields[0].name
            else written[dispute.slot]
        )

    @property
    def words(self) -> str:
        """What the chosen column is, for the button that decides."""
        dispute = self.dispute
        if dispute is None or self.choice is None:
            return ""
        if self.choice == OWN:
            return "采用自己写的"
        side = dispute.sides[int(self.choice)]
        if dispute.deletion:
            return "删除这条记录" if side.value == DELETE else "保留这条记录"
        return f"采用{int(self.choice) + 1}（{dispute.called(side)}填的）"


def _cells(dispute: Dispute, side: Side) -> Mapping[str, Cell]:
    if isinstance(side.value, Mapping):
        return side.value
    return {dispute.fields[0].name: side.value}

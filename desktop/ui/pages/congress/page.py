"""The page of a staff congress: facts, delegates, motions and proposals, with the quorum in words over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.records.codes import CodeList
from desktop.records.versions.canonical import Cell, Values
from desktop.ui import icons, theme
from desktop.ui.fields.pickers import LinkEditor
from desktop.ui.notices import SIGNS, Tone
from desktop.ui.pages.congress.delegates import TYPE as DELEGATE
from desktop.ui.pages.congress.delegates import DelegatesTab
from desktop.ui.pages.congress.motions import MOTION, PROPOSAL, MotionsTab, ProposalsTab
from desktop.ui.pages.congress.words import ASSEMBLY, Said, headcount, quorum_words, structure_words
from desktop.ui.parts import empty_layout, link, plain
from desktop.ui.sheets.form import MeetingFormPage
from desktop.ui.sheets.tab import SheetTab
from desktop.ui.shell import Opening
from desktop.ui.widgets.flow import FlowLayout
from desktop.ui.workbench import Workbench

if TYPE_CHECKING:
    from desktop.documents.lists import Paper


class Strip(QFrame):
    """One large sentence on the quorum, smaller ones on who the delegates are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._sign, self.quorum = QLabel(), QLabel()
        self.quorum.setProperty("heading", "1")
        self.quorum.setAccessibleName("到会情况")
        self._more = QWidget()
        self._flow = FlowLayout(self._more, spacing=16)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._sign)
        line.addWidget(self.quorum, 1)
        self.action = QHBoxLayout()
        line.addLayout(self.action)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 10, 4)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self._more)
        self.structure: list[Said] = []

    def show_words(self, quorum: Said, structure: list[Said]) -> None:
        """Shows what follows from the figures."""
        name, colour = SIGNS[quorum.tone]
        self._sign.setPixmap(icons.pixmap(name, colour, 20))
        self.quorum.setText(quorum.words)
        theme.restyle(self, tone=quorum.tone.value)
        if structure == self.structure:
            return
        self.structure = structure
        empty_layout(self._flow)
        for said in structure:
            self._flow.addWidget(_piece(said))
        self._more.setVisible(bool(structure))
        self._more.updateGeometry()


def _piece(said: Said) -> QWidget:
    whole, sign, words = QWidget(), QLabel(), QLabel(said.words)
    sign.setPixmap(icons.pixmap(*SIGNS[said.tone], 16))
    words.setProperty("tone", said.tone.value if said.tone is Tone.WARNING else "")
    line = QHBoxLayout(whole)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(4)
    line.addWidget(sign)
    line.addWidget(words)
    return whole


class CongressPage(MeetingFormPage):
    """A session of a congress or an assembly of all staff."""

    def __init__(self, workbench: Workbench, opening: Opening) -> None:
        self.strip = Strip()
        self.roster_note = plain(muted=True)
        super().__init__(workbench, opening)
        self.strip.action.addWidget(self.roster_note)
        self._take_over = link("按名册改应到人数", self.take_over)
        self.strip.action.addWidget(self._take_over)
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(2, self.strip)
        self._show_words()

    def make_sheets(self) -> Mapping[str, SheetTab]:
        """Delegates, motions, proposals."""
        types = self.workbench.types
        motions = MotionsTab(self.workbench, types[MOTION], lambda: self.save())
        motions.session = self.figures
        motions.offers = lambda record: [o for o in self.follow.offers if o.source == record]
        motions.begin = self.follow.begin
        self.follow.offered.connect(self._show_offers)
        return {
            DELEGATE: DelegatesTab(self.workbench, types[DELEGATE], lambda: self.save()),
            MOTION: motions,
            PROPOSAL: ProposalsTab(self.workbench, types[PROPOSAL], lambda: self.save()),
        }

    # -- figures ---------------------------------------------------------------------------------------------------

    def counted(self) -> dict[str, Cell]:
        """What the roster says; nothing without a roster, and for an assembly, which has no delegates."""
        rows = self.sheets[DELEGATE].model.rows
        if not rows or self.form.values().get("kind") == ASSEMBLY:
            return {}
        return headcount(row.values for row in rows)

    @property
    def complete(self) -> bool:
        """Whether the roster names all delegates that are expected."""
        counted, expected = self.counted(), self.form.values().get("expected_count")
        listed = counted.get("expected_count")
        return (
            isinstance(listed, int) and listed > 0 and (not isinstance(expected, int) or listed >= expected)
        )

    def figures(self) -> Values:
        """The session's figures as they stand: the roster's where it is complete, else those of the form."""
        values = self.form.values()
        return {**values, **self.counted()} if self.complete else values

    def form_follows(self, changes: Mapping[str, Cell]) -> Mapping[str, Cell]:
        """The figures that a complete roster gives are saved with it."""
        if not self.complete or not self.sheets[DELEGATE].model.dirty:
            return {}
        present = self.form.values()
        return {name: value for name, value in self.counted().items() if present.get(name) != value}

    def take_over(self) -> None:
        """The roster is right: its figures go into the form."""
        self.form.fill(self.counted(), "由代表名册带出")
        self._show_words()

    def sign_in(self) -> Paper:
        """Every delegate signs."""
        from desktop.operations.papers import gatherings  # loads what only paper needs

        return gatherings.congress_sign_in(*self._for_paper())

    def turnout(self) -> Paper:
        """The quorum, and who did not come."""
        from desktop.operations.papers import gatherings  # loads what only paper needs

        return gatherings.congress_turnout(*self._for_paper())

    def _for_paper(self) -> tuple[Values, str, Sequence[Values], Mapping[str, CodeList]]:
        rows = [row.values for row in self.sheets[DELEGATE].model.rows if not row.blank]
        editor = self.form.rows["enterprise"].editor
        enterprise = editor.line.text() if isinstance(editor, LinkEditor) else ""
        return self.figures(), enterprise, rows, self.workbench.codes

    def _show_words(self) -> None:
        figures = self.figures()
        self.strip.show_words(quorum_words(figures), structure_words(figures))
        counted, expected = self.counted(), self.form.values().get("expected_count")
        short = bool(counted) and not self.complete
        listed = counted.get("expected_count")
        self.roster_note.setText(f"名册{listed}人，应到{expected}人" if short else "")
        self._take_over.setVisible(short and self.writable)

    def _show_state(self) -> None:
        super()._show_state()
        if hasattr(self, "_take_over"):
            self._show_words()
            self._show_offers()
            # Queued: who typed that it is an election is still leaving the cell.
            QTimer.singleShot(0, self, self.sheets[MOTION].look_at_columns)

    def _show_offers(self) -> None:
        """What follows from a motion stands beside its result."""
        if MOTION in self.sheets:
            self.sheets[MOTION].view.viewport().update()
            self.sheets[MOTION].show_figures()

    def _count_sheet(self, sheet: SheetTab, count: int) -> None:
        super()._count_sheet(sheet, count)
        self._show_state()

    def saved_words(self) -> str:
        """The quorum, once more."""
        return f"已保存。{quorum_words(self.figures()).words}。"

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the sheets."""
        return {
            "Ctrl+V": "粘贴代表名册",
            "空格": "签到或取消；在选项上换一个",
            "F8": "整列签到",
            "Ctrl+D": "向下填充",
            "Ins": "添加一行",
            "Ctrl+Del": "移除选中的行",
            **super().shortcuts(),
        }

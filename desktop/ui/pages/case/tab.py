"""How a case is handled: its steps, what the law lets come next and until when, its letters, and the cards to do it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from desktop.operations import supervision
from desktop.operations.session import Session
from desktop.operations.supervision import Layout, Signatory
from desktop.records.supervision import EventKind, Letter, LetterKind
from desktop.records.supervision.powers import PAST
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import ChangeSet
from desktop.ui import theme
from desktop.ui.drafts import DraftKeeper
from desktop.ui.notices import Tone
from desktop.ui.pages.case.batches import Batches
from desktop.ui.pages.case.days_off import DaysOff
from desktop.ui.pages.case.entry import EntryCard
from desktop.ui.pages.case.issue import IssueCard, VoidCard
from desktop.ui.pages.case.letters import LettersCard, print_job
from desktop.ui.pages.case.numbers import NumbersCard
from desktop.ui.pages.case.reading import CASE, EVENT, LETTER, CaseView, Numbers, read_case
from desktop.ui.pages.case.steps import StandingCard, StepsCard
from desktop.ui.pages.case.timeline import Timeline
from desktop.ui.parts import Card, scrolling
from desktop.ui.shell import Opening
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.widgets.order import read_on
from desktop.ui.workbench import Workbench

_JUDGED = frozenset({CASE, EVENT, LETTER, "handover_item", "inspector", "enterprise", "issuing_power"})
"""Besides the case: what a 建议书 hands over, who may investigate, and what is told of the employer."""


class CaseTab(QWidget):
    """How a case is handled. ``changed`` when a step was recorded or a letter issued."""

    changed = Signal()

    def __init__(self, workbench: Workbench, save_case: Callable[[], None]) -> None:
        super().__init__()
        self.workbench = workbench
        self.case = ""
        self.view: CaseView | None = None
        self.writable = workbench.may_write(workbench.types[EVENT])
        self.timeline = Timeline(workbench.types, workbench.codes)
        self.standing, self.steps, self.letters = StandingCard(), StepsCard(), LettersCard()
        self.entry, self.issue, self.void = EntryCard(workbench), IssueCard(workbench), VoidCard()
        self.numbers = NumbersCard()
        self._draft = ""
        self._take_cursor = False
        self._resume: Mapping[str, str] = {}
        self._before = EmptyState()
        self._before.show_words(
            "save",
            "先保存案件，再登记步骤",
            "保存以后，这里显示依法要办的下一步和期限。",
            ("保存", save_case),
            quiet=True,
        )
        self._build()
        shell = workbench.shell
        self.timeline.opened.connect(lambda name, record: shell.open_record(name, record))
        self.steps.chosen.connect(self.begin)
        self.entry.wanted.connect(self.record)
        self.entry.changed.connect(self._keep_draft)
        self.letters.edit_wanted.connect(lambda record: shell.open_record(LETTER, record))
        self.letters.preview_wanted.connect(self.preview)
        self.letters.issue_wanted.connect(self._begin_issue)
        self.letters.void_wanted.connect(self._begin_void)
        self.letters.redraft_wanted.connect(self._redraft)
        self.issue.wanted.connect(self._issue)
        self.void.wanted.connect(self._void)
        self.numbers.wanted.connect(self._set_numbers)
        self.standing.number_wanted.connect(self._file_case)
        self.entry.inspector_wanted.connect(lambda: shell.new_record("inspector"))
        self.letters.numbers_wanted.connect(self._begin_numbers)
        self.letters.past_wanted.connect(self._begin_past)
        self.batches = Batches(workbench, lambda: self.view, self.letters, self.timeline, self.standing)
        DaysOff(self.standing, workbench).listen(self.standing)
        for card in (self.entry, self.issue, self.void, self.numbers):
            card.given_up.connect(self.show_overview)

    def _build(self) -> None:
        overview, inside = QWidget(), QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        column.addWidget(self.standing)
        # One of them is shown: a stack would be as high as the highest of them.
        self._cards: tuple[Card, ...] = (self.steps, self.entry, self.issue, self.void, self.numbers)
        for card in self._cards:
            column.addWidget(card)
            card.setVisible(card is self.steps)
        column.addWidget(self.letters)
        column.addStretch(1)
        self._area = scrolling(inside)
        self._area.setMinimumWidth(theme.measures().average(62))
        line = QHBoxLayout(overview)
        line.setContentsMargins(0, 10, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.timeline, 5)
        line.addWidget(self._area, 6)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self._before)
        self._layers.addWidget(overview)

    # -- reading ---------------------------------------------------------------------------------------------------

    def show_record(self, case: str, *, locked: bool = False) -> None:
        """Shows a case; no step is taken in one that is deleted, or another unit's."""
        self.case = case
        self.writable = self.workbench.may_write(self.workbench.types[EVENT]) and not locked
        self.load()

    def load(self) -> None:
        """Reads the case; it is judged in the writer's thread, which knows the register of numbers."""
        case = self.case

        def job(session: Session, _ticket: Any) -> CaseView:
            return read_case(session, case)

        if case:
            self.workbench.write("读取案件", job, self._arrived, owner=self, step=False)

    def _arrived(self, view: CaseView) -> None:
        first, self.view = self.view is None or self._take_cursor, view
        inside, place = self._inside_steps(), self._area.verticalScrollBar().value()
        self._take_cursor = False
        self._layers.setCurrentIndex(1)
        self.timeline.show_case(view)
        self.standing.show_case(view, self.writable)
        self.steps.show_case(view, self.writable)
        self.letters.show_case(view, self.writable)
        self.entry.refresh(view)
        # The steps and letters were made anew; what is next is done more often than what was is read.
        read_on(self.standing, self.steps, self.letters, self.timeline)
        if self._resume:
            texts, self._resume = self._resume, {}
            self._open_entry(EventKind(texts.get("kind", EventKind.NOTE.value)), texts)
        elif first and self.isVisible() and not self.busy:
            self.enter()
            self._bring_into_view()
        else:
            if inside:
                self.enter()
            # The buttons were made anew: what had the cursor is gone, and the next one in line was brought into view.
            QTimer.singleShot(0, self, lambda: self._area.verticalScrollBar().setValue(place))

    def _inside_steps(self) -> bool:
        """Whether the cursor is on one of the buttons that are about to be made anew."""
        focused = QApplication.focusWidget()
        return focused is not None and self.steps.isAncestorOf(focused)

    def refresh(self, changes: ChangeSet | None) -> None:
        """Reads again when something that the case is judged by has changed."""
        if changes is None or changes.everything or not _JUDGED.isdisjoint(changes.records):
            self.load()

    def resume(self, key: str, texts: Mapping[str, str]) -> None:
        """Goes on with a step that was typed and not recorded."""
        self._draft, self._resume = key, texts

    @property
    def front(self) -> Card:
        """The card in the middle: the steps, or one that asks for something."""
        return next(card for card in self._cards if not card.isHidden())

    def show_card(self, card: Card) -> None:
        """Puts a card into the middle and brings it into view."""
        for each in self._cards:
            each.setVisible(each is card)
        # Queued: where the card ends is only known when it is laid out.
        QTimer.singleShot(0, self, self._bring_into_view)

    def _bring_into_view(self) -> None:
        top = self.front.y() if self.busy else 0
        self._area.verticalScrollBar().setValue(top)

    @property
    def busy(self) -> bool:
        """Whether a card is open that asks for something."""
        return self.front is not self.steps

    def submit(self) -> None:
        """Does what the open card is there for."""
        card = self.front
        if isinstance(card, EntryCard | IssueCard | VoidCard | NumbersCard):
            card.submit()

    def show_overview(self) -> None:
        """The steps, without any card open."""
        self._drop_draft()
        self.show_card(self.steps)
        # The steps are made anew as soon as the case is read again, and the cursor with them.
        self._take_cursor = True
        self.enter()

    def enter(self) -> None:
        """The cursor goes to the first step that is lawful, or back into the step that is being typed."""
        if self.front is self.entry:
            self.entry.take_cursor()
        elif not self.busy:
            enabled = [made for made in self.steps.buttons.values() if made.isEnabled()]
            if enabled:
                enabled[0].setFocus()

    def event(self, event: QEvent) -> bool:
        """Esc closes an open card and does not leave the page."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and self.busy and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if escape and self.busy and event.type() == QEvent.Type.KeyPress:
            self.show_overview()
            return True
        return super().event(event)

    # -- steps -----------------------------------------------------------------------------------------------------

    def begin(self, step: EventKind | LetterKind) -> None:
        """Opens what a step needs: the fields of an event, or a new draft of a letter."""
        if isinstance(step, LetterKind):
            self._begin_letter(step)
        else:
            self._open_entry(step, {})

    def _open_entry(self, kind: EventKind, texts: Mapping[str, str]) -> None:
        if self.view is not None:
            label = self.workbench.codes["case_event_kind"].label_of(kind.value)
            self.show_card(self.entry)
            self.entry.open(kind, label, self.view, texts)

    def record(self, kind: EventKind, cells: dict[str, Cell], letters: tuple[str, ...] = ()) -> None:
        """Records a step, about each of some letters where there are any; what the law forbids is said in the card."""
        case, values = self.case, dict(cells)
        day = datetime.date.fromisoformat(str(values.pop("event_date", self.workbench.today().isoformat())))

        def job(session: Session, _ticket: Any) -> supervision.Recorded:
            if letters:
                return supervision.record_about(session, case, kind.value, day, letters, **values)
            return supervision.record_event(session, case, kind.value, day, **values)

        def then(recorded: supervision.Recorded) -> None:
            self.show_overview()
            count = f"{len(letters)}份" if letters else ""
            words = f"已登记{label}{count}。现在：{recorded.state.stage.label}。"
            self.workbench.shell.tell(Tone.GOOD, words, "撤消", self.workbench.undo)

        label = self.workbench.codes["case_event_kind"].label_of(kind.value)
        self.workbench.write(f"登记{label}", job, then, owner=self, fail=self.entry.note.refuse)

    # -- drafts of steps -------------------------------------------------------------------------------------------

    def _keep_draft(self, texts: dict[str, str]) -> None:
        if self.front is self.entry:
            self._draft = self._draft or DraftKeeper.key(EVENT, None)
            kept = {**texts, "case": self.case, "kind": self.entry.kind.value}
            self.workbench.drafts.keep(self._draft, EVENT, None, kept)

    def _drop_draft(self) -> None:
        if self._draft:
            self.workbench.drafts.drop(self._draft)
            self._draft = ""

    # -- letters ---------------------------------------------------------------------------------------------------

    def _begin_letter(self, kind: LetterKind) -> None:
        case = self.case
        offer = next((o for o in (self.view.offers if self.view else ()) if o.step is kind), None)
        if offer is not None and offer.draft is not None:
            if offer.ready and offer.several:
                self.batches.issue()
            elif offer.ready:
                self._begin_issue(offer.draft)
            else:
                self.workbench.shell.open_record(LETTER, offer.draft.id)
            return

        def then(saved: Any) -> None:
            self.workbench.shell.open_record(LETTER, saved.record, "facts")
            self.workbench.shell.tell(Tone.GOOD, "已按案件内容起草，请补充事实、条文和要求。")

        self.workbench.write(
            f"起草{kind.label}",
            lambda session, _t: supervision.draft(session, case, kind.value),
            then,
            owner=self,
        )

    def _begin_past(self) -> None:
        """A letter of a paper register begins with what the case tells."""
        if self.view is not None:
            case, organ = self.view.file.case, self.view.numbers.organ or None
            values = {
                "case": self.case, "addressee": case.get("employer_name"), "subject": case.get("summary"),
                f"{PAST}issuing_body": organ,
            }  # fmt: skip
            self.workbench.shell.open_form(Opening(LETTER, values=values, cursor=f"{PAST}document_number"))

    def preview(self, letter: Letter) -> None:
        """Shows the pages of a letter."""
        if self.view is not None:
            self.workbench.shell.open_page("preview", job=print_job(self.case, letter, self.view))

    def _begin_issue(self, letter: Letter) -> None:
        if self.view is None:
            return
        if not self.view.numbers.body:
            self._begin_numbers()
            return
        self.show_card(self.issue)
        self.issue.open(letter, self.view)

    def _begin_numbers(self) -> None:
        if self.view is not None:
            self.show_card(self.numbers)
            self.numbers.open(self.view.numbers)

    def _set_numbers(self, numbers: Numbers) -> None:
        def job(session: Session, _ticket: Any) -> supervision.NumberSettings:
            settings = supervision.NumberSettings(numbers.body, numbers.organ, numbers.patterns)
            return supervision.set_numbers(session, settings, numbers.year, numbers.following)

        def then(_settings: supervision.NumberSettings) -> None:
            self.show_overview()
            self.load()
            self.workbench.shell.tell(Tone.GOOD, "编号设置已保存。")

        self.workbench.write("保存编号设置", job, then, owner=self, fail=self.numbers.note.refuse, step=False)

    def _file_case(self) -> None:
        case = self.case

        def then(number: str) -> None:
            self.load()
            self.workbench.shell.tell(Tone.GOOD, f"已编立案号：{number}。")

        self.workbench.write(
            "编立案号", lambda session, _t: supervision.file_case(session, case), then, owner=self, step=False
        )

    def _issue(self, letter: Letter, signer: Signatory, day: datetime.date, layout: Layout) -> None:
        def then(issued: supervision.Issued) -> None:
            self.show_overview()
            self.workbench.shell.tell(
                Tone.GOOD, f"已签发{issued.number}。可以预览和打印，打印两份：送达、存档各一份。"
            )

        self.workbench.write(
            f"签发{letter.kind.label}",
            lambda session, _t: supervision.issue(session, letter.id, signer, day, layout=layout), then,
            owner=self, fail=self.issue.note.refuse, step=False,
        )  # fmt: skip

    def _begin_void(self, letter: Letter) -> None:
        self.show_card(self.void)
        self.void.open(letter)

    def _void(self, letter: Letter, reason: str) -> None:
        def then(_changes: ChangeSet) -> None:
            self.show_overview()
            self.workbench.shell.tell(Tone.GOOD, f"已作废{letter.name()}。")

        self.workbench.write(
            f"作废{letter.kind.label}", lambda session, _t: supervision.void(session, letter.id, reason), then,
            owner=self, fail=self.void.note.refuse, step=False,
        )  # fmt: skip

    def _redraft(self, document: str) -> None:
        def then(saved: supervision.Redrafted) -> None:
            self.workbench.shell.open_record(LETTER, saved.record, "facts")
            if saved.left_out:
                words = "；".join(saved.left_out)
                self.workbench.shell.tell(Tone.WARNING, f"{words}，没有抄过来，请对照原来的文书补上。")
            else:
                self.workbench.shell.tell(Tone.GOOD, "已按原文起草，请改正以后再签发。")

        self.workbench.write(
            "重新起草", lambda session, _t: supervision.redraft(session, document), then, owner=self
        )

"""A class notice: employers are chosen, the text is written once and looked at on one of them, drafts are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from desktop.documents.letters.templates import LetterIncomplete
from desktop.errors import Problem
from desktop.operations import supervision
from desktop.operations.session import Session
from desktop.operations.supervision.batches import Notices
from desktop.records.declaration import Field, Severity
from desktop.records.versions.canonical import Cell
from desktop.ui import spacing
from desktop.ui.dialogs import Answer
from desktop.ui.fields.making import make_editor
from desktop.ui.fields.rows import FieldRow
from desktop.ui.matching import matches
from desktop.ui.notices import Tone
from desktop.ui.page import Act, Page, Status
from desktop.ui.pages.case.choosing import Chooser
from desktop.ui.pages.case.letter_form import article_choices
from desktop.ui.pages.case.reading import LETTER
from desktop.ui.parts import Note, button, heading, plain, row, scrolling
from desktop.ui.pdf_pages import PagesView, Sheet, sheets_of
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Task, Ticket

TITLE = "一次发给多家单位"
FIELDS = (
    "subject", "clue_words", "facts", "articles", "requests", "reply_days", "reply_day_kind", "reply_method",
    "consequence", "legal_basis", "contact_name", "contact_phone", "contact_address",
)  # fmt: skip
"""The words that are the same in all; the addressee is each employer's own."""
_PAUSE_MS = 600


@dataclass(frozen=True)
class _Tried:
    """What came of setting one notice: its pages, or why there are none."""

    data: bytes = b""
    sheets: tuple[Sheet, ...] = ()
    problem: Problem | None = None


class NoticesPage(Page):
    """Two parts: to whom, and what. The button below makes the drafts; issuing and printing follow in the case."""

    def __init__(self, workbench: Workbench, case: str) -> None:
        super().__init__(workbench)
        self.case = case
        self.rows: dict[str, FieldRow] = {}
        self._began: dict[str, str] = {}
        self._done = False
        self._trying: Task[_Tried] | None = None
        self.chooser = Chooser(workbench, case)
        self.pages = PagesView(workbench)
        self.note = Note()
        self.tabs = QTabWidget()
        self.sum = plain()
        self.next_button = button("下一步：写内容", self.go_on, primary=True)
        self.draft_button = button("起草", self.draft, "check", primary=True)
        self.articles_button = button("从条文库选取…", self.choose_articles, "scale")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.try_page)
        self._build()
        self.chooser.judged.connect(self._show_state)
        self.tabs.currentChanged.connect(lambda _n: self._turned())
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(workbench.shell.back)
        self._load()
        self._show_state()

    def _build(self) -> None:
        words, inside = QWidget(), QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 1)
        record_type = self.workbench.types[LETTER]
        for n, name in enumerate(FIELDS):
            made = self.rows[name] = self._row(record_type.by_name[name], n, inside)
            grid.addWidget(made.label, n, 0)
            grid.addWidget(made.cell, n, 1)
        grid.setRowStretch(len(FIELDS), 1)
        left, right = QVBoxLayout(), QVBoxLayout()
        self.whence = plain("每份都一样的内容，主送写各家单位。")
        line = row(self.whence, self.articles_button)
        line.setStretch(0, 1)
        left.addLayout(line)
        left.addWidget(scrolling(inside), 1)
        right.addWidget(self.note)
        right.addWidget(self.pages, 1)
        both = QHBoxLayout(words)
        both.setContentsMargins(0, 8, 0, 0)
        both.setSpacing(16)
        both.addLayout(left, 6)
        both.addLayout(right, 5)
        self.tabs.addTab(self.chooser, "1 选单位")
        self.tabs.addTab(words, "2 写内容")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*spacing.PAGE)
        whole.setSpacing(6)
        whole.addWidget(heading(TITLE, 1))
        whole.addWidget(self.tabs, 1)
        back = button("返回（Esc）", self.workbench.shell.back)
        foot = row(back, self.sum, self.next_button, self.draft_button)
        foot.setStretch(1, 1)
        whole.addLayout(foot)

    def _row(self, field: Field, at: int, inside: QWidget) -> FieldRow:
        made = FieldRow(field, lambda cell: make_editor(field, self.workbench, None, cell), inside)
        made.editor.edited.connect(self._edited)
        made.editor.finished.connect(lambda: self._finished(made))
        made.editor.advanced.connect(lambda: self._step(at + 1))
        made.editor.retreated.connect(lambda: self._step(at - 1))
        return made

    # -- the words -------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        case = self.case

        def job(session: Session, _ticket: Ticket) -> dict[str, Cell]:
            return supervision.words_for(session, case)

        self.workbench.write("读取案件", job, self._begin, owner=self, step=False)

    def _begin(self, values: Mapping[str, Cell]) -> None:
        for name, made in self.rows.items():
            made.editor.set_cell(values.get(name))
        if values.get("facts") and (other := values.get("addressee")):
            # What was found at one employer would be said to all of them.
            self.whence.setText(
                f"内容是从给“{other}”的提示函带来的。每家收到的都一样，请改成对各家都成立的写法。"
            )
        self._began = self._texts()

    def _texts(self) -> dict[str, str]:
        return {name: made.editor.text() for name, made in self.rows.items()}

    def fields(self) -> dict[str, Cell]:
        """What is written, as far as it can be read."""
        parsed = {name: made.editor.parsed() for name, made in self.rows.items()}
        return {name: found.value for name, found in parsed.items() if found.ok}

    def _edited(self) -> None:
        self._pause.start()
        self._show_state()

    def _finished(self, made: FieldRow) -> None:
        parsed = made.editor.parsed()
        if parsed.ok:
            made.editor.tidy()
        made.show_finding(None if parsed.ok else Severity.ERROR, parsed.problem or "")

    def _step(self, at: int) -> None:
        if 0 <= at < len(FIELDS):
            self.rows[FIELDS[at]].editor.take_focus()
        elif at >= len(FIELDS):
            self.draft_button.setFocus(Qt.FocusReason.TabFocusReason)

    def choose_articles(self) -> None:
        """Offers the articles of the library; ticked ones stand in the notice, a line each."""
        offered = article_choices(frozenset(), self.workbench.facts.laws)
        lines = self.rows["articles"].editor.text().splitlines()
        typed = [line.strip() for line in lines if line.strip()]
        choices = [Choice(citation, words) for citation, words in offered.items()]
        present = [line for line in typed if line in offered]
        overlay = ChoiceOverlay(self.articles_button, choices, present, matches=matches)

        def chosen(keys: list[str]) -> None:
            kept = [line for line in typed if line not in offered]
            self.rows["articles"].editor.set_text("\n".join([*kept, *keys]))
            self._edited()

        overlay.chosen.connect(chosen)
        overlay.closed.connect(overlay.deleteLater)
        overlay.open_below()

    # -- its page --------------------------------------------------------------------------------------------------

    def try_page(self) -> None:
        """Sets the notice of the first employer as it stands now."""
        self._pause.stop()
        employers = list(self.chooser.found.employers.values())
        if not employers:
            return
        case, addressee, fields = self.case, employers[0], self.fields()
        if self._trying is not None:
            self._trying.cancel()

        def job(session: Session, ticket: Ticket) -> _Tried:
            ticket.check()
            try:
                data = supervision.sample(session, case, addressee, fields)
            except Problem as problem:
                return _Tried(problem=problem)
            return _Tried(data, tuple(sheets_of(data)))

        self._trying = self.workbench.write("排版", job, self._tried, owner=self, step=False)

    def _tried(self, tried: _Tried) -> None:
        if tried.problem is not None:
            incomplete = isinstance(tried.problem, LetterIncomplete)
            words = (
                f"{tried.problem.sentence}填好以后，这里显示成文的样子。"
                if incomplete
                else str(tried.problem)
            )
            self.note.say(Tone.WARNING, words)
            return
        first = next(iter(self.chooser.found.employers.values()), "")
        self.note.say(Tone.PLAIN, f"发给“{first}”的样子，别家只有主送不同。")
        self.pages.show_pages(tried.data, tried.sheets)
        self.pages.fit_width()

    def _turned(self) -> None:
        if self.tabs.currentIndex() == 1:
            self.try_page()
            self.rows[FIELDS[0]].editor.take_focus()
        self._show_state()

    # -- the drafts ------------------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        found, writing = self.chooser.found, self.tabs.currentIndex() == 1
        count = len(found.employers)
        self.tabs.setTabText(0, f"1 选单位（{count}家）" if count else "1 选单位")
        self.tabs.setTabEnabled(1, self.chooser.sendable)
        self.next_button.setVisible(not writing)
        self.next_button.setEnabled(self.chooser.sendable)
        self.draft_button.setVisible(writing)
        self.draft_button.setText(f"起草{count}份提示函（Ctrl+S）")
        passed = f"，另有{len(found.passed)}家不发" if found.passed else ""
        words = f"会起草{count}份{passed}。起草以后还可以逐份修改，再批量签发。"
        nobody = "先选要发的单位：在左边选中按Enter加入，或者粘贴名单。" if not count else ""
        self.sum.setText(words if self.chooser.sendable else nobody)
        self.state_changed.emit()

    def go_on(self) -> None:
        """To the words."""
        if self.chooser.sendable:
            self.tabs.setCurrentIndex(1)

    def draft(self) -> None:
        """One question, then a draft for each employer in one step."""
        wrong = [made for made in self.rows.values() if not made.editor.parsed().ok]
        if wrong:
            self._finished(wrong[0])
            wrong[0].editor.take_focus()
            return
        employers, case, fields = dict(self.chooser.found.employers), self.case, self.fields()
        names = list(employers.values())
        words = f"{self._lacking()}{_to_whom(names)}一次撤消可以全部收回。"
        if self.workbench.dialogs.ask(TITLE, words, yes=f"起草{len(names)}份") is not Answer.YES:
            return

        def job(session: Session, _ticket: Ticket) -> Notices:
            return supervision.class_notices(session, case, list(employers), fields)

        def then(made: Notices) -> None:
            self._done = True
            self.workbench.shell.back()
            said = f"已起草提示函{len(made.documents)}份。可以在“文书”里批量签发。"
            self.workbench.shell.tell(Tone.GOOD, said, "撤消", self.workbench.undo)

        self.workbench.write(f"起草提示函{len(names)}份", job, then, owner=self, fail=self._failed)

    def _lacking(self) -> str:
        """What every one of the drafts would have to be given later."""
        empty = [made for made in self.rows.values() if made.field.needed and not made.editor.text().strip()]
        names = "、".join(made.field.label for made in empty)
        return f"还没有写{names}，不写就要逐份补填才能签发。\n" if names else ""

    def _failed(self, error: Exception) -> bool:
        return self.note.refuse(error)

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the page is called."""
        return TITLE

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "class_notices"

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """The drafts are made as a record is saved."""
        return {Act.SAVE: self.draft} if self.tabs.currentIndex() == 1 and self.chooser.sendable else {}

    def status(self) -> Status:
        """How many get one."""
        count = len(self.chooser.found.employers)
        return Status(f"发给{count}家" if count else "")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of this page."""
        return {
            "Enter": "加入选中的单位",
            "Ctrl+V": "粘贴单位名称或信用代码的名单",
            "Del": "移出选中的单位",
            "Ctrl+S": "起草",
            "Esc": "返回",
        }

    def may_leave(self, again: Callable[[], None]) -> bool:
        """Asks where employers were chosen or words were written and no drafts were made."""
        if self._done or not (self.chooser.ids or self._texts() != self._began):
            return True
        words = "选好的单位和写的内容还没有起草，离开就要重新选。要离开吗？"
        return self.workbench.dialogs.ask(TITLE, words, yes="离开", danger=True) is Answer.YES

    def enter(self) -> None:
        """The cursor goes to the search."""
        self.chooser.search.setFocus(Qt.FocusReason.OtherFocusReason)


def _to_whom(names: Sequence[str]) -> str:
    """The question, with the first of those who get one."""
    if len(names) == 1:
        return f"要给{names[0]}起草一份提示函吗？"
    some = "、".join(names[:3]) + ("等" if len(names) > 3 else "")
    return f"要给{some}{len(names)}家单位各起草一份提示函吗？"

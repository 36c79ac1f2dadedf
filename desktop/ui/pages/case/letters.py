"""The letters of a case: drafts with what keeps them from being issued, issue and voiding, preview and print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.operations import supervision
from desktop.operations.papers import letter_sets
from desktop.operations.session import Session
from desktop.records.cells import text
from desktop.records.supervision import Decision, EventKind, Letter, LetterKind
from desktop.store.ledger import ChangeSet
from desktop.ui import theme
from desktop.ui.pages.case.reading import EVENT, LETTER, MOST_LETTERS, CaseView, in_register
from desktop.ui.pages.case.steps import reason_words
from desktop.ui.parts import Card, button, empty_layout, heading, link, plain, row
from desktop.ui.printing.printable import PrintJob, Released
from desktop.ui.widgets.flow import FlowLayout

_BY_DESK = "由本单位的汇总员或管理员签发、编号，您可以起草。"


class LettersCard(Card):
    """Says what is wanted of a letter; the page does it."""

    edit_wanted = Signal(str)
    preview_wanted = Signal(object)
    issue_wanted = Signal(object)
    void_wanted = Signal(object)
    redraft_wanted = Signal(str)
    numbers_wanted = Signal()
    past_wanted = Signal()
    notices_wanted = Signal()
    issue_many_wanted = Signal()
    print_many_wanted = Signal()
    list_wanted = Signal()
    original_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.say_heading("文书")
        self._settings = link("编号设置", self.numbers_wanted.emit)
        self.column.removeWidget(self.head)
        self._past = link("补录以前发出的文书", self.past_wanted.emit)
        self._past.setToolTip("使用本程序以前在纸质登记簿上编过号的文书")
        self.column.addLayout(row(self.head, 1, self._past, self._settings))
        self._inner = QVBoxLayout()
        self._inner.setSpacing(8)
        self.column.addLayout(self._inner)

    def show_case(self, view: CaseView, writable: bool) -> None:
        """Lists the letters, drafts first."""
        empty_layout(self._inner)
        self._settings.setVisible(view.desk and bool(view.numbers.kinds))
        self._past.setVisible(writable and view.past)
        letters = [letter for letter in view.file.letters if not letter.deleted]
        drafts = [letter for letter in letters if not letter.number]
        issued = sorted((letter for letter in letters if letter.number), key=in_register, reverse=True)
        if not letters:
            self._inner.addWidget(plain("还没有文书。需要时从“下一步”里起草。", muted=True))
        if ways := self._many(drafts, issued, view, writable):
            self._inner.addWidget(_ways(ways))
        for letter in drafts[:MOST_LETTERS]:
            self._inner.addWidget(self._draft(letter, view, writable))
        for letter in issued[:MOST_LETTERS]:
            self._inner.addWidget(self._issued(letter, view, writable))
        more = len(drafts[MOST_LETTERS:]) + len(issued[MOST_LETTERS:])
        if more:
            words = f"还有{more}份没有列在这里，在列表里看全部{len(letters)}份"
            self._inner.addWidget(link(words, self.list_wanted.emit))

    def _many(
        self, drafts: Sequence[Letter], issued: Sequence[Letter], view: CaseView, writable: bool
    ) -> list[QWidget]:
        """What is done with several at once, where there are several."""
        ways: list[QWidget] = []
        if writable and not supervision.admits_notices(view.file):
            made = button("一次发给多家单位…", self.notices_wanted.emit, "users")
            made.setToolTip("同样内容的提示函给许多单位各起草一份，如高温、年关欠薪提示")
            ways.append(made)
        reminders = sum(letter.kind is LetterKind.REMINDER for letter in drafts)
        if writable and view.desk and LetterKind.REMINDER in view.numbers.kinds and reminders > 1:
            ways.append(button(f"批量签发{reminders}份…", self.issue_many_wanted.emit, "check"))
        standing = sum(letter.stands and letter.id in view.mine for letter in issued)
        if standing > 1:
            ways.append(button(f"批量打印{standing}份…", self.print_many_wanted.emit, "printer"))
        return ways

    def _draft(self, letter: Letter, view: CaseView, writable: bool) -> QWidget:
        decision = view.decisions.get(letter.id)
        frame, column = _frame(f"{letter.kind.label}（草稿）", text(letter.values, "addressee"))
        ours = letter.kind in view.numbers.kinds
        if decision is not None and (words := _not_yet(decision, ours=ours)):
            label = plain(words, small=True)
            label.setProperty("tone", "warning")
            column.addWidget(label)
        edit = ("修改草稿", "pencil") if writable else ("查看草稿", "file-text")
        ways = [button(edit[0], lambda: self.edit_wanted.emit(letter.id), edit[1])]
        ways.append(button("预览", lambda: self.preview_wanted.emit(letter), "eye"))
        if ours and view.desk:
            issue = button("签发编号…", lambda: self.issue_wanted.emit(letter), "check")
            issue.setEnabled(writable and decision is not None and decision.allowed)
            ways.append(issue)
        elif writable:
            other = "由本单位的编号电脑签发、编号，这里可以起草。"
            words = "由区总工会审核、编号、印发；报送数据包时随案件上报。"
            said = _BY_DESK if ours else other if letter.kind in view.numbers.elsewhere else words
            column.addWidget(plain(said, muted=True, small=True))
        column.addWidget(_ways(ways))
        return frame

    def _issued(self, letter: Letter, view: CaseView, writable: bool) -> QWidget:
        state = (
            f"{letter.voided.isoformat()}作废：{text(letter.values, 'void_reason')}" if letter.voided else ""
        )
        body = f"由{text(letter.values, 'issuing_body')}" if letter.own or letter.past else ""
        day = f"{body}{letter.issued.isoformat()}签发" if letter.issued else ""
        named = f"{letter.name()}　补录" if letter.past else letter.name()
        frame, column = _frame(named, "　".join(filter(None, (text(letter.values, "addressee"), day, state))))
        mine = letter.id in view.mine
        words = "预览和打印" if mine else "预览"
        ways: list[QWidget] = []
        if letter.past:
            column.addWidget(plain("正本在纸质档案里，这里没有全文。", muted=True, small=True))
        else:
            ways.append(button(words, lambda: self.preview_wanted.emit(letter), "printer"))
        if not letter.voided:
            if (
                mine
                and view.state.in_order
                and any(e.letter == letter.id for e in view.file.of(EventKind.PRINTED))
            ):
                ways.append(button("重新打印原件…", lambda: self.original_wanted.emit(letter), "rotate-ccw"))
            if view.desk and letter.id in view.voidable:
                ways.append(button("作废…", lambda: self.void_wanted.emit(letter), "x"))
        elif letter.id in view.voidable and writable:
            ways.append(button("按原文重新起草", lambda: self.redraft_wanted.emit(letter.id), "copy"))
        ways.append(link("打开记录", lambda: self.edit_wanted.emit(letter.id)))
        column.addWidget(_ways(ways))
        return frame


def _not_yet(decision: Decision, *, ours: bool) -> str:
    """Why a draft cannot be issued yet, and what is worth a thought; that others issue it is said below it."""
    asked = [r for r in (*decision.forbidden, *decision.asked) if ours or not r.of_others]
    words = f"{'' if ours else '区总工会'}还不能签发：{reason_words(asked)}" if asked else ""
    return "\n".join(
        filter(None, (words, f"提醒：{reason_words(decision.advice)}" if decision.advice else ""))
    )


def _frame(title: str, detail: str) -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setObjectName("letter")
    frame.setStyleSheet(f"QFrame#letter {{ border: 0; border-top: 1px solid {theme.LINE}; }}")
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 6, 0, 0)
    column.setSpacing(4)
    name = heading(title)
    name.setWordWrap(True)
    column.addWidget(name)
    column.addWidget(plain(detail, muted=True))
    return frame, column


def _ways(buttons: Sequence[QWidget]) -> QWidget:
    whole = QWidget()
    flow = FlowLayout(whole)
    for made in buttons:
        flow.addWidget(made)
    return whole


def print_job(case: str, letter: Letter, view: CaseView, *, original: bool = False) -> PrintJob:
    """The preview of a letter; an issued one can be printed and saved from where letters are issued.

    ``original``: the one that was printed before is spoilt, so that this one is not marked as a copy.
    """
    document = letter.id
    changed = ChangeSet(0, {"case": (case,), EVENT: (), LETTER: (document,)})

    def render(session: Session) -> bytes:
        return supervision.preview(session, document, original=original)

    def save(session: Session, folder: Path) -> tuple[Path, ChangeSet]:
        return supervision.print_document(session, document, folder, original=original), changed

    def release(session: Session) -> Released:
        return Released(supervision.print_pages(session, document, original=original), changed)

    def word(session: Session, folder: Path) -> tuple[Path, ChangeSet]:
        return supervision.save_word(session, document, folder), ChangeSet()

    if not letter.number:
        words = "这是草稿，签发编号以后才能打印。"
        return PrintJob(f"{letter.kind.label}（草稿）", render, word=word, why_not=words)
    if document not in view.mine:
        issuer = text(letter.values, "issuing_body") or "签发的单位"
        return PrintJob(letter.name(), render, why_not=f"文书由{issuer}打印、盖章，这里可以查看。")
    if not view.state.in_order:
        words = "本案有步骤不符合法定程序，改正以前不能打印文书。"
        return PrintJob(letter.name(), render, why_not=words)
    if letter.voided:
        return PrintJob(letter.name(), render, release, save)

    def save_all(session: Session, folder: Path) -> tuple[Path, ChangeSet]:
        return letter_sets.print_document(session, document, folder, original=original), changed

    whole = PrintJob(
        letter.name(),
        lambda session: letter_sets.preview(session, document, original=original),
        lambda session: Released(letter_sets.print_pages(session, document, original=original), changed),
        save_all,
    )
    words = "连同回证、存根、移交清单" if letter.kind is LetterKind.SUGGESTION else "连同回证、存根"
    return PrintJob(letter.name(), render, release, save, more=(words, whole))

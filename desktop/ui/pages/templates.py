"""The page 文书模板: each paper and letter as plain lines, what may be inserted, and the page that comes of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QSplitter, QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.operations.session import Session
from desktop.operations.templates import template_words, templates
from desktop.operations.templates.templates import Standing
from desktop.records.declaration import Role
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.store.workspaces.drafts import Draft
from desktop.ui import spacing, theme
from desktop.ui.dialogs import Answer
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.matching import matches
from desktop.ui.notices import Tone
from desktop.ui.page import Act, Page, Status
from desktop.ui.pages.template_adding import NewPaper
from desktop.ui.pages.template_drafts import KeptWords
from desktop.ui.pages.template_words import Tried, WordsPane, standing_words, try_words
from desktop.ui.parts import heading, plain, row
from desktop.ui.pdf_pages import PagesView
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

TITLE = "文书模板"
_PAUSE_MS = 500
_MOST_DIFFERENCES = 12
_HELP = "一行一段，冒号前面是这一段的种类；{ } 里是打印时填入的内容，[ ] 里的有空缺时整段不印，⏎ 是换行，｜隔开格子。"


class TemplatesPage(Page):
    """All papers at the left, the words of one in the middle, its page with invented data at the right."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.known: dict[str, Standing] = {}
        self.adding = NewPaper(workbench)
        self.key = ""
        self._saved = ""
        self.kept = KeptWords(workbench)
        self._wanted = ""
        self.wanted = QLineEdit()
        self.wanted.setPlaceholderText("找文书")
        self.wanted.setClearButtonEnabled(True)
        self.grid = Grid([Col("文书", 16, wide=True), Col("样式", 8)], "文书模板")
        self.pane = WordsPane()
        self.words, self.remark, self.note = self.pane.words, self.pane.remark, self.pane.note
        self.pages = PagesView(workbench)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._build()
        self._pause.timeout.connect(self._try)
        self._pause.timeout.connect(self._keep_draft)
        self.remark.textChanged.connect(lambda _text: self._pause.start())
        self.wanted.textChanged.connect(lambda _text: self._show_lines())
        self.grid.chosen.connect(self._chosen)
        self.adding.wanted.connect(self.begin)
        self.words.textChanged.connect(self._typed)
        self.pane.save_wanted.connect(lambda: self.save())
        self.pane.reset_wanted.connect(self.reset)
        self.pane.compare_wanted.connect(self.compare)
        workbench.drafts.all(self._drafts_arrived, self)
        self.refresh(None)

    def _build(self) -> None:
        find = QLabel("找文书(&F)")
        find.setBuddy(self.wanted)
        left, right = QWidget(), QWidget()
        columns = []
        for part in (left, right):
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(6)
            columns.append(column)
        columns[0].addLayout(row(find, self.wanted))
        columns[0].addWidget(self.grid, 1)
        columns[0].addWidget(self.adding)
        columns[1].addWidget(plain("用例子填的样子（不是真实数据）", muted=True, small=True))
        columns[1].addWidget(self.pages, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("columns")
        split.setHandleWidth(2)
        split.setChildrenCollapsible(False)
        for part, share in ((left, 26), (self.pane, 44), (right, 40)):
            split.addWidget(part)
            split.setStretchFactor(split.count() - 1, share)
        split.setSizes([330, 440, 330])
        # On a small screen the pages give way, not the names by which a paper is found.
        left.setMinimumWidth(theme.measures().average(27))
        self.pages.setMinimumWidth(theme.measures().average(15))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*spacing.PAGE)
        whole.setSpacing(8)
        whole.addWidget(heading(TITLE, 1))
        whole.addWidget(plain(_HELP, muted=True))
        whole.addWidget(split, 1)
        if self.workbench.role not in (Role.ADMIN, Role.DESK):
            self.adding.hide()
            self.pane.lock(self.workbench.denied("由本单位的汇总员或管理员来改。"))

    # -- which there are -------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the page is called."""
        return TITLE

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "templates"

    @property
    def dirty(self) -> bool:
        """Whether something was typed that is not saved."""
        return bool(self.key) and (self.key in self.kept.begun or self.words.toPlainText() != self._saved)

    def enter(self) -> None:
        """The cursor stands in the list."""
        self.grid.setFocus()

    def status(self) -> Status:
        """How many are not those of the program."""
        changed = sum(s.changed for s in self.known.values())
        return Status(f"文书{len(self.known)}种，修改过{changed}种")

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """Save."""
        return {Act.SAVE: self.save} if self.dirty else {}

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of this page."""
        return {"Alt+I": "插入占位", "Ctrl+S": "保存并下发"}

    def may_leave(self, again: Callable[[], None]) -> bool:
        """Asks when something was typed that is not saved."""
        if not self.dirty:
            return True
        answer = self._ask_kept()
        if answer is Answer.YES:
            self.save(again)
            return False
        if answer is Answer.NO:
            self._forget(self.key)
        return answer is Answer.NO

    def _ask_kept(self) -> Answer:
        words = f"“{self.known[self.key].label}”改过了，还没有保存。要保存并下发吗？"
        return self.workbench.dialogs.ask(TITLE, words, yes="保存", no="不保存")

    def refresh(self, changes: ChangeSet | None) -> None:
        """Reads the templates again when it was asked for or something was written to them."""
        if changes is not None and not (changes.everything or templates.TYPE in changes.records):
            return
        types, unit, day = self.workbench.types, self.workbench.facts.unit.id, self.workbench.today()

        def job(database: Database, _ticket: Ticket) -> dict[str, Standing]:
            return templates.standing(database, types, unit, day)

        self.workbench.read(job, self._show, owner=self, key="templates")

    def begin(self, about: str, label: str) -> None:
        """Opens a paper that is being added; it is there for nobody before it is saved."""
        key = f"own_{secrets.token_hex(5)}"
        try:
            self.kept.begun[key] = self.known[key] = templates.begun(about, label, key)
        except Problem as problem:
            self.note.say(Tone.ERROR, str(problem))
            return
        self.adding.done()
        self._chosen(key)
        self._show_lines()
        if self.key == key:
            self.words.setFocus()

    def _show(self, found: dict[str, Standing]) -> None:
        self.kept.begun = {key: one for key, one in self.kept.begun.items() if key not in found}
        self.known = found | self.kept.begun
        if self.key not in self.known:
            self.key = ""
        self._show_lines()
        if self._wanted in found:
            self.go_to_part(self.kept.draft_key(self._wanted))
        elif not self.key and self.grid.rows.rowCount():
            self.grid.setCurrentIndex(self.grid.rows.index(0, 0))
        elif self.key and not self.dirty:
            self._open(self.key)
        self.state_changed.emit()

    def _show_lines(self) -> None:
        text = self.wanted.text().strip()
        lines = [
            Line((s.label, self._whose(s)), _tone(s), s.key, standing_words(s))
            for s in self.known.values()
            if matches(text, s.label)
        ]
        self.grid.blockSignals(True)
        self.grid.show_lines(lines)
        for place, line in enumerate(lines):
            if line.key == self.key:
                self.grid.setCurrentIndex(self.grid.rows.index(place, 0))
        self.grid.blockSignals(False)

    def _whose(self, standing: Standing) -> str:
        if standing.key in self.kept.begun:
            return "没有保存"
        if not standing.usable:
            return "不能用" if standing.passed else "还没开始用"
        if standing.whose != "本单位":
            return standing.whose
        return "本区加的" if template_words.is_own(standing.key) else "本区修改过"

    def _chosen(self, key: object) -> None:
        if not isinstance(key, str) or key == self.key:
            return
        if self.dirty:
            answer = self._ask_kept()
            if answer is Answer.YES:
                self.save(lambda: self._open(key))
                return
            if answer is not Answer.NO:
                self._show_lines()
                return
            self._forget(self.key)
        self._open(key)
        self._show_lines()

    def _open(self, key: str) -> None:
        self.key = key
        standing = self.known[key]
        self._saved = self.pane.show_standing(standing, self.workbench.types)
        if key in self.kept.texts:
            self._go_on(self.kept.texts[key])
        self._enable()
        self._pause.stop()
        self._try()

    # -- what was typed before the program ended -------------------------------------------------------------------

    def go_to_part(self, part: str) -> None:
        """Opens the template that a draft belongs to, by the key of the draft."""
        key = self.kept.part(part)
        self._wanted = key if key not in self.known else ""
        if key in self.kept.stranded:
            self._tell_stranded(key)
        elif key in self.known and key != self.key:
            self._chosen(key)
            self._show_lines()

    def _drafts_arrived(self, drafts: list[Draft]) -> None:
        self.kept.take(drafts, self.known)
        self.known |= self.kept.begun
        self._show_lines()
        for key in self.kept.stranded:
            self._tell_stranded(key)
        if self.key in self.kept.texts and not self.dirty:
            self._open(self.key)

    def _tell_stranded(self, key: str) -> None:
        """A paper that was begun cannot be gone on with; its words are not lost."""
        texts, clipboard = self.kept.texts.get(key, {}), QGuiApplication.clipboard()
        why = str(self.kept.stranded[key])
        self.workbench.shell.tell(
            Tone.WARNING, f"上次没有保存的“{texts.get('label', '')}”不能接着写：{why}内容还在草稿里，可以复制。",
            "复制内容", lambda: clipboard.setText(texts.get("content", "")),
        )  # fmt: skip

    def _go_on(self, texts: Mapping[str, str]) -> None:
        """Shows what was typed and not saved, over the version that is used."""
        self.words.setPlainText(texts.get("content", ""))
        self.remark.setText(texts.get("note", ""))
        key, label = self.key, self.known[self.key].label

        def give_up() -> None:
            self.kept.drop(key)
            if self.key == key:
                self._open(key)

        words = f"“{label}”上次改了没有保存，一个字都没有丢，接着改就可以。"
        self.workbench.shell.tell(Tone.PLAIN, words, "不要了", give_up)

    def _keep_draft(self) -> None:
        standing = self.known.get(self.key)
        if standing is None or not self.dirty:
            self.kept.drop(self.key)
        else:
            self.kept.keep(standing, self.words.toPlainText(), self.remark.text())

    def _forget(self, key: str) -> None:
        """What was typed is not wanted; a paper that was only begun is no more."""
        self.kept.drop(key)
        if self.kept.begun.pop(key, None) is not None:
            del self.known[key]
            self.key = ""

    # -- wording it ------------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        self._enable()
        self._pause.start()

    def _enable(self) -> None:
        standing = self.known.get(self.key)
        self.pane.save_button.setEnabled(self.dirty)
        self.pane.reset_button.setEnabled(
            not self.pane.locked and standing is not None and bool(standing.own)
        )
        self.pane.compare_button.setEnabled(self.dirty or (standing is not None and standing.changed))
        self.state_changed.emit()

    def _try(self) -> None:
        """Makes the page of what is typed now."""
        standing, text = self.known.get(self.key), self.words.toPlainText()
        if standing is None:
            return
        types, codes = self.workbench.types, self.workbench.codes

        def job(_database: Database, _ticket: Ticket) -> Tried:
            return try_words(standing, text, types, codes)

        self.workbench.read_long(job, lambda tried: self._tried(standing.key, text, tried), owner=self)

    def _tried(self, key: str, text: str, tried: Tried) -> None:
        if key != self.key or text != self.words.toPlainText():
            return
        if tried.problem is not None:
            self.note.say(Tone.ERROR, str(tried.problem))
            return
        if self.dirty:
            self.note.say(Tone.PLAIN, "可以用。保存以后，本单位打印和以后起草的都用它，随下一个数据包下发。")
        self.pages.show_pages(tried.data, tried.sheets)
        self.pages.fit_width()

    def compare(self) -> None:
        """Says what is otherwise than in the template that is used, or that comes with the program."""
        standing = self.known[self.key]
        base = template_words.shipped(self.key) if not self.dirty else None
        base = base or standing.template
        found = template_words.differences(base, self.words.toPlainText(), self.workbench.types)
        more = f"\n……还有{len(found) - _MOST_DIFFERENCES}行" if len(found) > _MOST_DIFFERENCES else ""
        than = "现在用的" if self.dirty else "随程序的"
        head = f"和{than}相比，－是去掉的，＋是加上的：" if found else f"和{than}没有不同。"
        self.note.say(Tone.PLAIN, head, "\n".join(found[:_MOST_DIFFERENCES]) + more)

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Saves what is typed as this unit's version."""
        key, text, note = self.key, self.words.toPlainText(), self.remark.text()
        first = self.kept.begun.get(key)

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            return templates.save(session, key, text, note=note, first=first)

        def done(_changes: ChangeSet) -> None:
            self._saved = text
            self.kept.begun.pop(key, None)
            self.kept.drop(key)
            self.workbench.shell.tell(
                Tone.GOOD, f"已保存“{self.known[key].label}”，随下一个数据包下发。已签发的文书不变。"
            )
            self._enable()
            if then is not None:
                then()

        self.workbench.write(
            f"修改文书模板：{self.known[key].label}", job, done, owner=self, fail=self._failed
        )

    def reset(self) -> None:
        """Goes back to what the level above sent, or what comes with the program, after a question."""
        key, label = self.key, self.known[self.key].label
        added = template_words.is_own(key)
        words = f"要不用本单位修改的“{label}”，换回上级下发的或者随程序的样式吗？下级也会换回。"
        if added:
            words = f"要去掉本单位加的“{label}”吗？本单位和下级都不能再打印它，已经打印的不受影响。"
        yes = "去掉" if added else "换回"
        if self.workbench.dialogs.ask(TITLE, words, yes=yes, danger=True) is not Answer.YES:
            return

        def done(_changes: ChangeSet) -> None:
            self._saved = self.words.toPlainText()
            self.kept.drop(key)
            self.workbench.shell.tell(Tone.GOOD, f"“{label}”已经{yes}。")
            self.refresh(None)

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            return templates.reset(session, key)

        self.workbench.write(f"换回文书模板：{label}", job, done, owner=self, fail=self._failed)

    def _failed(self, error: Exception) -> bool:
        return self.note.refuse(error)


def _tone(standing: Standing) -> Tone | None:
    return Tone.WARNING if standing.passed else None

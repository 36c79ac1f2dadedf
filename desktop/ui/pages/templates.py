"""The page 文书模板: each paper and letter as plain lines, what may be inserted, and the page that comes of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.operations import templates
from desktop.operations.session import Session
from desktop.operations.templates import Standing, TemplateUnusable
from desktop.store.database import Database
from desktop.store.drafts import Draft
from desktop.store.ledger import ChangeSet
from desktop.ui import theme
from desktop.ui.dialogs import Answer
from desktop.ui.matching import matches
from desktop.ui.notices import Tone
from desktop.ui.page import Act, Page, Status
from desktop.ui.pages.grid import Col, Grid, Line
from desktop.ui.pages.parts import Note, button, heading, plain, row
from desktop.ui.pages.printing.pages import PagesView, Sheet, sheets_of
from desktop.ui.pages.template_adding import NewPaper
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

TITLE = "文书模板"
_PAUSE_MS = 500
_MOST_DIFFERENCES = 12
_HELP = "一行一段，冒号前面是这一段的种类；{ } 里是打印时填入的内容，[ ] 里的有空缺时整段不印，⏎ 是换行，｜隔开格子。"


@dataclass(frozen=True)
class _Tried:
    """What came of trying a text: pages, or why there are none."""

    data: bytes = b""
    sheets: tuple[Sheet, ...] = ()
    problem: Problem | None = None


class TemplatesPage(Page):
    """All papers at the left, the words of one in the middle, its page with invented data at the right."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.known: dict[str, Standing] = {}
        self._begun: dict[str, Standing] = {}
        self.adding = NewPaper(workbench)
        self.key = ""
        self._saved = ""
        self._kept: dict[str, Mapping[str, str]] = {}
        self._wanted = ""
        self.wanted = QLineEdit()
        self.wanted.setPlaceholderText("找文书")
        self.wanted.setClearButtonEnabled(True)
        self.grid = Grid([Col("文书", 16, wide=True), Col("样式", 8)], "文书模板")
        self.name = heading()
        self.words = QPlainTextEdit()
        self.words.setAccessibleName("模板内容")
        self.words.setTabChangesFocus(True)
        self.choices = QComboBox()
        typed = QLineEdit()
        typed.setPlaceholderText("打字找，如“单位名称”")
        self.choices.setLineEdit(typed)
        self.choices.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.choices.setAccessibleName("插入占位")
        self.remark = QLineEdit()
        self.remark.setPlaceholderText("修改说明，下级也能看到")
        self.remark.setMaxLength(100)
        self.note = Note()
        self.insert_button = button("插入", self.insert, "plus")
        self.save_button = button("保存并下发", self.save, "save", primary=True)
        self.reset_button = button("换回…", self.reset, "rotate-ccw")
        self.compare_button = button("比较", self.compare, "git-compare")
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
        QShortcut(QKeySequence("Alt+I"), self).activated.connect(self.choices.setFocus)
        workbench.drafts.all(self._drafts_arrived, self)
        self.refresh(None)

    def _build(self) -> None:
        find, into, why = QLabel("找文书(&F)"), QLabel("插入占位(&I)"), QLabel("说明(&N)")
        find.setBuddy(self.wanted)
        into.setBuddy(self.choices)
        why.setBuddy(self.remark)
        left, middle, right = QWidget(), QWidget(), QWidget()
        columns = []
        for part in (left, middle, right):
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(6)
            columns.append(column)
        columns[0].addLayout(row(find, self.wanted))
        columns[0].addWidget(self.grid, 1)
        columns[0].addWidget(self.adding)
        columns[1].addLayout(row(self.name, 1, self.compare_button, self.reset_button, self.save_button))
        inserting = row(into, self.choices, self.insert_button)
        inserting.setStretch(1, 1)
        columns[1].addLayout(inserting)
        self.choices.setMinimumWidth(theme.measures().average(22))
        columns[1].addWidget(self.words, 1)
        columns[1].addLayout(row(why, self.remark))
        columns[1].addWidget(self.note)
        columns[2].addWidget(plain("用例子填的样子（不是真实数据）", muted=True, small=True))
        columns[2].addWidget(self.pages, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(12)
        split.setChildrenCollapsible(False)
        for part, share in ((left, 26), (middle, 44), (right, 40)):
            split.addWidget(part)
            split.setStretchFactor(split.count() - 1, share)
        split.setSizes([260, 440, 400])
        # On a small screen the pages give way, not the names by which a paper is found.
        left.setMinimumWidth(theme.measures().average(27))
        self.pages.setMinimumWidth(theme.measures().average(15))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(8)
        whole.addWidget(heading(TITLE, 1))
        whole.addWidget(plain(_HELP, muted=True))
        whole.addWidget(split, 1)

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
        return bool(self.key) and (self.key in self._begun or self.words.toPlainText() != self._saved)

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
            self._begun[key] = self.known[key] = templates.begun(about, label, key)
        except Problem as problem:
            self.note.say(Tone.ERROR, str(problem))
            return
        self.adding.done()
        self._chosen(key)
        self._show_lines()
        if self.key == key:
            self.words.setFocus()

    def _show(self, found: dict[str, Standing]) -> None:
        self._begun = {key: one for key, one in self._begun.items() if key not in found}
        self.known = found | self._begun
        if self.key not in self.known:
            self.key = ""
        self._show_lines()
        if self._wanted in found:
            self.go_to_part(self._draft_key(self._wanted))
        elif not self.key and self.grid.rows.rowCount():
            self.grid.setCurrentIndex(self.grid.rows.index(0, 0))
        elif self.key and not self.dirty:
            self._open(self.key)
        self.state_changed.emit()

    def _show_lines(self) -> None:
        text = self.wanted.text().strip()
        lines = [
            Line((s.label, self._whose(s)), _tone(s), s.key, _tip(s))
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
        if standing.key in self._begun:
            return "没有保存"
        if not standing.usable:
            return "不能用" if standing.passed else "还没开始用"
        if standing.whose != "本单位":
            return standing.whose
        return "本区加的" if templates.is_own(standing.key) else "本区修改过"

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
        self.name.setText(standing.label)
        self._saved = templates.text_of(standing.template, self.workbench.types)
        self.words.setPlainText(self._saved)
        self._saved = self.words.toPlainText()
        self.remark.clear()
        self.choices.clear()
        self.choices.addItems(templates.placeholders(standing.template, self.workbench.types))
        self.choices.setCurrentIndex(-1)
        self.note.say(_tone(standing) or Tone.PLAIN, _tip(standing))
        if key in self._kept:
            self._go_on(self._kept[key])
        self._enable()
        self._pause.stop()
        self._try()

    # -- what was typed before the program ended -------------------------------------------------------------------

    @staticmethod
    def _draft_key(key: str) -> str:
        return f"{templates.TYPE}:{key}"

    def go_to_part(self, part: str) -> None:
        """Opens the template that a draft belongs to, by the key of the draft."""
        key = part.removeprefix(f"{templates.TYPE}:")
        self._wanted = key if key not in self.known else ""
        if key in self.known and key != self.key:
            self._chosen(key)
            self._show_lines()

    def _drafts_arrived(self, drafts: list[Draft]) -> None:
        self._kept = {draft.record: draft.texts for draft in drafts if draft.type == templates.TYPE}
        for key, texts in self._kept.items():
            if templates.is_own(key) and key not in self.known and texts.get("about"):
                self._begun[key] = self.known[key] = templates.begun(texts["about"], texts["label"], key)
        self._show_lines()
        if self.key in self._kept and not self.dirty:
            self._open(self.key)

    def _go_on(self, texts: Mapping[str, str]) -> None:
        """Shows what was typed and not saved, over the version that is used."""
        self.words.setPlainText(texts.get("content", ""))
        self.remark.setText(texts.get("note", ""))
        key, label = self.key, self.known[self.key].label

        def give_up() -> None:
            self._drop_draft(key)
            if self.key == key:
                self._open(key)

        words = f"“{label}”上次改了没有保存，一个字都没有丢，接着改就可以。"
        self.workbench.shell.tell(Tone.PLAIN, words, "不要了", give_up)

    def _keep_draft(self) -> None:
        """Typed text outlives a kill, as in forms."""
        standing = self.known.get(self.key)
        if standing is None or not self.dirty:
            self._drop_draft(self.key)
            return
        texts = {
            "key": self.key, "label": standing.label, "content": self.words.toPlainText(),
            "note": self.remark.text(), "about": getattr(standing.template, "about", ""),
        }  # fmt: skip
        self._kept[self.key] = texts
        self.workbench.drafts.keep(self._draft_key(self.key), templates.TYPE, self.key, texts)

    def _forget(self, key: str) -> None:
        """What was typed is not wanted; a paper that was only begun is no more."""
        self._drop_draft(key)
        if self._begun.pop(key, None) is not None:
            del self.known[key]
            self.key = ""

    def _drop_draft(self, key: str) -> None:
        if self._kept.pop(key, None) is not None:
            self.workbench.drafts.drop(self._draft_key(key))

    # -- wording it ------------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        self._enable()
        self._pause.start()

    def _enable(self) -> None:
        standing = self.known.get(self.key)
        self.save_button.setEnabled(self.dirty)
        self.reset_button.setEnabled(standing is not None and bool(standing.own))
        self.compare_button.setEnabled(self.dirty or (standing is not None and standing.changed))
        self.state_changed.emit()

    def insert(self) -> None:
        """Puts the chosen placeholder where the cursor is among the words."""
        word = self.choices.currentText().strip()
        if word:
            self.words.insertPlainText(f"{{{word}}}")
            self.words.setFocus()

    def _try(self) -> None:
        """Makes the page of what is typed now."""
        standing, text = self.known.get(self.key), self.words.toPlainText()
        if standing is None:
            return
        types, codes = self.workbench.types, self.workbench.codes

        def job(_database: Database, _ticket: Ticket) -> _Tried:
            try:
                data = templates.example_pages(templates.worded(standing.template, text, types), types, codes)
            except Problem as problem:
                return _Tried(problem=problem)
            return _Tried(data, tuple(sheets_of(data)))

        self.workbench.read_long(job, lambda tried: self._tried(standing.key, text, tried), owner=self)

    def _tried(self, key: str, text: str, tried: _Tried) -> None:
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
        base = templates.shipped(self.key) if not self.dirty else None
        base = base or standing.template
        found = templates.differences(base, self.words.toPlainText(), self.workbench.types)
        more = f"\n……还有{len(found) - _MOST_DIFFERENCES}行" if len(found) > _MOST_DIFFERENCES else ""
        than = "现在用的" if self.dirty else "随程序的"
        head = f"和{than}相比，－是去掉的，＋是加上的：" if found else f"和{than}没有不同。"
        self.note.say(Tone.PLAIN, head, "\n".join(found[:_MOST_DIFFERENCES]) + more)

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Saves what is typed as this unit's version."""
        key, text, note = self.key, self.words.toPlainText(), self.remark.text()
        first = self._begun.get(key)

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            return templates.save(session, key, text, note=note, first=first)

        def done(_changes: ChangeSet) -> None:
            self._saved = text
            self._begun.pop(key, None)
            self._drop_draft(key)
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
        added = templates.is_own(key)
        words = f"要不用本单位修改的“{label}”，换回上级下发的或者随程序的样式吗？下级也会换回。"
        if added:
            words = f"要去掉本单位加的“{label}”吗？本单位和下级都不能再打印它，已经打印的不受影响。"
        yes = "去掉" if added else "换回"
        if self.workbench.dialogs.ask(TITLE, words, yes=yes, danger=True) is not Answer.YES:
            return

        def done(_changes: ChangeSet) -> None:
            self._saved = self.words.toPlainText()
            self._drop_draft(key)
            self.workbench.shell.tell(Tone.GOOD, f"“{label}”已经{yes}。")
            self.refresh(None)

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            return templates.reset(session, key)

        self.workbench.write(f"换回文书模板：{label}", job, done, owner=self, fail=self._failed)

    def _failed(self, error: Exception) -> bool:
        if not isinstance(error, Problem):
            return False
        self.note.say(Tone.ERROR, str(error))
        return True


def _tone(standing: Standing) -> Tone | None:
    return Tone.WARNING if standing.passed else None


def _tip(standing: Standing) -> str:
    """Whose version it is, which could not be used and which are to come."""
    if not standing.usable:
        why = "".join(f"{p.whose}的{p.version}不能用：{p.reason}" for p in standing.passed)
        return f"现在没有能用的版本。{why}{_coming(standing)}{TemplateUnusable.next_step if why else ''}"
    whose = (
        "随程序的样式，非官方"
        if not standing.changed
        else f"{standing.whose}的版本{standing.version}，非官方"
    )
    note = f"：{standing.note}" if standing.note else ""
    passed = "".join(f"{p.whose}的{p.version}不能用，没有采用：{p.reason}" for p in standing.passed)
    return f"{whose}{note}。{passed}{_coming(standing)}"


def _coming(standing: Standing) -> str:
    return f"还有{'、'.join(standing.coming)}开始用。" if standing.coming else ""

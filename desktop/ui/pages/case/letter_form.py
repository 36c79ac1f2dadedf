"""The form of one letter: a draft with its preview and the articles to choose from; an issued one only to be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QPushButton

from desktop.documents.letters.quotes import offered_citations, quote, read_citations
from desktop.errors import Problem
from desktop.operations.form_data import FormData
from desktop.operations.session import Session
from desktop.operations.supervision import handed_as_issued
from desktop.records.cells import text
from desktop.records.supervision import LetterKind, as_issued, is_past
from desktop.reference import Laws
from desktop.ui import icons
from desktop.ui.forms.page import FormPage
from desktop.ui.matching import matches
from desktop.ui.notices import Tone
from desktop.ui.page import Act
from desktop.ui.pages.case.letters import print_job
from desktop.ui.pages.case.reading import CaseView, read_case
from desktop.ui.shell import Opening
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.workbench import Workbench


class LetterPage(FormPage):
    """A letter of a case."""

    def __init__(self, workbench: Workbench, opening: Opening) -> None:
        self.issued = self.past = self.fixed = False
        self._violations: frozenset[str] = frozenset()
        self.preview_button = QPushButton(icons.icon("eye"), "预览")
        self.articles_button = QPushButton(icons.icon("scale"), "从条文库选取")
        super().__init__(workbench, opening)
        self.preview_button.clicked.connect(self.preview)
        self.articles_button.clicked.connect(self.choose_articles)
        self.articles_button.setToolTip("按案件的涉嫌违法情形列出可以引用的条文，选中的写进“条文”")
        layout = self.layout()
        first = layout.itemAt(0) if layout is not None else None
        line = first.layout() if first is not None else None
        if isinstance(line, QHBoxLayout):
            line.addWidget(self.articles_button)
            line.addWidget(self.preview_button)

    def _show_record(self, data: FormData) -> None:
        super()._show_record(data)
        values = as_issued(data.record.values)
        self.past = is_past(values)
        self.issued = bool(values.get("document_number")) and not self.past
        linked = data.linked.get("case", {})
        self._violations = frozenset(str(linked.get("violations") or "").split())
        self.articles_button.setVisible(self.writable and not self.issued and not self.past)
        self.preview_button.setVisible(not self.past)
        materials = self.tabs.indexOf(self.children_tabs["handover_item"])
        self.tabs.setTabVisible(materials, values.get("kind") == LetterKind.SUGGESTION)
        entered = self.record_type.by_name[str(self.record_type.excused_by)]
        self.fixed = self.issued or (self.past and not self.workbench.may_write(self.record_type, entered))
        if self.fixed:
            for each in self.form.rows.values():
                each.editor.set_locked(True)
        if self.past:
            words = f"照纸质登记簿补录（{values['document_number']}），" + (
                "由编号的单位更正或者作废，这里只能看。"
                if self.fixed
                else "要改已经填的内容，请同时写明“更正原因”；不应当有的，请在案件里作废。"
            )
            self.banner.show_notice(Tone.PLAIN, words)
        if self.issued:
            voided = "，已作废" if values.get("voided_date") else ""
            words = (
                f"已签发（{values['document_number']}）{voided}，不能再改；要更正，请在案件里作废后重新起草。"
            )
            self.banner.show_notice(Tone.PLAIN, words)
            if values.get("kind") == LetterKind.SUGGESTION and not data.locked:
                self._lock_materials(data)
        if self.writable and not self.fixed and not self.past and not self.banner.words:
            self._tell_unquotable(text(values, "articles"))

    def _lock_materials(self, data: FormData) -> None:
        """What went out with the letter is only looked at, unless it has been changed since and is to be put right."""
        record, values = data.record.id, data.record.values
        tab = self.children_tabs["handover_item"]
        tab.show_record(record, locked=True)

        def then(whole: bool) -> None:
            if not whole and self.record == record:
                tab.show_record(record)
                self.banner.show_notice(
                    Tone.WARNING,
                    "移交材料在签发以后改动过，和文书对不上，不能打印清单。请删掉改过的，按签发时的样子重新添加，"
                    "或者在案件里作废后重新起草。",
                )

        self.workbench.write(
            "核对移交材料",
            lambda session, _ticket: handed_as_issued(session, record, values),
            then, owner=self, step=False,
        )  # fmt: skip

    def _tell_unquotable(self, articles: str) -> None:
        """An article that has no text here is told where it is typed, not first when the letter is to be issued."""
        laws, today = self.workbench.facts.laws, self.workbench.today()
        try:
            for citation in read_citations(articles, laws):
                quote(citation, today, laws)
        except Problem as problem:
            self.banner.show_notice(Tone.WARNING, f"有条文还不能引用：{problem}")

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """An issued letter is not saved again; a new one begins in its case."""
        kept = dict(super().acts())
        kept.pop(Act.NEW, None)
        if self.fixed:
            kept.pop(Act.SAVE, None)
        return kept

    def paper_choices(self) -> list[tuple[str, Callable[[], None]]]:
        """The letter itself before what goes with it."""
        whole: list[tuple[str, Callable[[], None]]] = [] if self.past else [("文书", self._show_preview)]
        return [*whole, *super().paper_choices()]

    # -- preview ---------------------------------------------------------------------------------------------------

    def preview(self) -> None:
        """Saves what is typed, then shows the pages."""
        if self.issued or not self.form.dirty:
            self._show_preview()
        else:
            self.save(self._show_preview)

    def _show_preview(self) -> None:
        case, document = self.form.rows["case"].editor.text(), self.record
        if not case or document is None:
            self.workbench.shell.tell(Tone.WARNING, "先选择案件并保存，才能预览。")
            return

        def job(session: Session, _ticket: Any) -> CaseView:
            return read_case(session, case)

        def then(view: CaseView) -> None:
            letter = next((each for each in view.file.letters if each.id == document), None)
            if letter is not None:
                self.workbench.shell.open_page("preview", job=print_job(case, letter, view))

        self.workbench.write("读取文书", job, then, owner=self, step=False)

    # -- articles --------------------------------------------------------------------------------------------------

    def choose_articles(self) -> None:
        """Offers the articles of the suspected violations; ticked ones stand in the letter, a line each."""
        offered = article_choices(self._violations, self.workbench.facts.laws)
        present = [line for line in self._article_lines() if line in offered]
        choices = [Choice(citation, words) for citation, words in offered.items()]
        overlay = ChoiceOverlay(self.articles_button, choices, present, matches=matches)
        overlay.chosen.connect(lambda chosen: self._articles_chosen(chosen, set(offered)))
        overlay.closed.connect(overlay.deleteLater)
        overlay.open_below()

    def _article_lines(self) -> list[str]:
        return [
            line.strip() for line in self.form.rows["articles"].editor.text().splitlines() if line.strip()
        ]

    def _articles_chosen(self, chosen: list[str], offered: set[str]) -> None:
        typed = [line for line in self._article_lines() if line not in offered]
        self.form.fill({"articles": "\n".join([*typed, *chosen]) or None}, "从条文库选取")


def article_choices(violations: frozenset[str], laws: Laws) -> dict[str, str]:
    """Citations as they are offered, each followed by the violation that it belongs to."""
    return {cited: f"{cited}　{label}" for cited, label in offered_citations(violations, laws).items()}

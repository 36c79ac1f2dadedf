"""What is done with many letters of a case at once, and the reprint of one: opened from the card of its letters."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop.operations import supervision
from desktop.operations.session import Session
from desktop.operations.supervision.batches import Ready
from desktop.records.supervision import Letter
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.ui.dialogs import Answer
from desktop.ui.notices import Tone
from desktop.ui.pages.case.issue_many import IssueManyDialog
from desktop.ui.pages.case.letters import LettersCard, print_job
from desktop.ui.pages.case.reading import LETTER, CaseView
from desktop.ui.pages.case.steps import StandingCard
from desktop.ui.pages.case.timeline import Timeline
from desktop.ui.pages.home.reading import Part
from desktop.ui.printing.run import offer_run
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket


class Batches(QObject):
    """Listens to what a case's page shows of it; ``view`` tells the case as it is shown at that moment."""

    def __init__(
        self,
        bench: Workbench,
        view: Callable[[], CaseView | None],
        letters: LettersCard,
        timeline: Timeline,
        standing: StandingCard,
    ) -> None:
        super().__init__(letters)
        self._bench = bench
        self._view = view
        self._letters = letters
        letters.notices_wanted.connect(self._notices)
        letters.issue_many_wanted.connect(self.issue)
        letters.print_many_wanted.connect(self.print)
        letters.list_wanted.connect(lambda: self._list(LETTER))
        timeline.list_wanted.connect(self._list)
        standing.list_wanted.connect(self._waiting)
        letters.original_wanted.connect(self._original)

    def issue(self) -> None:
        """Looks which drafts can be issued and which numbers they would get, then asks who signs."""
        view = self._view()
        if view is None:
            return
        if not view.numbers.body:
            self._letters.numbers_wanted.emit()
            return
        case, year = view.case, self._bench.today().year

        def job(session: Session, ticket: Ticket) -> tuple[Ready, tuple[str, str]]:
            found = supervision.ready(session, case, lambda done, total: ticket.progress(done, total))
            return found, supervision.numbers_for(session, len(found.documents), year)

        def then(found: tuple[Ready, tuple[str, str]]) -> None:
            ready, numbers = found
            if not ready.documents:
                why = next(iter(ready.waiting.values()), "没有草稿")
                self._bench.shell.tell(Tone.WARNING, f"这些提示函都还不能签发：{why}。")
            elif (now := self._view()) is not None:
                first = now.file.by_id[ready.documents[0]]
                IssueManyDialog(self._bench, now, ready, first, numbers).open()

        self._bench.write("核对草稿", job, then, owner=self, step=False)

    def print(self) -> None:
        """Every letter of the case that was issued here and not voided."""
        view = self._view()
        if view is not None:
            offer_run(self._bench, [p.id for p in view.file.letters if p.stands and p.id in view.mine])

    def _notices(self) -> None:
        view = self._view()
        if view is not None:
            self._bench.shell.open_page("notices", case=view.case)

    def _list(self, type_name: str) -> None:
        view = self._view()
        if view is None:
            return
        words = "这个案件的文书" if type_name == LETTER else "这个案件的办案经过"
        self._bench.shell.open_list(type_name, Query(type_name, children_of=view.case), words)

    def _waiting(self, words: str, letters: tuple[str, ...]) -> None:
        """The letters that one line about periods is said of."""
        view = self._view()
        if view is None:
            return
        types, query, wanted = self._bench.types, Query(LETTER, children_of=view.case), frozenset(letters)

        def find(database: Database) -> array[int]:
            rows = reading.row_numbers(database, types, query)
            held = reading.page(database, types[LETTER], rows)
            return array("q", [n for n in rows if n in held and held[n].id in wanted])

        part = Part(types[LETTER].label, LETTER, find)
        self._bench.shell.open_page("found", title=words, parts=[part])

    def _original(self, letter: Letter) -> None:
        """A spoilt original is printed once more without 副本: asked once, and kept in the audit log."""
        view = self._view()
        if view is None:
            return
        words = (
            f"{letter.name()}以前打印过，再打印要印上“副本”。\n"
            "只有原来打印的一份作废了（如卡纸、污损），才重打原件；请把作废的一份收回销毁。重打会记入操作日志。"
        )
        answer = self._bench.dialogs.ask("重新打印原件", words, yes="原件已作废，重打", danger=True)
        if answer is Answer.YES:
            job = print_job(view.case, letter, view, original=True)
            self._bench.shell.open_page("preview", job=job)

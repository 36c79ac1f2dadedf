"""The reminders of a class notice are issued in one run: numbers first to last, one confirmation, all or none."""

from __future__ import annotations

import datetime

from desktop.operations import supervision
from desktop.operations.session import Session
from desktop.operations.supervision import Issued, Layout, Signatory
from desktop.operations.supervision.batches import Ready
from desktop.records.supervision import Letter
from desktop.ui.notices import Tone
from desktop.ui.pages.case.issue import IssueCard
from desktop.ui.pages.case.reading import CaseView
from desktop.ui.parts import Note
from desktop.ui.running import RunningDialog, telling
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_MOST_NAMED = 6


class IssueManyDialog(RunningDialog):
    """Asks once who signs and on which day."""

    def __init__(
        self, workbench: Workbench, view: CaseView, ready: Ready, first: Letter, numbers: tuple[str, str]
    ) -> None:
        count = len(ready.documents)
        super().__init__(workbench, f"批量签发提示函{count}份", f"签发{count}份", "停止，都不签发")
        self._documents = ready.documents
        self.waiting, self.card = Note(), IssueCard(workbench)
        # First of all: what belongs to nothing yet would appear as a window of its own.
        self.column.addWidget(self.waiting)
        self.column.addWidget(self.card)
        if ready.waiting:
            self.waiting.say(Tone.WARNING, f"{len(ready.waiting)}份还不能签发，不在内：", _named(ready))
        self.card.open(first, view)
        # The dialog has the heading and the buttons.
        self.card.say_heading("")
        self.card.save.hide()
        self.card.back.hide()
        between = f"{numbers[0]}至{numbers[1]}" if count > 1 else numbers[0]
        self.card.explain(
            f"文号：{between}。",
            "签发后全文固定，不能再改；要改只能逐份作废重发。一份不能签发，就都不签发。",
        )
        self.card.wanted.connect(self._issue)
        self.card.name.setFocus()

    def submit(self) -> None:
        """Hands it over once nothing is missing."""
        if not self.running:
            self.card.submit()

    def _issue(self, _first: Letter, signer: Signatory, day: datetime.date, layout: Layout) -> None:
        documents = self._documents

        def job(session: Session, ticket: Ticket) -> list[Issued]:
            return supervision.issue_many(
                session, documents, signer, day, layout=layout, progress=telling(ticket)
            )

        self.run("批量签发提示函", job, self._issued)

    def _issued(self, issued: list[Issued]) -> None:
        self.accept()
        words = f"已签发{len(issued)}份：{issued[0].number}至{issued[-1].number}。"
        self.workbench.shell.tell(Tone.GOOD, f"{words}可以在“文书”里批量打印。")


def _named(ready: Ready) -> str:
    """The first of those that wait, each with what it lacks."""
    said = [f"{name or '没有写主送单位'}：{why}" for name, why in list(ready.waiting.items())[:_MOST_NAMED]]
    more = len(ready.waiting) - len(said)
    return "\n".join([*said, *([f"……还有{more}份"] if more else [])])

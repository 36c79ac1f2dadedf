"""Something to look at, to print and to save: what was looked at is what is printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from desktop.documents.lists import Paper, PaperList
from desktop.operations import printing
from desktop.operations.session import Session
from desktop.store.ledger import ChangeSet
from desktop.ui.printing.printable import PrintJob, Released


def paper_job(name: str, make: Callable[[Session], Paper]) -> PrintJob:
    """Something to look at, to print and to save. What was looked at is what is printed: it is made once."""
    made: list[Paper] = []

    def paper(session: Session) -> Paper:
        if not made:
            made.append(make(session))
        return made[0]

    return PrintJob(
        name,
        lambda session: printing.preview(paper(session)),
        lambda session: Released(printing.print_pages(session, paper(session))),
        lambda session, folder: (printing.save(session, paper(session), folder), ChangeSet()),
    )


def list_job(name: str, make: Callable[[Session], PaperList]) -> PrintJob:
    """A whole list, which can be saved as a workbook too."""
    made: list[PaperList] = []

    def paper(session: Session) -> PaperList:
        if not made:
            made.append(make(session))
        return made[0]

    return replace(
        paper_job(name, paper),
        table=lambda session, folder: (printing.save_table(session, paper(session), folder), ChangeSet()),
    )

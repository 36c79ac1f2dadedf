"""A letter with what goes out and stays with it, in one go: 送达回证, 存根 and the 移交材料清单 of a 建议书."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from desktop.documents.letters.joined import bound
from desktop.documents.letters.printed import PrintedLetter
from desktop.documents.papers.compose import FilledPaper
from desktop.operations import printing, supervision
from desktop.operations.papers import papers
from desktop.operations.session import Session
from desktop.operations.supervision.batches import Progress
from desktop.operations.supervision.cases import LETTER, held
from desktop.operations.supervision.letters import materials
from desktop.operations.supervision.runs import Printed, Sent
from desktop.records.cells import text

_PAPERS: Final = (papers.MATERIALS_LIST, "service_return", "counterfoil")
"""In the order of the pile: the list is handed over with the letter, the receipt comes back, the counterfoil stays."""


def beside(session: Session, document: str) -> list[FilledPaper]:
    """The papers of an issued letter in their order; what was voided goes alone.

    Raises as :func:`desktop.operations.papers.papers.paper`.
    """
    values = held(session, LETTER, document).values
    if text(values, "voided_date"):
        return []
    fitting = {template.id for template in papers.offered(LETTER, values)}
    if not materials(session, document):
        fitting.discard(papers.MATERIALS_LIST)
    return [papers.paper(session, name, document) for name in _PAPERS if name in fitting]


def preview(session: Session, document: str, *, original: bool = False) -> bytes:
    """The pages of all of them to look at; nothing is recorded."""
    letter = supervision.preview(session, document, original=original)
    return bound((letter, *(printing.preview(paper) for paper in beside(session, document))))


def print_pages(session: Session, document: str, *, original: bool = False) -> bytes:
    """The pages for a printer: the letter is recorded as printed, its papers are noted. Raises as both do."""
    found = beside(session, document)
    rendered = [printing.preview(paper) for paper in found]
    data = supervision.print_pages(session, document, original=original, beside=rendered)
    printing.note(session, *found)
    return data


def print_document(session: Session, document: str, out_dir: Path, *, original: bool = False) -> Path:
    """Writes them as one PDF into a folder, recorded likewise once the file is whole."""
    found = beside(session, document)
    rendered = [printing.preview(paper) for paper in found]
    path = supervision.print_document(session, document, out_dir, original=original, beside=rendered)
    printing.note(session, *found)
    return path


def print_many(
    session: Session,
    documents: Sequence[str],
    folder: Path,
    *,
    together: bool = True,
    progress: Progress = lambda _done, _total: None,
) -> Printed:
    """Letters in one run as :func:`desktop.operations.supervision.print_many`, each with its papers behind it."""
    found: list[FilledPaper] = []

    def pages(document: str) -> Sequence[bytes]:
        these = beside(session, document)
        found.extend(these)
        return [printing.preview(paper) for paper in these]

    printed = supervision.print_many(
        session, documents, folder, together=together, progress=progress, beside=pages
    )
    printing.note(session, *found)
    return printed


def print_each(
    session: Session,
    documents: Sequence[str],
    put: Callable[[PrintedLetter, bytes], bool],
    stopped: Callable[[int, int], bool] = lambda _done, _total: False,
) -> Sent:
    """Letters to a printer as :func:`desktop.operations.supervision.print_each`, each with its papers behind it."""
    found: dict[str, list[FilledPaper]] = {}

    def pages(document: str) -> Sequence[bytes]:
        found[document] = beside(session, document)
        return [printing.preview(paper) for paper in found[document]]

    sent = supervision.print_each(session, documents, put, stopped, pages)
    printing.note(session, *(paper for document in sent.documents for paper in found[document]))
    return sent

"""A letter with what goes out and stays with it, in one go: 送达回证, 存根 and the 移交材料清单 of a 建议书."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from desktop.documents.letters.joined import bound
from desktop.documents.papers.compose import FilledPaper
from desktop.operations import papers, printing, supervision
from desktop.operations.session import Session
from desktop.operations.supervision.cases import LETTER, held
from desktop.operations.supervision.letters import materials

_PAPERS: Final = (papers.MATERIALS_LIST, "service_return", "counterfoil")
"""In the order of the pile: the list is handed over with the letter, the receipt comes back, the counterfoil stays."""


def beside(session: Session, document: str) -> list[FilledPaper]:
    """The papers of an issued letter in their order. Raises as :func:`desktop.operations.papers.paper`."""
    values = held(session, LETTER, document).values
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

"""What is put on paper as it is shown: lists, sheets to sign in on, who came; looked at, printed, saved, noted."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from desktop.documents.lists import Paper, PaperList
from desktop.operations import audit
from desktop.operations.file_names import free_path, safe_name
from desktop.operations.session import Session
from desktop.renaming import write_whole


class Editable(Paper, Protocol):
    """A paper that can be written as a Word file as well."""

    def word(self) -> bytes:
        """It as a Word file."""
        ...


def preview(paper: Paper) -> bytes:
    """The pages to look at."""
    return paper.render()


def print_pages(session: Session, paper: Paper) -> bytes:
    """The pages for a printer: no file is written, so that nothing lies in clear anywhere; it is noted."""
    data = paper.render()
    note(session, paper)
    return data


def save(session: Session, paper: Paper, folder: Path) -> Path:
    """Writes the pages as PDF into a folder, beside what is there already; it is noted once the file is whole."""
    return _save(session, paper, folder, "pdf", paper.render())


def save_word(session: Session, paper: Editable, folder: Path) -> Path:
    """Writes the paper as a Word file likewise, for those who have to edit it."""
    return _save(session, paper, folder, "docx", paper.word())


def save_table(session: Session, paper: PaperList, folder: Path) -> Path:
    """Writes a list with those that follow it as a workbook, with the same words as on paper; it is noted."""
    # Loaded where a workbook is written: spreadsheets take longer to load than a letter to print.
    from desktop.documents.workbooks.lists import ListColumn, ListSheet, write_list

    folder.mkdir(parents=True, exist_ok=True)
    path = _free(folder, paper, "xlsx")
    first, *further = (
        ListSheet(
            each.title, [ListColumn(c.label, c.width, not c.numeric) for c in each.columns], _cells(each)
        )
        for each in (paper, *paper.further)
    )
    notes = [
        ("名称", paper.title),
        ("单位", paper.unit),
        ("范围", paper.scope),
        ("打印日期", paper.day.isoformat()),
        *(("说明", each.remark) for each in (paper, *paper.further) if each.remark),
    ]
    write_list(path, first.title, first.columns, first.rows, notes, further=further)
    note(session, paper)
    return path


def _cells(paper: PaperList) -> list[list[str | int]]:
    return [
        [_cell(words, c.numeric) for words, c in zip(row, paper.columns, strict=True)] for row in paper.rows
    ]


def _cell(words: str, numeric: bool) -> str | int:
    """A whole number as such, so that a workbook can add it up."""
    return int(words) if numeric and words.isascii() and words.isdigit() else words


def _save(session: Session, paper: Paper, folder: Path, ending: str, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = _free(folder, paper, ending)
    write_whole(path, data)
    note(session, paper)
    return path


def _free(folder: Path, paper: Paper, ending: str) -> Path:
    return free_path(folder / safe_name("_".join(paper.name.split()), ending))


def note(session: Session, *printed: Paper) -> None:
    """Notes what was put on paper in another way than by this module."""
    for paper in printed:
        audit.note(session, audit.Act.LIST_PRINTED, paper.noted)

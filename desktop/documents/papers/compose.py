"""Fills a paper's template from a record and what belongs to it; what is not known is left to be written by hand."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from desktop.documents.letters.typed import official
from desktop.documents.notices import short_words
from desktop.documents.page import (
    Align,
    Block,
    Column,
    FormBlock,
    FormCell,
    FormRow,
    Head,
    LetterHead,
    Metadata,
    OfficialDocument,
    PlainHead,
    Remark,
    Run,
    Signature,
    Signer,
    TableBlock,
    Text,
    blank,
    render_pdf,
)
from desktop.documents.page import Entry as EntryBlock
from desktop.documents.page import Heading as HeadingBlock
from desktop.documents.page import Paragraph as ParagraphBlock
from desktop.documents.page import Recipient as RecipientBlock
from desktop.documents.papers.replacing import MARK, OWN
from desktop.documents.papers.templates import (
    BLANK,
    TODAY,
    Entry,
    Form,
    Heading,
    PaperTemplate,
    Paragraph,
    Recipient,
    Row,
    Table,
    path_of,
)
from desktop.documents.placeholders import filled
from desktop.records.typed.dates import midnight

ROW: Final = "#"
_BLANK: Final = "\ue000"
"""Stands for one character to be written by hand; nothing that is typed holds it."""
_USUAL: Final = 6


class Subject(Protocol):
    """A record as a paper sees it."""

    def words(self, path: tuple[str, ...]) -> str:
        """The words of a field, of a linked record's field, or of a name with ``@``; "" where there is nothing."""
        ...

    def day(self, name: str) -> datetime.date | None:
        """The day of a date field, of a linked record's, or of ``@today``."""
        ...

    def children(self, of: str, order: str) -> Sequence[Subject]:
        """The children of one type in their order."""
        ...

    def holds(self, name: str) -> str:
        """The stored code, or 1 and 0, of a field."""
        ...


@dataclass(frozen=True)
class FilledPaper:
    """A paper ready for the printer. ``noted`` says for the audit log what it is, without any personal value."""

    name: str
    noted: str
    document: OfficialDocument
    metadata: Metadata

    def render(self) -> bytes:
        """Its pages as PDF. Raises ``MissingGlyph`` for a character that no font has."""
        return render_pdf(self.document, self.metadata)

    @property
    def words(self) -> str:
        """The text that stands on it, as a person reads it down the page."""
        return "\n".join(_words_of(self.document.blocks))

    def word(self) -> bytes:
        """The same as a Word file, for those who have to edit it."""
        # Loaded where it is asked for, as in letters.
        from desktop.documents.page.word import render_docx

        return render_docx(self.document, self.metadata)


def compose_paper(template: PaperTemplate, subject: Subject, noted: str, which: str = "") -> FilledPaper:
    """The paper of a record; ``which`` tells its file from that of another record, without saying whose it is."""
    title = _plain(template.title, subject)
    organ = subject.words(("@organ",))
    document = OfficialDocument(
        _head(template, subject, organ),
        title,
        tuple(_blocks(template, subject)),
        signature=_signature(template, subject),
        corner=template.corner,
        foot=MARK if OWN.fullmatch(template.id) else "",
    )
    made = subject.day("@today")
    assert made is not None
    line = title.replace("\n", "") + template.corner
    name = f"{line} {which}" if which else line
    return FilledPaper(name, noted, document, Metadata(line, organ, template.notice, midnight(made)))


def _head(template: PaperTemplate, subject: Subject, organ: str) -> Head:
    number = _plain(template.number, subject)
    return LetterHead(organ, number) if template.look == "letter" else PlainHead(number)


def _signature(template: PaperTemplate, subject: Subject) -> Signature | None:
    signed = template.signature
    if signed is None:
        return None
    day = next(filter(None, map(subject.day, (*signed.dates, TODAY))), None)
    assert day is not None
    return Signature(
        _plain(signed.organ, subject), day, seal=signed.seal, signer=Signer() if signed.signer else None
    )


def _blocks(template: PaperTemplate, subject: Subject) -> Iterator[Block]:
    for part in template.parts:
        match part:
            case Recipient():
                yield RecipientBlock(_runs(_filled(part.text, subject, _USUAL)))
            case Heading():
                number = None if part.numbered else ""
                yield HeadingBlock(part.level, _plain(part.text, subject), number=number)
            case Entry():
                if text := _entered(part, subject):
                    yield EntryBlock(part.label, text)
            case Paragraph():
                if not part.when or subject.words((part.when,)):
                    yield ParagraphBlock(_runs(_filled(part.text, subject, _USUAL)))
            case Form():
                yield FormBlock(tuple(_form_row(row, subject) for row in part.rows), size=part.size)
            case Table():
                yield _table(part, subject)
            case _:
                yield Remark(short_words(subject.words(("@unit",))))


def _form_row(row: Row, subject: Subject) -> FormRow:
    def words(text: str) -> Text:
        return _runs(_filled(text, subject, 0))

    cells = []
    for cell in row.cells:
        # What stands behind an empty line is where it is signed; a line that a record brings is none.
        text, _, foot = cell.text.partition("\n\n")
        align = Align.CENTRE if cell.label else Align(cell.align)
        cells.append(FormCell(cell.label or words(text), cell.width, align, bool(cell.label), words(foot)))
    return FormRow(tuple(cells), row.lines)


def _table(table: Table, subject: Subject) -> TableBlock:
    columns = tuple(Column(c.title, c.width, Align(c.align)) for c in table.columns)
    found = [child for child in subject.children(table.of, table.order) if _stands(table, child)]
    rows = [
        tuple(_cell(column.text, child, number) for column in table.columns)
        for number, child in enumerate(found, start=1)
    ]
    for number in range(len(rows) + 1, table.rows + 1):
        rows.append(tuple(str(number) if column.text == f"{{{ROW}}}" else "" for column in table.columns))
    spare = len(rows) - len(found)
    return TableBlock(columns, tuple(rows), size=table.size, lines=table.lines, spare=spare)


def _entered(entry: Entry, subject: Subject) -> str:
    """What stands behind an entry's colon, "" where nothing does: a text, or what each child says."""
    if not entry.of:
        return _plain(entry.text, subject)
    found = (child for child in subject.children(entry.of, entry.order) if _stands(entry, child))
    return "、".join(filter(None, (_plain(entry.text, child) for child in found)))


def _stands(table: Table | Entry, child: Subject) -> bool:
    return all(child.holds(name) in allowed for name, allowed in table.where.items())


def _words(subject: Subject, placeholder: str) -> str:
    path, _ = path_of(placeholder)
    return "" if path == (BLANK,) else official(subject.words(path))


def _cell(text: str, child: Subject, number: int) -> str:
    return filled(text, lambda name: str(number) if name == ROW else _words(child, name), lambda _: "")


def _plain(text: str, subject: Subject) -> str:
    """A text without places to write on: a title or a name."""
    return filled(text, lambda name: _words(subject, name), lambda _: "")


def _filled(text: str, subject: Subject, usual: int) -> str:
    return filled(
        text,
        lambda name: _words(subject, name),
        lambda name: _BLANK * (path_of(name)[1] or usual),
    )


def _runs(text: str) -> str | tuple[Run, ...]:
    """Places to write on become underlined."""
    if _BLANK not in text:
        return text
    runs: list[Run] = []
    for stretch in text.replace(_BLANK, f"\0{_BLANK}\0").split("\0"):
        if stretch == _BLANK:
            if runs and runs[-1].underline:
                runs[-1] = blank(len(runs[-1].text) + 1)
            else:
                runs.append(blank(1))
        elif stretch:
            runs.append(Run(stretch))
    return tuple(runs)


def _words_of(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case HeadingBlock() | Remark():
                yield block.text
            case RecipientBlock() | ParagraphBlock():
                yield _said(block.text)
            case EntryBlock():
                yield f"{block.label}：{_said(block.text)}"
            case FormBlock():
                yield from (_said(cell.whole) for row in block.rows for cell in row.cells)
            case TableBlock():
                yield from (cell for row in block.rows for cell in row)


def _said(text: Text) -> str:
    return text if isinstance(text, str) else "".join(run.text for run in text)

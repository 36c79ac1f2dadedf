"""Brings a letter on the official page: letter format or plain, room for the seal, the signature left blank."""

from __future__ import annotations

from dataclasses import replace

from desktop.documents.letters.printed import Layout, Part, PrintedLetter
from desktop.documents.page import (
    Align,
    AttachmentNote,
    AttachmentPage,
    Block,
    Column,
    Head,
    Heading,
    Imprint,
    LetterHead,
    Metadata,
    OfficialDocument,
    Paragraph,
    PlainHead,
    Recipient,
    Signature,
    Signer,
    TableBlock,
    lay_out,
    render_pdf,
)
from desktop.records.typed.dates import midnight

MATERIALS = "移交材料清单"
VOID = "作废"
COPY = "副本"
DRAFT = "草稿"
_COLUMNS = (
    Column("序号", 1.2, Align.CENTRE),
    Column("名称", 8.0),
    Column("份数", 1.3, Align.CENTRE),
    Column("页数", 1.3, Align.CENTRE),
    Column("原件或\n复印件", 2.2, Align.CENTRE),
)


def document_of(
    letter: PrintedLetter, *, watermark: str = "", mark: str = "", layout: Layout | None = None
) -> OfficialDocument:
    """The letter as an official document; ``mark`` stands in the upper margin of every page."""
    blocks: list[Block] = []
    attachments: list[AttachmentPage] = []
    for part in letter.parts:
        if part.kind == "attachment":
            blocks.append(AttachmentNote((part.text,)))
            attachments.append(_attachment(part))
        else:
            blocks.append(_block(part))
    return OfficialDocument(
        _head(letter, layout or letter.layout),
        letter.title_words,
        tuple(blocks),
        signature=Signature(letter.organ, letter.day, signer=Signer() if letter.signer else None),
        attachments=tuple(attachments),
        imprint=Imprint(letter.copies) if letter.copies else None,
        watermark=watermark,
        mark=mark,
    )


def _head(letter: PrintedLetter, layout: Layout) -> Head:
    if layout == "letter":
        return LetterHead(letter.organ, letter.number)
    return PlainHead(letter.number)


def _block(part: Part) -> Block:
    if part.kind == "recipient":
        return Recipient(part.text)
    if part.kind == "heading":
        return Heading(1, part.text, number=part.number)
    return Paragraph(part.number + part.text)


def _attachment(part: Part) -> AttachmentPage:
    return AttachmentPage("附件", MATERIALS, (TableBlock(_COLUMNS, part.rows),))


def metadata_of(letter: PrintedLetter) -> Metadata:
    """What the file says of itself: title with number, issuing body, that the form is an example, the letter's day."""
    title = f"{letter.title_words}（{letter.number}）" if letter.number else letter.title_words
    return Metadata(title, letter.organ, letter.notice, midnight(letter.day))


def print_letter(
    letter: PrintedLetter, *, watermark: str = "", mark: str = "", layout: Layout | None = None
) -> bytes:
    """The letter as PDF; the same letter gives the same bytes. Raises ``MissingGlyph``."""
    document = document_of(letter, watermark=watermark, mark=mark, layout=layout)
    return render_pdf(document, metadata_of(letter))


def letter_word(letter: PrintedLetter, *, layout: Layout | None) -> bytes:
    """A draft as a Word file that says in its head that it is one: what was issued is not edited."""
    # What writes Word files is loaded where one is asked for: a print would wait for it.
    from desktop.documents.page.word import render_docx

    return render_docx(document_of(letter, watermark=DRAFT, layout=layout), metadata_of(letter))


def check_printable(letter: PrintedLetter, known: set[Part]) -> None:
    """Raises ``MissingGlyph`` for a character that no font has. ``known`` are parts that were looked at before.

    Notices to 200 employers differ in their addressee; what they share is set once.
    """
    parts = tuple(part for part in letter.parts if part not in known)
    lay_out(document_of(replace(letter, parts=parts)))
    known.update(parts)

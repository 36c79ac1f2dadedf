"""The official page: a document model and its layout after GB/T 9704-2012, printed as PDF.

``render_pdf`` prints an :class:`OfficialDocument`, :mod:`desktop.documents.page.word` writes it for those who edit it,
``render_sheets`` prints tables to fill in or to hand out.
"""

from desktop.documents.page.model import (
    Align,
    AttachmentNote,
    AttachmentPage,
    Block,
    Column,
    FormBlock,
    FormCell,
    FormRow,
    Head,
    Heading,
    Imprint,
    LetterHead,
    Note,
    OfficialDocument,
    Paragraph,
    PlainHead,
    QrBlock,
    Recipient,
    RedHead,
    Run,
    Signature,
    Signer,
    TableBlock,
    Text,
    blank,
)
from desktop.documents.page.render import lay_out, render_pdf
from desktop.documents.page.sheet import Sheet, render_sheets
from desktop.documents.page.writer import Metadata

__all__ = [
    "Align",
    "AttachmentNote",
    "AttachmentPage",
    "Block",
    "Column",
    "FormBlock",
    "FormCell",
    "FormRow",
    "Head",
    "Heading",
    "Imprint",
    "LetterHead",
    "Metadata",
    "Note",
    "OfficialDocument",
    "Paragraph",
    "PlainHead",
    "QrBlock",
    "Recipient",
    "RedHead",
    "Run",
    "Sheet",
    "Signature",
    "Signer",
    "TableBlock",
    "Text",
    "blank",
    "lay_out",
    "render_pdf",
    "render_sheets",
]

"""What a printed document consists of: frozen values that know nothing of fonts, points or pages."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from desktop.documents.font_files import FontRole


@dataclass(frozen=True)
class Run:
    """A stretch of text in one typeface; ``role`` None is the typeface of its surroundings."""

    text: str
    role: FontRole | None = None
    underline: bool = False


Text: TypeAlias = str | tuple[Run, ...]
"""Running text. A line feed in it begins a new paragraph, in a table cell a new line."""


def blank(characters: int) -> Run:
    """An empty underlined place to write on, ``characters`` Chinese characters long."""
    return Run("\u3000" * characters, underline=True)


class Align(Enum):
    """Where the text of a table cell stands."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


# Heads ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlainHead:
    """No printed head: the number flush right over the title; ``caption`` stands under the middle of the title.

    GB/T 9704 knows no number under a title; what says there what the title is of (题注), such as a period in brackets,
    is centred as the title is.
    """

    number: str = ""
    caption: str = ""


@dataclass(frozen=True)
class LetterHead:
    """信函格式 (10.1): the issuer's name in red between the page's edge and a red double rule."""

    organ: str
    number: str = ""


@dataclass(frozen=True)
class RedHead:
    """The ordinary head (7.2): mark such as “××总工会文件”, number, signer of a report upwards, red rule."""

    mark: str
    number: str = ""
    signer: str = ""


Head: TypeAlias = PlainHead | LetterHead | RedHead


# Blocks of the body -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recipient:
    """主送机关 (7.3.2): flush left; the colon is added where it is missing."""

    text: Text


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4 (7.3.3): 一、 （一） 1. （1）, numbered by its place.

    ``body`` runs on in the heading's own line. ``number`` replaces the computed one; "" prints none.
    """

    level: int
    text: str
    body: Text = ""
    number: str | None = None


@dataclass(frozen=True)
class Paragraph:
    """Running text in 仿宋 (7.3.3): the first line two characters in, the others flush left."""

    text: Text
    indent: int = 2


@dataclass(frozen=True)
class Entry:
    """A list of 纪要 (10.3): 出席, 请假 or 列席 in 黑体 two characters in, the names aligned behind its colon."""

    label: str
    text: Text


@dataclass(frozen=True)
class AttachmentNote:
    """附件说明 (7.3.4): one line below the text, two characters in, no mark after a name."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table; ``width`` counts against the other columns' widths."""

    title: str
    width: float = 1.0
    align: Align = Align.LEFT


@dataclass(frozen=True)
class TableBlock:
    """A ruled table whose head stands again on every page; ``size`` is the text's in points."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    size: float = 12.0
    lines: int = 1
    """How many lines high an empty row is."""
    spare: int = 0
    """How many of the last rows hold nothing and are to be written on."""


TALL = 3
"""A box of so many lines is written in from its upper edge down."""
RULED = 5
"""A box of so many lines that nothing stands in is ruled to be written in by hand."""


@dataclass(frozen=True)
class FormCell:
    """One box of a form; ``width`` counts against the other boxes of its row.

    ``foot`` stands at its lower edge, such as where it is signed.
    """

    text: Text = ""
    width: float = 1.0
    align: Align = Align.LEFT
    label: bool = False
    foot: Text = ""

    @property
    def whole(self) -> Text:
        """Text and foot as they are read one after the other."""
        if not self.foot:
            return self.text
        if isinstance(self.text, str) and isinstance(self.foot, str):
            return f"{self.text}\n\n{self.foot}"
        runs = [(Run(part),) if isinstance(part, str) else part for part in (self.text, "\n\n", self.foot)]
        return tuple(run for part in runs for run in part)


@dataclass(frozen=True)
class FormRow:
    """A row of boxes, at least ``lines`` lines high; where these are :data:`TALL` or more, words begin at its top."""

    cells: tuple[FormCell, ...]
    lines: float = 1


@dataclass(frozen=True)
class FormBlock:
    """A ruled form whose rows are divided each in its own way, such as a 送达回证."""

    rows: tuple[FormRow, ...]
    size: float = 14.0


@dataclass(frozen=True)
class QrBlock:
    """A QR code of ``millimetres`` a side with a caption to its right."""

    data: str
    caption: str = ""
    millimetres: float = 26.0


@dataclass(frozen=True)
class ChartBar:
    """One bar: what it is, how much of its length is filled (0 to 1), and what stands behind it in words.

    ``mark`` is where a goal stands, ``reached`` fills it darker. A bar without a share has an empty track.
    """

    label: str
    words: str
    share: float | None = None
    mark: float | None = None
    reached: bool = False


@dataclass(frozen=True)
class ChartBlock:
    """Bars below each other on one scale; ``scale`` names places at even distances along it, ``size`` is in points.

    Bars with few words may stand in several ``columns``, which are filled one after the other.
    """

    bars: tuple[ChartBar, ...]
    scale: tuple[str, ...] = ()
    columns: int = 1
    size: float = 10.5


@dataclass(frozen=True)
class Remark:
    """Words in small type flush left, such as what a chart or table is a part of; off the grid."""

    text: str
    size: float = 10.5


@dataclass(frozen=True)
class Signer:
    """The line that a chair signs by hand over the issuer's name."""

    label: str = "主席（副主席）："
    suffix: str = "（签名）"
    characters: int = 7


@dataclass(frozen=True)
class Signature:
    """署名 and 成文日期 (7.3.5); with ``seal`` the place of the seal stays empty, none is ever drawn."""

    organ: str
    date: datetime.date
    seal: bool = True
    signer: Signer | None = None


@dataclass(frozen=True)
class Note:
    """附注 (7.3.6): in round brackets, two characters in, on the line below the date."""

    text: str


@dataclass(frozen=True)
class Imprint:
    """版记 (7.4): copies to, issuing office and day; in a letter the copies alone, without rules (10.1)."""

    copies: tuple[str, ...] = ()
    issuer: str = ""
    issued: datetime.date | None = None


Block: TypeAlias = (
    Recipient
    | Heading
    | Paragraph
    | Entry
    | AttachmentNote
    | TableBlock
    | FormBlock
    | QrBlock
    | ChartBlock
    | Remark
)


@dataclass(frozen=True)
class AttachmentPage:
    """附件 (7.3.7): begins a page; the label in 黑体 on the first line, the title in the middle of the third."""

    label: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class OfficialDocument:
    """A whole document in the order in which it is printed.

    A line feed in ``title`` sets its lines; else they are balanced. ``corner`` stands in 黑体 over everything on
    the left (such as 存根), ``watermark`` across every page (such as 草稿), ``mark`` in the upper margin of every page,
    clear of the text (such as 副本, 作废), ``foot`` in small type below the text of every page, between its edges.
    """

    head: Head
    title: str
    blocks: tuple[Block, ...]
    signature: Signature | None = None
    note: Note | None = None
    attachments: tuple[AttachmentPage, ...] = ()
    imprint: Imprint | None = None
    corner: str = ""
    watermark: str = ""
    mark: str = ""
    foot: str = ""

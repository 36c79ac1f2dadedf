"""The cover sheet of a bundle (数据包报送单): what the file says of itself on paper, for signature and stamp.

Paper and file belong together: whoever has both compares the digest, by eye or by the QR code.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from desktop.documents.page import (
    Align,
    FormBlock,
    FormCell,
    FormRow,
    Metadata,
    OfficialDocument,
    Paragraph,
    PlainHead,
    QrBlock,
    render_pdf,
)
from desktop.documents.sheet_code import QR_PREFIX
from desktop.records.typed.dates import dated_moment_words, day_words

DIGITS: Final = 64
"""How many hexadecimal digits a digest has."""
_GROUP: Final = 4
_A_LINE: Final = 8
_SEAL_LINES: Final = 6
"""Room for a round seal of at most 4.5 cm (国发〔1999〕25号, 14)."""
_RECEIVED: Final = "收到日期：　　　　年　　月　　日　　　核对人：\n□ 文件摘要与本单一致　　□ 不一致，已退回"
_LABEL: Final = 2.0
"""Width of a label against the whole row of 10."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands on the sheet. ``digest`` is the identity of the bundle, 64 hexadecimal digits.

    ``since`` is the day of the bundle before this one to the same receiver, nothing for the first. ``files`` are
    attachments among what is new; ``parts`` of the items are their contents.
    """

    sender: str
    receiver: str
    upward: bool
    sequence: int
    made: datetime.datetime
    since: datetime.date | None
    file: str
    program: str
    births: int
    changes: int
    deletions: int
    others: int
    digest: str
    files: int = 0
    parts: int = 0

    @property
    def total(self) -> int:
        """How many items the bundle has."""
        return self.births + self.changes + self.deletions + self.others

    @property
    def groups(self) -> list[str]:
        """The digest in groups of four, as the window compares it."""
        return grouped(self.digest)

    @property
    def code(self) -> str:
        """What the QR code holds: the form of this text, sequence, number of items, digest."""
        return f"{QR_PREFIX} {self.sequence} {self.total} {self.digest}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was typed or scanned from a sheet: the digits as far as they go, and the numbers that a QR code adds.

    ``wrong`` is the first sign that stands in no digest. ``cut`` tells that it begins like the text of a QR code
    and does not go on like one.
    """

    digits: str = ""
    wrong: str = ""
    cut: bool = False
    sequence: int | None = None
    total: int | None = None

    @property
    def groups(self) -> list[str]:
        """The digits in the groups of the sheet; the last one may be short."""
        return grouped(self.digits)


_SCANNED: Final = re.compile(rf"{QR_PREFIX}\s+(\d{{1,16}})\s+(\d{{1,16}})\s+([0-9a-f]{{64}})$", re.IGNORECASE)
# Letters that no digest has and that are taken for digits, on paper and on the telephone.
_MISTAKEN: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})


def read_sheet(typed: str) -> Sheet:
    """What a person typed or a scanner sent: groups, blanks, full-width and capital letters make no difference."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if QR_PREFIX[:2] in text.upper():
        # Who scans twice means the second sheet; what stood before it is not asked about.
        scanned = _SCANNED.search(text)
        if scanned is None:
            return Sheet(cut=True)
        return Sheet(scanned[3].lower(), sequence=int(scanned[1]), total=int(scanned[2]))
    signs = [c for c in text.lower().translate(_MISTAKEN) if c.isascii() and c.isalnum()]
    wrong = next((c for c in signs if c not in "0123456789abcdef"), "")
    return Sheet("".join(c for c in signs if c in "0123456789abcdef"), wrong)


def grouped(digits: str) -> list[str]:
    """Digits in groups of four."""
    return [digits[n : n + _GROUP] for n in range(0, len(digits), _GROUP)]


def since_words(day: datetime.date) -> str:
    """What a bundle covers that follows another: that may be lost, so what nobody has confirmed is in it once more."""
    return f"上次导出（{day_words(day)}）以后，含以前还没有回执的"


def everything_words(sequence: int) -> str:
    """What a bundle covers that follows none. A number before it may have been taken by a file that was not written."""
    return f"{'第一次导出，' if sequence == 1 else ''}含以前登记的全部内容"


def render_cover(cover: Cover) -> bytes:
    """The sheet as PDF, one page; the same values give the same bytes."""
    title = "数据包报送单" if cover.upward else "数据包下发单"
    return render_pdf(_document(cover, title), Metadata(title=f"{title} {cover.sender} 第{cover.sequence}号"))


def _document(cover: Cover, title: str) -> OfficialDocument:
    groups = cover.groups
    lines = "\n".join("  ".join(groups[n : n + _A_LINE]) for n in range(0, len(groups), _A_LINE))
    counted = f"新增{cover.births}项，修改{cover.changes}项，删除{cover.deletions}项"
    if cover.others:
        counted += f"，其他{cover.others}项"
    files = f"\n其中附件{cover.files}个，内容占{cover.parts}项" if cover.files else ""
    inside = f"共{cover.total}项：{counted}{files}" if cover.total else "只有回执，没有登记内容"
    since = since_words(cover.since) if cover.since else everything_words(cover.sequence)
    facts = (
        _row("导出单位", cover.sender),
        _row("接收单位", cover.receiver),
        _pair("第几号", f"第{cover.sequence}号", "导出时间", dated_moment_words(cover.made)),
        _row("登记期间", since),
        _row("内容", inside, 1 + bool(files)),
        _row("文件名", cover.file),
        _row("文件摘要", lines, 2),
    )
    name, day = ("报送", "报送日期") if cover.upward else ("下发", "下发日期")
    signed = (
        _pair("经办人", "", "负责人", "", 2),
        # A word at the foot keeps the lines for handwriting out of the box that is stamped.
        _feet("单位盖章", "（盖章）", day, "　　年　月　日", _SEAL_LINES),
        _row("接收单位\n填写", _RECEIVED, 3),
    )
    return OfficialDocument(
        PlainHead(),
        title,
        (
            FormBlock(facts, size=12.0),
            QrBlock(cover.code, "接收单位核对：收到的文件的摘要应当与本单一致，可以扫码。\n"
                                f"由小三级{cover.program}制作。"),
            Paragraph(f"以上内容由本单位登记，经核对无误，现予{name}。"),
            FormBlock(signed, size=12.0),
        ),
    )  # fmt: skip


def _row(label: str, text: str, lines: int = 1) -> FormRow:
    return FormRow((_label(label), FormCell(text, 10.0 - _LABEL)), lines)


def _pair(left: str, first: str, right: str, second: str, lines: int = 1) -> FormRow:
    width = 5.0 - _LABEL
    cells = (_label(left), FormCell(first, width), _label(right), FormCell(second, width))
    return FormRow(cells, lines)


def _feet(left: str, first: str, right: str, second: str, lines: int) -> FormRow:
    width = 5.0 - _LABEL
    boxes = (FormCell("", width, foot=foot) for foot in (first, second))
    return FormRow((_label(left), next(boxes), _label(right), next(boxes)), lines)


def _label(text: str) -> FormCell:
    return FormCell(text, _LABEL, Align.CENTRE, label=True)

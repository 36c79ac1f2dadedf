"""Sets paragraphs, headings and notes into rows of the page's grid (GB/T 9704-2012, 7.3.2 to 7.3.4)."""

from __future__ import annotations

from dataclasses import replace

from desktop.documents.fonts import FontBook, FontRole
from desktop.documents.page.flow import Row, blank_line
from desktop.documents.page.geometry import BODY_TRACKING, LEADING, PITCH, SIZE_BODY, TEXT_WIDTH
from desktop.documents.page.linebreak import Line, break_lines
from desktop.documents.page.model import AttachmentNote, Entry, Heading, Recipient, Run, Text
from desktop.documents.page.shaping import Style, as_runs, paragraphs, plain, shape
from desktop.documents.page.writer import Placed

BODY = Style(FontRole.FANGSONG, SIZE_BODY, BODY_TRACKING)
HEADING_STYLES = {
    1: Style(FontRole.HEITI, SIZE_BODY, BODY_TRACKING),
    2: Style(FontRole.KAITI, SIZE_BODY, BODY_TRACKING),
    3: BODY,
    4: BODY,
}
"""7.3.3: the first level in 黑体, the second in 楷体, the third and fourth in 仿宋."""
INDENT = 2
_DIGITS = "〇一二三四五六七八九"


def chinese_number(number: int) -> str:
    """A number from 1 to 999 in Chinese characters: 十二, 二十, 一百零三."""
    if not 0 < number < 1000:
        raise ValueError(f"headings are numbered from 1 to 999, not {number}")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if number < 20 else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def heading_number(level: int, number: int) -> str:
    """层次序数 (7.3.3): 一、 （一） 1. （1）."""
    forms = {1: "{}、", 2: "（{}）", 3: "{}.", 4: "（{}）"}
    return forms[level].format(chinese_number(number) if level < 3 else number)


def addressed(text: Text) -> Text:
    """主送机关 with its colon, of which there is one however it was typed."""
    if isinstance(text, str):
        return text.strip().rstrip(":：") + "："
    return (*text, Run("："))


class Numbering:
    """Counts headings; a heading begins the count of the levels below it anew."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(HEADING_STYLES, 0)

    def next(self, heading: Heading) -> str:
        """The number that stands before ``heading``."""
        if heading.level not in HEADING_STYLES:
            raise ValueError(f"a heading has level 1 to 4, not {heading.level}")
        self._counts[heading.level] += 1
        for deeper in range(heading.level + 1, max(HEADING_STYLES) + 1):
            self._counts[deeper] = 0
        if heading.number is not None:
            return heading.number
        return heading_number(heading.level, self._counts[heading.level])


class Setter:
    """Sets text into rows with one book of fonts."""

    def __init__(self, fonts: FontBook) -> None:
        self.fonts = fonts

    def baseline(self, role: FontRole, size: float, height: float = LEADING) -> float:
        """How far below the upper edge of a line ``height`` points high its baseline lies.

        The middle of the typeface's Chinese characters stands in the middle of the line.
        """
        return height / 2 + self.fonts.face(role).centre * size

    def line(self, text: Text, style: Style) -> Line:
        """``text`` in a single line, however long."""
        lines = break_lines(shape(text, style, self.fonts), float("inf"), justify=False)
        return lines[0] if lines else Line((), (), 0.0)

    def row(self, line: Line, style: Style, x: float, *, body: bool = False, keep_next: bool = False) -> Row:
        """A row of the grid that holds ``line`` from ``x`` points on."""
        placed = Placed(x, self.baseline(style.role, style.size), line)
        return Row(LEADING, (placed,), body=body, keep_next=keep_next)

    def lines(self, text: Text, style: Style, width: float, first_width: float | None = None) -> list[Line]:
        """The justified lines of one paragraph."""
        return break_lines(shape(text, style, self.fonts), width, first_width)

    def paragraph(
        self, text: Text, indent: int = INDENT, style: Style = BODY, *, heading: bool = False
    ) -> list[Row]:
        """A paragraph, or several where ``text`` holds line feeds; first lines stand ``indent`` characters in."""
        rows = []
        for piece in paragraphs(text):
            lines = self.lines(piece, style, TEXT_WIDTH, TEXT_WIDTH - indent * PITCH)
            for number, line in enumerate(lines):
                rows.append(
                    self.row(line, style, 0.0 if number else indent * PITCH, body=True, keep_next=heading)
                )
        return rows

    def recipient(self, recipient: Recipient) -> list[Row]:
        """主送机关 (7.3.2): flush left, also where it turns, with a full-width colon.

        A Latin name is not spread to the margin: few gaps would bear it all.
        """
        text = addressed(recipient.text)
        latin = sum(map(str.isascii, plain(text))) * 2 > len(plain(text))
        lines = break_lines(shape(text, BODY, self.fonts), TEXT_WIDTH, justify=not latin)
        return [self.row(line, BODY, 0.0, keep_next=True) for line in lines]

    def heading(self, heading: Heading, number: str) -> list[Row]:
        """A heading alone in its lines, or with its text running on in 仿宋."""
        style = HEADING_STYLES[heading.level]
        title = Run(number + heading.text, style.role)
        body = as_runs(heading.body)
        if not any(run.text for run in body):
            return self.paragraph((title,), style=style, heading=True)
        return self.paragraph((title, *body))

    def entry(self, entry: Entry) -> list[Row]:
        """One list of 纪要 (10.3): lines that turn are aligned with the first character behind the colon."""
        label = self.line((Run(entry.label, FontRole.HEITI), Run("：")), BODY)
        hang = INDENT * PITCH + label.width
        rows = []
        for number, line in enumerate(self.lines(entry.text, BODY, TEXT_WIDTH - hang)):
            row = self.row(line, BODY, hang, body=True)
            if not number:
                row = replace(row, items=(Placed(INDENT * PITCH, row.items[0].y, label), *row.items))
            rows.append(row)
        return rows

    def attachment_note(self, note: AttachmentNote) -> list[Row]:
        """附件说明 (7.3.4): names that turn are aligned with their own first character."""
        label = self.line("附件：", BODY)
        several = len(note.names) > 1
        numbers = [
            self.line(f"{index}.", BODY) if several else None for index, _ in enumerate(note.names, start=1)
        ]
        hang = (INDENT + 3) * PITCH + max((number.width for number in numbers if number), default=0.0)
        rows = [blank_line()]
        for number, name in zip(numbers, note.names, strict=True):
            for index, line in enumerate(self.lines(name.rstrip("。；;，、"), BODY, TEXT_WIDTH - hang)):
                items = [Placed(hang, self.baseline(BODY.role, BODY.size), line)]
                if index == 0 and number is not None:
                    items.insert(0, Placed(hang - number.width, items[0].y, number))
                if len(rows) == 1:
                    items.insert(0, Placed(INDENT * PITCH, items[0].y, label))
                rows.append(Row(LEADING, tuple(items)))
        return rows

"""Sets what stands under the text: signature and date with room for the seal, note, 版记, page number.

GB/T 9704-2012, 7.3.5, 7.3.6, 7.4, 7.5 and 10.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.documents.fonts import FontRole
from desktop.documents.page.flow import Row, Tail
from desktop.documents.page.geometry import (
    LEADING,
    MM,
    PITCH,
    SIZE_REMARK,
    SIZE_SMALL,
    SMALL_LINE,
    TEXT_HEIGHT,
    TEXT_WIDTH,
)
from desktop.documents.page.linebreak import Line
from desktop.documents.page.model import Imprint, Note, Run, Signature, Signer, blank
from desktop.documents.page.setting import BODY, INDENT, Setter
from desktop.documents.page.shaping import Style
from desktop.documents.page.titles import title_lines
from desktop.documents.page.writer import Bar, Item, Placed
from desktop.records.typed.dates import day_words

DATE_INDENT = 4
"""7.3.5.1: the date ends four characters before the margin, the issuer's name stands over its middle."""
UNSEALED_INDENT = 2
"""7.3.5.2: without a seal the name ends two characters in and the date begins two characters after it."""
GAPS_WITH_SEAL = (2, 1)
"""Empty lines over the issuer's name: a seal of 42 mm on name and date then reaches to within one line of the text."""
GAPS_WITHOUT_SEAL = (1,)
OUTER_RULE = 0.35 * MM
INNER_RULE = 0.25 * MM
"""7.4.1."""
PAGE_NUMBER_GAP = 7 * MM
"""7.5: the dash stands 7 mm below the text area."""

SMALL = Style(FontRole.FANGSONG, SIZE_SMALL)


def set_tail(signature: Signature | None, note: Note | None, below: float, setter: Setter) -> Tail | None:
    """Signature, date and note as one piece that is never torn; ``below`` is the room the 版记 needs under it."""
    if signature is None and note is None:
        return None
    notes = _note(note, setter) if note else []
    if signature is None:
        return Tail(((Row(LEADING, spacer=True), *notes),), below)
    signer = _signer(signature.signer, setter) if signature.signer else []
    block = _sealed(signature, setter) if signature.seal else _unsealed(signature, setter)
    gaps = GAPS_WITH_SEAL if signature.seal else GAPS_WITHOUT_SEAL
    return Tail(tuple((*signer, *[Row(LEADING)] * gap, *block, *notes) for gap in gaps), below)


def _signer(signer: Signer, setter: Setter) -> list[Row]:
    """The line for a signature by hand, two characters from the right margin, an empty line over it."""
    line = setter.line((Run(signer.label), blank(signer.characters), Run(signer.suffix)), BODY)
    return [Row(LEADING), setter.row(line, BODY, TEXT_WIDTH - UNSEALED_INDENT * PITCH - line.width)]


def _organ_lines(organ: str, setter: Setter) -> list[Line]:
    return title_lines(organ, setter, BODY, TEXT_WIDTH - 2 * PITCH)


def _sealed(signature: Signature, setter: Setter) -> list[Row]:
    """7.3.5.1: the date four characters in; a name too long for that moves both to the left."""
    date = setter.line(day_words(signature.date), BODY)
    organ = _organ_lines(signature.organ, setter)
    widest = max((line.width for line in organ), default=0.0)
    centre = TEXT_WIDTH - max(DATE_INDENT * PITCH + date.width / 2, PITCH + widest / 2)
    return [setter.row(line, BODY, centre - line.width / 2) for line in (*organ, date)]


def _unsealed(signature: Signature, setter: Setter) -> list[Row]:
    """7.3.5.2: whichever is the longer ends two characters in."""
    date = setter.line(day_words(signature.date), BODY)
    organ = _organ_lines(signature.organ, setter)
    widest = max((line.width for line in organ), default=0.0)
    right = TEXT_WIDTH - UNSEALED_INDENT * PITCH
    start = min(right - widest, right - date.width - INDENT * PITCH)
    rows = [setter.row(line, BODY, start) for line in organ]
    return [*rows, setter.row(date, BODY, start + INDENT * PITCH)]


def _note(note: Note, setter: Setter) -> list[Row]:
    """7.3.6: two characters in, in round brackets."""
    text = note.text.strip()
    if not (text.startswith("（") and text.endswith("）")):
        text = f"（{text}）"
    return setter.paragraph(text)


@dataclass(frozen=True)
class SetImprint:
    """A 版记 with its height; items are placed from its upper left corner in the text area."""

    items: tuple[Item, ...]
    height: float

    @property
    def top(self) -> float:
        """Where it begins on its page: its last rule lies on the text area's lower edge (7.4.1)."""
        return TEXT_HEIGHT - self.height


def set_imprint(imprint: Imprint, setter: Setter, *, ruled: bool) -> SetImprint | None:
    """The 版记; in a letter (not ``ruled``) it consists of the copies alone (10.1)."""
    issuing = ruled and bool(imprint.issuer or imprint.issued)
    copies = _copies(imprint.copies, setter) if imprint.copies else []
    if not copies and not issuing:
        return None
    items: list[Item] = []
    y = 0.0
    if ruled:
        items.append(Bar(0, 0, TEXT_WIDTH, OUTER_RULE))
    for line_items in copies:
        items += [_lowered(item, y) for item in line_items]
        y += SMALL_LINE
    if issuing:
        if copies:
            items.append(Bar(0, y - INNER_RULE / 2, TEXT_WIDTH, INNER_RULE))
        items += [_lowered(item, y) for item in _issuing(imprint, setter)]
        y += SMALL_LINE
    if ruled:
        items.append(Bar(0, y - OUTER_RULE, TEXT_WIDTH, OUTER_RULE))
    return SetImprint(tuple(items), y)


def _lowered(item: Placed, y: float) -> Placed:
    return Placed(item.x, item.y + y, item.line, item.colour)


def _copies(copies: tuple[str, ...], setter: Setter) -> list[list[Placed]]:
    """抄送 (7.4.2): a character free on either side, turned lines under the first name, a full stop at the end."""
    label = setter.line("抄送：", SMALL)
    hang = SIZE_SMALL + label.width
    text = "，".join(copy.strip().rstrip("。，") for copy in copies) + "。"
    lines = setter.lines(text, SMALL, TEXT_WIDTH - hang - SIZE_SMALL)
    y = setter.baseline(SMALL.role, SMALL.size, SMALL_LINE)
    rows = [[Placed(hang, y, line)] for line in lines]
    rows[0].insert(0, Placed(SIZE_SMALL, y, label))
    return rows


def _issuing(imprint: Imprint, setter: Setter) -> list[Placed]:
    """印发机关 and 印发日期 (7.4.3): the office a character from the left, the day a character from the right."""
    y = setter.baseline(SMALL.role, SMALL.size, SMALL_LINE)
    items = [Placed(SIZE_SMALL, y, setter.line(imprint.issuer, SMALL))]
    if imprint.issued is not None:
        issued = setter.line(f"{day_words(imprint.issued)}印发", SMALL)
        items.append(Placed(TEXT_WIDTH - SIZE_SMALL - issued.width, y, issued))
    return items


def page_number(number: int, setter: Setter) -> Placed:
    """“— 1 —” below the text area (7.5): on odd pages a character from the right, on even ones from the left."""
    style = Style(FontRole.SONGTI, SIZE_SMALL)
    line = setter.line(f"— {number} —", style)
    dash = line.cells[0]
    top_of_dash = dash.face.ink(dash.character)[3] * dash.size
    x = TEXT_WIDTH - SIZE_SMALL - line.width if number % 2 else SIZE_SMALL
    return Placed(x, TEXT_HEIGHT + PAGE_NUMBER_GAP + top_of_dash, line)


def foot_line(text: str, setter: Setter) -> Placed:
    """Words about the whole paper below the text area, in the middle on the line of the page number."""
    line = setter.line(text, Style(FontRole.FANGSONG, SIZE_REMARK))
    number = page_number(1, setter)
    return Placed((TEXT_WIDTH - line.width) / 2, number.y, line)

"""The looks that cells of a written workbook can have, and the part of the file that says so."""

from __future__ import annotations

import enum
from dataclasses import dataclass

FONT = "宋体"


class Look(enum.IntEnum):
    """How a cell looks. The ``QUOTED`` ones say that what stands in the cell is text, whatever it begins with."""

    PLAIN = 0
    TEXT = 1
    TEXT_QUOTED = 2
    DAY = 3
    HEADER = 4
    TITLE = 5
    SMALL = 6
    BOXED = 7
    BOXED_QUOTED = 8
    FAULT = 9
    FAULT_QUOTED = 10
    NUMBERED = 11
    DOUBT = 12
    DOUBT_QUOTED = 13

    @property
    def quoted(self) -> Look:
        """The look for a text that could be taken for a formula."""
        return _QUOTED.get(self, Look.TEXT_QUOTED)


_QUOTED = {
    Look.BOXED: Look.BOXED_QUOTED,
    Look.FAULT: Look.FAULT_QUOTED,
    Look.DOUBT: Look.DOUBT_QUOTED,
}


@dataclass(frozen=True, slots=True)
class _Format:
    """The numbers of font, fill and border in the lists below; 49 is the built-in number format for text."""

    number: int = 0
    font: int = 0
    fill: int = 0
    border: int = 0
    alignment: str = ""
    quoted: bool = False


_TEXT, _DAY = 49, 164
_CENTRED = 'horizontal="center" vertical="center" wrapText="1"'
_MIDDLE = 'vertical="center" wrapText="1"'
_FORMATS = {
    Look.PLAIN: _Format(),
    Look.TEXT: _Format(_TEXT),
    Look.TEXT_QUOTED: _Format(_TEXT, quoted=True),
    Look.DAY: _Format(_DAY),
    Look.HEADER: _Format(_TEXT, font=1, fill=2, border=1, alignment=_CENTRED),
    Look.TITLE: _Format(_TEXT, font=2, alignment='horizontal="center" vertical="center"'),
    Look.SMALL: _Format(_TEXT, alignment='vertical="center"'),
    Look.BOXED: _Format(_TEXT, border=1, alignment=_MIDDLE),
    Look.BOXED_QUOTED: _Format(_TEXT, border=1, alignment=_MIDDLE, quoted=True),
    Look.FAULT: _Format(_TEXT, fill=3, border=1, alignment=_MIDDLE),
    Look.FAULT_QUOTED: _Format(_TEXT, fill=3, border=1, alignment=_MIDDLE, quoted=True),
    Look.NUMBERED: _Format(0, border=1, alignment='vertical="center"'),
    Look.DOUBT: _Format(_TEXT, fill=4, border=1, alignment=_MIDDLE),
    Look.DOUBT_QUOTED: _Format(_TEXT, fill=4, border=1, alignment=_MIDDLE, quoted=True),
}
_FONTS = ((11, False), (11, True), (16, True))
_FILLS = ("FFDDEBF7", "FFFFC7CE", "FFFFEB9C")
_SIDES = ("left", "right", "top", "bottom")


def styles_xml() -> str:
    """The part ``xl/styles.xml``; looks stand in the order of their numbers."""
    fonts = "".join(
        f'<font>{"<b/>" if bold else ""}<sz val="{size}"/><name val="{FONT}"/><charset val="134"/></font>'
        for size, bold in _FONTS
    )
    fills = '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    fills += "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill></fill>'
        for colour in _FILLS
    )
    thin = "".join(f'<{side} style="thin"><color rgb="FF808080"/></{side}>' for side in _SIDES)
    borders = (
        "<border><left/><right/><top/><bottom/><diagonal/></border>" + f"<border>{thin}<diagonal/></border>"
    )
    formats = "".join(_format_xml(_FORMATS[look]) for look in Look)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<numFmts count="1"><numFmt numFmtId="{_DAY}" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
        f'<fonts count="{len(_FONTS)}">{fonts}</fonts><fills count="{len(_FILLS) + 2}">{fills}</fills>'
        f'<borders count="2">{borders}</borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(Look)}">{formats}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _format_xml(look: _Format) -> str:
    quoted = ' quotePrefix="1"' if look.quoted else ""
    head = (
        f'<xf numFmtId="{look.number}" fontId="{look.font}" fillId="{look.fill}" borderId="{look.border}" xfId="0"'
        f'{quoted} applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1"'
    )
    if not look.alignment:
        return head + "/>"
    return f'{head} applyAlignment="1"><alignment {look.alignment}/></xf>'

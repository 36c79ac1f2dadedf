"""Remarks on cells (Excel's comments) as the two parts that they are kept in, and names that all parts share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on the cell at ``row`` (from 1) and ``column`` (from 0), whose place is ``cell`` (as B2)."""

    cell: str
    row: int
    column: int
    text: str


def relationships(targets: Sequence[tuple[str, str]]) -> str:
    """A part of relationships, numbered rId1, rId2 …, from their kinds and targets."""
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATION}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def relations_xml(number: int) -> str:
    """What the sheet of this number refers to; the drawing is rId1."""
    return relationships(
        [("vmlDrawing", f"../drawings/vmlDrawing{number}.vml"), ("comments", f"../comments{number}.xml")]
    )


def comments_xml(remarks: Sequence[Remark], author: str) -> str:
    """The texts of the remarks."""
    lines = "".join(
        f'<comment ref="{r.cell}" authorId="0"><text><r><rPr><sz val="9"/><rFont val="宋体"/></rPr>'
        f'<t xml:space="preserve">{escape(r.text)}</t></r></text></comment>'
        for r in remarks
    )
    return (
        f'{XML}<comments xmlns="{SHEET}"><authors><author>{escape(author)}</author></authors>'
        f"<commentList>{lines}</commentList></comments>"
    )


def drawing_xml(remarks: Sequence[Remark], number: int) -> str:
    """The boxes in which the remarks are shown while the pointer is on the cell."""
    shapes = "".join(
        f'<v:shape id="_x0000_s{number * 1024 + n}" type="#_x0000_t202" style="position:absolute;width:190pt;'
        f'height:70pt;z-index:{n};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{r.column + 1}, 15, {r.row}, 2, {r.column + 4}, 15, {r.row + 4}, 4</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{r.row - 1}</x:Row><x:Column>{r.column}</x:Column>"
        "</x:ClientData></v:shape>"
        for n, r in enumerate(remarks, start=1)
    )
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
        f'<o:idmap v:ext="edit" data="{number}"/></o:shapelayout>{_SHAPE_TYPE}{shapes}</xml>'
    )

"""What a Word file needs beyond python-docx: the grid of lines, the field of a page's number, rules, the same bytes."""

from __future__ import annotations

import io
import math
import zipfile
from typing import Final

from docx.document import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Pt
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from desktop.documents.page import geometry

_TWIPS: Final = 20
"""In a point; Word keeps lines in whole ones."""
LEADING: Final = math.floor(geometry.LEADING * _TWIPS) / _TWIPS
"""The leading of the page, rounded down: rounded up, the last of the 22 lines would not stand on its page."""


def line_grid(section: Section) -> None:
    """The lines of all pages stand as far apart as on paper."""
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LEADING * _TWIPS)))


def chinese(word: Document) -> None:
    """Lines are broken by the rules for Chinese, and no gaps are put beside figures: 2026年11月5日, as on paper."""
    (language,) = word.styles.element.xpath("./w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    form = word.styles["Normal"].element.get_or_add_pPr()
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        gap = OxmlElement(name)
        gap.set(qn("w:val"), "0")
        form.append(gap)


def page_field(run: Run) -> None:
    """Makes an empty run the number of its page."""
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)


def rule_below(paragraph: Paragraph, colour: str) -> None:
    """A rule as the lower border of a paragraph; ``colour`` in six hexadecimal digits."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "1"), ("color", colour)):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *_AFTER_BORDERS)


def close_cells(table: Table, points: float) -> None:
    """So much room on either side of what stands in the cells of a table; Word's usual one is wider than on paper."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(points * 20)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")


_AFTER_GRID: Final = (
    "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection",
    "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr",
    "w:pPrChange",
)  # fmt: skip
"""What the schema puts behind ``snapToGrid``."""
_AFTER_BORDERS: Final = (
    "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct",
    "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", *_AFTER_GRID,
)  # fmt: skip
"""What the schema puts behind ``pBdr``."""


def off_grid(paragraph: Paragraph) -> None:
    """Keeps a paragraph off the page's 22 lines: the lines of a table stand closer."""
    mark = OxmlElement("w:snapToGrid")
    mark.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(mark, *_AFTER_GRID)


def exactly(paragraph: Paragraph, points: float) -> None:
    """Sets lines so far apart, off the grid, with no room behind the paragraph."""
    form = paragraph.paragraph_format
    form.space_after, form.line_spacing_rule, form.line_spacing = Pt(0), WD_LINE_SPACING.EXACTLY, Pt(points)
    off_grid(paragraph)


def frozen(word: Document, moment: tuple[int, int, int, int, int, int]) -> bytes:
    """The file with fixed times and order, so that the same document is the same file."""
    made, result = io.BytesIO(), io.BytesIO()
    word.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return result.getvalue()

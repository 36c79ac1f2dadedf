"""How the workbooks that this program writes look, and how a value is put into a cell so that nobody can misuse it."""

from __future__ import annotations

import re
from typing import Final

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

FONT = "宋体"
TEXT_FORMAT = "@"
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "|", "%", "＝", "＋", "－", "＠")
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LONGEST_CELL: Final = 32_767

THIN = Side(style="thin", color="FF808080")
BORDER = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEADER_FONT = Font(name=FONT, bold=True, size=11)
BODY_FONT = Font(name=FONT, size=11)
TITLE_FONT = Font(name=FONT, bold=True, size=16)
HEADER_FILL = PatternFill("solid", fgColor="FFDDEBF7")
FAULT_FILL = PatternFill("solid", fgColor="FFFFC7CE")
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
WRAPPED = Alignment(vertical="center", wrap_text=True)


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula when it is edited, pasted or saved as CSV."""
    return text.startswith(_DANGEROUS)


def cell_text(text: str) -> str:
    """A text without what no workbook can hold."""
    clean = _FORBIDDEN.sub("", text) if _FORBIDDEN.search(text) else text
    return clean if len(clean) <= LONGEST_CELL else clean[: LONGEST_CELL - 1] + "…"


def sheet_title(name: str) -> str:
    """A name that a sheet may have."""
    clean = re.sub(r"[\[\]:*?/\\']", " ", cell_text(name)).strip()
    return clean[:31] or "Sheet1"

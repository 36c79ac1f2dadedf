"""Measures of the official page, all in points, each with its section of GB/T 9704-2012."""

from __future__ import annotations

from typing import Final

MM: Final = 72 / 25.4

PAGE_WIDTH: Final = 210 * MM
"""5.1: A4."""
PAGE_HEIGHT: Final = 297 * MM
MARGIN_TOP: Final = 37 * MM
"""5.2.1: 天头 37 mm, 订口 28 mm, 版心 156 mm x 225 mm; so 26 mm remain right and 35 mm below."""
MARGIN_LEFT: Final = 28 * MM
MARGIN_RIGHT: Final = 26 * MM
MARGIN_BOTTOM: Final = 35 * MM
TEXT_WIDTH: Final = 156 * MM
TEXT_HEIGHT: Final = 225 * MM

LINES: Final = 22
"""5.2.3: 22 lines of 28 characters, which fill the 版心."""
CHARACTERS: Final = 28
LEADING: Final = TEXT_HEIGHT / LINES
PITCH: Final = TEXT_WIDTH / CHARACTERS
"""A character cell of the body: 15.79 pt, a little less than the 16 pt of its glyph."""

SIZE_TITLE: Final = 22.0
"""2号 (7.3.1)."""
SIZE_BODY: Final = 16.0
"""3号 (5.2.2)."""
SIZE_SMALL: Final = 14.0
"""4号 (7.4.2, 7.5)."""
SIZE_REMARK: Final = 10.5
"""五号: words about a whole paper below its text."""
SIZE_TABLE: Final = 12.0
"""小4号, for tables; the standard names no size for them."""

BODY_TRACKING: Final = PITCH / SIZE_BODY
"""Advance of a full-width character of the body, in em."""

HALF_LINE: Final = SIZE_BODY * 7 / 8
"""3.2: the white of one line is 7/8 of a 3号 character; also the gap at the rules of a letter (10.1)."""
ONE_LINE: Final = SIZE_BODY + HALF_LINE
"""3.2: one line (行) as a vertical unit of a 3号 character."""
SMALL_LINE: Final = SIZE_SMALL + HALF_LINE
"""3.2 for 4号 characters: the lines of the 版记."""

RED: Final = (0.87, 0.0, 0.06)
BLACK: Final = (0.0, 0.0, 0.0)
GREY: Final = (0.82, 0.82, 0.82)

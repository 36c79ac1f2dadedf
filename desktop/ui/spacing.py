"""The margins of the window in one place: left, top, right and bottom in logical pixels."""

from __future__ import annotations

PAGE = (12, 8, 12, 8)
"""Around a page, so that headings stand at one place whichever page is in front."""
DIALOG = (20, 18, 20, 16)
"""Around a dialog."""
CARD = (16, 12, 16, 14)
"""Inside a white card."""

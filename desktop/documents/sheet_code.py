"""How the text of the code on a cover sheet begins; beside the sheet itself, which loads all that makes a page."""

from __future__ import annotations

from typing import Final

QR_PREFIX: Final = "XSJ1"

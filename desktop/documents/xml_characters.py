"""What a file of Word or Excel cannot hold: controls that XML has no spelling for. Other stations may send them."""

from __future__ import annotations

import re
from typing import Final

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def possible(text: str) -> str:
    """The text without them."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)

"""How text enters the ledger, is compared and is shown: without unseen signs, blanks, or what is too long."""

from __future__ import annotations

import re
import unicodedata

from desktop.records.versions.canonical import normal_text

_ENDS = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
_NO_CHARACTERS = f"\ufdd0-\ufdef{_ENDS}"
"""What Unicode will never give a meaning: broken programs leave it behind, and no font has it."""
_UNSEEN = re.compile(
    f"[{_NO_CHARACTERS}"
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
"""Controls, marks and spaces without width, what is no character, and what turns writing round: nobody sees them."""


def printable(text: str) -> str:
    """Text as it enters the ledger, without what controls a screen instead of standing on it.

    A name must neither turn round what is behind it nor differ from another in what nobody sees.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return normal_text(_UNSEEN.sub("", lines))


def visible(text: str) -> str:
    """Text of others as it may be shown: a value keeps its bytes, but what controls a screen has no place on one."""
    return text if text.isprintable() else _UNSEEN.sub("", text.replace("\r", "\n"))


def name_of(text: str, most: int) -> str:
    """A name that stands in a file of others, in one line as people see it; words between people must not be in it."""
    return one_line(text, most) or "?"


def compact(text: str) -> str:
    """Half width, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def folded(text: str) -> str:
    """Half width, no blanks, lower case: how numbers and words are compared."""
    return compact(text).casefold()


def beginning(text: str, most: int) -> str:
    """What is shown of a text that is longer than anybody types in, and how long it is."""
    return text if len(text) <= most else f"{text[:most]}…（共{len(text)}个字）"


def one_line(text: str, most: int = 20) -> str:
    """A text in one line, cut where it is long, without what nobody sees."""
    line = " ".join(visible(text).split())
    return line if len(line) <= most else line[:most] + "…"

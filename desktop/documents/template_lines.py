"""A template as lines of plain text that a person edits, and back: one line a piece, its kind in front of a colon.

What such a line does not say, such as the width of a box or when a paragraph is left out, is carried over from the
line that it stands for.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from desktop.documents.placeholders import TemplateFaulty

COLON: Final = "："
BAR: Final = "｜"
"""Between the boxes of one row."""
FEED: Final = "⏎"
"""A line feed inside a piece."""
_NEAREST: Final = 3
_USUAL: Final = ("标题", "正文")
"""Kinds that whoever begins needs first."""


_WIDE = str.maketrans("｛｝", "{}")
"""Brackets of placeholders as a Chinese input method types them; no paper has such of its own."""


@dataclass(frozen=True)
class Line:
    """One piece: its kind, what it says, and what else its template says of it."""

    kind: str
    text: str
    carried: Mapping[str, Any] = field(default_factory=dict)


def written(lines: Iterable[Line]) -> str:
    """The lines as text."""
    return "\n".join(f"{line.kind}{COLON}{line.text.replace(chr(10), FEED)}" for line in lines) + "\n"


def read(text: str, before: Sequence[Line], kinds: Iterable[str]) -> list[Line]:
    """The lines of a text, each with what the line carried that it stands for in ``before``.

    Raises :class:`TemplateFaulty` with the number of a line that begins with none of ``kinds``.
    """
    known = set(kinds)
    found: list[Line] = []
    for number, words in enumerate(text.splitlines(), start=1):
        if not words.strip():
            continue
        kind, colon, rest = words.strip().translate(_WIDE).partition(COLON)
        if not colon or kind.strip() not in known:
            raise TemplateFaulty(
                f"第{number}行开头看不懂：“{words.strip()[:12]}”。",
                f"每行用“{'”“'.join(k + COLON for k in _usual_first(known)[:4])}”这样的字样开头，请照原来的行来写。",
            )
        found.append(Line(kind.strip(), rest.strip().replace(FEED, "\n")))
    return _carried_over(before, found)


def _usual_first(kinds: Iterable[str]) -> list[str]:
    return sorted(kinds, key=lambda kind: (kind not in _USUAL, kind))


def _carried_over(before: Sequence[Line], after: Sequence[Line]) -> list[Line]:
    result: list[Line] = []
    matcher = difflib.SequenceMatcher(
        None, [(b.kind, b.text) for b in before], [(a.kind, a.text) for a in after], autojunk=False
    )
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        waiting = list(before[i1:i2])
        for line in after[j1:j2]:
            stood = next((b for b in waiting if b.kind == line.kind), None)
            if stood is not None:
                del waiting[: waiting.index(stood) + 1]
            result.append(Line(line.kind, line.text, stood.carried if stood is not None else {}))
    return result


def unknown(shown: str, known: Iterable[str]) -> str:
    """That a placeholder is not known, and those that it may have been meant for."""
    near = difflib.get_close_matches(shown, sorted(set(known)), _NEAREST, 0.3)
    hint = f"，相近的有{'、'.join(f'{{{name}}}' for name in near)}" if near else ""
    return f"不认识占位{{{shown}}}{hint}"

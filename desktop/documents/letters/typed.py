"""Brings what people typed into the form of an official page: one item a line, full-width marks, 〔〕 in numbers."""

from __future__ import annotations

import re
from typing import Final

_CHINESE: Final = r"\u3400-\u9fff，。；：（）《》“”、〇"
_TYPED_NUMBER: Final = re.compile(
    r"^\s*(?:[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+、|[（(]\d{1,2}[）)]"
    r"|\d{1,2}[.．、](?:(?!\d)|(?=\d{4}年)))\s*"
)
_IN_TURN: Final = re.compile(r"^\s*(\d{1,2})[.．、]\s*(?=\S)")
"""A number that may be part of the words (1.5小时) as long as the lines do not count through with it."""
_YEAR: Final = re.compile(r"[\[［【〖(（](\d{4})[\]］】〗)）](?=\s*第?\d+\s*号)")
_MARKS: Final = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_HALF_MARK: Final = re.compile(
    rf"(?<=[{_CHINESE}])[,;:?!]|(?<=[\w%]),(?=\s?[{_CHINESE}])|[;:?!](?=\s?[{_CHINESE}])"
)
_BRACKETS: Final = re.compile(r"\(([^()\n]*)\)")
_STRAIGHT_QUOTES: Final = re.compile(r'"([^"\n]*)"')
_SPACE: Final = re.compile(rf"(?<=[{_CHINESE}])[ \t]+(?=[{_CHINESE}])")
_ENDING: Final = "。；;，,、.： :\u3000\t"


def official(text: str) -> str:
    """The text with the marks of an official page; words and figures stay as they are."""
    text = _YEAR.sub(r"〔\1〕", text)
    text = _BRACKETS.sub(_bracket, text)
    text = _HALF_MARK.sub(lambda match: _MARKS[match[0]], text)
    text = _STRAIGHT_QUOTES.sub(r"“\1”", text)
    return _SPACE.sub("", text)


def _bracket(match: re.Match[str]) -> str:
    around = (
        match.string[max(0, match.start() - 1) : match.start()] + match[1] + match.string[match.end() :][:1]
    )
    return f"（{match[1]}）" if re.search(f"[{_CHINESE}]", around) else match[0]


def items(text: str) -> tuple[str, ...]:
    """The lines of a list without the numbers that were typed before them and the marks at their ends."""
    lines = [official(line) for line in text.splitlines() if line.strip()]
    starts = [_IN_TURN.match(line) for line in lines]
    counted = len(lines) > 1 and all(
        start is not None and int(start[1]) == place for place, start in enumerate(starts, 1)
    )
    number = _IN_TURN if counted else _TYPED_NUMBER
    return tuple(filter(None, (number.sub("", line).strip().rstrip(_ENDING) for line in lines)))


def sentence(text: str) -> str:
    """A passage without its end mark, ready to stand inside a sentence."""
    return official(" ".join(text.split("\n")).strip()).rstrip("。；;，,")

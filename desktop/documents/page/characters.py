"""Where a line of Chinese text may end: kinsoku marks, numbers with their units, dates, article numbers, links.

Rules after GB/T 15834-2011, 5.1 (marks at the edges of a line) and GB/T 9704-2012, 9.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

FORBIDDEN: Final = float("inf")
"""Penalty of a place where a line may never end."""
HOLD: Final = 250.0
"""Penalty inside a date, an article number or a sum: broken only when the line would else gape."""
LINK: Final = 200.0
"""Penalty inside a long link after a stroke or a question mark; after a point or hyphen it is twice that."""
LIGHT: Final = 60.0
"""Penalty inside a number in Chinese characters, before a dash, beside the interpunct of a name."""

OPENING: Final = frozenset("（《〈「『【〔［｛“‘")
CLOSING: Final = frozenset("，。、；：！？）》〉」』】〕］｝”’")
NO_END: Final = OPENING | frozenset("￥¥＄$№§＃#([{／")
NO_START: Final = CLOSING | frozenset("…—·～％‰℃°㎡々ー／,.;:!?)]}%")

_WORD_CHARACTERS: Final = (
    r"!-~\u00a1-\u00a6\u00a8-\u00af\u00b2-\u00b6\u00b8-\u00d6\u00d8-\u00f6\u00f8-\u024f"
    r"\u0370-\u04ff\u2010-\u2013\u2212"
)
WORD: Final = re.compile(rf"[{_WORD_CHARACTERS}]+(?:’(?=[A-Za-z])[{_WORD_CHARACTERS}]+)*")
"""Latin words, numbers, links: what is never spread and not broken."""

_UNITS: Final = (
    "年月日号时点分秒周天个名人位件份条款项章节页次家户元角万亿千百十岁届期季度吨米克公平亩折成组批台辆套间栋幢层座楼室"
    "笔张本册场班级类种卷集部起例倍笼所处"
)
_NUMERALS: Final = "一二三四五六七八九十百千万零〇两"
_DATE: Final = re.compile(r"\d{1,4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日")
_UNIT: Final = re.compile(rf"\d[{_UNITS}]")
_SUM: Final = re.compile(r"\d[万亿千百]+(?:元|人|户|家|名|件)")
_ORDINAL: Final = re.compile(rf"第(?:[{_NUMERALS}]+|\d+)[条款项章节届次号期页批季](?:之[{_NUMERALS}])?")
_COUNT: Final = re.compile(rf"[{_NUMERALS}]+[个日天年月周名项件份倍届次元]")
_NUMBER: Final = re.compile(r"〔\d{4}〕\d+号")
SERIAL: Final = re.compile(r"(?<![\u3400-\u9fff])[\u3400-\u9fff]{1,4}(?<![年月日时至到])0\d+")
"""The number of a certificate with the characters that it begins with, 余工监001; a quantity has no 0 in front."""
_NAME: Final = re.compile(r"[\u3400-\u9fff]{1,4}(?:·[\u3400-\u9fff]{1,4})+")
_TIMES: Final = re.compile(r"\d×\d?|×\d")
_REPEATED: Final = re.compile(r"—{2,}|…{2,}")
_DOUBLE_DASH: Final = re.compile(r"(?<!—)——")
_CURRENCY: Final = re.compile(r"[￥¥]\d")
_LINK_MARK: Final = re.compile(r"[/?&=_.@:#-]+(?=[^/?&=_.@:#-])")
_LINK_SIGN: Final = re.compile(r"://|www\.|@|/.*/")
_CONTROL: Final = re.compile(
    r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


def cleaned(text: str) -> str:
    """The text without invisible characters; tabs, no-break and other odd spaces become plain spaces."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\x0b", "\n")
    return "".join(map(_plain_space, _CONTROL.sub("", text)))


def _plain_space(character: str) -> str:
    odd = character not in "\u3000\n" and unicodedata.category(character) in ("Zs", "Cc")
    return " " if odd else character


def is_space(character: str) -> bool:
    """Whether a line may end here and swallow the character."""
    return character == " "


def word_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every Latin word, number or link in ``text``."""
    return [match.span() for match in WORD.finditer(text)]


def break_penalties(text: str) -> list[float]:
    """For each character what it costs to end a line after it: 0 is free, :data:`FORBIDDEN` never."""
    penalties = [0.0] * len(text)
    _forbid_at_marks(text, penalties)
    for start, end in word_spans(text):
        _raise_inside(penalties, start, end, FORBIDDEN)
    for pattern, penalty in _HELD_TOGETHER:
        for match in pattern.finditer(text):
            _raise_inside(penalties, match.start(), match.end(), penalty)
    for index in range(len(text) - 1):
        if text[index] == "·" and penalties[index] == LIGHT:
            penalties[index] = 0.0
    for match in _DOUBLE_DASH.finditer(text):
        if (
            match.start()
            and penalties[match.start() - 1] in (0.0, FORBIDDEN)
            and text[match.start() - 1] not in NO_END
        ):
            penalties[match.start() - 1] = LIGHT
    for start, end in word_spans(text):
        _soften_link(text, penalties, start, end)
    return penalties


_HELD_TOGETHER: Final = (
    (_UNIT, FORBIDDEN),
    (_TIMES, FORBIDDEN),
    (_REPEATED, FORBIDDEN),
    (_CURRENCY, FORBIDDEN),
    (_DATE, HOLD),
    (_SUM, HOLD),
    (_ORDINAL, HOLD),
    (_NUMBER, HOLD),
    (SERIAL, HOLD),
    (_COUNT, LIGHT),
    (_NAME, LIGHT),
)


def _forbid_at_marks(text: str, penalties: list[float]) -> None:
    for index in range(len(text) - 1):
        here, following = text[index], text[index + 1]
        if here in NO_END or following in NO_START or following == " ":
            penalties[index] = FORBIDDEN


def _raise_inside(penalties: list[float], start: int, end: int, penalty: float) -> None:
    for index in range(start, end - 1):
        penalties[index] = max(penalties[index], penalty)


def _soften_link(text: str, penalties: list[float], start: int, end: int) -> None:
    word = text[start:end]
    if len(word) < 12 or not _LINK_SIGN.search(word):
        return
    for match in _LINK_MARK.finditer(word):
        if match.end() >= 4 and len(word) - match.end() >= 3:
            penalties[start + match.end() - 1] = LINK if match[0][-1] in "/?&" else 2 * LINK


def rigid_gaps(text: str) -> list[bool]:
    """For each character whether the gap after it must never be spread when a line is justified."""
    rigid = [False] * len(text)
    spans = word_spans(text)
    for pattern in (_DATE, _UNIT, _SUM, _NUMBER, _TIMES, _REPEATED, _CURRENCY):
        spans += [match.span() for match in pattern.finditer(text)]
    for start, end in spans:
        rigid[start : end - 1] = [True] * (end - 1 - start)
    for index, character in enumerate(text):
        if character in "·":
            rigid[max(index - 1, 0)] = rigid[index] = True
        if index + 1 < len(text) and text[index + 1] == " ":
            rigid[index] = True
    return rigid

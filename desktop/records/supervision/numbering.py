"""The form of a document number (GB/T 9704-2012, 7.2.5): code of the body, year in 〔〕, plain number, 号."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import Final

from desktop.errors import UsageProblem
from desktop.records.declaration import Level
from desktop.records.supervision.kinds import LetterKind


class Series(enum.StrEnum):
    """What is numbered from 1 on, per issuing body and year."""

    REMINDER = LetterKind.REMINDER.value
    OPINION = LetterKind.OPINION.value
    SUGGESTION = LetterKind.SUGGESTION.value
    CASE = "case"

    @property
    def label(self) -> str:
        """What is numbered, in Chinese."""
        return "立案号" if self is Series.CASE else LetterKind(self.value).label


DEFAULT_PATTERNS: Final = {
    Series.REMINDER: "{body}工监提〔{year}〕{n}号",
    Series.OPINION: "{body}工监意〔{year}〕{n}号",
    Series.SUGGESTION: "{body}工监建〔{year}〕{n}号",
    Series.CASE: "{body}工监案〔{year}〕{n}号",
}
"""No official pattern was found: examples in the form of the standard, editable."""

_SAID: Final = {"body": "代字", "year": "年份", "n": "序号"}
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_END: Final = "〔{year}〕{n}号"
_BEFORE: Final = re.compile(r"[^\W\d_]{0,20}")
_BODY: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{1,10}")


class BadPattern(UsageProblem):
    """A pattern of numbers that does not make numbers as the standard wants them."""

    next_step = (
        "写法的末尾是〔{年份}〕{序号}号，前面是{代字}和文字；{代字}是机关代字，编号时各换成实际的内容。"
    )
    help_anchor = "numbers"


def said(pattern: str) -> str:
    """The pattern as people read and type it: {代字}工监意〔{年份}〕{序号}号."""
    return pattern.format(**{name: f"{{{words}}}" for name, words in _SAID.items()})


def check_pattern(pattern: str, series: Series) -> str:
    """The pattern of a series as it is kept, from either form of it. Raises :class:`BadPattern` with its example."""
    why = _unfit(words := _as_kept(pattern))
    if why:
        example = said(DEFAULT_PATTERNS[series])
        raise BadPattern(why, f"写法如：{example}，其中{{代字}}是机关代字，编号时各换成实际的内容。")
    return words


def _as_kept(pattern: str) -> str:
    """The pattern with the names that are kept."""
    words = pattern.strip()
    for name, spoken in _SAID.items():
        words = words.replace(f"{{{spoken}}}", f"{{{name}}}")
    return words


def _unfit(words: str) -> str:
    """Why a pattern cannot be one; nothing where it can."""
    named = _PLACEHOLDER.findall(words)
    if unknown := sorted(set(named) - set(_SAID)):
        return f"文号写法里不认识{{{unknown[0]}}}。"
    if "n" not in named:
        return "文号写法里没有{序号}，编出来的号会都一样。"
    if "year" not in named:
        return "文号写法里没有{年份}，明年的号会和今年的一样。"
    if len(named) != len(set(named)):
        return "文号写法里{代字}、{年份}、{序号}都只写一次。"
    if not words.endswith(_END):
        return "年份要放在六角括号里，后面是序号和“号”，不加“第”：写法的末尾是〔{年份}〕{序号}号。"
    before = words.removesuffix(_END)
    if not before or _BEFORE.fullmatch(before.replace("{body}", "")) is None:
        return "年份前面是{代字}或者文字，文字最多二十个，不用数字、空格和别的括号。"
    return ""


def check_apart(patterns: Mapping[Series, str], body: str) -> None:
    """Raises :class:`BadPattern` where two series would give the same numbers."""
    seen: dict[str, Series] = {}
    for series, pattern in patterns.items():
        first = seen.setdefault(form_number(pattern, body, 2026, 1), series)
        if first is not series:
            raise BadPattern(
                f"{first.label}和{series.label}的文号写法一样，会编出同样的号。", "请改其中一个写法。"
            )


def check_body(code: str) -> str:
    """The code that stands for the body (机关代字), such as 杭西. Raises :class:`BadPattern`."""
    words = code.strip()
    if _BODY.fullmatch(words) is None:
        raise BadPattern("机关代字是一到十个汉字。", "请填写发文机关的代字，如“杭西”。")
    return words


def check_organ(organ: str, unit: str, level: Level) -> str:
    """The name on letters: the unit's own, with or without the places that it lies in.

    Nobody issues in the name of another body. An industry union's full name may be built in another way. Raises
    :class:`BadPattern`.
    """
    words = organ.strip()
    # A unit may have been entered as the place that it is of: 余杭区 signs as 余杭区总工会.
    whole = unit.strip() if "工会" in unit else f"{unit.strip()}总工会"
    if "工会" not in words or (level is not Level.INDUSTRY and not _one_body(words, whole)):
        raise BadPattern(
            f"发文机关“{words}”不是“{unit}”的全称。", "请填写本单位的全称，如“杭州市西湖区总工会”。"
        )
    return words


def _one_body(one: str, other: str) -> bool:
    """Whether two names differ only by places in front: 文新街道总工会, 杭州市西湖区文新街道总工会."""
    short, long = sorted((_COMMITTEE.sub("工会", name) for name in (one, other)), key=len)
    above = long.removesuffix(short)
    return _NAMED.match(short) is not None and long.endswith(short) and _ABOVE.fullmatch(above) is not None


_ABOVE: Final = re.compile(
    "(?:浙江省?)?(?:杭州市?)?(?:[^省市区县镇乡]{2,4}(?:区|县|(?<=建德)市))?(?:[^省市区县镇乡]{1,6}(?:街道|镇|乡))?"
)
"""Of 浙江省杭州市西湖区总工会 what stands before 西湖区, and so on down to the town."""

_NAMED: Final = re.compile("(?!工会)..")
"""总工会 alone is everybody's."""

_COMMITTEE: Final = re.compile("总工会(?:委员会)?|工会委员会")
"""A union of a firm or village signs as its committee."""


def form_number(pattern: str, body: str, year: int, n: int) -> str:
    """The number in words: the year in four digits, the sequence without zeros before it."""
    return pattern.format(body=body, year=f"{year:04d}", n=n)


def sequence_of(number: str) -> int | None:
    """The sequence at the end of a number in words; nothing where none stands there as numbers are written."""
    found = _SEQUENCE.search(number)
    return int(found[1]) if found is not None else None


_SEQUENCE: Final = re.compile("([1-9][0-9]{0,8})号$")

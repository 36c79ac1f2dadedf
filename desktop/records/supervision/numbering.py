"""The form of a document number (GB/T 9704-2012, 7.2.5): code of the body, year in 〔〕, plain number, 号."""

from __future__ import annotations

import enum
import re
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


DEFAULT_PATTERNS: Final = {
    Series.REMINDER: "{body}工监提〔{year}〕{n}号",
    Series.OPINION: "{body}工监意〔{year}〕{n}号",
    Series.SUGGESTION: "{body}工监建〔{year}〕{n}号",
    Series.CASE: "{body}工监案〔{year}〕{n}号",
}
"""No official pattern was found: examples in the form of the standard, editable."""

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_BODY: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{1,10}")
_BRACKETS: Final = "[]［］【】()（）{}｛｝"


class BadPattern(UsageProblem):
    """A pattern of numbers that does not make numbers as the standard wants them."""

    next_step = "写法如：{body}工监意〔{year}〕{n}号，其中{body}是机关代字，{year}是年份，{n}是序号。"
    help_anchor = "numbers"


def check_pattern(pattern: str) -> str:
    """The pattern as it is kept. Raises :class:`BadPattern`."""
    words = pattern.strip()
    named = _PLACEHOLDER.findall(words)
    unknown = sorted(set(named) - {"body", "year", "n"})
    if unknown:
        raise BadPattern(f"文号格式里不认识{{{unknown[0]}}}。")
    if sorted(named) not in (["body", "n", "year"], ["n", "year"]):
        raise BadPattern("文号格式里要有一个年份{year}和一个序号{n}，机关代字{body}最多一个。")
    if "〔{year}〕" not in words:
        raise BadPattern("年份要放在六角括号〔〕里。")
    if not words.endswith("{n}号") or "第" in words:
        raise BadPattern("序号后面是“号”，前面不加“第”。")
    if set(_PLACEHOLDER.sub("", words)) & set(_BRACKETS):
        raise BadPattern("文号里除六角括号外不用别的括号。")
    return words


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

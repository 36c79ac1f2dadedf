"""Judges what a letter says: a reminder borrows nothing, an opinion letter gives its time, no complainant is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from desktop.records.checks.base import Values
from desktop.records.supervision.facts import text
from desktop.records.supervision.kinds import REGULATION, UNION_LAW, LetterKind, Title, article
from desktop.records.supervision.reasons import Reason, forbidden
from desktop.records.typed_numbers import folded

_TWENTY_TWO: Final = re.compile(r"(?<![\d百千零〇])(?:22|２２|二十二|廿二)\s*条")
_TITLE: Final = re.compile(r"《[^《》]*(?:〈[^〈〉]*〉[^《》]*)*》|工会法|劳动合同法|劳动法")
_FIFTEEN: Final = re.compile(r"(?:15|１５|十五)\s*个?\s*(?:法定)?工作日")
_DIGITS: Final = re.compile(r"\d[\d\s-]{5,}\d")


def borrows_article_22(words: str) -> bool:
    """Whether a text cites 条例第二十二条: by its name, or without saying of which law.

    Article 22 of another law, such as 工会法第二十二条 on dismissals, may be cited.
    """
    for found in _TWENTY_TWO.finditer(words):
        titles = _TITLE.findall(words, 0, found.start())
        if (
            not titles
            or titles[-1] == REGULATION
            or re.search(r"条例[^《》。；]{0,4}$", words[: found.start()])
        ):
            return True
    return False


def speaks_of_fifteen_working_days(words: str) -> bool:
    """Whether a text gives fifteen working days, the term of an opinion letter."""
    return _FIFTEEN.search(words) is not None


def wording_faults(kind: LetterKind, title: Title, words: str) -> Iterator[Reason]:
    """What a letter's own words, quotations left out, must or must not say. ``words`` is its whole text."""
    if kind is LetterKind.REMINDER:
        if borrows_article_22(words):
            yield forbidden("提示函没有条例第二十二条的依据，不能引用", article(22), "请删去这一处引用。")
        if speaks_of_fifteen_working_days(words):
            yield forbidden(
                "“15个工作日”是意见书的法定答复期限，提示函不能使用",
                article(22),
                "请改为15日，或者别的期限。",
            )
    if title is Title.OPINION:
        for needed in ("十五个工作日", "书面说明理由"):
            if needed not in words:
                yield forbidden(f"意见书必须写明“{needed}”", article(22), "请改用带有这句话的样式。")
    if title is Title.SUGGESTION and not re.search(f"{REGULATION}第二十三条第（[一二三]）项", words):
        yield forbidden("建议书必须写明属于条例第二十三条哪一项情形", article(23), "请改用带有这句话的样式。")
    if kind is LetterKind.SUGGESTION and re.search(f"(?:{UNION_LAW}|工会法)第四十[三四]条", words):
        yield forbidden(
            "工会经费不向部门提出建议，应当申请支付令", article(44, UNION_LAW), "请删去经费部分。"
        )


def complainant_faults(case: Values, texts: Mapping[str, str]) -> Iterator[Reason]:
    """The places, by label, in which a paper would tell who complained (条例第十三条)."""
    secrets = tuple(_secrets(case))
    for label, words in texts.items():
        plain = _squeezed(words)
        if any(secret in plain for secret in secrets):
            yield forbidden(
                f"“{label}”里出现了投诉人的姓名或者电话", article(13), "请改为不能看出是谁投诉的写法。"
            )


def _secrets(case: Values) -> Iterable[str]:
    name = _squeezed(text(case, "complainant_name"))
    if len(name) >= 2:
        yield name
    for field in ("complainant_phone", "complainant_note"):
        for number in _DIGITS.findall(text(case, field)):
            yield re.sub(r"\D", "", number)


def _squeezed(words: str) -> str:
    """Text without spaces, dots in names and hyphens in numbers, in half width: as a person reads it."""
    return re.sub(r"[\s·・‧•-]", "", folded(words))

"""Judges what a letter says: a reminder borrows nothing, an opinion letter gives its time, nobody claims a power."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from desktop.records.supervision.kinds import REGULATION, UNION_LAW, LetterKind, Title, article
from desktop.records.supervision.reasons import Reason, forbidden
from desktop.records.typed.numerals import chinese_to_int
from desktop.records.typed.texts import folded, printable

_NUMBER: Final = r"[\d零〇一二三四五六七八九十百廿贰貳拾]+"
_JOINED: Final = r"(?:[、,和及与或]|[至到~—–-]+)"
_ARTICLES: Final = re.compile(rf"(?:第?{_NUMBER}条?{_JOINED})*第?{_NUMBER}条")
"""One article or several: 第二十二条, 第二十一、二十二条, 第21至24条."""
_ARTICLE: Final = re.compile(rf"(?P<join>{_JOINED}?)第?(?P<number>{_NUMBER})条?")
_FORMAL: Final = str.maketrans({"廿": "二十", "贰": "二", "貳": "二", "拾": "十"})
_TITLE: Final = re.compile(r"《[^《》]*(?:〈[^〈〉]*〉[^《》]*)*》|工会法|劳动合同法|劳动法")
_BORROWED: Final = 22
_FIFTEEN: Final = re.compile("(?:15|[十拾][五伍])个?(?:法定)?的?(?:工作[日天]|上班日)")
_OUR_POWERS: Final = re.compile(
    "(?:我会|本会|(?<!单位)(?<!公司)(?<!企业)工会(?!法|劳动法律监督|主席|经费))"
    "(?:对[你贵](?:单位|公司|企业)"
    "|(?!提请|建议|部门|局|厅|机关|政府|法院|[支大]队|单位|公司|企业|职工|员工|劳动者|制度|规定|合同|条款|无权"
    "|没有|不[予能得会]|并非|反映|发现|查[实明]|了解到|得知|申请)[^。；]){0,12}"
    "(?:责令|勒令|罚款|处罚(?!建议)|查封|吊销|强制执行)"
)
_ORDERED: Final = re.compile("责令[你贵](?:单位|公司|企业)")
_AUTHORITY: Final = re.compile("部门|[局厅]|机关|政府|法院|仲裁委|住建委|人社|[支大]队")
_TOLD_BESIDE: Final = re.compile("(?:抄送|抄告|报告|告知)[^，,]*")
"""What only an authority may do: a union demands, and proposes to the authority (条例第二十一条、第二十三条)."""


def borrows_article_22(words: str) -> bool:
    """Whether a text cites 条例第二十二条: by its name, or without saying of which law.

    Article 22 of another law, such as 工会法第二十二条 on dismissals, may be cited.
    """
    plain = folded(printable(words))
    for found in _ARTICLES.finditer(plain):
        if _BORROWED not in _cited(found[0]):
            continue
        titles = _TITLE.findall(plain, 0, found.start())
        if (
            not titles
            or titles[-1] == REGULATION
            or re.search(r"条例[^《》。；;]{0,4}$", plain[: found.start()])
        ):
            return True
    return False


def _cited(words: str) -> set[int]:
    """The articles that are named, and those that lie between the ends of a span."""
    cited: set[int] = set()
    last = 0
    for found in _ARTICLE.finditer(words):
        number = _number(found["number"])
        span = range(last, number) if last and found["join"] and found["join"][0] in "至到~—–-" else ()
        cited |= {*span, number}
        last = number
    return cited


def _number(words: str) -> int:
    """The number of an article, 0 where the words are none."""
    try:
        return int(words) if words.isdigit() else chinese_to_int(words.translate(_FORMAL))
    except ValueError:
        return 0


def speaks_of_fifteen_working_days(words: str) -> bool:
    """Whether a text gives fifteen working days, the term of an opinion letter."""
    return _FIFTEEN.search(folded(printable(words))) is not None


def claimed_power(words: str) -> str:
    """The words in which a union claims what only an authority may do; "" where it claims nothing.

    Fines that an employer lays on its staff, what an authority has ordered and what a union may not do can be said.
    """
    plain = folded(printable(words))
    if (found := _OUR_POWERS.search(plain)) is not None:
        return found[0]
    for found in _ORDERED.finditer(plain):
        sentence = re.split("[。；;\n]", plain[: found.start()])[-1]
        if _AUTHORITY.search(_TOLD_BESIDE.sub("", sentence)) is None:
            return found[0]
    return ""


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
    if kind is not LetterKind.SUGGESTION and (found := claimed_power(words)):
        yield forbidden(
            f"工会不能责令、处罚，不能写“{found}”",
            article(21),
            "请改为“要求改正”，或者写明由有关部门依法处理。",
        )
    if kind is LetterKind.SUGGESTION and re.search(f"(?:{UNION_LAW}|工会法)第四十[三四]条", words):
        yield forbidden(
            "工会经费不向部门提出建议，应当申请支付令", article(44, UNION_LAW), "请删去经费部分。"
        )

"""Judges what a letter says: a reminder borrows nothing, an opinion letter gives its time, no complainant is told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from desktop.records.checks.base import Values
from desktop.records.numerals import chinese_to_int
from desktop.records.supervision.facts import text
from desktop.records.supervision.kinds import REGULATION, UNION_LAW, LetterKind, Title, article
from desktop.records.supervision.likeness import squeezed
from desktop.records.supervision.reasons import Reason, forbidden
from desktop.records.typed_numbers import folded, printable

_NUMBER: Final = r"[\d零〇一二三四五六七八九十百廿贰拾]+"
_JOINED: Final = r"(?:[、,和及与或]|[至到~—–-]+)"
_ARTICLES: Final = re.compile(rf"(?:第?{_NUMBER}条?{_JOINED})*第?{_NUMBER}条")
"""One article or several: 第二十二条, 第二十一、二十二条, 第21至24条."""
_ARTICLE: Final = re.compile(rf"(?P<join>{_JOINED}?)第?(?P<number>{_NUMBER})条?")
_FORMAL: Final = str.maketrans({"廿": "二十", "贰": "二", "拾": "十"})
_TITLE: Final = re.compile(r"《[^《》]*(?:〈[^〈〉]*〉[^《》]*)*》|工会法|劳动合同法|劳动法")
_BORROWED: Final = 22
_FIFTEEN: Final = re.compile("(?:15|[十拾][五伍])个?(?:法定)?的?工作日")
_OUR_POWERS: Final = re.compile(
    "(?:我会|本会|(?<!单位)(?<!公司)(?<!企业)工会(?!法|劳动法律监督|主席|经费))"
    "(?:对[你贵](?:单位|公司|企业)"
    "|(?!提请|建议|部门|局|厅|机关|政府|法院|[支大]队|单位|公司|企业|职工|员工|劳动者|制度|规定|合同|条款|无权"
    "|没有|不[予能得会]|并非|反映)[^。；]){0,12}"
    "(?:责令|罚款|处罚(?!建议)|查封|吊销)"
)
_ORDERED: Final = re.compile("责令[你贵](?:单位|公司|企业)")
_AUTHORITY: Final = re.compile("部门|[局厅]|机关|政府|法院|仲裁委|住建委|人社|[支大]队")
_TOLD_BESIDE: Final = re.compile("(?:抄送|抄告|报告|告知)[^，,]*")
"""What only an authority may do: a union demands, and proposes to the authority (条例第二十一条、第二十三条)."""
_BESIDE: Final = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
_BETWEEN: Final = re.compile(r"[、，,；;/／|\n]|\s{2,}|(?<=\w\w)(?:\s+|和|及|与)(?=\w\w)")
_OTHERS: Final = re.compile(r"(?:等(?:\d+|[一二三四五六七八九十]+)?[人名位]?.*|(?:女士|先生|师傅|同志))$")
_NOBODY: Final = re.compile(
    r"(?:\d*[多数几余]?[人名位]?)(?:匿名|不详|未知|保密|(?:其他|其余|部分|全体|一些|本人)?"
    r"(?:职工|员工|工人|群众|同事|工友|代表|家属|家长|朋友|亲属)?)(?:代表|\d+[人名位])?"
)
"""Words that stand in the place of a name and are nobody's."""
_DAY: Final = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}")
_DIGITS: Final = re.compile(r"\d[\d\s()-]{5,}\d")
_WITH_COUNTRY: Final = 13
_WITH_TOWN: Final = 11


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


def complainant_faults(case: Values, texts: Mapping[str, str]) -> Iterator[Reason]:
    """The places, by label, in which a paper would tell who complained (条例第十三条)."""
    secrets = tuple(_secrets(case))
    for label, words in texts.items():
        plain = squeezed(words)
        if any(secret in plain for secret in secrets):
            yield forbidden(
                f"“{label}”里出现了投诉人的姓名或者电话", article(13), "请改为不能看出是谁投诉的写法。"
            )


def _secrets(case: Values) -> Iterable[str]:
    told = text(case, "complainant_name")
    yield from dict.fromkeys(name for name in (squeezed(told), *_names(told)) if _is_name(name))
    for field in ("complainant_phone", "complainant_note"):
        for number in _DIGITS.findall(_DAY.sub("。", unicodedata.normalize("NFKC", text(case, field)))):
            yield from _dialled(re.sub(r"\D", "", number))


def _dialled(number: str) -> Iterator[str]:
    """A number as it is typed, without the country's code, and that of a house without its town's."""
    yield number
    if len(number) == _WITH_COUNTRY and number.startswith("86"):
        yield number[2:]
    if len(number) >= _WITH_TOWN and number.startswith("0"):
        yield number[-8:]


def _names(told: str) -> Iterator[str]:
    """The single names where several people complained, without what stands beside them: 李小明、王强（仓库）等3人."""
    for piece in _BETWEEN.split(_BESIDE.sub("", told)):
        yield squeezed(_OTHERS.sub("", piece.strip()))


def _is_name(words: str) -> bool:
    return len(words) > 1 and not _NOBODY.fullmatch(words)

"""What a composed letter must and must not say before it may be issued, beyond the order of the steps."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence

from desktop.documents.letters.filling import Source, inspectors_of
from desktop.documents.letters.printed import PrintedLetter, digest_of, is_letter_of
from desktop.documents.letters.quoted import Citation, Quote
from desktop.documents.letters.quotes import quote as quote_words
from desktop.records.cells import Values, as_day, text
from desktop.records.statutes import StatuteUnknown
from desktop.records.supervision import LetterKind, Reason, Title, Weight, route_of
from desktop.records.supervision.clocks import received_on, refused_on
from desktop.records.supervision.complainant import complainant_faults
from desktop.records.supervision.inquiry import established
from desktop.records.supervision.kinds import (
    CONTRACT_REGULATION,
    TITLE_WORDS,
    TITLES,
    UNION_LAW,
    Route,
    article,
)
from desktop.records.supervision.reasons import forbidden
from desktop.records.supervision.wording import wording_faults
from desktop.records.typed.dates import day_words
from desktop.reference import Laws
from desktop.store.tables.pinyin import pinyin

_TYPED = {
    "addressee": "主送",
    "copies_to": "抄送",
    "subject": "事项（案由）",
    "clue_words": "线索来源的写法",
    "legal_basis": "依据",
    "investigation": "调查经过",
    "history": "函书送达和答复经过",
    "facts": "事实",
    "articles": "条文",
    "requests": "要求（建议）",
    "reply_method": "答复方式",
    "consequence": "后果提示",
    "contact_name": "联系人",
    "contact_address": "联系地址",
}
"""What people type into a letter; somebody of the union's who is called as the complainant is no contact for it."""
_NAMED = re.compile("《([^《》]+)》")


def content_faults(source: Source, letter: PrintedLetter) -> Iterator[Reason]:
    """Why a letter may not be issued as it is worded."""
    yield from wording_faults(source.kind, source.draft.title, letter.own_words)
    yield from told_complainant(source)
    yield from _borrowed_quotes(source, letter)
    if source.kind is LetterKind.OPINION:
        yield from _investigation(source, letter)
        yield from _term(source)
    if source.kind is LetterKind.SUGGESTION:
        yield from _history(source, letter)
    yield from _too_early(letter, source.laws)
    if "工会" not in letter.organ:
        yield forbidden(f"发文机关“{letter.organ}”不是工会的全称", "", "请在编号设置里填写发文机关全称。")


def _too_early(letter: PrintedLetter, laws: Laws) -> Iterator[Reason]:
    """What a letter rests on was law on its day: none is dated before the regulation that it names."""
    for name in dict.fromkeys(_NAMED.findall(letter.own_words)):
        try:
            begins = laws.law(name, letter.day).in_force_from
        except StatuteUnknown:
            continue
        if begins is not None and begins > letter.day:
            step = "请核对签发日期和这台电脑的日期。"
            yield forbidden(f"签发日期{letter.date}早于《{name}》开始施行的{begins}", "", step)


def told_complainant(source: Source) -> Iterator[Reason]:
    """The places in which a draft would tell the employer who complained."""
    yield from complainant_faults(source.file.case, _texts(source), pinyin)
    phone = re.sub(r"\D", "", unicodedata.normalize("NFKC", text(source.draft.values, "contact_phone")))
    yield from complainant_faults({**source.file.case, "complainant_name": None}, {"联系电话": phone}, pinyin)


def kept_faults(letter: PrintedLetter, document: Values, case: Values, laws: Laws) -> Iterator[Reason]:
    """Why a kept letter may not be printed: it is not what its record says, or says what no letter may say.

    Whoever wrote it by another way than issuing gains nothing: wording, quotations and the complainant are judged
    again, the quotations wherever the library still holds the version they are from.
    """
    told = (
        ("document_number", letter.number),
        ("issue_date", letter.date),
        ("issuing_body", letter.organ),
    )
    kept = text(document, "snapshot_digest") == digest_of(text(document, "snapshot"))
    kept = kept and is_letter_of(letter, document)
    if not kept or any(text(document, name) != words for name, words in told):
        yield forbidden("签发时保存的全文与记录不一致", "", "请作废后重发。")
    kind, title = LetterKind(letter.kind), Title(letter.title)
    if title not in TITLES[kind] or letter.title_words != TITLE_WORDS[title]:
        yield forbidden(f"标题“{letter.title_words}”和文种不一致", "", "请作废后重发。")
    if kind is LetterKind.OPINION and not letter.signer:
        yield forbidden("意见书没有主席、副主席签署的位置", article(21), "请作废后重发。")
    yield from wording_faults(kind, title, _without(letter, letter.quotes))
    lawful = [quote for quote in letter.quotes if _is_law(quote, laws, letter.day)]
    words = f"{letter.number}\n{_without(letter, lawful)}"
    rows = "\n".join(cell for part in letter.parts for row in part.rows for cell in row)
    yield from complainant_faults(case, {"全文": f"{words}\n{rows}"}, pinyin)
    for quote in letter.quotes:
        if quote not in lawful:
            yield forbidden(f"引用的{quote.citation}与法规原文不一致", "", "请作废后重发。")


def _without(letter: PrintedLetter, quotes: Sequence[Quote]) -> str:
    """The whole text without the words of quotations: what only says that it is quoted is the letter's own."""
    lines = sorted((line for quote in quotes for line in quote.lines), key=len, reverse=True)
    texts = []
    for part in letter.parts:
        words = part.text
        for line in lines if part.quoted else ():
            words = words.replace(line, "")
        texts.append(words)
    return "\n".join(texts)


def _is_law(quote: Quote, laws: Laws, day: datetime.date) -> bool:
    """Whether the quoted words are the statute's, as far as the library holds this version of it."""
    try:
        statute = laws.law(quote.statute, day)
    except StatuteUnknown:
        return True
    if str(statute.version) != quote.version:
        return True
    place = Citation(quote.statute, quote.article, quote.paragraph, quote.item, quote.liability)
    return quote_words(place, day, laws).lines == quote.lines


def _texts(source: Source) -> dict[str, str]:
    texts = {label: text(source.draft.values, name) for name, label in _TYPED.items()}
    texts["案由"] = text(source.file.case, "summary")
    texts["移交材料清单"] = "\n".join(material.name for material in source.materials)
    return texts


def _borrowed_quotes(source: Source, letter: PrintedLetter) -> Iterator[Reason]:
    for quote in letter.quotes:
        place = (quote.statute, quote.article)
        if source.kind is LetterKind.REMINDER and place == ("zhejiang_supervision_regulation", 22):
            yield forbidden("提示函没有条例第二十二条的依据，不能引用", article(22), "请删去这一条文。")
        if source.kind is LetterKind.SUGGESTION and place in (
            ("trade_union_law", 43),
            ("trade_union_law", 44),
        ):
            yield forbidden(
                "工会经费不向部门提出建议，应当申请支付令", article(44, UNION_LAW), "请删去这一条文。"
            )


def _investigation(source: Source, letter: PrintedLetter) -> Iterator[Reason]:
    """The letter names the inspectors who investigated, with their certificates (条例第二十条)."""
    event = established(source.file)[0]
    if event is None:
        return
    for name, number in inspectors_of(source.file, event):
        if name not in letter.own_words or number not in letter.own_words:
            yield forbidden(f"调查经过里没有写明监督员{name}和证号", article(20), "请补写“调查经过”。")


def _term(source: Source) -> Iterator[Reason]:
    route = route_of(source.file, source.draft.title, text(source.draft.values, "legal_basis"))
    if route is Route.CONTRACT and as_day(source.draft.values.get("correct_by")) is None:
        yield Reason(
            "集体合同的整改意见书要写明改正期限",
            article(41, CONTRACT_REGULATION),
            Weight.ASKED,
            "请填写“改正期限”。",
            field="correct_by",
        )


def _history(source: Source, letter: PrintedLetter) -> Iterator[Reason]:
    """The letter names the opinion letter it rests on and the day of its service (条例第二十三条)."""
    opinion = source.file.by_id.get(source.draft.opinion or "")
    if opinion is None:
        return
    served = received_on(source.file, opinion) or refused_on(source.file, opinion)
    if opinion.number not in letter.own_words:
        yield forbidden("送达和答复经过里没有写意见书的文号", article(23), "请补写“函书送达和答复经过”。")
    if served is not None and day_words(served) not in letter.own_words:
        yield forbidden("送达和答复经过里没有写意见书的送达日期", article(23), "请补写“函书送达和答复经过”。")
    if source.draft.title is Title.SUGGESTION and not letter.quotes:
        yield forbidden("建议书没有引用单位违反的条文", article(23), "请从条文库选取。")

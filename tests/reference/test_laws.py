"""Statutes are quoted letter by letter, and what is missing is said to be missing."""

from __future__ import annotations

import datetime
import hashlib
import json
import re

import pytest

from desktop.errors import Problem
from desktop.records.statutes import (
    ArticleAmbiguous,
    ArticleMissing,
    Statute,
    StatuteReference,
    StatuteTextMissing,
    StatuteUnknown,
    parse_articles,
)
from desktop.reference import article, code_list, law, laws, violation_categories
from desktop.resources import resource

INDEX = {entry["key"]: entry for entry in json.loads(resource("laws", "index.json").read_text("utf-8"))}
WITH_TEXT = [statute for statute in laws() if statute.has_text]
WITHOUT_TEXT = [statute for statute in laws() if not statute.has_text]

# Sentences that the collection broke off in the middle: they are quoted whole.
BROKEN_OFF = {
    "labour_law": (
        "第三十七条 对实行计件工作的劳动者，"
        "用人单位应当根据本法第三十六条规定的工时制度合理确定其劳动定额和计件报酬标准。",
    ),
    "wage_payment_rules": (
        "（一）用人单位依法安排劳动者在日法定标准工作时间以外延长工作时间的，"
        "按照不低于劳动合同规定的劳动者本人小时工资标准的１５０％支付劳动者工资；",
        "（二）用人单位依法安排劳动者在休息日工作，而又不能安排补休的，按照"
        "不低于劳动合同规定的劳动者本人日或小时工资标准的２００％支付劳动者工资；",
        "（三）用人单位依法安排劳动者在法定休假节日工作的，按照不低于劳动合"
        "同规定的劳动者本人日或小时工资标准的３００％支付劳动者工资。",
    ),
    "zhejiang_labour_inspection_regulation": (
        "（六）用人单位拒不支付或者不按标准支付劳动者延长工作时间的工资报酬和节假日加班工资报酬的；",
    ),
}


def _published(statute: Statute) -> list[str]:
    """The lines of the published text, without its head, headings and blank lines."""
    text = resource("laws", "text", INDEX[statute.key]["text"]).read_bytes().decode("utf-8")
    body = text.split("<!-- INFO END -->", 1)[-1]
    return [line for line in body.split("\n") if line.strip("\u200b \t\r") and not line.startswith("#")]


def _rejoined(statute: Statute) -> list[str]:
    lines = list(statute.preamble)
    for part in statute.articles:
        separator = " " if part.number.endswith("条") else ""
        lines += (part.number + separator + part.text).split("\n")
    return lines + list(statute.annex)


@pytest.mark.parametrize("statute", WITH_TEXT, ids=lambda s: s.key)
def test_articles_joined_again_are_the_published_text(statute: Statute) -> None:
    published, rejoined = _published(statute), _rejoined(statute)
    assert "".join(rejoined) == "".join(published)
    digests = [hashlib.sha256("".join(lines).encode()).hexdigest() for lines in (rejoined, published)]
    assert digests[0] == digests[1]
    assert set(rejoined) - set(published) == set(BROKEN_OFF.get(statute.key, ()))


@pytest.mark.parametrize("statute", WITH_TEXT, ids=lambda s: s.key)
def test_the_shipped_text_is_the_one_that_was_checked(statute: Statute) -> None:
    entry = INDEX[statute.key]
    assert hashlib.sha256(resource("laws", "text", entry["text"]).read_bytes()).hexdigest() == entry["sha256"]
    assert entry["text"].endswith(f"({statute.version}).md")
    assert statute.source


@pytest.mark.parametrize("statute", WITH_TEXT, ids=lambda s: s.key)
def test_articles_are_numbered_without_a_gap_and_items_too(statute: Statute) -> None:
    assert [part.n for part in statute.articles] == list(range(1, len(statute.articles) + 1))
    for part in statute.articles:
        for paragraph in part.paragraphs:
            assert [item.n for item in paragraph.items] == list(range(1, len(paragraph.items) + 1))


def test_every_text_is_in_the_index_and_the_other_way_round() -> None:
    files = {path.name for path in resource("laws", "text").iterdir()}
    assert files == {entry["text"] for entry in INDEX.values() if entry["text"]}
    assert len(files) == 29


@pytest.mark.parametrize(
    ("name", "articles"),
    [
        ("工会法", 58),
        ("劳动法", 107),
        ("劳动合同法", 98),
        ("公司法", 266),
        ("浙江省工会劳动法律监督条例", 33),
        ("印章管理的规定", 27),
    ],
)
def test_statutes_have_all_their_articles(name: str, articles: int) -> None:
    assert len(law(name).articles) == articles


@pytest.mark.parametrize(
    "name", ["工会法", "中华人民共和国工会法", "《工会法》", "trade_union_law", " 工会法 "]
)
def test_a_statute_goes_by_its_name_its_short_name_or_its_key(name: str) -> None:
    statute = law(name)
    assert statute.name == "中华人民共和国工会法"
    assert statute.version == datetime.date(2021, 12, 24)
    assert statute.adopted == datetime.date(1992, 4, 3)
    assert statute.effective is None


def test_articles_paragraphs_and_items_are_quoted_exactly() -> None:
    assert article("浙江省工会劳动法律监督条例", 22) == (
        "用人单位应当自收到工会劳动法律监督意见书之日起十五个工作日内作出书面答复，说明情况和改正措施。"
        "用人单位认为工会劳动法律监督委员会意见不适当的，应当书面说明理由。"
    )
    assert article("浙江省工会劳动法律监督条例", 23, None, 1) == "用人单位拒绝接收工会劳动法律监督意见书的；"
    assert article("浙江省工会劳动法律监督条例", 17, 2).endswith("并于五个工作日内书面告知劳动者。")
    assert article("劳动法", 91, None, 1) == "克扣或者无故拖欠劳动者工资的；"
    assert article("劳动合同法", 14, 3).startswith("用人单位自用工之日起满一年不与劳动者订立书面劳动合同的")
    assert article("女职工劳动保护特别规定", 7, 1).startswith("女职工生育享受98天产假")
    assert "万分之五" in article("社会保险法", 86)
    assert "直径" in article("印章管理的规定", 14)


def test_an_article_stands_in_its_chapter() -> None:
    part = law("浙江省工会劳动法律监督条例").article(22)
    assert (part.number, part.chapter, part.section) == ("第二十二条", "第三章\u3000协商和处理", "")
    assert any(a.section for a in law("公司法").articles)


def test_a_citation_reads_as_in_a_document() -> None:
    assert law("劳动法").cite(91, None, 1) == "《中华人民共和国劳动法》第九十一条第（一）项"
    assert law("劳动合同法").cite(14, 3) == "《中华人民共和国劳动合同法》第十四条第三款"


@pytest.mark.parametrize(
    ("name", "place", "problem"),
    [
        ("工会法", (59,), ArticleMissing),
        ("工会法", (0,), ArticleMissing),
        ("工会法", (1, 2), ArticleMissing),
        ("工会法", (23, 1, 6), ArticleMissing),
        ("工会法", (23, None, 6), ArticleMissing),
        ("工会法", (23, 0), ArticleMissing),
        ("某某法", (1,), StatuteUnknown),
        ("民法典", (201,), StatuteTextMissing),
        ("企业民主管理规定", (1,), StatuteTextMissing),
    ],
)
def test_what_cannot_be_quoted_is_refused_in_words(
    name: str, place: tuple[int, ...], problem: type[Problem]
) -> None:
    with pytest.raises(problem) as raised:
        article(name, *place)
    assert re.search("[一-龥]", raised.value.sentence)
    assert raised.value.next_step


def test_an_item_that_stands_in_two_paragraphs_needs_its_paragraph() -> None:
    twice = [
        (statute, part)
        for statute in WITH_TEXT
        for part in statute.articles
        if sum(bool(paragraph.items) for paragraph in part.paragraphs) > 1
    ]
    assert twice
    statute, part = twice[0]
    with pytest.raises(ArticleAmbiguous):
        statute.quote(part.n, None, 1)
    number = next(n for n, paragraph in enumerate(part.paragraphs, 1) if paragraph.items)
    assert statute.quote(part.n, number, 1) == part.paragraphs[number - 1].items[0].text


def test_statutes_without_text_say_so() -> None:
    assert {s.short_name for s in WITHOUT_TEXT} >= {
        "企业民主管理规定",
        "浙江省实施《工会法》办法",
        "工会劳动法律监督办法",
        "杭州市工会劳动法律监督条例",
        "民法典",
    }
    for statute in WITHOUT_TEXT:
        assert statute.note.startswith("条文待录入")
        assert statute.articles == ()


def test_every_name_leads_to_one_statute() -> None:
    names = [name for s in laws() for name in {s.key, s.name, s.short_name}]
    assert len(names) == len(set(names))


REFERENCES = [
    (category.id, reference)
    for category in violation_categories()
    for reference in (*category.duties, *category.sanctions)
]


@pytest.mark.parametrize(("category", "reference"), REFERENCES, ids=str)
def test_every_cited_article_exists_or_is_marked_as_unverified(
    category: str, reference: StatuteReference
) -> None:
    statute = law(reference.statute)
    if reference.unverified:
        assert not statute.has_text
        return
    assert reference.article is not None
    assert statute.quote(reference.article, reference.paragraph, reference.item)


def test_every_category_belongs_to_a_matter_and_has_a_duty() -> None:
    matters = code_list("supervision_matter").by_code
    categories = violation_categories()
    assert len(categories) == len({c.id for c in categories}) == 26
    for category in categories:
        assert category.label
        assert category.duties
        assert category.matters
        assert set(category.matters) <= set(matters)
    assert {m for c in categories for m in c.matters} == set(matters)


@pytest.mark.parametrize(
    ("category", "words"),
    [
        ("women_workers", "98天产假"),
        ("social_insurance", "日加收万分之五"),
        ("excessive_hours", "四十四小时"),
        ("excessive_hours", "每周工作40小时"),
        ("union_dues", "支付令"),
        ("no_written_contract", "二倍的工资"),
        ("retaliation", "打击报复"),
        ("unlawful_dismissal", "事先将理由通知工会"),
    ],
)
def test_the_articles_of_a_category_say_what_it_is_about(category: str, words: str) -> None:
    texts = [
        law(reference.statute).quote(reference.article or 0, reference.paragraph, reference.item)
        for name, reference in REFERENCES
        if name == category and not reference.unverified
    ]
    assert any(words in text for text in texts)


def test_a_text_without_articles_is_read_by_its_numbered_points() -> None:
    preamble, articles, annex = parse_articles(
        "# 某规定\n\n<!-- INFO END -->\n\n说明：\n\n一、甲。\n\n补充。\n\n二、乙\n\n接上。\n\n附件：略"
    )
    assert preamble == ("说明：",)
    assert [(a.n, a.number, a.text) for a in articles] == [
        (1, "一、", "甲。\n补充。"),
        (2, "二、", "乙接上。"),
    ]
    assert annex == ("附件：略",)

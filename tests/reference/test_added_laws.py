"""Statutes that a district enters: a further version of one that is shipped, or one that the library lacks."""

from __future__ import annotations

import datetime

import pytest

from desktop import reference
from desktop.documents.letters.quotes import NotInForce, offered_citations, quote, read_citations
from desktop.records.statutes import StatuteUnknown
from desktop.reference import Laws, added_statute

D = datetime.date
PASTED = "\n".join(
    (
        "　　第一章　总　则",
        "　　第一条　为了试验，",
        "制定本法。",
        "　　第二条有下列情形的：",
        "　　（一）其一；",
        "　　（二）其二。",
        "　　第一条规定的情形除外。",
    )
)
LATER = added_statute("《中华人民共和国劳动法》", PASTED, D(2026, 10, 1), D(2027, 1, 1), "新劳动法", "示例")
NEW = added_statute("示例条例", PASTED, D(2026, 1, 1), D(2026, 3, 1))
LAWS = Laws((LATER, NEW))


def test_a_pasted_text_is_read_as_a_published_one() -> None:
    assert [a.n for a in NEW.articles] == [1, 2]
    assert NEW.quote(1) == "为了试验，制定本法。"
    assert (NEW.quote(2, 1, 2), NEW.quote(2, 2)) == ("其二。", "第一条规定的情形除外。")
    assert NEW.articles[0].chapter == "第一章 总 则"
    assert not added_statute("空的", "没有条文", D(2026, 1, 1), D(2026, 1, 1)).has_text


@pytest.mark.parametrize(
    ("day", "version"),
    [(None, LATER.version), (D(2027, 1, 1), LATER.version), (D(2026, 12, 31), D(2018, 12, 29))],
)
def test_of_two_versions_that_in_force_on_the_day_is_quoted(day: D | None, version: D) -> None:
    for name in ("中华人民共和国劳动法", "labour_law"):
        assert LAWS.law(name, day).version == version
    assert reference.law("劳动法").version == D(2018, 12, 29), "what is shipped stays"
    (citation,) = read_citations("《中华人民共和国劳动法》第一条", LAWS)
    assert quote(citation, day, LAWS).version == str(version)


def test_one_that_the_library_lacks_is_quoted_from_its_day_on() -> None:
    (citation,) = read_citations("《示例条例》第二条第（一）项", LAWS)
    assert quote(citation, D(2026, 3, 1), LAWS).lines == ("有下列情形的：", "（一）其一；")
    with pytest.raises(NotInForce):
        quote(citation, D(2026, 2, 28), LAWS)
    with pytest.raises(StatuteUnknown):
        read_citations("《示例条例》第二条")


def test_a_statute_that_was_known_by_name_only_is_offered_with_its_text() -> None:
    lacking = {p.statute for c in reference.violation_categories() for p in (*c.duties, *c.sanctions)}
    lacking = {key for key in lacking if not reference.law(key).has_text}
    before = offered_citations(frozenset())
    entered = tuple(
        added_statute(reference.law(key).name, PASTED, D(2020, 1, 1), D(2020, 1, 1)) for key in lacking
    )
    assert set(before) <= set(offered_citations(frozenset(), Laws(entered)))
    assert all(Laws(entered).law(key).has_text for key in lacking)


def test_an_article_that_an_amendment_took_away_is_not_offered() -> None:
    offered = offered_citations(frozenset(), LAWS)
    assert not any(cited.startswith("《中华人民共和国劳动法》第五十条") for cited in offered)
    assert any(
        cited.startswith("《中华人民共和国劳动法》第五十条") for cited in offered_citations(frozenset())
    )

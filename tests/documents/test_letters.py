"""Letters of a supervision case: templates, placeholders, quotations, wording; pure values, no workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from desktop import reference
from desktop.documents.letters.content import content_faults
from desktop.documents.letters.printed import (
    PrintedLetter,
    SnapshotDamaged,
    from_snapshot,
    to_snapshot,
)
from desktop.documents.letters.quotes import CitationUnreadable, offered_citations, quote, read_citations
from desktop.documents.letters.templates import (
    PLACEHOLDERS,
    LetterIncomplete,
    fill,
    load_templates,
    parse_template,
    templates,
)
from desktop.documents.letters.typed import items, official
from desktop.documents.placeholders import TemplateFaulty
from desktop.records.cells import text
from desktop.records.statutes import ArticleMissing, StatuteTextMissing, StatuteUnknown
from desktop.records.supervision import Title
from desktop.resources import resource
from tests.documents.composed import (
    CASES,
    EMPLOYER,
    compose_source,
    letter_for,
    source_for,
)

every_template = pytest.mark.parametrize("template", sorted(CASES))


# Templates ----------------------------------------------------------------------------------------------------------


def test_every_template_is_tried_here_and_every_title_has_one() -> None:
    assert set(templates()) == set(CASES)
    assert {t.title for t in templates().values()} == set(Title)


@every_template
def test_a_template_says_that_it_is_an_example_and_the_letter_does_not(template: str) -> None:
    found = templates()[template]
    assert (found.official, found.notice) == (False, "样式为示例，非官方")
    assert found.source
    letter = letter_for(template)
    assert "示例" not in letter.text
    assert "非官方" not in letter.text


GOOD = json.loads(resource("templates", "opinion_letter.json").read_text("utf-8"))


def edited(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (edited(parts=[{"part": "paragraph", "text": "你好{complainant_name}"}]), "{complainant_name}"),
        (edited(parts=[{"part": "paragraph", "text": "{citation}"}]), "{citation}"),
        (edited(parts=[{"part": "paragraph", "text": "{subject"}]), "括号不成对"),
        (edited(parts=[{"part": "paragraph", "text": "[{subject}"}]), "括号不成对"),
        (edited(parts=[{"part": "paragraph", "text": "x", "when": "weather"}]), "{weather}"),
        (edited(parts=[{"part": "poem", "text": "x"}]), "“poem”"),
        (edited(parts=[{"part": "list"}]), "没有说明列出什么"),
        (edited(parts=[{"part": "paragraph", "txt": "x"}]), "txt"),
        (edited(defaults={"facts": "x"}), "facts"),
        (edited(defaults={"legal_basis": "{moon}"}), "{moon}"),
        (edited(notice=""), "notice"),
        (edited(title="ultimatum"), "不能写“ultimatum”"),
        (edited(colour="red"), "colour"),
        (b"{", "读不出来"),
    ],
)  # fmt: skip
def test_a_faulty_template_says_what_is_wrong(data: bytes, words: str) -> None:
    with pytest.raises(TemplateFaulty) as problem:
        parse_template(data, "试用")
    assert words in problem.value.sentence


def test_a_template_under_another_name_is_refused(tmp_path: Any) -> None:
    (tmp_path / "other.json").write_bytes(edited())
    with pytest.raises(TemplateFaulty):
        load_templates(tmp_path)


def test_text_in_brackets_is_left_out_without_its_value() -> None:
    assert fill("电话{contact_phone}[，地址：{contact_address}]。", {"contact_phone": "1"}) == "电话1。"
    with pytest.raises(LetterIncomplete) as problem:
        fill("{contact_name}", {})
    assert "联系人" in problem.value.sentence


# Nobody learns who complained ---------------------------------------------------------------------------------------


def test_there_is_no_placeholder_for_the_complainant() -> None:
    assert [name for name in PLACEHOLDERS if "complain" in name or "投诉人" in PLACEHOLDERS[name]] == []


@every_template
def test_the_complainant_is_in_no_letter(template: str) -> None:
    words = to_snapshot(letter_for(template))
    for secret in ("李小明", "13800001111", "88886666", "翠苑五区"):
        assert secret not in words


@every_template
@pytest.mark.parametrize(
    "field", ["facts", "requests", "subject", "consequence", "addressee", "copies_to", "legal_basis"]
)
def test_a_complainant_who_was_typed_into_a_letter_stops_it(template: str, field: str) -> None:
    source = source_for(template)
    assert list(content_faults(source, compose_source(source))) == []
    typed = f"{text(source.draft.values, field)}经李 小明反映"
    source = source_for(template, **{field: typed})
    faults = list(content_faults(source, compose_source(source)))
    assert [f for f in faults if "投诉人" in f.text and "第十三条" in f.article]


# Texts of the domain ------------------------------------------------------------------------------------------------


def body(letter: PrintedLetter) -> str:
    return "\n".join(part.number + part.text for part in letter.parts)


def test_the_reminder_reads_as_drafted() -> None:
    letter = letter_for(
        "reminder_letter",
        facts="一处风险\n两处风险",
        requests="对照自查\n及时改正",
        consequence="",
        articles="《中华人民共和国劳动法》第五十条",
    )
    assert body(letter) == (
        f"{EMPLOYER}\n"
        "根据《中华人民共和国工会法》《浙江省工会劳动法律监督条例》等规定，我会在受理投诉中了解到，你单位在劳动报酬、福利和最低工资方面"
        "可能存在以下用工风险：\n一、一处风险。\n二、两处风险。\n"
        "《中华人民共和国劳动法》第五十条规定：“工资应当以货币形式按月支付给劳动者本人。不得克扣或者无故拖欠劳动者的工资。”\n"
        "为预防和化解劳动关系矛盾，提示如下：\n（一）对照自查；\n（二）及时改正。\n"
        "请于收到本函之日起15日内将自查整改情况书面反馈我会。\n联系人：陈明，电话：0571-87654321，地址：杭州市西湖区文三路100号。"
    )
    assert letter.layout == "letter"
    assert not letter.signer


def test_the_opinion_letter_reads_as_drafted() -> None:
    letter = letter_for(
        "opinion_letter", facts="一件事", articles="《中华人民共和国劳动法》第五十条", correct_by="2026-12-31"
    )
    assert body(letter) == (
        f"{EMPLOYER}\n"
        "2026年10月8日，我会收到职工投诉，反映你单位拖欠12名职工工资。根据《浙江省工会劳动法律监督条例》第十八条、第二十条的规定，"
        "我会于2026年11月3日指派工会劳动法律监督员王建国（证号浙工监0123）、阿卜杜拉·买买提（证号浙工监0456）进行了调查。\n"
        "一、查明的事实\n一件事。\n二、监督意见\n"
        "上述行为违反了《中华人民共和国劳动法》第五十条“工资应当以货币形式按月支付给劳动者本人。不得克扣或者无故拖欠劳动者的工资。”的规定。\n"
        "根据《中华人民共和国工会法》第二十三条、《浙江省工会劳动法律监督条例》第二十一条，现提出如下意见：\n"
        "（一）足额支付12名职工2026年8月、9月的工资，于2026年12月31日前完成；\n"
        "（二）为5名职工办理社会保险登记，于2026年12月31日前完成。\n三、答复要求\n"
        "根据《浙江省工会劳动法律监督条例》第二十二条，请你单位自收到本意见书之日起十五个工作日内书面答复我会，说明情况和改正措施；"
        "认为本意见不适当的，请书面说明理由。拒绝接收、逾期未答复或者无正当理由不改正的，我会可以依据该条例第二十三条向人力资源和社会保障"
        "等有关部门发出工会劳动法律监督建议书。\n联系人：陈明　　联系电话：0571-87654321\n地址：杭州市西湖区文三路100号"
    )
    assert letter.layout == "plain"
    assert letter.signer


def test_the_suggestion_letter_reads_as_drafted() -> None:
    letter = letter_for(
        "suggestion_letter", facts="一件事", requests="责令改正", articles="《中华人民共和国劳动法》第五十条"
    )
    assert body(letter) == (
        "杭州市西湖区人力资源和社会保障局\n"
        f"我会对{EMPLOYER}（统一社会信用代码：91330106MA2ABCDEX7，住所：杭州市西湖区三墩镇振华路200号，"
        "法定代表人：犇㛃䶮，联系电话：0571-88880000，职工356人）遵守劳动法律法规情况实施监督，"
        "于2026年11月5日向其发出《工会劳动法律监督意见书》（杭西工监意〔2026〕1号），该单位于2026年11月9日签收。"
        "截至2026年12月10日，该单位未在规定期限（至2026年11月30日止）内答复，"
        "属于《浙江省工会劳动法律监督条例》第二十三条第（二）项规定的情形。\n一、基本事实\n一件事。\n二、涉嫌违反的规定\n"
        "上述行为涉嫌违反《中华人民共和国劳动法》第五十条“工资应当以货币形式按月支付给劳动者本人。不得克扣或者无故拖欠劳动者的工资。”的规定。\n"
        "三、处理建议\n根据《中华人民共和国工会法》第二十三条、《浙江省工会劳动法律监督条例》第二十三条，提出如下建议：\n责令改正。\n"
        "请依法调查处理，并依照《浙江省工会劳动法律监督条例》第二十四条、《浙江省劳动保障监察条例》第十七条将处理结果反馈我会。\n"
        "联系人：陈明　　联系电话：0571-87654321\n地址：杭州市西湖区文三路100号\n移交材料清单（共3份15页）"
    )
    (attachment,) = [part for part in letter.parts if part.kind == "attachment"]
    assert attachment.rows == (
        ("1", "考勤表", "1", "12", "复印件"), ("2", "意见书及送达回证", "2", "3", "原件"), ("", "合计", "3", "15", ""),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("template", "laws", "absent"),
    [
        ("correction_opinion_democratic", ["《浙江省企业民主管理条例》第三十三条"], ["第二十二条", "第二十三条"]),
        ("correction_opinion_contract", ["《浙江省集体合同条例》第四十一条"], ["第二十二条", "第二十三条"]),
        ("opinion_letter_wages", ["《杭州市企业工资集体协商条例》第四十三条"], ["第二十三条"]),
        ("handling_suggestion", ["条例》第三十三条", "《浙江省企业民主管理条例》第三十二条"], ["第二十三条"]),
        ("penalty_suggestion", ["《浙江省集体合同条例》第四十一条"], ["第二十三条"]),
    ],
)  # fmt: skip
def test_other_regulations_have_their_own_words(template: str, laws: list[str], absent: list[str]) -> None:
    letter = letter_for(template)
    assert letter.template == template
    for law in laws:
        assert law in letter.own_words
    for words in absent:
        assert words not in letter.own_words


def test_another_department_is_not_told_of_the_labour_inspection() -> None:
    letter = letter_for("suggestion_letter", addressee="杭州市西湖区应急管理局", department="emergency")
    assert "第二十四条将处理结果反馈我会" in letter.own_words
    assert "劳动保障监察条例" not in letter.own_words


@pytest.mark.parametrize(
    ("ground", "words"),
    [
        ("1", "该单位拒绝接收意见书，属于《浙江省工会劳动法律监督条例》第二十三条第（一）项"),
        (
            "3",
            "截至2026年12月10日，该单位无正当理由未改正，属于《浙江省工会劳动法律监督条例》第二十三条第（三）项",
        ),
    ],
)
def test_the_situation_is_told_as_it_came_about(ground: str, words: str) -> None:
    assert words in letter_for("suggestion_letter", ground=ground).own_words


@pytest.mark.parametrize("missing", ["facts", "requests", "articles", "contact_name", "addressee"])
@every_template
def test_a_letter_with_a_hole_is_not_composed(template: str, missing: str) -> None:
    given: dict[str, Any] = {missing: None}
    with pytest.raises(LetterIncomplete):
        letter_for(template, **given)


# Quotations ---------------------------------------------------------------------------------------------------------


@every_template
def test_every_quotation_is_the_law_letter_by_letter(template: str) -> None:
    letter = letter_for(template)
    assert letter.quotes
    for found in letter.quotes:
        law = reference.article(found.statute, found.article, found.paragraph, found.item)
        exact = law if found.item is None else found.lines[-1].split("）", 1)[1]
        assert exact == law
        assert found.text.endswith(exact)
        assert found.version == str(reference.law(found.statute).version)
        printed = "".join(part.text for part in letter.parts if part.quoted)
        for line in found.lines:
            assert line in printed


def test_citations_are_read_as_people_write_them() -> None:
    found = read_citations(
        "《中华人民共和国劳动法》第五十条\n劳动合同法第85条第1项\n法律责任：《社会保险法》第八十六条；《工会法》第二十三条第（一）项\n"
        "《中华人民共和国劳动法》第五十条"
    )
    assert [(c.statute, c.article, c.paragraph, c.item, c.liability) for c in found] == [
        ("labour_law", 50, None, None, False), ("labour_contract_law", 85, None, 1, True),
        ("social_insurance_law", 86, None, None, True), ("trade_union_law", 23, None, 1, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("依法支付工资", CitationUnreadable),
        ("《没有的法》第一条", StatuteUnknown),
        ("《中华人民共和国劳动法》第九百条", ArticleMissing),
        ("《中华人民共和国民法典》第二百零一条", StatuteTextMissing),
    ],
)
def test_what_cannot_be_quoted_is_a_clear_problem(words: str, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        letter_for("opinion_letter", articles=words)


def test_what_the_library_offers_can_be_quoted() -> None:
    lines = offered_citations(frozenset())
    assert len(lines) > 100
    for citation in read_citations("\n".join(lines)):
        assert quote(citation).lines


def test_the_quotation_of_its_day_stays() -> None:
    letter = letter_for("opinion_letter")
    assert from_snapshot(to_snapshot(letter)) == letter
    with pytest.raises(SnapshotDamaged):
        from_snapshot(to_snapshot(letter)[:-5])


def test_a_snapshot_of_a_newer_program_can_be_read() -> None:
    newer = json.loads(to_snapshot(letter_for("reminder_letter"))) | {"stamp_colour": "red"}
    assert from_snapshot(json.dumps(newer)) == letter_for("reminder_letter")


# What must not be said ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "changes", "words"),
    [
        ("reminder_letter", {"legal_basis": "《浙江省工会劳动法律监督条例》第二十二条"}, "第二十二条"),
        ("reminder_letter", {"consequence": "请于15个工作日内答复"}, "15个工作日"),
        ("reminder_letter", {"reply_days": 15, "reply_day_kind": "working"}, "15个工作日"),
        ("reminder_letter", {"articles": "《浙江省工会劳动法律监督条例》第二十二条"}, "第二十二条"),
        ("opinion_letter", {"reply_days": 10}, "十五个工作日"),
        ("opinion_letter", {"reply_day_kind": "natural"}, "十五个工作日"),
        ("opinion_letter", {"investigation": "我会进行了调查"}, "王建国"),
        ("correction_opinion_contract", {"correct_by": None}, "改正期限"),
        ("suggestion_letter", {"history": "我会发过意见书"}, "文号"),
        ("suggestion_letter", {"history": "我会发过意见书（杭西工监意〔2026〕1号）"}, "送达日期"),
        ("suggestion_letter", {"articles": "《中华人民共和国工会法》第四十三条"}, "支付令"),
        ("suggestion_letter", {"facts": "依照《中华人民共和国工会法》第四十四条"}, "支付令"),
    ],
)  # fmt: skip
def test_what_a_letter_must_not_say_stops_it(template: str, changes: Mapping[str, Any], words: str) -> None:
    source = source_for(template, **changes)
    assert [f for f in content_faults(source, compose_source(source)) if words in f.text]


@every_template
def test_a_letter_as_the_program_writes_it_has_no_fault(template: str) -> None:
    source = source_for(template)
    assert list(content_faults(source, compose_source(source))) == []


# Typed text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("杭总工[2024]32号", "杭总工〔2024〕32号"), ("杭总工（2024）32号", "杭总工〔2024〕32号"),
        ("工资,奖金;津贴:共3,000元", "工资，奖金；津贴：共3,000元"), ("10:30到岗", "10:30到岗"),
        ("职工(含派遣工)12名", "职工（含派遣工）12名"), ("GB/T(2012)", "GB/T(2012)"), ('称"自愿"加班', "称“自愿”加班"),
        ("王 某", "王某"), ("3.5万元", "3.5万元"), ("2026-11-03", "2026-11-03"),
    ],
)  # fmt: skip
def test_typed_marks_become_those_of_an_official_page(typed: str, printed: str) -> None:
    assert official(typed) == printed


def test_lists_lose_typed_numbers_and_end_marks() -> None:
    typed = "一、拖欠工资；\n（二）未签合同。\n\n3. 超时加班,\n(4)没有年休假\n2026年8月没有休息日\n3.5万元没有支付"
    assert items(typed) == (
        "拖欠工资", "未签合同", "超时加班", "没有年休假", "2026年8月没有休息日", "3.5万元没有支付",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("1.2026年7月未付工资\n2.2026年8月未付工资", ("2026年7月未付工资", "2026年8月未付工资")),
        ("1.2026年7月未付工资", ("2026年7月未付工资",)),
        ("1.3名职工未签合同\n2.5名职工未参保", ("3名职工未签合同", "5名职工未参保")),
        ("1.5小时没有计薪\n3.5万元没有支付", ("1.5小时没有计薪", "3.5万元没有支付")),
        ("1.5小时没有计薪", ("1.5小时没有计薪",)),
    ],
)
def test_a_number_before_figures_goes_where_it_counts_the_lines(typed: str, printed: tuple[str, ...]) -> None:
    assert items(typed) == printed


def test_a_single_item_has_no_number() -> None:
    letter = letter_for("opinion_letter", facts="一件事")
    assert "一件事。" in body(letter).split("\n")

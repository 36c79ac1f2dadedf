"""Attempts to get an unlawful paper out of the printer: by operations, by what is typed in, and by a bundle."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import docx
import pytest

from desktop.documents.letters.printed import digest_of
from desktop.operations import supervision
from desktop.operations.papers import papers
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import exchange
from desktop.operations.supervision import IllegalStep
from desktop.records.declaration import Level
from desktop.records.supervision.numbering import BadPattern, Series, check_organ
from desktop.records.versions.canonical import Cell
from tests.documents.paper import words_of
from tests.operations.cases import CHAIR, WORDS, CaseAt, D, create, forge, taken
from tests.operations.stations import enrol

pytestmark = pytest.mark.usefixtures("bundled_fonts")

NAMED = "王强反映工资没有支付"


def refused(act: Callable[[], object], words: str) -> None:
    with pytest.raises(IllegalStep, match=words):
        act()


def nothing_left(folder: Path) -> None:
    assert [p for p in folder.rglob("*") if p.suffix in (".pdf", ".docx")] == []


# The complainant ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["李小明、王强", "王强（仓库）", "李小明和王强等3人"])
def test_one_of_several_complainants_stands_in_no_letter(desk: Session, tmp_path: Path, name: str) -> None:
    case = CaseAt(desk, complainant_name=name)
    letter = case.draft("reminder_letter", facts=NAMED)
    refused(lambda: case.issue(letter, "10-10"), "投诉人")
    refused(lambda: supervision.save_word(desk, letter, tmp_path / "word"), "投诉人")
    assert taken(desk) == []
    nothing_left(tmp_path)


@pytest.mark.parametrize(
    "fields",
    [
        {"contact_phone": "+86 138 0000 1111"},
        {"contact_address": "李 小\u200b明家"},
        {"copies_to": "李.小明"},
        {"contact_name": "李小明"},
        {"facts": "李\ufe00小\u3164明的工资没有支付"},
        {"reply_method": "书面交李小\u0332明"},
    ],
)
def test_nobody_is_told_to_call_or_to_visit_the_one_who_complained(
    desk: Session, tmp_path: Path, fields: dict[str, Any]
) -> None:
    case = CaseAt(desk)
    letter = case.draft("reminder_letter", **fields)
    refused(lambda: case.issue(letter, "10-10"), "投诉人")
    refused(lambda: supervision.save_word(desk, letter, tmp_path / "word"), "投诉人")
    assert taken(desk) == []
    nothing_left(tmp_path)


def test_a_class_notice_names_nobody_who_told_of_it(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk, source="inspection", complainant_name="王强", complainant_phone="13800001111")
    firms = records.save_many(desk, "enterprise", [{"name": f"第{n}建筑公司"} for n in (1, 2)])[0]
    for words in (NAMED, "请与138-0000-1111联系"):
        documents = supervision.class_notices(desk, case.id, firms, {**WORDS, "facts": words}).documents
        assert not supervision.ready(desk, case.id).documents
        refused(lambda ids=documents: supervision.issue_many(desk, ids, CHAIR, D(2026, 10, 10)), "投诉人")  # type: ignore[misc]
        for document in documents:
            refused(lambda one=document: supervision.print_pages(desk, one), "还没有签发")  # type: ignore[misc]
            records.delete(desk, "case_document", document)
    assert taken(desk) == []
    nothing_left(tmp_path)


def test_a_class_notice_stays_a_reminder_whatever_is_typed(desk: Session) -> None:
    case = CaseAt(desk, source="inspection", complainant_name=None, complainant_phone=None)
    firms = records.save_many(desk, "enterprise", [{"name": "第一建筑公司"}])[0]
    (document,) = supervision.class_notices(
        desk, case.id, firms, {**WORDS, "kind": "opinion_letter", "title_variant": "opinion"}
    ).documents
    assert case.values(document)["kind"] == "reminder_letter"


# Order of law ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["条例第二十二、二十三条", "第二十至二十四条", "第21-23条", "第二十 二条"])
def test_article_22_comes_into_a_reminder_in_no_spelling(desk: Session, words: str) -> None:
    case = CaseAt(desk)
    letter = case.draft("reminder_letter", requests=f"依照{words}书面答复")
    refused(lambda: case.issue(letter, "10-10"), "第二十二条")
    assert taken(desk) == []


@pytest.mark.parametrize(
    "words", ["请在十 五个工 作日内答复", "十五\u200b个工作日", "１５个法定的工作日", "第二十\u200b二条"]
)
def test_a_reminder_borrows_no_term_in_any_spelling(desk: Session, words: str) -> None:
    case = CaseAt(desk)
    letter = case.draft("reminder_letter", requests=words)
    refused(lambda: case.issue(letter, "10-10"), "第二十二条")
    assert taken(desk) == []


def test_no_letter_is_dated_before_the_law_that_it_rests_on(desk: Session) -> None:
    case = CaseAt(desk, received_date="2016-06-01", registered_date="2016-06-01")
    for article, words in (
        ("《中华人民共和国劳动法》第五十条", "文本自2018-12-29起才有"),
        ("《工资支付暂行规定》第七条", "早于《.*条例》开始施行的2016-12-01"),
    ):
        letter = case.draft("reminder_letter", articles=article)
        refused(lambda one=letter: supervision.issue(desk, one, CHAIR, D(2016, 11, 30)), words)  # type: ignore[misc]
    assert taken(desk) == []


@pytest.mark.parametrize(
    "name", ["浙江省总工会", "杭州市总工会", "杭州市上城区总工会", "西湖区人力资源和社会保障局"]
)
def test_nobody_issues_in_the_name_of_another_body(desk: Session, name: str) -> None:
    with pytest.raises(BadPattern, match="不是“杭州市西湖区总工会”的全称"):
        supervision.set_number_settings(desk, "杭西", organ=name)
    desk.ledger.set_meta("letters.organ", name)
    case = CaseAt(desk)
    letter = case.draft("reminder_letter")
    with pytest.raises(BadPattern):
        case.issue(letter, "10-10")
    assert taken(desk) == []
    supervision.set_number_settings(desk, "杭西", organ="浙江省杭州市西湖区总工会")
    assert case.issue(letter, "10-10").letter.organ == "浙江省杭州市西湖区总工会"


@pytest.mark.parametrize(
    ("unit", "organ"),
    [
        ("径山村工会", "余杭区径山镇径山村工会委员会"),
        ("杭州示例茶业有限公司工会委员会", "杭州示例茶业有限公司工会"),
        ("径山镇总工会", "杭州市余杭区径山镇总工会"),
        ("余杭区", "杭州市余杭区总工会"),
        ("杭州市西湖区文新街道总工会", "文新街道总工会"),
        ("西湖区文新街道工会联合会", "文新街道工会联合会"),
        ("杭州市余杭区余杭经济技术开发区总工会", "余杭经济技术开发区总工会"),
        ("余杭经济技术开发区总工会", "杭州余杭经济技术开发区总工会"),
        ("建德市总工会", "杭州市建德市总工会"),
        ("梅城镇总工会", "建德市梅城镇总工会"),
    ],
)
def test_a_union_signs_as_its_committee_and_a_place_as_its_union(unit: str, organ: str) -> None:
    assert check_organ(organ, unit, Level.TOWN) == organ


@pytest.mark.parametrize(
    ("unit", "organ"),
    [
        ("杭州市西湖区文新街道总工会", "西湖区总工会"),
        ("西湖区文新街道总工会", "余杭区文新街道总工会"),
        ("西湖区文新街道总工会", "街道总工会"),
        ("西湖区总工会", "上海市西湖区总工会"),
        ("西湖区总工会", "不是西湖区总工会"),
        ("西湖区总工会", "总工会"),
        ("文新街道总工会", "翠苑街道总工会文新街道总工会"),
        ("径山村工会", "瓶窑径山村工会"),
    ],
)
def test_what_only_ends_like_a_unions_name_is_another_body(unit: str, organ: str) -> None:
    with pytest.raises(BadPattern):
        check_organ(organ, unit, Level.TOWN)


def test_of_a_case_that_contradicts_itself_nothing_leaves_the_house(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.inquire()
    suggestion = case.suggestion()
    step = {"case": case.id, "kind": "not_accepted", "event_date": "2026-11-20", "handler": "王芳"}
    refusal = records.save(desk, "case_event", step).record
    assert not case.state.in_order
    for key, record in (
        ("refusal_notice", refusal),
        ("materials_list", suggestion),
        ("service_return", suggestion),
    ):
        refused(lambda k=key, r=record: papers.paper(desk, k, r), "矛盾")  # type: ignore[misc]
    assert papers.paper(desk, "case_approval", case.id), "the own file may be looked at"
    nothing_left(tmp_path)


def test_a_voided_letter_gets_no_receipt_to_be_served_with(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()
    letter = case.opinion()
    assert papers.paper(desk, "service_return", letter)
    supervision.void(desk, letter, "写错了")
    with pytest.raises(papers.NoSuchPaper, match="作废"):
        papers.paper(desk, "service_return", letter)


def test_nothing_goes_out_with_a_letter_that_was_not_issued(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()
    draft = case.draft("opinion_letter", skip_reason="情况紧急")
    refused(lambda: papers.paper(desk, "service_return", draft), "还没有签发")
    assert papers.paper(desk, "counterfoil", draft), "the own file may be looked at"
    records.delete(desk, "case_document", draft)
    suggestion = case.suggestion()
    refused(lambda: papers.paper(desk, "materials_list", suggestion), "还没有发出意见书")
    refused(lambda: papers.paper(desk, "service_return", suggestion), "还没有签发")


def test_materials_are_listed_for_work_before_the_suggestion_letter_and_handed_over_as_it_says(
    desk: Session,
) -> None:
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    suggestion = case.suggestion()
    refused(lambda: papers.paper(desk, "materials_list", suggestion), "没有登记送达|没有送达")
    case.step("served", "11-09", document=opinion, service_way="left", service_result="refused")
    records.delete(desk, "case_document", suggestion)
    suggestion = case.suggestion()
    working = papers.paper(desk, "materials_list", suggestion)
    assert working.name.endswith("（工作清单）")
    assert "工作清单：建议书没有签发，不作移交" in words_of(working.render())
    assert "工作清单" in working.noted
    assert any("不作移交" in p.text for p in docx.Document(io.BytesIO(working.word())).paragraphs)
    case.issue(suggestion, "11-20")
    handed = papers.paper(desk, "materials_list", suggestion)
    words = words_of(handed.render())
    assert "工作清单" not in words + handed.name + handed.noted
    assert "杭西工监建〔2026〕1号" in words
    more: dict[str, Cell] = {
        "document": suggestion,
        "sequence": 2,
        "name": "工资表",
        "copy_count": 1,
        "page_count": 3,
        "form": "copy",
    }
    added = records.save(desk, "handover_item", more).record
    refused(lambda: papers.paper(desk, "materials_list", suggestion), "对不上")
    records.delete(desk, "handover_item", added)
    assert papers.paper(desk, "materials_list", suggestion)


def test_a_voided_number_is_neither_given_nor_taken_again(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.inquire()
    voided = case.opinion()
    supervision.void(desk, voided, "写错了")
    number = case.values(voided)["document_number"]
    another = case.draft("opinion_letter", skip_reason="情况紧急")
    fields = desk.types["case_document"].slots["issue"].fields
    same = {f.name: case.values(voided)[f.name] for f in fields}
    with pytest.raises(NotAllowed, match="由程序填写"):
        records.save(desk, "case_document", same, record=another)
    forge(desk, another, same)
    refused(lambda: supervision.print_document(desk, another, tmp_path / "out"), "用了两次|不止一份")
    next_one = CaseAt(desk)
    next_one.inquire()
    assert next_one.issue(next_one.draft("opinion_letter", skip_reason="情况紧急"), "11-05").number != number
    nothing_left(tmp_path / "out")


# By a bundle ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def town(desk: Session, tmp_path: Path) -> Iterator[Session]:
    session = create(tmp_path, "三墩镇总工会", Level.TOWN, "330106109")
    enrol(session, desk, tmp_path)
    yield session
    session.workspace.close()


def hidden(snapshot: dict[str, Any]) -> dict[str, Any]:
    """A sentence that says of itself that it is quoted."""
    said = {"kind": "paragraph", "text": "请按条例第二十二条在十五个工作日内答复。", "quoted": True}
    return {**snapshot, "parts": [*snapshot["parts"], said]}


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        (
            "reminder_letter",
            lambda s: {**s, "title_words": "工会劳动法律监督建议书"},
            "标题“工会劳动法律监督建议书”和文种",
        ),
        ("reminder_letter", hidden, "提示函没有条例第二十二条的依据"),
        ("opinion_letter", lambda s: {**s, "signer": False}, "没有主席、副主席签署的位置"),
    ],
)
def test_a_kept_text_that_was_written_by_hand_is_judged_as_a_letter_is(
    desk: Session, tmp_path: Path, kind: str, change: Callable[[dict[str, Any]], dict[str, Any]], words: str
) -> None:
    case = CaseAt(desk)
    case.inquire()
    genuine = case.draft(kind, skip_reason="情况紧急")
    case.issue(genuine, "11-05")
    fields = desk.types["case_document"].slots["issue"].fields
    issue = {f.name: case.values(genuine)[f.name] for f in fields}
    number = str(issue["document_number"]).replace("1号", "2号")
    kept = str(case.values(genuine)["snapshot"]).replace("1号", "2号")
    snapshot = json.dumps(change(json.loads(kept)), ensure_ascii=False)
    forged = case.draft(kind, skip_reason="情况紧急")
    issue |= {
        "document_number": number,
        "sequence": 2,
        "snapshot": snapshot,
        "snapshot_digest": digest_of(snapshot),
    }
    forge(desk, forged, issue)
    refused(lambda: supervision.print_document(desk, forged, tmp_path / "out"), words)
    nothing_left(tmp_path / "out")


def test_an_issue_that_a_town_wrote_itself_is_refused_by_the_desk_and_prints_nowhere(
    desk: Session, town: Session, tmp_path: Path
) -> None:
    genuine = CaseAt(desk)
    genuine.inquire()
    issued = genuine.values(genuine.opinion())
    case = CaseAt(town)
    document = case.draft("suggestion_letter")
    fields = desk.types["case_document"].slots["issue"].fields
    snapshot = str(issued["snapshot"]).replace("1号", "9号")
    issue = {f.name: issued[f.name] for f in fields} | {
        "document_number": "杭西工监意〔2026〕9号", "sequence": 9, "snapshot": snapshot,
        "snapshot_digest": digest_of(snapshot),
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        records.save(town, "case_document", issue, record=document)
    forge(town, document, issue)
    report = exchange.merge(desk, [exchange.send(town, tmp_path / "up.xsj").path])
    assert sum(b.refused for b in report.bundles) > 0
    held = records.load(desk, "case_document", document)
    assert held is not None
    assert not held.values.get("document_number")
    refused(lambda: supervision.print_document(desk, document, tmp_path / "out"), "还没有签发")
    refused(lambda: supervision.print_document(town, document, tmp_path / "out"), "矛盾|不能打印")
    assert supervision.next_numbers(desk, 2026)[Series.OPINION] == 2
    nothing_left(tmp_path / "out")


def test_who_did_not_issue_a_letter_looks_at_it_and_prints_none(
    desk: Session, town: Session, tmp_path: Path
) -> None:
    case = CaseAt(town)
    case.inquire()
    document = case.draft("opinion_letter", skip_reason="情况紧急")
    exchange.merge(desk, [exchange.send(town, tmp_path / "up.xsj").path])
    supervision.issue(desk, document, CHAIR, D(2026, 11, 5))
    exchange.receive(town, [exchange.send(desk, tmp_path / "down.xsj", to=town.ledger.station).path])
    assert supervision.preview(town, document)
    refused(lambda: supervision.print_document(town, document, tmp_path / "out"), "由杭州市西湖区总工会打印")
    refused(lambda: supervision.print_many(town, [document], tmp_path / "out"), "由杭州市西湖区总工会打印")
    assert papers.paper(town, "service_return", document), "who serves it may be the town"
    handed = ("procuratorate", D(2026, 11, 5))
    refused(lambda: supervision.record_event(town, case.id, *handed), "县级以上工会移送")
    assert supervision.record_event(desk, case.id, *handed).event
    nothing_left(tmp_path / "out")
    assert supervision.print_document(desk, document, tmp_path / "desk").name.startswith("杭西工监意")


CLAIMS = [
    ("逾期不改正的，由我会处以罚款二千元", True), ("责令你单位于3日内补发", True), ("我会现责 令贵公司改正", True),
    ("我会将提请劳动行政部门依法处罚", False), ("区人社局已责令你单位改正", False), ("要求你单位改正", False),
    ("拒不改正的，由劳动行政部门责令改正", False), ("我会可以提出处罚建议", False),
    ("经我会调查，你单位以罚款方式扣减工资，请退还", False), ("我会没有处罚权", False),
    ("你单位工会主席反映你单位内部处罚办法未经民主程序", False), ("依照工会法第五十三条责令改正", False),
    ("由市人社厅责令你单位改正", False), ("区劳动保障监察大队已责令你单位改正", False),
    ("我会查明有随意罚款的情形，请改正", False), ("我会在走访中发现勒令加班的情况", False),
    ("我会勒令立即停业", True), ("我会将强制执行", True), ("我会可以申请强制执行", False),
    ("我会将依法对你单位处罚", True), ("已抄送区人社局，责令你单位改正", True),
]  # fmt: skip
"""What a letter says, and whether that claims a power which a union does not have."""


def test_a_union_claims_no_power_of_an_authority(desk: Session) -> None:
    case = CaseAt(desk)
    for words, told in CLAIMS:
        try:
            letter = case.draft("reminder_letter", requests=words)
            if told:
                refused(partial(case.issue, letter, "10-10"), "工会不能责令、处罚")
            else:
                assert case.issue(letter, "10-10")
        except BaseException as error:
            error.add_note(words)
            raise


def test_a_suggestion_without_an_opinion_that_comes_in_is_drafted_and_not_issued(
    desk: Session, town: Session, tmp_path: Path
) -> None:
    case = CaseAt(town)
    case.inquire()
    document = case.suggestion()
    exchange.merge(desk, [exchange.send(town, tmp_path / "up.xsj").path])
    refused(lambda: supervision.issue(desk, document, CHAIR, D(2026, 11, 20)), "意见书")
    refused(lambda: supervision.print_pages(desk, document), "还没有签发")
    assert taken(desk) == []


def test_steps_that_come_in_against_the_order_stop_what_was_issued_before(
    desk: Session, town: Session, tmp_path: Path
) -> None:
    case = CaseAt(town)
    case.inquire()
    document = case.draft("opinion_letter", skip_reason="情况紧急")
    exchange.merge(desk, [exchange.send(town, tmp_path / "up.xsj").path])
    supervision.issue(desk, document, CHAIR, D(2026, 11, 5))
    step = {"case": case.id, "kind": "not_accepted", "event_date": "2026-11-20", "handler": "王芳"}
    records.save(town, "case_event", step)
    exchange.merge(desk, [exchange.send(town, tmp_path / "again.xsj").path])
    assert len(records.children(desk, "case_event", case.id)) == len(
        records.children(town, "case_event", case.id)
    )
    refused(lambda: supervision.print_document(desk, document, tmp_path / "out"), "矛盾")
    refused(lambda: supervision.print_many(desk, [document], tmp_path / "out"), "矛盾")
    nothing_left(tmp_path / "out")

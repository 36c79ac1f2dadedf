"""Supervision cases at work: steps, drafts, numbers given once, letters that stay as they were issued."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import docx
import pytest

from desktop.documents.fonts import MissingGlyph
from desktop.documents.letters.printed import digest_of
from desktop.documents.letters.register import NumbersDamaged, NumbersUnconfirmed, Register
from desktop.documents.letters.templates import LetterIncomplete
from desktop.errors import Problem
from desktop.operations import supervision
from desktop.operations.recording import admitting, records, steps
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.stations import exchange
from desktop.operations.supervision import IllegalStep, Signatory
from desktop.operations.supervision.cases import UnknownStep
from desktop.operations.supervision.numbers import NumbersNotSet
from desktop.operations.workspaces import whereabouts
from desktop.records.declaration import Level, Role
from desktop.records.statutes import StatuteTextMissing
from desktop.records.supervision import LetterKind, Stage
from desktop.records.supervision.numbering import DEFAULT_PATTERNS, BadPattern, Series
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import CannotUndo, Deletion, Ledger, NewRecord
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.store.workspaces.unlocking import LEDGER
from desktop.store.workspaces.workspace import Workspace
from tests.documents.paper import words_of
from tests.operations.cases import (
    CHAIR,
    EMPLOYER,
    WORDS,
    CaseAt,
    D,
    create,
    forge,
    numbers,
    overdue,
    taken,
)
from tests.operations.stations import CHEAP, enrol

pytestmark = pytest.mark.usefixtures("bundled_fonts")


# The whole way ------------------------------------------------------------------------------------------------------


def test_a_case_from_the_clue_to_the_department(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    assert supervision.file_case(desk, case.id) == "杭西工监案〔2026〕1号"
    case.step("heard", "10-12")
    case.step("negotiated", "10-14", result="not_agreed")
    reminder = case.draft("reminder_letter")
    assert case.issue(reminder, "10-15").number == "杭西工监提〔2026〕1号"
    case.step("served", "10-16", document=reminder, service_way="direct", service_result="received")
    case.step(
        "investigated", "11-03", result="established", certificates_shown=1,
        inspector_1=case.inspectors[0], inspector_2=case.inspectors[1],
    )  # fmt: skip
    opinion = case.draft("opinion_letter")
    issued = case.issue(opinion, "11-05")
    assert (issued.number, issued.year, issued.sequence) == ("杭西工监意〔2026〕1号", 2026, 1)
    served = case.step("served", "11-09", document=opinion, service_way="direct", service_result="received")
    assert served.state.stage is Stage.OPINION_SERVED
    assert [c.due for c in served.state.clocks] == [D(2026, 11, 30)]
    assert [item.case for item in overdue(desk)] == [case.id]
    suggestion = case.suggestion()
    values = case.values(suggestion)
    assert values["addressee"] == "杭州市西湖区人力资源和社会保障局"
    assert (values["opinion_letter"], values["ground"]) == (opinion, "2")
    assert "曾于2026年10月15日向其发出《工会劳动法律监督提示函》" in values["history"]
    case.issue(suggestion, "12-10")
    printed = [supervision.print_document(desk, d, tmp_path / "out") for d in (reminder, opinion, suggestion)]
    assert [p.name for p in printed] == [
        "杭西工监提〔2026〕1号 工会劳动法律监督提示函.pdf", "杭西工监意〔2026〕1号 工会劳动法律监督意见书.pdf",
        "杭西工监建〔2026〕1号 工会劳动法律监督建议书.pdf",
    ]  # fmt: skip
    texts = [words_of(path) for path in printed]
    assert "十五个工作日" in texts[1]
    assert "书面说明理由" in texts[1]
    assert "主席（副主席）" in texts[1]
    assert "第二十三条第（二）项" in texts[2]
    for words in texts:
        assert "李小明" not in words
        assert "13800001111" not in words
        assert "工资应当以货币形式按月支付给劳动者本人。不得克扣或者无故拖欠劳动者的工资。" in words
    assert case.state.stage is Stage.SUGGESTION_ISSUED
    assert case.state.in_order
    assert taken(desk) == [
        "杭西工监案〔2026〕1号", "杭西工监提〔2026〕1号", "杭西工监意〔2026〕1号", "杭西工监建〔2026〕1号",
    ]  # fmt: skip
    events = records.children(desk, "case_event", case.id)
    assert [e.values["document"] for e in events if e.values["kind"] == "printed"] == [
        reminder,
        opinion,
        suggestion,
    ]


def test_the_register_holds_numbers_and_ids_and_nobody(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()
    case.opinion()
    words = (desk.workspace.folder / "numbers.jsonl").read_text("utf-8")
    for secret in ("李小明", "周正", "王建国", "陈明", EMPLOYER, "工资"):
        assert secret not in words


def test_what_is_printed_again_is_marked_as_a_copy_and_recorded(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    reminder = case.draft("reminder_letter")
    case.issue(reminder, "10-15")
    first = supervision.print_document(desk, reminder, tmp_path)
    copy = supervision.print_document(desk, reminder, tmp_path)
    assert copy.name == "杭西工监提〔2026〕1号 工会劳动法律监督提示函（副本）.pdf"
    assert words_of(copy).replace("副本", "") == words_of(first)
    assert "副本" in words_of(copy)
    assert "副本" in supervision_words(supervision.preview(desk, reminder), tmp_path)
    spoilt = supervision.print_document(desk, reminder, tmp_path / "again", original=True)
    assert spoilt.read_bytes() == first.read_bytes()
    supervision.void(desk, reminder, "发错单位")
    voided = supervision.print_document(desk, reminder, tmp_path)
    assert "作废" in words_of(voided)
    events = [
        e.values for e in records.children(desk, "case_event", case.id) if e.values["kind"] == "printed"
    ]
    assert sorted(str(e["content"]).partition("，")[2] for e in events) == [
        "第1次，正本", "第2次，副本", "第3次，正本", "第4次，作废",
    ]  # fmt: skip
    assert {e["handler"] for e in events} == {"王芳"}


def supervision_words(data: bytes, folder: Path) -> str:
    path = folder / "seen.pdf"
    path.write_bytes(data)
    return words_of(path)


def test_the_articles_of_the_letter_before_are_not_looked_for_again(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()

    def begun(kind: str) -> object:
        return case.values(supervision.draft(desk, case.id, kind).record)["articles"]

    assert begun("reminder_letter") is begun("opinion_letter") is None
    case.issue(case.draft("reminder_letter"), "11-04")
    assert begun("opinion_letter") == WORDS["articles"]
    case.refused_opinion()
    assert begun("suggestion_letter") == WORDS["articles"]


def test_a_draft_can_be_edited_in_word_and_an_issued_letter_cannot(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    reminder = case.draft("reminder_letter")
    path = supervision.save_word(desk, reminder, tmp_path)
    assert path.name == f"工会劳动法律监督提示函（草稿）_2026-10-08_{reminder[-4:]}.docx"
    word = docx.Document(str(path))
    assert "草稿" in word.sections[0].header.paragraphs[0].text
    assert any("仓储部12名职工" in p.text for p in word.paragraphs)
    case.issue(reminder, "10-15")
    refused(lambda: supervision.save_word(desk, reminder, tmp_path), "已经签发", "Word")
    assert len(list(tmp_path.glob("*.docx"))) == 1


@pytest.mark.parametrize("words", ["李小明反映欠薪", "李 小 明反映", "电话138-0000-1111的来电"])
def test_a_complainant_in_the_words_of_a_case_is_noticed_when_it_is_saved(desk: Session, words: str) -> None:
    case = CaseAt(desk)
    found = records.save(desk, "case", {"description": words}, record=case.id).findings
    assert any("投诉人" in f.message for f in found)
    letter = case.draft("reminder_letter")
    found = records.save(desk, "case_document", {"facts": words}, record=letter).findings
    assert any("“事实”" in f.message for f in found)
    found = records.save(desk, "case_document", {"facts": "12名职工反映欠薪"}, record=letter).findings
    assert not any("投诉人" in f.message for f in found)


def test_both_layouts_can_be_chosen_when_issuing(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    plain = supervision.issue(desk, case.draft("reminder_letter"), CHAIR, D(2026, 10, 15), layout="plain")
    usual = supervision.issue(desk, case.draft("reminder_letter"), CHAIR, D(2026, 10, 15))
    assert (plain.letter.layout, usual.letter.layout) == ("plain", "letter")


# What the law forbids -----------------------------------------------------------------------------------------------


def refused(act: Callable[[], object], *words: str) -> None:
    with pytest.raises(IllegalStep) as problem:
        act()
    assert problem.value.exit_code == 22
    for word in words:
        assert word in problem.value.sentence, problem.value.sentence


def test_a_suggestion_without_an_opinion_letter_is_refused_and_takes_no_number(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()
    document = case.suggestion()
    refused(
        lambda: case.issue(document, "12-10"), "还没有发出意见书", "《浙江省工会劳动法律监督条例》第二十三条"
    )
    assert taken(desk) == []
    assert not case.values(document)["document_number"]
    assert not supervision.may_issue(desk, case.id, "suggestion_letter").allowed


def test_a_suggestion_waits_for_the_last_day_and_is_not_backdated(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    case.step("served", "11-09", document=opinion, service_way="direct", service_result="received")
    document = case.suggestion(opinion_letter=opinion, ground="2")
    refused(lambda: case.issue(document, "11-30"), "答复期限到2026年11月30日")
    assert case.issue(document, "12-01").sequence == 1


def test_a_ground_that_did_not_come_about_is_refused(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    case.step("served", "11-09", document=opinion, service_way="left", service_result="refused")
    document = case.suggestion(ground="2", opinion_letter=opinion)
    refused(lambda: case.issue(document, "12-01"), "没有出现所选的情形")
    assert case.issue(case.suggestion(), "12-01").letter.own_words.count("第（一）项") == 1


def test_an_opinion_letter_needs_an_inquiry_a_chair_and_a_reason(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    early = case.draft("opinion_letter", skip_reason="紧急", investigation="我会进行了调查")
    refused(lambda: case.issue(early, "10-15"), "还没有进行调查")
    case = CaseAt(desk)
    case.inquire()
    document = case.draft("opinion_letter")
    refused(
        lambda: case.issue(document, "11-05", Signatory("钱一", "办公室主任")), "主席或者副主席", "第二十一条"
    )
    refused(lambda: case.issue(document, "11-05"), "没有先发提示函")
    records.save(desk, "case_document", {"skip_reason": "情况紧急"}, record=document)
    assert case.issue(document, "11-05", Signatory("钱一", "副主席")).sequence == 1


def test_a_reminder_that_borrows_article_22_is_refused(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    document = case.draft("reminder_letter", consequence="请依照该条例第二十二条于15个工作日内答复")
    refused(lambda: case.issue(document, "10-15"), "第二十二条", "15个工作日")


def test_a_complainant_typed_into_a_letter_stops_it(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    document = case.draft("reminder_letter", facts="李小明等12名职工的工资没有支付")
    refused(lambda: case.issue(document, "10-15"), "投诉人", "第十三条")


def test_dates_of_issue_are_neither_ahead_nor_behind(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    first, second = case.draft("reminder_letter"), case.draft("reminder_letter")
    refused(lambda: case.issue(first, "12-21"), "还没有到")
    case.issue(first, "12-10")
    refused(lambda: case.issue(second, "12-09"), "文号和日期的先后要一致")
    case.step("heard", "12-15")
    refused(lambda: case.issue(second, "12-12"), "早于已经登记的")
    assert case.issue(second, "12-16").sequence == 2


def test_what_is_missing_or_cannot_be_quoted_or_printed_takes_no_number(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    tries: list[tuple[dict[str, Any], type[Problem]]] = [
        ({"contact_name": None}, IllegalStep),
        ({"facts": None}, IllegalStep),
        ({"articles": "《中华人民共和国民法典》第二百零一条"}, IllegalStep),
        ({"facts": "经办人\U0003fffd没有支付"}, MissingGlyph),
    ]
    for fields, problem in tries:
        document = case.draft("reminder_letter", **fields)
        with pytest.raises(problem):
            case.issue(document, "10-15")
    with pytest.raises(LetterIncomplete):
        supervision.preview(desk, case.draft("reminder_letter", requests=None))
    with pytest.raises(StatuteTextMissing):
        supervision.preview(desk, case.draft("reminder_letter", articles="《民法典》第二百零一条"))
    with pytest.raises(LetterIncomplete):
        case.issue(case.draft("reminder_letter"), "10-15", Signatory(" ", "主席"))
    assert taken(desk) == []


def test_all_that_a_letter_lacks_is_said_at_once(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    empty = dict.fromkeys(("facts", "requests", "articles", "contact_name", "contact_phone"))
    letter = case.draft("reminder_letter", **empty)
    with pytest.raises(IllegalStep) as problem:
        supervision.issue(desk, letter, Signatory("", ""), D(2026, 10, 15))
    for words in ("事实", "要求（建议）", "条文", "联系人", "联系电话", "签发人"):
        assert problem.value.sentence.count(f"“{words}”") == 1
    decision = supervision.may_issue(desk, case.id, "reminder_letter", letter)
    assert sum("“联系人”" in str(r) and "“条文”" in str(r) for r in decision.forbidden) == 1


def test_all_that_stands_in_the_way_of_issuing_is_told_at_once(tmp_path: Path) -> None:
    session = create(tmp_path)
    case, other = CaseAt(session), CaseAt(session)
    case.inquire()
    opinion = case.draft("opinion_letter", facts=None, contact_name=None)
    with pytest.raises(IllegalStep) as told:
        supervision.issue(session, opinion, Signatory("", ""), D(2026, 10, 20))
    for words in ("机关代字", "没有先发提示函", "“事实”", "“联系人”", "“签发人”、“签发人职务”"):
        assert told.value.sentence.count(words) == 1, words
    with pytest.raises(IllegalStep) as told:
        supervision.issue(session, opinion, Signatory("", "干事"), D(2026, 11, 20))
    assert "签发人的职务是“干事”" in str(told.value)
    reminder = other.draft("reminder_letter", addressee="乙公司", facts=None)
    with pytest.raises(IllegalStep) as told:
        supervision.issue_many(session, [opinion, reminder], CHAIR, D(2026, 11, 20))
    assert "乙公司的文书：文书还缺“事实”" in str(told.value)
    assert f"{EMPLOYER}的文书：" in str(told.value)
    session.workspace.close()


def test_only_the_desk_of_a_district_issues(desk: Session, tmp_path: Path) -> None:
    town = create(tmp_path, "三墩镇总工会", Level.TOWN, "330106109")
    case = CaseAt(town)
    case.inquire()
    document = case.draft("opinion_letter", skip_reason="紧急")
    assert not supervision.may_issue(town, case.id, "opinion_letter").allowed
    with pytest.raises(NotAllowed):
        case.issue(document, "11-05")
    with pytest.raises(NotAllowed):
        supervision.set_number_settings(town, "三墩")
    with pytest.raises(NotAllowed):
        records.save(town, "case_document", {"document_number": "假〔2026〕1号"}, record=document)
    town.workspace.close()
    at_desk = CaseAt(desk)
    reminder = at_desk.draft("reminder_letter")
    desk.workspace.add_operator("小李", "password2", Role.EDITOR, CHEAP)
    environment = desk.environment
    desk.workspace.close()
    with open_session(desk.workspace.folder, "小李", "password2", environment).workspace as workspace:
        with pytest.raises(NotAllowed):
            supervision.issue(Session(workspace), reminder, CHAIR, D(2026, 12, 1))
        assert supervision.draft(Session(workspace), at_desk.id, "reminder_letter").record


def test_what_a_suggestion_still_lacks_is_said_with_where_to_fill_it_in(desk: Session) -> None:
    case = CaseAt(desk, enterprise=None)
    case.inquire()
    opinion = case.opinion()
    case.step("served", "11-09", document=opinion, service_way="left", service_result="refused")
    with pytest.raises(IllegalStep, match=r"信用代码.*在案件的“单位（已登记）”里选择"):
        case.issue(case.suggestion(), "11-12")
    other = CaseAt(desk)
    other.inquire()
    opinion = other.opinion("11-12")
    other.step("served", "11-12", document=opinion, service_way="left", service_result="refused")
    bare = other.draft("suggestion_letter")
    with pytest.raises(IllegalStep, match=r"还缺“移交材料”.*“移交材料”里逐项登记"):
        other.issue(bare, "11-12")


def test_numbers_need_the_code_of_the_body(tmp_path: Path) -> None:
    session = create(tmp_path)
    case = CaseAt(session)
    document = case.draft("reminder_letter")
    with pytest.raises(NumbersNotSet):
        case.issue(document, "12-01")
    with pytest.raises(BadPattern):
        supervision.set_number_settings(session, "杭西", patterns={Series.REMINDER: "{body}[{year}]{n}"})
    supervision.set_number_settings(
        session, "杭西", patterns={Series.REMINDER: "{body}总工监提〔{year}〕{n}号"}
    )
    assert case.issue(document, "12-01").number == "杭西总工监提〔2026〕1号"
    session.workspace.close()


def test_settings_of_numbers_are_saved_whole_and_an_example_stays_one(
    desk: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = supervision.number_settings(desk)
    patterns = {**before.patterns, Series.OPINION: "{代字}劳监意〔{年份}〕{序号}号"}

    def fails(*_: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as disk:
        disk.setattr(Register, "confirm", fails)
        with pytest.raises(OSError, match="full"):
            supervision.set_numbers(
                desk, supervision.NumberSettings("余", "", patterns), 2026, {Series.OPINION: 5}
            )
    assert supervision.number_settings(desk) == before
    supervision.set_numbers(desk, supervision.NumberSettings("余", "", patterns), 2026, {Series.OPINION: 5})
    assert supervision.number_settings(desk).body == "余"
    assert supervision.next_numbers(desk, 2026)[Series.OPINION] == 5
    kept = {series: desk.ledger.meta(f"letters.pattern.{series}") for series in Series}
    assert {s for s, pattern in kept.items() if pattern} == {Series.OPINION}, "others follow a better example"


def test_a_pattern_that_would_double_a_number_is_refused(desk: Session) -> None:
    def patterns(**texts: str) -> None:
        words = {Series[name]: f"{{代字}}{text}〔{{年份}}〕{{序号}}号" for name, text in texts.items()}
        supervision.set_number_settings(desk, "杭西", patterns=words)

    case = CaseAt(desk)
    for _ in range(2):
        case.issue(case.draft("reminder_letter"), "12-01")
    with pytest.raises(BadPattern, match="提示函和意见书的文号写法一样"):
        patterns(OPINION="工监提")
    with pytest.raises(
        BadPattern, match="意见书按这个写法会编出“杭西工监提〔2026〕1号”，这个号已经编给提示函"
    ):
        patterns(REMINDER="劳监提", OPINION="工监提")
    assert supervision.number_settings(desk).patterns == DEFAULT_PATTERNS
    patterns(REMINDER="劳监提", OPINION="工监意")
    # What has a number already is passed over: the paper register ends behind it.
    supervision.confirm_numbers(desk, 2026, {Series.OPINION: 3})
    patterns(OPINION="工监提")
    assert supervision.next_numbers(desk, 2026)[Series.REMINDER] == 3


# Steps --------------------------------------------------------------------------------------------------------------


def test_a_step_that_cannot_have_happened_is_not_recorded(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    before = len(records.children(desk, "case_event", case.id))
    refused(lambda: case.step("served", "11-04", document=opinion, service_result="received"), "早于")
    refused(lambda: case.step("replied", "11-20", document=opinion), "送达", "第二十二条")
    refused(lambda: case.step("accepted", "12-21"), "还没有到")
    refused(lambda: case.step("heard", "10-01"), "早于收到线索")
    with pytest.raises(UnknownStep):
        case.step("danced", "11-20")
    assert len(records.children(desk, "case_event", case.id)) == before


def test_what_happened_is_recorded_though_it_carries_no_letter(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    one = case.step(
        "investigated", "11-03", result="established", inspector_1=case.inspectors[0], certificates_shown=1
    )
    assert [f.rule for f in one.findings] == ["two_inspectors"]
    assert one.state.stage is Stage.ESTABLISHED
    assert "没有两名持证监督员" in str(supervision.may_issue(desk, case.id, "opinion_letter").forbidden)


def test_a_case_that_contradicts_itself_prints_nothing(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    (inquiry,) = [
        e for e in records.children(desk, "case_event", case.id) if e.values["kind"] == "investigated"
    ]
    records.delete(desk, "case_event", inquiry.id)
    assert not case.state.in_order
    refused(lambda: supervision.print_document(desk, opinion, tmp_path), "矛盾", "还没有进行调查")
    assert list(tmp_path.glob("*.pdf")) == []
    records.restore(desk, "case_event", inquiry.id)
    assert supervision.print_document(desk, opinion, tmp_path).exists()


def test_the_work_list_names_what_is_late_and_what_needs_a_table(desk: Session) -> None:
    late, unknown, quiet = CaseAt(desk), CaseAt(desk), CaseAt(desk, source="visit")
    for case, day in ((late, "11-09"), (unknown, "12-14")):
        case.inquire()
        document = case.opinion("11-05" if case is late else "12-11")
        case.step("served", day, document=document, service_way="direct", service_result="received")
    found = overdue(desk)
    assert [(item.case, item.overdue, item.clock.missing_year) for item in found] == [
        (late.id, True, None), (unknown.id, False, 2027),
    ]  # fmt: skip
    assert found[0].employer == EMPLOYER
    assert quiet.id not in [item.case for item in found]


# Issued is issued ---------------------------------------------------------------------------------------------------


def test_an_issued_letter_is_printed_as_it_was_issued(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    before = supervision.print_document(desk, opinion, tmp_path / "a").read_bytes()
    with pytest.raises(admitting.Locked):
        records.save(desk, "case_document", {"facts": "别的事实"}, record=opinion)
    forge(desk, opinion, {"facts": "别的事实"})
    assert supervision.print_document(desk, opinion, tmp_path / "b", original=True).read_bytes() == before
    refused(lambda: case.issue(opinion, "12-01"), "已经签发")


def test_a_changed_issue_is_noticed_and_prints_nothing(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    forge(desk, opinion, {"signer": "别人"})
    assert [reason.text for reason in case.state.contradictions] == [
        "意见书（杭西工监意〔2026〕1号）签发以后被改动过"
    ]
    refused(lambda: supervision.print_document(desk, opinion, tmp_path), "被改动过")


def test_the_kept_text_is_personal_and_tied_to_its_number(desk: Session, tmp_path: Path) -> None:
    slots = desk.types["case_document"].slots
    assert slots["snapshot"].personal
    assert slots["investigation"].personal
    assert not slots["issue"].personal
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    kept = str(case.values(opinion)["snapshot"])
    assert "王建国" in kept
    assert case.values(opinion)["snapshot_digest"] == digest_of(kept)
    forge(desk, opinion, {"snapshot": kept.replace("12名职工", "21名职工")})
    assert [reason.text for reason in case.state.contradictions] == [
        "意见书（杭西工监意〔2026〕1号）签发以后被改动过"
    ]
    refused(lambda: supervision.print_document(desk, opinion, tmp_path), "被改动过")
    supervision.void(desk, opinion, "全文被改动")
    assert case.values(supervision.redraft(desk, opinion).record)["snapshot"] is None


def test_what_comes_on_the_day_of_a_letter_may_have_come_after_it(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    case.step("served", "11-09", document=opinion, service_way="left", service_result="refused")
    suggestion = case.suggestion()
    case.issue(suggestion, "11-12")
    case.step("served", "11-12", document=opinion, service_way="direct", service_result="received")
    case.step("rechecked", "11-12", rectification="full")
    case.step("closed", "11-12", closing_way="corrected", people_count=12, recovered_amount="0")
    assert case.state.stage is Stage.CLOSED
    assert case.state.in_order
    assert supervision.print_document(desk, suggestion, tmp_path).exists()
    late = case.draft("reminder_letter")
    refused(lambda: case.issue(late, "11-12"), "已经结案")


NEXT_YEAR = """date,kind,name,source
2027/1/1,放假,元旦,通知
2027/2/5,放假,春节,通知
2027/4/5,放假,清明节,通知
2027/5/1,放假,劳动节,通知
2027/6/9,放假,端午节,通知
2027/9/15,放假,中秋节,通知
2027/10/1,放假,国庆节,通知
2027/1/9,上班,元旦,通知
,,,
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_year_that_is_not_shipped_can_be_brought_in(tmp_path: Path, encoding: str) -> None:
    session = create(tmp_path, today=D(2026, 12, 28))
    supervision.set_number_settings(session, "杭西")
    case = CaseAt(session)
    case.inquire()
    opinion = case.opinion()
    case.step("served", "12-11", document=opinion, service_way="direct", service_result="received")
    assert case.state.missing_years == (2027,)
    table = tmp_path / "放假安排.csv"
    table.write_text(NEXT_YEAR.replace("2027/5/1,放假,劳动节,通知\n", ""), encoding)
    with pytest.raises(Problem, match="缺少"):
        supervision.import_working_days(session, table)
    table.write_text("date,kind,name,source\n", encoding)
    with pytest.raises(Problem, match="没有日期"):
        supervision.import_working_days(session, table)
    assert case.state.missing_years == (2027,)
    table.write_text(NEXT_YEAR, encoding)
    assert supervision.import_working_days(session, table) == (2027,)
    assert case.state.missing_years == ()
    assert [clock.due for clock in case.state.clocks] == [D(2027, 1, 4)]
    # Nothing that was shipped has moved, and the table goes out as it came in.
    out = supervision.export_working_days(session, tmp_path / "再导出.csv")
    assert supervision.import_working_days(session, out) == (2024, 2025, 2026, 2027)
    assert [clock.due for clock in case.state.clocks] == [D(2027, 1, 4)]
    session.workspace.close()


def test_a_year_that_the_district_brought_in_goes_down_and_counts_before_a_town_s_own(tmp_path: Path) -> None:
    district = create(tmp_path)
    town = create(tmp_path, "三墩镇总工会", Level.TOWN, "330106109")
    enrol(town, district, tmp_path)
    table = tmp_path / "放假安排.csv"
    table.write_text(NEXT_YEAR.replace("2027/6/9", "2027/6/10"), "utf-8-sig")
    assert supervision.import_working_days(town, table) == (2027,)
    table.write_text(NEXT_YEAR, "utf-8-sig")
    supervision.import_working_days(district, table)
    supervision.import_working_days(district, table)
    types = district.types
    (record,) = reading.records(district.database, types, Query("holiday_table"))
    assert (record.values["year"], record.values["day_count"], record.values["source"]) == (2027, 8, "通知")
    path = exchange.send(district, tmp_path / "下发.xsj", to=town.ledger.station).path
    assert exchange.receive(town, [path]).bundles[0].problem is None
    days = supervision.working_days(town.database).days
    assert (D(2027, 6, 9) in days, D(2027, 6, 10) in days) == (True, False)
    table.write_text(NEXT_YEAR.replace("2027/6/9", "2027/6/10"), "utf-8-sig")
    with pytest.raises(NotAllowed, match="2027年的放假安排由上级下发"):
        supervision.import_working_days(town, table)
    # What a town writes as if it were the district's counts nowhere, nor does a table with a fault.
    for session, content in ((town, NEXT_YEAR.replace("6/9", "6/10")), (district, "x")):
        values: dict[str, Cell] = {"year": 2027, "content": content}
        birth = NewRecord("holiday_table", session.ledger.new_id(), session.unit.id, values)
        session.ledger.write("写入", "王芳", births=[birth])
    (arrived,) = exchange.merge(district, [exchange.send(town, tmp_path / "上报.xsj").path]).bundles
    assert arrived.refused == 1
    for session in (town, district):
        assert D(2027, 6, 9) in supervision.working_days(session.database).days
        session.workspace.close()


def test_a_department_answers_only_a_suggestion_that_was_issued(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    case.step("served", "11-09", document=opinion, service_way="left", service_result="refused")
    for kind in ("authority_accepted", "authority_result"):
        refused(partial(case.step, kind, "11-12"), "以前没有发出建议书", "第二十四条")
    suggestion = case.suggestion()
    case.issue(suggestion, "11-12")
    case.step("authority_accepted", "11-13", result="authority_accepted")
    supervision.void(desk, suggestion, "主送有误")
    assert case.state.in_order


def test_an_industry_union_issues_what_the_law_gives_it(tmp_path: Path) -> None:
    industry = create(tmp_path, "杭州市建设产业工会", Level.INDUSTRY, "330100")
    supervision.set_number_settings(industry, "杭建")
    case = CaseAt(industry)
    case.step("accepted", "10-09")
    assert supervision.file_case(industry, case.id) == "杭建工监案〔2026〕1号"
    case.step("heard", "10-12")
    case.step("negotiated", "10-14", result="not_agreed")
    case.step(
        "investigated", "11-03", result="established", certificates_shown=1,
        inspector_1=case.inspectors[0], inspector_2=case.inspectors[1],
    )  # fmt: skip
    assert case.issue(case.draft("reminder_letter"), "11-04").number == "杭建工监提〔2026〕1号"
    opinion = case.opinion()
    assert case.values(opinion)["document_number"] == "杭建工监意〔2026〕1号"
    case.step("served", "11-09", document=opinion, service_way="left", service_result="refused")
    suggestion = case.suggestion(addressee="杭州市人力资源和社会保障局")
    refused(lambda: case.issue(suggestion, "11-12"), "建议书只能由地方总工会发出", "第二十三条")
    industry.workspace.close()


def test_a_void_number_stays_and_the_next_letter_gets_the_next(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    refused(lambda: supervision.void(desk, opinion, "  "), "原因")
    supervision.void(desk, opinion, "事实有误")
    refused(lambda: supervision.void(desk, opinion, "再作废"), "已经作废")
    assert case.values(opinion)["void_reason"] == "事实有误"
    assert "（作废）" in supervision.print_document(desk, opinion, tmp_path).name
    again = supervision.redraft(desk, opinion).record
    assert case.values(again)["facts"] == WORDS["facts"]
    assert not case.values(again)["document_number"]
    assert case.issue(again, "11-06").number == "杭西工监意〔2026〕2号"
    assert [line["number"] for line in numbers(desk) if line["type"] == "voided"] == ["杭西工监意〔2026〕1号"]
    draft = case.draft("reminder_letter")
    refused(lambda: supervision.void(desk, draft, "不要了"), "还没有签发")


def test_an_opinion_on_which_a_suggestion_rests_is_not_voided(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()
    opinion = case.opinion()
    case.step("served", "11-09", document=opinion, service_way="left", service_result="refused")
    suggestion = case.suggestion()
    case.issue(suggestion, "11-12")
    refused(lambda: supervision.void(desk, opinion, "错了"), "先作废建议书")
    supervision.void(desk, suggestion, "错了")
    supervision.void(desk, opinion, "错了")
    assert case.state.in_order
    again = supervision.redraft(desk, suggestion)
    [handed] = records.children(desk, "handover_item", again.record)
    assert (handed.values["name"], handed.values["page_count"]) == ("考勤表", 12)
    records.undo(desk, again.changes.stamp)
    assert not records.children(desk, "handover_item", again.record)
    # What others have sent may be longer than anybody types: the rest of the words is not lost for it.
    forge(desk, opinion, {"facts": "长" * 9000})
    again = supervision.redraft(desk, opinion)
    assert case.values(again.record)["facts"] is None
    assert case.values(again.record)["requests"] == WORDS["requests"]
    [said] = again.left_out
    assert said.startswith("“事实”最多")


def test_neither_undo_nor_deletion_gives_a_number_back(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    first = case.draft("reminder_letter")
    issued = case.issue(first, "10-15")
    with pytest.raises(CannotUndo, match="已经签发"):
        records.undo(desk, issued.changes.stamp)
    # Past the operations it can be taken back, as by an older program.
    desk.ledger.undo(issued.changes.stamp, "别人")
    assert "签发以后又被取消" in str(case.state.contradictions)
    second = case.draft("reminder_letter")
    refused(lambda: case.issue(second, "10-15"), "签发以后又被取消")
    supervision.void(desk, first, "误撤消")
    assert case.issue(second, "10-15").sequence == 2
    with pytest.raises(admitting.Locked):
        records.delete(desk, "case_document", second)
    desk.ledger.write("删除", "别人", deletions=[Deletion("case_document", second)])
    assert "却被删除" in str(case.state.contradictions)
    records.restore(desk, "case_document", second)
    supervision.void(desk, second, "误删除")
    assert case.issue(case.draft("reminder_letter"), "10-15").sequence == 3
    assert case.state.in_order


def test_what_left_the_house_is_not_undone(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    letter = case.draft("reminder_letter")
    case.issue(letter, "10-15")
    supervision.print_document(desk, letter, tmp_path)
    printed = steps.recent(desk.database, desk.ledger.station, 1)[0].operation.stamp
    with pytest.raises(CannotUndo, match="打印过"):
        records.undo(desk, printed)
    voided = supervision.void(desk, letter, "错了")
    with pytest.raises(CannotUndo, match="作废"):
        records.undo(desk, voided.stamp)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2026-11-05", "2026-11-04", "与记录不一致"),
        ("十五个工作日", "三日", "十五个工作日"),
        ("工资应当以货币形式按月支付", "工资应当每天支付", "与法规原文不一致"),
        ("仓储部12名职工", "李小明等12名职工", "投诉人"),
        ("", "", "用在不止一份"),
    ],
)
def test_a_letter_forged_past_the_issue_is_not_printed(
    desk: Session, tmp_path: Path, old: str, new: str, words: str
) -> None:
    case, other = CaseAt(desk), CaseAt(desk)
    case.inquire()
    other.inquire()
    issued = case.values(case.opinion())
    number = "杭西工监意〔2026〕2号" if old else "杭西工监意〔2026〕1号"
    document = other.draft("opinion_letter", skip_reason="紧急")
    fields = desk.types["case_document"].slots["issue"].fields
    snapshot = str(issued["snapshot"]).replace("杭西工监意〔2026〕1号", number).replace(old, new)
    snapshot = snapshot.replace(case.id, other.id)
    forged = {f.name: issued[f.name] for f in fields} | {
        "document_number": number, "sequence": 2, "snapshot": snapshot, "snapshot_digest": digest_of(snapshot),
    }  # fmt: skip
    forge(desk, document, forged)
    assert other.state.in_order
    refused(lambda: supervision.print_document(desk, document, tmp_path), words)
    assert list(tmp_path.glob("*.pdf")) == []


def test_a_new_year_begins_at_one(tmp_path: Path) -> None:
    session = create(tmp_path, today=D(2027, 1, 5))
    supervision.set_number_settings(session, "杭西")
    case = CaseAt(session)
    case.step("accepted", "10-09")
    days = (D(2026, 12, 30), D(2026, 12, 31), D(2027, 1, 4), D(2027, 1, 5))
    issued = [supervision.issue(session, case.draft("reminder_letter"), CHAIR, day).number for day in days]
    assert issued == [
        "杭西工监提〔2026〕1号", "杭西工监提〔2026〕2号", "杭西工监提〔2027〕1号", "杭西工监提〔2027〕2号",
    ]  # fmt: skip
    session.workspace.close()


# The register -------------------------------------------------------------------------------------------------------


def issue_some(case: CaseAt, count: int) -> list[str]:
    return [case.issue(case.draft("reminder_letter"), "10-15").number for _ in range(count)]


def test_an_older_ledger_does_not_give_numbers_twice(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    issue_some(case, 1)
    desk.workspace.backup(tmp_path / "old.db")
    issue_some(case, 2)
    folder, environment = desk.workspace.folder, desk.environment
    desk.workspace.close()
    for rest in folder.glob(LEDGER + "*"):
        rest.unlink()
    shutil.copy(tmp_path / "old.db", folder / LEDGER)
    again = open_session(folder, "王芳", "password1", environment)
    whereabouts.settle(again, whereabouts.Origin.RESTORED)
    case.session = again
    with pytest.raises(NumbersUnconfirmed):
        issue_some(case, 1)
    # Whatever is confirmed: what the file beside the ledger knows was given is not given again.
    supervision.confirm_numbers(again, 2026, {Series.REMINDER: 1, Series.OPINION: 1})
    assert issue_some(case, 1) == ["杭西工监提〔2026〕4号"]
    again.workspace.close()


def test_a_lost_register_asks_a_person(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    issue_some(case, 2)
    (desk.workspace.folder / "numbers.jsonl").unlink()
    with pytest.raises(NumbersUnconfirmed):
        issue_some(case, 1)
    assert supervision.next_numbers(desk, 2026)[Series.REMINDER] == 3
    supervision.confirm_numbers(desk, 2026, {Series.REMINDER: 8, Series.OPINION: 1})
    assert issue_some(case, 1) == ["杭西工监提〔2026〕8号"]
    assert sorted(taken(desk)) == ["杭西工监提〔2026〕1号", "杭西工监提〔2026〕2号", "杭西工监提〔2026〕8号"]


def test_a_new_incarnation_asks_a_person_and_never_goes_back(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    issue_some(case, 2)
    desk.ledger.incarnation = "f" * 16
    with pytest.raises(NumbersUnconfirmed):
        issue_some(case, 1)
    supervision.confirm_numbers(desk, 2026, {Series.REMINDER: 1})
    assert issue_some(case, 1) == ["杭西工监提〔2026〕3号"]


def test_a_line_that_a_crash_cut_off_is_mended_and_a_damaged_one_is_told(
    desk: Session, tmp_path: Path
) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    issue_some(case, 2)
    path = desk.workspace.folder / "numbers.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    assert issue_some(case, 1) == ["杭西工监提〔2026〕3号"]
    assert taken(desk) == [f"杭西工监提〔2026〕{n}号" for n in (1, 2, 3)]
    path.write_bytes(path.read_bytes().replace(b'"taken"', b'"tak', 1))
    with pytest.raises(NumbersDamaged):
        issue_some(case, 1)


def test_the_number_stands_in_the_file_before_anything_is_printed(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    document = case.draft("reminder_letter")
    path = desk.workspace.folder / "numbers.jsonl"
    case.issue(document, "10-15")
    path.write_bytes(b"".join(line + b"\n" for line in path.read_bytes().splitlines()[:1]))
    assert taken(desk) == []
    supervision.print_document(desk, document, tmp_path)
    assert taken(desk) == ["杭西工监提〔2026〕1号"]
    path.unlink()
    path.mkdir()
    with pytest.raises(Problem):
        supervision.print_document(desk, document, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def second_session(session: Session) -> Session:
    """Another connection to the same ledger, past the lock that keeps a second program out."""
    first = session.workspace
    database = Database.open(first.folder / LEDGER, first.key)
    ledger = Ledger(
        database, session.types, session.environment, session.ledger.station, session.ledger.incarnation
    )
    return Session(Workspace(first.place, ledger, first.operator))


def test_numbers_are_unique_under_threads(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    sessions = [desk, second_session(desk)]
    drafts = [[case.draft("reminder_letter") for _ in range(4)] for _ in sessions]
    found: list[str] = []
    start = threading.Barrier(len(sessions))

    def work(session: Session, documents: list[str]) -> None:
        start.wait()
        for document in documents:
            found.append(supervision.issue(session, document, CHAIR, D(2026, 10, 15)).number)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(sessions, drafts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"杭西工监提〔2026〕{n}号" for n in range(1, 9)]
    assert sorted(taken(desk)) == sorted(found)
    assert case.state.in_order


def test_one_draft_is_issued_once_under_threads(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    document = case.draft("reminder_letter")
    outcomes: list[str] = []

    def work(session: Session) -> None:
        try:
            outcomes.append(supervision.issue(session, document, CHAIR, D(2026, 10, 15)).number)
        except IllegalStep as problem:
            outcomes.append(problem.sentence[:8])

    threads = [
        threading.Thread(target=work, args=(s,)) for s in (desk, second_session(desk), second_session(desk))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == sorted(["杭西工监提〔2026〕1号", "这份文书已经签发", "这份文书已经签发"])
    assert taken(desk) == ["杭西工监提〔2026〕1号"]


# Between desks ------------------------------------------------------------------------------------------------------


def test_a_town_drafts_the_district_issues_and_both_see_the_same(desk: Session, tmp_path: Path) -> None:
    town = create(tmp_path, "三墩镇总工会", Level.TOWN, "330106109")
    enrol(town, desk, tmp_path)
    case = CaseAt(town)
    case.inquire()
    document = case.draft("opinion_letter", skip_reason="情况紧急")
    exchange.merge(desk, [exchange.send(town, tmp_path / "up.xsj").path])
    issued = supervision.issue(desk, document, CHAIR, D(2026, 11, 5))
    supervision.record_event(
        desk,
        case.id,
        "served",
        D(2026, 11, 9),
        document=document,
        service_way="direct",
        service_result="received",
    )
    down = exchange.send(desk, tmp_path / "down.xsj", to=town.ledger.station)
    exchange.receive(town, [down.path])
    assert case.values(document)["document_number"] == issued.number
    here, there = supervision.case_state(town, case.id), supervision.case_state(desk, case.id)
    assert (here.stage, here.clocks, here.contradictions) == (there.stage, there.clocks, ())
    assert here.stage is Stage.OPINION_SERVED
    with pytest.raises(NotAllowed):
        supervision.void(town, document, "不要了")
    assert supervision.preview(town, document) == supervision.preview(desk, document)
    town.workspace.close()


def test_every_kind_of_letter_has_defaults_that_make_it_nearly_whole(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()
    case.step("served", "11-09", document=case.opinion(), service_way="left", service_result="refused")
    for kind in LetterKind:
        document = (
            case.suggestion() if kind is LetterKind.SUGGESTION else case.draft(kind.value, skip_reason="紧急")
        )
        assert supervision.may_issue(desk, case.id, kind.value, document).allowed
        assert supervision.preview(desk, document).startswith(b"%PDF")
    fresh = supervision.draft(desk, case.id, "reminder_letter").record
    assert case.values(fresh)["contact_name"] == "陈明"


@pytest.mark.parametrize(
    ("changes", "fields", "title", "template"),
    [
        ({}, {}, "opinion", "opinion_letter"),
        ({"matter": "10", "violations": "no_congress"}, {}, "correction_opinion", "correction_opinion_democratic"),
        ({"matter": "10"}, {"title_variant": "opinion"}, "opinion", "opinion_letter"),
        (
            {"matter": "04"}, {"title_variant": "correction_opinion", "correct_by": "2026-11-30"},
            "correction_opinion", "correction_opinion_contract",
        ),
        (
            {"matter": "04"}, {"legal_basis": "《杭州市企业工资集体协商条例》第四十三条"},
            "opinion", "opinion_letter_wages",
        ),
    ],
)  # fmt: skip
def test_matters_have_their_own_titles_and_words(
    desk: Session, changes: dict[str, Any], fields: dict[str, Any], title: str, template: str
) -> None:
    case = CaseAt(desk, **changes)
    case.inquire()
    document = case.draft("opinion_letter", skip_reason="紧急", **fields)
    assert case.values(document)["title_variant"] == title
    assert case.issue(document, "11-05").letter.template == template

"""Letters of a paper register from before the program (补录): they count, are told as such and meet no given number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.operations import supervision
from desktop.operations.papers import papers
from desktop.operations.recording import records
from desktop.operations.recording.admitting import Locked
from desktop.operations.session import NotAllowed, Session
from desktop.operations.supervision import IllegalStep
from desktop.records.declaration import Level
from desktop.records.supervision import Stage
from desktop.records.supervision.numbering import Series
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import CannotUndo
from tests.operations.cases import CHAIR, ORGAN, PAPER, CaseAt, D, create


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Session]:
    session = create(tmp_path)
    supervision.set_number_settings(session, "杭西", ORGAN)
    yield session
    session.workspace.close()


def entered(case: CaseAt, **values: Cell) -> str:
    saved = records.save(case.session, "case_document", {"case": case.id, **PAPER, **values})
    assert not saved.findings, "a register has neither words nor contacts"
    return saved.record


def why(case: CaseAt) -> str:
    return "；".join(reason.text for reason in case.state.contradictions)


def test_a_suggestion_letter_rests_on_an_opinion_letter_of_the_paper_register(
    desk: Session, tmp_path: Path
) -> None:
    case = CaseAt(desk)
    case.inquire()
    document = entered(case)
    case.step("served", "11-09", document=document, service_way="left", service_result="refused")
    assert (why(case), case.state.stage) == ("", Stage.OPINION_REFUSED)
    assert case.issue(case.suggestion(), "11-20").number == "杭西工监建〔2026〕1号"
    for refused in (
        lambda: supervision.preview(desk, document),
        lambda: supervision.print_document(desk, document, tmp_path / "out"),
        lambda: supervision.issue(desk, document, CHAIR, D(2026, 11, 20)),
        lambda: papers.paper(desk, "counterfoil", document),
    ):
        with pytest.raises(IllegalStep):
            refused()
    assert papers.paper(desk, "service_return", document), "it may still have to be served"
    register = supervision.case_register(desk)
    assert (
        f"意见书（杭西工监意〔2026〕7号），周正2026-11-05签发，补录，发文单位{ORGAN}" in register.rows[0][6]
    )
    assert register.further[0].rows[1][:2] == ("签发意见书（份）", "1")


def test_numbers_go_on_behind_those_of_the_paper_register(desk: Session) -> None:
    case = CaseAt(desk)
    case.inquire()
    entered(case)
    entered(case, past_document_number="西总监意〔2026〕40号")
    assert supervision.next_numbers(desk, 2026)[Series.OPINION] == 8
    assert supervision.next_numbers(desk, 2027)[Series.OPINION] == 1
    assert case.opinion()
    assert supervision.next_numbers(desk, 2026)[Series.OPINION] == 9


@pytest.mark.parametrize(
    ("values", "overtaken"),
    [
        ({}, False),
        ({"past_document_number": "杭西工监意〔2026〕1号"}, True),
        ({"past_issue_date": "2026-11-06"}, True),
        ({"past_issue_date": "2026-11-06", "past_issuing_body": "杭州市西湖区文新街道总工会"}, False),
    ],
)
def test_once_the_program_numbers_nothing_is_entered_beside_it(
    desk: Session, values: dict[str, Cell], overtaken: bool
) -> None:
    case, other = CaseAt(desk), CaseAt(desk)
    case.inquire()
    case.opinion()
    other.inquire()
    document = entered(other, **values)
    letter = supervision.load_case(desk, other.id).by_id[document]
    assert (letter.past, letter.overtaken, letter.stands) == (True, overtaken, not overtaken)
    assert ("开始编号" in why(other)) is overtaken
    assert ("不计入统计" in supervision.case_register(desk).rows[1][6]) is overtaken
    supervision.void(desk, document, "登记错了")
    assert why(other) == ""


def test_without_its_steps_a_letter_of_the_register_stands_and_nothing_rests_on_it(desk: Session) -> None:
    case = CaseAt(desk)
    document = entered(case)
    case.step("served", "11-09", document=document, service_way="left", service_result="refused")
    assert why(case) == ""
    with pytest.raises(IllegalStep, match="意见书"):
        case.issue(case.draft("suggestion_letter"), "11-20")


def test_what_a_register_lacks_is_said(desk: Session) -> None:
    case = CaseAt(desk).id
    values = {**PAPER, "past_issue_date": None, "past_signer_post": "干事", "past_issuing_body": None}
    saved = records.save(desk, "case_document", {"case": case, **values})
    assert [finding.message for finding in saved.findings] == [
        "意见书应由工会主席或副主席签署，这里是“干事”", "已编文号，请填写签发日期", "补录的文书，请填写原发文机关",
    ]  # fmt: skip


def test_a_town_enters_none(tmp_path: Path) -> None:
    town = create(tmp_path, "三墩镇总工会", Level.TOWN, "330106109")
    with pytest.raises(NotAllowed):
        records.save(town, "case_document", {"case": CaseAt(town).id, **PAPER})
    town.workspace.close()


# Who changes it -----------------------------------------------------------------------------------------------------


def test_its_desk_corrects_it_with_a_reason_and_nobody_deletes_it(desk: Session) -> None:
    case = CaseAt(desk)
    document = entered(case)

    def save(**values: Cell) -> None:
        records.save(desk, "case_document", values, record=document)

    for values in ({"past_issue_date": "2026-11-04"}, {"kind": "reminder_letter"}, {"addressee": None}):
        with pytest.raises(Locked, match="请在“更正原因”里写明"):
            save(**values)
    save(past_issue_date="2026-11-04", past_correction="登记簿第12页是4日")
    with pytest.raises(Locked, match="请在“更正原因”里写明"):
        save(past_issue_date="2026-11-03", past_correction="登记簿第12页是4日")
    save(copies_to="杭州市总工会")
    kept = [e.value for e in records.history(desk, "case_document", document) if e.slot == "past"]
    assert [(v["past_issue_date"], v.get("past_correction")) for v in kept if isinstance(v, dict)] == [
        ("2026-11-04", "登记簿第12页是4日"), ("2026-11-05", None),
    ]  # fmt: skip
    for refused in (
        lambda: records.delete(desk, "case_document", document),
        lambda: save(past_document_number=None, past_correction="没有这份"),
        lambda: records.delete(desk, "case", case.id),
    ):
        with pytest.raises(Locked, match="不能删除"):
            refused()
    past = [e.stamp for e in records.history(desk, "case_document", document) if e.slot == "past"]
    for stamp in past:
        with pytest.raises(CannotUndo, match="补录的文书不能撤消"):
            records.undo(desk, stamp)
    supervision.void(desk, document, "这份没有发出")
    entered(case)
    assert why(case) == "", "what was entered by mistake has used no number"


def test_letters_of_a_register_that_was_imported_wrongly_are_voided_at_once_or_not_at_all(
    desk: Session,
) -> None:
    """Nobody undoes them; each has its own case."""
    cases = [CaseAt(desk) for _ in range(3)]
    documents = [entered(c, past_document_number=f"杭西工监意〔2026〕{n}号") for n, c in enumerate(cases, 7)]
    supervision.void(desk, documents[0], "抄错了")
    with pytest.raises(IllegalStep, match="7号已经作废"):
        supervision.void_many(desk, documents, "导错了表")
    done = supervision.void_many(desk, documents[1:], "导错了表")
    assert set(done.records["case_document"]) == set(documents[1:])
    held = [records.load(desk, "case_document", d) for d in documents]
    assert [h.values["void_reason"] for h in held if h is not None] == ["抄错了", "导错了表", "导错了表"]
    with pytest.raises(CannotUndo, match="作废不能撤消"):
        records.undo(desk, done.stamp or 0)

"""Reminders to many employers in one run: drafted, numbered and printed together, and given up without a trace."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.documents.fonts import MissingGlyph
from desktop.documents.letters.templates import LetterIncomplete
from desktop.operations import supervision
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.supervision import IllegalStep, Signatory, batches, issuing, letters, load_case
from desktop.operations.supervision.batches import MOST, NobodyLeft, TooMany
from desktop.operations.supervision.cases import UnknownStep
from desktop.records.supervision import CaseFile, Stage
from desktop.store.queries.history import versions_of
from tests.documents.paper import words_by_page
from tests.operations.cases import WORDS, CaseAt, D, overdue, taken
from tests.operations.stations import forged

pytestmark = pytest.mark.usefixtures("bundled_fonts")

DAY = D(2026, 10, 15)
CHAIR = Signatory("周正", "主席")
HEAT = {
    **WORDS,
    "subject": "高温天气劳动保护",
    "facts": "高温天气露天作业可能存在中暑风险",
    "clue_words": "专项检查",
}


class GivenUp(Exception):
    """Somebody pressed 取消."""


def heat(session: Session) -> CaseAt:
    """A check of a class of employers: nobody complained."""
    return CaseAt(
        session, source="inspection", complainant_name=None, complainant_phone=None, enterprise=None
    )


def employers(session: Session, count: int) -> list[str]:
    rows = [{"name": f"杭州高温{n}号建筑有限公司"} for n in range(1, count + 1)]
    return records.save_many(session, "enterprise", rows)[0]


def test_notices_are_drafted_numbered_and_printed_in_their_order(desk: Session, tmp_path: Path) -> None:
    case, firms = heat(desk), employers(desk, 4)
    found = supervision.chosen(desk, case.id, [*firms, firms[0]])
    assert list(found.employers.values()) == [f"杭州高温{n}号建筑有限公司" for n in range(1, 5)]
    made = supervision.class_notices(desk, case.id, firms, HEAT)
    assert supervision.drafts_of(desk, case.id) == list(made.documents)
    issued = supervision.issue_many(desk, made.documents, CHAIR, DAY)
    assert [i.number for i in issued] == [f"杭西工监提〔2026〕{n}号" for n in range(1, 5)]
    assert len({i.changes.stamp for i in issued}) == 1
    assert taken(desk) == [i.number for i in issued]
    together = supervision.print_many(desk, made.documents, tmp_path / "out").paths
    (path,) = together
    assert path.name == "文书4份 2026-12-20.pdf"
    pages = words_by_page(path)
    assert "文书清单" in pages[0]
    for place, issue in enumerate(issued, start=1):
        assert f"{place}{issue.number}杭州高温{place}号建筑有限公司" in pages[0]
    firsts = [n for n, words in enumerate(pages) if "工会劳动法律监督提示函" in words]
    assert [pages[n].count(i.number) for n, i in zip(firsts, issued, strict=True)] == [1] * 4
    assert all(str(n + 1) in pages[0] for n in firsts)
    assert "副本" not in "".join(pages)
    apart = supervision.print_many(desk, made.documents[:2], tmp_path / "apart", together=False).paths
    assert [p.name for p in apart] == [f"{i.number} 工会劳动法律监督提示函（副本）.pdf" for i in issued[:2]]
    printed = [
        e.values for e in records.children(desk, "case_event", case.id) if e.values["kind"] == "printed"
    ]
    assert sorted(str(e["document"]) for e in printed) == sorted([*made.documents, *made.documents[:2]])
    assert {str(e["handler"]) for e in printed} == {"王芳"}
    again = supervision.chosen(desk, case.id, firms)
    assert (dict(again.employers), len(again.already)) == ({}, 4)
    with pytest.raises(NobodyLeft) as everybody_has_one:
        supervision.class_notices(desk, case.id, firms)
    with pytest.raises(NobodyLeft) as nobody_found:
        supervision.class_notices(desk, case.id, [])
    with pytest.raises(NobodyLeft) as nothing_issued:
        supervision.print_many(desk, [], tmp_path)
    steps = [told.value.next_step for told in (everybody_has_one, nobody_found, nothing_issued)]
    assert ["还没有提示函" in steps[0], "换一个词" in steps[1], "已经签发" in steps[2]] == [True, True, True]
    assert "已经签发" not in steps[0] + steps[1], "whoever looks for employers is not sent to letters"


def test_a_character_that_no_font_has_in_one_of_many_addressees_takes_no_number(desk: Session) -> None:
    case, firms = heat(desk), employers(desk, 2)
    firms.append(records.save(desk, "enterprise", {"name": "杭州\U0003fffd公司"}).record)
    made = supervision.class_notices(desk, case.id, firms, HEAT).documents
    with pytest.raises(MissingGlyph, match="它在“杭州\U0003fffd公司：”里"):
        supervision.issue_many(desk, made, CHAIR, DAY)
    assert taken(desk) == []


def test_notices_are_numbered_in_the_order_of_the_list_that_was_pasted(desk: Session) -> None:
    case = heat(desk)
    names = ["杭州西湖园林", "杭州犇䶮科技", "Ａ＆Ｂ公司", "杭州高温建筑"]
    firms = records.save_many(desk, "enterprise", [{"name": name} for name in names])[0]
    supervision.class_notices(desk, case.id, firms, HEAT)
    drafts = [records.load(desk, "case_document", d) for d in supervision.drafts_of(desk, case.id)]
    assert [d.values["addressee"] for d in drafts if d is not None] == [
        "杭州西湖园林", "杭州犇䶮科技", "Ａ＆Ｂ公司", "杭州高温建筑",
    ]  # fmt: skip


def test_that_all_were_served_is_recorded_for_each_in_one_step_or_for_none(desk: Session) -> None:
    case = heat(desk)
    made = supervision.class_notices(desk, case.id, employers(desk, 3), HEAT).documents
    supervision.issue_many(desk, made, CHAIR, DAY)

    def served() -> list[Any]:
        found = records.children(desk, "case_event", case.id)
        return [e.values["document"] for e in found if e.values["kind"] == "served"]

    with pytest.raises(IllegalStep):
        supervision.record_about(
            desk, case.id, "served", DAY - timedelta(days=1), made, service_result="received"
        )
    with pytest.raises(UnknownStep):
        supervision.record_about(desk, case.id, "served", DAY, ())
    assert served() == []
    done = supervision.record_about(
        desk, case.id, "served", DAY, made, service_result="received", service_way="post"
    )
    assert sorted(served()) == sorted(made)
    assert done.state.stage is Stage.REMINDER_SERVED
    records.undo(desk, done.changes.stamp)
    assert served() == []


def test_what_nobody_answered_is_one_matter_with_how_many_letters(desk: Session) -> None:
    case = heat(desk)
    made = supervision.class_notices(desk, case.id, employers(desk, 4), HEAT).documents
    supervision.issue_many(desk, made, CHAIR, DAY)
    supervision.record_about(desk, case.id, "served", DAY, made[:1], service_result="received")
    supervision.record_about(
        desk, case.id, "served", DAY + timedelta(days=1), made[1:], service_result="received"
    )
    (late,) = overdue(desk)
    assert (late.overdue, late.letters, late.clock.due) == (True, 4, D(2026, 10, 30))
    assert late.clock.words(4) == "等待用人单位反馈提示函（4份），最早的期限到2026年10月30日"
    supervision.record_about(desk, case.id, "urged", DAY + timedelta(days=30), made)
    done = supervision.record_about(desk, case.id, "replied", DAY + timedelta(days=40), made[:3])
    assert [(item.letters, item.clock.letter) for item in overdue(desk)] == [(1, made[3])]
    records.undo(desk, done.changes.stamp)
    assert [item.letters for item in overdue(desk)] == [4]


def test_the_history_of_one_slot_is_that_of_the_record_without_the_others(desk: Session) -> None:
    case = heat(desk)
    made = supervision.class_notices(desk, case.id, employers(desk, 2), HEAT).documents
    supervision.issue_many(desk, made[:1], CHAIR, DAY)
    for document in made:
        whole = versions_of(desk.database, desk.types, "case_document", document)
        for slot in desk.types["case_document"].slots:
            one = versions_of(desk.database, desk.types, "case_document", document, slot)
            assert one == [entry for entry in whole if entry.slot == slot]


def test_a_run_that_is_given_up_takes_no_number_and_leaves_no_file(desk: Session, tmp_path: Path) -> None:
    case = heat(desk)
    made = supervision.class_notices(desk, case.id, employers(desk, 3), HEAT).documents

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise GivenUp

    with pytest.raises(GivenUp):
        supervision.issue_many(desk, made, CHAIR, DAY, progress=stop)
    assert taken(desk) == []
    assert not any(case.values(document)["document_number"] for document in made)
    records.save(desk, "case_document", {"facts": None}, record=made[1])
    with pytest.raises(IllegalStep):
        supervision.issue_many(desk, made, CHAIR, DAY)
    assert taken(desk) == []
    records.save(desk, "case_document", {"facts": HEAT["facts"]}, record=made[1])
    assert len(supervision.issue_many(desk, made, CHAIR, DAY)) == 3
    with pytest.raises(GivenUp):
        supervision.print_many(desk, made, tmp_path / "out", progress=stop)
    assert not (tmp_path / "out").exists()
    assert not any(e.values["kind"] == "printed" for e in records.children(desk, "case_event", case.id))


def test_a_complaint_is_not_told_to_other_employers(desk: Session) -> None:
    told_on_a_visit = {"complainant_name": None, "complainant_phone": None}
    firms = employers(desk, 2)
    for complaint in (
        CaseAt(desk),
        CaseAt(desk, source="visit", **{**told_on_a_visit, "complainant_name": "张三"}),
        CaseAt(desk, source="visit", **{**told_on_a_visit, "complainant_phone": "13800138000"}),
    ):
        with pytest.raises(IllegalStep, match="第十三条"):
            supervision.class_notices(desk, complaint.id, firms)


def test_one_run_has_a_most(desk: Session, tmp_path: Path) -> None:
    case = heat(desk)
    with pytest.raises(TooMany):
        supervision.class_notices(desk, case.id, employers(desk, MOST + 1))
    with pytest.raises(TooMany):
        supervision.print_many(desk, ["x"] * (MOST + 1), tmp_path)
    with pytest.raises(NobodyLeft):
        supervision.print_many(desk, [], tmp_path)
    assert len(supervision.enterprises(desk, "高温7号")) == 1


def test_a_pasted_list_means_employers_by_code_or_by_a_name_that_is_one_alone(desk: Session) -> None:
    code = "91330106MA2ABCDEX7"
    rows = [{"name": "甲公司", "uscc": code}, {"name": "同名公司"}, {"name": "同名公司"}, {"name": "乙公司"}]
    ids = records.save_many(desk, "enterprise", rows)[0]
    lines = [
        ["1", "写错的名称", code.lower()],
        ["2", " 乙公司 "],
        ["甲公司"],
        ["同名公司"],
        ["没有这家"],
        [" "],
    ]
    found = supervision.named(desk, lines)
    assert found.ids == (ids[0], ids[3])
    assert (found.unknown, found.several) == (("没有这家",), ("同名公司",))


def test_why_an_employer_is_passed_over_is_said(desk: Session) -> None:
    case = heat(desk)
    rows = [{"name": "甲公司"}, {"name": "甲公司"}, {"town": "330106010"}, {"name": "乙公司"}]
    ids = records.save_many(desk, "enterprise", rows)[0]
    case.draft("reminder_letter", addressee="乙公司")
    # What others have sent may be longer than a letter takes, and must not keep the rest from theirs.
    ids.append(forged(desk, {"name": "丙" * 200}, desk.unit.id))
    found = supervision.chosen(desk, case.id, ids)
    assert dict(found.employers) == {ids[0]: "甲公司"}
    whys = {key: passed.why for key, passed in found.passed.items()}
    assert whys == {
        ids[1]: "和前面的一家同名",
        ids[2]: "没有单位名称",
        ids[3]: "本案已有给它的文书",
        ids[4]: "单位名称超过120个字，请先改好",
    }
    assert found.already == ("甲公司", "乙公司")
    made = supervision.class_notices(desk, case.id, [ids[0], ids[4]])
    assert len(made.documents) == 1


def test_the_page_of_one_employer_is_looked_at_before_anything_is_saved(
    desk: Session, tmp_path: Path
) -> None:
    case = heat(desk)
    path = tmp_path / "sample.pdf"
    path.write_bytes(supervision.sample(desk, case.id, "甲公司", HEAT))
    assert "甲公司：" in words_by_page(path)[0]
    assert supervision.drafts_of(desk, case.id) == []
    with pytest.raises(LetterIncomplete, match="事实"):
        supervision.sample(desk, case.id, "甲公司", {**HEAT, "facts": None})


def test_a_case_is_read_once_however_many_letters_it_has(
    desk: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = heat(desk)
    made = supervision.class_notices(desk, case.id, employers(desk, 3), HEAT).documents
    read: list[str] = []

    def counted(session: Session, wanted: str) -> CaseFile:
        read.append(wanted)
        return load_case(session, wanted)

    for module in (batches, issuing, letters):
        monkeypatch.setattr(module, "load_case", counted)
    assert supervision.ready(desk, case.id).documents == tuple(supervision.drafts_of(desk, case.id))
    assert read == [case.id]
    read.clear()
    supervision.issue_many(desk, made, CHAIR, DAY)
    assert read == [case.id]


def test_a_printer_s_run_ends_where_it_must_and_records_what_was_printed(desk: Session) -> None:
    case = heat(desk)
    made = supervision.class_notices(desk, case.id, employers(desk, 3), HEAT).documents
    supervision.issue_many(desk, made, CHAIR, DAY)
    choice = supervision.choice(desk, [*reversed(made), made[0]])
    assert choice.documents == made
    assert (choice.first, choice.last) == tuple(f"杭西工监提〔2026〕{n}号" for n in (1, 3))
    stopped = supervision.print_each(desk, made, lambda _letter, _data: True, lambda done, _total: done == 1)
    assert stopped.documents == made[:1]
    assert printed(desk, case) == [made[0]]
    assert supervision.choice(desk, made).copies == 1
    jammed = supervision.print_each(desk, made[1:], lambda letter, _data: "3号" not in letter.number)
    assert (jammed.documents, jammed.problem) == ((made[1],), None)
    draft = case.draft("reminder_letter", addressee="丁公司")
    refused = supervision.print_each(desk, [made[2], draft], lambda _letter, _data: True)
    assert refused.documents == (made[2],)
    assert isinstance(refused.problem, IllegalStep)
    assert sorted(printed(desk, case)) == sorted(made)
    with pytest.raises(IllegalStep):
        supervision.print_each(desk, [draft], lambda _letter, _data: True)
    with pytest.raises(NobodyLeft):
        supervision.print_each(desk, [], lambda _letter, _data: True)


def printed(session: Session, case: CaseAt) -> list[str]:
    events = records.children(session, "case_event", case.id)
    return [str(e.values["document"]) for e in events if e.values["kind"] == "printed"]

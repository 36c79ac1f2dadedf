"""One entry, many uses: what a congress decided fills the registers, once, in one step, and says when it changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.plan import plan
from desktop.operations.recording import following, records
from desktop.operations.recording.following import NothingFollows, Offer, save_filled
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import Level
from desktop.records.identity import unit_id
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NewRecord, NotFound
from desktop.store.queries import pointing
from tests.operations.stations import station

DAY = "2026-10-15"
PASSED: dict[str, Cell] = {"expected_count": 40, "present_count": 38, "approve_count": 36, "against_count": 1,
                           "abstain_count": 1, "needs_vote": 1, "matter_class": "approve"}  # fmt: skip


@pytest.fixture
def town(tmp_path: Path) -> Session:
    return station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)


def save(session: Session, type_name: str, **values: Cell) -> str:
    return records.save(session, type_name, values).record


def congress(session: Session, **more: Cell) -> tuple[str, str]:
    firm = save(session, "enterprise", name="杭州示例茶业有限公司", ownership="state_owned")
    values: dict[str, Cell] = {
        "name": "第三届第二次职代会", "kind": "congress", "enterprise": firm, "started_date": DAY, "level": "own",
        "expected_count": 40, "present_count": 38, "staff_count": 128, "term_ended": "2028-10-14", **more,
    }  # fmt: skip
    return firm, records.save(session, "congress", values).record


def offered(session: Session, type_name: str, record: str, target: str = "") -> list[Offer]:
    found = following.offers(
        session.database, session.types, session.codes, type_name, record, session.may_write
    )
    return [offer for offer in found if not target or offer.type == target]


def findings(session: Session, type_name: str, record: str) -> list[str]:
    return [f.message for f in records.check(session, type_name, record) if f.rule == "source_changed"]


def test_a_draft_that_was_passed_becomes_a_contract_once_and_in_one_step(town: Session) -> None:
    firm, session = congress(town)
    motion = save(town, "motion", congress=session, title="审议《2026年工资专项集体合同（草案）》",
                  subject="wages_contract", **PASSED)  # fmt: skip
    (offer,) = offered(town, "congress", session, "collective_contract")
    assert offer.cells == {
        "enterprise": firm, "kind": "wages", "name": "2026年工资专项集体合同", "outcome": "agreed",
        "submitted_date": DAY, "congress": session, "motion": motion, "staff_count": 128,
    }  # fmt: skip
    assert offer.words["submitted_date"] == "由职代会“召开日期”带出"
    changes = following.carry_out(town, [offer])
    (contract,) = changes.records["collective_contract"]
    assert not offered(town, "motion", motion)
    with pytest.raises(NothingFollows, match=f"已经有了：.*编号{contract}.*，没有生成"):
        following.carry_out(town, [offer])
    records.undo(town, changes.stamp)
    records.save(town, "congress", {"started_date": "2026-10-16"}, record=session)
    with pytest.raises(NothingFollows, match="改过了，没有生成"):
        following.carry_out(town, [offer])
    records.save(town, "congress", {"started_date": DAY}, record=session)
    records.delete(town, "motion", motion)
    with pytest.raises(NothingFollows, match="已经删除，没有生成"):
        following.carry_out(town, [offer])
    records.restore(town, "motion", motion)
    assert [o.type for o in offered(town, "motion", motion)] == ["collective_contract"]
    assert records.load(town, "collective_contract", contract).life.name == "DELETED"  # type: ignore[union-attr]


def test_nothing_is_made_of_what_another_unit_has_recorded(town: Session) -> None:
    """It would be a record of that unit, or change one, and be refused wherever it came."""
    elsewhere = unit_id("town", "别的镇")
    _, session = congress(town)
    held = records.load(town, "congress", session)
    assert held is not None
    theirs = town.ledger.new_id()
    motion = {"congress": theirs, "title": "工资专项集体合同草案", "subject": "wages_contract", **PASSED}
    births = [
        NewRecord("congress", theirs, elsewhere, held.values),
        NewRecord("motion", town.ledger.new_id(), elsewhere, motion),
    ]
    town.ledger.write("别家的", "王芳", births=births)
    (offer,) = offered(town, "congress", theirs, "collective_contract")
    with pytest.raises(NotAllowed, match="不归本单位管"):
        following.carry_out(town, [offer])
    with pytest.raises(NotAllowed, match="不归本单位管"):
        save_filled(town, offer, offer.cells)


NOT_DECIDED = {
    "not carried": {"approve_count": 20, "against_count": 18, "abstain_count": 0},
    "not counted": {"approve_count": None},
    "of another kind": {"subject": "rules"},
    "without a quorum": {"present_count": 20, "approve_count": 20, "against_count": 0, "abstain_count": 0},
}


@pytest.mark.parametrize("more", NOT_DECIDED.values(), ids=NOT_DECIDED.keys())
def test_nothing_is_offered_for_what_was_not_decided(town: Session, more: dict[str, Cell]) -> None:
    _, session = congress(town)
    values = {
        **PASSED,
        "congress": session,
        "title": "集体合同草案",
        "subject": "collective_contract",
        **more,
    }
    motion = records.save(town, "motion", values).record
    assert offered(town, "motion", motion) == []


def test_a_contract_that_was_begun_before_is_completed_and_one_of_another_term_is_left(town: Session) -> None:
    firm, session = congress(town)
    old = save(town, "collective_contract", enterprise=firm, kind="wages", signed_date="2025-10-20")
    begun = save(town, "collective_contract", enterprise=firm, kind="wages", offer_date="2026-09-01",
                 name="茶业公司工资合同")  # fmt: skip
    save(town, "motion", congress=session, title="工资专项集体合同草案", subject="wages_contract", **PASSED)
    (offer,) = offered(town, "congress", session, "collective_contract")
    assert offer.existing == begun
    assert "name" not in offer.cells
    following.carry_out(town, [offer])
    held = records.load(town, "collective_contract", begun)
    assert held is not None
    assert (held.values["name"], held.values["congress"]) == ("茶业公司工资合同", session)
    assert records.load(town, "collective_contract", old).values["congress"] is None  # type: ignore[union-attr]
    assert not offered(town, "congress", session, "collective_contract")


def test_those_elected_are_registered_together_and_taken_back_together(town: Session) -> None:
    firm, session = congress(town)
    motion = save(town, "motion", congress=session, title="选举职工董事、监事", subject="staff_directors",
                  elected_directors="王芳、李强", elected_supervisors="赵翀", **PASSED)  # fmt: skip
    wanted = offered(town, "congress", session, "staff_director")
    assert [(o.cells["name"], o.cells["post"]) for o in wanted] == [
        ("王芳", "director"), ("李强", "director"), ("赵翀", "supervisor")
    ]  # fmt: skip
    changes = following.carry_out(town, wanted)
    assert len(changes.records["staff_director"]) == 3
    assert not offered(town, "congress", session, "staff_director")
    records.save(town, "motion", {"elected_directors": "王芳、李强、钱堃"}, record=motion)
    (more,) = offered(town, "motion", motion)
    assert more.cells["name"] == "钱堃"
    assert more.cells["enterprise"] == firm


def test_a_source_that_is_corrected_is_told_and_nothing_is_overwritten(town: Session) -> None:
    _, session = congress(town)
    motion = save(town, "motion", congress=session, title="选举职工董事", subject="staff_directors",
                  elected_directors="王芳", **PASSED)  # fmt: skip
    director = following.carry_out(town, offered(town, "motion", motion)).records["staff_director"][0]
    assert findings(town, "staff_director", director) == []
    records.save(town, "congress", {"started_date": "2026-10-16"}, record=session)
    assert findings(town, "staff_director", director) == [
        "“选举的议题”后来改过，这里的当选日期与它不一致，请核对"
    ]
    records.save(town, "motion", {"elected_directors": "王方"}, record=motion)
    assert "姓名、当选日期" in findings(town, "staff_director", director)[0]
    records.save(
        town, "motion", {"approve_count": 20, "against_count": 18, "abstain_count": 0}, record=motion
    )
    assert "没有通过" in findings(town, "staff_director", director)[0]
    assert records.load(town, "staff_director", director).values["name"] == "王芳"  # type: ignore[union-attr]


def test_a_report_that_was_heard_dates_what_is_in_force(town: Session) -> None:
    firm, session = congress(town)
    held = save(town, "collective_contract", enterprise=firm, kind="wages", signed_date="2026-01-20",
                ended="2027-01-19", performance_date="2025-12-01")  # fmt: skip
    save(
        town,
        "collective_contract",
        enterprise=firm,
        kind="women",
        signed_date="2024-01-20",
        ended="2025-01-19",
    )
    motion = save(town, "motion", congress=session, title="集体合同履行情况报告", subject="contract_performance",
                  matter_class="supervise", needs_vote=0)  # fmt: skip
    (offer,) = offered(town, "motion", motion)
    assert (offer.existing, offer.cells) == (held, {"performance_date": DAY, "performance_congress": session})
    following.carry_out(town, [offer])
    assert not offered(town, "motion", motion)


def test_a_congress_sets_up_the_system_once(town: Session) -> None:
    firm, session = congress(town)
    (offer,) = offered(town, "congress", session)
    assert offer.cells == {
        "enterprise": firm, "form": "congress", "level": "own", "established_date": DAY
    }  # fmt: skip
    following.carry_out(town, [offer])
    _, second = congress(town)
    records.save(town, "congress", {"enterprise": firm}, record=second)
    assert not offered(town, "congress", second)


def test_an_applicant_who_was_admitted_becomes_a_member_linked_from_both_sides(town: Session) -> None:
    application = save(town, "membership_application", name="王芳", phone="13800000000", form="paper",
                       applied_date="2026-11-01", state="admitted", handled_date="2026-11-05",
                       workplace="转塘快递站", key_group="courier")  # fmt: skip
    (offer,) = offered(town, "membership_application", application)
    assert offer.cells["key_group"] == "courier"
    saved = save_filled(town, offer, {**offer.cells, "political_status": "13"})
    held = records.load(town, "membership_application", application)
    assert held is not None
    assert held.values["member"] == saved.record
    assert not offered(town, "membership_application", application)
    records.undo(town, saved.changes.stamp)
    assert [o.existing for o in offered(town, "membership_application", application)] == [""]


def test_the_chair_of_a_union_is_put_on_the_roster_with_the_appointment(town: Session) -> None:
    union = save(town, "union", name="示例茶业工会", kind="independent", chair_name="王芳",
                 chair_phone="13800000000", chair_appointed_date="2026-03-01")  # fmt: skip
    (officer,) = offered(town, "union", union)
    made = following.carry_out(town, [officer]).records["officer"][0]
    (post,) = offered(town, "union", union)
    assert (post.type, post.cells["officer"], post.cells["category"]) == (
        "appointment",
        made,
        "grassroots_chair",
    )
    following.carry_out(town, [post])
    assert not offered(town, "union", union)


def test_nothing_follows_from_what_is_not_there_or_deleted(town: Session) -> None:
    _, session = congress(town)
    records.delete(town, "congress", session)
    assert offered(town, "congress", session) == []
    assert offered(town, "congress", "0" * 32) == []
    with pytest.raises(NotFound):
        records.delete(town, "motion", "0" * 32)


def test_one_congress_raises_the_indicator_by_itself(town: Session) -> None:
    assert _congresses(town) == 0
    congress(town)
    assert _congresses(town) == 1


def _congresses(session: Session) -> int | None:
    (found,) = [each for each in plan.indicators(session) if each.id == "T21"]
    return found.figure.numerator.computed


def test_what_leads_to_a_record_is_found_by_indexes(town: Session) -> None:
    types = town.types
    for record_type in types.values():
        for field in record_type.fields:
            if field.link is not None:
                leads = pointing.LEADS_HERE.format(table=f'"r_{record_type.name}"', field=f'"{field.name}"')
                plan_of = town.database.rows(
                    f"EXPLAIN QUERY PLAN SELECT r._row {leads}", {"id": "0" * 32, "type": field.link}
                )
                assert f"SEARCH r USING INDEX i_{record_type.name}_{field.name}" in str(plan_of), plan_of


WHY_NOT = [
    ("not carried", {"approve_count": 20, "against_count": 18, "abstain_count": 0}, "没有超过半数（至少21票）"),
    ("not counted", {"approve_count": None}, "填写应到、实到人数和票数后"),
    ("of another kind", {"subject": "rules"}, "现在是“涉及职工切身利益的规章制度”，要是“集体合同草案”、"),
    ("of no kind", {"subject": None}, "“具体事项”还没有填"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "words"), [w[1:] for w in WHY_NOT], ids=[w[0] for w in WHY_NOT])
def test_why_nothing_follows_is_said(town: Session, more: dict[str, Cell], words: str) -> None:
    _, session = congress(town)
    cells = {"congress": session, "title": "草案", "subject": "wages_contract", **PASSED, **more}
    motion = records.save(town, "motion", cells).record
    assert not offered(town, "motion", motion, "collective_contract")
    for source in (motion, session):
        assert words in following.why_not(town, "collective_contract", source)


def test_what_is_there_already_is_named_and_what_cannot_follow_too(town: Session) -> None:
    _, session = congress(town)
    cells = {"congress": session, "title": "草案", "subject": "wages_contract", **PASSED}
    motion = records.save(town, "motion", cells).record
    (made,) = following.carry_out(town, offered(town, "motion", motion)).records["collective_contract"]
    assert f"编号{made}" in following.why_not(town, "collective_contract", motion)
    officer = save(town, "officer", name="李四", phone="13800000001")
    union = save(town, "union", name="工会", chair_name="李四", chair_officer=officer)
    assert f"编号{officer}" in following.why_not(town, "officer", union)
    assert "按“单位”对" in following.why_not(town, "democratic_system", save_twice(town, session))
    assert "不能由别的记录生成" in following.why_not(town, "enterprise", motion)
    with pytest.raises(NotFound, match="没有找到编号是"):
        following.why_not(town, "collective_contract", union)


def save_twice(town: Session, session: str) -> str:
    """A session whose register stands already."""
    following.carry_out(town, offered(town, "congress", session, "democratic_system"))
    return session

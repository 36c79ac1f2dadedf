"""The scores of an assessment are laid out from its template: once, only what is missing, taken back by one undo."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.plan import assessing
from desktop.operations.recording import examples, following, records
from desktop.operations.recording.following import NothingFollows, Offer
from desktop.operations.session import Session
from desktop.plan.assessed import Worth
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NotFound
from desktop.store.queries.reading import Query
from desktop.store.queries.reading import records as read
from tests.operations.stations import station

TEMPLATE, CRITERION, ASSESSMENT, SCORE = (
    "assessment_template", "assessment_criterion", "assessment", "assessment_score"
)  # fmt: skip


@pytest.fixture
def district(tmp_path: Path) -> Session:
    made = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    examples.take_over(made, TEMPLATE)
    return made


def template(session: Session, kind: str) -> str:
    return next(
        t.id for t in read(session.database, session.types, Query(TEMPLATE)) if t.values["kind"] == kind
    )


def assessed(session: Session, kind: str = "five_haves", **more: Cell) -> str:
    union = records.save(session, "union", {"name": "杭州示例茶业有限公司工会委员会"}).record
    values = {
        "union": union,
        "kind": kind,
        "year": 2026,
        "assessment_template": template(session, kind),
        **more,
    }
    return records.save(session, ASSESSMENT, values).record


def offered(session: Session, record: str) -> list[Offer]:
    return following.offered_for(session, SCORE, record)


def scores(session: Session, record: str) -> list[dict[str, Cell]]:
    query = Query(SCORE, children_of=record, order="sequence")
    return [dict(s.values) for s in read(session.database, session.types, query)]


def test_every_criterion_of_the_template_becomes_a_row_and_one_undo_takes_them_back(
    district: Session,
) -> None:
    record = assessed(district, "vitality")
    found = offered(district, record)
    assert found[0].words["criterion_name"] == "由评价项目“项目”带出"
    changes = following.carry_out(district, found)
    criteria = read(
        district.database, district.types,
        Query(CRITERION, children_of=template(district, "vitality"), order="sequence"),
    )  # fmt: skip
    made = scores(district, record)
    assert [(s["criterion"], s["criterion_name"], s["sequence"]) for s in made] == [
        (c.id, c.values["name"], c.values["sequence"]) for c in criteria
    ]
    assert len(made) == 13
    assert not offered(district, record)
    why = following.why_not(district, SCORE, record)
    assert "已经有了" in why
    assert why.endswith("等13条")
    records.undo(district, changes.stamp)
    assert scores(district, record) == []
    assert len(offered(district, record)) == 13


def test_rows_that_are_here_are_left_alone_and_those_written_by_hand_get_their_criterion(
    district: Session,
) -> None:
    record, other = assessed(district), assessed(district)
    following.carry_out(district, offered(district, other))
    first, second, *rest = offered(district, record)
    name = str(first.cells["criterion_name"])
    by_hand = records.save(
        district, SCORE, {"assessment": record, "criterion_name": name, "self_score": "1"}
    ).record
    following.carry_out(district, [second])
    found = offered(district, record)
    assert {o.existing for o in found if o.cells.get("criterion") == first.cells["criterion"]} == {by_hand}
    assert len(found) == 1 + len(rest)
    following.carry_out(district, found)
    held = records.load(district, SCORE, by_hand)
    assert held is not None
    assert (held.values["criterion"], held.values["self_score"]) == (first.cells["criterion"], "1")
    assert len(scores(district, record)) == 6
    assert not offered(district, record)


def test_of_two_criteria_of_one_name_a_row_written_by_hand_is_meant_by_one(district: Session) -> None:
    twice = records.save(district, TEMPLATE, {"name": "双名", "kind": "other"}).record
    criteria = [
        records.save(
            district, CRITERION, {"assessment_template": twice, "name": "其他", "sequence": n}
        ).record
        for n in (1, 2)
    ]
    record = assessed(district, assessment_template=twice)
    records.save(district, SCORE, {"assessment": record, "criterion_name": "其他", "self_score": "1"})
    following.carry_out(district, offered(district, record))
    assert [(s["criterion"], s["self_score"]) for s in scores(district, record)] == [
        (criteria[0], "1"),
        (criteria[1], None),
    ]
    assert not offered(district, record)


def test_without_a_template_or_criteria_nothing_is_offered_and_the_reason_is_said(district: Session) -> None:
    record = assessed(district, assessment_template=None)
    assert not offered(district, record)
    assert "“评价模板”还没有填" in following.why_not(district, SCORE, record)
    empty = records.save(district, TEMPLATE, {"name": "空表", "kind": "other"}).record
    records.save(district, ASSESSMENT, {"assessment_template": empty}, record=record)
    assert "“评价模板”里还没有评价项目" in following.why_not(district, SCORE, record)


def test_what_was_offered_before_the_template_changed_is_not_written(district: Session) -> None:
    record = assessed(district)
    found = offered(district, record)
    records.delete(district, CRITERION, str(found[0].cells["criterion"]))
    with pytest.raises(NothingFollows):
        following.carry_out(district, found)
    assert scores(district, record) == []


# Scores that the records give


def reckoned(session: Session, record: str) -> dict[str, Worth]:
    """What the records give, by the criteria's names."""
    held = records.load(session, ASSESSMENT, record)
    assert held is not None
    found = assessing.computed(session.database, session.types, held.values, session.environment.today())
    names = {
        c.id: str(c.values["name"])
        for c in read(
            session.database, session.types, Query(CRITERION, children_of=template(session, "vitality"))
        )
    }
    return {names[key]: worth for key, worth in found.items()}


def points(session: Session, record: str) -> dict[str, str | None]:
    return {name: worth.points for name, worth in reckoned(session, record).items()}


def test_a_union_of_which_only_the_name_is_known_gets_what_nothing_is_worth_and_reasons(
    district: Session,
) -> None:
    found = reckoned(district, assessed(district, "vitality"))
    assert {n: w.points for n, w in found.items()} == {
        "按期换届": None, "三委齐全": "0", "法人资格和独立账户": "0", "会员大会、职代会召开": "0", "提案办结": "5",
        "集体合同在期": "0", "活动阵地": "0", "主席在任并完成培训": "0", "干部轮训": None, "会员实名制": None,
    }  # fmt: skip
    assert found["按期换届"].words == "工会记录里没有届满日期，算不出来，请手工打分"
    assert found["三委齐全"].words.endswith("的记录：没有工会委员会、经费审查委员会、女职工委员会")


def test_what_is_recorded_elsewhere_becomes_points_with_what_was_counted(district: Session) -> None:
    record = assessed(district, "vitality")
    held = records.load(district, ASSESSMENT, record)
    assert held is not None
    union = str(held.values["union"])
    employer = records.save(district, "enterprise", {"name": "杭州示例茶业有限公司"}).record
    chair = records.save(district, "officer", {"name": "沈莉", "union": union}).record
    records.save(district, "officer", {"name": "周斌", "union": union})
    records.save(
        district, "union",
        {
            "enterprise": employer, "term_ended": "2026-08-01", "committee_size": 5, "audit_chair": "周斌",
            "has_account": 1, "chair_name": "沈莉", "chair_officer": chair, "member_count": 3,
        },
        record=union,
    )  # fmt: skip
    course = records.save(district, "course", {"name": "轮训", "started_date": "2025-05-06"}).record
    records.save(district, "attendance", {"course": course, "officer": chair, "result": "passed"})
    records.save(
        district, "meeting", {"kind": "member_assembly", "union": union, "started_date": "2026-03-01"}
    )
    session: dict[str, Cell] = {"enterprise": employer, "expected_count": 30}
    records.save(district, "congress", {**session, "present_count": 19, "started_date": "2026-04-01"})
    valid = records.save(
        district, "congress", {**session, "present_count": 20, "started_date": "2026-05-01"}
    ).record
    for answered in ("2026-06-01", None, None):
        records.save(district, "proposal", {"congress": valid, "subject": "食堂", "reply_date": answered})
    records.save(
        district, "collective_contract",
        {"enterprise": employer, "kind": "wages", "signed_date": "2026-01-05", "ended": "2026-12-31"},
    )  # fmt: skip
    records.save(district, "service_site", {"name": "驿家", "union": union, "state": "suspended"})
    for day in ("2025-01-01", None):
        records.save(district, "member", {"name": "赵新", "union": union, "national_entry_date": day})
    assert points(district, record) == {
        "按期换届": "4", "三委齐全": "4", "法人资格和独立账户": "3", "会员大会、职代会召开": "10", "提案办结": "1.67",
        "集体合同在期": "4", "活动阵地": "4", "主席在任并完成培训": "10", "干部轮训": "2.5", "会员实名制": "3.33",
    }  # fmt: skip
    found = reckoned(district, record)
    assert found["提案办结"].words == "截至2026-11-23的记录：当年立案的提案3件，已答复1件"
    assert "没有女职工委员会" in found["三委齐全"].words
    # A year that is over is judged as of its last day.
    records.save(district, ASSESSMENT, {"year": 2025}, record=record)
    assert points(district, record)["会员大会、职代会召开"] == "0"
    assert points(district, record)["按期换届"] == "8"


def test_scores_are_filled_in_once_kept_with_their_reasons_and_another_one_needs_a_word(
    district: Session,
) -> None:
    record = assessed(district, "vitality")
    following.carry_out(district, offered(district, record))
    changes = assessing.fill_in(district, record)
    rows = {str(s.values["criterion_name"]): s for s in records.children(district, SCORE, record)}
    own = rows["提案办结"]
    assert (own.values["district_score"], own.values["computed_score"]) == ("5", "5")
    assert own.values["computed_from"] == "截至2026-11-23的记录：当年没有立案的提案"
    # What the records do not say, and what the template leaves to people, stays empty.
    assert all(rows[name].values["district_score"] is None for name in ("按期换届", "劳动法律监督"))
    with pytest.raises(assessing.NothingComputed):
        assessing.fill_in(district, record)
    changed = records.save(district, SCORE, {"district_score": "3"}, record=own.id)
    assert [f.message for f in changed.findings] == ["得分3与自动算出的5不同，请在“得分理由和材料”里写明理由"]
    told = records.save(district, SCORE, {"basis": "有2件口头提案没有答复"}, record=own.id)
    assert not told.findings
    records.undo(district, told.changes.stamp)
    records.undo(district, changed.changes.stamp)
    records.undo(district, changes.stamp)
    assert {s["district_score"] for s in scores(district, record)} == {None}
    with pytest.raises(NotFound):
        assessing.fill_in(district, "0" * 32)

"""The scores of an assessment are laid out from its template: once, only what is missing, taken back by one undo."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations import examples, following, records
from desktop.operations.following import NothingFollows, Offer
from desktop.operations.session import Session
from desktop.records.canonical import Cell
from desktop.records.declaration import Level
from desktop.store.reading import Query
from desktop.store.reading import records as read
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

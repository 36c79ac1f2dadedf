"""The list of what is to be done: each item appears on its day, and not before."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.operations.plan import plan
from desktop.operations.recording import duplicates, records
from desktop.operations.session import Session
from desktop.operations.stations import exchange
from desktop.plan.results import Amount
from desktop.plan.worklist import WorkItem
from desktop.records.declaration import Level
from tests.operations.stations import enrol, report_up, station
from tests.plan.world import TODAY, World

Pair = tuple[Session, Session]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """A district and a town that is not enrolled yet."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    yield district, town
    district.workspace.close()
    town.workspace.close()


def day(shift: int) -> str:
    """So many days after today."""
    return (TODAY + datetime.timedelta(days=shift)).isoformat()


def own(world: World) -> str:
    return world.session.unit.id


@pytest.mark.parametrize(
    ("ended", "kind"), [(-1, "election_overdue"), (0, "election_soon"), (60, "election_soon"), (61, None)]
)
def test_elections(fresh: World, ended: int, kind: str | None) -> None:
    fresh.union(own(fresh), term_ended=day(ended))
    found = fresh.work()
    assert [k for k in found if k.startswith("election")] == ([kind] if kind else [])


def test_an_agreed_later_election_day_goes_before_the_end_of_the_term(fresh: World) -> None:
    fresh.union(own(fresh), term_ended=day(-10), next_election_due=day(90))
    assert "election_overdue" not in fresh.work()


@pytest.mark.parametrize(("visited", "due"), [(None, True), (-91, True), (-90, False), (0, False)])
def test_enterprises_that_nobody_visited(fresh: World, visited: int | None, due: bool) -> None:
    firm = fresh.firm(own(fresh), 25)
    fresh.firm(own(fresh), 24)
    fresh.firm(own(fresh), 25, union_state="Y")
    if visited is not None:
        fresh.save("visit", own(fresh), enterprise=firm, visit_date=day(visited))
    assert fresh.work().get("unvisited", 0) == int(due)


def test_a_promised_visit_is_kept_by_a_later_one(fresh: World) -> None:
    firm = fresh.firm(own(fresh), 24)
    fresh.save("visit", own(fresh), enterprise=firm, visit_date=day(-20), follow_up_date=day(0))
    fresh.save("visit", own(fresh), enterprise=firm, visit_date=day(-20), follow_up_date=day(1))
    assert fresh.work()["visit_promised"] == 1
    fresh.save("visit", own(fresh), enterprise=firm, visit_date=day(-2))
    assert "visit_promised" not in fresh.work()


@pytest.mark.parametrize(
    ("started", "kind"),
    [("2025-11-22", "training_overdue"), ("2025-11-23", "training_soon"), ("2026-01-22", "training_soon"),
     ("2026-01-23", None)],
)  # fmt: skip
def test_initial_training(fresh: World, started: str, kind: str | None) -> None:
    person = fresh.save("officer", own(fresh), name="李四")
    given = {"officer": person, "category": "grassroots_chair", "started": started}
    fresh.save("appointment", own(fresh), **given)
    fresh.save("appointment", own(fresh), **given, ended=day(-1))
    found = fresh.work()
    assert {k: n for k, n in found.items() if k.startswith("training")} == ({kind: 1} if kind else {})


def test_congresses_of_this_year(fresh: World) -> None:
    public = fresh.firm(own(fresh), 10, sector="institution")
    fresh.firm(own(fresh), 100, union_state="Y")
    fresh.firm(own(fresh), 99, union_state="Y")
    assert (fresh.work()["congress_public"], fresh.work()["congress_private"]) == (1, 1)
    session: dict[str, Any] = {
        "enterprise": public,
        "kind": "congress",
        "expected_count": 30,
        "present_count": 20,
    }
    fresh.save("congress", own(fresh), started_date="2025-12-31", **session)
    assert fresh.work()["congress_public"] == 1
    fresh.save("congress", own(fresh), started_date="2026-01-01", **session)
    assert "congress_public" not in fresh.work()


@pytest.mark.parametrize(
    ("type_name", "values", "kind"),
    [
        (
            "collective_contract",
            {"signed_date": -400, "filed_date": -399, "published_date": -370, "ended": 90},
            "contract_ending",
        ),
        (
            "collective_contract",
            {"signed_date": -400, "filed_date": -399, "published_date": -370, "ended": 91},
            None,
        ),
        ("collective_contract", {"ended": 90}, None),
        ("collective_contract", {"signed_date": -10, "ended": 400}, None),
        ("collective_contract", {"signed_date": -11, "ended": 400}, "contract_unfiled"),
        ("collective_contract", {"signed_date": -800, "ended": -1}, None),
        ("collective_contract", {"signed_date": -30, "filed_date": -22, "ended": 400}, None),
        (
            "collective_contract",
            {"signed_date": -30, "filed_date": -23, "ended": 400},
            "contract_unpublished",
        ),
        ("resolution_item", {"due_date": 0}, None),
        ("resolution_item", {"due_date": -1}, "decision_overdue"),
        ("resolution_item", {"due_date": -9, "done_date": -1}, None),
        ("mailbox_letter", {"received_date": -30}, None),
        ("mailbox_letter", {"received_date": -31}, "letter_unanswered"),
        ("mailbox_letter", {"received_date": -31, "answered_date": -1}, None),
        ("accountability_notice", {"due_date": 1}, None),
        ("accountability_notice", {"due_date": 0}, "notice_due"),
        ("accountability_notice", {"due_date": -9, "next_check_date": 3}, None),
        ("accountability_notice", {"due_date": -9, "answered_date": -1}, None),
        ("cleaning_batch", {"due_date": -1}, "cleaning_overdue"),
        ("cleaning_batch", {"due_date": -1, "finished": -1}, None),
        ("cleaning_batch", {"due_date": 14}, "cleaning_soon"),
        ("cleaning_batch", {"due_date": 15}, None),
    ],
)
def test_what_has_a_day_appears_on_it(
    fresh: World, type_name: str, values: dict[str, int], kind: str | None
) -> None:
    fresh.save(type_name, own(fresh), **{name: day(shift) for name, shift in values.items()})
    assert fresh.work() == ({kind: 1} if kind else {})


def test_a_contract_that_is_bargained_for_again_does_not_end_unnoticed(fresh: World) -> None:
    firm = fresh.save("enterprise", own(fresh), name="厂", status="deregistered")
    given = {"enterprise": firm, "kind": "wages"}
    fresh.save("collective_contract", own(fresh), offer_date=day(-400), signed_date=day(-350),
               filed_date=day(-349), published_date=day(-330), ended=day(10), **given)  # fmt: skip
    assert fresh.work() == {"contract_ending": 1}
    fresh.save("collective_contract", own(fresh), offer_date=day(-5), **given)
    assert fresh.work() == {}


def test_what_belongs_to_the_year_is_asked_for_in_its_last_quarter(fresh: World) -> None:
    union = fresh.union(own(fresh))
    fresh.save("training_plan", own(fresh), year=2026, planned_count=1)
    assert fresh.work() == {"plan_behind": 1}
    fresh.save("assessment_template", own(fresh), name="五有")
    assert fresh.work()["assessment_missing"] == 1
    assessed = fresh.save("assessment", own(fresh), union=union, year=2026)
    assert fresh.work() == {"plan_behind": 1, "assessment_open": 1}
    assert fresh.work(datetime.date(2026, 9, 30)) == {}
    fresh.edit("assessment", assessed, meets_standard=1)
    assert "assessment_open" not in fresh.work()


def test_a_training_plan_is_done_when_as_many_people_were_trained(fresh: World) -> None:
    planned = fresh.save("training_plan", own(fresh), year=2026, planned_count=2)
    course = fresh.course(own(fresh), "2026-03-01", training_plan=planned)
    person = fresh.save("officer", own(fresh), name="李四")
    for _ in range(2):
        fresh.attend(own(fresh), course, person)
    assert fresh.work() == {"plan_behind": 1}
    fresh.attend(own(fresh), course, None)
    assert fresh.work() == {}


def test_records_that_contradict_each_other(fresh: World) -> None:
    gone = fresh.firm(own(fresh), 30, status="deregistered", union_state="Y")
    fresh.union(own(fresh), enterprise=gone)
    lost = fresh.firm(own(fresh), 30, union_state="Y")
    fresh.union(own(fresh), enterprise=lost, status="revoked", status_date="2026-06-01")
    fresh.union(own(fresh), enterprise=fresh.firm(own(fresh), 30, union_state="N"))
    taken, kept, again = fresh.firm(own(fresh), 30), fresh.firm(own(fresh), 30), fresh.firm(own(fresh), 30)
    fresh.union(own(fresh), enterprise=taken)
    fresh.union(own(fresh), enterprise=again)
    duplicates.merge(fresh.session, "enterprise", (kept, again))
    records.delete(fresh.session, "enterprise", taken)
    fresh.firm(own(fresh), None)
    fresh.union(own(fresh), None, established_date="2025-01-01")
    found = fresh.work()
    for kind in (
        "union_of_gone",
        "employer_deleted",
        "state_contradicted",
        "state_outdated",
        "staff_missing",
        "approval_missing",
    ):
        assert found[kind] == 1


def test_other_parts_of_the_program_add_theirs_and_the_urgent_come_first(fresh: World) -> None:
    fresh.firm(own(fresh), 30)
    asked: list[datetime.date] = []

    def replies(as_of: datetime.date) -> list[WorkItem]:
        asked.append(as_of)
        return [
            WorkItem("replies_overdue", 2, "2份意见书逾期没有答复", urgent=True),
            WorkItem("nothing", 0, "没有"),
        ]

    found = plan.worklist(fresh.session, sources=[replies])
    assert [i.kind for i in found] == ["replies_overdue", "unvisited"]
    assert asked == [TODAY]


def test_what_has_not_been_sent_and_what_has_not_been_answered(pair: Pair, tmp_path: Path) -> None:
    district, town = pair
    records.save(town, "enterprise", {"name": "入网前登记的茶厂"})
    assert World(town).work() == {"not_enrolled": 1}
    enrol(town, district, tmp_path)
    records.save(town, "enterprise", {"name": "入网后登记的茶厂"})
    assert World(town).work()["unsent"] == 2
    sent = exchange.send(town, tmp_path / "first.xsj")
    assert (World(town).work()["unanswered"], World(town).work().get("unsent", 0)) == (2, 0)
    records.save(town, "enterprise", {"name": "第三家茶厂"})
    assert (World(town).work()["unanswered"], World(town).work()["unsent"]) == (2, 1)
    exchange.merge(district, [sent.path])
    assert World(district).work()["receipts_due"] == 1
    report_up(town, district, tmp_path)
    found = World(town).work()
    assert (found.get("unanswered", 0), found.get("unsent", 0)) == (0, 0)
    assert "receipts_due" not in World(district).work()


def test_conflicts_lead_to_the_lists_in_which_they_are(pair: Pair, tmp_path: Path) -> None:
    district, town = pair
    enrol(town, district, tmp_path)
    saved = records.save(town, "enterprise", {"name": "茶厂", "surveyed_staff": 12}).record
    report_up(town, district, tmp_path)
    records.save(district, "enterprise", {"name": "茶厂（区改）"}, record=saved)
    records.save(town, "enterprise", {"name": "茶厂（镇改）"}, record=saved)
    report_up(town, district, tmp_path)
    (item,) = [i for i in plan.worklist(district) if i.kind == "conflicts"]
    assert (item.count, [q.type for q in item.queries]) == (1, ["enterprise"])
    assert all(q.disputed for q in item.queries)
    assert item.urgent
    assert item.sentence == "1处内容几个人填得不一样，请决定用哪一个"
    sent = exchange.send(district, tmp_path / "down.xsj", to=town.ledger.station)
    exchange.merge(town, [sent.path])
    (item,) = [i for i in plan.worklist(town) if i.kind == "conflicts"]
    assert not item.urgent, "who may not decide is not asked to"
    assert (item.count, item.sentence) == (1, "1处内容填得不一样，等上级来定")


def test_the_home_page_is_counted_again_only_after_somebody_wrote(fresh: World) -> None:
    reader = fresh.session.reader()
    firm = fresh.firm(own(fresh), 30)
    for database in (fresh.session.database, reader):
        first = plan.indicators(fresh.session, database=database)
        assert plan.indicators(fresh.session, database=database)[2] is first[2]
        assert (
            plan.indicators(fresh.session, database=database, options={"staff_count_basis": "tax"}) != first
        )
        fresh.edit("enterprise", firm, surveyed_staff=30 if database is reader else 24)
        again = plan.indicators(fresh.session, database=database)
        assert again[2].figure.denominator != first[2].figure.denominator
    reader.close()


def test_what_may_be_taken_back_is_not_remembered(fresh: World) -> None:
    with pytest.raises(ZeroDivisionError), fresh.session.database.transaction():  # noqa: PT012
        fresh.firm(own(fresh), 30)
        assert fresh.take("T03", own(fresh)).figure.denominator == Amount(1)
        raise ZeroDivisionError
    assert fresh.take("T03", own(fresh)).figure.denominator == Amount(0)

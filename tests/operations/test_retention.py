"""Personal values whose time is over: found by rule, listed, and gone only when a person has erased them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.workspaces import erasing, retention
from desktop.operations.workspaces.retention import Rules, RulesFaulty
from desktop.records.declaration import Level
from desktop.records.types import catalogue
from desktop.resources import resource
from desktop.store.queries import reading
from tests.operations.stations import station

TODAY = datetime.date(2026, 11, 28)
RULES = resource("personal", "retention.json")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Session]:
    made = station(tmp_path, "330106002", "镇", Level.TOWN)
    yield made
    made.workspace.close()


def member(town: Session, name: str, change: str, day: str | None) -> str:
    cells = {"name": name, "phone": "13800000000", "membership_change": change, "membership_change_date": day}
    return records.save(town, "member", cells).record


def due(town: Session, today: datetime.date = TODAY) -> dict[str, tuple[tuple[str, str], ...]]:
    return {d.rule.id: d.records for d in retention.due(town.database, town.here, today)}


def test_a_member_who_left_is_due_on_the_day_and_not_the_day_before(town: Session) -> None:
    left = member(town, "沈到期", "6", "2023-11-28")
    out = member(town, "沈更早", "4", "2020-01-31")
    member(town, "还在的", "1", "2001-01-01")
    member(town, "没写日期的", "6", None)
    assert due(town)["member_left"] == ((out, "2020-01-31"), (left, "2023-11-28"))
    assert due(town, TODAY - datetime.timedelta(days=1))["member_left"] == ((out, "2020-01-31"),)


def test_listing_erases_nothing_and_what_was_erased_is_due_no_more(town: Session) -> None:
    left = member(town, "沈到期", "6", "2020-01-01")
    (found,) = retention.due(town.database, town.here, TODAY)
    held = reading.record(town.database, town.types, "member", left)
    assert held is not None
    assert held.values["name"] == "沈到期"
    slots = [s.name for s in found.rule.personal(town.types["member"])]
    assert "phone" in slots
    erasing.erase(town, "member", found.ids, slots, basis=retention.BASIS)
    assert due(town) == {}


def test_a_rule_can_take_its_date_from_the_record_above_and_only_some_of_what_is_personal(
    town: Session,
) -> None:
    course = records.save(town, "course", {"name": "培训", "started_date": "2020-03-01"}).record
    person = records.save(town, "attendance", {"course": course, "name": "张学员"}).record
    new = records.save(
        town, "course", {"name": "新的", "started_date": "2020-03-01", "ended_date": "2026-03-02"}
    )
    records.save(town, "attendance", {"course": new.record, "name": "李学员"})
    visit = records.save(town, "visit", {"visit_date": "2020-05-05", "contact_name": "王经理"}).record
    records.save(town, "visit", {"visit_date": "2020-05-05"})
    assert due(town) == {"course_over": ((person, "2020-03-01"),), "visited": ((visit, "2020-05-05"),)}


def test_what_is_deleted_or_of_another_unit_is_not_listed(town: Session) -> None:
    gone = member(town, "删掉的", "6", "2020-01-01")
    records.delete(town, "member", gone)
    assert due(town) == {}


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-11-28", 36, "2023-11-28"), ("2024-02-29", 12, "2023-02-28"), ("2026-03-31", 1, "2026-02-28"),
        ("2026-01-15", 1, "2025-12-15"), ("2026-12-31", 12, "2025-12-31"), ("2026-01-31", 13, "2024-12-31"),
    ],
)  # fmt: skip
def test_months_are_counted_by_the_calendar(day: str, months: int, before: str) -> None:
    assert retention.months_before(datetime.date.fromisoformat(day), months).isoformat() == before


def test_the_rules_that_are_shipped_fit_the_declarations_and_say_that_they_are_examples() -> None:
    shipped: Rules = retention.rules()
    assert not shipped.official
    assert "示例" in shipped.notice
    assert [r.period for r in shipped.rules][:2] == ["3年", "5年"]


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r.update(type="nobody"),
        lambda r: r.update(through="name"),
        lambda r: r.update(after=[]),
        lambda r: r.update(after=["name"]),
        lambda r: r.update(where={"colour": ["1"]}),
        lambda r: r.update(where={"membership_change": []}),
        lambda r: r.update(slots=["membership"]),
        lambda r: r.update(slots=["nothing"]),
        lambda r: r.update(type="meeting", after=["started_date"], where={}),
        lambda r: r.update(months=-1),
        lambda r: r.pop("label"),
    ],
)
def test_a_rule_that_names_what_there_is_not_is_refused(change: Callable[[dict[str, Any]], Any]) -> None:
    said = json.loads(RULES.read_text("utf-8"))
    change(said["rules"][0])
    with pytest.raises(RulesFaulty):
        retention.read_rules(json.dumps(said).encode(), catalogue())

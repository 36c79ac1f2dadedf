"""The district chooses how an ambiguous target is read; its units reckon by it once its bundle has come."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.plan import plan, plan_readings
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import exchange
from desktop.plan.chosen import TYPE
from desktop.plan.readings import UnknownReading
from desktop.records.versions.canonical import Cell
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from tests.operations.levels import Three


def read_as(
    session: Session, options: dict[str, str] | None = None, indicator: str = "T03"
) -> dict[str, str]:
    (found,) = plan.indicators(session, options=options, only=[indicator])
    return {r.id: r.code for r in found.readings}


def to_do(session: Session) -> tuple[dict[str, str], list[str]]:
    """What the work list says of enterprises by their staff, and why the first one is to be visited."""
    work = {i.kind: i.sentence for i in plan.worklist(session) if i.kind in ("unvisited", "staff_missing")}
    return work, list(plan.next_visits(session)[0].reasons)


def test_what_the_district_chooses_goes_down_and_counts_there(tmp_path: Path) -> None:
    three = Three(tmp_path)
    district, town, village = three.all
    firm: dict[str, Cell] = {
        "name": "径山厂",
        "sector": "non_public",
        "surveyed_staff": 10,
        "insured_staff": 40,
    }
    records.save(village, "enterprise", firm)
    assert plan.indicators(village, only=["T03"])[0].figure.percent == "—"
    assert to_do(village) == ({}, ["还没有走访过", "没有建会，也没有被联合工会覆盖"])
    plan_readings.choose(district, "T03", "staff_count_basis", "insured")
    assert read_as(district)["staff_count_basis"] == "insured"
    assert read_as(district, indicator="T12")["staff_count_basis"] == "survey", "each target for itself"
    assert read_as(district, {"staff_count_basis": "tax"})["staff_count_basis"] == "tax", (
        "asked for this once"
    )
    exchange.receive(town, [three.down(district, town).path])
    exchange.receive(village, [three.down(town, village).path])
    (found,) = plan.indicators(village, only=["T03"])
    assert (found.figure.percent, found.figure.gap) == ("0.00%", 1)
    assert "职工数口径：社保参保数" in found.basis
    # The work list and the next visits go by it as well.
    records.save(village, "enterprise", {"name": "双溪厂", "sector": "non_public", "surveyed_staff": 90})
    work, visit = to_do(village)
    assert work == {
        "unvisited": "1家25人以上未建会的非公企业90天没有走访",
        "staff_missing": "1家企业没有填社保参保数，不能计入指标",
    }
    assert visit == ["40人没有建会，25人以上应建尽建", "还没有走访过"]

    plan_readings.choose(district, "T03", "staff_count_basis", "tax")
    plan_readings.choose(district, "T03", "coverage", "include")
    assert read_as(district) | {"coverage": "include", "staff_count_basis": "tax"} == read_as(district)
    held = reading.records(district.database, district.types, Query(TYPE))
    assert sorted(str(r.values["label"]) for r in held) == [
        "职工数口径：税务登记职工数",
        "被联合工会覆盖的企业：也算已建会",
    ]
    with pytest.raises(NotAllowed):
        plan_readings.choose(town, "T03", "coverage", "include")
    for target, choice, option in (
        ("T99", "coverage", "include"),
        ("T03", "x", "y"),
        ("T03", "coverage", "x"),
    ):
        with pytest.raises(UnknownReading):
            plan_readings.choose(district, target, choice, option)

    edit = records.slot_edits(district, district.types[TYPE], held[0].id, {"option": "of another edition"})
    district.ledger.write("改", "王芳", edits=edit)
    usual = {c.id: c.default for c in plan.choices()["T03"]}
    lost = str(held[0].values["choice"])
    assert read_as(district)[lost] == usual[lost], "what is not known is passed over"

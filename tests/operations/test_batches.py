"""Batch edits: one operation for many records, nothing decided by the way, one undo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.operations.recording import batches, conflicts, records
from desktop.operations.recording.admitting import UnknownField
from desktop.operations.recording.batches import Skip, Survey, Target
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NewRecord
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from tests.operations.stations import enrol, report_up, station


@pytest.fixture
def village(tmp_path: Path) -> Session:
    return station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)


def survey(session: Session, target: str, type_name: str = "enterprise") -> Survey:
    """What stands in a field or group of all records of a type."""
    record_type = session.types[type_name]
    found = next(t for t in batches.targets_of(record_type, session.may_write) if t.key == target)
    rows = reading.row_numbers(session.database, session.types, Query(type_name))
    return batches.survey(session.database, record_type, found, rows, session.unit.id)


def values(session: Session, field: str, type_name: str = "enterprise") -> list[Cell]:
    held = reading.records(session.database, session.types, Query(type_name))
    return [r.values[field] for r in held]


def firms(session: Session, *states: str | None) -> list[str]:
    rows = [{"name": f"单位{n}", "union_state": s, "surveyed_staff": n} for n, s in enumerate(states)]
    return records.save_many(session, "enterprise", rows)[0]


def test_a_field_of_many_records_is_changed_by_one_operation_and_one_undo_takes_it_back(
    village: Session,
) -> None:
    firms(village, "N", "N", "Y", None)
    found = survey(village, "union_state")
    assert found.standing == {("N",): 2, ("Y",): 1, (None,): 1}
    assert found.changing({"union_state": "Y"}) == 3
    assert found.changing({"union_state": None}) == 3
    done = batches.change(village, found, {"union_state": "Y"})
    assert (done.count, done.skipped) == (3, {})
    assert values(village, "union_state") == ["Y"] * 4
    assert len(done.changes.records["enterprise"]) == 3, "what stands already is not written again"
    name = village.database.value("SELECT name FROM operation WHERE stamp = ?", (done.changes.stamp,))
    assert name == "批量修改企业（单位）：建会状态"
    records.undo(village, done.changes.stamp)
    assert sorted(map(str, values(village, "union_state"))) == ["N", "N", "None", "Y"]


def test_the_class_of_an_employer_follows_its_nature_where_nobody_has_chosen_another(
    village: Session,
) -> None:
    stands = ((None, None), ("private", "non_public"), ("private", "collective"), (None, "non_public"))
    rows = [{"name": f"单位{n}", "ownership": o, "sector": s} for n, (o, s) in enumerate(stands)]
    records.save_many(village, "enterprise", rows)
    done = batches.change(village, survey(village, "ownership"), {"ownership": "state_owned"})
    assert (done.count, done.along) == (4, {"单位类别": 2})
    assert values(village, "sector") == ["state_owned", "state_owned", "collective", "non_public"]
    records.undo(village, done.changes.stamp)
    assert values(village, "sector") == [s for _, s in stands]


def test_of_a_group_only_the_named_fields_change_and_the_others_stay_with_each_record(
    village: Session,
) -> None:
    rows = [{"name": n, "started_date": f"2026-0{n}-01", "ended_date": "2026-09-01"} for n in "123"]
    records.save_many(village, "course", rows)
    alone, together = survey(village, "ended_date", "course"), survey(village, "period", "course")
    assert (alone.standing, len(together.standing)) == ({("2026-09-01",): 3}, 3)
    assert together.changing({"started_date": "2026-01-01"}) == 2
    assert together.changing({}) == 0
    assert batches.change(village, alone, {"ended_date": "2026-10-01"}).count == 3
    assert values(village, "ended_date", "course") == ["2026-10-01"] * 3
    assert sorted(map(str, values(village, "started_date", "course"))) == [r["started_date"] for r in rows]
    both = {"started_date": "2026-08-01", "ended_date": None}
    assert batches.change(village, together, both).count == 3
    assert values(village, "started_date", "course") == ["2026-08-01"] * 3
    assert values(village, "ended_date", "course") == [None] * 3


def test_what_is_in_conflict_is_passed_over_and_stays_undecided(village: Session, tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    enrol(village, district, tmp_path)
    ids = firms(village, "N", "N")
    report_up(village, district, tmp_path)
    records.save(district, "enterprise", {"union_state": "Y"}, record=ids[0])
    records.save(village, "enterprise", {"union_state": "C"}, record=ids[0])
    report_up(village, district, tmp_path)
    found = survey(district, "union_state")
    assert found.skipped == {Skip.DISPUTED: 1}
    assert batches.change(district, found, {"union_state": "Y"}).count == 1
    assert [c.record for c in conflicts.open_conflicts(district)] == [ids[0]]
    # A slot beside the one in conflict may be changed.
    assert survey(district, "surveyed_staff").skipped == {}


def test_what_belongs_to_others_or_has_been_issued_is_passed_over(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    ledger = district.ledger
    case = records.save(district, "case", {}).record
    letters = [{"case": case, "kind": "reminder_letter"}, {"case": case, "document_number": "1号"}]
    births = [NewRecord("case_document", ledger.new_id(), district.unit.id, cells) for cells in letters]
    births.append(
        NewRecord("case_document", ledger.new_id(), ledger.new_id(), {"case": case, "addressee": "外"})
    )
    ledger.write("登记", "甲", births=births)
    found = survey(district, "addressee", "case_document")
    assert (len(found.ids), dict(found.skipped)) == (1, {Skip.LOCKED: 1, Skip.FOREIGN: 1})


def test_what_others_did_between_the_look_and_the_step_is_passed_over(village: Session) -> None:
    ids = firms(village, "N", "N")
    found = survey(village, "union_state")
    records.delete(village, "enterprise", ids[0])
    done = batches.change(village, found, {"union_state": "Y"})
    assert (done.count, done.skipped) == (1, {Skip.GONE: 1})
    stranger = replace(found, ids={row: village.ledger.new_id() for row in found.ids})
    assert batches.change(village, stranger, {"union_state": "C"}).changes.empty


def test_stopping_leaves_everything_as_it_was(village: Session) -> None:
    class Stop(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == total:
            raise Stop

    firms(village, "N", "N")
    with pytest.raises(Stop):
        batches.change(village, survey(village, "union_state"), {"union_state": "Y"}, stop)
    assert values(village, "union_state") == ["N", "N"]
    assert firms(village, "C"), "the ledger goes on"


def test_what_names_one_record_is_not_offered_and_refused(village: Session) -> None:
    offered = {
        f.name for t in batches.targets_of(village.types["member"], village.may_write) for f in t.fields
    }
    assert "union" in offered
    assert not {"name", "id_number", "phone"} & offered
    # Nor that from which the id of a unit follows, nor whose it is: one step made another unit of each that was chosen.
    units = {t.key for t in batches.targets_of(village.types["unit"], lambda _type, _field: True)}
    assert not {"code", "level", "superior"} & units
    assert "ended" in units
    firms(village, "N")
    found = survey(village, "union_state")
    for wrong in ("uscc", "surveyed_staff"):
        with pytest.raises(NotAllowed):
            batches.change(village, found, {wrong: None})
    code = village.types["enterprise"].slots["uscc"]
    forced = replace(found, target=Target("代码", code, code.fields))
    with pytest.raises(NotAllowed):
        batches.change(village, forced, {"uscc": None})
    with pytest.raises(UnknownField):
        batches.change(village, found, {"nothing": None})


def test_what_is_worked_out_of_each_record_is_not_set_for_many(village: Session) -> None:
    scores = {t.key for t in batches.targets_of(village.types["assessment_score"], village.may_write)}
    assert "basis" in scores
    assert not scores & {"computed", "computed_score", "computed_from"}

"""Several conflicts decided as one step: all at once, taken back at once, and what was settled meanwhile left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.recording import conflicts, deciding, records
from desktop.operations.recording.conflicts import NoConflict
from desktop.operations.recording.deciding import Decision, decide_all
from desktop.operations.session import Session
from desktop.operations.stations import exchange, unsettled
from desktop.records.declaration import Level
from desktop.records.versions.resolution import Life
from desktop.store.ledger import CannotUndo
from desktop.store.peers import traffic as stored
from desktop.store.queries import locating
from tests.operations.stations import enrol, report_up, station


@pytest.fixture
def village(tmp_path: Path) -> Session:
    return station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)


@pytest.fixture
def disputed(tmp_path: Path, village: Session) -> tuple[Session, list[Decision]]:
    """A district in which three names are in conflict, and the decision for each."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    enrol(village, district, tmp_path)
    ids, _ = records.save_many(village, "enterprise", [{"name": f"原名{n}"} for n in range(3)])
    report_up(village, district, tmp_path)
    for key in ids:
        records.save(district, "enterprise", {"name": "区里改的"}, record=key)
        records.save(village, "enterprise", {"name": "村里改的"}, record=key)
    report_up(village, district, tmp_path)
    return district, [Decision("enterprise", key, "name", "商量好的") for key in ids]


def names(session: Session, decisions: list[Decision]) -> list[object]:
    held = [records.load(session, d.type, d.record) for d in decisions]
    return [h.values["name"] for h in held if h is not None]


def test_all_are_decided_by_one_operation_and_taken_back_by_one_undo(
    disputed: tuple[Session, list[Decision]],
) -> None:
    district, decisions = disputed
    before = names(district, decisions)
    changes = decide_all(district, decisions, "处理分歧")
    assert names(district, decisions) == ["商量好的"] * 3
    assert conflicts.open_conflicts(district) == []
    records.undo(district, changes.stamp)
    assert names(district, decisions) == before


def test_what_was_settled_meanwhile_stays_as_it_is(disputed: tuple[Session, list[Decision]]) -> None:
    district, decisions = disputed
    deciding.decide(district, "enterprise", decisions[0].record, "name", "先定的")
    decide_all(district, decisions, "处理分歧")
    assert names(district, decisions) == ["先定的", "商量好的", "商量好的"]
    with pytest.raises(NoConflict):
        decide_all(district, decisions, "处理分歧")


def test_taking_a_decision_back_opens_the_conflict_again_here_and_below(
    disputed: tuple[Session, list[Decision]], tmp_path: Path, village: Session
) -> None:
    district, decisions = disputed
    before = {c.record: {claim.value for claim in c.claims} for c in conflicts.open_conflicts(district)}
    shown = names(district, decisions)
    changes = decide_all(district, decisions, "处理分歧")
    report_up(village, district, tmp_path)
    assert conflicts.open_conflicts(village) == []
    records.undo(district, changes.stamp)
    report_up(village, district, tmp_path)
    for session in (district, village):
        open_now = conflicts.open_conflicts(session)
        assert {c.record: {claim.value for claim in c.claims} for c in open_now} == before
        assert names(session, decisions) == shown
    assert exchange.digest(district, village.unit.id).sha256 == exchange.digest(village).sha256


def test_a_decision_that_was_taken_back_is_made_again_by_one_more_undo(
    disputed: tuple[Session, list[Decision]],
) -> None:
    district, decisions = disputed
    shown = names(district, decisions)
    undone = records.undo(district, decide_all(district, decisions, "处理分歧").stamp)
    again = records.undo(district, undone.stamp)
    assert (names(district, decisions), conflicts.open_conflicts(district)) == (["商量好的"] * 3, [])
    records.undo(district, again.stamp)
    assert (names(district, decisions), len(conflicts.open_conflicts(district))) == (shown, 3)


def test_a_decision_that_somebody_built_upon_is_not_taken_back(
    disputed: tuple[Session, list[Decision]],
) -> None:
    district, decisions = disputed
    changes = decide_all(district, decisions[:1], "处理分歧")
    records.save(district, "enterprise", {"name": "后来又改的"}, record=decisions[0].record)
    with pytest.raises(CannotUndo):
        records.undo(district, changes.stamp)
    assert names(district, decisions[:1]) == ["后来又改的"]


@pytest.mark.parametrize("keep", [0, 1])
def test_taking_back_whether_a_record_is_deleted_asks_again(
    disputed: tuple[Session, list[Decision]], tmp_path: Path, village: Session, keep: int
) -> None:
    """Deleted here and edited there: neither "delete" nor "keep" may swallow the other for good."""
    district, decisions = disputed
    record = decisions[0].record
    decide_all(district, decisions, "处理分歧")
    report_up(village, district, tmp_path)
    records.delete(district, "enterprise", record)
    records.save(village, "enterprise", {"surveyed_staff": 99}, record=record)
    report_up(village, district, tmp_path)
    changes = decide_all(district, [Decision("enterprise", record, "_deleted", 1 - keep)], "处理分歧")
    held = records.load(district, "enterprise", record)
    assert held is not None
    assert held.life is (Life.LIVE if keep else Life.DELETED)
    records.undo(district, changes.stamp)
    report_up(village, district, tmp_path)
    for session in (district, village):
        held = records.load(session, "enterprise", record)
        assert held is not None
        assert (held.life, held.disputed) == (Life.DISPUTED, ("_deleted",))
        assert held.values["surveyed_staff"] == 99


def test_the_fields_of_a_deleted_record_are_not_asked_and_are_asked_again_when_it_is_back(
    disputed: tuple[Session, list[Decision]], tmp_path: Path, village: Session
) -> None:
    """Rule 9: neither in the list of conflicts, nor in the counts, nor in the receipt."""
    district, decisions = disputed
    record = decisions[0].record
    deleted = records.delete(district, "enterprise", record)
    assert {c.record for c in conflicts.open_conflicts(district)} == {d.record for d in decisions[1:]}
    assert exchange.digest(district).conflicts == 2
    report_up(village, district, tmp_path)
    told = unsettled.unsettled(village.database, village.here)
    assert record not in {t.record for t in told}
    assert {t.record for t in told} == {d.record for d in decisions[1:]}
    records.undo(district, deleted.stamp)
    assert {c.record for c in conflicts.open_conflicts(district)} == {d.record for d in decisions}
    assert exchange.digest(district).conflicts == 3


def test_a_receipt_names_what_stands_against_each_other_and_not_what_was_replaced_on_the_way(
    disputed: tuple[Session, list[Decision]], tmp_path: Path, village: Session
) -> None:
    """The village wrote the birth and three changes of each name; only the last is in question."""
    district, decisions = disputed
    for decision in decisions:
        records.save(district, "enterprise", {"name": "区里定的"}, record=decision.record)
        for name in ("村里又改的", "村里最后改的"):
            records.save(village, "enterprise", {"name": name}, record=decision.record)
    report_up(village, district, tmp_path)
    answers = stored.answers(village.database)
    mine = [a for a in answers if a.station == village.ledger.station]
    assert [a.outcome for a in mine] == ["conflict"] * 3
    # The district's own words against them are no answer to the village.
    assert len(answers) == 3
    places = locating.locate(village.database, village.types, mine)
    assert sorted(p.record for p in places if p is not None) == sorted(d.record for d in decisions)


def test_a_receipt_tells_the_author_of_an_edit_that_the_record_was_deleted(
    disputed: tuple[Session, list[Decision]], tmp_path: Path, village: Session
) -> None:
    district, decisions = disputed
    record = decisions[0].record
    decide_all(district, decisions, "处理分歧")
    report_up(village, district, tmp_path)
    records.delete(district, "enterprise", record)
    records.save(village, "enterprise", {"surveyed_staff": 99}, record=record)
    report_up(village, district, tmp_path)
    (told,) = [t for t in unsettled.unsettled(village.database, village.here) if t.own and t.above]
    assert (told.outcome, told.record, told.slot_label) == ("conflict", record, "删除")

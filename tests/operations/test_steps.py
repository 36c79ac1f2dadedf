"""The steps done at this computer: listed newest first, looked into, and taken back where nothing newer stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.recording import records, steps
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.workspaces import erasing, operators, restoring
from desktop.records.declaration import Level, Role
from desktop.records.versions.deciding import SAME
from desktop.store.ledger import CannotUndo, Deletion, EditedSince, NewRecord
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.sync.authority.station import load_keys
from desktop.sync.bundles import sending
from desktop.sync.merging import lapsed
from tests.operations.stations import CHEAP, enrol, repeatable, report_up, station


@pytest.fixture
def village(tmp_path: Path) -> Session:
    return station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)


def recent(session: Session, **more: int) -> list[steps.Step]:
    return steps.recent(session.database, session.ledger.station, **more)


def told(session: Session) -> list[tuple[str, int, bool]]:
    return [(s.operation.name, s.records, s.undone) for s in recent(session)]


def look(session: Session, place: int = 0) -> steps.Looked:
    return steps.look(session.database, session.ledger.station, recent(session)[place].operation)


def test_steps_are_listed_newest_first_with_the_number_of_their_records(village: Session) -> None:
    assert recent(village) == []
    ids, _ = records.save_many(village, "enterprise", [{"name": f"单位{n}"} for n in range(3)])
    records.save(
        village, "enterprise", {"name": "甲", "surveyed_staff": 5, "union_state": "Y"}, record=ids[0]
    )
    records.delete(village, "enterprise", ids[1])
    assert told(village) == [
        ("删除企业（单位）", 1, False),
        ("修改企业（单位）", 1, False),
        ("批量新增企业（单位）", 3, False),
    ]
    newest = recent(village)[0].operation
    assert [s.operation.name for s in recent(village, limit=1)] == ["删除企业（单位）"]
    assert [s.records for s in recent(village, limit=1, before=newest.stamp)] == [1]
    assert recent(village)[2].operation.operator == "王芳"


def test_a_step_is_looked_into_before_and_after_its_lines_were_cut_into_segments(
    village: Session, tmp_path: Path
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    enrol(village, district, tmp_path)
    (first, second), _ = records.save_many(village, "enterprise", [{"name": "甲"}, {"name": "乙"}])
    records.save(village, "enterprise", {"name": "丙", "surveyed_staff": 5}, record=first)
    records.save(village, "enterprise", {"name": "丁"}, record=first)
    for _ in range(2):
        named = look(village)
        assert [(c.record, c.slot, c.birth) for c in named.changes] == [(first, "name", False)]
        edit = named.changes[0].edit
        assert edit is not None
        assert (edit.before, edit.value) == (("丙",), "丁")
        both = {c.slot: c.edit for c in look(village, 1).changes if c.edit is not None}
        assert both["name"].before == ("甲",)
        assert both["headcount_surveyed"].before == (), "nothing stood there before"
        births = look(village, 2)
        assert [(c.type, c.record, c.birth) for c in births.changes] == [
            ("enterprise", first, True),
            ("enterprise", second, True),
        ]
        report_up(village, district, tmp_path)
    step = recent(village)[2].operation
    only = steps.look(village.database, village.ledger.station, step, limit=1)
    assert (len(only.changes), only.total) == (1, 2)


def test_a_step_is_taken_back_and_that_too_and_what_became_of_it_is_said(village: Session) -> None:
    record = records.save(village, "enterprise", {"name": "甲"}).record
    changed = records.save(village, "enterprise", {"name": "乙"}, record=record).changes
    back = steps.undo(village, changed.stamp)
    assert [undone for _, _, undone in told(village)] == [False, True, False]
    steps.undo(village, back.stamp)
    assert [undone for _, _, undone in told(village)] == [False, True, False, False]
    held = records.load(village, "enterprise", record)
    assert held is not None
    assert held.values["name"] == "乙"


def test_a_birth_is_taken_back_after_its_line_was_cut_into_a_segment(village: Session) -> None:
    ids, born = records.save_many(village, "enterprise", [{"name": "甲"}, {"name": "乙"}])
    changed = records.save(village, "enterprise", {"name": "丙"}, record=ids[0])
    sending.cut_own(village.ledger, load_keys(village.ledger))
    with pytest.raises(EditedSince, match="不能整条撤消：“丙”的“单位名称”由王芳在2026-11-23") as later:
        steps.undo(village, born.stamp)
    assert (later.value.type, later.value.record) == ("enterprise", ids[0])
    records.undo(village, changed.changes.stamp)
    alone = records.save(village, "enterprise", {"name": "丁"})
    sending.cut_own(village.ledger, load_keys(village.ledger))
    assert steps.undo(village, alone.changes.stamp).records == {"enterprise": (alone.record,)}
    living = reading.records(village.database, village.types, Query("enterprise"))
    assert [r.values["name"] for r in living] == ["甲", "乙"]
    # What was changed later was taken back: nothing stands in the way any more.
    steps.undo(village, born.stamp)
    assert reading.records(village.database, village.types, Query("enterprise")) == []


def test_what_something_newer_stands_on_is_refused(village: Session) -> None:
    saved = records.save(village, "enterprise", {"name": "甲"})
    records.save(village, "enterprise", {"name": "乙"}, record=saved.record)
    with pytest.raises(CannotUndo):
        steps.undo(village, saved.changes.stamp)
    with pytest.raises(CannotUndo):
        steps.undo(village, 1)


def test_what_the_program_would_do_again_at_the_next_merge_is_not_taken_back(village: Session) -> None:
    ledger, own = village.ledger, village.unit.id
    edge = NewRecord(SAME, ledger.new_id(), own, {"kind": "enterprise"})
    ledger.write("合并", "王芳", births=[edge])
    parted = ledger.write(lapsed.PARTED, "王芳", deletions=[Deletion(SAME, edge.record)])
    step, joining = recent(village)
    assert "由管着这几个单位的上级来定" in step.lasting
    assert joining.lasting == ""
    with pytest.raises(CannotUndo, match="程序自动做的，不能撤消"):
        steps.undo(village, parted.stamp)


def test_an_enrolment_is_taken_back_only_until_something_has_come_from_it(
    village: Session, tmp_path: Path
) -> None:
    """One question of two records had let nothing count any more of a town and all below it."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    # The step that let in a first computer bore the unit too, for which another one reports.
    silent = station(tmp_path / "first", village.unit.code, village.unit.name, Level.VILLAGE)
    enrol(silent, district, tmp_path)
    registered = recent(district)[0].operation.stamp
    enrol(village, district, tmp_path)
    granted, _, begun = recent(district)
    assert (granted.lasting, begun.lasting) == ("", "体系是从本单位建起的，不能撤消。")
    undone = steps.undo(district, granted.operation.stamp)
    redone = steps.undo(district, undone.stamp)
    records.save(village, "enterprise", {"name": "甲"})
    report_up(village, district, tmp_path)
    lasting = {s.operation.stamp: s.lasting for s in recent(district)}
    assert lasting[undone.stamp] == ""
    for stamp in (registered, granted.operation.stamp, redone.stamp):
        assert lasting[stamp].startswith("它的电脑已经报来过内容")
    for stamp in (registered, granted.operation.stamp, redone.stamp, begun.operation.stamp):
        with pytest.raises(CannotUndo, match="不能撤消"):
            steps.undo(district, stamp)
    assert len(reading.records(district.database, district.types, Query("enterprise"))) == 1


def test_what_was_erased_is_not_told_again(village: Session) -> None:
    saved = records.save(village, "member", {"name": "王犇"})
    records.save(village, "member", {"name": "王㛃"}, record=saved.record)
    slot = village.types["member"].slot_of["name"]
    erasing.erase(village, "member", [saved.record], [slot], basis="consent")
    place = next(n for n, s in enumerate(recent(village)) if s.operation.name == "修改会员")
    (change,) = look(village, place).changes
    assert (change.slot, change.edit) == (slot, None)


def test_who_may_not_write_the_records_may_not_take_their_steps_back(
    village: Session, tmp_path: Path
) -> None:
    saved = records.save(village, "enterprise", {"name": "甲"})
    for role in (Role.READER, Role.EDITOR):
        operators.put(village, role.value, role, "password1", CHEAP)
    ledger, own = village.ledger, village.unit.id
    granted = ledger.write("批准", "王芳", births=[NewRecord("grant", ledger.new_id(), own, {})])
    joined = ledger.write(
        "合并", "王芳", births=[NewRecord(SAME, ledger.new_id(), own, {"kind": "enterprise"})]
    )
    village.workspace.close()
    reader = open_session(village.workspace.folder, "reader", "password1", repeatable("reader"))
    with pytest.raises(NotAllowed):
        steps.undo(reader, saved.changes.stamp)
    reader.workspace.close()
    editor = open_session(village.workspace.folder, "editor", "password1", repeatable("editor"))
    with pytest.raises(NotAllowed):
        steps.undo(editor, granted.stamp)
    assert not steps.undo(editor, joined.stamp).empty
    assert not steps.undo(editor, saved.changes.stamp).empty
    editor.workspace.close()


def test_after_a_restore_what_was_done_before_is_told_but_not_taken_back(
    village: Session, tmp_path: Path
) -> None:
    saved = records.save(village, "enterprise", {"name": "甲"})
    folder = village.workspace.folder
    village.workspace.close()
    again = restoring.restore(folder, None, "王芳", "password1", repeatable("restored")).session
    assert [s.here for s in recent(again)] == [False]
    assert [(c.record, c.birth) for c in look(again).changes] == [(saved.record, True)]
    with pytest.raises(CannotUndo):
        steps.undo(again, saved.changes.stamp)
    records.save(again, "enterprise", {"name": "乙"}, record=saved.record)
    assert [s.here for s in recent(again)] == [True, False]
    again.workspace.close()

"""A record that is brought back brings what went with it, and nothing that was deleted before or by others."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.recording import admitting, attachable, attachments, deciding, records
from desktop.operations.session import Session
from desktop.operations.stations import exchange
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.ledger import CannotUndo, Deletion
from tests.operations.stations import enrol, report_up, station


def course_with_people(session: Session) -> tuple[str, list[str]]:
    course = records.save(session, "course", {"name": "班", "started_date": "2026-03-02"}).record
    people = [
        records.save(session, "attendance", {"course": course, "name": name}).record
        for name in ("李四", "王五")
    ]
    return course, people


def life(session: Session, type_name: str, record: str) -> Life:
    held = records.load(session, type_name, record)
    assert held is not None
    return held.life


def test_children_and_files_come_back_with_their_record_in_one_step(
    district: Session, tmp_path: Path
) -> None:
    course, people = course_with_people(district)
    paper = tmp_path / "签到.pdf"
    paper.write_bytes(b"%PDF-1.4\n" + b"x" * 70_000)
    added = attachments.add(
        district, "course", course, [attachable.prepare(paper, district.environment.today())]
    )
    records.delete(district, "course", course)
    assert attachments.of_record(district.database, district.types, "course", course) == []
    done = records.restore(district, "course", course)
    assert {life(district, "attendance", each) for each in people} == {Life.LIVE}
    assert life(district, "course", course) is Life.LIVE
    assert attachments.show(district, added.ids[0]) == paper.read_bytes()
    assert records.restored_words("“班”", [done]) == "已恢复“班”，一起删除的3条也恢复了。"
    records.undo(district, done.stamp)
    assert [life(district, "attendance", each) for each in people] == [Life.DELETED] * 2
    assert life(district, "course", course) is Life.DELETED


def test_what_was_deleted_before_stays_deleted(district: Session) -> None:
    course, (li, wang) = course_with_people(district)
    records.delete(district, "attendance", li)
    records.delete(district, "course", course)
    done = records.restore(district, "course", course)
    assert (life(district, "attendance", li), life(district, "attendance", wang)) == (Life.DELETED, Life.LIVE)
    assert records.restored_words("“班”", [done]) == "已恢复“班”，一起删除的1条也恢复了。"


def test_a_child_that_is_brought_back_alone_brings_nobody(district: Session) -> None:
    _, (li, wang) = course_with_people(district)
    district.ledger.write("删除", "王芳", deletions=[Deletion("attendance", each) for each in (li, wang)])
    done = records.restore(district, "attendance", li)
    assert done.records == {"attendance": (li,)}
    assert life(district, "attendance", wang) is Life.DELETED
    assert records.restored_words("“李四”", [done]) == "已恢复“李四”。"


def test_nothing_is_written_under_a_deletion_that_is_known(district: Session) -> None:
    course, (li, _) = course_with_people(district)
    edited = records.save(district, "course", {"name": "新班"}, record=course).changes.stamp
    gone = records.delete(district, "attendance", li).stamp
    records.delete(district, "course", course)
    with pytest.raises(admitting.Gone, match="这条培训班次已经删除"):
        records.save(district, "course", {"name": "旧班"}, record=course)
    with pytest.raises(admitting.Gone, match="它属于的培训班次已经删除"):
        records.save(district, "attendance", {"course": course, "name": "赵六"})
    with pytest.raises(CannotUndo, match="它属于的培训班次已经删除"):
        records.restore(district, "attendance", li)
    with pytest.raises(CannotUndo, match="它属于的培训班次已经删除"):
        records.undo(district, gone)
    with pytest.raises(CannotUndo, match="后来有删除了的"):
        records.undo(district, edited)
    assert life(district, "course", course) is Life.DELETED
    records.restore(district, "course", course)
    records.undo(district, gone)
    assert life(district, "attendance", li) is Life.LIVE


def test_what_is_recorded_again_under_its_code_comes_back(district: Session) -> None:
    values: dict[str, Cell] = {"name": "茶厂", "uscc": "91330110MA2ABCDE19"}
    first = records.save(district, "enterprise", values)
    records.delete(district, "enterprise", first.record)
    again = records.save(district, "enterprise", values | {"name": "茶业公司"})
    held = records.load(district, "enterprise", first.record)
    assert again.record == first.record
    assert held is not None
    assert (held.life, held.values["name"]) == (Life.LIVE, "茶业公司")
    records.undo(district, again.changes.stamp)
    assert life(district, "enterprise", first.record) is Life.DELETED


def test_grandchildren_come_back_and_others_of_the_same_step_do_not(district: Session) -> None:
    team, other = (records.save(district, "course", {"name": name}).record for name in ("甲班", "乙班"))
    person = records.save(district, "attendance", {"course": team, "name": "李四"}).record
    district.ledger.write("删除", "王芳", deletions=[Deletion("course", team), Deletion("course", other)])
    records.restore(district, "course", team)
    assert life(district, "attendance", person) is Life.LIVE
    assert life(district, "course", other) is Life.DELETED


def test_what_was_deleted_below_is_brought_back_above_and_again_below(tmp_path: Path) -> None:
    desk = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, desk, tmp_path)
    course, (li, wang) = course_with_people(village)
    report_up(village, desk, tmp_path)
    records.delete(village, "attendance", li)
    records.delete(village, "course", course)
    report_up(village, desk, tmp_path)
    records.restore(desk, "course", course)
    report_up(village, desk, tmp_path)
    for session in (desk, village):
        assert life(session, "course", course) is Life.LIVE
        assert [life(session, "attendance", each) for each in (li, wang)] == [Life.DELETED, Life.LIVE]
    assert exchange.digest(village, village.unit.id) == exchange.digest(desk, village.unit.id)


def test_a_child_that_somebody_else_deleted_too_stays_deleted(tmp_path: Path) -> None:
    desk = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, desk, tmp_path)
    course, (li, wang) = course_with_people(village)
    report_up(village, desk, tmp_path)
    records.delete(desk, "attendance", li)
    records.delete(village, "course", course)
    report_up(village, desk, tmp_path)
    records.restore(village, "course", course)
    assert [life(village, "attendance", each) for each in (li, wang)] == [Life.DELETED, Life.LIVE]


def test_a_record_that_is_kept_after_all_keeps_what_went_with_it(tmp_path: Path) -> None:
    desk = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, desk, tmp_path)
    course, people = course_with_people(village)
    report_up(village, desk, tmp_path)
    records.delete(village, "course", course)
    records.save(desk, "course", {"name": "改过的班"}, record=course)
    report_up(village, desk, tmp_path)
    assert life(desk, "course", course) is Life.DISPUTED
    changes = deciding.decide(desk, "course", course, "_deleted", 0)
    assert [life(desk, "attendance", each) for each in people] == [Life.LIVE] * 2
    records.undo(desk, changes.stamp)
    assert life(desk, "course", course) is Life.DISPUTED
    assert [life(desk, "attendance", each) for each in people] == [Life.DELETED] * 2

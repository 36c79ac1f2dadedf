"""Namesakes are never decided in silence, and a sheet of trainees is one operation."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from desktop.operations import queries
from desktop.operations.recording import officers, records, sheets, training
from desktop.operations.recording.admitting import Gone
from desktop.operations.recording.officers import Match, Officer, Roster, Standing
from desktop.operations.recording.sheets import Line
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import Level
from desktop.records.identity import unit_id
from desktop.records.typed.people_lists import people, read_block
from desktop.records.typed.people_words import Person
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import Deletion, NewRecord, NotFound
from tests.operations.stations import station

# -- matching ----------------------------------------------------------------------------------------------------------

WANG = Officer("a" * 32, "王芳", ("径山村工会联合会",), "主席", "13800000001", "0012")
NAMESAKE = Officer("b" * 32, "王芳", ("长乐村工会联合会",), "委员", "13800000002", "1239")
LI = Officer(
    "c" * 32,
    "李强",
    ("杭州径山示例茶业有限公司工会委员会", "杭州径山示例茶业有限公司"),
    "主席",
    "13800000003",
)
GONE = Officer("d" * 32, "赵翀", ("瓶窑镇总工会",), left=True)
ROSTER = Roster([WANG, NAMESAKE, LI, GONE])

CASES = {
    "the only one of a name": (Person("李强"), Standing.MATCHED, LI),
    "spaces and dots do not matter": (Person("李 强"), Standing.MATCHED, LI),
    "a namesake by phone": (Person("王芳", phone="13800000002"), Standing.MATCHED, NAMESAKE),
    "a namesake by unit": (Person("王芳", "径山村"), Standing.MATCHED, WANG),
    "a namesake by document": (Person("王芳", code="1239"), Standing.MATCHED, NAMESAKE),
    "namesakes without more": (Person("王芳"), Standing.CHOOSE, None),
    "a unit in other words": (Person("李强", "径山示例茶业"), Standing.MATCHED, LI),
    "a unit that contradicts": (Person("李强", "长命村工会"), Standing.CHOOSE, None),
    "a phone that contradicts": (Person("李强", phone="13911111111"), Standing.CHOOSE, None),
    "who has left": (Person("赵翀"), Standing.CHOOSE, None),
    "another name with a known phone": (Person("李墙", phone="13800000003"), Standing.CHOOSE, None),
    "a name that sounds the same": (Person("李墙"), Standing.CHOOSE, None),
    "who is not known": (Person("犇㛃䶮"), Standing.WALK_IN, None),
}


@pytest.mark.parametrize(("person", "standing", "officer"), CASES.values(), ids=CASES.keys())
def test_matching(person: Person, standing: Standing, officer: Officer | None) -> None:
    match = ROSTER.find(person)
    assert (match.standing, match.officer) == (standing, officer)
    assert match.words
    assert bool(match.candidates) == (standing is not Standing.WALK_IN)


def test_details_of_a_candidate_tell_namesakes_apart_with_the_phone_masked() -> None:
    assert WANG.detail == "径山村工会联合会 · 主席 · 138****0001"


def test_who_is_on_the_list_already_is_not_added_again() -> None:
    found = officers.match_all(
        [Person("李强"), Person("钱堃")], ROSTER, [{"officer": LI.id}, {"name": "钱堃"}]
    )
    assert [m.standing for m in found] == [Standing.LISTED, Standing.LISTED]


def test_namesakes_with_other_telephones_or_documents_are_two_people() -> None:
    listed = [{"name": "张伟", "unit_name": "径山村工会", "phone": "13800000005", "person_code": "0012"}]

    def standing(phone: str = "", code: str = "") -> Standing:
        person = Person("张伟", "径山村工会", phone=phone, code=code)
        return officers.match_all([person], ROSTER, listed)[0].standing

    assert standing("13800000006") is standing(code="330106198506150021") is Standing.WALK_IN
    assert standing() is standing("13800000005") is standing(code="330102199001010012") is Standing.LISTED
    assert standing("13800000005", "330106198506150021") is standing("13800000006", "0012") is Standing.LISTED


def test_the_same_name_twice_in_one_block_is_listed_once() -> None:
    found = officers.match_all([Person("李强"), Person("李强"), Person("钱堃"), Person("钱堃")], ROSTER)
    assert [m.standing for m in found] == [
        Standing.MATCHED, Standing.LISTED, Standing.WALK_IN, Standing.LISTED,
    ]  # fmt: skip


def test_namesakes_of_different_units_are_two_people() -> None:
    found = officers.match_all(
        [Person("钱堃", "径山村"), Person("钱堃", "长乐村"), Person("王芳"), Person("王芳")], ROSTER
    )
    assert [m.standing for m in found] == [Standing.WALK_IN] * 2 + [Standing.CHOOSE] * 2


def test_a_trainee_is_filled_from_the_roster() -> None:
    cells = officers.trainee(Person("王芳", "径山"), WANG)
    assert cells["officer"] == WANG.id
    assert cells["unit_name"] == "径山村工会联合会"
    assert cells["post_title"] == "主席"
    walk_in = officers.trainee(Person("犇㛃䶮", "径山"), None)
    assert walk_in["name"] == "犇㛃䶮"
    assert "officer" not in walk_in
    for known in (None, WANG):
        assert officers.trainee(Person("王芳", remark="代周明"), known)["remark"] == "代周明"


# -- the sheet ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Path) -> Session:
    return station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)


def _course(session: Session, days: int = 2) -> str:
    values = {"name": "轮训班", "started_date": "2026-10-20", "ended_date": f"2026-10-{19 + days}"}
    return records.save(session, "course", values).record


def test_the_roster_knows_unions_and_the_newest_appointment(town: Session) -> None:
    union = records.save(town, "union", {"name": "径山村工会联合会"}).record
    officer = records.save(town, "officer", {"name": "王芳", "union": union, "workplace": "径山村"}).record
    for day in ("2024-01-01", "2025-03-01"):
        records.save(town, "appointment", {"officer": officer, "started": day, "union_name": "径山村"})
    found = officers.roster(town.database, town.types, town.codes).by_id[officer]
    assert found.units == ("径山村工会联合会", "径山村")
    assert found.appointed == "2025-03-01"


def test_half_days_follow_the_days_of_the_course(town: Session) -> None:
    codes = town.codes["half_day"]
    course = {"started_date": "2026-10-20", "ended_date": "2026-10-21"}
    assert training.half_days(course, codes) == ["d01am", "d01pm", "d02am", "d02pm"]
    assert training.half_days({"started_date": "2026-10-20"}, codes) == ["d01am", "d01pm"]
    assert training.half_days({}, codes, [{"half_days": "d01am d03pm"}]) == ["d01am", "d01pm", "d03pm"]
    assert len(training.half_days({**course, "ended_date": "2027-10-21"}, codes)) == len(codes.offered)


def test_counts_of_a_course() -> None:
    rows: list[dict[str, Cell]] = [
        {"officer": "x", "half_days": "d01am", "result": "passed"},
        {"officer": "y", "half_days": None},
        {"half_days": "d01am d01pm", "result": "failed"},
    ]
    found = training.turnout(rows, 40)
    assert (found.expected, found.listed, found.present, found.absent, found.passed, found.walk_ins) == (
        40, 3, 2, 1, 1, 1,
    )  # fmt: skip
    assert training.turnout(rows, None).expected == 3


def test_a_sheet_is_one_operation_and_one_undo(town: Session) -> None:
    course = _course(town)
    first = sheets.save_sheet(
        town, "名单", [Line("attendance", {"course": course, "name": n}) for n in ("王芳", "李强", "赵翀")]
    )
    wang, li, zhao = first.records
    second = sheets.save_sheet(
        town,
        "签到",
        [
            Line("attendance", {"half_days": "d01am"}, wang),
            Line("attendance", {"course": course, "name": "犇㛃䶮 "}),
        ],
        [Deletion("attendance", li)],
    )
    shown = {r.values["name"]: r.values["half_days"] for r in records.children(town, "attendance", course)}
    assert shown == {"王芳": "d01am", "赵翀": None, "犇㛃䶮": None}
    assert zhao not in second.changes.records["attendance"]
    records.undo(town, second.changes.stamp)
    shown = {r.values["name"]: r.values["half_days"] for r in records.children(town, "attendance", course)}
    assert shown == {"王芳": None, "赵翀": None, "李强": None}


def test_trainees_belong_to_the_unit_of_their_course(town: Session) -> None:
    course = _course(town)
    saved = sheets.save_sheet(town, "名单", [Line("attendance", {"course": course, "name": "王芳"})])
    held = records.load(town, "attendance", saved.records[0])
    assert held is not None
    assert held.unit == town.unit.id


def test_a_course_that_is_gone_gets_no_trainees(town: Session) -> None:
    with pytest.raises(NotFound):
        sheets.save_sheet(town, "名单", [Line("attendance", {"course": "0" * 32, "name": "王芳"})])
    course = _course(town)
    records.delete(town, "course", course)
    with pytest.raises(Gone, match="它属于的培训"):
        sheets.save_sheet(town, "名单", [Line("attendance", {"course": course, "name": "王芳"})])


def test_a_sheet_changes_nothing_that_is_anothers_and_keeps_out_what_nobody_sees(town: Session) -> None:
    course = _course(town)
    made = sheets.save_sheet(
        town, "名单", [Line("attendance", {"course": course, "name": "王\u200b芳\u202e"})]
    )
    held = records.load(town, "attendance", made.records[0])
    assert held is not None
    assert held.values["name"] == "王芳"
    theirs = "a1" * 16
    row = NewRecord("attendance", theirs, unit_id("town", "别的镇"), {"course": course, "name": "李强"})
    town.ledger.write("别家的", "王芳", births=[row])
    with pytest.raises(NotAllowed, match="归“别的单位”管"):
        sheets.save_sheet(town, "签到", [Line("attendance", {"half_days": "d01am"}, theirs)])
    with pytest.raises(NotAllowed, match="归“别的单位”管"):
        sheets.save_sheet(town, "名单", [], [Deletion("attendance", theirs)])
    # Nor does it add a row to another's list, which would be a record of that unit.
    elsewhere = NewRecord("course", "a2" * 16, unit_id("town", "别的镇"), {"name": "别家的培训"})
    town.ledger.write("别家的", "王芳", births=[elsewhere])
    with pytest.raises(NotAllowed, match="不归本单位管"):
        sheets.save_sheet(town, "名单", [Line("attendance", {"course": elsewhere.record, "name": "赵翀"})])


def test_forty_people_are_matched_in_the_order_in_which_they_were_pasted(town: Session) -> None:
    given = [f"{a}{b}" for a, b in itertools.islice(itertools.product("王李张刘陈", "芳伟敏静强磊洋艳"), 40)]
    rows = [{"name": name, "phone": f"1380000{n:04d}"} for n, name in enumerate(given)]
    ids, _ = records.save_many(town, "officer", rows)
    roster = officers.roster(town.database, town.types, town.codes)
    found: list[Match] = officers.match_all(people(read_block("\n".join(given))), roster)
    assert [m.officer.id for m in found if m.officer is not None] == ids
    assert queries.titles(town.database, town.types, town.codes, "officer", ids[:1])

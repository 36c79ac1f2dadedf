"""Pasted lists are read without losing anybody, namesakes are never decided in silence, a sheet is one operation."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from desktop.operations import queries
from desktop.operations.recording import records, training
from desktop.operations.recording.training import Line, Match, Officer, Roster, Standing
from desktop.operations.recording.training_names import Part, Person, people, read_block
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import Deletion, NotFound
from tests.operations.stations import station


def names(text: str) -> list[str]:
    return [person.name for person in people(read_block(text))]


# -- reading -----------------------------------------------------------------------------------------------------------

LISTS = {
    "a name a line": ("张三\n李四\n王五", ["张三", "李四", "王五"]),
    "all names in one line": ("张三、李四，王五；赵六", ["张三", "李四", "王五", "赵六"]),
    "names apart by spaces": ("张三 李四 王五", ["张三", "李四", "王五"]),
    "names spread to the width of three characters": ("王　芳\n李 强\n赵翀玥", ["王芳", "李强", "赵翀玥"]),
    "two spread names in one line": ("张 三 李 四", ["张三", "李四"]),
    "numbered": ("1、张三\n2. 李四\n（3）王五\n④赵六\n5 钱堃", ["张三", "李四", "王五", "赵六", "钱堃"]),
    "numbered in Chinese": ("一、王芳\n二、李强", ["王芳", "李强"]),
    "a chain of a chat group": ("#接龙\n培训报名\n1. 张三 径山村\n2. 李四 长乐村", ["张三", "李四"]),
    "mentions in a chat": ("@王芳 @李强", ["王芳", "李强"]),
    "and so on at the end": (
        "王芳、李强、赵翀等3人。\n钱堃、周明等同志",
        ["王芳", "李强", "赵翀", "钱堃", "周明"],
    ),
    "lines of a chat among rows of a sheet": (
        "1. 王芳\t径山村工会\t13800000001\n（2）李强 主席\n@赵翀 @钱堃\n5、周 明\n6、沈四 请假\n"
        "7. 吴娜\t长乐村工会\t13800000002",
        ["王芳", "李强", "赵翀", "钱堃", "周明", "沈四", "吴娜"],
    ),
    "a word before the names": ("参训人员：王芳、李强、赵翀", ["王芳", "李强", "赵翀"]),
    "rare characters": ("犇㛃䶮\n䶮㛃\n𬮭喆", ["犇㛃䶮", "䶮㛃", "𬮭喆"]),
    "names of several parts": (
        "阿卜杜拉•买买提\n迪丽热巴・迪力木拉提",
        ["阿卜杜拉·买买提", "迪丽热巴·迪力木拉提"],
    ),
    "a sheet of names in several columns": ("王芳\t李强\n钱堃\t", ["王芳", "李强", "钱堃"]),
    "Windows line ends and empty lines": ("王芳\r\n\r\n李强\r\n", ["王芳", "李强"]),
    "a phone glued to the name": ("张三13800000000\n李四138 0000 0001", ["张三", "李四"]),
}


@pytest.mark.parametrize(("text", "expected"), LISTS.values(), ids=LISTS.keys())
def test_names_are_found_in_every_form_of_list(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_columns_of_a_sheet_are_known_by_their_heading() -> None:
    block = read_block("序号\t姓名\t所在单位\t职务\t联系电话\n1\t王 芳\t径山村工会\t主席\t13800000001\n")
    assert block.parts == (Part.SKIP, Part.NAME, Part.UNIT, Part.POST, Part.PHONE)
    assert people(block) == [Person("王芳", "径山村工会", "主席", "13800000001")]


def test_a_line_typed_among_those_of_a_sheet_leaves_no_phone_in_the_name() -> None:
    found = people(read_block("王芳\t径山村工会\n张三，13805711234\n李强\t长乐村工会"))
    assert [(person.name, person.phone) for person in found] == [
        ("王芳", ""), ("张三", "13805711234"), ("李强", ""),
    ]  # fmt: skip


def test_columns_of_a_sheet_are_known_by_what_they_hold() -> None:
    block = read_block("径山村工会\t王芳\t女\t委员\n长乐村工会\t李强\t男\t主席")
    assert block.parts == (Part.UNIT, Part.NAME, Part.SEX, Part.POST)


def test_a_column_can_be_given_another_meaning() -> None:
    block = read_block("径山\t王芳\n长乐\t李强")
    parts = [Part.POST if part is Part.UNIT else part for part in block.parts]
    assert [person.post for person in people(block, parts)] == ["径山", "长乐"]


def test_a_title_above_the_heading_is_left_out_and_told() -> None:
    block = read_block("径山镇培训名单\t\n姓名\t单位\n王芳\t径山村\n合计\t1")
    assert [person.name for person in people(block)] == ["王芳"]
    assert block.left_out == ("径山镇培训名单", "合计 1")


def test_a_line_break_inside_a_cell_does_not_make_a_row() -> None:
    found = people(read_block('姓名\t单位\n王芳\t"长乐村\n工会"\n李强\t径山村'))
    assert found == [Person("王芳", "长乐村工会"), Person("李强", "径山村")]


def test_words_beside_a_name_are_taken_apart() -> None:
    found = people(read_block("1、张三，女，径山村工会，主席，13800000000\n李四（长乐村） 副主席"))
    assert found == [
        Person("张三", "径山村工会", "主席", "13800000000", "女"),
        Person("李四", "长乐村", "副主席"),
    ]


@pytest.mark.parametrize(
    "block",
    [
        "陆三 代周明",
        "陆三 代 周明",
        "1、陆三（代周明）",
        "代周明 陆三",
        "姓名\t单位\n陆三 代周明\t",
        "姓名\n陆三（代周明）",
    ],
)
def test_who_came_for_somebody_else_is_one_person_and_it_is_said_for_whom(block: str) -> None:
    (found,) = people(read_block(block))
    assert found == Person("陆三", remark="代周明")
    for known in (None, WANG):
        assert training.trainee(found, known)["remark"] == "代周明"


def test_a_substitute_in_a_row_of_names_is_none_of_them_and_a_family_of_that_name_is() -> None:
    row = [Person("王芳"), Person("李强", remark="替周明参加"), Person("张伟")]
    assert people(read_block("王芳、李强 替周明参加、张伟")) == row
    assert people(read_block("王芳、李强 代周明、张伟"))[1] == Person("李强", remark="代周明")
    assert people(read_block("陈 小明\n王芳 李 小红")) == [Person("陈小明"), Person("王芳"), Person("李小红")]
    assert people(read_block("陆三\n代周明")) == [Person("陆三"), Person("代周明")]
    assert people(read_block("陆三 代理主席")) == [Person("陆三", post="代理主席")]


def test_a_unit_before_several_names_is_said_of_all() -> None:
    assert people(read_block("一车间：王芳、李强")) == [Person("王芳", "一车间"), Person("李强", "一车间")]


@pytest.mark.parametrize(
    "block",
    [
        "各位代表：王芳、李强", "各位代表：\n王芳\n李强", "各位代表：\t\n王芳\t\n李强\t",
        "现将名单公布如下：王芳、李强",
        "参会人员（2人）：王芳、李强", "以下同志当选：王芳、李强",
        "2026年径山镇培训名单：王芳、李强", "女代表：王芳、李强",
    ],
)  # fmt: skip
def test_what_greets_people_or_says_that_they_follow_is_no_unit_and_nobody(block: str) -> None:
    assert people(read_block(block)) == [Person("王芳"), Person("李强")]


def test_of_an_identity_number_only_the_last_four_are_kept() -> None:
    found = people(read_block("姓名\t身份证号码\n王芳\t330102199001010012"))
    assert found == [Person("王芳", code="0012")]


def test_lines_that_name_nobody_are_handed_back() -> None:
    block = read_block("报名情况：\n王芳\n请明天9点到会")
    assert [p.name for p in people(block)] == ["王芳"]
    assert block.left_out == ("报名情况：", "请明天9点到会")


def test_nothing_is_read_from_nothing() -> None:
    assert read_block("  \n\t\n").rows == ()
    assert people(read_block("")) == []


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
    found = training.match_all(
        [Person("李强"), Person("钱堃")], ROSTER, [{"officer": LI.id}, {"name": "钱堃"}]
    )
    assert [m.standing for m in found] == [Standing.LISTED, Standing.LISTED]


def test_the_same_name_twice_in_one_block_is_listed_once() -> None:
    found = training.match_all([Person("李强"), Person("李强"), Person("钱堃"), Person("钱堃")], ROSTER)
    assert [m.standing for m in found] == [
        Standing.MATCHED, Standing.LISTED, Standing.WALK_IN, Standing.LISTED,
    ]  # fmt: skip


def test_namesakes_of_different_units_are_two_people() -> None:
    found = training.match_all(
        [Person("钱堃", "径山村"), Person("钱堃", "长乐村"), Person("王芳"), Person("王芳")], ROSTER
    )
    assert [m.standing for m in found] == [Standing.WALK_IN] * 2 + [Standing.CHOOSE] * 2


def test_a_trainee_is_filled_from_the_roster() -> None:
    cells = training.trainee(Person("王芳", "径山"), WANG)
    assert cells["officer"] == WANG.id
    assert cells["unit_name"] == "径山村工会联合会"
    assert cells["post_title"] == "主席"
    walk_in = training.trainee(Person("犇㛃䶮", "径山"), None)
    assert walk_in["name"] == "犇㛃䶮"
    assert "officer" not in walk_in


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
    found = training.roster(town.database, town.types, town.codes).by_id[officer]
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
    first = training.save_sheet(
        town, "名单", [Line("attendance", {"course": course, "name": n}) for n in ("王芳", "李强", "赵翀")]
    )
    wang, li, zhao = first.records
    second = training.save_sheet(
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
    saved = training.save_sheet(town, "名单", [Line("attendance", {"course": course, "name": "王芳"})])
    held = records.load(town, "attendance", saved.records[0])
    assert held is not None
    assert held.unit == town.unit.id


def test_a_course_that_is_gone_gets_no_trainees(town: Session) -> None:
    with pytest.raises(NotFound):
        training.save_sheet(town, "名单", [Line("attendance", {"course": "0" * 32, "name": "王芳"})])


def test_forty_people_are_matched_in_the_order_in_which_they_were_pasted(town: Session) -> None:
    given = [f"{a}{b}" for a, b in itertools.islice(itertools.product("王李张刘陈", "芳伟敏静强磊洋艳"), 40)]
    rows = [{"name": name, "phone": f"1380000{n:04d}"} for n, name in enumerate(given)]
    ids, _ = records.save_many(town, "officer", rows)
    roster = training.roster(town.database, town.types, town.codes)
    found: list[Match] = training.match_all(people(read_block("\n".join(given))), roster)
    assert [m.officer.id for m in found if m.officer is not None] == ids
    assert queries.titles(town.database, town.types, town.codes, "officer", ids[:1])

"""Pasted lists are read without losing anybody: every name is found, every other line handed back."""

from __future__ import annotations

import pytest

from desktop.records.typed.people_lists import people, read_block
from desktop.records.typed.people_words import Part, Person


def names(text: str) -> list[str]:
    return [person.name for person in people(read_block(text))]


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

"""How names sound: the order of lists, and the first letters by which people look for a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.resources import resource
from desktop.store.tables.pinyin import (
    all_initials,
    initials,
    is_read_in_several_ways,
    sort_key,
    sort_keys,
    sound_key,
)
from tests.measuring import seconds

NAMES = st.text("杭长重解乐㈱Σ①a 第十1", max_size=8)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("长乐村", ["clc", "zlc", "cyc", "zyc"]),
        ("重庆路", ["zql", "cql"]),
        ("曾解", ["zj", "cj", "zx", "cx"]),
        ("径山村", ["jsc"]),
        ("", [""]),
        ("吉利（杭州）厂", ["jl(hz)c", "jlhzc"]),
        ("王·A&B", ["w·a&b", "wab"]),
        ("——", ["——"]),
    ],
)
def test_a_name_is_found_by_each_way_it_may_be_read(name: str, typed: list[str]) -> None:
    assert all_initials(name) == typed


def test_lists_stand_in_the_order_of_the_usual_readings() -> None:
    assert sorted(["中河", "长乐", "成都", "杭州", "曾"], key=sort_key) == [
        "长乐",
        "成都",
        "杭州",
        "曾",
        "中河",
    ]


@pytest.mark.parametrize(
    "names",
    [
        ["胡静", "黄翀勇", "黄芳"],
        ["李涛", "李艳磊", "林昇", "刘祎"],
        ["西安路", "西湖", "先锋"],
        ["3个", "99个", "阿里", "A座", "安吉", "b座", "白云"],
        ["甲2", "甲12", "甲公司", "检察"],
        ["9" * 16, "9" * 30, "安吉"],
    ],
)
def test_a_character_goes_before_the_next_one(names: list[str]) -> None:
    """By letters alone 林昇 would stand between 李涛 and 李艳磊."""
    mixed = names[::-1]
    assert sorted(mixed, key=sort_key) == names


def test_of_a_long_name_the_first_characters_alone_are_spelled_in_every_way() -> None:
    assert len(all_initials("长" * 30)) == 8


@given(NAMES)
def test_each_spelling_is_as_long_as_the_usual_one_but_for_signs_and_is_there_once(name: str) -> None:
    found = all_initials(name)
    assert found[0] == initials(name)
    whole = [spelled for spelled in found if len(spelled) == len(found[0])]
    bare = ["".join(c for c in spelled if c.isalnum() or c.isspace()) for spelled in whole]
    assert found[len(whole) :] == (bare if "㈱" in name else [])
    assert len(set(found)) == len(found)
    assert is_read_in_several_ways(name) == (len(found) > 1)


@given(st.lists(NAMES, max_size=4))
def test_keys_of_many_are_those_of_each(names: list[str]) -> None:
    assert sort_keys(names) == [sort_key(name) for name in names]


@pytest.mark.parametrize(
    "names",
    [
        ["第1工会", "第 2 工会", "第 十 工会", "第11工会", "第　１２工会"],
        ["王芳", "王 芳", "王　　芳一"],
        ["第3号 4室", "第3号 40室", "第34号"],
        ["12 3", "12 4", "123"],
    ],
)
def test_blanks_do_not_count_but_between_two_numbers(names: list[str]) -> None:
    mixed = names[::-1]
    assert sorted(mixed, key=lambda name: (sort_key(name), len(name))) == names


@pytest.mark.parametrize("long", ["一{}", "1{}2"])
def test_a_name_of_very_many_numerals_or_blanks_is_read_in_time(long: str) -> None:
    """Whatever its writer's program is: a merge waits for the key of each name."""

    def cost(count: int) -> float:
        name = long.format("一" * count) + long.format(" " * count)
        return seconds(lambda: [sort_key(name) for _ in range(100)])

    few, many = cost(45), cost(450)
    # Ten times as long; each place looked at from each would be a hundred times.
    assert many < 40 * few


@pytest.mark.parametrize("line", ["{}", "{}A", "示例{}服务部", "{}\n2025-01-0{}", "2025\n{}\n第{}期"])
def test_of_names_that_sound_alike_each_stands_together(line: str) -> None:
    """Mixed by what follows they would be read as one person who is spelled in two ways."""
    mixed = [line.format(name, day) for day in range(1, 4) for name in ("王芳", "汪方")]
    found = ["王芳" in name for name in sorted(mixed, key=sort_key)]
    assert found in ([True] * 3 + [False] * 3, [False] * 3 + [True] * 3)


def test_a_sound_goes_before_the_characters_that_have_it() -> None:
    names = ["王", "汪方", "王芳", "汪芳一", "王方二"]
    assert [len(name) for name in sorted(names, key=sort_key)] == [1, 2, 2, 3, 3]
    assert sorted(["第1组王芳", "第2组汪方", "第3组王芳"], key=sort_key)[1] == "第2组汪方"


def test_no_character_stands_twice_and_each_line_says_something() -> None:
    lines = resource("pinyin_names.txt").read_text("utf-8").splitlines()
    names = [line.split() for line in lines if not line.startswith("#")]
    characters = [name[0] for name in names]
    assert len(set(characters)) == len(characters)
    assert all(len(name) > 2 and len(set(name)) == len(name) for name in names)


def test_where_a_very_long_title_stands_is_said_by_its_beginning() -> None:
    """A bundle of 40 KB may bring dozens of names of megabytes; their keys would take as much once more."""
    long = "长" * 1_000
    for further in ("安", "张" * 50_000):
        assert sort_key(long + further) == sort_key(long) == sort_keys([long + further])[0]
        assert sound_key(long + further) == sound_key(long)
    assert sort_key("长" * 999 + "安") != sort_key(long)

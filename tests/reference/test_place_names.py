"""What people call places: every way of writing one that is certain finds it, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.divisions import Division, DivisionLevel, Divisions
from desktop.reference import divisions

LIST = divisions()

NAMED = [
    ("径山村委会", "330110109222"),
    ("径山村", "330110109222"),
    ("径山村民委员会", "330110109222"),
    ("余杭区径山镇径山村", "330110109222"),
    ("余杭径山镇 径山村", "330110109222"),
    ("浙江省杭州市余杭区径山镇径山村", "330110109222"),
    ("330110109222", "330110109222"),
    ("３３０１１０１０９２２２", "330110109222"),
    ("330110109222 径山村", "330110109222"),
    ("径山镇", "330110109"),
    ("径山镇人民政府", "330110109"),
    ("330110109000", "330110109"),
    ("良渚街道办事处", "330110010"),
    ("良渚街道办", "330110010"),
    ("余杭区", "330110"),
    ("330100", "3301"),
    ("建德市寿昌镇艾溪社区", "330182109007"),
]


@pytest.mark.parametrize(("words", "code"), NAMED)
def test_what_is_certain_is_found(words: str, code: str) -> None:
    assert [d.code for d in LIST.meant(words)] == [code]


@pytest.mark.parametrize(
    "words",
    ["", " ", "径山", "良渚", "余杭", "村", "火星", "33011010922", "330110109222良渚街道", "拱墅区径山镇"],
)
def test_what_is_not_certain_is_not_guessed(words: str) -> None:
    assert LIST.meant(words) == ()


def test_namesakes_are_all_named_and_told_apart_by_what_is_above_them() -> None:
    everywhere = LIST.meant("西山村")
    assert len(everywhere) == 3
    assert [d.code for d in LIST.meant("径山镇西山村")] == ["330110109224"]
    assert LIST[("330110109224")] in everywhere


def test_the_name_in_the_list_counts_before_another_word_for_its_office() -> None:
    """东村 is 东村委会 and 东村村委会: both stay; the whole name says which."""
    assert {LIST.full_name(d.code) for d in LIST.meant("东村")} == {
        "杭州市萧山区益农镇东村委会",
        "杭州市建德市航头镇东村村委会",
    }
    assert [d.name for d in LIST.meant("东村村委会")] == ["东村村委会"]


@given(st.sampled_from(list(LIST)))
def test_every_division_is_found_by_its_code_and_by_its_full_name(division: Division) -> None:
    assert LIST.meant(division.code) == (division,)
    assert LIST.meant(LIST.full_name(division.code)) == (division,)
    assert division in LIST.meant(division.name)
    assert division in LIST.search(division.name)


@given(st.text())
def test_any_text_is_read_to_its_end(words: str) -> None:
    assert all(d.code in LIST for d in (*LIST.meant(words), *LIST.search(words)))


def test_a_search_finds_parts_of_names_and_codes() -> None:
    assert [d.name for d in LIST.search("良渚")] == ["良渚街道", "良渚文化村社区", "良渚村委会"]
    assert {d.code for d in LIST.search("33011010922")} >= {"330110109222", "330110109224"}
    assert [d.code for d in LIST.search("余杭区径山镇径山")] == ["330110109222"]
    assert LIST.search(" ") == ()


def test_an_added_place_has_names_too() -> None:
    more = Divisions([*LIST, Division("330110109999", "新村委会", DivisionLevel.VILLAGE, "330110109")])
    assert [d.code for d in more.meant("径山镇新村")] == ["330110109999"]
    assert Divisions([]).meant("径山村") == ()


@given(st.sampled_from([d for d in LIST if d.level is DivisionLevel.VILLAGE]))
def test_every_name_of_a_division_means_it_and_at_most_its_namesakes(division: Division) -> None:
    town = LIST.full_name(division.parent)
    for name in LIST.names(division.code):
        assert division.code in {d.code for d in LIST.meant(town + name)} or any(
            d.parent == division.parent for d in LIST.meant(town + name)
        )

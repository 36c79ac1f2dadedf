"""Words of a table's columns for places, and what is said where an address leaves more than one town."""

from __future__ import annotations

import pytest

from desktop.operations.imports.placing import PlaceFinder

YUHANG = "330110"


@pytest.mark.parametrize(
    ("area", "words", "town"),
    [
        ("", "清波街道", "330102001"),
        ("", "清波", "330102001"),
        ("", "西湖", None),
        ("", "余杭", None),
        (YUHANG, "仓前", "330110012"),
        (YUHANG, "清波", None),
        (YUHANG, "仓前街道办事处", "330110012"),
    ],
)
def test_a_column_for_towns_may_leave_out_the_ending_where_one_town_is_meant(
    area: str, words: str, town: str | None
) -> None:
    assert PlaceFinder(area).town(words).town == town


def test_the_towns_that_an_address_leaves_open_are_named() -> None:
    places = PlaceFinder()
    assert places.address("余杭区良渚镇莫干山路1号").reason == "地址可能属于良渚街道，请选择"
    assert places.address("西湖区翠苑街道文三路 良渚街道").reason == "地址可能属于翠苑街道、良渚街道，请选择"
    assert places.address("文三路1号").reason == "地址里没有能确定镇街的文字"

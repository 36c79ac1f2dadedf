"""Words of a table's columns for places, and what is said where an address leaves more than one town."""

from __future__ import annotations

import pytest

from desktop.operations.imports.placing import PlaceFinder
from desktop.operations.reference_here import shipped

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
        (YUHANG, "仓前镇", "330110012"),
        (YUHANG, "余杭区径山镇", "330110109"),
        (YUHANG, "径山村", "330110109"),
        (YUHANG, "戴村", None),
        ("", "萧山戴村", "330109102"),
    ],
)
def test_a_column_for_towns_may_leave_out_the_ending_where_one_town_is_meant(
    area: str, words: str, town: str | None
) -> None:
    assert PlaceFinder(shipped(), area).town(words).town == town


def test_a_village_in_a_column_for_towns_is_told_last() -> None:
    """戴村 is a town and a village in it; whoever fills in a column for towns means the town."""
    assert PlaceFinder(shipped(), "330109").town("戴村").village is None
    assert PlaceFinder(shipped(), YUHANG).town("径山村").village == "330110109222"


@pytest.mark.parametrize(
    ("town", "words", "village"),
    [
        ("330110109", "径山", "330110109222"),
        ("330110109", "径山村民委员会", "330110109222"),
        ("330110109", "余杭区径山镇径山村", "330110109222"),
        ("330110109", "径山村3组", "330110109222"),
        ("330110109", "清波门社区", None),
        ("330102001", "清波门居委会", "330102001051"),
        ("330182101", "莲花村", "330182101213"),
        ("330182101", "莲花居委会", "330182101001"),
        ("330182101", "莲花", None),
        (None, "径山村", "330110109222"),
        (None, "330110109222", "330110109222"),
    ],
)
def test_a_column_for_villages_is_read_as_people_write_it(
    town: str | None, words: str, village: str | None
) -> None:
    """莲花镇 has 莲花村 and 莲花居委会: the ending says which."""
    assert PlaceFinder(shipped(), YUHANG).village(words, town).village == village


@pytest.mark.parametrize(
    ("area", "address", "village"),
    [
        ("330110109222", "径山村漕桥3号", "330110109222"),
        ("330110109222", "双溪村1号", "330110109211"),
        ("330110109900", "径山村委会旁", "330110109222"),
        ("330110109", "径山村漕桥3号", "330110109222"),
        ("330110109", "径山路1号", None),
        ("330110109", "上海市浦东新区径山村1号", None),
        ("330110109", "良渚街道径山村1号", None),
        ("330110", "径山村漕桥3号", None),
        ("330182101", "莲花村5号", "330182101213"),
    ],
)
def test_within_a_town_an_address_begins_with_the_village(
    area: str, address: str, village: str | None
) -> None:
    assert PlaceFinder(shipped(), area).address(address).village == village


def test_the_towns_that_an_address_leaves_open_are_named() -> None:
    places = PlaceFinder(shipped())
    assert places.address("余杭区良渚镇莫干山路1号").reason == "地址可能属于良渚街道，请选择"
    assert places.address("西湖区翠苑街道文三路 良渚街道").reason == "地址可能属于翠苑街道、良渚街道，请选择"
    assert places.address("文三路1号").reason == "地址里没有能确定镇街的文字"

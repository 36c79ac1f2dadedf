"""The list of divisions that is shipped."""

from __future__ import annotations

import json

import pytest

from desktop.records.divisions import Division, DivisionLevel, Divisions
from desktop.reference import divisions
from desktop.resources import resource

LIST = divisions()
TOWNS_OF = {
    "上城区": 14, "拱墅区": 18, "西湖区": 12, "滨江区": 3, "萧山区": 27, "余杭区": 12, "富阳区": 24, "临安区": 18,
    "临平区": 8, "钱塘区": 7, "桐庐县": 14, "淳安县": 23, "建德市": 16,
}  # fmt: skip


def test_the_counts_are_those_of_the_source() -> None:
    counts = {level.value: len(LIST.of_level(level)) for level in DivisionLevel}
    assert counts == {"city": 1, "district": 13, "town": 196, "village": 3320}
    notes = json.loads(resource("divisions", "hangzhou-2023.json").read_text("utf-8"))
    assert notes["counts"] == counts
    assert LIST.version == notes["cut_off"] == "2023-06-30"
    assert len(LIST) == 3530


def test_every_district_has_its_towns() -> None:
    found = {d.name: len(LIST.children(d.code)) for d in LIST.of_level(DivisionLevel.DISTRICT)}
    assert found == TOWNS_OF


def test_towns_are_streets_towns_townships_and_five_others() -> None:
    names = [town.name for town in LIST.of_level(DivisionLevel.TOWN)]
    assert [sum(name.endswith(end) for name in names) for end in ("街道", "镇", "乡")] == [93, 75, 23]
    others = [name for name in names if not name.endswith(("街道", "镇", "乡"))]
    assert others == ["萧山经济技术开发区", "萧山商业城", "围垦区", "红山农场", "萧山钱江世纪城"]


def test_codes_have_the_length_of_their_level_and_begin_with_their_parent() -> None:
    lengths = {"city": 4, "district": 6, "town": 9, "village": 12}
    for division in LIST:
        assert len(division.code) == lengths[division.level]
        assert division.code.startswith(division.parent)


def test_town_names_are_unique_in_the_city() -> None:
    names = [town.name for town in LIST.of_level(DivisionLevel.TOWN)]
    assert len(set(names)) == len(names)


def test_a_division_knows_its_path_and_full_name() -> None:
    village = next(d for d in LIST if d.name == "梅家坞村委会")
    assert LIST.full_name(village.code) == "杭州市西湖区西湖街道梅家坞村委会"
    assert LIST.full_name(village.code, DivisionLevel.TOWN) == "西湖街道梅家坞村委会"
    assert [d.level for d in LIST.path(village.code)] == list(DivisionLevel)
    town = LIST.at_level(village.code, DivisionLevel.TOWN)
    assert town is not None
    assert town.name == "西湖街道"
    assert LIST.at_level(town.code, DivisionLevel.VILLAGE) is None
    assert LIST.is_within(village.code, "330106")
    assert not LIST.is_within(village.code, "330110")
    assert not LIST.is_within("999", "330106")


def test_looking_up_an_unknown_code() -> None:
    assert LIST.get("330199") is None
    assert "330199" not in LIST
    assert LIST.children("330199") == ()
    with pytest.raises(KeyError):
        LIST["330199"]
    assert LIST["330110"].name == "余杭区"


def test_villages_may_have_temporary_codes() -> None:
    added = Divisions([*LIST, Division("330110010T01", "新村社区", DivisionLevel.VILLAGE, "330110010")])
    assert added.full_name("330110010T01") == "杭州市余杭区良渚街道新村社区"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Division("330110", "余杭区", DivisionLevel.DISTRICT, "3301"), "twice"),
        (Division("440100001", "某镇", DivisionLevel.TOWN, "440100"), "no parent"),
    ],
)
def test_a_list_that_does_not_hold_together_is_refused(row: Division, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Divisions([*LIST, row])


def test_a_list_may_stand_for_itself() -> None:
    assert len(Divisions([])) == 0

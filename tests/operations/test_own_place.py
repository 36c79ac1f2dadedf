"""Where a new record lies of which nothing tells a place: at the own unit, said so, and never against an address."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.documents.workbooks.pasted import Pasted
from desktop.operations.imports import importing, telling
from desktop.operations.imports.own_place import OwnPlace, own_place
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.records.types import catalogue
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from tests.operations import stations

TOWN, VILLAGE = "330110109", "330110109222"
HERE = {"town": TOWN, "village": VILLAGE}


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A village that is not enrolled."""
    return stations.station(tmp_path_factory.mktemp("place"), VILLAGE, "径山村工会", Level.VILLAGE)


@pytest.mark.parametrize(
    ("code", "place"),
    [
        (VILLAGE, HERE),
        ("330110109900", {"town": TOWN}),
        (TOWN, {"town": TOWN}),
        ("330110", {}),
        ("JS-0001", {}),
    ],
)
def test_the_own_place_is_as_exact_as_the_code_of_the_unit(
    village: Session, code: str, place: dict[str, str]
) -> None:
    assert own_place(village.reference.divisions, code, catalogue()["enterprise"]) == place
    assert own_place(village.reference.divisions, code, catalogue()["visit"]) == {}


@pytest.mark.parametrize(
    ("values", "assumed"),
    [
        ({}, True),
        ({"address": "文三路一号"}, False),
        ({"address": ""}, True),
        ({"address": "杭州市余杭区良渚街道玉鸟路1号"}, False),
        ({"registered_address": "上海市浦东新区世纪大道1号"}, False),
        ({"address": "径山镇小古城村1号"}, False),
        ({"town": "330110010"}, False),
        ({"town": None}, False),
        ({"village": "330110109224"}, False),
        ({"enterprise": "0" * 32}, False),
    ],
)
def test_the_own_place_is_assumed_where_nothing_tells_another(
    village: Session, values: dict[str, str | None], assumed: bool
) -> None:
    place = OwnPlace(village, village.types["union"])
    assert place.of(values) == (HERE if assumed else {})


def test_rows_pasted_without_a_place_lie_at_the_own_unit_and_say_so(village: Session) -> None:
    held = records.save(village, "enterprise", {"name": "早有企业"}).record
    text = "单位名称\t地址\t镇街\n甲茶厂\t\t\n乙茶厂\t杭州市余杭区良渚街道玉鸟路1号\t\n丙茶厂\t\t火星镇\n早有企业\t\t\n"
    shown = importing.preview(village, Pasted(text, "粘贴"), "enterprise")
    first, row = shown.rows[0], shown.rows[0].number
    assert [n.text for n in first.notes] == ["没有写在哪里，按本单位填了“径山镇径山村委会”，不对的请改"]
    assert shown.own_place == (row,)
    assert telling.sentences(shown) == [
        "1行没有写在哪里，按本单位填了镇街、村社，在各行的说明里写着；不在这里的，请在表里写明。"
    ]
    importing.run(village, shown)
    found = {
        str(r.values["name"]): r
        for r in reading.records(village.database, village.types, Query("enterprise"))
    }
    assert {n: found["甲茶厂"].values[n] for n in HERE} == HERE
    assert found["乙茶厂"].values["town"] == "330110010"
    assert found["丙茶厂"].values["town"] is None
    assert (found["早有企业"].id, found["早有企业"].values["town"]) == (held, None), "what is held stays"


def test_a_union_and_its_employer_in_one_row_lie_in_the_same_place(village: Session) -> None:
    text = "工会名称\t单位名称\n丁茶厂工会\t丁茶厂\n"
    importing.run(village, importing.preview(village, Pasted(text, "粘贴"), "union"))
    for name, title in (("union", "丁茶厂工会"), ("enterprise", "丁茶厂")):
        (found,) = [
            r
            for r in reading.records(village.database, village.types, Query(name))
            if r.values["name"] == title
        ]
        assert {n: found.values[n] for n in HERE} == HERE


def test_a_district_assumes_nothing(tmp_path: Path) -> None:
    district = stations.station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    shown = importing.preview(district, Pasted("单位名称\n甲茶厂\n", "粘贴"), "enterprise")
    assert shown.own_place == ()
    assert shown.counts.without_town == 1

"""Which enterprises to visit next: each reason appears on its day, the order follows from points that are shown."""

from __future__ import annotations

import datetime

import pytest

from desktop.operations.plan import plan
from desktop.operations.plan.plan import PlaceUnclear, ToVisit
from desktop.store.ledger import NewRecord
from tests.plan.world import TODAY, World

JINGSHAN, VILLAGE, OTHER = "330110109", "330110109222", "330110110"


def day(shift: int) -> str:
    return (TODAY + datetime.timedelta(days=shift)).isoformat()


def own(world: World) -> str:
    return world.session.unit.id


def asked(world: World, **how: object) -> list[ToVisit]:
    return plan.next_visits(world.session, TODAY, **how)  # type: ignore[arg-type]


def why(world: World, firm: str) -> tuple[str, ...]:
    return next((v.reasons for v in asked(world, limit=99) if v.record == firm), ())


def quiet(world: World, staff: int | None = None, **values: object) -> str:
    """A firm that was visited today and about which nothing else is known."""
    firm = world.firm(own(world), staff, **values)  # type: ignore[arg-type]
    world.save("visit", own(world), enterprise=firm, visit_date=day(0))
    return firm


@pytest.mark.parametrize(
    ("staff", "values", "words"),
    [
        (None, {}, ()),
        (24, {}, ("没有建会，也没有被联合工会覆盖",)),
        (25, {}, ("25人没有建会，25人以上应建尽建",)),
        (49, {"in_park": 1}, ("49人没有建会，25人以上应建尽建",)),
        (50, {"in_park": 1}, ("在园区内，50人没有建会",)),
        (99, {}, ("99人没有建会，25人以上应建尽建",)),
        (100, {"in_park": 1}, ("100人没有建会，百人以上应当建会",)),
        (99, {"union_state": "Y"}, ()),
        (100, {"union_state": "Y"}, ("今年还没有有效的职代会记录",)),
        (10, {"sector": "institution"}, ("今年还没有有效的职代会记录",)),
        (None, {"new_trade": "live_streaming"}, ("新就业形态企业，没有建会",)),
        (100, {"status": "deregistered"}, ()),
        (100, {"verification": "removed"}, ()),
    ],
)  # fmt: skip
def test_what_an_enterprise_is_gives_a_reason(
    fresh: World, staff: int | None, values: dict[str, object], words: tuple[str, ...]
) -> None:
    assert why(fresh, quiet(fresh, staff, **values)) == words


def test_a_visit_on_what_is_no_day_was_none(fresh: World) -> None:
    """No form takes it, but another station may have sent it."""
    firm = fresh.firm(own(fresh))
    said = ("0000-00-00", "0000-12-31", "2026-02-30", "abc", "")
    births = [
        NewRecord("visit", f"{n:032x}", own(fresh), {"enterprise": firm, "visit_date": day})
        for n, day in enumerate(said)
    ]
    fresh.session.ledger.write("写入", "王芳", births=births)
    (visit,) = asked(fresh)
    assert (visit.record, visit.visited) == (firm, "")


@pytest.mark.parametrize(
    ("visited", "words"),
    [(None, "还没有走访过"), (-91, f"上次走访是{day(-91)}，已有91天"), (-90, None)],
)
def test_how_long_nobody_was_there(fresh: World, visited: int | None, words: str | None) -> None:
    firm = fresh.firm(own(fresh), None)
    if visited is not None:
        fresh.save("visit", own(fresh), enterprise=firm, visit_date=day(visited))
    assert why(fresh, firm) == ((words,) if words else ())


def test_a_promise_is_a_reason_on_its_day_until_somebody_was_there(fresh: World) -> None:
    firm = fresh.firm(own(fresh), None)
    fresh.save("visit", own(fresh), enterprise=firm, visit_date=day(-20), follow_up_date=day(0))
    fresh.save("visit", own(fresh), enterprise=firm, visit_date=day(-20))
    assert why(fresh, firm) == (f"约好{day(0)}跟进，还没有去",)
    assert plan.next_visits(fresh.session, TODAY - datetime.timedelta(days=1)) == []
    fresh.save("visit", own(fresh), enterprise=firm, visit_date=day(-2))
    assert why(fresh, firm) == ()


def test_a_union_gives_reasons_to_visit_its_enterprise(fresh: World) -> None:
    firm = quiet(fresh)
    union = fresh.union(own(fresh), enterprise=firm, term_ended=day(-1), member_count=2)
    fresh.member(own(fresh), enterprise=firm, union=union)
    fresh.save("collective_contract", own(fresh), enterprise=firm, kind="wages", signed_date=day(-400),
               ended=day(-30))  # fmt: skip
    assert why(fresh, firm) == (
        f"工会{day(-1)}任期届满，还没有换届",
        f"集体合同{day(-30)}期满，没有续签",
        "工会报会员2人，名册只有1人",
    )
    fresh.edit("union", union, term_ended=day(0))
    fresh.member(own(fresh), enterprise=firm, union=union)
    fresh.save("collective_contract", own(fresh), enterprise=firm, kind="wages", signed_date=day(-5),
               ended=day(360))  # fmt: skip
    assert why(fresh, firm) == ()


def test_a_case_is_a_reason_until_it_is_closed_and_again_when_it_is_reopened(fresh: World) -> None:
    firm = quiet(fresh)
    case = fresh.save("case", own(fresh), enterprise=firm, received_date=day(-9), summary="拖欠工资")
    words = ("有监督案件还没有办结",)
    assert why(fresh, firm) == words
    fresh.save("case_event", own(fresh), case=case, kind="closed", event_date=day(-3))
    assert why(fresh, firm) == ()
    fresh.save("case_event", own(fresh), case=case, kind="reopened", event_date=day(-1))
    assert why(fresh, firm) == words


def test_the_order_is_that_of_the_points_and_then_of_the_oldest_visit(fresh: World) -> None:
    small, long_ago, never, large = (fresh.firm(own(fresh), n) for n in (10, 30, 30, 150))
    fresh.save("visit", own(fresh), enterprise=long_ago, visit_date=day(-200))
    found = asked(fresh)
    assert [v.record for v in found] == [large, never, long_ago, small]
    points = {r.id: r.points for r in plan.visit_reasons().reasons}
    assert found[0].points == points["large"] + points["never"]
    assert [v.record for v in asked(fresh, limit=2)] == [large, never]


def test_a_place_narrows_the_list_and_each_row_says_who_else_is_near(fresh: World) -> None:
    near = [fresh.firm(own(fresh), 30, town=JINGSHAN, village=VILLAGE, address="径山路1号") for _ in range(3)]
    fresh.firm(own(fresh), 30, town=JINGSHAN)
    fresh.firm(own(fresh), 30, town=OTHER)
    fresh.firm(own(fresh), 30)
    found = asked(fresh, place="径山村")
    assert {v.record for v in found} == set(near)
    assert {(v.alike, v.code, v.address) for v in found} == {(2, VILLAGE, "径山路1号")}
    assert len(asked(fresh, place="径山镇")) == 4
    assert [v.alike for v in asked(fresh, place=OTHER)] == [0]
    assert len(asked(fresh)) == 6


def test_a_place_that_nothing_or_too_much_is_called_is_asked_again(fresh: World) -> None:
    for words, told in (
        ("火星镇", "不是已知的地方"), ("新街", "可能是"), ("径山", "杭州市余杭区径山镇（330110109）"),
    ):  # fmt: skip
        with pytest.raises(PlaceUnclear, match=told):
            asked(fresh, place=words)


def test_every_reason_of_the_data_is_one_that_can_be_asked(world: World) -> None:
    rules = plan.visit_reasons()
    assert not rules.official
    assert "示例" in rules.source
    assert all(r.points > 0 for r in rules.reasons)


def test_who_writes_no_place_means_that_of_the_own_unit(fresh: World) -> None:
    village = fresh.unit("径山村工会", level="village", superior=own(fresh), place=VILLAGE)
    town = fresh.unit("径山镇总工会", superior=own(fresh), place=JINGSHAN)
    here = fresh.firm(village, 30)
    named = fresh.firm(village, 30, town=JINGSHAN)
    elsewhere = fresh.firm(village, 30, town=OTHER)
    in_town = fresh.firm(town, 30)
    fresh.firm(own(fresh), 30)
    found = asked(fresh, place="径山村")
    assert {v.record for v in found} == {here, named}
    assert {(v.place, v.code, v.alike) for v in found} == {("径山村委会", VILLAGE, 1)}
    assert {v.record for v in asked(fresh, place="径山镇")} == {here, named, in_town}
    assert [v.record for v in asked(fresh, place=OTHER)] == [elsewhere]

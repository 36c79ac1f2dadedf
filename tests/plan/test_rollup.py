"""Units, sums along the tree, targets and reported figures."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from desktop import reference
from desktop.operations import queries
from desktop.operations.plan import plan
from desktop.plan.indicators import plan_days
from desktop.plan.readings import UnknownReading
from desktop.plan.reported import Target
from desktop.plan.results import Amount, Figure, Status, number, plain, share_words
from desktop.plan.tree import Unit, UnitTree
from desktop.store.ledger import NewRecord
from desktop.store.queries import aggregates
from desktop.store.queries.aggregates import Selection, Tally
from tests.plan.world import TODAY, World


def figure(numerator: int, denominator: int | None, target: Target | None) -> Figure:
    """A figure of nothing but numbers."""
    nothing = Selection(Tally("union", ()), (), plan_days(TODAY))
    whole = None if denominator is None else Amount(denominator)
    return Figure("u", "镇", "家", Amount(numerator), whole, target, nothing)


# Exact numbers


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent", "status", "gap"),
    [
        (4, 5, "80.00%", Status.MET, 0),
        (79, 99, "79.80%", Status.NOT_MET, 1),
        (15_999, 20_000, "80.00%", Status.NOT_MET, 1),
        (1, 3, "33.33%", Status.NOT_MET, 2),
        (1, 800, "0.13%", Status.NOT_MET, 639),
        (0, 0, "—", Status.NO_DATA, None),
        (0, 1, "0.00%", Status.NOT_MET, 1),
    ],
)
def test_a_share_is_shown_rounded_and_judged_exactly(
    numerator: int, denominator: int, percent: str, status: Status, gap: int | None
) -> None:
    found = figure(numerator, denominator, Target(Fraction(4, 5), True, "行动方案"))
    assert (found.percent, found.status, found.gap) == (percent, status, gap)
    assert found.gap_words == {None: "—", 0: "已达标"}.get(gap, f"还差{gap}家")


def test_a_count_is_measured_against_its_target_and_without_one_against_nothing() -> None:
    found = figure(42, None, Target(Fraction(300), False, "杭总工"))
    assert (found.percent, found.gap_words, found.status) == ("14.00%", "还差258家", Status.NOT_MET)
    found = figure(42, None, None)
    assert (found.percent, found.gap_words, found.status) == ("—", "—", Status.NO_TARGET)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction(5), "5"), (Fraction(1, 8), "0.13"), (Fraction(-1, 8), "-0.13"), (Fraction(1, 200), "0.01")],
)
def test_numbers_are_rounded_half_up(value: Fraction, shown: str) -> None:
    assert number(value) == shown


def test_negative_shares_are_written_with_a_sign() -> None:
    assert share_words(Fraction(-1, 3)) == "-33.33%"


# Units


def test_shares_are_added_up_and_never_averaged(world: World) -> None:
    district = world.unit("区")
    large, small = world.unit("甲镇", district), world.unit("乙镇", district)
    village = world.unit("丙村", large)
    for i in range(8):
        world.firm(village if i % 2 else large, 30, union_state="Y" if i < 2 else "N")
    world.firm(small, 30, union_state="Y")
    world.firm(district, 30)
    taken = world.take("T03", district)
    rows = {f.name: (f.numerator.computed, f.denominator.computed) for f in taken.below if f.denominator}
    assert rows == {"甲镇": (2, 8), "乙镇": (1, 1), "本级": (0, 1)}
    assert taken.figure.ratio == Fraction(3, 10)
    assert [f.direct for f in taken.below] == [False, False, True]
    assert len(aggregates.record_ids(world.session.database, taken.below[0].hits)) + len(
        aggregates.record_ids(world.session.database, taken.below[1].hits)
    ) == len(aggregates.record_ids(world.session.database, taken.figure.hits))


def test_a_unit_is_found_by_its_name_and_its_own_is_the_default(fresh: World) -> None:
    town = fresh.unit("径山镇总工会", fresh.session.unit.id, place="330110109")
    fresh.firm(town, 30)
    (own,) = plan.indicators(fresh.session, only=["T03"])
    (named,) = plan.indicators(fresh.session, unit="径山镇总工会", only=["T03"])
    assert (own.figure.name, named.figure.name) == ("余杭区总工会", "径山镇总工会")
    assert own.figure.denominator == named.figure.denominator == Amount(1)


def test_every_measure_is_taken_in_the_plans_order(fresh: World) -> None:
    measures = [m.id for target in reference.plan_targets() for m in target.measures]
    found = plan.indicators(fresh.session)
    assert [i.id for i in found] == measures
    assert all(i.wording and i.basis.startswith("口径（统计截至2026-11-23") for i in found)
    assert {i.figure.status for i in found if i.id != "T23"} == {Status.NO_DATA, Status.NO_TARGET}


def test_a_circle_of_units_ends() -> None:
    tree = UnitTree(
        [Unit("a", "甲", superior="b"), Unit("b", "乙", superior="a"), Unit("c", "丙", superior="c")]
    )
    assert set(tree.subtree("a")) == {"a", "b"}
    assert tree.subtree("c") == ("c",)


def test_however_many_levels_somebody_registers_below_his_own_they_add_up(fresh: World) -> None:
    """Nothing says how many there may be, and 20 000 in 645 KB from a town left no page with units to the district."""
    top = fresh.session.unit.id
    keys = [top, *(f"{n:032x}" for n in range(1, 1_100))]
    cells = [
        {"name": f"第{n}级", "level": "village", "superior": above} for n, above in enumerate(keys[:-1], 1)
    ]
    births = [NewRecord("unit", key, top, said) for key, said in zip(keys[1:], cells, strict=True)]
    fresh.session.ledger.write("建立体系", "王芳", births=births)
    fresh.firm(keys[-1], 30, union_state="Y")
    assert fresh.take("T03", top).figure.numerator == Amount(1)
    assert plan.indicators(fresh.session, only=["T10", "T17"])
    nodes = queries.unit_tree(fresh.session.database, fresh.session.types)
    assert [node.id for node in nodes][-len(births) :] == keys[1:]


# Targets


def test_without_a_target_the_sentence_says_that_it_has_to_be_entered(world: World, town: str) -> None:
    taken = world.take("T01", town)
    assert taken.figure.status is Status.NO_TARGET
    assert taken.notes[0].startswith("方案没有把目标分解到区县和镇街")


@pytest.mark.parametrize(
    ("values", "gap"),
    [
        ({}, 299),
        ({"period_started": "2024-06-01"}, 299),
        ({"period_started": "2026-01-01"}, None),
        ({"indicator": "T02"}, None),
        ({"category": "courier"}, None),
        ({"target_unit": "percent"}, None),
        ({"target_value": "1"}, 0),
    ],
)
def test_the_target_of_a_count_is_the_one_for_the_whole_plan(
    world: World, town: str, values: dict[str, str], gap: int | None
) -> None:
    world.union(town)
    given = {
        "indicator": "T01", "period_started": "2024-01-01", "period_ended": "2026-12-31", "target_value": "300",
        "target_unit": "employers",
    }  # fmt: skip
    world.save("plan_target", town, **{**given, **values})
    assert world.take("T01", town).figure.gap == gap


def test_a_set_share_goes_before_the_plans_own_and_one_for_the_year_before_both(
    world: World, town: str
) -> None:
    world.firm(town, 20)
    target = world.take("T04", town).figure.target
    assert target == Target(Fraction(4, 5), True, "行动方案")
    for first, value in (("2024-01-01", "90"), ("2026-01-01", "85.5"), ("2025-01-01", "70")):
        last = "2025-12-31" if first.startswith("2025") else "2026-12-31"
        world.save(
            "plan_target", town, indicator="T04", period_started=first, period_ended=last, target_value=value,
            target_unit="percent",
        )  # fmt: skip
    target = world.take("T04", town).figure.target
    assert target is not None
    assert target.value == Fraction(171, 200)


def test_each_unit_has_a_target_of_its_own(world: World) -> None:
    district = world.unit("区")
    town = world.unit("镇", district)
    world.save(
        "plan_target", town, indicator="T01", period_started="2024-01-01", period_ended="2026-12-31",
        target_value="5", target_unit="employers",
    )  # fmt: skip
    taken = world.take("T01", district)
    assert taken.figure.gap is None
    assert taken.below[0].gap == 5


# Reported figures


def report(world: World, unit: str, indicator: str, figure: str, value: str, day: str, **more: str) -> str:
    return world.save(
        "reported_figure", unit, indicator=indicator, figure=figure, value=value, as_of_date=day, source="年报", **more
    )  # fmt: skip


def test_a_reported_number_stands_for_its_days_and_records_for_all_others(world: World) -> None:
    district = world.unit("区")
    town = world.unit("镇", district)
    for day in ("2024-05-01", "2024-12-31", "2025-01-01"):
        world.union(town, day)
    report(world, town, "T01", "numerator", "40", "2024-12-31", period_started="2024-01-01")
    taken = world.take("T01", district)
    assert taken.figure.numerator == Amount(1, Fraction(40))
    assert taken.below[0].numerator == Amount(1, Fraction(40))
    assert len(aggregates.record_ids(world.session.database, taken.figure.hits)) == 1
    assert "其中上报数40（2024-01-01至2024-12-31，年报）" in taken.notes
    assert world.count("T01", district, "2024-06-30") == 1


def test_no_day_is_counted_twice_when_units_above_and_below_report(world: World) -> None:
    district = world.unit("区")
    town = world.unit("镇", district)
    world.union(town, "2024-05-01")
    world.union(town, "2025-05-01")
    world.union(town, "2026-05-01")
    report(world, district, "T01", "numerator", "100", "2024-12-31", period_started="2024-01-01")
    report(world, town, "T01", "numerator", "30", "2024-12-31", period_started="2024-01-01")
    report(world, town, "T01", "numerator", "20", "2025-12-31", period_started="2025-01-01")
    report(world, town, "T01", "numerator", "5", "2025-06-30", period_started="2025-01-01")
    taken = world.take("T01", district)
    assert taken.figure.numerator == Amount(1, Fraction(120))
    assert taken.below[0].numerator == Amount(1, Fraction(50))
    assert any("合计用了本单位的上报数" in note for note in taken.notes)
    assert any("另有2个上报数没有用上" in note for note in taken.notes)


def test_reports_that_cannot_be_used_are_left_out_and_named(world: World, town: str) -> None:
    world.union(town, "2025-01-01")
    report(world, town, "T01", "numerator", "40", "2023-12-31", period_started="2023-01-01")
    report(world, town, "T01", "denominator", "40", "2025-12-31")
    report(world, town, "T01", "numerator", "40", "2025-12-31", category="courier")
    taken = world.take("T01", town)
    assert taken.figure.numerator == Amount(1)
    assert any("另有2个上报数没有用上" in note for note in taken.notes)


@pytest.mark.parametrize("value", ["1e999999999", "1/0", "NaN", "一百", "", "٣"])
def test_what_is_no_number_is_left_out(world: World, town: str, value: str) -> None:
    """Another station's items may hold any text; one must not keep the home page from opening."""
    report(world, town, "T02", "numerator", value, "2026-06-30", period_started="2024-01-01")
    world.save(
        "plan_target", town, indicator="T02", period_started="2024-01-01", period_ended="2026-12-31",
        target_value=value, target_unit="people",
    )  # fmt: skip
    assert world.count("T02", town) == 0
    assert world.take("T02", town).figure.target is None


def test_a_report_that_goes_beyond_the_plan_cannot_be_used(world: World, town: str) -> None:
    report(world, town, "T01", "numerator", "40", "2026-12-31", period_started="2026-01-01")
    report(world, town, "T02", "numerator", "40", "2027-03-31", period_started="2026-01-01")
    assert world.count("T01", town, "2027-06-01") == 40
    assert world.count("T02", town, "2027-06-01") == 0


def test_the_net_number_takes_nothing_away_twice(world: World, town: str) -> None:
    for ended in ("2024-06-01", "2026-06-01"):
        world.union(town, "2010-01-01", status="revoked", status_date=ended)
    report(world, town, "T01", "numerator", "40", "2024-12-31", period_started="2024-01-01")
    assert world.take("T01", town, options={"counting": "net"}).figure.numerator == Amount(-1, Fraction(40))


def test_a_report_stands_where_nothing_is_recorded(world: World) -> None:
    district = world.unit("区")
    silent, busy = world.unit("甲镇", district), world.unit("乙镇", district)
    world.firm(busy, 30, union_state="Y")
    for town in (silent, busy):
        report(world, town, "T03", "numerator", "50", "2026-06-30")
        report(world, town, "T03", "denominator", "80", "2026-06-30")
    figure = world.take("T03", district).figure
    assert (figure.numerator, figure.denominator) == (Amount(1, Fraction(50)), Amount(1, Fraction(80)))
    assert len(figure.reports) == 2


def test_half_a_report_says_nothing_about_a_share(world: World, town: str) -> None:
    report(world, town, "T03", "denominator", "80", "2026-06-30")
    assert world.take("T03", town).figure.status is Status.NO_DATA


def test_reported_membership_goes_before_what_unions_say(world: World, town: str) -> None:
    union = world.union(town, member_count=10)
    world.member(town, union=union, national_entry_date="2026-01-01")
    report(world, town, "T10.members", "denominator", "30", "2025-12-31")
    report(world, town, "T10.members", "denominator", "40", "2026-06-30")
    report(world, town, "T10.members", "denominator", "50", "2026-12-31")
    figure = world.take("T10.members", town).figure
    assert (figure.numerator, figure.denominator) == (Amount(1), Amount(0, Fraction(40)))
    assert world.share("T10.members", town, denominator="roster") == (1, 1)


def test_a_district_may_report_for_a_town_under_its_own_name(world: World) -> None:
    district = world.unit("区")
    town = world.unit("镇", district, place="330110109")
    report(world, district, "T01", "numerator", "7", "2025-12-31", town="330110109")
    assert world.take("T01", town).figure.numerator.reported == 7


def test_more_entered_than_reported_is_named(world: World, town: str) -> None:
    union = world.union(town, member_count=1)
    for _ in range(2):
        world.member(town, union=union, national_entry_date="2026-01-01")
    taken = world.take("T10.members", town)
    assert taken.figure.percent == "200.00%"
    assert "分子大于分母，请核对记录和上报数" in taken.notes


# Readings and plain values


@pytest.mark.parametrize(
    "options", [{"nonsense": "x"}, {"counting": "x"}, {"T01.counting": "x"}, {"T03.counting": "net"}]
)
def test_unknown_readings_are_refused(world: World, town: str, options: dict[str, str]) -> None:
    with pytest.raises(UnknownReading):
        world.take("T01", town, options=options)


def test_a_reading_for_one_indicator_goes_before_one_for_all(world: World, town: str) -> None:
    options = {"staff_count_basis": "insured", "T03.staff_count_basis": "tax"}
    assert "税务登记职工数" in world.take("T03", town, options=options).basis
    assert "社保参保数" in world.take("T04", town, options=options).basis


def test_every_choice_has_its_default_among_its_options() -> None:
    for choices in plan.choices().values():
        assert len({c.id for c in choices}) == len(choices)
        assert all(c.default in {o.code for o in c.options} for c in choices)


def test_an_indicator_as_plain_values_is_json(world: World, town: str) -> None:
    world.firm(town, 30)
    report(world, town, "T01", "numerator", "2.5", "2025-12-31")
    plains = [plain(world.take(i, town)) for i in ("T01", "T03")]
    assert json.loads(json.dumps(plains))[0]["numerator"] == {
        "total": "2.50",
        "computed": 0,
        "reported": "2.50",
    }
    assert plains[1]["sentence"] == "25人以上非公企业建会率0.00%（0/1），目标100%，还差1家"


def test_numbers_as_long_as_numbers_can_be_are_added_up_exactly(world: World) -> None:
    """No form takes them, but what another station sends is a number: one must not empty the desk of all above."""
    town, longest = world.unit(), (1 << 63) - 1
    births = [
        NewRecord(
            "enterprise", f"{staff & 0xFFFFF:032x}", town, {"sector": "state_owned", "surveyed_staff": staff}
        )
        for staff in (longest, longest - 1, 5, -longest - 1)
    ]
    world.session.ledger.write("写入", "王芳", births=births)
    taken = world.take("T05.state_owned.members", town, options={"staff_count_basis": "survey"})
    assert taken.figure.denominator is not None
    assert taken.figure.denominator.total == 2 * longest + 4

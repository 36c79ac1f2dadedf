"""What holds for any records: parts of wholes, sums along the tree, lists as long as their numbers, an oracle."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.operations.plan import plan
from desktop.plan import indicators as engine
from desktop.plan.worklist import MATTERS
from desktop.store.queries import aggregates
from desktop.store.queries.aggregates import Condition, Days, Question, Tally
from tests.conftest import examples
from tests.plan.world import TODAY, World

DAYS = st.sampled_from(["2023-12-31", "2024-01-01", "2025-06-15", "2026-11-23", "2026-11-24"])


@dataclass(frozen=True)
class Firm:
    """An enterprise with what may be known of its union and of who covers it."""

    staff: int | None
    sector: str | None
    status: str | None
    in_park: int | None
    state: str | None
    union: tuple[str | None, str, str | None] | None
    cover: tuple[str, str | None] | None
    place: int


FIRMS = st.builds(
    Firm,
    st.sampled_from([None, 0, 24, 25, 49, 50, 99, 100]),
    st.sampled_from([None, "non_public", "non_public", "state_owned", "individual"]),
    st.sampled_from([None, "active", "active", "deregistered"]),
    st.sampled_from([None, 0, 1]),
    st.sampled_from([None, "Y", "N"]),
    st.none()
    | st.tuples(DAYS | st.none(), st.sampled_from(["normal", "revoked", "preparing"]), DAYS | st.none()),
    st.none() | st.tuples(DAYS, DAYS | st.none()),
    st.integers(0, 2),
)


def built(firm: Firm) -> bool:
    """The rule in plain words: the union's record decides, the typed state only where there is none."""
    if firm.union is None or firm.union[1] == "preparing":
        return firm.state == "Y"
    approved, status, ended = firm.union
    over = status == "revoked" and (ended is None or ended <= "2026-11-23")
    return (approved or "") <= "2026-11-23" and not over


def covered(firm: Firm) -> bool:
    if firm.cover is None:
        return False
    first, last = firm.cover
    return first <= "2026-11-23" <= (last or "2026-11-23")


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FIRMS, max_size=8))
def test_shares_agree_with_the_rules_said_plainly(world: World, firms: list[Firm]) -> None:
    district = world.unit("区")
    towns = [district, world.unit("甲镇", district), world.unit("乙镇", district)]
    joint = world.union(district, "2020-01-01", kind="joint")
    for firm in firms:
        unit = towns[firm.place]
        key = world.firm(
            unit,
            firm.staff,
            sector=firm.sector,
            status=firm.status,
            in_park=firm.in_park,
            union_state=firm.state,
        )
        if firm.union is not None:
            approved, status, ended = firm.union
            world.union(unit, approved, status=status, status_date=ended, enterprise=key)
        if firm.cover is not None:
            world.save(
                "coverage", unit, union=joint, enterprise=key, started=firm.cover[0], ended=firm.cover[1]
            )
    living = [f for f in firms if f.status in (None, "active") and f.staff is not None]
    private = [f for f in living if f.sector == "non_public"]
    companies = [f for f in living if f.sector in ("non_public", "state_owned")]
    sets = {
        "T03": [f for f in private if f.staff >= 25],  # type: ignore[operator]
        "T04": [f for f in private if f.staff < 25],  # type: ignore[operator]
        "T12": [f for f in companies if f.staff >= 100],  # type: ignore[operator]
        "T13": [f for f in companies if f.staff >= 50 and f.in_park == 1],  # type: ignore[operator]
    }
    for indicator, whole in sets.items():
        hits = [f for f in whole if built(f) or (indicator == "T04" and covered(f))]
        assert world.share(indicator, district) == (len(hits), len(whole))


SAVED = st.lists(
    st.tuples(st.integers(0, 2), DAYS, DAYS | st.none(), st.sampled_from([None, "A", "B"])), max_size=8
)


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FIRMS, SAVED)
def test_for_every_indicator_parts_are_in_wholes_and_rows_add_up(
    world: World, firm: Firm, members: list[tuple[int, str, str | None, str | None]]
) -> None:
    district = world.unit("区")
    towns = [district, world.unit("甲镇", district), world.unit("乙镇", district)]
    key = world.firm(towns[firm.place], firm.staff, sector=firm.sector, union_state=firm.state)
    unions = [world.union(u, enterprise=key, national_entry_date="2026-01-01") for u in towns]
    for place, admitted, entered, person in members:
        world.member(
            towns[place], union=unions[place], first_admission_date=admitted, national_entry_date=entered,
            id_number=person and f"{person}{district}",
        )  # fmt: skip
    for taken in plan.indicators(world.session, TODAY, district, {"denominator": "roster"}):
        figure = taken.figure
        hits, whole, missing = world.ids(figure)
        weighed = bool(figure.hits.tally.weight) or figure.deducted is not None
        assert weighed or len(hits) == figure.numerator.computed
        if figure.denominator is not None and not weighed:
            assert (hits | missing, hits & missing) == (whole, set())
            assert len(whole) == figure.denominator.computed
        if taken.below:
            assert sum(f.numerator.computed for f in taken.below) == figure.numerator.computed
            assert set().union(*(world.ids(f)[0] for f in taken.below)) == hits


def test_the_number_of_statements_does_not_grow_with_units_or_records(world: World, town: str) -> None:
    def statements(unit: str) -> int:
        seen: list[str] = []
        world.session.database.connection.set_trace_callback(seen.append)
        try:
            plan.indicators(world.session, TODAY, unit)
        finally:
            world.session.database.connection.set_trace_callback(None)
        return len(seen)

    district = world.unit("区")
    before = statements(district)
    for i in range(5):
        below = world.unit(f"{i}镇", district)
        world.firm(below, 30)
        world.member(below, first_admission_date="2025-01-01")
    assert statements(district) == before


def test_counting_takes_many_tests_in_several_lots(world: World, town: str) -> None:
    for staff in range(100):
        world.firm(town, staff)
    days = engine.plan_days(TODAY)
    tallies = [Tally("enterprise", (Condition("survey", Question.AT_LEAST, (n,)),)) for n in range(100)]
    counts = aggregates.count_by_unit(world.session.database, tallies, days)
    assert [counts[t].get(town, 0) for t in tallies] == [100 - n for n in range(100)]


def test_a_read_only_connection_is_enough(world: World, town: str) -> None:
    world.firm(town, 30)
    reader = world.session.reader()
    try:
        (taken,) = plan.indicators(world.session, TODAY, town, only=["T03"], database=reader)
        missing = taken.figure.missing
        assert missing is not None
        assert len(aggregates.row_numbers(reader, missing)) == 1
    finally:
        reader.close()


def test_matters_have_names_of_their_own() -> None:
    assert len({m.kind for m in MATTERS}) == len(MATTERS)
    days = Days(TODAY, TODAY, TODAY)
    assert all(m.tally(days).type for m in MATTERS)

"""Where units lie in the tree, and that whoever makes it deep makes nobody walk through it again and again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.sync.signed.tree import Place, Tree, reached
from tests.measuring import seconds
from tests.sync.world import CITY, OTHER_TOWN, SHOP, TOWN, TREE, VILLAGE

UNKNOWN_UNIT = "f" * 32
CIRCLE = {"a": "b", "b": "c", "c": "a", "d": "a"}


@pytest.mark.parametrize(
    ("unit", "units", "parents", "place"),
    [
        pytest.param(TOWN, {TOWN}, TREE, Place.INSIDE, id="itself"),
        pytest.param(SHOP, {TOWN}, TREE, Place.INSIDE, id="two levels below"),
        pytest.param(TOWN, {VILLAGE}, TREE, Place.OUTSIDE, id="above"),
        pytest.param(OTHER_TOWN, {TOWN, VILLAGE}, TREE, Place.OUTSIDE, id="beside"),
        pytest.param(CITY, set(), TREE, Place.OUTSIDE, id="no units at all"),
        pytest.param(
            "320115", {"3201"}, {"320115": None, "3201": None}, Place.OUTSIDE, id="code begins alike"
        ),
        pytest.param(UNKNOWN_UNIT, {TOWN}, TREE, Place.UNKNOWN, id="not in the tree"),
        pytest.param(UNKNOWN_UNIT, {UNKNOWN_UNIT}, TREE, Place.UNKNOWN, id="named but not in the tree"),
        pytest.param("a", {"b"}, {"a": "gone"}, Place.UNKNOWN, id="the way up ends"),
        pytest.param("d", {"z"}, CIRCLE, Place.UNKNOWN, id="a circle"),
        pytest.param("d", {"c"}, CIRCLE, Place.INSIDE, id="found before the circle closes"),
    ],
)
def test_place_of_a_unit(unit: str, units: set[str], parents: dict[str, str | None], place: Place) -> None:
    assert Tree(parents).place(unit, units) is place


def test_a_tree_is_what_it_was_made_of() -> None:
    parents = dict(TREE)
    tree = Tree(parents)
    parents.clear()
    assert dict(tree) == TREE
    assert (len(tree), tree[SHOP]) == (len(TREE), VILLAGE)


def test_what_lies_below_units_in_a_circle_ends() -> None:
    assert Tree(CIRCLE).below(["c", "nowhere"]) == {"a", "b", "c", "d"}
    assert Tree({}).below(["c"]) == frozenset()
    lower = {"a": ["c", "d"], "b": ["a"], "c": ["b"], "e": ["f"]}
    assert reached(["c", "nowhere"], lower) == {"a", "b", "c", "d", "nowhere"}


def naive(unit: str, units: frozenset[str], parents: dict[str, str | None]) -> Place:
    """The definition, step by step, with nothing kept."""
    passed: list[str] = []
    at: str | None = unit
    while at is not None:
        if at not in parents or at in passed:
            return Place.UNKNOWN
        if at in units:
            return Place.INSIDE
        passed.append(at)
        at = parents[at]
    return Place.OUTSIDE


NAMES = st.sampled_from("abcdefg")


@given(
    st.dictionaries(NAMES, st.one_of(st.none(), NAMES)),
    st.lists(st.tuples(NAMES, st.frozensets(NAMES, max_size=2)), max_size=12),
)
def test_whatever_was_asked_before_a_unit_lies_where_it_lies(
    parents: dict[str, str | None], asked: list[tuple[str, frozenset[str]]]
) -> None:
    tree = Tree(parents)
    for unit, units in asked:
        assert tree.place(unit, units) is naive(unit, units, parents)
        assert (unit in tree.below(units)) == (tree.place(unit, units) is Place.INSIDE)


@pytest.mark.parametrize("closed", [False, True], ids=["a chain", "a circle"])
def test_each_step_of_a_way_is_taken_once(closed: bool) -> None:
    def ask(count: int) -> float:
        names = [f"{n}" for n in range(count)]
        parents: dict[str, str | None] = dict(zip(names[1:], names, strict=False))
        parents["0"] = names[-1] if closed else None
        tree = Tree(parents)
        return seconds(lambda: [tree.place(name, {"elsewhere"}) for name in reversed(names)])

    few = min(ask(1_000) for _ in range(5))
    assert min(ask(20_000) for _ in range(2)) < 100 * few

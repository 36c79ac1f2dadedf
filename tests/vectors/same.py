"""Vectors of records that are one: the edge that says so, what they say together, and edges that say nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from desktop.records.identity import same_id
from desktop.records.versions.deciding import SAME
from desktop.records.versions.items import Replaced
from desktop.sync.bundles.sending import Sent
from tests.sync.desks import Desk
from tests.vectors.bundles import FIRM, SECOND
from tests.vectors.items import Bundles, firm, stamp_of, vector
from tests.vectors.scene import Scene, birth, change

ONE, OTHER = sorted((FIRM, SECOND))
EDGE = same_id("enterprise", FIRM, SECOND)
ENDS = {"kind": "enterprise", "one": ONE, "other": OTHER}


def say_same(desk: Desk) -> str:
    """That both are one enterprise."""
    return desk.birth(SAME, ENDS, record=EDGE)


@vector("items-same", "conflict name", "Two records are one: what they say differently is in conflict.")
def _(s: Scene) -> Bundles:
    firm(s.village, remark="第一家填的")
    firm(s.village, "杭州示例茶厂", SECOND)
    say_same(s.village)
    return [s.village.send()]


@vector(
    "items-same-chosen",
    "accepted",
    "Of records that are one a change replaces the heads of both that it names.",
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    firm(s.village, "杭州示例茶厂", SECOND)
    say_same(s.village)
    seen = (stamp_of(s.village), Replaced(stamp_of(s.village, SECOND), SECOND))
    change(s.village, FIRM, "name", "杭州示例茶业有限公司", replaces=seen)
    return [s.village.send()]


@vector("items-same-apart", "accepted", "The edge is deleted: each stands for itself again.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    firm(s.village, "杭州示例茶厂", SECOND)
    say_same(s.village)
    s.village.delete(EDGE, SAME)
    return [s.village.send()]


@vector(
    "items-same-too-many", "accepted", "A hundred are one; of a hundred and one each stands alone.", "village"
)
def _(s: Scene) -> Bundles:
    ids = [f"{number:032x}" for number in range(1, 102)]
    edges = [(same_id("enterprise", *ends), ends) for ends in itertools.pairwise(ids)]

    def say(numbers: Iterable[int]) -> Sent:
        for number in numbers:
            s.town.birth("enterprise", {"name": f"{number}"}, record=ids[number], unit=s.village.unit)
            if number:
                edge, (one, other) = edges[number - 1]
                s.town.birth(SAME, {"kind": "enterprise", "one": one, "other": other}, record=edge)
        return s.town.send(s.village)

    # Who stands above would take back what the hundred and first is.
    first = say(range(100))
    s.village.take(first)
    s.town.take(s.village.send())
    return [first, say([100])]


@vector("items-same-not-above", "accepted", "Who stands above one of two records alone joins nothing.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    firm(s.village2, "杭州示例茶厂", SECOND)
    say_same(s.village2)
    return [s.village.send(), s.village2.send()]


@vector("refused-same-id", "item identity", "An edge under an id that does not follow from what it says.")
def _(s: Scene) -> Bundles:
    birth(s.village, "ee" * 16, ENDS, type=SAME)
    return [s.village.send()]


@vector("refused-same-order", "item identity", "An edge that names the greater id first.")
def _(s: Scene) -> Bundles:
    birth(s.village, EDGE, {"kind": "enterprise", "one": OTHER, "other": ONE}, type=SAME)
    return [s.village.send()]


@vector("refused-same-changed", "item writer", "An edge is deleted, never changed.")
def _(s: Scene) -> Bundles:
    say_same(s.village)
    change(s.village, EDGE, "other", "ee" * 16, type=SAME)
    return [s.village.send()]

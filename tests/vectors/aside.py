"""Vectors of items that wait, and of those that are refused one by one."""

from __future__ import annotations

from desktop.records.identity import item_id
from desktop.records.versions import items
from desktop.records.versions.items import Head, Shape
from tests.vectors.bundles import FIRM, SECOND, honest
from tests.vectors.items import Bundles, firm, stamp_of, vector
from tests.vectors.scene import Pack, Scene, birth, change, signed_segment

TARGET, VISIT = "e1" * 16, "d1" * 16

# -- what waits --------------------------------------------------------------------------------------------------------


@vector("held-no-birth", "held no_birth", "A change of a record that is not here.")
def _(s: Scene) -> Bundles:
    change(s.village, FIRM, "name", "没有见过的")
    return [s.village.send()]


@vector("held-other-unit", "held no_birth", "A change under a unit that the record never had.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    first = s.village.send()
    change(s.village2, FIRM, "name", "邻村改的")
    return [first, s.village2.send()]


@vector("held-unit", "held unit", "Written under a unit that the tree does not have.")
def _(s: Scene) -> Bundles:
    birth(s.village, FIRM, {"name": "厂"}, unit="ab" * 16)
    return [s.village.send()]


@vector(
    "held-future",
    "held future",
    "A stamp more than a day ahead: its segment waits, the one before it does not.",
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    birth(s.village, SECOND, {"name": "后天的"}, stamp=s.village.stamp(2))
    return [s.village.send()]


@vector("future-within-a-day", "accepted", "A stamp of less than a day ahead counts.")
def _(s: Scene) -> Bundles:
    birth(s.village, FIRM, {"name": "明天的"}, stamp=s.village.stamp(1))
    return [s.village.send()]


@vector(
    "held-fork",
    "held fork",
    "One number with two contents: nothing from there on counts until somebody decides.",
)
def _(s: Scene) -> Bundles:
    return two_contents(s)


def two_contents(s: Scene) -> list[bytes]:
    """The village's first bundle, and one of a copy of its disk."""
    firm(s.village, "原机的")
    firm(s.village, "原机的第二家", SECOND)
    first = Pack.of(s.village.send(), s.village, s.town)
    numbers = {"name": "副本的"}
    s.copied = s.village.stamp()
    head = Head("birth", "enterprise", "f3" * 16, s.village.unit, None, s.copied, (), 1, "village")
    lines = [items.birth_line(head, Shape(tuple(numbers)), numbers, lambda: "")]
    shapes = {"enterprise": {"plain": ["name"], "personal": []}}
    said = first.header | {"last": 1, "counts": {"birth": 1}, "shapes": shapes}
    copy = Pack.of(s.village.send(), s.village, s.town)
    return [first.build(), copy.with_segment(signed_segment(s.village, said, lines))]


@vector(
    "held-certificate", "held certificate", "A segment forwarded from a station whose grant has not come."
)
def _(s: Scene) -> Bundles:
    firm(s.village3)
    own = Pack.of(s.village3.send(), s.village3, s.town2)
    pack = honest(s)
    return [pack.with_segment(own.frames[-1])]


# -- what is refused one by one ----------------------------------------------------------------------------------------


@vector("check-20", "item scope", "Written under a unit outside the writer's certificate.")
def _(s: Scene) -> Bundles:
    birth(s.village, FIRM, {"name": "邻村的厂"}, unit=s.village2.unit)
    firm(s.village, record=SECOND)
    return [s.village.send()]


@vector("refused-writer", "item writer", "A village writes a target, which only districts and the city may.")
def _(s: Scene) -> Bundles:
    birth(s.village, TARGET, {}, type="plan_target")
    return [s.village.send()]


@vector("refused-writer-field", "item writer", "A field that the writer's level may not write.")
def _(s: Scene) -> Bundles:
    birth(s.village, TARGET, {"case_number": "杭劳监〔2026〕1号"}, type="case")
    return [s.village.send()]


@vector("refused-order", "item order", "A change whose stamp is not greater than what it replaces.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    change(
        s.village,
        FIRM,
        "name",
        "倒着来的",
        stamp=stamp_of(s.village) + (1 << 30),
        replaces=(stamp_of(s.village) + (1 << 31),),
    )
    return [s.village.send()]


@vector("refused-value", "item value", "Text in a number.")
def _(s: Scene) -> Bundles:
    birth(s.village, FIRM, {"name": "厂", "headcount_surveyed.surveyed_staff": "三十"})
    return [s.village.send()]


@vector("refused-value-link", "item value", "A link that is no id.")
def _(s: Scene) -> Bundles:
    birth(s.village, VISIT, {"enterprise": "那家厂"}, type="visit")
    return [s.village.send()]


@vector("refused-value-group", "item value", "A bare value where a group belongs.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    change(s.village, FIRM, "headcount_surveyed", 30)
    return [s.village.send()]


@vector(
    "refused-value-tombstone", "item value", "A tombstone of a field: it counts as deleting and does not."
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    change(s.village, FIRM, "name", "改的", kind="tombstone")
    return [s.village.send()]


@vector("refused-value-deleting", "item value", "A change that deletes: the counts would not say so.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    change(s.village, FIRM, "_deleted", {"births": "", "heads": ""})
    return [s.village.send()]


@vector("refused-value-beside", "item value", "A personal value in its part and once more in part 0.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    head = s.village.head("change", FIRM, "contact", type="enterprise")
    line = items.change_line(head, {"contact_name": "王芳"}, "salt")
    s.village.forge(
        [(head.number, line.replace(b"null]", b'{"contact_name":"\xe7\x8e\x8b\xe8\x8a\xb3"}]', 1))]
    )
    return [s.village.send()]


@vector(
    "refused-value-shared",
    "item value",
    "A personal value in one part with another field, which would go with it when it is erased; empty or not.",
)
def _(s: Scene) -> Bundles:
    shape = Shape((), (("name", "contact.contact_name"),))
    for record, cells in ((FIRM, {"name": "厂", "contact.contact_name": "王芳"}), (SECOND, {})):
        head = s.village.head("birth", record, None, type="enterprise")
        line = items.birth_line(head, shape, cells, lambda: "salt")
        s.village.forge([(head.number, line)], {"enterprise": shape})
    return [s.village.send()]


@vector(
    "refused-value-tombstone-empty",
    "item value",
    "A tombstone that is an empty group: counted as deleting, it would not.",
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    change(s.village, FIRM, "_deleted", {}, kind="tombstone")
    return [s.village.send()]


@vector(
    "refused-value-core",
    "item value",
    "A tombstone and a move in parts of their own: erased they would be the same items, and say nothing.",
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    for kind, slot, value in (
        ("tombstone", "_deleted", {"births": "", "heads": ""}),
        ("change", "unit", s.village2.unit),
    ):
        head = s.village.head(kind, FIRM, slot, type="enterprise")
        s.village.forge([(head.number, items.change_line(head, value, "salt"))])
    return [s.village.send()]


@vector(
    "refused-value-deciding",
    "item value",
    "What an exclusion names, and whose a unit is, in parts of their own: erased they would be the same items.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    number = s.town.next_number()
    record = item_id("exclusion", s.town.station, s.town.keys.incarnation, number)
    head = s.town.head("birth", record, None, type="exclusion")
    said = {"cause": "withdrawn", "items": f"{s.village.station} {s.village.keys.incarnation} 1"}
    shape = Shape(("cause",), (("items",),))
    s.town.take(s.village.send())
    s.town.forge([(number, items.birth_line(head, shape, said, lambda: "salt"))], {"exclusion": shape})
    moved = s.town.head("change", s.village.unit, "superior", type="unit")
    s.town.forge([(moved.number, items.change_line(moved, s.town2.unit, "salt"))])
    return [s.town.send()]


@vector(
    "refused-first-reason",
    "item value",
    "Of several reasons one: scope before writer, that before the value, and the value before the order.",
)
def _(s: Scene) -> Bundles:
    elsewhere, year = s.village2.unit, {"year": "明年"}
    birth(s.village, FIRM, year, type="plan_target", unit=elsewhere)
    birth(s.village, SECOND, year, type="plan_target")
    firm(s.village)
    stamp = stamp_of(s.village)
    change(s.village, FIRM, "name", 5, stamp=stamp, replaces=(stamp,))
    return [s.village.send()]


@vector(
    "held-fork-waiting",
    "held fork",
    "What waited for its record in a forked incarnation now waits for the decision.",
)
def _(s: Scene) -> Bundles:
    firm(s.village, "原机的")
    change(s.village, SECOND, "name", "没有出生的")
    sent = s.village.send()
    copy = Pack.of(sent, s.village, s.town)
    shapes = {"enterprise": {"plain": ["name"], "personal": []}}
    said = copy.header | {"first": 1, "last": 1, "counts": {"birth": 1}, "shapes": shapes}
    head = Head("birth", "enterprise", "f3" * 16, s.village.unit, None, s.village.stamp(), (), 1, "village")
    line = items.birth_line(head, Shape(("name",)), {"name": "副本的"}, lambda: "")
    labels = copy.repeat["labels"]
    copy.frames, copy.repeat["labels"], copy.repeat["segments"] = copy.frames[::2], labels[::2], 2
    return [sent, copy.with_segment(signed_segment(s.village, said, [line]))]

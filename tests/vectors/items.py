"""Vectors of items: what counts, what is held or refused one by one, what is in conflict, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from desktop.records.identity import derived_id
from desktop.records.versions.canonical import Cell
from desktop.records.versions.items import Replaced
from desktop.sync.bundles.sending import Sent
from tests.sync.desks import Desk
from tests.vectors.bundles import FIRM, SECOND, Maker
from tests.vectors.scene import NOW, Pack, Scene, birth, change, signed_segment
from tests.vectors.vector import Vector, merging

MAKERS: dict[str, Maker] = {}
CODE = "91330110MA2AAAAA0T"
VISIT, MEMBER, TARGET = "d1" * 16, "a1" * 16, "e1" * 16
DAY = 86_400_000
Bundles = Sequence[bytes | Path | Sent]


def vector(
    name: str, expect: str, shows: str, receiver: str = "town", now: int = NOW
) -> Callable[[Callable[[Scene], Bundles]], None]:
    """A vector of what stations send to a receiver."""

    def add(story: Callable[[Scene], Bundles]) -> None:
        def make(scene: Scene) -> Vector:
            sent = [b.path if isinstance(b, Sent) else b for b in story(scene)]
            return merging(receiver, expect, shows, *sent, now=now)

        MAKERS[name] = make

    return add


def firm(desk: Desk, name: str = "杭州示例茶业有限公司", record: str = FIRM, **cells: Cell) -> str:
    """An enterprise."""
    return desk.birth("enterprise", {"name": name, **cells}, record=record)


def edit(desk: Desk, slot: str, value: object, record: str = FIRM) -> None:
    """A change that its writer lets count."""
    desk.edit(record, slot, value, "enterprise")


def stamp_of(desk: Desk, record: str = FIRM) -> int:
    """The stamp of a birth."""
    return int(desk.database.value("SELECT _stamp FROM r_enterprise WHERE id = unhex(?)", (record,)))


# -- what counts -------------------------------------------------------------------------------------------------------


@vector(
    "items-all-kinds",
    "accepted",
    "Birth, change of a field, of a group and of a personal group, child, tombstone.",
)
def _(s: Scene) -> Bundles:
    v = s.village
    firm(v, contact_name="王芳", contact_phone="13800000000")
    edit(v, "name", "杭州示例茶叶有限公司")
    edit(v, "headcount_surveyed", {"surveyed_staff": 30, "surveyed_source": "上门摸排", "women_count": 12})
    edit(v, "contact", {"contact_name": "李明", "contact_phone": "13900000000"})
    v.birth("visit", {"enterprise": FIRM}, record=VISIT)
    firm(v, "已注销的企业", SECOND)
    v.delete(SECOND, "enterprise")
    v.birth("member", {"name": "阿卜杜拉·买买提", "id_number": "330102199001010012"}, record=MEMBER)
    return [v.send()]


@vector("items-undeleted", "accepted", "A tombstone that its station took back: null in _deleted.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    s.village.delete(FIRM, "enterprise")
    s.village.delete(FIRM, "enterprise", revive=True)
    return [s.village.send()]


@vector("items-known", "accepted", "The same bundle twice: the second time all is known.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    sent = s.village.send()
    return [sent, sent]


@vector(
    "items-two-bundles", "accepted", "The second bundle carries what the first has not, and names the first."
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    first = s.village.send()
    s.town.take(first)
    s.village.take(s.town.send(s.village))
    edit(s.village, "name", "新名")
    return [first, s.village.send()]


@vector(
    "items-gap", "held no_birth", "The second bundle without the first: the gap is told, the change waits."
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    s.town.take(s.village.send())
    s.village.take(s.town.send(s.village))
    edit(s.village, "name", "新名")
    return [s.village.send()]


@vector("items-late-birth", "accepted", "The change comes first and waits; with the birth it counts.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    first = s.village.send()
    s.town.take(first)
    s.village.take(s.town.send(s.village))
    edit(s.village, "name", "新名")
    return [s.village.send(), first]


@vector("items-forwarded", "accepted", "A district holds the village's own signature.", "district")
def _(s: Scene) -> Bundles:
    firm(s.village)
    s.town.take(s.village.send())
    return [s.town.send()]


@vector(
    "items-vouched",
    "accepted",
    "Down goes what concerns the village, under the town's signature, with gaps.",
    "village",
)
def _(s: Scene) -> Bundles:
    for number, unit in enumerate((s.village.unit, s.village2.unit, s.village.unit)):
        s.town.birth("enterprise", {"name": f"第{number}家"}, record=f"f{number}" * 16, unit=unit)
    return [s.town.send(s.village)]


@vector(
    "items-change-beats-birth",
    "accepted",
    "A birth that comes later, with a higher stamp, reverts no change.",
)
def _(s: Scene) -> Bundles:
    record = derived_id("enterprise", CODE)
    firm(s.village, record=record, uscc=CODE)
    edit(s.village, "name", "改过的名称", record)
    first = s.village.send()
    s.village.forge_birth(record, {"name": "旧登记册上的名称", "uscc": CODE}, type="enterprise")
    return [first, s.village.send()]


@vector(
    "items-two-births",
    "conflict unit",
    "Two villages bear one enterprise, by its code: both count, the unit is asked.",
)
def _(s: Scene) -> Bundles:
    record = derived_id("enterprise", CODE)
    firm(s.village, "甲村登记的", record, uscc=CODE)
    firm(s.village2, "甲村登记的", record, uscc=CODE)
    return [s.village.send(), s.village2.send()]


@vector("items-two-births-named-twice", "conflict name", "Two births of one enterprise with two names.")
def _(s: Scene) -> Bundles:
    record = derived_id("enterprise", CODE)
    firm(s.village, "甲村登记的", record, uscc=CODE)
    firm(s.village2, "乙村登记的", record, uscc=CODE)
    return [s.village.send(), s.village2.send()]


@vector(
    "items-moved",
    "accepted",
    "After a move a change under the unit that the record had counts like any other.",
    "district",
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    s.town.take(s.village.send())
    s.town.move(FIRM, s.village2.unit, "enterprise")
    edit(s.village, "name", "搬走以后改的")
    s.town.take(s.village.send())
    return [s.town.send()]


def _both_edit(s: Scene, ours: str, theirs: str) -> None:
    """Village and town change one name without having seen each other's."""
    firm(s.village)
    s.town.take(s.village.send())
    edit(s.village, "name", ours)
    edit(s.town, "name", theirs)
    s.town.take(s.village.send())


@vector("items-conflict", "conflict name", "Two changes, neither of which has seen the other.", "district")
def _(s: Scene) -> Bundles:
    _both_edit(s, "村里改的", "镇里改的")
    return [s.town.send()]


@vector(
    "items-conflict-closed", "accepted", "A change that replaces both heads closes the conflict.", "district"
)
def _(s: Scene) -> Bundles:
    _both_edit(s, "村里改的", "镇里改的")
    first = s.town.send()
    edit(s.town, "name", "商定的名称")
    return [first, s.town.send()]


@vector("items-agree", "accepted", "Two changes that say the same are no conflict.", "district")
def _(s: Scene) -> Bundles:
    _both_edit(s, "新名", "新名")
    return [s.town.send()]


@vector(
    "items-long-value",
    "conflict name",
    "Of one moment a short value and one that stands as its digest: their words are sorted, not the values.",
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    moment = s.village.stamp()
    for value in ("B", "A" * 20_000):
        change(s.village, FIRM, "name", value, stamp=moment, replaces=(stamp_of(s.village),))
    return [s.village.send()]


@vector(
    "items-nfc-nfd",
    "conflict name",
    "NFC and NFD look alike and are two values: a reader changes no bytes.",
    "district",
)
def _(s: Scene) -> Bundles:
    _both_edit(s, "Caf\u00e9茶业", "Cafe\u0301茶业")
    return [s.town.send()]


@vector(
    "items-deleted-and-edited",
    "conflict _deleted",
    "Deleted here and edited there, whatever the stamps.",
    "district",
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    s.town.take(s.village.send())
    edit(s.village, "name", "还在经营")
    s.town.delete(FIRM, "enterprise")
    s.town.take(s.village.send())
    return [s.town.send()]


@vector(
    "items-several-units",
    "item scope",
    "A certificate of two units: both may be written under, a third may not.",
)
def _(s: Scene) -> Bundles:
    office = s.office
    office.birth("enterprise", {"name": "甲"}, record=FIRM)
    office.birth("enterprise", {"name": "乙"}, record=SECOND, unit=s.second_unit)
    birth(office, "f3" * 16, {"name": "丙"}, unit=s.village.unit)
    return [office.send()]


@vector(
    "items-rare-characters", "accepted", "Characters beyond 16 bits, combining ones, controls: as they came."
)
def _(s: Scene) -> Bundles:
    firm(s.village, "杭州𬬮𠮷茶业（𠮷U+20BB7）", contact_name="欧阳𬬮·买买提")
    edit(s.village, "location", {"address": '一\t二"三\\四\u0000五\u2028六/七\x7f', "town": "330110109"})
    return [s.village.send()]


@vector("items-numbers-at-limits", "accepted", "Whole numbers from -2^63 to 2^63 - 1.")
def _(s: Scene) -> Bundles:
    birth(s.village, FIRM, {"headcount_surveyed.surveyed_staff": (1 << 63) - 1, "name": "大"})
    birth(s.village, SECOND, {"headcount_surveyed.surveyed_staff": -(1 << 63), "name": "小"})
    change(s.village, FIRM, "headcount_surveyed", {"surveyed_staff": 0}, replaces=())
    return [s.village.send()]


@vector("items-empty-and-null", "accepted", "Empty text is a value, null is none, a group of nulls is none.")
def _(s: Scene) -> Bundles:
    birth(s.village, FIRM, {"name": ""})
    change(s.village, FIRM, "headcount_surveyed", {"surveyed_staff": None, "surveyed_source": None})
    change(s.village, FIRM, "name", None)
    return [s.village.send()]


@vector("items-unknown-type", "accepted", "Records of a type that is not known here count and are hashed.")
def _(s: Scene) -> Bundles:
    birth(s.village, FIRM, {"title": "文明单位", "year": 2026}, type="prize")
    change(s.village, FIRM, "title", "全国文明单位", type="prize", replaces=())
    return [s.village.send()]


@vector(
    "items-unknown-field",
    "accepted",
    "A field and a member of a group that are not known here are hashed too.",
)
def _(s: Scene) -> Bundles:
    birth(
        s.village, FIRM, {"name": "厂", "slogan": "品质第一", "location.floor": 3, "location.address": "一号"}
    )
    change(s.village, FIRM, "slogan", {"line": "又一句"})
    return [s.village.send()]


@vector("items-unknown-kind", "held kind", "Kinds of later programs are kept with their line and wait.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    change(s.village, FIRM, None, {"a": [1, {"b": None}]}, kind="same")
    return [s.village.send()]


@vector(
    "items-foreign-replaces",
    "accepted",
    "An entry of replaces that names another record has no effect on this one.",
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    firm(s.village, "另一家", SECOND)
    change(
        s.village,
        FIRM,
        "name",
        "新名",
        replaces=(stamp_of(s.village), Replaced(stamp_of(s.village, SECOND), SECOND)),
    )
    return [s.village.send()]


@vector("items-empty-bundle", "accepted", "Nothing but a receipt.", "village")
def _(s: Scene) -> Bundles:
    return [s.town.send(s.village)]


@vector(
    "items-doubled-member",
    "accepted",
    "A name that stands twice in a group has its last value; minus zero is zero.",
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    edit(s.village, "headcount_surveyed", {"surveyed_staff": 7, "women_count": 8})
    pack = Pack.of(s.village.send(), s.village, s.town)
    lines = [pack.lines[0], pack.lines[1].replace(b'"women_count":8', b'"surveyed_staff":-0,"women_count":8')]
    return [pack.with_segment(signed_segment(s.village, pack.header, lines, key=pack.key))]

"""Vectors of what levels above say about which items count, who may say so, erasures and receipts."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.records.identity import derived_id, item_id
from desktop.records.versions.stamps import to_wire
from desktop.store.ledger import NewRecord
from desktop.sync.authority import station
from desktop.sync.bundles.sending import Sent
from tests.sync.desks import Desk
from tests.vectors.aside import two_contents
from tests.vectors.bundles import FIRM, SECOND
from tests.vectors.items import Bundles, edit, firm, stamp_of, vector
from tests.vectors.scene import Pack, Scene, birth, change, play_incarnation


def forge(desk: Desk, type_name: str, cells: Mapping[str, object], **changes: object) -> int:
    """A record that says what counts, under its right id, whether its writer may say it or not."""
    number = desk.next_number()
    record = item_id(type_name, desk.station, desk.keys.incarnation, number)
    return birth(desk, record, cells, type=type_name, number=number, **changes)


def named(desk: Desk, words: str) -> str:
    """The text that names items of a station."""
    return f"{desk.station} {desk.keys.incarnation} {words}"


def three(s: Scene) -> Sent:
    """A village's birth and two changes."""
    firm(s.village)
    edit(s.village, "name", "第一次改")
    edit(s.village, "name", "第二次改")
    return s.village.send()


# -- exclusions --------------------------------------------------------------------------------------------------------


@vector(
    "withdrawn-before",
    "item withdrawn",
    "What is withdrawn before it arrives never counts; the former value shows.",
)
def _(s: Scene) -> Bundles:
    sent = three(s)
    s.district.say("exclusion", {"cause": "withdrawn", "items": named(s.village, "3")})
    return [s.district.send(s.town), sent]


@vector(
    "withdrawn-after",
    "item withdrawn",
    "What has counted and is withdrawn goes out again, in another order the same state.",
)
def _(s: Scene) -> Bundles:
    sent = three(s)
    s.district.say("exclusion", {"cause": "withdrawn", "items": named(s.village, "3")})
    return [sent, s.district.send(s.town)]


@vector("withdrawn-birth", "held no_birth", "With the birth gone, what changed it waits.")
def _(s: Scene) -> Bundles:
    sent = three(s)
    s.district.say("exclusion", {"cause": "withdrawn", "items": named(s.village, "1")})
    return [sent, s.district.send(s.town)]


@vector("withdrawn-lifted", "accepted", "The exclusion is deleted: everything is as it was.")
def _(s: Scene) -> Bundles:
    sent = three(s)
    said = s.district.say("exclusion", {"cause": "withdrawn", "items": named(s.village, "2-3")})
    down = s.district.send(s.town)
    s.district.lift(said)
    return [sent, down, s.district.send(s.town)]


@vector("withdrawn-by-content", "item withdrawn", "NUMBER@STAMP names one content of a number alone.")
def _(s: Scene) -> Bundles:
    sent = three(s)
    stamp = s.village.database.value("SELECT max(stamp) FROM version")
    text = named(s.village, f"2@{to_wire(1)} 3@{to_wire(stamp)}")
    s.district.say("exclusion", {"cause": "withdrawn", "items": text})
    return [sent, s.district.send(s.town)]


@vector("excluded-refused", "item scope", "A refusal by the district, with its reason, is law below too.")
def _(s: Scene) -> Bundles:
    sent = three(s)
    s.district.say("exclusion", {"cause": "refused", "refusal": "scope", "items": named(s.village, "2")})
    return [sent, s.district.send(s.town)]


@vector("excluded-unknown-cause", "item withdrawn", "A cause that is not known is taken as withdrawn.")
def _(s: Scene) -> Bundles:
    sent = three(s)
    s.district.say("exclusion", {"cause": "mislaid", "items": named(s.village, "2")})
    return [sent, s.district.send(s.town)]


@vector("excluded-own-earlier", "accepted", "A station takes back nothing that is older than its word.")
def _(s: Scene) -> Bundles:
    three(s)
    forge(s.village, "exclusion", {"cause": "withdrawn", "items": named(s.village, "2-3")})
    return [s.village.send()]


@vector("excluded-garbled", "accepted", "What is not of the form names nothing: 3-2, 01, another line.")
def _(s: Scene) -> Bundles:
    sent = three(s)
    text = f"{named(s.village, '3-2 01 2@8000000000000000')}\nnonsense\n{s.village.station} 2"
    s.district.say("exclusion", {"cause": "withdrawn", "items": text})
    return [sent, s.district.send(s.town)]


@vector("redated", "item clock", "A station takes back what bore a wrong date and has written it anew.")
def _(s: Scene) -> Bundles:
    firm(s.village)
    birth(s.village, SECOND, {"name": "后天的"}, stamp=s.village.stamp(2))
    birth(s.village, "f3" * 16, {"name": "后天的"})
    s.village.say("exclusion", {"cause": "clock", "items": named(s.village, "2")})
    return [s.village.send()]


@vector(
    "own-word-about-deciding",
    "accepted",
    "A station cannot take back what it said about who counts: its grants stand.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    grants = s.town.ledger.next_number() - 1
    s.town.say("exclusion", {"cause": "clock", "items": named(s.town, f"1-{grants}")})
    s.town.take(three(s))
    return [s.town.send()]


@vector("check-22-beside", "accepted", "A village excludes items of its neighbour: no effect.")
def _(s: Scene) -> Bundles:
    sent = three(s)
    forge(s.village2, "exclusion", {"cause": "withdrawn", "items": named(s.village, "3")})
    return [sent, s.village2.send()]


@vector(
    "check-22-below",
    "accepted",
    "A village excludes an item of the town above it: no effect.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    firm(s.town)
    forge(
        s.village,
        "exclusion",
        {"cause": "withdrawn", "items": named(s.town, str(s.town.ledger.next_number() - 1))},
    )
    s.town.take(s.village.send())
    return [s.town.send()]


@vector(
    "fork-decided",
    "item fork_lost",
    "The district decides a fork: the first content counts, the copy's does not.",
)
def _(s: Scene) -> Bundles:
    first, second = two_contents(s)
    text = named(s.village, f"1@{to_wire(s.copied)} 3-9007199254740991")
    s.district.say("exclusion", {"cause": "fork", "items": text})
    return [first, second, s.district.send(s.town)]


@vector(
    "fork-decided-for-the-copy", "item fork_lost", "The district decides for the content that came later."
)
def _(s: Scene) -> Bundles:
    first, second = two_contents(s)
    text = named(s.village, f"1@{to_wire(stamp_of(s.village))} 2-9007199254740991")
    s.district.say("exclusion", {"cause": "fork", "items": text})
    return [first, second, s.district.send(s.town)]


# -- revocations -------------------------------------------------------------------------------------------------------


@vector("check-13", "refused 13 Revoked 13", "The sender is revoked, and wrote the bundle after the cut.")
def _(s: Scene) -> Bundles:
    sent = three(s)
    s.district.revoke(s.village, 2)
    return [s.district.send(s.town), sent]


@vector("check-13-before-the-cut", "accepted", "A bundle from before the cut is still taken.")
def _(s: Scene) -> Bundles:
    sent = three(s)
    s.district.revoke(s.village, 3)
    return [s.district.send(s.town), sent]


@vector(
    "check-19",
    "item revoked",
    "Items above the cut do not count, whoever forwards them.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    s.town.take(three(s))
    sent = s.town.send()
    s.town.say("revocation", {"station": s.village.station, "cuts": f"{s.village.keys.incarnation}=2"})
    return [sent, s.town.send()]


@vector(
    "revoked-whole",
    "item revoked",
    "An incarnation that the cuts do not name counts nothing.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    s.town.take(three(s))
    s.town.say("revocation", {"station": s.village.station, "cuts": f"{'0' * 16}=99 garbled"})
    return [s.town.send()]


@vector(
    "revoked-and-let-in",
    "accepted",
    "A later grant that names the incarnation lets it in again.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    s.town.take(three(s))
    s.town.say("revocation", {"station": s.village.station, "cuts": f"{s.village.keys.incarnation}=1"})
    sent = s.town.send()
    s.grant(s.town, s.claims(s.village, None), incarnation=s.village.keys.incarnation)
    return [sent, s.town.send()]


@vector(
    "revocation-of-higher-level-stands",
    "item revoked",
    "The district's word stands over the town's later one.",
)
def _(s: Scene) -> Bundles:
    sent = three(s)
    s.district.revoke(s.village, 2)
    s.town.revoke(s.village, 3)
    return [sent, s.district.send(s.town)]


@vector("check-23", "accepted", "A village revokes its neighbour: no effect.", receiver="district")
def _(s: Scene) -> Bundles:
    s.town.take(three(s))
    forge(s.town2, "revocation", {"station": s.village.station})
    return [s.town.send(), s.town2.send()]


@vector(
    "check-21",
    "refused 12 NotGranted 11",
    "The grant is another item than the one that the certificate names.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    office = s.stranger
    claims = s.claims(office, None, units=frozenset([s.village.unit]), level=s.village.level)
    made = s.grant(s.town, claims, number=999)
    grants = s.town.send()
    firm(s.village)
    pack = Pack.of(s.village.send(), s.village, s.town)
    pack.chain = [made.der, *station.own_chain(s.town.ledger)]
    pack.receiver = s.district
    said = {"receiver": s.district.station, "recipient": s.district.keys.recipient, "sender": office.station}
    return [grants, pack.build(said, signer=office.keys)]


@vector(
    "refused-identity",
    "item identity",
    "A grant's id follows from the item; whoever bears it under another is refused.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    birth(s.town, FIRM, {"station": s.village.station}, type="grant")
    return [s.town.send()]


@vector(
    "refused-unit-above",
    "item identity",
    "A town registers a district: units are registered below the writer's.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    unit = derived_id("unit:district", "another")
    cells = {"name": "another", "code": "another", "level": "district"}
    birth(s.town, unit, cells, type="unit")
    return [s.town.send()]


@vector(
    "refused-changed-word",
    "item writer",
    "What says who counts is deleted or not, never changed.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    number = forge(s.town, "exclusion", {"cause": "withdrawn", "items": named(s.village, "1")})
    record = item_id("exclusion", s.town.station, s.town.keys.incarnation, number)
    change(s.town, record, "items", named(s.village, "2"), type="exclusion")
    return [s.town.send()]


# -- erasures ----------------------------------------------------------------------------------------------------------


@vector(
    "erasure",
    "accepted",
    "A record of the district erases personal values: the line's hash stands, the value is gone.",
)
def _(s: Scene) -> Bundles:
    firm(s.village, contact_name="王芳", contact_phone="13800000000")
    sent = s.village.send()
    cells = {"kind": "enterprise", "target": FIRM, "slots": "contact", "upto": to_wire(stamp_of(s.village))}
    s.district.ledger.write("清除", "district", births=[NewRecord("erasure", "", s.village.unit, cells)])
    s.district.settle()
    return [sent, s.district.send(s.town)]


@vector("erasure-before", "accepted", "The erasure comes first and finds the value when it arrives.")
def _(s: Scene) -> Bundles:
    firm(s.village, contact_name="王芳", contact_phone="13800000000")
    sent = s.village.send()
    cells = {"kind": "enterprise", "target": FIRM, "slots": "contact", "upto": to_wire(stamp_of(s.village))}
    s.district.ledger.write("清除", "district", births=[NewRecord("erasure", "", s.village.unit, cells)])
    return [s.district.send(s.town), sent]


@vector("erasure-later-value-stays", "accepted", "What was written after the erasure's stamp stays.")
def _(s: Scene) -> Bundles:
    firm(s.village, contact_name="王芳")
    upto = stamp_of(s.village)
    edit(s.village, "contact", {"contact_name": "李明"})
    sent = s.village.send()
    cells = {"kind": "enterprise", "target": FIRM, "slots": "contact", "upto": to_wire(upto)}
    s.district.ledger.write("清除", "district", births=[NewRecord("erasure", "", s.village.unit, cells)])
    return [sent, s.district.send(s.town)]


# -- receipts ----------------------------------------------------------------------------------------------------------


def _answered(s: Scene) -> list[Sent]:
    """Two bundles down with receipts: the first says what is held and refused, the second that nothing is."""
    village = s.village
    firm(village)
    change(village, SECOND, "name", "没有出生的")
    birth(village, "f3" * 16, {"name": "邻村的"}, unit=s.village2.unit)
    s.town.take(village.send())
    first = s.town.send(village)
    village.take(first)
    firm(village, "迟到的", SECOND)
    s.town.take(village.send())
    return [first, s.town.send(village)]


@vector(
    "receipt",
    "accepted",
    "What was received, what is held and refused, and the refusal as an item.",
    receiver="village",
)
def _(s: Scene) -> Bundles:
    return _answered(s)[:1]


@vector("receipt-newer", "accepted", "A newer receipt replaces what an older one said.", receiver="village")
def _(s: Scene) -> Bundles:
    return _answered(s)


@vector("receipt-older", "accepted", "An older receipt that comes late changes nothing.", receiver="village")
def _(s: Scene) -> Bundles:
    return _answered(s)[::-1]


@vector(
    "receipt-of-this-incarnation",
    "accepted",
    "A receipt for a position at which no bundle of this ledger ended acknowledges nothing.",
    receiver="village",
)
def _(s: Scene) -> Bundles:
    s.town.ledger.database.execute(
        "UPDATE link SET received_incarnation = ?, received = 7 WHERE peer = ?",
        (play_incarnation("village"), s.village.station),
    )
    return [s.town.send(s.village)]

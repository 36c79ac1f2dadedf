"""Vectors of who may register and move a unit, how far a word about what counts reaches, and erasures behind a cut."""

from __future__ import annotations

from dataclasses import replace

from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.records.versions.stamps import to_wire
from desktop.sync.authority import exclusions
from desktop.sync.bundles import kept
from desktop.sync.formats import segments
from desktop.sync.signed import identity
from tests.sync.desks import proof_of
from tests.sync.world import seeded
from tests.vectors.bundles import FIRM, SECOND
from tests.vectors.deciding import forge, named, three
from tests.vectors.items import Bundles, firm, vector
from tests.vectors.scene import Scene, birth, change


@vector(
    "refused-registered",
    "item registered",
    "A town registers the village of another: the first registration stands until the unit is moved.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    cells = {"name": "village3", "code": "village3", "level": "village", "superior": s.town.unit}
    birth(s.town, s.village3.unit, cells, type="unit")
    return [s.town.send()]


@vector(
    "refused-superior",
    "item superior",
    "A town gives its village to another town, which only who stands above both may do.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    unit = s.village.unit
    born = s.town.database.value("SELECT _stamp FROM r_unit WHERE id = unhex(?)", (unit,))
    change(s.town, unit, "superior", s.town2.unit, type="unit", replaces=[born])
    return [s.town.send()]


@vector(
    "held-moved",
    "held moved",
    "On its way when its unit got another superior: it waits until its station is enrolled there.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    firm(s.village3)
    s.town2.take(s.village3.send())
    for slot in ("superior", "unit"):
        s.city.edit(s.village3.unit, slot, s.town.unit, "unit")
    return [s.city.send(s.district), s.town2.send()]


@vector(
    "held-gone",
    "held gone",
    "On its way when the registration of its unit was taken back: it waits until that counts.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    firm(s.village3)
    s.town2.take(s.village3.send())
    s.city.say("exclusion", {"cause": "withdrawn", "items": named(s.town2, "1")})
    return [s.city.send(s.district), s.town2.send()]


@vector(
    "check-22-certified-twice",
    "item withdrawn",
    "Another town has certified the village's station for its own unit: its town excludes all the same.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    firm(s.village3)
    s.town2.take(s.village3.send())
    s.town2.say("exclusion", {"cause": "withdrawn", "items": named(s.village3, "1")})
    s.grant(s.town, s.claims(s.village3, None, units=frozenset([s.town.unit]), level=s.town.level))
    return [s.town2.send(), s.town.send()]


@vector(
    "revoked-erasure-kept",
    "item revoked",
    "A revocation names an erasure behind its cut that had come: it erases, and nothing else there counts.",
)
def _(s: Scene) -> Bundles:
    three(s)
    number = forge(
        s.village, "erasure",
        {"kind": "enterprise", "target": FIRM, "slots": "contact", "upto": to_wire(s.village.stamp())},
    )  # fmt: skip
    sent = s.village.send()
    s.town.take(sent)
    s.district.take(s.town.send())
    incarnation = s.village.keys.incarnation
    text = exclusions.write_cuts({incarnation: 2}, {incarnation: [(number, number)]})
    s.district.say("revocation", {"station": s.village.station, "cuts": text})
    return [sent, s.district.send(s.town)]


@vector(
    "refused-key",
    "item key",
    "A town passes on what the village's former key has signed in the incarnation of the new one.",
    receiver="district",
)
def _(s: Scene) -> Bundles:
    firm(s.village)
    s.town.take(s.village.send())
    fresh = identity.renew(s.village.keys, seeded(7))
    claims = replace(s.claims(s.village, None), public_key=fresh.public_key, recipient=fresh.recipient)
    s.grant(s.town, claims, incarnation=fresh.incarnation, proof=proof_of(fresh))
    s.town.cut()
    shape = Shape(("name",))
    head = s.village.head("birth", SECOND, None, type="enterprise", number=1)
    line = items.birth_line(head, shape, {"name": "旧密钥签的"}, lambda: "salt")
    made = segments.cut(
        s.village.station, fresh.incarnation, [(1, line)], {"enterprise": shape}, s.village.keys.sign,
    )  # fmt: skip
    kept.keep(s.town.ledger, *made)
    return [s.town.send()]

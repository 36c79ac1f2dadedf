"""Vectors of signatures by persons: who is listed, what stands, and what a receiver's rule asks for (rule 31)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.sync.formats import dsse
from tests.vectors.bundles import Maker, honest
from tests.vectors.scene import Pack, Scene, zipped
from tests.vectors.vector import Vector, merging

MAKERS: dict[str, Maker] = {}
KEYS = {name: Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
        for name in ("handler", "head", "second handler", "nobody")}  # fmt: skip
WEAK = "ed" + "ff" * 30 + "7f"


def raw(name: str) -> bytes:
    return KEYS[name].public_key().public_bytes_raw()


def person(name: str, duty: str = "") -> dict[str, str]:
    return {"key": raw(name).hex(), "duty": duty or name}


BOTH = [person("handler"), person("head")]


def signed(pack: Pack, *names: str, listed: Sequence[Any] = BOTH, **options: Any) -> bytes:
    """The bundle with these persons listed and the signatures of these under it."""
    entries = pack.entries({"persons": list(listed)}, **options)
    found = dsse.parse(entries["manifest.json"], 1 << 20)
    for name in names:
        found = found.also_by(hashlib.sha256(raw(name)).hexdigest(), KEYS[name].sign)
    return zipped(entries | {"manifest.json": found.encode()})


def vector(
    name: str, expect: str, shows: str, rule: str | None = None
) -> Callable[[Callable[[Pack], bytes]], None]:
    """A vector of the village's bundle to the town, which the district may have given a rule before."""

    def add(change: Callable[[Pack], bytes]) -> None:
        def make(scene: Scene) -> Vector:
            before = []
            if rule is not None:
                scene.district.edit(scene.town.unit, "signatures", rule, "unit")
                before = [scene.district.send(scene.town).path]
            return merging("town", expect, shows, *before, change(honest(scene)))

        MAKERS[name] = make

    return add


def _forged(pack: Pack) -> bytes:
    """The head's key id over the handler's signature."""
    entries = pack.entries({"persons": BOTH})
    found = dsse.parse(entries["manifest.json"], 1 << 20)
    found = found.also_by(hashlib.sha256(raw("head")).hexdigest(), KEYS["handler"].sign)
    return zipped(entries | {"manifest.json": found.encode()})


def _forged_too(pack: Pack) -> bytes:
    """The head's own signature, and under the same key id the handler's."""
    entries = pack.entries({"persons": BOTH})
    found = dsse.parse(entries["manifest.json"], 1 << 20)
    for name in ("head", "handler"):
        found = found.also_by(hashlib.sha256(raw("head")).hexdigest(), KEYS[name].sign)
    return zipped(entries | {"manifest.json": found.encode()})


def _first(pack: Pack) -> bytes:
    """The person's signature stands before the station's."""
    entries = pack.entries({"persons": BOTH})
    found = dsse.parse(entries["manifest.json"], 1 << 20)
    found = found.also_by(hashlib.sha256(raw("head")).hexdigest(), KEYS["head"].sign)
    swapped = replace(found, signatures=found.signatures[::-1])
    return zipped(entries | {"manifest.json": swapped.encode()})


vector("persons-both", "accepted", "Handler and head have signed, as the town's unit asks for.", "two")(
    lambda p: signed(p, "handler", "head")
)
vector("persons-other-order", "accepted", "The order in which persons sign means nothing.", "two")(
    lambda p: signed(p, "head", "handler")
)
vector("persons-head-alone", "accepted", "The rule asks for the head, who has signed.", "head")(
    lambda p: signed(p, "head")
)
vector("persons-not-asked", "accepted", "Without a rule nobody has to sign; who has is told.")(
    lambda p: signed(p, "handler")
)
vector(
    "persons-unlisted", "accepted", "A signature by a key that is not listed is carried and says nothing."
)(lambda p: signed(p, "nobody"))
vector("persons-unknown-duty", "accepted", "A duty that only a newer program knows.")(
    lambda p: signed(p, "nobody", listed=[person("nobody", "auditor")])
)
vector("check-24-twice", "refused 24 SignedTwice 10", "One person has signed twice.")(
    lambda p: signed(p, "head", "head")
)
vector(
    "check-24-forged", "refused 24 BadPersonSignature 10", "The head's name over the handler's signature."
)(_forged)
vector(
    "check-24-forged-too", "refused 24 BadPersonSignature 10", "Twice the head's name, once over another's."
)(_forged_too)
vector("check-06-person-first", "refused 6 BadSignature 10", "A person's signature in the station's place.")(
    _first
)
vector("check-08-person-twice", "refused 8 BadManifest 15", "One key is listed with two duties.")(
    lambda p: signed(p, listed=[person("head"), person("head", "handler")])
)
vector(
    "check-08-person-weak", "refused 8 BadManifest 15", "A key for which one signature fits every message."
)(lambda p: signed(p, listed=[{"key": WEAK, "duty": "head"}]))
vector(
    "check-25-one",
    "refused 25 HeadNotSigned 10",
    "The rule asks for two, the handler alone has signed.",
    "two",
)(lambda p: signed(p, "handler"))
vector(
    "check-25-other",
    "refused 25 HandlerNotSigned 10",
    "The rule asks for two, the head alone has signed.",
    "two",
)(lambda p: signed(p, "head"))
vector("check-25-none", "refused 25 NobodySigned 10", "The rule asks for two, nobody has signed.", "two")(
    lambda p: signed(p)
)
vector("check-25-two-handlers", "refused 25 HeadNotSigned 10", "Two of one duty are not two duties.", "two")(
    lambda p: signed(p, "handler", "second handler", listed=[*BOTH, person("second handler", "handler")])
)
vector(
    "check-25-unlisted",
    "refused 25 NoSignerNamed 10",
    "The sender lists no head; another key says nothing.",
    "two",
)(lambda p: signed(p, "handler", "head", listed=BOTH[:1]))
vector(
    "check-25-unknown-rule", "refused 25 HeadNotSigned 10", "A rule that is not known asks for all.", "three"
)(lambda p: signed(p, "handler"))


def _both_files(scene: Scene) -> Vector:
    """The same bundle without and with the second signature: its identity is one."""
    scene.district.edit(scene.town.unit, "signatures", "two", "unit")
    down = scene.district.send(scene.town).path
    pack = honest(scene)
    first, second = signed(pack, "handler"), signed(pack, "handler", "head")
    shows = "Refused for want of a signature, then taken with it; both files have one identity."
    return merging("town", "accepted", shows, down, first, second)


MAKERS["persons-signed-later"] = _both_files

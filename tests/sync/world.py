"""A small world of stations for the tests of ``sync``: two districts, towns, villages, and who is above whom."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from desktop.records.declaration import Level, Role
from desktop.records.identity import derived_id
from desktop.sync.bundles import writing
from desktop.sync.bundles.envelope import OpenedBundle
from desktop.sync.bundles.writing import Draft, Outgoing
from desktop.sync.formats import dsse, frames
from desktop.sync.formats.dsse import Signed
from desktop.sync.signed import certificates, identity, manifest
from desktop.sync.signed.certificates import Certificate, Claims
from desktop.sync.signed.identity import Randomness, Speaking, StationKeys
from desktop.sync.signed.manifest import FileEntry, Manifest
from desktop.sync.signed.tree import Tree
from desktop.sync.trust import TrustState

CITY, DISTRICT, TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE, SHOP = (
    derived_id("unit", name) for name in ("city", "district", "town", "other", "village", "village 2", "shop")
)
TREE: dict[str, str | None] = {
    CITY: None,
    DISTRICT: CITY,
    TOWN: DISTRICT,
    OTHER_TOWN: DISTRICT,
    VILLAGE: TOWN,
    OTHER_VILLAGE: OTHER_TOWN,
    SHOP: VILLAGE,
}
TREE_VERSION = 7
NOW = 1_795_000_000_000


def seeded(seed: int) -> Randomness:
    """A source of randomness that always gives the same."""
    return random.Random(seed).randbytes


@dataclass(frozen=True)
class Station:
    """A station with its keys and its chain, its own certificate first."""

    keys: StationKeys
    chain: tuple[Certificate, ...]

    @property
    def certificate(self) -> Certificate:
        return self.chain[0]

    @property
    def ders(self) -> list[bytes]:
        return [certificate.der for certificate in self.chain]

    @property
    def station(self) -> str:
        return self.keys.station


def claims(
    keys: StationKeys,
    units: Sequence[str],
    level: Level,
    path_length: int | None = None,
    role: Role = Role.DESK,
) -> Claims:
    """Claims for these keys."""
    return Claims(
        keys.station, keys.public_key, keys.recipient, frozenset(units), level, role, path_length=path_length
    )


def issue(issuer: Station, said: Claims, number: int, signer: StationKeys | None = None) -> Certificate:
    """A certificate that names ``issuer``, signed by it, or by whoever pretends to be it."""
    serial = certificates.grant_serial(issuer.station, issuer.keys.incarnation, number)
    return certificates.issue(said, serial, signer or issuer.keys, issuer.certificate)


def root(seed: int, units: Sequence[str], level: Level, path_length: int | None = 2) -> Station:
    """A station that signs itself."""
    keys = identity.generate(seeded(seed))
    serial = certificates.grant_serial(keys.station, keys.incarnation, 1)
    return Station(keys, (certificates.issue(claims(keys, units, level, path_length), serial, keys, None),))


def enrolled(
    issuer: Station, seed: int, units: Sequence[str], level: Level, path: int | None = None
) -> Station:
    """A new station below ``issuer``."""
    keys = identity.generate(seeded(seed))
    return Station(keys, (issue(issuer, claims(keys, units, level, path), seed), *issuer.chain))


DISTRICT_DESK = root(1, [DISTRICT], Level.DISTRICT)
TOWN_DESK = enrolled(DISTRICT_DESK, 2, [TOWN], Level.TOWN, 0)
OTHER_TOWN_DESK = enrolled(DISTRICT_DESK, 3, [OTHER_TOWN], Level.TOWN, 0)
VILLAGE_DESK = enrolled(TOWN_DESK, 4, [VILLAGE], Level.VILLAGE)
OTHER_VILLAGE_DESK = enrolled(OTHER_TOWN_DESK, 5, [OTHER_VILLAGE], Level.VILLAGE)
CLERK = enrolled(TOWN_DESK, 6, [TOWN], Level.TOWN)
STRANGER = root(99, [DISTRICT], Level.DISTRICT)
EVERYBODY = (DISTRICT_DESK, TOWN_DESK, OTHER_TOWN_DESK, VILLAGE_DESK, OTHER_VILLAGE_DESK, CLERK)


def state_of(station: Station, /, **changes: Any) -> TrustState:
    """What a station of this world knows."""
    state = TrustState(
        roots=frozenset([DISTRICT_DESK.certificate.der]),
        grants=frozenset(s.certificate.digest for s in EVERYBODY),
        revocations={},
        tree=Tree(changes.pop("tree", TREE)),
        tree_version=TREE_VERSION,
        station=station.station,
        recipients=frozenset([station.keys.recipient]),
        units=station.certificate.claims.units,
    )
    return replace(state, **changes)


def said_by(sender: Station, receiver: Station, /, **changes: Any) -> Manifest:
    """A manifest without parts."""
    base = Manifest(
        format=manifest.FORMAT,
        program="0.1.0",
        schema=1,
        kind=manifest.UP,
        sender=sender.station,
        incarnation=sender.keys.incarnation,
        sequence=1,
        last=40,
        unit=min(sender.certificate.claims.units),
        tree=TREE_VERSION,
        receiver=receiver.station,
        recipient=receiver.keys.recipient,
        nonce="0" * 32,
        created=NOW,
        previous=None,
        counts={"birth": 3, "change": 4},
        files=(FileEntry(manifest.CERTIFICATES, "0" * 64, 1),),
        parts=(),
    )
    return replace(base, **changes)


def signed_by(sender: Station, payload: bytes, **changes: Any) -> Signed:
    """The payload as this station signs it."""
    kind = changes.get("payload_type", manifest.PAYLOAD_TYPE)
    return dsse.sign(kind, payload, sender.certificate.digest, changes.get("signer", sender.keys).sign)


def draft(receiver: Station, /, **changes: Any) -> Draft:
    """What the tests say of a bundle from the village."""
    base = Draft(
        program="0.1.0",
        schema=1,
        kind=manifest.UP,
        sequence=1,
        last=40,
        unit=VILLAGE,
        tree=TREE_VERSION,
        receiver=receiver.station,
        recipient=receiver.keys.recipient,
        created=NOW,
        previous=None,
        counts={"birth": 6, "change": 1},
    )
    return replace(base, **changes)


def lines(first: int, last: int) -> bytes:
    """Some NDJSON."""
    return b"".join(
        b'["birth","enterprise",%d,"\xe8\x8b\xb9\xe6\x9e\x9c"]\n' % n for n in range(first, last + 1)
    )


def segments(*ranges: tuple[int, int]) -> Iterator[Outgoing]:
    """One segment for each range of item numbers."""
    for first, last in ranges:
        yield Outgoing(frames.compress(lines(first, last)), [first, last])


def bundle_from_village(folder: Path, **changes: Any) -> OpenedBundle:
    """A bundle of two segments from the village to the town."""
    return writing.write_bundle(
        folder / "bundle.xsj",
        draft(TOWN_DESK, **changes),
        segments((1, 3), (4, 7)),
        Speaking(VILLAGE_DESK.keys, VILLAGE_DESK.ders),
        seeded(50),
    )

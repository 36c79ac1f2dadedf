"""Two hundred bundles of 3 100 items are opened, judged and read about as fast as their bare cryptography allows."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.identity import derived_id
from desktop.sync.bundles import envelope, writing
from desktop.sync.bundles.writing import Outgoing
from desktop.sync.formats import agefile, frames
from desktop.sync.signed import identity
from desktop.sync.signed.identity import Speaking
from tests.measuring import seconds
from tests.sync.world import DISTRICT, DISTRICT_DESK, TREE, Station, draft, enrolled, seeded, state_of

BUNDLES = 200
ITEMS = 3100


def one_segment() -> Outgoing:
    """3 100 births as they look on the wire, about 200 bytes each."""
    rows = [
        f'[["birth","enterprise","{seeded(n)(16).hex()}","{seeded(7)(16).hex()}",null,"{n:016x}",[],{n},"op",'
        f'["杭州第{n}制造有限公司","9133{n:014d}","浙江省杭州市萧山区","{n % 97}",null,"C{n % 40}"]]]\n'
        for n in range(1, ITEMS + 1)
    ]
    return Outgoing(frames.compress("".join(rows).encode()), ["x", 1, ITEMS])


@pytest.fixture(scope="module")
def town_units() -> list[str]:
    return [derived_id("unit", f"town {n}") for n in range(BUNDLES)]


@pytest.fixture(scope="module")
def stations(town_units: list[str]) -> list[Station]:
    return [enrolled(DISTRICT_DESK, 1000 + n, [unit], Level.TOWN, 0) for n, unit in enumerate(town_units)]


@pytest.fixture(scope="module")
def paths(
    tmp_path_factory: pytest.TempPathFactory, stations: list[Station], town_units: list[str]
) -> list[Path]:
    folder, segment = tmp_path_factory.mktemp("speed"), one_segment()
    for number, (station, unit) in enumerate(zip(stations, town_units, strict=True)):
        said = draft(DISTRICT_DESK, unit=unit, counts={"birth": ITEMS}, last=ITEMS)
        path = folder / f"{number:03d}.xsj"
        writing.write_bundle(path, said, [segment], Speaking(station.keys, station.ders), seeded(number))
    return sorted(folder.iterdir())


def test_two_hundred_bundles(paths: list[Path], stations: list[Station], town_units: list[str]) -> None:
    state = state_of(
        DISTRICT_DESK,
        tree=TREE | dict.fromkeys(town_units, DISTRICT),
        grants=frozenset(station.certificate.digest for station in stations),
    )

    def ours() -> int:
        total = 0
        for path in paths:
            bundle = envelope.read_bundle(path)
            verdict = envelope.judge(bundle, state)
            for part in envelope.open_parts(bundle, verdict, DISTRICT_DESK.keys):
                total += sum(len(frame.plain()) for frame in part.frames)
        return total

    plain, ciphers = one_segment().frame, []
    for path in paths:
        bundle = envelope.read_bundle(path)
        entry = bundle.entries["parts/0001.ndjson.zst.age"]
        ciphers.append(path.read_bytes()[entry.start : entry.end])
    signature = stations[0].keys.sign(b"message")

    def bare() -> int:
        for cipher in ciphers:
            hashlib.sha256(cipher)
            agefile.decrypt(cipher, DISTRICT_DESK.keys.age_identity)
            plain.plain()
            identity.signature_stands(stations[0].keys.public_key, b"message", signature)
        return 0

    ours()
    best, floor = min(seconds(ours) for _ in range(3)), min(seconds(bare) for _ in range(3))
    print(f"{BUNDLES} bundles of {ITEMS} items: {best:.3f} s; bare cryptography {floor:.3f} s")
    assert best < 4 * floor

"""Two hundred bundles of 3 100 items are opened, judged and read about as fast as their bare cryptography allows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.records.declaration import Level
from desktop.records.identity import derived_id
from desktop.sync.bundles import envelope, writing
from desktop.sync.bundles.writing import Outgoing
from desktop.sync.formats import agefile, frames
from desktop.sync.signed import identity
from desktop.sync.signed.identity import Speaking
from tests.measuring import seconds
from tests.sync.desks import Desk, below, new_root, report
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


class Compiling:
    """A connection that counts how often each statement is used, and at how many of these it is compiled."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._compiled = False
        self.used: Counter[str] = Counter()
        self.compiled: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def heard(self, *_what: object) -> int:
        """The engine asks while it compiles, and only then, whether it may."""
        self._compiled = True
        return 0

    def execute(self, sql: str, *parameters: Any) -> Any:
        self._compiled = False
        found = self._connection.execute(sql, *parameters)
        self.used[sql] += 1
        self.compiled[sql] += self._compiled
        return found


@contextmanager
def compiling(desk: Desk) -> Iterator[Compiling]:
    """What the engine of a desk compiles meanwhile."""
    connection = desk.database.connection
    counted = Compiling(connection)
    connection.set_authorizer(counted.heard)
    desk.database.connection = counted
    yield counted
    desk.database.connection = connection
    connection.set_authorizer(None)


def test_what_is_asked_again_is_not_compiled_again(tmp_path: Path) -> None:
    root = new_root(tmp_path, "区")
    town = below(root, "镇", Level.TOWN)
    firm = town.birth("firm", {"name": "甲"})
    with compiling(town) as at_town, compiling(root) as at_root:
        for turn in range(5):
            town.edit(firm, "name", f"第{turn}次")
            visit = town.birth("firm", {"name": f"第{turn}家"})
            town.delete(visit)
            report(town, root)
    for counted in (at_town, at_root):
        # What asks for the columns of a table compiles that question in itself.
        always = {
            sql
            for sql, times in counted.used.items()
            if times >= 5 and counted.compiled[sql] == times and "pragma_table_info" not in sql
        }
        assert always == set()

"""The invented stations of the vectors, and tools to pack bundles that are wrong in one place.

Keys follow from the stations' names and clocks are set by hand, so only what ``age`` encrypts differs when a vector is
made again. A city is the root; a district, two towns and their villages stand below, one office has two units.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import zstandard

from desktop.records.declaration import Level, Role
from desktop.records.identity import derived_id
from desktop.records.types import catalogue
from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.store.ledger import NewRecord
from desktop.store.queries import reading
from desktop.sync.authority import station
from desktop.sync.bundles import sending
from desktop.sync.bundles.sending import Sent
from desktop.sync.enrolling import grants, requests
from desktop.sync.enrolling.grants import GrantDraft
from desktop.sync.enrolling.requests import Wish
from desktop.sync.formats import agefile, dsse, segments, strictjson, zipstore
from desktop.sync.formats.frames import split
from desktop.sync.merging import receiving
from desktop.sync.signed import certificates, manifest
from desktop.sync.signed.certificates import Claims, grant_serial
from desktop.sync.signed.identity import StationKeys
from desktop.sync.signed.manifest import PAYLOAD_TYPE
from tests.sync.desks import START, Desk, connect, new_desk, report

HERE = Path(__file__).parent
STATIONS = HERE / "stations"
NOW = START + 3_600_000
"""When every vector is played, unless it says otherwise."""
PART = manifest.part_name(1)
LEVELS = {
    "city": Level.CITY, "district": Level.DISTRICT, "town": Level.TOWN, "town2": Level.TOWN,
    "village": Level.VILLAGE, "village2": Level.VILLAGE, "village3": Level.VILLAGE, "office": Level.VILLAGE,
    "stranger": Level.CITY,
}  # fmt: skip
ABOVE = {
    "district": "city", "town": "district", "town2": "district", "village": "town", "village2": "town",
    "village3": "town2", "office": "town",
}  # fmt: skip
PATHS = {"district": 3, "town": 2, "town2": 2}


@dataclass
class Scene:
    """All stations, enrolled, with the tree known to everybody whom it concerns."""

    folder: Path
    desks: dict[str, Desk] = field(default_factory=dict)
    second_unit: str = ""
    copied: int = 0
    """The stamp of what a copy of the village's disk has written."""

    def __post_init__(self) -> None:
        for name in LEVELS:
            self.desks[name] = new_desk(self.folder, name, LEVELS[name], types=catalogue())
        self.second_unit = derived_id("unit:village", "office 2")
        for name in ("city", "stranger"):
            self._begin_root(self.desks[name])
        for name, above in ABOVE.items():
            self.enrol(self.desks[name], self.desks[above], PATHS.get(name))
        for name in ("town", "town2", "district"):
            report(self.desks[name], self.desks[ABOVE[name]])
        for name in ("district", "town", "town2", "village", "village2", "village3", "office"):
            report(self.desks[name], self.desks[ABOVE[name]])

    def __getattr__(self, name: str) -> Desk:
        desks: dict[str, Desk] = self.__dict__.get("desks", {})
        try:
            return desks[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def _begin_root(self, desk: Desk) -> None:
        serial = grant_serial(desk.station, desk.keys.incarnation, 1)
        root = certificates.issue(self.claims(desk, 4), serial, desk.keys, None)
        station.keep_chain(desk.ledger, [root.der])
        self._register(desk, desk.unit, desk.name, desk.level, None)

    def claims(self, desk: Desk, path: int | None, **changes: Any) -> Claims:
        """What a station's certificate says."""
        units = [desk.unit, self.second_unit] if desk.name == "office" else [desk.unit]
        said: dict[str, Any] = {
            "station": desk.station, "public_key": desk.keys.public_key, "recipient": desk.keys.recipient,
            "units": frozenset(units), "level": desk.level, "role": Role.DESK, "path_length": path,
        }  # fmt: skip
        return Claims(**(said | changes))

    def enrol(self, below: Desk, desk: Desk, path: int | None) -> None:
        """What request, grant, acceptance and acknowledgement do in the end."""
        self._register(desk, below.unit, below.name, below.level, desk.unit)
        if below.name == "office":
            self._register(desk, self.second_unit, "office 2", below.level, desk.unit)
        chain = station.own_chain(desk.ledger)
        granted = self.grant(desk, self.claims(below, path))
        connect(below, desk)
        station.keep_chain(below.ledger, [granted.der, *chain])
        frames = sending.tree_frames(desk.ledger, desk.keys, below.unit)
        receiving.take_tree(below.ledger, below.keys, frames, certificates.parse(chain[0]))

    def grant(
        self,
        desk: Desk,
        claims: Claims,
        *,
        number: int = 0,
        incarnation: str | None = None,
        proof: str | None = None,
    ) -> certificates.Certificate:
        """A certificate by a desk and the record that grants it; with a ``number`` for another item than its own."""
        issuer = certificates.parse(station.own_chain(desk.ledger)[0])
        serial = grant_serial(desk.station, desk.keys.incarnation, number or desk.ledger.next_number())
        made = certificates.issue(claims, serial, desk.keys, issuer)
        cells: dict[str, Any] = {
            "station": made.station,
            "holder": min(claims.units),
            "certificate": base64.b64encode(made.der).decode(),
            "incarnation": incarnation,
            "proof": proof,
        }
        desk.ledger.write("批准", desk.name, births=[NewRecord("grant", "", desk.unit, cells)])
        return made

    def _register(self, desk: Desk, unit: str, name: str, level: Level, superior: str | None) -> None:
        cells: dict[str, Any] = {"name": name, "code": name, "level": level.value, "superior": superior}
        desk.ledger.write("登记", desk.name, births=[NewRecord("unit", unit, desk.unit, cells)])

    # -- the files that say who is who -----------------------------------------------------------------------------

    def write_stations(self) -> None:
        """Keys, request and grant of every station below the root, and the root's certificate."""
        for name, desk in self.desks.items():
            folder = STATIONS / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "signing.pem").write_bytes(desk.keys.signing_pem())
            (folder / "identity.txt").write_text(desk.keys.identity_file(), encoding="ascii")
            chain = station.own_chain(desk.ledger)
            (folder / "certificates.pem").write_bytes(certificates.to_pem(chain))
            said = {
                "station": desk.station,
                "incarnation": desk.keys.incarnation,
                "receiving-incarnation": play_incarnation(name),
                "unit": desk.unit,
                "level": desk.level.value,
            }
            if name in ABOVE:
                request, grant = self.enrolment_files(desk, self.desks[ABOVE[name]])
                (folder / "request.xsq").write_bytes(request)
                (folder / "grant.xsg").write_bytes(grant)
                said |= {"above": ABOVE[name], "request": requests.read_request(request).digest}
            text = "TEST KEYS, made from the name of the station: worth nothing, to be trusted by nobody.\n"
            (folder / "station.txt").write_text(
                text + "".join(f"{k}: {v}\n" for k, v in said.items()), encoding="utf-8"
            )
        (STATIONS / "root.pem").write_bytes(certificates.to_pem(station.own_chain(self.city.ledger)))

    def check_stations(self) -> None:
        """Raises where the stations on disk are not these: then no new vector fits to those that are there."""
        for name, desk in self.desks.items():
            chain = certificates.to_pem(station.own_chain(desk.ledger))
            if (STATIONS / name / "certificates.pem").read_bytes() != chain:
                raise SystemExit(f"the certificates of {name} have changed: make all anew, with --all")

    def enrolment_files(self, desk: Desk, above: Desk, **changes: Any) -> tuple[bytes, bytes]:
        """The request of a station and the grant that answers it, with all of the tree that it needs."""
        wish = Wish(desk.name, desk.name, desk.level)
        request = requests.make_request(desk.keys, wish, START)
        rows = [
            {"id": unit.id, "parent": unit.values.get("superior"), "code": unit.values.get("code"),
             "name": unit.values.get("name"), "level": unit.values.get("level")}
            for unit in reading.records(above.database, above.ledger.types, reading.Query("unit"))
        ]  # fmt: skip
        said: dict[str, Any] = {
            "request": requests.read_request(request).digest,
            "chain": station.own_chain(desk.ledger),
            "tree_version": station.tree_version(above.ledger),
            "tree": rows,
            "created": START,
            "reference": sending.tree_frames(above.ledger, above.keys, desk.unit),
        }
        return request, grants.make_grant(GrantDraft(**(said | changes)), above.keys)


def play_incarnation(name: str) -> str:
    """The incarnation in which a station receives: what it wrote before, it gets back from above."""
    return hashlib.sha256(f"receiving {name}".encode()).hexdigest()[:16]


# -- packing anew ------------------------------------------------------------------------------------------------------


@dataclass
class Pack:
    """A bundle taken apart: change what is wanted and :meth:`build` it again, signed by its sender or another."""

    sender: Desk
    receiver: Desk
    manifest: dict[str, Any]
    repeat: dict[str, Any]
    frames: list[bytes]
    chain: list[bytes]

    @classmethod
    def of(cls, sent: Sent, sender: Desk, receiver: Desk) -> Pack:
        """The pieces of a bundle that was sent."""
        with zipfile.ZipFile(sent.path) as archive:
            signed = dsse.parse(archive.read("manifest.json"), 1 << 20)
            compressed = agefile.decrypt(archive.read(PART), receiver.keys.age_identity)
        first, *rest = (frame.plain() for frame in split(compressed, 99, 1 << 30))
        chain = list(station.own_chain(sender.ledger))
        return cls(sender, receiver, json.loads(signed.payload), json.loads(first), rest, chain)

    @cached_property
    def honest(self) -> tuple[bytes, int, int]:
        """The ciphertext of these frames, always the same one."""
        return self.cipher()

    def cipher(
        self,
        *,
        frames: Sequence[bytes] | None = None,
        repeat: Mapping[str, Any] | None = None,
        recipient: str | None = None,
    ) -> tuple[bytes, int, int]:
        """A ciphertext, the plain bytes and the number of frames in it."""
        said = {**self.repeat, **(repeat or {})}
        plain = [strictjson.line(said), *(self.frames if frames is None else frames)]
        compressed = b"".join(zstandard.compress(p) for p in plain)
        made = agefile.encrypt(compressed, recipient or self.receiver.keys.recipient)
        return made, sum(map(len, plain)), len(plain)

    def entries(
        self,
        said: Mapping[str, Any] | None = None,
        *,
        sealed: tuple[bytes, int, int] | None = None,
        payload: bytes | None = None,
        payload_type: str = PAYLOAD_TYPE,
        keyid: str | None = None,
        signer: StationKeys | None = None,
        part: Mapping[str, Any] | None = None,
    ) -> dict[str, bytes]:
        """The entries of the bundle by name, the manifest last."""
        cipher, plain, frames = sealed or self.honest
        pem = certificates.to_pem(self.chain)
        listed = {
            "name": PART, "sha256": _sha(cipher), "size": len(cipher), "plain": plain, "frames": frames,
        } | dict(part or {})  # fmt: skip
        file = {"name": "certificates.pem", "sha256": _sha(pem), "size": len(pem)}
        whole = self.manifest | {"parts": [listed], "files": [file]} | dict(said or {})
        payload = strictjson.pretty(whole) if payload is None else payload
        keyid = keyid or _sha(self.chain[0])
        signed = dsse.sign(payload_type, payload, keyid, (signer or self.sender.keys).sign)
        return {PART: cipher, "certificates.pem": pem, "manifest.json": signed.encode()}

    def build(self, said: Mapping[str, Any] | None = None, **options: Any) -> bytes:
        """The file."""
        return zipped(self.entries(said, **options))

    def with_segment(self, plain: bytes, **options: Any) -> bytes:
        """The file with another last segment; labels and counts follow its header."""
        header = json.loads(plain.partition(b"\n")[0])
        label = [header[n] for n in ("station", "incarnation", "first", "last", "digest")]
        label += [sum(header["counts"].values()), *self.repeat["labels"][-1][6:]]
        self.frames[-1] = plain
        self.__dict__.pop("honest", None)
        self.repeat["labels"][-1] = label
        kinds = dict(header["counts"])
        counts = {"items": sum(kinds.values()), "kinds": kinds}
        return self.build({"counts": counts}, **options)

    @property
    def header(self) -> dict[str, Any]:
        """The header of the last segment."""
        found: dict[str, Any] = json.loads(self.frames[-1].partition(b"\n")[0])
        return found

    @property
    def lines(self) -> list[bytes]:
        """The lines of the last segment."""
        return self.frames[-1].split(b"\n")[2:-1]

    @property
    def key(self) -> bytes | None:
        """The key beside the signature of the last segment."""
        text = json.loads(self.frames[-1].split(b"\n")[1]).get("key")
        return None if text is None else strictjson.from_base64(text)


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def zipped(entries: Mapping[str, bytes]) -> bytes:
    """A ZIP as this project writes it."""
    stream = io.BytesIO()
    archive = zipstore.Writer(stream)
    for name, data in entries.items():
        archive.add(name, data)
    archive.finish()
    return stream.getvalue()


def signed_segment(
    desk: Desk,
    header: Mapping[str, Any],
    lines: Sequence[bytes],
    *,
    key: bytes | None = None,
    redigest: bool = True,
) -> bytes:
    """A segment of these lines under the signature of a desk, whatever its header says."""
    said = dict(header)
    if redigest:
        hashes = [items.line_hash(items.split_line(line), key) for line in lines]
        said["digest"] = hashlib.sha256(b"".join(hashes)).hexdigest()
    raw = strictjson.line(said)[:-1]
    beside = {} if key is None else {"key": strictjson.to_base64(key)}
    beside["signature"] = strictjson.to_base64(desk.keys.sign(segments.message(raw)))
    return b"\n".join([raw, strictjson.line(beside)[:-1], *lines]) + b"\n"


def birth(desk: Desk, record: str, cells: Mapping[str, Any], **changes: Any) -> int:
    """A birth of an enterprise with any cells and head, that the writer's own ledger does not look at."""
    return desk.forge_birth(record, cells, **({"type": "enterprise"} | changes))


def change(desk: Desk, record: str, slot: str | None, value: Any, **changes: Any) -> int:
    """A change of an enterprise in the same way."""
    return desk.forge_change(record, slot, value, **({"type": "enterprise"} | changes))


__all__ = ["LEVELS", "NOW", "PART", "STATIONS", "Pack", "Scene", "Shape", "birth", "change", "zipped"]

"""Vectors of whole bundles: what is read, and what each check of the container and of trust refuses."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from desktop.records.declaration import Level
from desktop.sync.authority import station
from desktop.sync.formats import strictjson
from desktop.sync.signed import certificates, manifest
from desktop.sync.signed.certificates import Certificate
from tests.vectors.scene import PART, Pack, Scene, zipped
from tests.vectors.vector import Vector, merging

FIRM, SECOND = "f1" * 16, "f2" * 16
Maker = Callable[[Scene], Vector]
Change = Callable[[Scene, Pack], bytes]
Entries = Callable[[dict[str, bytes]], bytes]
MAKERS: dict[str, Maker] = {}


def vector(name: str, expect: str, shows: str) -> Callable[[Change], None]:
    """A vector of one bundle from the village to the town, made by changing an honest one."""

    def add(change: Change) -> None:
        def make(scene: Scene) -> Vector:
            return merging("town", expect, shows, change(scene, honest(scene)))

        MAKERS[name] = make

    return add


def honest(scene: Scene) -> Pack:
    """A village reports an enterprise and a change of its name."""
    village = scene.village
    village.birth("enterprise", {"name": "杭州示例茶业有限公司", "surveyed_staff": 30, "contact_name": "王芳",
                                 "contact_phone": "13800000000"}, record=FIRM)  # fmt: skip
    village.edit(FIRM, "name", "杭州示例茶叶有限公司", "enterprise")
    return Pack.of(village.send(), village, scene.town)


def z(change: Entries) -> Change:
    return lambda scene, pack: change(pack.entries())


vector("up", "accepted", "A birth with a group and a personal group, and a change.")(lambda s, p: p.build())
vector("up-unknown-members", "accepted", "Members that a reader does not know are left alone.")(
    lambda s, p: p.build({"colour": ["green", {"x": 1}], "counts": p.manifest["counts"] | {"new": 0}})
)
vector("up-two-signatures", "accepted", "A second signature, of a person, is carried and not judged.")(
    lambda s, p: zipped(p.entries() | {"manifest.json": _second_signature(p)})
)
vector(
    "up-compact-manifest",
    "accepted",
    "The payload is whatever strict JSON was signed: spaces are the signer's.",
)(lambda s, p: p.build(payload=strictjson.line(json.loads(_payload(p)))))
vector(
    "up-zip-dates",
    "accepted",
    "Version, UTF-8 flag, time and date of an entry mean nothing, if both headers agree.",
)(lambda s, p: _pythons_zip(p.entries()))


def _payload(pack: Pack, **changes: Any) -> bytes:
    envelope = json.loads(pack.entries(changes)["manifest.json"])
    return base64.b64decode(envelope["payload"])


def _second_signature(pack: Pack) -> bytes:
    envelope = json.loads(pack.entries()["manifest.json"])
    envelope["signatures"].append({"keyid": "0" * 64, "sig": strictjson.to_base64(bytes(64))})
    return strictjson.pretty(envelope)


def _pythons_zip(found: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in found.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 23, 8, 30, 0)), data)
    return stream.getvalue()


# -- the ZIP -----------------------------------------------------------------------------------------------------------


def _other(name: str, data: bytes) -> Entries:
    return lambda found: zipped(found | {name: data})


def _deflated(found: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _with(**options: Any) -> Entries:
    """A ZIP with a comment, an extra field, or another name for its first entry."""

    def make(found: dict[str, bytes]) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, data in found.items():
                info = zipfile.ZipInfo(name)
                info.extra = options.get("extra", b"")
                archive.writestr(info, data)
            archive.comment = options.get("comment", b"")
        return stream.getvalue()

    return make


def _doubled(found: dict[str, bytes]) -> bytes:
    data = zipped(found | {"certificates.pen": b"x"})
    return data.replace(b"certificates.pen", b"certificates.pem")


def _patched(where: bytes, at: int, new: bytes) -> Entries:
    def make(found: dict[str, bytes]) -> bytes:
        data = bytearray(zipped(found))
        start = data.find(where) + at
        data[start : start + len(new)] = new
        return bytes(data)

    return make


def _moved(found: dict[str, bytes]) -> bytes:
    """A byte between the last entry and the directory, whose offset follows."""
    data = zipped(found)
    start = data.find(b"PK\x01\x02")
    (offset,) = struct.unpack("<L", data[-6:-2])
    return data[:start] + b"\0" + data[start:-6] + struct.pack("<L", offset + 1) + data[-2:]


ZIP: dict[str, tuple[str, str, Entries]] = {
    "no-zip": ("NotABundle", "Text instead of a ZIP.", lambda f: b"no bundle at all"),
    "empty": ("CutShort", "A file of no bytes.", lambda f: b""),
    "in-front": ("NotABundle", "Something stands before the first entry.", lambda f: b"MZ" + zipped(f)),
    "cut": ("CutShort", "The last ten bytes are missing.", lambda f: zipped(f)[:-10]),
    "behind": ("CutShort", "A byte behind the end record.", lambda f: zipped(f) + b"\n"),
    "name-path": ("BadEntryName", "A name that leads out of the folder.", _other("../evil.json", b"{}")),
    "name-unknown": ("BadEntryName", "A name that no bundle has.", _other("readme.txt", b"x")),
    "doubled": ("DoubledEntry", "A name that stands twice.", _doubled),
    "deflated": ("HeadersUnequal", "Entries are stored, never compressed.", _deflated),
    "comment": ("CutShort", "A comment of the ZIP.", _with(comment=b"hello")),
    "extra": ("HeadersUnequal", "An extra field.", _with(extra=b"\x01\x00\x02\x00ab")),
    "local-differs": (
        "HeadersUnequal",
        "The local header says another CRC than the directory.",
        _patched(b"PK\x03\x04", 14, b"\0\0\0\0"),
    ),
    "between": ("HeadersUnequal", "A byte between the last entry and the directory.", _moved),
    "no-manifest": (
        "EntriesUnequal",
        "There is no manifest.",
        lambda f: zipped({n: d for n, d in f.items() if n != "manifest.json"}),
    ),
    "not-listed": (
        "EntriesUnequal",
        "An entry that the manifest does not list.",
        _other("roots/0001.json", b"{}\n"),
    ),
    "listed-missing": (
        "EntriesUnequal",
        "The manifest lists a part that is not there.",
        lambda f: zipped({n: d for n, d in f.items() if n != PART}),
    ),
    "crc": (
        "EntryChanged",
        "The bytes of the part do not have the CRC of both headers.",
        _patched(b"age-encryption.org", 30, b"\0\0"),
    ),
    "part-exchanged": (
        "EntryChanged",
        "A part of the same size with another SHA-256.",
        lambda f: zipped(f | {PART: f[PART][:-1] + bytes([f[PART][-1] ^ 1])}),
    ),
    "certificates-changed": (
        "BadCertificate",
        "Something beside certificates stands in the PEM.",
        lambda f: zipped(f | {"certificates.pem": b"# mine\n" + f["certificates.pem"]}),
    ),
}
for _name, (_error, _shows, _change) in ZIP.items():
    vector(f"zip-{_name}", f"refused container {_error} 15", _shows)(z(_change))


# -- checks 1 to 16 ----------------------------------------------------------------------------------------------------


def _envelope(pack: Pack, **members: Any) -> bytes:
    found = pack.entries()
    return zipped(found | {"manifest.json": strictjson.pretty(json.loads(found["manifest.json"]) | members)})


def _chained(pack: Pack, *chain: Certificate | bytes) -> Pack:
    return replace(pack, chain=[c if isinstance(c, bytes) else c.der for c in chain])


def _dated(pack: Pack, **wrong: Any) -> bytes:
    """The sender's certificate with other dates."""
    own = x509.load_der_x509_certificate(pack.chain[0])
    builder = (
        x509.CertificateBuilder()
        .subject_name(own.subject)
        .issuer_name(own.issuer)
        .public_key(own.public_key())
        .serial_number(own.serial_number)
        .not_valid_before(certificates.NOT_BEFORE)
        .not_valid_after(certificates.NOT_AFTER.replace(year=2030))
    )
    for extension in own.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    made = builder.sign(pack.receiver.keys.signing_key, None)
    return _chained(pack, made.public_bytes(serialization.Encoding.DER), *pack.chain[1:]).build()


def _issued(scene: Scene, pack: Pack, issuer: str, signer: str | None = None, **claims: Any) -> bytes:
    """The sender under a certificate that one desk gave it, or another under its name."""
    desk = scene.desks[issuer]
    chain = station.own_chain(desk.ledger)
    serial = certificates.grant_serial(desk.station, desk.keys.incarnation, 999)
    keys = scene.desks[signer or issuer].keys
    made = certificates.issue(
        scene.claims(pack.sender, None, **claims), serial, keys, certificates.parse(chain[0])
    )
    return _chained(pack, made, *chain).build()


vector("check-01-chain", "refused 1 BadEnvelope 15", "A chain of seven certificates.")(
    lambda s, p: _chained(p, *p.chain[:1] * 4, *p.chain[1:]).build()
)
vector("check-01-signature", "refused 1 BadEnvelope 15", "An envelope without a signature.")(
    lambda s, p: _envelope(p, signatures=[])
)
vector("check-02", "refused 2 NewerFormat 24", "Suite 2.")(
    lambda s, p: p.build(payload_type=manifest.PAYLOAD_TYPE[:-1] + "2")
)
vector("check-03", "refused 3 BadCertificate 15", "The certificate ends in 2030.")(lambda s, p: _dated(p))
vector("check-04", "refused 4 UnknownRoot 11", "The chain ends in a root of somebody else.")(
    lambda s, p: _issued(s, p, "stranger")
)
vector(
    "check-05-signature",
    "refused 5 ForgedCertificate 10",
    "The certificate names the town and is signed by another.",
)(lambda s, p: _issued(s, p, "town", "village2"))
vector("check-05-issuer", "refused 5 NotAnIssuer 14", "A village has issued the certificate.")(
    lambda s, p: _issued(s, p, "village2")
)
vector("check-05-level", "refused 5 LevelTooHigh 14", "A town has made the village a district.")(
    lambda s, p: _issued(s, p, "town", level=Level.DISTRICT)
)
vector("check-06-signature", "refused 6 BadSignature 10", "The payload is signed by another key.")(
    lambda s, p: p.build(signer=s.village2.keys)
)
vector("check-06-keyid", "refused 6 BadSignature 10", "The key id names the certificate of the town.")(
    lambda s, p: p.build(keyid=certificates.parse(p.chain[1]).digest)
)
vector("check-07", "refused 7 NewerFormat 24", "Format 2.")(lambda s, p: p.build({"format": 2}))


def _respelled(old: bytes, new: bytes) -> Callable[[Pack], bytes]:
    """The manifest in other bytes, signed."""
    return lambda p: p.build(payload=_payload(p).replace(old, new))


def _without(name: str) -> Callable[[Pack], bytes]:
    def make(pack: Pack) -> bytes:
        said = json.loads(_payload(pack))
        del said[name]
        return pack.build(payload=strictjson.pretty(said))

    return make


WRONG_COUNTS = {"items": 3, "kinds": {"birth": 1, "change": 1}}
DEEP = json.loads("[" * 13 + "]" * 13)
MANIFESTS: dict[str, tuple[str, Callable[[Pack], bytes]]] = {
    "doubled-key": ("A key stands twice.", _respelled(b'"kind": "up"', b'"kind": "up", "kind": "up"')),
    "fraction": ("A number is not whole.", _respelled(b'"tree": ', b'"spare": 1.0, "tree": ')),
    "minus-zero": ("A number is minus zero.", _respelled(b'"tree": ', b'"spare": -0, "tree": ')),
    "half-character": ("Half a character.", _respelled(b'"tree": ', b'"spare": "\\ud842", "tree": ')),
    "too-large": ("A number beyond 2^53 - 1.", lambda p: p.build({"last": 1 << 53})),
    "true-for-1": ("True is no number.", lambda p: p.build({"schema": True})),
    "deep": ("Nested deeper than twelve.", lambda p: p.build({"spare": DEEP})),
    "missing": ("A member is missing.", _without("nonce")),
    "counts": ("The counts do not add up.", lambda p: p.build({"counts": WRONG_COUNTS})),
    "part-numbers": (
        "The first part is called the second.",
        lambda p: p.build(part={"name": manifest.part_name(2)}),
    ),
    "upper-case": ("A station id in capitals.", lambda p: p.build({"sender": p.manifest["sender"].upper()})),
}


def _built(make: Callable[[Pack], bytes]) -> Change:
    return lambda _scene, parts: make(parts)


for _name, (_shows, _make) in MANIFESTS.items():
    vector(f"check-08-{_name}", "refused 8 BadManifest 15", _shows)(_built(_make))
vector("envelope-base64", "refused container BadEnvelope 15", "Base64 with other unused bits than zeros.")(
    lambda s, p: _envelope(p, signatures=[_odd_base64(p)])
)
vector("envelope-five-signatures", "refused container BadEnvelope 15", "Five signatures.")(
    lambda s, p: _envelope(p, signatures=json.loads(p.entries()["manifest.json"])["signatures"] * 5)
)


def _odd_base64(pack: Pack) -> dict[str, str]:
    first: dict[str, str] = json.loads(pack.entries()["manifest.json"])["signatures"][0]
    text = first["sig"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return first | {"sig": text[:-3] + alphabet[alphabet.index(text[-3]) + 1] + "=="}


vector("check-09", "refused 9 SenderUnequal 10", "The manifest names another village as sender.")(
    lambda s, p: p.build({"sender": s.village2.station})
)
vector("check-10", "refused 10 WrongReceiver 12", "The bundle is for the other town.")(
    lambda s, p: p.build({"receiver": s.town2.station})
)
vector("check-11", "refused 11 WrongRecipientKey 12", "The recipient is a key that the town does not hold.")(
    lambda s, p: p.build({"recipient": s.town2.keys.recipient})
)
vector(
    "check-12",
    "refused 12 NotGranted 11",
    "The town's own signature stands on the certificate, but no grant counts.",
)(lambda s, p: _issued(s, p, "town"))
vector("check-14", "refused 14 UnitNotKnown 20", "The sender knows a later tree: the file waits.")(
    lambda s, p: p.build({"tree": p.manifest["tree"] + 1})
)
vector("check-16-unit", "refused 16 OutOfScope 14", "The manifest's unit is another village.")(
    lambda s, p: p.build({"unit": s.village2.unit})
)
vector("check-16-direction", "refused 16 WrongDirection 14", "A village sends downward.")(
    lambda s, p: p.build({"kind": "down"})
)


def _beside(scene: Scene) -> Vector:
    """Check 16 the other way: a bundle up to a station that does not stand above."""
    pack = honest(scene)
    town2 = scene.town2
    found = replace(pack, receiver=town2)
    said = {"receiver": town2.station, "recipient": town2.keys.recipient}
    sealed = found.cipher(repeat=said)
    data = found.build(said, sealed=sealed)
    shows = "A bundle up to a town that does not know the village, whose grant it has never seen."
    return merging("town2", "refused 12 NotGranted 11", shows, data)


MAKERS["check-12-elsewhere"] = _beside


def _delegation(scene: Scene) -> Vector:
    """Check 15: the town gives a station a unit of the other town; the district, which knows both, is not taken in."""
    village, district = scene.village, scene.district
    claims = scene.claims(village, None, units=frozenset([village.unit, scene.town2.unit]))
    made = scene.grant(scene.town, claims)
    pack = replace(_chained(honest(scene), made, *station.own_chain(scene.town.ledger)), receiver=district)
    said = {"receiver": district.station, "recipient": district.keys.recipient}
    frames = [f.replace(scene.town.station.encode(), district.station.encode()) for f in pack.frames]
    data = pack.build(said, sealed=pack.cipher(repeat=said, frames=frames))
    shows = "The certificate names a unit outside the issuer's; its grant came before."
    return merging("district", "refused 15 DelegationOutOfScope 14", shows, scene.town.send().path, data)


MAKERS["check-15"] = _delegation

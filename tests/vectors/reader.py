"""Reads and verifies the good vectors with nothing of this program: proof that the format document is enough.

``python -I tests/vectors/reader.py tests/vectors`` prints how many it has read. Of every bundle it verifies chain,
manifest, entries, segments and lines, and reckons the content digest of what counts. Brackets name sections.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pyrage
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NOT_HASHED = {"unit", "grant", "revocation", "exclusion", "erasure"}


def pae(kind: str, payload: bytes) -> bytes:
    """What a DSSE signature covers [Envelopes]."""
    return b"DSSEv1 %d %s %d %s" % (len(kind.encode()), kind.encode(), len(payload), payload)


def check_signature(certificate: x509.Certificate, signature: bytes, data: bytes) -> None:
    """Raises ``InvalidSignature`` unless the key of the certificate has signed these bytes."""
    key = certificate.public_key()
    assert isinstance(key, Ed25519PublicKey)
    key.verify(signature, data)


def opened(envelope: dict[str, Any], certificate: x509.Certificate) -> dict[str, Any]:
    """The payload of an envelope, if its first signature is that of the certificate."""
    payload, first = base64.b64decode(envelope["payload"]), envelope["signatures"][0]
    assert first["keyid"] == hashlib.sha256(der(certificate)).hexdigest()
    check_signature(certificate, base64.b64decode(first["sig"]), pae(envelope["payloadType"], payload))
    found: dict[str, Any] = json.loads(payload)
    return found


def persons_who_signed(envelope: dict[str, Any], said: dict[str, Any]) -> set[str]:
    """The duties of the listed persons whose signatures stand [Envelopes, check 24]; other keys say nothing."""
    listed = {hashlib.sha256(bytes.fromhex(p["key"])).hexdigest(): p for p in said.get("persons", [])}
    rest = [s for s in envelope["signatures"][1:] if s["keyid"] in listed]
    assert len({s["keyid"] for s in rest}) == len(rest)
    message = pae(envelope["payloadType"], base64.b64decode(envelope["payload"]))
    for each in rest:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(listed[each["keyid"]]["key"]))
        key.verify(base64.b64decode(each["sig"]), message)
    return {listed[each["keyid"]]["duty"] for each in rest}


def der(certificate: x509.Certificate) -> bytes:
    """The bytes of a certificate."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def station_of(certificate: x509.Certificate) -> str:
    """Whose certificate it is: its subject is one common name, the station id [Certificates]."""
    (name,) = certificate.subject
    return str(name.value)


def frames_of(data: bytes) -> list[bytes]:
    """The plain contents of zstd frames that stand one after the other [Parts]."""
    found = []
    while data:
        frame = zstandard.ZstdDecompressor().decompressobj()
        found.append(frame.decompress(data))
        data = frame.unused_data
    return found


def salt_of(key: bytes, head: bytes, place: int) -> bytes:
    """The salt of a sealed part: half of the text that follows from key, part 0 and place [Salts]."""
    block, second = divmod(place - 1, 2)
    said = b"xiaosanji salt v1\n" + key + hashlib.sha256(head).digest() + str(block).encode()
    text = base64.b64encode(hashlib.sha256(said).digest())
    return text[21:42] if second else text[:21]


def line_hash(parts: list[bytes], key: bytes | None) -> bytes:
    """The hash of a line: part 0, then the hash of each personal part, which an erased part states [Lines]."""
    found = parts[0]
    for place, part in enumerate(parts[1:], 1):
        if part[:1] == b'"':
            assert key is None
            found += bytes.fromhex(part[1:-1].decode())
            continue
        if part[:4] == b'["",':
            assert key is not None
            part = part[:2] + salt_of(key, parts[0], place) + part[2:]
        found += hashlib.sha256(part).digest()
    return hashlib.sha256(found).digest()


def canonical(value: Any) -> str:
    """The one text form of a value [Values]."""
    if isinstance(value, dict):
        value = {name: cell for name, cell in value.items() if cell is not None} or None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def versions_of(item: list[Any], personal: list[bytes], shape: dict[str, Any]) -> list[tuple[str, str]]:
    """What an item says: slot and canonical value [Items]."""
    kind, _, _, unit, slot, *_, value = item
    if kind != "birth":
        if not personal:
            return [(slot, canonical(value))]
        return [] if personal[0][:1] == b'"' else [(slot, canonical(json.loads(personal[0])[1]))]
    cells = dict(zip(shape["plain"], value, strict=True))
    for columns, part in zip(shape["personal"], personal, strict=True):
        if part != b"[]" and part[:1] != b'"':
            cells |= zip(columns, json.loads(part)[1:], strict=True)
    slots: dict[str, Any] = {"unit": unit}
    for column, cell in cells.items():
        name, dot, member = column.partition(".")
        if dot:
            slots.setdefault(name, {})[member] = cell
        else:
            slots[name] = cell
    return [(name, canonical(v)) for name, v in slots.items() if canonical(v) != "null"]


class Reader:
    """What it reads by: the root, the certificates of all stations, the key of the receiver."""

    def __init__(self, folder: Path) -> None:
        self.root = x509.load_pem_x509_certificate((folder / "stations/root.pem").read_bytes())
        self.certificates: dict[str, x509.Certificate] = {}
        for path in folder.glob("stations/*/certificates.pem"):
            for certificate in x509.load_pem_x509_certificates(path.read_bytes()):
                self.certificates[station_of(certificate)] = certificate

    def bundle(self, path: Path, key: Any) -> tuple[str, bytes, list[tuple[Any, ...]]]:
        """Identity, plain contents, and the items of a bundle: header, line, parts, hash."""
        with zipfile.ZipFile(path) as archive:
            entries = {name: archive.read(name) for name in archive.namelist()}
        envelope = json.loads(entries.pop("manifest.json"))
        chain = x509.load_pem_x509_certificates(entries["certificates.pem"])
        for child, issuer in itertools.pairwise(chain):
            check_signature(issuer, child.signature, child.tbs_certificate_bytes)
        assert der(chain[-1]) == der(self.root)
        said = opened(envelope, chain[0])
        assert said["sender"] == station_of(chain[0])
        persons_who_signed(envelope, said)
        listed = said["files"] + said["parts"]
        assert {e["name"]: e["sha256"] for e in listed} == {
            n: hashlib.sha256(d).hexdigest() for n, d in entries.items()
        }
        plain, found = b"", []
        for number, part in enumerate(said["parts"], 1):
            repeat, *frames = frames_of(pyrage.decrypt(entries[part["name"]], [key]))
            plain += repeat + b"".join(frames)
            first = json.loads(repeat)
            assert first["part"] == number
            assert all(
                first[n] == said[n] for n in ("sender", "incarnation", "sequence", "receiver", "nonce")
            )
            for label, frame in zip(first["labels"], frames, strict=True):
                if label != ["receipt"]:
                    found += self.segment(frame)
        assert len(found) == said["counts"]["items"]
        return hashlib.sha256(base64.b64decode(envelope["payload"])).hexdigest(), plain, found

    def segment(self, frame: bytes) -> list[tuple[Any, ...]]:
        """The items of a segment whose signature and digest stand [Segments]."""
        raw, beside, *lines = frame.split(b"\n")[:-1]
        header, said = json.loads(raw), json.loads(beside)
        key = base64.b64decode(said["key"]) if "key" in said else None
        assert key is None or (len(key) == 32 and "vouched" not in header)
        signer = self.certificates[header.get("vouched", header["station"])]
        check_signature(signer, base64.b64decode(said["signature"]), b"xiaosanji segment v1\n" + raw)
        parted = [line[1:-1].split(b",\t") for line in lines]
        hashes = [line_hash(parts, key) for parts in parted]
        assert hashlib.sha256(b"".join(hashes)).hexdigest() == header["digest"]
        return [(header, json.loads(p[0]), p[1:], h.hex()) for p, h in zip(parted, hashes, strict=True)]


def digest_of(items: list[tuple[Any, ...]]) -> str:
    """The content digest over items that count [Digest]."""
    records: dict[tuple[str, str], dict[str, list[tuple[str, str, bool]]]] = {}
    replaced: dict[tuple[str, str, str], set[tuple[str, str]]] = {}
    for header, item, personal, _ in items:
        kind, name, record, _, _, stamp, replaces, *_ = item
        if name in NOT_HASHED:
            continue
        for slot, value in versions_of(item, personal, header["shapes"].get(name)):
            slots = records.setdefault((record, name), {})
            slots.setdefault(slot, []).append((stamp, value, kind == "birth"))
            named = {(record, e) if isinstance(e, str) else (e[0], e[1]) for e in replaces}
            replaced.setdefault((record, name, slot), set()).update(named)
    lines, joined = [], one_with(records)
    for (record, name), slots in records.items():
        parts = [record, name]
        for slot, versions in sorted(slots.items()):
            together = joined.get((record, name), {record}) if slot != "_deleted" else {record}
            gone = set().union(*(replaced.get((r, name, slot), set()) for r in together))
            values = {
                v
                for r in together
                for s, v, birth in records[r, name].get(slot, ())
                if birth and (r, s) in gone
            }
            heads = {
                (s, v) for s, v, birth in versions if (record, s) not in gone and not (birth and v in values)
            }
            parts.append(f"{slot}:" + " ".join(sorted(f"{stamp}={brief(value)}" for stamp, value in heads)))
        lines.append("\t".join(parts).encode())
    return hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()


def brief(value: str) -> str:
    """A value in a line of the digest, or its own digest where it is long [Digest]."""
    return value if len(value) <= 20_000 else "#" + hashlib.sha256(value.encode()).hexdigest()


def one_with(records: dict[tuple[str, str], Any]) -> dict[tuple[str, str], set[str]]:
    """The records that are one, by edges that are not deleted and not too many [Records that are one]."""
    found: dict[tuple[str, str], set[str]] = {}
    for (_, edge), slots in records.items():
        if edge == "same" and max(slots.get("_deleted", [("", "null", False)]))[1] == "null":
            kind, *ends = (json.loads(slots[n][0][1]) for n in ("kind", "one", "other"))
            if all((end, kind) in records for end in ends):
                together = set().union(*(found.get((end, kind), {end}) for end in ends))
                found |= {(record, kind): together for record in together}
    return {key: together for key, together in found.items() if len(together) <= 100}


def verify(reader: Reader, folder: Path) -> tuple[bool, bool]:
    """Whether a vector was for reading and agreed with its header, and whether its digest was reckoned."""
    head, _, rest = (folder / "vector.txt").read_text(encoding="utf-8").partition("\n\n")
    said = dict(line.split(": ", 1) for line in head.split("\n"))
    results = [line.split(": ", 1) for line in rest.split("\n")[:-1]]
    told = [line for name, line in results if name in ("identity", "line")]
    if not told:
        return False, False
    station = folder.parent / "stations" / said["receiver"]
    key = pyrage.x25519.Identity.from_str((station / "identity.txt").read_text().split("\n")[1])
    names = {station_of(c): p.parent.name for p in folder.parent.glob("stations/*/certificates.pem")
             for c in x509.load_pem_x509_certificates(p.read_bytes())[:1]}  # fmt: skip
    aside = {tuple(line.split()[:3]) for name, line in results if name == "item"}
    found: list[Any] = []
    counted: dict[Any, Any] = {}
    for path in sorted(folder.glob("*.xsj")):
        identity, plain, items = reader.bundle(path, key)
        assert plain == path.with_suffix(".ndjson").read_bytes()
        found.append(f"{path.name} {identity}")
        for header, item, personal, line in items:
            origin = names[header["station"]], header["incarnation"], str(item[7])
            found.append(f"{path.name} {' '.join(origin)} {line}")
            if origin not in aside:
                counted.setdefault((*origin, line), (header, item, personal, line))
    assert found == told, folder.name
    # Which of two contents counts, and what an erasure empties, is for a ledger to say.
    forked = len({key[:3] for key in counted}) < len(counted) or any(
        name == "item" and "fork" in line for name, line in results
    )
    simple = not forked and not any(item[1] == "erasure" for _, item, _, _ in counted.values())
    if simple:
        (stated,) = (line.split()[0] for name, line in results if name == "digest")
        assert digest_of(list(counted.values())) == stated, folder.name
    return True, simple


if __name__ == "__main__":
    home = Path(sys.argv[1])
    everything = Reader(home)
    done = [verify(everything, path.parent) for path in sorted(home.glob("*/vector.txt"))]
    print(
        sum(read for read, _ in done), "vectors read,", sum(simple for _, simple in done), "digests reckoned"
    )

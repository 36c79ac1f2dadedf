"""Vectors at the borders of other formats: what ZIP, JSON, age, X.509 and root statements allow, and we may not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
from collections.abc import Callable
from typing import Any

import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop.sync.authority import station
from desktop.sync.formats import dsse, strictjson
from desktop.sync.signed import certificates, roots
from desktop.sync.signed.roots import Roots
from tests.vectors import files
from tests.vectors.bundles import Entries, vector, z
from tests.vectors.scene import PART, Pack, Scene, zipped

# -- ZIP ---------------------------------------------------------------------------------------------------------------


def _part_alone(found: dict[str, bytes]) -> dict[str, bytes]:
    """One entry is enough: headers are compared before anybody looks for the manifest."""
    return {PART: found[PART]}


def _zip64(found: dict[str, bytes]) -> bytes:
    """The end record once more in its long form, as for archives beyond 4 GiB."""
    data = zipped(_part_alone(found))
    end = data[-22:]
    count, size, offset = struct.unpack("<HLL", end[10:20])
    long = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, offset + size, 1)
    return data[:-22] + long + locator + end


def _described(found: dict[str, bytes]) -> bytes:
    """Sums and sizes stand behind the entry, as in an archive that was written to a pipe."""
    data = zipped(_part_alone(found))
    start, size = data.index(b"PK\1\2"), len(found[PART])
    crc = data[14:18]
    local = data[:6] + b"\x08\0" + data[8:14] + bytes(12) + data[26:start]
    descriptor = b"PK\x07\x08" + crc + struct.pack("<LL", size, size)
    directory = data[start : start + 8] + b"\x08\0" + data[start + 10 : -22]
    end = data[-22:-6] + struct.pack("<LH", len(local) + len(descriptor), 0)
    return local + descriptor + directory + end


def _overlapping(found: dict[str, bytes]) -> bytes:
    """The directory has one record more, under another name and for the same bytes."""
    data = zipped(_part_alone(found))
    start = data.index(b"PK\1\2")
    records, end = data[start:-22], data[-22:]
    at = records.index(PART.encode()) - 46
    again = records[at : at + 46 + len(PART)].replace(b"/0001", b"/0002")
    sizes = struct.pack("<HHL", 2, 2, len(records) + len(again))
    return data[:-22] + again + end[:8] + sizes + end[16:]


ZIPS: dict[str, tuple[str, Entries]] = {
    "zip64": ("The end record stands twice, the second time as for more than 4 GiB.", _zip64),
    "descriptor": ("Sums and sizes stand behind the entry.", _described),
    "overlap": ("Two records of the directory lead to the same bytes.", _overlapping),
}
for _name, (_shows, _entries) in ZIPS.items():
    vector(f"zip-{_name}", "refused container HeadersUnequal 15", _shows)(z(_entries))

# -- JSON --------------------------------------------------------------------------------------------------------------


def _spelled(change: Callable[[bytes], bytes]) -> Callable[[Scene, Pack], bytes]:
    def make(_scene: Scene, pack: Pack) -> bytes:
        envelope = dsse.parse(pack.entries()["manifest.json"], 1 << 20)
        return pack.build(payload=change(envelope.payload))

    return make


JSONS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "bom": ("A byte order mark in front.", lambda p: b"\xef\xbb\xbf" + p),
    "escaped-key": (
        "A key stands twice, once escaped.",
        lambda p: p.replace(b'"kind": "up"', b'"kind": "up", "k\\u0069nd": "up"'),
    ),
}
for _name, (_shows, _change) in JSONS.items():
    vector(f"check-08-{_name}", "refused 8 BadManifest 15", _shows)(_spelled(_change))

# -- age ---------------------------------------------------------------------------------------------------------------

_OTHERS = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z"
"""The recipient of an example of the specification."""


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info).derive(secret)


def _unpadded(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _recipient_bytes(recipient: str) -> bytes:
    """The key in a recipient, which is Bech32: five bits a sign, the last six a checksum."""
    signs = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{signs.index(c):05b}" for c in recipient.partition("1")[2][:-6])
    return int(bits[:256], 2).to_bytes(32, "big")


def _stanza(file_key: bytes, recipient: str) -> bytes:
    own, key = X25519PrivateKey.generate(), _recipient_bytes(recipient)
    share = own.public_key().public_bytes_raw()
    secret = own.exchange(X25519PublicKey.from_public_bytes(key))
    wrapping = _derived(secret, share + key, b"age-encryption.org/v1/X25519")
    wrapped = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _unpadded(share) + b"\n" + _unpadded(wrapped) + b"\n"


GREASE = b"-> example-grease a b\n" + _unpadded(bytes(40)) + b"\n"
PASSWORD = b"-> scrypt " + _unpadded(bytes(16)) + b" 10\n" + _unpadded(bytes(32)) + b"\n"


def _age(
    chunks: list[bytes],
    recipient: str,
    before: tuple[bytes, ...] = (),
    others: int = 0,
) -> bytes:
    """An age file by hand: stanzas ``before`` that of the recipient, those of others, and chunks cut as they come."""
    file_key, nonce = hashlib.sha256(chunks[0]).digest()[:16], bytes(16)
    stanzas = [*before, *(_stanza(file_key, _OTHERS) for _ in range(others)), _stanza(file_key, recipient)]
    head = b"age-encryption.org/v1\n" + b"".join(stanzas) + b"---"
    mac = hmac.digest(_derived(file_key, b"", b"header"), head, "sha256")
    stream, last = ChaCha20Poly1305(_derived(file_key, nonce, b"payload")), len(chunks) - 1
    sealed = (
        stream.encrypt(n.to_bytes(11, "big") + bytes([n == last]), chunk, None)
        for n, chunk in enumerate(chunks)
    )
    return head + b" " + _unpadded(mac) + b"\n" + nonce + b"".join(sealed)


def _aged(
    cut: Callable[[bytes], list[bytes]] = lambda data: [data], **options: Any
) -> Callable[[Scene, Pack], bytes]:
    def make(_scene: Scene, pack: Pack) -> bytes:
        plain = [strictjson.line(pack.repeat), *pack.frames]
        data = b"".join(zstandard.compress(p) for p in plain)
        cipher = _age(cut(data), pack.receiver.keys.recipient, **options)
        return pack.build(sealed=(cipher, sum(map(len, plain)), len(plain)))

    return make


CLOSED = "refused content CannotDecrypt 15"
vector(
    "content-grease", "accepted", "Stanzas that nobody knows and one of another stand before the own one."
)(_aged(before=(GREASE,), others=1))
vector("content-password", CLOSED, "A stanza for a password stands beside the own one.")(
    _aged(before=(PASSWORD,))
)
vector("content-short-chunk", CLOSED, "A chunk is not full and not the last, which is empty.")(
    _aged(lambda d: [d, b""])
)

# -- labels and receipts -----------------------------------------------------------------------------------------------


def _labelled(scene: Scene, pack: Pack) -> bytes:
    receipt, label = pack.repeat["labels"]
    return pack.build(sealed=pack.cipher(repeat={"labels": [receipt, [*label[:7], 1 << 53]]}))


vector("label-number", "refused label BadSegment 15", "A position beyond all numbers of the format.")(
    _labelled
)


def _answering(*answers: list[Any], **header: Any) -> Callable[[Scene, Pack], bytes]:
    """The receipt of the bundle with these answers and members."""

    def make(scene: Scene, pack: Pack) -> bytes:
        said = json.loads(pack.frames[0]) | header | {"answers": len(answers)}
        own = scene.town.station, said["incarnation"]
        lines = [said, *([*own, *answer] for answer in answers)]
        return pack.build(
            sealed=pack.cipher(frames=[b"".join(map(strictjson.line, lines)), *pack.frames[1:]])
        )

    return make


vector("receipt-outcome", "refused receipt BadSegment 15", "It answers that an item was applied.")(
    _answering([1, "applied", ""])
)
vector("receipt-long-line", "refused receipt BadSegment 15", "An answer of more than 4 KiB.")(
    _answering([1, "held", "x" * 4096])
)
vector("receipt-nothing-heard", "accepted", "The sender has heard nothing of the receiver.")(
    _answering(incarnation="", position=0)
)

# -- certificates ------------------------------------------------------------------------------------------------------


def _patched(old: bytes, new: bytes) -> Callable[[Scene], dict[str, bytes]]:
    """A certificate with other bytes at one place; its form is looked at, not its signature."""

    def make(scene: Scene) -> dict[str, bytes]:
        found = files.certificate(scene)["1.der"]
        key = certificates.parse(found).claims.public_key
        return {"1.der": found.replace(key if old == b"key" else old, new, 1)}

    return make


def _extended(*oids: str, critical: bool = False, last: str = "") -> Callable[[Scene], dict[str, bytes]]:
    """A certificate with further extensions, the last of them renamed."""

    def make(scene: Scene) -> dict[str, bytes]:
        own = x509.load_der_x509_certificate(files.certificate(scene)["1.der"])
        builder = (
            x509.CertificateBuilder(own.issuer, own.subject, own.public_key(), own.serial_number)
            .not_valid_before(certificates.NOT_BEFORE)
            .not_valid_after(certificates.NOT_AFTER)
        )
        for extension in own.extensions:
            builder = builder.add_extension(extension.value, extension.critical)
        for oid in oids:
            builder = builder.add_extension(
                x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), b"\5\0"), critical
            )
        data = builder.sign(scene.city.keys.signing_key, None).public_bytes(serialization.Encoding.DER)
        return {"1.der": data.replace(b"\x06\x03\x2a\x03\x05", b"\x06\x03\x2a\x03\x04") if last else data}

    return make


def _anybodys(scene: Scene) -> dict[str, bytes]:
    """A certificate with the recipient of 32 zeros: what is encrypted to it anybody reads."""
    found = files.certificate(scene)["1.der"]
    own = certificates.parse(found).claims.recipient
    return {"1.der": found.replace(own.encode(), f"age1{'q' * 52}5cu47z".encode())}


FORM = "refused 3 BadCertificate 15"
CERTIFICATES: dict[str, tuple[str, str, Callable[[Scene], dict[str, bytes]]]] = {
    "unknown": ("accepted", "A further extension that is not critical.", _extended("1.2.3.4")),
    "critical": (FORM, "A further extension that is critical.", _extended("1.2.3.4", critical=True)),
    "doubled": (FORM, "A further extension twice.", _extended("1.2.3.4", "1.2.3.5", last="1.2.3.4")),
    "serial": (FORM, "A serial number below zero.", _patched(b"\x02\x02\0\xff", b"\x02\x02\xff\x01")),
    "key": (FORM, "A key of small order, spelled as one beyond the field.",
            _patched(b"key", b"\xee" + b"\xff" * 30 + b"\x7f")),
    "recipient": (FORM, "A recipient in capitals.", _patched(b"xsj:age:age1", b"xsj:age:AGE1")),
    "recipient-weak": (FORM, "A recipient of small order.", _anybodys),
    "algorithm": (FORM, "The signed part names another algorithm.", _patched(b"\x2b\x65\x70", b"\x2b\x65\x71")),
}  # fmt: skip
for _name, (_expect, _shows, _story) in CERTIFICATES.items():
    files.vector(f"certificate-{_name}", "certificate", _expect, _shows)(_story)

# -- roots -------------------------------------------------------------------------------------------------------------


def _statements(scene: Scene) -> tuple[bytes, bytes, bytes]:
    """The city names another root alone; itself twice; and after the other has come, itself again."""
    first, second = (station.own_chain(d.ledger)[-1] for d in (scene.city, scene.stranger))
    before, own = Roots(frozenset([first])), certificates.parse(first)
    one, after = roots.make_statement(before, [second], own, scene.city.keys)
    twice, _ = roots.make_statement(before, [first, first], own, scene.city.keys)
    again, _ = roots.make_statement(
        Roots(frozenset([first]), after.number, after.digest), [first], own, scene.city.keys
    )
    return one, twice, again


files.vector("roots-named-twice", "roots", "accepted", "A root that is named twice is one.")(
    lambda s: {"1.json": _statements(s)[1]}
)
files.vector("roots-fork", "roots", "refused roots RootFork 10", "A second statement of the same number.")(
    lambda s: {"1.json": _statements(s)[0], "2.json": _statements(s)[1]}
)
files.vector(
    "roots-former", "roots", "refused roots BadRootStatement 10", "A former root names itself again."
)(lambda s: {"1.json": _statements(s)[0], "2.json": _statements(s)[2]})

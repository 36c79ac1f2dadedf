"""The manifest of a bundle: what the signed payload says, as a frozen value. It holds no personal data.

Reading admits members that it does not know, for a newer program of the same format may have added them; the
signed bytes are kept as they are, so nothing is lost by not knowing them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from desktop.records.versions.canonical import MAX_NUMBER
from desktop.sync.errors import BadManifest, NewerFormat
from desktop.sync.formats import strictjson
from desktop.sync.formats.agefile import RECIPIENT
from desktop.sync.formats.forms import DIGEST, INCARNATION, NONCE, STATION, UNIT
from desktop.sync.formats.strictjson import Fields, NotStrict
from desktop.sync.signed import certificates

FORMAT: Final = 1
"""The newest format that this program writes and reads. A higher number is a new major format."""

PAYLOAD_TYPE: Final = "application/vnd.xiaosanji.manifest+json; suite=1"
UP: Final = "up"
DOWN: Final = "down"
OTHER_KINDS: Final = "other"
"""How items are counted of kinds that the program which wrote the bundle does not know."""

MAX_MANIFEST: Final = 512 * 1024
MAX_PARTS: Final = 120
MAX_ROOTS: Final = 64
MAX_PART: Final = 32 * 1024 * 1024
"""Ciphertext bytes of one part."""
MAX_PART_PLAIN: Final = 256 * 1024 * 1024
MAX_FRAMES: Final = 4096
MAX_FILE: Final = 256 * 1024

CERTIFICATES: Final = "certificates.pem"
_PART: Final = re.compile(r"parts/[0-9]{4}\.ndjson\.zst\.age")
_FILE: Final = re.compile(r"certificates\.pem|roots/[0-9]{4}\.json")
_PROGRAM: Final = re.compile(r"[0-9A-Za-z.+-]{1,32}")
_ITEM_KIND: Final = re.compile(r"[a-z_]{1,32}")
_MAX_KINDS: Final = 64
MAX_PERSONS: Final = 64


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A public entry of the ZIP: name, SHA-256 and bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class PartEntry:
    """An encrypted entry: name, SHA-256 and bytes of the ciphertext, plain bytes and frames inside."""

    name: str
    sha256: str
    size: int
    plain: int
    frames: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign this bundle beside the station: the raw public key in hexadecimal, and the duty."""

    key: str
    duty: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that a bundle says in clear.

    ``unit`` is the one that the sender writes for, ``tree`` the version of the tree of units that it knew.
    ``last`` is the sender's highest item number in this incarnation when it wrote the bundle: revocation cuts
    by it. ``created`` is milliseconds since 1970, for people. ``previous`` is the digest of the bundle before
    on this link. ``counts`` says how many items of each kind are inside. ``persons`` are those whom the station
    lets sign; whether anybody has to is for the receiver to say (rule 31).
    """

    format: int
    program: str
    schema: int
    kind: str
    sender: str
    incarnation: str
    sequence: int
    last: int
    unit: str
    tree: int
    receiver: str
    recipient: str
    nonce: str
    created: int
    previous: str | None
    counts: Mapping[str, int]
    files: tuple[FileEntry, ...]
    parts: tuple[PartEntry, ...]
    persons: tuple[Person, ...] = ()

    @property
    def items(self) -> int:
        """How many items are inside."""
        return sum(self.counts.values())

    def repeat(self, part: int, segments: int) -> dict[str, str | int]:
        """What the first line inside part number ``part`` (from 1) repeats: it ties the part to this bundle."""
        return {
            "sender": self.sender,
            "incarnation": self.incarnation,
            "sequence": self.sequence,
            "receiver": self.receiver,
            "recipient": self.recipient,
            "nonce": self.nonce,
            "part": part,
            "segments": segments,
        }

    def encode(self) -> bytes:
        """The payload that is signed: the fields as they are called here, persons where there are any."""
        said = asdict(self) | {"counts": {"items": self.items, "kinds": dict(self.counts)}}
        if not self.persons:
            del said["persons"]
        return strictjson.pretty(said)


def part_name(number: int) -> str:
    """The name of the part with this number, from 1."""
    return f"parts/{number:04d}.ndjson.zst.age"


def root_name(number: int) -> str:
    """The name of the entry that holds the root statement in this place, from 1."""
    return f"roots/{number:04d}.json"


def parse(payload: bytes) -> Manifest:
    """The manifest of these bytes; raises :class:`NewerFormat` or :class:`BadManifest`.

    The format is looked at before all else, since a newer one may differ in everything else.
    """
    with strictjson.refused_as(BadManifest):
        fields = Fields(strictjson.parse(payload, MAX_MANIFEST), "manifest")
        if fields.integer("format", 1, MAX_NUMBER) > FORMAT:
            raise NewerFormat("manifest")
        return _manifest(fields)


def _manifest(fields: Fields) -> Manifest:
    manifest = Manifest(
        format=fields.integer("format", 1, MAX_NUMBER),
        program=fields.matching("program", _PROGRAM),
        schema=fields.integer("schema", 1, MAX_NUMBER),
        kind=fields.choice("kind", (UP, DOWN)),
        sender=fields.matching("sender", STATION),
        incarnation=fields.matching("incarnation", INCARNATION),
        sequence=fields.integer("sequence", 1, MAX_NUMBER),
        last=fields.integer("last", 0, MAX_NUMBER),
        unit=fields.matching("unit", UNIT),
        tree=fields.integer("tree", 0, MAX_NUMBER),
        receiver=fields.matching("receiver", STATION),
        recipient=fields.matching("recipient", RECIPIENT),
        nonce=fields.matching("nonce", NONCE),
        created=fields.integer("created", 0, MAX_NUMBER),
        previous=fields.optional("previous", DIGEST),
        counts=_counts(fields.object("counts")),
        files=tuple(_file(row) for row in fields.rows("files", 1 + MAX_ROOTS)),
        parts=tuple(_part(row) for row in fields.rows("parts", MAX_PARTS)),
        persons=_persons(fields),
    )
    _check_names(manifest)
    return manifest


def _counts(fields: Fields) -> dict[str, int]:
    kinds = fields.object("kinds")
    names = kinds.names()
    if len(names) > _MAX_KINDS or not all(_ITEM_KIND.fullmatch(name) for name in names):
        raise NotStrict("kinds of items are words")
    counts = {name: kinds.integer(name, 0, MAX_NUMBER) for name in names}
    if fields.integer("items", 0, MAX_NUMBER) != sum(counts.values()):
        raise NotStrict("the counts do not add up")
    return counts


def _file(row: Fields) -> FileEntry:
    return FileEntry(
        row.matching("name", _FILE), row.matching("sha256", DIGEST), row.integer("size", 1, MAX_FILE)
    )


def _part(row: Fields) -> PartEntry:
    return PartEntry(
        row.matching("name", _PART),
        row.matching("sha256", DIGEST),
        row.integer("size", 1, MAX_PART),
        row.integer("plain", 1, MAX_PART_PLAIN),
        row.integer("frames", 1, MAX_FRAMES),
    )


def _persons(fields: Fields) -> tuple[Person, ...]:
    """A manifest without the member lists nobody; each key stands once, so nobody has two duties.

    A duty that only a newer program knows is some word.
    """
    if "persons" not in fields:
        return ()
    rows = fields.rows("persons", MAX_PERSONS)
    found = tuple(Person(row.matching("key", DIGEST), row.matching("duty", _ITEM_KIND)) for row in rows)
    if len({person.key for person in found}) != len(found):
        raise NotStrict("a person stands twice")
    if any(certificates.is_of_small_order(bytes.fromhex(person.key)) for person in found):
        raise NotStrict("a person's key is of small order")
    return found


def _check_names(manifest: Manifest) -> None:
    """Parts are numbered from 1; the certificates come first, then root statements numbered from 1."""
    parts = [part_name(i) for i in range(1, len(manifest.parts) + 1)]
    roots = [root_name(i) for i in range(1, len(manifest.files))]
    if ([p.name for p in manifest.parts], [f.name for f in manifest.files]) != (
        parts,
        [CERTIFICATES, *roots],
    ):
        raise NotStrict("the entries are not numbered as they should be")

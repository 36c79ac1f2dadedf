"""Writes bundles (rule 24): whole or not at all, with as many segments as they hold, or under further signatures."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from desktop.records.versions import items
from desktop.sync.bundles.envelope import MANIFEST, MAX_REPEAT, OpenedBundle, read_bundle
from desktop.sync.errors import BadManifest
from desktop.sync.formats import agefile, dsse, frames, strictjson, zipstore
from desktop.sync.formats.dsse import Signed
from desktop.sync.formats.files import reading, replacing
from desktop.sync.formats.frames import Frame
from desktop.sync.signed import certificates, manifest
from desktop.sync.signed.identity import Randomness, Speaking, StationKeys
from desktop.sync.signed.manifest import FileEntry, Manifest, PartEntry, Person

PART_TARGET: Final = 24 * 1024 * 1024
"""Compressed bytes after which a new part begins; a part stays below :data:`manifest.MAX_PART`."""

_NONCE_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Draft:
    """What the caller says of a bundle to be written; the fields are those of :class:`Manifest`.

    ``counts`` are those of segments that do not tell their own. ``names`` are those of the persons, in their order:
    they stand inside, where only the receiver reads them.
    """

    program: str
    schema: int
    kind: str
    sequence: int
    last: int
    unit: str
    tree: int
    receiver: str
    recipient: str
    created: int
    previous: str | None
    counts: Mapping[str, int] = field(default_factory=dict)
    persons: tuple[Person, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A segment to be sent: its frame, a JSON value that tells the receiver which one it is, undecoded, and what it
    adds to the counts of the manifest.
    """

    frame: Frame
    label: Any = None
    counts: Mapping[str, int] = field(default_factory=dict)


def write_bundle(
    path: Path,
    draft: Draft,
    segments: Iterable[Outgoing],
    speaking: Speaking,
    randomness: Randomness,
) -> OpenedBundle:
    """Writes a bundle of the station that ``speaking`` tells, ``ValueError`` if its keys are not those of its chain.

    It holds as many of the segments, from the first on, as go into its parts (see ``envelope.segments_in``). Memory
    holds one part at a time. The file appears under its name only when it is whole and on the disk; after an error
    nothing is left and the same call may be made again.
    """
    keys = speaking.keys
    base = _base(draft, keys, randomness)
    sender = certificates.parse(speaking.chain[0])
    if sender.claims.public_key != keys.public_key:
        raise ValueError("the chain does not begin with the certificate of these keys")
    public = [(manifest.CERTIFICATES, certificates.to_pem(speaking.chain))]
    public += [(manifest.root_name(i), statement) for i, statement in enumerate(speaking.statements, 1)]
    with replacing(path) as stream:
        archive = zipstore.Writer(stream)
        parts: list[PartEntry] = []
        counts = Counter(draft.counts)
        for number, group in enumerate(itertools.islice(_grouped(segments), manifest.MAX_PARTS), 1):
            for segment in group:
                counts.update(_stated(segment.counts))
            cipher, entry = _seal(base, number, group, draft.names if number == 1 else ())
            archive.add(entry.name, cipher)
            parts.append(entry)
            # Nothing of this part is in memory while the next one is put together.
            group.clear()
            del segment, cipher
        files = []
        for name, data in public:
            archive.add(name, data)
            files.append(FileEntry(name, hashlib.sha256(data).hexdigest(), len(data)))
        payload = _payload(
            replace(base, files=tuple(files), parts=tuple(parts), counts=dict(sorted(counts.items())))
        )
        archive.add(MANIFEST, dsse.sign(manifest.PAYLOAD_TYPE, payload, sender.digest, keys.sign).encode())
        archive.finish()
    return read_bundle(path)


def write_signatures(bundle: OpenedBundle, signed: Signed) -> OpenedBundle:
    """The same bundle with other signatures under its manifest, in its place; all other entries stay byte for byte.

    The file has the old content or the new one, never half of it. Raises what reading and the disk raise.
    """
    if signed.digest != bundle.digest:
        raise ValueError("the signatures are under another manifest")
    with replacing(bundle.path) as stream:
        archive = zipstore.Writer(stream)
        # Windows renames over no file that is open, so the old one is closed first.
        with reading(bundle.path) as old:
            for entry in bundle.entries.values():
                if entry.name != MANIFEST:
                    archive.add(entry.name, zipstore.read_entry(old, entry, manifest.MAX_PART))
        archive.add(MANIFEST, signed.encode())
        archive.finish()
    return read_bundle(bundle.path)


def _base(draft: Draft, keys: StationKeys, randomness: Randomness) -> Manifest:
    """The manifest before its entries are known."""
    return Manifest(
        format=manifest.FORMAT,
        program=draft.program,
        schema=draft.schema,
        kind=draft.kind,
        sender=keys.station,
        incarnation=keys.incarnation,
        sequence=draft.sequence,
        last=draft.last,
        unit=draft.unit,
        tree=draft.tree,
        receiver=draft.receiver,
        recipient=draft.recipient,
        nonce=randomness(_NONCE_BYTES).hex(),
        created=draft.created,
        previous=draft.previous,
        counts={},
        files=(),
        parts=(),
        persons=draft.persons,
    )


def _grouped(segments: Iterable[Outgoing]) -> Iterator[list[Outgoing]]:
    """The segments in their order, as many to a part as its limits allow."""
    group: list[Outgoing] = []
    compressed = plain = 0
    for segment in segments:
        compressed += len(segment.frame.compressed)
        plain += segment.frame.plain_size
        if group and (
            compressed > PART_TARGET
            or plain > manifest.MAX_PART_PLAIN - MAX_REPEAT
            or len(group) == manifest.MAX_FRAMES - 1
        ):
            yield group
            group = []
            compressed, plain = len(segment.frame.compressed), segment.frame.plain_size
        group.append(segment)
    if group:
        yield group


def _stated(counts: Mapping[str, int]) -> Counter[str]:
    """The counts of a segment as a manifest states them.

    Kinds of later formats are one: a manifest has room for few, and for shorter words than a segment may bring. Else
    whoever invents some would keep all who pass them on from writing bundles.
    """
    stated = Counter[str]()
    for kind, count in counts.items():
        stated[kind if kind in items.KINDS else manifest.OTHER_KINDS] += count
    return stated


def _seal(
    base: Manifest, number: int, group: Sequence[Outgoing], names: Sequence[str]
) -> tuple[bytes, PartEntry]:
    """The ciphertext of one part and its line in the manifest."""
    labels = [segment.label for segment in group]
    said = base.repeat(number, len(group)) | {"labels": labels} | ({"names": list(names)} if names else {})
    repeat = frames.compress(strictjson.line(said))
    cipher = agefile.encrypt(
        b"".join([repeat.compressed, *(segment.frame.compressed for segment in group)]), base.recipient
    )
    plain = repeat.plain_size + sum(segment.frame.plain_size for segment in group)
    digest = hashlib.sha256(cipher).hexdigest()
    return cipher, PartEntry(manifest.part_name(number), digest, len(cipher), plain, len(group) + 1)


def _payload(said: Manifest) -> bytes:
    """The payload to be signed; what no reader would accept is a bug here, and nothing gets written."""
    payload = said.encode()
    try:
        manifest.parse(payload)
    except BadManifest as error:
        raise ValueError(f"not a manifest: {error.detail}") from error
    return payload

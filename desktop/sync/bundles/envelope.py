"""Bundles (`.xsj`, rule 24): what they are, and how they are read: narrowly, part by part. ``writing`` writes them.

A bundle is a ZIP of stored entries (:mod:`desktop.sync.formats.zipstore`)::

    manifest.json               a DSSE envelope; its payload is the manifest and lists every other entry
    certificates.pem            the sender's certificate and its issuers, up to the root
    roots/0001.json …           statements of new roots, in downward bundles, where there are any
    parts/0001.ndjson.zst.age   an age file of zstd frames of NDJSON

The first frame of a part holds one line, which repeats what makes the bundle this bundle: a part cannot be moved
to another. Every later frame is one segment, exactly the bytes that its holder keeps and forwards.

Reading and judging are two steps. :func:`read_bundle` looks at the container alone; :func:`judge` asks the kernel
(:mod:`desktop.sync.trust`), which reads the manifest only after its signature stands; and only with the kernel's
verdict does :func:`open_part` decrypt.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from desktop.sync import trust
from desktop.sync.errors import (
    BadFrame,
    CannotDecrypt,
    Damaged,
    EntriesUnequal,
    EntryChanged,
    RepeatUnequal,
    TooBig,
)
from desktop.sync.formats import agefile, dsse, frames, sorts, strictjson, zipstore
from desktop.sync.formats.dsse import Signed
from desktop.sync.formats.files import reading
from desktop.sync.formats.frames import Frame
from desktop.sync.formats.zipstore import Entry
from desktop.sync.signed import certificates, manifest
from desktop.sync.signed.identity import StationKeys
from desktop.sync.signed.manifest import Manifest, PartEntry
from desktop.sync.trust import Authentic, TrustState, Verdict

MANIFEST: Final = "manifest.json"
MAX_REPEAT: Final = 2 * 1024 * 1024
"""Bytes of the line with which a part begins."""

_ALLOWED: Final = re.compile(
    r"manifest\.json|certificates\.pem|roots/[0-9]{4}\.json|parts/[0-9]{4}\.ndjson\.zst\.age"
)
_MAX_ENTRIES: Final = 2 + manifest.MAX_ROOTS + manifest.MAX_PARTS
_MAX_ENVELOPE: Final = manifest.MAX_MANIFEST * 4 // 3 + 4096
_MAX_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class OpenedBundle:
    """A bundle whose container is right. Nothing in it is verified, its manifest is not even read.

    ``chain`` is DER, the sender's certificate first. ``public`` holds the bytes of the certificates and of the
    root statements; in one from above these are followed (:class:`desktop.sync.signed.roots.History`) before the bundle
    is judged, since it may be signed under the new root.
    """

    path: Path
    signed: Signed
    chain: tuple[bytes, ...]
    public: tuple[bytes, ...]
    entries: Mapping[str, Entry]

    @property
    def roots(self) -> tuple[bytes, ...]:
        """The root statements as they came."""
        return self.public[1:]

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's payload: the identity of the bundle."""
        return self.signed.digest


@dataclass(frozen=True, slots=True)
class Part:
    """A decrypted part: its segments' frames as they came, and their labels (None where there is none).

    ``names`` are those of the manifest's persons, where this part tells them.
    """

    number: int
    labels: tuple[Any, ...]
    frames: tuple[Frame, ...]
    names: tuple[str, ...] = ()


def read_bundle(path: Path) -> OpenedBundle:
    """The bundle at ``path`` if its container is right: names, headers, sizes, the form of the public entries.

    Raises :class:`Damaged` in one of its kinds (``AnotherFile`` where it is known what else the file is), or a problem
    with the disk. Parts are not read here.
    """
    try:
        return _read_bundle(path)
    except Damaged as problem:
        raise sorts.told(path, sorts.BUNDLE, problem) from problem


def _read_bundle(path: Path) -> OpenedBundle:
    with reading(path) as stream:
        entries = zipstore.list_entries(stream, _ALLOWED, _MAX_ENTRIES)
        if MANIFEST not in entries or manifest.CERTIFICATES not in entries:
            raise EntriesUnequal("no manifest or no certificates")
        signed = dsse.parse(zipstore.read_entry(stream, entries[MANIFEST], _MAX_ENVELOPE), _MAX_ENVELOPE)
        names = [manifest.CERTIFICATES, *sorted(name for name in entries if name.startswith("roots/"))]
        public = tuple(zipstore.read_entry(stream, entries[name], manifest.MAX_FILE) for name in names)
    return OpenedBundle(path, signed, certificates.from_pem(public[0]), public, entries)


def look(bundle: OpenedBundle) -> Manifest:
    """What the bundle says of itself, with **nothing verified**: for ``inspect``, never for a decision."""
    return manifest.parse(bundle.signed.payload)


def segments_in(said: Manifest) -> int:
    """How many segments stand in the parts of a bundle, receipts included."""
    return sum(part.frames - 1 for part in said.parts)


def authenticate(bundle: OpenedBundle, roots: Collection[bytes]) -> Authentic:
    """Checks 1 to 9 and 24 of the kernel under these roots (DER), then all entries against the manifest.

    Anyone can do this without a key: parts are compared as ciphertext.
    """
    authentic = trust.authenticate(bundle.signed, bundle.chain, roots)
    _check_entries(bundle, authentic.manifest)
    return authentic


def check_copy(bundle: OpenedBundle) -> None:
    """All entries against what the manifest says, with **nothing verified**: whether a copy is whole, not its worth.

    Raises :class:`EntriesUnequal` or :class:`EntryChanged`.
    """
    _check_entries(bundle, look(bundle))


def judge(bundle: OpenedBundle, state: TrustState) -> Verdict:
    """The checks of bundles up to 25, then the names, sizes and public entries against the manifest."""
    verdict = trust.judge_bundle(bundle.signed, bundle.chain, state)
    _check_listing(bundle, verdict.manifest)
    return verdict


def open_part(bundle: OpenedBundle, verdict: Verdict, number: int, keys: StationKeys) -> Part:
    """The decrypted part ``number`` (from 1) of a bundle that was judged (:func:`judge`).

    Raises :class:`EntriesUnequal`, :class:`EntryChanged`, :class:`CannotDecrypt`, :class:`BadFrame`, :class:`TooBig`
    or :class:`RepeatUnequal`. A verdict on another bundle is a bug of the caller.
    """
    if verdict.digest != bundle.digest:
        raise ValueError("the verdict is about another bundle")
    part = verdict.manifest.parts[number - 1]
    try:
        compressed = agefile.decrypt(_ciphertext(bundle, part), keys.opening(verdict.manifest.recipient))
    except agefile.NotDecrypted as error:
        raise CannotDecrypt(f"{part.name}: {error}") from error
    found = frames.split(compressed, part.frames, part.plain)
    if len(found) != part.frames or sum(frame.plain_size for frame in found) != part.plain:
        raise BadFrame("the frames are not those that the manifest counts")
    labels, names = _repeated(verdict.manifest, number, found[0], len(found) - 1)
    return Part(number, labels, found[1:], names)


def open_parts(
    bundle: OpenedBundle, verdict: Verdict, keys: StationKeys, first: Part | None = None
) -> Iterator[Part]:
    """All parts in their order, one in memory at a time; the first one need not be opened again if it has been."""
    for number in range(1, len(verdict.manifest.parts) + 1):
        yield open_part(bundle, verdict, number, keys) if first is None or number > 1 else first


def _check_entries(bundle: OpenedBundle, said: Manifest) -> None:
    _check_listing(bundle, said)
    for part in said.parts:
        _ciphertext(bundle, part)


def _check_listing(bundle: OpenedBundle, said: Manifest) -> None:
    """The entries are exactly those that the manifest lists, and the public ones have their SHA-256."""
    listed = {entry.name: entry.size for entry in said.files} | {part.name: part.size for part in said.parts}
    if listed != {entry.name: entry.size for entry in bundle.entries.values() if entry.name != MANIFEST}:
        raise EntriesUnequal("other entries or sizes than the manifest lists")
    for entry, data in zip(said.files, bundle.public, strict=True):
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise EntryChanged(entry.name)


def _ciphertext(bundle: OpenedBundle, part: PartEntry) -> bytes:
    """The bytes of a part, which are those that the manifest names; held in memory, so they stay those."""
    entry = bundle.entries.get(part.name)
    if entry is None or entry.size != part.size:
        raise EntriesUnequal(part.name)
    with reading(bundle.path) as stream:
        data = zipstore.read_entry(stream, entry, manifest.MAX_PART)
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise EntryChanged(part.name)
    return data


def _repeated(
    said: Manifest, number: int, first: Frame, count: int
) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """The labels in the repeat line, which must repeat what the manifest says, and the names of its persons."""
    if first.plain_size > MAX_REPEAT:
        raise TooBig("the repeat line is too long")
    expected = said.repeat(number, count)
    with strictjson.refused_as(RepeatUnequal):
        line = strictjson.Fields(strictjson.parse(first.plain(), MAX_REPEAT), "repeat line")
        labels = line.items("labels", count)
        repeated = {name: line.raw(name) for name in expected}
        names = line.name_list("names", len(said.persons), _MAX_NAME) if "names" in line else ()
    # As text: among values true would equal 1.
    if len(labels) != count or strictjson.line(repeated) != strictjson.line(expected):
        raise RepeatUnequal(f"part {number}")
    return tuple(labels), names

"""Bundles made or changed by somebody hostile: each ends in a named problem, and nothing of it is opened."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import Problem, StateProblem, TrustProblem
from desktop.sync import errors
from desktop.sync.bundles import envelope
from desktop.sync.bundles.envelope import Part
from desktop.sync.formats import agefile, dsse, frames, strictjson, zipstore
from desktop.sync.signed import certificates, manifest
from desktop.sync.signed.identity import StationKeys
from desktop.sync.signed.manifest import FileEntry, Manifest, PartEntry
from desktop.sync.trust import TrustState
from tests.sync.world import (
    CLERK,
    OTHER_VILLAGE,
    STRANGER,
    TOWN_DESK,
    VILLAGE_DESK,
    bundle_from_village,
    lines,
    said_by,
    state_of,
)

TOWN = state_of(TOWN_DESK)


def receive(path: Path, state: TrustState = TOWN, keys: StationKeys = TOWN_DESK.keys) -> list[Part]:
    """All that a receiver does with a file: read, judge, decrypt and decompress everything."""
    bundle = envelope.read_bundle(path)
    verdict = envelope.judge(bundle, state)
    parts = list(envelope.open_parts(bundle, verdict, keys))
    for part in parts:
        for frame in part.frames:
            frame.plain()
    return parts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def whole(folder: Path) -> bytes:
    return bundle_from_village(folder).path.read_bytes()


def receive_bytes(folder: Path, data: bytes) -> list[Part]:
    path = folder / "changed.xsj"
    path.write_bytes(data)
    return receive(path)


def contents(parts: list[Part]) -> list[bytes]:
    return [frame.plain() for part in parts for frame in part.frames]


EXPECTED = [lines(1, 3), lines(4, 7)]


@pytest.mark.no_cover
@given(data=st.data())
def test_a_changed_byte_is_a_problem_or_means_nothing(
    folder: Path, whole: bytes, data: st.DataObject
) -> None:
    """Dates and attributes of the ZIP are all that may change."""
    mutated = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        mutated[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        parts = receive_bytes(folder, bytes(mutated))
    except (TrustProblem, StateProblem):
        return
    assert contents(parts) == EXPECTED


def test_bytes_all_over_the_bundle_matter(folder: Path, whole: bytes) -> None:
    """One bit of every seventh byte; the few that mean nothing stand in the directory or are white space."""
    harmless = 0
    for position in range(0, len(whole), 7):
        mutated = bytearray(whole)
        mutated[position] ^= 1
        try:
            parts = receive_bytes(folder, bytes(mutated))
        except (TrustProblem, StateProblem):
            continue
        assert contents(parts) == EXPECTED
        harmless += 1
    assert harmless < 10


@given(data=st.data())
def test_a_truncated_bundle_is_damaged(folder: Path, whole: bytes, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(errors.Damaged):
        receive_bytes(folder, whole[:length])


@given(data=st.data())
def test_a_block_of_zeros_as_after_a_power_cut(folder: Path, whole: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start + 1, min(len(whole), start + 4096)))
    zeroed = whole[:start] + bytes(end - start) + whole[end:]
    try:
        parts = receive_bytes(folder, zeroed)
    except (TrustProblem, StateProblem):
        return
    assert contents(parts) == EXPECTED


@pytest.mark.no_cover
@given(data=st.data())
def test_two_pieces_exchanged(folder: Path, whole: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), min_size=3, max_size=3)))
    a, b, c = cuts
    try:
        parts = receive_bytes(folder, whole[:a] + whole[b:c] + whole[a:b] + whole[c:])
    except (TrustProblem, StateProblem):
        return
    assert contents(parts) == EXPECTED


# A sender with a valid certificate who makes bundles by hand


@dataclass(frozen=True)
class Forge:
    """Builds a bundle from its pieces, wrong wherever it is told to be."""

    folder: Path

    def part(self, *plain: bytes, said: Manifest | None = None, **repeat: Any) -> bytes:
        """The ciphertext of one part."""
        manifest_said = said or said_by(VILLAGE_DESK, TOWN_DESK)
        first = manifest_said.repeat(1, len(plain)) | {"labels": [None] * len(plain)} | repeat
        packed = [frames.compress(p).compressed for p in (strictjson.line(first), *plain)]
        return agefile.encrypt(b"".join(packed), manifest_said.recipient)

    def sealed(self, compressed: bytes) -> bytes:
        return agefile.encrypt(compressed, TOWN_DESK.keys.recipient)

    def entry(self, cipher: bytes, **changes: Any) -> PartEntry:
        made = PartEntry(manifest.part_name(1), hashlib.sha256(cipher).hexdigest(), len(cipher), 0, 3)
        return replace(made, **changes)

    def bundle(
        self,
        cipher: bytes,
        entry: PartEntry | None,
        extra: dict[str, bytes] | None = None,
        **said: Any,
    ) -> Path:
        pem = certificates.to_pem(VILLAGE_DESK.ders)
        file = FileEntry(manifest.CERTIFICATES, hashlib.sha256(pem).hexdigest(), len(pem))
        parts = (entry,) if entry else ()
        payload = said_by(VILLAGE_DESK, TOWN_DESK, **{"files": (file,), "parts": parts} | said).encode()
        signed = dsse.sign(
            manifest.PAYLOAD_TYPE, payload, VILLAGE_DESK.certificate.digest, VILLAGE_DESK.keys.sign
        )
        path = self.folder / "forged.xsj"
        with open(path, "wb") as stream:
            archive = zipstore.Writer(stream)
            archive.add(envelope.MANIFEST, signed.encode())
            archive.add(manifest.CERTIFICATES, pem)
            if cipher:
                archive.add(manifest.part_name(1), cipher)
            for name, data in (extra or {}).items():
                archive.add(name, data)
            archive.finish()
        return path


def plain_size(forge: Forge, cipher: bytes) -> int:
    data = agefile.decrypt(cipher, TOWN_DESK.keys.age_identity)
    return sum(frame.plain_size for frame in frames.split(data, 99, 1 << 40))


def honest(forge: Forge) -> Path:
    cipher = forge.part(*EXPECTED)
    return forge.bundle(cipher, forge.entry(cipher, plain=plain_size(forge, cipher)))


def with_repeat(**changes: Any) -> Callable[[Forge], Path]:
    def make(forge: Forge) -> Path:
        cipher = forge.part(*EXPECTED, **changes)
        return forge.bundle(cipher, forge.entry(cipher, plain=plain_size(forge, cipher)))

    return make


def with_entry(**changes: Any) -> Callable[[Forge], Path]:
    def make(forge: Forge) -> Path:
        cipher = forge.part(*EXPECTED)
        return forge.bundle(cipher, forge.entry(cipher, **{"plain": plain_size(forge, cipher)} | changes))

    return make


def with_frames(*compressed: bytes, plain: int, count: int) -> Callable[[Forge], Path]:
    def make(forge: Forge) -> Path:
        cipher = forge.sealed(b"".join(compressed))
        return forge.bundle(cipher, forge.entry(cipher, plain=plain, frames=count))

    return make


def from_another_bundle(forge: Forge) -> Path:
    """The ciphertext of a bundle to the same town, taken over by a sender who cannot read it."""
    other = said_by(CLERK, TOWN_DESK, nonce="1" * 32)
    cipher = forge.part(*EXPECTED, said=other)
    return forge.bundle(cipher, forge.entry(cipher, plain=plain_size(forge, cipher)))


def for_another_key(forge: Forge) -> Path:
    cipher = agefile.encrypt(frames.compress(b"x\n").compressed, CLERK.keys.recipient)
    return forge.bundle(cipher, forge.entry(cipher, plain=2, frames=1))


def twice_listed(forge: Forge) -> Path:
    cipher = forge.part(*EXPECTED)
    entry = forge.entry(cipher, plain=plain_size(forge, cipher))
    return forge.bundle(cipher, None, parts=(entry, entry))


BOMB = zstandard.ZstdCompressor(level=1).compress(bytes(200_000_000))
LINE = frames.compress(b"{}\n").compressed
LIMIT = manifest.MAX_PART_PLAIN

HOSTILE: dict[str, tuple[Callable[[Forge], Path], type[Problem]]] = {
    "an entry that is not listed": (
        lambda f: f.bundle(b"", None, {manifest.part_name(1): b"x"}), errors.EntriesUnequal),
    "a statement that is not listed": (
        lambda f: f.bundle(b"", None, {"roots/0001.json": b"x"}), errors.EntriesUnequal),
    "a listed entry that is missing": (
        lambda f: f.bundle(b"", PartEntry(manifest.part_name(1), "0" * 64, 9, 9, 1)), errors.EntriesUnequal),
    "listed twice": (twice_listed, errors.BadManifest),
    "listed with another size": (with_entry(size=17), errors.EntriesUnequal),
    "listed with another sum": (with_entry(sha256="0" * 64), errors.EntryChanged),
    "certificates with another sum": (
        lambda f: f.bundle(b"", None, files=(FileEntry(
            manifest.CERTIFICATES, "0" * 64, len(certificates.to_pem(VILLAGE_DESK.ders))),)),
        errors.EntryChanged),
    "no certificates listed": (lambda f: f.bundle(b"", None, files=()), errors.BadManifest),
    "more plain bytes than listed": (with_entry(plain=50), errors.TooBig),
    "fewer plain bytes than listed": (with_entry(plain=5000), errors.BadFrame),
    "more frames than listed": (with_entry(frames=2), errors.TooBig),
    "fewer frames than listed": (with_entry(frames=4), errors.BadFrame),
    "plain bytes beyond the limit": (with_entry(plain=LIMIT + 1), errors.BadManifest),
    "a bomb": (with_frames(LINE, BOMB, plain=LIMIT, count=2), errors.TooBig),
    "a bomb as first line": (with_frames(BOMB, plain=LIMIT, count=1), errors.TooBig),
    "a first line that is long": (
        with_frames(frames.compress(b" " * 3_000_000 + b"\n").compressed, plain=3_000_001, count=1),
        errors.TooBig),
    "not zstd": (with_frames(b"plain text", plain=10, count=1), errors.BadFrame),
    "nothing inside": (with_frames(b"", plain=1, count=1), errors.BadFrame),
    "a first line of noise": (
        with_frames(frames.compress(b"noise\n").compressed, plain=6, count=1), errors.RepeatUnequal),
    "a first line that says nothing": (with_frames(LINE, plain=3, count=1), errors.RepeatUnequal),
    "encrypted for somebody else": (for_another_key, errors.CannotDecrypt),
    "content of another bundle": (from_another_bundle, errors.RepeatUnequal),
    "another sender inside": (with_repeat(sender=CLERK.station), errors.RepeatUnequal),
    "another receiver inside": (with_repeat(receiver=CLERK.station), errors.RepeatUnequal),
    "another recipient inside": (with_repeat(recipient=CLERK.keys.recipient), errors.RepeatUnequal),
    "another incarnation inside": (with_repeat(incarnation="0" * 16), errors.RepeatUnequal),
    "another sequence inside": (with_repeat(sequence=2), errors.RepeatUnequal),
    "another nonce inside": (with_repeat(nonce="1" * 32), errors.RepeatUnequal),
    "another part inside": (with_repeat(part=2), errors.RepeatUnequal),
    "true for one inside": (with_repeat(part=True), errors.RepeatUnequal),
    "another count inside": (with_repeat(segments=1), errors.RepeatUnequal),
    "too few labels": (with_repeat(labels=[None]), errors.RepeatUnequal),
    "too many labels": (with_repeat(labels=[None] * 3), errors.RepeatUnequal),
    "another unit": (lambda f: f.bundle(b"", None, unit=OTHER_VILLAGE), errors.OutOfScope),
    "another receiver": (lambda f: f.bundle(b"", None, receiver=CLERK.station), errors.WrongReceiver),
}  # fmt: skip


@pytest.mark.parametrize(("make", "error"), HOSTILE.values(), ids=[n.replace(" ", "-") for n in HOSTILE])
def test_refuses(tmp_path: Path, make: Callable[[Forge], Path], error: type[Problem]) -> None:
    with pytest.raises(error) as caught:
        receive(make(Forge(tmp_path)))
    assert type(caught.value) is error


def test_the_forge_also_makes_what_is_accepted(tmp_path: Path) -> None:
    """Or the cases above would be refused for another reason than their own."""
    assert contents(receive(honest(Forge(tmp_path)))) == EXPECTED


def test_a_newer_program_may_say_more_in_the_first_line(tmp_path: Path) -> None:
    path = with_repeat(novelty=1)(Forge(tmp_path))
    assert contents(receive(path)) == EXPECTED


# A bundle repacked by other means


def repacked(whole: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return stream.getvalue()


def other_payload(entries: dict[str, bytes]) -> None:
    signed = json.loads(entries["manifest.json"])
    payload = strictjson.from_base64(signed["payload"]).replace(b'"last": 40', b'"last": 41')
    entries["manifest.json"] = json.dumps(signed | {"payload": strictjson.to_base64(payload)}).encode()


def other_signer(entries: dict[str, bytes]) -> None:
    payload = dsse.parse(entries["manifest.json"], 1 << 20).payload
    signed = dsse.sign(manifest.PAYLOAD_TYPE, payload, STRANGER.certificate.digest, STRANGER.keys.sign)
    entries["manifest.json"] = signed.encode()
    entries["certificates.pem"] = certificates.to_pem(STRANGER.ders)


def other_part(entries: dict[str, bytes]) -> None:
    name = manifest.part_name(1)
    entries[name] = entries[name][:-1] + bytes([entries[name][-1] ^ 1])


def swapped_type(entries: dict[str, bytes]) -> None:
    entries["manifest.json"] = entries["manifest.json"].replace(b"suite=1", b"suite=9")


def doubled_key(entries: dict[str, bytes]) -> None:
    entries["manifest.json"] = entries["manifest.json"].replace(b'"payload":', b'"payload": "", "payload":')


REPACKED: dict[str, tuple[Callable[[dict[str, bytes]], object], type[Problem], int]] = {
    "payload changed": (other_payload, errors.BadSignature, 10),
    "signed by a stranger": (other_signer, errors.UnknownRoot, 11),
    "part changed": (other_part, errors.EntryChanged, 15),
    "suite changed": (swapped_type, errors.NewerFormat, 24),
    "part left out": (lambda e: e.pop(manifest.part_name(1)), errors.EntriesUnequal, 15),
    "manifest left out": (lambda e: e.pop("manifest.json"), errors.EntriesUnequal, 15),
    "certificates left out": (lambda e: e.pop("certificates.pem"), errors.EntriesUnequal, 15),
    "program slipped in": (lambda e: e.update({"setup.exe": b"MZ"}), errors.BadEntryName, 15),
    "path upward": (lambda e: e.update({"parts/../../x.json": b"x"}), errors.BadEntryName, 15),
    "doubled key": (doubled_key, errors.BadEnvelope, 15),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "error", "exit_code"), REPACKED.values(), ids=[name.replace(" ", "-") for name in REPACKED]
)
def test_refuses_what_was_repacked(
    folder: Path,
    whole: bytes,
    change: Callable[[dict[str, bytes]], None],
    error: type[Problem],
    exit_code: int,
) -> None:
    with pytest.raises(error) as caught:
        receive_bytes(folder, repacked(whole, change))
    assert type(caught.value) is error
    assert caught.value.exit_code == exit_code


def test_repacking_alone_changes_nothing(folder: Path, whole: bytes) -> None:
    assert contents(receive_bytes(folder, repacked(whole, lambda entries: None))) == EXPECTED


def test_many_tiny_segments_are_bounded(folder: Path) -> None:
    """A million records of one byte are cut off by the number of frames, before anything is decompressed."""
    cipher = Forge(folder).sealed(LINE * 5000)
    path = Forge(folder).bundle(cipher, Forge(folder).entry(cipher, plain=15_000, frames=4096))
    with pytest.raises(errors.TooBig):
        receive(path)

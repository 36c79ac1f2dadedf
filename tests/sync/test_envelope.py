"""Bundles: what is written is read again, whole or not at all, and only after the verdict."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.sync import errors
from desktop.sync.bundles import envelope, writing
from desktop.sync.bundles.envelope import OpenedBundle
from desktop.sync.bundles.writing import Outgoing
from desktop.sync.errors import surroundings
from desktop.sync.formats import frames
from desktop.sync.signed import certificates, manifest
from desktop.sync.signed.identity import Speaking
from tests.sync.world import (
    CLERK,
    DISTRICT_DESK,
    STRANGER,
    TOWN_DESK,
    VILLAGE_DESK,
    bundle_from_village,
    draft,
    lines,
    seeded,
    segments,
    state_of,
)

TOWN = state_of(TOWN_DESK)


def test_a_bundle_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = bundle_from_village(tmp_path)
    read = envelope.read_bundle(written.path)
    assert read == written
    verdict = envelope.judge(read, TOWN)
    said = verdict.manifest
    assert verdict.digest == read.digest
    assert (said.sender, said.incarnation) == (VILLAGE_DESK.station, VILLAGE_DESK.keys.incarnation)
    assert (said.items, said.counts) == (7, {"birth": 6, "change": 1})
    assert said.nonce == seeded(50)(16).hex()
    (part,) = envelope.open_parts(read, verdict, TOWN_DESK.keys)
    assert part.labels == ([1, 3], [4, 7])
    assert [frame.plain() for frame in part.frames] == [lines(1, 3), lines(4, 7)]


def test_segments_travel_byte_for_byte(tmp_path: Path) -> None:
    """A district holds, and passes on, exactly the bytes that the village made."""
    verdict = envelope.judge(bundle_from_village(tmp_path), TOWN)
    (part,) = envelope.open_parts(envelope.read_bundle(tmp_path / "bundle.xsj"), verdict, TOWN_DESK.keys)
    assert list(part.frames) == [outgoing.frame for outgoing in segments((1, 3), (4, 7))]


def test_a_bundle_without_segments_has_no_parts(tmp_path: Path) -> None:
    path = tmp_path / "empty.xsj"
    keys, chain = VILLAGE_DESK.keys, VILLAGE_DESK.ders
    written = writing.write_bundle(path, draft(TOWN_DESK, counts={}), [], Speaking(keys, chain), seeded(1))
    verdict = envelope.judge(written, TOWN)
    assert (verdict.manifest.items, verdict.manifest.parts) == (0, ())
    assert list(envelope.open_parts(written, verdict, TOWN_DESK.keys)) == []


def big_segments(count: int, size: int) -> Iterator[Outgoing]:
    for number in range(count):
        yield Outgoing(frames.compress(seeded(number)(size).hex().encode() + b"\n"), number)


def test_much_content_is_cut_into_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PART_TARGET", 30_000)
    written = write(tmp_path, big_segments(10, 10_000))
    verdict = envelope.judge(written, TOWN)
    parts = list(envelope.open_parts(written, verdict, TOWN_DESK.keys))
    assert [part.labels for part in parts] == [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]
    assert [frame for part in parts for frame in part.frames] == [o.frame for o in big_segments(10, 10_000)]


def test_parts_are_bounded_in_frames_and_in_plain_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "MAX_FRAMES", 4)
    assert len(envelope.look(write(tmp_path, big_segments(9, 10))).parts) == 3
    monkeypatch.setattr(manifest, "MAX_FRAMES", 4096)
    monkeypatch.setattr(manifest, "MAX_PART_PLAIN", envelope.MAX_REPEAT + 45)
    assert len(envelope.look(write(tmp_path, big_segments(4, 10))).parts) == 2


def test_memory_holds_one_part_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments are taken from their source only as parts are written."""
    monkeypatch.setattr(writing, "PART_TARGET", 30_000)
    seen: list[int] = []

    def watched() -> Iterator[Outgoing]:
        for number, outgoing in enumerate(big_segments(6, 10_000)):
            seen.append((tmp_path / "written.xsj.tmp").stat().st_size if number == 5 else 0)
            yield outgoing

    write(tmp_path, watched())
    assert seen[-1] > 0


def write(folder: Path, content: Any, **options: Any) -> OpenedBundle:
    path = folder / "written.xsj"
    keys, chain = VILLAGE_DESK.keys, VILLAGE_DESK.ders
    return writing.write_bundle(path, draft(TOWN_DESK), content, Speaking(keys, chain, **options), seeded(1))


def test_root_statements_travel_with_the_bundle(tmp_path: Path) -> None:
    written = write(tmp_path, [], statements=[b"statement 1", b"statement 2"])
    assert written.roots == (b"statement 1", b"statement 2")
    envelope.judge(written, TOWN)
    assert [entry.name for entry in envelope.look(written).files] == [
        "certificates.pem",
        "roots/0001.json",
        "roots/0002.json",
    ]


def test_anyone_with_the_root_can_check_a_bundle(tmp_path: Path) -> None:
    """A stick that was found: what it says and whether it stands, without any key."""
    written = bundle_from_village(tmp_path)
    authentic = envelope.authenticate(written, [DISTRICT_DESK.certificate.der])
    assert authentic.sender == VILLAGE_DESK.certificate
    with pytest.raises(errors.UnknownRoot):
        envelope.authenticate(written, [STRANGER.certificate.der])


def test_the_manifest_holds_nothing_of_the_content(tmp_path: Path) -> None:
    data = bundle_from_village(tmp_path).path.read_bytes()
    assert "苹果".encode() not in data
    assert b"enterprise" not in data


def test_looking_verifies_nothing(tmp_path: Path) -> None:
    """`inspect` shows what a bundle says even where nobody vouches for it."""
    path = tmp_path / "strange.xsj"
    written = writing.write_bundle(
        path, draft(TOWN_DESK), [], Speaking(STRANGER.keys, STRANGER.ders), seeded(1)
    )
    assert envelope.look(written).sender == STRANGER.station


def test_a_copy_is_told_from_a_whole_one_without_any_key(tmp_path: Path) -> None:
    written = bundle_from_village(tmp_path)
    envelope.check_copy(written)
    copy = bytearray(written.path.read_bytes())
    copy[copy.index(b"age-encryption.org") + 200] ^= 1
    (damaged := tmp_path / "damaged.xsj").write_bytes(copy)
    with pytest.raises(errors.EntryChanged):
        envelope.check_copy(envelope.read_bundle(damaged))


# Faults of the surroundings


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_export_that_fails_leaves_nothing_and_may_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        with pytest.raises(surroundings.DiskFull):
            bundle_from_village(tmp_path)
    assert os.listdir(tmp_path) == []
    envelope.judge(bundle_from_village(tmp_path), TOWN)


def test_a_source_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Outgoing]:
        yield from segments((1, 3))
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        write(tmp_path, broken())
    assert os.listdir(tmp_path) == []


def test_a_stick_pulled_out_between_reading_and_opening(tmp_path: Path) -> None:
    written = bundle_from_village(tmp_path)
    verdict = envelope.judge(written, TOWN)
    written.path.unlink()
    with pytest.raises(surroundings.DiskGone):
        envelope.open_part(written, verdict, 1, TOWN_DESK.keys)


def test_a_file_exchanged_between_judging_and_opening(tmp_path: Path) -> None:
    written = bundle_from_village(tmp_path)
    verdict = envelope.judge(written, TOWN)
    bundle_from_village(tmp_path)  # age is random: same sizes, other ciphertext
    with pytest.raises((errors.EntryChanged, errors.CutShort)):
        envelope.open_part(written, verdict, 1, TOWN_DESK.keys)


# Mistakes of the caller


def test_a_verdict_opens_its_own_bundle_only(tmp_path: Path) -> None:
    verdict = envelope.judge(bundle_from_village(tmp_path), TOWN)
    other = bundle_from_village(tmp_path, sequence=2)
    with pytest.raises(ValueError, match="another bundle"):
        envelope.open_part(other, verdict, 1, TOWN_DESK.keys)


def test_the_listing_is_not_taken_on_trust(tmp_path: Path) -> None:
    """Whoever asks the kernel without :func:`envelope.judge` still gets no part that is not the listed one."""
    bundle = bundle_from_village(tmp_path)
    verdict = envelope.judge(bundle, TOWN)
    without = replace(bundle, entries={})
    with pytest.raises(errors.EntriesUnequal):
        envelope.open_part(without, verdict, 1, TOWN_DESK.keys)


def test_nobody_signs_with_a_chain_of_others(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="these keys"):
        writing.write_bundle(
            tmp_path / "a.xsj", draft(TOWN_DESK), [], Speaking(CLERK.keys, VILLAGE_DESK.ders), seeded(1)
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "sideways"},
        {"sequence": 0},
        {"last": -1},
        {"unit": "330109"},
        {"receiver": "town"},
        {"recipient": "me"},
        {"program": "0.1.0 beta 版"},
        {"previous": "first"},
        {"counts": {"Birth!": 1}},
        {"counts": {f"kind_{chr(97 + i // 26)}{chr(97 + i % 26)}": 1 for i in range(65)}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_manifest_that_nobody_would_accept_is_not_written(tmp_path: Path, changes: dict[str, Any]) -> None:
    keys, chain = VILLAGE_DESK.keys, VILLAGE_DESK.ders
    with pytest.raises(ValueError, match="not a manifest"):
        writing.write_bundle(
            tmp_path / "a.xsj", draft(TOWN_DESK, **changes), [], Speaking(keys, chain), seeded(1)
        )
    assert os.listdir(tmp_path) == []


def test_entries_are_numbered_from_one(tmp_path: Path) -> None:
    said = envelope.look(bundle_from_village(tmp_path))
    again = replace(said, parts=(replace(said.parts[0], name=manifest.part_name(2)),))
    with pytest.raises(errors.BadManifest, match=r"."):
        manifest.parse(again.encode())
    assert manifest.parse(said.encode()) == said


def test_the_payload_is_readable_text(tmp_path: Path) -> None:
    payload = bundle_from_village(tmp_path).signed.payload
    assert payload.startswith(b'{\n "counts": {\n')
    assert json.loads(payload)["format"] == 1


def test_certificates_stand_beside_the_manifest(tmp_path: Path) -> None:
    assert bundle_from_village(tmp_path).public == (certificates.to_pem(VILLAGE_DESK.ders),)

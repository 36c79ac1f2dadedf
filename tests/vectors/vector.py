"""One vector before it is written: its files, what it shows, and what has to come of it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from desktop.records.versions import items
from desktop.sync.formats import agefile, dsse, segments
from desktop.sync.formats.frames import split
from tests.vectors import player
from tests.vectors.scene import NOW


@dataclass
class Vector:
    """``expect`` is ``accepted``, ``held REASON``, ``conflict SLOT``, ``item REASON`` for a refused item, or ``refused
    CHECK ERROR EXIT`` for a refused file. Of several files the last one is meant."""

    expect: str
    shows: str
    said: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_readable(self) -> bool:
        """Whether its bundles can be read to the end."""
        return self.said["play"] == "merge" and not self.expect.startswith("refused")

    def disagrees(self, results: list[str]) -> str:
        """What does not agree with what was expected; empty if all does."""
        word, *rest = self.expect.split()
        last = next(line for line in reversed(results) if line.startswith(("file", "result", "value")))
        if word == "refused":
            return "" if last.endswith(f"refused {rest[1]} {rest[2]}") else f"not {self.expect}"
        if " refused " in last and len(last.split()) < 8:
            return "refused"
        wanted = {"held": "held", "item": "refused"}.get(word)
        if wanted and not any(
            line.startswith("item") and line.endswith(f"{wanted} {rest[0]}") for line in results
        ):
            return f"nothing is {self.expect}"
        if word == "conflict" and not any(
            line.startswith("conflict") and line.endswith(f" {rest[0]}") for line in results
        ):
            return "no conflict"
        return ""

    def read_out(self, path: Path) -> list[str]:
        """Writes the plain contents of a bundle beside it, and gives the hash of every line."""
        identity = player.keys_of(self.said["receiver"]).age_identity
        with zipfile.ZipFile(path) as archive:
            payload = json.loads(dsse.parse(archive.read("manifest.json"), 1 << 20).payload)
            sealed = [archive.read(part["name"]) for part in payload["parts"]]
        plain, found, names = b"", [], player.station_names()
        for cipher in sealed:
            for frame in split(agefile.decrypt(cipher, identity), 4096, 1 << 28):
                plain += frame.plain()
                if json.loads(frame.plain().partition(b"\n")[0]).get("xsj") == "segment":
                    header, lines = segments.read(frame)
                    for line in lines:
                        parts = items.split_line(line)
                        digest = items.line_hash(parts, header.key).hex()
                        number = json.loads(parts[0])[7]
                        origin = f"{names[header.station]} {header.incarnation}"
                        found.append(f"line: {path.name} {origin} {number} {digest}")
        path.with_suffix(".ndjson").write_bytes(plain)
        payload_digest = hashlib.sha256(_payload(path)).hexdigest()
        return [f"identity: {path.name} {payload_digest}", *found]


def _payload(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return dsse.parse(archive.read("manifest.json"), 1 << 20).payload


def merging(receiver: str, expect: str, shows: str, *bundles: bytes | Path, now: int = NOW) -> Vector:
    """A vector of bundles that a station merges one after the other."""
    files = {f"{n}.xsj": b.read_bytes() if isinstance(b, Path) else b for n, b in enumerate(bundles, start=1)}
    return Vector(expect, shows, {"play": "merge", "receiver": receiver, "now": str(now)}, files)

"""Vectors of what is encrypted in a bundle: parts, frames, labels, receipts, and the form of segments."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import zstandard

from desktop.records.versions.items import EMPTY_PART, erased_line, split_line
from desktop.sync.formats import agefile, segments
from desktop.sync.formats.frames import compress
from desktop.sync.formats.strictjson import to_base64
from desktop.sync.signed import manifest
from tests.vectors.bundles import FIRM, MAKERS, Change, honest, vector
from tests.vectors.scene import Pack, Scene, play_incarnation, signed_segment, zipped
from tests.vectors.vector import Vector, merging

# -- what is encrypted -------------------------------------------------------------------------------------------------


def _sealed(pack: Pack, data: bytes, plain: int, frames: int) -> bytes:
    return pack.build(sealed=(agefile.encrypt(data, pack.receiver.keys.recipient), plain, frames))


def _part(pack: Pack, **changes: int) -> bytes:
    cipher, plain, frames = pack.cipher()
    return pack.build(sealed=(cipher, plain, frames), part={"plain": plain, "frames": frames} | {
        name: {"plain": plain, "frames": frames}[name] + by for name, by in changes.items()
    })  # fmt: skip


def _repeat(**changes: Any) -> Callable[[Scene, Pack], bytes]:
    return lambda s, p: p.build(sealed=p.cipher(repeat=changes))


vector("content-other-key", "refused content CannotDecrypt 15", "The part is encrypted to somebody else.")(
    lambda s, p: p.build(sealed=p.cipher(recipient=s.village2.keys.recipient))
)
vector("content-no-age", "refused content CannotDecrypt 15", "The part is no age file.")(
    lambda s, p: p.build(sealed=(b"not encrypted", 13, 1))
)
vector("content-no-zstd", "refused content BadFrame 15", "Inside is no zstd.")(
    lambda s, p: _sealed(p, b"plain text\n", 11, 1)
)
vector("content-no-size", "refused content BadFrame 15", "A frame that does not state its size.")(
    lambda s, p: _sealed(p, zstandard.ZstdCompressor(write_content_size=False).compress(b"{}\n"), 3, 1)
)
vector("content-more-frames", "refused content TooBig 15", "More frames than the manifest says.")(
    lambda s, p: _part(p, frames=-1)
)
vector("content-fewer-frames", "refused content BadFrame 15", "Fewer frames than the manifest says.")(
    lambda s, p: _part(p, frames=1)
)
vector(
    "content-more-bytes",
    "refused content TooBig 15",
    "More plain bytes than the manifest says: nothing is unpacked.",
)(lambda s, p: _part(p, plain=-1))
vector("content-no-line-end", "refused content BadFrame 15", "A frame that does not end with a line end.")(
    lambda s, p: p.build(sealed=p.cipher(frames=[p.frames[0], p.frames[1][:-1]]))
)
vector(
    "content-repeat-sequence",
    "refused content RepeatUnequal 10",
    "The first line inside says another sequence.",
)(_repeat(sequence=7))
vector(
    "content-repeat-nonce", "refused content RepeatUnequal 10", "The first line inside says another nonce."
)(_repeat(nonce="1" * 32))
vector(
    "content-repeat-part",
    "refused content RepeatUnequal 10",
    "The first line inside says that this is part 2.",
)(_repeat(part=2))
vector("content-labels", "refused content RepeatUnequal 10", "Fewer labels than frames.")(
    _repeat(labels=[["receipt"]])
)


def _label(scene: Scene, pack: Pack) -> bytes:
    label = list(pack.repeat["labels"][-1])
    label[3] += 1
    return pack.build(sealed=pack.cipher(repeat={"labels": [pack.repeat["labels"][0], label]}))


vector("label-unequal", "refused label BadSegment 15", "A label says another last number than the header.")(
    _label
)
vector("counts-unequal", "refused counts BadSegment 15", "The manifest counts more items than the labels.")(
    lambda s, p: p.build({"counts": {"items": 3, "kinds": {"birth": 1, "change": 2}}})
)
vector("receipt-for-other", "refused receipt BadSegment 15", "The receipt inside is for another station.")(
    lambda s, p: p.build(
        sealed=p.cipher(
            frames=[p.frames[0].replace(s.town.station.encode(), s.town2.station.encode()), p.frames[1]]
        )
    )
)


# -- segments ----------------------------------------------------------------------------------------------------------

LONG = b'"' + b"x" * (4 * 1024 * 1024 - 1) + b'"'
MEMBERS = b"{" + b",".join(b'"%d":1' % n for n in range(16_385)) + b"}"
NAME = '"杭州示例茶叶有限公司"'.encode()
"""The value of the second line."""


def _signed(
    *, by: str = "village", lines: Callable[[list[bytes]], list[bytes]] = list, **header: Any
) -> Change:
    """The segment with other lines or members of its header, signed by a desk."""
    return lambda s, p: signed_segment(s.desks[by], p.header | header, lines(p.lines), key=p.key)


def _second(old: bytes, new: bytes) -> Callable[[list[bytes]], list[bytes]]:
    return lambda lines: [lines[0], lines[1].replace(old, new, 1)]


def _restamped(stamp: str) -> Callable[[list[bytes]], list[bytes]]:
    def change(lines: list[bytes]) -> list[bytes]:
        return [lines[0], lines[1].replace(json.loads(lines[1])[0][5].encode(), stamp.encode(), 1)]

    return change


def _cut_ids(lines: list[bytes]) -> list[bytes]:
    return [line.replace(FIRM.encode(), FIRM[1:].encode()) for line in lines]


def _under_the_same_digest(scene: Scene, pack: Pack) -> bytes:
    lines = _second(NAME, '"经山示例茶叶有限公司"'.encode())(pack.lines)
    return signed_segment(scene.village, pack.header, lines, key=pack.key, redigest=False)


def _of_receiver(scene: Scene, pack: Pack) -> bytes:
    head = pack.header | {"station": scene.town.station, "incarnation": play_incarnation("town")}
    return signed_segment(scene.town, head, pack.lines, key=pack.key)


def _vouched(scene: Scene, pack: Pack) -> bytes:
    said = pack.header | {"vouched": scene.village.station}
    return signed_segment(scene.village, said, _opened(pack.frames[1])[1])


def _returned(scene: Scene, pack: Pack) -> bytes:
    """The village brings back what the town has once written in another incarnation, and vouched for."""
    town = scene.town.station
    said = pack.header | {"station": town, "incarnation": "b" * 16, "vouched": town}
    return signed_segment(scene.town, said, _opened(pack.frames[1])[1])


TWICE = {"enterprise": {"plain": ["name", "name"], "personal": []}}
BAD = "segment BadSegment 15"
SEGMENTS: dict[str, tuple[str, str, Change]] = {
    "check-18": ("18 BadSegmentSignature 10", "The header is signed by a neighbour.", _signed(by="village2")),
    "segment-digest": (BAD, "A value was changed under the signed digest.", _under_the_same_digest),
    "segment-numbers": (BAD, "A number stands twice.", _signed(lines=_second(b",2,", b",1,"))),
    "segment-counts": (BAD, "The header counts two births.", _signed(counts={"birth": 2})),
    "segment-shape-missing": (BAD, "A birth without a shape of its type.", _signed(shapes={})),
    "segment-shape-doubled": (BAD, "A shape names a column twice.", _signed(shapes=TWICE)),
    "segment-stamp-zero": (BAD, "A stamp of zero.", _signed(lines=_restamped("0" * 16))),
    "segment-stamp-high": (BAD, "A stamp of 2^63.", _signed(lines=_restamped("8" + "0" * 15))),
    "segment-stamp-capitals": (BAD, "A stamp in capitals.", _signed(lines=_restamped("0CAA" + "0" * 12))),
    "segment-id": (BAD, "A record id of 31 digits.", _signed(lines=_cut_ids)),
    "segment-number-too-large": (
        BAD,
        "A number of 2^63.",
        _signed(lines=_second(NAME, b"9223372036854775808")),
    ),
    "segment-fraction": (BAD, "A value that is a fraction.", _signed(lines=_second(NAME, b"1.5"))),
    "segment-value-long": (BAD, "A value of 4 MiB and a byte.", _signed(lines=_second(NAME, LONG))),
    "segment-members": (BAD, "A group of 16 385 members.", _signed(lines=_second(NAME, MEMBERS))),
    "segment-format-2": (BAD, "A segment of a later format.", _signed(format=2)),
    "segment-vouched-upward": ("segment UnknownSigner 11", "Nobody vouches upward.", _vouched),
}


def _with(segment: Change) -> Change:
    return lambda scene, pack: pack.with_segment(segment(scene, pack))


for _name, (_expect, _shows, _segment) in SEGMENTS.items():
    vector(_name, f"refused {_expect}", _shows)(_with(_segment))
vector(
    "segment-of-receiver", "held fork", "Items of the receiver's present incarnation that it never wrote."
)(_with(_of_receiver))
vector(
    "segment-returned",
    "accepted",
    "Own items of the receiver that it has lost, under the signature by which it has vouched for them.",
)(_with(_returned))
vector(
    "segment-erased", "accepted", "Personal values that were erased travel as their hash; the line is proven."
)(lambda s, p: p.build(sealed=p.cipher(frames=[p.frames[0], _erased(p)])))
vector(
    "segment-unknown-header-member",
    "accepted",
    "Members of a header that a reader does not know are left alone.",
)(lambda s, p: p.with_segment(signed_segment(s.village, p.header | {"colour": "green"}, p.lines, key=p.key)))


def _opened(plain: bytes) -> tuple[segments.Header, list[bytes]]:
    """A segment with a salt in each personal part and without its key."""
    return segments.opened(*segments.read(compress(plain)))


def _without_persons(line: bytes) -> bytes:
    """An open line that has lost its personal values."""
    places = [i for i, part in enumerate(split_line(line)) if i and part != EMPTY_PART]
    return erased_line(line, places)


def _erased(pack: Pack, at: int = 1) -> bytes:
    """A segment whose first line has lost its personal values: the others are open, and the key is gone."""
    header, lines = _opened(pack.frames[at])
    return segments.pack(header, [_without_persons(lines[0]), *lines[1:]]).plain()


def _erased_change(scene: Scene, pack: Pack) -> bytes:
    scene.village.edit(FIRM, "contact", {"contact_name": "李明"}, "enterprise")
    both = Pack.of(scene.village.send(), scene.village, scene.town)
    return both.build(sealed=both.cipher(frames=[*both.frames[:-1], _erased(both, -1)]))


vector("segment-erased-change", "accepted", "A change whose value was erased says nothing any more.")(
    _erased_change
)


# -- keys of segments --------------------------------------------------------------------------------------------------


def _beside(pack: Pack, lines: list[bytes] | None = None, **members: Any) -> bytes:
    """The bundle whose segment has other members beside its signature; those that are None are left out."""
    raw, said, *own = pack.frames[1].split(b"\n")[:-1]
    said = json.dumps({n: v for n, v in (json.loads(said) | members).items() if v is not None}).encode()
    plain = b"\n".join([raw, said, *(own if lines is None else lines)]) + b"\n"
    return pack.build(sealed=pack.cipher(frames=[pack.frames[0], plain]))


def _erased_beside(scene: Scene, pack: Pack) -> bytes:
    return _beside(pack, [_without_persons(_opened(pack.frames[1])[1][0]), *pack.lines[1:]])


KEYS: dict[str, tuple[str, str, Change]] = {
    "segment-open": (
        "accepted",
        "A segment without a key, whose parts have salts of their own: the same digest.",
        lambda s, p: p.build(sealed=p.cipher(frames=[p.frames[0], segments.pack(*_opened(p.frames[1])).plain()])),
    ),
    "segment-key-missing": (BAD, "Sealed parts without a key.", lambda s, p: _beside(p, key=None)),
    "segment-key-other": (BAD, "Another key.", lambda s, p: _beside(p, key=to_base64(bytes(32)))),
    "segment-key-short": (BAD, "A key of 31 bytes.", lambda s, p: _beside(p, key=to_base64(bytes(31)))),
    "segment-key-erased": (
        BAD, "A part that was erased beside the key, with which values could be tried.", _erased_beside,
    ),
}  # fmt: skip
for _name, (_expect, _shows, _segment) in KEYS.items():
    vector(_name, _expect if _expect == "accepted" else f"refused {_expect}", _shows)(_segment)


def _vouched_with_key(scene: Scene) -> Vector:
    town, village = scene.town, scene.village
    town.birth("enterprise", {"name": "镇里登记的", "contact_name": "王芳"}, record=FIRM, unit=village.unit)
    pack = Pack.of(town.send(village), town, village)
    data = pack.with_segment(signed_segment(town, pack.header, pack.lines, key=bytes(range(32))))
    return merging(
        "village", f"refused {BAD}", "A vouched segment with a key, though all its parts are open.", data
    )


def _opened_later(scene: Scene) -> Vector:
    pack = honest(scene)
    opened = pack.build({"sequence": 2}, sealed=pack.cipher(
        repeat={"sequence": 2}, frames=[pack.frames[0], segments.pack(*_opened(pack.frames[1])).plain()]
    ))  # fmt: skip
    return merging(
        "town", "accepted", "The open form of a segment that is held is known.", pack.build(), opened
    )


MAKERS["segment-key-vouched"] = _vouched_with_key
MAKERS["segment-open-later"] = _opened_later


def _two_parts(scene: Scene, pack: Pack) -> bytes:
    labels, sealed = pack.repeat["labels"], {}
    parts = []
    for number, (label, frame) in enumerate(zip(labels, pack.frames, strict=True), 1):
        cipher, plain, frames = pack.cipher(
            frames=[frame], repeat={"part": number, "segments": 1, "labels": [label]}
        )
        name = manifest.part_name(number)
        sealed[name] = cipher
        sums = {"sha256": hashlib.sha256(cipher).hexdigest(), "size": len(cipher)}
        parts.append({"name": name, "plain": plain, "frames": frames} | sums)
    return zipped(pack.entries({"parts": parts}) | sealed)


vector(
    "up-two-parts",
    "accepted",
    "The receipt in one part, the segment in another; labels are those of the part.",
)(_two_parts)


def _with_roots(scene: Scene, pack: Pack) -> bytes:
    found = pack.entries()
    statement = b"any bytes: this version follows none\n"
    files = [
        {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for name, data in (("certificates.pem", found["certificates.pem"]), ("roots/0001.json", statement))
    ]
    return zipped(pack.entries({"files": files}) | {"roots/0001.json": statement})


vector("up-with-roots", "accepted", "A bundle has room for root statements; their sums are checked.")(
    _with_roots
)

"""Segments: consecutive items of one origin under its signature, cut once, forwarded byte for byte (rule 20).

A segment is NDJSON::

    {"counts":{…},"digest":"<sha256>","first":1,"format":1,"incarnation":"…","last":3,"shapes":{…},"station":"…","xsj":"segment"}
    {"key":"<base64>","signature":"<base64>"}
    [["birth",…],…]
    …

The header is signed by the origin. ``digest`` is SHA-256 over the hashes of the lines in their order
(:mod:`desktop.records.versions.items`). ``shapes`` says which cells the births of each type carry. From the key
follow the salts of sealed parts; it stands outside of what is signed, because a segment is opened, and its key
dropped, when a value in it is erased.

A **vouched** segment goes down, and back to who has vouched for it: it holds chosen items of one origin, keeps their
numbers, names the parent in ``vouched`` and is signed by it. It is open: who gets some of the lines must not be able to
guess what the others say.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from desktop.records.versions import items
from desktop.records.versions.canonical import MAX_NUMBER
from desktop.records.versions.items import KEY_BYTES, MAX_LINES, MalformedLine, Shape
from desktop.sync.errors import BadSegment
from desktop.sync.formats import strictjson
from desktop.sync.formats.dsse import SIGNATURE_BYTES
from desktop.sync.formats.forms import DIGEST, INCARNATION, STATION
from desktop.sync.formats.frames import Frame, compress
from desktop.sync.formats.strictjson import Fields, NotStrict

MAX_HEADER: Final = 256 * 1024
_VOUCHING: Final = 1024
"""Bytes of a header that the origin leaves to who vouches for its items: else a hostile one could spoil his bundles."""
FORMAT: Final = 1

_BIRTH: Final = b'[["birth",'
_decode_cells = msgspec.json.Decoder(list[msgspec.Raw]).decode


@dataclass(frozen=True, slots=True)
class Header:
    """What the origin, or the parent that vouches, has signed. ``raw`` are those bytes.

    ``key`` is what the salts of sealed parts follow from. It is not signed, but the digest stands with no other.
    """

    raw: bytes
    signature: bytes
    station: str
    incarnation: str
    first: int
    last: int
    digest: str
    counts: Mapping[str, int]
    shapes: Mapping[str, Shape]
    vouched: str | None
    key: bytes | None = None

    @property
    def total(self) -> int:
        """How many items the segment has."""
        return sum(self.counts.values())

    @property
    def signer(self) -> str:
        """The station whose signature the header carries."""
        return self.vouched or self.station

    def message(self) -> bytes:
        """The bytes that are signed."""
        return message(self.raw)

    def label(self) -> list[Any]:
        """Which segment this is, for a receiver who may have it already."""
        return [self.station, self.incarnation, self.first, self.last, self.digest, self.total]


def message(header: bytes) -> bytes:
    """The bytes that are signed for a segment with this header line: no other signature begins like this."""
    return b"xiaosanji segment v1\n" + header


def cut(
    station: str,
    incarnation: str,
    lines: Sequence[tuple[int, bytes]],
    shapes: Mapping[str, Shape],
    sign: Callable[[bytes], bytes],
    vouched: str | None = None,
    key: bytes | None = None,
) -> tuple[Header, Frame]:
    """A segment of these numbered lines; the numbers are consecutive unless it is vouched.

    ``key`` is for the sealed parts, which a vouched segment has none of; where there are none the segment carries no
    key. Other lines are a bug of the caller: ``ValueError``.
    """
    numbers = [n for n, _ in lines]
    if not lines or len(lines) > MAX_LINES or any(b <= a for a, b in itertools.pairwise(numbers)):
        raise ValueError("a segment has 1 to 5000 lines with growing numbers")
    if vouched is None and numbers[-1] - numbers[0] != len(lines) - 1:
        raise ValueError("the numbers of a segment have no gap")
    if vouched is not None and key is not None:
        raise ValueError("a vouched segment is open")
    if not any(items.SEPARATOR + items.SEALED in line for _, line in lines):
        key = None
    hashes = [items.line_hash(items.split_line(line), key) for _, line in lines]
    counts = Counter(_kind(line) for _, line in lines)
    plain: dict[str, Any] = {
        "xsj": "segment",
        "format": FORMAT,
        "station": station,
        "incarnation": incarnation,
        "first": numbers[0],
        "last": numbers[-1],
        "digest": hashlib.sha256(b"".join(hashes)).hexdigest(),
        "counts": dict(sorted(counts.items())),
        "shapes": {name: shape.to_json() for name, shape in sorted(shapes.items())},
    }
    if vouched is not None:
        plain["vouched"] = vouched
    raw = msgspec.json.encode(dict(sorted(plain.items())))
    header = read_header(raw, sign(message(raw)), key)
    return header, pack(header, (line for _, line in lines))


def _kind(line: bytes) -> str:
    """The kind of a line. Births begin as births begin; elsewhere others may have spelled it as JSON allows."""
    if line.startswith(_BIRTH):
        return items.BIRTH
    return msgspec.json.decode(_decode_cells(items.split_line(line)[0])[0], type=str)


def pack(header: Header, lines: Iterable[bytes]) -> Frame:
    """The frame of a segment: what is signed, the line of the signature, and the lines of the items."""
    beside = {} if header.key is None else {"key": strictjson.to_base64(header.key)}
    beside["signature"] = strictjson.to_base64(header.signature)
    return compress(b"\n".join([header.raw, msgspec.json.encode(beside), *lines, b""]))


def read_header(raw: bytes, signature: bytes, key: bytes | None = None) -> Header:
    """The header of these bytes; raises :class:`BadSegment`."""
    try:
        fields = Fields(strictjson.parse(raw, MAX_HEADER), "segment header")
        fields.choice("xsj", ("segment",))
        fields.integer("format", 1, FORMAT)
        counts = fields.object("counts")
        shapes = fields.object("shapes")
        header = Header(
            raw=raw,
            signature=signature,
            station=fields.matching("station", STATION),
            incarnation=fields.matching("incarnation", INCARNATION),
            first=fields.integer("first", 1, MAX_NUMBER),
            last=fields.integer("last", 1, MAX_NUMBER),
            digest=fields.matching("digest", DIGEST),
            counts={checked_name(n): counts.integer(n, 1, MAX_LINES) for n in counts.names()},
            shapes={checked_name(n): Shape.from_json(shapes.raw(n)) for n in shapes.names()},
            vouched=fields.matching("vouched", STATION) if "vouched" in fields else None,
            key=key,
        )
    except (NotStrict, MalformedLine) as error:
        raise BadSegment(str(error)) from error
    span = header.last - header.first + 1
    if not 1 <= header.total <= min(span, MAX_LINES) or (header.vouched is None and header.total != span):
        raise BadSegment("the counts do not fit the numbers")
    if header.vouched is not None and key is not None:
        raise BadSegment("a vouched segment is open")
    if header.vouched is None and len(raw) > MAX_HEADER - _VOUCHING:
        raise BadSegment("the header leaves no room for vouching")
    return header


def read(frame: Frame) -> tuple[Header, list[bytes]]:
    """The header and the lines of a segment, neither verified nor decoded; raises :class:`BadSegment`."""
    plain = frame.plain()
    # A line that is missing is empty: a frame ends with a line's end.
    end = plain.index(b"\n")
    after = plain.find(b"\n", end + 1)
    raw, signature_line, body = plain[:end], plain[end + 1 : after], plain[after + 1 :] if after > 0 else b""
    # Attachments make it tens of megabytes, and the lines are as many once more.
    del plain
    with strictjson.refused_as(BadSegment):
        beside = Fields(strictjson.parse(signature_line, 256), "signature line")
        signature = beside.exactly("signature", SIGNATURE_BYTES)
        key = beside.exactly("key", KEY_BYTES) if "key" in beside else None
    if items.too_heavy(body):
        raise BadSegment("the segment would not fit a frame if its values were erased")
    # One more than there may be tells that there are too many: thirty megabytes of line ends come in a kilobyte.
    return read_header(raw, signature, key), body.split(b"\n", MAX_LINES + 1)[:-1]


def opened(header: Header, lines: Iterable[bytes]) -> tuple[Header, list[bytes]]:
    """The same segment with a salt in every personal part and without its key; raises :class:`BadSegment`."""
    try:
        return replace(header, key=None), [items.opened_line(line, header.key) for line in lines]
    except MalformedLine as error:
        raise BadSegment(str(error)) from error


def hashes_of(lines: Iterable[bytes], key: bytes | None) -> list[bytes]:
    """The hashes of lines that stand in a segment with this key; raises :class:`BadSegment`."""
    try:
        return [items.line_hash(items.split_line(line), key) for line in lines]
    except MalformedLine as error:
        raise BadSegment(str(error)) from error


def checked_name(text: str) -> str:
    """The name of a type or field; raises :class:`MalformedLine` for what is none."""
    if items.NAME.fullmatch(text) is None:
        raise MalformedLine("names of types and fields are lower-case words")
    return text

"""Segments: consecutive items of one origin under its signature, cut once, forwarded byte for byte (rule 20).

A segment is NDJSON::

    {"counts":{…},"digest":"<sha256>","first":1,"format":1,"incarnation":"…","last":3,"shapes":{…},"station":"…","xsj":"segment"}
    {"signature":"<base64>"}
    [["birth",…],…]
    …

The header is signed by the origin. ``digest`` is SHA-256 over the hashes of the lines in their order
(:mod:`desktop.records.items`). ``shapes`` says which cells the births of each type carry.

A **vouched** segment goes down only: it holds chosen items of one origin, keeps their numbers, names the parent in
``vouched`` and is signed by it.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import msgspec

from desktop.records import items
from desktop.records.canonical import canonical
from desktop.records.declaration import DELETED_SLOT
from desktop.records.items import EMPTY_HASH, EMPTY_PART, MalformedLine, Shape
from desktop.records.stamps import MAX_STAMP, from_wire
from desktop.sync import strictjson
from desktop.sync.errors import BadSegment
from desktop.sync.frames import Frame, compress
from desktop.sync.strictjson import Fields, NotStrict

MAX_LINES: Final = 5_000
MAX_HEADER: Final = 256 * 1024
FORMAT: Final = 1

_HEX64 = re.compile(r"[0-9a-f]{64}")
_HEX16 = re.compile(r"[0-9a-f]{16}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MAX_NUMBER: Final = (1 << 53) - 1

_Integer = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
# The bounds of whole numbers are left to the engine here: checking them one by one doubles the cost of a birth.
_Cells = list[str | int | None]
_Head = tuple[str, str, str, str, str | None, str, list[str | list[str]], int, str, Any]
_decode_head: Callable[[bytes], Any] = msgspec.json.Decoder(_Head).decode
_decode_birth = msgspec.json.Decoder(tuple[str, str, str, str, None, str, list[str], int, str, _Cells]).decode
_decode_cells = msgspec.json.Decoder(_Cells).decode
_Group = dict[str, str | _Integer | None]
_decode_value = msgspec.json.Decoder(tuple[str, str | _Integer | _Group | None]).decode


@dataclass(frozen=True, slots=True)
class Header:
    """What the origin, or the parent that vouches, has signed. ``raw`` are those bytes."""

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

    @property
    def total(self) -> int:
        """How many items the segment has."""
        return sum(self.counts.values())

    @property
    def signer(self) -> str:
        """The station whose signature the header carries."""
        return self.vouched or self.station

    def label(self) -> list[Any]:
        """Which segment this is, for a receiver who may have it already."""
        return [self.station, self.incarnation, self.first, self.last, self.digest, self.total]


@dataclass(slots=True)
class BirthBlock:
    """The births of one type. A row is record, ``as``, stamp, number, operator, then the cells of ``columns``."""

    type: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WireChange:
    """A change or tombstone as it came; ``value`` is canonical text, None when its personal value was erased."""

    kind: str
    type: str
    record: str
    unit: str
    slot: str
    stamp: int
    replaces: tuple[int, ...]
    number: int
    operator: str
    value: str | None


@dataclass(slots=True)
class Contents:
    """A decoded segment whose digest fits its header; ``numbers`` are in the order of its lines."""

    header: Header
    births: dict[str, BirthBlock]
    changes: list[WireChange]
    numbers: Sequence[int]
    hashes: list[bytes]


def cut(
    station: str,
    incarnation: str,
    lines: Sequence[tuple[int, bytes]],
    shapes: Mapping[str, Shape],
    sign: Callable[[bytes], bytes],
    message: Callable[[bytes], bytes],
    vouched: str | None = None,
) -> tuple[Header, Frame]:
    """A segment of these numbered lines; the numbers are consecutive unless it is vouched.

    ``message`` turns the header into what is signed (``trust.segment_message``).
    """
    numbers = [n for n, _ in lines]
    if not lines or len(lines) > MAX_LINES or any(b <= a for a, b in itertools.pairwise(numbers)):
        raise ValueError("a segment has 1 to 5000 lines with growing numbers")
    if vouched is None and numbers[-1] - numbers[0] != len(lines) - 1:
        raise ValueError("the numbers of a segment have no gap")
    hashes = [items.line_hash(items.split_line(line)) for _, line in lines]
    counts = Counter(line[3 : line.index(b'"', 3)].decode() for _, line in lines)
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
    signature = sign(message(raw))
    body = [
        raw,
        msgspec.json.encode({"signature": strictjson.to_base64(signature)}),
        *(line for _, line in lines),
    ]
    return read_header(raw, signature), compress(b"\n".join(body) + b"\n")


def read_header(raw: bytes, signature: bytes) -> Header:
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
            station=fields.matching("station", _HEX64),
            incarnation=fields.matching("incarnation", _HEX16),
            first=fields.integer("first", 1, _MAX_NUMBER),
            last=fields.integer("last", 1, _MAX_NUMBER),
            digest=fields.matching("digest", _HEX64),
            counts={n: counts.integer(n, 1, MAX_LINES) for n in counts.names()},
            shapes={_name(n): Shape.from_json(shapes.raw(n)) for n in shapes.names()},
            vouched=fields.matching("vouched", _HEX64) if "vouched" in fields.names() else None,
        )
    except (NotStrict, MalformedLine) as error:
        raise BadSegment(str(error)) from error
    span = header.last - header.first + 1
    if header.total > MAX_LINES or (header.vouched is None and header.total != span) or header.total > span:
        raise BadSegment("the counts do not fit the numbers")
    return header


def read(frame: Frame) -> tuple[Header, list[bytes]]:
    """The header and the lines of a segment, neither verified nor decoded; raises :class:`BadSegment`."""
    raw, _, rest = frame.plain().partition(b"\n")
    signature_line, _, body = rest.partition(b"\n")
    try:
        signature = Fields(strictjson.parse(signature_line, 256), "signature line").binary("signature", 64)
    except NotStrict as error:
        raise BadSegment(str(error)) from error
    return read_header(raw, signature), body.split(b"\n")[:-1]


def hashes_of(lines: Iterable[bytes]) -> list[bytes]:
    """The hashes of lines; raises :class:`BadSegment`."""
    try:
        return [items.line_hash(items.split_line(line)) for line in lines]
    except MalformedLine as error:
        raise BadSegment(str(error)) from error


def decode(header: Header, lines: Sequence[bytes]) -> Contents:
    """The items of a segment, after its lines were found to be those that the header signs.

    Raises :class:`BadSegment` for a line that is no item, a kind that a shape or number does not fit, or a digest
    that differs: then nothing of the segment can be believed.
    """
    if len(lines) != header.total:
        raise BadSegment("the lines are not as many as the header counts")
    contents = Contents(header, {}, [], [], [])
    try:
        contents.numbers = _decode_lines(contents, lines)
        for block in contents.births.values():
            _check_ids([row[0] for row in block.rows], {row[1] for row in block.rows})
        _check_ids([c.record for c in contents.changes], {c.unit for c in contents.changes})
    except (MalformedLine, msgspec.DecodeError, msgspec.ValidationError, ValueError) as error:
        raise BadSegment(str(error)) from error
    if hashlib.sha256(b"".join(contents.hashes)).hexdigest() != header.digest:
        raise BadSegment("the digest does not fit the lines")
    _check_numbers(header, contents.numbers)
    _check_counts(contents)
    return contents


def _decode_lines(contents: Contents, lines: Sequence[bytes]) -> list[int]:
    """Adds every line to the contents; the numbers in the order of the lines.

    A tight loop, because it sees every row: what :mod:`desktop.records.items` says in functions stands here inline
    for births whose personal parts are open.
    """
    numbers: list[int] = []
    shapes = contents.header.shapes
    add_hash, add_number = contents.hashes.append, numbers.append
    sha256 = hashlib.sha256
    blocks: dict[str, tuple[Shape, Callable[[tuple[Any, ...]], None]]] = {}
    for line in lines:
        parts = items.split_line(line)
        head = parts[0]
        if not head.startswith(b'["birth"'):
            add_hash(items.line_hash(parts))
            add_number(_add_other(contents, parts))
            continue
        digest = sha256(head)
        _, type_name, record, unit, _, stamp_text, replaces, number, operator, cells = _decode_birth(head)
        known = blocks.get(type_name)
        if known is None:
            known = blocks[type_name] = _begin_block(contents, shapes, type_name)
        shape, add_row = known
        if replaces or len(cells) != len(shape.plain) or len(parts) != 1 + len(shape.personal):
            raise MalformedLine("a birth follows the shape of its type")
        for names, part in zip(shape.personal, parts[1:], strict=True):
            if part == EMPTY_PART:
                digest.update(EMPTY_HASH)
                cells += [None] * len(names)
            elif part[:1] == b'"':
                digest.update(items.part_hash(part))
                cells += [None] * len(names)
            else:
                digest.update(sha256(part).digest())
                values = _decode_cells(part)
                if len(values) != 1 + len(names):
                    raise MalformedLine("a personal part follows the shape of its type")
                cells += values[1:]
        add_hash(digest.digest())
        stamp = int.from_bytes(bytes.fromhex(stamp_text), "big")
        if len(stamp_text) != 16 or not 0 < stamp <= MAX_STAMP:
            raise MalformedLine("the stamp is out of range")
        add_row((record, unit, stamp, number, operator, *cells))
        add_number(number)
    return numbers


def _begin_block(
    contents: Contents, shapes: Mapping[str, Shape], type_name: str
) -> tuple[Shape, Callable[[tuple[Any, ...]], None]]:
    shape = shapes.get(type_name)
    if shape is None:
        raise MalformedLine("a birth follows the shape of its type")
    block = contents.births[type_name] = BirthBlock(type_name, shape.columns)
    return shape, block.rows.append


def _add_other(contents: Contents, parts: list[bytes]) -> int:
    number: int
    kind, type_name, record, unit, slot, stamp, replaces, number, operator, plain = _decode_head(parts[0])
    if kind not in (items.CHANGE, items.TOMBSTONE) or slot is None or len(parts) > 2:
        # Kinds of later formats are kept in their segment and count as held until a newer program reads them.
        contents.changes.append(
            WireChange(
                kind, _name(type_name), record, unit, slot or "", from_wire(stamp), (), number, operator, None
            )
        )
        return number
    value: str | None
    if len(parts) == 1:
        value = canonical(plain)
    elif parts[1][:1] == b'"':
        value = None
    else:
        value = canonical(_decode_value(parts[1])[1])
    contents.changes.append(
        WireChange(
            kind,
            _name(type_name),
            record,
            unit,
            slot if slot == DELETED_SLOT else _name(slot),
            from_wire(stamp),
            tuple(
                _replaced(entry, record) for entry in replaces if isinstance(entry, str) or entry[0] == record
            ),
            number,
            operator,
            value,
        )
    )
    return number


def _replaced(entry: str | list[str], record: str) -> int:
    """The stamp of an entry about this record; one that names another id matters only within a component (rule 5)."""
    if isinstance(entry, str):
        return from_wire(entry)
    if len(entry) != 2:
        raise MalformedLine("an entry of replaces names a record and a stamp")
    return from_wire(entry[1])


def _check_ids(records: Sequence[str], units: Iterable[str]) -> None:
    """Ids are 32 hexadecimal digits; joined, because one look at many costs less than many looks."""
    for ids in (records, list(units)):
        joined = "".join(ids)
        if any(len(i) != 32 for i in ids) or len(bytes.fromhex(joined)) != 16 * len(ids):
            raise MalformedLine("ids are 32 hexadecimal digits")


def _name(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise MalformedLine("names of types and fields are lower-case words")
    return text


def _check_numbers(header: Header, numbers: list[int]) -> None:
    expected = list(range(header.first, header.last + 1)) if header.vouched is None else sorted(set(numbers))
    if numbers != expected or numbers[0] != header.first or numbers[-1] != header.last:
        raise BadSegment("the numbers of the lines are not those of the header")


def _check_counts(contents: Contents) -> None:
    counts = Counter(c.kind for c in contents.changes)
    births = sum(len(block.rows) for block in contents.births.values())
    if births:
        counts[items.BIRTH] = births
    if dict(counts) != dict(contents.header.counts):
        raise BadSegment("the kinds of the lines are not those that the header counts")

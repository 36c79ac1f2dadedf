"""Items and their wire form: one line of a segment is one item (rules 1, 2 and 20).

A line is a JSON array of parts. Part 0 is the head with the plain values; each further part is one personal value
with a salt of its own. Parts are separated by a comma and a tab, and no other tab stands in a line, so that a
reader can hash the bytes of each part as they are::

    [["birth","member","<record>","<as>",null,"<stamp>",[],7,"王芳",[<plain cells>]],<TAB>["<salt>",<cells>]]
    [["change","enterprise","<record>","<as>","name","<stamp>",["<stamp>"],8,"王芳","新名称"]]

The hash of a personal part is SHA-256 of its bytes; an erased part is that hash as a JSON string. The hash of a
line is SHA-256 of the bytes of part 0 followed by the hashes of its personal parts, so a line whose personal
values were erased still proves everything else.

A **sealed** part has the empty text as its salt, because random salts cannot be compressed: its salt follows from
the key of the segment and the line. It is hashed with that salt in its place, so a line has the same hash whether
its parts are sealed or **open**. Whoever has the key can try values against a hash; so where one part was erased,
the others are opened and the key is gone.

The cells of a birth follow the shape of its type, which stands in the signed header of the segment.
"""

from __future__ import annotations

import itertools
import re
from binascii import b2a_base64
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import msgspec

from desktop.records.declaration import UNIT_SLOT
from desktop.records.versions.canonical import Cell
from desktop.records.versions.stamps import to_wire

BIRTH: Final = "birth"
CHANGE: Final = "change"
TOMBSTONE: Final = "tombstone"
KINDS: Final = frozenset({BIRTH, CHANGE, TOMBSTONE})
"""The kinds of lines that this program knows."""
SEPARATOR: Final = b",\t"
MAX_LINES: Final = 5_000
"""How many lines a segment has at most."""
MAX_WEIGHT: Final = 30 * 1024 * 1024
"""How much the lines of a segment weigh at most, so that its frame holds it whatever is opened or erased in it."""
MAX_VALUE: Final = 4 * 1024 * 1024
"""Bytes of a changed value, or of a part of a birth, as it stands in its line: the engine copies a value many times."""
KEY_BYTES: Final = 32
EMPTY_PART: Final = b"[]"
SEALED: Final = b'["",'
"""How a sealed part begins, byte for byte: any other spelling of an empty text is a salt as it stands."""

EMPTY_HASH: Final = sha256(EMPTY_PART).digest()
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
"""How types, slots, members and kinds of lines are called. The reserved slot ``_deleted`` is none of these."""
_COLUMN: Final = re.compile(rf"({NAME.pattern})(\.{NAME.pattern})?")

_SALT_LABEL: Final = b"xiaosanji salt v1\n"
_SALT: Final = 21
"""Characters of base64 in a salt that follows from a key: two are in one SHA-256."""
_STATED: Final = 66
"""Bytes of an erased part."""

_encode = msgspec.json.Encoder().encode


class MalformedLine(ValueError):
    """A line that is not an item of this format."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Which cells a birth of one type carries, in order.

    ``plain`` lists column names; ``personal`` one tuple of column names for each personal part. A column is
    ``slot`` or, for a member of a group, ``slot.member``.
    """

    plain: tuple[str, ...]
    personal: tuple[tuple[str, ...], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in the order of a birth's cells."""
        return self.plain + tuple(c for part in self.personal for c in part)

    def to_json(self) -> dict[str, Any]:
        """The shape as it stands in a segment's header."""
        return {"plain": list(self.plain), "personal": [list(part) for part in self.personal]}

    @classmethod
    def from_json(cls, data: Any) -> Shape:
        """The shape of a header; raises :class:`MalformedLine` when it is none."""
        if not isinstance(data, dict):
            raise MalformedLine("a shape is an object")
        plain, personal = data.get("plain"), data.get("personal")
        if not isinstance(plain, list) or not isinstance(personal, list):
            raise MalformedLine("a shape lists plain and personal columns")
        if not all(isinstance(part, list) for part in personal):
            raise MalformedLine("each personal part lists its columns")
        shape = cls(tuple(plain), tuple(map(tuple, personal)))
        _check_columns(shape.columns)
        return shape


def _check_columns(columns: Sequence[object]) -> None:
    """Columns are names, each once; none is a slot of the core, and no slot is both a field and a group."""
    whole: set[str] = set()
    grouped: set[str] = set()
    for column in columns:
        named = _COLUMN.fullmatch(column) if isinstance(column, str) else None
        if named is None or named[1] == UNIT_SLOT:
            raise MalformedLine("the columns of a shape are names of fields")
        (whole if named[2] is None else grouped).add(named[1])
    if len(set(columns)) != len(columns) or whole & grouped:
        raise MalformedLine("the columns of a shape are names, each once")


@dataclass(frozen=True, slots=True)
class Replaced:
    """One entry of ``replaces``: the version of a slot with this stamp; ``record`` only where it is another id."""

    stamp: int
    record: str | None = None

    def to_wire(self) -> str | list[str]:
        """A stamp, or record id and stamp."""
        text = to_wire(self.stamp)
        return text if self.record is None else [self.record, text]


@dataclass(frozen=True, slots=True)
class Head:
    """What every line says first, the same in all versions of the format."""

    kind: str
    type: str
    record: str
    unit: str
    slot: str | None
    stamp: int
    replaces: tuple[Replaced, ...]
    number: int
    operator: str

    def to_wire(self, value: Any) -> list[Any]:
        """Part 0 of the line with its plain value last."""
        return [
            self.kind,
            self.type,
            self.record,
            self.unit,
            self.slot,
            to_wire(self.stamp),
            [r.to_wire() for r in self.replaces],
            self.number,
            self.operator,
            value,
        ]


def sealed() -> str:
    """The salt of a part whose salt follows from the key of its segment."""
    return ""


def birth_line(
    head: Head, shape: Shape, cells: Mapping[str, Cell], salt: Callable[[], str] = sealed
) -> bytes:
    """The line of a birth; ``cells`` maps columns to values, absent ones are null."""
    born = [(head.record, head.unit, [*map(cells.get, shape.columns)])]
    return birth_lines(head, shape, born, salt)[0]


def birth_lines(
    first: Head,
    shape: Shape,
    born: Iterable[tuple[str, str, Sequence[Cell]]],
    salt: Callable[[], str] = sealed,
) -> list[bytes]:
    """The lines of births that share the rest of a head; numbers count on from its number.

    A birth is record, unit and the cells of all columns in the shape's order.
    """
    kind, type_name, _, _, slot, stamp, replaces, _, operator, _ = first.to_wire(None)
    plain = len(shape.plain)
    ends = [*itertools.accumulate(map(len, shape.personal), initial=plain)]
    personal = [*itertools.pairwise(ends)]
    lines = []
    for number, (record, unit, cells) in enumerate(born, first.number):
        parts = [
            _encode([kind, type_name, record, unit, slot, stamp, replaces, number, operator, cells[:plain]])
        ]
        for start, end in personal:
            values = cells[start:end]
            # An empty part needs no salt: there is nothing in it to protect.
            parts.append(EMPTY_PART if values.count(None) == len(values) else _encode([salt(), *values]))
        lines.append(b"[" + SEPARATOR.join(parts) + b"]")
    return lines


def change_line(head: Head, value: Any, salt: str | None) -> bytes:
    """The line of a change or tombstone; with a salt the value is personal and stands in a part of its own."""
    if salt is None:
        return b"[" + _encode(head.to_wire(value)) + b"]"
    return b"[" + _encode(head.to_wire(None)) + SEPARATOR + _encode([salt, value]) + b"]"


def split_line(line: bytes) -> list[bytes]:
    """The bytes of each part; raises :class:`MalformedLine` for what is no array of parts."""
    if not line.startswith(b"[[") or not line.endswith(b"]"):
        raise MalformedLine("a line is an array of parts")
    return line[1:-1].split(SEPARATOR)


def opened_size(part: bytes) -> int:
    """The bytes of a personal part once its salt stands in its place, where a level above may have to put it."""
    return len(part) + _SALT * part.startswith(SEALED)


def weight(lines: bytes) -> int:
    """The bytes of lines once all is opened or erased that can be; doing so makes them no heavier."""
    personal = lines.count(b"\t") - lines.count(b'\t"')
    return len(lines) + _STATED * personal + _SALT * lines.count(b"\t" + SEALED)


def most_weight(lines: bytes) -> int:
    """What lines weigh at most; one look at them is enough to know."""
    return len(lines) + (_STATED + _SALT) * lines.count(b"\t")


def too_heavy(lines: bytes) -> bool:
    """Whether lines are too heavy for a segment. Those of a register are far from it, so it is hardly ever reckoned."""
    # No part takes less than three bytes.
    if len(lines) <= MAX_WEIGHT // 32 or most_weight(lines) <= MAX_WEIGHT:
        return False
    return weight(lines) > MAX_WEIGHT or _is_crowded(lines)


def _is_crowded(lines: bytes) -> bool:
    """Whether not all that begins like an erased part can be one: taken apart, millions of stumps would fill memory."""
    return lines.count(b'\t"') * (len(SEPARATOR) + _STATED) > len(lines)


def opened_line(line: bytes, key: bytes | None) -> bytes:
    """The line with a salt in each of its personal parts; its hash stays, and no key belongs to it any more."""
    parts = split_line(line)
    head = sha256(parts[0]).digest()
    for place, part in enumerate(parts[1:]):
        if part[:4] == SEALED:
            parts[place + 1] = _with_salt(part, _salts(key, head, place >> 1), place)
        elif key is not None:
            _refuse_erased(part)
    return b"[" + SEPARATOR.join(parts) + b"]"


def erased_line(line: bytes, places: Collection[int]) -> bytes:
    """The opened line with the personal parts at these places (1, 2 …) replaced by their hash; its own hash stays."""
    parts = split_line(line)
    for place in places:
        if parts[place] != EMPTY_PART:
            parts[place] = b'"' + part_hash(parts[place]).hex().encode() + b'"'
    return b"[" + SEPARATOR.join(parts) + b"]"


def line_hash(parts: Sequence[bytes], key: bytes | None = None) -> bytes:
    """The hash of a line from the bytes of its parts and the key of the segment in which it stands.

    Raises :class:`MalformedLine` for what cannot stand there. A tight loop, because it sees every row.
    """
    digest = sha256(parts[0])
    if len(parts) == 1:
        return digest.digest()
    head = b"" if key is None else digest.digest()
    add = digest.update
    salts, block = b"", -1
    for place, part in enumerate(parts[1:]):
        if part == EMPTY_PART:
            add(EMPTY_HASH)
        elif part[:4] == SEALED:
            if block != place >> 1:
                block = place >> 1
                salts = _salts(key, head, block)
            add(sha256(_with_salt(part, salts, place)).digest())
        elif part[:1] == b'"':
            if key is not None:
                _refuse_erased(part)
            add(part_hash(part))
        else:
            add(sha256(part).digest())
    return digest.digest()


def part_hash(part: bytes) -> bytes:
    """The hash of one personal part that has a salt, which an erased part states itself.

    Raises :class:`MalformedLine`, for a sealed part too: its salt needs the key.
    """
    if part[:4] == SEALED:
        raise MalformedLine("a part without a salt needs the key of its segment")
    if part[:1] == b'"':
        try:
            stated = bytes.fromhex(part[1:-1].decode("ascii"))
        except ValueError as error:
            raise MalformedLine("an erased part is a hash") from error
        # A hexadecimal reading skips white space and takes capitals; a hash has one written form.
        if len(stated) != sha256().digest_size or part != b'"' + stated.hex().encode() + b'"':
            raise MalformedLine("an erased part is a hash")
        return stated
    return sha256(part).digest()


def _refuse_erased(part: bytes) -> None:
    """That a part was erased says that nobody may try values against its hash, so no key stands beside it."""
    if part[:1] == b'"':
        raise MalformedLine("an erased part stands beside no key")


def _salts(key: bytes | None, head: bytes, block: int) -> bytes:
    """The salts of two places, one after the other, in the line whose part 0 has this hash.

    Part 0 names the item and says what it is about, so a part has another salt wherever else it stands.
    """
    if key is None:
        raise MalformedLine("a part without a salt needs the key of its segment")
    return b2a_base64(sha256(b"%b%b%b%d" % (_SALT_LABEL, key, head, block)).digest())


def _with_salt(part: bytes, salts: bytes, place: int) -> bytes:
    """A sealed part with the salt of its place, which is counted from 0."""
    return b'["' + (salts[_SALT : 2 * _SALT] if place & 1 else salts[:_SALT]) + part[2:]

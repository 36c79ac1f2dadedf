"""Items and their wire form: one line of a segment is one item (``sync-spec`` rules 1, 2 and 20).

A line is a JSON array of parts. Part 0 is the head with the plain values; each further part is one personal value
with a salt of its own. Parts are separated by a comma and a tab, and no other tab stands in a line, so that a
reader can hash the bytes of each part as they are::

    [["birth","member","<record>","<as>",null,"<stamp>",[],7,"王芳",[<plain cells>]],<TAB>["<salt>",<cells>]]
    [["change","enterprise","<record>","<as>","name","<stamp>",["<stamp>"],8,"王芳","新名称"]]

The hash of a personal part is SHA-256 of its bytes; an erased part is that hash as a JSON string. The hash of a
line is SHA-256 of the bytes of part 0 followed by the hashes of its personal parts, so a line whose personal
values were erased still proves everything else.

The cells of a birth follow the shape of its type, which stands in the signed header of the segment.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from desktop.records.canonical import Cell
from desktop.records.declaration import UNIT_SLOT
from desktop.records.stamps import to_wire

BIRTH: Final = "birth"
CHANGE: Final = "change"
TOMBSTONE: Final = "tombstone"
SEPARATOR: Final = b",\t"
SALT_BYTES: Final = 16
EMPTY_PART: Final = b"[]"

EMPTY_HASH: Final = hashlib.sha256(EMPTY_PART).digest()
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
"""How types, slots, members and kinds of lines are called. The reserved slot ``_deleted`` is none of these."""
_COLUMN: Final = re.compile(rf"({NAME.pattern})(\.{NAME.pattern})?")

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


def birth_line(head: Head, shape: Shape, cells: Mapping[str, Cell], salt: Callable[[], str]) -> bytes:
    """The line of a birth; ``cells`` maps columns to values, absent ones are null."""
    value_of = cells.get
    parts = [_encode(head.to_wire(list(map(value_of, shape.plain))))]
    for columns in shape.personal:
        values = list(map(value_of, columns))
        # An empty part needs no salt: there is nothing in it to protect.
        parts.append(EMPTY_PART if values.count(None) == len(values) else _encode([salt(), *values]))
    return b"[" + SEPARATOR.join(parts) + b"]"


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


def erased_line(line: bytes, places: Collection[int]) -> bytes:
    """The line with the personal parts at these places (1, 2 …) replaced by their hash; its own hash stays."""
    parts = split_line(line)
    for place in places:
        if parts[place] != EMPTY_PART:
            parts[place] = b'"' + part_hash(parts[place]).hex().encode() + b'"'
    return b"[" + SEPARATOR.join(parts) + b"]"


def line_hash(parts: Sequence[bytes]) -> bytes:
    """The hash of a line from the bytes of its parts."""
    digest = hashlib.sha256(parts[0])
    for part in parts[1:]:
        digest.update(EMPTY_HASH if part == EMPTY_PART else part_hash(part))
    return digest.digest()


def part_hash(part: bytes) -> bytes:
    """The hash of one personal part, which an erased part states itself."""
    if part.startswith(b'"'):
        try:
            stated = bytes.fromhex(part[1:-1].decode("ascii"))
        except ValueError as error:
            raise MalformedLine("an erased part is a hash") from error
        if len(stated) != hashlib.sha256().digest_size or not part.endswith(b'"'):
            raise MalformedLine("an erased part is a hash")
        return stated
    return hashlib.sha256(part).digest()

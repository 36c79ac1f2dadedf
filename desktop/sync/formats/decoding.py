"""The items of a segment: its lines decoded by shape and kind, after they were found to be those that are signed."""

from __future__ import annotations

import codecs
import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from desktop.records.declaration import DELETED_SLOT, Kind, RecordType, Slot
from desktop.records.identity import is_id
from desktop.records.versions import items
from desktop.records.versions.born import Births
from desktop.records.versions.canonical import ABSENT, canonical
from desktop.records.versions.items import MalformedLine, Shape
from desktop.records.versions.stamps import from_wire
from desktop.sync.errors import BadSegment
from desktop.sync.formats.birth_lines import AnyCell, BirthLines, kinds_of
from desktop.sync.formats.fitting import BARE_TYPES, Demands, demands_on
from desktop.sync.formats.segments import Header, checked_name

_BIRTH: Final = b'["birth","'
_NO_BIRTH: Final = b"\0"
"""How no line begins."""

MOST_MEMBERS: Final = 1 << 14
"""How many members a group has at most."""
_LONG: Final = 1 << 16
"""Bytes from which on a head or a value is read with care, as it may be of thirty megabytes: what is replaced entry by
entry, of which there may be a million and a half, and a group only if it has not too many members."""
_decode_head: Callable[[bytes], Any] = msgspec.json.Decoder(
    tuple[str, str, str, str, str | None, str, list[str | tuple[str, str]], int, str, msgspec.Raw]
).decode
_decode_long_head: Callable[[bytes], Any] = msgspec.json.Decoder(
    tuple[str, str, str, str, str | None, str, msgspec.Raw, int, str, msgspec.Raw]
).decode
_decode_entry: Callable[[bytes], Any] = msgspec.json.Decoder(str | tuple[str, str]).decode
_OPENED: Final = re.compile(rb"[ \n\r]*+\[([ \n\r]*+\])?")
_ENTRY: Final = re.compile(
    rb'[ \n\r]*+("(?:[^"\\]|\\.)*+"|\[(?:[^"\]]|"(?:[^"\\]|\\.)*+")*+\])[ \n\r]*+([,\]])'
)
"""An entry of what is replaced, and what stands behind it."""
_TEXT: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"([ \n\r]*+:)?')
"""A text; behind the name of a member stands a colon."""
_Value = AnyCell | dict[str, AnyCell]
_decode_plain = msgspec.json.Decoder(_Value).decode
_decode_value = msgspec.json.Decoder(tuple[str, _Value]).decode


class WireChange(msgspec.Struct, frozen=True):
    """A change or tombstone as it came; ``value`` is canonical text, None when its personal value was erased.

    ``replaces`` are stamps of versions of this record, or record and stamp of those of others. ``outranked`` is set
    where the stamp is not greater than all that it replaces, versions under other ids included (rule 5). Items of a
    kind, or of a form, that this program does not know have no slot and no value. There may be a million: an immutable
    dataclass of so many fields takes ten times as long to make.
    """

    kind: str
    type: str
    record: str
    unit: str
    slot: str
    stamp: int
    replaces: tuple[int | tuple[str, int], ...]
    number: int
    operator: str
    value: str | None
    outranked: bool = False


@dataclass(slots=True)
class Contents:
    """A decoded segment whose digest fits its header; ``numbers`` are in the order of its lines, as are the hashes.

    ``misfits`` are the numbers of items with a value that is none of its field's kind: text in a number, no id in
    a link, half a tombstone, an object that is no group; or with a personal value that is not in a part of its own; or
    whose kind says that it deletes where its value does not, or the other way round.
    """

    header: Header
    births: dict[str, Births] = field(default_factory=dict)
    changes: list[WireChange] = field(default_factory=list)
    numbers: Sequence[int] = ()
    joined: bytes = b""
    misfits: set[int] = field(default_factory=set)

    @property
    def hashes(self) -> list[bytes]:
        """Of each line, cut from all of them ``joined``: hardly anybody asks for them."""
        size = hashlib.sha256().digest_size
        return [self.joined[at : at + size] for at in range(0, len(self.joined), size)]

    def shapes(self, wanted: Set[int]) -> dict[str, Shape]:
        """What the cells of those births are that have these numbers, for whoever cuts them anew."""
        return {
            name: self.header.shapes[name]
            for name in {b.type for b in self.births.values() if not wanted.isdisjoint(b.numbers)}
        }


def decode(header: Header, lines: Sequence[bytes], types: Mapping[str, RecordType]) -> Contents:
    """The items of a segment, after its lines were found to be those that the header signs.

    ``types`` say what the values have to be; what they do not know may hold any value of the format. Raises
    :class:`BadSegment` for a line that is no item, a kind that a shape or number does not fit, or a digest that
    differs: then nothing of the segment can be believed.
    """
    if len(lines) != header.total:
        raise BadSegment("the lines are not as many as the header counts")
    contents = Contents(header)
    try:
        for line in lines:
            if len(line) > items.MAX_VALUE:
                _check_values(items.split_line(line))
        contents.numbers = _decode_lines(contents, lines, types)
        for block in contents.births.values():
            _check_ids(block.records, set(block.units))
            _check_links(contents, block, types.get(block.type))
            _check_columns(contents, block, types.get(block.type))
        _check_ids([c.record for c in contents.changes], {c.unit for c in contents.changes})
    except (MalformedLine, msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadSegment(str(error)) from error
    if hashlib.sha256(contents.joined).hexdigest() != header.digest:
        raise BadSegment("the digest does not fit the lines")
    _check_numbers(header, contents.numbers)
    _check_counts(contents)
    return contents


def _decode_lines(
    contents: Contents, lines: Sequence[bytes], types: Mapping[str, RecordType]
) -> Sequence[int]:
    """Adds every line to the contents; the numbers in the order of the lines.

    A tight loop, because it sees every row.
    """
    numbers: list[int] = []
    hashes: list[bytes] = []
    add_hash, add_number = hashes.append, numbers.append
    key, line_hash = contents.header.key, items.line_hash
    blocks: dict[bytes, BirthLines] = {}
    slots: dict[tuple[str, str], Demands] = {}
    # How the line before began, for the next birth is mostly one of the same type.
    before = _NO_BIRTH
    for line in lines:
        parts = items.split_line(line)
        add_hash(line_hash(parts, key))
        head = parts[0]
        if not head.startswith(before):
            if not head.startswith(_BIRTH):
                add_number(_add_other(contents, parts, types, slots))
                continue
            name = head[len(_BIRTH) : head.index(b'"', len(_BIRTH))]
            block = blocks[name] = blocks.get(name) or _begin_births(contents, name.decode(), types)
            add, before = block.add, head[: len(_BIRTH) + len(name) + 1]
        add_number(add(parts))
    for block in blocks.values():
        contents.births[block.type] = block.births()
        contents.misfits |= block.misfits
    contents.joined = b"".join(hashes)
    return numbers


def _begin_births(contents: Contents, name: str, types: Mapping[str, RecordType]) -> BirthLines:
    shape = contents.header.shapes.get(name)
    if shape is None:
        raise MalformedLine("a birth follows the shape of its type")
    return BirthLines(name, shape, types.get(name))


def _add_other(
    contents: Contents,
    parts: list[bytes],
    types: Mapping[str, RecordType],
    slots: dict[tuple[str, str], Demands],
) -> int:
    """Adds an item that is no birth, and gives its number; ``slots`` hold what is asked of those that were met."""
    number: int
    decode_head = _decode_head if len(parts[0]) < _LONG else _decode_long_head
    kind, type_name, record, unit, slot, stamp_text, replaces, number, operator, plain = decode_head(parts[0])
    stamp = from_wire(stamp_text)
    if kind == items.BIRTH:
        raise MalformedLine("a birth begins as births begin")
    beside = len(parts) > 1 or slot is None or kind not in items.KINDS
    unused = beside and bytes(plain) != b"null"
    if unused:
        _check_signs(plain)
    if kind not in items.KINDS or slot is None or len(parts) > 2:
        # Kinds of later formats are kept in their segment and count as held until a newer program reads them.
        contents.changes.append(
            WireChange(
                checked_name(kind),
                checked_name(type_name),
                record,
                unit,
                "",
                stamp,
                (),
                number,
                operator,
                None,
            )
        )
        return number
    known = slots.get((type_name, slot))
    if known is None:
        known = slots[type_name, slot] = demands_on(types, type_name, slot)
    value: str | None = None
    # Beside a part it could not be erased; and what says whose a record is, or what counts, nobody may erase.
    misfits = unused or (known.bare and len(parts) > 1)
    if len(parts) == 1 or parts[1][:1] != b'"':
        if len(parts[-1]) >= _LONG:
            _check_members(plain if len(parts) == 1 else parts[1])
        found = _decode_plain(plain) if len(parts) == 1 else _decode_value(parts[1])[1]
        exposed = len(parts) == 1 and known.personal and found is not None
        value = canonical(found)
        # The signed counts are by kind, and a cover sheet says by them how much a bundle deletes.
        deletes = slot == DELETED_SLOT and value != ABSENT
        misfits |= exposed or deletes is not (kind == items.TOMBSTONE) or not known.fits(found)
    if misfits:
        contents.misfits.add(number)
    if isinstance(replaces, msgspec.Raw):
        replaces = _entries(bytes(replaces))
    seen, outranked = _seen(record, stamp, replaces) if replaces else ((), False)
    contents.changes.append(
        WireChange(kind, type_name, record, unit, slot, stamp, seen, number, operator, value, outranked)
    )
    return number


def _check_values(parts: Sequence[bytes]) -> None:
    """No value is longer than it may be; else raises :class:`MalformedLine`. What a change replaces is no value."""
    plain = parts[0] if parts[0].startswith(_BIRTH) else _decode_long_head(parts[0])[-1]
    if max([len(plain), *map(items.opened_size, parts[1:])]) > items.MAX_VALUE:
        raise MalformedLine("a value is too long")


def says_nothing(part: bytes) -> bool:
    """Whether the value in a part of its own is nothing, however that is written: a group without members is.

    Raises :class:`MalformedLine` and ``msgspec.DecodeError``.
    """
    if len(part) >= _LONG:
        _check_members(part)
    return canonical(_decode_value(part)[1]) == ABSENT


def _check_signs(unused: msgspec.Raw) -> None:
    """Of what nobody uses as well the signs are those of UTF-8; that it is JSON was seen when the head was read."""
    decode, left = codecs.getincrementaldecoder("utf-8")().decode, memoryview(unused)
    while left:
        decode(left[:_LONG], final=len(left) <= _LONG)
        left = left[_LONG:]


def _check_members(value: bytes | msgspec.Raw) -> None:
    """A group has no more members than it may; else raises :class:`MalformedLine`. Of a shorter value it is known.

    In objects millions would take thirty times as much as in text.
    """
    names = (text for text in _TEXT.finditer(memoryview(value)) if text[1] is not None)
    if next(itertools.islice(names, MOST_MEMBERS, None), None) is not None:
        raise MalformedLine("a group has too many members")


def _seen(
    record: str, stamp: int, replaces: Iterable[str | tuple[str, str]]
) -> tuple[tuple[int | tuple[str, int], ...], bool]:
    """What an item of this stamp replaces, and whether that outranks it."""
    seen: list[int | tuple[str, int]] = []
    names: dict[str, str] = {}
    outranked = False
    for entry in replaces:
        # One of another id matters only within a component (rule 5).
        of, text = (record, entry) if isinstance(entry, str) else entry
        replaced = from_wire(text)
        outranked |= replaced >= stamp
        if of == record:
            seen.append(replaced)
        elif is_id(of):
            # Each would be a text of its own, and most entries name the same few records.
            seen.append((names.setdefault(of, of), replaced))
    return tuple(seen), outranked


def _entries(replaces: bytes) -> Iterator[str | tuple[str, str]]:
    """The entries of a long list one by one; raises :class:`MalformedLine` for what is none."""
    opened = _OPENED.match(replaces)
    if opened is None:
        raise MalformedLine("what is replaced is a list")
    begin, end = opened.end(), b"]" if opened[1] else b","
    while end == b",":
        entry = _ENTRY.match(replaces, begin)
        if entry is None:
            raise MalformedLine("what is replaced is a list of stamps")
        yield _decode_entry(entry[1])
        begin, end = entry.end(), entry[2]


def _check_columns(contents: Contents, block: Births, record_type: RecordType | None) -> None:
    """A personal value stands in a part of its own, or it could not be erased (rule 20).

    A part that it shared with another slot would take that along when it is erased, for all who hear of it later. One
    that was erased does not tell what it held, so of such a shape no birth is believed.

    And only a group has members: else an object would stand in a field, whose kind and writers nobody has asked for.
    What says who is who has no such parts: with one erased it would be the same item, and say something else.
    """
    slots = record_type.slots if record_type is not None else {}
    shape = contents.header.shapes[block.type]
    plain = shape.plain
    misfits = []
    for column in block.columns:
        name, _, member = column.partition(".")
        slot = slots.get(name)
        if slot is not None and (slot.grouped is not bool(member) or (slot.personal and column in plain)):
            misfits.append(column)
    contents.misfits |= block.filled(misfits)
    if (block.type in BARE_TYPES and shape.personal) or any(
        _is_shared(part, slots) for part in shape.personal
    ):
        contents.misfits |= set(block.numbers)


def _is_shared(part: Sequence[str], slots: Mapping[str, Slot]) -> bool:
    """Whether a personal part holds a personal slot and another one beside it."""
    names = {column.partition(".")[0] for column in part}
    return len(names) > 1 and any(name in slots and slots[name].personal for name in names)


def _check_links(contents: Contents, block: Births, record_type: RecordType | None) -> None:
    """Links are ids; like those of records they are looked at together, and one by one only where that fails."""
    kinds = kinds_of(record_type)
    for column, cells in zip(block.columns, block.cells, strict=True):
        if kinds.get(column) is Kind.LINK and not _are_ids([cell for cell in cells if cell is not None]):
            contents.misfits |= {
                number
                for number, cell in zip(block.numbers, cells, strict=True)
                if cell is not None and not is_id(cell)
            }


def _check_ids(records: Sequence[str], units: Iterable[str]) -> None:
    if not _are_ids(records) or not _are_ids(list(units)):
        raise MalformedLine("ids are 32 hexadecimal digits")


def _are_ids(texts: Sequence[Any]) -> bool:
    """Whether these are ids; joined, because one look at many costs less than many looks."""
    try:
        joined = "".join(texts)
        found = bytes.fromhex(joined)
    except (TypeError, ValueError):  # no text at all, or no hexadecimal digits
        return False
    # A hexadecimal reading skips white space and takes capitals; an id has one written form.
    return set(map(len, texts)) <= {32} and 2 * len(found) == len(joined) and joined == joined.lower()


def _check_numbers(header: Header, numbers: Sequence[int]) -> None:
    expected = list(range(header.first, header.last + 1)) if header.vouched is None else sorted(set(numbers))
    if numbers != expected or numbers[0] != header.first or numbers[-1] != header.last:
        raise BadSegment("the numbers of the lines are not those of the header")


def _check_counts(contents: Contents) -> None:
    counts = Counter(c.kind for c in contents.changes)
    births = sum(map(len, contents.births.values()))
    if births:
        counts[items.BIRTH] = births
    if dict(counts) != dict(contents.header.counts):
        raise BadSegment("the kinds of the lines are not those that the header counts")

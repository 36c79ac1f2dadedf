"""Segments (rule 20): what was signed is what is read; anything else is told apart line by line, or not believed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.versions import items
from desktop.records.versions.items import Head, MalformedLine, Shape, birth_line, change_line, split_line
from desktop.sync import trust
from desktop.sync.errors import BadSegment, BadSegmentSignature, OriginUnequal
from desktop.sync.formats import decoding, frames, segments, strictjson
from desktop.sync.formats.decoding import Contents
from desktop.sync.formats.segments import Header
from tests.sync.desks import TYPES
from tests.sync.world import OTHER_VILLAGE_DESK, VILLAGE_DESK

KEYS = VILLAGE_DESK.keys
RECORD, UNIT = "ab" * 16, "cd" * 16
FIRM = Shape(("name", "count.staff", "partner"), (("contact.phone",),))
STAMP = 0x0CAA4117001FFFFF


def head(number: int, kind: str = "birth", slot: str | None = None, **changes: Any) -> Head:
    said: dict[str, Any] = {
        "type": "firm",
        "record": RECORD,
        "unit": UNIT,
        "stamp": STAMP,
        "replaces": (),
    } | changes
    return Head(kind=kind, slot=slot, number=number, operator="王芳", **said)


def birth(
    number: int, cells: Mapping[str, Any] | None = None, shape: Shape = FIRM, **changes: Any
) -> tuple[int, bytes]:
    return number, birth_line(head(number, **changes), shape, cells or {"name": "一家"}, lambda: "salt")


def change(
    number: int, slot: str = "name", value: Any = "新名", salt: str | None = None, **changes: Any
) -> tuple[int, bytes]:
    kind = changes.pop("kind", "change")
    return number, change_line(head(number, kind, slot, **changes), value, salt)


def cut(
    *lines: tuple[int, bytes],
    shapes: Mapping[str, Shape] | None = None,
    vouched: str | None = None,
    key: bytes | None = None,
) -> frames.Frame:
    shapes = {"firm": FIRM} if shapes is None else shapes
    return segments.cut(KEYS.station, KEYS.incarnation, lines, shapes, KEYS.sign, vouched, key)[1]


def read(*lines: tuple[int, bytes], **options: Any) -> Contents:
    header, found = segments.read(cut(*lines, **options))
    return decoding.decode(header, found, TYPES)


def cells_of_first(contents: Contents, name: str) -> tuple[object, ...]:
    """The cells of the first birth of a type, in the order of its shape."""
    block, shape = contents.births[name], contents.header.shapes[name]
    return tuple(block.values(column)[0] for column in shape.columns)


def raw(text: str, number: int = 1) -> tuple[int, bytes]:
    """A line as a hostile hand writes it; names in braces are filled in."""
    values = {"record": RECORD, "unit": UNIT, "stamp": f"{STAMP:016x}", "number": number}
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return number, text.encode()


# -- what is written comes back ------------------------------------------------------------------------------------


def test_births_and_changes_come_back_as_they_were_written() -> None:
    contents = read(
        birth(1, {"name": "一家", "count.staff": 5, "contact.phone": "138"}),
        birth(2, {"partner": RECORD}, record="ef" * 16),
        change(3, "name", None, replaces=(items.Replaced(4), items.Replaced(STAMP - 1))),
        change(4, "contact", {"phone": "139", "person": None}, "salt"),
        change(5, "_deleted", {"births": "", "heads": ""}, kind="tombstone"),
    )
    block = contents.births["firm"]
    assert block.columns == ("name", "count.staff", "partner", "contact.phone")
    assert [*block.rows()] == [
        (RECORD, UNIT, STAMP, 1, "王芳", "一家", 5, None, "138"),
        ("ef" * 16, UNIT, STAMP, 2, "王芳", None, None, RECORD, None),
    ]
    values = [(c.number, c.kind, c.slot, c.value, c.replaces) for c in contents.changes]
    assert values == [
        (3, "change", "name", "null", (4, STAMP - 1)),
        (4, "change", "contact", '{"phone":"139"}', ()),
        (5, "tombstone", "_deleted", '{"births":"","heads":""}', ()),
    ]
    assert contents.misfits == set()
    assert contents.numbers == [1, 2, 3, 4, 5]


@pytest.mark.no_cover
@given(st.text(st.characters(codec="utf-8"), max_size=40), st.integers(-(1 << 63), (1 << 63) - 1) | st.none())
def test_any_text_and_any_whole_number_of_64_bits_travel(text: str, number: int | None) -> None:
    """NUL, tabs and line feeds included; JSON escapes them, so they separate neither parts nor lines."""
    contents = read(
        birth(1, {"name": text, "count.staff": number, "contact.phone": text}), change(2, "name", text)
    )
    assert cells_of_first(contents, "firm") == (text, number, None, text)
    assert json.loads(str(contents.changes[0].value)) == text


def test_births_of_two_types_in_turn_come_to_their_own_type() -> None:
    """Whatever came before: another type, a change, or a type whose name begins alike."""
    types = ("firm", "firm", "firms", "firm")
    lines = [birth(n, {"name": f"第{n}家"}, type=t) for n, t in enumerate(types, 1)]
    found = read(*lines, change(5), birth(6), shapes={"firm": FIRM, "firms": FIRM}).births
    rows = {name: list(block.numbers) for name, block in found.items()}
    assert rows == {"firm": [1, 2, 4, 6], "firms": [3]}


def test_an_erased_personal_value_leaves_the_rest_readable() -> None:
    """Rule 20: whoever forwards may erase, and the signature of the author still stands over the rest."""
    lines = [
        birth(1, {"name": "一家", "contact.phone": "138"}),
        change(2, "contact", {"phone": "139"}, "salt"),
    ]
    header, found = segments.read(cut(*lines))
    erased = []
    for line in found:
        plain, personal = split_line(line)
        erased.append(b"[" + plain + b',\t"' + hashlib.sha256(personal).hexdigest().encode() + b'"]')
    contents = decoding.decode(header, erased, TYPES)
    assert cells_of_first(contents, "firm") == ("一家", None, None, None)
    assert contents.changes[0].value is None


def test_the_signature_is_the_authors_and_covers_the_header() -> None:
    """Rule 20: signed by the wrong key, under another station's name, or over another header."""
    header, _ = segments.read(cut(birth(1)))
    village, other = VILLAGE_DESK.certificate, OTHER_VILLAGE_DESK.certificate
    trust.judge_segment(village, header)
    with pytest.raises(OriginUnequal):
        trust.judge_segment(other, header)
    forged = OTHER_VILLAGE_DESK.keys.sign(header.message())
    with pytest.raises(BadSegmentSignature):
        trust.judge_segment(village, replace(header, signature=forged))
    swapped, _ = segments.read(cut(birth(1, {"name": "别家"})))
    with pytest.raises(BadSegmentSignature):
        trust.judge_segment(village, replace(swapped, signature=header.signature))


def test_every_bit_of_a_line_is_under_the_signature() -> None:
    header, found = segments.read(cut(birth(1, {"name": "一家", "contact.phone": "138"})))
    line = found[0]
    for position in range(len(line)):
        changed = line[:position] + bytes([line[position] ^ 1]) + line[position + 1 :]
        with pytest.raises(BadSegment):
            decoding.decode(header, [changed], TYPES)


# -- salts that follow from a key ----------------------------------------------------------------------------------

KEY = bytes(range(32))
PERSONAL = (
    (1, birth_line(head(1), FIRM, {"name": "一家", "contact.phone": "138"})),
    change(2, "contact", {"phone": "139"}, ""),
    change(3, "contact", {"phone": "137"}, "salt"),
    change(4),
)
"""Two sealed parts, one with a salt of its own, and a line without."""


def beside(frame: frames.Frame, lines: Sequence[bytes] | None = None, **members: Any) -> frames.Frame:
    """The segment with other members beside its signature, or other lines."""
    raw, said, *body = frame.plain().split(b"\n")[:-1]
    said = msgspec.json.encode({n: v for n, v in (json.loads(said) | members).items() if v is not ...})
    return frames.compress(b"\n".join([raw, said, *(body if lines is None else lines)]) + b"\n")


def test_a_sealed_segment_and_its_open_form_are_the_same_segment() -> None:
    """Same header, label, hashes and values; the open one has no key."""
    frame = cut(*PERSONAL, key=KEY)
    header, lines = segments.read(frame)
    sealed = decoding.decode(header, lines, TYPES)
    opened = segments.pack(*segments.opened(header, lines))
    again, others = segments.read(opened)
    found = decoding.decode(again, others, TYPES)
    assert (header.key, again.key) == (KEY, None)
    assert (again.raw, again.signature, again.label()) == (header.raw, header.signature, header.label())
    assert (found.hashes, found.births, found.changes) == (sealed.hashes, sealed.births, sealed.changes)
    assert cells_of_first(found, "firm") == ("一家", None, None, "138")
    assert [c.value for c in found.changes] == ['{"phone":"139"}', '{"phone":"137"}', '"新名"']
    assert b'["",' not in opened.plain()
    assert b"key" not in opened.plain()


def test_a_segment_without_a_sealed_part_carries_no_key() -> None:
    assert segments.read(cut(*PERSONAL[2:], key=KEY))[0].key is None


@pytest.mark.parametrize(
    "key",
    [
        ..., None, 5, "", "AA", strictjson.to_base64(KEY[:31]), strictjson.to_base64(KEY + b"x"),
        strictjson.to_base64(KEY).rstrip("="), strictjson.to_base64(bytes(32)), [strictjson.to_base64(KEY)],
    ],
)  # fmt: skip
def test_no_other_key_fits(key: Any) -> None:
    """Missing, of another length, in another spelling, or simply another."""
    with pytest.raises(BadSegment):
        decoding.decode(*segments.read(beside(cut(*PERSONAL, key=KEY), key=key)), TYPES)


def test_a_key_of_zeros_is_one_like_any_other() -> None:
    """Nobody else can tell how a key was drawn: a bad one harms the secrets of who drew it."""
    header, lines = segments.read(cut(*PERSONAL, key=bytes(32)))
    assert decoding.decode(header, lines, TYPES).numbers == [1, 2, 3, 4]


def test_an_erased_value_beside_a_key_is_refused() -> None:
    """Who forwards so lets everybody try values against the hash; an honest forwarder has opened the segment."""
    frame = cut(*PERSONAL, key=KEY)
    header, lines = segments.read(frame)
    _, opened = segments.opened(header, lines)
    erased = [items.erased_line(opened[0], [1]), *lines[1:]]
    with pytest.raises(BadSegment):
        decoding.decode(*segments.read(beside(frame, erased)), TYPES)
    with pytest.raises(BadSegment):
        segments.opened(*segments.read(beside(frame, erased, key=...)))
    erased[1:] = opened[1:]
    contents = decoding.decode(*segments.read(beside(frame, erased, key=...)), TYPES)
    assert cells_of_first(contents, "firm") == ("一家", None, None, None)


def test_a_vouched_segment_carries_no_key() -> None:
    """Who gets some lines of a segment must not be able to guess what the others say."""
    with pytest.raises(ValueError, match="open"):
        cut(*PERSONAL, vouched=VILLAGE_DESK.certificate.station, key=KEY)
    frame = cut(*PERSONAL[2:], vouched=VILLAGE_DESK.certificate.station)
    assert segments.read(frame)[0].vouched is not None
    with pytest.raises(BadSegment):
        segments.read(beside(frame, key=strictjson.to_base64(KEY)))


def test_a_segment_too_heavy_to_be_erased_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its frame would not hold it any more: every later merge of the ledger that holds it would fail."""
    frame = cut(*PERSONAL, key=KEY)
    heavy = items.weight(frame.plain().split(b"\n", 2)[2])
    monkeypatch.setattr(items, "MAX_WEIGHT", heavy)
    segments.read(frame)
    monkeypatch.setattr(items, "MAX_WEIGHT", heavy - 1)
    with pytest.raises(BadSegment):
        segments.read(frame)


def test_a_header_leaves_room_for_who_vouches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else whoever passes items on could be made to write bundles that nobody reads."""
    raw, vouched = header_of(), header_of(vouched=VILLAGE_DESK.certificate.station)
    monkeypatch.setattr(segments, "MAX_HEADER", len(raw) + 1023)
    with pytest.raises(BadSegment):
        segments.read_header(raw, bytes(64))
    assert segments.read_header(vouched, bytes(64)).vouched is not None


def test_no_sealed_line_is_cut_without_a_key() -> None:
    with pytest.raises(items.MalformedLine, match="key"):
        cut(*PERSONAL)


# -- what is cut ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("numbers", [[], [1, 3], [2, 1], [1, 1], range(1, 5_002)])
def test_own_items_are_cut_in_growing_numbers_without_gaps(numbers: Sequence[int]) -> None:
    with pytest.raises(ValueError, match="segment"):
        cut(*(birth(n) for n in numbers))


def test_five_thousand_lines_are_a_segment() -> None:
    assert len(read(*(birth(n) for n in range(1, 5_001))).numbers) == 5_000


def test_a_vouched_segment_may_have_gaps() -> None:
    contents = read(birth(2), birth(5), change(9), vouched="f" * 64)
    assert contents.numbers == [2, 5, 9]
    assert contents.header.signer == "f" * 64
    assert contents.header.label()[2:4] == [2, 9]


# -- headers that no program of this project writes ----------------------------------------------------------------


def header_of(**changes: Any) -> bytes:
    plain = json.loads(segments.read(cut(birth(1), change(2)))[0].raw) | changes
    return msgspec.json.encode({n: v for n, v in plain.items() if v is not ...})


@pytest.mark.parametrize(
    "changes",
    [
        {"xsj": "receipt"},
        {"format": 2},
        {"format": ...},
        {"station": "F" * 64},
        {"incarnation": "0" * 15},
        {"first": 0},
        {"first": 2},
        {"last": 3},
        {"last": 1 << 53},
        {"first": 3, "last": 1, "counts": {"birth": 1}},
        {"digest": "0" * 63},
        {"counts": {}},
        {"counts": {}, "vouched": "f" * 64},
        {"counts": {"birth": 0}},
        {"counts": {"birth": 3}},
        {"counts": {"birth": 3}, "vouched": "f" * 64},
        {"counts": {"birth": 5_001}, "last": 5_001},
        {"counts": {"birth": 4_000, "change": 1_001}, "last": 5_001},
        {"counts": {"Birth": 2}},
        {"shapes": {"firm": {"plain": ["_deleted"], "personal": []}}},
        {"shapes": {"_firm": {"plain": [], "personal": []}}},
        {"vouched": "f" * 63},
    ],
)
def test_a_header_that_does_not_hold_together(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSegment):
        segments.read_header(header_of(**changes), bytes(64))


def test_what_a_later_format_adds_to_a_header_is_left_alone() -> None:
    assert segments.read_header(header_of(weather="fine"), bytes(64)).total == 2


@pytest.mark.parametrize(
    "plain",
    [
        b"\n",
        b"{}\n{}\n",
        b'{}\n{"signature":"AA=="}\n',
        b"x" * 300_000 + b'\n{"signature":""}\n',
        b"[]\n[]\n[]\n",
    ],
)
def test_what_is_no_segment(plain: bytes) -> None:
    with pytest.raises(BadSegment):
        segments.read(frames.compress(plain))


# -- lines that were not signed ------------------------------------------------------------------------------------


def tampered(change_lines: Callable[[list[bytes]], list[bytes]]) -> tuple[Header, list[bytes]]:
    header, lines = segments.read(cut(birth(1), birth(2, {"name": "二家"}), change(3)))
    return header, change_lines(lines)


@pytest.mark.parametrize(
    "hand",
    [
        lambda lines: lines[:-1],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], lines[0], lines[2]],
        lambda lines: [lines[0], lines[2], lines[2]],
        lambda lines: [],
    ],
)
def test_lines_left_out_doubled_or_swapped(hand: Callable[[list[bytes]], list[bytes]]) -> None:
    with pytest.raises(BadSegment):
        decoding.decode(*tampered(hand), TYPES)


# -- lines that were signed and are no items: nothing of the segment can be believed -------------------------------

_BIRTH = '["birth","firm","{record}","{unit}",null,"{stamp}",[],{number},"王",'
_CHANGE = '["change","firm","{record}","{unit}","name","{stamp}",[],{number},"王",'
_EMPTY = "[null,null,null]],\t[]"


def altered(base: str, old: str, new: str, end: str = "null]") -> str:
    """A line with one thing changed in its head."""
    return "[" + base.replace(old, new, 1) + end + "]"


_NO_BIRTHS = {
    "too few plain cells": f"[{_BIRTH}[null,null]],\t[]]",
    "too many plain cells": f"[{_BIRTH}[null,null,null,null]],\t[]]",
    "no personal part": f"[{_BIRTH}[null,null,null]]]",
    "two personal parts": f"[{_BIRTH}{_EMPTY},\t[]]",
    "a personal part of salt alone": f'[{_BIRTH}[null,null,null]],\t["salt"]]',
    "too many personal cells": f'[{_BIRTH}[null,null,null]],\t["salt",1,2]]',
    "a number for a salt": f"[{_BIRTH}[null,null,null]],\t[5,null]]",
    "half a hash": f'[{_BIRTH}[null,null,null]],\t"abc"]',
    "cells that are no list": f'[{_BIRTH}"name"],\t[]]',
    "yes": f"[{_BIRTH}[true,null,null]],\t[]]",
    "a fraction": f"[{_BIRTH}[1.5,null,null]],\t[]]",
    "a list in a cell": f"[{_BIRTH}[[],null,null]],\t[]]",
    "an object in a cell": f"[{_BIRTH}[{{}},null,null]],\t[]]",
    "a number above 64 bits": f"[{_BIRTH}[null,9223372036854775808,null]],\t[]]",
    "a number below 64 bits": f"[{_BIRTH}[null,-9223372036854775809,null]],\t[]]",
    "a number of 4000 digits": f'[{_BIRTH}[null,null,null]],\t["salt",{"9" * 4000}]]',
    "a type without a shape": altered(_BIRTH, "firm", "prize", _EMPTY),
    "no record": altered(_BIRTH, "{record}", "xyz", _EMPTY),
    "a record in capitals": altered(_BIRTH, "{record}", "AB" * 16, _EMPTY),
    "a record that ends in spaces": altered(_BIRTH, "{record}", "ab" * 15 + "  ", _EMPTY),
    "a stamp in capitals": altered(_BIRTH, "{stamp}", "0CAA4117001FFFFF", _EMPTY),
    "a record with spaces": altered(_BIRTH, "{record}", " a" * 16, _EMPTY),
    "no unit": altered(_BIRTH, "{unit}", "", _EMPTY),
    "a stamp of nothing": altered(_BIRTH, "{stamp}", "0" * 16, _EMPTY),
    "a stamp of 64 bits": altered(_BIRTH, "{stamp}", "f" * 16, _EMPTY),
    "a short stamp": altered(_BIRTH, "{stamp}", "0" * 14, _EMPTY),
    "no stamp": altered(_BIRTH, "{stamp}", "x" * 16, _EMPTY),
    "a birth that replaces": altered(_BIRTH, "[]", '["0000000000000001"]', _EMPTY),
    "a birth of a slot": altered(_BIRTH, "null", '"name"', _EMPTY),
    "another number": altered(_BIRTH, "{number}", "2", _EMPTY),
    "a number as text": altered(_BIRTH, "{number}", '"1"', _EMPTY),
    "a space before": altered(_BIRTH, "[", "[ ", _EMPTY),
    "an escape in the kind": altered(_BIRTH, "birth", "b\\u0069rth", _EMPTY),
    "an escape in the type": altered(_BIRTH, "firm", "f\\u0069rm", _EMPTY),
    "an end in the type": '[["birth","firm]',
    "nothing": "[[]]",
    "half an array": "[[1]",
    "an object": "{}",
}
_NO_CHANGES = {
    "yes": f"[{_CHANGE}true]]",
    "a fraction": f"[{_CHANGE}1.5]]",
    "a list": f"[{_CHANGE}[1]]]",
    "an object in a group": f'[{_CHANGE}{{"a":{{"b":1}}}}]]',
    "a number above 64 bits": f"[{_CHANGE}9223372036854775808]]",
    "a number above 64 bits in a group": f'[{_CHANGE}{{"a":9223372036854775808}}]]',
    "a hundred thousand lists": f"[{_CHANGE}{'[' * 100_000}{']' * 100_000}]]",
    "an empty personal part": f"[{_CHANGE}null],\t[]]",
    "a personal part of salt alone": f'[{_CHANGE}null],\t["salt"]]',
    "a personal fraction": f'[{_CHANGE}null],\t["salt",1.5]]',
    "half a hash": f'[{_CHANGE}null],\t"abc"]',
    "half a character": f'[{_CHANGE}"\\ud800"]]',
    "nothing": f"[{_CHANGE[:-1]}]]",
    "a slot in capitals": altered(_CHANGE, '"name"', '"Name"'),
    "a column of the core": altered(_CHANGE, '"name"', '"_sort"'),
    "no slot at all": altered(_CHANGE, '"name"', '""'),
    "a type in capitals": altered(_CHANGE, "firm", "Firm"),
    "a kind in capitals": altered(_CHANGE, "change", "Change"),
    "a short stamp replaced": altered(_CHANGE, "[]", '["1"]'),
    "nothing replaced by name": altered(_CHANGE, "[]", "[[]]"),
    "too much replaced by name": altered(_CHANGE, "[]", '[["{record}","{stamp}","x"]]'),
    "no stamp replaced by name": altered(_CHANGE, "[]", '[["{record}","x"]]'),
    "a record in capitals": altered(_CHANGE, "{record}", "AB" * 16),
    "a stamp in capitals": altered(_CHANGE, "{stamp}", "0CAA4117001FFFFF"),
}


@pytest.mark.parametrize("text", [
    *(pytest.param(text, id=f"birth: {name}") for name, text in _NO_BIRTHS.items()),
    *(pytest.param(text, id=f"change: {name}") for name, text in _NO_CHANGES.items()),
])  # fmt: skip
def test_a_signed_line_that_is_no_item(text: str) -> None:
    """A header of an honest form over it changes nothing."""
    _, line = raw(text)
    kind = "birth" if text.startswith(("[[", "{}")) and "change" not in text.lower() else "change"
    try:
        digest = hashlib.sha256(items.line_hash(split_line(line))).hexdigest()
    except items.MalformedLine:
        digest = "0" * 64
    honest = json.loads(segments.read(cut(birth(1)))[0].raw)
    header = segments.read_header(
        msgspec.json.encode(honest | {"counts": {kind: 1}, "digest": digest}), bytes(64)
    )
    with pytest.raises(BadSegment):
        decoding.decode(header, [line], TYPES)


def test_of_several_stamps_each_is_within_its_bounds() -> None:
    largest = (1 << 63) - 1
    assert list(read(birth(1, stamp=largest), birth(2, stamp=1)).births["firm"].stamps) == [largest, 1]
    for number, text in ((1, "0" * 16), (2, "8" + "0" * 15)):
        lines = [birth(n) for n in (1, 2)]
        bad = lines[number - 1][1].replace(f"{STAMP:016x}".encode(), text.encode())
        assert bad != lines[number - 1][1]
        lines[number - 1] = number, bad
        with pytest.raises(BadSegment):
            read(*lines)


def test_what_nobody_reads_is_text_all_the_same() -> None:
    """Beside a personal part a plain value is not read, but it travels on and on."""
    said = change(1, "name", "新名", "salt")[1]
    plain = said.replace(b",null]", b',"??"]', 1)
    assert plain != said
    assert read((1, plain)).misfits == {1}
    with pytest.raises(BadSegment):
        read((1, plain.replace(b"??", b"\xff?")))


def test_numbers_that_are_not_those_of_the_header() -> None:
    """A number is repeated, numbers fall, or the kinds are others than were counted."""
    with pytest.raises(BadSegment):
        read((1, birth(1)[1]), (2, birth(1)[1]))
    with pytest.raises(BadSegment):
        read((2, birth(1)[1]), (5, birth(5)[1]), vouched="f" * 64)
    with pytest.raises(BadSegment):
        # Else whoever vouches could say that more has come than has.
        read((2, birth(2)[1]), (9, birth(5)[1]), vouched="f" * 64)
    with pytest.raises(BadSegment):
        # The first and the last are right, and what lies between stands twice or in another order.
        read((1, birth(1)[1]), (2, birth(1)[1]), (3, birth(3)[1]))
    with pytest.raises(BadSegment):
        read((1, birth(1)[1]), (2, birth(4)[1]), (3, birth(3)[1]), (5, birth(5)[1]), vouched="f" * 64)
    header, lines = segments.read(cut(birth(1), change(2)))
    counted = json.loads(header.raw) | {"counts": {"birth": 2}}
    other = segments.read_header(msgspec.json.encode(counted), header.signature)
    with pytest.raises(BadSegment):
        decoding.decode(other, lines, TYPES)


# -- values that are not of their field's kind: the item is refused, the others stand ------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        {"name": 5},
        {"count.staff": "5"},
        {"count.staff": ""},
        {"partner": "茶厂"},
        {"partner": 5},
        {"partner": "AB" * 16},
        {"partner": " b" * 16},
        {"contact.phone": 138},
    ],
)
def test_a_birth_whose_cell_is_not_of_its_kind_is_a_misfit(cells: dict[str, Any]) -> None:
    good = {"name": "一家", "partner": RECORD, "contact.phone": "138"}
    contents = read(birth(1, good), birth(2, cells), birth(3, good))
    assert contents.misfits == {2}
    assert len(contents.births["firm"]) == 3


@pytest.mark.parametrize("column", ["name.staff", "in_park.name", "partner.firm", "count"])
def test_a_birth_that_takes_a_field_for_a_group_or_a_group_for_a_field_is_a_misfit(column: str) -> None:
    """Else what is no group would be given an object, past the kind of the field and past who may write it."""
    shape = Shape((column,))
    lines = [birth(1, {}, shape), birth(2, {column: "x"}, shape), birth(3, {column: 5}, shape)]
    assert read(*lines, shapes={"firm": shape}).misfits == {2, 3}


@pytest.mark.parametrize("cells", [{"name": "厂", "contact.phone": "138"}, {"partner": RECORD}])
@pytest.mark.parametrize(
    ("part", "misfits"),
    [
        (("name", "contact.phone"), {1, 2}),
        (("contact.person", "contact.phone"), set()),
        (("name", "in_park"), set()),
    ],
)
def test_a_birth_whose_personal_value_shares_its_part_is_a_misfit(
    cells: dict[str, Any], part: tuple[str, ...], misfits: set[int]
) -> None:
    """Erasing the one takes the other along, for all who hear of it later; erased, it does not tell what it held."""
    shape = Shape(("partner",), (part,))
    number, line = birth(1, cells, shape)
    erased = number + 1, items.erased_line(birth(number + 1, cells, shape)[1], [1])
    assert read((number, line), erased, shapes={"firm": shape}).misfits == misfits


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("name", 5),
        ("name", {"name": "一家"}),
        ("count", 5),
        ("count", "5"),
        ("count", {"staff": "5"}),
        ("count", {"source": 5}),
        ("in_park", "1"),
        ("partner", "茶厂"),
        ("partner", 5),
        ("unit", None),
        ("unit", 5),
        ("unit", "别的单位"),
        ("unit", {"unit": "ab" * 16}),
        ("_deleted", 5),
        ("_deleted", "yes"),
        ("_deleted", {"heads": 5}),
        ("_deleted", {"births": None}),
    ],
)
def test_a_change_whose_value_is_not_of_its_kind_is_a_misfit(slot: str, value: Any) -> None:
    kind = "tombstone" if slot == "_deleted" else "change"
    assert read(change(1, slot, value, kind=kind), change(2)).misfits == {1}


@pytest.mark.parametrize(
    ("kind", "slot", "value"),
    [
        ("tombstone", "name", "一家"),
        ("tombstone", "name", None),
        ("tombstone", "slogan", "x"),
        ("tombstone", "unit", "ab" * 16),
        ("tombstone", "_deleted", None),
        ("tombstone", "_deleted", {}),
        ("tombstone", "_deleted", {"children": None}),
        ("change", "_deleted", {"births": "", "heads": ""}),
    ],
)
def test_what_is_counted_as_deleting_deletes_and_nothing_else_does(kind: str, slot: str, value: Any) -> None:
    """A cover sheet says by the signed counts of kinds how much a bundle deletes."""
    assert read(change(1, slot, value, kind=kind), change(2)).misfits == {1}


@pytest.mark.parametrize("part", ['["salt","138"]', '"' + "ab" * 32 + '"'])
def test_a_value_beside_a_part_of_its_own_is_a_misfit(part: str) -> None:
    """What stands in part 0 cannot be erased, so a personal value must not stand there a second time."""
    line = '[["change","firm","{record}","{unit}","contact","{stamp}",[],{number},"王",%s],\t%s]'
    part = part.replace('"138"', '{"phone":"138"}')
    assert read(raw(line % ('{"phone":"138"}', part)), raw(line % ("null", part), 2)).misfits == {1}


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("name", None),
        ("count", None),
        ("count", {}),
        ("count", {"staff": 5, "later": "x"}),
        ("partner", None),
        ("in_park", 1),
        ("unit", "ab" * 16),
        ("_deleted", None),
        ("_deleted", {"heads": ""}),
        ("_deleted", {"heads": "", "births": "", "children": ""}),
        ("slogan", 5),
        ("slogan", {"any": "thing"}),
        ("topic", "the slot of another type"),
    ],
)
def test_what_fits_or_is_not_known_here_is_taken(slot: str, value: Any) -> None:
    """Rule 2: slots, members and types of newer programs hold what they hold."""
    kind = "tombstone" if slot == "_deleted" and value is not None else "change"
    assert read(change(1, slot, value, kind=kind)).misfits == set()
    assert read(change(1, slot, value, kind=kind, type="prize")).misfits == (
        {1} if slot in ("unit", "_deleted") and value == 5 else set()
    )


def test_a_column_or_type_that_is_not_known_here_holds_anything() -> None:
    shape = Shape(("name", "slogan", "count.later"))
    cells = {"name": "一家", "slogan": 5, "count.later": "x"}
    contents = read(birth(1, cells, shape), shapes={"firm": shape})
    assert contents.misfits == set()
    prize = Shape(("title", "year"))
    contents = read(birth(1, {"title": 5, "year": "x"}, prize, type="prize"), shapes={"prize": prize})
    assert cells_of_first(contents, "prize") == (5, "x")
    assert contents.misfits == set()


# -- kinds of later formats, and what a change replaces ------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '[["same","firm","{record}","{unit}",null,"{stamp}",[],1,"王",["' + "ef" * 16 + '"]]]',
        '[["erase","firm","{record}","{unit}","name","{stamp}",[],1,"王",{"fields":["a",{"b":1.5}]}]]',
        altered(_CHANGE, '"name"', "null"),
        f'[{_CHANGE}null],\t["salt",1],\t["salt",2]]',
    ],
)
def test_a_kind_or_form_of_a_later_program_has_no_slot_and_no_value(text: str) -> None:
    """Rule 2: its value is opaque and may be anything."""
    contents = read(raw(text))
    (item,) = contents.changes
    assert (item.record, item.unit, item.slot, item.value, item.stamp) == (RECORD, UNIT, "", None, STAMP)


@pytest.mark.parametrize(
    ("entry", "replaces", "outranked"),
    [
        (items.Replaced(STAMP - 1), (STAMP - 1,), False),
        (items.Replaced(STAMP), (STAMP,), True),
        (items.Replaced(STAMP + 1), (STAMP + 1,), True),
        (items.Replaced(STAMP - 1, RECORD), (STAMP - 1,), False),
        (items.Replaced(STAMP - 1, "ef" * 16), (("ef" * 16, STAMP - 1),), False),
        (items.Replaced(STAMP, "ef" * 16), (("ef" * 16, STAMP),), True),
    ],
)
def test_what_a_change_replaces_is_older_than_it(
    entry: items.Replaced, replaces: tuple[int | tuple[str, int], ...], outranked: bool
) -> None:
    """Rule 5: an entry that names another record has no effect here, but the order is judged by the bytes alone."""
    (found,) = read(change(1, replaces=(entry,))).changes
    assert (found.replaces, found.outranked) == (replaces, outranked)


def test_hashes_are_those_of_the_lines() -> None:
    header, lines = segments.read(cut(birth(1), change(2, "contact", {"phone": "1"}, "salt")))
    assert segments.hashes_of(lines, None) == decoding.decode(header, lines, TYPES).hashes
    with pytest.raises(BadSegment):
        segments.hashes_of([b"x"], None)


@pytest.mark.parametrize(
    ("value", "nothing"),
    [("null", True), ("{}", True), ('{"a":null}', True), ('{"a":"x","a":null}', True), ('"null"', False), ("0", False)],
)  # fmt: skip
def test_nothing_is_nothing_however_it_is_written(value: str, nothing: bool) -> None:
    """Of a name that stands twice the last value counts."""
    assert decoding.says_nothing(f'["salt",{value}]'.encode()) is nothing


@pytest.mark.parametrize(
    ("members", "known"), [(decoding.MOST_MEMBERS, True), (decoding.MOST_MEMBERS + 1, False)]
)
def test_a_group_is_not_read_whole_only_to_see_that_it_says_nothing(members: int, known: bool) -> None:
    """In objects its members would take thirty times as much as in text."""
    said = ",".join(f'"{n}":null' for n in range(members))
    part = f'["",{{{said}}}]'.encode()
    with nullcontext() if known else pytest.raises(MalformedLine):
        assert decoding.says_nothing(part)

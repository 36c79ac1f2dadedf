"""Lines and their hashes (rules 1, 2 and 20): what is written is hashed; what is erased leaves the rest proven."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from desktop.records.versions.items import (
    EMPTY_PART,
    Head,
    MalformedLine,
    Replaced,
    Shape,
    birth_line,
    change_line,
    erased_line,
    line_hash,
    most_weight,
    opened_line,
    part_hash,
    split_line,
    weight,
)

RECORD, UNIT = "ab" * 16, "cd" * 16
KEY = bytes(range(32))
SHAPE = Shape(("name", "count.staff"), (("phone",), ("contact.person", "contact.job")))


def head(kind: str = "birth", slot: str | None = None, *replaces: Replaced) -> Head:
    return Head(kind, "firm", RECORD, UNIT, slot, 0x0CAA5F49C01FFFFF, replaces, 7, "王芳")


def salts() -> Iterator[str]:
    return iter(("salt-1", "salt-2", "salt-3"))


def test_a_birth_as_it_is_written() -> None:
    given = salts()
    line = birth_line(head(), SHAPE, {"name": "一家", "contact.job": "主席"}, lambda: next(given))
    assert line.decode() == (
        f'[["birth","firm","{RECORD}","{UNIT}",null,"0caa5f49c01fffff",[],7,"王芳",["一家",null]],'
        '\t[],\t["salt-1",null,"主席"]]'
    )


def test_a_change_as_it_is_written() -> None:
    of_other = Replaced(2, "ef" * 16)
    line = change_line(head("change", "name", Replaced(1), of_other), "新名", None)
    assert json.loads(line) == [
        ["change", "firm", RECORD, UNIT, "name", "0caa5f49c01fffff",
         ["0000000000000001", ["ef" * 16, "0000000000000002"]], 7, "王芳", "新名"]
    ]  # fmt: skip


def test_a_personal_value_stands_in_a_part_of_its_own() -> None:
    plain, personal = split_line(change_line(head("change", "phone"), "138", "salt"))
    assert json.loads(plain)[-1] is None
    assert json.loads(personal) == ["salt", "138"]


def test_a_tab_in_a_value_separates_nothing() -> None:
    line = birth_line(head(), SHAPE, {"name": "一,\t家", "phone": ",\t"}, lambda: "salt")
    assert len(split_line(line)) == 3


def test_an_erased_value_leaves_the_hash_of_its_line() -> None:
    """Rule 20: the rest of the line stays proven; that nothing was there is said without a salt."""
    parts = split_line(birth_line(head(), SHAPE, {"name": "一家", "phone": "138"}, lambda: "salt"))
    erased = b'"' + hashlib.sha256(parts[1]).hexdigest().encode() + b'"'
    assert parts[2] == EMPTY_PART
    assert line_hash([parts[0], erased, parts[2]]) == line_hash(parts)
    assert line_hash([parts[0], parts[2], parts[1]]) != line_hash(parts)


def test_the_hash_of_a_line_is_that_of_the_format_document() -> None:
    parts = [b'["change"]', b'["salt","x"]', b"[]"]
    expected = hashlib.sha256(
        parts[0] + hashlib.sha256(parts[1]).digest() + hashlib.sha256(parts[2]).digest()
    )
    assert line_hash(parts) == expected.digest()


# -- sealed parts: their salts follow from the key of the segment ---------------------------------------------------


def sealed_line(head: str = '["change","firm"]') -> bytes:
    """Five personal parts: the third is empty, the fourth has a salt of its own."""
    parts = [head, '["","a"]', '["",null,"b"]', "[]", '["salt","c"]', '["",7]']
    return b"[" + b",\t".join(p.encode() for p in parts) + b"]"


def salt_of(head: bytes, place: int, key: bytes = KEY) -> bytes:
    """As the format document says it; places are 1, 2 …"""
    block = (place - 1) // 2
    said = b"xiaosanji salt v1\n" + key + hashlib.sha256(head).digest() + str(block).encode()
    text = base64.b64encode(hashlib.sha256(said).digest())
    return text[21:42] if place % 2 == 0 else text[:21]


def test_what_a_program_writes_is_sealed() -> None:
    line = birth_line(head(), SHAPE, {"name": "一家", "phone": "138", "contact.job": "主席"})
    assert split_line(line)[1:] == [b'["","138"]', '["",null,"主席"]'.encode()]


def test_a_sealed_line_and_its_open_form_have_one_hash() -> None:
    line = sealed_line()
    opened = opened_line(line, KEY)
    head, *parts = split_line(opened)
    salts = [json.loads(p)[0].encode() for p in parts if p != EMPTY_PART]
    assert salts == [salt_of(head, 1), salt_of(head, 2), b"salt", salt_of(head, 5)]
    assert [json.loads(p)[1:] for p in parts] == [["a"], [None, "b"], [], ["c"], [7]]
    assert line_hash(split_line(line), KEY) == line_hash([head, *parts])
    assert opened_line(opened, None) == opened


def test_every_part_has_a_salt_of_its_own_wherever_it_stands() -> None:
    """A part that is moved to another place or line, or read with another key, has another hash."""
    lines = [sealed_line(), sealed_line('["change","firm","other"]')]
    found = {p for line in lines for key in (KEY, bytes(32)) for p in split_line(opened_line(line, key))[1:]}
    assert len(found) == 2 + 3 * 4  # those that were open are the same everywhere
    head, first, second, *_ = split_line(lines[0])
    assert line_hash([head, first, second], KEY) != line_hash([head, second, first], KEY)


def test_nothing_is_hashed_without_a_salt() -> None:
    parts = split_line(sealed_line())
    for refused in (
        lambda: line_hash(parts),
        lambda: part_hash(parts[1]),
        lambda: opened_line(sealed_line(), None),
        lambda: erased_line(sealed_line(), [1]),
    ):
        with pytest.raises(MalformedLine, match="key"):
            refused()


def test_an_erased_part_stands_beside_no_key() -> None:
    """The key would give the salt with which values can be tried against the hash."""
    erased = erased_line(opened_line(sealed_line(), KEY), [1])
    assert line_hash(split_line(erased)) == line_hash(split_line(sealed_line()), KEY)
    for refused in (lambda: line_hash(split_line(erased), KEY), lambda: opened_line(erased, KEY)):
        with pytest.raises(MalformedLine, match="key"):
            refused()


def test_opening_and_erasing_make_no_line_heavier() -> None:
    """A segment that was taken in fits its frame for ever, and who gets it from there takes it in as well."""
    line = sealed_line()
    opened = opened_line(line, KEY)
    assert most_weight(line) >= weight(line) == weight(opened) >= len(opened)
    for places in ([1], [1, 2], [1, 2, 3, 4, 5]):
        erased = erased_line(opened, places)
        assert weight(line) > weight(erased) >= len(erased)
        line = erased


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(b'"' + b"AB" * 32 + b'"', id="capitals"),
        pytest.param(b'"' + b"ab " * 32 + b'"', id="white space"),
        pytest.param(b'"' + b"ab" * 31 + b'"', id="short"),
        pytest.param(b'"' + b"ab" * 32, id="no end"),
        pytest.param(b'"' + b"xy" * 32 + b'"', id="other signs"),
        pytest.param('"é"'.encode(), id="no ASCII"),
    ],
)
def test_an_erased_part_has_one_written_form(part: bytes) -> None:
    """It is not signed as it stands: whoever passes it on could write it otherwise, and with spaces at any length."""
    with pytest.raises(MalformedLine):
        line_hash([b"[]", part])


def test_only_one_spelling_is_sealed() -> None:
    """Readers that compare bytes and readers that parse must not differ; anything else is hashed as it stands."""
    part = b'[ "","x"]'
    assert line_hash([b"[]", part]) == line_hash([b"[]", part], KEY) != line_hash([b"[]", b'["","x"]'], KEY)


@pytest.mark.parametrize("line", [b"", b"[]", b'["birth"]', b"{}", b'x[["birth"]]'])
def test_what_is_no_array_of_parts_is_no_line(line: bytes) -> None:
    with pytest.raises(MalformedLine):
        split_line(line)


@pytest.mark.parametrize(
    "part", [b'"', b'""', b'"ab"', b'"' + b"g" * 64 + b'"', b'"' + b"a" * 64, b'"\xff' + b"a" * 63 + b'"']
)
def test_an_erased_part_states_a_hash(part: bytes) -> None:
    with pytest.raises(MalformedLine):
        part_hash(part)


def test_a_shape_travels_whole() -> None:
    assert Shape.from_json(SHAPE.to_json()) == SHAPE
    assert SHAPE.columns == ("name", "count.staff", "phone", "contact.person", "contact.job")


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"plain": []},
        {"plain": None, "personal": []},
        {"plain": "name", "personal": []},
        {"plain": [], "personal": "name"},
        {"plain": [], "personal": ["name"]},
        {"plain": [5], "personal": []},
        {"plain": [["name"]], "personal": []},
        {"plain": ["name", "name"], "personal": []},
        {"plain": ["name"], "personal": [["name"]]},
        {"plain": [""], "personal": []},
        {"plain": ["Name"], "personal": []},
        {"plain": ["a.b.c"], "personal": []},
        {"plain": ['a"b'], "personal": []},
        {"plain": ["a\n"], "personal": []},
        {"plain": ["a" * 61], "personal": []},
        {"plain": ["_deleted"], "personal": []},
        {"plain": ["unit"], "personal": []},
        {"plain": ["unit.x"], "personal": []},
        {"plain": ["count", "count.staff"], "personal": []},
        {"plain": ["count"], "personal": [["count.staff"]]},
    ],
)
def test_a_shape_names_fields_of_records_each_once(data: Any) -> None:
    """A birth must not speak of its unit or its deletion by the way, nor of a field that is also a group."""
    with pytest.raises(MalformedLine):
        Shape.from_json(data)

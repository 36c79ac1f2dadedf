"""Lines and their hashes (rules 1, 2 and 20): what is written is hashed; what is erased leaves the rest proven."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from desktop.records.items import (
    EMPTY_PART,
    Head,
    MalformedLine,
    Replaced,
    Shape,
    birth_line,
    change_line,
    line_hash,
    part_hash,
    split_line,
)

RECORD, UNIT = "ab" * 16, "cd" * 16
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

"""Signed JSON is read in one way or not at all."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.sync.formats import strictjson
from desktop.sync.formats.strictjson import Fields, NotStrict


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"a":1,"a":2}', id="doubled key"),
        pytest.param(b'{"a":1,"\\u0061":2}', id="doubled key in another spelling"),
        pytest.param(b'[{"b":{"a":1,"a":1}}]', id="doubled key further in"),
        pytest.param(b"1.0", id="float"),
        pytest.param(b"1e3", id="exponent"),
        pytest.param(b"NaN", id="not a number"),
        pytest.param(b"-Infinity", id="infinity"),
        pytest.param(b"-0", id="minus zero"),
        pytest.param(b"9223372036854775808", id="beyond 63 bits"),
        pytest.param(b"1" * 5000, id="an endless number"),
        pytest.param(b"[" * 20 + b"]" * 20, id="deep lists"),
        pytest.param(b'{"a":' * 20 + b"1" + b"}" * 20, id="deep objects"),
        pytest.param(b"[" * 100_000, id="very deep"),
        pytest.param(b"[" * 12 + b"1" + b"]" * 12, id="thirteen values deep"),
        pytest.param(b'"\\ud800"', id="half a character"),
        pytest.param(b'{"\\udfff":1}', id="half a character in a key"),
        pytest.param(b'"\xff"', id="not UTF-8"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
        pytest.param(b"{} {}", id="two values"),
        pytest.param(b"", id="nothing"),
        pytest.param(b'"' + b"a" * 200_000 + b'"', id="too long"),
    ],
)
def test_refuses(data: bytes) -> None:
    with pytest.raises(NotStrict):
        strictjson.parse(data, 150_000)


def test_reads_up_to_its_bounds_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strictjson, "MOST_VALUES", 100)
    text = b'"' + b"a" * 48 + b'"'
    assert strictjson.parse(text, 50) == "a" * 48
    most = strictjson.MOST_VALUES
    full = b"[" + b"1," * (most - 1) + b"1]"
    assert strictjson.parse(full, len(full)) == [1] * most
    for data, limit in ((text, 49), (b"[" + b"1," * most + b"1]", len(full) + 2)):
        with pytest.raises(NotStrict):
            strictjson.parse(data, limit)
    largest = 2**63 - 1
    assert strictjson.parse(b"[%d, %d]" % (largest, -largest), 50) == [largest, -largest]
    for number in (largest + 1, -largest - 1):
        with pytest.raises(NotStrict):
            strictjson.parse(b"%d" % number, 50)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=6,
)


@pytest.mark.no_cover
@given(values)
def test_what_is_written_is_read_again(value: object) -> None:
    for data in (strictjson.pretty(value), strictjson.line(value)):
        assert strictjson.parse(data, 1 << 20) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_named_as_not_strict(data: bytes) -> None:
    with contextlib.suppress(NotStrict):
        strictjson.parse(data, 50)


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ==\n", " QQ==", "-_==", "Q", "苹果", "QQ==QQ=="])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(NotStrict):
        strictjson.from_base64(text)


def test_base64_of_bytes() -> None:
    assert strictjson.from_base64("QQ==") == b"A"


WORD = re.compile("[a-z]+")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        pytest.param([], lambda f: None, id="not an object"),
        pytest.param({}, lambda f: f.integer("n", 0, 9), id="absent"),
        pytest.param({"n": True}, lambda f: f.integer("n", 0, 9), id="true is no number"),
        pytest.param({"n": 10}, lambda f: f.integer("n", 0, 9), id="too large"),
        pytest.param({"n": "1"}, lambda f: f.integer("n", 0, 9), id="text is no number"),
        pytest.param({"t": ""}, lambda f: f.name("t", 3), id="empty text"),
        pytest.param({"t": "abcd"}, lambda f: f.name("t", 3), id="long text"),
        pytest.param({"t": ["a"]}, lambda f: f.name("t", 3), id="a list is no name"),
        pytest.param({"l": ["a"]}, lambda f: f.name_list("l", 2, 3), id="a name missing"),
        pytest.param({"l": ["a", ""]}, lambda f: f.name_list("l", 2, 3), id="an empty name in a list"),
        pytest.param({"l": ["a", "abcd"]}, lambda f: f.name_list("l", 2, 3), id="a long name in a list"),
        pytest.param({"l": ["a", ["b"]]}, lambda f: f.name_list("l", 2, 3), id="a list among names"),
        pytest.param({"t": "ab\n"}, lambda f: f.matching("t", WORD), id="line end after the match"),
        pytest.param({"t": None}, lambda f: f.matching("t", WORD), id="null"),
        pytest.param({"t": "x"}, lambda f: f.choice("t", ("up", "down")), id="none of the words"),
        pytest.param({"t": ["up"]}, lambda f: f.choice("t", ("up", "down")), id="a list is no word"),
        pytest.param({"b": "A" * 20}, lambda f: f.binary("b", 8), id="too many bytes"),
        pytest.param({"b": "AAAA"}, lambda f: f.binary("b", 2), id="one byte too many"),
        pytest.param({"b": 5}, lambda f: f.binary("b", 8), id="a number is no base64"),
        pytest.param({"b": "AAAA"}, lambda f: f.exactly("b", 4), id="one byte too few"),
        pytest.param({"b": ["AAAA"] * 3}, lambda f: f.binaries("b", 1, 2), id="too many of some bytes"),
        pytest.param({"b": []}, lambda f: f.binaries("b", 1, 2), id="too few of some bytes"),
        pytest.param({"b": [True]}, lambda f: f.binaries("b", 1, 2), id="true is no base64"),
        pytest.param({"l": {}}, lambda f: f.items("l", 2), id="not a list"),
        pytest.param({"l": [1, 2, 3]}, lambda f: f.items("l", 2), id="too many"),
        pytest.param({"l": [1]}, lambda f: f.rows("l", 2), id="no object in the list"),
        pytest.param({"o": 1}, lambda f: f.object("o"), id="not an object inside"),
    ],
)
def test_fields_name_what_does_not_fit(value: object, read: Callable[[Fields], object]) -> None:
    with pytest.raises(NotStrict):
        read(Fields(value, "test"))


def test_fields_are_read_up_to_their_bounds() -> None:
    fields = Fields({"t": "abc", "l": ["a", "abc"], "b": "AAAA", "n": 9, "i": [1, 2]}, "test")
    assert fields.name("t", 3) == "abc"
    assert fields.name_list("l", 2, 3) == ("a", "abc")
    assert fields.binary("b", 3) == fields.exactly("b", 3) == bytes(3)
    assert fields.integer("n", 9, 9) == 9
    assert fields.items("i", 2) == [1, 2]

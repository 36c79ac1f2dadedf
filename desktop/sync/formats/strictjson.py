"""JSON that is signed: no doubled keys, floats, deep nesting or unbounded numbers; one written form."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from desktop.records.typed.texts import name_of
from desktop.sync.errors import Caused

JsonValue = Any
"""``None``, bool, int, str, or lists and objects of them; :class:`Fields` turns it into typed values."""

MAX_DEPTH = 12
MAX_INTEGER = (1 << 63) - 1
MOST_VALUES = 1 << 20
"""How many commas and opening brackets there may be, wherever they stand: with one of them comes each further value."""
_INTEGER_DIGITS = len(str(MAX_INTEGER)) + 1


class NotStrict(ValueError):
    """Not the JSON that this format admits; the message says what and where."""


@contextlib.contextmanager
def refused_as(problem: type[Caused]) -> Iterator[None]:
    """What is read inside and is not of its form raises this problem instead of :class:`NotStrict`."""
    try:
        yield
    except NotStrict as error:
        raise problem(str(error)) from error


def parse(data: bytes, limit: int) -> JsonValue:
    """The value of at most ``limit`` bytes of strict JSON; raises :class:`NotStrict`."""
    if len(data) > limit:
        raise NotStrict(f"more than {limit} bytes")
    if len(data) > MOST_VALUES and sum(map(data.count, (b",", b"[", b"{"))) > MOST_VALUES:
        # In objects they would take twenty times as much as in text.
        raise NotStrict("too many values")
    try:
        value = _decode(data.decode("utf-8"))
    except RecursionError as error:
        raise NotStrict("nested too deeply") from error
    except UnicodeDecodeError as error:
        raise NotStrict("not UTF-8") from error
    except json.JSONDecodeError as error:
        raise NotStrict(f"not JSON: {error.msg}") from error
    _check(value)
    return value


def pretty(value: JsonValue) -> bytes:
    """The written form of what people may want to read: sorted keys, one member a line, UTF-8."""
    return _encode_pretty(value).encode("utf-8") + b"\n"


def line(value: JsonValue) -> bytes:
    """One line of NDJSON: sorted keys, no spaces, UTF-8, with its line end."""
    return _encode_line(value).encode("utf-8") + b"\n"


def to_base64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: JsonValue) -> bytes:
    """The bytes of canonical standard base64; raises :class:`NotStrict` for any other spelling of them, and no text."""
    if not isinstance(text, str):
        raise NotStrict("not base64")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotStrict("not base64") from error
    if to_base64(data) != text:
        raise NotStrict("base64 not in its canonical form")
    return data


class Fields:
    """Typed, bounded reads from one JSON object; what does not fit raises :class:`NotStrict` with its place.

    Members that nobody asks for are left alone: a newer program of the same major format may have added them.
    """

    def __init__(self, value: JsonValue, where: str) -> None:
        if not isinstance(value, dict):
            raise NotStrict(f"{where} is not an object")
        self._value: Mapping[str, JsonValue] = value
        self._where = where

    def __contains__(self, name: str) -> bool:
        return name in self._value

    def integer(self, name: str, low: int, high: int) -> int:
        """A whole number between ``low`` and ``high``, both included."""
        value = self._member(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise NotStrict(f"{self._where}.{name} is not a whole number from {low} to {high}")
        return value

    def name(self, name: str, limit: int) -> str:
        """A name of 1 to ``limit`` characters, as it may be shown: it stands beside words that people compare."""
        value = self._member(name)
        if not isinstance(value, str) or not 0 < len(value) <= limit:
            raise NotStrict(f"{self._where}.{name} is not text of 1 to {limit} characters")
        return name_of(value, limit)

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        """Text that the pattern matches as a whole."""
        value = self._member(name)
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            raise NotStrict(f"{self._where}.{name} is not of its form")
        return value

    def optional(self, name: str, pattern: re.Pattern[str]) -> str | None:
        """Text that the pattern matches as a whole, or nothing where the member is null."""
        return None if self._member(name) is None else self.matching(name, pattern)

    def choice(self, name: str, choices: Collection[str]) -> str:
        """One of the given words."""
        value = self._member(name)
        if not isinstance(value, str) or value not in choices:
            raise NotStrict(f"{self._where}.{name} is none of its words")
        return value

    def binary(self, name: str, limit: int) -> bytes:
        """At most ``limit`` bytes, written as base64."""
        data = from_base64(self._member(name))
        if len(data) > limit:
            raise NotStrict(f"{self._where}.{name} is more than {limit} bytes")
        return data

    def exactly(self, name: str, size: int) -> bytes:
        """So many bytes, written as base64."""
        data = from_base64(self._member(name))
        if len(data) != size:
            raise NotStrict(f"{self._where}.{name} is not of {size} bytes")
        return data

    def binaries(self, name: str, least: int, most: int) -> tuple[bytes, ...]:
        """A list of ``least`` to ``most`` values, each written as base64."""
        found = self.items(name, most)
        if len(found) < least:
            raise NotStrict(f"{self._where}.{name} is not a list of at least {least}")
        return tuple(map(from_base64, found))

    def items(self, name: str, limit: int) -> list[JsonValue]:
        """A list of at most ``limit`` values."""
        value = self._member(name)
        if not isinstance(value, list) or len(value) > limit:
            raise NotStrict(f"{self._where}.{name} is not a list of at most {limit}")
        return value

    def name_list(self, name: str, count: int, limit: int) -> tuple[str, ...]:
        """A list of exactly ``count`` names of 1 to ``limit`` characters, as they may be shown."""
        found = self.items(name, count)
        if len(found) != count or not all(isinstance(t, str) and 0 < len(t) <= limit for t in found):
            raise NotStrict(f"{self._where}.{name} is not a list of {count} texts")
        return tuple(name_of(str(text), limit) for text in found)

    def rows(self, name: str, limit: int) -> list[Fields]:
        """A list of at most ``limit`` objects."""
        return [Fields(row, f"{self._where}.{name}[{i}]") for i, row in enumerate(self.items(name, limit))]

    def object(self, name: str) -> Fields:
        """An object."""
        return Fields(self._member(name), f"{self._where}.{name}")

    def names(self) -> list[str]:
        """The names of all members."""
        return list(self._value)

    def raw(self, name: str) -> JsonValue:
        """The member as it is."""
        return self._member(name)

    def _member(self, name: str) -> JsonValue:
        if name not in self._value:
            raise NotStrict(f"{self._where} has no {name}")
        return self._value[name]


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotStrict("a key stands twice in an object")
    return members


def _integer(text: str) -> int:
    if len(text) > _INTEGER_DIGITS or abs(int(text)) > MAX_INTEGER:
        raise NotStrict("a number is too large")
    if text == "-0":
        raise NotStrict("a number is minus zero")
    return int(text)


def _refuse(text: str) -> JsonValue:
    raise NotStrict("a number is not whole")


# Made once: for each text anew they take as long as a short text itself.
_decode = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse
).decode
_encode_pretty = json.JSONEncoder(ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False).encode
_encode_line = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


def _check(value: JsonValue) -> None:
    """Depth is bounded, and every text can be written again (JSON's escapes may spell half a character)."""
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[JsonValue] = []
        for each in level:
            if isinstance(each, str):
                if not each.isascii():
                    _check_text(each)
            elif isinstance(each, dict):
                below += each
                below += each.values()
            elif isinstance(each, list):
                below += each
        level = below
    if level:
        raise NotStrict("nested too deeply")


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotStrict("text holds half a character") from error

"""Vectors of the plain functions of the format: canonical text, ids, stamps, hashes of lines, texts that name items."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.sync.desks import START
from tests.vectors.files import vector


def values(name: str, shows: str, *rows: tuple[Any, ...]) -> None:
    """A vector of a function of the format: a line for each call."""
    text = "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows)
    vector(f"values-{name}", "values", "accepted", shows)(lambda s: {"1.ndjson": text.encode()})


A, B, STATION = "0" * 15 + "1", "f" * 16, "ab" * 32
values(
    "canonical",
    "The one text form of a value.",
    *(
        ("canonical", v)
        for v in (
            None,
            "",
            "厂",
            "𬬮𠮷",
            'a"b\\c/d',
            "\t\n\x00\x1f\x7f\u2028",
            0,
            -1,
            True,
            (1 << 63) - 1,
            {},
            {"b": 1, "a": "x", "c": None},
            {"a": None},
            {"é": 1, "z": 2, "Z": 3},
        )
    ),
    *(("normal text", v) for v in ("  厂 ", "Cafe\u0301", "\u212b", "ｱ")),
)
values(
    "ids",
    "Derived ids, ids of items, random ids, and what is no id.",
    ("derived id", "enterprise", "91330110MA2AAAAA0T"),
    ("derived id", "unit:village", "330110109222"),
    ("item id", "grant", STATION, A, 7),
    ("random id", START, "00" * 10),
    ("random id", START, "ff" * 10),
    ("is id", "0" * 32),
    ("is id", "A" * 32),
    ("is id", "0" * 31),
    ("is id", "٠" * 32),
    ("station", "00" * 32),
    ("serial", STATION, A, 7),
    ("words", "01" * 32),
    ("key check", "AAECAw=="),
)
values(
    "stamps",
    "Stamps: milliseconds, counter and tag; what is no stamp.",
    ("stamp", 1, 0, STATION),
    ("stamp", 217_641_600_000, 7, "0" * 64),
    ("stamp", (1 << 41) - 1, 7, "f" * 64),
    ("moment", "0caa" + "0" * 12),
    ("stamp of wire", "0" * 16),
    ("stamp of wire", "8" + "0" * 15),
    ("stamp of wire", "7" + "F" * 15),
    ("stamp of wire", "7" + "f" * 15),
    ("stamp of wire", "1"),
)
PART = '["salt","阿卜杜拉·买买提"]'
LINE = '[["birth","member","a1","b2",null,"0caa000000000000",[],1,"王芳",[null]],\t{}]'
KEY = bytes(range(32)).hex()
SEALED_PART = '["","13800000000"]'
SEALED_LINE = LINE.format(",\t".join([SEALED_PART, SEALED_PART, "[]", '["",null,7]', PART, SEALED_PART]))
values(
    "line-hashes",
    "The hash of a line is that of part 0 and the hashes of the personal parts, erased or not.",
    ("line hash", LINE.format(PART)),
    ("line hash", LINE.format(f'"{hashlib.sha256(PART.encode()).hexdigest()}"')),
    ("line hash", LINE.format("[]")),
    ("line hash", LINE.format('"00"')),
    ("line hash", "{}"),
)
values(
    "sealed-lines",
    "A part with the empty text as its salt has one that follows from the key of its segment, part 0 and its place.",
    ("open line", SEALED_LINE, KEY),
    ("line hash", SEALED_LINE, KEY),
    ("line hash", SEALED_LINE),
    ("open line", SEALED_LINE, "00" * 32),
    ("line hash", LINE.format(SEALED_PART), KEY),
    ("line hash", LINE.format('"' + "0" * 64 + '"'), KEY),
    ("line hash", LINE.format('[ "","13800000000"]'), KEY),
    ("line hash", LINE.format('[ "","13800000000"]')),
)
values(
    "exclusions",
    "Texts that name items, and what in them names none.",
    ("excluded", f"{STATION} {A} 1-5 7 9@0caa000000000000"),
    ("excluded", f"{STATION} {A} 1-3 2-9 4"),
    ("excluded", f"{STATION} {A} 0 01 5-2 7@0 8@8000000000000000 9"),
    ("excluded", f" {STATION} {A} 1\n{STATION} {B} 2"),
    ("excluded", "nonsense"),
    ("cuts", f"{A}=7 {B}=0"),
    ("cuts", f"{A}=07 {B}=x {A}"),
    ("cuts", ""),
)

"""A kilobyte of zstd may hold thirty megabytes of next to nothing, and to read that takes little more than its text."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from desktop.records.versions import items
from desktop.records.versions.canonical import canonical
from desktop.records.versions.items import Shape
from desktop.records.versions.resolution import ItemId, Life, Version, life_of_slots, resolve_slot
from desktop.store.merging.erasing import Erasure, by_record
from desktop.store.tables.writes import TooMuchSeen
from desktop.sync.errors import BadSegment
from desktop.sync.formats import decoding, frames, receipts, segments, strictjson
from desktop.sync.formats.birth_lines import BirthLines
from desktop.sync.formats.frames import Frame
from desktop.sync.formats.strictjson import NotStrict
from desktop.sync.merging import erasing
from tests.measuring import memory
from tests.sync.desks import TYPES, new_root

RECORD, UNIT = "ab" * 16, "cd" * 16
MANY = 250_000
HEAD = f'["change","firm","{RECORD}","{UNIT}","name","{9:016x}",[],1,"王",'
LATER = HEAD.replace('"name"', "null")
TEXTS = ",".join(['"a"'] * MANY)
BIRTH = HEAD.replace('"change"', '"birth"').replace('"name"', "null")


def segment(body: str, kind: str = "change", **shapes: Any) -> Frame:
    """A segment of one line whose digest is none; so far nobody looks at it."""
    said = {
        "xsj": "segment", "format": 1, "station": "ef" * 32, "incarnation": "ab" * 8, "first": 1, "last": 1,
        "digest": "0" * 64, "counts": {kind: 1}, "shapes": shapes,
    }  # fmt: skip
    signature = json.dumps({"signature": strictjson.to_base64(bytes(64))})
    return frames.compress(f"{json.dumps(said)}\n{signature}\n{body}".encode())


def refused(frame: Frame) -> bool:
    try:
        decoding.decode(*segments.read(frame), TYPES)
    except BadSegment:
        return True
    return False


def members(count: int) -> str:
    return "{" + ",".join(f'"{n:x}":1' for n in range(count)) + "}"


CROWDED = {
    "lines": "\n" * MANY * 4,
    "parts": f"[{HEAD}null]" + ',\t"a' * MANY + "]\n",
    "members": f"[{HEAD}{members(MANY // 2)}]]\n",
    "members of a part": f'[{HEAD}null],\t["s",{members(MANY // 2)}]]\n',
    "an opaque value": f"[{LATER}[{'[],' * MANY}[]]]]\n",
    "what a birth replaces": f"[{BIRTH}[]]]\n".replace(",[],1,", f",[{TEXTS}],1,"),
    "an entry of what is replaced": f"[{HEAD}null]]\n".replace(",[],1,", f",[[{TEXTS}]],1,"),
}


@pytest.mark.no_cover
@pytest.mark.parametrize("what", CROWDED)
def test_very_many_of_next_to_nothing_take_no_memory(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each took thirty to a hundred bytes for every three or four of its text, before anybody looked at a signature."""
    monkeypatch.setattr(items, "MAX_WEIGHT", 2 * 1024 * 1024)
    body = CROWDED[what]
    frame = segment(body, "birth" if "birth" in what else "change", firm={"plain": [], "personal": []})
    used, was_refused = memory(lambda: refused(frame))
    assert was_refused
    assert used < 9 * len(body)


@pytest.mark.parametrize("form", ["[HEADVALUE]]\n", '[HEADnull],\t["s",VALUE]]\n'])
@pytest.mark.parametrize(("more", "problem"), [(0, "digest"), (1, "members")])
def test_a_group_has_no_more_than_so_many_members(form: str, more: int, problem: str) -> None:
    """What stands in texts is none."""
    texts = [f'"{n:x}" :"\\": {n}"' for n in range(decoding.MOST_MEMBERS + more)]
    body = form.replace("HEAD", HEAD).replace("VALUE", "{" + " , ".join(texts) + "}")
    header, lines = segments.read(segment(body))
    with pytest.raises(BadSegment) as refused:
        decoding.decode(header, lines, {})
    assert problem in refused.value.detail


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize(
    ("line", "part"),
    [
        (f"[{HEAD}PART]]\n", '"X"'),
        (f"[{HEAD}null],\tPART]\n", '["salt","X"]'),
        (f"[{HEAD}null],\tPART]\n", '["","X"]'),
        (f"[{LATER}PART]]\n", '["X"]'),
        (f"[{LATER}null],\t[],\tPART]\n", '"X"'),
        (f'[{BIRTH}["王"]],\tPART]\n', '["salt","X"]'),
    ],
)
def test_a_value_has_no_more_than_so_many_bytes(
    line: str, part: str, more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of 28 MB, in seven kilobytes, took half a gigabyte: the engine copies it as often as it looks at it."""
    monkeypatch.setattr(items, "MAX_VALUE", 1_000)
    # A level above that erases something beside it puts a salt of 21 characters there.
    salt = 21 if part.startswith('["",') else 0
    part = part.replace("X", "x" * (1_000 + more - salt - len(part) + 1))
    shape = {"plain": ["name"], "personal": [["phone"]]}
    header, lines = segments.read(segment(line.replace("PART", part), "birth", firm=shape))
    with pytest.raises(BadSegment) as refused:
        decoding.decode(header, lines, {})
    assert ("too long" in refused.value.detail) is bool(more)


def test_what_a_change_replaces_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MAX_VALUE", 1_000)
    seen = ",".join(f'"{n:016x}"' for n in range(1, 200))
    header, lines = segments.read(segment(f"[{HEAD}null]]\n".replace("[],1", f"[{seen}],1")))
    with pytest.raises(BadSegment) as refused:
        decoding.decode(header, lines, {})
    assert "digest" in refused.value.detail


def test_very_many_parts_of_a_birth_take_no_memory() -> None:
    """A shape of 200 KB, of which five hundred bytes come, had two readers made for each of its parts."""
    parts = 20_000
    used, _ = memory(lambda: BirthLines("later", Shape((), ((),) * parts), None))
    assert used < 200 * parts


def test_whether_an_erased_part_says_anything_takes_no_memory() -> None:
    body = f"[{HEAD}null],\t[[],{'[],' * MANY}[]]]"
    header, _ = segments.read(segment(body + "\n"))
    wanted = by_record([Erasure("firm", RECORD, "name", 9, UNIT, frozenset([UNIT]))])
    used, frame = memory(lambda: erasing.blanked(header, [body.encode()], wanted))
    assert frame is not None
    assert used < 9 * len(body)


@pytest.mark.no_cover
def test_what_very_many_words_of_a_tombstone_name_is_not_kept_in_memory() -> None:
    """One of 8 kB held ten million words, of which two sets were made."""
    seen = {"births": f"{'aa ' * MANY}{5:016x}", "heads": f"{'bb ' * MANY}name@{7:016x}"}
    item = ItemId("a", "b", 1)
    slots = {
        "name": resolve_slot([Version(item, RECORD, "name", 7, '"x"', UNIT)]),
        "_deleted": resolve_slot([Version(item, RECORD, "_deleted", 9, canonical(seen), UNIT)]),
    }
    for births, life in (({5}, Life.DELETED), ({5, 6}, Life.DISPUTED)):
        used, found = memory(partial(life_of_slots, slots, births))
        assert found is life
        assert used < 6 * MANY * len("aa ")


@pytest.mark.parametrize("value", ["[]", '{"":0}', "0"])
def test_so_many_values_stand_in_strict_json_and_no_more(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A grant may have 64 MB, and 20 million empty lists took a gigabyte and a half."""
    monkeypatch.setattr(strictjson, "MOST_VALUES", 1 << 14)
    each = 1 + sum(map(value.count, ",[{"))
    fits = strictjson.MOST_VALUES // each - 1
    texts = ",".join([value] * fits)
    assert len(strictjson.parse(f"[{texts}]".encode(), 1 << 24)) == fits
    more = f"[{texts},{value},{value}]".encode()

    def is_refused() -> bool:
        try:
            strictjson.parse(more, 1 << 24)
        except NotStrict:
            return True
        return False

    used, was_refused = memory(is_refused)
    assert was_refused
    assert used < 100_000


@pytest.mark.parametrize("place", ["first", "later"])
def test_a_line_of_a_receipt_is_short(place: str) -> None:
    """Each may have filled a frame: four bytes a sign, as soon as one of them is none of the usual ones."""
    long = "x" * 2_000_000 + "😀"
    said = {
        "xsj": "receipt",
        "station": "ab" * 32,
        "incarnation": "ab" * 8,
        "position": 1,
        "number": 1,
        "answers": 1,
    }
    answer = ["ab" * 32, "ab" * 8, 1, "held", long if place == "later" else "unit"]
    head = said | {"more": long} if place == "first" else said
    frame = frames.compress(f"{json.dumps(head)}\n{json.dumps(answer, ensure_ascii=False)}\n".encode())

    def is_refused() -> bool:
        try:
            receipts.read(frame)
        except BadSegment:
            return True
        return False

    used, was_refused = memory(is_refused)
    assert was_refused
    assert used < 2_000_000


def test_a_deletion_that_would_name_too_much_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its segment would be refused wherever it came, and all that was saved after it."""
    desk = new_root(tmp_path, "区")
    firm = desk.birth("firm", {"name": "厂"})
    for slot, value in (("name", "甲厂"), ("remark", "甲"), ("staff", 3)):
        desk.edit(firm, slot, value)
    with monkeypatch.context() as bounded:
        bounded.setattr(items, "MAX_VALUE", 100)
        with pytest.raises(TooMuchSeen):
            desk.delete(firm)
        assert (shown := desk.shown(firm)) is not None
        assert shown.life is Life.LIVE
    desk.delete(firm)
    assert (shown := desk.shown(firm)) is not None
    assert shown.life is Life.DELETED

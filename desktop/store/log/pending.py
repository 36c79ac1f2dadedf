"""Own lines that stand in no segment yet, and the keys from which their salts follow.

Neighbours of one shape and one key are one row, so that a register of fifty thousand is written as a few rows.

A key is drawn when lines are written, not when they are cut: whoever restores a ledger from its journal cuts the same
lines once more, and others may hold them already, so they must have the same hashes. It is kept beside the lines,
for as many numbers as a segment has at most, and leaves with them: afterwards only the segment carries it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

import zstandard

from desktop.records.versions import items
from desktop.records.versions.canonical import MAX_NUMBER
from desktop.records.versions.items import KEY_BYTES, MAX_LINES, MAX_WEIGHT, Shape
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment

Run = tuple[int, int | None, Sequence[bytes]]
"""The number of the first of some own lines, the shape of births, and the lines, whose numbers follow each other."""


class Waiting(NamedTuple):
    """A line that waits: number and bytes, and type and text of the shape if it is a birth."""

    number: int
    line: bytes
    type: str | None
    shape: str | None


_PREFIX = "salts_"
_SELECT = "SELECT p.first, p.lines, s.type, s.json FROM pending p LEFT JOIN shape s ON s.ref = p.shape"
_SPARE = 1024 * 1024
"""Line ends, and some room."""
CUT_WEIGHT = 4 * 1024 * 1024
"""How much the lines of one key weigh, about: what a segment takes in memory, here and at all who read it."""
_HEAVY = 64 * 1024
"""Lines that were written together and weigh less are no files, and are not weighed with those before them."""
_WORTH_PACKING = 16 * 1024
"""Bytes of a run from which on it is compressed: to a fifth or so, and encrypting all would take longer."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines of which one segment can be cut: numbered without a gap, of one shape for each type, under one key."""

    lines: list[tuple[int, bytes]]
    shapes: dict[str, Shape]
    key: bytes | None


def keep(database: Database, environment: Environment, runs: Sequence[Run]) -> None:
    """Takes in new lines, run upon run, which follow upon those that wait already.

    A whole register has keys of its own, and what follows it another: its births may have another shape than those of
    a form, and a segment that has to end at a line must not have shared its key with what comes after. Files have keys
    of their own as well, as many as they have segments.
    """
    first, last = runs[0][0], _last(runs[-1])
    newest = database.value("SELECT max(key) FROM secret WHERE key BETWEEN ? AND ?", (_name(0), _name(last)))
    apart = last - first + 1 >= MAX_LINES
    start = first - MAX_LINES if newest is None or apart else int(newest[len(_PREFIX) :])
    while start + MAX_LINES <= last:
        start += MAX_LINES
        _draw(database, environment, start)
    _part_by_weight(database, environment, runs)
    database.connection.executemany(
        "INSERT INTO pending (first, last, shape, lines) VALUES (?, ?, ?, ?)",
        _rows(runs, _starts(database, first, last)),
    )
    if apart:
        _draw(database, environment, last + 1)


def _last(run: Run) -> int:
    first, _, lines = run
    return first + len(lines) - 1


def _rows(runs: Sequence[Run], starts: Set[int]) -> Iterator[tuple[int, int, int | None, bytes]]:
    """The rows of runs, which end where another key begins."""
    for run in runs:
        first, shape, lines = run
        begins = [first, *sorted(s for s in starts if first < s <= _last(run)), _last(run) + 1]
        for begin, end in itertools.pairwise(begins):
            yield begin, end - 1, shape, _packed(lines[begin - first : end - first])


def _packed(lines: Sequence[bytes]) -> bytes:
    text = b"\n".join(lines)
    return text if len(text) < _WORTH_PACKING else zstandard.ZstdCompressor(level=1).compress(text)


def _unpacked(run: bytes) -> list[bytes]:
    # No line begins as a frame does: each is an array.
    if run.startswith(zstandard.FRAME_HEADER):
        run = zstandard.ZstdDecompressor().decompress(run)
    return run.split(b"\n")


def _size(run: bytes) -> int:
    """The bytes of the lines of a run and of what stands between them, without unpacking it."""
    return zstandard.frame_content_size(run) if run.startswith(zstandard.FRAME_HEADER) else len(run)


def _part_by_weight(database: Database, environment: Environment, runs: Sequence[Run]) -> None:
    """Draws a key for each line with which those that share one would become too heavy."""
    if sum(sum(map(len, lines)) for *_, lines in runs) < _HEAVY:
        return
    first = runs[0][0]
    begun = database.value("SELECT max(key) FROM secret WHERE key BETWEEN ? AND ?", (_name(0), _name(first)))
    weight = sum(
        _size(run) - (end - start)
        for start, end, run in database.execute(
            "SELECT first, last, lines FROM pending WHERE first BETWEEN ? AND ?",
            (int(begun[len(_PREFIX) :]), first - 1),
        )
    )
    for start, _, lines in runs:
        for number, own in enumerate(map(items.most_weight, lines), start):
            weight += own
            if weight > CUT_WEIGHT:
                _draw(database, environment, number)
                weight = own


def batch(database: Database) -> Batch | None:
    """What the next segment is cut of, if anything waits."""
    first = database.value("SELECT min(first) FROM pending")
    if first is None:
        return None
    starts = _starts(database, first + 1, first + MAX_LINES)
    lines: list[tuple[int, bytes]] = []
    shapes: dict[str, str] = {}
    weight = 0
    # Read run by run: so many lines of attachments would not fit into the memory of an old laptop.
    rows = database.execute(f"{_SELECT} ORDER BY p.first")
    for start, run, type_name, shape in rows:
        other = type_name is not None and shapes.setdefault(type_name, shape) != shape
        found = _unpacked(run)
        weight += sum(map(items.most_weight, found))
        if lines and (
            other or start in starts or len(lines) + len(found) > MAX_LINES or weight > MAX_WEIGHT - _SPARE
        ):
            break
        lines += enumerate(found, start)
    rows.close()
    return Batch(
        lines,
        {name: Shape.from_json(json.loads(text)[name]) for name, text in shapes.items()},
        key_of(database, first),
    )


def drop(database: Database, environment: Environment, last: int) -> None:
    """Lines up to this number, the last one of a :func:`batch`, stand in segments now.

    What is left gets a key of its own: no two segments share one.
    """
    database.execute("DELETE FROM pending WHERE first <= ?", (last,))
    database.execute("DELETE FROM secret WHERE key BETWEEN ? AND ?", (_name(0), _name(last)))
    following = database.value("SELECT min(first) FROM pending")
    if following is not None and key_of(database, following) is None:
        _draw(database, environment, following)


def begin_again(database: Database) -> None:
    """Numbers begin again from 1, and all lines are in segments: what was drawn for those to come is never used.

    A copy or a backup of this ledger has the same, and would use it for others.
    """
    if database.row("SELECT 1 FROM pending LIMIT 1") is None:
        database.execute("DELETE FROM secret WHERE key BETWEEN ? AND ?", (_name(0), _name(MAX_NUMBER)))


def lines(database: Database, first: int, last: int) -> Iterator[Waiting]:
    """The lines from one number up to another that wait, in their order."""
    for start, run, type_name, shape in database.execute(
        f"{_SELECT} WHERE p.first BETWEEN (SELECT coalesce(max(first), 0) FROM pending WHERE first <= ?1) AND ?2"
        " ORDER BY p.first",
        (first, last),
    ):
        for number, line in enumerate(_unpacked(run), start):
            if first <= number <= last:
                yield Waiting(number, line, type_name, shape)


def waiting(database: Database, numbers: Collection[int]) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Number, bytes and key of the lines among these that wait."""
    for found in lines(database, min(numbers), max(numbers)):
        if found.number in numbers:
            yield found.number, found.line, key_of(database, found.number)


def key_of(database: Database, number: int) -> bytes | None:
    """The key for the line with this number; lines of earlier programs have salts of their own, and no key."""
    key: bytes | None = database.value(
        "SELECT value FROM secret WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 1",
        (_name(0), _name(number)),
    )
    return key


def _starts(database: Database, first: int, last: int) -> set[int]:
    """The numbers between these from which on another key is used."""
    keys = database.rows("SELECT key FROM secret WHERE key BETWEEN ? AND ?", (_name(first), _name(last)))
    return {int(name[len(_PREFIX) :]) for (name,) in keys}


def _draw(database: Database, environment: Environment, number: int) -> None:
    database.execute(
        "INSERT INTO secret (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (_name(number), environment.random(KEY_BYTES)),
    )


def _name(number: int) -> str:
    return f"{_PREFIX}{number:016d}"

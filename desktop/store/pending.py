"""Own lines that stand in no segment yet, and the keys from which their salts follow.

A key is drawn when lines are written, not when they are cut: whoever restores a ledger from its journal cuts the same
lines once more, and others may hold them already, so they must have the same hashes. It is kept beside the lines,
for as many numbers as a segment has at most, and leaves with them: afterwards only the segment carries it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from desktop.records import items
from desktop.records.canonical import MAX_NUMBER
from desktop.records.items import KEY_BYTES, MAX_LINES, MAX_WEIGHT, Shape
from desktop.store.database import Database
from desktop.store.environment import Environment

Line = tuple[int, int | None, bytes]
"""Number, the shape of a birth, and the bytes of an own line."""

_PREFIX = "salts_"
_SPARE = 1024 * 1024
"""Line ends, and some room."""
CUT_WEIGHT = 4 * 1024 * 1024
"""How much the lines of one key weigh, about: what a segment takes in memory, here and at all who read it."""
_HEAVY = 64 * 1024
"""Lines that were written together and weigh less are no files, and are not weighed with those before them."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines of which one segment can be cut: numbered without a gap, of one shape for each type, under one key."""

    lines: list[tuple[int, bytes]]
    shapes: dict[str, Shape]
    key: bytes | None


def keep(database: Database, environment: Environment, lines: Sequence[Line]) -> None:
    """Takes in new lines, which follow upon those that wait already.

    A whole register has keys of its own, and what follows it another: its births may have another shape than those of
    a form, and a segment that has to end at a line must not have shared its key with what comes after. Files have keys
    of their own as well, as many as they have segments.
    """
    first, last = lines[0][0], lines[-1][0]
    database.connection.executemany("INSERT INTO pending_line (number, shape, line) VALUES (?, ?, ?)", lines)
    newest = database.value("SELECT max(key) FROM secret WHERE key BETWEEN ? AND ?", (_name(0), _name(last)))
    apart = len(lines) >= MAX_LINES
    start = first - MAX_LINES if newest is None or apart else int(newest[len(_PREFIX) :])
    while start + MAX_LINES <= last:
        start += MAX_LINES
        _draw(database, environment, start)
    _part_by_weight(database, environment, lines)
    if apart:
        _draw(database, environment, last + 1)


def _part_by_weight(database: Database, environment: Environment, lines: Sequence[Line]) -> None:
    """Draws a key for each line with which those that share one would become too heavy."""
    if sum(len(line) for _, _, line in lines) < _HEAVY:
        return
    first = lines[0][0]
    begun = database.value("SELECT max(key) FROM secret WHERE key BETWEEN ? AND ?", (_name(0), _name(first)))
    weight = int(
        database.value(
            "SELECT coalesce(sum(length(line)), 0) FROM pending_line WHERE number >= ? AND number < ?",
            (int(begun[len(_PREFIX) :]), first),
        )
    )
    for number, _, line in lines:
        own = items.most_weight(line)
        weight += own
        if weight > CUT_WEIGHT:
            _draw(database, environment, number)
            weight = own


def batch(database: Database) -> Batch | None:
    """What the next segment is cut of, if anything waits."""
    first = database.value("SELECT min(number) FROM pending_line")
    if first is None:
        return None
    starts = {
        int(name[len(_PREFIX) :])
        for (name,) in database.rows(
            "SELECT key FROM secret WHERE key BETWEEN ? AND ?", (_name(first + 1), _name(first + MAX_LINES))
        )
    }
    lines: list[tuple[int, bytes]] = []
    shapes: dict[str, str] = {}
    weight = 0
    # Read line by line: so many lines of attachments would not fit into the memory of an old laptop.
    rows = database.execute(
        "SELECT p.number, p.line, s.type, s.json FROM pending_line p LEFT JOIN shape s ON s.ref = p.shape"
        " ORDER BY p.number LIMIT ?",
        (MAX_LINES,),
    )
    for number, line, type_name, shape in rows:
        other = type_name is not None and shapes.setdefault(type_name, shape) != shape
        weight += items.most_weight(line)
        if lines and (other or number in starts or weight > MAX_WEIGHT - _SPARE):
            break
        lines.append((number, line))
    rows.close()
    return Batch(
        lines,
        {name: Shape.from_json(json.loads(text)[name]) for name, text in shapes.items()},
        key_of(database, first),
    )


def drop(database: Database, environment: Environment, last: int) -> None:
    """Lines up to this number stand in segments now. What is left gets a key of its own: no two segments share one."""
    database.execute("DELETE FROM pending_line WHERE number <= ?", (last,))
    database.execute("DELETE FROM secret WHERE key BETWEEN ? AND ?", (_name(0), _name(last)))
    following = database.value("SELECT min(number) FROM pending_line")
    if following is not None and key_of(database, following) is None:
        _draw(database, environment, following)


def begin_again(database: Database) -> None:
    """Numbers begin again from 1, and all lines are in segments: what was drawn for those to come is never used.

    A copy or a backup of this ledger has the same, and would use it for others.
    """
    if database.row("SELECT 1 FROM pending_line LIMIT 1") is None:
        database.execute("DELETE FROM secret WHERE key BETWEEN ? AND ?", (_name(0), _name(MAX_NUMBER)))


def line_with_shape(database: Database, number: int) -> tuple[int, bytes, str | None, str | None] | None:
    """Number and bytes of a line that waits, with type and text of its shape if it is a birth."""
    found: tuple[int, bytes, str | None, str | None] | None = database.row(
        "SELECT p.number, p.line, s.type, s.json FROM pending_line p LEFT JOIN shape s ON s.ref = p.shape"
        " WHERE p.number = ?",
        (number,),
    )
    return found


def waiting(database: Database, numbers: Collection[int]) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Number, bytes and key of the lines among these that wait."""
    for number, line in database.rows("SELECT number, line FROM pending_line ORDER BY number"):
        if number in numbers:
            yield number, line, key_of(database, number)


def key_of(database: Database, number: int) -> bytes | None:
    """The key for the line with this number; lines of earlier programs have salts of their own, and no key."""
    key: bytes | None = database.value(
        "SELECT value FROM secret WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 1",
        (_name(0), _name(number)),
    )
    return key


def _draw(database: Database, environment: Environment, number: int) -> None:
    database.execute(
        "INSERT INTO secret (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (_name(number), environment.random(KEY_BYTES)),
    )


def _name(number: int) -> str:
    return f"{_PREFIX}{number:016d}"

"""What a step changed in tables that cannot be computed from others: caught as it happens, put back by a restore.

Items stand as they were written or received in ``pending`` and ``segment``; everything that follows from items
(the typed tables, the log, conflicts, the search index) is not caught but computed again. The rest of the core tables
is what this workspace alone knows: operators, audit, links, merges, sequences, the clock. Temporary triggers note the
keys of changed rows, so catching costs as much as the change and nothing is compared.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Any, Final

import msgspec

from desktop.records.versions.spans import Span, joined
from desktop.store.tables.columns import quoted
from desktop.store.tables.database import Database

TABLES: Final = (
    "meta", "secret", "operator", "unit_ref", "origin", "shape", "segment", "segment_came", "pending", "received",
    "held", "refused", "fork", "operation", "link", "exported", "answer", "merge", "merge_item", "audit", "not_same",
)  # fmt: skip
STALE: Final = "stale_"
"""The marks of what the search index owes are not caught: a restored ledger indexes what it takes in."""
CHUNK: Final = 4_000_000
"""Bytes of rows that are held in memory at once."""
HEAVY: Final = 2 * CHUNK
"""Bytes of a piece that consists of one row, more or less: a segment with files."""
_MANY: Final = 2_000
_RUNS, _LINES = "pending", "pending_line"
_RUNNING: Final = (_RUNS, "segment")
"""Tables of which many rows change at once, whose numbers follow each other."""

_TOGETHER: Final = 64
"""Rows that are asked for at once: a bundle changes some ten, a merge of hundreds asks for thousands."""
_BULKY: Final = ("held", "refused", "merge_item", "answer")
"""Tables of which a million rows may change at once."""


Row = tuple[Any, ...]


@dataclass(frozen=True)
class Shape:
    """The columns of a table, those of its key first."""

    name: str
    keys: tuple[str, ...]
    others: tuple[str, ...]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """All columns in the order in which rows are written."""
        return self.keys + self.others

    def of_keys(self, count: int) -> str:
        """The rows of so many keys."""
        return f"{self.all_rows} WHERE ({_list(self.keys)}) IN ({_values(len(self.keys), count)})"

    @cached_property
    def of_numbers(self) -> str:
        """The rows of a range of numbers, in their order."""
        number = quoted(self.keys[0])
        return f"{self.all_rows} WHERE {number} BETWEEN ? AND ? ORDER BY {number}"

    def of_spans(self, before: int, count: int) -> str:
        """The rows of so many spans of numbers, each behind the parts of the key ``before`` the number."""
        same = [f"t.{quoted(name)} = s.column{place}" for place, name in enumerate(self.keys[:before], 1)]
        span = f"t.number BETWEEN s.column{before + 1} AND s.column{before + 2}"
        return (
            f"SELECT {_list(self.columns, 't.')} FROM ({_values(before + 2, count)}) s"
            f" CROSS JOIN main.{quoted(self.name)} t ON {' AND '.join([*same, span])}"
        )

    @property
    def all_rows(self) -> str:
        """All rows."""
        return f"SELECT {_list(self.columns)} FROM main.{quoted(self.name)}"


class _Once:
    """The changed rows of a table of which few change: each key once, in the order in which they changed."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._keys: dict[tuple[Any, ...], None] = {}

    def note(self, gone: int, *key: Any) -> None:
        """Notes a row by its key, whether it is ``gone`` (1) or not (0)."""
        self._keys[key] = None

    def __bool__(self) -> bool:
        return bool(self._keys)

    def clear(self) -> None:
        """Forgets all."""
        self._keys.clear()

    def rows(self, database: Database) -> Iterator[tuple[Row, Row | None]]:
        """Key, and the row's other values or nothing where the row is gone."""
        stale = self._shape.name == "meta"
        wanted = (key for key in self._keys if not (stale and str(key[0]).startswith(STALE)))
        for keys in _together(wanted):
            here = _here(database, self._shape, keys)
            yield from ((key, here.get(key)) for key in keys)


class _Running:
    """The changed rows of a table of which many change at once and whose numbers follow each other."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._numbers = array("q")
        # Each line of a register is noted, so the engine puts its number into the array without a step of Python.
        self.note: Callable[[int], None] = self._numbers.append

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def clear(self) -> None:
        """Forgets all."""
        del self._numbers[:]

    def rows(self, database: Database) -> Iterator[tuple[Row, Row | None]]:
        """Key, and the row's other values or nothing where the row is gone."""
        # Rows with whole segments one by one: a cursor holds the one that comes next as well.
        most = 1 if self._shape.name == "segment" else _MANY
        for first, last in _runs(sorted(set(self._numbers)), most):
            expected = first
            for row in database.execute(self._shape.of_numbers, (first, last)):
                if row[0] > expected:
                    yield from _gone(expected, row[0])
                expected = row[0] + 1
                yield row[:1], row[1:]
                del row
            yield from _gone(expected, last + 1)


class _Bulk:
    """The changed rows of a table of which a million may change at once: by spans of item numbers.

    So no row has to be looked up by itself, and one that was changed twice is written once. What else has one of these
    numbers is written with them, which does no harm. Only those that may be gone are noted one by one.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._at = shape.keys.index("number")
        self._spans: dict[tuple[Any, ...], list[Span]] = {}
        self._gone = array("q")
        self._texts: dict[str, int] = {}

    def note(self, gone: int, *key: Any) -> None:
        """Notes a row by its key, whether it is ``gone`` (1) or not (0)."""
        if gone:
            # Of texts there are few, so a negative number stands for each.
            self._gone.extend(
                ~self._texts.setdefault(part, len(self._texts)) if isinstance(part, str) else part
                for part in key
            )
            return
        number, spans = key[self._at], self._spans.setdefault(key[: self._at], [])
        if spans and spans[-1][0] <= number <= spans[-1][1] + 1:
            if number > spans[-1][1]:
                spans[-1] = spans[-1][0], number
        else:
            spans.append((number, number))

    def __bool__(self) -> bool:
        return bool(self._spans or self._gone)

    def clear(self) -> None:
        """Forgets all."""
        self._spans.clear()
        self._gone = array("q")
        self._texts.clear()

    def rows(self, database: Database) -> Iterator[tuple[Row, Row | None]]:
        """Key, and the row's other values or nothing where the row is gone."""
        shape, count = self._shape, len(self._shape.keys)
        wanted = ((*key, *span) for key, spans in self._spans.items() for span in joined(spans))
        for some in _together(wanted):
            for row in database.execute(shape.of_spans(self._at, len(some)), list(chain(*some))):
                yield row[:count], row[count:]
        texts = list(self._texts)
        parts = (texts[~part] if part < 0 else part for part in self._gone)
        for keys in _together(zip(*[parts] * count, strict=True)):
            here = _here(database, shape, keys)
            yield from ((key, None) for key in keys if key not in here)


class Capture:
    """Notes on one connection which rows of :data:`TABLES` change, from :meth:`start` on.

    What a transaction changed and took back is noted too: such a row is written down once more as it stands.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self._shapes: list[Shape] = []
        self._noted: list[_Once | _Running | _Bulk] = []

    def start(self) -> None:
        """Sets the triggers; they live as long as the connection. Again, they follow changed tables."""
        self._shapes = [s for s in (shape_of(self._db, name) for name in TABLES) if s.keys]
        self._noted = [_KIND_OF.get(s.name, _Once)(s) for s in self._shapes]
        for place, noted in enumerate(self._noted):
            self._db.connection.create_function(f"noted_{place}", -1, noted.note)
        for (name,) in self._db.rows("SELECT name FROM temp.sqlite_master WHERE type = 'trigger'"):
            self._db.execute(f"DROP TRIGGER temp.{quoted(name)}")
        for place, shape in enumerate(self._shapes):
            for statement in _triggers(place, shape):
                self._db.execute(statement)

    @property
    def any(self) -> bool:
        """Whether anything has changed since :meth:`forget`."""
        return any(self._noted)

    def texts(self) -> Iterator[bytes]:
        """The changed rows as they are now, in pieces of about :data:`CHUNK` bytes."""
        changed = [(s, noted) for s, noted in zip(self._shapes, self._noted, strict=True) if noted]
        columns = {shape.name: shape.columns for shape, _ in changed}
        piece: list[Row] = []
        size = 0
        for shape, noted in changed:
            for key, values in noted.rows(self._db):
                piece.append((shape.name, key, values))
                size += 40
                for value in values or ():
                    if isinstance(value, (str, bytes)):
                        size += len(value)
                if size >= CHUNK:
                    text = _pack((columns, piece))
                    # Nothing but the text is in memory while it is written.
                    piece, size, values, value = [], 0, None, None
                    yield text
                    del text
        if piece:
            yield _pack((columns, piece))

    def forget(self) -> None:
        """All that was noted has been written down."""
        for noted in self._noted:
            noted.clear()


_KIND_OF: Final = dict.fromkeys(_RUNNING, _Running) | dict.fromkeys(_BULKY, _Bulk)


def _list(names: Iterable[str], of: str = "") -> str:
    return ", ".join(f"{of}{quoted(name)}" for name in names)


def _values(width: int, count: int) -> str:
    """Room for so many rows of so many parameters."""
    row = f"({', '.join('?' * width)})"
    return f"VALUES {', '.join([row] * count)}"


def _together(wanted: Iterable[Row]) -> Iterator[Sequence[Row]]:
    rest = iter(wanted)
    while some := list(islice(rest, _TOGETHER)):
        yield some


def _here(database: Database, shape: Shape, keys: Sequence[Row]) -> dict[Row, Row]:
    """The other values of those rows that are there, by their keys."""
    count = len(shape.keys)
    return {r[:count]: r[count:] for r in database.rows(shape.of_keys(len(keys)), list(chain(*keys)))}


def _gone(first: int, end: int) -> Iterator[tuple[Row, None]]:
    """Keys of rows that are there no longer, from a number up to another."""
    return (((number,), None) for number in range(first, end))


def put_back(database: Database, texts: Iterable[bytes]) -> Iterator[Row]:
    """Writes the rows of one step as they were then; gives each back as table, key, values.

    One that goes has no values, and is not given back where it was not there.
    """
    for text in texts:
        columns, rows = _in_runs(*_unpack(text))
        # As they were named then: a newer program may have added columns since.
        shapes = {
            name: Shape(name, then[: len(keys)], then[len(keys) :])
            for name, then in columns.items()
            if name in TABLES and (keys := shape_of(database, name).keys)
        }
        for name, key, values in rows:
            shape = shapes[name]
            if values is None:
                same = " AND ".join(f"{quoted(c)} = ?" for c in shape.keys)
                if not database.execute(f"DELETE FROM main.{quoted(name)} WHERE {same}", key).rowcount:
                    continue
            else:
                database.execute(_upsert(shape), [*key, *values])
            yield name, key, values


def _in_runs(
    columns: dict[str, tuple[str, ...]], rows: list[Row]
) -> tuple[dict[str, tuple[str, ...]], list[Row]]:
    """A step of a program that kept a row for each own line (tables before version 6): such a line is a run of one."""
    if columns.pop(_LINES, None) is None:
        return columns, rows
    as_run = [
        (_RUNS, key, None if values is None else (*key, *values)) if name == _LINES else (name, key, values)
        for name, key, values in rows
    ]
    return {**columns, _RUNS: ("first", "last", "shape", "lines")}, as_run


def print_of(database: Database) -> bytes:
    """What tells this state of a ledger from any other that it had: the small tables whole, the large by their ends."""
    found = hashlib.sha256()
    for query in (
        f"SELECT key, value FROM meta WHERE key NOT GLOB '{STALE}*' ORDER BY key",
        "SELECT * FROM operator ORDER BY name",
        "SELECT * FROM link ORDER BY peer",
        "SELECT max(position) FROM segment",
        "SELECT last FROM pending ORDER BY first DESC LIMIT 1",
        "SELECT * FROM received ORDER BY origin, first",
        "SELECT max(stamp) FROM operation",
        "SELECT max(id) FROM merge",
        "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1",
    ):
        found.update(repr(database.rows(query)).encode())
    return found.digest()


def shape_of(database: Database, name: str) -> Shape:
    """The columns of a table as the database has them."""
    rows = database.rows(f"PRAGMA main.table_info({quoted(name)})")
    keys = sorted((row[5], row[1]) for row in rows if row[5])
    return Shape(name, tuple(c for _, c in keys), tuple(row[1] for row in rows if not row[5]))


def _trigger(shape: Shape, event: str) -> str:
    return quoted(f"noted_{shape.name}_{event.lower()}")


def _triggers(place: int, shape: Shape) -> Iterator[str]:
    keys = {side: ", ".join(f"{side}.{quoted(c)}" for c in shape.keys) for side in ("old", "new")}
    gone = {"old": "", "new": ""} if shape.name in _RUNNING else {"old": "1, ", "new": "0, "}
    notes = {side: f"SELECT noted_{place}({gone[side]}{key})" for side, key in keys.items()}
    another = f"WHERE ({keys['old']}) <> ({keys['new']})"
    for event, done in {
        "INSERT": f"{notes['new']};",
        "UPDATE": f"{notes['old']} {another}; {notes['new']};",
        "DELETE": f"{notes['old']};",
    }.items():
        yield (
            f"CREATE TEMP TRIGGER {_trigger(shape, event)} AFTER {event}"
            f" ON main.{quoted(shape.name)} BEGIN {done} END"
        )


def _runs(numbers: Iterable[int], most: int) -> Iterator[tuple[int, int]]:
    """Sorted numbers as ranges of at most so many."""
    first = last = 0
    for n in numbers:
        if last and n == last + 1 and n - first < most:
            last = n
            continue
        if last:
            yield first, last
        first = last = n
    if last:
        yield first, last


def _upsert(shape: Shape) -> str:
    columns = ", ".join(map(quoted, shape.columns))
    marks = ", ".join("?" * len(shape.columns))
    sets = ", ".join(f"{quoted(c)} = excluded.{quoted(c)}" for c in shape.others)
    return (
        f"INSERT INTO main.{quoted(shape.name)} ({columns}) VALUES ({marks})"
        f" ON CONFLICT ({', '.join(map(quoted, shape.keys))}) DO {f'UPDATE SET {sets}' if sets else 'NOTHING'}"
    )


_pack = msgspec.msgpack.Encoder().encode
NOTHING: Final = _pack(({}, []))
"""A piece without rows, with which a step may end."""
_unpack = msgspec.msgpack.Decoder(
    tuple[dict[str, tuple[str, ...]], list[tuple[str, list[Any], list[Any] | None]]]
).decode

"""What a step changed in tables that cannot be computed from others: caught as it happens, put back by a restore.

Items stand as they were written or received in ``pending_line`` and ``segment``; everything that follows from items
(the typed tables, the log, conflicts, the search index) is not caught but computed again. The rest of the core tables
is what this workspace alone knows: operators, audit, links, merges, sequences, the clock. Temporary triggers note the
keys of changed rows, so catching costs as much as the change and nothing is compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final

import msgspec

from desktop.store.columns import quoted
from desktop.store.database import Database

TABLES: Final = (
    "meta", "secret", "operator", "unit_ref", "origin", "shape", "segment", "pending_line", "received", "held",
    "refused", "fork", "operation", "link", "exported", "answer", "merge", "merge_item", "audit", "not_same",
)  # fmt: skip
STALE: Final = "stale_"
"""The marks of what the search index owes are not caught: a restored ledger indexes what it takes in."""
CHUNK: Final = 4_000_000
"""Bytes of rows that are held in memory at once."""
HEAVY: Final = 2 * CHUNK
"""Bytes of a piece that consists of one row, more or less: a segment with files."""
_MANY: Final = 2_000
_RUNNING: Final = ("pending_line", "segment")
"""Tables of which many rows change at once, whose numbers follow each other."""

_EVENTS: Final = {"INSERT": ("new",), "UPDATE": ("old", "new"), "DELETE": ("old",)}
"""What happens to a row, and which sides of it have a key."""

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

    @cached_property
    def select(self) -> str:
        """The rows of a key, or of a range of numbers."""
        wanted = " AND ".join(f"{quoted(c)} = ?" for c in self.keys)
        if self.name in _RUNNING:
            wanted = f"{quoted(self.keys[0])} BETWEEN ? AND ?"
        return f"SELECT {', '.join(map(quoted, self.columns))} FROM main.{quoted(self.name)} WHERE {wanted}"


class Capture:
    """Notes on one connection which rows of :data:`TABLES` change, from :meth:`start` on.

    What a transaction changed and took back is noted too: such a row is written down once more as it stands.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self._shapes: list[Shape] = []
        self._noted: list[dict[tuple[Any, ...], None]] = []

    def start(self) -> None:
        """Sets the triggers; they live as long as the connection. Again, they follow changed tables."""
        self._shapes = [s for s in (shape_of(self._db, name) for name in TABLES) if s.keys]
        self._noted = [{} for _ in self._shapes]
        self._db.connection.create_function("noted", -1, self._note)
        for place, shape in enumerate(self._shapes):
            for event in _EVENTS:
                self._db.execute(f"DROP TRIGGER IF EXISTS temp.{_trigger(shape, event)}")
            for statement in _triggers(place, shape):
                self._db.execute(statement)

    def _note(self, place: int, *key: Any) -> None:
        self._noted[place][key] = None

    @property
    def any(self) -> bool:
        """Whether anything has changed since :meth:`forget`."""
        return any(self._noted)

    def texts(self) -> Iterator[bytes]:
        """The changed rows as they are now, in pieces of about :data:`CHUNK` bytes."""
        changed = [(s, keys) for s, keys in zip(self._shapes, self._noted, strict=True) if keys]
        columns = {shape.name: shape.columns for shape, _ in changed}
        piece: list[Row] = []
        size = 0
        for shape, keys in changed:
            for key, values in self._rows(shape, keys):
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

    def _rows(self, shape: Shape, keys: dict[tuple[Any, ...], None]) -> Iterator[tuple[Row, Row | None]]:
        """Key, and the row's other values or nothing where the row is gone."""
        count = len(shape.keys)
        if shape.name in _RUNNING:
            # Rows with whole segments one by one: a cursor holds the one that comes next as well.
            for first, last in _runs(sorted(n for (n,) in keys), 1 if shape.name == "segment" else _MANY):
                gone = set(range(first, last + 1))
                yield from map(partial(_apart, gone), self._db.execute(shape.select, (first, last)))
                yield from (((n,), None) for n in sorted(gone))
            return
        for key in keys:
            if shape.name != "meta" or not str(key[0]).startswith(STALE):
                row = self._db.row(shape.select, key)
                yield key, None if row is None else row[count:]


def _apart(gone: set[int], row: Row) -> tuple[Row, Row]:
    """Key and values of a row, which is not gone."""
    gone.discard(row[0])
    return row[:1], row[1:]


def put_back(database: Database, texts: Iterable[bytes]) -> Iterator[Row]:
    """Writes the rows of one step as they were then; gives each back as table, key, values or nothing."""
    for text in texts:
        columns, rows = _unpack(text)
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
                database.execute(f"DELETE FROM main.{quoted(name)} WHERE {same}", key)
            else:
                database.execute(_upsert(shape), [*key, *values])
            yield name, key, values


def print_of(database: Database) -> bytes:
    """What tells this state of a ledger from any other that it had: the small tables whole, the large by their ends."""
    found = hashlib.sha256()
    for query in (
        f"SELECT key, value FROM meta WHERE key NOT GLOB '{STALE}*' ORDER BY key",
        "SELECT * FROM operator ORDER BY name",
        "SELECT * FROM link ORDER BY peer",
        "SELECT max(position) FROM segment",
        "SELECT max(number) FROM pending_line",
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
    for event, sides in _EVENTS.items():
        notes = "".join(
            f" SELECT noted({place}, {', '.join(f'{side}.{quoted(c)}' for c in shape.keys)});"
            for side in sides
        )
        yield (
            f"CREATE TEMP TRIGGER {_trigger(shape, event)} AFTER {event}"
            f" ON main.{quoted(shape.name)} BEGIN{notes} END"
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

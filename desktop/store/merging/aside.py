"""Items that do not count: refused ones with their words, held ones that wait, and the forks that hold them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktop.records.versions.canonical import MAX_NUMBER
from desktop.records.versions.deciding import ERASURE
from desktop.records.versions.item_outcomes import HELD_FORK, HELD_KIND, HELD_NO_BIRTH, REFUSED_CLOCK
from desktop.records.versions.items import BIRTH, MAX_LINES
from desktop.records.versions.spans import Span
from desktop.store.merging.uncounting import Taken
from desktop.store.tables.database import Database

_PIECE = 5_000
"""How many items that are aside are in memory at once."""

Names = set[tuple[int, int]]
"""Number and stamp of items of one origin: of a fork two contents of one number may be here."""


@dataclass(frozen=True, slots=True)
class Put:
    """An item that is refused or held, with all that is needed to show it and to try it again.

    ``excluded``: not for what it says, but because a level above lets it not count; that may be lifted.
    """

    number: int
    kind: str
    type: str
    record: str
    unit: str
    slot: str
    stamp: int
    replaces: tuple[int | tuple[str, int], ...]
    operator: str
    value: str
    reason: str
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Aside:
    """What must be known of an item that is aside to judge it again; ``origin`` is that of its incarnation here."""

    origin: int
    station: str
    incarnation: str
    number: int
    stamp: int
    type: str
    unit: str
    reason: str
    record: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What items of an incarnation wait for; ``unit`` is the one under which they were written."""

    origin: int
    station: str
    incarnation: str
    unit: str
    reason: str


# -- taking in and letting go --------------------------------------------------------------------------------------


def refuse(database: Database, origin: int, rows: Sequence[Put]) -> None:
    """Keeps what is refused, so that its words can be corrected and sent again."""
    database.connection.executemany(
        "INSERT INTO refused (origin, number, kind, type, record, unit, slot, stamp, replaces, value, reason,"
        " excluded) VALUES (?, ?, ?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (origin, r.number, r.kind, r.type, r.record, r.unit, r.slot, r.stamp, json.dumps(r.replaces), r.value,
             r.reason, int(r.excluded))
            for r in rows
        ],
    )  # fmt: skip


def hold(database: Database, origin: int, rows: Sequence[Put], now: int) -> None:
    """Lets items wait since ``now``, milliseconds since 2020; one that waits already does so for the new reason.

    Of two contents of a fork with the same stamp one is kept here: the erasure, which no word lets not count.
    """
    database.connection.executemany(
        "DELETE FROM held WHERE origin = ? AND number = ? AND stamp = ? AND type <> ?",
        [(origin, row.number, row.stamp, ERASURE) for row in rows if row.type == ERASURE],
    )
    database.connection.executemany(
        "INSERT INTO held (origin, number, kind, type, record, unit, slot, stamp, replaces, operator, value,"
        " reason, since) VALUES (?, ?, ?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?)"
        # Of a fork nothing counts that has not counted yet, the first content included.
        " ON CONFLICT DO UPDATE SET reason = excluded.reason",
        [
            (origin, row.number, row.kind, row.type, row.record, row.unit, row.slot, row.stamp,
             json.dumps(row.replaces), row.operator, row.value, row.reason, now)
            for row in rows
        ],
    )  # fmt: skip


def drop_held(database: Database, origin: int, items: Iterable[tuple[int, int]]) -> None:
    """These items (number, stamp) wait no longer."""
    database.connection.executemany(
        "DELETE FROM held WHERE origin = ? AND number = ? AND stamp = ?", [(origin, *item) for item in items]
    )


def drop_refused(database: Database, origin: int, rows: Iterable[Put]) -> None:
    """These wait no longer, as they are refused; an erasure of the same number and stamp does."""
    database.connection.executemany(
        "DELETE FROM held WHERE origin = ? AND number = ? AND stamp = ? AND (type <> ? OR type = ?)",
        [(origin, row.number, row.stamp, ERASURE, row.type) for row in rows],
    )


def drop_excluded(database: Database, origin: int, items: Iterable[tuple[int, int]]) -> None:
    """These items (number, stamp) are not refused any longer for a word from above."""
    database.connection.executemany(
        "DELETE FROM refused WHERE origin = ? AND number = ? AND stamp = ? AND excluded",
        [(origin, *item) for item in items],
    )


def note_excluded(database: Database, origin: int, spans: Iterable[Span]) -> None:
    """That the refused items of an origin with these numbers do not count is an item of its own now (rule 14)."""
    database.connection.executemany(
        "UPDATE refused SET excluded = 1 WHERE origin = ? AND number BETWEEN ? AND ?",
        # Not all at once: what one statement may have to put back lies in memory.
        (
            (origin, start, min(start + MAX_LINES - 1, last))
            for first, last in spans
            for start in range(first, last + 1, MAX_LINES)
        ),
    )


def note_named(database: Database, origin: int, items: Iterable[tuple[int, int]]) -> None:
    """These refused items (number, stamp) do not count for a word that has come since, whatever they say."""
    database.connection.executemany(
        "UPDATE refused SET excluded = 1 WHERE origin = ? AND number = ? AND stamp = ?",
        [(origin, *item) for item in items],
    )


# -- looking -------------------------------------------------------------------------------------------------------


def refused(database: Database, *, excluded: bool) -> Iterator[list[Aside]]:
    """All that is refused because somebody above lets it not count, or all that is so for what it says.

    In pieces, each of one origin and in the order of numbers. The caller may let go what it has been given.
    """
    for ref, _, _ in _origins(database, "refused"):
        yield from _pieces(database, "refused", ref, "r.excluded = ?", (int(excluded),))


def waits_for_births(database: Database) -> bool:
    """Whether changes wait for the births of their records, which count as soon as these come."""
    # Written out, as it is in the index: a million items may wait for something else.
    return database.row(f"SELECT 1 FROM held WHERE reason = '{HELD_NO_BIRTH}' LIMIT 1") is not None


_OF_TYPES = (
    f"(r.reason <> '{HELD_KIND}' OR (r.kind = '{BIRTH}' AND r.type IN (SELECT value FROM json_each(?))))"
)
"""Of what waits for a program that knows it the births of these types alone."""


def grounds(database: Database, but: str, types: Iterable[str]) -> list[Ground]:
    """What items wait for, origin by origin, except for one reason; for a newer program births of these ``types``."""
    known = json.dumps(sorted(types))
    return [
        Ground(*origin, *row)
        for origin in _origins(database, "held")
        for row in database.rows(
            f"SELECT DISTINCT r.unit, r.reason FROM held r WHERE r.origin = ? AND r.reason <> ? AND {_OF_TYPES}",
            (origin[0], but, known),
        )
    ]


def waits_between(database: Database, origin: int, first: int, last: int, reason: str) -> bool:
    """Whether something of an origin among these numbers waits for this reason."""
    found = database.row(
        "SELECT 1 FROM held WHERE origin = ? AND number BETWEEN ? AND ? AND reason = +? LIMIT 1",
        (origin, first, last, reason),
    )
    return found is not None


def held(database: Database, ground: Ground, types: Iterable[str]) -> Iterator[list[Aside]]:
    """What waits for something, in pieces like :func:`refused`."""
    yield from _pieces(
        database, "held", ground.origin, f"r.reason = +? AND r.unit = ? AND {_OF_TYPES}",
        (ground.reason, ground.unit, json.dumps(sorted(types))),
    )  # fmt: skip


def _origins(database: Database, table: str) -> list[tuple[int, str, str]]:
    """Ref, station and incarnation of those origins of which something stands in a table, by name."""
    found: list[tuple[int, str, str]] = database.rows(
        f"SELECT o.ref, o.station, o.incarnation FROM origin o"
        f" WHERE EXISTS (SELECT 1 FROM {table} r WHERE r.origin = o.ref) ORDER BY 2, 3"
    )
    return found


def _pieces(
    database: Database, table: str, origin: int, which: str, parameters: tuple[object, ...]
) -> Iterator[list[Aside]]:
    after = (0, 0)
    while rows := database.rows(
        f"SELECT r.origin, o.station, o.incarnation, r.number, r.stamp, r.type, r.unit, r.reason,"
        f" lower(hex(r.record)) FROM {table} r"
        f" CROSS JOIN origin o ON o.ref = r.origin WHERE r.origin = ? AND (r.number, r.stamp) > (?, ?) AND {which}"
        f" ORDER BY r.number, r.stamp LIMIT {_PIECE}",
        (origin, *after, *parameters),
    ):
        yield [Aside(*row) for row in rows]
        after = rows[-1][3:5]


def refused_of(database: Database, origin: int, reason: str | None = None) -> Names:
    """What is refused of an origin, or what is so for one reason."""
    return set(
        database.rows(
            "SELECT number, stamp FROM refused WHERE origin = :origin AND (:reason IS NULL OR reason = :reason)",
            {"origin": origin, "reason": reason},
        )
    )


def held_of(database: Database, origin: int, reason: str | None = None) -> Names:
    """What waits of an origin, or what does so for one reason."""
    return set(
        database.rows(
            "SELECT number, stamp FROM held WHERE origin = :origin AND (:reason IS NULL OR reason = :reason)",
            {"origin": origin, "reason": reason},
        )
    )


def refused_between(database: Database, origin: int, first: int, last: int) -> Names:
    """What is refused of an origin among these numbers, unless another content of that name waits."""
    return set(
        database.rows(
            "SELECT r.number, r.stamp FROM refused r WHERE r.origin = ? AND r.number BETWEEN ? AND ?"
            " AND NOT EXISTS (SELECT 1 FROM held h WHERE h.origin = r.origin AND h.number = r.number"
            "  AND h.stamp = r.stamp)",
            (origin, first, last),
        )
    )


def void_between(database: Database, origin: int, first: int, last: int) -> Names:
    """What is void of an origin among these numbers, since it was written under a wrong date and is written anew."""
    return set(
        database.rows(
            "SELECT number, stamp FROM refused WHERE origin = ? AND number BETWEEN ? AND ? AND reason = ?",
            (origin, first, last, REFUSED_CLOCK),
        )
    )


def between(database: Database, origin: int, first: int, last: int) -> Names:
    """What is refused or waits of an origin among these numbers."""
    return set(
        database.rows(
            "SELECT number, stamp FROM held WHERE origin = :origin AND number BETWEEN :first AND :last UNION"
            " SELECT number, stamp FROM refused WHERE origin = :origin AND number BETWEEN :first AND :last",
            {"origin": origin, "first": first, "last": last},
        )
    )


def everything(database: Database) -> Iterator[list[Taken]]:
    """All items that are aside, in pieces. The caller may let go what it has been given."""
    for table in ("refused", "held"):
        after = (0, 0, 0)
        while rows := database.rows(
            f"SELECT origin, number, stamp, type, lower(hex(record)) FROM {table}"
            f" WHERE (origin, number, stamp) > (?, ?, ?) ORDER BY origin, number, stamp LIMIT {_PIECE}",
            after,
        ):
            yield [Taken(*row) for row in rows]
            after = rows[-1][:3]


# -- forks ---------------------------------------------------------------------------------------------------------


def open_fork(database: Database, origin: int, number: int, before: int = MAX_NUMBER + 1) -> None:
    """What waits for something else, from the number with two contents on, now waits for the decision.

    What has a number from ``before`` on does so already.
    """
    database.execute(
        "INSERT INTO fork (origin, first) VALUES (?, ?) ON CONFLICT DO UPDATE SET first = min(first, excluded.first)",
        (origin, number),
    )
    after = number - 1
    # Not all at once, as in :func:`note_excluded`.
    while last := database.value(
        "SELECT max(number) FROM"
        " (SELECT number FROM held WHERE origin = ? AND number > ? AND number < ?"
        f" ORDER BY number LIMIT {MAX_LINES})",
        (origin, after, before),
    ):
        database.execute(
            "UPDATE held SET reason = ? WHERE origin = ? AND number > ? AND number <= ?",
            (HELD_FORK, origin, after, last),
        )
        after = last


def waits_behind_fork(database: Database, origin: int) -> bool:
    """Whether items of an origin wait until somebody decides which content counts."""
    # Written out, as it is in the index: it is asked for each segment, and very many items may wait for something else.
    found = database.row(f"SELECT 1 FROM held WHERE origin = ? AND reason = '{HELD_FORK}' LIMIT 1", (origin,))
    return found is not None


def forked_from(database: Database, origin: int) -> int | None:
    """From which number on those of an origin may have several contents here, decided or not; nothing if none has."""
    found: int | None = database.value("SELECT first FROM fork WHERE origin = ?", (origin,))
    return found

"""The segments that a ledger holds, as they came and in the order in which they came: its journal towards its peers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop.records.versions.items import MAX_LINES
from desktop.store.tables.database import Database

_OVERLAPS = (
    "(SELECT position, first, last FROM segment WHERE origin = :origin AND (vouched IS NULL) = 1"
    f" AND first BETWEEN :first - {MAX_LINES - 1} AND :last AND last >= :first UNION ALL"
    " SELECT position, first, last FROM segment WHERE origin = :origin AND (vouched IS NULL) = 0"
    " AND first <= :last AND last >= :first)"
)
"""The segments that may hold items of an origin between two numbers.

One that its origin has signed holds no more than so many, so those of which it is known by where they begin need not
be looked at: there may be a hundred thousand, cut by somebody who has nothing else to do.
"""
_NEXT = (
    "(SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'segment'), 0),"
    " coalesce((SELECT max(position) FROM segment), 0)) + 1 + (random() & 0xFFFFFF))"
)
"""A position after all others that ever were; there is room for half a thousand million of them on the wire."""

_PUT_OFF = "put_off"
"""The positions of the segments that were put off when a bundle for the level above was written last."""
_THOSE = f"(SELECT value FROM json_each(coalesce((SELECT value FROM meta WHERE key = '{_PUT_OFF}'), '[]')))"
IS_DUE = f"position NOT IN {_THOSE}"
"""That a segment was not put off then."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A segment as its own station signed it, at its position in the journal; ``counts`` are items by kind."""

    position: int
    station: str
    incarnation: str
    first: int
    last: int
    digest: str
    counts: Mapping[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class Written:
    """Where a segment stands, of which origin and station, with its first and last number."""

    position: int
    origin: int
    station: str
    first: int
    last: int


def stands_at(database: Database, position: int) -> bool:
    """Whether a segment of this journal stands at a position."""
    return database.row("SELECT 1 FROM segment WHERE position = ?", (position,)) is not None


def keep(
    database: Database,
    origin: int,
    span: tuple[int, int],
    digest: str,
    counts: Mapping[str, int],
    frame: bytes,
    *,
    vouched: str | None = None,
    merge: int | None = None,
) -> int:
    """Takes a segment in; its position. ``span`` is its first and last number, ``merge`` what brought it.

    Positions grow by steps that are drawn: two that go on from one state end at different places of their journals, so
    none takes what was answered to the other for its own.
    """
    return int(
        database.value(
            "INSERT INTO segment (position, origin, first, last, digest, counts, total, vouched, merge, frame)"
            f" VALUES ({_NEXT}, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING position",
            (origin, *span, digest, json.dumps(dict(counts)), sum(counts.values()), vouched, merge, frame),
        )
    )


def replace(database: Database, position: int, frame: bytes) -> None:
    """Other bytes stand for a segment from now on: erased values are in them no more."""
    database.execute("UPDATE segment SET frame = ? WHERE position = ?", (frame, position))


def frame_at(database: Database, position: int) -> bytes:
    """The compressed bytes of the segment at a position."""
    return bytes(database.value("SELECT frame FROM segment WHERE position = ?", (position,)))


def origin_at(database: Database, position: int) -> int | None:
    """The origin of the segment at a position, if there is one."""
    found: int | None = database.value("SELECT origin FROM segment WHERE position = ?", (position,))
    return found


def positions(database: Database, origin: int, first: int, last: int) -> list[int]:
    """Where segments stand that may hold items of an origin between two numbers, in the order in which they came."""
    said = {"origin": origin, "first": first, "last": last}
    return [at for (at,) in database.rows(f"SELECT position FROM {_OVERLAPS} ORDER BY position", said)]


def places(database: Database, origin: int, first: int, last: int) -> list[tuple[int, int, int]]:
    """The same positions, each with the first and last number of its segment."""
    found: list[tuple[int, int, int]] = database.rows(
        f"SELECT position, first, last FROM {_OVERLAPS} ORDER BY position",
        {"origin": origin, "first": first, "last": last},
    )
    return found


def alternating(database: Database) -> list[tuple[str, int, int]]:
    """Incarnations of one station of which segments came in turn: the station and two small numbers of origins."""
    found: list[tuple[str, int, int]] = database.rows(
        "WITH came AS (SELECT o.station, s.origin, min(s.position) AS begun, max(s.position) AS ended FROM segment s"
        " JOIN origin o ON o.ref = s.origin GROUP BY s.origin)"
        " SELECT a.station, a.origin, b.origin FROM came a JOIN came b ON b.station = a.station"
        " WHERE a.origin < b.origin AND a.begun < b.ended AND b.begun < a.ended ORDER BY 1, 2, 3"
    )
    return found


def frames(database: Database, origin: int, first: int, last: int) -> Iterator[bytes]:
    """The bytes of these segments, one after the other."""
    for position in positions(database, origin, first, last):
        yield frame_at(database, position)


def end(database: Database) -> int:
    """The last position of the journal, 0 while it is empty."""
    return int(database.value("SELECT coalesce(max(position), 0) FROM segment"))


def put_off(database: Database) -> set[int]:
    """Where segments stand that were put off, when that was noted last, and have not been moved since."""
    return {p for (p,) in database.rows(f"SELECT position FROM segment WHERE position IN {_THOSE}")}


def note_put_off(database: Database, positions: Iterable[int]) -> None:
    """The segments at these positions are put off, and no others."""
    database.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_PUT_OFF, json.dumps(sorted(positions))),
    )


def unconfirmed(database: Database, position: int) -> list[Written]:
    """The segments that their stations have signed after a position, and before it those that are put off."""
    return [
        Written(*row)
        for row in database.rows(
            "SELECT s.position, s.origin, o.station, s.first, s.last FROM segment s JOIN origin o ON o.ref = s.origin"
            f" WHERE s.vouched IS NULL AND (s.position > ? OR s.position IN {_THOSE})",
            (position,),
        )
    ]


def items_held(database: Database) -> int:
    """How many items stand in all segments."""
    return int(database.value("SELECT coalesce(sum(total), 0) FROM segment"))


def items_after(database: Database, position: int) -> int:
    """How many items stand in the segments after a position."""
    return int(database.value("SELECT coalesce(sum(total), 0) FROM segment WHERE position > ?", (position,)))


def total_of(database: Database, label: Sequence[object]) -> int | None:
    """How many items the segment with this station, incarnation, first and last number and digest has, if held."""
    found: int | None = database.value(
        "SELECT s.total FROM segment s JOIN origin o ON o.ref = s.origin"
        " WHERE o.station = ? AND o.incarnation = ? AND s.first = ? AND s.last = ? AND s.digest = ?",
        list(label),
    )
    return found


def is_vouched(database: Database, label: Sequence[object]) -> bool:
    """Whether a copy of the segment of this label is held for which a level above vouches."""
    found = database.row(
        "SELECT 1 FROM segment s JOIN origin o ON o.ref = s.origin WHERE o.station = ? AND o.incarnation = ?"
        " AND s.first = ? AND s.last = ? AND s.digest = ? AND s.vouched IS NOT NULL",
        list(label),
    )
    return found is not None


def holds_vouched(database: Database, origin: int) -> bool:
    """Whether somebody has vouched for items of an origin."""
    found = database.row("SELECT 1 FROM segment WHERE origin = ? AND vouched IS NOT NULL LIMIT 1", (origin,))
    return found is not None


def signed_after(database: Database, position: int, back_to: tuple[str, str]) -> list[Signed]:
    """The segments after a position that nobody vouched for, which go up byte for byte.

    And those of a station's own items for which it has vouched itself, if it was heard at all and speaks in another
    incarnation now: ``back_to`` are this station and its incarnation, which is the empty text if it was not heard.
    """
    peer, present = back_to
    return [
        Signed(position, station, incarnation, first, last, digest, json.loads(counts), total)
        for position, station, incarnation, first, last, digest, counts, total in database.rows(
            "SELECT s.position, o.station, o.incarnation, s.first, s.last, s.digest, s.counts, s.total"
            " FROM segment s JOIN origin o ON o.ref = s.origin WHERE s.position > :position AND (s.vouched IS NULL"
            "  OR s.vouched = :peer AND o.station = :peer AND :present NOT IN ('', o.incarnation))"
            " ORDER BY s.position",
            {"position": position, "peer": peer, "present": present},
        )
    ]


def vouched_of_own(database: Database, station: str, incarnation: str) -> list[int]:
    """Where segments stand of a station's own items for which it has vouched, but for those of one incarnation."""
    return [
        position
        for (position,) in database.rows(
            "SELECT s.position FROM segment s JOIN origin o ON o.ref = s.origin"
            " WHERE o.station = :station AND s.vouched = :station AND o.incarnation <> :incarnation",
            {"station": station, "incarnation": incarnation},
        )
    ]


def of_others(
    database: Database, after: int, upto: int, station: str, incarnation: str
) -> list[tuple[int, int]]:
    """Position and origin of the segments after a position up to another that this incarnation has not written."""
    found: list[tuple[int, int]] = database.rows(
        "SELECT s.position, s.origin FROM segment s JOIN origin o ON o.ref = s.origin"
        " WHERE s.position > ? AND s.position <= ? AND NOT (o.station = ? AND o.incarnation = ?)"
        " ORDER BY s.position",
        (after, upto, station, incarnation),
    )
    return found


def all_kinds(database: Database) -> list[tuple[int, int, frozenset[str]]]:
    """Position, origin and the kinds of items of every segment."""
    rows: list[tuple[int, int, Any]] = database.rows(
        "SELECT position, origin, counts FROM segment ORDER BY position"
    )
    return [(position, origin, frozenset(json.loads(counts))) for position, origin, counts in rows]


def signed_spans(database: Database, origin: int) -> list[tuple[int, int]]:
    """First and last number of the segments that the origin itself has signed."""
    found: list[tuple[int, int]] = database.rows(
        "SELECT first, last FROM segment WHERE origin = ? AND vouched IS NULL", (origin,)
    )
    return found


def signed_from(database: Database, origin: int, first: int) -> list[int]:
    """Where segments stand that the origin has signed and that begin with this number: they may have one key."""
    return [
        position
        for (position,) in database.rows(
            "SELECT position FROM segment WHERE origin = ? AND first = ? AND vouched IS NULL ORDER BY position",
            (origin, first),
        )
    ]


def newest_from(database: Database, station: str, incarnation: str, first: int) -> tuple[int, int] | None:
    """Origin and position of the newest segment that an incarnation has signed and that begins with this number."""
    found: tuple[int, int] | None = database.row(
        "SELECT s.origin, s.position FROM segment s JOIN origin o ON o.ref = s.origin"
        " WHERE o.station = ? AND o.incarnation = ? AND s.first = ? AND s.vouched IS NULL"
        " ORDER BY s.position DESC LIMIT 1",
        (station, incarnation, first),
    )
    return found


def begins(database: Database, position: int) -> tuple[int, int] | None:
    """Origin and first number of the segment at a position, unless somebody vouched for it."""
    found: tuple[int, int] | None = database.row(
        "SELECT origin, first FROM segment WHERE position = ? AND vouched IS NULL", (position,)
    )
    return found


def brought_by(database: Database, merge: int) -> list[tuple[int, int, int, int]]:
    """Origin, position, first and last number of the segments that a merge brought and nobody vouched for."""
    found: list[tuple[int, int, int, int]] = database.rows(
        "SELECT origin, position, first, last FROM segment WHERE merge = ? AND vouched IS NULL ORDER BY position",
        (merge,),
    )
    return found


def before_merge(database: Database, origin: int, merge: int) -> list[tuple[int, int, int, bool]]:
    """Position, first and last number, and whether vouched for, of what came with the grant or an earlier merge."""
    return [
        (position, first, last, vouched is not None)
        for position, first, last, vouched in database.rows(
            "SELECT position, first, last, vouched FROM segment WHERE origin = ? AND (merge IS NULL OR merge < ?)"
            " ORDER BY position",
            (origin, merge),
        )
    ]


def weight_of(database: Database, positions: Iterable[int]) -> int:
    """The bytes of the segments at these positions together."""
    return int(
        database.value(
            "SELECT coalesce(sum(length(frame)), 0) FROM segment WHERE position IN (SELECT value FROM json_each(?))",
            (json.dumps(list(positions)),),
        )
    )


def move_to_end(database: Database, position: int, *, news: bool) -> None:
    """A segment comes last: a peer that has received the journal past it would never see it (rule 21).

    It is news where something of it counts only now. Where one peer lacks it, all others have looked at it when it
    came, and that is kept: each would else bring what belongs to it to the end again, for one another and without end.
    """
    came = database.value("DELETE FROM segment_came WHERE position = ? RETURNING came", (position,))
    last = database.value(
        f"UPDATE segment SET position = {_NEXT} WHERE position = ? RETURNING position", (position,)
    )
    if not news:
        database.execute("INSERT INTO segment_came (position, came) VALUES (?, ?)", (last, came or position))

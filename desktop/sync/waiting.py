"""What is refused or has to wait: put aside with its reason, and judged again when it may count (rules 14 and 15)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set

from desktop.records.item_outcomes import HELD_FORK, HELD_NO_BIRTH
from desktop.store.database import Database
from desktop.store.ledger import Ledger
from desktop.sync import decoding, segments, sending
from desktop.sync.certificates import Certificate
from desktop.sync.exclusions import Item, Origin
from desktop.sync.judging import Judge
from desktop.sync.segments import Header
from desktop.sync.sorting import Put, Sorted
from desktop.sync.trust import NO_CUT


def set_aside(database: Database, found: Sorted, now: int) -> tuple[list[Put], list[Put]]:
    """What is refused goes to quarantine, what is held waits; both with their reason."""
    refused, held = found.quarantined(), found.waiting()
    quarantine(database, found.origin, refused)
    database.connection.executemany(
        "INSERT INTO held (origin, number, kind, type, record, unit, slot, stamp, replaces, operator, value,"
        " reason, since) VALUES (?, ?, ?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?)"
        # Of a fork nothing counts that has not counted yet, the first content included.
        " ON CONFLICT DO UPDATE SET reason = excluded.reason",
        [
            (found.origin, row.number, row.kind, row.type, row.record, row.unit, row.slot, row.stamp,
             json.dumps(row.replaces), row.operator, row.value, row.reason, now)
            for row in held
        ],
    )  # fmt: skip
    return refused, held


def quarantine(database: Database, origin: int, rows: Sequence[Put]) -> None:
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


def due(ledger: Ledger, judge: Judge) -> list[tuple[Sorted, Certificate | None]]:
    """What may not have to wait any longer, segment by segment, and whose it is if it must be judged by that."""
    stamps: dict[int, set[tuple[int, int]]] = {}
    decided: dict[int, bool] = {}
    for origin, station, incarnation, number, unit, stamp, reason in ledger.database.rows(
        "SELECT h.origin, o.station, o.incarnation, h.number, h.unit, h.stamp, h.reason FROM held h"
        " JOIN origin o ON o.ref = h.origin WHERE h.reason <> ?",
        (HELD_NO_BIRTH,),
    ):
        if reason == HELD_FORK and origin not in decided:
            decided[origin] = _is_decided(ledger, judge, origin, (station, incarnation))
        if decided[origin] if reason == HELD_FORK else judge.is_due(reason, station, unit, stamp):
            stamps.setdefault(origin, set()).add((number, stamp))
    return _again(ledger, judge, stamps)


def _is_decided(ledger: Ledger, judge: Judge, origin: int, name: Origin) -> bool:
    """Rule 23: whether of every number of a forked incarnation at most one content may count."""
    if not judge.policy.concerns(name):
        return False
    contents: dict[int, set[int]] = {}
    for header, lines in stored(ledger, origin, 1, NO_CUT):
        found = Sorted(decoding.decode(header, lines, ledger.types), origin)
        out = judge.policy.out(name, found.facts)
        for number, stamp in found.looked_at.items():
            if number not in out:
                contents.setdefault(number, set()).add(stamp)
    return all(len(stamps) == 1 for stamps in contents.values())


def lifted(ledger: Ledger, judge: Judge) -> list[tuple[Sorted, Certificate | None]]:
    """What was excluded and is so no longer, in the same form."""
    aside: dict[tuple[int, str, str], set[tuple[int, Item]]] = {}
    stamps: dict[int, set[tuple[int, int]]] = {}
    for origin, station, incarnation, number, *facts in ledger.database.rows(
        "SELECT r.origin, o.station, o.incarnation, r.number, r.stamp, r.type, r.unit FROM refused r"
        " JOIN origin o ON o.ref = r.origin WHERE r.excluded"
    ):
        item = Item(*facts)
        if item.unit:
            aside.setdefault((origin, station, incarnation), set()).add((number, item))
        else:
            # An older program has not kept the unit: the item is judged as it stands in its segment.
            stamps.setdefault(origin, set()).add((number, item.stamp))
    for (origin, station, incarnation), rows in aside.items():
        # Of a fork two contents of one number may be aside: they are asked about one after the other.
        while rows:
            items = dict(rows)
            out = judge.policy.out((station, incarnation), items)
            stamps.setdefault(origin, set()).update(
                (n, item.stamp) for n, item in items.items() if n not in out
            )
            rows.difference_update(items.items())
    return _again(ledger, judge, stamps)


def _again(
    ledger: Ledger, judge: Judge, wanted: Mapping[int, Set[tuple[int, int]]]
) -> list[tuple[Sorted, Certificate | None]]:
    """The items with these numbers and stamps, by origin, from the segments that brought them."""
    found = []
    for origin, items in wanted.items():
        if not items:
            continue
        for header, lines in stored(ledger, origin, min(items)[0], max(items)[0]):
            author = judge.signer(header) if header.vouched is None else None
            if author is not None or header.vouched is not None or header.station == ledger.station:
                contents = Sorted(decoding.decode(header, lines, ledger.types), origin)
                contents.keep_only(items)
                found.append((contents, author))
    return found


def stored(ledger: Ledger, origin: int, first: int, last: int) -> Iterator[tuple[Header, list[bytes]]]:
    """The segments that hold items of an origin between two numbers, in the order in which they came."""
    for (compressed,) in ledger.database.rows(
        "SELECT frame FROM segment WHERE origin = ? AND first <= ? AND last >= ? ORDER BY position",
        (origin, last, first),
    ):
        yield segments.read(sending.frame_of(compressed))


def release(database: Database, found: Sorted, now: int) -> None:
    """Of items that waited or were excluded and were judged again: refused after all, waiting, or about to be merged.

    The births that count are left to the caller; changes wait once more, as the merge tries all of those again.
    """
    born = found.born()
    found.hold([change.number for change in found.changes], HELD_NO_BIRTH)
    database.connection.executemany(
        "DELETE FROM refused WHERE origin = ? AND number = ? AND stamp = ? AND excluded",
        [(found.origin, number, stamp) for number, stamp in found.looked_at.items()],
    )
    refused, _ = set_aside(database, found, now)
    database.connection.executemany(
        "DELETE FROM held WHERE origin = ? AND number = ? AND stamp = ?",
        [(found.origin, n, found.looked_at[n]) for n in (*born, *(row.number for row in refused))],
    )

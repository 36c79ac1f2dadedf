"""What is refused or has to wait: put aside with its reason, and judged again when it may count (rules 14 and 15)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from desktop.records.item_outcomes import HELD_FUTURE, HELD_NO_BIRTH, HELD_UNIT
from desktop.store.database import Database
from desktop.store.ledger import Ledger
from desktop.sync import segments, sending
from desktop.sync.certificates import Certificate
from desktop.sync.judging import Judge
from desktop.sync.sorting import Put, Sorted


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
        "INSERT INTO refused (origin, number, kind, type, record, slot, value, reason)"
        " VALUES (?, ?, ?, ?, unhex(?), ?, ?, ?)",
        [(origin, r.number, r.kind, r.type, r.record, r.slot, r.value, r.reason) for r in rows],
    )


def due(ledger: Ledger, judge: Judge) -> list[tuple[Sorted, Certificate | None]]:
    """What may not have to wait any longer, segment by segment, and whose it is if it must be judged by that."""
    waiting: dict[int, dict[int, int]] = {}
    for origin, number, unit, stamp, reason in ledger.database.rows(
        "SELECT origin, number, unit, stamp, reason FROM held WHERE reason IN (?, ?)",
        (HELD_UNIT, HELD_FUTURE),
    ):
        if judge.is_due(reason, unit, stamp):
            waiting.setdefault(origin, {})[number] = stamp
    found = []
    for origin, numbers in waiting.items():
        for (compressed,) in ledger.database.rows(
            "SELECT frame FROM segment WHERE origin = ? AND first <= ? AND last >= ? ORDER BY position",
            (origin, max(numbers), min(numbers)),
        ):
            header, lines = segments.read(sending.frame_of(compressed))
            author = judge.origin(header.station) if header.vouched is None else None
            if author is not None or header.vouched is not None:
                items = Sorted(segments.decode(header, lines, ledger.types), origin)
                items.keep_only(numbers)
                found.append((items, author))
    return found


def release(database: Database, found: Sorted) -> None:
    """Of items that waited and were judged again: refused after all, still waiting and why, or about to be merged."""
    refused = found.quarantined()
    quarantine(database, found.origin, refused)
    database.connection.executemany(
        "DELETE FROM held WHERE origin = ? AND number = ?",
        [(found.origin, number) for number in (*found.born(), *(row.number for row in refused))],
    )
    database.connection.executemany(
        "UPDATE held SET reason = ? WHERE origin = ? AND number = ?",
        [
            *((row.reason, found.origin, row.number) for row in found.waiting()),
            # The merge tries every change again whose record may have come in the meantime.
            *((HELD_NO_BIRTH, found.origin, change.number) for change in found.changes),
        ],
    )

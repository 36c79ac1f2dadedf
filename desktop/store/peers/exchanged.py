"""What was exchanged: bundles that were written, merges with what they did not apply, and answers from above."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Set

from desktop.store.log.versions import IN_DISPUTE, OF_CONFLICT
from desktop.store.peers.traffic import Exported, Merged
from desktop.store.tables.database import Database

_PIECE = 20_000

Answered = tuple[str, str, int, str, str]
"""Station, incarnation and number of an item, with its outcome and reason."""


def note_exported(database: Database, bundle: Exported, digest: str, last: int) -> None:
    """A bundle that was written; ``last`` is the highest own number in it."""
    database.execute(
        "INSERT INTO exported (peer, sequence, at, bundle, position, last, items, file, operator)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (bundle.peer, bundle.sequence, bundle.at, digest, bundle.position, last, bundle.items, bundle.file,
         bundle.operator),
    )  # fmt: skip


def ended_at(database: Database, peer: str, position: int) -> bool:
    """Whether a bundle of this ledger for a peer ended at a position of its journal, as the start of it does."""
    found = database.row("SELECT 1 FROM exported WHERE peer = ? AND position = ? LIMIT 1", (peer, position))
    return position == 0 or found is not None


def next_merge(database: Database) -> int:
    """The number of the next line of the ledger of merges: the segments of a bundle name it before it is written."""
    return int(database.value("SELECT coalesce(max(id), 0) + 1 FROM merge"))


def keep_merge(database: Database, line: Merged, incarnation: str, digest: str, bundle: int) -> None:
    """Writes a line of the ledger of merges, which never changes, and what was told of its bundle (``telling``)."""
    database.execute(
        "INSERT INTO merge (id, at, operator, sender, incarnation, sequence, bundle, file, applied, known, held,"
        " conflict, refused, total) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (line.id, line.at, line.operator, line.sender, incarnation, line.sequence, digest, line.file, line.applied,
         line.known, line.held, line.conflict, line.refused, line.total),
    )  # fmt: skip
    # One statement for all: each encrypts the pages that it would have to put back. Of two contents of one number it
    # notes what a receipt says: refused before held, and held before in conflict, which is the order of the alphabet.
    database.execute(
        "INSERT INTO merge_item (merge, origin, number, outcome, reason)"
        " SELECT ?, coalesce(t.origin, o.ref), t.number, t.outcome, t.reason FROM told t"
        " LEFT JOIN origin o ON o.station = t.station AND o.incarnation = t.incarnation"
        " WHERE t.bundle = ? AND coalesce(t.origin, o.ref) IS NOT NULL ORDER BY t.place"
        " ON CONFLICT DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason"
        " WHERE excluded.outcome > merge_item.outcome",
        (line.id, bundle),
    )


def present_answers(database: Database, stations: Set[str]) -> Iterator[Answered]:
    """What is not applied of these stations' items, here or above, one by one in the order of origins and numbers.

    Of one item what is refused before what is held or in conflict.
    """
    names = {
        ref: (station, incarnation)
        for ref, station, incarnation in database.rows("SELECT ref, station, incarnation FROM origin")
        if station in stations
    }
    last = None
    for origin, number, _, outcome, reason in heapq.merge(*map(database.execute, _PRESENT)):
        if origin in names and (origin, number) != last:
            last = origin, number
            yield (*names[origin], number, outcome, reason)
    # What is held of a station below that this one has nothing of.
    before = None
    for row in database.execute(
        f"SELECT a.station, a.incarnation, a.number, a.outcome, a.reason, {_RANK.format('a.outcome')} FROM answer a"
        f" WHERE NOT EXISTS (SELECT 1 FROM origin o WHERE o.station = a.station AND o.incarnation = a.incarnation)"
        f" ORDER BY 1, 2, 3, 6, 5"
    ):
        if row[0] in stations and row[:3] != before:
            before = row[:3]
            yield row[:5]


_RANK = "CASE {} WHEN 'refused' THEN 0 WHEN 'held' THEN 1 WHEN 'conflict' THEN 2 ELSE 3 END"
_PRESENT = (
    # Origin, number, rank, outcome and reason, each in this order, of which the keys of the tables give the most.
    "SELECT origin, number, 0, 'refused', reason FROM refused ORDER BY origin, number, reason",
    "SELECT origin, number, 1, 'held', reason FROM held ORDER BY origin, number, reason",
    f"SELECT DISTINCT v.origin, v.number, 2, 'conflict', c.slot FROM {OF_CONFLICT} WHERE {IN_DISPUTE}"
    f" ORDER BY v.origin, v.number, c.slot",
    f"SELECT o.ref, a.number, {_RANK.format('a.outcome')}, a.outcome, a.reason FROM origin o"
    f" CROSS JOIN answer a ON a.station = o.station AND a.incarnation = o.incarnation ORDER BY o.ref, a.number, 3, 5",
)


def keep_answers(database: Database, issuer: str, answers: Iterable[Answered], *, more: bool = False) -> None:
    """Replaces what an issuer has answered before: a receipt says the present state of everything not applied.

    With ``more`` it goes on with that.
    """
    # Not all at once: what one statement may have to put back lies in memory.
    while (
        not more
        and database.execute(
            f"DELETE FROM answer WHERE rowid IN (SELECT rowid FROM answer WHERE issuer = ? LIMIT {_PIECE})",
            (issuer,),
        ).rowcount
    ):
        pass
    database.connection.executemany(
        "INSERT INTO answer (station, incarnation, number, outcome, reason, issuer) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        ((*answer, issuer) for answer in answers),
    )

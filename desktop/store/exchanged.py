"""What was exchanged: bundles that were written, merges with what they did not apply, and answers from above."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from desktop.store.database import Database
from desktop.store.traffic import Exported, Merged
from desktop.store.versions import IN_DISPUTE, OF_CONFLICT

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


def keep_merge(
    database: Database, line: Merged, incarnation: str, digest: str, unapplied: Iterable[Answered]
) -> None:
    """Writes a line of the ledger of merges, which never changes, and what it did not apply."""
    database.execute(
        "INSERT INTO merge (id, at, operator, sender, incarnation, sequence, bundle, file, applied, known, held,"
        " conflict, refused, total) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (line.id, line.at, line.operator, line.sender, incarnation, line.sequence, digest, line.file, line.applied,
         line.known, line.held, line.conflict, line.refused, line.total),
    )  # fmt: skip
    # One statement for all: each encrypts the pages that it would have to put back.
    database.execute(
        "INSERT INTO merge_item (merge, origin, number, outcome, reason)"
        " SELECT ?, o.ref, u.value ->> 2, u.value ->> 3, u.value ->> 4 FROM json_each(?) u"
        " CROSS JOIN origin o ON o.station = u.value ->> 0 AND o.incarnation = u.value ->> 1 WHERE true"
        " ON CONFLICT DO NOTHING",
        (line.id, json.dumps(list(unapplied))),
    )


def present_answers(database: Database) -> list[Answered]:
    """What is not applied, here or above; of one item what is refused before what is held or in conflict."""
    found: list[Answered] = database.rows(
        "SELECT o.station, o.incarnation, h.number, 'held', h.reason FROM held h JOIN origin o ON o.ref = h.origin"
        " UNION ALL SELECT o.station, o.incarnation, r.number, 'refused', r.reason FROM refused r"
        " JOIN origin o ON o.ref = r.origin"
        f" UNION ALL SELECT DISTINCT o.station, o.incarnation, v.number, 'conflict', c.slot FROM {OF_CONFLICT}"
        f" JOIN origin o ON o.ref = v.origin WHERE {IN_DISPUTE}"
        " UNION ALL SELECT station, incarnation, number, outcome, reason FROM answer"
        # "refused" before "held" before "conflict"
        " ORDER BY 1, 2, 3, 4 DESC, 5"
    )
    return found


def keep_answers(database: Database, issuer: str, answers: Sequence[Answered]) -> None:
    """Replaces what an issuer has answered before: a receipt says the present state of everything not applied."""
    database.execute("DELETE FROM answer WHERE issuer = ?", (issuer,))
    database.connection.executemany(
        "INSERT INTO answer (station, incarnation, number, outcome, reason, issuer) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [(*answer, issuer) for answer in answers],
    )

"""Read-only queries about what travelled: bundles sent and merged, what waits to be sent, and what was not applied."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from desktop.records.declaration import DELETED_SLOT
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import ABSENT
from desktop.records.versions.deciding import POLICY_TYPES
from desktop.records.versions.item_outcomes import REFUSED_CLOCK, REFUSED_REGISTERED
from desktop.records.versions.stamps import COUNTER_BITS
from desktop.store.peers import segment_log
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

Identity = tuple[str, str, int]
"""Station, incarnation and number: an item for ever."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle that was written; ``position`` is the journal position of its last segment, ``at`` of 1970."""

    peer: str
    sequence: int
    at: int
    position: int
    items: int
    file: str
    operator: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A line of the ledger of merges, with its five outcomes."""

    id: int
    at: int
    operator: str
    sender: str
    sequence: int
    file: str
    applied: int
    known: int
    held: int
    conflict: int
    refused: int
    total: int


@dataclass(frozen=True, slots=True)
class Unapplied:
    """An item that is not applied, here or at a level above (``issuer``, else empty), and why.

    ``stamp`` tells the contents of one number apart where a station has forked; 0 where it is not said.
    """

    station: str
    incarnation: str
    number: int
    outcome: str
    reason: str
    issuer: str = ""
    since: int = 0
    stamp: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many items of one type wait to be sent: new records, changes and deletions, of this station or of others.

    As a manifest counts them, to whom a restored record is a change.
    """

    type: str
    own: bool
    births: int
    changes: int
    deletions: int

    @property
    def items(self) -> int:
        """All of them."""
        return self.births + self.changes + self.deletions


def setting(database: Database, key: str) -> str:
    """A setting of the workspace, empty when it was never made."""
    return str(database.value("SELECT value FROM meta WHERE key = ?", (key,)) or "")


def exported(database: Database, limit: int = 500) -> list[Exported]:
    """The bundles that were written, newest first."""
    return [Exported(*row) for row in database.rows(
        "SELECT peer, sequence, at, position, items, file, operator FROM exported ORDER BY at DESC, sequence DESC"
        f" LIMIT {limit:d}")]  # fmt: skip


def merges(database: Database, limit: int = 500) -> list[Merged]:
    """The ledger of merges, newest first."""
    return [Merged(*row) for row in database.rows(
        "SELECT id, at, operator, sender, sequence, file, applied, known, held, conflict, refused, total FROM merge"
        f" ORDER BY id DESC LIMIT {limit:d}")]  # fmt: skip


def merges_of(database: Database, sender: str, incarnation: str, sequence: int) -> frozenset[int]:
    """The numbers of the merges of one bundle, as often as it was given."""
    found = database.rows(
        "SELECT id FROM merge WHERE sender = ? AND incarnation = ? AND sequence = ?",
        (sender, incarnation, sequence),
    )
    return frozenset(merge for (merge,) in found)


def last_exported(database: Database) -> dict[str, Exported]:
    """The newest bundle that was written for each station."""
    found = [Exported(*row) for row in database.rows(
        "SELECT peer, sequence, at, position, items, file, operator FROM exported"
        " WHERE (peer, sequence) IN (SELECT peer, max(sequence) FROM exported GROUP BY peer)")]  # fmt: skip
    return {bundle.peer: bundle for bundle in found}


def last_merges(database: Database) -> dict[str, Merged]:
    """The newest line of the ledger of merges for each station that has ever sent."""
    found = [Merged(*row) for row in database.rows(
        "SELECT id, at, operator, sender, sequence, file, applied, known, held, conflict, refused, total FROM merge"
        " WHERE id IN (SELECT max(id) FROM merge GROUP BY sender)")]  # fmt: skip
    return {merged.sender: merged for merged in found}


MOST_OF_MERGE, MOST_LISTED = 2_000, 5_000
"""How many items that are not applied are listed at most, of one merge and of each side; the rest is counted."""


def merge_items(database: Database, merge: int) -> list[Unapplied]:
    """What one merge did not apply, as it was told then."""
    return [Unapplied(*row) for row in database.rows(
        "SELECT o.station, o.incarnation, m.number, m.outcome, m.reason FROM merge_item m"
        " JOIN origin o ON o.ref = m.origin WHERE m.merge = ?"
        f" ORDER BY m.outcome, m.number LIMIT {MOST_OF_MERGE}", (merge,))]  # fmt: skip


def count_merge_items(database: Database, merge: int) -> int:
    """How many items one merge did not apply."""
    return int(database.value("SELECT count(*) FROM merge_item WHERE merge = ?", (merge,)))


def count_unlisted(database: Database) -> int:
    """How many items are neither among :func:`answers` nor among :func:`set_aside`, which list so many each."""
    return int(
        database.value(
            "SELECT max(0, (SELECT count(*) FROM answer) - :most) + max(0, (SELECT count(*) FROM refused"
            " WHERE reason <> :done) + (SELECT count(*) FROM held) - :most)",
            {"most": MOST_LISTED, "done": REFUSED_CLOCK},
        )
    )


def answers(database: Database) -> list[Unapplied]:
    """What levels above have not applied, by their newest receipt."""
    return [Unapplied(*row) for row in database.rows(
        "SELECT station, incarnation, number, outcome, reason, issuer FROM answer"
        f" ORDER BY outcome DESC, station, number LIMIT {MOST_LISTED}")]  # fmt: skip


def set_aside(database: Database) -> list[Unapplied]:
    """What is refused or held here; ``since`` is in milliseconds since 2020."""
    return [Unapplied(*row) for row in database.rows(
        "SELECT o.station, o.incarnation, r.number, 'refused', r.reason, '', 0, r.stamp FROM refused r"
        " JOIN origin o ON o.ref = r.origin WHERE r.reason <> ? UNION ALL"
        " SELECT o.station, o.incarnation, h.number, 'held', h.reason, '', h.since, h.stamp FROM held h"
        f" JOIN origin o ON o.ref = h.origin ORDER BY 4 DESC, 1, 3 LIMIT {MOST_LISTED}", (REFUSED_CLOCK,))]  # fmt: skip


def newest_moment(database: Database) -> int:
    """The newest moment of which this ledger knows, in milliseconds since 2020."""
    return int(setting(database, "clock") or 0) >> COUNTER_BITS


def count_unapplied(database: Database) -> tuple[int, int, int, int]:
    """How many items are answered as not applied above, and refused, held and in conflict here."""
    row = database.row(
        "SELECT (SELECT count(*) FROM answer WHERE reason <> :done),"
        " (SELECT count(*) FROM refused WHERE reason <> :done), (SELECT count(*) FROM held),"
        " (SELECT count(*) FROM conflict)",
        {"done": REFUSED_CLOCK},
    )
    return (0, 0, 0, 0) if row is None else (int(row[0]), int(row[1]), int(row[2]), int(row[3]))


def registered_themselves(database: Database) -> list[tuple[Identity, str]]:
    """The refused items by which stations had registered units that a level above has registered since, with these."""
    return [
        ((station, incarnation, number), unit)
        for station, incarnation, number, unit in database.rows(
            "SELECT o.station, o.incarnation, r.number, lower(hex(r.record)) FROM refused r"
            " JOIN origin o ON o.ref = r.origin WHERE r.reason = ?",
            (REFUSED_REGISTERED,),
        )
    ]


def stations_withdrawn(database: Database) -> list[tuple[str, str]]:
    """Station and the name of its unit, of every grant that does not count by the word of a level above.

    Nothing is looked through where nobody has said such a word: much may be refused for other causes.
    """
    said = " UNION ALL ".join(f"SELECT 1 FROM r_{name} WHERE _life <> 1" for name in POLICY_TYPES)
    if database.row(f"{said} LIMIT 1") is None:
        return []
    found: list[tuple[str, str]] = database.rows(
        "SELECT json_extract(value, '$.station'), json_extract(value, '$.label') FROM refused"
        " WHERE excluded = 1 AND type = 'grant' AND kind = 'birth' ORDER BY stamp"
    )
    return found


def waiting(
    database: Database, types: Catalogue, station: str, position: int, upto: int | None = None
) -> list[Waiting]:
    """What a bundle upward would carry now: items after a journal position and own items in no segment yet.

    With ``upto`` what one carries that was written when the journal ended there.
    """
    spans = _waiting_spans(database, station, position, upto)
    if not spans:
        return []
    values = ", ".join("(?, ?, ?, ?)" for _ in spans)
    span = f"WITH span (origin, first, last, own) AS (VALUES {values})"
    parameters = [n for row in spans for n in row]
    found: dict[tuple[str, bool], list[int]] = defaultdict(lambda: [0, 0, 0])
    for name in types:
        for own, count in database.rows(
            f"{span} SELECT s.own, count(*) FROM {quoted(table_of(name))} r JOIN span s"
            f" ON r._origin = s.origin AND r._number BETWEEN s.first AND s.last GROUP BY s.own",
            parameters,
        ):
            found[name, bool(own)][0] += count
    # One item is one version, but the births that were copied to the log are births.
    for name, own, count, deletions in database.rows(
        f"{span} SELECT v.type, s.own, count(*), sum(v.slot = ? AND v.value <> ?) FROM span s JOIN version v"
        f" ON v.origin = s.origin AND v.number BETWEEN s.first AND s.last AND NOT v.birth GROUP BY v.type, s.own",
        (*parameters, DELETED_SLOT, ABSENT),
    ):
        counts = found[name, bool(own)]
        counts[1] += count - deletions
        counts[2] += deletions
    return [Waiting(name, own, *counts) for (name, own), counts in found.items()]


def held_upto(database: Database, station: str, incarnation: str) -> int:
    """Up to which number everything of an incarnation is held, without a gap."""
    return int(
        database.value(
            "SELECT coalesce(max(r.last), 0) FROM received r JOIN origin o ON o.ref = r.origin"
            " WHERE o.station = ? AND o.incarnation = ? AND r.first <= 1",
            (station, incarnation),
        )
    )


def count_waiting(database: Database, position: int) -> int:
    """How many items a bundle upward would carry now."""
    return int(
        database.value(
            "SELECT (SELECT coalesce(sum(total), 0) FROM segment WHERE vouched IS NULL AND position > ?"
            f"  AND {segment_log.IS_DUE})"
            " + (SELECT coalesce(sum(last - first + 1), 0) FROM pending)",
            (position,),
        )
    )


def _waiting_spans(
    database: Database, station: str, position: int, upto: int | None
) -> list[tuple[int, int, int, int]]:
    """Origin, first, last and whether it is this station's; neighbours joined, so that there are few."""
    rows: list[tuple[int, int, int, int]] = database.rows(
        "SELECT s.origin, s.first, s.last, o.station = :station FROM segment s JOIN origin o ON o.ref = s.origin"
        f" WHERE s.vouched IS NULL AND s.position > :position AND (:upto IS NULL OR s.position <= :upto)"
        f" AND {segment_log.IS_DUE} UNION ALL"
        " SELECT o.ref, min(p.first), max(p.last), 1 FROM pending p JOIN origin o"
        " ON o.station = :station AND o.incarnation = (SELECT value FROM meta WHERE key = 'incarnation')"
        " WHERE :upto IS NULL GROUP BY o.ref ORDER BY 1, 2",
        {"station": station, "position": position, "upto": upto},
    )
    spans: list[tuple[int, int, int, int]] = []
    for origin, first, last, own in rows:
        if spans and spans[-1][0] == origin and spans[-1][2] + 1 >= first:
            spans[-1] = (origin, spans[-1][1], max(last, spans[-1][2]), own)
        else:
            spans.append((origin, first, last, own))
    return spans

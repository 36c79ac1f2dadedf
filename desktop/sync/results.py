"""What became of the items of bundles, file by file (rule 17)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from desktop.errors import Problem
from desktop.store.database import Database
from desktop.store.ledger import ChangeSet, Ledger


@dataclass(frozen=True, slots=True)
class Unapplied:
    """One item that is neither applied nor known: its outcome and reason, and the record it is about.

    ``count`` is how many it stands for: of a segment whose origin is not known yet nothing more can be said.
    """

    outcome: str
    reason: str
    station: str
    number: int
    type: str
    record: str
    slot: str
    incarnation: str = ""
    count: int = 1


@dataclass
class BundleResult:
    """What became of one file: the five outcomes, which add up to ``total``, or the problem that refused it whole.

    ``signed`` are the duties of the persons who have signed it beside the station, ``signers`` duties with names as far
    as the bundle tells them, ``new_roots`` the words of the roots that count from now on, where it brought the news.
    """

    path: Path
    sender: str = ""
    name: str = ""
    sequence: int = 0
    applied: int = 0
    known: int = 0
    held: int = 0
    conflict: int = 0
    refused: int = 0
    total: int = 0
    births: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    unapplied: list[Unapplied] = field(default_factory=list)
    released: int = 0
    gap: bool = False
    signed: frozenset[str] = frozenset()
    signers: tuple[tuple[str, str], ...] = ()
    answered: int = 0
    problem: Problem | None = None
    new_roots: tuple[str, ...] = ()


@dataclass(frozen=True)
class MergeReport:
    """What a merge did, file by file; ``changes`` tells windows what to refresh.

    After a word from above about this station's fork, ``renumbered`` items have new numbers and go up again, or this
    ledger is ``copied`` and has to be enrolled as a station of its own.
    """

    bundles: tuple[BundleResult, ...]
    changes: ChangeSet
    renumbered: int = 0
    copied: bool = False


def next_merge(database: Database) -> int:
    """The number of the next line of the ledger of merges: the segments of a bundle name it before it is written."""
    return int(database.value("SELECT coalesce(max(id), 0) + 1 FROM merge"))


@dataclass(frozen=True, slots=True)
class Taken:
    """A bundle that was taken in, with what its line in the ledger of merges says beside the result."""

    result: BundleResult
    incarnation: str
    digest: str
    merge: int


def note_merge(ledger: Ledger, taken: Taken, operator: str) -> None:
    """Writes a line of the ledger of merges, which never changes, and what it did not apply."""
    result = taken.result
    ledger.database.execute(
        "INSERT INTO merge (id, at, operator, sender, incarnation, sequence, bundle, file, applied, known, held,"
        " conflict, refused, total) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (taken.merge, ledger.environment.now(), operator, result.sender, taken.incarnation, result.sequence,
         taken.digest, result.path.name, result.applied, result.known, result.held, result.conflict, result.refused,
         result.total),
    )  # fmt: skip
    items = [(u.station, u.incarnation, u.number, u.outcome, u.reason) for u in result.unapplied]
    # One statement for all: each encrypts the pages that it would have to put back.
    ledger.database.execute(
        "INSERT INTO merge_item (merge, origin, number, outcome, reason)"
        " SELECT ?, o.ref, u.value ->> 2, u.value ->> 3, u.value ->> 4 FROM json_each(?) u"
        " CROSS JOIN origin o ON o.station = u.value ->> 0 AND o.incarnation = u.value ->> 1 WHERE true"
        " ON CONFLICT DO NOTHING",
        (taken.merge, json.dumps(items)),
    )

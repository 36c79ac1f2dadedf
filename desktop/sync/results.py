"""What became of the items of bundles, file by file (rule 17)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from desktop.errors import Problem
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
    """What became of one file: the five outcomes, which add up to ``total``, or the problem that refused it whole."""

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
    answered: int = 0
    problem: Problem | None = None


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


def note_merge(
    ledger: Ledger, result: BundleResult, operator: str, incarnation: str, digest: str, before: int
) -> None:
    """Writes a line of the ledger of merges, which never changes, what it did not apply, and which segments it brought.

    ``before`` is the last position of the journal before the merge.
    """
    merge = int(
        ledger.database.value(
            "INSERT INTO merge (at, operator, sender, incarnation, sequence, bundle, file, applied, known, held,"
            " conflict, refused, total) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (ledger.environment.now(), operator, result.sender, incarnation, result.sequence, digest,
             result.path.name, result.applied, result.known, result.held, result.conflict, result.refused,
             result.total),
        )
    )  # fmt: skip
    ledger.database.connection.executemany(
        "INSERT INTO merge_item (merge, origin, number, outcome, reason)"
        " SELECT ?, ref, ?, ?, ? FROM origin WHERE station = ? AND incarnation = ? ON CONFLICT DO NOTHING",
        [(merge, u.number, u.outcome, u.reason, u.station, u.incarnation) for u in result.unapplied],
    )
    # Every other segment that has come belongs to an earlier merge or came with the grant.
    ledger.database.execute(
        "UPDATE segment SET merge = ? WHERE merge IS NULL AND position > ? AND origin <> ?",
        (merge, before, ledger.origin),
    )

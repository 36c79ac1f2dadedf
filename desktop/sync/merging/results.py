"""What became of the items of bundles, file by file (rule 17)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.errors import Problem
from desktop.records.typed.texts import printable
from desktop.records.versions.item_outcomes import CONFLICT, HELD, REFUSED
from desktop.store.ledger import ChangeSet, Ledger
from desktop.store.merging.telling import Telling
from desktop.store.peers import exchanged
from desktop.store.peers.traffic import Merged
from desktop.sync.merging.listing import Came

UNWRITTEN = (
    "对方收到过本机没有写过的数据包：本机可能退回过旧的内容，或者另有一台复制出去的电脑在用。请先查清；"
    "退回过的，请从最新的备份恢复一次，缺的内容对方以后的数据包会送回来"
)
"""Why a file says that this ledger is not the one that its sender knows, and what is to be done (rule 23)."""
EARLIER = "做包的日期比这台电脑恢复前的包还早，里面的回执先不算。旧包不用管；刚恢复过备份的，请对方调对日期再上报一次"
"""What a bundle is told to be that is dated before those of another incarnation of its sender."""


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


MOST_LISTED = 2_000
"""How many items that are not applied a report lists; the ledger of merges has all."""


@dataclass
class BundleResult:
    """What became of one file: the five outcomes, which add up to ``total``, or the problem that refused it whole.

    ``unapplied`` lists the first items that are not applied; ``reasons`` counts all of them by outcome and reason,
    ``left`` by type and outcome. ``births``, ``changes`` and ``deletions`` count by type what is new here, changed and
    deleted; what is in conflict is none of these changes and deletions. ``written`` counts by station the items that
    were not known before, whatever became of them. ``came`` lists the first of the births, changes and deletions, where
    somebody looks.
    ``signed`` are the duties of the persons who have signed it beside the station, ``signers`` duties with names as far
    as the bundle tells them, ``new_roots`` the words of the roots that count from now on, where it brought the news.
    ``earlier``: its date is before that of a bundle of its sender in another incarnation, so that nothing of what it
    says about received bundles was heard. ``unwritten``: its sender has received a bundle that this ledger has never
    written, so that was set back unnoticed or copied. ``merge`` is its line in the ledger of merges.
    """

    path: Path
    sender: str = ""
    name: str = ""
    incarnation: str = ""
    sequence: int = 0
    applied: int = 0
    known: int = 0
    held: int = 0
    conflict: int = 0
    refused: int = 0
    total: int = 0
    births: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    deletions: dict[str, int] = field(default_factory=dict)
    written: Counter[str] = field(default_factory=Counter)
    unapplied: Sequence[Unapplied] = ()
    reasons: Mapping[tuple[str, str], int] = field(default_factory=dict)
    left: Mapping[tuple[str, str], int] = field(default_factory=dict)
    came: Sequence[Came] = ()
    released: int = 0
    gap: bool = False
    earlier: bool = False
    unwritten: bool = False
    signed: frozenset[str] = frozenset()
    signers: tuple[tuple[str, str], ...] = ()
    answered: int = 0
    problem: Problem | None = None
    new_roots: tuple[str, ...] = ()
    merge: int = 0

    @property
    def unlisted(self) -> int:
        """How many of the items that are not applied are not listed."""
        return sum(self.reasons.values()) - sum(u.count for u in self.unapplied)

    def add_up(self, telling: Telling, bundle: int, changes: Mapping[tuple[str, bool], int]) -> None:
        """Rule 17: takes over what was told of a bundle; what is neither that nor known is applied.

        ``changes`` are those of it that count, by type and whether they delete.
        """
        reasons, left, totals = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[str]()
        for (outcome, reason, type_name), count in telling.counts(bundle).items():
            reasons[outcome, reason] += count
            left[type_name, outcome] += count
            totals[outcome] += count
        self.reasons, self.left = dict(reasons), dict(left)
        self.held, self.conflict, self.refused = totals[HELD], totals[CONFLICT], totals[REFUSED]
        self.applied = self.total - self.known - totals.total()
        for (type_name, deletes), count in changes.items():
            (self.deletions if deletes else self.changes)[type_name] = count
        self.unapplied = [
            Unapplied(outcome, reason, station, number, type_name, record, slot, incarnation, count)
            for outcome, reason, station, incarnation, number, type_name, record, slot, count in telling.first(
                bundle, MOST_LISTED
            )
        ]


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


@dataclass(frozen=True, slots=True)
class Taken:
    """A bundle that was taken in, with what its line in the ledger of merges says beside the result."""

    result: BundleResult
    incarnation: str
    digest: str
    merge: int
    bundle: int


def note_merge(ledger: Ledger, taken: Taken, operator: str) -> None:
    """Writes a line of the ledger of merges, which never changes, and what it did not apply."""
    result = taken.result
    line = Merged(
        taken.merge, ledger.environment.now(), operator, result.sender, result.sequence,
        printable(result.path.name), result.applied, result.known, result.held, result.conflict, result.refused,
        result.total,
    )  # fmt: skip
    exchanged.keep_merge(ledger.database, line, taken.incarnation, taken.digest, taken.bundle)

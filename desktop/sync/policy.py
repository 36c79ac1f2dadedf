"""What levels above have said about which items count: revocations, exclusions, who may say so (rules 14-19, 27).

The records count like any others; whether they have an effect is asked anew when certificates, units or they change.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from desktop.records.deciding import EXCLUSION, REVOCATION
from desktop.records.item_outcomes import (
    REASONS,
    REFUSED_CLOCK,
    REFUSED_FORK,
    REFUSED_REVOKED,
    REFUSED_WITHDRAWN,
)
from desktop.records.resolution import Life
from desktop.records.spans import Span, joined
from desktop.store.columns import quoted, table_of
from desktop.store.ledger import Ledger
from desktop.sync import exclusions, trust
from desktop.sync.certificates import LEVEL_RANK, Certificate
from desktop.sync.exclusions import Named, Origin

WITHDRAWN, REFUSED, CLOCK, FORK = "withdrawn", "refused", "clock", "fork"
"""The causes of an exclusion."""

_REASONS = {WITHDRAWN: REFUSED_WITHDRAWN, CLOCK: REFUSED_CLOCK, FORK: REFUSED_FORK}


@dataclass(frozen=True)
class Known:
    """Who is who: the certificates that count by station, the tree, and who stands above a station in each chain."""

    station: str
    certificates: Mapping[str, Sequence[Certificate]]
    tree: Mapping[str, str | None]
    issuers: Callable[[str], Sequence[Collection[str]]]

    def judged_by(self, concerned: str) -> Sequence[Certificate]:
        """By whom a word about a station is judged: that station, or this one where that one is not known here.

        Of stations beside it a station knows no certificates. Whoever stands above this one is believed about them.
        """
        return self.certificates.get(concerned) or self.certificates.get(self.station, ())


@dataclass(frozen=True)
class Exclusion:
    """Items of one incarnation that do not count, and why.

    ``own``: their own station says so, in an item of stamp ``since``. It may take back what it has dated later than
    that, which is what a wrong date needs and nothing more.
    """

    named: Named
    reason: str
    own: bool
    since: int = 0


@dataclass(frozen=True)
class Policy:
    """``cuts``: for each revoked station the last item that counts in each incarnation. ``exclusions`` by origin."""

    cuts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    exclusions: Mapping[Origin, Sequence[Exclusion]] = field(default_factory=dict)

    def out(
        self,
        origin: Origin,
        items: Mapping[int, int],
        deciding: Collection[int] = (),
        erasures: Collection[int] = (),
    ) -> dict[int, str]:
        """Which of these items, given as number to stamp, do not count, and why.

        A station may take back what it has recorded, but not what it has said about who counts: ``deciding``. No
        exclusion takes out ``erasures`` (rule 12).
        """
        found: dict[int, str] = {}
        for exclusion in self.exclusions.get(origin, ()):
            named = exclusion.named.among(items).difference(deciding if exclusion.own else erasures)
            if exclusion.own:
                named = {n for n in named if items[n] > exclusion.since}
            found |= dict.fromkeys(named, exclusion.reason)
        last = trust.last_counted(self.cuts, *origin)
        return found | {n: REFUSED_REVOKED for n in items if n > last}

    def concerns(self, origin: Origin) -> bool:
        """Whether anything was said about items of an origin."""
        return origin in self.exclusions or origin[0] in self.cuts

    def spans(self, origin: Origin) -> list[Span]:
        """Where items of an origin lie that may not count."""
        found = [span for exclusion in self.exclusions.get(origin, ()) for span in exclusion.named.where()]
        last = trust.last_counted(self.cuts, *origin)
        return joined([*found, (last + 1, trust.NO_CUT)] if last < trust.NO_CUT else found)

    def is_decided(self, origin: Origin) -> bool:
        """Whether somebody above has said which contents of a forked incarnation count (rule 23)."""
        return any(e.reason == REFUSED_FORK for e in self.exclusions.get(origin, ()))


def policy_of(ledger: Ledger, known: Known) -> Policy:
    """What is in force here now."""
    return Policy(_cuts(ledger, known), _exclusions(ledger, known))


@dataclass(frozen=True)
class _Said:
    """A record of a policy type that lives here, and who wrote it."""

    writer: Certificate
    stamp: int
    cells: Sequence[str]


def _said(ledger: Ledger, known: Known, type_name: str, *cells: str) -> Iterator[_Said]:
    """The records of a type, oldest first, of writers who count."""
    names = ", ".join(f"coalesce(r.{quoted(c)}, '')" for c in cells)
    for station, stamp, *values in ledger.database.rows(
        f"SELECT o.station, r._stamp, {names} FROM {quoted(table_of(type_name))} r JOIN origin o ON o.ref = r._origin"
        f" WHERE r._life <> ? ORDER BY r._stamp, r.id",
        (int(Life.DELETED),),
    ):
        # Of several certificates of one station the highest says what it may.
        writer = min(known.certificates.get(station, ()), key=_rank, default=None)
        if writer is not None:
            yield _Said(writer, stamp, values)


def _cuts(ledger: Ledger, known: Known) -> dict[str, Mapping[str, int]]:
    """Rule 27: the highest level's word stands, of one level the newest; a later grant lets an incarnation in."""
    standing: dict[str, _Said] = {}
    for said in _said(ledger, known, REVOCATION, "station", "cuts"):
        revoked, _ = said.cells
        if not trust.may_revoke(said.writer, known.judged_by(revoked), known.issuers(revoked), known.tree):
            continue
        before = standing.get(revoked)
        if before is None or _rank(said.writer) <= _rank(before.writer):
            standing[revoked] = said
    return {
        revoked: exclusions.read_cuts(said.cells[1]) | _let_in(ledger, known, revoked, said)
        for revoked, said in standing.items()
    }


def _let_in(ledger: Ledger, known: Known, revoked: str, said: _Said) -> dict[str, int]:
    """Rule 27: incarnations that a later grant names, which counts and was given by a level not below the revoker's."""
    held = {base64.b64encode(c.der).decode(): c for c in known.certificates.get(revoked, ())}
    return {
        incarnation: trust.NO_CUT
        for incarnation, text, giver in ledger.database.rows(
            "SELECT g.incarnation, g.certificate, o.station FROM r_grant g JOIN origin o ON o.ref = g._origin"
            " WHERE g.station = ? AND g._stamp > ? AND g._life <> ? AND g.incarnation IS NOT NULL",
            (revoked, said.stamp, int(Life.DELETED)),
        )
        if text in held
        and giver != revoked
        and any(_rank(c) <= _rank(said.writer) for c in known.certificates.get(giver, ()))
    }


def _exclusions(ledger: Ledger, known: Known) -> dict[Origin, list[Exclusion]]:
    """What others say of an origin is joined by reason, so that many words cost no more than few."""
    found: dict[Origin, list[Exclusion]] = {}
    joint: dict[tuple[Origin, str], list[Named]] = {}
    for said in _said(ledger, known, EXCLUSION, "cause", "refusal", "items"):
        cause, refusal, items = said.cells
        reason = _REASONS.get(cause) or (refusal if refusal in REASONS else REFUSED_WITHDRAWN)
        for origin, named in exclusions.read(items).items():
            if origin[0] == said.writer.station:
                found.setdefault(origin, []).append(Exclusion(named, reason, True, said.stamp))
            elif trust.may_exclude(said.writer, known.judged_by(origin[0]), known.tree):
                joint.setdefault((origin, reason), []).append(named)
    for (origin, reason), several in joint.items():
        spans = joined(span for named in several for span in named.spans)
        contents = frozenset(content for named in several for content in named.contents)
        found.setdefault(origin, []).append(Exclusion(Named(spans, contents), reason, False))
    return found


def _rank(certificate: Certificate) -> int:
    return LEVEL_RANK[certificate.claims.level]

"""What levels above have said about which items count: revocations, exclusions, who may say so (rules 14-19, 27).

The records count like any others; whether they have an effect is asked anew when certificates, units or they change.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from desktop.records.deciding import DECIDING_TYPES, ERASURE, EXCLUSION, REVOCATION
from desktop.records.declaration import DELETED_SLOT
from desktop.records.item_outcomes import (
    REASONS,
    REFUSED_CLOCK,
    REFUSED_FORK,
    REFUSED_REVOKED,
    REFUSED_SUPERIOR,
    REFUSED_WITHDRAWN,
)
from desktop.records.spans import Span, inside, joined
from desktop.store import governing
from desktop.store.ledger import Ledger
from desktop.sync import exclusions, moves, trust
from desktop.sync.certificates import LEVEL_RANK, Certificate
from desktop.sync.exclusions import Item, Items, Named, Origin
from desktop.sync.tree import Place, Tree

WITHDRAWN, REFUSED, CLOCK, FORK = "withdrawn", "refused", "clock", "fork"
"""The causes of an exclusion."""

_REASONS = {WITHDRAWN: REFUSED_WITHDRAWN, CLOCK: REFUSED_CLOCK, FORK: REFUSED_FORK}
_CAUSES = {REFUSED_WITHDRAWN: WITHDRAWN, REFUSED_FORK: FORK}


def said_once_more(reason: str) -> tuple[str, str | None]:
    """Cause and refusal of an exclusion of what does not count for this reason already."""
    return _CAUSES.get(reason, REFUSED), None if reason in _CAUSES else reason


@dataclass(frozen=True)
class Known:
    """Who is who: the certificates that count by station, the tree, and who stands above a station in each chain.

    ``held`` is the own certificate whether it counts or not.
    """

    station: str
    certificates: Mapping[str, Sequence[Certificate]]
    tree: Tree
    issuers: Callable[[str], Sequence[Collection[str]]]
    held: Sequence[Certificate] = ()

    def judged_by(self, concerned: str) -> Sequence[Certificate]:
        """By whom a word about a station is judged: that station, or this one where that one is not known here.

        Of stations beside it a station knows no certificates. Whoever stands above this one is believed about them,
        and about itself when somebody between them has lost the right to speak.
        """
        return self.certificates.get(concerned) or self.certificates.get(self.station) or self.held

    @property
    def own(self) -> Certificate | None:
        """The certificate of this station."""
        return self.writer(self.station)

    def writer(self, station: str) -> Certificate | None:
        """What a station may say: of several certificates that count, the highest."""
        return min(self.certificates.get(station, ()), key=_rank, default=None)

    def may_exclude(self, writer: Certificate, concerned: str, unit: str) -> bool:
        """Check 22, of an item of a station that was written under a unit."""
        return trust.may_exclude(writer, self.judged_by(concerned), unit, self.tree)

    def is_above(self, concerned: str, unit: str) -> bool:
        """The same of this station's own word."""
        return self.own is not None and self.may_exclude(self.own, concerned, unit)


class Reach:
    """Under which units a writer's word about a station's items holds; each is judged once (rule 32)."""

    def __init__(self, known: Known, writer: Certificate, concerned: str) -> None:
        self.writer = writer
        self._known, self._concerned = known, concerned
        self._found: dict[str, bool] = {}

    def holds(self, unit: str) -> bool:
        """Whether an item under this unit is meant."""
        if unit not in self._found:
            self._found[unit] = self._known.may_exclude(self.writer, self._concerned, unit)
        return self._found[unit]

    @property
    def is_possible(self) -> bool:
        """Whether there is any unit under which it may hold: who just names others' items makes nobody read them."""
        own, tree = self.writer.claims, self._known.tree
        return any(
            LEVEL_RANK[own.level] < LEVEL_RANK[c.claims.level]
            and (_lies_in(c.claims.units, own.units, tree) or _lies_in(own.units, c.claims.units, tree))
            for c in self._known.judged_by(self._concerned)
        )


def _lies_in(units: Collection[str], above: Collection[str], tree: Tree) -> bool:
    return any(tree.place(unit, above) is Place.INSIDE for unit in units)


@dataclass(frozen=True)
class Exclusion:
    """Items of one incarnation that do not count, and why, as far as the word of who said so reaches.

    Without a reach their own station says so, in an item of stamp ``since``. It may take back what it has dated later
    than that, which is what a wrong date needs and nothing more, and not what it has said about who counts.
    ``restated``: this very station says it for those who do not know the level below that has said so.
    """

    named: Named
    reason: str
    reach: Reach | None = None
    since: int = 0
    restated: bool = False

    def among(self, items: Items) -> set[int]:
        """The numbers of those items that it takes out. Nobody takes out another's erasure (rule 12)."""
        named = self.named.among(items)
        if self.reach is None:
            return {n for n in named if items[n].stamp > self.since and items[n].type not in DECIDING_TYPES}
        units = {unit for unit in {items[n].unit for n in named} if self.reach.holds(unit)}
        return {n for n in named if items[n].unit in units and items[n].type != ERASURE}


@dataclass(frozen=True)
class Revocation:
    """Up to which item of each incarnation a station counts, and the erasures behind it that do (``kept``).

    With a ``reach`` only of items under certain units: who revokes stands above some of its certificates and not
    above others.
    """

    writer: Certificate
    cuts: Mapping[str, int]
    kept: Mapping[str, Sequence[Span]]
    reach: Reach | None = None

    def last(self, incarnation: str) -> int:
        """The last item that counts of an incarnation; of one that is not named none does."""
        return trust.last_counted(self.cuts, incarnation)

    def among(self, incarnation: str, items: Items) -> set[int]:
        """The numbers of those items that it takes out."""
        last = self.last(incarnation)
        behind = {n for n in items if n > last}
        behind -= {n for n in inside(behind, self.kept.get(incarnation, ())) if items[n].type == ERASURE}
        if self.reach is not None:
            units = {unit for unit in {items[n].unit for n in behind} if self.reach.holds(unit)}
            behind = {n for n in behind if items[n].unit in units}
        return behind


@dataclass(frozen=True)
class Policy:
    """What is in force: ``revocations`` by station, ``exclusions`` by origin, and ``moves``, number and stamp of
    changes of the tree that do not count.
    """

    known: Known
    revocations: Mapping[str, Sequence[Revocation]] = field(default_factory=dict)
    exclusions: Mapping[Origin, Sequence[Exclusion]] = field(default_factory=dict)
    moves: Mapping[Origin, Collection[tuple[int, int]]] = field(default_factory=dict)

    @property
    def cuts(self) -> dict[str, Mapping[str, int]]:
        """For each station that is revoked as a whole the last item that counts in each incarnation (rule 27)."""
        return {name: r.cuts for name, found in self.revocations.items() for r in found if r.reach is None}

    def out(self, origin: Origin, items: Items) -> dict[int, str]:
        """Which of these items of an origin do not count, and why."""
        found: dict[int, str] = {}
        for exclusion in self.exclusions.get(origin, ()):
            found |= dict.fromkeys(exclusion.among(items), exclusion.reason)
        found |= {
            n: REFUSED_SUPERIOR
            for n, stamp in self.moves.get(origin, ())
            if n in items and items[n].stamp == stamp
        }
        for revocation in self.revocations.get(origin[0], ()):
            found |= dict.fromkeys(revocation.among(origin[1], items), REFUSED_REVOKED)
        return found

    def out_by_levels_between(self, origin: Origin, number: int, item: Item) -> list[Certificate]:
        """By whose words an item of another station does not count, if only those of levels below this one say so.

        What this station only says once more is left aside.
        """
        writers = [
            word.reach.writer
            for word in self.exclusions.get(origin, ())
            if word.reach is not None and not word.restated and word.among({number: item})
        ]
        writers += [
            revocation.writer
            for revocation in self.revocations.get(origin[0], ())
            if revocation.among(origin[1], {number: item})
        ]
        own = self.known.own
        return writers if own is not None and all(_rank(w) > _rank(own) for w in writers) else []

    def concerns(self, origin: Origin) -> bool:
        """Whether anything was said about items of an origin."""
        return origin in self.exclusions or origin in self.moves or origin[0] in self.revocations

    def spans(self, origin: Origin) -> list[Span]:
        """Where items of an origin lie that may not count."""
        found = [span for exclusion in self.exclusions.get(origin, ()) for span in exclusion.named.where()]
        found += [(n, n) for n, _ in self.moves.get(origin, ())]
        lasts = [r.last(origin[1]) for r in self.revocations.get(origin[0], ())]
        found += [(last + 1, trust.NO_CUT) for last in lasts if last < trust.NO_CUT]
        return joined(found)

    def is_decided(self, origin: Origin) -> bool:
        """Whether somebody above has said which contents of a forked incarnation count (rule 23)."""
        return any(e.reason == REFUSED_FORK for e in self.exclusions.get(origin, ()))


def policy_of(ledger: Ledger, known: Known) -> Policy:
    """What is in force here now."""
    return Policy(known, _revocations(ledger, known), _exclusions(ledger, known), _moves(ledger, known))


@dataclass(frozen=True)
class _Said:
    """A record of a policy type that lives here, and who wrote it."""

    writer: Certificate
    stamp: int
    cells: Sequence[str]


def _said(ledger: Ledger, known: Known, type_name: str, *cells: str) -> Iterator[_Said]:
    """The records of a type, oldest first, of writers who count."""
    for station, stamp, values in governing.said(ledger.database, type_name, cells):
        writer = known.writer(station)
        if writer is not None:
            yield _Said(writer, stamp, values)


def _revocations(ledger: Ledger, known: Known) -> dict[str, list[Revocation]]:
    """Rule 27: the highest level's word stands, of one level the newest; a later grant lets an incarnation in.

    Erasures that had come when that was said go on counting where it names them: the values are gone in one place
    already, and what is the same everywhere hangs on the word and not on who has heard what (rule 12).

    Who revokes its own village's computer does so as well where somebody else has certified that for other units:
    then the word holds under the units below it alone, and stands until a word about the whole does.
    """
    whole: dict[str, _Said] = {}
    partly: dict[str, dict[str, tuple[_Said, Reach]]] = {}
    for said in _said(ledger, known, REVOCATION, "station", "cuts"):
        revoked, _ = said.cells
        if trust.may_revoke(said.writer, known.judged_by(revoked), known.issuers(revoked), known.tree):
            before = whole.get(revoked)
            if before is None or _rank(said.writer) <= _rank(before.writer):
                whole[revoked] = said
        elif (reach := Reach(known, said.writer, revoked)).is_possible:
            partly.setdefault(revoked, {})[said.writer.station] = said, reach
    found = {revoked: [_revocation(ledger, known, revoked, said)] for revoked, said in whole.items()}
    for revoked, several in partly.items():
        if revoked not in found:
            found[revoked] = [_revocation(ledger, known, revoked, *one) for one in several.values()]
    return found


def _revocation(
    ledger: Ledger, known: Known, revoked: str, said: _Said, reach: Reach | None = None
) -> Revocation:
    text = said.cells[1]
    cuts = exclusions.read_cuts(text) | _let_in(ledger, known, revoked, said, whole=reach is None)
    return Revocation(said.writer, cuts, exclusions.read_kept(text), reach)


def _let_in(ledger: Ledger, known: Known, revoked: str, said: _Said, *, whole: bool) -> dict[str, int]:
    """Rule 27: incarnations that a later grant names, which counts and was given by a level not below the revoker's.

    Where somebody else has certified the station for other units, of its own level only the revoker itself.
    """
    held = {base64.b64encode(c.der).decode(): c for c in known.certificates.get(revoked, ())}
    own = _rank(said.writer)
    return {
        incarnation: trust.NO_CUT
        for incarnation, text, giver in governing.later_grants(ledger.database, revoked, said.stamp)
        if text in held
        and giver != revoked
        and any(
            _rank(c) < own or (_rank(c) == own and (whole or giver == said.writer.station))
            for c in known.certificates.get(giver, ())
        )
    }


def _exclusions(ledger: Ledger, known: Known) -> dict[Origin, list[Exclusion]]:
    """What one writer says of an origin is joined by reason, so that many words cost no more than few.

    A station's word about its own items needs no certificate that is known here: that it counts says whose it is, and
    of what others have saved of the same records many a station beside holds a part.
    """
    found: dict[Origin, list[Exclusion]] = {}
    joint: dict[tuple[Origin, str, Certificate, bool], list[Named]] = {}
    reaches: dict[tuple[str, Certificate], Reach] = {}
    for station, stamp, (cause, refusal, items, restated) in governing.said(
        ledger.database, EXCLUSION, ("cause", "refusal", "items", "restated")
    ):
        again = bool(restated) and station == known.station
        writer = known.writer(station)
        reason = _REASONS.get(cause, REFUSED_WITHDRAWN)
        if cause == REFUSED and refusal in REASONS:
            reason = refusal
        for origin, named in exclusions.read(items).items():
            if origin[0] == station:
                found.setdefault(origin, []).append(Exclusion(named, reason, since=stamp))
            elif writer is not None:
                reach = reaches.setdefault((origin[0], writer), Reach(known, writer, origin[0]))
                if reach.is_possible:
                    joint.setdefault((origin, reason, writer, again), []).append(named)
    for (origin, reason, writer, again), several in joint.items():
        spans = joined(span for named in several for span in named.spans)
        contents = frozenset(content for named in several for content in named.contents)
        named = Named(spans, contents)
        reach = reaches[origin[0], writer]
        found.setdefault(origin, []).append(Exclusion(named, reason, reach, restated=again))
    return found


def _moves(ledger: Ledger, known: Known) -> dict[Origin, set[tuple[int, int]]]:
    """The changes of the tree that do not count, of those that would and those that are aside for that reason."""
    found: list[moves.Move] = []
    said = governing.changes_of_units(ledger.database, moves.SLOTS)
    for station, incarnation, number, record, slot, stamp, value, birth, replaces in said:
        author = known.writer(station)
        found.append(
            moves.Move(
                (station, incarnation), number, record, slot, stamp,
                None if slot == DELETED_SLOT else json.loads(value),
                frozenset(r for r in json.loads(replaces) if isinstance(r, int)),
                moves.UNKNOWN_RANK if author is None else _rank(author),
                frozenset() if author is None else author.claims.units, bool(birth),
            )
        )  # fmt: skip
    if not found:
        return {}
    superiors = governing.every_superior(ledger.database)
    # Where the own certificate counts no more because its unit was moved away, the unit is the same as before: else
    # the move would cease to count with it, and both begin to count again together, without end.
    near = (unit for c in known.judged_by(known.station) for unit in c.claims.units)
    out: dict[Origin, set[tuple[int, int]]] = {}
    for move in moves.not_counting(found, superiors, near):
        out.setdefault(move.origin, set()).add((move.number, move.stamp))
    return out


def _rank(certificate: Certificate) -> int:
    return LEVEL_RANK[certificate.claims.level]

"""What is in force of what was said about which items count: revocations, exclusions, moves in vain (rules 14-19, 27).

The records count like any others; whether they have an effect is asked anew when certificates, units or they change.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from desktop.records.declaration import DELETED_SLOT
from desktop.records.versions.deciding import ERASURE, REVOCATION
from desktop.records.versions.item_outcomes import (
    REFUSED_FORK,
    REFUSED_REVOKED,
    REFUSED_SUPERIOR,
)
from desktop.records.versions.spans import Span, inside
from desktop.records.versions.stamped import Spans
from desktop.store.queries import governing
from desktop.sync import trust
from desktop.sync.authority import exclusions, moves
from desktop.sync.authority.excluding import Exclusion, Exclusions
from desktop.sync.authority.exclusions import Items, Origin
from desktop.sync.authority.held import Held
from desktop.sync.authority.reach import Known, Reach, rank
from desktop.sync.signed.certificates import Certificate


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
    changes of the tree that do not count. ``heard`` is a digest of the exclusions.
    """

    known: Known
    revocations: Mapping[str, Sequence[Revocation]] = field(default_factory=dict)
    exclusions: Mapping[Origin, Sequence[Exclusion]] = field(default_factory=dict)
    moves: Mapping[Origin, Collection[tuple[int, int]]] = field(default_factory=dict)
    heard: str = ""

    @property
    def cuts(self) -> dict[str, Mapping[str, int]]:
        """For each station that is revoked as a whole the last item that counts in each incarnation (rule 27)."""
        return {name: r.cuts for name, found in self.revocations.items() for r in found if r.reach is None}

    def out(self, origin: Origin, items: Items) -> dict[int, str]:
        """Which of these items of an origin do not count, and why, in whatever order that was heard.

        What was said of an item stands before what was said of its whole station, and of several who say so its own
        station first, then who has given that reason first for items of the incarnation.
        A move that somebody lets not count is none by which others are judged, so that it is in vain comes last.
        """
        found: dict[int, str] = {}
        for exclusion in self.exclusions.get(origin, ()):
            for n in exclusion.among(items):
                found.setdefault(n, exclusion.reason)
        for revocation in self.revocations.get(origin[0], ()):
            for n in revocation.among(origin[1], items):
                found.setdefault(n, REFUSED_REVOKED)
        for n, stamp in self.moves.get(origin, ()):
            if n in items and items[n].stamp == stamp:
                found.setdefault(n, REFUSED_SUPERIOR)
        return found

    def out_by_levels_between(self, origin: Origin, items: Items) -> dict[int, Sequence[Certificate]]:
        """Which items of another station do not count by words of levels below this one alone, and by whose.

        What this station only says once more is left aside.
        """
        own = self.known.own
        words = (w for w in self.exclusions.get(origin, ()) if w.reach is not None and not w.restated)
        said = [(word.reach.writer, word.among(items)) for word in words if word.reach is not None]
        said += [(r.writer, r.among(origin[1], items)) for r in self.revocations.get(origin[0], ())]
        found: dict[int, Sequence[Certificate]] = {}
        for writer, numbers in said:
            # Most words are alone, and what is out by one shares its writer.
            alone = [writer]
            found |= {n: [*found[n], writer] if n in found else alone for n in numbers}
        return {n: w for n, w in found.items() if own is not None and all(rank(c) > rank(own) for c in w)}

    def concerns(self, origin: Origin) -> bool:
        """Whether anything was said about items of an origin."""
        return origin in self.exclusions or origin in self.moves or origin[0] in self.revocations

    def spans(self, origin: Origin, first: int, last: int) -> Sequence[Span]:
        """Where items of an origin may lie that do not count, as far as that has to do with these numbers.

        Words may name millions that nobody has.
        """
        cuts = [r.last(origin[1]) for r in self.revocations.get(origin[0], ())]
        return Spans(
            itertools.chain(
                *(exclusion.named.within(first, last) for exclusion in self.exclusions.get(origin, ())),
                ((n, n) for n, _ in self.moves.get(origin, ())),
                ((cut + 1, trust.NO_CUT) for cut in cuts if cut < trust.NO_CUT),
            )
        )

    def said(self) -> list[object]:
        """All that was said, but for what this station only says once more; the same for the same."""
        revoked = [
            (name, r.writer.digest, sorted(r.cuts.items()), sorted(r.kept.items()), r.reach is None)
            for name, several in sorted(self.revocations.items())
            for r in several
        ]
        moves = [(*origin, sorted(moved)) for origin, moved in sorted(self.moves.items())]
        return [self.heard, revoked, moves]

    def is_decided(self, origin: Origin) -> bool:
        """Whether somebody above has said which contents of a forked incarnation count (rule 23)."""
        return any(e.reason == REFUSED_FORK for e in self.exclusions.get(origin, ()))


def policy_of(ledger: Held, known: Known) -> Policy:
    """What is in force here now."""
    said = Exclusions(ledger, known)
    return Policy(known, _revocations(ledger, known), said, _moves(ledger, known), said.digest)


@dataclass(frozen=True)
class _Said:
    """A record of a policy type that lives here, and who wrote it."""

    writer: Certificate
    moment: tuple[int, str]
    cells: Sequence[str]

    def outdoes(self, other: _Said | None) -> bool:
        """Whether it stands before another one about the same: that of the higher level, of one level the newest."""
        mine = rank(self.writer)
        if other is None or mine != (others := rank(other.writer)):
            return other is None or mine < others
        return self.moment > other.moment


def _said(ledger: Held, known: Known, type_name: str, *cells: str) -> Iterator[_Said]:
    """The records of a type, as they came, of writers who count."""
    for station, moment, values in governing.said(ledger.database, type_name, cells):
        writer = known.writer(station)
        if writer is not None:
            yield _Said(writer, moment, values)


def _revocations(ledger: Held, known: Known) -> dict[str, list[Revocation]]:
    """Rule 27: the highest level's word stands, of one level the newest; a later grant lets an incarnation in.

    Erasures that had come when that was said go on counting where it names them: the values are gone in one place
    already, and what is the same everywhere hangs on the word and not on who has heard what (rule 12).

    Who revokes its own village's computer does so as well where somebody else has certified that for other units:
    then the word holds under the units below it alone, and stands until a word about the whole does.
    """
    whole: dict[str, _Said] = {}
    partly: dict[str, dict[str, tuple[_Said, Reach]]] = {}
    for written in _said(ledger, known, REVOCATION, "station", "cuts"):
        revoked, text = written.cells
        said = replace(written, cells=(revoked, exclusions.cuts_of(text)))
        if known.may_revoke_whole(said.writer, revoked):
            if said.outdoes(whole.get(revoked)):
                whole[revoked] = said
        elif (reach := Reach(known, said.writer, revoked)).is_possible:
            by_writer = partly.setdefault(revoked, {})
            if said.outdoes(by_writer.get(said.writer.station, (None,))[0]):
                by_writer[said.writer.station] = said, reach
    found = {revoked: [_revocation(ledger, known, revoked, said)] for revoked, said in whole.items()}
    for revoked, several in partly.items():
        if revoked not in found:
            found[revoked] = [_revocation(ledger, known, revoked, *one) for one in several.values()]
    return found


def _revocation(
    ledger: Held, known: Known, revoked: str, said: _Said, reach: Reach | None = None
) -> Revocation:
    text = said.cells[1]
    cuts = exclusions.read_cuts(text) | _let_in(ledger, known, revoked, said, whole=reach is None)
    return Revocation(said.writer, cuts, exclusions.read_kept(text), reach)


def _let_in(ledger: Held, known: Known, revoked: str, said: _Said, *, whole: bool) -> dict[str, int]:
    """Rule 27: incarnations that a later grant names, which counts and was given by a level not below the revoker's.

    A record about the certificate that another has given is no grant (check 21): whoever may write one could let in
    whom somebody else has put out of use. Where somebody else has certified the station for other units, of its own
    level only the revoker itself.
    """
    held = {base64.b64encode(c.der).decode(): c for c in known.certificates.get(revoked, ())}
    own = rank(said.writer)
    return {
        incarnation: trust.NO_CUT
        for incarnation, text, item in governing.later_grants(ledger.database, revoked, said.moment[0])
        if text in held
        and trust.grant_fits(held[text], *item)
        and item[0] != revoked
        and any(
            rank(c) < own or (rank(c) == own and (whole or item[0] == said.writer.station))
            for c in known.certificates.get(item[0], ())
        )
    }


def _moves(ledger: Held, known: Known) -> dict[Origin, set[tuple[int, int]]]:
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
                moves.UNKNOWN_RANK if author is None else rank(author),
                frozenset() if author is None else author.claims.units, bool(birth),
            )
        )  # fmt: skip
    if not found:
        return {}
    superiors = governing.every_superior(ledger.database)
    # Where the own certificate counts no more because its unit was moved away, the unit is the same as before: else
    # the move would cease to count with it, and both begin to count again together, without end.
    near = (unit for c in known.present for unit in c.claims.units)
    out: dict[Origin, set[tuple[int, int]]] = {}
    chain = [c.claims.units for c in known.chain]
    for move in moves.not_counting(found, superiors, near, chain):
        out.setdefault(move.origin, set()).add((move.number, move.stamp))
    return out

"""Of whose items, and under which units, a station may say that they do not count (checks 22 and 23); pure."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from desktop.sync import trust
from desktop.sync.signed.certificates import LEVEL_RANK, Certificate
from desktop.sync.signed.tree import Place, Tree


def rank(certificate: Certificate) -> int:
    """The level of a certificate as a number, 0 for the highest."""
    return LEVEL_RANK[certificate.claims.level]


@dataclass(frozen=True)
class Known:
    """Who is who: the certificates that count by station, the tree, and who stands above a station in each chain.

    The certificates of a station have one order everywhere: those nearest to the root first, of these the newest.

    ``held`` is the own certificate whether it counts or not, ``chain`` that with its issuers as far as they stand.
    ``granted`` gives those of a station whose grants count, though their chains may stand no more.
    """

    station: str
    certificates: Mapping[str, Sequence[Certificate]]
    tree: Tree
    issuers: Callable[[str], Sequence[Collection[str]]]
    held: Sequence[Certificate] = ()
    chain: Sequence[Certificate] = ()
    granted: Callable[[str], Sequence[Certificate]] = lambda _station: ()

    def judged_by(self, concerned: str) -> list[Sequence[Certificate]]:
        """By whom a word about a station is judged: that station, or where that one is not known here, any of these.

        Who was certified by a former superior of its unit, and was not enrolled again, writes nothing any more; what
        was said of what it had written holds by what it was. Of stations beside it a station knows no certificates:
        whoever stands above this one is believed about them, and about itself when somebody between them has lost the
        right to speak.
        """
        if counting := self.certificates.get(concerned):
            return [counting]
        return [self.granted(concerned), self.present]

    @property
    def present(self) -> Sequence[Certificate]:
        """The certificates of this station that count, else that which it has."""
        return self.certificates.get(self.station) or self.held

    @property
    def own(self) -> Certificate | None:
        """The certificate of this station."""
        return self.writer(self.station)

    def writer(self, station: str) -> Certificate | None:
        """What a station may say: of several certificates that count, the highest, and of one level the first."""
        return min(self.certificates.get(station, ()), key=rank, default=None)

    def may_exclude(self, writer: Certificate, concerned: str, unit: str) -> bool:
        """Check 22, of an item of a station that was written under a unit."""
        return any(trust.may_exclude(writer, c, unit, self.tree) for c in self.judged_by(concerned))

    def is_above(self, concerned: str, unit: str) -> bool:
        """The same of this station's own word."""
        return self.own is not None and self.may_exclude(self.own, concerned, unit)

    def reaches(self, station: str, concerned: str) -> bool:
        """Whether what one station says of another's items may hold for any of them (check 22)."""
        writer = self.writer(station)
        return writer is not None and Reach(self, writer, concerned).is_possible

    def may_revoke(self, station: str, concerned: str) -> bool:
        """Check 23, or that of the items under some units."""
        writer = self.writer(station)
        return writer is not None and (
            self.may_revoke_whole(writer, concerned) or Reach(self, writer, concerned).is_possible
        )

    def may_revoke_whole(self, writer: Certificate, concerned: str) -> bool:
        """Check 23, of all that a station writes."""
        issuers = self.issuers(concerned)
        return any(trust.may_revoke(writer, c, issuers, self.tree) for c in self.judged_by(concerned))


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
            for c in itertools.chain(*self._known.judged_by(self._concerned))
        )


def _lies_in(units: Collection[str], above: Collection[str], tree: Tree) -> bool:
    return any(tree.place(unit, above) is Place.INSIDE for unit in units)

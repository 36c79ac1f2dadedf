"""Which certificates were granted, and which chains lead from them to a root, read when a station is asked for; pure.

A district holds the certificates of hundreds of stations and merges the bundle of one. What is found for a station is
what reading all of them would give, in the same order.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from desktop.errors import TrustProblem
from desktop.sync import trust
from desktop.sync.errors import Damaged, UnitNotKnown
from desktop.sync.formats import strictjson
from desktop.sync.formats.strictjson import NotStrict
from desktop.sync.signed import certificates, renewing
from desktop.sync.signed.certificates import Certificate
from desktop.sync.trust import TrustState

Chain = tuple[bytes, ...]
"""A certificate and its issuers up to a root, DER."""

MOST: Final = 64
"""How many chains are looked at by which one certificate leads to a root."""

_NAMED = re.compile(rb"xsj:station:([0-9a-f]{64})")
"""A certificate that can be read names its station once, as a URI, and a URI stands in DER byte for byte."""

_LONG = 2048
"""Bytes of a certificate from which on it is kept only if it counts: one for a few units is a third of that."""


class Grant(NamedTuple):
    """What a grant says: a certificate, the proof of renewed keys, and the identity of the item that says it."""

    certificate: str
    proof: str | None
    station: str
    incarnation: str
    number: int


class Granted(Container[str]):
    """The certificates whose grant counts, in the order of their grants; ``in`` asks for digests.

    ``own`` are digests that count here anyway: those of the ledger's own chain.
    """

    def __init__(self, grants: Iterable[Grant], own: Collection[str] = ()) -> None:
        self._own = own
        self._grants: list[tuple[bytes, Grant]] = []
        self._naming: defaultdict[str, list[int]] = defaultdict(list)
        self._read: dict[int, Certificate | None] = {}
        self._by_digest: dict[str, list[int]] = {}
        for grant in grants:
            try:
                der = strictjson.from_base64(grant.certificate)
            except NotStrict:
                # Like one whose certificate cannot be read: it vouches for nobody, its record stays visible.
                continue
            if len(der) > _LONG and _counting(der, grant) is None:
                # Anybody who may grant may write any number of these, and all that are kept are in memory together.
                continue
            # One that is longer is not read, whatever it names.
            for station in {name.decode() for name in _NAMED.findall(der, 0, certificates.MAX_DER)}:
                self._naming[station].append(len(self._grants))
            self._grants.append((der, grant._replace(certificate="")))

    def of(self, station: str) -> list[Certificate]:
        """Those of a station."""
        return [c for _, c in self.placed(station)]

    def placed(self, station: str) -> list[tuple[int, Certificate]]:
        """Those of a station, with their places among all."""
        found = ((place, self._at(place)) for place in self._naming.get(station, ()))
        return [(place, c) for place, c in found if c is not None and c.station == station]

    def all(self) -> list[Certificate]:
        """Those of every station."""
        found = (self._at(place) for place in range(len(self._grants)))
        return [c for c in found if c is not None]

    def _at(self, place: int) -> Certificate | None:
        if place not in self._read:
            self._read[place] = _counting(*self._grants[place])
        return self._read[place]

    def __contains__(self, digest: object) -> bool:
        if digest in self._own:
            return True
        if not self._by_digest:
            for place, (der, _) in enumerate(self._grants):
                self._by_digest.setdefault(hashlib.sha256(der).hexdigest(), []).append(place)
        return any(self._at(place) is not None for place in self._by_digest.get(str(digest), ()))


def _counting(der: bytes, grant: Grant) -> Certificate | None:
    """The certificate of a grant if the grant counts (check 21)."""
    try:
        certificate = certificates.parse(der)
    except Damaged:
        # A grant whose certificate cannot be read vouches for nobody; its record stays visible as it came.
        return None
    fits = trust.grant_fits(certificate, grant.station, grant.incarnation, grant.number)
    return certificate if fits and renewing.is_own(certificate, grant.proof) else None


class Chains(Mapping[str, Sequence[Chain]]):
    """For each station every chain that leads from one of its certificates to a root.

    ``own`` are the certificates of the ledger's own chain. ``remembered`` are stations of which is known from before
    that they have chains, by the same grants, chain and roots; ``confirmed`` those that were asked for and have.
    """

    def __init__(
        self,
        granted: Granted,
        own: Sequence[Certificate],
        roots: Sequence[bytes],
        remembered: Collection[str] = (),
    ) -> None:
        self._granted = granted
        self._roots = roots
        self._given = [*own, *map(certificates.parse, roots)]
        self._found: dict[str, Sequence[Chain] | None] = {}
        self._all: dict[str, list[Chain]] | None = None
        self.confirmed = set(remembered)

    def __getitem__(self, station: str) -> Sequence[Chain]:
        if station not in self._found:
            stations = self.above(station)
            linked = link(self._held(stations), [r for r in self._roots if _station(r) in stations])
            # Who stands above was linked by all that matters to it as well.
            self._found |= {name: linked.get(name) for name in stations}
        found = self._found[station]
        if found is None:
            raise KeyError(station)
        return found

    def __contains__(self, station: object) -> bool:
        if station in self.confirmed:
            return True
        try:
            self[str(station)]
        except KeyError:
            return False
        self.confirmed.add(str(station))
        return True

    def __bool__(self) -> bool:
        # A root stands by itself, so there is one chain at least; nothing has to be linked to know that.
        return bool(self._roots)

    def __iter__(self) -> Iterator[str]:
        return iter(self._linked())

    def __len__(self) -> int:
        return len(self._linked())

    def _linked(self) -> dict[str, list[Chain]]:
        if self._all is None:
            self._all = link([*self._granted.all(), *self._given], self._roots)
        return self._all

    def _of(self, station: str) -> list[Certificate]:
        return [*self._granted.of(station), *(c for c in self._given if c.station == station)]

    def above(self, station: str) -> set[str]:
        """A station and all by which its certificates and those of its issuers were given."""
        found, open_ends = {station}, [station]
        while open_ends:
            issuers = {c.issuer_station for c in self._of(open_ends.pop())} - found
            found |= issuers
            open_ends += issuers
        return found

    def _held(self, stations: Collection[str]) -> list[Certificate]:
        """Their certificates in the order in which all are held, which decides between chains."""
        placed = sorted((found for name in stations for found in self._granted.placed(name)), key=_place)
        return [*(c for _, c in placed), *(c for c in self._given if c.station in stations)]


def _place(found: tuple[int, Certificate]) -> int:
    return found[0]


def _station(der: bytes) -> str:
    return certificates.parse(der).station


def link(held: Sequence[Certificate], roots: Sequence[bytes]) -> dict[str, list[Chain]]:
    """The chains of every station among these certificates.

    Where an issuer has had several keys, only the certificate with the right one stands above another. Of several
    certificates at each level above there are as many chains as they have products: of one certificate the shortest
    are looked at, as those are by who stands nearest to the root, and no more than ``MOST``.
    """
    by_station: defaultdict[str, dict[str, Certificate]] = defaultdict(dict)
    keys: defaultdict[str, set[bytes]] = defaultdict(set)
    for certificate in held:
        keys[certificate.station].add(certificate.claims.public_key)
        by_station[certificate.station].setdefault(certificate.digest, certificate)
    chains: dict[str, list[Chain]] = {}
    for der in dict.fromkeys(roots):
        chains.setdefault(_station(der), []).append((der,))

    # Known for the length of one look: kept for longer, certificates that somebody sends in masses would fill memory.
    @cache
    def signed_by(certificate: bytes, upper: bytes) -> bool:
        return certificates.is_signed_by(certificate, certificates.parse(upper).claims.public_key)

    room = dict.fromkeys((c.digest for c in held), MOST)
    longest = chains
    for _ in range(trust.MAX_CHAIN - 1):
        longer: dict[str, list[Chain]] = {}
        for station, found in by_station.items():
            for certificate in found.values():
                upper = [
                    chain
                    for chain in longest.get(certificate.issuer_station, ())
                    if certificate.der not in chain
                    and (len(keys[certificate.issuer_station]) == 1 or signed_by(certificate.der, chain[0]))
                ]
                if len(upper) > room[certificate.digest]:
                    # Whatever came first, everybody lets the same go.
                    upper = sorted(upper)[: room[certificate.digest]]
                room[certificate.digest] -= len(upper)
                longer.setdefault(station, []).extend((certificate.der, *chain) for chain in upper)
        chains = {name: [*chains.get(name, ()), *longer.get(name, ())] for name in chains | longer}
        longest = longer
    return {station: found for station, found in chains.items() if found}


class Proven(Mapping[str, Sequence[Certificate]]):
    """The certificates of each station whose chain stands by the kernel's checks, judged when they are asked for.

    Those with the shortest chain come first, and among them those that were granted last.
    Who may say what counts is not a matter of anybody's own word; but of most stations nobody ever asks.
    """

    def __init__(self, chains: Mapping[str, Sequence[Chain]], state: TrustState) -> None:
        self._chains = chains
        self._state = state
        self._found: dict[str, list[Chain]] = {}

    def chains(self, station: str) -> list[Chain]:
        """The chains of a station that stand."""
        if station not in self._found:
            self._found[station] = [c for c in self._chains.get(station, ()) if self._stands(c)]
        return self._found[station]

    def issuers(self, station: str) -> list[frozenset[str]]:
        """Who stands above a station, in each of its chains."""
        return [frozenset(map(_station, chain[1:])) for chain in self.chains(station)]

    def _stands(self, chain: Chain) -> bool:
        try:
            trust.judge_chain(chain, self._state)
        except (TrustProblem, UnitNotKnown):
            # It proves nothing, or does not any more; the station may have another.
            return False
        return True

    def __getitem__(self, station: str) -> Sequence[Certificate]:
        found = {chain[0]: None for chain in self.chains(station)}
        if not found:
            raise KeyError(station)
        return [certificates.parse(der) for der in found]

    def __iter__(self) -> Iterator[str]:
        return (station for station in self._chains if self.chains(station))

    def __len__(self) -> int:
        return sum(1 for _ in self)

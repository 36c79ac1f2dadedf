"""What a station knows about itself and others: its keys, its chain, and the trust state that its ledger gives."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.errors import TrustProblem
from desktop.records.resolution import Life
from desktop.records.stamps import milliseconds_of
from desktop.store import reading
from desktop.store.ledger import Ledger
from desktop.sync import certificates, identity, trust
from desktop.sync.certificates import Certificate
from desktop.sync.errors import Damaged, UnitNotKnown
from desktop.sync.identity import StationKeys
from desktop.sync.policy import Known, Policy, policy_of
from desktop.sync.trust import TrustState


def keep_keys(ledger: Ledger, keys: StationKeys) -> None:
    """Stores a station's secrets inside the encrypted ledger."""
    for name, value in (("signing", keys.signing_pem()), ("age", keys.identity_file().encode())):
        ledger.database.execute(
            "INSERT INTO secret (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (name, value),
        )


def load_keys(ledger: Ledger) -> StationKeys:
    """The station's keys."""
    secrets: dict[str, bytes] = dict(ledger.database.rows("SELECT key, value FROM secret"))
    return identity.load(
        secrets["signing"], secrets["age"].decode(), ledger.incarnation, station=ledger.station
    )


def begin_incarnation(ledger: Ledger, incarnation: str) -> None:
    """From now on own items are numbered from 1 in a new incarnation, and peers are sent the journal from its start."""
    with ledger.database.transaction():
        ledger.set_meta("incarnation", incarnation)
        ledger.incarnation = incarnation
        ledger.origin = ledger.origin_ref(ledger.station, incarnation)
        ledger.database.execute("UPDATE link SET acknowledged = 0")


def keep_chain(ledger: Ledger, chain: Sequence[bytes]) -> None:
    """Pins the station's own certificate chain; its last certificate is the root that counts here."""
    ledger.set_meta("chain", json.dumps([base64.b64encode(der).decode() for der in chain]))


def own_chain(ledger: Ledger) -> tuple[bytes, ...]:
    """The station's certificate and its issuers up to the root, DER; empty before enrolment."""
    return tuple(base64.b64decode(text) for text in json.loads(ledger.meta("chain") or "[]"))


def granted(ledger: Ledger) -> list[Certificate]:
    """The certificates whose grant counts here, newest grant first."""
    found = []
    for text, station, incarnation, number in ledger.database.rows(
        "SELECT g.certificate, o.station, o.incarnation, g._number FROM r_grant g JOIN origin o ON o.ref = g._origin"
        " WHERE g._life = ? AND g.certificate IS NOT NULL ORDER BY g._stamp DESC",
        (int(Life.LIVE),),
    ):
        try:
            certificate = certificates.parse(base64.b64decode(text, validate=True))
        except (Damaged, ValueError):
            # A grant whose certificate cannot be read vouches for nobody; its record stays visible as it came.
            continue
        if trust.grant_fits(certificate, station, incarnation, number):  # check 21
            found.append(certificate)
    return found


@dataclass(frozen=True)
class Knowledge:
    """The trust state, the chains by which origins can be judged, and what does not count of what they wrote.

    ``certificates`` are those that count, by station; ``issuers`` gives who stands above a station in each chain.
    """

    state: TrustState
    chains: dict[str, list[tuple[bytes, ...]]]
    policy: Policy
    certificates: Mapping[str, Sequence[Certificate]]
    issuers: Callable[[str], Sequence[Collection[str]]]


def knowledge(ledger: Ledger, keys: StationKeys) -> Knowledge:
    """What this station lets count now: computed from the items that count, asked anew when the tree changes."""
    chain = own_chain(ledger)
    certificates_held = granted(ledger)
    own = [certificates.parse(der) for der in chain]
    tree: dict[str, str | None] = dict(
        ledger.database.rows(
            "SELECT lower(hex(id)), nullif(lower(hex(superior)), '') FROM r_unit WHERE _life <> ?"
            f" AND id NOT IN ({reading.CLAIMED_TWICE})",
            (int(Life.DELETED),),
        )
    )
    chains = _chains([*certificates_held, *own], chain[-1:])
    state = TrustState(
        roots=frozenset(chain[-1:]),
        grants=frozenset(c.digest for c in certificates_held) | frozenset(c.digest for c in own),
        revocations={},
        tree=tree,
        tree_version=tree_version(ledger),
        station=ledger.station,
        recipients=frozenset([keys.recipient]),
        units=own[0].claims.units if own else frozenset([ledger.meta("unit_id") or ""]),
    )
    known = _known([*certificates_held, *own], chains, state, ledger.station)
    policy = policy_of(ledger, known)
    return Knowledge(
        dataclasses.replace(state, revocations=policy.cuts), chains, policy, known.certificates, known.issuers
    )


class _Proven(Mapping[str, Sequence[Certificate]]):
    """The certificates of each station whose chain stands by the kernel's checks, judged when they are asked for.

    Who may say what counts is not a matter of anybody's own word; but of most stations nobody ever asks.
    """

    def __init__(
        self,
        held: Sequence[Certificate],
        chains: Mapping[str, Sequence[tuple[bytes, ...]]],
        state: TrustState,
    ) -> None:
        self._by_der = {c.der: c for c in held}
        self._chains = chains
        self._state = state
        self._found: dict[str, list[tuple[bytes, ...]]] = {}

    def chains(self, station: str) -> list[tuple[bytes, ...]]:
        """The chains of a station that stand."""
        if station not in self._found:
            self._found[station] = [c for c in self._chains.get(station, ()) if self._stands(c)]
        return self._found[station]

    def _stands(self, chain: tuple[bytes, ...]) -> bool:
        try:
            trust.judge_chain(chain, self._state)
        except (TrustProblem, UnitNotKnown):
            # It proves nothing; the station may have another.
            return False
        return True

    def __getitem__(self, station: str) -> Sequence[Certificate]:
        found = {chain[0]: None for chain in self.chains(station)}
        if not found:
            raise KeyError(station)
        return [self._by_der[der] for der in found]

    def __iter__(self) -> Iterator[str]:
        return (station for station in self._chains if self.chains(station))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _known(
    held: Sequence[Certificate],
    chains: Mapping[str, Sequence[tuple[bytes, ...]]],
    state: TrustState,
    station: str,
) -> Known:
    proven = _Proven(held, chains, state)
    station_of = {c.der: c.station for c in held}

    def issuers(name: str) -> list[frozenset[str]]:
        return [frozenset(station_of[der] for der in chain[1:]) for chain in proven.chains(name)]

    return Known(station, proven, state.tree, issuers)


def tree_version(ledger: Ledger) -> int:
    """The newest change of the tree that the root has made, as milliseconds since 2020; 0 without any."""
    chain = own_chain(ledger)
    if not chain:
        return 0
    root = certificates.parse(chain[-1]).station
    newest = ledger.database.value(
        "SELECT max(stamp) FROM ("
        " SELECT _stamp AS stamp FROM r_unit u JOIN origin o ON o.ref = u._origin WHERE o.station = :root"
        " UNION ALL SELECT v.stamp FROM version v JOIN origin o ON o.ref = v.origin"
        " WHERE v.type = 'unit' AND o.station = :root)",
        {"root": root},
    )
    return milliseconds_of(newest) if newest else 0


def _chains(held: Sequence[Certificate], root: Sequence[bytes]) -> dict[str, list[tuple[bytes, ...]]]:
    """For each station every chain that leads from one of its certificates to the root."""
    roots = [certificates.parse(der) for der in root]
    by_station: dict[str, list[Certificate]] = {}
    for certificate in held:
        known = by_station.setdefault(certificate.station, [])
        if all(c.digest != certificate.digest for c in known):
            known.append(certificate)
    chains: dict[str, list[tuple[bytes, ...]]] = {}
    for top in roots:
        chains[top.station] = [(top.der,)]
    growing = True
    while growing:
        growing = False
        for station, found in by_station.items():
            for certificate in found:
                for upper in chains.get(certificate.issuer_station, []):
                    chain = (certificate.der, *upper)
                    known_chains = chains.setdefault(station, [])
                    if chain not in known_chains and certificate.der not in upper and len(chain) <= 6:
                        known_chains.append(chain)
                        growing = True
    return chains


def digest_of(der: bytes) -> str:
    """SHA-256 of a certificate, hexadecimal."""
    return hashlib.sha256(der).hexdigest()

"""What a station knows about itself and others: its keys, its chain, and the trust state that its ledger gives."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.errors import TrustProblem
from desktop.records.duties import RULE_FIELD, wanted_by
from desktop.records.resolution import Life
from desktop.records.stamps import milliseconds_of
from desktop.store import pending, reading
from desktop.store.database import Database
from desktop.store.ledger import Ledger
from desktop.sync import certificates, identity, renewing, trust
from desktop.sync.certificates import Certificate
from desktop.sync.errors import Damaged, UnitNotKnown
from desktop.sync.identity import StationKeys
from desktop.sync.links import Link
from desktop.sync.policy import Known, Policy, policy_of
from desktop.sync.roots import History
from desktop.sync.trust import TrustState


def keep_keys(ledger: Ledger, keys: StationKeys) -> None:
    """Stores a station's secrets inside the encrypted ledger."""
    others = [[k.signing_pem().decode(), k.identity_file(), k.incarnation] for k in keys.others]
    secrets = {"signing": keys.signing_pem(), "age": keys.identity_file().encode()}
    for name, value in (secrets | {"others": json.dumps(others).encode()}).items():
        ledger.database.execute(
            "INSERT INTO secret (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (name, value),
        )


def load_keys(ledger: Ledger) -> StationKeys:
    """The station's keys, with those that it had before or has asked a certificate for."""
    secrets: dict[str, bytes] = dict(ledger.database.rows("SELECT key, value FROM secret"))
    keys = identity.load(
        secrets["signing"], secrets["age"].decode(), ledger.incarnation, station=ledger.station
    )
    others = [
        identity.load(pem.encode(), age, incarnation, station=ledger.station)
        for pem, age, incarnation in json.loads(secrets.get("others", b"[]"))
    ]
    return dataclasses.replace(keys, others=tuple(others))


def ask_with(ledger: Ledger, keys: StationKeys) -> None:
    """A certificate is asked for with these keys: bundles to them may come, and they count when it has come."""
    held = load_keys(ledger)
    if held.signing_for(keys.public_key) is None:
        asked = dataclasses.replace(keys, others=())
        keep_keys(ledger, dataclasses.replace(held, others=(asked, *held.others)))
    ledger.set_meta(_ASKED, keys.public_key.hex())


def asked_keys(ledger: Ledger) -> StationKeys:
    """The keys that the last request for a certificate was made with."""
    keys = load_keys(ledger)
    asked = ledger.meta(_ASKED)
    return keys.signing_for(bytes.fromhex(asked)) or keys if asked else keys


def drop_request(ledger: Ledger) -> None:
    """After a restore new keys are asked for once more, in an incarnation that was never begun.

    The one that a grant names begins with its acceptance, and what was lost may have begun it: it would give numbers a
    second time. The keys stay, as bundles to them may come.
    """
    if asked_keys(ledger).public_key != load_keys(ledger).public_key:
        ledger.database.execute("DELETE FROM meta WHERE key IN (?, ?)", (_ASKED, _REQUEST))


def change_keys(ledger: Ledger, chosen: StationKeys) -> StationKeys:
    """These are the station's keys from now on; those before stay, and nothing of the others' is lost."""
    held = load_keys(ledger)
    others = (k for k in (held, *held.others) if k.public_key != chosen.public_key)
    keys = dataclasses.replace(chosen, others=tuple(dataclasses.replace(k, others=()) for k in others))
    keep_keys(ledger, keys)
    return keys


def begin_incarnation(ledger: Ledger, incarnation: str) -> None:
    """From now on own items are numbered from 1 in a new incarnation, and peers are sent the journal from its start."""
    with ledger.database.transaction():
        ledger.set_meta("incarnation", incarnation)
        ledger.incarnation = incarnation
        ledger.origin = ledger.origin_ref(ledger.station, incarnation)
        ledger.database.execute("UPDATE link SET acknowledged = 0")
        pending.begin_again(ledger.database)


def keep_chain(ledger: Ledger, chain: Sequence[bytes]) -> None:
    """Keeps the station's own certificate chain up to a root, and those that it had before."""
    held = [own_chain(ledger), *_chains_before(ledger)]
    before = [c for c in held if c and c[0] != chain[0]]
    ledger.set_meta("chain", json.dumps(_texts(chain)))
    if before:
        ledger.set_meta(_BEFORE, json.dumps([_texts(c) for c in before]))


def own_chain(ledger: Ledger) -> tuple[bytes, ...]:
    """The station's certificate and its issuers up to the root, DER; empty before enrolment."""
    return _ders(json.loads(ledger.meta("chain") or "[]"))


def _chains_before(ledger: Ledger) -> list[tuple[bytes, ...]]:
    """The chains of the certificates that the station had before, the newest first."""
    return [_ders(texts) for texts in json.loads(ledger.meta(_BEFORE) or "[]")]


def keep_history(ledger: Ledger, history: History) -> None:
    """Pins the roots of an enrolment with the statements that followed."""
    said = {"first": _texts(history.first), "statements": _texts(history.statements)}
    ledger.set_meta(_ROOTS, json.dumps(said))


def history(database: Database) -> History:
    """The roots that this station has come to know; none before enrolment."""
    found: dict[str, str] = dict(
        database.rows("SELECT key, value FROM meta WHERE key IN (?, 'chain')", (_ROOTS,))
    )
    if _ROOTS in found:
        said = json.loads(found[_ROOTS])
        return History(_ders(said["first"]), _ders(said["statements"]))
    return History(_ders(json.loads(found.get("chain", "[]"))[-1:]))


def speaking_to(ledger: Ledger, keys: StationKeys, link: Link) -> tuple[StationKeys, tuple[bytes, ...]]:
    """The keys and the chain by which a station below believes this one.

    A certificate counts there when its grant has come, and that comes in a bundle of this station: until it was
    acknowledged, the certificate before has to do. Of a new root the statement comes with every bundle.
    """
    own, chains_before = own_chain(ledger), _chains_before(ledger)
    usable = [(keys, own)]
    if len(own) == 1 or not chains_before:
        return usable[0]
    known = history(ledger.database).known
    for chain in chains_before:
        before = keys.signing_for(certificates.parse(chain[0]).claims.public_key)
        if before is not None and len(chain) > 1 and chain[-1] in known:
            usable.append((dataclasses.replace(before, incarnation=keys.incarnation), chain))
    for speaking, chain in usable:
        if _has_heard(ledger, link, chain[0]):
            return speaking, chain
    return usable[-1]


def _has_heard(ledger: Ledger, link: Link, der: bytes) -> bool:
    """Whether a station below holds the grant of this certificate, as far as it has told."""
    return (
        ledger.database.row(
            "SELECT 1 FROM r_grant g JOIN origin o ON o.ref = g._origin"
            " JOIN segment s ON s.origin = o.ref AND g._number BETWEEN s.first AND s.last"
            " WHERE g.certificate = ? AND s.position <= ? AND o.station = ?",
            (base64.b64encode(der).decode(), link.acknowledged, certificates.parse(der).issuer_station),
        )
        is not None
    )


def _texts(ders: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(der).decode() for der in ders]


def _ders(texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(text) for text in texts)


_ROOTS, _BEFORE, _ASKED, _REQUEST = "roots", "chains_before", "asked_keys", "request"
ENROLMENT = ("chain", _REQUEST, _ROOTS, _BEFORE, _ASKED)
"""What a ledger keeps of its place in a tree."""


def granted(ledger: Ledger) -> list[Certificate]:
    """The certificates whose grant counts here, newest grant first."""
    found = []
    for text, proof, station, incarnation, number in ledger.database.rows(
        "SELECT g.certificate, g.proof, o.station, o.incarnation, g._number FROM r_grant g"
        " JOIN origin o ON o.ref = g._origin WHERE g._life = ? AND g.certificate IS NOT NULL ORDER BY g._stamp DESC",
        (int(Life.LIVE),),
    ):
        try:
            certificate = certificates.parse(base64.b64decode(text, validate=True))
        except (Damaged, ValueError):
            # A grant whose certificate cannot be read vouches for nobody; its record stays visible as it came.
            continue
        fits = trust.grant_fits(certificate, station, incarnation, number)
        if fits and renewing.is_own(certificate, proof):  # check 21
            found.append(certificate)
    return found


@dataclass(frozen=True)
class Knowledge:
    """The trust state, the chains by which origins can be judged, and what does not count of what they wrote.

    ``certificates`` are those that count, by station; ``issuers`` gives who stands above a station in each chain,
    ``registrants`` under which units a unit was registered, ``begun`` in which incarnation a certificate was asked for.
    ``granted`` are all certificates with a grant that counts, whether their chains stand or not.
    """

    state: TrustState
    chains: dict[str, list[tuple[bytes, ...]]]
    policy: Policy
    certificates: Mapping[str, Sequence[Certificate]]
    issuers: Callable[[str], Sequence[Collection[str]]]
    registrants: Callable[[str], Collection[str]]
    begun: Callable[[Certificate], str | None]
    granted: Sequence[Certificate] = ()


def knowledge(ledger: Ledger, keys: StationKeys) -> Knowledge:
    """What this station lets count now: computed from the items that count, asked anew when the tree changes."""
    roots = history(ledger.database)
    certificates_held = granted(ledger)
    own = [certificates.parse(der) for der in own_chain(ledger)]
    held = [*certificates_held, *own, *(certificates.parse(der) for der in roots.known)]
    tree: dict[str, str | None] = dict(
        ledger.database.rows(
            "SELECT lower(hex(id)), nullif(lower(hex(superior)), '') FROM r_unit WHERE _life <> ?"
            f" AND id NOT IN ({reading.CLAIMED_TWICE})",
            (int(Life.DELETED),),
        )
    )
    chains = _chains(held, roots.known)
    state = TrustState(
        roots=frozenset(roots.known),
        former=roots.former,
        grants=frozenset(c.digest for c in certificates_held) | frozenset(c.digest for c in own),
        revocations={},
        tree=tree,
        tree_version=tree_version(ledger),
        station=ledger.station,
        recipients=keys.recipients,
        units=own[0].claims.units if own else frozenset([ledger.meta("unit_id") or ""]),
        signatures=wanted_by(signature_rule(ledger.database, ledger.meta("unit_id") or "")),
    )
    known = _known(held, chains, state, ledger.station)
    policy = policy_of(ledger, known)
    return Knowledge(
        dataclasses.replace(state, revocations=policy.cuts),
        chains,
        policy,
        known.certificates,
        known.issuers,
        lambda unit: _registrants(ledger, unit),
        lambda certificate: _begun(ledger, certificate),
        certificates_held,
    )


def _begun(ledger: Ledger, certificate: Certificate) -> str | None:
    """The incarnation that the grant of a certificate names: that in which it was asked for.

    What others write of a certificate that they have not issued says nothing (check 21).
    """
    named: str | None = ledger.database.value(
        "SELECT max(g.incarnation) FROM r_grant g JOIN origin o ON o.ref = g._origin"
        " WHERE g.certificate = ? AND g._life = ? AND o.station = ?",
        (base64.b64encode(certificate.der).decode(), int(Life.LIVE), certificate.issuer_station),
    )
    return named


def _registrants(ledger: Ledger, unit: str) -> frozenset[str]:
    """Under which units a unit was registered. A birth stands in the log once something else was said of its unit."""
    found = ledger.database.rows(
        "SELECT u.id FROM version v JOIN unit_ref u ON u.ref = v.unit"
        " WHERE v.record = unhex(:unit) AND v.type = 'unit' AND v.slot = 'unit' AND v.birth"
        " UNION SELECT u.id FROM r_unit r JOIN unit_ref u ON u.ref = r.unit WHERE r.id = unhex(:unit)"
        " AND NOT EXISTS (SELECT 1 FROM version v WHERE v.record = r.id AND v.type = 'unit' AND v.slot = 'unit')",
        {"unit": unit},
    )
    return frozenset(name for (name,) in found)


def signature_rule(database: Database, unit: str) -> str | None:
    """What the tree says of whose signatures bundles from below need at a unit (rule 31); nothing where none do."""
    if database.row("SELECT 1 FROM pragma_table_info('r_unit') WHERE name = ?", (RULE_FIELD,)) is None:
        # A catalogue without the field, or a ledger of an older program that is only looked at.
        return None
    found = database.row(
        f"SELECT {RULE_FIELD} FROM r_unit WHERE id = unhex(?) AND _life <> ?", (unit, int(Life.DELETED))
    )
    return None if found is None else found[0]


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


def _chains(held: Sequence[Certificate], roots: Sequence[bytes]) -> dict[str, list[tuple[bytes, ...]]]:
    """For each station every chain that leads from one of its certificates to a root.

    Where an issuer has had several keys, only the certificate with the right one stands above another.
    """
    by_station: dict[str, list[Certificate]] = {}
    for certificate in held:
        known = by_station.setdefault(certificate.station, [])
        if all(c.digest != certificate.digest for c in known):
            known.append(certificate)
    keys: defaultdict[str, set[bytes]] = defaultdict(set)
    for certificate in held:
        keys[certificate.station].add(certificate.claims.public_key)
    chains: dict[str, list[tuple[bytes, ...]]] = {}
    for der in roots:
        chains.setdefault(certificates.parse(der).station, []).append((der,))
    growing = True
    while growing:
        growing = False
        for station, found in by_station.items():
            for certificate in found:
                for upper in tuple(chains.get(certificate.issuer_station, ())):
                    if len(keys[certificate.issuer_station]) > 1 and not certificates.is_signed_by(
                        certificate.der, certificates.parse(upper[0]).claims.public_key
                    ):
                        continue
                    chain = (certificate.der, *upper)
                    known_chains = chains.setdefault(station, [])
                    if chain not in known_chains and certificate.der not in upper and len(chain) <= 6:
                        known_chains.append(chain)
                        growing = True
    return chains


def digest_of(der: bytes) -> str:
    """SHA-256 of a certificate, hexadecimal."""
    return hashlib.sha256(der).hexdigest()

"""What a station knows about itself and others: its keys, its chain, and the trust state that its ledger gives."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop import __version__
from desktop.records.duties import wanted_by
from desktop.records.versions.stamps import milliseconds_of
from desktop.store.ledger import Ledger
from desktop.store.log import pending
from desktop.store.peers import enrolled, links, traffic
from desktop.store.queries import governing, scoping
from desktop.store.queries.units import subtree
from desktop.store.tables import secrets as kept_secrets
from desktop.store.tables.database import Database
from desktop.sync.authority import behind, placing
from desktop.sync.authority.chains import Chains, Grant, Granted, Proven
from desktop.sync.authority.held import Held
from desktop.sync.authority.policy import Policy, policy_of
from desktop.sync.authority.reach import Known
from desktop.sync.signed import certificates, identity
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import StationKeys
from desktop.sync.signed.roots import History
from desktop.sync.signed.tree import Tree
from desktop.sync.trust import TrustState


def keep_keys(ledger: Ledger, keys: StationKeys) -> None:
    """Stores a station's secrets inside the encrypted ledger."""
    others = [[k.signing_pem().decode(), k.identity_file(), k.incarnation] for k in keys.others]
    secrets = {"signing": keys.signing_pem(), "age": keys.identity_file().encode()}
    kept_secrets.keep(ledger.database, secrets | {"others": json.dumps(others).encode()})


def load_keys(ledger: Ledger) -> StationKeys:
    """The station's keys, with those that it had before or has asked a certificate for."""
    secrets = kept_secrets.held(ledger.database)
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
    if keys.incarnation == ledger.incarnation:
        ledger.drop_meta(_ASKED_IN)
    else:
        ledger.set_meta(_ASKED_IN, keys.incarnation)


def asked_keys(ledger: Ledger) -> StationKeys:
    """The keys that the last request for a certificate was made with, in the incarnation that it named."""
    keys = load_keys(ledger)
    asked = ledger.meta(_ASKED)
    found = keys.signing_for(bytes.fromhex(asked)) or keys if asked else keys
    return dataclasses.replace(found, incarnation=ledger.meta(_ASKED_IN) or found.incarnation)


def asked_key(database: Database) -> bytes | None:
    """The public key of another certificate that was asked for, as long as the present one bears another key."""
    chain, asked = json.loads(traffic.setting(database, "chain") or "[]"), traffic.setting(database, _ASKED)
    if not chain or not asked:
        return None
    present, key = certificates.parse(_ders(chain[:1])[0]).claims.public_key, bytes.fromhex(asked)
    return None if key == present else key


def granting_key(database: Database) -> bytes | None:
    """The public key that this station grants with, which is no root's: nothing where it may not grant, or is one."""
    chain = _ders(json.loads(traffic.setting(database, "chain") or "[]"))
    claims = certificates.parse(chain[0]).claims if len(chain) > 1 else None
    return claims.public_key if claims is not None and claims.may_issue else None


def note_restored(ledger: Ledger) -> None:
    """After a restore it is asked once more, in an incarnation that was never begun; and words of here may be lost.

    The one that a grant names begins with its acceptance, and what was lost may have begun it: it would give numbers a
    second time. New keys that were asked for stay, as bundles to them may come. A station that was not enrolled yet
    has asked in the incarnation in which it was, and nothing begins with the grant.
    """
    behind.note_restored(ledger)
    asked, held = asked_keys(ledger), load_keys(ledger)
    if (asked.public_key, asked.incarnation) != (held.public_key, held.incarnation):
        ledger.drop_meta(_ASKED, _ASKED_IN, _REQUEST)


def answer_unasked(ledger: Ledger, named: str) -> None:
    """A grant was accepted that nobody had asked for: what it names is the last request, so it may be taken once more.

    What was asked for before is not waited for any longer; bundles to keys of then may come still.
    """
    ledger.drop_meta(_ASKED, _ASKED_IN)
    ledger.set_meta(_REQUEST, named)


def begin_granted(ledger: Ledger, asked: StationKeys) -> StationKeys:
    """The keys and the incarnation for which a grant was accepted are the station's from now on.

    An incarnation begins once: whoever accepts the same grant again goes on in the present one.
    """
    begin_incarnation(ledger, asked.incarnation)
    ledger.drop_meta(_ASKED_IN)
    return change_keys(ledger, asked)


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
        ledger.go_back_if_undone()
        ledger.set_meta("incarnation", incarnation)
        ledger.incarnation = incarnation
        ledger.origin = ledger.origin_ref(ledger.station, incarnation)
        behind.note_begun(ledger)
        links.send_all_again(ledger.database)
        pending.begin_again(ledger.database)


def keep_chain(ledger: Ledger, chain: Sequence[bytes]) -> None:
    """Keeps the station's own certificate chain up to a root, and those that it had before.

    Of a tree that it has begun by itself it keeps the roots as well: whom it has enrolled there knows no others.
    """
    held = [own_chain(ledger), *chains_before(ledger)]
    if len(held[0]) == 1 < len(chain):
        ledger.set_meta(_ALONE, json.dumps(history(ledger.database).written()))
    before = [c for c in held if c and c[0] != chain[0]]
    ledger.set_meta("chain", json.dumps(_texts(chain)))
    if before:
        ledger.set_meta(_BEFORE, json.dumps([_texts(c) for c in before]))


def own_chain(ledger: Held) -> tuple[bytes, ...]:
    """The station's certificate and its issuers up to the root, DER; empty before enrolment."""
    return _ders(json.loads(ledger.meta("chain") or "[]"))


def chains_before(ledger: Held) -> list[tuple[bytes, ...]]:
    """The chains of the certificates that the station had before, the newest first."""
    return [_ders(texts) for texts in json.loads(ledger.meta(_BEFORE) or "[]")]


def keep_history(ledger: Ledger, history: History) -> None:
    """Pins the roots of an enrolment with the statements that followed."""
    ledger.set_meta(_ROOTS, json.dumps(history.written()))


def history(database: Database) -> History:
    """The roots that this station has come to know; none before enrolment."""
    if pinned := traffic.setting(database, _ROOTS):
        return _history(pinned)
    return History(_ders(json.loads(traffic.setting(database, "chain") or "[]")[-1:]))


def history_alone(database: Database) -> History:
    """The roots of the tree that this station began by itself, if it has joined another since; else none."""
    said = traffic.setting(database, _ALONE)
    return _history(said) if said else History(())


def _history(text: str) -> History:
    said = json.loads(text)
    return History(_ders(said["first"]), _ders(said["statements"]))


def _texts(ders: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(der).decode() for der in ders]


def _ders(texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(text) for text in texts)


_ROOTS, _BEFORE, _ALONE = "roots", "chains_before", "roots_alone"
_ASKED, _ASKED_IN, _REQUEST = "asked_keys", "asked_incarnation", "request"
_CONFIRMED, _JUDGED = "confirmed_stations", "computers_judged"
ENROLMENT = ("chain", _REQUEST, _ROOTS, _BEFORE, _ASKED, _ASKED_IN, _ALONE, *behind.KEPT)
"""What a ledger keeps of its place in a tree."""


def granted(ledger: Held) -> list[Certificate]:
    """The certificates whose grant counts here, newest grant first."""
    return Granted(itertools.starmap(Grant, governing.grants(ledger.database))).all()


@dataclass(frozen=True)
class Knowledge:
    """The trust state, the chains by which origins can be judged, and what does not count of what they wrote.

    ``certificates`` are those that count, by station; ``issuers`` gives who stands above a station in each chain,
    ``registrants`` under which units a unit was registered, ``begun`` in which incarnation a certificate was asked for.
    ``tables`` are the types that have a table here, those that this program does not know among them.
    ``granted`` are all certificates with a grant that counts, whether their chains stand or not. ``in_force`` is the
    same as long as the same would be let count of whatever is held.
    """

    state: TrustState
    chains: Chains
    policy: Policy
    certificates: Mapping[str, Sequence[Certificate]]
    issuers: Callable[[str], Sequence[Collection[str]]]
    registrants: Callable[[str], Collection[str]]
    begun: Callable[[Certificate], str | None]
    tables: Collection[str]
    granted: Granted
    token: str
    in_force: str

    def remember(self, ledger: Ledger) -> None:
        """Keeps which stations have chains, as long as grants, own chain and roots stay what they are.

        After every merge that is asked of all stations, and of most nothing else. Whose the computers are is kept for
        those who cannot judge.
        """
        said = json.dumps([self.token, sorted(self.chains.confirmed)])
        if ledger.meta(_CONFIRMED) != said:
            ledger.set_meta(_CONFIRMED, said)
        if ledger.meta(_JUDGED) != self.in_force:
            ledger.set_meta(_JUDGED, self.in_force)
            enrolled.keep(ledger.database, computers(self.granted, lambda: self.certificates))


def computers(
    granted: Granted, standing: Callable[[], Mapping[str, Sequence[Certificate]]]
) -> list[tuple[str, str]]:
    """Station and unit of every certificate that was granted, the newest last.

    Only the grant by which it was issued tells of one (check 21): in others anybody could call a computer his own. Of
    several of a station those tell whose chains stand, as anybody may issue one for another's public key; where none
    does its unit was moved away, and all of them tell.
    """
    found = granted.all()[::-1]
    several = {name for name, times in Counter(c.station for c in found).items() if times > 1}
    stand = standing() if several else {}
    return [
        (c.station, unit)
        for c in found
        if c.station not in several or c in (stand.get(c.station) or [c])
        for unit in sorted(c.claims.units)
    ]


def _remembered(ledger: Held, token: str) -> frozenset[str]:
    """The stations that were found to have chains by the same grants, own chain and roots."""
    before, stations = json.loads(ledger.meta(_CONFIRMED) or '["", []]')
    return frozenset(stations if before == token else ())


def _token(said: Sequence[object]) -> str:
    """The same for the same, read by the same program."""
    return hashlib.sha256(json.dumps([__version__, *said]).encode()).hexdigest()


def knowledge(ledger: Held, keys: StationKeys | None) -> Knowledge:
    """What this station lets count now: computed from the items that count, asked anew when the tree changes.

    Who takes no bundle in needs no ``keys``.
    """
    roots = history(ledger.database)
    seen = hashlib.sha256()
    own_ders = own_chain(ledger)
    own = [certificates.parse(der) for der in own_ders]
    standing = _standing(ledger, own)
    given = Granted(_noted(ledger, seen), frozenset(c.digest for c in standing))
    # Who was enrolled under a root of this station's own leads to that one, which speaks for nobody else here.
    alone = history_alone(ledger.database).known
    known_roots = tuple(dict.fromkeys([*roots.known, *alone]))
    token = _token([seen.hexdigest(), _texts([c.der for c in standing]), _texts(known_roots)])
    tree = Tree(placing.by_own_chain(ledger.database, own))
    chains = Chains(given, standing, known_roots, _remembered(ledger, token))
    state = TrustState(
        roots=frozenset(known_roots),
        former=frozenset(known_roots) - roots.now.certificates,
        grants=given,
        revocations={},
        tree=tree,
        tree_version=tree_version(ledger, *(certificates.parse(root).station for root in alone)),
        station=ledger.station,
        recipients=keys.recipients if keys is not None else frozenset(),
        units=own[0].claims.units if own else frozenset([ledger.meta("unit_id") or ""]),
        signatures=wanted_by(governing.signature_rule(ledger.database, ledger.meta("unit_id") or "")),
    )
    proven = Proven(chains, state)
    chain = list(itertools.takewhile(lambda c: c in standing, own))
    known = Known(ledger.station, proven, state.tree, proven.issuers, own[:1], chain, given.of)
    policy = policy_of(ledger, known)
    state = dataclasses.replace(state, revocations=policy.cuts)
    return Knowledge(
        dataclasses.replace(state, awaited=behind.awaited(ledger, state)),
        chains,
        policy,
        known.certificates,
        known.issuers,
        lambda unit: governing.registrants(ledger.database, unit),
        lambda certificate: _begun(ledger, certificate),
        scoping.types_held(ledger.database),
        given,
        token,
        _token([token, sorted(tree.items()), sorted(map(digest_of, state.former)), policy.said()]),
    )


def _noted(ledger: Held, seen: hashlib._Hash) -> Iterator[Grant]:
    """The grants one after the other; what all of them say goes into a digest."""
    for row in governing.grants(ledger.database):
        seen.update(json.dumps(row).encode())
        yield Grant(*row)


def _standing(ledger: Held, own: Sequence[Certificate]) -> list[Certificate]:
    """The own chain without issuers whose grant is known here to count no more (rule 26).

    They came with the enrolment, so they count although their grants may not have come; but no longer than others.
    """
    issuers = frozenset(c.serial for c in own[1:-1])
    if not issuers:
        return list(own)
    gone = {certificates.grant_serial(*item) for item in governing.grants_gone(ledger.database)}
    return [c for c in own if c.serial not in gone & issuers]


def _begun(ledger: Held, certificate: Certificate) -> str | None:
    """The incarnation that the grant of a certificate names: that in which it was asked for.

    What others write of a certificate that they have not issued says nothing (check 21).
    """
    text = base64.b64encode(certificate.der).decode()
    return governing.incarnation_granted(ledger.database, text, certificate.issuer_station)


def tree_version(ledger: Held, *others: str) -> int:
    """The newest change of the tree that the root, or another station, has made, as milliseconds since 2020.

    0 without any.
    """
    chain = own_chain(ledger)
    if not chain:
        return 0
    stations = [certificates.parse(chain[-1]).station, *others]
    newest = governing.newest_change(ledger.database, stations)
    return milliseconds_of(newest) if newest else 0


def tree_told(ledger: Ledger) -> int:
    """The same of the units above this station's and below: of no others the level above has to hear from the root.

    Whoever was enrolled elsewhere before may know units that go to nobody here.
    """
    own, unit = [certificates.parse(der) for der in own_chain(ledger)], ledger.meta("unit_id") or ""
    superiors = placing.by_own_chain(ledger.database, own)
    units = {*subtree(ledger.database, unit)}
    above = superiors.get(unit)
    while above is not None and above not in units:
        units.add(above)
        above = superiors.get(above)
    newest = governing.newest_change(ledger.database, [own[-1].station], units)
    return milliseconds_of(newest) if newest else 0


def digest_of(der: bytes) -> str:
    """SHA-256 of a certificate, hexadecimal."""
    return hashlib.sha256(der).hexdigest()

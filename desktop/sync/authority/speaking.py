"""By which keys, chain and roots a station below believes this one.

A district that has begun alone is the root of its tree. When it joins a city it stays the root for whom it had enrolled
by then, so nobody has to be enrolled anew: they hear, in statements signed by that root, that the city's root counts
beside it. Those are made of the city's own each time and come out the same, so none has to be kept.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Collection, Sequence

from desktop.store.ledger import Ledger
from desktop.store.peers import links, traffic
from desktop.store.peers.links import Link
from desktop.store.queries import governing
from desktop.store.tables.database import Database
from desktop.sync.authority import station
from desktop.sync.signed import certificates, roots
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import Speaking, StationKeys
from desktop.sync.signed.roots import MAX_CHANGES, MAX_ROOTS, History


def speaking_to(ledger: Ledger, keys: StationKeys, link: Link) -> Speaking:
    """The keys and the chain by which a station below believes this one, and what it has to hear of the roots.

    A certificate counts there when its grant has come, and that comes in a bundle of this station: until it was
    acknowledged, the certificate before has to do. Of a new root the statement comes with every bundle.
    """
    below = _enrolled_alone(ledger, keys, link.peer)
    if below is not None:
        signing, root = below
        speaking = dataclasses.replace(signing, incarnation=keys.incarnation)
        return Speaking(speaking, (root.der,), _bridged(ledger, signing, root).statements)
    held = station.history(ledger.database)
    return Speaking(*_heard_of(ledger, keys, link, held.known), held.statements)


def history_for(ledger: Ledger, keys: StationKeys, below: str) -> History:
    """What a station below knows of the roots, or is to know: those of its first enrolment, and what followed."""
    found = _enrolled_alone(ledger, keys, below)
    return station.history(ledger.database) if found is None else _bridged(ledger, *found)


def _bridged(ledger: Ledger, signing: StationKeys, root: Certificate) -> History:
    """The roots of the tree that was begun here, with those of the city beside the last of them."""
    found = station.history_alone(ledger.database)
    for stage in station.history(ledger.database).stages[: MAX_CHANGES - len(found.statements)]:
        named = [root.der, *sorted(stage.certificates)][:MAX_ROOTS]
        statement, _ = roots.make_statement(found.now, named, root, signing)
        found = found.followed([statement])
    return found


def _enrolled_alone(ledger: Ledger, keys: StationKeys, below: str) -> tuple[StationKeys, Certificate] | None:
    """The root under which a station was first enrolled, and its keys, if it was this one and has another above now."""
    chains = [c for c in (station.own_chain(ledger), *station.chains_before(ledger)) if len(c) > 1]
    alone = (certificates.parse(der) for der in station.history_alone(ledger.database).now.certificates)
    root = next((c for c in alone if c.station == ledger.station), None)
    signing = None if root is None else keys.signing_for(root.claims.public_key)
    if root is None or signing is None:
        return None
    joined = base64.b64encode(chains[-1][0]).decode()
    before = governing.was_granted_earlier(ledger.database, below, ledger.station, joined)
    return (signing, root) if before else None


def _heard_of(
    ledger: Ledger, keys: StationKeys, link: Link, known: Collection[bytes]
) -> tuple[StationKeys, tuple[bytes, ...]]:
    """The newest keys and chain of which a station below has heard; the oldest usable where it has heard of none."""
    own, chains_before = station.own_chain(ledger), station.chains_before(ledger)
    usable = [(keys, own)]
    if len(own) == 1 or not chains_before:
        return usable[0]
    for chain in chains_before:
        before = keys.signing_for(certificates.parse(chain[0]).claims.public_key)
        if before is not None and len(chain) > 1 and chain[-1] in known:
            usable.append((dataclasses.replace(before, incarnation=keys.incarnation), chain))
    for speaking, chain in usable:
        if _has_heard(ledger, link, chain[0]):
            return speaking, chain
    return usable[-1]


def note_chain(ledger: Ledger, below: str, chain: Sequence[bytes]) -> None:
    """By which certificate of this station one below was enrolled: the second of the chain that it has shown.

    So it has accepted what it was granted, though the acknowledgement may be lost.
    """
    issuer = certificates.parse(chain[1]) if len(chain) > 1 else None
    if issuer is not None and issuer.station == ledger.station:
        note_enrolled(ledger, below, issuer)
        links.confirm(ledger.database, below, "")
        _note_accepted(ledger, certificates.parse(chain[0]))


def note_granted(ledger: Ledger, certificate: Certificate, own: Certificate) -> None:
    """By which certificate of this station another was given: whoever accepts that goes by it, not by later ones."""
    ledger.set_meta(_GIVEN_BY + certificate.digest, own.digest)


def note_acknowledged(ledger: Ledger, certificate: Certificate) -> None:
    """A station below has accepted a certificate that this one had given it; of several the last given tells."""
    if not _note_accepted(ledger, certificate):
        return
    by = ledger.meta(_GIVEN_BY + certificate.digest)
    own = [certificates.parse(c[0]) for c in (station.own_chain(ledger), *station.chains_before(ledger)) if c]
    # A program of before has not kept by which; of one key the newest certificate is the likeliest.
    signed = (c for c in own if certificates.is_signed_by(certificate.der, c.claims.public_key))
    issuer = next((c for c in own if c.digest == by), None) or next(signed, own[0])
    note_enrolled(ledger, certificate.station, issuer)


def _note_accepted(ledger: Ledger, certificate: Certificate) -> bool:
    """Takes note that a station has accepted a certificate; says no where it has one already that was given later.

    An acknowledgement may lie about for years, and a bundle on a stick for weeks.
    """
    key = _ACCEPTED + certificate.station
    known = ledger.meta(key)
    if known not in (None, certificate.digest):
        given = [c.digest for c in station.granted(ledger) if c.station == certificate.station]
        if known in given and certificate.digest in given[given.index(known) :]:
            return False
    if known != certificate.digest:
        ledger.set_meta(key, certificate.digest)
    return True


def accepted(database: Database, below: str) -> str | None:
    """The digest of the certificate that a station below has accepted of this one; older programs did not note it."""
    return traffic.setting(database, _ACCEPTED + below)


def note_enrolled(ledger: Ledger, below: str, own: Certificate) -> None:
    """A station below goes by a chain in which this certificate of this station stands."""
    if ledger.meta(_BELIEVED + below) != own.digest:
        ledger.set_meta(_BELIEVED + below, own.digest)


def _has_heard(ledger: Ledger, link: Link, der: bytes) -> bool:
    """Whether a station below holds the grant of this certificate, as far as it has told.

    So does who has it in the own chain; and of the certificates before that it may take nothing more.
    """
    certificate = certificates.parse(der)
    if ledger.meta(_BELIEVED + link.peer) == certificate.digest:
        return True
    text = base64.b64encode(der).decode()
    return governing.grant_stands_before(ledger.database, text, certificate.issuer_station, link.acknowledged)


_GIVEN_BY = "given_by_"
"""With a certificate that this station has given: the own one by which."""
_ACCEPTED = "accepted_"
"""With a station below: the last certificate by this one that it has accepted."""
_BELIEVED = "believed_by_"
"""With a station below: the certificate of this one that stands in its chain."""

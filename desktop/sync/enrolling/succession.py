"""A root gives way to another of the same station: new keys, a new certificate, and the statement that says so."""

from __future__ import annotations

from dataclasses import replace

from desktop.store.ledger import Ledger
from desktop.sync.authority import station
from desktop.sync.signed import certificates, identity, roots
from desktop.sync.signed.certificates import Certificate, grant_serial


def change_root(ledger: Ledger) -> Certificate:
    """The new root certificate of this station, which is the root now; everything is kept in one transaction.

    The incarnation goes on: what stands in no segment yet is signed by the new keys. The serial number follows from the
    incarnation that these came with, so it is new too.
    """
    keys = station.load_keys(ledger)
    before = certificates.parse(station.own_chain(ledger)[0])
    fresh = identity.renew(keys, ledger.environment.random)
    claims = replace(before.claims, public_key=fresh.public_key, recipient=fresh.recipient)
    serial = grant_serial(fresh.station, fresh.incarnation, 1)
    root = certificates.issue(claims, serial, fresh, None)
    history = station.history(ledger.database)
    statement, _ = roots.make_statement(history.now, [root.der], before, keys)
    with ledger.database.transaction():
        station.change_keys(ledger, fresh)
        station.keep_chain(ledger, [root.der])
        station.keep_history(ledger, history.followed([statement]))
    return root

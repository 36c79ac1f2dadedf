"""A copy of a laptop's workspace becomes a laptop of its own (rule 23)."""

from __future__ import annotations

from desktop.store.ledger import Ledger
from desktop.store.peers import links
from desktop.store.tables.clock import Clock
from desktop.sync.authority import station
from desktop.sync.signed.identity import StationKeys


def become_another(ledger: Ledger, keys: StationKeys) -> None:
    """Gives the ledger new keys and with them a new station, inside the caller's transaction.

    What it holds stays. Its place in a tree, its links and the request that waits are the original's alone.
    """
    ledger.go_back_if_undone()
    station.keep_keys(ledger, keys)
    ledger.set_meta("station", keys.station)
    ledger.station = keys.station
    station.begin_incarnation(ledger, keys.incarnation)
    # Stamps carry a tag of their station: two that share one could give one stamp twice.
    clock = Clock(ledger.database, ledger.environment, keys.station)
    clock.ask = ledger.clock.ask
    ledger.clock = clock
    ledger.drop_meta(*station.ENROLMENT)
    links.forget_all(ledger.database)

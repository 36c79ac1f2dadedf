"""What a restored station has lost of the tree, as those below tell it: meanwhile it refuses nothing for its scope."""

from __future__ import annotations

import json

from desktop.records.versions import stamps
from desktop.store.ledger import Ledger
from desktop.store.peers import received
from desktop.store.queries import governing
from desktop.sync import trust
from desktop.sync.authority.held import Held
from desktop.sync.trust import TrustState

_TREES_LOST = "trees_lost"
"""By station below, which change of units by this one it knows that is lost here, as milliseconds since 2020."""
_RESTORED, _UNHEARD = "restored_in", "unheard_below"
"""The incarnation that began with the last restore; and the stations below that have heard this one in an incarnation
which it has left, and not since."""


def note_restored(ledger: Ledger) -> None:
    """Keeps that an incarnation has begun since words of here may be lost."""
    ledger.set_meta(_RESTORED, ledger.incarnation)


def note_tree(ledger: Ledger, sender: str, tree: int, known: set[int], *, newest: bool) -> bool:
    """Keeps for a root under which tree one below made a bundle that it has lost itself; whether that is news.

    The next of the same sender tells when it knows another. Until then nothing is refused that the lost tree may allow.
    ``known`` are trees of which it was looked up that they are not lost: most bundles of a merge name the same.
    """
    lost: dict[str, int] = json.loads(ledger.meta(_TREES_LOST) or "{}")
    before = lost.get(sender)
    if tree in known or _has_said(ledger, tree):
        known.add(tree)
        if newest:
            lost.pop(sender, None)
    else:
        lost[sender] = max(tree, before or 0)
    if lost.get(sender) == before:
        return False
    ledger.set_meta(_TREES_LOST, json.dumps(lost))
    return True


def note_hearing(ledger: Ledger, below: str, incarnation: str) -> bool:
    """Keeps of a station below whether it has heard this one last in an incarnation that it has left; if that is news.

    Where this one was restored, what it had said of units since its backup comes back from there, and as soon as it has
    heard of the restore. Which change that was no bundle tells, unless it was one of the root.
    """
    if ledger.meta(_RESTORED) is None:
        return False
    unheard: list[str] = json.loads(ledger.meta(_UNHEARD) or "[]")
    left = {name for _, name in received.incarnations(ledger.database, ledger.station)} - {ledger.incarnation}
    has_heard = incarnation not in left
    if has_heard is (below not in unheard):
        return False
    now = [name for name in unheard if name != below] if has_heard else [*unheard, below]
    ledger.set_meta(_UNHEARD, json.dumps(now))
    return True


def is_behind(ledger: Held, state: TrustState) -> bool:
    """Whether this station has lost what it had said of units, and those below have heard, or may have lost that.

    Who is out of use gives nothing back, and never tells that it has.
    """
    if any(not trust.is_out(state, name) for name in json.loads(ledger.meta(_UNHEARD) or "[]")):
        return True
    lost: dict[str, int] = json.loads(ledger.meta(_TREES_LOST) or "{}")
    trees = {tree for name, tree in lost.items() if not trust.is_out(state, name)}
    return not all(_has_said(ledger, tree) for tree in trees)


def _has_said(ledger: Held, tree: int) -> bool:
    """Whether a tree is one that this station knows: there is none before anything was said."""
    shift = stamps.COUNTER_BITS + stamps.TAG_BITS
    if tree.bit_length() > stamps.TICK_BITS - stamps.COUNTER_BITS:
        # Whoever makes a bundle may name what no clock will ever show.
        return False
    span = tree << shift, (tree + 1 << shift) - 1
    return tree == 0 or governing.has_changed_at(ledger.database, ledger.station, *span)

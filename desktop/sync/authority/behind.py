"""What a restored station has lost of the tree, as those below tell it.

Until they have given it back it refuses nothing of theirs for its scope.
"""

from __future__ import annotations

import json

from desktop.records.versions import stamps
from desktop.store.ledger import Ledger
from desktop.store.peers import links
from desktop.store.queries import governing
from desktop.sync import trust
from desktop.sync.authority.held import Held
from desktop.sync.signed.tree import Place
from desktop.sync.trust import TrustState

_TREES_LOST = "trees_lost"
"""By station below, which change of units by this one it knows that is lost here, as milliseconds since 2020."""
_RESTORED = "restored_in"
"""The incarnation that began with the last restore, and those that this ledger has begun since."""
_UNHEARD, _HEARD = "unheard_below", "heard_below"
"""The stations below that have reported since the last restore: those from which something may come back yet, and those
that have heard of it, of which all that they have reported by then is in."""
KEPT = (_TREES_LOST, _RESTORED, _UNHEARD, _HEARD)
"""All that is kept here."""


def note_restored(ledger: Ledger) -> None:
    """Keeps that an incarnation has begun since words of here may be lost."""
    ledger.set_meta(_RESTORED, ledger.incarnation)
    ledger.drop_meta(_HEARD)


def note_begun(ledger: Ledger) -> None:
    """Keeps that this ledger has begun another incarnation, with which nothing is lost."""
    restored = ledger.meta(_RESTORED)
    if restored is not None:
        ledger.set_meta(_RESTORED, f"{restored} {ledger.incarnation}")


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


def note_hearing(ledger: Ledger, below: str, incarnation: str, *, taken: bool) -> bool:
    """Keeps of a station below whether something may come back from it, as a bundle of it is begun and when it is
    ``taken``; whether that is news. It has heard this station last in this incarnation.

    Where this one was restored, what it had said of units since its backup comes back from there, with the bundle that
    names an incarnation which has begun since: at its end, so what comes before that may stand on it too. Which change
    that was no bundle tells, unless it was one of the root. Nor does this one know all in which it has spoken by then:
    of a restore before that nothing may be left here.
    """
    restored = ledger.meta(_RESTORED)
    if restored is None:
        return False
    unheard, heard = (set[str](json.loads(ledger.meta(key) or "[]")) for key in (_UNHEARD, _HEARD))
    was_awaited = below in unheard
    # Who has heard nothing yet names none.
    has_heard = incarnation in ("", ledger.incarnation, *restored.split(" "))
    if has_heard and (taken or below in heard):
        unheard.discard(below)
        heard.add(below)
    else:
        unheard.add(below)
        heard.discard(below)
    if (below in unheard) is was_awaited:
        return False
    for key, names in ((_UNHEARD, unheard), (_HEARD, heard)):
        ledger.set_meta(key, json.dumps(sorted(names)))
    return True


def may_await(ledger: Held) -> bool:
    """Whether anything of that has to be asked."""
    return any(ledger.meta(key) not in (None, "[]", "{}") for key in (_UNHEARD, _TREES_LOST))


def awaited(ledger: Held, state: TrustState) -> frozenset[str]:
    """The stations below that have heard what this one had said of units and has lost, or may have.

    Who is out of use, or was moved away, gives nothing back, and never tells that it has.
    """
    found = [name for name in json.loads(ledger.meta(_UNHEARD) or "[]") if _is_here(ledger, state, name)]
    lost: dict[str, int] = json.loads(ledger.meta(_TREES_LOST) or "{}")
    trees = {tree: _has_said(ledger, tree) for tree in set(lost.values())}
    found += [name for name, tree in lost.items() if not trees[tree]]
    return frozenset(name for name in found if not trust.is_out(state, name))


def _is_here(ledger: Held, state: TrustState, below: str) -> bool:
    link = links.link_to(ledger.database, below)
    if link is None or link.unit not in state.tree:
        return True
    # What is above it is not known here where it was moved to another superior.
    return state.tree.place(link.unit, state.units) is Place.INSIDE


def _has_said(ledger: Held, tree: int) -> bool:
    """Whether a tree is one that this station knows: there is none before anything was said."""
    shift = stamps.COUNTER_BITS + stamps.TAG_BITS
    if tree.bit_length() > stamps.TICK_BITS - stamps.COUNTER_BITS:
        # Whoever makes a bundle may name what no clock will ever show.
        return False
    span = tree << shift, (tree + 1 << shift) - 1
    return tree == 0 or governing.has_changed_at(ledger.database, ledger.station, *span)

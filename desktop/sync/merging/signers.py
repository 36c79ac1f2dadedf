"""Who has to have signed a segment that somebody brings, and why nobody may have yet (rules 15 and 20)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop.records.versions.item_outcomes import HELD_CERTIFICATE, HELD_GONE, HELD_MOVED
from desktop.store.ledger import Ledger
from desktop.store.merging import aside
from desktop.store.peers import holdings, links, segment_log
from desktop.store.tables.database import Database
from desktop.sync.authority.judging import Judge
from desktop.sync.errors import BadSegmentSignature, FormerSuperior, UnknownSigner
from desktop.sync.formats.segments import Header
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.manifest import DOWN
from desktop.sync.signed.tree import Place
from desktop.sync.trust import Verdict


def signer(database: Database, judge: Judge, verdict: Verdict, header: Header) -> Certificate | None:
    """The certificate that the header's signature must be by, or nothing while its grant is outstanding.

    Raises :class:`UnknownSigner`, :class:`FormerSuperior`.
    """
    if header.vouched is not None:
        if header.vouched != verdict.manifest.sender or verdict.manifest.kind != DOWN:
            raise UnknownSigner("only the sender of a downward bundle vouches")
        link = links.link_to(database, verdict.manifest.sender)
        if link is None or not link.upward:
            if links.was_above(database, verdict.manifest.sender):
                # Of the same unit, or of one between: this station reports to another computer above it by now.
                raise FormerSuperior("only the level above vouches")
            # Stations of one unit may send each other bundles, but only the level above speaks for others.
            raise UnknownSigner("only the level above vouches")
        return verdict.sender
    return judge.signer(header)


def is_lacking(ledger: Ledger, judge: Callable[[], Judge], label: Sequence[object]) -> bool:
    """Whether some of a known segment from above is aside, and nobody signs here for it any more: its unit was moved.

    Then the copy for which the level above vouches is taken beside it: by that the items count when they may. The
    ``judge`` is asked last, for whom all that was said may have to be heard.
    """
    station, incarnation, first, last, *_ = label
    if station == ledger.station:
        return False
    origin = ledger.origin_ref(str(station), str(incarnation))
    away = aside.between(ledger.database, origin, int(str(first)), int(str(last)))
    if not away or segment_log.is_vouched(ledger.database, label[:5]):
        return False
    return not judge().is_known(str(station))


def why_nobody(database: Database, judge: Judge, station: str) -> str:
    """Why nobody may sign for a segment: its station's unit was moved or is gone, or the grant of its key has not come.

    Gone is what was deleted, or is below what was, and what no registration gives a place that counts.
    """
    units, tree = judge.granted_units(station), judge.state.tree
    if judge.is_known(station) or not units:
        return HELD_CERTIFICATE
    if any(unit in tree for unit in units) and holdings.was_moved(database, units):
        return HELD_MOVED
    # Where the unit is below, it is so by the word of another than who has enrolled the station.
    below = any(tree.place(unit, judge.state.units) is Place.INSIDE for unit in units)
    return HELD_MOVED if below else HELD_GONE


def is_late(judge: Judge, verdict: Verdict, found: Certificate, header: Header) -> bool:
    """Whether somebody passes on what was signed by a key that its station had before that incarnation began.

    Who passes it on had not heard of the new key when it came, and cannot take it out of what it sends. The numbers
    are those of the new key: nothing of it is kept, or it would stand in the way of what that writes under them.
    Raises :class:`BadSegmentSignature` for a station's own bundle.
    """
    late = header.vouched is None and judge.is_former(found, header)
    if late and header.station == verdict.manifest.sender:
        raise BadSegmentSignature(header.station)
    return late

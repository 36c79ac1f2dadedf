"""What a station has said since the backup from which it was restored, and takes back from those below (rule 21)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from desktop.records.versions.spans import inside
from desktop.store.ledger import Ledger
from desktop.store.peers import received, segment_log
from desktop.sync import trust
from desktop.sync.authority import station
from desktop.sync.authority.judging import Judge
from desktop.sync.formats import segments
from desktop.sync.formats.arriving import Arrived
from desktop.sync.formats.segments import Header
from desktop.sync.signed import certificates
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import StationKeys
from desktop.sync.signed.manifest import UP


def bring_forward(ledger: Ledger, peer: str, incarnation: str) -> None:
    """The level above speaks in this incarnation from now on: what it has said in others goes back to it, next time.

    It may have been restored, and have taken a bundle since that left all this out, as it was made before that was
    known: so the position that it acknowledges says nothing of it.
    """
    ledger.to_the_end(segment_log.vouched_of_own(ledger.database, peer, incarnation))


def is_own(ledger: Ledger, header: Header, kind: str) -> bool:
    """Whether somebody below brings back what this station has vouched for of its own items."""
    return kind == UP and header.vouched == header.station == ledger.station


def signer(ledger: Ledger, judge: Judge, header: Header) -> Certificate | None:
    """The certificate of this station by whose key it has vouched; nothing where none is known.

    It may have had new keys since its backup, of which it hears again from above.
    """
    chains = (station.own_chain(ledger), *station.chains_before(ledger))
    own = (certificates.parse(chain[0]) for chain in chains)
    found = next((c for c in own if trust.signed_segment(c, header)), None)
    return found or judge.signer_before(header)


def may_be_stolen(judge: Judge, signer: Certificate, header: Header) -> bool:
    """Whether somebody else may hold that key, who shall have nothing from it: what is signed anew is believed.

    It is a former root's; or the station was revoked, and other keys have begun the incarnation, which is let in whole.
    """
    if signer.der in judge.state.former:
        return True
    return header.station in judge.policy.revocations and judge.is_former(signer, header)


def signed_anew(ledger: Ledger, keys: StationKeys, arrived: Arrived) -> Iterator[tuple[Arrived, bool]]:
    """The items of such a segment as this station cuts them for the level above, which believes no vouching from below.

    One segment for each run of consecutive numbers that are all here, which is said with it, or all missing. The caller
    has verified the signature. Raises ``BadSegment``.
    """
    header, contents = arrived.header, arrived.decoded(ledger.types)
    origin = ledger.origin_ref(header.station, header.incarnation)
    here = inside(contents.numbers, received.overlapping(ledger.database, origin, header.first, header.last))
    numbered = list(zip(contents.numbers, arrived.lines, strict=True))
    runs = itertools.groupby(enumerate(numbered), key=lambda each: (each[1][0] - each[0], each[1][0] in here))
    for (_, is_here), run in runs:
        lines = [line for _, line in run]
        shapes = contents.shapes({number for number, _ in lines})
        _, frame = segments.cut(header.station, header.incarnation, lines, shapes, keys.sign)
        yield Arrived.read(frame), is_here

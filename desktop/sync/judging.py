"""Whose segments are believed, and what of a segment is refused or has to wait (rules 14 and 15); pure.

A judge knows what a ledger lets count at one moment: after units or grants have come, a new one is called.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from desktop.errors import TrustProblem
from desktop.records.declaration import Level, RecordType
from desktop.records.item_outcomes import (
    HELD_FUTURE,
    HELD_KIND,
    HELD_UNIT,
    REFUSED_ORDER,
    REFUSED_REVOKED,
    REFUSED_SCOPE,
    REFUSED_VALUE,
    REFUSED_WRITER,
)
from desktop.records.stamps import DAY_MS, milliseconds_of
from desktop.sync import trust
from desktop.sync.certificates import Certificate
from desktop.sync.errors import UnitNotKnown
from desktop.sync.segments import Contents, Header, WireChange
from desktop.sync.sorting import Sorted
from desktop.sync.station import Knowledge
from desktop.sync.trust import Place


class Judge:
    """Judges by what is known of stations and units; ``now`` is in milliseconds since 2020."""

    def __init__(self, known: Knowledge, types: Mapping[str, RecordType], now: int) -> None:
        self.state = known.state
        self._chains = known.chains
        self._types = types
        self._now = now
        self._origins: dict[str, Certificate | None] = {}

    def origin(self, station: str) -> Certificate | None:
        """The certificate of an origin that counts here, judged once."""
        if station not in self._origins:
            self._origins[station] = self._judge_origin(station)
        return self._origins[station]

    def _judge_origin(self, station: str) -> Certificate | None:
        for chain in self._chains.get(station, []):
            try:
                return trust.judge_chain(chain, self.state)[0]
            except (TrustProblem, UnitNotKnown):
                # A station may have several chains, of which some do not count (any more); one that does is enough.
                continue
        return None

    def judge(self, found: Sorted, author: Certificate | None) -> None:
        """Rules 14 and 15 for what is new: the outcome of each item before any of it is written.

        Without an author the parent vouches: it has judged scope and rights.
        """
        if found.settled:
            return
        header = found.contents.header
        if header.station in self.state.revocations:
            cut = (n for n in found.contents.numbers if not self._counts(header, n))
            found.refuse(list(cut), REFUSED_REVOKED)
        if self.is_future(found.highest_stamp()):
            found.hold(found.contents.numbers, HELD_FUTURE)
            return
        changes = found.wire_changes()
        if author is not None:
            for unit in found.units():
                place = self._place(unit, author)
                if place is Place.OUTSIDE:
                    found.refuse(found.numbers_under(unit), REFUSED_SCOPE)
                elif place is Place.UNKNOWN:
                    found.hold(found.numbers_under(unit), HELD_UNIT)
            found.refuse(
                _unwritable(self._types, found.contents, changes, author.claims.level), REFUSED_WRITER
            )
        found.refuse(found.contents.misfits, REFUSED_VALUE)
        found.refuse({c.number for c in changes if c.outranked}, REFUSED_ORDER)
        found.hold({c.number for c in changes if not c.slot}, HELD_KIND)
        # A change whose value was erased says nothing any more; it has counted as what it was.
        found.drop({c.number for c in changes if c.value is None and c.slot})

    def is_due(self, reason: str, unit: str, stamp: int) -> bool:
        """Whether an item that waits for its unit or its day has to wait no longer."""
        return unit in self.state.tree if reason == HELD_UNIT else not self.is_future(stamp)

    def is_future(self, stamp: int) -> bool:
        """Whether a stamp is more than a day ahead."""
        return milliseconds_of(stamp) > self._now + DAY_MS

    def _counts(self, header: Header, number: int) -> bool:
        return trust.item_counts(self.state, header.station, header.incarnation, number)

    def _place(self, unit: str, signer: Certificate) -> Place:
        if unit in signer.claims.units:
            return Place.INSIDE
        return trust.place_of(unit, signer.claims.units, self.state.tree)


def _unwritable(
    types: Mapping[str, RecordType], contents: Contents, changes: Collection[WireChange], level: Level
) -> set[int]:
    """Rule 14: types and fields that the origin's level may not write."""
    numbers: set[int] = set()
    for block in contents.births.values():
        record_type = types.get(block.type)
        if record_type is None:
            continue
        if not record_type.written_by.admits_level(level):
            numbers |= {row[3] for row in block.rows}
            continue
        denied = {f.name for f in record_type.fields if not f.written_by.admits_level(level)}
        places = [5 + i for i, c in enumerate(block.columns) if c.rpartition(".")[2] in denied]
        numbers |= {row[3] for row in block.rows if any(row[i] is not None for i in places)}
    for change in changes:
        record_type = types.get(change.type)
        if record_type is None:
            continue
        slot = record_type.slots.get(change.slot)
        writers = [record_type.written_by, *(f.written_by for f in (slot.fields if slot else ()))]
        if not all(w.admits_level(level) for w in writers):
            numbers.add(change.number)
    return numbers

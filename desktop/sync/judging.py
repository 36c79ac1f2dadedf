"""Whose segments are believed, and what of a segment is refused or has to wait (rules 14 and 15); pure.

A judge knows what a ledger lets count at one moment: after units or grants have come, a new one is called.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from desktop.errors import TrustProblem
from desktop.records.deciding import OWN_TYPES, UNIT
from desktop.records.declaration import DELETED_SLOT, Level, RecordType
from desktop.records.identity import item_id, unit_id
from desktop.records.item_outcomes import (
    HELD_CERTIFICATE,
    HELD_FUTURE,
    HELD_KIND,
    HELD_UNIT,
    REFUSED_IDENTITY,
    REFUSED_ORDER,
    REFUSED_SCOPE,
    REFUSED_VALUE,
    REFUSED_WRITER,
)
from desktop.records.stamps import DAY_MS, milliseconds_of
from desktop.sync import trust
from desktop.sync.certificates import LEVEL_RANK, Certificate
from desktop.sync.errors import UnitNotKnown
from desktop.sync.segments import Contents, WireChange
from desktop.sync.sorting import Sorted
from desktop.sync.station import Knowledge
from desktop.sync.trust import Place


class Judge:
    """Judges by what is known of stations and units; ``now`` is in milliseconds since 2020."""

    def __init__(self, known: Knowledge, types: Mapping[str, RecordType], now: int) -> None:
        self.state = known.state
        self.policy = known.policy
        self._chains = known.chains
        self._certificates = known.certificates
        self._types = types
        self._now = now
        self._origins: dict[str, Certificate | None] = {}
        self._units: dict[str, frozenset[str]] = {}

    def origin(self, station: str) -> Certificate | None:
        """The certificate of an origin that counts here, judged once."""
        if station not in self._origins:
            self._origins[station] = self._judge_origin(station)
        return self._origins[station]

    @property
    def knows_grants(self) -> bool:
        """Whether this station is enrolled; before that it holds nothing but its own."""
        return bool(self._chains)

    def certificates(self, station: str) -> Sequence[Certificate]:
        """The certificates of a station that count here."""
        return self._certificates.get(station, ())

    def is_granted(self, station: str) -> bool:
        """Whether grants that count lead from a station to the root."""
        return station in self._chains

    def _judge_origin(self, station: str) -> Certificate | None:
        """The newest of its certificates that count; its units are those of all of them."""
        found: list[Certificate] = []
        for chain in self._chains.get(station, []):
            try:
                found.append(trust.judge_chain(chain, self.state)[0])
            except (TrustProblem, UnitNotKnown):
                # A station may have several chains, of which some do not count (any more); one that does is enough.
                continue
        self._units[station] = frozenset(unit for c in found for unit in c.claims.units)
        return found[0] if found else None

    def judge(self, found: Sorted, author: Certificate | None) -> None:
        """Rules 14 and 15 for what is new: the outcome of each item before any of it is written.

        Without an author the parent vouches: it has judged scope and rights.
        """
        if found.settled:
            return
        header = found.contents.header
        origin = header.station, header.incarnation
        if self.policy.concerns(origin):
            found.exclude(self.policy.out(origin, found.looked_at, found.deciding, found.erasures))
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
        found.refuse(_misnamed(found.contents, author), REFUSED_IDENTITY)
        found.refuse(
            {c.number for c in changes if c.type in OWN_TYPES and c.slot != DELETED_SLOT}, REFUSED_WRITER
        )
        found.refuse(found.contents.misfits, REFUSED_VALUE)
        found.refuse({c.number for c in changes if c.outranked}, REFUSED_ORDER)
        found.hold({c.number for c in changes if not c.slot}, HELD_KIND)
        # A change whose value was erased says nothing any more; it has counted as what it was.
        found.drop({c.number for c in changes if c.value is None and c.slot})

    def is_due(self, reason: str, station: str, unit: str, stamp: int) -> bool:
        """Whether an item has to wait no longer for its unit, its day or the grant of its station."""
        if reason == HELD_UNIT:
            return unit in self.state.tree
        if reason == HELD_FUTURE:
            return not self.is_future(stamp)
        return reason == HELD_CERTIFICATE and self.is_granted(station)

    def is_future(self, stamp: int) -> bool:
        """Whether a stamp is more than a day ahead."""
        return milliseconds_of(stamp) > self._now + DAY_MS

    def _place(self, unit: str, signer: Certificate) -> Place:
        # Who certifies another's station once more takes nothing away from it.
        units = signer.claims.units | self._units.get(signer.station, frozenset())
        return Place.INSIDE if unit in units else trust.place_of(unit, units, self.state.tree)


def _misnamed(contents: Contents, author: Certificate | None) -> set[int]:
    """Births of a record that says who is who or what counts, under an id that their writer cannot give.

    Whoever bears another's grant or exclusion a second time could write it; whoever bears a unit that is none below
    its own, could put itself above everybody. What a parent vouches for it has judged.
    """
    header, numbers = contents.header, set[int]()
    for name in OWN_TYPES:
        if name in contents.births:
            numbers |= {
                row[3]
                for row in contents.births[name].rows
                if row[0] != item_id(name, header.station, header.incarnation, row[3])
            }
    if author is not None and UNIT in contents.births:
        block = contents.births[UNIT]
        for row in block.rows:
            cells = dict(zip(block.columns, row[5:], strict=True))
            if not _may_register(str(row[0]), cells.get("level"), cells.get("code"), author):
                numbers.add(row[3])
    return numbers


def _may_register(unit: str, level: object, code: object, author: Certificate) -> bool:
    """Whether a unit's id is that of its level and code, and the unit is of a lower level than the author's own."""
    if level not in set(Level) or unit != unit_id(str(level), str(code)):
        return False
    return LEVEL_RANK[Level(str(level))] > LEVEL_RANK[author.claims.level]


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

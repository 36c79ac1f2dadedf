"""Whose segments are believed, and what of a segment is refused or has to wait (rules 14 and 15); pure.

A judge knows what a ledger lets count at one moment: after units or grants have come, a new one is called.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Final

from desktop.records.declaration import DELETED_SLOT, Level, RecordType
from desktop.records.identity import is_id, item_id, same_id, unit_id
from desktop.records.versions.deciding import OWN_TYPES, SAME, UNIT
from desktop.records.versions.item_outcomes import (
    HELD_CERTIFICATE,
    HELD_FUTURE,
    HELD_KIND,
    HELD_UNIT,
    REFUSED_IDENTITY,
    REFUSED_ORDER,
    REFUSED_REGISTERED,
    REFUSED_SCOPE,
    REFUSED_VALUE,
    REFUSED_WRITER,
)
from desktop.records.versions.stamps import DAY_MS, milliseconds_of
from desktop.sync import trust
from desktop.sync.authority.exclusions import Origin
from desktop.sync.authority.sorting import Sorted
from desktop.sync.authority.station import Knowledge
from desktop.sync.errors import FormerKey
from desktop.sync.formats.decoding import Contents, WireChange
from desktop.sync.formats.segments import Header
from desktop.sync.signed.certificates import LEVEL_RANK, Certificate
from desktop.sync.signed.manifest import Manifest
from desktop.sync.signed.tree import Place

MOST_UNKNOWN: Final = 256
"""Of how many types that are not known here records are kept: each takes a table, and anybody may invent one."""


class Judge:
    """Judges by what is known of stations and units; ``now`` is in milliseconds since 2020."""

    def __init__(self, known: Knowledge, types: Mapping[str, RecordType], now: int) -> None:
        self.state = known.state
        self.policy = known.policy
        self.remember = known.remember
        self.in_force = known.in_force
        self._chains = known.chains
        self._registrants = known.registrants
        self._begun = known.begun
        self._tables = {*types, *known.tables}
        self._room = MOST_UNKNOWN - len(self._tables - types.keys())
        self._granted = known.granted
        self._types = types
        self._now = now
        self._certificates = known.certificates
        self._keyed: dict[str, Sequence[Certificate]] = {}
        self._signers: dict[Origin, Sequence[Certificate]] = {}

    def signer(self, header: Header) -> Certificate | None:
        """The certificate by whose key a segment was signed, else the newest: a station may have renewed its keys."""
        found = self._counting(header.station)
        known = self._with_keys(header.station)
        if len(known) > 1:
            first = self._signing(header.station, header.incarnation)
            fitting = (c for c in (*first, *known) if trust.signed_segment(c, header))
            return next(fitting, found[0])
        return next(iter(found), None)

    def signer_before(self, header: Header) -> Certificate | None:
        """The certificate by whose key a segment was signed of a station that may write nothing new any more.

        Where its unit was moved away none of its certificates counts. What counts of it goes on counting all the same,
        so what was excluded and is so no longer is judged as it was when it came.
        """
        granted = self._granted.of(header.station) if self.is_granted(header.station) else ()
        return next((c for c in granted if trust.signed_segment(c, header)), None)

    def is_former(self, signer: Certificate, header: Header) -> bool:
        """Whether a segment is signed by the key of this certificate, and other keys sign in its incarnation."""
        keys = {c.claims.public_key for c in self._signing(header.station, header.incarnation)}
        return signer.claims.public_key not in keys and trust.signed_segment(signer, header)

    def check_key(self, said: Manifest, sender: Certificate) -> None:
        """Check 26: raises :class:`FormerKey` where another key signs in this incarnation.

        A bundle tells of its sender's journal, and one of before may be in wrong hands.
        """
        keys = {c.claims.public_key for c in self._signing(said.sender, said.incarnation)}
        if keys and sender.claims.public_key not in keys:
            raise FormerKey(sender.digest)

    def _signing(self, station: str, incarnation: str) -> Sequence[Certificate]:
        """The certificates of a station whose keys sign in one of its incarnations.

        Where a grant names it, the key of this certificate takes the place of others: one of before may be in wrong
        hands. It does so only of those that the same issuer gave or whose units lie in its own: anybody may certify
        another's station for units of his own, with whatever key.
        """
        origin = station, incarnation
        if origin not in self._signers:
            found = self._with_keys(station)
            if len({c.claims.public_key for c in found}) > 1:
                named = {c for c in self._counting(station) if self._begun(c) == incarnation}
                found = [c for c in found if c in named or not any(self._replaces(n, c) for n in named)]
            self._signers[origin] = found
        return self._signers[origin]

    def _with_keys(self, station: str) -> Sequence[Certificate]:
        """The certificates that count, and those whose keys are the station's all the same: it has moved since.

        What it may write hangs on the former alone, so there are none where no certificate counts.
        """
        if station not in self._keyed:
            found = self._counting(station)
            self._keyed[station] = list(dict.fromkeys([*found, *self._granted.of(station)])) if found else []
        return self._keyed[station]

    def _replaces(self, certificate: Certificate, former: Certificate) -> bool:
        return certificate.claims.public_key != former.claims.public_key and (
            certificate.issuer_station == former.issuer_station
            or all(self._covers(certificate, unit) for unit in former.claims.units)
        )

    def _counting(self, station: str) -> Sequence[Certificate]:
        """The certificates of an origin that count here: those nearest to the root first, of these the newest."""
        return self._certificates.get(station, ())

    @property
    def knows_grants(self) -> bool:
        """Whether this station is enrolled; before that it holds nothing but its own."""
        return bool(self._chains)

    def granted_units(self, station: str) -> frozenset[str]:
        """The units that a station was ever enrolled for, whether its certificates still count or not."""
        return frozenset(unit for c in self._granted.of(station) for unit in c.claims.units)

    def is_known(self, station: str) -> bool:
        """Whether a certificate of the station counts here, so that it may sign."""
        return bool(self._counting(station))

    def is_granted(self, station: str) -> bool:
        """Whether grants that count lead from a station to the root."""
        return station in self._chains

    def judge(self, found: Sorted, signer: Certificate | None) -> None:
        """Rules 14 and 15 for what is new: the outcome of each item before any of it is written.

        ``signer`` is the certificate by whose key it is signed. Where the parent vouches it is the parent's, which has
        judged scope, and rights as far as it has them itself.
        """
        header = found.contents.header
        author = signer if header.vouched is None else None
        origin = header.station, header.incarnation
        # What waits behind a fork may be excluded too.
        if self.policy.concerns(origin):
            found.exclude(self.policy.out(origin, found.facts))
        if found.settled:
            return
        if self.is_future(found.highest_stamp()):
            found.hold(found.contents.numbers, HELD_FUTURE)
            return
        changes = found.wire_changes()
        levels: dict[str, Level] = {}
        if author is not None:
            levels = self._place(found, self._speaking(author, header))
            for level in set(levels.values()):
                denied = _unwritable(self._types, found.contents, changes, level)
                if denied and len(set(levels.values())) > 1:
                    denied &= {
                        n for unit, of in levels.items() if of is level for n in found.numbers_under(unit)
                    }
                found.refuse(denied, REFUSED_WRITER)
        elif header.vouched and (denied := self._beyond(header.vouched, signer, found.contents, changes)):
            if self._counting(header.station):
                found.refuse(denied, REFUSED_WRITER)
            else:
                found.hold(denied, HELD_CERTIFICATE)
        found.refuse(_misnamed(found.contents, levels), REFUSED_IDENTITY)
        if author is not None and UNIT in found.contents.births:
            found.refuse(self._registered_before(found, author), REFUSED_REGISTERED)
        found.refuse(
            {c.number for c in changes if c.type in (*OWN_TYPES, SAME) and c.slot != DELETED_SLOT},
            REFUSED_WRITER,
        )
        found.refuse(found.contents.misfits, REFUSED_VALUE)
        found.refuse({c.number for c in changes if c.outranked}, REFUSED_ORDER)
        found.hold({c.number for c in changes if not c.slot}, HELD_KIND)
        found.hold(self._without_table(found), HELD_KIND)
        # A change whose value was erased says nothing any more; it has counted as what it was.
        found.drop(found.erased)

    @property
    def tables(self) -> Set[str]:
        """The types of which records may be kept: those that are known here, and those that have a table already."""
        return self._tables

    def _without_table(self, found: Sorted) -> set[int]:
        """Rule 2: births of unknown types for which there is no room wait for a program that knows these."""
        strange = found.contents.births.keys() - self._tables
        counting = found.counting() if strange else frozenset()
        numbers = set[int]()
        for name in sorted(strange):
            born = counting & set(found.contents.births[name].numbers)
            if born and self._room > 0:
                self._tables.add(name)
                self._room -= 1
            else:
                numbers |= born
        return numbers

    def is_due(self, reason: str, station: str, unit: str, stamp: int) -> bool:
        """Whether an item has to wait no longer for its unit, its day or the grant of its station."""
        if reason == HELD_UNIT:
            return unit in self.state.tree and not self.waits_below(station)
        if reason == HELD_FUTURE:
            return not self.is_future(stamp)
        # What waits for a program that knows its type is asked for by that (see ``tables``).
        return reason == HELD_KIND or (reason == HELD_CERTIFICATE and self.is_known(station))

    def waits_below(self, station: str) -> bool:
        """Whether what a station may write is not certain, as that, or who is above it, has heard what is lost here."""
        awaited = self.state.awaited
        return bool(awaited) and not awaited.isdisjoint(self._chains.above(station))

    def _beyond(
        self, parent: str, signer: Certificate | None, contents: Contents, changes: Collection[WireChange]
    ) -> set[int]:
        """Rule 14 of what a parent vouches for: items that neither it nor anybody below it may write.

        It may pass them on of a station that is known here to be of a level that may. Its word about one of which
        nothing is known would let it write whatever it likes.
        """
        origin = [c.claims.level for c in self._counting(contents.header.station)]
        vouching = [c.claims.level for c in self._counting(parent)]
        if signer is not None and not vouching:
            # With the enrolment comes a journal, whose order is any: whose unit the parent's is may come last.
            vouching = [signer.claims.level]
        below = [level for level in LEVEL_RANK if any(LEVEL_RANK[v] < LEVEL_RANK[level] for v in vouching)]
        denied = set(contents.numbers)
        for level in dict.fromkeys([*origin, *vouching, *below, Level.ENTERPRISE]):
            denied &= _unwritable(self._types, contents, changes, level)
            if not denied:
                break
        return denied

    def is_future(self, stamp: int) -> bool:
        """Whether a stamp is more than a day ahead."""
        return milliseconds_of(stamp) > self._now + DAY_MS

    def _registered_before(self, found: Sorted, author: Certificate) -> set[int]:
        """Births of units that another superior has registered, where this station may say whose they are.

        What was registered first stands until the unit is moved; whoever comes second locks nobody out. That hangs on
        what is held here, so it is said in writing like every refusal, and everybody goes by that.
        """
        return {
            number
            for record, unit, _, number, *_ in found.contents.births[UNIT].rows()
            if (before := self._registrants(record))
            and unit not in before
            and self.policy.known.is_above(author.station, unit)
        }

    def _speaking(self, author: Certificate, header: Header) -> Sequence[Certificate]:
        """The certificates of a station that hold for what is signed by this key in one of its incarnations.

        Who certifies another's station once more takes nothing away from it, and who does so for a key of his own
        speaks under his own units with it.
        """
        counting = self._counting(header.station)
        found = [c for c in self._signing(header.station, header.incarnation) if c in counting]
        return [c for c in found if c.claims.public_key == author.claims.public_key] or found or [author]

    def _place(self, found: Sorted, speaking: Sequence[Certificate]) -> dict[str, Level]:
        """Refuses or holds what is written under units of others, or unknown ones; the writer's level by unit.

        That is the highest of those certificates that cover the unit: one for other units neither raises nor lowers it.
        """
        levels: dict[str, Level] = {}
        units = frozenset(unit for c in speaking for unit in c.claims.units)
        for unit in found.units():
            place = self.state.tree.place(unit, units)
            if place is Place.OUTSIDE and not self.waits_below(found.contents.header.station):
                found.refuse(found.numbers_under(unit), REFUSED_SCOPE)
            elif place is not Place.INSIDE:
                found.hold(found.numbers_under(unit), HELD_UNIT)
            covering = [c for c in speaking if len(speaking) == 1 or self._covers(c, unit)]
            levels[unit] = min((c.claims.level for c in covering or speaking), key=LEVEL_RANK.__getitem__)
        return levels

    def _covers(self, certificate: Certificate, unit: str) -> bool:
        units = certificate.claims.units
        return self.state.tree.place(unit, units) is Place.INSIDE


def _misnamed(contents: Contents, levels: Mapping[str, Level]) -> set[int]:
    """Births of a record that says who is who or what counts, under an id that their writer cannot give.

    Whoever bears another's grant or exclusion a second time could write it; whoever bears a unit that is none below
    its own, could put itself above everybody. ``levels`` are those of the writer by unit; what a parent vouches for
    has none, as it was judged there.
    """
    header, numbers = contents.header, set[int]()
    for name in OWN_TYPES:
        if name in contents.births:
            block = contents.births[name]
            numbers |= {
                number
                for record, number in zip(block.records, block.numbers, strict=True)
                if record != item_id(name, header.station, header.incarnation, number)
            }
    if SAME in contents.births:
        block = contents.births[SAME]
        said = map(block.values, ("kind", "one", "other"))
        for record, number, kind, one, other in zip(block.records, block.numbers, *said, strict=True):
            if not (is_id(one) and is_id(other) and one < other and record == same_id(str(kind), one, other)):
                numbers.add(number)
    if levels and UNIT in contents.births:
        block = contents.births[UNIT]
        levels_said, codes = block.values("level"), block.values("code")
        for record, unit, number, level, code in zip(
            block.records, block.units, block.numbers, levels_said, codes, strict=True
        ):
            if not _may_register(record, unit, level, code, levels[unit]):
                numbers.add(number)
    return numbers


def _may_register(unit: str, under: str, level: object, code: object, own: Level) -> bool:
    """Whether a unit's id is that of its level and code, and the unit is of a lower level than the author's own.

    Or it is the author's own, whose tree began with it before another has registered it.
    """
    if not isinstance(code, str) or level not in set(Level) or unit != unit_id(str(level), code):
        return False
    return unit == under or LEVEL_RANK[Level(str(level))] > LEVEL_RANK[own]


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
            numbers.update(block.numbers)
            continue
        denied = {f.name for f in record_type.fields if not f.written_by.admits_level(level)}
        # By name alone: a field is nobody else's for standing outside of its group.
        numbers |= block.filled([c for c in block.columns if c.rpartition(".")[2] in denied])
    by_slot: dict[tuple[str, str], set[int]] = {}
    for change in changes:
        by_slot.setdefault((change.type, change.slot), set()).add(change.number)
    for (type_name, slot_name), changed in by_slot.items():
        record_type = types.get(type_name)
        if record_type is None:
            continue
        slot = record_type.slots.get(slot_name)
        writers = [record_type.written_by, *(f.written_by for f in (slot.fields if slot else ()))]
        if not all(w.admits_level(level) for w in writers):
            numbers |= changed
    return numbers

"""What goes down to a station: items that count here, of records that are in its scope (rule 21), and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.versions.deciding import POLICY_TYPES, SAME, SUPERIOR, TREE_TYPES, UNIT
from desktop.records.versions.resolution import Life
from desktop.store.ledger import Ledger
from desktop.store.log import components
from desktop.store.merging import aside, outcomes
from desktop.store.peers import segment_log
from desktop.store.queries import governing, scoping
from desktop.store.queries.scoping import Record
from desktop.store.queries.units import subtree
from desktop.sync.authority import station
from desktop.sync.authority.reach import rank
from desktop.sync.authority.sorting import Sorted
from desktop.sync.formats.decoding import Contents
from desktop.sync.signed import certificates
from desktop.sync.signed.tree import reached

WITHOUT_UNIT = {*TREE_TYPES, *POLICY_TYPES, SAME}
"""Whether records of these types go down does not follow from their units."""
_MOST_JUDGED = 100_000
"""Records of which it is kept whether they go down: what is said of one mostly stands close together."""


class Scope:
    """The scope of a station of one unit, as this ledger sees it now."""

    def __init__(self, ledger: Ledger, unit: str, station: str = "") -> None:
        self._ledger = ledger
        self._db = ledger.database
        self._unit = unit
        self._station = station
        self._units = set(subtree(ledger.database, unit))
        superiors = governing.superiors(ledger.database)
        if (own := ledger.meta("unit_id")) is not None and own != unit:
            # Where nobody's registration of it counts, who it reports to is above it all the same: else it would hear
            # that this station was put out of use, and not of the grant by which it speaks again.
            superiors.setdefault(unit, own)
        self._above = _above(superiors, self._units)
        near = self._units | self._above
        # By where these lie now it is judged who could move a unit from or to one of them.
        self._named = _named_as_superior(ledger, superiors, near)
        self._tree = near | self._named | _to_judge_by(ledger, superiors, near)
        self._held_types = frozenset(scoping.types_held(ledger.database))
        self._together = components.Together(ledger.database, ledger.types)
        self._covered: dict[Record, tuple[bool, bool]] = {}

    def numbers(
        self,
        origin: int,
        contents: Contents,
        *,
        types: Sequence[str] = (),
        only: Set[int] | None = None,
    ) -> set[int]:
        """The numbers of the items of a segment that go down; of some types or numbers only, if they are named."""
        found: set[int] = set()
        put_aside = self._set_aside(origin, contents)
        for block in contents.births.values():
            if not types or block.type in types:
                found |= {
                    number
                    for record, stamp, number in zip(block.records, block.stamps, block.numbers, strict=True)
                    if (number, stamp) not in put_aside and any(self._covers((block.type, record)))
                }
        for c in contents.changes:
            if (c.number, c.stamp) not in put_aside and (not types or c.type in types):
                has, had = self._covers((c.type, c.record))
                if has or (had and (c.slot in (UNIT_SLOT, DELETED_SLOT) or c.type == UNIT)):
                    found.add(c.number)
        return found if only is None else found & only

    def positions(self, after: int) -> set[int]:
        """Where segments stand, after a position, that may hold anything for the station; all others hold nothing.

        What counts, as rows and log tell it, of all records that could be covered: whoever looks at a whole journal
        need not open the segments of every other unit.
        """
        found: set[int] = set()
        for name in scoping.types_held(self._db):
            known = self._ledger.types.get(name)
            if name in TREE_TYPES:
                # Of a whole district's computers those alone that the station is told of.
                found |= scoping.positions_among(self._db, name, self._tree, after)
                if name == UNIT:
                    found |= scoping.positions_under(self._db, name, self._units, after)
            elif name in WITHOUT_UNIT or (known is not None and known.goes_below):
                found |= scoping.positions_of(self._db, name, after)
            else:
                found |= scoping.positions_under(self._db, name, self._units, after)
        return found

    def grown(self, position: int, known: int) -> dict[int, set[int]]:
        """Items up to a journal position of records that those after ``known`` bring into the scope, by segment.

        It follows from the journal after that position alone, so a bundle that is lost is made good by the next. Only
        where one goes on from another, ``known`` is later: that one has looked at the journal as it was then.
        """
        found: dict[int, set[int]] = {}
        for record in self._newcomers(known) if position else ():
            for origin, number in scoping.items_of(self._db, *record):
                for at in segment_log.positions(self._db, origin, number, number):
                    if at <= position:
                        found.setdefault(at, set()).add(number)
        return dict(sorted(found.items()))

    def _newcomers(self, position: int) -> set[Record]:
        """Records that were moved or are claimed since, those of units that were put into the tree here, or came back
        into it, or that the station was granted.
        """
        found = scoping.claimed_since(self._db, position)
        born = scoping.units_born_since(self._db, position)
        # What becomes of others brings nothing here. Were all looked at for it, those to whom more is due than a bundle
        # holds would have it put at the end of the journal for one another, without end (see ``sending``).
        moved = scoping.units_placed_since(self._db, position)
        placed = moved & (self._units | self._above)
        has_come = scoping.was_granted_since(self._db, position, self._station, self._unit)
        granted = {self._unit} if has_come else set()
        for unit in self._below(born | placed | granted):
            found |= self._records_of(unit)
        if placed or not moved.isdisjoint(self._named):
            found |= {(name, record) for name in TREE_TYPES for record in self._tree}
        if not (born | placed).isdisjoint(self._above | {self._unit}):
            found |= self._said_above()
        # What brings one of them into the scope brings all that are one with it.
        joined = scoping.members_born_since(self._db, position) | self._joined_by(born | placed)
        joined |= scoping.deleted_members_since(self._db, position)
        found |= self._known(scoping.named_one_since(self._db, position))
        found |= scoping.one_with(self._db, found | joined)
        return {record for record in found | self._edges_of(found) if any(self._covers(record))}

    def _known(self, records: Set[Record]) -> set[Record]:
        """Those of some records that are here: an edge may name others."""
        return {
            (name, record)
            for name, record in records
            if name in self._held_types and scoping.is_here(self._db, name, record)
        }

    def _joined_by(self, units: Set[str]) -> set[Record]:
        """The first of the records that may be one only since units have a place in the tree: whose they are."""
        changed = reached(units, governing.lower_units(self._db)) if units else set()
        return {
            (name, ids[0])
            for name, ids in (self._together.each() if changed else ())
            if not changed.isdisjoint(self._together.units(name, ids[0]))
        }

    def _edges_of(self, records: Set[Record]) -> set[Record]:
        """The edges that name some of these records: they stand under units of their writers and come along."""
        if not records:
            return set()
        return {
            (SAME, edge)
            for edge, kind, one, other in scoping.edges(self._db)
            if (kind, one) in records or (kind, other) in records
        }

    def _below(self, units: Set[str]) -> set[str]:
        """Those of the scope that are, or lie below, one of these units."""
        return reached(units, governing.lower_units(self._db)) & self._units if units else set()

    def _records_of(self, unit: str) -> set[Record]:
        return {
            (name, record)
            for name in self._ledger.types
            for record in scoping.records_of(self._db, name, unit)
        }

    def _said_above(self) -> set[Record]:
        """What levels above have said for all below them: one of them may stand there only now."""
        return {
            (t.name, record)
            for t in self._ledger.types.values()
            if t.goes_below
            for unit in self._above
            for record in scoping.records_of(self._db, t.name, unit)
        }

    def covers(self, record: Record) -> bool:
        """Whether anything of a record goes, or went, to the station."""
        return any(self._covers(record))

    def _covers(self, record: Record) -> tuple[bool, bool]:
        """Whether the record has, or is claimed by, a unit of the scope now, and whether it ever had one."""
        found = self._covered.get(record)
        if found is None:
            if len(self._covered) >= _MOST_JUDGED:
                self._covered.clear()
            found = self._covered[record] = self._judge(record)
        return found

    def _judge(self, record: Record) -> tuple[bool, bool]:
        type_name, record_id = record
        if type_name in TREE_TYPES:
            # Who had a unit below it hears where it went.
            gone = type_name == UNIT and record_id not in self._tree
            had_unit = gone and not self._units.isdisjoint(self._had(record) or {self._unit_of(record)})
            return record_id in self._tree, had_unit
        if type_name in POLICY_TYPES:
            # They name stations and numbers and nothing that is anybody's business to keep.
            return True, True
        if type_name == SAME:
            return self._judge_edge(record_id)
        known = self._ledger.types.get(type_name)
        if known is not None and known.goes_below and self._unit_of(record) in self._above:
            # Reference data of the levels above, such as the papers that they have worded.
            return True, True
        if ids := self._together.ids(type_name, record_id):
            # Records that are one go down together.
            if record_id != ids[0]:
                return self._covers((type_name, ids[0]))
            now = self._together.units(type_name, record_id)
            had_by_one = any(not self._had((type_name, r)).isdisjoint(self._units) for r in ids)
            return not now.isdisjoint(self._units), had_by_one
        if had := self._had(record):
            claims = {value.strip('"') for _, value in self._ledger.heads(type_name, record_id, UNIT_SLOT)}
            return not claims.isdisjoint(self._units), not had.isdisjoint(self._units)
        return self._unit_of(record) in self._units, False

    def _had(self, record: Record) -> Set[str]:
        return scoping.units_had(self._db, record)

    def _unit_of(self, record: Record) -> str:
        """The unit of a record of which no other is known; none of one whose type nothing that counts has."""
        return scoping.unit_of(self._db, record) if record[0] in self._held_types else ""

    def _judge_edge(self, edge: str) -> tuple[bool, bool]:
        """An edge goes where a record goes, or went, that it names; one about edges goes nowhere.

        One that is deleted goes to all: it may have gone wherever others went that were one with those it names.
        """
        life, kind, *ends = scoping.edge(self._db, edge) or (Life.LIVE, "")
        if kind not in self._ledger.types or kind == SAME:
            return False, False
        if life == Life.DELETED:
            return True, False
        return any(any(self._covers((kind, end))) for end in ends), False

    def _set_aside(self, origin: int, contents: Contents) -> set[tuple[int, int]]:
        """Number and stamp of what does not count here: this station vouches for nothing that it has not let count."""
        names = aside.between(self._db, origin, contents.header.first, contents.header.last)
        if names and aside.forked_from(self._db, origin) is not None:
            # An erasure counts, whatever another content of its moment does.
            names -= outcomes.counting(self._db, Sorted(contents, origin).named(names))
        return names


def _to_judge_by(ledger: Ledger, superiors: Mapping[str, str | None], near: Set[str]) -> set[str]:
    """What the receiver needs to judge by beside the units ``near`` it, below and above: the grants of stations there.

    And grants and units of stations of a higher level than this one that stand above it no more: what they have
    written, and this one may not, nobody believes of a station that he does not know.
    """
    # A grant whose certificate cannot be read vouches for nobody, so nobody has to judge by it.
    granted = [
        (record, c)
        for record, text in governing.certificates_of_grants(ledger.database)
        for c in certificates.readable([text])
    ]
    higher: set[str] = set()
    for der in station.own_chain(ledger)[:1]:
        own = rank(certificates.parse(der))
        said = [c for _, c in granted if rank(c) < own and c.claims.units.isdisjoint(near)]
        # Anybody may have written a grant of whatever level.
        known = station.knowledge(ledger, None).certificates if said else {}
        higher.update(*(c.claims.units for c in said if c in known.get(c.station, ())))
        higher |= _above(superiors, higher)
    known_there = near | higher
    return higher | {record for record, c in granted if not c.claims.units.isdisjoint(known_there)}


def _named_as_superior(ledger: Ledger, superiors: Mapping[str, str | None], near: Set[str]) -> set[str]:
    """The units that somebody has said to be above one of these, in vain or not any more, and those above them."""
    found = {
        value.strip('"')
        for _, _, _, record, _, _, value, *_ in governing.changes_of_units(ledger.database, [SUPERIOR])
        if record in near
    }
    return (found | _above(superiors, found)) - near


def _above(superiors: Mapping[str, str | None], units: Set[str]) -> set[str]:
    """The units above some units."""
    found: set[str] = set()
    for unit in units:
        at = superiors.get(unit)
        while at is not None and at not in found:
            found.add(at)
            at = superiors.get(at)
    return found - units

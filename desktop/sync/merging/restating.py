"""What levels below let not count is said once more by this station, for branches in which they are not known.

A record may be claimed by units of several branches, and then goes down to all of them. A level in one of them may
take something of it back, and whoever stands beside does not know that level and believes only those above both. So
these say it too, of what has gone there, and take it back when nobody below says so any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set

from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import DECIDING_TYPES, EXCLUSION, SAME
from desktop.records.versions.item_outcomes import REFUSED_SUPERIOR
from desktop.records.versions.resolution import heads_of_groups
from desktop.records.versions.spans import spans_of
from desktop.records.versions.stamped import Stamped
from desktop.store.ledger import Deletion, Ledger, NewRecord
from desktop.store.merging import aside
from desktop.store.merging.aside import Aside
from desktop.store.peers import links
from desktop.store.queries import claims, governing
from desktop.store.queries.scoping import Record
from desktop.sync.authority import exclusions
from desktop.sync.authority.excluding import said_once_more
from desktop.sync.authority.exclusions import Item, Named, Origin, one_by_one
from desktop.sync.authority.judging import Judge
from desktop.sync.authority.policy import Policy
from desktop.sync.merging import lapsed
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.tree import reached

_AT_ONCE = 20 * exclusions.MAX_WORDS
"""So many items at least are said in one step: a million are as many words, each of which is written out several times
until it stands in the ledger."""
_LABEL = "下级定的不计入的内容，报过同一条的其他单位也不计入"


def take_back(ledger: Ledger, judge: Judge, operator: str) -> bool:
    """Lifts what nobody below says any more, and own words that have lapsed, inside the caller's transaction.

    Says whether there was anything.
    """
    said = _said(ledger)
    nobodys: dict[Origin, Stamped] = {}
    for origin, items in _excluded(ledger, judge.policy, lambda item: _is_among(item, said)):
        nobodys.setdefault(origin, Stamped()).add((i.number, i.stamp) for i, writers in items if not writers)
    over = _naming(ledger, nobodys) if any(nobodys.values()) else set()
    births: list[NewRecord] = []
    for lifted, again in (*lapsed.words(ledger, judge), *lapsed.registrations(ledger, judge)):
        if lifted.record not in over:
            over.add(lifted.record)
            births += again
    if over:
        deletions = [Deletion(EXCLUSION, record) for record in sorted(over)]
        ledger.write("撤销不计入", operator, births=births, deletions=deletions)
    return bool(over)


def restate(ledger: Ledger, judge: Judge, operator: str) -> None:
    """Says once more what other branches may hold and have not heard of yet, inside the caller's transaction."""
    branches, said = _Branches(ledger, judge), _said(ledger)
    found: dict[str, dict[Origin, Stamped]] = {}
    left = _AT_ONCE
    for origin, items in _excluded(
        ledger,
        judge.policy,
        lambda item: item.type not in DECIDING_TYPES and bool(item.unit) and not _is_among(item, said),
    ):
        held = branches.held_elsewhere(items)
        for item in held:
            contents = found.setdefault(item.reason, {}).setdefault(origin, Stamped())
            contents.add([(item.number, item.stamp)])
        left -= len(held)
        if left <= 0:
            _say(ledger, found, operator)
            found, left = {}, _AT_ONCE
    claims.forget_aside(ledger.database)
    _say(ledger, found, operator)


def _say(ledger: Ledger, found: Mapping[str, Mapping[Origin, Stamped]], operator: str) -> None:
    """Writes that these do not count, by the reason."""
    births = [
        NewRecord("exclusion", "", ledger.meta("unit_id") or "", _cells(ledger, reason, text))
        for reason, items in found.items()
        for text in exclusions.write({origin: Named((), contents) for origin, contents in items.items()})
    ]
    if births:
        ledger.write("转告不计入的内容", operator, births=births)


def lapsing(ledger: Ledger, policy: Policy, units: Collection[str]) -> dict[str, dict[Origin, Named]]:
    """What lies under units that are to be moved and does not count by words of levels between alone, by reason.

    Those reach no further than the units below them; who moves a unit has to say it once more.
    """
    found: dict[str, dict[Origin, list[int]]] = {}
    for origin, items in _excluded(
        ledger, policy, lambda item: item.unit in units and item.reason != REFUSED_SUPERIOR
    ):
        for item, writers in items:
            if writers:
                found.setdefault(item.reason, {}).setdefault(origin, []).append(item.number)
    return {
        reason: {origin: Named(spans_of(numbers)) for origin, numbers in several.items()}
        for reason, several in found.items()
    }


_Out = tuple[Aside, Sequence[Certificate]]
"""An item that does not count, and by whose words, if only levels below say so."""


def _said(ledger: Ledger) -> dict[Origin, Stamped]:
    """What this station says once more."""
    found: dict[Origin, Stamped] = {}
    for _, text in governing.restated(ledger.database, ledger.station):
        for origin, named in exclusions.read(text).items():
            found.setdefault(origin, Stamped()).add(named.contents)
    return found


def _naming(ledger: Ledger, items: Mapping[Origin, Stamped]) -> set[str]:
    """The records by which this station says one of these once more."""
    return {
        record
        for record, text in governing.restated(ledger.database, ledger.station)
        for origin, named in exclusions.read(text).items()
        if origin in items and any(one in items[origin] for one in named.contents)
    }


def _is_among(item: Aside, items: Mapping[Origin, Stamped]) -> bool:
    return (item.number, item.stamp) in items.get((item.station, item.incarnation), ())


def _excluded(
    ledger: Ledger, policy: Policy, wanted: Callable[[Aside], bool]
) -> Iterator[tuple[Origin, list[_Out]]]:
    """What does not count by somebody's word, as far as it is wanted, in pieces of one origin."""
    for piece in aside.refused(ledger.database, excluded=True):
        origin = piece[0].station, piece[0].incarnation
        items = {(item.number, item.stamp): item for item in piece if wanted(item)}
        found: list[_Out] = []
        for asked in one_by_one((n, Item(stamp, i.type, i.unit)) for (n, stamp), i in items.items()):
            writers = policy.out_by_levels_between(origin, asked)
            found += [(items[n, item.stamp], writers.get(n, ())) for n, item in asked.items()]
        if found:
            yield origin, found


def _cells(ledger: Ledger, reason: str, items: str) -> dict[str, Cell]:
    cause, refusal = said_once_more(reason)
    return {
        "label": _LABEL,
        "cause": cause,
        "refusal": refusal,
        "excluded": ledger.environment.today().isoformat(),
        "items": items,
        "restated": 1,
    }


class _Branches:
    """The stations below, and what each of them may hold; looked at only where something is to be said.

    It holds what was ever claimed by a unit that is or was below it: whoever asks what goes there now does not see
    what went there before a claim was withdrawn, and stands there when that is lifted.
    """

    def __init__(self, ledger: Ledger, judge: Judge) -> None:
        self._ledger = ledger
        self._db = ledger.database
        self._tree = judge.state.tree
        self._links = [link for link in links.all_links(self._db) if not link.upward]
        self._knowing: dict[Sequence[str], Set[str]] = {}
        self._looked = False

    def held_elsewhere(self, items: Sequence[_Out]) -> list[Aside]:
        """Those of these items that a station may hold under which none of those is by whose words they are out."""
        asked = [(item, writers) for item, writers in items if writers]
        if len(self._links) < 2 or not asked:
            return []
        if not self._looked:
            self._look()
        holders = self._holders({(item.type, item.record) for item, _ in asked})
        return [
            item
            for item, writers in asked
            if not holders[item.type, item.record] <= self._under_whom(writers)
        ]

    def _look(self) -> None:
        """Reads who was ever below whom, and what was ever one, once for all items."""
        self._looked = True
        claims.note_aside(self._db)
        self._edges = claims.edges(self._db)
        self._groups: defaultdict[Record, set[Record]] = defaultdict(set)
        for kind in {one[0] for one, _ in self._edges.values()}:
            pairs = [(one[1], other[1]) for one, other in self._edges.values() if one[0] == kind]
            for record, head in heads_of_groups(pairs).items():
                self._groups[kind, head].add((kind, record))
        self._groups |= {record: group for group in list(self._groups.values()) for record in group}
        lower = claims.lower_units(self._db)
        self._peers: defaultdict[str, set[str]] = defaultdict(set)
        self._beside: defaultdict[str, set[str]] = defaultdict(set)
        for link in self._links:
            for unit in reached([link.unit], lower):
                self._peers[unit].add(link.peer)
            at: str | None = link.unit
            while at is not None and link.peer not in self._beside[at]:
                self._beside[at].add(link.peer)
                at = self._tree.get(at)

    def _under_whom(self, writers: Sequence[Certificate]) -> Set[str]:
        """The stations below that know one of these, since it is at or below them."""
        key = tuple(c.digest for c in writers)
        if key not in self._knowing:
            units = {unit for c in writers for unit in c.claims.units}
            self._knowing[key] = {
                link.peer for link in self._links if not units.isdisjoint(self._tree.below([link.unit]))
            }
        return self._knowing[key]

    def _holders(self, records: Collection[Record]) -> Mapping[Record, Set[str]]:
        """The stations below that may hold each of these records."""
        ends = {r: self._edges.get(r[1], ()) if r[0] == SAME else (r,) for r in records}
        meant = {
            r: {m for end in found for m in (end, *self._groups.get(end, ()))} for r, found in ends.items()
        }
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for name, record in set().union(*meant.values()):
            wanted[name].add(record)
        peers: defaultdict[Record, set[str]] = defaultdict(set)
        for name, several in wanted.items():
            known = self._ledger.types.get(name)
            below = known is not None and known.goes_below
            for record, units in claims.units(self._db, name, several).items():
                for unit in units:
                    peers[name, record] |= self._peers.get(unit, set())
                    if below:
                        peers[name, record] |= self._beside.get(unit, set())
        return {record: set().union(*(peers.get(m, set()) for m in found)) for record, found in meant.items()}

"""What levels below let not count is said once more by this station, for branches in which they are not known.

A record may be claimed by units of several branches, and then goes down to all of them. A level in one of them may
take something of it back, and whoever stands beside does not know that level and believes only those above both. So
these say it too, of what has gone there, and take it back when nobody below says so any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from desktop.records.canonical import Cell
from desktop.records.deciding import EXCLUSION
from desktop.store import aside, governing, links, scoping
from desktop.store.aside import Aside
from desktop.store.ledger import Deletion, Ledger, NewRecord
from desktop.store.links import Link
from desktop.store.scoping import Record
from desktop.sync import exclusions
from desktop.sync.certificates import Certificate
from desktop.sync.exclusions import Item, Named, Origin
from desktop.sync.judging import Judge
from desktop.sync.policy import said_once_more
from desktop.sync.scope import WITHOUT_UNIT, Scope

_LABEL = "下级定的不计入的内容，报过同一条的其他单位也不计入"


def take_back(ledger: Ledger, judge: Judge, operator: str) -> bool:
    """Lifts what nobody below says any more, inside the caller's transaction; whether there was anything."""
    said = _said(ledger)
    over = {
        record
        for name, item in (_excluded(ledger) if said else ())
        for record in said.get(name, ())
        if not _writers(judge, item)
    }
    if over:
        lifted = [Deletion(EXCLUSION, record) for record in sorted(over)]
        ledger.write("撤销不计入", operator, deletions=lifted)
    return bool(over)


def restate(ledger: Ledger, judge: Judge, operator: str) -> None:
    """Says once more what other branches hold and have not heard of yet, inside the caller's transaction."""
    branches, said = _Branches(ledger, judge), _said(ledger)
    found: dict[str, dict[Origin, set[tuple[int, int]]]] = {}
    for name, item in _excluded(ledger):
        writers = () if name in said else _writers(judge, item)
        if writers and branches.hold((item.type, item.record), writers):
            found.setdefault(item.reason, {}).setdefault(name[0], set()).add((item.number, item.stamp))
    births = [
        NewRecord(EXCLUSION, "", ledger.meta("unit_id") or "", _cells(ledger, reason, text))
        for reason, items in found.items()
        for text in exclusions.write({origin: Named((), contents) for origin, contents in items.items()})
    ]
    if births:
        ledger.write("转告不计入的内容", operator, births=births)


_Name = tuple[Origin, int, int]
"""Whose an item is, its number and its stamp."""


def _said(ledger: Ledger) -> dict[_Name, list[str]]:
    """What this station says once more, and in which records."""
    found: dict[_Name, list[str]] = {}
    for record, text in governing.restated(ledger.database, ledger.station):
        for origin, named in exclusions.read(text).items():
            for number, stamp in named.contents:
                found.setdefault((origin, number, stamp), []).append(record)
    return found


def _excluded(ledger: Ledger) -> Iterator[tuple[_Name, Aside]]:
    """What does not count by somebody's word, of records that have units."""
    for piece in aside.refused(ledger.database, excluded=True):
        origin = piece[0].station, piece[0].incarnation
        for item in piece:
            if item.type not in WITHOUT_UNIT and item.unit:
                yield (origin, item.number, item.stamp), item


def _writers(judge: Judge, item: Aside) -> Sequence[Certificate]:
    """By whose words an item does not count, if only levels below say so."""
    facts = Item(item.stamp, item.type, item.unit)
    return judge.policy.out_by_levels_between((item.station, item.incarnation), item.number, facts)


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
    """The stations below, and what each of them holds; looked at only where something is to be said."""

    def __init__(self, ledger: Ledger, judge: Judge) -> None:
        self._ledger = ledger
        self._tree = judge.state.tree
        self._links = [link for link in links.all_links(ledger.database) if not link.upward]
        self._scopes: dict[str, Scope] = {}
        self._types = frozenset(scoping.types_held(ledger.database))

    @cached_property
    def _moved(self) -> dict[Record, set[str]]:
        """Where records went by moves that wait since their births do not count."""
        found: dict[Record, set[str]] = {}
        for record, unit in scoping.moves_aside(self._ledger.database):
            found.setdefault(record, set()).add(unit)
        return found

    def hold(self, record: Record, writers: Sequence[Certificate]) -> bool:
        """Whether a record goes, or went, to a station under which none of these writers is."""
        below = {
            link.peer
            for link in self._links
            if any(
                unit in self._tree.below([link.unit]) for writer in writers for unit in writer.claims.units
            )
        }
        return any(self._covers(link, record) for link in self._links if link.peer not in below)

    def _covers(self, link: Link, record: Record) -> bool:
        moved = self._moved.get(record)
        if moved and not moved.isdisjoint(self._tree.below([link.unit])):
            return True
        return record[0] in self._types and self._scope(link.peer, link.unit).covers(record)

    def _scope(self, peer: str, unit: str) -> Scope:
        if peer not in self._scopes:
            self._scopes[peer] = Scope(self._ledger, unit, peer)
        return self._scopes[peer]

"""Words of this station, or of those below it, that have no effect here any more, nor above: it takes them back.

They are those that let not count what others wrote who were put under another superior since; and those that records
are one of which somebody elsewhere has or claims one by now. Stations below it may hold the same items, and cannot see
whose the others are: they would go on believing it. So all levels see the same, whatever they have heard of first.
And they are those by which a unit would be nobody's, as a level above has refused the registration that stood first
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Final

from desktop.records.versions.deciding import EXCLUSION, SAME, SUPERIOR
from desktop.records.versions.item_outcomes import REFUSED_REGISTERED
from desktop.records.versions.spans import inside, spans_of, without
from desktop.store.ledger import Deletion, Ledger, NewRecord
from desktop.store.log import edges
from desktop.store.queries import governing
from desktop.store.queries.units import subtree
from desktop.sync.authority import exclusions
from desktop.sync.authority.exclusions import Item, Named, Origin
from desktop.sync.authority.judging import Judge
from desktop.sync.authority.reach import rank
from desktop.sync.signed.tree import Place

PARTED: Final = "取消不再成立的合并"
"""The step that takes idle edges back: who takes it back in turn would see it done again by the next merge."""


def words(ledger: Ledger, judge: Judge) -> Iterator[tuple[Deletion, list[NewRecord]]]:
    """Each own word that is about such a station, and what of it is said once more, as it is about others too."""
    away = _moved_away(ledger, judge)
    if not away:
        return
    fields = [field.name for field in ledger.types[EXCLUSION].fields]
    for record, unit, cells in governing.exclusions_by(ledger.database, ledger.station, fields):
        text = str(cells["items"] or "")
        gone = {origin for origin in exclusions.runs_of(text) if _is_gone(judge, origin[0], away)}
        if gone:
            left = {origin: named for origin, named in exclusions.read(text).items() if origin not in gone}
            again = [
                NewRecord(EXCLUSION, "", unit, {**cells, "items": items}) for items in exclusions.write(left)
            ]
            yield Deletion(EXCLUSION, record), again


def registrations(ledger: Ledger, judge: Judge) -> Iterator[tuple[Deletion, list[NewRecord]]]:
    """Each own word that a unit had been registered by another before, if that one's does not count by a level above.

    Which came first hangs on who has heard of which; with neither nobody would have the unit.
    """
    back: dict[Origin, set[int]] = {}
    for several in governing.registered_in_vain(ledger.database).values():
        refused = [
            (origin, number)
            for origin, number, stamp, type_name, under in several
            if not _is_said_above(judge, origin, number, Item(stamp, type_name, under))
        ]
        if len(refused) < len(several):
            for origin, number in refused:
                back.setdefault(origin, set()).add(number)
    if not back:
        return
    fields = [field.name for field in ledger.types[EXCLUSION].fields]
    for record, unit, cells in governing.exclusions_by(ledger.database, ledger.station, fields):
        said = exclusions.read(str(cells["items"] or "")) if cells["refusal"] == REFUSED_REGISTERED else {}
        if any(inside(back.get(origin, ()), named.spans) for origin, named in said.items()):
            left = {
                origin: Named(without(named.spans, spans_of(back.get(origin, ()))), named.contents)
                for origin, named in said.items()
            }
            again = [
                NewRecord(EXCLUSION, "", unit, {**cells, "items": items}) for items in exclusions.write(left)
            ]
            yield Deletion(EXCLUSION, record), again


def _is_said_above(judge: Judge, origin: Origin, number: int, item: Item) -> bool:
    """Whether a level above this station lets an item not count."""
    own = judge.policy.known.own
    return own is not None and any(
        word.reach is not None
        and rank(word.reach.writer) < rank(own)
        and number in word.among({number: item})
        for word in judge.policy.exclusions.get(origin, ())
    )


def _moved_away(ledger: Ledger, judge: Judge) -> Set[str]:
    """The units known here that lie below this station's no more, since they, or one above them, were moved."""
    own = judge.policy.known.own
    changes = governing.changes_of_units(ledger.database, [SUPERIOR]) if own is not None else ()
    moved = {unit for _, _, _, unit, _, _, _, birth, _ in changes if not birth}
    tree = judge.state.tree
    return {
        unit for unit in tree.below(moved) if own and tree.place(unit, own.claims.units) is not Place.INSIDE
    }


def _is_gone(judge: Judge, station: str, away: Set[str]) -> bool:
    """Whether a station writes for units alone that were moved away."""
    units = judge.granted_units(station)
    return bool(units) and units <= away


def part(ledger: Ledger, operator: str) -> None:
    """Takes back the idle edges of this unit and those below it, inside the caller's transaction."""
    own = ledger.meta("unit_id")
    if own is not None:
        idle = edges.idle(ledger.database, ledger.types, subtree(ledger.database, own))
        if idle:
            ledger.write(PARTED, operator, deletions=[Deletion(SAME, edge) for edge in idle])

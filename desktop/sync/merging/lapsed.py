"""Words of this station, or of those below it, that have no effect here any more, nor above: it takes them back.

They are those that let not count what others wrote who were put under another superior since; and those that records
are one of which somebody elsewhere has or claims one by now. Stations below it may hold the same items, and cannot see
whose the others are: they would go on believing it. So all levels see the same, whatever they have heard of first.
And they are those by which a unit would be nobody's, as the registration that stood first counts no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from operator import itemgetter
from typing import Final

from desktop.records.versions.deciding import EXCLUSION, SAME, SUPERIOR
from desktop.records.versions.item_outcomes import REFUSED_REGISTERED, REFUSED_REVOKED
from desktop.records.versions.spans import inside, spans_of, without
from desktop.store.ledger import Deletion, Ledger, NewRecord
from desktop.store.log import edges
from desktop.store.queries import governing
from desktop.store.queries.units import subtree
from desktop.sync.authority import exclusions
from desktop.sync.authority.exclusions import Item, Named, Origin
from desktop.sync.authority.judging import Judge
from desktop.sync.authority.policy import Policy
from desktop.sync.authority.reach import rank
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.tree import Place

PARTED: Final = "取消不再成立的合并"
"""The step that takes idle edges back: who takes it back in turn would see it done again by the next merge."""
_AT_ONCE: Final = 50_000
"""Edges that are taken back in one step, as what a step writes lies in memory."""


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
    """Each own word that a unit had been registered by another before, where that registration counts no more.

    With neither nobody would have the unit. What came first comes back as the second, should it count again.
    """
    back: dict[Origin, set[int]] = {}
    for several in governing.registrations_aside(ledger.database).values():
        if (lifted := _own_to_lift(judge.policy, several)) is not None:
            back.setdefault(lifted[0], set()).add(lifted[1])
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


def _own_to_lift(
    policy: Policy, several: Sequence[tuple[Origin, int, int, str, str]]
) -> tuple[Origin, int] | None:
    """Which of the registrations of a unit is to count, now that none does, if this station has a word against it.

    It is one against which nothing else was said, of these the one that the lowest level can let count, and then the
    one that was made first. Two levels may have refused one another's: were it not for one of them to say, which of
    them does would hang on who hears first. Where nothing else was said against any, the first has yet to come back.
    """
    waiting: list[tuple[int, tuple[Origin, int], set[str]]] = []
    for origin, number, stamp, type_name, under in several:
        words = _against(policy, origin, number, Item(stamp, type_name, under))
        if words and all(reason == REFUSED_REGISTERED for reason, _ in words):
            level = min(rank(writer) for _, writer in words)
            waiting.append((level, (origin, number), {writer.station for _, writer in words}))
    if not waiting:
        return None
    lowest, named, speakers = max(waiting, key=itemgetter(0))
    is_over = len(waiting) < len(several) or any(level < lowest for level, *_ in waiting)
    return named if is_over and policy.known.station in speakers else None


def _against(policy: Policy, origin: Origin, number: int, item: Item) -> list[tuple[str, Certificate]]:
    """By whose words an item of another station does not count, each with its reason."""
    asked = {number: item}
    found = [
        (word.reason, word.reach.writer)
        for word in policy.exclusions.get(origin, ())
        if word.reach is not None and number in word.among(asked)
    ]
    revoked = (r for r in policy.revocations.get(origin[0], ()) if number in r.among(origin[1], asked))
    return found + [(REFUSED_REVOKED, r.writer) for r in revoked]


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
        for start in range(0, len(idle), _AT_ONCE):
            deletions = [Deletion(SAME, edge) for edge in idle[start : start + _AT_ONCE]]
            ledger.write(PARTED, operator, deletions=deletions)

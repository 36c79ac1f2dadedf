"""Whom below it concerns what was changed here, or said of what counts, since the last bundle to them was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set

from desktop.operations.session import Here
from desktop.records.versions import stamps
from desktop.records.versions.deciding import ERASURE, REVOCATION, UNIT
from desktop.store.peers.links import Link
from desktop.store.queries import said_since
from desktop.store.queries.attached import units_of
from desktop.store.queries.said_since import Said
from desktop.store.queries.units import subtree
from desktop.store.tables.database import Database
from desktop.store.tables.environment import EPOCH_MS
from desktop.sync.authority import enrolled, exclusions

_MOST_WORDS = 1_000
"""So many words are looked into; of more of them, all are told."""


def behind(database: Database, here: Here, told: Mapping[Link, int]) -> Set[str]:
    """Those of these stations, with the moment at which they were last told, to which something is news.

    What was changed is news to whom it belongs and to all above; a word of units and of what counts also to those below
    whom it may be about. It is only who is shown as waiting: every bundle brings all that is due.
    """
    since = {link: _stamp_at(at) for link, at in told.items()}
    if not since:
        return frozenset()
    oldest = min(since.values())
    changed = said_since.own_changes(database, here.station, oldest)
    said = said_since.own_words(database, here.station, oldest, _MOST_WORDS)
    about = _about(database, here, said)
    found: set[str] = set()
    for link, stamp in since.items():
        news = {unit for unit, at in changed if at >= stamp}
        words = [units for word, units in zip(said, about, strict=True) if word.stamp >= stamp]
        if news or words:
            below = set(subtree(database, link.unit))
            if not news.isdisjoint(below) or any(_concerns(u, link.unit, below) for u in words):
                found.add(link.peer)
    return found


def _concerns(units: Mapping[str, Set[str]], unit: str, below: Set[str]) -> bool:
    """Whether one of the units, each with all below it, is one of those below, or stands above."""
    return any(one in below or unit in under for one, under in units.items())


def _about(database: Database, here: Here, said: list[Said]) -> list[Mapping[str, Set[str]]]:
    """The units that each word is about, with all below them; where it is not known whose, the own one: all."""
    trees: dict[str, Set[str]] = {}

    def tree(unit: str) -> Set[str]:
        if unit not in trees:
            trees[unit] = frozenset(subtree(database, unit))
        return trees[unit]

    if not said:
        return []
    whose = dict(enrolled.stations(database)) | {here.station: here.unit.id}
    every = {here.unit.id: tree(here.unit.id)}
    many = len(said) >= _MOST_WORDS
    return [
        every if many else {u: tree(u) for u in _units(database, here, w, whose.get)} or every for w in said
    ]


def _units(database: Database, here: Here, word: Said, unit_of: Callable[[str], str | None]) -> Set[str]:
    if word.type == UNIT:
        # Whoever stands below reads there whose signatures are asked for.
        return {word.about}
    if word.type == ERASURE:
        return units_of(database, word.kind, [word.about]) if word.kind in here.types else frozenset()
    stations = [word.about] if word.type == REVOCATION else [s for s, _ in exclusions.runs_of(word.about)]
    units = {unit_of(station) for station in stations}
    return frozenset() if None in units else {unit for unit in units if unit is not None}


def _stamp_at(milliseconds: int) -> int:
    """The first stamp of a moment since 1970."""
    return stamps.make(stamps.tick_at(milliseconds - EPOCH_MS), 0)

"""What does not count and by whose word, for whoever only reads; saying and lifting it is in ``policy``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial

from desktop.operations import queries
from desktop.operations.session import Here
from desktop.operations.stations.effect import Effect
from desktop.operations.stations.traffic import station_names, unknown_station
from desktop.records.display import display
from desktop.records.versions import item_outcomes
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import EXCLUSION, REVOCATION, SUPERIOR, UNIT
from desktop.records.versions.spans import common
from desktop.store.peers import holdings
from desktop.store.peers import traffic as stored
from desktop.store.peers.traffic import Identity
from desktop.store.queries import missing_units, reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.sync.authority import enrolled, exclusions
from desktop.sync.authority.excluding import WITHDRAWN

RETURNED = "退回："
"""How the label of an exclusion begins by which a single record was sent back, and no merge rolled back."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """A record by which items do not count. ``own``: this unit has said so, and may take it back.

    ``kind`` is what it is in words, ``cause`` the code for it, of a revocation nothing; that has a ``station``.
    ``whose`` names those who have written the items.
    """

    record: str
    type: str
    label: str
    day: str
    note: str
    kind: str = ""
    cause: str = ""
    who: str = ""
    own: bool = False
    station: str = ""
    whose: str = ""


def all_excluded(database: Database, at: Here) -> list[Excluded]:
    """Every record by which items do not count, newest first.

    That a unit had registered itself before it joined is no news to anybody, and is left out. So is what somebody has
    said of those whom he does not stand above: it has no effect, and whoever read that it had might leave undone what
    has to be done. What is about computers beside this one of which nothing is known and nothing held here concerns
    others: such words go to everybody.
    """
    units = {u.id: u.name for u in queries.unit_tree(database, at.types)} | {at.unit.id: at.unit.name}
    found = [
        record
        for name in (EXCLUSION, REVOCATION)
        for record in reading.records(database, at.types, Query(name))
    ]
    found.sort(key=lambda record: record.stamp, reverse=True)
    settled = _registered_themselves(database)
    found = [record for record in found if not (settled and _names_only(record, settled))]
    names, effect = station_names(database, at), Effect(database, at)

    def here(station: str) -> bool:
        return station in names or holdings.held_of(database, station) > 0

    concerned = [
        (record, [s for s in _authors(record.values) if effect.holds(record, s) and here(s)])
        for record in found
    ]
    return [
        _excluded(
            at, record, units.get(record.unit, ""), [names.get(s, unknown_station(s)) for s in stations]
        )
        for record, stations in concerned
        if stations or record.unit == at.unit.id
    ]


def _excluded(at: Here, record: reading.Record, unit: str, whose: Iterable[str]) -> Excluded:
    values, record_type = record.values, at.types[record.type]
    cause = str(values.get("cause") or "")
    day, kind = ("revoked", record_type.label) if record.type == REVOCATION else ("excluded", "")
    return Excluded(
        record=record.id,
        type=record.type,
        label=str(values["label"] or ""),
        day=str(values[day] or ""),
        note=str(values["note"] or ""),
        kind=kind or display(record_type.by_name["cause"], cause, codes=at.codes),
        cause=cause,
        who=" ".join(filter(None, (unit, record.operator))),
        own=record.unit == at.unit.id,
        station=str(values.get("station") or ""),
        whose="、".join(dict.fromkeys(whose)),
    )


def _registered_themselves(database: Database) -> set[Identity]:
    """The refused items by which computers had registered their own units, which the level above has registered."""
    found = stored.registered_themselves(database)
    computers = set(enrolled.stations(database)) if found else set()
    return {item for item, unit in found if (item[0], unit) in computers}


def _names_only(record: reading.Record, items: Set[Identity]) -> bool:
    """Whether an exclusion is about these items and nothing else."""
    named = exclusions.read(str(record.values.get("items") or ""))
    return bool(named) and all(
        (*origin, number) in items
        for origin, found in named.items()
        for first, last in found.where()
        for number in range(first, min(last, first + len(items)) + 1)
    )


def _authors(values: Mapping[str, Cell]) -> list[str]:
    """The stations of the items that are named, or the one that is out of use."""
    station = str(values.get("station") or "")
    return [station] if station else [name for name, _ in exclusions.runs_of(str(values.get("items") or ""))]


@dataclass(frozen=True, slots=True)
class Rollback:
    """By which records a merge is withdrawn; ``own``: this unit has said so, and may take it back."""

    records: tuple[str, ...]
    own: bool

    @property
    def words(self) -> str:
        """What the ledger of merges says of it."""
        return "已撤回" if self.own else "上级已撤回"


def withdrawn_merges(database: Database, at: Here) -> dict[int, Rollback]:
    """The merges of which something is withdrawn, by number."""
    found: dict[int, Rollback] = {}
    effect = Effect(database, at)
    for record in reading.records(database, at.types, Query(EXCLUSION)):
        if record.values["cause"] != WITHDRAWN or str(record.values["label"]).startswith(RETURNED):
            continue
        own = record.unit == at.unit.id
        for merge in _merges_of(
            database, str(record.values["items"] or ""), partial(effect.is_above, record)
        ):
            before = found.get(merge, Rollback((), own=True))
            found[merge] = Rollback((*before.records, record.id), before.own and own)
    return found


def stays_elsewhere(database: Database, at: Here, *records: str) -> str:
    """Which units do not come back when these words are lifted, as another has registered them since; mostly nothing.

    Whoever has a unit by then is locked out by no word that is lifted: it is moved back by who is above both.
    """
    named = [
        (origin, found.where())
        for r in reading.records(database, at.types, Query(EXCLUSION))
        if r.id in records
        for origin, found in exclusions.read(str(r.values["items"] or "")).items()
    ]
    registered = [
        (unit, cells)
        for (*origin, number), unit, cells in missing_units.registrations_refused(database)
        if any(whose == tuple(origin) and common(where, [(number, number)]) for whose, where in named)
    ]
    units = {r.id: r.values for r in reading.records(database, at.types, Query(UNIT))} if registered else {}
    words: dict[str, str] = {}
    for unit, cells in registered:
        if unit in units:
            before, now = json.loads(cells).get(SUPERIOR), units[unit][SUPERIOR]
            if now != before:
                above = f"“{units[str(now)]['name']}”" if now in units else "别的上级"
                words[unit] = f"“{units[unit]['name']}”现在归{above}"
    if not words:
        return ""
    return f"{'、'.join(words.values())}：恢复不改变这一点，要归回原来的上级，恢复以后请用“调整隶属关系”。"


def words_of_withdrawals(
    database: Database, here: Here, items: Sequence[stored.Unapplied]
) -> list[tuple[bool, str, bool]]:
    """Whether each of these items was sent back as a single record, why it was withdrawn, and whether by this unit;
    mostly nothing."""
    if all(item.reason != item_outcomes.REFUSED_WITHDRAWN for item in items):
        return [(False, "", False)] * len(items)
    # Whoever names another's items has not sent them back, and says nothing to who wrote them.
    effect = Effect(database, here)
    words = [
        (exclusions.read(str(record.values["items"] or "")), record)
        for record in reading.records(database, here.types, Query(EXCLUSION))
        if record.values["cause"] == WITHDRAWN
    ]
    spans = [
        (
            {
                origin: named.where()
                for origin, named in found.items()
                # What was withdrawn may be what put those below where they were.
                if effect.is_above(said, origin[0]) or effect.is_of(said, here.station)
            },
            said,
        )
        for found, said in words
    ]
    found: list[tuple[bool, str, bool]] = []
    for item in items:
        of_it = [
            said
            for where, said in spans
            if item.reason == item_outcomes.REFUSED_WITHDRAWN
            and common(where.get((item.station, item.incarnation), []), [(item.number, item.number)])
        ]
        # Of several words one may say why.
        why = next((said for said in of_it if said.values["note"]), None)
        found.append(
            (
                why is not None and str(why.values["label"]).startswith(RETURNED),
                "" if why is None else str(why.values["note"]),
                any(said.unit == here.unit.id for said in of_it),
            )
        )
    return found


def was_withdrawn(database: Database, at: Here, sender: str, incarnation: str, sequence: int) -> bool:
    """Whether a bundle was merged here and that was withdrawn: merged once more, it brings nothing back."""
    of_it = stored.merges_of(database, sender, incarnation, sequence)
    return bool(of_it) and not of_it.isdisjoint(withdrawn_merges(database, at))


def _merges_of(database: Database, items: str, holds: Callable[[str], bool]) -> set[int]:
    """The merges that have brought items which a text names of stations of which it holds."""
    found: set[int] = set()
    for origin, runs in exclusions.runs_of(items).items():
        if not holds(origin[0]):
            continue
        spans = exclusions.numbers_in(runs)
        for merge, first, last in holdings.brought(database, *origin):
            if merge not in found and common(spans, [(first, last)]):
                found.add(merge)
    return found

"""A station writes items of its own anew under a new incarnation, when the old ones cannot count (rules 19 and 23).

What was saved under a date in the future is held at every level above until its date has come, and everything newer
would have to be stamped later still: those items are void in writing, and their contents are saved again today. Of a
forked incarnation a level above has said which contents count: what lost there is saved again under numbers that
nobody else has given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from desktop.records.canonical import ABSENT, parse
from desktop.records.deciding import DECIDING_TYPES, EXCLUSION
from desktop.records.declaration import DELETED_SLOT
from desktop.records.item_outcomes import REFUSED_FORK
from desktop.records.items import BIRTH
from desktop.records.spans import spans_of
from desktop.records.stamps import DAY_MS, milliseconds_of
from desktop.store.columns import quoted, table_of, wire_columns
from desktop.store.ledger import ChangeSet, Deletion, Ledger, NewRecord, SlotEdit
from desktop.sync import exclusions, links, segments, sending, standing, station, waiting
from desktop.sync.exclusions import Named
from desktop.sync.identity import StationKeys
from desktop.sync.policy import CLOCK
from desktop.sync.sorting import Put, Sorted


@dataclass(frozen=True, slots=True)
class OwnItem:
    """An own item as it stands in its segment."""

    origin: int
    incarnation: str
    put: Put


def future_items(ledger: Ledger, keys: StationKeys) -> list[OwnItem]:
    """Own items that are dated more than a day after now, in the order in which they were written.

    What says who counts is left out: a certificate names the item that granted it.
    """
    limit = ledger.environment.since_epoch() + DAY_MS
    sending.cut_own(ledger, keys)
    found: list[OwnItem] = []
    for origin, incarnation in ledger.database.rows(
        "SELECT ref, incarnation FROM origin WHERE station = ? ORDER BY ref", (ledger.station,)
    ):
        aside = set(ledger.database.rows("SELECT number, stamp FROM refused WHERE origin = ?", (origin,)))
        found += [
            OwnItem(origin, incarnation, put)
            for put in _puts(ledger, origin)
            if milliseconds_of(put.stamp) > limit
            and (put.number, put.stamp) not in aside
            and put.type not in DECIDING_TYPES
        ]
    return found


def lost_items(ledger: Ledger) -> list[OwnItem]:
    """Own items of the present incarnation that lost in a fork, in the order in which they were written."""
    lost = set(
        ledger.database.rows(
            "SELECT number, stamp FROM refused WHERE origin = ? AND reason = ?", (ledger.origin, REFUSED_FORK)
        )
    )
    return [
        OwnItem(ledger.origin, ledger.incarnation, put)
        for put in _puts(ledger, ledger.origin)
        if (put.number, put.stamp) in lost and put.type not in DECIDING_TYPES
    ]


def holds_one(ledger: Ledger, contents: Collection[tuple[int, int]]) -> bool:
    """Whether one of these contents, number and stamp, was written by this very ledger."""
    return any((put.number, put.stamp) in contents for put in _puts(ledger, ledger.origin))


def redate(ledger: Ledger, keys: StationKeys, incarnation: str, operator: str, label: str) -> ChangeSet:
    """Writes what :func:`future_items` gives anew under ``incarnation``; the date must be right now.

    Each item keeps its writer's name. Raises ``WrongClock``.
    """
    with ledger.database.transaction():
        wrong = future_items(ledger, keys)
        if not wrong:
            return ChangeSet()
        station.begin_incarnation(ledger, incarnation)
        ledger.clock.wind_back(_newest(ledger, wrong))
        named: dict[exclusions.Origin, list[int]] = defaultdict(list)
        for item in wrong:
            named[ledger.station, item.incarnation].append(item.put.number)
        day = ledger.environment.today().isoformat()
        births = [
            NewRecord(EXCLUSION, "", ledger.meta("unit_id") or "",
                      {"label": label, "cause": CLOCK, "excluded": day, "items": text})
            for text in exclusions.write({origin: Named(spans_of(numbers)) for origin, numbers in named.items()})
        ]  # fmt: skip
        said = ledger.write(label, operator, births=births)
        standing.settle(ledger, keys)
        for item in wrong:
            _write_again(ledger, item.put, label)
    return ChangeSet(said.stamp, everything=True)


def renumber(ledger: Ledger, incarnation: str, label: str) -> int:
    """Goes on under ``incarnation`` after a decided fork, with what lost there written anew; how many items.

    What won and is not held here, because this ledger was restored, comes down with the next bundle.

    Each item keeps its writer's name. Raises ``WrongClock``.
    """
    with ledger.database.transaction():
        lost = lost_items(ledger)
        station.begin_incarnation(ledger, incarnation)
        links.ask_again(ledger.database)
        for item in lost:
            _write_again(ledger, item.put, label)
    return len(lost)


def _newest(ledger: Ledger, wrong: Sequence[OwnItem]) -> int:
    """The newest stamp of everything else that is held here."""
    bad = {(item.origin, item.put.number) for item in wrong}
    floor = min(item.put.stamp for item in wrong)
    newest = int(
        ledger.database.value("SELECT coalesce(max(stamp), 0) FROM operation WHERE stamp < ?", (floor,))
    )
    columns = [(table_of(name), "_stamp", "_origin", "_number") for name in ledger.types]
    for table, stamp, origin, number in [*columns, ("version", "stamp", "origin", "number")]:
        older = ledger.database.value(f"SELECT max({stamp}) FROM {quoted(table)} WHERE {stamp} < ?", (floor,))
        newest = max(newest, older or 0)
        for at, *item in ledger.database.rows(
            f"SELECT {stamp}, {origin}, {number} FROM {quoted(table)} WHERE {stamp} >= ?", (floor,)
        ):
            newest = newest if tuple(item) in bad else max(newest, at)
    return newest


def _write_again(ledger: Ledger, put: Put, label: str) -> None:
    """One item as an ordinary save by the same person; what stands already by another hand is not doubled."""
    record_type = ledger.types.get(put.type)
    if record_type is None:
        return
    if put.kind == BIRTH:
        names = {column: f.name for column, f in wire_columns(record_type).items()}
        cells = {names[c]: v for c, v in parse(put.value).items() if c in names}
        ledger.write(label, put.operator, births=[NewRecord(put.type, put.record, put.unit, cells)])
    elif put.slot == DELETED_SLOT:
        deletion = Deletion(put.type, put.record, revive=put.value == ABSENT)
        ledger.write(label, put.operator, deletions=[deletion])
    else:
        ledger.write(label, put.operator, edits=[SlotEdit(put.type, put.record, put.slot, parse(put.value))])


def _puts(ledger: Ledger, origin: int) -> Iterator[Put]:
    for header, lines in waiting.stored(ledger, origin, 1, (1 << 53) - 1):
        items = Sorted(segments.decode(header, lines, ledger.types), origin)
        items.hold(items.looked_at, "")
        yield from sorted(items.waiting(), key=lambda put: put.number)

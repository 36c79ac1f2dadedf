"""A station writes items of its own anew under a new incarnation, when the old ones cannot count (rules 19 and 23).

What was saved under a date in the future is held at every level above until its date has come, and everything newer
would have to be stamped later still: those items are void in writing, and their contents are saved again today. Of a
forked incarnation a level above has said which contents count: what lost there is saved again under numbers that
nobody else has given.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.records.declaration import DELETED_SLOT
from desktop.records.versions.canonical import ABSENT, MAX_NUMBER, parse
from desktop.records.versions.deciding import (
    DECIDING_TYPES,
    ERASURE,
    EXCLUSION,
    GRANT,
    OWN_TYPES,
    REVOCATION,
    UNIT,
)
from desktop.records.versions.item_outcomes import REFUSED_FORK
from desktop.records.versions.items import BIRTH
from desktop.records.versions.resolution import Life, with_stamps
from desktop.records.versions.stamped import Stamped
from desktop.records.versions.stamps import DAY_MS, from_wire, make, milliseconds_of, tick_at, to_wire
from desktop.store.ledger import Again, ChangeSet, Deletion, Ledger, NewRecord
from desktop.store.log.versions import load_versions
from desktop.store.merging import aside, erasing
from desktop.store.merging.aside import Put
from desktop.store.peers import links, received
from desktop.store.queries import erasures, reading, scoping
from desktop.store.tables.clock import newest_stamp
from desktop.store.tables.columns import wire_columns
from desktop.sync.authority import exclusions, station
from desktop.sync.authority.excluding import CLOCK
from desktop.sync.authority.exclusions import Named
from desktop.sync.authority.sorting import Sorted
from desktop.sync.bundles import kept, sending
from desktop.sync.formats import decoding
from desktop.sync.merging import standing
from desktop.sync.signed.identity import StationKeys

REDATING = "更正日期，重新保存"
"""What the operation is called; it is not taken back, as that would bring the wrong date back."""


_WRITTEN_ANEW: Final = "written_anew"
_SAID_ON: Final = {ERASURE: "erased", EXCLUSION: "excluded", REVOCATION: "revoked"}
"""The field with the day on which it was said, of what says what counts."""


@dataclass(frozen=True, slots=True)
class OwnItem:
    """An own item as it stands in its segment."""

    origin: int
    incarnation: str
    put: Put


def future_items(ledger: Ledger, keys: StationKeys) -> list[OwnItem]:
    """Own items that are dated more than a day after now, in the order in which they were written.

    Of what says who counts a station takes nothing back: it waits above for its day. So an erasure, that somebody's
    items do not count, or that they do so again, is listed until it was said once more. A certificate names the item
    that granted it and is not said once more; it is listed as long as the date was not put right since. What stands on
    a record that does not count (any more) is listed once that does, as it cannot be saved anew before.
    """
    limit = ledger.environment.since_epoch() + DAY_MS
    sending.cut_own(ledger, keys)
    newest = make(tick_at(limit + 1), 0)
    said = erasures.said_last(ledger.database, ledger.station, newest)
    found: list[OwnItem] = []
    for origin, incarnation in received.incarnations(ledger.database, ledger.station):
        refused = aside.refused_of(ledger.database, origin)
        found += [
            OwnItem(origin, incarnation, put)
            for put in _puts(ledger, origin)
            if milliseconds_of(put.stamp) > limit
            and (put.number, put.stamp) not in refused
            and (put.type not in OWN_TYPES or _is_unsaid(ledger, origin, put, said, newest))
        ]
    return _with_births(ledger, found)


def _is_unsaid(
    ledger: Ledger, origin: int, put: Put, said: Mapping[erasures.Asked, tuple[int, int]], newest: int
) -> bool:
    """Whether nobody has put right the date of what this says of who counts, and it still does."""
    if put.type != ERASURE:
        shown = reading.record(ledger.database, ledger.types, put.type, put.record)
        if shown is None or (shown.life is Life.DELETED) is (put.kind == BIRTH):
            return False
        if put.kind == BIRTH:
            # What says what counts is gone once it was said once more; of a grant the incarnation tells.
            return put.type != GRANT or origin == ledger.origin
        lifted = load_versions(ledger.database, put.type, bytes.fromhex(put.record), only=DELETED_SLOT)
        return all(v.stamp > newest for v in lifted if v.value != ABSENT)
    if put.kind != BIRTH:
        return False
    cells = parse(put.value)
    asked = (*(str(cells.get(name) or "") for name in erasures.ASKED), put.unit)
    return said.get(asked, (0, 0)) < (origin, put.number)


def lost_items(ledger: Ledger) -> list[OwnItem]:
    """Own items that lost in a fork and were not written anew yet, in the order in which they were written.

    They are of the present incarnation, or of one that was left for its fork: what had not come above by then may lose
    later. Of what says who counts only what was said of units: a certificate names the item that granted it, and of
    what was taken back a person knows whether it still should be. What stands on a record that does not count (any
    more) is listed once that does.
    """
    written = _written_anew(ledger)
    found: list[OwnItem] = []
    for origin, incarnation in received.incarnations(ledger.database, ledger.station):
        if origin != ledger.origin and incarnation not in written:
            continue
        lost = aside.refused_of(ledger.database, origin, REFUSED_FORK) - written.get(incarnation, set())
        found += [
            OwnItem(origin, incarnation, put)
            for put in (_puts(ledger, origin) if lost else ())
            if (put.number, put.stamp) in lost and (put.type == UNIT or put.type not in DECIDING_TYPES)
        ]
    return _with_births(ledger, found)


def _with_births(ledger: Ledger, items: Sequence[OwnItem]) -> list[OwnItem]:
    """These items without what cannot be saved anew now, since its record has no birth here and none among them."""
    born = {(item.put.type, item.put.record) for item in items if item.put.kind == BIRTH}
    return [
        item
        for item in items
        if not _can_be_said_again(ledger, item.put)
        or (item.put.type, item.put.record) in born
        or scoping.is_here(ledger.database, item.put.type, item.put.record)
    ]


def _written_anew(ledger: Ledger) -> dict[str, set[tuple[int, int]]]:
    """Number and stamp of the items that were written anew, by the incarnation in which they had lost."""
    said = json.loads(ledger.meta(_WRITTEN_ANEW) or "{}")
    return {incarnation: {(number, stamp) for number, stamp in items} for incarnation, items in said.items()}


def holds_one(ledger: Ledger, contents: Collection[tuple[int, int]]) -> bool:
    """Whether one of these contents, number and stamp, was written by this very ledger."""
    return any((put.number, put.stamp) in contents for put in _puts(ledger, ledger.origin, erased=True))


def redate(ledger: Ledger, keys: StationKeys, incarnation: str, operator: str, label: str) -> ChangeSet:
    """Writes what :func:`future_items` gives anew under ``incarnation``; the date must be right now.

    Each item keeps its writer's name. Raises ``WrongClock``.
    """
    with ledger.database.transaction():
        wrong = future_items(ledger, keys)
        if not wrong:
            return ChangeSet()
        station.begin_incarnation(ledger, incarnation)
        ledger.clock.wind_back(_newest(ledger))
        # By their contents: what a copy of this ledger has said under these numbers nobody writes anew here.
        named: dict[exclusions.Origin, Stamped] = defaultdict(Stamped)
        for item in wrong:
            if item.put.type not in OWN_TYPES:
                named[ledger.station, item.incarnation].add([(item.put.number, item.put.stamp)])
        day = ledger.environment.today().isoformat()
        births = [
            NewRecord(EXCLUSION, "", ledger.meta("unit_id") or "",
                      {"label": label, "cause": CLOCK, "excluded": day, "items": text})
            for text in exclusions.write({origin: Named((), contents) for origin, contents in named.items()})
        ]  # fmt: skip
        said = ledger.write(label, operator, births=births)
        standing.settle(ledger, keys, operator)
        last = _write_again(ledger, wrong, label)
        erased = {
            str(parse(item.put.value).get("target") or "") for item in wrong if item.put.type == ERASURE
        }
        if erased:
            # What is recorded from now on is a new matter here too, until the day of the first one.
            erasing.note_undone(ledger.database, erased, last)
            standing.settle(ledger, keys, operator)
    return ChangeSet(said.stamp or last, everything=True)


def renumber(ledger: Ledger, keys: StationKeys, incarnation: str, operator: str, label: str) -> int:
    """Goes on under ``incarnation`` after a decided fork, with what lost there written anew; how many items.

    What won and is not held here, because this ledger was restored, comes down with the next bundle.

    Each item keeps its writer's name. Raises ``WrongClock``.
    """
    with ledger.database.transaction():
        # What the merge has written that brought the decision came after it, and stands in no segment yet.
        standing.settle(ledger, keys, operator)
        sending.cut_own(ledger, keys)
        lost = lost_items(ledger)
        _note_written_anew(ledger, lost, left=ledger.incarnation)
        station.begin_incarnation(ledger, incarnation)
        links.ask_again(ledger.database)
        _write_again(ledger, lost, label)
    return len(lost)


def save_late(ledger: Ledger, label: str) -> int:
    """Writes anew what lost in a fork after the incarnation was left for it; how many items. Raises ``WrongClock``."""
    with ledger.database.transaction():
        lost = [item for item in lost_items(ledger) if item.origin != ledger.origin]
        if lost:
            _note_written_anew(ledger, lost)
        _write_again(ledger, lost, label)
    return len(lost)


def _note_written_anew(ledger: Ledger, items: Sequence[OwnItem], left: str | None = None) -> None:
    """These items are written anew, so none is a second time, as it would win over what is newer by then.

    ``left`` is an incarnation that is left for its fork, be it that nothing has lost there yet.
    """
    written = _written_anew(ledger)
    if left is not None:
        written.setdefault(left, set())
    for item in items:
        written[item.incarnation].add((item.put.number, item.put.stamp))
    ledger.set_meta(_WRITTEN_ANEW, json.dumps({name: sorted(found) for name, found in written.items()}))


def _newest(ledger: Ledger) -> int:
    """The newest stamp here that is not of the future; what counts of others cannot be later."""
    limit = make(tick_at(ledger.environment.since_epoch() + DAY_MS + 1), 0)
    return newest_stamp(ledger.database, ledger.types, limit)


def _write_again(ledger: Ledger, items: Sequence[OwnItem], label: str) -> int:
    """Items as saves of the same persons, in their order, each upon what its writer saw; the stamp of the last one.

    What one operation had written has one stamp again, by which later ones name it. What others have written meanwhile
    stands beside it.
    """
    steps: dict[tuple[int, int, str], list[Put]] = {}
    # An incarnation that was lost with a restore and came back since is met last, and others were written upon it.
    for item in sorted(items, key=lambda item: item.put.stamp):
        steps.setdefault((item.origin, item.put.stamp, item.put.operator), []).append(item.put)
    anew: dict[int, int] = {}
    last = 0
    for (_, stamp, operator), puts in steps.items():
        found = [put for put in puts if _can_be_said_again(ledger, put)]
        born = [_born_again(ledger, put, anew) for put in found if put.kind == BIRTH]
        here = {(birth.type, birth.record) for birth in born}
        said = ledger.write(
            label,
            operator,
            births=born,
            # The id of what says what counts follows from its own item. Who lifts it has one to lift; nothing takes
            # back an erasure.
            deletions=[
                Deletion(put.type, put.record)
                for put in found
                if put.kind == BIRTH and put.type in _SAID_ON and put.type != ERASURE
            ],
            again=[
                _changed_again(put, anew)
                for put in found
                # Somebody above may have withdrawn the record since.
                if put.kind != BIRTH
                and ((put.type, put.record) in here or scoping.is_here(ledger.database, put.type, put.record))
            ],
        )
        if said.stamp:
            anew[stamp] = last = said.stamp
    return last


def _can_be_said_again(ledger: Ledger, put: Put) -> bool:
    """Whether this program can: of a type, or a kind, that it does not know nobody could read the rest.

    What it cannot stays where it was put aside. Whom a station has enrolled it enrols once more.
    """
    return (
        put.type in ledger.types
        and (put.kind == BIRTH or bool(put.slot))
        and (put.type, put.kind) != (GRANT, BIRTH)
    )


def _born_again(ledger: Ledger, put: Put, anew: Mapping[int, int]) -> NewRecord:
    """The same birth; what says what counts has the day of now, and an id that follows from its new item."""
    names = {column: f.name for column, f in wire_columns(ledger.types[put.type]).items()}
    cells = {names[c]: v for c, v in parse(put.value).items() if c in names}
    if put.type in _SAID_ON:
        cells[_SAID_ON[put.type]] = ledger.environment.today().isoformat()
    if put.type == ERASURE:
        cells["upto"] = to_wire(_emptied(cells.get("upto"), anew, ledger))
    return NewRecord(put.type, "" if put.type in _SAID_ON else put.record, put.unit, cells)


def _changed_again(put: Put, anew: Mapping[int, int]) -> Again:
    """The same change, upon what was written anew where it stood upon that."""
    replaces = tuple(
        anew.get(seen, seen) if isinstance(seen, int) else (seen[0], anew.get(seen[1], seen[1]))
        for seen in put.replaces
    )
    is_tombstone = put.slot == DELETED_SLOT and put.value != ABSENT
    value = with_stamps(put.value, anew) if is_tombstone else put.value
    return Again(put.type, put.record, put.slot, value, replaces)


def _emptied(upto: object, anew: Mapping[int, int], ledger: Ledger) -> int:
    """Up to which stamp an erasure reaches that is said once more: what its writer had emptied is emptied anew.

    Who erases writes nothing into the slots first, and names the moment before that.
    """
    try:
        emptied = anew.get(from_wire(str(upto)) + 1)
    except ValueError:
        emptied = None
    return (emptied or ledger.clock.next_stamp()) - 1


def _puts(ledger: Ledger, origin: int, *, erased: bool = False) -> Iterator[Put]:
    """All items of an origin; a change whose value was ``erased`` says nothing that could be said again."""
    for header, lines in kept.between(ledger.database, origin, 1, MAX_NUMBER):
        items = Sorted(decoding.decode(header, lines, ledger.types), origin)
        items.drop(() if erased else items.erased)
        items.hold(items.looked_at, "")
        yield from sorted(items.waiting(), key=lambda put: put.number)

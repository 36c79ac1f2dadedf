"""What was not applied, here or at a level above, in words: which item of whose, why, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from desktop.operations import queries
from desktop.operations.session import Here
from desktop.operations.stations import advising, renewal
from desktop.operations.stations.traffic import station_names, unknown_station
from desktop.operations.stations.uncounted import words_of_withdrawals
from desktop.records.declaration import RESERVED_LABELS, UNKNOWN_LABEL, RecordType
from desktop.records.versions import item_outcomes
from desktop.records.versions.deciding import ERASURE
from desktop.records.versions.stamps import DAY_MS, milliseconds_of
from desktop.store.peers import traffic as stored
from desktop.store.queries import forked, locating, missing_units
from desktop.store.tables.columns import wire_columns
from desktop.store.tables.database import Database
from desktop.sync.authority import enrolled
from desktop.sync.merging import results

REFUSED, HELD, CONFLICT = item_outcomes.REFUSED, item_outcomes.HELD, item_outcomes.CONFLICT
OUTCOMES: Mapping[str, str] = {o: item_outcomes.OUTCOMES[o] for o in (REFUSED, HELD, CONFLICT)}
"""What became of an item that is not applied."""

_LONG = 30 * DAY_MS
"""After this time what waits is not likely to come to count by itself (rule 15)."""
REFILLED = "refilled"
"""The setting that lists the own items that were filled in once more and saved, a line for each."""
DROPPED = "dropped"
"""The one that lists those that nobody will report again, as what was sent back for being there twice; likewise."""
_REPLACED = frozenset({item_outcomes.REFUSED_CLOCK, item_outcomes.REFUSED_FORK})
"""Reasons of refusals whose contents the program itself has saved anew, or saves anew when it has to."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An item that is not applied, in words; ``above`` when a level above says so. ``record`` may not be here.

    ``again`` is whether there is something to fill a form with (``refilling``), and ``done`` whether that was saved, or
    ``dropped``. ``settled`` asks for nothing of anybody, and is told of the merge alone that brought it.
    """

    outcome: str
    reason: str
    advice: str
    author: str
    own: bool
    above: bool
    type: str
    record: str
    slot: str
    label: str
    title: str
    slot_label: str
    known: bool
    cause: str = ""
    number: int = 0
    incarnation: str = ""
    again: bool = False
    done: bool = False
    dropped: bool = False
    settled: bool = False


def unsettled(database: Database, here: Here) -> list[Unsettled]:
    """What levels above have not taken, then what is set aside here; a conflict is told once, not once a version.

    What a level above does not take is put aside here too when it has said so in writing; that is told once.
    """
    answers, aside = stored.answers(database), stored.set_aside(database)
    answered = {(a.station, a.incarnation, a.number, a.outcome) for a in answers}
    new = [a for a in aside if (a.station, a.incarnation, a.number, a.outcome) not in answered]
    told: dict[tuple[object, ...], Unsettled] = {}
    for number, found in enumerate(_words(database, here, [*answers, *new])):
        one = (found.record, found.slot, found.above) if found.outcome == CONFLICT else (number,)
        told.setdefault(one, found)
    refilled, dropped = (set(stored.setting(database, name).split("\n")) for name in (REFILLED, DROPPED))
    return [_ended(found, refilled, dropped) for found in told.values() if not found.settled]


def _ended(found: Unsettled, refilled: Set[str], dropped: Set[str]) -> Unsettled:
    """The same with what its writer has done about it; what was filled in after all is no longer dropped."""
    key = line_of(found)
    gone = found.again and key in dropped and key not in refilled
    return replace(found, done=gone or (found.again and key in refilled), dropped=gone)


def came_back(database: Database, here: Here) -> dict[str, str]:
    """Why levels above do not take own items, by item: what a merge has added to them is news."""
    return refused(unsettled(database, here))[0]


def refused(listed: Iterable[Unsettled]) -> tuple[dict[str, str], dict[str, str]]:
    """Why levels above do not take own items, and why what came from others does not count here; by item."""
    back: dict[str, str] = {}
    aside: dict[str, str] = {}
    for item in listed:
        if item.outcome == REFUSED and not item.done and item.own == item.above:
            (back if item.own else aside)[line_of(item)] = item.reason
    return back, aside


def again(before: Mapping[str, str], listed: Iterable[Unsettled]) -> int:
    """How many of those that were refused count now: what only waits, or is set aside by another word, does not."""
    return len(before.keys() - set(map(line_of, listed)))


def missing(database: Database, here: Here, type_name: str) -> int:
    """How many records of a type stand in no list because their births are not taken, and wait for somebody."""
    if not any(stored.count_unapplied(database)[:3]):
        return 0
    return len({
        found.record for found in unsettled(database, here)
        if found.type == type_name and found.outcome in (REFUSED, HELD) and not (found.known or found.done)
    })  # fmt: skip


def unlisted(database: Database) -> int:
    """How many items are left that :func:`unsettled` does not list: nobody reads so many."""
    return stored.count_unlisted(database)


def unlisted_words(count: int, measure: str = "条") -> str:
    """That a list is cut; nothing where it is whole."""
    return f"另有{count}{measure}没有列出" if count else ""


def merge_details(database: Database, here: Here, merge: int) -> list[Unsettled]:
    """What one merge of the ledger did not apply, as much as is listed."""
    return _words(database, here, stored.merge_items(database, merge))


def merge_count(database: Database, merge: int) -> int:
    """How many items one merge of the ledger did not apply."""
    return stored.count_merge_items(database, merge)


def in_words(
    database: Database,
    here: Here,
    items: Sequence[results.Unapplied],
    names: Mapping[str, str] | None = None,
) -> list[Unsettled]:
    """What a merge or its preview does not apply; before the merge, records that are not here yet have no title.

    ``names`` are the computers that would be known after it.
    """
    found = [stored.Unapplied(u.station, "", u.number, u.outcome, u.reason) for u in items]
    named = [stored.Unapplied(u.station, u.incarnation, u.number, u.outcome, u.reason) for u in items]
    places = [
        locating.Place(
            u.type,
            u.record,
            "" if u.outcome == CONFLICT else u.slot or "",
            aside.cells if aside is not None and aside.record == u.record else "",
        )
        for u, aside in zip(items, locating.locate(database, here.types, named), strict=True)
    ]
    return _words(database, here, found, places, names)


def _words(
    database: Database,
    here: Here,
    items: Sequence[stored.Unapplied],
    places: Sequence[locating.Place | None] | None = None,
    known: Mapping[str, str] | None = None,
) -> list[Unsettled]:
    """Puts items into words; the records are looked up type by type, as there may be thousands."""
    if places is None:
        places = locating.locate(database, here.types, items)
    wanted: dict[str, set[str]] = {}
    for place in filter(None, places):
        if place.type in here.types:
            wanted.setdefault(place.type, set()).add(place.record)
    titles = {
        key: words
        for name, ids in wanted.items()
        for key, words in queries.titles(database, here.types, here.codes, name, ids).items()
    }
    held = set(titles)
    for place in filter(None, places):
        if place.cells and place.record not in titles and place.type in here.types:
            titles[place.record] = _title_of_cells(database, here, place)
    names = {**station_names(database, here), **(known or {})}
    before = stored.setting(database, renewal.STATION_BEFORE)
    if before:
        names[before] = here.unit.name
    refused = {
        p.record: p.slot
        for i, p in zip(items, places, strict=True)
        if p is not None and i.outcome == REFUSED and p.slot in advising.CAUSES
    }
    now = stored.newest_moment(database)
    waits = any(item.reason == item_outcomes.HELD_FORK for item in items)
    left = forked.left(database) if waits else frozenset[str]()
    said = words_of_withdrawals(database, here, items)
    found = [
        _urged(_unsettled(here, before, i, place, titles, names, held, left), i, place, refused, now)
        for i, place in zip(items, places, strict=True)
    ]
    found = [
        replace(
            one,
            reason=f"{(advising.BACK if one.above else advising.BACK_HERE) if returned else one.reason}：{note}",
            advice=one.advice.removeprefix(advising.ASK),
        )
        if note
        else one
        for one, (returned, note, _) in zip(found, said, strict=True)
    ]
    found = [
        replace(one, advice=advising.WITHDRAWN_ELSEWHERE)
        if one.advice == advising.WITHDRAWN_HERE and not ours
        else one
        for one, (*_, ours) in zip(found, said, strict=True)
    ]
    found = _in_vain(database, here, items, found)
    return _settled_by_numbers(database, here, items, _settled_by_joining(database, here, items, found))


def _in_vain(
    database: Database, here: Here, items: Sequence[stored.Unapplied], found: list[Unsettled]
) -> list[Unsettled]:
    """What waits for a unit or a grant that is not on its way: it does not count, or others have the unit by now."""
    reasons = {item.reason for item in items}
    units = why = lost = dict[Any, str]()
    if item_outcomes.HELD_UNIT in reasons:
        why = missing_units.why_missing(database)
        units = missing_units.waited_for(database, [(i.station, i.incarnation, i.number) for i in items])
    if item_outcomes.HELD_CERTIFICATE in reasons:
        lost = missing_units.grants_lost(database)
    found = _granted_since(database, items, found) if item_outcomes.HELD_FUTURE in reasons else found
    own = why.get(here.unit.id, "")
    told: list[Unsettled] = []
    for item, one in zip(items, found, strict=True):
        words: tuple[str, str] | None = None
        if item.reason == item_outcomes.HELD_UNIT:
            unit = units.get((item.station, item.incarnation, item.number), "")
            cause = why.get(unit, own if one.own else "")
            words = advising.NO_UNIT.get(cause, advising.NO_UNIT[""]) if cause else None
        elif item.reason == item_outcomes.HELD_CERTIFICATE:
            words = advising.LOST_GRANT.get(lost.get(item.station, ""))
        told.append(one if words is None else replace(one, reason=words[0], advice=words[1]))
    return told


def _granted_since(
    database: Database, items: Sequence[stored.Unapplied], found: Sequence[Unsettled]
) -> list[Unsettled]:
    """A grant of a day to come is not waited for: it is given once more, and then asks for nothing."""
    ahead = missing_units.grants_ahead(database)
    enrolled_since = {station for station, _ in enrolled.stations(database)} if ahead else set[str]()
    told: list[Unsettled] = []
    for item, one in zip(items, found, strict=True):
        station = ahead.get((item.station, item.incarnation, item.number))
        if station is None:
            told.append(one)
        elif station in enrolled_since:
            told.append(replace(one, advice=advising.GRANTED_SINCE, settled=True))
        else:
            told.append(replace(one, advice=advising.GRANT_AHEAD))
    return told


def _settled_by_joining(
    database: Database, here: Here, items: Sequence[stored.Unapplied], found: list[Unsettled]
) -> list[Unsettled]:
    """Who has begun alone has registered itself; that the superior's word counts since it joined asks for nothing."""
    if all(one.cause != item_outcomes.REFUSED_REGISTERED for one in found):
        return found
    theirs = {*enrolled.stations(database), (here.station, here.unit.id)}
    # Of another computer of this unit, in whose place this one may be, the item need not have come.
    ours = {station for station, unit in theirs if unit == here.unit.id} - {here.station}
    return [
        replace(one, advice=advising.JOINED, again=False, settled=True)
        if one.cause == item_outcomes.REFUSED_REGISTERED
        and ((item.station, one.record) in theirs or (not one.record and item.station in ours))
        else one
        for item, one in zip(items, found, strict=True)
    ]


def _settled_by_numbers(
    database: Database, here: Here, items: Sequence[stored.Unapplied], found: list[Unsettled]
) -> list[Unsettled]:
    """What lost in a fork asks for nothing once its computer has given it a new number.

    Of another's computer that is seen by its new records, which are here by now.
    """
    now = stored.setting(database, "incarnation")
    return [
        replace(one, advice=advising.RENUMBERED if one.own else advising.RENUMBERED_BELOW, settled=True)
        if one.cause == item_outcomes.REFUSED_FORK
        and one.known
        and (item.incarnation != now if item.station == here.station else bool(one.type) and not one.slot)
        else one
        for item, one in zip(items, found, strict=True)
    ]


def _title_of_cells(database: Database, here: Here, place: locating.Place) -> str:
    """What a new record that was set aside would have been called."""
    record_type = here.types[place.type]
    columns = wire_columns(record_type)
    cells = {columns[c].name: value for c, value in json.loads(place.cells).items() if c in columns}
    return queries.title(database, here.types, here.codes, record_type, cells)


def _unsettled(
    here: Here,
    before: str,
    item: stored.Unapplied,
    place: locating.Place | None,
    titles: Mapping[str, str],
    names: Mapping[str, str],
    held: Set[str],
    left: Set[str],
) -> Unsettled:
    own = item.station in (here.station, before)
    place = place or locating.Place("", "", "")
    record_type = here.types.get(place.type)
    # A conflict gives the slot as its reason.
    slot = item.reason if item.outcome == CONFLICT else place.slot
    reason = item_outcomes.reason_words(item.outcome, item.reason)
    if (item.issuer or own) and item.outcome != CONFLICT:
        reason = advising.OWN_REASONS.get(item.reason, reason)
    advice = advising.CONFLICT_ADVICE if item.outcome == CONFLICT else advising.ADVICE.get(item.reason, "")
    if item.reason == item_outcomes.REFUSED_WITHDRAWN and not (item.issuer or own):
        advice = advising.WITHDRAWN_HERE
    if item.reason == item_outcomes.HELD_FORK and not item.issuer and item.station in left:
        advice = advising.FORK_LEFT
    if item.reason == item_outcomes.REFUSED_REVOKED and not own:
        advice = advising.REVOKED_HERE
    if place.type == ERASURE and item.outcome == HELD:
        # Whoever has asked for it believes that it is done.
        advice += f"在那以前，要清除的个人信息{'上级' if item.issuer else '本机'}还没有清除。"
    return Unsettled(
        outcome=item.outcome,
        reason=reason,
        advice=advice,
        author=names.get(item.station, unknown_station(item.station)),
        own=own,
        # An own item is never refused by this computer itself.
        above=bool(item.issuer) or (own and item.outcome == REFUSED),
        type=place.type,
        record=place.record,
        slot=slot,
        # Of what is held beside its number nothing is known here, not even that.
        label=record_type.label
        if record_type is not None
        else advising.UNKNOWN
        if place.type
        else advising.NOT_HERE,
        title=titles.get(place.record, ""),
        slot_label=_slot_label(record_type, slot),
        known=place.record in held,
        cause=item.reason,
        number=item.number,
        incarnation=item.incarnation,
        again=own
        and item.outcome == REFUSED
        and (item.reason not in _REPLACED or item.station == before)
        and _has_words(record_type, place),
    )


def _urged(
    told: Unsettled,
    item: stored.Unapplied,
    place: locating.Place | None,
    refused: Mapping[str, str],
    now: int,
) -> Unsettled:
    """The same, where waiting alone does not help: what it hangs on was ``refused``, or it has waited for long."""
    if item.outcome != HELD or place is None or told.advice.startswith(advising.FORK_LEFT):
        return told
    if item.reason == item_outcomes.HELD_NO_BIRTH and place.record in refused:
        reason, advice = advising.CAUSES[refused[place.record]]
        return replace(told, reason=reason, advice=advice)
    # A level above does not say since when; then it is reckoned from the day on which it was written.
    since = item.since or (milliseconds_of(place.stamp) if place.stamp else now)
    if now - since > _LONG:
        whom = "上级" if item.issuer else told.author
        return replace(told, advice=told.advice + advising.WAITS_LONG.format(whom=f"向{whom}"))
    return told


def _has_words(record_type: RecordType | None, place: locating.Place) -> bool:
    """Whether it says something that people write into a form: a deletion does not."""
    if record_type is None or record_type.by_program:
        return False
    return bool(place.cells) or place.slot in record_type.slots


def _slot_label(record_type: RecordType | None, slot: str) -> str:
    if not slot:
        return "整条记录"
    return RESERVED_LABELS.get(slot, UNKNOWN_LABEL) if record_type is None else record_type.slot_label(slot)


def line_of(item: Unsettled) -> str:
    """The line under which an own item stands in :data:`REFILLED` or :data:`DROPPED`."""
    return f"{item.type} {item.record} {item.incarnation} {item.number}"

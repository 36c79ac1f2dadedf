"""What was not applied, here or at a level above, in words: which item of whose, why, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from desktop.operations import queries
from desktop.operations.traffic import Here, station_names, unknown_station
from desktop.records import item_outcomes
from desktop.store import reading
from desktop.store import traffic as stored
from desktop.store.columns import wire_columns
from desktop.store.database import Database
from desktop.store.traffic import Identity
from desktop.sync import results

REFUSED, HELD, CONFLICT = item_outcomes.REFUSED, item_outcomes.HELD, item_outcomes.CONFLICT
OUTCOMES: Mapping[str, str] = {o: item_outcomes.OUTCOMES[o] for o in (REFUSED, HELD, CONFLICT)}
"""What became of an item that is not applied."""

_OWN_REASONS: Mapping[str, str] = {
    item_outcomes.HELD_NO_BIRTH: "它修改的记录上级还没有收到",
    item_outcomes.HELD_UNIT: "它所属的单位上级还没有登记",
    item_outcomes.HELD_FUTURE: "它的时间比上级的电脑晚一天以上",
    item_outcomes.REFUSED_SCOPE: "它不在本单位负责的范围内",
    item_outcomes.REFUSED_WRITER: "这一项不由本级填写",
    item_outcomes.REFUSED_REVOKED: "写它的工作电脑已被停用",
}
"""The same reasons in the words of those whose items came back."""

_ADVICE: Mapping[str, str] = {
    item_outcomes.HELD_NO_BIRTH: "请把后来的内容也上报一次，对上以后会自动处理。",
    item_outcomes.HELD_UNIT: "请收取上级最新的回执；单位登记后会自动处理。",
    item_outcomes.HELD_FUTURE: "请核对电脑的日期和时间；到了那一天会自动处理。",
    item_outcomes.HELD_KIND: "请升级程序；升级后会自动处理。",
    item_outcomes.HELD_FORK: "请打电话问清是哪台电脑恢复或复制过，再由区总工会决定用哪一份。",
    item_outcomes.HELD_CERTIFICATE: "请让批准它入网的单位也报一次；入网批准到了以后，再请对方导出一次。",
    item_outcomes.REFUSED_SCOPE: "请核对这条记录的所属单位，由负责它的单位填写。",
    item_outcomes.REFUSED_WRITER: "请由有权填写的一级填写；原来的内容没有变。",
    item_outcomes.REFUSED_ORDER: "请核对电脑的日期，调对后把这一项重新保存、再上报。",
    item_outcomes.REFUSED_VALUE: "请升级对方的程序，把这一项重新填写、再上报。",
    item_outcomes.REFUSED_REVOKED: "请联系办理入网的单位。",
}
_CONFLICT_ADVICE = "定下来以后会随数据包送到各处，不用重填。"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An item that is not applied, in words; ``above`` when a level above says so. ``record`` may not be here."""

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


def unsettled(database: Database, here: Here) -> list[Unsettled]:
    """What levels above have not taken, then what is set aside here; a conflict is told once, not once a version."""
    told: dict[tuple[object, ...], Unsettled] = {}
    for number, found in enumerate(
        _words(database, here, [*stored.answers(database), *stored.set_aside(database)])
    ):
        one = (found.record, found.slot, found.above) if found.outcome == CONFLICT else (number,)
        told.setdefault(one, found)
    return list(told.values())


def merge_details(database: Database, here: Here, merge: int) -> list[Unsettled]:
    """What one merge of the ledger did not apply."""
    return _words(database, here, stored.merge_items(database, merge))


def in_words(database: Database, here: Here, items: Sequence[results.Unapplied]) -> list[Unsettled]:
    """What a merge or its preview does not apply; records that are not here yet have no title."""
    found = [stored.Unapplied(u.station, "", u.number, u.outcome, u.reason) for u in items]
    places = {
        (u.station, "", u.number): stored.Place(
            u.type, u.record, "" if u.outcome == CONFLICT else u.slot or ""
        )
        for u in items
    }
    return _words(database, here, found, places)


def _words(
    database: Database,
    here: Here,
    items: Sequence[stored.Unapplied],
    places: Mapping[Identity, stored.Place] | None = None,
) -> list[Unsettled]:
    """Puts items into words; the records are looked up type by type, as there may be thousands."""
    if places is None:
        places = stored.locate(database, here.types, [(i.station, i.incarnation, i.number) for i in items])
    wanted: dict[str, set[str]] = {}
    for place in places.values():
        if place.type in here.types:
            wanted.setdefault(place.type, set()).add(place.record)
    titles = {
        key: words
        for name, ids in wanted.items()
        for key, words in queries.titles(database, here.types, here.codes, name, ids).items()
    }
    held = set(titles)
    for place in places.values():
        if place.cells and place.record not in titles and place.type in here.types:
            titles[place.record] = _title_of_cells(database, here, place)
    names = station_names(database, here)
    return [
        _unsettled(here, i, places.get((i.station, i.incarnation, i.number)), titles, names, held)
        for i in items
    ]


def _title_of_cells(database: Database, here: Here, place: stored.Place) -> str:
    """What a new record that was set aside would have been called."""
    record_type = here.types[place.type]
    columns = wire_columns(record_type)
    cells = {columns[c].name: value for c, value in json.loads(place.cells).items() if c in columns}
    return queries.title(database, here.types, here.codes, record_type, cells)


def _unsettled(
    here: Here,
    item: stored.Unapplied,
    place: stored.Place | None,
    titles: Mapping[str, str],
    names: Mapping[str, str],
    held: Set[str],
) -> Unsettled:
    own = item.station == here.station
    place = place or stored.Place("", "", "")
    record_type = here.types.get(place.type)
    # A conflict gives the slot as its reason.
    slot = item.reason if item.outcome == CONFLICT else place.slot
    reason = item_outcomes.reason_words(item.outcome, item.reason)
    if item.issuer and item.outcome != CONFLICT:
        reason = _OWN_REASONS.get(item.reason, reason)
    advice = _CONFLICT_ADVICE if item.outcome == CONFLICT else _ADVICE.get(item.reason, "")
    return Unsettled(
        item.outcome,
        reason,
        advice,
        names.get(item.station, unknown_station(item.station)),
        own,
        bool(item.issuer),
        place.type,
        place.record,
        slot,
        record_type.label if record_type is not None else "本程序不认识的内容",
        titles.get(place.record, ""),
        _slot_label(here, place.type, slot),
        place.record in held,
    )


def _slot_label(here: Here, type_name: str, slot: str) -> str:
    if slot in reading.RESERVED_SLOTS or not slot:
        return reading.RESERVED_SLOTS.get(slot, "整条记录")
    record_type = here.types.get(type_name)
    found = record_type.slots.get(slot) if record_type is not None else None
    return found.label if found is not None else slot

"""What was not applied, here or at a level above, in words: which item of whose, why, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from desktop.operations import queries
from desktop.operations.traffic import Here, station_names, unknown_station
from desktop.store import reading
from desktop.store import traffic as stored
from desktop.store.columns import wire_columns
from desktop.store.database import Database
from desktop.store.merging import HELD_NO_BIRTH, HELD_UNIT
from desktop.store.traffic import Identity
from desktop.sync import receiving
from desktop.sync.receiving import REASONS

REFUSED, HELD, CONFLICT = "refused", "held", "conflict"
OUTCOMES: Mapping[str, str] = {REFUSED: "不收", HELD: "先留着", CONFLICT: "有分歧"}
"""What became of an item that is not applied."""

_OWN_REASONS: Mapping[str, str] = {
    HELD_NO_BIRTH: "它修改的记录上级还没有收到",
    HELD_UNIT: "它所属的单位上级还没有登记",
    receiving.HELD_FUTURE: "它的时间比上级的电脑晚一天以上",
    receiving.REFUSED_SCOPE: "它不在本单位负责的范围内",
    receiving.REFUSED_WRITER: "这一项不由本级填写",
    receiving.REFUSED_REVOKED: "写它的工作电脑已被停用",
}
"""The same reasons in the words of those whose items came back."""

_ADVICE: Mapping[str, str] = {
    HELD_NO_BIRTH: "请把后来的内容也上报一次，对上以后会自动处理。",
    HELD_UNIT: "请收取上级最新的回执；单位登记后会自动处理。",
    receiving.HELD_FUTURE: "请核对电脑的日期和时间；到了那一天会自动处理。",
    receiving.HELD_KIND: "请升级程序；升级后会自动处理。",
    receiving.HELD_FORK: "请打电话问清是哪台电脑恢复或复制过，再由区总工会决定用哪一份。",
    receiving.REFUSED_SCOPE: "请核对这条记录的所属单位，由负责它的单位填写。",
    receiving.REFUSED_WRITER: "请由有权填写的一级填写；原来的内容没有变。",
    receiving.REFUSED_ORDER: "请核对电脑的日期，调对后把这一项重新保存、再上报。",
    receiving.REFUSED_REVOKED: "请联系办理入网的单位。",
}
_CONFLICT_REASON = "几个人填得不一样"
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


def in_words(database: Database, here: Here, items: Sequence[receiving.Unapplied]) -> list[Unsettled]:
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
    if item.outcome == CONFLICT:
        reason, advice = _CONFLICT_REASON, _CONFLICT_ADVICE
    else:
        reason = REASONS.get(item.reason, item.reason)
        reason = _OWN_REASONS.get(item.reason, reason) if item.issuer else reason
        advice = _ADVICE.get(item.reason, "")
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

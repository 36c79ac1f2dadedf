"""What a form starts from: a record with all that its checks look at, and what a new one begins with."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desktop.errors import UsageProblem
from desktop.operations.queries import Codes, link_titles, title_of
from desktop.records.cells import Values
from desktop.records.declaration import RecordType
from desktop.records.typed.values import parse_cell
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import UNIT
from desktop.records.versions.resolution import Life
from desktop.records.versions.stamps import milliseconds_of
from desktop.store.queries import erasures, lookup, reading
from desktop.store.queries.reading import Query, Record
from desktop.store.tables.database import Database
from desktop.store.tables.environment import EPOCH_MS
from desktop.store.workspaces.drafts import Draft
from desktop.store.writing import changing

_LOOKED_BACK = 20
"""Among so many of the newest records one of the own unit is looked for."""


class RecordGone(UsageProblem):
    """A record that a window was to open is not here (any more)."""

    next_step = "它可能已经删除，可以在“已删除”里查找。"


@dataclass(frozen=True)
class FormData:
    """What a form starts from: the record and the words and values of everything that its checks look at.

    ``linked`` maps link fields to the values of what they lead to, ``children`` child types to their values. ``whose``
    is the unit that has it, where that is one whose records are not written here, ``issued`` what it belongs to, where
    that was issued.
    """

    record: Record
    title: str
    links: Mapping[str, str] = field(default_factory=dict)
    linked: Mapping[str, Values] = field(default_factory=dict)
    children: Mapping[str, Sequence[Values]] = field(default_factory=dict)
    erased: frozenset[str] = frozenset()
    whose: str = ""
    issued: str = ""

    @property
    def deleted(self) -> bool:
        """Whether it is among the deleted ones."""
        return self.record.life is Life.DELETED

    @property
    def locked(self) -> bool:
        """Whether it is only looked at: it is deleted, another unit's, or part of what was issued."""
        return self.deleted or bool(self.whose or self.issued)


def form_data(database: Database, types: Catalogue, codes: Codes, type_name: str, record_id: str) -> FormData:
    """Everything that a form needs to show a record; raises :class:`RecordGone`."""
    record_type = types[type_name]
    held = reading.record(database, types, type_name, record_id)
    if held is None:
        raise RecordGone("没有找到这条记录。")
    linked = linked_values(database, types, record_type, held.values)
    return FormData(
        held,
        title_of(database, types, codes, held),
        link_titles(database, types, codes, record_type, [held.values]),
        linked,
        {
            child.name: lookup.children(database, child, [held.id])[held.id]
            for child in types.children(type_name)
        },
        erased_fields(database, record_type, record_id).get(record_id, frozenset()),
        whose(database, types, held),
        _issued(types, record_type, linked),
    )


def whose(database: Database, types: Catalogue, held: Record) -> str:
    """The unit that has a record which is not written here, in words; nothing where it is."""
    if changing.may_edit(database, types, held.type, held.id):
        return ""
    return reading.titles(database, types[UNIT], [held.unit]).get(held.unit, "别的单位")


def _issued(types: Catalogue, record_type: RecordType, linked: Mapping[str, Values]) -> str:
    """What an issued letter is called that a record is part of; nothing for all else."""
    if record_type.parent is None:
        return ""
    above = types[str(record_type.by_name[record_type.parent].link)]
    values = linked.get(record_type.parent, {})
    fixed = above.is_locked(values) and not above.is_correctable(values)
    return record_type.by_name[record_type.parent].label if fixed else ""


def linked_values(
    database: Database, types: Catalogue, record_type: RecordType, values: Mapping[str, Cell]
) -> dict[str, Values]:
    """The values of the records that link fields lead to, by field."""
    found: dict[str, Values] = {}
    for f in record_type.fields:
        cell = values.get(f.name)
        if f.link is not None and isinstance(cell, str) and cell:
            target = reading.record(database, types, f.link, cell)
            if target is not None:
                found[f.name] = target.values
    return found


def erased_fields(
    database: Database, record_type: RecordType, record: str | None = None
) -> dict[str, frozenset[str]]:
    """The fields that were erased for good, by record; those of one record, or of all of the type."""
    found: dict[str, set[str]] = {}
    for held, slot in erasures.slots_of(database, record_type.name, record):
        members = record_type.slots[slot].fields if slot in record_type.slots else ()
        found.setdefault(held, set()).update(f.name for f in members)
    return {held: frozenset(names) for held, names in found.items()}


def learned(database: Database, record_type: RecordType, types: Catalogue, unit: str) -> dict[str, Cell]:
    """What a new record of a unit starts with because its last one had it."""
    names = [f.name for f in record_type.fields if f.learns]
    if not names:
        return {}
    query = Query(record_type.name, order=reading.ENTERED_ORDER, descending=True)
    newest = reading.records(database, types, query, _LOOKED_BACK)
    last = next((held for held in newest if held.unit == unit), None)
    if last is None:
        return {}
    return {name: last.values[name] for name in names if last.values.get(name) not in (None, "")}


def is_saved(database: Database, types: Catalogue, codes: Codes, today: datetime.date, draft: Draft) -> bool:
    """Whether all that a draft of a new record holds stands in one that was saved after it was kept.

    The program ended between the save and the end of the draft: who resumed it would register the same twice.
    """
    record_type = types.get(draft.type)
    if record_type is None or draft.record or not draft.texts.keys() <= record_type.by_name.keys():
        return False
    read = {
        name: parse_cell(record_type.by_name[name], text, codes=codes, today=today)
        for name, text in draft.texts.items()
    }
    if not all(parsed.ok for parsed in read.values()):
        return False
    query = Query(record_type.name, order=reading.ENTERED_ORDER, descending=True)
    return any(
        EPOCH_MS + milliseconds_of(held.stamp) >= draft.at
        and all(held.values.get(name) == parsed.value for name, parsed in read.items())
        for held in reading.records(database, types, query, _LOOKED_BACK)
    )

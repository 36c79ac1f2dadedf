"""What a field of a record says, in words: for a history, for what was changed, for what came from others.

Personal values stay masked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desktop.operations import queries
from desktop.operations.session import Here
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Field, Kind, RecordType
from desktop.records.display import display
from desktop.records.versions.canonical import Cell
from desktop.store.tables.database import Database


def slot_words(database: Database, here: Here, record_type: RecordType, slot: str, value: Any) -> str:
    """The value of one slot in words; personal values stay masked."""
    return value_words(here, record_type, links_of(database, here, record_type, [(slot, value)]), slot, value)


def links_of(
    database: Database, here: Here, record_type: RecordType, versions: Sequence[tuple[str, Any]]
) -> Mapping[str, str]:
    """The words for everything that these slots link to, by id; the units that a record belonged to among them."""
    rows, units = [], set[str]()
    for name, value in versions:
        slot = record_type.slots.get(name)
        if slot is not None:
            rows.append(value if slot.grouped else {slot.name: value})
        elif name == UNIT_SLOT and value:
            units.add(str(value))
    found = queries.link_titles(database, here.types, here.codes, record_type, [r for r in rows if r])
    if units and "unit" in here.types:
        found |= queries.titles(database, here.types, here.codes, "unit", units)
    return {**found, here.unit.id: here.unit.name}


def value_words(
    here: Here, record_type: RecordType, links: Mapping[str, str], slot_name: str, value: Any
) -> str:
    """The same with the words of ``links_of`` at hand."""
    if slot_name == DELETED_SLOT:
        return "已恢复" if value in (None, "") else "已删除"
    if slot_name == UNIT_SLOT:
        return links.get(str(value), "本机没有登记的单位")
    slot = record_type.slots.get(slot_name)
    if slot is None:
        return "（本程序不认识的内容）"
    if not slot.grouped:
        return _cell_words(here, links, slot.fields[0], value)
    members: Mapping[str, Cell] = value or {}
    filled = (f for f in slot.shown_fields if members.get(f.name) not in (None, ""))
    return "；".join(f"{f.label}：{_cell_words(here, links, f, members[f.name])}" for f in filled) or "（空）"


def differing(
    here: Here, record_type: RecordType, links: Mapping[str, str], slot_name: str, before: Any, value: Any
) -> tuple[str, str]:
    """What stands there now and what stood there: of fields that are written together those that differ."""
    slot = record_type.slots.get(slot_name)
    old, new = (value_words(here, record_type, links, slot_name, v) for v in (before, value))
    if before is None:
        return new, ""
    if slot is None or not slot.grouped:
        return told_apart(old, new, changed=before != value), old
    was, now = before, value or {}
    changed = [f for f in slot.shown_fields if was.get(f.name) != now.get(f.name)]

    def said(field: Field, values: Mapping[str, Cell]) -> str:
        cell = values.get(field.name)
        return "" if cell in (None, "") else _cell_words(here, links, field, cell)

    words = [(f.label, said(f, was), said(f, now)) for f in changed]
    if not words:
        return new, old
    return (
        "；".join(f"{label}：{told_apart(old, new, changed=True)}" for label, old, new in words if new)
        or "（空）",
        "；".join(f"{label}：{old}" for label, old, _ in words if old) or "（空）",
    )


def told_apart(old: str, new: str, *, changed: bool) -> str:
    """The new words of a value; where a mask hides all that was changed, that it was."""
    return f"{new}（改了没有显示的部分）" if changed and new and old == new else new


def _cell_words(here: Here, links: Mapping[str, str], field: Field, cell: Cell) -> str:
    if field.kind is Kind.LINK:
        return queries.link_words(field, cell, links) or "（空）"
    return display(field, cell, codes=here.codes, masked=True) or "（空）"

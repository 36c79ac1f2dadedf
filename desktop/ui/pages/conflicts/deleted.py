"""A deletion against what its writer had not seen, in sentences: who deleted, who edited, what still lives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from desktop.operations import queries
from desktop.operations.recording import attachments
from desktop.operations.session import Here
from desktop.records.declaration import DELETED_SLOT, Mask, RecordType
from desktop.store.queries import reading
from desktop.store.queries.disputed import DisputedVersion
from desktop.store.queries.history import HistoryEntry, versions_of
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database

_MOST_EDITS = 6
_MOST_BELOW = 3
"""So many of those that live below a deleted record are told by name, of each type."""
Words = tuple[str, str]
"""The same with personal values hidden, and in full."""


class Against(Enum):
    """What a deletion stands against: how it is called, asked and what follows from either choice."""

    EDITS = (
        "一边删除，一边修改",
        "这条记录有人删除，同时有人修改。保留还是删除？",
        "连同后来的修改一起保留，各处都会恢复。",
        "后来的修改不再显示，历史里仍能查到。",
    )
    BELOW = (
        "一边删除，一边在它下面新增",
        "这条记录有人删除，同时有人在它下面登记了内容。保留还是删除？",
        "连同下面的内容一起保留，各处都会恢复。",
        "下面的内容也一起删除，在“已删除”里仍能查到。",
    )

    def __init__(self, name: str, question: str, keep: str, delete: str) -> None:
        self.words, self.question, self.keep, self.delete = name, question, keep, delete


@dataclass(frozen=True, slots=True)
class DeletionTold:
    """The sentences, hidden and in full, the fields that are hidden, and whose edits the deletion had not seen.

    ``against`` is what it stands against: only what lives below the record or is attached to it, or changes of its own.
    """

    lines: tuple[str, ...]
    whole: tuple[str, ...]
    hidden: tuple[str, ...]
    stations: frozenset[str]
    against: Against = Against.EDITS


class Named(Protocol):
    """Who wrote a version, in words."""

    @property
    def who(self) -> str:
        """Who and where."""
        ...

    @property
    def when(self) -> str:
        """When."""
        ...

    @property
    def came(self) -> str:
        """With which bundle, if with one."""
        ...


def deletion_told(
    database: Database,
    here: Here,
    record_type: RecordType,
    heads: Sequence[DisputedVersion],
    author: Callable[[Any], Named],
    words_of: Callable[[RecordType, str, Any], Words],
) -> DeletionTold:
    """What a deletion stands against."""
    standing = [v for v in heads if isinstance(v.value, dict)]
    seen_heads = {word for v in standing for word in str(v.value.get("heads", "")).split()}
    seen_births = {word for v in standing for word in str(v.value.get("births", "")).split()}
    told = [_both(f"{_said(author(v))}删除了这条记录。") for v in standing]
    told += [_both(f"{_said(author(v))}恢复了这条记录。") for v in heads if v.value is None]
    record = heads[0].record if heads else ""
    history = versions_of(database, here.types, record_type.name, record)
    unseen = [
        e for e in history if e.head and not e.birth and _word(e) not in seen_heads and e.slot != DELETED_SLOT
    ]
    births = {(e.stamp, e.operator): e for e in history if e.birth and f"{e.stamp:016x}" not in seen_births}
    hidden: dict[str, None] = {}
    for entry in unseen[:_MOST_EDITS]:
        slot = record_type.slots.get(entry.slot)
        hidden |= {f.name: None for f in (slot.shown_fields if slot else ()) if f.mask is not Mask.NONE}
        before = f"{_said(author(entry))}把“{record_type.slot_label(entry.slot)}”改成："
        masked, whole = words_of(record_type, entry.slot, entry.value)
        told.append(
            (f"{before}{masked}。删除的人当时还没有看到。", f"{before}{whole}。删除的人当时还没有看到。")
        )
    if len(unseen) > _MOST_EDITS:
        told.append(_both(f"……还有{len(unseen) - _MOST_EDITS}处修改。"))
    told += [_both(f"{_said(author(e))}登记了同一条记录，删除的人当时还没有看到。") for e in births.values()]
    for child in here.types.children(record_type.name):
        living = reading.count(database, here.types, Query(child.name, children_of=record))
        if living:
            told.append(_both(f"它下面还有{living}条“{child.label}”没有删除。"))
            told += [_both(words) for words in _below(database, here, child, record, author)]
    if files := attachments.of_record(database, here.types, record_type.name, record):
        told.append(_both(f"它还有{len(files)}个附件没有删除。"))
    lines, whole_lines = zip(*told, strict=True) if told else ((), ())
    edits = (*unseen, *births.values())
    against = Against.EDITS if edits or any(v.value is None for v in heads) else Against.BELOW
    return DeletionTold(lines, whole_lines, tuple(hidden), frozenset(e.station for e in edits), against)


def _below(
    database: Database, here: Here, child: RecordType, record: str, author: Callable[[Any], Named]
) -> list[str]:
    """Who has registered the first of those that live below a record: whether they are kept hangs on it."""
    ids = [
        r.id
        for r in reading.records(database, here.types, Query(child.name, children_of=record), _MOST_BELOW)
    ]
    titles = queries.titles(database, here.types, here.codes, child.name, ids)
    births = [
        next((e for e in versions_of(database, here.types, child.name, one) if e.birth), None) for one in ids
    ]
    return [
        f"　{titles.get(one, '')}：{_said(author(birth))}登记"
        for one, birth in zip(ids, births, strict=True)
        if birth is not None
    ]


def _both(words: str) -> Words:
    return words, words


def _word(entry: HistoryEntry) -> str:
    return f"{entry.slot}@{entry.stamp:016x}"


def _said(author: Named) -> str:
    return f"{author.who}在{author.when}{f'（{author.came}）' if author.came else ''}"

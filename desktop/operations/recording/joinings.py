"""When a record was joined with another that is the same, and taken apart again: further lines of its history.

They are read from the edges that say so (rule 10), each of which has a history of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.operations import queries
from desktop.operations.queries import Codes
from desktop.records.declaration import DELETED_SLOT, RecordType
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell, parse
from desktop.records.versions.deciding import SAME
from desktop.store.log import components
from desktop.store.log.versions import load_versions
from desktop.store.queries import candidates
from desktop.store.queries.history import versions_of
from desktop.store.tables.database import Database

JOINED, PARTED = "合并", "分开"
_UNKNOWN = "本机没有的记录"


@dataclass(frozen=True, slots=True)
class Joining:
    """Two records were joined, or ``parted``; ``titles`` are theirs, ``current`` whether that stands."""

    stamp: int
    operator: str
    station: str
    records: tuple[str, str]
    titles: tuple[str, str]
    parted: bool
    current: bool

    @property
    def label(self) -> str:
        """What was done."""
        return PARTED if self.parted else JOINED

    @property
    def words(self) -> str:
        """With which."""
        one, other = self.titles
        return f"“{one}”与“{other}”{'重新分开' if self.parted else '合并为一条'}"


def of_record(
    database: Database, types: Catalogue, codes: Codes, type_name: str, record: str
) -> list[Joining]:
    """What has joined a record with others and parted it from them, newest first."""
    together = {*components.members(database, type_name, record)}
    found: list[Joining] = []
    for edge, one, other in candidates.edges_at(database, type_name, [*together] or [record]):
        entries = versions_of(database, types, SAME, edge)
        # The birth of an edge fills several slots at once; one that is parted and joined again has more steps.
        steps = {(e.stamp, e.station): e for e in entries if e.birth or e.slot == DELETED_SLOT}
        if not steps:
            continue
        newest, oldest = max(steps), min(steps)
        words = _titles(database, types, codes, types[type_name], (one, other), before=oldest[0])
        for at, entry in steps.items():
            parted = entry.slot == DELETED_SLOT and entry.value is not None
            current = at == newest and (parted or {one, other} <= together)
            found.append(
                Joining(
                    entry.stamp, entry.operator, entry.station, (one, other),
                    (words.get(one, _UNKNOWN), words.get(other, _UNKNOWN)), parted, current,
                )
            )  # fmt: skip
    return sorted(found, key=lambda joining: joining.stamp, reverse=True)


def _titles(
    database: Database,
    types: Catalogue,
    codes: Codes,
    record_type: RecordType,
    records: Iterable[str],
    *,
    before: int,
) -> dict[str, str]:
    """What records were called before they were one: since then all of them show the same name."""
    rows: dict[str, dict[str, Cell]] = {}
    for record in records:
        said: dict[str, Cell] = {}
        versions = load_versions(database, record_type.name, bytes.fromhex(record))
        for version in sorted(versions, key=lambda v: v.stamp):
            slot = record_type.slots.get(version.slot)
            if slot is not None and version.stamp < before:
                value = parse(version.value)
                said |= (value or {}) if slot.grouped else {slot.name: value}
        if any(said.get(name) for name in record_type.title):
            rows[record] = {name: said.get(name) for name in record_type.title}
    rest = queries.titles(database, types, codes, record_type.name, set(records) - rows.keys())
    return rest | queries.titles_of(database, types, codes, record_type, rows)

"""The content digest of a ledger: what two stations compare to know that they hold the same (rule 33)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.records.declaration import UNIT_SLOT, Slot
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import canonical
from desktop.records.versions.deciding import DECIDING_TYPES, SAME
from desktop.records.versions.resolution import Version, heads_of
from desktop.store.log import components
from desktop.store.log.versions import load_versions, whole
from desktop.store.queries import forked
from desktop.store.tables.columns import canonical_of, quoted, table_of
from desktop.store.tables.database import Database

LONGEST_VALUE = 20_000
"""Characters of a canonical value that stands in its line as it is."""


@dataclass(frozen=True, slots=True)
class Digest:
    """SHA-256 over the records in scope; equality is promised when nothing is held and no station fork is open."""

    sha256: str
    records: int
    held: int
    conflicts: int
    forks: int


def digest(database: Database, types: Catalogue, units: frozenset[str] | None = None) -> Digest:
    """The digest of all records, or of those whose unit, or a claim to it, is among ``units``."""
    logged = {r for (r,) in database.rows("SELECT DISTINCT record FROM version")}
    together = components.Together(database, types)
    lines: list[bytes] = []
    # Who is who, and what counts, differs by what a station has to know; it shows in what is hashed.
    # A type that is not known here has a table without columns: all that its records say stands in the log (rule 2).
    tables = database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'r_*'")
    apart = {*DECIDING_TYPES, SAME}
    for name in sorted({*types, *(table.removeprefix("r_") for (table,) in tables)} - apart):
        slots = types[name].slots if name in types else {}
        scope = units
        if units is not None and name in types and types[name].goes_below:
            # What levels above say for all below them has reached these units too.
            scope = units | _above(database, units)
        lines += list(_lines(database, name, slots, scope, logged))
    for name, ids in together.each():
        lines += _joined_lines(database, types, name, ids, units)
    lines += _edges(database, together, units)
    held = int(database.value("SELECT count(*) FROM held"))
    conflicts = int(database.value("SELECT count(*) FROM conflict"))
    forks = len(forked.open_forks(database))
    lines.sort()
    return Digest(hashlib.sha256(b"\n".join(lines)).hexdigest(), len(lines), held, conflicts, forks)


def _above(database: Database, units: frozenset[str]) -> frozenset[str]:
    """The units above some units, in the tree that is held here."""
    return frozenset(u for (u,) in database.rows(
        "WITH RECURSIVE above (id) AS (SELECT unhex(value) FROM json_each(?) UNION"
        " SELECT u.superior FROM r_unit u JOIN above a ON u.id = a.id WHERE u.superior IS NOT NULL AND u._life <> 1)"
        " SELECT lower(hex(id)) FROM above", (json.dumps(sorted(units)),)))  # fmt: skip


def _lines(
    database: Database,
    type_name: str,
    declared: Mapping[str, Slot],
    units: frozenset[str] | None,
    logged: set[bytes],
) -> Iterator[bytes]:
    """One line a record: id, type, then per slot in id order its sorted heads as ``stamp=value``."""
    slots = sorted(declared)
    columns = ", ".join(canonical_of(declared[s], "r.") for s in slots)
    cursor = database.execute(
        f"SELECT r.id, u.id, r._stamp{', ' + columns if columns else ''}"
        f" FROM {quoted(table_of(type_name))} r JOIN unit_ref u ON u.ref = r.unit"
        " WHERE NOT EXISTS (SELECT 1 FROM component m WHERE m.id = r.id AND m.type = ?)",
        (type_name,),
    )
    while rows := cursor.fetchmany(500):
        for record, unit, stamp, *values in rows:
            heads = {s: [(stamp, v)] for s, v in zip(slots, values, strict=True) if v != "null"}
            heads[UNIT_SLOT] = [(stamp, f'"{unit}"')]
            claims = {unit}
            if record in logged:
                claims |= _replace_logged(heads, load_versions(database, type_name, record))
            if units is not None and not claims & units:
                continue
            yield _line(record, type_name, heads)


def _joined_lines(
    database: Database, types: Catalogue, type_name: str, ids: Sequence[str], units: frozenset[str] | None
) -> Iterator[bytes]:
    """The lines of records that are one; all of them are in scope together (rule 10)."""
    said = components.load(database, types, type_name, ids)
    if units is None or units & said.units:
        for record in ids:
            heads = {
                slot: [(h.stamp, whole(database, type_name, h)) for h in found]
                for slot, found in said.heads_under(record).items()
            }
            yield _line(bytes.fromhex(record), type_name, heads)


def _edges(
    database: Database, together: components.Together, units: frozenset[str] | None
) -> Iterator[bytes]:
    """The lines of the edges; one is in scope where a record is that it names."""
    for edge, unit, stamp, kind, one, other in database.rows(
        "SELECT r.id, u.id, r._stamp, r.kind, r.one, r.other FROM r_same r JOIN unit_ref u ON u.ref = r.unit"
    ):
        heads = {"kind": [(stamp, kind)], "one": [(stamp, one)], "other": [(stamp, other)]}
        heads = {slot: [(s, canonical(v)) for s, v in found] for slot, found in heads.items()}
        heads[UNIT_SLOT] = [(stamp, canonical(unit))]
        _replace_logged(heads, load_versions(database, SAME, edge))
        # Not under whom it was said: it goes down with a record that it names, and with none where there is none.
        ends = (one, other) if kind != SAME else ()
        if units is None or any(units & together.units(kind, end) for end in ends):
            yield _line(edge, SAME, heads)


def _replace_logged(heads: dict[str, list[tuple[int, str]]], versions: list[Version]) -> set[str]:
    """Puts the heads from the log in the place of the birth's; the units that the record has or is claimed by."""
    by_slot: dict[str, list[Version]] = {}
    for version in versions:
        by_slot.setdefault(version.slot, []).append(version)
    claims: set[str] = set()
    for slot, found in by_slot.items():
        heads[slot] = [(h.stamp, h.value) for h in heads_of(found)]
        if slot == UNIT_SLOT:
            claims |= {h.value.strip('"') for h in heads_of(found)}
    return claims


def _line(record: bytes, type_name: str, heads: dict[str, list[tuple[int, str]]]) -> bytes:
    parts = [record.hex(), type_name]
    for slot in sorted(heads):
        # In the order of what stands in the line: of equal stamps that of a long value's digest, not of the value.
        versions = sorted({f"{stamp:016x}={_said(value)}" for stamp, value in heads[slot]})
        parts.append(f"{slot}:{' '.join(versions)}")
    return "\t".join(parts).encode()


def _said(value: str) -> str:
    """A value, or its digest where it is the content of a file: all lines are in memory at once."""
    return value if len(value) <= LONGEST_VALUE else f"#{hashlib.sha256(value.encode()).hexdigest()}"

"""Whether all that a ledger derives from its log is what comes of taking every record apart and together again."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.store.merging.merging import Merger
from desktop.store.merging.uncounting import Taken
from desktop.store.tables.database import Database, Row
from tests.sync.desks import Desk

_DERIVED = (
    "version", "conflict", "record_unit", "component", "replacement", "elsewhere", "held", "refused",
)  # fmt: skip
_OF_NO_STATE = ("_row", "since")
"""Columns that tell when something was written here."""


class _GoBackError(Exception):
    """Nothing of it stays."""


def rederived(desk: Desk) -> Mapping[str, tuple[list[Row], list[Row]]]:
    """What would go from each table, and what would come, if all records were resolved anew."""
    before = _tables(desk.database)
    after: dict[str, list[Row]] = {}
    try:
        with desk.database.transaction():
            merger = Merger(desk.database, desk.ledger.types, listed=False)
            merger.take_out([Taken(0, 0, 0, name, record) for name, record in _records(desk)])
            merger.finish(desk.time.at)
            after = _tables(desk.database)
            raise _GoBackError
    except _GoBackError:
        return {
            name: ([r for r in rows if r not in after[name]], [r for r in after[name] if r not in rows])
            for name, rows in before.items()
            if rows != after[name]
        }


def _records(desk: Desk) -> list[tuple[str, str]]:
    """Every record that is held, by type."""
    found = {*desk.database.rows("SELECT type, lower(hex(record)) FROM version")}
    return sorted(found | {(name, record) for name in desk.ledger.types for record in desk.records(name)})


def _tables(database: Database) -> dict[str, list[Row]]:
    typed = [
        name
        for (name,) in database.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'r_*' AND sql NOT LIKE '%VIRTUAL%'"
        )
    ]
    found = {}
    for name in (*typed, *_DERIVED):
        columns = [c for _, c, *_ in database.rows(f"PRAGMA table_info({name})") if c not in _OF_NO_STATE]
        named = ", ".join(f'"{c}"' for c in columns)
        found[name] = sorted(database.rows(f"SELECT {named} FROM {name}"), key=repr)
    return found

"""What rests on items that are to be taken out: changes that would hang in the air, letters that were issued."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from desktop.records.deciding import ERASURE
from desktop.records.items import BIRTH
from desktop.store.columns import quoted, table_of
from desktop.store.database import Database
from desktop.store.versions import BY_COMPONENT

_LETTER, _CASE, _EVENT, _POWER = (
    quoted(table_of(name)) for name in ("case_document", "case", "case_event", "issuing_power")
)
_OF_CASE = quoted("case")


class Named(Protocol):
    """An item with the record that it is about."""

    @property
    def origin(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def record(self) -> str: ...
    @property
    def stamp(self) -> int: ...


def count_hanging(database: Database, items: Iterable[Named]) -> int:
    """How many items that stay have named, or filled in, one of these."""
    with database.transaction():
        database.execute(
            "CREATE TEMP TABLE IF NOT EXISTS named (origin INTEGER NOT NULL, number INTEGER NOT NULL,"
            " record BLOB NOT NULL, type TEXT NOT NULL, kind TEXT NOT NULL, stamp INTEGER NOT NULL,"
            " PRIMARY KEY (origin, number))"
        )
        database.connection.executemany(
            "INSERT INTO named (origin, number, record, type, kind, stamp) VALUES (?, ?, unhex(?), ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [(i.origin, i.number, i.record, i.type, i.kind, i.stamp) for i in items],
        )
        found = int(
            database.value(
                "SELECT count(*) FROM (SELECT DISTINCT p.origin, p.number FROM named n"
                " JOIN replacement p ON p.record = n.record AND p.type = n.type AND p.replaced = n.stamp"
                " WHERE p.origin <> :component"
                " AND NOT EXISTS (SELECT 1 FROM named o WHERE o.origin = p.origin AND o.number = p.number)"
                # A change of a record that is one with it may name it (rule 10).
                " UNION SELECT e.origin, e.number FROM named n JOIN elsewhere e ON e.other = n.record"
                " AND e.type = n.type AND e.replaced = n.stamp"
                " WHERE NOT EXISTS (SELECT 1 FROM named o WHERE o.origin = e.origin AND o.number = e.number)"
                # Whoever fills in what a birth left empty replaces nothing and would hang in the air all the same.
                " UNION SELECT v.origin, v.number FROM named n"
                " JOIN version v ON v.record = n.record AND v.type = n.type WHERE n.kind = :birth AND NOT v.birth"
                " AND NOT EXISTS (SELECT 1 FROM named o WHERE o.origin = v.origin AND o.number = v.number))",
                {"component": BY_COMPONENT, "birth": BIRTH},
            )
        )
        database.execute("DELETE FROM named")
    return found


def count_letters(database: Database, records: set[str]) -> int:
    """How many issued letters rest on one of these records.

    That is the case, its events, its enterprise, the letter, or the power under which a town has issued it.
    """
    # Letters lead to the id under which records that are one are shown.
    records = records | {
        head
        for record, head in database.rows("SELECT lower(hex(id)), lower(hex(head)) FROM component")
        if record in records
    }
    found = 0
    for letter, case, enterprise, unit in database.rows(
        f"SELECT lower(hex(d.id)), lower(hex(d.{_OF_CASE})), lower(hex(c.enterprise)), d.own_issuing_unit"
        f" FROM {_LETTER} d LEFT JOIN {_CASE} c ON c.id = d.{_OF_CASE}"
        " WHERE coalesce(d.document_number, d.own_document_number, d.past_document_number) IS NOT NULL"
        " AND d._life <> 1"
    ):
        events = {
            event
            for (event,) in database.rows(
                f"SELECT lower(hex(id)) FROM {_EVENT} WHERE {_OF_CASE} = unhex(?)", (case,)
            )
        }
        powers = {
            power
            for (power,) in database.rows(f"SELECT lower(hex(id)) FROM {_POWER} WHERE holder = ?", (unit,))
        }
        found += not records.isdisjoint({letter, case, enterprise, *events, *powers})
    return found


def erasures_of(database: Database, station: str) -> list[tuple[str, int]]:
    """Incarnation and number of the erasures of a station that count here."""
    found: list[tuple[str, int]] = database.rows(
        f"SELECT o.incarnation, e._number FROM {quoted(table_of(ERASURE))} e JOIN origin o ON o.ref = e._origin"
        f" WHERE o.station = ? ORDER BY 1, 2",
        (station,),
    )
    return found

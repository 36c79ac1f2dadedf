"""What rests on items that are to be taken out: changes that would hang in the air, letters that were issued."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Protocol

from desktop.records.versions.deciding import ERASURE, GRANT, UNIT
from desktop.records.versions.items import BIRTH
from desktop.records.versions.spans import Span, joined, spans_of, without
from desktop.store.log.versions import BY_COMPONENT
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

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


class Resting:
    """What rests on items that are named piece by piece, as they stand in segments: there may be a million of them.

    ``letters`` counts the issued letters that rest on a birth among them, if those are looked at at all.
    """

    def __init__(self, database: Database, *, letters: bool) -> None:
        self._db = database
        self._named: dict[int, list[Span]] = {}
        self._upon: dict[int, list[Span]] = {}
        self._letters = _letters(database) if letters else []
        self._bearing: set[str] = set().union(*self._letters)
        self.letters = 0
        database.execute(
            "CREATE TEMP TABLE IF NOT EXISTS named (origin INTEGER NOT NULL, number INTEGER NOT NULL,"
            " record BLOB NOT NULL, type TEXT NOT NULL, kind TEXT NOT NULL, stamp INTEGER NOT NULL,"
            " PRIMARY KEY (origin, number))"
        )

    def add(self, items: Sequence[Named]) -> None:
        """Names further items."""
        for origin in {item.origin for item in items}:
            self._named.setdefault(origin, []).extend(
                spans_of(item.number for item in items if item.origin == origin)
            )
        for origin, number in self._standing_on(items):
            self._upon.setdefault(origin, []).append((number, number))
        self._upon = {origin: joined(found) for origin, found in self._upon.items()}
        born = self._bearing.intersection(item.record for item in items if item.kind == BIRTH)
        if born:
            left = [records for records in self._letters if records.isdisjoint(born)]
            self.letters += len(self._letters) - len(left)
            self._letters, self._bearing = left, set().union(*left)

    @property
    def hanging(self) -> int:
        """How many items that stay have named, or filled in, one of those."""
        left = (without(found, joined(self._named.get(origin, ()))) for origin, found in self._upon.items())
        return sum(last - first + 1 for spans in left for first, last in spans)

    def _standing_on(self, items: Iterable[Named]) -> list[tuple[int, int]]:
        """Origin and number of what was written upon these."""
        with self._db.transaction():
            self._db.connection.executemany(
                "INSERT INTO named (origin, number, record, type, kind, stamp) VALUES (?, ?, unhex(?), ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                ((i.origin, i.number, i.record, i.type, i.kind, i.stamp) for i in items),
            )
            found: list[tuple[int, int]] = self._db.rows(
                "SELECT p.origin, p.number FROM named n"
                " JOIN replacement p ON p.record = n.record AND p.type = n.type AND p.replaced = n.stamp"
                " WHERE p.origin <> :component"
                # A change of a record that is one with it may name it (rule 10).
                " UNION SELECT e.origin, e.number FROM named n JOIN elsewhere e ON e.other = n.record"
                " AND e.type = n.type AND e.replaced = n.stamp"
                # Whoever fills in what a birth left empty replaces nothing and would hang in the air all the same.
                " UNION SELECT v.origin, v.number FROM named n"
                " JOIN version v ON v.record = n.record AND v.type = n.type WHERE n.kind = :birth AND NOT v.birth",
                {"component": BY_COMPONENT, "birth": BIRTH},
            )
            self._db.execute("DELETE FROM named")
        return found


def bears_others(database: Database, unit: str) -> bool:
    """Whether computers are enrolled for a unit, or units stand below it."""
    found = database.value(
        f"SELECT EXISTS (SELECT 1 FROM {quoted(table_of(GRANT))} WHERE holder = unhex(:unit) AND _life <> 1)"
        f" OR EXISTS (SELECT 1 FROM {quoted(table_of(UNIT))} WHERE superior = unhex(:unit) AND _life <> 1)",
        {"unit": unit},
    )
    return bool(found)


def count_letters(database: Database, records: Set[str]) -> int:
    """How many issued letters rest on one of these records."""
    return sum(not letter.isdisjoint(records) for letter in _letters(database))


def _letters(database: Database) -> list[set[str]]:
    """The records on which each issued letter rests.

    That is the case, its events, its enterprise, the letter, or the power under which a town has issued it.
    """
    # Letters lead to the id under which records that are one are shown.
    shown: dict[str, set[str]] = {}
    for record, head in database.rows("SELECT lower(hex(id)), lower(hex(head)) FROM component"):
        shown.setdefault(head, set()).add(record)
    found = []
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
        records = {r for r in (letter, case, enterprise, *events, *powers) if r}
        found.append(records.union(*(shown.get(r, ()) for r in records)))
    return found


def erasures_of(database: Database, station: str) -> list[tuple[str, int]]:
    """Incarnation and number of the erasures of a station that count here."""
    found: list[tuple[str, int]] = database.rows(
        f"SELECT o.incarnation, e._number FROM {quoted(table_of(ERASURE))} e JOIN origin o ON o.ref = e._origin"
        f" WHERE o.station = ? ORDER BY 1, 2",
        (station,),
    )
    return found

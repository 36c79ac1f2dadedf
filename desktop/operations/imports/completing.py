"""Finds the record that a row of a report made when it came first, without the cells that are corrected in it now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from desktop.documents.workbooks.returned import REASON, went_in
from desktop.operations.imports.model import Candidate, ColumnMatch, RowResult
from desktop.records.declaration import Kind, RecordType
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.queries import lookup
from desktop.store.tables.database import Database

_PHONE = "phone"
_NUMBER = "号码"
"""How what is wrong with a document's number is said, whatever the document."""


def tell_what_is_in(rows: Iterable[RowResult], columns: Iterable[ColumnMatch]) -> None:
    """Tells the rows of a report that are in already, by the reason that stands beside each."""
    column = next((c.index for c in columns if c.header == REASON and c.target is None), None)
    if column is None:
        return
    for row in rows:
        reason = row.cells[column] if column < len(row.cells) else None
        if isinstance(reason, str) and went_in(reason):
            row.went_in = reason


class Completing:
    """One for an import; only rows that a report says are in are asked about.

    Such a row has made one record. It holds what the row says, but for cells that were not read then, and those that
    the report names, which somebody may have corrected.
    """

    def __init__(self, database: Database, record_type: RecordType) -> None:
        self._database = database
        self._type = record_type
        self._by = [n for n in (record_type.title[0], _PHONE) if n in record_type.by_name]
        self._held: dict[tuple[str, Cell], dict[str, Mapping[str, Cell]]] = {}
        self._taken: set[str] = set()

    def look_up(self, candidates: Iterable[Candidate]) -> None:
        """Reads what is held under the names and telephones of such rows."""
        back = [c for c in candidates if c.row.went_in]
        fields = sorted({n for c in back for n in c.values})
        for name in self._by if back else ():
            wanted = {c.values.get(name) for c in back}
            for value, record, life, cells in lookup.by_value(
                self._database, self._type, name, wanted, fields
            ):
                if life is not Life.DELETED:
                    values = dict(zip(fields, cells, strict=True))
                    self._held.setdefault((name, value), {})[record] = values

    def find(self, candidate: Candidate) -> str | None:
        """The only record that the row can have made; each is found once."""
        if not candidate.row.went_in:
            return None
        alike: dict[str, Mapping[str, Cell]] = {}
        for name in self._by:
            alike |= self._held.get((name, candidate.values.get(name)), {})
        corrected = self._named_in(candidate.row.went_in, candidate.values)
        found = [
            record
            for record, values in alike.items()
            if record not in self._taken
            and all(values[n] in (None, v) or n in corrected for n, v in candidate.values.items())
        ]
        if len(found) != 1:
            return None
        self._taken.add(found[0])
        return found[0]

    def _named_in(self, reason: str, names: Iterable[str]) -> set[str]:
        fields = [self._type.by_name[n] for n in names]
        return {
            f.name for f in fields if f.label in reason or (f.kind is Kind.ID_NUMBER and _NUMBER in reason)
        }

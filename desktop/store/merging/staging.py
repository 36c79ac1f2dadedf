"""What comes into a merge: births go straight into their typed tables, changes wait in a temporary one to be counted.

A birth that meets a record already here, or says what this program does not know, goes to the log as well.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import TypeGuard

import msgspec

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Field, Kind, RecordType
from desktop.records.types import Catalogue
from desktop.records.versions.born import Births
from desktop.records.versions.canonical import canonical
from desktop.records.versions.deciding import SAME, UNIT
from desktop.store.log import belonging, resolving
from desktop.store.log.change import Change
from desktop.store.log.versions import copy_births, slots_of
from desktop.store.tables import columns, schema
from desktop.store.tables.columns import NUMBERS, quoted, table_of, title_fields
from desktop.store.tables.database import Database
from desktop.store.tables.pinyin import sort_keys

STAGED = """
CREATE TEMP TABLE IF NOT EXISTS staged (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, type TEXT NOT NULL, record BLOB NOT NULL, unit INTEGER NOT NULL,
    slot TEXT NOT NULL, stamp INTEGER NOT NULL, replaces TEXT NOT NULL, origin INTEGER NOT NULL,
    number INTEGER NOT NULL, operator TEXT NOT NULL, value TEXT NOT NULL, counts INTEGER NOT NULL DEFAULT 0,
    retried INTEGER NOT NULL DEFAULT 0);
CREATE TEMP TABLE IF NOT EXISTS touched (
    record BLOB NOT NULL, slot TEXT NOT NULL, type TEXT NOT NULL, PRIMARY KEY (type, record, slot)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS fresh (
    record BLOB NOT NULL, slot TEXT NOT NULL, type TEXT NOT NULL, PRIMARY KEY (type, record, slot)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS unlogged (row INTEGER NOT NULL, slot TEXT NOT NULL, unit INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS winner (
    record BLOB NOT NULL, slot TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL,
    place INTEGER NOT NULL DEFAULT 0, heads INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (type, record, slot)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS second_birth (
    type TEXT NOT NULL, record BLOB NOT NULL, origin INTEGER NOT NULL, number INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS judged (record BLOB NOT NULL, type TEXT NOT NULL, PRIMARY KEY (record, type))
    WITHOUT ROWID;
"""
"""The type stands in every key: who makes up a record of another type under a known id must not touch that one. Where
each type is gone through by itself it stands first.

Tables that are hardly more than their key are laid out by it: as a table and an index each row would be written twice.
"""


_NOTHING_SEEN = "[]"
ToSort = dict[str, Counter[str] | None]
"""By type and column how many bytes the indexes that were put off will be sorted by; nothing where they stand."""
MOST_SORTED = 64 * 1024 * 1024
"""Bytes that the engine may sort when it builds an index afterwards. It does so in memory and writes nothing of them
beside the ledger, where it would stand in clear."""
_BESIDE_A_KEY = 40
"""Bytes that it takes for each row beside what is sorted by."""
_BY_TITLE = "_sort"
_MANY_EDGES = 50_000
"""Edges of which it is not kept in memory what they name."""
NEW, RETRIED, STAGED_AGAIN = 0, 1, 2
"""Why a change is staged: it came, it had been held, or its record was taken apart."""


def put_off_indexes(database: Database, types: Catalogue) -> ToSort:
    """Drops the indexes that :func:`schema.make_indexes` builds when all has come, and says what they sort by now.

    They stay where what is here already is too much to be sorted at once.
    """
    to_sort: ToSort = {}
    for record_type in types.values():
        names = [_BY_TITLE, *(f.name for f in record_type.fields if _is_sorted(f))]
        sums = [
            f"count({quoted(n)}) * {_BESIDE_A_KEY} + coalesce(sum(octet_length({quoted(n)})), 0)"
            for n in names
        ]
        found = database.row(f"SELECT {', '.join(sums)} FROM {quoted(table_of(record_type.name))}") or ()
        to_sort[record_type.name] = (
            None if max(found) > MOST_SORTED else Counter(dict(zip(names, found, strict=True)))
        )
    schema.drop_indexes(database, {t.name: t for t in types.values() if to_sort[t.name] is not None})
    return to_sort


class Staging:
    """The temporary tables of one merge, and what was noted while they were filled.

    ``newest`` is the highest stamp of a birth, ``parents`` the type and id
    of records that got a child while something is deleted. ``joins`` tells that something was born which may make
    records one, ``rows_before`` by type the last row that was there before any was born.
    """

    def __init__(
        self, database: Database, types: Catalogue, *, listed: bool, to_sort: ToSort | None = None
    ) -> None:
        self._db = database
        self._types = types
        self._listed = listed
        self._units: dict[str, int] = {}
        self._to_sort = {} if to_sort is None else to_sort
        self.newest = 0
        self.joins: bool
        self._tombstones = bool(database.row("SELECT 1 FROM version WHERE slot = '_deleted' LIMIT 1"))
        for statement in STAGED.split(";"):
            if statement.strip():
                database.execute(statement)
        resolving.make_cells(database, types)
        self.clear()

    @cached_property
    def _absorbed(self) -> Mapping[str, set[str]]:
        """The ids, by type, that are shown under another one."""
        found: dict[str, set[str]] = {}
        for name, record in self._db.rows("SELECT type, lower(hex(id)) FROM component WHERE id <> head"):
            found.setdefault(name, set()).add(record)
        return found

    @cached_property
    def _ends(self) -> set[str] | None:
        """The ids that edges name, or nothing where those are so many that all ids are taken for named."""
        pairs = self._db.rows(f"SELECT one, other FROM r_same LIMIT {_MANY_EDGES}")
        return None if len(pairs) == _MANY_EDGES else {end for pair in pairs for end in pair}

    def _is_any_named(self, records: Iterable[str]) -> bool:
        """Whether an edge names one of these, as far as it is looked up."""
        return self._ends is None or (bool(self._ends) and not self._ends.isdisjoint(records))

    def unit_ref(self, unit: str) -> int:
        """The small number that stands for a unit id in this database."""
        ref = self._units.get(unit)
        if ref is None:
            # One by one: a save names one of thousands.
            ref = self._db.value("SELECT ref FROM unit_ref WHERE id = ?", (unit,))
            if ref is None:
                ref = self._db.value("INSERT INTO unit_ref (id) VALUES (?) RETURNING ref", (unit,))
            self._units[unit] = ref = int(ref)
        return ref

    def reaches_others(self, records: Set[str], changes: Iterable[Change], births: Iterable[Births]) -> bool:
        """Whether what is said of these records may bring what is said of others into conflict, or out of it.

        So it is where records are one or might be (rule 10).
        """
        types = {change.type for change in changes} | {block.type for block in births}
        return SAME in types or self._is_any_named(records)

    def add_births(self, births: Births, origin: int) -> int:
        """See :meth:`desktop.store.merging.merging.Merger.add_births`."""
        if not births:
            return 0
        record_type = self._types.get(births.type)
        known = columns.wire_columns(record_type) if record_type else {}
        if record_type is None:
            schema.ensure_unknown_type(self._db, births.type)
        if births.type not in self.rows_before:
            last = self._db.value(f"SELECT coalesce(max(_row), 0) FROM {quoted(table_of(births.type))}")
            self.rows_before[births.type] = int(last)
        fields = [known.get(c) for c in births.columns]
        self.newest = max(self.newest, *births.stamps)
        units = {unit: self.unit_ref(unit) for unit in set(births.units)}
        keys = births.keys
        if keys is None and self._listed:
            keys = listing_keys(record_type, births)
        before = self._db.connection.total_changes
        self._db.connection.executemany(*_insertion(births, origin, keys or (), fields, units))
        inserted: int = self._db.connection.total_changes - before
        if inserted < len(births):
            self._add_second_births(births, origin)
        if None in fields:
            self._log_unknown(births, origin, fields)
        self._note_parents(births, record_type)
        self._note_joined(births, fields)
        if record_type is not None:
            self._note_births(record_type, births, keys or (), fields)
        return inserted

    def _note_births(
        self, record_type: RecordType, births: Births, keys: Sequence[str], fields: Sequence[Field | None]
    ) -> None:
        if self._to_sort.get(births.type) is not None:
            said = zip(fields, births.cells, strict=True)
            cells = {_BY_TITLE: keys} | {f.name: c for f, c in said if _is_sorted(f)}
            self._note_sorting(record_type, {name: (len(births), _size(c)) for name, c in cells.items()})

    def note_filled(self, type_name: str, columns: Sequence[str], computed: str) -> None:
        """What stands in a table of computed cells will be sorted as well, under these columns of the type."""
        record_type = self._types.get(type_name)
        if record_type is None or self._to_sort.get(type_name) is None:
            return
        places = {
            name: f"c{n}"
            for n, name in enumerate(columns)
            if name == _BY_TITLE or _is_sorted(record_type.by_name.get(name))
        }
        for name, place in places.items():
            found = self._db.row(
                f"SELECT count({place}), coalesce(sum(octet_length({place})), 0) FROM {computed}"
            )
            self._note_sorting(record_type, {name: found or (0, 0)})

    def _note_sorting(self, record_type: RecordType, come: Mapping[str, tuple[int, int]]) -> None:
        """Builds the indexes of a type that were put off before there is too much of it to be sorted at once.

        ``come`` are values and bytes by column. A bundle may bring a million names of a thousand characters; what comes
        then goes into the indexes one by one.
        """
        sorting = self._to_sort[record_type.name]
        if sorting is None:
            return
        for name, (values, size) in come.items():
            sorting[name] += _BESIDE_A_KEY * values + size
        if max(sorting.values()) > MOST_SORTED:
            schema.make_indexes_early(self._db, record_type)
            self._to_sort[record_type.name] = None

    def add_changes(self, changes: Iterable[Change]) -> None:
        """Stages changes and tombstones whose item numbers are new here."""
        self._db.connection.executemany(
            "INSERT INTO staged (kind, type, record, unit, slot, stamp, replaces, origin, number, operator, value)"
            " VALUES (?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (c.kind, c.type, c.record, self.unit_ref(c.unit), c.slot, c.stamp,
                 msgspec.json.encode(c.replaces).decode() if c.replaces else _NOTHING_SEEN, c.origin, c.number,
                 c.operator, c.value)
                for c in changes
            ),
        )  # fmt: skip

    def _add_second_births(self, births: Births, origin: int) -> None:
        """Rule 6 and 7: of births that met a record already here, both go to the log and their slots are resolved."""
        table = quoted(table_of(births.type))
        rows = []
        for row in births.rows():
            found = self._db.row(f"SELECT _origin, _number FROM {table} WHERE id = unhex(?)", (row[0],))
            if found is not None and found != (origin, row[3]):
                rows.append(row)
        if not rows:
            return
        cells_of = [slots_of(births.columns, row[5:]) | {UNIT_SLOT: canonical(str(row[1]))} for row in rows]
        self._db.connection.executemany(
            "INSERT INTO temp.fresh (record, slot, type) VALUES (unhex(?), ?, ?) ON CONFLICT DO NOTHING",
            [
                (row[0], slot, births.type)
                for row, cells in zip(rows, cells_of, strict=True)
                for slot in cells
            ],
        )
        copy_births(self._db, self._types, "fresh")
        self._db.execute("DELETE FROM temp.fresh")
        for row, cells in zip(rows, cells_of, strict=True):
            self._log_birth(births.type, origin, row, cells)
            self._db.execute(
                f"INSERT INTO record_unit (record, type, unit) SELECT id, :type, unit FROM {table}"
                f" WHERE id = unhex(:id) AND NOT EXISTS (SELECT 1 FROM component m WHERE m.id = unhex(:id)"
                f" AND m.type = :type) UNION SELECT unhex(:id), :type, :unit ON CONFLICT DO NOTHING",
                {"id": row[0], "type": births.type, "unit": self.unit_ref(str(row[1]))},
            )
        self._db.connection.executemany(
            "INSERT INTO second_birth (type, record, origin, number) VALUES (?, unhex(?), ?, ?)",
            [(births.type, r[0], origin, r[3]) for r in rows],
        )

    def _log_unknown(self, births: Births, origin: int, fields: Sequence[object]) -> None:
        """Rule 2: what this program does not know is kept in the log, a group with a member it does not know whole."""
        places = [place for place, known in enumerate(fields, start=5) if known is None]
        slots = {births.columns[place - 5].partition(".")[0] for place in places}
        for row in births.rows():
            if any(row[place] is not None for place in places):
                cells = slots_of(births.columns, row[5:])
                self._log_birth(births.type, origin, row, {s: v for s, v in cells.items() if s in slots})

    def _log_birth(
        self, type_name: str, origin: int, row: Sequence[object], cells: Mapping[str, str]
    ) -> None:
        self._db.connection.executemany(
            "INSERT INTO version (type, record, slot, stamp, origin, number, unit, birth, operator, value)"
            " VALUES (?, unhex(?), ?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO NOTHING",
            [
                (
                    type_name,
                    row[0],
                    slot,
                    row[2],
                    origin,
                    row[3],
                    self.unit_ref(str(row[1])),
                    row[4],
                    value,
                )
                for slot, value in cells.items()
            ],
        )
        self._db.connection.executemany(
            "INSERT INTO touched (record, slot, type) VALUES (unhex(?), ?, ?) ON CONFLICT DO NOTHING",
            [(row[0], slot, type_name) for slot in cells],
        )

    def _note_parents(self, births: Births, record_type: RecordType | None) -> None:
        """Rule 9: a child that comes to a deleted parent is a conflict there; only matters once anything is deleted."""
        if record_type is None or (record_type.parent is None and record_type.attached is None):
            return
        if not (self._tombstones or self._any_staged_tombstone()):
            return
        if record_type.parent is not None:
            parent = record_type.by_name[record_type.parent]
            column = parent.name if parent.group is None else f"{parent.group}.{parent.name}"
            self.parents |= {
                (str(parent.link), bytes.fromhex(link)) for link in births.values(column) if link
            }
        else:
            for record in births.records:
                self.note_parent_of(births.type, bytes.fromhex(record))

    def note_parent_of(self, type_name: str, record: bytes) -> None:
        """Rule 9: the parent of a record that is taken apart may be wholly deleted afterwards."""
        self.parents |= set(belonging.bearers(self._db, self._types, type_name, record))

    def _note_joined(self, births: Births, fields: Sequence[Field | None]) -> None:
        """Rule 10: an edge, a unit, or what an edge names may make records one; a link may lead to what is one."""
        self.joins = self.joins or births.type in (SAME, UNIT) or self._is_any_named(births.records)
        for column, field_, cells in zip(births.columns, fields, births.cells, strict=True):
            absorbed = self._absorbed.get(str(field_.link)) if field_ is not None else None
            if absorbed:
                slot = column.partition(".")[0]
                self._led += [
                    (record, slot, births.type)
                    for record, link in zip(births.records, cells, strict=True)
                    if link in absorbed
                ]

    def touch_led(self) -> None:
        """The links of births that lead to records that are shown under another id are led on."""
        self._db.connection.executemany(
            "INSERT INTO touched (record, slot, type) VALUES (unhex(?), ?, ?) ON CONFLICT DO NOTHING",
            self._led,
        )

    def _any_staged_tombstone(self) -> bool:
        return self._db.row("SELECT 1 FROM staged WHERE slot = ? LIMIT 1", (DELETED_SLOT,)) is not None

    def clear(self) -> None:
        """Empties the temporary tables and forgets what was noted of what was staged."""
        self.parents: set[tuple[str, bytes]] = set()
        self.joins = False
        self.rows_before: dict[str, int] = {}
        self._led: list[tuple[str, str, str]] = []
        self.clear_resolved()
        for table in ("staged", "fresh", "second_birth"):
            self._db.execute(f"DELETE FROM temp.{table}")

    def clear_resolved(self) -> None:
        """Empties the temporary tables of what has been resolved; more of the same merge may have to be."""
        for table in ("touched", "winner", "judged"):
            self._db.execute(f"DELETE FROM temp.{table}")


def _is_sorted(field: Field | None) -> TypeGuard[Field]:
    return field is not None and (field.index or field.kind is Kind.LINK)


def _size(cells: Iterable[object]) -> int:
    return len("".join([c for c in cells if isinstance(c, str)]).encode())


def listing_keys(record_type: RecordType | None, births: Births) -> list[str]:
    """By what each of the births is listed; nothing where none has a title."""
    if record_type is None:
        return []
    known = columns.wire_columns(record_type)
    cells = {
        field.name: cells
        for name, cells in zip(births.columns, births.cells, strict=True)
        if (field := known.get(name)) is not None
    }
    titles = [cells[f.name] for f in title_fields(record_type) if f.name in cells]
    lines = ["\n".join([str(c) for c in said if c not in (None, "")]) for said in zip(*titles, strict=True)]
    return sort_keys(lines) if any(lines) else []


def _insertion(
    births: Births,
    origin: int,
    keys: Sequence[str],
    fields: Sequence[Field | None],
    units: Mapping[str, int],
) -> tuple[str, Iterator[tuple[object, ...]]]:
    """The statement for rows, which is the same for whoever wrote them, and its parameters, row by row.

    ``keys`` are those by which the rows are listed, none where nobody lists them, ``units`` the small numbers of units.

    The driver takes twenty times as long for a parameter that is empty as for one that is not, and most cells of a
    register are empty. So a column without any value is left out, and elsewhere the empty cells are bound as what no
    value of their field is.
    """
    filled: list[Sequence[object]] = []
    bound: dict[str, str] = {}
    for field_, column in zip(fields, births.cells, strict=True):
        if field_ is None or column.count(None) == len(column):
            continue
        value = f"?{len(filled) + 7}"
        if not all(column):
            # Here or there a cell is empty, or it is zero, which does no harm.
            other, other_in_sql = ("", "''") if field_.kind in NUMBERS else (0, "0")
            column = [other if cell is None else cell for cell in column]
            value = f"nullif({value}, {other_in_sql})"
        filled.append(column)
        bound[field_.name] = value
    place = f"?{len(filled) + 7}" if keys else "''"
    if keys:
        filled.append(keys)
    names = [*columns.BASE_COLUMNS[:-1], "_sort", *bound]
    values = [
        *("unhex(?1)", "?2", "?3", "?4", "?5", "?6"),
        place,
        *(columns.bind(f).replace("?", bound[f.name]) for f in fields if f is not None and f.name in bound),
    ]
    statement = (
        f"INSERT INTO {quoted(table_of(births.type))} ({', '.join(map(quoted, names))})"
        f" VALUES ({', '.join(values)}) ON CONFLICT (id) DO NOTHING"
    )
    owners = map(units.__getitem__, births.units)
    origins = itertools.repeat(origin, len(births))
    named = births.records, owners, births.stamps, origins, births.numbers, births.operators
    return statement, zip(*named, *filled, strict=True)

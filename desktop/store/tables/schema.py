"""The tables of a ledger: those of the core, and one for each record type, made and extended from the declarations.

Adding types, fields and indexes needs no migration: on opening, the declarations are compared with what the
database has. Numbered migrations are for renames, splits, retyping and data only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from desktop.errors import StateProblem
from desktop.records.declaration import Kind, RecordType
from desktop.store.tables.columns import quoted, sql_type, table_of, title_text
from desktop.store.tables.database import Database

VERSION = 9
"""The major version of the tables; a database with a greater one is refused politely."""

CORE = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS secret (key TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS unit_ref (ref INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS origin (
    ref INTEGER PRIMARY KEY, station TEXT NOT NULL, incarnation TEXT NOT NULL, UNIQUE (station, incarnation));
CREATE TABLE IF NOT EXISTS received (
    origin INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (origin, first));
CREATE TABLE IF NOT EXISTS segment (
    position INTEGER PRIMARY KEY AUTOINCREMENT, origin INTEGER NOT NULL, first INTEGER NOT NULL,
    last INTEGER NOT NULL, digest TEXT NOT NULL, counts TEXT NOT NULL, total INTEGER NOT NULL,
    vouched TEXT, merge INTEGER, frame BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS segment_came (position INTEGER PRIMARY KEY, came INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS segment_merge ON segment (merge);
CREATE INDEX IF NOT EXISTS segment_numbers ON segment (origin, first);
CREATE TABLE IF NOT EXISTS shape (ref INTEGER PRIMARY KEY, type TEXT NOT NULL, json TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS pending (
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, shape INTEGER, lines BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS version (
    type TEXT NOT NULL, record BLOB NOT NULL, slot TEXT NOT NULL, stamp INTEGER NOT NULL,
    origin INTEGER NOT NULL, number INTEGER NOT NULL, unit INTEGER NOT NULL, birth INTEGER NOT NULL,
    operator TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (record, slot, stamp, origin, number));
CREATE INDEX IF NOT EXISTS version_item ON version (origin, number);
CREATE INDEX IF NOT EXISTS version_deleted ON version (record) WHERE slot = '_deleted';
CREATE INDEX IF NOT EXISTS version_claims ON version (record, unit)
    WHERE type = 'unit' AND slot = 'unit' AND birth = 1;
CREATE INDEX IF NOT EXISTS version_moves ON version (slot) WHERE type = 'unit' AND birth = 0;
CREATE TABLE IF NOT EXISTS replacement (
    record BLOB NOT NULL, slot TEXT NOT NULL, type TEXT NOT NULL, replaced INTEGER NOT NULL, origin INTEGER NOT NULL,
    number INTEGER NOT NULL, PRIMARY KEY (record, slot, type, replaced, origin, number));
CREATE TABLE IF NOT EXISTS elsewhere (
    record BLOB NOT NULL, slot TEXT NOT NULL, type TEXT NOT NULL, other BLOB NOT NULL, replaced INTEGER NOT NULL,
    origin INTEGER NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (record, slot, type, other, replaced, origin, number));
CREATE INDEX IF NOT EXISTS elsewhere_other ON elsewhere (other, replaced);
CREATE TABLE IF NOT EXISTS component (
    type TEXT NOT NULL, id BLOB NOT NULL, head BLOB NOT NULL, PRIMARY KEY (id, type));
CREATE INDEX IF NOT EXISTS component_head ON component (head, type);
CREATE TABLE IF NOT EXISTS not_same (
    type TEXT NOT NULL, one BLOB NOT NULL, other BLOB NOT NULL, at INTEGER NOT NULL, operator TEXT NOT NULL,
    PRIMARY KEY (one, other, type));
CREATE TABLE IF NOT EXISTS record_unit (
    record BLOB NOT NULL, type TEXT NOT NULL, unit INTEGER NOT NULL, PRIMARY KEY (record, type, unit));
CREATE TABLE IF NOT EXISTS conflict (
    record BLOB NOT NULL, slot TEXT NOT NULL, type TEXT NOT NULL, PRIMARY KEY (record, slot, type));
CREATE TABLE IF NOT EXISTS held (
    origin INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, record BLOB NOT NULL,
    unit TEXT NOT NULL, slot TEXT, stamp INTEGER NOT NULL, replaces TEXT NOT NULL, operator TEXT NOT NULL,
    value TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (origin, number, stamp));
CREATE INDEX IF NOT EXISTS held_no_birth ON held (origin, number, stamp) WHERE reason = 'no_birth';
CREATE TABLE IF NOT EXISTS refused (
    origin INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, record BLOB NOT NULL,
    slot TEXT, stamp INTEGER NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL, excluded INTEGER NOT NULL DEFAULT 0,
    unit TEXT NOT NULL DEFAULT '', replaces TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (origin, number, stamp));
CREATE TABLE IF NOT EXISTS fork (origin INTEGER PRIMARY KEY, first INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS erased (
    type TEXT NOT NULL, record BLOB NOT NULL, slot TEXT NOT NULL, unit TEXT NOT NULL, upto INTEGER NOT NULL,
    PRIMARY KEY (record, slot, type, unit));
CREATE TABLE IF NOT EXISTS merge (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, operator TEXT NOT NULL, sender TEXT NOT NULL,
    incarnation TEXT NOT NULL, sequence INTEGER NOT NULL, bundle TEXT NOT NULL, file TEXT NOT NULL,
    applied INTEGER NOT NULL, known INTEGER NOT NULL, held INTEGER NOT NULL, conflict INTEGER NOT NULL,
    refused INTEGER NOT NULL, total INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS merge_sender ON merge (sender, incarnation, sequence);
CREATE TABLE IF NOT EXISTS merge_item (
    merge INTEGER NOT NULL, origin INTEGER NOT NULL, number INTEGER NOT NULL, outcome TEXT NOT NULL,
    reason TEXT NOT NULL, PRIMARY KEY (merge, origin, number));
CREATE TABLE IF NOT EXISTS told (
    bundle INTEGER NOT NULL, place INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, origin INTEGER,
    number INTEGER NOT NULL, stamp INTEGER NOT NULL, type TEXT NOT NULL, record BLOB NOT NULL, slot TEXT NOT NULL,
    station TEXT, incarnation TEXT, count INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (bundle, place)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS told_item ON told (origin, number) WHERE outcome <> 'refused';
CREATE TABLE IF NOT EXISTS link (
    peer TEXT PRIMARY KEY, upward INTEGER NOT NULL, unit TEXT NOT NULL, name TEXT NOT NULL, recipient TEXT NOT NULL,
    confirmed INTEGER NOT NULL DEFAULT 0, acknowledged INTEGER NOT NULL DEFAULT 0,
    peer_incarnation TEXT NOT NULL DEFAULT '', sequence INTEGER NOT NULL DEFAULT 0,
    previous TEXT, received_incarnation TEXT NOT NULL DEFAULT '', received INTEGER NOT NULL DEFAULT 0,
    received_sequence INTEGER NOT NULL DEFAULT 0, receipt INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS exported (
    peer TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, bundle TEXT NOT NULL,
    position INTEGER NOT NULL, last INTEGER NOT NULL, items INTEGER NOT NULL, file TEXT NOT NULL,
    operator TEXT NOT NULL, PRIMARY KEY (peer, sequence));
CREATE TABLE IF NOT EXISTS answer (
    station TEXT NOT NULL, incarnation TEXT NOT NULL, number INTEGER NOT NULL, outcome TEXT NOT NULL,
    reason TEXT NOT NULL, issuer TEXT NOT NULL, PRIMARY KEY (station, incarnation, number, issuer));
CREATE TABLE IF NOT EXISTS operation (
    stamp INTEGER PRIMARY KEY, name TEXT NOT NULL, operator TEXT NOT NULL, at INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, undoes INTEGER);
CREATE TABLE IF NOT EXISTS operator (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, operator TEXT NOT NULL, action TEXT NOT NULL,
    detail TEXT NOT NULL, hash TEXT NOT NULL, salt TEXT NOT NULL DEFAULT '', digest TEXT NOT NULL DEFAULT '');
"""

LATER_INDEXES = (
    # Which segments overlap is read from here alone: of those of which it is asked hardly any does.
    "CREATE INDEX IF NOT EXISTS segment_spans ON segment (origin, vouched IS NULL, first, last)",
    "CREATE INDEX IF NOT EXISTS held_fork ON held (origin) WHERE reason = 'fork'",
)
"""Indexes of core tables that are made where they are missing: they change nothing of what an older program reads."""

_INDEX_ANEW = (
    "INSERT OR IGNORE INTO meta (key, value) SELECT 'stale_' || substr(name, 3), '1' FROM sqlite_master"
    " WHERE type = 'table' AND name LIKE 'r\\_%' ESCAPE '\\'"
)
"""Words are found otherwise than before."""

MIGRATIONS: Mapping[int, tuple[str, ...]] = {
    # The texts of the audit log hang on its chain by a salted digest; older lines have none and stay as they are.
    2: (
        "ALTER TABLE audit ADD COLUMN salt TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE audit ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE segment ADD COLUMN merge INTEGER",
        "ALTER TABLE refused RENAME TO refused_1",
        "CREATE TABLE refused (origin INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,"
        " type TEXT NOT NULL, record BLOB NOT NULL, slot TEXT, stamp INTEGER NOT NULL, value TEXT NOT NULL,"
        " reason TEXT NOT NULL, excluded INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (origin, number, stamp))",
        "INSERT INTO refused (origin, number, kind, type, record, slot, stamp, value, reason)"
        " SELECT origin, number, kind, type, record, slot, 0, value, reason FROM refused_1",
        "DROP TABLE refused_1",
        # Of a fork two contents of one number may wait.
        "ALTER TABLE held RENAME TO held_1",
        "CREATE TABLE held (origin INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL,"
        " record BLOB NOT NULL, unit TEXT NOT NULL, slot TEXT, stamp INTEGER NOT NULL, replaces TEXT NOT NULL,"
        " operator TEXT NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL,"
        " PRIMARY KEY (origin, number, stamp))",
        "INSERT INTO held SELECT origin, number, kind, type, record, unit, slot, stamp, replaces, operator, value,"
        " reason, since FROM held_1",
        "DROP TABLE held_1",
        # A record of another type under a known id has no part in that one's versions, units and conflicts.
        "ALTER TABLE replacement RENAME TO replacement_1",
        "CREATE TABLE replacement (record BLOB NOT NULL, slot TEXT NOT NULL, type TEXT NOT NULL,"
        " replaced INTEGER NOT NULL, origin INTEGER NOT NULL, number INTEGER NOT NULL,"
        " PRIMARY KEY (record, slot, type, replaced, origin, number))",
        "INSERT INTO replacement SELECT p.record, p.slot, v.type, p.replaced, p.origin, p.number FROM replacement_1 p"
        " JOIN version v ON v.origin = p.origin AND v.number = p.number AND v.birth = 0",
        "DROP TABLE replacement_1",
        "ALTER TABLE record_unit RENAME TO record_unit_1",
        "CREATE TABLE record_unit (record BLOB NOT NULL, type TEXT NOT NULL, unit INTEGER NOT NULL,"
        " PRIMARY KEY (record, type, unit))",
        "INSERT INTO record_unit SELECT DISTINCT u.record, v.type, u.unit FROM record_unit_1 u"
        " JOIN version v ON v.record = u.record AND v.slot = 'unit'",
        "DROP TABLE record_unit_1",
        "ALTER TABLE conflict RENAME TO conflict_1",
        "CREATE TABLE conflict (record BLOB NOT NULL, slot TEXT NOT NULL, type TEXT NOT NULL,"
        " PRIMARY KEY (record, slot, type))",
        "INSERT INTO conflict SELECT record, slot, type FROM conflict_1",
        "DROP TABLE conflict_1",
    ),
    # Who may let an item not count hangs on its unit; without one it is judged again as it stands in its segment.
    3: (
        "ALTER TABLE refused ADD COLUMN unit TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE refused ADD COLUMN replaces TEXT NOT NULL DEFAULT '[]'",
    ),
    # What waits for a birth has an index, which is made with the core tables: every merge asks for it.
    4: (),
    # Lists stand in the order of the numbers in their titles (see LISTED_ANEW), and names are found by each way in
    # which they may be read.
    5: (_INDEX_ANEW,),
    # Own lines wait in runs; each of those that waited is one.
    6: (
        "CREATE TABLE pending (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, shape INTEGER, lines BLOB NOT NULL)",
        "INSERT INTO pending SELECT number, number, shape, line FROM pending_line",
        "DROP TABLE pending_line",
    ),
    # Titles that sound alike stand together by their characters (see LISTED_ANEW), and every form of the dot in a
    # person's name finds all of them.
    7: (_INDEX_ANEW,),
    # Lists stand in the order of characters, no longer in that of letters (see LISTED_ANEW).
    8: (),
    # Where segments stood that were put at the end for one peer has a table, which is made with the core tables; and
    # names with brackets or dots are found by their first letters alone.
    9: (_INDEX_ANEW,),
}
"""What brings a database of the version before to each version; each stands for itself and is never changed."""
LISTED_ANEW = 8
"""The newest version with another order of lists: what is computed by an older program is computed again."""
_IF_MISSING = "IF NOT EXISTS "
"""What the engine leaves out of the text of a table that it keeps."""


class NewerDatabase(StateProblem):
    """The file was written by a newer program."""

    exit_code = 24
    next_step = "请先升级本机的程序，数据不会受影响。"


def ensure(database: Database, types: Mapping[str, RecordType]) -> list[tuple[str, str]]:
    """Makes or extends all tables; returns the (type, slot) pairs whose columns are new in an existing table.

    Raises :class:`NewerDatabase`.
    """
    found = int(database.value("PRAGMA user_version"))
    if found > VERSION:
        raise NewerDatabase(f"这个数据库是更新版本的程序建立的（版本{found}，本程序支持到{VERSION}）。")
    with database.transaction():
        if found < VERSION:
            for version in range(found + 1, VERSION + 1) if found else ():
                for statement in MIGRATIONS.get(version, ()):
                    database.execute(statement)
            for statement in CORE.split(";"):
                if statement.strip():
                    database.execute(statement)
            database.execute(f"PRAGMA user_version = {VERSION}")
        for statement in LATER_INDEXES:
            database.execute(statement)
        added = _ensure_types(database, types)
        if 0 < found < LISTED_ANEW:
            _list_anew(database, types)
        return added


def _list_anew(database: Database, types: Mapping[str, RecordType]) -> None:
    for t in types.values():
        key = f"sort_key({title_text(t)})"
        database.execute(f"UPDATE {quoted(table_of(t.name))} SET _sort = {key} WHERE _sort IS NOT {key}")


def ensure_unknown_type(database: Database, type_name: str) -> None:
    """A table with no columns of its own for a type that this program does not know yet (rule 2)."""
    database.execute(_create(type_name, []))


def make_indexes(database: Database, types: Mapping[str, RecordType]) -> None:
    """Builds what speeds up lists and links; after a first import this is quicker than keeping them during it.

    Inside the caller's transaction. The largest table comes first: its pages need most of the memory, and pages of
    indexes, which are not written before the end, take ever more of it.
    """
    rows = {t: database.value(f"SELECT coalesce(max(_row), 0) FROM {quoted(table_of(t))}") for t in types}
    largest_first = sorted(types, key=rows.__getitem__, reverse=True)
    first, *rest = indexes_of({name: types[name] for name in largest_first}).items()
    with database.writing_out():
        _build(database, [first])
    database.expect_much()
    _build(database, rest)


def make_indexes_early(database: Database, record_type: RecordType) -> None:
    """Builds those of one type while more of its rows are coming; :func:`make_indexes` finds them built."""
    with database.writing_out():
        _build(database, indexes_of({record_type.name: record_type}).items())


def _build(database: Database, indexes: Iterable[tuple[str, str]]) -> None:
    for name, definition in indexes:
        database.execute(f"CREATE INDEX IF NOT EXISTS {quoted(name)} ON {definition}")


def drop_indexes(database: Database, types: Mapping[str, RecordType]) -> None:
    """Drops what :func:`make_indexes` builds."""
    for name in indexes_of(types):
        database.execute(f"DROP INDEX IF EXISTS {quoted(name)}")


def _create(type_name: str, columns: list[str]) -> str:
    base = [
        # The row number is spelled out because VACUUM may change one that is not, and the search index keeps it.
        "_row INTEGER PRIMARY KEY",
        "id BLOB NOT NULL UNIQUE",
        "unit INTEGER NOT NULL",
        "_stamp INTEGER NOT NULL",
        "_origin INTEGER NOT NULL",
        "_number INTEGER NOT NULL",
        "_operator TEXT NOT NULL",
        "_life INTEGER NOT NULL DEFAULT 0",
        "_sort TEXT",
    ]
    return f"CREATE TABLE {_IF_MISSING}{quoted(table_of(type_name))} ({', '.join(base + columns)})"


def _ensure_types(database: Database, types: Mapping[str, RecordType]) -> list[tuple[str, str]]:
    """Tables, columns and indexes as the declarations want them.

    Mostly all of it is there: a table whose text is what this program would make is not looked into. To list the
    columns of all takes longer than all the rest.
    """
    kept = database.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'r\\_%' ESCAPE '\\'"
    )
    texts = {str(name): str(sql) for name, sql in kept}
    added: set[tuple[str, str]] = set()
    for table in texts.keys() - {table_of(name) for name in types}:
        # There is room for so many unknown types: what somebody has invented and is out again takes none.
        made_here = texts[table] == _text_of(_create(table.removeprefix(table_of("")), []))
        if made_here and database.row(f"SELECT 1 FROM {quoted(table)} LIMIT 1") is None:
            database.execute(f"DROP TABLE {quoted(table)}")
    wanted = _wanted_by(types)
    for record_type in types.values():
        table, create = table_of(record_type.name), wanted.tables[record_type.name]
        if table not in texts:
            database.execute(create)
        elif texts[table] != _text_of(create):
            present = {name for (name,) in database.rows("SELECT name FROM pragma_table_info(?)", (table,))}
            for f in record_type.fields:
                if f.name not in present:
                    database.utils.table(table).add_column(f.name, sql_type(f))
                    added.add((record_type.name, record_type.slot_of[f.name]))
    _ensure_indexes(database, types)
    return sorted(added)


class _Wanted(NamedTuple):
    """What the declarations want: the statement for each type's table, and every index with what it is on."""

    tables: Mapping[str, str]
    indexes: Mapping[str, str]


_spelled: tuple[Mapping[str, RecordType], _Wanted] | None = None
"""For the catalogue that was asked about last, which nobody changes: to spell it out took most of the time in which a
ledger is compared with it, at each opening. What the ledger has is read each time."""


def _wanted_by(types: Mapping[str, RecordType]) -> _Wanted:
    global _spelled
    known = _spelled
    if known is None or known[0] is not types:
        wanted = _Wanted({t.name: _create_for(t) for t in types.values()}, indexes_of(types))
        known = _spelled = types, wanted
    return known[1]


def _text_of(create: str) -> str:
    """What the engine keeps of the statement that made a table."""
    return create.replace(_IF_MISSING, "", 1)


def _create_for(record_type: RecordType) -> str:
    return _create(record_type.name, [f"{quoted(f.name)} {sql_type(f)}" for f in record_type.fields])


def _ensure_indexes(database: Database, types: Mapping[str, RecordType]) -> None:
    """Those that are missing; those that an earlier program had built and nobody reads any more go."""
    wanted, tables = _wanted_by(types).indexes, {table_of(name) for name in types}
    present = set()
    for name, table in database.rows(
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND name LIKE 'i\\_%' ESCAPE '\\'"
    ):
        if name in wanted:
            present.add(name)
        elif table in tables:
            database.execute(f"DROP INDEX {quoted(name)}")
    _build(database, ((name, on) for name, on in wanted.items() if name not in present))


def indexes_of(types: Mapping[str, RecordType]) -> dict[str, str]:
    """The indexes of the tables of these types by their names: what stands behind ``ON``."""
    indexes: dict[str, str] = {}
    for t in types.values():
        table = quoted(table_of(t.name))
        # No name begins like a table's: tables and indexes share their names, and types may be called anything.
        indexes[f"i_{t.name}_unit"] = f"{table} (unit)"
        # What is shown in its order and apart from what is deleted: order and count of a list are read from here alone.
        indexes[f"i_{t.name}_shown"] = f"{table} (_life = 1, _sort)"
        for f in t.fields:
            if f.kind is Kind.LINK:
                # Most links are empty, nothing is sorted by one, and who looks for a record names it.
                indexes[f"i_{t.name}_{f.name}"] = (
                    f"{table} ({quoted(f.name)}) WHERE {quoted(f.name)} IS NOT NULL"
                )
            elif f.index and f.needed:
                indexes[f"i_{t.name}_{f.name}"] = f"{table} ({quoted(f.name)})"
            elif f.index:
                # Most records do not say it, and who looks for it does not look for those.
                indexes[f"i_{t.name}_{f.name}_said"] = (
                    f"{table} ({quoted(f.name)}) WHERE {quoted(f.name)} IS NOT NULL"
                )
    return indexes

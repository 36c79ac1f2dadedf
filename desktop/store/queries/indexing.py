"""The search index: computed from rows, never sent, brought up to date row by row or rebuilt when much has changed.

Text is indexed character by character (a phrase of single characters finds any substring of one or more), because
trigrams find nothing for one or two Chinese characters. Every character but white space is a token, so that
punctuation is neither lost nor skipped; fields are kept apart by a private-use character.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.name_dots import DOT, FORMS_OF_DOT
from desktop.records.typed.texts import compact
from desktop.store.log.change import Change
from desktop.store.tables.columns import quoted, table_of, title_fields
from desktop.store.tables.database import Database
from desktop.store.tables.pinyin import all_initials, initials, is_read_in_several_ways

BOUNDARY = "\ue000"
MANY = 10_000
"""Changed records of a type whose ids a merge remembers one by one."""
_PART = 20_000
_GATHERED = 8 << 20
"""Bytes of new entries that an index keeps in memory before it writes them; many small parts have to be merged."""
_BESIDE = 8
"""Parts of an index that lie side by side before they are merged: else who saves little has to merge what is large."""
_GONE = 40
"""Percent of the rows of a part from which on that is written anew when they are gone. By itself the engine begins at
10: then ten rows are written for each that changes."""
_LONGEST = 20_000
"""Characters of one value that can be searched: nobody types more, and a bundle of 5 KB may hold one of 12 MB."""
_AT_ONCE, _TOGETHER = 250, 100_000
"""Rows that are spelled together, and about how many characters: those of a name are spelled in up to ten ways."""
_ROW = "\udfff"
"""Half a surrogate pair, which no text in a database can hold."""
_DOTS = f"{FORMS_OF_DOT}."
"""What may stand in a name for its dot: each finds all, whatever was typed when the name was kept."""
_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"


def index_of(type_name: str) -> str:
    """The name of a type's search index."""
    return f"search_{type_name}"


def ensure(database: Database, types: Mapping[str, RecordType]) -> None:
    """Makes the search indexes that are missing and fills them, all in one step: a commit for each costs far more."""
    found = database.rows("SELECT name FROM sqlite_master WHERE name LIKE 'search\\_%' ESCAPE '\\'")
    present = {name for (name,) in found}
    missing = [t for t in types.values() if searchable(t) and index_of(t.name) not in present]
    if not missing:
        return
    with database.transaction():
        for record_type in missing:
            rebuild(database, record_type)


def searchable(record_type: RecordType) -> tuple[Field, ...]:
    """The fields whose text can be searched."""
    return tuple(f for f in record_type.fields if f.search)


def holds(record_type: RecordType, slot: str) -> bool:
    """Whether words of a slot stand in the search index: those of searched fields, and those that name a record."""
    found = record_type.slots.get(slot)
    return found is not None and any(f.search or f.name in record_type.title for f in found.fields)


def rebuild(database: Database, record_type: RecordType) -> None:
    """Indexes all rows of a type anew."""
    name = index_of(record_type.name)
    with database.transaction():
        if searchable(record_type):
            database.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
            database.execute(_create(name))
            database.execute(
                f"INSERT INTO {quoted(name)} ({quoted(name)}, rank)"
                f" VALUES ('hashsize', {_GATHERED}), ('automerge', {_BESIDE}), ('deletemerge', {_GONE})"
            )
        _index(database, record_type, "", ())


def update(database: Database, record_type: RecordType, records: Sequence[str]) -> None:
    """Indexes the given records (ids) anew; their old entries are replaced."""
    if not searchable(record_type):
        return
    table, index = quoted(table_of(record_type.name)), quoted(index_of(record_type.name))
    for start in range(0, len(records), _PART):
        keys = json.dumps(records[start : start + _PART])
        found = database.rows(
            f"SELECT _row FROM {table} WHERE id IN (SELECT unhex(value) FROM json_each(?))", (keys,)
        )
        # The index takes rows in their own order in half the time that it needs for the order of ids.
        numbers = (json.dumps(sorted(number for (number,) in found)),)
        database.execute(f"DELETE FROM {index} WHERE rowid IN (SELECT value FROM json_each(?))", numbers)
        _index(database, record_type, "WHERE _row IN (SELECT value FROM json_each(?))", numbers)


def add(database: Database, record_type: RecordType, last_row: int) -> None:
    """Indexes the rows behind one that was the last before, which have no entries yet."""
    _index(database, record_type, "WHERE _row > ?", (last_row,))


def purge(database: Database, types: Mapping[str, RecordType]) -> None:
    """Leaves no entries of what was erased: those that were replaced stay in their parts until these are merged.

    A character and its place in a row stand there, so whoever has the pages could spell the names again.
    """
    refresh_stale(database, types)
    for (name,) in database.rows("SELECT DISTINCT type FROM erased ORDER BY type"):
        record_type = types.get(name)
        if record_type is not None and searchable(record_type):
            index = quoted(index_of(name))
            database.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")


def remove(database: Database, record_type: RecordType, row: int) -> None:
    """Forgets a row that is taken out of its table, whose number may be given again."""
    if searchable(record_type):
        database.execute(f"DELETE FROM {quoted(index_of(record_type.name))} WHERE rowid = ?", (row,))


class Changed:
    """Which records a merge has changed, by type; from :data:`MANY` on it only remembers that there were many."""

    def __init__(self) -> None:
        self._records: dict[str, set[str] | None] = {}

    def add(self, type_name: str, records: Iterable[str]) -> None:
        """Notes changed records."""
        known = self._records.setdefault(type_name, set())
        if known is not None:
            known.update(records)
            if len(known) > MANY:
                self._records[type_name] = None

    def add_changes(self, types: Mapping[str, RecordType], changes: Iterable[Change]) -> None:
        """Notes records of which one slot has changed, unless nobody can search for what stands in it."""
        by_slot: dict[tuple[str, str], list[str]] = {}
        for change in changes:
            by_slot.setdefault((change.type, change.slot), []).append(change.record)
        for (type_name, slot), records in by_slot.items():
            record_type = types.get(type_name)
            if record_type is not None and holds(record_type, slot):
                self.add(type_name, records)

    def bring_up_to_date(self, database: Database, types: Mapping[str, RecordType]) -> None:
        """Each changed row, or a mark that all is to be indexed anew when a tenth has changed (rule 32)."""
        for type_name, records in sorted(self._records.items()):
            record_type = types.get(type_name)
            if record_type is None:
                continue
            # Rows are hardly ever taken out, so the last one's number is about their count; counting reads an index.
            held = int(database.value(f"SELECT coalesce(max(_row), 0) FROM {quoted(table_of(type_name))}"))
            if records is None or len(records) * 10 > held + MANY:
                mark_stale(database, type_name)
            else:
                update(database, record_type, sorted(records))


def mark_stale(database: Database, type_name: str) -> None:
    """Remembers that a merge changed rows of a type; :func:`refresh_stale` does the work when there is time."""
    database.execute(
        "INSERT INTO meta (key, value) VALUES (?, '1') ON CONFLICT (key) DO NOTHING", (f"stale_{type_name}",)
    )


def refresh_stale(database: Database, types: Mapping[str, RecordType]) -> None:
    """Indexes anew every type that a merge has changed."""
    for (key,) in database.rows("SELECT key FROM meta WHERE key LIKE 'stale\\_%' ESCAPE '\\'"):
        record_type = types.get(key.removeprefix("stale_"))
        with database.transaction():
            if record_type is not None:
                rebuild(database, record_type)
            database.execute("DELETE FROM meta WHERE key = ?", (key,))


def phrase(text: str) -> str:
    """The search expression for a substring; white space is not searched for."""
    characters = _spaced(text)
    return '"' + characters.replace('"', '""') + '"' if characters else ""


def _create(name: str) -> str:
    return (
        f"CREATE VIRTUAL TABLE {quoted(name)} USING fts5"
        f" (text, content = '', contentless_delete = 1, detail = full, tokenize = \"{_TOKENIZER}\")"
    )


def _index(database: Database, record_type: RecordType, where: str, parameters: Sequence[object]) -> None:
    fields = searchable(record_type)
    if not fields:
        return
    # The words of a code are others than the code.
    titles = [f for f in title_fields(record_type) if f.kind not in (Kind.CODE, Kind.CODES)]
    names = [f"substr({quoted(f.name)}, 1, {_LONGEST})" for f in (*titles, *fields)]
    table = quoted(table_of(record_type.name))
    cursor = database.execute(
        f"SELECT _row, {', '.join(names)} FROM {table} {where} ORDER BY _row", parameters
    )
    for rows in _light(cursor):
        database.connection.executemany(
            f"INSERT INTO {quoted(index_of(record_type.name))} (rowid, text) VALUES (?, ?)",
            zip([row[0] for row in rows], _search_texts(rows, 1 + len(titles)), strict=True),
        )


def _light(found: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    """The rows in lists of which none is long or heavy: a bundle of 40 KB may hold names of 240 MB."""
    rows: list[Sequence[object]] = []
    weight = 0
    for row in found:
        rows.append(row)
        for value in row:
            if type(value) is str:
                weight += len(value)
        if len(rows) == _AT_ONCE or weight >= _TOGETHER:
            yield rows
            rows, weight = [], 0
    if rows:
        yield rows


def _search_texts(rows: Sequence[Sequence[object]], first: int) -> list[str]:
    """What is indexed of each row: its values from ``first`` on, each once, and the initials of the title before these.

    All rows are spelled as one text, because calls for single values would take most of the time.
    """
    titles = [" ".join([str(v) for v in row[1:first] if v is not None]) for row in rows]
    letters = initials(_ROW.join(titles)).split(_ROW)
    for at, title in enumerate(titles):
        if is_read_in_several_ways(title):
            letters[at] = BOUNDARY.join(all_initials(title))
    parts = [_joined(row[first:], last) for row, last in zip(rows, letters, strict=True)]
    return _spaced(_ROW.join(parts)).split(_ROW)


def _joined(values: Sequence[object], last: str) -> str:
    """The values, each once, and what comes last; nearly all are texts, and need not be made into some."""
    said = dict.fromkeys(values)
    said.pop(None, None)
    try:
        return BOUNDARY.join((*said, last))  # type: ignore[arg-type]  # what is no text is caught below
    except TypeError:
        return BOUNDARY.join((*map(str, said), last))


def _spaced(text: str) -> str:
    """The characters one by one, without white space, as ``" ".join`` would set them in three times the time."""
    characters = compact(text)
    for dot in _DOTS:
        characters = characters.replace(dot, DOT)
    # Only rare characters take more than two bytes, and half the bytes are laid out in half the time.
    width, coding = 2, "utf-16-le"
    laid = characters.encode(coding, "surrogatepass")
    if len(laid) > width * len(characters):
        width, coding = 4, "utf-32-le"
        laid = characters.encode(coding, "surrogatepass")
    spaced = bytearray(" ".encode(coding) * (2 * len(characters)))
    for byte in range(width):
        spaced[byte :: 2 * width] = laid[byte::width]
    return spaced.decode(coding, "surrogatepass")[:-1]

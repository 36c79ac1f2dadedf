"""The way from files into the encrypted ledger, against what others need for the same rows and edits.

The others are geodiff and SQLite's session extension, which apply a changeset a station to a plain database; an engine
that is told the same updates one by one; and a workbook that holds the same rows.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from desktop.records.declaration import RecordType
from desktop.records.types import catalogue
from desktop.store.tables import schema
from desktop.store.tables.columns import quoted, sql_type
from desktop.store.tables.database import Database
from tests.benchmarks import district, edits
from tests.benchmarks.district import Row, Sender
from tests.benchmarks.edits import Edit
from tests.benchmarks.merging import ROOT, child, plain_insert

KEY = bytes(32)


@dataclass(frozen=True)
class Share:
    """How much each station edits: both fields of one row in ``every``, from ``start`` on.

    Of so many of these fields as ``disputed`` the desk has edited the first as well. With ``grown`` there are new
    rows and deletions too.
    """

    name: str
    every: int
    start: int
    disputed: int
    grown: bool = False


HUNDREDTH = Share("hundredth", 100, 0, 3, grown=True)
TENTH = Share("tenth", 10, 5, 31)


def run(folder: Path, stations: int = 200) -> dict[str, Any]:
    """First merge and its preview, then a hundredth and a tenth edited, each beside what the others need."""
    ledger, plain = folder / "ledger", folder / "plain"
    desk, senders = district.build(ledger, stations)
    desk.workspace.close()
    rows = [list(district.rows_of(s, n, district.COUNTS)) for n, s in enumerate(senders)]
    names = [f"{n:03d}.xsj" for n in range(stations)]
    for sender, station, name in zip(senders, rows, names, strict=True):
        district.birth_lines(sender, station)
        district.bundle(sender, ledger / name)
        sender.lines.clear()
    preview = child(ledger, names, "preview")
    first = child(ledger, names)
    hundredth = edit(ledger, senders, rows, HUNDREDTH)
    tenth = edit(ledger, senders, rows, TENTH)
    plain_insert(folder, senders)
    bare = bare_updates(folder / "plain.db", tenth["edits"])
    peers = apply_plain(plain, rows, hundredth)
    write_xlsx(folder / "same.xlsx", rows[0])
    return {
        "peers": peers["versions"],
        "conflicts": f"{hundredth['conflicts']} and {tenth['conflicts']}; geodiff {peers['conflicts']}",
        "first_seconds": first["seconds"],
        "first_against_geodiff": first["seconds"] / peers["geodiff_first"],
        "first_against_session": first["seconds"] / peers["session_first"],
        "hundredth_seconds": hundredth["seconds"],
        "hundredth_against_geodiff": hundredth["seconds"] / peers["geodiff_edits"],
        "tenth_seconds": tenth["seconds"],
        "tenth_against_bare_updates": tenth["seconds"] / bare,
        # Whoever merges waits for the search index as well; a preview has none to bring up to date.
        "preview_against_merge": preview["seconds"] / (first["seconds"] + first["index_seconds"]),
        "bundle_against_xlsx": (ledger / names[0]).stat().st_size / (folder / "same.xlsx").stat().st_size,
    }


def edit(
    folder: Path, senders: Sequence[Sender], rows: Sequence[Sequence[Row]], share: Share
) -> dict[str, Any]:
    """Merges a bundle a station with edits, some of them of fields that the desk has edited meanwhile."""
    made = [edits.edits_of(station, share.every, share.start) for station in rows]
    fields = len(next(iter(edits.FIELDS.values())))
    own = edits.at_the_desk(folder, [e for s in made for e in s[: share.disputed * fields : fields]])
    names = []
    for number, (sender, station) in enumerate(zip(senders, made, strict=True)):
        first = sender.last + 1
        edits.add_edits(sender, station)
        if share.grown:
            edits.add_growth(sender, rows[number], number)
        names.append(f"{share.name}{number:03d}.xsj")
        district.bundle(sender, folder / names[-1], first=first)
        sender.lines.clear()
    return {**child(folder, names), "edits": made, "own": own}


def bare_updates(path: Path, made: Sequence[Sequence[Edit]]) -> float:
    """Seconds that the same edits take as updates of rows that are found by their ids, in one transaction.

    They keep nothing of who said what and what stood before, look for no conflicts and read no bundles: what is
    measured against them is the price of all that.
    """
    database = Database.open(path, KEY)
    by_column: dict[tuple[str, str], list[tuple[object, str]]] = {}
    for e in (e for station in made for e in station):
        by_column.setdefault((e.type, e.field), []).append((e.value, e.record))
    started = time.perf_counter()
    with database.transaction():
        for (name, field), values in by_column.items():
            database.connection.executemany(
                f"UPDATE r_{name} SET {quoted(field)} = ? WHERE id = unhex(?)", values
            )
    seconds = time.perf_counter() - started
    database.close()
    return seconds


def write_xlsx(path: Path, rows: Sequence[Row]) -> None:
    """One sheet a type, ids included: a bundle has them as well."""
    types = catalogue()
    book = Workbook(write_only=True)
    for name in district.COUNTS:
        sheet = book.create_sheet(types[name].label)
        sheet.append(["id", *(f.label for f in types[name].fields)])
        for found, record, _, values in rows:
            if found == name:
                sheet.append([record, *(values.get(f.name) for f in types[name].fields)])
    book.save(path)


# -- a plain database for the others -----------------------------------------------------------------------------


def apply_plain(folder: Path, rows: Sequence[Sequence[Row]], edited: Mapping[str, Any]) -> dict[str, Any]:
    """What the peers need for the same rows and edits, in a process of their own and an interpreter that has them."""
    folder.mkdir()
    types = {name: catalogue()[name] for name in district.COUNTS}
    _plain(folder / "empty.db", types).close()
    for number, station in enumerate(rows):
        for suffix in ("", "e"):
            connection = _plain(folder / f"{number:03d}{suffix}.db", types)
            _insert(connection, number, station)
            if suffix:
                _edit_plain(connection, number, station, edited["edits"][number])
            connection.commit()
            connection.close()
    own = [(f"r_{e.type}", e.field, e.value, e.record) for e in edited["own"]]
    (folder / "own.json").write_text(json.dumps(own), "utf-8")
    done = subprocess.run(
        [str(_interpreter()), str(Path(__file__).with_name("peers.py")), str(folder), str(len(rows))],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _plain(path: Path, types: Mapping[str, RecordType]) -> sqlite3.Connection:
    """An empty database with the ledger's columns and indexes; ids are text, since geodiff knows no other keys."""
    connection = sqlite3.connect(path)
    for name, record_type in types.items():
        cells = "".join(
            f", {quoted(f.name)} {sql_type(f).replace('BLOB', 'TEXT')}" for f in record_type.fields
        )
        connection.execute(
            f"CREATE TABLE r_{name} (id TEXT PRIMARY KEY NOT NULL, unit INTEGER, _sort TEXT, _life INTEGER{cells})"
        )
    for name, definition in schema.indexes_of(types).items():
        connection.execute(f"CREATE INDEX {quoted(name)} ON {definition}")
    return connection


def _insert(connection: sqlite3.Connection, number: int, rows: Sequence[Row]) -> None:
    for name, record, _, values in rows:
        columns = ", ".join(["id", "unit", *map(quoted, values)])
        marks = ", ".join("?" * (2 + len(values)))
        connection.execute(
            f"INSERT INTO r_{name} ({columns}) VALUES ({marks})", [record, number, *values.values()]
        )


def _edit_plain(
    connection: sqlite3.Connection, number: int, rows: Sequence[Row], made: Sequence[Edit]
) -> None:
    for e in made:
        connection.execute(f"UPDATE r_{e.type} SET {quoted(e.field)} = ? WHERE id = ?", (e.value, e.record))
    _insert(connection, number, edits.new_rows("", number))
    for name, record, *_ in edits.deleted_rows(rows, number):
        connection.execute(f"DELETE FROM r_{name} WHERE id = ?", (record,))


def _interpreter() -> Path:
    """One that has the peers; they are installed when a benchmark asks for them and at no other time."""
    sys.path.insert(0, str(ROOT / "packaging"))
    from bootstrap.environments import prepare_aside

    return prepare_aside("peers").python

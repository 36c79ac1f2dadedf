"""What geodiff and SQLite's session extension take for the same data, in a plain database: prints a JSON line.

Run by an interpreter of its own that has both; it imports nothing of the program.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import time
from pathlib import Path

import apsw
from pygeodiff import GeoDiff

CACHE_KIB = 65_536


def geodiff_first(folder: Path, names: list[str]) -> float:
    """Seconds to apply a changeset a station to an empty database; it is kept for what follows."""
    geodiff = GeoDiff()
    for name in names:
        geodiff.create_changeset(
            str(folder / "empty.db"), str(folder / f"{name}.db"), str(folder / f"{name}.diff")
        )
    target = _copy(folder / "empty.db", folder / "merged.db")
    started = time.perf_counter()
    for name in names:
        geodiff.apply_changeset(str(target), str(folder / f"{name}.diff"))
    return time.perf_counter() - started


def geodiff_edits(folder: Path, names: list[str]) -> tuple[float, int]:
    """Seconds to apply a changeset a station and to rebase the district's own edits on them; how many conflicts."""
    geodiff = GeoDiff()
    for name in names:
        geodiff.create_changeset(
            str(folder / f"{name}.db"), str(folder / f"{name}e.db"), str(folder / f"{name}e.diff")
        )
    base = folder / "merged.db"
    theirs, own = _copy(base, folder / "theirs.db"), _copy(base, folder / "own.db")
    connection = sqlite3.connect(own)
    for table, column, value, record in json.loads((folder / "own.json").read_text("utf-8")):
        connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE id = ?', (value, record))
    connection.commit()
    connection.close()
    conflicts = folder / "conflicts.json"
    started = time.perf_counter()
    for name in names:
        geodiff.apply_changeset(str(theirs), str(folder / f"{name}e.diff"))
    geodiff.rebase(str(base), str(theirs), str(own), str(conflicts))
    seconds = time.perf_counter() - started
    return seconds, sum(len(c["changes"]) for c in json.loads(conflicts.read_text("utf-8"))["geodiff"])


def session_first(folder: Path, names: list[str]) -> float:
    """Seconds to apply a changeset a station to an empty database, each in a transaction of its own."""
    changesets = []
    for name in names:
        source = apsw.Connection(str(_copy(folder / "empty.db", folder / "source.db")))
        source.execute("ATTACH ? AS filled", (str(folder / f"{name}.db"),))
        session = apsw.Session(source, "main")
        session.attach()
        for (table,) in source.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            source.execute(f'INSERT INTO main."{table}" SELECT * FROM filled."{table}"')
        changesets.append(session.changeset())
        session.close()
        source.close()
    target = apsw.Connection(str(_copy(folder / "empty.db", folder / "session.db")))
    target.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    started = time.perf_counter()
    for changeset in changesets:
        apsw.Changeset.apply(changeset, target)
    seconds = time.perf_counter() - started
    target.close()
    return seconds


def _copy(source: Path, target: Path) -> Path:
    """A copy that keeps its log beside it, as the ledger does."""
    shutil.copyfile(source, target)
    connection = sqlite3.connect(target)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    return target


def main() -> None:
    """``peers.py FOLDER STATIONS``."""
    folder = Path(sys.argv[1])
    names = [f"{number:03d}" for number in range(int(sys.argv[2]))]
    result: dict[str, object] = {"geodiff_first": geodiff_first(folder, names)}
    result["geodiff_edits"], result["conflicts"] = geodiff_edits(folder, names)
    result["session_first"] = session_first(folder, names)
    result["versions"] = f"geodiff {GeoDiff().version()}, SQLite {apsw.sqlite_lib_version()}"
    print(json.dumps(result))


if __name__ == "__main__":
    main()

"""The merge of a synthetic district, against a plain insert of the same rows into the same encrypted engine."""

from __future__ import annotations

import resource as usage
import time
from pathlib import Path

from desktop.operations import exchange
from desktop.records.types import catalogue
from desktop.store import schema
from desktop.store.columns import bind, quoted, sql_type
from desktop.store.database import CACHE_KIB, Database
from tests.benchmarks import district


def plain_insert(folder: Path, senders: list[district.Sender]) -> tuple[float, int]:
    """Seconds that a bare ``executemany`` of the same rows takes, same columns and indexes, one transaction."""
    types = catalogue()
    database = Database.open(folder / "plain.db", bytes(32), create=True)
    for name in district.COUNTS:
        columns = ", ".join(f"{quoted(f.name)} {sql_type(f)}" for f in types[name].fields)
        database.execute(f"CREATE TABLE r_{name} (_row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, unit INTEGER,"
                         f" _life INTEGER, _sort TEXT, {columns})")  # fmt: skip
    rows: dict[str, list[tuple[object, ...]]] = {}
    for number, sender in enumerate(senders):
        for name, record, _, values in district.rows_of(sender, number, district.COUNTS):
            rows.setdefault(name, []).append(
                (record, number, *(values.get(f.name) for f in types[name].fields))
            )
    started = time.perf_counter()
    with database.transaction():
        for name, found in rows.items():
            fields = types[name].fields
            marks = ", ".join(["unhex(?)", "?", *(bind(f) for f in fields)])
            names = ", ".join(["id", "unit", *(quoted(f.name) for f in fields)])
            database.connection.executemany(f"INSERT INTO r_{name} ({names}) VALUES ({marks})", found)
        schema.make_indexes(database, {n: types[n] for n in district.COUNTS})
    seconds = time.perf_counter() - started
    database.close()
    return seconds, sum(map(len, rows.values()))


def run(folder: Path, stations: int = 200) -> dict[str, object]:
    """The ratios of the table "Speed": first merge, repeat, other segments, and peak memory of the merge in MB."""
    desk, senders = district.build(folder, stations)
    paths, again = [], []
    for number, sender in enumerate(senders):
        district.birth_lines(sender, list(district.rows_of(sender, number, district.COUNTS)))
        paths.append(district.bundle(sender, folder / f"{number:03d}.xsj"))
        again.append(district.bundle(sender, folder / f"{number:03d}b.xsj", size=1_700))
        sender.lines.clear()
    plain, rows = plain_insert(folder, senders)
    first = _timed(desk, paths)
    repeat = _timed(desk, paths)
    recut = _timed(desk, again)
    peak = usage.getrusage(usage.RUSAGE_SELF).ru_maxrss // 1024
    desk.workspace.close()
    return {
        "rows": rows,
        "engine": "SQLCipher",
        "cache_size_kib": CACHE_KIB,
        "plain_seconds": round(plain, 2),
        "first_seconds": round(first, 2),
        "merge_against_plain": round(first / plain, 2),
        "repeat_against_first": round(repeat / first, 3),
        "recut_against_first": round(recut / first, 2),
        "peak_mb_of_process": peak,
    }


def _timed(desk, paths: list[Path]) -> float:  # type: ignore[no-untyped-def]
    started = time.perf_counter()
    report = exchange.merge(desk, paths)
    seconds = time.perf_counter() - started
    problems = [b.problem for b in report.bundles if b.problem]
    if problems:
        raise RuntimeError(f"the benchmark's own bundles were refused: {problems[0]}")
    return seconds

"""The merge of a synthetic district, against a plain insert of the same rows into the same encrypted engine."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from desktop.records.declaration import Field
from desktop.records.types import catalogue
from desktop.records.versions import items
from desktop.records.versions.items import Head, Replaced
from desktop.store.tables import schema
from desktop.store.tables.columns import bind, quoted, sql_type
from desktop.store.tables.database import CACHE_KIB, Database
from tests.benchmarks import district

ROOT = Path(__file__).parents[2]
SMALL = 2
"""Stations of the small ledger: 6 200 rows against the 620 000 of 200 stations."""
EDITS = 1_000
ASIDE = 1_500
"""Items a station that are refused or wait: 300 000 of 200 stations, all in one bundle."""


def plain_insert(folder: Path, senders: list[district.Sender], *, lean: bool = False) -> tuple[float, int]:
    """Seconds that a bare ``executemany`` of the same rows takes: same columns and indexes, one transaction.

    A lean one binds no empty cells, of which each costs the driver a microsecond.
    """
    types = catalogue()
    database = Database.open(folder / ("lean.db" if lean else "plain.db"), bytes(32), create=True)
    for name in district.COUNTS:
        columns = ", ".join(f"{quoted(f.name)} {sql_type(f)}" for f in types[name].fields)
        database.execute(
            f"CREATE TABLE r_{name} (_row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, unit INTEGER,"
            f" _life INTEGER, _sort TEXT, {columns})"
        )
    rows: dict[str, list[tuple[object, ...]]] = {}
    bound: dict[str, list[Field]] = {}
    for number, sender in enumerate(senders):
        for name, record, _, values in district.rows_of(sender, number, district.COUNTS):
            fields = bound.setdefault(name, [f for f in types[name].fields if f.name in values or not lean])
            rows.setdefault(name, []).append((record, number, *(values.get(f.name) for f in fields)))
    started = time.perf_counter()
    with database.transaction():
        for name, found in rows.items():
            fields = bound[name]
            marks = ", ".join(["unhex(?)", "?", *(bind(f) for f in fields)])
            names = ", ".join(["id", "unit", *(quoted(f.name) for f in fields)])
            database.connection.executemany(f"INSERT INTO r_{name} ({names}) VALUES ({marks})", found)
        schema.make_indexes(database, {n: types[n] for n in district.COUNTS})
    seconds = time.perf_counter() - started
    database.close()
    return seconds, sum(map(len, rows.values()))


def run(folder: Path, stations: int = 200) -> dict[str, Any]:
    """First merge, repeat, other segments and peak memory; then 1 000 edits into the large and a small ledger."""
    desk, senders = district.build(folder / "large", stations)
    desk.workspace.close()
    for number, sender in enumerate(senders):
        district.birth_lines(sender, list(district.rows_of(sender, number, district.COUNTS)))
        district.bundle(sender, folder / "large" / f"{number:03d}.xsj")
        district.bundle(sender, folder / "large" / f"{number:03d}b.xsj", size=1_700)
        if number:
            sender.lines.clear()
    plain, rows = plain_insert(folder, senders)
    lean, _ = plain_insert(folder, senders, lean=True)
    first = child(folder / "large", [f"{i:03d}.xsj" for i in range(stations)])
    repeat = child(folder / "large", [f"{i:03d}.xsj" for i in range(stations)])
    recut = child(folder / "large", [f"{i:03d}b.xsj" for i in range(stations)])
    large = min(edits(folder / "large", senders[0], turn) for turn in range(3))
    small = _small(folder / "small")
    refused, held, released = aside(folder / "aside", stations * ASIDE)
    return {
        "rows": rows,
        "engine": "SQLCipher",
        "cache_size_kib": CACHE_KIB,
        "plain_seconds": plain,
        "first_seconds": first["seconds"],
        "merge_against_plain": first["seconds"] / plain,
        "merge_against_lean_plain": first["seconds"] / lean,
        "search_index_against_plain": first["index_seconds"] / plain,
        "repeat_against_first": repeat["seconds"] / first["seconds"],
        "recut_against_first": recut["seconds"] / first["seconds"],
        "edits_large_against_small": large / small,
        "peak_mb": first["peak_mb"],
        "refused_peak_mb": refused["peak_mb"],
        "held_peak_mb": held["peak_mb"],
        "released_peak_mb": released["peak_mb"],
    }


def _small(folder: Path) -> float:
    desk, senders = district.build(folder, SMALL)
    desk.workspace.close()
    for number, sender in enumerate(senders):
        district.birth_lines(sender, list(district.rows_of(sender, number, district.COUNTS)))
        district.bundle(sender, folder / f"{number:03d}.xsj")
    child(folder, [f"{i:03d}.xsj" for i in range(SMALL)])
    return min(edits(folder, senders[0], turn) for turn in range(3))


def aside(folder: Path, count: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Merges of a bundle all of which is refused, of one that waits for births, and of those births."""
    desk, (sender, other) = district.build(folder, 2)
    desk.workspace.close()
    names = [f"{n:032x}" for n in range(count)]
    rnd = random.Random(0)
    rows: list[district.Row] = [
        ("attendance", record, sender.unit, district.attendance(rnd, n, names[0]))
        for n, record in enumerate(names)
    ]
    district.birth_lines(sender, [(kind, record, other.unit, cells) for kind, record, _, cells in rows])
    district.bundle(sender, folder / "refused.xsj")
    sender.lines.clear()
    for record in names:
        sender.last += 1
        stamp = district.stamp_of(sender, sender.last)
        head = Head(
            items.CHANGE,
            "attendance",
            f"a{record[1:]}",
            sender.unit,
            "sequence",
            stamp,
            (),
            sender.last,
            "王芳",
        )
        sender.lines.append((sender.last, items.change_line(head, 1, None)))
    district.bundle(sender, folder / "held.xsj")
    sender.lines.clear()
    district.birth_lines(
        sender, [(kind, f"a{record[1:]}", unit, cells) for kind, record, unit, cells in rows]
    )
    district.bundle(sender, folder / "births.xsj")
    refused, held, released = (child(folder, [f"{name}.xsj"]) for name in ("refused", "held", "births"))
    if (refused["refused"], held["held"], released["released"]) != (count, count, count):
        raise RuntimeError("what was to be refused, held and released is not")
    return refused, held, released


def edits(folder: Path, sender: district.Sender, turn: int) -> float:
    """Seconds to merge a further bundle with 1 000 changes of the sender's first 1 000 members."""
    first = sender.last + 1
    births = [n for n, line in sender.lines if line.startswith(b'[["birth","member"')][:EDITS]
    by_number = dict(sender.lines)
    for born in births:
        record = by_number[born][20:52].decode()
        sender.last += 1
        stamp = district.stamp_of(sender, sender.last)
        # Every turn replaces what the turn before wrote, as one person's later edits do.
        before = stamp - ((EDITS << 22) if turn else (sender.last - born) << 22)
        head = Head(
            items.CHANGE,
            "member",
            record,
            sender.unit,
            "education",
            stamp,
            (Replaced(before),),
            sender.last,
            "王芳",
        )
        sender.lines.append((sender.last, items.change_line(head, str(turn % 8 + 1), None)))
    name = f"edits{turn}.xsj"
    district.bundle(sender, folder / name, first=first)
    result = child(folder, [name])
    if result["applied"] != EDITS:
        raise RuntimeError(f"{result['applied']} of {EDITS} edits were applied")
    return float(result["seconds"])


def child(folder: Path, names: list[str], *options: str) -> dict[str, Any]:
    """Merges in a process of its own."""
    listing = folder / "listing.txt"
    listing.write_text("\n".join(names), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.child", str(folder), str(listing), *options],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout)
    return result

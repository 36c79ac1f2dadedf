"""A synthetic district for measuring: run as a module, it says how long the indicators and the work list take."""

from __future__ import annotations

import hashlib
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from desktop.operations.plan import plan
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.records.versions.born import Births
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NewRecord
from desktop.store.merging.merging import Merger
from desktop.store.queries import aggregates
from desktop.store.tables import schema
from desktop.store.writing.births import shape_of
from tests.operations.stations import station

FULL = {
    "enterprise": 100_000, "union": 20_000, "coverage": 60_000, "member": 300_000, "visit": 30_000,
    "congress": 10_000, "meeting": 20_000, "officer": 8_000, "appointment": 10_000, "attendance": 200_000,
}  # fmt: skip
"""Rows of the district that issue 2 measures with, and what belongs to them."""
TOWNS, VILLAGES = 25, 7


def build(folder: Path, counts: dict[str, int]) -> Session:
    """A district's workspace with towns, villages and so many records, made without bundles."""
    session = station(folder, "330110", "余杭区总工会", Level.DISTRICT)
    units = _units(session)
    rnd = random.Random(7)
    schema.drop_indexes(session.database, session.types)
    with session.database.transaction():
        merger, number = Merger(session.database, session.types), itertools.count(10_000)
        for type_name, rows in _rows(rnd, counts):
            record_type = session.types[type_name]
            columns = shape_of(record_type).columns
            fields = [c.rpartition(".")[2] for c in columns]
            births = [
                (key, rnd.choice(units), n << 22, n, "王芳", *(values.get(f) for f in fields))
                for (key, values), n in zip(rows, number, strict=False)
            ]
            merger.add_births(Births.of_rows(type_name, columns, births), session.ledger.origin)
        schema.make_indexes(session.database, session.types)
    return session


def _units(session: Session) -> list[str]:
    births, leaves = [], []
    for t in range(TOWNS):
        town = hashlib.md5(f"town{t}".encode()).hexdigest()
        cells: dict[str, Cell] = {"name": f"第{t}镇", "level": "town", "superior": session.unit.id}
        births.append(NewRecord("unit", town, session.unit.id, cells))
        for v in range(VILLAGES):
            village = hashlib.md5(f"village{t}.{v}".encode()).hexdigest()
            cells = {"name": f"第{t}镇{v}村", "level": "village", "superior": town}
            births.append(NewRecord("unit", village, session.unit.id, cells))
            leaves.append(village)
    session.ledger.write("建立体系", "王芳", births=births)
    return leaves


def _key(type_name: str, i: int) -> str:
    return hashlib.md5(f"{type_name}{i}".encode()).hexdigest()


def _day(rnd: random.Random, first: int = 2023, last: int = 2026) -> str:
    return f"{rnd.randint(first, last)}-{rnd.randint(1, 12):02}-{rnd.randint(1, 28):02}"


def _rows(
    rnd: random.Random, counts: dict[str, int]
) -> Iterator[tuple[str, list[tuple[str, dict[str, Cell]]]]]:
    for type_name, count in counts.items():
        make = globals()[f"_{type_name}"]
        if type_name == "attendance":
            yield "course", [(_key("course", i), _course(rnd)) for i in range(200)]
        yield type_name, [(_key(type_name, i), make(rnd, i, counts)) for i in range(count)]


def _enterprise(rnd: random.Random, i: int, counts: dict[str, int]) -> dict[str, Cell]:
    return {
        "name": f"杭州{rnd.choice('恒锦瑞华盛达')}{i}科技有限公司", "registered_address": f"良渚街道古墩路{i % 2000}号",
        "address": f"杭州市余杭区良渚街道古墩路{i % 2000}号", "town": "330110010", "grid": f"网格{i % 40}",
        "in_park": i % 2, "legal_person": "王芳", "contact_name": "李敏", "contact_phone": f"138{i % 10**8:08d}",
        "ownership": "private", "economy": "private", "industry": "manufacturing",
        "sector": rnd.choices(("non_public", "state_owned", "institution"), (95, 3, 2))[0],
        "surveyed_staff": int(rnd.paretovariate(0.8) * 6), "surveyed_source": "工会摸排",
        "surveyed_date": "2026-09-30", "women_count": 3, "status": "active", "union_state": rnd.choice("YCN"),
    }  # fmt: skip


def _union(rnd: random.Random, i: int, counts: dict[str, int]) -> dict[str, Cell]:
    return {
        "name": f"第{i}工会委员会", "kind": "independent", "status": "normal", "approval_date": _day(rnd, 2015),
        "enterprise": _key("enterprise", rnd.randrange(counts["enterprise"])), "member_count": rnd.randint(1, 99),
        "founding_kind": "new", "term_ended": _day(rnd, 2026, 2030), "superior_name": "镇总工会",
        "national_entry_date": rnd.choice((None, _day(rnd))),
    }  # fmt: skip


def _coverage(rnd: random.Random, i: int, counts: dict[str, int]) -> dict[str, Cell]:
    return {
        "union": _key("union", rnd.randrange(counts["union"])), "started": _day(rnd),
        "enterprise": _key("enterprise", rnd.randrange(counts["enterprise"])), "method": "covered",
    }  # fmt: skip


def _member(rnd: random.Random, i: int, counts: dict[str, int]) -> dict[str, Cell]:
    return {
        "name": "王芳", "sex": "1", "birth_date": "1990-01-01", "id_kind": "resident_id",
        "id_number": f"330106{i - i % 50 // 49:012}", "phone": f"139{i:08d}", "education": "4", "skill_level": "0",
        "union": _key("union", rnd.randrange(counts["union"])), "first_admission_date": _day(rnd, 2018),
        "membership_change": "1", "membership_change_date": "2024-05-01", "workplace": f"第{i}车间",
        "enterprise": _key("enterprise", rnd.randrange(counts["enterprise"])), "employment": "1", "migrant": i % 2,
        "national_entry_date": rnd.choice((None, _day(rnd))),
    }  # fmt: skip


def _visit(rnd: random.Random, i: int, counts: dict[str, int]) -> dict[str, Cell]:
    return {
        "enterprise": _key("enterprise", rnd.randrange(counts["enterprise"])), "visit_date": _day(rnd, 2026),
        "visitors": "王芳", "situation": "同意建会", "follow_up_date": rnd.choice((None, _day(rnd, 2026))),
    }  # fmt: skip


def _congress(rnd: random.Random, i: int, counts: dict[str, int]) -> dict[str, Cell]:
    return {
        "name": "职代会", "kind": "congress", "started_date": _day(rnd, 2025), "expected_count": 30,
        "present_count": rnd.randint(18, 30), "enterprise": _key("enterprise", rnd.randrange(counts["enterprise"])),
    }  # fmt: skip


def _meeting(rnd: random.Random, i: int, counts: dict[str, int]) -> dict[str, Cell]:
    return {
        "kind": rnd.choice(("union_committee", "candid_talk")), "name": f"第{i}次会议", "started_date": _day(rnd, 2025),
        "enterprise": _key("enterprise", rnd.randrange(counts["enterprise"])), "host": "王芳",
    }  # fmt: skip


def _officer(rnd: random.Random, i: int, counts: dict[str, int]) -> dict[str, Cell]:
    return {"name": f"干部{i}", "category": "grassroots_chair", "phone": f"137{i:08d}"}


def _appointment(rnd: random.Random, i: int, counts: dict[str, int]) -> dict[str, Cell]:
    return {
        "officer": _key("officer", rnd.randrange(counts["officer"])), "category": "grassroots_chair",
        "post": "chair", "started": _day(rnd), "union_name": "工会",
    }  # fmt: skip


def _course(rnd: random.Random) -> dict[str, Cell]:
    return {
        "name": "轮训班", "category": rnd.choice(("rotation", "initial")), "started_date": _day(rnd), "hours": "8",
    }  # fmt: skip


def _attendance(rnd: random.Random, i: int, counts: dict[str, int]) -> dict[str, Cell]:
    officer = _key("officer", rnd.randrange(counts["officer"])) if i % 5 == 0 else None
    return {
        "course": _key("course", rnd.randrange(200)), "officer": officer, "sequence": i, "name": "王芳",
        "unit_name": f"第{i}工会", "post_title": "主席", "phone": f"137{i:08d}", "half_days": "d01am d01pm",
    }  # fmt: skip


def main() -> None:
    """Builds the district and prints the time of each part."""
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with tempfile.TemporaryDirectory() as folder:
        session = build(Path(folder), {name: int(n * share) for name, n in FULL.items()})
        reader = session.reader()
        for _ in range(3):
            began = time.perf_counter()
            found = plan.indicators(session, database=reader)
            indicators = time.perf_counter()
            work = plan.worklist(session, database=reader)
            listed = time.perf_counter()
            missing = found[2].figure.missing
            rows = aggregates.row_numbers(reader, missing) if missing else []
            ended = time.perf_counter()
            print(f"{len(found)} indicators, {len(found[0].below)} rows each: {indicators - began:.2f} s")
            print(
                f"{len(work)} items of work: {listed - indicators:.2f} s; {len(rows)} rows: {ended - listed:.2f} s"
            )
        for one in found:
            print(one.sentence)


if __name__ == "__main__":
    main()

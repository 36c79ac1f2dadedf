"""A list of 100 000 records: its first page and a random row against one of 1 000, search against a ``LIKE`` scan of
the same fields, and the logic check against reading all of it once; all but the first page in CPU time."""

from __future__ import annotations

import datetime
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktop import reference
from desktop.operations.recording import checking, records
from desktop.operations.session import Session
from desktop.operations.workspaces import workspaces
from desktop.records.declaration import Level
from desktop.records.divisions import DivisionLevel
from desktop.records.versions.canonical import Cell
from desktop.store.queries import indexing, reading
from desktop.store.queries.reading import Query
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database
from desktop.ui.lists.columns import columns_of, shown_at_first
from desktop.ui.lists.rows import PAGE as SCROLLED
from desktop.ui.lists.rows import Source, shown_rows
from tests.benchmarks import district
from tests.measuring import seconds
from tests.operations.stations import CHEAP, repeatable

PAGE = 40
TYPE = "enterprise"
SEARCHES = 60
LONGEST = 6
_BRANDS = (
    "恒锦瑞华盛达通源美科隆泰嘉宏远博创新锐智汇聚诚信德润丰腾飞翔宇航星辰光明旭日东升海天云龙凤祥和顺康安宁福"
    "禄寿喜金银铜铁木水火土"
)
_TRADES = (
    "科技",
    "电子商务",
    "贸易",
    "茶业",
    "机械制造",
    "建筑工程",
    "餐饮管理",
    "物流",
    "文化传媒",
    "纺织",
    "包装材料",
    "装饰",
)
_FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "厂", "经营部", "合作社")
TODAY = datetime.date(2026, 11, 23)


def run(folder: Path, large: int = 100_000, small: int = 1_000) -> dict[str, Any]:
    """Medians of 15 looks at the first page, of 60 jumps and of 60 searches; the check and the reading once."""
    first, jumps = {}, {}
    figures: dict[str, Any] = {}
    for size in (small, large):
        session = _workspace(folder / str(size), size)
        reader = session.reader()
        first[size], jumps[size] = _first_page(session, reader), _jump(session, reader, size)
        if size == large:
            figures = {**_search(session, reader), **_check(session, reader)}
        reader.close()
        session.workspace.close()
    return {
        "rows": large,
        "first_page_large_against_small": first[large] / first[small],
        "seconds": first[large],
        "jump_large_against_small": jumps[large] / jumps[small],
        **figures,
    }


def _workspace(folder: Path, size: int) -> Session:
    session = workspaces.create(
        folder, code="330110109", name="径山镇总工会", level=Level.TOWN, operator="王芳", password="password1",
        environment=repeatable("list"), cost=CHEAP,
    )  # fmt: skip
    rnd = random.Random(1)
    villages = [d.name for d in reference.divisions().of_level(DivisionLevel.VILLAGE)]
    for start in range(0, size, 10_000):
        rows = [_firm(rnd, i, villages) for i in range(start, min(size, start + 10_000))]
        records.save_many(session, TYPE, rows)
    return session


def _firm(rnd: random.Random, i: int, villages: Sequence[str]) -> dict[str, Cell]:
    """A firm with a name and addresses as various as those of a register: else any two characters find all of them."""
    village = rnd.choice(villages)
    place, brand = (
        village[:2] if rnd.random() < 0.5 else "",
        "".join(rnd.sample(_BRANDS, rnd.choice((2, 2, 3)))),
    )
    name = f"{rnd.choice(('杭州', '浙江', ''))}{place}{brand}{rnd.choice(_TRADES)}{rnd.choice(_FORMS)}"
    street = f"{village}{rnd.choice(_BRANDS)}{rnd.choice(_BRANDS)}路{rnd.randrange(1, 999)}号"
    return {
        **district.enterprise(rnd, i),
        "name": name,
        "registered_address": f"浙江省杭州市余杭区{street}",
        "address": f"{street}{rnd.randrange(1, 30)}幢",
    }


def _first_page(session: Session, reader: Database) -> float:
    times = []
    for _ in range(15):
        started = time.perf_counter()
        reading.records(reader, session.types, Query(TYPE), PAGE)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _jump(session: Session, reader: Database, size: int) -> float:
    """The page around a random row, as words; the row numbers of the list are there since it was opened."""
    record_type = session.types[TYPE]
    chosen = shown_at_first(record_type, several_units=False)
    columns = tuple(c for c in columns_of(record_type) if c.name in chosen)
    source = Source(session.types, session.codes, record_type, columns, {}, TODAY)
    numbers, rnd = reading.row_numbers(reader, session.types, Query(TYPE)), random.Random(2)

    def jump() -> None:
        at = rnd.randrange(size) // SCROLLED * SCROLLED
        shown_rows(reader, source, numbers[at : at + SCROLLED])

    return statistics.median(seconds(jump) for _ in range(SEARCHES))


def _search(session: Session, reader: Database) -> dict[str, float]:
    """Substrings of one to six characters of names that are there: their count and the first page, and the scan."""
    record_type, rnd = session.types[TYPE], random.Random(3)
    names = [r.values["name"] for r in reading.records(reader, session.types, Query(TYPE), 5_000)]
    fields = " OR ".join(f"{quoted(f.name)} LIKE :text" for f in indexing.searchable(record_type))
    scan = f"SELECT count(*) FROM {quoted(table_of(TYPE))} WHERE _life <> 1 AND ({fields})"
    ours, bare = [], []
    for n in range(SEARCHES):
        name, length = str(rnd.choice(names)), n % LONGEST + 1
        at = rnd.randrange(len(name) - length + 1)
        text = name[at : at + length]
        query, found = Query(TYPE, text=text), list[int]()

        def look(query: Query = query, found: list[int] = found) -> None:
            _, count = reading.first(reader, session.types, query, PAGE)
            found.append(-1 if count is None else count)

        def like(text: str = text, found: list[int] = found) -> None:
            found.append(int(reader.value(scan, {"text": f"%{text}%"})))

        ours.append(seconds(look))
        bare.append(seconds(like))
        if found[0] != found[1]:
            raise RuntimeError(f"{text}: {found[0]} found, {found[1]} are there")
    return {
        "search_against_like": statistics.median(ours) / statistics.median(bare),
        "search_ms": 1_000 * statistics.median(ours),
        "slowest_search_against_like": max(ours) / statistics.median(bare),
    }


def _check(session: Session, reader: Database) -> dict[str, float]:
    types, codes = session.types, session.codes
    read = seconds(lambda: reading.records(reader, types, Query(TYPE)))
    check = seconds(lambda: checking.check_all(reader, types, codes, TODAY, [TYPE]))
    return {"check_against_reading": check / read, "check_seconds": check}

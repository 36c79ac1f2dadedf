"""The first page of a list of 100 000 records, against one of 1 000."""

from __future__ import annotations

import random
import statistics
import time
from pathlib import Path
from typing import Any

from desktop.operations import records, workspaces
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.store import reading
from desktop.store.reading import Query
from tests.benchmarks import district
from tests.operations.stations import CHEAP, repeatable

PAGE = 40


def run(folder: Path, large: int = 100_000, small: int = 1_000) -> dict[str, Any]:
    """Median of 15 looks at the first page, in a workspace that was just opened."""
    times = {size: _first_page(_workspace(folder / str(size), size)) for size in (small, large)}
    return {
        "rows": large,
        "first_page_large_against_small": times[large] / times[small],
        "seconds": times[large],
    }


def _workspace(folder: Path, size: int) -> Session:
    session = workspaces.create(
        folder, code="330110109", name="径山镇总工会", level=Level.TOWN, operator="王芳", password="password1",
        environment=repeatable("list"), cost=CHEAP,
    )  # fmt: skip
    rnd = random.Random(1)
    for start in range(0, size, 10_000):
        rows = [district.enterprise(rnd, i) for i in range(start, min(size, start + 10_000))]
        records.save_many(session, "enterprise", rows)
    return session


def _first_page(session: Session) -> float:
    times = []
    reader = session.reader()
    for _ in range(15):
        started = time.perf_counter()
        reading.records(reader, session.types, Query("enterprise"), PAGE)
        times.append(time.perf_counter() - started)
    reader.close()
    session.workspace.close()
    return statistics.median(times)

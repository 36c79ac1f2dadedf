"""One record saved in a district's ledger of 620 000 rows, against one of 6 200; in CPU time."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from desktop.operations.recording import records
from desktop.operations.session import open_session
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from tests.benchmarks import district, merging
from tests.operations.stations import repeatable

SAVES = 40


def run(folder: Path, stations: int = 200) -> dict[str, Any]:
    """Medians of 40 saves of each kind: a new record, a change of one that was never changed, taking that back."""
    found = {size: _times(folder / str(size), size) for size in (merging.SMALL, stations)}
    small, large = found[merging.SMALL], found[stations]
    return {
        "rows": stations * sum(district.COUNTS.values()),
        **{f"{name}_large_against_small": large[name] / small[name] for name in large},
        **{f"{name}_ms": 1_000 * seconds for name, seconds in large.items()},
    }


def _times(folder: Path, stations: int) -> dict[str, float]:
    desk, senders = district.build(folder, stations)
    desk.workspace.close()
    for number, sender in enumerate(senders):
        district.birth_lines(sender, list(district.rows_of(sender, number, district.COUNTS)))
        district.bundle(sender, folder / f"{number:03d}.xsj")
        sender.lines.clear()
    merging.child(folder, [f"{i:03d}.xsj" for i in range(stations)])
    session = open_session(folder / "desk", "区总", "password1", repeatable("later"))
    rnd = random.Random(1)
    numbers = reading.row_numbers(session.database, session.types, Query("enterprise"))
    chosen = rnd.sample(list(numbers), SAVES)
    held = reading.page(session.database, session.types["enterprise"], chosen)
    times: dict[str, list[float]] = {"new_record": [], "save": [], "undo": []}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        started = time.process_time()
        result = work()
        times[name].append(time.process_time() - started)
        return result

    for n, record in enumerate(held.values()):
        fresh = district.enterprise(rnd, 10_000_000 + n)
        timed("new_record", partial(records.save, session, "enterprise", fresh))
        changed = {"surveyed_staff": 1_000 + n}
        saved = timed("save", partial(records.save, session, "enterprise", changed, record=record.id))
        timed("undo", partial(records.undo, session, saved.changes.stamp))
    session.workspace.close()
    return {name: statistics.median(found) for name, found in times.items()}

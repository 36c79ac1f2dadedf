"""One timed piece of work in a process of its own, so that its peak memory is its own: prints a JSON line."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.operations.session import Session


def merge(folder: Path, names: list[str], *, preview: bool = False) -> dict[str, object]:
    """The merge of bundles into the desk of a folder, and the search index after it on its own."""
    # Not above: a helper begins with what its parent's main module imports, and the program's own imports little.
    from desktop.store.queries import indexing
    from desktop.sync.authority import station
    from desktop.sync.merging import receiving

    desk = _desk(folder)
    started = time.perf_counter()
    report = receiving.merge_bundles(
        desk.ledger,
        station.load_keys(desk.ledger),
        [folder / n for n in names],
        desk.operator.name,
        preview=preview,
    )
    seconds = time.perf_counter() - started
    problems = [str(b.problem) for b in report.bundles if b.problem]
    if problems:
        raise RuntimeError(f"the benchmark's own bundles were refused: {problems[0]}")
    peak = peak_mb()
    started = time.perf_counter()
    indexing.refresh_stale(desk.database, desk.types)
    index = time.perf_counter() - started
    desk.workspace.close()
    return {
        "seconds": seconds,
        "index_seconds": index,
        "peak_mb": peak,
        "applied": sum(b.applied for b in report.bundles),
        "refused": sum(b.refused for b in report.bundles),
        "held": sum(b.held for b in report.bundles),
        "released": sum(b.released for b in report.bundles),
        "conflicts": sum(b.conflict for b in report.bundles),
    }


def peak_mb() -> int:
    """The most memory this program has held, in MB. Not ``ru_maxrss``: Linux lets a child begin with its parent's."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise RuntimeError("the system does not say how much memory was held")


def _desk(folder: Path) -> Session:
    from desktop.operations.session import open_session
    from tests.operations.stations import repeatable

    return open_session(folder / "desk", "区总", "password1", repeatable("later"))


def main() -> None:
    """``python -m tests.benchmarks.child FOLDER LISTING [preview]``; the listing is a file with names of bundles."""
    folder, listing = Path(sys.argv[1]), Path(sys.argv[2])
    print(json.dumps(merge(folder, listing.read_text("utf-8").split(), preview="preview" in sys.argv[3:])))


if __name__ == "__main__":
    main()

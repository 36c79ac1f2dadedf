"""A process that merges bundles into the ledger of a station and does nothing else: prints what it held at most, in MB.

``python -m tests.sync.merging_alone LEDGER BUNDLE…``
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from desktop.store.ledger import Ledger
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from desktop.sync.authority import station
from desktop.sync.merging import receiving
from tests.benchmarks.child import peak_mb
from tests.sync.desks import DAY, KEY, START, TYPES, Time


def merge(path: Path, bundles: list[Path]) -> None:
    """Merges them; what cannot be read or trusted is an error."""
    database = Database.open(path, KEY)
    of: dict[str, str] = dict(
        database.rows("SELECT key, value FROM meta WHERE key IN ('station', 'incarnation')")
    )
    environment = Environment(Time(START + DAY), random.Random(len(bundles)).randbytes)
    ledger = Ledger(database, TYPES, environment, of["station"], of["incarnation"])
    report = receiving.merge_bundles(ledger, station.load_keys(ledger), bundles, "区")
    for told in report.bundles:
        if told.problem is not None:
            raise told.problem
    database.close()


if __name__ == "__main__":
    merge(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
    print(peak_mb())

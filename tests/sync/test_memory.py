"""The whole process that merges stays small whatever a bundle says: measured from outside, where the engine counts too.

What objects of Python take is measured at every run, by ``test_bounded``.
"""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.store.ledger import NewRecord
from desktop.sync.authority import exclusions
from desktop.sync.authority.exclusions import Named
from desktop.sync.bundles.sending import Sent
from tests.conftest import LONG
from tests.sync.desks import TYPES, Desk, copied, put_back
from tests.sync.places import Places

ITEMS = 1_000_000
MOST_MB = 300
SHAPE = Shape(("name",))


def register(desk: Desk, to: Desk) -> tuple[Sent, int]:
    """A million firms of the same names under the unit of a station, up to the town; the town's bundle."""
    first, stamp = desk.next_number(), desk.stamp()
    for start in range(0, ITEMS, items.MAX_LINES):
        lines = []
        for n in range(start, start + items.MAX_LINES):
            head = desk.head("birth", f"{n:032x}", None, number=first + n, stamp=stamp + n)
            lines.append((head.number, items.birth_line(head, SHAPE, {"name": "一家"}, lambda: "")))
        desk.forge(lines, {"firm": SHAPE})
    to.take(desk.send())
    return to.send(), first


def merged(ledger: Path, *sent: Sent) -> int:
    """What a process held at most that merged these into a ledger."""
    command = [sys.executable, "-m", "tests.sync.merging_alone", str(ledger), *(str(s.path) for s in sent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    return int(done.stdout)


@pytest.mark.skipif(not LONG, reason="half a minute")
@pytest.mark.parametrize("said", ["y" * 200_000, "一"])
def test_long_values_of_very_many_records_are_replaced_within_300_mb(tmp_path: Path, said: str) -> None:
    """By others as long, and by short ones: the engine must keep no page for the time of one statement."""
    places = Places(tmp_path)
    places.deliver()
    path, count, together = tmp_path / "town.db", 1_200, 150
    put_back(places.town, copied(places.town, path), TYPES)
    places.town.database.close()
    village, stamp = places.village, places.village.stamp()
    peaks = []
    for kind in (items.BIRTH, items.CHANGE):
        number = village.next_number()
        for start in range(0, count, together):
            lines = []
            for n in range(start, start + together):
                slot = None if kind == items.BIRTH else "name"
                head = village.head(kind, f"{n:032x}", slot, number=number + n, stamp=stamp + number + n)
                cells = {"name": "x" * 200_000}
                line = items.birth_line(head, SHAPE, cells, lambda: "") if slot is None else (
                    items.change_line(head, said, None))  # fmt: skip
                lines.append((head.number, line))
            village.forge(lines, {"firm": SHAPE} if kind == items.BIRTH else {})
        peaks.append(merged(path, village.send()))
    assert max(peaks) < MOST_MB, peaks


@pytest.mark.skipif(not LONG, reason="some twenty minutes")
def test_a_million_items_come_are_withdrawn_and_lifted_within_300_mb(tmp_path: Path) -> None:
    """All of them registered in another town as well, so that each is said once more for that one."""
    # No test may take as long as this one.
    faulthandler.cancel_dump_traceback_later()
    places = Places(tmp_path)
    places.deliver()
    path = tmp_path / "district.db"
    put_back(places.district, copied(places.district, path), TYPES)
    places.district.database.close()
    births, first = register(places.village, places.town)
    others, _ = register(places.far, places.other)
    origin = places.village.station, places.village.keys.incarnation
    (text,) = exclusions.write({origin: Named([(first, first + ITEMS - 1)])})
    word = places.town.birth("exclusion", {"cause": "withdrawn", "items": text})
    out = places.town.send()
    places.town.delete(word, "exclusion")
    lifted = places.town.send()
    texts = exclusions.write({origin: Named([(first + 2 * n, first + 2 * n) for n in range(ITEMS)])})
    names = [{"cause": "withdrawn", "items": text} for text in texts]
    words = [NewRecord("exclusion", "", places.town.unit, cells) for cells in names]
    places.town.ledger.write("撤回", "镇", births=words)
    peaks = [merged(path, sent) for sent in (births, others, out, lifted, places.town.send())]
    assert max(peaks) < MOST_MB, peaks

"""What a computer of a random history has of its own: its clock, its keys, and the segments of its items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.sync.authority import station
from desktop.sync.bundles import kept
from desktop.sync.enrolling import succession
from desktop.sync.formats import segments
from desktop.sync.merging import rewriting
from tests.histories.restoring import Restoring
from tests.histories.travelling import is_linked
from tests.sync.acts import renew
from tests.sync.desks import DAY, Desk

AHEAD: Final = ("edit", "edit", "birth", "delete", "visit", "count", "erase")
"""What is saved under a date in the future."""


class Renewing(Restoring):
    """Stations whose clocks go wrong, and that get new keys."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.roots_left = 1
        self.furthest = 0
        """The last moment under which anything was saved."""

    def run_ahead(self, desk: Desk) -> object:
        """A clock is set wrong by more than a day, until somebody corrects the others."""
        if desk.time.at < self.latest + DAY:
            desk.time.at += int(1.2 * DAY)
        return None

    def fall_behind(self, desk: Desk) -> object:
        """A clock says 2015, so that all that comes is dated ahead: until somebody wants to save something."""
        desk.time.at -= 4_000 * DAY
        return None

    def redate(self, desk: Desk) -> object:
        """Something is saved under a date in the future, perhaps sent, and saved anew today in a new incarnation."""
        if desk.level is not Level.VILLAGE or desk.station in self.doubtful:
            return None
        days = self.rnd.choice((1.5, 400, 7_000))
        desk.time.pass_days(days)
        self.furthest = max(self.furthest, desk.time.at + DAY)
        # Somebody has said that it is the right date.
        desk.ledger.clock.confirm()
        act: Callable[[Desk], object] = getattr(self, self.rnd.choice(AHEAD))
        try:
            told = act(desk)
        finally:
            desk.time.pass_days(-days)
        if self.rnd.random() < 0.5 and is_linked(desk, self.above[desk.name]):
            self.underway.append((self.above[desk.name], desk.send()))
        rewriting.redate(desk.ledger, desk.keys, self.incarnation(), desk.name, "更正")
        desk.keys = station.load_keys(desk.ledger)
        return told

    def renew(self, desk: Desk) -> object:
        """New keys for a laptop."""
        above = self.above.get(desk.name)
        shared = [d for d in self.desks if d.station == desk.station]
        if above is None or len(shared) > 1 or desk.name in self.relapsed or not is_linked(desk, above):
            return None
        desk.time.at = above.time.at = self.latest
        renew(desk, above)
        self.snapshots.pop(desk.name, None)
        self.snapshots.pop(above.name, None)
        return above.name

    def change_root(self, desk: Desk) -> object:
        """The district's root gives way to another."""
        if not self.roots_left or self.district.name in self.relapsed:
            return None
        self.roots_left -= 1
        succession.change_root(self.district.ledger)
        self.district.keys = station.load_keys(self.district.ledger)
        self.snapshots.pop(self.district.name, None)
        return "changed"

    def recut(self, desk: Desk) -> object:
        """Own items stand in other segments than before: they are known item by item."""
        found: list[tuple[tuple[int, bytes], Mapping[str, items.Shape]]] = []
        for position, compressed in desk.database.rows(
            "SELECT position, frame FROM segment WHERE origin = ? AND vouched IS NULL", (desk.ledger.origin,)
        ):
            header, lines = segments.opened(*segments.read(kept.frame_of(compressed)))
            numbered = zip(range(header.first, header.last + 1), lines, strict=True)
            found += ((line, header.shapes) for line in numbered)
            desk.database.execute("DELETE FROM segment WHERE position = ?", (position,))
        found.sort(key=lambda line: line[0])
        while found:
            taken, shapes = [], dict[str, items.Shape]()
            for line, stated in found[: self.rnd.randint(1, len(found))]:
                if any(shapes.get(name, shape) != shape for name, shape in stated.items()):
                    # Since the program was updated births have more columns.
                    break
                shapes |= stated
                taken.append(line)
            kept.keep(desk.ledger, *segments.cut(
                desk.station, desk.keys.incarnation, taken, shapes, desk.keys.sign
            ))  # fmt: skip
            found = found[len(taken) :]
        return None

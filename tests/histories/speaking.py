"""What a level above says in a random history: which items and stations do not count, and that they do."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from desktop.records.declaration import Level
from tests.histories.recording import SHARED, Recording
from tests.sync.desks import Desk


class Speaking(Recording):
    """Stations of which those above take items back."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.said: list[tuple[Desk, str, str]] = []
        """What takes items back: whose word, of which type, its record."""
        self.lifted: list[tuple[Desk, str, str]] = []
        """What was taken back again, unless a backup comes back that does not know."""

    def _speaker(self, desk: Desk) -> Desk:
        return desk if desk in (*self.towns, *self.between) else self.district

    def exclude(self, desk: Desk) -> object:
        """Some items of a station are withdrawn; not those that say who is who, or it could send nothing."""
        desk = self._speaker(desk)
        below = [d for d in self.below(desk) if d.station not in self.doubtful]
        if not below:
            return None
        whom = self.rnd.choice(below)
        top = whom.ledger.next_number() + 2
        numbers = {self.rnd.randrange(1, top) for _ in range(self.rnd.randint(1, 3))}
        # That a laptop's own word about its dates counts no more is not heard beside its town (known residue).
        words = whom.database.rows("SELECT _number FROM r_exclusion WHERE _origin = ?", (whom.ledger.origin,))
        numbers -= {n for (n,) in words}
        if whom.level is not Level.VILLAGE:
            grants = whom.database.rows(
                "SELECT _number FROM r_grant WHERE _origin = ?", (whom.ledger.origin,)
            )
            numbers = {n for n in numbers if 8 < n < whom.ledger.next_number()} - {n for (n,) in grants}
        if numbers:
            self.said.append((desk, "exclusion", desk.exclude(*((whom, n) for n in sorted(numbers)))))
        return whom.name, numbers

    def contest(self, desk: Desk) -> object:
        """What both branches know is claimed, given to either, or taken back by a town that the other does not know.

        Only where somebody above both says so once more do they hold the same in the end.
        """
        if self.apart:
            return None
        record, town = self.rnd.choice(SHARED), self.rnd.choice(self.towns)
        if record in self.district.records() and self.rnd.random() < 0.3:
            to = self.rnd.choice(self.units_of(self.district))
            self.done.append((self.district, self.district.move(record, to)))
            return record[:4], to
        for claiming in self.towns:
            writer = self.rnd.choice([claiming, *self.below(claiming)])
            if record not in writer.records():
                writer.birth("firm", {"name": self.word(writer)}, record=record)
                self.groups.add((None, None, None))
        self._bring_together()
        if said := self._about(record, town):
            several = self.rnd.sample(said, self.rnd.randint(1, len(said)))
            self.said.append((town, "exclusion", town.exclude(*several)))
        return record[:4], town.name

    def inform(self, desk: Desk) -> None:
        """A station hears what those above it know."""
        for above, below in pairwise([desk, *self.over(desk)][::-1]):
            self.bring(below, above)

    def _bring_together(self) -> None:
        """Everybody reports, and both towns hear of it."""
        for below, desk in (*self.pairs, *((self.district, town) for town in self.towns)):
            below.time.at = desk.time.at = self.latest
            self.bring(desk, below)

    def _about(self, record: str, town: Desk) -> list[tuple[Desk, int]]:
        """What stations below a town have said of a record, as far as that holds it."""
        below = [d for d in self.below(town) if d.station not in self.doubtful]
        return [
            (d, number)
            for d in below
            for (number,) in town.database.rows(
                "SELECT number FROM version WHERE record = unhex(:record) AND origin = :origin"
                " UNION SELECT _number FROM r_firm WHERE id = unhex(:record) AND _origin = :origin",
                {"record": record, "origin": town.ledger.origin_ref(d.station, d.keys.incarnation)},
            )
        ]

    def revoke(self, desk: Desk) -> object:
        desk = self._speaker(desk)
        below = [d for d in self.below(desk) if d.level is Level.VILLAGE]
        if not below:
            return None
        whom = self.rnd.choice(below)
        last = self.rnd.randrange(whom.ledger.next_number() + 1)
        self.said.append((desk, "revocation", desk.revoke(whom, last)))
        return whom.name, last

    def lift(self, desk: Desk) -> object:
        if not self.said:
            return None
        at = self.rnd.randrange(len(self.said))
        writer, type_name, record = self.said[at]
        if writer.shown(record, type_name) is None:
            # It may come back from those who have heard it.
            self.lifted.append(self.said.pop(at))
            return "it was lost"
        # Where the clock is in doubt nothing was lifted.
        writer.lift(record, type_name)
        self.lifted.append(self.said.pop(at))
        return writer.name, type_name

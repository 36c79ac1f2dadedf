"""Backups that are put back in a random history, disks that are copied, and how forks are decided that come of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from desktop.records.declaration import Level
from desktop.store.tables.database import Database
from desktop.sync.authority import excluding, exclusions, station
from desktop.sync.enrolling import copies
from desktop.sync.merging import forks, rewriting
from desktop.sync.merging.doubting import ClockInDoubt
from desktop.sync.signed import identity
from tests.histories.comparing import words_of
from tests.histories.speaking import Speaking
from tests.sync.desks import Desk, copied, put_back

WHILE_IT_LASTS: Final = (
    "birth",
    "edit",
    "edit",
    "count",
    "move",
    "delete",
    "visit",
    "exclude",
    "lift",
    "erase",
    "revoke",
)
"""What a desk does between a backup and the day on which it is put back."""


@dataclass
class Snapshot:
    """The database of a station as it once was, and the words that had been typed by then."""

    database: Database
    typed: frozenset[str]


class Restoring(Speaking):
    """Stations that go on from a state of before, or from one state twice."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.snapshots: dict[str, Snapshot] = {}
        self.relapsed: set[str] = set()
        """Desks that may have words to get back, for which they have vouched with the keys that they have now."""

    def close(self) -> None:
        super().close()
        for found in self.snapshots.values():
            found.database.close()

    def incarnation(self) -> str:
        """A new one."""
        return f"{self.rnd.getrandbits(64):016x}"

    def _path(self, desk: Desk) -> Path | None:
        return self.folder / f"{desk.name}-{next(desk.numbers)}.db" if self.cipher else None

    def snapshot(self, desk: Desk) -> object:
        """A backup."""
        self.snapshots[desk.name] = Snapshot(
            copied(desk, self._path(desk)), frozenset(w for _, w in self.typed)
        )
        return None

    def _go_back(self, desk: Desk) -> bool:
        """What was typed since and has reached nobody is gone."""
        found = self.snapshots.pop(desk.name, None)
        if found is None:
            return False
        old, types = desk.ledger.database, desk.ledger.types
        put_back(desk, found.database, types)
        old.close()
        # What others hold may have been given to another unit since: then it is theirs and does not come back.
        there = [(d, words_of(d)) for d in self.desks if d is not desk]
        since = {w for d, w in self.typed if d is desk and w not in found.typed}
        self.typed = [
            (holder, w)
            for d, w in self.typed
            for holder in ([d] if w not in since else [o for o, text in there if w in text][:1])
        ]
        return True

    def restore(self, desk: Desk) -> object:
        """A backup is put back, which begins a new incarnation. Of two that are one station nobody could tell them."""
        if desk.station in self.doubtful or self._is_said_out(desk) or not self._go_back(desk):
            return "no backup"
        desk.cut()
        station.begin_incarnation(desk.ledger, self.incarnation())
        station.note_restored(desk.ledger)
        desk.keys = station.load_keys(desk.ledger)
        return "restored"

    def _is_said_out(self, desk: Desk) -> bool:
        """Whether an office was put out of use, be it let in again by a grant that names its incarnation.

        Those below have heard that, and take nothing in another incarnation (known residue).
        """
        said = "SELECT 1 FROM r_revocation WHERE station = ? AND _life <> 1"
        return desk.level is not Level.VILLAGE and any(
            d.database.row(said, (desk.station,)) is not None for d in self.over(desk)
        )

    def relapse(self, desk: Desk) -> object:
        """A desk tells those below what nobody above hears, and a backup of before is put back."""
        desk = self._speaker(desk)
        self.snapshot(desk)
        for _ in range(self.rnd.randint(1, 3)):
            act: Callable[[Desk], object] = getattr(self, self.rnd.choice(WHILE_IT_LASTS))
            act(desk)
        for below in (d for d in self.desks if self.above.get(d.name) is desk and self.rnd.random() < 0.8):
            try:
                self.bring(below, desk)
            except ClockInDoubt:
                below.time.at = self.latest
        self.relapsed.add(desk.name)
        return self.restore(desk)

    def set_back(self, desk: Desk) -> object:
        """An old copy of the file is put back where nothing notices it: numbers are given a second time."""
        if desk.level is not Level.VILLAGE:
            return "no backup"
        return self._set_back(desk)

    def _set_back(self, desk: Desk) -> object:
        if not self._go_back(desk):
            return "no backup"
        # Of two contents with the very same number and stamp nobody could say which counts (known residue).
        desk.time.at = self.latest + 1_000
        self.doubtful.add(desk.station)
        return "set back"

    def copy(self, desk: Desk) -> object:
        """A laptop's disk is copied, and both are written to."""
        if desk.level is not Level.VILLAGE or len(self.laptops) > len(self.villages):
            return None
        return self._twin(desk).name

    def _twin(self, desk: Desk) -> Desk:
        """A second computer with the same on it."""
        name = f"{desk.name}副本"
        (self.folder / name).mkdir()
        twin = Desk(
            name,
            desk.level,
            desk.unit,
            desk.ledger,
            desk.keys,
            type(desk.time)(desk.time.at + 1),
            self.folder / name,
            code=desk.code or desk.name,
        )
        put_back(twin, copied(desk, self._path(twin)), desk.ledger.types)
        twin.ledger.environment = type(desk.ledger.environment)(twin.time, random.Random(name).randbytes)
        put_back(twin, twin.database, desk.ledger.types)
        self.desks.append(twin)
        self.above[name] = self.above[desk.name]
        self.doubtful.add(desk.station)
        return twin

    def settle_fork(self, desk: Desk) -> object:
        """The district says which contents count, and computers follow what was said."""
        decided = [fork.station[:6] for fork in self._decide()]
        return decided, [d.name for d, _ in self.pairs if self.follow(d)]

    def _decide(self) -> list[forks.Fork]:
        desk = self.district
        found = forks.open_forks(desk.database, desk.ledger.types)
        for fork in found:
            two = sum(d.station == fork.station for d in self.desks) > 1
            origin = desk.ledger.origin_ref(fork.station, fork.incarnation)
            lost = forks.losing(desk.ledger, origin, keep_held=self.rnd.random() < 0.5)
            for text in exclusions.write({(fork.station, fork.incarnation): lost}):
                refusal = "copied" if two else "restored"
                desk.say("exclusion", {"cause": excluding.FORK, "refusal": refusal, "items": text})
        return found

    def follow(self, desk: Desk) -> bool:
        """What a computer does on its next start when its fork is decided."""
        origin = desk.station, desk.keys.incarnation
        if not station.knowledge(desk.ledger, desk.keys).policy.is_decided(origin):
            return bool(rewriting.save_late(desk.ledger, "换新编号"))
        if _is_copy(desk):
            desk.cut()
            fresh = identity.generate(desk.ledger.environment.random)
            with desk.database.transaction():
                copies.become_another(desk.ledger, fresh)
            desk.keys = station.load_keys(desk.ledger)
            above = self.above[desk.name]
            desk.time.at = above.time.at = self.latest
            self.put_under(desk, above)
            self.snapshots.pop(above.name, None)
        else:
            rewriting.renumber(desk.ledger, desk.keys, self.incarnation(), desk.name, "换新编号")
            desk.keys = station.load_keys(desk.ledger)
        self.snapshots.pop(desk.name, None)
        return True


def _is_copy(desk: Desk) -> bool:
    """Whether a level above has said that there are two computers, and what lost is this one's."""
    origin = desk.station, desk.keys.incarnation
    for record in desk.records("exclusion"):
        said = desk.values(record, "exclusion")
        if said is None or (said["cause"], said["refusal"]) != (excluding.FORK, "copied"):
            continue
        named = exclusions.read(str(said["items"] or "")).get(origin)
        if named is not None and rewriting.holds_one(desk.ledger, named.contents):
            return True
    return False

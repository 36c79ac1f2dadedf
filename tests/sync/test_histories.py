"""Random histories over a district, a town and two villages, through real bundles: everybody ends with the same.

Bundles and receipts are lost, doubled, late and out of order, segments are cut anew and clocks run ahead; records are
born twice, moved, deleted, revived and undone, and one village has a newer program than everybody else. In the end
everything is delivered, and rule 33 must hold: equal digests of every unit, wherever it is held.
"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.records import items
from desktop.records.declaration import Level
from desktop.records.resolution import Life
from desktop.store.clock import WrongClock
from desktop.store.ledger import CannotUndo, ChangeSet
from desktop.store.reading import Record
from desktop.sync import kept, segments, trust
from desktop.sync.receiving import ClockInDoubt
from desktop.sync.sending import Sent
from tests.conftest import LONG
from tests.sync.desks import DAY, NEWER_TYPES, Desk, enrol, new_desk, new_root, reopen, settle

SHARED = ("aa" * 16, "bb" * 16)
"""Record ids that several stations know without each other, as a code gives them."""
PRIZES = ("ca" * 16, "cb" * 16)
"""Records of a type that only the newer program knows."""


class History:
    """One random history, repeatable by its seed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rnd = random.Random(seed)
        self.district = new_root(folder, "区")
        self.town = new_desk(folder, "镇", Level.TOWN)
        self.villages = [
            new_desk(folder, "甲村", Level.VILLAGE, types=NEWER_TYPES),
            new_desk(folder, "乙村", Level.VILLAGE),
        ]
        enrol(self.town, self.district, 3)
        for village in self.villages:
            enrol(village, self.town)
        self.pairs = [*((v, self.town) for v in self.villages), (self.town, self.district)]
        self.desks = [self.district, self.town, *self.villages]
        self.underway: list[tuple[Desk, Sent]] = []
        self.done: list[tuple[Desk, ChangeSet]] = []

    def units_of(self, desk: Desk) -> list[str]:
        """The units that a station may write for."""
        if desk in self.villages:
            return [desk.unit]
        return [desk.unit, *(v.unit for v in self.villages)]

    def step(self) -> None:
        """Something happens somewhere."""
        desk = self.rnd.choice(self.desks)
        desk.time.at += self.rnd.choice((0, 0, 5_000, 3_600_000))
        act = self.rnd.choice((
            self.birth, self.birth, self.edit, self.edit, self.edit, self.move, self.delete, self.visit, self.undo,
            self.send, self.send, self.send, self.deliver, self.deliver, self.deliver, self.novelty, self.recut,
            self.run_ahead,
        ))  # fmt: skip
        try:
            act(desk)
        except WrongClock:
            desk.time.at = self.latest

    @property
    def latest(self) -> int:
        """The time on the clock that is furthest ahead."""
        return max(desk.time.at for desk in self.desks)

    def birth(self, desk: Desk) -> None:
        record = self.rnd.choice((*SHARED, "", ""))
        if record in desk.records():
            return
        cells = {
            "name": self.rnd.choice(("一", "二", None)),
            "staff": self.rnd.choice((1, 2, None)),
            "source": self.rnd.choice(("社保", None)),
            "in_park": self.rnd.choice((0, 1, None)),
            "partner": self.rnd.choice((*SHARED, None)),
            "person": self.rnd.choice(("王", None)),
        }
        desk.birth("firm", cells, record=record, unit=self.rnd.choice(self.units_of(desk)))

    def some(self, desk: Desk, type_name: str = "firm") -> str | None:
        """A record that the station may write to."""
        units = self.units_of(desk)
        found = sorted(desk.records(type_name))
        mine = [r for r in found if (shown := desk.shown(r, type_name)) is not None and shown.unit in units]
        return self.rnd.choice(mine) if mine else None

    def edit(self, desk: Desk) -> None:
        record = self.some(desk)
        if record is None:
            return
        slot = self.rnd.choice(("name", "count", "in_park", "partner", "contact"))
        value = {
            "name": self.rnd.choice(("一", "二", "三", None)),
            "count": self.rnd.choice((None, {"staff": self.rnd.randint(1, 3), "source": "税务"})),
            "in_park": self.rnd.choice((0, 1)),
            "partner": self.rnd.choice((*SHARED, None)),
            "contact": {"person": self.rnd.choice("李张"), "phone": "139"},
        }[slot]
        self.done.append((desk, desk.edit(record, slot, value)))

    def move(self, desk: Desk) -> None:
        record = self.some(desk)
        if record is not None:
            to = self.rnd.choice([self.town, *self.villages]).unit
            self.done.append((desk, desk.move(record, to)))

    def delete(self, desk: Desk) -> None:
        type_name = self.rnd.choice(("firm", "firm", "visit"))
        record = self.some(desk, type_name)
        if record is not None:
            revive = self.rnd.random() < 0.3
            self.done.append((desk, desk.delete(record, type_name, revive=revive)))

    def visit(self, desk: Desk) -> None:
        firm = self.some(desk)
        shown = desk.shown(firm) if firm is not None else None
        if shown is not None:
            desk.birth("visit", {"firm": shown.id, "topic": "走访"}, unit=shown.unit)

    def novelty(self, desk: Desk) -> None:
        """What only a newer program writes: a type, a field, a member of a group."""
        newer = self.villages[0]
        firm = self.some(newer)
        if firm is None:
            return
        prize = self.rnd.choice((*PRIZES, ""))
        if prize in newer.records("prize"):
            newer.edit(prize, "title", self.rnd.choice(("一等", None)), "prize")
            newer.edit(prize, "firm", self.rnd.choice((firm, *SHARED)), "prize")
            if self.rnd.random() < 0.3:
                newer.delete(prize, "prize")
        else:
            newer.birth("prize", {"firm": firm, "title": "二等", "year": 2026}, record=prize)
        newer.edit(firm, "slogan", self.rnd.choice(("好", None)))
        newer.edit(firm, "count", {"staff": self.rnd.randint(1, 3), "verified": 1})

    def recut(self, desk: Desk) -> None:
        """Own items stand in other segments than before, as after a restore: they are known item by item."""
        found = []
        shapes: dict[str, items.Shape] = {}
        for position, compressed in desk.database.rows(
            "SELECT s.position, s.frame FROM segment s WHERE s.origin = ? AND s.vouched IS NULL",
            (desk.ledger.origin,),
        ):
            header, lines = segments.opened(*segments.read(kept.frame_of(compressed)))
            found += list(zip(range(header.first, header.last + 1), lines, strict=True))
            shapes |= header.shapes
            desk.database.execute("DELETE FROM segment WHERE position = ?", (position,))
        found.sort()
        while found:
            size = self.rnd.randint(1, len(found))
            kept.keep(desk.ledger, *segments.cut(
                desk.station, desk.keys.incarnation, found[:size], shapes, desk.keys.sign, trust.segment_message
            ))  # fmt: skip
            found = found[size:]

    def run_ahead(self, desk: Desk) -> None:
        """A clock is set wrong by more than a day, until somebody corrects the others."""
        if desk.time.at < self.latest + DAY:
            desk.time.at += int(1.2 * DAY)

    def undo(self, desk: Desk) -> None:
        mine = [changes for d, changes in self.done if d is desk and changes.stamp]
        if mine:
            try:
                desk.ledger.undo(self.rnd.choice(mine).stamp, desk.name)
            except CannotUndo:
                return

    def send(self, desk: Desk) -> None:
        below, above = self.rnd.choice(self.pairs)
        if self.rnd.random() < 0.5:
            self.underway.append((above, below.send()))
        else:
            self.underway.append((below, above.send(below)))

    def deliver(self, desk: Desk) -> None:
        """One that is underway, perhaps the newest first, perhaps several at once; it may come again or be lost."""
        if not self.underway:
            return
        to, sent = self.rnd.choice(self.underway)
        several = [s for d, s in self.underway if d is to and self.rnd.random() < 0.3]
        self.rnd.shuffle(several)
        try:
            report = to.merge(sent, *several)
        except ClockInDoubt:
            to.time.at = self.latest
            return
        assert [b.problem for b in report.bundles] == [None] * len(report.bundles)
        for b in report.bundles:
            assert b.applied >= 0
            assert b.applied + b.known + b.held + b.conflict + b.refused == b.total
            assert b.refused == 0
        if self.rnd.random() < 0.7:
            self.underway.remove((to, sent))


@pytest.mark.parametrize("seed", range(200 if LONG else 15))
def test_everybody_ends_with_the_same(tmp_path: Path, seed: int) -> None:
    history = History(tmp_path, seed)
    for _ in range(60):
        history.step()
    for desk in history.desks:
        desk.time.at = history.latest
    settle([*history.pairs, *history.pairs])
    check(history)
    before = {desk.name: desk.digest().sha256 for desk in history.desks}
    for desk in history.desks:
        reopen(desk, NEWER_TYPES)
    # What an older program has only kept is the same when it is understood.
    assert before == {desk.name: desk.digest().sha256 for desk in history.desks}
    check(history)


def check(history: History) -> None:
    """Nothing waits, and whoever holds the same unit holds and shows the same of it."""
    for desk in history.desks:
        assert desk.held() == {}
        assert desk.refused() == {}
    for village in history.villages:
        digests = {d.digest(village.unit).sha256 for d in (village, history.town, history.district)}
        assert len(digests) == 1
    town, district = history.town, history.district
    assert town.digest(town.unit).sha256 == district.digest(town.unit).sha256
    below = history.units_of(town)
    for type_name in district.ledger.types:
        for record in district.records(type_name) & town.records(type_name):
            one, two = as_shown(district, record, type_name), as_shown(town, record, type_name)
            # What has left the scope of the town goes on without it.
            assert one == two or one.unit not in below
    assert district.digest(district.unit).records >= 1
    # Privacy: a village holds nothing that neither is nor was its own.
    for village, other in (history.villages, history.villages[::-1]):
        for record in village.records():
            shown, had = town.shown(record), units_ever(town, record)
            assert shown is not None
            assert village.unit in had, (record, other.unit)


def units_ever(desk: Desk, record: str) -> set[str]:
    """Every unit that a record has or had."""
    return {u for (u,) in desk.database.rows(
        "SELECT u.id FROM r_firm r JOIN unit_ref u ON u.ref = r.unit WHERE r.id = unhex(:id) UNION"
        " SELECT u.id FROM record_unit r JOIN unit_ref u ON u.ref = r.unit WHERE r.record = unhex(:id)",
        {"id": record})}  # fmt: skip


def as_shown(desk: Desk, record: str, type_name: str) -> Record:
    """A record as it stands, without whose birth of it came first, and whether it lives.

    That a deletion is in doubt may hang on a child that is not in everybody's scope (rule 9).
    """
    found = desk.shown(record, type_name)
    assert found is not None
    return replace(found, stamp=0, operator="", life=Life.LIVE, disputed=())

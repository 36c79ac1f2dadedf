"""Random histories over a district, two towns and three villages with everything that takes back, in any order.

``XIAOSANJI_ACTS`` names the acts (words), ``XIAOSANJI_SEEDS`` a range ``0-50``. In the end everything is delivered and
everybody must say the same, in digests and in rows, with nothing held and no typed word gone.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from desktop.records.declaration import Level
from desktop.records.stamps import to_wire
from desktop.store.clock import WrongClock
from desktop.store.ledger import CannotUndo, ChangeSet, NewRecord, NotFound, SlotEdit
from desktop.sync import kept, rewriting, segments, standing, station, trust
from desktop.sync.receiving import ClockInDoubt
from desktop.sync.sending import Sent
from tests.sync.desks import Desk, enrol, new_desk, new_root

ACTS = os.environ.get(
    "XIAOSANJI_ACTS",
    "exclude revoke erase move cross delete undo recut second visit lift claim redate relocate",
).split()
LOW, _, HIGH = os.environ.get("XIAOSANJI_SEEDS", "0-12").partition("-")
STEPS = int(os.environ.get("XIAOSANJI_STEPS", "50"))
SHARED = ("aa" * 16, "bb" * 16)


class History:
    def __init__(self, folder: Path, seed: int) -> None:
        self.rnd = random.Random(seed)
        self.log: list[str] = []
        self.district = new_root(folder, "区")
        self.towns = [new_desk(folder, n, Level.TOWN) for n in ("甲镇", "乙镇")]
        self.villages = [new_desk(folder, n, Level.VILLAGE) for n in ("一村", "二村", "三村")]
        for town in self.towns:
            enrol(town, self.district, 3)
        self.above = {
            id(self.villages[0]): self.towns[0],
            id(self.villages[1]): self.towns[0],
            id(self.villages[2]): self.towns[1],
            id(self.towns[0]): self.district, id(self.towns[1]): self.district,
        }  # fmt: skip
        for v in self.villages:
            enrol(v, self.above[id(v)])
        self.desks = [self.district, *self.towns, *self.villages]
        self.pairs = [(v, self.above[id(v)]) for v in [*self.villages, *self.towns]]
        self.said: list[tuple[Desk, str, str]] = []
        self.underway: list[tuple[Desk, Sent]] = []
        self.done: list[tuple[Desk, ChangeSet]] = []
        self.typed: list[tuple[Desk, str]] = []
        self.word = 0

    def below(self, desk: Desk) -> list[Desk]:
        return [d for d, up in ((d, self.above.get(id(d))) for d in self.desks) if up is desk]

    def all_below(self, desk: Desk) -> list[Desk]:
        return [x for d in self.below(desk) for x in (d, *self.all_below(d))]

    def units_of(self, desk: Desk) -> list[str]:
        return [desk.unit, *(d.unit for d in self.all_below(desk))]

    def new_word(self, desk: Desk) -> str:
        self.word += 1
        text = f"w{self.word}w"
        self.typed.append((desk, text))
        return text

    def step(self) -> None:
        desk = self.rnd.choice(self.desks)
        desk.time.at += self.rnd.choice((0, 0, 5_000, 600_000))
        acts = [
            "birth",
            "edit",
            "edit",
            "edit",
            "contact",
            "send",
            "send",
            "deliver",
            "deliver",
            "deliver",
            *ACTS,
        ]
        name = self.rnd.choice(acts)
        try:
            said = getattr(self, name)(desk)
        except WrongClock:
            desk.time.at = max(d.time.at for d in self.desks)
            said = "clock"
        self.log.append(f"{desk.name} {name} {said}")

    def some(self, desk: Desk, type_name: str = "firm") -> str | None:
        units = self.units_of(desk)
        found = sorted(desk.records(type_name))
        mine = [r for r in found if (s := desk.shown(r, type_name)) is not None and s.unit in units]
        return self.rnd.choice(mine) if mine else None

    def birth(self, desk: Desk) -> Any:
        record = self.rnd.choice(SHARED if "second" in ACTS else ("",))
        record = self.rnd.choice((record, "", ""))
        if record in desk.records():
            return
        cells = {"name": self.new_word(desk), "phone": self.new_word(desk) if self.rnd.random() < 0.5 else None,
                 "staff": self.rnd.choice((1, 2, None))}  # fmt: skip
        unit = self.rnd.choice(self.units_of(desk)) if "claim" in ACTS else desk.unit
        return desk.birth("firm", cells, record=record, unit=unit)

    second = claim = birth

    def edit(self, desk: Desk) -> Any:
        record = self.some(desk)
        if record is not None:
            self.done.append((desk, desk.edit(record, "name", self.new_word(desk))))
        return record

    def contact(self, desk: Desk) -> Any:
        record = self.some(desk)
        if record is not None:
            value = {"person": self.new_word(desk), "phone": "1"} if self.rnd.random() < 0.5 else None
            self.done.append((desk, desk.edit(record, "contact", value)))
        return record

    def visit(self, desk: Desk) -> Any:
        record = self.some(desk)
        shown = desk.shown(record) if record else None
        if shown is not None:
            desk.birth("visit", {"firm": shown.id, "topic": self.new_word(desk)}, unit=shown.unit)

    def move(self, desk: Desk) -> Any:
        record = self.some(desk)
        if record is not None and desk not in self.villages:
            to = self.rnd.choice(
                self.units_of(desk) if "cross" in ACTS or desk in self.towns else [desk.unit]
            )
            self.done.append((desk, desk.move(record, to)))
            return record, to

    cross = move

    def delete(self, desk: Desk) -> Any:
        type_name = self.rnd.choice(("firm", "firm", "visit"))
        record = self.some(desk, type_name)
        if record is not None:
            self.done.append((desk, desk.delete(record, type_name, revive=self.rnd.random() < 0.3)))
        return record

    def undo(self, desk: Desk) -> Any:
        mine = [c for d, c in self.done if d is desk and c.stamp]
        if mine:
            try:
                desk.ledger.undo(self.rnd.choice(mine).stamp, desk.name)
            except (CannotUndo, NotFound):
                return "cannot"
        return None

    def exclude(self, desk: Desk) -> Any:
        below = self.all_below(desk)
        if below:
            whom = self.rnd.choice(below)
            top = whom.ledger.next_number() + 2
            numbers = [self.rnd.randrange(1, top) for _ in range(self.rnd.randint(1, 3))]
            if whom in self.towns:
                # What says who is who stays: a station that is cut off sends nothing any more.
                numbers = [n for n in numbers if n > 8]
            if numbers:
                record = desk.exclude(*((whom, n) for n in numbers))
                self.said.append((desk, "exclusion", record))
                return whom.name, numbers

    def revoke(self, desk: Desk) -> Any:
        below = [d for d in self.all_below(desk) if d in self.villages]
        if below:
            whom = self.rnd.choice(below)
            n = self.rnd.randrange(0, whom.ledger.next_number() + 1)
            self.said.append((desk, "revocation", desk.revoke(whom, n)))
            return whom.name, n

    def lift(self, desk: Desk) -> Any:
        if self.said:
            desk, name, record = self.said.pop(self.rnd.randrange(len(self.said)))
            shown = desk.shown(record, name)
            if shown is None:
                return "not here"
            desk.lift(record, name)
            return desk.name, name

    def erase(self, desk: Desk) -> Any:
        record = self.some(desk)
        if record is None:
            return
        ledger = desk.ledger
        emptied = ledger.write("清除", desk.name, edits=[SlotEdit("firm", record, "contact", None)])
        upto = (emptied.stamp or ledger.clock.next_stamp()) - 1
        cells = {"kind": "firm", "target": record, "slots": "contact", "upto": to_wire(upto)}
        ledger.write(
            "清除", desk.name, births=[NewRecord("erasure", "", ledger.unit_of("firm", record), cells)]
        )
        standing.settle(ledger, desk.keys)
        return record

    def relocate(self, desk: Desk) -> Any:
        """A village is put under another town, now and then, and enrolled there when that has heard of it."""
        if self.rnd.random() < 0.6:
            return None
        village = self.rnd.choice(self.villages)
        old = self.above[id(village)]
        new = next(town for town in self.towns if town is not old)
        if self.district.shown(village.unit, "unit") is None:
            return "not known yet"
        latest = max(d.time.at for d in self.desks)
        for d in (self.district, old, new, village):
            d.time.at = latest
        edits = [SlotEdit("unit", village.unit, slot, new.unit) for slot in ("superior", "unit")]
        self.district.ledger.write("调整", self.district.name, edits=edits)
        standing.settle(self.district.ledger, self.district.keys)
        for town in (old, new):
            town.merge(self.district.send(town))
        enrol(village, new)
        self.above[id(village)] = new
        self.pairs = [(below, new if below is village else up) for below, up in self.pairs]
        return village.name, new.name

    def redate(self, desk: Desk) -> Any:
        if desk not in self.villages:
            return
        desk.time.pass_days(1.5)
        try:
            record = self.edit(desk)
        finally:
            desk.time.pass_days(-1.5)
        if self.rnd.random() < 0.5:
            self.underway.append((self.above[id(desk)], desk.send()))
        rewriting.redate(desk.ledger, desk.keys, f"{self.rnd.getrandbits(64):016x}", desk.name, "更正")
        desk.keys = station.load_keys(desk.ledger)
        return record

    def recut(self, desk: Desk) -> Any:
        found: list[Any] = []
        shapes: dict[str, Any] = {}
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

    def send(self, desk: Desk) -> Any:
        below, above = self.rnd.choice(self.pairs)
        if self.rnd.random() < 0.5:
            self.underway.append((above, below.send()))
        else:
            self.underway.append((below, above.send(below)))

    def deliver(self, desk: Desk) -> Any:
        if not self.underway:
            return
        to, sent = self.rnd.choice(self.underway)
        several = [s for d, s in self.underway if d is to and self.rnd.random() < 0.3]
        self.rnd.shuffle(several)
        try:
            report = to.merge(sent, *several)
        except ClockInDoubt:
            to.time.at = max(d.time.at for d in self.desks)
            return
        for b in report.bundles:
            assert b.problem is not None or b.applied + b.known + b.held + b.conflict + b.refused == b.total
            assert b.applied >= 0
        if self.rnd.random() < 0.7:
            self.underway.remove((to, sent))
        return to.name

    def finish(self) -> None:
        latest = max(d.time.at for d in self.desks) + 60_000
        for d in self.desks:
            d.time.at = latest
            d.ledger.clock.confirm()
        # Everybody is let in again, the rest stays as it was said.
        for desk, name, record in self.said:
            shown = desk.shown(record, name)
            if name == "revocation" and shown is not None and shown.life != 1:
                desk.lift(record, name)
        for _ in range(2):
            for below, desk in reversed(self.pairs):
                below.merge(desk.send(below))
            for _ in range(3):
                for below, desk in self.pairs:
                    desk.merge(below.send())
                    below.merge(desk.send(below))


def rows_of(desk: Desk, type_name: str, units: set[str]) -> dict[str, Any]:
    found = {}
    for record in desk.records(type_name):
        shown = desk.shown(record, type_name)
        if shown is not None and shown.unit in units:
            found[record] = (dict(shown.values), shown.unit, shown.disputed)
    return found


@pytest.mark.parametrize("seed", range(int(LOW), int(HIGH)))
def test_everybody_says_the_same(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    once, seen = standing.Settling._once, [0]

    def counted(self: Any, judge: Any) -> bool:
        seen[0] += 1
        assert seen[0] < 30, "settling never ends"
        return once(self, judge)

    run = standing.Settling.run

    def begun(self: Any, judge: Any) -> Any:
        seen[0] = 0
        return run(self, judge)

    monkeypatch.setattr(standing.Settling, "_once", counted)
    monkeypatch.setattr(standing.Settling, "run", begun)
    history = History(tmp_path, seed)
    try:
        for _ in range(STEPS):
            history.step()
        history.finish()
        check(history)
    except BaseException:
        print("\n".join(history.log))
        raise


def check(history: History) -> None:
    waiting = {d.name: d.held() for d in history.desks}
    ignored = any(reason != "no_birth" for held in waiting.values() for reason in held.values())
    assert not ignored, waiting
    trouble = []
    for v in [*history.villages, *history.towns]:
        holders, at = [v], v
        while id(at) in history.above:
            at = history.above[id(at)]
            holders.append(at)
        if len({d.digest(v.unit).sha256 for d in holders}) != 1:
            units = set(history.units_of(v))
            tables = [{t: rows_of(d, t, units) for t in ("firm", "visit")} for d in holders]
            differ = {
                r: [t[k].get(r) for t in tables]
                for k in ("firm", "visit") for r in {r for t in tables for r in t[k]}
                if len({repr(t[k].get(r)) for t in tables}) > 1
            }  # fmt: skip
            trouble.append((v.name, [d.name for d in holders], differ or "only heads differ"))
    if trouble:
        print(
            "TROUBLE",
            trouble,
            {k: v for k, v in waiting.items() if v},
            {d.name: d.refused() for d in history.desks},
            {
                d.name: [
                    (t, n, x[:0], x)
                    for t in ("exclusion",)
                    for n, x in d.database.rows(
                        "SELECT lower(hex(id)), items FROM r_exclusion WHERE _life <> 1"
                    )
                ]
                for d in history.desks[:1]
            },
            {d.name: d.station[:6] for d in history.desks},
        )
    assert not trouble
    # No typed word is in no table at its author, unless it was erased.
    erased = {r for d in history.desks for (r,) in d.database.rows("SELECT lower(hex(record)) FROM erased")}
    for desk in history.desks:
        text = "\n".join(
            str(cell)
            for table in ("r_firm", "r_visit", "version", "held", "refused")
            for row in desk.database.rows(f"SELECT * FROM {table}")
            for cell in row
        )
        for writer, word in history.typed:
            if writer is desk and word not in text and not erased:
                raise AssertionError((desk.name, word))

"""Two things that go wrong with one record, or one computer, at once, in a random history.

Wrong dates on disks that were copied or set back; erased, and withdrawn by others who have not heard; decided by two
levels, each otherwise; restored where not everybody has the newer program; one out of two, and erased or rolled back.
In the midst of each the top may change its root.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from desktop.records.declaration import Level
from desktop.records.identity import same_id
from desktop.records.versions.deciding import SAME
from desktop.store.ledger import NewRecord
from desktop.store.peers import exchanged, received
from desktop.store.queries import reading
from desktop.sync.authority import excluding, exclusions, station
from desktop.sync.enrolling import copies
from desktop.sync.merging import rewriting, withdrawing
from desktop.sync.merging.doubting import ClockInDoubt
from desktop.sync.signed import identity
from tests.histories.combining import KEEPER
from tests.histories.deciding import Question
from tests.histories.renewing import AHEAD
from tests.histories.replacing import Replacing
from tests.sync.desks import DAY, NEWER_FILING_TYPES, Desk, reopen

ROOTS: Final = 2
"""So often the top may give its root up for another."""


class Crossing(Replacing):
    """A history in which two things are brought together on purpose that by chance hardly ever meet."""

    acts = (
        *Replacing.acts, "redate_forked", "withdraw_erased", "decide_twice", "restore_older", "take_apart",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.roots_left = ROOTS
        self.fallen: list[tuple[Desk, str]] = []
        """Who was set back to an incarnation that it had left by then, and that."""

    def _meanwhile(self, *desks: Desk) -> str:
        """Whatever may come between: the root is changed, or some hear of what was done so far."""
        kind = self.rnd.choice(("", "", "", "root", "report", "inform", "deliver"))
        desk = self.rnd.choice(desks)
        if kind == "root":
            self.change_root(desk)
        elif kind == "report":
            self._same_time(desk, *self.over(desk))
            self._report(desk)
        elif kind == "inform":
            self._same_time(desk, *self.over(desk))
            self.inform(desk)
        elif kind == "deliver":
            self.deliver(desk)
        return kind

    def _matter(self) -> tuple[Desk, Sequence[Desk], str] | None:
        """As ``_lines``; somebody records a firm if nobody has one."""
        if (found := self._lines()) is not None:
            return found
        writers = [d for d in self.desks if self.over(d) and d.station not in self.doubtful]
        if not writers:
            return None
        self.groups.add((None, None, None))
        writer = self.rnd.choice(writers)
        writer.birth("firm", {"name": self.word(writer)})
        return self._lines()

    # -- wrong dates, and forks ------------------------------------------------------------------------------------

    def redate_forked(self, desk: Desk) -> object:
        """What was saved under a wrong date is on two disks, or comes back with an old one, and is put right or not."""
        laptop = self.rnd.choice(self.laptops)
        shared = [d for d in self.desks if d.station == laptop.station]
        if laptop.station in self.doubtful or laptop in self.waiting or len(shared) > 1:
            return None
        told: list[object] = [laptop.name]
        if before := self.rnd.random() < 0.5:
            self.snapshot(laptop)
        told.append(self._save_ahead(laptop))
        if not before:
            self.snapshot(laptop)
        if self.rnd.random() < 0.5:
            self._tell(self.above[laptop.name], laptop)
        if self.rnd.random() < 0.5:
            told.append(self._put_right(laptop))
            self.edit(laptop)
            if self.rnd.random() < 0.5:
                self._tell(self.above[laptop.name], laptop)
        told.append(self._meanwhile(laptop))
        both = [laptop]
        if self.rnd.random() < 0.4 and len(self.laptops) <= len(self.villages):
            both.append(self._twin(laptop))
        else:
            told.append(self._set_back(laptop))
        for d in both:
            # Somebody may say that the date is right, though what was saved last is ahead of it.
            d.ledger.clock.confirm()
            self.edit(d)
            if self.rnd.random() < 0.5:
                told.append(self._put_right(d))
            if self.rnd.random() < 0.5:
                self.edit(d)
                self.underway.append((self.above[d.name], d.send()))
        return told

    def _save_ahead(self, desk: Desk) -> object:
        """Somebody saves under a date in the future of which he has said that it is right."""
        days = self.rnd.choice((1.5, 400, 7_000))
        desk.time.pass_days(days)
        self.furthest = max(self.furthest, desk.time.at + DAY)
        desk.ledger.clock.confirm()
        try:
            told = []
            for _ in range(self.rnd.randint(1, 2)):
                name = self.rnd.choice(AHEAD)
                act: Callable[[Desk], object] = getattr(self, name)
                told.append((name, act(desk)))
        finally:
            desk.time.pass_days(-days)
        return told

    def _put_right(self, desk: Desk) -> str:
        rewriting.redate(desk.ledger, desk.keys, self.incarnation(), desk.name, "更正")
        desk.keys = station.load_keys(desk.ledger)
        return "put right"

    def _tell(self, to: Desk, desk: Desk) -> None:
        try:
            self.bring(to, desk)
        except ClockInDoubt:
            to.time.at = self.latest

    def _set_back(self, desk: Desk) -> object:
        before = desk.keys.incarnation
        told = super()._set_back(desk)
        if desk.keys.incarnation != before:
            self.fallen.append((desk, desk.keys.incarnation))
        return told

    def _let_in(self) -> bool:
        """Nor does a station write in two incarnations in turn, of which people are told, and nothing waits."""
        return self._part_twins() | self._enrol_fallen() | super()._let_in()

    def _part_twins(self) -> bool:
        """Of two computers in two incarnations one is enrolled as a computer of its own, once it has reported.

        And the other, if it is taken for one that has left the incarnation in which it goes on.
        """
        twins = [
            (twin, other)
            for n, twin in enumerate(self.desks)
            for other in self.desks[:n]
            if twin.station == other.station and twin.keys.incarnation != other.keys.incarnation
        ]
        for twin, other in twins:
            above = self.above[twin.name]
            twin.time.at = above.time.at = self.latest
            self.bring(above, twin)
            twin.cut()
            if (other.station, other.keys.incarnation) in received.origins(twin.database):
                self.fallen.append((other, other.keys.incarnation))
            with twin.database.transaction():
                copies.become_another(twin.ledger, identity.generate(twin.ledger.environment.random))
            twin.keys = station.load_keys(twin.ledger)
            self.put_under(twin, above)
        return bool(twins)

    def _enrol_fallen(self) -> bool:
        """Who goes on in an incarnation that the level above takes for left is enrolled once more."""
        fallen = [
            d for d, incarnation in self.fallen if d in self.desks and d.keys.incarnation == incarnation
        ]
        self.fallen.clear()
        for d in fallen:
            self._begin_anew(d)
        return bool(fallen)

    # -- erased, and withdrawn -------------------------------------------------------------------------------------

    def withdraw_erased(self, desk: Desk) -> object:
        """What one level erases another withdraws, or rolls back the merge that brought it, and lifts that again."""
        found = self._matter()
        if found is None:
            return None
        desk, over, record = found
        number = desk.ledger.next_number()
        self._name_anew(desk, record)
        last = desk.ledger.next_number()
        self._report(desk)
        eraser, told = self.rnd.choice((desk, *over)), list[object]()
        said: list[tuple[Desk, str]] = []
        steps: list[Desk | None] = [None, *self.rnd.sample(list(over), self.rnd.randint(1, len(over)))]
        self.rnd.shuffle(steps)
        for speaker in steps:
            if speaker is None:
                told.append(self._erase(eraser, "firm", record))
            else:
                said += self._withdraw(speaker, desk, range(number, last))
            told.append(self._meanwhile(desk, *over))
        if self.rnd.random() < 0.5 and record in self.writable(desk):
            self._name_anew(desk, record)
        for speaker, word in said:
            if self.rnd.random() < 0.6:
                speaker.lift(word)
                self.lifted.append((speaker, "exclusion", word))
                told.append(self._meanwhile(desk, *over))
            else:
                self.said.append((speaker, "exclusion", word))
        if self.rnd.random() < 0.3:
            told.append(self._erase(self.rnd.choice((desk, *over)), "firm", record))
        return record[:4], desk.name, eraser.name, [d.name for d, _ in said], told

    def _withdraw(self, speaker: Desk, desk: Desk, numbers: range) -> list[tuple[Desk, str]]:
        """Withdraws items, or all that the last merge has brought, if nothing rests on that."""
        merges = exchanged.next_merge(speaker.database)
        if merges > 1 and self.rnd.random() < 0.5:
            found = withdrawing.brought_by(speaker.ledger, merges - 1)
            if {*found.named} == {(desk.station, desk.keys.incarnation)} and not (
                found.upon or found.losses.births
            ):
                return [
                    (speaker, speaker.say("exclusion", {"cause": excluding.WITHDRAWN, "items": text}))
                    for text in exclusions.write(found.named)
                ]
        return [(speaker, speaker.exclude(*((desk, n) for n in numbers)))] if numbers else []

    # -- decided at two levels -------------------------------------------------------------------------------------

    def decide_twice(self, desk: Desk) -> object:
        """A town and its district decide one question each otherwise, and then one of them what that leaves open."""
        found = self._matter()
        if found is None or len(found[1]) < 2 - (found[0].level is not Level.VILLAGE):
            return None
        desk, over, record = found
        line = (desk, *over)
        slot = self.rnd.choice(("name", "contact", "in_park", "_deleted"))
        for writer in self.rnd.sample(line, 2):
            if record in self.writable(writer):
                self._say_otherwise(writer, record, slot)
        self._report(desk)
        if self.rnd.random() < 0.3:
            self.inform(desk)
        question = "firm", record, slot
        told: list[object] = [record[:4], slot, desk.name]
        for decider in self.rnd.sample(line, len(line)):
            if question in self._open(decider) and self.rnd.random() < 0.8:
                told.append((decider.name, self._decide_one(decider, question)))
                if self.rnd.random() < 0.3:
                    told.append(self._meanwhile(*line))
        self._same_time(*line)
        self._report(desk)
        top = self.rnd.choice(over)
        if question in self._open(top):
            told.append((top.name, self._decide_one(top, question)))
            self.inform(desk)
            self._check_not_asked(top, question, line)
        return told

    def _say_otherwise(self, desk: Desk, record: str, slot: str) -> None:
        if slot == "contact":
            self._name_anew(desk, record)
        elif slot == "name":
            self.done.append((desk, desk.edit(record, "name", self.word(desk))))
        elif slot == "in_park":
            self.done.append((desk, desk.edit(record, "in_park", self.rnd.choice((0, 1)))))
        elif self.rnd.random() < 0.5:
            self.done.append((desk, desk.delete(record)))
        else:
            self.done.append((desk, desk.edit(record, "name", self.word(desk))))

    def _check_not_asked(self, decider: Desk, question: Question, line: Sequence[Desk]) -> None:
        """Who knows the same as who has decided is not asked."""
        if question in reading.conflicts(decider.database):
            return
        known = {*decider.ledger.heads(*question)}
        for d in line:
            if {*d.ledger.heads(*question)} == known:
                assert question not in reading.conflicts(d.database), (d.name, question)

    # -- restored, and not understood ------------------------------------------------------------------------------

    def restore_older(self, desk: Desk) -> object:
        """Who has only kept what a newer program wrote, or has written it, is restored, and perhaps gets that program.

        The backup may be of before the program was updated, or of before any of it came.
        """
        newer = self.villages[0]
        over = self.over(newer)
        if newer.station in self.doubtful or newer in self.waiting or not over:
            return None
        reopen(newer, NEWER_FILING_TYPES)
        if self.some(newer) is None:
            self.birth(newer)
        whom = self.rnd.choice((newer, *over, *(d for d in self.laptops if d is not newer)))
        if whom.station in self.doubtful or whom in self.waiting:
            return None
        self._same_time(newer, whom, *over, *self.over(whom))
        told: list[object] = [whom.name]
        if early := self.rnd.random() < 0.5:
            self.snapshot(whom)
        told.append(self._write_new(newer))
        self._report(newer)
        if whom not in (newer, *over):
            self.inform(whom)
        if not early:
            self.snapshot(whom)
        told.append(self._meanwhile(newer, whom))
        # Who does not know the field writes beside it.
        for _ in range(self.rnd.randint(0, 2)):
            told.append((self.count if self.rnd.random() < 0.5 else self.contact)(whom))
        if self.rnd.random() < 0.4:
            told.append(self._write_new(newer))
        if self.rnd.random() < 0.4:
            reopen(whom, NEWER_FILING_TYPES)
        if self.rnd.random() < 0.5:
            for below in (d for d in self.desks if self.above.get(d.name) is whom):
                self._tell(below, whom)
        self.relapsed.add(whom.name)
        told.append(self.restore(whom))
        if self.rnd.random() < 0.4:
            reopen(whom, NEWER_FILING_TYPES)
        told.append(self._meanwhile(newer, whom))
        return told

    def _write_new(self, newer: Desk) -> object:
        """A type, fields and a member of a group that only the newer program knows, perhaps personal, and erased."""
        told = [self.novelty(newer)]
        record = self.some(newer)
        if record is not None and self.rnd.random() < 0.4:
            word = self._naming(newer, record)
            self.keepers.add(word)
            self.done.append((newer, newer.edit(record, KEEPER, word)))
            if self.rnd.random() < 0.4:
                told.append(self._erase(newer, "firm", record))
        return told

    # -- one out of two, and taken apart ---------------------------------------------------------------------------

    def take_apart(self, desk: Desk) -> object:
        """Of two that became one somebody is named and erased, and that they are one is rolled back, and lifted."""
        found = self._matter()
        if found is None:
            return None
        desk, over, one = found
        others = [r for r in self.writable(desk) if r != one and all(d.shown(r) is not None for d in over)]
        if not others:
            self.groups.add((None, None, None))
            others = [desk.birth("firm", {"name": self.word(desk)})]
            self._report(desk)
        one, other = sorted((one, self.rnd.choice(others)))
        joiner = self.rnd.choice((desk, *over))
        edge = same_id("firm", one, other)
        if edge in joiner.records(SAME) or not {one, other} <= {*self.writable(joiner)}:
            return "said before"
        line, told = (desk, *over), list[object]()
        number = joiner.ledger.next_number()
        birth = NewRecord(SAME, edge, joiner.unit, {"kind": "firm", "one": one, "other": other})
        self.done.append((joiner, joiner.ledger.write("合并", joiner.name, births=[birth])))
        self._name_anew(joiner, self.rnd.choice((one, other)))
        numbers = range(number, joiner.ledger.next_number())
        self._report(desk)
        if self.rnd.random() < 0.5:
            self.inform(desk)
        steps: list[Callable[[], object]] = [
            lambda: self._erase(self.rnd.choice(line), "firm", self.rnd.choice((one, other))),
            lambda: self._name_one(self.rnd.choice(line), one, other),
            lambda: self._uncouple(joiner, numbers, edge),
        ]
        self.rnd.shuffle(steps)
        for step in steps:
            told += [step(), self._meanwhile(*line)]
        return one[:6], other[:6], desk.name, joiner.name, told

    def _name_one(self, desk: Desk, *records: str) -> None:
        if mine := [r for r in records if r in self.writable(desk)]:
            self._name_anew(desk, self.rnd.choice(mine))

    def _uncouple(self, joiner: Desk, numbers: range, edge: str) -> object:
        """That two are one is taken back by a level above, perhaps with what was written since, or by who said it."""
        over = self.over(joiner)
        if not over or self.rnd.random() < 0.3:
            if edge in joiner.records(SAME):
                self.done.append((joiner, joiner.delete(edge, SAME)))
            return "parted"
        speaker = self.rnd.choice(over)
        named = numbers if self.rnd.random() < 0.5 else numbers[:1]
        said = speaker.exclude(*((joiner, n) for n in named))
        if self.rnd.random() < 0.5:
            speaker.lift(said)
            self.lifted.append((speaker, "exclusion", said))
            return speaker.name, "lifted"
        self.said.append((speaker, "exclusion", said))
        return speaker.name, "withdrawn"

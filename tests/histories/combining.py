"""What seldom meets in a random history by itself: erased and taken back, or decided, or joined, or not understood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from desktop.records.identity import same_id
from desktop.records.versions.deciding import SAME
from desktop.store.ledger import NewRecord
from tests.histories.machines import Machines
from tests.sync.desks import NEWER_FILING_TYPES, Desk, reopen

KEEPER: Final = "keeper"
"""A personal slot that only the newer program knows."""


class Combining(Machines):
    """A history in which two things happen to the same record, or computer, while neither is heard of."""

    acts = (
        *Machines.acts, "lift_erased", "erase_twice", "decide_erased", "join_withdrawn", "keeper", "keeper",
        "renew_revoked", "renew_forked", "move_and_hand_over",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.keepers: set[str] = set()
        """Words in the slot that only the newer program knows."""

    def _lines(self, type_name: str = "firm") -> tuple[Desk, Sequence[Desk], str] | None:
        """Somebody who may write a record, who stands above, and the record, of which all of them have heard."""
        for desk in self.rnd.sample(self.desks, len(self.desks)):
            record, over = self.some(desk, type_name), self.over(desk)
            if record is not None and over and desk.station not in self.doubtful:
                self._same_time(desk, *over)
                self._report(desk)
                if all(d.shown(record, type_name) is not None for d in over):
                    return desk, over, record
        return None

    def _same_time(self, *desks: Desk) -> None:
        latest = self.latest
        for d in desks:
            d.time.at = latest

    # -- erased, and something else --------------------------------------------------------------------------------

    def lift_erased(self, desk: Desk) -> object:
        """What was withdrawn is erased, here or there, and then the withdrawal is taken back."""
        found = self._lines()
        if found is None:
            return None
        desk, over, record = found
        number = desk.ledger.next_number()
        self._name_anew(desk, record)
        above = self.rnd.choice(over)
        self._report(desk)
        said = above.exclude((desk, number))
        if self.rnd.random() < 0.5:
            self.inform(desk)
        if self.rnd.random() < 0.3 and record in self.writable(desk):
            self._name_anew(desk, record)
        eraser = self.rnd.choice((desk, *over))
        told = self._erase(eraser, "firm", record)
        if self.rnd.random() < 0.5:
            self._report(desk)
        if self.rnd.random() < 0.7:
            above.lift(said)
        else:
            self.said.append((above, "exclusion", said))
        return record[:4], desk.name, above.name, eraser.name, told

    def erase_twice(self, desk: Desk) -> object:
        """Two levels let the same go at once, as by a rule, and somebody fills it in between."""
        found = self._lines()
        if found is None:
            return None
        desk, over, record = found
        above = self.rnd.choice(over)
        for writer in self.rnd.sample((desk, above), self.rnd.randint(1, 2)):
            self._name_anew(writer, record)
        told = [self._erase(desk, "firm", record)]
        if self.rnd.random() < 0.5 and record in self.writable(desk):
            self._name_anew(desk, record)
        if self.rnd.random() < 0.3:
            self._report(desk)
        told.append(self._erase(above, "firm", record))
        return record[:4], desk.name, above.name, told

    def decide_erased(self, desk: Desk) -> object:
        """Two disagree about who is named, one level decides, and another erases what that has chosen or not."""
        found = self._lines()
        if found is None:
            return None
        desk, over, record = found
        above = self.rnd.choice(over)
        for writer in (desk, above):
            self._name_anew(writer, record)
        self._report(desk)
        question = "firm", record, "contact"
        decider, eraser = (above, desk) if self.rnd.random() < 0.5 else (desk, above)
        if decider is desk:
            self.inform(desk)
        told = [self._erase(eraser, "firm", record)] if self.rnd.random() < 0.5 else []
        if question in self._open(decider):
            told.append(self._decide_one(decider, question))
        if not told or self.rnd.random() < 0.3:
            told.append(self._erase(eraser, "firm", record))
        return record[:4], decider.name, eraser.name, told

    def keeper(self, desk: Desk) -> object:
        """Somebody is named in a field of which others do not know that it is personal, and perhaps erased."""
        newer = self.villages[0]
        record = self.some(newer)
        if record is None:
            return None
        reopen(newer, NEWER_FILING_TYPES)
        word = self._naming(newer, record)
        self.keepers.add(word)
        self.done.append((newer, newer.edit(record, KEEPER, word)))
        if self.rnd.random() < 0.6:
            self._same_time(newer, *self.over(newer))
            self._report(newer)
        if self.rnd.random() < 0.7:
            eraser = self.rnd.choice((newer, newer, *self.over(newer)))
            return record[:4], eraser.name, self._erase(eraser, "firm", record)
        return record[:4]

    def _erase(self, desk: Desk, type_name: str, *asked: str | None) -> object:
        """Who does not know the field erases the others."""
        before = len(self.doomed)
        told = super()._erase(desk, type_name, *asked)
        if KEEPER not in desk.ledger.types["firm"].slots:
            self.doomed[before:] = [(w, said) for w, said in self.doomed[before:] if w not in self.keepers]
        return told

    # -- joined, and taken back ------------------------------------------------------------------------------------

    def join_withdrawn(self, desk: Desk) -> object:
        """Two that became one, of which one is withdrawn by a level above, deleted, or lifted again."""
        desk = self.rnd.choice([d for d in self.desks if self.over(d)])
        if desk.station in self.doubtful:
            return None
        over = self.over(desk)
        self._same_time(desk, *over)
        numbers = []
        for _ in range(2):
            numbers.append(desk.ledger.next_number())
            self.groups.add((None, None, None))
            birth = NewRecord("firm", desk.ledger.new_id(), desk.unit, {"name": self.word(desk)})
            self.done.append((desk, desk.ledger.write("新增", desk.name, births=[birth])))
        one, other = sorted(changes.records["firm"][0] for _, changes in self.done[-2:])
        self._report(desk)
        joiner, above = self.rnd.choice((desk, *over)), self.rnd.choice(over)
        edge = NewRecord(
            SAME, same_id("firm", one, other), joiner.unit, {"kind": "firm", "one": one, "other": other}
        )
        if not {one, other} <= {*self.writable(joiner)}:
            return "not here"
        self.done.append((joiner, joiner.ledger.write("合并", joiner.name, births=[edge])))
        self._name_anew(joiner, self.rnd.choice((one, other)))
        if self.rnd.random() < 0.5:
            self._report(desk)
            self.inform(desk)
        said = above.exclude((desk, self.rnd.choice(numbers)))
        if self.rnd.random() < 0.4 and (gone := self.rnd.choice((one, other))) in desk.records():
            self.done.append((desk, desk.delete(gone)))
        if self.rnd.random() < 0.4:
            self._erase(desk, "firm", self.rnd.choice((one, other)))
        if self.rnd.random() < 0.5:
            self.inform(desk)
        if self.rnd.random() < 0.5:
            above.lift(said)
        else:
            self.said.append((above, "exclusion", said))
        return one[:6], other[:6], desk.name, joiner.name, above.name

    # -- computers -------------------------------------------------------------------------------------------------

    def renew_revoked(self, desk: Desk) -> object:
        """A computer that was put out of use is let in with new keys, or in a new incarnation."""
        whom = self.rnd.choice(self.laptops)
        above = self.rnd.choice(self.over(whom))
        if whom.station in self.doubtful or whom in self.waiting:
            return None
        self._same_time(whom, above)
        last = self.rnd.randrange(whom.ledger.next_number() + 1)
        self.said.append((above, "revocation", above.revoke(whom, last)))
        if self.rnd.random() < 0.5:
            self.inform(whom)
        let_in = self.rnd.choice((self.renew, self.readmit))
        return whom.name, last, above.name, let_in(whom)

    def renew_forked(self, desk: Desk) -> object:
        """A laptop that was set back unnoticed, and has told others both, gets new keys before that is decided."""
        laptop = self.rnd.choice(self.laptops)
        if laptop.station in self.doubtful or laptop in self.waiting:
            return None
        self.snapshot(laptop)
        self.edit(laptop)
        self.bring(self.above[laptop.name], laptop)
        told = self.set_back(laptop)
        self.edit(laptop)
        if self.rnd.random() < 0.5:
            self.bring(self.above[laptop.name], laptop)
        return laptop.name, told, self.renew(laptop)

    def move_and_hand_over(self, desk: Desk) -> object:
        """A computer changes hands while its unit, or that of who gets it, is moved."""
        acts = [self.relocate, self.hand_over]
        self.rnd.shuffle(acts)
        return [act(desk) for act in acts]

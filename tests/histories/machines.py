"""What becomes of computers in a random history: second ones, enrolled by mistake, handed over, put back."""

from __future__ import annotations

from desktop.store.peers import received
from desktop.sync.authority import exclusions
from tests.histories.asking import Asking
from tests.histories.comparing import words_of
from tests.sync.desks import FILING_TYPES, Desk, enrol, new_desk


class Machines(Asking):
    """A history in which computers change hands as well."""

    acts = (
        *Asking.acts,
        "second_desk",
        "astray",
        "astray",
        "hand_over",
        "hand_over",
        "come_back",
        "come_back",
    )

    def second_desk(self, desk: Desk) -> object:
        """A town gets a second computer, which reports to its first."""
        first = self.rnd.choice([d for d in self.offices if d is not self.district])
        name = f"{first.name}第二台"
        if any(d.name.endswith("第二台") for d in self.desks) or not self._may_enrol(first, first.unit):
            return None
        made = new_desk(
            self.folder, name, first.level, unit=first.unit, cipher=self.cipher, types=FILING_TYPES
        )
        made.code = first.code or first.name
        made.time.at = first.time.at = self.latest
        self.desks.append(made)
        self.put_under(made, first)
        self.snapshots.pop(first.name, None)
        return name

    def astray(self, desk: Desk) -> object:
        """A village's computer is enrolled by an office that is not above it, and by its own again."""
        village = self.rnd.choice(self.laptops)
        own = self.above[village.name]
        others = [d for d in self.offices if d not in (own, *self.over(own))]
        shared = [d for d in self.desks if d.station == village.station]
        if not others or len(shared) > 1 or village in self.waiting:
            return None
        other = self.rnd.choice(others)
        for d in (village, other, own, *self.over(other), *self.over(own)):
            d.time.at = self.latest
        self._report(village)
        known = self.district.shown(village.unit, "unit")
        if known is None or known.values["superior"] != own.unit:
            return "who comes first would have it"
        if not (self._may_enrol(other, village.unit) and self._may_enrol(own, village.unit)):
            return "gone"
        enrol(village, other)
        if self.rnd.random() < 0.6:
            # It may even report there.
            self.merge(other, [village.send()])
            self.merge(village, [other.send(village)])
        if self.rnd.random() < 0.6:
            self._report(other)
        self.put_under(village, own)
        for d in (village, own, other):
            self.snapshots.pop(d.name, None)
        return village.name, other.name

    def hand_over(self, desk: Desk) -> object:
        """A village's computer is wiped, put out of use above where it ended, and begins anew in another village."""
        old = self.rnd.choice(self.laptops)
        above = self.above[old.name]
        if old.station in self.doubtful or old.name in self.relapsed or old in self.waiting:
            return None
        if above.station in self.doubtful:
            # Where the grant of a computer loses in a fork it is enrolled once more, and this one will be gone.
            return None
        to = self.rnd.choice(self.villages)
        home = self.above[to.name]
        if not self._may_enrol(home, to.unit):
            return "gone"
        for d in (old, above, home):
            d.time.at = self.latest
        if self.rnd.random() < 0.7:
            self.bring(above, old)
        self.said.append((above, "revocation", self._put_out(old, above, old.ledger.next_number() - 1)))
        made = self._begun_anew(old, to, f"{old.name}接")
        self.put_under(made, home)
        self.snapshots.pop(home.name, None)
        return old.name, to.name

    def _put_out(self, old: Desk, above: Desk, last: int | None = None) -> str:
        """Of a computer that is used no more what has come above counts, and of its last incarnation up to ``last``."""
        old.cut()
        cuts = {
            incarnation: max((end for _, end in received.spans(above.database, ref)), default=0)
            for ref, incarnation in received.incarnations(above.database, old.station)
        }
        if last is not None:
            cuts[old.keys.incarnation] = last
        return above.say("revocation", {"station": old.station, "cuts": exclusions.write_cuts(cuts)})

    def _begun_anew(self, old: Desk, to: Desk, name: str) -> Desk:
        """A computer with nothing of before on it, for the unit of ``to``: what has reached nobody is gone."""
        there = [(d, words_of(d)) for d in self.desks if d is not old]
        self.typed = [
            (holder, w)
            for d, w in self.typed
            for holder in ([d] if d is not old else [o for o, text in there if w in text][:1])
        ]
        made = new_desk(
            self.folder, name, old.level, unit=to.unit, cipher=self.cipher, types=old.ledger.types
        )
        made.code = to.code or to.name
        made.time.at = old.time.at
        for several in (self.desks, self.towns, self.between, self.villages):
            if old in several:
                several[several.index(old)] = made
        self.underway = [(to, sent) for to, sent in self.underway if to is not old]
        self.snapshots.pop(old.name, None)
        self.above.pop(old.name, None)
        old.database.close()
        return made

    def come_back(self, desk: Desk) -> object:
        """A backup is put back, and the computer is enrolled once more at once."""
        if desk.name not in self.snapshots:
            self.snapshot(desk)
            self.edit(desk)
        told = self.restore(desk)
        return told, told == "restored" and self.readmit(desk)

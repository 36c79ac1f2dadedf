"""Words that are taken back with a merge in a random history, and several computers that are put back at once.

A level above rolls back what has brought it grants, revocations, moves and roll-backs of a level below; others go on by
that, and it is lifted on top of what they have said meanwhile. Offices and laptops in several places are restored to
one evening, each of which holds what another has lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from desktop.records.declaration import Level
from desktop.store.peers import exchanged
from desktop.sync.authority import excluding, exclusions
from desktop.sync.merging import withdrawing
from tests.histories.crossing import Crossing
from tests.histories.restoring import WHILE_IT_LASTS
from tests.sync.desks import Desk

UPON: Final = (
    "edit",
    "exclude",
    "revoke",
    "rename",
    "decide",
    "forget",
    "deliver",
    "move",
    "delete",
    "readmit",
    "lift",
)
"""What may be said while it is not known that others' words were taken back."""
MOST_RESTORED: Final = 3


class Unsaying(Crossing):
    """A history in which words about words are taken back, and restored on top of one another."""

    acts = (*Crossing.acts, "unsay", "unsay", "restore_several")  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.unsaid: set[str] = set()
        """Words that take back whom somebody has enrolled: who is to report in the end needs that."""

    # -- words about words -----------------------------------------------------------------------------------------

    def unsay(self, desk: Desk) -> object:
        """An office enrols, revokes, renames, moves or rolls back, and a level above rolls back what brought that."""
        office = self._office()
        if office is None or any(d.station in self.doubtful for d in self.over(office)):
            return None
        over = self.over(office)
        self._same_time(office, *over)
        self._report(office)
        speaker = self.rnd.choice(over)
        first = exchanged.next_merge(speaker.database)
        acts: dict[str, Callable[[], object]] = {
            "exclude": lambda: self.exclude(office),
            "revoke": lambda: self.revoke(office),
            "rename": lambda: self._name_below(office),
            "move": lambda: self._move_below(office),
            "enrol": lambda: self._enrol_one(office),
            "relocate": lambda: self.relocate(office),
        }
        kinds = self.rnd.sample(sorted(acts), self.rnd.randint(1, 3))
        told: list[object] = [office.name, *((kind, acts[kind]()) for kind in kinds)]
        self._same_time(office, *over)
        self._report(office)
        if self.rnd.random() < 0.5:
            self.inform(self.rnd.choice((office, *self.below(office))))
        said = self._rolled_back(speaker, office, first)
        told.append((speaker.name, len(said)))
        self.unsaid |= {*said}
        for _ in range(self.rnd.randint(0, 2)):
            name = self.rnd.choice(UPON)
            act: Callable[[Desk], object] = getattr(self, name)
            told += [
                (name, act(self.rnd.choice((office, speaker, *self.below(office))))),
                self._meanwhile(office, *over),
            ]
        for word in said if self.rnd.random() < 0.5 else ():
            # Somebody may have lifted it by now.
            if (speaker, "exclusion", word) in self.said and speaker.shown(word, "exclusion") is not None:
                speaker.lift(word)
                self.said.remove((speaker, "exclusion", word))
                self.lifted.append((speaker, "exclusion", word))
        return told

    def _rolled_back(self, speaker: Desk, office: Desk, first: int) -> list[str]:
        """The words by which one of the merges is rolled back that brought the last of an office, if nothing rests on
        it.
        """
        below = {d.station for d in self.below(speaker)} - self.doubtful
        several = [
            found
            for merge in range(first, exchanged.next_merge(speaker.database))
            if (office.station, office.keys.incarnation)
            in (found := withdrawing.brought_by(speaker.ledger, merge)).named
            and not found.upon
            and {origin[0] for origin in found.named} <= below
            and all(name != "erasure" for name in found.losses.births)
        ]
        if not several:
            return []
        found = self.rnd.choice(several)
        said = [
            speaker.say("exclusion", {"cause": excluding.WITHDRAWN, "items": text})
            for text in exclusions.write(found.named)
        ]
        self.said += [(speaker, "exclusion", word) for word in said]
        return said

    def _move_below(self, office: Desk) -> object:
        """A record of one of its units is another's."""
        records = self.writable(office)
        if not records or self.apart:
            return None
        record, to = self.rnd.choice(records), self.rnd.choice(self.units_of(office))
        self.done.append((office, office.move(record, to)))
        return record[:4]

    def _enrol_one(self, office: Desk) -> object:
        """One of its computers begins a new incarnation, which it lets in."""
        near = [
            d for d in self.laptops
            if self.above.get(d.name) is office and d.station not in self.doubtful and d not in self.waiting
        ]  # fmt: skip
        return self.readmit(self.rnd.choice(near)) if near else None

    def _still_unsaid(self) -> list[tuple[Desk, str, str]]:
        """The words of these that stand, with whose they are."""
        return [
            said
            for said in (*self.said, *self.lifted)
            if said[2] in self.unsaid
            and (shown := said[0].shown(said[2], said[1])) is not None
            and shown.life != 1
        ]

    def _let_in(self) -> bool:
        """Nor is anybody's grant taken back."""
        still = self._still_unsaid()
        for speaker, name, word in still:
            speaker.lift(word, name)
        return super()._let_in() or bool(still)

    # -- put back --------------------------------------------------------------------------------------------------

    def restore_several(self, desk: Desk) -> object:
        """Some computers are put back to one evening, none of them right above another: it may hold what that lost."""
        chosen: list[Desk] = []
        for d in self.rnd.sample(self.desks, len(self.desks)):
            near = [x for x in chosen if self.above.get(x.name) is d or self.above.get(d.name) is x]
            if len(chosen) < MOST_RESTORED and not near and d.station not in self.doubtful:
                chosen.append(d)
        if self.waiting or len({d.station for d in chosen}) < len(chosen):
            return None
        self._same_time(*self.desks)
        for d in chosen:
            self.snapshot(d)
        told: list[object] = [d.name for d in chosen]
        for _ in range(self.rnd.randint(1, 4)):
            name = self.rnd.choice(WHILE_IT_LASTS)
            act: Callable[[Desk], object] = getattr(self, name)
            act(self.rnd.choice(chosen))
            told.append(name)
        for d in chosen:
            if d.name in self.above and self.rnd.random() < 0.5:
                self._tell(self.above[d.name], d)
            for below in (x for x in self.desks if self.above.get(x.name) is d and self.rnd.random() < 0.7):
                self._tell(below, d)
        for d in self.rnd.sample(chosen, len(chosen)):
            if d.level is not Level.VILLAGE:
                self.relapsed.add(d.name)
            told.append((d.name, self.restore(d)))
        return told

"""How conflicts are decided in a random history: at one level or two at once, against one another, and taken back."""

from __future__ import annotations

from typing import Any

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Level
from desktop.records.versions.canonical import parse
from desktop.records.versions.deciding import DECIDING_TYPES
from desktop.store.ledger import Deletion, SlotEdit
from desktop.store.peers import exchanged
from desktop.store.queries import reading
from desktop.store.queries.attached import ATTACHMENT
from desktop.sync.authority import excluding, exclusions
from desktop.sync.merging import withdrawing
from tests.histories.offices import Offices
from tests.sync.desks import Desk

Question = tuple[str, str, str]
"""Type, record and slot that are in conflict."""


class Deciding(Offices):
    """A history in which conflicts are decided."""

    acts = (*Offices.acts, "decide", "decide", "decide", "take_back", "roll_back")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.decided: list[tuple[Desk, str, range]] = []
        """Who has decided something, in which incarnation, and the numbers of what that said."""

    def _open(self, desk: Desk) -> list[Question]:
        """What a station is asked and may answer: whose a record is, if it stands above all that claim it."""
        units = {*self.units_of(desk)}
        found = []
        for question in sorted(reading.conflicts(desk.database)):
            type_name, record, slot = question
            if type_name not in ("firm", "visit", ATTACHMENT) or record not in self.writable(desk, type_name):
                continue
            if slot != UNIT_SLOT or {parse(v) for _, v in desk.ledger.heads(*question)} <= units:
                found.append(question)
        return found

    def decide(self, desk: Desk) -> object:
        """Somebody decides a conflict, and perhaps somebody above otherwise, who has not heard of it."""
        asked = [(d, question) for d in self.desks for question in self._open(d)]
        if not asked:
            return self.contest(desk)
        desk, question = self.rnd.choice(asked)
        deciders = [
            desk,
            *(d for d in self.over(desk) if question in self._open(d) and self.rnd.random() < 0.6),
        ]
        return [(d.name, question[2], self._decide_one(d, question)) for d in deciders]

    def _decide_one(self, desk: Desk, question: Question) -> object:
        type_name, record, slot = question
        first = desk.ledger.next_number()
        if slot == DELETED_SLOT:
            revive = self.rnd.random() < 0.5
            told: Any = revive
            deletion = Deletion(type_name, record, revive, together=revive)
            done = desk.ledger.write("处理分歧", desk.name, deletions=[deletion])
        else:
            told = self._answer(desk, question)
            done = desk.ledger.write("处理分歧", desk.name, edits=[SlotEdit(type_name, record, slot, told)])
        self.done.append((desk, done))
        self.decided.append((desk, desk.keys.incarnation, range(first, desk.ledger.next_number())))
        return told

    def _answer(self, desk: Desk, question: Question) -> Any:
        """One of the values, or a third one."""
        type_name, record, slot = question
        if slot == "name" and self.rnd.random() < 0.4:
            return self.word(desk) if type_name == "firm" else self._naming(desk, record)
        value = parse(self.rnd.choice([v for _, v in desk.ledger.heads(type_name, record, slot)]))
        known = desk.ledger.types[type_name].by_name
        return value if not isinstance(value, dict) or value.keys() <= known.keys() else None

    def take_back(self, desk: Desk) -> object:
        """What was decided below counts no more, by the word of a level above."""
        for whom, incarnation, numbers in self.rnd.sample(self.decided, len(self.decided)):
            above = [d for d in self.over(whom) if d.level is not Level.VILLAGE]
            if (
                above
                and numbers
                and whom.keys.incarnation == incarnation
                and whom.station not in self.doubtful
            ):
                speaker = self.rnd.choice(above)
                said = speaker.exclude(*((whom, number) for number in numbers))
                self.said.append((speaker, "exclusion", said))
                return speaker.name, whom.name, numbers
        return None

    def roll_back(self, desk: Desk) -> object:
        """All that a merge has brought counts no more, if nothing rests on it."""
        speaker = self._speaker(desk)
        merges = exchanged.next_merge(speaker.database)
        if merges < 2:
            return None
        found = withdrawing.brought_by(speaker.ledger, self.rnd.randrange(1, merges))
        below = {d.station for d in self.below(speaker)} - self.doubtful
        named = {origin: names for origin, names in found.named.items() if origin[0] in below}
        if not named or found.upon or not found.losses.births.keys().isdisjoint(DECIDING_TYPES):
            return "cannot"
        for text in exclusions.write(named):
            said = speaker.say("exclusion", {"cause": excluding.WITHDRAWN, "items": text})
            self.said.append((speaker, "exclusion", said))
        return speaker.name, found.losses.total()

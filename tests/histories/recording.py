"""What is recorded in a random history: records born twice, edited, moved, deleted, undone and joined."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Final

from desktop.records.declaration import Level
from desktop.records.identity import same_id
from desktop.records.versions.deciding import SAME
from desktop.store.ledger import CannotUndo, ChangeSet, NewRecord, NotFound
from tests.histories.travelling import Travelling
from tests.sync.desks import NEWER_FILING_TYPES, Desk, reopen

SHARED: Final = ("aa" * 16, "bb" * 16)
"""Record ids that several stations know without each other, as a code gives them."""
PRIZES: Final = ("ca" * 16, "cb" * 16)
"""Records of a type that only the newer program knows."""
CONTACTS: Final = ((None, None), ("王", None), ("李", "139"), ("张", "139"))
"""Every person and telephone that anybody saves together."""


class Recording(Travelling):
    """Stations at which people record what they know."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.done: list[tuple[Desk, ChangeSet]] = []
        self.words = itertools.count()
        self.typed: list[tuple[Desk, str]] = []
        """Every word that was typed where nobody may erase it, and where."""
        self.contacts = {*CONTACTS}
        """Every person and telephone that somebody has saved together."""
        self.groups: set[tuple[Any, ...]] = {(None, None, None)}
        """Every head-count, its source and its mark that somebody has saved together."""

    def word(self, desk: Desk) -> str:
        """A new word, typed at a station."""
        text = f"w{next(self.words)}w"
        self.typed.append((desk, text))
        return text

    def birth(self, desk: Desk) -> object:
        record = self.rnd.choice(("", "", "") if self.apart else (*SHARED, "", "", ""))
        if record in desk.records():
            return None
        cells = {
            "name": self.word(desk),
            "staff": self.rnd.choice((1, 2, None)),
            "source": self.rnd.choice(("社保", None)),
            "in_park": self.rnd.choice((0, 1, None)),
            "partner": self.rnd.choice((*SHARED, None)),
            "person": self.rnd.choice(("王", None)),
        }
        self.groups.add((cells["staff"], cells["source"], None))
        return desk.birth("firm", cells, record=record, unit=self.rnd.choice(self.units_of(desk)))

    def _edit(self, desk: Desk, slot: str, value: Callable[[], Any]) -> object:
        record = self.some(desk)
        if record is not None:
            self.done.append((desk, desk.edit(record, slot, value())))
        return record, slot

    def edit(self, desk: Desk) -> object:
        slot = self.rnd.choice(("name", "name", "in_park", "partner"))
        return self._edit(desk, slot, {
            "name": lambda: self.word(desk),
            "in_park": lambda: self.rnd.choice((0, 1)),
            "partner": lambda: self.rnd.choice((*SHARED, None)),
        }[slot])  # fmt: skip

    def contact(self, desk: Desk) -> object:
        person, phone = self.rnd.choice(CONTACTS[2:])
        return self._edit(
            desk, "contact", lambda: self.rnd.choice(({"person": person, "phone": phone}, None))
        )

    def count(self, desk: Desk) -> object:
        staff = self.rnd.choice((3, 4, None))
        self.groups.add((staff, staff and "税务", None))
        return self._edit(desk, "count", lambda: staff and {"staff": staff, "source": "税务"})

    def novelty(self, desk: Desk) -> object:
        """What only a newer program writes: a type, a field, a member of a group, a kind that waits everywhere."""
        newer = self.villages[0]
        firm = self.some(newer)
        if firm is None:
            return None
        prize = self.rnd.choice((*PRIZES, ""))
        if prize in newer.records("prize"):
            newer.edit(prize, "title", self.rnd.choice(("一等", None)), "prize")
            newer.edit(prize, "firm", self.rnd.choice((firm, *SHARED)), "prize")
            if self.rnd.random() < 0.3:
                newer.delete(prize, "prize")
        else:
            newer.birth("prize", {"firm": firm, "title": "二等", "year": 2026}, record=prize)
        newer.edit(firm, "slogan", self.rnd.choice(("好", None)))
        staff = self.rnd.randint(5, 6)
        self.groups.add((staff, None, 1))
        newer.edit(firm, "count", {"staff": staff, "verified": 1})
        if self.rnd.random() < 0.3:
            newer.forge_change(firm, None, None, kind="praise")
        return firm

    def update(self, desk: Desk) -> object:
        """A station gets the newer program: what it has only kept until then is understood."""
        reopen(desk, NEWER_FILING_TYPES)
        return None

    def visit(self, desk: Desk) -> object:
        record = self.some(desk)
        shown = desk.shown(record) if record is not None else None
        if shown is None:
            return None
        return desk.birth("visit", {"firm": shown.id, "topic": self.word(desk)}, unit=shown.unit)

    def move(self, desk: Desk) -> object:
        record = self.some(desk)
        if record is None or desk.level is Level.VILLAGE or (self.apart and desk is self.district):
            return None
        to = self.rnd.choice(self.units_of(desk))
        self.done.append((desk, desk.move(record, to)))
        return record, to

    def delete(self, desk: Desk) -> object:
        type_name = self.rnd.choice(("firm", "firm", "visit"))
        record = self.some(desk, type_name)
        if record is not None:
            self.done.append((desk, desk.delete(record, type_name, revive=self.rnd.random() < 0.3)))
        return record

    def undo(self, desk: Desk) -> object:
        mine = [changes for d, changes in self.done if d is desk and changes.stamp]
        if mine:
            try:
                desk.ledger.undo(self.rnd.choice(mine).stamp, desk.name)
            except (CannotUndo, NotFound):
                return "cannot"
        return None

    def join(self, desk: Desk) -> object:
        """Somebody who may write two firms says that they are one."""
        may = ((d, self.writable(d)) for d in self.rnd.sample(self.desks, len(self.desks)))
        desk, mine = next(((d, found) for d, found in may if len(found) > 1), (desk, []))
        if not mine:
            return None
        one, other = sorted(self.rnd.sample(mine, 2))
        edge = same_id("firm", one, other)
        if edge in desk.records(SAME):
            return "said before"
        birth = NewRecord(SAME, edge, desk.unit, {"kind": "firm", "one": one, "other": other})
        self.done.append((desk, desk.ledger.write("合并", desk.name, births=[birth])))
        return desk.name, one[:6], other[:6]

    def part(self, desk: Desk) -> object:
        """And that they are not, or are again."""
        edges = [(d, edge) for d in self.desks if (edge := self.some(d, SAME)) is not None]
        if not edges:
            return None
        desk, edge = self.rnd.choice(edges)
        self.done.append((desk, desk.delete(edge, SAME, revive=self.rnd.random() < 0.3)))
        return desk.name, edge[:6]

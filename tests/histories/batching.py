"""What is done to several records in one step in a random history; and units that are founded, and all sent again."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.records.declaration import DELETED_SLOT, Level
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import Deletion, NewRecord, SlotEdit
from desktop.store.peers import links
from desktop.store.queries.units import subtree
from desktop.store.tables.writes import SlotValue
from tests.histories.combining import Combining
from tests.histories.recording import SHARED
from tests.sync.desks import FILING_TYPES, Desk, coded_unit, new_desk

MOST = 4
"""Of so many records something is said in one step."""


class Batching(Combining):
    """A history in which one step says something of several records, as an import or a change of many does."""

    acts = (
        *Combining.acts, "import_many", "import_many", "edit_many", "edit_many", "move_many", "delete_many",
        "forget_many", "decide_alike", "decide_alike", "correct_code", "found", "send_again",
        "enrol_over",
    )  # fmt: skip

    def _several(self, type_name: str = "firm") -> tuple[Desk, list[str]] | None:
        """Somebody who may write several records, and some of them."""
        for desk in self.rnd.sample(self.desks, len(self.desks)):
            mine = self.writable(desk, type_name)
            if len(mine) > 1:
                return desk, self.rnd.sample(mine, self.rnd.randint(2, min(MOST, len(mine))))
        return None

    # -- one step of many ------------------------------------------------------------------------------------------

    def import_many(self, desk: Desk) -> object:
        """A register is read: what is new is added, of what is known a column is changed."""
        births = []
        for record in self.rnd.sample(("", "", "", *(() if self.apart else SHARED)), self.rnd.randint(1, 3)):
            if record not in desk.records():
                cells: dict[str, Cell] = {"name": self.word(desk), "in_park": self.rnd.choice((0, 1, None))}
                unit = self.rnd.choice(self.units_of(desk))
                births.append(NewRecord("firm", record or desk.ledger.new_id(), unit, cells))
        self.groups.add((None, None, None))
        known = self.writable(desk)
        known = self.rnd.sample(known, min(len(known), self.rnd.randint(0, 2)))
        edits = [SlotEdit("firm", record, "name", self.word(desk)) for record in known]
        self.done.append((desk, desk.ledger.write("导入", desk.name, births=births, edits=edits)))
        return desk.name, [b.record for b in births], known

    def edit_many(self, desk: Desk) -> object:
        """One value for several records, or for each another one."""
        found = self._several()
        if found is None:
            return self.import_many(desk)
        desk, records = found
        slot = self.rnd.choice(("name", "in_park", "contact", "count"))
        value: Mapping[str, SlotValue] = {
            "in_park": 1,
            "contact": {"person": "李", "phone": "139"},
            "count": None,
        }
        edits = [
            SlotEdit("firm", r, slot, value[slot] if slot in value else self.word(desk)) for r in records
        ]
        self.done.append((desk, desk.ledger.write("批量修改", desk.name, edits=edits)))
        return desk.name, slot, [r[:6] for r in records]

    def move_many(self, desk: Desk) -> object:
        """An office gives several records to one of its units."""
        found = self._several()
        if found is None or found[0].level is Level.VILLAGE or (self.apart and found[0] is self.district):
            return None
        desk, records = found
        to = self.rnd.choice(self.units_of(desk))
        edits = [SlotEdit("firm", record, "unit", to) for record in records]
        self.done.append((desk, desk.ledger.write("批量修改", desk.name, edits=edits)))
        return desk.name, [r[:6] for r in records], to

    def delete_many(self, desk: Desk) -> object:
        """Several records go, with their visits, or come back."""
        found = self._several()
        if found is None:
            return None
        desk, records = found
        revive = self.rnd.random() < 0.3
        deletions = [Deletion("firm", record, revive, together=revive) for record in records]
        self.done.append((desk, desk.ledger.write("删除", desk.name, deletions=deletions)))
        return desk.name, [r[:6] for r in records], revive

    def forget_many(self, desk: Desk) -> object:
        """Who is named of several is forgotten at once, as by a rule."""
        found = self._several()
        if found is None:
            return None
        desk, records = found
        return desk.name, [r[:6] for r in records], self._erase(desk, "firm", *records)

    def decide_alike(self, desk: Desk) -> object:
        """Several questions are answered in one step."""
        for writer in self.rnd.sample(self.desks, len(self.desks)):
            asked = self._open(writer)
            if len(asked) > 1:
                break
        else:
            return self.decide(desk)
        answered = self.rnd.sample(asked, self.rnd.randint(2, min(MOST, len(asked))))
        revive = self.rnd.random() < 0.5
        first = writer.ledger.next_number()
        deletions, edits = [], []
        for question in answered:
            type_name, record, slot = question
            if slot == DELETED_SLOT:
                deletions.append(Deletion(type_name, record, revive, together=revive))
            else:
                edits.append(SlotEdit(type_name, record, slot, self._answer(writer, question)))
        done = writer.ledger.write("处理分歧", writer.name, edits=edits, deletions=deletions)
        self.done.append((writer, done))
        self.decided.append((writer, writer.keys.incarnation, range(first, writer.ledger.next_number())))
        return writer.name, [(r[:6], s) for _, r, s in answered]

    def correct_code(self, desk: Desk) -> object:
        """A firm stood under a wrong code: it is born under the right one, with its visits, and the wrong one goes."""
        found = self._writer()
        right = self.rnd.choice(SHARED)
        if found is None or self.apart or right in found[0].records():
            return None
        desk, wrong = found
        held = desk.shown(wrong)
        if held is None or held.life == 1 or held.unit not in self.units_of(desk):
            return None
        cells = {name: held.values[name] for name in ("name", "staff", "source", "in_park")}
        self.groups.add((cells["staff"], cells["source"], None))
        births = [NewRecord("firm", right, held.unit, cells)]
        edits = [
            SlotEdit("visit", visit, "firm", right)
            for visit in self.writable(desk, "visit")
            if (shown := desk.shown(visit, "visit")) is not None and shown.values["firm"] == wrong
        ]
        done = desk.ledger.write(
            "改代码", desk.name, births=births, edits=edits, deletions=[Deletion("firm", wrong)]
        )
        self.done.append((desk, done))
        return desk.name, wrong, right, len(edits)

    # -- who comes late --------------------------------------------------------------------------------------------

    def found(self, desk: Desk) -> object:
        """A village is founded, and its computer enrolled."""
        return self._found(self.rnd.choice(self.offices))

    def _found(self, above: Desk) -> object:
        name = "三村"
        if any(d.unit == name or d.name.startswith(name) for d in self.desks):
            return None
        if not self._may_enrol(above, above.unit):
            return "gone"
        unit = coded_unit(Level.VILLAGE, name)
        made = new_desk(self.folder, name, Level.VILLAGE, unit=unit, cipher=self.cipher, types=FILING_TYPES)
        made.time.at = above.time.at = self.latest
        self.desks.append(made)
        self.villages.append(made)
        self.put_under(made, above)
        self.snapshots.pop(above.name, None)
        return above.name

    def enrol_over(self, desk: Desk) -> object:
        """A village's computer is enrolled by who stands above its town, and reports there from then on."""
        village = self.rnd.choice(self.laptops)
        own = self.above[village.name]
        shared = [d for d in self.desks if d.station == village.station]
        if not self.over(own) or len(shared) > 1 or village in self.waiting or own.station in self.doubtful:
            # What the town had told below before it was set back is not given back by who reports elsewhere (known
            # residue).
            return None
        higher = self.rnd.choice(self.over(own))
        self._same_time(village, own, higher)
        if self.rnd.random() < 0.7:
            self.bring(own, village)
        if own.name in self.relapsed:
            # What the town has to get back it gets from who still reports to it (known residue).
            self.bring(village, own)
            self.bring(own, village)
        if not self._may_enrol(higher, village.unit) or village.unit not in subtree(
            higher.database, higher.unit
        ):
            return "not there"
        shown = higher.shown(village.unit, "unit")
        self.home[village.unit] = str(shown.values["superior"]) if shown is not None else own.unit
        self.put_under(village, higher)
        for d in (village, higher):
            self.snapshots.pop(d.name, None)
        return village.name, higher.name

    def send_again(self, desk: Desk) -> object:
        """A station reports all once more, as nobody knows any more what has arrived."""
        links.send_all_again(desk.database)
        return None

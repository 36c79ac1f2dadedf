"""What becomes of units and their computers in a random history: other names and codes, gone and back, let in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from desktop.records.declaration import Level
from desktop.records.versions.item_outcomes import HELD_CERTIFICATE
from desktop.store.ledger import NewRecord, SlotEdit
from desktop.store.queries.units import subtree
from desktop.sync.authority import exclusions, station
from desktop.sync.merging import repeating, restating, upholding
from tests.histories.people import People
from tests.histories.travelling import is_out
from tests.sync.desks import FILING_TYPES, Desk, code_for, code_of, new_desk


class Offices(People):
    """A history in which units change as well, and computers are let in that were shut out."""

    acts = (
        *People.acts,
        "relocate",
        "relocate",
        "rename",
        "rename",
        "dissolve",
        "readmit",
        "newcomer",
        "cut_off",
        "register_late",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.waiting: list[Desk] = []
        """Stations below a unit that was moved, whose certificates lead elsewhere."""
        self.home: dict[str, str] = {}
        """The superiors of units whose computers report to who stands above these."""

    @property
    def offices(self) -> list[Desk]:
        """The stations that stand above others, the highest first."""
        return [d for d in self.desks if d.level is not Level.VILLAGE]

    def _below(self, desk: Desk) -> tuple[Desk, Desk] | None:
        """Who speaks, and a station below it."""
        speaker = self._speaker(desk)
        below = self.below(speaker)
        return (speaker, self.rnd.choice(below)) if below else None

    # -- units -----------------------------------------------------------------------------------------------------

    def rename(self, desk: Desk) -> object:
        """A unit below is called otherwise, or gets another code."""
        found = self._below(desk)
        if found is None or found[1].unit not in found[0].records("unit"):
            return None
        speaker, whom = found
        slot = self.rnd.choice(("name", "code"))
        word = self.word(speaker)
        self.done.append(
            (speaker, speaker.edit(whom.unit, slot, code_of(word) if slot == "code" else word, "unit"))
        )
        return speaker.name, whom.name, slot

    def dissolve(self, desk: Desk) -> object:
        """A unit below is deleted, or comes back."""
        found = self._below(desk)
        if found is None or found[1].unit not in found[0].records("unit"):
            return None
        speaker, whom = found
        if whom.unit in self.home.values():
            # Whoever reports past it would take nothing more from there, even when it is back: the program deletes no
            # unit that others stand on.
            return None
        revive = self.rnd.random() < 0.5
        speaker.delete(whom.unit, "unit", revive=revive)
        speaker.settle()
        return speaker.name, whom.name, revive

    def relocate(self, desk: Desk) -> object:
        """A village, or a town with all below it, is put under another superior, and its computers are enrolled there.

        Below a town they are enrolled once more by it, now or in the end.
        """
        if self.rnd.random() < 0.5:
            return None
        moved = self.rnd.choice([*self.villages, *self.between, *self.between])
        old = self.above[moved.name]
        new = self.rnd.choice([d for d in (*self.towns, *self.between) if d not in (old, moved)])
        if old.station in self.doubtful:
            # What that told below before it was set back is not given back by who reports elsewhere (known residue).
            return "it was set back"
        if is_out(self.district, new):
            # Whoever has heard of that takes nothing from there any more, not even that it was let in (known residue).
            return "out of use"
        if moved in self.between and any(is_out(d, moved) for d in (old, *self.over(old))):
            # What was cut off is out by the mover's word from then on, its villages too, until somebody lifts that.
            return "it is out of use"
        movers = [
            d
            for d in self.desks
            if d.unit == moved.unit and (d.level is Level.VILLAGE or self.above[d.name] is old)
        ]
        below = [d for d in self.below(moved) if d not in movers]
        reporting = [d for d in movers if self.above[d.name] is old]
        whole = [*movers, *below]
        mover = self._mover(old, new)
        latest = self.latest
        for d in (mover, *self.over(old), old, *self.over(new), new, *whole):
            d.time.at = latest
        self._report(moved)
        if moved.unit not in subtree(mover.database, mover.unit):
            return "not yet"
        if len({d.station for d in whole}) < len(whole):
            return "one is a copy"
        if waits_for_grants(old, whole):
            # What had counted before somebody was revoked waits there for ever once its unit has left (known residue).
            self.inform(old)
            if waits_for_grants(old, whole):
                return "not yet back"
        if old.name in self.relapsed:
            # What the town has to get back it gets from who still reports to it (known residue).
            for d in reporting:
                self.bring(d, old)
                self.bring(old, d)
        if self.rnd.random() < 0.5:
            # What is erased here may be gone below before who moves the village hears of it.
            self.erase(old)
            for d in reporting:
                self.bring(d, old)
        # What the town has taken back stays so by the mover's word, as far as that is heard of (format document, known
        # residue). What it has erased is gone there, and is erased by the mover's word when that hears of it.
        self._put_unit(mover, {moved.unit: new.unit})
        if self.rnd.random() < 0.8 or not self._may_enrol(new, moved.unit):
            # Else the new superior registers what it has not heard of.
            self.inform(new)
        self.inform(old)
        for d in movers:
            self.put_under(d, new)
        if self.rnd.random() < 0.5:
            self._enrol_below(below)
        else:
            self.waiting += below
        for d in (*whole, new):
            self.snapshots.pop(d.name, None)
        return moved.name, new.name, mover.name

    def _mover(self, old: Desk, new: Desk) -> Desk:
        """Who moves a unit from one superior to another: the top, or a lower level that is or stands above both.

        None of which something was revoked: what it had moved or registered before goes with that, and what a former
        superior has erased meanwhile is said again by who has moved the unit, and by nobody else (known residue).
        """
        revoked = station.knowledge(self.district.ledger, self.district.keys).policy.revocations
        common = [
            d
            for d in (old, *self.over(old))
            if d in (new, *self.over(new)) and (d is self.district or d.station not in revoked)
        ]
        return self.rnd.choice(common) if len(common) > 1 else self.district

    def _put_unit(self, mover: Desk, superiors: Mapping[str, str]) -> None:
        """What the operation does: what the former superior has taken back or erased, and what lapses, is repeated."""
        in_force = station.knowledge(mover.ledger, mover.keys).policy
        units = {below for unit in superiors for below in subtree(mover.database, unit)}
        births = [
            NewRecord("exclusion", "", mover.unit, {"cause": "refused", "refusal": reason, "items": text})
            for reason, items in restating.lapsing(mover.ledger, in_force, units).items()
            for text in exclusions.write(items)
        ]
        for unit, to in superiors.items():
            births += repeating.lapsing(mover.ledger, subtree(mover.database, unit), to)
        edits = [
            SlotEdit("unit", unit, slot, to)
            for unit, to in superiors.items()
            for slot in ("superior", "unit")
        ]
        mover.ledger.write("调整", mover.name, births=births, edits=edits)
        upholding.uphold(mover.ledger, mover.keys, in_force, "调整", mover.name)
        mover.settle()

    def register_late(self, desk: Desk) -> object:
        """A town registers a village of another one by mistake, and perhaps the first registration counts no more."""
        village = self.rnd.choice(self.villages)
        old = self.above[village.name]
        others = [d for d in (*self.towns, *self.between) if d not in self.over(village)]
        speaker = self.rnd.choice(self.over(old) or [self.district])
        if not others or village.station in self.doubtful:
            return None
        other = self.rnd.choice(others)
        latest = self.latest
        for d in (*self.over(village), *self.over(other), other):
            d.time.at = latest
        self._report(old)
        first = speaker.database.row(
            "SELECT o.station, o.incarnation, r._number FROM r_unit r JOIN origin o ON o.ref = r._origin"
            " WHERE r.id = unhex(?)",
            (village.unit,),
        )
        if first is None or first[0] == speaker.station or village.unit in other.records("unit"):
            return "not by another"
        cells = {
            "name": village.name,
            "code": code_for(village.unit, village.level, village.code or village.name),
            "level": "village",
        }
        other.birth("unit", {**cells, "superior": other.unit}, record=village.unit)
        self._report(other)
        if self.rnd.random() < 0.5:
            return other.name
        (text,) = exclusions.write({first[:2]: exclusions.Named([(first[2], first[2])])})
        said = speaker.say("exclusion", {"cause": "withdrawn", "items": text})
        self.said.append((speaker, "exclusion", said))
        # What it erased there without having heard of it would be gone below alone (known residue).
        self.inform(old)
        return other.name, speaker.name, first[0][:4]

    def _enrol_below(self, below: Sequence[Desk]) -> None:
        """Stations get the certificates of now of who stands above them; those of a deleted unit when it is back."""
        for d in below:
            if self._may_enrol(self.above[d.name], d.unit):
                self.put_under(d, self.above[d.name])
                self.snapshots.pop(d.name, None)
            else:
                self.waiting.append(d)

    def _report(self, desk: Desk) -> None:
        """What a station knows is known above it."""
        for below, above in pairwise([desk, *self.over(desk)]):
            self.bring(above, below)

    def _bring_back(self) -> bool:
        """Whether a unit is gone somewhere; none is any more."""
        found = False
        for desk in self.offices:
            # Of some units the only computer was handed over to another.
            handed = desk.database.rows(
                "SELECT lower(hex(id)) FROM r_unit WHERE lower(hex(superior)) = ? ORDER BY id", (desk.unit,)
            )
            for unit in dict.fromkeys([*self.units_of(desk), *(unit for (unit,) in handed)]):
                shown = desk.shown(unit, "unit")
                if shown is not None and shown.life != 0:
                    desk.delete(unit, "unit", revive=True)
                    desk.settle()
                    found = True
        return found

    def _put_back_under(self) -> bool:
        """Whether a unit lies elsewhere since another registered it while its superior's word did not count.

        Who stands above both moves it to where its computers report, and they are enrolled there once more: they may
        have heard that they were elsewhere, and then they take nothing from there.
        """
        desk = self.district
        wanted = {}
        # Of two computers of a unit one may report to who stands above its town.
        for below, above in sorted(self.pairs, key=lambda pair: len(self.over(pair[0]))):
            home = self.home.get(below.unit, above.unit)
            superior = home if home in subtree(desk.database, above.unit) else above.unit
            shown = desk.shown(below.unit, "unit")
            if below.unit != above.unit and shown is not None:
                wanted[below.unit] = superior, shown.values["superior"]
        found = {unit: superior for unit, (superior, now) in wanted.items() if superior != now}
        if found:
            self._put_unit(desk, found)
            self.waiting += [d for d, _ in self.pairs if d.unit in found and d not in self.waiting]
        return bool(found)

    def _let_in(self) -> bool:
        """Nor does anybody wait for a certificate any more."""
        back = self._bring_back() | self._put_back_under()
        # The highest first: what they give leads to what they have been given.
        waiting, self.waiting = sorted(self.waiting, key=lambda d: len(self.over(d))), []
        for d in waiting:
            self.inform(self.above[d.name])
        self._enrol_below(waiting)
        # What they have is sent with their next bundle.
        return super()._let_in() or back or len(self.waiting) < len(waiting)

    # -- computers -------------------------------------------------------------------------------------------------

    def copy(self, desk: Desk) -> object:
        """Not of one that waits for a certificate: which of the two would get it?"""
        return None if desk in self.waiting else super().copy(desk)

    def cut_off(self, desk: Desk) -> object:
        """Nothing that a station has ever said counts, be it one that has enrolled others."""
        found = self._below(desk)
        if found is None:
            return None
        speaker, whom = found
        if self.small and whom in self.offices:
            # Whoever hears of it in one bundle, and in the next that it was taken back, takes no next (known residue).
            return None
        self.said.append((speaker, "revocation", speaker.revoke(whom)))
        return speaker.name, whom.name

    def readmit(self, desk: Desk) -> object:
        """A station is enrolled once more by the one above it, and begins a new incarnation with that."""
        above = self.above.get(desk.name)
        shared = [d for d in self.desks if d.station == desk.station]
        if (
            above is None
            or len(shared) > 1
            or desk.name in self.relapsed
            or not self._may_enrol(above, desk.unit)
        ):
            return None
        desk.time.at = above.time.at = self.latest
        incarnation = self.incarnation()
        desk.cut()
        station.begin_incarnation(desk.ledger, incarnation)
        desk.keys = station.load_keys(desk.ledger)
        self.put_under(desk, above, incarnation)
        self.snapshots.pop(desk.name, None)
        self.snapshots.pop(above.name, None)
        return above.name

    def _may_enrol(self, desk: Desk, unit: str) -> bool:
        """Whether the program lets a desk enrol computers of a unit: of one that was deleted it does not."""
        return desk.shown(unit, "unit") is None or unit in subtree(desk.database, desk.unit)

    def newcomer(self, desk: Desk) -> object:
        """A second laptop of a village, enrolled by whoever stands above it."""
        name = f"{desk.name}新机"
        if desk.level is not Level.VILLAGE or any(d.name.endswith("新机") for d in self.desks):
            return None
        above = self.above[desk.name]
        if not self._may_enrol(above, desk.unit):
            return None
        made = new_desk(self.folder, name, desk.level, unit=desk.unit, cipher=self.cipher, types=FILING_TYPES)
        made.code = desk.code or desk.name
        made.time.at = above.time.at = self.latest
        self.desks.append(made)
        self.put_under(made, above)
        self.snapshots.pop(above.name, None)
        return name


def waits_for_grants(desk: Desk, others: Sequence[Desk]) -> bool:
    """Whether something of one of these stations waits for a grant that counts."""
    held = desk.database.rows(
        "SELECT DISTINCT o.station FROM held h JOIN origin o ON o.ref = h.origin WHERE h.reason = ?",
        (HELD_CERTIFICATE,),
    )
    return not {name for (name,) in held}.isdisjoint(d.station for d in others)

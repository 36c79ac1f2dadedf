"""What becomes of the computers of offices in a random history: two of one disk, set back, another one in its place.

And of a computer that was begun for a unit of its own and is granted another, and of who has forgotten a password.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop.records.declaration import Level
from desktop.sync.authority import station
from desktop.sync.merging import forks, rewriting
from tests.histories.batching import Batching
from tests.sync.desks import DAY, FILING_TYPES, Desk, code_for, coded_unit, enrol, new_desk


class Replacing(Batching):
    """A history in which offices get other computers as well."""

    acts = (
        *Batching.acts, "copy_office", "set_back_office", "replace_office", "replace_office", "for_another",
        "forget_password", "redate_office",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.first_units: dict[str, str] = {}
        """The units for which computers were begun that were granted another, and that."""
        self.first_names: dict[str, str] = {}
        """What these units are called."""
        self.unheard: list[Desk] = []
        """Offices that had told only those below what they lost, who need not hear what they have written since."""

    def units_of(self, desk: Desk) -> list[str]:
        """What was recorded for the unit that somebody had asked for is his still."""
        units = super().units_of(desk)
        return sorted({*units, *(first for first, unit in self.first_units.items() if unit in units)})

    def put_under(self, below: Desk, desk: Desk, incarnation: str | None = None) -> None:
        """The unit that somebody had asked for is registered once more, where that had lost in a fork."""
        for first, unit in self.first_units.items():
            if unit == below.unit and first not in desk.records("unit"):
                name = self.first_names[first]
                cells = {
                    "name": name,
                    "code": code_for(first, Level.VILLAGE, name),
                    "level": Level.VILLAGE.value,
                    "superior": unit,
                }
                desk.birth("unit", cells, record=first)
        super().put_under(below, desk, incarnation)

    # -- offices ---------------------------------------------------------------------------------------------------

    def _office(self) -> Desk | None:
        """An office below another, of which there is one computer with this disk and nothing is in doubt."""
        found = [
            d
            for d in (*self.towns, *self.between)
            if d.station not in self.doubtful and d.name not in self.relapsed and d not in self.waiting
        ]
        return self.rnd.choice(found) if found else None

    def copy_office(self, desk: Desk) -> object:
        """An office's disk is copied, and both are written to."""
        office = self._office()
        if office is None or any(
            d.level is not Level.VILLAGE and d.station in self.doubtful for d in self.desks
        ):
            return None
        twin = self._twin(office)
        for d in self.rnd.sample((office, twin), self.rnd.randint(1, 2)):
            self.edit(d)
            if self.rnd.random() < 0.5:
                self.underway.append((self.above[d.name], d.send()))
        return twin.name

    def set_back_office(self, desk: Desk) -> object:
        """An old copy of an office's file is put back where nothing notices it, after some has gone up or down."""
        office = self._office()
        if office is None:
            return None
        if office.name not in self.snapshots:
            self.snapshot(office)
        self.edit(office)
        below = [d for d in self.below(office) if self.above[d.name] is office]
        told = below if self.rnd.random() < 0.5 else []
        for d in told:
            d.time.at = office.time.at = self.latest
            self.bring(office, d)
            self.bring(d, office)
        if self.rnd.random() < 0.5:
            self.above[office.name].time.at = self.latest
            self.bring(self.above[office.name], office)
        elif told:
            self.unheard.append(office)
        return office.name, self._set_back(office)

    def follow(self, desk: Desk) -> bool:
        """Whom an office has enrolled by what lost, it enrols once more."""
        if not super().follow(desk):
            return False
        self._enrol_again(desk)
        return True

    def _enrol_again(self, desk: Desk) -> None:
        self.waiting += [d for d in self.below(desk) if d not in self.waiting]

    def _let_in(self) -> bool:
        """Nor is anybody's unit unknown above him, as who had registered it last has lost a fork."""
        self.waiting += [
            below
            for below, above in self.pairs
            if below not in self.waiting and below.unit not in above.records("unit")
        ]
        return super()._let_in()

    def _settle_forks(self) -> bool:
        """An office that had told what it lost only to those below is told by them, and begins a new incarnation.

        With that it gets back from them what it had said, and who is above it decides. Who does not hear what it has
        written since sees no fork, so it does this in any case (known residue).
        """
        found = super()._settle_forks()
        told = {
            office.name: office
            for desk in self.desks
            for fork in forks.open_forks(desk.database, desk.ledger.types)
            for office in self.over(desk)
            if office.station == fork.station and fork.incarnation == office.keys.incarnation
        }
        for office in (told | {office.name: office for office in self.unheard}).values():
            if not self._is_heard_of(office):
                self._begin_anew(office)
                found = True
        self.unheard.clear()
        return found

    def _begin_anew(self, office: Desk) -> None:
        fresh = self.incarnation()
        office.cut()
        station.begin_incarnation(office.ledger, fresh)
        office.keys = station.load_keys(office.ledger)
        self.put_under(office, self.above[office.name], fresh)
        self._enrol_again(office)

    def _is_heard_of(self, office: Desk) -> bool:
        """Whether somebody above knows of a fork of an office, or has decided it."""
        origin = office.station, office.keys.incarnation
        above = self.over(office)
        return not above or any(
            origin in {(f.station, f.incarnation) for f in forks.open_forks(d.database, d.ledger.types)}
            or station.knowledge(d.ledger, d.keys).policy.is_decided(origin)
            for d in above
        )

    def replace_office(self, desk: Desk) -> object:
        """An office's computer is lost and put out of use, and another one takes over all below it."""
        old = self._office()
        if old is None or not self._may_enrol(self.above[old.name], old.unit):
            return None
        above = self.above[old.name]
        if any(d.station in self.doubtful for d in self.over(old)):
            # What that office told below alone before it was set back is given back by nobody then (known residue).
            return None
        next_to, below = [d for d in self.desks if self.above.get(d.name) is old], self.below(old)
        if any(d.keys.first.public_key != d.keys.public_key for d in next_to):
            # Nobody may know of keys of before that only the lost computer had granted (known residue).
            return None
        for d in (old, *self.over(old), *below):
            d.time.at = self.latest
        if self.rnd.random() < 0.7 or old.records("erasure"):
            # Where what it erased was not heard of, the values are gone below alone (known residue).
            self.bring(above, old)
        # What only stations below have heard is lost with it, so nobody lets it in again.
        self._put_out(old, above)
        made = self._begun_anew(old, old, f"{old.name}换")
        self.said = [(made if d is old else d, name, record) for d, name, record in self.said]
        self.lifted = [(made if d is old else d, name, record) for d, name, record in self.lifted]
        self.returned = [(made if d is old else d, record, said) for d, record, said in self.returned]
        self.put_under(made, above)
        if self.rnd.random() < 0.7:
            self.bring(made, above)
        for d in next_to:
            self.above[d.name] = made
        # By what the lost computer had granted, and nobody above has heard of, those further below are not enrolled.
        if self.rnd.random() < 0.5:
            self._enrol_below(below)
        else:
            self.waiting += [d for d in below if d not in self.waiting]
        for d in (above, *below):
            self.snapshots.pop(d.name, None)
        return old.name, [d.name for d in below]

    def redate_office(self, desk: Desk) -> object:
        """An office says something under a date in the future, and puts that right in a new incarnation.

        Whom it has enrolled by then it enrols once more.
        """
        office = self._office()
        if office is None:
            return None
        known = len(self.desks)
        days = self.rnd.choice((1.5, 400, 7_000))
        office.time.pass_days(days)
        self.furthest = max(self.furthest, office.time.at + DAY)
        office.ledger.clock.confirm()
        acts: dict[str, Callable[[], object]] = {
            "edit": lambda: self.edit(office),
            "name": lambda: self._name_below(office),
            "found": lambda: self._found(office),
            "exclude": lambda: self.exclude(office),
        }
        kind = self.rnd.choice(sorted(acts))
        told = acts[kind]()
        office.time.pass_days(-days)
        if self.rnd.random() < 0.5:
            self.underway.append((self.above[office.name], office.send()))
        rewriting.redate(office.ledger, office.keys, self.incarnation(), office.name, "更正")
        office.keys = station.load_keys(office.ledger)
        for made in self.desks[known:]:
            made.time.at = office.time.at
            self.put_under(made, office)
        return office.name, kind, told

    def _name_below(self, office: Desk) -> object:
        below = [d for d in self.below(office) if d.unit in office.records("unit")]
        if below:
            office.edit(self.rnd.choice(below).unit, "name", f"n{self.rnd.random()}", "unit")
        return bool(below)

    # -- others ----------------------------------------------------------------------------------------------------

    def for_another(self, desk: Desk) -> object:
        """Somebody has begun a ledger under a name of his own, and the office grants it the unit that it has."""
        village = self.rnd.choice(self.villages)
        above, name = self.above[village.name], f"{village.name}另办"
        if self.first_units or village in self.waiting or not self._may_enrol(above, village.unit):
            return None
        unit = coded_unit(Level.VILLAGE, name)
        made = new_desk(self.folder, name, Level.VILLAGE, unit=unit, cipher=self.cipher, types=FILING_TYPES)
        made.time.at = above.time.at = self.latest
        first = made.unit
        self.desks.append(made)
        self.above[name] = above
        for _ in range(self.rnd.randint(1, 2)):
            self.birth(made)
        self.first_units[first] = made.unit = village.unit
        self.first_names[first] = name
        made.ledger.set_meta("unit_id", made.unit)
        made.code = village.code or village.name
        enrol(made, above, wished=first)
        station.keep_history(made.ledger, station.history(above.database))
        self.snapshots.pop(above.name, None)
        return name, above.name

    def forget_password(self, desk: Desk) -> object:
        """The level above lets in again who has forgotten a password, with another key to sign with."""
        self.forgotten[desk.name] += 1
        self._persons(desk)
        return desk.name

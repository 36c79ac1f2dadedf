"""Reads who was given the power to issue letters, and says whether letters are numbered at this desk."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import cached_property

from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.records.supervision import REGISTER_LEVELS, Letter, LetterKind, Power, power_of
from desktop.records.supervision.powers import EMPOWERED_LEVELS, issued_fields
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import UNIT
from desktop.store.peers import computers
from desktop.store.queries import aggregates, governing, reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.sync.authority import enrolled
from desktop.sync.signed.tree import Place, Tree

LETTER, POWER = "case_document", "issuing_power"


class Powers:
    """All powers that a unit above the named one has given; read when first asked for."""

    def __init__(self, database: Database, types: Catalogue) -> None:
        self._database, self._types = database, types

    @cached_property
    def _powers(self) -> tuple[Power, ...]:
        found = reading.records(self._database, self._types, Query(POWER, order=reading.NEWEST_ORDER))
        told = [(record.unit, power) for record in found if (power := power_of(record.values)) is not None]
        return tuple(p for giver, p in told if giver != p.holder and self._inside(p.holder, giver))

    @cached_property
    def _tree(self) -> Tree:
        return Tree(governing.superiors(self._database))

    @cached_property
    def _uncounted(self) -> aggregates.Uncounted:
        return aggregates.uncounted(self._database)

    def _inside(self, unit: str, upper: str) -> bool:
        return self._tree.place(unit, [upper]) is Place.INSIDE

    def over(self, unit: str, today: datetime.date) -> tuple[Power, ...]:
        """The powers of this unit and of those above it that are in force today.

        A power is for what lies at its holder or below; with one that has ended nothing is issued of an earlier day.
        """
        return tuple(p for p in self._powers if p.lasts(today) and self._inside(unit, p.holder))

    def of(self, unit: str) -> tuple[Power, ...]:
        """The powers that were given to a unit, those included that have ended or not begun."""
        return tuple(power for power in self._powers if power.holder == unit)

    def judged(self, letter: Letter) -> Letter:
        """A letter with whether it counts as none: no power covered it, or the program had numbered before it.

        A power covers one of the very unit that wrote its issue. Where the case lies is not asked again: its village
        may have gone to another town since. That the writer could write there was judged when it came.
        """
        if letter.past:
            return replace(letter, overtaken=letter.id in self._uncounted.overtaken)
        if letter.own:
            return replace(letter, unpowered=letter.id in self._uncounted.unpowered)
        return letter

    @cached_property
    def without_register(self) -> frozenset[str]:
        """The computers of units that keep no register of letters, as far as anything is told of them.

        Who was enrolled for another unit than it had asked for has both; what a unit was is told when it is deleted.
        """
        told: dict[str, list[Cell]] = {}
        levels = {
            record.id: record.values.get("level")
            for deleted in (False, True)
            for record in reading.records(self._database, self._types, Query(UNIT, deleted=deleted))
        }
        for name, unit in enrolled.stations(self._database):
            if level := levels.get(unit):
                told.setdefault(name, []).append(level)
        return frozenset(name for name, of in told.items() if REGISTER_LEVELS.isdisjoint(of))

    def _station(self, grant: str) -> str:
        return computers.granted(self._database, grant)

    def numbering(self, unit: str, kind: LetterKind, today: datetime.date) -> str:
        """The one station that numbers letters of a kind at a unit: its power names it, else it is the first one.

        "" where no computer of the unit is known, as before its enrolment.
        """
        of_kind = [p for p in self.of(unit) if kind in p.kinds and p.desk]
        named = next((p for p in of_kind if p.lasts(today)), next(iter(of_kind), None))
        if named is not None:
            return self._station(named.desk)
        return next(iter(enrolled.of_unit(self._database, unit)), "")


def kinds_of(database: Database, types: Catalogue, unit: str, level: Level) -> frozenset[LetterKind]:
    """The kinds of letters that a unit holds a register for, whoever works there.

    A town or park keeps its register once a power of its own is known, also after it has ended: what it issued it
    prints. Whether a letter may be issued on a day is for the order of law.
    """
    if level in REGISTER_LEVELS:
        return frozenset(LetterKind)
    if level not in EMPOWERED_LEVELS:
        return frozenset()
    return frozenset(kind for power in Powers(database, types).of(unit) for kind in power.kinds)


def may_number(session: Session) -> bool:
    """Whether this operator may write the number of a letter as units of this level do."""
    record_type = session.types[LETTER]
    return session.may_write(
        record_type, record_type.by_name[issued_fields(session.unit.level)["document_number"]]
    )


def kinds_here(session: Session) -> frozenset[LetterKind]:
    """The kinds of letters that this operator numbers at this computer: the one place that is asked.

    Of several computers of a unit one numbers, or two would give one number until they meet.
    """
    if not may_number(session):
        return frozenset()
    kinds = kinds_of(session.database, session.types, session.unit.id, session.unit.level)
    powers, today = Powers(session.database, session.types), session.environment.today()
    here = ("", session.ledger.station)
    return frozenset(kind for kind in kinds if powers.numbering(session.unit.id, kind, today) in here)

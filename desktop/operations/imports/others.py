"""Tells apart the records that have neither code nor document number: by all that a row says, or by what it is about.

A figure or a target is about an indicator, a time and a unit; a row with another value corrects it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final

from desktop.operations.imports.completing import Completing
from desktop.operations.imports.model import Candidate, Note, Weight
from desktop.records.declaration import RecordType
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.queries import lookup
from desktop.store.tables.database import Database

ABOUT: Final = {
    "reported_figure": ("indicator", "figure", "category", "town", "as_of_date", "period_started"),
    "plan_target": ("indicator", "category", "period_started", "period_ended"),
}
"""The fields that say what a record is about, by type."""


class Others:
    """The same only if one record holds all that the row says, or is about the same."""

    def __init__(self, database: Database, record_type: RecordType, unit: str, *, vacant: bool) -> None:
        self._database = database
        self._type = record_type
        self._unit = unit
        self._vacant = vacant
        self._about = ABOUT.get(record_type.name, ())
        self._completing = Completing(database, record_type)

    def ids(self, candidates: Sequence[Candidate], new_id: Callable[[], str]) -> list[str | None]:
        """An id for each candidate; a row without any of the words that name a record is refused."""
        titles = self._type.title
        labels = "、".join(f"“{self._type.by_name[n].label}”" for n in titles)
        sound = []
        for candidate in candidates:
            if any(candidate.values.get(n) is not None for n in titles):
                sound.append(candidate)
            else:
                candidate.row.refuse(f"没有{labels}，不知道是哪一条")
        self._tell_lacking(sound)
        same = self._by_subject if self._about else self._by_everything
        found = dict(zip(map(id, sound), same(sound, new_id), strict=True))
        return [found.get(id(candidate)) for candidate in candidates]

    def _tell_lacking(self, candidates: Sequence[Candidate]) -> None:
        """Says at its row what of a record's name is missing; what the whole table lacks is counted elsewhere."""
        needed = [f for n in self._type.title if (f := self._type.by_name[n]).needed]
        filled = [f for f in needed if any(c.values.get(f.name) is not None for c in candidates)]
        for candidate in candidates:
            for field in filled:
                if candidate.values.get(field.name) is None:
                    candidate.row.tell(Note(f"没有“{field.label}”，请补上", Weight.WARNING, field=field.name))

    def _by_everything(self, candidates: Sequence[Candidate], new_id: Callable[[], str]) -> list[str]:
        names = [n for n in self._type.title if any(c.values.get(n) is not None for c in candidates)]
        fields = sorted({n for c in candidates for n in c.values})
        known: dict[Cell, list[tuple[str, dict[str, Cell]]]] = {}
        for value, record, values in self._held(candidates, names, fields):
            known.setdefault(value, []).append((record, values))
        self._completing.look_up(candidates)
        found = []
        for candidate in candidates:
            alike = known.setdefault(candidate.values.get(names[0]), [])
            said = candidate.values.items()
            same = next((r for r, values in alike if all(values.get(n) == v for n, v in said)), None)
            if same is None:
                same = self._completing.find(candidate) or new_id()
                alike.append((same, dict(candidate.values)))
            found.append(same)
        return found

    def _by_subject(self, candidates: Sequence[Candidate], new_id: Callable[[], str]) -> list[str]:
        """A row that names no unit is about this one, or about whichever unit has a figure for its town."""
        held = {r: values for _, r, values in self._held(candidates, self._type.title, self._about)}
        units = lookup.held(self._database, self._type, set(held), self._about) if held else {}
        known: dict[Hashable, str] = {}
        for record, values in sorted(held.items()):
            unit = "" if values.get("town") else units[record].unit
            known.setdefault(self._subject(unit, values), record)
        found = []
        for candidate in candidates:
            unit = "" if candidate.values.get("town") else candidate.part.unit or self._unit
            found.append(known.setdefault(self._subject(unit, candidate.values), new_id()))
        return found

    def _subject(self, unit: str, values: dict[str, Cell]) -> Hashable:
        return (unit, *(values.get(name) for name in self._about))

    def _held(
        self, candidates: Sequence[Candidate], names: Sequence[str], fields: Sequence[str]
    ) -> list[tuple[Cell, str, dict[str, Cell]]]:
        """The living records with one of these first names: that name, id and values."""
        if self._vacant or not names:
            return []
        keys = {c.values.get(names[0]) for c in candidates}
        found = lookup.by_value(self._database, self._type, names[0], keys, fields)
        return [
            (value, record, dict(zip(fields, beside, strict=True)))
            for value, record, life, beside in found
            if life is not Life.DELETED
        ]

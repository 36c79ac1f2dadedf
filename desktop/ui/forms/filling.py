"""Fills in what follows from a field that was just filled: dates of counts, places, what a chosen record knows."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping

from PySide6.QtCore import QObject, Signal

from desktop.operations.imports.own_place import ADDRESSES, PLACE_FIELDS, AddressPlace, own_place
from desktop.operations.reference_here import reference_here
from desktop.records import id_numbers
from desktop.records.cells import is_empty
from desktop.records.declaration import Kind, RecordType
from desktop.records.versions.canonical import Cell
from desktop.ui.fields.pickers import LinkEditor, PlaceEditor
from desktop.ui.fields.rows import FieldRow
from desktop.ui.forms.derived import (
    FromLinks,
    from_admission,
    from_category,
    from_count,
    from_links,
    from_nature,
    from_title,
)
from desktop.ui.workbench import Workbench


class Filler(QObject):
    """``told`` with cells by field, a note where they come from and whether that is sure, or only likely.

    ``linked`` carries what a chosen record holds.

    ``values`` gives the fields of the form as they stand, ``touched`` the names of those that somebody edited.
    """

    told = Signal(object, str, bool)
    linked = Signal(str, object)

    def __init__(
        self,
        workbench: Workbench,
        record_type: RecordType,
        rows: Mapping[str, FieldRow],
        values: Callable[[], Mapping[str, Cell]],
        touched: Collection[str],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._type = record_type
        self._rows = rows
        self._values = values
        self._touched = touched
        self._placed: Mapping[str, str] = {}
        self._implied: dict[str, Cell] = {}
        self._new = False
        self._by_address: Mapping[str, str] = {}
        self._by_number: Mapping[str, Cell] = {}
        for name, row in rows.items():
            if isinstance(row.editor, LinkEditor):
                row.editor.chosen.connect(lambda name=name: self._link_chosen(name))
        town, village = rows.get("town"), rows.get("village")
        if town is not None and village is not None and isinstance(village.editor, PlaceEditor):
            village.editor.within = town.editor.text
            village.editor.chosen.connect(self._village_chosen)

    def begin(self, new: bool) -> Mapping[str, str]:
        """Forgets what it filled before; the place of a new record, until somebody says otherwise."""
        self._implied, self._new, self._by_address, self._by_number = {}, new, {}, {}
        facts = self._workbench.facts
        self._placed = own_place(facts.divisions, facts.unit.code, self._type) if new else {}
        return self._placed

    def after(self, row: FieldRow) -> None:
        """What follows from a field that the cursor leaves."""
        self.at_once(row)
        if row.field.name in self._touched and row.field.name in ADDRESSES and "town" in self._rows:
            self._ask_where(row)

    def at_once(self, row: FieldRow) -> None:
        """What follows from a field without asking the ledger."""
        today, name = self._workbench.today(), row.field.name
        if row.field.kind is Kind.ID_NUMBER or name == id_numbers.KIND:
            self._follow_number(today)
        if name in self._touched:
            self.told.emit(from_count(self._type, name, self._values(), today), "按今天填的，可以改", False)
            asked = self._type, name, self._values(), self._implied
            told = from_nature(*asked) | from_category(*asked) | from_title(*asked)
            told |= from_admission(*asked, self._new)
            self._implied |= told
            self.told.emit(told, f"由{row.field.label}带出，可以改", True)

    def _follow_number(self, today: datetime.date) -> None:
        """What the number tells as the document that was chosen; what it had told otherwise and still stands, goes."""
        present = self._values()
        mine = {name: None for name, cell in self._by_number.items() if present.get(name) == cell}
        self._by_number = id_numbers.completed(self._type, {**present, **mine}, today)
        told = {**mine, **self._by_number}
        news = {name: cell for name, cell in told.items() if present.get(name) != cell}
        self.told.emit(news, "由证件号码带出", True)

    def _village_chosen(self) -> None:
        """A village lies in one town."""
        town, village = self._rows["town"], self._rows["village"].editor.text()
        above = self._workbench.facts.divisions.get(village)
        if above is not None and town.editor.text() != above.parent:
            self.told.emit({"town": above.parent}, "由村社带出", True)

    def _ask_where(self, row: FieldRow) -> None:
        """Reads where the addresses lie, unless somebody has said that; another address is asked about anew."""
        record_type, types, unit = self._type, self._workbench.types, self._workbench.facts.unit
        places = [name for name in PLACE_FIELDS if name in self._rows]
        today, asked = self._workbench.today(), self._addresses()

        def open_places() -> bool:
            """Whether all of them are empty, assumed, or filled from an address."""
            free = [*self._assumed(), *(n for n, c in self._by_address.items() if self._said(n) == c)]
            return all(name in free or not self._said(name) for name in places)

        def arrived(place: Mapping[str, str]) -> None:
            if not place or self._addresses() != asked or not open_places():
                return
            told: dict[str, Cell] = {name: place.get(name) for name in places}
            if told["town"] == self._said("town") and "village" not in place:
                told = {}  # it says no more than what stands
            self._by_address = place if told else self._by_address
            news = {n: cell for n, cell in told.items() if (cell or "") != self._said(n)}
            self.told.emit(news, f"由{row.field.label}带出，可以改", False)

        if open_places():
            self._workbench.read(
                lambda database, _ticket: AddressPlace(
                    reference_here(database, types, unit.id, today), unit.code, record_type
                ).of(asked)[0],
                arrived, owner=self, key="where",
            )  # fmt: skip

    def _addresses(self) -> dict[str, Cell]:
        return {name: self._rows[name].editor.parsed().value for name in ADDRESSES if name in self._rows}

    def _said(self, name: str) -> str:
        return self._rows[name].editor.text()

    def _link_chosen(self, name: str) -> None:
        """Reads the chosen record, for the checks and for what it fills."""
        types, codes, record_type = self._workbench.types, self._workbench.codes, self._type
        target = self._rows[name].editor.text()
        present, assumed = self._values(), self._assumed()

        def arrived(found: FromLinks) -> None:
            if self._rows[name].editor.text() != target:
                return
            self.linked.emit(name, found)
            # What was typed meanwhile stands.
            now, free = self._values(), self._assumed()
            told = {n: cell for n, cell in found.cells.items() if is_empty(now.get(n)) or n in free}
            self.told.emit(told, f"由{types[record_type.by_name[name].link or ''].label}带出", True)

        self._workbench.read(
            lambda database, _ticket: from_links(
                database, types, codes, record_type, [name], present, assumed
            ),
            arrived, owner=self, key=f"link:{name}",
        )  # fmt: skip

    def _assumed(self) -> list[str]:
        """The fields that hold the own place because nobody has said otherwise yet."""
        held = [n for n, code in self._placed.items() if self._rows[n].editor.text() == code]
        return [n for n in held if n not in self._touched]

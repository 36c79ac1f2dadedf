"""How records, findings and versions look on the command line, for people and for programs; masked unless asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from desktop.operations import audit, queries
from desktop.operations.recording.joinings import Joining
from desktop.operations.session import Here, Session
from desktop.operations.stations import traffic
from desktop.records.checks import Finding
from desktop.records.codes import CodeList
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Field, Kind, Mask, RecordType, Role, Severity
from desktop.records.display import display
from desktop.records.typed.dates import stamp_words
from desktop.records.versions.canonical import Cell
from desktop.store.queries.history import HistoryEntry
from desktop.store.queries.reading import Record


def severity_words(finding: Finding) -> str:
    """“错误” or “提醒”."""
    return "错误" if finding.severity is Severity.ERROR else "提醒"


def finding_object(finding: Finding) -> dict[str, Any]:
    """A finding for programs."""
    return {
        "severity": finding.severity.value,
        "message": finding.message,
        "fields": list(finding.fields),
        "rule": finding.rule,
    }


@dataclass(frozen=True)
class Showing:
    """How one command shows records: in which session, and whether personal values are shown whole."""

    session: Session
    reveal: bool = False

    def note(self, type_name: str, detail: str) -> None:
        """Notes what is about to be shown whole; raises ``NotAllowed`` for those who may not see it."""
        if self.reveal:
            self.session.require(Role.EDITOR, Role.DESK)
            audit.note(self.session, audit.Act.SHOWN, f"{type_name} {detail}")

    @cached_property
    def codes(self) -> Mapping[str, CodeList]:
        """The code lists, looked up once."""
        return self.session.codes

    @cached_property
    def here(self) -> Here:
        """Where the session stands, as operations on traffic want it."""
        return self.session.here

    @cached_property
    def _stations(self) -> Mapping[str, str]:
        return traffic.station_names(self.session.database, self.here)

    @cached_property
    def _links(self) -> dict[tuple[str, str], str]:
        return {}

    def words(self, field: Field, cell: Cell) -> str:
        """A stored value in words; a link by the title of its record, if that is here."""
        if field.kind is Kind.LINK and isinstance(cell, str) and field.link is not None:
            away = queries.absent(field)
            return self._linked(field.link, cell) or (f"{away}{cell}" if away == queries.NOT_FOUND else away)
        return display(field, cell, codes=self.codes, masked=not self.reveal)

    def value(self, field: Field, cell: Cell) -> Cell:
        """A stored value for programs, masked where the declaration says so."""
        if cell is None or self.reveal or field.mask is Mask.NONE:
            return cell
        return display(field, cell, codes=self.codes, masked=True)

    def title(self, record_type: RecordType, values: Mapping[str, Cell]) -> str:
        """The words by which a person knows a record."""
        return queries.title(self.session.database, self.session.types, self.codes, record_type, values)

    def title_of(self, record: Record) -> str:
        """The same for a record; of one whose name was erased, that it was."""
        return queries.title_of(self.session.database, self.session.types, self.codes, record)

    def cells(
        self, record_type: RecordType, columns: Sequence[Field], records: Sequence[Record]
    ) -> list[list[str]]:
        """The words of a list; where a name was erased it says so."""
        named = record_type.title
        nameless = [r.id for r in records if all(r.values.get(name) in (None, "") for name in named)]
        gone = queries.erased(self.session.database, record_type, nameless)
        return [
            [
                queries.ERASED if r.id in gone and f.name in named else self.words(f, r.values.get(f.name))
                for f in columns
            ]
            for r in records
        ]

    def unit(self, unit: str) -> str:
        """The name of a unit, or that it is not registered here."""
        own = self.session.unit
        return (
            own.name if unit == own.id else self._linked("unit", unit) or f"（本机没有登记的单位{unit[:8]}）"
        )

    def station(self, key: str) -> str:
        """The unit of a station, if that is known here, and by what the computers of one unit are told apart."""
        name = self.author(key)
        return f"{name}的工作电脑{key[:8]}" if name else traffic.unknown_station(key)

    def author(self, key: str) -> str | None:
        """The name of a station's unit, if that is known here."""
        return self._stations.get(key)

    def record_object(self, record: Record) -> dict[str, Any]:
        """A record for programs: ``values`` as stored, ``words`` as shown where that is something else."""
        record_type = self.session.types[record.type]
        filled = {
            f: record.values[f.name]
            for f in record_type.shown_fields
            if record.values.get(f.name) is not None
        }
        values = {f.name: self.value(f, cell) for f, cell in filled.items()}
        words = {f.name: self.words(f, cell) for f, cell in filled.items()}
        return {
            "type": record.type,
            "id": record.id,
            "unit": record.unit,
            "life": record.life.name.lower(),
            "title": self.title_of(record),
            "values": values,
            "words": {name: w for name, w in words.items() if w != str(values[name])},
            "disputed": list(record.disputed),
            "operator": record.operator,
            "stamp": str(record.stamp),
        }

    def version_object(self, record_type: RecordType, entry: HistoryEntry) -> dict[str, Any]:
        """A version of a slot for programs; ``operation`` is what ``undo`` takes."""
        return {
            "slot": entry.slot,
            "operation": str(entry.stamp),
            "at": stamp_words(entry.stamp),
            "operator": entry.operator,
            "station": entry.station,
            "author": self.author(entry.station),
            "value": self.slot_value(record_type, entry.slot, entry.value),
            "birth": entry.birth,
            "head": entry.head,
        }

    def joining_object(self, joining: Joining) -> dict[str, Any]:
        """A joining for programs."""
        return {
            "operation": str(joining.stamp),
            "at": stamp_words(joining.stamp),
            "operator": joining.operator,
            "station": joining.station,
            "author": self.author(joining.station),
            "ids": list(joining.records),
            "parted": joining.parted,
        }

    def slot_line(self, record_type: RecordType, slot: str, value: Any) -> str:
        """A slot and its value in words; a group that is called like its first field says that once."""
        label, words = record_type.slot_label(slot), self.slot_words(record_type, slot, value)
        return words if words.startswith(f"{label}：") else f"{label}：{words}"

    def slot_words(self, record_type: RecordType, slot_name: str, value: Any) -> str:
        """The value of a slot in words."""
        if slot_name == DELETED_SLOT:
            return "恢复" if value is None else "删除"
        if slot_name == UNIT_SLOT:
            return self.unit(str(value))
        slot = record_type.slots.get(slot_name)
        if slot is None:
            return "（本程序不认识）"
        if not slot.shown_fields:
            return "（由程序保存的内容）"
        if value is None:
            return "（空）"
        if not slot.grouped:
            return self.words(slot.shown_fields[0], value)
        filled = [f for f in slot.shown_fields if value.get(f.name) is not None]
        return "；".join(f"{f.label}：{self.words(f, value[f.name])}" for f in filled)

    def slot_value(self, record_type: RecordType, slot_name: str, value: Any) -> Any:
        """The value of a slot for programs; of a deletion only whether it is one."""
        slot = record_type.slots.get(slot_name)
        if slot is None or not slot.shown_fields:
            # A tombstone names stamps, what a newer program wrote may be personal, and what this one keeps for
            # itself is nobody's to read: none is shown.
            return value if slot_name == UNIT_SLOT else value is not None
        if not slot.grouped:
            return self.value(slot.shown_fields[0], value)
        if value is None:
            return None
        known = {f.name: f for f in slot.shown_fields}
        return {name: self.value(known[name], cell) for name, cell in value.items() if name in known}

    def _linked(self, type_name: str, record: str) -> str:
        """The title of a linked record; empty where it is not here."""
        key = (type_name, record)
        if key not in self._links:
            database, types = self.session.database, self.session.types
            found = queries.titles(database, types, self.codes, type_name, [record])
            self._links[key] = found.get(record, "")
        return self._links[key]


def columns_of(record_type: RecordType) -> Sequence[Field]:
    """The fields of a list: those that the declaration puts there, else those that name the record."""
    names = record_type.listed(of_one_parent=False) or record_type.title
    return [record_type.by_name[name] for name in names]

"""The days off and worked that periods are counted by: what is shipped, brought in here, or sent down from above.

What a district or city brings in goes down to its units; what anybody else does counts in his own ledger alone.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from desktop import reference
from desktop.operations import audit
from desktop.operations.records import slot_edits
from desktop.operations.reference_here import said
from desktop.operations.session import Session
from desktop.records.canonical import Cell
from desktop.records.declaration import Role
from desktop.records.types import catalogue
from desktop.records.working_days import SpecialDay, WorkingDayTable
from desktop.store import reading, traffic
from desktop.store.database import Database
from desktop.store.keys import write_whole
from desktop.store.ledger import NewRecord
from desktop.store.reading import Filter, Query

TYPE: Final = "working_day_table"
_KEPT: Final = "supervision.working_days"
_DAY: Final = re.compile(r"\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*(?=,|$)")
_KINDS: Final = {
    "放假": "holiday",
    "休": "holiday",
    "上班": "workday",
    "调休上班": "workday",
    "班": "workday",
}
_HEAD: Final = "date,kind,name,source"


def working_days(database: Database) -> WorkingDayTable:
    """The shipped table with the years that were imported here in place of its own, and those from above before all.

    A year that was sent by another edition and cannot be read is passed over.
    """
    table = reference.working_day_table().updated_by(_imported(database))
    for record in said(database, catalogue(), TYPE, traffic.setting(database, "unit_id") or ""):
        with contextlib.suppress(reference.HolidayTableFaulty):
            table = table.updated_by(reference.parse_working_days(str(record.values.get("content") or "")))
    return table


def _imported(database: Database) -> WorkingDayTable:
    kept = traffic.setting(database, _KEPT)
    return reference.parse_working_days(kept) if kept else WorkingDayTable(frozenset())


def import_working_days(session: Session, path: Path) -> tuple[int, ...]:
    """Takes the years of a table (CSV, as :func:`export_working_days` writes it) in place of those that are here.

    Returns the years. Raises ``HolidayTableFaulty`` with the line that is wrong, ``Unreadable``, ``NotAllowed``; a
    faulty table changes nothing.
    """
    session.require(Role.EDITOR, Role.DESK)
    # Loaded where a table is brought in: spreadsheets take longer to load than a letter to print.
    from desktop.documents.workbooks.delimited import encoding_of

    found = reference.parse_working_days(_as_written(path.read_text(encoding_of(path))))
    if not found.years:
        raise reference.HolidayTableFaulty("这张节假日表里没有日期。", "请先按国务院办公厅的通知填写。")
    with session.database.transaction():
        if session.types[TYPE].written_by.admits_level(session.unit.level):
            _send_down(session, found)
        else:
            together = _imported(session.database).updated_by(found)
            session.ledger.set_meta(_KEPT, _written(together.days.values()))
        audit.note(session, audit.Act.HOLIDAYS, "、".join(map(str, sorted(found.years))))
    return tuple(sorted(found.years))


def _send_down(session: Session, table: WorkingDayTable) -> None:
    """Keeps each year as a record of this unit, in place of what it has said of it before; none that counts already."""
    births, edits, present = [], [], working_days(session.database)
    for year in sorted(table.years):
        days = _days_of(table, year)
        if year in present.years and days == _days_of(present, year):
            continue
        source = next((special.source for special in days if special.source), None)
        cells: dict[str, Cell] = {
            "year": year, "days": len(days), "source": source and source[:200], "content": _written(days),
        }  # fmt: skip
        query = Query(TYPE, filters=(Filter("year", value=year),), unit=session.unit.id)
        if held := reading.records(session.database, session.types, query):
            edits += slot_edits(session, session.types[TYPE], held[0].id, cells)
        else:
            births.append(NewRecord(TYPE, session.ledger.new_id(), session.unit.id, cells))
    if births or edits:
        session.ledger.write("导入放假安排", session.operator.name, births=births, edits=edits)


def _days_of(table: WorkingDayTable, year: int) -> list[SpecialDay]:
    return [special for day, special in sorted(table.days.items()) if day.year == year]


def _as_written(text: str) -> str:
    """The table with its days and words as they were before Excel or a person wrote them in their own way."""

    def line(words: str) -> str:
        found = _DAY.match(words)
        if found is None:
            return words
        year, month, day = (int(part) for part in found.groups())
        cells = [f"{year:04d}-{month:02d}-{day:02d}", *words[found.end() :].split(",")[1:]]
        if len(cells) > 1:
            cells[1] = _KINDS.get(cells[1].strip(), cells[1])
        return ",".join(cells)

    # A spreadsheet leaves rows of commas behind where something was deleted.
    return "\n".join(line(words) for words in text.splitlines() if words.strip(", \t"))


def export_working_days(session: Session, path: Path) -> Path:
    """The table as it counts here, for the next year's days to be added below; Excel and WPS open it rightly."""
    write_whole(path, _written(working_days(session.database).days.values()).encode("utf-8-sig"))
    return path


def _written(days: Iterable[SpecialDay]) -> str:
    rows = (f"{d.day.isoformat()},{d.kind.value},{_plain(d.name)},{_plain(d.source)}" for d in days)
    return "\r\n".join([_HEAD, *sorted(rows)]) + "\r\n"


def _plain(words: str) -> str:
    return words.replace(",", "，").replace('"', "”").replace("\n", " ").replace("\r", " ")

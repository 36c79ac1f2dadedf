"""The days off and worked that periods are counted by: what is shipped, and the years that were brought in since.

A district or city brings a year in for all its units, as a record that goes down; another unit for its own computer,
as long as nobody above has done it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from desktop import reference
from desktop.operations import audit
from desktop.operations.reference_here import said
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import Role
from desktop.records.reckoning.working_days import SpecialDay, WorkingDayTable
from desktop.records.types import catalogue
from desktop.records.versions.canonical import Cell
from desktop.renaming import write_whole
from desktop.store.ledger import NewRecord, SlotEdit
from desktop.store.peers import traffic
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database

TYPE: Final = "holiday_table"
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
    """The shipped table with the years that were imported in place of its own: here, and before that by those above."""
    table = reference.working_day_table().updated_by(_imported(database))
    for year in _given(database).values():
        table = table.updated_by(year)
    return table


def _given(database: Database) -> dict[int, WorkingDayTable]:
    """The years that this unit has brought in for all below, or one above it; the nearest, and the newest there, last.

    A table with a fault was not written by this program: it counts nowhere.
    """
    found: dict[int, WorkingDayTable] = {}
    for record in said(database, catalogue(), TYPE, traffic.setting(database, "unit_id") or ""):
        with contextlib.suppress(reference.HolidayTableFaulty):
            table = _parsed(str(record.values.get("content") or ""))
            found |= dict.fromkeys(table.years, table)
    return found


@lru_cache(maxsize=32)
def _parsed(content: str) -> WorkingDayTable:
    return reference.parse_working_days(content)


def _imported(database: Database) -> WorkingDayTable:
    kept = traffic.setting(database, _KEPT)
    return reference.parse_working_days(kept) if kept else WorkingDayTable(frozenset())


def import_working_days(session: Session, path: Path) -> tuple[int, ...]:
    """Takes the years of a table (CSV, as :func:`export_working_days` writes it) in place of those that are here.

    At a district or city they go down with the next bundles, and count in all units below. Returns the years. Raises
    ``HolidayTableFaulty`` with the line that is wrong, ``Unreadable``, ``NotAllowed``, also for a year that came from
    above; a faulty table changes nothing.
    """
    session.require(Role.EDITOR, Role.DESK)
    # Loaded where a table is brought in: spreadsheets take longer to load than a letter to print.
    from desktop.documents.workbooks.delimited import encoding_of

    found = reference.parse_working_days(_as_written(path.read_text(encoding_of(path))))
    if not found.years:
        raise reference.HolidayTableFaulty("这张节假日表里没有日期。", "请先按国务院办公厅的通知填写。")
    present = working_days(session.database)
    changed = [year for year in sorted(found.years) if _days_of(found, year) != _days_of(present, year)]
    with session.database.transaction():
        if session.types[TYPE].written_by.admits_level(session.unit.level):
            _give(session, found, changed)
        elif above_all := sorted(_given(session.database).keys() & set(changed)):
            years = "、".join(map(str, above_all))
            raise NotAllowed(
                f"{years}年的放假安排由上级下发，以下发的为准。", "有错的，请告诉区总工会改正后重新下发。"
            )
        else:
            together = _imported(session.database).updated_by(found)
            session.ledger.set_meta(_KEPT, _written(together.days.values()))
        audit.note(session, audit.Act.HOLIDAYS, "、".join(map(str, sorted(found.years))))
    return tuple(sorted(found.years))


def _give(session: Session, found: WorkingDayTable, years: Iterable[int]) -> None:
    """Writes each year as a record, in place of the one that this unit has given before."""
    own = {
        record.values.get("year"): record.id
        for record in reading.records(
            session.database, session.types, Query(TYPE, order=reading.NEWEST_ORDER)
        )
        if record.unit == session.unit.id
    }
    births, edits = [], []
    for year in years:
        days = _days_of(found, year)
        sources = "、".join(dict.fromkeys(day.source for day in days if day.source))
        values: dict[str, Cell] = {
            "year": year, "day_count": len(days), "source": sources[:200] or None,
            "imported_date": session.environment.today().isoformat(), "content": _written(days),
        }  # fmt: skip
        if year in own:
            edits.append(SlotEdit(TYPE, own[year], "table", values))
        else:
            births.append(NewRecord(TYPE, session.ledger.new_id(), session.unit.id, values))
    if births or edits:
        session.ledger.write("导入放假安排", session.operator.name, births=births, edits=edits)


def _days_of(table: WorkingDayTable, year: int) -> list[SpecialDay]:
    return [day for day in table.days.values() if day.day.year == year]


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

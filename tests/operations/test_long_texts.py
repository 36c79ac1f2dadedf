"""Texts that are longer than anybody types: told where they are written, and shown by their beginning."""

from __future__ import annotations

import pytest

from desktop.operations import supervision
from desktop.operations.recording import batches, records, sheets
from desktop.operations.recording.sheets import Line
from desktop.operations.session import Session
from desktop.operations.stations import policy
from desktop.records.declaration import Kind
from desktop.records.display import display
from desktop.records.typed.lengths import TooLong
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NewRecord
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from tests.operations.registers import district

__all__ = ["district"]

LONG = "杭" * 3_000


def test_what_is_longer_than_its_field_takes_is_refused_wherever_it_is_written(district: Session) -> None:
    """The window's fields told it; whoever came by the command line or a sheet wrote megabytes that all others got."""
    one = records.save(district, "enterprise", {"name": "甲公司", "remark": "原来的"}).record
    course = records.save(district, "course", {"name": "培训"}).record
    most = district.types["enterprise"].by_name["name"].longest
    rows = reading.row_numbers(district.database, district.types, Query("enterprise"))
    targets = batches.targets_of(district.types["enterprise"], district.may_write)
    target = next(t for t in targets if t.slot.name == "remark")
    found = batches.survey(
        district.database, district.types["enterprise"], target, list(rows), district.unit.id
    )
    long: dict[str, Cell] = {"name": LONG}
    for write in (
        lambda: records.save(district, "enterprise", long),
        lambda: records.save(district, "enterprise", long, record=one),
        lambda: records.save_many(district, "enterprise", [{"name": "乙公司"}, long]),
        lambda: sheets.save_sheet(district, "名单", [Line("attendance", {**long, "course": course})]),
        lambda: sheets.save_sheet(district, "名单", [Line("enterprise", long, one)]),
        lambda: batches.change(district, found, {"remark": LONG}),
        lambda: policy.birth_of(district, "exclusion", {"note": LONG}),
    ):
        with pytest.raises(TooLong, match=r"最多[0-9]+个字，现在是3000个。"):
            write()
    with pytest.raises(TooLong, match=f"^“单位名称”最多{most}个字，现在是3000个。"):
        records.save(district, "enterprise", long)
    assert [
        r.values["name"] for r in reading.records(district.database, district.types, Query("enterprise"))
    ] == ["甲公司"]


def test_what_others_have_sent_stays_and_is_shown_by_its_beginning(district: Session) -> None:
    cells: dict[str, Cell] = {"name": LONG, "remark": "短"}
    theirs = NewRecord("enterprise", district.ledger.new_id(), district.unit.id, cells)
    district.ledger.write("收到", "王芳", births=[theirs])
    # Whoever saves something else of it is not asked to shorten it.
    records.save(district, "enterprise", {"name": LONG, "remark": "改过"}, record=theirs.record)
    sheets.save_sheet(district, "名单", [Line("enterprise", {"name": LONG, "remark": "又改"}, theirs.record)])
    held = records.load(district, "enterprise", theirs.record)
    assert held is not None
    assert (held.values["name"], held.values["remark"]) == (LONG, "又改")
    name = district.types["enterprise"].by_name["name"]
    shown = display(name, held.values["name"], codes=district.codes)
    assert shown == f"{'杭' * name.longest}…（共3000个字）"


def test_a_letter_begins_without_what_it_cannot_take(district: Session) -> None:
    """Else a case with a long name from others had no letter at all."""
    cells: dict[str, Cell] = {"employer_name": LONG, "summary": "拖欠工资", "source": "inspection"}
    case = NewRecord("case", district.ledger.new_id(), district.unit.id, cells)
    district.ledger.write("收到", "王芳", births=[case])
    made = records.load(
        district, "case_document", supervision.draft(district, case.record, "reminder_letter").record
    )
    assert made is not None
    assert (made.values["addressee"], made.values["subject"]) == (None, "拖欠工资")


def test_no_field_shows_more_than_may_be_typed_into_it(district: Session) -> None:
    """Masked or not; a text that may be typed stands whole."""
    for record_type in district.types.values():
        for field in record_type.fields:
            words = {display(field, "1" * 200_000, codes=district.codes, masked=m) for m in (False, True)}
            assert max(map(len, words)) < field.longest + 40
            if field.kind in (Kind.TEXT, Kind.NOTE) and not field.names_type:
                whole = "字" * field.longest
                assert display(field, whole, codes=district.codes) == whole

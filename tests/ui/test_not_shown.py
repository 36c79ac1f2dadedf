"""What the program itself keeps of a record is seen nowhere: the text of an issued letter and its digest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.operations import supervision
from desktop.operations.session import Session
from desktop.records.declaration import Field, Kind, RecordType, from_json, to_json
from desktop.records.types import catalogue
from desktop.store.ledger import SlotEdit
from desktop.store.queries.reading import Query
from desktop.ui.fields.rows import sections_of
from desktop.ui.forms.history import read_history
from desktop.ui.lists.columns import columns_of
from desktop.ui.pages.case.letter_form import LetterPage
from desktop.ui.pages.imports.columns import targets_of
from desktop.ui.pages.imports.export import ExportPage
from tests.ui.cases import TODAY, drafted, inquired, workspace
from tests.ui.hands import Desk, Windows

pytestmark = pytest.mark.usefixtures("bundled_fonts")

LETTER = catalogue()["case_document"]
KEPT = {"snapshot", "snapshot_digest", "own_snapshot", "own_snapshot_digest"}
SAID = ("全文校验码", "签发时的全文", '"kind"', "{")


@pytest.fixture
def district(tmp_path: Path) -> Session:
    return workspace(tmp_path)


@pytest.fixture
def desk(windows: Windows, district: Session) -> Desk:
    return windows.desk(district)


@pytest.fixture
def letter(district: Session) -> str:
    supervision.set_number_settings(district, "杭西")
    document = drafted(district, inquired(district))
    supervision.issue(district, document, supervision.Signatory("周正", "主席"), TODAY)
    return document


def test_it_is_in_no_form_list_or_table_of_fields() -> None:
    assert {f.name for f in LETTER.fields} - {f.name for f in LETTER.shown_fields} == KEPT
    in_form = {f.name for _, fields in sections_of(LETTER) for f in fields}
    assert in_form == {f.name for f in LETTER.shown_fields}
    assert not KEPT & {c.name for c in columns_of(LETTER)}
    assert not KEPT & set(targets_of(catalogue(), "case_document", []))


def test_the_flag_goes_through_json_and_keeps_a_field_out_of_lists() -> None:
    assert from_json(to_json(LETTER)) == LETTER
    marks: tuple[dict[str, Any], ...] = ({"needed": True}, {"first": True}, {"column": 1}, {"search": True})
    for mark in marks:
        with pytest.raises(ValueError, match="not shown"):
            RecordType("a", "甲", (Field("b", "乙", shown=False, **mark),), ())
    with pytest.raises(ValueError, match="not shown"):
        RecordType("a", "甲", (Field("b", "乙", Kind.NOTE, shown=False),), ("b",))


def test_an_issued_letter_shows_what_was_written_and_not_what_the_program_keeps(
    desk: Desk, district: Session, letter: str
) -> None:
    desk.show("list:case")
    desk.window.open_record("case_document", letter)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, LetterPage)
    assert not KEPT & set(page.form.rows)
    page.tabs.setCurrentWidget(page.history)
    desk.settle()
    said = "\n".join(words for line in page.history.lines for words in line.words)
    assert "杭西工监意〔2026〕1号" in said
    assert not [words for words in SAID if words in said]


def test_its_history_names_units_and_not_their_ids(district: Session, letter: str) -> None:
    here = district.here
    for unit in ("ab" * 16, district.unit.id):
        edit = SlotEdit("case_document", letter, "unit", unit)
        district.ledger.write("改属", "王芳", edits=[edit])
    lines = read_history(district.database, here, LETTER, letter)
    told = [line.value for line in lines if line.slot == "所属单位"]
    assert told[:2] == [district.unit.name, "本机没有登记的单位"]


def test_all_fields_as_a_workbook_are_those_that_are_shown(desk: Desk, letter: str) -> None:
    desk.show("home")
    desk.window.open_page("export", type_name="case_document", query=Query("case_document"))
    desk.settle()
    page = desk.window.page
    assert isinstance(page, ExportPage)
    desk.bench.settings.keep_columns("case_document", ["kind", "snapshot"])
    assert page.shown_fields() == ["kind"], "chosen in an older program"
    page.ways["all"].click()
    assert page.fields() == [f.name for f in LETTER.shown_fields]
    assert not KEPT & set(page.fields())

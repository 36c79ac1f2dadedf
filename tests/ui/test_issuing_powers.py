"""A town with a power in the window: it issues what it was given, drafts the rest, and prints its own letters."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from desktop.operations import supervision
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.records.identity import unit_id
from desktop.records.supervision import LetterKind
from desktop.records.supervision.numbering import Series
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NewRecord, SlotEdit
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.ui.fields.pickers import LinkEditor
from desktop.ui.forms.page import FormPage
from desktop.ui.pages.case.letter_form import LetterPage
from desktop.ui.printing.page import PreviewPage
from tests.ui.cases import WORDS, inquired, opened, texts, workspace
from tests.ui.hands import CTRL, Desk, K, Windows

pytestmark = pytest.mark.usefixtures("bundled_fonts")

TOWN = "杭州市西湖区转塘街道总工会"


@pytest.fixture
def town(tmp_path: Path) -> Session:
    """A town below a district that lets it issue reminders."""
    session = workspace(tmp_path, Level.TOWN, TOWN, "330106010")
    district = unit_id("district", "330106")
    units: dict[str, dict[str, Cell]] = {
        district: {"name": "杭州市西湖区总工会", "code": "330106", "level": "district", "superior": None},
        session.unit.id: {"name": TOWN, "code": "330106010", "level": "town", "superior": district},
    }
    power: dict[str, Cell] = {
        "holder": session.unit.id,
        "kinds": "reminder_letter",
        "from_date": "2026-10-01",
    }
    births = [NewRecord("unit", key, district, values) for key, values in units.items()]
    births.append(NewRecord("issuing_power", session.environment.random(16).hex(), district, power))
    session.ledger.write("入网", "王芳", births=births)
    return session


@pytest.fixture
def desk(windows: Windows, town: Session) -> Desk:
    return windows.desk(town)


def buttons(desk: Desk, words: str) -> list[QPushButton]:
    page = desk.window.page
    assert page is not None
    return [b for b in page.findChildren(QPushButton) if b.text().startswith(words) and b.isVisible()]


def test_a_town_issues_what_it_was_given_and_drafts_the_rest(desk: Desk, town: Session) -> None:
    record = inquired(town)
    reminder = supervision.draft(town, record, "reminder_letter", WORDS).record
    opinion = supervision.draft(town, record, "opinion_letter", WORDS).record
    desk.show("list:case_document")
    desk.window.open_record("case_document", opinion)
    desk.settle()
    form = desk.window.page
    assert isinstance(form, LetterPage)
    form.form.go_to("own_document_number")
    desk.settle()
    desk.look("town-draft-form")
    assert form.form.rows["own_document_number"].editor.locked
    assert not form.form.rows["facts"].editor.locked
    tab = opened(desk, record)
    assert tab.view is not None
    assert tab.view.numbers.kinds == {LetterKind.REMINDER}
    assert texts(tab.letters).count("由区总工会审核、编号、印发") == 1
    assert "本单位没有授权" not in texts(tab.letters)
    desk.look("town-drafts")
    (issue,) = buttons(desk, "签发编号…")
    desk.click(issue)
    assert tab.front is tab.numbers
    asked = [series for series, line in tab.numbers.series.items() if not line.following.isHidden()]
    assert asked == [Series.REMINDER]
    desk.look("town-asks")
    desk.type("杭转")
    desk.press(K.Key_Return, K.Key_Return)
    assert tab.view.numbers.following == {"reminder_letter": 1}
    desk.look("town-numbers")
    (issue,) = buttons(desk, "签发编号…")
    desk.click(issue)
    desk.type("吴敏")
    desk.press(K.Key_Return)
    desk.type("副主席")
    desk.press(K.Key_Return, K.Key_Return)
    letters = tab.view.file.by_id
    assert (letters[reminder].number, letters[opinion].number) == ("杭转工监提〔2026〕1号", "")
    assert tab.view.state.in_order
    assert f"由{TOWN}2026-11-27签发" in texts(tab.letters)
    assert TOWN in texts(tab.timeline)
    desk.look("town-issued")
    (show,) = buttons(desk, "预览和打印")
    desk.click(show)
    preview = desk.window.page
    assert isinstance(preview, PreviewPage)
    alone = len(preview.pages.sheets)
    preview.more.setFocus()
    desk.press(K.Key_Space)
    desk.settle()
    assert preview.more.text() == "连同回证、存根"
    assert len(preview.pages.sheets) == alone + 2
    desk.look("town-preview")
    desk.window.back()
    desk.settle()
    desk.window.open_record("case_document", reminder)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, LetterPage)
    assert page.issued
    assert "已签发（杭转工监提〔2026〕1号）" in page.banner.words
    desk.look("town-letter")
    letters_list = desk.show("list:case_document")
    assert "打印文书" in letters_list.shortcuts()["Ctrl+P"]
    desk.look("town-list")


def test_the_district_gives_a_power_by_the_keyboard(windows: Windows, tmp_path: Path) -> None:
    district = workspace(tmp_path)
    town = unit_id("town", "330106010")
    unit: dict[str, Cell] = {
        "name": TOWN, "code": "330106010", "level": "town", "superior": district.unit.id,
    }  # fmt: skip
    grants: list[dict[str, Cell]] = [
        {"label": TOWN, "station": name * 64, "holder": town, "issued": day}
        for name, day in (("3", "2026-10-12"), ("c", "2026-11-20"))
    ]
    births = [NewRecord("unit", town, district.unit.id, unit)]
    births += [NewRecord("grant", district.ledger.new_id(), district.unit.id, grant) for grant in grants]
    district.ledger.write("入网", "王芳", births=births)
    desk = windows.desk(district)
    desk.show("list:issuing_power")
    desk.look("powers-empty")
    desk.press(K.Key_N, modifier=CTRL)
    page = desk.window.page
    assert isinstance(page, FormPage)
    desk.look("power-form")
    holder = page.form.rows["holder"].editor
    assert isinstance(holder, LinkEditor)
    desk.type("转塘")
    desk.qtbot.waitUntil(lambda: holder.line.is_open)
    desk.press(K.Key_Return)
    desk.press(K.Key_Space)
    desk.press(K.Key_Tab, K.Key_Tab)
    desk.type("20261001")
    computer = page.form.rows["desk"].editor
    assert isinstance(computer, LinkEditor)
    computer.take_focus()
    desk.type("转塘")
    desk.qtbot.waitUntil(lambda: computer.line.is_open)
    desk.look("power-typed")
    desk.press(K.Key_Down, K.Key_Return)
    desk.press(K.Key_S, modifier=CTRL)
    (power,) = reading.records(district.database, district.types, Query("issuing_power"))
    held = {name: power.values[name] for name in ("holder", "kinds", "from_date", "until_date")}
    assert held == {"holder": town, "kinds": "reminder_letter", "from_date": "2026-10-01", "until_date": None}
    named = records.load(district, "grant", str(power.values["desk"]))
    assert named is not None
    assert named.values["station"] in {"3" * 64, "c" * 64}
    desk.show("list:issuing_power")
    desk.look("powers")


def test_the_district_sees_a_town_s_letter_and_may_void_it(windows: Windows, tmp_path: Path) -> None:
    district = workspace(tmp_path)
    town = unit_id("town", "330106010")
    units: dict[str, Cell] = {
        "name": TOWN, "code": "330106010", "level": "town", "superior": district.unit.id,
    }  # fmt: skip
    power: dict[str, Cell] = {"holder": town, "kinds": "reminder_letter", "from_date": "2026-10-01"}
    births = [
        NewRecord("unit", town, district.unit.id, units),
        NewRecord("issuing_power", district.environment.random(16).hex(), district.unit.id, power),
    ]
    district.ledger.write("入网", "王芳", births=births)
    record = inquired(district)
    document = supervision.draft(district, record, "reminder_letter", WORDS).record
    cells = {f.name: None for f in district.types["case_document"].slots["own_issue"].fields}
    issue = {
        **cells, "own_document_number": "杭转工监提〔2026〕1号", "own_issue_date": "2026-11-10",
        "own_issuing_unit": town, "own_issuing_body": TOWN, "own_signer": "吴敏", "own_signer_post": "副主席",
    }  # fmt: skip
    edit = SlotEdit("case_document", document, "own_issue", issue)
    district.ledger.write("写入", "王芳", edits=[edit])
    desk = windows.desk(district)
    tab = opened(desk, record)
    assert tab.view is not None
    assert tab.view.state.in_order
    assert tab.view.signer is None
    assert buttons(desk, "预览和打印") == []
    assert f"由{TOWN}2026-11-10签发" in texts(tab.letters)
    desk.look("district-sees")
    (void,) = buttons(desk, "作废…")
    desk.click(void)
    desk.type("主送单位名称有误")
    desk.press(K.Key_Return)
    letter = tab.view.file.by_id[document]
    assert (letter.own, letter.stands, str(letter.voided)) == (True, False, "2026-11-27")

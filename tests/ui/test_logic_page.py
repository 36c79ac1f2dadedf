"""The logic check in the window: F7 looks through everything, leads to the field, and says when all is right."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtTest import QTest

from desktop.operations.recording import checking, records
from desktop.operations.session import Session
from desktop.records.versions.canonical import Cell
from desktop.ui.forms.page import FormPage
from desktop.ui.pages.logic import LogicPage
from tests.ui.hands import CTRL, Desk, K

FIRM = {
    "name": "径山茶业有限公司", "uscc": "91330106MA2ABCDEX7", "town": "330110109", "status": "active",
    "union_state": "N",
}  # fmt: skip


def opened(desk: Desk) -> LogicPage:
    desk.show("list:enterprise")
    desk.press(K.Key_F7)
    page = desk.window.page
    assert isinstance(page, LogicPage)
    return page


def test_errors_come_first_and_lead_to_the_field_that_is_mended(desk: Desk, town: Session) -> None:
    meeting = {"kind": "union_committee", "name": "第一次会议", "started_date": "2026-11-20", "venue": "三楼"}
    first = records.save(town, "meeting", {**meeting, "expected_count": 3, "present_count": 9}).record
    records.save(town, "meeting", {"name": "第二次会议", "started_date": "2026-11-21"})
    page = opened(desk)
    assert page.report is not None
    assert page.report.total == 2
    tones = [problem.severity for problem in page.problems]
    assert tones == sorted(tones, key=lambda s: s.value)
    place = next(p for problem in page.problems for p in problem.places if p.record == first)
    row = next(n for n, problem in enumerate(page.problems) if place in problem.places)
    page.groups.setCurrentIndex(page.groups.rows.index(row, 0))
    desk.press(K.Key_Return)
    assert page.places.hasFocus()
    for n, problem in reversed(list(enumerate(page.problems))):
        page.groups.setCurrentIndex(page.groups.rows.index(n, 0))
        alike = problem.rule != "needed"
        assert page.places.isColumnHidden(1) is alike, "what is the same everywhere stands at the left"
    page.groups.setCurrentIndex(page.groups.rows.index(row, 0))
    page.places.setCurrentIndex(page.places.rows.index(0, 0))
    desk.press(K.Key_Return)
    form = desk.window.page
    assert isinstance(form, FormPage)
    assert form.record == first
    editor, cursor = form.form.rows[place.field].editor, desk.focus()
    assert editor is cursor or editor.isAncestorOf(cursor)


def test_while_the_first_check_runs_its_progress_stands_below_the_words(
    desk: Desk, town: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, go_on = checking.check_all, threading.Event()

    def waiting(*given: Any, **named: Any) -> checking.Report:
        go_on.wait(10)
        return look(*given, **named)

    monkeypatch.setattr(checking, "check_all", waiting)
    desk.show("list:enterprise")
    QTest.keyClick(desk.focus(), K.Key_F7)
    page = desk.window.page
    assert isinstance(page, LogicPage)
    desk.qtbot.waitUntil(page.bar.isVisible)
    desk.qtbot.wait(50)
    try:
        assert page.bar.geometry().bottom() < page.height() // 4
    finally:
        go_on.set()
        desk.settle()


def test_the_line_at_the_foot_counts_as_the_one_above(desk: Desk, town: Session) -> None:
    firm: dict[str, Cell] = {
        "name": "杭州示例有限公司",
        "town": "330110109",
        "surveyed_staff": 3,
        "women_count": 9,
    }
    records.save(town, "enterprise", firm)
    page = opened(desk)
    assert page.report is not None
    assert sum(len(problem.places) for problem in page.problems) > len(page.report.found)
    assert "，1条要看：" in page.verdict.words.text()
    assert page.status().words == "1条要看"


def test_what_was_mended_is_gone_when_one_comes_back(desk: Desk, town: Session) -> None:
    records.save(
        town, "visit", {"visitors": "陈喆", "enterprise": records.save(town, "enterprise", FIRM).record}
    )
    page = opened(desk)
    missing = next(p for p in page.problems if p.type == "visit" and p.rule == "needed")
    (place,) = missing.places
    lacking = int(place.message.removeprefix("缺必填").partition("项：")[0])
    assert lacking == len(place.message.partition("：")[2].split("、")) > 1, "one line for all of them"
    desk.window.open_record(place.type, place.record, place.field)
    desk.settle()
    form = desk.window.page
    assert isinstance(form, FormPage)
    desk.type("20261120")
    desk.press(K.Key_S, modifier=CTRL)
    desk.window.back()
    desk.settle()
    assert desk.window.page is page
    missing = next(p for p in page.problems if p.type == "visit" and p.rule == "needed")
    assert missing.places[0].message.startswith(f"缺必填{lacking - 1}项：")


def test_all_right_and_nothing_there_are_said(
    desk: Desk, town: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(desk)
    assert "还没有记录" in page.empty.sentence.text()
    records.save(town, "enterprise", FIRM)
    monkeypatch.setattr(checking, "check_all", lambda *_a, **_k: checking.Report(1, ()))
    desk.press(K.Key_F7)
    assert page.empty.isVisible()
    assert page.empty.sentence.text() == "逻辑正确"
    assert page.status().words == "逻辑正确"


def test_a_long_check_is_stopped_and_lists_are_read_meanwhile(
    desk: Desk, town: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        records.save(town, "enterprise", {"name": f"径山第{n}厂"})
    page = opened(desk)
    before = page.report
    monkeypatch.setattr(checking, "_PAGE", 1)
    page.check()
    page.cancel()
    desk.settle()
    assert page.report is before
    assert page.again.isEnabled()
    assert not page.bar.isVisible()


def test_records_of_the_program_are_not_asked_for(town: Session) -> None:
    assert checking.logic_check(town).total == 0
    records.save(town, "enterprise", FIRM)
    assert checking.logic_check(town).total == 1

"""The page 下一步走访: rows say why, lead to the enterprise and to its visit, and can be narrowed to one village."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.ui.page import Act
from desktop.ui.pages.home.page import HomePage
from desktop.ui.pages.next_visits import NextVisitsPage
from tests.operations.stations import station
from tests.ui.hands import Hands, Windows

TOWN, VILLAGE = "330110109", "330110109222"


@pytest.fixture
def town(tmp_path: Path) -> Session:
    """A town with three firms, two of them in one village, and one of which nothing but its name is known."""
    session = station(tmp_path, TOWN, "径山镇总工会", Level.TOWN)
    for name, staff, village in (
        ("径山茶厂", 150, VILLAGE),
        ("双溪竹器厂", 30, None),
        ("径山民宿", 8, VILLAGE),
    ):
        given: dict[str, Cell] = {
            "name": name,
            "sector": "non_public",
            "surveyed_staff": staff,
            "town": TOWN,
            "village": village,
        }
        records.save(session, "enterprise", given)
    return session


@pytest.fixture
def hands(windows: Windows, town: Session) -> Hands:
    return windows.desk(town)


def shown(hands: Hands) -> NextVisitsPage:
    page = hands.show("next")
    assert isinstance(page, NextVisitsPage)
    return page


def names(page: NextVisitsPage) -> list[str]:
    return [line.texts[0] for line in page.grid.rows.lines]


def test_rows_say_why_and_enter_opens_the_enterprise(hands: Hands) -> None:
    page = shown(hands)
    assert names(page) == ["径山茶厂", "双溪竹器厂", "径山民宿"]
    first = page.grid.rows.lines[0].texts
    assert first[1:] == ("径山村委会", "150人没有建会，百人以上应当建会；还没有走访过", "50", "没有去过", "1")
    assert page.grid.hasFocus()
    hands.qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    hands.settle()
    assert getattr(hands.window.page, "record", None) == page.visits[0].record


def test_one_village_is_shown_alone_and_all_again(hands: Hands) -> None:
    page = shown(hands)
    hands.click(page.around)
    assert names(page) == ["径山茶厂", "径山民宿"]
    assert "径山村" in page.scope.text()
    hands.click(page.town)
    assert len(names(page)) == 3
    hands.click(page.everywhere)
    assert len(names(page)) == 3
    assert not page.everywhere.isVisible()


def test_ctrl_n_records_a_visit_of_today_and_the_reason_goes(hands: Hands) -> None:
    page = shown(hands)
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    form = hands.window.page
    assert form is not None
    assert "走访" in form.title
    firm, today = page.visits[0].record, hands.session.environment.today().isoformat()
    hands.bench.write(
        "走访",
        lambda session, _ticket: records.save(session, "visit", {"enterprise": firm, "visit_date": today}),
    )
    hands.settle()
    hands.show("next")
    (row,) = [line.texts for line in page.grid.rows.lines if line.key.record == firm]
    assert (row[2], row[4]) == ("150人没有建会，百人以上应当建会", today)
    assert names(page)[0] == "双溪竹器厂", "as many points, and nobody was ever there"


def test_the_home_page_leads_here_and_the_list_is_printed(hands: Hands) -> None:
    home = hands.show("home")
    assert isinstance(home, HomePage)
    hands.click(home.next)
    page = hands.window.page
    assert isinstance(page, NextVisitsPage)
    page.acts()[Act.PRINT]()
    hands.settle()
    assert hands.window.page is not page
    assert "走访" in hands.window.page.title  # type: ignore[union-attr]


def test_nothing_to_visit_is_said(hands: Hands) -> None:
    page = shown(hands)
    for visit in page.visits:
        records.save(hands.session, "enterprise", {"status": "deregistered"}, record=visit.record)
    page.refresh(None)
    hands.settle()
    assert page.empty.isVisible()
    assert page.acts() == {}

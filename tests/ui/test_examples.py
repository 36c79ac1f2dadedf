"""An empty list of a type with examples offers them; taking them over is one step."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.ui.lists.page import ListPage
from tests.operations.stations import station
from tests.ui.hands import CTRL, Desk, K, Windows


@pytest.fixture
def district(tmp_path: Path) -> Session:
    return station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)


@pytest.fixture
def desk(windows: Windows, district: Session) -> Desk:
    return windows.desk(district)


def test_examples_are_put_into_an_empty_list_and_taken_back_by_a_key(desk: Desk) -> None:
    page = desk.show("list:assessment_template")
    assert isinstance(page, ListPage)
    offer = page.list.empty.secondary
    assert offer.text() == "放入示例（非官方）"
    offer.setFocus()
    QTest.keyClick(offer, K.Key_Space)
    desk.settle()
    assert page.list.model.rowCount() == 2
    QTest.keyClick(page, K.Key_Z, CTRL)
    desk.settle()
    assert page.list.model.rowCount() == 0
    other = desk.show("list:assessment")
    assert isinstance(other, ListPage)
    assert other.list.empty.secondary.text() == "从表格导入"

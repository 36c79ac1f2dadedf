"""Changing the root and renewing a laptop's keys, with mouse and files, on both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.operations.session import Session, open_session
from desktop.operations.stations import applying, enrolling, exchange, roots
from desktop.operations.workspaces import operators
from desktop.records.declaration import Level, Role
from desktop.store.workspaces.workspace import CopyMustEnrol
from desktop.sync.authority import station as stations
from desktop.ui.dialogs import Answer
from desktop.ui.pages.sync.page import ENROLMENT, SyncPage
from tests.operations.stations import CHEAP, enrol, repeatable, report_up, station
from tests.ui.hands import Hands, Windows

Open = Callable[[Session], tuple[Hands, SyncPage]]


@pytest.fixture
def open_page(windows: Windows) -> Open:
    """Opens the part about enrolment over a session."""

    def opening(session: Session) -> tuple[Hands, SyncPage]:
        hands, page = windows.page(session, "sync", SyncPage)
        page.tabs.setCurrentIndex(ENROLMENT)
        hands.settle()
        return hands, page

    return opening


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    """A district and a village of it that has its first receipt."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, tmp_path)
    report_up(village, district, tmp_path)
    return district, village


def test_the_root_is_changed_by_whoever_says_yes_and_the_village_is_told(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, village = pair
    hands, page = open_page(district)
    before = page.root.words.text()
    assert before
    assert page.root.renew.isHidden()
    hands.dialogs.answers = [Answer.NO]
    hands.click(page.root.change)
    assert page.root.words.text() == before
    hands.dialogs.answers = [Answer.YES]
    hands.click(page.root.change)
    after = page.root.words.text()
    assert after != before
    assert "没有更换过" in before
    assert "更换过1次" in after
    assert "导出回执" in page.root.note.detail.text()
    hands.look("root-changed")
    exchange.send(district, tmp_path / "回执.xsj", to=village.ledger.station)

    below, seen = open_page(village)
    assert seen.root.words.text() == before
    assert seen.root.change.isHidden()
    below.drop(seen.merge.drop, [tmp_path / "回执.xsj"])
    below.click(seen.merge.merge)
    (words,) = roots.current(village.database, village.ledger.station).words
    assert f"本机已改用新的，核对词语是：{words}" in seen.merge.note.detail.text()
    assert seen.root.words.text() == after
    below.look("root-followed")


def test_a_laptop_renews_its_keys_with_the_three_files(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, village = pair
    first = stations.load_keys(village.ledger).public_key
    hands, page = open_page(village)
    hands.dialogs.paths = [tmp_path / "换.xsq"]
    hands.click(page.root.renew)
    assert "批准文件（.xsg）" in page.root.note.detail.text()
    hands.look("keys-asked")
    made = enrolling.grant(district, tmp_path / "换.xsq", tmp_path / "换.xsg", compared=None)
    assert f"请念：{made.words}" in page.root.note.words.text()
    assert page.root.waiting.isHidden(), "once is enough"
    page.root.note.hide()
    page.root.load()
    hands.settle()
    assert f"请念：{made.words}" in page.root.waiting.text(), (
        "as where the window was closed before the telephone rang"
    )
    assert page.root.waiting.isVisible()
    hands.drop(page.merge.drop, [tmp_path / "换.xsg"])
    assert page.enrol.accept_button.isVisible(), "the steps were folded away"
    hands.look("keys-offered")
    hands.click(page.enrol.accept_button)
    assert stations.load_keys(village.ledger).public_key != first
    assert page.root.waiting.isHidden()
    assert page.root.note.isHidden()
    said = page.enrol.note
    assert "登记和上报照常" in said.detail.text()


def test_what_is_said_of_the_grant_is_in_sight_when_the_steps_are_folded_away(
    open_page: Open, tmp_path: Path
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, tmp_path, delegate=True)
    report_up(town, district, tmp_path)
    hands, page = open_page(town)
    hands.window.resize(1000, 472)
    applying.request(town, tmp_path / "换.xsq", renew=True)
    enrolling.grant(district, tmp_path / "换.xsq", tmp_path / "换.xsg", delegate=True, compared=None)
    hands.drop(page.merge.drop, [tmp_path / "换.xsg"])
    assert not page.enrol.accept_button.visibleRegion().isEmpty()
    hands.bench.facts = replace(hands.bench.facts, not_yet=CopyMustEnrol("这是从另一台电脑复制来的台账。"))
    hands.click(page.enrol.accept_button)
    said = page.enrol.note
    assert said.visibleRegion().boundingRect().height() == said.height()
    assert "请关闭程序再打开一次，就可以录入了" in said.detail.text(), "of a copy no page knows it yet"


def test_only_an_administrator_may_change_the_root(open_page: Open, pair: tuple[Session, Session]) -> None:
    district, _ = pair
    operators.put(district, "李四", Role.DESK, "password2", CHEAP)
    district.workspace.close()
    clerk = open_session(district.workspace.folder, "李四", "password2", repeatable("clerk"))
    _, page = open_page(clerk)
    assert not page.root.change.isEnabled()
    assert "管理员" in page.root.change.toolTip()

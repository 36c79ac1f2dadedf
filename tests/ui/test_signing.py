"""Signing a bundle in the window with mouse and keys, and what the district sees of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.errors import Problem
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.stations import covers, exchange, roots, signing
from desktop.operations.workspaces import operators
from desktop.records.declaration import Level, Role
from desktop.records.duties import HANDLER, HEAD
from desktop.store.queries import reading
from desktop.sync.errors.persons import HeadNotSigned, NobodySigned
from desktop.ui.forms.page import FormPage
from desktop.ui.forms.record_page import RecordPage
from desktop.ui.pages.operators import OperatorsPage
from desktop.ui.pages.sync.page import SyncPage
from desktop.ui.pages.sync.sign import SignDialog
from tests.operations.stations import CHEAP, enrol, report_up, station
from tests.ui.hands import Hands
from tests.ui.house import Hand, picture

CHEN, QIAN = "陈经办", "钱主席"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Session, Session]]:
    """A district that asks for two signatures, and a town where two can sign and something waits to be sent."""
    district = station(tmp_path, "330106", "西湖区总工会", Level.DISTRICT)
    town = station(tmp_path, "330106010", "转塘街道总工会", Level.TOWN)
    enrol(town, district, tmp_path)
    records.save(district, "unit", {"signatures": "two"}, record=district.unit.id)
    report_up(town, district, tmp_path)
    operators.put(town, CHEN, Role.EDITOR, "chen-password", CHEAP, duty=HANDLER)
    operators.put(town, QIAN, Role.READER, "qian-password", CHEAP, duty=HEAD)
    records.save(town, "enterprise", {"name": "茶厂"})
    yield district, town
    for session in (district, town):
        session.workspace.close()


def sign(qtbot: QtBot, hands: Hands, dialog: SignDialog, password: str) -> None:
    """Types the password where the cursor stands, then Enter."""
    assert dialog.password.hasFocus()
    qtbot.keyClicks(dialog.password, password)
    qtbot.keyClick(dialog.password, Qt.Key.Key_Return)
    hands.settle()


def sheet_checked(desk: Session, path: Path) -> Problem | None:
    """What the page that holds a cover sheet against a file has against it, before anything is merged."""
    held, asks = roots.believed_roots(desk.database), signing.wanted_above(desk.database, desk.unit.id)
    found = covers.examine(path, held, desk.ledger.station, asks)
    assert found.stands is (found.problem is None)
    assert found.duties == (frozenset() if found.problem else {HANDLER, HEAD})
    return found.problem


def test_both_sign_after_the_export_and_the_district_takes_it(
    qtbot: QtBot, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, town = pair
    stick = tmp_path / "U盘"
    stick.mkdir()
    below = Hands(qtbot, town, tmp_path)
    page = below.show("sync")
    assert isinstance(page, SyncPage)
    assert "经办人和负责人的签名才收" in page.send.rule.text()
    below.dialogs.paths = [stick]
    page.send.export.setFocus()
    qtbot.keyClick(page.send.export, Qt.Key.Key_Space)
    below.settle()
    (path,) = stick.iterdir()
    assert page.send.sign.hasFocus(), "it is not handed over before it is signed"
    assert isinstance(sheet_checked(district, path), NobodySigned)
    refused = exchange.merge(district, [path], preview=True).bundles[0].problem
    assert refused is not None
    assert "复核签名" in str(refused)

    qtbot.keyClick(page.send.sign, Qt.Key.Key_Space)
    below.settle()
    dialog = page.send.signer.dialog
    assert isinstance(dialog, SignDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert "新增1项" in dialog.facts.text()
    assert "企业新增1条" in dialog.facts.text()
    assert "还要经办人和负责人的签名" in dialog.state.text()
    assert [dialog.who.itemText(n) for n in range(dialog.who.count())] == [
        f"{CHEN}（经办人）",
        f"{QIAN}（负责人）",
    ]
    below.look("sign-page")
    picture(dialog, "sign-first")
    sign(qtbot, below, dialog, "qian-password")
    assert "“陈经办”的口令不对" in dialog.note.detail.text()
    assert "忘了的，请管理员在“操作员”里让本人设一个新口令，再导出一次" in dialog.note.detail.text()
    assert dialog.password.text() == ""
    qtbot.keyClick(dialog.who, Qt.Key.Key_Down)
    assert not dialog.note.isVisible(), "what came of the password of one stood beside the name of the other"
    qtbot.keyClick(dialog.who, Qt.Key.Key_Up)
    dialog.password.setFocus()
    sign(qtbot, below, dialog, "chen-password")
    assert "还要负责人的签名" in dialog.state.text()
    assert isinstance(sheet_checked(district, path), HeadNotSigned)
    sign(qtbot, below, dialog, "qian-password")
    assert sheet_checked(district, path) is None
    assert "签名齐了" in dialog.state.text()
    assert not dialog.password.isVisible()
    picture(dialog, "sign-both")
    assert dialog.close_button.hasFocus()
    qtbot.keyClick(dialog.close_button, Qt.Key.Key_Return)
    assert not dialog.isVisible(), "Enter on the button under the cursor meant the one that is hidden"
    below.settle()
    # The dialog is a window of its own, and the only one.
    below.strangers.seen = [w for w in below.strangers.seen if "SignDialog" not in w]
    below.close()

    above = Hands(qtbot, district, tmp_path)
    desk = above.show("sync")
    assert isinstance(desk, SyncPage)
    assert desk.below.rule.text() == "收下级的数据包：要经办人和负责人签名"
    above.drop(desk.merge.drop, [path])
    assert f"经办人{CHEN}、负责人{QIAN}已签" in desk.merge.grid.rows.lines[0].texts[-1]
    above.settle()
    column = desk.merge.grid.columnWidth(len(desk.merge.grid.rows.columns) - 1)
    metrics = desk.merge.grid.fontMetrics()
    lines = metrics.horizontalAdvance(desk.merge.grid.rows.lines[0].texts[-1]) / (column - 20)
    assert desk.merge.grid.rowHeight(0) >= lines * metrics.height(), "the table cuts the second name"
    above.look("sign-district")
    above.click(desk.merge.merge)
    assert "收下1项" in desk.merge.note.words.text()
    above.close()


def test_a_duty_that_nobody_has_is_told_before_anybody_signs(
    qtbot: QtBot, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    _, town = pair
    operators.put(town, CHEN, Role.EDITOR, "chen-password", CHEAP, duty="")
    sent = exchange.send(town, tmp_path / "未签.xsj")
    operators.put(town, QIAN, Role.READER, "another-password", CHEAP, duty=HEAD)
    below = Hands(qtbot, town, tmp_path)
    page = below.show("sync")
    assert isinstance(page, SyncPage)
    page.send.signer.open(sent.path, tmp_path)
    below.settle()
    dialog = page.send.signer.dialog
    assert isinstance(dialog, SignDialog)
    assert "本机还没有能以经办人签名的人：请管理员在“操作员”里设好，再导出一次。" in dialog.state.text()
    assert (
        "负责人钱主席在导出以后才设好或者换过口令，签不了这个文件：请关闭，再导出一次" in dialog.state.text()
    )
    picture(dialog, "sign-late")
    dialog.reject()
    below.settle()
    below.strangers.seen = [w for w in below.strangers.seen if "SignDialog" not in w]
    below.close()


def test_an_unsigned_bundle_says_at_the_district_what_to_do(
    qtbot: QtBot, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, town = pair
    sent = exchange.send(town, tmp_path / "未签.xsj")
    above = Hands(qtbot, district, tmp_path)
    desk = above.show("sync")
    assert isinstance(desk, SyncPage)
    above.drop(desk.merge.drop, [sent.path])
    assert "缺经办人和负责人的签名" in desk.merge.note.detail.text()
    assert "复核签名" in desk.merge.note.detail.text()
    above.look("sign-refused")
    above.close()


def test_the_district_sets_the_rule_in_its_own_record(
    qtbot: QtBot, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, _ = pair
    above = Hands(qtbot, district, tmp_path)
    desk = above.show("sync")
    assert isinstance(desk, SyncPage)
    above.click(desk.below.rule)
    form = above.window.page
    assert isinstance(form, FormPage)
    hand = Hand(qtbot, above.window)
    hand.control(Qt.Key.Key_A)
    hand.type("负责人签名")
    hand.press(Qt.Key.Key_Return)
    hand.control(Qt.Key.Key_S)
    hand.settle()
    held = reading.record(district.database, district.types, "unit", district.unit.id)
    assert held is not None
    assert held.values["signatures"] == "head"
    above.look("sign-rule")
    above.close()


def test_a_town_looks_at_the_rule_that_the_district_sets_for_it(
    qtbot: QtBot, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    _, town = pair
    below = Hands(qtbot, town, tmp_path)
    page = below.show("sync")
    assert isinstance(page, SyncPage)
    assert "由上级在本单位的记录里改" in page.below.rule.toolTip()
    below.click(page.below.rule)
    form = below.window.page
    assert isinstance(form, RecordPage)
    assert form.banner.isVisible()
    assert "这条记录归“西湖区总工会”管，这里只能查看" in form.banner.words
    hand = Hand(qtbot, below.window)
    hand.press(Qt.Key.Key_Down)
    hand.press(Qt.Key.Key_Return)
    hand.control(Qt.Key.Key_S)
    hand.settle()
    assert not form.form.dirty
    assert all(row.editor.locked for row in form.form.rows.values())
    below.look("sign-rule-town")
    below.close()


def test_who_may_not_sign_yet_is_told_before_the_export(
    qtbot: QtBot, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    _, town = pair
    operators.put(town, QIAN, Role.READER, "qian-password", CHEAP, duty="")
    below = Hands(qtbot, town, tmp_path)
    page = below.show("sync")
    assert isinstance(page, SyncPage)
    assert "没有能以负责人签名的人，请先在“操作员”里设好，再导出" in page.send.rule.text()
    below.click(page.send.to_operators)
    assert isinstance(below.window.page, OperatorsPage), "who may put it right is led there"
    below.close()

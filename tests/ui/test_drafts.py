"""What is typed and not saved: kept while typing, offered after a crash, gone when it is saved or given up."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.operations.recording import records
from desktop.operations.session import open_session
from desktop.records.versions.canonical import Cell
from desktop.store.tables.database import DiskFull
from desktop.store.workspaces.drafts import Draft, Drafts
from desktop.ui.dialogs import Answer
from desktop.ui.draft_dialog import DraftDialog, words_for
from desktop.ui.settings import Settings
from desktop.ui.workbench import Workbench
from tests.ui.house import OPERATOR, PASSWORD, FakeDialogs, Hand, make_session, open_window
from tests.ui.typist import NAME

K = Qt.Key
PATIENCE_S = 120


def drafts_of(hand: Hand, bench: Workbench) -> list[Draft]:
    found: list[Draft] = []
    bench.drafts.all(found.extend, bench)
    hand.settle()
    return found


def words_on(hand: Hand) -> str:
    page = hand.window.page
    assert page is not None
    return "；".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_typing_is_kept_after_a_short_pause_and_dropped_by_the_save(hand: Hand, bench: Workbench) -> None:
    hand.control(K.Key_N)
    hand.settle()
    hand.type("杭州草稿有限公司")
    hand.pause()
    (draft,) = drafts_of(hand, bench)
    assert draft.texts["name"] == "杭州草稿有限公司"
    assert "草稿1份" in hand.window.statusbar._drafts.text()
    hand.type("二")
    hand.pause()
    (draft,) = drafts_of(hand, bench)
    assert draft.texts["name"] == "杭州草稿有限公司二"
    hand.control(K.Key_S)
    hand.settle()
    assert drafts_of(hand, bench) == []


def test_a_draft_that_a_full_disk_does_not_take_is_not_said_to_be_kept(
    hand: Hand, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand.control(K.Key_N)
    hand.settle()
    with monkeypatch.context() as full:
        full.setattr(Drafts, "keep", lambda *_: (_ for _ in ()).throw(DiskFull("磁盘满了，这一步没有做完。")))
        hand.type("杭州草稿有限公司")
        hand.pause()
        hand.settle()
        assert "草稿没有留下" in words_on(hand)
    hand.type("二")
    hand.pause()
    hand.settle()
    assert "已留草稿" in words_on(hand)


def test_giving_up_the_changes_gives_up_the_draft(hand: Hand, bench: Workbench, dialogs: FakeDialogs) -> None:
    hand.control(K.Key_N)
    hand.settle()
    hand.type("不要了")
    hand.pause()
    assert drafts_of(hand, bench)
    dialogs.answers = [Answer.NO]
    hand.press(K.Key_Escape)
    hand.settle()
    assert drafts_of(hand, bench) == []


def test_typing_back_what_stood_there_leaves_no_draft(hand: Hand, bench: Workbench) -> None:
    hand.control(K.Key_N)
    hand.settle()
    hand.type("甲")
    hand.pause()
    hand.press(K.Key_Backspace)
    hand.pause()
    assert drafts_of(hand, bench) == []


def test_a_draft_of_an_old_record_is_laid_over_it(hand: Hand, bench: Workbench) -> None:
    hand.control(K.Key_N)
    hand.settle()
    hand.enter("杭州原名有限公司")
    hand.control(K.Key_S)
    hand.settle()
    record = hand.form_page.record
    assert record is not None
    hand.press(K.Key_Escape)
    draft = Draft(f"enterprise:{record}", "enterprise", record, 1, {"surveyed_staff": "四五十", "gone": "x"})
    hand.window.open_draft(draft)
    hand.settle()
    form = hand.form_page.form
    assert form.rows["name"].editor.text() == "杭州原名有限公司"
    assert form.rows["surveyed_staff"].editor.text() == "四五十"
    assert form.dirty
    assert hand.focus in form.rows["surveyed_staff"].editor.inputs()  # on from where the typing ended


def test_words_that_are_no_code_are_none_after_they_were_a_draft(hand: Hand, bench: Workbench) -> None:
    texts = {"name": "杭州草稿有限公司", "union_state": "11/22", "status": "active"}
    hand.window.open_draft(Draft("enterprise:new:2", "enterprise", "", 1, texts))
    hand.settle()
    assert [row.field.name for row in hand.form_page.form.unreadable()] == ["union_state"]


def test_a_draft_is_called_like_the_record_that_it_changes(hand: Hand, bench: Workbench) -> None:
    hand.control(K.Key_N)
    hand.settle()
    hand.enter("杭州原名有限公司")
    hand.control(K.Key_S)
    hand.settle()
    record = hand.form_page.record
    hand.press(K.Key_Escape)
    bench.drafts.keep(f"enterprise:{record}", "enterprise", record, {"remark": "四五十人\n还在招"})
    told: list[str] = []
    bench.read_drafts(
        lambda found, names: told.extend(words_for(bench, d, names.get(d.record, "")) for d in found), bench
    )
    hand.settle()
    assert told[0].endswith("修改企业（单位）　杭州原名有限公司：四五十人 还在招"), "in one line"


def test_a_draft_whose_record_was_saved_before_the_end_is_not_offered(hand: Hand, bench: Workbench) -> None:
    texts = {"name": "杭州断电有限公司", "surveyed_staff": "45", "union_state": "N"}
    bench.drafts.keep("enterprise:new:4", "enterprise", None, texts)
    bench.drafts.keep("enterprise:new:5", "enterprise", None, {**texts, "remark": "还没有保存"})
    drafts_of(hand, bench)
    saved: dict[str, Cell] = {"name": "杭州断电有限公司", "surveyed_staff": 45, "union_state": "N"}
    bench.write("登记", lambda session, _t: records.save(session, "enterprise", saved), lambda _s: None)
    hand.settle()
    bench.drafts.keep("enterprise:new:6", "enterprise", None, texts)  # the same once more, on purpose
    drafts_of(hand, bench)
    offered: list[str] = []
    bench.read_drafts(lambda found, _names: offered.extend(d.key for d in found), bench)
    hand.settle()
    assert sorted(offered) == ["enterprise:new:5", "enterprise:new:6"]
    assert sorted(d.key for d in drafts_of(hand, bench)) == sorted(offered)


def test_a_draft_is_given_up_only_by_a_second_press(hand: Hand, bench: Workbench, qtbot: QtBot) -> None:
    bench.drafts.keep("enterprise:new:1", "enterprise", None, {"name": "甲", "contact_phone": "13800001111"})
    drafts = drafts_of(hand, bench)
    assert "13800001111" not in words_for(bench, drafts[0])
    dialog = DraftDialog(bench, drafts, {})
    qtbot.addWidget(dialog)
    dialog.show()
    hand.click(dialog.give_up)
    assert drafts_of(hand, bench)
    hand.click(dialog.give_up)
    hand.settle()
    assert drafts_of(hand, bench) == []


def test_a_draft_of_a_type_that_is_no_more_says_so_and_stays(
    hand: Hand, bench: Workbench, qtbot: QtBot
) -> None:
    bench.drafts.keep("gone:new:1", "gone", None, {"name": "甲"})
    dialog = DraftDialog(bench, drafts_of(hand, bench), {})
    qtbot.addWidget(dialog)
    dialog.show()
    hand.click(dialog.go_on)
    hand.settle()
    assert "已经不用了，打不开" in hand.window.notices.words
    assert len(drafts_of(hand, bench)) == 1


def test_what_was_typed_survives_a_kill_and_is_offered_at_the_next_start(
    qtbot: QtBot, tmp_path: Path, settings: Settings, dialogs: FakeDialogs
) -> None:
    folder = tmp_path / "workspace"
    make_session(folder).workspace.close()
    typist = subprocess.Popen(
        [sys.executable, "-m", "tests.ui.typist", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    watchdog = threading.Timer(PATIENCE_S, typist.kill)
    watchdog.start()
    try:
        assert typist.stdout is not None
        assert typist.stdout.readline().strip() == "typed"
        typist.kill()
        typist.wait()
        typist.stdout.close()
    finally:
        watchdog.cancel()
        typist.kill()
    window = open_window(qtbot, open_session(folder, OPERATOR, PASSWORD), dialogs, settings)
    window.offer_drafts()
    qtbot.waitUntil(lambda: window.findChild(DraftDialog) is not None, timeout=10_000)
    dialog = window.findChild(DraftDialog)
    assert dialog is not None
    assert NAME in dialog.list.item(0).text()
    hand = Hand(qtbot, window)
    hand.click(dialog.go_on)
    hand.settle()
    form = hand.form_page.form
    assert form.rows["name"].editor.text() == NAME
    assert form.rows["uscc"].editor.text().startswith("91330")
    dialogs.always_leave()
    window.close()

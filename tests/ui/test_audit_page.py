"""The page of the audit log: the verdict in words, filters, the way to the record, taking the log out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.operations import audit
from desktop.operations.audit import Act
from desktop.operations.exports import exporting
from desktop.operations.recording import records
from desktop.operations.session import Session, open_session
from desktop.operations.workspaces import operators
from desktop.records.declaration import Role
from desktop.store.peers import links
from desktop.store.queries.reading import Query
from desktop.ui.forms.page import FormPage
from desktop.ui.pages.audit import AuditPage
from desktop.ui.pages.operators import OperatorsPage
from desktop.ui.settings import Settings
from desktop.ui.window import MainWindow
from tests.ui.house import OPERATOR, PASSWORD, QUICK, FakeDialogs, Hand, make_session, open_window, picture


def a_day(session: Session, folder: Path) -> str:
    """Some work that is noted; the id of the firm."""
    firm = records.save(
        session, "enterprise", {"name": "杭州示例茶业有限公司", "contact_phone": "13805711234"}
    )
    audit.reveal(session, "enterprise", firm.record, "contact_phone")
    exporting.export_list(session, folder / "a.xlsx", Query("enterprise"), ["name", "contact_phone"])
    operators.put(session, "陈喆", Role.EDITOR, "password-2", QUICK)
    for _ in range(3):
        audit.reveal(session, "enterprise", firm.record, "contact_phone")
    return firm.record


def opened(qtbot: QtBot, window: MainWindow) -> AuditPage:
    """The page, by the button on the page of operators."""
    hand = Hand(qtbot, window)
    window.open_page("operators")
    hand.settle()
    page = window.page
    assert isinstance(page, OperatorsPage)
    hand.click(page.log)
    hand.settle()
    found = window.page
    assert isinstance(found, AuditPage)
    return found


@pytest.fixture
def firm(tmp_path: Path) -> str:
    made = make_session(tmp_path / "workspace")
    record = a_day(made, tmp_path)
    made.workspace.close()
    return record


@pytest.fixture
def page(
    qtbot: QtBot, tmp_path: Path, firm: str, dialogs: FakeDialogs, settings: Settings
) -> Iterator[AuditPage]:
    session = open_session(tmp_path / "workspace", OPERATOR, PASSWORD)
    window = open_window(qtbot, session, dialogs, settings)
    yield opened(qtbot, window)
    dialogs.always_leave()
    window.close()


def texts(page: AuditPage) -> list[tuple[str, ...]]:
    return [line.texts for line in page.grid.rows.lines]


def hand_of(qtbot: QtBot, page: AuditPage) -> Hand:
    window = page.window()
    assert isinstance(window, MainWindow)
    return Hand(qtbot, window)


def test_the_log_is_shown_newest_first_in_words_and_the_chain_is_whole(page: AuditPage, firm: str) -> None:
    assert page.verdict.words.text() == "日志完整：共6行，中间没有缺行，没有改动。"
    shown = texts(page)
    assert [t[0] for t in shown] == ["6", "5", "4", "3", "2", "1"]
    assert shown[0][2:] == (OPERATOR, "查看完整信息", f"企业（单位） …{firm[-6:]} “联系电话”")
    assert "13805711234" not in repr(shown)
    picture(page.window(), "audit")


def test_a_line_too_long_for_its_column_is_told_whole_below(qtbot: QtBot, page: AuditPage) -> None:
    hand, bench = hand_of(qtbot, page), page.workbench
    name = "杭州市余杭区径山镇双溪漂流景区𠮷㐂䶮工会联合委员会" * 4
    bench.write("记一行", lambda session, _t: audit.note(session, Act.EXPORTED, name), lambda _n: None)
    hand.settle()
    page.refresh(None)
    hand.settle()
    page.grid.setFocus()
    hand.press(Qt.Key.Key_Home)
    hand.settle()
    assert page.whole.isVisible()
    assert name in page.whole.text()
    hand.press(Qt.Key.Key_Down)
    assert not page.whole.isVisible(), "what is read in its row is not said twice"


def test_filters_by_act_operator_and_time_and_says_when_nothing_is_left(
    qtbot: QtBot, page: AuditPage
) -> None:
    hand = hand_of(qtbot, page)
    assert [page.act.itemText(n) for n in range(page.act.count())] == [
        "全部动作",
        "导出",
        "查看完整信息",
        "添加操作员",
    ]
    page.act.setCurrentIndex(page.act.findText("添加操作员"))
    hand.settle()
    assert [t[3] for t in texts(page)] == ["添加操作员"]
    page.act.setCurrentIndex(0)
    page.time.setCurrentText("今天")
    page.operator.setCurrentText(OPERATOR)
    hand.settle()
    assert len(texts(page)) == 6
    assert page.shown_words.text() == "6行"


def test_enter_on_a_line_opens_its_record(qtbot: QtBot, page: AuditPage) -> None:
    hand = hand_of(qtbot, page)
    page.grid.selectRow(0)
    page.grid.opened.emit(page.grid.current())
    hand.settle()
    form = hand.window.page
    assert isinstance(form, FormPage)
    assert "杭州示例茶业有限公司" in form.title


def test_units_and_stations_are_called_by_their_names_where_they_are_known(
    qtbot: QtBot, tmp_path: Path, dialogs: FakeDialogs, settings: Settings
) -> None:
    session = make_session(tmp_path / "workspace")
    stranger, peer = "b" * 32, "cdfc4d7a" + "0" * 24
    village = records.save(session, "unit", {"name": "双溪村工会"}).record
    links.connect(session.database, peer, upward=True, unit="330110", name="余杭区总工会", recipient="age1")
    audit.note(session, Act.MOVED, f"{village} {session.unit.id} {stranger}")
    audit.note(session, Act.SENT, f"给{peer} 第1号 12项")
    stored = [line.detail for line in audit.recent(session)]
    window = open_window(qtbot, session, dialogs, settings)
    page = opened(qtbot, window)
    assert [t[4] for t in texts(page)] == [
        "给“余杭区总工会” 第1号 12项", f"“双溪村工会” “{session.unit.name}” …{stranger[-6:]}",
    ]  # fmt: skip
    assert [line.detail for line in audit.recent(session)] == stored
    dialogs.always_leave()
    window.close()


def test_an_empty_log_asks_for_no_other_choice(
    qtbot: QtBot, tmp_path: Path, dialogs: FakeDialogs, settings: Settings
) -> None:
    window = open_window(qtbot, make_session(tmp_path / "workspace"), dialogs, settings)
    page = opened(qtbot, window)
    assert texts(page) == []
    words = [label.text() for label in page.empty.findChildren(QLabel)]
    assert "日志还是空的" in words
    assert not any("换一个" in each for each in words)
    dialogs.always_leave()
    window.close()


@pytest.mark.parametrize("name", ["日志.xlsx", "日志.jsonl"])
def test_the_log_is_taken_out_and_verified_elsewhere(
    qtbot: QtBot, page: AuditPage, dialogs: FakeDialogs, tmp_path: Path, name: str
) -> None:
    hand = hand_of(qtbot, page)
    dialogs.paths = [tmp_path / name]
    hand.click(page.export_button)
    hand.settle()
    assert "7行" in hand.window.notices.words
    assert texts(page)[0][3] == Act.LOG_EXPORTED
    dialogs.paths = [tmp_path / name]
    hand.click(page.check_file_button)
    hand.settle()
    assert f"{name}：日志完整：共7行" in hand.window.notices.words


def test_an_earlier_log_is_compared_by_keys_and_shows_a_log_cut_off_at_its_end(
    qtbot: QtBot, page: AuditPage, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    hand, earlier = hand_of(qtbot, page), tmp_path / "日志𠮷.jsonl"
    dialogs.paths = [earlier]
    hand.click(page.export_button)
    hand.settle()
    database = page.workbench._session.database

    def told() -> str:
        dialogs.paths = [earlier]
        page.compare_button.setFocus()
        hand.press(Qt.Key.Key_Space)
        hand.settle()
        return hand.window.notices.words

    assert "和“日志𠮷.jsonl”比过：里面的每一行现在都还在" in told()
    picture(hand.window, "audit-compared")
    written = earlier.read_text("utf-8")
    earlier.write_text(written.replace('"id": 4', '"id": 9'), "utf-8")
    assert "自己从第4行起就有改动，不能拿来比" in told()
    earlier.write_text(written, "utf-8")
    database.execute("DELETE FROM audit WHERE id >= 5")
    page.refresh(None)
    hand.settle()
    assert page.verdict.words.text().startswith("日志完整"), "the chain alone does not show it"
    assert "第5行起对不上：现在的日志少了行或者有改动。请先把台账" in told()
    database.execute("DELETE FROM audit")
    audit.note(page.workbench._session, Act.SHOWN, "enterprise x")
    assert "多半是别的台账导出的" in told()


@pytest.mark.parametrize("words", ["第3行起不对", "不是导出的审计日志"])
def test_a_file_that_is_no_whole_log_is_told_in_words(
    qtbot: QtBot, page: AuditPage, dialogs: FakeDialogs, tmp_path: Path, words: str
) -> None:
    hand, path = hand_of(qtbot, page), tmp_path / "日志.jsonl"
    dialogs.paths = [path]
    hand.click(page.export_button)
    hand.settle()
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("别的内容\n" if "不是" in words else "".join([*lines[:2], *lines[3:]]), "utf-8")
    dialogs.paths = [path]
    hand.click(page.check_file_button)
    hand.settle()
    assert words in hand.window.notices.words
    assert "请" in hand.window.notices.words, "every refusal has a next step"


def test_a_line_that_was_changed_is_told_in_words(
    qtbot: QtBot, tmp_path: Path, firm: str, dialogs: FakeDialogs, settings: Settings
) -> None:
    session = open_session(tmp_path / "workspace", OPERATOR, PASSWORD)
    session.database.execute("UPDATE audit SET operator = '别人' WHERE id = 3")
    window = open_window(qtbot, session, dialogs, settings)
    page = opened(qtbot, window)
    assert page.verdict.words.text().startswith("第3行起不对")
    assert "不要继续使用" in page.verdict.detail.text()
    picture(window, "audit-broken")
    dialogs.always_leave()
    window.close()


def test_who_does_not_answer_for_the_workspace_sees_no_log(
    qtbot: QtBot, tmp_path: Path, firm: str, dialogs: FakeDialogs, settings: Settings
) -> None:
    window = open_window(qtbot, open_session(tmp_path / "workspace", "陈喆", "password-2"), dialogs, settings)
    window.open_page("operators")
    hand = Hand(qtbot, window)
    hand.settle()
    operators_page = window.page
    assert isinstance(operators_page, OperatorsPage)
    assert not operators_page.log.isEnabled()
    assert "管理员" in operators_page.log.toolTip()
    window.open_page("audit")
    hand.settle()
    found = window.page
    assert isinstance(found, AuditPage)
    assert texts(found) == []
    assert not found.export_button.isEnabled()
    dialogs.always_leave()
    window.close()
    QApplication.processEvents()

"""A congress by keyboard: the roster pasted, presence ticked, the quorum in words at every tick, votes judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.ui.notices import Tone
from desktop.ui.pages.congress.page import CongressPage
from desktop.ui.pages.congress.words import headcount, quorum_words, structure_words
from tests.operations.stations import station
from tests.ui.hands import CTRL, Desk, K, Windows, paste
from tests.ui.house import picture

# -- words -------------------------------------------------------------------------------------------------------------

QUORUMS = {
    "nothing yet": ({}, Tone.PLAIN, "这里马上显示"),
    "one short": (
        {"expected_count": 40, "present_count": 26},
        Tone.ERROR,
        "还差1人才到三分之二（27人），不能召开",
    ),
    "just enough": (
        {"expected_count": 40, "present_count": 27},
        Tone.GOOD,
        "应到40，实到27，刚好三分之二，可以召开",
    ),
    "exactly two thirds": ({"expected_count": 30, "present_count": 20}, Tone.GOOD, "刚好三分之二"),
    "more": ({"expected_count": 40, "present_count": 36}, Tone.GOOD, "超过三分之二（27人），可以召开"),
    "too many": ({"expected_count": 40, "present_count": 41}, Tone.ERROR, "实到多于应到"),
}


@pytest.mark.parametrize(("session", "tone", "words"), QUORUMS.values(), ids=QUORUMS.keys())
def test_the_quorum_in_words(session: dict[str, Cell], tone: Tone, words: str) -> None:
    said = quorum_words(session)
    assert said.tone is tone
    assert words in said.words


STRUCTURES = {
    "delegates enough": ({"staff_count": 128, "expected_count": 40}, Tone.GOOD, "不少于40人"),
    "delegates too few": ({"staff_count": 350, "expected_count": 40}, Tone.WARNING, "至少54人，还差14人"),
    "few staff may all meet": ({"staff_count": 60, "expected_count": 20}, Tone.WARNING, "也可以召开职工大会"),
    "an assembly that is too large": (
        {"kind": "assembly", "staff_count": 100, "expected_count": 100}, Tone.WARNING, "应召开职工代表大会",
    ),
    "managers at the limit": ({"expected_count": 40, "manager_delegate_count": 8}, Tone.GOOD, "不超过20%（8人）"),
    "managers beyond it": ({"expected_count": 40, "manager_delegate_count": 9}, Tone.WARNING, "最多8人"),
    "women enough": (
        {"expected_count": 40, "women_delegate_count": 20, "staff_count": 128, "women_count": 61},
        Tone.GOOD, "女职工占47.66%，不少于20人",
    ),
    "women too few": (
        {"expected_count": 40, "women_delegate_count": 19, "staff_count": 128, "women_count": 61},
        Tone.WARNING, "至少20人，还差1人",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("session", "tone", "words"), STRUCTURES.values(), ids=STRUCTURES.keys())
def test_the_structure_of_the_delegates_in_words(session: dict[str, Cell], tone: Tone, words: str) -> None:
    found = [said for said in structure_words(session) if words in said.words]
    assert [said.tone for said in found] == [tone]


def test_fewer_than_nobody_says_nothing() -> None:
    """No form takes such numbers, but another station may have sent them."""
    counts = (
        "staff_count",
        "women_count",
        "expected_count",
        "women_delegate_count",
        "manager_delegate_count",
    )
    for less in counts:
        assert isinstance(structure_words({name: -5 if name == less else 40 for name in counts}), list)
    assert structure_words(dict.fromkeys(counts, -5)) == []
    assert quorum_words({"expected_count": -3, "present_count": -3}).tone is Tone.PLAIN


def test_who_was_recalled_is_no_delegate() -> None:
    rows: list[dict[str, Cell]] = [
        {"name": "王芳", "presence": "present", "sex": "2"},
        {"name": "李强", "presence": "leave", "sex": "1", "job_category": "senior_manager"},
        {"name": "赵翀", "presence": "present", "change_kind": "recalled"},
    ]
    assert headcount(rows) == {
        "expected_count": 2, "present_count": 1, "leave_count": 1, "absent_count": 0, "women_delegate_count": 1,
        "manager_delegate_count": 1, "front_line_delegate_count": 0,
    }  # fmt: skip


# -- the page ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def firm(tmp_path: Path) -> Session:
    return station(tmp_path, "JS-0001", "示例茶业工会", Level.ENTERPRISE)


@pytest.fixture
def desk(windows: Windows, firm: Session) -> Desk:
    return windows.desk(firm)


def congress(session: Session, **more: Cell) -> str:
    values: dict[str, Cell] = {
        "name": "第一届第二次职代会",
        "kind": "congress",
        "started_date": "2026-11-12",
        **more,
    }
    return records.save(session, "congress", values).record


def opened(desk: Desk, record: str) -> CongressPage:
    desk.show("list:congress")
    desk.window.open_record("congress", record)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, CongressPage)
    return page


def roster(count: int) -> str:
    lines = [
        f"{n}\t代表{chr(0x4E00 + n)}\t{'女' if n % 2 else '男'}\t{n % 3 + 1}车间\t一线职工"
        for n in range(count)
    ]
    return "序号\t姓名\t性别\t部门\t岗位类别\n" + "\n".join(lines)


def test_forty_delegates_are_pasted_ticked_and_counted_in_one_operation(desk: Desk, firm: Session) -> None:
    record = congress(firm, staff_count=128, women_count=60)
    page = opened(desk, record)
    desk.keys = 0
    paste(desk, roster(40))
    desk.press(K.Key_Return)
    assert page.strip.quorum.text() == "应到40，实到40，超过三分之二（27人），可以召开"
    for _ in range(13):
        desk.press(K.Key_Space, K.Key_Down)
    assert page.strip.quorum.text() == "应到40，实到27，刚好三分之二，可以召开"
    desk.press(K.Key_Space)
    assert page.strip.quorum.text() == "应到40，实到26，还差1人才到三分之二（27人），不能召开"
    desk.press(K.Key_Space)
    desk.press(K.Key_S, modifier=CTRL)
    assert desk.keys <= 32
    held = records.load(firm, "congress", record)
    assert held is not None
    figures = [
        held.values[n] for n in ("expected_count", "present_count", "absent_count", "women_delegate_count")
    ]
    assert figures == [40, 27, 13, 20]
    assert len(records.children(firm, "delegate", record)) == 40
    desk.press(K.Key_Z, modifier=CTRL)
    assert records.children(firm, "delegate", record) == []
    held = records.load(firm, "congress", record)
    assert held is not None
    assert held.values["present_count"] is None


def test_a_reason_makes_an_absence_a_leave(desk: Desk, firm: Session) -> None:
    page = opened(desk, congress(firm))
    paste(desk, "王芳\n李强\n赵翀")
    desk.press(K.Key_Return)
    tab = page.sheets["delegate"]
    tab.view.go_to_name(1, "leave_reason")
    desk.type("出差")
    desk.press(K.Key_Return)
    assert tab.model.rows[1].values["presence"] == "leave"
    assert page.figures()["leave_count"] == 1


def test_an_unfinished_roster_does_not_change_the_figures(desk: Desk, firm: Session) -> None:
    record = congress(firm, expected_count=40, present_count=30)
    page = opened(desk, record)
    paste(desk, "王芳\n李强")
    desk.press(K.Key_Return)
    assert page.strip.quorum.text().startswith("应到40，实到30")
    assert page.roster_note.text() == "名册2人，应到40人"
    desk.press(K.Key_S, modifier=CTRL)
    held = records.load(firm, "congress", record)
    assert held is not None
    assert held.values["expected_count"] == 40
    page.take_over()
    assert page.strip.quorum.text().startswith("应到2，实到2")


def test_the_delegates_of_the_last_session_are_copied(desk: Desk, firm: Session) -> None:
    enterprise = records.save(firm, "enterprise", {"name": "示例茶业"}).record
    older = congress(firm, enterprise=enterprise, name="第一届第一次", started_date="2025-11-12")
    rows: list[dict[str, Cell]] = [
        {"congress": older, "name": n, "sex": "2", "presence": "absent", "sequence": k}
        for k, n in enumerate(("王芳", "犇㛃䶮"), 1)
    ]
    rows.append({"congress": older, "name": "李强", "change_kind": "recalled"})
    records.save_many(firm, "delegate", rows)
    page = opened(desk, congress(firm, enterprise=enterprise))
    page.sheets["delegate"].copy_button.click()  # type: ignore[attr-defined]
    desk.settle()
    copied = [(r.values["name"], r.values["presence"]) for r in page.sheets["delegate"].model.rows]
    assert copied == [("王芳", "present"), ("犇㛃䶮", "present")]


def test_a_motion_is_judged_by_all_delegates_while_votes_are_typed(desk: Desk, firm: Session) -> None:
    record = congress(firm, expected_count=40, present_count=27)
    page = opened(desk, record)
    tab = page.sheets["motion"]
    page.tabs.setCurrentWidget(tab)
    desk.press(K.Key_Insert)
    desk.type("集体合同")
    desk.press(K.Key_Return)
    across, side = Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
    aligned = {c.name: tab.model.headerData(n, across, side) for n, c in enumerate(tab.model.columns)}
    assert aligned["approve_count"] & Qt.AlignmentFlag.AlignRight, "a heading stands above its numbers"
    assert aligned[tab.model.columns[0].name] is None
    tab.view.go_to_name(0, "approve_count")
    desk.type("20")
    desk.press(K.Key_Return)
    desk.type("7")
    desk.press(K.Key_Return)
    assert tab.say.text() == "集体合同：同意20票，全体代表40人，没有超过半数（至少21票），没有通过"  # type: ignore[attr-defined]
    tab.view.go_to_name(0, "approve_count")
    desk.type("21")
    desk.press(K.Key_Return)
    tab.view.go_to_name(0, "against_count")
    desk.type("6")
    desk.press(K.Key_Return)
    assert "超过半数，通过" in tab.say.text()  # type: ignore[attr-defined]
    desk.press(K.Key_S, modifier=CTRL)
    motion = records.children(firm, "motion", record)[0].values
    assert (motion["expected_count"], motion["present_count"], motion["approve_count"]) == (40, 27, 21)
    assert motion["vote_method"] == "secret"


def test_names_are_typed_one_below_the_other(desk: Desk, firm: Session) -> None:
    record = congress(firm)
    page = opened(desk, record)
    tab = page.sheets["delegate"]
    page.tabs.setCurrentWidget(tab)
    desk.press(K.Key_Insert)
    for name in ("王芳", "犇㛃䶮", "李明"):
        desk.type(name)
        desk.press(K.Key_Return)
    assert page.tabs.tabText(page.tabs.currentIndex()).endswith("（3）"), "nobody stands in the last row yet"
    desk.press(K.Key_Return)
    desk.press(K.Key_S, modifier=CTRL)
    saved = records.children(firm, "delegate", record)
    assert [row.values["name"] for row in saved] == ["王芳", "犇㛃䶮", "李明"]


def test_enter_in_the_last_cell_adds_a_row_in_which_the_next_word_stands(desk: Desk, firm: Session) -> None:
    record = congress(firm)
    page = opened(desk, record)
    tab = page.sheets["motion"]
    page.tabs.setCurrentWidget(tab)
    desk.press(K.Key_Insert)
    desk.type("集体合同")
    desk.press(K.Key_Return)
    tab.view.go_to_name(0, "resolution_document")
    desk.type("12")
    desk.press(K.Key_Return)
    assert tab.view.viewport().isAncestorOf(desk.focus()), "the cursor is in the new row"
    picture(page, "motion-added")
    desk.type("b")
    desk.press(K.Key_Return)
    assert [(row.values["title"], row.problems) for row in tab.model.rows] == [("集体合同", {}), ("b", {})]
    desk.press(K.Key_Insert, modifier=CTRL)
    chosen = tab.view.selectionModel().selectedIndexes()
    assert [(index.row(), index.column()) for index in chosen] == [(2, 0)], "no other cell is tinted"


def test_what_cannot_be_read_stays_as_typed_and_stops_the_save(desk: Desk, firm: Session) -> None:
    record = congress(firm)
    page = opened(desk, record)
    tab = page.sheets["motion"]
    page.tabs.setCurrentWidget(tab)
    desk.press(K.Key_Insert)
    desk.type("集体合同")
    desk.press(K.Key_Return)
    tab.view.go_to_name(0, "approve_count")
    desk.type("abc")
    desk.press(K.Key_Return)
    desk.press(K.Key_S, modifier=CTRL)
    assert records.children(firm, "motion", record) == []
    assert "第1行" in desk.window.notices.words
    assert tab.model.rows[0].problems["approve_count"][0] == "abc"
    assert tab.view.currentIndex().column() == 5


def test_an_empty_row_is_not_saved(desk: Desk, firm: Session) -> None:
    record = congress(firm)
    page = opened(desk, record)
    page.tabs.setCurrentWidget(page.sheets["proposal"])
    desk.press(K.Key_Insert)
    desk.press(K.Key_Escape)
    desk.press(K.Key_S, modifier=CTRL)
    assert not page.sheets_dirty
    assert records.children(firm, "proposal", record) == []


def test_a_row_is_typed_from_cell_to_cell_with_enter(desk: Desk, firm: Session) -> None:
    record = congress(firm)
    page = opened(desk, record)
    tab = page.sheets["proposal"]
    page.tabs.setCurrentWidget(tab)
    desk.press(K.Key_Insert)
    for text in ("改善降温", "安全", "杨玥", "2"):
        desk.type(text)
        desk.press(K.Key_Return)
    row = tab.model.rows[0].values
    assert (row["subject"], row["category"], row["proposer"], row["seconder_count"]) == (
        "改善降温", "safety", "杨玥", 2,
    )  # fmt: skip


def test_whoever_types_that_a_motion_is_an_election_gets_the_columns_for_the_names(
    desk: Desk, firm: Session
) -> None:
    employer = records.save(firm, "enterprise", {"name": "杭州示例茶业有限公司"}).record
    record = congress(firm, enterprise=employer, kind="congress", expected_count=40, present_count=38)
    page = opened(desk, record)
    tab = page.sheets["motion"]
    page.tabs.setCurrentWidget(tab)
    desk.settle()
    desk.press(K.Key_Return)
    desk.type("选举职工董事")
    desk.press(K.Key_Return, K.Key_Return)
    assert "elected_directors" not in [c.key for c in tab.model.columns]
    desk.type("选举职工董事、监事")
    desk.press(K.Key_Return)
    assert [c.key for c in tab.model.columns if c.key.startswith("elected")] == [
        "elected_directors", "elected_supervisors",
    ]  # fmt: skip
    assert tab.model.columns[tab.view.currentIndex().column()].key == "needs_vote"
    desk.press(K.Key_Return, K.Key_Return)
    for count in "36", "1", "1", "":
        desk.type(count)
        desk.press(K.Key_Return)
    desk.type("王芳、李强")
    desk.press(K.Key_Return)
    desk.look("congress-elected")
    desk.press(K.Key_S, modifier=CTRL)
    (motion,) = records.children(firm, "motion", record)
    assert motion.values["elected_directors"] == "王芳、李强"
    assert [
        o.cells.get("name") for o in page.follow.offers if o.type == "staff_director" and not o.existing
    ] == ["王芳", "李强"]

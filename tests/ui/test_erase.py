"""Erasing personal values from a form and from a list, with real keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.operations import queries
from desktop.operations.recording import records
from desktop.records.declaration import Role
from desktop.records.versions.canonical import Cell
from desktop.ui import erase
from desktop.ui.erase import EraseDialog
from desktop.ui.lists.page import ListPage
from desktop.ui.workbench import Workbench
from tests.ui.house import FakeDialogs, Hand

NAME, PHONE = "犇㛃䶮", "13812340000"


def save(bench: Workbench, hand: Hand, *rows: Mapping[str, Cell]) -> list[str]:
    """Members of the unit."""
    found: list[str] = []
    bench.write(
        "新增",
        lambda session, _ticket: [records.save(session, "member", row).record for row in rows],
        found.extend,
        step=False,
    )
    hand.settle()
    return found


def dialog() -> EraseDialog:
    """The dialog that stands in front."""
    found = QApplication.activeModalWidget()
    assert isinstance(found, EraseDialog)
    return found


def confirm(hand: Hand, shown: EraseDialog, typed: str = "清除") -> None:
    """Chooses the first basis by the down arrow, types the word, presses the button."""
    shown.basis.setFocus()
    hand.press(Qt.Key.Key_Down)
    shown.sure.setFocus()
    hand.type(typed)
    hand.click(shown.do)
    hand.settle()


def held(bench: Workbench, hand: Hand, record: str) -> dict[str, Cell]:
    found: list[dict[str, Cell]] = []

    def take(held: object) -> None:
        assert held is not None
        found.append(dict(held.values))  # type: ignore[attr-defined]

    bench.write("读", lambda session, _ticket: records.load(session, "member", record), take, step=False)
    hand.settle()
    return found[0]


def test_a_record_is_erased_from_its_form_and_has_no_name_afterwards(hand: Hand, bench: Workbench) -> None:
    (member,) = save(bench, hand, {"name": NAME, "phone": PHONE, "education": "junior"})
    hand.window.open_page("list:member")
    hand.settle()
    hand.window.open_record("member", member)
    hand.settle()
    form = hand.form_page
    hand.click(form.erase_button)
    shown = dialog()
    assert all(box.isChecked() for _, box in shown.slots)
    assert not shown.do.isEnabled()
    confirm(hand, shown, "不对")
    assert held(bench, hand, member)["name"] == NAME
    shown.sure.clear()
    confirm(hand, shown)
    assert QApplication.activeModalWidget() is None
    after = held(bench, hand, member)
    assert (after["name"], after["phone"], after["education"]) == (None, None, "junior")
    assert hand.form_page.title == queries.ERASED
    assert "已清除1条会员的个人信息" in hand.window.notices.words
    assert NAME not in hand.window.notices.words
    assert not bench.steps.last or "清除" not in bench.steps.last.name
    hand.window.back()
    hand.settle()
    (row,) = shown_rows(hand.list_page)
    assert queries.ERASED in row
    assert PHONE not in "".join(row)


def shown_rows(page: ListPage) -> list[tuple[str, ...]]:
    model = page.list.model
    return [row.texts for n in range(model.rowCount()) if (row := model.shown(n)) is not None]


def test_enter_goes_on_and_neither_gives_up_nor_erases(hand: Hand, bench: Workbench) -> None:
    """Whoever takes a basis with Enter had the dialog closed, and thought that it was done."""
    (member,) = save(bench, hand, {"name": NAME})
    shown = erase.offer(bench, bench.types["member"], [member], NAME)
    hand.settle()
    assert shown.basis.hasFocus()
    hand.press(Qt.Key.Key_Down)
    hand.press(Qt.Key.Key_Return)
    assert shown.isVisible()
    assert shown.note_line.hasFocus()
    hand.press(Qt.Key.Key_Return)
    hand.press(Qt.Key.Key_Return)
    assert shown.sure.hasFocus()
    hand.type("清除")
    for _ in range(3):
        hand.press(Qt.Key.Key_Return)
    assert shown.sure.hasFocus()
    assert held(bench, hand, member)["name"] == NAME
    hand.press(Qt.Key.Key_Escape)
    assert not shown.isVisible()


def test_other_records_about_the_same_person_are_named(hand: Hand, bench: Workbench) -> None:
    """Who erases a member believes the name gone; a delegate's record with it stands in a register of its own."""
    (member,) = save(bench, hand, {"name": NAME})
    bench.write(
        "新增",
        lambda session, _ticket: records.save(session, "officer", {"name": NAME, "member": member}),
        step=False,
    )
    hand.settle()
    shown = erase.offer(bench, bench.types["member"], [member], NAME)
    hand.settle()
    assert shown.also.isVisible()
    assert f"{bench.types['officer'].label}1条" in shown.also.text()
    hand.press(Qt.Key.Key_Escape)
    (alone,) = save(bench, hand, {"name": "另一人"})
    shown = erase.offer(bench, bench.types["member"], [alone], "另一人")
    hand.settle()
    assert not shown.also.isVisible()
    hand.press(Qt.Key.Key_Escape)


def test_selected_rows_of_a_list_lose_one_content(hand: Hand, bench: Workbench) -> None:
    first, second, third = save(
        bench, hand, *({"name": f"{NAME}{n}", "phone": f"1381234000{n}"} for n in range(3))
    )
    hand.window.open_page("list:member")
    hand.settle()
    table = hand.list_page.list.table
    table.setFocus()
    table.go_to(0)
    hand.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    menu = hand.list_page.list.menu()
    action = next(a for a in menu.actions() if a.text().startswith("清除个人信息"))
    assert action.isEnabled()
    action.trigger()
    menu.deleteLater()
    hand.settle()
    shown = dialog()
    for slot, box in shown.slots:
        if slot.name != "phone":
            box.setFocus()
            hand.press(Qt.Key.Key_Space)
    confirm(hand, shown)
    phones = [held(bench, hand, record)["phone"] for record in (first, second, third)]
    assert phones.count(None) == 2
    assert all(held(bench, hand, record)["name"] for record in (first, second, third))


def test_it_is_not_offered_where_it_cannot_be_done(
    hand: Hand, bench: Workbench, dialogs: FakeDialogs
) -> None:
    (member,) = save(bench, hand, {"name": NAME})
    hand.window.open_record("member", member)
    hand.settle()
    form = hand.form_page
    assert form.erase_button.isEnabled()
    form.form.rows["name"].editor.take_focus()
    hand.type("x")
    hand.pause()
    assert not form.erase_button.isEnabled(), "what is typed would be saved over it"
    dialogs.always_leave()
    hand.window.back()
    hand.window.new_record("member")
    hand.settle()
    assert not hand.form_page.erase_button.isVisible()
    hand.window.back()
    bench.facts = replace(bench.facts, operator=replace(bench.facts.operator, role=Role.EDITOR))
    hand.window.open_record("member", member)
    hand.settle()
    assert not hand.form_page.erase_button.isVisible()


@pytest.mark.parametrize("name", ["meeting", "exclusion"])
def test_types_without_personal_contents_do_not_offer_it(hand: Hand, bench: Workbench, name: str) -> None:
    hand.window.open_page(f"list:{name}")
    hand.settle()
    menu = hand.list_page.list.menu()
    assert not [a for a in menu.actions() if "清除" in a.text()]
    menu.deleteLater()


def test_a_problem_is_said_in_the_dialog(hand: Hand, bench: Workbench) -> None:
    erase.offer(bench, bench.types["member"], ["0" * 32], "“没有的人”")
    hand.settle()
    shown = dialog()
    confirm(hand, shown)
    assert "没有找到这条记录" in shown.problem.detail.text()
    assert shown.do.isEnabled()
    hand.press(Qt.Key.Key_Escape)
    assert QApplication.activeModalWidget() is None

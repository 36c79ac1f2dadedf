"""Views of a list: kept under a name, chosen, renamed, forgotten and brought back, with real keys."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop.operations.recording import records
from desktop.records.versions.canonical import Cell
from desktop.store.queries.reading import TITLE_ORDER
from desktop.ui.lists.page import ListPage
from desktop.ui.lists.views import ViewsOverlay
from desktop.ui.workbench import Workbench
from tests.ui.house import Hand

K = Qt.Key


def opened(hand: Hand) -> ViewsOverlay:
    """The list of views, by its key."""
    hand.press(K.Key_V, Qt.KeyboardModifier.AltModifier)
    hand.settle()
    found = hand.list_page.views.overlay
    assert found is not None
    return found


def names(shown: ViewsOverlay) -> list[str]:
    return [shown.list.item(n).text() for n in range(shown.list.count())]


def fill(bench: Workbench, hand: Hand) -> ListPage:
    rows: list[dict[str, Cell]] = [
        {"name": f"单位{n}", "union_state": s, "surveyed_staff": n} for n, s in enumerate("NNYC")
    ]
    bench.write("登记", lambda session, _t: records.save_many(session, "enterprise", rows), step=False)
    hand.settle()
    return hand.list_page


def shown_names(page: ListPage) -> list[str]:
    at = [c.name for c in page.list.columns].index("name")
    rows = [page.list.model.shown(n) for n in range(page.list.model.rowCount())]
    return [row.texts[at] for row in rows if row is not None]


def keep(hand: Hand, name: str) -> None:
    opened(hand).name.setFocus()
    hand.type(name)
    hand.press(K.Key_Return)
    hand.settle()


def test_a_view_brings_filters_search_columns_and_order_back(hand: Hand, bench: Workbench) -> None:
    page = fill(bench, hand)
    page.filters.set_values("union_state", ["N"])
    page.search.setText("单位")
    page._columns_chosen(["name", "surveyed_staff"])
    page.list.sort_by("surveyed_staff", descending=True)
    hand.pause(220)
    assert shown_names(page) == ["单位1", "单位0"]
    keep(hand, "没有建会的")
    assert page.views.text() == "视图：没有建会的"
    overlay = opened(hand)
    assert names(overlay) == ["全部记录", "没有建会的"]
    hand.press(K.Key_Up)
    hand.press(K.Key_Return)
    hand.settle()
    assert (page.list.model.rowCount(), page.search.text(), page.filters.active) == (4, "", False)
    assert (page.list.model.query.order, page.views.text()) == (TITLE_ORDER, "视图")
    page._columns_chosen(["name", "town"])
    hand.settle()
    opened(hand)
    hand.press(K.Key_Down)
    hand.press(K.Key_Return)
    hand.settle()
    assert shown_names(page) == ["单位1", "单位0"]
    assert [c.name for c in page.list.columns] == ["name", "surveyed_staff"]
    assert (page.search.text(), page.views.text()) == ("单位", "视图：没有建会的")
    page.filters.clear()
    hand.settle()
    assert page.views.text() == "视图", "it is another view now"


def test_a_view_is_renamed_replaced_forgotten_and_brought_back(hand: Hand, bench: Workbench) -> None:
    page = fill(bench, hand)
    page.filters.set_values("union_state", ["Y"])
    keep(hand, "一")
    page.filters.set_values("union_state", ["N"])
    keep(hand, "二")
    overlay = opened(hand)
    assert overlay.list.currentItem().text() == "二"
    hand.press(K.Key_F2)
    hand.type("一")
    assert not overlay.keep.isEnabled(), "another one is called so"
    hand.type("二三")
    hand.press(K.Key_Return)
    hand.settle()
    assert names(opened(hand)) == ["全部记录", "一", "一二三"]
    hand.press(K.Key_Delete)
    hand.settle()
    assert [v.name for v in page.views.views] == ["一"]
    opened(hand)
    hand.press(K.Key_Escape)
    assert page.views.overlay is None
    hand.click(hand.window.notices._button)
    hand.settle()
    assert [v.name for v in page.views.views] == ["一", "一二三"]
    keep(hand, "一")
    assert [v.filters for v in page.views.views if v.name == "一"] == [{"union_state": ("N",)}]


def test_what_is_gone_is_passed_over(hand: Hand, bench: Workbench) -> None:
    page = fill(bench, hand)
    gone = page.views._present().__class__(
        "旧", filters={"gone": ("x",)}, unit="u", columns=("gone", "name"), order="gone", descending=True
    )
    page.show_view(gone)
    hand.settle()
    assert shown_names(page) == ["单位0", "单位1", "单位2", "单位3"]
    assert [c.name for c in page.list.columns] == ["name"]


def test_the_first_view_is_named_without_looking_for_the_line_and_tab_stays_in_the_frame(
    hand: Hand, bench: Workbench
) -> None:
    page = fill(bench, hand)
    page.filters.set_values("union_state", ["N"])
    hand.settle()
    overlay = opened(hand)
    hand.type("没有建会的")
    hand.press(K.Key_Return)
    hand.settle()
    assert page.views.text() == "视图：没有建会的"
    overlay = opened(hand)
    assert hand.focus is overlay.list
    passed = []
    for _ in range(8):
        hand.press(K.Key_Tab)
        passed.append(hand.focus)
    assert overlay.name in passed
    assert overlay.list in passed
    assert all(overlay.isAncestorOf(widget) for widget in passed)

"""The generated list: pages of rows, marks, search, filters, sorting, columns, copying, places kept."""

from __future__ import annotations

import datetime
import threading
from array import array

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from desktop.operations.queries import UnitNode
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.versions.canonical import Cell
from desktop.store.queries.reading import Compare, Filter, Query
from desktop.store.tables.database import Database
from desktop.ui.dialogs import Answer
from desktop.ui.lists import model, record_list, rows
from desktop.ui.lists.columns import UNIT, columns_of, headings, shown_at_first
from desktop.ui.lists.filters import Span, place_choices, span_of
from desktop.ui.lists.model import KEPT_PAGES, RowsModel
from desktop.ui.lists.page import ListPage
from desktop.ui.lists.rows import PAGE, Loaded, Mark, Source
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket
from tests.ui.house import FakeDialogs, Hand

K = Qt.Key


def firm(number: int, **more: Cell) -> dict[str, Cell]:
    return {"name": f"第{number:05}号单位", "town": "330106010", "surveyed_staff": number, **more}


def fill(bench: Workbench, hand: Hand, rows: list[dict[str, Cell]]) -> None:
    bench.write("登记", lambda session, _t: records.save_many(session, "enterprise", rows), step=False)
    hand.settle()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> int:
    """Pages of so many rows, so that few rows are several."""
    for module in (model, record_list, rows):
        monkeypatch.setattr(module, "PAGE", 16)
    return 16


def test_a_model_keeps_few_pages_and_reads_the_rest_when_it_is_looked_at(
    hand: Hand, bench: Workbench
) -> None:
    fill(bench, hand, [firm(n) for n in range(PAGE * (KEPT_PAGES + 4))])
    model = RowsModel(bench, bench.types["enterprise"])
    model.set_columns(
        [c for c in columns_of(bench.types["enterprise"]) if c.name in ("name", "surveyed_staff")]
    )
    model.show(Query("enterprise"))
    hand.settle()
    count = PAGE * (KEPT_PAGES + 4)
    assert model.rowCount() == count
    assert model.shown(0) is not None, "the first page comes with the answer"
    assert model.shown(count - 1) is None, "the last page is asked for"
    hand.settle()
    last = model.shown(count - 1)
    assert last is not None
    assert last.texts == (f"第{count - 1:05}号单位", str(count - 1))
    for page in range(KEPT_PAGES + 4):
        model.shown(page * PAGE)
        hand.settle()
    assert len(model._pages) <= KEPT_PAGES


def test_only_the_pages_asked_for_last_are_read(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(n) for n in range(PAGE * 20)])
    model = hand.list_page.list.model
    for page in range(1, 20):
        model.shown(page * PAGE)
    hand.settle()
    assert model.shown(19 * PAGE) is not None
    assert model.shown(2 * PAGE) is None, "it was passed on the way and given up"


def test_a_key_more_gives_up_what_the_keys_before_have_asked(
    hand: Hand, bench: Workbench, qtbot: QtBot
) -> None:
    """Searches of a word that is typed slowly do not queue up: the one that runs ends where it stands."""
    fill(bench, hand, [firm(n) for n in range(20)])
    page, asked, going = hand.list_page, list[str](), threading.Event()
    hours = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000000) SELECT count(*) FROM n"

    def search(database: Database, source: Source, query: Query, around: int) -> Loaded:
        asked.append(query.text)
        going.set()
        if query.text != "第00007":
            database.value(hours)
        return rows.load(database, source, query, around)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "load", search)
        hand.click(page.search)
        for part in ("第", "00", "007"):
            going.clear()
            hand.type(part)
            qtbot.waitUntil(going.is_set)
        hand.settle()
    assert asked == ["第", "第00", "第00007"]
    assert page.list.model.rowCount() == 1


def test_how_many_a_search_finds_is_told_with_its_first_rows(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(n) for n in range(60)])
    told: list[tuple[int | None, str]] = []
    found = hand.list_page.list
    found.model.previewed.connect(lambda count: told.append((count, found.foot.text())))
    hand.click(hand.list_page.search)
    hand.enter("000")
    hand.settle()
    hand.press(K.Key_Backspace)
    hand.press(K.Key_Backspace)
    hand.enter("5")
    hand.settle()
    assert told == [(60, "共60条"), (11, "共11条")]


def test_the_first_rows_are_there_before_all_are_counted(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(n) for n in range(300)])
    model = RowsModel(bench, bench.types["enterprise"])
    model.set_columns([c for c in columns_of(bench.types["enterprise"]) if c.name == "name"])
    seen: list[int] = []
    model.previewed.connect(lambda: seen.append(model.rowCount()))
    model.loaded.connect(lambda: seen.append(model.rowCount()))
    model.show(Query("enterprise"))
    hand.settle()
    assert seen[0] < seen[1] == 300


def test_rows_carry_marks_with_their_reasons(hand: Hand, bench: Workbench) -> None:
    whole = firm(1, ownership="90", sector="non_public", union_state="Y")
    whole["ownership"] = bench.codes["unit_nature"].offered[-1].code
    fill(bench, hand, [whole, firm(2), {**whole, "name": "丙", "uscc": "91330100799655058C"}])
    model = hand.list_page.list.model
    found = {row.texts[0]: row for row in map(model.shown, range(3)) if row is not None}
    assert found["第00001号单位"].mark is Mark.NONE
    assert found["第00002号单位"].mark is Mark.INCOMPLETE
    assert "还没有填写" in found["第00002号单位"].reasons
    assert found["丙"].mark is Mark.WARNING


def test_what_is_disputed_is_named_in_row_and_form_whatever_it_is(hand: Hand, bench: Workbench) -> None:
    """A field, what every record has, and what only a newer program knows and the log keeps for it."""

    def dispute(session: Session, _ticket: Ticket) -> records.Saved:
        saved = records.save(session, "enterprise", firm(1))
        session.database.connection.executemany(
            "INSERT INTO conflict (record, slot, type) VALUES (unhex(?), ?, 'enterprise')",
            [(saved.record, slot) for slot in ("_deleted", "later", "name", "unit")],
        )
        return saved

    made: list[records.Saved] = []
    bench.write("登记", dispute, made.append)
    hand.settle()
    row = hand.list_page.list.model.shown(0)
    assert row is not None
    assert (row.mark, row.reasons) == (
        Mark.CONFLICT,
        "几处填写不一致：删除、新版程序才有的项目、单位名称、所属单位",
    )
    hand.window.open_record("enterprise", made[0].record)
    hand.settle()
    said = "几处填写不一致：删除与否、新版程序才有的项目、单位名称、所属单位。"
    assert hand.form_page.banner.words.startswith(said)


def test_codes_places_and_links_are_words_and_personal_values_are_masked(
    hand: Hand, bench: Workbench
) -> None:
    def make(session, _ticket):  # type: ignore[no-untyped-def]
        union = records.save(session, "union", {"name": "云栖联合工会", "town": "330106010"})
        return records.save(
            session,
            "member",
            {"name": "王犇", "sex": "2", "union": union.record, "id_number": "110101199003077715"},
        )

    bench.write("登记", make)
    hand.settle()
    hand.window.open_page("list:member")
    hand.settle()
    row = hand.list_page.list.model.shown(0)
    assert row is not None
    assert row.texts[:2] == ("王犇", "女")
    assert "云栖联合工会" in row.texts
    assert "110101********7715" in row.texts


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_it_round(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(n) for n in (3, 1, 2)])
    page = hand.list_page
    head = page.list.table.horizontalHeader()
    section = 1 + [c.name for c in page.list.columns].index("surveyed_staff")
    x = head.sectionViewportPosition(section) + 12
    for wanted in (["1", "2", "3"], ["3", "2", "1"]):
        hand.click(head.viewport(), head.viewport().rect().center().__class__(x, 8))
        hand.settle()
        shown = [page.list.model.shown(n) for n in range(3)]
        assert [row.texts[section - 1] for row in shown if row] == wanted


def test_a_click_on_the_heading_of_a_link_or_a_choice_sorts_by_the_words(
    hand: Hand, bench: Workbench
) -> None:
    fill(bench, hand, [firm(1, union_state="Y"), firm(2, union_state="N"), firm(3, union_state="C")])
    page = hand.list_page
    head = page.list.table.horizontalHeader()
    section = 1 + [c.name for c in page.list.columns].index("union_state")
    hand.click(head.viewport(), QPoint(head.sectionViewportPosition(section) + 12, 8))
    hand.settle()
    shown = [page.list.model.shown(n) for n in range(3)]
    assert [row.texts[section - 1] for row in shown if row] == ["待筹建", "筹建", "建立"]
    assert {c.name: c.order for c in columns_of(bench.types["member"])}["union"] == "union"


def test_in_the_search_box_ctrl_z_takes_back_what_was_typed_there_and_else_the_last_step(
    hand: Hand, bench: Workbench
) -> None:
    fill(bench, hand, [firm(1)])
    page = hand.list_page
    page.list.table.take_cursor()
    bench.write("登记一家", lambda session, _t: records.save_many(session, "enterprise", [firm(2)]))
    hand.settle()
    hand.control(K.Key_F)
    hand.type("00002")
    for key, typed in ((K.Key_Z, ""), (K.Key_Y, "00002"), (K.Key_Z, "")):
        hand.control(key)
        assert page.search.text() == typed
    hand.pause()
    assert page.list.model.rowCount() == 2
    hand.control(K.Key_Z)
    hand.settle()
    assert page.list.model.rowCount() == 1
    assert hand.focus is page.search


def test_in_an_untouched_search_box_ctrl_y_does_the_last_step_again(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(1)])
    bench.write("登记一家", lambda session, _t: records.save_many(session, "enterprise", [firm(2)]))
    hand.settle()
    hand.control(K.Key_F)
    for key, count in ((K.Key_Z, 1), (K.Key_Y, 2)):
        hand.control(key)
        hand.settle()
        assert hand.list_page.list.model.rowCount() == count


def test_the_filters_narrow_the_list_and_are_taken_off_at_once(hand: Hand, bench: Workbench) -> None:
    fill(
        bench,
        hand,
        [firm(1, union_state="Y"), firm(2, union_state="N"), firm(3, union_state="N", town="330106012")],
    )
    page = hand.list_page
    page.filters.set_values("union_state", ["N"])
    hand.settle()
    assert page.list.model.rowCount() == 2
    page.filters.set_values("town", ["330106010"])
    hand.settle()
    assert page.list.model.rowCount() == 1
    assert "待筹建" in page.filters.chips["union_state"].text()
    hand.click(page.filters.clear_button)
    hand.settle()
    assert page.list.model.rowCount() == 3
    assert not page.filters.active


def test_a_filter_is_chosen_by_mouse_and_by_typing(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(1, union_state="Y"), firm(2, union_state="N")])
    page = hand.list_page
    hand.click(page.filters.chips["town"])
    hand.type("ly")
    hand.press(K.Key_Return)
    hand.settle()
    assert page.list.model.rowCount() == 0
    assert "灵隐街道" in page.filters.chips["town"].text()
    hand.click(page.list.empty.primary)
    hand.settle()
    hand.click(page.filters.chips["union_state"])
    hand.press(K.Key_Space)
    hand.settle()
    hand.press(K.Key_Return)
    assert page.list.model.rowCount() == 1


def test_several_choices_are_ticked_by_typing_or_by_a_click_on_their_words(
    hand: Hand, bench: Workbench
) -> None:
    fill(bench, hand, [firm(1, industry="manufacturing"), firm(2, industry="trade"), firm(3)])
    page = hand.list_page
    chip = page.filters.chips["industry"]
    hand.click(chip)
    hand.type("zzy")
    hand.press(K.Key_Return)
    hand.settle()
    assert (page.list.model.rowCount(), chip.words) == (1, "所属行业：制造业")
    hand.type("pf")
    hand.press(K.Key_Space)
    hand.settle()
    assert page.list.model.rowCount() == 2
    overlay = page.filters._overlay
    assert overlay is not None
    line = overlay.list.visualItemRect(overlay.list.currentItem())
    hand.click(overlay.list.viewport(), QPoint(line.right() - 4, line.center().y()))
    hand.settle()
    assert chip.words == "所属行业：制造业"
    hand.press(K.Key_Return)
    assert page.filters._overlay is None
    assert hand.focus is chip


def test_units_are_a_filter_where_there_are_several(hand: Hand, bench: Workbench) -> None:
    page = hand.list_page
    assert page.filters.chips["_unit"].isHidden()
    page._units_arrived([UnitNode("a", "西湖区总工会", ""), UnitNode("b", "转塘街道总工会", "a")])
    assert not page.filters.chips["_unit"].isHidden()
    assert UNIT in [c.name for c in page.list.columns]


def test_a_selection_of_another_page_is_shown_until_it_is_given_up(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(n) for n in range(30)])
    query = Query("enterprise", filters=(Filter("surveyed_staff", Compare.AT_LEAST, 25),))
    hand.window.open_list("enterprise", query, "25人以上的单位")
    hand.settle()
    page = hand.list_page
    assert page.list.model.rowCount() == 5
    hand.control(K.Key_F)
    hand.type("29")
    hand.pause()
    assert page.list.model.rowCount() == 1
    page.search.clear()
    hand.click(page.filters.clear_button)
    hand.pause()
    assert page.list.model.rowCount() == 30


def test_sums_stand_below_the_list(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(n) for n in (10, 20)])
    assert hand.list_page.list.foot.text() == "共2条　工会摸排职工数合计30人"


def test_firms_that_begin_alike_are_told_apart_by_their_ends(hand: Hand, bench: Workbench) -> None:
    names = [f"杭州余杭径山镇双溪漂流景区开发管理服务有限责任公司第{n}分公司𠮷㐂䶮" for n in range(3)]
    fill(bench, hand, [firm(n, name=name) for n, name in enumerate(names)])
    table = hand.list_page.list.table
    option = QStyleOptionViewItem()
    table.initViewItemOption(option)
    room, column = 18 * table.fontMetrics().horizontalAdvance("杭"), table.rows.columns[0]
    assert column.name == "name"
    shown = [table.fontMetrics().elidedText(name, option.textElideMode, room) for name in names]
    assert len(set(shown)) == 3
    assert all("…" in each and each.startswith("杭州") and each.endswith("䶮") for each in shown)


def test_selected_rows_are_copied_as_a_spreadsheet_takes_them(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(1, contact_phone="13800001111"), firm(2)])
    page = hand.list_page
    page.list.table.setFocus()
    hand.control(K.Key_A)
    hand.control(K.Key_C)
    hand.settle()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 2
    assert lines[0].split("\t")[0] == "第00001号单位"
    assert "13800001111" not in lines[0]


def test_all_selected_rows_are_deleted_those_included_that_were_never_seen(
    hand: Hand, bench: Workbench, dialogs: FakeDialogs, short: int
) -> None:
    count = short * 4 + 5
    fill(bench, hand, [firm(n) for n in range(count)])
    page = hand.list_page
    page.list.table.setFocus()
    hand.control(K.Key_A)
    dialogs.answers = [Answer.YES]
    hand.press(K.Key_Delete)
    hand.settle()
    assert f"{count}条" in dialogs.asked[-1]
    assert page.list.model.rowCount() == 0
    hand.control(K.Key_Z)
    hand.settle()
    assert page.list.model.rowCount() == count


def test_a_visit_is_called_by_its_employer_too_and_a_copy_keeps_it(
    hand: Hand, bench: Workbench, dialogs: FakeDialogs
) -> None:
    def enter(session: Session, _ticket: Ticket) -> None:
        employer = records.save(session, "enterprise", firm(1)).record
        visit: dict[str, Cell] = {"visit_date": "2026-11-20", "enterprise": employer, "visitors": "陈静"}
        records.save(session, "visit", visit)

    bench.write("登记", enter, step=False)
    hand.settle()
    hand.window.open_page("list:visit")
    hand.settle()
    visits = hand.list_page.list
    visits.table.go_to(0)
    hand.settle()
    dialogs.answers = [Answer.NO]
    hand.press(K.Key_Delete)
    hand.settle()
    assert "“2026-11-20 第00001号单位 陈静”" in dialogs.asked[-1]
    visits._duplicate(visits.selected()[0])
    hand.settle()
    form = hand.form_page.form
    assert form.rows["enterprise"].editor.text(), "whom it was at"
    assert form.rows["visit_date"].editor.text() != "2026-11-20"
    hand.window.open_page("list:visit")
    hand.settle()
    hand.list_page.list.table.go_to(0)
    hand.press(K.Key_Return)
    hand.settle()
    assert hand.form_page.title == "2026-11-20 第00001号单位 陈静"


def test_the_row_in_hand_stays_in_hand_when_others_change(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(n) for n in range(10, 20)])
    page = hand.list_page
    page.list.table.go_to(4)
    name = page.list.model.shown(4)
    assert name is not None
    fill(bench, hand, [firm(1)])
    current = page.list.model.shown(page.list.table.currentIndex().row())
    assert current is not None
    assert current.texts[0] in (name.texts[0], "第00001号单位")


def test_columns_are_chosen_and_remembered(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(1, grid="一号网格")])
    page = hand.list_page
    page._columns_chosen(["name", "grid"])
    hand.settle()
    row = page.list.model.shown(0)
    assert row is not None
    assert row.texts == ("第00001号单位", "一号网格")
    again = ListPage(bench, bench.types["enterprise"], "users")
    assert [c.name for c in again.list.columns] == ["name", "grid"]


def test_f2_opens_the_record_at_the_field_under_the_cursor(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(1)])
    table = hand.list_page.list.table
    column = 1 + [c.name for c in hand.list_page.list.columns].index("surveyed_staff")
    table.setCurrentIndex(hand.list_page.list.model.index(0, column))
    table.setFocus()
    hand.press(K.Key_F2)
    hand.settle()
    assert hand.focus is hand.form_page.form.rows["surveyed_staff"].editor.inputs()[0]


@pytest.mark.parametrize("menu_key", [False, True])
def test_by_key_the_menu_opens_right_below_the_row_in_hand(
    hand: Hand, bench: Workbench, menu_key: bool
) -> None:
    fill(bench, hand, [firm(1), firm(2)])
    table = hand.list_page.list.table
    table.setCurrentIndex(hand.list_page.list.model.index(1, 1))
    table.setFocus()
    asked: list[QPoint] = []
    # Not the menu itself: without a screen no pop-up can take the keyboard.
    table.menu_wanted.disconnect()
    table.menu_wanted.connect(asked.append)
    if menu_key:
        # As Qt makes of the key, with the cursor's place in the table instead of in what lies below its heading.
        place = QPoint(table.visualRect(table.currentIndex()).center())
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, table.mapToGlobal(place))
        QApplication.sendEvent(table, event)
    else:
        hand.press(K.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    below = table.visualRect(table.currentIndex()).bottomLeft()
    assert asked == [table.viewport().mapToGlobal(below)]
    assert "Shift+F10 或菜单键" in hand.list_page.shortcuts()


def test_a_copy_begins_without_name_code_and_personal_data(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(1, contact_name="王", uscc="91330100799655058B", union_state="Y")])
    page = hand.list_page
    row = page.list.model.shown(0)
    assert row is not None
    page.list._duplicate(row)
    hand.settle()
    values = hand.form_page.form.values()
    assert values["union_state"] == "Y"
    assert values["town"] == "330106010"
    assert not values["name"]
    assert not values["uscc"]
    assert not values["contact_name"]


def test_children_that_are_listed_by_themselves_show_what_they_belong_to(bench: Workbench) -> None:
    assert shown_at_first(bench.types["participant"], False)[0] == "meeting"
    assert "meeting" not in shown_at_first(bench.types["participant"], False, of_one_parent=True)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("本月", "2026-02-01", "2026-02-28"),
        ("上月", "2026-01-01", "2026-01-31"),
        ("本季度", "2026-01-01", "2026-03-31"),
        ("今年", "2026-01-01", "2026-12-31"),
        ("去年", "2025-01-01", "2025-12-31"),
    ],
)
def test_spans_of_days(words: str, first: str, last: str) -> None:
    found = span_of(words, datetime.date(2026, 2, 14))
    assert found == Span(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))


def test_those_above_a_district_choose_among_all_districts(bench: Workbench) -> None:
    divisions = bench.facts.divisions
    own = place_choices(divisions, "330106010")
    assert [c.words for c in own][:1] == ["西湖区（全部）"]
    assert len(place_choices(divisions, "3301")) > len(own)


def test_an_empty_list_says_what_it_is_for_and_offers_the_way_on(hand: Hand, bench: Workbench) -> None:
    page = hand.list_page
    assert "还没有登记" in page.list.empty.sentence.text()
    hand.click(page.list.empty.primary)
    hand.settle()
    assert hand.form_page.record is None


def test_row_numbers_are_eight_bytes_a_row() -> None:
    assert array("q", range(100)).itemsize == 8


def test_columns_give_up_width_only_where_all_of_them_fit_then(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(1, name="杭州云栖智能科技（集团）股份有限公司转塘街道第三分公司人力资源服务部")])
    page = hand.list_page
    table, name = page.list.table, 1
    naturals = [table._natural(column) for column in page.list.model.columns]
    natural, bar = naturals[0], table.horizontalScrollBar()
    beside = hand.window.width() - table.viewport().width() + table.columnWidth(0)
    hand.window.resize(sum(naturals) + beside - 40, 728)
    hand.settle()
    assert bar.maximum() == 0
    assert table.columnWidth(name) == natural, "others are a little narrower, and nothing has to be scrolled"
    hand.window.resize(sum(naturals) + beside - 250, 728)
    hand.settle()
    assert bar.maximum() > 0
    assert table.columnWidth(name) > natural, "who has to scroll anyway can read the names"
    assert table.columnWidth(name) <= table.viewport().width() // 2 + 1


def test_columns_are_as_wide_as_the_words_in_them_and_do_not_jump_about(hand: Hand, bench: Workbench) -> None:
    page = hand.list_page
    table, columns = page.list.table, page.list.model.columns
    before = {c.name: table._natural(c) for c in columns}
    fill(bench, hand, [firm(1, ownership="110")])
    after = {c.name: table._natural(c) for c in columns}
    assert after["name"] < before["name"], "an estimate gives way to what is there"
    assert all(after[c.name] >= table._least(c) for c in columns), "labels are always read"
    words = next(n for n, c in enumerate(columns, 1) if c.name == "ownership")
    text = table.model().index(0, words).data()
    assert table.columnWidth(words) > table.fontMetrics().horizontalAdvance(text)
    fill(bench, hand, [firm(2, name="短")])
    assert table._natural(columns[0]) == after["name"], "a shorter name does not move the others"


def test_a_unit_without_units_below_sees_no_column_of_units(hand: Hand, bench: Workbench) -> None:
    own = bench.facts.unit.id
    above = [UnitNode("a", "西湖区总工会", ""), UnitNode(own, "转塘街道总工会", "a")]
    page = hand.list_page
    page._units_arrived(above)
    assert UNIT not in [c.name for c in page.list.columns]
    assert not page.filters._unit_chip.isVisible()
    page._units_arrived([*above, UnitNode("b", "某村工会", own)])
    assert UNIT in [c.name for c in page.list.columns]
    assert page.filters._unit_chip.isVisible()


@pytest.mark.parametrize("type_name", ["coverage", "union"])
def test_an_empty_list_puts_the_cursor_on_what_to_do_and_then_into_the_rows(
    hand: Hand, bench: Workbench, type_name: str
) -> None:
    """Whether it has words to search or not: there is nothing to be found."""
    hand.window.open_page(f"list:{type_name}")
    hand.settle()
    page = hand.list_page
    assert page.search.isEnabled() == (type_name == "union")
    assert hand.focus is page.list.empty.primary
    bench.write("登记", lambda s, _t: records.save(s, type_name, {"remark": "一"}), step=False)
    hand.settle()
    assert hand.focus is page.list.table
    hand.control(K.Key_F)
    bench.write("登记", lambda s, _t: records.save(s, type_name, {"remark": "二"}), step=False)
    hand.settle()
    assert hand.focus is (page.search if page.search.isEnabled() else page.list.table)


def test_all_selected_rows_are_copied_those_included_that_were_never_seen(
    hand: Hand, bench: Workbench, short: int
) -> None:
    count = short * (KEPT_PAGES + 3)
    fill(bench, hand, [firm(n) for n in range(count)])
    hand.list_page.list.table.setFocus()
    hand.control(K.Key_A)
    hand.control(K.Key_C)
    hand.settle()
    names = [line.split("\t")[0] for line in QGuiApplication.clipboard().text().split("\n")]
    assert names == [f"第{n:05}号单位" for n in range(count)]
    assert f"已复制{count}行" in hand.window.notices.words


def test_enter_opens_a_row_that_is_still_on_its_way(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(n) for n in range(PAGE * 3)])
    page = hand.list_page
    page.list.table.setFocus()
    hand.press(K.Key_End)
    page.list.model._pages.clear()  # as after a jump that was quicker than the reader
    hand.press(K.Key_Return)
    hand.settle()
    assert hand.form_page.title == f"第{PAGE * 3 - 1:05}号单位"


def test_painting_a_list_of_which_all_is_selected_does_not_ask_every_row(
    hand: Hand, bench: Workbench
) -> None:
    fill(bench, hand, [firm(n) for n in range(PAGE * 4)])
    table = hand.list_page.list.table
    table.setFocus()
    hand.control(K.Key_A)
    hand.settle()
    asked: list[int] = []
    count = table.rows.columnCount
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table.rows, "columnCount", lambda *parent: asked.append(1) or count(*parent))
        table.grab()
    assert len(asked) < PAGE * 4


def test_on_a_small_screen_all_columns_of_words_give_way_before_anything_has_to_be_scrolled(
    hand: Hand, bench: Workbench
) -> None:
    long = {"industry": "information", "ownership": "other_limited", "village": "330106010202"}
    long["town"] = "330106012"
    fill(bench, hand, [firm(1, name="杭州云栖智能科技（集团）股份有限公司转塘街道第三分公司", **long)])
    table, columns = hand.list_page.list.table, hand.list_page.list.model.columns
    widest = {c.name: table.columnWidth(n) for n, c in enumerate(columns, start=1)}
    naturals = [table._natural(column) for column in columns]
    beside = hand.window.width() - table.viewport().width() + table.columnWidth(0)
    hand.window.resize(sum(naturals) + beside - 110, 728)
    hand.settle()
    assert table.horizontalScrollBar().maximum() == 0
    shown = {c.name: table.columnWidth(n) for n, c in enumerate(columns, start=1)}
    assert shown["surveyed_staff"] == naturals[[c.name for c in columns].index("surveyed_staff")]
    assert all(shown[c.name] >= table._least(c) for c in columns if table._needs[c.name])
    assert any(shown[name] < widest[name] for name in shown if name != "name")
    hand.window.resize(sum(naturals) + beside - 160, 728)
    hand.settle()
    words = table.fontMetrics().horizontalAdvance("灵隐街道")
    assert table.columnWidth(1 + [c.name for c in columns].index("town")) > words, "all would be 灵…"


def test_a_long_name_has_the_room_that_is_left_before_columns_in_which_nothing_stands(
    hand: Hand, bench: Workbench
) -> None:
    """Hundreds of branches of one firm differ at their ends only."""
    fill(bench, hand, [firm(n, name=f"{'杭州余杭径山双溪竹海漂流旅游' * 6}第{n}分公司") for n in range(3)])
    table, columns = hand.list_page.list.table, hand.list_page.list.model.columns
    naturals = [table._natural(column) for column in columns]
    spare = table.viewport().width() - table.columnWidth(0) - sum(naturals)
    assert spare > 0
    assert table.columnWidth(1) == naturals[0] + spare
    for n, column in enumerate(columns, start=1):
        if not table._needs.get(column.name):
            assert table.columnWidth(n) == naturals[n - 1]


def test_one_long_name_cuts_no_words_in_the_other_columns(hand: Hand, bench: Workbench) -> None:
    """It is the first to be cut itself; the names that most rows have are cut last."""
    more: dict[str, Cell] = {"town": "330106010", "village": "330106010202"}
    fill(bench, hand, [firm(n, **more) for n in range(9)])
    table, columns = hand.list_page.list.table, hand.list_page.list.model.columns
    village = 1 + [c.name for c in columns].index("village")
    usual, beside = table._natural(columns[0]), hand.window.width() - table.viewport().width()
    beside += table.columnWidth(0)
    fill(bench, hand, [firm(9, name="杭州云栖智能科技（集团）股份有限公司转塘街道第三分公司", **more)])
    naturals = [table._natural(column) for column in columns]
    hand.window.resize(sum(naturals) + beside - (naturals[0] - usual), 728)
    hand.settle()
    assert table.horizontalScrollBar().maximum() == 0
    assert usual <= table.columnWidth(1) < naturals[0]
    assert table.columnWidth(village) == naturals[village - 1]


def test_in_large_text_the_unions_need_no_scrolling_and_days_are_whole(hand: Hand, bench: Workbench) -> None:
    union = {
        "name": "杭州云栖智能科技有限公司工会委员会",
        "established_date": "2024-05-20",
        "chair_name": "王小芬",
    }
    bench.write("登记", lambda session, _t: records.save(session, "union", union))
    hand.window.open_page("list:union")
    hand.settle()
    hand.control(K.Key_0)
    hand.settle()
    hand.window.resize(1240, 728)
    hand.settle()
    table = hand.list_page.list.table
    names = [c.name for c in hand.list_page.list.model.columns]
    try:
        assert table.horizontalScrollBar().maximum() == 0
        day = table.columnWidth(names.index("established_date") + 1)
        assert day > table.fontMetrics().horizontalAdvance("2024-05-20") + 8
    finally:
        hand.control(K.Key_0)
        hand.settle()


def test_a_heading_leaves_out_what_explains_it_where_that_names_no_other_column(bench: Workbench) -> None:
    columns = {c.name: c for c in columns_of(bench.types["union"])}
    chair, officer = columns["chair_name"], columns["chair_officer"]
    assert headings([chair])["chair_name"] == "主席"
    assert headings([chair, officer])["chair_name"] == "主席（工会负责人）"
    # What stands in brackets in the middle belongs to the name.
    assert headings([columns["term_number"]])["term_number"] == "届次"


def test_a_column_that_is_empty_at_first_gets_room_when_words_come(hand: Hand, bench: Workbench) -> None:
    rows = [firm(n, industry="information" if n // PAGE == 1 else "") for n in range(PAGE * 3)]
    fill(bench, hand, rows)
    listed = hand.list_page.list
    table, place = listed.table, [c.name for c in listed.model.columns].index("industry")
    assert table.columnWidth(place + 1) > table._least(listed.model.columns[place]), "there is room"
    table.set_given_widths({"name": 2000})
    before = table.columnWidth(place + 1)
    table.go_to(PAGE + 5)
    hand.settle()
    assert table.columnWidth(place + 1) > before
    assert listed.model.shown(PAGE + 5) is not None


def test_whoever_enters_a_list_has_its_first_record_in_hand(hand: Hand, bench: Workbench) -> None:
    rows: list[dict[str, Cell]] = [{"name": f"第{n}家"} for n in (2, 1)]
    bench.write("登记", lambda session, _t: records.save_many(session, "meeting", rows), step=False)
    hand.settle()
    hand.window.open_page("list:meeting")
    hand.settle()
    assert hand.list_page.status().selected == "已选1条"
    hand.press(K.Key_Return)
    hand.settle()
    assert "第1家" in hand.window.windowTitle()


def test_where_none_is_in_hand_enter_takes_the_first_and_then_opens_it(hand: Hand, bench: Workbench) -> None:
    fill(bench, hand, [firm(n) for n in (2, 1)])
    listed = hand.list_page.list
    listed.table.setFocus()
    listed.table.clearSelection()
    hand.press(K.Key_Return)
    assert listed.table.positions() == [0]
    hand.press(K.Key_Return)
    hand.settle()
    assert str(firm(1)["name"]) in hand.window.windowTitle()

"""The page 工作台: what is to be done opens what it speaks of, numbers open into records, a new village is led."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from desktop import reference
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.stations import exchange
from desktop.plan import indicators as plan
from desktop.plan.results import Status
from desktop.records.declaration import Level, Role
from desktop.records.versions.canonical import Cell
from desktop.records.versions.stamps import COUNTER_BITS, DAY_MS
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.workspaces.drafts import Draft
from desktop.ui.forms.page import FormPage
from desktop.ui.pages.conflicts.page import ConflictsPage
from desktop.ui.pages.duplicates.page import DuplicatesPage
from desktop.ui.pages.home import reading as home_reading
from desktop.ui.pages.home.choosing import IndicatorActs
from desktop.ui.pages.home.found import FoundPage
from desktop.ui.pages.home.page import HomePage
from desktop.ui.pages.home.plan import amount_words, left_words
from desktop.ui.pages.imports.page import ImportPage
from desktop.ui.pages.sync.page import FORKS, UNSETTLED, SyncPage
from desktop.ui.widgets.choices import NOTHING_FOUND
from desktop.ui.widgets.wrapping import laid_out
from tests.operations.stations import enrol, report_up, station, twin
from tests.ui.hands import Hands, Windows

CODE = "91330106MA2ABCDEX7"
Open = Callable[[Session], tuple[Hands, HomePage]]


@pytest.fixture
def open_page(windows: Windows) -> Open:
    return lambda session: windows.page(session, "home", HomePage)


@pytest.fixture
def town(tmp_path: Path) -> Session:
    """A town with firms: of three that should have a union one has."""
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    firms = [
        records.save(
            town, "enterprise",
            {"name": f"径山第{n}厂", "status": "active", "ownership": _private(town), "surveyed_staff": 120,
             "union_state": "Y" if n == 1 else "N"},
        ).record
        for n in (1, 2, 3)
    ]  # fmt: skip
    assert len(firms) == 3
    return town


def _private(session: Session) -> str:
    codes = session.codes[session.types["enterprise"].by_name["ownership"].codes or ""]
    found = codes.find("私有企业") or codes.find("私营企业") or codes.find("民营企业")
    return found or next(item.code for item in codes.offered if "私" in item.label)


def sentences(page: HomePage) -> list[str]:
    return [task.sentence for task in page.tasks.matters.tasks]


class Shows(QObject):
    """Counts how often a widget comes to be seen."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Show
        return False


def row_of(page: HomePage, code: str):  # type: ignore[no-untyped-def]
    return next(row for row in page.plan.rows if row.indicator.target_id == code)


def test_a_new_village_is_shown_three_steps_and_the_first_one_works(open_page: Open, tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    hands, page = open_page(village)
    assert [t.step.title for t in page.first.tiles] == ["登记企业（单位）", "登记工会和会员", "办理入网"]
    assert page.first.isVisible()
    assert page.first.tiles[0].action.property("primary")
    assert page.first.tiles[0].action.hasFocus()
    page.refresh(None)
    hands.settle()
    assert page.first.tiles[0].action.hasFocus(), "the steps were shown anew"
    assert "换了电脑的先办这一步" in page.first.tiles[2].step.words, "all that was reported comes down"
    hands.click(page.first.tiles[2].action)
    assert isinstance(hands.window.page, SyncPage)
    records.save(village, "enterprise", {"name": "第一家"})
    hands.show("home")
    page.refresh(None)
    hands.settle()
    assert not page.first.isVisible()
    told = [n for n, words in enumerate(sentences(page)) if "入网" in words]
    assert len(told) == 1, "once is enough"
    page.tasks.matters.tasks[told[0]].do()
    assert isinstance(hands.window.page, SyncPage)


def test_who_only_looks_is_not_sent_to_a_form(open_page: Open, tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    object.__setattr__(village.operator, "role", Role.READER)
    hands, page = open_page(village)
    register, union, enrolling = page.first.tiles
    offered = [b for tile in (register, union) for b in tile.findChildren(QPushButton) if b.isEnabled()]
    assert not offered
    assert "只能查看" in register.action.toolTip()
    assert enrolling.action.hasFocus()
    hands.show("sync")
    assert isinstance(hands.window.page, SyncPage)
    words = [label.text() for label in hands.window.page.merge.drop.findChildren(QLabel)]
    assert any("合并由本单位的汇总员或管理员来做" in each for each in words), "before files are looked for"


def test_who_only_looks_is_told_that_others_do_what_is_listed(open_page: Open, town: Session) -> None:
    object.__setattr__(town.operator, "role", Role.READER)
    _hands, page = open_page(town)
    count = len(sentences(page))
    assert page.left.head.text() == f"本单位要做的（{count}件）"
    assert "您登录的身份只能查看" in page.others_do.text()
    assert page.others_do.isVisible()


def test_who_does_it_himself_is_told_nothing_of_others_and_the_cursor_waits_for_what_comes_late(
    open_page: Open, tmp_path: Path
) -> None:
    """Until all has answered nobody says that there is nothing to do: the cursor had gone from there, to the menu."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    for name in ("李明", "李  明"):
        records.save(district, "member", {"name": name, "id_number": "330102199001010012"})
    object.__setattr__(district.operator, "role", Role.READER)  # so that nothing is incomplete for him
    hands, page = open_page(district)
    again, nothing = HomePage(hands.bench), Shows()
    hands.qtbot.addWidget(again)
    again.done.installEventFilter(nothing)
    again.show()
    assert again.looking.isVisible(), "and meanwhile it is said that it is looked"
    hands.settle()
    assert not again.looking.isVisible()
    assert ["登记了两遍" in words for words in sentences(again)] == [True]
    assert nothing.count == 0
    object.__setattr__(district.operator, "role", Role.DESK)
    page.load()
    hands.settle()
    assert page.left.head.text().startswith("今天要做的")
    assert not page.others_do.isVisible()


def test_an_industry_is_told_that_targets_are_not_its_own_to_fill_in(open_page: Open, tmp_path: Path) -> None:
    _, page = open_page(station(tmp_path, "330110C01", "快递行业工会", Level.INDUSTRY))
    targets = page.first.tiles[2].action
    assert not targets.isEnabled()
    assert targets.toolTip() == "计划目标由别的单位登记，本单位不用填。", "who may do everything else here"


def test_who_is_enrolled_before_anything_is_recorded_is_not_sent_there_again(
    open_page: Open, tmp_path: Path
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, tmp_path)
    _, page = open_page(village)
    tile = page.first.tiles[2]
    assert (tile.step.done, tile.action.text()) == (True, "去上报")
    assert "导出申请" not in tile.step.words
    assert "换了电脑的先收上级给的回执" in tile.step.words


def test_a_new_district_begins_with_those_below(open_page: Open, tmp_path: Path) -> None:
    _, page = open_page(station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT))
    assert [t.step.title for t in page.first.tiles] == ["为下级办理入网", "收第一批数据包", "填写计划目标"]


def test_a_district_that_has_cases_alone_is_told_what_is_late(open_page: Open, tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    complaint = {"summary": "拖欠工资", "source": "complaint", "received_date": "2026-11-02"}
    records.save(district, "case", complaint)
    _, page = open_page(district)
    assert not page.first.isVisible()
    assert "期限到2026年11月9日，已经过了" in sentences(page)[0]


def test_what_is_to_be_done_opens_its_page_or_its_records(open_page: Open, tmp_path: Path) -> None:
    town = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, town, tmp_path)
    record = records.save(village, "enterprise", {"name": "一家", "uscc": CODE}).record
    report_up(village, town, tmp_path)
    records.save(town, "enterprise", {"name": "区里改的"}, record=record)
    records.save(village, "enterprise", {"name": "村里改的"}, record=record)
    exchange.merge(town, [exchange.send(village, tmp_path / "b.xsj").path])
    records.save(town, "enterprise", {"name": "缺很多内容的一家"})
    for name in ("李明", "李  明"):
        records.save(town, "member", {"name": name, "id_number": "330102199001010012"})
    hands, page = open_page(town)
    found = sentences(page)
    assert any("填得不一样" in s for s in found)
    (twice,) = (t for t in page.tasks.matters.tasks if "1处像是登记了两遍" in t.sentence)
    assert any("还没有给回执" in s for s in found)
    assert any("不完整或有错" in s for s in found)
    assert [t.urgent for t in page.tasks.matters.tasks] == sorted(
        (t.urgent for t in page.tasks.matters.tasks), reverse=True
    )
    page.tasks.setFocus()
    place = next(n for n, s in enumerate(found) if "填得不一样" in s)
    page.tasks.setCurrentIndex(page.tasks.matters.index(place, 0))
    hands.qtbot.keyClick(page.tasks, Qt.Key.Key_Return)
    hands.settle()
    assert isinstance(hands.window.page, ConflictsPage)
    hands.show("home")
    place = next(n for n, s in enumerate(found) if "不完整" in s)
    spot = page.tasks.visualRect(page.tasks.matters.index(place, 0)).center()
    hands.qtbot.mouseClick(page.tasks.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    hands.settle()
    opened = hands.window.page
    assert isinstance(opened, FoundPage)
    assert [m.rowCount() for m in opened.models] == [1, 2]
    twice.do()
    hands.settle()
    assert isinstance(hands.window.page, DuplicatesPage)


def test_a_draft_is_offered_and_opened(
    open_page: Open, town: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = town.workspace.drafts()
    drafts.keep(Draft("enterprise:new:1", "enterprise", "", 1, {"name": "犇㛃䶮" * 10}))
    drafts.close()
    hands, page = open_page(town)
    (task,) = [t for t in page.tasks.matters.tasks if t.key.startswith("draft:")]
    assert "犇㛃䶮" in task.sentence
    assert len(task.sentence) < 50
    opened: list[Draft] = []
    monkeypatch.setattr(hands.window, "open_draft", opened.append)
    page._drafts_arrived(page.drafts, {})
    page.tasks.matters.tasks[[t.key for t in page.tasks.matters.tasks].index(task.key)].do()
    assert [d.key for d in opened] == ["enterprise:new:1"]


def test_an_indicator_says_number_target_gap_and_origin_and_opens_what_is_missing_first(
    open_page: Open, town: Session
) -> None:
    hands, page = open_page(town)
    row = row_of(page, "T12")
    figure = row.indicator.figure
    assert figure.status is Status.NOT_MET
    assert row.amount.text() == amount_words(figure)
    assert row.gap.text() == f"还差{figure.gap}家"
    assert row.origin.text() == "目标100%，按记录算出"
    assert row.bar.share == figure.ratio
    assert row.bar.target == Fraction(1)
    assert row.bar.accessibleName() == row.indicator.sentence
    hands.click(row.name)
    opened = hands.window.page
    assert isinstance(opened, FoundPage)
    assert opened.tabs[0].text() == f"还没有做到的（{figure.gap}）"
    assert opened.tabs[0].isChecked()
    rows = [opened.models[0].shown(n) for n in range(opened.models[0].rowCount())]
    assert {row.texts[0] for row in rows if row is not None} <= {
        "径山第1厂", "径山第2厂", "径山第3厂",
    }  # fmt: skip
    hands.window.back()
    assert hands.window.page is page


def test_indicators_stand_below_the_chapters_of_the_plan(open_page: Open, town: Session) -> None:
    records.save(town, "union", {"name": "工会", "kind": "independent", "approval_date": "2025-01-01"})
    hands, page = open_page(town)
    heads = [label.text().partition("　")[0] for label in page.plan.chapters]
    assert heads == [c for c in reference.plan_chapters() if c in heads]
    assert [r.indicator.chapter for r in page.plan.rows] == sorted(
        (r.indicator.chapter for r in page.plan.rows), key=heads.index
    )
    entered = next(label for label in page.plan.chapters if label.text().startswith("基层赋能计划"))
    assert entered.text() == "基层赋能计划　1项有目标，0项达标"
    codes = [r.indicator.id for r in page.plan.rows if r.indicator.chapter == "基层赋能计划"]
    assert codes.index("T27") < codes.index("T26.stations"), "what says something comes first"
    page.load()
    hands.settle()
    assert [label.isVisible() for label in page.plan.chapters] == [True] * len(heads)


def test_each_new_matter_opens_its_records(open_page: Open, town: Session) -> None:
    unit = town.unit.id
    for type_name, values in (
        ("resolution_item", {"content": "修食堂", "due_date": "2025-01-01"}),
        ("mailbox_letter", {"subject": "食堂", "received_date": "2025-01-01"}),
        ("collective_contract", {"signed_date": "2025-01-01", "ended": "2030-01-01"}),
    ):
        records.save(town, type_name, values, unit=unit)
    hands, page = open_page(town)
    for words, count in (("议定事项", 1), ("信箱来信", 1), ("报送人社", 1)):
        hands.show("home")
        task = next(t for t in page.tasks.matters.tasks if words in t.sentence)
        assert task.urgent
        task.do()
        hands.settle()
        opened = hands.window.page
        assert isinstance(opened, FoundPage)
        assert [m.rowCount() for m in opened.models] == [count]


def test_the_reading_is_marked_as_an_example_and_quotes_the_plan(open_page: Open, town: Session) -> None:
    hands, page = open_page(town)
    row = row_of(page, "T12")
    assert "示例" in row.fold.toolTip()
    assert "示例" in page.right.head.text()
    hands.click(row.fold)
    assert row.body is not None
    assert row.body.isVisible()
    words = " ".join(label.text() for label in row.body.findChildren(type(page.plan_note)))
    assert row.indicator.wording[0] in words
    assert "非官方" in words
    page.load()
    hands.settle()
    assert row_of(page, "T12").fold.isChecked()


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2025-12-01", "，离2025-12-31还有30天"),
        ("2026-11-23", "，离2026-12-31还有38天"),
        ("2026-12-31", "，离2026-12-31还有0天"),
        ("2027-01-01", "，方案已于2026-12-31到期"),
        ("2024-05-01", ""),
    ],
)
def test_the_days_that_are_left_are_told_and_that_the_plan_is_over(today: str, words: str) -> None:
    due = {datetime.date(2025, 12, 31), datetime.date(2026, 6, 30), datetime.date(2026, 12, 31)}
    assert left_words(datetime.date.fromisoformat(today), due) == words


def test_reported_parts_are_told_apart_from_computed_ones(open_page: Open, tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    union = {"name": "某工会", "kind": "independent", "status": "normal", "founding_kind": "new"}
    records.save(district, "union", {**union, "approval_date": "2026-03-01"})
    records.save(
        district, "reported_figure",
        {"indicator": "T01", "figure": "numerator", "value": "40", "source": "年报", "as_of_date": "2024-12-31",
         "period_started": "2024-01-01"},
    )  # fmt: skip
    records.save(
        district, "plan_target",
        {"indicator": "T01", "period_started": "2024-01-01", "period_ended": "2026-12-31", "target_value": "100",
         "target_unit": "employers"},
    )  # fmt: skip
    hands, page = open_page(district)
    row = row_of(page, "T01")
    assert row.amount.text() == "41/100家"
    assert row.gap.text() == "还差59家"
    assert row.origin.text() == "目标100家，分子记录1、上报40"
    assert row.bar.share == Fraction(41, 100)
    hands.click(row.fold)
    assert row.body is not None
    assert any("年报" in label.text() for label in row.body.findChildren(type(page.plan_note)))


def test_indicators_without_data_are_named_and_shown_on_demand(open_page: Open, town: Session) -> None:
    hands, page = open_page(town)
    shown = len(page.plan.rows)
    assert shown < len(plan.INDICATIONS)
    hands.click(page.plan.more)
    assert len(page.plan.rows) == len(plan.INDICATIONS)


def test_the_window_stays_alive_while_numbers_are_counted(
    open_page: Open, town: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, here = home_reading.load_plan, threading.get_ident()
    counting, go_on = threading.Event(), threading.Event()

    def slowly(bench):  # type: ignore[no-untyped-def]
        job = load(bench)

        def slow(database):  # type: ignore[no-untyped-def]
            assert threading.get_ident() != here
            counting.set()
            go_on.wait(120)
            return job(database)

        return slow

    hands, page = open_page(town)
    monkeypatch.setattr(home_reading, "load_plan", slowly)
    page.load()
    hands.qtbot.waitUntil(counting.is_set)
    assert page.tasks.isEnabled()
    go_on.set()
    hands.settle()
    assert page.plan.rows


def test_mended_records_leave_the_list(open_page: Open, town: Session) -> None:
    hands, page = open_page(town)
    hands.click(row_of(page, "T12").name)
    opened = hands.window.page
    assert isinstance(opened, FoundPage)
    before = opened.models[0].rowCount()
    first = opened.models[0].shown(0)
    assert first is not None
    hands.bench.write(
        "修改",
        lambda session, _ticket: records.save(
            session, "enterprise", {"status": "deregistered"}, record=first.id
        ),
    )
    hands.settle()
    assert opened.models[0].rowCount() == before - 1


def test_the_cursor_begins_at_the_most_urgent_matter_and_stays_where_one_put_it(
    open_page: Open, town: Session
) -> None:
    hands, page = open_page(town)
    shown = page.tasks.matters.tasks
    assert len(shown) > 1
    assert page.tasks.currentIndex().row() == 0
    hands.qtbot.keyClick(page.tasks, Qt.Key.Key_Down)
    chosen = shown[1].key
    page.load()
    hands.settle()
    assert page.tasks.matters.tasks[page.tasks.currentIndex().row()].key == chosen


def test_the_targets_need_no_scrolling_sideways_at_150_percent(open_page: Open, town: Session) -> None:
    hands, page = open_page(town)
    hands.window.resize(911, 485)
    hands.window._change_text_size()
    page.load()
    hands.settle()
    area = page.plan.parentWidget()
    assert area is not None
    large = page.plan.width(), area.width()
    hands.window._change_text_size()
    hands.settle()
    assert large[0] <= large[1]
    assert page.plan.width() <= area.width()
    assert all(row.bar.isVisible() for row in page.plan.rows)


@pytest.mark.parametrize("height", [728, 700, 660])
def test_the_card_of_the_targets_ends_below_a_whole_row(open_page: Open, town: Session, height: int) -> None:
    hands, page = open_page(town)
    hands.window.resize(1366, height)
    hands.settle()
    view = page.plan.parentWidget()
    assert view is not None
    assert page.plan.height() > view.height(), "there is something to scroll to"
    seen = [r.geometry() for r in page.plan.rows if r.geometry().top() < view.height()]
    assert all(rows.bottom() < view.height() for rows in seen)
    hands.window.resize(1366, 728)


def test_on_a_small_screen_names_are_whole_and_what_is_unfolded_is_seen(
    open_page: Open, town: Session
) -> None:
    hands, page = open_page(town)
    hands.window.resize(1093, 574)
    hands.settle()
    row = page.plan.rows[1]
    view = page.plan.parentWidget()
    assert view is not None
    assert row.name.text() == row.name.accessibleName(), "its numbers stand in the line of the bar"
    assert row.amount.toolTip() == row.origin.text()
    before = view.height()
    hands.click(row.fold)
    hands.settle()
    assert row.geometry().bottom() > view.height(), "its reading is longer than the card"
    assert view.height() >= before
    hands.window.resize(1366, 728)


def test_a_name_without_room_ends_in_dots_and_stands_in_the_tool_tip(open_page: Open, town: Session) -> None:
    hands, page = open_page(town)
    row = page.plan.rows[0]
    whole = row.name.text()
    row.name.resize(80, row.name.height())
    assert row.name.text().endswith("…")
    assert whole in row.name.toolTip()
    assert row.name.accessibleName() == whole
    hands.window.resize(1366, 728)


def test_a_period_of_a_case_that_has_run_out_stands_first_and_opens_the_case(
    open_page: Open, tmp_path: Path
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    case = records.save(
        district, "case",
        {"summary": "拖欠工资", "source": "complaint", "received_date": "2026-10-08",
         "registered_date": "2026-10-08", "employer_name": "杭州示例服饰有限公司", "matter": "05"},
    ).record  # fmt: skip
    assert case is not None
    hands, page = open_page(district)
    first = page.tasks.matters.tasks[0]
    assert first.urgent
    assert first.sentence.startswith("杭州示例服饰有限公司：")
    assert "期限到2026年10月" in first.sentence
    first.do()
    hands.settle()
    assert getattr(hands.window.page, "record", None) == case


def test_a_fork_is_urgent_and_opens_where_its_contents_stand(open_page: Open, tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, tmp_path)
    report_up(village, district, tmp_path)
    copy = twin(village, tmp_path / "拷贝")
    for n, session in enumerate((village, copy)):
        records.save(session, "enterprise", {"name": f"第{n}家"})
        exchange.merge(district, [exchange.send(session, tmp_path / f"{n}.xsj").path])
    hands, page = open_page(district)
    (task,) = [t for t in page.tasks.matters.tasks if "重号" in t.sentence]
    assert task.urgent
    assert task.sentence.startswith("“径山村工会”的电脑有重号，1项先留着：请打电话问清")
    row = page.tasks.matters.tasks.index(task)
    page.tasks.setCurrentIndex(page.tasks.matters.index(row, 0))
    hands.qtbot.keyClick(page.tasks, Qt.Key.Key_Return)
    hands.settle()
    shown = hands.window.page
    assert isinstance(shown, SyncPage)
    assert shown.tabs.currentIndex() == FORKS


def test_what_was_saved_under_a_date_in_the_future_is_urgent_and_opens_where_it_is_put_right(
    open_page: Open, town: Session
) -> None:
    """Nobody would look under what was not taken before anything was sent."""
    ahead = (town.ledger.clock.last_tick() >> COUNTER_BITS) + 3_000 * DAY_MS
    town.ledger.set_meta("clock", str(ahead << COUNTER_BITS))
    hands, page = open_page(town)
    assert page.tasks.matters.tasks[0].urgent
    assert "请更正日期" in page.tasks.matters.tasks[0].sentence
    assert "却有2035年2月9日保存的内容" in page.tasks.matters.tasks[0].sentence
    assert "现在的日期不对，请调对" in page.tasks.matters.tasks[0].sentence
    hands.qtbot.keyClick(page.tasks, Qt.Key.Key_Return)
    hands.settle()
    shown = hands.window.page
    assert isinstance(shown, SyncPage)
    assert shown.tabs.currentIndex() == UNSETTLED
    assert shown.unsettled.ahead.isVisible()


@pytest.mark.parametrize("width", range(120, 330, 14))
def test_no_line_of_a_matter_begins_with_a_comma_and_none_is_cut(qapp: QApplication, width: int) -> None:
    """At a magnification of 150 % the list is so narrow that most sentences break."""
    text = "4处内容几个人填得不一样，请决定用哪一个；另有2处等上级来定（见ABC）"
    lines = laid_out(text, qapp.font(), width)
    told = [lines.lineAt(n) for n in range(lines.lineCount())]
    parts = [text[line.textStart() : line.textStart() + line.textLength()] for line in told]
    assert "".join(parts) == text
    assert not any(part.startswith(("，", "；", "）", "。")) for part in parts)
    assert max(line.naturalTextWidth() for line in told) <= width


def test_targets_can_come_from_a_table(open_page: Open, tmp_path: Path) -> None:
    hands, page = open_page(station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT))
    (offered,) = [b for b in page.first.tiles[2].findChildren(QPushButton) if b.text() == "从表格导入"]
    hands.click(offered)
    shown = hands.window.page
    assert isinstance(shown, ImportPage)
    assert "计划目标" in shown.title


def test_anything_is_added_from_the_first_page_by_its_initials(open_page: Open, town: Session) -> None:
    hands, page = open_page(town)
    before = QApplication.focusWidget()
    assert before is not None
    hands.qtbot.keyClick(before, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    hands.look("home-new")
    search = QApplication.focusWidget()
    assert isinstance(search, QLineEdit)
    overlay = search.parentWidget()
    assert overlay is not None
    for typed, said in (("qqq", "拼音只写各字的首字母"), ("9", NOTHING_FOUND)):
        search.selectAll()
        hands.qtbot.keyClicks(search, typed)
        assert said in "".join(w.text() for w in overlay.findChildren(QLabel) if w.isVisible())
    search.selectAll()
    hands.qtbot.keyClicks(search, "zf")
    assert not [w for w in overlay.findChildren(QLabel) if w.isVisible()]
    hands.qtbot.keyClick(search, Qt.Key.Key_Return)
    hands.settle()
    form = hands.window.page
    assert isinstance(form, FormPage)
    assert form.record_type.name == "visit"
    hands.window.back()
    hands.settle()
    assert hands.window.page is page
    hands.qtbot.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    search = QApplication.focusWidget()
    assert search is not None
    hands.qtbot.keyClick(search, Qt.Key.Key_Return)
    hands.settle()
    assert isinstance(hands.window.page, FormPage)
    assert hands.window.page.record_type.name == "enterprise"


def test_the_end_of_the_last_year_is_kept_from_the_row_of_its_growth(open_page: Open, town: Session) -> None:
    member = {"name": "张三", "key_group": "courier", "first_admission_date": "2025-05-01"}
    records.save(town, "member", member)
    hands, page = open_page(town)
    growth = row_of(page, "T17")
    growth.fold.setChecked(True)
    hands.settle()
    act = next(b for b in growth.findChildren(QPushButton) if b.text().startswith("定格"))
    assert act.text() == f"定格{growth.indicator.as_of.year - 1}年末数"
    hands.look("home-year-end")
    hands.click(act)
    hands.settle()
    (figure,) = reading.records(town.database, town.types, Query("reported_figure"))
    assert (figure.values["value"], figure.values["figure"]) == ("1", "stock")
    growth = row_of(page, "T17")
    growth.fold.setChecked(True)
    hands.settle()
    assert not [b for b in growth.findChildren(QPushButton) if b.text().startswith("定格")]
    assert "分母记录0、上报1" in growth.origin.text()


def test_a_district_chooses_how_a_target_is_read_and_a_town_does_not(
    open_page: Open, town: Session, tmp_path: Path
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    for name, taxed in (("甲厂", 40), ("乙厂", 10)):
        firm: dict[str, Cell] = {
            "name": name,
            "sector": "non_public",
            "surveyed_staff": 30,
            "taxed_staff": taxed,
        }
        records.save(district, "enterprise", firm)
    hands, page = open_page(district)
    row_of(page, "T03").fold.setChecked(True)
    hands.settle()
    acts = row_of(page, "T03").findChild(IndicatorActs)
    assert acts is not None
    act = next(b for b in acts.readings if b.text() == "职工数口径…")
    hands.click(act)
    hands.look("home-reading")
    options = QApplication.focusWidget()
    assert options is not None
    hands.qtbot.keyClick(options, Qt.Key.Key_Up)
    hands.qtbot.keyClick(options, Qt.Key.Key_Return)
    hands.settle()
    assert "职工数口径：税务登记职工数" in row_of(page, "T03").indicator.basis
    assert amount_words(row_of(page, "T03").indicator.figure).startswith("0/1家")
    _, other = open_page(town)
    row_of(other, "T03").fold.setChecked(True)
    below = row_of(other, "T03").findChild(IndicatorActs)
    assert below is not None
    assert not below.readings

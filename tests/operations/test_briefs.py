"""The work brief: its numbers are those of the plan, its period is said, empty units and long names have room."""

from __future__ import annotations

import datetime
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents.brief import NOT_OFFICIAL, Brief
from desktop.operations import audit, printing
from desktop.operations.papers import briefs
from desktop.operations.papers.briefs import (
    MOST_GOALS,
    MOST_LATE,
    NotBelow,
    PeriodBackwards,
    period_words,
    quarter_of,
)
from desktop.operations.plan import plan
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NotFound
from tests.operations.stations import enrol, station

pytestmark = pytest.mark.usefixtures("bundled_fonts")

LONG = "杭州余杭径山镇双溪竹海漂流景区旅游服务及文化创意产业发展有限公司犇㛃䶮𬬮示例部"
DAY = datetime.date


@pytest.fixture
def town(tmp_path: Path) -> Session:
    return station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)


def pages(brief: Brief) -> list[str]:
    document = pdfium.PdfDocument(brief.render())
    return ["".join(p.get_textpage().get_text_bounded().split()) for p in document]


def firm(session: Session, name: str, staff: int = 120) -> str:
    values: dict[str, Cell] = {"name": name, "surveyed_staff": staff, "sector": "non_public"}
    return records.save(session, "enterprise", values).record


def test_an_empty_unit_has_a_page_that_says_so(town: Session) -> None:
    (text,) = pages(briefs.brief(town))
    for words in ("径山镇总工会", "（2026年第四季度，至11月23日）", NOT_OFFICIAL, "个目标没有数据", "没有登记工作",
                  "没有逾期的事", "没有要走访的单位", "口径为示例，非官方"):  # fmt: skip
        assert words in text
    assert "None" not in text


def test_bars_counts_overdue_and_visits_are_what_was_registered(town: Session) -> None:
    firms = [firm(town, f"{LONG}{n}") for n in range(4)]
    for n, day in enumerate(("2026-10-05", "2026-11-23", "2026-09-30", "2026-10-01")):
        visit = {
            "enterprise": firms[n],
            "visit_date": day,
            "visitors": "王芳",
            "follow_up_date": "2026-11-20",
        }
        records.save(town, "visit", visit)
    records.save(town, "union", {"name": "没有批复日期的工会"})
    made = briefs.brief(town)
    (t03,) = plan.indicators(town, only=("T03",))
    (bar,) = (b for b in made.goals if b.label.startswith("T03"))
    assert (bar.share, bar.mark, bar.reached) == (0.0, 1.0, False)
    assert bar.words == f"{t03.figure.percent}，0/4家，目标100%，还差4家"
    assert [(b.label, b.words, b.share) for b in made.done] == [("走访企业", "3次", 1.0)]
    assert any("没有填日期" in words and "新建基层工会1条" in words for words in made.done_remarks)
    assert any("次走访约定的跟进日期已到" in words for words in made.late)
    assert {v[0] for v in made.visits} <= {f"{LONG}{n}" for n in range(4)}
    printed = pages(made)
    assert len(printed) <= 2
    assert LONG[:10] in "".join(printed)
    before = briefs.brief(town, last=DAY(2026, 9, 30))
    assert [(b.label, b.words) for b in before.done] == [("走访企业", "1次")]
    assert before.period == "2026年第三季度"


def test_a_unit_below_is_counted_alone_and_what_waits_at_this_desk_is_not_its(town: Session) -> None:
    village = records.save(
        town, "unit", {"name": "径山村工会", "level": "village", "superior": town.unit.id}
    ).record
    firm(town, "镇里的厂")
    made = briefs.brief(town, unit="径山村工会")
    assert made.name.startswith("径山村工会工作简报")
    assert made.goals == ()
    assert made.unit == "径山村工会"
    assert briefs.brief(town).goals
    assert village
    with pytest.raises(NotFound):
        briefs.brief(town, unit="没有的工会")


def test_what_has_no_room_is_said(town: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(briefs, "_late", lambda *_: (f"第{n}件逾期" for n in range(9)))
    made = briefs.brief(town)
    assert len(made.late) == MOST_LATE
    assert "还有3件，见工作台" in made.late_remark
    assert len(made.goals) <= MOST_GOALS


def test_it_is_printed_written_as_word_and_noted(town: Session, tmp_path: Path) -> None:
    made = briefs.brief(town)
    path = printing.save(town, made, tmp_path / "out")
    word = printing.save_word(town, made, tmp_path / "out")
    assert (path.stem, word.suffix) == ("径山镇总工会工作简报_2026年第四季度，至11月23日", ".docx")
    assert "brief 2026年第四季度" in "\n".join(str(entry) for entry in audit.recent(town))
    assert made.render() == made.render()


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (DAY(2026, 1, 1), DAY(2026, 12, 31), "2026年"),
        (DAY(2026, 4, 1), DAY(2026, 6, 30), "2026年第二季度"),
        (DAY(2026, 10, 1), DAY(2026, 11, 23), "2026年第四季度，至11月23日"),
        (DAY(2026, 10, 2), DAY(2026, 11, 23), "2026年10月2日至2026年11月23日"),
        (DAY(2026, 1, 1), DAY(2026, 4, 1), "2026年1月1日至2026年4月1日"),
    ],
)
def test_a_period_is_said_as_people_say_it(first: datetime.date, last: datetime.date, words: str) -> None:
    assert period_words(first, last) == words


@given(st.dates(DAY(2000, 1, 1), DAY(2100, 12, 31)))
def test_a_quarter_holds_its_day_and_borders_on_the_next(day: datetime.date) -> None:
    first, last = quarter_of(day)
    assert first <= day <= last
    assert 89 < (last - first).days + 1 < 93
    assert quarter_of(last + datetime.timedelta(days=1))[0] == last + datetime.timedelta(days=1)


def test_a_period_that_has_not_begun_is_refused(town: Session) -> None:
    for first, last in (
        (DAY(2027, 1, 1), None),
        (DAY(2026, 2, 1), DAY(2026, 1, 1)),
        (None, DAY(2027, 9, 30)),
    ):
        with pytest.raises(PeriodBackwards):
            briefs.brief(town, first, last)


def test_no_brief_bears_the_name_of_a_unit_above_or_beside(town: Session, tmp_path: Path) -> None:
    """What is here of such a unit is a part; its heading would say that it is all."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    enrol(town, district, tmp_path)
    assert briefs.brief(district, unit="径山镇总工会").unit == "径山镇总工会"
    with pytest.raises(NotBelow):
        briefs.brief(town, unit="余杭区总工会")

"""Lists on paper: members, who should have a union, the register of cases with its statistics, who is to come when."""

from __future__ import annotations

import datetime
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from desktop.documents.lists import PaperList
from desktop.operations import audit, printing, supervision
from desktop.operations.papers.gatherings import when_words
from desktop.operations.papers.rosters import UnionDeleted, member_roster, unorganised
from desktop.operations.plan import plan
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.supervision import Signatory
from desktop.operations.workspaces import erasing
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NotFound
from desktop.store.queries import aggregates, reading
from desktop.store.queries.reading import Query
from tests.operations.cases import overdue
from tests.operations.stations import station

pytestmark = pytest.mark.usefixtures("bundled_fonts")

RARE = "犇㛃䶮𬬮"
ID, PHONE = "330102199001010012", "13805711234"
COMPLAINANT = "赵晓峰"


@pytest.fixture
def district(tmp_path: Path) -> Session:
    session = station(tmp_path, "330106", "西湖区总工会", Level.DISTRICT)
    supervision.set_number_settings(session, "西")
    return session


def words(paper: PaperList) -> str:
    document = pdfium.PdfDocument(paper.render())
    return "".join("".join(p.get_textpage().get_text_bounded().split()) for p in document)


def noted(session: Session) -> str:
    return "\n".join(str(entry) for entry in audit.recent(session))


def union_with_members(session: Session) -> str:
    union = records.save(session, "union", {"name": "示例茶厂工会"}).record
    other = records.save(session, "union", {"name": "别的工会"}).record
    common: dict[str, Cell] = {"union": union, "first_admission_date": "2026-01-05", "membership_change": "1"}
    people: tuple[dict[str, Cell], ...] = (
        {**common, "name": RARE, "sex": "1", "id_number": ID, "phone": PHONE, "migrant": 1},
        {**common, "name": "钱小红", "sex": "2", "migrant": 0},
        {**common, "name": "没填的"},
        {
            **common,
            "name": "走了的",
            "sex": "1",
            "membership_change": "5",
            "membership_change_date": "2026-06-01",
        },
        {**common, "name": "别家的", "sex": "1", "union": other},
    )
    records.save_many(session, "member", people)
    return union


def test_a_roster_has_the_members_of_today_masked_with_sums(district: Session, tmp_path: Path) -> None:
    union = union_with_members(district)
    paper = member_roster(district, union)
    assert {row[0] for row in paper.rows} == {RARE, "钱小红", "没填的"}
    text = words(paper)
    assert "330102********0012" in text
    assert "138****1234" in text
    assert ID not in text
    assert PHONE not in text
    assert "共3条，男1人，女1人，农民工1人，性别没有填的1人，是否农民工没有填的1人。" in text
    assert "示例茶厂工会" in text
    printing.save(district, paper, tmp_path / "out")
    log = noted(district)
    assert f"member roster {union} 3条" in log
    assert not any(secret in log for secret in (RARE, ID, PHONE, "138****1234", "钱小红"))
    gone = next(
        r.id
        for r in reading.records(district.database, district.types, Query("member"))
        if r.values["name"] == "钱小红"
    )
    erasing.erase(district, "member", [gone], basis="consent")
    named = {row[0] for row in member_roster(district, union).rows}
    assert named == {RARE, "（已清除）", "没填的"}, "nobody looks for a name that was forgotten"


def test_a_roster_of_nobody_says_so_and_one_of_no_union_is_refused(district: Session) -> None:
    union = records.save(district, "union", {"name": "空的工会"}).record
    assert "这家工会还没有登记会员。" in words(member_roster(district, union))
    records.delete(district, "union", union)
    with pytest.raises(UnionDeleted):
        member_roster(district, union)
    with pytest.raises(NotFound):
        member_roster(district, "0" * 32)


def test_who_should_have_a_union_is_who_the_plan_says(district: Session, tmp_path: Path) -> None:
    common: dict[str, Cell] = {"sector": "non_public", "status": "active", "union_state": "N"}
    firms: tuple[dict[str, Cell], ...] = (
        {
            **common,
            "name": f"{RARE}有限公司",
            "surveyed_staff": 25,
            "surveyed_source": "上门摸排",
            "town": "330106109",
        },
        {**common, "name": "没有镇街的厂", "surveyed_staff": 40},
        {**common, "name": "小厂", "surveyed_staff": 24},
        {**common, "name": "已建会的厂", "surveyed_staff": 60, "union_state": "Y"},
        {**common, "name": "国有厂", "surveyed_staff": 60, "sector": "state_owned"},
    )
    assert "没有应建未建的单位。" in words(unorganised(district))
    records.save_many(district, "enterprise", firms)
    paper = unorganised(district)
    (medium,) = plan.indicators(district, only=("T03",))
    assert medium.figure.missing is not None
    assert len(paper.rows) == len(aggregates.record_ids(district.database, medium.figure.missing)) == 2
    assert [row[2] for row in paper.rows] == [f"{RARE}有限公司", "没有镇街的厂"]
    text = words(paper)
    assert "共2条，职工65人" in text
    assert "没有填镇街的1家" in text
    assert "上门摸排" in text
    assert "工会摸排数" in text
    printing.save(district, paper, tmp_path / "out")
    assert "enterprise unorganised 2条" in noted(district)
    assert RARE not in noted(district)


def case(session: Session, registered: str, **more: Cell) -> str:
    values: dict[str, Cell] = {
        "summary": "拖欠工资", "source": "complaint", "received_date": registered,
        "registered_date": registered, "employer_name": "杭州示例科技有限公司", "matter": "05", "people_count": 12,
        "complainant_name": COMPLAINANT, "complainant_phone": PHONE, **more,
    }  # fmt: skip
    return records.save(session, "case", values).record


def issued_reminder(session: Session, record: str, day: int = 4) -> str:
    fields: dict[str, Cell] = {
        "contact_name": "李明", "contact_phone": "0571-88888888", "facts": "未发放三名职工工资",
        "articles": "《中华人民共和国劳动法》第五十条", "requests": "依法足额支付工资",
    }  # fmt: skip
    letter = supervision.draft(session, record, "reminder_letter", fields).record
    supervision.issue(session, letter, Signatory("周敏", "主席"), datetime.date(2026, 11, day))
    return letter


def served(session: Session, record: str, letter: str) -> None:
    supervision.record_event(
        session, record, "served", datetime.date(2026, 11, 5), document=letter, service_way="direct",
        service_result="received",
    )  # fmt: skip


def test_the_register_has_letters_and_shares_with_their_denominators(
    district: Session, tmp_path: Path
) -> None:
    answered, silent = case(district, "2026-11-02"), case(district, "2026-11-03", people_count=None)
    case(district, "2026-09-01")
    for record in (answered, silent):
        supervision.record_event(district, record, "accepted", datetime.date(2026, 11, 3))
        served(district, record, letter := issued_reminder(district, record))
        if record == answered:
            supervision.record_event(
                district, record, "replied", datetime.date(2026, 11, 10), document=letter
            )
    voided = issued_reminder(district, answered, 11)
    supervision.void(district, voided, f"{COMPLAINANT}写错了")
    paper = supervision.case_register(district, datetime.date(2026, 11, 1), datetime.date(2026, 11, 30))
    assert len(paper.rows) == 2
    text = words(paper)
    assert "2026-11-10答复" in text
    assert "逾期没有答复" in text
    assert "作废" in text
    assert COMPLAINANT not in text
    assert PHONE not in text
    (statistics,) = paper.further
    found = {row[0]: row[1:] for row in statistics.rows}
    assert found["签发提示函（份）"][0] == "2"
    assert found["已送达的提示函、意见书"] == ("2", "已签发的提示函、意见书", "2", "100.00%")
    assert found["已答复的提示函、意见书（回复率）"] == ("1", "已送达的提示函、意见书", "2", "50.00%")
    assert found["按期答复的提示函、意见书"] == ("1", "答复期限已过的提示函、意见书", "2", "50.00%")
    assert found["全部整改的案件（整改率）"] == ("0", "已经复核整改的案件", "0", "—")
    assert found["涉及人数（人）"][:2] == ("12", "填了涉及人数的1件案件")
    printing.save(district, paper, tmp_path / "out")
    assert "case register 2条" in noted(district)
    assert COMPLAINANT not in noted(district)
    assert len(supervision.case_register(district).rows) == 3


def test_a_register_of_no_case_says_so(district: Session) -> None:
    assert "这段时间没有登记监督案件。" in words(supervision.case_register(district))


def test_what_the_register_calls_overdue_the_work_list_calls_overdue(district: Session) -> None:
    record = case(district, "2026-11-02")
    supervision.record_event(district, record, "accepted", datetime.date(2026, 11, 3))
    served(district, record, issued_reminder(district, record))
    late = [item for item in overdue(district) if item.case == record]
    assert bool(late) == ("逾期没有答复" in "".join(supervision.case_register(district).rows[0]))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-11-20", None, "2026年11月20日"),
        ("2026-11-20", "2026-11-20", "2026年11月20日"),
        ("2026-11-20", "2026-11-22", "2026年11月20日至22日"),
        ("2026-11-30", "2026-12-02", "2026年11月30日至12月2日"),
        ("2026-12-31", "2027-01-02", "2026年12月31日至2027年1月2日"),
        (None, "2026-11-20", ""),
    ],
)
def test_days_are_told_as_briefly_as_they_can_be(first: Cell, last: Cell, words: str) -> None:
    assert when_words({"started_date": first, "ended_date": last}) == words

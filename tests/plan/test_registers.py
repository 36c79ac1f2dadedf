"""The registers of the plan at their edges: whose number stands, which day still counts, what has been done."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from desktop.operations.recording import records
from desktop.plan.results import Status
from desktop.records.versions.canonical import Cell
from tests.plan.world import World, whole_number


def amounts(world: World, indicator: str, unit: str, **options: str) -> tuple[int, int]:
    """Numerator and denominator that are added up from what records say."""
    found = world.take(indicator, unit, options=options).figure
    assert found.denominator is not None
    return whole_number(found.numerator.total), whole_number(found.denominator.total)


def survey(world: World, unit: str, day: str = "2026-06-30", **values: str | int) -> str:
    given: dict[str, str | int] = {"key_group": "courier", "workforce_count": 100, "member_count": 80}
    return world.save("new_form_survey", unit, **{**given, "as_of_date": day, **values})


def test_the_newest_survey_of_a_group_counts(world: World, town: str) -> None:
    survey(world, town, "2025-12-31", workforce_count=500)
    survey(world, town)
    survey(world, town, "2026-11-24", workforce_count=900)
    assert amounts(world, "T08.courier", town) == (80, 100)
    assert world.take("T08.courier", town).figure.status is Status.MET
    assert amounts(world, "T07", town) == (80, 100)


def test_a_number_for_the_whole_is_not_added_to_its_parts(world: World) -> None:
    district = world.unit("区", level="district")
    town = world.unit("镇", district, place="998100001")
    survey(world, district, town="998100001", site_name="甲站", workforce_count=30, member_count=3)
    survey(world, town, site_name="乙站", workforce_count=20, member_count=2)
    assert amounts(world, "T08.courier", district) == (5, 50)
    survey(world, district, town="998100001", workforce_count=60, member_count=6)
    assert amounts(world, "T08.courier", district) == (6, 60)
    survey(world, town, "2026-07-01", workforce_count=70, member_count=7)
    assert amounts(world, "T08.courier", district) == (7, 70)
    survey(world, district, "2025-01-01", workforce_count=90, member_count=9)
    assert amounts(world, "T08.courier", district) == (9, 90)
    assert any("另有3份摸底已包含在合计里" in n for n in world.take("T08.courier", district).notes)


def test_riders_are_measured_by_those_active_on_a_day(world: World, town: str) -> None:
    values: dict[str, Any] = {"key_group": "food_delivery_rider", "workforce_count": 900, "member_count": 50}
    survey(world, town, "2026-03-31", daily_active_count=81, **values)
    survey(world, town, daily_active_count=100, **values)
    assert amounts(world, "T09.food_delivery_rider", town) == (50, 100)
    assert amounts(world, "T09.food_delivery_rider", town, daily_active="year_average") == (50, 91)


def test_members_of_a_group_can_be_those_of_the_roster(world: World, town: str) -> None:
    survey(world, town)
    for number in ("甲1", "甲1", None):
        world.member(town, key_group="courier", first_admission_date="2025-01-01", id_number=number)
    world.member(town, first_admission_date="2025-01-01")
    assert amounts(world, "T08.courier", town, members_of="roster") == (2, 100)


def test_a_reported_figure_stands_where_there_is_no_survey(world: World, town: str) -> None:
    for figure, value in (("numerator", "60"), ("denominator", "100")):
        world.save(
            "reported_figure", town, indicator="T07", figure=figure, as_of_date="2026-06-30", value=value,
            source="交通局",
        )  # fmt: skip
    found = world.take("T07", town)
    assert (found.figure.numerator.computed, found.figure.numerator.reported) == (0, Fraction(60))
    assert any("交通局" in note for note in found.notes)
    survey(world, town)
    assert amounts(world, "T07", town) == (80, 100)


@pytest.mark.parametrize(
    ("ended", "local", "counted"),
    [(None, 1, (1, 1)), ("2026-11-23", 1, (1, 1)), ("2026-11-22", 1, (0, 0)), (None, 0, (0, 1)),
     (None, None, (0, 1))],
)  # fmt: skip
def test_a_branch_counts_as_long_as_it_is_one_and_where_its_union_belongs_here(
    world: World, town: str, ended: str | None, local: int | None, counted: tuple[int, int]
) -> None:
    firm = world.firm(town, union_state="Y", platform_role="partner")
    world.save(
        "platform_affiliation", town, enterprise=firm, platform="某外卖", field="food_delivery", role="branch",
        ended=ended, belongs_locally=local,
    )  # fmt: skip
    assert world.share("T15", town) == counted
    assert world.share("T16", town) == (0, 0)


def test_a_firm_of_two_platforms_counts_once_and_covered_is_enough_for_partners(
    world: World, town: str
) -> None:
    firm = world.firm(town, 5)
    for platform in ("甲", "乙"):
        world.save(
            "platform_affiliation", town, enterprise=firm, platform=platform, field="express", role="partner"
        )
    assert world.share("T16", town) == (0, 1)
    world.save("coverage", town, union=world.union(town), enterprise=firm, started="2026-01-01")
    assert world.share("T16", town) == (1, 1)


def test_growth_is_measured_from_the_end_of_the_year_before(world: World, town: str) -> None:
    for admitted in ("2025-12-31", "2024-05-01", "2026-01-01"):
        world.member(town, key_group="courier", first_admission_date=admitted)
    world.member(
        town, key_group="courier", first_admission_date="2024-05-01", membership_change="6",
        membership_change_date="2026-01-01",
    )  # fmt: skip
    assert amounts(world, "T17", town) == (0, 3)
    assert world.take("T17", town).figure.gap_words == "还差1人"
    assert amounts(world, "T17", world.unit()) == (0, 0)


def test_a_year_end_that_was_reported_stands_whatever_is_entered_later(world: World, town: str) -> None:
    village = world.unit("村", town, level="village")
    other = world.unit("村二", town, level="village")
    for unit, admitted in ((village, "2025-06-01"), (village, "2026-03-01"), (other, "2025-06-01")):
        world.member(unit, key_group="courier", first_admission_date=admitted)
    stock = {"indicator": "T17", "figure": "stock", "source": "统计年报"}
    world.save("reported_figure", village, value="8", as_of_date="2024-12-31", **stock)
    assert amounts(world, "T17", town) == (1, 2), "the year end of another year"
    assert not [note for note in world.take("T17", town).notes if "没有用上" in note]
    world.save("reported_figure", village, value="4", as_of_date="2025-12-31", **stock)
    assert amounts(world, "T17", village) == (-2, 4)
    assert amounts(world, "T17", town) == (-2, 5), "the other village is counted back"
    world.member(village, key_group="courier", first_admission_date="2025-01-01")
    assert amounts(world, "T17", village) == (-1, 4), "what is entered later belongs to now only"
    world.save("reported_figure", village, value="5", as_of_date="2026-09-30", **stock)
    assert amounts(world, "T17", village) == (1, 4)
    assert world.take("T17", village).figure.gap_words == "已达标"
    assert world.take("T17", village, "2026-08-31").figure.numerator.total == -1, "not known then"
    assert "其中会员数上报数4（截至2025-12-31，统计年报）" in world.take("T17", village).notes


def test_a_year_end_of_a_town_stands_instead_of_its_villages(world: World, town: str) -> None:
    village = world.unit("村", town, level="village")
    world.member(village, key_group="courier", first_admission_date="2026-03-01")
    stock = {"indicator": "T17", "figure": "stock", "source": "统计年报"}
    world.save("reported_figure", town, value="100", as_of_date="2025-12-31", **stock)
    world.save("reported_figure", village, value="7", as_of_date="2025-12-31", **stock)
    world.save("reported_figure", town, value="115", as_of_date="2026-10-31", **stock)
    found = world.take("T17", town)
    assert amounts(world, "T17", town) == (15, 100)
    assert found.figure.percent == "15.00%"
    assert "合计用了本单位的上报数，与下面各单位之和不等" in found.notes


def test_shares_of_members_leave_out_who_has_no_head_count(world: World, town: str) -> None:
    organ = world.firm(town, 20, sector="organ")
    world.firm(town, None, sector="organ")
    world.union(town, enterprise=organ, member_count=19)
    assert world.share("T05.organ.units", town) == (1, 2)
    assert amounts(world, "T05.organ.members", town) == (19, 20)
    assert world.take("T05.organ.members", town).figure.status is Status.MET


def test_more_members_than_staff_are_told_and_may_be_counted_up_to_the_staff(world: World, town: str) -> None:
    for staff, members in ((20, 30), (20, 20), (20, 8)):
        world.union(town, enterprise=world.firm(town, staff, sector="organ"), member_count=members)
    assert amounts(world, "T05.organ.members", town) == (58, 60)
    told = "其中1家的会员数比所选口径的职工数多，会员数"
    assert f"{told}全数计入，请核对" in world.take("T05.organ.members", town).notes
    found = world.take("T05.organ.members", town, options={"surplus": "within"})
    assert amounts(world, "T05.organ.members", town, surplus="within") == (48, 60)
    assert f"{told}最多按职工数计入" in found.notes


def test_an_area_is_covered_by_a_federation_that_exists(world: World, town: str) -> None:
    federation = world.union(town, kind="federation")
    given = {"name": "某园", "union_state": "federation", "federation": federation}
    world.save("area", town, kind="park", **given)
    world.save("area", town, kind="building", **given)
    world.save("area", town, kind="economic_zone", name="某区", union_state="joint")
    assert world.share("T19", town) == (1, 2)
    assert world.share("T19", town, area_cover="any") == (2, 2)
    world.edit("union", federation, status="revoked", status_date="2026-11-23")
    assert world.share("T19", town) == (0, 2)


def test_a_team_needs_a_number_a_roster_and_regular_work_and_each_district_one(world: World) -> None:
    district = world.unit("区", level="district")
    team = world.save(
        "volunteer_team", district, name="队", registered_date="2025-01-01", registration_number="1"
    )
    for _ in range(5):
        world.save("volunteer", district, volunteer_team=team, name="甲", started="2025-01-01")
    for day in ("2025-11-23", "2025-11-24", "2026-03-01", "2026-06-01"):
        world.save("volunteer_activity", district, volunteer_team=team, topic="值守", activity_date=day)
    found = world.take("T23", district).figure
    assert (found.numerator.total, found.gap_words) == (0, "还差1支")
    assert world.count("T23", district, activities="1") == 1
    world.save("volunteer_activity", district, volunteer_team=team, topic="值守", activity_date="2026-11-23")
    assert world.take("T23", district).figure.status is Status.MET
    assert world.take("T23", world.unit("镇", district)).figure.target is None
    city = world.unit("市", level="city")
    for name in ("甲区", "乙区"):
        world.unit(name, city, level="district")
    assert world.take("T23", city).figure.gap == 2


def test_towns_have_sites_unions_and_meetings_of_their_own(world: World) -> None:
    district = world.unit("区", level="district")
    places = ["998200001", "998200002"]
    first, second = (world.unit(name, district, place=p) for name, p in zip("甲乙", places, strict=True))
    world.save("service_site", district, name="站", kind="love_station", town=places[0], round_the_clock=1)
    world.save("service_site", district, name="宫", kind="culture_palace", town=places[1])
    world.union(second, kind="joint", category="town_new_form_joint", town=places[1])
    world.save("meeting", first, kind="government_union", name="会", started_date="2026-01-01")
    assert world.share("T26.coverage", district) == (1, 2)
    assert (world.count("T26.stations", district), world.count("T26.round_the_clock", district)) == (1, 1)
    assert world.share("T18.town", district) == (1, 2)
    assert world.share("T29", district) == (1, 2)
    assert world.share("T29", district, "2027-01-01") == (0, 2)
    assert world.share("T29", first) == (1, 1)


def test_models_are_those_of_the_year_and_a_target_for_the_year_is_theirs(world: World) -> None:
    district = world.unit("区", level="district")
    given = {"union_name": "骑手工会", "result": "named", "naming_date": "2026-05-01"}
    for kind, year in (("new_form_city", 2026), ("new_form_city", 2025), ("new_form_local", 2026)):
        world.save("nomination", district, kind=kind, year=year, **given)
    world.save(
        "plan_target", district, indicator="T20", period_started="2026-01-01", period_ended="2026-12-31",
        target_value="2", target_unit="count",
    )  # fmt: skip
    assert world.take("T20", district).figure.gap_words == "还差1家"


def test_a_congress_of_a_branch_is_not_the_employers_own(world: World, town: str) -> None:
    firm = world.firm(town, 100, sector="state_owned")
    given: dict[str, Any] = {"name": "职代会", "enterprise": firm, "expected_count": 30, "present_count": 20}
    for level in ("group", "branch", "workshop"):
        world.save("congress", town, started_date="2026-05-01", level=level, **given)
    assert world.share("T21", town) == (0, 1)
    world.save("congress", town, started_date="2026-05-01", level="own", **given)
    assert world.share("T21", town) == (1, 1)


def test_answered_letters_show_that_the_mailbox_is_in_use(world: World, town: str) -> None:
    firm = world.firm(town, 100, union_state="Y")
    letter = world.save("mailbox_letter", town, enterprise=firm, subject="食堂", received_date="2026-05-01")
    assert world.share("T22", town) == (0, 1)
    world.edit("mailbox_letter", letter, answered_date="2026-05-20")
    assert world.share("T22", town) == (1, 1)
    assert world.share("T22", town, forms="congress") == (0, 1)


def received_letter(world: World, town: str, day: str, answered: str = "", **values: Cell) -> str:
    """A letter that was signed for on a day, and perhaps answered."""
    given: dict[str, Cell] = {
        "kind": "reminder_letter",
        "issue_date": "2026-01-05",
        "reply_days": 10,
        **values,
    }
    letter = world.save("case_document", town, **given)
    world.save("case_event", town, document=letter, kind="served", event_date=day, service_result="received")
    if answered:
        world.save("case_event", town, document=letter, kind="replied", event_date=answered)
    return letter


def test_replies_are_counted_of_letters_whose_time_is_over(world: World, town: str) -> None:
    # 15 working days over the National Day of 2026, whatever was typed, end on 19 October.
    received_letter(world, town, "2026-09-21", "2026-10-19", kind="opinion_letter", reply_days=5)
    received_letter(world, town, "2026-09-21", "2026-10-20", kind="opinion_letter")
    # Ten calendar days end on the fifth day of the holidays, so on the first working day after them.
    received_letter(world, town, "2026-09-25", "2026-10-08")
    received_letter(world, town, "2026-11-16", "2026-11-20")
    refused = world.save("case_document", town, kind="reminder_letter", issue_date="2026-01-05")
    world.save(
        "case_event", town, document=refused, kind="served", event_date="2026-01-06", service_result="refused"
    )
    assert world.share("T28.replies", town, "2026-10-07") == (0, 0)
    assert world.share("T28.replies", town, "2026-10-08") == (1, 1)
    assert world.share("T28.replies", town, "2026-10-18") == (1, 1)
    assert world.share("T28.replies", town, "2026-10-19") == (2, 3)
    assert world.share("T28.replies", town, "2026-11-25") == (2, 3)
    assert world.share("T28.replies", town, "2026-11-26") == (3, 4)
    assert world.share("T28.replies", town, "2026-11-26", answered="ever") == (4, 4)
    assert world.share("T28.replies", town, "2026-11-25", replies_of="served") == (3, 4)
    assert world.take("T28.replies", town, "2026-11-25").notes == (
        "其中1份超过期限才答复",
        "另有1份期限还没有到",
    )


def test_a_period_of_an_unknown_year_is_told_and_not_guessed(world: World, town: str) -> None:
    received_letter(world, town, "2023-12-20", "2023-12-21", reply_days=5, issue_date="2024-01-01")
    received_letter(world, town, "2026-12-25", kind="opinion_letter")
    taken = world.take("T28.replies", town, "2026-12-31")
    assert taken.figure.percent == "—"
    assert "另有1份的期限要用2023年的放假调休安排才能算，没有计入：请先导入这一年的安排" in taken.notes
    assert "另有1份期限还没有到" in taken.notes
    taken = world.take("T28.replies", town, "2027-02-01")
    assert "另有1份的期限要用2027年的放假调休安排才能算，没有计入：请先导入这一年的安排" in taken.notes


def director(world: World, town: str, firm: str, **values: Cell) -> str:
    given: dict[str, Cell] = {"name": "王芳", "post": "director", "elected_date": "2024-05-01", **values}
    return world.save("staff_director", town, enterprise=firm, **given)


def test_staff_sit_on_the_board_from_their_election_until_they_leave(world: World, town: str) -> None:
    big = world.firm(town, 300, name="杭州大示例有限公司")
    small = world.firm(town, 20, name="杭州小示例有限公司")
    world.firm(town, 299, name="杭州中示例有限公司")
    other = world.firm(town, 500, name="杭州示例有限公司西湖分公司")
    works = world.firm(town, 500, name="杭州示例厂")
    for firm in (other, works):
        director(world, town, firm)
    director(world, town, big, term_ends="2026-05-01")
    supervisor = director(world, town, small, post="supervisor")
    assert world.count("T30.companies", town) == 2
    assert world.count("T30.companies", town, posts="director") == 1
    assert world.count("T30.companies", town, "2024-04-30") == 0
    assert world.share("T30.large", town) == (1, 1)
    assert world.take("T30.large", town).notes == ("其中1家的职工董事、监事任期已满，没有登记改选",)
    world.edit("staff_director", supervisor, ended="2026-11-23", ended_reason="left")
    assert world.count("T30.companies", town) == 1
    assert world.count("T30.companies", town, "2026-11-22") == 2


def test_contracts_of_a_trade_or_an_area_count_while_they_are_in_force(world: World, town: str) -> None:
    firm = world.firm(town)

    def contract(kind: str, **values: Cell) -> str:
        given: dict[str, Cell] = {"offer_date": "2026-01-05", "signed_date": "2026-03-01", **values}
        return world.save("collective_contract", town, enterprise=firm, kind=kind, **given)

    contract("industry", effective_date="2026-04-01", ended="2026-11-23", enterprise_count=40)
    contract("regional", filed_date="2026-11-08", enterprise_count=12)
    contract("regional", filed_date="2026-11-09", objection="条款不全", enterprise_count=9)
    contract("comprehensive", effective_date="2026-04-01", enterprise_count=1)
    assert (world.count("T31.contracts", town), world.count("T31.enterprises", town)) == (2, 52)
    assert world.count("T31.enterprises", town, "2026-11-22") == 40
    assert world.count("T31.enterprises", town, "2026-11-24") == 12
    assert any(n.startswith("另有1份已签字") for n in world.take("T31.contracts", town).notes)


def test_letters_count_when_they_are_served(world: World, town: str) -> None:
    letter = world.save("case_document", town, kind="opinion_letter", issue_date="2026-05-01")
    world.save(
        "case_document", town, kind="opinion_letter", issue_date="2026-05-01", voided_date="2026-05-02"
    )
    assert world.count("T28.opinion_letter", town) == 0
    world.save("case_event", town, document=letter, kind="served", event_date="2026-05-03")
    assert world.count("T28.opinion_letter", town) == 1


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ({"document_number": "甲〔2026〕2号", "issuing_body": "甲", "issue_date": "2026-05-01"}, 2),
        ({"document_number": "甲〔2026〕2号", "issuing_body": "甲", "issue_date": "2026-04-30"}, 1),
        ({"document_number": "甲〔2026〕2号", "issuing_body": "乙", "issue_date": "2026-04-30"}, 2),
        ({"document_number": "甲〔2026〕1号", "issuing_body": "甲", "issue_date": "2026-05-02"}, 1),
    ],
)
def test_a_letter_of_a_paper_register_counts_unless_the_program_had_numbered_by_then(
    world: World, town: str, given: dict[str, str], counted: int
) -> None:
    # One workspace serves many tests: each has bodies of its own.
    mine, his = f"甲{town}", f"乙{town}"
    past = {
        "past_document_number": "甲〔2026〕1号", "past_issuing_body": "甲", "past_issue_date": "2026-05-01",
    }  # fmt: skip
    past, given = (
        {name: value.replace("甲", mine).replace("乙", his) for name, value in each.items()}
        for each in (past, given)
    )
    for values in (past, given):
        letter = world.save("case_document", town, kind="opinion_letter", **values)
        world.save("case_event", town, document=letter, kind="served", event_date="2026-05-03")
    assert world.count("T28.opinion_letter", town) == counted


@pytest.mark.parametrize(
    ("power", "own", "counted"),
    [
        ({}, {}, 1),
        ({"kinds": "reminder_letter"}, {}, 0),
        ({"from_date": "2026-05-02"}, {}, 0),
        ({"until_date": "2026-04-30"}, {}, 0),
        ({"until_date": "2026-05-01"}, {}, 1),
        ({}, {"own_voided_date": "2026-05-02"}, 0),
        ({}, {"voided_date": "2026-05-02"}, 0),
        ({}, {"own_issuing_unit": None}, 0),
        ({}, {"case": None}, 0),
        ({}, {"title_variant": "correction_opinion"}, 0),
    ],
)
def test_what_a_town_issued_with_a_power_counts_as_the_district_s(
    world: World, power: dict[str, Cell], own: dict[str, Cell], counted: int
) -> None:
    town = world.unit(superior=world.session.unit.id)
    given: dict[str, Cell] = {
        "holder": town,
        "kinds": "opinion_letter reminder_letter",
        "from_date": "2026-05-01",
    }
    world.save("issuing_power", world.session.unit.id, **{**given, **power})
    case = world.save("case", town, employer_name="某公司")
    letter = world.save("case_document", town, kind="opinion_letter", case=case)
    world.save("case_event", town, document=letter, kind="served", event_date="2026-05-03")
    cells: dict[str, Cell] = {
        "own_document_number": "杭西文工监意〔2026〕1号", "own_issue_date": "2026-05-01",
        "own_issuing_unit": town, **own,
    }  # fmt: skip
    session = world.session
    edits = records.slot_edits(session, session.types["case_document"], letter, cells)
    session.ledger.write("写入", "王芳", edits=edits)
    assert world.count("T28.opinion_letter", town) == counted

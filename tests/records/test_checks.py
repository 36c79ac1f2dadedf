"""Each rule on cases from the law, the domain's tables and its list of boundary cases."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop import reference
from desktop.records.checks import Context, RememberingChecks, remembering, run_checks
from desktop.records.declaration import Field, Kind, Severity
from desktop.records.typed.uscc import ALPHABET, check_uscc
from desktop.records.types import catalogue

TODAY = datetime.date(2026, 11, 23)
OTHERS = {"case", "case_event", "case_document", "handover_item", "inspector"}
"""Types of supervision, whose words are those of the procedure."""
Values = Mapping[str, Any]


def found(
    type_name: str,
    values: Values,
    *,
    children: Mapping[str, Sequence[Values]] | None = None,
    linked: Mapping[str, Values] | None = None,
) -> list[str]:
    """The messages on one record, missing fields left out."""
    context = Context(TODAY, lambda t: (children or {}).get(t, ()), lambda f: (linked or {}).get(f))
    findings = run_checks(catalogue()[type_name], values, context)
    return [f.message for f in findings if f.rule != "needed"]


def rules(type_name: str, values: Values, **more: Any) -> set[str]:
    """The names of the rules that found something."""
    context = Context(
        TODAY, lambda t: more.get("children", {}).get(t, ()), lambda f: more.get("linked", {}).get(f)
    )
    return {f.rule for f in run_checks(catalogue()[type_name], values, context)} - {"needed"}


def test_an_empty_record_lacks_only_what_is_needed() -> None:
    for record_type in catalogue().values():
        findings = run_checks(record_type, {}, Context(TODAY))
        needed = {f.name for f in record_type.fields if f.needed}
        assert {f.fields[0] for f in findings if f.rule == "needed"} == needed
        assert {f.rule for f in findings} <= {"needed", "one_of"}


def test_errors_come_before_warnings() -> None:
    values = {"uscc": "91350100M0001TGQXM", "women_count": 9, "surveyed_staff": 3}
    severities = [f.severity for f in run_checks(catalogue()["enterprise"], values, Context(TODAY))]
    assert severities == sorted(severities, key=[Severity.ERROR, Severity.WARNING].index)


# Codes and persons (domain §4.3, §4.4, Appendix D 16 to 18)


@pytest.mark.parametrize("code", ["91330100799655058B", "91330000142916567N", "91330106MA2ABCDEX7"])
def test_a_right_code_is_not_doubted(code: str) -> None:
    assert "uscc_valid" not in rules("enterprise", {"uscc": code})


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("91350100M0001TGQXM", "统一社会信用代码最后一位校验不符（应为1），请核对；确实如此的写明原因"),
        ("9135010", "统一社会信用代码应为18位，现在是7位，请核对；确实如此的写明原因"),
        (
            "913301O6MA2ABCDEX7",
            "统一社会信用代码里有不会出现的字符（字母I、O、S、V、Z和符号都不用），可能是91330106MA2ABCDEX7，请核对；确实如此的写明原因",
        ),
    ],
)
def test_a_wrong_code_is_a_warning_that_says_why(code: str, words: str) -> None:
    findings = [
        f
        for f in run_checks(catalogue()["enterprise"], {"uscc": code}, Context(TODAY))
        if f.rule == "uscc_valid"
    ]
    assert [(f.severity, f.message) for f in findings] == [(Severity.WARNING, words)]


@given(st.text(ALPHABET, min_size=17, max_size=17) | st.from_regex("9133[0-9]{4}[0-9A-Z]{9}", fullmatch=True))
def test_the_quick_look_at_a_code_agrees_with_the_full_check(body: str) -> None:
    for last in ALPHABET:
        assert ("uscc_valid" not in rules("enterprise", {"uscc": body + last})) is check_uscc(body + last).ok


def test_a_firm_without_a_code_is_not_doubted() -> None:
    assert rules("enterprise", {"name": "示例小吃店", "sector": "individual"}) == set()


def test_an_employers_code_in_a_unions_place_is_noticed() -> None:
    assert rules("union", {"uscc": "81330110MC76543265"}) == set()
    assert rules("union", {"uscc": "91330106MA2ABCDEX7"}) == {"uscc_prefix"}


@pytest.mark.parametrize(
    ("sector", "code", "fits"),
    [
        ("non_public", "91330106MA2ABCDEX7", True), ("organ", "91330106MA2ABCDEX7", False),
        ("individual", "92330106MA2ABCDEX7", True), ("state_owned", "92330106MA2ABCDEX7", False),
        ("social_organisation", "52330106MA2ABCDEX7", True), ("institution", "12330106MA2ABCDEX7", True),
        ("non_public", "81330110MC76543265", False), ("non_public", "ZZ", True),
    ],
)  # fmt: skip
def test_the_class_of_employer_fits_the_codes_beginning(sector: str, code: str, fits: bool) -> None:
    assert ("sector_fits_code" not in rules("enterprise", {"sector": sector, "uscc": code})) is fits


@pytest.mark.parametrize(
    ("number", "kind", "good"),
    [
        ("11010519491231002X", "resident_id", True), ("330102199001010012", "resident_id", True),
        ("33010619850615002X", "resident_id", True), ("330110197512310034", None, True),
        ("330102199001010013", "resident_id", False), ("330102199013010012", "resident_id", False),
        ("E12345678", "passport", True), ("330103199001010019", "resident_id", True),
    ],
)  # fmt: skip
def test_a_document_number_is_checked_for_its_kind(number: str, kind: str | None, good: bool) -> None:
    assert ("id_valid" not in rules("member", {"id_number": number, "id_kind": kind})) is good


def test_birth_and_sex_agree_with_the_number() -> None:
    person = {
        "id_number": "330102199001010012", "birth_date": "1990-01-01", "sex": "1", "consent_date": "2026-01-05",
    }  # fmt: skip
    assert rules("member", person) == set()
    assert found("member", {**person, "birth_date": "1990-01-02"}) == [
        "出生日期与身份证号码里的不一致，请核对"
    ]
    assert found("member", {**person, "sex": "2"}) == ["性别与身份证号码不一致，号码显示为男，请核对"]


@pytest.mark.parametrize("type_name", ["member", "officer"])
def test_a_document_number_asks_for_the_persons_consent(type_name: str) -> None:
    """个人信息保护法第二十九条: a separate consent; without a number nothing is asked."""
    number = {"id_number": "330102199001010012"}
    assert "填了证件号码，还没有登记本人同意日期，请补上" in found(type_name, number)
    (asked,) = [
        c for c in catalogue()[type_name].checks if c.rule == "needs_with" and "consent_date" in c.fields
    ]
    assert asked.severity is Severity.WARNING
    assert "needs_with" not in rules(type_name, {**number, "consent_date": "2026-11-23"})
    assert "needs_with" not in rules(type_name, {"name": "张三"})
    assert "not_in_future" in rules(type_name, {**number, "consent_date": "2026-11-24"})


@pytest.mark.parametrize(
    ("birth", "young"), [("2010-11-23", False), ("2010-11-24", True), ("1960-01-01", False)]
)
def test_who_is_not_sixteen_may_not_work(birth: str, young: bool) -> None:
    assert ("of_working_age" in rules("officer", {"birth_date": birth})) is young


@pytest.mark.parametrize(
    ("phone", "good"), [("13800000000", True), ("0571-88888888", True), ("1380000000", False)]
)
def test_a_phone_looks_like_one(phone: str, good: bool) -> None:
    assert ("phone_valid" not in rules("member", {"phone": phone})) is good


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("钱七|阿卜杜拉·买买提|欧阳 娜娜|王芳（党员、组长）|李3|J. Smith|王芳-Wang Fang", None),
        ("钱七/孙八|钱七、孙八、周九|钱七／孙八|钱七 孙八|阿依·古丽,李明", "像是有几个人"),
        ("赵六 11010519491231002X|赵六(13800000001)|赵六１１０１０５１", "有证件号码或电话"),
    ],
)
def test_a_name_is_that_of_one_person_and_nothing_beside_it(names: str, words: str | None) -> None:
    for name in names.split("|"):
        for type_name in ("member", "volunteer"):
            said = [m for m in found(type_name, {"name": name}) if m.startswith("姓名")]
            assert said == ([] if words is None else [f"姓名里{words}，这里只写一个人的姓名，请核对"])


# Numbers within one record (domain §4.2, Appendix D 1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"member_count": 31, "staff_count": 30}, "会员数31多于职工数30，请核对"),
        ({"women_count": 31, "staff_count": 30}, "女职工数31多于职工数30，请核对"),
        ({"women_member_count": 26, "member_count": 25}, "女会员数26多于会员数25，请核对"),
        ({"member_count": 25, "committee_size": 7}, "会员25人的委员会一般为3人，这里是7人，请核对"),
        ({"term_started": "2024-01-01", "term_ended": "2030-01-01", "term_years": "3"},
         "本届起止与3年任期不一致，应到2027-01-01前后届满，请核对"),
        ({"account_tail": "6222020000001234"}, "账号末四位请填4位数字，不要填完整账号"),
        ({"status": "revoked"}, "工会已撤销或注销，请填写日期"),
        ({"status": "normal"}, "工会已经建立，请填写成立批复日期，“新增工会”按它统计"),
        ({"town": "330106109", "village": "330106110201"}, "村社不在所选的镇街里，请重选"),
        ({"established_date": "2026-11-24"}, "建会日期2026-11-24还没有到，请核对"),
    ],
)  # fmt: skip
def test_a_unions_figures_hold_together(values: Values, message: str) -> None:
    assert found("union", values) == [message]


def test_a_union_of_25_members_among_30_staff_is_right() -> None:
    values = {
        "staff_count": 30, "women_count": 12, "member_count": 25, "women_member_count": 12, "committee_size": 3,
        "status": "normal", "approval_date": "2024-05-01", "term_started": "2024-05-01", "term_ended": "2029-05-01",
        "term_years": "5", "town": "330106109", "village": "330106109201",
    }  # fmt: skip
    assert found("union", values) == []


def test_a_coverage_that_ended_says_why() -> None:
    ended = {"started": "2024-05-01", "ended": "2025-03-01"}
    assert found("coverage", ended) == ["已经结束覆盖，请填写原因"]
    assert found("coverage", {**ended, "ended_reason": "own_union"}) == []
    assert found("coverage", {"started": "2025-03-01", "ended": "2024-05-01", "ended_reason": "other"}) == [
        "开始日期2025-03-01晚于结束日期2024-05-01，请核对"
    ]


# Meetings (domain §6.1)


@pytest.mark.parametrize(
    ("counts", "good"),
    [
        ((20, 8, 2, 30), True), ((20, 8, 3, 30), False), ((20, None, None, 30), True), ((20, 12, None, 30), False),
        ((30, None, None, 30), True), ((31, None, None, 30), False), ((20, 8, 2, None), True),
    ],
)  # fmt: skip
def test_present_on_leave_and_absent_make_those_expected(counts: tuple[int | None, ...], good: bool) -> None:
    names = ("present_count", "leave_count", "absent_count", "expected_count")
    assert ("parts_add_up" not in rules("meeting", dict(zip(names, counts, strict=True)))) is good


@pytest.mark.parametrize(
    ("values", "good"),
    [
        ({"started_date": "2026-10-24", "recorded_date": "2026-11-23"}, True),
        ({"started_date": "2026-10-23", "recorded_date": "2026-11-23"}, False),
        ({"started_date": "2026-10-23", "recorded_date": "2026-11-23", "late_reason": "当时停网"}, True),
        ({"started_date": "2026-01-01"}, True),
    ],
)
def test_a_record_made_after_thirty_days_says_why(values: Values, good: bool) -> None:
    assert ("recorded_late" not in rules("meeting", values)) is good


def test_a_meeting_that_has_not_been_held_is_not_recorded() -> None:
    assert found("meeting", {"started_date": "2026-11-24"}) == ["会议日期2026-11-24还没有到，请开完会再登记"]


@pytest.mark.parametrize(
    ("begin", "end", "last", "good"),
    [("09:00", "11:30", None, True), ("14:00", "09:00", None, False), ("14:00", "09:00", "2026-11-21", True)],
)
def test_a_meeting_does_not_end_before_it_begins(begin: str, end: str, last: str | None, good: bool) -> None:
    values = {"started_date": "2026-11-20", "started_time": begin, "ended_time": end, "ended_date": last}
    assert ("time_order" not in rules("meeting", values)) is good


def test_bargaining_minutes_are_signed_by_both_sides() -> None:
    bargaining = {"kind": "collective_bargaining"}
    assert rules("meeting", bargaining) == {"needs_when"}
    assert rules("meeting", {**bargaining, "both_sides_signed": 0}) == {"needs_when"}
    assert rules("meeting", {**bargaining, "both_sides_signed": 1}) == set()


def test_the_list_of_names_agrees_with_the_count() -> None:
    people = [{"presence": "present"}, {"presence": "present", "role": "observer"}, {"presence": "leave"}]
    assert found("meeting", {"present_count": 1}, children={"participant": people}) == []
    assert found("meeting", {"present_count": 2}, children={"participant": people}) == [
        "名单里实到1人，与实到人数2不一致，请核对"
    ]
    assert found("meeting", {"present_count": 2}, children={"participant": []}) == []


def test_a_committee_needs_two_thirds_and_a_talk_does_not() -> None:
    few = {"present_count": 3, "expected_count": 5}
    assert rules("meeting", {**few, "kind": "union_committee"}) == {"meeting_quorum"}
    assert rules("meeting", {**few, "kind": "candid_talk"}) == set()


# Congress (domain §3.1, Appendix D 7 and 8)


@pytest.mark.parametrize(
    ("staff", "least"),
    [
        (99, 30),
        (100, 40),
        (200, 47),
        (350, 54),
        (999, 96),
        (1000, 100),
        (2000, 120),
        (4999, 160),
        (5000, 200),
    ],
)
def test_a_congress_has_enough_delegates(staff: int, least: int) -> None:
    values = {"kind": "congress", "staff_count": staff}
    assert "congress_delegates" not in rules("congress", {**values, "expected_count": least})
    assert found("congress", {**values, "expected_count": least - 1}) == [
        f"职工{staff}人，代表一般不少于{least}人，这里是{least - 1}人，请核对"
    ]


@pytest.mark.parametrize(("present", "valid"), [(20, True), (19, False), (30, True)])
def test_two_thirds_of_thirty_are_twenty(present: int, valid: bool) -> None:
    values = {"expected_count": 30, "present_count": present}
    assert ("congress_quorum" not in rules("congress", values)) is valid


def test_the_shortfall_is_told_in_numbers() -> None:
    assert found("congress", {"expected_count": 30, "present_count": 19}) == [
        "实到19人，应到30人，不足三分之二（至少20人），会议无效，不计入建制率，请核对人数"
    ]


@pytest.mark.parametrize(("staff", "good"), [(99, True), (100, False)])
def test_an_assembly_is_for_fewer_than_a_hundred(staff: int, good: bool) -> None:
    values = {"kind": "assembly", "staff_count": staff, "expected_count": staff}
    assert ("assembly_size" not in rules("congress", values)) is good
    assert "assembly_of_all" in rules("congress", {**values, "expected_count": staff - 1})


@pytest.mark.parametrize(("managers", "good"), [(8, True), (9, False)])
def test_managers_are_at_most_a_fifth(managers: int, good: bool) -> None:
    assert (
        "congress_managers"
        not in rules("congress", {"manager_delegate_count": managers, "expected_count": 40})
    ) is good


@pytest.mark.parametrize(("women", "good"), [(16, True), (15, False)])
def test_women_have_their_share(women: int, good: bool) -> None:
    values = {"women_delegate_count": women, "expected_count": 40, "women_count": 40, "staff_count": 100}
    assert ("congress_women" not in rules("congress", values)) is good


@pytest.mark.parametrize(
    ("sent", "good"), [("2026-11-13", True), ("2026-11-14", False), ("2026-11-21", False)]
)
def test_papers_come_seven_days_before(sent: str, good: bool) -> None:
    assert (
        "days_before" not in rules("congress", {"materials_date": sent, "started_date": "2026-11-20"})
    ) is good


VOTE = {
    "needs_vote": 1, "expected_count": 30, "present_count": 27, "issued_count": 27, "returned_count": 27,
    "approve_count": 20, "against_count": 5, "abstain_count": 2, "vote_method": "secret",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        ({}, []),
        (
            {"abstain_count": 3},
            [
                "同意、反对、弃权和无效合计28票，与收回27票不符，请核对",
                "同意、反对和弃权合计28票，多于实到27人，请核对",
            ],
        ),
        ({"abstain_count": 1, "invalid_count": 1, "valid_count": 26}, []),
        (
            {"invalid_count": 1, "abstain_count": 1, "valid_count": 27},
            ["有效和无效合计28票，与收回27票不符，请核对"],
        ),
        ({"issued_count": 26}, ["收回27票，多于发出的26票，请核对"]),
        ({"issued_count": 28}, ["发出28票，多于实到27人，请核对"]),
        ({"present_count": 31, "issued_count": 27}, ["实到31人，多于应到30人，请核对"]),
        ({"vote_method": "show_of_hands"}, ["选举和表决应当采用无记名投票，请核对表决方式"]),
        (
            {"approve_count": 15, "against_count": 10, "resolution_document": "决字1号"},
            ["同意15票，没有超过全体代表30人的半数（至少16票），没有通过，不应有决议文号，请核对"],
        ),
        ({"approve_count": None, "against_count": None, "abstain_count": None}, ["须表决的议题，请填写票数"]),
    ],
)
def test_a_vote_adds_up(change: Values, messages: list[str]) -> None:
    assert found("motion", {**VOTE, **change}) == messages


def test_a_vote_agrees_with_its_session() -> None:
    session = {"expected_count": 31, "present_count": 26}
    assert found("motion", VOTE, linked={"congress": session}) == [
        "表决时应到30人，与会议登记的应到31人不一致，请核对",
        "表决时实到27人，多于会议登记的实到26人，请核对",
    ]


def test_a_matter_that_is_not_voted_on_needs_no_votes() -> None:
    assert found("motion", {"needs_vote": 0}) == []


# Training


def test_initial_training_counts_as_such() -> None:
    assert rules("course", {"category": "initial", "counts_for_initial": 0}) == {"initial_counts"}
    assert rules("course", {"category": "initial", "counts_for_initial": 1}) == set()


def test_who_did_not_sign_says_why() -> None:
    assert rules("attendance", {}) == {"one_of"}
    assert rules("attendance", {"half_days": "d01am"}) == set()
    assert rules("attendance", {"half_days": "d01am", "hours": "8"}, linked={"course": {"hours": "7.5"}}) == {
        "at_most_linked"
    }
    assert (
        rules("attendance", {"half_days": "d01am", "hours": "10"}, linked={"course": {"hours": "16"}})
        == set()
    )


def test_a_post_or_a_kind_of_work_is_told() -> None:
    assert rules("appointment", {"started": "2025-11-22"}) == {"one_of"}
    assert rules("appointment", {"started": "2025-11-22", "worker_kind": "social_worker"}) == set()


# Supervision (domain §1.2, §1.3)


@pytest.mark.parametrize(
    ("unit", "broken"),
    [
        ({"name": "径山镇总工会", "level": "town"}, set()),
        ({"name": "未来科技城工会", "level": "park"}, set()),
        ({"name": "余杭区总工会", "level": "district"}, {"level_among"}),
        ({"name": "径山村工会", "level": "village"}, {"level_among"}),
        (None, set()),
    ],
)
def test_only_towns_and_parks_are_empowered(unit: Values | None, broken: set[str]) -> None:
    power = {"holder": "a", "kinds": "reminder_letter", "from_date": "2026-10-01"}
    assert rules("issuing_power", power, linked={"holder": unit}) == broken


def test_two_inspectors_investigate() -> None:
    step = {"kind": "investigated", "result": "established", "certificates_shown": 1}
    assert rules("case_event", {**step, "inspector_1": "a"}) == {"two_inspectors"}
    assert rules("case_event", {**step, "inspector_1": "a", "inspector_2": "a"}) == {"different"}
    assert rules("case_event", {**step, "inspector_1": "a", "inspector_2": "b"}) == set()
    assert rules("case_event", {**step, "inspector_1": "a", "other_inspectors": "区总工会李四"}) == set()
    lawful = {**step, "inspector_1": "a", "inspector_2": "b"}
    assert rules("case_event", {**lawful, "result": "agreed"}) == {"goes_with"}, (
        "that is what a negotiation comes to"
    )
    assert rules("case_event", {"kind": "negotiated", "result": "agreed"}) == set()
    assert rules("case_event", {"kind": "note", "result": "agreed"}) == set()


def test_closing_says_how_for_how_many_and_how_much() -> None:
    assert found("case_event", {"kind": "closed"}) == [
        "结案请填写结案方式",
        "结案请填写涉及人数，没有的填0",
        "结案请填写追回金额，没有的填0",
    ]
    assert (
        found(
            "case_event",
            {"kind": "closed", "closing_way": "corrected", "people_count": 0, "recovered_amount": "0"},
        )
        == []
    )


def test_service_that_was_refused_says_why_and_before_whom() -> None:
    service = {"kind": "served", "document": "a", "service_way": "left", "service_result": "refused"}
    assert found("case_event", service) == ["请填写拒收事由", "拒收的，请填写见证人或拍照留置"]


def test_an_inspector_with_an_interest_steps_back() -> None:
    assert rules("case", {"inspector_1": "a"}) == {"needs_with"}
    assert rules("case", {"inspector_1": "a", "recusal_declared": 0}) == {"needs_with"}
    assert rules("case", {"inspector_1": "a", "recusal_declared": 1}) == set()


OPINION = {
    "kind": "opinion_letter", "title_variant": "opinion", "reply_days": 15, "reply_day_kind": "working",
    "investigation": "经过", "legal_basis": "依据条例第二十一条、第二十二条",
}  # fmt: skip
SUGGESTION = {
    "kind": "suggestion_letter", "title_variant": "suggestion", "ground": "2", "opinion_letter": "a", "history": "经过",
}  # fmt: skip


@pytest.mark.parametrize(
    ("letter", "broken"),
    [
        (OPINION, set()),
        ({**OPINION, "reply_day_kind": "natural"}, {"opinion_term"}),
        ({**OPINION, "reply_days": 10}, {"opinion_term"}),
        ({**OPINION, "title_variant": "suggestion"}, {"title_fits_letter"}),
        ({**OPINION, "title_variant": "correction_opinion"}, set()),
        ({**OPINION, "signer_post": "主席"}, set()),
        ({**OPINION, "signer_post": "常务副主席"}, set()),
        ({**OPINION, "signer_post": "办公室主任"}, {"signed_by_chair"}),
        ({**OPINION, "document_number": "杭西工监意〔2026〕1号"}, {"needs_with"}),
        ({**OPINION, "own_document_number": "杭西文工监意〔2026〕1号"}, {"needs_with"}),
        ({**OPINION, "own_signer_post": "办公室主任"}, {"signed_by_chair"}),
        ({**OPINION, "own_voided_date": "2026-11-02"}, {"needs_with"}),
        ({**OPINION, "articles": "《中华人民共和国劳动法》第五十条\n第五十条"}, {"cites_articles"}),
        ({**OPINION, "articles": "法律责任：劳动合同法第八十五条\n\n劳动法第五十条第一款"}, set()),
        (SUGGESTION, set()),
        ({**SUGGESTION, "ground": None}, {"needs_when"}),
        ({**SUGGESTION, "opinion_letter": None}, {"needs_when"}),
        ({**SUGGESTION, "title_variant": "penalty_suggestion"}, set()),
        (
            {
                "kind": "reminder_letter",
                "title_variant": "reminder",
                "reply_days": 15,
                "legal_basis": "依据条例第二十二条",
            },
            {"must_not_mention"},
        ),
        (
            {
                "kind": "reminder_letter",
                "title_variant": "reminder",
                "reply_days": 15,
                "legal_basis": "依据工会法",
            },
            set(),
        ),
        ({"voided_date": "2026-11-20"}, {"needs_with"}),
    ],
)
def test_a_letter_keeps_to_the_law(letter: Values, broken: set[str]) -> None:
    assert rules("case_document", letter) == broken


def test_a_certificate_is_good_on_its_last_day() -> None:
    assert rules("inspector", {"certificate_valid_until": "2026-11-23"}) == set()
    assert rules("inspector", {"certificate_valid_until": "2026-11-22"}) == {"not_passed"}


def test_an_amount_that_came_with_parts_of_a_fen_is_asked_about() -> None:
    (message,) = found("course", {"cost": "100.125"})
    assert message == "“经费”100.125元多于两位小数，请核对，改到分"
    for fine in ("100.12", "100", None, "1e999999999", "9" * 40 + ".125"):
        assert found("course", {"cost": fine}) == []
    # Hours are no money.
    assert found("course", {"hours": "1.125"}) == []


# Words and severities


@pytest.mark.parametrize("type_name", sorted(set(catalogue()) - OTHERS))
def test_every_finding_says_what_to_do(type_name: str) -> None:
    for check in catalogue()[type_name].checks:
        # What is wrong with a document comes from its own check, see test_id_number.
        assert "请" in check.message or check.rule == "id_valid", check.message
        assert not check.message.endswith("。")


SOFT = {
    "uscc_valid", "uscc_prefix", "sector_fits_code", "phone_valid", "id_valid", "meeting_quorum", "congress_quorum",
    "congress_delegates", "assembly_size", "assembly_of_all", "congress_managers", "congress_women", "days_before",
    "recorded_late", "committee_fits", "term_fits", "secret_ballot", "motion_carried", "same_as_linked",
    "at_most_linked", "children_match", "initial_counts", "denied", "none_of", "needs_with", "usually_at_most",
    "share_of", "within_days", "within_weekdays", "empty_when", "children_add_up", "bargaining_seats",
    "contract_term", "one_person",
}  # fmt: skip
"""What may be right all the same: it is asked about and never keeps a record from being complete."""
HARD = {
    "parts_add_up", "at_most", "sum_at_most", "sum_at_most_linked", "vote_tally", "valid_votes", "place_inside",
    "id_tells_birth", "id_tells_sex", "of_working_age", "time_order", "digits", "month_in_past", "never_above_linked",
    "differs_without_reason",
}  # fmt: skip
"""What cannot be."""


@pytest.mark.parametrize("type_name", sorted(set(catalogue()) - OTHERS))
def test_what_cannot_be_is_an_error_and_what_may_be_a_warning(type_name: str) -> None:
    for check in catalogue()[type_name].checks:
        assert check.rule not in SOFT or check.severity is Severity.WARNING, check
        assert check.rule not in HARD or check.severity is Severity.ERROR, check


@pytest.mark.parametrize("type_name", sorted(set(catalogue()) - OTHERS))
def test_what_is_asked_about_can_be_answered(type_name: str) -> None:
    record_type = catalogue()[type_name]
    if any(c.severity is Severity.WARNING for c in record_type.checks):
        assert "reason" in record_type.by_name


# Enterprises (domain §4.6)


@pytest.mark.parametrize("name", ["insured", "taxed", "surveyed"])
def test_a_head_count_has_its_source_and_its_day(name: str) -> None:
    asked = set() if name == "surveyed" else {"needs_with"}
    assert rules("enterprise", {f"{name}_staff": 30}) == asked
    assert rules("enterprise", {f"{name}_staff": 30, f"{name}_source": "名册"}) == asked
    assert rules("enterprise", {f"{name}_staff": 30, f"{name}_date": "2026-11-01"}) == asked
    known = {f"{name}_staff": 30, f"{name}_source": "名册", f"{name}_date": "2026-11-23"}
    assert rules("enterprise", known) == set()
    assert rules("enterprise", {**known, f"{name}_date": "2026-11-24"}) == {"not_in_future"}


@pytest.mark.parametrize("part", ["women_count", "migrant_count"])
def test_a_part_of_the_staff_is_at_most_the_whole(part: str) -> None:
    known = {"surveyed_staff": 30, "surveyed_source": "名册", "surveyed_date": "2026-11-23"}
    assert rules("enterprise", {**known, part: 30}) == set()
    assert rules("enterprise", {**known, part: 31}) == {"at_most"}
    assert catalogue()["enterprise"].slot_of[part] == catalogue()["enterprise"].slot_of["surveyed_staff"]


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"park": "良渚新城", "in_park": 0}, {"denied"}),
        ({"park": "良渚新城", "in_park": 1}, set()),
        ({"park": "良渚新城"}, set()),
        ({"in_park": 0}, set()),
        ({"verification": "removed"}, {"needs_when"}),
        ({"verification": "removed", "removal_reason": "shell"}, set()),
        ({"verification": "verified"}, set()),
        ({"union_state": "N"}, {"needs_when"}),
        ({"union_state": "C"}, set()),
        ({"status": "deregistered", "status_date": "2026-11-23"}, set()),
        ({"status": "deregistered", "status_date": "2026-11-24"}, {"not_in_future"}),
    ],
)
def test_what_is_said_of_an_enterprise_holds_together(values: Values, broken: set[str]) -> None:
    assert rules("enterprise", values) == broken


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"source": "complaint"}, {"needs_when"}),
        ({"source": "complaint", "complainant_name": "赵晓峰"}, set()),
        ({"source": "complaint", "anonymous": 1}, set()),
        ({"source": "inspection"}, set()),
    ],
)
def test_a_complaint_has_a_complainant_or_is_anonymous(values: Values, broken: set[str]) -> None:
    assert rules("case", values) == broken


def test_what_was_erased_for_good_is_not_asked_for_again() -> None:
    served = {"kind": "served", "service_way": "direct", "service_result": "received", "document": "d"}
    for type_name, values, name in (("case", {"source": "complaint"}, "complainant_name"),
                                    ("case_event", served, "recipient_name")):  # fmt: skip
        asked = {f.fields[0] for f in run_checks(catalogue()[type_name], values, Context(TODAY))}
        kept = run_checks(catalogue()[type_name], values, Context(TODAY, erased=frozenset({name})))
        assert name in asked
        assert name not in {f.fields[0] for f in kept}


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"kind": "independent"}, {"needs_when"}),
        ({"kind": "independent", "enterprise": "a"}, set()),
        ({"kind": "joint"}, set()),
        ({"legal_person_valid_until": "2026-11-23"}, set()),
        ({"legal_person_valid_until": "2026-11-22"}, {"not_passed"}),
        ({"preparation_date": "2024-05-02", "established_date": "2024-05-01"}, {"not_after"}),
    ],
)
def test_what_is_said_of_a_union_holds_together(values: Values, broken: set[str]) -> None:
    assert rules("union", values) == broken


# Lists of names


@pytest.mark.parametrize("kind", ["staff_congress", "staff_assembly"])
def test_a_congress_is_not_recorded_as_a_meeting(kind: str) -> None:
    assert rules("meeting", {"kind": kind}) == {"none_of"}
    assert kind not in {item.code for item in reference.code_list("meeting_type").offered}


DELEGATES: list[Values] = [
    {"sex": "1", "job_category": "senior_manager", "presence": "present"},
    {"sex": "2", "job_category": "front_line", "presence": "leave"},
    {"sex": "2", "job_category": "front_line", "presence": "present", "change_kind": "by_election"},
    {"sex": "2", "job_category": "senior_manager", "presence": None, "change_kind": "recalled"},
]


@pytest.mark.parametrize(
    ("field", "right"),
    [
        ("expected_count", 3),
        ("present_count", 2),
        ("leave_count", 1),
        ("women_delegate_count", 2),
        ("manager_delegate_count", 1),
    ],
)
def test_the_counts_of_a_session_are_those_of_its_list_of_delegates(field: str, right: int) -> None:
    for count in range(5):
        found_rules = rules("congress", {field: count}, children={"delegate": DELEGATES})
        assert ("children_match" in found_rules) is (count != right)
    assert rules("congress", {field: 5}, children={"delegate": []}) == set()


# Whatever another station sends (domain: nothing that is read stops the logic check)


WHOLE = st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-2, 120)
WORDS = (
    st.none()
    | st.text(max_size=20)
    | st.dates().map(str)
    | st.sampled_from(
        [
            "",
            "0",
            "-1",
            "1e999999999",
            "NaN",
            "sNaN",
            "1/0",
            "²",
            "2024-02-30",
            "0001-01-01",
            "9999-12-31",
            "{x}",
        ]
    )
)


def _cell(field: Field) -> st.SearchStrategy[str | int | None]:
    if field.kind in (Kind.INTEGER, Kind.BOOLEAN):
        return WHOLE
    codes = () if field.codes is None else reference.code_list(field.codes).by_code
    return WORDS | st.sampled_from(list(codes)) if codes else WORDS


@pytest.mark.parametrize("type_name", sorted(catalogue()))
@given(data=st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_no_cells_of_the_right_kind_make_a_check_fail(type_name: str, data: st.DataObject) -> None:
    def record(name: str, fields: set[str]) -> dict[str, Any]:
        return {f.name: data.draw(_cell(f)) for f in catalogue()[name].fields if f.name in fields}

    record_type = catalogue()[type_name]
    values = record(type_name, {n for c in record_type.checks for n in c.fields} | {"id_kind"})
    children = {
        c.name: [record(c.name, {"presence", "sex", "role", "side", "is_chief", "full_score", "self_score"})]
        for c in catalogue().children(type_name)
    }
    linked = {
        f.name: record(f.link, {"expected_count", "present_count", "hours", "full_score"})
        for f in record_type.fields
        if f.link is not None
    }
    context = Context(TODAY, lambda t: children.get(t, ()), linked.get)
    assert all(finding.message for finding in run_checks(record_type, values, context))


@pytest.mark.parametrize("cell", ["", "{", "明天", "2026-13-01", "99999999999"])
def test_a_text_that_is_no_day_is_not_compared(cell: str) -> None:
    assert rules("congress", {"started_date": cell, "ended_date": "2020-01-01"}) == set()


@pytest.mark.parametrize(
    ("start", "years"),
    [("2024-01-01", "²"), ("2024-01-01", "9" * 5000), ("2024-01-01", 3.5), ("9999-01-01", "3")],
)
def test_a_term_that_no_calendar_has_is_not_compared(start: str, years: object) -> None:
    found = rules("union", {"term_started": start, "term_ended": "9999-12-31", "term_years": years})
    assert "term_fits" not in found


# Many records


def _cells(field: Field) -> st.SearchStrategy[Any]:
    words = {
        Kind.INTEGER: st.integers(0, 3), Kind.BOOLEAN: st.integers(0, 1),
        Kind.DATE: st.sampled_from(["2007-03-15", "2026-11-22", "2026-12-01", "2026-13-45"]),
        Kind.USCC: st.sampled_from(["91330106MA2ABCDEX7", "91350100M0001TGQXM", "12"]),
        Kind.ID_NUMBER: st.sampled_from(["110101200703157658", "110101194912310024", "110101200703157654", "H1"]),
        Kind.PHONE: st.sampled_from(["13800000000", "12"]),
        Kind.PLACE: st.sampled_from(["330106010", "330106010201", "330110109222"]),
    }  # fmt: skip
    if field.codes is not None:
        return st.sampled_from([item.code for item in reference.code_lists()[field.codes].items])
    return words.get(field.kind, st.sampled_from(["甲", "乙"]))


@given(st.data(), st.sampled_from(sorted(catalogue())), st.sampled_from([2, 2_000]))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_remembered_is_what_is_found(data: st.DataObject, type_name: str, most: int) -> None:
    record_type = catalogue()[type_name]
    asked = {n for c in record_type.checks for n in c.fields} | ({"id_kind"} & record_type.by_name.keys())
    cells = {name: st.none() | _cells(record_type.by_name[name]) for name in sorted(asked)}
    records = data.draw(st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=8))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remembering, "_MOST_REMEMBERED", most)
        checks = RememberingChecks(record_type, record_type.checks, TODAY, {})
        for part in ([*records, *records], records):
            found = checks(part)
            for place, values in enumerate(part):
                plain = run_checks(record_type, values, Context(TODAY))
                assert found.get(place, []) == [f for f in plain if f.rule != "needed"]


def test_a_rule_that_looks_beyond_its_check_is_remembered_by_that_too() -> None:
    """Only the number of a resident tells a day of birth; the check does not name the kind of document."""
    checks = [c for c in catalogue()["member"].checks if c.rule == "id_tells_birth"]
    remembers = RememberingChecks(catalogue()["member"], checks, TODAY, {})
    said = {"id_number": "110101194912310024", "birth_date": "1950-01-01"}
    kinds = ({"id_kind": "resident_id"}, {"id_kind": "passport"})
    assert sorted(remembers([said | kind for kind in kinds * 2])) == [0, 2]
    # A rule may begin to look beyond its check only in a later part of the table.
    later = RememberingChecks(catalogue()["member"], checks, TODAY, {})
    assert not later([{"id_number": None, "birth_date": None}])
    assert [sorted(later([said | kind for kind in kinds])) for _ in range(2)] == [[0], [0]]


def test_rules_that_are_known_to_hold_are_not_asked() -> None:
    wrong = {"uscc": "91350100M0001TGQXM"}
    firm = catalogue()["enterprise"]
    sound = {"uscc_valid": lambda code: code == wrong["uscc"]}
    assert [f.rule for f in RememberingChecks(firm, firm.checks, TODAY, {})([wrong])[0]] == ["uscc_valid"]
    assert not RememberingChecks(firm, firm.checks, TODAY, sound)([wrong])

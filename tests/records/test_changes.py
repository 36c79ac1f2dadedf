"""What a district says about divisions and code lists, over those that are shipped."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.changes import CodeChange, DivisionChange, changed_codes, changed_divisions
from desktop.records.codes import CodeItem, CodeList, places
from desktop.records.divisions import Division, DivisionLevel, Divisions

TODAY = datetime.date(2026, 12, 1)
BEFORE, LATER = datetime.date(2026, 11, 30), datetime.date(2026, 12, 2)
TOWN, OTHER, OLD = "330110109", "330110110", "330110109222"
LIST = Divisions(
    [
        Division("3301", "杭州市", DivisionLevel.CITY),
        Division("330110", "余杭区", DivisionLevel.DISTRICT, "3301"),
        Division(TOWN, "径山镇", DivisionLevel.TOWN, "330110"),
        Division(OTHER, "瓶窑镇", DivisionLevel.TOWN, "330110"),
        Division(OLD, "径山村委会", DivisionLevel.VILLAGE, TOWN),
        Division("330110109223", "小古城村委会", DivisionLevel.VILLAGE, TOWN),
        Division("330110110223", "小古城村委会", DivisionLevel.VILLAGE, OTHER),
    ]
)
PURPOSES = CodeList(
    "visit_purpose",
    (CodeItem("guidance", "业务指导"), CodeItem("condolence", "慰问"), CodeItem("other", "其他")),
)


def divided(*changes: DivisionChange) -> Divisions:
    return changed_divisions(LIST, changes, TODAY)


def test_a_new_village_a_town_with_another_name_and_a_village_that_went_into_another() -> None:
    new = DivisionChange("330110109901", "双溪村委会")
    found = divided(
        DivisionChange(OLD, "径山村委会", None, BEFORE, "330110109901"),
        new,
        DivisionChange(TOWN, "大径山镇", TODAY),
    )
    assert [d.name for d in found.children(TOWN)] == ["小古城村委会", "双溪村委会"]
    assert found.full_name("330110109901") == "杭州市余杭区大径山镇双溪村委会"
    assert (
        [d.code for d in found.meant("径山镇")] == [d.code for d in found.meant("余杭区大径山镇")] == [TOWN]
    )
    # By name it is what it went into, its code stays its own.
    assert [d.code for d in found.meant("径山村")] == ["330110109901"]
    assert [d.code for d in found.meant(OLD)] == [OLD]
    assert found.is_within(OLD, "330110109901")
    assert found.is_within(OLD, TOWN)
    listed = places(found)
    assert listed.label_of(OLD) == "径山村委会"
    assert OLD not in {item.code for item in listed.offered}
    assert (listed.find("径山村委会"), listed.find(OLD)) == ("330110109901", OLD)


def test_a_change_counts_from_its_day_on_and_an_end_from_the_day_after_the_last() -> None:
    assert divided(DivisionChange(TOWN, "大径山镇", LATER))[TOWN].name == "径山镇"
    assert not divided(DivisionChange(OLD, "径山村委会", None, TODAY))[OLD].ended
    assert divided(DivisionChange(OLD, "径山村委会", None, BEFORE))[OLD].ended


def test_with_a_town_its_villages_end_and_are_those_of_their_names_in_the_other() -> None:
    found = divided(DivisionChange(TOWN, "径山镇", None, BEFORE, OTHER))
    assert [d.code for d in found.of_level(DivisionLevel.VILLAGE)] == ["330110110223"]
    assert [d.code for d in found.meant("径山镇小古城村")] == ["330110110223"]
    assert found.now(found[OLD]).code == OLD, "nothing of its name is there"


@pytest.mark.parametrize(
    "change",
    [
        DivisionChange("33011x", "某区"),
        DivisionChange("330199001", "没有上级的镇"),
        DivisionChange("330110999", ""),
    ],
)
def test_what_makes_no_sense_is_passed_over(change: DivisionChange) -> None:
    assert [*divided(change)] == [*LIST]


def test_it_goes_into_nothing_that_is_not_there_or_of_another_level() -> None:
    for successor in ("330110109999", TOWN, OLD):
        assert divided(DivisionChange(OLD, "径山村委会", None, BEFORE, successor))[OLD].successor == ""


def test_two_that_are_said_to_have_gone_into_each_other_are_one_that_ended() -> None:
    found = divided(
        DivisionChange(OLD, "径山村委会", None, BEFORE, "330110109223"),
        DivisionChange("330110109223", "小古城村委会", None, BEFORE, OLD),
    )
    ends = {found.now(found[code]).code for code in (OLD, "330110109223")}
    assert len(ends) == 1
    assert not found[ends.pop()].successor


CODES = st.sampled_from([TOWN, OTHER, OLD, "330110109223", "330110109901", "330110110223"])
CHANGES = st.builds(
    DivisionChange,
    CODES,
    st.sampled_from(["径山镇", "新镇", "径山村委会", "新村委会"]),
    st.sampled_from([None, BEFORE, LATER]),
    st.sampled_from([None, BEFORE, LATER]),
    CODES,
)


@given(st.lists(CHANGES, max_size=6))
def test_whatever_is_said_every_old_code_stays_readable_and_nothing_runs_in_a_circle(
    changes: list[DivisionChange],
) -> None:
    found = divided(*changes)
    for row in LIST:
        assert found[row.code].name
        assert row.code in {d.code for d in found.path(row.code)}
        assert found.names(row.code)
        found.now(found[row.code])
    for name in ("径山镇", "径山村", "新村"):
        found.meant(name)
        assert all(not d.ended or not found.now(d).ended or d == found.now(d) for d in found.meant(name))


def coded(*changes: CodeChange) -> CodeList:
    return changed_codes({"visit_purpose": PURPOSES}, changes, frozenset({"visit_purpose"}), TODAY)[
        "visit_purpose"
    ]


def test_an_entry_is_added_another_renamed_a_third_retired() -> None:
    found = coded(
        CodeChange("visit_purpose", "a" * 32, label="送清凉", aliases=("高温慰问",)),
        CodeChange("visit_purpose", "b" * 32, item="业务指导", label="业务辅导"),
        CodeChange("visit_purpose", "c" * 32, item="慰问", ended=BEFORE),
    )
    assert [i.label for i in found.offered] == ["业务辅导", "送清凉", "其他"], (
        "what is none of them stays last"
    )
    assert (found.find("业务指导"), found.find("业务辅导"), found.find("高温慰问")) == (
        "guidance",
        "guidance",
        "a" * 32,
    )
    assert (found.label_of("condolence"), found.find("慰问")) == ("慰问", "condolence")


def test_a_note_is_written_kept_by_other_changes_and_written_anew() -> None:
    first = CodeChange("visit_purpose", "a" * 32, item="业务指导", note="帮助基层")
    renamed = CodeChange("visit_purpose", "b" * 32, item="业务指导", label="业务辅导")
    again = CodeChange("visit_purpose", "c" * 32, item="业务辅导", note="上门帮助基层")
    notes = [
        coded(*found).by_code["guidance"].note
        for found in ((first,), (first, renamed), (first, renamed, again))
    ]
    assert notes == ["帮助基层", "帮助基层", "上门帮助基层"]


def test_an_added_entry_is_changed_by_its_name_and_comes_back() -> None:
    first = CodeChange("visit_purpose", "a" * 32, label="送清凉")
    end = CodeChange("visit_purpose", "b" * 32, item="送清凉", ended=BEFORE)
    again = CodeChange("visit_purpose", "c" * 32, item="送清凉")
    assert "送清凉" not in [i.label for i in coded(first, end).offered]
    assert "送清凉" in [i.label for i in coded(first, end, again).offered]


def test_lists_that_are_reckoned_by_entries_that_are_not_there_and_days_to_come_change_nothing() -> None:
    assert coded(CodeChange("visit_purpose", "a" * 32, item="没有的", label="别的")) is PURPOSES
    assert coded(CodeChange("visit_purpose", "a" * 32, label="以后的", started=LATER)) is PURPOSES
    assert coded(CodeChange("visit_purpose", "a" * 32)) is PURPOSES
    lists = {"visit_purpose": PURPOSES}
    assert (
        changed_codes(lists, [CodeChange("visit_purpose", "a" * 32, label="新")], frozenset(), TODAY) == lists
    )

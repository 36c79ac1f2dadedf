"""Union members with the twenty columns of the federation's real-name form (annex 4) and what the plan counts by."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Follow, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import (
    CONSENT_CHECKS,
    IDENTITY,
    IDENTITY_CHECKS,
    NATIONAL_ENTRY,
    UNIT_NAME,
    consent,
    identity,
    national_entry,
    phone,
    phone_check,
    remarks,
)

ORDER = 50

_KEY_GROUPS = ("truck_driver", "ride_hailing_driver", "courier", "food_delivery_rider")
"""The groups of applicants that are groups of members, too."""

TYPE = RecordType(
    name="member",
    label="会员",
    menu="会员",
    title=("name",),
    help="一名会员一条，一次入会、关系随单位转接：换单位改这一条，不要另建。各栏与全总“会员信息采集表”一致。",
    sections=(
        Section("person", "个人信息"),
        Section("membership", "会籍"),
        Section("work", "工作"),
        Section("background", "户籍与籍贯"),
        Section("entry", "录入与说明"),
    ),
    groups=(
        IDENTITY,
        Group("background", "民族、籍贯和户籍", personal=True),
        Group("employer", "工作单位"),
        Group("admission", "入会"),
        Group("membership", "会籍变化"),
        NATIONAL_ENTRY,
    ),
    follows=(
        Follow(
            "membership_application",
            {
                "name": "name", "phone": "phone", "union": "union", "enterprise": "enterprise",
                "workplace": "workplace", "first_admission_date": "handled_date", "membership_change": "=1",
                "membership_change_date": "handled_date", "key_group": "key_group", "admission_kind": "=admitted",
            },
            when={"state": ("admitted",)}, back="member", same=("name", "phone"),
            translate={"key_group": {group: group for group in _KEY_GROUPS}},
        ),
    ),
    fields=(
        *identity("person", needed=True, number_column=3),
        phone("person", needed=True),
        Field(
            "political_status", "政治面貌", Kind.CODE, codes="political_status", section="person",
            needed=True, personal=True,
        ),
        Field("education", "学历", Kind.CODE, codes="education", section="person", needed=True),
        Field("skill_level", "技术等级", Kind.CODE, codes="technical_level", section="person", needed=True),
        Field(
            "union", "所属工会", Kind.LINK, link="union", section="membership", needed=True, first=True,
            index=True, column=4, width=20, review=True,
        ),
        Field(
            "first_admission_date", "首次入会日期", Kind.DATE, group="admission", section="membership",
            first=True, index=True, column=7, width=10, review=True,
            help="这个人第一次加入工会的日期，转接关系不改变它；“新增会员”按它统计。",
        ),
        Field(
            "admission_kind", "到本工会的方式", Kind.CODE, codes="admission_way", group="admission",
            section="membership", first=True, default="admitted", help="从别处转来的选“转入”，不算新增会员。",
        ),
        Field(
            "membership_change", "会籍变化类型", Kind.CODE, codes="membership_change", group="membership",
            section="membership", needed=True, first=True, index=True, column=6, width=8, default="1",
            review=True,
        ),
        Field(
            "membership_change_date", "会籍变化日期", Kind.DATE, group="membership", section="membership",
            needed=True, first=True,
        ),
        Field(
            "membership_change_reason", "会籍变化原因", Kind.CODE, codes="membership_change_reason",
            group="membership", section="membership", help="入会的不填。",
        ),
        Field(
            "key_group", "重点群体", Kind.CODE, codes="new_form_group", section="membership", first=True,
            index=True, column=8, width=10, help="货车司机、网约车司机、快递员、外卖配送员等；不属于的不填。",
        ),
        Field("platform", "平台或站点", section="membership", maximum=80, search=True),
        Field(
            "enterprise", "单位（已登记）", Kind.LINK, link="enterprise", group="employer", section="work",
            index=True, help="单位在本机有记录时选择，工作单位名称自动带出。",
        ),
        Field(
            "workplace", "工作单位", group="employer", section="work", needed=True, first=True, search=True,
            column=5, width=20, maximum=UNIT_NAME,
        ),
        Field(
            "employment", "就业状况", Kind.CODE, codes="employment_status", section="work", needed=True,
            default="1",
        ),
        Field("migrant", "是否农民工会员", Kind.BOOLEAN, section="work", needed=True, width=6),
        Field(
            "ethnicity", "民族", Kind.CODE, codes="ethnicity", group="background", section="background",
            needed=True, personal=True, default="01",
        ),
        Field(
            "native_place", "籍贯", group="background", section="background", personal=True, maximum=60,
            example="浙江杭州",
        ),
        Field(
            "household_kind", "户籍类型", Kind.CODE, codes="household_registration", group="background",
            section="background", personal=True,
        ),
        Field(
            "household_place", "户籍所在地", group="background", section="background", personal=True,
            maximum=120,
        ),
        *national_entry("entry"),
        consent("entry"),
        *remarks("entry"),
    ),
    checks=(
        *IDENTITY_CHECKS,
        phone_check(label="移动电话"),
        Check(
            "needs_when", ("first_admission_date", "membership_change"),
            "请填写首次入会日期，“新增会员”按它统计", Severity.WARNING, {"values": ["1", "2"]},
        ),
        Check("not_in_future", ("first_admission_date",), "首次入会日期{a}还没有到，请核对"),
        Check("not_after", ("birth_date", "first_admission_date"), "首次入会日期{b}早于出生日期，请核对"),
        Check(
            "not_after", ("first_admission_date", "membership_change_date"),
            "会籍变化日期{b}早于首次入会日期{a}，请核对",
        ),
        Check("not_in_future", ("membership_change_date",), "会籍变化日期{a}还没有到，请核对"),
        Check(
            "needs_when", ("membership_change_reason", "membership_change"), "请填写会籍变化原因",
            Severity.WARNING, {"values": ["3", "4", "5", "6"]},
        ),
        Check("not_in_future", ("national_entry_date",), "全国系统录入日期{a}还没有到，请核对"),
        *CONSENT_CHECKS,
    ),
)  # fmt: skip

"""Union officers: the roster of cadres, social workers and helpers, one line a person."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Follow, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import (
    CONSENT_CHECKS,
    IDENTITY,
    IDENTITY_CHECKS,
    UNIT_NAME,
    consent,
    identity,
    phone,
    phone_check,
    remarks,
)

ORDER = 60

TYPE = RecordType(
    name="officer",
    label="工会干部",
    menu="干部",
    title=("name", "post_title"),
    help="一个人一条，兼几个职务就在“任职”里登记几条。轮训按人统计，初任培训按每次任职计时。",
    sections=(
        Section("person", "个人信息"),
        Section("work", "工会与单位"),
        Section("notes", "说明"),
    ),
    groups=(IDENTITY, Group("employer", "工作单位"), Group("service", "在册起止")),
    follows=(
        Follow(
            "union",
            {
                "name": "chair_name", "sex": "chair_sex", "birth_date": "chair_birth_date", "phone": "chair_phone",
                "political_status": "chair_political_status", "education": "chair_education",
                "working_time": "chair_working_time", "post_title": "=工会主席", "union": ".",
                "enterprise": "enterprise", "service_started": "chair_appointed_date", "category": "kind",
            },
            when={"chair_name": ("*",)}, back="chair_officer", same=("name", "phone"),
            translate={"category": {"independent": "grassroots_chair", "joint": "grassroots_chair"}},
        ),
    ),
    fields=(
        *identity("person", needed=False, name_column=1, sex_column=2),
        phone("person", needed=True),
        Field(
            "political_status", "政治面貌", Kind.CODE, codes="political_status", section="person",
            personal=True,
        ),
        Field("education", "学历", Kind.CODE, codes="education", section="person"),
        Field(
            "category", "人员类别", Kind.CODE, codes="trainee_category", section="work", needed=True,
            first=True, index=True, column=3, width=14,
            help="有几个职务的，选主要的一个；每个职务在“任职”里登记。",
        ),
        Field(
            "post_title", "现任职务", section="work", first=True, search=True, column=4, width=14, maximum=60,
        ),
        Field(
            "union", "所在工会", Kind.LINK, link="union", section="work", first=True, index=True, column=5,
            width=20,
        ),
        Field(
            "working_time", "专职或兼职", Kind.CODE, codes="full_or_part_time", section="work", first=True,
            column=6, width=6,
        ),
        Field("enterprise", "单位（已登记）", Kind.LINK, link="enterprise", group="employer", section="work"),
        Field(
            "workplace", "工作单位", group="employer", section="work", search=True, column=7, width=18,
            maximum=UNIT_NAME,
        ),
        Field(
            "member", "会员记录", Kind.LINK, link="member", section="work",
            help="已是登记会员的，选择后自动带出。",
        ),
        Field(
            "service_started", "列入干部名册日期", Kind.DATE, group="service", section="work", column=8,
            width=10,
        ),
        Field(
            "service_ended", "离开干部队伍日期", Kind.DATE, group="service", section="work", index=True,
            help="离职、调走、退休的填写，不要删除；以后不再计入轮训的应训人数。",
        ),
        Field(
            "leaving_reason", "离开原因", Kind.CODE, codes="leaving_reason", group="service", section="work",
        ),
        consent("work"),
        *remarks("notes"),
    ),
    checks=(
        *IDENTITY_CHECKS,
        *CONSENT_CHECKS,
        phone_check(label="移动电话"),
        Check("not_after", ("service_started", "service_ended"), "列入名册日期{a}晚于离开日期{b}，请核对"),
        Check("not_in_future", ("service_started",), "列入名册日期{a}还没有到，请核对"),
        Check("needs_with", ("leaving_reason", "service_ended"), "已经离开，请填写原因", Severity.WARNING),
    ),
)  # fmt: skip

"""Appointments of officers: each post with its period, and each with a clock of its own for initial training (T25)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Follow, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import UNIT_NAME, document, remarks

ORDER = 70

TYPE = RecordType(
    name="appointment",
    label="任职",
    menu="干部",
    title=("officer", "post_title"),
    parent="officer",
    help="一个职务一条。新任的从任职日期起一年内要完成初任培训；连任同一职务的，请在“新任”里选“否”。",
    sections=(Section("post", "任职"), Section("terms", "聘用与说明")),
    groups=(
        Group("body", "任职工会"),
        Group("period", "任职起止"),
        Group("appointment", "任职文件"),
    ),
    follows=(
        Follow(
            "union",
            {
                "officer": "chair_officer", "category": "chair_officer.category", "post": "=chair", "union": ".",
                "union_name": "name", "working_time": "chair_working_time", "started": "chair_appointed_date",
                "enterprise_post": "chair_post",
            },
            when={"chair_officer": ("*",), "chair_appointed_date": ("*",)}, same=("officer", "union", "post"),
        ),
    ),
    fields=(
        Field(
            "officer", "干部", Kind.LINK, link="officer", section="post", needed=True, first=True, index=True,
            column=1, width=10,
        ),
        Field(
            "category", "任职类别", Kind.CODE, codes="trainee_category", section="post", needed=True,
            first=True, index=True, column=2, width=14,
        ),
        Field(
            "post", "职务", Kind.CODE, codes="officer_post", section="post", first=True, column=3, width=12,
            help="社工、协管员、联络员和网格员不填，选下面的“工作力量类别”。",
        ),
        Field(
            "worker_kind", "工作力量类别", Kind.CODE, codes="field_worker_kind", section="post", first=True,
        ),
        Field(
            "post_title", "职务全称", section="post", first=True, search=True, maximum=80,
            example="镇总工会兼职副主席",
        ),
        Field(
            "union", "工会（已登记）", Kind.LINK, link="union", group="body", section="post", index=True,
            first=True,
        ),
        Field(
            "union_name", "任职工会名称", group="body", section="post", needed=True, first=True, search=True,
            column=4, width=20, maximum=UNIT_NAME,
        ),
        Field(
            "working_time", "专职或兼职", Kind.CODE, codes="full_or_part_time", section="post", first=True,
            column=5, width=6,
        ),
        Field(
            "started", "任职日期", Kind.DATE, group="period", section="post", needed=True, first=True,
            index=True, column=6, width=10, review=True, help="选举产生或任命的日期；聘用的填聘期开始。",
        ),
        Field(
            "ended", "离任日期", Kind.DATE, group="period", section="post", first=True, column=7, width=10,
            review=True, help="还在任的不填；聘用的到期续聘，改聘期届满日。",
        ),
        Field("ended_reason", "离任原因", Kind.CODE, codes="leaving_reason", group="period", section="post"),
        Field(
            "contract_until", "聘期（任期）届满", Kind.DATE, section="terms",
            help="社工等聘用人员填合同到期日。",
        ),
        Field(
            "newly_appointed", "新任", Kind.BOOLEAN, section="post", first=True, default=1, column=8, width=5,
            help="第一次担任这一类职务选“是”，要完成初任培训；连任选“否”。",
        ),
        *document("appointment", "任命文件", "terms"),
        Field("enterprise_post", "在单位的职务", section="terms", maximum=60, example="行政部经理"),
        Field("social_worker_number", "社工证号", section="terms", maximum=40),
        Field("pay_source", "薪酬来源", Kind.CODE, codes="pay_source", section="terms"),
        *remarks("terms"),
    ),
    checks=(
        Check("one_of", ("post", "worker_kind"), "“职务”和“工作力量类别”请至少填一项"),
        Check("not_after", ("started", "ended"), "任职日期{a}晚于离任日期{b}，请核对"),
        Check("not_in_future", ("started",), "任职日期{a}还没有到，请核对"),
        Check("not_after", ("started", "contract_until"), "任职日期{a}晚于届满日{b}，请核对"),
        Check("needs_with", ("ended_reason", "ended"), "已经离任，请填写原因", Severity.WARNING),
    ),
)  # fmt: skip

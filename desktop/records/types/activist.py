"""Activists of unions: who they are, how they were chosen, what they have been prepared and recommended for."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ONE_PERSON, PERSON_NAME, UNIT_NAME, phone, phone_check, remarks

ORDER = 72

TYPE = RecordType(
    name="activist",
    label="工会骨干、积极分子",
    menu="干部",
    title=("name",),
    help="会员里的骨干和积极分子，一人一条。担任工会职务以后在“工会干部”里登记，这里填上结束日期。",
    sections=(Section("activist", "人员"), Section("cultivation", "甄选与培养")),
    groups=(
        Group("body", "所在工会"),
        Group("selection", "甄选"),
        Group("progress", "培养阶段"),
        Group("recommendation", "推荐"),
    ),
    fields=(
        Field(
            "name", "姓名", section="activist", needed=True, first=True, personal=True, search=True,
            column=1, width=9, maximum=PERSON_NAME, names_person=True, review=True,
        ),
        phone("activist"),
        Field(
            "kind", "类别", Kind.CODE, codes="activist_kind", section="activist", needed=True, first=True,
            column=2, width=10,
        ),
        Field(
            "member", "会员记录", Kind.LINK, link="member", section="activist", index=True,
            help="已是登记会员的，选择后姓名和电话自动带出。",
        ),
        Field(
            "union", "所在工会（已登记）", Kind.LINK, link="union", group="body", section="activist",
            first=True, index=True,
        ),
        Field(
            "union_name", "所在工会", group="body", section="activist", needed=True, first=True, search=True,
            column=3, width=22, maximum=UNIT_NAME,
        ),
        Field("strength", "特长", section="activist", first=True, search=True, column=4, width=14, maximum=120),
        Field(
            "selection_way", "甄选方式", Kind.CODE, codes="selection_way", group="selection",
            section="cultivation", needed=True, first=True, column=5, width=12,
        ),
        Field(
            "selected_date", "甄选日期", Kind.DATE, group="selection", section="cultivation", needed=True,
            first=True, column=6, width=10,
        ),
        Field("selected_by", "甄选单位", group="selection", section="cultivation", maximum=UNIT_NAME),
        Field(
            "stage", "培养阶段", Kind.CODE, codes="cultivation_stage", group="progress", section="cultivation",
            first=True, column=7, width=8, default="selected",
        ),
        Field("stage_date", "进入本阶段日期", Kind.DATE, group="progress", section="cultivation"),
        Field("cultivation", "培养情况", Kind.NOTE, section="cultivation", first=True, maximum=1000),
        Field(
            "recommended_for", "推荐为", group="recommendation", section="cultivation", first=True,
            maximum=120, example="村社联合工会副主席候选人",
        ),
        Field("recommended_date", "推荐日期", Kind.DATE, group="recommendation", section="cultivation"),
        Field(
            "ended", "结束日期", Kind.DATE, section="cultivation",
            help="离开单位、不再担任或已转为工会干部的填写，不要删除。",
        ),
        *remarks("cultivation"),
    ),
    checks=(
        ONE_PERSON,
        phone_check(label="移动电话"),
        Check("not_in_future", ("selected_date",), "甄选日期{a}还没有到，请核对"),
        Check("not_after", ("selected_date", "recommended_date"), "推荐日期{b}早于甄选日期{a}，请核对"),
        Check("not_after", ("selected_date", "ended"), "结束日期{b}早于甄选日期{a}，请核对"),
        Check(
            "needs_when", ("recommended_for", "stage"), "已到推荐阶段，请填写推荐为什么", Severity.WARNING,
            {"values": ["recommended"]},
        ),
    ),
)  # fmt: skip

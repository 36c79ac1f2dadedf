"""Which enterprise a union covered, from when and until when: what keeps a firm from being counted twice (T01, T04)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import remarks

ORDER = 30

TYPE = RecordType(
    name="coverage",
    label="工会覆盖单位",
    menu="建会",
    title=("union", "enterprise"),
    parent="union",
    help="联合工会、工会联合会覆盖的单位一家一条。单位后来单独建会的，填上结束日期，不要删除。",
    sections=(Section("coverage", "覆盖关系"), Section("notes", "说明")),
    groups=(Group("period", "起止日期"), Group("headcount", "该单位会员数")),
    fields=(
        Field(
            "union", "工会", Kind.LINK, link="union", section="coverage", needed=True, first=True, index=True,
            column=1, width=24,
        ),
        Field(
            "enterprise", "被覆盖单位", Kind.LINK, link="enterprise", section="coverage", needed=True,
            first=True, index=True, column=2, width=24,
        ),
        Field(
            "method", "覆盖方式", Kind.CODE, codes="founding_way", section="coverage", first=True, column=3,
            width=12, default="joint",
        ),
        Field(
            "started", "开始日期", Kind.DATE, group="period", section="coverage", needed=True, first=True,
            column=4, width=10, review=True,
        ),
        Field(
            "ended", "结束日期", Kind.DATE, group="period", section="coverage", first=True, column=5,
            width=10, review=True, help="还在覆盖的不填。",
        ),
        Field(
            "ended_reason", "结束原因", Kind.CODE, codes="coverage_end_reason", group="period",
            section="coverage", column=6, width=12,
        ),
        Field(
            "member_count", "该单位会员数", Kind.INTEGER, group="headcount", section="coverage", minimum=0,
            unit="人", summed=True, column=7, width=8,
        ),
        Field("headcount_date", "会员数截止日期", Kind.DATE, group="headcount", section="coverage"),
        *remarks("notes"),
    ),
    checks=(
        Check("not_after", ("started", "ended"), "开始日期{a}晚于结束日期{b}，请核对"),
        Check("not_in_future", ("started",), "开始日期{a}还没有到，请核对"),
        Check("not_in_future", ("headcount_date",), "会员数截止日期{a}还没有到，请核对"),
        Check("needs_with", ("ended_reason", "ended"), "已经结束覆盖，请填写原因", Severity.WARNING),
    ),
)  # fmt: skip

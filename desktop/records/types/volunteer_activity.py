"""What a volunteer team did: day, matter, people and hours."""

from __future__ import annotations

from typing import Any

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import evidence, recorded, remarks

ORDER = 262


def _count(name: str, label: str, **more: Any) -> Field:
    return Field(
        name, label, Kind.INTEGER, group="turnout", section="activity", first=True, minimum=0, unit="人",
        summed=True,
        **more,
    )  # fmt: skip


TYPE = RecordType(
    name="volunteer_activity",
    label="志愿活动",
    menu="服务与阵地",
    title=("topic", "activity_date"),
    parent="volunteer_team",
    help="一次活动一条，看队伍是不是常态化开展工作。",
    sections=(Section("activity", "活动"), Section("notes", "材料与录入")),
    groups=(Group("turnout", "人数"),),
    fields=(
        Field(
            "volunteer_team", "队伍", Kind.LINK, link="volunteer_team", section="activity", needed=True,
            index=True, column=7, width=20,
        ),
        Field(
            "activity_date", "日期", Kind.DATE, section="activity", needed=True, first=True,
            column=1, width=10, review=True,
        ),
        Field(
            "topic", "活动内容", section="activity", needed=True, first=True, search=True, column=2,
            width=28, maximum=200,
        ),
        Field(
            "service_field", "服务领域", Kind.CODE, codes="service_field", section="activity", first=True, column=3,
            width=12,
        ),
        Field("venue", "地点", section="activity", first=True, maximum=120),
        Field(
            "service_site", "服务阵地", Kind.LINK, link="service_site", section="activity", index=True,
            help="在服务阵地里开展的选择。",
        ),
        Field(
            "hours", "时长", Kind.DECIMAL, section="activity", first=True, minimum=0, unit="小时", summed=True,
            column=4,
            width=6,
        ),
        _count("volunteer_count", "参加志愿者", needed=True, column=5, width=8),
        _count("served_count", "服务人次", column=6, width=8),
        Field("summary", "情况", Kind.NOTE, section="notes", search=True, maximum=2000),
        evidence("notes"),
        *recorded("notes"),
        *remarks("notes"),
    ),
    checks=(
        Check("not_in_future", ("activity_date",), "活动日期{a}还没有到，请活动后再登记"),
        Check(
            "recorded_late", ("activity_date", "recorded_date", "late_reason"),
            "活动后{days}天才录入，算补录，请填写补录原因", Severity.WARNING, {"days": 30},
        ),
    ),
)  # fmt: skip

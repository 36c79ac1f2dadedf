"""How many a service site served in a month."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section
from desktop.records.parts import month, remarks

ORDER = 265

TYPE = RecordType(
    name="site_use",
    label="阵地服务人次",
    menu="服务与阵地",
    title=("year", "month_number", "service_site"),
    parent="service_site",
    help="一处阵地一个月一条。",
    sections=(Section("use", "服务人次"),),
    groups=(Group("month", "月份"), Group("reading", "人次")),
    fields=(
        Field(
            "service_site", "阵地", Kind.LINK, link="service_site", section="use", needed=True, first=True,
            index=True, column=1, width=24,
        ),
        *month("use", column=2),
        Field(
            "visit_count", "服务人次", Kind.INTEGER, group="reading", section="use", needed=True, first=True,
            minimum=0, unit="人次", summed=True, column=4, width=9, review=True,
        ),
        Field(
            "new_form_count", "其中新就业形态劳动者", Kind.INTEGER, group="reading", section="use",
            first=True, minimum=0, unit="人次", summed=True, column=5, width=10,
        ),
        Field(
            "activity_count", "活动场次", Kind.INTEGER, group="reading", section="use", first=True, minimum=0,
            unit="场", summed=True, column=6, width=8,
        ),
        Field(
            "source", "怎样统计的", group="reading", section="use", maximum=80, example="门禁计数",
        ),
        *remarks("use"),
    ),
    checks=(
        Check("month_in_past", ("year", "month_number"), "{year}年{month}月还没有到，请核对"),
        Check("at_most", ("new_form_count", "visit_count"), "新就业形态劳动者{a}人次多于服务人次{b}，请核对"),
    ),
)  # fmt: skip

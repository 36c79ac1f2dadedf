"""What two paired unions did together."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Kind, RecordType, Section
from desktop.records.parts import evidence, remarks

ORDER = 271

TYPE = RecordType(
    name="pairing_activity",
    label="结对活动",
    menu="提质评价",
    title=("topic", "activity_date"),
    parent="pairing",
    help="一次活动一条。",
    sections=(Section("activity", "活动"),),
    fields=(
        Field("pairing", "结对", Kind.LINK, link="pairing", section="activity", needed=True, index=True,
              column=5, width=24),
        Field(
            "activity_date", "日期", Kind.DATE, section="activity", needed=True, first=True,
            column=1, width=10,
        ),
        Field(
            "topic", "活动内容", section="activity", needed=True, first=True, search=True, column=2,
            width=28, maximum=200,
        ),
        Field(
            "attended_count", "参加人数", Kind.INTEGER, section="activity", first=True, minimum=0, unit="人",
            summed=True,
            column=3, width=8,
        ),
        Field("result", "结果", Kind.NOTE, section="activity", first=True, column=4, width=24, maximum=1000),
        evidence("activity"),
        *remarks("activity"),
    ),
    checks=(Check("not_in_future", ("activity_date",), "活动日期{a}还没有到，请活动后再登记"),),
)  # fmt: skip

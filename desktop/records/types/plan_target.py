"""Targets of the action plan as the district or city sets them for a unit; nobody else may write one.

The unit that the target is for is the record's own unit. The plan gives no breakdown by district, so a target is
always an input (domain §5.0).
"""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, Level, RecordType, Section, Writers
from desktop.records.parts import remarks

ORDER = 310

TYPE = RecordType(
    name="plan_target",
    label="计划目标",
    menu="目标与数字",
    title=("indicator", "period_ended"),
    written_by=Writers(levels=(Level.DISTRICT, Level.CITY)),
    help="由市、区总工会填写并下发；没有下发的目标，工作台按方案的统一要求显示。",
    sections=(Section("target", "目标"), Section("source", "依据")),
    groups=(Group("period", "考核时间"), Group("amount", "目标值与依据")),
    fields=(
        Field(
            "indicator", "指标", Kind.CODE, codes="indicator", section="target", needed=True, first=True,
            index=True, column=1, width=26, help="目标属于哪个单位，就登记在哪个单位名下。",
        ),
        Field(
            "category", "类别", Kind.CODE, codes="figure_category", section="target", first=True, column=3,
            width=12,
        ),
        Field(
            "period_started", "从哪天起", Kind.DATE, group="period", section="target", needed=True,
            first=True, column=4, width=10, example="2024-01-01",
        ),
        Field(
            "period_ended", "到哪天为止", Kind.DATE, group="period", section="target", needed=True,
            first=True, index=True, column=5, width=10, example="2026-12-31",
        ),
        Field(
            "target_value", "目标值", Kind.DECIMAL, group="amount", section="target", needed=True, first=True,
            minimum=0, column=6, width=10, review=True,
        ),
        Field(
            "target_unit", "目标单位", Kind.CODE, codes="target_unit", group="amount", section="target",
            needed=True, first=True, column=7, width=6,
        ),
        Field(
            "source", "依据", group="amount", section="source", first=True, maximum=120,
            example="杭总工〔2024〕32号",
        ),
        Field("document", "下达文件", group="amount", section="source", maximum=120),
        *remarks("source"),
    ),
    checks=(Check("not_after", ("period_started", "period_ended"), "开始日期{a}晚于结束日期{b}，请核对"),),
)  # fmt: skip

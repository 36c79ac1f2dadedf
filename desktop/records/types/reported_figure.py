"""Figures that the program cannot know and somebody reports: workforce, daily active riders, past year ends.

Targets are a type of their own, :mod:`.plan_target`, because who may write is declared per type and field and can
not depend on a value: anyone may report a stock, only a district or city sets a target. The unit that a figure
speaks of is the record's own unit; a district that reports for a town writes the record under the town.
"""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import UNIT_NAME, remarks

ORDER = 300

TYPE = RecordType(
    name="reported_figure",
    label="上报数字",
    menu="目标与数字",
    title=("indicator", "as_of_date"),
    help="本程序算不出来的数字填在这里：行业从业人数、平台日活跃数、往年年末数等，要有来源。目标在“计划目标”里填。",
    sections=(Section("figure", "是什么数字"), Section("reading", "数值与来源")),
    groups=(Group("period", "统计时间"), Group("reading", "数值与来源")),
    fields=(
        Field(
            "indicator", "指标", Kind.CODE, codes="indicator", section="figure", needed=True, first=True,
            index=True, column=1, width=26,
        ),
        Field(
            "figure", "哪个数", Kind.CODE, codes="figure_kind", section="figure", needed=True, first=True,
            column=2, width=8, help="指标的分子、分母，或某一天的总数。新就业形态会员的年末数（T17）选“某日总数”。",
        ),
        Field(
            "category", "类别", Kind.CODE, codes="figure_category", section="figure", first=True, column=4,
            width=12, help="分类别的指标填写，如快递员；合计数不填。",
        ),
        Field("town", "镇街", Kind.PLACE, section="figure", index=True, width=12),
        Field(
            "as_of_date", "截至日期", Kind.DATE, group="period", section="figure", needed=True, first=True,
            index=True, column=5, width=10, example="2023-12-31",
        ),
        Field(
            "period_started", "从哪天起", Kind.DATE, group="period", section="figure",
            help="一段时间里的累计数填写；某一天的数不填。",
        ),
        Field(
            "value", "数值", Kind.DECIMAL, group="reading", section="reading", needed=True, first=True,
            minimum=0, column=6, width=10, review=True,
        ),
        Field(
            "source", "来源", group="reading", section="reading", needed=True, first=True, column=7, width=16,
            maximum=UNIT_NAME, example="区邮政管理局",
        ),
        Field(
            "document", "文件或报表", group="reading", section="reading", maximum=120,
            example="2025年度工会统计年报",
        ),
        Field("reported_date", "取得日期", Kind.DATE, group="reading", section="reading"),
        *remarks("reading"),
    ),
    checks=(
        Check("not_in_future", ("as_of_date",), "截至日期{a}还没有到，请核对"),
        Check("not_after", ("period_started", "as_of_date"), "开始日期{a}晚于截至日期{b}，请核对"),
        Check("not_in_future", ("reported_date",), "取得日期{a}还没有到，请核对"),
        Check("not_after", ("as_of_date", "reported_date"), "取得日期{b}早于截至日期{a}，请核对", Severity.WARNING),
    ),
)  # fmt: skip

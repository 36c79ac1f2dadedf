"""Whom a union worker looks after: the enterprise, grid or area of a liaison officer, helper or grid worker."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import remarks

ORDER = 71

TYPE = RecordType(
    name="liaison_assignment",
    label="联络分工",
    menu="干部",
    title=("officer", "kind"),
    parent="officer",
    help="协管员、驻企联络员、网格员和“一企一策一员”联系谁：一人联系几家企业就登记几条。聘用本身在“任职”里登记。",
    sections=(Section("assignment", "联络分工"),),
    groups=(Group("period", "起止日期"),),
    fields=(
        Field(
            "officer", "人员", Kind.LINK, link="officer", section="assignment", needed=True, first=True,
            index=True, column=1, width=10,
        ),
        Field(
            "kind", "类别", Kind.CODE, codes="liaison_kind", section="assignment", needed=True, first=True,
            column=2, width=12,
        ),
        Field(
            "enterprise", "联系企业", Kind.LINK, link="enterprise", section="assignment", first=True,
            index=True, column=3, width=24,
        ),
        Field(
            "area", "联系区域", Kind.LINK, link="area", section="assignment", first=True, index=True,
            column=4, width=16,
        ),
        Field("grid", "联系网格", section="assignment", first=True, search=True, column=5, width=14, maximum=60),
        Field(
            "started", "分工日期", Kind.DATE, group="period", section="assignment", needed=True, first=True,
            column=6, width=10,
        ),
        Field(
            "ended", "结束日期", Kind.DATE, group="period", section="assignment", first=True, column=7,
            width=10, help="还在联系的不填。",
        ),
        Field("duties", "工作内容", Kind.NOTE, section="assignment", maximum=500),
        *remarks("assignment"),
    ),
    checks=(
        Check("not_after", ("started", "ended"), "分工日期{a}晚于结束日期{b}，请核对"),
        Check("not_in_future", ("started",), "分工日期{a}还没有到，请核对", Severity.WARNING),
        Check("one_of", ("enterprise", "area", "grid"), "联系的企业、区域、网格请至少填一项"),
        Check(
            "needs_when", ("enterprise", "kind"), "驻企联络和“一企一策一员”请选择企业", Severity.WARNING,
            {"values": ["enterprise", "key_enterprise"]},
        ),
    ),
)  # fmt: skip

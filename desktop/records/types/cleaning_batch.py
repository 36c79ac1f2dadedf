"""Batches of real-name cleaning: what is to be cleaned, verified or entered, until when, and how far it is."""

from __future__ import annotations

from typing import Any

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import remarks

ORDER = 52


def _count(name: str, label: str, **more: Any) -> Field:
    return Field(
        name, label, Kind.INTEGER, group="progress", section="progress", minimum=0, unit="条", summed=True,
        first=True,
        **more,
    )  # fmt: skip


TYPE = RecordType(
    name="cleaning_batch",
    label="实名制清洗批次",
    menu="会员",
    title=("name",),
    help="“清洗一批、核实一批、录入一批”：一批一条，名单在“清洗名单”里一人一条，办一条改一条，进度看名单里的处理结果。",
    sections=(Section("batch", "批次"), Section("progress", "进度")),
    groups=(Group("period", "起止日期"), Group("progress", "进度")),
    fields=(
        Field(
            "name", "批次名称", section="batch", needed=True, first=True, search=True, column=1, width=26,
            maximum=120, example="2026年第三批会员证件号核实",
        ),
        Field(
            "step", "环节", Kind.CODE, codes="cleaning_step", section="batch", needed=True, first=True,
            column=2, width=6,
        ),
        Field(
            "object", "对象", Kind.CODE, codes="cleaning_object", section="batch", needed=True, first=True,
            column=3, width=8, default="members",
        ),
        Field(
            "source", "数据来源", section="batch", first=True, maximum=120,
            example="全国系统导出的不合格名单",
        ),
        Field(
            "started", "开始日期", Kind.DATE, group="period", section="batch", needed=True, first=True,
            column=4, width=10,
        ),
        Field(
            "due_date", "完成期限", Kind.DATE, group="period", section="batch", first=True,
            column=5, width=10,
        ),
        Field("finished", "完成日期", Kind.DATE, group="period", section="batch", first=True),
        Field("responsible", "责任人", section="batch", first=True, maximum=60),
        _count("total_count", "应处理数", needed=True, column=6, width=8, review=True),
        _count("done_count", "已处理数", column=7, width=8, review=True),
        _count("unresolved_count", "其中联系不上", width=8),
        *remarks("progress"),
    ),
    checks=(
        Check("not_after", ("started", "due_date"), "完成期限{b}早于开始日期{a}，请核对"),
        Check("not_after", ("started", "finished"), "完成日期{b}早于开始日期{a}，请核对"),
        Check("not_in_future", ("finished",), "完成日期{a}还没有到，请核对"),
        Check("at_most", ("done_count", "total_count"), "已处理{a}条多于应处理{b}条，请核对"),
        Check("at_most", ("unresolved_count", "done_count"), "联系不上{a}条多于已处理{b}条，请核对"),
        Check(
            "children_match", ("total_count",), "名单里有{count}条，与应处理{a}条不一致，请核对",
            Severity.WARNING, {"type": "cleaning_item"},
        ),
        Check(
            "children_match", ("done_count",), "名单里已处理{count}条，与已处理数{a}不一致，请核对",
            Severity.WARNING,
            {
                "type": "cleaning_item",
                "field": "result",
                "values": ["corrected", "entered", "confirmed", "removed", "unreachable"],
            },
        ),
    ),
)  # fmt: skip

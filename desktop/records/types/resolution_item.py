"""What a meeting resolved to do: by whom, until when, and whether it was done."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section
from desktop.records.parts import UNIT_NAME, remarks

ORDER = 130

TYPE = RecordType(
    name="resolution_item",
    label="议定事项",
    menu="会议",
    title=("content",),
    parent="meeting",
    sections=(Section("item", "议定事项"),),
    groups=(Group("assignment", "责任与期限"), Group("completion", "完成情况")),
    fields=(
        Field("meeting", "会议", Kind.LINK, link="meeting", section="item", needed=True, index=True),
        Field("agenda_item", "对应议题", Kind.LINK, link="agenda_item", section="item"),
        Field("sequence", "序号", Kind.INTEGER, section="item", minimum=1, column=1, width=4, first=True),
        Field(
            "content", "议定事项", Kind.NOTE, section="item", needed=True, first=True, search=True, column=2,
            width=34, maximum=1000,
        ),
        Field(
            "responsible_unit", "责任单位", group="assignment", section="item", first=True, column=3,
            width=16, maximum=UNIT_NAME,
        ),
        Field(
            "responsible", "责任人", group="assignment", section="item", first=True, column=4, width=9,
            maximum=60,
        ),
        Field(
            "due_date", "完成期限", Kind.DATE, group="assignment", section="item", first=True, index=True,
            column=5, width=10,
        ),
        Field(
            "done_date", "完成日期", Kind.DATE, group="completion", section="item", first=True, column=6,
            width=10,
        ),
        Field(
            "done_note", "完成情况", Kind.NOTE, group="completion", section="item", first=True, maximum=1000,
        ),
        *remarks("item"),
    ),
    checks=(
        Check("not_in_future", ("done_date",), "完成日期{a}还没有到，请核对"),
    ),
)  # fmt: skip

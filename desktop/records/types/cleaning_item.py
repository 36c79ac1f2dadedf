"""One line of a batch of real-name cleaning: which member or union, what is wrong, what was done."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import PERSON_NAME, UNIT_NAME, remarks

ORDER = 53

TYPE = RecordType(
    name="cleaning_item",
    label="清洗名单",
    menu="会员",
    title=("name",),
    parent="cleaning_batch",
    help="一人（一家工会）一条。证件号码不在这里填：选上会员记录，到会员记录里改。",
    sections=(Section("item", "对象与结果"),),
    groups=(Group("handling", "处理情况"),),
    fields=(
        Field(
            "cleaning_batch", "批次", Kind.LINK, link="cleaning_batch", section="item", needed=True,
            index=True, column=7, width=16,
        ),
        Field("sequence", "序号", Kind.INTEGER, section="item", minimum=1, column=1, width=4),
        Field(
            "name", "姓名（工会名称）", section="item", needed=True, first=True, personal=True, search=True,
            column=2, width=16, maximum=max(PERSON_NAME, UNIT_NAME),
        ),
        Field("member", "会员记录", Kind.LINK, link="member", section="item", first=True, index=True),
        Field("union", "工会", Kind.LINK, link="union", section="item", first=True, index=True),
        Field(
            "problem", "问题", Kind.CODE, codes="cleaning_problem", section="item", needed=True, first=True,
            column=3, width=10,
        ),
        Field("detail", "问题说明", section="item", maximum=200, column=4, width=20),
        Field(
            "result", "处理结果", Kind.CODE, codes="cleaning_result", group="handling", section="item",
            needed=True, first=True, index=True, column=5, width=9, default="pending", review=True,
        ),
        Field(
            "handled_date", "处理日期", Kind.DATE, group="handling", section="item", first=True, column=6,
            width=10,
        ),
        Field("handler", "处理人", group="handling", section="item", first=True, maximum=60),
        *remarks("item"),
    ),
    checks=(
        Check("not_in_future", ("handled_date",), "处理日期{a}还没有到，请核对"),
        Check(
            "needs_when", ("handled_date", "result"), "已经处理，请填写处理日期", Severity.WARNING,
            {"values": ["corrected", "entered", "confirmed", "removed", "unreachable"]},
        ),
    ),
)  # fmt: skip

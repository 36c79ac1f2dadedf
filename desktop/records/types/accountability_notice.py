"""Circulars and summonses about a unit's work, with what it has to do and whether it did (通报、约谈)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ABOVE_VILLAGES, UNIT_NAME, recorded, remarks

ORDER = 293

TYPE = RecordType(
    name="accountability_notice",
    label="通报与约谈",
    menu="党建与督导",
    title=("subject", "notice_date"),
    written_by=ABOVE_VILLAGES,
    help="对下级工作的通报或约谈，一个单位一次一条，跟进到整改为止。",
    sections=(Section("notice", "通报、约谈"), Section("follow_up", "跟进与说明")),
    groups=(Group("demand", "整改要求"), Group("follow_up", "整改情况")),
    fields=(
        Field(
            "kind", "方式", Kind.CODE, codes="accountability_kind", section="notice", needed=True, first=True,
            column=1, width=6,
        ),
        Field("subject", "被通报（约谈）单位", section="notice", needed=True, first=True, search=True,
              column=2, width=22, maximum=UNIT_NAME),
        Field("town", "镇街", Kind.PLACE, section="notice", width=12),
        Field("notice_date", "日期", Kind.DATE, section="notice", needed=True, first=True,
              column=3, width=10, review=True),
        Field("indicator", "主要涉及指标", Kind.CODE, codes="indicator", section="notice", first=True,
              help="涉及几项的选最主要的一项，其余写在主要内容里。"),
        Field("ranking", "排名", section="notice", first=True, maximum=40, example="25个镇街中第24名"),
        Field("document", "通报文号", section="notice", maximum=60),
        Field("held_by", "约谈人", section="notice", first=True, maximum=120,
              help="约谈的填写，几位用顿号隔开。"),
        Field("attended_by", "被约谈人", section="notice", first=True, maximum=120),
        Field("content", "主要内容", Kind.NOTE, section="notice", needed=True, first=True, search=True,
              maximum=3000),
        Field("requirement", "整改要求", Kind.NOTE, group="demand", section="follow_up", first=True,
              maximum=1000),
        Field("due_date", "整改期限", Kind.DATE, group="demand", section="follow_up", first=True,
              column=4, width=10),
        Field("answered_date", "报送整改情况日期", Kind.DATE, group="follow_up", section="follow_up",
              first=True, column=5, width=10),
        Field("result", "整改结果", Kind.CODE, codes="follow_up_result", group="follow_up",
              section="follow_up", first=True, column=6, width=10, review=True),
        Field("result_note", "整改情况", Kind.NOTE, group="follow_up", section="follow_up", first=True,
              maximum=2000),
        Field("next_check_date", "下次跟进日期", Kind.DATE, section="follow_up", column=7, width=10),
        *recorded("follow_up"),
        *remarks("follow_up"),
    ),
    checks=(
        Check("not_in_future", ("notice_date",), "日期{a}还没有到，请核对"),
        Check("not_after", ("notice_date", "due_date"), "整改期限{b}早于通报、约谈日期{a}，请核对"),
        Check("not_after", ("notice_date", "answered_date"), "报送整改情况日期{b}早于通报、约谈日期{a}，请核对"),
        Check(
            "needs_when", ("held_by", "kind"), "约谈的请填写约谈人", Severity.WARNING, {"values": ["interview"]},
        ),
        Check("needs_with", ("result", "answered_date"), "已报送整改情况，请填写整改结果", Severity.WARNING),
    ),
)  # fmt: skip

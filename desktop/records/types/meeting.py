"""Meetings of unions and of management with staff, as their minutes record them; congresses are a type apart."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import UNIT_NAME, evidence, recorded, remarks

ORDER = 100


def _count(name: str, label: str, help_text: str = "") -> Field:
    return Field(
        name, label, Kind.INTEGER, group="turnout", section="turnout", minimum=0, unit="人", summed=True,
        first=True,
        width=6, column=7 if name == "present_count" else 0, help=help_text,
    )  # fmt: skip


TYPE = RecordType(
    name="meeting",
    label="会议",
    menu="会议",
    title=("name", "started_date"),
    help="职工代表大会、职工大会请在“职代会”里登记，不用在这里再填一遍；走访请在“走访”里登记。",
    sections=(
        Section("meeting", "会议"),
        Section("turnout", "到会"),
        Section("minutes", "纪要"),
        Section("notes", "材料与录入"),
    ),
    groups=(
        Group("session", "届次"),
        Group("period", "会议时间"),
        Group("turnout", "到会人数"),
    ),
    fields=(
        Field(
            "kind", "会议类型", Kind.CODE, codes="meeting_type", section="meeting", needed=True, first=True,
            index=True, column=2, width=14,
        ),
        Field(
            "name", "会议名称", section="meeting", needed=True, first=True, search=True, column=1, width=26,
            maximum=120, example="第二届工会委员会第三次会议",
        ),
        Field(
            "union", "召开会议的工会", Kind.LINK, link="union", section="meeting", first=True, index=True,
            column=3, width=20,
        ),
        Field(
            "enterprise", "单位", Kind.LINK, link="enterprise", section="meeting", index=True, column=4,
            width=18, help="民主恳谈会、民主议事会、集体协商会议等填单位。",
        ),
        Field(
            "collective_contract", "集体协商", Kind.LINK, link="collective_contract", section="meeting",
            index=True, help="集体协商会议选择对应的协商，在“集体协商与合同”里登记。",
        ),
        Field(
            "term_number", "第几届", Kind.INTEGER, group="session", section="meeting", minimum=1, unit="届",
        ),
        Field(
            "session_number", "第几次", Kind.INTEGER, group="session", section="meeting", minimum=1,
            unit="次",
        ),
        Field(
            "started_date", "会议日期", Kind.DATE, group="period", section="meeting", needed=True, first=True,
            index=True, column=5, width=10, review=True,
        ),
        Field(
            "started_time", "开始时间", Kind.TIME, group="period", section="meeting", first=True,
            example="09:00",
        ),
        Field(
            "ended_date", "结束日期", Kind.DATE, group="period", section="meeting", help="当天结束的不填。",
        ),
        Field(
            "ended_time", "结束时间", Kind.TIME, group="period", section="meeting", first=True,
            example="11:30",
        ),
        Field("venue", "地点", section="meeting", first=True, column=6, width=12, maximum=120, learns=True),
        Field("form", "召开形式", Kind.CODE, codes="meeting_mode", section="meeting", default="on_site"),
        Field("convened_by", "联席会议召集方", Kind.CODE, codes="joint_meeting_convener", section="meeting"),
        Field(
            "convening_side", "集体协商召集方", Kind.CODE, codes="bargaining_side", section="meeting",
            help="集体协商会议由双方轮流召集。",
        ),
        Field("convener", "召集人", section="meeting", maximum=60),
        Field("host", "主持人", section="meeting", needed=True, first=True, maximum=60, learns=True),
        Field("recorder", "记录人", section="meeting", first=True, maximum=60, learns=True),
        Field("parties", "三方四家", Kind.CODES, codes="tripartite_party", section="turnout"),
        Field(
            "participating_bodies", "参加单位", Kind.NOTE, section="turnout", maximum=1000,
            help="联席会议、三方四家会商等，一行一个单位。", example="区人力社保局\n区总工会\n区工商联",
        ),
        Field(
            "shared_information", "信息共享清单", Kind.NOTE, section="turnout", maximum=1000,
            help="联席会议、三方四家会商确定共享的信息，一行一项：内容，提供单位，时间。",
        ),
        _count("expected_count", "应到人数"),
        _count("present_count", "实到人数"),
        _count("leave_count", "请假人数"),
        _count("absent_count", "缺席人数"),
        _count("observer_count", "列席人数", "列席的不计入应到。"),
        Field(
            "topics", "主要议题", Kind.NOTE, section="minutes", first=True, search=True, maximum=2000,
            help="简单的会议写在这里；要分开记录的，用下面的“议程”。",
        ),
        Field("summary", "会议情况", Kind.NOTE, section="minutes", search=True, maximum=6000),
        Field("host_signed", "主持人已签字", Kind.BOOLEAN, section="notes"),
        Field(
            "both_sides_signed", "双方首席代表已签字", Kind.BOOLEAN, section="notes",
            help="集体协商会议的记录要由双方首席代表签字确认。",
        ),
        Field("minutes_document", "纪要文号", section="notes", maximum=60),
        Field("organiser", "承办单位", section="notes", maximum=UNIT_NAME),
        evidence("notes"),
        *recorded("notes"),
        *remarks("notes"),
    ),
    checks=(
        Check(
            "parts_add_up", ("present_count", "leave_count", "absent_count", "expected_count"),
            "实到、请假和缺席合计{sum}人，与应到{total}人不符",
        ),
        Check(
            "meeting_quorum", ("kind", "present_count", "expected_count"),
            "实到{present}人不足应到{expected}人的三分之二（至少{least}人），不能进行选举和表决，请核对人数",
            Severity.WARNING,
            {"kinds": ["member_assembly", "member_congress", "union_committee", "re_election"]},
            "工会章程；基层工会工作条例",
        ),
        Check("not_in_future", ("started_date",), "会议日期{a}还没有到，请开完会再登记", Severity.ERROR),
        Check("not_after", ("started_date", "ended_date"), "结束日期{b}早于开始日期{a}，请核对"),
        Check(
            "time_order", ("started_date", "started_time", "ended_date", "ended_time"),
            "结束时间{b}早于开始时间{a}，请核对",
        ),
        Check(
            "needs_when", ("both_sides_signed", "kind"), "集体协商会议记录要由双方首席代表签字，签好后请选“是”",
            Severity.WARNING, {"values": ["collective_bargaining"], "yes": True},
            "浙江省集体合同条例第十六条",
        ),
        Check(
            "recorded_late", ("started_date", "recorded_date", "late_reason"),
            "会后{days}天才录入，算补录，请填写补录原因", Severity.WARNING, {"days": 30},
        ),
        Check(
            "none_of", ("kind",), "职工代表大会、职工大会请改在“职代会”里登记，登记在这里的不计入建制率",
            Severity.WARNING, {"values": ["staff_congress", "staff_assembly"]},
        ),
        Check(
            "children_match", ("leave_count",), "名单里请假{count}人，与请假人数{a}不一致", Severity.WARNING,
            {"type": "participant", "field": "presence", "values": ["leave"]},
        ),
        Check(
            "children_match", ("present_count",), "名单里实到{count}人，与实到人数{a}不一致，请核对",
            Severity.WARNING,
            {
                "type": "participant",
                "field": "presence",
                "values": ["present"],
                "unless": {"role": ["observer", "guest"]},
            },
        ),
    ),
)  # fmt: skip

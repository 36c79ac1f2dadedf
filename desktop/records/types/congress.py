"""Staff congresses and assemblies: one session with its papers beforehand, its attendance and what came after."""

from __future__ import annotations

from typing import Any

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import document, evidence, recorded, remarks

ORDER = 140


def _count(name: str, label: str, group: str, section: str, **more: Any) -> Field:
    return Field(
        name, label, Kind.INTEGER, group=group, section=section, minimum=0, unit="人", summed=True, **more
    )


_SESSION = (
    Field(
        "name", "会议名称", section="session", needed=True, first=True, search=True, column=1, width=28,
        maximum=120, example="第三届第二次职工代表大会",
    ),
    Field(
        "kind", "会议类型", Kind.CODE, codes="congress_kind", section="session", needed=True, first=True,
        index=True, column=3, width=12, default="congress",
    ),
    Field(
        "enterprise", "单位", Kind.LINK, link="enterprise", section="session", needed=True, first=True,
        index=True, column=2, width=22, review=True,
        help="区域、行业职代会选牵头的单位，没有的先在“企业（单位）”里登记。",
    ),
    Field("union", "工会", Kind.LINK, link="union", section="session", index=True),
    Field(
        "level", "层级", Kind.CODE, codes="congress_level", group="body", section="session", default="own",
        help="集团公司、分公司或车间召开的选择；建制率按本级统计。",
    ),
    Field("body_name", "分公司或车间名称", group="body", section="session", maximum=80),
    Field(
        "term_number", "第几届", Kind.INTEGER, group="session", section="session", minimum=1, unit="届",
        first=True,
    ),
    Field(
        "session_number", "第几次", Kind.INTEGER, group="session", section="session", minimum=1, unit="次",
        first=True,
    ),
    Field(
        "started_date", "召开日期", Kind.DATE, group="period", section="session", needed=True, first=True,
        index=True, column=4, width=10, review=True,
    ),
    Field("ended_date", "结束日期", Kind.DATE, group="period", section="session", help="当天结束的不填。"),
    Field("venue", "地点", section="session", first=True, maximum=120),
    Field("form", "召开形式", Kind.CODE, codes="meeting_mode", section="session", default="on_site"),
    Field("host", "主持人", section="session", first=True, maximum=60),
    Field("recorder", "记录人", section="session", maximum=60),
    Field("topics", "主要议题", Kind.NOTE, section="session", search=True, maximum=2000),
)  # fmt: skip

_PEOPLE = (
    Field(
        "ownership", "单位性质类别", Kind.CODE, codes="unit_nature", section="people",
        help="从单位记录带出；国有、集体单位的议题和频次另有要求。",
    ),
    _count("staff_count", "职工总数", "headcount", "people", first=True, review=True),
    _count("women_count", "女职工数", "headcount", "people", first=True),
    _count(
        "expected_count", "应到代表", "turnout", "people", needed=True, first=True, review=True, column=5,
        width=8, help="全体代表人数；职工大会填全体职工人数。",
    ),
    _count(
        "present_count", "实到代表", "turnout", "people", needed=True, first=True, review=True, column=6,
        width=8,
    ),
    _count("leave_count", "请假人数", "turnout", "people"),
    _count("absent_count", "缺席人数", "turnout", "people"),
    _count("observer_count", "列席人数", "turnout", "people", help="派遣工等列席的不计入应到。"),
    _count("guest_count", "特邀人数", "turnout", "people"),
    _count("women_delegate_count", "女代表人数", "structure", "people"),
    _count("manager_delegate_count", "中高层管理人员代表人数", "structure", "people"),
    _count("front_line_delegate_count", "一线职工代表人数", "structure", "people"),
    Field("term_started", "本届开始", Kind.DATE, group="term", section="people"),
    Field("term_ended", "本届届满", Kind.DATE, group="term", section="people", index=True),
    Field("previous_date", "上次会议日期", Kind.DATE, section="people"),
)  # fmt: skip

_BEFORE = (
    Field("preparation", "筹备情况", Kind.NOTE, section="before", maximum=2000),
    Field("party_opinion", "党组织意见", Kind.NOTE, section="before", maximum=500),
    Field("superior_opinion", "上级工会意见", Kind.NOTE, section="before", maximum=500),
    *document("request", "召开报告", "before"),
    *document("approval", "批复", "before"),
    Field(
        "materials_date", "会前材料送达日期", Kind.DATE, section="before",
        help="一般在会前7日把议题和材料送到代表手里。",
    ),
)  # fmt: skip

_AFTER = (
    Field(
        "publication_method", "决议公示方式", group="publication", section="after", maximum=80,
        example="公告栏、工作群",
    ),
    Field("publication_started", "公示开始", Kind.DATE, group="publication", section="after"),
    Field("publication_ended", "公示结束", Kind.DATE, group="publication", section="after"),
    Field("archive_number", "归档号", group="archive", section="after", maximum=60),
    Field("archived_date", "归档日期", Kind.DATE, group="archive", section="after"),
    Field("reported_date", "报上级工会日期", Kind.DATE, section="after", column=7, width=10),
    Field(
        "satisfied_count", "质量评估：满意", Kind.INTEGER, group="quality", section="after", minimum=0,
        unit="票", summed=True,
    ),
    Field(
        "fairly_satisfied_count", "质量评估：基本满意", Kind.INTEGER, group="quality", section="after",
        minimum=0, unit="票", summed=True,
    ),
    Field(
        "dissatisfied_count", "质量评估：不满意", Kind.INTEGER, group="quality", section="after", minimum=0,
        unit="票", summed=True,
    ),
    evidence("after"),
    *recorded("after"),
    *remarks("after"),
)  # fmt: skip

_RULES = "浙江省企业民主管理条例"
_RECALLED = {"change_kind": ["recalled"]}
"""Delegates who are no longer among those expected."""

TYPE = RecordType(
    name="congress",
    label="职代会",
    menu="民主管理",
    title=("name", "started_date"),
    help="一次职工代表大会或职工大会一条。到会不足三分之二的也可以保存，但不计入建制率。",
    sections=(
        Section("session", "会议"),
        Section("people", "人数与代表"),
        Section("before", "会前"),
        Section("after", "会后与录入"),
    ),
    groups=(
        Group("body", "层级"),
        Group("session", "届次"),
        Group("period", "召开时间"),
        Group("headcount", "职工人数"),
        Group("turnout", "到会人数"),
        Group("structure", "代表结构"),
        Group("term", "本届起止"),
        Group("request", "召开报告"),
        Group("approval", "批复"),
        Group("publication", "决议公示"),
        Group("archive", "归档"),
        Group("quality", "质量评估"),
    ),
    fields=(*_SESSION, *_PEOPLE, *_BEFORE, *_AFTER),
    checks=(
        Check(
            "parts_add_up", ("present_count", "leave_count", "absent_count", "expected_count"),
            "实到、请假和缺席合计{sum}人，与应到{total}人不符",
        ),
        Check(
            "congress_quorum", ("present_count", "expected_count"),
            "实到{present}人，应到{expected}人，不足三分之二（至少{least}人），会议无效，不计入建制率，请核对人数",
            Severity.WARNING, source=f"{_RULES}第十五条",
        ),
        Check(
            "congress_delegates", ("kind", "expected_count", "staff_count"),
            "职工{staff}人，代表一般不少于{least}人，这里是{delegates}人，请核对", Severity.WARNING,
            source=f"{_RULES}第十条",
        ),
        Check(
            "assembly_size", ("kind", "staff_count"),
            "职工{staff}人，满100人应召开职工代表大会，不能用职工大会代替，请核对会议类型", Severity.WARNING,
            source=f"{_RULES}第七条",
        ),
        Check(
            "assembly_of_all", ("kind", "expected_count", "staff_count"),
            "职工大会由全体职工参加，应到{delegates}人与职工总数{staff}人不符，请核对", Severity.WARNING,
            source=f"{_RULES}第七条",
        ),
        Check(
            "congress_managers", ("manager_delegate_count", "expected_count"),
            "中高层管理人员代表{managers}人，超过全体代表的20%（最多{most}人），请核对", Severity.WARNING,
            source=f"{_RULES}第十一条",
        ),
        Check(
            "congress_women", ("women_delegate_count", "expected_count", "women_count", "staff_count"),
            "女代表{women}人，低于女职工比例（至少{least}人），请核对", Severity.WARNING, source=f"{_RULES}第十一条",
        ),
        Check("at_most", ("women_count", "staff_count"), "女职工数{a}多于职工总数{b}，请核对"),
        Check(
            "needs_when", ("body_name", "level"), "请填写是哪个分公司或车间", Severity.WARNING,
            {"values": ["branch", "workshop"]},
        ),
        Check("at_most", ("women_delegate_count", "expected_count"), "女代表{a}人多于全体代表{b}人，请核对"),
        Check(
            "sum_at_most", ("manager_delegate_count", "front_line_delegate_count", "expected_count"),
            "管理人员和一线职工代表合计{sum}人，多于全体代表{total}人，请核对",
        ),
        Check("not_after", ("started_date", "ended_date"), "结束日期{b}早于召开日期{a}，请核对"),
        Check("not_in_future", ("started_date",), "召开日期{a}还没有到，请开完会再登记"),
        Check("not_after", ("term_started", "term_ended"), "本届开始{a}晚于届满{b}，请核对"),
        Check("not_after", ("previous_date", "started_date"), "上次会议日期{a}晚于这次{b}，请核对"),
        Check(
            "days_before", ("materials_date", "started_date"),
            "会前材料只提前{days}天送达，一般要提前{least}天，请核对日期", Severity.WARNING, {"days": 7},
            "企业民主管理规定",
        ),
        Check("not_after", ("started_date", "publication_started"), "公示开始{b}早于召开日期{a}，请核对"),
        Check("not_after", ("publication_started", "publication_ended"), "公示结束{b}早于开始{a}，请核对"),
        Check("not_after", ("started_date", "reported_date"), "报上级工会日期{b}早于召开日期{a}，请核对"),
        Check(
            "recorded_late", ("started_date", "recorded_date", "late_reason"),
            "会后{days}天才录入，算补录，请填写补录原因", Severity.WARNING, {"days": 30},
        ),
        Check(
            "children_match", ("present_count",), "代表名册里签到{count}人，与实到代表{a}不一致，请核对",
            Severity.WARNING, {"type": "delegate", "field": "presence", "values": ["present"]},
        ),
        Check(
            "children_match", ("leave_count",), "代表名册里请假{count}人，与请假人数{a}不一致", Severity.WARNING,
            {"type": "delegate", "field": "presence", "values": ["leave"]},
        ),
        Check(
            "children_match", ("expected_count",), "代表名册里有{count}人，与应到代表{a}不一致，请核对",
            Severity.WARNING, {"type": "delegate", "unless": _RECALLED},
        ),
        Check(
            "children_match", ("women_delegate_count",), "代表名册里女代表{count}人，与女代表人数{a}不一致，请核对",
            Severity.WARNING, {"type": "delegate", "field": "sex", "values": ["2"], "unless": _RECALLED},
        ),
        Check(
            "children_match", ("manager_delegate_count",),
            "代表名册里中高层管理人员{count}人，与中高层管理人员代表人数{a}不一致，请核对", Severity.WARNING,
            {
                "type": "delegate",
                "field": "job_category",
                "values": ["senior_manager"],
                "unless": _RECALLED,
            },
        ),
    ),
)  # fmt: skip

"""Supervision cases (工会劳动法律监督): clue, employer, matter and people; the steps are case events."""

from __future__ import annotations

from desktop.records.declaration import (
    Check,
    Field,
    Group,
    Kind,
    Level,
    Mask,
    RecordType,
    Section,
    Severity,
    Writers,
)
from desktop.records.parts import LOCATION, PERSON_NAME, UNIT_NAME, location, names_no_complainant, remarks

ORDER = 200

_DESK = Writers(levels=(Level.DISTRICT, Level.INDUSTRY, Level.CITY))


def _people(name: str, label: str, first: bool = False) -> Field:
    return Field(
        name, label, Kind.INTEGER, group="people", section="matter", first=first, minimum=0, unit="人",
        summed=True,
    )  # fmt: skip


_CLUE = (
    Field(
        "summary", "案由", section="clue", needed=True, first=True, search=True, column=2, width=26,
        maximum=200, example="拖欠12名职工9月工资",
    ),
    Field(
        "source", "线索来源", Kind.CODE, codes="clue_source", section="clue", needed=True, first=True,
        index=True, column=5, width=9,
    ),
    Field(
        "received_date", "收到投诉（发现线索）日期", Kind.DATE, group="reception", section="clue",
        needed=True, first=True, index=True, help="不予受理要在这天起5个工作日内书面告知投诉人。",
    ),
    Field(
        "registered_date", "登记日期", Kind.DATE, group="reception", section="clue", needed=True, first=True,
        column=6, width=10, default="today",
    ),
    Field("visit", "走访记录", Kind.LINK, link="visit", section="clue", help="走访中发现的，选择那次走访。"),
    Field(
        "description", "反映的情况", Kind.NOTE, section="clue", first=True, search=True, maximum=6000,
        help="不要写投诉人的姓名和电话，写在下面的“投诉人”里。",
    ),
    Field("anonymous", "匿名投诉", Kind.BOOLEAN, section="clue", default=0),
    Field(
        "complainant_name", "投诉人", group="complainant", section="clue", personal=True, mask=Mask.HIDDEN,
        maximum=PERSON_NAME, names_person=True, help="依法保密：不出现在给单位的任何文书里，查看会留下记录。",
    ),
    Field(
        "complainant_phone", "投诉人电话", Kind.PHONE, group="complainant", section="clue", personal=True,
        mask=Mask.HIDDEN,
    ),
    Field(
        "complainant_homonyms", "不是指投诉人的说法", group="complainant", section="clue", personal=True,
        mask=Mask.HIDDEN, maximum=200, example="大力推进",
        help="投诉人的外号、网名只有两个字，又是平常的词时填写：写出文书里含有这两个字、但不是指投诉人的说法，几个用顿号隔开。姓名不能这样处理，请改写。",
    ),
    Field(
        "complainant_note", "投诉人其他信息", Kind.NOTE, group="complainant", section="clue", personal=True,
        mask=Mask.HIDDEN, maximum=500,
    ),
)  # fmt: skip

_EMPLOYER = (
    Field(
        "enterprise", "单位（已登记）", Kind.LINK, link="enterprise", group="employer", section="employer",
        first=True, index=True, help="信用代码、住所、法定代表人等从单位记录带出；发建议书前要先登记单位。",
    ),
    Field(
        "employer_name", "单位名称", group="employer", section="employer", needed=True, first=True,
        search=True, column=3, width=24, maximum=UNIT_NAME,
    ),
    Field("has_union", "是否建会", Kind.BOOLEAN, section="employer"),
)  # fmt: skip

_MATTER = (
    Field(
        "matter", "事项类别", Kind.CODE, codes="supervision_matter", section="matter", needed=True,
        first=True, index=True, column=4, width=12, review=True,
    ),
    Field("other_matters", "兼有的事项", Kind.CODES, codes="supervision_matter", section="matter"),
    Field(
        "violations", "涉嫌违法情形", Kind.CODES, codes="violation", section="matter",
        help="选好后，起草文书时会列出可以引用的条文。",
    ),
    Field("involves_dispatch", "涉及劳务派遣", Kind.BOOLEAN, section="matter"),
    _people("people_count", "涉及人数", first=True),
    _people("women_count", "其中女职工"),
    _people("migrant_count", "其中农民工"),
    _people("new_form_count", "其中新就业形态劳动者"),
    _people("minor_count", "其中未成年工"),
    Field("amount", "涉及金额", Kind.DECIMAL, section="matter", first=True, minimum=0, unit="元", summed=True),
)  # fmt: skip

_HANDLING = (
    Field("handler", "承办人", section="handling", first=True, column=7, width=9, maximum=60),
    Field(
        "inspector_1", "监督员一", Kind.LINK, link="inspector", group="assignment", section="handling",
        first=True,
    ),
    Field(
        "inspector_2", "监督员二", Kind.LINK, link="inspector", group="assignment", section="handling",
        first=True,
    ),
    Field(
        "recusal_declared", "监督员声明无利害关系", Kind.BOOLEAN, group="assignment", section="handling",
        help="有利害关系的应当回避，换别的监督员。",
    ),
    Field(
        "case_number", "立案号", group="filing", section="handling", search=True, column=1, width=16,
        maximum=60, written_by=_DESK, help="由区总工会编号。", example="杭西工监案〔2026〕1号",
    ),
    Field(
        "case_year", "立案年份", Kind.INTEGER, group="filing", section="handling", minimum=2000, maximum=2099,
        written_by=_DESK,
    ),
    Field(
        "case_sequence", "立案序号", Kind.INTEGER, group="filing", section="handling", minimum=1,
        written_by=_DESK,
    ),
    Field("archive_number", "归档号", group="archive", section="handling", maximum=60, written_by=_DESK),
    Field("archived_date", "归档日期", Kind.DATE, group="archive", section="handling", written_by=_DESK),
    *remarks("handling"),
)  # fmt: skip

TYPE = RecordType(
    name="case",
    label="监督案件",
    menu="劳动法律监督",
    title=("case_number", "summary", "employer_name"),
    help="一个单位一件事一条。办理经过在“办案经过”里一步一步登记，状态和期限由程序计算。不得录入国家秘密、工作秘密。",
    sections=(
        Section("clue", "线索"),
        Section("employer", "用人单位"),
        Section("matter", "事项与人数"),
        Section("handling", "承办与立案"),
    ),
    groups=(
        Group("reception", "收到和登记"),
        Group("complainant", "投诉人", personal=True),
        Group("employer", "用人单位"),
        LOCATION,
        Group("people", "涉及人数"),
        Group("assignment", "监督员"),
        Group("filing", "立案号"),
        Group("archive", "归档"),
    ),
    fields=(*_CLUE, *_EMPLOYER, *location("employer", column=8), *_MATTER, *_HANDLING),
    checks=(
        *names_no_complainant(
            ("summary", "案由"),
            ("description", "反映的情况"),
            linked=False,
        ),
        Check(
            "needs_when", ("complainant_name", "source", "anonymous"),
            "来源是投诉，请填写投诉人；不愿留名的，“匿名投诉”选“是”", Severity.WARNING, {"values": ["complaint"]},
        ),
        Check("not_in_future", ("received_date",), "收到日期{a}还没有到"),
        Check("not_in_future", ("registered_date",), "登记日期{a}还没有到"),
        Check("not_after", ("received_date", "registered_date"), "登记日期{b}早于收到日期{a}"),
        Check("phone_valid", ("complainant_phone",), "投诉人电话不像电话号码，请核对", Severity.WARNING),
        Check("place_inside", ("village", "town"), "村社不在所选的镇街里"),
        Check("at_most", ("women_count", "people_count"), "女职工{a}人多于涉及人数{b}人"),
        Check("at_most", ("migrant_count", "people_count"), "农民工{a}人多于涉及人数{b}人"),
        Check("at_most", ("new_form_count", "people_count"), "新就业形态劳动者{a}人多于涉及人数{b}人"),
        Check("at_most", ("minor_count", "people_count"), "未成年工{a}人多于涉及人数{b}人"),
        Check("different", ("inspector_1", "inspector_2"), "两名监督员是同一个人"),
        Check(
            "needs_with", ("recusal_declared", "inspector_1"),
            "请监督员声明与案件没有利害关系；有利害关系的应当回避，换别的监督员", Severity.ERROR,
            {"yes": True}, source="浙江省工会劳动法律监督条例第十三条",
        ),
    ),
)  # fmt: skip

"""Visits to enterprises: for founding a union, for one-firm-one-plan, for supervision on the spot."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import PERSON_NAME, evidence, recorded, remarks

ORDER = 40

TYPE = RecordType(
    name="visit",
    label="走访",
    menu="建会",
    title=("visit_date", "enterprise", "visitors"),
    parent="enterprise",
    help="走访、座谈、督查一次一条。发现劳动法律问题的，可以转为“监督案件”。",
    sections=(Section("visit", "走访"), Section("findings", "情况"), Section("notes", "录入")),
    groups=(Group("met", "走访对象", personal=True), Group("follow_up", "下次跟进")),
    fields=(
        Field(
            "enterprise", "单位", Kind.LINK, link="enterprise", section="visit", needed=True, first=True,
            index=True, column=2, width=24,
        ),
        Field("union", "工会", Kind.LINK, link="union", section="visit", index=True),
        Field(
            "visit_date", "日期", Kind.DATE, section="visit", needed=True, first=True, index=True, column=1,
            width=10, review=True,
        ),
        Field(
            "kind", "方式", Kind.CODE, codes="visit_kind", section="visit", first=True, column=3, width=6,
            default="visit",
        ),
        Field(
            "purpose", "目的", Kind.CODE, codes="visit_purpose", section="visit", needed=True, first=True,
            index=True, column=4, width=12, learns=True,
        ),
        Field(
            "visitors", "走访人", section="visit", needed=True, first=True, search=True, column=5, width=12,
            maximum=120, help="几位用顿号隔开。", learns=True,
        ),
        Field(
            "contact_name", "对方人员", group="met", section="visit", first=True, personal=True,
            maximum=PERSON_NAME, names_person=True,
        ),
        Field("contact_post", "对方职务", group="met", section="visit", personal=True, maximum=60),
        Field(
            "situation", "了解的情况", Kind.NOTE, section="findings", needed=True, first=True, search=True,
            column=6, width=24, maximum=3000,
        ),
        Field("difficulty", "难点", Kind.NOTE, section="findings", maximum=1000),
        Field("measure", "措施", Kind.NOTE, section="findings", maximum=1000),
        Field("commitment", "对方承诺", Kind.NOTE, section="findings", first=True, maximum=1000),
        Field(
            "follow_up_date", "下次跟进日期", Kind.DATE, group="follow_up", section="findings", first=True,
            index=True, column=7, width=10,
        ),
        Field("follow_up_matter", "跟进事项", group="follow_up", section="findings", maximum=300),
        Field("result", "结果", Kind.NOTE, section="findings", maximum=1000),
        evidence("notes"),
        *recorded("notes"),
        *remarks("notes"),
    ),
    checks=(
        Check("not_in_future", ("visit_date",), "走访日期{a}还没有到，请核对"),
        Check("not_after", ("visit_date", "follow_up_date"), "下次跟进日期{b}早于走访日期{a}，请核对"),
        Check(
            "recorded_late", ("visit_date", "recorded_date", "late_reason"),
            "走访后{days}天才录入，算补录，请填写补录原因", Severity.WARNING, {"days": 30},
        ),
    ),
)  # fmt: skip

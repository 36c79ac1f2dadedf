"""Delegates of a staff congress: whom they stand for, how they were elected, and whether they came."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ONE_PERSON, PERSON_NAME, remarks

ORDER = 150

TYPE = RecordType(
    name="delegate",
    label="职工代表",
    menu="民主管理",
    title=("name",),
    parent="congress",
    help="可以从上次会议整份复制，再改变动的人。",
    sections=(Section("delegate", "代表"), Section("election", "当选与变更")),
    groups=(
        Group("identity", "身份信息", personal=True),
        Group("turnout", "签到"),
        Group("election", "当选"),
        Group("change", "变更"),
    ),
    fields=(
        Field("congress", "会议", Kind.LINK, link="congress", section="delegate", needed=True, index=True),
        Field("sequence", "序号", Kind.INTEGER, section="delegate", minimum=1, column=1, width=4),
        Field(
            "name", "姓名", group="identity", section="delegate", needed=True, first=True, personal=True,
            search=True, column=2, width=9, maximum=PERSON_NAME, names_person=True,
        ),
        Field(
            "sex", "性别", Kind.CODE, codes="sex", group="identity", section="delegate", needed=True,
            first=True, personal=True, column=3, width=4,
        ),
        Field(
            "member", "会员记录", Kind.LINK, link="member", section="delegate", index=True,
            help="已是登记会员的，选择后自动带出姓名和性别。",
        ),
        Field(
            "constituency", "选区（部门）", section="delegate", first=True, search=True, column=4, width=16,
            maximum=80, example="一车间",
        ),
        Field(
            "job_category", "岗位类别", Kind.CODE, codes="delegate_post", section="delegate", needed=True,
            first=True, column=5, width=12,
        ),
        Field("dispatched", "劳务派遣工", Kind.BOOLEAN, section="delegate"),
        Field("migrant", "农民工", Kind.BOOLEAN, section="delegate"),
        Field(
            "presence", "签到", Kind.CODE, codes="presence", group="turnout", section="delegate", first=True,
            column=6, width=6, default="present",
        ),
        Field("leave_reason", "请假事由", group="turnout", section="delegate", maximum=100),
        Field(
            "elected_date", "当选日期", Kind.DATE, group="election", section="election", column=7, width=10,
        ),
        Field(
            "votes_received", "得票", Kind.INTEGER, group="election", section="election", minimum=0,
            unit="票",
        ),
        Field("change_kind", "变更", Kind.CODE, codes="delegate_change", group="change", section="election"),
        Field("change_date", "变更日期", Kind.DATE, group="change", section="election"),
        Field("change_reason", "变更原因", group="change", section="election", maximum=200),
        *remarks("election"),
    ),
    checks=(
        ONE_PERSON,
        Check("not_in_future", ("elected_date",), "当选日期{a}还没有到，请核对"),
        Check("needs_with", ("change_reason", "change_kind"), "有罢免或补选，请写明原因", Severity.WARNING),
        Check("needs_with", ("change_date", "change_kind"), "有罢免或补选，请填写日期", Severity.WARNING),
    ),
)  # fmt: skip

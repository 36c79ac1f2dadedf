"""Towns on their way to a general union of their own: whether they qualify, where they stand, what was approved."""

from __future__ import annotations

from desktop.records.declaration import (
    Check,
    Field,
    Group,
    Kind,
    Level,
    RecordType,
    Section,
    Severity,
    Writers,
)
from desktop.records.parts import UNIT_NAME, document, remarks

ORDER = 32

TYPE = RecordType(
    name="town_federation",
    label="镇街总工会建设",
    menu="建会",
    title=("union_name",),
    written_by=Writers(levels=(Level.TOWN, Level.DISTRICT, Level.CITY)),
    help="一个镇街一条：现在是什么组织形式、符不符合建立总工会的条件、批到了哪一步。条件各地不同，由区总工会掌握。",
    sections=(
        Section("town", "镇街工会"),
        Section("conditions", "条件"),
        Section("approval", "请示与批复"),
        Section("people", "人员与说明"),
    ),
    groups=(
        Group("body", "镇街工会"),
        Group("standing", "组织形式"),
        Group("conditions", "条件"),
        Group("request", "请示"),
        Group("approval", "批复"),
        Group("staffing", "人员配备"),
    ),
    fields=(
        Field(
            "town", "镇街", Kind.PLACE, section="town", needed=True, first=True, column=2,
            width=12,
        ),
        Field(
            "union", "镇街工会（已登记）", Kind.LINK, link="union", group="body", section="town", first=True,
            index=True,
        ),
        Field(
            "union_name", "镇街工会名称", group="body", section="town", needed=True, first=True, search=True,
            column=1, width=22, maximum=UNIT_NAME, example="径山镇总工会",
        ),
        Field(
            "state", "组织形式", Kind.CODE, codes="town_federation_state", group="standing", section="town",
            needed=True, first=True, column=3, width=14, review=True,
        ),
        Field("state_date", "形成日期", Kind.DATE, group="standing", section="town", first=True),
        Field(
            "enterprise_count", "企业数", Kind.INTEGER, group="conditions", section="conditions", first=True,
            minimum=0, unit="家", summed=True, column=4, width=7,
        ),
        Field(
            "staff_count", "职工数", Kind.INTEGER, group="conditions", section="conditions", first=True,
            minimum=0, unit="人", summed=True, column=5, width=8,
        ),
        Field(
            "union_count", "基层工会数", Kind.INTEGER, group="conditions", section="conditions", first=True,
            minimum=0, unit="家", summed=True,
        ),
        Field(
            "member_count", "会员数", Kind.INTEGER, group="conditions", section="conditions", first=True,
            minimum=0, unit="人", summed=True,
        ),
        Field("counted_date", "数据日期", Kind.DATE, group="conditions", section="conditions", first=True),
        Field(
            "qualifies", "符合建立总工会条件", Kind.BOOLEAN, group="conditions", section="conditions",
            first=True, column=6, width=7,
            help="按区总工会的条件判断。有的地方以企业100家以上、职工5000人以上为参考（示例，非本地规定）。",
        ),
        Field(
            "standard", "依据的条件", group="conditions", section="conditions", maximum=200,
            example="区总工会2025年规定的条件",
        ),
        Field("obstacle", "还缺什么", Kind.NOTE, section="conditions", first=True, maximum=500),
        *document("request", "建立总工会请示", "approval"),
        *document("approval", "批复", "approval", first=True),
        Field(
            "established_date", "召开代表大会日期", Kind.DATE, section="approval", first=True, column=7,
            width=10,
        ),
        Field(
            "full_time_count", "专职工会干部", Kind.INTEGER, group="staffing", section="people", minimum=0,
            unit="人", summed=True, first=True,
        ),
        Field(
            "part_time_vice_count", "兼职副主席", Kind.INTEGER, group="staffing", section="people",
            minimum=0, unit="人", summed=True, help="其中由重点企业工会主席兼任的，请在“任职”里登记到人。",
        ),
        Field(
            "social_worker_count", "社会化工会工作者", Kind.INTEGER, group="staffing", section="people",
            minimum=0, unit="人", summed=True,
        ),
        *remarks("people"),
    ),
    checks=(
        Check(
            "needs_when", ("approval_date", "state"), "已建总工会，请填写批复日期", Severity.WARNING,
            {"values": ["general"]},
        ),
        Check("not_in_future", ("state_date",), "形成日期{a}还没有到，请核对"),
        Check("not_in_future", ("counted_date",), "数据日期{a}还没有到，请核对"),
        Check("not_in_future", ("approval_date",), "批复日期{a}还没有到，请核对"),
        Check("not_after", ("request_date", "approval_date"), "请示日期{a}晚于批复日期{b}，请核对"),
        Check(
            "not_after", ("approval_date", "established_date"), "代表大会日期{b}早于批复日期{a}，请核对",
            Severity.WARNING,
        ),
        Check("at_most", ("member_count", "staff_count"), "会员数{a}多于职工数{b}，请核对"),
    ),
)  # fmt: skip

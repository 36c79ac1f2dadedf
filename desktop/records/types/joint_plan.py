"""Plans of party building that carry union building: what was agreed, who does it, how far it is."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import UNIT_NAME, document, evidence, remarks

ORDER = 291

TYPE = RecordType(
    name="joint_plan",
    label="党建带工建计划",
    menu="党建与督导",
    title=("subject", "year"),
    help="纳入同级党建工作的工会事项，一件一条。",
    sections=(Section("plan", "计划"), Section("progress", "落实与说明")),
    groups=(
        Group("party", "党组织"),
        Group("assignment", "责任与期限"),
        Group("basis", "文件"),
        Group("progress", "落实情况"),
    ),
    fields=(
        Field(
            "subject", "事项", section="plan", needed=True, first=True, search=True, column=1, width=30,
            maximum=200, example="非公企业党组织和工会同步组建",
        ),
        Field(
            "year", "年度", Kind.INTEGER, section="plan", needed=True, first=True, minimum=2000,
            maximum=2099, unit="年", column=2, width=6, example="2026",
        ),
        Field("party_organisation", "企业党组织（已登记）", Kind.LINK, link="party_organisation", group="party",
              section="plan", index=True),
        Field("party_organisation_name", "党组织", group="party", section="plan", needed=True, first=True, search=True,
              column=3, width=22, maximum=UNIT_NAME, example="中共径山镇委员会"),
        Field("union", "工会", Kind.LINK, link="union", section="plan", first=True, index=True),
        Field("content", "具体安排", Kind.NOTE, section="plan", first=True, search=True, maximum=2000),
        Field("responsible", "责任人", group="assignment", section="plan", first=True, column=4, width=9,
              maximum=60),
        Field("due_date", "完成期限", Kind.DATE, group="assignment", section="plan", first=True,
              column=5, width=10),
        *document("basis", "文件", "plan"),
        Field(
            "state", "进展", Kind.CODE, codes="progress_state", group="progress", section="progress",
            needed=True, first=True, column=6, width=8, default="planned",
        ),
        Field("done_date", "完成日期", Kind.DATE, group="progress", section="progress", first=True),
        Field("result", "落实情况", Kind.NOTE, group="progress", section="progress", first=True, maximum=1000),
        evidence("progress"),
        *remarks("progress"),
    ),
    checks=(
        Check("not_in_future", ("done_date",), "完成日期{a}还没有到，请核对"),
        Check(
            "needs_when", ("done_date", "state"), "已经完成，请填写完成日期", Severity.WARNING,
            {"values": ["done"]},
        ),
    ),
)  # fmt: skip

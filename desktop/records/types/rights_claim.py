"""Claims on the fund that protects union chairs who suffer for doing their duty."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import DISTRICT_UP, ONE_PERSON, PERSON_NAME, UNIT_NAME, remarks

ORDER = 283

TYPE = RecordType(
    name="rights_claim",
    label="主席权益保障金",
    menu="经费保障",
    title=("name", "applied_date"),
    help="工会主席因履职权益受损的申请，一次一条。审批和发放由区县以上工会填写；单位违法的另立“监督案件”。",
    sections=(Section("claim", "申请"), Section("decision", "审批与发放")),
    groups=(Group("body", "任职工会"), Group("claim", "申请"), Group("ruling", "审批"), Group("payment", "发放")),
    fields=(
        Field("officer", "干部名册", Kind.LINK, link="officer", section="claim", first=True, index=True),
        Field(
            "name", "姓名", section="claim", needed=True, first=True, personal=True, search=True, column=1,
            width=9, maximum=PERSON_NAME, names_person=True,
        ),
        Field("union", "任职工会（已登记）", Kind.LINK, link="union", group="body", section="claim",
              first=True, index=True),
        Field(
            "union_name", "任职工会", group="body", section="claim", needed=True, first=True, search=True,
            column=2, width=24, maximum=UNIT_NAME,
        ),
        Field(
            "matter", "事由", Kind.CODE, codes="rights_matter", group="claim", section="claim", needed=True,
            first=True, column=3, width=16,
        ),
        Field("applied_date", "申请日期", Kind.DATE, group="claim", section="claim", needed=True, first=True,
              column=4, width=10),
        Field("asked_amount", "申请金额", Kind.DECIMAL, group="claim", section="claim", first=True, minimum=0,
              unit="元", summed=True),
        Field("facts", "情况", Kind.NOTE, group="claim", section="claim", first=True, maximum=2000),
        Field("case", "监督案件", Kind.LINK, link="case", section="claim", index=True,
              help="同时立案的选择。"),
        Field(
            "decision", "审批结果", Kind.CODE, codes="approval_result", group="ruling", section="decision",
            first=True, column=5, width=9, review=True, written_by=DISTRICT_UP,
        ),
        Field("decided_date", "审批日期", Kind.DATE, group="ruling", section="decision", first=True,
              column=6, width=10, written_by=DISTRICT_UP),
        Field("approved_amount", "核准金额", Kind.DECIMAL, group="ruling", section="decision", first=True,
              minimum=0, unit="元", summed=True, review=True, written_by=DISTRICT_UP),
        Field("decision_reason", "审批说明", group="ruling", section="decision", maximum=300,
              written_by=DISTRICT_UP),
        Field("paid_amount", "发放金额", Kind.DECIMAL, group="payment", section="decision", first=True,
              minimum=0, unit="元", summed=True, column=7, width=9, written_by=DISTRICT_UP),
        Field("paid_date", "发放日期", Kind.DATE, group="payment", section="decision", first=True,
              written_by=DISTRICT_UP),
        *remarks("decision"),
    ),
    checks=(
        ONE_PERSON,
        Check("not_in_future", ("applied_date",), "申请日期{a}还没有到，请核对"),
        Check("not_after", ("applied_date", "decided_date"), "审批日期{b}早于申请日期{a}，请核对"),
        Check("not_after", ("decided_date", "paid_date"), "发放日期{b}早于审批日期{a}，请核对"),
        Check("at_most", ("paid_amount", "approved_amount"), "发放{a}元多于核准{b}元，请核对"),
        Check("usually_at_most", ("approved_amount", "asked_amount"), "核准{a}元多于申请{b}元，请核对",
              Severity.WARNING),
        Check(
            "needs_when", ("decision_reason", "decision"), "没有全部同意，请写明原因", Severity.WARNING,
            {"values": ["partly_approved", "refused"]},
        ),
    ),
)  # fmt: skip

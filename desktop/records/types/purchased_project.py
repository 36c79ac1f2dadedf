"""Projects that a union runs with social organisations or buys from them."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ABOVE_VILLAGES, UNIT_NAME, evidence, remarks

ORDER = 263

TYPE = RecordType(
    name="purchased_project",
    label="社会化服务项目",
    menu="服务与阵地",
    title=("name",),
    written_by=ABOVE_VILLAGES,
    help="与社会组织项目合作、向社会组织购买服务的，一个项目一条。",
    sections=(Section("project", "项目"), Section("result", "实施与验收")),
    groups=(Group("provider", "社会组织"), Group("contract", "合同"), Group("result", "实施情况")),
    fields=(
        Field(
            "name", "项目名称", section="project", needed=True, first=True, search=True, column=1, width=26,
            maximum=120, example="职工心理关爱进企业",
        ),
        Field(
            "way", "服务方式", Kind.CODE, codes="purchase_way", section="project", needed=True, first=True,
            column=2, width=8,
        ),
        Field(
            "organisation", "社会组织名称", group="provider", section="project", needed=True, first=True,
            search=True, column=3, width=22, maximum=UNIT_NAME,
        ),
        Field(
            "organisation_code", "社会组织统一社会信用代码", Kind.USCC, group="provider",
            section="project", help="社会团体、社会服务机构的代码以51、52、53开头。",
        ),
        Field(
            "service_field", "服务领域", Kind.CODE, codes="service_field", section="project", needed=True,
            first=True, column=4, width=10,
        ),
        Field("contract_document", "合同编号", group="contract", section="project", maximum=60),
        Field(
            "started", "开始日期", Kind.DATE, group="contract", section="project", needed=True, first=True,
            column=5, width=10,
        ),
        Field(
            "ended", "结束日期", Kind.DATE, group="contract", section="project", first=True, column=6,
            width=10,
        ),
        Field(
            "amount", "合同金额", Kind.DECIMAL, group="contract", section="project", first=True, minimum=0,
            unit="元", summed=True, column=7, width=10, review=True,
        ),
        Field(
            "fund_source", "资金来源", Kind.CODE, codes="pay_source", group="contract", section="project",
        ),
        Field("content", "服务内容", Kind.NOTE, section="project", search=True, maximum=1000),
        Field(
            "state", "进展", Kind.CODE, codes="progress_state", group="result", section="result", needed=True,
            first=True, column=8, width=8, default="planned",
        ),
        Field(
            "session_count", "服务场次", Kind.INTEGER, group="result", section="result", first=True,
            minimum=0, unit="场", summed=True,
        ),
        Field(
            "served_count", "服务人次", Kind.INTEGER, group="result", section="result", first=True, minimum=0,
            unit="人次", summed=True,
        ),
        Field(
            "paid_amount", "已付金额", Kind.DECIMAL, group="result", section="result", minimum=0, unit="元",
            summed=True,
        ),
        Field("accepted_date", "验收日期", Kind.DATE, group="result", section="result", first=True),
        Field("satisfaction", "服务对象满意度", Kind.CODE, codes="satisfaction", group="result",
              section="result"),
        evidence("result"),
        *remarks("result"),
    ),
    checks=(
        Check(
            "uscc_valid", ("organisation_code",), "社会组织统一社会信用代码{problem}，请核对；确实如此的写明原因",
            Severity.WARNING, source="GB 32100-2015",
        ),
        Check("not_after", ("started", "ended"), "结束日期{b}早于开始日期{a}，请核对"),
        Check("at_most", ("paid_amount", "amount"), "已付{a}元多于合同金额{b}元，请核对"),
        Check("not_in_future", ("accepted_date",), "验收日期{a}还没有到，请核对"),
        Check(
            "needs_when", ("accepted_date", "state"), "项目已完成，请填写验收日期", Severity.WARNING,
            {"values": ["done"]},
        ),
    ),
)  # fmt: skip

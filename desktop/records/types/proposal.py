"""Proposals of delegates: who proposed what, whether it was accepted, who handled it and how the proposer liked it."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import PERSON_NAME, UNIT_NAME, remarks

ORDER = 170

TYPE = RecordType(
    name="proposal",
    label="职工提案",
    menu="民主管理",
    title=("number", "subject"),
    parent="congress",
    sections=(Section("proposal", "提案"), Section("handling", "立案与办理")),
    groups=(
        Group("proposers", "提案人", personal=True),
        Group("filing", "立案"),
        Group("assignment", "承办"),
        Group("answer", "答复"),
    ),
    fields=(
        Field("congress", "会议", Kind.LINK, link="congress", section="proposal", needed=True, index=True),
        Field(
            "number", "提案编号", section="proposal", first=True, search=True, column=1, width=8, maximum=30,
        ),
        Field(
            "subject", "案由", section="proposal", needed=True, first=True, search=True, column=2, width=30,
            maximum=200,
        ),
        Field(
            "category", "类别", Kind.CODE, codes="proposal_category", section="proposal", first=True,
            column=3, width=10,
        ),
        Field("suggestion", "建议", Kind.NOTE, section="proposal", first=True, search=True, maximum=4000),
        Field(
            "proposer", "提案人", group="proposers", section="proposal", needed=True, first=True,
            personal=True, search=True, column=4, width=9, maximum=PERSON_NAME, names_person=True,
        ),
        Field(
            "seconders", "附议人", group="proposers", section="proposal", personal=True, maximum=300,
            help="几位用顿号隔开。",
        ),
        Field("seconder_count", "附议人数", Kind.INTEGER, section="proposal", minimum=0, unit="人"),
        Field(
            "filed", "是否立案", Kind.BOOLEAN, group="filing", section="handling", first=True, column=5,
            width=6,
        ),
        Field("filing_reason", "不立案原因", group="filing", section="handling", maximum=200),
        Field(
            "handling_department", "承办部门", group="assignment", section="handling", first=True, column=6,
            width=12, maximum=UNIT_NAME,
        ),
        Field(
            "due_date", "办理期限", Kind.DATE, group="assignment", section="handling", first=True, index=True,
        ),
        Field(
            "reply_date", "答复日期", Kind.DATE, group="answer", section="handling", first=True, column=7,
            width=10,
        ),
        Field(
            "result", "办理结果", Kind.CODE, codes="proposal_result", group="answer", section="handling",
            first=True, column=8, width=9,
        ),
        Field("reply", "答复内容", Kind.NOTE, group="answer", section="handling", maximum=2000),
        Field(
            "satisfaction", "提案人满意度", Kind.CODE, codes="satisfaction", section="handling", first=True,
        ),
        Field("published", "已公开", Kind.BOOLEAN, section="handling"),
        *remarks("handling"),
    ),
    checks=(
        Check(
            "needs_when", ("filing_reason", "filed"), "没有立案，请写明原因", Severity.WARNING,
            {"values": [0]},
        ),
        Check("needs_with", ("reply_date", "result"), "已有办理结果，请填写答复日期", Severity.WARNING),
        Check("not_in_future", ("reply_date",), "答复日期{a}还没有到，请核对"),
    ),
)  # fmt: skip

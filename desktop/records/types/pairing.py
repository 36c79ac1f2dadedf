"""Unions that are paired to build each other up: by area, trade or kind of enterprise."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import UNIT_NAME, evidence, remarks

ORDER = 270

TYPE = RecordType(
    name="pairing",
    label="结对共建",
    menu="提质评价",
    title=("union_name", "partner_name"),
    help="两家工会结对一条，活动在下面的标签页登记。",
    sections=(Section("pairing", "结对"), Section("content", "共建内容与成效")),
    groups=(Group("first", "甲方"), Group("second", "乙方"), Group("period", "协议期限")),
    fields=(
        Field(
            "kind", "结对类型", Kind.CODE, codes="pairing_kind", section="pairing", needed=True, first=True,
            column=3, width=9,
        ),
        Field(
            "union", "甲方工会（已登记）", Kind.LINK, link="union", group="first", section="pairing",
            first=True, index=True,
        ),
        Field(
            "union_name", "甲方工会", group="first", section="pairing", needed=True, first=True, search=True,
            column=1, width=24, maximum=UNIT_NAME, help="一般填示范带动的一方。",
        ),
        Field(
            "partner", "乙方工会（已登记）", Kind.LINK, link="union", group="second", section="pairing",
            first=True, index=True,
        ),
        Field(
            "partner_name", "乙方工会", group="second", section="pairing", needed=True, first=True,
            search=True, column=2, width=24, maximum=UNIT_NAME,
        ),
        Field(
            "agreed_date", "协议日期", Kind.DATE, group="period", section="pairing", needed=True, first=True,
            column=4, width=10,
        ),
        Field(
            "until", "协议到期", Kind.DATE, group="period", section="pairing", first=True,
            column=5, width=10,
        ),
        Field("matters", "共建事项", Kind.NOTE, section="content", needed=True, first=True, search=True,
              column=6, width=24, maximum=1000),
        Field("effect", "成效", Kind.NOTE, section="content", first=True, maximum=1000),
        evidence("content"),
        *remarks("content"),
    ),
    checks=(
        Check("different", ("union", "partner"), "甲乙双方不能是同一家工会，请重选"),
        Check("not_in_future", ("agreed_date",), "协议日期{a}还没有到，请核对"),
        Check("not_after", ("agreed_date", "until"), "协议到期{b}早于协议日期{a}，请核对"),
        Check("not_passed", ("until",), "协议已于{a}到期，请续签或写明情况", Severity.WARNING),
    ),
)  # fmt: skip

"""Allowances for the part-time chairs of unions in non-public enterprises."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ABOVE_VILLAGES, ONE_PERSON, PERSON_NAME, UNIT_NAME, remarks

ORDER = 282

TYPE = RecordType(
    name="chair_allowance",
    label="主席履职补贴",
    menu="经费保障",
    title=("name", "period_started"),
    written_by=ABOVE_VILLAGES,
    help="非公企业兼职工会主席的履职补贴，一人一个发放期一条。标准由本地规定，程序不带任何金额。",
    sections=(Section("chair", "主席与考核"), Section("payment", "发放与说明")),
    groups=(
        Group("body", "任职工会"),
        Group("period", "发放期"),
        Group("rate", "标准"),
        Group("payment", "发放"),
    ),
    fields=(
        Field(
            "officer", "干部名册", Kind.LINK, link="officer", section="chair", first=True, index=True,
            help="名册里已有的选择后，姓名自动带出。",
        ),
        Field(
            "name", "姓名", section="chair", needed=True, first=True, personal=True, search=True, column=1,
            width=9, maximum=PERSON_NAME, names_person=True,
        ),
        Field("union", "任职工会（已登记）", Kind.LINK, link="union", group="body", section="chair",
              first=True, index=True),
        Field(
            "union_name", "任职工会", group="body", section="chair", needed=True, first=True, search=True,
            column=2, width=26, maximum=UNIT_NAME,
        ),
        Field("period_started", "发放期从", Kind.DATE, group="period", section="chair", needed=True,
              first=True, column=3, width=10),
        Field("period_ended", "发放期到", Kind.DATE, group="period", section="chair", needed=True,
              first=True, column=4, width=10),
        Field(
            "result", "考核结果", Kind.CODE, codes="assessment", section="chair", needed=True, first=True,
            column=5, width=7,
        ),
        Field("assessed_date", "考核日期", Kind.DATE, section="chair"),
        Field(
            "standard", "补贴标准", group="rate", section="payment", first=True, maximum=120,
            help="写明依据哪一档，例：职工200至499人，每月300元（示例，非本地标准）。",
        ),
        Field("monthly_amount", "每月金额", Kind.DECIMAL, group="rate", section="payment", first=True,
              minimum=0, unit="元"),
        Field(
            "amount", "发放金额", Kind.DECIMAL, group="payment", section="payment", needed=True, first=True,
            minimum=0, unit="元", summed=True, column=6, width=9, review=True,
        ),
        Field("fund_source", "资金来源", Kind.CODE, codes="pay_source", group="payment", section="payment",
              first=True),
        Field("paid_date", "发放日期", Kind.DATE, group="payment", section="payment", first=True,
              column=7, width=10),
        Field("signed_for", "本人已签领", Kind.BOOLEAN, group="payment", section="payment", first=True),
        *remarks("payment"),
    ),
    checks=(
        ONE_PERSON,
        Check("not_after", ("period_started", "period_ended"), "发放期开始{a}晚于结束{b}，请核对"),
        Check("not_in_future", ("paid_date",), "发放日期{a}还没有到，请核对"),
        Check("not_in_future", ("assessed_date",), "考核日期{a}还没有到，请核对"),
        Check(
            "empty_when", ("paid_date", "result"), "考核不合格，一般不发放补贴，请核对", Severity.WARNING,
            {"values": ["failed"]},
        ),
    ),
)  # fmt: skip

"""Union dues and preparation fees that are paid through the tax authority and returned to the union."""

from __future__ import annotations

from typing import Any

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import UNIT_NAME, document, remarks

ORDER = 280


def _amount(name: str, label: str, group: str, **more: Any) -> Field:
    return Field(
        name, label, Kind.DECIMAL, group=group, section="amounts", minimum=0, unit="元", summed=True, **more,
    )  # fmt: skip


TYPE = RecordType(
    name="dues_refund",
    label="经费返还",
    menu="经费保障",
    title=("payer_name", "period_started"),
    help="一个单位一个税款所属期一条。返还比例按上级规定由本单位填写，程序不带任何比例。",
    sections=(Section("refund", "缴费单位与所属期"), Section("amounts", "金额"), Section("notes", "拨付与说明")),
    groups=(
        Group("paying", "缴费单位"),
        Group("payee", "收款工会"),
        Group("period", "税款所属期"),
        Group("dues", "缴纳"),
        Group("refund", "返还"),
        Group("basis", "返还依据"),
    ),
    fields=(
        Field(
            "kind", "返还种类", Kind.CODE, codes="refund_kind", section="refund", needed=True, first=True,
            column=2, width=12, default="dues",
            help="已建会单位缴的是工会经费；还没有建会的缴建会筹备金，建会后按规定返还。",
        ),
        Field(
            "payer", "缴费单位（已登记）", Kind.LINK, link="enterprise", group="paying", section="refund",
            first=True, index=True,
        ),
        Field(
            "payer_name", "缴费单位", group="paying", section="refund", needed=True, first=True, search=True,
            column=1, width=26, maximum=UNIT_NAME,
        ),
        Field(
            "union", "收款工会（已登记）", Kind.LINK, link="union", group="payee", section="refund",
            first=True, index=True, help="独立账户在工会记录的“法人、经费与录入”里登记。",
        ),
        Field("union_name", "收款工会", group="payee", section="refund", first=True, search=True,
              maximum=UNIT_NAME),
        Field(
            "period_started", "所属期从", Kind.DATE, group="period", section="refund", needed=True,
            first=True, column=3, width=10, example="2026-01-01",
        ),
        Field(
            "period_ended", "所属期到", Kind.DATE, group="period", section="refund", needed=True, first=True,
            column=4, width=10, example="2026-06-30",
        ),
        _amount("payable", "应缴金额", "dues", help="一般按全部职工工资总额的百分之二（工会法第四十三条）。"),
        _amount("paid", "实缴金额", "dues", needed=True, first=True, column=5, width=10, review=True),
        Field("paid_date", "缴纳日期", Kind.DATE, group="dues", section="amounts", first=True),
        Field(
            "ratio", "返还比例", Kind.DECIMAL, group="refund", section="amounts", first=True, minimum=0,
            maximum=100, unit="%", help="按上级工会文件填写，各地各年不同。",
        ),
        _amount("refundable", "应返金额", "refund", first=True, column=6, width=10, review=True),
        _amount("refunded", "已返金额", "refund", first=True, column=7, width=10, review=True),
        Field("refunded_date", "返还日期", Kind.DATE, group="refund", section="amounts", first=True),
        *document("basis", "返还依据", "notes"),
        Field("account_tail", "收款账号末四位", section="notes", maximum=4, example="1234"),
        *remarks("notes"),
    ),
    checks=(
        Check("not_after", ("period_started", "period_ended"), "所属期开始{a}晚于结束{b}，请核对"),
        Check("usually_at_most", ("paid", "payable"), "实缴{a}元多于应缴{b}元，请核对", Severity.WARNING),
        Check("at_most", ("refundable", "paid"), "应返{a}元多于实缴{b}元，请核对"),
        Check("usually_at_most", ("refunded", "refundable"), "已返{a}元多于应返{b}元，请核对", Severity.WARNING),
        Check(
            "share_of", ("refundable", "paid", "ratio"), "实缴{whole}元按{ratio}%应返{expected}元，这里是{a}元，请核对",
            Severity.WARNING,
        ),
        Check("not_in_future", ("paid_date",), "缴纳日期{a}还没有到，请核对"),
        Check("not_after", ("paid_date", "refunded_date"), "返还日期{b}早于缴纳日期{a}，请核对"),
        Check("not_in_future", ("refunded_date",), "返还日期{a}还没有到，请核对"),
        Check(
            "digits", ("account_tail",), "账号末四位请填4位数字，不要填完整账号", Severity.ERROR, {"length": 4},
        ),
    ),
)  # fmt: skip

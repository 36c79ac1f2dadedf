"""Money granted to unions: new trades by four sources, special subsidies, and what they achieved."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import UNIT_NAME, document, remarks

ORDER = 281

TYPE = RecordType(
    name="subsidy",
    label="经费补助",
    menu="经费保障",
    title=("union_name", "year"),
    help="给工会的补助一笔一条。新业态工会经费按四个来源分开登记：财政支持、上级补助、会员自缴、社会赞助。",
    sections=(Section("subsidy", "补助"), Section("use", "使用与绩效")),
    groups=(Group("payee", "受补助工会"), Group("grant", "拨付"), Group("basis", "依据"), Group("use", "使用")),
    fields=(
        Field(
            "union", "受补助工会（已登记）", Kind.LINK, link="union", group="payee", section="subsidy",
            first=True, index=True,
        ),
        Field(
            "union_name", "受补助工会", group="payee", section="subsidy", needed=True, first=True,
            search=True, column=1, width=26, maximum=UNIT_NAME,
        ),
        Field(
            "kind", "补助种类", Kind.CODE, codes="subsidy_kind", section="subsidy", needed=True, first=True,
            column=2, width=12,
        ),
        Field(
            "source", "资金来源", Kind.CODE, codes="fund_source", section="subsidy", needed=True, first=True,
            column=3, width=9,
        ),
        Field(
            "year", "年度", Kind.INTEGER, section="subsidy", needed=True, first=True,
            minimum=2000, maximum=2099, unit="年", column=4, width=6, example="2026",
        ),
        Field(
            "amount", "金额", Kind.DECIMAL, group="grant", section="subsidy", needed=True, first=True,
            minimum=0, unit="元", summed=True, column=5, width=11, review=True,
        ),
        Field("granted_date", "到账日期", Kind.DATE, group="grant", section="subsidy", first=True, column=6,
              width=10),
        Field(
            "payer", "拨款（赞助）单位", group="grant", section="subsidy", first=True, search=True, column=7,
            width=18, maximum=UNIT_NAME,
        ),
        *document("basis", "拨款", "subsidy"),
        Field("purpose", "用途", section="subsidy", first=True, maximum=200),
        Field("used_amount", "已使用金额", Kind.DECIMAL, group="use", section="use", first=True, minimum=0,
              unit="元", summed=True),
        Field("used_as_of", "截至日期", Kind.DATE, group="use", section="use", first=True),
        Field("performance", "使用绩效", Kind.NOTE, section="use", first=True, maximum=1000),
        *remarks("use"),
    ),
    checks=(
        Check("at_most", ("used_amount", "amount"), "已使用{a}元多于补助金额{b}元，请核对"),
        Check("not_in_future", ("granted_date",), "到账日期{a}还没有到，请核对"),
        Check("not_in_future", ("used_as_of",), "截至日期{a}还没有到，请核对"),
        Check("needs_with", ("used_as_of", "used_amount"), "请填写已使用金额的截至日期", Severity.WARNING),
    ),
)  # fmt: skip

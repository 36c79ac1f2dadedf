"""Collective bargaining and the contract that comes of it: one negotiation from its offer to the yearly report."""

from __future__ import annotations

from typing import Any

from desktop.records.declaration import Check, Field, Follow, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import UNIT_NAME, evidence, remarks

ORDER = 178

_RULES = "浙江省集体合同条例"
_CITY_RULES = "杭州市企业工资集体协商条例"


def _day(name: str, label: str, group: str, section: str, **more: Any) -> Field:
    return Field(name, label, Kind.DATE, group=group, section=section, width=10, **more)


_OFFER = (
    Field(
        "enterprise", "单位", Kind.LINK, link="enterprise", section="offer", needed=True, first=True,
        index=True, column=1, width=24, review=True,
        help="区域性、行业性合同选牵头的单位，没有的先在“企业（单位）”里登记。",
    ),
    Field("union", "工会", Kind.LINK, link="union", section="offer", index=True),
    Field(
        "kind", "合同类型", Kind.CODE, codes="collective_contract_kind", section="offer", needed=True,
        first=True, column=2, width=17,
    ),
    Field(
        "name", "合同名称", section="offer", first=True, search=True, maximum=200,
        example="2026年度工资专项集体合同",
    ),
    Field("offered_by", "要约方", Kind.CODE, codes="bargaining_side", group="offer", section="offer", first=True),
    _day("offer_date", "要约日期", "offer", "offer", needed=True, first=True, column=3),
    _day("answer_date", "书面答复日期", "answer", "offer", first=True,
         help="收到书面要求之日起十个工作日内答复（浙江省集体合同条例第七条）。"),
    _day("notice_date", "协商事项通知日期", "answer", "offer"),
)  # fmt: skip

_TALKS = (
    _day("first_meeting_date", "首次协商会议日期", "talks", "talks", first=True,
         help="每次会议的记录在“会议”里登记，会议类型选“集体协商会议”。"),
    _day("agreed_date", "达成一致日期", "talks", "talks", first=True),
    Field("outcome", "协商结果", Kind.CODE, codes="bargaining_outcome", group="talks", section="talks", first=True),
    Field("outcome_reason", "中止或未达成的原因", group="talks", section="talks", maximum=300),
    _day("submitted_date", "草案提交职代会日期", "passing", "talks", first=True),
    Field(
        "congress", "通过的职代会", Kind.LINK, link="congress", group="passing", section="talks", first=True,
        index=True, help="在“职代会”里登记过的会议，选上就不用再填一遍。",
    ),
    Field("motion", "对应议题", Kind.LINK, link="motion", group="passing", section="talks"),
)  # fmt: skip

_CONTRACT = (
    _day("signed_date", "首席代表签字日期", "signing", "contract", first=True, column=4),
    _day("filed_date", "报送人社日期", "filing", "contract", first=True,
         help="签字之日起十日内报送，一式五份（条例第三十四条）。"),
    Field("filing_number", "人社受理号", group="filing", section="contract", first=True, maximum=60, search=True),
    _day("effective_date", "生效日期", "effect", "contract", first=True, column=5,
         help="人社收到之日起十五日内没有异议即行生效（条例第三十四条）。"),
    Field("objection", "人社异议", Kind.NOTE, group="effect", section="contract", maximum=500),
    _day("published_date", "向职工公布日期", "publication", "contract", first=True),
    _day("reported_date", "报上级工会日期", "publication", "contract", first=True),
    _day("started", "合同期限从", "period", "contract", first=True, review=True),
    _day("ended", "合同期限到", "period", "contract", first=True, column=6, review=True,
         help="期限一至三年，工资专项一般一年；期满前九十日内可以提出续签（条例第三十条）。"),
)  # fmt: skip

_CONTENT = (
    Field(
        "enterprise_count", "覆盖企业数", Kind.INTEGER, group="scope", section="content", minimum=0,
        unit="家", summed=True, first=True, help="单个企业的合同填1；区域性、行业性合同填覆盖的家数。",
    ),
    Field(
        "staff_count", "覆盖职工数", Kind.INTEGER, group="scope", section="content", minimum=0, unit="人",
        summed=True,
        first=True, column=7, width=8, review=True,
    ),
    Field("above_scale", "规模以上企业", Kind.BOOLEAN, section="content",
          help="规上企业协商代表每方不少于五人。"),
    Field("wage_basis", "工资约定方式", Kind.CODE, codes="wage_basis", group="wages", section="content"),
    Field(
        "wage_growth", "年度工资增幅", Kind.DECIMAL, group="wages", section="content", minimum=0,
        maximum=100, unit="%", column=8, width=7,
    ),
    Field("minimum_wage", "约定最低工资", Kind.DECIMAL, group="wages", section="content", minimum=0, unit="元/月"),
    Field("summary", "主要内容", Kind.NOTE, section="content", search=True, maximum=3000),
    _day("performance_date", "最近一次向职代会报告履行情况", "performance", "content",
         help="每年至少一次（条例第三十七条）。"),
    Field(
        "performance_congress", "报告履行的职代会", Kind.LINK, link="congress", group="performance",
        section="content",
    ),
    Field("union_name", "职工方工会名称", section="content", maximum=UNIT_NAME,
          help="没有在“工会”里登记的填写。"),
    evidence("content"),
    *remarks("content"),
)  # fmt: skip


def _weekdays(first: str, second: str, days: int, words: str, source: str) -> Check:
    """A clock in working days: counted from Monday to Friday, because holidays are not known to a check."""
    return Check(
        "within_weekdays", (first, second),
        f"{words}，这里隔了{{days}}个工作日（没有扣除法定节假日），规定是{{most}}个工作日内，请核对",
        Severity.WARNING, {"days": days}, source,
    )  # fmt: skip


_KINDS = {
    "collective_contract": "comprehensive",
    "wages_contract": "wages",
    "women_contract": "women",
    "safety_contract": "safety",
}
"""The drafts that a congress passes, and which contract comes of each."""

_FOLLOWS = (
    Follow(
        "motion",
        {
            "enterprise": "congress.enterprise", "union": "congress.union", "kind": "subject", "name": "title",
            "outcome": "=agreed", "submitted_date": "congress.started_date", "congress": "congress", "motion": ".",
            "staff_count": "congress.staff_count",
        },
        when={"subject": tuple(_KINDS)}, outcome="carried", translate={"kind": _KINDS}, papers=("name",),
        link="motion", same=("enterprise", "kind"), on="congress.started_date", recent="signed_date",
        agree=("enterprise", "kind", "congress"),
    ),
    Follow(
        "motion",
        {
            "enterprise": "congress.enterprise", "performance_date": "congress.started_date",
            "performance_congress": "congress",
        },
        when={"subject": ("contract_performance",)}, outcome="heard", same=("enterprise",),
        on="congress.started_date", during=("signed_date", "ended"), latest="performance_date",
    ),
)  # fmt: skip

TYPE = RecordType(
    name="collective_contract",
    label="集体协商与合同",
    menu="民主管理",
    title=("enterprise", "kind", "offer_date"),
    help="一次协商一条，从要约到签订、报送、公布。各个期限由程序按条例提醒；双方代表在下面的标签页登记。",
    sections=(
        Section("offer", "要约"),
        Section("talks", "协商与草案"),
        Section("contract", "签订与生效"),
        Section("content", "覆盖与内容"),
    ),
    groups=(
        Group("offer", "要约"),
        Group("answer", "答复"),
        Group("talks", "协商"),
        Group("passing", "职代会通过"),
        Group("signing", "签字"),
        Group("filing", "报送"),
        Group("effect", "生效"),
        Group("publication", "公布与报备"),
        Group("period", "合同期限"),
        Group("scope", "覆盖范围"),
        Group("wages", "工资约定"),
        Group("performance", "履行报告"),
    ),
    follows=_FOLLOWS,
    fields=(*_OFFER, *_TALKS, *_CONTRACT, *_CONTENT),
    checks=(
        Check("not_in_future", ("offer_date",), "要约日期{a}还没有到，请核对"),
        Check("not_after", ("offer_date", "answer_date"), "答复日期{b}早于要约日期{a}，请核对"),
        Check("not_after", ("offer_date", "agreed_date"), "达成一致日期{b}早于要约日期{a}，请核对"),
        Check("not_after", ("first_meeting_date", "agreed_date"), "达成一致日期{b}早于首次会议{a}，请核对"),
        Check("not_after", ("agreed_date", "submitted_date"), "草案提交日期{b}早于达成一致日期{a}，请核对"),
        Check("not_after", ("submitted_date", "signed_date"), "签字日期{b}早于草案提交职代会日期{a}，请核对"),
        Check("not_after", ("signed_date", "filed_date"), "报送日期{b}早于签字日期{a}，请核对"),
        Check("not_after", ("filed_date", "effective_date"), "生效日期{b}早于报送日期{a}，请核对"),
        Check("not_after", ("effective_date", "published_date"), "公布日期{b}早于生效日期{a}，请核对"),
        Check("not_after", ("started", "ended"), "合同期限开始{a}晚于结束{b}，请核对"),
        Check("not_in_future", ("signed_date",), "签字日期{a}还没有到，请核对"),
        _weekdays("offer_date", "answer_date", 10, "书面答复晚了", f"{_RULES}第七条；{_CITY_RULES}第二十四条"),
        Check(
            "days_before", ("notice_date", "first_meeting_date"),
            "协商事项只提前{days}天通知，应当提前{least}天，请核对日期", Severity.WARNING, {"days": 7},
            f"{_RULES}第十六条",
        ),
        Check(
            "within_days", ("offer_date", "agreed_date", "kind"),
            "工资协商从要约到达成一致用了{days}天，应当在{most}天内完成，请核对", Severity.WARNING,
            {"days": 60, "values": ["wages"]}, f"{_CITY_RULES}第二十九条",
        ),
        _weekdays("agreed_date", "submitted_date", 15, "草案提交职代会晚了", f"{_RULES}第二十四条"),
        Check(
            "within_days", ("signed_date", "filed_date"), "签字后{days}天才报送人社，规定是{most}日内，请核对",
            Severity.WARNING, {"days": 10}, f"{_RULES}第三十四条",
        ),
        Check(
            "days_before", ("filed_date", "effective_date"),
            "报送后{days}天就生效，人社有{least}日的审查期，请核对生效日期", Severity.WARNING, {"days": 15},
            f"{_RULES}第三十四条",
        ),
        _weekdays("effective_date", "published_date", 5, "向职工公布晚了", f"{_RULES}第三十五条"),
        Check(
            "contract_term", ("started", "ended"), "合同期限{months}个月，规定是一至三年，请核对", Severity.WARNING,
            source=f"{_RULES}第三十条",
        ),
        Check("not_passed", ("ended",), "合同已于{a}期满，请续签或写明情况", Severity.WARNING),
        Check(
            "needs_with", ("congress", "signed_date"),
            "草案应当经职代会通过后签字，请选择通过的职代会", Severity.WARNING, source=f"{_RULES}第二十四条",
        ),
        Check(
            "needs_when", ("outcome_reason", "outcome"), "协商中止或未达成，请写明原因", Severity.WARNING,
            {"values": ["suspended", "failed"]},
        ),
        Check(
            "needs_when", ("wage_basis", "kind"), "工资专项合同，请填写工资怎样约定", Severity.WARNING,
            {"values": ["wages"]},
        ),
        Check(
            "bargaining_seats", ("kind", "above_scale"), "{problem}，请核对双方代表名单", Severity.WARNING,
            {"type": "bargaining_representative"}, f"{_RULES}第十条；{_CITY_RULES}第十六条",
        ),
    ),
)  # fmt: skip

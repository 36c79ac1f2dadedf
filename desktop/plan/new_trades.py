"""New trades: people of the four groups (T07 to T09, T17), platforms (T14 to T16), their unions (T18, T20)."""

from __future__ import annotations

from collections.abc import Callable

from desktop.plan.founding import COVERAGE, organised
from desktop.plan.measures import (
    Circumstances,
    Indication,
    Measurement,
    Remark,
    Reports,
    among,
    at_least,
    between,
    choice,
    empty,
    filled,
    share,
    yes,
)
from desktop.store.queries.aggregates import Condition, Tally

DRIVERS = ("truck_driver", "courier")
RIDERS = ("ride_hailing_driver", "food_delivery_rider")
GROUPS = (*DRIVERS, *RIDERS)
"""The four groups of the plan: two measured by the workforce, two by those who are active on a day."""
TRADES = ("road_freight", "ride_hailing", "express", "food_delivery")
"""The trades of the four groups."""

_MEMBERS_OF = choice(
    "members_of",
    "会员数的取法",
    ("survey", "新就业形态摸底里的已入会人数"),
    ("roster", "会员名册上的人数（按重点群体，证件号码相同的算一个人）"),
)
_SURVEY_RULES = (
    "按“新就业形态摸底”统计，同一单位、同一群体、同一范围（全区、镇街、站点）取截至日期最近的一份",
    "有全区（全镇街）合计的用合计，不再加其中镇街、站点和下级的数",
)


def _people(groups: tuple[str, ...], whole: str) -> Callable[[Circumstances], Measurement]:
    """Members of these groups among a whole that is a fact of surveys, or ``daily`` with its reading."""

    def measure(at: Circumstances) -> Measurement:
        fact = f"daily_{'year' if at.reads('daily_active', 'year_average') else 'latest'}"
        fact = fact if whole == "daily" else whole
        of_groups = among("key_group", *groups)
        base = (of_groups, yes("current"), at_least(fact, 1))
        if at.reads("members_of", "roster"):
            numerator = Tally("member", (of_groups, yes("member"), yes("one_of_group")))
        else:
            numerator = Tally("new_form_survey", base, weight="members")
        due = {"workforce": 80 if len(groups) == 1 else 60}.get(fact, 50)
        return Measurement(
            numerator=numerator,
            denominator=Tally("new_form_survey", base, weight=fact),
            missing=Tally("new_form_survey", base, but=(at_least(f"{fact}_rate", due),)),
            remarks=tuple(_survey_doubts(of_groups, fact)),
        )

    return measure


def _survey_doubts(of_groups: Condition, fact: str) -> tuple[Remark, ...]:
    standing = (of_groups, yes("current"))
    asked = "从业人数" if fact == "workforce" else "日活跃数"
    return (
        Remark(
            f"另有{{count}}份摸底没有填{asked}，没有计入", Tally("new_form_survey", (*standing, empty(fact)))
        ),
        Remark(
            "其中{count}份摸底没有填已入会人数，按0人算",
            Tally("new_form_survey", (*standing, at_least(fact, 1), empty("members"))),
        ),
        Remark(
            "另有{count}份摸底已包含在合计里，没有再加",
            Tally("new_form_survey", (of_groups, yes("superseded"))),
        ),
    )


def _growth(at: Circumstances) -> Measurement:
    before = Tally("member", (filled("key_group"), yes("member_before"), yes("one_of_group_before")))
    return Measurement(
        numerator=Tally("member", (filled("key_group"), yes("member"), yes("one_of_group"))),
        denominator=before,
        deducted=before,
    )


_LIVING = among("status", "active")


def _headquarters(at: Circumstances) -> Measurement:
    return share("enterprise", (_LIVING, yes("platform_headquarters")), (organised(at),))


def _branches(at: Circumstances) -> Measurement:
    base = (_LIVING, yes("platform_branch"))
    unstated = (*base, organised(at), empty("belongs_locally"))
    return share(
        "enterprise",
        base,
        (organised(at), yes("belongs_locally")),
        (
            Remark(
                "其中{count}家已建会，但没有填工会是否隶属属地，没有算属地建会", Tally("enterprise", unstated)
            ),
        ),
    )


def _partners(at: Circumstances) -> Measurement:
    return share("enterprise", (_LIVING, yes("platform_partner")), (among("organised", "own", "covered"),))


def _trade_unions(at: Circumstances) -> Measurement:
    unions = (among("category", "new_form_industry_union"), yes("standing"))
    return Measurement(
        numerator=Tally("union", (*unions, among("trade", *TRADES), yes("first_of_trade"))),
        remarks=(
            Remark(
                "另有{count}家县级新业态行业工会没有填行业，没有计入",
                Tally("union", (*unions, empty("trade"))),
            ),
        ),
    )


def _town_unions(at: Circumstances) -> Measurement:
    return share("unit", TOWNS, (yes("new_form_union"),))


TOWNS = (among("level", "town"), yes("living"))
"""The towns that are units of the tree."""
TOWN_RULE = "镇街按“单位（工会组织体系）”里层级为乡镇（街道）的单位计，没有登记的镇街不在分母里"


def _models(at: Circumstances) -> Measurement:
    named = (yes("named"), yes("one_record"), between("year", at.as_of.year, at.as_of.year))
    return Measurement(
        numerator=Tally("nomination", (among("kind", "new_form_city"), *named)),
        remarks=(
            Remark(
                "另有区级、产业命名的新业态示范基层工会{count}家，不计入",
                Tally("nomination", (among("kind", "new_form_local"), *named)),
            ),
        ),
    )


_PLATFORM_RULES = (
    "“平台企业关系”里统计日有效的身份；没有登记关系的看企业记录的平台企业身份",
    "同一家企业跟几个平台有关系的只计一次",
    "经营状态为存续",
)

INDICATIONS = (
    *(
        Indication(code, "人", _people(groups, whole), rules=_SURVEY_RULES, choices=(_MEMBERS_OF,), none=none)
        for code, groups, whole, none in (
            ("T07", GROUPS, "workforce", "没有四类群体的摸底"),
            *((f"T08.{group}", (group,), "workforce", "没有这个群体的摸底") for group in DRIVERS),
            *((f"T09.{group}", (group,), "daily", "没有填了日活跃数的摸底") for group in RIDERS),
        )
    ),
    Indication(
        "T14", "家", _headquarters, rules=_PLATFORM_RULES, choices=(COVERAGE,), none="没有登记平台企业总部"
    ),
    Indication(
        "T15",
        "家",
        _branches,
        rules=(*_PLATFORM_RULES, "“工会隶属属地”为“是”的才算属地建会"),
        choices=(COVERAGE,),
        none="没有登记平台企业的子公司、分公司",
    ),
    Indication(
        "T16",
        "家",
        _partners,
        rules=(*_PLATFORM_RULES, "单独建会和被覆盖的合并计算"),
        none="没有登记关联企业、加盟商、合作商",
    ),
    Indication(
        "T17",
        "人",
        _growth,
        rules=(
            "会员名册上填了重点群体的人，证件号码相同的算一个人",
            "“上报数字”里有上年12月31日的“某日总数”的用它作上年末数，不再变动；没有的按入会、退会日期倒算，补录会改变它",
            "当年也有上报的“某日总数”的用最近的一个，没有的用会员名册；两头的来源要一致",
            "年中看到的是年初到统计日的增长",
        ),
        reports=Reports.YEAR_END,
        none="上年末没有填了重点群体的会员",
    ),
    Indication(
        "T18.industry",
        "个行业",
        _trade_unions,
        rules=(
            "“小三级”工会类别为县级新业态行业工会、统计日存在的工会",
            "道路货运、网约车、快递、外卖配送四个行业，同一单位同一行业只计一次",
        ),
    ),
    Indication(
        "T18.town",
        "个",
        _town_unions,
        rules=(TOWN_RULE, "镇街在地址里的、类别为镇街新就业形态联合工会的工会统计日存在的算已建"),
        none="没有登记镇街",
    ),
    Indication(
        "T20",
        "家",
        _models,
        rules=("年度为统计日所在年、结果为已命名、统计日前命名的市级示范，一家工会一年只计一次",),
    ),
)

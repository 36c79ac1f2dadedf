"""Founding unions: new unions (T01), and which enterprises have one or are covered (T03, T04, T12, T13)."""

from __future__ import annotations

import datetime

from desktop.plan.measures import (
    Circumstances,
    Indication,
    Measurement,
    Remark,
    Reports,
    among,
    at_least,
    at_most,
    between,
    choice,
    empty,
    no,
    share,
    yes,
)
from desktop.store.queries.aggregates import Condition, Tally

LARGE, MIDDLE, SMALL = 100, 50, 25
NEW_KINDS = ("new", "split")
"""Kinds of founding that make a new union; 合并, 更名, 换届 and 补录 do not."""

_NEW = (among("founding", *NEW_KINDS), yes("grassroots"))
ENTERPRISES = ("state_owned", "collective", "non_public", "enterprise")
_UNCLEAR = ("enterprise", "unknown")
"""Classes of employers of which nothing more is known than their code tells."""

COVERAGE = choice(
    "coverage",
    "被联合工会覆盖的企业",
    ("exclude", "不算已建会"),
    ("include", "也算已建会"),
)
_REMOVED = choice(
    "removed",
    "核实后已剔除的企业",
    ("exclude", "不计入"),
    ("include", "计入"),
)
_ORGANISED_RULE = "有本单位工会记录的看该工会当日是否存在，没有工会记录的看建会状态是否为“建立”"
_CLASS_RULE = "未填单位类别的，按单位性质和统一社会信用代码判断"


def first_day(at: Circumstances) -> datetime.date:
    """The chosen first day of what is counted over time."""
    return datetime.date.fromisoformat(at.chosen["start"])


def new_unions(at: Circumstances) -> tuple[Condition, ...]:
    """The unions that T01 counts and T11 asks about."""
    return (_in_period("day", at), *_NEW)


def _in_period(fact: str, at: Circumstances) -> Condition:
    return between(fact, first_day(at), at.days.until)


def _founded(at: Circumstances) -> Measurement:
    lost = Tally("union", (_in_period("ended", at), yes("grassroots")), dated="ended")
    undated = Tally("union", (empty("day"), _in_period("established", at), *_NEW))
    net = at.reads("counting", "net")
    return Measurement(
        numerator=Tally("union", new_unions(at)),
        deducted=lost if net else None,
        remarks=(
            Remark("另有{count}家工会建会日期在期内，但没有填成立批复日期，没有计入", undated),
            *(() if net else (Remark("同期撤销、注销{count}家，按毛数不扣减", lost),)),
        ),
    )


def organised(at: Circumstances) -> Condition:
    """An employer has a union; whether a joint union's coverage is enough is a reading."""
    if at.chosen.get("coverage") == "include":
        return among("organised", "own", "covered")
    return among("organised", "own")


def size(at: Circumstances) -> str:
    """The fact that says how large an employer is."""
    if at.chosen.get("size_of") == "members":
        return "members"
    return at.chosen["staff_count_basis"]


def _doubts(at: Circumstances, classes: tuple[str, ...], *base: Condition) -> tuple[Remark, ...]:
    """Employers that cannot be judged: no head-count, or not known whether they are of these classes."""
    count = size(at)
    unclear = tuple(c for c in _UNCLEAR if c not in classes)
    return (
        Remark(
            "另有{count}家没有填所选口径的职工数，没有计入",
            Tally("enterprise", (*base, among("class", *classes), empty(count))),
        ),
        Remark(
            "另有{count}家没有填单位类别，判断不了，没有计入",
            Tally("enterprise", (*base, among("class", *unclear))),
        ),
    )


def _living(at: Circumstances) -> tuple[Condition, ...]:
    base: tuple[Condition, ...] = (among("status", "active"),)
    return base if at.chosen.get("removed", "include") == "include" else (*base, no("removed"))


def _from_size(least: int, classes: tuple[str, ...], at: Circumstances, *further: Condition) -> Measurement:
    base = (*_living(at), *further)
    return share(
        "enterprise",
        (*base, among("class", *classes), at_least(size(at), least)),
        (organised(at),),
        _doubts(at, classes, *base),
    )


def _medium(at: Circumstances) -> Measurement:
    return _from_size(SMALL, ("non_public",), at)


def _large(at: Circumstances) -> Measurement:
    return _from_size(LARGE, ENTERPRISES, at)


def _in_parks(at: Circumstances) -> Measurement:
    return _from_size(MIDDLE, ENTERPRISES, at, yes("in_park"))


def _small(at: Circumstances) -> Measurement:
    classes = ("non_public", "individual") if at.reads("individual", "include") else ("non_public",)
    count, base = size(at), _living(at)
    return share(
        "enterprise",
        (*base, among("class", *classes), at_most(count, SMALL - 1)),
        (among("organised", "own", "covered"),),
        _doubts(at, classes, *base),
    )


INDICATIONS = (
    Indication(
        "T01",
        "家",
        _founded,
        rules=(
            "按成立批复日期统计，期末为统计日与2026年12月31日中较早的一天",
            "新建和分立计入，换届、更名、合并、补录不计入",
            "总工会、产业（系统）工会不计入",
            "上报数与记录在同一单位、同一时期重叠的，以上报数为准",
        ),
        reports=Reports.PERIOD,
    ),
    Indication(
        "T03",
        "家",
        _medium,
        rules=("经营状态为存续", _ORGANISED_RULE, _CLASS_RULE, "个体工商户不计入"),
        choices=(COVERAGE, _REMOVED),
        none="没有25人以上的非公企业",
    ),
    Indication(
        "T04",
        "家",
        _small,
        rules=(
            "经营状态为存续",
            "单独建会和被覆盖的企业合并计算，一家只计一次",
            _ORGANISED_RULE,
            _CLASS_RULE,
        ),
        none="没有25人以下的非公企业",
    ),
    Indication(
        "T12",
        "家",
        _large,
        rules=("国有、集体、非公企业都计入", "经营状态为存续", _ORGANISED_RULE, _CLASS_RULE),
        choices=(COVERAGE, _REMOVED),
        none="没有百人以上的企业",
    ),
    Indication(
        "T13",
        "家",
        _in_parks,
        rules=(
            "“在开发区（平台、园区）内”为是，或填有园区名称，或所在区域登记为开发区、产业平台、园区（或在其中）的企业",
            "国有、集体、非公企业都计入",
            "经营状态为存续",
            _ORGANISED_RULE,
            _CLASS_RULE,
        ),
        choices=(COVERAGE, _REMOVED),
        none="园区内没有50人以上的企业",
    ),
)

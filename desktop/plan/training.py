"""Training of union officers: rotation (T24) and initial training within a year of appointment (T25)."""

from __future__ import annotations

from desktop.plan.measures import (
    Circumstances,
    Indication,
    Measurement,
    Remark,
    among,
    at_least,
    between,
    filled,
    no,
    share,
    yes,
)
from desktop.store.queries.aggregates import Condition, Days, Tally

INITIAL_CATEGORIES = ("town_chair", "park_chair", "grassroots_chair", "social_worker")
"""Appointments that the plan asks initial training of."""


def _rotation(at: Circumstances) -> Measurement:
    hours = at.chosen["minimum_hours"]
    trained = filled("hours") if hours == "none" else at_least("hours", int(hours))
    unmatched = Tally("attendance", (yes("unmatched"),))
    this_year = between("year", at.as_of.year, at.as_of.year)
    return share(
        "officer",
        (yes("on_roster"), yes("one_record")),
        (trained,),
        (
            Remark("另有{count}人次的培训学员没有对上干部名册，没有计入", unmatched),
            Remark(
                "今年有{count}项培训计划的完成人数还没有到计划人数",
                Tally("training_plan", (this_year, yes("behind"))),
            ),
        ),
    )


def new_appointments(days: Days) -> tuple[Condition, ...]:
    """Appointments since the plan began that start a clock of one year."""
    return (
        between("started", days.plan_first, days.as_of),
        yes("new"),
        among("category", *INITIAL_CATEGORIES),
    )


def _initial(at: Circumstances) -> Measurement:
    base = (*new_appointments(at.days), yes("decided"))
    running = Tally(
        "appointment",
        (*new_appointments(at.days), no("decided"), no("over_before_due")),
    )
    return share(
        "appointment",
        base,
        (yes("in_time"),),
        (Remark("另有{count}个任职还在一年期内、尚未完成，到期前不计入", running),),
    )


INDICATIONS = (
    Indication(
        "T24",
        "人",
        _rotation,
        rules=(
            "统计日在册的工会干部，同一人几条记录、参加几个班次都只计一次，已离开的不计入",
            "2024年1月1日以后开班、统计日前结束，计入轮训、签到或考核合格的班次",
        ),
        none="没有在册的工会干部",
    ),
    Indication(
        "T25",
        "个",
        _initial,
        rules=(
            "2024年1月1日以后新任的镇街、开发区、基层工会主席和社工，一个任职计一次",
            "期限到任职一周年的同一天（含当天），2月29日任职的到次年2月28日",
            "任职满一年的和期内已完成的计入；不满一年已离任又没有完成的不计入",
        ),
        none="还没有任职满一年或者已完成培训的新任职",
    ),
)

"""Answers to supervision letters (T28): how many letters whose time to answer was over were answered in time.

Each letter has a period of its own, in working days or calendar days, so its last day is computed as the case page
does it and not in SQL.
"""

from __future__ import annotations

from typing import Final

from desktop.plan.measures import (
    Circumstances,
    Indication,
    Measurement,
    Remark,
    Verdicts,
    among,
    choice,
    filled,
    listed,
    share,
    yes,
)
from desktop.records.cells import as_day
from desktop.records.reckoning.working_days import WorkingDayTable
from desktop.records.supervision import LetterKind, letter_of
from desktop.records.supervision.clocks import last_day, reply_period
from desktop.store.queries import aggregates
from desktop.store.queries.aggregates import Days, Tally
from desktop.store.tables.database import Database

_IN_TIME: Final = "in_time"
_LATE: Final = "late"
_UNANSWERED: Final = "unanswered"
_WAITING: Final = "waiting"
_EARLY: Final = "early"
"""Answered before the last day, which is still to come."""
_UNKNOWN: Final = "unknown "
"""Before the year whose holidays are not known."""

_LETTER = (
    among("kind", LetterKind.REMINDER.value, LetterKind.OPINION.value),
    yes("issued"),
    filled("received_day"),
)
_FACTS = ("row", "kind", "title", "reply_days", "reply_day_kind", "received_day", "replied_day")


def _judge(database: Database, days: Days, holidays: WorkingDayTable) -> Verdicts:
    """What became of each letter that was received, as of the end of the day."""
    found: dict[str, list[int]] = {}
    for row, *cells in aggregates.facts_of(database, "case_document", _FACTS, _LETTER, days):
        found.setdefault(_verdict(cells, days, holidays), []).append(row)
    return {verdict: tuple(rows) for verdict, rows in found.items()}


def _verdict(cells: list[str | int | None], days: Days, holidays: WorkingDayTable) -> str:
    kind, title, reply_days, day_kind, received_day, replied_day = cells
    asked = {"kind": kind, "title_variant": title, "reply_days": reply_days, "reply_day_kind": day_kind}
    letter, received, replied = letter_of("", asked), as_day(received_day), as_day(replied_day)
    if letter is None or received is None:
        return _WAITING
    due, missing = last_day(received, *reply_period(letter), holidays)
    if missing is not None and missing <= days.as_of.year:
        return f"{_UNKNOWN}{missing}"
    # A period that reaches into an unknown year after the day is not over on the day, whatever its last day is.
    if due is None or due > days.as_of:
        return _WAITING if replied is None else _EARLY
    if replied is None:
        return _UNANSWERED
    return _IN_TIME if replied <= due else _LATE


def _replies(at: Circumstances) -> Measurement:
    due, hit = [_IN_TIME, _LATE, _UNANSWERED], [_IN_TIME, _EARLY]
    if at.reads("replies_of", "served"):
        due += [_WAITING, _EARLY]
    if at.reads("answered", "ever"):
        hit.append(_LATE)

    def of(*verdicts: str) -> Tally:
        return Tally("case_document", (*_LETTER, listed("row", _rows(at, *verdicts))))

    unknown = sorted(verdict for verdict in at.verdicts if verdict.startswith(_UNKNOWN))
    return share(
        "case_document",
        (*_LETTER, listed("row", _rows(at, *due))),
        (listed("row", _rows(at, *hit)),),
        (
            Remark("其中{count}份超过期限才答复", of(_LATE)),
            *(() if at.reads("replies_of", "served") else (Remark("另有{count}份期限还没有到", of(_WAITING, _EARLY)),)),
            *(
                Remark(
                    f"另有{{count}}份的期限要用{verdict.removeprefix(_UNKNOWN)}年的放假调休安排才能算，没有计入："
                    "请先导入这一年的安排",
                    of(verdict),
                )
                for verdict in unknown
            ),
        ),
    )  # fmt: skip


def _rows(at: Circumstances, *verdicts: str) -> list[int]:
    return [row for verdict in verdicts for row in at.verdicts.get(verdict, ())]


INDICATIONS = (
    Indication(
        "T28.replies",
        "份",
        _replies,
        rules=(
            "2024年1月1日以后签发、没有作废、对方已签收的提示函和意见书；建议书和拒收的不计",
            "期限从签收的第二天起算，意见书15个工作日，其他按文书里写的天数，期限最后一天当天答复也算按期",
        ),
        choices=(
            choice("replies_of", "回复率的分母", ("due", "答复期限已到的文书"), ("served", "全部已签收的文书")),
            choice("answered", "“已答复”", ("in_time", "期限内答复的"), ("ever", "统计日前答复的，超过期限的也算")),
        ),
        none="没有期限已到的提示函和意见书",
        judge=_judge,
    ),
)  # fmt: skip

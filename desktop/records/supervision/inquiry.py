"""Whether an investigation was made as 条例第十三条 and 第二十条 demand, so that an opinion letter may rest on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from desktop.records.cells import as_day, is_empty, text
from desktop.records.supervision.facts import CaseFile, Event
from desktop.records.supervision.kinds import EventKind, article
from desktop.records.supervision.reasons import Reason, forbidden
from desktop.records.typed.dates import day_words

ESTABLISHED: Final = "established"
NOT_ESTABLISHED: Final = "not_established"
_CERTIFICATE: Final = re.compile(r"\d{3,}")
"""A lent inspector is written as text; only one whose certificate number stands with the name counts."""


def heard_federations(event: Event) -> bool:
    """Whether organisations that speak for employers were heard in an investigation (条例第二十条第四款)."""
    return "employer_federations" in text(event.values, "investigation_ways").split()


def investigation_faults(file: CaseFile, event: Event) -> Iterator[Reason]:
    """What an investigation lacks: two certified inspectors, certificates shown, no interest."""
    named = [n for n in (text(event.values, "inspector_1"), text(event.values, "inspector_2")) if n]
    others = text(event.values, "other_inspectors")
    lent = bool(_CERTIFICATE.search(others))
    if len(set(named)) + lent < 2:
        missing = "，其他参加人要写明证号" if others and not lent else ""
        yield forbidden(
            f"{day_words(event.day)}的调查没有两名持证监督员{missing}", article(20),
            "请由两名以上监督员重新调查；只有一名的，可以请上一级工会派员参加。", event.id,
        )  # fmt: skip
    for inspector in dict.fromkeys(named):
        yield from _certificate_faults(file, event, inspector)
    if not event.values.get("certificates_shown"):
        yield forbidden(
            f"{day_words(event.day)}的调查没有登记出示监督员证",
            article(20),
            "调查时出示了的，请补登。",
            event.id,
        )
    if not _no_interest(file, event, named, others):
        yield forbidden(
            f"{day_words(event.day)}参加调查的监督员没有声明无利害关系", article(13),
            "请监督员声明；有利害关系的应当回避，换人重新调查。", event.id,
        )  # fmt: skip


def _certificate_faults(file: CaseFile, event: Event, inspector: str) -> Iterator[Reason]:
    held = file.inspectors.get(inspector)
    if held is None:
        yield forbidden("参加调查的监督员不在监督员名册里", article(12), "请先登记监督员和证号。", event.id)
        return
    name = text(held, "name")
    if is_empty(held.get("certificate_number")):
        yield forbidden(
            f"监督员{name}没有监督员证号", article(12), "请补登证号，或者换持证监督员。", event.id
        )
    until = as_day(held.get("certificate_valid_until"))
    if until is not None and until < event.day:
        yield forbidden(
            f"监督员{name}的监督员证在调查前已到期", article(12), "请由证件有效的监督员重新调查。", event.id
        )
    started, ended = as_day(held.get("started")), as_day(held.get("ended"))
    if (started is not None and event.day < started) or (ended is not None and event.day > ended):
        yield forbidden(
            f"调查那天不在监督员{name}的任期内",
            article(11),
            "请核对任期，或者由在任监督员重新调查。",
            event.id,
        )


def _no_interest(file: CaseFile, event: Event, named: list[str], others: str) -> bool:
    """Declared for this investigation, or once for the case by those who were assigned to it."""
    if event.values.get("recusal_declared"):
        return True
    assigned = {text(file.case, "inspector_1"), text(file.case, "inspector_2")}
    return bool(file.case.get("recusal_declared")) and set(named) <= assigned and not others


def established(file: CaseFile) -> tuple[Event | None, tuple[Reason, ...]]:
    """The investigation that a finding rests on, or why there is none.

    The newest lawful one that found the violation, unless a later one found that there is none (条例第十九条).
    """
    made = file.of(EventKind.INVESTIGATED)
    if not made:
        return None, (forbidden("还没有进行调查", article(21), "请先由两名以上持证监督员调查并登记。"),)
    faults: tuple[Reason, ...] = ()
    for event in reversed(made):
        found: tuple[Reason, ...]
        if event.result == NOT_ESTABLISHED:
            return None, (
                forbidden("最近一次调查认为问题不成立，应当向劳动者说明", article(19), "", event.id),
            )
        if event.result != ESTABLISHED:
            found = (
                forbidden(
                    f"{day_words(event.day)}的调查没有登记问题成立还是不成立",
                    article(21),
                    "请补填调查结果。",
                    event.id,
                ),
            )
        else:
            found = tuple(investigation_faults(file, event))
        if not found:
            return event, ()
        faults = faults or found
    return None, faults

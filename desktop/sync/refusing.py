"""What this station has refused becomes an item of its own, so that all levels judge alike (rule 14)."""

from __future__ import annotations

from desktop import __version__
from desktop.records.canonical import Cell
from desktop.records.deciding import EXCLUSION
from desktop.records.item_outcomes import REASONS
from desktop.records.spans import spans_of
from desktop.store import aside
from desktop.store.ledger import Ledger, NewRecord
from desktop.sync import exclusions, station
from desktop.sync.exclusions import Item, Named, Origin
from desktop.sync.judging import Judge
from desktop.sync.policy import REFUSED

_LABEL = 60


def state_refusals(ledger: Ledger, judge: Judge, operator: str) -> None:
    """Writes what was refused of stations below and not stated yet, inside the caller's transaction.

    The author's own ledger lets them count no longer when it hears of it, and keeps the words.
    """
    if not station.own_chain(ledger):
        return
    found: dict[str, dict[Origin, list[int]]] = {}
    stated: list[tuple[int, int]] = []
    for away in aside.refused(ledger.database, excluded=False):
        origin, item = (away.station, away.incarnation), Item(away.stamp, away.type, away.unit)
        if judge.policy.out(origin, {away.number: item}):
            # Another level has said so already.
            stated.append((away.origin, away.number))
        elif judge.policy.known.is_above(away.station, item.unit):
            found.setdefault(away.reason, {}).setdefault(origin, []).append(away.number)
            stated.append((away.origin, away.number))
    unit, day = ledger.meta("unit_id") or "", ledger.environment.today().isoformat()
    births = [
        NewRecord(EXCLUSION, "", unit, _cells(reason, text) | {"excluded": day})
        for reason, items in found.items()
        for text in exclusions.write({origin: Named(spans_of(numbers)) for origin, numbers in items.items()})
    ]
    if births:
        ledger.write("登记不收的内容", operator, births=births)
    aside.note_excluded(ledger.database, stated)


def _cells(reason: str, items: str) -> dict[str, Cell]:
    return {
        "label": f"不收：{REASONS.get(reason, reason)}"[:_LABEL],
        "cause": REFUSED,
        "refusal": reason,
        "program": __version__,
        "items": items,
    }

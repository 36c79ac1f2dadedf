"""What this station has refused becomes an item of its own, so that all levels judge alike (rule 14)."""

from __future__ import annotations

from desktop import __version__
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import ERASURE, EXCLUSION
from desktop.records.versions.item_outcomes import REASONS
from desktop.records.versions.stamped import Spans
from desktop.store.ledger import Ledger, NewRecord
from desktop.store.merging import aside
from desktop.sync.authority import exclusions, station
from desktop.sync.authority.excluding import REFUSED
from desktop.sync.authority.exclusions import Item, Named, Origin
from desktop.sync.authority.judging import Judge

_LABEL = 60


def state_refusals(ledger: Ledger, judge: Judge, operator: str) -> None:
    """Writes what was refused of stations below and not stated yet, inside the caller's transaction.

    The author's own ledger lets them count no longer when it hears of it, and keeps the words.
    """
    if not station.own_chain(ledger):
        return
    found: dict[str, dict[Origin, Spans]] = {}
    stated: dict[int, Spans] = {}
    above: dict[tuple[str, str], bool] = {}
    for piece in aside.refused(ledger.database, excluded=False):
        origin = piece[0].station, piece[0].incarnation
        for away in piece:
            if away.type == ERASURE:
                # Nobody's word takes one out (rule 12), so it would be judged, refused and stated again for ever.
                continue
            under = away.station, away.unit
            # Another level may have said so already.
            said = judge.policy.out(origin, {away.number: Item(away.stamp, away.type, away.unit)})
            if not said and under not in above:
                above[under] = judge.policy.known.is_above(*under)
            if not said and above[under]:
                spans = found.setdefault(away.reason, {}).setdefault(origin, Spans())
                spans.add([(away.number, away.number)])
            if said or above[under]:
                stated.setdefault(away.origin, Spans()).add([(away.number, away.number)])
    unit, day = ledger.meta("unit_id") or "", ledger.environment.today().isoformat()
    births = [
        NewRecord(EXCLUSION, "", unit, _cells(reason, text) | {"excluded": day})
        for reason, items in found.items()
        for text in exclusions.write({origin: Named(spans) for origin, spans in items.items()})
    ]
    if births:
        ledger.write("登记不收的内容", operator, births=births)
    for ref, spans in stated.items():
        aside.note_excluded(ledger.database, ref, spans)


def _cells(reason: str, items: str) -> dict[str, Cell]:
    return {
        "label": f"不收：{REASONS.get(reason, reason)}"[:_LABEL],
        "cause": REFUSED,
        "refusal": reason,
        "program": __version__,
        "items": items,
    }

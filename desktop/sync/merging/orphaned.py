"""What a lost root had let not count is said once more by those below who have accepted another root.

Its words end with it: nobody is left who could confirm them, and the new root has never heard of them. So what it had
rolled back would count again without anybody having said so, and a computer that it had put out of use would be in use.
Each station says that in its own name of whom it stands above, as it could have said it itself; what had been said of
its own items ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from desktop.records.versions.canonical import MAX_NUMBER, Cell
from desktop.records.versions.deciding import EXCLUSION, REVOCATION
from desktop.records.versions.item_outcomes import REFUSED_SUPERIOR
from desktop.records.versions.stamped import Stamped
from desktop.store.ledger import Ledger, NewRecord
from desktop.store.merging import aside
from desktop.sync.authority import exclusions, station
from desktop.sync.authority.excluding import said_once_more
from desktop.sync.authority.exclusions import Item, Named, Origin, one_by_one
from desktop.sync.authority.policy import Policy
from desktop.sync.authority.reach import Reach
from desktop.sync.signed.identity import StationKeys

_LABEL = "原来的最上级定的，换了以后仍不计入"
_REVOKED = "原来的最上级停用的工作电脑"


def say_again(ledger: Ledger, keys: StationKeys, before: Policy, operator: str) -> bool:
    """After another root was accepted, and before anything is let count again for that; whether there was anything.

    ``before`` is what was in force until then. Inside the caller's transaction. Raises ``WrongClock``.
    """
    births = [*_revocations(ledger, before, station.knowledge(ledger, keys).policy)]
    if births:
        ledger.write(_REVOKED, operator, births=births)
    found = _exclusions(ledger, before, station.knowledge(ledger, keys).policy)
    excluded = [
        _birth(ledger, EXCLUSION, _LABEL, "excluded", {"cause": cause, "refusal": refusal, "items": text})
        for reason, items in found.items()
        for cause, refusal in [said_once_more(reason)]
        for text in exclusions.write({origin: Named((), contents) for origin, contents in items.items()})
    ]
    if excluded:
        ledger.write(_LABEL, operator, births=excluded)
    return bool(births or excluded)


def _revocations(ledger: Ledger, before: Policy, now: Policy) -> Iterator[NewRecord]:
    """Of the computers that are out of use no more, those of which this station may say it."""
    for name, several in before.revocations.items():
        if name in now.revocations or not now.known.may_revoke(ledger.station, name):
            continue
        # An incarnation that a grant had let in since counts on.
        cuts = {incarnation: min(last, MAX_NUMBER) for incarnation, last in several[0].cuts.items()}
        words = exclusions.write_cuts(cuts, several[0].kept)
        yield _birth(ledger, REVOCATION, _REVOKED, "revoked", {"station": name, "cuts": words or None})


def _exclusions(ledger: Ledger, before: Policy, now: Policy) -> dict[str, dict[Origin, Stamped]]:
    """The items that would count again and that this station may let not count, by the reason why they did not."""
    found: dict[str, dict[Origin, Stamped]] = {}
    own, reaches = now.known.own, dict[str, Reach]()
    if own is None:
        return found
    for piece in aside.refused(ledger.database, excluded=True):
        origin = piece[0].station, piece[0].incarnation
        reach = reaches.setdefault(origin[0], Reach(now.known, own, origin[0]))
        for asked in one_by_one((i.number, Item(i.stamp, i.type, i.unit)) for i in piece):
            out = now.out(origin, asked)
            for n, reason in before.out(origin, asked).items():
                if n not in out and reason != REFUSED_SUPERIOR and reach.holds(asked[n].unit):
                    contents = found.setdefault(reason, {}).setdefault(origin, Stamped())
                    contents.add([(n, asked[n].stamp)])
    return found


def _birth(ledger: Ledger, type_name: str, label: str, day: str, cells: dict[str, Cell]) -> NewRecord:
    said = {"label": label, day: ledger.environment.today().isoformat(), **cells}
    return NewRecord(type_name, "", ledger.meta("unit_id") or "", said)

"""Rules on meetings, staff congresses, votes and training; the arithmetic stands in ``records.reckoning.congress``."""

from __future__ import annotations

from desktop.records.checks.base import Asked, Failure, rule
from desktop.records.reckoning import congress

_DELEGATES = "congress"
_ASSEMBLY = "assembly"


def _short_of_quorum(present: int, expected: int) -> Failure | None:
    if expected < 1 or congress.has_quorum(present, expected):
        return None
    return {"present": present, "expected": expected, "least": congress.quorum(expected)}


@rule
def meeting_quorum(asked: Asked) -> Failure | None:
    """A meeting of one of ``kinds`` (first field) is attended by two thirds (present, expected)."""
    found = asked.filled()
    if found is None or found[0] not in asked.arguments["kinds"]:
        return None
    return _short_of_quorum(found[1], found[2])


@rule
def congress_quorum(asked: Asked) -> Failure | None:
    """Two thirds of all delegates (present, expected) attend (条例第十五条)."""
    found = asked.filled()
    return None if found is None else _short_of_quorum(found[0], found[1])


@rule
def congress_delegates(asked: Asked) -> Failure | None:
    """A congress (kind, delegates, staff) has the least number of delegates (条例第十条)."""
    found = asked.filled()
    if found is None or found[0] != _DELEGATES or found[2] < 1:
        return None
    least = congress.min_delegates(found[2])
    return None if found[1] >= least else {"staff": found[2], "delegates": found[1], "least": least}


@rule
def assembly_size(asked: Asked) -> Failure | None:
    """An assembly of all staff (kind, staff) is held below a hundred (条例第七条)."""
    found = asked.filled()
    if found is None or found[0] != _ASSEMBLY or congress.may_hold_assembly(found[1]):
        return None
    return {"staff": found[1]}


@rule
def assembly_of_all(asked: Asked) -> Failure | None:
    """To an assembly (kind, expected, staff) all staff are expected."""
    found = asked.filled()
    if found is None or found[0] != _ASSEMBLY or found[1] == found[2]:
        return None
    return {"delegates": found[1], "staff": found[2]}


@rule
def congress_managers(asked: Asked) -> Failure | None:
    """Middle and senior managers (managers, delegates) are at most one fifth (条例第十一条)."""
    found = asked.filled()
    if found is None or congress.managers_within_limit(found[0], found[1]):
        return None
    return {"managers": found[0], "most": congress.most_managers(found[1])}


@rule
def congress_women(asked: Asked) -> Failure | None:
    """Women's share (women delegates, delegates, women, staff) is at least that among the staff (条例第十一条)."""
    found = asked.filled()
    if found is None or not 0 <= found[2] <= found[3] or found[3] < 1:
        return None
    if congress.women_ratio_met(found[0], found[1], found[2], found[3]):
        return None
    return {"women": found[0], "least": congress.least_women(found[1], found[2], found[3])}


@rule
def vote_tally(asked: Asked) -> Failure | None:
    """Votes for, against, abstained and invalid (none if not told) add up to those returned (last field)."""
    *votes, invalid, returned = asked.cells()
    if returned is None or any(v is None for v in votes):
        return None
    total = sum(votes) + (invalid or 0)
    return None if total == returned else {"sum": total, "total": returned}


@rule
def valid_votes(asked: Asked) -> Failure | None:
    """Valid and invalid votes (none if not told) add up to those returned."""
    valid, invalid, returned = asked.cells()
    if valid is None or returned is None or valid + (invalid or 0) == returned:
        return None
    return {"sum": valid + (invalid or 0), "total": returned}


@rule
def secret_ballot(asked: Asked) -> Failure | None:
    """What is voted on (method, needs a vote) is voted on in secret (条例第十五条)."""
    method, needs_vote = asked.cells()
    return {} if needs_vote and method is not None and method != "secret" else None


@rule
def motion_carried(asked: Asked) -> Failure | None:
    """A resolution (first field) rests on a majority (in favour, all delegates) of **all** delegates (条例第十五条)."""
    found = asked.filled()
    if found is None or congress.passes(found[1], found[2]):
        return None
    return {"approve": found[1], "expected": found[2], "least": congress.votes_needed(found[2])}


@rule
def initial_counts(asked: Asked) -> Failure | None:
    """A course for the newly appointed (category, counted) is counted as initial training."""
    category, counted = asked.cells()
    return {} if category == "initial" and not counted else None

"""The order of law for supervision cases (劳动法律监督): pure functions from recorded events to state and decisions.

``kinds`` names steps, letters and stages, ``facts`` holds a case, ``clocks`` its periods, ``inquiry`` and ``grounds``
what letters rest on, ``powers`` says who issues besides the district, ``issuing`` decides on letters, ``order`` finds
contradictions, ``state`` sums up, ``wording`` judges what a letter says, ``numbering`` gives numbers their form.
"""

from desktop.records.supervision.clocks import Bound, Clock, running, waiting_for
from desktop.records.supervision.facts import CaseFile, Event, Issuer, Letter, case_file, event_of, letter_of
from desktop.records.supervision.issuing import Decision, may_issue, route_of
from desktop.records.supervision.kinds import EventKind, Ground, LetterKind, Route, Stage, Title
from desktop.records.supervision.order import contradictions
from desktop.records.supervision.posts import signed_by_chair
from desktop.records.supervision.powers import REGISTER_LEVELS, Power, as_issued, is_past, power_of
from desktop.records.supervision.reasons import Reason, Weight
from desktop.records.supervision.state import CaseState, NextStep, chronicle, state_of

__all__ = [
    "REGISTER_LEVELS",
    "Bound",
    "CaseFile",
    "CaseState",
    "Clock",
    "Decision",
    "Event",
    "EventKind",
    "Ground",
    "Issuer",
    "Letter",
    "LetterKind",
    "NextStep",
    "Power",
    "Reason",
    "Route",
    "Stage",
    "Title",
    "Weight",
    "as_issued",
    "case_file",
    "chronicle",
    "contradictions",
    "event_of",
    "is_past",
    "letter_of",
    "may_issue",
    "power_of",
    "route_of",
    "running",
    "signed_by_chair",
    "state_of",
    "waiting_for",
]

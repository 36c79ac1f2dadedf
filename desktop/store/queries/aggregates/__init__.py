"""Counts and lists of records by facts as of a day: what indicators and work lists are added up from.

:mod:`.facts` says what is computed for each record, :mod:`.tallies` counts and lists, :mod:`.ranking` puts records in
the order of what speaks for them, :mod:`.letters` says which letters count as none and what each was issued as,
:mod:`.assessed` tells what is known of one union, :mod:`.outbox` looks at what is on its way to other stations,
:mod:`.moment` keeps several statements together.
"""

from desktop.store.queries.aggregates.assessed import figures_of_union
from desktop.store.queries.aggregates.letters import Uncounted, issued_as, uncounted
from desktop.store.queries.aggregates.moment import snapshot, version
from desktop.store.queries.aggregates.outbox import (
    Unsent,
    open_conflicts,
    receipts_due,
    stations_covered,
    unsent,
)
from desktop.store.queries.aggregates.ranking import Ranked, Reason, ranked
from desktop.store.queries.aggregates.tallies import (
    Condition,
    Days,
    Question,
    Selection,
    Span,
    Tally,
    count_by_unit,
    facts_of,
    record_ids,
    row_numbers,
)

__all__ = [
    "Condition",
    "Days",
    "Question",
    "Ranked",
    "Reason",
    "Selection",
    "Span",
    "Tally",
    "Uncounted",
    "Unsent",
    "count_by_unit",
    "facts_of",
    "figures_of_union",
    "issued_as",
    "open_conflicts",
    "ranked",
    "receipts_due",
    "record_ids",
    "row_numbers",
    "snapshot",
    "stations_covered",
    "uncounted",
    "unsent",
    "version",
]

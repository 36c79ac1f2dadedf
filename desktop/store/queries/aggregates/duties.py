"""Facts of what has a day by which it is to be done: contracts, decisions, letters, notices, cleaning, assessments."""

from __future__ import annotations

from desktop.store.queries.aggregates.expressions import Facts

_CONTRACT = Facts(
    "collective_contract",
    {
        "kind": "r.kind",
        "signed": "r.signed_date",
        "enterprises": "r.enterprise_count",
        "filed": "r.filed_date",
        "effective": "coalesce(r.effective_date,"
        " CASE WHEN r.objection IS NULL THEN date(r.filed_date, '+15 days') END)",
        "published": "r.published_date",
        "ends": "r.ended",
        "running": "coalesce(r.ended, :as_of) >= :as_of",
        "renewed": """EXISTS (SELECT 1 FROM r_collective_contract n WHERE n.enterprise = r.enterprise
        AND n._life <> 1 AND n.kind = r.kind AND n.offer_date > coalesce(r.signed_date, r.offer_date)
        AND n.offer_date <= :as_of)""",
    },
)
"""A contract counts as in force fifteen days after it was filed, where nothing else is recorded (条例第三十四条)."""

_DECISION = Facts("resolution_item", {"due": "r.due_date", "done": "r.done_date"})

_MAILBOX = Facts("mailbox_letter", {"received": "r.received_date", "answered": "r.answered_date"})

_NOTICE = Facts(
    "accountability_notice",
    {
        "due": """CASE WHEN r.result = 'done' THEN NULL WHEN r.next_check_date IS NOT NULL THEN r.next_check_date
        WHEN r.answered_date IS NULL THEN r.due_date END"""
    },
)

_BATCH = Facts("cleaning_batch", {"due": "r.due_date", "finished": "r.finished"})

_ASSESSMENT = Facts(
    "assessment",
    {
        "year": "r.year",
        "decided": "coalesce(r.district_date, r.grade, CAST(r.meets_standard AS TEXT))",
    },
)

_DAYS = (
    Facts("meeting", {"day": "r.started_date"}),
    Facts("congress", {"day": "r.started_date"}),
    Facts("course", {"day": "r.started_date"}),
    Facts("case", {"day": "coalesce(r.registered_date, r.received_date)"}),
    Facts("volunteer_activity", {"day": "r.activity_date"}),
    Facts("pairing_activity", {"day": "r.activity_date"}),
)
"""What is only asked when it was."""

DUTIES = (_CONTRACT, _DECISION, _MAILBOX, _NOTICE, _BATCH, _ASSESSMENT, *_DAYS)

"""What is computed for each officer, appointment, attendance and plan of training, as of a day."""

from __future__ import annotations

from desktop.store.queries.aggregates.expressions import Facts, doubles, first_by

_PERSON = "coalesce(nullif(o.id_number, ''), o.id)"
ATTENDED = (
    "(a.result = 'passed' OR a.result IS NULL AND (a.half_days IS NOT NULL OR CAST(a.hours AS REAL) > 0))"
)
COURSE_DAY = "coalesce(c.ended_date, c.started_date)"
ROTATION = "coalesce(a.counts_for_rotation, c.counts_for_rotation, 1)"
_INITIAL = "coalesce(a.counts_for_initial, c.counts_for_initial OR c.category = 'initial', 0)"
ON_ROSTER = (
    "(coalesce({0}.service_started, '') <= :as_of"
    " AND ({0}.service_ended IS NULL OR {0}.service_ended > :as_of))"
)

_OFFICER = Facts(
    "officer",
    {
        "on_roster": ON_ROSTER.format("r"),
        "one_record": first_by("by_roster"),
        "hours": "training.hours",
    },
    {
        "training": f"""(SELECT {_PERSON} AS person,
        max(coalesce(CAST(coalesce(a.hours, c.hours) AS REAL), 0)) AS hours
        FROM r_officer o CROSS JOIN r_attendance a ON a.officer = o.id JOIN r_course c ON c.id = a.course
        WHERE a._life <> 1 AND c._life <> 1 AND o._life <> 1 AND {ROTATION} AND {ATTENDED}
        AND c.started_date >= :plan_first AND {COURSE_DAY} <= :plan_until GROUP BY 1) training
        ON training.person = {_PERSON.replace("o.", "r.")}"""
    },
    doubles("r_officer", by_roster=f"{ON_ROSTER.format('s')} DESC"),
)

_DUE = """CASE WHEN substr(r.started, 6) = '02-29' THEN (substr(r.started, 1, 4) + 1) || '-02-28'
    ELSE (substr(r.started, 1, 4) + 1) || substr(r.started, 5) END"""
"""The anniversary of an appointment, as :func:`desktop.records.reckoning.periods.years_later` has it."""

_POSTS = """SELECT p.id, p.started, p.officer FROM r_appointment p WHERE p._life <> 1
    UNION ALL SELECT p.id, p.started, o.id FROM r_appointment p JOIN r_officer h ON h.id = p.officer
    JOIN r_officer o ON o.id_number = h.id_number AND o.id <> h.id
    WHERE p._life <> 1 AND h._life <> 1 AND o._life <> 1 AND h.id_number <> ''"""
"""Appointments with every roster line of their holder: training counts for the person, whichever line it is on."""

_APPOINTMENT = Facts(
    "appointment",
    {
        "started": "r.started",
        "category": "r.category",
        "new": "coalesce(r.newly_appointed, 1)",
        "due": f"({_DUE})",
        "over_before_due": f"coalesce(r.ended < {_DUE}, 0)",
        "holding": "(r.ended IS NULL OR r.ended > :as_of)",
        "trained": "initial.day",
        "in_time": f"coalesce(initial.day <= {_DUE}, 0)",
        "overdue": f"coalesce({_DUE} < :as_of AND initial.day IS NULL, 0)",
        "decided": f"(coalesce(initial.day <= {_DUE}, 0)"
        f" OR coalesce({_DUE} < :as_of AND coalesce(r.ended >= {_DUE}, 1), 0))",
    },
    {
        "initial": f"""(SELECT p.id, min({COURSE_DAY}) AS day FROM ({_POSTS}) p
        JOIN r_attendance a ON a.officer = p.officer JOIN r_course c ON c.id = a.course
        WHERE a._life <> 1 AND c._life <> 1 AND {_INITIAL} AND {ATTENDED}
        AND {COURSE_DAY} BETWEEN p.started AND :as_of GROUP BY p.id) initial ON initial.id = r.id"""
    },
)

_ATTENDANCE = Facts(
    "attendance",
    {
        "unmatched": f"""r.officer IS NULL AND {ATTENDED.replace("a.", "r.")}
        AND r.course IN (SELECT c.id FROM r_course c WHERE c._life <> 1 AND c.started_date >= :plan_first
        AND {COURSE_DAY} <= :plan_until)""",
    },
)

_TRAINING_PLAN = Facts(
    "training_plan",
    {"year": "r.year", "behind": "coalesce(done.people, 0) < coalesce(r.planned_count, 0)"},
    {
        "done": f"""(SELECT c.training_plan AS plan, count(DISTINCT coalesce(a.officer, a.id)) AS people
        FROM r_course c CROSS JOIN r_attendance a ON a.course = c.id WHERE c.training_plan IS NOT NULL
        AND c._life <> 1 AND a._life <> 1 AND {ATTENDED} AND {COURSE_DAY} <= :as_of GROUP BY 1) done
        ON done.plan = r.id"""
    },
)

TRAINING = (_OFFICER, _APPOINTMENT, _ATTENDANCE, _TRAINING_PLAN)

"""What is computed for each record of a type as of a day, so that it can be counted: one SQL expression a fact.

Parameters: ``:as_of``, and the first day of the plan and the last one that counts, ``:plan_first`` and
``:plan_until``. In an expression ``r`` is the record; other aliases are joins, which are made only when used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from desktop.records.types import catalogue
from desktop.store.columns import quoted


@dataclass(frozen=True)
class Facts:
    """The facts of one record type: expressions by name, and the joins that they use by alias."""

    type: str
    columns: Mapping[str, str]
    joins: Mapping[str, str] = field(default_factory=dict)

    def joins_for(self, expressions: Iterable[str]) -> list[str]:
        """The joins whose aliases these expressions name."""
        used = set(re.findall(r"\b([a-z_]+)\.", " ".join(expressions)))
        return [f"LEFT JOIN {join}" for alias, join in self.joins.items() if alias in used]


def _ended(union: str) -> str:
    """Whether a union was revoked or deregistered by the day; without a date it is over."""
    return (
        f"(coalesce({union}.status, 'normal') IN ('revoked', 'deregistered')"
        f" AND coalesce({union}.status_date, '') <= :as_of)"
    )


def _standing(union: str) -> str:
    """Whether a union existed on the day: founded by then, and not over."""
    return (
        f"(coalesce({union}.status, 'normal') <> 'preparing'"
        f" AND coalesce({union}.approval_date, {union}.established_date, '') <= :as_of AND NOT {_ended(union)})"
    )


def _member(person: str) -> str:
    """Whether somebody was a member on the day: not struck off, left or transferred out by then."""
    return (
        f"(coalesce({person}.first_admission_date, '') <= :as_of"
        f" AND NOT (coalesce({person}.membership_change, '1') IN ('4', '5', '6')"
        f" AND coalesce({person}.membership_change_date, '') <= :as_of))"
    )


def _entered(record: str) -> str:
    """Whether a record stood in the national system on the day."""
    return f"coalesce({record}.national_entry_date <= :as_of, 0)"


def _only_one(table: str, better: str) -> str:
    """Whether no other living record of the same person goes before this one; few ids stand twice."""
    return (
        f"(coalesce(r.id_number NOT IN (SELECT id_number FROM {table} WHERE id_number <> ''"
        f" GROUP BY id_number HAVING count(*) > 1), 1)"
        f" OR NOT EXISTS (SELECT 1 FROM {table} o WHERE o.id_number = r.id_number AND o._life <> 1"
        f" AND o.id <> r.id AND {better}))"
    )


# Enterprises

_CLASS = """coalesce(r.sector, CASE
    WHEN r.ownership IN ('state_owned', 'wholly_state_owned', 'state_controlled') THEN 'state_owned'
    WHEN r.ownership IN ('private', 'hmt_invested', 'foreign_invested') THEN 'non_public'
    WHEN r.ownership IN ('funded_institution', 'other_institution') THEN 'institution'
    WHEN r.ownership IN ('collective', 'organ', 'individual') THEN r.ownership
    WHEN r.ownership IN ('social_organisation', 'private_non_enterprise', 'foundation') THEN 'social_organisation'
    WHEN substr(r.uscc, 1, 2) = '11' THEN 'organ'
    WHEN substr(r.uscc, 1, 2) = '12' THEN 'institution'
    WHEN substr(r.uscc, 1, 1) = '5' THEN 'social_organisation'
    WHEN substr(r.uscc, 1, 2) = '92' THEN 'individual'
    WHEN substr(r.uscc, 1, 2) = '91' THEN 'enterprise'
    ELSE 'unknown' END)"""

_ORGANISED = """CASE
    WHEN own.standing THEN 'own'
    WHEN own.enterprise IS NULL AND r.union_state = 'Y' AND coalesce(r.union_state_date, '') <= :as_of THEN 'own'
    WHEN cover.enterprise IS NOT NULL THEN 'covered'
    ELSE '' END"""
"""An own union's record decides; the typed state speaks only where there is none."""

_OWN = f"""(SELECT u.enterprise, max({_standing("u")}) AS standing, max(u.member_count) AS members FROM r_union u
    WHERE u._life <> 1 AND u.enterprise IS NOT NULL AND coalesce(u.status, 'normal') <> 'preparing'
    GROUP BY u.enterprise) own ON own.enterprise = r.id"""

_COVER = f"""(SELECT c.enterprise, max(c.member_count) AS members FROM r_coverage c
    LEFT JOIN r_union u ON u.id = c."union" WHERE c._life <> 1 AND c.enterprise IS NOT NULL
    AND coalesce(c.started, '') <= :as_of AND coalesce(c.ended, :as_of) >= :as_of
    AND (u.id IS NULL OR u._life <> 1 AND {_standing("u")}) GROUP BY c.enterprise) cover
    ON cover.enterprise = r.id"""

_CONGRESS = """(SELECT coalesce(c.enterprise, u.enterprise) AS enterprise, max(c.started_date) AS day,
    max(CASE WHEN c.evidence IS NOT NULL THEN c.started_date END) AS proven FROM r_congress c
    LEFT JOIN r_union u ON u.id = c."union" WHERE c._life <> 1 AND c.started_date <= :as_of
    AND coalesce(c.kind, 'congress') IN ('congress', 'assembly', 'school') AND c.expected_count > 0
    AND c.present_count * 3 >= c.expected_count * 2 AND c.present_count <= c.expected_count GROUP BY 1) congress
    ON congress.enterprise = r.id"""
"""Valid sessions of the employer itself: two thirds of all delegates came (条例第十五条)."""

_TALKS = """(SELECT coalesce(m.enterprise, u.enterprise) AS enterprise, max(m.started_date) AS day,
    max(CASE WHEN m.evidence IS NOT NULL THEN m.started_date END) AS proven FROM r_meeting m
    LEFT JOIN r_union u ON u.id = m."union" WHERE m._life <> 1 AND m.started_date <= :as_of
    AND m.kind IN ('candid_talk', 'deliberation', 'manager_mailbox') GROUP BY 1) talks ON talks.enterprise = r.id"""

_LAPSED = f"{_CLASS} = 'state_owned' AND congress.{{}} <= date(:as_of, '-6 months')"
"""Whether a state-owned employer's last session is more than half a year old."""

_ENTERPRISE = Facts(
    "enterprise",
    {
        "class": _CLASS,
        "status": "coalesce(r.status, 'active')",
        "removed": "coalesce(r.verification, '') = 'removed'",
        "insured": "r.insured_staff",
        "tax": "r.taxed_staff",
        "survey": "r.surveyed_staff",
        "members": "max(coalesce(roll.members, 0), coalesce(own.members, 0), coalesce(cover.members, 0))",
        "in_park": "coalesce(r.in_park, r.park IS NOT NULL)",
        "organised": _ORGANISED,
        "own_union": "coalesce(own.standing, 0)",
        "union_ended": "coalesce(own.standing = 0, 0)",
        "typed_state": "coalesce(r.union_state, '')",
        "congress_day": "congress.day",
        "congress_proven": "congress.proven",
        "congress_day_half_yearly": f"CASE WHEN {_LAPSED.format('day')} THEN NULL ELSE congress.day END",
        "congress_proven_half_yearly": f"CASE WHEN {_LAPSED.format('proven')} THEN NULL ELSE congress.proven END",
        "democracy_day": "max(coalesce(congress.day, ''), coalesce(talks.day, ''))",
        "democracy_proven": "max(coalesce(congress.proven, ''), coalesce(talks.proven, ''))",
        "visited": "visits.day",
    },
    {
        "own": _OWN,
        "cover": _COVER,
        "congress": _CONGRESS,
        "talks": _TALKS,
        "visits": "(SELECT v.enterprise, max(v.visit_date) AS day FROM r_visit v WHERE v._life <> 1"
        " AND v.visit_date <= :as_of GROUP BY v.enterprise) visits ON visits.enterprise = r.id",
        "roll": f"(SELECT m.enterprise, count(*) AS members FROM r_member m WHERE m._life <> 1 AND {_member('m')}"
        " AND m.enterprise IS NOT NULL GROUP BY m.enterprise) roll ON roll.enterprise = r.id",
    },
)

_VISIT = Facts(
    "visit",
    {
        "promised": "r.follow_up_date",
        "followed": "EXISTS (SELECT 1 FROM r_visit o WHERE o.enterprise = r.enterprise AND o._life <> 1"
        " AND o.visit_date > r.visit_date AND o.visit_date <= :as_of)",
    },
)

# Unions

_UNION = Facts(
    "union",
    {
        "day": "r.approval_date",
        "established": "r.established_date",
        "founding": "coalesce(r.founding_kind, 'new')",
        "grassroots": "coalesce(r.kind, 'independent') NOT IN ('general', 'industrial')",
        "standing": _standing("r"),
        "ended": "CASE WHEN r.status IN ('revoked', 'deregistered') THEN r.status_date END",
        "entered": _entered("r"),
        "entry_days": "max(0, julianday(r.national_entry_date) - julianday(r.approval_date))",
        "members": "coalesce(r.member_count, roll.members, 0)",
        "on_roll": "coalesce(roll.members, 0)",
        "not_entered": "coalesce(roll.members - roll.entered, 0)",
        "election_due": "coalesce(r.next_election_due, r.term_ended)",
    },
    {
        "roll": f'(SELECT m."union" AS id, count(*) AS members, sum({_entered("m")}) AS entered FROM r_member m'
        f' WHERE m._life <> 1 AND m."union" IS NOT NULL AND {_member("m")} GROUP BY m."union") roll ON roll.id = r.id'
    },
)

# Members


def _complete() -> str:
    """Whether everything is filled that the declaration asks of a complete record."""
    needed = (quoted(f.name) for f in catalogue()["member"].fields if f.needed)
    return "(" + " AND ".join(f"r.{name} IS NOT NULL" for name in needed) + ")"


_MEMBER = Facts(
    "member",
    {
        "day": "r.first_admission_date",
        "arrived": "(coalesce(r.admission_kind, CASE r.membership_change WHEN '2' THEN 'transferred_in' END, '')"
        " = 'transferred_in')",
        "arrived_on": "coalesce(r.membership_change_date, r.first_admission_date)",
        "left_on": "CASE WHEN r.membership_change IN ('5', '6') THEN r.membership_change_date END",
        "member": _member("r"),
        "entered": _entered("r"),
        "complete": _complete(),
        "first_record": _only_one(
            "r_member",
            "(coalesce(o.first_admission_date, '9'), o.id) < (coalesce(r.first_admission_date, '9'), r.id)",
        ),
        "one_record": _only_one(
            "r_member",
            f"{_member('o')} AND ({_entered('r')}, o.id) < ({_entered('o')}, r.id)",
        ),
    },
)

# Training

_PERSON = "coalesce(nullif(o.id_number, ''), o.id)"
_ATTENDED = (
    "coalesce(a.result, '') <> 'failed' AND (a.result = 'passed' OR a.half_days IS NOT NULL"
    " OR CAST(a.hours AS REAL) > 0)"
)
_COURSE_DAY = "coalesce(c.ended_date, c.started_date)"
_ROTATION = "coalesce(a.counts_for_rotation, c.counts_for_rotation, 1)"
_INITIAL = "coalesce(a.counts_for_initial, c.counts_for_initial OR c.category = 'initial', 0)"
_ON_ROSTER = "(coalesce({0}.service_started, '') <= :as_of AND ({0}.service_ended IS NULL OR {0}.service_ended > :as_of))"

_OFFICER = Facts(
    "officer",
    {
        "on_roster": _ON_ROSTER.format("r"),
        "one_record": _only_one("r_officer", f"{_ON_ROSTER.format('o')} AND o.id < r.id"),
        "hours": "training.hours",
    },
    {
        "training": f"""(SELECT {_PERSON} AS person,
        max(coalesce(CAST(coalesce(a.hours, c.hours) AS REAL), 0)) AS hours
        FROM r_attendance a JOIN r_course c ON c.id = a.course JOIN r_officer o ON o.id = a.officer
        WHERE a._life <> 1 AND c._life <> 1 AND o._life <> 1 AND {_ROTATION} AND {_ATTENDED}
        AND c.started_date >= :plan_first AND {_COURSE_DAY} <= :plan_until GROUP BY 1) training
        ON training.person = {_PERSON.replace("o.", "r.")}"""
    },
)

_DUE = """CASE WHEN substr(r.started, 6) = '02-29' THEN (substr(r.started, 1, 4) + 1) || '-02-28'
    ELSE (substr(r.started, 1, 4) + 1) || substr(r.started, 5) END"""
"""The anniversary of an appointment, as :func:`desktop.records.periods.years_later` has it."""

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
        "initial": f"""(SELECT p.id, min({_COURSE_DAY}) AS day FROM r_appointment p
        JOIN r_attendance a ON a.officer = p.officer JOIN r_course c ON c.id = a.course
        WHERE p._life <> 1 AND a._life <> 1 AND c._life <> 1 AND {_INITIAL} AND {_ATTENDED}
        AND {_COURSE_DAY} BETWEEN p.started AND :as_of GROUP BY p.id) initial ON initial.id = r.id"""
    },
)

_ATTENDANCE = Facts(
    "attendance",
    {
        "matched": "r.officer IS NOT NULL",
        "day": "course.day",
        "attended": f"({_ATTENDED.replace('a.', 'r.')})",
    },
    {
        "course": f"(SELECT c.id, {_COURSE_DAY} AS day FROM r_course c WHERE c._life <> 1) course"
        " ON course.id = r.course"
    },
)

FACTS: Mapping[str, Facts] = {
    facts.type: facts for facts in (_ENTERPRISE, _VISIT, _UNION, _MEMBER, _OFFICER, _APPOINTMENT, _ATTENDANCE)
}
"""The facts by the type that they are about."""

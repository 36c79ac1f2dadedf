"""What is computed for each record of a type as of a day, so that it can be counted: one SQL expression a fact.

Parameters: ``:as_of``, and the first day of the plan and the last one that counts, ``:plan_first`` and
``:plan_until``. The registers of the plan and what is to be done about them stand in :mod:`.registers` and
:mod:`.duties`.
"""

from __future__ import annotations

from collections.abc import Mapping

from desktop.records.employers import CLASS_OF_NATURE
from desktop.records.types import catalogue
from desktop.store.aggregates.duties import DUTIES
from desktop.store.aggregates.expressions import Facts, entered, member, standing
from desktop.store.aggregates.registers import REGISTERS
from desktop.store.columns import quoted

_DOUBLES = "records_of_one_person"


def _doubles(table: str, **orders: str) -> dict[str, str]:
    """Living records whose id number others have too, which are few, with their places in these orders."""
    places = "".join(
        f", row_number() OVER (PARTITION BY s.id_number ORDER BY {order}, s.id) AS {name}"
        for name, order in orders.items()
    )
    held_twice = f"SELECT id_number FROM {table} WHERE id_number <> '' GROUP BY id_number HAVING count(*) > 1"
    return {
        _DOUBLES: f"SELECT s._row AS row{places} FROM {table} s WHERE s._life <> 1 AND s.id_number IN ({held_twice})"
    }


def _first_by(order: str) -> str:
    """Whether a record is the only one of its person, or the first in an order of :func:`_doubles`."""
    return f"(r._row IN (SELECT row FROM {_DOUBLES} WHERE {order} > 1)) IS NOT TRUE"


# Enterprises

_BY_NATURE = " ".join(
    f"WHEN r.ownership = '{nature}' THEN '{found}'" for nature, found in CLASS_OF_NATURE.items()
)
_CLASS = f"""coalesce(r.sector, CASE {_BY_NATURE}
    WHEN substr(r.uscc, 1, 2) = '11' THEN 'organ'
    WHEN substr(r.uscc, 1, 2) = '12' THEN 'institution'
    WHEN substr(r.uscc, 1, 1) = '5' THEN 'social_organisation'
    WHEN substr(r.uscc, 1, 2) = '92' THEN 'individual'
    WHEN substr(r.uscc, 1, 2) = '91' THEN 'enterprise'
    ELSE 'unknown' END)"""

_OWN = f"""(SELECT u.enterprise, max({standing("u")}) AS standing, max(u.member_count) AS members FROM r_union u
    WHERE u._life <> 1 AND u.enterprise IS NOT NULL AND coalesce(u.status, 'normal') <> 'preparing'
    GROUP BY u.enterprise) own ON own.enterprise = r.id"""

_COVERING = f"""FROM r_coverage c WHERE c._life <> 1 AND coalesce(c.started, '') <= :as_of
    AND coalesce(c.ended, :as_of) >= :as_of AND (c."union" IN (SELECT u.id FROM r_union u WHERE u._life <> 1
    AND {standing("u")}) OR c."union" NOT IN (SELECT id FROM r_union))"""
"""Coverage by a union that exists, or of which only the coverage is known here."""

_ORGANISED = f"""CASE
    WHEN own.standing THEN 'own'
    WHEN own.enterprise IS NULL AND r.union_state = 'Y' AND coalesce(r.union_state_date, '') <= :as_of THEN 'own'
    WHEN r.id IN (SELECT c.enterprise {_COVERING}) THEN 'covered'
    ELSE '' END"""
"""An own union's record decides; the typed state speaks only where there is none."""

_CONGRESS = """(SELECT coalesce(c.enterprise, (SELECT u.enterprise FROM r_union u WHERE u.id = c."union"))
    AS enterprise, max(c.started_date) AS day, max(CASE WHEN c.evidence IS NOT NULL THEN c.started_date END) AS proven,
    max(CASE WHEN c.kind = 'assembly' THEN c.started_date END) AS assembly,
    max(CASE WHEN c.kind = 'assembly' AND c.evidence IS NOT NULL THEN c.started_date END) AS assembly_proven
    FROM r_congress c WHERE c._life <> 1 AND c.started_date <= :as_of
    AND coalesce(c.kind, 'congress') IN ('congress', 'assembly', 'school') AND coalesce(c.level, 'own') = 'own'
    AND c.expected_count > 0
    AND c.present_count * 3 >= c.expected_count * 2 AND c.present_count <= c.expected_count
    GROUP BY 1) congress ON congress.enterprise = r.id"""
"""Valid sessions of the employer itself: two thirds of all delegates came (条例第十五条).

Those of its group, branches and workshops are theirs: counted here, one employer would be counted for another.
"""

_TALKS = """(SELECT coalesce(m.enterprise, (SELECT u.enterprise FROM r_union u WHERE u.id = m."union"))
    AS enterprise, max(m.started_date) AS day, max(CASE WHEN m.evidence IS NOT NULL THEN m.started_date END) AS proven
    FROM r_meeting m WHERE m._life <> 1 AND m.started_date <= :as_of
    AND m.kind IN ('candid_talk', 'deliberation', 'manager_mailbox')
    GROUP BY 1) talks ON talks.enterprise = r.id"""

_LETTERS = """(SELECT l.enterprise, max(l.answered_date) AS day FROM r_mailbox_letter l WHERE l._life <> 1
    AND l.answered_date <= :as_of GROUP BY 1) letters ON letters.enterprise = r.id"""
"""The manager's mailbox is in use where letters are answered."""

_SYSTEMS = """(SELECT s.enterprise, max(s.form IN ('assembly', 'micro_assembly')) AS assembly,
    max(s.form = 'new_form') AS new_form FROM r_democratic_system s WHERE s._life <> 1
    AND coalesce(s.level, 'own') = 'own' AND s.established_date <= :as_of AND coalesce(s.ended, '9') > :as_of
    GROUP BY 1) systems ON systems.enterprise = r.id"""
"""What an employer has set up by its own paper and has not given up, whether it was used or not."""

_PLATFORM = """(SELECT a.enterprise, max(a.now AND a.role = 'headquarters') AS headquarters,
    max(a.now AND a.branch) AS branch, max(a.now AND a.role IN ('affiliated', 'franchisee', 'partner')) AS partner,
    max(CASE WHEN a.now AND a.branch THEN a.belongs_locally END) AS local
    FROM (SELECT p.*, coalesce(p.started, '') <= :as_of AND coalesce(p.ended, :as_of) >= :as_of AS now,
    p.role IN ('subsidiary', 'branch') AS branch FROM r_platform_affiliation p WHERE p._life <> 1) a
    GROUP BY 1) platform ON platform.enterprise = r.id"""
"""What an employer is to any platform on the day; its own typed role speaks only where nothing is registered."""

_ELECTIONS = f"""(SELECT u.enterprise, min(coalesce(u.next_election_due, u.term_ended)) AS due FROM r_union u
    WHERE u._life <> 1 AND u.enterprise IS NOT NULL AND {standing("u")} GROUP BY u.enterprise) elections
    ON elections.enterprise = r.id"""

_LAST_VISIT = """(SELECT v.enterprise, max(v.visit_date || coalesce(v.follow_up_date, '')) AS told FROM r_visit v
    WHERE v._life <> 1 AND v.visit_date <= :as_of GROUP BY v.enterprise) last_visit ON last_visit.enterprise = r.id"""
"""The last visit's day with the day that was promised at it: a later visit keeps every promise before it."""

_CASES = """(SELECT DISTINCT c.enterprise FROM r_case c WHERE c._life <> 1 AND c.enterprise IS NOT NULL
    AND coalesce(c.received_date, '') <= :as_of AND NOT EXISTS (SELECT 1 FROM r_case_event e WHERE e."case" = c.id
    AND e._life <> 1 AND e.kind IN ('closed', 'not_accepted', 'withdrawn') AND e.event_date <= :as_of
    AND NOT EXISTS (SELECT 1 FROM r_case_event o WHERE o."case" = c.id AND o._life <> 1 AND o.kind = 'reopened'
    AND o.event_date BETWEEN e.event_date AND :as_of))) cases ON cases.enterprise = r.id"""

_CONTRACTS = """(SELECT c.enterprise, max(c.ended) AS ended FROM r_collective_contract c WHERE c._life <> 1
    AND c.signed_date <= :as_of GROUP BY c.enterprise) contracts ON contracts.enterprise = r.id"""

_COMPANY = "(substr(r.name, -2) = '公司' AND substr(r.name, -3) <> '分公司')"
"""Whether an employer is a company by its name: the legal form stands in it by law (公司法第七条)."""

_DIRECTORS = """(SELECT d.enterprise, max(d.post = 'director') AS director, max(d.post = 'supervisor') AS supervisor,
    max(coalesce(d.term_ends, '9')) AS term_ends FROM r_staff_director d WHERE d._life <> 1
    AND d.elected_date <= :as_of AND coalesce(d.ended, '9') > :as_of GROUP BY 1) directors
    ON directors.enterprise = r.id"""
"""Those in office: whoever was not replaced when the term was over goes on (公司法第七十条、第七十七条)."""

_LAPSED = f"{_CLASS} = 'state_owned' AND congress.{{}} <= date(:as_of, '-6 months')"
"""Whether a state-owned employer's last session is more than half a year old."""

_ZONES = """WITH RECURSIVE within(id) AS (SELECT a.id FROM r_area a WHERE a._life <> 1
    AND a.kind IN ('economic_zone', 'industry_platform', 'park')
    UNION SELECT a.id FROM within w JOIN r_area a ON a.within = w.id WHERE a._life <> 1) SELECT id FROM within"""
"""The registered zones, platforms and parks, and whatever lies in one of them, such as a building."""

_HOME = """(SELECT x.ref, u.place FROM r_unit u JOIN unit_ref x ON x.id = lower(hex(u.id))
    WHERE u._life <> 1 AND length(u.place) > 6 UNION ALL SELECT x.ref, c.value FROM meta i
    JOIN meta c ON c.key = 'unit_code' JOIN unit_ref x ON x.id = i.value WHERE i.key = 'unit_id'
    AND length(c.value) > 6 AND c.value NOT GLOB '*[^0-9]*' AND unhex(i.value) NOT IN (SELECT id FROM r_unit)) home
    ON home.ref = r.unit"""
"""Where the units are, this one too, of which no record is here before it is enrolled."""
_PLACE = """coalesce(r.village, CASE WHEN substr(home.place, 1, length(coalesce(r.town, ''))) = coalesce(r.town, '')
    THEN home.place END, r.town)"""
"""Who writes no village means that of the own unit, as long as the town is not another one."""

_ENTERPRISE = Facts(
    "enterprise",
    {
        "class": _CLASS,
        "status": "CASE WHEN r.status_date > :as_of THEN 'active' ELSE coalesce(r.status, 'active') END",
        "removed": "coalesce(r.verification, '') = 'removed' AND coalesce(r.verification_date, '') <= :as_of",
        "insured": "r.insured_staff",
        "tax": "r.taxed_staff",
        "survey": "r.surveyed_staff",
        "members": "max(coalesce(roll.members, 0), coalesce(own.members, 0), coalesce(cover.members, 0))",
        "in_park": "coalesce(r.in_park, r.park IS NOT NULL OR r.area IN (SELECT id FROM zones))",
        "organised": _ORGANISED,
        "own_union": "coalesce(own.standing, 0)",
        "union_ended": "coalesce(own.standing = 0, 0)",
        "typed_state": "coalesce(r.union_state, '')",
        "congress_day": "congress.day",
        "congress_proven": "congress.proven",
        "congress_day_half_yearly": f"CASE WHEN {_LAPSED.format('day')} THEN NULL ELSE congress.day END",
        "congress_proven_half_yearly": f"CASE WHEN {_LAPSED.format('proven')} THEN NULL ELSE congress.proven END",
        "democracy_day": "max(coalesce(congress.day, ''), coalesce(talks.day, ''), coalesce(letters.day, ''))",
        "democracy_proven": "max(coalesce(congress.proven, ''), coalesce(talks.proven, ''))",
        "assembly_day": "congress.assembly",
        "assembly_proven": "congress.assembly_proven",
        "assembly_system": "coalesce(systems.assembly, 0)",
        "other_forms_day": "max(coalesce(talks.day, ''), coalesce(letters.day, ''))",
        "other_forms_proven": "talks.proven",
        "new_trade_system": "coalesce(systems.new_form, 0)",
        "visited": "visits.day",
        "promised": "nullif(substr(last_visit.told, 11), '')",
        "in_case": "cases.enterprise IS NOT NULL",
        "election_due": "elections.due",
        "contract_ended": "contracts.ended",
        "reported_members": "own.members",
        "listed_members": "coalesce(roll.members, 0)",
        "unlisted_members": "coalesce(own.members > coalesce(roll.members, 0), 0)",
        "new_trade": "coalesce(r.new_trade, r.platform_role)",
        "place": _PLACE,
        "above_scale": "r.above_scale",
        "company": _COMPANY,
        "staff_director": "coalesce(directors.director, 0)",
        "staff_on_board": "directors.enterprise IS NOT NULL",
        "directors_until": "directors.term_ends",
        "platform_headquarters": "coalesce(platform.headquarters, r.platform_role = 'headquarters')",
        "platform_branch": "coalesce(platform.branch, r.platform_role IN ('subsidiary', 'branch'))",
        "platform_partner": "coalesce(platform.partner, r.platform_role IN ('affiliated', 'franchisee', 'partner'))",
        "belongs_locally": "platform.local",
    },
    {
        "own": _OWN,
        "cover": f"(SELECT c.enterprise, max(c.member_count) AS members {_COVERING} GROUP BY 1) cover"
        " ON cover.enterprise = r.id",
        "congress": _CONGRESS,
        "talks": _TALKS,
        "elections": _ELECTIONS,
        "last_visit": _LAST_VISIT,
        "cases": _CASES,
        "contracts": _CONTRACTS,
        "letters": _LETTERS,
        "platform": _PLATFORM,
        "systems": _SYSTEMS,
        "home": _HOME,
        "directors": _DIRECTORS,
        "visits": "(SELECT v.enterprise, max(v.visit_date) AS day FROM r_visit v WHERE v._life <> 1"
        " AND v.visit_date <= :as_of GROUP BY v.enterprise) visits ON visits.enterprise = r.id",
        "roll": f"(SELECT m.enterprise, count(*) AS members FROM r_member m WHERE m._life <> 1 AND {member('m')}"
        " AND m.enterprise IS NOT NULL GROUP BY m.enterprise) roll ON roll.enterprise = r.id",
    },
    tables={"zones": _ZONES},
)

_VISIT = Facts(
    "visit",
    {
        "day": "r.visit_date",
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
        "standing": standing("r"),
        "ended": "CASE WHEN r.status IN ('revoked', 'deregistered') THEN r.status_date END",
        "entered": entered("r"),
        "entry_days": "max(0, julianday(r.national_entry_date) - julianday(r.approval_date))",
        "wholly_entered": f"""CASE WHEN {entered("r")} AND r.approval_date >= :plan_first THEN
            EXISTS (SELECT 1 FROM r_member m WHERE m."union" = r.id AND m._life <> 1 AND {member("m")})
            AND NOT EXISTS (SELECT 1 FROM r_member m WHERE m."union" = r.id AND m._life <> 1 AND {member("m")}
            AND NOT {entered("m")}) ELSE 0 END""",
        "members": "r.member_count",
        "election_due": "coalesce(r.next_election_due, r.term_ended)",
        "kind": "coalesce(r.kind, 'independent')",
        "has_account": "r.has_account",
        "category": "r.category",
        "trade": "r.new_trade",
        "first_of_trade": f"""r._row IN (SELECT row FROM (SELECT u._row AS row, row_number() OVER (
        PARTITION BY u.unit, u.new_trade ORDER BY u.id) AS place FROM r_union u WHERE u._life <> 1
        AND u.category = 'new_form_industry_union' AND {standing("u")}) WHERE place = 1)""",
        "assessed": '(SELECT max(a.year) FROM r_assessment a WHERE a._life <> 1 AND a."union" = r.id)',
        "assessments_run": "EXISTS (SELECT 1 FROM r_assessment_template t WHERE t._life <> 1)",
    },
)

# Members

_YEAR_BEFORE = "date(:as_of, 'start of year', '-1 day')"
"""The last day of the year before."""


def _was_member(person: str) -> str:
    """Whether somebody was a member at the end of the year before."""
    return member(person).replace(":as_of", _YEAR_BEFORE)


def _complete() -> str:
    """Whether everything is filled that the declaration asks of a complete record, and a resident's number is right."""
    needed = (quoted(f.name) for f in catalogue()["member"].fields if f.needed)
    return "(" + " AND ".join([*(f"r.{name} IS NOT NULL" for name in needed), right_number("r")]) + ")"


def right_number(person: str) -> str:
    """Whether the number of an identity card has a real birth date and the right check digit (GB 11643).

    The same as :func:`desktop.records.id_number.check_id` says; other documents have no check.
    """
    number, kind = f"upper({person}.id_number)", f"coalesce({person}.id_kind, 'resident_id')"
    digit = " + ".join(f"{w} * substr({number}, {place}, 1)" for place, w in enumerate(_ID_WEIGHTS, start=1))
    birth = f"substr({number}, 7, 4) || '-' || substr({number}, 11, 2) || '-' || substr({number}, 13, 2)"
    return (
        f"CASE WHEN {kind} NOT IN ('resident_id', 'hmt_residence_permit') THEN 1"
        f" WHEN {number} NOT GLOB '{'[0-9]' * 17}[0-9X]' OR {number} GLOB '9*' THEN 0"
        f" ELSE ({kind} = 'hmt_residence_permit') = (substr({number}, 1, 2) IN ('81', '82', '83'))"
        f" AND date({birth}) IS {birth} AND {birth} BETWEEN '1900-01-01' AND :as_of"
        f" AND substr('10X98765432', ({digit}) % 11 + 1, 1) = substr({number}, 18) END"
    )


_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _arrived(person: str) -> str:
    """Whether somebody came from another union; who was admitted here is new."""
    kind = f"{person}.admission_kind"
    return f"(({kind} = 'transferred_in' OR {kind} IS NULL AND {person}.membership_change = '2') IS TRUE)"


_MEMBER = Facts(
    "member",
    {
        "day": "r.first_admission_date",
        "arrived": _arrived("r"),
        "arrived_on": f"CASE WHEN {_arrived('r')} THEN coalesce(r.membership_change_date, r.first_admission_date) END",
        "left_on": "CASE WHEN r.membership_change BETWEEN '5' AND '6' THEN r.membership_change_date END",
        "member": member("r"),
        "of_union": 'lower(hex(r."union"))',
        "entered": entered("r"),
        "complete": _complete(),
        "first_record": _first_by("by_day"),
        "one_record": _first_by("by_entry"),
        "key_group": "r.key_group",
        "member_before": _was_member("r"),
        "one_of_group": _first_by("by_group"),
        "one_of_group_before": _first_by("by_group_before"),
        "no_report": 'r."union" IS NULL OR r."union" NOT IN (SELECT u.id FROM r_union u WHERE u._life <> 1'
        f" AND u.member_count IS NOT NULL AND {standing('u')})",
    },
    tables=_doubles(
        "r_member",
        by_day=f"coalesce(s.first_admission_date, '9'), {_arrived('s')}",
        by_entry=f"{member('s')} DESC, {entered('s')} DESC",
        by_group=f"{member('s')} DESC, s.key_group IS NULL",
        by_group_before=f"{_was_member('s')} DESC, s.key_group IS NULL",
    ),
)

# Training

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
        "one_record": _first_by("by_roster"),
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
    _doubles("r_officer", by_roster=f"{ON_ROSTER.format('s')} DESC"),
)

_DUE = """CASE WHEN substr(r.started, 6) = '02-29' THEN (substr(r.started, 1, 4) + 1) || '-02-28'
    ELSE (substr(r.started, 1, 4) + 1) || substr(r.started, 5) END"""
"""The anniversary of an appointment, as :func:`desktop.records.periods.years_later` has it."""

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

FACTS: Mapping[str, Facts] = {
    facts.type: facts
    for facts in (
        *(_ENTERPRISE, _VISIT, _UNION, _MEMBER, _OFFICER, _APPOINTMENT, _ATTENDANCE, _TRAINING_PLAN),
        *REGISTERS,
        *DUTIES,
    )
}
"""The facts by the type that they are about."""

"""Facts of the registers of the plan: surveys of new trades, areas, towns, models, volunteers, sites, letters."""

from __future__ import annotations

from desktop.store.queries.aggregates.expressions import Facts, standing
from desktop.store.queries.aggregates.letters import TABLES

# Surveys of people in new trades

_PATHS = """WITH RECURSIVE up(ref, at, path) AS (
    SELECT DISTINCT s.unit, f.id, '/' || f.id FROM r_new_form_survey s JOIN unit_ref f ON f.ref = s.unit
    WHERE s._life <> 1
    UNION ALL
    SELECT up.ref, lower(hex(u.superior)), '/' || lower(hex(u.superior)) || up.path
    FROM up JOIN r_unit u ON u.id = unhex(up.at) WHERE u._life <> 1 AND u.superior IS NOT NULL
    AND instr(up.path, lower(hex(u.superior))) = 0)
    SELECT ref, path, max(length(path)) FROM up GROUP BY ref"""
"""The units that have surveys with all units above them, as a path from above."""

_TOWN_PART = """CASE WHEN s.town IS NULL OR EXISTS (SELECT 1 FROM r_unit o WHERE o.id = unhex(f.id)
    AND substr(o.place, 1, length(s.town)) = s.town) THEN '' ELSE '/' || coalesce((SELECT lower(hex(b.id))
    FROM r_unit b WHERE b.superior = unhex(f.id) AND b.place = s.town AND b._life <> 1 LIMIT 1), 't' || s.town) END"""
"""What a town adds to the path: nothing for the town's own unit, the unit below that is the town, or the place."""

_SCOPES = """SELECT row, daily, newest, CASE WHEN newest THEN NOT EXISTS (SELECT 1 FROM wholes w
    WHERE w.key_group = n.key_group AND substr(n.path, 1, length(w.path)) = w.path) ELSE 0 END AS standing
    FROM scopes n"""

_SURVEYS = f"""(WITH placed AS MATERIALIZED (SELECT s._row AS row, s.id AS id, s.key_group AS key_group,
    s.as_of_date AS day, s.daily_active_count AS active, coalesce(s.site, s.site_name) IS NULL AS whole,
    p.path || {_TOWN_PART} || coalesce('/s' || coalesce(nullif(lower(hex(s.site)), ''), s.site_name), '') AS path
    FROM r_new_form_survey s JOIN unit_ref f ON f.ref = s.unit JOIN ({_PATHS}) p ON p.ref = s.unit
    WHERE s._life <> 1 AND s.as_of_date <= :as_of),
    scopes AS MATERIALIZED (SELECT row, key_group, path, whole,
    row_number() OVER (PARTITION BY key_group, path ORDER BY day DESC, id) = 1 AS newest,
    CAST(round(avg(CASE WHEN day >= date(:as_of, 'start of year') THEN active END)
    OVER (PARTITION BY key_group, path)) AS INTEGER) AS daily FROM placed),
    wholes AS MATERIALIZED (SELECT key_group, path || '/' AS path FROM scopes WHERE newest AND whole)
    {_SCOPES}) scope ON scope.row = r._row"""
"""The newest survey of each group and scope stands, unless one of the same group speaks for the whole around it.

A scope is a unit, a town that it speaks of, or a site; a number for the whole is never added to those of its parts.
"""

_SURVEY = Facts(
    "new_form_survey",
    {
        "key_group": "r.key_group",
        "current": "coalesce(scope.standing, 0)",
        "superseded": "coalesce(scope.newest AND NOT scope.standing, 0)",
        "workforce": "r.workforce_count",
        "daily_latest": "r.daily_active_count",
        "daily_year": "scope.daily",
        "members": "r.member_count",
        "workforce_rate": "r.member_count * 100 / nullif(r.workforce_count, 0)",
        "daily_latest_rate": "r.member_count * 100 / nullif(r.daily_active_count, 0)",
        "daily_year_rate": "r.member_count * 100 / nullif(scope.daily, 0)",
    },
    {"scope": _SURVEYS},
)

# Areas, towns

_COVERED_BY = f"""(coalesce(r.covered_since, '') <= :as_of AND (r.federation IS NULL
    OR r.federation NOT IN (SELECT id FROM r_union)
    OR r.federation IN (SELECT u.id FROM r_union u WHERE u._life <> 1 AND {standing("u")})))"""
"""Whether the union that covers an area exists, or is not recorded here."""

_AREA = Facts(
    "area",
    {
        "kind": "r.kind",
        "federated": f"(r.union_state = 'federation' AND {_COVERED_BY})",
        "covered": f"(r.union_state IN ('federation', 'joint', 'covered') AND {_COVERED_BY})",
    },
)

_OUTDOOR = "('love_station', 'standard', 'mini', 'round_the_clock')"
_RUNNING = "(coalesce({0}.state, 'running') = 'running' OR {0}.state_date > :as_of)"
_IN_USE = f"{_RUNNING} AND coalesce({{0}}.built_date, '') <= :as_of"
_ROUND_THE_CLOCK = "(coalesce({0}.round_the_clock, 0) OR {0}.kind = 'round_the_clock')"
_TOWN_UNIONS = "('town_general', 'town_federation', 'town_committee')"
_OWN_REF = "(SELECT f.ref FROM unit_ref f WHERE f.id = lower(hex(r.id)))"

_UNIT = Facts(
    "unit",
    {
        "level": "r.level",
        "living": "(r.ended IS NULL OR r.ended > :as_of)",
        "new_form_union": f"r.place IN (SELECT u.town FROM r_union u WHERE u._life <> 1"
        f" AND u.category = 'town_new_form_joint' AND {standing('u')})",
        "station": f"r.place IN (SELECT s.town FROM r_service_site s WHERE s._life <> 1"
        f" AND s.kind IN {_OUTDOOR} AND {_IN_USE.format('s')})",
        "joint_meeting": f"""max(coalesce((SELECT max(m.started_date) FROM r_meeting m WHERE m._life <> 1
        AND m.kind = 'government_union' AND m.started_date <= :as_of AND m.unit = {_OWN_REF}), ''),
        coalesce((SELECT max(day) FROM town_meetings t WHERE t.town = r.place), ''))""",
    },
    tables={
        "town_meetings": f"""SELECT u.town AS town, max(m.started_date) AS day FROM r_meeting m
        JOIN r_union u ON u.id = m."union" WHERE m._life <> 1 AND m.kind = 'government_union'
        AND m.started_date <= :as_of AND u.category IN {_TOWN_UNIONS} GROUP BY 1"""
    },
    owner=f"coalesce({_OWN_REF}, (SELECT f.ref FROM unit_ref f WHERE f.id = lower(hex(r.superior))), r.unit)",
)
"""A unit counts at itself, or at its superior as long as nothing was recorded under its own name."""

# Models, volunteers, sites, plans

_NOMINATION = Facts(
    "nomination",
    {
        "kind": "r.kind",
        "year": "r.year",
        "named": "(r.result = 'named' AND coalesce(r.naming_date, '') <= :as_of)",
        "one_record": """r._row IN (SELECT row FROM (SELECT n._row AS row, row_number() OVER (
        PARTITION BY n.kind, n.year, coalesce(nullif(lower(hex(n."union")), ''), n.union_name) ORDER BY n.id) AS place
        FROM r_nomination n WHERE n._life <> 1 AND n.result = 'named' AND coalesce(n.naming_date, '') <= :as_of)
        WHERE place = 1)""",
    },
)

_TEAM = Facts(
    "volunteer_team",
    {
        "running": _RUNNING.format("r"),
        "registered": "(r.registered_date <= :as_of"
        " AND coalesce(r.registration_number, r.registered_with) IS NOT NULL)",
        "roster": "coalesce(roster.people, 0)",
        "activities": "coalesce(work.times, 0)",
    },
    {
        "roster": """(SELECT v.volunteer_team AS team, count(*) AS people FROM r_volunteer v WHERE v._life <> 1
        AND v.started <= :as_of AND (v.ended IS NULL OR v.ended > :as_of) GROUP BY 1) roster ON roster.team = r.id""",
        "work": """(SELECT a.volunteer_team AS team, count(*) AS times FROM r_volunteer_activity a WHERE a._life <> 1
        AND a.activity_date > date(:as_of, '-1 year') AND a.activity_date <= :as_of GROUP BY 1) work
        ON work.team = r.id""",
    },
)

_SITE = Facts(
    "service_site",
    {
        "outdoor": f"(r.kind IN {_OUTDOOR} AND {_IN_USE.format('r')})",
        "round_the_clock": _ROUND_THE_CLOCK.format("r"),
    },
)

_ISSUED_ON = """CASE WHEN r.document_number IS NOT NULL THEN r.issue_date
        WHEN r.own_document_number IS NOT NULL
        THEN CASE WHEN r.id NOT IN (SELECT id FROM unpowered_letters) THEN r.own_issue_date END
        WHEN r.past_document_number IS NULL THEN r.issue_date
        WHEN r.id NOT IN (SELECT id FROM overtaken_letters) THEN r.past_issue_date END"""
"""The day of a letter's issue, whoever made it: the district's goes before that of a town or park, and both before
what was issued on paper before the program."""

_VOIDED_ON = """CASE WHEN r.document_number IS NOT NULL THEN r.voided_date
        ELSE coalesce(r.voided_date, r.own_voided_date) END"""

_LETTER = Facts(
    "case_document",
    {
        "kind": "coalesce(made.kind, r.kind)",
        "day": f"CASE WHEN ({_VOIDED_ON}) > :as_of OR ({_VOIDED_ON}) IS NULL THEN ({_ISSUED_ON}) END",
        "issued": f"(({_ISSUED_ON}) BETWEEN :plan_first AND :plan_until"
        f" AND (({_VOIDED_ON}) IS NULL OR ({_VOIDED_ON}) > :as_of))",
        "served": "coalesce(steps.served, 0)",
        "received_day": "steps.received_day",
        "replied_day": "steps.replied_day",
        "row": "r._row",
        "title": "coalesce(made.title, r.title_variant)",
        "reply_days": "coalesce(made.reply_days, r.reply_days)",
        "reply_day_kind": "coalesce(made.reply_day_kind, r.reply_day_kind)",
    },
    {
        "made": "letters_as_issued made ON made.id = r.id",
        "steps": """(SELECT e.document AS document, max(e.kind = 'served') AS served,
        min(CASE WHEN e.kind = 'served' AND e.service_result = 'received' THEN e.event_date END) AS received_day,
        min(CASE WHEN e.kind = 'replied' THEN e.event_date END) AS replied_day
        FROM r_case_event e WHERE e._life <> 1 AND e.document IS NOT NULL
        AND e.event_date <= :as_of GROUP BY 1) steps ON steps.document = r.id""",
    },
    tables=TABLES,
)

REGISTERS = (_SURVEY, _AREA, _UNIT, _NOMINATION, _TEAM, _SITE, _LETTER)

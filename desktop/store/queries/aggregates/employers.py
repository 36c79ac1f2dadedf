"""What is computed for each employer and each visit to one, as of a day."""

from __future__ import annotations

from desktop.records.employers import CLASS_OF_NATURE
from desktop.store.queries.aggregates.expressions import Facts, member, standing

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

_MEMBERS = "max(coalesce(roll.members, 0), coalesce(own.members, 0), coalesce(cover.members, 0))"
_STAFF = {"insured": "r.insured_staff", "tax": "r.taxed_staff", "survey": "r.surveyed_staff"}

_ENTERPRISE = Facts(
    "enterprise",
    {
        "class": _CLASS,
        "status": "CASE WHEN r.status_date > :as_of THEN 'active' ELSE coalesce(r.status, 'active') END",
        "removed": "coalesce(r.verification, '') = 'removed' AND coalesce(r.verification_date, '') <= :as_of",
        **_STAFF,
        "members": _MEMBERS,
        **{f"members_within_{name}": f"min({_MEMBERS}, {count})" for name, count in _STAFF.items()},
        **{f"members_beyond_{name}": f"({_MEMBERS} > {count})" for name, count in _STAFF.items()},
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
        " AND v.visit_date BETWEEN '0001-01-01' AND :as_of AND v.visit_date = date(v.visit_date)"
        " GROUP BY v.enterprise) visits ON visits.enterprise = r.id",
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

EMPLOYERS = (_ENTERPRISE, _VISIT)

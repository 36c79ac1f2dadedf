"""What the records of one union say about it as of a day: the figures that scores can be computed from.

``:union`` is its id, ``:as_of`` the day, whose year is the year that is assessed; the other days are as for facts.
"""

from __future__ import annotations

from typing import Any, Final

from desktop.store.queries.aggregates.expressions import entered, member
from desktop.store.queries.aggregates.tallies import Days
from desktop.store.queries.aggregates.training import ATTENDED, COURSE_DAY, ON_ROSTER, ROTATION
from desktop.store.tables.database import Database

_THIS_YEAR: Final = "date(:as_of, 'start of year') AND :as_of"
_OF_UNION: Final = '({0}."union" = r.id OR {0}.enterprise = r.enterprise)'
"""What the union did itself, or its employer, of which it is the union."""
_CONGRESSES: Final = f"""r_congress c WHERE c._life <> 1 AND {_OF_UNION.format("c")}
    AND c.started_date BETWEEN {_THIS_YEAR}"""
_CONTRACT: Final = f"""EXISTS (SELECT 1 FROM r_collective_contract k WHERE k._life <> 1 AND {_OF_UNION.format("k")}
    AND k.kind IN ({{}}) AND k.signed_date <= :as_of AND coalesce(k.ended, :as_of) >= :as_of)"""
_TRAINED: Final = f"""EXISTS (SELECT 1 FROM r_attendance a JOIN r_course c ON c.id = a.course
    WHERE a.officer = {{}} AND a._life <> 1 AND c._life <> 1 AND {ROTATION} AND {ATTENDED}
    AND c.started_date >= :plan_first AND {COURSE_DAY} <= :plan_until)"""
_PROPOSALS: Final = f"""(SELECT count(*) FROM r_proposal p WHERE p._life <> 1 AND coalesce(p.filed, 1) = 1{{}}
    AND p.congress IN (SELECT c.id FROM {_CONGRESSES}))"""
_ANSWERED: Final = " AND p.reply_date <= :as_of"
_SITES: Final = """(SELECT count(*) FROM r_service_site s WHERE s._life <> 1 AND s."union" = r.id
    AND coalesce(s.built_date, '') <= :as_of{})"""
_OFFICERS: Final = f"""(SELECT count(*) FROM r_officer o WHERE o._life <> 1 AND o."union" = r.id
    AND {ON_ROSTER.format("o")}{{}})"""
_MEMBERS: Final = f"""(SELECT count(*) FROM r_member m WHERE m._life <> 1 AND m."union" = r.id
    AND {member("m")}{{}})"""

_FIGURES: Final = {
    "election_due": "date(coalesce(r.next_election_due, r.term_ended))",
    "election_grace": "date(coalesce(r.next_election_due, r.term_ended), '+6 months')",
    "committee": "r.committee_size > 0",
    "audit": "coalesce(r.audit_chair, r.audit_members) IS NOT NULL",
    "women": "coalesce(r.women_committee_chair, r.women_committee_members) IS NOT NULL",
    "legal_person": "r.legal_person_certificate IS NOT NULL"
    " AND coalesce(r.legal_person_valid_until, :as_of) >= :as_of",
    "account": "r.has_account = 1",
    "assembly": f"""EXISTS (SELECT 1 FROM r_meeting m WHERE m._life <> 1 AND m."union" = r.id
        AND m.kind IN ('member_assembly', 'member_congress', 're_election') AND m.started_date BETWEEN {_THIS_YEAR})""",
    "congress": f"""EXISTS (SELECT 1 FROM {_CONGRESSES} AND c.expected_count > 0
        AND c.present_count * 3 >= c.expected_count * 2 AND c.present_count <= c.expected_count)""",
    "proposals": _PROPOSALS.format(""),
    "proposals_answered": _PROPOSALS.format(_ANSWERED),
    "contract": _CONTRACT.format("'comprehensive', 'regional', 'industry'"),
    "wages": _CONTRACT.format("'wages'"),
    "inspector": """EXISTS (SELECT 1 FROM r_inspector i WHERE i._life <> 1 AND i."union" = r.id
        AND coalesce(i.started, '') <= :as_of AND coalesce(i.ended, '9') > :as_of)""",
    "site": f"{_SITES.format('')} > 0",
    "site_open": f"{_SITES.format(''' AND coalesce(s.state, 'running') = 'running' ''')} > 0",
    "chair": "coalesce(r.chair_name, '') <> '' OR r.chair_officer IS NOT NULL",
    "chair_trained": _TRAINED.format("r.chair_officer"),
    "officers": _OFFICERS.format(""),
    "officers_trained": _OFFICERS.format(f" AND {_TRAINED.format('o.id')}"),
    "members": f"max({_MEMBERS.format('')}, coalesce(r.member_count, 0))",
    "members_entered": _MEMBERS.format(f" AND {entered('m')}"),
}


def figures_of_union(database: Database, union: str, days: Days) -> dict[str, Any]:
    """The figures by name, truths as 1 and 0; nothing where no such union is here.

    They are looked up for one union, so none of them goes through the ledger.
    """
    shown = ", ".join(f"({expression}) AS {name}" for name, expression in _FIGURES.items())
    sql = f"SELECT {shown} FROM r_union r WHERE r.id = unhex(:union) AND r._life <> 1"
    found = database.rows(sql, {"union": union, **days.parameters()})
    return dict(zip(_FIGURES, found[0], strict=True)) if found else {}

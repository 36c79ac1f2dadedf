"""What is computed for each union and each of its members, as of a day."""

from __future__ import annotations

from desktop.records.types import catalogue
from desktop.store.queries.aggregates.expressions import Facts, doubles, entered, first_by, member, standing
from desktop.store.tables.columns import quoted

_UNION = Facts(
    "union",
    {
        "day": "r.approval_date",
        "established": "r.established_date",
        "founding": "coalesce(r.founding_kind, 'new')",
        "grassroots": "coalesce(r.kind, 'independent') NOT IN ('general', 'industrial')",
        "standing": standing("r"),
        "employer_deleted": "EXISTS (SELECT 1 FROM r_enterprise e WHERE e.id = r.enterprise AND e._life = 1)",
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

    The same as :func:`desktop.records.typed.id_number.check_id` says; other documents have no check.
    """
    number, kind = f"upper({person}.id_number)", f"coalesce({person}.id_kind, 'resident_id')"
    digit = " + ".join(f"{w} * substr({number}, {place}, 1)" for place, w in enumerate(_ID_WEIGHTS, start=1))
    birth = f"substr({number}, 7, 4) || '-' || substr({number}, 11, 2) || '-' || substr({number}, 13, 2)"
    return (
        f"CASE WHEN {kind} NOT IN ('resident_id', 'hmt_residence_permit') THEN 1"
        f" WHEN {number} NOT GLOB '{'[0-9]' * 17}[0-9X]' OR {number} GLOB '9*' THEN 0"
        f" ELSE ({kind} = 'hmt_residence_permit') = (substr({number}, 1, 2) IN ('81', '82', '83'))"
        f" AND date({birth}, '+0 days') IS {birth} AND {birth} BETWEEN '1900-01-01' AND :as_of"
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
        "first_record": first_by("by_day"),
        "one_record": first_by("by_entry"),
        "key_group": "r.key_group",
        "member_before": _was_member("r"),
        "one_of_group": first_by("by_group"),
        "one_of_group_before": first_by("by_group_before"),
        "no_report": 'r."union" IS NULL OR r."union" NOT IN (SELECT u.id FROM r_union u WHERE u._life <> 1'
        f" AND u.member_count IS NOT NULL AND {standing('u')})",
    },
    tables=doubles(
        "r_member",
        by_day=f"coalesce(s.first_admission_date, '9'), {_arrived('s')}",
        by_entry=f"{member('s')} DESC, {entered('s')} DESC",
        by_group=f"{member('s')} DESC, s.key_group IS NULL",
        by_group_before=f"{_was_member('s')} DESC, s.key_group IS NULL",
    ),
)

UNIONS = (_UNION, _MEMBER)

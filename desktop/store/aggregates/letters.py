"""Which letters count as none although they bear a number: a town's without power, a paper register's that came late.

The one place that computes it: a case is judged by the same words as the indicators count.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.records.supervision.kinds import Title
from desktop.records.supervision.powers import EMPOWERED_TITLES
from desktop.store.database import Database
from desktop.store.reading import CLAIMED_TWICE


def _no_other_title() -> str:
    """Whether kind and title are a pair that a power can cover; an unknown title is read as that of the kind."""
    pairs = []
    for kind, title in EMPOWERED_TITLES.items():
        others = ", ".join(f"'{other.value}'" for other in Title if other is not title)
        pairs.append(f"l.kind = '{kind.value}' AND coalesce(l.title, '') NOT IN ({others})")
    return f"({' OR '.join(pairs)})"


_OWN = """own AS MATERIALIZED (SELECT r.id AS id, r.kind AS kind, r.title_variant AS title, r._origin AS origin,
    r.own_issuing_unit AS holder, r.own_issue_date AS day,
    EXISTS (SELECT 1 FROM r_case c WHERE c.id = r."case" AND c.unit = r.unit) AS in_own_case
    FROM r_case_document r WHERE r.own_document_number IS NOT NULL)"""
"""What towns and parks have issued; the case is of the very unit that the letter belongs to."""

_WROTE = """wrote AS MATERIALIZED (SELECT l.id AS letter, o.station AS station FROM own l CROSS JOIN version v
    ON v.record = l.id AND v.type = 'case_document' AND v.slot = 'own_issue' JOIN origin o ON o.ref = v.origin
    UNION SELECT l.id, o.station FROM own l JOIN origin o ON o.ref = l.origin WHERE NOT EXISTS (SELECT 1
    FROM version v WHERE v.record = l.id AND v.type = 'case_document' AND v.slot = 'own_issue'))"""
"""The stations that have written an issue, what was replaced included."""

_ENROLLED = """enrolled AS MATERIALIZED (SELECT DISTINCT station, holder FROM r_grant
    WHERE _life <> 1 AND station IS NOT NULL AND holder IS NOT NULL)"""

_GIVEN = f"""known AS (SELECT id, superior FROM r_unit WHERE _life <> 1 AND id NOT IN ({CLAIMED_TWICE})),
    above (power, at) AS (SELECT p.id, k.superior FROM r_issuing_power p JOIN known k ON k.id = p.holder
    WHERE p._life <> 1 UNION SELECT a.power, k.superior FROM above a JOIN known k ON k.id = a.at),
    given AS MATERIALIZED (SELECT p.holder AS holder, ' ' || p.kinds || ' ' AS kinds, p.from_date AS first,
    p.until_date AS last, CASE WHEN p.desk IS NOT NULL THEN
    coalesce((SELECT g.station FROM r_grant g WHERE g.id = p.desk), '') END AS desk
    FROM r_issuing_power p JOIN unit_ref u ON u.ref = p.unit JOIN above a ON a.power = p.id AND a.at = unhex(u.id)
    WHERE a.at IN (SELECT id FROM known))"""
"""Powers that a unit above the holder has given."""

UNPOWERED = f"""SELECT l.id AS id FROM own l WHERE ({_no_other_title()} AND l.in_own_case
    AND NOT EXISTS (SELECT 1 FROM wrote w WHERE w.letter = l.id
        AND EXISTS (SELECT 1 FROM enrolled e WHERE e.station = w.station)
        AND NOT EXISTS (SELECT 1 FROM enrolled e WHERE e.station = w.station AND e.holder = l.holder))
    AND EXISTS (SELECT 1 FROM given p WHERE p.holder = l.holder AND instr(p.kinds, ' ' || l.kind || ' ')
        AND p.first <= l.day AND (p.last IS NULL OR p.last >= l.day)
        AND (p.desk IS NULL OR NOT EXISTS (SELECT 1 FROM wrote w WHERE w.letter = l.id AND w.station <> p.desk)))
    ) IS NOT TRUE"""
"""Letters that a town or park has issued without a power for kind, title and day, or by another unit's computer."""

_NUMBERED = """numbered AS MATERIALIZED (SELECT document_number AS number, kind, issuing_body AS body,
    issue_date AS day FROM r_case_document WHERE document_number IS NOT NULL OR issue_date IS NOT NULL
    UNION ALL SELECT own_document_number, kind, own_issuing_body, own_issue_date FROM r_case_document
    WHERE own_document_number IS NOT NULL AND id NOT IN (SELECT id FROM unpowered_letters)),
    begun AS MATERIALIZED (SELECT kind, body, min(day) AS day FROM numbered GROUP BY 1, 2)"""
"""What the program has numbered, deleted letters too, and since when for each body and kind.

An issue without power begins nothing: by one a town could set aside the register of its district.
"""

OVERTAKEN = """SELECT r.id AS id FROM r_case_document r WHERE r.past_document_number IS NOT NULL
    AND (r.past_document_number IN (SELECT number FROM numbered) OR EXISTS (SELECT 1 FROM begun b
    WHERE b.kind = r.kind AND b.body = r.past_issuing_body AND b.day < r.past_issue_date))"""
"""Letters of a paper register whose number the program has given, or had begun to give before their day.

Begun has the body that issued them, with its first letter of the kind; each town has a series of its own.
"""

UNCOUNTED = {
    "unpowered_letters": f"WITH RECURSIVE {_OWN}, {_WROTE}, {_ENROLLED}, {_GIVEN} {UNPOWERED}",
    "overtaken_letters": f"WITH {_NUMBERED} {OVERTAKEN}",
}
"""Both as tables of ids; the second looks into the first."""


@dataclass(frozen=True, slots=True)
class Uncounted:
    """The record ids of letters that count as none, by why."""

    unpowered: frozenset[str]
    overtaken: frozenset[str]


def uncounted(database: Database) -> Uncounted:
    """All letters that count as none although they bear a number."""
    tables = ", ".join(f"{name} AS MATERIALIZED ({sql})" for name, sql in UNCOUNTED.items())
    found: dict[int, set[str]] = {0: set(), 1: set()}
    for late, record in database.rows(
        f"WITH {tables} SELECT 0, lower(hex(id)) FROM unpowered_letters"
        " UNION ALL SELECT 1, lower(hex(id)) FROM overtaken_letters"
    ):
        found[late].add(record)
    return Uncounted(frozenset(found[0]), frozenset(found[1]))

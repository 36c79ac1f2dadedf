"""What letters were issued as, and which count as none although they bear a number.

Those are a town's without power and a paper register's that came late. The one place that computes it: a case is judged
by the same words as the indicators count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.records.supervision.kinds import Title
from desktop.records.supervision.powers import EMPOWERED_TITLES
from desktop.store.peers.enrolled import ENROLLED
from desktop.store.queries.units import CLAIMED_TWICE
from desktop.store.tables.database import Database


def _no_other_title() -> str:
    """Whether kind and title are a pair that a power can cover; an unknown title is read as that of the kind."""
    pairs = []
    for kind, title in EMPOWERED_TITLES.items():
        others = ", ".join(f"'{other.value}'" for other in Title if other is not title)
        pairs.append(f"l.kind = '{kind.value}' AND coalesce(l.title, '') NOT IN ({others})")
    return f"({' OR '.join(pairs)})"


_AS_ISSUED = """SELECT id, json_extract(text, '$.kind') AS kind, json_extract(text, '$.title') AS title,
    nullif(unhex(json_extract(text, '$.case')), x'') AS in_case,
    nullif(json_extract(text, '$.reply_days'), 0) AS reply_days,
    nullif(json_extract(text, '$.reply_day_kind'), '') AS reply_day_kind
    FROM (SELECT r.id AS id, CASE WHEN r.document_number IS NOT NULL THEN r.snapshot
    WHEN r.own_document_number IS NOT NULL THEN r.own_snapshot END AS text FROM r_case_document r
    WHERE EXISTS (SELECT 1 FROM version v WHERE v.record = r.id AND v.type = 'case_document'
    AND v.slot IN ('kind', 'title_variant', 'case', 'reply_term'))) WHERE json_valid(text)"""
"""What the kept text says a letter was issued as: kind, title and, but for older ones, case and time to answer.

Asked only of those of which any of that was ever changed: whoever may write there may change it after the issue too.
"""

_OWN = """own AS MATERIALIZED (SELECT r.id AS id, coalesce(made.kind, r.kind) AS kind,
    coalesce(made.title, r.title_variant) AS title, r._origin AS origin,
    r.own_issuing_unit AS holder, r.own_issue_date AS day,
    EXISTS (SELECT 1 FROM r_case c WHERE c.id = coalesce(made.in_case, r."case") AND c.unit = r.unit) AS in_own_case
    FROM r_case_document r LEFT JOIN letters_as_issued made ON made.id = r.id
    WHERE r.own_document_number IS NOT NULL)"""
"""What towns and parks have issued; the case is of the very unit that the letter belongs to."""

_WROTE = """wrote AS MATERIALIZED (SELECT l.id AS letter, o.station AS station FROM own l CROSS JOIN version v
    ON v.record = l.id AND v.type = 'case_document' AND v.slot = 'own_issue' JOIN origin o ON o.ref = v.origin
    UNION SELECT l.id, o.station FROM own l JOIN origin o ON o.ref = l.origin WHERE NOT EXISTS (SELECT 1
    FROM version v WHERE v.record = l.id AND v.type = 'case_document' AND v.slot = 'own_issue'))"""
"""The stations that have written an issue, what was replaced included."""

_ENROLLED = f"enrolled AS MATERIALIZED (SELECT DISTINCT station, unhex(unit) AS holder FROM ({ENROLLED}))"

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

_NUMBERED = """numbered AS MATERIALIZED (SELECT r.document_number AS number, coalesce(made.kind, r.kind) AS kind,
    r.issuing_body AS body, r.issue_date AS day
    FROM r_case_document r LEFT JOIN letters_as_issued made ON made.id = r.id
    WHERE r.document_number IS NOT NULL OR r.issue_date IS NOT NULL
    UNION ALL SELECT r.own_document_number, coalesce(made.kind, r.kind), r.own_issuing_body, r.own_issue_date
    FROM r_case_document r LEFT JOIN letters_as_issued made ON made.id = r.id
    WHERE r.own_document_number IS NOT NULL AND r.id NOT IN (SELECT id FROM unpowered_letters)),
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

TABLES = {
    "letters_as_issued": _AS_ISSUED,
    "unpowered_letters": f"WITH RECURSIVE {_OWN}, {_WROTE}, {_ENROLLED}, {_GIVEN} {UNPOWERED}",
    "overtaken_letters": f"WITH {_NUMBERED} {OVERTAKEN}",
}
"""By their names; each looks into those before it. What counts as none is a table of ids."""


@dataclass(frozen=True, slots=True)
class Uncounted:
    """The record ids of letters that count as none, by why."""

    unpowered: frozenset[str]
    overtaken: frozenset[str]


def uncounted(database: Database) -> Uncounted:
    """All letters that count as none although they bear a number."""
    found: dict[int, set[str]] = {0: set(), 1: set()}
    for late, record in database.rows(
        f"{_with(TABLES)} SELECT 0, lower(hex(id)) FROM unpowered_letters"
        " UNION ALL SELECT 1, lower(hex(id)) FROM overtaken_letters"
    ):
        found[late].add(record)
    return Uncounted(frozenset(found[0]), frozenset(found[1]))


def issued_as(database: Database) -> dict[str, dict[str, str | int]]:
    """What letters were issued as of which any of that was ever changed: those fields, by record id."""
    return {
        record: {name: value for name, value in zip(_MADE, values, strict=True) if value}
        for record, *values in database.rows(
            f"{_with(['letters_as_issued'])} SELECT lower(hex(id)), kind, title, lower(hex(in_case)),"
            " reply_days, reply_day_kind"
            " FROM letters_as_issued"
        )
    }


_MADE = ("kind", "title_variant", "case", "reply_days", "reply_day_kind")


def _with(names: Iterable[str]) -> str:
    tables = (f"{name} AS MATERIALIZED ({TABLES[name]})" for name in names)
    return f"WITH {', '.join(tables)}"

"""Which own values others have replaced with what came with a merge; told from the log, so nothing is kept for it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from desktop.records.declaration import DELETED_SLOT
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import ABSENT, parse
from desktop.records.versions.spans import common, joined
from desktop.store.peers import segment_log
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

MOST_LOOKED_AT = 20_000
"""So many versions of own values are looked at, of one merge or of several at once."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """An own value of a slot, what the merge has put in its place, and whose newest word that is (``stamp``, ...).

    ``decided``: that word replaced several values at once, which were in conflict. ``own`` of a record that was deleted
    is that it was not.
    """

    type: str
    record: str
    slot: str
    own: Any
    value: Any
    stamp: int
    operator: str
    station: str
    decided: bool


_Row = tuple[str, str, str, int, str, int, str, str, str, int, int, int]

# Of the numbers within a segment some may be no business of this station: of these nothing is in the log.
_CAME = """
    WITH mine (ref) AS MATERIALIZED (SELECT ref FROM origin WHERE station IN (SELECT value FROM json_each(:stations))),
    span (origin, first, last) AS MATERIALIZED (SELECT s.origin, s.first, s.last FROM segment s
        WHERE s.merge IN (SELECT value FROM json_each(:merges)) AND s.origin NOT IN mine)
"""
_COUNTED = """
    (SELECT count(DISTINCT x.value) FROM replacement q CROSS JOIN version x
        ON x.record = q.record AND x.slot = q.slot AND x.stamp = q.replaced AND x.type = q.type
    WHERE q.record = n.record AND q.slot = n.slot AND q.type = n.type AND q.origin = n.origin AND q.number = n.number)
"""
# What an own version had replaced before stood here no more.
_CHANGES = f"""
    {_CAME}
    SELECT n.type, lower(hex(n.record)), n.slot, b.stamp, b.value, n.stamp, n.value, n.operator, o.station,
        {_COUNTED} > 1, v.origin, v.number
    FROM span s CROSS JOIN version v ON v.origin = s.origin AND v.number BETWEEN s.first AND s.last AND NOT v.birth
    CROSS JOIN (SELECT record, record AS writer, slot, type, replaced, origin, number FROM replacement UNION ALL
        SELECT other, record, slot, type, replaced, origin, number FROM elsewhere) p
        ON p.writer = v.record AND p.slot = v.slot AND p.type = v.type AND p.origin = v.origin AND p.number = v.number
    CROSS JOIN version b ON b.record = p.record AND b.slot = p.slot AND b.stamp = p.replaced AND b.type = p.type
        AND b.origin IN mine
    CROSS JOIN version n ON n.record = v.record AND n.slot = v.slot AND n.type = v.type AND NOT n.birth
        AND EXISTS (SELECT 1 FROM span t WHERE t.origin = n.origin AND n.number BETWEEN t.first AND t.last)
    CROSS JOIN origin o ON o.ref = n.origin
    WHERE NOT EXISTS (SELECT 1 FROM replacement r WHERE r.record = b.record AND r.slot = b.slot AND r.type = b.type
        AND r.replaced = b.stamp AND r.origin IN mine)
    LIMIT {MOST_LOOKED_AT}
"""
_DELETIONS = f"""
    {_CAME}
    SELECT v.type, lower(hex(v.record)), v.slot, 0, '{ABSENT}', v.stamp, v.value, v.operator, o.station,
        0, v.origin, v.number
    FROM span s CROSS JOIN version v ON v.origin = s.origin AND v.number BETWEEN s.first AND s.last
        AND v.slot = '{DELETED_SLOT}' AND v.value <> '{ABSENT}' AND v.type = +:type
    CROSS JOIN {{table}} r ON r.id = v.record AND r._life = 1 AND r._origin IN mine
    CROSS JOIN origin o ON o.ref = v.origin
    LIMIT {MOST_LOOKED_AT}
"""
_TYPES_DELETED = f"""
    {_CAME}
    SELECT DISTINCT v.type FROM span s CROSS JOIN version v ON v.origin = s.origin
        AND v.number BETWEEN s.first AND s.last AND v.slot = '{DELETED_SLOT}' AND v.value <> '{ABSENT}'
"""


def by_merges(
    database: Database, types: Catalogue, merges: Collection[int], stations: Collection[str]
) -> list[Replaced]:
    """What merges have replaced of the values of these stations, each slot once; what they put back is left out.

    For bundles from above: of what comes from below nearly nothing is one's own, and it may be a whole register.
    """
    if not merges:
        return []
    said = {
        "merges": json.dumps(sorted(merges)),
        "stations": json.dumps(sorted(stations)),
    }
    rows: list[_Row] = database.rows(_CHANGES, said)
    for (name,) in database.rows(_TYPES_DELETED, said):
        if name in types:
            table = quoted(table_of(name))
            rows += database.rows(_DELETIONS.format(table=table), {**said, "type": name})
    return list(_newest(_for_the_first_time(database, min(merges), rows)))


def _for_the_first_time(database: Database, first: int, rows: Collection[_Row]) -> list[_Row]:
    """Those whose item had not come before: until this station confirms them, items come with each bundle."""
    before = {
        origin: joined(
            (first, last) for _, first, last, _ in segment_log.before_merge(database, origin, first)
        )
        for origin in {row[-2] for row in rows}
    }
    return [row for row in rows if not common(before[row[-2]], [(row[-1], row[-1])])]


def _newest(rows: list[_Row]) -> Iterator[Replaced]:
    """Of each slot the newest own value and the newest word of others (rule 6)."""
    rows.sort(key=lambda row: (*row[:4], row[5], row[6].encode()))
    for (type_name, record, slot), several in groupby(rows, key=lambda row: row[:3]):
        *_, (_, _, _, _, own, stamp, value, operator, station, decided, _, _) = several
        if own != value:
            yield Replaced(
                type_name, record, slot, parse(own), parse(value), stamp, operator, station, bool(decided)
            )

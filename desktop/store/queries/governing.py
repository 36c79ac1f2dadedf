"""What the tree says of itself: units and superiors, grants, and words about what counts, with who wrote them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from desktop.records.declaration import UNIT_SLOT
from desktop.records.duties import RULE_FIELD
from desktop.records.versions.deciding import (
    EXCLUSION,
    GRANT,
    LONGEST_CERTIFICATE,
    SUPERIOR,
    TREE_TYPES,
    UNIT,
)
from desktop.records.versions.item_outcomes import HELD_CERTIFICATE, REFUSED_REGISTERED, REFUSED_SUPERIOR
from desktop.records.versions.items import BIRTH
from desktop.records.versions.resolution import Life
from desktop.store.queries.units import CLAIMED_TWICE
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

_DELETED = int(Life.DELETED)
_UNIT_OF_UNIT = f"v.type = '{UNIT}' AND v.slot = '{UNIT_SLOT}'"

# -- units ---------------------------------------------------------------------------------------------------------


def superiors(database: Database) -> dict[str, str | None]:
    """The superior of every unit that is not deleted, without those that two claim to have registered."""
    return dict(
        database.rows(
            "SELECT lower(hex(id)), nullif(lower(hex(superior)), '') FROM r_unit WHERE _life <> ?"
            f" AND id NOT IN ({CLAIMED_TWICE})",
            (_DELETED,),
        )
    )


def every_superior(database: Database) -> dict[str, str | None]:
    """The superior that the row of every unit names, whatever became of it."""
    return dict(database.rows("SELECT lower(hex(id)), nullif(lower(hex(superior)), '') FROM r_unit"))


def lower_units(database: Database) -> dict[str, list[str]]:
    """The units directly below each unit that are not deleted, without those that two claim to have registered."""
    found: dict[str, list[str]] = {}
    for unit, superior in database.rows(
        "SELECT lower(hex(id)), lower(hex(superior)) FROM r_unit WHERE superior IS NOT NULL AND _life <> ?"
        f" AND id NOT IN ({CLAIMED_TWICE})",
        (_DELETED,),
    ):
        found.setdefault(superior, []).append(unit)
    return found


def registrants(database: Database, unit: str) -> frozenset[str]:
    """Under which units a unit was registered. A birth stands in the log once something else was said of its unit."""
    found = database.rows(
        "SELECT u.id FROM version v JOIN unit_ref u ON u.ref = v.unit"
        f" WHERE v.record = unhex(:unit) AND {_UNIT_OF_UNIT} AND v.birth"
        " UNION SELECT u.id FROM r_unit r JOIN unit_ref u ON u.ref = r.unit WHERE r.id = unhex(:unit)"
        f" AND NOT EXISTS (SELECT 1 FROM version v WHERE v.record = r.id AND {_UNIT_OF_UNIT})",
        {"unit": unit},
    )
    return frozenset(name for (name,) in found)


def registered_by_others(database: Database, unit: str, station: str) -> list[str]:
    """The units right below another that other stations have registered, under that unit or before it had them."""
    found = database.rows(
        "SELECT lower(hex(r.id)) FROM r_unit r JOIN origin o ON o.ref = r._origin"
        f" WHERE r.superior = unhex(:unit) AND r._life <> {_DELETED} AND o.station <> :station"
        " AND (r.unit = (SELECT ref FROM unit_ref WHERE id = :unit) OR EXISTS (SELECT 1 FROM version v"
        f"  WHERE v.record = r.id AND v.type = '{UNIT}' AND v.slot = '{SUPERIOR}' AND NOT v.birth)) ORDER BY r.id",
        {"unit": unit, "station": station},
    )
    return [below for (below,) in found]


def was_registered_in_vain(database: Database, unit: str, under: Collection[str]) -> bool:
    """Whether one of these units has registered a unit after another had, in vain; and it was never moved since."""
    found = database.row(
        "SELECT 1 FROM refused r WHERE r.type = :type AND r.kind = :birth AND r.reason = :reason"
        " AND r.record = unhex(:unit) AND r.unit IN (SELECT value FROM json_each(:under))"
        " AND NOT EXISTS (SELECT 1 FROM version v WHERE v.record = r.record AND v.type = r.type"
        f"  AND v.slot = '{SUPERIOR}' AND NOT v.birth) LIMIT 1",
        {
            "type": UNIT, "birth": BIRTH, "reason": REFUSED_REGISTERED, "unit": unit,
            "under": json.dumps(sorted(under)),
        },
    )  # fmt: skip
    return found is not None


def registrations_aside(database: Database) -> dict[str, list[tuple[tuple[str, str], int, int, str, str]]]:
    """The registrations that do not count of each unit of which none does, those first that were said first.

    One that has lost its grant is among them. Only where one does not count since another had registered the unit
    before: anybody may have written many of others.
    Station with incarnation, number, stamp, type and the unit under which it was written.
    """
    found: dict[str, list[tuple[tuple[str, str], int, int, str, str]]] = {}
    for unit, station, incarnation, *item in database.rows(
        "WITH out AS (SELECT record, origin, number, stamp, type, unit, reason FROM refused"
        "  WHERE type = :type AND kind = :birth UNION ALL"
        "  SELECT record, origin, number, stamp, type, unit, reason FROM held"
        f"  WHERE type = :type AND kind = :birth AND reason = '{HELD_CERTIFICATE}')"
        " SELECT lower(hex(r.record)), o.station, o.incarnation, r.number, r.stamp, r.type, r.unit FROM out r"
        " JOIN origin o ON o.ref = r.origin WHERE r.record IN (SELECT record FROM out WHERE reason = +:second)"
        " AND NOT EXISTS (SELECT 1 FROM r_unit u WHERE u.id = r.record)"
        " ORDER BY r.stamp, o.station, o.incarnation, r.number",
        {"type": UNIT, "birth": BIRTH, "second": REFUSED_REGISTERED},
    ):
        found.setdefault(unit, []).append(((station, incarnation), *item))
    return found


def signature_rule(database: Database, unit: str) -> str | None:
    """What the tree says of whose signatures bundles from below need at a unit (rule 31); nothing where none do."""
    if database.row("SELECT 1 FROM pragma_table_info('r_unit') WHERE name = ?", (RULE_FIELD,)) is None:
        # A catalogue without the field, or a ledger of an older program that is only looked at.
        return None
    found = database.row(
        f"SELECT {RULE_FIELD} FROM r_unit WHERE id = unhex(?) AND _life <> ?", (unit, _DELETED)
    )
    return None if found is None else found[0]


def newest_change(database: Database, stations: Sequence[str], units: Collection[str] | None = None) -> int:
    """The stamp of the newest that one of these stations has said of units, or of some; 0 if they have said nothing."""
    rows, log = "", ""
    if units is not None:
        some = "(SELECT unhex(value) FROM json_each(:units))"
        rows, log = f" AND id IN {some}", f" AND record IN {some}"
    found = database.value(
        "WITH own (ref) AS (SELECT ref FROM origin WHERE station IN (SELECT value FROM json_each(:stations)))"
        f" SELECT max(stamp) FROM (SELECT _stamp AS stamp FROM r_unit WHERE _origin IN own{rows}"
        f" UNION ALL SELECT stamp FROM version WHERE type = '{UNIT}' AND origin IN own{log})",
        {"stations": json.dumps(list(stations)), "units": json.dumps(sorted(units or ()))},
    )
    return int(found or 0)


def has_changed_at(database: Database, station: str, first: int, last: int) -> bool:
    """Whether a station has said anything of units with a stamp between these, as far as it is held and not aside."""
    found = database.row(
        "WITH own (ref) AS MATERIALIZED (SELECT ref FROM origin WHERE station = :station)"
        " SELECT 1 FROM r_unit WHERE _origin IN own AND _stamp BETWEEN :first AND :last UNION ALL"
        " SELECT 1 FROM r_unit r CROSS JOIN version v ON v.record = r.id AND v.type = +:type"
        " WHERE v.origin IN own AND v.stamp BETWEEN :first AND :last LIMIT 1",
        {"station": station, "type": UNIT, "first": first, "last": last},
    )
    return found is not None


def speaks_between(database: Database, origin: int, first: int, last: int) -> bool:
    """Whether something that counts of an origin among these numbers says who is who: of a unit, or of a grant."""
    names = ", ".join(f"'{name}'" for name in TREE_TYPES)
    born = " UNION ALL ".join(
        f"SELECT 1 FROM {quoted(table_of(name))} WHERE _origin = :origin AND _number BETWEEN :first AND :last"
        for name in TREE_TYPES
    )
    found = database.row(
        f"{born} UNION ALL SELECT 1 FROM version WHERE origin = :origin AND number BETWEEN :first AND :last"
        f" AND type IN ({names}) LIMIT 1",
        {"origin": origin, "first": first, "last": last},
    )
    return found is not None


def changes_of_units(database: Database, slots: Sequence[str]) -> list[tuple[Any, ...]]:
    """What was said of these slots of units, in vain for its superior's sake too; nothing while none was changed.

    Station, incarnation, number, unit, slot, stamp, canonical value, whether of a birth, and which of the stamps of
    these it replaces, as JSON: somebody may name hundreds of thousands that nobody has.
    """
    among = f"IN ({', '.join('?' * len(slots))})"
    if database.row(
        f"SELECT 1 FROM version WHERE type = '{UNIT}' AND birth = 0 AND slot {among}"
        f" UNION ALL SELECT 1 FROM refused WHERE type = ? AND reason = ? AND slot {among} LIMIT 1",
        (*slots, UNIT, REFUSED_SUPERIOR, *slots),
    ) is None:  # fmt: skip
        return []
    return database.rows(
        "WITH said (record, slot, stamp) AS MATERIALIZED (SELECT v.record, v.slot, v.stamp"
        f"  FROM r_unit r CROSS JOIN version v ON v.record = r.id AND v.slot {among} AND v.type = '{UNIT}' UNION"
        f"  SELECT record, slot, stamp FROM refused WHERE type = ? AND reason = ? AND slot {among})"
        " SELECT o.station, o.incarnation, v.number, lower(hex(v.record)), v.slot, v.stamp, v.value, v.birth,"
        " (SELECT json_group_array(p.replaced) FROM replacement p WHERE p.record = v.record AND p.slot = v.slot"
        "   AND p.type = v.type AND p.origin = v.origin AND p.number = v.number"
        "   AND (p.record, p.slot, p.replaced) IN said)"
        f" FROM r_unit r CROSS JOIN version v ON v.record = r.id AND v.slot {among} AND v.type = '{UNIT}'"
        " JOIN origin o ON o.ref = v.origin"
        " UNION ALL SELECT o.station, o.incarnation, v.number, lower(hex(v.record)), v.slot, v.stamp, v.value, 0,"
        f" (SELECT json_group_array(e.value) FROM json_each(v.replaces) e WHERE e.type = 'integer'"
        f"   AND (v.record, v.slot, e.value) IN said) FROM refused v JOIN origin o ON o.ref = v.origin"
        f" WHERE v.type = ? AND v.reason = ? AND v.slot {among}",
        (*slots, UNIT, REFUSED_SUPERIOR, *slots) * 2,
    )


_READ = f"octet_length(g.certificate) <= {LONGEST_CERTIFICATE}"
_PROOF = f"CASE WHEN octet_length(g.proof) <= {LONGEST_CERTIFICATE} THEN g.proof END"

# -- grants --------------------------------------------------------------------------------------------------------


def grants(database: Database) -> Iterator[tuple[str, str | None, str, str, int]]:
    """Certificate in base64, proof, station, incarnation and number of every grant that lives, the newest first.

    Of one moment, as one operation writes them, that with the lowest id: it must not hang on which came first. Read one
    after the other, like :func:`said`.
    """
    yield from database.execute(
        f"SELECT g.certificate, {_PROOF}, o.station, o.incarnation, g._number FROM"
        # With the certificates all of them would be sorted in memory; a limit keeps the order from being left out.
        " (SELECT _row FROM r_grant WHERE _life = ? ORDER BY _stamp DESC, id LIMIT -1) s"
        " CROSS JOIN r_grant g ON g._row = s._row CROSS JOIN origin o ON o.ref = g._origin"
        f" WHERE {_READ}",
        (int(Life.LIVE),),
    )


def certificates_of_grants(database: Database) -> Iterator[tuple[str, str]]:
    """Record and certificate in base64 of every grant, those that were taken back as well: who has had one is told.

    Read one after the other, like :func:`said`.
    """
    yield from database.execute(f"SELECT lower(hex(g.id)), g.certificate FROM r_grant g WHERE {_READ}")


def grants_heard_of(database: Database, station: str) -> Iterator[tuple[str, str | None]]:
    """Certificate in base64 and proof of every grant of a station that has come, whether it counts or not (yet).

    Anybody may have written tens of thousands that were refused, so they are read one after the other, like
    :func:`said`.
    """
    aside = "SELECT value ->> 'certificate' AS certificate, value ->> 'proof' AS proof FROM {}"
    named = f"{aside} WHERE type = :type AND kind = :birth AND value ->> 'station' = :station"
    yield from database.execute(
        f"SELECT g.certificate, {_PROOF} FROM (SELECT certificate, proof FROM r_grant WHERE station = :station"
        f" UNION ALL {named.format('held')} UNION ALL {named.format('refused')}) g WHERE {_READ}",
        {"station": station, "type": GRANT, "birth": BIRTH},
    )


def grants_gone(database: Database) -> list[tuple[str, str, int]]:
    """Station, incarnation and number of the grants that count here no more."""
    found: list[tuple[str, str, int]] = database.rows(
        "SELECT o.station, o.incarnation, g._number FROM r_grant g JOIN origin o ON o.ref = g._origin"
        " WHERE g._life <> ? UNION ALL SELECT o.station, o.incarnation, r.number FROM refused r"
        " JOIN origin o ON o.ref = r.origin WHERE r.type = ? AND r.kind = ?",
        (int(Life.LIVE), GRANT, BIRTH),
    )
    return found


def later_grants(
    database: Database, station: str, stamp: int
) -> Iterator[tuple[str, str, tuple[str, str, int]]]:
    """The grants of a station after a stamp that name an incarnation: that, the certificate, and the item that says it.

    The item by its station, incarnation and number. Read one after the other, like :func:`said`.
    """
    for incarnation, certificate, *item in database.execute(
        "SELECT g.incarnation, g.certificate, o.station, o.incarnation, g._number"
        " FROM r_grant g JOIN origin o ON o.ref = g._origin"
        f" WHERE g.station = ? AND g._stamp > ? AND g._life <> ? AND g.incarnation IS NOT NULL AND {_READ}",
        (station, stamp, _DELETED),
    ):
        giver, of, number = item
        yield incarnation, certificate, (giver, of, number)


def incarnation_granted(database: Database, certificate: str, issuer: str) -> str | None:
    """The incarnation that the issuer's grant of a certificate (base64) names."""
    found: str | None = database.value(
        "SELECT max(g.incarnation) FROM r_grant g JOIN origin o ON o.ref = g._origin"
        " WHERE g.certificate = ? AND g._life = ? AND o.station = ?",
        (certificate, int(Life.LIVE), issuer),
    )
    return found


def was_granted_earlier(database: Database, station: str, issuer: str, certificate: str) -> bool:
    """Whether the issuer's first grant of a station came into the journal before that of a certificate (base64)."""
    place = (
        "SELECT min(s.position) FROM r_grant g JOIN origin o ON o.ref = g._origin"
        " JOIN segment s ON s.origin = o.ref AND g._number BETWEEN s.first AND s.last"
    )
    return bool(
        database.value(
            f"SELECT ({place} WHERE g.station = :station AND o.station = :issuer)"
            f" < ({place} WHERE g.certificate = :certificate)",
            {"station": station, "issuer": issuer, "certificate": certificate},
        )
    )


def grant_stands_before(database: Database, certificate: str, issuer: str, position: int) -> bool:
    """Whether the issuer's grant of a certificate (base64) stands in the journal up to a position."""
    found = database.row(
        "SELECT 1 FROM r_grant g JOIN origin o ON o.ref = g._origin"
        " JOIN segment s ON s.origin = o.ref AND g._number BETWEEN s.first AND s.last"
        " WHERE g.certificate = ? AND s.position <= ? AND o.station = ?",
        (certificate, position, issuer),
    )
    return found is not None


# -- words ---------------------------------------------------------------------------------------------------------


def restated(database: Database, station: str) -> Iterator[tuple[str, str]]:
    """Record and items of the exclusions by which a station says once more what a level below has said.

    Read one after the other, like :func:`said`.
    """
    yield from database.execute(
        f"SELECT lower(hex(r.id)), coalesce(r.items, '') FROM {quoted(table_of(EXCLUSION))} r"
        " CROSS JOIN origin o ON o.ref = r._origin WHERE o.station = ? AND r.restated AND r._life <> ?"
        " ORDER BY r._row",
        (station, _DELETED),
    )


def exclusions_by(
    database: Database, station: str, cells: Sequence[str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Record, unit and cells by name of the exclusions of a station that are not deleted, read like :func:`said`."""
    names = ", ".join(f"r.{quoted(c)}" for c in cells)
    for record, unit, *values in database.execute(
        f"SELECT lower(hex(r.id)), u.id, {names} FROM {quoted(table_of(EXCLUSION))} r"
        " CROSS JOIN origin o ON o.ref = r._origin CROSS JOIN unit_ref u ON u.ref = r.unit"
        " WHERE o.station = ? AND r._life <> ? ORDER BY r._row",
        (station, _DELETED),
    ):
        yield record, unit, dict(zip(cells, values, strict=True))


def writers(database: Database, type_name: str) -> dict[str, str]:
    """The stations that have written the records of a type that are not deleted, by record."""
    return dict(
        database.rows(
            f"SELECT lower(hex(r.id)), o.station FROM {quoted(table_of(type_name))} r"
            " JOIN origin o ON o.ref = r._origin WHERE r._life <> ?",
            (_DELETED,),
        )
    )


def said(
    database: Database, type_name: str, cells: Sequence[str]
) -> Iterator[tuple[str, tuple[int, str], list[str]]]:
    """Station, moment and cells of the records of a type that are not deleted, as they came.

    The moment is the stamp, and the id for those of one stamp. There may be a million: they are neither read nor sorted
    at once, and the caller writes nothing while it reads.
    """
    names = ", ".join(f"coalesce(r.{quoted(c)}, '')" for c in cells)
    for station, stamp, record, *values in database.execute(
        f"SELECT o.station, r._stamp, hex(r.id), {names} FROM {quoted(table_of(type_name))} r"
        f" CROSS JOIN origin o ON o.ref = r._origin WHERE r._life <> ? ORDER BY r._row",
        (_DELETED,),
    ):
        yield station, (stamp, record), values

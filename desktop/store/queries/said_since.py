"""What a station has said of units and of what counts since a moment: who was told less than that is behind."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.records.declaration import DELETED_SLOT
from desktop.records.versions.canonical import ABSENT
from desktop.records.versions.deciding import ERASURE, EXCLUSION, REVOCATION, SUPERIOR, UNIT
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class Said:
    """A word of who is who or of what counts: its type, what it names, and when it was said, changed or taken back.

    ``about`` is the unit, the station that is out of use, the text of the items that are excluded, or the record whose
    values are erased, which is of the type ``kind``.
    """

    type: str
    about: str
    stamp: int
    kind: str = ""


def own_changes(database: Database, station: str, since: int) -> list[tuple[str, int]]:
    """The units under which a station has changed something at or after a stamp, each with the newest stamp.

    What it said since of units and of what counts stands under its own unit and concerns others: :func:`own_words`.
    """
    said = ", ".join(f"'{name}'" for name in _NAMED)
    return database.rows(
        "SELECT u.id, max(v.stamp) FROM version v JOIN origin o ON o.ref = v.origin"
        " JOIN unit_ref u ON u.ref = v.unit WHERE o.station = :station AND v.stamp >= :since AND NOT v.birth"
        f" AND v.type NOT IN ({said}) GROUP BY u.id",
        {"station": station, "since": since},
    )


def own_words(database: Database, station: str, since: int, most: int) -> list[Said]:
    """What a station has said of units and of what counts at or after a stamp; at most ``most``, and of units left."""
    kinds = ", ".join(f"'{name}'" for name in _NAMED)
    # The log has no index by type, so it is gone through once for all of them.
    each = " UNION ALL ".join(
        f"SELECT '{name}' AS type, {about}, max(s.stamp), {of_type} FROM ("
        f"SELECT id, _stamp AS stamp FROM {quoted(table_of(name))} WHERE _origin IN own AND _stamp >= :since UNION ALL"
        f" SELECT record, stamp FROM later WHERE type = '{name}') s"
        f" JOIN {quoted(table_of(name))} r ON r.id = s.id GROUP BY r.id"
        for name, (about, of_type) in _NAMED.items()
    )
    found = database.rows(
        "WITH own (ref) AS MATERIALIZED (SELECT ref FROM origin WHERE station = :station),"
        " later AS MATERIALIZED (SELECT type, record, stamp FROM version WHERE origin IN own AND NOT birth"
        f" AND stamp >= :since AND type IN ({kinds})) {each} LIMIT {most:d}",
        {"station": station, "since": since},
    )
    return _left(database, station, since, most) + [
        Said(name, about or "", stamp, kind or "") for name, about, stamp, kind in found
    ]


def _left(database: Database, station: str, since: int, most: int) -> list[Said]:
    """Units that a station has moved or deleted: they stand no more below the superior to whom that is news."""
    changed = (
        " FROM r_unit r CROSS JOIN version v ON v.record = r.id AND v.slot = +{} AND v.type = +:type AND NOT v.birth"
        " JOIN origin o ON o.ref = v.origin AND o.station = :station AND v.stamp >= :since"
    )
    return [
        Said(UNIT, unit, stamp)
        for unit, stamp in database.rows(
            f"SELECT p.value ->> '$', max(v.stamp) {changed.format(':superior')} JOIN version p"
            " ON p.record = v.record AND p.slot = v.slot AND p.type = v.type AND p.stamp < v.stamp"
            " WHERE p.value <> :absent GROUP BY 1 UNION ALL"
            f" SELECT lower(hex(r.superior)), max(v.stamp) {changed.format(':deleted')}"
            f" WHERE r.superior IS NOT NULL GROUP BY 1 LIMIT {most:d}",
            {"type": UNIT, "superior": SUPERIOR, "deleted": DELETED_SLOT, "station": station, "since": since,
             "absent": ABSENT},
        )
    ]  # fmt: skip


_NAMED = {
    UNIT: ("lower(hex(r.id))", "''"),
    REVOCATION: ("r.station", "''"),
    EXCLUSION: ("r.items", "''"),
    ERASURE: ("r.target", "r.kind"),
}
"""Where each of these types says what it is about."""

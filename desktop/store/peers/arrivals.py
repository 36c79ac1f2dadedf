"""Read-only queries about bundles that arrive: which were merged before, and which stations have confirmed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from desktop.records.versions.deciding import LONGEST_CERTIFICATE
from desktop.records.versions.items import MAX_LINES
from desktop.store.tables.database import Database

_A_TIME: Final = 300
_COLUMNS: Final = "bundle, sender, sequence, at, file, total"

Item = tuple[int, int]
"""The number of an origin in this ledger and that of an item."""


@dataclass(frozen=True, slots=True)
class MergedBundle:
    """A bundle in the ledger of merges by its digest; ``at`` is milliseconds of 1970, of the first time."""

    digest: str
    sender: str
    sequence: int
    at: int
    file: str
    total: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """The bundle with which an item came: who sent it, its number there, 0 where that is not certain, and when."""

    sender: str
    sequence: int
    at: int


def came_with(database: Database, items: Iterable[Item]) -> dict[Item, Arrival]:
    """With which bundle each of these items came; what was written here came with none.

    Segments that a station has signed itself share out its numbers. Of vouched ones several may reach over a number,
    and which of them holds it stands inside: then only who sent them is told.
    """
    reaching: dict[Item, list[tuple[bool, Arrival]]] = {}
    reach = "SELECT i.*, vouched, merge FROM item i CROSS JOIN segment s ON s.origin = i.origin AND last >= number"
    for origin, number, signed, *arrival in database.rows(
        "WITH item (origin, number) AS MATERIALIZED (SELECT DISTINCT value ->> 0, value ->> 1 FROM json_each(?)),"
        # As in ``segment_log``: of signed ones none is longer, and there may be very many.
        f" reaching AS ({reach} AND (s.vouched IS NULL) = 1 AND s.first BETWEEN number - {MAX_LINES - 1} AND number"
        f"  UNION ALL {reach} AND (s.vouched IS NULL) = 0 AND s.first <= number)"
        " SELECT r.origin, number, r.vouched IS NULL, m.sender, m.sequence, m.at FROM reaching r"
        " JOIN merge m ON m.id = r.merge ORDER BY m.id",
        (json.dumps(list(items)),),
    ):
        reaching.setdefault((origin, number), []).append((bool(signed), Arrival(*arrival)))
    found: dict[Item, Arrival] = {}
    for item, segments in reaching.items():
        own = [arrival for signed, arrival in segments if signed]
        several = list(dict.fromkeys(own or (arrival for _, arrival in segments)))
        if len(several) == 1:
            found[item] = several[0]
        elif len({arrival.sender for arrival in several}) == 1:
            found[item] = replace(several[0], sequence=0)
    return found


def merged_bundles(database: Database, digests: Iterable[str]) -> dict[str, MergedBundle]:
    """Those of these bundles that were merged before."""
    wanted = list(dict.fromkeys(digests))
    found: dict[str, MergedBundle] = {}
    for start in range(0, len(wanted), _A_TIME):
        part = wanted[start : start + _A_TIME]
        marks = ", ".join("?" * len(part))
        for row in database.rows(
            f"SELECT {_COLUMNS} FROM merge WHERE bundle IN ({marks}) ORDER BY id DESC", part
        ):
            found[row[0]] = MergedBundle(*row)
    return found


def merged_like(database: Database, beginning: str, limit: int = 20) -> list[MergedBundle]:
    """The bundles in the ledger of merges whose digest begins so, newest first, each once; all with a limit of -1."""
    rows = database.rows(
        f"SELECT {_COLUMNS} FROM merge WHERE substr(bundle, 1, length(:beginning)) = :beginning"
        f" AND id IN (SELECT min(id) FROM merge GROUP BY bundle) ORDER BY id DESC LIMIT {limit:d}",
        {"beginning": beginning},
    )
    return [MergedBundle(*row) for row in rows]


def confirmed_certificates(database: Database) -> list[tuple[str, str]]:
    """The stations that have confirmed a certificate, each with what grants that name it bring as one (base64).

    The newest grant of each comes first. Anybody may have written any of these.
    """
    return [
        (station, text)
        for station, text in database.rows(
            "SELECT g.station, g.certificate FROM r_grant g JOIN link l ON l.peer = g.station"
            f" WHERE l.confirmed = 1 AND octet_length(g.certificate) <= {LONGEST_CERTIFICATE}"
            " ORDER BY g._stamp DESC, g.id"
        )
    ]


def given_by(database: Database, station: str, certificates: Iterable[str]) -> frozenset[str]:
    """Those of these certificates (base64) that a station has granted."""
    wanted = json.dumps(list(certificates))
    return frozenset(
        text
        for (text,) in database.rows(
            "SELECT g.certificate FROM r_grant g JOIN origin o ON o.ref = g._origin"
            " WHERE o.station = ? AND g.certificate IN (SELECT value FROM json_each(?))",
            (station, wanted),
        )
    )

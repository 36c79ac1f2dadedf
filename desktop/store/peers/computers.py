"""The computers of a unit, as the grants of the tree tell of them."""

from __future__ import annotations

from desktop.records.versions.deciding import LONGEST_CERTIFICATE
from desktop.store.tables.database import Database


def grants_for(database: Database, unit: str) -> list[tuple[str, str, bool, str]]:
    """Who has enrolled which station for a unit, whether under that very unit, and the certificate in base64.

    In the order of the grants; anybody may have written any, so whoever asks looks at what the certificates are worth.
    """
    return [
        (giver, station, bool(own), certificate)
        for giver, station, own, certificate in database.rows(
            "SELECT o.station, g.station, u.id = lower(hex(g.holder)), g.certificate FROM r_grant g"
            " JOIN origin o ON o.ref = g._origin JOIN unit_ref u ON u.ref = g.unit"
            " WHERE g._life <> 1 AND g.holder = unhex(?) AND g.station IS NOT NULL AND octet_length(g.certificate) <= ?"
            " ORDER BY g._stamp",
            (unit, LONGEST_CERTIFICATE),
        )
    ]


def granted(database: Database, grant: str) -> str:
    """The station of a grant, whether it still counts or not; "" where it is not known here."""
    found = database.value("SELECT station FROM r_grant WHERE id = unhex(?)", (grant,))
    return str(found or "")

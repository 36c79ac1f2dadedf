"""The computers of a unit, as the grants of the tree tell of them."""

from __future__ import annotations

from desktop.store.tables.database import Database


def of_unit(database: Database, unit: str) -> list[str]:
    """The stations of a unit that are in use, as far as they are known, in the order in which they were enrolled.

    One of its own that has enrolled another was there before it, as the root of a tree is.
    """
    out = {station for (station,) in database.rows("SELECT station FROM r_revocation WHERE _life <> 1")}
    rows = database.rows(
        "SELECT o.station, g.station, u.id = lower(hex(g.holder)) FROM r_grant g"
        " JOIN origin o ON o.ref = g._origin JOIN unit_ref u ON u.ref = g.unit"
        " WHERE g._life <> 1 AND g.holder = unhex(?) AND g.station IS NOT NULL ORDER BY g._stamp",
        (unit,),
    )
    order = [name for giver, station, own in rows for name in ((giver, station) if own else (station,))]
    return [name for name in dict.fromkeys(order) if name not in out]


def granted(database: Database, grant: str) -> str:
    """The station of a grant, whether it still counts or not; "" where it is not known here."""
    found = database.value("SELECT station FROM r_grant WHERE id = unhex(?)", (grant,))
    return str(found or "")

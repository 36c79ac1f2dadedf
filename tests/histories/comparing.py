"""What the stations of a history show in the end, and what of it may differ by the residue of the format document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desktop.store.log import components, edges
from desktop.store.queries.attached import ATTACHMENT, PART
from tests.sync.desks import Desk


def words_of(desk: Desk) -> str:
    """Every value of the records of a station, of what waits there, and of what was refused."""
    tables = ("r_firm", "r_visit", "r_attachment", "r_attachment_part", "version", "held", "refused")
    return "\n".join(str(c) for t in tables for row in desk.database.rows(f"SELECT * FROM {t}") for c in row)


def with_children_elsewhere(desk: Desk, units: set[str]) -> set[str]:
    """What has a visit, a prize, a file or a part of one of none of these units: who holds these alone does not see it.

    So it does not ask whether the firm, or the file, is deleted (rule 9).
    """
    naming = {"visit": "firm", "prize": "firm", ATTACHMENT: "record", PART: ATTACHMENT}
    return {
        str(child.values.get(name))
        for type_name, name in naming.items()
        for record in desk.records(type_name)
        if (child := desk.shown(record, type_name)) is not None and child.unit not in units
    }


def heads_of(desk: Desk) -> Mapping[str, str]:
    """Under which id each of the firms is shown that are one with others."""
    return dict(desk.database.rows("SELECT lower(hex(id)), lower(hex(head)) FROM component"))


def deleted(desk: Desk, record: str) -> bool:
    """Whether somebody has deleted one of the firms that are one with this one."""
    found = desk.database.row(
        "SELECT 1 FROM component c JOIN version v ON v.record = c.id AND v.type = c.type AND v.slot = '_deleted'"
        " AND v.value <> 'null' WHERE c.head = unhex(?)",
        (record,),
    )
    return found is not None


def gone_elsewhere(top: Desk, desk: Desk, units: set[str], heads: Mapping[str, str]) -> set[str]:
    """The heads of firms that are one of which somebody has deleted one that these units had, and all are others' above
    by now.

    What others have written into it since is not heard here, where it is not edited after it was deleted.
    """
    return {
        head
        for head in set(heads.values())
        if deleted(top, head) and _claim(desk, head) & units and not _claim(top, head) & units
    }


def misled(holders: Sequence[Desk]) -> bool:
    """Whether one took somebody for the level above for a while who has erased something (known residue)."""
    return any(
        d.database.row(
            "SELECT 1 FROM refused r JOIN r_erasure e ON e._origin = r.origin"
            " WHERE r.type = 'unit' AND r.reason = 'registered'"
        )
        for d in holders
    )


def lost_with_who_vouched(holders: Sequence[Desk]) -> bool:
    """Whether one has lost words of its own that only such as do not report to it still have (known residue).

    The level between had vouched for them, and has lost them as well: it was restored, or another computer came. Or the
    level above had given a restored one its own words back, and was set back itself by then.
    """
    for at, writer in enumerate(holders[2:], 2):
        lost = [_lines(d, writer.station, writer.ledger.incarnation) for d in holders[: at + 1]]
        if set().union(*lost[:-2]) - lost[-2] - lost[-1]:
            return True
    own, above, *_ = *holders, None
    return above is not None and bool(_brought_back(own) - _lines(above, own.station, own.ledger.incarnation))


def _brought_back(desk: Desk) -> set[tuple[str, int]]:
    """Incarnation and number of a station's own former words that it has as the level above had vouched for them."""
    return {
        (incarnation, number)
        for incarnation, first, last in desk.database.rows(
            "SELECT o.incarnation, s.first, s.last FROM segment s JOIN origin o ON o.ref = s.origin"
            " WHERE o.station = ? AND s.vouched IS NOT NULL",
            (desk.station,),
        )
        for number in range(first, last + 1)
    }


def _lines(desk: Desk, of: str, present: str) -> set[tuple[str, int]]:
    """Incarnation and number of what somebody has of a station's former words."""
    return {
        (incarnation, number)
        for incarnation, first, last in desk.database.rows(
            "SELECT o.incarnation, r.first, r.last FROM received r JOIN origin o ON o.ref = r.origin"
            " WHERE o.station = ? AND o.incarnation <> ?",
            (of, present),
        )
        for number in range(first, last + 1)
    }


def emptied(holders: Sequence[Desk]) -> bool:
    """Whether one of these has erased what was written into one of several that are one under a unit that it does not
    know, and another keeps that as what was replaced: there the digest says that a slot has no head (known residue).
    """
    versions = [
        set(
            d.database.rows(
                "SELECT v.record, v.slot, v.stamp, u.id FROM version v JOIN unit_ref u ON u.ref = v.unit"
                " WHERE lower(hex(v.record)) IN (SELECT lower(target) FROM r_erasure)"
                " AND v.record IN (SELECT id FROM component)"
            )
        )
        for d in holders
    ]
    return any(
        unit not in d.records("unit")
        for d, held in zip(holders, versions, strict=True)
        for *_, unit in set().union(*versions) - held
    )


def unbelieved(holders: Sequence[Desk]) -> bool:
    """Whether one of these does not know who has the records that another believes to be one (known residue).

    So it is where a town has said it of records of two villages, and one of them is another town's since. Or who has
    written there what no town may: a district that was never above it, of a record that was one with its own.
    """
    if any(d.database.row("SELECT 1 FROM held WHERE reason = 'certificate'") for d in holders):
        return True
    said = [{edge.id: edge for edge in edges.said(d.database, d.ledger.types)} for d in holders]
    joined = {edge.id for found in said for edge in found.values() if edge.joins}
    return any(
        edge.id in joined and not edge.joins and not edge.owners <= desk.records("unit")
        for desk, found in zip(holders, said, strict=True)
        for edge in found.values()
    )


def _claim(desk: Desk, record: str) -> frozenset[str]:
    return components.claims(desk.database, desk.ledger.types, "firm", [record])


def rows_of(
    desk: Desk, type_name: str, units: set[str], elsewhere: set[str], heads: Mapping[str, str]
) -> Mapping[str, Any]:
    """Values, unit and disputed slots of the records of some units; of those ``elsewhere`` nothing that hangs on life.

    A deleted record is in no dispute. A link leads to one of the ``heads`` where it is known that the firms are one.
    """
    shown = {record: desk.shown(record, type_name) for record in desk.records(type_name)}
    return {
        record: (
            {
                k: heads.get(str(v), v) if k in ("firm", "partner", "record") else v
                for k, v in found.values.items()
            },
            found.unit,
            () if record in elsewhere else tuple(found.disputed),
        )
        for record, found in shown.items()
        if found is not None and found.unit in units
    }

"""Reads what is attached to records: which files, and their content part by part; no list reads a content."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.records.types.attachment_part import PART_BYTES
from desktop.records.versions.deciding import ERASURE
from desktop.store.log import components
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

ATTACHMENT = "attachment"
PART = "attachment_part"
CONTENT = "content"
"""The slot of an attachment that says what its content is; when that is erased, the content goes too."""
"""Bytes that are believed of one file: a sum of what is made up would be more than a number holds."""
_LONGEST = 4 * -(-PART_BYTES // 3)
"""Characters of a part in base64."""
_FILES, _PARTS = quoted(table_of(ATTACHMENT)), quoted(table_of(PART))


def ids_of(database: Database, type_name: str, record: str) -> tuple[str, ...]:
    """The ids under which something may be attached to a record: those of all that are one with it."""
    return components.members(database, type_name, record) or (record,)


def units_of(database: Database, type_name: str, records: Sequence[str]) -> set[str]:
    """The units that these records have, are claimed by, or had: as with changes, only those may attach something.

    Anybody who is enrolled may say of a file that it belongs to any record; its own unit would never see that.
    """
    return {
        unit
        for (unit,) in database.rows(
            f"SELECT id FROM unit_ref WHERE ref IN (SELECT unit FROM {quoted(table_of(type_name))}"
            f" WHERE id IN (SELECT unhex(value) FROM json_each(:records)) UNION SELECT unit FROM record_unit"
            f" WHERE type = :type AND record IN (SELECT unhex(value) FROM json_each(:records)))",
            {"records": json.dumps(list(records)), "type": type_name},
        )
    }


@dataclass(frozen=True, slots=True)
class PutByOther:
    """A file, or a part of one, that does not stand under the unit that has erased the record to which it belongs.

    ``unit``, ``slots``, ``basis`` and ``upto`` (as on the wire) are what was said of ``bearer``, a record of ``kind``.
    """

    kind: str
    bearer: str
    unit: str
    slots: str
    basis: str
    upto: str
    said: int
    type: str
    record: str
    stamp: int


def put_by_others(database: Database) -> list[PutByOther]:
    """Those that are not erased themselves, oldest first."""
    said = (
        "SELECT e.kind, lower(e.target), u.id, coalesce(e.slots, ''), coalesce(e.basis, ''), coalesce(e.upto, ''),"
        f" e._stamp, ?, lower(hex(a.id)), a._stamp FROM {quoted(table_of(ERASURE))} e"
        f" JOIN unit_ref u ON u.ref = e.unit CROSS JOIN"
    )
    files = database.rows(
        f"{said} {_FILES} a ON a.record = lower(e.target) AND a.kind = e.kind WHERE a.unit <> e.unit"
        f" AND coalesce(a.name, a.description, a.taken, a.media, a.sha256) IS NOT NULL ORDER BY a._stamp, a._row",
        (ATTACHMENT,),
    )
    parts = database.rows(
        f"{said} {_PARTS} a ON a.attachment = unhex(e.target) AND e.kind = ? WHERE a.unit <> e.unit"
        f" AND a.content IS NOT NULL ORDER BY a._stamp, a._row",
        (PART, ATTACHMENT),
    )
    return [PutByOther(*row) for row in (*files, *parts)]


def attached_to(database: Database, type_name: str, records: Sequence[str]) -> list[str]:
    """The ids of what is attached to these records, or was before it was deleted, oldest first."""
    return [
        found
        for (found,) in database.rows(
            f"SELECT lower(hex(id)) FROM {_FILES} WHERE record IN (SELECT value FROM json_each(?)) AND kind = ?"
            " ORDER BY _stamp, _row",
            (json.dumps(list(records)), type_name),
        )
    ]


def parts_of(database: Database, attachments: Sequence[str]) -> list[str]:
    """The ids of all parts of these attachments, deleted ones included."""
    return [
        found
        for (found,) in database.rows(
            f"SELECT lower(hex(id)) FROM {_PARTS} WHERE attachment IN (SELECT unhex(value) FROM json_each(?))"
            f" ORDER BY attachment, number, id",
            (json.dumps(list(attachments)),),
        )
    ]


def born(database: Database, origin: int, first: int, last: int) -> tuple[list[int], list[int]]:
    """The numbers of the attachments among these items and of the parts that came with them, each in their order.

    The parts are found through the attachments, of which there are few.
    """
    span = {"origin": origin, "first": first, "last": last}
    its = "a._origin = :origin AND a._number BETWEEN :first AND :last"
    files = database.rows(f"SELECT a._number FROM {_FILES} a WHERE {its} ORDER BY 1", span)
    parts = database.rows(
        f"SELECT p._number FROM {_FILES} a CROSS JOIN {_PARTS} p ON p.attachment = a.id"
        f" WHERE {its} AND p._origin = :origin AND p._number BETWEEN :first AND :last ORDER BY 1",
        span,
    )
    return [number for (number,) in files], [number for (number,) in parts]


def here(database: Database, attachments: Sequence[str]) -> dict[str, int]:
    """How many parts of each attachment have come and are not erased; those of which none has are left out.

    Whether they are deleted is no matter: that goes with the attachment, which may have been brought back.
    """
    return dict(
        database.rows(
            f"SELECT lower(hex(p.attachment)), count(DISTINCT p.number) FROM {_PARTS} p JOIN {_FILES} a"
            f" ON a.id = p.attachment WHERE p.attachment IN (SELECT unhex(value) FROM json_each(?))"
            f" AND p.number BETWEEN 1 AND a.parts AND p.content IS NOT NULL GROUP BY p.attachment",
            (json.dumps(list(attachments)),),
        )
    )


def contents(database: Database, attachment: str, most: int) -> Iterator[str]:
    """The parts of a content in their order, one for each number up to ``most``.

    Anybody may say of a part that it belongs here. One that is under the attachment's own unit goes before others: only
    who may write the attachment has written it.
    """
    for (found,) in database.rows(
        f"SELECT id FROM (SELECT p.id, p.number, row_number() OVER (PARTITION BY p.number"
        f" ORDER BY p.unit <> a.unit, p._stamp <> a._stamp, p.id) AS place FROM {_PARTS} p JOIN {_FILES} a"
        f" ON a.id = p.attachment WHERE a.id = unhex(?) AND p.number BETWEEN 1 AND ? AND length(p.content) <= ?)"
        f" WHERE place = 1 ORDER BY number",
        (attachment, most, _LONGEST),
    ):
        yield database.value(f"SELECT content FROM {_PARTS} WHERE id = ?", (found,))

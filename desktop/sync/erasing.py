"""Erasures reach every line in which a value stands: stored segments are blanked, later copies before they are read.

A blanked personal value travels as its hash, so the rest of the line stays readable and proven (rules 12 and 20).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from desktop.records import items
from desktop.records.deciding import ERASURE
from desktop.records.items import MalformedLine, Shape
from desktop.records.stamps import from_wire
from desktop.store import erasing
from desktop.store.columns import quoted, table_of
from desktop.store.erasing import Erasure, Targets
from desktop.store.ledger import Ledger
from desktop.sync import frames, sending, strictjson
from desktop.sync.errors import BadSegment
from desktop.sync.frames import Frame
from desktop.sync.segments import Header, read


def due(ledger: Ledger) -> list[Erasure]:
    """What the erasures that count ask for and was not done here yet.

    An erasure counts for a record that has or had the unit under which it was written, like any other change. One
    whose record is not here waits until it comes.
    """
    found = []
    for said, kind, target, slots, upto, unit in ledger.database.rows(
        f"SELECT e.id, e.kind, e.target, e.slots, e.upto, e.unit FROM {quoted(table_of(ERASURE))} e"
        # Whoever deletes the record of an erasure brings nothing back.
        f" WHERE e.id NOT IN (SELECT erasure FROM erasure_done)"
    ):
        try:
            stamp, record = from_wire(upto or ""), bytes.fromhex(target or "")
        except ValueError:
            # No station of this program writes such a one, and there is nothing that it could mean.
            continue
        record_type = ledger.types.get(kind or "")
        if record_type is not None and _may_reach(ledger, record_type.name, record, unit):
            found += [
                Erasure(said, record_type.name, record.hex(), slot, stamp)
                for slot in (slots or "").split()
                if slot in record_type.slots and record_type.slots[slot].personal
            ]
    return found


def _may_reach(ledger: Ledger, type_name: str, record: bytes, unit: int) -> bool:
    return (
        ledger.database.row(
            f"SELECT 1 FROM {quoted(table_of(type_name))} r WHERE r.id = :record AND (r.unit = :unit OR EXISTS ("
            f" SELECT 1 FROM record_unit u WHERE u.record = r.id AND u.type = :type AND u.unit = :unit))",
            {"record": record, "type": type_name, "unit": unit},
        )
        is not None
    )


def blank_stored(ledger: Ledger, holders: Collection[tuple[int, int]]) -> None:
    """Blanks the lines of these items (origin, number) in every segment that holds them."""
    wanted = erasing.targets(ledger.database)
    positions = {
        position
        for origin, number in holders
        for (position,) in ledger.database.rows(
            "SELECT position FROM segment WHERE origin = ? AND first <= ? AND last >= ?",
            (origin, number, number),
        )
    }
    for position in sorted(positions):
        compressed = ledger.database.value("SELECT frame FROM segment WHERE position = ?", (position,))
        header, lines = read(sending.frame_of(compressed))
        frame = blanked(header, lines, wanted)
        if frame is not None:
            ledger.database.execute(
                "UPDATE segment SET frame = ? WHERE position = ?", (frame.compressed, position)
            )


def blanked(header: Header, lines: Sequence[bytes], wanted: Targets) -> Frame | None:
    """The segment without the values that were erased; nothing when none stands in it. The header stays as signed."""
    if not wanted:
        return None
    names = {record for _, record in wanted}
    changed = False
    after: list[bytes] = []
    for line in lines:
        places = _places(header, line, wanted) if _names_one(line, names) else []
        after.append(items.erased_line(line, places) if places else line)
        changed |= after[-1] != line
    if not changed:
        return None
    signature = msgspec.json.encode({"signature": strictjson.to_base64(header.signature)})
    return frames.compress(b"\n".join([header.raw, signature, *after]) + b"\n")


def _names_one(line: bytes, names: Collection[str]) -> bool:
    """A quick look at the head: kind, type and record are its first three texts."""
    parts = line.split(b'"', 6)
    return len(parts) > 5 and parts[5].decode("ascii", "replace") in names


def _places(header: Header, line: bytes, wanted: Targets) -> list[int]:
    """Which parts of a line hold an erased value."""
    try:
        parts = items.split_line(line)
        kind, type_name, record, _, slot, stamp, *_ = msgspec.json.decode(parts[0])
        at = from_wire(stamp)
    except (MalformedLine, msgspec.DecodeError, ValueError, TypeError) as error:
        raise BadSegment(str(error)) from error
    slots = {name for name, upto in wanted.get((type_name, record), {}).items() if at <= upto}
    if kind == items.BIRTH:
        shape = header.shapes.get(type_name, Shape(()))
        return [place for place, part in enumerate(shape.personal, start=1) if _is_of(part, slots)]
    if slot not in slots or len(parts) < 2 or not parts[1].startswith(b"["):
        return []
    # That somebody emptied a field says nothing about anybody, and later versions may stand on it.
    return [] if msgspec.json.decode(parts[1])[1:] == [None] else [1]


def _is_of(columns: Sequence[str], slots: Collection[str]) -> bool:
    return any(column.partition(".")[0] in slots for column in columns)

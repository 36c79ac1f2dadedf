"""Erasures reach every line in which a value stands: stored segments are blanked, later copies before they are read.

A blanked personal value travels as its hash, so the rest of the line stays readable and proven (rules 12 and 20).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from desktop.records import items
from desktop.records.deciding import ERASURE
from desktop.records.identity import is_id
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

    An erasure reaches what was written under its own unit or one below, up to the moment at which it was said, of
    whatever record: whose words they were is signed with them, and who claims a record later has no part in them.
    """
    found = []
    units: dict[str, frozenset[str]] = {}
    done = {
        (e.type, e.record, e.slot, e.unit): e.upto
        for several in erasing.targets(ledger.database).values()
        for e in several
    }
    for kind, target, slots, upto, unit, own in ledger.database.rows(
        f"SELECT e.kind, lower(e.target), e.slots, e.upto, u.id, e._stamp FROM {quoted(table_of(ERASURE))} e"
        # Whoever deletes the record of an erasure brings nothing back.
        f" JOIN unit_ref u ON u.ref = e.unit"
    ):
        record_type = ledger.types.get(kind or "")
        try:
            stamp = min(from_wire(upto or ""), own)
        except ValueError:
            # No station of this program writes such a one, and there is nothing that it could mean.
            continue
        if record_type is None or not is_id(target):
            continue
        if unit not in units:
            units[unit] = erasing.covered(ledger.database, unit)
        found += [
            Erasure(record_type.name, target, slot, stamp, unit, units[unit])
            for slot in (slots or "").split()
            if slot in record_type.slots
            and record_type.slots[slot].personal
            and done.get((record_type.name, target, slot, unit), -1) < stamp
        ]
    return found


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
        places = _places(header, line, wanted) if _names_one(line, names) or b"\\u" in line else []
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
        kind, type_name, record, unit, slot, stamp, *_ = msgspec.json.decode(parts[0])
        at = from_wire(stamp)
    except (MalformedLine, msgspec.DecodeError, ValueError, TypeError) as error:
        raise BadSegment(str(error)) from error
    erased = wanted.get((type_name, record), ())
    if kind == items.BIRTH:
        shape = header.shapes.get(type_name, Shape(()))
        slots = {e.slot for e in erased if e.reaches(e.slot, at, unit)}
        return [place for place, part in enumerate(shape.personal, start=1) if _is_of(part, slots)]
    if not any(e.reaches(slot, at, unit) for e in erased) or len(parts) < 2 or not parts[1].startswith(b"["):
        return []
    # That somebody emptied a field says nothing about anybody, and later versions may stand on it.
    return [] if msgspec.json.decode(parts[1])[1:] == [None] else [1]


def _is_of(columns: Sequence[str], slots: Collection[str]) -> bool:
    return any(column.partition(".")[0] in slots for column in columns)

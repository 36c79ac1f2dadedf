"""Erasures reach every line in which a value stands: stored segments are blanked, later copies before they are read.

A blanked personal value travels as its hash, so the rest of the line stays readable and proven (rules 12 and 20). Its
salt goes too, or the value could be found by trying: the segment is opened and leaves its key behind.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence, Set
from typing import Final

import msgspec

from desktop.records.identity import is_id
from desktop.records.versions import items
from desktop.records.versions.items import MalformedLine, Shape
from desktop.records.versions.stamps import DAY_MS, from_wire, milliseconds_of
from desktop.store.ledger import Ledger
from desktop.store.merging import aside, erasing
from desktop.store.merging.erasing import Erasure, Targets
from desktop.store.peers import segment_log
from desktop.store.queries import erasures
from desktop.sync.bundles import kept
from desktop.sync.errors import BadSegment
from desktop.sync.formats import decoding
from desktop.sync.formats.arriving import Arrived
from desktop.sync.formats.frames import Frame
from desktop.sync.formats.segments import Header, opened, pack

_UNDER: Final = "erased_under"

_decode_head = msgspec.json.Decoder(
    tuple[str, str, str, str, str | None, str, msgspec.Raw, msgspec.Raw, msgspec.Raw, msgspec.Raw]
).decode


def due(ledger: Ledger) -> list[Erasure]:
    """What the erasures that count ask for and was not done here yet.

    An erasure reaches what was written under its own unit or one below, up to the moment at which it was said, of
    whatever record: whose words they were is signed with them, and who claims a record later has no part in them.
    Where the tree of units is another one than when they were done, more may lie below than was known then. One that
    was said here under a date in the future asks for nothing until its day, as it does where it waits (rule 15).
    """
    found = []
    now = ledger.environment.since_epoch()
    anew = erasing.tree_mark(ledger.database) != (ledger.meta(_UNDER) or "")
    units: dict[str, frozenset[str]] = {}
    done = erasing.done(ledger.database)
    for kind, target, slots, upto, unit, own in erasures.asked(ledger.database):
        record_type = ledger.types.get(kind)
        if _is_early(own, now):
            continue
        try:
            stamp = min(from_wire(upto), own)
        except ValueError:
            # No station of this program writes such a one, and there is nothing that it could mean.
            continue
        if record_type is None or not is_id(target):
            continue
        if unit not in units:
            units[unit] = erasing.covered(ledger.database, unit)
        # Words are parted by spaces alone: which other signs part any depends on the version of Unicode.
        words = f" {slots} "
        asked = (
            Erasure(record_type.name, target, name, stamp, unit, units[unit])
            for name, slot in record_type.slots.items()
            if slot.personal and f" {name} " in words
        )
        found += [
            erasure
            for erasure in asked
            if done.get((erasure.type, target, erasure.slot, unit), -1) < stamp
            or (anew and erasing.is_left(ledger.database, ledger.types, erasure))
        ]
    return _with_strangers(ledger, found)


def _is_early(stamp: int, now: int) -> bool:
    return milliseconds_of(stamp) > now + DAY_MS


def note_tree(ledger: Ledger) -> None:
    """All that is due was done under the tree of now; not while some of it has yet to have its day."""
    now = ledger.environment.since_epoch()
    early = any(_is_early(own, now) for own in erasures.stamps(ledger.database))
    mark = "" if early else erasing.tree_mark(ledger.database)
    if mark != (ledger.meta(_UNDER) or ""):
        ledger.set_meta(_UNDER, mark)


def look_again(ledger: Ledger) -> None:
    """More comes that was read before what was erased was known: what is due next is asked of all erasures."""
    ledger.drop_meta(_UNDER)


def _with_strangers(ledger: Ledger, erasures: Sequence[Erasure]) -> list[Erasure]:
    """The same, with what was written under units that are not known here, such as those that had a record before.

    Whether these lie below a unit above this station, only levels above know. But who erases has first emptied what he
    saw. So what is replaced he has seen, and may reach; in what still stands he had no part.
    """
    strangers = {unit: erasing.strangers(ledger.database, unit) for unit in {e.unit for e in erasures}}
    found = []
    for erasure in erasures:
        others = dataclasses.replace(erasure, units=strangers[erasure.unit])
        reached = others.units and erasing.is_replaced(ledger.database, others)
        found.append(dataclasses.replace(erasure, units=erasure.units | others.units) if reached else erasure)
    return found


def blank_stored(ledger: Ledger, erasures: Collection[Erasure], holders: Collection[tuple[int, int]]) -> None:
    """Blanks the lines of these items (origin, number), as far as these erasures reach, wherever they are stored."""
    wanted = erasing.by_record(erasures)
    positions = {
        position: origin
        for origin, number in holders
        for position in segment_log.positions(ledger.database, origin, number, number)
    }
    begun: set[tuple[int, int]] = set()
    for position, origin in sorted(positions.items()):
        header, lines = kept.read_at(ledger.database, position)
        void = aside.void_between(ledger.database, origin, header.first, header.last)
        frame = blanked(header, lines, wanted, void)
        if frame is not None:
            segment_log.replace(ledger.database, position, frame.compressed)
            if (begins := segment_log.begins(ledger.database, position)) is not None:
                begun.add(begins)
    for origin, first in sorted(begun):
        _open_all(ledger, origin, first)


def as_kept(ledger: Ledger, arrived: Arrived, wanted: Targets) -> Frame | None:
    """What is kept of a segment that has come, if not its own bytes: erased values are not, nor what tells them.

    A ledger that was restored cuts what waited to be sent once more, perhaps in a longer or shorter segment, under
    the key that it had. So of segments that begin with the same item either all are open or none is: what is erased
    in one must not be found by the key of another. As long as nothing is, opening them would only take time.
    """
    header = arrived.header
    found = segment_log.newest_from(ledger.database, header.station, header.incarnation, header.first)
    frame = None
    if wanted:
        origin = ledger.origin_ref(header.station, header.incarnation)
        void = aside.void_between(ledger.database, origin, header.first, header.last)
        frame = blanked(header, arrived.lines, wanted, void)
    if found is None:
        return frame
    origin, position = found
    sealed = kept.read_at(ledger.database, position)[0].key is not None
    if sealed and (frame is not None or header.key is None):
        _open_all(ledger, origin, header.first)
    if not sealed and frame is None and header.key is not None:
        frame = pack(*opened(header, arrived.lines))
    return frame


def as_heard(
    ledger: Ledger, origin: int, arrived: Arrived, numbers: Sequence[int], blank: Mapping[int, bytes]
) -> Frame:
    """What is kept of a segment of which some lines, ``blank`` by number, stand here without a value of theirs.

    Whoever has heard a line so takes no other form of it. The erasure may still wait, for its day or behind a fork; of
    such a line no version stands by which it would find the copy that has the value, once it counts.
    """
    if not blank:
        return arrived.frame
    header, lines = opened(arrived.header, arrived.lines)
    after = [_as_blank(line, blank.get(number)) for number, line in zip(numbers, lines, strict=True)]
    if after == list(lines):
        return arrived.frame
    _open_all(ledger, origin, header.first)
    return pack(header, after)


def _as_blank(line: bytes, heard: bytes | None) -> bytes:
    """The line as it was heard, if it is the same but for what was erased."""
    if heard is None:
        return line
    parts = items.split_line(heard)
    if len(parts) != len(items.split_line(line)):
        # Of a fork it is another content of the number.
        return line
    places = [at for at, part in enumerate(parts) if at and part.startswith(b'"')]
    found = items.erased_line(line, places)
    return found if found == heard else line


def _open_all(ledger: Ledger, origin: int, first: int) -> None:
    """Opens the segments that may have one key."""
    for position in segment_log.signed_from(ledger.database, origin, first):
        header, lines = kept.read_at(ledger.database, position)
        if header.key is not None:
            segment_log.replace(ledger.database, position, pack(*opened(header, lines)).compressed)


def blanked(
    header: Header, lines: Sequence[bytes], wanted: Targets, void: Set[tuple[int, int]] = frozenset()
) -> Frame | None:
    """The segment without the values that were erased; nothing when none stands in it. The header stays as signed.

    ``void`` are the items, number and stamp, that are written anew since their date was wrong.
    """
    if not wanted:
        return None
    names = {record for _, record in wanted}
    places = {
        at: found
        for at, line in enumerate(lines)
        if (_names_one(line, names) or b"\\u" in line) and (found := _places(header, line, wanted, void))
    }
    if not places:
        return None
    header, before = opened(header, lines)
    after = [items.erased_line(line, places.get(at, ())) for at, line in enumerate(before)]
    return pack(header, after) if after != before else None


def _names_one(line: bytes, names: Collection[str]) -> bool:
    """A quick look at the head: kind, type and record are its first three texts."""
    parts = line.split(b'"', 6)
    return len(parts) > 5 and parts[5].decode("ascii", "replace") in names


def _places(header: Header, line: bytes, wanted: Targets, void: Set[tuple[int, int]]) -> list[int]:
    """Which parts of a line hold an erased value; what is no item of the format is refused before it is read."""
    try:
        parts = items.split_line(line)
        kind, type_name, record, unit, slot, stamp, _, number, *_ = _decode_head(parts[0])
        at = from_wire(stamp)
        is_void = bool(void) and (int(bytes(number)), at) in void
    except (MalformedLine, msgspec.DecodeError, ValueError) as error:
        raise BadSegment(str(error)) from error
    erased = wanted.get((type_name, record), ())
    if kind == items.BIRTH:
        personal = header.shapes.get(type_name, Shape(())).personal
        if len(parts) != 1 + len(personal):
            raise BadSegment("a birth follows the shape of its type")
        slots = {e.slot for e in erased if e.reaches(e.slot, at, unit, is_void=is_void)}
        return [place for place, part in enumerate(personal, start=1) if _is_of(part, slots)]
    if not any(e.reaches(slot, at, unit, is_void=is_void) for e in erased):
        return []
    # Of kinds of later formats, which may have more parts, nothing is known but whose value it is.
    filled = [place for place, part in enumerate(parts) if place and part.startswith(b"[")]
    return [] if filled == [1] and _empties(parts[1]) else filled


def _empties(part: bytes) -> bool:
    """That somebody emptied a field says nothing about anybody, and later versions may stand on it."""
    try:
        return decoding.says_nothing(part)
    except (MalformedLine, msgspec.DecodeError):
        # Nobody has read yet what a later format says.
        return False


def _is_of(columns: Sequence[str], slots: Collection[str]) -> bool:
    return any(column.partition(".")[0] in slots for column in columns)

"""The ZIP files of this project: stored entries side by side, each name once, nothing between or behind them.

``unzip`` reads them like any other. Reading is narrower than the ZIP format on purpose: the local header of an
entry must be, byte for byte, the one that its record in the central directory implies, and the entries must
fill the file from its first byte to the directory. So the two cannot disagree, nothing hides, and there are no
comments, extra fields, data descriptors, compression, encryption, ZIP64 or overlapping entries to think about.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Final

from desktop.sync.errors import (
    BadEntryName,
    CutShort,
    DoubledEntry,
    EntryChanged,
    HeadersUnequal,
    NotABundle,
    TooBig,
)

MAX_FILE: Final = (1 << 32) - 2
"""What a stick with FAT32 holds in one file; it also keeps ZIP64 out of the format."""

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_LOCAL_MAGIC: Final = b"PK\x03\x04"
_CENTRAL_MAGIC: Final = b"PK\x01\x02"
_END_MAGIC: Final = b"PK\x05\x06"
_MAX_VERSION: Final = 20
_UTF8: Final = 0x800
_MAX_NAME: Final = 256


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored entry: its name, bytes, CRC-32, and where its local header stands.

    ``version``, ``flags``, ``time`` and ``date`` mean nothing here, but both headers must say the same.
    """

    name: str
    size: int
    crc: int
    header: int
    version: int = 10
    flags: int = 0
    time: int = 0
    date: int = 0x21  # 1980-01-01: when a bundle was made stands in its manifest

    def local_header(self) -> bytes:
        """The one local header that such an entry has."""
        return _LOCAL.pack(_LOCAL_MAGIC, *self._common(), 0) + self.name.encode("ascii")

    def central_header(self) -> bytes:
        """The record of the central directory that :class:`Writer` makes for such an entry."""
        fixed = (_CENTRAL_MAGIC, self.version, *self._common(), 0, 0, 0, 0, 0, self.header)
        return _CENTRAL.pack(*fixed) + self.name.encode("ascii")

    def _common(self) -> tuple[int, ...]:
        """What both headers say, in its order; method 0 is stored, so both sizes are one."""
        sizes = (self.crc, self.size, self.size, len(self.name))
        return (self.version, self.flags, 0, self.time, self.date, *sizes)

    @property
    def start(self) -> int:
        """Where the content begins."""
        return self.header + _LOCAL.size + len(self.name)

    @property
    def end(self) -> int:
        """Where the content ends and the next header begins."""
        return self.start + self.size


class Writer:
    """Writes entries one after the other to an empty binary stream; :meth:`finish` makes it a ZIP."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._entries: list[Entry] = []
        self._end = 0

    def add(self, name: str, data: bytes) -> None:
        """Appends one entry; raises :class:`TooBig` where the file would outgrow FAT32."""
        entry = Entry(name, len(data), zlib.crc32(data), self._end)
        if entry.end > MAX_FILE:
            raise TooBig("a bundle of more than 4 GB")
        self._stream.write(entry.local_header())
        self._stream.write(data)
        self._entries.append(entry)
        self._end = entry.end

    def finish(self) -> None:
        """Writes the central directory."""
        directory = b"".join(entry.central_header() for entry in self._entries)
        self._stream.write(directory)
        self._stream.write(_end_record(len(self._entries), len(directory), self._end))


def list_entries(stream: BinaryIO, allowed: re.Pattern[str], limit: int) -> dict[str, Entry]:
    """The entries of a ZIP of at most ``limit`` entries by name, every header checked.

    Raises :class:`NotABundle`, :class:`CutShort`, :class:`TooBig`, :class:`BadEntryName`,
    :class:`DoubledEntry` or :class:`HeadersUnequal`. Contents are not read.
    """
    size = stream.seek(0, 2)
    count, directory, start = _find_directory(stream, size, limit)
    entries: dict[str, Entry] = {}
    offset = 0
    for _ in range(count):
        entry, offset = _central_entry(directory, offset, allowed)
        if entry.name in entries:
            raise DoubledEntry(entry.name)
        entries[entry.name] = entry
    if offset != len(directory):
        raise HeadersUnequal("something stands behind the directory")
    position = 0
    for entry in sorted(entries.values(), key=lambda e: e.header):
        if entry.header != position or entry.end > start:
            raise HeadersUnequal("something stands between the entries")
        expected = entry.local_header()
        if _read(stream, entry.header, len(expected)) != expected:
            raise HeadersUnequal(entry.name)
        position = entry.end
    if position != start:
        raise HeadersUnequal("something stands behind the entries")
    return entries


def read_entry(stream: BinaryIO, entry: Entry, limit: int) -> bytes:
    """The content of an entry of at most ``limit`` bytes; raises :class:`TooBig` or :class:`EntryChanged`."""
    if entry.size > limit:
        raise TooBig(entry.name)
    data = _read(stream, entry.start, entry.size)
    if zlib.crc32(data) != entry.crc:
        raise EntryChanged(entry.name)
    return data


def _find_directory(stream: BinaryIO, size: int, limit: int) -> tuple[int, bytes, int]:
    """Count of entries, bytes of the central directory, and where it starts."""
    beginning = _read(stream, 0, min(size, len(_LOCAL_MAGIC)))
    if beginning != _LOCAL_MAGIC:
        raise (CutShort if _LOCAL_MAGIC.startswith(beginning) else NotABundle)("no ZIP")
    if size > MAX_FILE + _END.size + limit * (_CENTRAL.size + _MAX_NAME):
        raise TooBig("a file of more than 4 GB")
    if size < _END.size:
        raise CutShort("no end record")
    end = _read(stream, size - _END.size, _END.size)
    magic, _, _, _, count, length, start, _ = _END.unpack(end)
    if magic != _END_MAGIC:
        raise CutShort("no end record")
    if count > limit or length > limit * (_CENTRAL.size + _MAX_NAME):
        raise TooBig("too many entries")
    if end != _end_record(count, length, start) or start + length + _END.size != size:
        raise HeadersUnequal("end record")
    return count, _read(stream, start, length), start


def _central_entry(directory: bytes, offset: int, allowed: re.Pattern[str]) -> tuple[Entry, int]:
    """The entry whose record stands at ``offset`` of the directory, and where the next record stands."""
    name_start = offset + _CENTRAL.size
    if name_start > len(directory):
        raise HeadersUnequal("the directory ends early")
    record = _CENTRAL.unpack_from(directory, offset)
    magic, _, version, flags, method, time, date, crc, stored, size, name_length = record[:11]
    extra, comment, disk, _, _, header = record[11:]
    name = directory[name_start : name_start + name_length].decode("latin-1")
    if allowed.fullmatch(name) is None:
        raise BadEntryName(ascii(name[:80]))
    plain = magic == _CENTRAL_MAGIC and version <= _MAX_VERSION and flags in (0, _UTF8)
    if not plain or stored != size or any((method, extra, comment, disk)):
        raise HeadersUnequal(name)
    return Entry(name, size, crc, header, version, flags, time, date), name_start + name_length


def _end_record(count: int, length: int, start: int) -> bytes:
    return _END.pack(_END_MAGIC, 0, 0, count, count, length, start, 0)


def _read(stream: BinaryIO, start: int, length: int) -> bytes:
    """Exactly these bytes; a file that shrinks while it is read (a stick pulled out) is cut short."""
    stream.seek(start)
    data = stream.read(length)
    if len(data) != length:
        raise CutShort("the file ends early")
    return data

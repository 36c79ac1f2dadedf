"""The births of one type in a segment, read line by line as its shape says and laid out column by column."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from typing import Annotated, Any, Final

import msgspec

from desktop.records.declaration import Kind, RecordType
from desktop.records.versions.born import Births
from desktop.records.versions.items import EMPTY_PART, MalformedLine, Shape
from desktop.records.versions.stamps import MAX_STAMP

_Integer = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
AnyCell = str | _Integer | None
"""What the format lets a cell hold."""
_CELLS: Final[Mapping[Kind | None, Any]] = {
    **dict.fromkeys(Kind, str | None),
    Kind.INTEGER: _Integer | None,
    Kind.BOOLEAN: _Integer | None,
    None: AnyCell,
}
"""What a cell of a birth may hold by the kind of its field; None stands for a field that is not known here."""


_Readers = tuple[Callable[[bytes], Any], ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the births of one shape are read: ``exact`` by the kinds of their fields, ``any`` by the format alone.

    ``empty`` are the cells of a personal part without values.
    """

    empty: tuple[tuple[None, ...], ...]
    exact: _Readers
    any: _Readers


class BirthLines:
    """The births of one type in one segment, gathered line by line.

    ``misfits`` are the numbers of those with a value that is none of its field's kind.
    A type that is not known here has no kinds, and any value fits.
    """

    def __init__(self, name: str, shape: Shape, record_type: RecordType | None) -> None:
        self.type = name
        self.misfits: set[int] = set()
        self._columns = shape.columns
        kinds = kinds_of(record_type)
        self._reading = _reading(
            tuple(kinds.get(c) for c in shape.plain),
            tuple(tuple(kinds.get(c) for c in part) for part in shape.personal),
        )
        self._rows: list[tuple[Any, ...]] = []

    def add(self, parts: Sequence[bytes]) -> int:
        """Adds a line; the number of its item. Raises what reading raises."""
        try:
            return self._read(parts, self._reading.exact)
        except msgspec.ValidationError:
            number = self._read(parts, self._reading.any)
            self.misfits.add(number)
            return number

    def _read(self, parts: Sequence[bytes], readers: _Readers) -> int:
        number: int
        _, _, record, unit, _, stamp, _, number, operator, cells = readers[0](parts[0])
        if len(parts) != len(readers):
            raise MalformedLine("a birth follows the shape of its type")
        for place, empty in enumerate(self._reading.empty, 1):
            part = parts[place]
            cells += empty if part == EMPTY_PART or part[:1] == b'"' else readers[place](part)[1:]
        # Only what is kept, or the memory that it takes costs more than all that is saved.
        self._rows.append((record, unit, stamp, number, operator, *cells))
        return number

    def births(self) -> Births:
        """What was gathered, column by column; raises :class:`MalformedLine` and ``ValueError``.

        Most columns of a register are empty in all rows. They are left out, or whoever merges would look at each cell.
        """
        records, units, stamps, numbers, operators, *cells = zip(*self._rows, strict=True)
        filled = [cell.count(None) < len(cell) for cell in cells]
        return Births(
            self.type,
            tuple(compress(self._columns, filled)),
            records,
            _alike(units),
            _stamps(stamps),
            numbers,
            _alike(operators),
            [*compress(cells, filled)],
        )


def _alike(texts: Sequence[str]) -> Sequence[str]:
    """The same; where all are alike they are one text, whose hash is reckoned once and which travels once."""
    return (texts[0],) * len(texts) if texts.count(texts[0]) == len(texts) else texts


def _stamps(texts: Sequence[str]) -> Sequence[int]:
    """The stamps that these say; joined, because one look at many costs less than many looks."""
    joined = "".join(texts)
    found = bytes.fromhex(joined)
    # A hexadecimal reading skips white space and takes capitals; a stamp has one written form.
    if set(map(len, texts)) == {16} and found.hex() == joined:
        stamps = struct.unpack(f">{len(texts)}Q", found)
        if min(stamps) > 0 and max(stamps) <= MAX_STAMP:
            return stamps
    raise MalformedLine("a stamp is 16 lower-case hexadecimal digits")


def kinds_of(record_type: RecordType | None) -> Mapping[str, Kind]:
    """The kinds of the columns of a type that is known here."""
    fields = record_type.fields if record_type is not None else ()
    return {f.wire: f.kind for f in fields}


@lru_cache(maxsize=64)  # a hostile shape has tens of thousands of columns and takes five megabytes
def _reading(plain: tuple[Kind | None, ...], personal: tuple[tuple[Kind | None, ...], ...]) -> _Reading:
    """The decoders of a shape; a tuple of known kinds decodes quicker than a list of anything, and checks more."""

    row: Any = tuple  # types made from data are nothing that a checker of types can follow

    def readers(kinds: Callable[[Kind | None], Any]) -> _Readers:
        cells = row[tuple(kinds(k) for k in plain)]
        # A birth replaces nothing: of a list that may be of megabytes nothing is read.
        head = row[str, str, str, str, None, str, row[()], int, str, cells]
        # Many parts may be alike: one reader does for all of them.
        of_part = {part: reader(row[(str, *(kinds(k) for k in part))]) for part in dict.fromkeys(personal)}
        return (reader(head), *map(of_part.__getitem__, personal))

    def reader(of: Any) -> Callable[[bytes], Any]:
        return msgspec.json.Decoder(of).decode

    empty = tuple((None,) * len(part) for part in personal)
    return _Reading(empty, readers(_CELLS.__getitem__), readers(lambda _: AnyCell))

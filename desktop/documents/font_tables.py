"""Keeps the large tables of a TrueType font as they are stored and reads the entries that a print asks for.

reportlab reads them number by number, which was most of a first print, and a letter needs few of their tens of
thousands. Characters, widths, metrics and places of outlines are those of reportlab's own reading (OpenType 1.9:
``cmap`` formats 4 and 12, ``hmtx``, ``loca``); whatever is stored otherwise is left to it.
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar, overload

from reportlab.pdfbase.ttfonts import TTFontFace

Entry = TypeVar("Entry")

_SPACE: Final = 0x20
_HARD_SPACE: Final = 0xA0
_UNICODE, _MACINTOSH, _WINDOWS = 0, 1, 3


class LazyTable(dict[int, Entry]):
    """Entries by character, each read when it is first asked for; whoever goes through all of them reads all of them.

    ``find`` reads one, None where the font has none, ``codes`` names all characters.
    """

    def __init__(self, find: Callable[[int], Entry | None], codes: Callable[[], Iterable[int]]) -> None:
        super().__init__()
        self._find, self._codes = find, codes

    def __missing__(self, code: int) -> Entry:
        found = self._find(code)
        if found is None:
            raise KeyError(code)
        self[code] = found
        return found

    def __contains__(self, code: object) -> bool:
        return isinstance(code, int) and (super().__contains__(code) or self._find(code) is not None)

    def get(self, code: int, default: Any = None) -> Any:
        """The entry, or what else is wanted."""
        try:
            return self[code]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[int]:
        return iter(self.whole())

    def __len__(self) -> int:
        return len(self.whole())

    def keys(self) -> Any:
        """All characters."""
        return self.whole().keys()

    def values(self) -> Any:
        """All entries."""
        return self.whole().values()

    def items(self) -> Any:
        """All characters with their entries."""
        return self.whole().items()

    def whole(self) -> dict[int, Entry]:
        """All entries, in a table of their own."""
        found = ((code, self.get(code)) for code in self._codes())
        return {code: entry for code, entry in found if entry is not None}


class Metrics(Sequence[tuple[float, int]]):
    """Advance and bearing by glyph; behind the ``wide`` ones all have the last width, scaled as reportlab has it."""

    def __init__(self, numbers: array[int], wide: int, last: float) -> None:
        self._numbers, self._wide, self._last = numbers, wide, last

    def __len__(self) -> int:
        return len(self._numbers) - self._wide

    @overload
    def __getitem__(self, glyph: int) -> tuple[float, int]: ...
    @overload
    def __getitem__(self, glyph: slice) -> list[tuple[float, int]]: ...
    def __getitem__(self, glyph: int | slice) -> Any:
        """Those of one glyph, or of several."""
        if isinstance(glyph, slice):
            return [self[n] for n in range(*glyph.indices(len(self)))]
        if not 0 <= glyph < len(self):
            raise IndexError(glyph)
        if glyph < self._wide:
            return self._numbers[2 * glyph], self._numbers[2 * glyph + 1]
        return self._last, self._numbers[self._wide + glyph]


class _Outlines:
    """All outlines of a font, to be cut out one by one."""

    def __init__(self, face: TTFontFace) -> None:
        self._data = face._ttf_data
        self._start, self._length = face.get_table_pos("glyf")

    def __getitem__(self, wanted: slice) -> bytes:
        begin, end, _ = wanted.indices(self._length)
        return bytes(self._data[self._start + begin : self._start + end])


class QuickFace(TTFontFace):  # type: ignore[misc,unused-ignore]  # reportlab tells no types
    """A font file of whose tables only what is asked for is read."""

    charToGlyph: dict[int, int]  # noqa: N815  (names here are those of reportlab)
    charWidths: dict[int, float]  # noqa: N815  (as above)

    @cached_property
    def glyphToChar(self) -> dict[int, list[int]]:  # noqa: N802  (as above)
        """Characters by glyph, which reportlab asks for only where it shapes text."""
        found: dict[int, list[int]] = {}
        for character, glyph in self.charToGlyph.items():
            found.setdefault(glyph, []).append(character)
        return found

    def extractInfo(self, charInfo: int = 1) -> None:  # noqa: N802, N803  (as above)
        """As reportlab's; raises what that raises."""
        super().extractInfo(0)
        if not charInfo:
            return
        characters = self._characters()
        if characters is None or self.get_ushort(self._table("head") + 52) != 0:
            super().extractInfo(charInfo)
            return
        self._take(characters)

    def _table(self, tag: str) -> int:
        return int(self.get_table_pos(tag)[0])

    def get_table(self, tag: str) -> Any:
        """A table's bytes; of the outlines, which are nearly the whole file, only what is cut out is copied."""
        return _Outlines(self) if tag == "glyf" else super().get_table(tag)

    def _characters(self) -> dict[int, int] | None:
        """Glyphs by character, from the subtable that reportlab chooses; None where it is stored in another way."""
        start = self._table("cmap")
        chosen = kind = 0
        for n in range(self.get_ushort(start + 2)):
            platform, encoding, offset = struct.unpack(">HHL", self.get_chunk(start + 4 + 8 * n, 8))
            if platform in (_UNICODE, _WINDOWS) and not (platform == _UNICODE and encoding == 5):
                chosen, kind = start + offset, 1
            elif platform == _MACINTOSH and (encoding == 1 or kind != 1):
                return None
        if not chosen:
            return None
        form = self.get_ushort(chosen)
        if form == 12:
            return self._groups(chosen)
        return self._segments(chosen) if form == 4 else None

    def _groups(self, start: int) -> dict[int, int]:
        """Format 12: ranges of characters whose glyphs follow one another, in the order of the characters."""
        numbers = self._array("I", start + 16, 3 * self.get_ulong(start + 12))
        firsts, lasts, glyphs = numbers[0::3], numbers[1::3], numbers[2::3]

        def find(code: int) -> int | None:
            at = bisect_right(firsts, code) - 1
            return glyphs[at] + code - firsts[at] if at >= 0 and code <= lasts[at] else None

        def codes() -> Iterator[int]:
            for first, last in zip(firsts, lasts, strict=True):
                yield from range(first, last + 1)

        return LazyTable(find, codes)

    def _segments(self, start: int) -> dict[int, int] | None:
        """Format 4: ranges of characters of the basic plane, shifted or looked up in a list behind them."""
        length, count = self.get_ushort(start + 2), self.get_ushort(start + 6) // 2
        lasts = self._array("H", start + 14, count)
        firsts = self._array("H", start + 16 + 2 * count, count)
        shifts = self._array("H", start + 16 + 4 * count, count)
        offsets_at = start + 16 + 6 * count
        offsets = self._array("H", offsets_at, count)
        words = self._array("H", offsets_at, (start + length - offsets_at) // 2)
        previous = -1
        for n, (first, last, offset) in enumerate(zip(firsts, lasts, offsets, strict=True)):
            if first <= previous or (offset and (offset % 2 or n + offset // 2 + last - first >= len(words))):
                return None
            previous = last

        def find(code: int) -> int | None:
            at = bisect_left(lasts, code)
            if at == count or code < firsts[at]:
                return None
            if offsets[at] == 0:
                return (code + shifts[at]) & 0xFFFF
            glyph = words[at + offsets[at] // 2 + code - firsts[at]]
            return glyph and (glyph + shifts[at]) & 0xFFFF

        def codes() -> Iterator[int]:
            for first, last in zip(firsts, lasts, strict=True):
                yield from range(first, last + 1)

        return LazyTable(find, codes)

    def _array(self, form: str, position: int, count: int) -> array[int]:
        """So many big-endian numbers as an array; raises ``struct.error`` where the file ends."""
        found = array(form)
        data = self.get_chunk(position, count * found.itemsize)
        if len(data) != count * found.itemsize:
            raise struct.error("the file ends within a table")
        found.frombytes(data)
        if sys.byteorder == "little":
            found.byteswap()
        return found

    def _take(self, characters: dict[int, int]) -> None:
        glyphs, wide = self.numGlyphs, self.get_ushort(self._table("hhea") + 34)
        numbers = self._array("H", self._table("hmtx"), glyphs + wide)
        last: float = self._pdfScale(numbers[2 * wide - 2])
        self.defaultWidth = self._pdfScale(numbers[0])
        self.hmetrics = Metrics(numbers, wide, last)
        self.charToGlyph = characters
        for one, other in ((_SPACE, _HARD_SPACE), (_HARD_SPACE, _SPACE)):
            if one in characters:
                characters[other] = characters[one]
                break

        def width(code: int) -> float | None:
            glyph = characters.get(code)
            if glyph is None or glyph >= glyphs:
                return None
            drawn: float = self._pdfScale(numbers[2 * glyph]) if glyph < wide else last
            return drawn

        self.charWidths = LazyTable(width, lambda: characters)
        long = self.get_ushort(self._table("head") + 50)
        places = self._array("I" if long else "H", self._table("loca"), glyphs + 1)
        self.glyphPos: Sequence[int] = places if long else [place << 1 for place in places]

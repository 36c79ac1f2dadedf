"""Reads the large tables of a TrueType font at once: reportlab reads them number by number, most of a first print.

Characters, widths, metrics and places of outlines are those of reportlab's own reading (OpenType 1.9: ``cmap``
formats 4 and 12, ``hmtx``, ``loca``); whatever is stored otherwise is left to it.
"""

from __future__ import annotations

import struct
from functools import cached_property
from typing import Any, Final

from reportlab.pdfbase.ttfonts import TTFontFace

_SPACE: Final = 0x20
_HARD_SPACE: Final = 0xA0
_UNICODE, _MACINTOSH, _WINDOWS = 0, 1, 3


class QuickFace(TTFontFace):  # type: ignore[misc,unused-ignore]
    """A font file whose tables of thousands of glyphs are read in a few steps."""

    charToGlyph: dict[int, int]  # noqa: N815
    charWidths: dict[int, float]  # noqa: N815

    @cached_property
    def glyphToChar(self) -> dict[int, list[int]]:  # noqa: N802
        """Characters by glyph, which reportlab asks for only where it shapes text."""
        found: dict[int, list[int]] = {}
        for character, glyph in self.charToGlyph.items():
            found.setdefault(glyph, []).append(character)
        return found

    def extractInfo(self, charInfo: int = 1) -> None:  # noqa: N802, N803
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

    def _numbers(self, form: str, position: int, count: int) -> tuple[int, ...]:
        """So many big-endian numbers of one form; raises ``struct.error``, as reportlab does, where the file ends."""
        return struct.unpack(f">{count}{form}", self.get_chunk(position, count * struct.calcsize(f">{form}")))

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
        """Format 12: ranges of characters whose glyphs follow one another."""
        count = self.get_ulong(start + 12)
        numbers = iter(self._numbers("L", start + 16, 3 * count))
        found: dict[int, int] = {}
        for first, last, glyph in zip(numbers, numbers, numbers, strict=True):
            found.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True))
        return found

    def _segments(self, start: int) -> dict[int, int] | None:
        """Format 4: ranges of characters of the basic plane, shifted or looked up in a list behind them."""
        length, count = self.get_ushort(start + 2), self.get_ushort(start + 6) // 2
        lasts = self._numbers("H", start + 14, count)
        firsts = self._numbers("H", start + 16 + 2 * count, count)
        shifts = self._numbers("h", start + 16 + 4 * count, count)
        offsets_at = start + 16 + 6 * count
        offsets = self._numbers("H", offsets_at, count)
        words = self._numbers("H", offsets_at, (start + length - offsets_at) // 2)
        found: dict[int, int] = {}
        for n, (first, last, shift, offset) in enumerate(zip(firsts, lasts, shifts, offsets, strict=True)):
            if offset == 0:
                found.update((c, (c + shift) & 0xFFFF) for c in range(first, last + 1))
                continue
            at = n + offset // 2
            glyphs = words[at : at + last - first + 1]
            if offset % 2 or len(glyphs) <= last - first:
                return None
            found.update((c, g and (g + shift) & 0xFFFF) for c, g in enumerate(glyphs, first))
        return found

    def _take(self, characters: dict[int, int]) -> None:
        glyphs, wide = self.numGlyphs, self.get_ushort(self._table("hhea") + 34)
        metrics = self._table("hmtx")
        pairs = iter(self._numbers("H", metrics, 2 * wide))
        self.hmetrics: list[tuple[Any, int]] = list(zip(pairs, pairs, strict=True))
        widths = [self._pdfScale(advance) for advance, _ in self.hmetrics]
        self.defaultWidth = widths[0]
        # As reportlab has it: the rest bears the last width, scaled.
        rest = self._numbers("H", metrics + 4 * wide, glyphs - wide)
        self.hmetrics += [(widths[-1], bearing) for bearing in rest]
        widths += [widths[-1]] * (glyphs - wide)
        self.charToGlyph = characters
        self.charWidths = {c: widths[g] for c, g in characters.items() if g < glyphs}
        long = self.get_ushort(self._table("head") + 50)
        places = self._numbers("L" if long else "H", self._table("loca"), glyphs + 1)
        self.glyphPos = list(places) if long else [place << 1 for place in places]
        for one, other in ((_SPACE, _HARD_SPACE), (_HARD_SPACE, _SPACE)):
            if one in characters:
                characters[other], self.charWidths[other] = characters[one], self.charWidths[one]
                break

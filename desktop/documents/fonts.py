"""Chooses, character by character, the font that draws it, and makes the fonts known to the PDF library."""

from __future__ import annotations

import struct
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, cast
from weakref import WeakKeyDictionary

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTEncoding, TTFError, TTFont

from desktop.documents.font_files import (
    FontRole,
    bundle_is_forced,
    bundled_font_path,
    font_manifest,
    interface_font_path,
    system_font_paths,
)
from desktop.documents.font_tables import QuickFace
from desktop.errors import Problem

__all__ = [
    "Face",
    "FontBook",
    "FontRole",
    "Glyph",
    "MissingGlyph",
    "font_book",
    "interface_font_path",
]

PROBE = "国永的会一，。（）《》〔〕0123456789aZ"
"""A font that lacks one of these is no Chinese text font and is passed over."""

WIDE_MARKS = frozenset("“”‘’—…")
"""Marks that many fonts draw for Latin text; between Chinese characters they fill a whole character cell."""

_SAMPLE = "国永的会"
_SMALLEST_LENT, _LARGEST_LENT = 0.94, 1.06
"""How far a lent character may be scaled so that it looks as large as its neighbours."""
_load_lock = threading.RLock()


class MissingGlyph(Problem):
    """A character that no font at hand can draw; it is never printed as a box. ``near`` is the text it stands in."""

    next_step = "请改用别的写法，或者在设置里指定一个含有这个字的字体文件。"

    def __init__(self, character: str, near: str = "") -> None:
        where = f"它在“{near}”里。" if near else ""
        super().__init__(f"现有字体都没有“{character}”（U+{ord(character):04X}）这个字，无法打印。{where}")
        self.character = character


class EmbeddedFont(TTFont):  # type: ignore[misc,unused-ignore]  # reportlab tells no types
    """A TrueType font whose text can be copied out of the PDF, characters above U+FFFF included.

    reportlab 5.1 writes those as five hexadecimal digits, which no reader understands, and more than the 100
    pairs that one ``bfchar`` block may hold (Adobe Technical Note 5411, 1.4.1).
    """

    def __init__(self, path: Path) -> None:
        # As TTFont does it, but with a face that is read quickly; nothing of it is shaped or kept readable as ASCII.
        self.fontName = str(path)
        self.face = QuickFace(str(path))
        self.encoding = TTEncoding()
        self.state: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._asciiReadable = False
        self.shapable = False

    def addObjects(self, doc: Any) -> None:  # noqa: N802  (the name is that of reportlab)
        """Adds the font's objects to ``doc``, then replaces the maps from codes to characters."""
        subsets = [list(subset) for subset in self.state[doc].subsets]
        before = set(doc.idToObject)
        super().addObjects(doc)
        names = [key for key in doc.idToObject if key not in before and key.startswith("toUnicodeCMap:")]
        for name, subset in zip(names, subsets, strict=True):
            doc.idToObject[name].content = to_unicode_map(subset)


def to_unicode_map(subset: list[int]) -> str:
    """The ToUnicode CMap (PDF 32000-1, 9.10.3) of a simple font whose code ``i`` draws ``subset[i]``."""
    pairs = [
        f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>"
        for code, point in enumerate(subset)
        if point
    ]
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <00> <FF> endcodespacerange",
    ]
    for start in range(0, len(pairs), 100):
        block = pairs[start : start + 100]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines, "endcmap CMapName currentdict /CMap defineresource pop end end"])


class Face:
    """One usable font file: which characters it has and how large they are, in units of one em."""

    def __init__(self, path: Path, font: EmbeddedFont, avoid: frozenset[str]) -> None:
        self.path = path
        self.name: str = font.fontName
        self._face: Any = font.face
        self._avoid = avoid
        self._ink: dict[str, tuple[float, float, float, float]] = {}

    def __repr__(self) -> str:
        return f"Face({self.path.name})"

    def has(self, character: str) -> bool:
        """Whether the font draws this character, and draws it rightly."""
        return bool(self._face.charToGlyph.get(ord(character))) and character not in self._avoid

    def advance(self, character: str) -> float:
        """The character's advance width in em."""
        return cast(float, self._face.charWidths[ord(character)]) / 1000

    def ink(self, character: str) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of the drawn outline, in em from its origin on the baseline."""
        if character not in self._ink:
            self._ink[character] = self._read_ink(character)
        return self._ink[character]

    def _read_ink(self, character: str) -> tuple[float, float, float, float]:
        face, glyph = self._face, self._face.charToGlyph[ord(character)]
        with _load_lock:
            position = face.glyphPos[glyph]
            if position == face.glyphPos[glyph + 1]:
                return (0.0, 0.0, 0.0, 0.0)
            face.seek(face.get_table_pos("glyf")[0] + position + 2)
            left, bottom, right, top = (face.read_short() / face.unitsPerEm for _ in range(4))
        return (left, bottom, right, top)

    @cached_property
    def centre(self) -> float:
        """The height of the middle of its Chinese characters above the baseline, in em."""
        boxes = [self.ink(character) for character in _SAMPLE]
        return sum(bottom + top for _, bottom, _, top in boxes) / (2 * len(boxes))

    @cached_property
    def extent(self) -> float:
        """How large its Chinese characters are drawn: the mean side of a square like their outline box, in em."""
        boxes = [self.ink(character) for character in _SAMPLE]
        sides: list[float] = [((right - left) * (top - bottom)) ** 0.5 for left, bottom, right, top in boxes]
        return sum(sides) / len(sides)


@cache
def load_face(path: Path, avoid: frozenset[str] = frozenset()) -> Face | None:
    """Parses a font file once a process and registers it with reportlab; None when it cannot serve."""
    with _load_lock:
        try:
            font = EmbeddedFont(path)
        except (TTFError, OSError, ValueError, KeyError, IndexError, struct.error):
            return None
        face = Face(path, font, avoid)
        if not all(face.has(character) for character in PROBE):
            return None
        pdfmetrics.registerFont(font)
        return face


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character with the font that draws it, its advance and its shift upwards in em, its size (1 = as asked)."""

    character: str
    face: Face
    advance: float
    rise: float = 0.0
    scale: float = 1.0


class FontBook:
    """The fonts of one print: for each role an ordered list of faces, walked character by character.

    With ``bundle_only`` the system's fonts do not count.
    """

    def __init__(self, *, bundle_only: bool) -> None:
        self._bundle_only = bundle_only
        self._faces: dict[FontRole, Face] = {}
        self._glyphs: dict[tuple[FontRole, str, bool], Glyph] = {}

    def face(self, role: FontRole) -> Face:
        """The first usable face of ``role``."""
        if role not in self._faces:
            self._faces[role] = self._first_face(role)
        return self._faces[role]

    def _first_face(self, role: FontRole) -> Face:
        if not self._bundle_only:
            for path in system_font_paths(role):
                face = load_face(path)
                if face is not None:
                    return face
        return self._bundled(role)

    def _bundled(self, role: FontRole) -> Face:
        path = bundled_font_path(role)
        face = load_face(path, font_manifest().fonts[role].avoid)
        if face is None:
            raise ValueError(f"the bundled font {path.name} does not pass its own probe")
        return face

    def _chain(self, role: FontRole) -> Iterator[Face]:
        roles = (role, *font_manifest().roles[role].fallback)
        seen: set[Path] = set()
        for source in (self.face, self._bundled):
            for each in roles:
                face = source(each)
                if face.path not in seen:
                    seen.add(face.path)
                    yield face

    def glyph(self, role: FontRole, character: str, *, latin: bool = False) -> Glyph:
        """The glyph for one character in the typeface of ``role``, or lent by another.

        ``latin`` says that the character stands in a Latin word, where ’ and its like are narrow. Raises
        :class:`MissingGlyph` when no font has the character.
        """
        key = (role, character, latin)
        if key not in self._glyphs:
            self._glyphs[key] = self._find(role, character, latin)
        return self._glyphs[key]

    def _find(self, role: FontRole, character: str, latin: bool) -> Glyph:
        own = self.face(role)
        second_best: Face | None = None
        for face in self._chain(role):
            if not face.has(character):
                continue
            if character not in WIDE_MARKS or (face.advance(character) >= 0.85) != latin:
                return self._lent(own, face, character)
            second_best = second_best or face
        if second_best is None:
            raise MissingGlyph(character)
        return self._lent(own, second_best, character)

    @staticmethod
    def _lent(own: Face, face: Face, character: str) -> Glyph:
        if face is own or unicodedata.east_asian_width(character) not in "WF":
            return Glyph(character, face, face.advance(character))
        scale = min(_LARGEST_LENT, max(_SMALLEST_LENT, own.extent / face.extent))
        return Glyph(
            character, face, scale * face.advance(character), own.centre - scale * face.centre, scale
        )


def font_book() -> FontBook:
    """The fonts to print with, shared within the process."""
    return _font_book(bundle_is_forced())


@cache
def _font_book(bundle_only: bool) -> FontBook:
    return FontBook(bundle_only=bundle_only)

"""Turns text into measured cells: which font draws each character, how wide it stands, what it can give up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from desktop.documents.fonts import Face, FontBook, FontRole, MissingGlyph
from desktop.documents.page.characters import CLOSING, OPENING, cleaned, word_spans
from desktop.documents.page.model import Run, Text

MINIMUM_WHITE = 0.04
"""White that stays between a squeezed mark's outline and its neighbour, in em."""
MOST_SQUEEZED = 0.5
"""A mark gives up half of its cell at most (GB/T 15834-2011, 5.1)."""
HALF_CELL_MARKS = frozenset("·")
"""The interpunct takes half a cell (GB/T 15834-2011, 4.14 and 5.1)."""

_NEAR = 8
"""Characters to each side by which somebody finds one that no font has."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One character on its way to the page; lengths in points.

    ``advance`` is its width in the line, ``left`` and ``right`` the white that it can give up on either side;
    ``inset`` moves the outline right and ``rise`` up within the cell, ``stretch`` widens the outline (1 = not).
    """

    character: str
    face: Face
    size: float
    advance: float
    left: float = 0.0
    right: float = 0.0
    inset: float = 0.0
    rise: float = 0.0
    stretch: float = 1.0
    underline: bool = False

    @property
    def opening(self) -> bool:
        """Whether it is an opening mark in a full cell."""
        return self.left > 0

    @property
    def closing(self) -> bool:
        """Whether it is a closing mark in a full cell."""
        return self.right > 0


@dataclass(frozen=True)
class Style:
    """Typeface, size in points, and the advance of a full-width character in em."""

    role: FontRole
    size: float
    tracking: float = 1.0


def as_runs(text: Text) -> tuple[Run, ...]:
    """The runs of ``text``; plain text is one run."""
    return (Run(text),) if isinstance(text, str) else text


def plain(text: Text) -> str:
    """The characters of ``text`` without their typefaces."""
    return "".join(run.text for run in as_runs(text))


def paragraphs(text: Text) -> list[tuple[Run, ...]]:
    """``text`` cut at its line feeds; empty pieces fall away, but one always remains."""
    pieces: list[list[Run]] = [[]]
    for run in as_runs(text):
        first, *others = cleaned(run.text).split("\n")
        pieces[-1].append(Run(first, run.role, run.underline))
        pieces += [[Run(other, run.role, run.underline)] for other in others]
    kept = [tuple(piece) for piece in pieces if plain(tuple(piece)).strip(" ")]
    return kept or [(Run(""),)]


def shape(text: Text, style: Style, fonts: FontBook) -> tuple[Cell, ...]:
    """The measured cells of ``text`` in one piece: a line feed counts as a space. Raises ``MissingGlyph``."""
    runs = [Run(cleaned(run.text).replace("\n", " "), run.role, run.underline) for run in as_runs(text)]
    whole = "".join(run.text for run in runs)
    latin = [False] * len(whole)
    for start, end in word_spans(whole):
        latin[start:end] = [True] * (end - start)
    cells: list[Cell] = []
    try:
        for run in runs:
            role = run.role or style.role
            for character in run.text:
                cells.append(_cell(character, role, style, fonts, latin[len(cells)], run.underline))
    except MissingGlyph as missing:
        # Of a sheet with a hundred fields nobody finds it by the character alone, which may not even show.
        near = whole[max(0, len(cells) - _NEAR) : len(cells) + _NEAR + 1]
        raise MissingGlyph(missing.character, near) from missing
    return tuple(cells)


@lru_cache(maxsize=20_000)
def _cell(
    character: str, role: FontRole, style: Style, fonts: FontBook, latin: bool, underline: bool
) -> Cell:
    glyph = fonts.glyph(role, character, latin=latin)
    size, full = style.size * glyph.scale, style.size * style.tracking
    rise, own = glyph.rise * style.size, glyph.advance * style.size
    if latin or character == " ":
        return Cell(character, glyph.face, size, own, rise=rise, underline=underline)
    if character in HALF_CELL_MARKS:
        return Cell(
            character, glyph.face, size, full / 2, inset=full / 4 - own / 2, rise=rise, underline=underline
        )
    if character == "—" and glyph.advance < 1:
        return Cell(
            character, glyph.face, size, full, rise=rise, stretch=style.size / own, underline=underline
        )
    if glyph.advance < 0.85:
        return Cell(character, glyph.face, size, own, rise=rise, underline=underline)
    left = right = 0.0
    if character in OPENING or character in CLOSING:
        ink_left, _, ink_right, _ = glyph.face.ink(character)
        if character in OPENING:
            left = size * min(MOST_SQUEEZED, max(0.0, ink_left - MINIMUM_WHITE))
        else:
            right = size * min(MOST_SQUEEZED, max(0.0, 1 - ink_right - MINIMUM_WHITE))
    return Cell(character, glyph.face, size, full, left, right, (full - own) / 2, rise, underline=underline)

"""Breaks a paragraph into lines and justifies them: least total badness over the paragraph, by dynamic programming.

After Knuth and Plass (Breaking Paragraphs into Lines, 1981), with what Chinese type asks for: marks give up white
before gaps are spread, gaps are spread evenly and only beside Chinese characters, kinsoku is never broken.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from desktop.documents.page.characters import FORBIDDEN, break_penalties, is_space, rigid_gaps
from desktop.documents.page.shaping import Cell

EPSILON = 1e-6
EMERGENCY = 20_000.0
"""What breaking a word or a rule of kinsoku costs where a line could not be set at all otherwise."""
LOOSEST = 0.5
"""A gap is spread by half an em at most; a line that would need more stays ragged."""
RAGGED = 4_000.0
SQUEEZE_COST = 20.0
STRETCH_UNIT = 0.038
"""The gap in em that costs 10: one missing character in a line of 28."""
LONELY_COST = 40.0
"""A last line of a single character with its mark."""


@dataclass(frozen=True)
class Line:
    """A line of cells with the x of each cell's origin from the line's start; ``width`` is its set width."""

    cells: tuple[Cell, ...]
    xs: tuple[float, ...]
    width: float

    @property
    def text(self) -> str:
        """The characters of the line."""
        return "".join(cell.character for cell in self.cells)


@dataclass(frozen=True)
class _Measure:
    """Sums over the cells, so that any stretch of them is measured in one step."""

    cells: Sequence[Cell]
    pulled: Sequence[float]
    """White that a mark gives up because another mark follows in the same line."""
    lost: Sequence[float]
    """White that an opening mark gives up because another one stands before it in the same line."""
    advances: Sequence[float]
    squeezes: Sequence[float]
    gaps: Sequence[int]
    """Number of gaps that may be spread, before each cell."""
    visible: Sequence[int]
    """For each cell the last one at or before it that is no space."""

    def natural(self, start: int, last: int) -> float:
        """Width of cells ``start`` to ``last`` in one line; marks at its ends keep their full cells."""
        return self.advances[last + 1] - self.advances[start] + self.pulled[last] + self.lost[start]

    def squeezable(self, start: int, last: int) -> float:
        """White that the marks of the line can still give up."""
        return self.squeezes[last + 1] - self.squeezes[start] + self.pulled[last] + self.lost[start]


def break_lines(
    cells: Sequence[Cell], width: float, first_width: float | None = None, justify: bool = True
) -> list[Line]:
    """The lines of one paragraph, each at most ``width`` points wide, the first ``first_width``.

    With ``justify`` all lines but the last fill the width. Only where a single word is wider than the line are
    the rules of breaking given up, and only there.
    """
    if not cells:
        return []
    first = width if first_width is None else first_width
    if sum(cell.advance for cell in cells) <= first:
        return [_natural_line(cells)]
    text = "".join(cell.character for cell in cells)
    penalties, rigid = break_penalties(text), rigid_gaps(text)
    measure = _measure(cells, rigid)
    ends = _best_ends(measure, penalties, width, first, justify)
    if not ends:  # a word is wider than the line
        forced = [min(each, EMERGENCY) for each in penalties]
        ends = _best_ends(measure, forced, width, first, justify, at_any_price=True)
    lines, start = [], 0
    for end in ends:
        target = first if start == 0 else width
        lines.append(_set_line(measure, rigid, start, end, target, justify and end != ends[-1]))
        start = end + 1
    return lines


def _natural_line(cells: Sequence[Cell]) -> Line:
    """All cells in one line that is wide enough for them."""
    rigid = [True] * len(cells)
    return _set_line(_measure(cells, rigid), rigid, 0, len(cells) - 1, float("inf"), False)


def _measure(cells: Sequence[Cell], rigid: Sequence[bool]) -> _Measure:
    pulled = [0.0] * len(cells)
    lost_left = [0.0] * len(cells)
    for index in range(len(cells) - 1):
        here, following = cells[index], cells[index + 1]
        if here.closing and (following.closing or following.opening):
            pulled[index] = here.right
        elif here.opening and following.opening:
            lost_left[index + 1] = following.left
    advances = [cell.advance - pull - lost for cell, pull, lost in zip(cells, pulled, lost_left, strict=True)]
    squeezes = [
        cell.left + cell.right - pull - lost
        for cell, pull, lost in zip(cells, pulled, lost_left, strict=True)
    ]
    gaps = [0 if fixed else 1 for fixed in rigid]
    seen = [-1 if is_space(cell.character) else index for index, cell in enumerate(cells)]
    return _Measure(
        cells,
        pulled,
        lost_left,
        list(accumulate(advances, initial=0.0)),
        list(accumulate(squeezes, initial=0.0)),
        list(accumulate(gaps, initial=0)),
        list(accumulate(seen, max)),
    )


def _best_ends(
    measure: _Measure,
    penalties: Sequence[float],
    width: float,
    first: float,
    justify: bool,
    at_any_price: bool = False,
) -> list[int]:
    """The index of the last cell of each line; none where no setting keeps the rules.

    ``at_any_price`` lets a single cell stand in a line that is too narrow for it.
    """
    count = len(measure.cells)
    best = [float("inf")] * (count + 1)
    came_from = [-1] * (count + 1)
    best[0] = 0.0
    badness = _justified_badness if justify else _ragged_badness
    for start in range(count):
        if best[start] == float("inf"):
            continue
        found = _candidates(measure, penalties, start, first if start == 0 else width, badness)
        if not found and at_any_price:
            found = [(start, EMERGENCY)]
        for end, cost in found:
            if best[start] + cost < best[end + 1] - EPSILON:
                best[end + 1], came_from[end + 1] = best[start] + cost, start
    ends: list[int] = []
    position = count if best[count] < float("inf") else 0
    while position > 0:
        ends.append(position - 1)
        position = came_from[position]
    return ends[::-1]


Badness = Callable[[_Measure, int, int, float, bool], float]


def _candidates(
    measure: _Measure, penalties: Sequence[float], start: int, width: float, badness: Badness
) -> list[tuple[int, float]]:
    """Ends that a line from ``start`` may have with their cost: those that half fill it, else all."""
    half = bisect_left(measure.advances, measure.advances[start] + width / 2, start + 1) - 1
    final = len(measure.cells) - 1
    return _ends_from(measure, penalties, start, min(half, final), width, badness) or _ends_from(
        measure, penalties, start, start, width, badness
    )


def _ends_from(
    measure: _Measure, penalties: Sequence[float], start: int, begin: int, width: float, badness: Badness
) -> list[tuple[int, float]]:
    # Ten ends are looked at for each character of a text.
    found = []
    final = len(measure.cells) - 1
    advances, squeezes, pulled, lost = measure.advances, measure.squeezes, measure.pulled, measure.lost[start]
    visible, before = measure.visible, advances[start]
    for end in range(begin, final + 1):
        last = visible[end]
        if last < start:
            last = start
        slack = width - (advances[last + 1] - before + pulled[last] + lost)
        if slack < 0:
            squeezable = squeezes[last + 1] - squeezes[start] + pulled[last] + lost
            if slack + squeezable < -EPSILON:
                break
        penalty = 0.0 if end == final else penalties[end]
        if penalty != FORBIDDEN:
            found.append((end, penalty + badness(measure, start, last, slack, end == final)))
    return found


def _justified_badness(measure: _Measure, start: int, last: int, slack: float, final: bool) -> float:
    if slack < -EPSILON:
        at_end = measure.pulled[last] or measure.cells[last].right
        if -slack <= at_end + EPSILON:
            return SQUEEZE_COST * 0.1
        return SQUEEZE_COST * (-slack / measure.squeezable(start, last)) ** 2
    if final:
        return LONELY_COST if start and last - start < 2 else 0.0
    if slack <= EPSILON:
        return 0.0
    gaps, size = measure.gaps[last] - measure.gaps[start], measure.cells[start].size
    spread = slack / (gaps * size) if gaps else float("inf")
    if spread > LOOSEST:
        return RAGGED + 10 * (slack / size) ** 2
    return 10 * (spread / STRETCH_UNIT) ** 2


def _ragged_badness(measure: _Measure, start: int, last: int, slack: float, final: bool) -> float:
    if slack < -EPSILON:
        return SQUEEZE_COST
    if final:
        return LONELY_COST if start and last == start else 0.0
    return (slack / measure.cells[start].size) ** 2


def _set_line(
    measure: _Measure, rigid: Sequence[bool], start: int, end: int, width: float, justify: bool
) -> Line:
    last = max(start, measure.visible[end])
    cells = tuple(measure.cells[start : last + 1])
    lefts, rights = _whites(measure, start, last)
    slack = width - measure.natural(start, last)
    spread = 0.0
    if slack < -EPSILON:
        _squeeze(cells, lefts, rights, -slack)
    elif justify:
        gaps = measure.gaps[last] - measure.gaps[start]
        spread = slack / gaps if gaps and slack / gaps <= LOOSEST * cells[0].size else 0.0
    xs, x = [], 0.0
    for offset, cell in enumerate(cells):
        xs.append(x - lefts[offset])
        x += cell.advance - lefts[offset] - rights[offset]
        if offset < len(cells) - 1 and not rigid[start + offset]:
            x += spread
    return Line(cells, tuple(xs), x)


def _whites(measure: _Measure, start: int, last: int) -> tuple[list[float], list[float]]:
    """White given up left and right of each cell because marks stand together."""
    lefts, rights = [], []
    for index in range(start, last + 1):
        cell, before = measure.cells[index], measure.cells[index - 1] if index > start else None
        lefts.append(cell.left if before is not None and before.opening and cell.opening else 0.0)
        rights.append(measure.pulled[index] if index < last else 0.0)
    return lefts, rights


def _squeeze(cells: Sequence[Cell], lefts: list[float], rights: list[float], needed: float) -> None:
    """Takes ``needed`` points from the marks: first from the one that ends the line, then evenly from the others."""
    at_end = min(needed, cells[-1].right)
    rights[-1] += at_end
    needed -= at_end
    room = sum(
        cell.left - left + cell.right - right for cell, left, right in zip(cells, lefts, rights, strict=True)
    )
    share = min(1.0, needed / room) if room > EPSILON and needed > EPSILON else 0.0
    for index, cell in enumerate(cells):
        lefts[index] += (cell.left - lefts[index]) * share
        rights[index] += (cell.right - rights[index]) * share

"""How the columns of a small table share the room that there is; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_SHARE = 0.5
"""How much of its width a column of words keeps where there is too little room."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One column in pixels: the width it is declared with, what its label and what its words need.

    ``wide`` columns hold words of any length: they take what is left, and give way first. ``full`` is what the words
    take in one line, where they may wrap. A ``loose`` column that is not wide may be as narrow as its words: all of
    them were measured.
    """

    width: int
    label: int
    need: int
    wide: bool = False
    full: int = 0
    loose: bool = False


def shared(wishes: Sequence[Wish], room: int, *, wrapping: bool = False) -> list[int]:
    """The width of each column. What is left goes to words that are cut or wrap, then to the wide ones.

    Where words wrap a wide column gives others no more than half of its width.
    """
    widths = [w.width for w in wishes]
    spare = room - sum(widths)
    lacks = {n: w.need - w.width for n, w in enumerate(wishes) if w.need > w.width}
    wide = [n for n, w in enumerate(wishes) if w.wide]
    spare += _loosened(wishes, widths, sum(lacks.values()) - spare)
    asked = max(sum(lacks.values()) - spare, 0)
    # Columns that have more than their words need give it to those whose words are cut: each as much as it can spare.
    kept = {n: round(widths[n] * LEAST_SHARE) if wrapping else 0 for n in wide}
    more = {n: max(widths[n] - max(wishes[n].need, wishes[n].label, kept[n]), 0) for n in wide}
    for n in wide:
        given = min(more[n], -(-asked * more[n] // max(sum(more.values()), 1)))
        widths[n] -= given
        spare += given
    for n, lack in sorted(lacks.items(), key=lambda each: each[1]):
        if lack <= spare:
            widths[n] += lack
            spare -= lack
    if spare > 0:
        short = {n: max(wishes[n].need, wishes[n].full) - widths[n] for n in wide}
        for n, lack in sorted(short.items(), key=lambda each: each[1]):
            taken = max(min(lack, spare), 0)
            widths[n] += taken
            spare -= taken
        _spread(widths, wide, spare)
    elif spare < 0:
        _narrow(widths, wide, spare)
    return widths


def _loosened(wishes: Sequence[Wish], widths: list[int], lack: int) -> int:
    """What columns of short words give to those that lack so much, or whose words wrap: each as much as it can."""
    wrapped = sum(max(w.full - max(w.width, w.need), 0) for w in wishes)
    more = {n: max(w.width - max(w.need, w.label), 0) for n, w in enumerate(wishes) if w.loose and not w.wide}
    asked, whole = max(lack + wrapped, 0), sum(more.values())
    given = {n: min(room, -(-asked * room // max(whole, 1))) for n, room in more.items()}
    for n, room in given.items():
        widths[n] -= room
    return sum(given.values())


def _spread(widths: list[int], among: Sequence[int], spare: int) -> None:
    """The first takes what cannot be shared evenly."""
    for place, n in enumerate(among):
        widths[n] += spare // len(among) + (spare % len(among) if place == 0 else 0)


def _narrow(widths: list[int], wide: Sequence[int], spare: int) -> None:
    """All words stand in the tool tip; a bar to scroll with would cover a row."""
    room = sum(widths[n] for n in wide) + spare
    for n in wide:
        widths[n] = max(round(widths[n] * LEAST_SHARE), room * widths[n] // (room - spare))

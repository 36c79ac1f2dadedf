"""Very many items or spans as pairs of numbers: 16 bytes for each, where a set or list of pairs takes two hundred."""

from __future__ import annotations

import bisect
import heapq
from array import array
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import overload

from desktop.records.versions.spans import Span

_RUN = 16_384
"""How many pairs that came out of order are sorted at once."""


class _Pairs:
    """Pairs of numbers of 64 bits, in the order of both. Out of order they may come, and are sorted when looked at."""

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._left, self._right = array("Q"), array("Q")
        self._in_order = True
        self.add(pairs)

    def add(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Takes further pairs in. As long as they come in their order nothing has to be sorted."""
        for pair in pairs:
            self._append(*pair)

    def _append(self, left: int, right: int) -> None:
        """Takes in one pair."""
        if self._left and self._in_order:
            last = self._left[-1], self._right[-1]
            if last == (left, right):
                return
            self._in_order = last < (left, right)
        self._left.append(left)
        self._right.append(right)

    def _sort(self) -> None:
        """Puts them in order before they are looked at: run by run, as all at once would be pairs of objects again."""
        if self._in_order:
            return
        left, right = self._left, self._right
        starts = range(0, len(left), _RUN)
        for at in starts:
            run = sorted(zip(left[at : at + _RUN], right[at : at + _RUN], strict=True))
            left[at : at + _RUN] = array("Q", (one for one, _ in run))
            right[at : at + _RUN] = array("Q", (other for _, other in run))
        self._left, self._right, self._in_order = array("Q"), array("Q"), True
        self.add(heapq.merge(*(_run(left, right, at) for at in starts)))


def _run(left: array[int], right: array[int], at: int) -> Iterator[tuple[int, int]]:
    """The pairs of one run, one after the other."""
    for n in range(at, min(at + _RUN, len(left))):
        yield left[n], right[n]


class Stamped(_Pairs, Set[tuple[int, int]]):
    """Pairs of number and stamp, in the order of both and each once."""

    def __contains__(self, pair: object) -> bool:
        self._sort()
        if not isinstance(pair, tuple):
            return False
        number, stamp = pair
        first = bisect.bisect_left(self._left, number)
        last = bisect.bisect_right(self._left, number, first)
        at = bisect.bisect_left(self._right, stamp, first, last)
        return at < last and self._right[at] == stamp

    def __iter__(self) -> Iterator[tuple[int, int]]:
        self._sort()
        return zip(self._left, self._right, strict=True)

    def __len__(self) -> int:
        self._sort()
        return len(self._left)


class Spans(_Pairs, Sequence[Span]):
    """Spans of numbers that neither touch nor overlap, the lowest first, whichever they were made of."""

    def _append(self, left: int, right: int) -> None:
        if self._left and self._in_order and self._left[-1] <= left <= self._right[-1] + 1:
            self._right[-1] = max(self._right[-1], right)
        else:
            super()._append(left, right)

    def __iter__(self) -> Iterator[Span]:
        self._sort()
        return zip(self._left, self._right, strict=True)

    def __len__(self) -> int:
        self._sort()
        return len(self._left)

    @overload
    def __getitem__(self, at: int) -> Span: ...
    @overload
    def __getitem__(self, at: slice) -> list[Span]: ...
    def __getitem__(self, at: int | slice) -> Span | list[Span]:
        self._sort()
        if isinstance(at, slice):
            return list(zip(self._left[at], self._right[at], strict=True))
        return self._left[at], self._right[at]

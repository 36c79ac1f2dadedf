"""Very many items as number and stamp: 16 bytes for each, where a set of pairs takes two hundred."""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Iterable, Iterator, Set

_BITS = 64
_LOW = (1 << _BITS) - 1


class Stamped(Set[tuple[int, int]]):
    """Pairs of number and stamp, of 64 bits each, in the order of both and each once."""

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._numbers, self._stamps = array("Q"), array("Q")
        self._in_order = True
        self.add(pairs)

    def add(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Takes further pairs in. As long as they come in their order nothing has to be sorted."""
        last = (self._numbers[-1], self._stamps[-1]) if self._numbers else (-1, -1)
        for pair in pairs:
            if pair != last:
                self._in_order &= last < pair
                self._numbers.append(pair[0])
                self._stamps.append(pair[1])
                last = pair

    def _sort(self) -> None:
        """Puts them in order before they are looked at."""
        if not self._in_order:
            packed = [n << _BITS | s for n, s in zip(self._numbers, self._stamps, strict=True)]
            packed.sort()
            self._numbers, self._stamps, self._in_order = array("Q"), array("Q"), True
            self.add((one >> _BITS, one & _LOW) for one in packed)

    def __contains__(self, pair: object) -> bool:
        self._sort()
        if not isinstance(pair, tuple):
            return False
        number, stamp = pair
        first = bisect.bisect_left(self._numbers, number)
        last = bisect.bisect_right(self._numbers, number, first)
        at = bisect.bisect_left(self._stamps, stamp, first, last)
        return at < last and self._stamps[at] == stamp

    def __iter__(self) -> Iterator[tuple[int, int]]:
        self._sort()
        return zip(self._numbers, self._stamps, strict=True)

    def __len__(self) -> int:
        self._sort()
        return len(self._numbers)

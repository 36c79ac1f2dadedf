"""What a station says of its own items: those that it has dated later than the first of its words that names them.

A word about all that follows may be said ten thousand times, and a million may be about one item each; so of each item
is kept from when on it is named, and no word is asked about twice. Pure.
"""

from __future__ import annotations

import bisect
import heapq
import itertools
from array import array
from collections.abc import Iterable, Iterator

from desktop.records.versions.canonical import MAX_NUMBER
from desktop.records.versions.spans import Span
from desktop.records.versions.stamped import Stamped
from desktop.sync.authority.exclusions import Items, Named

_Dated = tuple[int, int, int]
"""First and last number, and the stamp of the word that names them."""


class OwnWords:
    """The items of one incarnation that its own station names, in pieces of one date; 24 bytes for each of those."""

    def __init__(self, words: Iterable[tuple[int, Named]]) -> None:
        self._first, self._last, self._since = array("Q"), array("Q"), array("Q")
        contents = Stamped()
        for first, last, since in _pieces(_in_order(words, contents)):
            if self._last and (self._last[-1] + 1, self._since[-1]) == (first, since):
                self._last[-1] = last
            else:
                self._first.append(first)
                self._last.append(last)
                self._since.append(since)
        self._contents = Named((), contents)

    def among(self, items: Items) -> set[int]:
        """The numbers of those items that are named, and dated later than that."""
        found = self._contents.among(items)
        for number, item in items.items():
            at = bisect.bisect_right(self._first, number) - 1
            if at >= 0 and number <= self._last[at] and item.stamp > self._since[at]:
                found.add(number)
        return found

    def within(self, first: int, last: int) -> Iterator[Span]:
        """What is named, in whatever content, that has something in common with the numbers from one up to another."""
        yield from (s for s in zip(self._first, self._last, strict=True) if s[0] <= last and first <= s[1])
        yield from self._contents.within(first, last)


def _in_order(words: Iterable[tuple[int, Named]], contents: Stamped) -> Iterator[_Dated]:
    """The spans of all words by their first numbers; what they name as number and stamp goes to ``contents``."""
    lasts, order = array("Q"), Stamped()
    # Of each record, as it has one date for two thousand words.
    dates, ends = array("Q"), array("Q")
    for since, named in words:
        contents.add((number, stamp) for number, stamp in named.contents if stamp > since)
        order.add((first, at) for at, (first, _) in enumerate(named.spans, len(lasts)))
        lasts.extend(last for _, last in named.spans)
        dates.append(since)
        ends.append(len(lasts))
    return ((first, lasts[at], dates[bisect.bisect_right(ends, at)]) for first, at in order)


def _pieces(words: Iterable[_Dated]) -> Iterator[_Dated]:
    """The same numbers once each, in pieces with the date of the first word that names them."""
    open_words: list[tuple[int, int]] = []
    at = 0
    for first, last, since in itertools.chain(words, [(MAX_NUMBER + 1, MAX_NUMBER + 1, 0)]):
        while open_words and at < first:
            date, end = open_words[0]
            if end < at:
                heapq.heappop(open_words)
                continue
            upto = min(end, first - 1)
            yield at, upto, date
            at = upto + 1
        at = max(at, first)
        heapq.heappush(open_words, (since, last))

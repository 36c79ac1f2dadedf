"""Runs of whole numbers: item numbers are nearly always consecutive, so sets of them are kept and sent as spans."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from operator import itemgetter

Span = tuple[int, int]
"""First and last number."""


def spans_of(numbers: Iterable[int]) -> list[Span]:
    """Numbers, in any order and however often, as spans without a gap, the lowest first."""
    ordered = sorted(set(numbers))
    if ordered and ordered[-1] - ordered[0] + 1 == len(ordered):
        # Nearly always: a segment is one span.
        return [(ordered[0], ordered[-1])]
    spans: list[Span] = []
    for n in ordered:
        if spans and spans[-1][1] == n - 1:
            spans[-1] = (spans[-1][0], n)
        else:
            spans.append((n, n))
    return spans


def in_words(spans: Iterable[Span]) -> str:
    """“3、5至7、12”."""
    return "、".join(str(first) if first == last else f"{first}至{last}" for first, last in spans)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same numbers in spans that neither touch nor overlap, the lowest first."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def common(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """The numbers that stand in both; each side as :func:`joined` gives it."""
    if not left or not right:
        return []
    found: list[Span] = []
    # Of very many spans only those are looked at that may have something in common with the others.
    i = bisect.bisect_left(left, right[0][0], key=itemgetter(1))
    j = bisect.bisect_left(right, left[0][0], key=itemgetter(1))
    while i < len(left) and j < len(right):
        first, last = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if first <= last:
            found.append((first, last))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return found


def without(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """The numbers that stand in the first alone; each side as :func:`joined` gives it."""
    found: list[Span] = []
    j = 0
    for first, last in left:
        while j < len(right) and right[j][1] < first:
            j += 1
        at = j
        while at < len(right) and right[at][0] <= last:
            if first < right[at][0]:
                found.append((first, right[at][0] - 1))
            first = right[at][1] + 1
            at += 1
        if first <= last:
            found.append((first, last))
    return found


def inside(numbers: Iterable[int], spans: Sequence[Span]) -> set[int]:
    """Those numbers that lie in a span; spans as :func:`joined` gives them."""
    wanted = list(numbers)
    if not wanted:
        return set()
    # Of very many spans only those are looked at that can hold one of them.
    low = bisect.bisect_right(spans, min(wanted), key=itemgetter(0))
    near = spans[max(low - 1, 0) : bisect.bisect_right(spans, max(wanted), key=itemgetter(0))]
    if not near or near[-1][1] < min(wanted):
        # Mostly so: what comes is new. There may be a million of them.
        return set()
    firsts = [first for first, _ in near]
    found = set()
    for n in wanted:
        at = bisect.bisect_right(firsts, n) - 1
        if at >= 0 and n <= near[at][1]:
            found.add(n)
    return found

"""Which items do not count, as text: a line for each incarnation, ``station incarnation 1-5 7 9@<stamp>``; pure.

A number stands for whatever item has it; with a stamp for that one of several contents, where a station has forked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from desktop.records.spans import Span, inside, joined
from desktop.records.stamps import from_wire, to_wire

Origin = tuple[str, str]
"""Station and incarnation."""


class Item(NamedTuple):
    """What has to be known of an item to tell whether it counts; ``unit`` is the one under which it was written."""

    stamp: int
    type: str
    unit: str


Items = Mapping[int, Item]
"""Items of one incarnation by number."""

MAX_WORDS: Final = 2_000
"""How many words a record of exclusions takes, so that a line on the wire stays short."""

_NUMBER: Final = r"[1-9][0-9]{0,15}"
_LINE: Final = re.compile(r"([0-9a-f]{64}) ([0-9a-f]{16})((?: [0-9a-f@-]+)+)")
_SPAN: Final = re.compile(rf"({_NUMBER})(?:-({_NUMBER}))?")
_CONTENT: Final = re.compile(rf"({_NUMBER})@([0-9a-f]{{16}})")
_CUT: Final = re.compile(rf"([0-9a-f]{{16}})=(0|{_NUMBER})")
_KEPT: Final = re.compile(rf"([0-9a-f]{{16}})\+({_NUMBER})(?:-({_NUMBER}))?")


@dataclass(frozen=True)
class Named:
    """Items of one incarnation: spans of numbers, and contents as number and stamp."""

    spans: Sequence[Span] = ()
    contents: Collection[tuple[int, int]] = field(default_factory=frozenset)

    def among(self, items: Items) -> set[int]:
        """The numbers of those items that are named."""
        found = inside(items, self.spans)
        return found | {n for n, stamp in self.contents if n in items and items[n].stamp == stamp}

    def where(self) -> list[Span]:
        """The numbers that are named, in whatever content."""
        return joined([*self.spans, *((n, n) for n, _ in self.contents)])

    def words(self) -> Iterator[str]:
        """The words that name them."""
        yield from (f"{first}-{last}" if first < last else str(first) for first, last in self.spans)
        yield from (f"{n}@{to_wire(stamp)}" for n, stamp in sorted(self.contents))


def write(items: Mapping[Origin, Named]) -> list[str]:
    """The texts that name these items; more than one where a record would become long."""
    texts: list[str] = []
    lines: list[str] = []
    room = MAX_WORDS
    for (station, incarnation), named in sorted(items.items(), key=lambda item: item[0]):
        words = list(named.words())
        while words:
            part, words = words[:room], words[room:]
            lines.append(f"{station} {incarnation} {' '.join(part)}")
            room -= len(part)
            if room == 0:
                texts.append("\n".join(lines))
                lines, room = [], MAX_WORDS
    return texts + (["\n".join(lines)] if lines else [])


def read(text: str) -> dict[Origin, Named]:
    """The items that a text names; what is not of the form names none, so whoever garbles it excludes less."""
    found: dict[Origin, tuple[list[Span], set[tuple[int, int]]]] = {}
    # Nobody of this program writes more; whoever does, must not make others read it again and again.
    room = MAX_WORDS
    for line in text.split("\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        spans, contents = found.setdefault((match[1], match[2]), ([], set()))
        for word in match[3].split():
            room -= 1
            if room < 0:
                break
            span, content = _SPAN.fullmatch(word), _CONTENT.fullmatch(word)
            if span is not None and int(span[1]) <= int(span[2] or span[1]):
                spans.append((int(span[1]), int(span[2] or span[1])))
            elif content is not None and 0 < int(content[2], 16) < 1 << 63:
                contents.add((int(content[1]), from_wire(content[2])))
    return {origin: Named(joined(spans), frozenset(contents)) for origin, (spans, contents) in found.items()}


def write_cuts(cuts: Mapping[str, int], kept: Mapping[str, Sequence[Span]] | None = None) -> str:
    """The text that names the last item that counts in each incarnation, and the erasures behind it that do."""
    words = [f"{incarnation}={number}" for incarnation, number in sorted(cuts.items())]
    for incarnation, spans in sorted((kept or {}).items()):
        words += [f"{incarnation}+{word}" for word in Named(spans).words()]
    return " ".join(words)


def read_cuts(text: str) -> dict[str, int]:
    """The last item that counts in each incarnation; what is not of the form names none, and so counts nothing."""
    found = (_CUT.fullmatch(word) for word in text.split(" "))
    return {match[1]: int(match[2]) for match in found if match is not None}


def read_kept(text: str) -> dict[str, list[Span]]:
    """The items behind the cuts that count if they erase."""
    found: dict[str, list[Span]] = {}
    for match in filter(None, (_KEPT.fullmatch(word) for word in text.split(" "))):
        first, last = int(match[2]), int(match[3] or match[2])
        if first <= last:
            found.setdefault(match[1], []).append((first, last))
    return {incarnation: joined(spans) for incarnation, spans in found.items()}

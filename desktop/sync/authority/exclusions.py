"""Which items do not count, as text: a line for each incarnation, ``station incarnation 1-5 7 9@<stamp>``; pure.

A number stands for whatever item has it; with a stamp for that one of several contents, where a station has forked.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from desktop.records.versions.spans import Span, inside, joined
from desktop.records.versions.stamped import Spans, Stamped
from desktop.records.versions.stamps import MAX_STAMP, to_wire

Origin = tuple[str, str]
"""Station and incarnation."""


class Item(NamedTuple):
    """What has to be known of an item to tell whether it counts; ``unit`` is the one under which it was written."""

    stamp: int
    type: str
    unit: str


Items = Mapping[int, Item]
"""Items of one incarnation by number."""


def one_by_one(rows: Iterable[tuple[int, Item]]) -> Iterator[dict[int, Item]]:
    """Items by number. Of a fork two contents of one number may be among them: one is asked about after the other."""
    left = set(rows)
    while left:
        asked = dict(left)
        yield asked
        left.difference_update(asked.items())


MAX_WORDS: Final = 2_000
"""How many words a record of exclusions takes, so that a line on the wire stays short."""

MAX_CUTS: Final = 10_000
"""How many words a revocation takes."""
_LONGEST_WORD: Final = 33
"""No word of an exclusion that names something is longer; others are not kept."""
_LONGEST_CUT: Final = 50
"""The same of a revocation."""

_NUMBER: Final = r"[1-9][0-9]{0,15}"
# A text may be of megabytes, so nothing is kept in order to look at a part of it in another way.
_LINE: Final = re.compile(r"^([0-9a-f]{64}) ([0-9a-f]{16})((?: [0-9a-f@-]++)++)$", re.MULTILINE)
_WORDS: Final = re.compile(rf"(?<![^ ])({_NUMBER})(?:-({_NUMBER})|@([0-9a-f]{{16}}))?(?![^ ])")
_CUT: Final = re.compile(rf"(?<![^ ])([0-9a-f]{{16}})=(0|{_NUMBER})(?![^ ])")
_KEPT: Final = re.compile(rf"(?<![^ ])([0-9a-f]{{16}})\+({_NUMBER})(?:-({_NUMBER}))?(?![^ ])")


@dataclass(frozen=True)
class Named:
    """Items of one incarnation: spans of numbers, and contents as number and stamp; a million of either may be."""

    spans: Sequence[Span] = ()
    contents: Set[tuple[int, int]] = field(default_factory=Stamped)

    def __post_init__(self) -> None:
        if not isinstance(self.contents, Stamped):
            object.__setattr__(self, "contents", Stamped(self.contents))

    def among(self, items: Items) -> set[int]:
        """The numbers of those items that are named."""
        found = inside(items, self.spans)
        if len(self.contents) < len(items):
            return found | {n for n, stamp in self.contents if n in items and items[n].stamp == stamp}
        return found | {n for n, item in items.items() if (n, item.stamp) in self.contents}

    def where(self) -> Sequence[Span]:
        """The numbers that are named, in whatever content."""
        return Spans(itertools.chain(self.spans, ((n, n) for n, _ in self.contents)))

    def within(self, first: int, last: int) -> Iterator[Span]:
        """What is named, in whatever content, that has something in common with the numbers from one up to another."""
        yield from (s for s in self.spans if s[0] <= last and first <= s[1])
        yield from ((n, n) for n, _ in self.contents if first <= n <= last)

    def words(self) -> Iterator[str]:
        """The words that name them."""
        yield from (f"{first}-{last}" if first < last else str(first) for first, last in self.spans)
        yield from (f"{n}@{to_wire(stamp)}" for n, stamp in self.contents)


def write(items: Mapping[Origin, Named]) -> list[str]:
    """The texts that name these items; more than one where a record would become long."""
    texts: list[str] = []
    lines: list[str] = []
    room = MAX_WORDS
    for (station, incarnation), named in sorted(items.items(), key=lambda item: item[0]):
        words = named.words()
        while part := list(itertools.islice(words, room)):
            lines.append(f"{station} {incarnation} {' '.join(part)}")
            room -= len(part)
            if room == 0:
                texts.append("\n".join(lines))
                lines, room = [], MAX_WORDS
    return texts + (["\n".join(lines)] if lines else [])


def read(text: str) -> dict[Origin, Named]:
    """The items that a text names; what is not of the form names none, so whoever garbles it excludes less."""
    return {origin: named(runs) for origin, runs in runs_of(text).items()}


def runs_of(text: str) -> dict[Origin, list[str]]:
    """The words of a text as they stand, run by run, by the incarnation whose items they name."""
    found: dict[Origin, list[str]] = {}
    # Nobody of this program writes more; whoever does, must not make others read it again and again.
    room = MAX_WORDS
    for match in _LINE.finditer(text):
        words = match[3].split(" ", room + 1)[1 : room + 1]
        room -= len(words)
        kept = " ".join(word for word in words if len(word) <= _LONGEST_WORD)
        found.setdefault((match[1], match[2]), []).append(kept)
        if room == 0:
            break
    return found


def named(runs: Iterable[str]) -> Named:
    """What the words of these runs name; one that is not of the form names nothing."""
    spans, contents = Spans(), Stamped()
    for run in runs:
        found: list[tuple[str, str, str]] = _WORDS.findall(run)
        numbers = ((int(first), int(last or first)) for first, last, stamp in found if not stamp)
        spans.add((first, last) for first, last in numbers if first <= last)
        exact = ((int(number), int(stamp, 16)) for number, _, stamp in found if stamp)
        contents.add((number, stamp) for number, stamp in exact if 0 < stamp <= MAX_STAMP)
    return Named(spans, contents)


def numbers_in(runs: Iterable[str]) -> Sequence[Span]:
    """The numbers that the words of one record name, of whichever content: for who only shows what was said.

    To keep the contents apart of the records of a long list takes three times as long.
    """
    found = [words for run in runs for words in _WORDS.findall(run)]
    spans = ((int(first), int(last) if last else int(first)) for first, last, _ in found)
    return joined(span for span in spans if span[0] <= span[1])


def write_cuts(cuts: Mapping[str, int], kept: Mapping[str, Sequence[Span]] | None = None) -> str:
    """The text that names the last item that counts in each incarnation, and the erasures behind it that do."""
    words = [f"{incarnation}={number}" for incarnation, number in sorted(cuts.items())]
    for incarnation, spans in sorted((kept or {}).items()):
        words += [f"{incarnation}+{word}" for word in Named(spans).words()]
    return " ".join(words[:MAX_CUTS])


def cuts_of(text: str) -> str:
    """As much of the text of a revocation as is read; those of very many stations are in memory together."""
    words = text.split(" ", MAX_CUTS)[:MAX_CUTS]
    return " ".join(word for word in words if len(word) <= _LONGEST_CUT)


def read_cuts(text: str) -> dict[str, int]:
    """The last item that counts in each incarnation; what is not of the form names none, and so counts nothing."""
    return {match[1]: int(match[2]) for match in _CUT.finditer(cuts_of(text))}


def read_kept(text: str) -> dict[str, list[Span]]:
    """The items behind the cuts that count if they erase."""
    found: dict[str, list[Span]] = {}
    for match in _KEPT.finditer(cuts_of(text)):
        first, last = int(match[2]), int(match[3] or match[2])
        if first <= last:
            found.setdefault(match[1], []).append((first, last))
    return {incarnation: joined(spans) for incarnation, spans in found.items()}

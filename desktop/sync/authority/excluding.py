"""Which items are said not to count, by whom, and how far that word reaches; how it is written tells ``exclusions``.

There may be a million words in as many records, so what one writer says of an incarnation for one reason is joined, and
taken apart only when somebody asks for that incarnation.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import zstandard

from desktop.records.versions.deciding import ERASURE, EXCLUSION, OWN_TYPES
from desktop.records.versions.item_outcomes import (
    REASONS,
    REFUSED_CLOCK,
    REFUSED_FORK,
    REFUSED_SUPERIOR,
    REFUSED_WITHDRAWN,
)
from desktop.store.queries import governing
from desktop.sync.authority import exclusions
from desktop.sync.authority.exclusions import Items, Named, Origin
from desktop.sync.authority.held import Held
from desktop.sync.authority.own_words import OwnWords
from desktop.sync.authority.reach import Known, Reach
from desktop.sync.signed.certificates import Certificate

WITHDRAWN, REFUSED, CLOCK, FORK = "withdrawn", "refused", "clock", "fork"
"""The causes of an exclusion."""

_PIECE = 50_000
"""How many bytes of words are packed at once; shorter ones stay as they are."""

_REASONS = {WITHDRAWN: REFUSED_WITHDRAWN, CLOCK: REFUSED_CLOCK, FORK: REFUSED_FORK}
_CAUSES = {REFUSED_WITHDRAWN: WITHDRAWN, REFUSED_FORK: FORK}
_REFUSALS = REASONS.keys() - {REFUSED_SUPERIOR}
"""What a refusal may give as its reason; ``moves`` alone judges what is aside for its superior's sake, ever anew."""


def said_once_more(reason: str) -> tuple[str, str | None]:
    """Cause and refusal of an exclusion of what does not count for this reason already."""
    return _CAUSES.get(reason, REFUSED), None if reason in _CAUSES else reason


@dataclass(frozen=True)
class Exclusion:
    """Items of one incarnation that do not count, and why, as far as the word of who said so reaches.

    Without a reach their own station says so. It may take back what it has dated later than its word, which is what a
    wrong date needs and nothing more, and not what it has said about who counts: of units it may.
    ``restated``: this very station says it for those who do not know the level below that has said so.
    """

    named: Named | OwnWords
    reason: str
    reach: Reach | None = None
    restated: bool = False

    def among(self, items: Items) -> set[int]:
        """The numbers of those items that it takes out. Nobody takes out another's erasure (rule 12)."""
        named = self.named.among(items)
        if self.reach is None:
            return {n for n in named if items[n].type not in OWN_TYPES}
        units = {unit for unit in {items[n].unit for n in named} if self.reach.holds(unit)}
        return {n for n in named if items[n].unit in units and items[n].type != ERASURE}


class Exclusions(Mapping[Origin, Sequence[Exclusion]]):
    """What is said of the items of each origin; read when that is asked for, as there may be a million words.

    What one writer says of an origin is joined by reason, so that many words cost no more than few, in however many
    records they stand. A station's word about its own items needs no certificate that is known here: that it counts
    says whose it is, and of what others have saved of the same records many a station beside holds a part.
    ``digest`` is another when others have said something else, or this station has of its own accord.
    """

    def __init__(self, ledger: Held, known: Known) -> None:
        self._known = known
        self._said: dict[Origin, dict[_Saying, _Words]] = {}
        self._read: dict[Origin, Sequence[Exclusion]] = {}
        seen = hashlib.sha256()
        for station, moment, (cause, refusal, items, restated) in governing.said(
            ledger.database, EXCLUSION, ("cause", "refusal", "items", "restated")
        ):
            again = bool(restated) and station == known.station
            reason = refusal if cause == REFUSED and refusal in _REFUSALS else _REASONS.get(cause)
            if not again:
                seen.update(json.dumps([station, *moment, reason, items]).encode())
            for origin, runs in exclusions.runs_of(items).items():
                saying = _Saying(station, reason or REFUSED_WITHDRAWN, again)
                words = self._said.setdefault(origin, {}).setdefault(saying, _Words(moment))
                words.add(moment, runs)
        self.digest = seen.hexdigest()

    def __getitem__(self, origin: Origin) -> Sequence[Exclusion]:
        if origin not in self._read:
            # In numbers they take less than as text, and nobody reads the same twice.
            self._read[origin] = self._of(origin[0], self._said.pop(origin, {}))
        if not self._read[origin]:
            raise KeyError(origin)
        return self._read[origin]

    def __iter__(self) -> Iterator[Origin]:
        return (origin for origin in [*self._read, *self._said] if origin in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _of(self, concerned: str, said: dict[_Saying, _Words]) -> list[Exclusion]:
        """What is said of the items of one station: by itself, then by others, in the order in which it was.

        What this station says only once more stands where it does for those who do not tell it from its other words.
        """
        found: list[Exclusion] = []
        reaches: dict[Certificate, Reach] = {}
        begun = {
            s: min(said[o].moment for o in (s, s._replace(again=not s.again)) if o in said) for s in said
        }
        for saying in sorted(said, key=lambda s: (s.station != concerned, begun[s])):
            words = said.pop(saying)
            writer = self._known.writer(saying.station)
            if saying.station == concerned:
                found.append(Exclusion(OwnWords(words.dated()), saying.reason))
            elif writer is not None:
                reach = reaches.setdefault(writer, Reach(self._known, writer, concerned))
                if reach.is_possible:
                    found.append(Exclusion(words.named(), saying.reason, reach, restated=saying.again))
        return found


class _Saying(NamedTuple):
    """Who lets items of an origin not count, and how."""

    station: str
    reason: str
    again: bool


class _Words:
    """What is said so of the items of one origin, in however many records; ``moment`` is that of the first of them.

    It is read once, and goes from memory as it is: three million words are a hundred megabytes of text.
    """

    __slots__ = ("_open", "_packed", "moment")

    def __init__(self, moment: tuple[int, str]) -> None:
        self.moment = moment
        self._open = _Piece()
        self._packed: deque[_Piece] = deque()

    def add(self, moment: tuple[int, str], runs: Sequence[str]) -> None:
        """Takes in what another record says."""
        self.moment = min(self.moment, moment)
        self._open.add(moment[0], runs)
        if len(self._open.text) >= _PIECE:
            self._open.pack()
            self._packed.append(self._open)
            self._open = _Piece()

    def dated(self) -> Iterator[tuple[int, Named]]:
        """The items that are meant, record by record, each with its stamp."""
        for piece in self._pieces():
            for date, words in piece.records():
                yield date, exclusions.named([words])

    def named(self) -> Named:
        """The items that are meant."""
        return exclusions.named(piece.words().decode() for piece in self._pieces())

    def _pieces(self) -> Iterator[_Piece]:
        while self._packed:
            yield self._packed.popleft()
        yield self._open


class _Piece:
    """The words of some records: in objects they take ten times as much as in text, and packed a third of that."""

    __slots__ = ("_dates", "_ends", "text")

    def __init__(self) -> None:
        self.text: bytes | bytearray = bytearray()
        self._ends, self._dates = array("Q"), array("Q")

    def add(self, date: int, runs: Sequence[str]) -> None:
        """Takes in the words of a record with this stamp."""
        for run in runs:
            self.text += b" " + run.encode()
        self._ends.append(len(self.text))
        self._dates.append(date)

    def pack(self) -> None:
        """Nothing is added any more."""
        # Copied, as what is compressed lies in as much memory as its text had.
        self.text = bytes(memoryview(zstandard.ZstdCompressor(level=1).compress(self.text)))

    def words(self) -> bytes | bytearray:
        """All that was added."""
        # No word begins as a frame does: each has a space before it.
        packed = self.text.startswith(zstandard.FRAME_HEADER)
        return zstandard.ZstdDecompressor().decompress(self.text) if packed else self.text

    def records(self) -> Iterator[tuple[int, str]]:
        """Stamp and words of each record."""
        text, begun = self.words(), 0
        for end, date in zip(self._ends, self._dates, strict=True):
            yield date, text[begun:end].decode()
            begun = end

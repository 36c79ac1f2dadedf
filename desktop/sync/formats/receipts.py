"""Receipts: the first frame of every bundle says what its sender has of the receiver's journal, and what became of it.

The frame is NDJSON: a header ``{"xsj":"receipt",…}``, then one line for each item that is not simply applied:
``[station, incarnation, number, outcome, reason]``. The bundle's signature covers it. What does not fit stands in
further frames, whose headers say ``"continues":true``; they are passed over by whoever looks at the first alone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec

from desktop.records.versions.canonical import MAX_NUMBER
from desktop.sync.errors import BadSegment
from desktop.sync.formats import strictjson
from desktop.sync.formats.forms import INCARNATION, STATION
from desktop.sync.formats.frames import MAX_FRAME_PLAIN, Frame, compress_lines
from desktop.sync.formats.strictjson import Fields

LABEL: Final = ["receipt"]
MOST_PLAIN: Final = MAX_FRAME_PLAIN - 4096
"""Bytes of the answers in one frame, beside its header."""

LONGEST_LINE: Final = 4096
"""Bytes of the header or of an answer, without the end of the line."""
_HEARD_OF: Final = re.compile(rf"{INCARNATION.pattern}|")
"""In which incarnation the receiver was heard; in none where nothing of it has come yet."""
_Number = Annotated[int, msgspec.Meta(ge=1, le=MAX_NUMBER)]
_Station = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
_Incarnation = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{16}\Z")]
_Outcome = Literal["held", "conflict", "refused"]
_decode_answer = msgspec.json.Decoder(tuple[_Station, _Incarnation, _Number, _Outcome, str]).decode


class Answer(NamedTuple):
    """The present state of one item at a level above: held, in conflict or refused, and why."""

    station: str
    incarnation: str
    number: int
    outcome: str
    reason: str


class Answers:
    """All answers of a receipt, each time anew from where they stand: there may be a million of them."""

    def __init__(self, read: Callable[[], Iterator[Answer]] = lambda: iter(())) -> None:
        self._read = read

    def __iter__(self) -> Iterator[Answer]:
        return self._read()


@dataclass(frozen=True, slots=True)
class Receipt:
    """``position`` of ``station``'s journal in ``incarnation`` was received without a gap.

    ``count`` is how many answers a receipt has that was read. One that ``continues`` another adds to its answers.
    """

    station: str
    incarnation: str
    position: int
    number: int
    answers: Iterable[Answer] = ()
    count: int = 0
    continues: bool = False

    def frames(self) -> Iterator[Frame]:
        """The receipt as frames: the first, and further ones with the same number where that cannot hold all answers.

        Whoever does not know of further ones hears what the first says.
        """
        blocks = list(self._blocks())
        lines = self._lines()
        for place, (count, size) in enumerate(blocks):
            header = self._header(count, continues=place > 0)
            yield compress_lines(
                itertools.chain([header], itertools.islice(lines, count)), len(header) + size
            )

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """How many answers stand in each frame, and how many bytes those are."""
        count = size = 0
        for line in self._lines():
            if size + len(line) > MOST_PLAIN:
                yield count, size
                count = size = 0
            count += 1
            size += len(line)
        yield count, size

    def _header(self, count: int, *, continues: bool) -> bytes:
        header: dict[str, Any] = {
            "xsj": "receipt",
            "station": self.station,
            "incarnation": self.incarnation,
            "position": self.position,
            "number": self.number,
            "answers": count,
        }
        if continues:
            header["continues"] = True
        return msgspec.json.encode(dict(sorted(header.items()))) + b"\n"

    def _lines(self) -> Iterator[bytes]:
        return (msgspec.json.encode(list(answer)) + b"\n" for answer in self.answers)


def read(frame: Frame) -> Receipt:
    """The receipt in a frame, all of which is looked at; raises :class:`BadSegment` and what reading frames raises."""
    lines = _lines(frame)
    try:
        fields = Fields(strictjson.parse(next(lines)[:-1], LONGEST_LINE), "receipt")
        fields.choice("xsj", ("receipt",))
        count = sum(1 for _ in _answers(lines))
        if fields.integer("answers", 0, MAX_NUMBER) != count:
            raise BadSegment("the answers of a receipt are not as many as it counts")
        return Receipt(
            fields.matching("station", STATION),
            fields.matching("incarnation", _HEARD_OF),
            fields.integer("position", 0, MAX_NUMBER),
            fields.integer("number", 1, MAX_NUMBER),
            Answers(lambda: _answers(itertools.islice(_lines(frame), 1, None))),
            count,
            "continues" in fields and fields.raw("continues") is True,
        )
    except (msgspec.DecodeError, ValueError) as error:  # text that is no UTF-8 is a ValueError here
        raise BadSegment(str(error)) from error


def _lines(frame: Frame) -> Iterator[bytes]:
    """The lines of a receipt; raises :class:`BadSegment` for one that is longer than it may be."""
    for line in frame.lines(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            raise BadSegment("a line of a receipt is too long")
        yield line


def _answers(lines: Iterable[bytes]) -> Iterator[Answer]:
    return (Answer(*_decode_answer(line)) for line in lines)

"""Receipts: the first frame of every bundle says what its sender has of the receiver's journal, and what became of it.

The frame is NDJSON: a header ``{"xsj":"receipt",…}``, then one line for each item that is not simply applied:
``[station, incarnation, number, outcome, reason]``. The bundle's signature covers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final, NamedTuple

import msgspec

from desktop.records.canonical import MAX_NUMBER
from desktop.store import exchanged
from desktop.store.database import Database
from desktop.sync import strictjson
from desktop.sync.errors import BadSegment
from desktop.sync.frames import Frame, compress
from desktop.sync.strictjson import Fields

LABEL: Final = ["receipt"]
HELD: Final = "held"
CONFLICT: Final = "conflict"
REFUSED: Final = "refused"

_HEX64 = re.compile(r"[0-9a-f]{64}")
_HEX16 = re.compile(r"[0-9a-f]{16}|")
_Number = Annotated[int, msgspec.Meta(ge=1, le=MAX_NUMBER)]
_decode_answer = msgspec.json.Decoder(tuple[str, str, _Number, str, str]).decode


class Answer(NamedTuple):
    """The present state of one item at a level above: held, in conflict or refused, and why."""

    station: str
    incarnation: str
    number: int
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """``position`` of ``station``'s journal in ``incarnation`` was received without a gap."""

    station: str
    incarnation: str
    position: int
    number: int
    answers: tuple[Answer, ...] = ()

    def frame(self) -> Frame:
        """The receipt as a frame."""
        header: dict[str, Any] = {
            "xsj": "receipt",
            "station": self.station,
            "incarnation": self.incarnation,
            "position": self.position,
            "number": self.number,
            "answers": len(self.answers),
        }
        lines = [msgspec.json.encode(dict(sorted(header.items())))]
        lines += [
            msgspec.json.encode([a.station, a.incarnation, a.number, a.outcome, a.reason])
            for a in self.answers
        ]
        return compress(b"\n".join(lines) + b"\n")


def read(frame: Frame) -> Receipt:
    """The receipt in a frame; raises :class:`BadSegment`."""
    header, *lines = frame.plain().split(b"\n")[:-1]
    try:
        fields = Fields(strictjson.parse(header, 4096), "receipt")
        fields.choice("xsj", ("receipt",))
        if fields.integer("answers", 0, MAX_NUMBER) != len(lines):
            raise BadSegment("the answers of a receipt are not as many as it counts")
        return Receipt(
            fields.matching("station", _HEX64),
            fields.matching("incarnation", _HEX16),
            fields.integer("position", 0, MAX_NUMBER),
            fields.integer("number", 1, MAX_NUMBER),
            tuple(Answer(*_decode_answer(line)) for line in lines),
        )
    except (msgspec.DecodeError, ValueError) as error:  # text that is no UTF-8 is a ValueError here
        raise BadSegment(str(error)) from error


def present_answers(database: Database, stations: Iterable[str]) -> list[Answer]:
    """What is held, refused or in conflict here of these stations' items, and what levels above answered of them.

    Of a conflict only what stands against each other is told, not what was replaced on the way. An item is told once,
    by the worst that became of it.
    """
    wanted = set(stations)
    answers: dict[tuple[str, str, int], Answer] = {}
    for station, incarnation, number, outcome, reason in exchanged.present_answers(database):
        if station in wanted:
            answers.setdefault(
                (station, incarnation, number), Answer(station, incarnation, number, outcome, reason)
            )
    return list(answers.values())

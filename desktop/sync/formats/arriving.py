"""A segment that has come: its header at once, its lines and what they say when somebody asks.

Both may have been read beside this process (:mod:`desktop.sync.merging.beside`); then the lines are not even unpacked
here unless they have to be compared or opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desktop.records.declaration import RecordType
from desktop.sync.formats import decoding, segments
from desktop.sync.formats.decoding import Contents
from desktop.sync.formats.frames import Frame
from desktop.sync.formats.segments import Header


class Arrived:
    """One segment, neither verified nor believed; ``contents`` are what somebody has decoded already."""

    def __init__(
        self, frame: Frame, header: Header, lines: list[bytes] | None, contents: Contents | None = None
    ) -> None:
        self.frame = frame
        self.header = header
        self._lines = lines
        self._contents = contents

    @classmethod
    def read(cls, frame: Frame) -> Arrived:
        """The segment of a frame; raises ``BadFrame`` and :class:`BadSegment`."""
        return cls(frame, *segments.read(frame))

    @property
    def lines(self) -> Sequence[bytes]:
        """Its lines as they came."""
        if self._lines is None:
            _, self._lines = segments.read(self.frame)
        return self._lines

    @property
    def count(self) -> int:
        """How many lines it has; of one that was decoded as many as its header counts."""
        return self.header.total if self._contents is not None else len(self.lines)

    def decoded(self, types: Mapping[str, RecordType]) -> Contents:
        """What the lines say, after they were found to be those that the header signs; raises :class:`BadSegment`."""
        return self._contents or decoding.decode(self.header, self.lines, types)

    def let_go(self) -> None:
        """The lines are not needed for now: with files they are tens of megabytes."""
        self._lines = None

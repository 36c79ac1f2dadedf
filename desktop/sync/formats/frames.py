"""zstd frames one after the other: each holds one segment, and is kept and forwarded as it came.

Concatenated frames are legal zstd: ``zstd -d`` reads them as one stream. Boundaries are found by walking the
block headers (RFC 8878, section 3.1.1), so nothing is decompressed that nobody asks for, and every size is
known and bounded before memory is taken.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import zstandard

from desktop.sync.errors import BadFrame, TooBig

LEVEL: Final = 1
"""Measured on the registers of a district: from 2 to 7 more time and more bytes, from 8 on three per cent less in six
times the time. It makes no difference to who reads."""
MAX_FRAME_PLAIN: Final = 64 * 1024 * 1024
"""Plain bytes of one frame. A segment has at most 5 000 lines, so only attachments come near."""
MAX_FRAME: Final = 31 * 1024 * 1024
"""Compressed bytes of one frame, so that it fits a part."""

_PIECE: Final = 1 << 20

_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_BLOCK_HEADER: Final = 3
_CHECKSUM: Final = 4
_RLE: Final = 1
_RESERVED: Final = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame and the size that its header states for what it holds."""

    compressed: bytes
    plain_size: int

    def plain(self) -> bytes:
        """The NDJSON lines; raises :class:`BadFrame`. The memory taken is bounded by ``plain_size``."""
        try:
            plain = zstandard.ZstdDecompressor().decompress(
                self.compressed, max_output_size=self.plain_size, allow_extra_data=False
            )
        except zstandard.ZstdError as error:
            raise BadFrame(str(error)) from error
        if len(plain) != self.plain_size or not plain.endswith(b"\n"):
            raise BadFrame("a frame is not what its header says")
        return plain

    def lines(self, longest: int = MAX_FRAME_PLAIN) -> Iterator[bytes]:
        """The same line by line, each with its end: all of it may be more than there is memory for.

        A line of more bytes than the ``longest`` comes in pieces, of which only the last has an end.
        """
        left, line = self.plain_size, b""
        try:
            with zstandard.ZstdDecompressor().stream_reader(self.compressed) as stream:
                reader = io.BufferedReader(stream, _PIECE)
                while found := reader.readline(min(left + 1, longest)):
                    line = found
                    left -= len(line)
                    if left < 0:
                        break
                    yield line
        except zstandard.ZstdError as error:
            raise BadFrame(str(error)) from error
        if left or not line.endswith(b"\n"):
            raise BadFrame("a frame is not what its header says")


def compress(plain: bytes) -> Frame:
    """The frame for whole NDJSON lines; ``ValueError`` if they are more than a frame holds."""
    if not plain.endswith(b"\n") or len(plain) > MAX_FRAME_PLAIN:
        raise ValueError("a frame holds whole lines, 64 MB at most")
    return _frame([_compressor().compress(plain)], len(plain))


def compress_lines(lines: Iterable[bytes], size: int) -> Frame:
    """The frame for lines with their ends, which have so many bytes; raises like :func:`compress`."""
    if size > MAX_FRAME_PLAIN:
        raise ValueError("a frame holds whole lines, 64 MB at most")
    compressor = _compressor().compressobj(size=size)
    pieces = [piece for line in lines if (piece := compressor.compress(line))]
    return _frame([*pieces, compressor.flush()], size)


def _compressor() -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True, write_content_size=True)


def _frame(compressed: Iterable[bytes], plain_size: int) -> Frame:
    frame = Frame(b"".join(compressed), plain_size)
    if len(frame.compressed) > MAX_FRAME:
        raise ValueError("a frame has 31 MB at most")
    return frame


def split(data: bytes, limit: int, plain_limit: int) -> tuple[Frame, ...]:
    """The at most ``limit`` frames that the data consists of, together at most ``plain_limit`` plain bytes.

    Raises :class:`BadFrame` or :class:`TooBig`. The blocks are not decompressed.
    """
    frames: list[Frame] = []
    offset = 0
    while offset < len(data):
        if len(frames) == limit:
            raise TooBig("too many frames")
        size, has_checksum, body = _header(data, offset)
        plain_limit -= size
        if size > MAX_FRAME_PLAIN or plain_limit < 0:
            raise TooBig("too much in the frames of a part")
        end = _end_of_blocks(data, body) + (_CHECKSUM if has_checksum else 0)
        if end > len(data):
            raise BadFrame("a frame ends early")
        frames.append(Frame(data[offset:end], size))
        offset = end
    return tuple(frames)


def _header(data: bytes, offset: int) -> tuple[int, bool, int]:
    """Plain size, whether a check sum follows, and where the first block starts."""
    beginning = data[offset : offset + 18]
    if not beginning.startswith(_MAGIC):
        raise BadFrame("not a zstd frame")
    try:
        parameters = zstandard.get_frame_parameters(beginning)
        length = zstandard.frame_header_size(beginning)
    except zstandard.ZstdError as error:
        raise BadFrame(str(error)) from error
    size = parameters.content_size
    if size in (0, zstandard.CONTENTSIZE_UNKNOWN) or parameters.dict_id:
        raise BadFrame("a frame states its size and needs no dictionary")
    return size, bool(parameters.has_checksum), offset + length


def _end_of_blocks(data: bytes, offset: int) -> int:
    """Where the last block of the frame ends."""
    last = False
    while not last:
        header = int.from_bytes(data[offset : offset + _BLOCK_HEADER], "little")
        last, kind, size = bool(header & 1), header >> 1 & 3, header >> 3
        if offset + _BLOCK_HEADER > len(data) or kind == _RESERVED:
            raise BadFrame("a block is not of its form")
        offset += _BLOCK_HEADER + (1 if kind == _RLE else size)
    return offset

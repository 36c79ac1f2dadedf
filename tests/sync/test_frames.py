"""Frames of zstd: found without decompressing, bounded before memory is taken."""

from __future__ import annotations

import random

import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.sync import errors
from desktop.sync.formats import frames
from tests.measuring import memory
from tests.sync.world import lines

PLAIN = [lines(1, 3), lines(4, 900), random.Random(1).randbytes(300_000) + b"\n", b"x" * 400_000 + b"\n"]
ALL = [frames.compress(plain) for plain in PLAIN]
DATA = b"".join(frame.compressed for frame in ALL)
TOTAL = sum(map(len, PLAIN))


def test_finds_the_frames_as_they_were_made() -> None:
    found = frames.split(DATA, 4, TOTAL)
    assert list(found) == ALL
    assert [frame.plain() for frame in found] == PLAIN


def test_public_readers_take_the_frames_for_one_stream() -> None:
    reader = zstandard.ZstdDecompressor().stream_reader(DATA, read_across_frames=True)
    assert reader.read() == b"".join(PLAIN)


def test_refuses_more_frames_or_bytes_than_announced() -> None:
    with pytest.raises(errors.TooBig):
        frames.split(DATA, 3, TOTAL)
    with pytest.raises(errors.TooBig):
        frames.split(DATA, 4, TOTAL - 1)


def test_a_bomb_is_refused_by_what_its_header_states() -> None:
    bomb = zstandard.ZstdCompressor(level=1).compress(bytes(frames.MAX_FRAME_PLAIN + 1))
    assert len(bomb) < 10_000
    with pytest.raises(errors.TooBig):
        frames.split(bomb, 1, 1 << 40)


def test_a_bomb_that_understates_itself_takes_no_more_than_it_states() -> None:
    """The size in the header is what is allocated; a stream that holds more does not decompress."""
    honest = zstandard.ZstdCompressor(write_checksum=False).compress(bytes(50_000_000))
    size_at = honest.index((50_000_000).to_bytes(4, "little"))
    lying = honest[:size_at] + (1000).to_bytes(4, "little") + honest[size_at + 4 :]
    (frame,) = frames.split(lying, 1, 1000)
    with pytest.raises(errors.BadFrame):
        frame.plain()


def unknown_size() -> bytes:
    compressor = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    return bytes(compressor.compress(b"abc\n") + compressor.flush())


def with_dictionary() -> bytes:
    text = "sample {} of a dictionary that is long enough {}"
    samples: list[bytes | bytearray | memoryview] = [text.format(i, i * 7).encode() for i in range(2000)]
    dictionary = zstandard.train_dictionary(4096, samples)
    return zstandard.ZstdCompressor(dict_data=dictionary).compress(b"sample 17\n")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"noise", id="noise"),
        pytest.param(b"\x50\x2a\x4d\x18\x05\0\0\0hello", id="skippable frame"),
        pytest.param(ALL[0].compressed + b"\0", id="something behind"),
        pytest.param(ALL[1].compressed[:-1], id="check sum cut"),
        pytest.param(ALL[1].compressed[:-9], id="block cut"),
        pytest.param(ALL[0].compressed[:6], id="header only"),
        pytest.param(ALL[0].compressed[:5], id="header cut"),
        pytest.param(unknown_size(), id="size not stated"),
        pytest.param(zstandard.compress(b""), id="empty"),
        pytest.param(with_dictionary(), id="needs a dictionary"),
        pytest.param(ALL[0].compressed[:6] + b"\x07\0\0", id="reserved block"),
    ],
)
def test_refuses(data: bytes) -> None:
    with pytest.raises(errors.BadFrame):
        frames.split(data, 9, 1 << 30)


def test_a_frame_holds_whole_lines() -> None:
    (frame,) = frames.split(zstandard.compress(b"no line end"), 1, 100)
    with pytest.raises(errors.BadFrame):
        frame.plain()
    with pytest.raises(ValueError, match="whole lines"):
        frames.compress(b"no line end")


def test_what_would_not_fit_a_part_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_FRAME", 10)
    with pytest.raises(ValueError, match="31 MB"):
        frames.compress(PLAIN[0])


@given(st.integers(0, len(ALL[1].compressed) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed_by_the_check_sum(position: int, change: int) -> None:
    data = bytearray(ALL[1].compressed)
    data[position] ^= change
    try:
        plain = [frame.plain() for frame in frames.split(bytes(data), 9, 1 << 20)]
    except errors.Damaged:
        return
    assert plain == [PLAIN[1]]  # a bit of the header that means nothing


# -- line by line --------------------------------------------------------------------------------------------------


def test_lines_are_those_of_the_whole() -> None:
    for frame, plain in zip(ALL, PLAIN, strict=True):
        assert b"".join(found := list(frame.lines())) == plain
        assert all(line.count(b"\n") == 1 == line.endswith(b"\n") for line in found)
        assert frames.compress_lines(found, len(plain)).plain() == plain


def test_more_lines_than_a_frame_holds_are_not_begun() -> None:
    with pytest.raises(ValueError, match="64 MB"):
        frames.compress_lines(iter(()), frames.MAX_FRAME_PLAIN + 1)


def read_lines(compressed: bytes, size: int) -> list[bytes]:
    return list(frames.Frame(compressed, size).lines())


@pytest.mark.parametrize("size", [10, 12])
def test_lines_that_are_not_as_many_bytes_as_stated_are_refused(size: int) -> None:
    with pytest.raises(errors.BadFrame):
        read_lines(zstandard.compress(b"12345\n1234\n"), size)


def test_lines_without_a_last_end_are_refused() -> None:
    with pytest.raises(errors.BadFrame):
        read_lines(zstandard.compress(b"1\n2"), 3)


def test_lines_that_are_not_those_of_their_check_sum_are_refused() -> None:
    data = ALL[0].compressed
    with pytest.raises(errors.BadFrame):
        read_lines(data[:-1] + bytes([data[-1] ^ 1]), len(PLAIN[0]))


def test_a_bomb_is_not_read_to_its_end_line_by_line() -> None:
    """One line of fifty million bytes, of which a thousand are stated."""
    bomb = zstandard.compress(bytes(50_000_000))

    def read() -> None:
        with pytest.raises(errors.BadFrame):
            read_lines(bomb, 1000)

    assert memory(read)[0] < 10_000_000


@example(524, 4)
@given(
    st.integers(min_value=20, max_value=len(ALL[1].compressed) - 1), st.integers(min_value=1, max_value=255)
)
def test_a_changed_byte_is_noticed_line_by_line(position: int, change: int) -> None:
    data = bytearray(ALL[1].compressed)
    data[position] ^= change
    try:
        found = read_lines(bytes(data), len(PLAIN[1]))
    except errors.BadFrame:
        return
    assert b"".join(found) == PLAIN[1]  # a bit that zstd reserves, here in the head of a section of sequences

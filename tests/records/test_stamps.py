"""Stamps (rule 3): 63 bits, ordered by time first, told apart by station last, written in one form."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.versions import stamps

TICKS = st.integers(1, (1 << stamps.TICK_BITS) - 1)
TAGS = st.integers(0, (1 << stamps.TAG_BITS) - 1)


@given(TICKS, TAGS)
def test_a_stamp_holds_tick_and_tag(tick: int, tag: int) -> None:
    stamp = stamps.make(tick, tag)
    assert 0 < stamp <= stamps.MAX_STAMP
    assert stamps.tick_of(stamp) == tick
    assert stamps.milliseconds_of(stamp) == tick >> stamps.COUNTER_BITS
    assert stamp & (1 << stamps.TAG_BITS) - 1 == tag
    assert stamps.from_wire(stamps.to_wire(stamp)) == stamp


@given(TICKS, TICKS, TAGS, TAGS)
def test_time_decides_before_the_station(first: int, second: int, a: int, b: int) -> None:
    if first != second:
        assert (stamps.make(first, a) < stamps.make(second, b)) == (first < second)


def test_the_counter_carries_into_the_milliseconds() -> None:
    """Eight stamps fit a millisecond; the ninth says the next one."""
    tick = stamps.tick_at(1000)
    assert [stamps.milliseconds_of(stamps.make(tick + n, 0)) for n in (0, 7, 8)] == [1000, 1000, 1001]


def test_a_stamp_of_2026_written_out() -> None:
    moment = datetime.datetime(2026, 11, 23, 8, tzinfo=datetime.UTC)
    milliseconds = int((moment - stamps.EPOCH).total_seconds() * 1000)
    stamp = stamps.make(stamps.tick_at(milliseconds) + 3, stamps.tag_of("fffff" + "0" * 59))
    assert stamps.to_wire(stamp) == "0caa4117001fffff"
    assert stamps.moment_of(stamp) == moment


def test_the_tag_is_the_first_nineteen_bits_of_the_station() -> None:
    assert stamps.tag_of("80000" + "0" * 59) == 1 << 18
    assert stamps.tag_of("00001" + "f" * 59) == 0
    assert stamps.tag_of("00002" + "f" * 59) == 1


def test_before_2020_is_the_first_tick_there_is() -> None:
    """A clock that was never set says 1970."""
    assert stamps.tick_at(-1_577_836_800_000) == stamps.tick_at(0) == 1
    assert stamps.make(stamps.tick_at(-1), 0) > 0


@pytest.mark.parametrize("tick", [0, -1, 1 << stamps.TICK_BITS])
def test_no_stamp_before_2020_or_after_2089(tick: int) -> None:
    with pytest.raises(ValueError, match="tick"):
        stamps.make(tick, 0)


@pytest.mark.parametrize(
    "text",
    ["", "1", "0" * 16, "8" + "0" * 15, "F" * 16, "0caa5f49c01fffff0", "0caa5f49c01ffffg", "0caa5f49c01ffff ",
     "-caa5f49c01fffff", "0_aa5f49c01fffff", "０caa5f49c01fffff"],
)  # fmt: skip
def test_a_stamp_has_one_written_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"stamp|literal"):
        stamps.from_wire(text)

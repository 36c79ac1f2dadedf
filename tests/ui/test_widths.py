"""How the columns of a small table share their room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.ui.widths import LEAST_SHARE, Wish, shared

PIXELS = st.integers(20, 300)


@st.composite
def wishes(draw: st.DrawFn) -> list[Wish]:
    """Some columns; none is declared narrower than its label."""
    found = []
    for _ in range(draw(st.integers(1, 6))):
        label = draw(PIXELS)
        found.append(Wish(label + draw(PIXELS), label, draw(PIXELS), draw(st.booleans())))
    return found


@given(wishes(), st.integers(0, 3_000), st.booleans())
def test_room_is_used_whole_and_nobody_is_squeezed_more_than_by_half(
    found: list[Wish], room: int, wrapping: bool
) -> None:
    widths = shared(found, room, wrapping=wrapping)
    declared = sum(w.width for w in found)
    if any(w.wide for w in found) and room >= declared:
        assert sum(widths) == room
    if room < declared:
        assert sum(widths) <= declared
    for wish, width in zip(found, widths, strict=True):
        assert width >= (wish.width if not wish.wide else round(min(wish.width, wish.label) * LEAST_SHARE))


@given(wishes(), st.booleans())
def test_where_all_words_fit_none_is_cut(found: list[Wish], wrapping: bool) -> None:
    room = sum(max(w.width, w.need) for w in found)
    widths = shared(found, room, wrapping=wrapping)
    assert all(width >= w.need for w, width in zip(found, widths, strict=True))


def test_a_column_of_words_gives_what_it_does_not_need_to_one_that_is_cut() -> None:
    assert shared([Wish(100, 40, 130), Wish(300, 40, 120, wide=True)], 400) == [130, 270]


def test_a_column_of_short_words_gives_what_it_does_not_need_where_words_are_cut_or_wrap() -> None:
    short = Wish(120, 50, 60, loose=True)
    assert shared([short, Wish(100, 40, 150, wide=True)], 220) == [70, 150]
    assert shared([short, Wish(100, 40, 300, wide=True)], 220) == [60, 160], "as much as there is"
    assert shared([short, Wish(100, 40, 60, wide=True, full=130)], 220, wrapping=True) == [90, 130]
    assert shared([short, Wish(100, 40, 90, wide=True)], 220) == [120, 100], "nobody asks"
    assert shared([Wish(120, 50, 60), Wish(100, 40, 150, wide=True)], 220) == [120, 100], (
        "it may need it further down"
    )


def test_where_words_wrap_it_keeps_half() -> None:
    found = [Wish(100, 40, 400), Wish(300, 40, 60, wide=True)]
    assert shared(found, 400, wrapping=True) == [100, 300]
    assert shared(found, 580, wrapping=True) == [400, 180]


def test_where_there_is_too_little_room_the_first_column_does_not_give_way_alone() -> None:
    found = [Wish(200, 40, 60, wide=True), Wish(200, 40, 60, wide=True)]
    assert shared(found, 300, wrapping=True) == [150, 150]


def test_what_is_left_goes_to_words_that_would_wrap() -> None:
    found = [Wish(100, 40, 20, wide=True, full=170), Wish(100, 40, 20, wide=True, full=90)]
    assert shared(found, 290, wrapping=True) == [180, 110]

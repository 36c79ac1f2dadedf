"""Pages look as they were looked at by a person; the comparison bears another rasteriser, and nothing beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from desktop.documents.page import tables
from tests.documents import golden_pages
from tests.documents.golden_pages import DOTS, FOLDER, PAGES, TOLERANCE, furthest, kept, picture

pytestmark = pytest.mark.usefixtures("bundled_fonts")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_was_kept(name: str, tmp_path: Path) -> None:
    before, after = kept(name), picture(PAGES[name]())
    found = furthest(before, after)
    if found > TOLERANCE:
        seen = tmp_path / f"{name}.png"
        golden_pages.difference(before, after).save(seen)
        pytest.fail(f"{name} differs by {found}, see {seen} (kept only: red, new only: blue)")


def test_every_kept_picture_is_of_a_page() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(PAGES)


@pytest.mark.parametrize("name", ["opinion_letter", "sign_in"])
def test_edges_smoothed_in_another_way_are_no_difference(name: str) -> None:
    before, data = kept(name), PAGES[name]()
    bolder = picture(data).point([round(255 * (grey / 255) ** 1.5) for grey in range(256)])
    finer = picture(data, DOTS * 2).resize(before.size, Image.Resampling.LANCZOS)
    for after in (bolder, finer):
        assert 0 < furthest(before, after) <= TOLERANCE


@pytest.mark.parametrize("pixels", [2, 4], ids=["half a millimetre", "a millimetre"])
def test_a_line_that_moved_is_seen(pixels: int) -> None:
    before = kept("reminder_letter")
    band = (0, before.height // 2, before.width, before.height // 2 + 30)
    after = before.copy()
    after.paste(ImageChops.offset(before.crop(band), pixels, 0), band)
    assert furthest(before, after) > TOLERANCE


def test_wider_cells_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PADDING_X", tables.PADDING_X + 2)
    assert furthest(kept("register"), picture(PAGES["register"]())) > TOLERANCE


@pytest.mark.parametrize(
    "lost", [(118, 310, 178, 332), (300, 283, 340, 286)], ids=["a name", "a piece of a rule"]
)
def test_what_is_lost_is_seen_and_what_is_added(lost: tuple[int, int, int, int]) -> None:
    before = kept("sign_in")
    after = before.copy()
    after.paste(255, lost)
    assert furthest(before, after) > TOLERANCE
    assert furthest(after, before) > TOLERANCE


def test_the_picture_of_a_difference_shows_both_in_colours() -> None:
    ink, paper = Image.new("L", (1, 1), 0), Image.new("L", (1, 2), 255)
    shown = golden_pages.difference(ink, paper)
    assert shown.size == (1, 2)
    assert [shown.getpixel((0, y)) for y in range(2)] == [(255, 0, 0), (255, 255, 255)]

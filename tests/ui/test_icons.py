"""Drawings beside words."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop.ui import icons, theme
from desktop.ui.theme import TextSize


def middle(image: QImage, left: int, right: int) -> float:
    """Half way between the first and the last row with ink."""
    inked = [
        y
        for y in range(4, image.height() - 4)
        if any(QColor(image.pixel(x, y)).lightness() < 160 for x in range(left, right))
    ]
    return (inked[0] + inked[-1]) / 2


@pytest.mark.parametrize("size", list(TextSize))
def test_a_drawing_is_level_with_the_words_beside_it(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, size: TextSize
) -> None:
    monkeypatch.setenv("XIAOSANJI_FONTS", "bundle")
    theme.apply(qapp, size)
    button = QPushButton("国国")
    qtbot.addWidget(button)
    button.setIcon(icons.icon("save"))
    button.setIconSize(QSize(18, 18))
    button.show()
    image = button.grab().toImage()
    half = image.width() // 2 - 4
    assert abs(middle(image, 4, half) - middle(image, half + 4, image.width() - 4)) <= 0.5
    theme.apply(qapp)


@pytest.mark.parametrize("name", ["save", "circle-check"])
def test_a_lowered_drawing_is_whole(qapp: QApplication, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("XIAOSANJI_FONTS", "bundle")
    theme.apply(qapp)
    for size in (16, 18, 36):
        drawn = icons.pixmap(name, theme.INK, size).toImage()
        assert all(drawn.pixelColor(x, size - 1).alpha() < 255 for x in range(size)), (
            "the line at its foot is cut"
        )


def test_windows_shows_the_file_of_the_program_by_the_sign_of_its_window(qapp: QApplication) -> None:
    with Image.open(Path(__file__).parents[2] / "packaging" / "xiaosanji.ico") as kept:
        assert kept.info["sizes"] == {(size, size) for size in icons.SIGN_SIZES}
        whole = kept.convert("RGBA")
    drawn = icons.sign(256).toImage()
    for place in ((10, 128), (128, 60), (128, 150), (0, 0)):
        assert whole.getpixel(place) == QColor(drawn.pixelColor(*place)).getRgb()

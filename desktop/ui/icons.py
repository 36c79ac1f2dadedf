"""Icons: the drawings under ``resources/icons`` in the colour that is asked for."""

from __future__ import annotations

from functools import cache
from math import floor

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from desktop.resources import resource
from desktop.ui import theme

_SIZES = (16, 18, 36)
"""Sizes in points: two for what is usual, one from which large ones take theirs."""

SIGN_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
"""Sizes in which systems show a program: in a frame, in their bar, on the desktop."""


@cache
def icon(name: str, colour: str = theme.INK) -> QIcon:
    """The icon of this name; when disabled it is drawn faint. ``FileNotFoundError`` for one that is not there."""
    found = QIcon()
    for size in _SIZES:
        found.addPixmap(pixmap(name, colour, size), QIcon.Mode.Normal)
        if colour == theme.INK:
            found.addPixmap(pixmap(name, theme.FAINT, size), QIcon.Mode.Disabled)
    return found


@cache
def none() -> QIcon:
    """No drawing at all."""
    return QIcon()


@cache
def pixmap(name: str, colour: str = theme.INK, size: int = 16) -> QPixmap:
    """One drawing of ``size`` points, as sharp as the screen shows it.

    On a screen at 125 % a point is no whole number of pixels: what is left over at its foot would be cut.
    """
    screen = QApplication.instance()
    ratio = screen.devicePixelRatio() if isinstance(screen, QApplication) else 1.0
    pixels = floor(size * ratio)
    drawn = QPixmap(pixels, pixels)
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    side = pixels / ratio
    with QPainter(drawn) as painter:
        _drawing(name, colour).render(painter, QRectF(0, _lower(size), side, side))
    return drawn


@cache
def program() -> QIcon:
    """The program's own sign."""
    found = QIcon()
    for size in SIGN_SIZES:
        found.addPixmap(sign(size))
    return found


def sign(size: int) -> QPixmap:
    """The sign of the program, white on a red tile, ``size`` device pixels high."""
    drawn = QPixmap(size, size)
    drawn.fill(Qt.GlobalColor.transparent)
    with QPainter(drawn) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.RED))
        painter.drawRoundedRect(QRectF(0, 0, size, size), size / 6, size / 6)
        # On whole pixels, so that small ones are sharp.
        margin = round(size / 8)
        _drawing("landmark", theme.SURFACE).render(
            painter, QRectF(margin, margin, size - 2 * margin, size - 2 * margin)
        )
    return drawn


def _lower(size: int) -> float:
    """By how much a drawing is lowered to stand level with the words beside it.

    Both are centred, but a line of a Chinese font has its room above the characters. Drawings have a margin of
    a twenty-fourth of their size, so nothing is cut.
    """
    metrics = QFontMetrics(QApplication.font())
    character = metrics.tightBoundingRect("国")
    too_high = (metrics.ascent() - metrics.descent() + character.top() + character.bottom() + 1) / 2
    return min(max(too_high, 0), 1) * size / 24


@cache
def _drawing(name: str, colour: str) -> QSvgRenderer:
    text = resource("icons", f"{name}.svg").read_text("utf-8").replace("currentColor", colour)
    return QSvgRenderer(QByteArray(text.encode()))

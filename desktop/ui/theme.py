"""The window's look: colours, text sizes, the Chinese font, and the style sheet over Fusion."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from desktop.documents.font_files import bundle_is_forced, interface_font_path
from desktop.resources import resource

PROGRAM = "小三级"
"""What the program is called on its windows."""

SURFACE = "#FFFFFF"
WINDOW = "#F5F6F8"
INK = "#2B333B"
MUTED = "#5A6570"
FAINT = "#8D97A1"
LINE = "#DDE1E6"
EDGE = "#808B97"
HINT = "#65707B"
FOCUS = "#2F5D8C"
SELECTION = "#DCE8F5"
RED = "#B5262A"
ERROR = "#A81E22"
WARNING = "#8A5200"
GOOD = "#26734D"

COLOURS = {
    "surface": SURFACE,
    "window": WINDOW,
    "ink": INK,
    "muted": MUTED,
    "faint": FAINT,
    "line": LINE,
    "edge": EDGE,
    "grid": "#ECEFF2",
    "head": "#EEF1F4",
    "hover": "#E9EEF3",
    "scroll": EDGE,
    "hint": HINT,
    "focus": FOCUS,
    "selection": SELECTION,
    "red": RED,
    "red-dark": "#8F1C20",
    "red-faint": "#FBEDED",
    "error": ERROR,
    "error-faint": "#FDF1F1",
    "warning": WARNING,
    "warning-edge": "#B97A1A",
    "warning-faint": "#FFF8EA",
    "good": GOOD,
    "good-faint": "#EDF7F1",
}
"""Every colour by the name that the style sheet uses.

Text on its ground has a contrast of at least 4.5; edges of what can be used, rings and scroll bars have 3.
"""

_PREFERRED_FAMILIES = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "HarmonyOS Sans SC",
    "WenQuanYi Micro Hei",
)


class TextSize(enum.IntEnum):
    """The sizes of text that a user can choose, in logical pixels."""

    NORMAL = 14
    LARGE = 16


@dataclass(frozen=True, slots=True)
class Measures:
    """Heights that follow from the text size."""

    text: int

    @property
    def row(self) -> int:
        """The height of a list row."""
        return self.text * 2 + 1

    @property
    def input(self) -> int:
        """The height of an input without its border and padding."""
        return self.text + 8

    def average(self, characters: float) -> int:
        """The width of so many average characters; a Chinese one counts about two."""
        return round(characters * self.text * 0.56)


def measures() -> Measures:
    """The measures of the application as it stands."""
    return Measures(max(QApplication.font().pixelSize(), 10))


def apply(application: QApplication, size: TextSize = TextSize.NORMAL) -> None:
    """Dresses the application; called again when the text size changes."""
    style = QStyleFactory.create("Fusion")
    if style is not None:
        application.setStyle(style)
    application.styleHints().setColorScheme(Qt.ColorScheme.Light)
    application.setPalette(_palette())
    family = chinese_family()
    font = QFont(family)
    font.setPixelSize(int(size))
    application.setFont(font)
    application.setStyleSheet(style_sheet(family, Measures(int(size))))


def style_sheet(family: str, size: Measures) -> str:
    """The text of the style sheet with every ``@name`` filled in; ``KeyError`` for a name that is not known."""
    values = {
        **COLOURS,
        "family": f'"{family}"',
        "text": f"{size.text}px",
        "small": f"{size.text - 1}px",
        "heading": f"{size.text + 4}px",
        "row": f"{size.row}px",
        "input": f"{size.input}px",
        "chip": f"{size.text + 8}px",
        "round": f"{(size.text + 12) // 2}px",
        "ui": resource("ui").as_posix(),
    }
    text = resource("ui", "window.qss").read_text("utf-8")
    return re.sub(r"@([a-z][a-z-]*)", lambda found: values[found[1]], text)


def chinese_family() -> str:
    """The font family of the window: one of the system's that is made for it, else and always in tests the bundled one.

    What else a system has may be a stopgap (Droid Sans Fallback), or made for titles or for another language.
    """
    if not bundle_is_forced():
        have = set(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
        for family in _PREFERRED_FAMILIES:
            if family in have:
                return family
    return _bundled_family()


@cache
def _bundled_family() -> str:
    path = interface_font_path()
    number = QFontDatabase.addApplicationFont(str(path))
    families = QFontDatabase.applicationFontFamilies(number)
    return families[0] if families else QApplication.font().family()


def lend_characters(fonts: Sequence[Path]) -> None:
    """Has these fonts draw the characters that the system's have not: names hold rare ones (𫘧, 𠮷)."""
    for path in fonts:
        QFontDatabase.addApplicationFont(str(path))


def _palette() -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, colour in {
        role.Window: WINDOW,
        role.WindowText: INK,
        role.Base: SURFACE,
        role.AlternateBase: WINDOW,
        role.Text: INK,
        role.PlaceholderText: HINT,
        role.Button: SURFACE,
        role.ButtonText: INK,
        role.Highlight: SELECTION,
        role.HighlightedText: INK,
        role.ToolTipBase: INK,
        role.ToolTipText: SURFACE,
        role.Link: FOCUS,
        role.Accent: FOCUS,
    }.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(FAINT))
    return palette


def restyle(widget: QWidget, **properties: object) -> None:
    """Sets properties that the style sheet selects by, and has it look again."""
    changed = False
    for name, value in properties.items():
        # A property that was never set selects what an empty one does.
        if (widget.property(name) or "") != (value or ""):
            widget.setProperty(name, value)
            changed = True
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)

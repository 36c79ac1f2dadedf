"""Rebuilds ``packaging/xiaosanji.ico``, by which Windows shows the frozen program, from the sign of the window."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtWidgets import QApplication

from desktop.ui import icons

TARGET = Path(__file__).with_name("xiaosanji.ico")


def main() -> None:
    """Writes one picture for each size in which the window has its sign."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    pictures = [_picture(size) for size in sorted(icons.SIGN_SIZES)]
    pictures[-1].save(TARGET, sizes=[picture.size for picture in pictures], append_images=pictures[:-1])
    application.quit()


def _picture(size: int) -> Image.Image:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    icons.sign(size).save(buffer, "PNG")
    return Image.open(io.BytesIO(buffer.data().data()))


if __name__ == "__main__":
    main()

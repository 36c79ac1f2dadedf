"""Looks at one file within the window: a picture that fits, the pages of a PDF, or words that say why not."""

from __future__ import annotations

from dataclasses import dataclass

import pypdfium2 as pdfium
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsScene,
    QGraphicsView,
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.documents import pictures
from desktop.documents.recognising import PICTURES
from desktop.errors import UsageProblem
from desktop.ui.parts import plain
from desktop.ui.pdf_pages import PagesView, Sheet, sheets_of
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.workbench import Workbench

EDGE = 2_400
"""Pixels of the longer edge of what is drawn: larger than any screen that it is looked at on."""
_LARGEST_PAGE = 3_400
"""Points of a page that is drawn: A0. A page that says that it is larger would take all memory."""
_STEP = 1.25
_LARGEST = 8.0


class CannotBeShown(UsageProblem):
    """A file that is not looked at here."""

    next_step = "请用“另存为…”存出来，再用别的软件打开。"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is looked at: a picture, or the pages of a document."""

    image: QImage | None = None
    data: bytes = b""
    sheets: tuple[Sheet, ...] = ()


def draw(data: bytes, media: str) -> Drawn:
    """Makes a content ready to be looked at; called in a worker. Raises :class:`CannotBeShown` and ``BadPicture``."""
    if media in PICTURES:
        picture = pictures.preview(data, media, EDGE)
        line = 3 * picture.width
        return Drawn(
            QImage(picture.tobytes(), picture.width, picture.height, line, QImage.Format.Format_RGB888).copy()
        )
    if media != "pdf":
        raise CannotBeShown(f"{media}文件不能在这里看。")
    try:
        sheets = sheets_of(data)
    except pdfium.PdfiumError as error:
        raise CannotBeShown("这个PDF打不开，可能加了密码，或者损坏了。") from error
    if not sheets or any(max(s.width, s.height) > _LARGEST_PAGE for s in sheets):
        raise CannotBeShown("这个PDF没有页面，或者页面大得不正常。")
    return Drawn(data=data, sheets=tuple(sheets))


class PictureView(QGraphicsView):
    """A picture that fits the view until it is zoomed: + and − zoom, 0 fits again, so does Ctrl with the wheel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self._fits = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("图片预览")
        self.setBackgroundBrush(Qt.GlobalColor.white)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)

    def show_image(self, image: QImage) -> None:
        """Another picture, as a whole."""
        self._scene.clear()
        self._scene.addPixmap(QPixmap.fromImage(image))
        self._scene.setSceneRect(QRectF(image.rect()))
        self.fit()

    def clear(self) -> None:
        """Nothing."""
        self._scene.clear()

    def fit(self) -> None:
        """So that the whole picture is seen; a small one is not blown up."""
        self._fits = True
        size, view = self._scene.sceneRect().size(), self.viewport().size()
        scale = min(view.width() / max(size.width(), 1), view.height() / max(size.height(), 1), 1.0)
        self.resetTransform()
        self.scale(scale, scale)

    def step_zoom(self, by: int) -> None:
        """Larger or smaller."""
        factor = _STEP if by > 0 else 1 / _STEP
        if 0.02 < self.transform().m11() * factor < _LARGEST:
            self._fits = False
            self.scale(factor, factor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What fits goes on fitting."""
        super().resizeEvent(event)
        if self._fits:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls, with Ctrl it zooms."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step_zoom(event.angleDelta().y())
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """+ and − zoom, 0 fits."""
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.step_zoom(1)
            case Qt.Key.Key_Minus:
                self.step_zoom(-1)
            case Qt.Key.Key_0:
                self.fit()
            case _:
                super().keyPressEvent(event)


class Viewer(QFrame):
    """The right half of the tab. It holds what is shown only as long as it is shown."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.setObjectName("card")
        self.shown = ""
        self.title = ElidedLabel()
        self.title.setProperty("heading", "2")
        self.words = plain(muted=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture, self.pages = PictureView(), PagesView(workbench)
        self.pages.setAccessibleName("PDF预览")
        self.smaller, self.whole, self.larger = (QPushButton(w) for w in ("缩小", "适合窗口", "放大"))
        for made, tip, do in (
            (self.smaller, "缩小（−）", lambda: self._zoom(-1)),
            (self.whole, "看全（0）", self._fit),
            (self.larger, "放大（+）", lambda: self._zoom(1)),
        ):
            made.setProperty("flat", True)
            made.setToolTip(tip)
            made.clicked.connect(lambda _checked=False, do=do: do())
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.title, 1)
        for made in (self.smaller, self.whole, self.larger):
            head.addWidget(made)
        layers = QWidget()
        self._layers = QStackedLayout(layers)
        for widget in (self.words, self.picture, self.pages):
            self._layers.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.addLayout(head)
        column.addWidget(layers, 1)
        self.say("")

    def say(self, words: str) -> None:
        """Words instead of a content, which is forgotten."""
        self.shown = ""
        self.title.setText("预览")
        self.words.setText(words)
        self.picture.clear()
        self.pages.show_pages(b"", [])
        self._layers.setCurrentWidget(self.words)
        self._offer_zoom(offered=False)

    def show_drawn(self, attachment: str, name: str, drawn: Drawn) -> None:
        """Shows a content."""
        self.shown = attachment
        self.title.setText(name)
        if drawn.image is not None:
            self._layers.setCurrentWidget(self.picture)
            self.picture.show_image(drawn.image)
        else:
            self._layers.setCurrentWidget(self.pages)
            self.pages.show_pages(drawn.data, drawn.sheets)
            self.pages.fit_width()
        self._offer_zoom(offered=True)

    def _offer_zoom(self, *, offered: bool) -> None:
        for made in (self.smaller, self.whole, self.larger):
            made.setVisible(offered)

    def _zoom(self, by: int) -> None:
        view = self.picture if self._layers.currentWidget() is self.picture else self.pages
        view.step_zoom(by)

    def _fit(self) -> None:
        if self._layers.currentWidget() is self.picture:
            self.picture.fit()
        else:
            self.pages.fit_page()

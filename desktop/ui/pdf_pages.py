"""The pages of a PDF on the screen: drawn in a worker when they come into view, at any zoom; never scaled on paper."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from desktop.ui import theme
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

SCREEN_DPI, POINTS = 96, 72
PRINT_DPI = 300
"""Text of an office printer; more costs memory and shows nothing."""
SMALLEST, LARGEST = 0.25, 4.0
STEPS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
_GAP = 14
_KEPT = 12
_one_at_a_time = threading.Lock()
"""The library that draws may be called by several threads, but never by two at once."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The size of a page in points."""

    width: float
    height: float


def sheets_of(data: bytes) -> list[Sheet]:
    """The sizes of all pages; called in a worker."""
    with _one_at_a_time:
        document = pdfium.PdfDocument(data)
        try:
            return [Sheet(*document.get_page_size(n)) for n in range(len(document))]
        finally:
            document.close()


def draw_page(data: bytes, number: int, dpi: float) -> QImage:
    """One page as an image of so many dots an inch; called in a worker."""
    with _one_at_a_time:
        document = pdfium.PdfDocument(data)
        try:
            bitmap = document[number].render(scale=dpi / POINTS, rev_byteorder=True, prefer_bgrx=True)
            form = QImage.Format.Format_RGBX8888
            # Copied: the drawing is the library's own memory.
            return QImage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, form).copy()
        finally:
            document.close()


def print_pages(data: bytes, printer: QPrinter, numbers: Sequence[int], ticket: Ticket) -> int:
    """Paints pages onto a printer at their own size; how many. May be called in a worker.

    The whole sheet is addressed from its corner, so that a margin of 37 mm on paper is 37 mm: nothing is fitted.
    """
    printer.setFullPage(True)
    scale = printer.resolution() / POINTS
    sheets = sheets_of(data)
    with QPainter(printer) as painter:
        for place, number in enumerate(numbers):
            ticket.progress(place, len(numbers), "打印")
            if place:
                printer.newPage()
            sheet = sheets[number]
            target = QRect(0, 0, round(sheet.width * scale), round(sheet.height * scale))
            painter.drawImage(target, draw_page(data, number, PRINT_DPI))
    return len(numbers)


class PagesView(QAbstractScrollArea):
    """All pages one below the other. ``looked`` says which page is in view, ``zoomed`` the new zoom."""

    looked = Signal(int)
    zoomed = Signal(float)

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._data = b""
        self.sheets: list[Sheet] = []
        self.zoom = 1.0
        self._fits = False
        self._pages: OrderedDict[tuple[int, float], QPixmap] = OrderedDict()
        self._asked: set[tuple[int, float]] = set()
        self._last = -1
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("打印预览")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().valueChanged.connect(lambda _v: self._tell())

    def show_pages(self, data: bytes, sheets: Sequence[Sheet]) -> None:
        """Shows another document."""
        self._data, self.sheets = data, list(sheets)
        self._pages.clear()
        self._asked.clear()
        self._arrange()
        self.verticalScrollBar().setValue(0)
        self._tell()

    # -- zoom ------------------------------------------------------------------------------------------------------

    def set_zoom(self, zoom: float) -> None:
        """Another zoom, 1.0 for the size of the paper; the page in view stays in view."""
        self._fits = False
        self._zoom_to(zoom)

    def fit_width(self) -> None:
        """As wide as the view, from now on."""
        self._fits = True
        self._zoom_to(self._fitting())

    def fit_page(self) -> None:
        """So that a whole page is seen."""
        tallest = max((s.height for s in self.sheets), default=842.0) * SCREEN_DPI / POINTS
        page = self.current()
        self.set_zoom(min((self.viewport().height() - 2 * _GAP) / tallest, self._fitting()))
        self.go_to(page)

    def step_zoom(self, by: int) -> None:
        """The next larger or smaller zoom."""
        larger = [z for z in STEPS if z > self.zoom + 0.01]
        smaller = [z for z in STEPS if z < self.zoom - 0.01]
        self.set_zoom(larger[0] if by > 0 and larger else smaller[-1] if by < 0 and smaller else self.zoom)

    def _fitting(self) -> float:
        widest = max((s.width for s in self.sheets), default=595.0) * SCREEN_DPI / POINTS
        return min(max((self.viewport().width() - 2 * _GAP) / widest, SMALLEST), LARGEST)

    def _zoom_to(self, zoom: float) -> None:
        bar = self.verticalScrollBar()
        share = bar.value() / max(bar.maximum(), 1)
        self.zoom = min(max(zoom, SMALLEST), LARGEST)
        self._arrange()
        bar.setValue(round(share * bar.maximum()))
        self.zoomed.emit(self.zoom)
        self.viewport().update()

    # -- places ----------------------------------------------------------------------------------------------------

    def _size(self, sheet: Sheet) -> QSize:
        scale = self.zoom * SCREEN_DPI / POINTS
        return QSize(round(sheet.width * scale), round(sheet.height * scale))

    def _arrange(self) -> None:
        if self._fits:
            self.zoom = self._fitting()
        sizes = [self._size(sheet) for sheet in self.sheets]
        height = sum(s.height() + _GAP for s in sizes) + _GAP
        width = max((s.width() for s in sizes), default=0) + 2 * _GAP
        view = self.viewport().size()
        self.verticalScrollBar().setRange(0, max(height - view.height(), 0))
        self.verticalScrollBar().setPageStep(view.height())
        self.verticalScrollBar().setSingleStep(40)
        self.horizontalScrollBar().setRange(0, max(width - view.width(), 0))
        self.horizontalScrollBar().setPageStep(view.width())

    def places(self) -> list[QRect]:
        """Where the pages are in the viewport now."""
        top = _GAP - self.verticalScrollBar().value()
        left = self.horizontalScrollBar().value()
        found = []
        for sheet in self.sheets:
            size = self._size(sheet)
            x = max((self.viewport().width() - size.width()) // 2, _GAP) - left
            found.append(QRect(x, top, size.width(), size.height()))
            top += size.height() + _GAP
        return found

    def current(self) -> int:
        """The page that takes most of the view, from 0; -1 without any."""
        view = self.viewport().rect()
        heights = [place.intersected(view).height() for place in self.places()]
        return heights.index(max(heights)) if heights else -1

    def go_to(self, number: int) -> None:
        """Brings a page to the top."""
        places = self.places()
        if 0 <= number < len(places):
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + places[number].top() - _GAP)

    def _tell(self) -> None:
        if self.current() != self._last:
            self._last = self.current()
            self.looked.emit(self._last)
        self.viewport().update()

    # -- drawing ---------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """White sheets; their words come from the worker a moment later."""
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), QColor("#C9CFD6"))
            for number, place in enumerate(self.places()):
                if not place.intersects(event.rect()):
                    continue
                painter.fillRect(place.translated(2, 2), QColor("#9AA4AE"))
                painter.fillRect(place, QColor(theme.SURFACE))
                drawn = self._drawn(number)
                if drawn is not None:
                    painter.drawPixmap(place, drawn)

    def _drawn(self, number: int) -> QPixmap | None:
        key = (number, self.zoom)
        if key in self._pages:
            self._pages.move_to_end(key)
            return self._pages[key]
        self._ask(key)
        # Until then the same page at another zoom, which is blurred but at once.
        return next((p for (n, _), p in reversed(self._pages.items()) if n == number), None)

    def _ask(self, key: tuple[int, float]) -> None:
        if key in self._asked:
            return
        self._asked.add(key)
        data, ratio = self._data, self.devicePixelRatioF()
        number, zoom = key

        def arrived(image: QImage) -> None:
            self._asked.discard(key)
            if data is self._data:
                pixmap = QPixmap.fromImage(image)
                pixmap.setDevicePixelRatio(ratio)
                self._pages[key] = pixmap
                while len(self._pages) > _KEPT:
                    self._pages.popitem(last=False)
                self.viewport().update()

        self._workbench.read(
            lambda _database, _ticket: draw_page(data, number, zoom * SCREEN_DPI * ratio), arrived, owner=self
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A page that fits stays fitting."""
        super().resizeEvent(event)
        self._arrange()
        self.zoomed.emit(self.zoom)

    # -- keys and mouse --------------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls, with Ctrl it zooms."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step_zoom(1 if event.angleDelta().y() > 0 else -1)
        else:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - event.angleDelta().y())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows scroll, PgUp and PgDn turn pages, Home and End go to the ends; +, - and digits zoom."""
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_PageDown | Qt.Key.Key_Space:
                self.go_to(min(self.current() + 1, len(self.sheets) - 1))
            case Qt.Key.Key_PageUp:
                self.go_to(max(self.current() - 1, 0))
            case Qt.Key.Key_Home:
                bar.setValue(0)
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case Qt.Key.Key_Down:
                bar.setValue(bar.value() + bar.singleStep())
            case Qt.Key.Key_Up:
                bar.setValue(bar.value() - bar.singleStep())
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.step_zoom(1)
            case Qt.Key.Key_Minus:
                self.step_zoom(-1)
            case Qt.Key.Key_1:
                self.set_zoom(1.0)
            case Qt.Key.Key_2:
                self.fit_page()
            case Qt.Key.Key_3:
                self.fit_width()
            case _:
                super().keyPressEvent(event)

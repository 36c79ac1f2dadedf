"""The printers of this computer, and paper that is as large as the pages."""

from __future__ import annotations

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from desktop.ui.pdf_pages import PRINT_DPI, Sheet

_POINT_MM = 25.4 / 72


def printer_names() -> list[str]:
    """The printers of this computer, the usual one first."""
    usual = QPrinterInfo.defaultPrinterName()
    names = QPrinterInfo.availablePrinterNames()
    return sorted(names, key=lambda name: name != usual)


def make_printer(name: str) -> QPrinter:
    """A printer by name, at the resolution that pages are drawn with."""
    info = QPrinterInfo.printerInfo(name)
    printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    printer.setResolution(PRINT_DPI)
    return printer


def prepare(printer: QPrinter, sheet: Sheet, copies: int, title: str) -> None:
    """Paper of the size of the pages, no margins of the program's own, so many copies."""
    size = QSizeF(sheet.width * _POINT_MM, sheet.height * _POINT_MM)
    landscape = sheet.width > sheet.height
    paper = QPageSize(
        size.transposed() if landscape else size,
        QPageSize.Unit.Millimeter,
        "",
        QPageSize.SizeMatchPolicy.FuzzyMatch,
    )
    way = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
    printer.setPageLayout(QPageLayout(paper, way, QMarginsF(0, 0, 0, 0)))
    printer.setCopyCount(copies)
    printer.setDocName(title)

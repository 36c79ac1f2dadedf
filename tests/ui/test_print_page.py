"""Paper: pages on the screen at any zoom, on paper at their own size, and a note of what was printed."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PySide6.QtPrintSupport import QPrinter
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from desktop.operations import supervision
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.store.ledger import ChangeSet
from desktop.ui.pages.case.letters import print_job
from desktop.ui.pages.case.reading import read_case
from desktop.ui.pdf_pages import draw_page
from desktop.ui.printing.page import PreviewPage
from desktop.ui.printing.printable import PrintJob, Released
from tests.ui.cases import TODAY, drafted, inquired, workspace
from tests.ui.hands import CTRL, Desk, K, Windows

pytestmark = pytest.mark.usefixtures("bundled_fonts")

DARK = 0x80


@pytest.fixture
def district(tmp_path: Path) -> Session:
    return workspace(tmp_path)


@pytest.fixture
def desk(windows: Windows, district: Session) -> Desk:
    return windows.desk(district)


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A printer that prints into a file."""
    path = tmp_path / "paper.pdf"

    def make(_name: str) -> QPrinter:
        made = QPrinter(QPrinter.PrinterMode.HighResolution)
        made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        made.setOutputFileName(str(path))
        made.setResolution(300)
        return made

    monkeypatch.setattr(PreviewPage, "names", staticmethod(lambda: ["办公室打印机"]))
    monkeypatch.setattr(PreviewPage, "printer", staticmethod(make))
    return path


def pages(count: int, size: tuple[float, float] = A4) -> bytes:
    """Pages with a black square of 20 mm whose corner stands 37 mm from the top and 28 mm from the left."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size)
    for _ in range(count):
        canvas.rect(28 * mm, size[1] - 57 * mm, 20 * mm, 20 * mm, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def shown(desk: Desk, job: PrintJob) -> PreviewPage:
    desk.show("list:case")
    desk.window.open_page("preview", job=job)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, PreviewPage)
    return page


def released(data: bytes) -> PrintJob:
    return PrintJob("样张", lambda _session: data, lambda _session: Released(data))


def square(path: Path, number: int = 0) -> tuple[float, float, float, float]:
    """Left, top, width and height of the dark square on a printed page, in mm."""
    image = draw_page(path.read_bytes(), number, 254)  # ten dots a millimetre
    dark = [
        (x, y)
        for y in range(0, image.height(), 2)
        for x in range(0, image.width(), 2)
        if image.pixelColor(x, y).red() < DARK
    ]
    xs, ys = [x for x, _ in dark], [y for _, y in dark]
    return min(xs) / 10, min(ys) / 10, (max(xs) - min(xs)) / 10, (max(ys) - min(ys)) / 10


@pytest.mark.parametrize("size", [A4, landscape(A4)], ids=["portrait", "landscape"])
def test_paper_is_printed_at_its_own_size(desk: Desk, printer: Path, size: tuple[float, float]) -> None:
    page = shown(desk, released(pages(1, size)))
    desk.click(page.print_button)
    left, top, width, height = square(printer)
    assert left == pytest.approx(28, abs=0.4)
    assert top == pytest.approx(37, abs=0.4)
    assert width == pytest.approx(20, abs=0.4)
    assert height == pytest.approx(20, abs=0.4)
    printed = pdfium.PdfDocument(printer)
    try:
        assert printed.get_page_size(0) == pytest.approx(size, abs=2)
    finally:
        printed.close()


def test_a_range_of_pages_is_printed(desk: Desk, printer: Path) -> None:
    page = shown(desk, released(pages(5)))
    page.range.setText("2-3，5")
    desk.press(K.Key_P, modifier=CTRL)
    printed = pdfium.PdfDocument(printer)
    try:
        assert len(printed) == 3
    finally:
        printed.close()
    assert "3页" in desk.window.notices.words


RANGES = {
    "": [0, 1, 2],
    "2": [1],
    "1-2": [0, 1],
    "2至3": [1, 2],
    "4": None,
    "0": None,
    "3-2": None,
    "甲": None,
}


@pytest.mark.parametrize(("words", "numbers"), RANGES.items(), ids=[w or "all" for w in RANGES])
def test_ranges(desk: Desk, printer: Path, words: str, numbers: list[int] | None) -> None:
    page = shown(desk, released(pages(3)))
    page.range.setText(words)
    assert page.wanted_pages() == numbers


def test_a_range_that_cannot_be_read_prints_nothing(desk: Desk, printer: Path) -> None:
    page = shown(desk, released(pages(2)))
    page.range.setText("9")
    desk.click(page.print_button)
    assert "页码范围看不懂" in page.note.words.text()
    assert not printer.exists()


def test_without_a_printer_a_file_can_be_saved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(PreviewPage, "names", staticmethod(list))
    data = pages(1)

    def save(_session: Session, folder: Path) -> tuple[Path, ChangeSet]:
        path = folder / "样张.pdf"
        path.write_bytes(data)
        return path, ChangeSet()

    page = shown(desk, PrintJob("样张", lambda _s: data, lambda _s: Released(data), save))
    assert not page.print_button.isEnabled()
    assert "没有找到打印机" in page.note.words.text()
    desk.dialogs.paths = [tmp_path]
    desk.click(page.save_button)
    assert (tmp_path / "样张.pdf").read_bytes() == data
    assert "实际大小" in desk.window.notices.words


def test_pages_are_turned_and_zoomed_by_keys(desk: Desk, printer: Path) -> None:
    page = shown(desk, released(pages(3)))
    assert page.count.text() == "第1页，共3页"
    desk.press(K.Key_PageDown)
    assert page.count.text() == "第2页，共3页"
    desk.press(K.Key_End)
    assert page.count.text() == "第3页，共3页"
    before = page.pages.zoom
    desk.press(K.Key_Plus)
    assert page.pages.zoom > before
    desk.press(K.Key_1)
    assert page.zoom.text() == "100%"
    desk.press(K.Key_2)
    assert page.pages.places()[0].height() <= page.pages.viewport().height()


def test_pages_are_drawn_in_the_worker(desk: Desk, printer: Path) -> None:
    page = shown(desk, released(pages(2)))
    page.pages.repaint()
    desk.settle()
    assert any(number == 0 for number, _ in page.pages._pages)


def test_a_draft_can_be_looked_at_and_not_printed(desk: Desk, printer: Path, district: Session) -> None:
    record = inquired(district)
    document = drafted(district, record)
    view = read_case(district, record)
    page = shown(desk, print_job(record, view.file.by_id[document], view))
    assert page.pages.sheets
    assert not page.print_button.isEnabled()
    assert "草稿" in page.note.words.text()


def issued(district: Session) -> tuple[str, str]:
    supervision.set_number_settings(district, "杭西")
    record = inquired(district)
    document = drafted(district, record)
    supervision.issue(district, document, supervision.Signatory("周正", "主席"), TODAY)
    return record, document


def printed_events(district: Session, record: str) -> list[str]:
    return [str(e.values["kind"]) for e in records.children(district, "case_event", record)].count(
        "printed"
    ) * ["x"]


def test_an_issued_letter_is_printed_and_noted(desk: Desk, printer: Path, district: Session) -> None:
    record, document = issued(district)
    view = read_case(district, record)
    page = shown(desk, print_job(record, view.file.by_id[document], view))
    assert printed_events(district, record) == []
    desk.click(page.print_button)
    assert printer.exists()
    assert len(printed_events(district, record)) == 1
    assert "已经登记打印" in desk.window.notices.words
    assert not list(district.workspace.folder.glob("print-*"))


def test_an_issued_letter_is_saved_under_its_number(
    desk: Desk, printer: Path, district: Session, tmp_path: Path
) -> None:
    record, document = issued(district)
    view = read_case(district, record)
    page = shown(desk, print_job(record, view.file.by_id[document], view))
    folder = tmp_path / "U盘"
    folder.mkdir()
    desk.dialogs.paths = [folder]
    desk.click(page.save_button)
    assert [p.name for p in folder.iterdir()] == ["杭西工监意〔2026〕1号 工会劳动法律监督意见书.pdf"]
    assert len(printed_events(district, record)) == 1


def test_a_case_that_contradicts_the_law_prints_nothing(desk: Desk, printer: Path, district: Session) -> None:
    record, document = issued(district)
    heard = next(e for e in records.children(district, "case_event", record) if e.values["kind"] == "heard")
    records.save(district, "case_event", {"event_date": "2026-10-01"}, record=heard.id)
    view = read_case(district, record)
    page = shown(desk, print_job(record, view.file.by_id[document], view))
    assert not page.print_button.isEnabled()
    assert "不符合法定程序" in page.note.words.text()

"""Letters and registers on paper, against reportlab drawing the same words without any layout of ours."""

from __future__ import annotations

import datetime
import io
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, SimpleDocTemplate, TableStyle

from desktop.documents.fonts import FontRole, font_book
from desktop.documents.letters.pages import document_of, print_letter
from desktop.documents.letters.printed import PrintedLetter, to_snapshot
from desktop.documents.lists import PaperColumn, PaperList
from desktop.documents.page import lay_out
from desktop.documents.page.geometry import MARGIN_LEFT, MARGIN_TOP, PAGE_HEIGHT
from desktop.documents.page.writer import Placed
from tests.documents.composed import letter_for
from tests.measuring import seconds

TEMPLATE = "opinion_letter_wages"
LETTERS = 1000
ROWS = 5000
STARTS = 7
ROOT = Path(__file__).parents[2]
PLACES = ("杭州", "云栖", "龙坞", "之江", "转塘", "径山", "瓶窑", "犇䶮")
TRADES = (
    "科技有限公司",
    "餐饮管理有限公司",
    "物流有限公司",
    "茶业专业合作社",
    "信息技术（集团）股份有限公司",
)

Drawn = tuple[float, float, str, str, float]
"""x, y from below, text, font and size of what one call draws."""

BARE_START = "import reportlab.pdfgen.canvas"
LETTER_START = """
import sys
from pathlib import Path
from desktop.documents.letters.pages import print_letter
from desktop.documents.letters.printed import from_snapshot
print_letter(from_snapshot(Path(sys.argv[1]).read_text("utf-8")))
"""


def run(folder: Path) -> dict[str, Any]:
    """The three ratios, with their seconds and, of letters and registers, their pages."""
    letters = [_addressed(n) for n in range(LETTERS)]
    pages = len(lay_out(document_of(letters[0])))
    found: dict[str, Any] = {"letters": LETTERS, "pages_of_a_letter": pages}
    # What the fonts cost once is paid before: the goal is about a run in which they are loaded.
    drawn = [list(_drawn(letter)) for letter in letters]
    print_letter(letters[0])
    _bare_letter(drawn[0])
    ours = seconds(lambda: [print_letter(letter) for letter in letters])
    bare = seconds(lambda: [_bare_letter(lines) for lines in drawn])
    found |= {"letters_against_bare": ours / bare, "letters_seconds": ours}
    found |= _register()
    found |= _cold(folder)
    return found


def _addressed(number: int) -> PrintedLetter:
    """A letter of two pages to an employer of its own."""
    letter = letter_for(TEMPLATE, number=f"杭西工监意〔2026〕{number + 1}号")
    parts = tuple(replace(p, text=f"{_firm(number)}：") if p.kind == "recipient" else p for p in letter.parts)
    return replace(letter, parts=parts)


def _firm(number: int) -> str:
    return f"{PLACES[number % len(PLACES)]}第{number}{TRADES[number % len(TRADES)]}"


def _drawn(letter: PrintedLetter) -> Iterator[list[Drawn]]:
    """The stretches of text of each page, as they were laid out."""
    for side in lay_out(document_of(letter)):
        lines: list[Drawn] = []
        placed = [(item, 0.0, 0.0) for item in (side.head.items if side.head else ())]
        placed += [(item, MARGIN_LEFT, MARGIN_TOP + y) for y, row in side.page.rows for item in row.items]
        for item, x, y in placed:
            if isinstance(item, Placed):
                at = x + item.x
                for (font, size), same in groupby(item.line.cells, key=lambda c: (c.face.name, c.size)):
                    stretch = list(same)
                    text = "".join(c.character for c in stretch)
                    lines.append((at, PAGE_HEIGHT - y - item.y, text, font, size))
                    at += sum(c.advance for c in stretch)
        yield lines


def _bare_letter(pages: list[list[Drawn]]) -> bytes:
    """The same words in the same places and fonts, drawn by reportlab alone."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, pageCompression=1)
    for lines in pages:
        for x, y, text, font, size in lines:
            canvas.setFont(font, size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


# -- a register -----------------------------------------------------------------------------------------------------


def _register() -> dict[str, Any]:
    """A list of 5 000 rows on its pages, against a LongTable of the same strings, widths and size of text."""
    labels = (
        ("单位名称", 24),
        ("统一社会信用代码", 18),
        ("镇街", 10),
        ("职工数", 6),
        ("会员数", 6),
        ("状态", 8),
    )
    rows = tuple(
        (_firm(n), f"91330106MA2{n:07d}", "转塘街道", str(n % 400), str(n % 300), ("待筹建", "建立")[n % 2])
        for n in range(ROWS)
    )
    columns = tuple(PaperColumn(label, width, label.endswith("数")) for label, width in labels)
    day = datetime.date(2026, 11, 23)
    paper = PaperList("企业（单位）台账", "杭州市西湖区总工会", "全部", day, columns, rows)
    ours = seconds(paper.render)
    bare = seconds(lambda: _long_table([label for label, _ in labels], rows))
    return {"register_rows": ROWS, "register_against_long_table": ours / bare, "register_seconds": ours}


def _long_table(head: list[str], rows: tuple[tuple[str, ...], ...]) -> bytes:
    stream = io.BytesIO()
    font = font_book().face(FontRole.SONGTI).name
    data = [["序号", *head], *([str(n), *row] for n, row in enumerate(rows, start=1))]
    style = TableStyle([("FONT", (0, 0), (-1, -1), font, 9), ("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    table = LongTable(data, repeatRows=1, style=style, colWidths=[30, 220, 130, 80, 50, 50, 60])
    SimpleDocTemplate(stream, pagesize=landscape(A4)).build([table])
    return stream.getvalue()


# -- a cold start ---------------------------------------------------------------------------------------------------


def _cold(folder: Path) -> dict[str, Any]:
    """Medians of several processes of each, in turn, from the kept text of a letter to its PDF.

    Opening a ledger is not part of it: that a password takes its time is what it is for. Fonts lie unpacked, as on
    every day but the first.
    """
    kept = folder / "letter.json"
    kept.write_text(to_snapshot(_addressed(0)), "utf-8")
    times: dict[str, list[float]] = {BARE_START: [], LETTER_START: []}
    for _ in range(STARTS + 1):
        for script, took in times.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", script, str(kept)], cwd=ROOT, check=True)
            took.append(time.perf_counter() - started)
    bare, ours = (statistics.median(times[s][1:]) for s in (BARE_START, LETTER_START))
    return {"cold_letter_against_import": ours / bare, "cold_letter_seconds": ours}

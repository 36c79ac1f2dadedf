"""The same document gives the same bytes: again, in another order, in another process, in threads."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from desktop.documents.fonts import FontBook
from desktop.documents.letters.printed import to_snapshot
from desktop.documents.page import Column, Paragraph, Sheet, render_pdf, render_sheets
from tests.documents.composed import letter_for
from tests.documents.letters import LETTER, RARE, RED, letter, of_lines

CODE = """
import hashlib
from desktop.documents.page import render_pdf, Paragraph
from desktop.documents.letters.printed import to_snapshot
from tests.documents.letters import LETTER, RARE, letter
print(hashlib.sha256(render_pdf(letter(Paragraph(RARE * 30), head=LETTER))).hexdigest())
"""


KEPT = """
import sys
from desktop.documents.letters.pages import print_letter
from desktop.documents.letters.printed import from_snapshot
print_letter(from_snapshot(sys.stdin.read()))
print([name for name in ("segno", "docx", "openpyxl", "PySide6.QtCore", "desktop.reference") if name in sys.modules])
"""


def test_a_kept_letter_is_printed_without_loading_what_only_others_need() -> None:
    """Loading took twice as long as printing: codes for cover sheets, statutes, divisions."""
    kept = to_snapshot(letter_for("opinion_letter_wages"))
    environment = {**os.environ, "XIAOSANJI_FONTS": "bundle", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", KEPT], input=kept, env=environment, capture_output=True, encoding="utf-8",
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_the_same_document_gives_the_same_bytes_again(fonts: FontBook) -> None:
    document = letter(Paragraph(RARE * 30), head=LETTER)
    first = render_pdf(document, fonts=fonts)
    render_pdf(of_lines(30, RED), fonts=fonts)
    assert render_pdf(document, fonts=fonts) == first
    assert render_pdf(document, fonts=FontBook(bundle_only=True)) == first


@pytest.mark.parametrize("seed", ["1", "4711"])
def test_another_process_gives_the_same_bytes(seed: str, fonts: FontBook) -> None:
    here = hashlib.sha256(render_pdf(letter(Paragraph(RARE * 30), head=LETTER), fonts=fonts)).hexdigest()
    environment = {
        **os.environ,
        "PYTHONHASHSEED": seed,
        "XIAOSANJI_FONTS": "bundle",
        "TZ": "Asia/Shanghai",
        "SOURCE_DATE_EPOCH": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == here


def test_threads_do_not_disturb_each_other(fonts: FontBook) -> None:
    documents = [letter(Paragraph(RARE * count), head=LETTER) for count in (1, 5, 9)]
    alone = [render_pdf(document, fonts=fonts) for document in documents]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda document: render_pdf(document, fonts=fonts), documents)) == alone


def test_a_sheet_gives_the_same_bytes_again(fonts: FontBook) -> None:
    sheet = Sheet("名册", (Column("姓名"),), (("张三",), ("李喆",)))
    assert render_sheets([sheet], fonts=fonts) == render_sheets([sheet], fonts=fonts)

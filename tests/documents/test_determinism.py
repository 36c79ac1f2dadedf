"""The same document gives the same bytes: again, in another order, in another process, in threads."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from desktop.documents.fonts import FontBook
from desktop.documents.page import Column, Paragraph, Sheet, render_pdf, render_sheets
from tests.documents.letters import LETTER, RARE, RED, letter, of_lines

CODE = """
import hashlib
from desktop.documents.page import render_pdf, Paragraph
from tests.documents.letters import LETTER, RARE, letter
print(hashlib.sha256(render_pdf(letter(Paragraph(RARE * 30), head=LETTER))).hexdigest())
"""


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

"""Text tables (.csv, .txt) in UTF-8, with or without its mark, in UTF-16 as Excel saves it, or in GB18030."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Set
from pathlib import Path

from desktop.documents.workbooks.cells import Row
from desktop.documents.workbooks.problems import NoSuchSheet, TooLarge, Unreadable, unreachable
from desktop.documents.workbooks.sheets import MergedRanges, NothingOpen, SheetInfo, counted

MOST_BYTES = 200 << 20
MOST_CELL = 100_000
"""Characters that one cell may hold; Excel stops at 32 767."""
MOST_COLUMNS = 1_000

_SAMPLE = 64 << 10
_STEP = 1 << 20
_DELIMITERS = (",", "\t", ";", "|")
_KEPT_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)


class TextWorkbook(NothingOpen):
    """A text table as a workbook of one sheet."""

    def __init__(self, path: Path) -> None:
        if path.stat().st_size > MOST_BYTES:
            raise TooLarge("这个文本表格太大了。")
        self.path = path
        self.encoding = encoding_of(path)
        self.sheets: tuple[SheetInfo, ...] = (SheetInfo(path.stem),)

    def sheet(self, name: str) -> TextSheet:
        """The one sheet; raises ``NoSuchSheet`` for another."""
        if name != self.path.stem:
            raise NoSuchSheet(f"表格里没有名为“{name}”的工作表。")
        return TextSheet(self.path, self.encoding)


class TextSheet:
    """The rows of a text table."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.name = path.stem
        self.merged: MergedRanges | None = ()
        self.hidden_rows: Set[int] = frozenset()
        self.hidden_columns: Set[int] = frozenset()
        self._path = path
        self._encoding = encoding

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Row numbers from 1 and cells as text, empty ones as nothing; raises ``Unreadable`` and ``TooLarge``."""
        try:
            yield from self._rows()
        except OSError as error:
            raise unreachable(self._path, error) from error

    def _rows(self) -> Iterator[tuple[int, Row]]:
        with self._path.open(encoding=self._encoding, newline="") as text:
            csv.field_size_limit(MOST_CELL)
            count = 0
            try:
                sample = text.read(_SAMPLE)
                text.seek(0)
                if "\0" in sample:
                    raise Unreadable("这个文件不是文本表格。")
                for number, raw in enumerate(csv.reader(text, delimiter=delimiter_of(sample)), start=1):
                    if len(raw) > MOST_COLUMNS:
                        raise TooLarge(f"第{number}行有{len(raw)}列。")
                    cells: Row = [text_cell(cell) for cell in raw]
                    if any(cell is not None for cell in cells):
                        count = counted(count)
                        yield number, cells
            # A file with a mark is not decoded before it is read, so even its first block may end in half a character.
            except (csv.Error, UnicodeDecodeError) as error:
                raise Unreadable("这个文本表格的格式有误，没有读完。") from error


def encoding_of(path: Path) -> str:
    """The encoding of a whole text file: its mark if there is one, else UTF-8 if all of it is, else GB18030.

    Raises ``Unreadable`` when it is neither.
    """
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        for encoding in ("utf-8", "gb18030"):
            file.seek(0)
            if _decodes(file, encoding):
                return encoding
    raise Unreadable("看不出这个文本文件的编码。")


def _decodes(file: io.BufferedReader, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(_STEP):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(sample: str) -> str:
    """What parts the cells: the mark that stands equally often in most of the first lines, a comma when in doubt."""
    lines = [line for line in sample.splitlines()[:30] if line.strip()]
    best, best_score = ",", 0
    for mark in _DELIMITERS:
        counts = [line.count(mark) for line in lines]
        usual = max(set(counts), key=lambda n: (counts.count(n), n), default=0)
        score = usual and counts.count(usual) * 100 + usual
        if score > best_score:
            best, best_score = mark, score
    return best


def text_cell(text: str) -> str | None:
    """A cell; ``="0123"`` is how a text table keeps a number as text."""
    kept = _KEPT_AS_TEXT.fullmatch(text)
    if kept is not None:
        text = kept[1]
    return text if text.strip() else None

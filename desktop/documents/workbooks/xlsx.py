"""Writes an .xlsx as a stream into one file beside its target, and renames it when it is whole.

Not openpyxl: that keeps every sheet in clear in the folder for temporary files while it writes, where a killed
program leaves it, and it takes several times as long. What is written is the part of the format (ECMA-376) that
Excel and WPS have read alike for twenty years: inline texts, numbers, merged cells, lists to choose from, remarks.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
import errno
import io
import os
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self
from xml.sax.saxutils import escape, quoteattr

from desktop.documents.workbooks import remarks
from desktop.documents.workbooks.problems import NoRoom, NotWritten
from desktop.documents.workbooks.remarks import PACKAGE, RELATION, SHEET, XML, Remark, relationships
from desktop.documents.workbooks.styles import Look, styles_xml
from desktop.documents.xml_characters import possible
from desktop.renaming import replace

Value = str | int | float | decimal.Decimal | datetime.date | None
LONGEST_CELL: Final = 32_767
CREATOR: Final = "小三级"

_DANGEROUS: Final = frozenset("=+-@\t\r|%＝＋－＠")
_ESCAPE_LIKE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_MARKUP: Final = re.compile("[&<>\r]")
_DAY_ZERO: Final = datetime.date(1899, 12, 30)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_LEVEL: Final = 4


@dataclass(frozen=True, slots=True)
class Choices:
    """A list to choose from: ``cells`` as ``B5:B2000``, ``source`` as ``'选项'!$A$1:$A$20``."""

    cells: str
    source: str


@dataclass
class Page:
    """What a sheet is beside its cells. ``looks`` are those of the columns; ``filtered`` is the range with a filter."""

    name: str
    widths: Sequence[float] = ()
    looks: Sequence[Look] = ()
    frozen_rows: int = 0
    header_rows: int = 0
    heights: Mapping[int, float] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    choices: list[Choices] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    filtered: bool = False
    hidden: bool = False
    rows: int = 0
    columns: int = 0


class XlsxFile:
    """A workbook that is being written; leaving the ``with`` statement without an error puts it in place."""

    def __init__(self, path: Path, at: datetime.datetime | None = None) -> None:
        self._path = path
        self._beside = path.with_name(path.name + ".new")
        self._at = at or datetime.datetime.now(datetime.UTC)
        self._pages: list[Page] = []
        self._file: BinaryIO | None = None
        self._archive: zipfile.ZipFile | None = None

    def __enter__(self) -> Self:
        with self._translated():
            # What WPS has open is told now and not behind 50 000 rows.
            with contextlib.suppress(FileNotFoundError):
                self._path.open("r+b").close()
            self._file = self._beside.open("wb")
            self._archive = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._drop()
            return
        with self._translated():
            archive, file = self._open()
            self._finish()
            archive.close()
            file.flush()
            os.fsync(file.fileno())
            file.close()
            replace(self._beside, self._path)

    @contextlib.contextmanager
    def sheet(self, page: Page) -> Iterator[SheetWriter]:
        """A sheet to be filled row by row; one is open at a time."""
        self._pages.append(page)
        archive, _ = self._open()
        with (
            self._translated(),
            archive.open(_entry(f"xl/worksheets/sheet{len(self._pages)}.xml"), "w") as raw,
        ):
            text = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
            writer = SheetWriter(page, text, first=len(self._pages) == 1)
            yield writer
            writer.close()
            text.detach()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._drop()
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise NoRoom(f"磁盘或U盘满了，没有写成“{self._path.name}”。") from error
            raise NotWritten(f"不能写入“{self._path.name}”。") from error

    def _open(self) -> tuple[zipfile.ZipFile, BinaryIO]:
        if self._archive is None or self._file is None:
            raise RuntimeError("a workbook is written inside its with statement")
        return self._archive, self._file

    def _drop(self) -> None:
        """Closes what is open and takes the half-written file away, whatever the disk says to it."""
        for part in (self._archive, self._file):
            if part is not None:
                with contextlib.suppress(OSError, ValueError):
                    part.close()
        with contextlib.suppress(OSError):
            self._beside.unlink()

    def _part(self, name: str, text: str) -> None:
        self._open()[0].writestr(_entry(name), text, compresslevel=_LEVEL)

    def _finish(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            if page.remarks:
                self._part(f"xl/comments{number}.xml", remarks.comments_xml(page.remarks, CREATOR))
                self._part(f"xl/drawings/vmlDrawing{number}.vml", remarks.drawing_xml(page.remarks, number))
                self._part(f"xl/worksheets/_rels/sheet{number}.xml.rels", remarks.relations_xml(number))
        self._part("xl/styles.xml", styles_xml())
        self._part("xl/workbook.xml", self._workbook_xml())
        targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(self._pages) + 1)]
        self._part("xl/_rels/workbook.xml.rels", relationships([*targets, ("styles", "styles.xml")]))
        self._part("docProps/core.xml", self._core_xml())
        self._part("_rels/.rels", _root_relations())
        self._part("[Content_Types].xml", self._types_xml())

    def _workbook_xml(self) -> str:
        hidden = {True: ' state="hidden"', False: ""}
        sheets = "".join(
            f'<sheet name={quoteattr(p.name)} sheetId="{n}"{hidden[p.hidden]} r:id="rId{n}"/>'
            for n, p in enumerate(self._pages, start=1)
        )
        names = ""
        for index, page in enumerate(self._pages):
            quoted = escape("'" + page.name.replace("'", "''") + "'")
            if page.filtered and page.rows:
                area = f"$A${page.header_rows}:${letters(page.columns - 1)}${page.rows}"
                names += (
                    f'<definedName name="_xlnm._FilterDatabase" localSheetId="{index}" hidden="1">'
                    f"{quoted}!{area}</definedName>"
                )
            if page.header_rows:
                names += (
                    f'<definedName name="_xlnm.Print_Titles" localSheetId="{index}">'
                    f"{quoted}!$1:${page.header_rows}</definedName>"
                )
        defined = f"<definedNames>{names}</definedNames>" if names else ""
        return (
            f'{XML}<workbook xmlns="{SHEET}" xmlns:r="{RELATION}"><workbookPr/>'
            f"<bookViews><workbookView/></bookViews><sheets>{sheets}</sheets>{defined}</workbook>"
        )

    def _core_xml(self) -> str:
        when = self._at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f'{XML}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
            f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>{CREATOR}</dc:creator>'
            f'<dcterms:created xsi:type="dcterms:W3CDTF">{when}</dcterms:created></cp:coreProperties>'
        )

    def _types_xml(self) -> str:
        main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        package = "application/vnd.openxmlformats-package"
        overrides = {"/xl/workbook.xml": f"{main}.sheet.main+xml", "/xl/styles.xml": f"{main}.styles+xml"}
        overrides["/docProps/core.xml"] = f"{package}.core-properties+xml"
        for number, page in enumerate(self._pages, start=1):
            overrides[f"/xl/worksheets/sheet{number}.xml"] = f"{main}.worksheet+xml"
            if page.remarks:
                overrides[f"/xl/comments{number}.xml"] = f"{main}.comments+xml"
        parts = "".join(f'<Override PartName="{p}" ContentType="{t}"/>' for p, t in overrides.items())
        return (
            f'{XML}<Types xmlns="{PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{package}.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
            f"{parts}</Types>"
        )


class SheetWriter:
    """The rows of one sheet."""

    def __init__(self, page: Page, text: io.TextIOWrapper, *, first: bool) -> None:
        self.page = page
        self._text = text
        self._letters: list[str] = []
        text.write(_sheet_head(page, first=first))

    def row(self, values: Sequence[Value], looks: Sequence[Look] | None = None) -> None:
        """The next row; ``looks`` are those of its cells, by default those of the columns."""
        page = self.page
        page.rows += 1
        page.columns = max(page.columns, len(values))
        while len(self._letters) < len(values):
            self._letters.append(letters(len(self._letters)))
        shown = looks if looks is not None else page.looks
        number, count = page.rows, len(shown)
        cells = [
            _cell(f"{letter}{number}", value, shown[i] if i < count else Look.PLAIN)
            for i, (letter, value) in enumerate(zip(self._letters, values, strict=False))
            if value is not None or (looks is not None and i < count)
        ]
        height = page.heights.get(number)
        size = f' ht="{height}" customHeight="1"' if height else ""
        self._text.write(f'<row r="{number}"{size}>{"".join(cells)}</row>')

    def close(self) -> None:
        """The end of the sheet."""
        page = self.page
        end = ["</sheetData>"]
        if page.filtered and page.rows:
            end.append(f'<autoFilter ref="A{page.header_rows}:{letters(page.columns - 1)}{page.rows}"/>')
        if page.merged:
            merged = "".join(f'<mergeCell ref="{area}"/>' for area in page.merged)
            end.append(f'<mergeCells count="{len(page.merged)}">{merged}</mergeCells>')
        if page.choices:
            lists = "".join(
                '<dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1"'
                f' sqref="{c.cells}"><formula1>{escape(c.source)}</formula1></dataValidation>'
                for c in page.choices
            )
            end.append(f'<dataValidations count="{len(page.choices)}">{lists}</dataValidations>')
        end.append('<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>')
        end.append('<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>')
        if page.remarks:
            end.append('<legacyDrawing r:id="rId1"/>')
        self._text.write("".join(end) + "</worksheet>")
        self._text.flush()


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula when it is edited, pasted or saved as CSV."""
    return text[:1] in _DANGEROUS if text else False


def sheet_name(name: str) -> str:
    """A name that a sheet may have."""
    clean = re.sub(r"[\[\]:*?/\\']", " ", possible(name)).strip()
    return clean[:31].strip() or "Sheet1"


def letters(column: int) -> str:
    """The letters of a column, 0 being A."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _cell(place: str, value: Value, look: Look) -> str:
    if isinstance(value, str):
        if not value:
            return f'<c r="{place}" s="{look:d}"/>'
        if value[0] in _DANGEROUS:
            look = look.quoted
        text = _plain(value)
        space = ' xml:space="preserve"' if text[0] in " \n\t" or text[-1] in " \n\t" or "  " in text else ""
        return f'<c r="{place}" s="{look:d}" t="inlineStr"><is><t{space}>{text}</t></is></c>'
    if value is None:
        return f'<c r="{place}" s="{look:d}"/>'
    if isinstance(value, datetime.date):
        day = value.date() if isinstance(value, datetime.datetime) else value
        return f'<c r="{place}" s="{Look.DAY:d}"><v>{(day - _DAY_ZERO).days}</v></c>'
    number = int(value) if isinstance(value, bool) else value
    return f'<c r="{place}" s="{look:d}"><v>{number}</v></c>'


def _plain(text: str) -> str:
    """A text as it stands in XML, without what no workbook can hold."""
    if len(text) > LONGEST_CELL:
        text = text[: LONGEST_CELL - 1] + "…"
    if not text.isprintable():
        text = possible(text) or " "
    if "_x" in text:
        text = _ESCAPE_LIKE.sub("_x005F_", text)
    return escape(text, {"\r": "&#13;"}) if _MARKUP.search(text) else text


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without the time at which it was written, so that equal content makes equal files."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _root_relations() -> str:
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    return (
        f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{core}" Target="docProps/core.xml"/></Relationships>'
    )


def _sheet_head(page: Page, *, first: bool) -> str:
    pane = ""
    if page.frozen_rows:
        below = f"A{page.frozen_rows + 1}"
        pane = (
            f'<pane ySplit="{page.frozen_rows}" topLeftCell="{below}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="{below}" sqref="{below}"/>'
        )
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width:.2f}" style="{_look(page, n - 1):d}" customWidth="1"/>'
        for n, width in enumerate(page.widths, start=1)
    )
    selected = ' tabSelected="1"' if first else ""
    return (
        f'{XML}<worksheet xmlns="{SHEET}" xmlns:r="{RELATION}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView{selected} workbookViewId="0">{pane}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/>{f"<cols>{columns}</cols>" if columns else ""}<sheetData>'
    )


def _look(page: Page, column: int) -> Look:
    return page.looks[column] if column < len(page.looks) else Look.PLAIN

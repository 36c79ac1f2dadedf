"""Opens any table that people bring, told by its content and not by its name."""

from __future__ import annotations

import codecs
import os
import re
import zipfile
from pathlib import Path

from desktop.documents.workbooks.compound import MAGIC
from desktop.documents.workbooks.delimited import TextWorkbook
from desktop.documents.workbooks.pasted import Pasted, PastedWorkbook
from desktop.documents.workbooks.problems import OtherFormat, TooLarge, Unreadable, unreachable
from desktop.documents.workbooks.sheets import ModernWorkbook, OldWorkbook, Workbook
from desktop.documents.workbooks.spreadsheetml import NAMESPACE, XmlWorkbook
from desktop.documents.workbooks.web import WebWorkbook

MOST_FILE_BYTES = 200 << 20

_ZIP = b"PK\x03\x04"
_OTHER_PARTS = {"xl/workbook.bin": "xlsb", "content.xml": "ods", "word/document.xml": "Word"}
_LEFT_BESIDE = ("~$", ".~")
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
"""What no table of text has in it; a few systems end theirs with the mark of DOS."""
_NAMES = (".xlsx", ".xls", ".xlsm", ".et")
"""Such a file that is neither a workbook nor text was one."""
_OTHER_STARTS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"SQLite format 3")


def open_workbook(path: Path | Pasted) -> Workbook:
    """Opens an .xlsx, .xls, .et or text table, XML of Excel 2003, page with tables, or what was copied from one.

    Raises one of :mod:`desktop.documents.workbooks.problems`; a file that cannot be reached raises
    :class:`Unreadable` too.
    """
    if isinstance(path, Pasted):
        return PastedWorkbook(path)
    if path.name.startswith(_LEFT_BESIDE):
        sentence = "这是WPS或Excel打开表格时放在旁边的临时文件，不是表格本身。"
        raise OtherFormat(sentence, "请选择名称不以“~$”开头的那个文件。")
    try:
        return _opened(path)
    except OSError as error:
        raise unreachable(path, error) from error


def is_being_edited(path: Path | Pasted) -> bool:
    """Whether an office program has the table open, by the file that it keeps beside it meanwhile."""
    if isinstance(path, Pasted):
        return False
    # Not by Path.exists, which raises for a stick that was pulled out: whoever reads the table tells that.
    return any(os.path.exists(path.with_name(f"{sign}{path.name}")) for sign in _LEFT_BESIDE)


def _opened(path: Path) -> Workbook:
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(4096)
    if not size:
        raise Unreadable("文件是空的。")
    if size > MOST_FILE_BYTES:
        raise TooLarge("文件太大。")
    if start.startswith(_ZIP):
        _require_xlsx(path)
        return ModernWorkbook(path)
    if start.startswith(MAGIC):
        return _old(path)
    return _of_text(path, start)


def _old(path: Path) -> Workbook:
    try:
        return OldWorkbook(path)
    except Unreadable as error:
        if path.suffix.lower() == ".et":
            raise OtherFormat("这个et文件不能直接读取。") from error
        raise


def _require_xlsx(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable("文件损坏，打不开。") from error
    if "xl/workbook.xml" in names:
        return
    kind = next((label for part, label in _OTHER_PARTS.items() if part in names), "")
    raise OtherFormat(f"这个文件是{kind}格式，不是xlsx。" if kind else "这个文件不是xlsx表格。")


def _of_text(path: Path, start: bytes) -> Workbook:
    """Web systems hand out pages and XML under the name of an .xls."""
    head = start.removeprefix(b"\xef\xbb\xbf")
    if utf_16 := start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = start.decode("utf-16", "ignore").encode()
    head = head.lstrip().lower()
    if head.startswith(b"<") and b"<html" not in head[:1024]:
        if NAMESPACE.encode() in head:
            return XmlWorkbook(path)
        if head.startswith(b"<?xml"):
            raise OtherFormat("这个文件是XML，不是表格。")
    if head.startswith(b"mime-version") or (head.startswith(b"from: ") and b"multipart/related" in head):
        sentence = "这个文件是单个文件网页（.mht），不能直接读取。"
        raise OtherFormat(sentence, "请用WPS或Excel打开它，另存为xlsx后再导入。")
    if start.startswith(_OTHER_STARTS):
        raise OtherFormat("这个文件不是表格。")
    named = path.suffix.lower() in _NAMES
    if not utf_16 and (_NO_TEXT.search(start) or (named and _ZIP.startswith(start))):
        raise Unreadable("文件损坏，打不开。") if named else OtherFormat("这个文件不是表格。")
    # No table of text begins with a bracket of markup, whichever element it is.
    return WebWorkbook(path) if head.startswith(b"<") else TextWorkbook(path)

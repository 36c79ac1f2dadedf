"""Tables on the clipboard: cells copied in WPS or Excel, or a table's file; and cells that are put there."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from desktop.documents.workbooks.xlsx import is_dangerous
from desktop.errors import UsageProblem
from desktop.operations.imports.importing import Pasted

TABLE_ENDINGS = frozenset({".xlsx", ".xls", ".xlsm", ".csv", ".txt", ".et", ".xml", ".htm", ".html", ".mht"})
_NUMBER = re.compile(r"[+\-]?[0-9][0-9,]*(?:\.[0-9]+)?")


class NoTable(UsageProblem):
    """What was copied is no table."""

    help_anchor = "excel"
    next_step = "请在WPS或Excel里选中几行几列，复制以后再粘贴。"


def on_clipboard(today: datetime.date) -> Path | Pasted:
    """What was copied; raises :class:`NoTable`. It is named after the day, for nothing else tells pastes apart."""
    data = QGuiApplication.clipboard().mimeData()
    if (path := table_file(data)) is not None:
        return path
    if data.hasUrls():
        raise NoTable(
            "复制的不是一个表格文件。", "请只复制一个xlsx、xls或csv文件，或者在表格里选中几行几列再复制。"
        )
    pasted = Pasted(data.text(), f"粘贴{today.isoformat()}")
    if not pasted.text.strip():
        raise NoTable("剪贴板里没有表格内容。")
    if not pasted.is_table:
        raise NoTable("剪贴板里只有一格内容，不是表格，没有粘贴。")
    return pasted


def holds_block() -> bool:
    """Whether several cells were copied; one is left to the line that the cursor stands in."""
    data = QGuiApplication.clipboard().mimeData()
    return not data.hasUrls() and Pasted(data.text(), "").is_table


def copied(text: str) -> str:
    """A cell as it is put on the clipboard: a spreadsheet takes what comes from there for typed, formulas too."""
    line = " ".join(text.split())
    return f"'{line}" if is_dangerous(line) and _NUMBER.fullmatch(line) is None else line


def table_file(data: QMimeData) -> Path | None:
    """The table among files that were copied or dropped, when it is one alone."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].suffix.lower() in TABLE_ENDINGS else None

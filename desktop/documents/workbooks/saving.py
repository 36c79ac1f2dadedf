"""Saves a workbook whole or not at all, with times that do not betray when it was made twice."""

from __future__ import annotations

import contextlib
import datetime
import os
from pathlib import Path
from typing import Any

from desktop.documents.workbooks.problems import NotWritten

CREATOR = "小三级"


def save_workbook(book: Any, path: Path, at: datetime.datetime | None = None) -> None:
    """Writes beside and renames, so that a full disk leaves the old file; raises :class:`NotWritten`.

    ``at`` is the time that stands in the file, the present by default.
    """
    book.properties.creator = CREATOR
    if at is not None:
        book.properties.created = book.properties.modified = at
    beside = path.with_name(path.name + ".new")
    try:
        book.save(beside)
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise NotWritten(f"不能写入“{path.name}”。") from error

"""A list as something to look at and print: exactly the rows, columns and words that the window shows."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from desktop.documents.lists import Paper, PaperColumn, PaperList
from desktop.operations.session import Session
from desktop.records.declaration import Mask
from desktop.store.tables.database import Database
from desktop.ui.dialogs import Answer
from desktop.ui.lists.model import RowsModel
from desktop.ui.lists.rows import PAGE, Source, shown_rows
from desktop.ui.notices import Tone
from desktop.ui.printing.jobs import paper_job
from desktop.ui.workbench import Workbench

MOST_UNASKED = 1_000
"""A list of more rows is only put on paper when the user says that it is meant."""
MOST = 20_000
_ROWS_A_PAGE = 16


def print_list(workbench: Workbench, model: RowsModel, scope: str, sums: str = "") -> None:
    """Shows a list as pages, after a question where it is long; ``scope`` says which records it has."""
    count = model.rowCount()
    if count > MOST:
        words = f"列表里有{count}条，太多了，不适合打印。请先筛选，或者导出成表格。"
        workbench.shell.tell(Tone.WARNING, words)
        return
    if count > MOST_UNASKED:
        pages = -(-count // _ROWS_A_PAGE)
        words = f"列表里有{count}条，打印出来大约{pages}页。先筛选一下会省很多纸。要全部打印吗？"
        if workbench.dialogs.ask("打印", words, yes="全部打印") is not Answer.YES:
            return
    source, rows = model.source(), model.all_rows()
    name = f"{source.record_type.label}一览表"
    unit, day = workbench.facts.unit.name, workbench.today()
    secret = any(c.field is not None and c.field.mask is not Mask.NONE for c in source.columns)

    def make(session: Session) -> Paper:
        return PaperList(
            name,
            unit,
            scope or "全部",
            day,
            tuple(PaperColumn(c.label, c.width, c.numeric) for c in source.columns),
            _words(session.database, source, rows),
            sums,
            "个人信息已部分隐藏。" if secret else "",
            f"{source.record_type.name} {len(rows)}条 {'个人信息已部分隐藏' if secret else '不含隐藏内容'}",
        )

    workbench.shell.open_page("preview", job=paper_job(name, make))


def _words(database: Database, source: Source, rows: array[int]) -> tuple[tuple[str, ...], ...]:
    """The cells of all rows as the list shows them; what was deleted in the meantime is left out."""
    parts: Sequence[Sequence[int]] = [rows[n : n + PAGE] for n in range(0, len(rows), PAGE)]
    return tuple(row.texts for part in parts for row in shown_rows(database, source, part) if row is not None)

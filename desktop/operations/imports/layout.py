"""Decides which sheet and which of its rows a workbook is read by."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import islice

from desktop.documents.workbooks import headers
from desktop.documents.workbooks.cells import Row, is_blank, shown
from desktop.documents.workbooks.headers import (
    Header,
    Labels,
    find_header,
)
from desktop.documents.workbooks.problems import WorkbookProblem
from desktop.documents.workbooks.sheets import Sheet, Workbook
from desktop.operations.imports.mapping import EMPLOYER, JOINT, Candidate, Layout, Wishes, labels_of, mapped
from desktop.operations.session import Session
from desktop.records.declaration import RecordType

_MOST_IN_FORM_ROW = 3
_FEWEST_FORM_ROWS = 3
_PEEKED = headers.SEARCHED_ROWS + 2


class NoHeader(WorkbookProblem):
    """No row names the columns."""

    next_step = "请确认表格里有一行列名（如“企业名称”“统一社会信用代码”），或者手工指定表头所在的行。"


class SheetOfOne(NoHeader):
    """The names stand beside the values: a form that is filled in for one employer or person."""

    next_step = "请把各家抄到一张表里：列名在最上面，一家一行；导入页的“保存空白模板”会给出列名。"


def lay_out(
    session: Session,
    book: Workbook,
    record_type: RecordType,
    sheet: str | None,
    wishes: Wishes,
    header_row: int | None,
) -> tuple[Sheet, Layout]:
    """Chooses the sheet that fits best among the visible ones, or takes the named one; ``wishes`` overrule the words.

    Raises :class:`NoHeader`.
    """
    visible = [s.name for s in book.sheets if not s.hidden] or [s.name for s in book.sheets]
    names = [sheet] if sheet is not None else visible
    best: Candidate | None = None
    filled: dict[str, set[str]] = {}
    form = False
    for name in names:
        opened = book.sheet(name)
        found = _candidate(session, opened, record_type, header_row)
        if header_row is None and (found is None or found.header.recognised <= _MOST_IN_FORM_ROW):
            rows = list(islice(opened.rows(), _PEEKED)) if found is None else found.rows
            if _is_form(rows, labels_of(session, record_type)):
                form, found = True, None
        if found is not None:
            filled[name] = found.filled
            best = found if best is None or found.score > best.score else best
    if best is None:
        if form:
            raise SheetOfOne("这是一家一张的登记表：名称在左边，内容在右边，不能直接导入。")
        hidden = "”“".join(s.name for s in book.sheets if s.name not in names and s.hidden)
        raise NoHeader(f"没有认出表头，隐藏的工作表“{hidden}”没有读。" if hidden else "没有认出表头。")
    own = best.sheet.name
    alike = tuple(name for name in filled if name != own and filled[name] == filled[own])
    return best.sheet, replace(mapped(session, record_type, best, wishes), alike=alike)


def _candidate(
    session: Session, sheet: Sheet, record_type: RecordType, header_row: int | None
) -> Candidate | None:
    rows = list(islice(sheet.rows(), _PEEKED))
    prefixed = record_type.name == JOINT
    if record_type.name == EMPLOYER:
        # The federation's form of unions has the telephone of the chair, not of the firm.
        joint = _header(rows, sheet, labels_of(session, session.types[JOINT]), header_row)
        if joint is not None and {f"{EMPLOYER}.name", f"{JOINT}.name"} <= {c.target for c in joint.columns}:
            return Candidate(sheet, rows, joint, prefixed=True)
    names = {n for n in (record_type.title[0], record_type.key) if n is not None}
    alone = {f"{JOINT}.{name}" for name in names} if prefixed else names
    header = _header(rows, sheet, labels_of(session, record_type), header_row, alone)
    return None if header is None else Candidate(sheet, rows, header, prefixed)


def _header(
    rows: Sequence[tuple[int, Row]],
    sheet: Sheet,
    labels: Labels,
    header_row: int | None,
    alone: Set[str] = frozenset(),
) -> Header | None:
    if header_row is None:
        return find_header(rows, labels, sheet.merged, alone)
    cells = next((cells for number, cells in rows if number == header_row), None)
    if cells is None:
        return None
    texts = [(shown(cell),) if not is_blank(cell) else () for cell in cells]
    return Header(header_row, header_row, headers.assign(texts, labels))


def _is_form(rows: Sequence[tuple[int, Row]], labels: Labels) -> bool:
    """Whether names and values take turns in the rows, as in a form for one; in a table, names stand side by side."""
    named = 0
    for _, cells in rows:
        texts = [shown(cell) for cell in cells if not is_blank(cell)]
        known = [bool(labels.weights(text)) for text in texts]
        if sum(known) > len(texts) / 2 + 1:
            return False
        named += len(known) > 1 and known[0] and not any(known[1::2])
    return named >= _FEWEST_FORM_ROWS

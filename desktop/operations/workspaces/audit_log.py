"""The audit log outside its workspace: as JSON lines or a workbook, each verified without workspace and password."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from desktop.documents.workbooks.lists import ListColumn, write_list
from desktop.documents.workbooks.opening import open_workbook
from desktop.documents.workbooks.problems import WorkbookProblem
from desktop.errors import UsageProblem
from desktop.operations.audit import Verdict, note, verdict_on
from desktop.operations.session import Session
from desktop.records.declaration import Role
from desktop.records.typed.dates import china_time, time_words
from desktop.renaming import write_whole
from desktop.store.tables.database import Database
from desktop.store.workspaces import audit
from desktop.store.workspaces.audit import Act, AuditLine

WORKBOOK = ".xlsx"
_FIELDS = ("id", "at", "operator", "action", "detail", "salt", "digest", "hash")
_HEADERS = ("行号", "时间", "操作员", "动作", "内容", "毫秒", "盐", "文字校验值", "行校验值")
_WIDTHS = (6, 13, 8, 12, 36, 12, 12, 12, 12)
_PLACES = (0, 5, 2, 3, 4, 6, 7, 8)
"""Where the fields of a line stand in a row of the workbook."""
_SHEET = "审计日志"


class NoLog(UsageProblem):
    """The file is no audit log that this program took out."""

    next_step = "请选择导出日志时得到的文件。"


class ChangedLog(NoLog):
    """An earlier log that was changed since says nothing about another one."""

    next_step = "请换一份导出以后没有动过的日志再比。"


def verify_file(path: Path, earlier: Path | None = None) -> Verdict:
    """Whether the chain of a log that was taken out is whole, and goes on from an earlier one. Raises :class:`NoLog`.

    Taking it out is the last thing that it says: where that is missing, lines at its end are.
    """
    found = _lines_of(path)
    verdict = verdict_on(found, _earlier(earlier))
    if verdict.broken_at is None and found[-1].action != Act.LOG_EXPORTED:
        return replace(verdict, broken_at=verdict.lines + 1)
    return verdict


def verify(database: Database, earlier: Path | None = None) -> Verdict:
    """Whether the log of a workspace is whole, and goes on from one that was taken out. Raises :class:`NoLog`.

    May be called in a reader's thread.
    """
    return verdict_on(audit.lines(database), _earlier(earlier))


def compared_words(verdict: Verdict, name: str) -> str:
    """What a comparison with an earlier log came to; one that is another's from its first line on accuses nobody."""
    if verdict.broken_at is None:
        return f"和“{name}”比过：里面的每一行现在都还在，没有改动。"
    if verdict.broken_at == 1:
        return (
            f"“{name}”从第1行起就和现在的日志不一样，多半是别的台账导出的，请看看选对了没有。"
            "选对了的话，现在的日志就是重写过的。"
        )
    return f"和“{name}”比，第{verdict.broken_at}行起对不上：现在的日志少了行或者有改动。"


def export(session: Session, out: Path) -> int:
    """Writes the log, as a workbook where the name ends so, else as JSON lines; how many lines. Noted in the log."""
    session.require(Role.DESK)
    note(session, Act.LOG_EXPORTED)
    found = list(audit.lines(session.database))
    if out.suffix.lower() == WORKBOOK:
        _write_workbook(session, out, found)
    else:
        write_whole(out, "".join(f"{_json(line)}\n" for line in found).encode())
    return len(found)


def _earlier(path: Path | None) -> list[AuditLine]:
    if path is None:
        return []
    lines = _lines_of(path)
    broken = audit.broken_at(lines)
    if broken is not None:
        raise ChangedLog(f"“{path.name}”自己从第{broken}行起就有改动，不能拿来比。")
    return lines


def _json(line: AuditLine) -> str:
    return json.dumps({name: getattr(line, name) for name in _FIELDS}, ensure_ascii=False)


def _write_workbook(session: Session, out: Path, found: Sequence[AuditLine]) -> None:
    now = china_time(session.environment.now())
    rows = [
        (str(x.id), _time(x.at), x.operator, x.action, x.detail, str(x.at),
         x.salt, x.digest, x.hash)
        for x in found
    ]  # fmt: skip
    columns = [ListColumn(h, w, text=True) for h, w in zip(_HEADERS, _WIDTHS, strict=True)]
    notes = [
        ("名称", _SHEET),
        ("单位", session.unit.name),
        ("导出人", session.operator.name),
        ("导出时间", time_words(session.environment.now())),
        ("行数", str(len(found))),
        ("说明", "后四栏是校验用的，改动任何一格，核对时都会发现。"),
    ]
    write_list(out, _SHEET, columns, rows, notes, now.replace(tzinfo=None))


def _lines_of(path: Path) -> list[AuditLine]:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"PK"
        lines = list(_rows_of(path) if packed else _json_lines_of(path))
    except (OSError, ValueError, KeyError, TypeError, WorkbookProblem) as error:
        raise NoLog(f"“{path.name}”不是导出的审计日志。") from error
    # Every log begins with the line of its workspace: one without lines was cut off, or is something else.
    if not lines:
        raise NoLog(f"“{path.name}”里一行日志也没有，不是导出的审计日志。")
    return lines


def _json_lines_of(path: Path) -> Iterator[AuditLine]:
    for text in path.read_text("utf-8").splitlines():
        cells = json.loads(text)
        yield _line([cells[name] for name in _FIELDS])


def _rows_of(path: Path) -> Iterator[AuditLine]:
    with open_workbook(path) as book:
        rows = (["" if c is None else str(c) for c in cells] for _, cells in book.sheet(_SHEET).rows())
        if tuple(next(rows, ())) != _HEADERS:
            raise ValueError("other headers")
        for cells in rows:
            padded = [*cells, *[""] * (len(_HEADERS) - len(cells))]
            line = _line([padded[place] for place in _PLACES])
            # The time in words is there to be read and is no part of the chain: other words are another time.
            yield line if padded[1] == _time(line.at) else replace(line, at=-1)


def _time(at: int) -> str:
    return f"{china_time(at):%Y-%m-%d %H:%M:%S}"


def _line(cells: Sequence[object]) -> AuditLine:
    number, at, *texts = cells
    return AuditLine(int(str(number)), int(str(at)), *(str(t) for t in texts))

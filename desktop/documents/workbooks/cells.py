"""What a cell of a workbook holds once it is read: a value, nothing, or a fault that hides what it should hold."""

from __future__ import annotations

import datetime
import enum
import re
from dataclasses import dataclass

EXACT_LIMIT = 10**15
"""A spreadsheet keeps fifteen digits of a number; from here on the last ones are lost."""

_ERROR_WORDS = re.compile(r"\s*#(?:REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|N/A|SPILL!|CALC!)\s*", re.IGNORECASE)
_TOO_NARROW = re.compile(r"\s*#{3,}\s*")
_SCIENTIFIC = re.compile(r"\s*'?(?:[0-9](?:\.[0-9]+)?[Ee]\+|[0-9]\.[0-9]+[Ee])[0-9]{2,3}\s*")
"""As spreadsheets write it, and as web systems do: 9.13301E17. Without point and sign it may be the name of a room."""


class FaultKind(enum.StrEnum):
    """Why a cell cannot be read."""

    NOT_CALCULATED = "not_calculated"
    ERROR = "error"
    LOST_DIGITS = "lost_digits"
    TOO_NARROW = "too_narrow"


FORMULA = "（公式）"
"""What stands for a formula whose result is not in the file, also in the workbook of returned rows."""
_SENTENCES = {
    FaultKind.NOT_CALCULATED: "这一格是公式，文件里没有存下结果；请用WPS或Excel打开并保存一次",
    FaultKind.ERROR: "这一格的公式出错了",
    FaultKind.LOST_DIGITS: "号码被表格软件改成了数字，后几位已经丢失，请按原件重新填写（先把这一列设为文本格式）",
    FaultKind.TOO_NARROW: "表格里这一列太窄，只显示成“###”，复制出来就没有内容；请把列拉宽后重新复制",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be read; ``text`` is what a person sees in it."""

    kind: FaultKind
    text: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong, in Chinese."""
        return _SENTENCES[self.kind]


Cell = (
    str
    | int
    | float
    | bool
    | datetime.date
    | datetime.datetime
    | datetime.time
    | datetime.timedelta
    | Fault
    | None
)
Row = list[Cell]


def examined(cell: Cell) -> Cell:
    """The cell, or a fault where a spreadsheet has kept a long code as a number and dropped its last digits.

    In text tables and on the clipboard errors are words, and what did not fit into its column is a row of signs.

    Whole numbers come as integers, lengths of time as text; ``-0.0`` and the like are left to whoever reads numbers.
    """
    if isinstance(cell, float):
        if cell != cell or abs(cell) >= EXACT_LIMIT:
            return Fault(FaultKind.LOST_DIGITS, f"{cell:.5E}")
        return int(cell) if cell.is_integer() else cell
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int):
        return Fault(FaultKind.LOST_DIGITS, f"{cell:.5E}") if abs(cell) >= EXACT_LIMIT else cell
    if isinstance(cell, str):
        return _examined_text(cell)
    if isinstance(cell, datetime.timedelta):
        minutes = int(cell.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02}"
    return cell


def _examined_text(cell: str) -> Cell:
    if "#" in cell:
        if _ERROR_WORDS.fullmatch(cell):
            return Fault(FaultKind.ERROR, cell)
        return Fault(FaultKind.TOO_NARROW, cell) if _TOO_NARROW.fullmatch(cell) else cell
    if cell == FORMULA:
        return Fault(FaultKind.NOT_CALCULATED, cell)
    return Fault(FaultKind.LOST_DIGITS, cell) if _SCIENTIFIC.fullmatch(cell) else cell


def shown(cell: Cell) -> str:
    """The cell as a person sees it, for headers, samples and the workbook of returned rows."""
    match cell:
        case None:
            return ""
        case Fault():
            return cell.text
        case bool():
            return "是" if cell else "否"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT_LIMIT else f"{cell:.15g}"
        case datetime.datetime() if cell.time() == datetime.time():
            return cell.date().isoformat()
        case datetime.datetime():
            return cell.isoformat(" ", "minutes")
        case datetime.date() | datetime.time():
            return cell.isoformat()
        case _:
            return str(cell)


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing but white space."""
    return cell is None or (isinstance(cell, str) and not cell.strip())

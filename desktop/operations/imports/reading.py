"""Reads the cells of one column into stored values, quickly where a cell is as it should be, carefully elsewhere.

What cannot be read leaves a note and no value. The quick ways give exactly what ``records.typed.values.parse_cell``
gives for the same cell; a test compares the two.
"""

from __future__ import annotations

import datetime
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from desktop.documents.workbooks import cells as workbook
from desktop.documents.workbooks.cells import Fault
from desktop.operations.imports import words
from desktop.operations.imports.model import Note, Weight
from desktop.operations.imports.together import read_together
from desktop.records.codes import CodeList
from desktop.records.declaration import Field, Kind, Mask, RecordType
from desktop.records.typed.dates import parse_date
from desktop.records.typed.id_number import IdKind, check_id
from desktop.records.typed.phones import is_phone, parse_phone
from desktop.records.typed.texts import one_line
from desktop.records.typed.uscc import names_a_record, plainly_valid, says_no_code
from desktop.records.typed.values import Parsed, parse_cell
from desktop.records.versions.canonical import Cell

_MOST_REMEMBERED = 5_000
MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PLAIN = re.compile(
    r"(?!#)[\u4e00-\u9fffA-Z0-9a-df-z（）()·#&.,，、:：/;；\-]{2,}|[\u4e00-\u9fffA-Za-z0-9（）()]{2,}"
)
_PLAIN_NAME = re.compile("[\u4e00-\u9fffA-Za-z]{2,}(?:·[\u4e00-\u9fffA-Za-z]+)*")
"""No other dots: those of a person's name are put right."""
_DIGITS = re.compile("[0-9]+(?:[-‐‑–—−][0-9]+)*")
_PHONE_MARKS = re.compile(r"[;；,，、/|\s]+|或|和")
_STARS = re.compile("[*＊]")
_WHOLE_ONLY = frozenset({Mask.ID, Mask.NAME, Mask.ACCOUNT, Mask.BIRTH})
"""What is exported with stars and would come back with them. Telephones are left empty, as registers hide them."""
_HIDDEN_PHONE = re.compile(r"[0-9+()（）\- ]*[*＊×xX]{2,}[0-9*＊\- ]*")
_NOTHING = frozenset(
    {"-", "--", "—", "——", "/", "\\", "无", "暂无", "null", "none", "n/a", "#n/a", "0000-00-00", "空"}
)
"""What systems and people write for nothing."""
_STROKES = "'’‘′´`＇"
_DITTO = frozenset(
    {"同上", "(同上)", "（同上）", "同上行", "同上一行", "同前", "如上", "ditto", "“”"}
    | {a + b for a in _STROKES for b in _STROKES}
    | {times * mark for mark in '〃"“”″＂„〝〞ʺ' for times in (1, 2)}
)
"""What people write for the words of the row above: words, and marks of two strokes however they are typed."""
_UNKNOWN = frozenset({"不详", "不明", "未知", "不清楚", "待查", "待补", "暂缺"})
_SPECIAL = _NOTHING | _DITTO
_LONGEST_SPECIAL = max(map(len, _SPECIAL))
_LONGEST_POINTING = 12
"""With the blanks that may stand in it."""
_YEARS = range(1900, 2100)
_DAY_ZERO = datetime.date(1899, 12, 30)
_YEAR_OF_YEARS = 1905
"""The serial numbers 1950 to 2099 are days of this year."""
_EARLIEST = 10_000
"""The first serial number of a spreadsheet that is taken for a day; before it stand counts, or years alone."""
_NOTHING_KINDS = frozenset(Kind) - {Kind.NOTE, Kind.BOOLEAN, Kind.CODE, Kind.CODES}
_OF_ONE_ROW = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.ID_NUMBER, Kind.USCC})
"""Numbers and codes are said anew in each row; who repeats them by a mark has not looked."""
_UNKNOWN_KINDS = frozenset({Kind.DATE, Kind.PHONE, Kind.CODE, Kind.INTEGER, Kind.DECIMAL})


@dataclass(frozen=True, slots=True)
class Setting:
    """What all columns share: code lists, the day, and the codes that were found valid."""

    codes: Mapping[str, CodeList]
    today: datetime.date
    valid_codes: set[str]


class ColumnReader:
    """Reads one column into one field."""

    def __init__(self, record_type: RecordType, field: Field, column: int, setting: Setting) -> None:
        self.field = field
        self.column = column
        self._type = record_type
        self._setting = setting
        self._known: dict[str, tuple[Cell, Note | None]] = {}
        # Those of the known of which nothing is to be said, for a look at a whole column at once.
        self._silent: dict[object, Cell] = {}
        self._last: Cell = None
        self.others: dict[int, Mapping[str, Cell]] = {}
        """What cells say of other fields, by their place; whoever has taken it clears it."""
        self._others: dict[str, Mapping[str, Cell]] = {}
        self.repeated: list[int] = []
        """The places whose cells only pointed to the row above; whoever has written them out clears them."""
        self._repeats = (
            field.kind not in _OF_ONE_ROW
            and field.mask is not Mask.ACCOUNT
            and field.name not in record_type.title
        )
        quick = _QUICK.get(field.kind)
        self._quick = self._remembered if quick is None else quick(field, setting)

    def read(self, cells: Sequence[workbook.Cell], notes: dict[int, list[Note]]) -> list[Cell]:
        """The stored values of some cells below each other; what is to be said goes to ``notes`` under their place."""
        values = self._quick(cells)
        if not all(values):
            for place, cell in enumerate(cells):
                if values[place] is None and cell is not None:
                    if type(cell) is str and is_ditto(cell):
                        above = values[place - 1] if place else self._last
                        values[place] = self._repeated(cell, above, place, notes)
                    else:
                        values[place] = self._one(cell, place, notes)
        self._last = values[-1] if values else None
        return values

    def _repeated(self, cell: str, above: Cell, place: int, notes: dict[int, list[Note]]) -> Cell:
        """The value of the row above where a mark says so, and where more than one row may have it."""
        if self.field.kind is Kind.USCC:
            return self._one(cell, place, notes)
        if self._repeats and above is not None:
            notes.setdefault(place, []).append(self._note(f"“{cell.strip()}”按上一行的内容保存", Weight.NOTE))
            self.repeated.append(place)
            return above
        why = "上一行这一格是空的" if self._repeats else "这一格每行都要写"
        note = self._note(f"“{self.field.label}”写的是“{cell.strip()}”，{why}，请写完整", Weight.PROBLEM)
        notes.setdefault(place, []).append(note)
        return None

    def _remembered(self, cells: Sequence[object]) -> list[Cell]:
        return [*map(self._silent.get, cells)]

    def _one(self, cell: workbook.Cell, place: int, notes: dict[int, list[Note]]) -> Cell:
        if type(cell) is str:
            known = self._known.get(cell)
            if known is None:
                known = self._read(cell)
                if len(self._known) < _MOST_REMEMBERED:
                    self._known[cell] = known
                    if known[1] is None:
                        self._silent[cell] = known[0]
        elif type(cell) is datetime.date and self.field.kind is Kind.DATE and 1927 < cell.year < 2100:
            return cell.isoformat()
        else:
            known = self._read(cell)
        value, note = known
        if note is not None:
            notes.setdefault(place, []).append(note)
        if type(cell) is str and cell in self._others:
            self.others[place] = self._others[cell]
        return value

    def _read(self, cell: workbook.Cell) -> tuple[Cell, Note | None]:
        cell = workbook.examined(cell)
        if isinstance(cell, datetime.date) and cell.year not in _YEARS:
            # A day that no text may say, as 9999-12-31 or a negative number, is none in a cell for days either.
            cell = workbook.shown(cell)
        if self.field.kind is Kind.DATE and (words := _year_alone(cell)):
            return None, self._note(f"“{self.field.label}”{words}", Weight.PROBLEM)
        if isinstance(cell, Fault):
            return None, self._note(f"“{self.field.label}”：{cell.sentence}", Weight.PROBLEM)
        if isinstance(cell, str) and self.field.kind in _NOTHING_KINDS and is_nothing(cell):
            return None, None
        if isinstance(cell, str) and self._is_masked(cell):
            return None, self._note(f"“{self.field.label}”有一部分被星号隐藏了，请填完整的", Weight.PROBLEM)
        parsed = self._parse(cell)
        if parsed.problem is not None and isinstance(cell, str):
            together = read_together(self._type, self.field, cell)
            if together is not None:
                self._others[cell] = together.others
                weight = Weight.WARNING if together.doubtful else Weight.NOTE
                weight = Weight.PROBLEM if together.unsure else weight
                return together.value, self._note(together.words, weight)
        if parsed.problem is not None:
            return None, self._note(parsed.problem, Weight.PROBLEM)
        if self.field.kind is Kind.USCC and isinstance(parsed.value, str) and names_a_record(parsed.value):
            self._setting.valid_codes.add(parsed.value)
        if self.field.unit == "%" and isinstance(cell, float) and 0 < cell < 1:
            # A spreadsheet keeps 35% as 0.35 and shows it otherwise; nobody can see here which was meant.
            words = f"“{self.field.label}”按{cell:g}%保存；如果表格里显示的是{cell * 100:g}%，请改为{cell * 100:g}"
            return parsed.value, self._note(words, Weight.WARNING)
        return parsed.value, self._note(parsed.note, Weight.NOTE) if parsed.note else None

    def _is_masked(self, cell: str) -> bool:
        """Whether part of a value is hidden by stars, as in our own exports and in lists that are put up."""
        named = self.field.personal and self.field.kind is Kind.TEXT
        return (named or self.field.mask in _WHOLE_ONLY) and _STARS.search(cell) is not None

    def _parse(self, cell: workbook.Cell) -> Parsed:
        parsed = parse_cell(self.field, cell, codes=self._setting.codes, today=self._setting.today)
        if parsed.problem is None:
            return parsed
        if not isinstance(cell, str):
            # 1 and 0, and what a box to tick holds, are words of a register too.
            return (self._meant(workbook.shown(cell)) if self.field.kind is Kind.CODE else None) or parsed
        if self.field.kind in _UNKNOWN_KINDS and cell.strip() in _UNKNOWN:
            return Parsed(None, f"“{cell.strip()}”不保存，这一格空着")
        if is_nothing(cell):
            return Parsed(None)
        if self.field.kind is Kind.CODE:
            return self._meant(cell) or parsed
        if self.field.kind is Kind.USCC and says_no_code(cell):
            return Parsed(None, f"“{one_line(cell)}”不是代码，这一格空着")
        if self.field.kind is Kind.USCC and check_id(cell, self._setting.today, IdKind.RESIDENT).ok:
            return Parsed(None, "这是身份证号码，不是统一社会信用代码，没有保存，这一格空着")
        if self.field.kind is Kind.PHONE:
            return _first_phone(cell) or _hidden_phone(cell) or _phone_within(cell) or parsed
        return parsed

    def _meant(self, cell: str) -> Parsed | None:
        """What a register's words stand for in the list. Those that fit nothing need no correction by anybody."""
        code = words.meant(self._type.name, self.field.name, cell)
        if code is None:
            return None
        if not code:
            return Parsed(None, f"“{one_line(cell)}”对不上“{self.field.label}”里的哪一项，这一格空着")
        label = self._setting.codes[self.field.codes or ""].label_of(code)
        return Parsed(code, f"“{one_line(cell)}”按“{label}”保存")

    def _note(self, text: str, weight: Weight) -> Note:
        return Note(text, weight, self.column, self.field.name)


Quick = Callable[[Sequence[object]], list[Cell]]
"""The stored values of the cells that are as they should be; nothing for those that have to be looked at closely."""


def _plain_text(field: Field, _setting: Setting) -> Quick:
    """A text that is stored as it stands."""
    most = sys.maxsize if field.maximum is None else field.maximum
    is_plain = (_PLAIN_NAME if field.names_person else _PLAIN).fullmatch
    return lambda cells: [
        cell
        if type(cell) is str
        and is_plain(cell)
        and len(cell) <= most
        and (len(cell) > _LONGEST_SPECIAL or cell.lower() not in _SPECIAL)
        else None
        for cell in cells
    ]


def _valid_code(_field: Field, setting: Setting) -> Quick:
    """A credit code without fault; remembers that it is."""

    def read(cells: Sequence[object]) -> list[Cell]:
        codes: list[Cell] = [cell if type(cell) is str and plainly_valid(cell) else None for cell in cells]
        setting.valid_codes.update(code for code in codes if isinstance(code, str))
        return codes

    return read


def _mobile(_field: Field, _setting: Setting) -> Quick:
    """A mobile number as it is stored."""
    is_mobile = MOBILE.fullmatch
    return lambda cells: [cell if type(cell) is str and is_mobile(cell) else None for cell in cells]


def _whole(field: Field, _setting: Setting) -> Quick:
    """A whole number within the field's limits, which workbooks keep as one with a point."""
    # From EXACT_LIMIT on a workbook has lost digits, whatever the field allows.
    most = workbook.EXACT_LIMIT - 1
    low = -most if field.minimum is None else max(field.minimum, -most)
    high = most if field.maximum is None else min(field.maximum, most)
    known: dict[object, int] = {}

    def read(cells: Sequence[object]) -> list[Cell]:
        # Counts of people repeat. What is true is no 1, though it would be found under it.
        kept = known if bool not in {*map(type, cells)} else {}
        values: list[Cell] = [*map(kept.get, cells)]
        if None in values:
            for place, cell in enumerate(cells):
                if (
                    values[place] is None
                    and (type(cell) is float or type(cell) is int)
                    and low <= cell <= high
                    and cell == int(cell)
                ):
                    values[place] = int(cell)
                    if len(known) < _MOST_REMEMBERED:
                        known[cell] = int(cell)
        return values

    return read


_QUICK: Mapping[Kind, Callable[[Field, Setting], Quick]] = {
    Kind.TEXT: _plain_text,
    Kind.USCC: _valid_code,
    Kind.PHONE: _mobile,
    Kind.INTEGER: _whole,
}


def _first_phone(text: str) -> Parsed | None:
    """Of several numbers in one cell the first that is one; the note says that there were more."""
    numbers = [n for part in _PHONE_MARKS.split(text) if (n := parse_phone(part)) and is_phone(n)]
    if len(numbers) < 2:
        return None
    return Parsed(numbers[0], "这一格有几个电话，取第一个")


def _hidden_phone(text: str) -> Parsed | None:
    """Data services hide the middle of a number, and nobody can mend that by looking at the row."""
    if _HIDDEN_PHONE.fullmatch(text.strip()) is None:
        return None
    return Parsed(None, "电话中间几位被隐藏了，这一格空着")


def _phone_within(text: str) -> Parsed | None:
    """A number with somebody's name or a remark beside it; there is no other in the cell.

    Fewer digits than those of a mobile, or of a landline with its area code, may be anything.
    """
    numbers = _DIGITS.findall(unicodedata.normalize("NFKC", text))
    number = parse_phone(numbers[0]) if len(numbers) == 1 else None
    if number is None or not (MOBILE.fullmatch(number) or (number.startswith("0") and is_phone(number))):
        return None
    return Parsed(number, "只取电话号码，旁边的文字没有保存")


def _year_alone(cell: workbook.Cell) -> str | None:
    """Why a day is none: a year that was typed into a cell for days is shown as one of the year 1905."""
    day = parse_date(cell) if isinstance(cell, str) else cell
    if not isinstance(day, datetime.date):
        return None
    serial = (datetime.date(day.year, day.month, day.day) - _DAY_ZERO).days
    if day.year == _YEAR_OF_YEARS:
        return f"显示为{day:%Y-%m-%d}，多半是在日期格式的格子里只填了年份{serial}，请查原件写到哪一天"
    if isinstance(cell, datetime.date) and serial < _EARLIEST:
        return f"显示为{day:%Y-%m-%d}，多半不是日期，请核对这一格的格式"
    return None


def is_ditto(text: str) -> bool:
    """Whether a text only points to the row above."""
    return len(text) <= _LONGEST_POINTING and "".join(text.split()).lower() in _DITTO


def is_nothing(text: str) -> bool:
    """Whether a text is what systems and people write for nothing."""
    return text.strip().lower() in _NOTHING

"""What a person typed or a workbook's cell held becomes a stored value; the way back is :mod:`desktop.records.display`.

Nothing is guessed: what cannot be read is named in a Chinese sentence and the typed text stays with the caller.
What was put right without doubt is done and said in a note. A stored value is text, a whole number or nothing.
"""

from __future__ import annotations

import datetime
import decimal
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from desktop.records.codes import PLACES, CodeList
from desktop.records.declaration import Field, Kind, Mask
from desktop.records.identity import is_id
from desktop.records.name_dots import DOT
from desktop.records.typed import code_words
from desktop.records.typed.dates import parse_date, year_and_month
from desktop.records.typed.id_number import IdKind, IdVerdict, check_id, normalise_id
from desktop.records.typed.lengths import too_long
from desktop.records.typed.person_names import with_usual_dot
from desktop.records.typed.phones import parse_phone
from desktop.records.typed.plain_cells import PLAIN, SPREAD
from desktop.records.typed.texts import folded, one_line
from desktop.records.typed.typed_numbers import (
    EXACT_DIGITS,
    decimal_text,
    read_number,
    read_time,
    stored_decimal,
    text_of,
)
from desktop.records.typed.uscc import (
    UsccVerdict,
    check_uscc,
    code_within,
    has_several_codes,
    normalise_uscc,
    says_no_code,
)
from desktop.records.versions.canonical import MAX_NUMBER, Cell, normal_text

TODAY: Final = "today"
"""The default of a date field that starts with the day of entry."""

_LONGEST_CODE: Final = 40
_REPEATING: Final = frozenset({Kind.CODE, Kind.CODES, Kind.PLACE, Kind.BOOLEAN, Kind.DATE, Kind.TIME})
"""The kinds whose cells repeat down a column; none of them alone says who a person is."""
_REMEMBERED: Final = 5000

MONEY: Final = frozenset({"元", "元/月"})
"""The units of amounts that end with the fen."""
_FEN: Final = decimal.Decimal("0.01")
_MOST_MONEY: Final = decimal.Decimal(10**10)
"""No union of a district moves as much; who writes it has hit a key too often, or means another unit."""

_YES: Final = re.compile("[1是有对真已yt√✓✔☑v]|yes|true")
_NO: Final = re.compile("[0否无错假未nf×✗✕☒x]|没有|不是|no|false")
_PLACE_CODE = re.compile(r"[0-9]{6}(?:[0-9]{3}(?:[0-9]{3})?)?")


@dataclass(frozen=True, slots=True)
class Parsed:
    """One value as it is stored; ``note`` says what was put right, ``problem`` why it could not be read."""

    value: Cell
    note: str | None = None
    problem: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it could be read (nothing is read from nothing)."""
        return self.problem is None


EMPTY: Final = Parsed(None)


@dataclass(frozen=True, slots=True)
class _Input:
    """What a parser sees: the field, the cell as it came, its text, the code lists and the day."""

    field: Field
    cell: object
    text: str
    codes: Mapping[str, CodeList]
    today: datetime.date


class CellParser:
    """Reads the cells of one field; made once a column, it is quick on plain cells and remembers repeated ones.

    ``codes`` maps the ids of code lists to lists; :data:`PLACES` among them, if there, names places. A call raises
    ``KeyError`` when the list of a code field is missing, which is a fault of the program and not of the cell.
    """

    def __init__(self, field: Field, *, codes: Mapping[str, CodeList], today: datetime.date) -> None:
        self._field = field
        self._codes = codes
        self._today = today
        self._plain = PLAIN.get(field.kind)
        self._known: dict[tuple[type, object], Parsed] | None = {} if field.kind in _REPEATING else None

    def __call__(self, cell: object) -> Parsed:
        """The stored value of typed text or of a workbook's cell (text, number, day, yes or no; a list for CODES)."""
        if cell is None:
            return EMPTY
        if self._plain is not None:
            value = self._plain(self._field, cell)
            if value is not None:
                return Parsed(value)
        if self._known is None or not isinstance(cell, str | int | float | datetime.date):
            return self._read(cell)
        key = (type(cell), cell)
        parsed = self._known.get(key)
        if parsed is None:
            parsed = self._read(cell)
            if len(self._known) < _REMEMBERED:
                self._known[key] = parsed
        return parsed

    def _read(self, cell: object) -> Parsed:
        text = text_of(cell)
        if text is None:
            return _problem("这一格的内容无法识别")
        if not text:
            return EMPTY
        return _PARSERS[self._field.kind](_Input(self._field, cell, text, self._codes, self._today))


def parse_cell(field: Field, cell: object, *, codes: Mapping[str, CodeList], today: datetime.date) -> Parsed:
    """One cell as :class:`CellParser` reads it."""
    return CellParser(field, codes=codes, today=today)(cell)


def default_value(field: Field, today: datetime.date) -> Cell:
    """What a new record starts with in this field."""
    if field.kind is Kind.DATE and field.default == TODAY:
        return today.isoformat()
    return field.default


def _problem(sentence: str) -> Parsed:
    return Parsed(None, problem=sentence)


def _text(given: _Input) -> Parsed:
    line = normal_text(re.sub(r"[\s\u3000]+", " ", given.text))
    if SPREAD.fullmatch(line):
        return _within_length(given.field, line.replace(" ", ""), "字中间的空格已去掉")
    note = "换行已改成空格" if "\n" in given.text else None
    if given.field.names_person and (name := with_usual_dot(line)) != line:
        return _within_length(given.field, name, f"姓名中间的点已改成“{DOT}”")
    return _within_length(given.field, line, note)


def _note(given: _Input) -> Parsed:
    return _within_length(given.field, given.text, None)


def _within_length(field: Field, text: str, note: str | None) -> Parsed:
    if words := too_long(field, text):
        return _problem(f"{words}，请缩短")
    return Parsed(text or None, note)


def _number(given: _Input) -> tuple[decimal.Decimal, str | None] | Parsed:
    """The number that a text says, within the field's limits, with a note when more than digits was read."""
    label, low, high = given.field.label, given.field.minimum, given.field.maximum
    read = read_number(given.text, given.field.unit)
    if read is None:
        return _problem(f"“{label}”应填数字，{_said(given)}不是数字")
    number, restated = read
    # What a workbook reckoned to nothing may be a trace below it, and is shown there as nothing.
    limited = _to_fen(number) if _is_reckoned_money(given) and abs(number) < _MOST_MONEY else number
    if low is not None and limited < low:
        return _problem(f"“{label}”不能小于{low}")
    if high is not None and limited > high:
        return _problem(f"“{label}”不能大于{high}")
    return number, f"{_said(given)}按{decimal_text(number)}保存" if restated else None


def _integer(given: _Input) -> Parsed:
    read = _number(given)
    if isinstance(read, Parsed):
        return read
    number, note = read
    if number != number.to_integral_value():
        return _problem(f"“{given.field.label}”应填整数，现在是{decimal_text(number)}")
    if abs(number) > MAX_NUMBER:
        return _problem(f"“{given.field.label}”的数字太大了，请核对")
    return Parsed(int(number), note)


def _decimal(given: _Input) -> Parsed:
    read = _number(given)
    if isinstance(read, Parsed):
        return read
    number, note = read
    return _money(given, number, note) if given.field.unit in MONEY else Parsed(decimal_text(number), note)


def _money(given: _Input, number: decimal.Decimal, note: str | None) -> Parsed:
    """An amount in yuan, to the fen. A workbook's number with more is reckoned there, and is rounded as it is shown."""
    label, exact = given.field.label, decimal_text(number)
    if abs(number) >= _MOST_MONEY - _FEN / 2:
        # What would be rounded up to it could not be read again.
        return _problem(f"“{label}”的金额到了一百亿元，请核对是不是多写了几位，单位是元")
    fen = _to_fen(number)
    if fen == number:
        return Parsed(exact, note)
    if _is_reckoned_money(given):
        return Parsed(decimal_text(fen), f"“{exact}”四舍五入到分，按{decimal_text(fen)}保存")
    return _problem(f"“{label}”最多写到分（两位小数），现在是{exact}，请核对")


def below_the_fen(cell: object) -> bool:
    """Whether a stored amount has more places than there are fen: what others sent stays as it is."""
    number = stored_decimal(cell)
    return number is not None and abs(number) < _MOST_MONEY and _to_fen(number) != number


def _to_fen(number: decimal.Decimal) -> decimal.Decimal:
    return number.quantize(_FEN, decimal.ROUND_HALF_UP)


def _is_reckoned_money(given: _Input) -> bool:
    return given.field.unit in MONEY and isinstance(given.cell, float)


def _date(given: _Input) -> Parsed:
    source = given.cell if isinstance(given.cell, int | float) else given.text
    day = parse_date(source, given.today)
    if day is None:
        return _problem(_no_day(given))
    plain = folded(given.text)
    said_in_full = str(day.year) in plain and not re.search("[周期拜午早晚天点时]", plain)
    told = f"{day.year}年的一天" if given.field.mask is Mask.BIRTH else day
    return Parsed(day.isoformat(), None if said_in_full else f"{_said(given)}按{told}保存")


def _no_day(given: _Input) -> str:
    """Why no day was read. Which day of a month is meant stands on some paper and is never supposed here."""
    known = year_and_month(given.text)
    if known is None:
        return f"“{given.field.label}”应填日期，如2026-11-22，{_said(given)}看不出是哪一天"
    year, month = known
    # A number 2019.1 may have been October; and what is masked is not repeated.
    sure = month is not None and not isinstance(given.cell, float) and given.field.mask is Mask.NONE
    lacks = "几月几号" if month is None else "几号"
    example = f"{year}-{month:02}-20" if sure else "2026-11-22"
    return f"“{given.field.label}”要写到哪一天，{_said(given)}没有写{lacks}；请查原件补全，如{example}"


def _time(given: _Input) -> Parsed:
    time = read_time(given.cell, given.text)
    if time is None:
        return _problem(f"“{given.field.label}”应填时间，如09:00，{_said(given)}看不出是几点")
    return Parsed(time)


def _boolean(given: _Input) -> Parsed:
    plain = folded(given.text)
    if _YES.fullmatch(plain):
        return Parsed(1)
    if _NO.fullmatch(plain):
        return Parsed(0)
    return _problem(f"“{given.field.label}”请填“是”或“否”，现在是{_said(given)}")


def _code(given: _Input) -> Parsed:
    codes = given.codes[given.field.codes or ""]
    code = code_words.find(codes, given.text)
    if code is None:
        return _problem(f"“{given.field.label}”里没有{_said(given)}，可以填：{code_words.choices(codes)}")
    return Parsed(code, code_words.meant(codes, [(given.text, code)]))


def _codes(given: _Input) -> Parsed:
    codes = given.codes[given.field.codes or ""]
    found: list[tuple[str, str]] = []
    unknown: list[str] = []
    for words in code_words.several(codes, given.text):
        code = code_words.find(codes, words)
        if code is None:
            unknown.append(one_line(words))
        else:
            found.append((words, code))
    if unknown:
        return _problem(
            f"“{given.field.label}”里没有“{'”“'.join(unknown)}”，可以填：{code_words.choices(codes)}"
        )
    return Parsed(" ".join(sorted({code for _, code in found})) or None, code_words.meant(codes, found))


def _link(given: _Input) -> Parsed:
    plain = given.text.replace("-", "").lower()
    if is_id(plain):
        return Parsed(plain)
    return _problem(f"“{given.field.label}”请从列表中选择，或者写记录编号，{_said(given)}不是编号")


def _place(given: _Input) -> Parsed:
    """A division code, or a name where the list has it once; zeros that only pad are dropped."""
    plain = folded(given.text)
    places = given.codes.get(PLACES)
    code = plain
    if _PLACE_CODE.fullmatch(plain):
        while len(code) > 6 and code.endswith("000"):
            code = code[:-3]
        if places is None or code in places.by_code:
            return Parsed(code)
    elif places is not None and (known := places.find(given.text)) is not None:
        return Parsed(known)
    if places is not None and places.is_ambiguous(given.text):
        return _problem(f"有几个地方都叫{_said(given)}，请从列表中选择，或者写区划代码")
    return _problem(f"“{given.field.label}”里没有{_said(given)}，请从列表中选择，或者写区划代码")


def _lost_digits(given: _Input) -> bool:
    """Whether a spreadsheet has kept a long code as a number and so dropped its last digits."""
    return isinstance(given.cell, int | float) and len(given.text.lstrip("-")) > EXACT_DIGITS


def _tidied(typed: str, stored: str, what: str) -> str | None:
    return None if typed.upper() == stored else f"{what}已去掉空格等多余字符，改为半角大写"


def _uscc(given: _Input) -> Parsed:
    check = check_uscc(given.text)
    if check.verdict is UsccVerdict.EMPTY:
        return EMPTY
    if check.verdict is UsccVerdict.SCIENTIFIC_NOTATION or _lost_digits(given):
        return _problem("代码被表格软件改成了数字，后几位已经丢失，请重新填写")
    if not check.ok and (code := code_within(given.text)) is not None and code != check.number:
        return Parsed(code, f"只取代码{code}，旁边的文字没有保存")
    if not check.ok and has_several_codes(given.text):
        return _problem("这一格里有两个统一社会信用代码，请核对，只留这个单位自己的")
    if not check.ok and check_id(given.text, given.today, IdKind.RESIDENT).ok:
        # The old tax number of a household in business: it must not stand where everybody reads it.
        return _problem("这是居民身份证号码，不是统一社会信用代码；还没有代码的，这一格请空着")
    if says_no_code(given.text):
        return _problem(f"{_said(given)}不是统一社会信用代码；还没有代码的，这一格请空着")
    code = normalise_uscc(given.text)
    if len(code) > _LONGEST_CODE:
        return _problem(f"统一社会信用代码应为18位，现在是{len(code)}位")
    if check.suggestion is not None:
        return Parsed(code, f"代码里不会有字母O和I，是不是{check.suggestion}？")
    return Parsed(code, _tidied(given.text, code, "代码"))


def _id_number(given: _Input) -> Parsed:
    check = check_id(given.text, given.today)
    if check.verdict is IdVerdict.EMPTY:
        return EMPTY
    if check.verdict in (IdVerdict.SCIENTIFIC_NOTATION, IdVerdict.LEGACY_15):
        return _problem(check.reason)
    if _lost_digits(given):
        return _problem("证件号码被表格软件改成了数字，后几位已经丢失，请重新填写")
    number = normalise_id(given.text)
    if len(number) > _LONGEST_CODE:
        return _problem(check.reason)
    if check.suggestion is not None:
        return Parsed(number, "号码里有字母O、I或L，可能应为数字0或1，请核对证件")
    return Parsed(number, _tidied(given.text, number, "证件号码"))


def _phone(given: _Input) -> Parsed:
    number = parse_phone(given.text)
    if number is None:
        return _problem(f"“{given.field.label}”一格填一个电话号码，{_said(given)}看不出号码")
    return Parsed(number)


def _said(given: _Input) -> str:
    """The typed words as a message quotes them; what is masked on screen is not quoted either."""
    return "所填内容" if given.field.mask is not Mask.NONE else f"“{one_line(given.text)}”"


_PARSERS: Final[Mapping[Kind, Callable[[_Input], Parsed]]] = {
    Kind.TEXT: _text,
    Kind.NOTE: _note,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.BOOLEAN: _boolean,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.LINK: _link,
    Kind.PLACE: _place,
    Kind.USCC: _uscc,
    Kind.ID_NUMBER: _id_number,
    Kind.PHONE: _phone,
}

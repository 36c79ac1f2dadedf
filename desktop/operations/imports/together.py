"""Cells that hold more than their column asks for: both days of a period, a session with its term, a rough count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from desktop.records.canonical import Cell
from desktop.records.dates import parse_date
from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.numerals import NUMERALS, chinese_to_int

REMARK = "remark"
"""The field that keeps the words of a count that is no number."""
_BETWEEN = "；"
TERM, SESSION = "term_number", "session_number"
_ENDS = (("started", "ended"), ("started_date", "ended_date"))
_DAY = r"[0-9]{4}(?:[年./-][0-9]{1,2}[月./-][0-9]{1,2}日?|[0-9]{4})"
_LATER = rf"(?:{_DAY}|[0-9]{{1,2}}[月./-][0-9]{{1,2}}日?|[0-9]{{1,2}}日)"
_PERIOD = re.compile(rf"[自从由]?({_DAY})[起始开]?(?:--?|—+|–|~+|至|到|、)({_LATER})[止]?")
_NUMBER = rf"(?:[0-9]{{1,3}}|[{NUMERALS}]{{1,5}})"
_SESSION = re.compile(rf"第?({_NUMBER})届[^第0-9{NUMERALS}]{{0,16}}第?({_NUMBER})次(?:[^0-9{NUMERALS}].*)?")
_TERM = re.compile(rf"第?({_NUMBER})届")
_QUANTITY = rf"(?:[0-9]{{1,7}}|[{NUMERALS}几数]{{1,6}})"
_PEOPLE = r"[人名位个]?"
_ROUGH = re.compile(
    rf"(?:约|大约|大概|近|将近|不到|不足|超过?|至少|最多)?{_QUANTITY}(?:余|多|来)?{_PEOPLE}"
    rf"(?:左右|上下|以上|以下|以内|不到|\+)?|{_QUANTITY}{_PEOPLE}(?:-|—+|–|~+|至|到|、){_QUANTITY}{_PEOPLE}(?:左右|不等)?"
)


@dataclass(frozen=True, slots=True)
class Together:
    """What a cell says of its own field, what of others, and the words about it.

    Nothing of it is a guess: ``unsure`` is a count of which only the words are kept.
    """

    value: Cell
    words: str
    others: Mapping[str, Cell] = field(default_factory=dict)
    unsure: bool = False


def read_together(record_type: RecordType, own: Field, cell: str) -> Together | None:
    """What a text that is no single value of a field says all the same; nothing where that is not certain."""
    text = "".join(unicodedata.normalize("NFKC", cell).split())
    if own.kind is Kind.DATE:
        return _period(record_type, own, text)
    if own.kind is not Kind.INTEGER:
        return None
    if own.name in (TERM, SESSION):
        return _session(record_type, own, text)
    return _rough(record_type, own, text) if is_count(own) else None


def session_of(text: str) -> tuple[int, int] | None:
    """Term and session as titles have them: 三届二次职代会, 第三届职工代表大会第二次会议."""
    found = _SESSION.search("".join(unicodedata.normalize("NFKC", text).split()))
    term, session = (_number(found[1]), _number(found[2])) if found else (None, None)
    return (term, session) if term and session else None


def behind(remark: str, words: str) -> str:
    """Words behind those that stand in the remarks."""
    return f"{remark}{_BETWEEN}{words}"


def _period(record_type: RecordType, own: Field, text: str) -> Together | None:
    ends = {first: last for first, last in _ENDS if first in record_type.by_name}
    ends |= {n: n.replace("started", "ended") for n in record_type.by_name if n.endswith("_started")}
    found, last = _PERIOD.fullmatch(text), ends.get(own.name, "")
    if found is None or last not in record_type.by_name:
        return None
    first_day = parse_date(found[1])
    if first_day is None:
        return None
    # 2024.5.1-5.3 and 2024年5月1日至3日 leave out what is the same.
    parts = re.findall("[0-9]+", found[2])
    whole = len(parts[0]) >= len("2024")
    missing = [str(first_day.year), str(first_day.month)][: 3 - len(parts)]
    last_day = parse_date(found[2] if whole else "-".join([*missing, *parts]))
    if last_day is None or last_day < first_day:
        return None
    words = f"一格里有两个日期，按{first_day}到{last_day}保存"
    return Together(first_day.isoformat(), words, {last: last_day.isoformat()})


def _session(record_type: RecordType, own: Field, text: str) -> Together | None:
    numbers, alone = session_of(text), _TERM.fullmatch(text)
    if numbers is not None:
        said: dict[str, Cell] = dict(zip((TERM, SESSION), numbers, strict=True))
        others = {n: cell for n, cell in said.items() if n != own.name and n in record_type.by_name}
        return Together(said[own.name], f"“{text[:20]}”按第{numbers[0]}届第{numbers[1]}次保存", others)
    number = _number(alone[1]) if alone is not None and own.name == TERM else None
    return Together(number, f"“{text[:20]}”按{number}保存") if number else None


def _rough(record_type: RecordType, own: Field, text: str) -> Together | None:
    if _ROUGH.fullmatch(text) is None:
        return None
    number = _number(re.sub("[人名位个]", "", text))
    if number is not None:
        return Together(number, f"“{text}”按{number}保存")
    kept = REMARK in record_type.by_name
    where = "原话写在备注里" if kept else "这一格空着"
    words = f"“{own.label}”写的是“{text}”，不是准数，没有当数字保存，{where}，请核实后填写"
    return Together(None, words, {REMARK: f"{own.label}：{text}"} if kept else {}, unsure=True)


def is_count(own: Field) -> bool:
    """Whether words may stand in the remarks for a number of people."""
    return own.kind is Kind.INTEGER and own.unit == "人"


def without_rough(record_type: RecordType, remark: str, known: Iterable[str]) -> str:
    """Remarks without the words that stood for these counts while their numbers were not known."""
    begun = tuple(f"{f.label}：" for f in map(record_type.by_name.__getitem__, known) if is_count(f))
    parts = remark.split(_BETWEEN)
    return _BETWEEN.join(
        part for part in parts if not (part.startswith(begun) and _ROUGH.fullmatch(part.partition("：")[2]))
    )


def _number(text: str) -> int | None:
    """A number in digits or numerals; nothing for 几十 and the like."""
    if text.isascii():
        return int(text) if text.isdigit() else None
    try:
        return chinese_to_int(text)
    except ValueError:
        return None

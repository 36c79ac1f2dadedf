"""Cells that hold more than their column asks for: both days of a period, a session with its term, parts of a count."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.typed.dates import parse_date
from desktop.records.typed.numerals import NUMERALS, chinese_to_int
from desktop.records.typed.texts import compact
from desktop.records.versions.canonical import Cell

REMARK = "remark"
"""The field that keeps the words of a count that is no number."""
_BETWEEN = "；"
TERM, SESSION = "term_number", "session_number"
YEARS, BEGUN, OVER = "term_years", "term_started", "term_ended"
_ENDS = (("started", "ended"), ("started_date", "ended_date"))
_DAY = r"[0-9]{4}(?:[年./-][0-9]{1,2}[月./-][0-9]{1,2}日?|[0-9]{4})"
_LATER = rf"(?:{_DAY}|[0-9]{{1,2}}[月./-][0-9]{{1,2}}日?|[0-9]{{1,2}}日)"
_PERIOD = re.compile(rf"[自从由]?({_DAY})[起始开]?(?:--?|—+|–|~+|至|到|、)({_LATER})[止]?")
_LONG = rf"(?:[0-9]{{1,2}}|[{NUMERALS}两]{{1,3}})(?:周?年|个?月)"
_SAID = rf"(?:共|为?期限?)?({_LONG})"
_AROUND = re.compile(rf"{_SAID}[:,]?\((.+)\)|{_SAID}[:,](.+)|(.+)\({_SAID}\)|(.+?)[,:]?{_SAID}")
"""How long a period is, before or behind its days: 三年（2026.3.1—2029.2.28）."""
_FROM_THEN = re.compile(rf"[自从由]?({_DAY})(?:[起始开]|开始|起算)[,、]?{_SAID}")
"""2026.3.1起三年, which names no last day."""
_REMARKED = re.compile(r"(.+?)\(([^()0-9]{2,20})\)")
"""A period with words about it, that are neither days nor how long it is: （自动续签）."""
_SLACK = datetime.timedelta(days=3)
"""Ends are written as the last day, or as the first one after it."""
_NUMBER = rf"(?:[0-9]{{1,3}}|[{NUMERALS}]{{1,5}})"
_SESSION = re.compile(rf"第?({_NUMBER})届[^第0-9{NUMERALS}]{{0,16}}第?({_NUMBER})次(?:[^0-9{NUMERALS}].*)?")
_TERM = re.compile(rf"第?({_NUMBER})届")
_QUANTITY = rf"(?:[0-9]{{1,7}}|[{NUMERALS}几数]{{1,6}})"
_PEOPLE = r"[人名位个]?"
_ROUGH = re.compile(
    rf"(?:约|大约|大概|近|将近|不到|不足|超过?|至少|最多)?{_QUANTITY}(?:余|多|来)?{_PEOPLE}"
    rf"(?:左右|上下|以上|以下|以内|不到|\+)?|{_QUANTITY}{_PEOPLE}(?:-|—+|–|~+|至|到|、){_QUANTITY}{_PEOPLE}(?:左右|不等)?"
)

_IN_PARTS = re.compile(
    rf"({_QUANTITY}){_PEOPLE}[(,;、]?(?:不?含|其中|包括|包含|[男女])[^()]{{1,20}}?\)?[。.]?"
)
_IS_LONG = re.compile(_LONG)


_Days = tuple[datetime.date, datetime.date]


@dataclass(frozen=True, slots=True)
class Together:
    """What a cell says of its own field, what of others, and the words about it.

    Nothing of it is a guess: ``unsure`` is a count of which only the words are kept, and ``doubtful`` is what
    contradicts itself.
    """

    value: Cell
    words: str
    others: Mapping[str, Cell] = field(default_factory=dict)
    unsure: bool = False
    doubtful: bool = False


def read_together(record_type: RecordType, own: Field, cell: str) -> Together | None:
    """What a text that is no single value of a field says all the same; nothing where that is not certain."""
    text = compact(cell)
    if own.kind is Kind.DATE:
        ends = _end_of(record_type, own)
        return _period(record_type, own, ends, text) if ends else None
    if own.name == YEARS and {BEGUN, OVER} <= record_type.by_name.keys():
        return _term(record_type, own, text)
    if own.kind is not Kind.INTEGER:
        return None
    if own.name in (TERM, SESSION):
        return _session(record_type, own, text)
    return _rough(record_type, own, text) if is_count(own) else None


def session_of(text: str) -> tuple[int, int] | None:
    """Term and session as titles have them: 三届二次职代会, 第三届职工代表大会第二次会议."""
    found = _SESSION.search(compact(text))
    term, session = (_number(found[1]), _number(found[2])) if found else (None, None)
    return (term, session) if term and session else None


def behind(remark: str, words: str) -> str:
    """Words behind those that stand in the remarks."""
    return f"{remark}{_BETWEEN}{words}"


def _end_of(record_type: RecordType, own: Field) -> str | None:
    """The field for the last day of the period that a date begins."""
    ends = {first: last for first, last in _ENDS if first in record_type.by_name}
    ends |= {n: n.replace("started", "ended") for n in record_type.by_name if n.endswith("_started")}
    last = ends.get(own.name)
    return last if last in record_type.by_name else None


def _period(record_type: RecordType, own: Field, end: str, text: str) -> Together | None:
    """Both days of a period, the first for its own field; what is said besides is compared or kept."""
    days = _days(text)
    if days is not None:
        return _kept(days, f"一格里有两个日期，按{days[0]}到{days[1]}保存", end)
    if since := _FROM_THEN.fullmatch(text):
        days = _days_from(since[1], since[2])
        return days and _kept(days, f"“{text}”按{days[0]}到{days[1]}保存", end)
    if said := _long_period(text):
        long, days = said
        return _kept(days, f"一格里有两个日期，按{days[0]}到{days[1]}保存", end, long)
    remarked = _REMARKED.fullmatch(text)
    days = _days(remarked[1]) if remarked and REMARK in record_type.by_name else None
    if days is None:
        return None
    found = _kept(days, f"一格里有两个日期，按{days[0]}到{days[1]}保存，原话写在备注里", end)
    return replace(found, others={**found.others, REMARK: f"{own.label}：{text}"})


def _term(record_type: RecordType, own: Field, text: str) -> Together | None:
    """A term in years with its days, in a column that asks for one of them: 五年（2024.3.1—2029.2.28）."""
    long, days = _long_period(text) or ("", _days(text))
    since = _FROM_THEN.fullmatch(text)
    if since:
        long, days = since[2], _days_from(since[1], since[2])
    if days is None:
        return None
    years = next((years for years in "35" if _lasts(f"{years}年", *days)), None)
    if years is None:
        return None
    found = _kept(days, f"“{text}”按{years}年保存，起止按{days[0]}到{days[1]}", OVER, long)
    return replace(found, value=years, others={BEGUN: days[0].isoformat(), **found.others})


def _kept(days: _Days, words: str, end: str, long: str = "") -> Together:
    """A period as two fields keep it, which is asked about where its days are not as far apart as it says."""
    first, last = days
    others = {end: last.isoformat()}
    if not long or _lasts(long, first, last):
        return Together(first.isoformat(), words, others)
    words = f"写的是“{long}”，{first}到{last}却不是，按日期保存，请核对"
    return Together(first.isoformat(), words, others, doubtful=True)


def _days(text: str) -> _Days | None:
    """Both days of a period that says nothing else."""
    found = _PERIOD.fullmatch(text)
    first = parse_date(found[1]) if found else None
    if found is None or first is None:
        return None
    # 2024.5.1-5.3 and 2024年5月1日至3日 leave out what is the same.
    parts = re.findall("[0-9]+", found[2])
    whole = len(parts[0]) >= len("2024")
    missing = [str(first.year), str(first.month)][: 3 - len(parts)]
    last = parse_date(found[2] if whole else "-".join([*missing, *parts]))
    return None if last is None or last < first else (first, last)


def _days_from(day: str, long: str) -> _Days | None:
    """A period by its first day and how long it is: it ends the day before its first day comes round again."""
    first = parse_date(day)
    due = None if first is None else _due(long, first)
    return None if first is None or due is None else (first, due)


def _long_period(text: str) -> tuple[str, _Days] | None:
    """How long a period says that it is, and its days."""
    around = _AROUND.fullmatch(text)
    if around is None:
        return None
    parts = [part for part in around.groups() if part]
    long = next(part for part in parts if _IS_LONG.fullmatch(part))
    days = next(filter(None, map(_days, parts)), None)
    return None if days is None else (long, days)


def _lasts(long: str, first: datetime.date, last: datetime.date) -> bool:
    """Whether two days are about so many years or months apart."""
    due = _due(long, first)
    return due is not None and abs(due - last) <= _SLACK


def _due(long: str, first: datetime.date) -> datetime.date | None:
    """The last day of so many years or months: where its month has no such day, the last one that it has."""
    count = _number(re.sub("[周个年月]", "", long).replace("两", "二"))
    if not count:
        return None
    months = first.month - 1 + count * (1 if long.endswith("月") else 12)
    year, month = first.year + months // 12, months % 12 + 1
    if year > datetime.MAXYEAR:
        return None
    longest = calendar.monthrange(year, month)[1]
    return datetime.date(year, month, 1) + datetime.timedelta(days=min(first.day - 1, longest) - 1)


def _session(record_type: RecordType, own: Field, text: str) -> Together | None:
    numbers, alone = session_of(text), _TERM.fullmatch(text)
    if numbers is not None:
        said: dict[str, Cell] = dict(zip((TERM, SESSION), numbers, strict=True))
        others = {n: cell for n, cell in said.items() if n != own.name and n in record_type.by_name}
        return Together(said[own.name], f"“{text[:20]}”按第{numbers[0]}届第{numbers[1]}次保存", others)
    number = _number(alone[1]) if alone is not None and own.name == TERM else None
    return Together(number, f"“{text[:20]}”按{number}保存") if number else None


def _rough(record_type: RecordType, own: Field, text: str) -> Together | None:
    if parts := _IN_PARTS.fullmatch(text):
        return _in_parts(record_type, own, text, parts[1])
    if _ROUGH.fullmatch(text) is None:
        return None
    number = _number(re.sub("[人名位个]", "", text))
    if number is not None:
        return Together(number, f"“{text}”按{number}保存")
    kept = REMARK in record_type.by_name
    where = "原话写在备注里" if kept else "这一格空着"
    words = f"“{own.label}”写的是“{text}”，不是准数，没有当数字保存，{where}，请核实后填写"
    return Together(None, words, {REMARK: f"{own.label}：{text}"} if kept else {}, unsure=True)


def _in_parts(record_type: RecordType, own: Field, text: str, whole: str) -> Together | None:
    """A count with what is within it, 12人（含派遣3人）: its words are kept, so that nothing is lost."""
    number = _number(whole)
    if number is None or REMARK not in record_type.by_name:
        return None
    return Together(number, f"“{text}”按{number}保存，原话写在备注里", {REMARK: f"{own.label}：{text}"})


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

"""The register of supervision cases (台账) as a list on paper, and statistics that show what they are a part of."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from desktop.documents.lists import PaperColumn, PaperList
from desktop.operations.session import Session
from desktop.operations.supervision.cases import CASE, EVENT, INSPECTOR, LETTER
from desktop.operations.supervision.holidays import working_days
from desktop.operations.supervision.powers import Powers
from desktop.plan.results import number
from desktop.records.cells import Values, text
from desktop.records.display import display
from desktop.records.reckoning.outcomes import percentage
from desktop.records.supervision import (
    CaseFile,
    Event,
    EventKind,
    Letter,
    LetterKind,
    case_file,
    event_of,
    letter_of,
)
from desktop.records.supervision.clocks import received_on, refused_on, replies, reply_clock
from desktop.records.supervision.complainant import complainant_faults
from desktop.store.queries import aggregates, reading
from desktop.store.queries.reading import Query, Record
from desktop.store.tables.pinyin import pinyin

TITLE: Final = "工会劳动法律监督案件台账"
_COLUMNS: Final = (
    PaperColumn("立案号、登记日期", 14), PaperColumn("镇街、村社", 10), PaperColumn("单位", 20),
    PaperColumn("线索与事项", 12), PaperColumn("涉及人数与金额", 14), PaperColumn("监督员证号", 10),
    PaperColumn("文书办理", 28), PaperColumn("整改与追回", 14), PaperColumn("部门处理", 12), PaperColumn("结案", 12),
)  # fmt: skip
_PARTS: Final = (("women_count", "女"), ("migrant_count", "农民工"), ("new_form_count", "新就业形态"))
_STATISTICS: Final = (
    PaperColumn("统计项目", 22), PaperColumn("数", 10, True), PaperColumn("占什么的（分母）", 26),
    PaperColumn("分母数", 8, True), PaperColumn("比例", 8, True),
)  # fmt: skip
_ANSWERED: Final = (LetterKind.REMINDER, LetterKind.OPINION)
"""The letters that an employer answers."""


@dataclass(frozen=True)
class _Line:
    """One case with all that the register says of it."""

    file: CaseFile
    employer: Values

    @property
    def case(self) -> Values:
        return self.file.case

    @property
    def numbered(self) -> tuple[Letter, ...]:
        """Issued letters, the voided among them: a void stays in the register."""
        return tuple(letter for letter in self.file.letters if letter.number)

    @property
    def answerable(self) -> Iterator[Letter]:
        """Standing letters that an employer answers."""
        return (letter for kind in _ANSWERED for letter in self.file.standing(kind))

    @property
    def closing(self) -> Event | None:
        """The last closing, unless the case was opened again."""
        closed = self.file.of(EventKind.CLOSED)
        return closed[-1] if len(closed) > len(self.file.of(EventKind.REOPENED)) else None

    @property
    def checked(self) -> Event | None:
        """The last time that somebody looked whether it was put right."""
        return next(iter(reversed(self.file.of(EventKind.RECHECKED))), None)


def case_register(
    session: Session, first: datetime.date | None = None, last: datetime.date | None = None
) -> PaperList:
    """The cases registered between two days, in their order, and behind them a page of statistics."""
    cases = _all(session, CASE)
    lines = _lines(session, [c for c in cases if _lies_in(c.values, first, last)])
    undated = sum(not _registered(c.values) for c in cases) if first or last else 0
    remark = f"没有登记日期的{undated}件案件不在内。" if undated else ""
    today, words = session.environment.today(), _Words(session, _given_twice(lines))
    scope = _scope(first, last)
    noted = f"case register {len(lines)}条 不含投诉人信息"
    statistics = PaperList(
        "工会劳动法律监督案件统计", session.unit.name, f"{scope}的案件，共{len(lines)}件", today, _STATISTICS,
        tuple(_statistics(lines, today)) if lines else (),
        remark="比例是左边的数除以分母数；分母数是零的写“—”。作废的文书不计入。", counted=False,
    )  # fmt: skip
    return PaperList(
        TITLE, session.unit.name, f"{scope}的案件", today, _COLUMNS, tuple(words.row(line) for line in lines),
        remark=f"不含投诉人信息。{remark}", noted=noted, nothing="这段时间没有登记监督案件。", further=(statistics,),
    )  # fmt: skip


def _given_twice(lines: Sequence[_Line]) -> frozenset[tuple[str, str]]:
    """Numbers that several standing letters bear, as when a body has two computers that number; with whose they are."""
    given = Counter(_whose(letter) for line in lines for letter in line.numbered if letter.stands)
    return frozenset(number for number, count in given.items() if count > 1)


def _whose(letter: Letter) -> tuple[str, str]:
    """A number with its unit where that has a series of its own, as each town."""
    return letter.number, letter.unit if letter.own else ""


def _scope(first: datetime.date | None, last: datetime.date | None) -> str:
    if first is None and last is None:
        return "全部登记"
    return f"{first or '最早'}至{last or '现在'}登记"


def _registered(case: Values) -> str:
    return text(case, "registered_date") or text(case, "received_date")


def _lies_in(case: Values, first: datetime.date | None, last: datetime.date | None) -> bool:
    """Whether a case was registered in a period; one without a day is in none."""
    day = _registered(case)
    return (not first or day >= first.isoformat()) and (not last or "" < day <= last.isoformat())


def _lines(session: Session, wanted: list[Record]) -> list[_Line]:
    """Cases in their order with all that is known of them, with four further queries."""
    events: dict[str, list[Event]] = {}
    for record in _all(session, EVENT):
        event = event_of(record.id, record.values, record.stamp)
        if event is not None:
            events.setdefault(text(record.values, "case"), []).append(event)
    letters: dict[str, list[Letter]] = {}
    made = aggregates.issued_as(session.database)
    for deleted in (False, True):
        for record in _all(session, LETTER, deleted=deleted):
            # Whatever became of it since: the register tells what was issued, where it was issued.
            values = {**record.values, **made.get(record.id, {})}
            letter = letter_of(record.id, values, record.stamp, deleted=deleted)
            if letter is not None and (letter.number or not deleted):
                letters.setdefault(text(values, "case"), []).append(letter)
    inspectors = {r.id: r.values for r in _all(session, INSPECTOR)}
    today, table = session.environment.today(), working_days(session.database)
    powers = Powers(session.database, session.types)
    wanted.sort(key=lambda r: (_registered(r.values), text(r.values, "case_number"), r.stamp))
    return [
        _Line(
            case_file(
                r.values,
                events.get(r.id, ()),
                [powers.judged(letter) for letter in letters.get(r.id, ())],
                inspectors,
                today,
                table,
            ),
            _employer(session, text(r.values, "enterprise")),
        )
        for r in wanted
    ]


def _all(session: Session, type_name: str, *, deleted: bool = False) -> list[Record]:
    query = Query(type_name, order=reading.NEWEST_ORDER, deleted=deleted)
    return reading.records(session.database, session.types, query)


def _employer(session: Session, enterprise: str) -> Values:
    found = reading.record(session.database, session.types, "enterprise", enterprise) if enterprise else None
    return found.values if found is not None else {}


class _Words:
    """Puts cases into the words of the register's columns; each cell has its parts on lines of their own."""

    def __init__(self, session: Session, given_twice: frozenset[tuple[str, str]]) -> None:
        self._types, self._codes = session.types, session.codes
        self._given_twice = given_twice

    def row(self, line: _Line) -> tuple[str, ...]:
        """The cells of one case."""
        case = line.case
        return (
            _cell(text(case, "case_number") or "未编号", _registered(case)),
            _cell(self._of(CASE, case, "town"), self._of(CASE, case, "village")),
            self._firm(line),
            _cell(self._of(CASE, case, "source"), self._of(CASE, case, "matter")),
            _cell(
                _counted(case, "people_count", "", "人"),
                *(_counted(case, name, label, "人") for name, label in _PARTS),
                _counted(case, "amount", "", "元"),
            ),
            _cell(*(_certificate(line.file, slot) for slot in ("inspector_1", "inspector_2"))),
            _cell(*(self._letter(line.file, letter) for letter in line.numbered)),
            self._correction(line),
            self._authority(line.file),
            self._closing(line),
        )

    def _of(self, type_name: str, values: Values, name: str) -> str:
        return display(self._types[type_name].by_name[name], values.get(name), codes=self._codes)

    def _firm(self, line: _Line) -> str:
        organised = line.case.get("has_union")
        return _cell(
            text(line.case, "employer_name"),
            text(line.employer, "uscc"),
            self._of("enterprise", line.employer, "industry"),
            _counted(line.employer, "surveyed_staff", "职工", "人"),
            "" if organised is None else "已建会" if organised else "未建会",
        )

    def _letter(self, file: CaseFile, letter: Letter) -> str:
        """Kind and number, who signed when, how it was served, until when it is to be answered, and whether it was."""
        parts = [f"{letter.name()}", f"{text(letter.values, 'signer')}{letter.issued or ''}签发"]
        if letter.past:
            parts.append("补录")
        if letter.own or letter.past:
            parts.append(f"发文单位{text(letter.values, 'issuing_body')}")
        if letter.stands and _whose(letter) in self._given_twice:
            parts.append("文号用在不止一份文书上，请作废其中一份")
        if letter.overtaken and letter.voided is None:
            return "，".join([*parts, "文号或者日期与本程序的编号冲突，不计入统计"])
        if letter.unpowered and letter.voided is None:
            return "，".join([*parts, "没有授权，不计入统计"])
        if text(letter.values, "department"):
            parts.append(f"送{self._of(LETTER, letter.values, 'department')}")
        if letter.voided is not None:
            reason = text(letter.values, "void_reason")
            hidden = any(complainant_faults(file.case, {"": reason}, pinyin))
            return "，".join([*parts, f"{letter.voided}作废" + ("" if hidden else f"：{reason}")])
        return "，".join([*parts, *self._service(file, letter)])

    def _service(self, file: CaseFile, letter: Letter) -> Iterator[str]:
        received, refused = received_on(file, letter), refused_on(file, letter)
        served = next(
            (
                e
                for e in file.of(EventKind.SERVED)
                if e.letter == letter.id and e.day == (received or refused)
            ),
            None,
        )
        if served is None:
            yield "没有登记送达"
            return
        yield f"{served.day}{self._of(EVENT, served.values, 'service_way')}{'' if received else '，拒收'}"
        if letter.kind not in _ANSWERED or received is None:
            return
        clock, answers = reply_clock(file, letter, received), replies(file, letter)
        yield f"答复期限{clock.due}" if clock.due else f"答复期限要导入{clock.missing_year}年放假安排才能计算"
        if answers:
            yield f"{answers[0].day}答复" + ("（逾期）" if clock.overdue(answers[0].day) else "")
        elif clock.overdue(file.today):
            yield "逾期没有答复"

    def _correction(self, line: _Line) -> str:
        checked, closing = line.checked, line.closing
        done = closing.values if closing is not None else {}
        return _cell(
            self._of(EVENT, checked.values, "rectification") if checked is not None else "",
            text(checked.values, "rectified_date") if checked is not None else "",
            _counted(done, "recovered_amount", "追回", "元"),
            _counted(done, "contracts_signed_count", "补签", "份"),
            _counted(done, "insured_count", "补缴", "人"),
        )

    def _authority(self, file: CaseFile) -> str:
        """Which department accepted it when, and what came of it."""
        events = file.of(EventKind.AUTHORITY_ACCEPTED, EventKind.AUTHORITY_RESULT)
        return _cell(
            *(
                f"{e.day}{self._of(EVENT, e.values, 'department')}{e.result and self._of(EVENT, e.values, 'result')}"
                f"{'反馈结果' if e.kind is EventKind.AUTHORITY_RESULT else ''}"
                for e in events
            )
        )

    def _closing(self, line: _Line) -> str:
        closing = line.closing
        if closing is None:
            return "在办"
        return _cell(
            closing.day.isoformat(),
            self._of(EVENT, closing.values, "closing_way"),
            text(line.case, "archive_number"),
        )


def _cell(*parts: str) -> str:
    return "\n".join(filter(None, parts))


def _counted(values: Values, name: str, label: str, unit: str) -> str:
    held = values.get(name)
    return "" if held is None or held == "" else f"{label}{held}{unit}"


def _certificate(file: CaseFile, slot: str) -> str:
    return text(file.inspectors.get(text(file.case, slot), {}), "certificate_number")


def _statistics(lines: Sequence[_Line], today: datetime.date) -> Iterator[tuple[str, ...]]:
    """What is reported upward, each share with what it is a share of."""
    for kind in LetterKind:
        yield (
            f"签发{kind.label}（份）",
            str(sum(len(line.file.standing(kind)) for line in lines)),
            "",
            "",
            "",
        )
    yield from _answers(lines, today)
    checked = [line.checked for line in lines if line.checked is not None]
    full = sum(text(e.values, "rectification") == "full" for e in checked)
    yield _share("全部整改的案件（整改率）", full, "已经复核整改的案件", len(checked))
    closed = [line.closing for line in lines if line.closing is not None]
    yield _share("结案的案件", len(closed), "全部案件", len(lines))
    told = [n for line in lines if (n := _number(line.case, "people_count")) is not None]
    yield ("涉及人数（人）", number(sum(told, Fraction())), f"填了涉及人数的{len(told)}件案件", "", "")
    back = [n for e in closed if (n := _number(e.values, "recovered_amount")) is not None]
    yield ("追回金额（元）", number(sum(back, Fraction())), f"填了追回金额的{len(back)}件结案案件", "", "")


def _answers(lines: Sequence[_Line], today: datetime.date) -> Iterator[tuple[str, ...]]:
    """Served of issued, answered of served, and in time of those whose time is over or that were answered."""
    letters = [(line.file, letter) for line in lines for letter in line.answerable]
    served = [(f, p, day) for f, p in letters if (day := received_on(f, p)) is not None]
    yield _share("已送达的提示函、意见书", len(served), "已签发的提示函、意见书", len(letters))
    answered = [(f, p, day) for f, p, day in served if replies(f, p)]
    yield _share("已答复的提示函、意见书（回复率）", len(answered), "已送达的提示函、意见书", len(served))
    clocks = [(reply_clock(f, p, day), replies(f, p)) for f, p, day in served]
    due = [(clock, found) for clock, found in clocks if clock.overdue(today)]
    in_time = sum(bool(found) and not clock.overdue(found[0].day) for clock, found in due)
    yield _share("按期答复的提示函、意见书", in_time, "答复期限已过的提示函、意见书", len(due))
    unknown = sum(clock.due is None for clock, _ in clocks)
    if unknown:
        yield ("期限算不出来的（缺放假安排，没有计入上一行）", str(unknown), "", "", "")


def _share(label: str, part: int, of: str, whole: int) -> tuple[str, ...]:
    return (label, str(part), of, str(whole), percentage(part, whole))


def _number(values: Mapping[str, object], name: str) -> Fraction | None:
    held = values.get(name)
    return None if held is None or held == "" else Fraction(str(held))

"""Papers about one record: which there are for it, and each filled from the record and what belongs to it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made_field
from typing import Final

from desktop.documents.letters.printed import digest_of, from_snapshot
from desktop.documents.papers.compose import FilledPaper, Subject, compose_paper
from desktop.documents.papers.replacing import SUPERVISION, addressed
from desktop.documents.papers.templates import TODAY, PaperTemplate, Table, names, papers, path_of
from desktop.documents.placeholders import names_in
from desktop.errors import StateProblem, UsageProblem
from desktop.operations import queries
from desktop.operations.session import Session
from desktop.operations.supervision.cases import CASE, LETTER, IllegalStep, held, issuer_of, load_case
from desktop.operations.supervision.letters import handed_as_issued
from desktop.operations.supervision.output import prints
from desktop.operations.templates import template_words, templates
from desktop.records.cells import Values, as_day, text
from desktop.records.declaration import Field, Kind, Mask, RecordType, Role
from desktop.records.display import display
from desktop.records.reckoning.outcomes import Result, motion_outcome
from desktop.records.supervision import CaseFile, as_issued, contradictions, may_issue
from desktop.records.supervision.complainant import complainant_faults
from desktop.records.supervision.likeness import passes_for_letter, speaks_to_employer
from desktop.records.supervision.reasons import Reason, forbidden
from desktop.records.typed.dates import day_words
from desktop.records.versions.resolution import Life
from desktop.store.queries import reading
from desktop.store.queries.reading import Query, Record
from desktop.store.tables.pinyin import pinyin

__all__ = [
    "NamesComplainant",
    "NoSuchPaper",
    "PaperTemplate",
    "Table",
    "fields",
    "names",
    "offered",
    "paper",
    "papers",
]


MATERIALS_LIST: Final = "materials_list"
COUNTERFOIL: Final = "counterfoil"
WORKING_LIST: Final = "工作清单"
"""What the list of materials is called until its suggestion letter is issued: handed over it is with that letter."""


class NoSuchPaper(UsageProblem):
    """There is no template of this name, or it is about other records."""

    next_step = "请从记录的“打印”里选择文书。"


class NamesComplainant(StateProblem):
    """A paper for others in which the one who complained could be recognised (条例第十三条)."""

    next_step = "请把案件和办案经过里写出投诉人的地方改成看不出是谁的写法，再打印。"


class LikeALetter(StateProblem):
    """An own paper that would pass for one of the letters of the law with what its record says."""

    next_step = "提示函、意见书、建议书请从监督案件里起草、签发；只是告知、通知的，请改记录或者表单里的写法。"


class NotCarried(StateProblem):
    """A resolution was asked for of a motion that was lost, or whose ballots do not add up."""

    next_step = "票数登记错了的，请先改正；没有通过的没有决议，可以打印计票结果报告单。"


class NobodySigns(StateProblem):
    """A paper whose record does not say in whose name it is: it would bear a day and nobody above it."""

    next_step = "请打开记录填写，再打印。"


@dataclass(frozen=True)
class _Seen:
    """A record as a paper reads it; ``used`` keeps what was read, to look for what the paper must not say."""

    session: Session
    record: Record
    used: list[str] = made_field(default_factory=list)

    @property
    def _type(self) -> RecordType:
        return self.session.types[self.record.type]

    def words(self, path: tuple[str, ...]) -> str:
        found = self._words(path)
        self.used.append(found)
        return found

    def _words(self, path: tuple[str, ...]) -> str:
        name = path[0]
        if name.startswith("@"):
            return self._special(name)
        declared, cell = self._type.by_name[name], self.record.values.get(name)
        if declared.link is None:
            day = as_day(cell) if declared.kind is Kind.DATE else None
            return day_words(day) if day is not None else display(declared, cell, codes=self.session.codes)
        target = self._linked(declared.link, cell)
        if target is None:
            return ""
        if len(path) > 1:
            return target._words(path[1:])
        session = self.session
        return queries.title_of(session.database, session.types, session.codes, target.record)

    def _linked(self, link: str, cell: object) -> _Seen | None:
        if not isinstance(cell, str) or not cell:
            return None
        found = reading.record(self.session.database, self.session.types, link, cell)
        if found is not None and link == LETTER:
            found = replace(found, values=_as_printed(as_issued(found.values)))
        return None if found is None else _Seen(self.session, found, self.used)

    def _special(self, name: str) -> str:
        session = self.session
        match name:
            case "@today":
                return day_words(session.environment.today())
            case "@unit":
                return session.unit.name
            case "@organ":
                return issuer_of(session).name
            case _:
                return session.operator.name

    def day(self, name: str) -> datetime.date | None:
        if name == TODAY:
            return self.session.environment.today()
        link, dot, rest = name.partition(".")
        if not dot:
            return as_day(self.record.values.get(name))
        target = self._linked(self._type.by_name[link].link or "", self.record.values.get(link))
        return target.day(rest) if target is not None else None

    def holds(self, name: str) -> str:
        cell = self.record.values.get(name)
        return "" if cell is None else str(cell)

    def children(self, of: str, order: str) -> Sequence[Subject]:
        query = Query(of, children_of=self.record.id, order=reading.NEWEST_ORDER)
        found = reading.records(self.session.database, self.session.types, query)
        kind = self.session.types[of].by_name[order].kind if order else None

        def place(record: Record) -> tuple[bool, int | str, int, str]:
            cell = record.values.get(order) if order else None
            standing: int | str = 0 if kind is Kind.INTEGER else ""
            return (cell is None, standing if cell is None else cell, record.stamp, record.id)

        return [_Seen(self.session, record, self.used) for record in sorted(found, key=place)]


def offered(type_name: str, values: Values, own: Sequence[PaperTemplate] = ()) -> list[PaperTemplate]:
    """The papers that can be printed of a record with these values, in the order in which they are needed.

    ``own`` are those that were added to the program's (:func:`desktop.operations.templates.templates.own_papers`).
    """
    fitting = [t for t in (*papers().values(), *own) if t.about == type_name and _fits(t, values)]
    return sorted(fitting, key=lambda t: t.order)


def _as_printed(values: Values) -> Values:
    """A letter with what it is and for whom as its paper says: what came into the draft after its issue is on none."""
    kept = text(values, "snapshot")
    if not kept or digest_of(kept) != text(values, "snapshot_digest"):
        return values
    letter = from_snapshot(kept)
    whom = next((part.text.rstrip("：: ") for part in letter.parts if part.kind == "recipient"), "")
    return {
        **values,
        "kind": letter.kind,
        "title_variant": letter.title,
        "addressee": whom or values.get("addressee"),
    }


def _fits(template: PaperTemplate, values: Values) -> bool:
    return all(str(values.get(name)) in allowed for name, allowed in template.when.items())


def paper(session: Session, template_id: str, record: str) -> FilledPaper:
    """A paper of a record, ready to look at, to print and to save by :mod:`desktop.operations.printing`.

    Raises :class:`NoSuchPaper`, ``NotFound``, :class:`NamesComplainant`, :class:`NobodySigns`, ``IllegalStep``, and
    ``NotAllowed`` where values stand on it that the operator's role sees in part only.
    """
    template = templates.paper_template(session, template_id)
    if template is None:
        raise NoSuchPaper(f"没有叫“{template_id}”的文书。")
    found = held(session, template.about, record)
    if template.about == LETTER:
        found = replace(found, values=_as_printed(found.values))
    if found.life is Life.DELETED:
        raise NoSuchPaper("这条记录已经删除，不能打印。", "还要用的，请先在“已删除”里恢复。")
    if not _fits(template, found.values):
        raise NoSuchPaper(f"“{template.label}”不能从这条{session.types[template.about].label}打印。")
    if any(f.mask is not Mask.NONE for f in fields(session.types, template)):
        session.require(Role.EDITOR, Role.DESK)
    _check_order(session, template, found)
    _check_carried(session, template, found)
    seen = _Seen(session, found)
    _check_signed(session, template, seen)
    made = compose_paper(template, seen, f"{template.id} {record}", _which(session, found))
    if template is not template_words.shipped(template.id):
        _check_no_letter(template, made)
    if not template.secret:
        _check_complainant(session, template, found, seen.used)
    return _as_working_list(made) if _unissued(template, found) else made


def _check_signed(session: Session, template: PaperTemplate, seen: _Seen) -> None:
    named = names_in(template.signature.organ) if template.signature is not None else ()
    paths = [path_of(name)[0] for name in named]
    if paths and not any(seen.words(path) for path in paths):
        asked = next(_fields_in(session.types, session.types[template.about], f"{{{'.'.join(paths[0])}}}"))
        raise NobodySigns(f"“{template.label}”的署名处没有单位：还没有填写“{asked.label}”。")


def _which(session: Session, found: Record) -> str:
    """What tells a record's file from another's: a number, else a day and the end of its id; nobody's name."""
    own = next((n for name in ("document_number", "case_number") if (n := text(found.values, name))), "")
    if own:
        return own
    case = text(found.values, "case") if "case" in found.values else ""
    number = text(held(session, CASE, case).values, "case_number") if case else ""
    days = (
        text(found.values, f.name)
        for f in session.types[found.type].fields
        if f.kind is Kind.DATE and not f.personal
    )
    return " ".join(filter(None, (number, next(filter(None, days), ""), found.id[-4:])))


def fields(types: Mapping[str, RecordType], template: PaperTemplate) -> Iterator[Field]:
    """Every field whose words stand on the paper."""
    about = types[template.about]
    for words in template.texts():
        yield from _fields_in(types, about, words)
    for part in template.parts:
        if isinstance(part, Table):
            for column in part.columns:
                yield from _fields_in(types, types[part.of], column.text)


def _fields_in(types: Mapping[str, RecordType], about: RecordType, text: str) -> Iterator[Field]:
    for placeholder in names_in(text):
        if placeholder.startswith(("@", "#", "|")):
            continue
        at = about
        for name in path_of(placeholder)[0]:
            declared = at.by_name[name]
            yield declared
            at = types[declared.link] if declared.link is not None else at


def _case_of(session: Session, template: PaperTemplate, found: Record) -> str:
    """The id of the case that a record belongs to; "" for all that is of no case."""
    case = found.id if template.about == CASE else found.values.get("case")
    about_cases = "case" in {template.about, *session.types[template.about].by_name}
    return case if isinstance(case, str) and about_cases else ""


def _check_order(session: Session, template: PaperTemplate, found: Record) -> None:
    """Of a case whose steps contradict the order of law nothing leaves the house, nor anything of a voided letter."""
    issued = template.about == LETTER and text(found.values, "document_number")
    if template.id == COUNTERFOIL and issued and not prints(session, found.values):
        issuer = text(found.values, "issuing_body") or "签发的单位"
        raise IllegalStep(f"存根由{issuer}留存", [_return_is_printed()])
    case = _case_of(session, template, found)
    if not case or template.reader == "own":
        return
    file = load_case(session, case)
    reasons = contradictions(file)
    if reasons:
        raise IllegalStep(f"本案的步骤有矛盾，不能打印“{template.label}”", reasons)
    if template.about == LETTER:
        _check_letter(session, template, found, file)


def _check_letter(session: Session, template: PaperTemplate, found: Record, file: CaseFile) -> None:
    """What goes to others with a letter goes with one that was issued, and says what that one says.

    The list of materials alone can be drawn up before, as a working list, once the law lets its letter follow (条例第
    二十三条); by whom it may be issued is not asked, as those who draft gather what is handed over.
    """
    if text(found.values, "voided_date"):
        raise NoSuchPaper(f"这份文书已经作废，不能再打印“{template.label}”。")
    letter = file.by_id.get(found.id)
    if not _unissued(template, found):
        if template.id == MATERIALS_LIST:
            _check_handed_over(session, found)
    elif template.id != MATERIALS_LIST or letter is None:
        raise IllegalStep(f"这份文书还没有签发、编号，不能打印“{template.label}”")
    elif reasons := may_issue(file, letter.kind, None, letter).forbidden:
        raise IllegalStep(f"现在还不能发建议书，不能打印“{template.label}”", reasons)


def _return_is_printed() -> Reason:
    return forbidden("这里可以打印送达回证", "", "代为送达的，请打印“送达回证”。")


def _unissued(template: PaperTemplate, found: Record) -> bool:
    about_letter = template.about == LETTER and template.reader != "own"
    return about_letter and not text(found.values, "document_number")


def _check_handed_over(session: Session, found: Record) -> None:
    """The list that is handed over is that of the letter, which says how many pieces and pages it has."""
    if not handed_as_issued(session, found.id, found.values):
        raise IllegalStep(
            "移交材料在建议书签发以后改动过，清单和文书对不上",
            [
                Reason(
                    "移交的材料要和签发的建议书一致",
                    next_step="请删掉改过的，按签发时的样子重新添加，或者把建议书作废后重发。",
                )
            ],
        )


def _as_working_list(made: FilledPaper) -> FilledPaper:
    corner = f"{WORKING_LIST}：建议书没有签发，不作移交"
    document = replace(made.document, corner=corner, watermark=WORKING_LIST)
    return replace(
        made, name=f"{made.name}（{WORKING_LIST}）", noted=f"{made.noted} {WORKING_LIST}", document=document
    )


def _check_carried(session: Session, template: PaperTemplate, found: Record) -> None:
    """A resolution is made of a motion that was carried; counts that are still missing are written in by hand."""
    if not template.carried:
        return
    congress = reading.record(
        session.database, session.types, "congress", str(found.values.get("congress") or "")
    )
    outcome = motion_outcome(found.values, congress.values if congress is not None else {})
    if outcome.result in (Result.LOST, Result.WRONG_COUNT):
        raise NotCarried(f"这项议题不能打印“{template.label}”：{outcome.words}。")


def _check_no_letter(template: PaperTemplate, made: FilledPaper) -> None:
    """A wording is judged by itself when it is loaded; here by what a record's words make of it.

    Of a paper of the program that was worded anew only what it calls itself is looked at: its text says what happened.
    """
    document, whom = made.document, addressed(template) or speaks_to_employer(made.words)
    names = "。".join((document.title, document.corner, getattr(document.head, "number", "")))
    words = made.words if whom and template_words.is_own(template.id) else ""
    found = passes_for_letter(names, words, addressed=whom)
    if found and template.about not in SUPERVISION:
        raise LikeALetter(f"填好的“{template.label}”里有“{found}”，像一函两书，不能这样打印。")


def _check_complainant(session: Session, template: PaperTemplate, found: Record, used: Sequence[str]) -> None:
    """Whoever complained stands in no field that the paper may use, but people write names into any field."""
    case = _case_of(session, template, found)
    if not case:
        return
    faults = list(
        complainant_faults(held(session, CASE, case).values, {template.label: "\n".join(used)}, pinyin)
    )
    if faults:
        raise NamesComplainant(f"{faults[0].text}，这份文书要给别人看，不能打印。")

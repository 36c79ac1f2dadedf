"""Class notices: 提示函 to many employers about one matter, chosen, looked at, drafted and got ready for issue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from desktop.documents.letters import pages
from desktop.documents.letters.filling import Source
from desktop.documents.letters.templates import LetterIncomplete
from desktop.errors import UsageProblem
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.supervision.cases import LETTER, IllegalStep, held, load_case
from desktop.operations.supervision.letters import composed, draft_values, may_issue
from desktop.operations.supervision.numbers import known_settings, next_numbers
from desktop.records.cells import text
from desktop.records.supervision import CaseFile, LetterKind, Reason, as_issued, letter_of
from desktop.records.supervision.kinds import article
from desktop.records.supervision.numbering import Series, form_number
from desktop.records.supervision.reasons import forbidden
from desktop.records.typed.lengths import too_long
from desktop.records.typed.texts import one_line
from desktop.records.typed.uscc import check_uscc
from desktop.records.versions.canonical import Cell, normal_text
from desktop.store.ledger import ChangeSet
from desktop.store.queries import reading
from desktop.store.queries.reading import Filter, Query

MOST = 200
"""Letters in one run: what one person can look through before they are signed."""

Progress = Callable[[int, int], None]
"""Called with done and total; may raise to give up."""


class NobodyLeft(UsageProblem):
    """There is nothing to be drafted or printed."""

    next_step = "请选择已经签发的文书。"


class TooMany(UsageProblem):
    """More than one run may have."""

    next_step = f"一次最多{MOST}份，请分几次办理。"


@dataclass(frozen=True)
class Passed:
    """An employer that gets no notice, and why; ``already``: it has one, or is chosen twice."""

    name: str
    why: str
    already: bool = False


@dataclass(frozen=True)
class Chosen:
    """To whom a class notice would go, employers by id and name, and who is passed over."""

    employers: Mapping[str, str]
    passed: Mapping[str, Passed]

    @property
    def already(self) -> tuple[str, ...]:
        """The names of those that have a letter of this case already, or are chosen twice."""
        return tuple(p.name for p in self.passed.values() if p.already)


def admits_notices(file: CaseFile) -> list[Reason]:
    """Why a case carries no notice to a class of employers; nothing where it does.

    Such a notice begins with a check or a warning; what begins with a complaint goes to that employer alone. So does
    what somebody told on a visit, whose name is on record; a case that is said to be a check (专项检查) is one.
    """
    told = any(text(file.case, field) for field in ("complainant_name", "complainant_phone"))
    if file.complaint:
        why = "投诉案件的提示函只发给被投诉的单位"
    elif told and text(file.case, "source") != "inspection":
        why = "案件里登记了投诉人，提示函只发给被投诉的单位"
    else:
        return []
    return [forbidden(why, article(13), "请另立一个来源为专项检查的案件。")]


def chosen(session: Session, case: str, enterprises: Sequence[str]) -> Chosen:
    """Who of some enterprises would get a notice. Raises :class:`IllegalStep` for a complaint's case, ``NotFound``."""
    file = load_case(session, case)
    if reasons := admits_notices(file):
        raise IllegalStep("不能群发", reasons)
    told = {
        text(letter.values, "addressee")
        for letter in file.letters
        if letter.voided is None and not letter.deleted
    }
    addressee = session.types[LETTER].by_name["addressee"]
    found: dict[str, str] = {}
    passed: dict[str, Passed] = {}
    for enterprise in dict.fromkeys(enterprises):
        name = text(held(session, "enterprise", enterprise).values, "name")
        if not name:
            passed[enterprise] = Passed("", "没有单位名称")
        elif too_long(addressee, name):
            # One that others have sent keeps all the rest from getting theirs.
            passed[enterprise] = Passed(one_line(name), f"单位名称超过{addressee.longest}个字，请先改好")
        elif name in told:
            passed[enterprise] = Passed(name, "本案已有给它的文书", already=True)
        elif name in found.values():
            passed[enterprise] = Passed(name, "和前面的一家同名", already=True)
        else:
            found[enterprise] = name
    return Chosen(found, passed)


@dataclass(frozen=True)
class Named:
    """The employers that a list means, by id, and its lines that mean none or more than one."""

    ids: tuple[str, ...]
    unknown: tuple[str, ...]
    several: tuple[str, ...]


def named(session: Session, lines: Sequence[Sequence[str]]) -> Named:
    """Finds employers by unified codes or full names, as they stand in the cells of a list made elsewhere."""
    ids: list[str] = []
    unknown: list[str] = []
    several: list[str] = []
    for line in lines:
        cells = list(filter(None, map(normal_text, line)))
        if not cells:
            continue
        found = _meant(session, cells)
        if len(found) == 1:
            ids += found
        else:
            (several if found else unknown).append(max(cells, key=len))
    return Named(tuple(dict.fromkeys(ids)), tuple(unknown), tuple(several))


def _meant(session: Session, cells: Sequence[str]) -> list[str]:
    """The employers that a line means: by a code in it, for names repeat, else by a name."""
    codes = [code.number for code in map(check_uscc, cells) if code.ok]
    tries = [Filter("uscc", value=code) for code in codes] + [Filter("name", value=cell) for cell in cells]
    several: list[str] = []
    for condition in tries:
        query = Query("enterprise", filters=(condition,), order=reading.NEWEST_ORDER)
        found = [r.id for r in reading.records(session.database, session.types, query, limit=2)]
        if len(found) == 1:
            return found
        several = several or found
    return several


def enterprises(session: Session, words: str) -> list[str]:
    """The employers whose record has these words, as many as a run may have and one more."""
    query = Query("enterprise", text=words, order=reading.NEWEST_ORDER)
    return [r.id for r in reading.records(session.database, session.types, query, limit=MOST + 1)]


@dataclass(frozen=True)
class Notices:
    """The drafts of a class notice in the order of the employers."""

    documents: tuple[str, ...]
    changes: ChangeSet


def class_notices(
    session: Session, case: str, enterprises: Sequence[str], fields: Mapping[str, Cell] | None = None
) -> Notices:
    """Drafts one reminder letter (提示函) for each employer in one operation; ``fields`` are the same in all.

    Only reminders: an opinion letter needs an inquiry of that very employer. Raises as :func:`chosen`,
    :class:`NobodyLeft`, :class:`TooMany`, ``NotAllowed``.
    """
    found = chosen(session, case, enterprises)
    if not enterprises:
        raise NobodyLeft("没有找到要发提示函的单位。", "请换一个词查找，或者从单位列表里选。")
    if not found.employers:
        raise NobodyLeft("选中的单位都已经有这个案件的提示函了，或者没有名称。", "请选择还没有提示函的单位。")
    if len(found.employers) > MOST:
        raise TooMany(f"选中了{len(found.employers)}家单位。")
    common = draft_values(session, case, LetterKind.REMINDER, fields or {})
    rows = [{**common, "addressee": name} for name in found.employers.values()]
    documents, changes = records.save_many(session, LETTER, rows, name=f"起草提示函{len(rows)}份")
    return Notices(tuple(documents), changes)


def words_for(session: Session, case: str) -> dict[str, Cell]:
    """What the words of a notice begin with: those of the newest reminder of the case, else what the case tells."""
    found = [
        r for r in records.children(session, LETTER, case) if text(r.values, "kind") == LetterKind.REMINDER
    ]
    if found:
        return dict(max(found, key=lambda r: r.stamp).values)
    return draft_values(session, case, LetterKind.REMINDER, {})


def sample(session: Session, case: str, addressee: str, fields: Mapping[str, Cell]) -> bytes:
    """The page that one employer would get, under the watermark 草稿; nothing is saved.

    Raises ``LetterIncomplete`` and the problems of quotations.
    """
    values = {**draft_values(session, case, LetterKind.REMINDER, fields), "addressee": addressee}
    letter = letter_of("", values)
    if letter is None:
        raise LetterIncomplete("文书还缺“文种”。")
    day = session.environment.today()
    here = session.reference
    source = Source(
        load_case(session, case).until(day), letter, session.unit.level, here.codes, {}, [], here.laws
    )
    return pages.print_letter(composed(session, source, day), watermark=pages.DRAFT)


@dataclass(frozen=True)
class Ready:
    """The reminders of a case that can be issued now, and those that cannot, by addressee and with the reason."""

    documents: tuple[str, ...]
    waiting: Mapping[str, str]


def ready(session: Session, case: str, progress: Progress = lambda _done, _total: None) -> Ready:
    """Judges every draft of a class notice. ``progress`` may raise to give up."""
    file = load_case(session, case)
    documents: list[str] = []
    waiting: dict[str, str] = {}
    drafts = drafts_of(session, case)
    for place, document in enumerate(drafts):
        progress(place, len(drafts))
        decision = may_issue(session, case, LetterKind.REMINDER.value, document, whole=file)
        if decision.allowed:
            documents.append(document)
        else:
            letter = file.by_id.get(document)
            addressee = text(letter.values, "addressee") if letter is not None else ""
            waiting[addressee] = "；".join(map(str, (*decision.forbidden, *decision.asked)))
    return Ready(tuple(documents), waiting)


def numbers_for(session: Session, count: int, year: int) -> tuple[str, str]:
    """The first and the last number that so many reminders would get now. Raises ``NumbersNotSet``."""
    settings = known_settings(session)
    first, pattern = next_numbers(session, year)[Series.REMINDER], settings.patterns[Series.REMINDER]
    last = first + count - 1
    return form_number(pattern, settings.body, year, first), form_number(pattern, settings.body, year, last)


def drafts_of(session: Session, case: str) -> list[str]:
    """The reminders of a case that wait to be issued, as they were drafted: in the order of the list of employers."""
    return [
        record.id
        for record in records.children(session, LETTER, case)
        if text(record.values, "kind") == LetterKind.REMINDER
        and not text(as_issued(record.values), "document_number")
    ]

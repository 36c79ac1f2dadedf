"""Issues letters: reviewed, numbered once and fixed for ever."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktop.documents.letters import filling, pages
from desktop.documents.letters.content import kept_faults
from desktop.documents.letters.filling import Source
from desktop.documents.letters.printed import Layout, Part, PrintedLetter, digest_of, to_snapshot
from desktop.documents.letters.register import Register, Taken
from desktop.documents.letters.templates import LetterIncomplete
from desktop.errors import Problem
from desktop.operations import audit
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.supervision.cases import LETTER, IllegalStep, held, load_case
from desktop.operations.supervision.letters import composed, decision_on, source_of
from desktop.operations.supervision.numbers import (
    NumberSettings,
    NumbersNotSet,
    begin_register,
    issuing_lock,
    keep,
    known_settings,
    numbered,
    register_of,
    require_register,
    taken_by,
)
from desktop.records.cells import Values, text
from desktop.records.checks import Context, run_checks
from desktop.records.declaration import Severity
from desktop.records.supervision import CaseFile, LetterKind, Reason, signed_by_chair
from desktop.records.supervision.kinds import NEUTRAL, article
from desktop.records.supervision.numbering import Series, form_number
from desktop.records.supervision.order import name_of
from desktop.records.supervision.powers import issued_fields
from desktop.records.supervision.reasons import forbidden
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import ChangeSet, SlotEdit
from desktop.store.queries.reading import Record

Progress = Callable[[int, int], None]
"""Called with done and total; may raise to give up, and then nothing is issued."""


@dataclass(frozen=True)
class Signatory:
    """Who signs: name and post. An opinion letter is signed by the chair or a vice-chair (条例第二十一条)."""

    name: str
    post: str


@dataclass(frozen=True)
class Issued:
    """A letter that was issued: its number and what is printed."""

    document: str
    number: str
    year: int
    sequence: int
    letter: PrintedLetter
    changes: ChangeSet


def issue(
    session: Session,
    document: str,
    signer: Signatory,
    date: datetime.date,
    *,
    layout: Layout | None = None,
) -> Issued:
    """Reviews, numbers and fixes a letter: number, signer, day and whole text in one transaction, for ever.

    Raises :class:`IllegalStep` where the law forbids it, ``LetterIncomplete``, the problems of quotations,
    ``MissingGlyph``, :class:`NumbersNotSet`, ``NumbersUnconfirmed``, ``NotAllowed``. Where it raises, no number
    was taken.
    """
    (issued,) = issue_many(session, [document], signer, date, layout=layout)
    return issued


def issue_many(
    session: Session,
    documents: Sequence[str],
    signer: Signatory,
    date: datetime.date,
    *,
    layout: Layout | None = None,
    progress: Progress = lambda _done, _total: None,
) -> list[Issued]:
    """Issues several letters in one operation: all of them, with numbers in their order, or none.

    ``progress`` may raise to give up: then no number was taken, so a run that was cancelled leaves no gap. Raises as
    :func:`issue`; what is wrong with one letter stops all, and all that is wrong is told at once.
    """
    require_register(session)
    settings, refused = _settings(session)
    total = len(documents)
    with issuing_lock:
        reviewed: list[Reviewed] = []
        printable: set[Part] = set()
        cases: dict[str, CaseFile] = {}
        for place, document in enumerate(documents):
            progress(place, total)
            case = text(held(session, LETTER, document).values, "case")
            if case not in cases:
                # A review writes nothing, so that the case stays as it was read while all its letters are reviewed.
                cases[case] = load_case(session, case)
            try:
                source, changed = _reviewed(session, document, signer, date, cases[case])
                body = settings.body if settings is not None else ""
                _tried(source, composed(session, source, date, body, layout), printable)
            except (IllegalStep, LetterIncomplete) as problem:
                refused.append((text(held(session, LETTER, document).values, "addressee"), problem))
                if len(refused) >= _MOST_TOLD:
                    break
            else:
                reviewed.append((document, source, changed))
        if settings is None or refused:
            raise _together(refused)
        progress(total, total)
        begin_register(session)
        return _numbered_and_fixed(session, settings, reviewed, signer, date, layout)


_MOST_TOLD: Final = 5
"""A run of two hundred is not gone through to its end when so many of its letters cannot be issued."""
Refused = tuple[str, Problem]
"""What stands in the way, with the addressee of the letter that it is about; "" for none."""


def _settings(session: Session) -> tuple[NumberSettings | None, list[Refused]]:
    """The settings of numbers, or that they are missing, to be told with what the letters lack."""
    try:
        return known_settings(session), []
    except NumbersNotSet as problem:
        return None, [("", problem)]


def _together(refused: Sequence[Refused]) -> Problem:
    """One problem out of several: whoever mends one thing is not told of the next one then."""
    if len(refused) == 1:
        return refused[0][1]
    letters = len({addressee for addressee, _ in refused} - {""})
    told = [
        reason
        for addressee, problem in refused
        for reason in _reasons(problem, f"{addressee}的文书：" if letters > 1 and addressee else "")
    ]
    return IllegalStep("现在不能签发", told)


def _reasons(problem: Problem, about: str) -> list[Reason]:
    if isinstance(problem, IllegalStep) and problem.reasons:
        return [replace(reason, text=f"{about}{reason.text}") for reason in problem.reasons]
    return [Reason(f"{about}{problem.sentence.rstrip('。')}", next_step=problem.next_step)]


Reviewed = tuple[str, Source, dict[str, Cell]]
"""A letter by its id, what it is written from, and the fields that the review fills in."""


def _numbered_and_fixed(
    session: Session,
    settings: NumberSettings,
    reviewed: Sequence[Reviewed],
    signer: Signatory,
    date: datetime.date,
    layout: Layout | None,
) -> list[Issued]:
    """Gives each its number and fixes it, in one transaction; the register's file follows."""
    registers: dict[Series, Register] = {}
    found: list[Issued] = []
    taken: list[Taken] = []
    edits: list[SlotEdit] = []
    with session.database.transaction():
        for document, source, changed in reviewed:
            series = Series(source.kind.value)
            _not_issued(held(session, LETTER, document))
            if series not in registers:
                registers[series] = register_of(session, date.year, series)
                _in_order_of_days(session, series, date)
            n = registers[series].next(series, date.year) + sum(t.series == series for t in taken)
            number = form_number(settings.patterns[series], settings.body, date.year, n)
            letter = composed(session, source, date, number, layout)
            cells = _issue_cells(session, settings, signer, letter, n)
            edits += records.slot_edits(session, session.types[LETTER], document, {**changed, **cells})
            taken.append(Taken(session.unit.id, series, date.year, n, number, document, _case_id(source)))
            found.append(Issued(document, number, date.year, n, letter, ChangeSet()))
        name = f"签发{found[0].number}" if len(found) == 1 else f"签发{len(found)}份文书"
        changes = session.ledger.write(name, session.operator.name, edits=edits)
        for issued in found:
            audit.note(session, audit.Act.ISSUED, f"{issued.document} {issued.number}")
    for series, register in registers.items():
        keep(register, *(t for t in taken if t.series == series))
    return [replace(issued, changes=changes) for issued in found]


def _tried(source: Source, letter: PrintedLetter, printable: set[Part]) -> None:
    """Raises here what would raise when it is printed, before a number is taken."""
    snapshot = to_snapshot(letter)
    told = {
        "document_number": letter.number, "issue_date": letter.date, "issuing_body": letter.organ,
        "snapshot": snapshot, "snapshot_digest": digest_of(snapshot),
    }  # fmt: skip
    faults = tuple(kept_faults(letter, {**source.draft.values, **told}, source.file.case, source.laws))
    if faults:
        raise IllegalStep(f"{source.kind.label}现在不能签发", faults)
    pages.check_printable(letter, printable)


def _case_id(source: Source) -> str:
    return text(source.draft.values, "case")


def _reviewed(
    session: Session, document: str, signer: Signatory, date: datetime.date, whole: CaseFile
) -> tuple[Source, dict[str, Cell]]:
    """What the letter is written from once everything allows it, and the fields that the review fills in."""
    _not_issued(held(session, LETTER, document))
    today = session.environment.today()
    if date > today:
        raise IllegalStep(f"签发日期{date.isoformat()}还没有到")
    source, changed = _with_passages(source_of(session, document, date, whole=whole))
    label = source.kind.label
    decision = decision_on(session, source, date, whole)
    stopping = [*decision.forbidden, *decision.asked, *_later_steps(whole, date, document)]
    if source.kind is LetterKind.OPINION and signer.post.strip() and not signed_by_chair(signer.post):
        stopping.append(_chair(signer))
    lacking = _lacking(session, source, signer, stopping)
    if stopping:
        # All that is wrong at once: whoever mends one thing is not told of the next one then.
        raise IllegalStep(f"{label}现在不能签发", (*stopping, *(Reason(words) for words in lacking)))
    if lacking:
        raise LetterIncomplete(f"{'；'.join(lacking)}。")
    fields = issued_fields(session.unit.level)
    if not text(source.draft.values, fields["reviewed_by"]):
        changed |= {
            fields["reviewed_by"]: session.operator.name,
            fields["reviewed_date"]: today.isoformat(),
        }
    return source, changed


def _not_issued(record: Record) -> None:
    number = text(record.values, "document_number")
    if number:
        raise IllegalStep(f"这份文书已经签发（{number}），不能再签发或者改动，要改只能作废后重发")


def _chair(signer: Signatory) -> Reason:
    words = f"意见书由工会主席或者副主席签署，{signer.name.strip() or '签发人'}的职务是“{signer.post}”"
    return forbidden(words, article(21), "请由主席或者副主席签署。")


def _with_passages(source: Source) -> tuple[Source, dict[str, Cell]]:
    """The passages that the case tells, where the draft left them empty; they are saved with the issue."""
    found: dict[str, Cell] = {}
    values = source.draft.values
    if source.kind is LetterKind.OPINION and not text(values, "investigation"):
        found["investigation"] = filling.investigation_words(source.file) or None
    if source.kind is LetterKind.SUGGESTION and not text(values, "history"):
        opinion = source.file.by_id.get(source.draft.opinion or "")
        found["history"] = filling.history_words(source.file, opinion) or None
    draft = replace(source.draft, values={**values, **found})
    return replace(source, draft=draft), {name: value for name, value in found.items() if value}


def _later_steps(file: CaseFile, date: datetime.date, document: str) -> list[Reason]:
    """A letter is not dated before what has already happened."""
    return [
        forbidden(f"签发日期早于已经登记的{name_of(event)}", "", "请核对签发日期。", event.id)
        for event in file.events
        if event.day > date and event.kind not in NEUTRAL and event.letter != document
    ][:1]


def _lacking(session: Session, source: Source, signer: Signatory, told: Sequence[Reason]) -> list[str]:
    """Everything that the record's own checks call an error, and a signature without a name.

    A field of which a reason that is ``told`` says already that it is missing is not named a second time.
    """
    values: Values = {**source.draft.values, "signer": signer.name, "signer_post": signer.post}
    record_type = session.types[LETTER]
    named = "".join(reason.text for reason in told)
    errors = [
        finding.message
        for finding in run_checks(record_type, values, Context(session.environment.today()))
        if finding.severity is Severity.ERROR
        # Said of the post above, with the name.
        and finding.rule != "signed_by_chair"
        and not (finding.rule == "needed" and f"“{record_type.by_name[finding.fields[0]].label}”" in named)
    ]
    who = (("签发人", signer.name), ("签发人职务", signer.post))
    missing = "、".join(f"“{label}”" for label, said in who if not said.strip())
    return ([f"文书还缺{missing}"] if missing else []) + errors


def _in_order_of_days(session: Session, series: Series, date: datetime.date) -> None:
    """Numbers run with the days: none is dated before the one that precedes it."""
    for record in numbered(session, series, date.year):
        day = text(record.values, issued_fields(session.unit.level)["issue_date"])
        taken = taken_by(session, record, series)
        if day > date.isoformat() and taken is not None:
            number = taken.number
            raise IllegalStep(f"签发日期早于前面的{number}（{day}），文号和日期的先后要一致")


def _issue_cells(
    session: Session, settings: NumberSettings, signer: Signatory, letter: PrintedLetter, n: int
) -> dict[str, Cell]:
    """What is written of an issue, by the fields that a unit of this level writes."""
    snapshot, fields = to_snapshot(letter), issued_fields(session.unit.level)
    longest = session.types[LETTER].by_name["snapshot"].maximum or len(snapshot)
    if len(snapshot) > longest:
        raise IllegalStep("这份文书太长，请把一部分内容改为附件材料")
    cells: dict[str, Cell] = {
        "document_number": letter.number,
        "issuer_code": settings.body,
        "issue_year": letter.day.year,
        "sequence": n,
        "issuing_unit": session.unit.id,
        "issuing_body": letter.organ,
        "signer": signer.name.strip(),
        "signer_post": signer.post.strip(),
        "issue_date": letter.date,
        "snapshot_digest": digest_of(snapshot),
        "snapshot": snapshot,
    }
    return {fields[name]: cell for name, cell in cells.items()}

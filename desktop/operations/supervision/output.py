"""What leaves the printer of a case: drafts to look at and edit, issued letters from their snapshot, and the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.documents.letters import pages
from desktop.documents.letters.content import kept_faults, told_complainant
from desktop.documents.letters.joined import bound
from desktop.documents.letters.printed import Layout, PrintedLetter, from_snapshot
from desktop.operations import audit, printing
from desktop.operations.file_names import safe_name
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.supervision.cases import (
    CASE,
    EVENT,
    LETTER,
    IllegalStep,
    held,
    load_case,
    record_event,
)
from desktop.operations.supervision.letters import compose_letter, composed, source_of
from desktop.operations.supervision.numbers import issued_by, keep_number
from desktop.records.cells import Values, text
from desktop.records.supervision import EventKind, Reason, contradictions
from desktop.records.supervision.powers import EMPOWERED_LEVELS, is_own, is_past, issued_fields
from desktop.records.supervision.reasons import forbidden
from desktop.records.versions.canonical import Cell
from desktop.renaming import write_whole
from desktop.store.queries import reading
from desktop.store.queries.reading import Filter, Query, Record


def preview(
    session: Session, document: str, *, layout: Layout | None = None, original: bool = False
) -> bytes:
    """A draft as PDF under the watermark 草稿, an issued letter as it will be printed; nothing is recorded."""
    record = held(session, LETTER, document)
    if is_past(record.values):
        raise IllegalStep("这份文书是补录的，没有全文，不能预览和打印", [_on_paper()])
    if text(record.values, "document_number"):
        return pages.print_letter(_kept(record.values), mark=_copy(session, record, original=original).mark)
    return pages.print_letter(compose_letter(session, document, layout=layout), watermark=pages.DRAFT)


def save_word(session: Session, document: str, out_dir: Path, *, layout: Layout | None = None) -> Path:
    """Writes a draft as a Word file, marked as a draft, for those who look it over elsewhere; nothing is recorded.

    Raises :class:`IllegalStep` for an issued letter and for one that names who complained, and as
    :func:`compose_letter`.
    """
    record = held(session, LETTER, document)
    number = text(record.values, "document_number")
    if number:
        raise IllegalStep(
            f"{number}已经签发，不能存成可以修改的Word，只能打印或者保存PDF", [_word_of_issued()]
        )
    day = session.environment.today()
    source = source_of(session, document, day)
    if faults := tuple(told_complainant(source)):
        raise IllegalStep("这份草稿不能存成Word", faults)
    letter = composed(session, source, day, layout=layout)
    case = held(session, CASE, text(record.values, "case")).values
    which = text(case, "case_number") or text(case, "received_date")
    name = f"{letter.title_words}（{pages.DRAFT}） {which} {record.id[-4:]}"
    return printing.save_word(session, _Draft(name, f"{pages.DRAFT} {record.id}", letter, layout), out_dir)


@dataclass(frozen=True)
class _Draft:
    """A draft as something that is saved as a Word file."""

    name: str
    noted: str
    letter: PrintedLetter
    layout: Layout | None

    def render(self) -> bytes:
        """Its pages as PDF."""
        return pages.print_letter(self.letter, watermark=pages.DRAFT, layout=self.layout)

    def word(self) -> bytes:
        """It as a Word file."""
        return pages.letter_word(self.letter, layout=self.layout)


def prints(session: Session, values: Values) -> bool:
    """Whether the issue of a letter that counts is this unit's own, so that it prints it."""
    own = is_own(values) == (session.unit.level in EMPOWERED_LEVELS)
    return own and not is_past(values) and issued_by(session, values)


def _issuer_prints() -> Reason:
    return forbidden("正本、副本由签发单位登记", "", "需要纸质文书的，请向签发单位领取。")


def _on_paper() -> Reason:
    return forbidden("正本在纸质档案里", "", "需要留存的，请把扫描件作为附件保存。")


def _word_of_issued() -> Reason:
    return forbidden("签发的全文从签发起固定", "", "要改的，请作废以后按原文重新起草。")


def print_document(
    session: Session, document: str, out_dir: Path, *, original: bool = False, beside: Sequence[bytes] = ()
) -> Path:
    """Prints an issued letter from its snapshot as PDF into a folder and records that it was printed.

    The pages ``beside`` it stand behind it in the same file.

    Raises as :func:`print_pages`; the printing is recorded once the file is whole.
    """
    record, letter = _printable(session, document)
    copy = _copy(session, record, original=original)
    data = with_papers(pages.print_letter(letter, mark=copy.mark), beside)
    out_dir.mkdir(parents=True, exist_ok=True)
    path = out_dir / file_name(letter, copy.mark, whole=bool(beside))
    write_whole(path, data)
    _note_printed(session, record, letter, copy)
    return path


def print_pages(
    session: Session, document: str, *, original: bool = False, beside: Sequence[bytes] = ()
) -> bytes:
    """The pages of an issued letter for a printer: no file is written, so that nothing lies in clear anywhere.

    What is printed again bears 副本 in the upper margin, unless ``original`` says that the first one was spoilt; what
    was voided bears 作废.

    Raises :class:`IllegalStep` for a draft and for a case whose steps contradict the order of law; before anything
    is printed its number stands in the register's file.
    """
    record, letter = _printable(session, document)
    copy = _copy(session, record, original=original)
    data = with_papers(pages.print_letter(letter, mark=copy.mark), beside)
    _note_printed(session, record, letter, copy)
    return data


def with_papers(data: bytes, beside: Sequence[bytes]) -> bytes:
    """The pages of a letter with those of its papers behind them."""
    return bound((data, *beside)) if beside else data


@dataclass(frozen=True)
class Copy:
    """Which printing of a letter this is, counted from 1, and what it bears."""

    number: int
    mark: str

    @property
    def words(self) -> str:
        """What the record of the printing says."""
        return f"第{self.number}次，{self.mark or '正本'}"


def _copy(session: Session, record: Record, *, original: bool = False) -> Copy:
    events = records.children(session, EVENT, text(record.values, "case"))
    before = sum(
        text(e.values, "kind") == EventKind.PRINTED and text(e.values, "document") == record.id
        for e in events
    )
    return copy_of(record, before, original=original)


def copy_of(record: Record, before: int, *, original: bool = False) -> Copy:
    """Which copy it is when a letter was printed so often before."""
    if text(record.values, "voided_date"):
        return Copy(before + 1, pages.VOID)
    return Copy(before + 1, pages.COPY if before and not original else "")


def _printable(session: Session, document: str) -> tuple[Record, PrintedLetter]:
    """An issued letter that may be printed; its number stands in the register's file from here on."""
    record = held(session, LETTER, document)
    case = text(record.values, "case")
    if not text(record.values, "document_number"):
        raise IllegalStep("这份文书还没有签发、编号，不能打印")
    file = load_case(session, case)
    reasons = contradictions(file)
    if reasons:
        raise IllegalStep("本案的步骤有矛盾，不能打印文书", reasons)
    return record, printable(session, record, file.case)


def printable(session: Session, record: Record, case: Values) -> PrintedLetter:
    """The kept text of an issued letter whose case is in order. Raises :class:`IllegalStep` for a draft, and where
    it is not what was issued.
    """
    if not text(record.values, "document_number"):
        raise IllegalStep("这份文书还没有签发、编号，不能打印")
    if is_past(record.values):
        raise IllegalStep("这份文书是补录的，没有全文，不能打印", [_on_paper()])
    if not prints(session, record.values):
        issuer = text(record.values, "issuing_body") or "签发的单位"
        raise IllegalStep(f"这份文书由{issuer}打印、盖章，这里只能查看", [_issuer_prints()])
    letter = _kept(record.values)
    faults = (
        *kept_faults(letter, record.values, case, session.reference.laws),
        *_same_number(session, record),
    )
    if faults:
        raise IllegalStep("这份文书不能打印", faults)
    keep_number(session, record)
    return letter


def _note_printed(session: Session, record: Record, letter: PrintedLetter, copy: Copy) -> None:
    audit.note(session, audit.Act.PRINTED, f"{record.id} {letter.number} {copy.words}")
    values = note_of(session, record, letter, copy)
    kept = {name: value for name, value in values.items() if name not in ("case", "kind", "event_date")}
    record_event(session, text(record.values, "case"), EventKind.PRINTED, session.environment.today(), **kept)


def note_of(session: Session, record: Record, letter: PrintedLetter, copy: Copy) -> dict[str, Cell]:
    """The step by which a printing is recorded: who printed which copy of what, and when."""
    return {
        "case": text(record.values, "case"), "kind": EventKind.PRINTED.value, "document": record.id,
        "event_date": session.environment.today().isoformat(), "handler": session.operator.name,
        "content": f"打印{letter.title_words}（{letter.number}），{copy.words}",
    }  # fmt: skip


def _same_number(session: Session, record: Record) -> list[Reason]:
    """Another letter anywhere in the ledger that bears the same number; each town has a series of its own."""
    number = text(record.values, "document_number")
    fields = issued_fields(session.unit.level)
    same: tuple[Filter, ...] = (Filter(fields["document_number"], value=number),)
    if session.unit.level in EMPOWERED_LEVELS:
        same += (Filter(fields["issuing_unit"], value=session.unit.id),)
    query = Query(LETTER, filters=same, order=reading.NEWEST_ORDER)
    if any(found.id != record.id for found in reading.records(session.database, session.types, query)):
        return [forbidden(f"{number}用在不止一份文书上", "", "请核对编号登记，作废其中一份。", record.id)]
    return []


def _kept(values: Values) -> PrintedLetter:
    return from_snapshot(text(values, "snapshot"))


def file_name(letter: PrintedLetter, mark: str, *, whole: bool = False) -> str:
    """Number and title, and whether papers stand behind it: nothing about anybody stands in a file name."""
    marks = "，".join(filter(None, (mark, "连同回证、存根" if whole else "")))
    return safe_name(f"{letter.number} {letter.title_words}{f'（{marks}）' if marks else ''}", "pdf")

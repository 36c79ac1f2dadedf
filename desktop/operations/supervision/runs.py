"""Many issued letters printed in one run: into one file, into one file each, or to a printer one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.documents.letters import pages
from desktop.documents.letters.joined import joined
from desktop.documents.letters.printed import PrintedLetter
from desktop.errors import Problem
from desktop.operations import audit
from desktop.operations.file_names import free_path
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.supervision.batches import MOST, NobodyLeft, Progress, TooMany
from desktop.operations.supervision.cases import CASE, EVENT, LETTER, IllegalStep, held, load_case
from desktop.operations.supervision.output import (
    Copy,
    copy_of,
    file_name,
    note_of,
    printable,
    prints,
    with_papers,
)
from desktop.records.cells import text
from desktop.records.supervision import LetterKind, contradictions
from desktop.records.versions.resolution import Life
from desktop.renaming import write_whole
from desktop.store.ledger import ChangeSet
from desktop.store.queries.reading import Record

Beside = Callable[[str], Sequence[bytes]]
"""The pages of the papers that go out and stay with a letter."""


def alone(_document: str) -> Sequence[bytes]:
    """Nothing stands behind a letter."""
    return ()


@dataclass(frozen=True)
class Printed:
    """The files of a run and what recording it changed."""

    paths: tuple[Path, ...]
    changes: ChangeSet


def print_many(
    session: Session,
    documents: Sequence[str],
    folder: Path,
    *,
    together: bool = True,
    progress: Progress = lambda _done, _total: None,
    beside: Beside = alone,
) -> Printed:
    """Prints issued letters: into one file behind an index, or one file each; the printing of each is recorded.

    What ``beside`` gives of a letter stands behind it.

    Nothing is written and nothing recorded before all are set, so a run that is given up leaves nothing behind.
    Raises as ``print_document`` for any of them.
    """
    if not documents:
        raise NobodyLeft("没有选中已经签发的文书。")
    if len(documents) > MOST:
        raise TooMany(f"选中了{len(documents)}份文书。")
    run = list(_run(session, list(dict.fromkeys(documents)), progress, beside))
    letters, files = [letter for _, letter, _, _ in run], [data for _, _, _, data in run]
    folder.mkdir(parents=True, exist_ok=True)
    if together:
        data = joined(letters, files, lambda: progress(len(run), len(run)))
        paths = [free_path(folder / f"文书{len(run)}份 {session.environment.today().isoformat()}.pdf")]
        write_whole(paths[0], data)
    else:
        whole = beside is not alone
        paths = [folder / file_name(letter, copy.mark, whole=whole) for _, letter, copy, _ in run]
        for path, data in zip(paths, files, strict=True):
            write_whole(path, data)
    return Printed(tuple(paths), _note(session, [(record, letter, copy) for record, letter, copy, _ in run]))


@dataclass(frozen=True)
class Choice:
    """What is printed of the letters that somebody chose, in the order of their numbers, and how it is marked.

    ``others`` were issued by another unit, which prints them; ``kinds`` are those of the letters, in their order.
    """

    documents: tuple[str, ...]
    first: str
    last: str
    drafts: int
    copies: int
    voided: int
    others: int = 0
    kinds: tuple[LetterKind, ...] = ()


def choice(session: Session, documents: Sequence[str]) -> Choice:
    """Which of some letters can be printed: those that were issued here and not deleted."""
    issued: list[Record] = []
    drafts = others = 0
    for document in dict.fromkeys(documents):
        record = held(session, LETTER, document)
        if record.life is not Life.LIVE or not text(record.values, "document_number"):
            drafts += 1
        elif prints(session, record.values):
            issued.append(record)
        else:
            others += 1
    # As the register has them: by kind in the order of the law and by year, then by number.
    issued.sort(key=_place)
    before = _printed_before(session, issued)
    voided = sum(bool(text(record.values, "voided_date")) for record in issued)
    copies = sum(record.id in before and not text(record.values, "voided_date") for record in issued)
    numbers = [text(record.values, "document_number") for record in issued] or [""]
    kinds = tuple(kind for kind in LetterKind if kind in {text(r.values, "kind") for r in issued})
    return Choice(tuple(r.id for r in issued), numbers[0], numbers[-1], drafts, copies, voided, others, kinds)


def _place(record: Record) -> tuple[int, int, int, str]:
    year, sequence = record.values.get("issue_year"), record.values.get("sequence")
    whole = [value if isinstance(value, int) else 0 for value in (year, sequence)]
    kinds = [kind.value for kind in LetterKind]
    kind = text(record.values, "kind")
    return kinds.index(kind) if kind in kinds else len(kinds), whole[0], whole[1], record.id


@dataclass(frozen=True)
class Sent:
    """The letters that went to a printer, in their order, what recording them changed, and what ended the run."""

    documents: tuple[str, ...]
    changes: list[ChangeSet]
    problem: Problem | None = None


def print_each(
    session: Session,
    documents: Sequence[str],
    put: Callable[[PrintedLetter, bytes], bool],
    stopped: Callable[[int, int], bool] = lambda _done, _total: False,
    beside: Beside = alone,
) -> Sent:
    """Prints issued letters one after the other; each is recorded as soon as it was put on paper.

    ``put`` says whether the printer took it; where it did not, and where ``stopped`` says so before the next one, the
    run ends there, and what was not printed is not recorded. What forbids one letter ends the run too; it is raised, as
    by ``print_document``, where nothing was printed before.
    """
    if not documents:
        raise NobodyLeft("没有选中已经签发的文书。")
    run = _run(session, list(dict.fromkeys(documents)), lambda _done, _total: None, beside)
    sent: list[str] = []
    changes: list[ChangeSet] = []
    total = len(set(documents))
    try:
        while not stopped(len(sent), total) and (found := next(run, None)) is not None:
            record, letter, copy, data = found
            if not put(letter, data):
                break
            changes.append(_note(session, [(record, letter, copy)]))
            sent.append(record.id)
    except Problem as problem:
        if not sent:
            raise
        return Sent(tuple(sent), changes, problem)
    return Sent(tuple(sent), changes)


def _run(
    session: Session, documents: Sequence[str], progress: Progress, beside: Beside
) -> Iterator[tuple[Record, PrintedLetter, Copy, bytes]]:
    """Every letter with its pages; cases are judged once each, however many letters they have."""
    whole = [held(session, LETTER, document) for document in documents]
    for case in dict.fromkeys(text(record.values, "case") for record in whole):
        reasons = contradictions(load_case(session, case))
        if reasons:
            raise IllegalStep("有案件的步骤有矛盾，不能打印文书", reasons)
    before = _printed_before(session, whole)
    for place, record in enumerate(whole):
        progress(place, len(whole))
        about = held(session, CASE, text(record.values, "case"))
        letter = printable(session, record, about.values)
        copy = copy_of(record, before.get(record.id, 0))
        data = pages.print_letter(letter, mark=copy.mark)
        yield record, letter, copy, with_papers(data, beside(record.id))


def _printed_before(session: Session, whole: Sequence[Record]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for case in dict.fromkeys(text(record.values, "case") for record in whole):
        for event in records.children(session, EVENT, case):
            if text(event.values, "kind") == "printed":
                document = text(event.values, "document")
                counts[document] = counts.get(document, 0) + 1
    return counts


def _note(session: Session, run: Sequence[tuple[Record, PrintedLetter, Copy]]) -> ChangeSet:
    rows = [note_of(session, record, letter, copy) for record, letter, copy in run]
    with session.database.transaction():
        _, changes = records.save_many(session, EVENT, rows, name=f"打印文书{len(rows)}份")
        for record, letter, copy in run:
            audit.note(session, audit.Act.PRINTED, f"{record.id} {letter.number} {copy.words}")
    return changes

"""Class notices (提示函 to many employers about one matter), and printing many letters in one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.documents.letters import pages
from desktop.documents.letters.joined import joined
from desktop.documents.letters.printed import PrintedLetter
from desktop.errors import UsageProblem
from desktop.operations import audit, printing, records
from desktop.operations.session import Session
from desktop.operations.supervision.cases import CASE, EVENT, LETTER, IllegalStep, held, load_case
from desktop.operations.supervision.letters import draft_values
from desktop.operations.supervision.output import Copy, copy_of, file_name, note_of, printable
from desktop.records.canonical import Cell
from desktop.records.supervision import LetterKind, contradictions
from desktop.records.supervision.facts import text
from desktop.records.supervision.kinds import article
from desktop.records.supervision.reasons import forbidden
from desktop.store import reading
from desktop.store.keys import write_whole
from desktop.store.ledger import ChangeSet
from desktop.store.reading import Query, Record

MOST = 200
"""Letters in one run: what one person can look through before they are signed."""

Progress = Callable[[int, int], None]
"""Called with done and total; may raise to give up."""


class NobodyLeft(UsageProblem):
    """There is nothing to be drafted or printed."""

    next_step = "请选择还没有提示函的单位，或者已经签发的文书。"


class TooMany(UsageProblem):
    """More than one run may have."""

    next_step = f"一次最多{MOST}份，请分几次办理。"


@dataclass(frozen=True)
class Chosen:
    """To whom a class notice would go: employers by id and name, and those that have one in this case already."""

    employers: Mapping[str, str]
    already: tuple[str, ...]
    nameless: int


def chosen(session: Session, case: str, enterprises: Sequence[str]) -> Chosen:
    """Who of some enterprises would get a notice. Raises :class:`IllegalStep` for a complaint's case, ``NotFound``.

    A notice to a class of employers begins with a check or a warning; one to a complaint goes to that employer alone.
    """
    file = load_case(session, case)
    if file.complaint:
        raise IllegalStep(
            "不能群发",
            [
                forbidden(
                    "投诉案件的提示函只发给被投诉的单位", article(13), "请另立一个来源为专项检查的案件。"
                )
            ],
        )
    told = {
        text(letter.values, "addressee")
        for letter in file.letters
        if letter.voided is None and not letter.deleted
    }
    found: dict[str, str] = {}
    already: list[str] = []
    nameless = 0
    for enterprise in dict.fromkeys(enterprises):
        name = text(held(session, "enterprise", enterprise).values, "name")
        if not name:
            nameless += 1
        elif name in told or name in found.values():
            already.append(name)
        else:
            found[enterprise] = name
    return Chosen(found, tuple(already), nameless)


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
        raise NobodyLeft("没有找到要发提示函的单位。")
    if not found.employers:
        raise NobodyLeft("选中的单位都已经有这个案件的提示函了，或者没有名称。")
    if len(found.employers) > MOST:
        raise TooMany(f"选中了{len(found.employers)}家单位。")
    common = draft_values(session, case, LetterKind.REMINDER, fields or {})
    rows = [{**common, "addressee": name} for name in found.employers.values()]
    documents, changes = records.save_many(session, LETTER, rows, name=f"起草提示函{len(rows)}份")
    return Notices(tuple(documents), changes)


def drafts_of(session: Session, case: str) -> list[str]:
    """The reminders of a case that wait to be issued, in the order in which they were drafted."""
    found = [
        record
        for record in records.children(session, LETTER, case)
        if text(record.values, "kind") == LetterKind.REMINDER and not text(record.values, "document_number")
    ]
    return [record.id for record in sorted(found, key=lambda r: (r.stamp, text(r.values, "addressee"), r.id))]


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
) -> Printed:
    """Prints issued letters: into one file behind an index, or one file each; the printing of each is recorded.

    Nothing is written and nothing recorded before all are set, so a run that is given up leaves nothing behind.
    Raises as ``print_document`` for any of them.
    """
    if not documents:
        raise NobodyLeft("没有选中已经签发的文书。")
    if len(documents) > MOST:
        raise TooMany(f"选中了{len(documents)}份文书。")
    run = _set(session, list(dict.fromkeys(documents)), progress)
    letters, files = [letter for _, letter, _, _ in run], [data for _, _, _, data in run]
    folder.mkdir(parents=True, exist_ok=True)
    if together:
        data = joined(letters, files, lambda: progress(len(run), len(run)))
        paths = [printing.free(folder, f"文书{len(run)}份 {session.environment.today().isoformat()}", "pdf")]
        write_whole(paths[0], data)
    else:
        paths = [folder / file_name(letter, copy.mark) for _, letter, copy, _ in run]
        for path, data in zip(paths, files, strict=True):
            write_whole(path, data)
    return Printed(tuple(paths), _note(session, [(record, letter, copy) for record, letter, copy, _ in run]))


def _set(
    session: Session, documents: Sequence[str], progress: Progress
) -> list[tuple[Record, PrintedLetter, Copy, bytes]]:
    """Every letter with its pages; cases are judged once each, however many letters they have."""
    whole = [held(session, LETTER, document) for document in documents]
    for case in dict.fromkeys(text(record.values, "case") for record in whole):
        reasons = contradictions(load_case(session, case))
        if reasons:
            raise IllegalStep("有案件的步骤有矛盾，不能打印文书", reasons)
    before = _printed_before(session, whole)
    found = []
    for place, record in enumerate(whole):
        progress(place, len(whole))
        about = held(session, CASE, text(record.values, "case"))
        letter = printable(session, record, about.values)
        copy = copy_of(record, before.get(record.id, 0))
        found.append((record, letter, copy, pages.print_letter(letter, mark=copy.mark)))
    return found


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

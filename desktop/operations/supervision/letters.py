"""Drafts and composes the letters of a case, and says whether one may be issued."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from desktop.documents.letters import filling
from desktop.documents.letters.compose import compose, material_rows
from desktop.documents.letters.content import content_faults
from desktop.documents.letters.filling import Material, Source
from desktop.documents.letters.printed import Layout, PrintedLetter, from_snapshot
from desktop.documents.letters.templates import LetterIncomplete, default_text
from desktop.errors import Problem
from desktop.operations.recording import admitting, records
from desktop.operations.recording.records import Saved
from desktop.operations.session import Session
from desktop.operations.supervision.cases import LETTER, IllegalStep, held, issuer_of, load_case
from desktop.operations.supervision.powers import POWER
from desktop.operations.templates import templates
from desktop.records.cells import Values, text
from desktop.records.supervision import (
    CaseFile,
    Decision,
    Letter,
    LetterKind,
    Reason,
    Title,
    contradictions,
    letter_of,
    route_of,
)
from desktop.records.supervision import may_issue as decide
from desktop.records.supervision.kinds import NATURAL, REPLY_DAYS, TITLES, WORKING, Matter
from desktop.records.supervision.powers import LOCAL_FEDERATIONS
from desktop.records.typed.lengths import too_long
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NewRecord
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.queries.units import writers_above

MATERIAL = "handover_item"
_CONTACT = ("contact_name", "contact_phone", "contact_address")


def draft(session: Session, case: str, kind: str, fields: Mapping[str, Cell] | None = None) -> Saved:
    """A draft of a letter: what the case tells is filled in, ``fields`` are taken as they are.

    Anybody who may write in the case may draft, whatever its state; only issuing follows the order of law.
    Raises ``NotFound``, ``NotAllowed``, ``UnknownField``.
    """
    letter_kind = kind_of(kind)
    values = draft_values(session, case, letter_kind, fields or {})
    return records.save(session, LETTER, values, name=f"起草{letter_kind.label}")


def draft_values(
    session: Session, case: str, kind: LetterKind, fields: Mapping[str, Cell]
) -> dict[str, Cell]:
    """What a draft begins with: what the case tells as far as a letter takes it, and ``fields`` as they are."""
    file, fields_of = load_case(session, case), session.types[LETTER].by_name
    typed = dict(fields)
    title = _title(file, kind, typed)
    given: dict[str, Cell] = {"case": case, "kind": kind.value, "title_variant": title.value}
    told = _defaults(session, file, kind, title, typed)
    return {**{n: v for n, v in told.items() if not too_long(fields_of[n], v)}, **typed, **given}


def kind_of(kind: str) -> LetterKind:
    """The kind of letter. Raises :class:`IllegalStep` for any other word."""
    try:
        return LetterKind(kind)
    except ValueError:
        raise IllegalStep("没有这种文书") from None


def _title(file: CaseFile, kind: LetterKind, typed: Mapping[str, Cell]) -> Title:
    """The title as typed, else the one that belongs to the opinion letter of the case or to its matter."""
    asked = typed.get("title_variant")
    for title in TITLES[kind]:
        if asked == title.value:
            return title
    main = text(file.case, "matter")
    if kind is LetterKind.OPINION and main == Matter.DEMOCRATIC:
        return Title.CORRECTION_OPINION
    corrections = [p for p in file.standing(LetterKind.OPINION) if p.title is Title.CORRECTION_OPINION]
    if kind is LetterKind.SUGGESTION and corrections:
        democratic = file.about(Matter.DEMOCRATIC) and main != Matter.CONTRACT
        return Title.HANDLING_SUGGESTION if democratic else Title.PENALTY_SUGGESTION
    return TITLES[kind][0]


def _defaults(
    session: Session, file: CaseFile, kind: LetterKind, title: Title, typed: Mapping[str, Cell]
) -> dict[str, Cell]:
    template = templates.letter_template(
        session, title, route_of(file, title, str(typed.get("legal_basis") or ""))
    )
    values: dict[str, Cell] = {
        "addressee": text(file.case, "employer_name") or None,
        "subject": text(file.case, "summary") or None,
        "drafter": session.operator.name,
        **_last_contact(session),
    }
    words = {"union_law": filling.union_law_words(file)}
    for name in template.defaults:
        values[name] = default_text(template, name, words) or None
    if kind is not LetterKind.SUGGESTION:
        values["reply_days"] = REPLY_DAYS
        values["reply_day_kind"] = WORKING if kind is LetterKind.OPINION else NATURAL
    if kind is LetterKind.OPINION:
        values["investigation"] = filling.investigation_words(file) or None
    if kind is LetterKind.SUGGESTION:
        values |= _suggestion_defaults(session, file, title, typed)
    chosen = typed.get("opinion_letter") or values.get("opinion_letter")
    values["articles"] = _articles_before(file, kind, str(chosen or ""))
    return values


def _articles_before(file: CaseFile, kind: LetterKind, opinion: str) -> Cell:
    """The articles that the letter before quoted to the same employer: nobody looks for them twice."""
    if kind is LetterKind.OPINION:
        told = text(file.case, "employer_name")
        before = [p for p in file.standing(LetterKind.REMINDER) if text(p.values, "addressee") == told]
    else:
        before = [p for p in file.standing(LetterKind.OPINION) if p.id == opinion]
    return text(before[-1].values, "articles") or None if before else None


def _suggestion_defaults(
    session: Session, file: CaseFile, title: Title, typed: Mapping[str, Cell]
) -> dict[str, Cell]:
    """The department of the same level, and the opinion letter and situation where there is only one choice."""
    place = _local_federation(session).removesuffix("总工会")
    code = str(typed.get("department") or "human_resources")
    values: dict[str, Cell] = {
        "department": code,
        "addressee": f"{place}{session.codes['receiving_department'].label_of(code)}",
    }
    probe = Letter("", LetterKind.SUGGESTION, title)
    found = decide(file, LetterKind.SUGGESTION, None, probe).grounds
    if len({opinion for opinion, _ in found}) == 1:
        values["opinion_letter"] = found[0][0]
    if len(found) == 1:
        values["ground"] = found[0][1].value
    opinion_id = typed.get("opinion_letter") or values.get("opinion_letter")
    known = file.by_id.get(str(opinion_id or ""))
    values["history"] = filling.history_words(file, known) or None
    return values


def _local_federation(session: Session) -> str:
    """Who would issue a suggestion letter: this body, else the nearest 地方总工会 above; "" where none is known."""
    issuer = issuer_of(session)
    if issuer.level in LOCAL_FEDERATIONS:
        return issuer.name
    known = writers_above(session.database, session.types, session.types[POWER], session.unit.id)
    return next(iter(known.values()), "")


def _last_contact(session: Session) -> dict[str, Cell]:
    """The union's contact of the newest letter, so that nobody types it twice."""
    query = Query(LETTER, order=reading.NEWEST_ORDER, descending=True)
    for record in reading.records(session.database, session.types, query, limit=1):
        return {name: record.values.get(name) for name in _CONTACT}
    return {}


@dataclass(frozen=True)
class Redrafted(Saved):
    """A draft with the words of another letter; ``left_out`` says what others sent that is too long to be typed."""

    left_out: tuple[str, ...] = ()


def redraft(session: Session, document: str) -> Redrafted:
    """A new draft with the words of another letter: how an issued one is corrected after it was voided.

    What it hands over goes with it, in one step. Raises ``NotFound``, ``Gone``, ``NotAllowed``, ``WrongClock``.
    """
    old = held(session, LETTER, document)
    letter, material = session.types[LETTER], session.types[MATERIAL]
    words = {
        f.name: old.values.get(f.name)
        for f in letter.fields
        if f.section not in ("issue", "own", "past") and f.name != "drafter"
    }
    record, unit = session.ledger.new_id(), session.ledger.unit_of("case", text(old.values, "case"))
    drafts = [(letter, record, {**words, "drafter": session.operator.name})]
    for item in records.children(session, MATERIAL, document):
        drafts.append((material, session.ledger.new_id(), {**item.values, "document": record}))
    left_out: list[str] = []
    births: list[NewRecord] = []
    for record_type, new, cells in drafts:
        values = {name: records.tidy(cell) for name, cell in cells.items()}
        long = {name: said for name in values if (said := too_long(record_type.by_name[name], values[name]))}
        left_out += long.values()
        kept = {name: cell for name, cell in values.items() if name not in long}
        admitting.check_rights(session, record_type, kept)
        births.append(NewRecord(record_type.name, new, unit, kept))
    admitting.check_parent(session, letter, words)
    admitting.check_units(session, [unit])
    changes = session.ledger.write("重新起草文书", session.operator.name, births=births)
    return Redrafted(record, changes, tuple(records.check(session, LETTER, record)), tuple(left_out))


def source_of(
    session: Session,
    document: str,
    day: datetime.date,
    whole: CaseFile | None = None,
) -> Source:
    """What a letter is written from, as things stood at the end of ``day``.

    ``whole`` is its case where that was read already: a case of 200 letters is not read anew for each of them.
    """
    record = held(session, LETTER, document)
    letter = letter_of(record.id, record.values, record.stamp)
    if letter is None:
        raise LetterIncomplete("文书还缺“文种”。")
    file = whole or load_case(session, text(record.values, "case"))
    employer_id = text(file.case, "enterprise")
    employer = records.load(session, "enterprise", employer_id) if employer_id else None
    return Source(
        file.until(day, without=document),
        replace(letter, issued=None, number=""),
        session.unit.level,
        session.codes,
        employer.values if employer is not None else {},
        materials(session, document),
        session.reference.laws,
    )


def materials(session: Session, document: str) -> list[Material]:
    """What is handed over with a suggestion letter, in its order."""
    codes = session.codes["material_form"]
    found = records.children(session, MATERIAL, document)
    found.sort(key=lambda record: (_whole(record.values, "sequence"), record.stamp, record.id))
    return [
        Material(
            text(record.values, "name"),
            _whole(record.values, "copy_count") or 1,
            _whole(record.values, "page_count"),
            codes.label_of(text(record.values, "form")),
        )
        for record in found
    ]


def handed_as_issued(session: Session, document: str, values: Values) -> bool:
    """Whether the materials are those that the issued letter names, with so many pieces and pages."""
    parts = from_snapshot(text(values, "snapshot")).parts
    issued = next((part.rows for part in parts if part.kind == "attachment"), ())
    return issued == material_rows(materials(session, document))


def _whole(values: Values, name: str) -> int:
    value = values.get(name)
    return value if isinstance(value, int) else 0


def compose_letter(session: Session, document: str, *, layout: Layout | None = None) -> PrintedLetter:
    """The letter as it would be printed today. Raises ``LetterIncomplete`` and the problems of quotations."""
    day = session.environment.today()
    return composed(session, source_of(session, document, day), day, layout=layout)


def composed(
    session: Session, source: Source, day: datetime.date, number: str = "", layout: Layout | None = None
) -> PrintedLetter:
    """The letter of a source under the name of this workspace's body."""
    draft_values, title = source.draft.values, source.draft.title
    template = templates.letter_template(
        session, title, route_of(source.file, title, text(draft_values, "legal_basis"))
    )
    return compose(template, source, organ=issuer_of(session).name, day=day, number=number, layout=layout)


def may_issue(
    session: Session,
    case: str,
    kind: str,
    document: str | None = None,
    *,
    day: datetime.date | None = None,
    whole: CaseFile | None = None,
) -> Decision:
    """Whether a letter of this kind may be issued from here, and why not; with ``document`` for that draft.

    A draft is also composed and read: what is missing in it and what it must not say count as reasons. ``whole`` is
    the case where it was read already.
    """
    letter_kind = kind_of(kind)
    day = day or session.environment.today()
    if document is None:
        file = whole or load_case(session, case)
        return _in_order(file, decide(file.until(day), letter_kind, issuer_of(session)))
    return decision_on(session, source_of(session, document, day, whole=whole), day, whole)


def _in_order(file: CaseFile, decision: Decision) -> Decision:
    """A case that contradicts the order of law issues nothing."""
    return replace(decision, reasons=(*decision.reasons, *contradictions(file)))


def decision_on(session: Session, source: Source, day: datetime.date, whole: CaseFile | None) -> Decision:
    """The decision on one draft: order of law first, then its words. ``whole`` is its case if it was read already."""
    decision = decide(source.file, source.kind, issuer_of(session), source.draft)
    decision = _in_order(whole or load_case(session, text(source.draft.values, "case")), decision)
    unchosen = any(reason.field in ("opinion_letter", "ground") for reason in decision.asked)
    if decision.forbidden or unchosen:
        return decision
    try:
        words = tuple(content_faults(source, composed(session, source, day)))
    except Problem as problem:
        words = (Reason(problem.sentence.rstrip("。"), next_step=problem.next_step),)
    return replace(decision, reasons=(*decision.reasons, *words))

"""Numbers of letters and cases: settings, the register, confirming it after a restore, numbers of cases."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from desktop.documents.letters.register import Owner, Register, Taken, Voided
from desktop.errors import StateProblem
from desktop.operations import audit
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session
from desktop.operations.supervision.cases import CASE, LETTER, IllegalStep, held, issuer_of, load_case
from desktop.operations.supervision.powers import kinds_here, kinds_of
from desktop.records.cells import Values, text
from desktop.records.declaration import Role
from desktop.records.supervision import REGISTER_LEVELS, EventKind, LetterKind
from desktop.records.supervision.kinds import article
from desktop.records.supervision.numbering import (
    DEFAULT_PATTERNS,
    BadPattern,
    Series,
    check_apart,
    check_body,
    check_organ,
    check_pattern,
    form_number,
    said,
    sequence_of,
)
from desktop.records.supervision.powers import EMPOWERED_LEVELS, PAST, issued_fields
from desktop.records.supervision.reasons import forbidden
from desktop.records.versions.canonical import Cell
from desktop.store.queries import reading
from desktop.store.queries.reading import Filter, Query, Record
from desktop.store.tables.database import ReadOnlyPlace

issuing_lock = threading.RLock()
"""Several threads of a program may number, each over its own connection; between processes the transaction decides.

Over one connection they must not: one waits in the engine for a function of ours, and the other for the engine.
"""


class NumbersNotSet(StateProblem):
    """The code that stands for the issuing body is not known yet."""

    next_step = "请在“编号设置”里填写机关代字（如“杭西”）和发文机关全称。"
    help_anchor = "numbers"


@dataclass(frozen=True)
class NumberSettings:
    """How this body numbers: its code, its full name on letters, and a pattern for each series."""

    body: str
    organ: str
    patterns: Mapping[Series, str] = field(default_factory=lambda: dict(DEFAULT_PATTERNS))


def number_settings(session: Session) -> NumberSettings:
    """The settings of numbers; the code is empty until somebody has set it, because none can be derived."""
    meta = session.ledger.meta
    patterns = {
        series: meta(f"letters.pattern.{series}") or DEFAULT_PATTERNS[series] for series in series_of(session)
    }
    return NumberSettings(meta("letters.body") or "", issuer_of(session).name, patterns)


def series_of(session: Session) -> tuple[Series, ...]:
    """What is numbered at this unit: cases only where letters are numbered without a power."""
    kinds = kinds_of(session.database, session.types, session.unit.id, session.unit.level)
    letters = tuple(Series(kind.value) for kind in LetterKind if kind in kinds)
    return (*letters, Series.CASE) if session.unit.level in REGISTER_LEVELS else letters


def known_settings(session: Session) -> NumberSettings:
    """The settings where the code is set. Raises :class:`NumbersNotSet`, and ``BadPattern`` for another's name."""
    settings = number_settings(session)
    if not settings.body:
        raise NumbersNotSet("还没有设置文号里的机关代字。")
    check_organ(settings.organ, session.unit.name, session.unit.level)
    return settings


def set_number_settings(
    session: Session, body: str, organ: str | None = None, patterns: Mapping[Series, str] | None = None
) -> NumberSettings:
    """Sets code, full name and patterns; a pattern that counts already stays the example that it is.

    Raises ``BadPattern``, ``NotAllowed``.
    """
    require_register(session)
    code, before = check_body(body), number_settings(session).patterns
    named = {Series(series): pattern for series, pattern in (patterns or {}).items()}
    checked = {series: check_pattern(pattern, series) for series, pattern in named.items()}
    checked = {series: pattern for series, pattern in checked.items() if pattern != before.get(series)}
    _refuse_doubles(session, {**before, **checked}, code)
    full = check_organ(organ, session.unit.name, session.unit.level) if organ else ""
    other = [f"{s.label}写法 {said(pattern)}" for s, pattern in checked.items()]
    with session.database.transaction():
        session.ledger.set_meta("letters.body", code)
        if full:
            session.ledger.set_meta("letters.organ", full)
        for series, pattern in checked.items():
            session.ledger.set_meta(f"letters.pattern.{series}", pattern)
        audit.note(session, audit.Act.NUMBERS_SET, "，".join((code, *other)))
    return number_settings(session)


def set_numbers(
    session: Session, settings: NumberSettings, year: int, following: Mapping[Series, int]
) -> NumberSettings:
    """The settings, and which numbers come next, in one step: all of it or nothing.

    Raises ``BadPattern``, ``NotAllowed``.
    """
    # The file of numbers is written last: what it has kept is not taken back.
    with issuing_lock, session.database.transaction():
        now = set_number_settings(session, settings.body, settings.organ, settings.patterns)
        confirm_numbers(session, year, following)
    return now


def _refuse_doubles(session: Session, patterns: Mapping[Series, str], body: str) -> None:
    """No series may come to give a number that another one has given, in this year or one that was numbered before."""
    check_apart(patterns, body)
    now = session.environment.today().year
    kept = [line for line in register_of(session, now).lines() if isinstance(line, Taken)]
    for year in {now, *(line.year for line in kept)}:
        register = register_of(session, year)
        for series, pattern in patterns.items():
            following = register.next(series, year)
            for taken in (*kept, *register.known):
                n = sequence_of(taken.number) or 0
                mine = taken.series is series or n < following
                if not mine and taken.number == form_number(pattern, body, year, n):
                    raise BadPattern(
                        f"{series.label}按这个写法会编出“{taken.number}”，这个号已经编给{taken.series.label}。",
                        "请换一个写法，或者到明年再改。",
                    )


def require_register(session: Session) -> None:
    """Raises ``NotAllowed`` unless this workspace may number and this operator works at its desk."""
    session.require(Role.DESK)
    if kinds_here(session):
        return
    if kinds_of(session.database, session.types, session.unit.id, session.unit.level):
        raise NotAllowed(
            "文书由本单位的另一台工作电脑编号、签发，这台可以起草。",
            "请在编号电脑上签发；那台不再使用的，由上级停用它，或者在“签发授权”里另选编号电脑。",
        )
    raise NotAllowed("文书由区总工会审核、编号、印发，本单位没有签发的授权，可以起草。")


def register_of(session: Session, year: int, series: Series | None = None) -> Register:
    """The register of this workspace with the ledger's numbers of a year, voided and deleted ones included."""
    wanted = series_of(session) if series is None else (series,)
    known = [taken for each in wanted for taken in _taken(session, each, year)]
    return Register(session.workspace.folder, _owner(session), tuple(known))


def begin_register(session: Session) -> None:
    """Starts the register with the first number. Raises what :meth:`Register.begin` raises."""
    fields = issued_fields(session.unit.level)
    number = Filter(fields["document_number"], reading.Compare.FILLED)
    given: list[tuple[str, tuple[Filter, ...]]]
    if session.unit.level in EMPOWERED_LEVELS:
        # What other towns and the district have issued is none of this register.
        given = [(LETTER, (number, Filter(fields["issuing_unit"], value=session.unit.id)))]
    else:
        given = [(LETTER, (number,)), (CASE, (Filter("case_number", reading.Compare.FILLED),))]
    fresh = not any(
        reading.count(session.database, session.types, query)
        for type_name, filters in given
        for query in _queries(type_name, filters)
    )
    Register(session.workspace.folder, _owner(session), ()).begin(fresh=fresh)


def _owner(session: Session) -> Owner:
    return Owner(session.unit.id, session.ledger.station, session.ledger.incarnation)


def _queries(type_name: str, filters: tuple[Filter, ...]) -> list[Query]:
    """What lives and what was deleted: a deleted letter keeps its number."""
    return [
        Query(type_name, filters=filters, order=reading.NEWEST_ORDER, deleted=deleted)
        for deleted in (False, True)
    ]


def numbered(session: Session, series: Series, year: int) -> list[Record]:
    """The records that bear a number of a series and year, those of other bodies that issue as this one included."""
    case = series is Series.CASE
    field_name = "case_year" if case else issued_fields(session.unit.level)["issue_year"]
    filters: tuple[Filter, ...] = (Filter(field_name, value=year),)
    if not case:
        filters += (Filter("kind", value=series.value),)
    queries = _queries(CASE if case else LETTER, filters)
    return [record for query in queries for record in reading.records(session.database, session.types, query)]


def _taken(session: Session, series: Series, year: int) -> list[Taken]:
    found = (taken_by(session, record, series) for record in numbered(session, series, year))
    return [*(taken for taken in found if taken is not None), *_taken_before(session, series, year)]


def _taken_before(session: Session, series: Series, year: int) -> Iterator[Taken]:
    """The numbers of a year that a paper register gave before the program, where they are of this pattern."""
    if series is Series.CASE:
        return
    settings, name = number_settings(session), f"{PAST}document_number"
    filters = (Filter("kind", value=series.value), Filter(name, reading.Compare.FILLED))
    for query in _queries(LETTER, filters):
        for record in reading.records(session.database, session.types, query):
            number = text(record.values, name)
            n = sequence_of(number)
            if n is not None and number == form_number(settings.patterns[series], settings.body, year, n):
                yield Taken(session.unit.id, series, year, n, number, record.id, text(record.values, "case"))


def taken_by(session: Session, record: Record, series: Series) -> Taken | None:
    """The number of a record as a line of the register; nothing where another body gave it."""
    body, values = session.unit.id, record.values
    if series is Series.CASE:
        year, n = values.get("case_year"), values.get("case_sequence")
        number, case, mine = text(values, "case_number"), record.id, True
    else:
        fields = issued_fields(session.unit.level)
        year, n = values.get(fields["issue_year"]), values.get(fields["sequence"])
        number, case = text(values, fields["document_number"]), text(values, "case")
        mine = issued_by(session, values)
    if not mine or not isinstance(year, int) or not isinstance(n, int):
        return None
    return Taken(body, series, year, n, number, record.id, case)


def issued_by(session: Session, values: Values) -> bool:
    """Whether the issue that units of this level write in a letter is this unit's.

    Older letters of a district name its body and no unit.
    """
    fields = issued_fields(session.unit.level)
    unit = text(values, fields["issuing_unit"])
    older = not unit and session.unit.level in REGISTER_LEVELS
    return unit == session.unit.id or (
        older and text(values, fields["issuing_body"]) == issuer_of(session).name
    )


def next_numbers(session: Session, year: int) -> dict[Series, int]:
    """The next number of every series, for a person to compare with the paper register."""
    register = register_of(session, year)
    return {series: register.next(series, year) for series in series_of(session)}


def confirm_numbers(session: Session, year: int, numbers: Mapping[Series, int]) -> None:
    """A person says which number comes next, after a restore or where the file of numbers was lost.

    A number below one that is known to be taken is raised to the next free one: nothing is given twice.
    """
    require_register(session)
    with issuing_lock:
        register = register_of(session, year)
        proposed = {series: register.next(series, year) for series in series_of(session)}
        confirmed = {s: max(numbers.get(s, n), n) for s, n in proposed.items()}
        register.confirm((s, year, n - 1) for s, n in confirmed.items())
        audit.note(
            session,
            audit.Act.NUMBERS_CONFIRMED,
            f"{year}年 {' '.join(f'{s}={n}' for s, n in confirmed.items())}",
        )


def keep_number(session: Session, document: Record) -> None:
    """Makes sure that a letter's number stands in the file before it is printed, where this workspace gave it."""
    taken = taken_by(session, document, Series(text(document.values, "kind")))
    if taken is not None:
        Register(session.workspace.folder, _owner(session), (taken,)).keep()


def note_void(session: Session, number: str, document: str) -> None:
    """Writes in the file that a number was voided; it stays taken."""
    keep(Register(session.workspace.folder, _owner(session), ()), Voided(number, document))


def keep(register: Register, *lines: Taken | Voided) -> None:
    """Writes the file after the transaction. Where it cannot be written now, printing tries again and refuses."""
    with contextlib.suppress(ReadOnlyPlace):
        register.keep(*lines)


def file_case(session: Session, case: str) -> str:
    """Gives a case that was accepted its number (立案号), once. Raises like :func:`issue`."""
    require_register(session)
    if session.unit.level not in REGISTER_LEVELS:
        raise NotAllowed("立案号由区总工会编。")
    settings = known_settings(session)
    accepted = load_case(session, case).of(EventKind.ACCEPTED)
    if not accepted:
        raise IllegalStep("还没有登记受理，不能编立案号", [forbidden("先受理，后立案", article(17))])
    year = accepted[-1].day.year
    with issuing_lock:
        begin_register(session)
        with session.database.transaction():
            given = text(held(session, CASE, case).values, "case_number")
            if given:
                raise IllegalStep(f"本案已经编号（{given}）")
            register = register_of(session, year, Series.CASE)
            n = register.next(Series.CASE, year)
            number = form_number(settings.patterns[Series.CASE], settings.body, year, n)
            cells: dict[str, Cell] = {"case_number": number, "case_year": year, "case_sequence": n}
            edits = records.slot_edits(session, session.types[CASE], case, cells)
            session.ledger.write(f"立案{number}", session.operator.name, edits=edits)
            audit.note(session, audit.Act.CASE_FILED, f"{case} {number}")
        keep(register, Taken(session.unit.id, Series.CASE, year, n, number, case, case))
        return number

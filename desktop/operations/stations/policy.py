"""What a level above lets not count: revoking a computer, taking that or a withdrawal back (rules 18, 27)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop.errors import StateProblem
from desktop.operations import audit, quantities
from desktop.operations.audit import Act
from desktop.operations.quantities import Count
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import uncounted
from desktop.operations.stations.traffic import station_names, unknown_station
from desktop.operations.stations.uncounted import Excluded
from desktop.records.declaration import Role
from desktop.records.typed.lengths import check_lengths
from desktop.records.versions import stamps
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import DECIDING_TYPES, EXCLUSION, REVOCATION
from desktop.records.versions.spans import spans_of
from desktop.store.ledger import ChangeSet, Deletion, NewRecord, NotFound
from desktop.store.peers import holdings
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.environment import EPOCH_MS
from desktop.store.tables.pinyin import sort_key
from desktop.sync import trust
from desktop.sync.authority import exclusions, station
from desktop.sync.authority.station import Knowledge
from desktop.sync.merging import standing, withdrawing
from desktop.sync.merging.withdrawing import Losses
from desktop.sync.signed.certificates import Certificate


class BuiltUpon(StateProblem):
    """Something that counts stands on what would be withdrawn."""

    exit_code = 22
    next_step = "请直接把不对的内容改正过来，改正的内容也会送到各处。"


class NoStation(StateProblem):
    """No such computer is known here."""

    next_step = "请核对工作电脑的编号，或者先合并带有它的数据包。"


@dataclass(frozen=True, slots=True)
class Standing:
    """A computer below and whether it counts; ``last`` is the highest number held of its newest incarnation.

    ``held``: how many items of all its incarnations are here. It begins anew with 1 after a restore, so that ``last``
    alone looks as if less had come.

    ``out``: it is out of use, by the word of whoever may say so, and no later grant has let it in again. A word of
    another level may leave as much as it likes, so this unit can say its own all the same. ``enrols``: it may enrol
    others, who go on under what it has given them.
    """

    station: str
    name: str
    incarnation: str
    last: int
    held: int
    out: bool
    revocation: str
    """The id of the record by which this unit revokes it, or nothing."""
    enrols: bool = False


# -- revoking a computer -------------------------------------------------------------------------------------------


def stations(session: Session) -> list[Standing]:
    """The computers that this one may revoke, by the name of their unit."""
    known = _known(session)
    own = _own(known, session)
    revoked = {r.values["station"]: r.id for r in _live(session, REVOCATION) if r.unit == session.unit.id}
    names = station_names(session.database, session.here)
    found = [
        Standing(
            name,
            names.get(name, unknown_station(name)),
            *holdings.newest_incarnation(session.database, name),
            holdings.held_of(session.database, name),
            any(trust.NO_CUT not in r.cuts.values() for r in known.policy.revocations.get(name, ())),
            str(revoked.get(name, "")),
            any(c.claims.may_issue for c in known.certificates[name]),
        )
        for name in known.certificates
        if name != session.ledger.station and _may_revoke(own, known, name)
    ]
    return sorted(found, key=lambda s: (sort_key(s.name), s.station))


def look_at_revocation(session: Session, name: str, after: int | None = None) -> tuple[Count, ...]:
    """What would count no longer, by type. Without a number everything that is held now goes on counting.

    Erasures that are held stay.
    """
    return counted(session, withdrawing.above_cut(session.ledger, name, _cuts(session, name, after)))


def last_before(session: Session, name: str, day: datetime.date) -> int:
    """The last item that a computer wrote before a day (Beijing time) in its newest incarnation; 0 for none.

    Its own clock says when: a computer never writes under an earlier moment than before.
    """
    incarnation, last = holdings.newest_incarnation(session.database, name)
    stamp = stamps.make(stamps.tick_at(audit.start_of(day) - EPOCH_MS), 0)
    first = holdings.first_since(session.database, session.types, name, incarnation, stamp)
    return last if first is None else first - 1


def revoke(session: Session, name: str, after: int | None = None, note: str = "") -> ChangeSet:
    """From item ``after`` of its newest incarnation on, nothing that a computer has written counts any more.

    Its earlier incarnations count as far as they are held, and so do erasures that have come. Raises
    :class:`NoStation`, ``NotAllowed``, ``WrongClock``.
    """
    session.require(Role.DESK)
    known = _known(session)
    if name not in known.certificates:
        raise NoStation("没有这台工作电脑。")
    if name == session.ledger.station or not _may_revoke(_own(known, session), known, name):
        raise NotAllowed("这台工作电脑不归本单位管，不能停用。")
    cuts = _cuts(session, name, after)
    stay = withdrawing.erasures_behind(session.ledger, name, cuts)
    words = exclusions.write_cuts(
        cuts, {incarnation: spans_of(numbers) for incarnation, numbers in stay.items()}
    )
    label = station_names(session.database, session.here).get(name, unknown_station(name))
    before = [
        Deletion(REVOCATION, r.id)
        for r in _live(session, REVOCATION)
        if r.values["station"] == name and r.unit == session.unit.id
    ]
    birth = birth_of(
        session,
        REVOCATION,
        {"label": label, "station": name, "cuts": words or None, "note": note or None},
        day="revoked",
    )
    with session.database.transaction():
        audit.note(session, Act.REVOKED, f"工作电脑{name} {words}".strip())
        return say(session, f"停用工作电脑：{label}", births=[birth], deletions=before)


# -- taking it back ------------------------------------------------------------------------------------------------


def excluded(session: Session) -> list[Excluded]:
    """Everything that does not count by a word that stands here, newest first."""
    return uncounted.all_excluded(session.database, session.here)


def lift(session: Session, *records: str) -> ChangeSet:
    """Takes a withdrawal, a refusal or a revocation back: what it named counts again, exactly as before.

    A large withdrawal stands in several records. Raises ``NotFound`` and ``NotAllowed`` when another level said it.
    """
    session.require(Role.DESK)
    known = {r.id: r for name in (EXCLUSION, REVOCATION) for r in _live(session, name)}
    if not records or not known.keys() >= set(records):
        raise NotFound("没有这一条，或者已经恢复了。")
    said = [known[record] for record in records]
    if any(r.unit != session.unit.id for r in said):
        raise NotAllowed("这是上级或者别的单位定的，请由它恢复。")
    deletions = [Deletion(r.type, r.id) for r in said]
    with session.database.transaction():
        for r in said:
            audit.note(session, Act.LIFTED, f"{r.type} {r.id}")
        what = "恢复工作电脑" if said[0].type == REVOCATION else "恢复计入"
        return say(session, f"{what}：{said[0].values['label']}", deletions=deletions)


def settle(session: Session, changes: ChangeSet) -> ChangeSet:
    """After an undo or the like: brings the ledger in line when it touched what says what counts."""
    if changes.records.keys().isdisjoint(DECIDING_TYPES):
        return changes
    settled = standing.settle(session.ledger, station.load_keys(session.ledger), session.operator.name)
    return ChangeSet(changes.stamp, changes.records, changes.everything or settled.everything)


# -- helpers -------------------------------------------------------------------------------------------------------


NOT_BELOW = "这里有不归本单位管的电脑写的内容，要由上级来定。"


def require_above(session: Session, places: Iterable[tuple[str, str]]) -> None:
    """Raises ``NotAllowed`` unless this computer may say what counts of what stations have written under units."""
    known = _known(session)
    own = _own(known, session)
    if not all(known.policy.known.may_exclude(own, name, unit) for name, unit in places):
        raise NotAllowed(NOT_BELOW)


def require_above_station(session: Session, name: str) -> None:
    """Raises ``NotAllowed`` unless this computer may say what counts of all that a station writes."""
    known = _known(session)
    if not trust.stands_above(_own(known, session), known.certificates.get(name, ()), known.state.tree):
        raise NotAllowed(NOT_BELOW)


def say(
    session: Session,
    words: str,
    *,
    births: Sequence[NewRecord] = (),
    deletions: Sequence[Deletion] = (),
) -> ChangeSet:
    """Writes it and acts upon it in one transaction."""
    with session.database.transaction():
        return settle(
            session, session.ledger.write(words, session.operator.name, births=births, deletions=deletions)
        )


def birth_of(session: Session, name: str, cells: Mapping[str, Cell], day: str = "excluded") -> NewRecord:
    """What says that something does not count, of today. Raises ``TooLong`` for a reason that is a letter."""
    check_lengths(session.types[name], {"note": cells.get("note")})
    today = session.environment.today().isoformat()
    return NewRecord(name, "", session.unit.id, {**cells, day: today})


def _live(session: Session, name: str) -> list[reading.Record]:
    return reading.records(session.database, session.types, Query(name))


def _known(session: Session) -> Knowledge:
    return station.knowledge(session.ledger, station.load_keys(session.ledger))


def _own(known: Knowledge, session: Session) -> Certificate:
    certificates = known.certificates.get(session.ledger.station)
    if not certificates:
        raise NotAllowed("本机还没有入网，没有下级可以管。")
    return certificates[0]


def _may_revoke(own: Certificate, known: Knowledge, name: str) -> bool:
    """Check 23: of the whole computer, or of what it may write under units below this one."""
    certificates = known.certificates[name]
    return trust.may_revoke(own, certificates, known.issuers(name), known.state.tree) or any(
        known.policy.known.may_exclude(own, name, unit) for c in certificates for unit in c.claims.units
    )


def _cuts(session: Session, name: str, after: int | None) -> dict[str, int]:
    """What is held of each incarnation; ``after`` for the newest."""
    cuts = holdings.last_numbers(session.database, name)
    if after is not None:
        newest, _ = holdings.newest_incarnation(session.database, name)
        if newest:
            cuts[newest] = after
    return cuts


def counted(session: Session, losses: Losses) -> tuple[Count, ...]:
    """What would count no longer, by type, as people are told."""
    return tuple(
        quantities.count(session.types, name, losses.births[name], losses.changes[name])
        for name in sorted({*losses.births, *losses.changes})
    )

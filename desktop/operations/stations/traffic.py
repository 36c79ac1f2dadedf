"""What a user sees of the traffic with other stations: who has what, what waits, what was not taken and why.

Reading takes a connection and a ``Here``, so that a window can ask from its reader's thread; looking at files
that need the station's keys, and merging, take a session.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop.errors import Problem
from desktop.operations import quantities, queries
from desktop.operations.quantities import Count
from desktop.operations.session import LEVELS_WITH_OWN_ROOT, Here, Session
from desktop.operations.stations import exchange, outdated
from desktop.records.declaration import Level
from desktop.records.duties import wanted_by
from desktop.store.ledger import ChangeSet
from desktop.store.peers import links
from desktop.store.peers import traffic as stored
from desktop.store.peers.arrivals import Arrival
from desktop.store.peers.links import Link
from desktop.store.peers.traffic import Exported, Merged
from desktop.store.queries import aggregates, forked, governing
from desktop.store.queries import digest as digests
from desktop.store.queries.aggregates import Unsent
from desktop.store.queries.digest import Digest
from desktop.store.queries.units import outside, subtree
from desktop.store.tables.database import Database
from desktop.store.workspaces import persons
from desktop.store.workspaces.workspace import OwnUnit
from desktop.sync.authority import enrolled, station
from desktop.sync.bundles import envelope
from desktop.sync.bundles.sending import Sent
from desktop.sync.enrolling import enrolment, requests
from desktop.sync.errors.surroundings import plain_problems
from desktop.sync.formats import sorts
from desktop.sync.formats.files import read_limited
from desktop.sync.merging.receiving import Look
from desktop.sync.merging.results import BundleResult, MergeReport
from desktop.sync.signed import certificates
from desktop.sync.signed.manifest import DOWN
from desktop.sync.signed.words import Fingerprint, fingerprint

Progress = Callable[[int, int, str], None]
"""Called with done, total and the name of the file; may raise to cancel."""
SEND, RECEIPTS = "send", "receipts"
"""What a folder is remembered for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far enrolment is. ``has_superior`` is whether this unit is enrolled by a level above at all."""

    has_superior: bool
    requested: bool
    enrolled: bool
    may_enrol: bool
    may_delegate: bool


@dataclass(frozen=True, slots=True)
class Peer:
    """A station that bundles are exchanged with, the last of them each way, and what is not confirmed yet.

    ``outdated`` says that since the last bundle to it something of its unit, or of one below it, was changed here, or
    something that concerns it was said of what counts. ``moved``: its unit was put under another superior, who hears
    from it now. ``of_before``: the last bundle to it was written before this ledger was restored or moved, and no
    receipt to it fits any more.
    """

    link: Link
    sent: Exported | None
    received: Merged | None
    confirmed: bool
    outdated: bool = False
    moved: bool = False
    of_before: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the sync page shows at first.

    ``waiting`` is what the next bundle up carries, ``fresh`` what of it is in no bundle yet, ``unanswered`` what of it
    the level above has never confirmed. ``forks`` counts computers whose numbers have two contents, which wait for a
    decision. ``wanted`` are the duties whose signatures the level above asks for, ``duties`` those that somebody here
    has; ``asks`` are those that this unit asks for.
    """

    standing: Standing
    upward: Peer | None
    peers: tuple[Peer, ...]
    waiting: int
    fresh: int
    unanswered: int
    own: tuple[Count, ...]
    below: tuple[Count, ...]
    not_taken: int
    refused: int
    held: int
    conflicts: int
    folders: Mapping[str, str] = field(default_factory=dict)
    forks: int = 0
    wanted: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()


def overview(database: Database, here: Here) -> Overview:
    """Who has what, and what is to be done next."""
    away, known = outside(database, here.unit.id), _with_outdated(database, here, peers(database))
    below = [p.link.peer for p in known if not p.link.upward]
    # Whom its own superior has taken over is in our units still.
    taken = enrolled.by_others(database, here.station, below) if below else frozenset()
    found = [
        replace(p, moved=not p.link.upward and (p.link.unit in away or p.link.peer in taken)) for p in known
    ]
    upward = next((p for p in found if p.link.upward), None)
    # Who has nobody above has nothing to send up, and a district would count its whole ledger.
    position = upward.link.acknowledged if upward is not None else None
    counted = stored.waiting(database, here.types, here.station, position) if position is not None else []
    unsent = aggregates.unsent(database) if position is not None else Unsent(False, 0, 0)
    not_taken, refused, held, conflicts = stored.count_unapplied(database)
    return Overview(
        standing=standing(database, here.unit),
        upward=upward,
        peers=tuple(found),
        waiting=stored.count_waiting(database, position) if position is not None else 0,
        fresh=unsent.waiting,
        unanswered=unsent.unanswered,
        own=_counts(here, (w for w in counted if w.own)),
        below=_counts(here, (w for w in counted if not w.own)),
        not_taken=not_taken,
        refused=refused,
        held=held,
        conflicts=conflicts,
        folders={purpose: stored.setting(database, f"folder_{purpose}") for purpose in (SEND, RECEIPTS)},
        forks=len(forked.open_forks(database)),
        wanted=wanted_by(governing.signature_rule(database, upward.link.unit))
        if upward is not None
        else frozenset(),
        duties=frozenset(person.duty for person in persons.kept(database)),
        asks=wanted_by(governing.signature_rule(database, here.unit.id)),
    )


def standing(database: Database, unit: OwnUnit) -> Standing:
    """How far enrolment is."""
    chain = json.loads(stored.setting(database, "chain") or "[]")
    length = certificates.parse(base64.b64decode(chain[0])).claims.path_length if chain else None
    return Standing(
        unit.level not in LEVELS_WITH_OWN_ROOT,
        bool(stored.setting(database, "request")),
        bool(chain),
        length is not None,
        (length or 0) > 0,
    )


def peers(database: Database) -> list[Peer]:
    """Every station that bundles are exchanged with, those above first."""
    sent, received = stored.last_exported(database), stored.last_merges(database)
    return [
        Peer(
            link,
            last := sent.get(link.peer),
            received.get(link.peer),
            last is not None and last.position <= links.confirmed(database, link.peer, link.acknowledged),
            of_before=last is not None and links.is_of_before(database, link.peer, last.sequence),
        )
        for link in links.all_links(database)
    ]


def _with_outdated(database: Database, here: Here, found: Sequence[Peer]) -> list[Peer]:
    told = {p.link: p.sent.at for p in found if p.sent is not None and not p.link.upward}
    behind = outdated.behind(database, here, told)
    return [replace(peer, outdated=True) if peer.link.peer in behind else peer for peer in found]


def _counts(here: Here, found: Iterable[stored.Waiting]) -> tuple[Count, ...]:
    return tuple(quantities.count(here.types, w.type, w.births, w.changes, w.deletions) for w in found)


def station_names(database: Database, here: Here) -> dict[str, str]:
    """The unit of every station that is known here, by station; what is above the superior is told by the own chain.

    One whose grant was withdrawn keeps its name: what it wrote is still listed, as what does not count.
    """
    units = {u.id: u.name for u in queries.unit_tree(database, here.types)}
    chain = certificates.readable(json.loads(stored.setting(database, "chain") or "[]"))
    names = dict(stored.stations_withdrawn(database))
    names |= {c.station: units.get(unit, "") for c in chain for unit in c.claims.units}
    names |= {peer: units[unit] for peer, unit in enrolled.stations(database) if unit in units}
    names |= {link.peer: link.name for link in links.all_links(database)}
    return {key: name for key, name in names.items() if name} | {here.station: here.unit.name}


def unknown_station(key: str) -> str:
    """What a station is called of which nothing but its id is known."""
    return f"别处的电脑{key[:8]}"


def came_words(came: Arrival, author: str, sender: str) -> str:
    """“随第3号数据包来”; who sent it is named where somebody else had written it, and alone where that is all."""
    name = "" if came.sender == author and came.sequence else f"“{sender}”"
    return f"随{name}{f'第{came.sequence}号' if came.sequence else '的'}数据包来"


# -- the ledger of merges, digests -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A line of the ledger of merges and the unit that sent it."""

    merged: Merged
    name: str


def merge_log(database: Database, here: Here) -> list[MergeLine]:
    """The ledger of merges, newest first."""
    names = station_names(database, here)
    return [MergeLine(m, names.get(m.sender, unknown_station(m.sender))) for m in stored.merges(database)]


def content_digest(database: Database, here: Here, unit: str | None = None) -> Digest:
    """The content digest of all records, or of a unit and all below it."""
    units = None if unit is None else frozenset(subtree(database, unit))
    return digests.digest(database, here.types, units)


def own_words(session: Session) -> Fingerprint:
    """The words of this station's key, to be read out on the telephone."""
    return fingerprint(station.load_keys(session.ledger).public_key)


def remember_folder(session: Session, purpose: str, folder: Path) -> None:
    """Keeps the folder that was last used for sending or for receipts, so that it is proposed the next time."""
    session.ledger.set_meta(f"folder_{purpose}", str(folder))


# -- files -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request for enrolment says; its signature stands, who sent it only the telephone can tell.

    ``digest`` names it to :func:`enrolling.grant`.
    """

    path: Path
    code: str
    name: str
    level: Level
    station: str
    words: Fingerprint
    digest: str


def look_request(path: Path) -> Asked:
    """A request for enrolment; raises what reading it raises."""
    with sorts.telling(path, sorts.REQUEST):
        found = requests.read_request(read_limited(path, enrolment.MAX_SMALL * 2))
    wish = found.wish
    return Asked(path, wish.code, wish.name, wish.kind, found.keys.station, found.words, found.digest)


@dataclass(frozen=True, slots=True)
class Seen:
    """One file before it is merged: what would become of it, whose it is (empty of a station that nobody knows here),
    when it was made (seconds since 1970; 0 where it does not say), and whether it comes from above.

    ``writers`` are the units that have written what is new in it, with how many items each; ``names`` are those of all
    computers that would be known then.
    """

    result: BundleResult
    name: str
    created: int
    downward: bool
    writers: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def look_into(
    session: Session,
    here: Here,
    paths: Sequence[Path],
    progress: Progress | None = None,
    look: Look | None = None,
) -> tuple[MergeReport, Mapping[str, str]]:
    """What merging these files would do, and the unit of every computer that would be known then.

    One that is enrolled by the same bundle that brings what it has written is told by its name, too.
    """
    names: dict[str, str] = {}

    def looked(results: Sequence[BundleResult]) -> None:
        names.update(station_names(session.database, here))
        if look is not None:
            look(results)

    return exchange.merge(session, paths, preview=True, progress=progress, look=looked), names


def preview(
    session: Session,
    here: Here,
    paths: Sequence[Path],
    progress: Progress | None = None,
    look: Look | None = None,
) -> list[Seen]:
    """What merging these files would do; nothing is written. A file that is refused carries its problem."""
    report, names = look_into(session, here, paths, progress, look)
    return [_seen(found, names) for found in report.bundles]


def _seen(result: BundleResult, names: Mapping[str, str]) -> Seen:
    try:
        said = envelope.look(envelope.read_bundle(result.path))
    except Problem:
        return Seen(result, "", 0, False)
    name = result.name or names.get(said.sender, "")
    return Seen(result, name, said.created, said.kind == DOWN, writers(result, names), names)


def writers(result: BundleResult, names: Mapping[str, str]) -> dict[str, int]:
    """How many items that are new here each unit has written, the most first."""
    found = Counter[str]()
    for key, count in result.written.items():
        found[names.get(key) or unknown_station(key)] += count
    return {name: count for name, count in found.most_common() if count}


@dataclass(frozen=True)
class MergeOutcome:
    """What a merge did, the receipts that were written, and the stations whose receipts could not be, and why."""

    report: MergeReport
    receipts: tuple[Sent, ...] = ()
    failed: tuple[tuple[str, Problem], ...] = ()

    @property
    def changes(self) -> ChangeSet:
        """What windows have to look at again."""
        return self.report.changes


def merge(
    session: Session,
    paths: Sequence[Path],
    receipts: Path | None,
    progress: Progress | None = None,
    writing: Progress | None = None,
    look: Look | None = None,
) -> MergeOutcome:
    """Merges bundles, then writes a receipt into the folder for every station below that sent one.

    What was merged stands even when the stick with the folder is gone: the receipts are told as failed. So ``writing``,
    which hears of the receipts, cannot cancel as ``progress`` can.
    """
    report = exchange.merge(session, paths, progress=progress, look=look)
    if receipts is None:
        return MergeOutcome(report)
    senders = dict.fromkeys(b.sender for b in report.bundles if b.problem is None)
    return answer(session, MergeOutcome(report), list(senders), receipts, writing)


def answer(
    session: Session,
    done: MergeOutcome,
    senders: Sequence[str],
    folder: Path,
    writing: Progress | None = None,
) -> MergeOutcome:
    """Writes receipts for those of these stations that are below; added to what a merge has done."""
    written, failed = write_receipts(session, senders, folder, writing)
    return MergeOutcome(done.report, (*done.receipts, *written), failed)


def write_receipts(
    session: Session, stations: Sequence[str], folder: Path, writing: Progress | None = None
) -> tuple[tuple[Sent, ...], tuple[tuple[str, Problem], ...]]:
    """Writes receipts for those of these stations that are below; what was written, and whose could not be and why."""
    found = [links.link_to(session.database, each) for each in stations]
    below = [link for link in found if link is not None and not link.upward]
    written: list[Sent] = []
    failed: list[tuple[str, Problem]] = []
    for number, link in enumerate(below):
        if writing is not None:
            writing(number, len(below), link.name)
        try:
            with plain_problems():
                # What the folder lies in is on the stick: where that is gone, it is not made on the hard disk.
                folder.mkdir(exist_ok=True)
                written.append(exchange.send(session, folder, to=link.peer))
                while written[-1].more:
                    written.append(exchange.send(session, folder, to=link.peer))
        except Problem as problem:
            failed.append((link.peer, problem))
    return tuple(written), tuple(failed)

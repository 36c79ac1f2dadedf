"""The inbox: a folder in which files of other stations arrive, what each of them is, and where merged ones are put.

:mod:`desktop.operations.stations.inbox_files` looks at the files; here the ledger tells which of them were merged
before and which are new. Nothing here merges.
"""

from __future__ import annotations

import datetime
import enum
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.errors import Problem
from desktop.operations import queries
from desktop.operations.session import Here, Session
from desktop.operations.stations import traffic
from desktop.operations.stations.inbox_files import (
    ACKNOWLEDGEMENT,
    BUNDLE,
    GRANT,
    REQUEST,
    WIPED,
    Identity,
    Look,
    look_once,
    tried,
)
from desktop.operations.stations.signing import wanted_above
from desktop.operations.workspaces import answering, recovery
from desktop.records.typed.dates import china_time, time_words
from desktop.renaming import replace
from desktop.store.peers import arrivals, links
from desktop.store.peers import traffic as stored
from desktop.store.queries import units
from desktop.store.tables.database import Database
from desktop.store.tables.pinyin import sort_key
from desktop.sync.authority import enrolled, speaking
from desktop.sync.bundles import envelope
from desktop.sync.errors import CutShort
from desktop.sync.errors.surroundings import plain_problems
from desktop.sync.merging.results import BundleResult
from desktop.sync.signed import certificates, persons
from desktop.sync.signed.manifest import UP, Manifest

INBOX: Final = "inbox"
"""What the folder is remembered for, beside those of :mod:`desktop.operations.stations.traffic`."""
MERGED_FOLDER: Final = "已合并"
_PUT_AWAY: Final = "inbox_put_away"


class State(enum.Enum):
    """What is to be done with a file, in the order in which they are shown."""

    NEW = "新"
    COPYING = "正在拷贝"
    ENROLMENT = "待办理"
    REFUSED = "不能合并"
    CUT_SHORT = "没有拷完"
    UNREADABLE = "读不出来"
    SAME = "相同的"
    SEEN = "收过了"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file of the inbox: its state and why, and by what name its sender and unit are known here.

    ``merged`` is whether its content stands in the ledger of merges.
    """

    look: Look
    state: State
    why: str = ""
    sender: str = ""
    merged: bool = False

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.look.path


def sort_out(
    database: Database, here: Here, looks: Sequence[Look], refused: Mapping[Identity, str]
) -> list[Arrival]:
    """What each file is, those that wait for somebody first; ``refused`` are verdicts of looks before merging."""
    known = _Known.read(database, here, looks, {**_unsigned(database, here, looks), **refused})
    found = [_arrival(look, known) for look in looks]
    order = list(State)
    return sorted(found, key=lambda a: (order.index(a.state), sort_key(a.sender), *_turn(a.look)))


def _unsigned(database: Database, here: Here, looks: Sequence[Look]) -> dict[Identity, str]:
    """Bundles from below without a signature that this unit asks for, and what is said of them (rule 31)."""
    wanted = wanted_above(database, here.unit.id)
    found: dict[Identity, str] = {}
    for look in looks:
        if look.said is not None and look.said.kind == UP and look.said.receiver == here.station:
            try:
                persons.require(look.said, look.signers, wanted)
            except Problem as problem:
                found[look.identity] = problem.sentence
    return found


@dataclass(frozen=True)
class _Known:
    """What files are held against; ``first`` is the one of several equal files that is offered.

    ``settled`` are stations that are enrolled, certificates that are confirmed or that this station has, and requests
    that were answered, ``revoked`` are stations that are out of use, ``given`` the certificates granted here.
    """

    station: str
    names: Mapping[str, str]
    units: Mapping[str, str]
    merged: Mapping[str, arrivals.MergedBundle]
    settled: frozenset[str]
    revoked: frozenset[str]
    given: frozenset[str]
    first: Mapping[str, Look]
    refused: Mapping[Identity, str]

    @classmethod
    def read(
        cls, database: Database, here: Here, looks: Sequence[Look], refused: Mapping[Identity, str]
    ) -> _Known:
        """Asks the ledger."""
        first: dict[str, Look] = {}
        for look in sorted(looks, key=lambda k: k.identity in refused):
            first.setdefault(look.digest, look)
        confirmed = _confirmed(database)
        return cls(
            here.station,
            traffic.station_names(database, here),
            {u.id: u.name for u in queries.unit_tree(database, here.types)},
            arrivals.merged_bundles(database, (k.digest for k in looks if k.said is not None)),
            frozenset(peer for peer, _ in enrolled.stations(database))
            | confirmed
            | frozenset(json.loads(stored.setting(database, "chain") or "[]")[:1])
            | frozenset(answering.answered(database)),
            enrolled.out_of_use(database),
            arrivals.given_by(database, here.station, (k.about for k in looks if k.kind == GRANT)),
            first,
            refused,
        )


def _confirmed(database: Database) -> frozenset[str]:
    """The certificates that have been accepted, and those that were given to the same stations before."""
    given: dict[str, list[str]] = {}
    for peer, text in arrivals.confirmed_certificates(database):
        given.setdefault(peer, []).extend(
            c.digest for c in certificates.readable([text]) if c.station == peer
        )
    found: set[str] = set()
    for peer, digests in given.items():
        last = speaking.accepted(database, peer)
        found.update(digests[digests.index(last) :] if last in digests else digests)
    return frozenset(found)


def _arrival(look: Look, known: _Known) -> Arrival:
    if look.said is not None:
        return _bundle(look, look.said, known)
    if isinstance(look.problem, CutShort):
        return Arrival(look, State.CUT_SHORT, "文件不完整，请重新拷一份；接着拷的会自动再看")
    if look.problem is not None:
        return Arrival(look, State.UNREADABLE, look.problem.sentence.rstrip("。"))
    if not look.whole:
        return Arrival(look, State.COPYING, "等它拷完，会自动再看")
    if look.about in known.given:
        return Arrival(look, State.SEEN, "本机批准的，请交回给申请的单位", look.name)
    waits, over = _ENROLMENT_WORDS[look.kind]
    if look.about in (known.revoked if look.kind == WIPED else known.settled):
        return Arrival(look, State.SEEN, over, look.name)
    return _twin(look, known, look.name) or Arrival(look, State.ENROLMENT, waits, look.name)


def _bundle(look: Look, said: Manifest, known: _Known) -> Arrival:
    sender = known.names.get(said.sender, traffic.unknown_station(said.sender))
    unit = known.units.get(said.unit, "")
    if unit and unit != sender:
        sender = f"{sender}（{unit}）"
    if (before := known.merged.get(look.digest)) is not None:
        called = f"，当时叫“{before.file}”" if before.file != look.path.name else ""
        why = f"{time_words(before.at)} 已合并{called}"
        return Arrival(look, State.SEEN, why, sender, merged=True)
    if said.sender == known.station:
        return Arrival(look, State.SEEN, "本机自己导出的，不用合并", sender)
    if (twin := _twin(look, known, sender)) is not None:
        return twin
    if said.receiver != known.station:
        return Arrival(look, State.REFUSED, "不是发给本机的，请交给它的收件单位", sender)
    if (verdict := known.refused.get(look.identity)) is not None:
        return Arrival(look, State.REFUSED, verdict.rstrip("。"), sender)
    return Arrival(look, State.NEW, "下级上报的数据包" if said.kind == UP else "上级的回执和下发内容", sender)


def _twin(look: Look, known: _Known, sender: str) -> Arrival | None:
    first = known.first[look.digest]
    if first.path == look.path:
        return None
    return Arrival(look, State.SAME, f"和“{first.shown_name}”是同一个文件", sender)


_ENROLMENT_WORDS: Final = {
    REQUEST: ("入网申请，双击办理", "入网申请，已经批准过"),
    GRANT: ("上级的批准文件，双击办理", "上级的批准文件，已经办理过"),
    ACKNOWLEDGEMENT: ("入网回执，双击办理", "入网回执，已经登记过"),
    recovery.REQUEST: ("下级忘了口令，申请恢复，双击办理", "恢复口令的申请，已经答复过"),
    WIPED: ("下级电脑的清除确认，双击核对", "清除确认，那台电脑已经停用"),
}


def _turn(look: Look) -> tuple[int, str, int, int, str]:
    """In which turn files are merged: what came from above first, then each sender's in the order it wrote them."""
    said = look.said
    if said is None:
        return 2, "", 0, 0, look.path.name
    return int(said.kind == UP), said.sender, said.sequence, said.created, look.path.name


def in_order(paths: Iterable[Path]) -> list[Path]:
    """Bundles in the turn in which they are merged, of equal ones a whole one; what cannot be read comes last."""
    found: dict[str, list[Look]] = {}
    rest: list[Path] = []
    for path in paths:
        look = tried(Look(path, 0, 0))
        if look.said is None:
            # Why is told when its turn to be merged comes.
            rest.append(path)
        else:
            found.setdefault(look.digest, []).append(look)
    return [look.path for look in sorted(map(_whole_one, found.values()), key=_turn)] + rest


def to_merge(arrivals: Sequence[Arrival], *states: State) -> list[Path]:
    """The bundles in these states, with the copies of them, as any one of these may be damaged."""
    wanted = [a for a in arrivals if a.state in states]
    digests = {a.look.digest for a in wanted}
    copies = (a for a in arrivals if a.state is State.SAME and a.look.digest in digests)
    return [a.path for a in (*wanted, *copies)]


def _whole_one(equal: Sequence[Look]) -> Look:
    """Of equal files, which say the same of themselves, the first of which nothing is damaged.

    Signatures of persons are written into a file that is there already: of a copy from before them nothing is taken.
    """
    equal = sorted(equal, key=lambda look: -len(look.signers))
    return next((look for look in equal[:-1] if _is_whole(look.path)), equal[-1])


def _is_whole(path: Path) -> bool:
    try:
        envelope.check_copy(envelope.read_bundle(path))
    except Problem:
        # What is wrong with it is told when no copy is better.
        return False
    return True


# -- settings, and what follows a merge --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settings:
    """The folder that is watched, if any, and whether what was merged is moved into a folder inside it."""

    folder: Path | None
    put_away: bool


def settings(database: Database) -> Settings:
    """What was chosen in this workspace."""
    folder = stored.setting(database, f"folder_{INBOX}")
    return Settings(Path(folder) if folder else None, stored.setting(database, _PUT_AWAY) == "1")


def choose(session: Session, folder: Path | None, put_away: bool) -> Settings:
    """Chooses the folder, or none, and whether merged files are moved."""
    session.ledger.set_meta(f"folder_{INBOX}", "" if folder is None else str(folder))
    session.ledger.set_meta(_PUT_AWAY, str(int(put_away)))
    return settings(session.database)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What followed a merge: how many files were moved, what stood in the way, and who below has sent nothing yet."""

    moved: int = 0
    problem: Problem | None = None
    silent: tuple[str, ...] = ()


def after_merge(session: Session, results: Sequence[BundleResult]) -> Aftermath:
    """Moves merged files that lie in the inbox where the user chose so, and tells who has sent nothing this month."""
    chosen = settings(session.database)
    moved, problem = 0, None
    if chosen.put_away and chosen.folder is not None:
        home = chosen.folder.resolve()
        mine = [r.path for r in results if r.problem is None and r.path.parent.resolve() == home]
        moved, problem = put_away(mine)
    return Aftermath(moved, problem, tuple(silent(session.database, session.environment.today())))


def put_away(paths: Iterable[Path]) -> tuple[int, Problem | None]:
    """Moves files into the folder for merged ones beside them; stops at the first that cannot be moved."""
    moved = 0
    try:
        with plain_problems():
            for path in paths:
                _move(path, path.parent / MERGED_FOLDER)
                moved += 1
    except Problem as problem:
        return moved, problem
    return moved, None


def _move(path: Path, folder: Path) -> None:
    """Renames in one step; the name is taken first, so that nothing that lies there is ever replaced."""
    folder.mkdir(exist_ok=True)
    number = 1
    while True:
        target = folder / (path.name if number == 1 else f"{path.stem}（{number}）{path.suffix}")
        try:
            target.open("xb").close()
            break
        except FileExistsError:
            number += 1
    try:
        replace(path, target)
    except OSError:
        target.unlink(missing_ok=True)
        raise


def silent(database: Database, today: datetime.date) -> list[str]:
    """The units below of which no station has sent a bundle in the month of ``today``, by name.

    Those that were moved to another superior since send there.
    """
    heard = stored.last_merges(database)
    away = units.outside(database, stored.setting(database, "unit_id"))
    month = (today.year, today.month)
    spoke: dict[str, bool] = {}
    names: dict[str, str] = {}
    for link in links.all_links(database):
        if link.upward or link.unit in away:
            continue
        last = china_time(heard[link.peer].at) if link.peer in heard else None
        names[link.unit] = link.name
        spoke[link.unit] = spoke.get(link.unit, False) or (
            last is not None and (last.year, last.month) == month
        )
    return sorted((names[unit] for unit, has in spoke.items() if not has), key=sort_key)


# -- a folder at once, without a window --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gathered:
    """The bundles of a folder that are to be merged, in their turn, and those that are left out and why."""

    paths: tuple[Path, ...]
    left_out: tuple[Arrival, ...]


def gather(session: Session, folder: Path) -> Gathered:
    """What of a folder is to be merged; what cannot be read is merged too, so that it is told with its reason.

    Raises :class:`desktop.operations.stations.inbox_files.FolderGone`.
    """
    listing = look_once(folder)
    if listing.problem is not None:
        raise listing.problem
    here = session.here
    found = sort_out(session.database, here, [k for k in listing.looks if k.kind == BUNDLE], {})
    paths = in_order(to_merge(found, *(set(State) - {State.SAME, State.SEEN})))
    return Gathered(tuple(paths), tuple(a for a in found if a.path not in paths))

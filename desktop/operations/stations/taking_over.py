"""Computers of units below that report to somebody else: they are given another grant without having to ask for it.

A town whose only laptop was stolen gets a new one, a village is moved to another town, a district had enrolled it past
its town: in each case the computer goes on sending to who has enrolled it, and everything is here to certify the same
keys anew. What is compared by telephone is as with any grant.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.operations import queries
from desktop.operations.file_names import free_path, safe_name
from desktop.operations.session import Here, Session
from desktop.operations.stations import enrolling
from desktop.operations.stations.enrolling import Granted
from desktop.operations.stations.policy import NoStation
from desktop.operations.stations.traffic import station_names
from desktop.records.versions.deciding import UNIT
from desktop.store.peers import links
from desktop.store.queries import governing, reading
from desktop.store.tables.database import Database
from desktop.store.tables.pinyin import sort_key
from desktop.store.workspaces.workspace import OwnUnit
from desktop.sync import trust
from desktop.sync.authority import enrolled, speaking, station
from desktop.sync.authority.chains import Grant
from desktop.sync.authority.held import Reading
from desktop.sync.authority.station import Knowledge
from desktop.sync.enrolling.requests import Request, Wish
from desktop.sync.signed.certificates import Certificate, RequestedKeys


@dataclass(frozen=True, slots=True)
class Astray:
    """A computer of a unit right below this one that reports to another station, which has enrolled it.

    ``superior`` is the unit of that station, empty where it is not known here; ``left`` says that this station had
    enrolled the computer before, and ``out`` that the other one is out of use. ``lost``: who has enrolled it takes
    nothing more of it, being out of use or above it no longer; a district that enrolled it past this unit still does.
    ``given``: this station has given it a grant already, which it has not acknowledged.
    """

    station: str
    unit: str
    name: str
    superior: str
    out: bool
    lost: bool
    given: bool
    left: bool = False

    @property
    def why(self) -> str:
        """To whom it reports, in words."""
        whose = f"“{self.superior}”" if self.superior else "别的单位" if self.left else "原来的上级"
        now = f"现在报给{whose}的一台已停用的电脑" if self.out else f"现在报给{whose}"
        if self.left and self.lost and not self.out:
            # Whether it has accepted what the other has given is seen by nothing that comes here.
            now = f"{whose}也给它办过入网，可能已经改报给那里"
        return f"{now}，已补发批准，等它接受" if self.given else now


def astray(database: Database, here: Here) -> list[Astray]:
    """Those computers, by the name of their unit; none for who may not enrol."""
    known = station.knowledge(Reading.of(database), None)
    return [found for found, _ in _found(database, here, known)]


def _found(database: Database, here: Here, known: Knowledge) -> list[tuple[Astray, Certificate]]:
    """Each with the certificate that it has, as far as is known here."""
    own = known.certificates.get(here.station, ())
    if not any(c.claims.may_issue for c in own):
        return []
    below = {u.id: u.name for u in queries.unit_tree(database, here.types) if u.superior == here.unit.id}
    names = station_names(database, here)
    colleagues = {name for name, unit in enrolled.stations(database) if unit == here.unit.id}
    found: list[tuple[Astray, Certificate]] = []
    for name in dict.fromkeys(c.station for c in known.granted.all()):
        given = [c for c in known.granted.of(name) if not c.claims.units.isdisjoint(below)]
        counting = known.certificates.get(name, ())
        theirs = _by_others(given, counting, here.station)
        if theirs is None or name == here.station or trust.is_out(known.state, name):
            continue
        out = trust.is_out(known.state, theirs.issuer_station)
        place = given.index(theirs)
        again = {c.digest for c in given[:place] if c.issuer_station == here.station}
        left = any(c.issuer_station == here.station for c in given[place:])
        if (theirs.issuer_station in colleagues and not out) or (
            again and _has_accepted(database, name, again)
        ):
            continue
        unit = min(theirs.claims.units & below.keys())
        superior = names.get(theirs.issuer_station, "")
        found.append(
            (
                Astray(
                    name, unit, below[unit], superior, out, out or theirs not in counting, bool(again), left
                ),
                theirs,
            )
        )
    return sorted(found, key=lambda one: (sort_key(one[0].name), one[0].station))


def _has_accepted(database: Database, name: str, certificates: Collection[str]) -> bool:
    """Whether a station has accepted one of these, by their digests: another that it had before is none."""
    last, link = speaking.accepted(database, name), links.link_to(database, name)
    return last in certificates if last is not None else link is not None and link.confirmed


def _by_others(
    given: Sequence[Certificate], counting: Collection[Certificate], own: str
) -> Certificate | None:
    """Of the certificates of a station, the newest first, that which others have given it; one that counts, if any."""
    theirs = [c for c in given if c.issuer_station != own]
    return next((c for c in theirs if c in counting), next(iter(theirs), None))


def take_over(session: Session, stations: Collection[str], folder: Path) -> list[Granted]:
    """Writes another grant (`.xsg`) for each of these computers into a folder; who accepts it reports to this one.

    Keys, units, level and role are those that the computer has, and whether it may enrol others. The grant names its
    present certificate in place of a request, so nobody else can use it, nor it a second time. Raises
    :class:`NoStation`, what :func:`enrolling.certify` raises, and what the disk raises.
    """
    enrolling.require_issuer(session)
    known = station.knowledge(session.ledger, station.load_keys(session.ledger))
    found = {one.station: (one, held) for one, held in _found(session.database, session.here, known)}
    if not stations or not found.keys() >= set(stations):
        raise NoStation("没有这台要接手的工作电脑。", "请再看一遍名单；已经报给本机的，不用再补发。")
    return [_give(session, *found[name], folder) for name in dict.fromkeys(stations)]


def _give(session: Session, one: Astray, held: Certificate, folder: Path) -> Granted:
    claims = held.claims
    record = reading.record(session.database, session.types, UNIT, one.unit)
    values = record.values if record is not None else {}
    code = str(values.get("code") or "")
    text = base64.b64encode(held.der).decode()
    # Anybody may have written about it; what proves its keys stands in the grant by which it was issued (check 21).
    by = (g for g in _grants(session.database) if g.certificate == text)
    proof = next((g.proof for g in by if trust.grant_fits(held, g.station, g.incarnation, g.number)), None)
    begun = governing.incarnation_granted(session.database, text, held.issuer_station)
    asked = Request(
        held.digest,
        RequestedKeys(claims.station, claims.public_key, claims.recipient),
        begun or "",
        Wish(code, one.name, claims.level, claims.role),
        session.environment.now(),
        proof,
    )
    unit = OwnUnit(one.unit, code, one.name, claims.level)
    out = free_path(folder / f"{safe_name(one.name)}_补发批准.xsg")
    return enrolling.certify(session, asked, unit, claims.units, out, delegate=claims.may_issue)


def _grants(database: Database) -> Iterator[Grant]:
    return itertools.starmap(Grant, governing.grants(database))

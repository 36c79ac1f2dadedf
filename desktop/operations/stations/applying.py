"""A computer applies for its place: the request, and the grant of the level above that it takes in."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.operations import audit
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations.enrolling import NoRequest, NotEnrolled
from desktop.operations.stations.roots import words_of
from desktop.operations.workspaces import recovery
from desktop.operations.workspaces.workspaces import unit_id
from desktop.records.declaration import Level, Role
from desktop.records.versions.stamps import DAY_MS
from desktop.renaming import write_whole
from desktop.store.peers import links
from desktop.store.queries import governing
from desktop.store.workspaces.workspace import OwnUnit
from desktop.sync.authority import enrolled, station
from desktop.sync.bundles import sending
from desktop.sync.enrolling import acks, grants, requests
from desktop.sync.enrolling.grants import Grant
from desktop.sync.enrolling.requests import Wish
from desktop.sync.errors import Exchanged, UnitNotKnown
from desktop.sync.errors.enrolment import (
    GrantAhead,
    GrantForOtherRequest,
    GrantIncomplete,
    GrantorRevoked,
)
from desktop.sync.formats import files, sorts
from desktop.sync.merging import orphaned, receiving
from desktop.sync.signed import certificates, identity, words
from desktop.sync.signed.tree import Place, Tree
from desktop.sync.signed.words import Fingerprint


@dataclass(frozen=True, slots=True)
class Requested:
    """An enrolment request that was written; the words are read out to the level above."""

    path: Path
    words: str


@dataclass(frozen=True, slots=True)
class Offered:
    """What a grant gives, and the words of the granting station to be compared before it is accepted.

    ``digest`` names it to :func:`accept`. ``unasked``: this computer has not asked for it, a new superior takes it
    over. ``before`` is the unit to which it reports now, where the grant is by another one's; ``placed``, whether the
    own unit lies below that other by what is known here and comes with the grant: else nobody above both has said so.
    ``new_root`` is the root (DER) that has to be compared, as the one that is known here was lost.
    """

    path: Path
    grantor: str
    unit: str
    code: str
    level: Level
    may_enrol: bool
    words: Fingerprint
    digest: str
    unasked: bool = False
    before: str = ""
    placed: bool = True
    new_root: bytes | None = None

    @property
    def root_words(self) -> str:
        """The words of the root that is not the one that is known here, to be compared with the top level."""
        return "" if self.new_root is None else words_of(self.new_root)


def request(session: Session, out: Path, *, renew: bool = False) -> Requested:
    """Writes the request for enrolment (`.xsq`); with ``renew`` for new keys, which count when the grant is accepted.

    Who is enrolled already asks in a new incarnation, which begins then: what somebody else may have written on this
    computer after it was put out of use counts no more because it was let in again (rules 1 and 27). Until then
    everything goes on as it is. Raises :class:`NotEnrolled` and ``NotAllowed``.
    """
    session.require(Role.DESK)
    ledger = session.ledger
    keys, chain = station.load_keys(ledger), station.own_chain(ledger)
    if renew and not chain:
        raise NotEnrolled("本机还没有入网，没有要更换的密钥。")
    if renew and len(chain) == 1:
        raise NotAllowed("本机的密钥就是根证书的密钥。", "请用“更换根证书”。")
    asked = _renewed(session, keys) if renew else keys
    if not renew and len(chain) > 1:
        asked = replace(keys, incarnation=identity.new_incarnation(session.environment.random))
    first = None if keys.first.public_key == asked.public_key else keys.first
    unit = session.unit
    wish = Wish(unit.code, unit.name, unit.level)
    data = requests.make_request(asked, wish, session.environment.now(), first)
    with session.database.transaction():
        station.ask_with(ledger, asked)
        ledger.set_meta("request", requests.read_request(data).digest)
        write_whole(out, data)
        audit.note(session, audit.Act.REQUESTED, audit.digest_of_file(out))
    return Requested(out, str(words.fingerprint(asked.public_key)))


def _renewed(session: Session, keys: identity.StationKeys) -> identity.StationKeys:
    """New keys to ask for; the same ones again, where they were asked for and the grant has not come."""
    asked = station.asked_keys(session.ledger)
    return asked if asked.public_key != keys.public_key else identity.renew(keys, session.environment.random)


def look(
    session: Session, grant_file: Path, new_root: bytes | None = None, *, another_root: bool = False
) -> Offered:
    """A grant for this station, verified but not accepted; raises what :func:`accept` raises.

    What came with it is taken in to see what it says, and nothing of that is kept. With ``another_root`` it may lead to
    whatever root, of which the words are compared too.
    """
    with sorts.telling(grant_file, sorts.GRANT):
        data = files.read_limited(grant_file, grants.MAX_GRANT * 2)
        if another_root:
            new_root = grants.root_of(data)
        found, unasked = read_grant(session, data, new_root), is_unasked(session, data)
    own, claims = _place(session, found), found.certificate.claims
    before = _superior(session, found)
    offered = Offered(
        grant_file, _desk_unit(found)[1], own.name, own.code, own.level, claims.may_issue, found.words,
        found.digest, unasked, before, new_root=new_root,
    )  # fmt: skip
    with contextlib.suppress(_Looked), session.database.transaction():
        _take_place(session, found)
        _take_reference(session, found, _answered(session, data)[0])
        tree = Tree(governing.superiors(session.database))
        placed = tree.place(own.id, found.desk.claims.units) is Place.INSIDE
        offered = replace(offered, placed=placed)
        raise _Looked
    return offered


def change_words(offered: Offered) -> str:
    """To whom this computer reports and would from then on, in words; and whether anybody above both has said so."""
    if offered.placed:
        return (
            f"本机现在报给“{offered.before}”；按现在的体系，“{offered.grantor}”管着本单位，接受以后改报给它。"
        )
    return (
        f"本机现在报给“{offered.before}”，没有查到把本单位调整给“{offered.grantor}”的决定。"
        f"请先打电话问“{offered.before}”；没有这回事的不要接受，接受以后它就收不到本机的数据包了。"
    )


class _Looked(Exception):
    """Ends the transaction of a look and takes back what it wrote."""


def accept(
    session: Session,
    grant_file: Path,
    ack_out: Path | None = None,
    *,
    new_root: bytes | None = None,
    compared: str | None,
) -> OwnUnit:
    """Takes the grant: pins the roots, takes the place in the tree, begins the link upward, writes the ack (`.xsa`).

    ``new_root`` (DER) is a root that somebody compared by telephone because the former one is lost; what was recorded
    stays. ``compared`` is the digest of the grant whose words people have compared, for a stick may hold another by
    now; None says that nobody has. Raises ``RootDiffers`` for any other root than that or the pinned one,
    :class:`Exchanged`, :class:`GrantAhead`, :class:`GrantorRevoked`, and ``WrongClock``: with a date years back all
    that comes with the grant would wait as of tomorrow.
    """
    session.require(Role.DESK)
    session.ledger.clock.check()
    with sorts.telling(grant_file, sorts.GRANT):
        data = files.read_limited(grant_file, grants.MAX_GRANT * 2)
        found, unasked = read_grant(session, data, new_root), is_unasked(session, data)
    if compared not in (None, found.digest):
        raise Exchanged(found.digest)
    own = _place(session, found)
    with session.database.transaction():
        keys = _keys_granted(session, found, _answered(session, data)[0])
        before = None if new_root is None else station.knowledge(session.ledger, keys).policy
        _take_place(session, found)
        if before is not None:
            orphaned.say_again(session.ledger, keys, before, session.operator.name)
        if unasked:
            station.answer_unasked(session.ledger, grants.answered(data))
        session.workspace.set_unit(own)
        unit, name = _desk_unit(found)
        links.connect(
            session.database,
            found.desk.station,
            upward=True,
            unit=unit,
            name=name,
            recipient=found.desk.claims.recipient,
        )
        audit.note(session, audit.Act.ACCEPTED, f"{own.id} 工作电脑{found.desk.station}")
        _take_reference(session, found, keys)
    if ack_out is not None:
        write_whole(
            ack_out,
            acks.make_ack(keys, found, session.ledger.next_number() - 1, session.environment.now()),
        )
    session.__dict__.pop("unit", None)
    recovery.after_opening(session)
    return own


def _take_place(session: Session, found: Grant) -> None:
    """The chain and the roots of a grant are this station's."""
    station.keep_chain(session.ledger, [c.der for c in found.chain])
    station.keep_history(session.ledger, found.history)


def _take_reference(session: Session, found: Grant, keys: identity.StationKeys) -> None:
    """Takes in the tree that came with a grant; raises :class:`GrantorRevoked`.

    Asked last: what came may tell that the desk was let in again.
    """
    if found.reference is not None:
        receiving.take_tree(session.ledger, keys, found.reference, found.desk)
    if found.desk.station in enrolled.out_of_use(session.database):
        raise GrantorRevoked(found.desk.station)


def _place(session: Session, found: Grant) -> OwnUnit:
    """The unit that a grant gives, at the level of the certificate; of two that below which the other lies.

    The desk may have chosen another than was asked for. A code from which the id of the own unit does not follow is
    told by nobody of this program any more, and asking with it once more would lead to another unit.
    """
    rows, claims = {row["id"]: row for row in found.tree}, found.certificate.claims
    # That all are told of is part of what was verified (check 15).
    units = [rows[unit] for unit in sorted(claims.units)]
    mine = next((u for u in units if u["parent"] not in claims.units), units[0])
    held, code = session.unit, mine["code"]
    if mine["id"] == held.id and unit_id(claims.level, code) != held.id:
        code = held.code
    return OwnUnit(mine["id"], code, mine["name"], claims.level)


def _desk_unit(found: Grant) -> tuple[str, str]:
    """Unit and name of who has granted."""
    rows = {row["id"]: row for row in found.tree}
    told = (rows[unit] for unit in sorted(found.desk.claims.units) if unit in rows)
    return next(((row["id"], row["name"]) for row in told), ("", "上级"))


def _superior(session: Session, found: Grant) -> str:
    """The name of the unit to which this station reports, where the grant is by another one's computer."""
    chain = station.own_chain(session.ledger)
    if len(chain) < 2 or not certificates.parse(chain[1]).claims.units.isdisjoint(found.desk.claims.units):
        return ""
    above = next((link for link in links.all_links(session.database) if link.upward), None)
    # A program of before could leave a computer without any that another one below it had taken over.
    return above.name if above is not None else "原来的上级"


def read_grant(session: Session, data: bytes, new_root: bytes | None = None) -> Grant:
    """The grant for this station, if it leads to a root that it knows, or to the new one that somebody has compared.

    None is known yet before the first grant, and where a unit has begun a tree of its own. It answers the last request
    or, where a new superior gives it unasked, names the present certificate; such a one may be taken in once more.
    Raises :class:`NoRequest`, :class:`GrantIncomplete`, :class:`GrantAhead` and what reading a grant raises.
    """
    keys, asked = _answered(session, data)
    pinned = () if new_root is None else (new_root,)
    pins = new_root is None and len(station.own_chain(session.ledger)) > 1
    held = station.history(session.database) if pins else None
    try:
        found = grants.read_grant(data, keys, asked, pinned, held)
    except UnitNotKnown as problem:
        # Not what is said of a bundle: nothing is on its way here.
        raise GrantIncomplete(problem.detail) from problem
    former = {certificates.parse(chain[0]).digest for chain in station.chains_before(session.ledger)}
    if asked in former and found.chain[0].der != station.own_chain(session.ledger)[0]:
        # Of those that name a former certificate only the one that was taken in fits still: with any other that lies
        # about, a former superior's among them, the computer would report there again.
        raise GrantForOtherRequest(asked)
    if found.created > session.environment.now() + DAY_MS:
        # Unit and certificate bear that date too: nobody above would let them count, nor this station.
        raise GrantAhead(str(found.created))
    return found


def is_unasked(session: Session, data: bytes) -> bool:
    """Whether a grant names the certificate that this station has: a new superior gives it, and nobody has asked."""
    chain = station.own_chain(session.ledger)
    return len(chain) > 1 and grants.answered(data) == certificates.parse(chain[0]).digest


def _answered(session: Session, data: bytes) -> tuple[identity.StationKeys, str]:
    """The keys that a grant has to be for, and the digest of what it has to answer.

    That is the last request, or the present certificate; one that comes unasked changes neither keys nor incarnation.
    """
    ledger = session.ledger
    if is_unasked(session, data):
        return station.load_keys(ledger), certificates.parse(station.own_chain(ledger)[0]).digest
    asked = ledger.meta("request")
    if asked is None:
        # Who chose another file hears which it is, instead of being sent to ask once more.
        grants.require_grant(data)
        raise NoRequest("本机没有等待批准的入网申请。")
    return station.asked_keys(ledger), asked


def _keys_granted(session: Session, found: Grant, asked: identity.StationKeys) -> identity.StationKeys:
    """The keys that the grant is for, in their incarnation; what was written so far is signed by those before."""
    ledger = session.ledger
    keys = station.load_keys(ledger)
    renewed = asked.public_key != keys.public_key
    if not renewed and asked.incarnation == keys.incarnation:
        return keys
    sending.cut_own(ledger, keys)
    if renewed:
        audit.note(session, audit.Act.KEYS_RENEWED, f"证书{found.certificate.digest[:16]}")
    return station.begin_granted(ledger, asked)

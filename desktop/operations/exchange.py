"""What a user does with other stations: enrolment, sending, merging, receipts, and comparing digests."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.errors import StateProblem
from desktop.operations import audit, erasing, recovery, renewal
from desktop.operations.session import LEVELS_WITH_OWN_ROOT, NotAllowed, Session
from desktop.operations.workspaces import unit_id
from desktop.records.declaration import Level, Role
from desktop.store import digest as digests
from desktop.store import indexing, reading
from desktop.store.digest import Digest
from desktop.store.keys import write_whole
from desktop.store.ledger import NewRecord, NotFound
from desktop.store.workspace import OwnUnit
from desktop.sync import certificates, enrolment, envelope, links, receiving, sending, station, trust, words
from desktop.sync import recovery as sealing
from desktop.sync.certificates import Claims, grant_serial
from desktop.sync.enrolment import GrantDraft, Wish
from desktop.sync.links import Link
from desktop.sync.manifest import Manifest
from desktop.sync.receiving import Progress
from desktop.sync.results import BundleResult, MergeReport
from desktop.sync.sending import Sent
from desktop.sync.trust import Authentic


class NoRequest(StateProblem):
    """A grant came without a request."""

    next_step = "请先在本机导出入网申请，再请上级批准。"


class NotEnrolled(StateProblem):
    """The station has no certificate yet."""

    next_step = "请先办理入网。"


class PeerRevoked(StateProblem):
    """The receiver was put out of use and gets nothing any more."""

    exit_code = 13
    next_step = "如果是误停用，请先恢复它；换了新电脑的，请让对方重新办理入网。"


@dataclass(frozen=True, slots=True)
class Requested:
    """An enrolment request that was written; the words are read out to the level above."""

    path: Path
    words: str


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant that was written, and for whom."""

    path: Path
    unit: OwnUnit
    words: str


def request(session: Session, out: Path) -> Requested:
    """Writes the request for enrolment (`.xsq`)."""
    session.require(Role.DESK)
    keys = station.load_keys(session.ledger)
    unit = session.unit
    data = enrolment.make_request(keys, Wish(unit.code, unit.name, unit.level), session.environment.now())
    write_whole(out, data)
    session.ledger.set_meta("request", enrolment.read_request(data).digest)
    audit.note(session, audit.Act.REQUESTED, audit.digest_of_file(out))
    return Requested(out, str(words.fingerprint(keys.public_key)))


def grant(
    desk: Session,
    request_file: Path,
    out: Path,
    *,
    level: Level | None = None,
    code: str | None = None,
    delegate: bool = False,
) -> Granted:
    """Grants a request: registers unit and certificate in the tree and writes the grant (`.xsg`).

    ``code`` and ``level`` put the station under another unit than it asked for; what it recorded before stays its
    own, because its first unit becomes one below. ``delegate`` lets it enrol stations of its own units. Raises
    :class:`NotAllowed`, :class:`NotEnrolled` and what reading the request raises.
    """
    own, chain = require_issuer(desk)
    keys = station.load_keys(desk.ledger)
    asked = enrolment.read_request(request_file.read_bytes())
    level = level or asked.wish.kind
    wished = unit_id(asked.wish.kind, asked.wish.code)
    unit = OwnUnit(unit_id(level, code or asked.wish.code), code or asked.wish.code, asked.wish.name, level)
    births = _missing_units(desk, unit, wished, asked.wish)
    claims = Claims(
        station=asked.keys.station,
        public_key=asked.keys.public_key,
        recipient=asked.keys.recipient,
        units=frozenset([unit.id, wished]),
        level=level,
        role=asked.wish.role,
        path_length=_path_length(own, delegate, level),
        recovery=sealing.recipient_below([certificates.parse(der) for der in chain]),
    )
    number = desk.ledger.next_number() + len(births)
    certificate = certificates.issue(claims, grant_serial(keys.station, keys.incarnation, number), keys, own)
    births.append(_grant_record(desk, certificate, unit, asked.incarnation))
    with desk.database.transaction():
        desk.ledger.write(f"批准入网：{unit.name}", desk.operator.name, births=births)
        links.connect(
            desk.database,
            asked.keys.station,
            upward=False,
            unit=unit.id,
            name=unit.name,
            recipient=asked.keys.recipient,
        )
        audit.note(
            desk, audit.Act.GRANTED,
            f"{level.value} {unit.id} 工作电脑{asked.keys.station}{' 可批下级' if delegate else ''}",
        )  # fmt: skip
    draft = GrantDraft(
        asked.digest,
        (certificate.der, *chain),
        station.tree_version(desk.ledger),
        [{"id": u, "parent": p, "code": c, "name": n, "level": lv} for u, p, c, n, lv in _tree_rows(desk)],
        desk.environment.now(),
        sending.tree_frames(desk.ledger, keys, unit.id),
    )
    write_whole(out, enrolment.make_grant(draft, keys))
    return Granted(out, unit, str(asked.words))


def require_issuer(desk: Session) -> tuple[certificates.Certificate, Sequence[bytes]]:
    """The certificate by which this station grants, and its chain; asked before anybody compares words for nothing.

    Raises :class:`NotAllowed` and :class:`NotEnrolled`.
    """
    desk.require(Role.DESK)
    chain = station.own_chain(desk.ledger)
    if not chain:
        raise NotEnrolled("本单位自己还没有入网，不能批准下级。")
    own = certificates.parse(chain[0])
    if not own.claims.may_issue:
        raise NotAllowed(
            "上级批准本单位入网时，没有授权再办理下级入网。",
            "请上级再批准一次本单位的申请并允许办理下级入网；也可以把这份申请交给上级批准。",
        )
    return own, chain


def accept(
    session: Session, grant_file: Path, ack_out: Path | None = None, *, new_root: bytes | None = None
) -> OwnUnit:
    """Takes the grant: pins the root, takes the place in the tree, begins the link upward, writes the ack (`.xsa`).

    ``new_root`` (DER) is a root that somebody compared by telephone because the former one is lost; what was
    recorded stays. Raises ``RootDiffers`` for any other than that or the pinned one.
    """
    session.require(Role.DESK)
    asked = session.ledger.meta("request")
    if asked is None:
        raise NoRequest("本机没有等待批准的入网申请。")
    keys = station.load_keys(session.ledger)
    pinned = pinned_roots(session, new_root)
    found = enrolment.read_grant(grant_file.read_bytes(), keys, asked, pinned)
    rows = {row["id"]: row for row in found.tree}
    units = [rows[u] for u in found.certificate.claims.units if u in rows]
    # The unit that the desk chose has the wished one below it where the two differ.
    mine = next((u for u in units if u["parent"] not in found.certificate.claims.units), units[0])
    with session.database.transaction():
        station.keep_chain(session.ledger, [c.der for c in found.chain])
        own = OwnUnit(mine["id"], mine["code"], mine["name"], Level(mine["level"]))
        session.workspace.set_unit(own)
        desk_unit = next((rows[u] for u in found.desk.claims.units if u in rows), None)
        links.connect(
            session.database,
            found.desk.station,
            upward=True,
            unit=desk_unit["id"] if desk_unit else "",
            name=desk_unit["name"] if desk_unit else "上级",
            recipient=found.desk.claims.recipient,
        )
        audit.note(session, audit.Act.ACCEPTED, f"{own.id} 工作电脑{found.desk.station}")
        if found.reference is not None:
            receiving.take_tree(session.ledger, keys, found.reference, found.desk, session.operator.name)
    if ack_out is not None:
        write_whole(
            ack_out,
            enrolment.make_ack(keys, found, session.ledger.next_number() - 1, session.environment.now()),
        )
    session.__dict__.pop("unit", None)
    recovery.after_opening(session)
    return own


def pinned_roots(session: Session, new_root: bytes | None = None) -> Sequence[bytes]:
    """The roots under which a grant is taken; none yet before the first, and where a unit begins a tree of its own."""
    if new_root is not None:
        return (new_root,)
    chain = station.own_chain(session.ledger)
    return chain[-1:] if session.unit.level not in LEVELS_WITH_OWN_ROOT else ()


def confirm(desk: Session, ack_file: Path) -> Link:
    """Takes the acknowledgement: from now on bundles of the station are expected."""
    desk.require(Role.DESK)
    data = ack_file.read_bytes()
    digest = enrolment.acknowledged_certificate(data)
    for certificate in station.granted(desk.ledger):
        if certificate.digest == digest:
            ack = enrolment.read_ack(data, certificate)
            links.confirm(desk.database, ack.station, ack.incarnation)
            audit.note(desk, audit.Act.CONFIRMED, f"工作电脑{ack.station}")
            link = links.link_to(desk.database, ack.station)
            if link is not None:
                return link
    raise NoRequest(
        "这份回执不是对本单位批准文件的答复。",
        "请核对是哪台电脑的回执（.xsa），交给批准它入网的单位确认。",
    )


def send(session: Session, out: Path, to: str | None = None) -> Sent:
    """Writes a bundle upward, or with ``to`` (a unit's code or name, or a station) down to a station below.

    ``out`` is a file, or a folder in which the file gets a name by unit, number and day.
    Raises ``NotAllowed``, :class:`NotEnrolled`, ``NoLink`` and, as the bundle would bear a wrong date, ``WrongClock``.
    """
    session.require(Role.EDITOR, Role.DESK)
    session.ledger.clock.check()
    keys = station.load_keys(session.ledger)
    if not station.own_chain(session.ledger):
        raise NotEnrolled("本单位还没有入网，不能导出数据包。")
    link = links.uplink(session.database) if to is None else find_link(session, to)
    target, name = _target(session, out, link), session.operator.name
    if link.upward:
        sent = sending.send_up(session.ledger, keys, target, name)
    else:
        state = station.knowledge(session.ledger, keys).state
        if not trust.item_counts(state, link.peer, link.peer_incarnation, trust.NO_CUT):
            raise PeerRevoked(f"“{link.name}”的这台工作电脑已经停用，不再给它导出数据包。")
        sent = sending.send_down(session.ledger, keys, link, target, name)
    audit.note(
        session, audit.Act.SENT, f"给{sent.peer} 第{sent.sequence}号 {sent.items}项 数据包{sent.digest[:16]}"
    )
    return sent


def find_link(session: Session, to: str) -> Link:
    """The peer that a person means by a unit's name or code, a unit id or a station id."""
    for link in links.all_links(session.database):
        unit = reading.record(session.database, session.types, "unit", link.unit)
        code = unit.values.get("code") if unit is not None else None
        if to in (link.peer, link.unit, link.name, code):
            return link
    raise links.NoLink(f"没有和“{to}”的往来。")


def inspect(path: Path) -> Manifest:
    """What a bundle says of itself, nothing verified."""
    return envelope.look(envelope.read_bundle(path))


def verify(path: Path, roots: Sequence[bytes]) -> Authentic:
    """Whether a bundle stands under one of these root certificates (DER); needs no workspace and no key."""
    return envelope.authenticate(envelope.read_bundle(path), roots)


def read_root(path: Path) -> tuple[bytes, ...]:
    """The DER certificates of a PEM file."""
    return certificates.from_pem(path.read_bytes())[-1:]


def words_of(root: bytes) -> str:
    """The words of a certificate's key, to be compared by telephone."""
    return str(words.fingerprint(certificates.parse(root).claims.public_key))


def own_root(session: Session) -> tuple[bytes, ...]:
    """The root that counts here, DER; empty before enrolment."""
    return station.own_chain(session.ledger)[-1:]


def export_root(session: Session, out: Path) -> None:
    """Writes the root certificate as PEM, for verifying bundles without this program."""
    root = own_root(session)
    if not root:
        raise NotEnrolled("本单位还没有入网，没有根证书。")
    write_whole(out, certificates.to_pem(root))


def export_identity(session: Session, out: Path) -> None:
    """Writes the age identity with which this station's bundles are read by public tools; it is noted first.

    Whoever has the file can read every bundle that was made for this station.
    """
    session.require(Role.DESK)
    audit.note(session, audit.Act.KEY_EXPORTED)
    write_whole(out, station.load_keys(session.ledger).identity_file().encode(), secret=True)


def merge(
    session: Session, paths: Sequence[Path], *, preview: bool = False, progress: Progress | None = None
) -> MergeReport:
    """Merges bundles from below, receipts and bundles from above, or shows what merging would do.

    Raises ``NotAllowed``, and ``WrongClock`` where the date here would make most of what comes seem to be from the
    future or the past.
    """
    if not preview:
        session.require(Role.DESK)
        session.ledger.clock.check()
    keys = station.load_keys(session.ledger)
    report = receiving.merge_bundles(
        session.ledger, keys, paths, session.operator.name, preview=preview, progress=progress
    )
    if not preview:
        audit.note(session, audit.Act.MERGED, "；".join(map(_result_words, report.bundles)))
        indexing.refresh_stale(session.database, session.types)
        erasing.finish(session)
        renewed = renewal.follow(session)
        if renewed is not None:
            report = replace(report, renumbered=renewed.rewritten, copied=renewed.copied)
    return report


def receive(session: Session, paths: Sequence[Path]) -> MergeReport:
    """Takes receipts and down-bundles; the same door as :func:`merge`."""
    return merge(session, paths)


def digest(session: Session, scope: str | None = None) -> Digest:
    """The content digest of the workspace, or of a unit (id, code or name) and all below it."""
    units = None
    if scope is not None:
        units = frozenset(reading.subtree(session.database, find_unit(session, scope)))
    return digests.digest(session.database, session.types, units)


def find_unit(session: Session, text: str) -> str:
    """The id of the unit that a person means by id, code or name; raises ``NotFound``."""
    if text in (session.unit.id, session.unit.code, session.unit.name):
        return session.unit.id
    for unit in reading.records(session.database, session.types, reading.Query("unit")):
        if text in (unit.id, unit.values.get("code"), unit.values.get("name")):
            return unit.id
    raise NotFound(f"没有找到单位“{text}”。")


def _result_words(result: BundleResult) -> str:
    """What became of a file, for the log: whose and which, and the five outcomes or the kind of problem."""
    if result.problem is not None:
        return f"没有收：{type(result.problem).__name__}"
    counts = [result.applied, result.known, result.conflict, result.held, result.refused]
    said = (
        f"{words}{n}"
        for words, n in zip(("收下", "已有", "有分歧", "先留着", "不收"), counts, strict=True)
        if n
    )
    return f"{result.sender}第{result.sequence}号 共{result.total}项 {' '.join(said)}".rstrip()


def _missing_units(desk: Session, unit: OwnUnit, wished: str, wish: Wish) -> list[NewRecord]:
    """The unit records that a grant has to register first."""
    births = []
    known = desk.workspace.unit.id
    if reading.record(desk.database, desk.types, "unit", unit.id) is None:
        cells = {
            "name": unit.name,
            "code": unit.code,
            "level": unit.level.value,
            "superior": known,
            "place": unit.code if unit.code.isdigit() else None,
        }
        births.append(NewRecord("unit", unit.id, known, cells))
    if wished != unit.id and reading.record(desk.database, desk.types, "unit", wished) is None:
        cells = {"name": wish.name, "code": wish.code, "level": wish.kind.value, "superior": unit.id}
        births.append(NewRecord("unit", wished, known, cells))
    return births


def _grant_record(
    desk: Session, certificate: certificates.Certificate, unit: OwnUnit, incarnation: str
) -> NewRecord:
    cells = {
        "label": unit.name,
        "station": certificate.station,
        "holder": unit.id,
        "issued": desk.environment.today().isoformat(),
        "certificate": base64.b64encode(certificate.der).decode(),
        "incarnation": incarnation,
    }
    return NewRecord("grant", "", desk.unit.id, cells)


def _path_length(issuer: certificates.Certificate, delegate: bool, level: Level) -> int | None:
    if not delegate or issuer.claims.path_length is None or issuer.claims.path_length < 1:
        return None
    return issuer.claims.path_length - 1


def _tree_rows(desk: Session) -> list[tuple[str, str | None, str, str, str]]:
    rows = []
    for unit in reading.records(desk.database, desk.types, reading.Query("unit")):
        values = unit.values
        superior = values.get("superior")
        rows.append((
            unit.id, str(superior) if superior else None, str(values.get("code") or ""),
            str(values.get("name") or ""), str(values.get("level") or ""),
        ))  # fmt: skip
    return rows


def _target(session: Session, out: Path, link: Link) -> Path:
    """A file as given, or in a folder a name that says from whom, to whom, which number and when."""
    if not out.is_dir():
        return out
    day = session.environment.today().strftime("%Y%m%d")
    name = f"{session.unit.name}_{link.name}_{link.sequence + 1:04d}_{day}.xsj"
    return out / "".join("_" if c in '\\/:*?"<>|' else c for c in name)

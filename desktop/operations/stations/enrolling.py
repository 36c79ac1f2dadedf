"""Enrolment by three files: request, grant of the level above, acknowledgement; keys are renewed by the same."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.errors import StateProblem, UsageProblem
from desktop.operations import audit
from desktop.operations.session import NotAllowed, Session
from desktop.operations.workspaces.workspaces import BadUnit, elsewhere, place_of, unit_id
from desktop.records.declaration import Level, Role
from desktop.renaming import write_whole
from desktop.store.ledger import NewRecord
from desktop.store.peers import links
from desktop.store.peers.links import Link
from desktop.store.queries import reading
from desktop.store.queries.units import stands_within, subtree
from desktop.store.workspaces.workspace import OwnUnit
from desktop.sync.authority import speaking, station
from desktop.sync.bundles import sending
from desktop.sync.enrolling import acks, enrolment, grants, requests
from desktop.sync.enrolling import recovery as sealing
from desktop.sync.enrolling.grants import GrantDraft
from desktop.sync.enrolling.requests import Request, Wish
from desktop.sync.errors import Exchanged
from desktop.sync.formats import files, sorts
from desktop.sync.formats.forms import CODE
from desktop.sync.signed import certificates, identity
from desktop.sync.signed.certificates import LEVEL_RANK, Claims, grant_serial
from desktop.sync.signed.tree import Place, Tree


class NoRequest(StateProblem):
    """A grant came without a request."""

    next_step = "请先在本机导出入网申请，再请上级批准。"


class CodeElsewhere(UsageProblem):
    """The code of a unit is that of a place outside the desk's."""

    next_step = "请核对编码；确实归本单位管的（比如区划刚调整过），说明原因再批准。"


class NotEnrolled(StateProblem):
    """The station has no certificate yet."""

    next_step = "请先办理入网。"


class PlaceNotHere(StateProblem):
    """What the level above has said of this unit has not come, or waits: nobody could judge what it grants."""

    next_step = (
        "请先收取上级最新的回执，再批准；收过还这样的，请打电话问上级：它的电脑日期错过的，"
        "请它更正日期以后，给本单位重新批准一次。"
    )


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant that was written, and for whom."""

    path: Path
    unit: OwnUnit
    words: str


def grant(
    desk: Session,
    request_file: Path,
    out: Path,
    *,
    level: Level | None = None,
    code: str | None = None,
    delegate: bool = False,
    although: str = "",
    compared: str | None,
) -> Granted:
    """Grants a request: registers unit and certificate in the tree and writes the grant (`.xsg`).

    ``code`` and ``level`` put the station under another unit than it asked for; what it recorded before stays its own,
    because its first unit becomes one below. ``delegate`` lets it enrol stations of its own units, ``although`` says
    why a unit with the code of a place elsewhere belongs here. ``compared`` is the digest of the request whose words
    people have compared, for a stick may hold another by now; None says that nobody has. Raises :class:`NotAllowed`,
    :class:`NotEnrolled`, :class:`CodeElsewhere`, :class:`Exchanged` and what reading the request raises.
    """
    own, _ = require_issuer(desk)
    with sorts.telling(request_file, sorts.REQUEST):
        asked = requests.read_request(files.read_limited(request_file, enrolment.MAX_SMALL * 2))
    if compared not in (None, asked.digest):
        raise Exchanged(asked.digest)
    if asked.keys.station == desk.ledger.station:
        raise NotAllowed(
            "这是本机自己的入网申请，自己不能批准自己。", "请把这份申请（.xsq）交给上级单位批准。"
        )
    level = level or asked.wish.kind
    wished = unit_id(asked.wish.kind, asked.wish.code)
    unit = OwnUnit(unit_id(level, code or asked.wish.code), code or asked.wish.code, asked.wish.name, level)
    # Whom somebody above has moved here is here, wherever its place lies.
    moved = stands_within(desk.database, unit.id, desk.unit.id)
    outside = "" if moved else elsewhere(desk.reference.divisions, unit.code, level, desk.unit)
    if outside and not although:
        raise CodeElsewhere(outside)
    births = _missing_units(desk, unit, wished, asked.wish)
    _require_below(desk, own, level, {unit.id: unit.level, wished: asked.wish.kind})
    remark = f" 编码在别处：{although}" if outside else ""
    units = frozenset([unit.id, wished])
    return certify(desk, asked, unit, units, out, births=births, delegate=delegate, remark=remark)


def certify(
    desk: Session,
    asked: Request,
    unit: OwnUnit,
    units: frozenset[str],
    out: Path,
    *,
    births: Sequence[NewRecord] = (),
    delegate: bool = False,
    remark: str = "",
) -> Granted:
    """Issues the certificate for these keys and units, after the ``births`` of units, and writes the grant (`.xsg`).

    ``remark`` stands in the log. Raises :class:`NotAllowed`, :class:`NotEnrolled` and ``BadUnit``.
    """
    own, chain = require_issuer(desk)
    _require_readable(desk, unit, units | own.claims.units)
    keys = station.load_keys(desk.ledger)
    number = desk.ledger.next_number() + len(births)
    serial = grant_serial(keys.station, keys.incarnation, number)
    claims = _claims(own, chain, asked, unit.level, units, delegate=delegate)
    certificate = certificates.issue(claims, serial, keys, own)
    granted = _grant_record(desk, certificate, unit, asked)
    with desk.database.transaction():
        desk.ledger.write(f"批准入网：{unit.name}", desk.operator.name, births=[*births, granted])
        speaking.note_granted(desk.ledger, certificate, own)
        station.knowledge(desk.ledger, keys).remember(desk.ledger)
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
            f"{desk.codes['unit_level'].label_of(unit.level.value)} {unit.id} 工作电脑{asked.keys.station}"
            f"{' 可批下级' if delegate else ''}{remark}",
        )  # fmt: skip
    write_whole(out, grants.make_grant(_draft(desk, keys, asked, (certificate.der, *chain), unit), keys))
    return Granted(out, unit, str(asked.words))


def _claims(
    own: certificates.Certificate,
    chain: Sequence[bytes],
    asked: Request,
    level: Level,
    units: frozenset[str],
    *,
    delegate: bool,
) -> Claims:
    """What the certificate says that answers a request."""
    return Claims(
        station=asked.keys.station,
        public_key=asked.keys.public_key,
        recipient=asked.keys.recipient,
        units=units,
        level=level,
        role=asked.wish.role,
        path_length=_path_length(own, delegate),
        recovery=sealing.recipient_below([certificates.parse(der) for der in chain]),
    )


def _draft(
    desk: Session, keys: identity.StationKeys, asked: Request, chain: tuple[bytes, ...], unit: OwnUnit
) -> GrantDraft:
    """The grant with the tree as it is once the unit is registered in it."""
    return GrantDraft(
        asked.digest,
        chain,
        station.tree_version(desk.ledger),
        [
            {"id": u, "parent": p, "code": c, "name": n, "level": lv}
            for u, p, c, n, lv in _tree_rows(desk, unit)
        ],
        desk.environment.now(),
        grants.fitting(sending.tree_frames(desk.ledger, keys, unit.id)),
        speaking.history_for(desk.ledger, keys, asked.keys.station),
    )


def require_issuer(desk: Session) -> tuple[certificates.Certificate, Sequence[bytes]]:
    """The certificate by which this station grants, and its chain; asked before anybody compares words for nothing.

    Raises :class:`NotAllowed`, :class:`NotEnrolled` and :class:`PlaceNotHere`.
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
    _require_place(desk, chain)
    return own, chain


def _require_place(desk: Session, chain: Sequence[bytes]) -> None:
    """Raises :class:`PlaceNotHere`: who gets a grant knows of the tree what stands in it, and judges by that."""
    tree = Tree({unit: superior for unit, superior, *_ in _tree_rows(desk)})
    for below, above in itertools.pairwise(map(certificates.parse, chain)):
        if any(tree.place(unit, above.claims.units) is Place.UNKNOWN for unit in below.claims.units):
            raise PlaceNotHere("上级登记本单位的内容还没有到本机，现在批准，下级那边接受不了。")


def confirm(desk: Session, ack_file: Path) -> Link:
    """Takes the acknowledgement: from now on bundles of the station are expected."""
    desk.require(Role.DESK)
    with sorts.telling(ack_file, sorts.ACKNOWLEDGEMENT):
        data = files.read_limited(ack_file, enrolment.MAX_SMALL * 2)
        digest = acks.acknowledged_certificate(data)
    for certificate in station.granted(desk.ledger):
        if (certificate.digest, certificate.issuer_station) == (digest, desk.ledger.station):
            ack = acks.read_ack(data, certificate)
            links.confirm(desk.database, ack.station, ack.incarnation)
            speaking.note_acknowledged(desk.ledger, certificate)
            audit.note(desk, audit.Act.CONFIRMED, f"工作电脑{ack.station}")
            link = links.link_to(desk.database, ack.station)
            if link is not None:
                return link
    raise NoRequest(
        "这份回执不是对本单位批准文件的答复。",
        "请核对是哪台电脑的回执（.xsa），交给批准它入网的单位确认。",
    )


def _require_below(
    desk: Session, own: certificates.Certificate, level: Level, units: Mapping[str, Level]
) -> None:
    """Nobody would believe a certificate of a higher level than its issuer's or for units outside of his.

    Nor would any level above count a unit that is not of a lower level than who registers it.
    """
    below, rank = subtree(desk.database, desk.unit.id), LEVEL_RANK[own.claims.level]
    wrong = [] if LEVEL_RANK[level] >= rank else [level]
    for unit, of in units.items():
        is_known = reading.record(desk.database, desk.types, "unit", unit) is not None
        if unit not in below and (is_known or LEVEL_RANK[of] <= rank):
            wrong.append(of)
    if wrong:
        name = desk.codes["unit_level"].label_of(wrong[0].value)
        raise NotAllowed(
            f"这台电脑的台账是按“{name}”的单位建的，不在本单位下面，本单位不能批准。",
            "请对方按自己的层级重新建一份台账、再申请；层级没有建错的，把申请交给它的上级批准。",
        )


def _require_readable(desk: Session, unit: OwnUnit, units: Collection[str]) -> None:
    """Nobody takes a grant in that tells of these units with a code that is none; raises ``BadUnit``."""
    told = {row: (code, name) for row, _, code, name, _ in _tree_rows(desk, unit) if row in units}
    for code, name in (told | {unit.id: (unit.code, unit.name)}).values():
        if CODE.fullmatch(code) is None:
            raise BadUnit(
                f"“{name}”的编码“{code}”不能这样写，批准了对方也接受不了。",
                "编码只用数字、字母和短横线：请改对以后再批准。",
            )


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
            "place": place_of(unit.code, unit.level),
        }
        births.append(NewRecord("unit", unit.id, known, cells))
    if wished != unit.id and reading.record(desk.database, desk.types, "unit", wished) is None:
        cells = {"name": wish.name, "code": wish.code, "level": wish.kind.value, "superior": unit.id}
        births.append(NewRecord("unit", wished, known, cells))
    return births


def _grant_record(
    desk: Session, certificate: certificates.Certificate, unit: OwnUnit, asked: Request
) -> NewRecord:
    cells = {
        "label": unit.name,
        "station": certificate.station,
        "holder": unit.id,
        "issued": desk.environment.today().isoformat(),
        "certificate": base64.b64encode(certificate.der).decode(),
        "incarnation": asked.incarnation or None,
        "proof": asked.proof,
    }
    return NewRecord("grant", "", desk.unit.id, cells)


def _path_length(issuer: certificates.Certificate, delegate: bool) -> int | None:
    if not delegate or issuer.claims.path_length is None or issuer.claims.path_length < 1:
        return None
    return issuer.claims.path_length - 1


def _tree_rows(desk: Session, *others: OwnUnit) -> list[tuple[str, str | None, str, str, str]]:
    """The units as a grant tells of them: the own one and these others by the codes by which their computers go.

    What stands in the record may have been corrected by a program of before.
    """
    codes = {unit.id: unit.code for unit in (desk.unit, *others)}
    rows = []
    for unit in reading.records(desk.database, desk.types, reading.Query("unit")):
        values = unit.values
        superior = values.get("superior")
        rows.append((
            unit.id, str(superior) if superior else None, codes.get(unit.id) or str(values.get("code") or ""),
            str(values.get("name") or ""), str(values.get("level") or ""),
        ))  # fmt: skip
    return rows

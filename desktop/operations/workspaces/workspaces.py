"""Making a workspace, and keeping a copy of it; who may work in it stands in ``operators``."""

from __future__ import annotations

import re
from pathlib import Path

from desktop import reference
from desktop.errors import UsageProblem
from desktop.operations import audit
from desktop.operations.session import LEVELS_WITH_OWN_ROOT, Session
from desktop.records.declaration import Level, Role
from desktop.records.divisions import DivisionLevel, Divisions
from desktop.records.identity import unit_id as identity_of
from desktop.records.types import Catalogue, catalogue
from desktop.store.ledger import NewRecord
from desktop.store.tables.environment import Environment
from desktop.store.workspaces.keys import Cost
from desktop.store.workspaces.making import is_unfinished, others_in
from desktop.store.workspaces.workspace import OwnUnit, Workspace
from desktop.sync.authority import station
from desktop.sync.signed import certificates, identity
from desktop.sync.signed.certificates import Claims, grant_serial

ROOT_PATH_LENGTH = 4
"""How many levels of issuers may stand below a root."""
_PLACES = {
    Level.CITY: DivisionLevel.CITY,
    Level.DISTRICT: DivisionLevel.DISTRICT,
    Level.TOWN: DivisionLevel.TOWN,
    Level.VILLAGE: DivisionLevel.VILLAGE,
}
"""Territorial units take the division code of their place; all others have codes of their own."""
_CITY_CODE = 6
_CODE = re.compile(r"[0-9A-Za-z-]{1,30}")


class BadUnit(UsageProblem):
    """The unit's code or name cannot be used."""

    next_step = "编码用数字、字母和短横线，名称不能空着。"


def unit_id(level: Level, code: str) -> str:
    """The id of the unit that a code names at a level: the same on every laptop of the unit."""
    return identity_of(level.value, code)


def doubt_about(code: str, level: Level, divisions: Divisions | None = None) -> str:
    """What speaks against a code at a level, in a sentence; nothing where it is that of such a place, or may be.

    Divisions change, so a code that the list does not have is no mistake that would have to be refused. The list is
    the one that is shipped, or that of a ledger with its changes.
    """
    wanted = _PLACES.get(level)
    found = (divisions or reference.divisions()).get(_listed(code, level))
    if wanted is None or _CODE.fullmatch(code) is None or (found is not None and found.level is wanted):
        return ""
    if found is not None:
        return f"编码{code}在区划表里是“{found.name}”，和所选的层级不一样，请核对。"
    return f"区划表里没有编码{code}，请核对；新设的地方可以照用。"


def elsewhere(divisions: Divisions, code: str, level: Level, above: OwnUnit) -> str:
    """That a code is of a place outside that of the unit above, in a sentence; nothing where it lies in it, or may."""
    listed, own = _listed(code, level), _listed(above.code, above.level)
    outside = level in _PLACES and above.level in _PLACES and listed in divisions and own in divisions
    if not outside or divisions.is_within(listed, own):
        return ""
    return f"编码{code}在区划表里是“{divisions.full_name(listed)}”，不在“{above.name}”的区域里。"


def place_of(code: str, level: Level) -> str | None:
    """The division in which a unit has its place, as the list writes it; of a code of its own, nothing."""
    listed = _listed(code, level)
    return listed if level in _PLACES or reference.divisions().get(listed) is not None else None


def _listed(code: str, level: Level) -> str:
    """A city's code is written with two digits in the place of the districts; the list leaves them out."""
    return code.removesuffix("00") if level is Level.CITY and len(code) == _CITY_CODE else code


def create(
    folder: Path,
    *,
    code: str,
    name: str,
    level: Level,
    operator: str,
    password: str,
    environment: Environment | None = None,
    types: Catalogue | None = None,
    cost: Cost | None = None,
) -> Session:
    """A new workspace for a unit, with its first operator as administrator.

    A district, industry union or city begins a tree of its own and is its root; all others record under their unit
    at once and are given their place by the grant of the level above. Raises :class:`BadUnit` and what
    ``Workspace.create`` raises.
    """
    if _CODE.fullmatch(code) is None or not name.strip():
        raise BadUnit("单位的编码或名称不能这样写。")
    environment = environment or Environment()
    keys = identity.generate(environment.random)
    workspace = Workspace.create(
        folder,
        types or catalogue(),
        environment,
        station=keys.station,
        incarnation=keys.incarnation,
        operator=operator,
        password=password,
        cost=cost,
    )
    unit = OwnUnit(unit_id(level, code), code, name.strip(), level)
    station.keep_keys(workspace.ledger, keys)
    workspace.set_unit(unit)
    session = Session(workspace)
    if level in LEVELS_WITH_OWN_ROOT:
        try:
            _begin_tree(session, unit, keys)
        except BaseException:
            workspace.discard()
            raise
    workspace.keep()
    return session


def _begin_tree(session: Session, unit: OwnUnit, keys: identity.StationKeys) -> None:
    claims = Claims(
        station=keys.station,
        public_key=keys.public_key,
        recipient=keys.recipient,
        units=frozenset([unit.id]),
        level=unit.level,
        role=Role.DESK,
        path_length=ROOT_PATH_LENGTH,
    )
    root = certificates.issue(claims, grant_serial(keys.station, keys.incarnation, 1), keys, None)
    cells = {
        "name": unit.name,
        "code": unit.code,
        "level": unit.level.value,
        "place": place_of(unit.code, unit.level),
    }
    with session.database.transaction():
        station.keep_chain(session.ledger, [root.der])
        session.ledger.write(
            "建立体系", session.operator.name, births=[NewRecord("unit", unit.id, unit.id, cells)]
        )


def room_in(folder: Path, name: str) -> Path:
    """Where a workspace can be made whose folder was chosen: there, or in one of its own beside what lies there.

    One that was not finished is no reason to go elsewhere: it is made anew.
    """
    return folder / name if others_in(folder) and not is_unfinished(folder) else folder


def backup(session: Session, target: Path) -> Path:
    """A whole encrypted copy of the ledger at ``target``; it opens with today's passwords only beside its key slots."""
    session.workspace.backup(target)
    audit.note(session, audit.Act.BACKED_UP)
    return target

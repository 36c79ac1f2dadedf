"""What every operation works in: an open workspace, the declarations, the code lists, and who is working."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from desktop.errors import StateProblem
from desktop.operations.reference_here import ReferenceHere, reference_here
from desktop.records.codes import CodeList
from desktop.records.declaration import Field, Level, RecordType, Role
from desktop.records.typed.dates import time_words
from desktop.records.types import Catalogue, catalogue
from desktop.store.ledger import Ledger, NotFound
from desktop.store.queries import reading
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import audit
from desktop.store.workspaces.audit import Act
from desktop.store.workspaces.operators import Operator
from desktop.store.workspaces.workspace import OwnUnit, Workspace


class NotAllowed(StateProblem):
    """The operator or the unit may not do this."""

    exit_code = 14
    next_step = "请由有权限的操作员或单位来做。"


@dataclass(frozen=True)
class Here:
    """Where one stands, for a window's worker, which has no session."""

    types: Catalogue
    codes: Mapping[str, CodeList]
    unit: OwnUnit
    station: str


@dataclass(frozen=True)
class Session:
    """One operator at work in one open workspace; operations take it as their first argument."""

    workspace: Workspace

    @property
    def ledger(self) -> Ledger:
        """The ledger of the workspace."""
        return self.workspace.ledger

    @property
    def database(self) -> Database:
        """The connection that writes; reading in a window's worker uses :meth:`reader`."""
        return self.workspace.ledger.database

    @property
    def types(self) -> Catalogue:
        """The record types."""
        return self.workspace.ledger.types

    @property
    def environment(self) -> Environment:
        """Time and randomness."""
        return self.workspace.ledger.environment

    @property
    def operator(self) -> Operator:
        """Who works."""
        return self.workspace.operator

    @cached_property
    def unit(self) -> OwnUnit:
        """The unit whose workspace this is."""
        return self.workspace.unit

    @property
    def reference(self) -> ReferenceHere:
        """Divisions and code lists as they count here today; another value once something of them has changed."""
        return reference_here(self.database, self.types, self.unit.id, self.environment.today())

    @property
    def codes(self) -> Mapping[str, CodeList]:
        """The code lists that fields name, the places of the divisions, and the types by name."""
        return self.reference.codes

    @property
    def here(self) -> Here:
        """Where this session works."""
        return Here(self.types, self.codes, self.unit, self.ledger.station)

    def find_unit(self, text: str) -> str:
        """The id of the unit that a person means by id, code or name; raises ``NotFound``."""
        if text in (self.unit.id, self.unit.code, self.unit.name):
            return self.unit.id
        for unit in reading.records(self.database, self.types, reading.Query("unit")):
            if text in (unit.id, unit.values.get("code"), unit.values.get("name")):
                return unit.id
        raise NotFound(
            f"没有找到单位“{text}”。",
            "请核对编码或名称，单位记录里都有；刚入网的下级，要等它的上级报上来才有。",
        )

    def reader(self) -> Database:
        """A read-only connection of its own, for another thread; the caller closes it."""
        return self.workspace.reader()

    def require(self, *roles: Role) -> None:
        """Raises :class:`NotAllowed` unless the operator has one of these roles; administrators may all."""
        if self.operator.role is not Role.ADMIN and self.operator.role not in roles:
            raise NotAllowed("您的操作员角色不能做这一步。")

    def may_write(self, record_type: RecordType, field: Field | None = None) -> bool:
        """Whether this operator at this unit may write a type, or one field of it, by hand."""
        if record_type.by_program or self.workspace.unwritable is not None:
            return False
        writers = [record_type.written_by] + ([field.written_by] if field is not None else [])
        role = Role.DESK if self.operator.role is Role.ADMIN else self.operator.role
        return role is not Role.READER and all(w.admits(self.unit.level, role) for w in writers)


def open_session(
    folder: Path,
    operator: str,
    password: str,
    environment: Environment | None = None,
    types: Catalogue | None = None,
) -> Session:
    """Opens a workspace for an operator; raises what :meth:`Workspace.open` raises."""
    session = Session(
        Workspace.open(folder, types or catalogue(), environment or Environment(), operator, password)
    )
    try:
        note_wrong_passwords(session)
    except BaseException:
        session.workspace.let_go()
        raise
    return session


def note_wrong_passwords(session: Session) -> None:
    """Takes into the audit log which wrong passwords were tried since: whose name, how often and when."""
    workspace, attempts = session.workspace, session.workspace.attempts
    found = attempts.untold()
    if not found or workspace.refusal is not None:
        # Where nothing may be written now, they wait in their file.
        return
    with session.database.transaction():
        for untold in found:
            first, last = (time_words(at) for at in (untold.first, untold.last))
            detail = f"{untold.count}次 {first if first == last else f'{first}至{last}'}"
            audit.note(session.database, session.environment, untold.name, Act.WRONG_PASSWORD, detail)
    attempts.told()


LEVELS_WITH_OWN_ROOT = frozenset({Level.DISTRICT, Level.INDUSTRY, Level.CITY})
"""Units that begin a tree of their own; all others are given their place by the grant of a level above."""

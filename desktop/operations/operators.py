"""Who may work in a workspace: adding, roles, passwords, disabling; the same rules for window and command line.

Only an administrator lets others in or out; the last one stays. Everybody changes the own password, and has to know
the old one for it. Each change is noted in the audit log, without a password.
"""

from __future__ import annotations

from desktop.errors import StateProblem, UsageProblem
from desktop.operations import audit
from desktop.operations.session import Session, note_wrong_passwords
from desktop.records.declaration import Role
from desktop.store.attempts import open_slot
from desktop.store.audit import Act
from desktop.store.database import Database
from desktop.store.keys import Cost
from desktop.store.workspace import operators_in

ROLES = {Role.ADMIN: "管理员", Role.DESK: "汇总员", Role.EDITOR: "录入员", Role.READER: "只看不写"}
"""The roles in the words that a user reads, most rights first."""
LONGEST_NAME = 40


class LastAdministrator(StateProblem):
    """Nobody would be left who can let others in."""

    next_step = "请先添加另一名管理员。"


class NoOperator(UsageProblem):
    """There is no such operator at work here."""

    next_step = "请在操作员名单里核对姓名。"


class BadName(UsageProblem):
    """The name cannot stand on records."""

    next_step = f"请填写姓名，不超过{LONGEST_NAME}个字。"


def listed(database: Database) -> list[tuple[str, Role, bool]]:
    """Name, role and whether disabled, of everybody who works or worked here."""
    return operators_in(database)


def check_put(session: Session, name: str, role: Role) -> None:
    """Raises what :func:`put` would raise but for the password, so that nobody is asked for one in vain."""
    session.require()
    if not name.strip() or len(name) > LONGEST_NAME or any(ord(c) < 32 for c in name):
        raise BadName("操作员的姓名不能这样写。")
    if role is not Role.ADMIN:
        _keep_an_administrator(session, name)


def put(session: Session, name: str, role: Role, password: str | None, cost: Cost | None = None) -> None:
    """Lets an operator in, or changes the role of one who is there, and the password where one is given.

    Raises ``NotAllowed``, :class:`LastAdministrator`, :class:`BadName`, :class:`NoOperator` (a new one without a
    password) and ``WeakPassword``.
    """
    check_put(session, name, role)
    at_work = {n for n, _, disabled in listed(session.database) if not disabled}
    if password is None and name not in at_work:
        raise NoOperator(f"没有在用的操作员“{name}”，新操作员要设一个口令。")
    session.workspace.add_operator(name, password, role, cost)
    act = Act.OPERATOR_CHANGED if name in at_work else Act.OPERATOR_ADDED
    audit.note(
        session, act, f"{name} {ROLES[role]}{' 换了口令' if password is not None and name in at_work else ''}"
    )


def disable(session: Session, name: str) -> None:
    """Takes an operator's password away; what was written keeps the name.

    Raises ``NotAllowed``, :class:`NoOperator` and :class:`LastAdministrator`.
    """
    session.require()
    if name not in {n for n, _, disabled in listed(session.database) if not disabled}:
        raise NoOperator(f"没有在用的操作员“{name}”。")
    _keep_an_administrator(session, name)
    session.workspace.disable_operator(name)
    audit.note(session, Act.OPERATOR_DISABLED, name)


def change_own_password(session: Session, old: str, new: str, cost: Cost | None = None) -> None:
    """Another password for who works. Raises ``WrongPassword`` for a wrong old one, and ``WeakPassword``."""
    name = session.operator.name
    try:
        open_slot(session.workspace.folder, session.workspace.slots, name, old, session.environment)
    finally:
        note_wrong_passwords(session)
    session.workspace.add_operator(name, new, session.operator.role, cost)
    audit.note(session, Act.PASSWORD_CHANGED)


def _keep_an_administrator(session: Session, leaving: str) -> None:
    left = [n for n, role, disabled in listed(session.database) if role is Role.ADMIN and not disabled]
    if left == [leaving]:
        raise LastAdministrator(f"“{leaving}”是最后一名管理员。")

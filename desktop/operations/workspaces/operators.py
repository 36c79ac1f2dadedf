"""Who may work in a workspace: adding, roles, passwords, disabling; the same rules for window and command line.

Only an administrator lets others in or out; the last one stays. Everybody changes the own password, and has to know
the old one for it. Each change is noted in the audit log, without a password.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.errors import EnvironmentProblem, StateProblem, UsageProblem
from desktop.operations import audit
from desktop.operations.session import Session, note_wrong_passwords
from desktop.records.declaration import Role
from desktop.records.duties import DUTIES
from desktop.store.tables.database import Database
from desktop.store.workspaces import persons
from desktop.store.workspaces.attempts import open_slot
from desktop.store.workspaces.audit import Act
from desktop.store.workspaces.keys import Cost
from desktop.store.workspaces.operators import operators_in
from desktop.store.workspaces.unlocking import slots_of
from desktop.sync.signed.manifest import MAX_PERSONS

ROLES = {Role.ADMIN: "管理员", Role.DESK: "汇总员", Role.EDITOR: "录入员", Role.READER: "只看不写"}
"""The roles in the words that a user reads, most rights first."""
LONGEST_NAME = 40
EXPORT_ANEW = "签名从下次导出的数据包算起；以前导出的本人签不了，请再导出一次。"
"""With the password the key to sign with is another, and a bundle lists the keys of its day."""


class LastAdministrator(StateProblem):
    """Nobody would be left who can let others in."""

    next_step = "请先添加另一名管理员。"


class NoOperator(UsageProblem):
    """There is no such operator at work here."""

    next_step = "请在操作员名单里核对姓名。"


class PasswordForKey(UsageProblem):
    """Who begins to sign needs a key, and that opens by the password."""

    next_step = "请让本人把口令再输入一次（可以用原来的）；以后用这个口令签名。"
    help_anchor = "operators"


class TooManySigners(StateProblem):
    """A manifest lists no more persons who may sign."""

    exit_code = 22
    next_step = "请先取消不再签名的人的签名职责，或者停用不再用的操作员，再来设。"
    help_anchor = "operators"


class BadName(UsageProblem):
    """The name cannot stand on records."""

    next_step = f"请填写姓名，不超过{LONGEST_NAME}个字。"


def listed(database: Database) -> list[tuple[str, Role, bool]]:
    """Name, role and whether disabled, of everybody who works or worked here."""
    return operators_in(database)


def duties(database: Database) -> dict[str, str]:
    """The duty of everybody who may sign bundles, by name."""
    return {signer.name: signer.duty for signer in persons.kept(database)}


def changed_words(duty: str) -> str:
    """What holds from now on for somebody with this duty, or none, who has got another password."""
    return f"口令已经换好，下次用新口令打开。{EXPORT_ANEW if duty else ''}"


def check_put(session: Session, name: str, role: Role, duty: str | None) -> None:
    """Raises what :func:`put` would raise but for the password, so that nobody is asked for one in vain."""
    session.require()
    if not name.strip() or len(name) > LONGEST_NAME or any(ord(c) < 32 for c in name):
        raise BadName("操作员的姓名不能这样写。")
    if role is not Role.ADMIN:
        _keep_an_administrator(session, name)
    others = duties(session.database).keys() - {name}
    if duty and len(others) >= MAX_PERSONS:
        raise TooManySigners(f"已经有{len(others)}个人可以给数据包签名，一个数据包最多列{MAX_PERSONS}个。")


def put(
    session: Session,
    name: str,
    role: Role,
    password: str | None,
    cost: Cost | None = None,
    *,
    duty: str | None = None,
) -> None:
    """Lets an operator in, or changes the role of one who is there, and the password where one is given.

    ``duty`` is that of who signs bundles, or "" for nobody's; nothing leaves it as it is. Raises ``NotAllowed``,
    :class:`LastAdministrator`, :class:`BadName`, :class:`NoOperator` (a new one without a password),
    :class:`PasswordForKey`, :class:`TooManySigners` and ``WeakPassword``.
    """
    check_put(session, name, role, duty)
    at_work = {n for n, _, disabled in listed(session.database) if not disabled}
    if password is None and name not in at_work:
        raise NoOperator(f"没有在用的操作员“{name}”，新操作员要设一个口令。")
    before = duties(session.database).get(name, "") if name in at_work else ""
    wanted = before if duty is None else duty
    if wanted and wanted != before and password is None:
        raise PasswordForKey(f"“{name}”开始签名，要有本人口令打开的签名密钥。")
    act = Act.OPERATOR_CHANGED if name in at_work else Act.OPERATOR_ADDED
    with session.workspace.slots.with_step(session.database):
        session.workspace.add_operator(name, password, role, cost)
        _follow_duty(session, name, wanted, password, cost)
        audit.note(
            session,
            act,
            f"{name} {ROLES[role]}{f' 签名{DUTIES[wanted]}' if wanted else ''}"
            f"{' 换了口令' if password is not None and name in at_work else ''}",
        )


def disable(session: Session, name: str) -> None:
    """Takes an operator's password away; what was written keeps the name.

    Of one over whom the program was killed the password is still there; done once more, it goes. Raises
    ``NotAllowed``, :class:`NoOperator` and :class:`LastAdministrator`.
    """
    session.require()
    found, slots = listed(session.database), session.workspace.slots
    if name in half_disabled(found, slots.names):
        slots.remove(name)
        return
    if name not in {n for n, _, disabled in found if not disabled}:
        raise NoOperator(f"没有在用的操作员“{name}”。")
    _keep_an_administrator(session, name)
    with session.workspace.slots.with_step(session.database):
        persons.drop(session.ledger, name)
        session.workspace.disable_operator(name)
        audit.note(session, Act.OPERATOR_DISABLED, name)


def half_disabled(found: Iterable[tuple[str, Role, bool]], passwords: Iterable[str]) -> frozenset[str]:
    """Who among those that are :func:`listed` is disabled, and has a password in the file of the workspace still."""
    return frozenset(n for n, _, disabled in found if disabled) & frozenset(passwords)


def with_passwords(folder: Path) -> tuple[str, ...]:
    """Who has a password in the file of a workspace; nobody where it cannot be read just now."""
    try:
        return slots_of(folder).names
    except (OSError, StateProblem, EnvironmentProblem):
        # It is only asked to show what is left over; who opens the workspace hears what is wrong with the file.
        return ()


def change_own_password(session: Session, old: str, new: str, cost: Cost | None = None) -> None:
    """Another password for who works. Raises ``WrongPassword`` for a wrong old one, and ``WeakPassword``."""
    name = session.operator.name
    try:
        open_slot(session.workspace.folder, session.workspace.slots, name, old, session.environment)
    finally:
        note_wrong_passwords(session)
    with session.workspace.slots.with_step(session.database):
        session.workspace.add_operator(name, new, session.operator.role, cost)
        _follow_duty(session, name, duties(session.database).get(name, ""), new, cost)
        audit.note(session, Act.PASSWORD_CHANGED)


def renew_key(session: Session, password: str, cost: Cost | None = None) -> None:
    """A new key to sign with for who works and has another password now; nothing for who does not sign.

    Who forgot the old one would else hear of it from the first bundle, which others have signed by then.
    """
    name = session.operator.name
    with session.workspace.slots.with_step(session.database):
        _follow_duty(session, name, duties(session.database).get(name, ""), password, cost)


def _follow_duty(session: Session, name: str, duty: str, password: str | None, cost: Cost | None) -> None:
    """Who may sign: with another password the old key is gone, so there is a new one, from the next bundle on."""
    if not duty:
        persons.drop(session.ledger, name)
    elif password is not None:
        key = Ed25519PrivateKey.from_private_bytes(session.environment.random(32))
        session.workspace.slots.put_own(name, password, key.private_bytes_raw(), session.environment, cost)
        persons.keep(session.ledger, persons.Signer(name, duty, key.public_key().public_bytes_raw().hex()))


def must_stay(found: Iterable[tuple[str, Role, bool]], name: str) -> LastAdministrator | None:
    """Why somebody among those that are :func:`listed` neither goes nor gets another role."""
    left = [n for n, role, disabled in found if role is Role.ADMIN and not disabled]
    return LastAdministrator(f"“{name}”是最后一名管理员。") if left == [name] else None


def _keep_an_administrator(session: Session, leaving: str) -> None:
    # Without a password nobody gets in, as one whom the program was killed over while it let him in.
    found = [each for each in listed(session.database) if each[0] in session.workspace.slots.names]
    if (why := must_stay(found, leaving)) is not None:
        raise why

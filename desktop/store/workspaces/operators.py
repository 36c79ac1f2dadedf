"""Who works in a workspace: the names that stand on items, with their roles; key slots lie beside the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.errors import StateProblem
from desktop.records.declaration import Role
from desktop.store.tables.database import Database


class OperatorDisabled(StateProblem):
    """The operator may not work here any more."""

    exit_code = 22
    next_step = "请联系本单位的管理员。"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who works: the name that stands on every item, and the role in this workspace."""

    name: str
    role: Role


def enter(database: Database, name: str, role: Role, at: int) -> None:
    """A further operator; one who is there gets the role and may work again."""
    database.execute(
        "INSERT INTO operator (name, role, created) VALUES (?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET role = excluded.role, disabled = 0",
        (name, role.value, at),
    )


def disable(database: Database, name: str) -> None:
    """Takes the right to work here from an operator; the name stays on what was written."""
    database.execute("UPDATE operator SET disabled = 1 WHERE name = ?", (name,))


def operators_in(database: Database) -> list[tuple[str, Role, bool]]:
    """Name, role and whether disabled, of everybody who works or worked in a workspace, in the order of coming."""
    return [
        (name, Role(role), bool(disabled))
        for name, role, disabled in database.rows(
            "SELECT name, role, disabled FROM operator ORDER BY created, name"
        )
    ]


def role_of(database: Database, operator: str) -> Role:
    """The role of an operator who may work here. Raises :class:`OperatorDisabled`."""
    found = database.row("SELECT role, disabled FROM operator WHERE name = ?", (operator,))
    if found is None or found[1]:
        raise OperatorDisabled("这个操作员已经停用。")
    return Role(found[0])

"""What is kept about who did what: noting it, showing personal values, verifying and exporting the log."""

from __future__ import annotations

import json
from pathlib import Path

from desktop.operations.session import Session
from desktop.records.declaration import Role
from desktop.store import audit, reading
from desktop.store.audit import AuditLine
from desktop.store.keys import write_whole
from desktop.store.ledger import NotFound


def note(session: Session, action: str, detail: str = "") -> None:
    """Notes an action of the operator; ``detail`` never holds a personal value."""
    audit.note(session.database, session.environment.now(), session.operator.name, action, detail)


def reveal(session: Session, type_name: str, record: str, field: str) -> str:
    """A personal value in full; that it was shown is noted first. Raises ``NotAllowed`` and ``NotFound``."""
    session.require(Role.EDITOR, Role.DESK)
    held = reading.record(session.database, session.types, type_name, record)
    if held is None:
        raise NotFound("没有找到这条记录。")
    note(session, "查看完整信息", f"{type_name} {record} {field}")
    return str(held.values.get(field) or "")


def verify(session: Session) -> int | None:
    """The number of the first line that was tampered with, or nothing."""
    return audit.broken_at(session.database)


def recent(session: Session, limit: int = 200) -> list[AuditLine]:
    """The newest lines, newest first."""
    return list(audit.lines(session.database))[::-1][:limit]


def export(session: Session, out: Path) -> int:
    """Writes the log as JSON lines; how many lines. The export itself is noted."""
    session.require(Role.DESK)
    note(session, "导出审计日志", out.name)
    found = list(audit.lines(session.database))
    text = "".join(
        json.dumps(
            {
                "id": x.id,
                "at": x.at,
                "operator": x.operator,
                "action": x.action,
                "detail": x.detail,
                "hash": x.hash,
            },
            ensure_ascii=False,
        )
        + "\n"
        for x in found
    )
    write_whole(out, text.encode())
    return len(found)

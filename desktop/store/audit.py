"""The audit log: who did what when, chained by hash, so that taking a line out or changing one shows.

A line holds no personal value: what was shown is named by type, record and field. The hash covers the line before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from desktop.store.database import Database

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing that was done; ``at`` is milliseconds since 1970."""

    id: int
    at: int
    operator: str
    action: str
    detail: str
    hash: str


def note(database: Database, at: int, operator: str, action: str, detail: str) -> None:
    """Appends a line to the chain."""
    with database.transaction():
        last = database.row("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1") or (0, _START)
        number = int(last[0]) + 1
        database.execute(
            "INSERT INTO audit (id, at, operator, action, detail, hash) VALUES (?, ?, ?, ?, ?, ?)",
            (number, at, operator, action, detail, _hash(str(last[1]), number, at, operator, action, detail)),
        )


def lines(database: Database) -> Iterator[AuditLine]:
    """The whole log, oldest first."""
    for row in database.execute("SELECT id, at, operator, action, detail, hash FROM audit ORDER BY id"):
        yield AuditLine(*row)


def broken_at(database: Database) -> int | None:
    """The number of the first line that does not follow from those before; nothing when the chain is whole."""
    before, expected = _START, 1
    for line in lines(database):
        if line.id != expected or line.hash != _hash(
            before, line.id, line.at, line.operator, line.action, line.detail
        ):
            return expected
        before, expected = line.hash, expected + 1
    return None


def _hash(before: str, number: int, at: int, operator: str, action: str, detail: str) -> str:
    text = json.dumps(
        [before, number, at, operator, action, detail], ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()

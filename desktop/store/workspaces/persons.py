"""Who may sign bundles of this station as a person: name, duty and public key, kept in the ledger (rule 31).

The secret key lies in the operator's key slot. The list stands in the encrypted ledger, so that whoever can write to
the file of key slots cannot put a key of his own into it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from desktop.store.ledger import Ledger
from desktop.store.tables.database import Database

_KEY: Final = "persons"
_BEFORE: Final = "persons_before"
_MOST_BEFORE = 64
"""So many keys that sign no more are remembered with their names: bundles that they signed are still looked at."""


@dataclass(frozen=True, slots=True)
class Signer:
    """An operator with a duty, and the raw public key in hexadecimal."""

    name: str
    duty: str
    key: str


def kept(database: Database) -> tuple[Signer, ...]:
    """Everybody who may sign, by name."""
    text = database.value("SELECT value FROM meta WHERE key = ?", (_KEY,))
    return tuple(Signer(*row) for row in json.loads(text or "[]"))


def names(database: Database) -> Mapping[str, str]:
    """Whose a public key is, of those that may sign and of those that could before: another password is another key."""
    text = database.value("SELECT value FROM meta WHERE key = ?", (_BEFORE,))
    return {**dict(json.loads(text or "[]")), **{s.key: s.name for s in kept(database)}}


def keep(ledger: Ledger, signer: Signer) -> None:
    """Somebody may sign from now on, with this key and no other."""
    _write(ledger, [*(s for s in kept(ledger.database) if s.name != signer.name), signer])


def drop(ledger: Ledger, name: str) -> None:
    """Somebody may sign no more: no later bundle lists the key."""
    left = [s for s in kept(ledger.database) if s.name != name]
    if len(left) != len(kept(ledger.database)):
        _write(ledger, left)


def _write(ledger: Ledger, signers: Iterable[Signer]) -> None:
    rows = sorted([s.name, s.duty, s.key] for s in signers)
    current = {key for _, _, key in rows}
    before = [[key, name] for key, name in names(ledger.database).items() if key not in current]
    ledger.set_meta(_BEFORE, json.dumps(before[-_MOST_BEFORE:], ensure_ascii=False))
    ledger.set_meta(_KEY, json.dumps(rows, ensure_ascii=False))

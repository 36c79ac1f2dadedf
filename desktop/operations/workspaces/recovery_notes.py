"""What lies beside the key slots while nobody gets in: the sealed key, the last request, lines owed to the log."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from desktop.records.typed.dates import time_words
from desktop.store.tables.environment import Environment
from desktop.store.workspaces.audit import Act
from desktop.store.workspaces.keys import KeySlots
from desktop.sync.enrolling.recovery import Asked

_SEAL, _ASKED, _USED, _OWED = "seal", "recovery", "recovered", "owed"
_KEPT = 50


def seal(slots: KeySlots) -> bytes | None:
    """The key of the workspace sealed to the level above, if it is."""
    text = slots.noted(_SEAL)
    return None if text is None else base64.b64decode(str(text))


def keep_seal(slots: KeySlots, data: bytes | None) -> None:
    """Another seal; nothing takes it away."""
    slots.note(_SEAL, None if data is None else base64.b64encode(data).decode())


def asked(slots: KeySlots) -> Asked | None:
    """The request that waits for its answer."""
    note = slots.noted(_ASKED)
    if note is None:
        return None
    return Asked(
        str(note["digest"]),
        str(note["station"]),
        str(note["operator"]),
        str(note["recipient"]),
        int(note["created"]),
        base64.b64decode(note["key"]),
    )


def secret(slots: KeySlots) -> Any:
    """What opens the answer of the request that waits, wrapped by its new password."""
    return slots.noted(_ASKED)["secret"]


def keep_asked(slots: KeySlots, request: Asked, wrapped: Any) -> None:
    """A new request: an answer to the one before is taken no longer."""
    note = {
        "digest": request.digest,
        "station": request.station,
        "operator": request.operator,
        "recipient": request.recipient,
        "created": request.created,
        "key": base64.b64encode(request.public_key).decode(),
        "secret": wrapped,
    }
    slots.note(_ASKED, note)


def used(slots: KeySlots) -> list[str]:
    """The digests of requests whose answers were taken in."""
    return [str(digest) for digest in slots.noted(_USED) or []]


def keep_used(slots: KeySlots, digest: str) -> None:
    """The answer was taken in, and nothing waits any more."""
    slots.note(_USED, [*used(slots), digest][-_KEPT:])
    slots.note(_ASKED, None)


def owe(slots: KeySlots, environment: Environment, operator: str, act: Act, detail: str) -> None:
    """A line for the audit log, which cannot be written now."""
    line = {"at": environment.now(), "operator": operator, "act": act.value, "detail": detail}
    slots.note(_OWED, [*owed(slots), line][-_KEPT:])


def owed(slots: KeySlots) -> Sequence[Mapping[str, Any]]:
    """The lines that the audit log has not got yet."""
    return list(slots.noted(_OWED) or [])


def pay(slots: KeySlots) -> None:
    """The audit log has them."""
    slots.note(_OWED, None)


def words_of(line: Mapping[str, Any]) -> str:
    """What such a line says, with the moment at which it was done."""
    return f"{line['detail']} {time_words(int(line['at']))}"

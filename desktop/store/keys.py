"""Key slots: the random key of a workspace, wrapped once for each operator by a password (Argon2id, ChaCha20)."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from desktop.errors import StateProblem
from desktop.store.database import KEY_BYTES
from desktop.store.environment import Environment

FILE = "keys.json"
FORMAT = 1


class WrongPassword(StateProblem):
    """No slot of this operator opens with this password."""

    exit_code = 22
    next_step = "请检查大小写和输入法后再试；忘记口令请找上级工会办理恢复。"


class WeakPassword(StateProblem):
    """The password is too short to protect personal data."""

    exit_code = 22
    next_step = "请换一个至少8位的口令。"


@dataclass(frozen=True)
class Cost:
    """What opening a slot costs: memory in KiB, passes and lanes of Argon2id."""

    memory: int = 65_536
    passes: int = 3
    lanes: int = 2


class KeySlots:
    """The slots of one workspace, kept in a small file beside the database and replaced as a whole."""

    def __init__(self, path: Path, slots: Mapping[str, Mapping[str, Any]]) -> None:
        self._path = path
        self._slots = dict(slots)

    @classmethod
    def load(cls, folder: Path) -> KeySlots:
        """The slots in a workspace folder; raises ``FileNotFoundError`` and ``ValueError`` for a damaged file."""
        data = json.loads((folder / FILE).read_text("utf-8"))
        if data.get("format") != FORMAT:
            raise ValueError("unknown format of key slots")
        return cls(folder / FILE, data["slots"])

    @classmethod
    def empty(cls, folder: Path) -> KeySlots:
        """Slots of a workspace that is being made."""
        return cls(folder / FILE, {})

    @property
    def names(self) -> tuple[str, ...]:
        """The operators who have a slot."""
        return tuple(sorted(self._slots))

    def open(self, name: str, password: str) -> bytes:
        """The key of the workspace; raises :class:`WrongPassword`, the same for an unknown name."""
        slot = self._slots.get(name)
        if slot is None:
            raise WrongPassword("操作员或口令不对。")
        wrapping = _derive(password, base64.b64decode(slot["salt"]), Cost(**slot["cost"]))
        try:
            return ChaCha20Poly1305(wrapping).decrypt(
                base64.b64decode(slot["nonce"]), base64.b64decode(slot["key"]), name.encode()
            )
        except InvalidTag as error:
            raise WrongPassword("操作员或口令不对。") from error

    def put(
        self, name: str, password: str, key: bytes, environment: Environment, cost: Cost | None = None
    ) -> None:
        """Makes or replaces the slot of an operator and writes the file; raises :class:`WeakPassword`."""
        if len(password) < 8:
            raise WeakPassword("口令太短。")
        if len(key) != KEY_BYTES:
            raise ValueError("a workspace key has 32 bytes")
        cost = cost or Cost()
        salt, nonce = environment.random(16), environment.random(12)
        sealed = ChaCha20Poly1305(_derive(password, salt, cost)).encrypt(nonce, key, name.encode())
        self._slots[name] = {
            "salt": base64.b64encode(salt).decode(),
            "nonce": base64.b64encode(nonce).decode(),
            "key": base64.b64encode(sealed).decode(),
            "cost": {"memory": cost.memory, "passes": cost.passes, "lanes": cost.lanes},
        }
        self._save()

    def remove(self, name: str) -> None:
        """Takes an operator's slot away."""
        self._slots.pop(name, None)
        self._save()

    def _save(self) -> None:
        text = json.dumps({"format": FORMAT, "slots": self._slots}, ensure_ascii=False, indent=1)
        write_whole(self._path, text.encode(), secret=True)


def write_whole(path: Path, data: bytes, *, secret: bool = False) -> None:
    """Writes a file so that a power cut leaves the old or the new one, never half of it, and an error nothing beside.

    What is ``secret`` can be read by its owner alone.
    """
    beside = path.with_name(path.name + ".new")
    try:
        with open(beside, "wb", opener=_for_owner if secret else None) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    # Windows has no way to flush a folder, and needs none.
    with contextlib.suppress(PermissionError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _derive(password: str, salt: bytes, cost: Cost) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
    return kdf.derive(password.encode("utf-8"))

"""Key slots: the random key of a workspace, wrapped once for each operator by a password (Argon2id, ChaCha20).

One more slot opens by the recovery code, which `new` shows once. The same file keeps a few notes that must be there
while nobody can open the ledger: the key sealed to the level above, and a recovery that was asked for. This floor
does not read them.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from desktop.errors import StateProblem
from desktop.renaming import drop, take_place, write_beside, write_whole
from desktop.store.tables.database import KEY_BYTES, Database
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import recovery_codes

FILE = "keys.json"
FORMAT = 1


class WrongPassword(StateProblem):
    """No slot of this operator opens with this password."""

    exit_code = 22
    next_step = "请检查大小写和输入法后再试；忘了口令可以用恢复码，或者请上级恢复。"


class WeakPassword(StateProblem):
    """The password is too short to protect personal data."""

    exit_code = 22
    next_step = "请换一个至少8位的口令。"


class WrongCode(StateProblem):
    """The recovery code is well written, but it is not this workspace's."""

    exit_code = 22
    next_step = "请核对是不是这份台账的恢复码；重新生成过的，只有最新的一个有用。没有的话请上级恢复。"


@dataclass(frozen=True)
class Cost:
    """What opening a slot costs: memory in KiB, passes and lanes of Argon2id."""

    memory: int = 65_536
    passes: int = 3
    lanes: int = 2


_CODE_COST = Cost(memory=8, passes=1, lanes=1)
"""Nobody finds 118 random bits by trying, however fast each try is."""
_OWN = "own"
_OWN_ABOUT = b"\0own "
_CODE = "code"
_CODE_ABOUT = b"\0recovery code"
"""No operator is called so: a slot of one kind never passes as one of the other."""


class KeySlots:
    """The slots of one workspace, kept in a small file beside the database and replaced as a whole.

    ``notes`` are what stands in the file beside the slots; what a newer program put there is kept.
    """

    def __init__(
        self, path: Path, slots: Mapping[str, Mapping[str, Any]], notes: Mapping[str, Any] | None = None
    ) -> None:
        self._path = path
        self._slots = dict(slots)
        self._notes = dict(notes or {})
        self._in_step = False

    @classmethod
    def load(cls, folder: Path) -> KeySlots:
        """The slots in a workspace folder; raises ``FileNotFoundError`` and ``ValueError`` for a damaged file."""
        data = json.loads((folder / FILE).read_text("utf-8"))
        if data.get("format") != FORMAT:
            raise ValueError("unknown format of key slots")
        notes = {name: value for name, value in data.items() if name not in ("format", "slots")}
        return cls(folder / FILE, data["slots"], notes)

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
        try:
            return _unwrap(slot, password, name.encode())
        except InvalidTag as error:
            raise WrongPassword("操作员或口令不对。") from error

    def put(
        self, name: str, password: str, key: bytes, environment: Environment, cost: Cost | None = None
    ) -> None:
        """Makes or replaces the slot of an operator and writes the file; raises :class:`WeakPassword`."""
        check_password(password)
        if len(key) != KEY_BYTES:
            raise ValueError("a workspace key has 32 bytes")
        slot = _wrap(key, password, name.encode(), environment, cost or Cost())
        self._save({**self._slots, name: slot})

    def put_own(
        self, name: str, password: str, secret: bytes, environment: Environment, cost: Cost | None = None
    ) -> None:
        """Keeps a secret of an operator's own in the slot; another password for the slot takes it away."""
        own = _wrap(secret, password, _OWN_ABOUT + name.encode(), environment, cost or Cost())
        self._save({**self._slots, name: {**self._slots[name], _OWN: own}})

    def open_own(self, name: str, password: str) -> bytes | None:
        """The operator's own secret, or nothing where the slot has none. Raises :class:`WrongPassword`."""
        wrapped = self._slots.get(name, {}).get(_OWN)
        if wrapped is None:
            return None
        try:
            return _unwrap(wrapped, password, _OWN_ABOUT + name.encode())
        except InvalidTag as error:
            raise WrongPassword("操作员或口令不对。") from error

    def remove(self, name: str) -> None:
        """Takes an operator's slot away."""
        self._save({n: slot for n, slot in self._slots.items() if n != name})

    @contextlib.contextmanager
    def with_step(self, database: Database) -> Iterator[None]:
        """What changes here within stands in one transaction with what is written there: both, or neither.

        The new file is written beside before the transaction ends and takes its place after, which needs no room. Who
        kills the program between the two leaves a name that opens nothing yet, or a former password that still opens.
        """
        before, beside = (self._slots, self._notes), None
        self._in_step = True
        try:
            with database.transaction():
                yield
                if before != (self._slots, self._notes):
                    beside = write_beside(self._path, self._text(self._slots, self._notes), secret=True)
            if beside is not None:
                take_place(beside, self._path)
        except BaseException:
            self._slots, self._notes = before
            if beside is not None:
                drop(beside)
            raise
        finally:
            self._in_step = False

    # -- the recovery code, and notes ------------------------------------------------------------------------------

    @property
    def has_code(self) -> bool:
        """Whether a recovery code opens this workspace."""
        return _CODE in self._notes

    def put_code(self, key: bytes, environment: Environment) -> str:
        """A new recovery code, to be shown once; one that was made before opens nothing any more."""
        code = recovery_codes.make(environment.random)
        self.note(_CODE, _wrap(key, code, _CODE_ABOUT, environment, _CODE_COST))
        return code

    def open_by_code(self, typed: str) -> bytes:
        """The key of the workspace by its recovery code. Raises ``BadCode`` and :class:`WrongCode`."""
        code = recovery_codes.normalised(typed)
        slot = self._notes.get(_CODE)
        if slot is None:
            raise WrongCode("这份台账没有恢复码。")
        try:
            return _unwrap(slot, code, _CODE_ABOUT)
        except InvalidTag as error:
            raise WrongCode("恢复码不对。") from error

    def noted(self, name: str) -> Any:
        """What was noted under a name, or nothing."""
        return self._notes.get(name)

    def note(self, name: str, value: Any) -> None:
        """Notes a value that JSON can say; nothing takes the note away."""
        self._save(notes={n: v for n, v in {**self._notes, name: value}.items() if v is not None})

    def _save(
        self, slots: Mapping[str, Mapping[str, Any]] | None = None, notes: Mapping[str, Any] | None = None
    ) -> None:
        """Writes the file with these instead of those of now; what could not be written is not remembered either."""
        slots, notes = (
            dict(self._slots if slots is None else slots),
            dict(self._notes if notes is None else notes),
        )
        if not self._in_step:
            write_whole(self._path, self._text(slots, notes), secret=True)
        self._slots, self._notes = slots, notes

    def _text(self, slots: Mapping[str, Any], notes: Mapping[str, Any]) -> bytes:
        return json.dumps({"format": FORMAT, "slots": slots, **notes}, ensure_ascii=False, indent=1).encode()


def check_password(password: str) -> None:
    """Raises :class:`WeakPassword`."""
    if len(password) < 8:
        raise WeakPassword("口令太短。")


def wrap_secret(secret: bytes, password: str, about: str, environment: Environment, cost: Cost | None) -> Any:
    """A secret that only this password gives back, as a value for a note; ``about`` says what it is for."""
    check_password(password)
    return _wrap(secret, password, b"\0" + about.encode(), environment, cost or Cost())


def unwrap_secret(wrapped: Any, password: str, about: str) -> bytes:
    """The secret of :func:`wrap_secret`. Raises :class:`WrongPassword`."""
    try:
        return _unwrap(wrapped, password, b"\0" + about.encode())
    except InvalidTag as error:
        raise WrongPassword("口令不对。", "请输入写恢复申请时设的新口令；忘了就再写一份申请。") from error


def _wrap(secret: bytes, password: str, about: bytes, environment: Environment, cost: Cost) -> dict[str, Any]:
    salt, nonce = environment.random(16), environment.random(12)
    sealed = ChaCha20Poly1305(_derive(password, salt, cost)).encrypt(nonce, secret, about)
    return {
        "salt": base64.b64encode(salt).decode(),
        "nonce": base64.b64encode(nonce).decode(),
        "key": base64.b64encode(sealed).decode(),
        "cost": {"memory": cost.memory, "passes": cost.passes, "lanes": cost.lanes},
    }


def _unwrap(slot: Mapping[str, Any], password: str, about: bytes) -> bytes:
    """Raises ``InvalidTag`` for a wrong password."""
    wrapping = _derive(password, base64.b64decode(slot["salt"]), Cost(**slot["cost"]))
    return ChaCha20Poly1305(wrapping).decrypt(
        base64.b64decode(slot["nonce"]), base64.b64decode(slot["key"]), about
    )


def _derive(password: str, salt: bytes, cost: Cost) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
    return kdf.derive(password.encode("utf-8"))

"""Wrong passwords: counted beside the key slots, over restarts too, and every further try has to wait.

The waiting is done here, by a clock that nobody can set; it begins anew with the program, because the file holds no
moment at which it would end. The longest wait is half a minute, so nobody is ever locked out. Who can delete the file
can copy the workspace as well and try elsewhere; against that stands what one try costs (Argon2id).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.renaming import write_whole
from desktop.store.tables.environment import Environment
from desktop.store.workspaces.keys import KeySlots, WrongPassword

FILE = "attempts.json"
FORMAT = 1
_WAITS = (0, 0, 1, 2, 5, 10, 30)
"""Seconds before the next try after so many wrong ones; the last for all that follow."""

_since: dict[tuple[Path, str], float] = {}
"""Since when an operator waits in this run of the program."""


@dataclass(frozen=True, slots=True)
class Untold:
    """Wrong passwords that are not in the audit log yet: whose, how many, the first and the last (ms since 1970)."""

    name: str
    count: int
    first: int
    last: int


def open_slot(folder: Path, slots: KeySlots, name: str, password: str, environment: Environment) -> bytes:
    """The key of the workspace in a folder, after the waiting that wrong passwords before ask for.

    Only the names of operators are counted: what else somebody types for a name may be anything. Raises
    ``WrongPassword``.
    """
    attempts = Attempts(folder)
    if name in slots.names:
        attempts.wait(name, environment)
    try:
        key = slots.open(name, password)
    except WrongPassword:
        if name in slots.names:
            attempts.failed(name, environment)
        raise
    attempts.passed(name)
    return key


class Attempts:
    """The wrong passwords of one workspace."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def wait(self, name: str, environment: Environment) -> None:
        """Waits as long as the wrong passwords of an operator ask for."""
        if left := self.left(name, environment):
            environment.pause(left)

    def left(self, name: str, environment: Environment) -> float:
        """How many seconds the next try of an operator has to wait still; asking begins the waiting."""
        count = _whole(self._read().get(name, {}).get("wrong"))
        seconds = float(_WAITS[min(count, len(_WAITS) - 1)])
        if not seconds:
            return 0.0
        now = environment.steady()
        return max(seconds - (now - _since.setdefault((self._path, name), now)), 0.0)

    def failed(self, name: str, environment: Environment) -> None:
        """Counts a wrong password."""
        _since[self._path, name] = environment.steady()
        held, now = self._read(), environment.now()
        mine = held.get(name, {})
        held[name] = {
            "wrong": _whole(mine.get("wrong")) + 1,
            "untold": _whole(mine.get("untold")) + 1,
            "first": _whole(mine.get("first")) or now,
            "last": now,
        }
        self._write(held)

    def passed(self, name: str) -> None:
        """The right password: the next wrong one is the first again."""
        _since.pop((self._path, name), None)
        held = self._read()
        if _whole(held.get(name, {}).get("wrong")):
            held[name] = {**held[name], "wrong": 0}
            self._write(held)

    def untold(self) -> list[Untold]:
        """What the audit log does not know yet."""
        return [
            Untold(name, count, _whole(mine.get("first")), _whole(mine.get("last")))
            for name, mine in sorted(self._read().items())
            if (count := _whole(mine.get("untold")))
        ]

    def told(self) -> None:
        """The audit log knows of all of them; only what still slows somebody is kept."""
        held = self._read()
        kept = {name: {"wrong": n} for name, mine in held.items() if (n := _whole(mine.get("wrong")))}
        if kept != held:
            self._write(kept)

    def _read(self) -> dict[str, dict[str, Any]]:
        """What the file holds; one that was tampered with says as little as one that is gone."""
        try:
            data = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        held = data.get("operators") if isinstance(data, dict) and data.get("format") == FORMAT else None
        return {n: m for n, m in held.items() if isinstance(m, dict)} if isinstance(held, dict) else {}

    def _write(self, held: Mapping[str, Mapping[str, int]]) -> None:
        text = json.dumps({"format": FORMAT, "operators": held}, ensure_ascii=False)
        # Where nothing can be written the count of this run must do: a full disk keeps nobody out of the own ledger.
        with contextlib.suppress(OSError):
            write_whole(self._path, text.encode(), secret=True)


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

"""Stations that many tests begin with are made once a process and copied: enrolling them takes longer than most tests.

The same name has the same keys, unit and randomness, so what is copied is what making it anew would give.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlcipher3

from desktop.store.ledger import Ledger
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from tests.sync.desks import KEY, Desk, Time

Making = Callable[[Path], tuple[Desk, ...]]
"""Makes stations with ledgers in memory, and leaves nothing in their folder that they go on with."""


@dataclass(frozen=True)
class _Mould:
    """A station as it was when it had been made."""

    desk: Desk
    content: Any
    """A connection of its own: those of a module end with it."""
    time: int
    randomness: tuple[Any, ...]

    @classmethod
    def of(cls, desk: Desk) -> _Mould:
        content = sqlcipher3.connect(":memory:", isolation_level=None)
        content.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
        desk.database.connection.backup(content)
        return cls(desk, content, desk.time.at, _source_of(desk).getstate())

    def cast(self, folder: Path) -> Desk:
        """A copy whose files lie in a folder of its own."""
        desk, time, source = self.desk, Time(self.time), random.Random()
        source.setstate(self.randomness)
        database = Database.open(None, KEY)
        self.content.backup(database.connection)
        environment = Environment(time, source.randbytes)
        ledger = Ledger(database, desk.ledger.types, environment, desk.station, desk.ledger.incarnation)
        return Desk(desk.name, desk.level, desk.unit, ledger, desk.keys, time, folder)


_MOULDS: dict[Making, list[_Mould]] = {}


def cast(making: Making, folder: Path) -> tuple[Desk, ...]:
    """The stations that ``making`` makes, with their files in ``folder``."""
    if making not in _MOULDS:
        _MOULDS[making] = [_Mould.of(desk) for desk in making(folder)]
    return tuple(mould.cast(folder) for mould in _MOULDS[making])


def _source_of(desk: Desk) -> random.Random:
    source = getattr(desk.ledger.environment.random, "__self__", None)
    if not isinstance(source, random.Random):
        raise TypeError(f"{desk.name} has randomness that cannot be copied")
    return source

"""The ledgers of new workspaces are cast: an empty one is made once a process, copied and given the key of each.

Seventy record types with their indexes take the engine longer to create than most tests take for all else. What a
cast ledger holds is what creating it would have put there; workspaces with other types are created as ever, and so are
those of child processes. Ledgers in memory are cast too, for whatever types, where a test asks for :func:`empty`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from desktop.records.types import Catalogue
    from desktop.store.tables.database import Database

_KEYS = 8
"""Workspaces take turns with so many keys: those that meet in one test have keys of their own.

Each mould has three megabytes, and to give a ledger another key takes longer than the rest.
"""


_IN_MEMORY: dict[tuple[int, bool], tuple[Catalogue, Any]] = {}
"""Ledgers in memory by the catalogue, which is held so that no other gets its id; connections of their own, as those of
a module end with it."""


def empty(types: Catalogue, *, indexed: bool = False) -> Database:
    """An empty ledger in memory with the tables of these types, and with the indexes if those are wanted."""
    # Only now: without asserts nothing of the program may be imported before it is compiled anew.
    from desktop.store.queries import indexing
    from desktop.store.tables import schema
    from desktop.store.tables.database import Database

    database = Database.open(None, bytes(32))
    if (found := _IN_MEMORY.get((id(types), indexed))) is not None:
        found[1].backup(database.connection)
        return database
    schema.ensure(database, types)
    if indexed:
        indexing.ensure(database, types)
    import sqlcipher3

    mould = sqlcipher3.connect(":memory:", isolation_level=None)
    mould.execute(f"PRAGMA key = \"x'{bytes(32).hex()}'\"")
    database.connection.backup(mould)
    _IN_MEMORY[id(types), indexed] = types, mould
    return database


class Foundry:
    """Makes the files of empty ledgers under their keys."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._moulds: dict[bytes, Path] = {}
        self._lent = itertools.cycle([secrets.token_bytes(32) for _ in range(_KEYS)])

    def lend_key(self) -> bytes:
        """A key that is as good as a random one for who looks at one test."""
        return next(self._lent)

    def prepare(self) -> None:
        """Makes the first mould, as long as what makes it is still there."""
        if not self._moulds:
            self._make(self.lend_key())

    def cast(self, path: Path, key: bytes) -> None:
        """Puts an empty ledger at ``path``."""
        if key not in self._moulds:
            former, mould = next(iter(self._moulds.items()))
            self._moulds[key] = self._folder / f"{len(self._moulds)}.db"
            shutil.copyfile(mould, self._moulds[key])
            _rekey(self._moulds[key], former, key)
        shutil.copyfile(self._moulds[key], path)

    def _make(self, key: bytes) -> None:
        from desktop.records.types import catalogue
        from desktop.store.queries import indexing
        from desktop.store.tables import schema
        from desktop.store.tables.database import Database

        self._moulds[key] = self._folder / "first.db"
        database = Database.open(self._moulds[key], key, create=True)
        schema.ensure(database, catalogue())
        indexing.ensure(database, catalogue())
        database.close()


def _rekey(path: Path, former: bytes, key: bytes) -> None:
    import sqlcipher3

    with contextlib.closing(sqlcipher3.connect(str(path), isolation_level=None)) as connection:
        connection.execute(f"PRAGMA key = \"x'{former.hex()}'\"")
        # If the machine stops now, so does the test.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")


def _first_drawing(key: bytes, environment: Any) -> Any:
    """The same environment, from which the key of the workspace is drawn first; what is drawn after it is the same."""
    drawn, random = iter([key]), environment.random

    def draw(size: int) -> bytes:
        found: bytes = random(size)
        return next(drawn, found)

    return dataclasses.replace(environment, random=draw)


@contextlib.contextmanager
def casting(folder: Path) -> Iterator[None]:
    """As long as it lasts, new workspaces of the program's own types get a cast ledger."""
    # Only now: without asserts nothing of the program may be imported before it is compiled anew.
    from desktop.records.types import catalogue
    from desktop.store.queries import indexing
    from desktop.store.tables import schema
    from desktop.store.tables.environment import Environment
    from desktop.store.workspaces.keeping import JournaledDatabase
    from desktop.store.workspaces.workspace import Workspace

    foundry = Foundry(folder)
    create, opened = Workspace.create.__func__, JournaledDatabase.open.__func__  # type: ignore[attr-defined]

    def cast_and_open(cls: type[Any], /, path: Path, key: bytes, **how: bool) -> Any:
        if how.get("create"):
            foundry.cast(path, key)
        return opened(cls, path, key, **how)

    def create_cast(
        cls: type[Any], /, place: Path, types: Any, environment: Environment, **named: Any
    ) -> Any:
        if types is not catalogue():
            return create(cls, place, types, environment, **named)
        environment = _first_drawing(foundry.lend_key(), environment)
        foundry.prepare()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(JournaledDatabase, "open", classmethod(cast_and_open))
            # The mould has gone through both: there is nothing that they would find missing.
            patch.setattr(schema, "ensure", lambda _database, _types: [])
            patch.setattr(indexing, "ensure", lambda _database, _types: None)
            return create(cls, place, types, environment, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workspace, "create", classmethod(create_cast))
        yield

"""Claims that do not count are gathered so that none of a million of them lies in memory."""

from __future__ import annotations

import pytest

from desktop.store.merging import aside
from desktop.store.merging.aside import Put
from desktop.store.queries import claims
from desktop.store.tables.database import Database
from tests.store.world import ledger

MANY = 6_001


def test_what_is_aside_is_gathered_in_pieces_and_nothing_of_it_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What one statement has changed the engine keeps in memory until it ends: of a million births that was 130 MB."""
    database = ledger()
    births = [
        Put(n, "birth", "firm", f"{n:032x}", "a" if n % 2 else "b", "", n, (), "", "", "")
        for n in range(1, MANY)
    ]
    moved = Put(MANY, "change", "firm", f"{1:032x}", "a", "unit", MANY, (), "", '"c"', "")
    aside.refuse(database, 1, [*births, moved])
    changed: list[int] = []
    execute = Database.execute

    def noted(self: Database, sql: str, parameters: object = ()) -> object:
        before = self.connection.total_changes
        done = execute(self, sql, parameters)
        changed.append(self.connection.total_changes - before)
        return done

    with database.transaction():
        monkeypatch.setattr(Database, "execute", noted)
        claims.note_aside(database)
        monkeypatch.undo()
        assert (sum(changed), max(changed)) == (MANY, 5_000)
        found = claims.units(database, "firm", [f"{n:032x}" for n in (1, 2, MANY - 1)])
        assert found == {f"{1:032x}": {"a", "c"}, f"{2:032x}": {"b"}, f"{MANY - 1:032x}": {"b"}}
        claims.forget_aside(database)
        claims.forget_aside(database)
    assert database.value("SELECT count(*) FROM sqlite_master WHERE name = 'claim_aside'") == 0

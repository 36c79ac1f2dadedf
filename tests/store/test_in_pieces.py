"""What may reach a million rows is done in pieces: what one statement has changed the engine keeps in memory."""

from __future__ import annotations

import pytest

from desktop.records.versions.item_outcomes import HELD_CERTIFICATE, HELD_FORK
from desktop.store.merging import aside
from desktop.store.merging.aside import Put
from desktop.store.merging.merging import Item, Result
from desktop.store.queries import claims
from desktop.store.tables.database import Database
from tests.store.world import ledger

MANY = 6_001


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each statement of a database changes."""
    found: list[int] = []
    execute = Database.execute

    def noted(self: Database, sql: str, parameters: object = ()) -> object:
        before = self.connection.total_changes
        done = execute(self, sql, parameters)
        found.append(self.connection.total_changes - before)
        return done

    monkeypatch.setattr(Database, "execute", noted)
    return found


def births(unit: str = "a", other: str = "a") -> list[Put]:
    return [
        Put(n, "birth", "firm", f"{n:032x}", unit if n % 2 else other, "", n, (), "", "", HELD_CERTIFICATE)
        for n in range(1, MANY)
    ]


def test_claims_that_do_not_count_are_gathered_and_nothing_of_them_is_left(changed: list[int]) -> None:
    """Of a million births the engine kept 130 MB."""
    database = ledger()
    moved = Put(MANY, "change", "firm", f"{1:032x}", "a", "unit", MANY, (), "", '"c"', "")
    aside.refuse(database, 1, [*births("a", "b"), moved])
    with database.transaction():
        changed.clear()
        claims.note_aside(database)
        assert (sum(changed), max(changed)) == (MANY, 5_000)
        found = claims.units(database, "firm", [f"{n:032x}" for n in (1, 2, MANY - 1)])
        assert found == {f"{1:032x}": {"a", "c"}, f"{2:032x}": {"b"}, f"{MANY - 1:032x}": {"b"}}
        claims.forget_aside(database)
        claims.forget_aside(database)
    assert database.value("SELECT count(*) FROM sqlite_master WHERE name = 'claim_aside'") == 0


def test_what_waits_behind_a_fork_is_told_so_in_pieces(changed: list[int]) -> None:
    database = ledger()
    aside.hold(database, 1, births(), 0)
    aside.hold(database, 2, births()[:1], 0)
    changed.clear()
    aside.open_fork(database, 1, 3)
    assert (sum(changed), max(changed)) == (1 + MANY - 3, 5_000)
    counts: dict[str, int] = dict(database.rows("SELECT reason, count(*) FROM held GROUP BY 1"))
    assert counts == {HELD_FORK: MANY - 3, HELD_CERTIFICATE: 3}


def test_what_a_further_round_did_is_told_with_what_was_done_before() -> None:
    one, two = (Item(1, n, n, "firm", f"{n:032x}", "name") for n in (1, 2))
    found = Result(7, [one], [one], [one], [one], {"firm": {"a"}})
    found.add(Result(5, [two], [two], [two], [two], {"firm": {"b"}, "visit": {"c"}}, edges=True))
    both = [one, two]
    assert found == Result(7, both, both, both, both, {"firm": {"a", "b"}, "visit": {"c"}}, edges=True)
    found.add(Result(9))
    assert (found.newest, found.edges) == (9, True)

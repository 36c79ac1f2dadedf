"""What was deleted since it was changed is named when the change is to be taken back."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.records.versions.resolution import Life
from desktop.store.ledger import CannotUndo, ChangeSet, Deletion, SlotEdit
from tests.conftest import LONG
from tests.sync.desks import Desk, new_root


def test_a_step_about_many_says_how_many_of_them_are_gone_and_goes_back_once_they_are_here(
    tmp_path: Path,
) -> None:
    desk = new_root(tmp_path, "区")
    firms = [desk.birth("firm", {"name": f"厂{n}"}) for n in range(3)]
    edits = [SlotEdit("firm", firm, "name", "改") for firm in firms]
    changed = desk.ledger.write("批量修改", desk.name, edits=edits)
    deleted = desk.delete(firms[1])
    with pytest.raises(CannotUndo, match="单位1条") as told:
        desk.ledger.undo(changed.stamp, desk.name)
    assert "最近的操作" in str(told.value.next_step)
    desk.ledger.undo(deleted.stamp, desk.name)
    desk.ledger.undo(changed.stamp, desk.name)
    shown = [desk.values(firm) for firm in firms]
    assert [values and values["name"] for values in shown] == ["厂0", "厂1", "厂2"]


@pytest.fixture
def moved(tmp_path: Path) -> tuple[Desk, str, str, str]:
    """A desk with two firms and a visit to the first."""
    desk = new_root(tmp_path, "区")
    one, other = (desk.birth("firm", {"name": name}) for name in ("甲厂", "乙厂"))
    return desk, one, other, desk.birth("visit", {"firm": one, "topic": "走访"})


def test_what_was_put_under_a_record_goes_with_it_when_its_deletion_is_done_again(
    moved: tuple[Desk, str, str, str],
) -> None:
    desk, _, other, visit = moved
    desk.delete(other)
    back = desk.delete(other, revive=True)
    desk.edit(visit, "firm", other, "visit")
    again = desk.ledger.undo(back.stamp, desk.name)
    assert lives(desk, other, visit) == [Life.DELETED, Life.DELETED]
    desk.ledger.undo(again.stamp, desk.name)
    assert lives(desk, other, visit) == [Life.LIVE, Life.LIVE]


def test_what_was_deleted_and_came_back_in_between_goes_with_the_record_too(
    moved: tuple[Desk, str, str, str],
) -> None:
    desk, _, other, visit = moved
    desk.delete(other)
    back = desk.delete(other, revive=True)
    desk.edit(visit, "firm", other, "visit")
    desk.ledger.undo(desk.delete(other).stamp, desk.name)
    assert lives(desk, other, visit) == [Life.LIVE, Life.LIVE]
    desk.ledger.undo(back.stamp, desk.name)
    assert lives(desk, other, visit) == [Life.DELETED, Life.DELETED]


def test_what_leaves_a_record_in_the_step_that_deletes_it_stays_when_that_is_done_again(
    moved: tuple[Desk, str, str, str],
) -> None:
    desk, one, other, visit = moved
    with desk.database.transaction():
        first, step = desk.edit(visit, "firm", other, "visit"), desk.delete(one)
        desk.ledger.as_one(first, step)
    back = desk.ledger.undo(step.stamp, desk.name)
    desk.ledger.undo(back.stamp, desk.name)
    assert lives(desk, one, visit) == [Life.DELETED, Life.LIVE]
    assert (desk.values(visit, "visit") or {})["firm"] == other


def test_nothing_is_put_back_under_what_was_deleted_since(moved: tuple[Desk, str, str, str]) -> None:
    desk, one, other, visit = moved
    step = desk.edit(visit, "firm", other, "visit")
    desk.delete(one)
    with pytest.raises(CannotUndo, match="它属于的单位已经删除"):
        desk.ledger.undo(step.stamp, desk.name)


def lives(desk: Desk, firm: str, visit: str) -> list[Life]:
    """Whether a firm and a visit are here."""
    shown = (desk.shown(firm), desk.shown(visit, "visit"))
    return [found.life for found in shown if found is not None]


ALONE = range(2_000) if LONG else (7, 78, 92, 93, 97)
"""Histories of one desk; these few have found what was wrong once."""


class Alone:
    """A desk that nobody else hears of; what it does at random it may take back, and take that back again."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.desk = new_root(folder, "区")
        self.rnd = random.Random(seed)
        self.done: list[ChangeSet] = []

    def some(self, type_name: str, life: Life = Life.LIVE) -> str | None:
        """A record that is here, or one that is deleted."""
        shown = ((r, self.desk.shown(r, type_name)) for r in sorted(self.desk.records(type_name)))
        found = [r for r, held in shown if held is not None and held.life is life]
        return self.rnd.choice(found) if found else None

    def step(self) -> None:
        """Something is done."""
        desk, rnd = self.desk, self.rnd
        firm, visit, gone = self.some("firm"), self.some("visit"), self.some("firm", Life.DELETED)
        acts: list[Callable[[], object]] = [lambda: desk.birth("firm", {"name": "新"})]
        if firm is not None:
            cells = {"firm": firm, "topic": "走访"}
            acts += [
                lambda: desk.birth("visit", cells),
                lambda: desk.edit(firm, "name", rnd.choice(("甲", "乙"))),
                lambda: desk.delete(firm),
            ]
        if firm is not None and visit is not None:
            acts += [lambda: desk.edit(visit, "firm", firm, "visit"), lambda: desk.delete(visit, "visit")]
        if gone is not None:
            back = [Deletion("firm", gone, revive=True, together=True)]
            acts += [lambda: desk.ledger.write("恢复", desk.name, deletions=back)]
        if self.done:
            acts += [lambda: desk.ledger.undo(rnd.choice(self.done[-5:]).stamp, desk.name)] * 3
        with contextlib.suppress(CannotUndo):
            told = rnd.choice(acts)()
            self.done += [told] if isinstance(told, ChangeSet) and told.stamp else []


@pytest.mark.parametrize("seed", ALONE)
def test_nobody_is_in_conflict_with_himself(tmp_path: Path, seed: int) -> None:
    alone = Alone(tmp_path, seed)
    for _ in range(30):
        alone.step()
        assert (alone.some("firm", Life.DISPUTED), alone.some("visit", Life.DISPUTED)) == (None, None)
    assert alone.desk.digest().conflicts == 0
    alone.desk.database.close()

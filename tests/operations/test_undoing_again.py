"""Steps are taken back one after the other and done again, back to the birth of a record; what others wrote stays."""

from __future__ import annotations

import itertools
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.operations.recording import admitting, records
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.ledger import CannotUndo, ChangeSet, SlotEdit
from desktop.store.queries import reading
from tests.operations.stations import station

EDITS = st.lists(
    st.sampled_from(["undo", "undo", "redo", *itertools.product(("name", "surveyed_staff"), (1, 2, None))]),
    max_size=9,
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return station(tmp_path_factory.mktemp("undo"), "330110109", "径山镇总工会", Level.TOWN)


class Desk:
    """A record with what it says after each step, and the two stacks of a window."""

    def __init__(self, session: Session) -> None:
        self.session = session
        saved = records.save(session, "enterprise", {"name": "甲"})
        self.record = saved.record
        self.states: list[dict[str, Cell] | None] = [None, {"name": "甲", "surveyed_staff": None}]
        assert saved.changes.stamp is not None
        self.done, self.undone = [saved.changes.stamp], list[tuple[int, dict[str, Cell] | None]]()

    def edit(self, field: str, value: int | None) -> None:
        state = self.states[-1]
        if state is None or (cell := str(value) if field == "name" and value else value) == state[field]:
            return
        stamp = records.save(self.session, "enterprise", {field: cell}, record=self.record).changes.stamp
        assert stamp is not None
        self.done.append(stamp)
        self.states.append({**state, field: cell})
        self.undone.clear()

    def undo(self, *, birth: bool = False) -> None:
        if len(self.done) > 1 or (birth and self.done):
            stamp = records.undo(self.session, self.done.pop()).stamp
            assert stamp is not None
            self.undone.append((stamp, self.states.pop()))

    def redo(self) -> None:
        if self.undone:
            stamp, state = self.undone.pop()
            again = records.undo(self.session, stamp).stamp
            assert again is not None
            self.done.append(again)
            self.states.append(state)

    def agrees(self) -> bool:
        held, state = records.load(self.session, "enterprise", self.record), self.states[-1]
        assert held is not None
        if state is None:
            return held.life is Life.DELETED
        return held.life is Life.LIVE and {n: held.values[n] for n in state} == state and not held.disputed


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_every_step_is_taken_back_and_done_again_in_its_order(town: Session, wanted: list[object]) -> None:
    desk = Desk(town)
    for each in (*wanted, *["back"] * (len(wanted) + 1), "redo", "redo"):
        if each in ("undo", "back"):
            desk.undo(birth=each == "back")
        elif each == "redo":
            desk.redo()
        else:
            desk.edit(*each)  # type: ignore[misc]
        assert desk.agrees()


def test_what_came_later_and_stands_keeps_an_earlier_step_from_being_taken_back(
    tmp_path: Path, town: Session
) -> None:
    record = records.save(town, "enterprise", {"name": "甲"}).record
    stamps = [
        records.save(town, "enterprise", {"name": name}, record=record).changes.stamp for name in "乙丙丁"
    ]
    first, _, third = (s for s in stamps if s is not None)
    records.undo(town, third)
    with pytest.raises(CannotUndo, match="后来又改过"):
        records.undo(town, first)
    born = records.save(town, "enterprise", {"name": "戊"})
    edit = SlotEdit("enterprise", born.record, "name", "己")
    other = town.ledger.write("别人改的", "李强", edits=[edit])
    assert born.changes.stamp is not None
    with pytest.raises(CannotUndo, match="不能整条撤消"):
        records.undo(town, born.changes.stamp)
    assert other.stamp is not None
    records.undo(town, other.stamp)
    records.undo(town, born.changes.stamp)
    assert records.load(town, "enterprise", born.record).life is Life.DELETED  # type: ignore[union-attr]


STEPS = st.lists(
    st.sampled_from(["edit", "delete", "child", "no child", *["undo"] * 3, *["undo any"] * 3]), max_size=9
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.randoms(use_true_random=False))
def test_nobody_ends_in_a_conflict_with_oneself(town: Session, wanted: list[str], chance: Random) -> None:
    saved = records.save(town, "enterprise", {"name": "甲"})
    stamps, visits = [saved.changes.stamp], list[str]()
    for n, each in enumerate(wanted):
        try:
            if each == "edit":
                changes = records.save(town, "enterprise", {"name": f"第{n}"}, record=saved.record).changes
            elif each == "delete":
                changes = records.delete(town, "enterprise", saved.record)
            elif each == "child":
                visit = records.save(town, "visit", {"enterprise": saved.record})
                changes = visit.changes
                visits.append(visit.record)
            elif each == "no child":
                changes = records.delete(town, "visit", visits[-1]) if visits else ChangeSet()
            else:
                changes = records.undo(town, stamps[-1] if each == "undo" else chance.choice(stamps))
        except (CannotUndo, admitting.Gone):
            continue
        stamps += [changes.stamp] if changes.stamp else []
        assert not reading.conflicts(town.database)


def test_what_was_said_since_is_deleted_too_when_the_deletion_is_done_again(town: Session) -> None:
    saved = records.save(town, "enterprise", {"name": "甲"})
    gone = records.delete(town, "enterprise", saved.record)
    back = records.undo(town, gone.stamp)
    records.save(town, "enterprise", {"name": "乙"}, record=saved.record)
    visit = records.save(town, "visit", {"enterprise": saved.record}).record
    again = records.undo(town, back.stamp)
    held = [records.load(town, *each) for each in (("enterprise", saved.record), ("visit", visit))]
    assert [h.life for h in held if h is not None] == [Life.DELETED] * 2
    assert not reading.conflicts(town.database)
    records.undo(town, again.stamp)
    held = [records.load(town, *each) for each in (("enterprise", saved.record), ("visit", visit))]
    assert [h.life for h in held if h is not None] == [Life.LIVE] * 2

"""The tree that comes with a grant: of an old district as of a young one, or with the first bundle from above."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.identity import unit_id
from desktop.records.versions.items import Shape
from desktop.sync.bundles import sending
from desktop.sync.enrolling import grants
from desktop.sync.formats import frames, segments
from desktop.sync.merging import receiving
from desktop.sync.signed.manifest import MAX_FRAMES, MAX_PART_PLAIN
from tests.sync.desks import Desk, below, enrol, new_desk
from tests.sync.levels import Tree, grow, unit_cells


def tree_of(desk: Desk) -> list[segments.Header]:
    """The segments that another computer of the same unit gets with its grant."""
    found = sending.tree_frames(desk.ledger, desk.keys, desk.unit)
    return [segments.read(frame)[0] for frame in frames.split(found, MAX_FRAMES, MAX_PART_PLAIN)]


def grow_old(folder: Path, count: int) -> Tree:
    """A town with so many more units, each registered by itself."""
    tree = grow(folder)
    for n in range(count):
        code = f"新{n}"
        tree.town.birth("unit", unit_cells(code, tree.town.unit), record=unit_id("village", code))
        tree.town.cut()
    return tree


def test_an_old_unit_has_no_more_segments_of_it_than_a_young_one(tmp_path: Path) -> None:
    """A grant holds 4 096, and a district that enrols three hundred a year had more in the seventh."""
    found = []
    for count in (0, 30):
        (tmp_path / str(count)).mkdir()
        found.append(tree_of(grow_old(tmp_path / str(count), count).town))
    few, many = found
    assert len(few) == len(many)
    assert sum(h.total for h in many) == sum(h.total for h in few) + 30


def test_the_second_computer_of_an_old_unit_knows_what_the_first_does(tmp_path: Path) -> None:
    tree = grow_old(tmp_path, 5)
    tree.deliver()
    second = new_desk(tmp_path, "二", Level.TOWN, unit=tree.town.unit)
    enrol(second, tree.town)
    assert second.records("unit") == tree.town.records("unit")
    assert second.records("grant") == tree.town.records("grant")
    sent = tree.town.send(second)
    result = second.take(sent)
    # It was cut otherwise, and is the same all the same.
    assert (result.known, result.held, result.refused) == (sent.items, 0, 0)
    assert second.digest() == tree.town.digest()


@pytest.mark.parametrize(("most", "bytes_of_lines"), [(2, 1 << 20), (5_000, 1)])
def test_what_is_too_much_for_one_segment_stands_in_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, bytes_of_lines: int
) -> None:
    tree = grow_old(tmp_path, 5)
    together = tree_of(tree.town)
    monkeypatch.setattr(sending, "MAX_LINES", most)
    monkeypatch.setattr(sending, "_MOST_JOINED", bytes_of_lines)
    apart = tree_of(tree.town)
    assert len(apart) > len(together)
    assert sum(h.total for h in apart) == sum(h.total for h in together)


def test_a_segment_has_growing_numbers_and_one_shape_of_each_type() -> None:
    def said(number: int, *columns: str) -> sending._Chosen:
        return sending._Chosen("a", "b", [(number, b"")], {"unit": Shape(columns)})

    assert said(1, "name").add(said(3, "name"))
    assert not said(3, "name").add(said(3, "name"))
    assert not said(1, "name").add(said(3, "name", "code"))


def test_who_gets_no_tree_with_the_grant_gets_all_of_it_with_the_first_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = grow_old(tmp_path, 3)
    with monkeypatch.context() as patched:
        patched.setattr(receiving, "take_tree", lambda *_: None)
        second = below(tree.town, "二", Level.TOWN)
    assert second.records("unit") == set()
    result = second.take(tree.town.send(second))
    assert (result.held, result.refused) == (0, 0)
    assert second.unit in second.records("unit")
    second.birth("firm", {"name": "一家"})
    assert tree.town.take(second.send()).applied == 1


def test_a_tree_that_no_grant_holds_is_left_out_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = frames.compress(b"[]\n").compressed
    most = frame * MAX_FRAMES
    assert grants.fitting(most) == most
    assert grants.fitting(most + frame) is None
    monkeypatch.setattr(grants, "MAX_REFERENCE", len(most) - 1)
    assert grants.fitting(most) is None

"""Rewriting: a second wrong date, a half that the parent holds, order, and what undoing does to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.identity import unit_id
from desktop.records.versions.stamps import milliseconds_of, to_wire
from desktop.store.ledger import CannotUndo
from desktop.sync.authority import station
from desktop.sync.merging import rewriting
from tests.sync.acts import erase
from tests.sync.desks import DAY, EPOCH_MS, Desk, copied, enrol, new_desk, put_back, report, settle
from tests.sync.forking import decide, open_forks, renumber
from tests.sync.levels import grow, unit_cells

FIRM, OTHER, VISIT, THIRD, FOURTH = "f1" * 16, "f2" * 16, "d1" * 16, "f3" * 16, "f4" * 16


def redate(desk: Desk, fresh: str) -> None:
    rewriting.redate(desk.ledger, desk.keys, fresh, "王芳", "更正日期")
    desk.keys = station.load_keys(desk.ledger)


def test_a_date_that_is_wrong_a_second_time_is_put_right_too(pair: tuple[Desk, Desk]) -> None:
    above, village = pair
    village.birth("firm", {"name": "厂"}, record=FIRM)
    report(village, above)
    for turn, days in enumerate((400, 401)):
        village.time.pass_days(days)
        village.ledger.clock.confirm()
        village.edit(FIRM, "name", f"改{turn}")
        village.time.pass_days(-days)
        redate(village, f"{turn + 5:016x}")
        assert rewriting.future_items(village.ledger, village.keys) == []


def test_what_an_office_says_of_units_and_computers_under_a_wrong_date_counts_above_today(
    district: Desk, town: Desk, laptop: Desk, tmp_path: Path
) -> None:
    """Whom it has enrolled by then it enrols once more: a certificate names the item that granted it."""
    fresh = new_desk(tmp_path, "新村", Level.VILLAGE)
    laptop.birth("firm", {"name": "厂"}, record=FIRM)
    settle([(laptop, town), (town, district)])
    town.time.pass_days(400)
    town.ledger.clock.confirm()
    enrol(fresh, town)
    town.edit(laptop.unit, "name", "改了名的村", "unit")
    town.revoke(laptop, 0)
    lifted = town.exclude((laptop, 1))
    town.lift(lifted)
    town.time.pass_days(-400)
    district.take(town.send())
    assert FIRM in district.records()
    redate(town, "ab" * 8)
    assert rewriting.future_items(town.ledger, town.keys) == []
    enrol(fresh, town)
    fresh.birth("firm", {"name": "新厂"}, record=OTHER)
    settle([(fresh, town), (town, district)])
    assert [desk.records() for desk in (district, town)] == [{OTHER}] * 2
    town.edit(laptop.unit, "name", "又改了名的村", "unit")
    settle([(town, district)])
    for days in (0, 401):
        for desk in (district, town):
            desk.time.pass_days(days)
            desk.ledger.clock.confirm()
            desk.settle()
            assert (desk.values(laptop.unit, "unit") or {})["name"] == "又改了名的村", days
            assert fresh.unit in desk.records("unit")


def test_what_was_said_once_more_of_what_counts_is_lifted_with_one_word(
    district: Desk, town: Desk, laptop: Desk
) -> None:
    """That under the wrong date stood beside it: whoever lifted one was told that all counts again, and nothing did."""
    laptop.birth("firm", {"name": "厂"}, record=FIRM)
    laptop.birth("firm", {"name": "又一厂"}, record=OTHER)
    laptop.birth("firm", {"name": "退回过的厂"}, record=THIRD)
    settle([(laptop, town), (town, district)])
    back = town.exclude((laptop, laptop.next_number() - 1))
    settle([(town, district)])
    town.time.pass_days(400)
    town.ledger.clock.confirm()
    town.exclude((laptop, 1))
    town.lift(back)
    town.revoke(laptop, 1)
    town.time.pass_days(-400)
    # Other keys, or a restored backup, are another incarnation: what was said in the one before is found too.
    station.begin_incarnation(town.ledger, "cd" * 8)
    town.keys = station.load_keys(town.ledger)
    redate(town, "ab" * 8)
    settle([(town, district)])
    assert rewriting.future_items(town.ledger, town.keys) == []
    assert [desk.records() for desk in (district, town)] == [set(), set()]
    for kind, said in (("exclusion", "cause = 'withdrawn'"), ("revocation", "TRUE")):
        ((record,),) = town.database.rows(f"SELECT lower(hex(id)) FROM r_{kind} WHERE _life = 0 AND {said}")
        town.lift(record, kind)
    for days in (0, 401):
        for desk in (district, town):
            desk.time.pass_days(days)
            desk.ledger.clock.confirm()
            desk.settle()
        settle([(town, district)])
        assert [desk.records() for desk in (district, town)] == [{FIRM, OTHER, THIRD}] * 2, days


@pytest.mark.parametrize("taken_back", [False, True])
def test_where_only_grants_bear_a_wrong_date_it_is_put_right_as_well(
    town: Desk, laptop: Desk, taken_back: bool
) -> None:
    town.time.pass_days(400)
    town.ledger.clock.confirm()
    before = town.records("grant")
    enrol(laptop, town)
    for grant in town.records("grant") - before if taken_back else ():
        town.lift(grant, "grant")
    town.time.pass_days(-400)
    redate(town, "ab" * 8)
    assert milliseconds_of(town.edit(laptop.unit, "name", "村", "unit").stamp) < town.time.at - EPOCH_MS + DAY
    assert rewriting.future_items(town.ledger, town.keys) == []


def test_undoing_the_step_of_a_redating_does_not_bring_the_wrong_date_back(pair: tuple[Desk, Desk]) -> None:
    above, village = pair
    village.birth("firm", {"name": "厂"}, record=FIRM)
    report(village, above)
    village.time.pass_days(400)
    village.ledger.clock.confirm()
    village.edit(FIRM, "name", "改")
    village.time.pass_days(-400)
    redate(village, "ab" * 8)
    for (stamp,) in village.database.rows(
        "SELECT stamp FROM operation WHERE name = '更正日期' ORDER BY stamp"
    ):
        try:
            village.ledger.undo(stamp, "王芳")
        except CannotUndo:
            continue
    village.settle()
    assert rewriting.future_items(village.ledger, village.keys) == []


def test_what_was_erased_under_a_wrong_date_is_erased_above_today(pair: tuple[Desk, Desk]) -> None:
    """The erasure itself waits above for its day, and nobody may take it back; so it is said once more."""
    above, village = pair
    village.birth("firm", {"name": "厂", "phone": "13900005678"}, record=FIRM)
    report(village, above)
    village.time.pass_days(400)
    village.ledger.clock.confirm()
    emptied = village.edit(FIRM, "contact", None)
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(emptied.stamp - 1)}
    village.birth("erasure", cells)
    village.birth("erasure", cells | {"upto": "no moment"})
    village.settle()
    report(village, above)
    village.time.pass_days(-400)
    assert "13900005678" in holding(above), "it waits for its day"
    redate(village, "ab" * 8)
    assert rewriting.future_items(village.ledger, village.keys) == []
    village.edit(FIRM, "contact", {"phone": "13911110000"})
    report(village, above)
    assert "13900005678" not in holding(above)
    shown = above.values(FIRM)
    assert shown is not None
    assert shown["phone"] == "13911110000", "what is recorded afterwards is a new matter"
    assert above.digest(village.unit).sha256 == village.digest(village.unit).sha256


def test_an_erasure_of_what_was_empty_already_is_said_once_more_too(pair: tuple[Desk, Desk]) -> None:
    above, village = pair
    village.birth("firm", {"name": "厂", "phone": "13900005678"}, record=FIRM)
    village.edit(FIRM, "contact", None)
    report(village, above)
    village.time.pass_days(400)
    village.ledger.clock.confirm()
    village.birth(
        "erasure", {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(village.stamp())}
    )
    village.settle()
    village.time.pass_days(-400)
    redate(village, "ab" * 8)
    report(village, above)
    assert "13900005678" not in holding(above)


def test_what_is_recorded_after_a_redating_stays_until_the_day_of_the_first_erasure(tmp_path: Path) -> None:
    """Here as above: with each unit that came it was emptied once more by what lay in the future, and here alone."""
    tree = grow(tmp_path)
    tree.deliver()
    above, town = tree.district, tree.town
    town.birth("firm", {"name": "厂", "phone": "13900005678"}, record=FIRM)
    report(town, above)
    town.time.pass_days(400)
    town.ledger.clock.confirm()
    erase(town)
    town.time.pass_days(-400)
    redate(town, "ab" * 8)
    town.edit(FIRM, "contact", {"phone": "13911110000"})
    town.birth("unit", unit_cells("新", town.unit), record=unit_id("village", "新"))
    town.settle()
    report(town, above)
    for phone in ("13911110000", None):
        assert [(desk.values(FIRM) or {})["phone"] for desk in (town, above)] == [phone] * 2
        assert town.digest().sha256 == above.digest().sha256
        for desk in (town, above):
            desk.time.pass_days(401)
            desk.ledger.clock.confirm()
        town.birth("firm", {"name": "后来的"})
        report(town, above)


def holding(desk: Desk) -> str:
    """All values of firms that a desk holds, those replaced included."""
    return repr(desk.database.rows("SELECT value FROM version")) + repr(desk.values(FIRM))


def test_two_edits_of_one_slot_of_which_the_first_stands_already(pair: tuple[Desk, Desk]) -> None:
    """A deletion under a wrong date of a record that somebody edited meanwhile: 'deleted against edited' must stay."""
    above, village = pair
    village.birth("firm", {"name": "厂"}, record=FIRM)
    report(village, above)
    village.time.pass_days(400)
    village.ledger.clock.confirm()
    village.delete(FIRM)
    village.time.pass_days(-400)
    above.edit(FIRM, "name", "区里改的")
    village.take(above.send(village))
    redate(village, "ab" * 8)
    report(village, above)
    shown = above.shown(FIRM)
    assert shown is not None
    assert shown.life == 2, "the district's edit is deleted though nobody had seen it"


def test_what_a_restored_laptop_lost_does_not_override_what_came_meanwhile(
    laptop: Desk,
    twin: Desk,
    town: Desk,
    district: Desk,
) -> None:
    laptop.birth("firm", {"name": "一"}, record=OTHER)
    report(laptop, town)
    town.birth("firm", {"name": "镇里的"}, record=FIRM, unit=laptop.unit)
    twin.take(town.send(twin))
    twin.edit(FIRM, "name", "村里改的")
    town.take(twin.send())
    assert len(open_forks(town)) == 1
    town.edit(FIRM, "name", "镇里又改的")
    decide(town, laptop)
    twin.take(town.send(twin))
    renumber(twin)
    report(twin, town)
    assert town.conflicts() == {(FIRM, "name")}


def test_renumbering_ends_though_a_record_is_not_here_any_more(
    laptop: Desk,
    twin: Desk,
    town: Desk,
    district: Desk,
) -> None:
    number = town.ledger.next_number()
    town.birth("firm", {"name": "镇里的"}, record=FIRM, unit=laptop.unit)
    twin.take(town.send(twin))
    laptop.birth("firm", {"name": "一"}, record=OTHER)
    report(laptop, town)
    twin.edit(FIRM, "name", "村里改的")
    twin.birth("firm", {"name": "二"}, record=THIRD)
    town.take(twin.send())
    decide(town, laptop)
    district.exclude((town, number))
    town.take(district.send(town))
    twin.take(town.send(twin))
    renumber(twin)
    report(twin, town)
    assert THIRD in town.records()


def test_what_was_erased_before_it_is_written_anew_empties_nothing(
    laptop: Desk,
    twin: Desk,
    town: Desk,
    district: Desk,
) -> None:
    """It says nothing any more, so what it had stood upon, and another unit has written, stands again."""
    town.birth("firm", {"name": "镇里的", "phone": "13900005678"}, record=FIRM)
    twin.birth("firm", {"name": "村里的"}, record=FIRM)
    laptop.birth("firm", {"name": "一"}, record=OTHER)
    laptop.birth("firm", {"name": "二"}, record=THIRD)
    report(laptop, town)
    twin.take(town.send(twin))
    twin.edit(FIRM, "contact", {"person": "王", "phone": "13800001234"})
    town.take(twin.send())
    decide(town, laptop)
    stamp = to_wire(max(twin.stamp(), town.stamp()))
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": stamp}
    town.time.pass_days(0.1)
    town.birth("erasure", cells, unit=laptop.unit)
    town.settle()
    twin.take(town.send(twin))
    assert renumber(twin) == 1, "the birth alone"
    report(twin, town)
    district.take(town.send())
    for desk in (twin, town, district):
        values = desk.values(FIRM)
        assert values is not None
        assert (values["person"], values["phone"]) == (None, "13900005678"), desk.name
        assert (FIRM, "contact") not in desk.conflicts()
        assert (FIRM, "name") in desk.conflicts(), "all else is written anew"


def test_only_what_a_computer_writes_anew_is_void_and_not_what_else_was_said_under_these_numbers(
    laptop: Desk, twin: Desk, town: Desk
) -> None:
    """It was set back unnoticed, with its wrong date, and what it had reported by then is held by the town alone."""
    for desk, record in ((twin, OTHER), (laptop, FIRM)):
        desk.time.pass_days(400)
        desk.ledger.clock.confirm()
        desk.birth("firm", {"name": "厂"}, record=record)
        town.take(desk.send())
    laptop.time.pass_days(-400)
    redate(laptop, "ab" * 8)
    report(laptop, town)
    assert (town.records(), open_forks(town)) == ({FIRM}, [])
    assert (set(town.refused().values()), set(town.held().values())) == ({"clock"}, {"future"})
    town.time.pass_days(400)
    town.settle()
    assert town.records() == {FIRM, OTHER}


def test_what_stands_on_a_record_that_does_not_count_is_put_right_when_it_counts_again(
    pair: tuple[Desk, Desk],
) -> None:
    """It cannot be saved anew by then, and was void all the same: the record came back without it."""
    above, village = pair
    village.birth("firm", {"name": "厂"}, record=FIRM)
    report(village, above)
    village.time.pass_days(400)
    village.ledger.clock.confirm()
    village.edit(FIRM, "name", "改的")
    village.birth("firm", {"name": "别的"}, record=OTHER)
    village.time.pass_days(-400)
    said = above.exclude((village, 1))
    report(village, above)
    redate(village, "ab" * 8)
    assert (village.records(), rewriting.future_items(village.ledger, village.keys)) == ({OTHER}, [])
    above.lift(said)
    report(village, above)
    redate(village, "cd" * 8)
    report(village, above)
    for desk in (above, village):
        assert desk.records() == {FIRM, OTHER}
        assert (desk.values(FIRM) or {})["name"] == "改的"


def test_what_came_back_of_a_lost_incarnation_is_written_anew_before_what_stands_on_it(
    laptop: Desk, town: Desk
) -> None:
    """The town was restored twice with its wrong date, and said something upon what it had said between."""
    laptop.birth("firm", {"name": "厂"}, record=FIRM)
    report(laptop, town)
    town.time.pass_days(400)
    town.ledger.clock.confirm()
    for before, incarnation in zip((copied(town), copied(town)), ("12" * 8, "34" * 8), strict=True):
        put_back(town, before, town.ledger.types)
        station.begin_incarnation(town.ledger, incarnation)
        town.keys = station.load_keys(town.ledger)
        if incarnation == "12" * 8:
            town.edit(FIRM, "name", "先改的")
        laptop.take(town.send(laptop))
    settle([(laptop, town)], 2)
    assert (town.values(FIRM) or {})["name"] == "先改的"
    town.edit(FIRM, "name", "后改的")
    town.time.pass_days(-400)
    redate(town, "ab" * 8)
    assert ((town.values(FIRM) or {})["name"], town.conflicts()) == ("后改的", set())

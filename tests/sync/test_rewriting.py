"""A laptop whose date was years ahead: what it saved is written anew under the right one (rule 19)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.records.versions.stamps import milliseconds_of
from desktop.store.ledger import NewRecord, SlotEdit
from desktop.store.tables.clock import WrongClock
from desktop.sync.authority import excluding, station
from desktop.sync.merging import rewriting
from tests.sync.desks import DAY, EPOCH_MS, Desk, report

FIRM, OTHER, THIRD, VISIT = "f1" * 16, "f2" * 16, "f3" * 16, "d1" * 16
FRESH = "ab" * 8


def redate(desk: Desk) -> None:
    rewriting.redate(desk.ledger, desk.keys, FRESH, "王芳", "更正日期")
    desk.keys = station.load_keys(desk.ledger)


def save_ahead(village: Desk, days: float) -> None:
    """A birth, edits, a move of a link, a deletion and a revival under a wrong date."""
    village.time.pass_days(days)
    village.ledger.clock.confirm()
    village.birth("firm", {"name": "新厂", "phone": "13800001234", "staff": 5}, record=OTHER)
    village.edit(OTHER, "name", "新厂改")
    village.edit(FIRM, "name", "老厂改")
    village.birth("visit", {"firm": OTHER, "topic": "走访"}, record=VISIT)
    village.delete(VISIT, "visit")
    village.time.pass_days(-days)


@pytest.mark.parametrize("sent_before", [True, False])
def test_what_was_saved_years_ahead_counts_above_at_once(pair: tuple[Desk, Desk], sent_before: bool) -> None:
    town, village = pair
    village.birth("firm", {"name": "老厂"}, record=FIRM)
    report(village, town)
    save_ahead(village, 400)
    if sent_before:
        assert report(village, town).held == 5
    shown = [village.values(FIRM), village.values(OTHER), village.shown(VISIT, "visit")]
    assert len(rewriting.future_items(village.ledger, village.keys)) == 5
    redate(village)
    assert rewriting.future_items(village.ledger, village.keys) == []
    assert [village.values(FIRM), village.values(OTHER)] == shown[:2]
    assert milliseconds_of(village.stamp()) < town.time.at - EPOCH_MS + DAY
    report(village, town)
    assert town.held() == {}
    assert [town.values(FIRM), town.values(OTHER)] == shown[:2]
    assert town.digest(village.unit).sha256 == village.digest(village.unit).sha256
    assert set(town.refused().values()) == {"clock"}
    # From now on everything goes its way.
    village.edit(FIRM, "name", "再改")
    assert report(village, town).applied == 1


@pytest.mark.parametrize("born", [True, False], ids=["births", "edits"])
@pytest.mark.parametrize("then", ["edit", "delete"])
def test_what_one_save_had_written_is_one_again_for_what_stands_upon_it(
    pair: tuple[Desk, Desk], born: bool, then: str
) -> None:
    """Its items had one stamp: each with another, a later edit named but the last, and the rest was in conflict."""
    town, village = pair
    if not born:
        village.birth("firm", {"name": "老厂"}, record=FIRM)
    report(village, town)
    village.time.pass_days(400)
    village.ledger.clock.confirm()
    if born:
        births = [NewRecord("firm", record, village.unit, {"name": "厂"}) for record in (FIRM, OTHER)]
        village.ledger.write("新增", village.name, births=births)
    else:
        edits = [SlotEdit("firm", FIRM, "name", "改"), SlotEdit("firm", FIRM, "in_park", 1)]
        village.ledger.write("修改", village.name, edits=edits)
    if then == "edit":
        village.edit(FIRM, "name", "再改")
    else:
        village.delete(FIRM)
    village.time.pass_days(-400)
    redate(village)
    report(village, town)
    for desk in (village, town):
        shown = desk.shown(FIRM)
        assert desk.conflicts() == set()
        assert shown is not None
        if then == "edit":
            assert (shown.values["name"], shown.life) == ("再改", 0)
        else:
            assert shown.life == 1


@pytest.mark.parametrize(
    "act", [redate, lambda desk: rewriting.renumber(desk.ledger, desk.keys, FRESH, desk.name, "换新编号")]
)
def test_where_the_date_is_in_doubt_all_is_as_before(
    pair: tuple[Desk, Desk], act: Callable[[Desk], object]
) -> None:
    """A computer whose battery is empty says 1970: by that everything is of the future."""
    town, village = pair
    for record in (FIRM, THIRD):
        village.birth("firm", {"name": "老厂"}, record=record)
    report(village, town)
    town.exclude((village, 1), cause=excluding.FORK)
    village.take(town.send(village))
    ledger, now, lost = village.ledger, village.time.at, rewriting.lost_items(village.ledger)
    before = ledger.incarnation, ledger.origin, ledger.next_number()
    village.time.at = 0
    with pytest.raises(WrongClock):
        act(village)
    assert (ledger.incarnation, ledger.origin, ledger.next_number()) == before
    assert len(lost) == 1
    village.time.at = now
    village.birth("firm", {"name": "新厂"}, record=OTHER)
    report(village, town)
    assert (town.records(), town.held()) == ({THIRD, OTHER}, {})


def test_nothing_is_done_where_no_date_is_wrong(pair: tuple[Desk, Desk]) -> None:
    _, village = pair
    village.birth("firm", {"name": "老厂"}, record=FIRM)
    before = village.ledger.incarnation
    redate(village)
    assert village.ledger.incarnation == before


def test_who_wrote_it_stays_its_writer(pair: tuple[Desk, Desk]) -> None:
    _, village = pair
    save_name = village.name
    village.birth("firm", {"name": "老厂"}, record=FIRM)
    save_ahead(village, 400)
    redate(village)
    writers = village.database.rows(
        "SELECT DISTINCT _operator FROM r_firm UNION SELECT operator FROM version"
    )
    assert writers == [(save_name,)]


def test_a_kind_of_a_later_program_is_not_written_anew_as_something_else(pair: tuple[Desk, Desk]) -> None:
    town, village = pair
    village.birth("firm", {"name": "老厂"}, record=FIRM)
    village.time.pass_days(400)
    village.forge_change(FIRM, None, None, kind="praise")
    village.time.pass_days(-400)
    redate(village)
    assert village.ledger.next_number() == 2, "the word that the other does not count, and nothing else"
    report(village, town)
    assert set(town.refused().values()) == {"clock"}
    assert town.held() == {}

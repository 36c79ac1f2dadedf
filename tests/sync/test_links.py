"""Links (rules 20 to 22 and 25): what is acknowledged is not sent again, what is not comes again, and to whom."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.store.ledger import SlotEdit
from desktop.store.log import pending
from desktop.store.peers import links
from desktop.store.peers.links import NoLink
from desktop.store.tables.database import Database
from desktop.sync.authority import station
from desktop.sync.bundles import kept, sending
from desktop.sync.formats import receipts, segments
from desktop.sync.merging.results import BundleResult
from tests.sync.desks import (
    NEWER_TYPES,
    Desk,
    below,
    copied,
    enrol,
    new_desk,
    put_back,
    reopen,
    report,
    settle,
)

FIRM, OTHER, THIRD = "f1" * 16, "f2" * 16, "f3" * 16
NOW, LATER = "1" * 16, "2" * 16


# -- the book of a link, by itself ---------------------------------------------------------------------------------


@pytest.fixture
def book() -> Database:
    ledger = new_desk(Path(), "账", Level.TOWN).database
    links.connect(ledger, "peer", upward=False, unit="u", name="村", recipient="age1")
    return ledger


def position(book: Database) -> tuple[str, int]:
    link = links.link_to(book, "peer")
    assert link is not None
    return link.received_incarnation, link.received


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 3)], 3),
        ([(0, 3), (3, 7)], 7),
        ([(3, 7), (0, 3)], 7),
        ([(0, 3), (5, 7)], 3),
        ([(4, 7)], 0),
        ([(0, 0)], 0),
        ([(0, 3), (2, 2), (3, 4)], 4),
        ([(0, 9), (0, 3), (3, 5)], 9),
        ([], 0),
    ],
)
def test_the_position_received_has_no_gap(
    book: Database, spans: list[tuple[int, int]], expected: int
) -> None:
    """Rule 21: contiguous, whatever the order inside a bundle."""
    links.note_received(book, "peer", NOW, 1, spans)
    assert position(book) == (NOW, expected)


@pytest.mark.parametrize(
    ("spans", "anew", "expected"),
    [
        ([(0, 3), (3, 5)], True, 5),
        ([(0, 3), (3, 5)], False, 9),
        ([(3, 5)], True, 9),
        ([(9, 12)], True, 12),
        ([], True, 9),
    ],
)
def test_who_begins_anew_with_all_that_there_is_is_answered_in_its_own_journal(
    book: Database, spans: list[tuple[int, int]], anew: bool, expected: int
) -> None:
    """Of two computers that were one the other's journal may be the longer, with a position that is none of this."""
    links.note_received(book, "peer", NOW, 1, [(0, 9)])
    links.note_received(book, "peer", NOW, 2, spans, anew=anew)
    assert position(book) == (NOW, expected)


def test_what_a_copy_has_sent_is_confirmed_when_the_original_has_sent_more(
    district: Desk, village: Desk
) -> None:
    village.birth("firm", {"name": "都有的"})
    settle([(village, district)])
    before = copied(village)
    for name in "一二三四五六":
        village.birth("firm", {"name": name})
        village.cut()
    district.take(village.send())
    put_back(village, before, village.ledger.types)
    village.time.pass_days(0.1)
    links.send_all_again(village.database)
    report(village, district)
    report(village, district)
    assert village.send().items == 0
    assert len(district.records()) == 7


def test_bundles_of_two_copies_in_turn_lack_nothing_where_all_have_come(
    district: Desk, village: Desk
) -> None:
    """Each goes on in its own journal; the one that begins anew does not make a gap of what the other has sent."""
    settle([(village, district)])
    other = copied(village)
    for _ in range(2):
        village.birth("firm", {"name": "原机的"})
        assert report(village, district).gap is False
    first = village.ledger
    put_back(village, other, village.ledger.types)
    village.time.pass_days(0.1)
    links.send_all_again(village.database)
    village.birth("firm", {"name": "复制机的"})
    assert district.take(village.send()).gap is False
    village.ledger, village.keys = first, station.load_keys(first)
    village.time.pass_days(0.1)
    village.birth("firm", {"name": "原机又记的"})
    sent = village.send()
    assert district.take(sent).gap is False
    # What goes on from what has not come lacks it all the same.
    link = district.link(village)
    assert links.is_gap(district.database, link, village.keys.incarnation, 1 << 50)


def test_a_gap_is_closed_by_a_later_bundle(book: Database) -> None:
    links.note_received(book, "peer", NOW, 2, [(3, 7)])
    links.note_received(book, "peer", NOW, 1, [(0, 3)])
    assert position(book) == (NOW, 3)
    links.note_received(book, "peer", NOW, 3, [(3, 7), (7, 8)])
    assert position(book) == (NOW, 8)
    found = links.link_to(book, "peer")
    assert found is not None
    assert found.received_sequence == 3


def hear(book: Database, incarnation: str, made: int, older: str = "") -> bool:
    return links.hear(book, "peer", incarnation, made, set(older.split()))


def test_a_new_incarnation_begins_again(book: Database) -> None:
    """Rule 21: what was said of the old one counts no more."""
    links.note_received(book, "peer", NOW, 5, [(0, 9)])
    assert links.note_receipt(book, "peer", NOW, True, 7, 5)
    links.note_received(book, "peer", LATER, 6, [(0, 2)])
    assert links.note_receipt(book, "peer", LATER, True, 3, 2)
    assert position(book) == (LATER, 2)
    found = links.link_to(book, "peer")
    assert found is not None
    assert (found.acknowledged, found.answered, found.received_sequence) == (3, 2, 6)


@pytest.mark.parametrize("first", [NOW, LATER])
def test_of_two_incarnations_the_one_with_the_newest_bundle_speaks(book: Database, first: str) -> None:
    """A late bundle from before the restore, found on another stick, must not move a position back; nor the first."""
    made = {NOW: 10, LATER: 20}
    assert hear(book, first, made[first])
    assert hear(book, LATER, 20)
    assert not hear(book, NOW, 10)
    assert not hear(book, NOW, 15)
    assert hear(book, LATER, 20)


def test_a_clock_that_was_ahead_is_believed_until_the_next_is_newer(book: Database) -> None:
    assert hear(book, NOW, 90)
    assert not hear(book, LATER, 20)
    assert hear(book, LATER, 91)
    assert not hear(book, NOW, 90)


@pytest.mark.parametrize("first", [NOW, LATER])
def test_that_one_has_segments_of_the_other_says_for_certain_which_is_older(
    book: Database, first: str
) -> None:
    """Its bundles may bear a later date, as when wrong dates were made good in a new incarnation."""
    assert hear(book, first, 90 if first == NOW else 20)
    assert hear(book, LATER, 20, older=NOW)
    assert not hear(book, NOW, 91)
    assert not hear(book, NOW, 92, older="0" * 16)
    assert hear(book, LATER, 20)


def test_two_computers_that_hold_segments_of_each_other_are_both_heard(book: Database) -> None:
    assert hear(book, NOW, 10)
    assert hear(book, LATER, 20, older=NOW)
    assert hear(book, NOW, 30, older=LATER)
    assert hear(book, LATER, 40, older=NOW)


def test_a_date_of_nothing_is_one(book: Database) -> None:
    assert hear(book, NOW, 0)
    assert hear(book, LATER, 0)
    assert not hear(book, NOW, 0)


@pytest.mark.parametrize(
    ("number", "own", "fresh", "acknowledged"),
    [(6, True, True, 9), (6, False, True, 0), (5, True, False, 4), (4, True, False, 4)],
)
def test_the_highest_receipt_wins(
    book: Database, number: int, own: bool, fresh: bool, acknowledged: int
) -> None:
    """Rule 25: older and doubled receipts change nothing; one that knows nothing of this incarnation starts anew."""
    links.note_receipt(book, "peer", NOW, True, 4, 5)
    assert links.note_receipt(book, "peer", NOW, own, 9, number) is fresh
    found = links.link_to(book, "peer")
    assert found is not None
    assert found.acknowledged == acknowledged


def test_who_is_no_peer_is_not_in_the_book(book: Database) -> None:
    assert not links.hear(book, "stranger", NOW, 1, set())
    assert not links.note_receipt(book, "stranger", NOW, True, 4, 5)
    links.note_received(book, "stranger", NOW, 1, [(0, 3)])
    assert links.link_to(book, "stranger") is None
    assert [link.peer for link in links.all_links(book)] == ["peer"]
    with pytest.raises(NoLink):
        links.uplink(book)


def test_one_parent_at_a_time_and_a_new_one_begins_at_nothing(book: Database) -> None:
    """Rule 21."""
    links.connect(book, "old", upward=True, unit="u", name="旧", recipient="age1")
    links.note_receipt(book, "old", NOW, True, 9, 1)
    links.connect(book, "old", upward=True, unit="u", name="旧镇", recipient="age2")
    found = links.uplink(book)
    assert (found.name, found.recipient, found.acknowledged) == ("旧镇", "age2", 9)
    links.connect(book, "new", upward=True, unit="u", name="新", recipient="age3")
    assert links.uplink(book).peer == "new"
    assert links.uplink(book).acknowledged == 0
    assert links.link_to(book, "old") is None
    assert [link.peer for link in links.all_links(book)] == ["new", "peer"]
    # Who was below may become the parent, as two computers of one town may change their places.
    links.note_receipt(book, "peer", NOW, True, 9, 1)
    below = links.link_to(book, "peer")
    assert below is not None
    links.note_looked_through(book, below, 12)
    sent = links.reserve_sequence(book, "peer")
    links.connect(book, "peer", upward=True, unit="u", name="镇", recipient="age1")
    assert (links.uplink(book).peer, links.uplink(book).acknowledged) == ("peer", 0)
    assert links.looked_through(book, links.uplink(book)) == 0
    assert links.reserve_sequence(book, "peer") == sent + 1
    assert [link.peer for link in links.all_links(book)] == ["peer"]


def test_a_copy_knows_nothing_of_what_its_original_heard_and_sent(book: Database) -> None:
    """An incarnation that its superior had left and then took up again was not heard by the copy."""
    hear(book, NOW, 10)
    hear(book, LATER, 20, older=NOW)
    found = links.link_to(book, "peer")
    assert found is not None
    links.note_looked_through(book, found, 9)
    links.forget_all(book)
    links.connect(book, "peer", upward=True, unit="u", name="镇", recipient="age1")
    assert hear(book, NOW, 30)
    found = links.link_to(book, "peer")
    assert found is not None
    assert links.looked_through(book, found) == 0


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        pytest.param(lambda book: None, 9, id="nobody waits for it again"),
        pytest.param(links.send_all_again, 9, id="nor after one more"),
        pytest.param(
            lambda book: links.note_receipt(book, "peer", NOW, False, 9, 6), 9, id="nor for a late one"
        ),
        pytest.param(lambda book: links.note_sent(book, "peer", "d"), 0, id="it is on its way again"),
        pytest.param(
            lambda book: links.note_receipt(book, "peer", LATER, False, 9, 1), 0, id="the peer was restored"
        ),
        pytest.param(links.forget_all, 0, id="another computer's"),
    ],
)
def test_what_was_confirmed_before_a_new_incarnation_is_remembered(
    book: Database, then: Callable[[Database], object], expected: int
) -> None:
    links.note_receipt(book, "peer", NOW, True, 9, 5)
    links.send_all_again(book)
    found = links.link_to(book, "peer")
    assert found is not None
    assert found.acknowledged == 0
    then(book)
    assert links.confirmed(book, "peer", 0) == expected
    assert links.confirmed(book, "peer", 12) == 12


def test_no_receipt_to_what_was_sent_before_a_new_incarnation_says_what_is_held(book: Database) -> None:
    before = links.reserve_sequence(book, "peer")
    assert not links.is_of_before(book, "peer", before)
    links.send_all_again(book)
    assert links.is_of_before(book, "peer", before)
    assert not links.is_of_before(book, "peer", links.reserve_sequence(book, "peer"))


def test_an_acknowledgement_is_not_unsaid(book: Database) -> None:
    links.confirm(book, "peer", NOW)
    links.confirm(book, "peer", LATER)
    found = links.link_to(book, "peer")
    assert found is not None
    assert (found.confirmed, found.received_incarnation) == (True, NOW)


# -- receipts over bundles -----------------------------------------------------------------------------------------


def test_a_lost_receipt_costs_a_repeat(district: Desk, village: Desk) -> None:
    village.birth("firm", {"name": "一家"})
    district.take(village.send())
    district.send(village)
    village.birth("firm", {"name": "二家"})
    again = district.take(village.send())
    assert (again.applied, again.known) == (1, 1)
    village.take(district.send(village))
    assert village.send().items == 0


def test_a_doubled_and_an_older_receipt_change_nothing(district: Desk, village: Desk) -> None:
    village.birth("firm", {"name": "一家"})
    district.take(village.send())
    old = district.send(village)
    village.birth("firm", {"name": "二家"})
    district.take(village.send())
    new = district.send(village)
    assert village.take(new).answered
    assert not village.take(new).answered
    assert not village.take(old).answered
    assert village.send().items == 0


def test_the_receipt_of_a_copy_that_has_counted_less_is_heard(district: Desk, village: Desk) -> None:
    """Else the one of two laptops that stays would get nothing until it has counted as far as the other."""
    before = copied(village)
    for _ in range(3):
        report(village, district)
        village.time.pass_days(0.1)
    district.birth("firm", {"name": "区里记的"}, record=FIRM, unit=village.unit)
    village.take(district.send(village))
    district.take(village.send())
    put_back(village, before, village.ledger.types)
    village.time.pass_days(0.1)
    report(village, district)
    assert FIRM in village.records()


def test_a_bundle_that_was_lost_comes_with_the_next(district: Desk, village: Desk) -> None:
    village.birth("firm", {"name": "一家"}, record=FIRM)
    village.send()
    village.birth("firm", {"name": "二家"}, record=OTHER)
    result = report(village, district)
    assert (result.applied, result.gap) == (2, False)
    district.edit(FIRM, "name", "区里改的")
    district.send(village)
    district.edit(OTHER, "name", "区里也改了")
    assert village.take(district.send(village)).applied == 2


def restored(desk: Desk, incarnation: str, forget: Callable[[Desk], None]) -> None:
    """What a restore from a backup does, after ``forget`` has put the ledger back."""
    desk.cut()
    forget(desk)
    desk.keys = dataclasses.replace(desk.keys, incarnation=incarnation)
    station.begin_incarnation(desk.ledger, incarnation)


def test_a_restored_station_gets_what_it_has_lost(district: Desk, village: Desk) -> None:
    """Rule 21: a lower position is stated by the new incarnation; its receipts are counted anew."""
    district.birth("firm", {"name": "区里记的"}, record=FIRM, unit=village.unit)
    report(village, district)
    before = village.link(district)

    def forget(desk: Desk) -> None:
        origin = desk.database.value("SELECT ref FROM origin WHERE station = ?", (district.station,))
        desk.database.execute("DELETE FROM segment WHERE origin = ?", (origin,))
        desk.database.execute("DELETE FROM received WHERE origin = ?", (origin,))
        desk.database.execute("DELETE FROM r_firm")
        desk.database.execute("UPDATE link SET received = 0, receipt = 0")

    old = village.send()
    restored(village, NOW, forget)
    assert FIRM not in village.records()
    report(village, district)
    report(village, district)
    assert FIRM in village.records()
    assert village.link(district).received >= before.received
    # What was still underway from before the restore says nothing any more.
    acknowledged = district.link(village).acknowledged
    district.take(old)
    assert district.link(village).acknowledged == acknowledged
    assert district.send(village).items == 0


def test_a_restored_parent_is_sent_everything_that_it_has_lost(district: Desk, village: Desk) -> None:
    """Trap 9: the number of receipts goes back with the backup."""
    village.birth("firm", {"name": "一家"}, record=FIRM)
    for _ in range(3):
        report(village, district)

    def forget(desk: Desk) -> None:
        desk.database.execute("DELETE FROM r_firm")
        origin = desk.database.value("SELECT ref FROM origin WHERE station = ?", (village.station,))
        desk.database.execute("DELETE FROM received WHERE origin = ?", (origin,))
        desk.database.execute("DELETE FROM segment WHERE origin = ?", (origin,))
        desk.database.execute("UPDATE link SET received = 0, receipt = 0")

    restored(district, NOW, forget)
    report(village, district)
    assert FIRM not in district.records()
    report(village, district)
    assert FIRM in district.records()


# -- who gets what (rule 21, privacy) ------------------------------------------------------------------------------


def test_who_was_set_back_takes_no_answer_to_what_it_wrote_before_for_its_own(
    district: Desk, village: Desk
) -> None:
    """As many segments as then do not end at the same place: what was lost on the way is sent again."""
    settle([(village, district)])
    before = copied(village)
    village.birth("firm", {"name": "以前的"}, record=FIRM)
    district.take(village.send())
    put_back(village, before, village.ledger.types)
    village.birth("firm", {"name": "后来的"}, record=OTHER)
    village.send()
    village.take(district.send(village))
    assert village.link(district).acknowledged == 0
    assert district.take(village.send()).held == 1


def test_the_only_bundle_of_before_a_restore_comes_after_those_of_now(district: Desk, village: Desk) -> None:
    """It holds nothing of its own that would show which of the two is the older."""
    late = village.send()
    village.time.pass_days(0.1)
    station.begin_incarnation(village.ledger, LATER)
    village.keys = station.load_keys(village.ledger)
    assert not district.take(village.send()).earlier
    # So would be one of a computer that was restored, and whose clock was set back.
    assert district.take(late).earlier
    village.birth("firm", {"name": "厂"}, record=FIRM)
    report(village, district)
    assert village.link(district).acknowledged > 0
    assert village.send().items == 0


def test_a_village_never_gets_another_villages_records(district: Desk, village: Desk) -> None:
    other = below(district, "乙村")
    village.birth("firm", {"name": "甲村的", "person": "王芳"}, record=FIRM)
    other.birth("firm", {"name": "乙村的", "person": "李敏"}, record=OTHER)
    district.birth("firm", {"name": "区里的"}, record=THIRD)
    settle([(village, district), (other, district)])
    district.edit(FIRM, "name", "区里改的")
    district.edit(OTHER, "name", "区里也改了")
    settle([(village, district), (other, district)])
    assert village.records() == {FIRM}
    assert other.records() == {OTHER}
    for desk, foreign in ((village, "乙村的"), (other, "甲村的")):
        for (frame,) in desk.database.rows("SELECT frame FROM segment"):
            plain = kept.frame_of(frame).plain()
            assert foreign.encode() not in plain
            assert "区里的".encode() not in plain


@pytest.mark.no_cover
def test_a_moved_record_comes_to_its_new_unit_with_its_history(district: Desk, village: Desk) -> None:
    """Rule 21: when the scope grows, older items that are now in scope join the journal; until they arrive."""
    other = below(district, "乙村")
    village.birth("firm", {"name": "一家", "person": "王芳"}, record=FIRM)
    village.birth("visit", {"firm": FIRM, "topic": "走访"}, record=OTHER)
    settle([(village, district), (other, district)])
    district.edit(FIRM, "name", "改过")
    settle([(village, district), (other, district)])
    assert other.records() == set()
    district.move(FIRM, other.unit)
    district.send(other)
    other.take(district.send(other))
    assert other.records() == {FIRM}
    assert other.values(FIRM) == district.values(FIRM)
    assert other.records("visit") == set()
    report(other, district)
    assert district.send(other).items == 0
    assert other.digest().sha256 == district.digest(other.unit).sha256


@pytest.mark.no_cover
def test_what_is_written_after_a_move_does_not_go_to_the_old_unit(district: Desk, village: Desk) -> None:
    """Rule 21: it hears of the move and of a deletion, and of nothing else."""
    other = below(district, "乙村")
    village.birth("firm", {"name": "一家"}, record=FIRM)
    settle([(village, district)])
    district.move(FIRM, other.unit)
    district.edit(FIRM, "contact", {"person": "新联系人"})
    settle([(village, district), (other, district)])
    left = village.shown(FIRM)
    assert left is not None
    assert (left.unit, left.values["person"]) == (other.unit, None)
    district.delete(FIRM)
    settle([(village, district), (other, district)])
    gone = village.shown(FIRM)
    assert gone is not None
    assert gone.life.value == 1


@pytest.mark.no_cover
def test_a_record_that_two_villages_claim_goes_to_both(district: Desk, village: Desk) -> None:
    """Rules 16 and 21: both see both births and the conflict, whoever was first."""
    other = below(district, "乙村")
    village.birth("firm", {"name": "甲村说"}, record=FIRM)
    settle([(village, district), (other, district)])
    other.birth("firm", {"name": "乙村说"}, record=FIRM)
    settle([(village, district), (other, district)])
    assert village.conflicts() == other.conflicts() == {(FIRM, "name"), (FIRM, "unit")}
    assert village.digest().sha256 == other.digest().sha256 == district.digest(village.unit).sha256
    # Decided for one of them, the other hears of it and of nothing after it.
    district.ledger.write("定", "区", edits=[SlotEdit("firm", FIRM, "unit", village.unit)])
    district.edit(FIRM, "name", "区里定的")
    settle([(village, district), (other, district)])
    assert village.conflicts() == set()
    assert other.conflicts() == {(FIRM, "name")}
    left = other.shown(FIRM)
    assert left is not None
    assert left.unit == village.unit


@pytest.mark.no_cover
def test_a_village_that_is_put_under_another_town_brings_its_records_along(district: Desk) -> None:
    """Rules 21 and 28: the new town gets what is older than the move, units and grants included."""
    old, new = (below(district, name, Level.TOWN, 3) for name in ("旧镇", "新镇"))
    village = below(old, "甲村")
    village.birth("firm", {"name": "一家"}, record=FIRM)
    settle([(village, old), (old, district), (new, district)])
    assert new.records() == set()
    district.edit(village.unit, "superior", new.unit, "unit")
    settle([(old, district), (new, district)])
    assert FIRM in new.records()
    assert village.unit in new.records("unit")
    assert {g.station for g in station.granted(new.ledger)} >= {village.station}
    enrol(village, new)
    village.birth("firm", {"name": "二家"}, record=OTHER)
    assert report(village, new).refused == 0
    assert OTHER in new.records()
    settle([(new, district)])
    assert new.digest(village.unit).sha256 == district.digest(village.unit).sha256


@pytest.mark.no_cover
def test_what_began_to_count_later_is_sent_to_who_was_past_it(district: Desk) -> None:
    """Rule 21: held at the town when it wrote downward, released by its day; the village gets it after all."""
    town = below(district, "镇", Level.TOWN, 3)
    village = below(town, "甲村")
    district.time.pass_days(1.5)
    district.birth("firm", {"name": "区里记的"}, record=FIRM, unit=village.unit)
    settle([(village, town), (town, district)])
    district.take(town.send())
    district.birth("firm", {"name": "区里记的"}, record=OTHER, unit=village.unit)
    town.take(district.send(town))
    assert town.held() != {}
    town.birth("firm", {"name": "镇里记的"}, record=THIRD, unit=village.unit)
    settle([(village, town)])
    assert village.records() == {THIRD}
    for desk in (town, village):
        desk.time.pass_days(1)
    town.merge()
    settle([(village, town)])
    assert village.records() >= {FIRM, THIRD}


def test_what_a_deleted_grant_leaves(district: Desk, village: Desk) -> None:
    """A village that is not enrolled any more is in nobody's tree."""
    (grant,) = district.records("grant")
    district.delete(grant, "grant")
    assert station.granted(district.ledger) == []
    assert isinstance(district.merge(village.send()).bundles[0], BundleResult)
    assert district.merge(village.send()).bundles[0].problem is not None


# -- cutting -------------------------------------------------------------------------------------------------------


def test_a_segment_states_one_shape_of_a_type(district: Desk, village: Desk) -> None:
    """The program is updated between two births: they are cut into two segments, and both arrive."""
    village.birth("firm", {"name": "一家"}, record=FIRM)
    village.edit(FIRM, "in_park", 1)
    reopen(village, NEWER_TYPES)
    village.birth("firm", {"name": "二家", "slogan": "口号"}, record=OTHER)
    assert sending.cut_own(village.ledger, village.keys) == 2
    assert report(village, district).applied == 3
    assert district.records() == {FIRM, OTHER}


def test_more_items_than_a_segment_holds(
    district: Desk, village: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (segments, pending):
        monkeypatch.setattr(module, "MAX_LINES", 3)
    for n in range(7):
        village.birth("firm", {"name": str(n)})
    assert sending.cut_own(village.ledger, village.keys) == 3
    assert report(village, district).applied == 7


def test_a_receipt_travels_whole(district: Desk, village: Desk) -> None:
    answers = (receipts.Answer(village.station, NOW, 7, "refused", "scope"),)
    receipt = receipts.Receipt(district.station, "", 0, 1, answers)
    (frame,) = receipt.frames()
    found = receipts.read(frame)
    assert dataclasses.replace(found, answers=tuple(found.answers)) == dataclasses.replace(receipt, count=1)


def test_who_becomes_the_parent_again_counts_on(book: Database) -> None:
    """Moved to another parent and back: its numbers go on, what it has received is asked for from the start."""
    links.connect(book, "up", upward=True, unit="", name="镇", recipient="age1up")
    for _ in range(2):
        links.reserve_sequence(book, "up")
        links.next_receipt(book, "up")
    links.note_received(book, "up", NOW, 1, [(0, 5)])
    links.connect(book, "other", upward=True, unit="", name="另一镇", recipient="age1other")
    assert (links.uplink(book).sequence, links.uplink(book).receipt) == (0, 0)
    links.connect(book, "up", upward=True, unit="", name="镇", recipient="age1up")
    back = links.uplink(book)
    assert (back.sequence, back.receipt, back.received, back.acknowledged) == (2, 2, 0, 0)
